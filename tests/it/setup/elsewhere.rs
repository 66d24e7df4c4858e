//! Who signs where `setup` does not run, after `--undo`, and where several have signed.

use super::Setup as _;
use super::signers::{VAULT, WORK, machine, signer};
use crate::common::{HOST, Machine, gits, url, with_each_git};
use std::fs;

const US: &str = "git-codecommit.us-east-1.amazonaws.com";

fn aws(profile: &str) -> String {
    format!("!aws --profile {profile} codecommit credential-helper $@")
}

fn section(name: &str, helper: &str) -> String {
    format!("[credential \"{name}\"]\n\thelper = {helper}\n\tuseHttpPath = true\n")
}

fn general(helper: &str) -> String {
    format!("[credential]\n\thelper = {helper}\n\tuseHttpPath = true\n")
}

/// Who signs in two regions, for two repositories.
fn signers(machine: &Machine, directory: &str) -> Vec<Option<String>> {
    let us = |name: &str| format!("https://{US}/v1/repos/{name}");
    [url("demo"), url("other"), us("demo"), us("other")].iter().map(|url| signer(machine, directory, url)).collect()
}

#[test]
fn who_signed_before_setup_signs_after_it_is_undone() {
    let eu = format!("https://{HOST}");
    let us = format!("https://{US}");
    let plain = "!aws codecommit credential-helper $@";
    with_each_git(|git| {
        for (text, more) in [
            (section(&eu, &aws("work")) + &general(plain), String::new()),
            (section(&eu, &aws("work")) + &section(&us, plain) + &general(&aws("work")), String::new()),
            (section(&format!("{eu}/v1/repos/demo"), &aws("work")) + &general(plain), String::new()),
            (section(&eu, &aws("work")) + &section("https://git-codecommit.*.amazonaws.com", plain), String::new()),
            (section(&eu, &aws("work")) + "[include]\n\tpath = ~/.more\n", section(&eu, plain)),
            (section(&eu, "codecommit --profile work") + "# a note\n" + &general("store"), String::new()),
        ] {
            let machine = machine().with_git(git).file("home/.gitconfig", &text).file("home/.more", &more);
            let before = signers(&machine, ".");
            assert!(before[0].as_deref() == Some(WORK), "{before:?}\n{text}");
            for arguments in [&["--yes"][..], &["--yes", "--all-hosts"], &["--yes", "--profile", "work"]] {
                machine.setup(arguments).succeeds();
                let after = signers(&machine, ".");
                // Where nobody signed, somebody may.
                let is_kept = before.iter().zip(&after).all(|(before, after)| before.is_none() || before == after);
                assert!(
                    is_kept || arguments.contains(&"--profile"),
                    "{arguments:?} {after:?}\n{}",
                    machine.gitconfig()
                );
            }
            machine.setup(&["--undo"]).succeeds();
            assert_eq!(signers(&machine, "."), before, "undone\n{text}\n---\n{}", machine.gitconfig());
            let headings =
                |text: &str| text.lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(headings(&machine.gitconfig()), headings(&text), "{}", machine.gitconfig());
        }
    });
}

#[test]
fn a_helper_that_git_includes_only_elsewhere_is_told_of() {
    let nested = "[includeIf \"gitdir:~/there/\"]\n\tpath = nested\n";
    with_each_git(|git| {
        for (condition, files) in [
            ("gitdir:~/there/", vec![("home/.conf/there", general(&aws("work")))]),
            ("gitdir/i:~/There/", vec![("home/.conf/there", section(&format!("https://{HOST}"), &aws("work")))]),
            (
                "gitdir:~/there/",
                vec![("home/.conf/there", nested.to_owned()), ("home/.conf/nested", general(&aws("work")))],
            ),
        ] {
            let machine = machine().with_git(git);
            let include = format!("[includeIf \"{condition}\"]\n\tpath = ~/.conf/there\n");
            let machine = machine.file("home/.gitconfig", &include);
            let machine = files.iter().fold(machine, |machine, (path, text)| machine.file(path, text));
            machine.git(&["init", "-q", "there"]).succeeds();
            assert_eq!(signer(&machine, "there", &url("demo")).as_deref(), Some(WORK), "{condition}");
            let run = machine.setup(&[]);
            assert!(run.status == 1 && run.stderr.contains("(CC503)"), "{}", run.transcript());
            assert!(run.stderr.contains("(~/.conf/") && run.stderr.contains("--profile work"), "{}", run.transcript());
            assert_eq!(signer(&machine, "there", &url("demo")).as_deref(), Some(WORK));
        }
        // Nothing that signs.
        let machine = machine().with_git(git).file("home/.there", "[user]\n\temail = a@example.com\n");
        let machine = machine.file("home/.gitconfig", "[includeIf \"gitdir:~/there/\"]\n\tpath = ~/.there\n");
        machine.setup(&[]).succeeds();
    });
}

