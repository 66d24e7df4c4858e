//! The same user name and the same password for the same time, byte for byte.

use super::cli::{AwsCli, aws_clis};
use crate::common::{HOST, KEY_ID, Machine, SECRET, TOKEN, request};
use chrono::{DateTime, NaiveDateTime, Utc};
use codecommit::attributes::Attributes;
use codecommit::keys::Credentials;
use codecommit::region::Region;
use codecommit::repository::{Recognized, Repository, recognize};
use codecommit::signature;
use serde_json::Value;

/// The repository of a request, in the region of the arguments where its host names none.
fn repository(input: &str, ignore_host_check: bool, region: Option<&str>) -> Option<Repository> {
    match recognize(&Attributes::parse(input.as_bytes()), ignore_host_check) {
        Ok(Some(Recognized::Scoped(repository))) => Some(repository),
        Ok(Some(Recognized::Unscoped(unscoped))) => Some(unscoped.in_region(Region::parse(region?)?)),
        Ok(None) | Err(_) => None,
    }
}

fn signed(repository: &Repository, credentials: &Credentials, time: DateTime<Utc>) -> String {
    let signed = signature::sign(repository, credentials, time);
    format!("username={}\npassword={}\n", signed.username.expose(), signed.password.expose())
}

#[test]
fn generated_requests_are_signed_as_the_aws_cli_signs_them() {
    for printed in aws_clis().iter().filter_map(|aws| aws.script("signatures.py", &[])) {
        compare(&printed);
    }
}

fn compare(printed: &str) {
    let mut compared = 0;
    for line in printed.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| case[key].as_str();
        let arguments: Vec<&str> =
            case["arguments"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        let region = arguments.iter().position(|&argument| argument == "--region").map(|at| arguments[at + 1]);
        let input = text("input").expect("a request");
        let (Some(repository), Some(theirs @ [_, ..])) =
            (repository(input, arguments.contains(&"--ignore-host-check"), region), text("output").map(str::as_bytes))
        else {
            panic!("one of the two does not answer: {line}");
        };
        let (key, secret) = (text("key").expect("a key"), text("secret").expect("a secret"));
        let credentials = Credentials::new(key, secret, text("token"), None).expect("usable credentials");
        let time = DateTime::from_timestamp(case["time"].as_i64().expect("seconds"), 0).expect("a time");
        assert_eq!(signed(&repository, &credentials, time).as_bytes(), theirs, "{line}");
        compared += 1;
    }
    assert!(compared >= 500, "only {compared} requests");
}

#[test]
fn whole_runs_give_the_same_user_name_and_the_same_password() {
    for aws in aws_clis() {
        whole_runs(aws);
    }
}

fn whole_runs(aws: &AwsCli) {
    let vpce = "vpce-0b47ea360adebf88a-jkl88hez-us-east-1a.git-codecommit-fips.us-east-1.vpce.amazonaws.com";
    let token = &[("AWS_SESSION_TOKEN", TOKEN), ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")][..];
    for (input, global, after, variables) in [
        (request("demo"), &[][..], &[][..], &[][..]),
        (request("a.b_c-D9"), &[], &[], token),
        (request("demo").replace(HOST, &format!("{HOST}:443")), &["--region", "us-east-1"], &[], token),
        (request("demo").replace(HOST, vpce), &[], &[], &[]),
        (request("demo").replace(HOST, "git-codecommit.cn-north-1.amazonaws.com.cn"), &[], &[], &[]),
        (request("demo").replace(HOST, "git-codecommit.amazonaws.com"), &["--region", "eu-west-3"], &[], &[]),
        (
            request("demo").replace(HOST, "git-codecommit.amazonaws.com"),
            &[],
            &[],
            &[("AWS_DEFAULT_REGION", "ap-south-1")],
        ),
        (
            request("demo").replace(HOST, "mirror.example:8443"),
            &["--region", "eu-west-1"],
            &["--ignore-host-check"],
            &[],
        ),
        (format!("capability[]=authtype\nwwwauth[]=Basic realm=\"x\"\n{}\n", request("demo")), &[], &[], token),
    ] {
        let machine =
            variables.iter().fold(Machine::new().with_keys(), |machine, (name, value)| machine.env(name, value));
        let machine = aws.at_home_on(machine).env("GIT_CODECOMMIT_VERIFY", "never");
        let theirs = aws.get(&machine, global, after, &input).succeeds();
        let ours = machine.helper(&[global, &["get"], after].concat(), &input).succeeds();
        assert_eq!(ours.attribute("username"), theirs.attribute("username"), "{input}");

        let region = global.get(1).copied().or(variables.first().map(|(_, value)| *value));
        let repository = repository(&input, !after.is_empty(), region).expect("a repository");
        for (whose, run) in [("the AWS CLI", theirs), ("this program", ours)] {
            let password = run.attribute("password").expect("a password");
            let time = NaiveDateTime::parse_from_str(&password[..15], "%Y%m%dT%H%M%S").expect("a time").and_utc();
            let credentials = Credentials::new(KEY_ID, SECRET, None, None).expect("usable credentials");
            let expected = signature::sign(&repository, &credentials, time);
            assert_eq!(password, expected.password.expose(), "{whose}: {input}");
        }
    }
}
