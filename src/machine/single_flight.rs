//! One process asks while the others wait: whose turn it is to fetch what is then kept for all.
//!
//! The lock is the operating system's and ends with its process, however that ends. What a turn found is in a cache; that
//! it failed, and with which code, stands beside the lock, so that who waited for it need not fail in the same way, one after
//! another. No secret is in either file. Where no lock can be had (no home, a file system without locks) everybody asks for
//! himself.

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

/// How often a waiting process looks whether the lock is free.
const LOOK: Duration = Duration::from_millis(20);

/// No turn takes this long: a file that was not used since is nobody's.
const LONG_PAST: Duration = Duration::from_hours(24);

/// Where turns are taken.
#[derive(Debug)]
pub(crate) struct Turns {
    /// The program's own directory, which has one for locks.
    own_directory: Option<PathBuf>,
    now: DateTime<Utc>,
    /// Those that this process has taken: two roles of one chain may have one name.
    taken: RefCell<Vec<String>>,
}

/// What went before a turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Before {
    /// Nobody, or somebody who did not fail.
    #[default]
    Nothing,
    /// Somebody failed while this process waited for it, with this code.
    Failure(String),
    /// Somebody is still at it; patience is over.
    StillBusy,
}

/// A turn; it ends when this is dropped. The default is one that nobody waits for.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    lock: Option<File>,
    failures: Option<(OwnDirectory, String)>,
    pub before: Before,
}

impl Turns {
    /// Nothing is opened yet.
    pub(crate) fn of(world: &World) -> Self {
        Self { own_directory: world.cache_directory(), now: world.now, taken: RefCell::default() }
    }

    /// Waits for the turn to fetch `name`, the name of a file, for `patience` at most.
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
                // A file system without locks: nobody can be waited for.
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

    /// The lock's file, dated now; old ones of others go. A web identity has another name for each token.
    fn open(&self, name: &str) -> Option<(OwnDirectory, File)> {
        // Through the opened one above it: whoever may write above that could put another one in its place meanwhile.
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

/// The names of locks: that of a file of the AWS CLI's caches, a hash; and beside it that of the failures. Whatever else lies
/// there is not touched.
fn is_lock(name: &str) -> bool {
    let name = name.strip_suffix(".failures").unwrap_or(name);
    let hash = name.strip_suffix(".json").unwrap_or(name);
    matches!(hash.len(), 40 | 64) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Turn {
    /// Tells those who wait that this turn found nothing, and the code of why.
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
        // Its failures are dated by the file system, and so far ahead.
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

    /// Whoever may write above the program's directory can put a link in its place at any moment.
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
