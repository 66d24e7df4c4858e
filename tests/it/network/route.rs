//! git's way to CodeCommit: the request that asks first goes the same way, or is left out, and then git has its answer. After
//! an attempt that failed, the helper says that it could not ask.

use super::relay::{Relay, Speaks};
use crate::common::hostile::{Hostile, answer};
use crate::common::{
    ALICE, HOST, KEY_ID, Machine, ROLE, Run, SECRET, TOKEN, aws_with_demo, request, url, with_each_git,
};
use stand_in::{KeyState, Role, StandIn};

/// No certificate of the stand-in is trusted.
fn without_trust(aws: &StandIn) -> Machine {
    let machine = Machine::before(aws).configured().with_keys();
    ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO"].into_iter().fold(machine, Machine::without)
}

/// How often this program itself asked CodeCommit.
fn asked(aws: &StandIn) -> usize {
    let is_ours = |request: &stand_in::Request| {
        request.host.starts_with("git-codecommit") && request.user_agent.starts_with("git-credential-codecommit/")
    };
    aws.requests().iter().filter(|request| is_ours(request)).count()
}

fn ask(machine: &Machine) -> Run {
    machine.git(&["ls-remote", &url("demo")])
}

#[test]
fn without_verification_in_git_no_signature_goes_over_tls_that_is_not_verified() {
    with_each_git(|git| {
        for (name, value) in [("GIT_SSL_NO_VERIFY", "1"), ("http.sslVerify", "false")] {
            let aws = aws_with_demo();
            let machine = without_trust(&aws).with_git(git);
            let machine = match name {
                "http.sslVerify" => {
                    machine.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", name).env("GIT_CONFIG_VALUE_0", value)
                }
                name => machine.env(name, value),
            };
            let run = ask(&machine).succeeds();
            assert_eq!((run.stderr.as_str(), asked(&aws)), ("", 0), "{name}");
            // CodeCommit refuses, and nobody can say why but doctor.
            aws.set_key_state(KEY_ID, KeyState::Inactive);
            let marks = machine.path("home/.cache/git-credential-codecommit");
            std::fs::remove_dir_all(marks).expect("marks");
            let first = ask(&machine);
            assert!(
                first.stderr.contains("error: 403") && !first.stderr.contains("warning:"),
                "{}",
                first.transcript()
            );
            let second = ask(&machine);
            assert!(second.stderr.contains("error: 403"), "{}", second.transcript());
            let warnings: Vec<&str> = second.stderr.lines().filter(|line| line.contains("warning:")).collect();
            assert_eq!(
                warnings,
                ["git-credential-codecommit: warning: could not ask CodeCommit whether it accepts the credentials: \
                 certificate verification failed: unknown issuer; git may reach it, and if git reports 403, run: \
                 git credential-codecommit doctor"]
            );
            assert_eq!(asked(&aws), 0, "{name}");
        }
    });
}

#[test]
fn a_certificate_that_is_trusted_is_verified_where_git_does_not_and_codecommit_is_asked() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).configured().with_keys().env("GIT_SSL_NO_VERIFY", "1");
    let _ = ask(&machine).succeeds();
    assert_eq!(asked(&aws), 1);
}

#[test]
fn the_first_attempt_is_silent_and_one_after_a_failure_says_that_codecommit_could_not_be_asked() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).with_keys().env("HTTPS_PROXY", "http://127.0.0.1:9");
    let first = machine.get().succeeds();
    assert_eq!((first.key_id(), first.stderr.as_str()), (Some(KEY_ID), ""));
    let second = machine.get().succeeds();
    assert_eq!(second.key_id(), Some(KEY_ID));
    assert_eq!(
        second.stderr,
        "git-credential-codecommit: warning: could not ask CodeCommit whether it accepts the credentials: tcp connect error: \
         Connection refused (os error 111); git may reach it, and if git reports 403, run: git credential-codecommit doctor\n"
    );
    // git stores what CodeCommit has accepted.
    let answered: String =
        second.stdout.lines().filter(|line| !line.starts_with("quit")).fold(request("demo"), |request, line| {
            if line.starts_with("password=") || line.starts_with("username=") {
                format!("{request}{line}\n")
            } else {
                request
            }
        });
    let _ = machine.helper(&["store"], &answered).succeeds();
    assert_eq!(machine.get().succeeds().stderr, "");
}

