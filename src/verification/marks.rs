//! What CodeCommit has accepted, remembered without a daemon.
//!
//! After every success git calls `store` on each helper with the very password that worked (git 2.47.3 `credential.c`,
//! `credential_approve`); after a 403 it calls nothing. So a `get` leaves a pending mark, and `store` turns it into an
//! acceptance; an answer that is later than the last acceptance tells of an attempt that failed.
//!
//! A mark is found by its name, and what it tells is its time: `KEY.answered` is of the last answer for a key, `KEY.accepted`
//! of the last one that was accepted, and `PASSWORD.pending` of a password that is not confirmed yet; it contains the KEY,
//! since `store` gets nothing but the password. So `get` and `store` make the same system calls however many marks there
//! are. KEY and PASSWORD are hashes. Nothing secret is in a name: the password's hash is keyed by nothing an attacker could
//! use, since a password lives for 15 minutes and is signed for one repository. Another process sees a mark whole or not at
//! all. A directory that cannot be used costs the memory and no more.

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

/// How long a mark counts. An older one is of no use to anybody.
const GOOD_FOR: Duration = Duration::from_hours(12);

/// How far ahead of this process's start the time of a mark may be: other processes go on meanwhile. A time beyond that is
/// that of a clock which has been set back.
const MEANWHILE: Duration = Duration::from_mins(1);

/// The directory of marks, in the program's cache directory.
const DIRECTORY: &str = "marks";

/// The file there whose time says when old marks were last removed.
const PRUNED: &str = "pruned";

/// How long they are left alone after that.
const PRUNED_FOR: Duration = Duration::from_hours(24);

/// How long it may take to remove them. git has its answer by then, but waits for the end of its helper (git 2.47.3
/// `credential.c`, `run_credential_helper`). What is left is removed a day later.
const PRUNING: Duration = Duration::from_millis(200);

/// What is known of an identity at a repository, for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Accepted lately, and nothing failed since.
    Good,
    /// Nothing is known, or it is too old.
    Unknown,
    /// An answer was given that CodeCommit never accepted.
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

/// Who asks for what, as a hash: the key of its marks. An identity is a source with its profile or role, never a temporary
/// key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct What(String);

impl What {
    /// Hashes the parts, in order.
    #[must_use]
    pub(crate) fn of(parts: &[&str]) -> Self {
        Self(short_hash(&parts.join("\0")))
    }

    /// The contents of a pending mark.
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
    // 128 bits: enough never to collide by accident, and no one gains by making them.
    hash.truncate(32);
    hash
}

/// The directory of marks, or none.
#[derive(Debug)]
pub(crate) struct Marks {
    /// The program's cache directory.
    own_directory: Option<PathBuf>,
    opened: OnceCell<Result<OwnDirectory, (PathBuf, NotUsable)>>,
    now: SystemTime,
}

impl Marks {
    /// In the program's cache directory. Nothing is opened yet.
    #[must_use]
    pub(crate) fn of(world: &World) -> Self {
        Self { own_directory: world.cache_directory(), opened: OnceCell::new(), now: world.now.into() }
    }

    /// Says in the trace why nothing is remembered, where the directory is not this user's.
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

    /// What is known of `what`.
    #[must_use]
    pub(crate) fn standing(&self, what: &What) -> Standing {
        let Some(directory) = self.directory() else { return Standing::Unknown };
        // In this order: an acceptance that comes meanwhile is of this answer, or of a later one.
        let answered = directory.changed_at(&what.answered()).filter(|at| self.is_within(GOOD_FOR, *at));
        let accepted = directory.changed_at(&what.accepted()).filter(|at| self.is_within(GOOD_FOR, *at));
        match (answered, accepted) {
            (Some(_), accepted) if accepted < answered => Standing::Unconfirmed,
            (_, Some(_)) => Standing::Good,
            (_, None) => Standing::Unknown,
        }
    }

