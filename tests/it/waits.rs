//! Every wait ends, and a person is told after two seconds what is waited for: git shows nothing while a helper works.

use crate::common::{ACCOUNT, KEY_ID, Machine, REGION, ROLE, Run, SECRET, WAIT, aws_with_demo, request};
use stand_in::{Mode, ProxyAnswer, Role, StandIn};
use std::time::{Duration, Instant};

fn with_process(script: &str) -> Machine {
    let machine = Machine::new();
    machine.program("vend", script);
    let vend = machine.bin().join("vend").display().to_string();
    machine.file("home/.aws/config", &format!("[default]\ncredential_process = {vend}\n"))
}

/// A role for which AWS STS has to be asked, and does not answer.
fn with_silent_role() -> (StandIn, Machine) {
    let aws = aws_with_demo();
    aws.add_role(Role::new(ROLE).trusting(&format!("arn:aws:iam::{ACCOUNT}:root")));
    aws.set_proxy(ProxyAnswer::Blackhole);
    let config = format!(
        "[default]\nregion = {REGION}\nrole_arn = {ROLE}\nsource_profile = base\n\
         [profile base]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
    );
    let machine = Machine::before(&aws).file("home/.aws/config", &config);
    (aws, machine)
}

/// How often the person was told, and of what.
fn told(run: &Run) -> Vec<&str> {
    run.waits.lines().filter_map(|line| line.strip_prefix(WAIT)).collect()
}

#[test]
fn a_slow_program_is_named_once_and_a_quick_one_not_at_all() {
    let answer = format!("printf '{{\"Version\":1,\"AccessKeyId\":\"{KEY_ID}\",\"SecretAccessKey\":\"{SECRET}\"}}'");
    let slow = with_process(&format!("sleep 4.5; {answer}")).get().succeeds();
    assert_eq!(told(&slow).len(), 1, "{}", slow.waits);
    assert!(told(&slow)[0].starts_with("credential_process, which runs "), "{}", slow.waits);
    assert_eq!(told(&with_process(&answer).get().succeeds()), [""; 0]);
}

#[test]
fn a_service_that_does_not_answer_is_named_and_not_waited_for_forever() {
    let (_aws, machine) = with_silent_role();
    let started = Instant::now();
    let run = machine.get();
    assert_eq!(told(&run), [format!("AWS STS in {REGION}")], "{}", run.transcript());
    assert!(run.stderr.contains("(CC220)"), "{}", run.transcript());
    assert!(started.elapsed() < Duration::from_secs(36), "{:?}", started.elapsed());
}

#[test]
fn codecommit_that_does_not_answer_is_named_and_git_gets_its_answer() {
    let aws = aws_with_demo();
    aws.set_mode(Mode::Silent);
    let run = Machine::before(&aws).with_keys().get().succeeds();
    assert_eq!(run.key_id(), Some(KEY_ID), "it fails open");
    assert!(told(&run)[0].starts_with("CodeCommit at git-codecommit."), "{}", run.stderr);
}

#[test]
fn a_git_that_hangs_is_ended_and_named() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).with_keys();
    machine.program("git", "sleep 60");
    let started = Instant::now();
    let run = machine.without("HTTPS_PROXY").env("HTTPS_PROXY", &aws.proxy_url()).get().succeeds();
    assert_eq!(run.key_id(), Some(KEY_ID), "{}", run.transcript());
    assert!(run.waits.contains("waiting for git, which is asked for its configuration"), "{}", run.waits);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn who_waits_for_another_git_command_is_told() {
    let (_aws, machine) = with_silent_role();
    let machine = &machine;
    let started = Instant::now();
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let get = || scope.spawn(move || machine.helper(&["get"], &request("demo")));
        [get(), get()].into_iter().map(|run| run.join().expect("no panic")).collect()
    });
    let lines: Vec<&str> = runs.iter().flat_map(told).collect();
    let another = "another git command, which is getting the same AWS credentials";
    assert_eq!(lines.iter().filter(|line| **line == another).count(), 1, "{lines:?}");
    assert!(started.elapsed() < Duration::from_secs(72), "{:?}", started.elapsed());
}
