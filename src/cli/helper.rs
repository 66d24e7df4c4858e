//! git's own calls: `get`, `store`, `erase`, `capability`, and the options that the configuration gives them.
//!
//! They are parsed by hand first, because clap takes longer than the signature. A property test holds the two parsers
//! together.

use crate::git::Options;
use crate::verification::Mode;
use clap::{Args, ValueEnum as _, ValueHint};
use std::ffi::OsString;

/// The options that a value of `credential.helper` can contain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Arguments {
    /// Use this AWS profile; takes precedence over keys in the environment
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other, global = true)]
    pub profile: Option<String>,
    /// Region for hosts that do not contain one
    #[arg(long, value_name = "REGION", value_hint = ValueHint::Other)]
    pub region: Option<String>,
    /// Sign for any host name; requires a region
    #[arg(long)]
    pub ignore_host_check: bool,
    /// Trust the CA certificates (PEM) in FILE for calls to AWS
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_bundle: Option<String>,
    /// Do not read or write the AWS CLI's role cache (~/.aws/cli/cache)
    #[arg(long)]
    pub no_cache: bool,
    /// When to check with CodeCommit before answering git [default: auto]
    #[arg(long, value_name = "WHEN")]
    pub verify: Option<Mode>,
    /// Print a trace to standard error, without secrets
    #[arg(short, long, visible_alias = "debug", global = true)]
    pub verbose: bool,
}

impl Arguments {
    /// The options that a session is opened with.
    pub(crate) fn options(&self) -> Options {
        Options {
            profile: self.profile.clone(),
            region: self.region.clone(),
            ca_bundle: self.ca_bundle.clone(),
            ignore_host_check: self.ignore_host_check,
            is_expanded: false,
        }
    }

    /// Merges the options after the command with those `before` it; the later ones take precedence.
    pub(super) fn or(self, before: Self) -> Self {
        Self {
            profile: self.profile.or(before.profile),
            region: self.region.or(before.region),
            ignore_host_check: self.ignore_host_check || before.ignore_host_check,
            ca_bundle: self.ca_bundle.or(before.ca_bundle),
            no_cache: self.no_cache || before.no_cache,
            verify: self.verify.or(before.verify),
            verbose: self.verbose || before.verbose,
        }
    }

    /// The name of the first option that is set and that only git's calls have.
    pub(super) fn own_option(&self) -> Option<&'static str> {
        let set = [
            (self.region.is_some(), "--region"),
            (self.ignore_host_check, "--ignore-host-check"),
            (self.ca_bundle.is_some(), "--ca-bundle"),
            (self.no_cache, "--no-cache"),
            (self.verify.is_some(), "--verify"),
        ];
        set.into_iter().find_map(|(is_set, name)| is_set.then_some(name))
    }
}

/// The action that git passes (gitcredentials(7), "CUSTOM HELPERS").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// git needs a user name and a password.
    Get,
    /// The server accepted the password.
    Store,
    /// The server rejected the password.
    Erase,
    /// git asks for the capabilities of this helper (git 2.46 and later).
    Capability,
}

impl Action {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "get" => Self::Get,
            "store" => Self::Store,
            "erase" => Self::Erase,
            "capability" => Self::Capability,
            _ => return None,
        })
    }
}

/// Parses the calls that git makes: known long options and one action. `None` leaves everything else to clap.
pub(super) fn by_hand(arguments: &[OsString]) -> Option<(Action, Arguments)> {
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
            word if action.is_none() => action = Some(Action::named(word)?),
            _ => return None,
        }
    }
    Some((action?, parsed))
}
