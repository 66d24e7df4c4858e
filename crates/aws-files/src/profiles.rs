//! The profiles of both shared files, merged as botocore merges them.
//!
//! Decides which settings a profile has; leaves their meaning to `plan`. Sources: botocore 1.43 `configloader.py`
//! (`build_profile_map`) and `session.py` (`full_config`).
//!
//! More lenient than botocore in one case: a profile may name a `services` section that does not exist; the AWS CLI
//! then creates no client at all.

use super::config_file::{ConfigFile, Section, SyntaxError};
use crate::Variables;
use crate::shell_words::split_posix;
use crate::unread::Unread;
use codecommit::partition::PARTITIONS;
use codecommit::secret::{profile as shown, public};
use std::fmt;
use std::path::PathBuf;
use url::Url;

/// One of the two shared files.
#[derive(Debug, Default)]
pub struct SharedFile {
    /// Its path; `None` if there is no home directory and no variable that names the file.
    pub path: Option<PathBuf>,
    /// The environment variable that names it, if one does.
    pub variable: Option<&'static str>,
    /// Why it was not read, if it was not. The AWS CLI then treats it as empty.
    pub unread: Option<Unread>,
    contents: ConfigFile,
}

/// Both files.
#[derive(Debug, Default)]
pub struct Profiles {
    /// `~/.aws/config` or `AWS_CONFIG_FILE`.
    pub config: SharedFile,
    /// `~/.aws/credentials` or `AWS_SHARED_CREDENTIALS_FILE`.
    pub credentials: SharedFile,
}

impl SharedFile {
    /// A file that was read, from its bytes.
    ///
    /// # Errors
    /// [`SyntaxError`] if the AWS CLI would reject the file.
    pub fn parse(path: Option<PathBuf>, bytes: &[u8]) -> Result<Self, SyntaxError> {
        Ok(Self { path, variable: None, unread: None, contents: ConfigFile::parse(bytes)? })
    }

    /// A file that was not read, for this reason.
    #[must_use]
    pub fn empty(path: PathBuf, unread: Unread) -> Self {
        Self { path: Some(path), variable: None, unread: Some(unread), contents: ConfigFile::default() }
    }

    /// The parsed contents; empty if the file was not read.
    #[must_use]
    pub fn contents(&self) -> &ConfigFile {
        &self.contents
    }
}

impl Profiles {
    /// The profiles in the bytes of both files.
    ///
    /// # Errors
    /// [`SyntaxError`] of the first file that the AWS CLI would reject.
    pub fn of_bytes(config: &[u8], credentials: &[u8]) -> Result<Self, SyntaxError> {
        Ok(Self { config: SharedFile::parse(None, config)?, credentials: SharedFile::parse(None, credentials)? })
    }

