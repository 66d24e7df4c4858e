//! `credential_process`: a program that prints credentials as JSON.
//!
//! Run as the AWS CLI runs it (botocore `ProcessProvider`): split into words without a shell, once an answer. Its
//! standard input is closed, since ours is git's request; its output is bounded, and so is its time.

use super::{Credentials, UnusableCredentials, timestamp, words};
use crate::escape;
use crate::machine::run::{NoOutput, Program};
use crate::secret::public_path;
use std::time::Duration;

/// What a program may take: people unlock a vault or touch a key in this time.
const DEADLINE: Duration = Duration::from_mins(5);

/// What a program may print. Credentials are a few kilobytes.
const OUTPUT_LIMIT: u64 = 1 << 20;

/// What happened instead of credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProcessProblem {
    /// A quotation in the setting is not closed, or it is empty.
    Unquotable,
    /// The program could not be started.
    NotStarted(String),
    /// It failed: how it ended, and the first lines of its standard error.
    Failed(String, Vec<String>),
    /// It was still running after this many seconds, and was ended.
    TooLong(u64),
    /// It printed more than this many bytes.
    TooMuch(u64),
    /// Its output is no JSON object.
    NoJson,
    /// `Version` is not 1.
    Version,
    /// A key is missing from the object.
    MissingKey(&'static str),
    /// `Expiration` is no time.
    BadExpiration,
    /// What it printed cannot be credentials.
    Unusable(UnusableCredentials),
}

/// The program of a command line, without its arguments. What is meant for a shell may set a variable to a password first
/// (`TOKEN=… program`), and is then taken for the program.
pub(super) fn program(command: &str) -> String {
    let program = words::split(command).and_then(|words| words.into_iter().next()).unwrap_or_default();
    match program.split_once('=') {
        Some((variable, _)) => format!("{}=…", public_path(variable)),
        None => public_path(&program).into_owned(),
    }
}

/// Runs the command line and reads what it prints.
pub(super) fn run(command: &str) -> Result<Credentials, ProcessProblem> {
    run_within(command, DEADLINE)
}

fn run_within(command: &str, deadline: Duration) -> Result<Credentials, ProcessProblem> {
    let words = words::split(command).ok_or(ProcessProblem::Unquotable)?;
    let (program, arguments) = words.split_first().ok_or(ProcessProblem::Unquotable)?;
    let program = Program::new(program).args(arguments).may_use_terminal().at_most(OUTPUT_LIMIT);
    let program = program.waited_for_as(format!("credential_process, which runs {}", self::program(command)));
    let output = program.run(deadline).map_err(|none| match none {
        NoOutput::NotStarted(error) => ProcessProblem::NotStarted(error.to_string()),
        NoOutput::TooLong => ProcessProblem::TooLong(deadline.as_secs()),
        NoOutput::TooMuch => ProcessProblem::TooMuch(OUTPUT_LIMIT),
    })?;
    if !output.status.success() {
        let words = without_credentials(&output.stderr, &output.stdout);
        return Err(ProcessProblem::Failed(output.status.to_string(), words));
    }
    parse(&output.stdout)
}

/// What a line of a program's words is left out for: it names a part of credentials, or sets a password.
const MARKS: [&str; 10] = [
    "secretaccesskey",
    "secret_access_key",
    "sessiontoken",
    "session_token",
    "securitytoken",
    "security_token",
    "password",
    "passphrase",
    "token=",
    "secret=",
];

/// The standard error of a program that failed, without the credentials that it may hold: some print their JSON there, or
/// what they have sent. Lines that name such a thing are left out, and those with a value from its standard output.
fn without_credentials(stderr: &[u8], stdout: &[u8]) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_slice(stdout).unwrap_or_default();
    let given: Vec<&str> = json.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()).collect();
    let is_secret = |line: &str| {
        let lower = line.to_ascii_lowercase();
        MARKS.iter().any(|mark| lower.contains(mark))
            || given.iter().any(|value| value.len() >= 4 && line.contains(value))
    };
    let text = String::from_utf8_lossy(stderr);
    let lines = text.lines().map(|line| if is_secret(line) { "(a line with credentials)" } else { line });
    escape::lines(lines, 3, 160)
}

