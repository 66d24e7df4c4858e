//! What CodeCommit has accepted, remembered without a daemon.
//!
//! After every success git calls `store` on each helper with the very password that worked (git 2.47.3 `credential.c`,
//! `credential_approve`); after a 403 it calls nothing. So a `get` leaves a pending mark, and `store` turns it into an
//! acceptance; one that is still pending at the next `get` tells of an attempt that failed.
//!
//! One directory, two kinds of empty file, named by hashes: `<what>` (its time is that of the last acceptance) and
//! `<what>.<password>` (pending). Nothing secret is in a name: the password's hash is keyed by nothing an attacker could
//! use, since a password lives for 15 minutes and is signed for one repository. Every operation on a mark is one system
//! call that another process sees whole or not at all. A directory that cannot be used costs the memory and no more.

use crate::machine::own_directory::{NotUsable, OwnDirectory};
use crate::machine::trace::Trace;
use crate::machine::world::World;
use codecommit::hex;
use codecommit::secret::Secret;
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// How long an acceptance counts.
const GOOD_FOR: Duration = Duration::from_hours(12);

/// Older files are of no use to anybody.
const KEPT_FOR: Duration = Duration::from_hours(24 * 30);

/// How many files may lie there before the old ones are looked for.
const CROWD: usize = 256;

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

/// Who asks for what, as a hash. An identity is a source with its profile or role, never a temporary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct What(String);

impl What {
    /// Hashes the parts, in order.
    #[must_use]
    pub(crate) fn of(parts: &[&str]) -> Self {
        Self(short_hash(&parts.join("\0")))
    }
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
    path: Option<PathBuf>,
    directory: OnceCell<Result<OwnDirectory, NotUsable>>,
    now: SystemTime,
}

impl Marks {
    /// In the program's cache directory. Nothing is opened yet.
    #[must_use]
    pub(crate) fn of(world: &World) -> Self {
        Self { path: world.cache_directory(), directory: OnceCell::new(), now: world.now.into() }
    }

    /// Says in the trace why nothing is remembered, where the directory is not this user's.
    pub(crate) fn judge(&self, trace: &Trace) {
        if let (Some(path), Err(why @ (NotUsable::NotOurs(_) | NotUsable::Io(_)))) = (&self.path, self.opened()) {
            trace.line(|| format!("{} is not used: {why}", path.display()));
        }
    }

    fn opened(&self) -> &Result<OwnDirectory, NotUsable> {
        self.directory.get_or_init(|| self.path.as_deref().map_or(Err(NotUsable::Absent), OwnDirectory::open))
    }

    fn directory(&self) -> Option<&OwnDirectory> {
        self.opened().as_ref().ok()
    }

    /// What is known of `what`.
    #[must_use]
    pub(crate) fn standing(&self, what: &What) -> Standing {
        let Some(directory) = self.directory() else { return Standing::Unknown };
        let mut accepted = false;
        let names = directory.names(is_mark);
        for name in &names {
            let Some(rest) = name.strip_prefix(&what.0) else { continue };
            let Some(age) = directory.changed_at(name).map(|time| self.age(time)) else { continue };
            match rest {
                "" => accepted = age < GOOD_FOR,
                _ if age < GOOD_FOR => return Standing::Unconfirmed,
                _ => {}
            }
        }
        if names.len() > CROWD {
            self.prune(directory);
        }
        if accepted { Standing::Good } else { Standing::Unknown }
    }

    /// Remembers that `password` was given to git.
    pub(crate) fn pend(&self, what: &What, password: &Secret) {
        let name = format!("{}.{}", what.0, short_hash(password.expose()));
        let made = || OwnDirectory::open_or_make(self.path.as_deref()?).ok();
        match self.directory() {
            Some(directory) => _ = touch(directory, &name),
            None => _ = made().map(|directory| touch(&directory, &name)),
        }
    }

    /// `store`: CodeCommit accepted `password`. A password that is not ours is nobody's concern.
    pub(crate) fn confirm(&self, password: &str) {
        let suffix = format!(".{}", short_hash(password));
        let Some(directory) = self.directory() else { return };
        let names = directory.names(is_mark);
        let Some((what, answered)) =
            names.iter().find_map(|name| Some((name.strip_suffix(&suffix)?, directory.changed_at(name)?)))
        else {
            return;
        };
        if touch(directory, what).is_err() {
            return;
        }
        // What was asked before and never confirmed has been overtaken; what was asked later is still on its way.
        let is_pending = |name: &str| name.strip_prefix(what).is_some_and(|rest| rest.starts_with('.'));
        for name in names.iter().filter(|name| is_pending(name)) {
            if directory.changed_at(name).is_some_and(|time| time <= answered) {
                directory.remove(name);
            }
        }
    }

