//! One process asks while the others wait: decides which process fetches what is then cached for all.
//!
//! The lock is the operating system's and is released when its process exits, however that happens. The result of a
//! turn is in a cache. A failure is recorded beside the lock with its code, so that the processes that waited need not
//! repeat it one after another. Neither file has a secret. If no lock is possible (no home directory, a file system
//! without locks), each process asks by itself.

use crate::machine::own_directory::OwnDirectory;
use crate::machine::wait::Waiting;
use crate::machine::world::World;
use chrono::{DateTime, Utc};
use std::cell::RefCell;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

/// How often a waiting process tries to take the lock.
const LOOK: Duration = Duration::from_millis(20);

/// Longer than any turn: a lock file that was not used since can be removed.
const LONG_PAST: Duration = Duration::from_hours(24);

/// Takes turns of this process.
#[derive(Debug)]
pub(crate) struct Turns {
    /// This program's directory; the lock files are in a directory inside it.
    own_directory: Option<PathBuf>,
    now: DateTime<Utc>,
    /// The turns that this process has taken: two roles of one chain may have the same name.
    taken: RefCell<Vec<String>>,
}

/// What happened before a turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Before {
    /// No other process took a turn, or it did not fail.
    #[default]
    Nothing,
    /// Another process failed while this one waited for it, with this code.
    Failure(String),
    /// Another process still holds the turn, and `patience` has elapsed.
    StillBusy,
}

/// A turn; it ends when this is dropped. The default is a turn without a lock.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    lock: Option<File>,
    failures: Option<(OwnDirectory, String)>,
    pub before: Before,
}

impl Turns {
    /// For this machine; opens nothing yet.
    pub(crate) fn of(world: &World) -> Self {
        Self { own_directory: world.cache_directory(), now: world.now, taken: RefCell::default() }
    }

    /// Waits for the turn to fetch `name`, a file name, for at most `patience`.
    pub(crate) fn take(&self, name: &str, patience: Duration) -> Turn {
        if self.taken.borrow().iter().any(|taken| taken == name) {
            return Turn::default();
        }
        let Some((directory, file)) = self.open(name) else { return Turn::default() };
        let failures = format!("{name}.failures");
        let failures_before = directory.read(&failures);
        let until = Instant::now() + patience;
        let mut has_waited = false;
        let mut waiting = None;
        while let Err(trouble) = file.try_lock() {
            match trouble {
                // The file system has no locks, so there is no process to wait for.
                TryLockError::Error(_) => return Turn::default(),
                TryLockError::WouldBlock if Instant::now() >= until => {
                    return Turn { before: Before::StillBusy, ..Turn::default() };
                }
                TryLockError::WouldBlock => std::thread::sleep(LOOK),
            }
            has_waited = true;
            waiting
                .get_or_insert_with(|| Waiting::on("another git command, which is getting the same AWS credentials"));
        }
        drop(waiting);
        let failures_now = directory.read(&failures);
        let before = if has_waited && failures_now != failures_before {
            Before::Failure(last_code(&failures_now))
        } else {
            Before::Nothing
        };
        self.taken.borrow_mut().push(name.to_owned());
        Turn { lock: Some(file), failures: Some((directory, failures)), before }
    }

    /// Opens the lock file and updates its modification time; removes old lock files. A web identity's lock has another
    /// name for each token.
    fn open(&self, name: &str) -> Option<(OwnDirectory, File)> {
        // Through the open parent directory, because its path could be replaced meanwhile by anyone who may write above
        // it.
        let directory =
            OwnDirectory::open_or_make(self.own_directory.as_deref()?).ok()?.inside_or_make("locks").ok()?;
        let now = SystemTime::from(self.now);
        directory.visit(is_lock, |name, used| {
            if now.duration_since(used).is_ok_and(|passed| passed > LONG_PAST) {
                directory.remove(name);
            }
            ControlFlow::Continue(())
        });
        let file = directory.open_file(name).ok()?;
        let _ = file.set_modified(now);
        Some((directory, file))
    }
}

/// The names of lock files: that of a file in the AWS CLI's caches, a hash; and that of its failure record. Other files
/// in the directory are not touched.
fn is_lock(name: &str) -> bool {
    let name = name.strip_suffix(".failures").unwrap_or(name);
    let hash = name.strip_suffix(".json").unwrap_or(name);
    matches!(hash.len(), 40 | 64) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Turn {
    /// Ends the turn and records the code of its failure for the processes that wait.
    pub(crate) fn fail(self, code: &str) {
        if let (Some(_), Some((directory, failures))) = (&self.lock, &self.failures) {
            let before = directory.read(failures);
            let before = String::from_utf8_lossy(&before);
            let count = before.split(' ').next().and_then(|count| count.parse::<u64>().ok()).unwrap_or_default();
            let text = format!("{} {code}", count.wrapping_add(1));
            let _ = directory.open_file(failures).and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.set_len(text.len() as u64)
            });
        }
    }
}

