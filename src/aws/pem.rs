//! The certificates of a CA bundle. Pure.
//!
//! Reads what OpenSSL reads (3.0.19 `crypto/pem/pem_info.c`, `PEM_X509_INFO_read_bio_ex`), which is the AWS CLI's TLS
//! library, and one thing more: a block that it would reject the whole file for is left out, since
//! real bundles contain some. The text between blocks may be
//! anything (RFC 7468, section 2), in any encoding: bundles name their authorities in Latin-1, for example.

use der::asn1::{ContextSpecific, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, TagNumber};
use rustls::RootCertStore;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use std::collections::HashSet;

/// What a CA bundle contains.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Bundle {
    /// The certificates that can be trusted, each once.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Whether a certificate was left out because its trust data excludes TLS servers.
    pub excludes: bool,
}

/// Reads a CA bundle.
pub(crate) fn read(bytes: &[u8]) -> Bundle {
    let mut bundle = Bundle::default();
    let mut seen = HashSet::new();
    for Block { label, body } in blocks(bytes) {
        let Some((certificate, serves)) = certificate(label, &body) else { continue };
        // As in OpenSSL the first of two counts (`X509_STORE_add_cert` adds no duplicate).
        if !seen.insert(certificate.clone()) {
            continue;
        }
        if !serves {
            bundle.excludes = true;
        } else if is_usable(&certificate) {
            bundle.authorities.push(certificate);
        }
    }
    bundle
}

/// Whether the HTTP client accepts the certificate as an authority.
pub(crate) fn is_usable(certificate: &CertificateDer<'_>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

const DASHES: &str = "-----";
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const CERTIFICATE: &str = "CERTIFICATE";

/// The label of OpenSSL's own form, which says what the certificate is trusted for (openssl-x509(1), "-trustout").
const TRUSTED: &str = "TRUSTED CERTIFICATE";

/// The labels of certificates; the second is that of old programs (OpenSSL `include/openssl/pem.h`, `PEM_STRING_X509_OLD`).
const LABELS: [&str; 3] = [CERTIFICATE, "X509 CERTIFICATE", TRUSTED];

struct Block {
    label: &'static str,
    body: Vec<u8>,
}

/// The certificate of a block, and whether it may issue certificates of TLS servers; `None` if it is broken.
fn certificate(label: &str, body: &[u8]) -> Option<(CertificateDer<'static>, bool)> {
    let begin = format!("{BEGIN}{CERTIFICATE}{DASHES}\n");
    let end = format!("\n{END}{CERTIFICATE}{DASHES}\n");
    let content = CertificateDer::from_pem_slice(&[begin.as_bytes(), body, end.as_bytes()].concat()).ok()?;
    // OpenSSL ignores what follows the certificate, except behind the label for trust data.
    let mut reader = SliceReader::new(&content).ok()?;
    let certificate = CertificateDer::from(reader.tlv_bytes().ok()?.to_vec());
    let serves = label != TRUSTED || reader.is_finished() || TrustData::decode(&mut reader).ok()?.serves();
    Some((certificate, serves))
}

/// `X509_CERT_AUX`, up to what concerns trust (OpenSSL 3.0.19 `crypto/x509/x_x509a.c`).
struct TrustData {
    trusted: Option<Vec<ObjectIdentifier>>,
    rejected: Option<ContextSpecific<Vec<ObjectIdentifier>>>,
}

impl TrustData {
    /// Whether OpenSSL trusts the certificate for TLS servers (3.0.19 `crypto/x509/x509_trust.c`, `obj_trust`).
    fn serves(&self) -> bool {
        let names_servers = |purposes: &[ObjectIdentifier]| {
            purposes.iter().any(|purpose| [SERVER_AUTH, ANY_EXTENDED_KEY_USAGE].contains(purpose))
        };
        !self.rejected.as_ref().is_some_and(|rejected| names_servers(&rejected.value))
            && self.trusted.as_ref().is_none_or(|trusted| names_servers(trusted))
    }
}

impl<'a> Decode<'a> for TrustData {
    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        reader.sequence(|reader| {
            let trusted = Option::<Vec<ObjectIdentifier>>::decode(reader)?;
            let rejected = ContextSpecific::decode_implicit(reader, TagNumber::N0)?;
            // An alias, a key id and other data follow.
            while !reader.is_finished() {
                reader.tlv_bytes()?;
            }
            Ok(Self { trusted, rejected })
        })
    }
}

