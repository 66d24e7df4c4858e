//! `codecommit::` URLs through the real git and the second binary: everything that the https URL can do, and no secret in
//! any argument list.

use crate::common::{ACCOUNT, ALICE, KEY_ID, Machine, REGION, ROLE, SECRET, TOKEN, aws_with_demo, leak, skipped, url};
use insta::assert_snapshot;
use stand_in::{AccessKey, Action, DenyTail, PolicyKind, ProxyAnswer, Role, StandIn};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const REMOTE: &str = env!("CARGO_BIN_EXE_git-remote-codecommit");

fn with_each_git(test: impl Fn(Machine, &StandIn)) {
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = Machine::before(&aws).with_git(git);
        symlink(REMOTE, machine.bin().join("git-remote-codecommit")).expect("a link");
        let machine = machine.file("home/.gitconfig", "[user]\n\tname = Alice\n\temail = alice@example.com\n");
        test(machine, &aws);
    });
}

fn address(name: &str) -> String {
    format!("codecommit::{REGION}://{name}")
}

#[test]
fn clone_fetch_push_and_a_shallow_clone_work_without_any_configuration() {
    with_each_git(|machine, _| {
        let machine = machine.with_keys();
        machine.git(&["clone", "-q", &address("demo"), "one"]).succeeds();
        machine.git(&["clone", "-q", "--depth", "1", &address("demo"), "shallow"]).succeeds();
        machine.git(&["clone", "-q", "--filter=blob:none", &address("demo"), "partial"]).succeeds();
        let large: Vec<u8> = (0..3_u32 << 18).flat_map(|word| word.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        fs::write(machine.path("home/one/large.bin"), large).expect("a file");
        machine.git(&["-C", "one", "add", "."]).succeeds();
        machine.git(&["-C", "one", "commit", "-qm", "large"]).succeeds();
        machine.git(&["-C", "one", "push", "-q"]).succeeds();
        machine.git(&["-C", "shallow", "fetch", "-q"]).succeeds();
        assert_eq!(machine.git(&["ls-remote", &address("demo")]).succeeds().stdout.lines().count(), 2);
    });
}

#[test]
fn the_profile_and_the_region_of_the_url_are_used() {
    with_each_git(|machine, aws| {
        let bob = "arn:aws:iam::444455556666:user/bob";
        aws.add_key(AccessKey::long_term("AKIAI44QH8DHBEXAMPLE", SECRET, bob));
        aws.seed_repository("444455556666", "us-west-2", "other");
        let keys = format!(
            "[b o@b]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = {SECRET}\nregion = us-west-2\n"
        );
        // Keys in the environment, which an explicit profile beats.
        let machine = machine.with_keys().file("home/.aws/credentials", &keys);
        machine.git(&["clone", "-q", "codecommit::us-west-2://b o@b@other", "by-url"]).succeeds();
        machine.git(&["clone", "-q", "codecommit://b o@b@other", "by-profile"]).succeeds();
        let by_variable = machine.env("AWS_DEFAULT_REGION", REGION).env("AWS_REGION", "us-east-1");
        by_variable.git(&["clone", "-q", "codecommit://demo", "by-variable"]).succeeds();
    });
}

/// Python's `urlparse` lower-cases a scheme, so such URLs are in use.
#[test]
fn a_region_in_capitals_works() {
    with_each_git(|machine, _| {
        let machine = machine.with_keys();
        machine.git(&["ls-remote", &format!("codecommit::{}://demo", REGION.to_uppercase())]).succeeds();
    });
}

#[test]
fn an_endpoint_that_is_codecommits_needs_no_region_and_its_refusals_are_explained() {
    with_each_git(|machine, aws| {
        let host = format!("vpce-0b47.git-codecommit.{REGION}.vpce.amazonaws.com");
        let machine = machine.with_keys().env("CODE_COMMIT_ENDPOINT", &host);
        machine.git(&["ls-remote", "codecommit://demo"]).succeeds();
        // Another region in the URL does not make the endpoint another one.
        machine.git(&["ls-remote", "codecommit::us-east-1://demo"]).succeeds();
        assert!(aws.requests().iter().all(|request| request.host == host), "{:?}", aws.requests());
        aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        let run = machine.env("GIT_CODECOMMIT_VERIFY", "always").git(&["ls-remote", "codecommit://demo"]);
        assert!(run.stderr.contains("(CC411)"), "{}", run.transcript());
    });
}

#[test]
fn the_password_of_a_proxy_still_comes_from_the_helper_that_has_it() {
    with_each_git(|machine, aws| {
        let (user_name, password) = ("alice".to_owned(), "of-the-proxy".to_owned());
        aws.set_proxy(ProxyAnswer::AuthenticationRequired { user_name, password });
        let proxy = aws.proxy_url().replace("://", "://alice@");
        let of_the_proxy = r#"[ "$1" = get ] && grep -q '^host=127.0.0.1' && echo password=of-the-proxy"#;
        machine.program("git-credential-of-the-proxy", of_the_proxy);
        let config = format!("[http]\n\tproxy = {proxy}\n[credential]\n\thelper = of-the-proxy\n");
        let machine = machine.with_keys().without("HTTPS_PROXY").file("home/.gitconfig", &config);
        machine.git(&["ls-remote", &address("demo")]).succeeds();
    });
}

/// Neither may end up in the shell that git runs the helper with, or in another setting of git's.
#[test]
fn what_is_configured_is_no_command_and_no_other_setting() {
    with_each_git(|machine, _| {
        let flag = machine.path("home/flag");
        let command = format!("x; touch {} #", flag.display());
        for (variable, value) in [
            ("AWS_DEFAULT_REGION", command.clone()),
            ("AWS_DEFAULT_REGION", "x.evil.example/".to_owned()),
            ("CODE_COMMIT_ENDPOINT", format!("127.0.0.1:1/$(touch {})", flag.display())),
            ("CODE_COMMIT_ENDPOINT", "127.0.0.1:1.helper=x".to_owned()),
            ("CODE_COMMIT_ENDPOINT", "127.0.0.1:1\ncredential.helper=x".to_owned()),
        ] {
            let machine = Machine::new().with_git(&machine.bin().join("git")).with_keys().env(variable, &value);
            symlink(REMOTE, machine.bin().join("git-remote-codecommit")).expect("a link");
            let run = machine.git(&["ls-remote", "codecommit://demo"]);
            assert!(run.status != 0 && run.stderr.contains("(CC1"), "{variable}={value}: {}", run.transcript());
        }
        for address in
            [format!("codecommit::{REGION}://$(touch {})", flag.display()), format!("codecommit::{command}://r")]
        {
            assert_ne!(machine.git(&["ls-remote", &address]).status, 0);
        }
        assert!(!flag.exists(), "a command was run");
    });
}

#[test]
fn what_is_wrong_with_an_address_is_told_of_the_address_and_not_of_a_url_that_nobody_wrote() {
    with_each_git(|machine, _| {
        let machine = machine.with_keys().file("home/.aws/config", "[profile base]\nregion = eu-west-1\n");
        let told = |address: &str| machine.git(&["ls-remote", address]).stderr;
        let dot_git = told("codecommit::eu-west-1://base@my-repo.git");
        assert!(dot_git.contains("fix: use this URL: codecommit::eu-west-1://base@my-repo\n"), "{dot_git}");
        assert!(!dot_git.contains("https://"), "{dot_git}");
        let slip = told("codecommit::demo");
        assert!(slip.contains("fix: use this URL: codecommit://demo\n"), "{slip}");
    });
    let endpoint = Machine::new().with_keys().env("CODE_COMMIT_ENDPOINT", "codecommit.eu-west-1.amazonaws.com");
    let run = endpoint.run(REMOTE.as_ref(), &["origin", "codecommit://demo"], b"");
    assert!(
        run.stderr.contains("CODE_COMMIT_ENDPOINT is `codecommit.eu-west-1.amazonaws.com`"),
        "{}",
        run.transcript()
    );
    for (word, expected) in [("--version", "git-remote-codecommit 0."), ("--help", "git clone codecommit::REGION://")] {
        let run = Machine::new().run(REMOTE.as_ref(), &[word], b"").succeeds();
        assert!(run.stdout.contains(expected), "{}", run.transcript());
    }
}

#[test]
fn the_exit_status_is_the_one_of_git() {
    with_each_git(|machine, _| {
        let machine = machine.with_keys();
        let git = machine.bin().join("git");
        for (input, expected) in [("", 1), ("\n", 0), ("nonsense\n", 1), ("list\n\n", 0)] {
            let ours = machine.run(REMOTE.as_ref(), &["origin", &format!("{REGION}://demo")], input.as_bytes());
            assert_eq!(ours.status, expected, "{input}: {}", ours.transcript());
            let configured = ["-c", "credential.helper=codecommit", "-c", "credential.useHttpPath=true"];
            let https = url("demo");
            let theirs = [&configured[..], &["remote-https", "origin", &https]].concat();
            let theirs = machine.run(&git, &theirs, input.as_bytes());
            assert_eq!(
                (ours.status, &ours.stdout),
                (theirs.status, &theirs.stdout),
                "{input}: {}",
                theirs.transcript()
            );
        }
    });
}

/// Ctrl-C goes to the whole process group, and so does what a supervisor sends.
#[test]
fn a_signal_ends_everything_that_was_started() {
    for signal in ["INT", "TERM"] {
        with_each_git(|machine, aws| {
            aws.set_proxy(ProxyAnswer::Blackhole);
            let machine = machine.with_keys();
            // A shell without job control starts what runs in the background with SIGINT ignored, and all below it.
            let mut command = machine.command(Path::new("/usr/bin/env"));
            command.arg(format!("--default-signal={signal}")).arg(machine.bin().join("git"));
            command.args(["ls-remote", &address("demo")]).stdin(Stdio::null()).stderr(Stdio::null());
            let mut git = command.spawn().expect("git starts");
            // Every child of a test leads a session, and so a process group.
            let group = git.id();
            // Where its last descendant waits for the network.
            let is_waiting = || group_of(group).iter().any(|program| program == "git-remote-https");
            wait_until(is_waiting, "git waits for the network");
            let kill = stand_in::command("kill").args([&format!("-{signal}"), "--", &format!("-{group}")]).status();
            assert!(kill.expect("kill starts").success());
            let mut status = None;
            let has_ended = || {
                status = git.try_wait().expect("a child");
                status.is_some()
            };
            wait_until(has_ended, "git has ended");
            assert!(!status.expect("an end").success());
            wait_until(|| group_of(group).is_empty(), "nothing is left running");
        });
    }
}

fn wait_until(mut holds: impl FnMut() -> bool, what: &str) {
    let ends = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < ends, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The programs that run in a process group (proc(5), `/proc/PID/stat`: the fifth field, behind the name in
/// brackets), without those that only wait to be collected.
fn group_of(group: u32) -> Vec<String> {
    let mut programs = Vec::new();
    for process in fs::read_dir("/proc").expect("processes").flatten() {
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let (state, group_id) = (fields.next().unwrap_or("Z"), fields.nth(1).unwrap_or_default());
        if group_id == group.to_string() && state != "Z" {
            let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
            let program = command.split(|byte| *byte == 0).next().unwrap_or_default();
            programs.push(String::from_utf8_lossy(program).rsplit('/').next().unwrap_or_default().to_owned());
        }
    }
    programs
}

#[test]
fn other_helpers_are_neither_asked_nor_given_the_answer() {
    with_each_git(|machine, _| {
        machine.program("git-credential-spy", r#"echo "$1" >>"$0.log""#);
        let machine = machine.with_keys().file("home/.gitconfig", "[credential]\n\thelper = spy\n\thelper = store\n");
        machine.git(&["clone", "-q", &address("demo")]).succeeds();
        assert!(!machine.bin().join("git-credential-spy.log").exists());
        assert!(!machine.path("home/.git-credentials").exists());
    });
}

#[test]
fn no_secret_is_in_any_argument_list_or_in_gits_trace() {
    with_each_git(|machine, aws| {
        aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
        let trace = machine.path("trace");
        let machine = machine
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN)
            .env("GIT_TRACE", &trace.display().to_string())
            .env("GIT_TRACE_CODECOMMIT", &trace.display().to_string());
        let done = AtomicBool::new(false);
        let seen = std::thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                let mut seen = BTreeSet::new();
                while !done.load(Ordering::Relaxed) {
                    for process in fs::read_dir("/proc").expect("processes").flatten() {
                        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
                        let command = String::from_utf8_lossy(&command).replace('\0', " ");
                        if command.contains("git") {
                            seen.insert(command);
                        }
                    }
                }
                seen
            });
            for name in ["one", "two", "three"] {
                machine.git(&["clone", "-q", &address("demo"), name]).succeeds();
            }
            done.store(true, Ordering::Relaxed);
            watcher.join().expect("no panic")
        });
        let secrets = [SECRET.to_owned(), TOKEN.to_owned()];
        assert!(
            seen.iter().any(|command| command.contains("remote-https")),
            "the watcher saw the hand-over: {seen:#?}"
        );
        assert_eq!(seen.iter().find_map(|command| leak(command, &secrets)), None);
        let trace = fs::read_to_string(trace).expect("a trace");
        assert!(trace.contains("remote-https") && leak(&trace, &secrets).is_none());
    });
}

