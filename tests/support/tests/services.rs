//! The services that return credentials without a signed request, and CodeCommit's JSON API.

mod common;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use common::{ACCOUNT, ALICE, Answer, REGION, SECRET, alice, curl, info_refs, signed_demo, with_alice};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use stand_in::{
    AccessKey, Action, DenyTail, EncryptionFailure, ImdsMode, KeyState, LoginRefusal, Mode, SsoSession, StandIn,
};

fn pull(aws: &StandIn, key: &AccessKey) -> u16 {
    info_refs(aws, "git-upload-pack", &signed_demo(key)).status
}

#[test]
fn the_sso_portal_gives_keys_for_an_access_token() {
    let aws = with_alice();
    aws.add_sso_session(SsoSession::new("good").assigned(ACCOUNT, "Developer"));
    aws.add_sso_session(SsoSession::new("over").expired().assigned(ACCOUNT, "Developer"));
    let ask = |token: &str, role: &str| {
        let url = format!(
            "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name={role}&account_id={ACCOUNT}"
        );
        curl(&aws, &["--header", &format!("x-amz-sso_bearer_token: {token}"), &url])
    };
    let answer = ask("good", "Developer");
    assert_eq!(answer.status, 200);
    let credentials = &answer.json()["roleCredentials"];
    let text = |name: &str| credentials[name].as_str().expect("text").to_owned();
    let key = AccessKey::temporary(&text("accessKeyId"), &text("secretAccessKey"), &text("sessionToken"), ALICE);
    assert!(credentials["expiration"].as_i64().expect("milliseconds") > Utc::now().timestamp_millis());
    assert_eq!(pull(&aws, &key), 200);

    for token in ["over", "unknown"] {
        let answer = ask(token, "Developer");
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("x-amzn-errortype"), Some("UnauthorizedException"));
        assert_eq!(answer.json()["message"], "Session token not found or invalid");
    }
    let answer = ask("good", "Admin");
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (403, Some("ForbiddenException")));
    assert_eq!(answer.json()["message"], "No access");
    assert!(!format!("{:?}", aws.requests()).contains("good"));
}

#[test]
fn an_sso_session_is_renewed_once_per_refresh_token() {
    let aws = StandIn::start();
    aws.add_sso_session(SsoSession::new("old").expired().refreshable("refresh").assigned(ACCOUNT, "Developer"));
    let renew = |token: &str| {
        let body = json!({"clientId": "c", "clientSecret": "s", "grantType": "refresh_token", "refreshToken": token});
        let url = "https://oidc.eu-west-1.amazonaws.com/token";
        curl(&aws, &["--json", &body.to_string(), url])
    };
    aws.refuse_sso_refresh(true);
    let refused = renew("refresh");
    assert_eq!((refused.status, refused.header("x-amzn-errortype")), (400, Some("InvalidGrantException")));
    assert_eq!(refused.json()["error"], "invalid_grant");

    aws.refuse_sso_refresh(false);
    let renewed = renew("refresh").json();
    assert_eq!((&renewed["tokenType"], &renewed["expiresIn"]), (&json!("Bearer"), &json!(3600)));
    let token = renewed["accessToken"].as_str().expect("text");
    let url = format!(
        "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=Developer&account_id={ACCOUNT}"
    );
    let header = format!("x-amz-sso_bearer_token: {token}");
    assert_eq!(curl(&aws, &["--header", &header, &url]).status, 200);
    assert_eq!(renew("refresh").status, 400, "the old refresh token is spent");
    assert_eq!(renew(renewed["refreshToken"].as_str().expect("text")).status, 200);
}

