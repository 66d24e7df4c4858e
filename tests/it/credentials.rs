//! Where credentials come from, and what is said where they do not.

use crate::common::transcript::Transcript;
use crate::common::{
    ACCOUNT, ALICE, DPOP_KEY, HOST, KEY_ID, Machine, REGION, ROLE, SECRET, TOKEN, aws_with_demo, request, url,
};
use codecommit::hex;
use insta::assert_snapshot;
use stand_in::{AccessKey, FixedAnswer, ImdsMode, ProxyAnswer, Role, SsoSession, StandIn};
use std::time::{Duration, Instant};

const CONFIG: &str = "home/.aws/config";
const CREDENTIALS: &str = "home/.aws/credentials";

fn keys(profile: &str) -> String {
    format!("[{profile}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
}

/// The whole output of a `get` that fails, on a machine with this config file.
fn said(config: &str) -> String {
    Machine::new().file(CONFIG, config).get().transcript()
}

/// Clones with the real git: the credentials must be good at the stand-in too.
fn clones(machine: Machine) -> Machine {
    let machine = machine.configured();
    machine.git(&["clone", "-q", &url("demo")]).succeeds();
    machine
}

/// The one request of this action that the stand-in saw.
fn the_call(aws: &StandIn, action: &str) -> stand_in::Request {
    let mut calls = aws.requests();
    calls.retain(|request| request.action.as_deref() == Some(action));
    assert_eq!(calls.len(), 1, "{action}: {:?}", aws.requests());
    calls.remove(0)
}

mod at_hand {
    use super::*;

    #[test]
    fn a_static_profile_needs_no_network() {
        // No stand-in: the machine's proxy goes nowhere.
        let machine = Machine::new().file(CREDENTIALS, &keys("default"));
        assert_eq!(machine.get().succeeds().key_id(), Some(KEY_ID));
        let config = Machine::new().file(CONFIG, &keys("profile dev")).env("AWS_PROFILE", "dev");
        assert_eq!(config.get().succeeds().key_id(), Some(KEY_ID));
    }

    #[test]
    fn an_explicit_profile_beats_keys_in_the_environment_and_one_from_a_variable_does_not() {
        let machine = Machine::new()
            .with_keys()
            .file("home/.gitconfig", "[credential]\n\tusername = other\n")
            .file(CREDENTIALS, "[other]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = s\n");
        let other = Some("AKIDOTHER");
        assert_eq!(machine.helper(&["--profile", "other", "get"], &request("demo")).key_id(), other);
        let by_username = format!("{}username=other\n", request("demo"));
        assert_eq!(machine.helper(&["get"], &by_username).key_id(), other);
        assert_eq!(machine.env("AWS_PROFILE", "other").get().key_id(), Some(KEY_ID));
    }

    #[test]
    fn the_flag_beats_the_user_name_which_beats_the_variables() {
        let two = "[one]\naws_access_key_id = AKIDONE\naws_secret_access_key = s\n\
                   [two]\naws_access_key_id = AKIDTWO\naws_secret_access_key = s\n";
        let machine = Machine::new().file(CREDENTIALS, &(keys("three") + two)).env("AWS_DEFAULT_PROFILE", "three");
        let machine = machine.file("home/.gitconfig", &format!("[credential \"https://{HOST}\"]\n\tusername = two\n"));
        let by_username = format!("{}username=two\n", request("demo"));
        assert_eq!(machine.helper(&["--profile", "one", "get"], &by_username).key_id(), Some("AKIDONE"));
        assert_eq!(machine.helper(&["get"], &by_username).key_id(), Some("AKIDTWO"));
        assert_eq!(machine.get().key_id(), Some(KEY_ID));
        assert_eq!(machine.env("AWS_PROFILE", "two").get().key_id(), Some("AKIDTWO"), "before AWS_DEFAULT_PROFILE");
    }

    #[test]
    fn the_files_are_found_where_the_variables_say() {
        let machine = Machine::new().file("elsewhere/c", &keys("default")).env("D", "elsewhere");
        let root = machine.path("").display().to_string();
        let machine = machine.env("AWS_SHARED_CREDENTIALS_FILE", &format!("{root}/$D/c")).without("HOME");
        assert_eq!(machine.get().succeeds().key_id(), Some(KEY_ID));
    }

    #[test]
    fn a_credential_process_is_run_once_without_a_shell_and_without_gits_request() {
        let machine = Machine::new();
        machine.program(
            "vend",
            &format!(
                r#"cat >>"$0.stdin"; echo run >>"$0.log"; echo noise >&2
                printf '{{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"{SECRET}","SessionToken":"%s"}}' "$1""#
            ),
        );
        let machine = machine.file(
            CONFIG,
            "[default]\ncredential_process = vend \"t $HOME;\"\n".replace("t $HOME;", "t$HOME;").as_str(),
        );
        let run = machine.get().succeeds();
        assert_eq!(run.attribute("username"), Some("ASIAIOSFODNN7EXAMPLE%t$HOME;"), "no shell expanded it");
        assert_eq!(run.stderr, "", "what a program says is told only when it fails");
        let log = |name: &str| std::fs::read_to_string(machine.bin().join(name)).expect("a log");
        assert_eq!((log("vend.log").as_str(), log("vend.stdin").as_str()), ("run\n", ""));
    }
}

mod fetched {
    use super::*;

    #[test]
    fn a_role_is_assumed_with_its_source_profile_in_the_configured_region() {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting(ALICE).requiring_external_id("E1"));
        let role = format!(
            "[profile deploy]\nrole_arn = {ROLE}\nsource_profile = alice\nexternal_id = E1\nrole_session_name = ci\n\
             duration_seconds = 900\nregion = us-west-2\n"
        );
        let machine = Machine::before(&aws).file(CONFIG, &role).file(CREDENTIALS, &keys("alice"));
        clones(machine.env("AWS_PROFILE", "deploy"));
        let call = the_call(&aws, "AssumeRole");
        assert_eq!(call.host, "sts.us-west-2.amazonaws.com", "the profile's region");
        assert_eq!(call.access_key_id.as_deref(), Some(KEY_ID));
        let parameters =
            ["RoleArn", "ExternalId", "RoleSessionName", "DurationSeconds"].map(|name| call.parameter(name));
        assert_eq!(parameters, [Some(ROLE), Some("E1"), Some("ci"), Some("900")]);
    }

    #[test]
    fn the_region_of_sts_is_the_flags_the_variables_the_profiles_or_the_hosts() {
        let asked = |arguments: &[&str], region: &str, variable: &str| {
            let aws = aws_with_demo();
            aws.add_role(Role::new(ROLE).trusting(ALICE));
            let role = format!("[profile deploy]\nrole_arn = {ROLE}\nsource_profile = alice\n{region}");
            let machine =
                Machine::before(&aws).file(CONFIG, &role).file(CREDENTIALS, &keys("alice")).env("AWS_REGION", variable);
            let arguments: Vec<&str> =
                ["--profile", "deploy"].iter().chain(arguments).chain(&["get"]).copied().collect();
            machine.helper(&arguments, &request("demo")).succeeds();
            the_call(&aws, "AssumeRole").host
        };
        assert_eq!(
            asked(&["--region", "us-east-2"], "region = us-west-2\n", "ap-south-1"),
            "sts.us-east-2.amazonaws.com"
        );
        assert_eq!(asked(&[], "region = us-west-2\n", "ap-south-1"), "sts.ap-south-1.amazonaws.com");
        assert_eq!(asked(&[], "region = us-west-2\n", ""), "sts.us-west-2.amazonaws.com");
        assert_eq!(asked(&[], "", ""), "sts.eu-west-1.amazonaws.com");
    }

    #[test]
    fn a_chain_of_roles_is_followed() {
        let aws = aws_with_demo();
        let middle = "arn:aws:iam::111122223333:role/Middle";
        aws.add_role(Role::new(middle).trusting(ALICE));
        aws.add_role(Role::new(ROLE).trusting(middle));
        let config = format!(
            "[profile a]\nrole_arn = {ROLE}\nsource_profile = b\n[profile b]\nrole_arn = {middle}\ncredential_source = Environment\n"
        );
        let machine = Machine::before(&aws)
            .with_keys()
            .file(CONFIG, &config)
            .file("home/.gitconfig", "[credential]\n\thelper = codecommit --profile a\n\tuseHttpPath = true\n");
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
        let session =
            aws.requests().into_iter().find(|request| request.action.as_deref() == Some("AssumeRole")).expect("a call");
        assert!(
            session.parameter("RoleSessionName").is_some_and(|name| name.starts_with("botocore-session-")),
            "the AWS CLI's"
        );
    }

    #[test]
    fn a_web_identity_opens_its_role() {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting_web_identity("web-token"));
        let machine = Machine::before(&aws).file("home/token", "web-token");
        let token = machine.path("home/token").display().to_string();
        clones(machine.env("AWS_WEB_IDENTITY_TOKEN_FILE", &token).env("AWS_ROLE_ARN", ROLE));
        assert_eq!(the_call(&aws, "AssumeRoleWithWebIdentity").parameter("RoleArn"), Some(ROLE));
    }

    /// Two profiles of the same role: `dev` with an `sso-session`, `old` of the older kind.
    fn sso_machine(aws: &StandIn) -> Machine {
        let profile = format!("sso_account_id = {ACCOUNT}\nsso_role_name = Developer\n");
        let session = "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-central-1\n";
        Machine::before(aws)
            .file(
                CONFIG,
                &format!("[profile dev]\nsso_session = corp\n{profile}[sso-session corp]\n{session}[profile old]\n{profile}{session}"),
            )
    }

    #[test]
    fn an_sso_session_gives_the_roles_credentials() {
        let aws = aws_with_demo();
        aws.add_sso_session(SsoSession::new("sso-token").assigned(ACCOUNT, "Developer"));
        let token = r#"{"accessToken": "sso-token", "expiresAt": "2099-01-01T00:00:00Z"}"#;
        clones(sso_machine(&aws).file(&sso_file("corp"), token).env("AWS_PROFILE", "dev"));
        assert_eq!(the_call(&aws, "GetRoleCredentials").host, "portal.sso.eu-central-1.amazonaws.com");
    }

    #[test]
    fn a_legacy_sso_profile_uses_the_token_of_its_start_url() {
        let aws = aws_with_demo();
        aws.add_sso_session(SsoSession::new("sso-token").assigned(ACCOUNT, "Developer"));
        let token = r#"{"accessToken": "sso-token", "expiresAt": "2099-01-01T00:00:00UTC"}"#;
        let machine = sso_machine(&aws).file(&sso_file("https://corp.awsapps.com/start"), token);
        clones(machine.env("AWS_PROFILE", "old"));
    }

    #[test]
    fn an_sso_sign_in_near_its_end_is_renewed_and_kept_for_the_aws_cli() {
        let aws = aws_with_demo();
        aws.add_sso_session(SsoSession::new("old").refreshable("refresh-1").expired().assigned(ACCOUNT, "Developer"));
        let token = r#"{"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "refresh-1",
            "clientId": "c", "clientSecret": "s", "registrationExpiresAt": "2099-01-01T00:00:00Z", "extra": 1}"#;
        let file = sso_file("corp");
        let machine = clones(sso_machine(&aws).file(&file, token).env("AWS_PROFILE", "dev"));
        let kept = std::fs::read_to_string(machine.path(&file)).expect("the token file");
        assert!(!kept.contains("\"old\"") && !kept.contains("2020-01-01") && kept.contains("\"extra\":1"), "{kept}");
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(machine.path(&file)).expect("the file").permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        // The kept one serves the next time.
        aws.forget();
        machine.get().succeeds();
        assert!(aws.requests().iter().all(|request| request.action.as_deref() != Some("CreateToken")));
    }

    #[test]
    fn sso_troubles_name_the_sign_in_command() {
        let aws = aws_with_demo();
        let machine = sso_machine(&aws).env("AWS_PROFILE", "dev");
        assert_snapshot!("sso_not_signed_in", machine.get().transcript());
        let file = sso_file("corp");
        let machine = machine.file(&file, r#"{"accessToken": "gone", "expiresAt": "2026-01-02T03:04:05Z"}"#);
        assert_snapshot!("sso_expired", machine.get().transcript());
        let renewable = r#"{"accessToken": "gone", "expiresAt": "2026-01-02T03:04:05Z", "refreshToken": "unknown", "clientId": "c",
            "clientSecret": "s", "registrationExpiresAt": "2099-01-01T00:00:00Z"}"#;
        let machine = machine.file(&file, renewable);
        assert_snapshot!("sso_renewal_refused", machine.get().transcript());
        let machine = machine.file(&file, r#"{"accessToken": "gone", "expiresAt": "2099-01-02T03:04:05Z"}"#);
        assert_snapshot!("sso_ended_by_the_portal", machine.get().transcript());
        aws.add_sso_session(SsoSession::new("no-role").assigned(ACCOUNT, "Other"));
        let machine = machine.file(&file, r#"{"accessToken": "no-role", "expiresAt": "2099-01-02T03:04:05Z"}"#);
        assert_snapshot!("sso_role_not_assigned", machine.get().transcript());
        let machine = machine.file(&file, "{ half");
        assert_snapshot!("sso_token_file_broken", machine.get().transcript());
        // Debian's lives in /usr/bin.
        std::fs::remove_file(machine.bin().join("aws")).expect("to take the AWS CLI away");
        let path = machine.bin().display().to_string();
        assert_snapshot!("hint_without_the_aws_cli", machine.env("PATH", &path).get().transcript());
    }

    /// Where the AWS CLI keeps the sign-in of a session or start URL.
    fn sso_file(name: &str) -> String {
        use sha1::{Digest, Sha1};
        format!("home/.aws/sso/cache/{}.json", hex::lower(Sha1::digest(name)))
    }

    #[test]
    fn a_container_role_is_used_and_its_token_is_sent() {
        let aws = aws_with_demo();
        aws.set_container_role(ALICE, Some("container-token"));
        let machine = Machine::before(&aws).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url());
        assert_snapshot!("container_refused", machine.get().transcript().replace(&aws.container_url(), "[CONTAINER]"));
        let machine = machine.file("home/token", "container-token");
        let token = machine.path("home/token").display().to_string();
        clones(machine.env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token));
    }

    #[test]
    fn an_instance_role_is_used_where_nothing_else_is_configured() {
        let aws = aws_with_demo();
        aws.set_instance_role("Runner", ALICE);
        let machine = Machine::before(&aws)
            .env("AWS_EC2_METADATA_DISABLED", "false")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &aws.imds_url());
        let machine = clones(machine);
        for (mode, name) in [
            (ImdsMode::Disabled, "imds_switched_off"),
            (ImdsMode::NoRole, "imds_without_a_role"),
            (ImdsMode::Silent, "imds_silent"),
            (ImdsMode::OfAnotherCloud, "imds_of_another_cloud"),
        ] {
            aws.set_imds(mode);
            let started = Instant::now();
            assert_snapshot!(name, machine.get().transcript().replace(&aws.imds_url(), "[IMDS]"));
            assert!(started.elapsed() < Duration::from_millis(2500), "{name} took {:?}", started.elapsed());
        }
    }

    #[test]
    fn a_role_that_cannot_be_opened_names_the_role_the_caller_and_what_sts_said() {
        let aws = aws_with_demo();
        let role = |more: &str| format!("[profile deploy]\nrole_arn = {ROLE}\nsource_profile = alice\n{more}");
        let machine = |more: &str| {
            Machine::before(&aws)
                .file(CONFIG, &role(more))
                .file(CREDENTIALS, &keys("alice"))
                .env("AWS_PROFILE", "deploy")
        };
        assert_snapshot!("role_denied", machine("").get().transcript());
        assert_snapshot!(
            "role_with_mfa",
            machine("mfa_serial = arn:aws:iam::111122223333:mfa/alice\n").get().transcript()
        );
        let unknown =
            machine("").file(CREDENTIALS, "[alice]\naws_access_key_id = AKIAUNKNOWN\naws_secret_access_key = s\n");
        assert_snapshot!("role_opened_with_an_unknown_key", unknown.get().transcript());
        let web = Machine::before(&aws).env("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/token").env("AWS_ROLE_ARN", ROLE);
        assert_snapshot!("web_identity_without_its_file", web.get().transcript());
        let web = Machine::before(&aws).file("home/token", "stranger").env("AWS_ROLE_ARN", ROLE);
        let token = web.path("home/token").display().to_string();
        assert_snapshot!("web_identity_denied", web.env("AWS_WEB_IDENTITY_TOKEN_FILE", &token).get().transcript());
    }

    #[test]
    fn an_endpoint_that_cannot_be_reached_is_named_with_the_proxy_and_the_certificate() {
        let aws = aws_with_demo();
        let role = format!("[default]\nrole_arn = {ROLE}\ncredential_source = Environment\n");
        // Keys in the environment come first, unless the profile is chosen explicitly.
        let get = |machine: Machine| {
            let run =
                machine.with_keys().file(CONFIG, &role).helper(&["--profile", "default", "get"], &request("demo"));
            run.transcript().replace(aws.proxy_url().trim_start_matches("http://"), "[PROXY]")
        };
        let machine = || Machine::before(&aws);
        assert_snapshot!(
            "certificate_not_trusted",
            get(machine().without("AWS_CA_BUNDLE").without("SSL_CERT_FILE").without("GIT_SSL_CAINFO"))
        );
        assert_snapshot!("ca_bundle_missing", get(machine().env("AWS_CA_BUNDLE", "/no/such/bundle.pem")));
        let machine_with_text = machine().file("home/bundle.pem", "no certificate\n");
        let bundle = machine_with_text.path("home/bundle.pem").display().to_string();
        assert_snapshot!("ca_bundle_empty", get(machine_with_text.env("AWS_CA_BUNDLE", &bundle)));
        assert_snapshot!("proxy_setting_malformed", get(machine().env("HTTPS_PROXY", "ftp://127.0.0.1:1080")));
        assert_snapshot!("proxy_not_listening", get(machine().env("HTTPS_PROXY", "http://127.0.0.1:9")));
        aws.set_proxy(ProxyAnswer::Forbidden);
        assert_snapshot!("proxy_forbids", get(machine()));
        aws.set_proxy(ProxyAnswer::Tunnel);
        let page = FixedAnswer {
            status: 503,
            content_type: Some("text/html".into()),
            body: "<html>busy</html>".into(),
            from_aws: false,
        };
        aws.fix_answer("sts.eu-west-1.amazonaws.com", page);
        assert_snapshot!("sts_answers_with_a_page", get(machine()));
    }

    #[test]
    fn git_s_own_proxy_and_ca_settings_serve_aws_calls_too() {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting(ALICE));
        let machine = Machine::before(&aws)
            .file(CONFIG, &format!("[profile deploy]\nrole_arn = {ROLE}\nsource_profile = alice\n"))
            .file(CREDENTIALS, &keys("alice"))
            .env("AWS_PROFILE", "deploy")
            .configured();
        let mut machine = machine;
        for name in ["HTTPS_PROXY", "AWS_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"] {
            machine = machine.without(name);
        }
        machine.git(&["config", "--global", "http.proxy", &aws.proxy_url()]).succeeds();
        machine.git(&["config", "--global", "http.sslCAInfo", &aws.ca_file().display().to_string()]).succeeds();
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
        assert_eq!(the_call(&aws, "AssumeRole").status, 200);
        // Never switched off for AWS, whatever git is told.
        std::fs::remove_dir_all(machine.path("home/.aws/cli")).expect("to forget the role's credentials");
        machine.git(&["config", "--global", "http.sslCAInfo", "/dev/null"]).succeeds();
        machine.git(&["config", "--global", "http.sslVerify", "false"]).succeeds();
        let run = machine.git(&["clone", "-q", &url("demo"), "again"]);
        assert!(run.stderr.contains("(CC221)"), "{}", run.stderr);
    }

    #[test]
    fn a_ca_bundle_of_the_flag_or_the_profile_is_trusted() {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting(ALICE));
        let ca = aws.ca_file().display().to_string();
        let machine = |setting: &str| {
            let role = format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\n{setting}");
            let machine = Machine::before(&aws).file(CONFIG, &role).file(CREDENTIALS, &keys("alice"));
            ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO"].into_iter().fold(machine, Machine::without)
        };
        assert_eq!(machine("").get().status, 1, "nothing makes the throw-away authority known");
        machine("").helper(&["--ca-bundle", &ca, "get"], &request("demo")).succeeds();
        machine(&format!("ca_bundle = {ca}\n")).get().succeeds();
    }

    #[test]
    fn a_configured_endpoint_is_asked_and_no_proxy_is_honored() {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting(ALICE));
        let role = format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\nservices = s\n");
        let services = "[services s]\nsts =\n  endpoint_url = https://sts.us-west-2.amazonaws.com\n";
        let machine =
            || Machine::before(&aws).file(CREDENTIALS, &keys("alice")).file(CONFIG, &format!("{role}{services}"));
        // Signed for the region of the configuration and sent to another one: STS refuses, as it would the AWS CLI.
        assert!(machine().get().stderr.contains("scoped to a valid Region, not eu-west-1"));
        assert_eq!(the_call(&aws, "AssumeRole").host, "sts.us-west-2.amazonaws.com");
        // A dead proxy is in the way of the stand-in's own address, unless NO_PROXY names it.
        let direct = format!("https://localhost:{}", aws.tls_address().port());
        let machine = machine().env("AWS_ENDPOINT_URL_STS", &direct).env("HTTPS_PROXY", "http://127.0.0.1:9");
        assert!(machine.get().stderr.contains("proxy: 127.0.0.1:9"));
        let run = machine.env("NO_PROXY", "localhost,.corp.test").get();
        assert!(run.stderr.contains("HTTP 404"), "reached without the proxy: {}", run.stderr);
    }

    #[test]
    fn aws_login_is_used_from_its_cache_and_renewed() {
        let aws = aws_with_demo();
        let session = "arn:aws:iam::111122223333:user/alice";
        let machine = Machine::before(&aws).file(CONFIG, &format!("[default]\nlogin_session = {session}\n"));
        assert_snapshot!("login_needed", machine.get().transcript());
        let file = format!("home/.aws/login/cache/{}.json", login_name(session));
        aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, ALICE));
        let cached = |expires: &str, dpop_key: &str| {
            format!(
                r#"{{"accessToken": {{"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "{TOKEN}",
                "accountId": "{ACCOUNT}", "expiresAt": "{expires}"}}, "refreshToken": "r", "clientId": "c", "idToken": "i",
                "tokenType": "aws_sigv4", "dpopKey": "{dpop_key}"}}"#
            )
        };
        clones(machine.file(&file, &cached("2099-01-01T00:00:00Z", "not looked at")));
        let machine = || Machine::before(&aws).file(CONFIG, &format!("[default]\nlogin_session = {session}\n"));
        let stale = machine().file(&file, &cached("2020-01-01T00:00:00Z", "not a key"));
        assert_snapshot!("login_that_cannot_be_renewed", stale.get().transcript());
        aws.add_login_session("r", ALICE);
        let renewed = clones(machine().file(&file, &cached("2020-01-01T00:00:00Z", DPOP_KEY)));
        let kept = std::fs::read_to_string(renewed.path(&file)).expect("the session");
        assert!(!kept.contains("2020-01-01"), "the renewed session is kept for the AWS CLI");
    }

    fn login_name(session: &str) -> String {
        use sha2::{Digest, Sha256};
        hex::lower(Sha256::digest(session))
    }
}

