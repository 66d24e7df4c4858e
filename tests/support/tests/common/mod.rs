//! Clients for the tests: the real git and curl, in an environment with only the stand-in.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(unreachable_pub, reason = "a module shared by test programs")]

use std::path::{Path, PathBuf};
use std::process::Output;

use chrono::{TimeDelta, Utc};
use stand_in::{AccessKey, GitRequest, StandIn};
use tempfile::TempDir;

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-west-1";
pub const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";
pub const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// Alice's long-term key.
pub fn alice() -> AccessKey {
    AccessKey::long_term("AKIAIOSFODNN7EXAMPLE", SECRET, ALICE)
}

/// A stand-in with Alice's key and her repository `demo` with one commit.
pub fn with_alice() -> StandIn {
    let aws = StandIn::start();
    aws.add_key(alice());
    aws.seed_repository(ACCOUNT, REGION, "demo");
    aws
}

/// User name and password for a repository, signed at the current time plus `offset`.
pub fn signed(key: &AccessKey, host: &str, region: &str, path: &str, offset: TimeDelta) -> (String, String) {
    let time = (Utc::now() + offset).format("%Y%m%dT%H%M%S").to_string();
    let password = GitRequest { host, path, region }.password(&key.secret, &time);
    let user_name = match &key.token {
        Some(token) => format!("{}%{token}", key.id),
        None => key.id.clone(),
    };
    (user_name, password)
}

/// The same for `demo`, at the current time.
pub fn signed_demo(key: &AccessKey) -> (String, String) {
    signed(key, HOST, REGION, "/v1/repos/demo", TimeDelta::zero())
}

/// An HTTP answer as curl prints it.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The text of an XML element.
    pub fn element(&self, name: &str) -> String {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let start = self.body.find(&open).map(|at| at + open.len());
        let text = start.and_then(|start| self.body[start..].split(&close).next());
        text.unwrap_or_default().to_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs curl; the proxy's answer to `CONNECT` is left out.
pub fn curl(aws: &StandIn, args: &[&str]) -> Answer {
    let output = stand_in::command("curl")
        .args(["--silent", "--include", "--suppress-connect-headers", "--max-time", "20"])
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(aws.environment())
        .output()
        .expect("curl is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("curl {args:?}: {output:?}"));
    let status = head.get(9..12).and_then(|digits| digits.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("no status in {head}")),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// Requests `info/refs` with user name and password.
pub fn info_refs(aws: &StandIn, service: &str, (user_name, password): &(String, String)) -> Answer {
    let url = format!("https://{HOST}/v1/repos/demo/info/refs?service={service}");
    curl(aws, &["--user", &format!("{user_name}:{password}"), &url])
}

/// A home directory with a credential helper that returns fixed answers.
pub struct Home {
    folder: TempDir,
    git: PathBuf,
}

impl Home {
    pub fn new(git: &Path) -> Self {
        Self { folder: tempfile::tempdir().expect("there is room for temporary files"), git: git.to_owned() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs git, whose credential helper is a shell one-liner.
    pub fn git(&self, aws: &StandIn, credentials: &(String, String), args: &[&str]) -> Output {
        let (user_name, password) = credentials;
        stand_in::command(&self.git)
            .current_dir(self.path())
            .args(["-c", "credential.helper=!f() { echo \"username=$USER_NAME\"; echo \"password=$PASSWORD\"; }; f"])
            .args(["-c", "user.name=Alice", "-c", "user.email=alice@example.com"])
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("USER_NAME", user_name)
            .env("PASSWORD", password)
            .envs(aws.environment())
            .output()
            .expect("git can be started")
    }

    /// The same for a command that must succeed.
    pub fn run(&self, aws: &StandIn, credentials: &(String, String), args: &[&str]) -> String {
        let output = self.git(aws, credentials, args);
        assert!(
            output.status.success(),
            "git {args:?}: {}\n{:#?}",
            String::from_utf8_lossy(&output.stderr),
            aws.requests()
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Every git in the `PATH`, at most one for each directory.
pub fn gits() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let gits: Vec<PathBuf> =
        std::env::split_paths(&path).map(|folder| folder.join("git")).filter(|program| program.is_file()).collect();
    assert!(!gits.is_empty(), "there is no git on PATH");
    gits
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
