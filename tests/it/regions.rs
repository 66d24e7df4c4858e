//! That nothing but the name of a region becomes a part of a host name or of a signature, whichever way it comes in.

use crate::common::{ACCOUNT, ALICE, DPOP_KEY, KEY_ID, Machine, SECRET, TOKEN, aws_with_demo, request, url};
use codecommit::hex;
use insta::assert_snapshot;

use stand_in::{Action, DenyTail, PolicyKind, SsoSession, StandIn};

const EVIL: &str = "evil.example/us-east-1";
const UNSCOPED: &str = "protocol=https\nhost=git-codecommit.amazonaws.com\npath=v1/repos/demo\n";
const CONFIG: &str = "home/.aws/config";

/// What was asked of the network, by the names that were looked for there.
fn asked(aws: &StandIn) -> Vec<String> {
    let requests = aws.requests().into_iter().map(|request| request.host);
    aws.tunnels().into_iter().map(|tunnel| tunnel.target).chain(requests).collect()
}

/// CC106 for `EVIL`, with where it comes from, and nothing sent.
#[track_caller]
fn refused(aws: &StandIn, machine: &Machine, arguments: &[&str], input: &str, origin: &str) {
    let run = machine.helper(arguments, input);
    let told = format!("error: `{EVIL}` is not a valid AWS region (CC106)\n  set by {origin}");
    assert!(run.status == 1 && run.stderr.contains(&told), "{origin}: {}", run.transcript());
    assert!(!arguments.contains(&"get") || run.stdout == "quit=1\n", "{}", run.transcript());
    assert_eq!(asked(aws), Vec::<String>::new(), "{origin}");
}

#[test]
fn a_host_without_a_region_is_signed_for_in_a_region_or_not_at_all() {
    let aws = aws_with_demo();
    let machine = || Machine::before(&aws).with_keys();
    let profile = |name: &str| format!("[{name}]\nregion = {EVIL}\n");
    refused(&aws, &machine(), &["--region", EVIL, "get"], UNSCOPED, "--region");
    refused(&aws, &machine().env("AWS_REGION", EVIL), &["get"], UNSCOPED, "AWS_REGION");
    refused(&aws, &machine().env("AWS_DEFAULT_REGION", EVIL), &["get"], UNSCOPED, "AWS_DEFAULT_REGION");
    let default = machine().file(CONFIG, &profile("default"));
    refused(&aws, &default, &["get"], UNSCOPED, "region of profile `default`");
    let work = machine().file(CONFIG, &profile("profile work"));
    refused(&aws, &work, &["get", "--profile", "work"], UNSCOPED, "region of profile `work`");
    // What takes precedence is what counts, right or wrong.
    refused(&aws, &machine().env("AWS_REGION", "us-east-1"), &["--region", EVIL, "get"], UNSCOPED, "--region");
    let machine = machine().env("AWS_REGION", EVIL);
    for region in ["us-east-1", "zz-central-7"] {
        let run = machine.helper(&["--region", region, "--verify", "never", "get"], UNSCOPED).succeeds();
        assert_eq!(run.key_id(), Some(KEY_ID));
    }
    assert_snapshot!("in_a_variable", machine.helper(&["get"], UNSCOPED).transcript());
}

#[test]
fn a_host_that_is_not_checked_still_takes_nothing_but_a_region() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).with_keys();
    let input = "protocol=https\nhost=corp_proxy.test:8443\npath=any/path.git\n";
    refused(&aws, &machine, &["--ignore-host-check", "--region", EVIL, "get"], input, "--region");
    let run = machine.helper(&["--ignore-host-check", "--region", "eu-west-1", "get"], input).succeeds();
    assert_eq!(run.key_id(), Some(KEY_ID));
}