#[test]
fn a_login_session_is_renewed() {
    let aws = with_alice();
    aws.add_login_session("refresh", "arn:aws:sts::111122223333:assumed-role/Admin/alice");
    let renew = |token: &str| {
        let body = json!({"clientId": "c", "grantType": "refresh_token", "refreshToken": token});
        curl(&aws, &["--json", &body.to_string(), "--header", &format!("DPoP: {}", proof(SIGN_IN)), SIGN_IN])
    };
    for (refusal, code) in [
        (LoginRefusal::TokenExpired, "TOKEN_EXPIRED"),
        (LoginRefusal::UserCredentialsChanged, "USER_CREDENTIALS_CHANGED"),
        (LoginRefusal::InsufficientPermissions, "INSUFFICIENT_PERMISSIONS"),
    ] {
        aws.refuse_login(Some(refusal));
        let answer = renew("refresh");
        assert_eq!(answer.header("x-amzn-errortype"), Some("AccessDeniedException"));
        assert_eq!(answer.json()["error"], code);
    }
    aws.refuse_login(None);
    let answer = renew("refresh").json();
    let text = |name: &str| answer["accessToken"][name].as_str().expect("text").to_owned();
    let key = AccessKey::temporary(&text("accessKeyId"), &text("secretAccessKey"), &text("sessionToken"), ALICE);
    assert_eq!(pull(&aws, &key), 200);
    assert_eq!(renew("refresh").json()["error"], "TOKEN_EXPIRED");
}

const SIGN_IN: &str = "https://us-east-1.signin.aws.amazon.com/v1/token";

/// A proof of a new key for a POST to `url` at the current time.
fn proof(url: &str) -> String {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).expect("a key");
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = key.public_key().as_ref()[1..].split_at(32);
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)});
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}).to_string();
    let claims =
        json!({"jti": encoded(x), "htm": "POST", "htu": url, "iat": chrono::Utc::now().timestamp()}).to_string();
    let signed = format!("{}.{}", encoded(header.as_bytes()), encoded(claims.as_bytes()));
    let signature = key.sign(&random, signed.as_bytes()).expect("a signature");
    format!("{signed}.{}", encoded(signature.as_ref()))
}

#[test]
fn a_login_session_is_renewed_only_for_who_has_its_key_and_each_proof_is_good_for_once() {
    let aws = with_alice();
    aws.add_login_session("refresh", ALICE);
    let body = json!({"clientId": "c", "grantType": "refresh_token", "refreshToken": "refresh"}).to_string();
    let renew = |proof: &str| curl(&aws, &["--json", &body, "--header", &format!("DPoP: {proof}"), SIGN_IN]).status;
    let good = proof(SIGN_IN);
    let (signed, _) = good.rsplit_once('.').expect("three parts");
    let (_, of_another_key) =
        proof(SIGN_IN).rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("three");
    for bad in ["", "proof", &format!("{signed}.{of_another_key}"), &proof("https://example.com/v1/token")] {
        assert_eq!(renew(bad), 400, "{bad}");
    }
    assert_eq!((renew(&good), renew(&good)), (200, 400));
}

#[test]
fn instance_metadata_wants_a_session_first() {
    let aws = with_alice();
    aws.set_instance_role("Builder", "arn:aws:sts::111122223333:assumed-role/Builder/i-0123456789abcdef0");
    aws.set_instance_region(REGION);
    let base = aws.imds_url();
    let roles = format!("{base}/latest/meta-data/iam/security-credentials/");
    assert_eq!(curl(&aws, &[&roles]).status, 401);
    let token = || {
        let ttl = "x-aws-ec2-metadata-token-ttl-seconds: 21600";
        curl(&aws, &["--request", "PUT", "--header", ttl, &format!("{base}/latest/api/token")])
    };
    let header = format!("x-aws-ec2-metadata-token: {}", token().body);
    let get = |url: &str| curl(&aws, &["--header", &header, url]);
    assert_eq!(get(&roles).body, "Builder");
    assert_eq!(get(&format!("{base}/latest/meta-data/placement/region")).body, REGION);
    let credentials = get(&format!("{roles}Builder")).json();
    assert_eq!((&credentials["Code"], &credentials["Type"]), (&json!("Success"), &json!("AWS-HMAC")));
    assert_eq!(pull(&aws, &from_json(&credentials)), 200);
    assert_eq!(get(&format!("{roles}Other")).status, 404);

    aws.set_imds(ImdsMode::NoRole);
    assert_eq!((token().status, get(&roles).status), (200, 404));
    aws.set_imds(ImdsMode::Disabled);
    assert_eq!(token().status, 403);
}

