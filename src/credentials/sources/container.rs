//! Credentials of a container: the endpoint of ECS and EKS pod identity. The SDK's, within a deadline of our own: its
//! retries and their pauses have none together.

use crate::aws::CallError;
use crate::aws::ExchangeError;
use crate::credentials::carry_out::{Fetch, resolved};
use crate::credentials::error::{ContainerProblem, CredentialsError};
use crate::credentials::{Resolved, Source};
use crate::machine::wait::Waiting;
use crate::machine::world::Environment;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError as SdkError};
use aws_files::profiles::is_http_url;
use aws_smithy_async::rt::sleep::TokioSleep;
use chrono::{DateTime, Utc};
use codecommit::attributes::shown_address;
use codecommit::keys::Credentials;
use std::error::Error;
use std::io;
use std::time::Duration;

/// How long everything may take.
const WITHIN: Duration = Duration::from_secs(5);

/// Whether the container endpoint is configured. Then it must answer: the AWS CLI goes no further either.
pub(crate) fn is_configured(environment: &Environment) -> bool {
    VARIABLES.iter().any(|name| environment.os(name).is_some())
}

const VARIABLES: [&str; 2] = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

pub(crate) async fn credentials(fetch: &Fetch<'_>) -> Result<Resolved, CredentialsError> {
    let (variable, malformed) = address(&fetch.world.environment);
    let failed = |problem| CredentialsError::Container { variable, problem };
    if let Some(problem) = malformed {
        return Err(failed(problem));
    }
    fetch.trace.line(|| "asking the container's credential endpoint".to_owned());
    let _waiting = Waiting::on("the container credentials endpoint");
    let config =
        ProviderConfig::without_region().with_http_client(fetch.network.clone()).with_sleep_impl(TokioSleep::new());
    let provider = EcsCredentialsProvider::builder().configure(&config).build();
    match tokio::time::timeout(WITHIN, provider.provide_credentials()).await {
        Ok(Ok(answered)) => taken(&answered),
        Ok(Err(error)) => Err(failed(problem(&error))),
        Err(_) => {
            let too_late = ExchangeError::Incomplete { within: WITHIN };
            Err(failed(ContainerProblem::NoAnswer(too_late.to_string())))
        }
    }
}

/// The variable that configures the endpoint, and what is wrong with an address that the SDK cannot take apart: on some it
/// panics (aws-config 1.13 `ecs.rs`, "parts will be valid"). As there, the relative form counts where it is set, even empty.
fn address(environment: &Environment) -> (&'static str, Option<ContainerProblem>) {
    let [relative, full] = VARIABLES;
    match environment.get(relative) {
        Some(path) if path.starts_with('/') => (relative, None),
        Some(path) => (relative, Some(ContainerProblem::NotAPath(shown_address(path)))),
        None => {
            let uri = environment.get(full).unwrap_or_default();
            (full, (!is_http_url(uri)).then(|| ContainerProblem::NotAUrl(shown_address(uri))))
        }
    }
}

/// What the SDK's error is about. It has no type for a refusal of the endpoint, which is one with a cause in words alone.
fn problem(error: &SdkError) -> ContainerProblem {
    let cause = error.source();
    let told = cause.map_or_else(|| error.to_string(), |cause| CallError::from_chain(cause).told());
    let is_answer = matches!(error, SdkError::ProviderError(_)) && cause.is_some_and(|cause| !cause.is::<io::Error>());
    if is_answer { ContainerProblem::Refused(shown(told)) } else { ContainerProblem::NoAnswer(told) }
}

/// `Non-success status from HTTP credential provider: StatusCode(404)` in fewer words.
fn shown(told: String) -> String {
    match told.split_once("StatusCode(").and_then(|(_, rest)| rest.split_once(')')) {
        Some((status, _)) => format!("status {status}"),
        None => told,
    }
}

fn taken(answered: &aws_credential_types::Credentials) -> Result<Resolved, CredentialsError> {
    let source = "the container's role".to_owned();
    let credentials = Credentials::new(
        answered.access_key_id(),
        answered.secret_access_key(),
        answered.session_token(),
        answered.expiry().map(DateTime::<Utc>::from),
    );
    match credentials {
        Ok(credentials) => Ok(resolved(credentials, source)),
        Err(problem) => Err(CredentialsError::Unusable { source: Source(source), problem }),
    }
}
