//! Roles: asked for once, shared with the AWS CLI, and opened with an MFA code where they want one.

use crate::common::terminal::{at_a_terminal, nobody_is_asked_by};
use crate::common::transcript::Transcript;
use crate::common::{ALICE, BINARY, KEY_ID, Machine, ROLE, SECRET, TOKEN, aws_with_demo, calls, request, url};
use insta::assert_snapshot;
use stand_in::{Role, StandIn};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
/// `sha1(json.dumps({"RoleArn": ROLE}))` (CPython 3.11).
const ENTRY: &str = "home/.aws/cli/cache/f553113ab03f10986b8503b601ff219b8f3584f3.json";

fn machine(aws: &StandIn, more: &str) -> Machine {
    Machine::before(aws)
        .file("home/.aws/config", &format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\n{more}"))
        .file(
            "home/.aws/credentials",
            &format!("[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
        )
        .env("GIT_CODECOMMIT_VERIFY", "never")
}

fn with_mfa(aws: &StandIn) -> Machine {
    machine(aws, &format!("mfa_serial = {DEVICE}\n"))
}

fn aws() -> StandIn {
    let aws = aws_with_demo();
    aws.add_role(Role::new(ROLE).trusting(ALICE));
    aws
}

fn aws_with_mfa() -> StandIn {
    let aws = aws_with_demo();
    aws.add_role(Role::new(ROLE).trusting(ALICE).requiring_mfa(DEVICE, "123456"));
    aws
}

#[test]
fn a_role_is_asked_for_once_and_kept_where_the_aws_cli_looks() {
    let aws = aws();
    let machine = machine(&aws, "");
    let first = machine.get().succeeds();
    let second = machine.get().succeeds();
    assert_eq!((calls(&aws, "AssumeRole"), first.attribute("username")), (1, second.attribute("username")));
    let path = machine.path(ENTRY);
    assert_eq!(fs::metadata(&path).expect("the entry").permissions().mode() & 0o777, 0o600);
    let kept: serde_json::Value = serde_json::from_slice(&fs::read(&path).expect("the entry")).expect("JSON");
    let kept = &kept["Credentials"];
    assert_eq!(kept["AccessKeyId"].as_str(), first.key_id());
    let end = kept["Expiration"].as_str().expect("an end");
    assert!(chrono::DateTime::parse_from_rfc3339(end).is_ok(), "{end}");
    machine.helper(&["--no-cache", "get"], &request("demo")).succeeds();
    assert_eq!(calls(&aws, "AssumeRole"), 2, "--no-cache asks again");
}

#[test]
fn a_role_that_the_aws_cli_opened_is_used() {
    let aws = aws();
    let entry = |expires: &str| {
        format!(
            r#"{{"Credentials": {{"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "{SECRET}", "SessionToken": "{TOKEN}",
            "Expiration": "{expires}", "AccountId": "111122223333"}}, "ResponseMetadata": {{"RetryAttempts": 0}}}}"#
        )
    };
    let machine = machine(&aws, "").file(ENTRY, &entry("2099-01-01T00:00:00+00:00"));
    assert_eq!(machine.get().succeeds().key_id(), Some("ASIAIOSFODNN7EXAMPLE"));
    assert_eq!(calls(&aws, "AssumeRole"), 0);
    for useless in [entry("2020-01-01T00:00:00UTC"), "{ half".to_owned(), "[]".to_owned()] {
        fs::write(machine.path(ENTRY), &useless).expect("a file");
        assert_ne!(machine.get().succeeds().key_id(), Some("ASIAIOSFODNN7EXAMPLE"), "{useless}");
    }
    assert_eq!(calls(&aws, "AssumeRole"), 3);
}

#[test]
fn a_cache_that_cannot_be_written_costs_a_call_and_no_more() {
    let aws = aws();
    let machine = machine(&aws, "").file("home/.aws/cli", "a file where a directory should be").file("home/.cache", "");
    machine.get().succeeds();
    machine.get().succeeds();
    assert_eq!(calls(&aws, "AssumeRole"), 2);
}

