//! Host and path → the repository that git wants, a foreign host, or a near miss that deserves an explanation.
//!
//! Decides what is signed for, and for which region; leaves the words to the program and the signature to `signature`.
//! The host match is anchored at both ends: a helper that looks for "amazonaws.com" somewhere in the name hands
//! credentials to `amazonaws.com.attacker.example`. Sources: AWS CodeCommit User Guide, "Regions and Git connection
//! endpoints" and "Using AWS CodeCommit with interface VPC endpoints"; `awscli/customizations/codecommit.py`.

mod host;
mod meant;
mod path;

pub use meant::Meant;

use crate::attributes::{Ambiguous, Attributes, Authority, Doubt};
use crate::family::Family;
use crate::region::Region;
use host::HostMatch;

/// A repository that can be signed for. Once there is one, signing cannot fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    authority: Authority,
    path: String,
    region: Region,
    family: Family,
}

impl Repository {
    /// The host as it is signed: in the URL's spelling, without a port. Signature Version 4 signs the value of the
    /// `Host` header as it is sent, and curl sends what was typed; so does the AWS CLI.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The repository's URL as git's configuration knows it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}{}", self.authority(), self.path())
    }

    /// The host as git connects to it: with the port, where the URL has one.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The path as it is signed: one leading slash, none at the end.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name without the `.git` at its end, where the URL has that. No repository can be called so (CodeCommit API
    /// reference, `RepositoryName`), though other git servers take both.
    #[must_use]
    pub fn without_dot_git(&self) -> Option<&str> {
        let is_codecommits = !matches!(self.family, Family::CodeConnections | Family::Unchecked);
        self.path.strip_prefix("/v1/repos/").filter(|_| is_codecommits)?.strip_suffix(".git")
    }

    /// The name by which CodeCommit's API knows the repository: the last part of the path, never with `.git`.
    #[must_use]
    pub fn api_name(&self) -> &str {
        self.without_dot_git().unwrap_or_else(|| self.path.rsplit('/').next().unwrap_or_default())
    }

    /// The region of the signature: the host's own, or the configured one where the host names none.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// Which kind of host this is.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }
}

/// A request for a host that names no region: `git-codecommit.amazonaws.com`, or any host under `--ignore-host-check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unscoped {
    authority: Authority,
    path: String,
    family: Family,
}

impl Recognised {
    /// The URL as git's configuration knows it.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Scoped(repository) => repository.url(),
            Self::Unscoped(unscoped) => unscoped.url(),
        }
    }
}

impl Unscoped {
    /// The host as it will be signed.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// Which kind of host this is.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The URL as git's configuration knows it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}{}", self.authority.as_str(), self.path)
    }

    /// The last part of the path, for a message.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The repository, signed for `region`.
    #[must_use]
    pub fn in_region(self, region: Region) -> Repository {
        let Self { authority, path, family } = self;
        Repository { authority, path, region, family }
    }
}

/// What is signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// Complete.
    Scoped(Repository),
    /// The region has to come from elsewhere.
    Unscoped(Unscoped),
}

/// What is wrong with a request that was meant for CodeCommit. Values are as sent: escape them before printing.
#[expect(missing_docs, reason = "the fields are named for what they hold")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NearMiss {
    /// An attribute is missing, empty, not UTF-8, or holds a control character.
    Malformed { attribute: &'static str, missing: bool },
    /// `http://` or another protocol: the user name may carry a session token, which must not cross the wire in clear.
    NotHttps { protocol: String, host: String, path: Option<String> },
    /// No path: `credential.useHttpPath` is off, and the path is part of what is signed.
    NoPath { host: String, family: Family },
    /// The host of the JSON API, `codecommit.<region>…`; git is served by `git-codecommit.<region>…`. `url` is there.
    ApiHost { host: String, url: String },
    /// A region that belongs to another partition, with the URL it has there.
    OtherPartition { host: String, region: String, url: String },
    /// What stands in the region's place is none. `url` where the region that was meant could still be read.
    MalformedRegion { host: String, region: String, url: Option<String> },
    /// Starts like a CodeCommit host and is not one. `url` where the region could still be read.
    LookAlike { host: String, url: Option<String> },
    /// Programs could read different hosts from it. `host` is the one that is CodeCommit's or made like one, where it can
    /// be told from the rest.
    AmbiguousHost { host: Option<String>, doubt: Doubt },
    /// `.git` at the end of a `codecommit::` URL; CodeCommit's repository names never have it. `name` is without. An https URL
    /// is signed for as it is ([`Repository::without_dot_git`]).
    DotGit { name: String },
    /// Not `/v1/repos/<name>`. `name` where the repository's name could still be read.
    NotARepositoryPath { host: String, path: String, name: Option<String> },
    /// `/v1/repos/<name>` with a name that CodeCommit does not allow.
    InvalidName { name: String },
    /// Not `/git-http/…` on a CodeConnections host.
    NotAConnectionPath { host: String, path: String },
}

