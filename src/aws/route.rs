//! The way that AWS calls take, for messages: the proxy in between, and what a repository would have decided.
//!
//! `http.proxy` and `http.sslCAInfo` of a repository's own configuration come with the repository: whoever wrote them
//! could read what goes to AWS. git's own request goes their way, as git itself will a moment later; AWS calls do not.

use crate::git::Setting;
use aws_files::profiles::Endpoint;

/// The way of an AWS call.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Route {
    /// Host and port of the proxy, and where it is set.
    pub proxy: Option<String>,
    /// Settings that only the repository has, and that would have decided otherwise.
    pub ignored: Vec<Ignored>,
    /// The CA bundle that is trusted in place of the system's, and where it is set.
    pub ca_bundle: Option<Box<CaBundle>>,
    /// The configured endpoint that took the place of AWS's own.
    pub redirected: Option<Box<Endpoint>>,
}

/// A CA bundle that takes the place of the system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaBundle {
    /// The file, for a reader.
    pub file: String,
    /// The option, variable or setting that names it.
    pub origin: String,
}

/// A setting of git's that does not count for AWS calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// What it sets.
    pub what: Ignorable,
    /// The key, as git prints it.
    pub key: String,
    /// Where it stands, for a reader.
    pub origin: String,
}

/// What such a setting sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignorable {
    /// `http.proxy`
    Proxy,
    /// `http.sslCAInfo`
    CaBundle,
}

impl Ignored {
    /// The setting, where the repository's configuration decided it and everybody else's says something else.
    pub(super) fn of(what: Ignorable, all: Option<&Setting>, without: Option<&Setting>) -> Option<Self> {
        let setting = all.filter(|setting| setting.scope.is_the_repositorys() && Some(*setting) != without)?;
        Some(Self { what, key: setting.key.clone(), origin: setting.origin.clone() })
    }
}
