//! Small JSON files that are shared with the AWS CLI: read leniently, replaced whole. Its directories are judged by the file
//! alone: people link them elsewhere.

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

/// No such file is longer.
const LIMIT: u64 = 1 << 20;

/// What is left of a process that was killed is this old: far longer than a file is written.
const LEFT: Duration = Duration::from_mins(1);

/// By how much a new file may be longer than the old one and still be sure to fit: tokens differ in length.
const ROOM: u64 = 4 << 10;

/// The object in the file.
///
/// # Errors
/// [`NoObject`]: there is none.
pub(crate) fn read(path: &Path) -> Result<Map<String, Value>, NoObject> {
    let bytes = match read_regular(path, LIMIT) {
        Ok(bytes) => bytes,
        Err(Unread::TooLong) => return Err(NoObject::Malformed(None)),
        Err(unread) => return Err(NoObject::Unread(unread)),
    };
    parse(&bytes).ok_or_else(|| NoObject::Malformed(Encoding::of(&bytes)))
}

/// Why there is no object to be had from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoObject {
    /// The file was not read.
    Unread(Unread),
    /// It is half written, or of another shape; with its encoding, if it is not UTF-8.
    Malformed(Option<Encoding>),
}

/// A file that is about to take the place of another: a reader sees the old one or the new one, whole. Begun before AWS is
/// asked for what is good for once, it shows whether that can be kept.
pub(crate) struct Replacement {
    path: PathBuf,
    temporary: PathBuf,
    file: File,
}

/// How many files this process is about to replace.
static OPEN: AtomicUsize = AtomicUsize::new(0);

/// Waits until this process replaces no file any more, for `patience` at most. Leaving earlier would lose what AWS gives
/// only once.
pub(crate) fn finish_replacements(patience: Duration) {
    let until = Instant::now() + patience;
    while OPEN.load(Ordering::Acquire) > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Replacement {
    /// Makes the new file beside the old one, for its owner only, with room for what is to come: a disk that is full must be
    /// found out before a refresh token is spent.
    pub(crate) fn begin(path: &Path) -> io::Result<Self> {
        let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        // Of whichever entry: it holds secrets.
        sweep(directory, LEFT, is_temporary);
        let temporary = directory.join(format!(".{name}.{}", random_name()?));
        let file = private_file().create_new(true).open(&temporary)?;
        OPEN.fetch_add(1, Ordering::AcqRel);
        // From here on dropping it takes the file away.
        let mut replacement = Self { path: path.to_owned(), temporary, file };
        make_private(&replacement.file)?;
        let room = fs::metadata(path).map_or(0, |old| old.len()).min(LIMIT) + ROOM;
        // By chance: a file system that compresses keeps no room for bytes that are all the same.
        let mut filler = vec![0; usize::try_from(room).map_err(io::Error::other)?];
        getrandom::getrandom(&mut filler)?;
        replacement.file.write_all(&filler)?;
        replacement.file.sync_all()?;
        Ok(replacement)
    }

    /// Writes it, and puts it in its place.
    pub(crate) fn commit(mut self, object: &Map<String, Value>) -> io::Result<()> {
        let text = Zeroizing::new(serde_json::to_vec(object)?);
        self.file.rewind()?;
        self.file.write_all(&text)?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()?;
        fs::rename(&self.temporary, &self.path)
    }
}

/// What was not put in its place goes; after a rename there is nothing of this name.
impl Drop for Replacement {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
        OPEN.fetch_sub(1, Ordering::AcqRel);
    }
}

/// `.NAME.json.` and a random name: only this program gives such names.
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
