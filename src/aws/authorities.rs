//! Where certificates of authorities are read from: a bundle, a directory, the system.
//!
//! Leaves what counts to `trust`, and what a bundle contains to `pem`.

use super::pem::{self, Bundle};
use super::trust::TrustProblem;
use crate::machine::file::{read_within, unread, within};
use crate::machine::world::World;
use rustls_pki_types::CertificateDer;
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

/// The longest bundle that is read, in bytes. The bundles of operating systems have a few hundred KiB.
const LIMIT: u64 = 16 << 20;

/// The deadline for reading: a bundle may come from a program, as `/dev/fd/63`.
const DEADLINE: Duration = Duration::from_secs(5);

/// The authorities of a bundle: at least one.
pub(super) fn file(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustProblem> {
    if path.as_os_str().is_empty() {
        return Err(TrustProblem::Unnamed);
    }
    let bytes = read_within(path, LIMIT, DEADLINE).map_err(|io| TrustProblem::Unread(unread(path, &io)))?;
    match pem::read(&bytes) {
        Bundle { authorities, .. } if !authorities.is_empty() => Ok(authorities),
        Bundle { excludes: true, .. } => Err(TrustProblem::NotForServers),
        // The first element of a certificate is an ASN.1 sequence (RFC 5280, section 4.1).
        _ if bytes.starts_with(&[0x30]) => Err(TrustProblem::Der),
        _ => Err(TrustProblem::NoCertificate),
    }
}

/// The authorities of all files in a directory: at least one. OpenSSL looks only at names made by `openssl rehash`, GnuTLS
/// at all, as here.
pub(super) fn directory(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustProblem> {
    let directory = path.to_owned();
    let found = within(DEADLINE, move || {
        let files = std::fs::read_dir(directory)?.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
        // Each has two names at least where OpenSSL looks.
        Ok(files.flat_map(|path| file(&path).unwrap_or_default()).collect::<HashSet<_>>())
    });
    let found = found.map_err(|io| TrustProblem::Unread(unread(path, &io)))?;
    if found.is_empty() { Err(TrustProblem::NoCertificate) } else { Ok(found.into_iter().collect()) }
}

/// The authorities that the system trusts; empty if there are none.
pub(super) fn system(world: &World) -> Vec<CertificateDer<'static>> {
    // The library takes the variables as the system's, even if they are empty, or name what is not there.
    let is_told_where = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| world.environment.os(name).is_some());
    let mut found = if is_told_where { in_known_places() } else { rustls_native_certs::load_native_certs().certs };
    found.retain(pem::is_usable);
    found
}

#[cfg(windows)]
fn in_known_places() -> Vec<CertificateDer<'static>> {
    // As rustls-native-certs 0.8.5 does in `windows.rs`.
    use schannel::cert_context::ValidUses;
    let Ok(store) = schannel::cert_store::CertStore::open_current_user("ROOT") else { return Vec::new() };
    let serves = |uses: ValidUses| match uses {
        ValidUses::All => true,
        ValidUses::Oids(uses) => uses.iter().any(|purpose| purpose == "1.3.6.1.5.5.7.3.1"),
    };
    let valid = store.certs().filter(|certificate| {
        certificate.valid_uses().is_ok_and(serves) && certificate.is_time_valid().is_ok_and(|is_valid| is_valid)
    });
    valid.map(|certificate| CertificateDer::from(certificate.to_der().to_vec())).collect()
}

/// The first of the bundles, otherwise the first of the directories.
#[cfg(not(windows))]
fn in_known_places() -> Vec<CertificateDer<'static>> {
    let bundle = BUNDLES.iter().find_map(|path| file(Path::new(path)).ok());
    bundle.or_else(|| DIRECTORIES.iter().find_map(|path| directory(Path::new(path)).ok())).unwrap_or_default()
}

/// Go 1.24 `crypto/x509`: `root_linux.go`, `root_bsd.go`. On macOS the last of them has the system's authorities.
#[cfg(not(windows))]
const BUNDLES: [&str; 8] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/usr/local/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/etc/ssl/cert.pem",
];

#[cfg(not(windows))]
const DIRECTORIES: [&str; 3] = ["/etc/ssl/certs", "/etc/pki/tls/certs", "/usr/local/share/certs"];
