//! The kinds of host that CodeCommit's signature is valid for, their API hosts and their patterns in git's
//! configuration.

use crate::partition::PARTITIONS;
use crate::region::Region;
use std::fmt;

/// A kind of host that CodeCommit's signature is valid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `git-codecommit.<region>.<suffix>`
    Standard,
    /// `git-codecommit-fips.<region>.<suffix>`
    Fips,
    /// `vpce-….git-codecommit[-fips].<region>.vpce.<suffix>`
    VpcEndpoint {
        /// Whether the endpoint serves `git-codecommit-fips`.
        fips: bool,
    },
    /// `codeconnections.<region>.<suffix>` and its older name `codestar-connections`: a proxy to other git hosts that
    /// takes the same signature, with service `codecommit`.
    CodeConnections,
    /// Any host, under `--ignore-host-check`.
    Unchecked,
}

/// In the words of the AWS documentation, for reports and traces.
impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standard => "standard endpoint",
            Self::Fips => "FIPS endpoint",
            Self::VpcEndpoint { fips: false } => "VPC endpoint",
            Self::VpcEndpoint { fips: true } => "FIPS VPC endpoint",
            Self::CodeConnections => "CodeConnections",
            Self::Unchecked => "host not checked (--ignore-host-check)",
        })
    }
}

impl Family {
    /// Whether the endpoint uses FIPS 140 validated modules.
    #[must_use]
    pub fn is_fips(self) -> bool {
        matches!(self, Self::Fips | Self::VpcEndpoint { fips: true })
    }

    /// The host of CodeCommit's JSON API that corresponds to a git host of this kind.
    #[must_use]
    pub fn api_host(self, region: &Region, dns_suffix: &str) -> String {
        format!("codecommit{}.{region}.{dns_suffix}", if self.is_fips() { "-fips" } else { "" })
    }

    /// `host` as a pattern of git's configuration that matches it in every region: `*` matches one whole label
    /// (git-config(1), `http.<url>.*`).
    #[must_use]
    pub fn pattern(self, host: &str) -> String {
        let suffix = PARTITIONS.iter().map(|partition| partition.dns_suffix).find(|&suffix| {
            host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.') && rest.matches('.').count() >= 2)
        });
        let service = host.split('.').next().unwrap_or(host);
        match (self, suffix) {
            (Family::Standard | Family::Fips | Family::CodeConnections, Some(suffix)) => {
                format!("{service}.*.{suffix}")
            }
            (Family::VpcEndpoint { fips }, Some(suffix)) => {
                format!("*.git-codecommit{}.*.vpce.{suffix}", if fips { "-fips" } else { "" })
            }
            _ => host.to_owned(),
        }
    }
}
