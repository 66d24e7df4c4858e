//! What a person gets who types a command, rightly or nearly so; at a terminal, where git is not the one that asks.

use crate::common::terminal::at_a_terminal;
use crate::common::{HOST, Machine, url};

/// What the screen shows, and the status at its end.
fn typed(machine: &Machine, line: &str) -> String {
    let script = machine.command("/usr/bin/script".as_ref());
    at_a_terminal(script, &format!("{line}; echo \"[status $?]\""), "", "")
}

#[test]
fn a_slip_in_a_command_is_told_at_a_terminal_and_ignored_for_git() {
    let machine = Machine::new();
    let screen = typed(&machine, "git credential-codecommit setpu");
    assert!(screen.contains("error: unknown command `setpu`\n  did you mean `setup`?"), "{screen}");
    assert!(screen.contains("[status 2]"), "{screen}");
    let run = machine.helper(&["setpu"], "protocol=https\n");
    assert_eq!(run.transcript(), "status: 0\n");
    let run = machine.helper(&["-v", "approve"], "protocol=https\n").succeeds();
    assert_eq!(run.stderr, "codecommit: unknown action `approve`: ignored\n");
}

#[test]
fn the_name_alone_says_how_to_begin() {
    let machine = Machine::new();
    let screen = typed(&machine, "git credential-codecommit");
    for command in ["git credential-codecommit setup", "git credential-codecommit doctor", "[status 2]"] {
        assert!(screen.contains(command), "{screen}");
    }
    let run = machine.helper(&[], "");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.transcript());
    let fix = run.stderr.lines().find_map(|line| line.trim_start().strip_prefix("fix: ")).expect("a fix");
    let help = machine.run("/bin/sh".as_ref(), &["-c", fix], b"").succeeds();
    assert!(help.stdout.contains("\nCommands:"), "{fix}: {}", help.transcript());
}

#[test]
fn a_doctor_is_had_whatever_stands_before_it() {
    let machine = Machine::new().with_keys().configured();
    for line in ["doctor", "-v doctor", "--debug --profile work doctor", "doctor --profile work"] {
        let words: Vec<&str> = line.split(' ').collect();
        let run = machine.helper(&[&words[..], &[&url("demo")]].concat(), "");
        assert!(run.stdout.starts_with("git-credential-codecommit "), "{line}: {}", run.transcript());
        assert!(run.stdout.contains(HOST), "{line}: {}", run.transcript());
        assert_eq!(run.stdout.contains("profile `work` not found"), line.contains("work"), "{line}");
    }
}

#[test]
fn help_lists_the_commands_first_and_wraps() {
    let machine = Machine::new();
    for arguments in [&["-h"][..], &["--help"], &["help"]] {
        let text = machine.helper(arguments, "").succeeds().stdout;
        let (commands, options) =
            (text.find("\nCommands:").expect("commands"), text.find("\nOptions:").expect("options"));
        assert!(commands < options, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }
    assert!(machine.helper(&["help", "setup"], "").succeeds().stdout.contains("--dry-run"));
}
