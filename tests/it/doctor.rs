//! `git credential-codecommit doctor`: whole reports, with every git on the PATH.
//!
//! Every run is checked for secrets (`common`), for changes on disk, and for its time.

use crate::common::terminal::at_a_terminal;
use crate::common::transcript::Transcript;
use crate::common::{
    ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, Run, SECRET, TOKEN, answered, aws_with_demo, calls, leak, url,
    with_each_git,
};
use insta::assert_snapshot;
use serde_json::Value;
use stand_in::{
    AccessKey, Action, DenyTail, EmptyPassword, FixedAnswer, GitRequest, KeyState, Mode, PolicyKind, ProxyAnswer,
    StandIn, TimeDelta,
};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

/// A repository in the home directory whose `origin` is `url`.
fn in_repository(machine: Machine, url: &str) -> Machine {
    machine.git(&["init", "-q", "work"]).succeeds();
    machine.git(&["-C", "work", "remote", "add", "origin", url]).succeeds();
    machine
}

fn doctor(machine: &Machine, arguments: &[&str]) -> Run {
    let before = everything_below(&machine.home());
    let started = Instant::now();
    let run = machine.git(&[&["-C", "work", "credential-codecommit", "doctor"], arguments].concat());
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let after = everything_below(&machine.home());
    assert!(after.keys().eq(before.keys()), "a doctor leaves no file behind: {:?}", after.keys());
    assert!(after == before, "a doctor changes no file");
    run
}

/// Every file with its contents.
fn everything_below(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            files.insert(entry.display().to_string(), Vec::new());
            files.extend(everything_below(&entry));
        } else {
            files.insert(entry.display().to_string(), std::fs::read(&entry).expect("a file"));
        }
    }
    files
}

/// What differs from run to run, or from git to git, put to one thing.
fn steady(run: &Run) -> String {
    steady_text(&run.transcript())
}

fn steady_text(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut in_version = false;
    for line in text.lines() {
        // What a version lacks has tests of its own.
        if in_version && line.starts_with("          ") {
            continue;
        }
        in_version = line.starts_with("  ok    git ") || line.starts_with("  warn  git ");
        lines.push(if in_version { "  ok    git [VERSION]".to_owned() } else { line.to_owned() });
    }
    let text = Transcript::of(&(lines.join("\n") + "\n"))
        .request_ids("[ID]")
        .between(", git ", ",", "[VERSION]")
        .between(" in ", " ms", "[MS]")
        .between("127.0.0.1:", " (", "[PORT]")
        .between(" after ", " ms:", "[MS]")
        .between("Signature expired: ", "(request", "[TIMES] ")
        .between("/codecommit-stand-in-", "/ca.pem", "[DIRECTORY]");
    // The columns move with the length of what was replaced.
    text.to_string().lines().map(|line| squeezed(line) + "\n").collect()
}

fn squeezed(line: &str) -> String {
    if !line.contains('[') {
        return line.to_owned();
    }
    let start = line.len() - line.trim_start().len();
    let words: Vec<&str> = line[start..].split("  ").filter(|part| !part.is_empty()).map(str::trim).collect();
    format!("{}{}", &line[..start], words.join("  "))
}

/// One report with every git: the snapshot, the exit status, and the code of the diagnosis.
fn reported(name: &str, status: i32, code: Option<&str>, machine: impl Fn(&StandIn, Machine) -> Machine) {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = machine(&aws, Machine::before(&aws).with_git(git));
        let run = doctor(&machine, &[]);
        assert_eq!(run.status, status, "{}", run.transcript());
        if let Some(code) = code {
            assert!(run.stdout.lines().any(|line| line.starts_with(code)), "{code}: {}", run.transcript());
        }
        assert_snapshot!(name, steady(&run));
    });
}

/// As the README says, with keys, at `demo`.
fn healthy(machine: Machine) -> Machine {
    in_repository(machine.configured().with_keys(), &url("demo"))
}

/// A password that was signed so long ago.
fn signed(ago: TimeDelta) -> String {
    let time = (chrono::Utc::now() - ago).format("%Y%m%dT%H%M%S").to_string();
    GitRequest { host: HOST, path: "/v1/repos/demo", region: REGION }.password(SECRET, &time)
}

/// git-credential-store with an old signature, before this helper.
fn stored(machine: Machine, ago: TimeDelta) -> Machine {
    let config = "[credential]\n\thelper = store\n\thelper = codecommit\n\tuseHttpPath = true\n";
    let stored = format!("https://{KEY_ID}:{}@{HOST}/v1/repos/demo\n", signed(ago));
    let machine = machine.with_keys().file("home/.gitconfig", config).file("home/.git-credentials", &stored);
    in_repository(machine, &url("demo"))
}

#[test]
fn all_is_good() {
    reported("all_good", 0, None, |_, machine| healthy(machine));
}

