//! The machines of docs/credentials.md: with the system's git configuration and what each of them sets, a clone works.

mod common;

use common::{ALICE, Machine, SECRET, TOKEN, aws_with_demo, url};
use stand_in::{AccessKey, ImdsMode, Role, StandIn};
use std::time::{Duration, Instant};

const ROLE: &str = "arn:aws:iam::111122223333:role/Runner";

/// A machine on which only the system's configuration was written, as the page says.
fn machine(aws: &StandIn) -> Machine {
    let machine = Machine::before(aws).without("GIT_CONFIG_NOSYSTEM");
    let system = machine.path("etc-gitconfig").display().to_string();
    let machine = machine.env("GIT_CONFIG_SYSTEM", &system);
    for (setting, value) in [("helper", "codecommit"), ("useHttpPath", "true")] {
        let key = format!("credential.https://git-codecommit.*.amazonaws.com.{setting}");
        machine.git(&["config", "--system", &key, value]).succeeds();
    }
    machine
}

fn clones(machine: &Machine) {
    machine.git(&["clone", "-q", &url("demo")]).succeeds();
    machine.git(&["-C", "demo", "fetch", "-q"]).succeeds();
}

#[test]
fn ec2() {
    let aws = aws_with_demo();
    aws.set_instance_role("Runner", ALICE);
    let machine = machine(&aws)
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &aws.imds_url());
    clones(&machine);
    // A container on an instance with a hop limit of 1: the token request is never answered.
    aws.set_imds(ImdsMode::Silent);
    let started = Instant::now();
    let run = machine.git(&["-C", "demo", "fetch"]);
    assert!(run.stderr.contains("hop limit"), "{}", run.stderr);
    assert!(started.elapsed() < Duration::from_millis(2500), "{:?}", started.elapsed());
}

#[test]
fn ecs_and_codebuild() {
    // The relative form is the same request to a link-local address that no test may ask.
    let aws = aws_with_demo();
    aws.set_container_role(ALICE, None);
    clones(&machine(&aws).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url()));
}

#[test]
fn eks_pod_identity() {
    let aws = aws_with_demo();
    aws.set_container_role(ALICE, Some("pod-token"));
    let machine = machine(&aws).file("var/token", "pod-token");
    let token = machine.path("var/token").display().to_string();
    clones(
        &machine
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url())
            .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token),
    );
}

#[test]
fn eks_irsa_and_github_actions_with_a_token_file() {
    let aws = aws_with_demo();
    aws.add_role(Role::new(ROLE).trusting_web_identity("jwt"));
    let machine = machine(&aws).file("var/token", "jwt");
    let token = machine.path("var/token").display().to_string();
    clones(&machine.env("AWS_ROLE_ARN", ROLE).env("AWS_WEB_IDENTITY_TOKEN_FILE", &token));
}

#[test]
fn lambda_and_github_actions_with_exported_keys() {
    let aws = aws_with_demo();
    aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
    let machine = machine(&aws)
        .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_SESSION_TOKEN", TOKEN);
    clones(&machine);
    // Lambda's file system is read-only but for /tmp.
    let run =
        machine.without("HOME").env("XDG_CACHE_HOME", "/proc/nowhere").git(&["clone", "-q", &url("demo"), "again"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

#[test]
fn a_docker_image_with_keys_in_a_mounted_file() {
    let aws = aws_with_demo();
    let keys = format!("[default]\naws_access_key_id = {}\naws_secret_access_key = {SECRET}\n", common::KEY_ID);
    let machine = machine(&aws).file("run/secrets/aws", &keys);
    let secret = machine.path("run/secrets/aws").display().to_string();
    clones(&machine.env("AWS_SHARED_CREDENTIALS_FILE", &secret));
}
