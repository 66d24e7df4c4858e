//! Bad days between this program and the sources of credentials: services that are down, answers with holes, settings with
//! slips, clocks that are wrong, many processes at once. Nothing is lost, nothing secret is told, and the cause is named.

use crate::common::{ACCOUNT, ALICE, DPOP_KEY, KEY_ID, Machine, ROLE, Run, SECRET, aws_with_demo, calls};
use codecommit::hex;
use insta::assert_snapshot;
use stand_in::{FixedAnswer, Role, SsoSession, StandIn};
use std::fs;
use std::time::{Duration, Instant};

const REFRESH_TOKEN: &str = "aor-refresh-token-of-the-login";
const SSO_REFRESH_TOKEN: &str = "sso-refresh-token";

/// What AWS says in JSON, with its request id.
fn answers(aws: &StandIn, host: &str, status: u16, body: &str) {
    let content_type = Some("application/json".to_owned());
    aws.fix_answer(host, FixedAnswer { status, content_type, body: body.to_owned(), from_aws: true });
}

/// None of these was printed.
fn tells_nothing(run: &Run, secrets: &[&str]) {
    for secret in secrets {
        assert!(!run.stderr.contains(secret) && !run.stdout.contains(secret), "{secret}: {}", run.transcript());
    }
}

mod aws_login {
    use super::*;
    use sha2::{Digest, Sha256};

    const SESSION: &str = "arn:aws:iam::111122223333:user/alice";
    const SIGN_IN: &str = "eu-west-1.signin.aws.amazon.com";

    fn file() -> String {
        format!("home/.aws/login/cache/{}.json", hex::lower(Sha256::digest(SESSION)))
    }

