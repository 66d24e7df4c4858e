//! Which proxy HTTPS requests use.
//!
//! AWS calls: the variables as the AWS CLI reads them (`urllib.request.getproxies_environment`, CPython 3.13); then git's
//! `http.proxy`, so that a machine on which `git clone` works needs no second setting; then `ALL_PROXY`, which the AWS
//! CLI does not know. git's own request: as git decides (git 2.47.3 `http.c`, `http_init` and `get_curl_handle`).

use super::{Purpose, no_proxy};
use crate::git::{HttpSettings, shown_key};
use crate::machine::world::Environment;
use codecommit::attributes::percent_decode;
use codecommit::secret::{Secret, public};
use std::fmt;
use url::Url;

/// A proxy and where it was set. `Debug` and [`Proxy::shown`] leave out user name and password.
#[derive(Clone)]
pub struct Proxy {
    url: String,
    /// The variable or git setting that it comes from.
    pub origin: String,
    /// `NO_PROXY`, in the reading of this purpose.
    exceptions: String,
    purpose: Purpose,
    /// Whether git's rules for user name and password apply.
    as_git: bool,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({} from {})", self.shown(), self.origin)
    }
}

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// `http://`: CONNECT.
    Http,
    /// `https://`: CONNECT over TLS.
    Https,
    /// `socks4://` and `socks://`: the name is looked up here.
    Socks4,
    /// `socks4a://`: the proxy looks the name up.
    Socks4a,
    /// `socks5://`: the name is looked up here.
    Socks5,
    /// `socks5h://`: the proxy looks the name up.
    Socks5h,
}

impl Protocol {
    fn named(scheme: &str) -> Option<Self> {
        Some(match scheme.to_ascii_lowercase().as_str() {
            "http" => Self::Http,
            "https" => Self::Https,
            "socks" | "socks4" => Self::Socks4,
            "socks4a" => Self::Socks4a,
            "socks5" => Self::Socks5,
            "socks5h" => Self::Socks5h,
            _ => return None,
        })
    }

    /// Without a port in the URL: curl's for a request of git (`CURL_DEFAULT_PROXY_PORT`), Python's for AWS calls.
    fn default_port(self, purpose: Purpose) -> u16 {
        match (self, purpose) {
            (Self::Https, _) => 443,
            (Self::Http, Purpose::AwsCalls) => 80,
            _ => 1080,
        }
    }
}

/// A proxy's URL in parts.
#[derive(Clone)]
pub(super) struct Server {
    pub protocol: Protocol,
    /// In brackets if it is an IPv6 address.
    pub host: String,
    pub port: u16,
    /// The path of a SOCKS proxy's Unix socket.
    pub socket: Option<String>,
    pub user: Option<Secret>,
    /// `None` if the URL has none: git asks its helpers then.
    pub password: Option<Secret>,
    /// The URL without password and path, as git describes the proxy to credential helpers.
    pub asked_as: String,
}

impl Proxy {
    /// Host and port, for messages: a proxy's URL may contain a password.
    #[must_use]
    pub fn shown(&self) -> String {
        let authority = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        public(authority.trim_end_matches('/')).into_owned()
    }

    /// Whether the proxy is used for this host. `port` is that of the URL, if it has one.
    pub(super) fn is_for(&self, host: &str, port: Option<u16>) -> bool {
        !match self.purpose {
            Purpose::AwsCalls => no_proxy::python(&self.exceptions, host, port),
            Purpose::GitRequest => no_proxy::curl(&self.exceptions, host),
        }
    }

    /// Whether user name and password are those that git would send: from its helpers, and by `http.proxyAuthMethod`.
    pub(super) fn is_as_in_git(&self) -> bool {
        self.as_git
    }