/// RFC 5280, section 4.2.1.12.
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const ANY_EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// The blocks that are complete. One that is not closed is forgotten where the next begins.
fn blocks(bytes: &[u8]) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')) {
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line).trim_ascii();
        // Files that were joined without a line break between them.
        let joined = find(line, b"----------BEGIN ").map_or(line.len(), |at| at + DASHES.len());
        for line in [&line[..joined], &line[joined..]] {
            if let Some(label) = label_of(line, BEGIN) {
                open = Some(Block { label, body: Vec::new() });
            } else if let Some(label) = label_of(line, END) {
                found.extend(open.take().filter(|block| block.label == label));
            } else if let Some(Block { body, .. }) = &mut open {
                body.extend_from_slice(line);
                body.push(b'\n');
            }
        }
    }
    found
}

/// The label of a certificate that the line begins or ends.
fn label_of(line: &[u8], keyword: &str) -> Option<&'static str> {
    let label = line.strip_prefix(keyword.as_bytes())?.strip_suffix(DASHES.as_bytes())?;
    LABELS.into_iter().find(|known| known.as_bytes() == label)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[cfg(test)]
mod tests {
    use super::{Bundle, read};

    /// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -days 36500`
    const BODY: &str = "MIIBdDCCARugAwIBAgIUdIeL9CK932IrMGaBEFqTw8Cm9ogwCgYIKoZIzj0EAwIw\nDzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjUyMzM1NDRaGA8yMTI2MTEwMTIzMzU0\nNFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPDM\n2FyH8W3rTV4w1RqHd924M+kP05GPwHxKrWUOwGeOFDuz6giHHujy/M633Nm0mAKm\n3IxnLZzU/vMcBRdwQ1mjUzBRMB0GA1UdDgQWBBQ8cegcAZgKCR7V6vstrbCLaMow\njTAfBgNVHSMEGDAWgBQ8cegcAZgKCR7V6vstrbCLaMowjTAPBgNVHRMBAf8EBTAD\nAQH/MAoGCCqGSM49BAMCA0cAMEQCICDf/qjB37VYI64jYYM7SiGZ2goUqRYFrnmz\nYC329Y0vAiBLaF99at7Q+DwNmG+tkF9K+Jcrhp16gAG9D3PM7sncVQ==";

