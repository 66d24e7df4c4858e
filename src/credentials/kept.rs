//! Temporary credentials of roles, shared with the AWS CLI through `~/.aws/cli/cache`, and asked for once.
//!
//! Keys and files are botocore's (`credentials.py`, `CachedCredentialFetcher`): a role that `aws` opened needs no second
//! MFA code here, and the other way round. Nothing depends on the cache: one that cannot be read or written costs a call
//! and no more. That one process fetches while the others wait is for `turns`.

use super::plan::{AssumeRolePlan, SsoPlan, WebIdentityPlan};
use super::timestamp;
use crate::machine::file::make_private_directory;
use crate::machine::json_file;
use crate::machine::json_file::Replacement;
use crate::machine::world::World;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use codecommit::hex;
use codecommit::keys::Credentials;
use codecommit::secret::Secret;
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use std::fmt::Write as _;
use std::path::PathBuf;

/// The AWS CLI uses an entry while it has this much time left (`DEFAULT_EXPIRY_WINDOW_SECONDS`).
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// A session of fifteen minutes would by that rule be used never; it serves until this long before its end.
const WINDOW_OF_SHORT_SESSIONS: TimeDelta = TimeDelta::minutes(2);

/// Where an entry cannot be renewed, it serves until this long before its end: long enough for git's first request.
const LAST: TimeDelta = TimeDelta::minutes(1);

/// One entry: its file's name, and how long before its end it is still used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The file's name without its ending, and the name of the turn to fetch it.
    pub(super) key: String,
    window: TimeDelta,
    provider: Option<&'static str>,
}

