//! `credential_process`: a program that prints credentials as JSON.
//!
//! Run as the AWS CLI runs it (botocore `ProcessProvider`): split into words without a shell, once an answer. Its
//! standard input is closed, since ours is git's request; its output is bounded, and so is its time.

use crate::machine::run::{NoOutput, Program};
use crate::text::escape;
use aws_files::process_output::{BadOutput, parse, without_credentials};
use aws_files::shell_words;
use codecommit::keys::Credentials;
use codecommit::secret::public_path;
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
    /// Its output is no credentials.
    Output(BadOutput),
}

/// The program of a command line, without its arguments. What is meant for a shell may set a variable to a password first
/// (`TOKEN=… program`), and is then taken for the program.
pub(crate) fn program(command: &str) -> String {
    let program = shell_words::split(command).and_then(|words| words.into_iter().next()).unwrap_or_default();
    match program.split_once('=') {
        Some((variable, _)) => format!("{}=…", public_path(variable)),
        None => public_path(&program).into_owned(),
    }
}

/// Runs the command line and reads what it prints.
pub(crate) fn run(command: &str) -> Result<Credentials, ProcessProblem> {
    run_within(command, DEADLINE)
}

fn run_within(command: &str, deadline: Duration) -> Result<Credentials, ProcessProblem> {
    let words = shell_words::split(command).ok_or(ProcessProblem::Unquotable)?;
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
        let words = escape::lines(words.iter().map(String::as_str), 3, 160);
        return Err(ProcessProblem::Failed(output.status.to_string(), words));
    }
    parse(&output.stdout).map_err(ProcessProblem::Output)
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
        let json = r#"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "x$HOME", "SessionToken": "", "Expiration": "2036-01-02T03:04:05Z"}"#;
        let credentials = run(&format!("printf %s '{json}'")).expect("credentials");
        assert_eq!(credentials.secret_access_key.expose(), "x$HOME");
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
        assert_eq!(problem("echo hello"), ProcessProblem::Output(BadOutput::NoJson));
        assert_eq!(problem("echo []"), ProcessProblem::Output(BadOutput::NoJson));
        assert_eq!(problem("echo '{\"Version\": 2}'"), ProcessProblem::Output(BadOutput::Version));
        let numeric =
            r#"echo '{"Version": 1.0, "AccessKeyId": "a", "SecretAccessKey": "b", "Expiration": 4102444800}'"#;
        assert_eq!(problem(numeric), ProcessProblem::Output(BadOutput::BadExpiration));
        assert_eq!(
            problem("echo '{\"Version\": 1, \"AccessKeyId\": \"a\"}'"),
            ProcessProblem::Output(BadOutput::MissingKey("SecretAccessKey"))
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
