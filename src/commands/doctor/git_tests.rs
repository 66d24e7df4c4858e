#![expect(clippy::redundant_closure_for_method_calls, reason = "a path to the method is of one lifetime only")]

use super::super::remote;
use super::*;
use crate::commands::doctor::report::Level;

const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";
const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";

fn facts(version: &str, entries: &[(&str, &str)]) -> Facts {
    let setting = |&(key, value): &(&str, &str)| Setting {
        scope: crate::git::Scope::Global,
        origin: "~/.gitconfig".into(),
        key: key.into(),
        value: value.into(),
        bare: false,
    };
    Facts { version: Some(version.into()), settings: entries.iter().map(setting).collect(), ..Facts::default() }
}

fn with<T>(facts: &Facts, check: impl Fn(Checks<'_>) -> T) -> T {
    let remote = remote::choose(Some(URL), &[]).expect("a URL");
    check(Checks { facts, remote: &remote, host: HOST, family: Family::Standard })
}

fn world() -> World {
    let now = chrono::DateTime::UNIX_EPOCH;
    World { environment: [("", ""); 0].into_iter().collect(), home: None, now }
}

fn helper(value: &str) -> Helper {
    crate::git::fill::configured(value, crate::git::Scope::Global)
}

fn levels(findings: &[Finding]) -> Vec<(Level, &str)> {
    findings
        .iter()
        .map(|finding| (finding.level, finding.cause.as_ref().map_or("", |cause| cause.code.as_str())))
        .collect()
}

#[test]
fn what_a_version_of_git_lacks_is_told() {
    for (version, settings, level, lines) in [
        ("2.39.5", &[][..], Level::Ok, 2),
        ("2.45.4", &[], Level::Ok, 1),
        ("2.47.3", &[], Level::Ok, 0),
        ("2.55.0", &[], Level::Warn, 2),
        ("2.55.0", &[("http.maxretries", "3")], Level::Ok, 0),
        ("2.55.0", &[("http.https://github.com.maxretries", "3")], Level::Warn, 2),
    ] {
        let finding = with(&facts(version, settings), |checks| checks.version());
        assert_eq!((finding.level, finding.detail.len()), (level, lines), "{version} {settings:?}");
    }
}

#[test]
fn use_http_path_and_its_misspelling_are_told_apart() {
    let check = |entries: &[(&str, &str)]| {
        let found = with(&facts("2.47.3", entries), |checks| checks.use_http_path(&world()));
        levels(&found).into_iter().map(|(level, code)| (level, code.to_owned())).collect::<Vec<_>>()
    };
    let is = |expected: &[(Level, &str)]| {
        expected.iter().map(|(level, code)| (*level, (*code).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(check(&[("credential.usehttppath", "true")]), is(&[(Level::Ok, "")]));
    assert_eq!(check(&[("credential.https://github.com.usehttppath", "true")]), is(&[(Level::Fail, "CC101")]));
    assert_eq!(
        check(&[
            ("credential.usehttppath", "true"),
            ("credential.https://git-codecommit.*.amazonaws.com.usehttppath", "0")
        ]),
        is(&[(Level::Fail, "CC101")])
    );
    assert_eq!(check(&[("credential.userhttppath", "true")]), is(&[(Level::Fail, "CC608"), (Level::Fail, "")]));
    assert_eq!(
        check(&[("credential.userhttppath", "true"), ("credential.usehttppath", "yes")]),
        is(&[(Level::Ok, ""), (Level::Warn, "")])
    );
}

#[test]
fn an_entry_that_git_cannot_start_is_told_with_the_reason() {
    let there = |name: &str| matches!(name, "git-credential-codecommit" | "/opt/git-credential-codecommit" | "~/x");
    let why = |entry: &str| cannot_start(&helper(entry), there);
    for entry in [
        "codecommit --profile 'a b'",
        "/opt/git-credential-codecommit",
        "!git-credential-codecommit",
        "!~/x",
        "!$HOME/x",
        "!~alice/gone",
        "!f() { x; }; f",
    ] {
        assert_eq!(why(entry), None, "{entry}");
    }
    for entry in [
        "git-credential-codecommit",
        "~/bin/git-credential-codecommit",
        "'/opt/git-credential-codecommit'",
        "/no/git-credential-codecommit",
        "!/no/git-credential-codecommit",
        "!~/gone",
        "!${HOME}/gone",
        "codecommit --profile 'a",
    ] {
        assert!(why(entry).is_some(), "{entry}");
    }
    assert!(cannot_start(&helper("codecommit"), |_| false).is_some());
}

#[test]
fn a_header_counts_unless_a_later_empty_value_clears_it() {
    let fails = |entries: &[(&str, &str)]| with(&facts("2.47.3", entries), |checks| checks.extra_header().is_some());
    let header = ("http.extraheader", "AUTHORIZATION: basic eDp5");
    assert!(fails(&[header]));
    assert!(fails(&[("http.extraheader", ""), header]));
    assert!(!fails(&[header, ("http.extraheader", "")]));
    assert!(!fails(&[("http.extraheader", "X-Trace: 1")]));
    assert!(!fails(&[("http.https://github.com.extraheader", "Authorization: basic eDp5")]));
}