#[test]
fn submodules_work_once_git_allows_the_scheme() {
    with_each_git(|machine, aws| {
        aws.seed_repository(ACCOUNT, REGION, "part");
        let machine = machine.with_keys();
        machine.git(&["clone", "-q", &address("demo")]).succeeds();
        let refused = machine.git(&["-C", "demo", "submodule", "--quiet", "add", &address("part")]);
        assert!(refused.stderr.contains("transport 'codecommit' not allowed"), "{}", refused.stderr);
        machine.git(&["config", "--global", "protocol.codecommit.allow", "always"]).succeeds();
        machine.git(&["-C", "demo", "submodule", "--quiet", "add", &address("part")]).succeeds();
    });
}

#[test]
fn failures_are_the_helpers_own_and_those_of_the_url() {
    with_each_git(|machine, aws| {
        // git may find the pipe closed before it can say this.
        let aborted = "fatal: remote helper 'codecommit' aborted session\n";
        let clone =
            |machine: &Machine, address: &str| machine.git(&["clone", address]).transcript().replace(aborted, "");
        assert_snapshot!("malformed_url", clone(&machine, "codecommit::nowhere://demo"));
        assert_snapshot!("no_region", clone(&machine, "codecommit://demo"));
        assert_snapshot!("no_credentials", clone(&machine, &address("demo")));
        let machine = machine.file("home/.aws/config", "[profile dev]\nregion = eu-west-1\n");
        assert_snapshot!("profile_not_found", clone(&machine, "codecommit::eu-west-1://prod@demo"));
        aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        let run = machine.with_keys().git(&["clone", &address("demo")]);
        assert!(run.stderr.contains("(CC411)") && run.status == 128, "{}", run.transcript());
    });
}

