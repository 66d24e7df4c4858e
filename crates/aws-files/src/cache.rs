//! The files of the AWS CLI's caches, `~/.aws/cli/cache` and `~/.aws/sso/cache`: their names and their contents.
//!
//! Names and formats are botocore's (`credentials.py`, `CachedCredentialFetcher`). Leaves reading and writing to the
//! program.

use crate::plan::{AssumeRolePlan, SsoPlan, WebIdentityPlan};
use crate::timestamp;
use chrono::{SecondsFormat, TimeDelta};
use codecommit::hex;
use codecommit::keys::Credentials;
use codecommit::secret::Secret;
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use std::fmt::Write as _;

/// An entry is used until this long before it expires (`DEFAULT_EXPIRY_WINDOW_SECONDS`).
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// By that rule a session of 15 minutes would never be used; it is used until this long before it expires.
const WINDOW_OF_SHORT_SESSIONS: TimeDelta = TimeDelta::minutes(2);

/// The JSON object in a file's bytes; `None` if it is only half written or not an object.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// A string value of the object; `None` if the key is missing or its value is not a string.
#[must_use]
pub fn text<'o>(object: &'o Map<String, Value>, key: &str) -> Option<&'o str> {
    object.get(key).and_then(Value::as_str)
}

/// The credentials in an entry's file; `None` if they are incomplete or have no expiry.
#[must_use]
pub fn kept(file: &Map<String, Value>) -> Option<Credentials> {
    let kept = file.get("Credentials")?.as_object()?;
    let expires = timestamp::parse(text(kept, "Expiration")?)?;
    let (id, secret) = (text(kept, "AccessKeyId")?, text(kept, "SecretAccessKey")?);
    Credentials::new(id, secret, text(kept, "SessionToken"), Some(expires)).ok()
}

/// One cache entry: its file's name, and how long before its expiry it is no longer used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    key: String,
    window: TimeDelta,
    provider: Option<&'static str>,
}

impl Entry {
    /// The file's name without its extension.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.key
    }

    /// How long before they expire the credentials are no longer used.
    #[must_use]
    pub fn window(&self) -> TimeDelta {
        self.window
    }

    /// The file for these credentials, which [`kept`] reads again; `None` if they have no expiry.
    #[must_use]
    pub fn file(&self, credentials: &Credentials) -> Option<Map<String, Value>> {
        let expires = credentials.expires?;
        let mut file = Map::new();
        if let Some(provider) = self.provider {
            file.insert("ProviderType".to_owned(), Value::from(provider));
        }
        let kept = json!({
            "AccessKeyId": credentials.access_key_id.expose(),
            "SecretAccessKey": credentials.secret_access_key.expose(),
            "SessionToken": credentials.session_token.as_ref().map_or("", |token| token.expose()),
            "Expiration": expires.to_rfc3339_opts(SecondsFormat::Secs, true),
        });
        file.insert("Credentials".to_owned(), kept);
        Some(file)
    }

    /// The entry of an assumed role. The key does not include the source credentials, as in the AWS CLI.
    #[must_use]
    pub fn of_role(plan: &AssumeRolePlan) -> Self {
        let mut arguments = Arguments::default();
        arguments.number("DurationSeconds", plan.duration_seconds);
        arguments.text("ExternalId", plan.external_id.as_deref());
        arguments.text("RoleArn", Some(&plan.role_arn));
        arguments.text("RoleSessionName", plan.session_name.as_deref().filter(|name| !name.is_empty()));
        arguments.text("SerialNumber", plan.mfa_serial.as_deref());
        let short = plan.duration_seconds.is_some_and(|seconds| i64::from(seconds) <= WINDOW.num_seconds());
        let window = if short { WINDOW_OF_SHORT_SESSIONS } else { WINDOW };
        Self { key: hex::lower(Sha1::digest(arguments.json(", ", ": "))), window, provider: None }
    }

    /// The entry of a role that is assumed with a web identity. The key includes the token, because another token may
    /// be another identity. Older AWS CLIs have one entry for all tokens (aws/aws-cli#10670, awscli 1.46.3); those are
    /// not read.
    #[must_use]
    pub fn of_web_identity(plan: &WebIdentityPlan, token: &Secret) -> Self {
        let mut arguments = Arguments::default();
        arguments.text("RoleArn", Some(&plan.role_arn));
        arguments.text("RoleSessionName", plan.session_name.as_deref().filter(|name| !name.is_empty()));
        arguments.text("WebIdentityToken", Some(token.expose()));
        Self { key: hex::lower(Sha1::digest(arguments.json(", ", ": "))), window: WINDOW, provider: None }
    }

    /// The entry of a role of IAM Identity Center (cached by AWS CLI version 2).
    #[must_use]
    pub fn of_sso(plan: &SsoPlan) -> Self {
        let mut arguments = Arguments::default();
        arguments.text("accountId", Some(&plan.account_id));
        arguments.text("roleName", Some(&plan.role_name));
        match &plan.session {
            Some(session) => arguments.text("sessionName", Some(session)),
            None => arguments.text("startUrl", Some(&plan.start_url)),
        }
        Self { key: hex::lower(Sha1::digest(arguments.json(",", ":"))), window: WINDOW, provider: Some("sso") }
    }
}