    /// Whether there is no profile: the files have none, or were not read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.config.contents.sections().is_empty() && self.credentials.contents.sections().is_empty()
    }

    /// The names of all profiles, in the order of the files, each once.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let in_config = self.config.contents.sections().iter().filter_map(|section| profile_name(&section.name));
        let in_credentials = self.credentials.contents.sections().iter().map(|section| section.name.clone());
        for name in in_config.chain(in_credentials) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether either file has the profile.
    #[must_use]
    pub fn contains(&self, profile: &str) -> bool {
        self.config_section(profile).is_some() || self.credentials_section(profile).is_some()
    }

    /// A setting of the profile; the credentials file takes precedence over the config file.
    #[must_use]
    pub fn setting(&self, profile: &str, option: &str) -> Option<&str> {
        let sections = [self.credentials_section(profile), self.config_section(profile)];
        sections.into_iter().flatten().find_map(|section| section.get(option))
    }

    /// The file and line (counted from one) of the value that [`Self::setting`] returns.
    #[must_use]
    pub fn place(&self, profile: &str, option: &str) -> Option<(&SharedFile, usize)> {
        let in_credentials = self.credentials_section(profile).and_then(|section| section.line(option));
        let in_config = || self.config_section(profile).and_then(|section| section.line(option));
        in_credentials.map(|line| (&self.credentials, line)).or_else(|| in_config().map(|line| (&self.config, line)))
    }

    /// The profile's section in the config file. The last one with the name wins: `[default]` and `[profile default]`
    /// are the same profile.
    #[must_use]
    pub fn config_section(&self, profile: &str) -> Option<&Section> {
        self.config.contents.sections().iter().rfind(|section| profile_name(&section.name).as_deref() == Some(profile))
    }

    /// The profile's section in the credentials file, in which section names are profile names.
    #[must_use]
    pub fn credentials_section(&self, profile: &str) -> Option<&Section> {
        self.credentials.contents.sections().iter().find(|section| section.name == profile)
    }

    /// The section `[sso-session <name>]` of the config file.
    #[must_use]
    pub fn sso_session(&self, name: &str) -> Option<&Section> {
        self.config
            .contents
            .sections()
            .iter()
            .rfind(|section| named(&section.name, "sso-session").as_deref() == Some(name))
    }

    /// The configured endpoint of a service, in botocore's order (`configprovider.py`, `ConfiguredEndpointProvider`):
    /// the service-specific variable, the global variable, the profile's `services` section, the profile itself.
    /// `variables` looks up the environment; `service` is the service id in lower case with underscores, such as
    /// `sso_oidc`.
    ///
    /// # Errors
    /// [`BadEndpoint`] for a value that is not a valid URL, so that no request is sent to it.
    pub fn endpoint_url(
        &self,
        variables: Variables<'_>,
        profile: &str,
        service: &str,
    ) -> Result<Option<Endpoint>, BadEndpoint> {
        // A variable that is set takes precedence over the setting, whatever its value.
        let variable = |name: &str| variables(name).filter(|value| !value.is_empty());
        let ignore = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .or_else(|| self.setting(profile, "ignore_configured_endpoint_urls").map(str::to_owned));
        if ignore.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let own_variable = SERVICES.iter().find(|(id, _)| *id == service).map(|(_, variable)| *variable);
        let in_services = || {
            let name = self.setting(profile, "services")?;
            let sections = self.config.contents.sections();
            let section = sections.iter().rfind(|section| named(&section.name, "services").as_deref() == Some(name))?;
            Some((EndpointOrigin::Services(name.to_owned()), section.nested(service, "endpoint_url")?.to_owned()))
        };
        let in_profile =
            || Some((EndpointOrigin::Profile(profile.to_owned()), self.setting(profile, "endpoint_url")?.to_owned()));
        let in_variable = own_variable
            .into_iter()
            .chain(["AWS_ENDPOINT_URL"])
            .find_map(|name| Some((EndpointOrigin::Variable(name), variable(name)?)));
        let found = in_variable.or_else(in_services).or_else(in_profile);
        match found {
            None => Ok(None),
            Some((origin, url)) if http_url(&url).is_some() => Ok(Some(Endpoint { origin, url })),
            Some((origin, value)) => Err(BadEndpoint { origin, value }),
        }
    }
}

/// The services whose endpoints may be configured, by their id, with the variable of each.
const SERVICES: [(&str, &str); 5] = [
    ("codecommit", "AWS_ENDPOINT_URL_CODECOMMIT"),
    ("signin", "AWS_ENDPOINT_URL_SIGNIN"),
    ("sso", "AWS_ENDPOINT_URL_SSO"),
    ("sso_oidc", "AWS_ENDPOINT_URL_SSO_OIDC"),
    ("sts", "AWS_ENDPOINT_URL_STS"),
];

/// A configured endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Where it was set.
    pub origin: EndpointOrigin,
    /// An `http` or `https` URL.
    pub url: String,
}

impl Endpoint {
    /// Whether its host is one of AWS's own, such as a VPC endpoint's. Otherwise it is an emulator's, or a name that
    /// resolves only in a private network.
    #[must_use]
    pub fn is_of_aws(&self) -> bool {
        let host = http_url(&self.url).and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        PARTITIONS
            .iter()
            .any(|partition| host.strip_suffix(partition.dns_suffix).is_some_and(|rest| rest.ends_with('.')))
    }
}

/// Where an endpoint was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointOrigin {
    /// An environment variable.
    Variable(&'static str),
    /// The `[services …]` section with this name in the config file.
    Services(String),
    /// The setting `endpoint_url` of this profile.
    Profile(String),
}

impl fmt::Display for EndpointOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Services(name) => write!(f, "endpoint_url of [services {}]", public(name)),
            Self::Profile(name) => write!(f, "endpoint_url of {}", shown(name)),
        }
    }
}

/// A configured endpoint that is not a valid URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEndpoint {
    /// Where it was set.
    pub origin: EndpointOrigin,
    /// The value as configured. Untrusted text: escape it before printing.
    pub value: String,
}

