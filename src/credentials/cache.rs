//! Small JSON files that are shared with the AWS CLI: read leniently, replaced whole.

use serde_json::{Map, Value};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// The object in the file, or `None` where there is none: absent, unreadable, half written, of another shape.
pub(super) fn read(path: &Path) -> Option<Map<String, Value>> {
    let bytes = Zeroizing::new(fs::read(path).ok()?);
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// Puts the object in the place of the file, for its owner only. A reader sees the old file or the new one.
pub(super) fn replace(path: &Path, object: &Map<String, Value>) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    sweep(directory, &format!(".{name}."));
    let temporary = directory.join(format!(".{name}.{}", std::process::id()));
    let text = Zeroizing::new(serde_json::to_vec(object)?);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&temporary).and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()));
    written.and_then(|()| fs::rename(&temporary, path)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// Takes away what a process that was killed between writing and renaming has left: it holds secrets.
fn sweep(directory: &Path, beginning: &str) {
    for file in fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_left =
            || file.metadata().and_then(|data| data.modified()).is_ok_and(|at| at.elapsed().is_ok_and(is_long));
        if file.file_name().to_string_lossy().starts_with(beginning) && is_left() {
            let _ = fs::remove_file(file.path());
        }
    }
}

/// Far longer than a file is written.
fn is_long(passed: Duration) -> bool {
    passed > Duration::from_mins(1)
}

/// A string of the object.
pub(super) fn text<'o>(object: &'o Map<String, Value>, key: &str) -> Option<&'o str> {
    object.get(key).and_then(Value::as_str)
}
