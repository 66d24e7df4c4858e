//! AWS STS, IAM Identity Center and sign-in, over TLS: each source of credentials ends within twenty seconds, and twenty
//! are all that the calls of one answer have together.

use crate::common::hostile::{Hostile, Manner, answer, measured};
use crate::common::{ACCOUNT, ALICE, DPOP_KEY, KEY_ID, Machine, REGION, SECRET, TOKEN, aws_with_demo};
use codecommit::hex;

use stand_in::{Role, SsoSession, StandIn};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

const ROLE: &str = "arn:aws:iam::111122223333:role/Deploy";
const SESSION: &str = "arn:aws:iam::111122223333:user/alice";
const REFRESH_TOKEN: &str = "sso-refresh-token";
const STS: &str = "sts.eu-west-1.amazonaws.com";
const PORTAL: &str = "portal.sso.eu-west-1.amazonaws.com";
const OIDC: &str = "oidc.eu-west-1.amazonaws.com";
const SIGN_IN: &str = "eu-west-1.signin.aws.amazon.com";

/// Twenty seconds, starting, and what a busy machine takes.
const WITHIN: f64 = 26.0;

/// What is not waited for: connecting, say, and each answer's first byte.
const AT_ONCE: f64 = 8.0;

fn keys() -> String {
    format!("[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
}

fn before(aws: &StandIn, config: &str) -> Machine {
    Machine::before(aws)
        .file("home/.aws/config", config)
        .file("home/.aws/credentials", &keys())
        .env("GIT_CODECOMMIT_VERIFY", "never")
}

fn role(aws: &StandIn) -> Machine {
    before(aws, &format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = {REGION}\n"))
}

fn web_identity(aws: &StandIn) -> Machine {
    let machine = before(aws, "").file("home/token", "web-token").env("AWS_ROLE_ARN", ROLE);
    let token = machine.path("home/token").display().to_string();
    machine.env("AWS_WEB_IDENTITY_TOKEN_FILE", &token)
}

fn sso(aws: &StandIn, expires: &str) -> Machine {
    let config = "[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
                  [sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    let token = format!(
        r#"{{"accessToken": "old", "expiresAt": "{expires}", "refreshToken": "{REFRESH_TOKEN}", "clientId": "c",
        "clientSecret": "client-secret", "registrationExpiresAt": "2099-01-01T00:00:00Z"}}"#
    );
    let name = hex::lower(<sha1::Sha1 as sha1::Digest>::digest("corp"));
    before(aws, config).file(&format!("home/.aws/sso/cache/{name}.json"), &token)
}

fn sign_in(aws: &StandIn) -> Machine {
    let session = format!(
        r#"{{"accessToken": {{"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "old",
        "accountId": "{ACCOUNT}", "expiresAt": "2020-01-01T00:00:00Z"}}, "refreshToken": "aor-refresh-token", "clientId": "c",
        "idToken": "i", "tokenType": "aws_sigv4", "dpopKey": "{DPOP_KEY}"}}"#
    );
    let name = hex::lower(<sha2::Sha256 as sha2::Digest>::digest(SESSION));
    before(aws, &format!("[default]\nlogin_session = {SESSION}\n"))
        .file(&format!("home/.aws/login/cache/{name}.json"), &session)
}