/// Recognises a request; `None` where it is not for CodeCommit: say nothing, so that git asks the next helper.
/// `ignore_host_check` signs for a host of any name (still https only), as in the AWS CLI.
///
/// # Errors
/// [`NearMiss`] for what is meant for CodeCommit, and wrong in a way that can be told.
pub fn recognise(attributes: &Attributes, ignore_host_check: bool) -> Result<Option<Recognised>, NearMiss> {
    let malformed = |attribute, missing| NearMiss::Malformed { attribute, missing };
    let authority = match attributes.authority().ok_or(malformed("host", true))? {
        Ok(authority) => authority,
        Err(ambiguous) => return ambiguous_host(&ambiguous, ignore_host_check),
    };
    let host = authority.host().to_ascii_lowercase();
    let matched = match host::match_host(&host) {
        HostMatch::Foreign if !ignore_host_check => return Ok(None),
        HostMatch::Foreign | HostMatch::LookAlike { .. } | HostMatch::NoSuchRegion { .. } if ignore_host_check => {
            HostMatch::Unscoped { family: Family::Unchecked }
        }
        matched => matched,
    };

    // From here on the request is meant for us: what is wrong with it is ours to tell.
    let protocol = attributes.protocol.as_ref().ok_or(malformed("protocol", true))?;
    let protocol = protocol.text().ok_or(malformed("protocol", false))?;
    let path = match &attributes.path {
        Some(path) => Some(path.text().ok_or(malformed("path", false))?),
        None => None,
    };
    // Exactly this spelling: git lower-cases nothing here, and curl would speak TLS for no other.
    if protocol != "https" {
        return Err(NearMiss::NotHttps { protocol: protocol.to_owned(), host, path: path.map(str::to_owned) });
    }
    // With the path that a repository has there, as far as that can be read.
    let at = |git_host: String| match path.map(|path| path.trim_matches('/')) {
        Some(path) if path.starts_with("git-http/") => format!("https://{git_host}/{path}"),
        path => {
            let name = path.and_then(meant::name_of_path);
            format!("https://{git_host}/v1/repos/{}", name.as_deref().unwrap_or("NAME"))
        }
    };
    match matched {
        HostMatch::Foreign => Ok(None),
        HostMatch::LookAlike { meant } => Err(NearMiss::LookAlike { host, url: meant.map(at) }),
        HostMatch::Api { git_host } => Err(NearMiss::ApiHost { host, url: at(git_host) }),
        HostMatch::NoSuchRegion { region, git_host } => {
            Err(NearMiss::MalformedRegion { host, region, url: git_host.map(at) })
        }
        HostMatch::OtherPartition { region, git_host } => {
            Err(NearMiss::OtherPartition { host, region, url: at(git_host) })
        }
        HostMatch::Unscoped { family } => {
            let path = path::signed_form(family, &host, path)?;
            Ok(Some(Recognised::Unscoped(Unscoped { authority, path, family })))
        }
        HostMatch::Regional { family, region } => {
            let path = path::signed_form(family, &host, path)?;
            Ok(Some(Recognised::Scoped(Repository { authority, path, region, family })))
        }
    }
}

/// Foreign only if no program could read a host of CodeCommit's from it. Nothing is signed for two hosts.
fn ambiguous_host(ambiguous: &Ambiguous, ignore_host_check: bool) -> Result<Option<Recognised>, NearMiss> {
    let matched = |host: &str| host::match_host(&host.to_ascii_lowercase());
    let ours: Vec<&str> = ambiguous.hosts().filter(|host| !matches!(matched(host), HostMatch::Foreign)).collect();
    if ours.is_empty() && !ignore_host_check {
        return Ok(None);
    }
    // Whatever has other characters may be a part of a password too. The real one first.
    let is_host = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let shown = ours.into_iter().filter(is_host);
    let host = shown.min_by_key(|host| matches!(matched(host), HostMatch::LookAlike { .. })).map(str::to_owned);
    Err(NearMiss::AmbiguousHost { host, doubt: ambiguous.doubt })
}

#[cfg(test)]
mod tests;