#[test]
fn the_container_endpoint_may_ask_for_a_token() {
    let aws = with_alice();
    let url = aws.container_url();
    assert_eq!(curl(&aws, &[&url]).status, 404);
    let principal = "arn:aws:sts::111122223333:assumed-role/Task/1234";
    aws.set_container_role(principal, None);
    aws.set_session_lifetime(Duration::from_mins(10));
    let credentials = curl(&aws, &[&url]).json();
    let expiration = credentials["Expiration"].as_str().expect("a date");
    let left = DateTime::parse_from_rfc3339(expiration).expect("a date").to_utc() - Utc::now();
    assert!((TimeDelta::seconds(590)..=TimeDelta::seconds(600)).contains(&left), "{left}");
    assert_eq!(pull(&aws, &from_json(&credentials)), 200);
    aws.set_container_role(principal, Some("pod token"));
    assert_eq!(curl(&aws, &[&url]).status, 401);
    assert_eq!(curl(&aws, &["--header", "Authorization: pod token", &url]).status, 200);
}

fn from_json(credentials: &Value) -> AccessKey {
    let text = |name: &str| credentials[name].as_str().expect("text").to_owned();
    AccessKey::temporary(&text("AccessKeyId"), &text("SecretAccessKey"), &text("Token"), ALICE)
}

/// A call of CodeCommit's API by Alice.
fn codecommit(aws: &StandIn, operation: &str, body: &Value) -> Answer {
    let user = format!("{}:{SECRET}", alice().id);
    let target = format!("X-Amz-Target: CodeCommit_20150413.{operation}");
    curl(
        aws,
        &[
            "--aws-sigv4",
            "aws:amz:eu-west-1:codecommit",
            "--user",
            &user,
            "--header",
            &target,
            "--header",
            "Content-Type: application/x-amz-json-1.1",
            "--data",
            &body.to_string(),
            "https://codecommit.eu-west-1.amazonaws.com/",
        ],
    )
}

#[test]
fn the_api_describes_repositories() {
    let aws = with_alice();
    aws.create_repository(ACCOUNT, REGION, "other");
    aws.create_repository(ACCOUNT, "us-east-1", "elsewhere");
    let answer = codecommit(&aws, "GetRepository", &json!({"repositoryName": "demo"}));
    assert_eq!(answer.status, 200, "{answer:?}");
    let metadata = &answer.json()["repositoryMetadata"];
    assert_eq!(metadata["Arn"], "arn:aws:codecommit:eu-west-1:111122223333:demo");
    assert_eq!(metadata["accountId"], ACCOUNT);
    let listed = codecommit(&aws, "ListRepositories", &json!({})).json();
    let names: Vec<&str> = listed["repositories"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|repository| repository["repositoryName"].as_str())
        .collect();
    assert_eq!(names, ["demo", "other"]);
    let request = aws.requests().pop().expect("there was a request");
    assert_eq!(request.action.as_deref(), Some("ListRepositories"));
}

#[test]
fn the_api_refuses_with_400_and_a_type() {
    let aws = with_alice();
    let refusal = |name: &str| {
        let answer = codecommit(&aws, "GetRepository", &json!({"repositoryName": name}));
        let value = answer.json();
        let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
        (answer.status, text("__type"), text("message"))
    };
    assert_eq!(refusal("Demo"), (400, "RepositoryDoesNotExistException".into(), "Demo does not exist".into()));
    assert_eq!(refusal("demo.git").1, "InvalidRepositoryNameException");
    aws.set_encryption("demo", Some(EncryptionFailure::AccessDenied));
    assert_eq!(refusal("demo").1, "EncryptionKeyAccessDeniedException");
    aws.deny(ALICE, Action::GetRepository, "*", DenyTail::Bare);
    let (_, name, message) = refusal("demo");
    assert_eq!(name, "AccessDeniedException");
    assert!(message.ends_with("on resource: arn:aws:codecommit:eu-west-1:111122223333:demo"), "{message}");
    aws.set_mode(Mode::Throttled { retry_after: None });
    assert_eq!(refusal("demo"), (400, "ThrottlingException".into(), "Rate exceeded".into()));
    aws.set_key_state(&alice().id, KeyState::Inactive);
    assert_eq!(refusal("demo").1, "UnrecognizedClientException");
}