#[test]
fn every_signer_that_changes_is_told_and_the_offer_is_for_its_host_alone() {
    let config = section(&format!("https://{HOST}"), "!aws-vault exec work -- aws codecommit credential-helper $@")
        + &section(&format!("https://{US}"), "!AWS_PROFILE=work aws codecommit credential-helper $@");
    let machine = machine().with_git(&gits()[0].0).env("AWS_REGION", "us-east-1");
    let machine = machine.file("home/.gitconfig", &config);
    machine.git(&["init", "-q", "clone"]).succeeds();
    machine.git(&["-C", "clone", "remote", "add", "origin", &url("demo")]).succeeds();
    assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(VAULT));
    let run = machine.git(&["-C", "clone", "credential-codecommit", "setup"]);
    assert!(run.status == 1, "{}", run.transcript());
    assert!(
        run.stderr.contains(&format!("signs for {HOST}")) && run.stderr.contains(&format!("signs for {US}")),
        "{}",
        run.transcript()
    );
    let kept = format!("to keep them: git credential-codecommit setup --profile work --url {US}\n");
    assert!(run.stderr.contains(&kept), "{}", run.transcript());
    assert_eq!(machine.gitconfig(), config);
}

#[test]
fn nothing_is_changed_in_the_clone_either_where_the_question_is_not_answered() {
    let machine = machine().with_git(&gits()[0].0);
    let machine = machine
        .file(
            "home/.more",
            &section(&format!("https://{US}"), "!aws-vault exec work -- aws codecommit credential-helper $@"),
        )
        .file("home/.gitconfig", "[include]\n\tpath = ~/.more\n")
        .env("AWS_REGION", "us-east-1");
    machine.git(&["init", "-q", "clone"]).succeeds();
    machine.git(&["-C", "clone", "remote", "add", "origin", &url("demo")]).succeeds();
    machine
        .git(&["-C", "clone", "config", &format!("credential.https://{HOST}.helper"), "codecommit --profile work"])
        .succeeds();
    let local = || fs::read_to_string(machine.path("home/clone/.git/config")).expect("a configuration");
    let before = local();
    let run = machine.git(&["-C", "clone", "credential-codecommit", "setup"]);
    assert!(run.status == 1 && run.stderr.contains("nothing was changed"), "{}", run.transcript());
    assert_eq!(local(), before, "{}", run.transcript());
    machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]).succeeds();
    assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(WORK));
}

/// As root, git would rename its lock over `/dev/null`.
#[test]
fn what_is_no_regular_file_is_refused_and_left_alone() {
    with_each_git(|git| {
        let machine = machine().with_git(git);
        machine.run("/usr/bin/mkfifo".as_ref(), &[&machine.path("home/fifo").display().to_string()], b"").succeeds();
        fs::create_dir(machine.path("home/directory")).expect("a directory");
        std::os::unix::net::UnixListener::bind(machine.path("home/socket")).expect("a socket");
        for name in ["directory", "socket", "fifo"] {
            let path = machine.home().join(name);
            let kind = fs::metadata(&path).expect("there").file_type();
            for run in [
                machine.setup(&["--file", &path.display().to_string()]),
                machine.setup(&["--undo", "--file", &path.display().to_string()]),
            ] {
                assert!(run.status == 1 && run.stderr.contains("(CC50"), "{name}: {}", run.transcript());
            }
            assert_eq!(fs::metadata(&path).expect("still there").file_type(), kind, "{name}");
        }
    });
}

#[test]
fn the_last_sentence_is_true_of_several_profiles() {
    let machine = machine().with_git(&gits()[0].0);
    let config =
        section(&format!("https://{HOST}"), &aws("work")) + &section(&format!("https://{US}"), &aws("default"));
    let machine = machine.file("home/.gitconfig", &config);
    machine.git(&["init", "-q", "clone"]).succeeds();
    machine.git(&["-C", "clone", "remote", "add", "origin", &url("demo")]).succeeds();
    let run = machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]).succeeds();
    assert!(
        run.stdout.contains("; it signs with what is configured for each host or repository\n"),
        "{}",
        run.transcript()
    );
    assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(WORK));
}
