//! How a call to an AWS service is made: endpoint, region, attempts, deadlines, and what was tried for messages about a
//! failure.
//!
//! Knows no service: `sources` has the calls, and `carry_out` decides which of them a plan needs.

use super::CredentialsError;
use super::carry_out::Fetch;
use crate::aws::{Attempts, EndpointSetting, EndpointVariant, ExchangeError, Network, Obstacle, Route, Unreachable};
use aws_files::profiles::{BadEndpoint, Endpoint};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use codecommit::attributes::Url;
use codecommit::region::Region;
use codecommit::secret::profile;
use std::cell::Cell;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time for all AWS calls of one answer together, including retries and every role of a chain. It does not include
/// waiting for the user or for another process.
const CALLS_WITHIN: Duration = Duration::from_secs(30);

/// The requests of one call, unless `max_attempts` says otherwise: those of the AWS CLI's retry mode `standard`
/// (botocore `retries/standard.py`, `DEFAULT_MAX_ATTEMPTS`), which is the default of its version 2.
const ATTEMPTS: u32 = 3;

/// The time for one attempt, as the AWS CLI has it (botocore `httpsession.py`, `DEFAULT_TIMEOUT`).
const ATTEMPT_WITHIN: Duration = Duration::from_mins(1);

/// The time for connecting as a part of it. The resolver asks a second name server after 5 s (resolv.conf(5),
/// `RES_TIMEOUT`); three times this, and the pauses between, fit into [`CALLS_WITHIN`].
const CONNECT_WITHIN: Duration = Duration::from_secs(8);

/// The rest of [`CALLS_WITHIN`], and what the last call has made of its part.
#[derive(Debug)]
pub(super) struct Patience {
    left: Cell<Duration>,
    took: Cell<Duration>,
    sent: Sent,
}

impl Default for Patience {
    fn default() -> Self {
        Self { left: Cell::new(CALLS_WITHIN), took: Cell::default(), sent: Sent::default() }
    }
}

/// The URLs to which the requests of a call were sent. The SDK repeats a request and does not tell.
type Sent = Arc<Mutex<Vec<String>>>;

/// The HTTP client of a call, which notes each request.
#[derive(Debug, Clone)]
struct Noting<C> {
    inner: C,
    sent: Sent,
}

impl HttpClient for Noting<Network> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Noting { inner, sent: Arc::clone(&self.sent) })
    }
}

impl HttpConnector for Noting<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(request.uri().to_owned());
        self.inner.call(request)
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
            .http_client(Noting { inner: self.network.clone(), sent: Arc::clone(&self.patience.sent) })
            .use_fips(self.setting("use_fips_endpoint").is_some_and(|(value, _)| is_true(value)))
            .use_dual_stack(self.setting("use_dualstack_endpoint").is_some_and(|(value, _)| is_true(value)))
            .time_source(SystemTimeSource::new())
            // It would end an attempt that is still connecting after 5 s; the exchange has bounds of its own.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(self.max_attempts()));
        config.build()
    }

    /// `AWS_MAX_ATTEMPTS` or `max_attempts`, as in the AWS CLI.
    fn max_attempts(&self) -> u32 {
        let configured = self.setting("max_attempts").and_then(|(value, _)| value.trim().parse().ok());
        configured.filter(|attempts| *attempts > 0).unwrap_or(ATTEMPTS)
    }

    /// The region of AWS STS; an error if the configured one is not valid.
    pub(super) fn sts_region(&self) -> Result<&Region, CredentialsError> {
        self.sts_region.as_ref().map_err(|bad| bad.clone().into())
    }

    /// Waits for a call of an SDK client, within the rest of [`CALLS_WITHIN`].
    pub(super) fn call<T, E>(&self, call: impl Future<Output = Called<T, E>>) -> impl Future<Output = Called<T, E>> {
        self.call_within(self.patience.left.get(), call)
    }

    /// Waits for a call whose failure does not prevent an answer, within half of the rest.
    pub(super) fn optional_call<T, E>(
        &self,
        call: impl Future<Output = Called<T, E>>,
    ) -> impl Future<Output = Called<T, E>> {
        self.call_within(self.patience.left.get() / 2, call)
    }

    fn call_within<T, E>(
        &self,
        within: Duration,
        call: impl Future<Output = Called<T, E>>,
    ) -> impl Future<Output = Called<T, E>> {
        // Boxed, because the SDK's futures are large.
        let call = Box::pin(call);
        async move {
            let Patience { left, took, sent } = self.patience;
            sent.lock().unwrap_or_else(PoisonError::into_inner).clear();
            let started = Instant::now();
            let answered = tokio::time::timeout(within, call).await;
            took.set(started.elapsed());
            left.set(left.get().saturating_sub(took.get()));
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

    /// What the last call has tried, for messages about a failure.
    pub(super) fn attempts(&self) -> Attempts {
        let sent = self.patience.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let host = sent.last().and_then(|url| Url::parse(url)?.ok()).map(|url| url.host().to_owned());
        let count = u32::try_from(sent.len()).unwrap_or(u32::MAX);
        Attempts { count, took: self.patience.took.get(), host, endpoint_settings: self.endpoint_settings() }
    }

    /// The error if another process has been refreshing the same credentials until the deadline.
    pub(super) fn busy(&self, service: &str) -> CredentialsError {
        let obstacle = Obstacle::Other("another git command is waiting for the same request".into());
        CredentialsError::Unreachable(Unreachable {
            service: service.to_owned(),
            obstacle,
            route: Box::new(self.network.route()),
            attempts: Box::default(),
        })
    }

    /// The settings that select FIPS or dual-stack endpoints, for every service (botocore `args.py`,
    /// `_compute_client_args`).
    fn endpoint_settings(&self) -> Vec<EndpointSetting> {
        let variants =
            [("use_fips_endpoint", EndpointVariant::Fips), ("use_dualstack_endpoint", EndpointVariant::DualStack)];
        let selected = variants.into_iter().filter_map(|(name, variant)| {
            let (_, origin) = self.setting(name).filter(|(value, _)| is_true(value))?;
            Some(EndpointSetting { variant, origin })
        });
        selected.collect()
    }

    /// The value of a setting that is a variable or in the profile, such as `use_fips_endpoint`, and where it is.
    fn setting(&self, name: &str) -> Option<(&str, String)> {
        let variable = format!("AWS_{}", name.to_ascii_uppercase());
        if let Some(value) = self.world.environment.non_empty(&variable) {
            return Some((value, variable));
        }
        let value = self.profiles.setting(self.profile, name)?;
        Some((value, format!("{name} in {}", profile(self.profile))))
    }
}

fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}
