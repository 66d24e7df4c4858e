//! Why CodeCommit refused a request: facts are gathered, then one verdict is drawn from them.
//!
//! `gather` sends two or three queries to AWS within the rest of the budget; `verdict` is pure. Leaves the words to
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

/// The result of a query to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// AWS answered it.
    Known(T),
    /// AWS refused the query.
    Refused(Refusal),
    /// Not sent: the configured endpoint is not AWS's, and its server knows nothing of CodeCommit.
    Redirected(Endpoint),
    /// Not sent, or not answered in time.
    Unknown,
}

impl<T> Answer<T> {
    /// The answer, if there is one.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The error code of the refusal, if it was refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        self.refused().map(|refusal| &*refusal.code)
    }

    /// The refusal, if it was refused.
    #[must_use]
    pub fn refused(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The configured endpoint that replaces AWS's, if it was not sent because of one.
    #[must_use]
    pub fn redirected(&self) -> Option<&Endpoint> {
        match self {
            Self::Redirected(endpoint) => Some(endpoint),
            _ => None,
        }
    }
}

/// The caller's identity (`sts:GetCallerIdentity`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The principal's ARN.
    pub arn: Quote,
    /// The principal's account id.
    pub account: Quote,
}

/// The metadata of the repository (`codecommit:GetRepository`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryMetadata {
    /// The repository's ARN.
    pub arn: Quote,
    /// The KMS key that encrypts it.
    pub kms_key_id: Option<Quote>,
}

/// All facts that a verdict may use.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The repository and where it is.
    pub place: Place,
    /// The service that refused.
    pub service: Service,
    /// The HTTP status code.
    pub status: u16,
    /// CodeCommit's error, if the body had one.
    pub error: Option<ServiceError>,
    /// The request id, for AWS support.
    pub request_id: Option<Quote>,
    /// The key that signed.
    pub key: Key,
    /// The setting that selected the profile. Keys in the environment take precedence over most of them.
    pub choice: ProfileChoice,
    /// Whether the shared files have any profile.
    pub has_profiles: bool,
    /// The `codecommit::` URL that git was run with, if it was one.
    pub address: Option<Address>,
    /// The caller's identity, from STS in the repository's region.
    pub caller: Answer<Caller>,
    /// The caller's identity, from a region in which every token is valid; queried for opt-in regions only.
    pub caller_elsewhere: Answer<Caller>,
    /// The repository's metadata, from the API.
    pub repository: Answer<RepositoryMetadata>,
    /// Whether fetching is allowed after pushing was refused; `None` if unknown.
    pub pull_works: Option<bool>,
    /// Whether a push is known to be denied for the same reason as this fetch.
    pub push_denied_too: bool,
    /// Regions in the user's configuration in which the repository exists.
    pub found_in: Vec<String>,
    /// The repository that was probably meant.
    pub similar: Option<String>,
    /// A partition in the profile's settings that is not the host's.
    pub other_partition: Option<String>,
    /// Whether the request was signed again with AWS's time.
    pub clock_corrected: bool,
}

/// The repository and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The signed host.
    pub host: String,
    /// The signature's region.
    pub region: Region,
    /// The partition's name, such as `aws` or `aws-cn`.
    pub partition: &'static str,
    /// The repository's name in the API: the last part of the path, without `.git`.
    pub name: String,
    /// Whether the URL ends in `.git`.
    pub dot_git: bool,
    /// Whether this is a CodeConnections host.
    pub connection: bool,
}

/// The key that signed, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The access key id.
    pub id: AccessKeyId,
    /// Whether it has a session token.
    pub has_token: bool,
    /// The source of the credentials.
    pub source: Source,
    /// Whether it came from the AWS CLI's cache, and has been removed from it.
    pub dropped: bool,
}

impl Key {
    /// Whether it comes from environment variables, which take precedence over profiles.
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
