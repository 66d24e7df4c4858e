//! Changes a copy of a configuration file, and replaces the file with it.
//!
//! Follows git's own protocol (git 2.47.3 `config.c`, `git_config_set_multivar_in_file_gently`, and `lockfile.h`): the new
//! contents are in `FILE.lock`, which only one process can create, and are renamed to `FILE`. The lock exists for a few
//! system calls at the end, during which signals are held. The next run removes a lock that a killed run left, and no other
//! lock.

use crate::machine::file::{is_random_name, private_file, random_name, sweep};
use crate::machine::signals;
use std::ffi::OsString;
use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// The age at which a copy counts as left by a killed run: each git that changes it takes at most a few seconds.
const LEFT: Duration = Duration::from_mins(1);

/// Much longer than a run or git holds a lock. Only used if the operating system cannot tell whether the run still exists.
const LONG: Duration = Duration::from_secs(10);

/// The part of a copy's name between the file's name and random digits.
const MARK: &str = ".codecommit-setup-";

/// The number of links to follow, as in git (git 2.47.3 `lockfile.c`, `MAXDEPTH`).
const MOST_LINKS: usize = 5;

/// The copy. Dropping it removes the file.
#[derive(Debug)]
pub(super) struct Aside {
    file: PathBuf,
    copy: PathBuf,
    /// The contents that were copied; `None` if there was no file.
    before: Option<Vec<u8>>,
}

/// Why the copy did not replace the file, which is unchanged.
#[derive(Debug)]
pub(super) enum NotReplaced {
    /// Another process changed the file after it was copied.
    Changed,
    /// Another process holds the lock.
    Locked,
    /// The operating system refused.
    Io(io::Error),
}

impl From<io::Error> for NotReplaced {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Aside {
    /// Copies the file, or the target of a link. `None` if it is not a regular file or no file can be created in its directory:
    /// git cannot change it either, and says why.
    pub(super) fn of(file: &Path) -> io::Result<Option<Self>> {
        let Some(file) = followed(file) else { return Ok(None) };
        let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
        remove_leftovers(&file, name);
        let before = match fs::symlink_metadata(&file) {
            Ok(data) if data.is_file() => match fs::read(&file) {
                Ok(contents) => Some(contents),
                Err(_) => return Ok(None),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Ok(_) | Err(_) => return Ok(None),
        };
        let copy = file.with_file_name(format!("{name}{MARK}{}", random_name()?));
        // A new configuration gets its mode from the umask, as with git.
        let mut options = if before.is_some() { private_file() } else { File::options() };
        let Ok(mut made) = options.write(true).create_new(true).open(&copy) else { return Ok(None) };
        // From here on, dropping it removes the copy.
        let aside = Self { file, copy, before };
        if let Some(contents) = &aside.before {
            made.write_all(contents)?;
            fs::set_permissions(&aside.copy, fs::metadata(&aside.file)?.permissions())?;
        }
        Ok(Some(aside))
    }

    /// The path of the copy.
    pub(super) fn path(&self) -> &Path {
        &self.copy
    }

    /// The path of the file that the copy replaces.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Replaces the file with the copy, or removes it if `is_removed_when_empty` and the copy has no text. Waits for the lock for
    /// at most `patience`.
    pub(super) fn replace(self, patience: Duration, is_removed_when_empty: bool) -> Result<(), NotReplaced> {
        // On Windows flushing needs write access; elsewhere a configuration can be read-only.
        let copy = File::options().read(true).write(cfg!(windows)).open(&self.copy)?;
        copy.sync_all()?;
        show_alive(&copy);
        let is_removed = is_removed_when_empty && fs::read(&self.copy)?.trim_ascii().is_empty();
        let ends = Instant::now() + patience;
        loop {
            match self.try_to_replace(is_removed) {
                Err(NotReplaced::Locked) if Instant::now() < ends => thread::sleep(Duration::from_millis(10)),
                ended => return ended,
            }
        }
    }

    fn try_to_replace(&self, is_removed: bool) -> Result<(), NotReplaced> {
        let lock = lock_of(&self.file);
        let _held = signals::hold();
        let _alive = match take(&self.copy, &lock) {
            Ok(alive) => alive,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(NotReplaced::Locked),
            Err(error) => return Err(error.into()),
        };
        let is_unchanged = fs::read(&self.file).ok() == self.before;
        let replaced = match (is_unchanged, is_removed) {
            (true, false) => fs::rename(&lock, &self.file).map_err(NotReplaced::Io),
            (true, true) => fs::remove_file(&self.file).map_err(NotReplaced::Io),
            (false, _) => Err(NotReplaced::Changed),
        };
        if is_removed || replaced.is_err() {
            let _ = fs::remove_file(&lock);
        }
        // Not only when this is dropped: a held signal ends the process before that.
        let _ = fs::remove_file(&self.copy);
        replaced
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.copy);
    }
}

/// The target of a link, whether it exists or not: git creates the file and keeps the link.
fn followed(file: &Path) -> Option<PathBuf> {
    let mut file = file.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&file) else { return Some(file) };
        file = file.parent()?.join(target);
    }
    None
}