#[test]
fn no_call_for_credentials_goes_to_a_host_made_of_a_setting() {
    let aws = aws_with_demo();
    let role = "role_arn = arn:aws:iam::111122223333:role/deploy\n";
    let keys = format!("[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    let assumed = |more: &str| {
        let config = format!("[default]\n{role}source_profile = alice\n{more}");
        Machine::before(&aws).file(CONFIG, &config).file("home/.aws/credentials", &keys)
    };
    let demo = &request("demo");
    refused(&aws, &assumed(""), &["--region", EVIL, "get"], demo, "--region");
    refused(&aws, &assumed("").env("AWS_REGION", EVIL), &["get"], demo, "AWS_REGION");
    refused(&aws, &assumed(&format!("region = {EVIL}\n")), &["get"], demo, "region of profile `default`");
    let web = format!("[default]\n{role}web_identity_token_file = /dev/null\n");
    let web = Machine::before(&aws).file(CONFIG, &web).env("AWS_DEFAULT_REGION", EVIL);
    refused(&aws, &web, &["get"], demo, "AWS_DEFAULT_REGION");
    // It does not matter to credentials that are at hand.
    let at_hand = Machine::before(&aws).with_keys().env("AWS_REGION", EVIL);
    assert_eq!(at_hand.helper(&["--verify", "never", "get"], demo).succeeds().key_id(), Some(KEY_ID));
}

#[test]
fn neither_sso_nor_aws_login_is_asked_at_a_host_made_of_a_setting() {
    let aws = aws_with_demo();
    aws.add_sso_session(SsoSession::new("sso-token").assigned(ACCOUNT, "Developer"));
    let profile = format!("sso_account_id = {ACCOUNT}\nsso_role_name = Developer\n");
    let portal = format!("sso_start_url = https://corp.awsapps.com/start\nsso_region = {EVIL}\n");
    let config = format!(
        "[profile dev]\nsso_session = corp\n{profile}[sso-session corp]\n{portal}[profile old]\n{profile}{portal}"
    );
    let file =
        |name: &str| format!("home/.aws/sso/cache/{}.json", hex::lower(<sha1::Sha1 as sha1::Digest>::digest(name)));
    let machine = |name: &str, token: &str| Machine::before(&aws).file(CONFIG, &config).file(&file(name), token);
    let token = r#"{"accessToken": "sso-token", "expiresAt": "2099-01-01T00:00:00Z"}"#;
    let demo = &request("demo");
    let session = machine("corp", token);
    refused(&aws, &session, &["--profile", "dev", "get"], demo, "sso_region of sso-session `corp`");
    let old = machine("https://corp.awsapps.com/start", token);
    refused(&aws, &old, &["--profile", "old", "get"], demo, "sso_region of profile `old`");
    let renewable = r#"{"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "r", "clientId": "c",
        "clientSecret": "s", "registrationExpiresAt": "2099-01-01T00:00:00Z"}"#;
    let renewed = machine("corp", renewable);
    refused(&aws, &renewed, &["--profile", "dev", "get"], demo, "sso_region of sso-session `corp`");

    let kept = |more: &str| {
        format!(
            r#"{{"accessToken": {{"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "{TOKEN}",
            "accountId": "{ACCOUNT}", "expiresAt": "2020-01-01T00:00:00Z"}}, "refreshToken": "r", "clientId": "c", "idToken": "i",
            "tokenType": "aws_sigv4", {more}"dpopKey": "{DPOP_KEY}"}}"#
        )
    };
    let file = format!("home/.aws/login/cache/{}.json", hex::lower(<sha2::Sha256 as sha2::Digest>::digest(ALICE)));
    let login = |more: &str| {
        Machine::before(&aws).file(CONFIG, &format!("[default]\nlogin_session = {ALICE}\n")).file(&file, &kept(more))
    };
    let named = login(&format!("\"signInRegion\": \"{EVIL}\", "));
    refused(&aws, &named, &["get"], demo, "signInRegion in the aws login file of profile `default`");
    refused(&aws, &login("").env("AWS_REGION", EVIL), &["get"], demo, "AWS_REGION");
    let run = named.env("AWS_REGION", EVIL).get();
    assert!(run.stderr.contains("signInRegion"), "the file's own counts: {}", run.transcript());
}

