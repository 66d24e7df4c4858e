//! The same profiles from the same files, odd ones above all.

use super::cli::aws_clis;
use aws_files::Profiles;
use git_credential_codecommit::credentials::shared_files;
use git_credential_codecommit::machine::world::World;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

type Settings = Map<String, Value>;

#[test]
fn generated_files_are_read_as_botocore_reads_them() {
    for aws in aws_clis() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        if let Some(printed) = aws.script("config_files.py", &[directory.path()]) {
            compare(&printed);
        }
    }
}

fn compare(printed: &str) {
    let mut failures = Vec::new();
    let (mut read, mut refused) = (0, 0);
    for line in printed.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let path = |key: &str| case[key].as_str().expect("a path");
        let files = [("AWS_CONFIG_FILE", path("config")), ("AWS_SHARED_CREDENTIALS_FILE", path("credentials"))];
        let world = World { environment: files.into_iter().collect(), home: None, now: chrono::DateTime::UNIX_EPOCH };
        let ours = shared_files::load(&world);
        let contents = || {
            files.map(|(_, path)| std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).ok())
        };
        let verdict = match (&case["refused"], ours) {
            (Value::Null, Ok(profiles)) => {
                read += 1;
                difference(&profiles, &case)
            }
            (Value::Null, Err(bad)) => Some(format!("only this program refuses: {:?}", bad.error)),
            (Value::String(reason), Ok(_)) if !on_purpose(&contents()) => {
                Some(format!("only botocore refuses: {reason}"))
            }
            _ => {
                refused += 1;
                None
            }
        };
        failures.extend(verdict.map(|verdict| format!("{verdict}\n{:?}", contents())));
    }
    assert!(read >= 300 && refused >= 100, "{read} read, {refused} refused");
    assert!(failures.is_empty(), "{} of {} files:\n{}", failures.len(), read + refused, failures.join("\n\n"));
}

/// What botocore refuses and this program reads: `config_file.rs` says that a byte order mark is skipped.
fn on_purpose(contents: &[Option<String>]) -> bool {
    contents.iter().flatten().any(|text| text.starts_with('\u{feff}'))
}

/// The first difference between both views of the files.
fn difference(profiles: &Profiles, case: &Value) -> Option<String> {
    let theirs: &Settings = case["profiles"].as_object().expect("profiles");
    let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let (our_names, their_names) =
        (profiles.names().into_iter().collect::<BTreeSet<_>>(), names(theirs.keys().map(String::as_str).collect()));
    if our_names != their_names {
        return Some(format!("profiles {our_names:?}, botocore has {their_names:?}"));
    }
    for (name, settings) in theirs {
        let settings = settings.as_object().expect("settings");
        let sections = [profiles.config_section(name), profiles.credentials_section(name)];
        let our_options = sections.iter().flatten().flat_map(|section| section.keys()).map(str::to_owned).collect();
        if names(settings.keys().map(String::as_str).collect()) != our_options {
            return Some(format!("profile `{name}` has {our_options:?}, in botocore {settings:?}"));
        }
        for (option, value) in settings {
            if let Some(difference) = unequal(profiles.setting(name, option), value) {
                return Some(format!("`{option}` of profile `{name}`: {difference}"));
            }
        }
    }
    for (name, settings) in case["sso_sessions"].as_object().expect("sessions") {
        let Some(session) = profiles.sso_session(name) else { return Some(format!("no sso-session `{name}`")) };
        for (option, value) in settings.as_object().expect("settings") {
            if let Some(difference) = unequal(session.get(option), value) {
                return Some(format!("`{option}` of sso-session `{name}`: {difference}"));
            }
        }
    }
    None
}

/// A nested block is a map in botocore; here it stays text that begins with a line break.
fn unequal(ours: Option<&str>, theirs: &Value) -> Option<String> {
    let equal = match theirs {
        Value::String(text) => ours == Some(text),
        _ => ours.is_some_and(|text| text.starts_with('\n')),
    };
    (!equal).then(|| format!("{ours:?}, in botocore {theirs}"))
}