#[test]
fn the_mfa_code_is_asked_for_through_askpass_and_only_once() {
    let aws = aws_with_mfa();
    let machine = with_mfa(&aws);
    machine.program("askpass", r#"echo "$1" >>"$0.log"; echo 123456"#);
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = machine.env("GIT_ASKPASS", &askpass).env("SSH_ASKPASS", "/no/such/program");
    machine.get().succeeds();
    machine.get().succeeds();
    let asked = fs::read_to_string(machine.bin().join("askpass.log")).expect("a log");
    assert_eq!(asked, format!("Enter MFA code for {DEVICE}: \n"));
    assert_eq!(calls(&aws, "AssumeRole"), 1);
}

#[test]
fn a_wrong_code_is_asked_for_again_twice() {
    let aws = aws_with_mfa();
    let machine = with_mfa(&aws);
    machine.program("askpass", r#"echo "$1" >>"$0.log"; [ "$(wc -l <"$0.log")" -lt 3 ] && echo 000000 || echo 123456"#);
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = machine.env("SSH_ASKPASS", &askpass);
    machine.get().succeeds();
    assert_eq!(calls(&aws, "AssumeRole"), 3);
    let prompts = fs::read_to_string(machine.bin().join("askpass.log")).expect("a log");
    let again = format!("That code was rejected; wait for the next one. Enter MFA code for {DEVICE}: ");
    assert_eq!(prompts.lines().filter(|prompt| **prompt == *again).count(), 2, "{prompts}");
    // And no more often.
    let aws = aws_with_mfa();
    let machine = with_mfa(&aws);
    machine.program("askpass", "echo 000000");
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = machine.env("SSH_ASKPASS", &askpass);
    assert_snapshot!("wrong_mfa_codes", machine.get().transcript());
    assert_eq!(calls(&aws, "AssumeRole"), 3);
}

#[test]
fn without_anybody_to_ask_the_failure_says_so_and_what_helps() {
    let aws = aws_with_mfa();
    assert_snapshot!("nobody_to_ask_for_the_mfa_code", with_mfa(&aws).get().transcript());
    let machine = with_mfa(&aws).file("home/.gitconfig", "[credential]\n\tinteractive = false\n");
    assert_snapshot!("interactive_is_off", machine.get().transcript());
    let machine = with_mfa(&aws);
    machine.program("askpass", "echo");
    let askpass = machine.bin().join("askpass").display().to_string();
    assert_snapshot!("empty_mfa_code", machine.env("GIT_ASKPASS", &askpass).get().transcript());
}

#[test]
fn without_a_terminal_and_an_askpass_program_the_failure_says_that_neither_is_there() {
    let aws = aws_with_mfa();
    let run = with_mfa(&aws).without("GIT_TERMINAL_PROMPT").get();
    assert!(
        run.stderr.contains("no terminal and no askpass program (GIT_ASKPASS, core.askPass, SSH_ASKPASS)"),
        "{}",
        run.transcript()
    );
}

#[test]
fn the_program_does_not_ask_at_the_terminal_of_the_tests() {
    nobody_is_asked_by(&[
        "roles::without_a_terminal_and_an_askpass_program_the_failure_says_that_neither_is_there",
        "roles::without_anybody_to_ask_the_failure_says_so_and_what_helps",
    ]);
}

#[test]
fn the_mfa_code_is_asked_for_at_the_terminal_and_never_on_standard_input() {
    let aws = aws_with_mfa();
    let machine = with_mfa(&aws).without("GIT_TERMINAL_PROMPT").file("home/request", &request("demo"));
    let script = machine.command("/usr/bin/script".as_ref());
    let prompt = format!("Enter MFA code for {DEVICE}: ");
    let screen = at_a_terminal(script, &format!("{BINARY} get <request >answer"), &prompt, "123456\n");
    assert!(screen.contains(&prompt), "{screen}");
    let answer = fs::read_to_string(machine.path("home/answer")).expect("an answer");
    assert!(answer.starts_with("username=ASIA"), "{answer}{screen}");
}

#[test]
fn two_hundred_gets_at_once_make_one_call_and_one_prompt() {
    let aws = aws_with_mfa();
    let machine = with_mfa(&aws);
    machine.program("askpass", r#"echo x >>"$0.log"; sleep 0.3; echo 123456"#);
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = machine.env("GIT_ASKPASS", &askpass);
    let answers = at_once(200, || machine.get().succeeds().attribute("username").expect("an answer").to_owned());
    assert_eq!((answers.len(), calls(&aws, "AssumeRole")), (200, 1));
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "the same session for all");
    assert_eq!(fs::read_to_string(machine.bin().join("askpass.log")).expect("a log"), "x\n");
}

/// Runs it so many times at the same time.
fn at_once<T: Send>(count: usize, run: impl Fn() -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..count).map(|_| scope.spawn(&run)).collect();
        runs.into_iter().map(|run| run.join().expect("no panic")).collect()
    })
}

