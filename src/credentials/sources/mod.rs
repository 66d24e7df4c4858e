//! The sources that are asked at run time: programs, AWS services, services of the machine. Each returns keys or its
//! own error.

pub(super) mod container;
pub(super) mod imds;
mod link_local;
pub(super) mod login;
pub(super) mod process;
mod proof;
pub(super) mod sso;
pub(super) mod sts;

use super::CredentialsError;
use super::carry_out::Fetch;
use crate::aws::{CallError, Refusal, Unreachable};
use aws_files::profiles::BadEndpoint;
use codecommit::keys::UnusableCredentials;
use codecommit::region::BadRegion;

/// The error of the last call, to the service with this id: `refused` for its refusal, or why there was no usable
/// answer. `service` is its name in messages.
fn failed(
    fetch: &Fetch<'_>,
    id: &str,
    service: &str,
    error: CallError,
    refused: impl FnOnce(Refusal) -> CredentialsError,
) -> CredentialsError {
    match error {
        CallError::Refused(refusal) => refused(refusal),
        CallError::Network(error) => CredentialsError::Network(error),
        CallError::Unreachable(obstacle) => CredentialsError::Unreachable(Unreachable {
            service: service.to_owned(),
            obstacle,
            route: Box::new(fetch.route(id)),
            attempts: Box::new(fetch.attempts()),
        }),
    }
}

/// Why a source returned no keys.
pub(super) enum NoKeys {
    /// The keys are not valid.
    Unusable(UnusableCredentials),
    /// The source failed.
    Failed(Box<CredentialsError>),
}

impl From<UnusableCredentials> for NoKeys {
    fn from(problem: UnusableCredentials) -> Self {
        Self::Unusable(problem)
    }
}

impl From<CredentialsError> for NoKeys {
    fn from(error: CredentialsError) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl From<BadRegion> for NoKeys {
    fn from(region: BadRegion) -> Self {
        CredentialsError::from(region).into()
    }
}

impl From<BadEndpoint> for NoKeys {
    fn from(endpoint: BadEndpoint) -> Self {
        CredentialsError::from(endpoint).into()
    }
}
