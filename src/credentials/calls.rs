//! How a call to an AWS service is made: endpoint, region, deadlines, and the network route for messages about a
//! failure.
//!
//! Knows no service: `sources` has the calls, and `carry_out` decides which of them a plan needs.

use super::CredentialsError;
use super::carry_out::Fetch;
use crate::aws::{ExchangeError, Obstacle, Route, Unreachable};
use aws_files::profiles::{BadEndpoint, Endpoint};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use codecommit::region::Region;
use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

/// The time for all AWS calls of one answer together, including retries and every role of a chain. It does not include
/// waiting for the user or for another process.
const CALLS_WITHIN: Duration = Duration::from_secs(20);

/// The time for one attempt of a call, and for connecting as a part of it.
const ATTEMPT_WITHIN: Duration = Duration::from_secs(10);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// The rest of [`CALLS_WITHIN`].
#[derive(Debug)]
pub(super) struct Patience(Cell<Duration>);

impl Default for Patience {
    fn default() -> Self {
        Self(Cell::new(CALLS_WITHIN))
    }
}

/// The result of an SDK client's call.
pub(super) type Called<T, E> = Result<T, SdkError<E, HttpResponse>>;

impl Fetch<'_> {
    /// The configuration of all SDK clients.
    pub(super) fn sdk_config(&self, region: &Region) -> SdkConfig {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_WITHIN).read_timeout(ATTEMPT_WITHIN).build();
        let config = self
            .network
            .sdk_config(region)
            .time_source(SystemTimeSource::new())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(2));
        config.build()
    }

    /// The region of AWS STS; an error if the configured one is not valid.
    pub(super) fn sts_region(&self) -> Result<&Region, CredentialsError> {
        self.sts_region.as_ref().map_err(|bad| bad.clone().into())
    }

    /// Waits for a call of an SDK client, within the rest of [`CALLS_WITHIN`].
    pub(super) fn call<T, E>(&self, call: impl Future<Output = Called<T, E>>) -> impl Future<Output = Called<T, E>> {
        self.call_within(self.patience.0.get(), call)
    }

    /// Waits for a call whose failure does not prevent an answer, within half of the rest.
    pub(super) fn optional_call<T, E>(
        &self,
        call: impl Future<Output = Called<T, E>>,
    ) -> impl Future<Output = Called<T, E>> {
        self.call_within(self.patience.0.get() / 2, call)
    }

    fn call_within<T, E>(
        &self,
        within: Duration,
        call: impl Future<Output = Called<T, E>>,
    ) -> impl Future<Output = Called<T, E>> {
        // Boxed, because the SDK's futures are large.
        let call = Box::pin(call);
        async move {
            let started = Instant::now();
            let answered = tokio::time::timeout(within, call).await;
            let left = &self.patience.0;
            left.set(left.get().saturating_sub(started.elapsed()));
            match answered {
                Ok(answered) => answered,
                Err(_) => Err(SdkError::timeout_error(ExchangeError::Incomplete { within })),
            }
        }
    }

    /// The configured endpoint of a service. `service` is its id in lower case with underscores.
    pub(super) fn endpoint_url(&self, service: &str) -> Result<Option<String>, CredentialsError> {
        Ok(self.endpoint(service)?.map(|endpoint| endpoint.url))
    }

    fn endpoint(&self, service: &str) -> Result<Option<Endpoint>, BadEndpoint> {
        self.profiles.endpoint_url(&self.world.environment.variables(), self.profile, service)
    }

    /// The configured endpoint of a service, if its server is not AWS's.
    pub(super) fn redirected(&self, service: &str) -> Option<Box<Endpoint>> {
        self.endpoint(service).ok().flatten().filter(|endpoint| !endpoint.is_of_aws()).map(Box::new)
    }

    /// The network route of calls to a service, for messages about a failure.
    pub(super) fn route(&self, service: &str) -> Route {
        Route { redirected: self.redirected(service), ..self.network.route() }
    }

    /// The error if another process has been refreshing the same credentials until the deadline.
    pub(super) fn busy(&self, service: &str) -> CredentialsError {
        let obstacle = Obstacle::Other("another git command is waiting for the same request".into());
        CredentialsError::Unreachable(Unreachable {
            service: service.to_owned(),
            obstacle,
            route: Box::new(self.network.route()),
        })
    }

    /// Whether a boolean is set by a variable or the profile's setting, such as `use_fips_endpoint`.
    pub(super) fn is_on(&self, setting: &str) -> bool {
        let value = self
            .world
            .environment
            .non_empty(&format!("AWS_{}", setting.to_ascii_uppercase()))
            .or_else(|| self.profiles.setting(self.profile, setting));
        value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}
