//! A helper in a clone's own configuration, after the one that `setup` has written: git does not ask it, so that another
//! identity signs than before. `get` warns of it once, and its commands are carried out.
//!
//! Both accounts have a repository `demo` under the same URL, so that a wrong choice succeeds.

use crate::common::terminal::at_a_terminal;
use crate::common::{HOST, Machine, REGION, Run, gits, request, served, url, with_each_git};
use stand_in::{AccessKey, Action, DenyTail, StandIn};
use std::fs;
use std::path::Path;

const HOME: &str = "arn:aws:iam::111122223333:user/alice";
const WORK: &str = "arn:aws:iam::444455556666:user/bob";
const HOME_KEY: &str = "AKIAHOMEEXAMPLE00000";
const WORK_KEY: &str = "AKIAWORKEXAMPLE00000";
const PROFILES: &str = "[default]\naws_access_key_id = AKIAHOMEEXAMPLE00000\naws_secret_access_key = home\n\
                        [profile work]\naws_access_key_id = AKIAWORKEXAMPLE00000\naws_secret_access_key = work\n";
const WARNING: &str = "git-credential-codecommit: warning: another helper ";
const USE: &str = "  to use it in this repository: ";
const KEEP: &str = "  to keep profile `default` in this repository: ";

fn two_accounts() -> StandIn {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(HOME_KEY, "home", HOME));
    aws.add_key(AccessKey::long_term(WORK_KEY, "work", WORK));
    for account in ["111122223333", "444455556666"] {
        aws.seed_repository(account, REGION, "demo");
    }
    aws
}

/// After `setup`, which had no reason to look into the clone.
fn machine(aws: &StandIn, git: &Path) -> Machine {
    let machine = Machine::before(aws).with_git(git).file("home/.aws/config", PROFILES).env("WORK", "work");
    machine
        .program("aws", "[ \"$1 $2\" = '--profile work' ] && printf 'username=AKIAWORKEXAMPLE00000\\npassword=x\\n'");
    machine.program("aws-vault", "shift 3; exec \"$@\"");
    machine.git(&["credential-codecommit", "setup"]).succeeds();
    machine.git(&["init", "-q", "clone"]).succeeds();
    machine.git(&["-C", "clone", "remote", "add", "origin", &url("demo")]).succeeds();
    machine
}

fn with_helper(machine: Machine, section: &str, helper: &str) -> Machine {
    let config = machine.home().join("clone/.git/config");
    let before = fs::read_to_string(config).expect("a configuration");
    let helper = helper.replace('"', "\\\"");
    machine.file(
        "home/clone/.git/config",
        &format!("{before}[{section}]\n\thelper = \"{helper}\"\n\tuseHttpPath = true\n"),
    )
}

fn fetch(aws: &StandIn, machine: &Machine) -> Run {
    aws.forget();
    machine.git(&["-C", "clone", "ls-remote", "-q", "origin"])
}

/// Carries out the command of a line of the warning, in the clone and at a terminal, where Enter answers questions.
fn carry_out(machine: &Machine, run: &Run, line: &str) {
    let command = run.stderr.lines().find_map(|printed| printed.strip_prefix(line));
    let command = command.unwrap_or_else(|| panic!("no {line}\n{}", run.transcript()));
    let screen = at_a_terminal(
        machine.command("script".as_ref()),
        &format!("cd clone && {command}; echo status $?"),
        "[Y/n]",
        "\n",
    );
    assert!(screen.contains("status 0\n"), "{command}\n{screen}");
}

/// So that the next `get` is again the first one.
fn forget(machine: &Machine) {
    fs::remove_dir_all(machine.home().join(".cache/git-credential-codecommit")).expect("marks");
}

const SECTIONS: [&str; 3] = [
    "credential",
    "credential \"https://git-codecommit.*.amazonaws.com\"",
    "credential \"https://git-codecommit.eu-west-1.amazonaws.com\"",
];

/// The forms in which the clone signs with profile `work`.
const FORMS: [&str; 5] = [
    "!aws --profile work codecommit credential-helper $@",
    "!aws --profile \"$WORK\" codecommit credential-helper $@",
    "codecommit --profile work",
    "codecommit --profile=$WORK",
    "!git-credential-codecommit --profile work",
];

#[test]
fn a_clone_that_signed_with_another_profile_is_told_once_and_the_command_brings_its_identity_back() {
    with_each_git(|git| {
        for (at, form) in FORMS.iter().enumerate() {
            let section = SECTIONS[at % SECTIONS.len()];
            let aws = two_accounts();
            let machine = with_helper(machine(&aws, git), section, form);
            let first = fetch(&aws, &machine).succeeds();
            assert_eq!(served(&aws), [HOME], "{form}");
            assert!(
                first.stderr.starts_with(&format!("{WARNING}would sign with profile `work`\n")),
                "{}",
                first.transcript()
            );
            assert!(first.stderr.contains("(.git/config)\n"), "{form}: {}", first.transcript());
            assert_eq!(first.stderr.matches(WARNING).count(), 1, "{form}");
            let again = fetch(&aws, &machine).succeeds();
            assert_eq!((again.stderr.as_str(), served(&aws)), ("", vec![HOME.to_owned()]), "{form}");

            carry_out(&machine, &first, USE);
            let chosen = fetch(&aws, &machine).succeeds();
            assert_eq!((chosen.stderr.as_str(), served(&aws)), ("", vec![WORK.to_owned()]), "{form}");
            // Everything else is as before.
            aws.forget();
            machine.git(&["ls-remote", "-q", &url("demo")]).succeeds();
            assert_eq!(served(&aws), [HOME], "{form}");
        }
    });
}