mod refused {
    use super::*;

    #[test]
    fn nothing_configured_lists_every_source() {
        assert_snapshot!("no_credentials", Machine::new().get().transcript());
        assert_snapshot!(
            "no_credentials_without_a_home",
            Machine::new().env("HOME", "/no/such/home").get().transcript()
        );
        assert_snapshot!(
            "no_credentials_but_profiles",
            said(
                "[default]\nregion = eu-west-1\n[profile dev]\nregion = eu-west-1\n[profile prod]\nregion = us-east-1\n"
            )
        );
        assert_snapshot!("secret_alone", Machine::new().env("AWS_SECRET_ACCESS_KEY", SECRET).get().transcript());
    }

    #[test]
    fn a_profile_that_does_not_exist_is_told_with_those_that_do() {
        let machine =
            Machine::new().with_keys().file(CONFIG, "[profile prod]\nregion = x\n").file(CREDENTIALS, &keys("dev"));
        let by_variable = machine.env("AWS_PROFILE", "pord");
        assert_snapshot!("profile_not_found", by_variable.get().transcript());
        let by_flag = by_variable.helper(&["--profile", "nothing-like-it", "get"], &request("demo"));
        assert_snapshot!("profile_not_found_by_flag", by_flag.transcript());
        assert_snapshot!("profile_not_found_among_none", Machine::new().env("AWS_PROFILE", "dev").get().transcript());
    }

