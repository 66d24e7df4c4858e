//! A directory of this program's own, below a directory that others may share (`XDG_CACHE_HOME`).
//!
//! There is a value of this type only for a directory that is ours: no symbolic link, owned by this user, and not writable
//! by others. Everything in it is done through its open descriptor, so that a directory which is put in its place later is
//! not touched, and only to regular files by a plain name: a link that was put there leads nowhere.

use super::file::{make_private, make_private_directory};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::SystemTime;

/// What of a file in it is read: a counter and a code.
const SMALL: u64 = 4 << 10;

/// The directory.
#[derive(Debug)]
pub(crate) struct OwnDirectory(platform::Directory);

/// Why a directory is not used.
#[derive(Debug)]
pub(crate) enum NotUsable {
    /// There is none.
    Absent,
    /// It may be somebody else's.
    NotOurs(&'static str),
    /// The system's words.
    Io(io::Error),
}

impl From<io::Error> for NotUsable {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Absent } else { Self::Io(error) }
    }
}

impl std::fmt::Display for NotUsable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("it does not exist"),
            Self::NotOurs(why) => f.write_str(why),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl OwnDirectory {
    /// The directory, if it is there and ours.
    pub(crate) fn open(path: &Path) -> Result<Self, NotUsable> {
        platform::Directory::open(path).map(Self)
    }

    /// The same; it is made where there is none.
    pub(crate) fn open_or_make(path: &Path) -> Result<Self, NotUsable> {
        match Self::open(path) {
            Err(NotUsable::Absent) => {
                make_private_directory(path)?;
                Self::open(path)
            }
            opened => opened,
        }
    }

    /// A directory in this one, under the same conditions. It is made if it does not exist. Whoever replaces this directory
    /// meanwhile has no part in that.
    pub(crate) fn inside(&self, name: &str) -> Result<Self, NotUsable> {
        let name = plain(name).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        match self.0.open_inside(name) {
            Err(NotUsable::Absent) => {
                self.0.make_inside(name)?;
                self.0.open_inside(name)
            }
            opened => opened,
        }
        .map(Self)
    }

    /// The names in it that satisfy `is_ours`, whatever they are the names of.
    pub(crate) fn names(&self, is_ours: impl Fn(&str) -> bool) -> Vec<String> {
        self.0.names().into_iter().filter(|name| is_ours(name)).collect()
    }

    /// When a regular file was last changed.
    pub(crate) fn changed_at(&self, name: &str) -> Option<SystemTime> {
        self.0.changed_at(plain(name)?)
    }

    /// The regular files whose names satisfy `is_ours`, each with the time of its last change.
    pub(crate) fn files(&self, is_ours: impl Fn(&str) -> bool) -> Vec<(String, SystemTime)> {
        let named = self.names(is_ours).into_iter();
        named.filter_map(|name| self.changed_at(&name).map(|time| (name, time))).collect()
    }

    /// Opens a regular file to be locked or written, and makes it where there is none.
    pub(crate) fn open_file(&self, name: &str) -> io::Result<File> {
        let name = plain(name).ok_or(io::ErrorKind::InvalidInput)?;
        let file = match self.0.create_new(name) {
            Ok(file) => {
                make_private(&file)?;
                file
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.0.open_existing(name)?,
            Err(error) => return Err(error),
        };
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// The contents of a small file; empty where it cannot be read.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let file = plain(name).and_then(|name| self.0.open_existing(name).ok());
        if let Some(file) = file.filter(|file| file.metadata().is_ok_and(|data| data.is_file())) {
            let _ = file.take(SMALL).read_to_end(&mut bytes);
        }
        bytes
    }

    /// Takes a regular file away.
    pub(crate) fn remove(&self, name: &str) {
        if self.changed_at(name).is_some() {
            self.0.remove(name);
        }
    }
}

/// A name that leads nowhere else.
fn plain(name: &str) -> Option<&str> {
    let is_plain = Path::new(name).file_name() == Some(OsStr::new(name)) && !name.contains(['/', '\\', '\0']);
    is_plain.then_some(name)
}

#[cfg(unix)]
mod platform {
    use super::{File, NotUsable, Path, SystemTime, io};
    use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
    use rustix::fs::{chmodat, fstat, mkdirat, openat, statat, unlinkat};
    use rustix::io::Errno;
    use std::os::fd::{AsFd, OwnedFd};
    use std::time::{Duration, UNIX_EPOCH};

    #[derive(Debug)]
    pub(super) struct Directory(OwnedFd);

    impl Directory {
        pub(super) fn open(path: &Path) -> Result<Self, NotUsable> {
            Self::open_at(CWD, path)
        }

        pub(super) fn open_inside(&self, name: &str) -> Result<Self, NotUsable> {
            Self::open_at(&self.0, Path::new(name))
        }

        pub(super) fn make_inside(&self, name: &str) -> io::Result<()> {
            let mode = Mode::from_raw_mode(0o700);
            match mkdirat(&self.0, name, mode) {
                // A umask can take even the owner's bits. Nobody else can put a link into a directory of our own.
                Ok(()) => Ok(chmodat(&self.0, name, mode, AtFlags::empty())?),
                // Another process was faster.
                Err(Errno::EXIST) => Ok(()),
                Err(errno) => Err(errno.into()),
            }
        }

        fn open_at(directory: impl AsFd, path: &Path) -> Result<Self, NotUsable> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let directory = openat(directory, path, flags, Mode::empty()).map_err(|errno| match errno {
                // A link: ENOTDIR on Linux with O_DIRECTORY, ELOOP elsewhere (open(2)).
                Errno::LOOP | Errno::NOTDIR => NotUsable::NotOurs("it is not a directory"),
                errno => io::Error::from(errno).into(),
            })?;
            let stat = fstat(&directory).map_err(io::Error::from)?;
            if stat.st_uid != rustix::process::geteuid().as_raw() {
                return Err(NotUsable::NotOurs("it belongs to another user"));
            }
            if stat.st_mode & 0o022 != 0 {
                return Err(NotUsable::NotOurs("others may write to it"));
            }
            Ok(Self(directory))
        }

        pub(super) fn names(&self) -> Vec<String> {
            let entries = Dir::read_from(&self.0).into_iter().flatten().flatten();
            entries.filter_map(|entry| entry.file_name().to_str().ok().map(str::to_owned)).collect()
        }

        pub(super) fn changed_at(&self, name: &str) -> Option<SystemTime> {
            let stat = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
            (FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile).then(|| time_of(&stat))
        }

        pub(super) fn create_new(&self, name: &str) -> io::Result<File> {
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            Ok(openat(&self.0, name, flags, Mode::from_raw_mode(0o600))?.into())
        }

        pub(super) fn open_existing(&self, name: &str) -> io::Result<File> {
            let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            Ok(openat(&self.0, name, flags, Mode::empty())?.into())
        }

        pub(super) fn remove(&self, name: &str) {
            let _ = unlinkat(&self.0, name, AtFlags::empty());
        }
    }

    fn time_of(stat: &Stat) -> SystemTime {
        let nanoseconds = u32::try_from(stat.st_mtime_nsec).unwrap_or_default();
        match u64::try_from(stat.st_mtime) {
            Ok(seconds) => UNIX_EPOCH + Duration::new(seconds, nanoseconds),
            Err(_) => UNIX_EPOCH,
        }
    }
}

