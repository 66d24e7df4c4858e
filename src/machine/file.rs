//! Files that someone else may have placed: a FIFO without a writer, an endless device, a link.
//!
//! Every file that this program did not create is read here, with a deadline and a size limit. Leaves the contents to
//! the caller.

use aws_files::unread::{Barred, Denied, Kind, Owner, Unread};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// Reads a regular file, following links, of at most `limit` bytes. Any other type counts as absent, as in botocore
/// (`os.path.isfile`).
///
/// # Errors
/// [`Unread`], which says why.
pub(crate) fn read_regular(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Without it, opening a FIFO waits for a writer.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let opened = options.open(path).and_then(|file| file.metadata().map(|data| (file, data)));
    match opened {
        Ok((file, data)) if data.is_file() => read_at_most(file, limit).map_err(|error| unread(path, &error)),
        Ok((_, data)) => Err(Unread::NotAFile(kind(&data))),
        // A socket cannot be opened, and another user's FIFO may not be allowed to.
        Err(error) => match fs::metadata(path) {
            Ok(data) if !data.is_file() => Err(Unread::NotAFile(kind(&data))),
            _ => Err(unread(path, &error)),
        },
    }
}

/// The reason that corresponds to this error.
pub(crate) fn unread(path: &Path, error: &io::Error) -> Unread {
    match error.kind() {
        io::ErrorKind::NotFound => absent(path),
        io::ErrorKind::IsADirectory => Unread::NotAFile(Kind::Directory),
        io::ErrorKind::NotADirectory => {
            let is_no_directory = |above: &&Path| fs::metadata(above).is_ok_and(|data| !data.is_dir());
            Unread::NotADirectory(path.ancestors().skip(1).find(is_no_directory).unwrap_or(path).to_owned())
        }
        io::ErrorKind::PermissionDenied => Unread::Denied(denied(path)),
        io::ErrorKind::FileTooLarge => Unread::TooLong,
        // `ErrorKind::FilesystemLoop` is not stable.
        #[cfg(unix)]
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => Unread::LinkLoop,
        _ => Unread::Failed(error.to_string()),
    }
}

/// `DanglingLink` if the path, or a directory above it, is a link to a missing target; `Absent` otherwise.
fn absent(path: &Path) -> Unread {
    let is_link = |at: &&Path| fs::symlink_metadata(at).is_ok_and(|data| data.is_symlink());
    let dangling = path.ancestors().find(is_link).filter(|link| fs::metadata(link).is_err());
    let target = dangling.and_then(|link| Some((link, fs::read_link(link).ok()?)));
    target.map_or(Unread::Absent, |(link, target)| Unread::DanglingLink { link: link.to_owned(), target })
}

/// How many links are followed to find out which permissions deny access.
const LINKS: usize = 8;

/// The component of `path` that this user may not enter or read.
fn denied(path: &Path) -> Denied {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let mut way: Vec<PathBuf> = path.ancestors().map(Path::to_owned).collect();
        way.reverse();
        let is_barred = |below: &PathBuf| {
            fs::symlink_metadata(below).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
        };
        if let Some(barred) = way.iter().position(is_barred).and_then(|at| at.checked_sub(1)) {
            return denied_at(way.swap_remove(barred), Barred::Directory);
        }
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(&path).join(target),
            Err(_) => break,
        }
    }
    denied_at(path, Barred::File)
}

#[cfg(unix)]
fn denied_at(at: PathBuf, barred: Barred) -> Denied {
    use std::os::unix::fs::MetadataExt as _;
    let user = rustix::process::geteuid().as_raw();
    let owner = |at: &Path| fs::metadata(at).ok().map(|data| (data.uid(), data.mode()));
    let parent_is_users = || at.parent().and_then(owner).is_some_and(|(uid, _)| uid == user);
    let (owner, by_mode) = match owner(&at) {
        None => (Owner::Unknown, false),
        Some((uid, mode)) if uid == user => {
            (Owner::User, mode & if barred == Barred::Directory { 0o100 } else { 0o400 } == 0)
        }
        Some(_) if parent_is_users() => (Owner::OtherInOwnDirectory, false),
        Some(_) => (Owner::Other, false),
    };
    Denied { at, barred, owner, by_mode }
}

#[cfg(not(unix))]
fn denied_at(at: PathBuf, barred: Barred) -> Denied {
    Denied { at, barred, owner: Owner::Unknown, by_mode: false }
}

/// The user id of the file's or directory's owner.
#[cfg(unix)]
pub(crate) fn owner(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|data| std::os::unix::fs::MetadataExt::uid(&data))
}

/// User ids exist on Unix only.
#[cfg(not(unix))]
pub(crate) fn owner(_: &Path) -> Option<u32> {
    None
}

/// Whether it belongs to another user than the effective one.
pub(crate) fn is_anothers(path: &Path) -> bool {
    #[cfg(unix)]
    let is_anothers = owner(path).is_some_and(|owner| owner != rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    let is_anothers = owner(path).is_some();
    is_anothers
}

#[cfg(unix)]
fn kind(data: &Metadata) -> Kind {
    use std::os::unix::fs::FileTypeExt as _;
    let of = data.file_type();
    if of.is_dir() {
        Kind::Directory
    } else if of.is_fifo() {
        Kind::Fifo
    } else if of.is_socket() {
        Kind::Socket
    } else {
        Kind::Device
    }
}

#[cfg(not(unix))]
fn kind(data: &Metadata) -> Kind {
    if data.is_dir() { Kind::Directory } else { Kind::Device }
}

/// Reads a file of any type, such as the `/dev/fd/63` of a shell, for at most `deadline` and at most `limit` bytes.
///
/// # Errors
/// `TimedOut`, `FileTooLarge`, or the operating system's error.
pub(crate) fn read_within(path: &Path, limit: u64, deadline: Duration) -> io::Result<Zeroizing<Vec<u8>>> {
    let path = path.to_owned();
    within(deadline, move || File::open(path).and_then(|file| read_at_most(file, limit)))
}

/// The result of `work` on files, which may block: on a pipe, or on a directory of an unreachable network.
pub(crate) fn within<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (sender, receiver) = mpsc::channel();
    // The thread is left running; the process does not wait for it.
    thread::spawn(move || sender.send(work()));
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

/// 128 random bits in hexadecimal, for a name that no other process uses. A process id is not enough: containers that
/// share a home directory all count from one.
pub(crate) fn random_name() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes)?;
    Ok(codecommit::hex::lower(bytes))
}

/// Whether the text has the form of a [`random_name`].
pub(crate) fn is_random_name(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Removes regular files that killed processes left: those whose names satisfy `is_ours` and that were last written at
/// least `age` ago. Links are not followed.
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

/// Options to open a file for writing; a new file is accessible to its owner only.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Sets the mode of a new file explicitly: the umask may have removed even the owner's bits.
pub(crate) fn make_private(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Creates a directory and its missing parents, accessible to the owner only, regardless of the umask.
pub(crate) fn make_private_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        make_private_directory(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    // Private from the start, so that no one else can use it in between.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(directory) {
        Ok(()) => {}
        // Another process created it first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(error),
    }
    // By path only if the umask removed the owner's bits: the path may name another directory by now.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if fs::symlink_metadata(directory)?.permissions().mode() & 0o700 != 0o700 {
            fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}