#[test]
fn an_old_signature_is_replayed_by_a_helper_that_stands_first() {
    reported("stale_signature", 1, Some("CC601"), |_, machine| stored(machine, TimeDelta::minutes(134)));
}

#[test]
fn the_fix_for_an_old_signature_works() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = stored(Machine::before(&aws).with_git(git), TimeDelta::minutes(134));
        let report = doctor(&machine, &[]).stdout;
        let fix = report.split_once("  fix: ").expect("a fix").1;
        let commands =
            fix.lines().map(str::trim).filter(|line| line.starts_with("git ") || line.starts_with("printf "));
        let script = commands.collect::<Vec<_>>().join("; ");
        machine.run("/bin/sh".as_ref(), &["-euc", &answered(&format!("cd work; {script}"))], b"").succeeds();
        let kept = std::fs::read_to_string(machine.path("home/.git-credentials")).expect("the store");
        assert_eq!(kept, "", "the old password is gone");
        assert_eq!(doctor(&machine, &[]).status, 0);
    });
}

#[test]
fn use_http_path_is_missing_or_misspelt() {
    let config = |setting: &str| {
        let text = format!("[credential \"https://git-codecommit.*.amazonaws.com\"]\n\thelper = codecommit\n{setting}");
        move |_: &StandIn, machine: Machine| {
            in_repository(machine.with_keys().file("home/.gitconfig", &text), &url("demo"))
        }
    };
    reported("use_http_path_missing", 1, Some("CC101"), config(""));
    reported("use_http_path_misspelt", 1, Some("CC608"), config("\tUserHttpPath = true\n"));
}

#[test]
fn this_helper_is_not_configured_or_cannot_be_started() {
    let with = |config: &'static str| {
        move |_: &StandIn, machine: Machine| {
            in_repository(machine.with_keys().file("home/.gitconfig", config), &url("demo"))
        }
    };
    reported("helper_not_configured", 1, Some("CC605"), with("[credential]\n\thelper = cache\n"));
    reported(
        "helper_not_started",
        1,
        Some("CC609"),
        with("[credential]\n\thelper = ~/bin/git-credential-codecommit\n\tuseHttpPath = true\n"),
    );
}

#[test]
fn there_is_nothing_of_codecommits() {
    reported("foreign", 3, None, |_, machine| {
        in_repository(machine.configured(), "https://github.com/acme/billing.git")
    });
    let machine = Machine::new();
    machine.git(&["init", "-q", "work"]).succeeds();
    assert_snapshot!("no_remote", doctor(&machine, &[]).transcript());
    assert_snapshot!("unknown_remote", doctor(&machine, &["upstream"]).transcript());
}

#[test]
fn a_url_that_is_nearly_codecommits_is_explained_as_get_explains_it() {
    reported("dot_git", 1, Some("CC108"), |_, machine| {
        in_repository(machine.configured().with_keys(), &url("demo.git"))
    });
}

#[test]
fn a_user_name_in_the_url() {
    let with_user = |_: &StandIn, machine: Machine| {
        in_repository(machine.configured().with_keys(), &url("demo").replace("https://", "https://alice@"))
    };
    reported("user_in_url", 1, Some("CC602"), with_user);
    reported("user_in_url_challenged", 0, None, |aws, machine| {
        aws.set_empty_password(EmptyPassword::Challenged);
        with_user(aws, machine)
    });
    reported("password_in_url", 1, Some("CC602"), |_, machine| {
        in_repository(machine.configured().with_keys(), &url("demo").replace("https://", "https://alice:hush@"))
    });
}

const IAM_USER: &str = "alice-at-111122223333";
const IAM_PASSWORD: &str = "generated/password=";

/// Alice's IAM Git credentials in git-credential-store, as it keeps them where `useHttpPath` is off.
fn iam_stored(aws: &StandIn, machine: Machine, config: &str) -> Machine {
    aws.add_git_credentials(IAM_USER, IAM_PASSWORD, ALICE);
    let stored = format!("https://{IAM_USER}:{}@{HOST}\n", IAM_PASSWORD.replace('/', "%2f"));
    machine.file("home/.gitconfig", config).file("home/.git-credentials", &stored)
}

const OURS_THEN_STORE: &str = "[credential]\n\thelper = codecommit\n\thelper = store\n\tuseHttpPath = true\n";
const STORE_WITHOUT_PATH: &str = "[credential]\n\thelper = codecommit\n\thelper = store\n";

fn with_iam_user(url: &str) -> String {
    url.replace("https://", &format!("https://{IAM_USER}@"))
}

