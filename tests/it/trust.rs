//! Whom the program trusts: every form of a CA bundle beside OpenSSL's reading, every setting beside the AWS CLI and git, and what
//! it says of a proxy that inspects TLS in a way that rustls does not accept. Each with keys that AWS accepts, and with some
//! that it refuses.

mod endpoints;
mod forms;
mod settings;
mod system;

use crate::common::{ALICE, Machine, REGION, ROLE, Run, aws_with_demo, skipped};
use crate::differential::on_path;
use stand_in::{Role, StandIn};
use std::path::{Path, PathBuf};

/// A role that trusts nobody.
const CLOSED: &str = "arn:aws:iam::111122223333:role/Closed";

/// Alice may assume [`ROLE`].
fn aws() -> StandIn {
    let aws = aws_with_demo();
    aws.add_role(Role::new(ROLE).trusting(ALICE));
    aws.add_role(Role::new(CLOSED));
    aws
}

/// A machine that knows the way to the stand-in, and not its authority.
fn stranger(aws: &StandIn) -> Machine {
    let machine = Machine::before(aws).configured().with_alice().file("home/.aws/config", &profiles(""));
    let machine = ["AWS_CA_BUNDLE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]
        .into_iter()
        .fold(machine, Machine::without);
    machine.env("GIT_CODECOMMIT_VERIFY", "never")
}

/// The default profile assumes [`ROLE`], and `closed` a role that trusts nobody.
fn profiles(setting: &str) -> String {
    format!(
        "[default]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = {REGION}\n{setting}\
         [profile closed]\nrole_arn = {CLOSED}\nsource_profile = alice\nregion = {REGION}\n{setting}"
    )
}

/// Whether the program trusts AWS here: with a role that it may assume, and with one that it may not, and then it knows why.
#[track_caller]
fn trusts(what: &str, machine: Machine) -> bool {
    let run = machine.get();
    let refused = machine.env("AWS_PROFILE", "closed").get();
    if run.status == 0 {
        assert!(run.key_id().is_some_and(|key| key.starts_with("ASIA")), "{what}: {}", run.transcript());
        assert!(refused.status == 1 && refused.stderr.contains("(CC212)"), "{what}: {}", refused.transcript());
        assert!(refused.stderr.contains("AccessDenied"), "{what}: {}", refused.transcript());
        return true;
    }
    for run in [run, refused] {
        let is_about_trust = run.stderr.contains("(CC221)") || run.stderr.contains("certificate verification failed");
        assert!(is_about_trust && !run.stderr.contains("(CC302)"), "{what}: {}", run.transcript());
    }
    false
}

/// The one step of a failure.
#[track_caller]
fn fix(run: &Run) -> &str {
    let fix = run.stderr.lines().find_map(|line| line.trim_start().strip_prefix("fix: "));
    fix.unwrap_or_else(|| panic!("no fix: {}", run.transcript()))
}

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = stand_in::command("openssl").args(arguments).output().expect("openssl runs");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Python with `ssl`, and `openssl`: where one is missing, the test is skipped.
fn python() -> Option<PathBuf> {
    let python = on_path("python3").filter(|_| on_path("openssl").is_some());
    if python.is_none() {
        skipped("Python or OpenSSL");
    }
    python
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
