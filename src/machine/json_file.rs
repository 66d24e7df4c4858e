//! Small JSON files that are shared with the AWS CLI: read leniently, replaced atomically.
//!
//! Decides how they are read and written; leaves their contents to `aws_files::cache`. Only the file is checked, not
//! its directories: people link those elsewhere.

use crate::machine::file::{is_random_name, make_private, private_file, random_name, read_regular, sweep};
use aws_files::cache::parse;
use aws_files::config_file::Encoding;
use aws_files::unread::Unread;
use serde_json::{Map, Value};
use std::fs::{self, File};
use std::io::{self, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The longest file that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// Temporary files of this age were left by a killed process: writing takes far less time.
const LEFT: Duration = Duration::from_mins(1);

/// How many bytes a new file may be longer than the old one and certainly fit: tokens differ in length.
const ROOM: u64 = 4 << 10;

/// Reads the JSON object in the file.
///
/// # Errors
/// [`NoObject`] if the file cannot be read or does not contain an object.
pub(crate) fn read(path: &Path) -> Result<Map<String, Value>, NoObject> {
    let bytes = match read_regular(path, LIMIT) {
        Ok(bytes) => bytes,
        Err(Unread::TooLong) => return Err(NoObject::Malformed(None)),
        Err(unread) => return Err(NoObject::Unread(unread)),
    };
    parse(&bytes).ok_or_else(|| NoObject::Malformed(Encoding::of(&bytes)))
}

/// Why no object could be read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoObject {
    /// The file was not read.
    Unread(Unread),
    /// The file is only half written, or is not a JSON object; with its encoding, if that is not UTF-8.
    Malformed(Option<Encoding>),
}

/// A file that will replace another one atomically: a reader sees the old or the new one, complete. It is created
/// before AWS is asked for a token that can be used only once, to find out whether the new one can be stored.
pub(crate) struct Replacement {
    path: PathBuf,
    temporary: PathBuf,
    file: File,
}

/// The number of replacements that this process has not finished.
static OPEN: AtomicUsize = AtomicUsize::new(0);

/// Waits until this process has finished all replacements, for at most `patience`. Exiting earlier would lose a token
/// that AWS issues only once.
pub(crate) fn finish_replacements(patience: Duration) {
    let until = Instant::now() + patience;
    while OPEN.load(Ordering::Acquire) > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Replacement {
    /// Creates the new file beside the old one, accessible to its owner only, and reserves space for the contents: a
    /// full disk must be noticed before a refresh token is used up.
    pub(crate) fn begin(path: &Path) -> io::Result<Self> {
        let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        // For every entry of the cache: leftovers contain secrets.
        sweep(directory, LEFT, is_temporary);
        let temporary = directory.join(format!(".{name}.{}", random_name()?));
        let file = private_file().create_new(true).open(&temporary)?;
        OPEN.fetch_add(1, Ordering::AcqRel);
        // From here on dropping it removes the file.
        let mut replacement = Self { path: path.to_owned(), temporary, file };
        make_private(&replacement.file)?;
        let room = fs::metadata(path).map_or(0, |old| old.len()).min(LIMIT) + ROOM;
        // Random bytes: a compressing file system reserves no space for equal ones.
        let mut filler = vec![0; usize::try_from(room).map_err(io::Error::other)?];
        getrandom::getrandom(&mut filler)?;
        replacement.file.write_all(&filler)?;
        replacement.file.sync_all()?;
        Ok(replacement)
    }

    /// Writes the object and renames the file over the old one.
    pub(crate) fn commit(mut self, object: &Map<String, Value>) -> io::Result<()> {
        let text = Zeroizing::new(serde_json::to_vec(object)?);
        self.file.rewind()?;
        self.file.write_all(&text)?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()?;
        fs::rename(&self.temporary, &self.path)
    }
}

/// Removes a file that was not committed; after the rename the name no longer exists.
impl Drop for Replacement {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
        OPEN.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Whether it is `.NAME.json.` and a random name, which only this program uses.
fn is_temporary(name: &str) -> bool {
    let parts = name.strip_prefix('.').and_then(|name| name.rsplit_once('.'));
    parts.is_some_and(|(entry, random)| entry.strip_suffix(".json").is_some() && is_random_name(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).expect("an object")
    }

    fn replace(path: &Path, text: &str) -> io::Result<()> {
        Replacement::begin(path)?.commit(&object(text))
    }

    fn names(directory: &Path) -> Vec<String> {
        let files = fs::read_dir(directory).expect("a directory").flatten();
        files.map(|file| file.file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_replacement_that_is_given_up_leaves_the_old_file_and_nothing_else() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("x.json");
        replace(&path, r#"{"a": 1}"#).expect("written");
        drop(Replacement::begin(&path).expect("begun"));
        assert_eq!(names(home.path()), ["x.json"]);
        assert_eq!(read(&path), Ok(object(r#"{"a": 1}"#)));
    }

    #[test]
    fn the_room_for_a_new_file_is_filled_with_what_no_file_system_can_compress() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("x.json");
        fs::write(&path, " ".repeat(100_000)).expect("a file");
        let begun = Replacement::begin(&path).expect("begun");
        let bytes = fs::read(&begun.temporary).expect("the new file");
        assert!(bytes.len() > 100_000, "{}", bytes.len());
        let different: std::collections::BTreeSet<&[u8]> = bytes.chunks(8).collect();
        assert_eq!(different.len(), bytes.chunks(8).count());
    }

    #[test]
    fn what_a_killed_process_has_left_is_swept_and_what_another_is_writing_is_not() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("x.json");
        let random = "0123456789abcdef".repeat(2);
        let (left, fresh, other) = (&format!(".y.json.{random}"), &format!(".x.json.{random}"), ".x.json.left");
        for name in [left.as_str(), fresh, other] {
            let file = File::create(home.path().join(name)).expect("a file");
            let age = Duration::from_secs(if name == fresh { 5 } else { 3600 });
            let written = file.metadata().and_then(|data| data.modified()).expect("a time") - age;
            file.set_modified(written).expect("an older time");
        }
        replace(&path, "{}").expect("written");
        let mut left = names(home.path());
        left.sort();
        assert_eq!(left, [fresh.as_str(), other, "x.json"]);
    }
}
