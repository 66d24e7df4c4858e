//! Credentials of the machine: the container endpoint (ECS, EKS pod identity) and the instance metadata service
//! (IMDSv2). Both are the SDK's; the limits of time are the AWS CLI's.

use super::call_error::CallError;
use super::error::{CredentialsError, Tried};
use super::fetch::{Fetch, resolved};
use super::profiles::is_http_url;
use super::{Credentials, Resolved, Source};
use crate::machine::wait::Waiting;
use crate::protocol::shown_address;
use crate::world::Environment;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::client::EndpointMode;
use aws_config::imds::client::error::TokenError;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError as SdkError};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError as CallFailed;
use aws_smithy_types::retry::RetryConfig;
use chrono::{DateTime, Utc};
use std::error::Error;
use std::time::Duration;

/// How long the container's endpoint may take for everything.
const CONTAINER_PATIENCE: Duration = Duration::from_secs(5);

/// How long the instance metadata service may take to answer one request: the AWS CLI's second, less what starting takes,
/// so that a `get` without an answer is over within a second.
const INSTANCE_PATIENCE: Duration = Duration::from_millis(900);

/// Whether the container endpoint is configured. Then it must answer: the AWS CLI goes no further either.
pub(super) fn container_is_configured(environment: &Environment) -> bool {
    CONTAINER.iter().any(|name| environment.os(name).is_some())
}

const CONTAINER: [&str; 2] = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

pub(super) fn imds_is_disabled(environment: &Environment) -> bool {
    environment.is_true("AWS_EC2_METADATA_DISABLED")
}

pub(super) fn disabled() -> Tried {
    Tried::new("instance metadata", "AWS_EC2_METADATA_DISABLED is true")
}

pub(super) async fn container(fetch: &Fetch<'_>) -> Result<Resolved, CredentialsError> {
    let (variable, malformed) = container_address(&fetch.world.environment);
    if let Some(problem) = malformed {
        return Err(CredentialsError::Container { variable, problem });
    }
    fetch.trace.line(|| "asking the container's credential endpoint".to_owned());
    let _waiting = Waiting::on("the container credentials endpoint");
    let provider = EcsCredentialsProvider::builder()
        .configure(&config(fetch, 2))
        .connect_timeout(Duration::from_secs(2))
        .read_timeout(Duration::from_secs(2))
        .build();
    let within = tokio::time::timeout(CONTAINER_PATIENCE, provider.provide_credentials());
    let answered = within.await.unwrap_or_else(|_| Err(SdkError::provider_timed_out(CONTAINER_PATIENCE)));
    let answered = answered.map_err(|error| CredentialsError::Container { variable, problem: told(&error) })?;
    taken(&answered, "the container's role")
}

/// The variable that configures the endpoint, and what is wrong with an address that the SDK cannot take apart: on some it
/// panics (aws-config 1.13 `ecs.rs`, "parts will be valid"). As there, the relative form counts where it is set, even empty.
fn container_address(environment: &Environment) -> (&'static str, Option<String>) {
    let [relative, full] = CONTAINER;
    match environment.get(relative) {
        Some(path) if path.starts_with('/') => (relative, None),
        Some(path) => (relative, Some(format!("it is no absolute path: `{}`", shown_address(path)))),
        None => {
            let uri = environment.get(full).unwrap_or_default();
            (full, (!is_http_url(uri)).then(|| format!("it is no URL: `{}`", shown_address(uri))))
        }
    }
}

