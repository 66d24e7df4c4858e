//! IAM Git credentials in a helper that git no longer asks after `setup`.

use super::{Setup as _, with_each_git};
use crate::common::terminal::dialogue;
use crate::common::{HOST, Machine, REGION, skipped, url};
use std::fs;
use std::path::Path;

const USER: &str = "alice-at-111122223333";
const PASSWORD: &str = "generated/password=";
const SCRIPT: &str = "/usr/bin/script";
const QUESTION: &str = "make these changes? [Y/n] ";

/// Alice's, as `git credential-store` keeps it: for the host, or with a path.
fn stored(user: &str, path: &str) -> String {
    format!("https://{user}:generated%2fpassword=@{HOST}{path}\n")
}

fn clone_of(machine: &Machine, url: &str) {
    machine.git(&["init", "-q", "clone"]).succeeds();
    machine.git(&["-C", "clone", "remote", "add", "origin", url]).succeeds();
}

/// What git would send for the repository: user name and password.
fn filled(machine: &Machine, url: &str) -> Option<(String, String)> {
    let script = format!("cd clone && printf 'url=%s\\n\\n' '{url}' | git credential fill");
    let run = machine.run("/bin/sh".as_ref(), &["-c", &script], b"");
    Some((run.attribute("username")?.to_owned(), run.attribute("password")?.to_owned()))
}

fn setup_in_the_clone(machine: &Machine, arguments: &str, answers: &[(&str, &str)]) -> Option<String> {
    if !Path::new(SCRIPT).exists() {
        skipped("script(1)");
        return None;
    }
    let line = format!("cd clone && git credential-codecommit setup {arguments}");
    Some(dialogue(machine.command(SCRIPT.as_ref()), &line, answers))
}

#[test]
fn a_repository_keeps_the_git_credentials_that_it_has_used() {
    let keep = "keep using it for ";
    with_each_git(|machine| {
        let git = machine.bin().join("git").canonicalize().expect("a git");
        let path = "/v1%2frepos%2fdemo";
        // An expired signature stands first in the last one.
        let dead = format!("https://AKIAIOSFODNN7EXAMPLE:20200101T000000Z{}@{HOST}\n", "0".repeat(64));
        for (store, use_path) in [
            (stored(USER, ""), "false"),
            (stored(USER, path), "true"),
            (stored(&format!("{USER}+1"), ""), "false"),
            (dead + &stored(USER, ""), "false"),
        ] {
            let user = if store.contains("+1") { format!("{USER}+1") } else { USER.to_owned() };
            let machine = Machine::new()
                .with_git(&git)
                .with_keys()
                .env("GIT_CODECOMMIT_VERIFY", "never")
                .file("home/.git-credentials", &store)
                .file("home/.gitconfig", &format!("[credential]\n\thelper = store\n\tuseHttpPath = {use_path}\n"));
            clone_of(&machine, &url("demo"));
            let is_shadowed = store.contains("AKIA");
            if !is_shadowed {
                assert_eq!(filled(&machine, &url("demo")).map(|(user, _)| user), Some(user.clone()), "{store}");
            }
            let answers = [(QUESTION, "y\n"), (keep, "y\n")];
            let answers =
                if is_shadowed { [&answers[..], &[("erase signed", "n\n")]].concat() } else { answers.to_vec() };
            let Some(screen) = setup_in_the_clone(&machine, "", &answers) else { return };
            assert_eq!(filled(&machine, &url("demo")), Some((user.clone(), PASSWORD.to_owned())), "{screen}");
            // Another repository is this helper's.
            assert!(filled(&machine, &url("other")).is_some_and(|(user, _)| user.starts_with("AKIA")), "{screen}");
            assert!(!screen.contains(PASSWORD), "{screen}");
            let again = machine.git(&["-C", "clone", "credential-codecommit", "setup"]).succeeds();
            assert!(again.stdout.contains("nothing to change"), "{}", again.transcript());
            machine.git(&["credential-codecommit", "setup", "--profile", "later", "--yes"]).succeeds();
            assert_eq!(filled(&machine, &url("demo")), Some((user, PASSWORD.to_owned())), "{}", machine.gitconfig());
            machine.setup(&["--undo"]).succeeds();
            let left = machine.gitconfig();
            assert_eq!(left, format!("[credential]\n\thelper = store\n\tuseHttpPath = {use_path}\n"), "{left}");
        }
    });
}