/// AWS's own program, from PyPI (`requirements.txt` of `differential`): the same refs from the same requests, by every form of
/// the URL. Skipped where it is not installed.
#[test]
fn the_python_program_asks_for_the_same_with_the_same_identity() {
    let path = std::env::var_os("PATH").expect("a PATH");
    let python = std::env::split_paths(&path)
        .map(|directory| directory.join("git-remote-codecommit"))
        .find(|file| fs::read(file).is_ok_and(|bytes| bytes.starts_with(b"#!")));
    let Some(python) = python else {
        skipped("AWS's git-remote-codecommit");
        return;
    };
    let bob = "arn:aws:iam::444455556666:user/bob";
    let config = "[default]\nregion = eu-west-1\n[profile bob]\nregion = us-west-2\n[profile role]\nregion = eu-west-1\n\
                  role_arn = arn:aws:iam::111122223333:role/Deploy\nsource_profile = default\n";
    let keys = format!(
        "[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n\
         [bob]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = {SECRET}\n"
    );
    for (address, variables) in [
        ("codecommit://demo", &[][..]),
        ("codecommit://bob@other", &[]),
        ("codecommit::eu-west-1://demo", &[]),
        ("codecommit::us-west-2://bob@other", &[]),
        ("codecommit::EU-WEST-1://demo", &[]),
        ("codecommit://role@demo", &[]),
        ("codecommit://other", &[("AWS_PROFILE", "bob")]),
        ("codecommit://demo", &[("AWS_DEFAULT_REGION", "eu-west-1")]),
        ("codecommit://bob@other", &[("AWS_ACCESS_KEY_ID", KEY_ID), ("AWS_SECRET_ACCESS_KEY", SECRET)]),
        ("codecommit://demo", &[("AWS_ACCESS_KEY_ID", KEY_ID), ("AWS_SECRET_ACCESS_KEY", SECRET)]),
        ("codecommit://other", &[("AWS_DEFAULT_REGION", "us-west-2"), ("AWS_PROFILE", "bob")]),
        ("codecommit://demo", &[("AWS_REGION", "us-west-2")]),
        ("codecommit://bob@other", &[("AWS_REGION", "eu-west-1")]),
        ("codecommit://missing", &[]),
        ("codecommit::eu-west-1://nobody@demo", &[]),
    ] {
        let seen = [REMOTE.as_ref(), python.as_path()].map(|program| {
            let aws = aws_with_demo();
            aws.add_key(AccessKey::long_term("AKIAI44QH8DHBEXAMPLE", SECRET, bob));
            aws.seed_repository("444455556666", "us-west-2", "other");
            aws.add_role(Role::new(ROLE).trusting(ALICE));
            let machine = Machine::before(&aws).file("home/.aws/config", config).file("home/.aws/credentials", &keys);
            let machine = variables.iter().fold(machine, |machine, (name, value)| machine.env(name, value));
            symlink(program, machine.bin().join("git-remote-codecommit")).expect("a link");
            let output =
                machine.command(&machine.bin().join("git")).args(["ls-remote", address]).output().expect("git");
            // Who was served, for what.
            let served = aws
                .requests()
                .into_iter()
                .filter(|request| request.status == 200 && request.path.ends_with("info/refs"));
            let served: BTreeSet<_> = served
                .map(|request| {
                    let temporary = request.access_key_id.as_ref().is_some_and(|id| id.starts_with("ASIA"));
                    (request.host, request.path, if temporary { None } else { request.access_key_id })
                })
                .collect();
            // The refs are the repository's, which has another commit in each stand-in.
            let refs = String::from_utf8_lossy(&output.stdout)
                .lines()
                .filter_map(|line| Some(line.split_once('\t')?.1.to_owned()))
                .collect::<Vec<_>>();
            (output.status.code(), refs, served)
        });
        assert_eq!(seen[0], seen[1], "{address} {variables:?}");
        assert_eq!(
            seen[0].0 == Some(0),
            !address.contains("missing") && !address.contains("nobody"),
            "{address}: {seen:?}"
        );
    }
}