/// Names and values as Python's `json.dumps(…, sort_keys=True)` writes them. The caller passes them sorted by name.
#[derive(Default)]
struct Arguments(Vec<(&'static str, String)>);

impl Arguments {
    fn text(&mut self, name: &'static str, value: Option<&str>) {
        self.0.extend(value.map(|value| (name, ascii_json(value))));
    }

    fn number(&mut self, name: &'static str, value: Option<i32>) {
        self.0.extend(value.map(|value| (name, value.to_string())));
    }

    fn json(&self, between: &str, after_name: &str) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("\"{name}\"{after_name}{value}")).collect();
        format!("{{{}}}", pairs.join(between))
    }
}

/// A JSON string in ASCII, with surrogate pairs for characters above U+FFFF (CPython `json/encoder.py`,
/// `ESCAPE_ASCII`).
fn ascii_json(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;

    fn role(arn: &str) -> AssumeRolePlan {
        AssumeRolePlan {
            profile: "x".into(),
            role_arn: arn.into(),
            external_id: None,
            session_name: None,
            duration_seconds: None,
            mfa_serial: None,
            source: Plan::Environment,
        }
    }

    /// Expected values: `sha1(json.dumps(args, sort_keys=True))` of CPython 3.11, compact for SSO.
    #[test]
    fn the_keys_are_botocores() {
        let plain = role("arn:aws:iam::111122223333:role/Deploy");
        assert_eq!(Entry::of_role(&plain).key, "f553113ab03f10986b8503b601ff219b8f3584f3");
        let full = AssumeRolePlan {
            external_id: Some("a/b\\".into()),
            session_name: Some("n".into()),
            duration_seconds: Some(900),
            mfa_serial: Some("arn:aws:iam::1:mfa/x".into()),
            ..role("arn:aws:iam::111122223333:role/Dépl\"oy\u{7f}\u{1F600}")
        };
        assert_eq!(Entry::of_role(&full).key, "253c2385c60da12b73bf80c2543f7decb42d6695");
        let web = WebIdentityPlan {
            profile: None,
            role_arn: "arn:aws:iam::111122223333:role/deploy".into(),
            token_file: "/not/read".into(),
            session_name: Some("pod".into()),
        };
        let token = Secret::new("web-token");
        assert_eq!(Entry::of_web_identity(&web, &token).key, "69d4e9c507d071f7c62f3f2e5f6a16b5158a9a2c");
        let mut sso = SsoPlan {
            profile: "x".into(),
            session: Some("corp".into()),
            start_url: "https://corp.awsapps.com/start".into(),
            region: "r".into(),
            account_id: "111122223333".into(),
            role_name: "Developer".into(),
        };
        assert_eq!(Entry::of_sso(&sso).key, "6b17aaa4b7ddc1fd491e01d5f64d4b66d9e2b04c");
        sso.session = None;
        assert_eq!(Entry::of_sso(&sso).key, "c823a981094da3aa3dd3d2a520f14416e907805b");
    }
}
