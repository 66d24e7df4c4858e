//! The certificates of a CA bundle. Pure.
//!
//! The HTTP client panics on a certificate that it cannot parse, and real bundles contain some. Each block is therefore
//! parsed first, and left out if no TLS library can use it, as OpenSSL does. The text between blocks may be anything
//! (RFC 7468, section 2), in any encoding: bundles name their authorities in Latin-1, for example.

use rustls::RootCertStore;
use rustls_pki_types::{CertificateDer, pem::PemObject};

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// The usable certificates of the bundle, as their PEM blocks.
pub(crate) fn certificates(bundle: &[u8]) -> impl Iterator<Item = &[u8]> {
    blocks(bundle).filter(|block| is_usable(block))
}

/// Whether the client accepts the block: it is one certificate, and a valid trust anchor.
fn is_usable(block: &[u8]) -> bool {
    let mut certificates = CertificateDer::pem_slice_iter(block);
    match (certificates.next(), certificates.next()) {
        (Some(Ok(certificate)), None) => RootCertStore::empty().add(certificate).is_ok(),
        _ => false,
    }
}

fn blocks(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let from = &rest[find(rest, BEGIN)?..];
        let end = find(from, END)? + END.len();
        rest = &from[end..];
        Some(&from[..end])
    })
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::certificates;

    /// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -days 36500`
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIBdDCCARugAwIBAgIUdIeL9CK932IrMGaBEFqTw8Cm9ogwCgYIKoZIzj0EAwIw\nDzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjUyMzM1NDRaGA8yMTI2MTEwMTIzMzU0\nNFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPDM\n2FyH8W3rTV4w1RqHd924M+kP05GPwHxKrWUOwGeOFDuz6giHHujy/M633Nm0mAKm\n3IxnLZzU/vMcBRdwQ1mjUzBRMB0GA1UdDgQWBBQ8cegcAZgKCR7V6vstrbCLaMow\njTAfBgNVHSMEGDAWgBQ8cegcAZgKCR7V6vstrbCLaMowjTAPBgNVHRMBAf8EBTAD\nAQH/MAoGCCqGSM49BAMCA0cAMEQCICDf/qjB37VYI64jYYM7SiGZ2goUqRYFrnmz\nYC329Y0vAiBLaF99at7Q+DwNmG+tkF9K+Jcrhp16gAG9D3PM7sncVQ==\n-----END CERTIFICATE-----\n";

    #[test]
    fn what_stands_around_a_certificate_may_be_in_any_encoding() {
        let bundle = [b"# Autorit\xe9 de certification\n", CERTIFICATE.as_bytes(), b"\xff\xfe\n"].concat();
        assert_eq!(certificates(&bundle).count(), 1);
        assert_eq!(certificates(&[bundle.clone(), bundle].concat()).count(), 2);
    }

    #[test]
    fn a_block_that_the_http_client_cannot_take_is_left_out() {
        // The first block is not closed; the next one starts over.
        let begin = "-----BEGIN CERTIFICATE-----\n";
        for bad in ["", "AAAA\n-----END CERTIFICATE-----\n", "not base64!\n-----END CERTIFICATE-----\n"] {
            let bundle = format!("{begin}{bad}{CERTIFICATE}");
            assert_eq!(certificates(bundle.as_bytes()).count(), 1, "{bad}");
        }
    }
}
