//! The output of a `credential_process`: credentials as JSON, or why it has none.
//!
//! Decides what the AWS CLI would accept, and what of standard error may be shown. Leaves running the program to the
//! caller. Format: AWS SDKs and Tools Reference Guide, "Process credential provider".

use crate::timestamp;
use codecommit::keys::{Credentials, UnusableCredentials};

/// Why standard output has no valid credentials. Facts only: never a word of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadOutput {
    /// Standard output is empty.
    Empty,
    /// Standard output is empty, and the credentials are on standard error.
    OnStandardError,
    /// The output is not plain UTF-8, or has a byte order mark.
    Encoding(Encoding),
    /// The output is not JSON.
    NoJson(Came),
    /// The output is JSON, but not an object.
    NoObject,
    /// The credentials are in a nested object with this name.
    Nested(&'static str),
    /// `Version` is not the number 1.
    Version(BadVersion),
    /// The object lacks this key.
    MissingKey(&'static str),
    /// The object has this key in another spelling, such as `accessKeyId`.
    OtherSpelling(&'static str),
    /// The value of this key is not a string.
    NoText(&'static str),
    /// `Expiration` is not a valid time.
    BadExpiration,
    /// The printed credentials are not valid.
    Unusable(UnusableCredentials),
}

/// An encoding other than plain UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, as Windows `PowerShell` writes it.
    Utf16,
    /// UTF-8 with a byte order mark.
    ByteOrderMark,
    /// Any other encoding.
    Other,
}

/// What was printed instead of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// Other lines precede the JSON object: a banner, a log.
    TextBefore,
    /// Other lines follow the JSON object.
    TextAfter,
    /// There are several JSON objects.
    SeveralObjects,
    /// The JSON object is cut off or has a syntax error.
    BrokenJson,
    /// The object has single quotes, as Python prints it.
    SingleQuotes,
    /// Shell assignments such as `export AWS_ACCESS_KEY_ID=…`.
    ShellVariables,
    /// Settings in the format of AWS's shared files.
    Settings,
    /// YAML.
    Yaml,
    /// An HTML page.
    Html,
    /// Any other text; the number of its lines.
    Text(usize),
}

/// What is wrong with `Version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadVersion {
    /// `Version` is missing.
    Missing,
    /// `Version` is a string, such as `"1"`.
    Text,
    /// `Version` is another number, or another type.
    Other,
}

/// A line of a program's output with one of these is left out: it names a part of credentials, or sets a password.
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

/// The lines of a failed program's standard error, without credentials that it may contain: some programs print their
/// JSON there, or the request that they sent. Lines that name a part of credentials, or have a value of the standard
/// output, are left out.
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

/// The object's keys, in their exact spelling.
const KEYS: [&str; 5] = ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];

/// Names under which other commands of the AWS CLI print credentials: `aws sts`, `aws sso get-role-credentials`,
/// `aws iam create-access-key`, and the AWS CLI's cache.
const NESTED: [&str; 5] = ["Credentials", "credentials", "roleCredentials", "RoleCredentials", "AccessKey"];

