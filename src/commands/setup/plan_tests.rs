use super::*;

const STANDARD: &str = "https://git-codecommit.*.amazonaws.com";
const HOST: &str = "https://git-codecommit.eu-west-1.amazonaws.com";

fn file(entries: &[(&str, &str)]) -> Vec<Entry> {
    entries.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn targets(patterns: &[&str]) -> Vec<Target> {
    let target =
        |pattern: &&str| Target { pattern: (*pattern).to_owned(), spelled_out: *pattern == HOST, options: None };
    patterns.iter().map(target).collect()
}

/// The file once the plan for git 2.45 is made; a second plan has to be empty.
fn planned(before: &[(&str, &str)], patterns: &[&str], profile: Option<&str>) -> Vec<Entry> {
    let (before, mut targets) = (file(before), targets(patterns));
    for target in &mut targets {
        target.options = profile.map(Options::profile);
    }
    let wish = Wish { targets: &targets, everywhere: true };
    let edits =
        |entries: &[Entry]| plan(&Facts { file: entries, all: entries, git: (2, 45), program: "codecommit" }, &wish);
    let after = simulate(&before, &edits(&before));
    assert_eq!(edits(&after), [], "a second run has nothing to change");
    after
}

fn asked(entries: &[Entry], path: &str) -> Vec<String> {
    helpers(entries, &format!("{HOST}/v1/repos/{path}"))
}

#[test]
fn earlier_helpers_are_cleared_and_other_hosts_keep_theirs() {
    let after = planned(&[("credential.helper", "osxkeychain")], &[STANDARD, HOST], None);
    assert_eq!(asked(&after, "a"), ["codecommit"]);
    assert_eq!(helpers(&after, "https://github.com/a/b"), ["osxkeychain"]);
}

#[test]
fn a_generic_helper_behind_our_section_is_cleared_by_writing_the_section_anew() {
    let ours = format!("credential.{STANDARD}.helper");
    let before = [(ours.as_str(), ""), (&ours, "codecommit --profile a"), ("credential.helper", "store")];
    let after = planned(&before, &[STANDARD], None);
    assert_eq!(asked(&after, "a"), ["codecommit --profile a"]);
}

#[test]
fn a_repository_with_a_profile_of_its_own_keeps_it_though_the_reset_comes_later() {
    let own = format!("credential.{HOST}/v1/repos/billing.helper");
    let user = format!("credential.{HOST}/v1/repos/billing.username");
    for before in [
        vec![(own.as_str(), ""), (&own, "codecommit --profile work"), (&user, "x")],
        vec![(own.as_str(), "!aws --profile work codecommit credential-helper $@")],
    ] {
        let after = planned(&before, &[STANDARD, HOST], None);
        assert_eq!(asked(&after, "billing")[0], "codecommit --profile work");
        assert!(!asked(&after, "billing").iter().any(|value| value.starts_with('!')));
        assert_eq!(asked(&after, "other").iter().filter(|value| *value != "codecommit").count(), 0);
    }
}

#[test]
fn the_profile_of_the_aws_clis_helper_is_taken_over_and_one_that_is_named_comes_first() {
    let before =
        [("credential.helper", "!aws --profile old codecommit credential-helper $@"), ("credential.helper", "keep")];
    let after = planned(&before, &[STANDARD, HOST], None);
    assert_eq!(asked(&after, "a"), ["codecommit --profile old"]);
    assert_eq!(values(&after, "credential.helper"), ["keep"]);
    let after = planned(&before, &[STANDARD, HOST], Some("new one"));
    assert_eq!(asked(&after, "a"), ["codecommit --profile 'new one'"]);
}

#[test]
fn the_aws_clis_helper_stays_where_it_serves_hosts_of_any_name() {
    let any = "!aws codecommit credential-helper --ignore-host-check $@";
    let after =
        planned(&[("credential.helper", any), ("credential.https://git.corp.test.helper", any)], &[STANDARD], None);
    let ours = ["codecommit --ignore-host-check"];
    assert_eq!(values(&after, "credential.helper"), ours);
    assert_eq!(values(&after, "credential.https://git.corp.test.helper"), ours);
    assert_eq!(asked(&after, "a"), ["codecommit"]);
}

#[test]
fn each_git_is_told_what_it_knows() {
    let targets = targets(&[STANDARD, HOST]);
    let wish = Wish { targets: &targets, everywhere: true };
    for (git, expected) in
        [((2, 45), &[][..]), ((2, 46), &["proactiveAuth"]), ((2, 54), &["proactiveAuth", "maxRetries"])]
    {
        let edits = plan(&Facts { file: &[], all: &[], git, program: "codecommit" }, &wish);
        let http = edits.iter().filter_map(|edit| edit.key.strip_prefix("http.")?.rsplit_once('.'));
        assert_eq!(http.map(|(_, name)| name).collect::<Vec<_>>(), expected, "{git:?}");
    }
}
