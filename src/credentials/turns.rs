//! One process asks while the others wait: whose turn it is to fetch what is then kept for all.
//!
//! The lock is the operating system's and ends with its process, however that ends. What a turn found is in a cache; that
//! it failed is counted beside the lock, so that who waited for it need not fail in the same way, one after another. No
//! secret is in either file. Where no lock can be had (no home, a file system without locks) everybody asks for himself.

use crate::world::{World, make_private_directory};
use std::cell::RefCell;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often a waiting process looks whether the lock is free.
const LOOK: Duration = Duration::from_millis(20);

/// Where turns are taken.
#[derive(Debug)]
pub(super) struct Turns {
    directory: Option<PathBuf>,
    /// Those that this process has taken: two roles of one chain may have one name.
    taken: RefCell<Vec<String>>,
}

/// What went before a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Before {
    /// Nobody, or somebody who did not fail.
    #[default]
    Nothing,
    /// Somebody failed while this process waited for it.
    Failure,
    /// Somebody is still at it; patience is over.
    StillBusy,
}

/// A turn; it ends when this is dropped. The default is one that nobody waits for.
#[derive(Debug, Default)]
pub(super) struct Turn {
    lock: Option<File>,
    failures: Option<PathBuf>,
    pub before: Before,
}

impl Turns {
    /// Nothing is opened yet.
    pub(super) fn of(world: &World) -> Self {
        Self { directory: world.cache_directory().map(|cache| cache.join("locks")), taken: RefCell::default() }
    }

    /// Waits for the turn to fetch `name`, the name of a file, for `patience` at most.
    pub(super) fn take(&self, name: &str, patience: Duration) -> Turn {
        let Some(directory) = &self.directory else { return Turn::default() };
        if self.taken.borrow().iter().any(|taken| taken == name) {
            return Turn::default();
        }
        let failures = directory.join(format!("{name}.failures"));
        let count = || fs::read(&failures).unwrap_or_default();
        let opened = make_private_directory(directory).and_then(|()| private().open(directory.join(name)));
        let Ok(file) = opened else { return Turn::default() };
        let until = Instant::now() + patience;
        let mut failures_before = None;
        let before = loop {
            match file.try_lock() {
                Ok(()) => {
                    let failed = failures_before.is_some_and(|before| before != count());
                    break if failed { Before::Failure } else { Before::Nothing };
                }
                // A file system without locks: nobody can be waited for.
                Err(TryLockError::Error(_)) => return Turn::default(),
                Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                    return Turn { before: Before::StillBusy, ..Turn::default() };
                }
                Err(TryLockError::WouldBlock) => {
                    failures_before.get_or_insert_with(count);
                    std::thread::sleep(LOOK);
                }
            }
        };
        self.taken.borrow_mut().push(name.to_owned());
        Turn { lock: Some(file), failures: Some(failures), before }
    }
}

impl Turn {
    /// Tells those who wait that this turn found nothing.
    pub(super) fn fail(self) {
        if let (Some(_), Some(failures)) = (&self.lock, &self.failures) {
            // A byte more each time: whoever waits sees that it has grown. Not for ever.
            let mut so_far = fs::read(failures).unwrap_or_default();
            so_far = if so_far.len() < 1024 { so_far } else { Vec::new() };
            so_far.push(b'.');
            let _ = fs::write(failures, so_far);
        }
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
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
            held.fail();
            waiting.join().expect("no panic")
        });
        assert_eq!(before, Before::Failure);
        assert_eq!(turns(home.path()).take("x", Duration::ZERO).before, Before::Nothing);
    }

    #[test]
    fn where_no_lock_can_be_had_nobody_waits() {
        let home = tempfile::tempdir().expect("a home");
        fs::write(home.path().join("xdg"), "a file where a directory should be").expect("a file");
        let _held = turns(home.path()).take("x", Duration::ZERO);
        assert_eq!(turns(home.path()).take("x", Duration::from_secs(20)).before, Before::Nothing);
    }
}
