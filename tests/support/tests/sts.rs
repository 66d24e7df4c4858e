//! STS, called by curl with curl's own SigV4.

mod common;

use chrono::{DateTime, TimeDelta, Utc};
use common::{ACCOUNT, ALICE, Answer, REGION, SECRET, alice, curl, info_refs, signed_demo, with_alice};
use stand_in::{AccessKey, Action, DenyTail, KeyState, Role, StandIn};

const ROLE: &str = "arn:aws:iam::111122223333:role/Deploy";
const MFA: &str = "arn:aws:iam::111122223333:mfa/alice";

/// An STS call in the region of the tests, signed with the key if there is one.
fn sts(aws: &StandIn, key: Option<&AccessKey>, parameters: &[(&str, &str)]) -> Answer {
    sts_at(aws, "https://sts.eu-west-1.amazonaws.com/", REGION, key, parameters)
}

fn sts_at(aws: &StandIn, url: &str, region: &str, key: Option<&AccessKey>, parameters: &[(&str, &str)]) -> Answer {
    let scope = format!("aws:amz:{region}:sts");
    let user = key.map(|key| format!("{}:{}", key.id, key.secret)).unwrap_or_default();
    let token = key.and_then(|key| key.token.as_deref()).unwrap_or_default();
    let token = format!("X-Amz-Security-Token: {token}");
    let mut args = vec![url.to_owned()];
    for (name, value) in parameters {
        args.extend(["--data-urlencode".to_owned(), format!("{name}={value}")]);
    }
    let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
    if key.is_some() {
        args.extend(["--aws-sigv4", &scope, "--user", &user]);
    }
    if key.is_some_and(|key| key.token.is_some()) {
        args.extend(["--header", &token]);
    }
    curl(aws, &args)
}

/// The key in an answer of STS, as a client would use it.
fn handed_out(answer: &Answer) -> AccessKey {
    assert_eq!(answer.status, 200, "{answer:?}");
    AccessKey::temporary(
        &answer.element("AccessKeyId"),
        &answer.element("SecretAccessKey"),
        &answer.element("SessionToken"),
        &answer.element("Arn"),
    )
}

fn pull(aws: &StandIn, key: &AccessKey) -> u16 {
    info_refs(aws, "git-upload-pack", &signed_demo(key)).status
}

#[test]
fn caller_identity_tells_account_and_arn() {
    let aws = with_alice();
    let action = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    for (url, region) in
        [("https://sts.eu-west-1.amazonaws.com/", "eu-west-1"), ("https://sts.amazonaws.com/", "us-east-1")]
    {
        let answer = sts_at(&aws, url, region, Some(&alice()), &action);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!((answer.element("Account"), answer.element("Arn")), (ACCOUNT.into(), ALICE.into()));
        assert_eq!(answer.header("content-type"), Some("text/xml"));
    }
    let request = aws.requests().pop().expect("there was a request");
    assert_eq!(request.action.as_deref(), Some("GetCallerIdentity"));
    assert!(request.request_id.is_some());
    assert_eq!(request.access_key_id.as_deref(), Some("AKIAIOSFODNN7EXAMPLE"));
}

#[test]
fn sts_names_what_is_wrong_with_a_key() {
    let aws = with_alice();
    let action = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let refusal = |key: Option<&AccessKey>| {
        let answer = sts(&aws, key, &action);
        (answer.status, answer.element("Code"), answer.element("Message"))
    };
    let unknown = AccessKey::long_term("AKIAUNKNOWN000000000", SECRET, ALICE);
    assert_eq!(
        refusal(Some(&unknown)),
        (403, "InvalidClientTokenId".into(), "The security token included in the request is invalid.".into())
    );
    let wrong = AccessKey { secret: "other".into(), ..alice() };
    let (status, code, message) = refusal(Some(&wrong));
    assert_eq!((status, code.as_str()), (403, "SignatureDoesNotMatch"));
    assert!(message.starts_with("The request signature we calculated does not match"), "{message}");

    let session = aws.issue_key(ALICE);
    assert_eq!(refusal(Some(&session)).0, 200);
    aws.set_key_state(&session.id, KeyState::Expired);
    assert_eq!(
        refusal(Some(&session)),
        (403, "ExpiredToken".into(), "The security token included in the request is expired".into())
    );
    assert_eq!(refusal(None).1, "MissingAuthenticationToken");

    aws.set_clock_offset(TimeDelta::minutes(20));
    let (_, code, message) = refusal(Some(&alice()));
    assert_eq!(code, "SignatureDoesNotMatch");
    assert!(message.starts_with("Signature expired: "), "{message}");
}

#[test]
fn a_scope_of_another_region_is_named() {
    let aws = with_alice();
    let action = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let url = "https://sts.eu-west-1.amazonaws.com/";
    let answer = sts_at(&aws, url, "us-east-1", Some(&alice()), &action);
    assert_eq!(answer.element("Message"), "Credential should be scoped to a valid Region, not us-east-1");
}