fn lock_of(file: &Path) -> PathBuf {
    let mut lock = OsString::from(file);
    lock.push(".lock");
    lock.into()
}

/// Creates the lock with all its contents, and fails if one exists, as with git's `O_EXCL`. The returned file must stay open as
/// long as the lock is needed.
fn take(copy: &Path, lock: &Path) -> io::Result<Option<File>> {
    match fs::hard_link(copy, lock) {
        Ok(()) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => take_by_copying(copy, lock).map(Some),
    }
}

/// The same for a file system without hard links, such as exFAT: created exclusively and written, as by git.
fn take_by_copying(copy: &Path, lock: &Path) -> io::Result<File> {
    let contents = fs::read(copy)?;
    let mut file = private_file().create_new(true).open(lock)?;
    show_alive(&file);
    let written = file.write_all(&contents).and_then(|()| fs::set_permissions(lock, fs::metadata(copy)?.permissions()));
    match written.and_then(|()| file.sync_all()) {
        Ok(()) => Ok(file),
        Err(error) => {
            let _ = fs::remove_file(lock);
            Err(error)
        }
    }
}

/// Marks this run as alive for other runs. The operating system removes the mark when the process ends, however it ends.
fn show_alive(file: &File) {
    // On Windows other processes could not read the file meanwhile (`LockFileEx`).
    if cfg!(unix) {
        let _ = file.try_lock();
    }
}

/// Removes the copies of killed runs in the file's directory.
fn remove_leftovers(file: &Path, name: &str) {
    let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_copy = |entry: &str| entry.strip_prefix(name).is_some_and(is_copy);
    remove_left_lock(file, directory, is_copy);
    sweep(directory, LEFT, is_copy);
}

/// `.codecommit-setup-` and a random name; git creates a lock for the copy too.
fn is_copy(rest: &str) -> bool {
    let random = rest.strip_prefix(MARK).map(|random| random.strip_suffix(".lock").unwrap_or(random));
    random.is_some_and(is_random_name)
}

/// Removes `FILE.lock` if it is a copy of a run that was killed before it could rename it.
fn remove_left_lock(file: &Path, directory: &Path, is_copy: impl Fn(&str) -> bool) {
    let lock = lock_of(file);
    let Some(data) = regular(&lock) else { return };
    let copies = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut copies = copies.filter(|entry| is_copy(&entry.file_name().to_string_lossy())).map(|entry| entry.path());
    let Some(copy) = copies.find(|copy| is_same_file(copy, &lock) || has_its_contents(copy, &lock, file)) else {
        return;
    };
    let Ok(opened) = File::open(&lock) else { return };
    let has_ended = match opened.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        // The file system does not support such locks.
        Err(TryLockError::Error(_)) => is_long_ago(last_linked(&data)),
    };
    // Checked again, because the lock can be another one by now.
    if has_ended && (is_same_file(&copy, &lock) || has_its_contents(&copy, &lock, file)) {
        let _ = fs::remove_file(&lock);
        let _ = fs::remove_file(&copy);
    }
}

/// Whether the lock was made by [`take_by_copying`]. git's lock is never this old, and has these contents only by chance.
fn has_its_contents(copy: &Path, lock: &Path, file: &Path) -> bool {
    let is_old = || regular(lock).is_some_and(|data| is_long_ago(data.modified()));
    let read = |path: &Path| regular(path).and_then(|_| fs::read(path).ok()).filter(|contents| !contents.is_empty());
    is_old() && read(copy).is_some_and(|copied| read(lock).as_ref() == Some(&copied) && read(file) != Some(copied))
}

/// The metadata of a regular file; `None` for anything else, including a link.
fn regular(path: &Path) -> Option<Metadata> {
    fs::symlink_metadata(path).ok().filter(Metadata::is_file)
}

fn is_long_ago(time: io::Result<SystemTime>) -> bool {
    time.is_ok_and(|time| time.elapsed().is_ok_and(|passed| passed > LONG))
}

/// Whether both paths are the same file.
#[cfg(unix)]
fn is_same_file(copy: &Path, lock: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let number = |path: &Path| regular(path).map(|data| (data.dev(), data.ino()));
    number(lock).is_some_and(|lock| number(copy) == Some(lock))
}

#[cfg(unix)]
fn last_linked(data: &Metadata) -> io::Result<SystemTime> {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = u64::try_from(data.ctime()).map_err(io::Error::other)?;
    Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

/// The standard library cannot tell, so the contents are compared.
#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(not(unix))]
fn last_linked(data: &Metadata) -> io::Result<SystemTime> {
    data.modified()
}

#[cfg(test)]
#[path = "aside_tests.rs"]
mod tests;
