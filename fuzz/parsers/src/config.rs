//! The AWS tools' files and the output of `credential_process`.

use crate::{CANARY, no_canary};
use aws_files::cache::{Entry, kept, parse, text};
use aws_files::plan::{Plan, SsoPlan, plan};
use aws_files::process_output::{self, without_credentials};
use aws_files::shell_syntax::{ShellSyntax, shell_syntax};
use aws_files::{Profiles, timestamp};
use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use codecommit::Credentials;

/// Input: config file, NUL, credentials file. Makes the plan of every profile; no printed text contains a value.
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
            match plan(&profiles, &profile, None) {
                Ok(Some(plan)) if !matches!(&plan, Plan::Process { .. }) => drop(plan),
                Ok(_) => {}
                Err(error) => no_canary(&format!("{error:?}")),
            }
            let _ = profiles.endpoint_url(&|_| None, &profile, "sts");
            assert!(profiles.nearly(&profile).iter().all(|nearly| nearly.line > 0), "{profile:?}");
            let settings = profiles.nearly_settings(&profile, &|_, _| None);
            no_canary(&format!("{settings:?} {:?}", profiles.nearly_sso_session(&profile)));
        }
    }
}

/// A time in the format of any tool.
pub fn timestamps(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(time) = timestamp::parse(&text) else { return };
    // Only years of four digits can be printed.
    if (0..=253_402_300_799).contains(&time.timestamp()) {
        let whole = time.with_nanosecond(0).expect("no part of a second");
        assert_eq!(timestamp::parse(&printed(whole)), Some(whole), "{text}");
    }
}

fn printed(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The standard output of `credential_process`, and its standard error if it fails.
pub fn credential_process(bytes: &[u8]) {
    match process_output::parse(bytes) {
        Ok(credentials) => {
            assert!(!credentials.access_key_id.expose().contains(char::is_whitespace));
            let json = format!(
                r#"{{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"{CANARY}","SessionToken":"{CANARY}"}}"#
            );
            no_canary(&format!("{:?}", process_output::parse(json.as_bytes())));
        }
        Err(problem) => no_canary(&format!("{problem:?}")),
    }
    let text = String::from_utf8_lossy(bytes);
    let _ = shell_syntax(&text).map(ShellSyntax::written);
    let values = Credentials::new(&text, CANARY, Some(&text), None);
    no_canary(&format!("{:?}", values.err()));
    no_canary(&format!("{:?}", Credentials::configured("AKIAIOSFODNN7EXAMPLE", &text, None, None).err()));
    let json = format!(r#"{{"SecretAccessKey":"{CANARY}"}}"#);
    let said = [bytes, b" ", CANARY.as_bytes(), b"\n"].concat();
    no_canary(&without_credentials(&said, json.as_bytes()).join("\n"));
}

/// A file of the AWS CLI's caches.
pub fn cache(bytes: &[u8]) {
    let Some(object) = parse(bytes) else { return };
    let _ = text(&object, "accessToken").map(str::len);
    let _ = text(&object, "expiresAt").and_then(timestamp::parse);
    let Some(found) = kept(&object) else { return };
    if !(0..=253_402_300_799).contains(&found.expires.map_or(-1, |time| time.timestamp())) {
        return;
    }
    let portal = SsoPlan {
        profile: "p".to_owned(),
        session: None,
        start_url: "https://corp.awsapps.com/start".to_owned(),
        region: "eu-west-1".to_owned(),
        account_id: "111122223333".to_owned(),
        role_name: "Developer".to_owned(),
    };
    let again = Entry::of_sso(&portal).file(&found).as_ref().and_then(kept).expect("what was written");
    assert_eq!(parts(&again), parts(&found));
}

fn parts(credentials: &Credentials) -> (&str, &str, Option<&str>, Option<i64>) {
    (
        credentials.access_key_id.expose(),
        credentials.secret_access_key.expose(),
        credentials.session_token.as_ref().map(|token| token.expose()),
        credentials.expires.map(|time| time.timestamp()),
    )
}