    #[test]
    fn half_a_key_pair_names_the_other_half() {
        let machine = Machine::new().env("AWS_ACCESS_KEY_ID", KEY_ID).file(CREDENTIALS, &keys("default"));
        assert_snapshot!("half_key_pair", machine.get().transcript());
    }

    #[test]
    fn a_malformed_file_is_named_with_its_line() {
        assert_snapshot!("config_without_bracket", said("[default]\nregion = x\n\n[profile dev\nregion = y\n"));
        assert_snapshot!("config_repeated_section", said("[default]\nregion = x\n[default]\nregion = y\n"));
        let machine = Machine::new().file(CREDENTIALS, "[default]\naws_access_key_id\n");
        assert_snapshot!("credentials_without_value", machine.get().transcript());
    }

    #[test]
    fn an_incomplete_profile_is_told_with_what_it_lacks() {
        assert_snapshot!("profile_without_secret", said(&format!("[default]\naws_access_key_id = {KEY_ID}\n")));
        assert_snapshot!("role_without_source", said(&format!("[default]\nrole_arn = {ROLE}\n")));
        assert_snapshot!(
            "role_with_two_sources",
            said(&format!("[default]\nrole_arn = {ROLE}\nsource_profile = a\ncredential_source = Environment\n"))
        );
        assert_snapshot!(
            "role_with_missing_source",
            said(&format!("[default]\nrole_arn = {ROLE}\nsource_profile = gone\n"))
        );
        assert_snapshot!(
            "role_with_empty_source",
            said(&format!("[default]\nrole_arn = {ROLE}\nsource_profile = a\n[profile a]\nregion = x\n"))
        );
        assert_snapshot!(
            "role_with_unknown_credential_source",
            said(&format!("[default]\nrole_arn = {ROLE}\ncredential_source = Lambda\n"))
        );
        assert_snapshot!(
            "role_with_empty_environment",
            said(&format!("[default]\nrole_arn = {ROLE}\ncredential_source = Environment\n"))
        );
        assert_snapshot!(
            "role_in_a_circle",
            said(&format!(
                "[default]\nrole_arn = {ROLE}\nsource_profile = a\n[profile a]\nrole_arn = {ROLE}\nsource_profile = default\n"
            ))
        );
        assert_snapshot!(
            "sso_without_region",
            said("[default]\nsso_account_id = 1\nsso_role_name = R\nsso_start_url = https://x\n")
        );
        assert_snapshot!(
            "sso_session_missing",
            said("[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\n")
        );
        assert_snapshot!(
            "sso_session_differs",
            said(
                "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\nsso_region = a\n[sso-session corp]\nsso_region = b\nsso_start_url = https://x\n"
            )
        );
        assert_snapshot!("web_identity_without_role", said("[default]\nweb_identity_token_file = /t\n"));
        assert_snapshot!(
            "web_identity_variables_without_role",
            Machine::new().env("AWS_WEB_IDENTITY_TOKEN_FILE", "/t").get().transcript()
        );
    }

