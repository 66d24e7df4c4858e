//! A clock that shows a time which no signature can have: a failure that names the clock, and never a panic.

use crate::common::{KEY_ID, Machine, skipped, url};
use std::path::PathBuf;

/// libfaketime, of Debian's package `faketime`.
fn library() -> Option<PathBuf> {
    let found =
        std::fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path().join("faketime/libfaketime.so.1"));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        skipped("libfaketime");
    }
    found
}

fn at(time: &str) -> Option<Machine> {
    let library = library()?.display().to_string();
    Some(Machine::new().with_keys().configured().env("LD_PRELOAD", &library).env("FAKETIME", time))
}

#[test]
fn a_clock_before_1970_or_after_9999_is_named_and_no_panic() {
    for (time, year) in [("1960-01-01 00:00:00", "1960"), ("1969-12-31 23:59:59", "1969"), ("+9000y", "11")] {
        let Some(machine) = at(time) else { return };
        let run = machine.get();
        assert_eq!((run.status, run.stdout.as_str()), (1, "quit=1\n"), "{time}: {}", run.transcript());
        let cause = format!("error: the clock of this machine shows the year {year}");
        assert!(run.stderr.contains(&cause) && run.stderr.contains("(CC406)"), "{time}: {}", run.transcript());
        let report = machine.helper(&["doctor", &url("demo")], "");
        assert!(report.stdout.contains("the clock of this machine shows the year"), "{}", report.transcript());
        let foreign = machine.helper(&["get"], "protocol=https\nhost=github.com\n");
        assert_eq!(foreign.transcript(), "status: 0\n", "{time}");
        for arguments in [&["store"][..], &["erase"], &["capability"], &["setup", "--dry-run"]] {
            let run = machine.helper(arguments, "").succeeds();
            assert!(!run.stderr.contains("panicked"), "{time} {arguments:?}: {}", run.stderr);
        }
    }
}

#[test]
fn a_clock_that_shows_1970_is_signed_with_since_the_answer_tells_the_right_time() {
    let Some(machine) = at("1970-01-02 00:00:00") else { return };
    let run = machine.helper(&["--verify", "never", "get"], &crate::common::request("demo")).succeeds();
    assert_eq!(run.key_id(), Some(KEY_ID));
}
