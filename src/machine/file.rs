//! Files that others may have put in our way: a FIFO that nobody writes to, a device without end, a link.
//!
//! Every file that is not this program's own is read through here: never longer than a deadline, never more than a limit.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// A regular file, or what a link leads to. What is none counts as absent, as in botocore (`os.path.isfile`).
///
/// # Errors
/// `NotFound` for what is no regular file, `FileTooLarge` for more than `limit` bytes, or whatever the system says.
pub(crate) fn read_regular(path: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Opening a FIFO waits for a writer otherwise.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "not a regular file"));
    }
    read_at_most(file, limit)
}

/// A file of any kind, such as the `/dev/fd/63` of a shell, for at most `deadline`.
///
/// # Errors
/// `TimedOut`, `FileTooLarge`, or whatever the system says.
pub(crate) fn read_within(path: &Path, limit: u64, deadline: Duration) -> io::Result<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    // Opening may be what waits, so the thread stays behind; the process does not wait for it.
    thread::spawn(move || sender.send(File::open(path).and_then(|file| read_at_most(file, limit))));
    receiver.recv_timeout(deadline).unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("not read to its end within {} s", deadline.as_secs())))
    })
}

fn read_at_most(file: File, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {} KiB", limit >> 10)));
    }
    Ok(bytes)
}

/// 128 random bits in hexadecimal, for a name that no other process has. Not the process id: containers that share a home
/// count from one each.
pub(crate) fn random_name() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes)?;
    Ok(codecommit::hex::lower(bytes))
}

/// Whether the text has the form of a [`random_name`].
pub(crate) fn is_random_name(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Removes regular files that a process which was killed has left: those whose names satisfy `is_ours`, and that nobody has
/// written for `age`. What a link leads to is left alone.
pub(crate) fn sweep(directory: &Path, age: Duration, is_ours: impl Fn(&str) -> bool) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_old = || {
            let data = entry.metadata().ok().filter(fs::Metadata::is_file);
            data.and_then(|data| data.modified().ok()).is_some_and(|at| at.elapsed().is_ok_and(|passed| passed > age))
        };
        if is_ours(&entry.file_name().to_string_lossy()) && is_old() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// How a file is opened to be written; a new one is for its owner only.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives a new file the mode that its creation may not have given it: a umask can take even the owner's bits.
pub(crate) fn make_private(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Makes a directory for its owner only, with all above it, whatever the umask.
pub(crate) fn make_private_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        make_private_directory(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    // At no time is it anybody else's.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(directory) {
        Ok(()) => {}
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(error),
    }
    // By path only if the umask has taken the owner's bits: another directory may be in its place by now.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if fs::symlink_metadata(directory)?.permissions().mode() & 0o700 != 0o700 {
            fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}