/// Parses the output of a program that exited with status 0.
///
/// # Errors
/// [`BadOutput`] if the AWS CLI would reject the output, too.
pub fn parse(output: &[u8]) -> Result<Credentials, BadOutput> {
    let json: serde_json::Value = serde_json::from_slice(output).map_err(|_| no_json(output))?;
    let object = json.as_object().ok_or(BadOutput::NoObject)?;
    let is_there = |key: &str| object.get(key).is_some_and(|value| !value.is_null());
    if !is_there("AccessKeyId")
        && let Some(name) = NESTED.into_iter().find(|name| object.get(*name).is_some_and(serde_json::Value::is_object))
    {
        return Err(BadOutput::Nested(name));
    }
    let other_spelling = |key: &'static str| {
        (!is_there(key) && object.keys().any(|name| name != key && spelling(name) == spelling(key)))
            .then_some(BadOutput::OtherSpelling(key))
    };
    if let Some(problem) = KEYS[..3].iter().find_map(|key| other_spelling(key)) {
        return Err(problem);
    }
    // 1.0 equals 1, as in Python.
    match object.get("Version") {
        Some(version) if version.as_f64() == Some(1.0) => {}
        None => return Err(BadOutput::Version(BadVersion::Missing)),
        Some(serde_json::Value::String(_)) => return Err(BadOutput::Version(BadVersion::Text)),
        Some(_) => return Err(BadOutput::Version(BadVersion::Other)),
    }
    let text = |key| object.get(key).and_then(serde_json::Value::as_str);
    let needed = |key| match text(key) {
        Some(text) => Ok(text),
        None if is_there(key) => Err(BadOutput::NoText(key)),
        None => Err(BadOutput::MissingKey(key)),
    };
    let (id, secret) = (needed("AccessKeyId")?, needed("SecretAccessKey")?);
    // If it were ignored, AWS would reject the request for the missing token.
    if text("SessionToken").is_none() {
        if is_there("SessionToken") {
            return Err(BadOutput::NoText("SessionToken"));
        }
        if id.starts_with("ASIA")
            && let Some(problem) = other_spelling("SessionToken")
        {
            return Err(problem);
        }
    }
    let expires = match object.get("Expiration") {
        None | Some(serde_json::Value::Null) => None,
        Some(value) => Some(value.as_str().and_then(timestamp::parse).ok_or(BadOutput::BadExpiration)?),
    };
    Credentials::configured(id, secret, text("SessionToken"), expires).map_err(BadOutput::Unusable)
}

/// A name without case and separators: `access_key_id`, `accessKeyID` and `AWS_ACCESS_KEY_ID` are the same.
fn spelling(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    letters.strip_prefix("aws").unwrap_or(&letters).to_owned()
}

/// What came instead of JSON.
fn no_json(output: &[u8]) -> BadOutput {
    if output.iter().all(u8::is_ascii_whitespace) {
        return BadOutput::Empty;
    }
    if output.starts_with(b"\xef\xbb\xbf") {
        return BadOutput::Encoding(Encoding::ByteOrderMark);
    }
    if output.starts_with(b"\xff\xfe") || output.starts_with(b"\xfe\xff") || output.contains(&0) {
        return BadOutput::Encoding(Encoding::Utf16);
    }
    match str::from_utf8(output) {
        Ok(text) => BadOutput::NoJson(came(text)),
        Err(_) => BadOutput::Encoding(Encoding::Other),
    }
}

fn came(text: &str) -> Came {
    let lower = text.to_ascii_lowercase();
    if lower.contains("<html") || lower.contains("<!doctype") {
        return Came::Html;
    }
    if let Some((at, length)) = object(text) {
        let (before, after) = (&text[..at], &text[at + length..]);
        return if !before.trim().is_empty() {
            Came::TextBefore
        } else if after.trim_start().starts_with('{') {
            Came::SeveralObjects
        } else {
            Came::TextAfter
        };
    }
    let names = ["access_key_id", "secret_access_key", "session_token"];
    let is_setting = |line: &str| {
        let name = line.split_once('=').map_or("", |(name, _)| name.trim());
        names.iter().any(|end| name.to_ascii_lowercase().ends_with(end))
    };
    let is_of_shell = |line: &str| {
        let line = line.trim_start();
        let setters = ["export ", "set ", "setx ", "setenv ", "$env:", "declare -x "];
        let lower = line.to_ascii_lowercase();
        setters.iter().any(|setter| lower.starts_with(setter)) && lower.contains("aws_")
            || lower.starts_with("aws_") && line.starts_with("AWS_")
    };
    if text.lines().any(|line| is_of_shell(line) && line.contains('=')) {
        return Came::ShellVariables;
    }
    if text.lines().any(is_setting) {
        return Came::Settings;
    }
    let is_yaml = |line: &str| line.split_once(':').is_some_and(|(name, _)| KEYS[1..3].contains(&name.trim()));
    if text.lines().any(is_yaml) {
        return Came::Yaml;
    }
    if text.contains("'AccessKeyId'") {
        return Came::SingleQuotes;
    }
    if text.trim_start().starts_with('{') {
        return Came::BrokenJson;
    }
    Came::Text(text.lines().filter(|line| !line.trim().is_empty()).count())
}

