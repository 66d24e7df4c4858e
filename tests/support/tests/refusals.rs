//! Every refusal of the git service: status, error code, message and headers.

mod common;

use std::time::{Duration, SystemTime};

use chrono::TimeDelta;
use common::{ACCOUNT, ALICE, Answer, HOST, REGION, SECRET, alice, curl, info_refs, signed, signed_demo, with_alice};
use stand_in::{
    AccessKey, Action, Challenge, DenyTail, EmptyPassword, EncryptionFailure, FixedAnswer, KeyState, Mode, PolicyKind,
    ProxyAnswer, StandIn,
};

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. \
    Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// The names of an answer's headers, in lower case and in order.
fn header_names(answer: &Answer) -> Vec<String> {
    let mut headers: Vec<String> = answer
        .head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(header, _)| header.to_lowercase())
        .collect();
    headers.sort();
    headers
}

/// Compares a 403 or 404 with this code and message byte by byte.
fn assert_refusal(answer: &Answer, status: u16, name: &str, message: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.body, format!("<{name}>\n  <Message>{message}</Message>\n</{name}>\n"));
    assert_eq!(header_names(answer), ["content-length", "date", "x-amzn-requestid"]);
    assert!(answer.head.starts_with(&format!("HTTP/1.1 {status} \r\n")), "{}", answer.head);
}

fn pull(aws: &StandIn, key: &AccessKey) -> Answer {
    info_refs(aws, "git-upload-pack", &signed_demo(key))
}

#[test]
fn without_credentials_there_is_a_challenge() {
    let aws = with_alice();
    let url = format!("https://{HOST}/v1/repos/demo/info/refs?service=git-upload-pack");
    let answer = curl(&aws, &[&url]);
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"CodeCommit\""));
    assert_eq!(
        answer.body,
        "<NotAuthorizedException>\n  <Message>SPNEGO token required</Message>\n</NotAuthorizedException>\n"
    );
    aws.set_challenge(Challenge::NegotiateAndBasic);
    let answer = curl(&aws, &[&url]);
    assert_eq!(answer.header("www-authenticate"), Some("Negotiate"));
    assert_eq!(answer.head.matches("www-authenticate").count(), 2);
    aws.set_challenge(Challenge::Absent);
    assert_eq!(curl(&aws, &[&url]).header("www-authenticate"), None);
}

#[test]
fn unusable_credentials_draw_no_second_challenge() {
    let aws = with_alice();
    let invalid = "The security token included in the request is invalid.";
    let unknown = AccessKey::long_term("AKIAUNKNOWN000000000", SECRET, ALICE);
    for answer in [
        pull(&aws, &unknown),
        info_refs(&aws, "git-upload-pack", &("bob".into(), "guess".into())),
        info_refs(&aws, "git-upload-pack", &("bob".into(), String::new())),
    ] {
        assert_refusal(&answer, 403, "UnrecognizedClientException", invalid);
    }
    aws.set_empty_password(EmptyPassword::Challenged);
    let answer = info_refs(&aws, "git-upload-pack", &("bob".into(), String::new()));
    assert_eq!(answer.status, 401);
}

#[test]
fn keys_in_a_bad_state_are_told_as_such() {
    let aws = with_alice();
    aws.set_key_state(&alice().id, KeyState::Inactive);
    let invalid = "The security token included in the request is invalid.";
    assert_refusal(&pull(&aws, &alice()), 403, "UnrecognizedClientException", invalid);

    let session = AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", "s", "token", ALICE);
    aws.add_key(session.clone());
    assert_eq!(pull(&aws, &session).status, 200);
    let without_dot = "The security token included in the request is invalid";
    for token in [Some("other".to_owned()), None] {
        let wrong = AccessKey { token, ..session.clone() };
        assert_refusal(&pull(&aws, &wrong), 403, "UnrecognizedClientException", without_dot);
    }

    let expired = "The security token included in the request is expired";
    let past = SystemTime::now() - Duration::from_secs(1);
    for state in [KeyState::Expired, KeyState::ActiveUntil(past)] {
        aws.set_key_state(&session.id, state);
        assert_refusal(&pull(&aws, &session), 403, "ExpiredTokenException", expired);
    }
}

