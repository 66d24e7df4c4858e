//! git's own calls: `get`, `store`, `erase`, `capability`, and the options that the configuration gives them.
//!
//! They are read by hand before clap is touched, since clap costs more than the signature does; a property test holds the
//! two readings together.

use crate::git::Options;
use crate::verification::Mode;
use clap::{Args, ValueEnum as _, ValueHint};
use std::ffi::OsString;

/// What a value of `credential.helper` can tell this helper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Arguments {
    /// Sign with this profile of ~/.aws/config and ~/.aws/credentials, before keys in the environment
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other, global = true)]
    pub profile: Option<String>,
    /// Region for hosts that name none; never overrides the host's own
    #[arg(long, value_name = "REGION", value_hint = ValueHint::Other)]
    pub region: Option<String>,
    /// Sign for a host of any name; needs a region
    #[arg(long)]
    pub ignore_host_check: bool,
    /// Trust the certificate authorities in this file for AWS calls
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_bundle: Option<String>,
    /// Neither read nor write the AWS CLI's cache of role credentials, ~/.aws/cli/cache
    #[arg(long)]
    pub no_cache: bool,
    /// Whether to ask CodeCommit before git is told: auto, unless it accepted the same lately; always; never
    #[arg(long, value_name = "WHEN")]
    pub verify: Option<Mode>,
    /// Tell on standard error how the answer came about; nothing secret
    #[arg(short, long, visible_alias = "debug", global = true)]
    pub verbose: bool,
}

impl Arguments {
    /// What a session is opened with.
    pub(crate) fn options(&self) -> Options {
        Options {
            profile: self.profile.clone(),
            region: self.region.clone(),
            ca_bundle: self.ca_bundle.clone(),
            ignore_host_check: self.ignore_host_check,
        }
    }

    /// These options, and where they say nothing, those that stood before the command.
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

    /// The first option that only git's calls have.
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

/// What git wants (gitcredentials(7), "CUSTOM HELPERS").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// An answer.
    Get,
    /// An answer worked.
    Store,
    /// An answer did not work.
    Erase,
    /// What this helper knows (git 2.46 and later).
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

/// The calls that git makes: known options in their long form, one action. `None` leaves everything else to clap.
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