#[test]
fn the_identity_that_signs_now_can_be_kept_and_the_clone_is_not_told_again() {
    with_each_git(|git| {
        for (at, form) in [FORMS[0], FORMS[2], "!some-script"].into_iter().enumerate() {
            for section in [SECTIONS[0], SECTIONS[1 + at % 2]] {
                let aws = two_accounts();
                let machine = with_helper(machine(&aws, git), section, form);
                let first = fetch(&aws, &machine).succeeds();
                assert!(first.stderr.starts_with(WARNING), "{form}: {}", first.transcript());
                carry_out(&machine, &first, KEEP);
                forget(&machine);
                let kept = fetch(&aws, &machine).succeeds();
                assert_eq!((kept.stderr.as_str(), served(&aws)), ("", vec![HOME.to_owned()]), "{section}, {form}");
            }
        }
    });
}

#[test]
fn a_helper_that_is_not_known_or_is_wrapped_is_named_with_what_lets_it_answer() {
    with_each_git(|git| {
        for (helper, told, name) in [
            ("!some-script", "may sign with other credentials", "`some-script`"),
            ("!f() { some-script; }; f", "may sign with other credentials", "a shell snippet"),
            (
                "!aws-vault exec work -- aws --profile work codecommit credential-helper $@",
                "would sign with credentials that it selects",
                "`aws-vault`",
            ),
        ] {
            let aws = two_accounts();
            let machine = with_helper(machine(&aws, git), "credential", helper);
            machine.program("some-script", "printf 'username=AKIAWORKEXAMPLE00000\\npassword=x\\n'");
            let first = fetch(&aws, &machine).succeeds();
            assert!(first.stderr.starts_with(&format!("{WARNING}{told}\n")), "{}", first.transcript());
            assert!(
                first.stderr.contains(&format!("  git did not ask it: {name} (.git/config)\n")),
                "{}",
                first.transcript()
            );
            let by_hand = "  to use it: write an empty `helper =` line before it in .git/config\n";
            assert!(first.stderr.contains(by_hand) && !first.stderr.contains(USE), "{}", first.transcript());
            let config = machine.home().join("clone/.git/config");
            let text = fs::read_to_string(config).expect("a configuration");
            let machine =
                machine.file("home/clone/.git/config", &text.replace("\thelper = ", "\thelper =\n\thelper = "));
            let script = format!("cd clone && printf 'url=%s\\n\\n' '{}' | git credential fill", url("demo"));
            let filled = machine.run("/bin/sh".as_ref(), &["-c", &script], b"").succeeds();
            assert_eq!(filled.key_id(), Some(WORK_KEY), "{helper}: {}", filled.transcript());
        }
    });
}

#[test]
fn helpers_that_store_passwords_or_sign_alike_are_not_told() {
    let (git, _) = &gits()[0];
    let plain = "!aws codecommit credential-helper $@";
    for helper in
        ["store", "cache --timeout 9", "osxkeychain", "manager", "!gh auth git-credential", "codecommit", plain]
    {
        let aws = two_accounts();
        let machine = with_helper(machine(&aws, git), "credential", helper);
        let first = fetch(&aws, &machine).succeeds();
        assert!(!first.stderr.contains("warning") && served(&aws) == [HOME], "{helper}: {}", first.transcript());
    }
    // With a profile in our entry, the AWS CLI's helper without one signs with another.
    let aws = two_accounts();
    let machine = with_helper(machine(&aws, git), "credential", plain);
    machine.git(&["credential-codecommit", "setup", "--profile", "work"]).succeeds();
    let first = fetch(&aws, &machine).succeeds();
    assert!(
        first.stderr.starts_with(&format!("{WARNING}would sign with profile `default`\n")),
        "{}",
        first.transcript()
    );
    assert_eq!(served(&aws), [WORK]);
    carry_out(&machine, &first, USE);
    let chosen = fetch(&aws, &machine).succeeds();
    assert_eq!((chosen.stderr.as_str(), served(&aws)), ("", vec![HOME.to_owned()]));
}