#[test]
fn a_signature_over_anything_else_is_a_mismatch() {
    let aws = with_alice();
    let key = alice();
    let none = TimeDelta::zero();
    let wrong_secret = AccessKey { secret: "other".into(), ..key.clone() };
    for credentials in [
        signed_demo(&wrong_secret),
        signed(&key, HOST, "us-east-1", "/v1/repos/demo", none),
        signed(&key, HOST, REGION, "/v1/repos/Demo", none),
        signed(&key, HOST, REGION, "v1/repos/demo", none),
        signed(&key, HOST, REGION, "/v1/repos/demo/", none),
        signed(&key, "git-codecommit.eu-west-1.amazonaws.com:443", REGION, "/v1/repos/demo", none),
        (key.id.clone(), "20240101T000000Zabc".into()),
        (key.id.clone(), format!("20241301T000000Z{}", "0".repeat(64))),
    ] {
        let answer = info_refs(&aws, "git-upload-pack", &credentials);
        assert_refusal(&answer, 403, "InvalidSignatureException", MISMATCH);
    }
}

#[test]
fn the_time_of_the_signature_counts_by_the_clock_of_the_stand_in() {
    let aws = with_alice();
    let at = |minutes: i64| signed(&alice(), HOST, REGION, "/v1/repos/demo", TimeDelta::minutes(minutes));
    let status = |minutes: i64| info_refs(&aws, "git-upload-pack", &at(minutes)).status;
    assert_eq!((status(-14), status(14)), (200, 200));

    let stale = info_refs(&aws, "git-upload-pack", &at(-16));
    assert_eq!(stale.status, 403);
    let message = stale.element("Message");
    assert!(message.starts_with("Signature expired: 2"), "{message}");
    assert!(message.contains("Z is now earlier than 2") && message.ends_with(" - 15 min.)"), "{message}");

    let future = info_refs(&aws, "git-upload-pack", &at(16)).element("Message");
    assert!(future.starts_with("Signature not yet current: 2"), "{future}");
    assert!(future.contains("Z is still later than 2") && future.ends_with(" + 15 min.)"), "{future}");

    aws.set_clock_offset(TimeDelta::minutes(20));
    assert_eq!((status(0), status(10)), (403, 200));
    let date = curl(&aws, &[&format!("https://{HOST}/")]).header("date").map(str::to_owned);
    let date = chrono::DateTime::parse_from_rfc2822(&date.expect("there is a Date")).expect("it is a date");
    let ahead = date.to_utc() - chrono::Utc::now();
    assert!((TimeDelta::minutes(19)..TimeDelta::minutes(21)).contains(&ahead), "{ahead}");
}

#[test]
fn what_is_not_there_is_a_404_after_authentication() {
    let aws = with_alice();
    let bob = AccessKey::long_term("AKIABOB0000000000000", "s", "arn:aws:iam::444455556666:user/bob");
    aws.add_key(bob.clone());
    let ask = |key: &AccessKey, path: &str| {
        let (user_name, password) = signed(key, HOST, REGION, path, TimeDelta::zero());
        let url = format!("https://{HOST}{path}/info/refs?service=git-upload-pack");
        curl(&aws, &["--user", &format!("{user_name}:{password}"), &url])
    };
    for (key, path, shown) in [
        (&alice(), "/v1/repos/absent", "absent"),
        (&alice(), "/v1/repos/Demo", "Demo"),
        (&alice(), "/v1/repos/demo.git", "demo.git"),
        (&alice(), "/v1/repos/demo/more", "/v1/repos/demo/more"),
        (&alice(), "/demo", "/demo"),
        (&bob, "/v1/repos/demo", "demo"),
    ] {
        let message = format!("{shown} does not exist");
        assert_refusal(&ask(key, path), 404, "RepositoryDoesNotExistException", &message);
    }

    // Another region has other repositories.
    let host = "git-codecommit.us-east-1.amazonaws.com";
    let (user_name, password) = signed(&alice(), host, "us-east-1", "/v1/repos/demo", TimeDelta::zero());
    let url = format!("https://{host}/v1/repos/demo/info/refs?service=git-upload-pack");
    let user = format!("{user_name}:{password}");
    assert_eq!(curl(&aws, &["--user", &user, &url]).status, 404);

    // With an invalid key the answer does not reveal that.
    let wrong = AccessKey { secret: "other".into(), ..alice() };
    assert_eq!(ask(&wrong, "/v1/repos/absent").status, 403);
}

