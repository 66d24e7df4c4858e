//! Host and path → the repository that git wants, a foreign host, or a near miss that is reported.
//!
//! Decides what is signed for, and for which region. Leaves the words to the program and the signature to `signature`.
//! The host match is anchored at both ends: a helper that only searches the name for "amazonaws.com" sends credentials
//! to `amazonaws.com.attacker.example`. Sources: AWS CodeCommit User Guide, "Regions and Git connection endpoints" and
//! "Using AWS CodeCommit with interface VPC endpoints"; `awscli/customizations/codecommit.py`.

mod host;
mod meant;
mod path;

pub use meant::Meant;

use crate::attributes::{Ambiguous, Attributes, Authority, Doubt};
use crate::family::Family;
use crate::region::Region;
use host::HostMatch;

/// A repository that can be signed for; signing it cannot fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    authority: Authority,
    path: String,
    region: Region,
    family: Family,
}

impl Repository {
    /// The host as it is signed: as spelled in the URL, without a port. Signature Version 4 signs the value of the
    /// `Host` header as sent, and curl sends the host as typed; the AWS CLI signs it the same way.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The repository's URL, as in git's configuration.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}{}", self.authority(), self.path())
    }

    /// The host that git connects to, with the port if the URL has one.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The path as it is signed: with one leading slash and no trailing one.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name without its trailing `.git`, if the URL has that. No repository name ends in `.git` (CodeCommit API
    /// reference, `RepositoryName`), though other git servers accept both.
    #[must_use]
    pub fn without_dot_git(&self) -> Option<&str> {
        let is_codecommits = !matches!(self.family, Family::CodeConnections | Family::Unchecked);
        self.path.strip_prefix("/v1/repos/").filter(|_| is_codecommits)?.strip_suffix(".git")
    }

    /// The repository's name in CodeCommit's API: the last part of the path, without `.git`.
    #[must_use]
    pub fn api_name(&self) -> &str {
        self.without_dot_git().unwrap_or_else(|| self.path.rsplit('/').next().unwrap_or_default())
    }

    /// The region of the signature: the host's region, or the configured one if the host names none.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The kind of host.
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

impl Recognized {
    /// The URL, as in git's configuration.
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

    /// The kind of host.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The URL, as in git's configuration.
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

/// What a request for CodeCommit asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognized {
    /// The host names the region, so the repository is complete.
    Scoped(Repository),
    /// The host names no region; it has to come from the configuration.
    Unscoped(Unscoped),
}

/// Why a request that was meant for CodeCommit cannot be signed for. Values are as sent: escape them before printing.
#[expect(missing_docs, reason = "the fields are named for what they hold")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NearMiss {
    /// An attribute is missing, empty, not UTF-8, or contains a control character.
    Malformed { attribute: &'static str, missing: bool },
    /// The protocol is `http` or another one: the user name may contain a session token, which must not be sent
    /// unencrypted.
    NotHttps { protocol: String, host: String, path: Option<String> },
    /// There is no path: `credential.useHttpPath` is off, and the path is part of what is signed.
    NoPath { host: String, family: Family },
    /// The host is the JSON API's, `codecommit.<region>…`; git is served by `git-codecommit.<region>…`, the host of
    /// `url`.
    ApiHost { host: String, url: String },
    /// The region belongs to another partition; `url` is its URL there.
    OtherPartition { host: String, region: String, url: String },
    /// The host's region is not a valid region name. `url` is set if the intended region is known.
    MalformedRegion { host: String, region: String, url: Option<String> },
    /// The host starts like a CodeCommit host but is not one. `url` is set if the region is known.
    LookAlike { host: String, url: Option<String> },
    /// Programs could read different hosts from the URL. `host` is the one that is CodeCommit's or resembles one, if it
    /// can be told apart from the rest.
    AmbiguousHost { host: Option<String>, doubt: Doubt },
    /// A `codecommit::` URL ends in `.git`, which no repository name does. `name` is without it. An https URL with
    /// `.git` is signed for as sent ([`Repository::without_dot_git`]).
    DotGit { name: String },
    /// The path is not `/v1/repos/<name>`. `name` is set if the repository's name is known.
    NotARepositoryPath { host: String, path: String, name: Option<String> },
    /// The path is `/v1/repos/<name>`, with a name that CodeCommit does not allow.
    InvalidName { name: String },
    /// The path on a CodeConnections host is not `/git-http/…`.
    NotAConnectionPath { host: String, path: String },
}

/// Decides what a request asks for; `None` if it is not for CodeCommit: then the helper prints nothing and git asks the
/// next one. `ignore_host_check` signs for a host of any name (still https only), as in the AWS CLI.
///
/// # Errors
/// [`NearMiss`] for a request that was meant for CodeCommit and has a known defect.
pub fn recognize(attributes: &Attributes, ignore_host_check: bool) -> Result<Option<Recognized>, NearMiss> {
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

    // From here on the request is meant for CodeCommit, and what is wrong with it is reported.
    let protocol = attributes.protocol.as_ref().ok_or(malformed("protocol", true))?;
    let protocol = protocol.text().ok_or(malformed("protocol", false))?;
    let path = match &attributes.path {
        Some(path) => Some(path.text().ok_or(malformed("path", false))?),
        None => None,
    };
    // Case-sensitive: git does not lower-case the protocol, and curl uses TLS for this spelling.
    if protocol != "https" {
        return Err(NearMiss::NotHttps { protocol: protocol.to_owned(), host, path: path.map(str::to_owned) });
    }
    // The URL on that host, with the repository's path if it is known.
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
            Ok(Some(Recognized::Unscoped(Unscoped { authority, path, family })))
        }
        HostMatch::Regional { family, region } => {
            let path = path::signed_form(family, &host, path)?;
            Ok(Some(Recognized::Scoped(Repository { authority, path, region, family })))
        }
    }
}

/// Foreign only if no program could read a CodeCommit host from it. Nothing is signed for an ambiguous host.
fn ambiguous_host(ambiguous: &Ambiguous, ignore_host_check: bool) -> Result<Option<Recognized>, NearMiss> {
    let matched = |host: &str| host::match_host(&host.to_ascii_lowercase());
    let ours: Vec<&str> = ambiguous.hosts().filter(|host| !matches!(matched(host), HostMatch::Foreign)).collect();
    if ours.is_empty() && !ignore_host_check {
        return Ok(None);
    }
    // A text with other characters may be part of a password. A real CodeCommit host is preferred.
    let is_host = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let shown = ours.into_iter().filter(is_host);
    let host = shown.min_by_key(|host| matches!(matched(host), HostMatch::LookAlike { .. })).map(str::to_owned);
    Err(NearMiss::AmbiguousHost { host, doubt: ambiguous.doubt })
}

#[cfg(test)]
mod tests;