/// The directories of a user's profile are the user's alone on Windows, and a link takes rights of its own.
#[cfg(not(unix))]
mod platform {
    use super::{File, NotUsable, Path, SystemTime, io};
    use std::fs::{self, OpenOptions};
    use std::path::PathBuf;

    #[derive(Debug)]
    pub(super) struct Directory(PathBuf);

    impl Directory {
        pub(super) fn open(path: &Path) -> Result<Self, NotUsable> {
            let data = fs::symlink_metadata(path)?;
            if data.is_dir() { Ok(Self(path.to_owned())) } else { Err(NotUsable::NotOurs("it is not a directory")) }
        }

        pub(super) fn open_inside(&self, name: &str) -> Result<Self, NotUsable> {
            Self::open(&self.0.join(name))
        }

        pub(super) fn make_inside(&self, name: &str) -> io::Result<()> {
            match fs::create_dir(self.0.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                Ok(()) | Err(_) => Ok(()),
            }
        }

        pub(super) fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
        }

        pub(super) fn changed_at(&self, name: &str) -> Option<SystemTime> {
            let data = fs::symlink_metadata(self.0.join(name)).ok()?;
            if data.is_file() { data.modified().ok() } else { None }
        }

        pub(super) fn create_new(&self, name: &str) -> io::Result<File> {
            OpenOptions::new().read(true).write(true).create_new(true).open(self.0.join(name))
        }

        pub(super) fn open_existing(&self, name: &str) -> io::Result<File> {
            OpenOptions::new().read(true).write(true).open(self.0.join(name))
        }

        pub(super) fn remove(&self, name: &str) {
            let _ = fs::remove_file(self.0.join(name));
        }
    }
}