    /// Forgets that `what` was ever accepted: it has just been refused, or the clock cannot be trusted.
    pub(crate) fn forget(&self, what: &What) {
        if let Some(directory) = self.directory() {
            directory.remove(&what.0);
        }
    }

    fn age(&self, time: SystemTime) -> Duration {
        // A time in the future is a clock that was set back: as good as new, until it is reached.
        self.now.duration_since(time).unwrap_or_default()
    }

    fn prune(&self, directory: &OwnDirectory) {
        for (name, changed_at) in directory.files(is_mark) {
            if self.age(changed_at) > if name.contains('.') { GOOD_FOR } else { KEPT_FOR } {
                directory.remove(&name);
            }
        }
    }
}

/// The names of marks: a hash, and behind a dot that of a password. Whatever else lies there is not touched.
fn is_mark(name: &str) -> bool {
    let is_hash = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split_once('.').map_or(is_hash(name), |(what, password)| is_hash(what) && is_hash(password))
}

/// Makes the file, or renews its time.
fn touch(directory: &OwnDirectory, name: &str) -> io::Result<()> {
    directory.open_file(name)?.set_modified(SystemTime::UNIX_EPOCH + now_of_the_file_system()?)
}

/// The clock that files are stamped with, which is the machine's.
#[expect(clippy::disallowed_methods, reason = "the time of a mark is that of the moment it is made")]
fn now_of_the_file_system() -> io::Result<Duration> {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta, Utc};
    use std::fs;
    use std::path::Path;

    struct Cache(tempfile::TempDir);

    impl Cache {
        fn at(&self, later: TimeDelta) -> Marks {
            #[expect(clippy::disallowed_methods, reason = "marks are stamped by the real clock")]
            let now: DateTime<Utc> = Utc::now() + later;
            let environment = [("XDG_CACHE_HOME", self.0.path().as_os_str())].into_iter().collect();
            Marks::of(&World { environment, home: None, now })
        }
    }

    fn cache() -> Cache {
        Cache(tempfile::tempdir().expect("a directory"))
    }

    const SOON: TimeDelta = TimeDelta::seconds(1);

    #[test]
    fn a_stored_answer_gives_good_standing_for_twelve_hours() {
        let (cache, what, password) = (cache(), What::of(&["alice", "repo", "fetch"]), Secret::new("p1"));
        assert_eq!(cache.at(SOON).standing(&what), Standing::Unknown);
        cache.at(SOON).pend(&what, &password);
        assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed);
        cache.at(SOON).confirm("p1");
        assert_eq!(cache.at(SOON).standing(&what), Standing::Good);
        assert_eq!(cache.at(TimeDelta::hours(13)).standing(&what), Standing::Unknown);
        assert_eq!(cache.at(SOON).standing(&What::of(&["alice", "repo", "push"])), Standing::Unknown);
    }

    #[test]
    fn an_answer_that_was_never_stored_spoils_the_standing_until_a_later_one_is() {
        let (cache, what) = (cache(), What::of(&["x"]));
        cache.at(SOON).pend(&what, &Secret::new("p1"));
        cache.at(SOON).confirm("p1");
        cache.at(SOON).pend(&what, &Secret::new("p2"));
        assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed);
        cache.at(SOON).pend(&what, &Secret::new("p3"));
        cache.at(SOON).confirm("p3");
        assert_eq!(cache.at(SOON).standing(&what), Standing::Good);
    }

    #[test]
    fn a_password_of_another_helper_confirms_nothing() {
        let (cache, what) = (cache(), What::of(&["x"]));
        cache.at(SOON).confirm("somebody else's");
        cache.at(SOON).pend(&what, &Secret::new("p1"));
        cache.at(SOON).confirm("somebody else's");
        assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed);
    }

    #[cfg(unix)]
    #[test]
    fn marks_are_the_owners_alone_and_hold_nothing() {
        use std::os::unix::fs::PermissionsExt;
        let (cache, what) = (cache(), What::of(&["x"]));
        cache.at(SOON).pend(&what, &Secret::new("20260102T030405Zsignature"));
        let directory = cache.0.path().join("git-credential-codecommit");
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        let file = fs::read_dir(&directory).expect("a directory").next().expect("a mark").expect("an entry").path();
        assert_eq!((mode(&file), fs::read(&file).expect("a file").len()), (0o600, 0));
        assert!(!file.display().to_string().contains("signature"));
    }

    #[test]
    fn a_directory_that_cannot_be_made_costs_nothing_but_the_memory() {
        let environment = [("XDG_CACHE_HOME", "/dev/null/nowhere")].into_iter().collect();
        let marks = Marks::of(&World { environment, home: None, now: DateTime::UNIX_EPOCH });
        marks.pend(&What::of(&["x"]), &Secret::new("p"));
        marks.confirm("p");
        assert_eq!(marks.standing(&What::of(&["x"])), Standing::Unknown);
    }
}