#[test]
fn a_request_that_could_be_sent_again_explains_itself_and_warns_of_nothing() {
    let aws = aws_with_demo();
    aws.set_key_state(KEY_ID, KeyState::Inactive);
    let machine = Machine::before(&aws).with_keys();
    let machine = machine.env("HTTPS_PROXY", "http://127.0.0.1:9");
    let _ = machine.get().succeeds();
    let run = machine.env("HTTPS_PROXY", &aws.proxy_url()).get();
    assert!(run.stderr.contains("(CC401)") && !run.stderr.contains("warning:"), "{}", run.transcript());
}

#[test]
fn the_proxy_of_a_remote_is_used_for_its_url_and_not_for_aws_calls() {
    with_each_git(|git| {
        for key in ["remote.origin.url", "remote.origin.pushurl"] {
            let aws = aws_with_demo();
            let open = "HTTP/1.1 200 Connection established\r\n\r\n".to_owned();
            let relay = Relay::to(&aws, Speaks::Http(open, None));
            aws.add_role(Role::new(ROLE).trusting(ALICE));
            let machine = Machine::before(&aws).configured().with_role().with_git(git);
            let _ = machine.git(&["init", "-q"]).succeeds();
            let written = url("demo").replace("https://", "https://work@") + "/";
            let _ = machine.git(&["config", key, &written]).succeeds();
            let _ = machine.git(&["config", "remote.origin.proxy", &relay.url("http", "")]).succeeds();
            let _ = machine.git(&["config", "http.proxy", "http://127.0.0.1:9"]).succeeds();
            let _ = machine.get().succeeds();
            assert_eq!(relay.seen(), [format!("{HOST}:443")], "{key}");
            assert!(aws.tunnels().iter().all(|tunnel| tunnel.target.starts_with("sts.")), "{:?}", aws.tunnels());
        }
    });
}

#[test]
fn addresses_that_git_does_not_look_up_are_not_looked_up() {
    let aws = aws_with_demo();
    let port = aws.tls_address().port();
    let machine = Machine::before(&aws)
        .with_keys()
        .without("HTTPS_PROXY")
        .env("GIT_CONFIG_COUNT", "2")
        .env("GIT_CONFIG_KEY_0", "http.curloptResolve")
        .env("GIT_CONFIG_VALUE_0", &format!("{HOST}:{port}:127.0.0.9"))
        .env("GIT_CONFIG_KEY_1", &format!("http.https://{HOST}:{port}.curloptResolve"))
        .env("GIT_CONFIG_VALUE_1", &format!("+{HOST}:{port}:127.0.0.1"));
    let input = request("demo").replace(HOST, &format!("{HOST}:{port}"));
    let _ = machine.helper(&["get"], &input).succeeds();
    assert_eq!(asked(&aws), 1);
}

#[test]
fn a_containers_endpoint_over_tls_is_reached_past_the_proxy() {
    let aws = aws_with_demo();
    let vended = format!(
        r#"{{"AccessKeyId": "{KEY_ID}", "SecretAccessKey": "{SECRET}", "Token": "{TOKEN}", "Expiration": "2099-01-02T03:04:05Z"}}"#
    );
    let endpoint = Hostile::start(move |_, to| answer(to, "200 OK", &vended));
    aws.lead("localhost", endpoint.address);
    let uri = format!("https://localhost:{}/creds", aws.tls_address().port());
    let run = Machine::before(&aws)
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("NO_PROXY", "")
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri)
        .env("GIT_CODECOMMIT_VERIFY", "never")
        .get()
        .succeeds();
    assert_eq!((run.key_id().map(|id| id.starts_with(KEY_ID)), endpoint.served()), (Some(true), 1));
}