    fn labeled(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    fn certificate() -> String {
        labeled("CERTIFICATE", BODY)
    }

    fn count(bundle: impl AsRef<[u8]>) -> usize {
        read(bundle.as_ref()).authorities.len()
    }

    #[test]
    fn what_stands_around_a_certificate_may_be_in_any_encoding() {
        let bundle = [b"# Autorit\xe9 de certification\n", certificate().as_bytes(), b"\xff\xfe\n"].concat();
        assert_eq!(count(&bundle), 1);
        assert_eq!(count(["\u{feff}", &certificate()].concat()), 1);
    }

    #[test]
    fn a_block_that_the_http_client_cannot_take_is_left_out() {
        // The first block is not closed; the next one starts over.
        let begin = "-----BEGIN CERTIFICATE-----\n";
        for bad in ["", "AAAA\n-----END CERTIFICATE-----\n", "not base64!\n-----END CERTIFICATE-----\n"] {
            assert_eq!(count(format!("{begin}{bad}{}", certificate())), 1, "{bad}");
            assert_eq!(count(format!("{}{begin}{bad}", certificate())), 1, "{bad}");
        }
        let unclosed = "-----BEGIN TRUSTED CERTIFICATE-----\n";
        assert_eq!(count(format!("{unclosed}{}", certificate())), 1);
    }

    #[test]
    fn each_label_of_openssl_is_read_and_no_other() {
        for (label, expected) in [
            ("CERTIFICATE", 1),
            ("X509 CERTIFICATE", 1),
            ("TRUSTED CERTIFICATE", 1),
            ("certificate", 0),
            ("NEW CERTIFICATE", 0),
            ("PRIVATE KEY", 0),
            ("PKCS7", 0),
        ] {
            assert_eq!(count(labeled(label, BODY)), expected, "{label}");
        }
        assert_eq!(count(certificate().replace("END C", "END X509 C")), 0, "two labels");
        assert_eq!(count(certificate().replace("-----BEGIN", "# -----BEGIN")), 0, "a comment");
    }

    #[test]
    fn line_breaks_of_every_system_and_joined_files_are_read() {
        let other = certificate().replace('\n', "\r\n");
        for text in [
            other,
            certificate().replace('\n', "\r"),
            certificate().replace('\n', " \n"),
            certificate().trim_end().to_owned(),
        ] {
            assert_eq!(count(&text), 1, "{text:?}");
        }
        let key = labeled("PRIVATE KEY", "AAAA");
        assert_eq!(count(format!("{}{}", key.trim_end(), certificate())), 1);
        let broken = labeled("CERTIFICATE", "AAAA");
        assert_eq!(count(format!("{}{}", broken.trim_end(), certificate())), 1);
    }

    /// `BEGIN TRUSTED CERTIFICATE` with this trust data, in hexadecimal.
    fn trusted(data: &str) -> String {
        let mut content = read(certificate().as_bytes()).authorities.remove(0).to_vec();
        let digits = |at: usize| u8::from_str_radix(&data[at..at + 2], 16).expect("hexadecimal digits");
        content.extend((0..data.len()).step_by(2).map(digits));
        labeled("TRUSTED CERTIFICATE", &aws_smithy_types::base64::encode(content))
    }

    /// As OpenSSL 3.0.19 writes and reads it: `openssl x509 -addtrust … -addreject …`, and a handshake of Python's `ssl`
    /// with that file.
    #[test]
    fn a_certificate_that_is_not_trusted_for_servers_is_no_root() {
        for (data, serves) in [
            ("", true),
            ("300c300a06082b06010505070301", true),  // +serverAuth
            ("300c300a06082b06010505070304", false), // +emailProtection
            ("300830060604551d2500", true),          // +anyExtendedKeyUsage
            ("3016301406082b0601050507030206082b06010505070301", true), // +clientAuth +serverAuth
            ("300ca00a06082b06010505070301", false), // -serverAuth
            ("300ca00a06082b06010505070304", true),  // -emailProtection
            ("3008a0060604551d2500", false),         // -anyExtendedKeyUsage
            ("3018300a06082b06010505070301a00a06082b06010505070301", false), // +serverAuth -serverAuth
            ("30060c04436f7270", true),              // an alias
            ("30ff", false),                         // broken
            ("3012300a06082b060105050703040c04436f7270", false), // +emailProtection and an alias
        ] {
            assert_eq!(count(trusted(data)) == 1, serves, "{data}");
        }
        assert!(read(trusted("300ca00a06082b06010505070301").as_bytes()).excludes);
        assert!(!read(certificate().as_bytes()).excludes);
    }

    #[test]
    fn of_the_same_certificate_twice_the_first_counts() {
        let rejected = trusted("300ca00a06082b06010505070301");
        assert_eq!(count([rejected.clone(), certificate()].concat()), 0);
        assert_eq!(count([certificate(), rejected].concat()), 1);
        assert_eq!(count([certificate(), certificate()].concat()), 1);
        assert_eq!(read(b""), Bundle::default());
    }

    #[test]
    fn data_behind_a_certificate_means_nothing_without_the_label_for_it() {
        let rejected = trusted("300ca00a06082b06010505070301");
        assert_eq!(count(rejected.replace("TRUSTED ", "")), 1);
    }
}
