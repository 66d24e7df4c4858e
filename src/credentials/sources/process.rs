//! `credential_process`: a program that prints credentials as JSON.
//!
//! Run as the AWS CLI runs it (botocore `ProcessProvider`): split into words without a shell, once for each answer. Its
//! standard input is empty, since ours is git's request; its output and its time are bounded.

use crate::machine::run::{NoOutput, Program};
use crate::machine::world::World;
use crate::text::escape;
use aws_files::process_output::{BadOutput, parse, without_credentials};
use aws_files::shell_syntax::{ShellSyntax, quotes_around, shell_syntax, with_home};
use aws_files::shell_words;
use codecommit::keys::Credentials;
use codecommit::secret::public_path;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The time for the program: users unlock a vault or touch a security key.
const DEADLINE: Duration = Duration::from_mins(5);

/// The longest output, in bytes. Credentials have a few kilobytes.
const OUTPUT_LIMIT: u64 = 1 << 20;

/// Why a `credential_process` returned no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProcessProblem {
    /// The setting is empty.
    Nothing,
    /// A quotation in the setting is unterminated.
    Unquotable,
    /// The program could not be started.
    NotStarted(NotStarted),
    /// The program failed; its exit status in words, and the first lines of its standard error.
    Failed(String, Vec<String>),
    /// The program was still running after this many seconds and was terminated.
    TooLong(u64),
    /// The program printed more than this many bytes.
    TooMuch(u64),
    /// The output has no valid credentials; the first lines of standard error.
    Output(BadOutput, Vec<String>),
}

/// Why a program could not be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotStarted {
    /// No directory of the `PATH` has a program of this name.
    NotOnPath,
    /// The file does not exist. A relative path is resolved from the directory in which git runs.
    NoSuchFile {
        /// Whether the path is relative.
        is_relative: bool,
    },
    /// The path is a directory.
    Directory,
    /// The file is not executable.
    NotExecutable(PathBuf),
    /// The interpreter in its first line does not exist.
    NoInterpreter {
        /// The interpreter.
        interpreter: String,
        /// Whether that line ends with a carriage return, which becomes part of the interpreter's name.
        has_carriage_return: bool,
    },
    /// The file is text without `#!` in its first line.
    NoFirstLine,
    /// The program is for another operating system or processor.
    OtherSystem,
    /// Any other reason: the operating system's error message.
    Other(String),
}

/// What may be shown of the setting, and whether it was written for a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessSetting {
    /// The profile.
    pub profile: String,
    /// The file that it is in, as shown in messages.
    pub file: String,
    /// The program, without its arguments, which may contain secrets.
    pub program: String,
    /// The shell syntax in it, if any.
    pub syntax: Option<ShellSyntax>,
    /// The quotes with which all of it can be passed to a shell.
    pub quotes: Option<char>,
    /// The program that was probably meant, if it exists.
    pub meant: Option<Meant>,
}

/// An existing program that the setting does not resolve to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// At this absolute path.
    At(PathBuf),
    /// At a path with unquoted spaces.
    WithSpaces(PathBuf),
}

impl ProcessSetting {
    /// Describes the setting of a profile in this file.
    pub(crate) fn of(profile: &str, file: String, command: &str, world: &World) -> Self {
        Self {
            profile: profile.to_owned(),
            file,
            program: program(command),
            syntax: shell_syntax(command),
            quotes: quotes_around(command),
            meant: meant(command, world),
        }
    }
}

/// Directories that are usually in the `PATH` of interactive shells, but not in that of GUI programs and services.
const PLACES: [&str; 4] = ["/usr/local/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin", "/snap/bin"];

fn meant(command: &str, world: &World) -> Option<Meant> {
    let words = shell_words::split(command)?;
    let program = words.first()?;
    let is_there = |path: PathBuf| path.is_file().then_some(path);
    let home = world.home.as_deref();
    if let Some(path) = home.and_then(|home| with_home(program, &home.display().to_string())) {
        return is_there(PathBuf::from(path)).map(Meant::At);
    }
    if Path::new(program).is_file() {
        return None;
    }
    if !program.contains(['/', '\\']) {
        if world.has_program(program) {
            return None;
        }
        let own = home
            .into_iter()
            .flat_map(|home| ["bin", ".local/bin", ".cargo/bin", "go/bin"].map(|below| home.join(below)));
        return own.chain(PLACES.map(PathBuf::from)).find_map(|place| is_there(place.join(program))).map(Meant::At);
    }
    // `/opt/My Tools/vend` without quotes.
    let with_spaces = (2..=words.len().min(8)).find_map(|count| is_there(PathBuf::from(words[..count].join(" "))));
    if let Some(path) = with_spaces {
        return Some(Meant::WithSpaces(path));
    }
    let is_relative = Path::new(program).is_relative();
    home.filter(|_| is_relative).and_then(|home| is_there(home.join(program.trim_start_matches("./")))).map(Meant::At)
}

