//! The arguments of `doctor`.

use clap::{Parser, ValueHint};
use std::path::PathBuf;

/// Find out why a clone, fetch or push fails.
///
/// Checks git's configuration, the AWS credentials, the network, the clock and CodeCommit's answers, and prints each problem
/// with its fix, the first one first. Without a remote and without a URL it checks what needs no repository. Never prompts and
/// changes no setting. The report contains no secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(
    name = "git credential-codecommit doctor",
    after_long_help = "Examples:\n  \
                       git credential-codecommit doctor\n  \
                       git credential-codecommit doctor https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/billing\n\n\
                       Exit status: 0 if CodeCommit served the repository and no problem was found, 1 if a problem was \
                       found, 2 on a usage error, 3 if access to CodeCommit could not be checked."
)]
pub struct Arguments {
    /// Remote to check, by name or URL [default: all remotes of this repository]
    #[arg(value_name = "URL|REMOTE", value_hint = ValueHint::Other)]
    pub target: Option<String>,
    /// Check whether a fetch works, not a push
    #[arg(long)]
    pub fetch_only: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Write what a bug report needs to FILE, without secrets
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,
    /// Use this AWS profile [default: as the helper is configured]
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub profile: Option<String>,
}