#[test]
fn an_assumed_role_opens_codecommit_until_it_ends() {
    let aws = with_alice();
    aws.add_role(Role::new(ROLE).trusting(ALICE));
    let parameters = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", ROLE),
        ("RoleSessionName", "me"),
        ("DurationSeconds", "900"),
    ];
    let answer = sts(&aws, Some(&alice()), &parameters);
    let key = handed_out(&answer);
    assert_eq!(key.principal_arn, "arn:aws:sts::111122223333:assumed-role/Deploy/me");
    let expiration = DateTime::parse_from_rfc3339(&answer.element("Expiration")).expect("a date").to_utc();
    assert!((expiration - Utc::now() - TimeDelta::seconds(900)).abs() < TimeDelta::seconds(10));
    let request = aws.requests().pop().expect("there was a request");
    assert_eq!(request.parameter("RoleArn"), Some(ROLE));
    assert_eq!(request.parameter("RoleSessionName"), Some("me"));
    assert_eq!(request.parameter("DurationSeconds"), Some("900"));

    assert_eq!(pull(&aws, &key), 200);
    aws.deny(ROLE, Action::GitPull, "demo", DenyTail::Bare);
    assert_eq!(pull(&aws, &key), 403, "a denial of the role is one of its sessions");
    aws.allow(ROLE, Action::GitPull, "demo");
    aws.set_clock_offset(TimeDelta::seconds(890));
    assert_eq!(pull(&aws, &key), 200);
    aws.set_clock_offset(TimeDelta::seconds(901));
    let answer = info_refs(&aws, "git-upload-pack", &signed_demo(&key));
    assert!(answer.body.starts_with("<ExpiredTokenException>"), "{answer:?}");
}

#[test]
fn roles_keep_out_whom_they_do_not_trust() {
    let aws = with_alice();
    let other = "arn:aws:iam::111122223333:role/Other";
    aws.add_role(Role::new(other).trusting(ROLE));
    aws.add_role(Role::new(ROLE).trusting("arn:aws:iam::111122223333:root").requiring_external_id("x"));
    let assume = |key: &AccessKey, role: &str, more: &[(&str, &str)]| {
        let mut parameters = vec![("Action", "AssumeRole"), ("RoleArn", role), ("RoleSessionName", "me")];
        parameters.extend(more);
        sts(&aws, Some(key), &parameters)
    };
    for (role, more) in [
        (other, [("ExternalId", "x")]),
        (ROLE, [("ExternalId", "y")]),
        ("arn:aws:iam::111122223333:role/Absent", [("ExternalId", "x")]),
    ] {
        let answer = assume(&alice(), role, &more);
        assert_eq!((answer.status, answer.element("Code")), (403, "AccessDenied".into()));
        assert_eq!(
            answer.element("Message"),
            format!("User: {ALICE} is not authorized to perform: sts:AssumeRole on resource: {role}")
        );
    }
    let key = handed_out(&assume(&alice(), ROLE, &[("ExternalId", "x")]));
    // The session of the role may assume the next role, for one hour at most.
    handed_out(&assume(&key, other, &[]));
    let answer = assume(&key, other, &[("DurationSeconds", "7200")]);
    assert_eq!((answer.status, answer.element("Code")), (400, "ValidationError".into()));
    aws.add_role(Role::new(ROLE).trusting(ALICE).with_longest_session(3_600));
    let answer = assume(&alice(), ROLE, &[("DurationSeconds", "7200")]);
    assert_eq!(
        answer.element("Message"),
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
}

#[test]
fn mfa_is_asked_for_and_checked() {
    let aws = with_alice();
    aws.add_role(Role::new(ROLE).trusting(ALICE).requiring_mfa(MFA, "123456"));
    let assume = |more: &[(&str, &str)]| {
        let mut parameters = vec![("Action", "AssumeRole"), ("RoleArn", ROLE), ("RoleSessionName", "me")];
        parameters.extend(more);
        sts(&aws, Some(&alice()), &parameters)
    };
    assert!(assume(&[]).element("Message").ends_with(&format!("on resource: {ROLE}")));
    assert_eq!(
        assume(&[("SerialNumber", MFA), ("TokenCode", "000000")]).element("Message"),
        "MultiFactorAuthentication failed with invalid MFA one time pass code. "
    );
    assert!(
        assume(&[("SerialNumber", "arn:other"), ("TokenCode", "123456")])
            .element("Message")
            .contains("unable to validate MFA code")
    );
    handed_out(&assume(&[("SerialNumber", MFA), ("TokenCode", "123456")]));
    let shown = format!("{:?}", aws.requests());
    assert!(shown.contains(MFA) && !shown.contains("123456"), "{shown}");
}

#[test]
fn web_identity_needs_no_signature() {
    let aws = with_alice();
    aws.add_role(Role::new(ROLE).trusting_web_identity("the-token"));
    aws.add_role(Role::new("arn:aws:iam::111122223333:role/Other"));
    let assume = |role: &str, token: &str| {
        let parameters = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("RoleArn", role),
            ("RoleSessionName", "pod"),
            ("WebIdentityToken", token),
        ];
        sts(&aws, None, &parameters)
    };
    assert_eq!(pull(&aws, &handed_out(&assume(ROLE, "the-token"))), 200);
    assert_eq!(assume("arn:aws:iam::111122223333:role/Other", "the-token").element("Code"), "AccessDenied");
    assert_eq!(assume(ROLE, "stale").element("Code"), "InvalidIdentityToken");
    assert!(!format!("{:?}", aws.requests()).contains("the-token"));
}

#[test]
fn a_session_token_is_for_the_user_itself() {
    let aws = with_alice();
    let parameters = [("Action", "GetSessionToken")];
    let key = handed_out(&sts(&aws, Some(&alice()), &parameters));
    assert_eq!(pull(&aws, &key), 200);
    let role = aws.issue_key("arn:aws:sts::111122223333:assumed-role/Deploy/me");
    assert_eq!(sts(&aws, Some(&role), &parameters).element("Code"), "AccessDenied");
}
