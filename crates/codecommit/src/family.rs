//! The kinds of host.

/// The kinds of host that CodeCommit's signature is valid for.
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
    /// A host that was not checked, under `--ignore-host-check`.
    Unchecked,
}
