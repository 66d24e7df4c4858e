//! Marks: files that record which answers CodeCommit has accepted, so that not every `get` has to ask.
//!
//! After every success git calls `store` on each helper with the password that worked (git 2.47.3 `credential.c`,
//! `credential_approve`); after a 403 it calls nothing. So `get` creates a pending mark, and `store` turns it into an
//! acceptance. An answer that is newer than the last acceptance means that an attempt failed.
//!
//! A mark is found by its name, and its modification time is its content: `KEY.answered` is the time of the last answer
//! for a key, `KEY.accepted` of the last accepted one, and `PASSWORD.pending` of a password that is not confirmed yet.
//! The latter contains the KEY, since `store` gets only the password. So `get` and `store` need the same number of
//! system calls however many marks there are. KEY and PASSWORD are hashes, and no name is secret: the hash of a
//! password needs no key, since a password is valid for 15 minutes and for one repository. Another process sees a mark
//! completely or not at all. If the directory cannot be used, nothing is recorded and nothing else changes.

use crate::machine::file::is_random_name;
use crate::machine::own_directory::{NotUsable, OwnDirectory};
use crate::machine::trace::Trace;
use crate::machine::world::World;
use codecommit::hex;
use codecommit::secret::Secret;
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

/// How long a mark is valid.
const GOOD_FOR: Duration = Duration::from_hours(12);

/// How far the time of a mark may be ahead of this process's start, since other processes run meanwhile. A mark further
/// ahead dates from before the clock was set back.
const MEANWHILE: Duration = Duration::from_mins(1);

/// The directory of marks, in the program's cache directory.
const DIRECTORY: &str = "marks";

/// The file whose modification time is when old marks were last removed.
const PRUNED: &str = "pruned";

/// The time between two removals.
const PRUNED_FOR: Duration = Duration::from_hours(24);

/// How long a removal may take. git has its answer by then, but waits for its helper to exit (git 2.47.3
/// `credential.c`, `run_credential_helper`). The rest is removed a day later.
const PRUNING: Duration = Duration::from_millis(200);

/// What the marks say about an identity at a repository, for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Recently accepted, without a failure since.
    Good,
    /// No mark is valid.
    Unknown,
    /// The last answer was never accepted by CodeCommit.
    Unconfirmed,
}

impl Standing {
    /// For a trace.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::Good => "accepted recently",
            Self::Unknown => "unknown or too old",
            Self::Unconfirmed => "not confirmed by git",
        }
    }
}

/// A hash of identity, repository and operation: the key of their marks. An identity is a source with its profile or role, never a temporary
/// key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct What(String);

impl What {
    /// Hashes the parts, in their order.
    #[must_use]
    pub(crate) fn of(parts: &[&str]) -> Self {
        Self(short_hash(&parts.join("\0")))
    }

    /// Parses the contents of a pending mark.
    fn read(contents: &[u8]) -> Option<Self> {
        str::from_utf8(contents).ok().filter(|text| is_hash(text)).map(|text| Self(text.to_owned()))
    }

    fn answered(&self) -> String {
        format!("{}.answered", self.0)
    }

    fn accepted(&self) -> String {
        format!("{}.accepted", self.0)
    }
}

fn pending(password: &str) -> String {
    format!("{}.pending", short_hash(password))
}

fn short_hash(text: &str) -> String {
    let mut hash = hex::lower(Sha256::digest(text));
    // 128 bits exclude accidental collisions, and no one gains from a deliberate one.
    hash.truncate(32);
    hash
}

/// The directory of marks, or no directory.
#[derive(Debug)]
pub(crate) struct Marks {
    /// The program's cache directory.
    own_directory: Option<PathBuf>,
    opened: OnceCell<Result<OwnDirectory, (PathBuf, NotUsable)>>,
    now: SystemTime,
}

impl Marks {
    /// The marks in this program's cache directory; opens nothing yet.
    #[must_use]
    pub(crate) fn of(world: &World) -> Self {
        Self { own_directory: world.cache_directory(), opened: OnceCell::new(), now: world.now.into() }
    }

    /// Traces why nothing is recorded, if the directory is not this user's.
    pub(crate) fn judge(&self, trace: &Trace) {
        if let Err((path, why @ (NotUsable::NotOurs(_) | NotUsable::Io(_)))) = self.opened() {
            trace.line(|| format!("{} is ignored: {why}", path.display()));
        }
    }

    fn opened(&self) -> &Result<OwnDirectory, (PathBuf, NotUsable)> {
        self.opened.get_or_init(|| {
            let path = self.own_directory.clone().unwrap_or_default();
            match OwnDirectory::open(&path) {
                Ok(own) => own.inside(DIRECTORY).map_err(|why| (path.join(DIRECTORY), why)),
                Err(why) => Err((path, why)),
            }
        })
    }

    fn directory(&self) -> Option<&OwnDirectory> {
        self.opened().as_ref().ok()
    }

    /// What the marks say about `what`.
    #[must_use]
    pub(crate) fn standing(&self, what: &What) -> Standing {
        let Some(directory) = self.directory() else { return Standing::Unknown };
        // Read in this order, an acceptance that arrives meanwhile is for this answer or a later one.
        let answered = directory.changed_at(&what.answered()).filter(|at| self.is_within(GOOD_FOR, *at));
        let accepted = directory.changed_at(&what.accepted()).filter(|at| self.is_within(GOOD_FOR, *at));
        match (answered, accepted) {
            (Some(_), accepted) if accepted < answered => Standing::Unconfirmed,
            (_, Some(_)) => Standing::Good,
            (_, None) => Standing::Unknown,
        }
    }

