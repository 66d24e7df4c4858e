//! The files of the AWS tools, and what `credential_process` prints.

use crate::credentials::profiles::Profiles;
use crate::credentials::sources::process;
use crate::credentials::{Credentials, kept as role_cache, plan, timestamp};
use crate::machine::json_file as file;
use crate::{CANARY, no_canary};
use chrono::{DateTime, SecondsFormat, Timelike, Utc};

/// Config file, NUL, credentials file. Every profile's plan is made; no value is printed with it.
pub fn config_files(bytes: &[u8]) {
    let mut files = bytes.splitn(2, |&byte| byte == 0);
    let (config, credentials) = (files.next().unwrap_or_default(), files.next().unwrap_or_default());
    let secret = format!("\naws_secret_access_key = {CANARY}\n");
    for (config, credentials) in [
        (config.to_vec(), credentials.to_vec()),
        ([config, secret.as_bytes()].concat(), [credentials, secret.as_bytes()].concat()),
        (config.to_vec(), [secret.as_bytes(), credentials].concat()),
    ] {
        let profiles = match Profiles::of_bytes(&config, &credentials) {
            Ok(profiles) => profiles,
            Err(error) => {
                no_canary(&format!("{error:?}"));
                continue;
            }
        };
        no_canary(&format!("{profiles:?}"));
        for profile in profiles.names().into_iter().take(20) {
            assert!(profiles.contains(&profile), "{profile:?}");
            match plan::plan(&profiles, &profile, None) {
                Ok(Some(plan)) if !matches!(&plan, plan::Plan::Process { .. }) => drop(plan),
                Ok(_) => {}
                Err(error) => no_canary(&format!("{error:?}")),
            }
            let _ = profiles.endpoint_url(&crate::world().environment, &profile, "sts");
        }
    }
}

/// A time, as any tool writes it.
pub fn timestamps(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(time) = timestamp::parse(&text) else { return };
    // Years of four digits alone can be written.
    if (0..=253_402_300_799).contains(&time.timestamp()) {
        let whole = time.with_nanosecond(0).expect("no part of a second");
        assert_eq!(timestamp::parse(&printed(whole)), Some(whole), "{text}");
    }
}

fn printed(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Standard output of `credential_process`, and its words where it fails.
pub fn credential_process(bytes: &[u8]) {
    match process::parse(bytes) {
        Ok(credentials) => {
            assert!(!credentials.access_key_id.expose().contains(char::is_whitespace));
            let json = format!(
                r#"{{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"{CANARY}","SessionToken":"{CANARY}"}}"#
            );
            no_canary(&format!("{:?}", process::parse(json.as_bytes())));
        }
        Err(problem) => no_canary(&format!("{problem:?}")),
    }
    let json = format!(r#"{{"SecretAccessKey":"{CANARY}"}}"#);
    let said = [bytes, b" ", CANARY.as_bytes(), b"\n"].concat();
    no_canary(&process::without_credentials(&said, json.as_bytes()));
    let _ = process::program(&String::from_utf8_lossy(bytes));
}

/// A file of the AWS CLI's cache.
pub fn cache(bytes: &[u8]) {
    let Some(object) = file::parse(bytes) else { return };
    let _ = file::text(&object, "accessToken").map(str::len);
    let _ = file::text(&object, "expiresAt").and_then(timestamp::parse);
    let Some(kept) = role_cache::kept(&object) else { return };
    if !(0..=253_402_300_799).contains(&kept.expires.map_or(-1, |time| time.timestamp())) {
        return;
    }
    let again = role_cache::file_of(&kept, Some("sso")).as_ref().and_then(role_cache::kept).expect("what was written");
    assert_eq!(parts(&again), parts(&kept));
}

fn parts(credentials: &Credentials) -> (&str, &str, Option<&str>, Option<i64>) {
    (
        credentials.access_key_id.expose(),
        credentials.secret_access_key.expose(),
        credentials.session_token.as_ref().map(|token| token.expose()),
        credentials.expires.map(|time| time.timestamp()),
    )
}