#[test]
fn iam_git_credentials_that_are_stored_without_a_path() {
    reported("iam_stored_without_path", 1, Some("CC612"), |aws, machine| {
        in_repository(iam_stored(aws, machine, OURS_THEN_STORE), &url("demo"))
    });
    // Which CodeCommit does not take: they are no way out.
    reported("iam_stored_without_path_and_wrong", 1, Some("CC201"), |aws, machine| {
        let machine = iam_stored(aws, machine, OURS_THEN_STORE);
        let wrong = format!("https://{IAM_USER}:wrong@{HOST}\n");
        in_repository(machine.file("home/.git-credentials", &wrong), &url("demo"))
    });
    // With AWS credentials nobody needs them.
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = iam_stored(&aws, Machine::before(&aws).with_git(git), OURS_THEN_STORE).with_keys();
        let report = doctor(&in_repository(machine, &url("demo")), &[]).succeeds().stdout;
        assert!(!report.contains("IAM Git"), "{report}");
    });
}

#[test]
fn the_user_name_of_an_iam_git_credential() {
    // CodeCommit may refuse or challenge the empty password that curl sends first: both are reported.
    reported("iam_user_in_url_refused", 1, Some("CC602"), |aws, machine| {
        in_repository(iam_stored(aws, machine, STORE_WITHOUT_PATH), &with_iam_user(&url("demo")))
    });
    let challenged = |aws: &StandIn, machine: Machine, config: &str| {
        aws.set_empty_password(EmptyPassword::Challenged);
        in_repository(iam_stored(aws, machine, config), &with_iam_user(&url("demo")))
    };
    reported("iam_user_in_url", 0, None, |aws, machine| challenged(aws, machine, STORE_WITHOUT_PATH));
    reported("iam_user_in_url_and_path", 1, Some("CC612"), |aws, machine| challenged(aws, machine, OURS_THEN_STORE));
    reported("iam_user_without_password", 3, None, |aws, machine| {
        challenged(aws, machine, STORE_WITHOUT_PATH).file("home/.git-credentials", "")
    });
    let configured = format!("{STORE_WITHOUT_PATH}\tusername = {IAM_USER}\n");
    let with = |aws: &StandIn, machine: Machine| in_repository(iam_stored(aws, machine, &configured), &url("demo"));
    reported("iam_user_configured", 0, None, with);
    reported("iam_user_refused", 1, Some("CC613"), |aws, machine| {
        with(aws, machine).file("home/.git-credentials", &format!("https://{IAM_USER}:wrong@{HOST}\n"))
    });
    reported("iam_user_denied", 1, Some("CC411"), |aws, machine| {
        aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        with(aws, machine)
    });
    reported("iam_user_without_repository", 1, Some("CC421"), |aws, machine| {
        aws.remove_repository(ACCOUNT, REGION, "demo");
        with(aws, machine)
    });
}

#[test]
fn empty_auth_that_codecommit_refuses() {
    reported("empty_auth", 1, Some("CC610"), |_, machine| {
        let machine = healthy(machine);
        machine.git(&["config", "--global", "http.emptyAuth", "true"]).succeeds();
        machine
    });
}

#[test]
fn netrc_or_a_header_of_ones_own_answers() {
    reported("netrc", 1, Some("CC603"), |_, machine| {
        healthy(machine.file("home/.netrc", &format!("machine {HOST}\nlogin alice\npassword hush\n")))
    });
    reported("extra_header", 1, Some("CC604"), |_, machine| {
        let machine = healthy(machine);
        machine.git(&["config", "--global", "http.extraHeader", "Authorization: Basic aHVzaDpodXNo"]).succeeds();
        machine
    });
}

#[test]
fn an_ssh_remote() {
    let ssh = format!("ssh://{HOST}/v1/repos/demo");
    reported("ssh_without_config", 1, Some("CC606"), |_, machine| in_repository(machine, &ssh));
    let config = "Host git-codecommit.*.amazonaws.com\n  User APKAEIBAERJR2EXAMPLE\n  IdentityFile ~/.ssh/codecommit\n";
    reported("ssh_with_config", 3, None, |_, machine| {
        in_repository(machine.file("home/.ssh/config", config).file("home/.ssh/codecommit", "key"), &ssh)
    });
    reported("ssh_without_identity", 1, Some("CC606"), |_, machine| {
        in_repository(machine.file("home/.ssh/config", config), &ssh)
    });
}

#[test]
fn a_remote_of_git_remote_codecommit() {
    let remote = format!("codecommit::{REGION}://work@demo");
    let profile = format!("[profile work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    reported("remote_helper_missing", 1, Some("CC607"), |_, machine| {
        in_repository(machine.file("home/.aws/config", &profile), &remote)
    });
    for (name, program) in
        [("remote_helper_of_aws", "#!/usr/bin/env python3\nimport sys\n"), ("remote_helper_of_others", "#!/bin/sh\n")]
    {
        reported(name, 0, None, |_, machine| {
            let machine = machine.file("bin/git-remote-codecommit", program).file("home/.aws/config", &profile);
            in_repository(machine, &remote)
        });
    }
}

