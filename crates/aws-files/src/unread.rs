//! Why a file of the AWS tools was not read: it does not exist, is not a regular file, or is not readable.
//!
//! Facts only: `machine::file` finds them, and `words` describes them. A file that exists is never reported as missing.
//! To botocore (`os.path.isfile`) the first two and most of the third are the same: no file.

use std::fmt;
use std::path::PathBuf;

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// The file does not exist.
    Absent,
    /// The file, or a directory above it, is a symbolic link whose target does not exist.
    DanglingLink {
        /// The link.
        link: PathBuf,
        /// The link's target, as stored in the link.
        target: PathBuf,
    },
    /// The path is not a regular file.
    NotAFile(Kind),
    /// The permissions of the file, or of a directory above it, do not allow this user to read it.
    Denied(Denied),
    /// A component above the file is not a directory.
    NotADirectory(PathBuf),
    /// The symbolic links form a loop.
    LinkLoop,
    /// The file is longer than any such file.
    TooLong,
    /// Reading failed; the operating system's error message.
    Failed(String),
}

/// The type of a path that is not a regular file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A device, or a type without a name.
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

/// Which permissions deny access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// The file, or the first directory on the way to it that may not be entered.
    pub at: PathBuf,
    /// Whether that is the file or a directory.
    pub barred: Barred,
    /// Its owner.
    pub owner: Owner,
    /// Whether its own mode bits deny access to its owner. Otherwise something else does, such as an access control
    /// list.
    pub by_mode: bool,
}

/// What may not be read or entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// The file.
    File,
    /// A directory on the way to it.
    Directory,
    /// A file in this directory. Its own name looks like a signature and is not shown.
    FileIn,
}

/// The owner of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// This user.
    User,
    /// Another user, and the file is in a directory of this user.
    OtherInOwnDirectory,
    /// Another user, who also owns the directory that it is in.
    Other,
    /// Unknown: the system does not report it.
    Unknown,
}

impl Unread {
    /// Whether the file may exist, so that what seems missing may be in it.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        match self {
            Self::Absent | Self::DanglingLink { .. } | Self::NotAFile(_) => false,
            Self::Denied(_) | Self::NotADirectory(_) | Self::LinkLoop | Self::TooLong | Self::Failed(_) => true,
        }
    }
}
