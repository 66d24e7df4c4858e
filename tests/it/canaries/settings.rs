//! A secret in the wrong variable, in the wrong setting, on the wrong line, and in an option of the helper.

use super::{CONFIG, ROLE, SECRET, TOKEN, left_by, nothing_is_shown_by, piece_of, sha1, sso_profile, with_keys, world};
use crate::common::{HOST, Machine, request, url};
use stand_in::StandIn;

/// A machine with one setting that holds `canary`, and what git asks.
type Planted = (&'static str, Box<dyn Fn(&StandIn, &str) -> Machine>);

fn variable(name: &'static str) -> Planted {
    (name, Box::new(move |aws, canary| with_keys(aws).env(name, canary)))
}

/// A variable beside others that make it count, without keys in the environment.
fn variable_beside(name: &'static str, others: &'static [(&'static str, &'static str)]) -> Planted {
    (
        name,
        Box::new(move |aws, canary| {
            let machine = others.iter().fold(Machine::before(aws), |machine, (name, value)| machine.env(name, value));
            machine.env(name, canary)
        }),
    )
}

/// A variable that names certificates, where a role is assumed and nothing else names any.
fn certificates(name: &'static str) -> Planted {
    (
        name,
        Box::new(move |aws, canary| {
            let machine = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO"]
                .into_iter()
                .fold(Machine::before(aws).with_role(), Machine::without);
            machine.env(name, canary)
        }),
    )
}

/// A proxy that is there, and lets nobody through: the canary is the password.
fn login_of_a_proxy(scheme: &'static str) -> Planted {
    (
        scheme,
        Box::new(move |aws, canary| {
            aws.set_proxy(stand_in::ProxyAnswer::Forbidden);
            let login: String = url::form_urlencoded::byte_serialize(canary.as_bytes()).collect();
            let proxy = aws.proxy_url().replace("http://", &format!("{scheme}://u:{login}@"));
            with_keys(aws).env("HTTPS_PROXY", &proxy)
        }),
    )
}

/// A config file in which `CANARY` is replaced.
fn config(what: &'static str, text: &'static str) -> Planted {
    let text = text.replace("ROLE", ROLE);
    (what, Box::new(move |aws, canary| Machine::before(aws).file(CONFIG, &text.replace("CANARY", canary)).with_alice()))
}

fn sso_setting(name: &'static str) -> Planted {
    (
        name,
        Box::new(move |aws, canary| {
            let config = sso_profile(&format!("{name} = {canary}"));
            let session = if name == "sso_start_url" { canary } else { "corp" };
            let token = r#"{"accessToken": "sso-token", "expiresAt": "2099-01-01T00:00:00Z"}"#;
            let of = |session: &str| format!("home/.aws/sso/cache/{}.json", sha1(session));
            Machine::before(aws).file(CONFIG, &config).file(&of(session), token).file(&of("corp"), token)
        }),
    )
}

#[track_caller]
fn no_secret_is_shown_of(planted: &[Planted]) {
    for (what, machine) in planted {
        for canary in [SECRET, TOKEN] {
            let aws = world();
            nothing_is_shown_by(what, machine(&aws, canary), &request("demo"), &[canary]);
        }
    }
}

#[test]
fn a_secret_in_the_wrong_variable_is_shown_by_no_command() {
    const WEB: &[(&str, &str)] = &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/file"), ("AWS_ROLE_ARN", ROLE)];
    no_secret_is_shown_of(&[
        variable("AWS_CREDENTIAL_EXPIRATION"),
        variable("AWS_PROFILE"),
        variable("AWS_DEFAULT_PROFILE"),
        variable("AWS_REGION"),
        variable("AWS_DEFAULT_REGION"),
        variable("AWS_CONFIG_FILE"),
        variable("AWS_ENDPOINT_URL"),
        variable("HTTPS_PROXY"),
        variable_beside("ALL_PROXY", &[("HTTPS_PROXY", "")]),
        login_of_a_proxy("http"),
        login_of_a_proxy("socks5h"),
        login_of_a_proxy("socks4a"),
        variable("AWS_CA_BUNDLE"),
        certificates("REQUESTS_CA_BUNDLE"),
        certificates("SSL_CERT_FILE"),
        certificates("SSL_CERT_DIR"),
        certificates("GIT_SSL_CAINFO"),
        certificates("GIT_SSL_CAPATH"),
        variable_beside("AWS_SHARED_CREDENTIALS_FILE", &[]),
        variable_beside("AWS_CONFIG_FILE", &[]),
        variable_beside("AWS_ROLE_ARN", WEB),
        variable_beside("AWS_WEB_IDENTITY_TOKEN_FILE", WEB),
        variable_beside("AWS_ROLE_SESSION_NAME", WEB),
        variable_beside("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", &[]),
        variable_beside("AWS_CONTAINER_CREDENTIALS_FULL_URI", &[]),
        variable_beside("AWS_EC2_METADATA_SERVICE_ENDPOINT", &[("AWS_EC2_METADATA_DISABLED", "false")]),
        variable_beside("AWS_PROFILE", &[]),
    ]);
}

#[test]
fn a_secret_in_the_wrong_setting_is_shown_by_no_command() {
    no_secret_is_shown_of(&[
        config("source_profile", "[default]\nrole_arn = ROLE\nsource_profile = CANARY\n"),
        config("role_arn", "[default]\nrole_arn = CANARY\nsource_profile = alice\n"),
        config("role_arn of a web identity", "[default]\nrole_arn = CANARY\nweb_identity_token_file = /no/such\n"),
        config("web_identity_token_file", "[default]\nrole_arn = ROLE\nweb_identity_token_file = CANARY\n"),
        config("mfa_serial", "[default]\nrole_arn = ROLE\nsource_profile = alice\nmfa_serial = CANARY\n"),
        config("external_id", "[default]\nrole_arn = ROLE\nsource_profile = alice\nexternal_id = CANARY\n"),
        config("credential_source", "[default]\nrole_arn = ROLE\ncredential_source = CANARY\n"),
        config("region", "[default]\nrole_arn = ROLE\nsource_profile = alice\nregion = CANARY\n"),
        config("endpoint_url", "[default]\nrole_arn = ROLE\nsource_profile = alice\nendpoint_url = CANARY\n"),
        config(
            "services",
            "[default]\nrole_arn = ROLE\nsource_profile = alice\nservices = CANARY\n[services CANARY]\nsts =\n  endpoint_url = x\n",
        ),
        config("ca_bundle", "[default]\nrole_arn = ROLE\nsource_profile = alice\nca_bundle = CANARY\n"),
        config("login_session", "[default]\nlogin_session = CANARY\n"),
        config("credential_process", "[default]\ncredential_process = CANARY\n"),
        config("an argument of credential_process", "[default]\ncredential_process = sh -c 'exit 1' CANARY\n"),
        config("a variable of credential_process", "[default]\ncredential_process = TOKEN=CANARY vend\n"),
        config("metadata endpoint", "[default]\nec2_metadata_service_endpoint = CANARY\n"),
        sso_setting("sso_session"),
        sso_setting("sso_account_id"),
        sso_setting("sso_role_name"),
        sso_setting("sso_start_url"),
        sso_setting("sso_region"),
    ]);
}

#[test]
fn a_secret_on_the_wrong_line_is_shown_by_no_command() {
    no_secret_is_shown_of(&[
        config("a line of its own", "[default]\nCANARY\n"),
        config("a line before the first section", "CANARY\n[default]\n"),
        config("an option's name, twice", "[default]\nCANARY = x\nCANARY = y\n"),
        config("a token with its padding, twice", "[default]\nCANARY=\nCANARY=\n"),
        config("a section's name, twice", "[CANARY]\n[CANARY]\n"),
        config("a profile's name, twice", "[profile CANARY]\n[profile CANARY]\n"),
        config("a profile's name", "[profile CANARY]\nregion = eu-west-1\n"),
        config("the name of a block without settings", "[default]\nCANARY =\n  nonsense\n"),
        config("a block without settings", "[default]\ns3 =\n  CANARY\n"),
        config(
            "an indented line behind a role",
            "[default]\nsource_profile = alice\nrole_arn = ROLE\n  secret = CANARY\n",
        ),
        config(
            "an indented line behind a region",
            "[default]\nsource_profile = alice\nrole_arn = ROLE\nregion = eu-west-1\n  aws_secret_access_key = CANARY\n",
        ),
        config(
            "an indented line behind an id",
            "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n  aws_secret_access_key = CANARY\n",
        ),
        config(
            "a setting that differs between a profile and its session",
            "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\nCANARY = 1\n\
             [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://x\nCANARY = 2\n",
        ),
        config(
            "source profiles in a circle",
            "[default]\nrole_arn = ROLE\nsource_profile = CANARY\n[profile CANARY]\nrole_arn = ROLE\nsource_profile = default\n",
        ),
    ]);
}

#[test]
fn a_secret_as_an_option_of_the_helper_is_shown_by_no_command() {
    let aws = world();
    for canary in [SECRET, TOKEN] {
        for option in ["--profile", "--ca-bundle", "--region"] {
            let machine = Machine::before(&aws)
                .file(CONFIG, &format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\n"))
                .with_alice()
                .configured();
            let run = machine.helper(&[option, canary, "-v", "get"], &request("demo"));
            assert_eq!((run.status, piece_of(&left_by(&run), &[canary])), (1, None), "{option}: {}", run.transcript());
            machine
                .git(&["config", "--global", "credential.helper", &format!("codecommit {option} {canary}")])
                .succeeds();
            machine
                .git(&["config", "--global", "--remove-section", "credential.https://git-codecommit.*.amazonaws.com"])
                .succeeds();
            machine.git(&["config", "--global", "credential.useHttpPath", "true"]).succeeds();
            let run = machine.git(&["credential-codecommit", "doctor", &url("demo")]);
            assert_eq!(piece_of(&left_by(&run), &[canary]), None, "{option}: {}", run.transcript());
        }
    }
}

#[test]
fn a_secret_where_the_code_is_asked_for_is_shown_by_no_command() {
    let aws = world();
    let role = format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\nmfa_serial = {SECRET}\n");
    let machine = Machine::before(&aws).file(CONFIG, &role).with_alice();
    machine.program("ask", "printf '%s\\n' \"$1\" >>\"$0.asked\"; echo 123456");
    let program = machine.bin().join("ask").display().to_string();
    let machine = machine.env("GIT_ASKPASS", &program);
    assert_eq!(piece_of(&left_by(&machine.helper(&["-v", "get"], &request("demo"))), &[SECRET]), None);
    let asked = std::fs::read_to_string(format!("{program}.asked")).expect("a prompt");
    assert!(asked.contains("a value of 40 characters"), "{asked}");
    assert_eq!(piece_of(&asked, &[SECRET]), None, "the prompt is an argument");
    let machine = Machine::before(&aws).file(CONFIG, &role.replace(SECRET, "x")).with_alice();
    nothing_is_shown_by("GIT_ASKPASS", machine.env("GIT_ASKPASS", SECRET), &request("demo"), &[SECRET]);
}

#[test]
fn a_secret_as_the_region_of_a_host_without_one_is_shown_by_no_command() {
    let aws = world();
    for canary in [SECRET, TOKEN] {
        let input = request("demo").replace(HOST, "git-codecommit.amazonaws.com");
        nothing_is_shown_by("AWS_REGION", with_keys(&aws).env("AWS_REGION", canary), &input, &[canary]);
        let machine = with_keys(&aws).env("AWS_REGION", canary).configured();
        let run = machine.git(&[
            "credential-codecommit",
            "doctor",
            &url("demo").replace(HOST, "git-codecommit.amazonaws.com"),
        ]);
        assert_eq!(piece_of(&left_by(&run), &[canary]), None, "{}", run.transcript());
    }
}