/// In five minutes: near enough to be renewed, and good until then.
fn soon() -> String {
    (chrono::Utc::now() + chrono::TimeDelta::minutes(5)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[test]
fn each_source_ends_within_its_time_whatever_its_service_sends() {
    type Source = (&'static str, &'static [Manner], fn(&StandIn) -> Machine);
    const FEW: &[Manner] =
        &[Manner::Silence, Manner::SlowHead, Manner::SlowBody, Manner::EndlessBody, Manner::EndlessHead];
    let sources: [Source; 5] = [
        (STS, &Manner::ALL, role),
        (STS, FEW, web_identity),
        (PORTAL, FEW, |aws| sso(aws, "2099-01-01T00:00:00Z")),
        (OIDC, FEW, |aws| sso(aws, "2020-01-01T00:00:00Z")),
        (SIGN_IN, FEW, sign_in),
    ];
    thread::scope(|scope| {
        for (host, manners, machine) in sources {
            for manner in manners {
                scope.spawn(move || {
                    let server = Hostile::always(*manner);
                    let aws = aws_with_demo();
                    aws.lead(host, server.address);
                    let what = format!("{host}, {manner:?}");
                    let run = measured(&machine(&aws)).within(WITHIN, &what).run;
                    assert!(run.status == 1 && run.stderr.contains("(CC220)"), "{what}: {}", run.transcript());
                    assert!((1..=2).contains(&server.served()), "{what}: {} requests", server.served());
                });
            }
        }
    });
}

#[test]
fn what_was_in_the_way_is_told_as_it_was() {
    thread::scope(|scope| {
        for (manner, told) in [
            (Manner::EndlessBody, "the answer is longer than 1 MiB"),
            (Manner::OneByteTooMany, "the answer is longer than 1 MiB"),
            (Manner::Silence, "no complete answer within 20 s"),
            (Manner::SlowBody, "no complete answer within 20 s"),
        ] {
            scope.spawn(move || {
                let server = Hostile::always(manner);
                let aws = aws_with_demo();
                aws.lead(STS, server.address);
                let run = role(&aws).get();
                assert!(
                    run.stderr.contains("(CC220)") && run.stderr.contains(told),
                    "{manner:?}: {}",
                    run.transcript()
                );
            });
        }
    });
}

#[test]
fn all_roles_of_a_chain_have_twenty_seconds_together() {
    let first = std::sync::atomic::AtomicBool::new(true);
    let server = Hostile::start(move |_, to: &mut TcpStream| {
        if !first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return Manner::Silence.answer("", to);
        }
        thread::sleep(Duration::from_secs(8));
        let body = format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
             <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>\
             <SessionToken>{TOKEN}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>\
             </Credentials></AssumeRoleResult></AssumeRoleResponse>"
        );
        answer(to, "200 OK", &body)
    });
    let aws = aws_with_demo();
    aws.lead(STS, server.address);
    let config = format!(
        "[default]\nrole_arn = {ROLE}Other\nsource_profile = first\nregion = {REGION}\n\
         [profile first]\nrole_arn = {ROLE}\nsource_profile = alice\n"
    );
    let measured = measured(&before(&aws, &config)).within(WITHIN, "a chain");
    assert!(measured.run.stderr.contains("(CC220)"), "{}", measured.run.transcript());
    assert!(measured.took > Duration::from_secs(19), "{:?}", measured.took);
}

#[test]
fn a_renewal_that_is_not_needed_yet_leaves_time_for_the_role() {
    let silent = Hostile::always(Manner::Silence);
    let aws = aws_with_demo();
    aws.add_sso_session(SsoSession::new("old").refreshable(REFRESH_TOKEN).assigned(ACCOUNT, "Developer"));
    aws.lead(OIDC, silent.address);
    measured(&sso(&aws, &soon())).within(17.0, "renewed for half the time, and not").run.succeeds();
    aws.lead(PORTAL, silent.address);
    let run = measured(&sso(&aws, &soon())).within(WITHIN, "renewal and role together").run;
    assert!(run.status == 1 && run.stderr.contains("(CC220)"), "{}", run.transcript());
}

#[test]
fn no_redirect_of_a_service_is_followed() {
    let elsewhere = Hostile::always(Manner::Garbage);
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let url = elsewhere.url();
        let server = Hostile::start(move |_, to| answer(to, &format!("{status}\r\nlocation: {url}/"), ""));
        for host in [STS, PORTAL, OIDC, SIGN_IN] {
            let aws = aws_with_demo();
            aws.add_role(Role::new(ROLE).trusting(ALICE));
            aws.lead(host, server.address);
            let machine = match host {
                STS => role(&aws),
                PORTAL => sso(&aws, "2099-01-01T00:00:00Z"),
                OIDC => sso(&aws, "2020-01-01T00:00:00Z"),
                _ => sign_in(&aws),
            };
            let run = measured(&machine).within(AT_ONCE, host).run;
            assert_eq!(run.status, 1, "{}", run.transcript());
        }
    }
    assert_eq!(elsewhere.served(), 0);
}
