//! Why CodeCommit refused: facts are gathered, then one verdict is drawn from them.
//!
//! `gather` asks AWS two or three questions within what is left of the budget; `verdict` is pure. The words are in
//! `words`.

mod api;
mod gather;
mod verdict;

pub(crate) use gather::{Context, gather};
pub(crate) use gather::{search_everywhere, who};
pub(crate) use verdict::{Certainty, Verdict, verdict};

use crate::aws::Refusal;
use crate::credentials::{ProfileChoice, Source};
use crate::remote::Address;
use crate::verification::probe::Service;
use aws_files::profiles::Endpoint;
use codecommit::keys::AccessKeyId;
use codecommit::quote::Quote;
use codecommit::region::Region;
use codecommit::reply::ServiceError;

/// What a question to AWS gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// AWS answered it.
    Known(T),
    /// AWS refused to.
    Refused(Refusal),
    /// It was not asked: the configured endpoint is none of AWS's, and what answers there knows nothing of CodeCommit.
    Redirected(Endpoint),
    /// It was not asked, or nobody answered in time.
    Unknown,
}

impl<T> Answer<T> {
    /// The answer, where there is one.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The code of the refusal, where there is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        self.refused().map(|refusal| &*refusal.code)
    }

    /// The refusal, where there is one.
    #[must_use]
    pub fn refused(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The endpoint that took the place of AWS's, where one did.
    #[must_use]
    pub fn redirected(&self) -> Option<&Endpoint> {
        match self {
            Self::Redirected(endpoint) => Some(endpoint),
            _ => None,
        }
    }
}

/// Who AWS says we are (`sts:GetCallerIdentity`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The principal's ARN.
    pub arn: Quote,
    /// Its account.
    pub account: Quote,
}

/// What AWS says of the repository (`codecommit:GetRepository`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryMetadata {
    /// Its ARN.
    pub arn: Quote,
    /// The key that encrypts it.
    pub kms_key_id: Option<Quote>,
}

/// All that a verdict may rest on.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The repository's host, region, name (the last part of the path) and the partition's name.
    pub place: Place,
    /// The service that refused.
    pub service: Service,
    /// The status.
    pub status: u16,
    /// CodeCommit's error, where the body held one.
    pub error: Option<ServiceError>,
    /// For AWS support.
    pub request_id: Option<Quote>,
    /// What signed.
    pub key: Key,
    /// Who chose the profile, which keys in the environment take precedence over.
    pub choice: ProfileChoice,
    /// Whether the shared files have a profile to choose.
    pub has_profiles: bool,
    /// The `codecommit::` URL that git was given, where it was one.
    pub address: Option<Address>,
    /// Who we are, asked next to the repository.
    pub caller: Answer<Caller>,
    /// Who we are, asked where every token is valid; only for regions that must be enabled.
    pub caller_elsewhere: Answer<Caller>,
    /// The repository, by the API.
    pub repository: Answer<RepositoryMetadata>,
    /// Whether fetching works where pushing does not.
    pub pull_works: Option<bool>,
    /// Regions of the user's own configuration in which the repository exists.
    pub found_in: Vec<String>,
    /// The repository that was probably meant.
    pub similar: Option<String>,
    /// A partition that the profile points to and that is not the host's.
    pub other_partition: Option<String>,
    /// Whether a corrected clock was tried.
    pub clock_corrected: bool,
}

/// Where the repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As signed.
    pub host: String,
    /// As signed.
    pub region: Region,
    /// `aws`, `aws-cn` …
    pub partition: &'static str,
    /// The name by which the API knows the repository: the last part of the path, without `.git`.
    pub name: String,
    /// Whether the URL has `.git` behind the name.
    pub dot_git: bool,
    /// Whether this is a CodeConnections host.
    pub connection: bool,
}

/// What signed, as far as it may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The access key id.
    pub id: AccessKeyId,
    /// Whether a session token came with it.
    pub has_token: bool,
    /// Where it came from.
    pub source: Source,
    /// Whether it was kept in the AWS CLI's cache, and has been dropped from it now.
    pub dropped: bool,
}

impl Key {
    /// Whether it comes from environment variables, which no profile overrides.
    #[must_use]
    pub fn is_from_environment(&self) -> bool {
        self.source == Source::Environment
    }

    /// Whether it has the form of a long-term key (IAM User Guide, "Understanding unique ID prefixes").
    #[must_use]
    pub fn is_long_term(&self) -> bool {
        self.id.is_long_term()
    }
}
