//! One HTTP client for every AWS call, created for the first request.
//!
//! Decides proxy, trust store and the bounds of an exchange; leaves the requests to its callers. Created lazily,
//! because loading TLS roots takes several times as long as a whole `get` with static keys. `http://` endpoints (IMDS,
//! containers) get a connector without TLS and without a proxy: they are link-local.

mod authorities;
mod call_error;
mod client;
mod connect;
mod exchange;
mod login;
mod no_proxy;
mod pem;
mod proxy;
mod resolve;
mod route;
mod tls;
mod trust;
mod tunnel;

use crate::git::settings::Listing;
use crate::git::{HttpSettings, Scope};
use crate::machine::world::World;
use aws_config::BehaviorVersion;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_types::{SdkConfig, region::Region};
use client::Client;
use connect::{Via, Way};
use exchange::Limits;
use proxy::Protocol;
use rustls::ClientConfig;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

pub(crate) use call_error::CallError;
pub(crate) use call_error::{Attempts, EndpointSetting, EndpointVariant};
pub(crate) use call_error::{Obstacle, Refusal, Unreachable, Unsupported};
pub(crate) use exchange::ExchangeError;
pub(crate) use proxy::Proxy;
pub(crate) use route::{CaBundle, Ignorable, Ignored, Route};
pub(crate) use trust::{TrustError, TrustProblem};
pub(crate) use tunnel::ProxyRefusal;

/// A setting of the user that makes every request impossible.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NetworkError {
    /// The trusted certificates could not be read.
    #[error("cannot use the CA bundle")]
    Trust(TrustError),
    /// The proxy's URL is not valid.
    #[error("{origin} is not a valid proxy URL")]
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
    tls: OnceLock<Result<Arc<ClientConfig>, NetworkError>>,
    proxy: OnceLock<Option<Proxy>>,
    https: OnceLock<Result<Client, NetworkError>>,
    past_the_proxy: OnceLock<Result<Client, NetworkError>>,
    http: OnceLock<Client>,
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
            proxy: OnceLock::new(),
            https: OnceLock::new(),
            past_the_proxy: OnceLock::new(),
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

    /// The proxy of HTTPS requests, once one is known, unless CodeCommit's host goes past it. For messages.
    #[must_use]
    pub fn proxy(&self) -> Option<&Proxy> {
        let Inner { options, proxy, .. } = &*self.0;
        let is_past = |proxy: &&Proxy| {
            let to: Option<http::Uri> = options.git_url.parse().ok().filter(|_| options.purpose == Purpose::GitRequest);
            to.is_some_and(|to| !proxy.is_for(to.host().unwrap_or_default(), to.port_u16()))
        };
        proxy.get()?.as_ref().filter(|proxy| !is_past(proxy))
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

    fn tls(&self) -> Result<Arc<ClientConfig>, NetworkError> {
        let Inner { world, options, tls, .. } = &*self.0;
        let made = tls.get_or_init(|| {
            let git = || self.git();
            let trusted = trust::authorities(world, options, git).map_err(NetworkError::Trust)?;
            tls::config(trusted).ok_or_else(|| NetworkError::Trust(trust::nothing()))
        });
        made.clone()
    }

    /// The way through the proxy, if there is one. May run git, and its credential helpers for the proxy's password.
    fn via(&self) -> Result<Option<Via>, NetworkError> {
        let Inner { world, options, proxy, .. } = &*self.0;
        let proxy = proxy.get_or_init(|| proxy::choose(options.purpose, &world.environment, || self.git()));
        let Some(proxy) = proxy.clone() else { return Ok(None) };
        let Some(server) = proxy.server() else { return Err(NetworkError::Proxy { origin: proxy.origin }) };
        let server = login::completed(server, || options.git.settings(world), world);
        let tls = if server.protocol == Protocol::Https { Some(self.tls_with_proxy()?) } else { None };
        let login = login::of(&proxy, &server, || self.git(), world);
        Ok(Some(Via { proxy, server, tls, login }))
    }

    /// git trusts the authorities of `http.proxySSLCAInfo` with its proxy, or else the system's, but not those of
    /// `http.sslCAInfo` (git 2.47.3 `http.c`, `CURLOPT_PROXY_CAINFO`). The AWS CLI trusts the same everywhere.
    fn tls_with_proxy(&self) -> Result<Arc<ClientConfig>, NetworkError> {
        let Inner { world, options, .. } = &*self.0;
        if options.purpose == Purpose::AwsCalls {
            return self.tls();
        }
        let trusted = trust::of_proxy(world, self.git()).map_err(NetworkError::Trust)?;
        tls::config(trusted).ok_or_else(|| NetworkError::Trust(trust::nothing()))
    }

    /// The way of `https://`, through the proxy unless it is `past_the_proxy`.
    fn https_client(&self, past_the_proxy: bool) -> Result<Client, NetworkError> {
        let via = if past_the_proxy { None } else { self.via()? };
        // Only git knows this setting.
        let is_gits = self.0.options.purpose == Purpose::GitRequest;
        let resolve = if is_gits { self.git().resolve.clone() } else { Vec::new() };
        Ok(Client::new(Way { tls: Some(self.tls()?), via, resolve }))
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
        SharedHttpConnector::new(ByScheme {
            network: self.clone(),
            limits: Limits::of(settings),
            past_the_proxy: false,
        })
    }

    /// The same past the proxy, for services of this machine.
    #[must_use]
    pub fn connector_past_the_proxy(&self, settings: &HttpConnectorSettings) -> SharedHttpConnector {
        SharedHttpConnector::new(ByScheme { network: self.clone(), limits: Limits::of(settings), past_the_proxy: true })
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

/// Creates the client for a request's scheme at the first such request.
#[derive(Debug)]
struct ByScheme {
    network: Network,
    limits: Limits,
    past_the_proxy: bool,
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Inner { https, past_the_proxy, http, .. } = &*self.network.0;
        if request.uri().starts_with("http://") {
            return self.limits.call(http.get_or_init(|| Client::new(Way::default())), request);
        }
        let client = if self.past_the_proxy { past_the_proxy } else { https };
        // git may be asked, and its helpers for the proxy's password.
        let started = Instant::now();
        match client.get_or_init(|| self.network.https_client(self.past_the_proxy)) {
            Ok(client) => self.limits.after(started.elapsed()).call(client, request),
            Err(error) => HttpConnectorFuture::ready(Err(ConnectorError::user(Box::new(error.clone())))),
        }
    }
}