#[test]
fn no_leaves_the_credentials_to_nobody_and_the_store_as_it_is() {
    let machine = Machine::new()
        .with_keys()
        .env("GIT_CODECOMMIT_VERIFY", "never")
        .file("home/.git-credentials", &stored(USER, ""))
        .file("home/.gitconfig", "[credential]\n\thelper = store\n");
    clone_of(&machine, &url("demo"));
    let Some(screen) = setup_in_the_clone(&machine, "", &[(QUESTION, "y\n"), ("keep using it for ", "n\n")]) else {
        return;
    };
    assert!(filled(&machine, &url("demo")).is_some_and(|(user, _)| user.starts_with("AKIA")), "{screen}");
    assert_eq!(fs::read_to_string(machine.home().join(".git-credentials")).expect("the store"), stored(USER, ""));
}

/// A keychain may open a window, and a helper of a repository came with it.
#[test]
fn a_helper_is_started_only_after_yes_and_never_without_a_terminal() {
    with_each_git(|machine| {
        machine.program("git-credential-mine", "touch \"$HOME/started\"; exit 1");
        let machine = machine.file("home/.gitconfig", "[credential]\n\thelper = mine\n");
        clone_of(&machine, &url("demo"));
        let started = || machine.home().join("started").exists();
        let run = machine.git(&["-C", "clone", "credential-codecommit", "setup"]);
        assert!(
            run.status == 1 && run.stderr.contains("git no longer asks `mine`") && !started(),
            "{}",
            run.transcript()
        );
        let Some(screen) = setup_in_the_clone(&machine, "", &[(QUESTION, "n\n")]) else { return };
        assert!(!started(), "{screen}");
        machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]).succeeds();
        assert!(!started());
        machine.setup(&["--undo"]).succeeds();
        let Some(screen) = setup_in_the_clone(&machine, "", &[(QUESTION, "y\n")]) else { return };
        assert!(started(), "{screen}");
    });
}

/// Where no repository is known, the commands for one are printed; pasted, they work.
#[test]
fn without_a_repository_the_commands_that_keep_the_credentials_are_printed() {
    with_each_git(|machine| {
        let machine = machine
            .with_keys()
            .env("GIT_CODECOMMIT_VERIFY", "never")
            .env("AWS_REGION", REGION)
            .file("home/.git-credentials", &stored(USER, ""))
            .file("home/.gitconfig", "[credential]\n\thelper = store\n");
        fs::create_dir(machine.path("home/clone")).expect("a directory");
        let Some(screen) = setup_in_the_clone(&machine, "", &[(QUESTION, "y\n")]) else { return };
        let told = format!("has an IAM Git credential of {USER} for {HOST}; to keep using it for a repository:\n");
        let (_, commands) = screen.split_once(&told).unwrap_or_else(|| panic!("{screen}"));
        let commands: Vec<&str> = commands.lines().take_while(|line| line.starts_with("  ")).collect();
        assert_eq!(commands.len(), 4, "{screen}");
        for command in commands {
            machine.run("/bin/sh".as_ref(), &["-c", &command.replace("REPOSITORY", "demo")], b"").succeeds();
        }
        assert_eq!(
            filled(&machine, &url("demo")),
            Some((USER.to_owned(), PASSWORD.to_owned())),
            "{}",
            machine.gitconfig()
        );
        assert!(filled(&machine, &url("other")).is_some_and(|(user, _)| user.starts_with("AKIA")));
    });
}
