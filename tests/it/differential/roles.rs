//! One cache of role credentials for both: what one program opens, the other uses.

use super::cli::{AwsCli, aws_clis};
use super::identity::{Case, open_world, same};
use crate::common::{ALICE, KEY_ID, Machine, SECRET, aws_with_demo, calls, request};
use stand_in::{Role, StandIn};

const ROLE: &str = "arn:aws:iam::111122223333:role/path/Deploy";

/// Profiles whose cache keys have something to get wrong.
const PROFILES: [&str; 4] = [
    "",
    "external_id = a\"b\\c/d é 😀\n",
    "role_session_name = alice@example.com\nduration_seconds = 3600\n",
    "duration_seconds = soon\nexternal_id = 12\n",
];

fn machine(aws: &StandIn, more: &str) -> Machine {
    let profile = format!("[default]\nregion = eu-west-1\nrole_arn = {ROLE}\nsource_profile = alice\n{more}");
    let keys = format!("[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    Machine::before(aws)
        .file("home/.aws/config", &profile)
        .file("home/.aws/credentials", &keys)
        .env("AWS_STS_REGIONAL_ENDPOINTS", "regional")
        .env("GIT_CODECOMMIT_VERIFY", "never")
}

#[test]
fn the_role_that_one_program_opens_the_other_uses() {
    for cli in aws_clis() {
        for (more, ours_first) in PROFILES.into_iter().flat_map(|more| [(more, true), (more, false)]) {
            let aws = aws_with_demo();
            aws.add_role(Role::new(ROLE).trusting(ALICE));
            let machine = cli.at_home_on(machine(&aws, more));
            let ours = || machine.get().succeeds().attribute("username").map(str::to_owned);
            let theirs =
                || cli.get(&machine, &[], &[], &request("demo")).succeeds().attribute("username").map(str::to_owned);
            let (first, second) = if ours_first { (ours(), theirs()) } else { (theirs(), ours()) };
            assert!(first.is_some(), "{more}");
            assert_eq!((first, calls(&aws, "AssumeRole")), (second, 1), "{more:?}, ours first: {ours_first}");
        }
    }
}

/// A person at a terminal answered the AWS CLI; here nobody is asked.
#[test]
fn a_role_with_mfa_that_the_aws_cli_has_opened_needs_no_second_code() {
    const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
    let terms =
        ["", "external_id = a\"b\\c/d é 😀\n", "role_session_name = alice@example.com\nduration_seconds = 900\n"];
    for cli in aws_clis() {
        for more in terms {
            let aws = aws_with_demo();
            let more = format!("mfa_serial = {DEVICE}\n{more}");
            let machine = machine(&aws, &more);
            let Some(name) = cli.script("cache_key.py", &[&machine.path("home/.aws/config")]) else { continue };
            let session = format!(
                r#"{{"Credentials": {{"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "{SECRET}", "SessionToken": "a-session-token",
                "Expiration": "2099-01-01T00:00:00Z"}}}}"#
            );
            let machine = machine.file(&format!("home/.aws/cli/cache/{}.json", name.trim()), &session);
            assert_eq!(machine.get().succeeds().key_id(), Some("ASIAIOSFODNN7EXAMPLE"), "{more}");
            assert_eq!(calls(&aws, "AssumeRole"), 0, "{more}");
        }
    }
}

/// What is kept, the call that gives it, and which AWS CLI keeps it too.
type Kept = (Case, &'static str, fn(&AwsCli) -> bool);

fn kept() -> [Kept; 5] {
    let session = "arn:aws:iam::111122223333:user/alice";
    let sso = "[default]\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let portal = "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    let with_session = format!("{sso}sso_session = corp\n[sso-session corp]\n{portal}");
    let web = "[default]\nrole_arn = {role/deploy}\nweb_identity_token_file = {root}/token\nrole_session_name = pod\n";
    [
        (
            same("a web identity").config(web).file("token", "web-token"),
            "AssumeRoleWithWebIdentity",
            AwsCli::keeps_web_identities_by_token,
        ),
        (
            same("a role of an SSO session").config(&with_session).signed_in("corp", 60),
            "GetRoleCredentials",
            AwsCli::is_version_2,
        ),
        (
            same("an SSO role of the older kind")
                .config(&format!("{sso}{portal}"))
                .signed_in("https://corp.awsapps.com/start", 60),
            "GetRoleCredentials",
            AwsCli::is_version_2,
        ),
        (same("an SSO sign-in").config(&with_session).renewable("corp", -5), "CreateToken", |_| true),
        (
            same("an aws login").config(&format!("[default]\nlogin_session = {session}\n")).logged_in(session, -5),
            "CreateOAuth2Token",
            AwsCli::knows_aws_login,
        ),
    ]
}

#[test]
fn what_one_program_has_asked_for_and_kept_the_other_does_not_ask_for_again() {
    for cli in aws_clis() {
        for (case, action, _) in kept().iter().filter(|(_, _, is_kept_by)| is_kept_by(cli)) {
            for ours_first in [true, false] {
                let aws = open_world();
                let machine = cli.at_home_on(case.machine(&aws));
                let ours = || machine.get().succeeds();
                let theirs = || cli.get(&machine, &[], &[], &request("demo")).succeeds();
                let _ = if ours_first { (ours(), theirs()) } else { (theirs(), ours()) };
                assert_eq!(calls(&aws, action), 1, "{action} beside {}, ours first: {ours_first}", cli.version);
            }
        }
    }
}
