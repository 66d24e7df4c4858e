//! The one definition of the command line, from which help, usage errors, man page and completions are made.
//!
//! Decides which command was called and with which options; the commands decide what the options mean.

pub mod doctor;
mod exit_status;
pub mod explain;
pub mod helper;
pub mod setup;

pub use exit_status::ExitStatus;
pub use helper::{Action, Arguments};

use crate::text::nearest::nearest;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;

/// One call of the program, by git or by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    /// An action of a credential helper.
    Helper(Action, Arguments),
    /// `setup`
    Setup(setup::Arguments),
    /// `doctor`
    Doctor(doctor::Arguments),
    /// `explain`
    Explain(explain::Arguments),
    /// [`PROFILES`]
    Profiles,
    /// Another word. A later git may pass it as an action.
    Unknown {
        /// The word.
        action: String,
        /// Whether `--verbose` was given.
        verbose: bool,
    },
    /// No argument at all.
    Nothing,
}

/// Git credential helper for AWS CodeCommit over HTTPS.
///
/// To begin, run `git credential-codecommit setup`: git then uses this helper for CodeCommit hosts, and for no others.
///
/// Signs requests with AWS Signature Version 4, with the credentials that the AWS CLI would use and for the region in the
/// host name, and explains why a request is refused. If a clone, fetch or push fails without a reason, run
/// `git credential-codecommit doctor`.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "git-credential-codecommit",
    bin_name = "git credential-codecommit",
    version,
    args_override_self = true,
    after_help = "See `git credential-codecommit help COMMAND` for the options of a command.",
    after_long_help = "Examples:\n  \
                       git credential-codecommit setup\n  \
                       git clone https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/billing\n  \
                       git credential-codecommit doctor\n\n\
                       Exit status: 0 on success and for hosts that are not CodeCommit's, 1 on failure, 2 on a usage error.\n\
                       Trace: GIT_TRACE_CODECOMMIT=1 (standard error) or an absolute path (file).\n\n\
                       See `git credential-codecommit help COMMAND` for the options of a command."
)]
pub struct Program {
    #[command(flatten)]
    options: Arguments,
    /// When to use colors
    #[arg(long, global = true, value_name = "WHEN", default_value_t, hide_default_value = true, value_enum)]
    color: Color,
    #[command(subcommand)]
    command: Option<Command>,
}

/// `--color`
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// At a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Also in a pipe or a file
    Always,
    /// Nowhere
    Never,
}

impl Color {
    /// What the arguments say, also those that are no valid command: usage errors have colors, too.
    #[must_use]
    pub fn of(arguments: &[OsString]) -> Self {
        let words = arguments.iter().map(|word| word.to_string_lossy());
        let mut words = words.take_while(|word| word != "--").peekable();
        let mut color = Self::Auto;
        while let Some(word) = words.next() {
            let value = match word.strip_prefix("--color") {
                Some("") => words.peek().map(ToString::to_string),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            color = value.and_then(|value| Self::from_str(&value, false).ok()).unwrap_or(color);
        }
        color
    }

    /// The variables that say the same.
    #[must_use]
    pub fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Auto => &[],
            Self::Always => &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")],
            Self::Never => &[("NO_COLOR", "1")],
        }
    }
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    Setup(setup::Arguments),
    Doctor(doctor::Arguments),
    Explain(explain::Arguments),
    /// Print the user name and password for a request (run by git)
    #[command(args_override_self = true)]
    Get(Arguments),
    /// Record that CodeCommit accepted the password (run by git)
    #[command(args_override_self = true)]
    Store(Arguments),
    /// Do nothing; passwords are never stored (run by git)
    #[command(args_override_self = true)]
    Erase(Arguments),
    /// Print the capabilities of this helper (run by git 2.46 and later)
    #[command(args_override_self = true)]
    Capability(Arguments),
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// The hidden command that completion runs for the names of the profiles. The scripts in `docs/completions` come with the
/// program.
pub const PROFILES: &str = "__profiles";

/// Parses the arguments, without the program's name.
///
/// # Errors
/// A usage error; also help and version, which clap returns as errors. [`clap::Error::exit_code`] is 0 for those.
pub fn parse(arguments: &[OsString]) -> Result<Invocation, clap::Error> {
    match helper::by_hand(arguments) {
        Some((action, options)) => Ok(Invocation::Helper(action, options)),
        None if arguments == [PROFILES] => Ok(Invocation::Profiles),
        None => by_clap(arguments),
    }
}

fn by_clap(arguments: &[OsString]) -> Result<Invocation, clap::Error> {
    let name = OsString::from("git-credential-codecommit");
    let Program { options, command, .. } = Program::try_parse_from(std::iter::once(&name).chain(arguments))?;
    let helper = |action, own: Arguments, before| Ok(Invocation::Helper(action, own.or(before)));
    match command {
        None if arguments.is_empty() => Ok(Invocation::Nothing),
        None => Err(Program::command().error(ErrorKind::MissingSubcommand, "missing command, such as setup")),
        Some(Command::Get(own)) => helper(Action::Get, own, options),
        Some(Command::Store(own)) => helper(Action::Store, own, options),
        Some(Command::Erase(own)) => helper(Action::Erase, own, options),
        Some(Command::Capability(own)) => helper(Action::Capability, own, options),
        Some(Command::Other(words)) => {
            let action = words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Invocation::Unknown { action, verbose: options.verbose })
        }
        Some(Command::Setup(own)) => only_after(&options, "setup").map(|()| Invocation::Setup(own)),
        Some(Command::Doctor(own)) => only_after(&options, "doctor").map(|()| Invocation::Doctor(own)),
        Some(Command::Explain(own)) => only_after(&options, "explain").map(|()| Invocation::Explain(own)),
    }
}