    /// Records that git got `password`.
    pub(crate) fn pend(&self, what: &What, password: &Secret) {
        let made = || OwnDirectory::open_or_make(self.own_directory.as_deref()?).ok()?.inside_or_make(DIRECTORY).ok();
        // If this fails, each `get` asks CodeCommit.
        let _ = match self.directory() {
            Some(directory) => pend(directory, what, password),
            None => made().map_or(Ok(()), |directory| pend(&directory, what, password)),
        };
    }

    /// Records for `store` that CodeCommit accepted `password`. Passwords of other helpers are ignored.
    pub(crate) fn confirm(&self, password: &str) {
        let Some(directory) = self.directory() else { return };
        let name = pending(password);
        let Some(what) = What::read(&directory.read(&name)) else { return };
        let answered = directory.open_existing(&what.answered());
        if let Some(answered) = &answered {
            lock(answered);
        }
        // With the time of the answer: earlier answers are obsolete, later ones are still pending.
        let Some(given) = directory.changed_at(&name) else { return };
        directory.remove(&name);
        let before = directory.changed_at(&what.accepted()).filter(|at| self.is_within(GOOD_FOR, *at));
        if before < Some(given) {
            // If this fails, the next `get` asks CodeCommit.
            let _ = match directory.open_existing(&what.accepted()) {
                Some(accepted) => accepted.set_modified(given),
                None => directory.put(&what.accepted(), b"", given),
            };
        }
    }

    /// Removes the acceptance of `what`: it was just refused, or the clock is wrong.
    pub(crate) fn forget(&self, what: &What) {
        let Some(directory) = self.directory() else { return };
        let (answered, accepted) = (what.answered(), what.accepted());
        // An accepted answer does not count as a failure.
        if directory.changed_at(&answered) <= directory.changed_at(&accepted) {
            directory.remove(&answered);
        }
        directory.remove(&accepted);
    }

    /// Removes expired marks, once a day, but only if this process used marks. Called after the answer is written.
    pub(crate) fn prune(&self) {
        let (Some(path), Some(Ok(marks))) = (&self.own_directory, self.opened.get()) else { return };
        if marks.changed_at(PRUNED).is_some_and(|at| self.is_within(PRUNED_FOR, at)) {
            return;
        }
        // Updated before the work, so that only one of many processes does it.
        if marks.open_file(PRUNED).and_then(|file| file.set_modified(now_of_the_file_system()?)).is_err() {
            return;
        }
        let until = Instant::now() + PRUNING;
        let prune = |directory: &OwnDirectory, is_mark: fn(&str) -> bool| {
            directory.visit(is_mark, |name, changed_at| {
                if !self.is_within(GOOD_FOR, changed_at) {
                    directory.remove(name);
                }
                if Instant::now() < until { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
        };
        // Older versions had the marks in the parent directory.
        if let Ok(own) = OwnDirectory::open(path) {
            prune(&own, is_old_mark);
        }
        prune(marks, is_mark);
    }

    fn is_within(&self, duration: Duration, time: SystemTime) -> bool {
        match self.now.duration_since(time) {
            Ok(age) => age < duration,
            Err(ahead) => ahead.duration() < MEANWHILE,
        }
    }
}

fn pend(directory: &OwnDirectory, what: &What, password: &Secret) -> io::Result<()> {
    let answered = directory.open_file(&what.answered())?;
    lock(&answered);
    let now = now_of_the_file_system()?;
    answered.set_modified(now)?;
    let (name, contents) = (pending(password.expose()), what.0.as_bytes());
    match directory.create(&name) {
        // The contents are written in one call; a mark without them is ignored.
        Ok(mut file) => {
            file.write_all(contents)?;
            file.set_modified(now)
        }
        // Two processes signed the same request in the same second.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => directory.put(&name, contents, now),
        Err(error) => Err(error),
    }
}

/// Waits until no other process is changing the marks of the same key, which takes a few system calls. After 50 ms, or
/// without locks, it continues: a lost mark costs one request to CodeCommit.
fn lock(answered: &File) {
    for _ in 0..50 {
        match answered.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
            Ok(()) | Err(TryLockError::Error(_)) => return,
        }
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The names of marks, and of temporary files that killed processes left. Other files in the directory are not touched.
fn is_mark(name: &str) -> bool {
    let mut parts = name.split('.');
    parts.next().is_some_and(is_hash)
        && matches!(parts.next(), Some("answered" | "accepted" | "pending"))
        && parts.next().is_none_or(is_random_name)
        && parts.next().is_none()
}

/// The marks' names in older versions: `KEY`, and `KEY.PASSWORD` for a pending one.
fn is_old_mark(name: &str) -> bool {
    name.split_once('.').map_or(is_hash(name), |(what, password)| is_hash(what) && is_hash(password))
}

/// The time for files: the machine's clock.
#[expect(clippy::disallowed_methods, reason = "the time of a mark is that of the moment it is made")]
fn now_of_the_file_system() -> io::Result<SystemTime> {
    let now = SystemTime::now();
    // Some file systems cannot represent an earlier time.
    now.duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)?;
    Ok(now)
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod tests;