#[test]
fn denials_speak_the_sentences_of_iam() {
    let aws = with_alice();
    let resource = format!("arn:aws:codecommit:{REGION}:{ACCOUNT}:demo");
    let tails = PolicyKind::ALL
        .into_iter()
        .flat_map(|kind| [DenyTail::Implicit(kind), DenyTail::Explicit(kind)])
        .chain([DenyTail::Bare]);
    for tail in tails {
        for (action, service) in [(Action::GitPull, "git-upload-pack"), (Action::GitPush, "git-receive-pack")] {
            aws.deny(ALICE, action, "demo", tail);
            let sentence = format!(
                "User: {ALICE} is not authorized to perform: {} on resource: {resource}{}",
                action.name(),
                tail.text(action)
            );
            let answer = info_refs(&aws, service, &signed_demo(&alice()));
            assert_refusal(&answer, 403, "AccessDeniedException", &sentence);
            aws.allow(ALICE, action, "demo");
            assert_eq!(info_refs(&aws, service, &signed_demo(&alice())).status, 200);
        }
    }
    // A denial of pushes does not affect fetches.
    aws.deny(ALICE, Action::GitPush, "*", DenyTail::Bare);
    assert_eq!(pull(&aws, &alice()).status, 200);
}

#[test]
fn encryption_failures_have_their_names() {
    let aws = with_alice();
    for failure in [
        EncryptionFailure::AccessDenied,
        EncryptionFailure::Disabled,
        EncryptionFailure::NotFound,
        EncryptionFailure::Unavailable,
        EncryptionFailure::IntegrityChecksFailed,
    ] {
        aws.set_encryption("demo", Some(failure));
        let answer = pull(&aws, &alice());
        assert_eq!(answer.status, 403);
        assert!(answer.body.starts_with(&format!("<{}>", failure.error_name())), "{}", answer.body);
    }
    aws.set_encryption("demo", None);
    assert_eq!(pull(&aws, &alice()).status, 200);
}

#[test]
fn partitions_and_disabled_regions_know_no_key() {
    let aws = with_alice();
    aws.add_key(AccessKey::long_term("AKIACHINA00000000000", "s", "arn:aws-cn:iam::111122223333:user/a"));
    let chinese = AccessKey::long_term("AKIACHINA00000000000", "s", ALICE);
    let invalid = "The security token included in the request is invalid.";
    assert_refusal(&pull(&aws, &chinese), 403, "UnrecognizedClientException", invalid);
    aws.disable_region(REGION);
    assert_eq!(pull(&aws, &alice()).status, 403);
}

#[test]
fn generated_git_credentials_are_taken_as_they_are() {
    let aws = with_alice();
    aws.add_git_credentials("alice-at-111122223333", "generated=", ALICE);
    let with = |password: &str| {
        let credentials = ("alice-at-111122223333".to_owned(), password.to_owned());
        info_refs(&aws, "git-upload-pack", &credentials).status
    };
    assert_eq!((with("generated="), with("wrong")), (200, 403));
}

#[test]
fn modes_concern_requests_with_credentials() {
    let aws = with_alice();
    let url = format!("https://{HOST}/v1/repos/demo/info/refs?service=git-upload-pack");
    aws.set_mode(Mode::Throttled { retry_after: None });
    assert_eq!(curl(&aws, &[&url]).status, 401);
    assert_refusal(&pull(&aws, &alice()), 429, "ThrottlingException", "Rate exceeded");
    aws.set_mode(Mode::Throttled { retry_after: Some(7) });
    assert_eq!(pull(&aws, &alice()).header("retry-after"), Some("7"));
    aws.set_mode(Mode::InternalFailure);
    let answer = pull(&aws, &alice());
    assert_eq!((answer.status, answer.body.as_str()), (500, "<InternalFailure/>\n"));
    aws.set_mode(Mode::Unavailable);
    assert_eq!(pull(&aws, &alice()).status, 503);
}

#[test]
fn bodies_of_errors_can_be_left_out() {
    let aws = with_alice();
    aws.set_bodies(false);
    aws.set_key_state(&alice().id, KeyState::Inactive);
    let answer = pull(&aws, &alice());
    assert_eq!((answer.status, answer.body.as_str()), (403, ""));
    assert_eq!(answer.header("content-length"), Some("0"));
    assert!(answer.header("x-amzn-requestid").is_some());
    assert_eq!(
        aws.requests().last().and_then(|request| request.error.clone()).as_deref(),
        Some("UnrecognizedClientException"),
        "the record still knows"
    );
}

