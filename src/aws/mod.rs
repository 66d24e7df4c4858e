//! One HTTP client for every AWS call, created for the first request.
//!
//! Decides proxy, trust store and the bounds of an exchange; leaves the requests to its callers. Created lazily,
//! because loading TLS roots takes several times as long as a whole `get` with static keys. `http://` endpoints (IMDS,
//! containers) get a connector without TLS and without a proxy: they are link-local.

mod authorities;
mod call_error;
mod exchange;
mod pem;
mod proxy;
mod route;
mod trust;

use crate::git::settings::Listing;
use crate::git::{HttpSettings, Scope};
use crate::machine::world::World;
use aws_config::BehaviorVersion;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::tls;
use aws_smithy_http_client::{Connector, proxy::ProxyConfig};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_types::{SdkConfig, region::Region};
use exchange::Limits;
use std::io;
use std::sync::{Arc, OnceLock};

pub(crate) use call_error::CallError;
pub(crate) use call_error::{Attempts, EndpointSetting, EndpointVariant};
pub(crate) use call_error::{Obstacle, Refusal, Unreachable, Unsupported};
pub(crate) use exchange::ExchangeError;
pub(crate) use proxy::Proxy;
pub(crate) use route::{CaBundle, Ignorable, Ignored, Route};
pub(crate) use trust::{TrustError, TrustProblem};

/// A setting of the user that makes every request impossible.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NetworkError {
    /// The trusted certificates could not be read.
    #[error("cannot use the CA bundle")]
    Trust(TrustError),
    /// The proxy's URL is not valid.
    #[error("invalid proxy setting")]
    Proxy {
        /// The variable or setting that it comes from.
        origin: String,
    },
}

/// Which rules for proxy and certificates apply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Calls to AWS services: the AWS CLI's rules first, then git's settings, except those of a repository.
    #[default]
    AwsCalls,
    /// The request that git is about to send: git's rules only, so that both take the same route.
    GitRequest,
}

/// The sources of network settings besides the environment.
#[derive(Debug, Clone, Default)]
pub struct NetworkOptions {
    /// Which rules apply.
    pub purpose: Purpose,
    /// `--ca-bundle`
    pub ca_bundle_flag: Option<String>,
    /// `ca_bundle` of the profile.
    pub ca_bundle_setting: Option<String>,
    /// The repository's URL, for git's `http.<url>.*` settings.
    pub git_url: String,
    /// git's configuration, read on demand.
    pub(crate) git: Listing,
}

/// The client. Clones share it.
#[derive(Debug, Clone)]
pub struct Network(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    world: World,
    options: NetworkOptions,
    git: OnceLock<HttpSettings>,
    tls: OnceLock<Result<(tls::TlsContext, Option<Proxy>), NetworkError>>,
    https: OnceLock<Result<Connector, NetworkError>>,
    http: OnceLock<Connector>,
}

impl Network {
    /// A client that reads and opens nothing yet.
    #[must_use]
    pub fn new(world: World, options: NetworkOptions) -> Self {
        Self(Arc::new(Inner {
            world,
            options,
            git: OnceLock::new(),
            tls: OnceLock::new(),
            https: OnceLock::new(),
            http: OnceLock::new(),
        }))
    }

