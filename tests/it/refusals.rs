//! Every refusal of CodeCommit's, through the real git: what the person at the terminal reads.
//!
//! Each case is driven with every git on the PATH, once with the reason in the reply's body and once without: the
//! verdict must be right either way, and say how sure it is.

use crate::common::transcript::Transcript;
use crate::common::{
    ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, ROLE, SECRET, TOKEN, aws_with_demo, request, url, with_each_git,
};
use insta::assert_snapshot;
use stand_in::{
    AccessKey, Action, DenyTail, EncryptionFailure, FixedAnswer, KeyState, Mode, PolicyKind, ProxyAnswer, Role,
    StandIn, TimeDelta,
};
use std::time::{Duration, Instant};

fn steady(transcript: &str) -> Transcript {
    Transcript::of(transcript).request_ids("[ID]")
}

/// Drives a refused clone (or push) and keeps what was shown, with and without bodies.
fn refused(name: &str, prepare: impl Fn(&StandIn), machine: impl Fn(Machine) -> Machine, push: bool) {
    with_each_git(|git| {
        for bodies in [true, false] {
            let aws = aws_with_demo();
            let person = Machine::before(&aws).with_git(git).configured().with_keys();
            if push {
                person.git(&["clone", "-q", &url("demo")]).succeeds();
                person.git(&["-C", "demo", "commit", "-q", "--allow-empty", "-m", "x"]).succeeds();
            }
            prepare(&aws);
            aws.set_bodies(bodies);
            let person = machine(person);
            let started = Instant::now();
            let run = if push { person.git(&["-C", "demo", "push"]) } else { person.git(&["clone", &url("demo")]) };
            assert!(started.elapsed() < Duration::from_secs(8), "{name}: {:?}", started.elapsed());
            assert_ne!(run.status, 0, "{name} must be refused");
            let suffix = if bodies { "" } else { "_without_body" };
            assert_snapshot!(format!("{name}{suffix}"), steady(&run.transcript()));
        }
    });
}

fn same(machine: Machine) -> Machine {
    machine
}

fn temporary(machine: Machine) -> Machine {
    machine.env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE").env("AWS_SESSION_TOKEN", TOKEN)
}

#[test]
fn an_access_key_that_is_unknown_or_inactive() {
    refused("key_unknown", |_| {}, |machine| machine.env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE"), false);
    refused("key_inactive", |aws| aws.set_key_state(KEY_ID, KeyState::Inactive), same, false);
}

#[test]
fn a_secret_that_is_not_the_keys() {
    refused("secret_mismatch", |_| {}, |machine| machine.env("AWS_SECRET_ACCESS_KEY", "another/secret"), false);
}

#[test]
fn a_session_token_that_is_stray_wrong_or_expired() {
    let add = |state| {
        move |aws: &StandIn| {
            aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE).in_state(state));
        }
    };
    // Ids may grow longer one day. Beside one of today's a token is refused unasked: tests/it/values.rs.
    let longer = "AKIAIOSFODNN7EXAMPLE22";
    refused(
        "token_stray",
        |aws| aws.add_key(AccessKey::long_term(longer, SECRET, ALICE)),
        |machine| machine.env("AWS_ACCESS_KEY_ID", longer).env("AWS_SESSION_TOKEN", "left-over"),
        false,
    );
    refused(
        "token_of_another_set",
        add(KeyState::Active),
        |machine| temporary(machine).env("AWS_SESSION_TOKEN", "other"),
        false,
    );
    refused("token_expired", add(KeyState::Expired), temporary, false);
}

#[test]
fn a_region_that_is_not_enabled() {
    let host = HOST.replace("eu-west-1", "ap-east-1");
    with_each_git(|git| {
        let aws = aws_with_demo();
        aws.seed_repository(ACCOUNT, "ap-east-1", "demo");
        aws.disable_region("ap-east-1");
        let machine = Machine::before(&aws).with_git(git).configured().with_keys();
        let run = machine.git(&["clone", &format!("https://{host}/v1/repos/demo")]);
        assert_snapshot!("region_not_enabled", steady(&run.transcript()));
    });
}

