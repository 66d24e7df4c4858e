//! The main job, end to end: the real git (every one on the PATH) through this program against the stand-in.

use crate::common::{ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, SECRET, TOKEN, aws_with_demo, url};
use insta::assert_snapshot;
use stand_in::{AccessKey, StandIn};
use std::fs;

/// Runs `test` with every git, and says which one when it fails.
fn with_each_git(test: impl Fn(Machine, &StandIn)) {
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        test(Machine::before(&aws).with_git(git), &aws);
    });
}

/// The statuses of CodeCommit's answers, in order.
fn statuses(aws: &StandIn) -> Vec<u16> {
    aws.requests().iter().map(|request| request.status).collect()
}

#[test]
fn clone_commit_push_and_fetch_work() {
    with_each_git(|machine, aws| {
        let machine = machine.configured().with_keys();
        machine.git(&["clone", &url("demo"), "one"]).succeeds();
        machine.git(&["clone", &url("demo"), "two"]).succeeds();
        fs::write(machine.path("home/one/new.txt"), "new\n").expect("a file");
        machine.git(&["-C", "one", "add", "new.txt"]).succeeds();
        machine.git(&["-C", "one", "commit", "-qm", "new"]).succeeds();
        machine.git(&["-C", "one", "push", "-q"]).succeeds();
        machine.git(&["-C", "two", "pull", "-q"]).succeeds();
        assert_eq!(fs::read_to_string(machine.path("home/two/new.txt")).expect("the file"), "new\n");
        assert!(statuses(aws).iter().all(|status| matches!(status, 200 | 401)), "{:?}", statuses(aws));
        assert!(aws.requests().iter().any(|request| request.action.as_deref() == Some("GitPush")));
    });
}

#[test]
fn the_short_global_configuration_works_too() {
    with_each_git(|machine, _| {
        let machine = machine.with_keys();
        machine.git(&["config", "--global", "credential.helper", "codecommit"]).succeeds();
        machine.git(&["config", "--global", "credential.UseHttpPath", "true"]).succeeds();
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
    });
}

#[test]
fn a_push_of_more_than_a_mebibyte_works() {
    with_each_git(|machine, aws| {
        let machine = machine.configured().with_keys();
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
        // Random enough not to be packed below http.postBuffer.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u8::try_from(state >> 56).expect("eight bits")
        })
        .take(3 << 20)
        .collect();
        fs::write(machine.path("home/demo/large.bin"), bytes).expect("a file");
        machine.git(&["-C", "demo", "add", "."]).succeeds();
        machine.git(&["-C", "demo", "commit", "-qm", "large"]).succeeds();
        machine.git(&["-C", "demo", "push", "-q"]).succeeds();
        assert!(statuses(aws).iter().all(|status| matches!(status, 200 | 401)), "{:?}", statuses(aws));
    });
}

#[test]
fn a_session_token_with_every_awkward_character_is_accepted() {
    with_each_git(|machine, aws| {
        aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
        let machine = machine
            .configured()
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN);
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
    });
}

#[test]
fn a_host_in_capitals_and_one_with_a_port_are_signed_as_git_sends_them() {
    with_each_git(|machine, _| {
        let machine = machine.configured().with_keys();
        machine.git(&["clone", "-q", &url("demo").replace("git-codecommit", "GIT-CodeCommit"), "capitals"]).succeeds();
        machine.git(&["clone", "-q", &format!("https://{HOST}:443/v1/repos/demo/"), "port"]).succeeds();
    });
}

#[test]
fn every_host_family_is_cloned_from() {
    let vpce = format!("vpce-0b47ea360adebf88a-jkl88hez.git-codecommit.{REGION}.vpce.amazonaws.com");
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = Machine::before(&aws).with_git(git).with_keys();
        machine.git(&["config", "--global", "credential.helper", "codecommit"]).succeeds();
        machine.git(&["config", "--global", "credential.useHttpPath", "true"]).succeeds();
        for host in [vpce.as_str(), "git-codecommit-fips.eu-west-1.amazonaws.com"] {
            machine.git(&["clone", "-q", &format!("https://{host}/v1/repos/demo"), host]).succeeds();
        }
        aws.connect_repository(ACCOUNT, REGION, "0f2b", "octo", "app");
        let connection =
            format!("https://codeconnections.{REGION}.amazonaws.com/git-http/{ACCOUNT}/{REGION}/0f2b/octo/app.git");
        machine.git(&["clone", "-q", &connection, "connection"]).succeeds();
    });
}

