//! As patient as the AWS CLI: three attempts, long answers, and refusals that do not say in AWS's way what they are.

use super::services::{OIDC, PORTAL, SIGN_IN, STS, assumed, before, role, sign_in, sso};
use crate::common::hostile::{Hostile, answer, measured};
use crate::common::sources::{FUTURE, PAST};
use crate::common::{Machine, Run, aws_with_demo, request};
use crate::differential::aws_clis;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const THROTTLED: (&str, &str) = (
    "400 Bad Request\r\ncontent-type: text/xml\r\nx-amzn-requestid: 1",
    "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>\
     <RequestId>1</RequestId></ErrorResponse>",
);
const PAGE: (&str, &str) = ("503 Service Unavailable\r\ncontent-type: text/html", "<html>busy</html>");

/// An AWS STS that answers so many requests with this before it answers, after `pause`.
fn recovering((head, body): (&'static str, &'static str), times: usize, pause: Duration) -> Hostile {
    let served = AtomicUsize::new(0);
    Hostile::start(move |_, to| {
        if served.fetch_add(1, Ordering::SeqCst) < times {
            return answer(to, head, body);
        }
        thread::sleep(pause);
        answer(to, "200 OK\r\ncontent-type: text/xml", &assumed())
    })
}

/// The requests that a program sent to it, and the run.
fn asked(server: &Hostile, with: impl Fn(Machine) -> Machine, get: impl Fn(&Machine) -> Run) -> (usize, Run) {
    let aws = aws_with_demo();
    aws.lead(STS, server.address);
    let run = get(&with(role(&aws)));
    (server.served(), run)
}

#[test]
fn what_the_aws_cli_waits_for_and_asks_again_is_waited_for_and_asked_again() {
    let cases = [(THROTTLED, 2, 0), (PAGE, 2, 0), (PAGE, 0, 11)];
    thread::scope(|scope| {
        for (bad, times, seconds) in cases {
            let server = move || recovering(bad, times, Duration::from_secs(seconds));
            let what = format!("{times} times {}, then after {seconds} s", bad.0);
            scope.spawn(move || {
                let (requests, run) = asked(&server(), |machine| machine, Machine::get);
                assert_eq!((run.key_id(), requests), (Some("ASIAIOSFODNN7EXAMPLE"), times + 1), "{what}");
                for cli in aws_clis() {
                    let theirs = |machine: &Machine| cli.get(machine, &[], &[], &request("demo"));
                    let (requests, run) = asked(&server(), |machine| cli.at_home_on(machine), theirs);
                    let id = run.key_id().map(str::to_owned);
                    assert_eq!((id.as_deref(), requests), (Some("ASIAIOSFODNN7EXAMPLE"), times + 1), "{what}");
                }
            });
        }
    });
}

/// Version 1 has another retry mode by default.
#[test]
fn it_is_asked_as_often_as_the_aws_cli_asks_and_then_told_how_often() {
    let settings: [(&str, Option<&str>, usize); 4] =
        [("", None, 3), ("", Some("2"), 2), ("max_attempts = 1\n", None, 1), ("max_attempts = 1\n", Some("4"), 4)];
    for (setting, variable, expected) in settings {
        let with = |machine: Machine| {
            let config = std::fs::read_to_string(machine.path("home/.aws/config")).expect("a file") + setting;
            let machine = machine.file("home/.aws/config", &config);
            match variable {
                Some(value) => machine.env("AWS_MAX_ATTEMPTS", value),
                None => machine,
            }
        };
        let always = || recovering(THROTTLED, usize::MAX, Duration::ZERO);
        let (requests, run) = asked(&always(), with, Machine::get);
        assert_eq!(requests, expected, "{setting}{variable:?}: {}", run.transcript());
        let told = format!("  {expected} attempts in [N] s\n");
        assert!(run.stderr.contains("(CC220)"), "{}", run.transcript());
        assert_eq!(run.transcript().contains(&told), expected > 1, "{}", run.transcript());
        for cli in aws_clis().iter().filter(|cli| cli.is_version_2()) {
            let theirs = |machine: &Machine| cli.get(machine, &[], &[], &request("demo"));
            let (requests, run) = asked(&always(), |machine| cli.at_home_on(with(machine)), theirs);
            assert_eq!((requests, run.key_id()), (expected, None), "{setting}{variable:?}: the AWS CLI");
        }
    }
}