#[test]
fn a_permission_that_is_missing_names_the_statement_to_ask_for() {
    let implicit =
        |action| move |aws: &StandIn| aws.deny(ALICE, action, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
    refused("pull_denied", implicit(Action::GitPull), same, false);
    refused("push_denied", implicit(Action::GitPush), same, true);
    refused("pull_denied_bare", |aws| aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Bare), same, false);
}

#[test]
fn every_kind_of_policy_has_its_own_words() {
    for (name, kind) in [
        ("explicit", PolicyKind::IdentityBased),
        ("service_control", PolicyKind::ServiceControl),
        ("boundary", PolicyKind::PermissionsBoundary),
        ("session", PolicyKind::Session),
        ("vpc_endpoint", PolicyKind::VpcEndpoint),
    ] {
        let deny = |aws: &StandIn| aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Explicit(kind));
        // Without a body no policy can be told from another.
        let aws = aws_with_demo();
        deny(&aws);
        let run = Machine::before(&aws).configured().with_keys().git(&["clone", &url("demo")]);
        assert_snapshot!(format!("denied_{name}"), steady(&run.transcript()));
    }
    refused(
        "push_denied_explicitly",
        |aws| aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Explicit(PolicyKind::IdentityBased)),
        same,
        true,
    );
}

#[test]
fn a_kms_key_that_cannot_be_used() {
    refused("kms_denied", |aws| aws.set_encryption("demo", Some(EncryptionFailure::AccessDenied)), same, false);
    refused("kms_disabled", |aws| aws.set_encryption("demo", Some(EncryptionFailure::Disabled)), same, false);
}

#[test]
fn a_repository_that_is_not_there() {
    let gone = |aws: &StandIn| aws.remove_repository(ACCOUNT, REGION, "demo");
    refused("repository_missing", gone, same, false);
    refused(
        "repository_in_another_region",
        |aws| {
            aws.remove_repository(ACCOUNT, REGION, "demo");
            aws.seed_repository(ACCOUNT, "us-west-2", "demo");
        },
        |machine| {
            machine.file("home/.aws/config", "[profile x]\nregion = us-west-2\n[profile y]\nregion = cn-north-1\n")
        },
        false,
    );
    refused(
        "repository_of_another_name",
        |aws| {
            aws.remove_repository(ACCOUNT, REGION, "demo");
            aws.seed_repository(ACCOUNT, REGION, "Demo");
        },
        same,
        false,
    );
    let other = "arn:aws:iam::444455556666:user/bob";
    refused(
        "repository_of_another_account",
        |aws| aws.add_key(AccessKey::long_term("AKIAI44QH8DHBEXAMPLE", SECRET, other)),
        |machine| machine.env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE"),
        false,
    );
}