fn parse(output: &[u8]) -> Result<Credentials, ProcessProblem> {
    let json: serde_json::Value = serde_json::from_slice(output).map_err(|_| ProcessProblem::NoJson)?;
    let object = json.as_object().ok_or(ProcessProblem::NoJson)?;
    // 1.0 is as good as 1, as in Python.
    if object.get("Version").and_then(serde_json::Value::as_f64) != Some(1.0) {
        return Err(ProcessProblem::Version);
    }
    let text = |key| object.get(key).and_then(serde_json::Value::as_str);
    let id = text("AccessKeyId").ok_or(ProcessProblem::MissingKey("AccessKeyId"))?;
    let secret = text("SecretAccessKey").ok_or(ProcessProblem::MissingKey("SecretAccessKey"))?;
    let expires = match object.get("Expiration") {
        None | Some(serde_json::Value::Null) => None,
        Some(value) => Some(value.as_str().and_then(timestamp::parse).ok_or(ProcessProblem::BadExpiration)?),
    };
    Credentials::new(id, secret, text("SessionToken"), expires).map_err(ProcessProblem::Unusable)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Instant;

    fn problem(command: &str) -> ProcessProblem {
        run_within(command, Duration::from_secs(20)).expect_err(command)
    }

    #[test]
    fn what_the_program_prints_is_read_without_a_shell() {
        let json = r#"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "$HOME", "SessionToken": "", "Expiration": "2036-01-02T03:04:05Z"}"#;
        let credentials = run(&format!("printf %s '{json}'")).expect("credentials");
        assert_eq!(credentials.secret_access_key.expose(), "$HOME");
        assert!(credentials.session_token.is_none());
        assert_eq!(credentials.expires.map(|time| time.timestamp()), Some(2_082_855_845));
    }

    #[test]
    fn the_program_does_not_read_gits_request() {
        let script = r#"read -r line; printf '{"Version":1,"AccessKeyId":"got_%s_","SecretAccessKey":"s"}' "$line""#;
        let credentials = run(&format!("sh -c '{}'", script.replace('\'', r"'\''"))).expect("credentials");
        assert_eq!(credentials.access_key_id.expose(), "got__");
    }

    #[test]
    fn each_way_to_fail_is_told_apart() {
        assert_eq!(problem("'open"), ProcessProblem::Unquotable);
        assert_eq!(problem(" "), ProcessProblem::Unquotable);
        assert!(matches!(problem("/no/such/program x"), ProcessProblem::NotStarted(_)));
        assert_eq!(
            problem("sh -c 'echo locked >&2; exit 3'"),
            ProcessProblem::Failed("exit status: 3".into(), vec!["locked".into()])
        );
        assert_eq!(problem("echo hello"), ProcessProblem::NoJson);
        assert_eq!(problem("echo []"), ProcessProblem::NoJson);
        assert_eq!(problem("echo '{\"Version\": 2}'"), ProcessProblem::Version);
        let numeric =
            r#"echo '{"Version": 1.0, "AccessKeyId": "a", "SecretAccessKey": "b", "Expiration": 4102444800}'"#;
        assert_eq!(problem(numeric), ProcessProblem::BadExpiration);
        assert_eq!(
            problem("echo '{\"Version\": 1, \"AccessKeyId\": \"a\"}'"),
            ProcessProblem::MissingKey("SecretAccessKey")
        );
        assert_eq!(problem("head -c 10000000 /dev/zero"), ProcessProblem::TooMuch(OUTPUT_LIMIT));
    }

    #[test]
    fn the_credentials_in_the_words_of_a_program_that_failed_are_left_out() {
        let told = |script: &str| match problem(&format!("sh -c '{script}; exit 3'")) {
            ProcessProblem::Failed(_, words) => words.join("\n"),
            other => panic!("{other:?}"),
        };
        let json = r#"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"CANARY","SessionToken":"CANARY"}"#;
        for script in [
            format!("echo locked >&2; echo \"{}\" >&2", json.replace('"', "\\\"")),
            "printf \"{\\n \\\"SecretAccessKey\\\": \\\"CANARY\\\",\\n\" >&2".to_owned(),
            "echo login failed with password CANARY >&2".to_owned(),
            "echo \"{\\\"SecretAccessKey\\\": \\\"CANARY\\\"}\"; echo said CANARY >&2".to_owned(),
        ] {
            let told = told(&script);
            assert!(!told.contains("CANARY") && told.contains("(a line with credentials)"), "{script}: {told}");
        }
        assert_eq!(told("echo the vault is locked >&2"), "the vault is locked");
    }

    #[test]
    fn a_program_that_never_ends_is_ended() {
        let started = Instant::now();
        let limit = Duration::from_millis(300);
        assert!(matches!(run_within("sleep 60", limit), Err(ProcessProblem::TooLong(_))));
        assert!(matches!(run_within("sh -c 'exec >&- 2>&-; sleep 60'", limit), Err(ProcessProblem::TooLong(_))));
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}
