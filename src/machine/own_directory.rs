//! A directory of this program, below a directory that others may share (`XDG_CACHE_HOME`).
//!
//! A value of this type exists only for a directory that is this user's: not a symbolic link, owned by this user, and
//! not writable by others. Every access goes through its open descriptor, so a directory that replaces it later is not
//! touched, and only to regular files with a plain name, so links are never followed.

use super::file::{make_private, make_private_directory, random_name};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::SystemTime;

/// The most that is read of a file in it, in bytes: it has a counter and a code.
const SMALL: u64 = 4 << 10;

/// An open directory of this program.
#[derive(Debug)]
pub(crate) struct OwnDirectory(platform::Directory);

/// Why a directory is not used.
#[derive(Debug)]
pub(crate) enum NotUsable {
    /// The directory does not exist.
    Absent,
    /// The directory may belong to someone else; the reason.
    NotOurs(&'static str),
    /// The operating system's error.
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
    /// Opens the directory, if it exists and is this user's.
    pub(crate) fn open(path: &Path) -> Result<Self, NotUsable> {
        platform::Directory::open(path).map(Self)
    }

    /// The same, but creates the directory if it does not exist.
    pub(crate) fn open_or_make(path: &Path) -> Result<Self, NotUsable> {
        match Self::open(path) {
            Err(NotUsable::Absent) => {
                make_private_directory(path)?;
                Self::open(path)
            }
            opened => opened,
        }
    }

    /// Opens a directory in this one, under the same conditions, if it exists. Replacing this directory's path
    /// meanwhile has no effect.
    pub(crate) fn inside(&self, name: &str) -> Result<Self, NotUsable> {
        let name = plain(name).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.0.open_inside(name).map(Self)
    }

    /// The same, but creates the directory if it does not exist.
    pub(crate) fn inside_or_make(&self, name: &str) -> Result<Self, NotUsable> {
        match self.inside(name) {
            Err(NotUsable::Absent) => {
                self.0.make_inside(name)?;
                self.inside(name)
            }
            opened => opened,
        }
    }

    /// The modification time of a regular file.
    pub(crate) fn changed_at(&self, name: &str) -> Option<SystemTime> {
        self.0.changed_at(plain(name)?)
    }

    /// Calls `visit` with each regular file whose name satisfies `is_ours`, and its modification time, until `visit`
    /// breaks. `visit` may remove the file.
    pub(crate) fn visit(
        &self,
        is_ours: impl Fn(&str) -> bool,
        mut visit: impl FnMut(&str, SystemTime) -> ControlFlow<()>,
    ) {
        self.0.visit(&mut |name| match is_ours(name).then(|| self.changed_at(name)).flatten() {
            Some(changed_at) => visit(name, changed_at),
            None => ControlFlow::Continue(()),
        });
    }

    /// Opens a regular file for locking or writing, and creates it if it does not exist.
    pub(crate) fn open_file(&self, name: &str) -> io::Result<File> {
        let name = plain(name).ok_or(io::ErrorKind::InvalidInput)?;
        let file = match self.create(name) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.0.open_existing(name)?,
            Err(error) => return Err(error),
        };
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// Creates a file that does not exist yet.
    pub(crate) fn create(&self, name: &str) -> io::Result<File> {
        let file = self.0.create_new(plain(name).ok_or(io::ErrorKind::InvalidInput)?)?;
        make_private(&file)?;
        Ok(file)
    }

    /// Opens a regular file, if it exists.
    pub(crate) fn open_existing(&self, name: &str) -> Option<File> {
        let file = self.0.open_existing(plain(name)?).ok()?;
        file.metadata().is_ok_and(|data| data.is_file()).then_some(file)
    }

    /// The contents of a small file; empty if it cannot be read.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some(file) = self.open_existing(name) {
            let _ = file.take(SMALL).read_to_end(&mut bytes);
        }
        bytes
    }

    /// Atomically replaces the file of this name with these contents and this modification time. Another process sees
    /// the old or the new file.
    pub(crate) fn put(&self, name: &str, contents: &[u8], changed_at: SystemTime) -> io::Result<()> {
        let name = plain(name).ok_or(io::ErrorKind::InvalidInput)?;
        let new = beside(name)?;
        let written = self.create(&new).and_then(|mut file| {
            file.write_all(contents)?;
            file.set_modified(changed_at)?;
            self.0.rename(&new, name)
        });
        written.inspect_err(|_| self.remove(&new))
    }

    /// Removes a regular file.
    pub(crate) fn remove(&self, name: &str) {
        if self.changed_at(name).is_some() {
            self.0.remove(name);
        }
    }
}

/// A unique temporary name for `name`: with a dot and a random name appended.
fn beside(name: &str) -> io::Result<String> {
    Ok(format!("{name}.{}", random_name().map_err(io::Error::other)?))
}

/// A name without path separators, which cannot lead to another directory.
fn plain(name: &str) -> Option<&str> {
    let is_plain = Path::new(name).file_name() == Some(OsStr::new(name)) && !name.contains(['/', '\\', '\0']);
    is_plain.then_some(name)
}

#[cfg(unix)]
mod platform {
    use super::{ControlFlow, File, NotUsable, Path, SystemTime, io};
    use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
    use rustix::fs::{chmodat, fstat, mkdirat, openat, renameat, statat, unlinkat};
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
                // The umask may have removed even the owner's bits. No one else can place a link in a private
                // directory.
                Ok(()) => Ok(chmodat(&self.0, name, mode, AtFlags::empty())?),
                // Another process created it first.
                Err(Errno::EXIST) => Ok(()),
                Err(errno) => Err(errno.into()),
            }
        }

        fn open_at(directory: impl AsFd, path: &Path) -> Result<Self, NotUsable> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let directory = openat(directory, path, flags, Mode::empty()).map_err(|errno| match errno {
                // A link: open(2) with O_DIRECTORY fails with ENOTDIR on Linux, ELOOP on other systems.
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

        pub(super) fn visit(&self, visit: &mut dyn FnMut(&str) -> ControlFlow<()>) {
            for entry in Dir::read_from(&self.0).into_iter().flatten().flatten() {
                if entry.file_name().to_str().is_ok_and(|name| visit(name).is_break()) {
                    return;
                }
            }
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

        pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            Ok(renameat(&self.0, from, &self.0, to)?)
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

/// On Windows the directories of a user's profile are private, and creating a link requires a privilege.
#[cfg(not(unix))]
mod platform {
    use super::{ControlFlow, File, NotUsable, Path, SystemTime, io};
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

        pub(super) fn visit(&self, visit: &mut dyn FnMut(&str) -> ControlFlow<()>) {
            for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
                if entry.file_name().to_str().is_some_and(|name| visit(name).is_break()) {
                    return;
                }
            }
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

        pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            fs::rename(self.0.join(from), self.0.join(to))
        }

        pub(super) fn remove(&self, name: &str) {
            let _ = fs::remove_file(self.0.join(name));
        }
    }
}