    #[test]
    fn a_credential_process_that_fails_shows_its_program_and_what_it_said() {
        let machine = Machine::new();
        machine.program("vault", "echo 'vault is sealed' >&2; printf '\\033[31mred\\033[0m\\n' >&2; exit 7");
        machine.program("chatty", "echo hello");
        let process = |command: &str| format!("[default]\ncredential_process = {command}\n");
        let machine = machine.file(CONFIG, &process("vault --token hunter2"));
        let run = machine.get();
        assert!(!run.stderr.contains("hunter2"), "its arguments may be secret");
        assert_snapshot!("process_failed", run.transcript());
        let machine = machine.file(CONFIG, &process("chatty"));
        assert_snapshot!("process_without_json", machine.get().transcript());
        let machine = machine.file(CONFIG, &process("no-such-program --x"));
        assert_snapshot!("process_not_found", machine.get().transcript());
        let machine = machine.file(CONFIG, &process("'open"));
        assert_snapshot!("process_unquotable", machine.get().transcript());
    }

    #[test]
    fn credentials_that_are_over_or_can_never_work_are_not_signed_with() {
        let machine = Machine::new().with_keys().env("AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:05Z");
        let transcript = machine.get().transcript();
        let now = chrono::Utc::now();
        let days =
            (now - chrono::DateTime::parse_from_rfc3339("2026-01-02T03:04:05Z").expect("a time").to_utc()).num_days();
        let steady = Transcript::of(&transcript).value(&format!("{days} days ago"), "[N] days ago");
        assert_snapshot!("expired", steady.between("days ago), now ", "\n", "[NOW]"));
        assert_snapshot!(
            "expiration_is_no_time",
            Machine::new().with_keys().env("AWS_CREDENTIAL_EXPIRATION", "soon").get().transcript()
        );
        assert_snapshot!(
            "secret_with_a_space",
            Machine::new().with_keys().env("AWS_SECRET_ACCESS_KEY", "a b").get().transcript()
        );
        let temporary = Machine::new().with_keys().env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE");
        assert_snapshot!("session_token_missing", temporary.get().transcript());
    }