#[test]
fn when_nobody_gives_a_code_one_process_asks_and_the_others_say_so() {
    let aws = aws_with_mfa();
    let machine = with_mfa(&aws);
    machine.program("askpass", r#"echo x >>"$0.log"; sleep 1; echo"#);
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = machine.env("GIT_ASKPASS", &askpass);
    let runs = at_once(20, || machine.get());
    assert!(runs.iter().all(|run| run.status == 1 && run.stderr.contains("(CC213)")));
    let asked = fs::read_to_string(machine.bin().join("askpass.log")).expect("a log").lines().count();
    // A process may have come when the first was done already; it then asks for itself.
    assert!(asked <= 3, "{asked} prompts");
    let other = runs.iter().find(|run| run.stderr.contains("another git command")).expect("somebody waited");
    assert_snapshot!("another_got_no_mfa_code", other.transcript());
}

#[test]
fn when_a_role_is_refused_those_who_waited_ask_at_once_and_not_in_turn() {
    let aws = aws_with_demo();
    let machine = machine(&aws, "");
    let started = Instant::now();
    let runs = at_once(40, || machine.get());
    assert!(runs.iter().all(|run| run.status == 1 && run.stderr.contains("(CC212)")));
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn a_session_near_its_end_serves_where_aws_cannot_be_asked_and_is_renewed_where_it_can() {
    let aws = aws();
    let entry = |minutes: i64| {
        let ends = chrono::Utc::now() + chrono::TimeDelta::seconds(minutes * 60 - 5);
        format!(
            r#"{{"Credentials": {{"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "{SECRET}", "SessionToken": "{TOKEN}",
            "Expiration": "{}"}}}}"#,
            ends.format("%Y-%m-%dT%H:%M:%SZ")
        )
    };
    let cut_off = |minutes| {
        let machine = machine(&aws, "").file(ENTRY, &entry(minutes)).env("GIT_CODECOMMIT_VERIFY", "never");
        machine.env("HTTPS_PROXY", "http://127.0.0.1:9").get()
    };
    let run = cut_off(10).succeeds();
    assert_eq!(run.key_id(), Some("ASIAIOSFODNN7EXAMPLE"));
    let ends: i64 = run.attribute("password_expiry_utc").and_then(|time| time.parse().ok()).expect("an end");
    assert!(ends <= chrono::Utc::now().timestamp() + 600, "git may use the answer no longer than the session");
    let run = cut_off(1);
    assert!(run.status == 1 && run.stderr.contains("(CC220)"), "its last minute is no use: {}", run.transcript());
    let machine = machine(&aws, "").file(ENTRY, &entry(10));
    assert_ne!(machine.get().succeeds().key_id(), Some("ASIAIOSFODNN7EXAMPLE"), "renewed");
}

