//! Which certificate authorities are trusted.
//!
//! For AWS calls the AWS CLI's bundle takes precedence, the first that is set: `--ca-bundle`, `AWS_CA_BUNDLE`, the
//! profile's `ca_bundle`. It replaces everything else. Without one, a bundle takes the place of the system's, the first that
//! is set: for AWS calls `REQUESTS_CA_BUNDLE` (botocore 1.44 `endpoint.py`, `_get_verify_value`), then, and for git's own
//! request, `GIT_SSL_CAINFO` and `http.sslCAInfo`. `GIT_SSL_CAPATH`, `http.sslCAPath`, `SSL_CERT_FILE` and `SSL_CERT_DIR`
//! add to it; what they name may be missing, as in curl and OpenSSL. git's `http.sslVerify=false` is ignored.

use super::{NetworkOptions, Purpose, authorities};
use crate::git::HttpSettings;
use crate::machine::wait::Waiting;
use crate::machine::world::World;
use aws_files::unread::Unread;
use rustls_pki_types::CertificateDer;
use std::ffi::OsStr;
use std::path::PathBuf;

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
    /// The path is empty.
    Unnamed,
    /// The file was not read.
    Unread(Unread),
    /// The file contains no PEM certificate.
    NoCertificate,
    /// The file is in the binary form of a certificate (DER).
    Der,
    /// The file has only certificates whose trust data excludes TLS servers.
    NotForServers,
    /// No bundle is set, and the system has no certificates.
    System,
}

/// The authorities with which a connection is verified: at least one.
///
/// # Errors
/// [`TrustError`] if the bundle that is set cannot be used, or nothing can be trusted.
pub(super) fn authorities<'g>(
    world: &World,
    options: &NetworkOptions,
    git: impl Fn() -> &'g HttpSettings,
) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let mut trusted = match bundle(world, options, &git) {
        Some(bundle) => bundle.read()?,
        None => authorities::system(world),
    };
    for more in additional(world, options, &git) {
        trusted.extend(more.read().unwrap_or_default());
    }
    some(trusted)
}

/// The authorities that git trusts with an `https://` proxy.
///
/// # Errors
/// [`TrustError`] if the bundle that is set cannot be used, or nothing can be trusted.
pub(super) fn of_proxy(world: &World, git: &HttpSettings) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let from_git = || Some((git.proxy_ssl_ca_info.as_ref()?.path(world)?, "git's http.proxySSLCAInfo"));
    let variable = variable(world, "GIT_PROXY_SSL_CAINFO").map(|path| (path.into(), "GIT_PROXY_SSL_CAINFO"));
    match variable.or_else(from_git) {
        Some((path, origin)) => Place::file(path, origin).read(),
        None => some(authorities::system(world)),
    }
}

fn some(trusted: Vec<CertificateDer<'static>>) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    if trusted.is_empty() { Err(nothing()) } else { Ok(trusted) }
}

/// No authority can be used.
pub(super) fn nothing() -> TrustError {
    TrustError { what: String::new(), origin: String::new(), problem: TrustProblem::System }
}

/// Certificates that a setting names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The file or directory.
    pub path: PathBuf,
    /// The option, variable or setting that it comes from.
    pub origin: String,
    is_directory: bool,
}

impl Place {
    fn file(path: PathBuf, origin: &str) -> Self {
        Self { path, origin: origin.to_owned(), is_directory: false }
    }

    fn directory(path: PathBuf, origin: &str) -> Self {
        Self { path, origin: origin.to_owned(), is_directory: true }
    }

    fn read(&self) -> Result<Vec<CertificateDer<'static>>, TrustError> {
        let read = if self.is_directory { authorities::directory } else { authorities::file };
        let Self { path, origin, .. } = self;
        let _waiting = Waiting::on(format!("the CA certificates of {origin}"));
        read(path).map_err(|problem| TrustError { what: path.display().to_string(), origin: origin.clone(), problem })
    }
}

/// The bundle that replaces the system's.
pub(super) fn bundle<'g>(world: &World, options: &NetworkOptions, git: impl Fn() -> &'g HttpSettings) -> Option<Place> {
    aws_bundle(world, options).or_else(|| requests_bundle(world, options)).or_else(|| {
        let git = git();
        let from_git = || Some((git.ssl_ca_info.as_ref()?.path(world)?, "git's http.sslCAInfo"));
        let variable = variable(world, "GIT_SSL_CAINFO").filter(|_| !git.trusts_as_windows);
        let (path, origin) = variable.map(|path| (path.into(), "GIT_SSL_CAINFO")).or_else(from_git)?;
        Some(Place::file(path, origin))
    })
}