#[test]
fn the_search_for_a_reason_asks_in_no_region_that_is_none() {
    let aws = aws_with_demo();
    aws.deny(ALICE, Action::GitPull, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
    let config = format!("[default]\nregion = {EVIL}\nsso_region = {EVIL}\n[profile x]\nregion = us-west-2\n");
    let machine = Machine::before(&aws).with_keys().env("AWS_DEFAULT_REGION", EVIL).file(CONFIG, &config);
    for name in ["demo", "nowhere"] {
        let run = machine.helper(&["--verify", "always", "get"], &request(name));
        assert!(run.status == 1 && run.stderr.contains("(CC4"), "{}", run.transcript());
    }
    let hosts = asked(&aws);
    assert!(hosts.iter().any(|host| host.contains("us-west-2")), "it was looked for elsewhere: {hosts:?}");
    assert!(hosts.iter().all(|host| !host.contains("evil") && host.contains(".amazonaws.com")), "{hosts:?}");
}

#[test]
fn doctor_and_setup_refuse_a_region_that_is_none() {
    let aws = aws_with_demo();
    let config = "[credential]\n\thelper = codecommit\n\tuseHttpPath = true\n";
    let machine = Machine::before(&aws).with_keys().env("AWS_REGION", EVIL).file("home/.gitconfig", config);
    let doctor =
        machine.git(&["credential-codecommit", "doctor", "https://git-codecommit.amazonaws.com/v1/repos/demo"]);
    assert!(doctor.status == 1 && doctor.stdout.contains("CC106 "), "{}", doctor.transcript());
    assert!(doctor.stdout.contains("set by AWS_REGION;"), "{}", doctor.transcript());
    assert_eq!(asked(&aws), Vec::<String>::new());
    // Where it does not matter, all is well.
    let doctor = machine.git(&["credential-codecommit", "doctor", &url("demo")]);
    assert_eq!(doctor.status, 0, "{}", doctor.transcript());

    let before = std::fs::read_to_string(machine.path("home/.gitconfig")).expect("a configuration");
    refused(&StandIn::start(), &machine, &["setup", "--region", EVIL], "", "--region");
    assert_eq!(std::fs::read_to_string(machine.path("home/.gitconfig")).expect("a configuration"), before);
}

#[test]
fn an_address_of_the_remote_helper_becomes_no_host_of_another_region() {
    let aws = aws_with_demo();
    let remote = env!("CARGO_BIN_EXE_git-remote-codecommit");
    let told = |machine: &Machine, address: &str| {
        let run = machine.run(remote.as_ref(), &["origin", address], b"");
        assert_eq!(run.status, 1, "{}", run.transcript());
        run.stderr
    };
    let machine = || Machine::before(&aws).with_keys();
    for region in ["evil.example/", "eu-west-1.evil.example", "evil.example#", "eu-west-1@evil"] {
        let stderr = told(&machine(), &format!("{region}://demo"));
        assert!(stderr.contains("(CC113)"), "{stderr}");
    }
    let config = format!("[default]\nregion = {EVIL}\n");
    for (machine, origin) in [
        (machine().env("AWS_REGION", EVIL), "AWS_REGION"),
        (machine().env("AWS_DEFAULT_REGION", EVIL), "AWS_DEFAULT_REGION"),
        (machine().file(CONFIG, &config), "region of profile `default`"),
        // A host of CodeCommit's that names no region.
        (
            machine().file(CONFIG, &config).env("CODE_COMMIT_ENDPOINT", "git-codecommit.amazonaws.com"),
            "region of profile `default`",
        ),
    ] {
        let stderr = told(&machine, "codecommit://demo");
        assert!(stderr.contains("(CC106)") && stderr.contains(&format!("set by {origin}")), "{stderr}");
    }
    assert_eq!(asked(&aws), Vec::<String>::new());
}
