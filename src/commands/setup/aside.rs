//! A copy of a configuration file, changed aside and then put in its place.
//!
//! By git's own protocol (git 2.47.3 `config.c`, `git_config_set_multivar_in_file_gently`, and `lockfile.h`): the new contents
//! are in `FILE.lock`, which only one process can make, and are renamed to `FILE`. The lock is there for the two system calls
//! at the end alone, so that a signal before leaves no lock that would be in everybody's way.

use crate::machine::file::{private_file, random_name, sweep};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is left of a run that was killed is this old.
const LEFT: Duration = Duration::from_mins(10);

/// What stands between a file's name and random digits.
const MARK: &str = ".codecommit-setup-";

/// The copy. It goes when this is dropped.
#[derive(Debug)]
pub(super) struct Aside {
    file: PathBuf,
    copy: PathBuf,
    /// The contents that were copied; `None` where there was no file.
    before: Option<Vec<u8>>,
}

impl Aside {
    /// Copies the file, or what a link leads to. `None` where that cannot be done; git then says why.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let (directory, name) = (file.parent()?, file.file_name()?.to_str()?);
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let beginning = format!("{name}{MARK}");
        sweep(directory, LEFT, |name| name.starts_with(&beginning));
        let before = match fs::symlink_metadata(&file) {
            Ok(data) if data.is_file() => Some(fs::read(&file).ok()?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Ok(_) | Err(_) => return None,
        };
        let aside = Self { copy: directory.join(beginning + &random_name().ok()?), file, before };
        aside.fill().ok()?;
        Some(aside)
    }

    fn fill(&self) -> io::Result<()> {
        let Some(contents) = &self.before else {
            // git makes it, with the mode that the umask says.
            return File::options().write(true).create_new(true).open(&self.copy).map(drop);
        };
        private_file().create_new(true).open(&self.copy)?.write_all(contents)?;
        fs::set_permissions(&self.copy, fs::metadata(&self.file)?.permissions())
    }

    /// Where the changes are made.
    pub(super) fn path(&self) -> &Path {
        &self.copy
    }

    /// Puts the copy in the place of the file; says whether it did. Not where another process changes the file now, or has
    /// changed it since.
    pub(super) fn replace(self) -> bool {
        let mut lock = self.file.clone().into_os_string();
        lock.push(".lock");
        let lock = PathBuf::from(lock);
        let synced = File::open(&self.copy).and_then(|copy| copy.sync_all());
        // Fails where there is one, as the O_EXCL of git does.
        if synced.is_err() || fs::hard_link(&self.copy, &lock).is_err() {
            return false;
        }
        let is_unchanged = fs::read(&self.file).ok() == self.before;
        let is_replaced = is_unchanged && fs::rename(&lock, &self.file).is_ok();
        if !is_replaced {
            let _ = fs::remove_file(&lock);
        }
        is_replaced
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.copy);
    }
}