/// Offset and length of the first JSON object with keys of credentials. The number of tried braces is bounded.
fn object(text: &str) -> Option<(usize, usize)> {
    text.match_indices('{').take(100).find_map(|(at, _)| {
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<serde_json::Value>();
        let value = values.next()?.ok()?;
        let object = value.as_object()?;
        let has = |name: &str| object.keys().any(|key| spelling(key) == spelling(name));
        let is_nested = || NESTED.iter().any(|name| object.contains_key(*name));
        (has("AccessKeyId") || is_nested()).then(|| (at, values.byte_offset()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s"}"#;

    #[test]
    fn what_came_instead_of_credentials_is_known_by_its_form() {
        let utf16: Vec<u8> = JSON.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bad = |output: &[u8]| parse(output).expect_err("no credentials");
        assert_eq!(bad(&utf16), BadOutput::Encoding(Encoding::Utf16));
        assert_eq!(bad(&[b"\xff\xfe", &utf16[..]].concat()), BadOutput::Encoding(Encoding::Utf16));
        assert_eq!(bad(format!("\u{feff}{JSON}").as_bytes()), BadOutput::Encoding(Encoding::ByteOrderMark));
        assert_eq!(bad(b"caf\xe9"), BadOutput::Encoding(Encoding::Other));
        let no_json = |came| BadOutput::NoJson(came);
        for (output, problem) in [
            ("", BadOutput::Empty),
            (" \n", BadOutput::Empty),
            ("[1]", BadOutput::NoObject),
            ("\"x\"", BadOutput::NoObject),
            (&format!("Welcome to ACME!\n{JSON}"), no_json(Came::TextBefore)),
            (&format!("{{log}} {{\"level\": 1}} {JSON}"), no_json(Came::TextBefore)),
            (&format!("{JSON}\ndone"), no_json(Came::TextAfter)),
            (&format!("{JSON}\n{JSON}"), no_json(Came::SeveralObjects)),
            (&JSON[..40], no_json(Came::BrokenJson)),
            (&JSON.replace('"', "'"), no_json(Came::SingleQuotes)),
            ("export AWS_ACCESS_KEY_ID=A\nexport AWS_SECRET_ACCESS_KEY=s", no_json(Came::ShellVariables)),
            ("AWS_ACCESS_KEY_ID=A", no_json(Came::ShellVariables)),
            ("$Env:AWS_ACCESS_KEY_ID=\"A\"", no_json(Came::ShellVariables)),
            ("[default]\naws_access_key_id = A", no_json(Came::Settings)),
            ("Version: 1\nAccessKeyId: A", no_json(Came::Yaml)),
            ("<!DOCTYPE html><html>", no_json(Came::Html)),
            ("hello\n\nworld", no_json(Came::Text(2))),
            (r#"{"Credentials": {"AccessKeyId": "A"}}"#, BadOutput::Nested("Credentials")),
            (r#"{"roleCredentials": {"accessKeyId": "A"}}"#, BadOutput::Nested("roleCredentials")),
            (r#"{"Version": "1", "AccessKeyId": "A"}"#, BadOutput::Version(BadVersion::Text)),
            (r#"{"Version": 2, "AccessKeyId": "A"}"#, BadOutput::Version(BadVersion::Other)),
            (r#"{"AccessKeyId": "A", "SecretAccessKey": "s"}"#, BadOutput::Version(BadVersion::Missing)),
            (r#"{"version": 1, "AccessKeyId": "A"}"#, BadOutput::OtherSpelling("Version")),
            (r#"{"Version": 1, "accessKeyId": "A"}"#, BadOutput::OtherSpelling("AccessKeyId")),
            (
                r#"{"Version": 1, "AccessKeyId": "A", "secret_access_key": "s"}"#,
                BadOutput::OtherSpelling("SecretAccessKey"),
            ),
            (r#"{"Version": 1, "AccessKeyId": 5, "SecretAccessKey": "s"}"#, BadOutput::NoText("AccessKeyId")),
            (r#"{"Version": 1, "AccessKeyId": "A"}"#, BadOutput::MissingKey("SecretAccessKey")),
            (
                r#"{"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s", "sessionToken": "t"}"#,
                BadOutput::OtherSpelling("SessionToken"),
            ),
        ] {
            assert_eq!(bad(output.as_bytes()), problem, "{output}");
        }
        assert!(parse(JSON.as_bytes()).is_ok());
    }
}
