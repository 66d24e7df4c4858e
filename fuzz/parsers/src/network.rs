//! Data from services and of TLS: answers, denials, certificates, keys.

use crate::aws::pem::read;
use crate::sources::proof::ProofKey;
use chrono::Datelike;
use codecommit::denial::Denial;
use codecommit::reply::{ServiceError, parse_date};
use rustls::RootCertStore;

/// The body of an answer; its first line is also used as the headers.
pub fn reply(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (header, body) = text.split_once('\n').unwrap_or((&text, ""));
    for (body, header) in [(&*text, None), (body, Some(header)), ("", Some(header))] {
        if let Some(error) = ServiceError::read(body, header) {
            assert!(!error.name.is_empty() && error.name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }
    // chrono formats only years of four digits.
    if let Some(date) = parse_date(header).filter(|date| (0..=9999).contains(&date.year())) {
        assert_eq!(parse_date(&date.to_rfc2822()), Some(date), "{header}");
    }
}

/// The sentence of a denial.
pub fn denial(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let denial = Denial::read(&text);
    for part in [&denial.principal, &denial.action, &denial.resource].into_iter().flatten() {
        assert!(!part.is_empty() && !part.contains(char::is_whitespace) && text.contains(part.as_str()), "{part}");
    }
}

/// A CA bundle: the HTTP client accepts every certificate that is returned.
pub fn pem(bytes: &[u8]) {
    for certificate in read(bytes).authorities {
        RootCertStore::empty().add(certificate).expect("one that can be trusted");
    }
}

/// The key of an `aws login` session. A proof has three parts, and none contains the key.
pub fn ec_key(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(key) = ProofKey::from_pem(&text) else { return };
    let proof = key.prove("https://eu-west-1.signin.aws.amazon.com/v1/token", "id", chrono::DateTime::UNIX_EPOCH);
    assert_eq!(proof.expose().split('.').count(), 3);
    assert!(!format!("{proof:?}").contains(proof.expose()));
}