/// The AWS CLI's own bundle, with which git's own request has nothing to do.
fn aws_bundle(world: &World, options: &NetworkOptions) -> Option<Place> {
    if options.purpose == Purpose::GitRequest {
        return None;
    }
    let set = |path: Option<&str>, origin| Some(Place::file(world.expand(path?), origin));
    set(options.ca_bundle_flag.as_deref(), "--ca-bundle")
        .or_else(|| of_python(world, "AWS_CA_BUNDLE"))
        .or_else(|| set(options.ca_bundle_setting.as_deref(), "ca_bundle of the profile"))
}

/// The bundle of Python's programs, the AWS CLI among them.
fn requests_bundle(world: &World, options: &NetworkOptions) -> Option<Place> {
    let place = of_python(world, "REQUESTS_CA_BUNDLE").filter(|_| options.purpose == Purpose::AwsCalls)?;
    // The AWS CLI cannot read a directory. requests, for which it is meant, can.
    Some(Place { is_directory: place.path.is_dir(), ..place })
}

/// urllib3 2 `connection.py` expands the home directory.
fn of_python(world: &World, name: &str) -> Option<Place> {
    Some(Place::file(world.expand_home(variable(world, name)?), name))
}

/// Whether git's settings decide for AWS calls, because nothing else is set.
pub(super) fn is_left_to_git(world: &World, options: &NetworkOptions) -> bool {
    aws_bundle(world, options).or_else(|| requests_bundle(world, options)).is_none()
}

/// What is trusted besides the bundle that is not the AWS CLI's own.
///
/// git hands a directory to curl, which has its bundle besides (git 2.47.3 `http.c`, `get_curl_handle`). OpenSSL looks
/// at its own places for what one of the two variables does not replace, and for both if nothing is there (openssl-env(7),
/// `X509_STORE_set_default_paths`); the AWS CLI ignores both. So nothing that they name keeps the system's authorities out.
fn additional<'g>(world: &World, options: &NetworkOptions, git: impl Fn() -> &'g HttpSettings) -> Vec<Place> {
    if aws_bundle(world, options).is_some() {
        return Vec::new();
    }
    let from_git = || Some(Place::directory(git().ssl_ca_path.as_ref()?.path(world)?, "git's http.sslCAPath"));
    let directory = variable(world, "GIT_SSL_CAPATH").map(|path| Place::directory(path.into(), "GIT_SSL_CAPATH"));
    let mut places: Vec<Place> = directory.or_else(from_git).into_iter().collect();
    places.extend(openssl_places(world));
    places
}

fn openssl_places(world: &World) -> impl Iterator<Item = Place> {
    let file = variable(world, "SSL_CERT_FILE").map(|path| Place::file(path.into(), "SSL_CERT_FILE"));
    let directories = variable(world, "SSL_CERT_DIR").map(std::env::split_paths).into_iter().flatten();
    let directories = directories.filter(|path| !path.as_os_str().is_empty());
    file.into_iter().chain(directories.map(|path| Place::directory(path, "SSL_CERT_DIR")))
}

/// What is set besides the bundle, and adds nothing. For messages about a failed request.
pub(super) fn without_effect<'g>(
    world: &World,
    options: &NetworkOptions,
    git: impl Fn() -> &'g HttpSettings,
) -> Vec<TrustError> {
    additional(world, options, git).iter().filter_map(|place| place.read().err()).collect()
}

