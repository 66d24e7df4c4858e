//! The arguments of `setup`.

use clap::{Parser, ValueHint};
use std::path::PathBuf;

/// Configure git to use this helper for CodeCommit, and for nothing else.
///
/// For each family of hosts (standard, FIPS, China, VPC endpoints), and for the hosts that the remotes of the repository
/// here name, a section of the configuration clears the helpers that git has read before and names this one. Other hosts
/// keep their helpers. Every change is printed, a second run changes nothing, and --undo takes back what was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(
    name = "git credential-codecommit setup",
    after_help = "Exit status: 0 where all is right now, 1 where something failed, 2 for usage."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate option")]
pub struct Arguments {
    /// Change the user's configuration; this is the default
    #[arg(long, group = "where")]
    pub global: bool,
    /// Change the configuration of the repository here
    #[arg(long, group = "where")]
    pub local: bool,
    /// Change the configuration of the machine
    #[arg(long, group = "where")]
    pub system: bool,
    /// Change this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, group = "where")]
    pub file: Option<PathBuf>,
    /// Sign with this profile; else a profile that is configured already stays
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub profile: Option<String>,
    /// Only for this host, or this repository
    #[arg(long, value_name = "URL", value_hint = ValueHint::Other)]
    pub url: Option<String>,
    /// Also spell out the host of this region, for cargo and others that know no patterns; may be repeated
    #[arg(long, value_name = "REGION", value_hint = ValueHint::Other, conflicts_with = "url")]
    pub region: Vec<String>,
    /// Also for AWS CodeConnections
    #[arg(long, conflicts_with = "url")]
    pub connections: bool,
    /// Take signatures of the past out of the helpers that have kept them, for the hosts in use
    #[arg(long)]
    pub evict: bool,
    /// Give the remotes of the repository here that have codecommit:: URLs the https URLs that those stand for
    #[arg(long, conflicts_with_all = ["global", "system", "file", "profile", "url", "region", "connections", "evict", "undo"])]
    pub rewrite: bool,
    /// Answer every question with yes
    #[arg(short, long)]
    pub yes: bool,
    /// Print what would be changed, and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Put back what was there before
    #[arg(long, conflicts_with_all = ["profile", "url", "region", "connections", "evict"])]
    pub undo: bool,
}
