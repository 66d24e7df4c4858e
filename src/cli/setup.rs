//! The arguments of `setup`.

use clap::{Parser, ValueHint};
use std::path::PathBuf;

/// Configure git to use this helper for CodeCommit, and for nothing else.
///
/// Adds a section for the kinds of CodeCommit host that are in use, and for the host of each region that a remote of this
/// repository, AWS_REGION or a profile names. The section resets the helpers configured before it and sets this one. Other
/// hosts keep their helpers. Prints every change, and asks first if another helper would sign or be asked no more. Running it
/// again changes nothing; --undo restores what was there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(
    name = "git credential-codecommit setup",
    after_long_help = "Examples:\n  \
                       git credential-codecommit setup\n  \
                       git credential-codecommit setup --profile work\n  \
                       git credential-codecommit setup --undo\n\n\
                       Exit status: 0 on success, 1 on failure, 2 on a usage error."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate option")]
pub struct Arguments {
    /// Write to ~/.gitconfig (default)
    #[arg(long, group = "where")]
    pub global: bool,
    /// Write to this repository's .git/config
    #[arg(long, group = "where")]
    pub local: bool,
    /// Write to the system configuration (/etc/gitconfig)
    #[arg(long, group = "where")]
    pub system: bool,
    /// Write to FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, group = "where")]
    pub file: Option<PathBuf>,
    /// Use this AWS profile [default: keep the profile configured now]
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub profile: Option<String>,
    /// Remove the configured profile, so that AWS_PROFILE or the profile `default` signs
    #[arg(long, conflicts_with = "profile")]
    pub no_profile: bool,
    /// Configure only this host or repository URL
    #[arg(long, value_name = "URL", value_hint = ValueHint::Other)]
    pub url: Option<String>,
    /// Also add this region's exact host, for clients without patterns such as cargo (repeatable)
    #[arg(long, value_name = "REGION", value_hint = ValueHint::Other, conflicts_with = "url")]
    pub region: Vec<String>,
    /// Also configure hosts that are not in use: FIPS, China, VPC endpoints, AWS CodeConnections
    #[arg(long, conflicts_with = "url")]
    pub all_hosts: bool,
    /// Also configure the hosts of AWS CodeConnections
    #[arg(long, conflicts_with = "url")]
    pub connections: bool,
    /// Also erase signed CodeCommit passwords, which expire, from other helpers (store, osxkeychain, ...)
    #[arg(long)]
    pub evict: bool,
    /// Change this repository's codecommit:: remotes to https URLs
    #[arg(long, conflicts_with_all = ["global", "system", "file", "profile", "no_profile", "url", "region", "all_hosts", "connections", "evict", "undo"])]
    pub rewrite: bool,
    /// Answer yes to every question
    #[arg(short, long)]
    pub yes: bool,
    /// Print the changes without making them
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Restore the configuration from before setup
    #[arg(long, conflicts_with_all = ["profile", "no_profile", "url", "region", "all_hosts", "connections", "evict"])]
    pub undo: bool,
}