fn variable<'w>(world: &'w World, name: &str) -> Option<&'w OsStr> {
    world.environment.os(name).filter(|value| !value.is_empty())
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

    fn options(flag: Option<&str>, setting: Option<&str>) -> NetworkOptions {
        NetworkOptions {
            ca_bundle_flag: flag.map(str::to_owned),
            ca_bundle_setting: setting.map(str::to_owned),
            ..NetworkOptions::default()
        }
    }

    fn path(place: &Place) -> String {
        place.path.display().to_string()
    }

    #[test]
    fn the_first_bundle_that_is_set_is_the_one_trusted() {
        let setting = |value| Some(crate::git::Setting::given(value));
        let git = HttpSettings { ssl_ca_info: setting("/config"), ..HttpSettings::default() };
        let all = [
            ("AWS_CA_BUNDLE", "/aws"),
            ("REQUESTS_CA_BUNDLE", "~/requests"),
            ("GIT_SSL_CAINFO", "/git"),
            ("SSL_CERT_FILE", "/ssl"),
            ("SSL_CERT_DIR", "/certs"),
        ];
        for (variables, options, expected) in [
            (&all[..], options(Some("/flag"), Some("/profile")), "/flag"),
            (&all[..], options(None, Some("/profile")), "/aws"),
            (&all[1..], options(None, Some("~/profile")), "/home/u/profile"),
            (&all[1..], options(None, None), "/home/u/requests"),
            (&[("AWS_CA_BUNDLE", ""), ("REQUESTS_CA_BUNDLE", ""), all[2]], options(None, None), "/git"),
            (&all[2..], options(None, None), "/git"),
            (&all[3..], options(None, None), "/config"),
            (&[("GIT_SSL_CAINFO", "")], options(None, None), "/config"),
            (&[("AWS_CA_BUNDLE", "$X/~/ca.pem")], options(None, None), "$X/~/ca.pem"),
        ] {
            let chosen = bundle(&world(variables), &options, || &git);
            assert_eq!(chosen.as_ref().map(path).as_deref(), Some(expected), "{variables:?}");
            let options = NetworkOptions { purpose: Purpose::GitRequest, ..options };
            let chosen = bundle(&world(variables), &options, || &git);
            let is_git = variables.iter().any(|(name, value)| *name == "GIT_SSL_CAINFO" && !value.is_empty());
            assert_eq!(chosen.as_ref().map(path).as_deref(), Some(if is_git { "/git" } else { "/config" }));
        }
        let nothing = HttpSettings::default();
        assert_eq!(bundle(&world(&all[3..]), &options(None, None), || &nothing), None, "the system's, and more");
    }

    #[test]
    fn git_ignores_its_bundle_where_windows_decides() {
        let git = HttpSettings { trusts_as_windows: true, ..HttpSettings::default() };
        let with = |variables| bundle(&world(variables), &options(None, None), || &git);
        assert_eq!(with(&[("GIT_SSL_CAINFO", "/git")]), None);
        assert_eq!(with(&[("AWS_CA_BUNDLE", "/aws")]).as_ref().map(path).as_deref(), Some("/aws"));
    }

    #[test]
    fn what_only_adds_is_all_of_it_and_nothing_where_the_aws_cli_has_a_bundle() {
        let git = HttpSettings { ssl_ca_path: Some(crate::git::Setting::given("/config")), ..HttpSettings::default() };
        let mut variables = vec![
            ("SSL_CERT_FILE", "/ssl"),
            ("SSL_CERT_DIR", "/certs::/more"),
            ("GIT_SSL_CAPATH", "/git"),
            ("AWS_CA_BUNDLE", ""),
            ("REQUESTS_CA_BUNDLE", "/requests"),
        ];
        let added = |variables: &[(&str, &str)], options: &NetworkOptions| -> Vec<String> {
            additional(&world(variables), options, || &git).iter().map(path).collect()
        };
        let aws = options(None, None);
        assert_eq!(added(&variables, &aws), ["/git", "/ssl", "/certs", "/more"]);
        assert_eq!(added(&variables[..2], &aws), ["/config", "/ssl", "/certs", "/more"]);
        assert_eq!(added(&[("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", "")], &aws), ["/config"]);
        variables[3].1 = "/aws";
        assert_eq!(added(&variables, &aws), [""; 0]);
        assert_eq!(added(&variables[2..], &NetworkOptions { purpose: Purpose::GitRequest, ..aws }), ["/git"]);
    }

    #[test]
    fn a_bundle_without_a_certificate_is_named_and_does_not_panic() {
        let directory = std::env::temp_dir().join(format!("ccgit-trust-{}", std::process::id()));
        std::fs::create_dir_all(directory.join("empty")).expect("a directory");
        let problem = |place: Place| place.read().expect_err("nothing to trust").problem;
        for (name, text, expected) in [
            ("empty.pem", &b""[..], TrustProblem::NoCertificate),
            ("key.pem", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", TrustProblem::NoCertificate),
            (
                "broken.pem",
                b"-----BEGIN CERTIFICATE-----\nx!\n-----END CERTIFICATE-----\n",
                TrustProblem::NoCertificate,
            ),
            ("cut.pem", b"-----BEGIN CERTIFICATE-----\nAAAA", TrustProblem::NoCertificate),
            ("ca.der", b"\x30\x82\x01\x74\x30", TrustProblem::Der),
        ] {
            let path = directory.join(name);
            std::fs::write(&path, text).expect("a file");
            assert_eq!(problem(Place::file(path, "x")), expected, "{name}");
        }
        let absent = TrustProblem::Unread(Unread::Absent);
        assert_eq!(problem(Place::file(directory.join("gone"), "x")), absent);
        assert_eq!(problem(Place::directory(directory.join("gone"), "x")), absent);
        assert_eq!(problem(Place::directory(directory.join("empty"), "x")), TrustProblem::NoCertificate);
        assert_eq!(problem(Place::file(PathBuf::new(), "x")), TrustProblem::Unnamed);
        std::fs::remove_dir_all(&directory).expect("to clean up");
    }
}