#[test]
fn a_kept_session_near_its_end_serves_all_who_want_it_when_nobody_gives_a_code_and_the_doctor_too() {
    let aws = aws_with_mfa();
    aws.add_key(stand_in::AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
    let ends = (chrono::Utc::now() + chrono::TimeDelta::minutes(10)).format("%Y-%m-%dT%H:%M:%SZ");
    let machine = with_mfa(&aws).configured();
    machine.program("askpass", r#"echo x >>"$0.log"; sleep 0.5; echo 123456"#);
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = machine.env("GIT_ASKPASS", &askpass);
    // Under whatever name this role with its device is kept.
    machine.get().succeeds();
    let kept =
        fs::read_dir(machine.path("home/.aws/cli/cache")).expect("a cache").next().expect("a file").expect("a file");
    let session = format!(
        r#"{{"Credentials": {{"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "{SECRET}", "SessionToken": "{TOKEN}", "Expiration": "{ends}"}}}}"#
    );
    fs::write(kept.path(), session).expect("a session near its end");
    machine.program("askpass", r#"echo x >>"$0.log"; sleep 0.5; echo"#);
    for run in at_once(10, || machine.get()) {
        assert_eq!(run.succeeds().key_id(), Some("ASIAIOSFODNN7EXAMPLE"));
    }
    let doctor = machine.git(&["credential-codecommit", "doctor", &url("demo")]).succeeds();
    assert!(doctor.stdout.contains("key ASIA…MPLE"), "{}", doctor.transcript());
}

#[test]
fn the_doctor_asks_for_no_code_and_does_not_call_that_a_problem() {
    let aws = aws_with_mfa();
    let run = with_mfa(&aws).configured().git(&["credential-codecommit", "doctor", &url("demo")]);
    // Nor does it say that all is well: nothing was signed.
    assert_eq!(run.status, 3, "{}", run.transcript());
    assert!(run.stdout.contains("Access to CodeCommit was not confirmed, 1 warning, "), "{}", run.transcript());
    assert!(run.stdout.contains("warn  the role requires an MFA code; git prompts for it"), "{}", run.transcript());
    assert!(!run.stdout.contains("GIT_TERMINAL_PROMPT"), "{}", run.transcript());
}

#[test]
fn a_chain_with_a_device_in_its_middle_asks_once_for_all() {
    let aws = aws_with_mfa();
    let outer = "arn:aws:iam::111122223333:role/Outer";
    aws.add_role(Role::new(outer).trusting("arn:aws:iam::111122223333:root"));
    let config = format!(
        "[default]\nrole_arn = {outer}\nsource_profile = inner\n\
         [profile inner]\nrole_arn = {ROLE}\nsource_profile = alice\nmfa_serial = {DEVICE}\n\
         [profile alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
    );
    let machine = Machine::before(&aws).file("home/.aws/config", &config);
    machine.program("askpass", r#"echo x >>"$0.log"; sleep 1; echo"#);
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = machine.env("GIT_ASKPASS", &askpass);
    let runs = at_once(10, || machine.get());
    assert!(runs.iter().all(|run| run.status == 1 && run.stderr.contains("(CC213)")));
    assert_eq!(fs::read_to_string(machine.bin().join("askpass.log")).expect("a log").lines().count(), 1);
}

#[test]
fn who_waited_is_told_what_was_in_the_way_of_the_one_that_asked() {
    let aws = aws_with_mfa();
    let machine = with_mfa(&aws).env("HTTPS_PROXY", "http://127.0.0.1:9");
    machine.program("askpass", r#"echo x >>"$0.log"; sleep 1; echo 123456"#);
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = machine.env("GIT_ASKPASS", &askpass);
    let runs = at_once(5, || machine.get());
    assert!(runs.iter().all(|run| run.status == 1 && run.stderr.contains("(CC220)")), "AWS cannot be reached");
    assert_eq!(fs::read_to_string(machine.bin().join("askpass.log")).expect("a log").lines().count(), 1);
    let other = runs.iter().find(|run| run.stderr.contains("another git command")).expect("somebody waited");
    assert_snapshot!("another_could_not_open_the_role", other.transcript());
}

#[test]
fn the_askpass_program_is_the_first_that_git_would_take_even_where_that_is_none() {
    for (configured, variables, expected) in [
        ("configured", &[][..], Some("configured")),
        ("configured", &[("GIT_ASKPASS", "of-git")], Some("of-git")),
        ("configured", &[("SSH_ASKPASS", "of-ssh")], Some("configured")),
        ("", &[("SSH_ASKPASS", "of-ssh")], None),
        ("configured", &[("GIT_ASKPASS", "")], None),
    ] {
        let aws = aws_with_mfa();
        let machine = with_mfa(&aws);
        for name in ["configured", "of-git", "of-ssh"] {
            machine.program(
                name,
                &format!(r#"echo {name} >>"{}"; echo 123456; echo "a second line""#, machine.path("asked").display()),
            );
        }
        let path =
            |name: &str| if name.is_empty() { String::new() } else { machine.bin().join(name).display().to_string() };
        let config = format!("[core]\n\taskPass = {}\n", path(configured));
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, path(value))).collect();
        let machine = variables.iter().fold(machine, |machine, (name, value)| machine.env(name, value));
        let run = machine.file("home/.gitconfig", &config);
        let status = run.get().status;
        let asked = fs::read_to_string(run.path("asked")).ok();
        assert_eq!(asked.as_deref().map(str::trim), expected, "{configured:?} {variables:?}");
        assert_eq!(status == 0, expected.is_some(), "{configured:?} {variables:?}");
    }
}

/// A `get` that goes on by itself. Its request is in `home/request`.
fn leader(machine: &Machine) -> Child {
    machine
        .command(BINARY.as_ref())
        .arg("get")
        .stdin(fs::File::open(machine.path("home/request")).expect("a request"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a leader")
}

/// `kill -9` at forty moments from the start to the end of a `get` that asks AWS.
#[test]
fn a_leader_that_is_killed_at_any_point_leaves_a_working_cache() {
    let aws = aws();
    let machine = machine(&aws, "").file("home/request", &request("demo"));
    let whole = Instant::now();
    machine.get().succeeds();
    let whole = whole.elapsed();
    for moment in 0..40 {
        let _ = fs::remove_file(machine.path(ENTRY));
        let mut leader = leader(&machine);
        std::thread::sleep(whole * moment / 36);
        leader.kill().expect("a kill");
        leader.wait().expect("an end");
        if let Ok(kept) = fs::read(machine.path(ENTRY)) {
            serde_json::from_slice::<serde_json::Value>(&kept).expect("whole, or not there at all");
        }
        let started = Instant::now();
        machine.get().succeeds();
        assert!(started.elapsed() < Duration::from_secs(5), "its lock is no obstacle");
    }
}

#[test]
fn a_leader_that_is_killed_while_it_asks_leaves_a_working_cache() {
    let aws = aws_with_mfa();
    let machine = with_mfa(&aws);
    machine.program("askpass", r#"if [ -e "$0.go" ]; then echo 123456; else touch "$0.asked"; sleep 30; fi"#);
    let askpass = machine.bin().join("askpass");
    let machine = machine.env("GIT_ASKPASS", &askpass.display().to_string()).file("home/request", &request("demo"));
    let mut leader = leader(&machine);
    let started = Instant::now();
    while !machine.bin().join("askpass.asked").exists() {
        assert!(started.elapsed() < Duration::from_secs(10), "the leader asks");
        std::thread::sleep(Duration::from_millis(10));
    }
    leader.kill().expect("a kill");
    leader.wait().expect("an end");
    fs::write(machine.bin().join("askpass.go"), "").expect("a file");
    let started = Instant::now();
    machine.get().succeeds();
    assert!(started.elapsed() < Duration::from_secs(5), "its lock is no obstacle");
}

#[test]
fn a_kept_session_that_aws_has_ended_is_dropped() {
    let aws = aws();
    let machine = machine(&aws, "").env("GIT_CODECOMMIT_VERIFY", "always");
    let key = machine.get().succeeds().key_id().expect("a key").to_owned();
    aws.set_key_state(&key, stand_in::KeyState::Expired);
    let shown = Transcript::of(&machine.get().transcript()).request_ids("[ID]").value(&key, "[KEY]");
    assert_snapshot!("kept_session_dropped", shown);
    assert_ne!(machine.get().succeeds().key_id(), Some(key.as_str()));
}
