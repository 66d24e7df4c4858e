//! Which certificate authorities are trusted.
//!
//! The first that is set: `--ca-bundle`, `AWS_CA_BUNDLE`, the profile's `ca_bundle` (the AWS CLI's order),
//! `SSL_CERT_FILE`, `GIT_SSL_CAINFO`, git's `http.sslCAInfo`, the system's. For git's own request git's settings take
//! precedence and the AWS CLI's are ignored. One bundle replaces the system's, as in the AWS CLI. git's
//! `http.sslVerify=false` is ignored.

use super::{NetworkOptions, Purpose, pem};
use crate::git::HttpSettings;
use crate::machine::file::{read_within, unread};
use crate::machine::world::World;
use aws_files::unread::Unread;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use std::path::PathBuf;
use std::time::Duration;

/// A CA bundle that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustError {
    /// The file, or another source of certificates.
    pub what: String,
    /// The option, variable or setting that it comes from.
    pub origin: String,
    /// Why it cannot be used.
    pub problem: TrustProblem,
}

/// Why a CA bundle cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustProblem {
    /// The file was not read.
    Unread(Unread),
    /// The file contains no PEM certificate.
    NoCertificate,
    /// No bundle is set, and the certificates of the system cannot be used.
    System,
}

/// What TLS cannot use as authorities: the bundle, or else the system's.
pub(super) fn unusable<'g>(
    world: &World,
    options: &NetworkOptions,
    git: impl FnOnce() -> &'g HttpSettings,
) -> TrustError {
    let (what, origin, problem) = match bundle(world, options, git) {
        Some((path, origin)) => (path.display().to_string(), origin, TrustProblem::NoCertificate),
        None => (String::new(), String::new(), TrustProblem::System),
    };
    TrustError { what, origin, problem }
}

/// The trust store: the bundle that is configured, otherwise the system's.
///
/// # Errors
/// [`TrustError`] if the configured bundle cannot be used.
pub(super) fn store<'g>(
    world: &World,
    options: &NetworkOptions,
    git: impl FnOnce() -> &'g HttpSettings,
) -> Result<RootCertStore, TrustError> {
    match bundle(world, options, git) {
        Some((path, origin)) => read(&path, &origin),
        None => system(),
    }
}

/// The authorities that git trusts with an `https://` proxy.
///
/// # Errors
/// [`TrustError`] if the configured bundle cannot be used.
pub(super) fn of_proxy(world: &World, git: &HttpSettings) -> Result<RootCertStore, TrustError> {
    let variable = world.environment.os("GIT_PROXY_SSL_CAINFO").filter(|value| !value.is_empty());
    let setting = git.proxy_ssl_ca_info.as_ref();
    match (variable, setting) {
        (Some(path), _) => read(path.as_ref(), "GIT_PROXY_SSL_CAINFO"),
        (None, Some(setting)) => read(&world.expand(&setting.value), "git's http.proxySSLCAInfo"),
        (None, None) => system(),
    }
}

/// The system's authorities, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
fn system() -> Result<RootCertStore, TrustError> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        let (what, origin) = (String::new(), String::new());
        return Err(TrustError { what, origin, problem: TrustProblem::System });
    }
    Ok(store)
}

/// The bundle that replaces the system's, and the setting that it comes from.
pub(super) fn bundle<'g>(
    world: &World,
    options: &NetworkOptions,
    git: impl FnOnce() -> &'g HttpSettings,
) -> Option<(PathBuf, String)> {
    let variable = |name: &str| {
        let value = world.environment.os(name).filter(|value| !value.is_empty())?;
        Some((PathBuf::from(value), name.to_owned()))
    };
    let set = |path: Option<&str>, origin: &str| Some((world.expand(path?), origin.to_owned()));
    let from_git = || set(git().ssl_ca_info.as_ref().map(|setting| setting.value.as_str()), "git's http.sslCAInfo");
    if options.purpose == Purpose::GitRequest {
        return variable("GIT_SSL_CAINFO").or_else(from_git).or_else(|| variable("SSL_CERT_FILE"));
    }
    let ours = set(options.ca_bundle_flag.as_deref(), "--ca-bundle")
        .or_else(|| variable("AWS_CA_BUNDLE"))
        .or_else(|| set(options.ca_bundle_setting.as_deref(), "ca_bundle of the profile"));
    if ours.is_some() {
        return ours;
    }
    // If `SSL_CERT_DIR` is set too, the rules of the system's own loader for both variables apply.
    if world.environment.non_empty("SSL_CERT_DIR").is_some() {
        return None;
    }
    variable("SSL_CERT_FILE").or_else(|| variable("GIT_SSL_CAINFO")).or_else(from_git)
}

