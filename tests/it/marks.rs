//! Marks are looked up by name and never listed, however many there are, and old ones are removed after the answer.

use crate::common::{KEY_ID, Machine, aws_with_demo, request, skipped};
use stand_in::StandIn;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

fn own(machine: &Machine) -> PathBuf {
    machine.path("home/.cache/git-credential-codecommit")
}

/// What git does at a success: `get`, and `store` with the answer. Says whether CodeCommit was asked.
fn get_and_store(aws: &StandIn, machine: &Machine) -> bool {
    aws.forget();
    let run = machine.get().succeeds();
    assert_eq!(run.key_id(), Some(KEY_ID), "{}", run.transcript());
    machine.helper(&["store"], &format!("{}{}", request("demo"), run.stdout)).succeeds();
    !aws.requests().is_empty()
}

/// A repository in good standing. The second `get` has looked for old marks.
fn in_good_standing(aws: &StandIn) -> Machine {
    let machine = Machine::before(aws).with_keys();
    assert!(get_and_store(aws, &machine), "the first `get` asks");
    assert!(!get_and_store(aws, &machine), "in good standing");
    machine
}

/// Marks of so many other repositories: of answers that were accepted, and of others that never were.
fn add_marks(machine: &Machine, many: usize, dated: SystemTime) {
    let directory = own(machine).join("marks");
    for number in 0..many {
        for kind in if number % 2 == 0 { &["accepted", "answered"][..] } else { &["pending"] } {
            let file = File::create(directory.join(format!("{number:032x}.{kind}"))).expect("a mark");
            file.set_modified(dated).expect("a time");
        }
    }
}

fn accessed(directory: &Path) -> SystemTime {
    fs::metadata(directory).and_then(|data| data.accessed()).expect("a time")
}

#[test]
fn neither_get_nor_store_lists_the_marks() {
    let aws = aws_with_demo();
    let machine = in_good_standing(&aws);
    let directories = [own(&machine), own(&machine).join("marks")];
    // Listing a directory is an access to it (inode(7)); with `relatime`, of mount(8), one that is younger than the last
    // change is not recorded.
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365);
    for directory in &directories {
        let times = FileTimes::new().set_accessed(long_ago);
        File::open(directory).and_then(|directory| directory.set_times(times)).expect("a time");
    }
    assert!(!get_and_store(&aws, &machine), "in good standing");
    for directory in &directories {
        assert_eq!(accessed(directory), long_ago, "{} was listed", directory.display());
        assert!(fs::read_dir(directory).expect("a directory").count() > 0);
        if accessed(directory) == long_ago {
            println!("skipped: this file system does not say when a directory was listed");
        }
    }
}

/// The system calls of `get` and of `store`, a line each. `None` where strace is not installed.
fn system_calls(machine: &Machine) -> Option<[Vec<String>; 2]> {
    let strace = Path::new("/usr/bin/strace");
    if !strace.is_file() {
        skipped("strace");
        return None;
    }
    let helper = machine.bin().join("git-credential-codecommit").display().to_string();
    let traced = |action: &str, input: &str| {
        let calls = machine.path("calls");
        let (calls_path, input) = (calls.display().to_string(), input.as_bytes());
        let run = machine.run(strace, &["-qq", "-s", "9", "-o", &calls_path, &helper, action], input).succeeds();
        (run.stdout, fs::read_to_string(calls).expect("calls").lines().map(str::to_owned).collect())
    };
    let (answer, get) = traced("get", &request("demo"));
    let (_, store) = traced("store", &format!("{}{answer}", request("demo")));
    Some([get, store])
}

#[test]
fn get_and_store_make_the_same_system_calls_however_many_marks_there_are() {
    let aws = aws_with_demo();
    let machine = in_good_standing(&aws);
    let name = |call: &String| call.split('(').next().unwrap_or_default().to_owned();
    // From where the marks are opened: before that the processes above are looked at, which may end meanwhile.
    let before_the_marks =
        |call: &&String| !(call.starts_with("openat(") && call.contains("/git-credential-codecommit\""));
    let names = |calls: &[String]| -> Vec<String> { calls.iter().skip_while(before_the_marks).map(name).collect() };
    let Some(few) = system_calls(&machine) else { return };
    add_marks(&machine, 30_000, SystemTime::now());
    aws.forget();
    let many = system_calls(&machine).expect("strace");
    assert_eq!(aws.requests().len(), 0, "in good standing");
    for (few, many) in few.iter().zip(&many) {
        let (few, many) = (names(few), names(many));
        assert_eq!(few, many);
        assert!(few.len() > 10 && !few.iter().any(|call| call.starts_with("getdents")), "{few:?}");
    }
}

#[test]
fn old_marks_are_removed_once_a_day_when_git_has_its_answer() {
    let aws = aws_with_demo();
    let machine = in_good_standing(&aws);
    let marks = || fs::read_dir(own(&machine).join("marks")).expect("marks").count();
    let at_first = marks();
    add_marks(&machine, 3_000, SystemTime::now() - Duration::from_hours(13));
    let with_old_ones = marks();
    let older = |hours| {
        let file = File::options().write(true).open(own(&machine).join("marks/pruned")).expect("it says when");
        file.set_modified(SystemTime::now() - Duration::from_hours(hours)).expect("a time");
    };
    older(23);
    assert!(!get_and_store(&aws, &machine));
    assert_eq!(marks(), with_old_ones, "not before a day has passed");
    // The time for it may not suffice for all on a busy machine. The rest goes a day later.
    for day in 0.. {
        older(25);
        let before = marks();
        assert!(!get_and_store(&aws, &machine));
        assert!(marks() < before && day < 1000, "old marks were removed");
        if marks() <= at_first {
            break;
        }
    }

    older(25);
    let Some([get, _]) = system_calls(&machine) else { return };
    let first = |what: &str| get.iter().position(|call| call.starts_with(what));
    let (answered, listed) = (first("write(1, \"username="), first("getdents"));
    assert!(answered.is_some() && answered < listed, "{answered:?} {listed:?}");
}
