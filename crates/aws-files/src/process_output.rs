//! What a `credential_process` prints: credentials as JSON, or words.

use crate::timestamp;
use codecommit::keys::{Credentials, UnusableCredentials};

/// Why standard output is no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadOutput {
    /// It is no JSON object.
    NoJson,
    /// `Version` is not 1.
    Version,
    /// A key is missing from the object.
    MissingKey(&'static str),
    /// `Expiration` is no time.
    BadExpiration,
    /// What was printed cannot be credentials.
    Unusable(UnusableCredentials),
}

/// What a line of a program's words is left out for: it names a part of credentials, or sets a password.
const MARKS: [&str; 10] = [
    "secretaccesskey",
    "secret_access_key",
    "sessiontoken",
    "session_token",
    "securitytoken",
    "security_token",
    "password",
    "passphrase",
    "token=",
    "secret=",
];

/// The standard error of a program that failed, without the credentials that it may hold: some print their JSON there, or
/// what they have sent. Lines that name such a thing are left out, and those with a value from its standard output.
#[must_use]
pub fn without_credentials(stderr: &[u8], stdout: &[u8]) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_slice(stdout).unwrap_or_default();
    let given: Vec<&str> = json.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()).collect();
    let is_secret = |line: &str| {
        let lower = line.to_ascii_lowercase();
        MARKS.iter().any(|mark| lower.contains(mark))
            || given.iter().any(|value| value.len() >= 4 && line.contains(value))
    };
    let text = String::from_utf8_lossy(stderr);
    text.lines()
        .map(|line| if is_secret(line) { "(a line with credentials)" } else { line })
        .map(str::to_owned)
        .collect()
}

/// Reads what a program prints that succeeded.
///
/// # Errors
/// [`BadOutput`]: the AWS CLI would refuse it, too.
pub fn parse(output: &[u8]) -> Result<Credentials, BadOutput> {
    let json: serde_json::Value = serde_json::from_slice(output).map_err(|_| BadOutput::NoJson)?;
    let object = json.as_object().ok_or(BadOutput::NoJson)?;
    // 1.0 is as good as 1, as in Python.
    if object.get("Version").and_then(serde_json::Value::as_f64) != Some(1.0) {
        return Err(BadOutput::Version);
    }
    let text = |key| object.get(key).and_then(serde_json::Value::as_str);
    let id = text("AccessKeyId").ok_or(BadOutput::MissingKey("AccessKeyId"))?;
    let secret = text("SecretAccessKey").ok_or(BadOutput::MissingKey("SecretAccessKey"))?;
    let expires = match object.get("Expiration") {
        None | Some(serde_json::Value::Null) => None,
        Some(value) => Some(value.as_str().and_then(timestamp::parse).ok_or(BadOutput::BadExpiration)?),
    };
    Credentials::new(id, secret, text("SessionToken"), expires).map_err(BadOutput::Unusable)
}
