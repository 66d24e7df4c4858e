//! What a server says is quoted, and not at any length: its beginning and its end, which name the principal and the policy.

use crate::common::hostile::{Hostile, answer};
use crate::common::sources::{FUTURE, PAST, login_file, login_session, sso_file, sso_token};
use crate::common::{HOST, Machine, SECRET, aws_with_demo, request, url};
use stand_in::StandIn;

const FIRST: &str = "The caller comes first. ";
const LAST: &str = " The policy comes last";

/// A message of 900 KiB.
fn long() -> String {
    format!("{FIRST}{}{LAST}", "x".repeat(900 << 10))
}

/// A server that always answers with this head, and with `{long}` of the body in full length.
fn saying(head: &'static str, body: &'static str) -> Hostile {
    let body = body.replace("{long}", &long());
    Hostile::start(move |_, to| answer(to, head, &body))
}

/// Every command tells how the message begins and how it ends, in a few kilobytes.
#[track_caller]
fn is_quoted_by_its_ends(machine: Machine, what: &str) {
    let machine = machine.configured();
    for arguments in [&["-v", "get"][..], &["doctor", &url("demo")], &["doctor", "--json", &url("demo")]] {
        let input = if arguments.contains(&"get") { request("demo") } else { String::new() };
        let run = machine.helper(arguments, &input);
        let (length, text) = (run.stdout.len() + run.stderr.len(), format!("{}{}", run.stdout, run.stderr));
        let start: String = text.chars().take(3_000).collect();
        assert!(length < 16 << 10, "{what}, {arguments:?}: {length} bytes\n{start}");
        for end in [FIRST.trim_end(), LAST.trim_start()] {
            assert!(text.contains(end), "{what}, {arguments:?}: {end}\n{start}");
        }
    }
}

#[test]
fn a_message_of_any_length_is_quoted_by_its_beginning_and_its_end() {
    type Service = (&'static str, &'static str, &'static str, fn(&StandIn) -> Machine);
    const XML: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{long}</Message></Error>\
                       <RequestId>1</RequestId></ErrorResponse>";
    const FORBIDDEN: &str = "403 Forbidden\r\nx-amzn-requestid: 1\r\nx-amzn-errortype: ForbiddenException";
    let services: [Service; 7] = [
        ("sts.eu-west-1.amazonaws.com", "403 Forbidden", XML, |aws| Machine::before(aws).with_role()),
        ("sts.eu-west-1.amazonaws.com", "403 Forbidden", XML, |aws| Machine::before(aws).with_web_identity()),
        // Something that has no name of AWS's.
        (
            "sts.eu-west-1.amazonaws.com",
            "403 Forbidden",
            "<ErrorResponse><Error><Code>{long}</Code></Error></ErrorResponse>",
            |aws| Machine::before(aws).with_role(),
        ),
        ("portal.sso.eu-west-1.amazonaws.com", FORBIDDEN, r#"{"message": "{long}"}"#, |aws| {
            Machine::before(aws).with_sso().file(&sso_file(), &sso_token("token", FUTURE, "r"))
        }),
        ("oidc.eu-west-1.amazonaws.com", "400 Bad Request", r#"{"__type": "{long}"}"#, |aws| {
            Machine::before(aws).with_sso().file(&sso_file(), &sso_token("token", PAST, "r"))
        }),
        (
            "eu-west-1.signin.aws.amazon.com",
            "403 Forbidden\r\nx-amzn-errortype: AccessDeniedException",
            r#"{"error": "INSUFFICIENT_PERMISSIONS", "message": "{long}"}"#,
            with_login,
        ),
        (
            "eu-west-1.signin.aws.amazon.com",
            "403 Forbidden\r\nx-amzn-errortype: AccessDeniedException",
            r#"{"error": "{long}", "message": ""}"#,
            with_login,
        ),
    ];
    for (host, head, body, machine) in services {
        let server = saying(head, body);
        let aws = aws_with_demo();
        aws.lead(host, server.address);
        is_quoted_by_its_ends(machine(&aws), &format!("{host}, {body}"));
    }
}

fn with_login(aws: &StandIn) -> Machine {
    let keys =
        format!(r#""accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "old""#);
    Machine::before(aws).with_login().file(&login_file(), &login_session(&keys, PAST, "r"))
}

#[test]
fn what_codecommit_says_at_any_length_is_quoted_by_its_beginning_and_its_end() {
    let denied = "<AccessDeniedException><Message>{long}</Message></AccessDeniedException>";
    let server = saying("403 \r\nx-amzn-requestid: 1", denied);
    let aws = aws_with_demo();
    aws.lead(HOST, server.address);
    is_quoted_by_its_ends(Machine::before(&aws).with_keys(), "CodeCommit");
}

#[test]
fn who_somebody_is_and_what_key_encrypts_is_told_at_no_length() {
    let denied = saying("403 \r\nx-amzn-requestid: 1", "<EncryptionKeyAccessDeniedException/>");
    let caller = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{long}</Arn><Account>111122223333</Account>\
                  </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let (caller, metadata) =
        (saying("200 OK", caller), r#"{"repositoryMetadata": {"Arn": "a", "kmsKeyId": "{long}"}}"#);
    let metadata = saying("200 OK", metadata);
    let aws = aws_with_demo();
    for (host, server) in
        [(HOST, denied), ("sts.eu-west-1.amazonaws.com", caller), ("codecommit.eu-west-1.amazonaws.com", metadata)]
    {
        aws.lead(host, server.address);
    }
    is_quoted_by_its_ends(Machine::before(&aws).with_keys(), "STS and the API");
}

#[test]
fn what_a_service_of_the_machine_says_at_any_length_is_quoted_by_its_beginning_and_its_end() {
    let body = r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "{long}"}"#.replace("{long}", &long());
    let vended = body.clone();
    let instance = Hostile::start(move |head, to| match head {
        head if head.starts_with("PUT ") => {
            answer(to, "200 OK\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600", "AQAAtoken==")
        }
        head if head.contains("security-credentials/ ") => answer(to, "200 OK", "Runner"),
        _ => answer(to, "200 OK", &vended),
    });
    let machine = Machine::new()
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &instance.url());
    is_quoted_by_its_ends(machine, "IMDS");
    let container = Hostile::start(move |_, to| answer(to, "200 OK", &body));
    let machine = Machine::new().env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/x", container.url()));
    is_quoted_by_its_ends(machine, "a container");
}

#[test]
fn a_line_of_a_program_that_failed_is_quoted_by_its_beginning_and_its_end() {
    let machine = Machine::new();
    machine.program("vend", "{ printf 'begins'; head -c 900000 /dev/zero | tr '\\0' x; echo ends; } >&2; exit 1");
    let vend = machine.bin().join("vend").display().to_string();
    let run = machine.file("home/.aws/config", &format!("[default]\ncredential_process = {vend}\n")).get();
    assert!(run.stderr.contains("beginsxx") && run.stderr.contains("xxends"), "{}", run.transcript());
    assert!(run.stderr.len() < 1 << 10, "{}", run.transcript());
}
