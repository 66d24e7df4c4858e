//! The arguments of `doctor`.

use clap::{Parser, ValueHint};

/// Find out why git and CodeCommit do not work together.
///
/// Examine git's configuration, the AWS credentials, the network and the clock, and CodeCommit's own answers, and end in
/// one diagnosis with its fix. It asks nothing and changes nothing; the report is fit to be pasted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(
    name = "git credential-codecommit doctor",
    after_help = "Exit status: 0 when all is good; 1 when a problem was found; 2 for usage; 3 when there was nothing to examine."
)]
pub struct Arguments {
    /// The remote to examine, by name or URL; without it, the remotes of the repository you stand in
    #[arg(value_name = "URL|REMOTE", value_hint = ValueHint::Other)]
    pub target: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Sign with this profile, rather than as the helper is configured
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub profile: Option<String>,
}
