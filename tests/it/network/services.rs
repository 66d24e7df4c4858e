//! AWS STS, IAM Identity Center and sign-in, over TLS: each source of credentials ends within thirty seconds, and thirty
//! are all that the calls of one answer have together.

use crate::common::hostile::{Hostile, Manner, answer, measured};
use crate::common::sources::{FUTURE, PAST, in_minutes, login_file, login_session, sso_file, sso_token};
use crate::common::{ACCOUNT, ALICE, Machine, REGION, ROLE, SECRET, TOKEN, aws_with_demo};
use stand_in::{Role, SsoSession, StandIn};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

const REFRESH_TOKEN: &str = "sso-refresh-token";
pub const STS: &str = "sts.eu-west-1.amazonaws.com";
pub const PORTAL: &str = "portal.sso.eu-west-1.amazonaws.com";
pub const OIDC: &str = "oidc.eu-west-1.amazonaws.com";
pub const SIGN_IN: &str = "eu-west-1.signin.aws.amazon.com";

/// Thirty seconds, starting, and what a busy machine takes.
const WITHIN: f64 = 36.0;

/// What is not waited for: connecting, say, and each answer's first byte. The pauses between three attempts are 3 s at most.
const AT_ONCE: f64 = 12.0;

pub fn before(aws: &StandIn) -> Machine {
    Machine::before(aws).env("GIT_CODECOMMIT_VERIFY", "never")
}

pub fn role(aws: &StandIn) -> Machine {
    before(aws).with_role()
}

fn web_identity(aws: &StandIn) -> Machine {
    before(aws).with_web_identity()
}

pub fn sso(aws: &StandIn, expires: &str) -> Machine {
    before(aws).with_sso().file(&sso_file(), &sso_token("old", expires, REFRESH_TOKEN))
}

pub fn sign_in(aws: &StandIn) -> Machine {
    let keys =
        format!(r#""accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "old""#);
    before(aws).with_login().file(&login_file(), &login_session(&keys, PAST, "aor-refresh-token"))
}

#[test]
fn each_source_ends_within_its_time_whatever_its_service_sends() {
    type Source = (&'static str, &'static [Manner], fn(&StandIn) -> Machine);
    const FEW: &[Manner] =
        &[Manner::Silence, Manner::SlowHead, Manner::SlowBody, Manner::EndlessBody, Manner::EndlessHead];
    let sources: [Source; 5] = [
        (STS, &Manner::ALL, role),
        (STS, FEW, web_identity),
        (PORTAL, FEW, |aws| sso(aws, FUTURE)),
        (OIDC, FEW, |aws| sso(aws, PAST)),
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
                    assert!((1..=3).contains(&server.served()), "{what}: {} requests", server.served());
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
            (Manner::Silence, "no complete answer within 30 s"),
            (Manner::SlowBody, "no complete answer within 30 s"),
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

/// What AWS STS answers to `AssumeRole`.
pub fn assumed() -> String {
    format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
         <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>\
         <SessionToken>{TOKEN}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>\
         </Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
}

#[test]
fn all_roles_of_a_chain_have_thirty_seconds_together() {
    let first = std::sync::atomic::AtomicBool::new(true);
    let server = Hostile::start(move |_, to: &mut TcpStream| {
        if !first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return Manner::Silence.answer("", to);
        }
        thread::sleep(Duration::from_secs(8));
        answer(to, "200 OK", &assumed())
    });
    let aws = aws_with_demo();
    aws.lead(STS, server.address);
    let config = format!(
        "[default]\nrole_arn = {ROLE}Other\nsource_profile = first\nregion = {REGION}\n\
         [profile first]\nrole_arn = {ROLE}\nsource_profile = alice\n"
    );
    let measured = measured(&before(&aws).with_alice().file("home/.aws/config", &config)).within(WITHIN, "a chain");
    assert!(measured.run.stderr.contains("(CC220)"), "{}", measured.run.transcript());
    assert!(measured.took > Duration::from_secs(29), "{:?}", measured.took);
}

#[test]
fn a_renewal_that_is_not_needed_yet_leaves_time_for_the_role() {
    let silent = Hostile::always(Manner::Silence);
    let aws = aws_with_demo();
    aws.add_sso_session(SsoSession::new("old").refreshable(REFRESH_TOKEN).assigned(ACCOUNT, "Developer"));
    aws.lead(OIDC, silent.address);
    measured(&sso(&aws, &in_minutes(5))).within(22.0, "renewed for half the time, and not").run.succeeds();
    aws.lead(PORTAL, silent.address);
    let run = measured(&sso(&aws, &in_minutes(5))).within(WITHIN, "renewal and role together").run;
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
                PORTAL => sso(&aws, FUTURE),
                OIDC => sso(&aws, PAST),
                _ => sign_in(&aws),
            };
            let run = measured(&machine).within(AT_ONCE, host).run;
            assert_eq!(run.status, 1, "{}", run.transcript());
        }
    }
    assert_eq!(elsewhere.served(), 0);
}
