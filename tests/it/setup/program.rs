//! How `setup` names this program in `credential.helper`, so that whatever starts git finds it.

use super::{Setup as _, with_each_git};
use crate::common::{BINARY, HOST, KEY_ID, Machine, url};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// A copy of this program in a directory of the machine. By a child, as [`Machine::program`].
fn copied(machine: &Machine, directory: &str) -> PathBuf {
    let directory = machine.path(directory);
    fs::create_dir_all(&directory).expect("a directory");
    let program = directory.join("git-credential-codecommit");
    machine.run("/bin/cp".as_ref(), &[BINARY, &program.display().to_string()], b"").succeeds();
    program
}

/// The value in `~/.gitconfig`, as it is.
fn value(machine: &Machine) -> String {
    let key = "credential.https://git-codecommit.*.amazonaws.com.helper";
    let values = machine.git(&["config", "--global", "--get-all", key]).succeeds().stdout;
    values.lines().last().unwrap_or_default().to_owned()
}

/// Whether git, started with this `PATH`, gets an answer.
fn answers_with(machine: Machine, path: &str) -> Machine {
    let machine = machine.env("PATH", path).with_keys();
    let input = format!("protocol=https\nhost={HOST}\npath=v1/repos/demo\n\n");
    let run = machine.run(&machine.bin().join("git"), &["credential", "fill"], input.as_bytes()).succeeds();
    assert_eq!(run.key_id(), Some(KEY_ID), "{}", run.transcript());
    machine
}

#[test]
fn a_program_with_windows_and_sudo_find_what_setup_names() {
    with_each_git(|machine| {
        machine.setup(&[]).succeeds();
        let link = machine.bin().join("git-credential-codecommit");
        // Not what the link leads to: the next version is somewhere else.
        assert_eq!(Path::new(&value(&machine)), link);
        let machine = answers_with(machine, "/usr/bin:/bin");
        assert!(machine.run(&link, &["setup"], b"").succeeds().stdout.contains("nothing to change"));
    });
}

#[test]
fn a_program_that_git_does_not_find_is_named_by_its_path() {
    with_each_git(|machine| {
        let program = copied(&machine, "my tools");
        fs::remove_file(machine.bin().join("git-credential-codecommit")).expect("the link");
        machine.run(&program, &["setup"], b"").succeeds();
        let path = format!("{}:/usr/bin:/bin", machine.bin().display());
        let machine = answers_with(machine, &path);
        assert!(machine.run(&program, &["setup"], b"").succeeds().stdout.contains("nothing to change"));
        machine.run(&program, &["setup", "--undo"], b"").succeeds();
        assert_eq!(machine.gitconfig(), "");
    });
}

#[test]
fn a_path_that_is_gone_or_belongs_to_another_copy_is_mended_by_the_next_setup() {
    with_each_git(|machine| {
        let old = copied(&machine, "old");
        machine.run(&old, &["setup", "--profile", "work"], b"").succeeds();
        assert_eq!(value(&machine), format!("{} --profile work", old.display()));
        fs::remove_dir_all(machine.path("old")).expect("to remove it");
        machine.setup(&[]).succeeds();
        assert_eq!(machine.asked(&url("demo")), ["codecommit --profile work"]);
        // The copy that is run is the one that git gets, whichever the PATH has.
        let other = copied(&machine, "other");
        machine.run(&other, &["setup"], b"").succeeds();
        assert_eq!(value(&machine), format!("{} --profile work", other.display()));
    });
}

/// Every git finds what is beside its own programs, by name.
#[test]
fn the_name_is_enough_on_gits_exec_path_unless_another_copy_stands_there() {
    with_each_git(|machine| {
        let real = machine.git(&["--exec-path"]).succeeds().stdout;
        let beside = machine.path("git-core");
        fs::create_dir(&beside).expect("a directory");
        for entry in fs::read_dir(real.trim_end()).expect("git's programs").flatten() {
            symlink(entry.path(), beside.join(entry.file_name())).expect("a link");
        }
        let machine = machine.env("GIT_EXEC_PATH", &beside.display().to_string());
        let own = beside.join("git-credential-codecommit");
        symlink(BINARY, &own).expect("a link");
        machine.setup(&[]).succeeds();
        assert_eq!(value(&machine), "codecommit");
        fs::remove_file(&own).expect("the link");
        machine.program("../git-core/git-credential-codecommit", "exit 0");
        machine.helper(&["setup"], "").succeeds();
        assert_eq!(Path::new(&value(&machine)), machine.bin().join("git-credential-codecommit"));
    });
}