#[test]
fn a_fetch_and_a_push_are_one_first_time() {
    let (git, _) = &gits()[0];
    let aws = two_accounts();
    let machine = with_helper(machine(&aws, git), "credential", FORMS[0]);
    let machine = machine.env("GIT_AUTHOR_NAME", "a").env("GIT_AUTHOR_EMAIL", "a@example.com");
    let machine = machine.env("GIT_COMMITTER_NAME", "a").env("GIT_COMMITTER_EMAIL", "a@example.com");
    machine.git(&["-C", "clone", "commit", "-q", "--allow-empty", "-m", "x"]).succeeds();
    let push =
        |branch: &str| machine.git(&["-C", "clone", "push", "-q", "origin", &format!("HEAD:{branch}")]).succeeds();
    assert!(push("refs/heads/a").stderr.starts_with(WARNING));
    assert_eq!(fetch(&aws, &machine).succeeds().stderr, "");
    assert_eq!(push("refs/heads/b").stderr, "");
}

#[test]
fn a_failure_of_the_one_that_was_asked_names_the_other_after_it_each_time() {
    let (git, _) = &gits()[0];
    let aws = two_accounts();
    aws.deny(HOME, Action::GitPull, "demo", DenyTail::Bare);
    let machine = with_helper(machine(&aws, git), "credential", FORMS[0]);
    for _ in 0..2 {
        let refused = fetch(&aws, &machine);
        let (error, rest) = refused.stderr.split_once(WARNING).expect("a warning");
        assert!(error.starts_with("git-credential-codecommit: error: "), "{}", refused.transcript());
        assert!(rest.contains(USE.trim_start()) && rest.contains("told us to quit"), "{}", refused.transcript());
    }
    let broken = PROFILES.replacen(
        "aws_access_key_id = AKIAHOMEEXAMPLE00000\naws_secret_access_key = home",
        "credential_process = false",
        1,
    );
    let machine = machine.file("home/.aws/config", &broken);
    let failed = fetch(&aws, &machine);
    let (error, rest) = failed.stderr.split_once(WARNING).expect("a warning");
    assert!(error.starts_with("git-credential-codecommit: error: "), "{}", failed.transcript());
    assert!(rest.contains(USE.trim_start()) && !rest.contains(KEEP.trim_start()), "{}", failed.transcript());
    carry_out(&machine, &failed, USE);
    fetch(&aws, &machine).succeeds();
    assert_eq!(served(&aws), [WORK]);
}

#[test]
fn once_codecommit_has_accepted_an_answer_no_git_is_run() {
    let (git, _) = &gits()[0];
    let aws = two_accounts();
    let machine = with_helper(machine(&aws, git), "credential", FORMS[0]);
    machine.program("git", &format!("echo \"$*\" >>\"$HOME/../calls\"; exec '{}' \"$@\"", git.display()));
    let calls = machine.path("calls");
    let get_and_store = || {
        let _ = fs::remove_file(&calls);
        let script = format!(
            "cd clone && printf '{}' >request && \
             git-credential-codecommit get <request >answer && cat request answer | git-credential-codecommit store",
            request("demo")
        );
        let run = machine.run("/bin/sh".as_ref(), &["-c", &script], b"").succeeds();
        (run.stderr, fs::read_to_string(&calls).unwrap_or_default())
    };
    let (told, called) = get_and_store();
    assert!(told.starts_with(WARNING), "{told}");
    // One for the network settings and the helpers together; `--exec-path` and the like do not read the configuration.
    assert_eq!(called.lines().filter(|call| call.starts_with("config ")).count(), 1, "{called}");
    assert_eq!(get_and_store(), (String::new(), String::new()));
}

#[test]
fn outside_of_a_repository_no_command_is_for_one() {
    let (git, _) = &gits()[0];
    let aws = two_accounts();
    let machine = machine(&aws, git);
    let run =
        machine.git(&["-c", "credential.helper=codecommit --profile work", "ls-remote", "-q", &url("demo")]).succeeds();
    assert!(run.stderr.starts_with(WARNING) && served(&aws) == [HOME], "{}", run.transcript());
    assert!(!run.stderr.contains("--local") && !run.stderr.contains("to use it"), "{}", run.transcript());
}

#[test]
fn a_section_with_a_user_name_counts_for_urls_with_it() {
    let (git, _) = &gits()[0];
    let section = format!("credential \"https://bob@{HOST}\"");
    for (username, is_told) in [("username=bob\n", true), ("username=eve\n", false), ("", false)] {
        let aws = two_accounts();
        let machine = with_helper(machine(&aws, git), &section, FORMS[0]);
        let script = format!("cd clone && printf '{}{username}' | git-credential-codecommit get", request("demo"));
        let run = machine.run("/bin/sh".as_ref(), &["-c", &script], b"").succeeds();
        assert_eq!(run.stderr.starts_with(WARNING), is_told, "{username}: {}", run.transcript());
        // What git itself would ask.
        let listed = format!(
            "cd clone && printf '{}{username}' | GIT_TRACE=1 git credential approve 2>&1",
            request("demo") + "password=x\n",
        );
        let asked = machine.run("/bin/sh".as_ref(), &["-c", &listed], b"").stdout;
        assert_eq!(asked.contains("aws --profile work codecommit"), is_told, "{username}: {asked}");
    }
}
