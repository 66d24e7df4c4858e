//! Which proxy HTTPS requests use.
//!
//! The environment takes precedence, read as the AWS CLI reads it (`urllib.request.getproxies_environment`: lower case
//! before upper case); then git's `http.proxy`, so that a machine on which `git clone` works needs no second setting.

use super::Purpose;
use crate::git::HttpSettings;
use crate::machine::world::Environment;
use aws_smithy_http_client::proxy::ProxyConfig;
use codecommit::secret::public;
use std::fmt;

/// A proxy and where it was set. `Debug` and [`Proxy::shown`] leave out user name and password.
#[derive(Clone)]
pub struct Proxy {
    url: String,
    /// The variable or git setting that it comes from.
    pub origin: String,
    /// Hosts that do not use the proxy, in the format of `NO_PROXY`.
    bypass: String,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({} from {})", self.shown(), self.origin)
    }
}

impl Proxy {
    /// Host and port, for messages: a proxy's URL may contain a password.
    #[must_use]
    pub fn shown(&self) -> String {
        let authority = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        public(authority.trim_end_matches('/')).into_owned()
    }

    /// The proxy for the HTTP client; `None` if the URL is not a valid URL of an HTTP proxy.
    pub(super) fn config(&self) -> Option<ProxyConfig> {
        // curl and Python both read `proxy.corp:8080` as `http://proxy.corp:8080`.
        let text = if self.url.contains("://") { self.url.clone() } else { format!("http://{}", self.url) };
        let url = url::Url::parse(&text).ok()?;
        if !(matches!(url.scheme(), "http" | "https") && url.has_host()) {
            return None;
        }
        let config = ProxyConfig::https(text).ok()?;
        Some(if self.bypass.is_empty() { config } else { config.no_proxy(&self.bypass) })
    }
}

/// The variables that set a proxy, the first with the highest precedence.
const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// Whether git's settings decide, because the environment sets no proxy.
pub(super) fn is_left_to_git(environment: &Environment) -> bool {
    environment.first_of(&VARIABLES).is_none()
}

/// The proxy for requests of this purpose. git's settings are read only if the environment does not decide.
pub(super) fn choose<'g>(
    purpose: Purpose,
    environment: &Environment,
    git: impl FnOnce() -> &'g HttpSettings,
) -> Option<Proxy> {
    let bypass = environment.first_of(&["no_proxy", "NO_PROXY"]).map(|(_, list)| list.to_owned()).unwrap_or_default();
    // A single `*` disables every proxy, in Python, curl and git.
    if bypass.trim() == "*" {
        return None;
    }
    let from_environment = environment.first_of(&VARIABLES).map(|(name, url)| (name.to_owned(), url.to_owned()));
    let from_git = || Some(("git's http.proxy".to_owned(), git().proxy.as_ref()?.value.clone()));
    let (origin, url) = match purpose {
        Purpose::AwsCalls => from_environment.or_else(|| from_git().filter(|(_, url)| !url.is_empty())),
        // In git its own setting takes precedence, and an empty one disables the proxy (`http.c`, `CURLOPT_PROXY`).
        Purpose::GitRequest => from_git().or(from_environment).filter(|(_, url)| !url.is_empty()),
    }?;
    Some(Proxy { url, origin, bypass })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Setting;

    fn chosen(variables: &[(&str, &str)], git_proxy: Option<&str>) -> Option<(String, String)> {
        let git = HttpSettings { proxy: git_proxy.map(Setting::given), ..HttpSettings::default() };
        let proxy = choose(Purpose::AwsCalls, &variables.iter().copied().collect(), || &git)?;
        Some((proxy.shown(), proxy.origin))
    }

    #[test]
    fn the_environment_comes_before_git_and_lower_case_before_upper_case() {
        let is = |shown: &str, origin: &str| Some((shown.to_owned(), origin.to_owned()));
        let both = [("HTTPS_PROXY", "http://upper:1"), ("https_proxy", "http://lower:2/")];
        assert_eq!(chosen(&both, Some("http://git:3")), is("lower:2", "https_proxy"));
        assert_eq!(chosen(&[("ALL_PROXY", "all:4")], None), is("all:4", "ALL_PROXY"));
        assert_eq!(chosen(&[("HTTPS_PROXY", "")], Some("http://git:3")), is("git:3", "git's http.proxy"));
        assert_eq!(chosen(&[], Some("")), None, "an empty http.proxy means none");
        assert_eq!(chosen(&[("https_proxy", "http://p"), ("NO_PROXY", "*")], None), None);
    }

    #[test]
    fn for_gits_own_request_gits_setting_comes_first() {
        let environment: Environment = [("HTTPS_PROXY", "http://env:1")].into_iter().collect();
        let chosen = |proxy: Option<&str>| {
            let git = HttpSettings { proxy: proxy.map(Setting::given), ..HttpSettings::default() };
            choose(Purpose::GitRequest, &environment, || &git).map(|proxy| proxy.shown())
        };
        assert_eq!(chosen(Some("http://git:3")).as_deref(), Some("git:3"));
        assert_eq!(chosen(None).as_deref(), Some("env:1"));
        assert_eq!(chosen(Some("")), None);
    }

    #[test]
    fn the_password_of_a_proxy_is_never_shown() {
        let proxy =
            Proxy { url: "http://u:hush@p.corp:8080".into(), origin: "HTTPS_PROXY".into(), bypass: String::new() };
        assert_eq!(format!("{proxy:?}"), "Proxy(p.corp:8080 from HTTPS_PROXY)");
        assert!(proxy.config().is_some());
    }

    #[test]
    fn what_is_no_http_proxy_is_refused_and_not_passed_over() {
        for url in ["socks5://p:1080", "http://p:notaport", "http://"] {
            let proxy = Proxy { url: url.into(), origin: "HTTPS_PROXY".into(), bypass: String::new() };
            assert!(proxy.config().is_none(), "{url}");
        }
    }
}