#[test]
fn two_repositories_use_two_profiles() {
    let bob = "arn:aws:iam::444455556666:user/bob";
    with_each_git(|machine, aws| {
        aws.add_key(AccessKey::long_term("AKIAI44QH8DHBEXAMPLE", SECRET, bob));
        aws.seed_repository("444455556666", REGION, "other");
        let keys = |profile: &str, id: &str| {
            format!("[{profile}]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n")
        };
        let machine = machine
            .configured()
            .file("home/.aws/credentials", &(keys("alice", KEY_ID) + &keys("bob", "AKIAI44QH8DHBEXAMPLE")))
            .env("AWS_PROFILE", "alice");
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
        // By user name in the configuration …
        let username = format!("credential.{}.username=bob", url("other"));
        machine.git(&["-c", &username, "clone", "-q", &url("other"), "by-username"]).succeeds();
        // … and by an argument of the helper for that repository alone.
        let section = format!("credential.{}.helper", url("other"));
        machine.git(&["config", "--global", "--add", &section, ""]).succeeds();
        machine.git(&["config", "--global", "--add", &section, "codecommit --profile bob"]).succeeds();
        machine.git(&["clone", "-q", &url("other"), "by-argument"]).succeeds();
        machine.git(&["-C", "demo", "fetch", "-q"]).succeeds();
    });
}

#[test]
fn submodules_are_cloned_in_parallel() {
    with_each_git(|machine, aws| {
        let machine = machine.configured().with_keys();
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
        for index in 0..6 {
            let name = format!("part{index}");
            aws.seed_repository(ACCOUNT, REGION, &name);
            machine.git(&["-C", "demo", "submodule", "--quiet", "add", &url(&name)]).succeeds();
        }
        machine.git(&["-C", "demo", "commit", "-qm", "parts"]).succeeds();
        machine.git(&["-C", "demo", "push", "-q"]).succeeds();
        machine.git(&["clone", "-q", "--recurse-submodules", "--jobs", "6", &url("demo"), "all"]).succeeds();
        assert!(machine.path("home/all/part5/README").exists() || machine.path("home/all/part5/README.md").exists());
    });
}

#[test]
fn a_store_behind_the_program_does_no_harm_and_one_before_it_is_kept_out_by_the_reset() {
    with_each_git(|machine, _| {
        // Behind: it is given every answer that worked, and never asked before the program.
        let behind = machine.configured().with_keys();
        behind.git(&["config", "--global", "--add", "credential.helper", "store"]).succeeds();
        behind.git(&["clone", "-q", &url("demo"), "behind"]).succeeds();
        // Before, with a dead signature: the empty helper of the scoped section clears it away.
        let dead = format!("https://{KEY_ID}:20200101T000000Z{}@{HOST}/v1%2frepos%2fdemo\n", "0".repeat(64));
        let before = behind.file("home/.git-credentials", &dead).file(
            "home/.gitconfig",
            "[credential]\n\thelper = store\n[credential \"https://git-codecommit.*.amazonaws.com\"]\n\thelper =\n\
             \thelper = codecommit\n\tuseHttpPath = true\n",
        );
        before.git(&["clone", "-q", &url("demo"), "before"]).succeeds();
        assert_eq!(fs::read_to_string(before.path("home/.git-credentials")).expect("the store"), dead, "not touched");
    });
}

#[test]
fn a_failure_stops_git_with_its_reason_and_without_a_prompt() {
    with_each_git(|machine, _| {
        let machine = machine.configured();
        let clone = |machine: &Machine| machine.git(&["clone", &url("demo")]).transcript();
        assert_snapshot!("git_without_credentials", clone(&machine));
        let machine =
            machine.file("home/.aws/config", "[profile dev]\nregion = eu-west-1\n").env("AWS_PROFILE", "prod");
        assert_snapshot!("git_with_a_missing_profile", clone(&machine));
        let machine = machine.without("AWS_PROFILE").with_keys();
        machine
            .git(&["config", "--global", "--unset", "credential.https://git-codecommit.*.amazonaws.com.useHttpPath"])
            .succeeds();
        assert_snapshot!("git_without_use_http_path", clone(&machine));
    });
}

#[test]
fn without_any_credentials_the_turn_is_left_to_a_helper_that_stands_behind() {
    with_each_git(|machine, aws| {
        aws.add_git_credentials("alice-at-111122223333", "generated/password=", ALICE);
        machine
            .program("git-credential-other", "echo username=alice-at-111122223333; echo password=generated/password=");
        let machine = machine
            .file("home/.gitconfig", "[credential]\n\tuseHttpPath = true\n\thelper = codecommit\n\thelper = other\n");
        let run = machine.git(&["clone", "-q", &url("demo")]).succeeds();
        assert!(run.stderr.contains("unable to locate AWS credentials (CC201)"), "{}", run.stderr);
        assert_snapshot!("no_credentials_and_another_helper", machine.get().transcript());
        // git-credential-store returns nothing that was stored without the path with which it is asked.
        let config = "[credential]\n\tuseHttpPath = true\n\thelper = codecommit\n\thelper = store\n";
        let machine = machine.file("home/.gitconfig", config);
        assert_snapshot!("no_credentials_and_a_store", machine.get().transcript());
        let machine = machine
            .file("home/.gitconfig", "[credential]\n\tuseHttpPath = true\n\thelper = codecommit\n\thelper = other\n");
        // A profile that does not exist is no such case: somebody meant to use AWS credentials.
        let run = machine.env("AWS_PROFILE", "prod").git(&["clone", "-q", &url("demo"), "again"]);
        assert!(run.stderr.contains("told us to quit"), "{}", run.stderr);
    });
}