    /// The base configuration of every SDK client on this network. It sets the region, or the SDK would query IMDS for
    /// one. The caller sets the clock, the timeouts and the number of attempts.
    #[must_use]
    pub fn sdk_config(&self, region: &codecommit::region::Region) -> aws_types::sdk_config::Builder {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_string()))
            .http_client(self.clone())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
    }

    /// The proxy of HTTPS requests, once one is known. For messages.
    #[must_use]
    pub fn proxy(&self) -> Option<&Proxy> {
        self.0.tls.get()?.as_ref().ok()?.1.as_ref()
    }

    /// The network route, for messages about a failed request. May run git.
    #[must_use]
    pub fn route(&self) -> Route {
        let proxy = self.proxy().map(|proxy| format!("{} ({})", proxy.shown(), proxy.origin));
        let Inner { world, options, .. } = &*self.0;
        let ca_bundle = trust::bundle(world, options, || self.git())
            .map(|place| Box::new(CaBundle { file: world.abbreviate(&place.path), origin: place.origin }));
        let without_effect = trust::without_effect(world, options, || self.git());
        if options.purpose == Purpose::GitRequest {
            return Route { proxy, ca_bundle, without_effect, ..Route::default() };
        }
        let (all, ours) = (HttpSettings::of(&options.git.settings(world).iter(), &options.git_url), self.git());
        let ignored = [
            (Ignorable::Proxy, proxy::is_left_to_git(&world.environment), &all.proxy, &ours.proxy),
            (Ignorable::CaBundle, trust::is_left_to_git(world, options), &all.ssl_ca_info, &ours.ssl_ca_info),
            (Ignorable::CaBundle, trust::is_left_to_git(world, options), &all.ssl_ca_path, &ours.ssl_ca_path),
        ];
        let ignored = ignored.into_iter().filter(|(_, is_left_to_git, ..)| *is_left_to_git);
        let ignored = ignored.filter_map(|(what, _, all, ours)| Ignored::of(what, all.as_ref(), ours.as_ref()));
        let trusts_as_windows = trust::is_left_to_git(world, options) && ours.trusts_as_windows;
        Route { proxy, ignored: ignored.collect(), ca_bundle, without_effect, trusts_as_windows, redirected: None }
    }

    /// git's `http.*` settings for the repository that apply to this network. Runs git, once.
    #[must_use]
    pub(crate) fn git(&self) -> &HttpSettings {
        let Inner { world, options, git, .. } = &*self.0;
        git.get_or_init(|| {
            let counts = |scope: Scope| options.purpose == Purpose::GitRequest || !scope.is_the_repositorys();
            let settings = options.git.settings(world).iter().filter(|setting| counts(setting.scope));
            HttpSettings::of(&settings, &options.git_url)
        })
    }

    fn tls(&self) -> Result<&(tls::TlsContext, Option<Proxy>), NetworkError> {
        let inner = &self.0;
        let made = inner.tls.get_or_init(|| {
            let git = || self.git();
            let proxy = proxy::choose(inner.options.purpose, &inner.world.environment, git);
            let context = trust::context(&inner.world, &inner.options, git).map_err(NetworkError::Trust)?;
            Ok((context, proxy))
        });
        made.as_ref().map_err(Clone::clone)
    }

    fn https_connector(&self) -> Result<Connector, NetworkError> {
        let (context, proxy) = self.tls()?;
        let proxy = match proxy {
            Some(proxy) => proxy.config().ok_or_else(|| NetworkError::Proxy { origin: proxy.origin.clone() })?,
            None => ProxyConfig::disabled(),
        };
        Ok(Connector::builder()
            .proxy_config(proxy)
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .tls_context(context.clone())
            .build())
    }
}

impl HttpClient for Network {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.connector(settings)
    }
}

impl Network {
    /// The connector for exchanges within these timeouts, also for requests without an SDK client. The read timeout
    /// bounds connecting, head and body together.
    #[must_use]
    pub fn connector(&self, settings: &HttpConnectorSettings) -> SharedHttpConnector {
        SharedHttpConnector::new(ByScheme { network: self.clone(), limits: Limits::of(settings) })
    }
}

/// Runs `future` on a new runtime.
///
/// # Errors
/// The operating system's error if it cannot create a runtime.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(future);
    // A name lookup that hangs has its own thread, and dropping the runtime would wait for it.
    runtime.shutdown_background();
    Ok(result)
}

/// Creates the connector for a request's scheme at the first such request.
#[derive(Debug)]
struct ByScheme {
    network: Network,
    limits: Limits,
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Inner { https, http, .. } = &*self.network.0;
        if request.uri().starts_with("http://") {
            return self.limits.call(http.get_or_init(|| Connector::builder().build_http()), request);
        }
        match https.get_or_init(|| self.network.https_connector()) {
            Ok(connector) => self.limits.call(connector, request),
            Err(error) => HttpConnectorFuture::ready(Err(ConnectorError::user(Box::new(error.clone())))),
        }
    }
}