/// A proxy may remove `x-amzn-ErrorType`; OAuth has errors of its own form (RFC 6749, section 5.2).
#[test]
fn a_refusal_that_does_not_name_its_error_is_one() {
    let message = r#"{"message": "of AWS"}"#;
    let forbidden = r#"{"error": "INSUFFICIENT_PERMISSIONS", "message": "of AWS"}"#;
    let page = "<html>of a proxy</html>";
    for (host, status, body, code, told) in [
        (PORTAL, "401 Unauthorized", message, "CC208", "no longer valid; of AWS"),
        (PORTAL, "403 Forbidden", message, "CC209", "AWS said: ForbiddenException: of AWS"),
        (PORTAL, "404 Not Found", message, "CC209", "AWS said: ResourceNotFoundException: of AWS"),
        (PORTAL, "400 Bad Request", message, "CC209", "AWS said: InvalidRequestException: of AWS"),
        (PORTAL, "418 I'm a teapot", message, "CC209", "AWS said: HTTP 418: of AWS"),
        (PORTAL, "403 Forbidden\r\nx-amzn-requestid: 1", "", "CC209", "(request id 1)"),
        (PORTAL, "429 Too Many Requests", message, "CC220", "is temporarily unavailable"),
        (PORTAL, "403 Forbidden", page, "CC220", "HTTP 403, but not from AWS"),
        (PORTAL, "403 Forbidden", "[]", "CC220", "HTTP 403, but not from AWS"),
        (OIDC, "400 Bad Request", r#"{"error": "invalid_grant", "error_description": "x"}"#, "CC208", "invalid_grant"),
        (OIDC, "400 Bad Request", page, "CC220", "HTTP 400, but not from AWS"),
        (SIGN_IN, "400 Bad Request", r#"{"error": "TOKEN_EXPIRED", "message": "x"}"#, "CC210", "TOKEN_EXPIRED"),
        (SIGN_IN, "403 Forbidden", forbidden, "CC210", "not authorized to refresh the `aws login` session"),
        (SIGN_IN, "403 Forbidden", page, "CC220", "HTTP 403, but not from AWS"),
    ] {
        let server = Hostile::start(move |_, to| answer(to, status, body));
        let aws = aws_with_demo();
        aws.lead(host, server.address);
        let machine = match host {
            PORTAL => sso(&aws, FUTURE),
            OIDC => sso(&aws, PAST),
            _ => sign_in(&aws),
        };
        let run = machine.get();
        let is_told = run.stderr.contains(&format!("({code})")) && run.stderr.contains(told);
        assert!(is_told, "{host} {status} {body}: {}", run.transcript());
    }
}

#[test]
fn a_setting_that_selects_another_host_is_named_where_that_host_does_not_answer() {
    let nowhere = Hostile::start(|_, _| Ok(()));
    for (host, variable, told) in [
        (
            "portal.sso-fips.eu-west-1.amazonaws.com",
            Some("AWS_USE_FIPS_ENDPOINT"),
            "AWS_USE_FIPS_ENDPOINT selects the FIPS endpoint portal.sso-fips.eu-west-1.amazonaws.com",
        ),
        (
            "portal.sso.eu-west-1.api.aws",
            None,
            "use_dualstack_endpoint in profile `default` selects the dual-stack endpoint portal.sso.eu-west-1.api.aws",
        ),
    ] {
        let aws = aws_with_demo();
        aws.lead(host, nowhere.address);
        let machine = sso(&aws, FUTURE);
        let config = std::fs::read_to_string(machine.path("home/.aws/config")).expect("a file");
        let dual_stack = config.replace("[default]\n", "[default]\nuse_dualstack_endpoint = true\n");
        let machine = if let Some(variable) = variable {
            machine.env(variable, "true")
        } else {
            machine.file("home/.aws/config", &dual_stack)
        };
        let run = machine.get();
        assert!(run.stderr.contains("(CC220)") && run.stderr.contains(told), "{}", run.transcript());
    }
    // The rules have no such host (botocore's endpoint rules of `sts`).
    let aws = aws_with_demo();
    let machine = before(&aws).with_role().env("AWS_USE_FIPS_ENDPOINT", "true");
    let run = machine.env("AWS_ENDPOINT_URL_STS", "https://sts.eu-west-1.amazonaws.com").get();
    let told =
        ["(CC220)", "FIPS and custom endpoint are not supported", "AWS_USE_FIPS_ENDPOINT selects the FIPS endpoint\n"];
    assert!(told.iter().all(|told| run.stderr.contains(told)), "{}", run.transcript());
}

#[test]
fn a_host_that_takes_no_connection_leaves_time_for_three_attempts() {
    let aws = aws_with_demo();
    aws.set_proxy(stand_in::ProxyAnswer::Blackhole);
    let run = measured(&role(&aws)).within(36.0, "connecting").run;
    let told = ["(CC220)", "could not connect within 8 s", "3 attempts in"];
    assert!(told.iter().all(|told| run.stderr.contains(told)), "{}", run.transcript());
}