/// Why the operating system could not start the program.
fn not_started(program: &str, error: &io::Error, world: &World) -> NotStarted {
    let is_path = program.contains('/') || cfg!(windows) && program.contains('\\');
    let path = if is_path { Some(PathBuf::from(program)) } else { world.find_program(program) };
    let Some(path) = path else {
        return if error.kind() == io::ErrorKind::NotFound { NotStarted::NotOnPath } else { other(error) };
    };
    if path.is_dir() {
        return NotStarted::Directory;
    }
    match error.kind() {
        io::ErrorKind::NotFound if !path.is_file() => NotStarted::NoSuchFile { is_relative: path.is_relative() },
        io::ErrorKind::PermissionDenied if is_without_execute_bit(&path) => NotStarted::NotExecutable(path),
        io::ErrorKind::PermissionDenied => other(error),
        _ => unusable_file(&path).unwrap_or_else(|| other(error)),
    }
}

fn other(error: &io::Error) -> NotStarted {
    NotStarted::Other(error.to_string())
}

#[cfg(unix)]
fn is_without_execute_bit(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 == 0)
}

#[cfg(not(unix))]
fn is_without_execute_bit(_: &Path) -> bool {
    false
}

/// Why an existing file is not a program, by its first bytes.
fn unusable_file(path: &Path) -> Option<NotStarted> {
    if !path.is_file() {
        return None;
    }
    let mut first = Vec::new();
    File::open(path).ok()?.take(256).read_to_end(&mut first).ok()?;
    if let Some(line) = first.strip_prefix(b"#!") {
        let line = String::from_utf8_lossy(line.split(|&byte| byte == b'\n').next().unwrap_or_default()).into_owned();
        let interpreter = line.split_whitespace().next().unwrap_or_default();
        let interpreter = public_path(interpreter).into_owned();
        return Some(NotStarted::NoInterpreter { interpreter, has_carriage_return: line.ends_with('\r') });
    }
    // The magic numbers of ELF, Mach-O (both byte orders and universal binaries) and Windows programs.
    let programs: [&[u8]; 6] =
        [b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa"];
    if programs.iter().any(|start| first.starts_with(start)) {
        return Some(NotStarted::OtherSystem);
    }
    (!first.is_empty() && !first.contains(&0)).then_some(NotStarted::NoFirstLine)
}

/// The program of a command line, without its arguments. A command written for a shell may begin with a variable that
/// is set to a password (`TOKEN=… program`), which is then the program.
pub(crate) fn program(command: &str) -> String {
    let program = shell_words::split(command).and_then(|words| words.into_iter().next()).unwrap_or_default();
    // Quotes around everything make program and arguments one word.
    let is_one_word = !program.contains(char::is_whitespace) || Path::new(&program).is_file();
    let first = program.split_whitespace().next().unwrap_or_default();
    if !is_one_word && !first.contains('=') {
        return format!("{} …", public_path(first));
    }
    match program.split_once('=') {
        Some((variable, _)) => format!("{}=…", public_path(variable)),
        None => public_path(&program).into_owned(),
    }
}

/// Runs the command line and parses its output.
pub(crate) fn run(command: &str, world: &World) -> Result<Credentials, ProcessProblem> {
    run_within(command, DEADLINE, world)
}

fn run_within(command: &str, deadline: Duration, world: &World) -> Result<Credentials, ProcessProblem> {
    let words = shell_words::split(command).ok_or(ProcessProblem::Unquotable)?;
    let (name, arguments) = words.split_first().ok_or(ProcessProblem::Nothing)?;
    if name.is_empty() {
        return Err(ProcessProblem::Nothing);
    }
    let program = Program::new(name).args(arguments).may_use_terminal().at_most(OUTPUT_LIMIT);
    let program = program.waited_for_as(format!("credential_process, which runs {}", self::program(command)));
    let output = program.run(deadline).map_err(|none| match none {
        NoOutput::NotStarted(error) => ProcessProblem::NotStarted(not_started(name, &error, world)),
        NoOutput::TooLong => ProcessProblem::TooLong(deadline.as_secs()),
        NoOutput::TooMuch => ProcessProblem::TooMuch(OUTPUT_LIMIT),
    })?;
    let said = || {
        let words = without_credentials(&output.stderr, &output.stdout);
        escape::lines(words.iter().map(String::as_str), 3, 160)
    };
    if !output.status.success() {
        return Err(ProcessProblem::Failed(output.status.to_string(), said()));
    }
    parse(&output.stdout).map_err(|problem| match problem {
        BadOutput::Empty if parse(&output.stderr).is_ok() => {
            ProcessProblem::Output(BadOutput::OnStandardError, Vec::new())
        }
        _ => ProcessProblem::Output(problem, said()),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use aws_files::process_output::{BadVersion, Came};
    use std::time::Instant;

    fn world() -> World {
        World {
            environment: [("PATH", "/usr/bin:/bin")].into_iter().collect(),
            home: None,
            now: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn problem(command: &str) -> ProcessProblem {
        run_within(command, Duration::from_secs(20), &world()).expect_err(command)
    }

    fn bad_output(command: &str) -> BadOutput {
        match problem(command) {
            ProcessProblem::Output(problem, _) => problem,
            other => panic!("{command}: {other:?}"),
        }
    }

    #[test]
    fn what_the_program_prints_is_read_without_a_shell() {
        let json = r#"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "x$HOME", "SessionToken": "", "Expiration": "2036-01-02T03:04:05Z"}"#;
        let credentials = run(&format!("printf %s '{json}'"), &world()).expect("credentials");
        assert_eq!(credentials.secret_access_key.expose(), "x$HOME");
        assert!(credentials.session_token.is_none());
        assert_eq!(credentials.expires.map(|time| time.timestamp()), Some(2_082_855_845));
    }

    #[test]
    fn the_program_does_not_read_gits_request() {
        let script = r#"read -r line; printf '{"Version":1,"AccessKeyId":"got_%s_","SecretAccessKey":"s"}' "$line""#;
        let credentials = run(&format!("sh -c '{}'", script.replace('\'', r"'\''")), &world()).expect("credentials");
        assert_eq!(credentials.access_key_id.expose(), "got__");
    }

    #[test]
    fn each_way_to_fail_is_told_apart() {
        assert_eq!(problem("'open"), ProcessProblem::Unquotable);
        assert_eq!(problem(" "), ProcessProblem::Nothing);
        assert_eq!(problem("''"), ProcessProblem::Nothing);
        let not_started = |command| match problem(command) {
            ProcessProblem::NotStarted(why) => why,
            other => panic!("{command}: {other:?}"),
        };
        assert_eq!(not_started("/no/such/program x"), NotStarted::NoSuchFile { is_relative: false });
        assert_eq!(not_started("no/such/program x"), NotStarted::NoSuchFile { is_relative: true });
        assert_eq!(not_started("no-such-program x"), NotStarted::NotOnPath);
        assert_eq!(not_started("/usr/bin"), NotStarted::Directory);
        assert_eq!(not_started("/etc/passwd"), NotStarted::NotExecutable("/etc/passwd".into()));
        assert_eq!(
            problem("sh -c 'echo locked >&2; exit 3'"),
            ProcessProblem::Failed("exit status: 3".into(), vec!["locked".into()])
        );
        assert_eq!(bad_output("echo hello"), BadOutput::NoJson(Came::Text(1)));
        assert_eq!(bad_output("echo []"), BadOutput::NoObject);
        assert_eq!(bad_output("true"), BadOutput::Empty);
        assert_eq!(bad_output("echo '{\"Version\": 2}'"), BadOutput::Version(BadVersion::Other));
        let numeric =
            r#"echo '{"Version": 1.0, "AccessKeyId": "a", "SecretAccessKey": "b", "Expiration": 4102444800}'"#;
        assert_eq!(bad_output(numeric), BadOutput::BadExpiration);
        assert_eq!(
            bad_output("echo '{\"Version\": 1, \"AccessKeyId\": \"a\"}'"),
            BadOutput::MissingKey("SecretAccessKey")
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
        assert!(matches!(run_within("sleep 60", limit, &world()), Err(ProcessProblem::TooLong(_))));
        assert!(matches!(
            run_within("sh -c 'exec >&- 2>&-; sleep 60'", limit, &world()),
            Err(ProcessProblem::TooLong(_))
        ));
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}