    /// The parts of the URL; `None` if it is not the valid URL of a proxy.
    pub(super) fn server(&self) -> Option<Server> {
        // curl and Python both read `proxy.corp:8080` as `http://proxy.corp:8080`, and Python also `//proxy.corp:8080`.
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("http", self.url.trim_start_matches('/')));
        let protocol = Protocol::named(scheme)?;
        // In a scheme without a default port, so that the default port is still there.
        let url = Url::parse(&format!("proxy://{rest}")).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty())?;
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_[]:%".contains(&byte);
        if !host.bytes().all(is_host) {
            return None;
        }
        let decoded = |text: &str| String::from_utf8(percent_decode(text)).ok();
        let is_socks = !matches!(protocol, Protocol::Http | Protocol::Https);
        let socket = Some(url.path()).filter(|path| is_socks && path.len() > 1);
        let has_user = rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'));
        let user = if has_user { Some(Secret::new(decoded(url.username())?)) } else { None };
        let password = match url.password() {
            Some(password) => Some(Secret::new(decoded(password)?)),
            // `url` drops an empty password; git sends it.
            None => has_empty_password(rest).then(|| Secret::new("")),
        };
        let port = url.port().map_or(String::new(), |port| format!(":{port}"));
        Some(Server {
            protocol,
            host: decoded(host)?,
            port: url.port().unwrap_or_else(|| protocol.default_port(self.purpose)),
            socket: match socket {
                // git accepts a path on this machine only.
                Some(path) if host.eq_ignore_ascii_case("localhost") => Some(decoded(path)?),
                Some(_) => return None,
                None => None,
            },
            user,
            password,
            asked_as: format!("{}://{}@{host}{port}", scheme.to_ascii_lowercase(), url.username()),
        })
    }
}

fn has_empty_password(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| user.ends_with(':'))
}

/// Whether git's settings decide on AWS calls, because the variables of the AWS CLI set no proxy.
pub(super) fn is_left_to_git(environment: &Environment) -> bool {
    as_python(environment).is_none()
}

/// The proxy for requests of this purpose. git's settings are read only if the environment does not decide.
pub(super) fn choose<'g>(
    purpose: Purpose,
    environment: &Environment,
    git: impl FnOnce() -> &'g HttpSettings,
) -> Option<Proxy> {
    let from_git = || {
        let setting = git().proxy.as_ref()?;
        let key = if setting.key.starts_with("remote.") { shown_key(&setting.key) } else { "http.proxy".to_owned() };
        Some((format!("git's {key}"), setting.value.clone()))
    };
    let all = || set(environment, ["all_proxy", "ALL_PROXY"]);
    let python = as_python(environment);
    let is_pythons = python.is_some() && purpose == Purpose::AwsCalls;
    // Everywhere an empty value that decides means no proxy.
    let (origin, url) = match purpose {
        Purpose::AwsCalls => python.or_else(from_git).or_else(all),
        // A variable in lower case overrides the other one, even with an empty value (`var_override`).
        Purpose::GitRequest => from_git().or_else(|| set(environment, ["https_proxy", "HTTPS_PROXY"])).or_else(all),
    }
    .filter(|(_, url)| !url.is_empty())?;
    let exceptions = match purpose {
        Purpose::AwsCalls => of_python(environment, ["no_proxy", "NO_PROXY"]),
        Purpose::GitRequest => set(environment, ["no_proxy", "NO_PROXY"]),
    };
    let exceptions = exceptions.map(|(_, list)| list).unwrap_or_default();
    // For every host: there is no proxy to tell of.
    (exceptions != "*").then_some(Proxy { url, origin, exceptions, purpose, as_git: !is_pythons })
}

/// What the AWS CLI's variables say: a proxy, an empty value for none, or nothing.
fn as_python(environment: &Environment) -> Option<(String, String)> {
    of_python(environment, ["https_proxy", "HTTPS_PROXY"])
}

/// `getproxies_environment`: an empty variable in lower case switches the one in upper case off; an empty one in upper
/// case is not set.
fn of_python(environment: &Environment, [lower, upper]: [&str; 2]) -> Option<(String, String)> {
    set(environment, [lower, upper]).filter(|(name, value)| name == lower || !value.is_empty())
}

/// The first of these variables that is set, even with an empty value.
fn set(environment: &Environment, names: [&str; 2]) -> Option<(String, String)> {
    names.into_iter().find_map(|name| Some((name.to_owned(), environment.get(name)?.to_owned())))
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