#[test]
fn where_sts_and_the_api_do_not_answer_the_verdict_says_what_is_not_known() {
    let unreachable = |aws: &StandIn| {
        for host in ["sts.eu-west-1.amazonaws.com", "codecommit.eu-west-1.amazonaws.com"] {
            aws.set_proxy_for(host, ProxyAnswer::Blackhole);
        }
        aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
    };
    refused("pull_denied_alone", unreachable, same, false);
    let denied = |aws: &StandIn| {
        for action in [Action::GitPull, Action::GetRepository, Action::ListRepositories] {
            aws.deny(ALICE, action, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        }
    };
    refused("pull_denied_with_all_else", denied, same, false);
}

#[test]
fn a_connection_that_may_not_be_used() {
    let aws = aws_with_demo();
    aws.connect_repository(ACCOUNT, REGION, "0f2b", "octo", "app");
    aws.deny(ALICE, Action::UseConnection, "*", DenyTail::Implicit(PolicyKind::IdentityBased));
    let machine = Machine::before(&aws).with_keys();
    machine.git(&["config", "--global", "credential.helper", "codecommit"]).succeeds();
    machine.git(&["config", "--global", "credential.useHttpPath", "true"]).succeeds();
    let connection =
        format!("https://codeconnections.{REGION}.amazonaws.com/git-http/{ACCOUNT}/{REGION}/0f2b/octo/app.git");
    assert_snapshot!("connection_denied", steady(&machine.git(&["clone", &connection]).transcript()));
}

/// The requests that this program sent to the git service, rather than git.
fn ours(aws: &StandIn) -> Vec<stand_in::Request> {
    let mut requests = aws.requests();
    requests.retain(|request| request.host == HOST && request.user_agent.starts_with("git-credential-codecommit"));
    requests
}

/// The statuses that the git service gave since the last `forget`.
fn probes(aws: &StandIn) -> Vec<u16> {
    aws.requests().iter().filter(|request| request.host == HOST).map(|request| request.status).collect()
}

#[test]
fn a_repository_in_good_standing_costs_no_request_and_a_failed_attempt_ends_it() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = Machine::before(&aws).with_git(git).configured().with_keys();
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
        let probed = |machine: &Machine| {
            aws.forget();
            let run = machine.git(&["-C", "demo", "fetch"]);
            (ours(&aws).len(), run)
        };
        assert_eq!(probed(&machine).0, 0, "git said that the clone worked");
        assert_eq!(probed(&machine).0, 0);
        // Refused at git's own request: nobody could know …
        aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        let (count, run) = probed(&machine);
        assert_eq!((count, run.stderr.contains("CC411")), (0, false), "{}", run.stderr);
        // … and explained at the next attempt.
        let (count, run) = probed(&machine);
        assert!(count > 0 && run.stderr.contains("CC411"), "{}", run.stderr);
        // Mended: verified once, and good again.
        aws.allow(ALICE, Action::GitPull, "demo");
        assert_eq!(probed(&machine).0, 1);
        assert_eq!(probed(&machine).0, 0);
        // Another operation, another key: verified.
        machine.git(&["-C", "demo", "commit", "-q", "--allow-empty", "-m", "x"]).succeeds();
        aws.forget();
        machine.git(&["-C", "demo", "push", "-q"]).succeeds();
        let queries: Vec<_> = ours(&aws).into_iter().map(|request| request.query).collect();
        assert_eq!(format!("{queries:?}").matches("git-receive-pack").count(), 1, "{queries:?}");
    });
}

#[test]
fn verification_can_be_asked_for_and_switched_off() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).with_keys();
    let count = |arguments: &[&str]| {
        aws.forget();
        machine.helper(arguments, &request("demo")).succeeds();
        probes(&aws).len()
    };
    assert_eq!(count(&["--verify", "never", "get"]), 0);
    assert!(!machine.path("home/.cache").exists(), "never remembers nothing");
    assert_eq!(count(&["--verify", "always", "get"]), 1);
    assert_eq!(count(&["get"]), 2, "an answer that was never stored: fetch, and what a push would get");
    let never = machine.env("GIT_CODECOMMIT_VERIFY", "never");
    aws.forget();
    never.get().succeeds();
    assert_eq!(probes(&aws).len(), 0);
}

