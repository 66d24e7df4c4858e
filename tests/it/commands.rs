//! What a person gets who types a command, rightly or nearly so; at a terminal, where git is not the one that asks.

use crate::common::terminal::at_a_terminal;
use crate::common::{BINARY, HOST, Machine, url};
use git_credential_codecommit::failure::Code;

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

#[test]
fn a_code_is_explained_the_same_at_a_terminal_and_in_a_pipe() {
    let machine = Machine::new();
    let page = machine.helper(&["explain", "CC212"], "").succeeds();
    insta::assert_snapshot!(page.stdout);
    assert_eq!(page.stderr, "");
    for form in ["cc212", "212", "Cc 212", "(CC212)", "error: sts:AssumeRole failed (CC212)"] {
        assert_eq!(machine.helper(&["explain", form], "").succeeds().stdout, page.stdout, "{form}");
    }
    assert_eq!(machine.helper(&["-v", "explain", "CC", "212"], "").succeeds().stdout, page.stdout);
    assert_eq!(typed(&machine, "git credential-codecommit explain cc212"), page.stdout + "[status 0]\n");
}

#[test]
fn explain_alone_lists_every_code_and_a_wrong_one_suggests() {
    let machine = Machine::new();
    let list = machine.helper(&["explain"], "").succeeds().stdout;
    for code in Code::ALL {
        assert!(list.contains(&format!("\n    {code}  ")), "{code}: {list}");
        machine.helper(&["explain", code.as_str()], "").succeeds();
    }
    let command = list.lines().last().and_then(|line| line.strip_prefix("To explain one: ")).expect("a command");
    machine.run("/bin/sh".as_ref(), &["-c", command], b"").succeeds();
    let (wrong, word) = (machine.helper(&["explain", "CC425"], ""), machine.helper(&["explain", "expi\u{1b}[31m"], ""));
    insta::assert_snapshot!(wrong.transcript() + &word.transcript());
}

#[test]
fn explain_needs_nothing_but_itself() {
    let machine = Machine::new().file("home/.aws/config", "not a config").file("home/.gitconfig", "[broken");
    let page = machine.helper(&["explain", "CC204"], "").succeeds();
    let (empty, list) = (format!("env -i {BINARY} explain CC204"), format!("env -i {BINARY} explain"));
    let run = |line: &str| machine.run("/bin/sh".as_ref(), &["-c", line], b"");
    assert_eq!(run(&format!("cd / && {empty}")).succeeds().stdout, page.stdout);
    assert_eq!(run(&format!("{empty} <&- 2>&-")).succeeds().stdout, page.stdout);
    for variable in ["HOME", "PATH"] {
        let machine = Machine::new().without(variable);
        assert_eq!(machine.helper(&["explain", "CC204"], "").succeeds().stdout, page.stdout, "{variable}");
    }
    for (line, status, told) in [
        (format!("{list} >/dev/full"), 1, "error: the output could not be written: No space left on device"),
        (format!("{{ sleep 0.2; {list}; echo \"[status $?]\" >&2; }} | false"), 1, "[status 1]\n"),
        (format!("{list} >&-"), 0, ""),
    ] {
        let run = run(&line);
        assert_eq!((run.status, run.stdout.as_str()), (status, ""), "{line}: {}", run.transcript());
        assert!(run.stderr.contains(told) && !run.stderr.contains("panicked"), "{line}: {}", run.transcript());
        assert!(told.len() > 20 || run.stderr == told, "{line}: {}", run.transcript());
    }
}

#[test]
fn a_failure_has_no_line_about_explain() {
    let run = Machine::new().get();
    assert!(run.stderr.contains("(CC201)") && !run.stderr.contains("explain"), "{}", run.transcript());
}
