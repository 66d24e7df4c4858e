//! The network route of AWS calls, for messages: the proxy, the CA bundle, and ignored settings of a repository.
//!
//! `http.proxy` and `http.sslCAInfo` of a repository's own configuration come with the repository, and their author
//! could read what is sent to AWS. They apply to git's own request, as they do in git itself, but not to AWS calls.

use super::trust::TrustError;
use crate::git::Setting;
use aws_files::profiles::Endpoint;

/// The network route of an AWS call.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Route {
    /// Host and port of the proxy, and the setting that it comes from.
    pub proxy: Option<String>,
    /// Settings of the repository that were ignored and would have changed the route.
    pub ignored: Vec<Ignored>,
    /// The CA bundle that replaces the system's, and the setting that it comes from.
    pub ca_bundle: Option<Box<CaBundle>>,
    /// Settings that should add certificates, and do not.
    pub without_effect: Vec<TrustError>,
    /// Whether git lets Windows decide what is trusted, and ignores `http.sslCAInfo`.
    pub trusts_as_windows: bool,
    /// The configured endpoint that replaces AWS's.
    pub redirected: Option<Box<Endpoint>>,
}

/// A CA bundle that replaces the system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaBundle {
    /// The file, as shown in messages.
    pub file: String,
    /// The option, variable or setting that it comes from.
    pub origin: String,
}

/// A git setting that is ignored for AWS calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Which setting it is.
    pub what: Ignorable,
    /// The key, as `git config --list` prints it.
    pub key: String,
    /// Its file, as shown in messages.
    pub origin: String,
}

/// The settings that may be ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignorable {
    /// `http.proxy`
    Proxy,
    /// `http.sslCAInfo`, `http.sslCAPath`
    CaBundle,
}

impl Ignored {
    /// The setting, if the repository's configuration sets it and the other configuration has a different value.
    pub(super) fn of(what: Ignorable, all: Option<&Setting>, without: Option<&Setting>) -> Option<Self> {
        let setting = all.filter(|setting| setting.scope.is_the_repositorys() && Some(*setting) != without)?;
        Some(Self { what, key: setting.key.clone(), origin: setting.origin.clone() })
    }
}