/// With this project's program beside it.
fn with_remote_helper(machine: Machine) -> Machine {
    symlink(env!("CARGO_BIN_EXE_git-remote-codecommit"), machine.bin().join("git-remote-codecommit")).expect("a link");
    machine
}

#[test]
fn what_a_codecommit_url_leaves_open_is_told_with_where_it_comes_from() {
    let profile =
        format!("[profile work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\nregion = {REGION}\n");
    let machine = |machine: Machine| with_remote_helper(machine.file("home/.aws/config", &profile));
    reported("remote_helper_there", 0, None, |_, fresh| in_repository(machine(fresh), "codecommit://work@demo"));
    reported("remote_helper_by_variables", 0, None, |_, fresh| {
        let machine = machine(fresh).env("AWS_PROFILE", "work").env("AWS_REGION", "us-east-1");
        let machine = machine.env("AWS_DEFAULT_REGION", REGION).env("AWS_USE_FIPS_ENDPOINT", "true");
        in_repository(machine, "codecommit://demo")
    });
    reported("remote_helper_at_an_endpoint", 3, None, |_, fresh| {
        let machine = machine(fresh).env("CODE_COMMIT_ENDPOINT", "git.corp.test");
        in_repository(machine, "codecommit://work@demo")
    });
    reported("remote_helper_without_region", 1, Some("CC104"), |_, fresh| {
        in_repository(with_remote_helper(fresh.with_keys()), "codecommit://demo")
    });
}

#[test]
fn submodules_that_git_would_not_fetch() {
    let with_submodule = |machine: Machine, url: &str| {
        let modules = format!("[submodule \"part\"]\n\tpath = libs/part\n\turl = codecommit::{REGION}://part\n");
        in_repository(machine, url).file("home/work/.gitmodules", &modules)
    };
    reported("submodule_not_allowed", 1, Some("CC611"), |_, machine| {
        with_submodule(machine.configured().with_keys(), &url("demo"))
    });
    reported("submodule_not_allowed_beside_a_foreign_remote", 1, Some("CC611"), |_, machine| {
        let machine = with_submodule(machine, "https://github.com/acme/billing.git");
        machine.git(&["-C", "work", "config", "protocol.codecommit.allow", "always"]).succeeds();
        machine
    });
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = with_submodule(Machine::before(&aws).with_git(git).configured().with_keys(), &url("demo"));
        machine.git(&["config", "--global", "protocol.codecommit.allow", "always"]).succeeds();
        let report = doctor(&machine, &[]).succeeds().stdout;
        assert!(report.contains("ok    codecommit:: URLs are allowed for submodules"), "{report}");
        // What was named on the command line has no submodules.
        assert!(!doctor(&machine, &[&url("demo")]).stdout.contains("submodules"));
    });
}

#[test]
fn there_are_no_credentials() {
    reported("no_credentials", 1, Some("CC201"), |_, machine| in_repository(machine.configured(), &url("demo")));
}

#[test]
fn pulling_or_pushing_is_denied() {
    let denied = |action| {
        move |aws: &StandIn, machine: Machine| {
            aws.deny(ALICE, action, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
            healthy(machine)
        }
    };
    reported("pull_denied", 1, Some("CC411"), denied(Action::GitPull));
    reported("push_denied", 1, Some("CC411"), denied(Action::GitPush));
}

/// The whole report at a terminal of so many columns, as it is printed.
fn at_terminal(columns: u16, machine: &Machine, arguments: &str) -> String {
    let line = format!("stty cols {columns} rows 40; exec git -C work credential-codecommit doctor {arguments}");
    at_a_terminal(machine.command("script".as_ref()), &line, "", "")
}

#[test]
fn what_one_administrator_can_add_is_asked_for_at_once() {
    reported("pull_and_push_denied", 1, Some("CC411"), |aws, machine| {
        aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        healthy(machine)
    });
    // For two reasons there are two explanations.
    reported("pull_and_push_denied_for_two_reasons", 1, Some("CC411"), |aws, machine| {
        aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Explicit(PolicyKind::ServiceControl));
        healthy(machine)
    });
}

#[test]
fn every_problem_is_explained_and_the_one_that_bites_first_comes_first() {
    reported("several_problems", 1, Some("CC604"), |aws, machine| {
        aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        aws.set_clock_offset(TimeDelta::minutes(30));
        let machine = healthy(machine);
        machine.git(&["config", "--global", "http.extraHeader", "Authorization: Basic aHVzaDpodXNo"]).succeeds();
        let key = "credential.https://git-codecommit.*.amazonaws.com.useHttpPath";
        machine.git(&["config", "--global", key, "false"]).succeeds();
        machine
    });
}