    fn session(expires: &str) -> String {
        format!(
            r#"{{"accessToken": {{"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "old",
            "accountId": "{ACCOUNT}", "expiresAt": "{expires}"}}, "refreshToken": "{REFRESH_TOKEN}", "clientId": "c",
            "idToken": "i", "tokenType": "aws_sigv4", "dpopKey": "{DPOP_KEY}", "extra": [1]}}"#
        )
    }

    fn machine(aws: &StandIn, expires: &str) -> Machine {
        let config = format!("[default]\nlogin_session = {SESSION}\n");
        Machine::before(aws).file("home/.aws/config", &config).file(&file(), &session(expires))
    }

    #[test]
    fn many_processes_renew_a_session_once_since_its_refresh_token_is_good_for_once() {
        let aws = aws_with_demo();
        aws.add_login_session(REFRESH_TOKEN, ALICE);
        let machine = machine(&aws, "2020-01-01T00:00:00Z");
        let keys: Vec<String> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..20).map(|_| scope.spawn(|| machine.get().succeeds())).collect();
            runs.into_iter().map(|run| run.join().expect("no panic").key_id().expect("a key").to_owned()).collect()
        });
        assert_eq!(calls(&aws, "CreateOAuth2Token"), 1);
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        let kept: serde_json::Value =
            serde_json::from_slice(&fs::read(machine.path(&file())).expect("the file")).expect("JSON");
        assert_eq!((&kept["extra"][0], &kept["idToken"]), (&1.into(), &"i".into()), "what is not ours stays");
        assert_eq!(kept["accessToken"]["accountId"], ACCOUNT);
    }

    #[test]
    fn an_answer_with_a_hole_in_it_does_not_take_the_place_of_the_session() {
        for body in [
            "{}",
            r#"{"accessToken": {}, "expiresIn": 900, "refreshToken": "r", "tokenType": "aws_sigv4"}"#,
            r#"{"accessToken": {"accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t"}, "expiresIn": 900}"#,
            r#"{"accessToken": {"accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t"}, "expiresIn": -2147483648, "refreshToken": ""}"#,
        ] {
            let aws = aws_with_demo();
            answers(&aws, SIGN_IN, 200, body);
            let machine = machine(&aws, "2020-01-01T00:00:00Z");
            let run = machine.get();
            assert!(run.status == 1 && run.stderr.contains("(CC210)"), "{body}: {}", run.transcript());
            tells_nothing(&run, &[REFRESH_TOKEN]);
            assert_eq!(fs::read_to_string(machine.path(&file())).expect("the file"), session("2020-01-01T00:00:00Z"));
        }
    }

    #[test]
    fn an_outage_is_not_told_as_a_session_that_is_over() {
        let aws = aws_with_demo();
        answers(&aws, SIGN_IN, 503, r#"{"__type": "ServiceUnavailableException", "message": "Try again"}"#);
        assert_snapshot!("login_outage", machine(&aws, "2020-01-01T00:00:00Z").get().transcript());
        // With time left, the session serves.
        let ends = (chrono::Utc::now() + chrono::TimeDelta::minutes(3)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        machine(&aws, &ends).env("GIT_CODECOMMIT_VERIFY", "never").get().succeeds();
    }
}

mod sso {
    use super::*;
    use sha1::{Digest, Sha1};

    fn file() -> String {
        format!("home/.aws/sso/cache/{}.json", hex::lower(Sha1::digest("corp")))
    }

    fn machine(aws: &StandIn, expires: &str) -> Machine {
        let config = "[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
                      [sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
        let token = format!(
            r#"{{"accessToken": "old", "expiresAt": "{expires}", "refreshToken": "{SSO_REFRESH_TOKEN}",
            "clientId": "c", "clientSecret": "client-secret", "registrationExpiresAt": "2099-01-01T00:00:00Z"}}"#
        );
        Machine::before(aws).file("home/.aws/config", config).file(&file(), &token)
    }

    #[test]
    fn an_outage_is_not_told_as_a_sign_in_that_is_over() {
        let aws = aws_with_demo();
        answers(&aws, "oidc.eu-west-1.amazonaws.com", 503, r#"{"__type": "InternalServerException"}"#);
        assert_snapshot!("sso_outage", machine(&aws, "2020-01-01T00:00:00Z").get().transcript());
        let unreachable = machine(&aws, "2020-01-01T00:00:00Z").env("HTTPS_PROXY", "http://127.0.0.1:9").get();
        assert!(unreachable.stderr.contains("(CC220)"), "{}", unreachable.transcript());
    }

    #[test]
    fn too_many_requests_are_not_told_as_a_role_that_is_not_assigned() {
        let aws = aws_with_demo();
        let busy = r#"{"__type": "TooManyRequestsException", "message": "HTTP 429 Unknown Code"}"#;
        answers(&aws, "portal.sso.eu-west-1.amazonaws.com", 429, busy);
        assert_snapshot!("sso_throttled", machine(&aws, "2099-01-01T00:00:00Z").get().transcript());
    }

    #[test]
    fn credentials_that_are_over_when_they_come_say_that_the_clock_is_ahead() {
        let aws = aws_with_demo();
        aws.add_sso_session(SsoSession::new("old").refreshable(SSO_REFRESH_TOKEN).assigned(ACCOUNT, "Developer"));
        aws.set_clock_offset(stand_in::TimeDelta::hours(-3));
        let run = machine(&aws, "2099-01-01T00:00:00Z").get();
        assert!(
            run.status == 1 && run.stderr.contains("this machine's clock is ahead of AWS's (CC406)"),
            "{}",
            run.transcript()
        );
    }
}

mod settings {
    use super::*;

    fn role(aws: &StandIn, more: &str) -> Machine {
        aws.add_role(Role::new(ROLE).trusting(ALICE).trusting_web_identity("web-token"));
        let config = format!(
            "[default]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = eu-west-1\n{more}\
             [profile alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
        );
        Machine::before(aws).file("home/.aws/config", &config)
    }

    #[test]
    fn an_endpoint_without_a_scheme_is_named_and_no_request_is_printed() {
        let aws = aws_with_demo();
        let slip =
            |value| role(&aws, "mfa_serial = arn:aws:iam::111122223333:mfa/alice\n").env("AWS_ENDPOINT_URL", value);
        let machine = slip("localhost:4566");
        machine.program("askpass", "echo 765432");
        let askpass = machine.bin().join("askpass").display().to_string();
        let machine = machine.env("GIT_ASKPASS", &askpass);
        assert_snapshot!("endpoint_without_scheme", machine.get().transcript());
        for value in ["foo", "//host:1", "http://", "file:///x", "user:hunter2@host"] {
            let run = slip(value).env("GIT_TRACE_CODECOMMIT", "1").env("GIT_ASKPASS", &askpass).get();
            assert!(run.stderr.contains("(CC223)"), "{value}: {}", run.transcript());
            tells_nothing(&run, &["765432", "hunter2", "TokenCode"]);
        }
        // The other services' requests hold more to lose.
        let config = "[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
                      [sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
        let token = r#"{"accessToken": "sso-access-token", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "sso-refresh-token",
            "clientId": "c", "clientSecret": "client-secret", "registrationExpiresAt": "2099-01-01T00:00:00Z"}"#;
        let name = {
            use sha1::{Digest, Sha1};
            hex::lower(Sha1::digest("corp"))
        };
        for (token, secrets) in [
            (token.to_owned(), &["sso-refresh-token", "client-secret"][..]),
            (token.replace("2020", "2099"), &["sso-access-token"]),
        ] {
            let machine = Machine::before(&aws)
                .file("home/.aws/config", config)
                .file(&format!("home/.aws/sso/cache/{name}.json"), &token)
                .env("AWS_ENDPOINT_URL", "localhost:4566")
                .env("GIT_TRACE_CODECOMMIT", "1");
            let run = machine.get();
            assert!(run.stderr.contains("(CC223)"), "{}", run.transcript());
            tells_nothing(&run, secrets);
        }
        let machine = Machine::before(&aws)
            .file("home/token", "web-token")
            .env("AWS_ROLE_ARN", ROLE)
            .env("AWS_ENDPOINT_URL_STS", "localhost:4566");
        let token = machine.path("home/token").display().to_string();
        let run = machine.env("AWS_WEB_IDENTITY_TOKEN_FILE", &token).get();
        assert!(run.stderr.contains("(CC223)"), "{}", run.transcript());
        tells_nothing(&run, &["web-token"]);
    }

    #[test]
    fn a_containers_address_that_is_none_is_named() {
        for (variable, value) in [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "127.0.0.1:18181"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ""),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "v2/credentials"),
        ] {
            let run = Machine::new().env(variable, value).get();
            assert!(run.status == 1 && run.stderr.contains("(CC215)"), "{variable}={value}: {}", run.transcript());
            let told = if value.is_empty() { "set, but empty" } else { "not a" };
            assert!(run.stderr.contains(&format!("{variable}: {told}")), "{}", run.transcript());
        }
        let rewritten =
            Machine::new().env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "C:/Program Files/Git/v2/credentials/x");
        assert_snapshot!("container_uri_rewritten", rewritten.get().transcript());
    }

    #[test]
    fn a_role_in_a_chain_of_itself_does_not_wait_for_itself() {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting("arn:aws:iam::111122223333:root"));
        let config = format!(
            "[default]\nrole_arn = {ROLE}\nsource_profile = middle\n[profile middle]\nrole_arn = {ROLE}\nsource_profile = alice\n\
             [profile alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
        );
        let started = Instant::now();
        Machine::before(&aws).file("home/.aws/config", &config).get().succeeds();
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        assert_eq!(calls(&aws, "AssumeRole"), 2);
    }

    #[test]
    fn an_empty_role_session_name_is_none() {
        let aws = aws_with_demo();
        role(&aws, "role_session_name =\n").get().succeeds();
        let request = aws.requests().into_iter().find(|request| request.action.as_deref() == Some("AssumeRole"));
        let parameters = request.expect("a call").parameters;
        let name = parameters.iter().find(|(name, _)| name == "RoleSessionName").map(|(_, value)| value.clone());
        assert!(name.is_some_and(|name| name.starts_with("botocore-session-")), "{parameters:?}");
    }
}
