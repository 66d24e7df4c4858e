//! Why a file of the AWS tools was not read: not there, something else than a file, or there and not readable.
//!
//! Only the facts: `machine::file` finds them, and the words are made of them. A file that is there is never said to be
//! missing. To botocore (`os.path.isfile`) the first two and most of the third are the same: no file.

use std::fmt;
use std::path::PathBuf;

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// There is nothing of that name.
    Absent,
    /// The file, or a directory above it, is a symbolic link to a path at which there is nothing.
    DanglingLink {
        /// The link.
        link: PathBuf,
        /// What it leads to, as it is written there.
        target: PathBuf,
    },
    /// There is something else than a file.
    NotAFile(Kind),
    /// Its permissions, or those of a directory above it, do not let this user read it.
    Denied(Denied),
    /// What is above it is not a directory.
    NotADirectory(PathBuf),
    /// The symbolic links lead in a circle.
    LinkLoop,
    /// Longer than any such file.
    TooLong,
    /// The system's words.
    Failed(String),
}

/// What there is in the place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A device, or what the system has no name for.
    Device,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "a directory",
            Self::Fifo => "a FIFO",
            Self::Socket => "a socket",
            Self::Device => "a device",
        })
    }
}

/// Whose permissions stand in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// The file, or the first directory on the way to it that may not be entered.
    pub at: PathBuf,
    /// What that is.
    pub barred: Barred,
    /// Whom it belongs to.
    pub owner: Owner,
    /// Whether its own mode bits refuse its owner. If not, something else does, such as an access control list.
    pub by_mode: bool,
}

/// What may not be read or entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// The file.
    File,
    /// A directory on the way to it.
    Directory,
    /// A file in this directory. Its own name looks like a signature, and is not shown.
    FileIn,
}

/// Whom a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// This user.
    User,
    /// Another user, and it is in a directory of this user.
    OtherInOwnDirectory,
    /// Another user, and so does the directory that it is in.
    Other,
    /// The system does not say.
    Unknown,
}

impl Unread {
    /// Whether the file may be there, with what is missing in it.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        match self {
            Self::Absent | Self::DanglingLink { .. } | Self::NotAFile(_) => false,
            Self::Denied(_) | Self::NotADirectory(_) | Self::LinkLoop | Self::TooLong | Self::Failed(_) => true,
        }
    }
}