#[test]
fn a_fetch_alone_is_checked_where_that_is_asked() {
    let aws = aws_with_demo();
    aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
    let machine = healthy(Machine::before(&aws));
    assert_eq!(doctor(&machine, &[]).status, 1);
    aws.forget();
    let report = doctor(&machine, &["--fetch-only"]).succeeds().stdout;
    assert!(report.contains("fetch allowed") && !report.contains("push"), "{report}");
    assert_eq!(calls(&aws, "GitPush"), 0, "CodeCommit is not asked either");
    let json: Value = serde_json::from_str(&doctor(&machine, &["--fetch-only", "--json"]).stdout).expect("JSON");
    assert_eq!(json["operations"], serde_json::json!(["fetch"]));
}

#[test]
fn without_a_repository_all_that_needs_none_is_checked() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = Machine::before(&aws).with_git(git).configured().with_keys().env("AWS_REGION", REGION);
        machine.git(&["init", "-q", "work"]).succeeds();
        let run = doctor(&machine, &[]);
        assert_eq!(run.status, 3, "{}", run.transcript());
        assert_snapshot!("without_repository", steady(&run));
        let signed = aws.requests().into_iter().filter(|request| request.access_key_id.is_some());
        let actions: Vec<String> = signed.filter_map(|request| request.action).collect();
        assert!(actions.iter().all(|action| action == "GetCallerIdentity"), "of no repository: {actions:?}");
        let json: Value = serde_json::from_str(&doctor(&machine, &["--json"]).stdout).expect("JSON");
        assert_eq!((&json["url"], &json["identity"]["account"]), (&Value::Null, &Value::from(ACCOUNT)));
    });
}

#[test]
fn a_url_for_pushes_counts() {
    reported("pushurl", 0, None, |_, machine| {
        let machine = in_repository(machine.configured().with_keys(), "https://github.com/acme/billing.git");
        machine.git(&["-C", "work", "remote", "set-url", "--push", "origin", &url("demo")]).succeeds();
        machine
    });
}

#[test]
fn a_certificate_that_git_does_not_verify_is_a_warning() {
    let with = |setting: &'static str| {
        let aws = aws_with_demo();
        let machine = healthy(Machine::before(&aws));
        machine.git(&["config", "--global", "http.sslVerify", setting]).succeeds();
        doctor(&machine, &[]).succeeds().stdout
    };
    assert!(with("false").contains("  warn  http.sslVerify is false: git does not verify CodeCommit's certificate\n"));
    assert!(!with("true").contains("sslVerify"));
    let aws = aws_with_demo();
    let machine = healthy(Machine::before(&aws)).env("GIT_SSL_NO_VERIFY", "1");
    assert!(doctor(&machine, &[]).succeeds().stdout.contains("  warn  GIT_SSL_NO_VERIFY is set: "));
}