fn last_code(failures: &[u8]) -> String {
    let text = String::from_utf8_lossy(failures);
    text.split_once(' ').map_or_else(String::new, |(_, code)| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use std::fs;
    use std::thread;

    fn turns(home: &std::path::Path) -> Turns {
        let environment = [("XDG_CACHE_HOME", home.join("xdg").as_os_str().to_owned())].into_iter().collect();
        Turns::of(&World { environment, home: Some(home.to_owned()), now: DateTime::UNIX_EPOCH })
    }

    #[test]
    fn a_turn_is_waited_for_and_not_for_ever() {
        let home = tempfile::tempdir().expect("a home");
        let take = |name, patience| turns(home.path()).take(name, patience);
        let held = take("x", Duration::ZERO);
        assert_eq!(held.before, Before::Nothing);
        assert_eq!(take("x", Duration::from_millis(60)).before, Before::StillBusy);
        assert_eq!(take("y", Duration::ZERO).before, Before::Nothing, "another turn");
        drop(held);
        assert_eq!(take("x", Duration::ZERO).before, Before::Nothing);
    }

    #[test]
    fn a_process_does_not_wait_for_itself() {
        let home = tempfile::tempdir().expect("a home");
        let turns = turns(home.path());
        let _held = turns.take("x", Duration::ZERO);
        assert_eq!(turns.take("x", Duration::from_secs(20)).before, Before::Nothing);
    }

    #[test]
    fn who_waited_for_a_turn_that_failed_is_told_and_who_comes_later_is_not() {
        let home = tempfile::tempdir().expect("a home");
        let held = turns(home.path()).take("x", Duration::ZERO);
        let before = thread::scope(|scope| {
            let waiting = scope.spawn(|| turns(home.path()).take("x", Duration::from_secs(20)).before);
            thread::sleep(Duration::from_millis(200));
            held.fail("CC220");
            waiting.join().expect("no panic")
        });
        assert_eq!(before, Before::Failure("CC220".to_owned()));
        assert_eq!(turns(home.path()).take("x", Duration::ZERO).before, Before::Nothing);
    }

    #[test]
    fn a_lock_that_nobody_has_used_for_a_day_goes() {
        let home = tempfile::tempdir().expect("a home");
        let (old, fresh) = ("0".repeat(40), "1".repeat(40));
        let locks = home.path().join("xdg/git-credential-codecommit/locks");
        let (lock, others) = (locks.join(&old), locks.join("another's"));
        let later = |days| {
            let turns = turns(home.path());
            Turns { now: turns.now + chrono::TimeDelta::days(days), ..turns }
        };
        later(0).take(&old, Duration::ZERO).fail("CC220");
        // Failure records have the file system's time, which may be this far ahead.
        later(0).take(&fresh, Duration::ZERO);
        assert!(lock.exists());
        fs::write(&others, "")
            .and_then(|()| File::options().write(true).open(&others)?.set_modified(SystemTime::UNIX_EPOCH))
            .expect("a file");
        later(2).take(&fresh, Duration::ZERO);
        assert!(!lock.exists() && others.exists());
    }

    #[test]
    fn where_no_lock_can_be_had_nobody_waits() {
        let home = tempfile::tempdir().expect("a home");
        fs::write(home.path().join("xdg"), "a file where a directory should be").expect("a file");
        let _held = turns(home.path()).take("x", Duration::ZERO);
        assert_eq!(turns(home.path()).take("x", Duration::from_secs(20)).before, Before::Nothing);
    }

    /// Anyone who may write above this program's directory can replace its path with a link at any moment.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_link_in_the_place_of_a_directory_that_was_already_checked_leads_no_lock_elsewhere() {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use std::sync::atomic::{AtomicBool, Ordering};
        let home = tempfile::tempdir().expect("a home");
        turns(home.path()).take(&"0".repeat(40), Duration::ZERO);
        let (own, link) = (home.path().join("xdg/git-credential-codecommit"), home.path().join("link"));
        let locks = home.path().join("victim/locks");
        crate::machine::file::make_private_directory(&locks).expect("a directory");
        std::os::unix::fs::symlink(home.path().join("victim"), &link).expect("a link");
        let (is_over, until) = (AtomicBool::new(false), Instant::now() + Duration::from_secs(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    renameat_with(CWD, &own, CWD, &link, RenameFlags::EXCHANGE).expect("exchanged");
                }
            });
            while Instant::now() < until && fs::read_dir(&locks).expect("a directory").next().is_none() {
                drop(turns(home.path()).take(&"1".repeat(40), Duration::ZERO));
            }
            is_over.store(true, Ordering::Relaxed);
        });
        assert_eq!(fs::read_dir(&locks).expect("a directory").count(), 0);
    }
}