#[test]
fn what_is_not_codecommits_own_refusal_never_makes_a_clone_fail() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).with_keys();
    let answered = |name: &str| {
        let started = Instant::now();
        let run = machine.get();
        assert_eq!((run.status, run.key_id()), (0, Some(KEY_ID)), "{name}: {}", run.transcript());
        assert!(started.elapsed() < Duration::from_secs(7), "{name}: {:?}", started.elapsed());
        run.stderr
    };
    aws.set_proxy(ProxyAnswer::Forbidden);
    assert_eq!(answered("a proxy that refuses"), "");
    // git has confirmed none of these answers.
    let not_asked = |why: &str| {
        format!(
            "git-credential-codecommit: warning: could not ask CodeCommit whether it accepts the credentials: {why}; git may \
             reach it, and if git reports 403, run: git credential-codecommit doctor\n"
        )
    };
    aws.set_proxy(ProxyAnswer::Blackhole);
    assert_eq!(answered("a proxy that never answers"), not_asked("could not connect within 5 s"));
    aws.set_proxy(ProxyAnswer::Tunnel);
    aws.set_mode(Mode::Silent);
    assert_eq!(answered("a server that never answers"), not_asked("no answer within 5 s"));
    aws.set_mode(Mode::Unavailable);
    assert_snapshot!("warning_unavailable", steady(&answered("503")));
    aws.set_mode(Mode::Throttled { retry_after: Some(60) });
    assert_snapshot!("warning_throttled", steady(&answered("429")));
    aws.set_mode(Mode::Normal);
    let page = FixedAnswer {
        status: 403,
        content_type: Some("text/html".into()),
        body: "<html>blocked</html>".into(),
        from_aws: false,
    };
    aws.fix_answer(HOST, page);
    assert_snapshot!("warning_not_aws", answered("a page of a proxy"));
}

#[test]
fn a_wrong_clock_is_corrected_and_told() {
    for (minutes, name) in [(30, "clock_behind"), (-90, "clock_ahead")] {
        let aws = aws_with_demo();
        aws.set_clock_offset(TimeDelta::minutes(minutes));
        let machine = Machine::before(&aws).configured().with_keys();
        for _ in 0..2 {
            let _ = std::fs::remove_dir_all(machine.path("home/demo"));
            let run = machine.git(&["clone", "-q", &url("demo")]).succeeds();
            assert!(run.stderr.contains("minutes"), "told every time: {}", run.stderr);
        }
        let told = machine.get().succeeds();
        let expiry: i64 = told.attribute("password_expiry_utc").expect("an end").parse().expect("a number");
        let left = expiry - chrono::Utc::now().timestamp();
        assert!((13 * 60..=14 * 60).contains(&left), "by the local clock, by which git judges it: {left}");
        let words = told.stderr.split('(').next().unwrap_or_default().to_owned();
        assert_snapshot!(name, words);
    }
}

#[test]
fn temporary_keys_of_a_role_share_the_roles_standing() {
    let aws = aws_with_demo();
    aws.add_role(Role::new(ROLE).trusting(ALICE));
    let machine = Machine::before(&aws)
        .configured()
        .file("home/.aws/config", &format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\n"))
        .file(
            "home/.aws/credentials",
            &format!("[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
        );
    machine.git(&["clone", "-q", &url("demo")]).succeeds();
    aws.forget();
    machine.git(&["-C", "demo", "fetch", "-q"]).succeeds();
    assert_eq!(ours(&aws).len(), 0, "other keys, the same identity");
}

#[test]
fn two_hundred_parallel_answers_leave_good_marks() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).with_keys().env("GIT_CODECOMMIT_VERIFY", "auto");
    let first = machine.get().succeeds();
    let stored = |run: &crate::common::Run| {
        format!("{}username={KEY_ID}\npassword={}\n", request("demo"), run.attribute("password").expect("one"))
    };
    machine.helper(&["store"], &stored(&first)).succeeds();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let run = machine.get().succeeds();
                    machine.helper(&["store"], &stored(&run)).succeeds();
                }
            });
        }
    });
    aws.forget();
    machine.get().succeeds();
    assert_eq!(probes(&aws).len(), 0, "in good standing after all of it");
    let left = std::fs::read_dir(machine.path("home/.cache/git-credential-codecommit/marks")).expect("marks").count();
    assert_eq!(left, 4, "the last answer, pending; the last acceptance; when old marks were looked for");
}