#[test]
fn where_our_own_way_fails_git_is_asked() {
    // A certificate that git is told not to verify, and that this program verifies all the same.
    let elsewhere = StandIn::start();
    reported("git_gets_through", 0, None, |_, machine| {
        let bundles = ["AWS_CA_BUNDLE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "SSL_CERT_FILE"];
        let another = elsewhere.ca_file().display().to_string();
        let machine = healthy(bundles.into_iter().fold(machine, |machine, name| machine.env(name, &another)));
        machine.git(&["config", "--global", "http.sslVerify", "false"]).succeeds();
        machine
    });
    // Where git fails as well, that is told, too.
    reported("git_fails_too", 1, Some("CC220"), |_, machine| healthy(machine).env("HTTPS_PROXY", "http://127.0.0.1:9"));
}

#[test]
fn rows_fit_the_terminal_and_have_its_colors() {
    let aws = aws_with_demo();
    aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
    let machine = healthy(Machine::before(&aws));
    for columns in [80, 120] {
        let shown = at_terminal(columns, &machine, "");
        let shown = Transcript::of(&shown.replace('\u{1b}', "<ESC>"))
            .request_ids("[ID]")
            .between(" in ", " ms", "99")
            .between("127.0.0.1:", " (", "40000");
        // As many columns as the milliseconds have digits less are between them and what follows.
        let shown = shown.to_string();
        let steady = shown.lines().map(|line| match line.split_once("connected over TLS in 99 ms ") {
            Some((word, way)) => format!("{word}{:<64} {}", "connected over TLS in 99 ms", way.trim_start()),
            None => line.to_owned(),
        });
        let steady: Vec<String> = steady.collect();
        assert_snapshot!(format!("terminal_{columns}"), steady.join("\n"));
        let too_long = shown.lines().take_while(|line| !line.contains("CC411")).find(|line| {
            let plain = line.replace("<ESC>[1m", "").replace("<ESC>[31m", "").replace("<ESC>[32m", "");
            plain.replace("<ESC>[0m", "").chars().count() > usize::from(columns)
        });
        assert_eq!(too_long, None, "{columns} columns");
    }
    let plain = at_terminal(80, &machine, "--color=never");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let piped = doctor(&machine, &["--color=always"]).stdout;
    assert!(piped.contains("\u{1b}[32mok   \u{1b}[0m "), "{piped}");
    assert!(!doctor(&machine, &[]).stdout.contains('\u{1b}'));
    let machine = machine.env("NO_COLOR", "1");
    assert!(!at_terminal(80, &machine, "").contains('\u{1b}'));
    let machine = machine.without("NO_COLOR").env("CLICOLOR_FORCE", "1");
    assert!(doctor(&machine, &[]).stdout.contains("\u{1b}[32m"));
}

#[test]
fn a_bug_report_has_what_is_needed_and_nothing_secret() {
    let aws = aws_with_demo();
    aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
    let config = "[credential]\n\thelper = \"!f() { echo username=x; echo password=hush-hush; }; f\"\n\thelper = codecommit\n\
                  \tuseHttpPath = true\n[http]\n\textraHeader = \"X-Token: hush-hush\"\n\tcookieFile = hush-hush\n";
    let machine =
        Machine::before(&aws).with_keys().file("home/.gitconfig", config).env("AWS_SESSION_NAME", "hush-hush");
    let machine = in_repository(machine, &url("demo").replace("https://", "https://alice:hush-hush@"));
    let run = machine.git(&["-C", "work", "credential-codecommit", "doctor", "--report", "report.txt"]);
    assert_eq!(run.status, 1, "{}", run.transcript());
    let report = std::fs::read_to_string(machine.path("home/work/report.txt")).expect("a report");
    assert_eq!(leak(&report, &["hush-hush".to_owned(), KEY_ID.to_owned()]), None, "{report}");
    for line in [
        "CC602 the remote URL contains a password, so git asks no credential helper",
        "  ~/.gitconfig: credential.usehttppath = true",
        "  ~/.gitconfig: http.extraheader = X-Token: …",
        "  ~/.gitconfig: http.cookiefile = (a value of 9 characters)",
        "  git's first request: HTTP 401",
        "    WWW-Authenticate: Basic realm=\"CodeCommit\"",
        "  push with a new signature: HTTP 403",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
    assert!(report.contains("AWS_SECRET_ACCESS_KEY, "), "names of variables: {report}");
    assert!(!report.contains("GCM_INTERACTIVE"), "only the person's own: {report}");
    assert!(report.contains("body, with the length of each text in it: <"), "{report}");
    // A file that is there stays as it is.
    let again = machine.git(&["-C", "work", "credential-codecommit", "doctor", "--report", "report.txt"]);
    assert_eq!(again.status, 3, "{}", again.transcript());
    assert_eq!(std::fs::read_to_string(machine.path("home/work/report.txt")).expect("a report"), report);
}

#[test]
fn a_document_is_printed_also_where_there_is_nothing_to_check() {
    let aws = aws_with_demo();
    let machine = healthy(Machine::before(&aws));
    let run = doctor(&machine, &["upstream", "--json"]);
    let json: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((run.status, json["nothing_to_check"].as_str()), (3, Some("no such remote: `upstream`")));
    let machine = in_repository(Machine::before(&aws), "https://github.com/acme/billing.git");
    let json: Value = serde_json::from_str(&doctor(&machine, &["--json"]).stdout).expect("JSON");
    assert!(json["nothing_to_check"].is_string(), "{json:#}");
}

#[test]
fn a_key_that_is_inactive() {
    reported("key_inactive", 1, Some("CC401"), |aws, machine| {
        aws.set_key_state(KEY_ID, KeyState::Inactive);
        healthy(machine)
    });
}

#[test]
fn a_repository_is_searched_in_all_regions() {
    reported("in_another_region", 1, Some("CC421"), |aws, machine| {
        aws.remove_repository(ACCOUNT, REGION, "demo");
        aws.seed_repository(ACCOUNT, "ap-south-2", "demo");
        healthy(machine)
    });
    reported("in_no_region", 1, Some("CC421"), |aws, machine| {
        aws.remove_repository(ACCOUNT, REGION, "demo");
        healthy(machine)
    });
}

#[test]
fn the_clock_is_wrong() {
    reported("clock_behind", 1, Some("CC406"), |aws, machine| {
        aws.set_clock_offset(TimeDelta::minutes(30));
        healthy(machine)
    });
}

#[test]
fn nothing_answers_and_it_is_over_soon() {
    reported("blackhole", 1, Some("CC220"), |aws, machine| {
        aws.set_proxy(ProxyAnswer::Blackhole);
        healthy(machine)
    });
    reported("proxy_forbids", 1, Some("CC220"), |aws, machine| {
        aws.set_proxy(ProxyAnswer::Forbidden);
        healthy(machine)
    });
    reported("silent", 1, Some("CC220"), |aws, machine| {
        aws.set_mode(Mode::Silent);
        healthy(machine)
    });
    // A role to open and nobody who answers: the credentials have a bound of their own.
    reported("silent_role", 1, Some("CC220"), |aws, machine| {
        aws.set_proxy(ProxyAnswer::Blackhole);
        let config = format!(
            "[default]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/Developer\nsource_profile = base\n[profile base]\n\
             aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
        );
        in_repository(machine.configured().file("home/.aws/config", &config), &url("demo"))
    });
}

#[test]
fn an_answer_that_is_not_awss_is_told_apart() {
    reported("page_of_a_proxy", 1, Some("CC220"), |aws, machine| {
        let page = FixedAnswer {
            status: 403,
            content_type: Some("text/html".into()),
            body: "<html>blocked</html>".into(),
            from_aws: false,
        };
        aws.fix_answer(HOST, page);
        healthy(machine)
    });
    reported("unavailable", 3, None, |aws, machine| {
        aws.set_mode(Mode::Unavailable);
        healthy(machine)
    });
}

#[test]
fn a_helper_that_waits_for_a_person_is_not_waited_for() {
    reported("helper_that_prompts", 0, None, |_, machine| {
        machine.program("git-credential-asks", "sleep 60; echo password=x");
        let config = "[credential]\n\thelper = codecommit\n\tuseHttpPath = true\n\thelper = asks\n";
        in_repository(machine.with_keys().file("home/.gitconfig", config), &url("demo"))
    });
    let machine = Machine::new();
    let marks = machine.path("asked");
    let ask = format!(
        "printf 'DISPLAY=%s\\nGIT_ASKPASS=%s\\nGCM_INTERACTIVE=%s\\nGIT_CODECOMMIT_VERIFY=%s\\n' \
         \"$DISPLAY\" \"$GIT_ASKPASS\" \"$GCM_INTERACTIVE\" \"$GIT_CODECOMMIT_VERIFY\" >>{}",
        marks.display()
    );
    machine.program("git-credential-asks", &ask);
    let config = "[credential]\n\thelper = asks\n\thelper = codecommit\n\tuseHttpPath = true\n";
    let machine = machine.with_keys().env("DISPLAY", ":0").env("GIT_ASKPASS", "xeyes").file("home/.gitconfig", config);
    let machine = in_repository(machine, &url("demo"));
    let _ = doctor(&machine, &[]);
    let told = std::fs::read_to_string(marks).expect("the helper was asked");
    assert!(
        told.contains("DISPLAY=\nGIT_ASKPASS=false\nGCM_INTERACTIVE=never\nGIT_CODECOMMIT_VERIFY=never\n"),
        "{told}"
    );
    assert!(!told.contains("xeyes") && !told.contains(":0"), "{told}");
}

#[test]
fn the_profile_of_the_helper_signs_unless_another_is_given() {
    let aws = aws_with_demo();
    aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
    let config = format!(
        "[profile work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n[profile temporary]\n\
         aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
    );
    let git = "[credential]\n\thelper = codecommit --profile work\n\tuseHttpPath = true\n";
    let machine = Machine::before(&aws).file("home/.aws/config", &config).file("home/.gitconfig", git);
    let machine = in_repository(machine, &url("demo"));
    let report = doctor(&machine, &[]).succeeds().stdout;
    assert!(report.contains("key AKIA…MPLE") && report.contains("profile `work`"), "{report}");
    let report = doctor(&machine, &["--profile", "temporary"]).succeeds().stdout;
    assert!(report.contains("key ASIA…MPLE") && !report.contains(TOKEN), "{report}");
}

#[test]
fn a_url_and_a_remote_can_be_named() {
    let aws = aws_with_demo();
    let machine = healthy(Machine::before(&aws));
    machine.git(&["-C", "work", "remote", "add", "elsewhere", "https://github.com/a/b"]).succeeds();
    assert_eq!(doctor(&machine, &["elsewhere"]).status, 3);
    assert_eq!(doctor(&machine, &["origin"]).status, 0);
    assert_eq!(doctor(&machine, &[&url("demo")]).status, 0);
    assert_eq!(doctor(&machine, &["--nonsense"]).status, 2);
    assert_snapshot!("help", doctor(&machine, &["--help"]).succeeds().stdout);
}

#[test]
fn json_says_what_the_text_says() {
    let aws = aws_with_demo();
    let machine = stored(Machine::before(&aws), TimeDelta::minutes(134));
    let text = steady(&doctor(&machine, &[]));
    let run = doctor(&machine, &["--json"]);
    assert_eq!(run.status, 1);
    let json = steady(&run);
    let value: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let checks = value["checks"].as_array().expect("checks");
    let lines = text
        .lines()
        .filter(|line| ["  ok ", "  warn ", "  FAIL ", "  skip "].iter().any(|word| line.starts_with(word)));
    assert_eq!(lines.count(), checks.len());
    for check in checks.iter().skip(1) {
        let fact = check["fact"].as_str().expect("a fact").split(" in ").next().unwrap_or_default().to_owned();
        let fact = fact.split("127.0.0.1").next().unwrap_or_default();
        assert!(text.contains(fact), "{fact}\n{text}");
    }
    let problem = &value["problems"][0];
    assert_eq!(problem["code"], "CC601");
    assert!(text.contains(problem["fix"]["text"].as_str().expect("a fix")), "{text}");
    assert_snapshot!("stale_signature_json", json);
}

/// The paths of all fields below `value`: `checks[].id`. A null may stand for an object, and is one of its own.
fn fields(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                if !value.is_object() || matches!(path.as_str(), "identity" | "problems[].fix") {
                    into.insert(if value.is_array() { format!("{path}[]") } else { path.clone() });
                }
                fields(value, &path, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(value, &format!("{path}[]"), into)),
        _ => {}
    }
}

#[test]
fn the_page_on_doctor_describes_the_document_that_is_printed() {
    let aws = aws_with_demo();
    let json = |machine: &Machine, arguments: &[&str]| -> Value {
        let run = doctor(machine, &[arguments, &["--json"]].concat());
        let value: Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(value["exit_status"], run.status, "{value:#}");
        value
    };
    aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
    let documents = [
        json(&healthy(Machine::before(&aws)), &[]),
        json(&healthy(Machine::before(&aws)), &["--fetch-only"]),
        json(&healthy(Machine::before(&aws)), &["upstream"]),
        json(&stored(Machine::before(&aws), TimeDelta::minutes(134)), &[]),
        json(&in_repository(Machine::before(&aws).configured(), &url("demo").replace("eu-west-1.", "")), &[]),
        json(&in_repository(Machine::before(&aws), &format!("ssh://{HOST}/v1/repos/demo")), &[]),
        json(&healthy(Machine::before(&aws).file("home/.netrc", "default login x password y\n")), &[]),
        json(&healthy(Machine::before(&aws)), &[&url("demo.git")]),
    ];
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor.md")).expect("a page");
    let (_, table) = page.split_once("| Field | Value |\n|---|---|\n").expect("a table of the fields");
    let rows = table.lines().take_while(|line| !line.is_empty());
    let described: Vec<(&str, &str)> =
        rows.map(|row| row[3..].split_once("` | ").expect("a field and its value")).collect();
    let mut printed = BTreeSet::new();
    for document in &documents {
        fields(document, "", &mut printed);
    }
    let names: BTreeSet<String> = described.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, printed, "docs/doctor.md and the documents differ");
    // Of what has a few values only, each that is printed is described, and each that is described is printed.
    let check = |name: &str, values: BTreeSet<String>| {
        let (_, text) = described.iter().find(|(field, _)| *field == name).expect("described");
        let named: BTreeSet<String> = text.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        assert_eq!(named, values, "{name}");
    };
    let all = |list: &str, value: &dyn Fn(&Value) -> Value| -> BTreeSet<String> {
        let each = documents.iter().flat_map(|document| document[list].as_array().expect("a list").clone());
        each.filter_map(|each| value(&each).as_str().map(str::to_owned)).collect()
    };
    check("checks[].state", all("checks", &|check| check["state"].clone()));
    check("operations[]", all("operations", &Value::clone));
    check("problems[].fix.type", all("problems", &|problem| problem["fix"]["type"].clone()));
    let ids = all("checks", &|check| check["id"].clone());
    assert!(ids.iter().all(|id| page.contains(&format!("| `{id}` | "))), "{ids:?}");
    assert!(described.contains(&("schema", "1 |")) && documents.iter().all(|document| document["schema"] == 1));
}

#[test]
fn nothing_secret_is_in_any_report() {
    let aws = aws_with_demo();
    let secret_url = url("demo").replace("https://", "https://alice:hush-hush@");
    let config = "[credential]\n\thelper = \"!f() { echo username=x; echo password=hush-hush; }; f\"\n\
                  \thelper = codecommit\n\tuseHttpPath = true\n[http]\n\textraHeader = \"Authorization: hush-hush\"\n";
    let machine = Machine::before(&aws)
        .with_keys()
        .file("home/.gitconfig", config)
        .file("home/.netrc", &format!("machine {HOST} login x password hush-hush\n"));
    let machine = in_repository(machine, &secret_url);
    for arguments in [&[][..], &["--json"]] {
        let run = doctor(&machine, arguments);
        for text in [&run.stdout, &run.stderr] {
            assert_eq!(leak(text, &["hush-hush".to_owned(), KEY_ID.to_owned()]), None, "{text}");
        }
    }
}