impl Entry {
    /// Of a role that is assumed. The source of the credentials is not part of the key, for the AWS CLI neither.
    pub(super) fn of_role(plan: &AssumeRolePlan) -> Self {
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

    /// Of a role that a web identity opens, with the token: another token may be another identity. Older AWS CLIs have
    /// one entry for all tokens (aws/aws-cli#10670, awscli 1.46.3); theirs are not looked at.
    pub(super) fn of_web_identity(plan: &WebIdentityPlan, token: &Secret) -> Self {
        let mut arguments = Arguments::default();
        arguments.text("RoleArn", Some(&plan.role_arn));
        arguments.text("RoleSessionName", plan.session_name.as_deref().filter(|name| !name.is_empty()));
        arguments.text("WebIdentityToken", Some(token.expose()));
        Self { key: hex::lower(Sha1::digest(arguments.json(", ", ": "))), window: WINDOW, provider: None }
    }

    /// Of a role of IAM Identity Center (kept by version 2 of the AWS CLI).
    pub(super) fn of_sso(plan: &SsoPlan) -> Self {
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

/// Names and values as Python's `json.dumps(…, sort_keys=True)` writes them. Given in the order of their names.
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

/// A JSON string in ASCII, with surrogate pairs beyond the basic plane (CPython `json/encoder.py`, `ESCAPE_ASCII`).
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

/// The cache, or none under `--no-cache` or without a home.
#[derive(Debug, Clone)]
pub(super) struct RoleCache {
    directory: Option<PathBuf>,
    now: DateTime<Utc>,
    /// Whether nothing is written.
    read_only: bool,
}

impl RoleCache {
    /// Nothing is opened yet.
    pub(super) fn of(world: &World, enabled: bool) -> Self {
        let directory = world.home_file(".aws/cli/cache").filter(|_| enabled);
        Self { directory, read_only: world.is_read_only(), now: world.now }
    }

    /// Whether there is a place to keep anything, and others may wait for it.
    pub(super) fn keeps(&self) -> bool {
        self.directory.is_some() && !self.read_only
    }

    /// The credentials of an entry with enough time left. A broken file is no entry.
    pub(super) fn read(&self, entry: &Entry) -> Option<Credentials> {
        self.read_with(entry, entry.window)
    }

    /// The credentials of an entry with any time left that is of use.
    pub(super) fn read_last(&self, entry: &Entry) -> Option<Credentials> {
        self.read_with(entry, LAST)
    }

    fn read_with(&self, entry: &Entry, window: TimeDelta) -> Option<Credentials> {
        let kept = kept(&json_file::read(&self.path(entry)?)?)?;
        kept.expires.is_some_and(|expires| expires - self.now >= window).then_some(kept)
    }

    /// Holds a place for an entry, or says why nothing can be kept there.
    pub(super) fn place(&self, entry: &Entry) -> std::io::Result<Replacement> {
        let path = self.path(entry).ok_or(std::io::ErrorKind::Unsupported)?;
        if let Some(directory) = path.parent() {
            make_private_directory(directory)?;
        }
        Replacement::begin(&path)
    }

    /// The file of an entry.
    pub(super) fn path(&self, entry: &Entry) -> Option<PathBuf> {
        self.directory.as_ref().map(|directory| directory.join(format!("{}.json", entry.key)))
    }
}

impl Replacement {
    /// Keeps credentials of a role, for the AWS CLI too.
    pub(super) fn keep(self, entry: &Entry, credentials: &Credentials) -> std::io::Result<()> {
        match file_of(credentials, entry.provider) {
            Some(file) => self.commit(&file),
            None => Ok(()),
        }
    }
}

/// The credentials in an entry's file, which always says when they end.
pub(crate) fn kept(file: &Map<String, Value>) -> Option<Credentials> {
    let kept = file.get("Credentials")?.as_object()?;
    let expires = timestamp::parse(json_file::text(kept, "Expiration")?)?;
    let (id, secret) = (json_file::text(kept, "AccessKeyId")?, json_file::text(kept, "SecretAccessKey")?);
    Credentials::new(id, secret, json_file::text(kept, "SessionToken"), Some(expires)).ok()
}

/// The file of an entry with these credentials, which [`kept`] reads again; `None` where they do not say when they end.
pub(crate) fn file_of(credentials: &Credentials, provider: Option<&'static str>) -> Option<Map<String, Value>> {
    let expires = credentials.expires?;
    let mut file = Map::new();
    if let Some(provider) = provider {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::plan::Plan;
    use codecommit::keys::AccessKeyId;
    use std::fs;

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

    fn cache_at(home: &std::path::Path, now: &str) -> RoleCache {
        let environment = [("XDG_CACHE_HOME", home.join("xdg").as_os_str().to_owned())].into_iter().collect();
        let now = timestamp::parse(now).expect("a time");
        RoleCache::of(&World { environment, home: Some(home.to_owned()), now }, true)
    }

    #[test]
    fn an_entry_serves_until_the_aws_clis_window_and_a_short_session_longer() {
        let home = tempfile::tempdir().expect("a home");
        let (long, mut short) = (role("arn:long"), role("arn:short"));
        short.duration_seconds = Some(900);
        let credentials =
            Credentials::new("ASIA", "secret", Some("token"), timestamp::parse("2026-01-01T01:00:00Z")).expect("valid");
        for plan in [&long, &short] {
            let (cache, entry) = (cache_at(home.path(), "2026-01-01T00:45:00Z"), Entry::of_role(plan));
            cache.place(&entry).and_then(|place| place.keep(&entry, &credentials)).expect("written");
        }
        let id = |found: Credentials| found.access_key_id.expose().to_owned();
        let read = |plan, now| cache_at(home.path(), now).read(&Entry::of_role(plan)).map(id);
        assert_eq!(read(&long, "2026-01-01T00:44:59Z").as_deref(), Some("ASIA"));
        assert_eq!(read(&long, "2026-01-01T00:45:01Z"), None);
        assert_eq!(read(&short, "2026-01-01T00:57:59Z").as_deref(), Some("ASIA"));
        assert_eq!(read(&short, "2026-01-01T00:58:01Z"), None);
        let last = |now| cache_at(home.path(), now).read_last(&Entry::of_role(&long)).map(id);
        assert_eq!(last("2026-01-01T00:58:59Z").as_deref(), Some("ASIA"), "where it cannot be renewed");
        assert_eq!(last("2026-01-01T00:59:01Z"), None);
    }

    #[test]
    fn a_broken_file_is_no_entry_and_is_replaced() {
        let home = tempfile::tempdir().expect("a home");
        let cache = cache_at(home.path(), "2026-01-01T00:00:00Z");
        let entry = Entry::of_role(&role("arn:x"));
        let path = cache.path(&entry).expect("a path");
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        for broken in ["", "{", "[]", r#"{"Credentials": []}"#, r#"{"Credentials": {"AccessKeyId": 1}}"#] {
            fs::write(&path, broken).expect("a file");
            assert!(cache.read(&entry).is_none(), "{broken}");
        }
        let credentials =
            Credentials::new("ASIA", "secret", Some("token"), timestamp::parse("2026-01-01T01:00:00Z")).expect("valid");
        cache.place(&entry).and_then(|place| place.keep(&entry, &credentials)).expect("written");
        assert_eq!(cache.read(&entry).map(|found| found.access_key_id), Some(AccessKeyId::new("ASIA")));
    }
}