/// Parses the URL of an endpoint: `http` or `https`, with a host. The SDK would not send a request to any other URL,
/// and its error would contain the whole request.
pub fn http_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The profile that a section of the config file defines.
pub(crate) fn profile_name(section: &str) -> Option<String> {
    if section == "default" { Some(section.to_owned()) } else { named(section, "profile") }
}

/// The second word of a section name that starts with `kind`. Like botocore, checks the name's start and its number of
/// words.
pub(crate) fn named(section: &str, kind: &str) -> Option<String> {
    if !section.starts_with(kind) {
        return None;
    }
    // The common form needs no splitting.
    if let Some(name) = section.strip_prefix(kind).and_then(|rest| rest.strip_prefix(' '))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@' | b'/'))
        && !name.is_empty()
    {
        return Some(name.to_owned());
    }
    match <[String; 2]>::try_from(split_posix(section)?) {
        Ok([_, name]) => Some(name),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::among;

    fn of(config: &str, credentials: &str) -> Profiles {
        Profiles::of_bytes(config.as_bytes(), credentials.as_bytes()).expect("valid files")
    }

    #[test]
    fn settings_of_both_files_are_merged_and_the_credentials_file_wins() {
        let profiles = of(
            "[default]\nregion=a\n[profile dev]\nregion=b\noutput=json\n[profile \"two words\"]\nx=1\n[other]\ny=2\n",
            "[dev]\nregion=c\n[only-here]\nz=3\n[profile odd]\n",
        );
        assert_eq!(profiles.names(), ["default", "dev", "two words", "only-here", "profile odd"]);
        assert_eq!(profiles.setting("dev", "region"), Some("c"));
        assert_eq!(profiles.setting("dev", "output"), Some("json"));
        assert_eq!(profiles.setting("two words", "x"), Some("1"));
        assert!(!profiles.contains("other"), "a section without `profile` is none");
    }

    #[test]
    fn the_later_of_default_and_profile_default_wins() {
        assert_eq!(of("[default]\nx=1\n[profile default]\nx=2\n", "").setting("default", "x"), Some("2"));
        assert_eq!(of("[profile default]\nx=2\n[default]\nx=1\n", "").setting("default", "x"), Some("1"));
    }

    #[test]
    fn a_configured_endpoint_is_found_in_botocores_order() {
        let profiles = of(
            "[profile a]\nservices = local\nendpoint_url = http://profile\n[services local]\nsso_oidc =\n  endpoint_url = http://services\n",
            "",
        );
        let none: &[(&str, &str)] = &[];
        let url = |variables: &[(&str, &str)], service| {
            profiles.endpoint_url(&among(variables), "a", service).expect("a URL").map(|endpoint| endpoint.url)
        };
        assert_eq!(url(none, "sso_oidc").as_deref(), Some("http://services"));
        assert_eq!(url(none, "sts").as_deref(), Some("http://profile"));
        assert_eq!(profiles.endpoint_url(&among(none), "b", "sts"), Ok(None));
        let general = &[("AWS_ENDPOINT_URL", "http://general")][..];
        assert_eq!(url(general, "sso_oidc").as_deref(), Some("http://general"));
        let own = &[("AWS_ENDPOINT_URL", "http://general"), ("AWS_ENDPOINT_URL_SSO_OIDC", "http://own")][..];
        assert_eq!(url(own, "sso_oidc").as_deref(), Some("http://own"));
        let ignored = &[("AWS_ENDPOINT_URL", "http://x"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")][..];
        assert_eq!(url(ignored, "sts"), None);
        let slip = &[("AWS_ENDPOINT_URL", "localhost:4566")][..];
        let bad = profiles.endpoint_url(&among(slip), "b", "sts").expect_err("no scheme");
        assert_eq!((bad.origin.to_string().as_str(), bad.value.as_str()), ("AWS_ENDPOINT_URL", "localhost:4566"));
        for (url, is_of_aws) in [
            ("https://sts.eu-west-1.amazonaws.com", true),
            ("https://vpce-1-a.sts.eu-west-1.vpce.amazonaws.com/", true),
            ("http://localhost:4566", false),
            ("https://amazonaws.com.evil.test", false),
            ("https://notamazonaws.com", false),
        ] {
            let endpoint = Endpoint { origin: EndpointOrigin::Variable("AWS_ENDPOINT_URL"), url: url.to_owned() };
            assert_eq!(endpoint.is_of_aws(), is_of_aws, "{url}");
        }
        for text in ["foo", "//host:1", "http://", "ftp://host", "", "http:/host"] {
            assert_eq!(http_url(text).is_some(), text == "http:/host", "{text}");
        }
    }
}
