//! Secrets in the right and in the wrong place, and that no output shows any part of one.
//!
//! Every source of credentials gives each part in each other's place, and every setting holds a secret instead of its
//! value; then `get` runs with its traces, and `doctor` in both forms. Each secret is a canary of its own, and is looked
//! for in pieces, in any case. `username=` and `password=` of an answer are what git is to have.

mod commands;
mod others;
mod settings;
mod sources;

use crate::common::sources::START_URL;
use crate::common::{ACCOUNT, ALICE, Machine, REGION, ROLE, Run, aws_with_demo, url};
use codecommit::hex;
use stand_in::{Role, SsoSession, StandIn};
use std::fmt::Write as _;
use std::path::Path;

/// Made for this test: `openssl rand -base64 30`.
const SECRET: &str = "wrzm/edrDq6FEIsp1Be8PlKiVx+Zxcg2x9GHXORG";
/// As AWS STS makes them: `openssl rand -base64 225` behind `origin_ec`.
const TOKEN: &str = "IQoJb3JpZ2luX2VjE0qpF4mfdvLBHGslqXFhzAhHevtrv90PaPIaNpnmWfWi2TND5suDHvihcbD7ACbjOLQZc2J0isghmM8yxeGzzjXHG0F/\
    FwkLG/vShjbkAZzzZ1Rl3u4peJh9wUz2tA1iuJO9FrXJ6+0AZfKTtuV6+qqovqLMSQn0z4cEtcvhYRx4xT0MuOOVxz0Kc1QJg3nCehYJngbwH4PW93Yee6ut89VYIGltk\
    5xf8TchZ5HHArVEuezSKZkXqaiLS6pTW+p3TIDzhrhpZhXNGC+LUMLmnhbCu/D4TPuBvpgJfODVbEjAF==";
const ID: &str = "ASIAI44QH8DHBEXAMPLE";

const CONFIG: &str = "home/.aws/config";
const CREDENTIALS: &str = "home/.aws/credentials";

/// How long a piece must be to give something away.
const PIECE: usize = 8;

fn sha1(text: &str) -> String {
    use sha1::{Digest as _, Sha1};
    hex::lower(Sha1::digest(text))
}

/// A profile of IAM Identity Center; `instead` takes the place of settings of the same names.
fn sso_profile(instead: &str) -> String {
    let settings = [
        ("sso_session", "corp"),
        ("sso_account_id", ACCOUNT),
        ("sso_role_name", "Developer"),
        ("[sso-session corp]\nsso_start_url", START_URL),
        ("sso_region", REGION),
    ];
    let mut config = "[default]\n".to_owned();
    for (name, value) in settings {
        let key = name.rsplit('\n').next().expect("a name");
        let own = instead.split_once(" = ").filter(|(own, _)| *own == key);
        let _ = writeln!(config, "{name} = {}", own.map_or(value, |(_, value)| value));
    }
    config
}

fn with_keys(aws: &StandIn) -> Machine {
    Machine::before(aws).with_keys()
}

/// An AWS in which each of the sources has an answer.
fn world() -> StandIn {
    let aws = aws_with_demo();
    aws.add_role(Role::new(ROLE).trusting(ALICE).trusting_web_identity("web-token"));
    aws.add_sso_session(SsoSession::new("sso-token").assigned(ACCOUNT, "Developer"));
    aws.add_login_session("r", ALICE);
    aws.set_container_role(ALICE, None);
    aws.set_instance_role("Runner", ALICE);
    aws
}

/// All that a run leaves for others to read, but the lines of the answer.
fn left_by(run: &Run) -> String {
    let is_answer = |line: &&str| line.starts_with("username=") || line.starts_with("password=");
    let stdout: Vec<&str> = run.stdout.lines().filter(|line| !is_answer(line)).collect();
    format!("{}\n{}", stdout.join("\n"), run.stderr)
}

/// A piece of a canary that stands in the text, in any case.
fn piece_of(text: &str, canaries: &[&str]) -> Option<String> {
    let text = text.to_lowercase();
    let pieces = canaries.iter().flat_map(|canary| {
        let canary = canary.to_lowercase();
        let last = canary.len().saturating_sub(PIECE);
        (0..=last).map(move |at| canary[at..(at + PIECE).min(canary.len())].to_owned()).collect::<Vec<_>>()
    });
    pieces.into_iter().find(|piece| text.contains(piece.as_str()))
}

/// Runs every command, and fails where one shows a piece of a canary. Gives what `get` said.
#[track_caller]
fn nothing_is_shown_by(what: &str, machine: Machine, input: &str, canaries: &[&str]) -> Run {
    let machine = machine.configured();
    let check = |command: &str, text: &str| {
        if let Some(piece) = piece_of(text, canaries) {
            panic!("{what}: {command} shows `{piece}`\n{text}");
        }
    };
    let plain = machine.helper(&["get"], input);
    check("get", &left_by(&plain));
    let file = machine.path("trace").display().to_string();
    let machine = machine.env("GIT_TRACE_CODECOMMIT", &file);
    check("get -v", &left_by(&machine.helper(&["-v", "get"], input)));
    check("the trace", &std::fs::read_to_string(Path::new(&file)).unwrap_or_default());
    for arguments in [
        &["credential-codecommit", "doctor", &url("demo")][..],
        &["credential-codecommit", "doctor", "--json", &url("demo")],
    ] {
        let run = machine.git(arguments);
        assert!(run.stdout.contains("CodeCommit"), "{what}: a report\n{}", run.transcript());
        check(arguments[1], &left_by(&run));
    }
    plain
}

#[test]
fn a_piece_of_a_canary_is_found_in_any_case() {
    assert!(piece_of(&format!("x {} y", SECRET[4..12].to_lowercase()), &[SECRET]).is_some());
    assert_eq!(piece_of("a value of 40 characters", &[SECRET, TOKEN, ID]), None);
}