#[test]
fn a_success_has_four_headers() {
    let aws = with_alice();
    let answer = pull(&aws, &alice());
    assert_eq!(header_names(&answer), ["content-length", "content-type", "date", "x-amzn-requestid"]);
    assert_eq!(answer.header("content-type"), Some("application/x-git-upload-pack-advertisement"));
}

#[test]
fn the_record_holds_no_secret() {
    let aws = with_alice();
    let session = aws.issue_key("arn:aws:sts::111122223333:assumed-role/Deploy/alice");
    let credentials = signed_demo(&session);
    let answer = info_refs(&aws, "git-upload-pack", &credentials);
    assert_eq!(answer.status, 200);
    let request = aws.requests().pop().expect("there was a request");
    assert_eq!(request.access_key_id.as_deref(), Some(session.id.as_str()));
    assert_eq!(request.action.as_deref(), Some("GitPull"));
    assert_eq!(request.request_id.as_deref(), answer.header("x-amzn-requestid"));
    assert!(request.user_agent.starts_with("curl/"));
    let shown = format!("{:?}", aws.requests());
    let token = session.token.as_deref().expect("a session has a token");
    for secret in [session.secret.as_str(), token, credentials.1.as_str()] {
        assert!(!shown.contains(secret));
    }
    aws.forget();
    assert!(aws.requests().is_empty() && aws.tunnels().is_empty());
}

#[test]
fn the_proxy_has_answers_of_its_own() {
    let aws = with_alice();
    let url = format!("https://{HOST}/");
    let connect = |aws: &StandIn, more: &[&str]| {
        let mut command = stand_in::command("curl");
        command
            .args([
                "--silent",
                "--output",
                "/dev/null",
                "--max-time",
                "1",
                "--write-out",
                "%{http_connect} %{http_code}",
            ])
            .args(more)
            .arg(&url)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(aws.environment());
        String::from_utf8_lossy(&command.output().expect("curl is installed").stdout).into_owned()
    };
    assert_eq!(connect(&aws, &[]), "200 401");
    aws.set_proxy_for(HOST, ProxyAnswer::Forbidden);
    assert_eq!(connect(&aws, &[]), "403 000");
    aws.set_proxy_for(HOST, ProxyAnswer::AuthenticationRequired { user_name: "u".into(), password: "p".into() });
    assert_eq!(connect(&aws, &[]), "407 000");
    assert_eq!(connect(&aws, &["--proxy-user", "u:p"]), "200 401");
    aws.set_proxy_for(HOST, ProxyAnswer::Blackhole);
    assert_eq!(connect(&aws, &[]), "000 000");
    let statuses: Vec<u16> = aws.tunnels().iter().map(|tunnel| tunnel.status).collect();
    assert_eq!(statuses, [200, 403, 407, 200, 0]);
    assert!(aws.tunnels().iter().all(|tunnel| tunnel.target == format!("{HOST}:443")));
}

#[test]
fn hosts_that_are_not_aws_and_fixed_answers_have_no_request_id() {
    let aws = with_alice();
    let answer = curl(&aws, &["https://example.com/"]);
    assert_eq!((answer.status, answer.header("x-amzn-requestid")), (404, None));
    aws.fix_answer(
        HOST,
        FixedAnswer {
            status: 403,
            content_type: Some("text/html".into()),
            body: "<h1>Blocked</h1>".into(),
            from_aws: false,
        },
    );
    let answer = pull(&aws, &alice());
    assert_eq!((answer.status, answer.header("x-amzn-requestid")), (403, None));
    assert_eq!(answer.body, "<h1>Blocked</h1>");
}

#[test]
fn dropping_the_last_handle_frees_ports_and_files() {
    let aws = with_alice();
    let (folder, address) = (aws.ca_file().to_owned(), aws.tls_address());
    let other = aws.clone();
    drop(aws);
    assert!(folder.exists() && std::net::TcpStream::connect(address).is_ok());
    drop(other);
    assert!(!folder.exists());
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn a_silent_service_is_recorded_without_a_status() {
    let aws = with_alice();
    aws.set_mode(Mode::Silent);
    let (user_name, password) = signed_demo(&alice());
    let status = stand_in::command("curl")
        .args(["--silent", "--max-time", "1", "--user", &format!("{user_name}:{password}")])
        .arg(format!("https://{HOST}/v1/repos/demo/info/refs?service=git-upload-pack"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(aws.environment())
        .status()
        .expect("curl is installed");
    assert_eq!(status.code(), Some(28), "curl's exit code for a timeout");
    assert_eq!(aws.requests()[0].status, 0);
}