/// Whether git's settings decide for AWS calls, because nothing else is set.
pub(super) fn is_left_to_git(world: &World, options: &NetworkOptions) -> bool {
    let nothing = HttpSettings::default();
    world.environment.non_empty("SSL_CERT_DIR").is_none() && bundle(world, options, || &nothing).is_none()
}

/// The longest bundle that is read, in bytes. The bundles of operating systems have a few hundred KiB.
const LIMIT: u64 = 16 << 20;

/// The deadline for reading: a bundle may come from a program, as `/dev/fd/63`.
const DEADLINE: Duration = Duration::from_secs(5);

fn read(path: &std::path::Path, origin: &str) -> Result<RootCertStore, TrustError> {
    let error = |problem| TrustError { what: path.display().to_string(), origin: origin.to_owned(), problem };
    let bytes = read_within(path, LIMIT, DEADLINE);
    let bytes = bytes.map_err(|io| error(TrustProblem::Unread(unread(path, &io))))?;
    let mut store = RootCertStore::empty();
    for certificate in pem::certificates(&bytes) {
        store.add_parsable_certificates(CertificateDer::from_pem_slice(certificate));
    }
    if store.is_empty() { Err(error(TrustProblem::NoCertificate)) } else { Ok(store) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(variables: &[(&str, &str)]) -> World {
        World {
            environment: variables.iter().copied().collect(),
            home: Some(PathBuf::from("/home/u")),
            now: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_first_bundle_that_is_set_is_the_one_trusted() {
        let git =
            HttpSettings { ssl_ca_info: Some(crate::git::Setting::given("~/git.pem")), ..HttpSettings::default() };
        let all = [("AWS_CA_BUNDLE", "/aws"), ("SSL_CERT_FILE", "/ssl"), ("GIT_SSL_CAINFO", "/git")];
        let options = |flag: Option<&str>, setting: Option<&str>| NetworkOptions {
            ca_bundle_flag: flag.map(str::to_owned),
            ca_bundle_setting: setting.map(str::to_owned),
            ..NetworkOptions::default()
        };
        for (variables, options, expected) in [
            (&all[..], options(Some("/flag"), Some("/profile")), Some("/flag")),
            (&all[..], options(None, Some("/profile")), Some("/aws")),
            (&all[1..], options(None, Some("/profile")), Some("/profile")),
            (&all[1..], options(None, None), Some("/ssl")),
            (&all[2..], options(None, None), Some("/git")),
            (&[], options(None, None), Some("/home/u/git.pem")),
            (&[("SSL_CERT_DIR", "/certs"), ("SSL_CERT_FILE", "/ssl")], options(None, None), None),
        ] {
            let chosen = bundle(&world(variables), &options, || &git).map(|(path, _)| path);
            assert_eq!(chosen, expected.map(PathBuf::from), "{variables:?}");
        }
    }

    #[test]
    fn a_bundle_without_a_certificate_is_named_and_does_not_panic() {
        let directory = std::env::temp_dir().join(format!("ccgit-trust-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        for (name, text) in [
            ("empty.pem", ""),
            ("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            ("broken.pem", "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n"),
            ("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA"),
        ] {
            let path = directory.join(name);
            std::fs::write(&path, text).expect("a file");
            assert_eq!(read(&path, "x").expect_err(name).problem, TrustProblem::NoCertificate);
        }
        assert!(matches!(
            read(&directory.join("gone"), "x").expect_err("no file").problem,
            TrustProblem::Unread(Unread::Absent)
        ));
        std::fs::remove_dir_all(&directory).expect("to clean up");
    }
}
