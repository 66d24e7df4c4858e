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

use crate::hex;
use crate::secret::Secret;
use crate::world::{World, make_private_directory, private_file};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long an acceptance counts.
const GOOD_FOR: Duration = Duration::from_hours(12);

/// Older files are of no use to anybody.
const KEPT_FOR: Duration = Duration::from_hours(24 * 30);

/// How many files may lie there before the old ones are looked for.
const CROWD: usize = 256;

/// What is known of an identity at a repository, for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Accepted lately, and nothing failed since.
    Good,
    /// Nothing is known, or it is too old.
    Unknown,
    /// An answer was given that CodeCommit never accepted.
    Unconfirmed,
}

/// Who asks for what, as a hash. An identity is a source with its profile or role, never a temporary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct What(String);

impl What {
    /// Hashes the parts, in order.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
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
pub struct Marks {
    directory: Option<PathBuf>,
    now: SystemTime,
}

impl Marks {
    /// In the program's cache directory. Nothing is made yet.
    #[must_use]
    pub fn of(world: &World) -> Self {
        Self { directory: world.cache_directory(), now: world.now.into() }
    }

    /// What is known of `what`.
    #[must_use]
    pub fn standing(&self, what: &What) -> Standing {
        let Some(entries) = self.directory.as_deref().and_then(|directory| fs::read_dir(directory).ok()) else {
            return Standing::Unknown;
        };
        let mut accepted = false;
        let mut count = 0;
        for entry in entries.flatten() {
            count += 1;
            let name = entry.file_name();
            let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(&what.0)) else { continue };
            let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().map(|time| self.age(time));
            match (rest, age) {
                ("", Some(age)) => accepted = age < GOOD_FOR,
                (pending, Some(age)) if pending.starts_with('.') && age < GOOD_FOR => return Standing::Unconfirmed,
                _ => {}
            }
        }
        if count > CROWD {
            self.prune();
        }
        if accepted { Standing::Good } else { Standing::Unknown }
    }

    /// Remembers that `password` was given to git.
    pub fn pend(&self, what: &What, password: &Secret) {
        let Some(directory) = &self.directory else { return };
        let name = format!("{}.{}", what.0, short_hash(password.expose()));
        let path = directory.join(name);
        if touch(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
            && make_private_directory(directory).is_ok()
        {
            let _ = touch(&path);
        }
    }

    /// `store`: CodeCommit accepted `password`. A password that is not ours is nobody's concern.
    pub fn confirm(&self, password: &str) {
        let suffix = format!(".{}", short_hash(password));
        let Some((directory, names)) = self.names() else { return };
        let Some((what, _)) = names.iter().find_map(|name| name.strip_suffix(&suffix).map(|what| (what, name))) else {
            return;
        };
        let confirmed = directory.join(format!("{what}{suffix}"));
        let answered = fs::metadata(&confirmed).and_then(|metadata| metadata.modified()).unwrap_or(self.now);
        if touch(&directory.join(what)).is_err() {
            return;
        }
        // What was asked before and never confirmed has been overtaken; what was asked later is still on its way.
        let earlier = names.iter().filter(|name| name.strip_prefix(what).is_some_and(|rest| rest.starts_with('.')));
        for pending in earlier.map(|name| directory.join(name)) {
            let overtaken =
                fs::metadata(&pending).and_then(|metadata| metadata.modified()).is_ok_and(|time| time <= answered);
            if overtaken {
                let _ = fs::remove_file(pending);
            }
        }
    }

    /// Forgets that `what` was ever accepted: it has just been refused, or the clock cannot be trusted.
    pub fn forget(&self, what: &What) {
        if let Some(directory) = &self.directory {
            let _ = fs::remove_file(directory.join(&what.0));
        }
    }

    fn names(&self) -> Option<(&Path, Vec<String>)> {
        let directory = self.directory.as_deref()?;
        let entries = fs::read_dir(directory).ok()?;
        Some((directory, entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect()))
    }

    fn age(&self, time: SystemTime) -> Duration {
        // A time in the future is a clock that was set back: as good as new, until it is reached.
        self.now.duration_since(time).unwrap_or_default()
    }

    fn prune(&self) {
        let Some((directory, names)) = self.names() else { return };
        for path in names.iter().map(|name| directory.join(name)) {
            let old = fs::metadata(&path)
                .and_then(|metadata| metadata.modified())
                .is_ok_and(|time| self.age(time) > if path.extension().is_some() { GOOD_FOR } else { KEPT_FOR });
            if old {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Makes the file, or renews its time.
fn touch(path: &Path) -> io::Result<()> {
    match private_file().create_new(true).open(path) {
        // A new file has the time of now by itself.
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            File::options().write(true).open(path)?.set_modified(SystemTime::UNIX_EPOCH + now_of_the_file_system()?)
        }
        Err(error) => Err(error),
    }
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