    /// Remembers that `password` was given to git.
    pub(crate) fn pend(&self, what: &What, password: &Secret) {
        let made = || OwnDirectory::open_or_make(self.own_directory.as_deref()?).ok()?.inside_or_make(DIRECTORY).ok();
        // Without it each `get` asks CodeCommit.
        let _ = match self.directory() {
            Some(directory) => pend(directory, what, password),
            None => made().map_or(Ok(()), |directory| pend(&directory, what, password)),
        };
    }

    /// `store`: CodeCommit accepted `password`. A password that is not ours is nobody's concern.
    pub(crate) fn confirm(&self, password: &str) {
        let Some(directory) = self.directory() else { return };
        let name = pending(password);
        let Some(what) = What::read(&directory.read(&name)) else { return };
        let answered = directory.open_existing(&what.answered());
        if let Some(answered) = &answered {
            lock(answered);
        }
        // By the time of the answer: what was asked before has been overtaken, what was asked later is still on its way.
        let Some(given) = directory.changed_at(&name) else { return };
        directory.remove(&name);
        let before = directory.changed_at(&what.accepted()).filter(|at| self.is_within(GOOD_FOR, *at));
        if before < Some(given) {
            // Without it the next `get` asks CodeCommit.
            let _ = match directory.open_existing(&what.accepted()) {
                Some(accepted) => accepted.set_modified(given),
                None => directory.put(&what.accepted(), b"", given),
            };
        }
    }

    /// Forgets that `what` was ever accepted: it has just been refused, or the clock cannot be trusted.
    pub(crate) fn forget(&self, what: &What) {
        let Some(directory) = self.directory() else { return };
        let (answered, accepted) = (what.answered(), what.accepted());
        // An answer that was accepted is no sign of a failure.
        if directory.changed_at(&answered) <= directory.changed_at(&accepted) {
            directory.remove(&answered);
        }
        directory.remove(&accepted);
    }

    /// Removes the marks that do not count any more, once a day; nothing where no mark was looked at. Called when the answer
    /// is written.
    pub(crate) fn prune(&self) {
        let (Some(path), Some(Ok(marks))) = (&self.own_directory, self.opened.get()) else { return };
        if marks.changed_at(PRUNED).is_some_and(|at| self.is_within(PRUNED_FOR, at)) {
            return;
        }
        // Before the work, so that of many processes one does it.
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
        // Before there was this directory, marks were beside it.
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
        // Without its contents, which are written in one call, it counts for nothing.
        Ok(mut file) => {
            file.write_all(contents)?;
            file.set_modified(now)
        }
        // Two processes have signed the same in one second.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => directory.put(&name, contents, now),
        Err(error) => Err(error),
    }
}

/// Waits until no other process is changing the marks of the same key, which takes a few system calls. After 50 ms, or where
/// there are no locks, it goes on all the same: a mark that is lost costs one question to CodeCommit.
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

/// The names of marks, and those beside them that a process which was killed has left. Whatever else lies there is not
/// touched.
fn is_mark(name: &str) -> bool {
    let mut parts = name.split('.');
    parts.next().is_some_and(is_hash)
        && matches!(parts.next(), Some("answered" | "accepted" | "pending"))
        && parts.next().is_none_or(is_random_name)
        && parts.next().is_none()
}

/// `KEY`, and `KEY.PASSWORD` for one that was pending.
fn is_old_mark(name: &str) -> bool {
    name.split_once('.').map_or(is_hash(name), |(what, password)| is_hash(what) && is_hash(password))
}

/// The clock that files are stamped with, which is the machine's.
#[expect(clippy::disallowed_methods, reason = "the time of a mark is that of the moment it is made")]
fn now_of_the_file_system() -> io::Result<SystemTime> {
    let now = SystemTime::now();
    // Not every file system has an earlier time.
    now.duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)?;
    Ok(now)
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod tests;