/// The credentials, or why the service gave none, where that means that there is no instance or no role.
pub(super) async fn instance(fetch: &Fetch<'_>) -> Result<Result<Resolved, Tried>, CredentialsError> {
    let setting = |variable: &str, option: &str| {
        let environment = &fetch.world.environment;
        environment.non_empty(variable).or_else(|| fetch.profiles.setting(fetch.profile, option)).map(str::to_owned)
    };
    let number = |variable, option| setting(variable, option).and_then(|text| text.parse::<u32>().ok());
    let seconds =
        number("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout").map(|seconds| seconds.clamp(1, 30));
    let timeout = seconds.map_or(INSTANCE_PATIENCE, |seconds| Duration::from_secs(seconds.into()));
    let attempts =
        number("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts").unwrap_or(1).clamp(1, 5);
    let mode = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
    let over_ipv6 = mode.is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"));
    // Always told, or the SDK would read the shared files itself, by its own rules.
    let endpoint = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
        .unwrap_or_else(|| if over_ipv6 { "http://[fd00:ec2::254]" } else { "http://169.254.169.254" }.to_owned());
    let shown = shown_address(&endpoint);
    fetch.trace.line(|| format!("asking the instance metadata service at {shown}"));
    let _waiting = Waiting::on("the EC2 instance metadata service (IMDS)");
    let config = config(fetch, attempts);
    let client = aws_config::imds::Client::builder()
        .configure(&config)
        .endpoint_mode(if over_ipv6 { EndpointMode::IpV6 } else { EndpointMode::IpV4 })
        .endpoint(&endpoint)
        .map_err(|_| CredentialsError::InstanceMetadata { problem: format!("{shown} is no address") })?
        .connect_timeout(timeout)
        .read_timeout(timeout)
        .max_attempts(attempts)
        .build();
    let provider = ImdsCredentialsProvider::builder().configure(&config).imds_client(client).build();
    match provider.provide_credentials().await {
        Ok(answered) => taken(&answered, "the instance's role").map(Ok),
        Err(error) => {
            let absent = |why: String| Ok(Err(Tried::new("instance metadata", why)));
            let told = told(&error);
            match (&error, token_status(&error)) {
                (SdkError::CredentialsNotLoaded(_), _) if told.contains("404") => absent(Tried::NO_ROLE.to_owned()),
                // It took the connection. A hop limit is one of the answer's packets alone.
                (SdkError::CredentialsNotLoaded(_), _) if told.contains("read timeout") => {
                    Err(CredentialsError::InstanceSilent { endpoint: shown, timeout })
                }
                (SdkError::CredentialsNotLoaded(_), _) => absent(format!("nothing answers at {shown}: {told}")),
                (_, Some(403)) => absent("it is switched off here".to_owned()),
                // Other clouds have a service of their own at that address; some networks answer for every address.
                (_, Some(status)) => absent(format!("what answers at {shown} is not EC2's service: status {status}")),
                (_, None) => Err(CredentialsError::InstanceMetadata { problem: told }),
            }
        }
    }
}

/// The status with which the request for a session token was answered.
fn token_status(error: &SdkError) -> Option<u16> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<CallFailed<TokenError, HttpResponse>>() {
            return refused.raw_response().map(|response| response.status().as_u16());
        }
        cause = error.source();
    }
    None
}

fn config(fetch: &Fetch<'_>, attempts: u32) -> ProviderConfig {
    ProviderConfig::without_region()
        .with_http_client(fetch.network.clone())
        .with_sleep_impl(TokioSleep::new())
        .with_retry_config(RetryConfig::standard().with_max_attempts(attempts))
}

/// The cause of an SDK credentials error: its own text says only that there was one.
fn told(error: &SdkError) -> String {
    let told = error.source().map_or_else(|| error.to_string(), |cause| CallError::from_chain(cause).told());
    match told.split_once("StatusCode(").and_then(|(_, rest)| rest.split_once(')')) {
        Some((status, _)) => format!("status {status}"),
        None => told,
    }
}

fn taken(answered: &aws_credential_types::Credentials, source: &str) -> Result<Resolved, CredentialsError> {
    let credentials = Credentials::new(
        answered.access_key_id(),
        answered.secret_access_key(),
        answered.session_token(),
        answered.expiry().map(DateTime::<Utc>::from),
    );
    match credentials {
        Ok(credentials) => Ok(resolved(credentials, source.to_owned())),
        Err(problem) => Err(CredentialsError::Unusable { source: Source(source.to_owned()), problem }),
    }
}
