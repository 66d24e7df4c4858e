//! Arguments → what to do.
//!
//! [`Arguments`] is the definition: help, errors, man page and completions come from it. The calls that git makes are
//! read by hand before clap is touched, since clap costs more than the signature does; a property test holds the two
//! readings together.

use crate::doctor;
use crate::setup;
use crate::verification::Mode;
use clap::{Parser, ValueEnum};
use std::ffi::OsString;

/// One call of the program: by git, or by a person who names a command first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    /// `get` and the other actions of a credential helper.
    Helper(Arguments),
    /// `setup`
    Setup(setup::Arguments),
    /// `doctor`
    Doctor(doctor::Arguments),
}

/// Git credential helper for AWS CodeCommit over HTTPS.
///
/// git runs it, once it is configured (see the man page or the README). It signs with AWS Signature Version 4 for the region
/// of the host, with the credentials that the AWS CLI would use, and says what is wrong where it cannot. Hosts that are
/// not CodeCommit's are left to other helpers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(
    name = "git-credential-codecommit",
    version,
    args_override_self = true,
    after_help = "Commands:\n  setup  Configure git to use this helper for CodeCommit (git credential-codecommit setup --help)\n\
                  \x20 doctor Find out what is wrong (git credential-codecommit doctor --help)\n\n\
                  Exit status: 0 for an answer, for a foreign host, for store and erase; 1 for a failed get; 2 for usage.\n\
                  Tracing: GIT_TRACE_CODECOMMIT=1, or the absolute path of a file."
)]
pub struct Arguments {
    /// `get`, `store`, `erase` or `capability`, as git passes it; any other action is ignored
    pub action: String,
    /// Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region for hosts that name none; never overrides the host's own
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Sign for a host of any name; needs a region
    #[arg(long)]
    pub ignore_host_check: bool,
    /// Trust the certificate authorities in this file for AWS calls
    #[arg(long, value_name = "FILE")]
    pub ca_bundle: Option<String>,
    /// Neither read nor write the AWS CLI's cache of role credentials, ~/.aws/cli/cache
    #[arg(long)]
    pub no_cache: bool,
    /// Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never
    #[arg(long, value_name = "WHEN")]
    pub verify: Option<Mode>,
    /// Tell on standard error how the answer came about; nothing secret
    #[arg(short, long, visible_alias = "debug")]
    pub verbose: bool,
}

/// Reads the arguments, the program's name left out.
///
/// # Errors
/// What clap has to say: help and version too. [`clap::Error::exit_code`] tells them apart.
pub fn parse(arguments: &[OsString]) -> Result<Invocation, clap::Error> {
    let named = |name: &str, rest: &[OsString]| [&[OsString::from(name)], rest].concat();
    if let [command, rest @ ..] = arguments
        && command == "setup"
    {
        let words = named("git credential-codecommit setup", rest);
        return setup::Arguments::try_parse_from(words).map(Invocation::Setup);
    }
    if let [command, rest @ ..] = arguments
        && command == "doctor"
    {
        let words = named("git credential-codecommit doctor", rest);
        return doctor::Arguments::try_parse_from(words).map(Invocation::Doctor);
    }
    parse_helper(arguments).map(Invocation::Helper)
}

/// Reads the arguments of git's own calls.
///
/// # Errors
/// As for [`parse`].
pub fn parse_helper(arguments: &[OsString]) -> Result<Arguments, clap::Error> {
    match by_hand(arguments) {
        Some(parsed) => Ok(parsed),
        None => {
            Arguments::try_parse_from(std::iter::once(&OsString::from("git-credential-codecommit")).chain(arguments))
        }
    }
}

/// The calls that git makes: known options in their long form, one action. `None` leaves everything else to clap.
fn by_hand(arguments: &[OsString]) -> Option<Arguments> {
    let mut parsed = Arguments::default();
    let mut action = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let argument = argument.to_str()?;
        let (option, inline) = match argument.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value)),
            _ => (argument, None),
        };
        let mut value = || match inline {
            Some(value) => Some(value.to_owned()),
            // What starts with a dash may be another option: clap decides.
            None => rest.next()?.to_str().filter(|value| !value.starts_with('-')).map(str::to_owned),
        };
        match option {
            "--profile" => parsed.profile = Some(value()?),
            "--region" => parsed.region = Some(value()?),
            "--ca-bundle" => parsed.ca_bundle = Some(value()?),
            "--no-cache" if inline.is_none() => parsed.no_cache = true,
            "--verify" => parsed.verify = Some(Mode::from_str(&value()?, false).ok()?),
            "--ignore-host-check" if inline.is_none() => parsed.ignore_host_check = true,
            "--verbose" | "--debug" | "-v" if inline.is_none() => parsed.verbose = true,
            word if !word.starts_with('-') && action.is_none() => action = Some(argument.to_owned()),
            _ => return None,
        }
    }
    parsed.action = action?;
    Some(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use proptest::prelude::*;

    fn helper(line: &str) -> Arguments {
        match parse(&words(line)) {
            Ok(Invocation::Helper(arguments)) => arguments,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
        setup::Arguments::command().debug_assert();
    }

    #[test]
    fn options_stand_before_or_after_the_action() {
        let before = helper("--profile dev --region=eu-west-1 --ignore-host-check -v get");
        let after = helper("get --region eu-west-1 --debug --profile=dev --ignore-host-check");
        assert_eq!(before, after);
        assert_eq!((before.action.as_str(), before.profile.as_deref()), ("get", Some("dev")));
    }

    #[test]
    fn doctor_is_a_call_of_its_own_as_the_first_word() {
        let Ok(Invocation::Doctor(arguments)) = parse(&words("doctor origin --json")) else { panic!("a doctor") };
        assert_eq!((arguments.target.as_deref(), arguments.json), (Some("origin"), true));
        assert!(matches!(parse(&words("--profile doctor get")), Ok(Invocation::Helper(_))));
    }

    #[test]
    fn what_is_no_call_is_refused_with_status_2_and_help_is_none_of_those() {
        for line in [
            "doctor --nonsense",
            "doctor a b",
            "",
            "--nonsense get",
            "--profile",
            "get extra",
            "--profile --region get",
        ] {
            assert_eq!(parse(&words(line)).expect_err(line).exit_code(), 2, "{line}");
        }
        for line in ["--help", "-h", "--version", "get --help", "doctor --help"] {
            assert_eq!(parse(&words(line)).expect_err(line).exit_code(), 0, "{line}");
        }
    }

    proptest! {
        #[test]
        fn both_readings_agree(words in prop::collection::vec(prop::sample::select(vec![
            "get", "store", "x", "--profile", "dev", "--profile=dev", "--profile=", "--region", "r", "--region=r",
            "--ignore-host-check", "--ignore-host-check=1", "--no-cache", "--verify", "never", "--verify=auto", "--ca-bundle", "/f", "--ca-bundle=/f=g", "--verify", "never", "--verify=auto", "--verify=x", "-v", "--verbose",
            "--debug", "a=b", "-", "--", "", "--nonsense",
        ]), 0..7)) {
            let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
            if let Some(parsed) = by_hand(&arguments) {
                let program = OsString::from("git-credential-codecommit");
                let by_clap = Arguments::try_parse_from(std::iter::once(&program).chain(&arguments));
                prop_assert_eq!(Some(parsed), by_clap.ok());
            }
        }
    }
}
