//! Canonical request → string to sign → password, as CodeCommit's git service expects them.
//!
//! AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request") with the undocumented differences of
//! `awscli/customizations/codecommit.py`; the commented lines each implement one. The key derivation and the HMAC are
//! aws-sigv4's. Pure: the time is an argument, and for a [`Repository`] nothing here can fail.

use crate::hex;
use crate::keys::Credentials;
use crate::repository::Repository;
use crate::secret::Secret;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

/// How long CodeCommit accepts a signature (User Guide, "Troubleshooting the credential helper": about 15 minutes).
pub const VALIDITY: TimeDelta = TimeDelta::minutes(15);

/// Subtracted from the validity, so that git asks again and does not send a signature in its last minute.
const MARGIN: TimeDelta = TimeDelta::seconds(60);

/// The service in the credential scope, also for CodeConnections hosts.
const SERVICE: &str = "codecommit";

/// The user name and password that git sends as Basic authorization.
#[derive(Debug)]
pub struct GitPassword {
    /// The access key id; with a session token, `ID%TOKEN`, not percent-encoded.
    pub username: Secret,
    /// `YYYYMMDDTHHMMSSZ` and 64 lower-case hexadecimal digits.
    pub password: Secret,
    /// When git should stop using it, in UTC: 14 minutes after `time`, or when the credentials expire, whichever is
    /// first.
    pub expires: DateTime<Utc>,
}

/// Signs for `repository` at `time`.
#[must_use]
pub fn sign(repository: &Repository, credentials: &Credentials, time: DateTime<Utc>) -> GitPassword {
    let key = generate_signing_key(
        credentials.secret_access_key.expose(),
        time.into(),
        repository.region().as_str(),
        SERVICE,
    );
    let signature = calculate_signature(key, string_to_sign(repository, time).as_bytes());
    let username = match &credentials.session_token {
        // Not percent-encoded: it is a field of git's protocol, not part of a URL. The token itself is not signed.
        Some(token) => format!("{}%{}", credentials.access_key_id.expose(), token.expose()),
        None => credentials.access_key_id.expose().to_owned(),
    };
    let valid_until = time + VALIDITY - MARGIN;
    GitPassword {
        username: Secret::new(username),
        // The password's time ends in `Z`; the signed time does not.
        password: Secret::new(format!("{}Z{signature}", timestamp(time))),
        expires: credentials.expires.map_or(valid_until, |end| end.min(valid_until)),
    }
}

/// When a password was signed, in UTC, if it has the format of those that [`sign`] makes.
#[must_use]
pub fn signed_at(password: &Secret) -> Option<DateTime<Utc>> {
    let (time, signature) = password.expose().split_at_checked(16)?;
    let is_signature = signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    let time = NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%SZ").ok()?;
    is_signature.then(|| time.and_utc())
}

/// The canonical request of Signature Version 4. Not secret.
#[must_use]
pub fn canonical_request(repository: &Repository) -> String {
    // The method is `GIT` for every request of git: one signature is valid for GET info/refs and the POSTs after it.
    // The path is not percent-encoded. The host has no port and is not lower-cased. The request ends with the list of
    // signed headers and a line break: there is no payload hash, not even of an empty payload.
    format!("GIT\n{}\n\nhost:{}\n\nhost\n", repository.path(), repository.host())
}

/// The string to sign of Signature Version 4. Not secret.
#[must_use]
pub fn string_to_sign(repository: &Repository, time: DateTime<Utc>) -> String {
    let timestamp = timestamp(time);
    let hash = hex::lower(Sha256::digest(canonical_request(repository)));
    // No `Z` after the time, unlike every other use of Signature Version 4: CodeCommit answers 403 to one with `Z`.
    format!("AWS4-HMAC-SHA256\n{timestamp}\n{}/{}/{SERVICE}/aws4_request\n{hash}", &timestamp[..8], repository.region())
}

/// `YYYYMMDDTHHMMSS`, in UTC.
fn timestamp(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%S").to_string()
}

#[cfg(test)]
mod tests;
