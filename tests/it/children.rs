//! What holds for every child of a test: it cannot reach the terminal at which somebody typed `cargo test`, and it can be
//! run whatever other tests do at the same time.
//!
//! The suites whose children would ask at a terminal have a test with `nobody_is_asked_by`.

use crate::common::Machine;
use crate::common::documents::sources;
use crate::common::terminal::nobody_is_asked_by;
use std::path::Path;

#[test]
fn a_child_of_a_test_cannot_open_the_terminal_or_read_what_is_typed() {
    let machine = Machine::new();
    // A program that asks opens it by this name, whatever its streams are (tty(4)).
    let opened = machine.run("/bin/sh".as_ref(), &["-c", ": </dev/tty"], b"");
    assert!(opened.status != 0 && opened.stderr.contains("/dev/tty"), "{}", opened.transcript());
    // `status` passes the standard input of the test on, if nothing else is set.
    assert!(machine.command("/bin/cat".as_ref()).status().expect("cat").success());
}

#[test]
fn at_a_terminal_it_cannot_either() {
    nobody_is_asked_by(&["children::a_child_of_a_test_cannot_open_the_terminal_or_read_what_is_typed"]);
}

#[test]
fn tests_benches_and_the_demo_start_programs_in_one_place() {
    // std's or tokio's.
    let starts_programs = |text: &str| text.contains(concat!("Command::", "new("));
    let sources = sources(&["tests", "benches", "examples"]).into_iter();
    let elsewhere: Vec<_> = sources.filter(|(_, text)| starts_programs(text)).map(|(path, _)| path).collect();
    let place = Path::new("tests/support/src/child.rs");
    assert_eq!(elsewhere, [place], "take `stand_in::command`, which keeps the child off the terminal");
}

#[test]
fn a_program_that_a_test_writes_can_be_run_at_once_while_other_tests_start_theirs() {
    let tests = [(); 4].map(|()| {
        std::thread::spawn(|| {
            let machine = Machine::new();
            for number in 0..50 {
                machine.program("written", &format!("exit {number}"));
                assert_eq!(machine.run(&machine.bin().join("written"), &[], b"").status, number);
            }
        })
    });
    assert!(tests.into_iter().all(|test| test.join().is_ok()), "see above");
}