    #[test]
    fn parts_of_credentials_in_the_wrong_place_are_refused_with_what_they_seem_to_be() {
        let said = |id: &str, secret: &str, token: Option<&str>| {
            let machine = Machine::new().env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret);
            token.into_iter().fold(machine, |machine, token| machine.env("AWS_SESSION_TOKEN", token)).get().transcript()
        };
        assert_snapshot!("keys_swapped", said(SECRET, KEY_ID, None));
        assert_snapshot!("id_that_is_a_secret", said(SECRET, SECRET, None));
        assert_snapshot!("id_that_is_a_token", said(TOKEN, SECRET, Some("t")));
        assert_snapshot!("id_that_is_a_roles", said("AROACKCEVSQ6C2EXAMPLE", SECRET, None));
        assert_snapshot!("id_that_is_an_arn", said(ALICE, SECRET, None));
        assert_snapshot!("id_that_is_too_long", said(&"A_".repeat(65), SECRET, None));
        assert_snapshot!("secret_that_is_an_id", said(KEY_ID, KEY_ID, None));
        assert_snapshot!("token_that_is_a_secret", said(KEY_ID, SECRET, Some(SECRET)));
        let quoted = Machine::new().file(CREDENTIALS, &keys("default").replace(KEY_ID, &format!("\"{KEY_ID}\"")));
        assert_snapshot!("id_in_quotes", quoted.get().transcript());
        let unusual = Machine::new()
            .file(CREDENTIALS, &keys("default").replace(KEY_ID, "test"))
            .helper(&["-v", "get"], &request("demo"));
        assert_eq!(unusual.key_id(), Some("test"), "what may be a key is signed with");
        assert!(
            unusual
                .stderr
                .contains("codecommit: an access key id of 4 characters from profile `default` in ~/.aws/credentials,"),
            "{}",
            unusual.stderr
        );
    }

    #[test]
    fn a_secret_in_the_place_of_a_name_is_told_by_its_length() {
        assert_snapshot!("secret_as_profile", Machine::new().env("AWS_PROFILE", SECRET).get().transcript());
        assert_snapshot!(
            "secret_as_source_profile",
            said(&format!("[default]\nrole_arn = {ROLE}\nsource_profile = {SECRET}\n"))
        );
        assert_snapshot!(
            "secret_as_region",
            Machine::new()
                .file(CONFIG, &format!("[default]\nregion = {SECRET}\nrole_arn = {ROLE}\nsource_profile = alice\n"))
                .file(CREDENTIALS, &keys("alice"))
                .get()
                .transcript()
        );
        assert_snapshot!("secret_as_option", said(&format!("[default]\n{SECRET} = x\n{SECRET} = y\n")));
        assert_snapshot!(
            "secret_as_expiration",
            Machine::new().with_keys().env("AWS_CREDENTIAL_EXPIRATION", SECRET).get().transcript()
        );
    }

    #[test]
    fn nothing_waits_for_a_region_that_can_be_known() {
        // Without a region told to it, the SDK asks the metadata service three times for a second each.
        let aws = aws_with_demo();
        aws.set_imds(ImdsMode::Silent);
        aws.add_role(Role::new(ROLE).trusting(ALICE));
        let machine = Machine::before(&aws)
            .env("AWS_EC2_METADATA_DISABLED", "false")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &aws.imds_url())
            .file(CONFIG, &format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\n"))
            .file(CREDENTIALS, &keys("alice"));
        let started = Instant::now();
        machine.get().succeeds();
        assert!(started.elapsed() < Duration::from_millis(900), "{:?}", started.elapsed());
        assert_eq!(the_call(&aws, "AssumeRole").host, format!("sts.{REGION}.amazonaws.com"));
    }
}