/// Rejects an option before `command` that only git's calls have, which would otherwise be ignored silently.
fn only_after(before: &Arguments, command: &str) -> Result<(), clap::Error> {
    match before.own_option() {
        None => Ok(()),
        Some(option) => {
            let message =
                format!("{option} cannot be used before {command}; see: git credential-codecommit {command} --help");
            Err(Program::command().error(ErrorKind::ArgumentConflict, message))
        }
    }
}

/// Parses the options in a value of `credential.helper`. `None` if this program does not know them.
#[must_use]
pub fn options_of(words: &[OsString]) -> Option<Arguments> {
    match parse(&[words, &["get".into()]].concat()) {
        Ok(Invocation::Helper(_, options)) => Some(options),
        _ => None,
    }
}

/// The command that was probably meant by an unknown word.
#[must_use]
pub fn nearest_command(word: &str) -> Option<&'static str> {
    const COMMANDS: [&str; 8] = ["setup", "doctor", "explain", "get", "store", "erase", "capability", "help"];
    // At two edits, any two letters match.
    if word.len() > 2 { nearest(word, COMMANDS, 2) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn helper(line: &str) -> (Action, Arguments) {
        match parse(&words(line)) {
            Ok(Invocation::Helper(action, arguments)) => (action, arguments),
            other => panic!("{line}: {other:?}"),
        }
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_definition_is_consistent() {
        Program::command().debug_assert();
    }

    #[test]
    fn options_stand_before_or_after_the_action() {
        let before = helper("--profile dev --region=eu-west-1 --ignore-host-check -v get");
        let after = helper("get --region eu-west-1 --debug --profile=dev --ignore-host-check");
        assert_eq!(before, after);
        assert_eq!((before.0, before.1.profile.as_deref()), (Action::Get, Some("dev")));
    }

    #[test]
    fn a_command_for_people_is_found_behind_options_that_apply_to_all() {
        for line in [
            "doctor origin --json --profile p",
            "-v doctor origin --json --profile p",
            "--profile p --debug doctor --json origin",
        ] {
            let Ok(Invocation::Doctor(arguments)) = parse(&words(line)) else { panic!("a doctor: {line}") };
            assert_eq!((arguments.target.as_deref(), arguments.json), (Some("origin"), true), "{line}");
            assert_eq!(arguments.profile.as_deref(), Some("p"), "{line}");
        }
        let Ok(Invocation::Setup(arguments)) = parse(&words("--profile p setup --region a --region b")) else {
            panic!("a setup")
        };
        assert_eq!((arguments.profile.as_deref(), arguments.region.len()), (Some("p"), 2));
        assert!(matches!(parse(&words("--profile doctor get")), Ok(Invocation::Helper(..))));
    }

    #[test]
    fn what_is_no_call_is_refused_with_status_2_and_help_is_none_of_those() {
        for line in [
            "doctor --nonsense",
            "doctor a b",
            "--nonsense get",
            "--profile",
            "-v",
            "get extra",
            "--profile --region get",
            "--region r setup",
            "--no-cache doctor",
            "--region r explain CC101",
        ] {
            assert_eq!(parse(&words(line)).expect_err(line).exit_code(), 2, "{line}");
        }
        for line in [
            "--help",
            "-h",
            "--version",
            "get --help",
            "doctor --help",
            "explain -h",
            "help",
            "help setup",
            "-v setup -h",
        ] {
            assert_eq!(parse(&words(line)).expect_err(line).exit_code(), 0, "{line}");
        }
    }

    #[test]
    fn a_word_that_git_may_know_one_day_is_no_error_and_a_slip_is_recognized() {
        for (line, action, meant) in [
            ("setpu", "setpu", Some("setup")),
            ("--profile x approve", "approve", None),
            ("-v DOCTRO --json", "DOCTRO", Some("doctor")),
        ] {
            let Ok(Invocation::Unknown { action: found, .. }) = parse(&words(line)) else { panic!("{line}") };
            assert_eq!((found.as_str(), nearest_command(&found)), (action, meant), "{line}");
        }
        assert_eq!(parse(&[]).expect("nothing"), Invocation::Nothing);
    }

    proptest! {
        #[test]
        fn both_readings_agree(words in prop::collection::vec(prop::sample::select(vec![
            "get", "store", "x", "--profile", "dev", "--profile=dev", "--profile=", "--region", "r", "--region=r",
            "--ignore-host-check", "--ignore-host-check=1", "--no-cache", "--verify", "never", "--verify=auto", "--ca-bundle",
            "/f", "--ca-bundle=/f=g", "--verify=x", "-v", "--verbose", "--debug", "a=b", "-", "--", "", "--nonsense", "setup",
            "doctor", "erase", "capability", "explain",
        ]), 0..7)) {
            let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
            if let Some((action, options)) = helper::by_hand(&arguments) {
                prop_assert_eq!(Some(Invocation::Helper(action, options)), by_clap(&arguments).ok());
            }
        }
    }
}
