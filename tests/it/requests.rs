//! What the program does with each request that a git, another client or an attacker can send.

use crate::common::{HOST, KEY_ID, Machine, SECRET, TOKEN, leak, request};
use insta::assert_snapshot;
use std::process::Stdio;

/// A request for `host` and `path`, with Alice's key at hand.
fn asked(protocol: &str, host: &str, path: Option<&str>) -> String {
    let path = path.map(|path| format!("path={path}\n")).unwrap_or_default();
    let input = format!("protocol={protocol}\nhost={host}\n{path}");
    Machine::new().with_keys().helper(&["get"], &input).transcript()
}

#[test]
fn the_answer_has_a_user_name_a_password_and_its_end() {
    let run = Machine::new().with_keys().get().succeeds();
    assert_eq!(run.attribute("username"), Some(KEY_ID));
    let password = run.attribute("password").expect("a password");
    assert_eq!((password.len(), &password[8..9], &password[15..16]), (80, "T", "Z"));
    assert_eq!(run.stdout.lines().count(), 3, "{}", run.stdout);
    assert_eq!(run.stderr, "");
    let signed = chrono::NaiveDateTime::parse_from_str(&password[..15], "%Y%m%dT%H%M%S").expect("a time");
    let end: i64 = run.attribute("password_expiry_utc").expect("an end").parse().expect("a number");
    assert_eq!(end - signed.and_utc().timestamp(), 14 * 60);
}

#[test]
fn a_git_that_announces_authtype_is_told_not_to_keep_the_answer() {
    let machine = Machine::new().with_keys();
    let run = machine.helper(&["get"], &format!("capability[]=authtype\ncapability[]=state\n{}", request("demo")));
    assert!(run.stdout.starts_with("capability[]=authtype\nephemeral=1\nusername="), "{}", run.stdout);
    assert!(!run.stdout.contains("credential="), "git 2.46 to 2.53 would lose it on large pushes");
}

#[test]
fn a_session_token_reaches_git_unescaped_and_the_answer_ends_with_the_credentials() {
    let end = chrono::DateTime::from_timestamp(chrono::Utc::now().timestamp() + 300, 0).expect("a time");
    let run = Machine::new()
        .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_SESSION_TOKEN", TOKEN)
        .env("AWS_CREDENTIAL_EXPIRATION", &end.to_rfc3339())
        .get()
        .succeeds();
    assert_eq!(run.attribute("username"), Some(format!("ASIAIOSFODNN7EXAMPLE%{TOKEN}").as_str()));
    assert_eq!(run.attribute("password_expiry_utc"), Some(end.timestamp().to_string().as_str()));
}

#[test]
fn every_form_of_input_that_clients_send_is_answered() {
    let machine = Machine::new().with_keys();
    let https = format!("protocol=https\nhost={HOST}\n");
    for input in [
        request("demo").trim_end().to_owned(),
        request("demo") + "\n",
        request("demo") + "\nhost=github.com\n",
        request("demo").replace('\n', "\r\n"),
        format!(
            "wwwauth[]=Basic realm=\"x\"\nntlm=allow\nnonsense\npath=v1/repos/demo\nhost={HOST}\nhost={HOST}\nprotocol=https\n"
        ),
        format!("url=https://{HOST}/v1/repos/demo\n"),
        format!("url=https://somebody@{HOST}:443/v1/repos/demo/\n"),
        format!("{https}path=/v1/repos/demo\n"),
        format!("{https}path=v1/repos/demo/\n"),
        format!("protocol=https\nhost={HOST}:443\npath=v1/repos/demo\n"),
        format!("protocol=https\nhost={}\npath=v1/repos/demo\n", HOST.to_uppercase()),
        format!("{https}path=v1/repos/demo\nusername=somebody\n"),
    ] {
        let run = machine.helper(&["get"], &input);
        assert_eq!((run.status, run.key_id()), (0, Some(KEY_ID)), "{input}\n{}", run.transcript());
    }
}

#[test]
fn a_foreign_host_gets_no_output_and_status_0() {
    for host in ["github.com", "notamazon.community", "git-codecommit.corp.example", "s3.amazonaws.com"] {
        for path in [None, Some("a\u{1b}b")] {
            assert_eq!(asked("https", host, path), "status: 0\n", "{host}");
            assert_eq!(asked("http", host, path), "status: 0\n", "{host}");
        }
    }
}

#[test]
fn near_misses_are_explained() {
    let path = Some("v1/repos/demo");
    assert_snapshot!("use_http_path_off", asked("https", HOST, None));
    assert_snapshot!(
        "use_http_path_off_vpc_endpoint",
        asked("https", "vpce-0b47ea360adebf88a-jkl88hez.git-codecommit-fips.us-east-1.vpce.amazonaws.com", None)
    );
    assert_snapshot!("not_https", asked("http", HOST, path));
    assert_snapshot!("api_host", asked("https", "codecommit.eu-west-1.amazonaws.com", path));
    assert_snapshot!("no_region", asked("https", "git-codecommit.amazonaws.com", path));
    assert_snapshot!("other_partition", asked("https", "git-codecommit.cn-north-1.amazonaws.com", path));
    assert_snapshot!("malformed_region", asked("https", "git-codecommit.useast1.amazonaws.com", path));
    assert_snapshot!("look_alike_host", asked("https", "git-codecommit.us-east-1.amazonaws.com.evil.test", path));
    assert_snapshot!("not_a_repository_path", asked("https", HOST, Some("demo")));
    assert_snapshot!("invalid_repository_name", asked("https", HOST, Some("v1/repos/my%20repo")));
    assert_snapshot!("not_a_connection_path", asked("https", "codeconnections.eu-west-1.amazonaws.com", path));
    assert_snapshot!("control_character", asked("https", HOST, Some("v1/repos/x\u{1b}[2Jy")));
    assert_snapshot!("missing_host", Machine::new().helper(&["get"], "protocol=https\n").transcript());
    assert_snapshot!("too_long", Machine::new().helper(&["get"], &"a".repeat((1 << 20) + 1)).transcript());
}

#[test]
fn the_region_of_a_host_without_one_comes_from_the_flag_the_environment_or_the_profile() {
    let input = "protocol=https\nhost=git-codecommit.amazonaws.com\npath=v1/repos/x\n";
    let flag = Machine::new().with_keys().helper(&["--region", "us-east-1", "get"], input).succeeds();
    let variable = Machine::new().with_keys().env("AWS_REGION", "us-east-1").helper(&["-v", "get"], input).succeeds();
    let profile = Machine::new()
        .with_keys()
        .file("home/.aws/config", "[default]\nregion = us-east-1\n")
        .helper(&["get", "-v"], input)
        .succeeds();
    assert_eq!(flag.stderr, "");
    for run in [variable, profile] {
        assert!(run.stderr.contains("region us-east-1"), "{}", run.stderr);
    }
    // The host's own region is never overridden.
    let host = Machine::new().with_keys().helper(&["-v", "--region", "us-east-1", "get"], &request("demo")).succeeds();
    assert!(host.stderr.contains("region eu-west-1"), "{}", host.stderr);
}

#[test]
fn ignoring_the_host_check_signs_for_any_https_host() {
    let machine = Machine::new().with_keys();
    let arguments = ["--ignore-host-check", "--region", "us-east-1", "get"];
    let run = machine.helper(&arguments, "protocol=https\nhost=localhost:8443\npath=v1/repos/x\n").succeeds();
    assert_eq!(run.key_id(), Some(KEY_ID));
    let plain = machine.helper(&arguments, "protocol=http\nhost=localhost:8443\npath=v1/repos/x\n");
    assert_eq!((plain.status, plain.stdout.as_str()), (1, "quit=1\n"), "{}", plain.stderr);
    let without = machine.helper(
        &arguments[..1].iter().chain(&["get"]).copied().collect::<Vec<_>>(),
        "protocol=https\nhost=corp.test\npath=x\n",
    );
    assert_snapshot!("no_region_for_a_host_of_any_name", without.transcript());
}

#[test]
fn an_iam_git_credential_is_left_to_the_helper_that_keeps_its_password() {
    for username in ["alice-at-111122223333", "alice-at-111122223333+1"] {
        let input = format!("{}username={username}\n", request("demo"));
        assert_eq!(Machine::new().with_keys().helper(&["get"], &input).transcript(), "status: 0\n");
        // Its password needs no path, and where git sends none, other helpers find what they have stored without one.
        let input_without_path = format!("protocol=https\nhost={HOST}\nusername={username}\n");
        assert_eq!(Machine::new().with_keys().helper(&["get"], &input_without_path).transcript(), "status: 0\n");
        let named_so = format!("[{username}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
        let run = Machine::new().file("home/.aws/credentials", &named_so).helper(&["get"], &input_without_path);
        assert!(run.stderr.contains("(CC101)"), "a profile of that name could sign: {}", run.transcript());
        // Unless a profile has that very name, and git's configuration chooses it.
        let run = Machine::new()
            .file("home/.gitconfig", &format!("[credential]\n\tusername = {username}\n"))
            .file(
                "home/.aws/credentials",
                &format!("[{username}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
            )
            .helper(&["get"], &input);
        assert_eq!(run.key_id(), Some(KEY_ID), "{}", run.transcript());
    }
}

#[test]
fn other_actions_do_nothing_and_succeed() {
    let machine = Machine::new();
    for action in ["store", "erase", "approve", "anything"] {
        let stored = format!("{}username=u\npassword=p\n", request("demo"));
        assert_eq!(machine.helper(&[action], &stored).transcript(), "status: 0\n", "{action}");
    }
    assert_eq!(
        machine.helper(&["capability"], "").transcript(),
        "status: 0\n--- stdout\nversion 0\ncapability authtype\n"
    );
}

#[test]
fn arguments_that_mean_nothing_end_with_status_2() {
    let machine = Machine::new();
    for arguments in [&["--nonsense", "get"][..], &[], &["get", "more"], &["get", "--profile"]] {
        let run = machine.helper(arguments, "");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains("--help"), "{}", run.stderr);
    }
    assert_snapshot!("help", machine.helper(&["--help"], "").transcript());
}

#[test]
fn the_trace_tells_the_story_and_no_secret() {
    let machine = Machine::new()
        .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_SESSION_TOKEN", TOKEN)
        .env("AWS_CREDENTIAL_EXPIRATION", "2099-01-02T03:04:05Z");
    let told = machine.helper(&["-v", "--verify", "never", "get"], &request("demo")).succeeds().stderr;
    let story =
        told.lines().filter(|line| !line.contains("signed; ")).fold(String::new(), |all, line| all + line + "\n");
    assert_snapshot!("trace", story);

    let file = machine.path("trace.txt");
    let traced = machine.env("GIT_TRACE_CODECOMMIT", &file.display().to_string());
    for name in ["demo", "other"] {
        assert_eq!(traced.helper(&["get"], &request(name)).succeeds().stderr, "");
    }
    let kept = std::fs::read_to_string(file).expect("a trace");
    assert_eq!(kept.matches("canonical request").count(), 2, "the file is appended to");
    assert_eq!(leak(&kept, &[SECRET.to_owned(), TOKEN.to_owned()]), None);
    let on_stderr = traced.env("GIT_TRACE_CODECOMMIT", "1").get().succeeds().stderr;
    assert!(on_stderr.contains("canonical request"), "{on_stderr}");
}

#[test]
fn the_scan_for_secrets_finds_a_planted_one() {
    let secrets = [SECRET.to_owned(), TOKEN.to_owned()];
    assert!(leak(&format!("x{SECRET}y"), &secrets).is_some());
    assert!(leak(&format!("username=A%{TOKEN}"), &secrets).is_some());
    assert!(leak(&format!("20260102T030405Z{}", "0123456789abcdef".repeat(4)), &secrets).is_some());
    assert!(leak(&"0123456789abcdef".repeat(3), &secrets).is_none());
}

#[test]
fn a_closed_or_full_output_is_no_panic() {
    let machine = Machine::new().with_keys();
    let script = |script: &str| {
        let run = machine.run("/bin/sh".as_ref(), &["-c", script], request("demo").as_bytes());
        (run.status, run.stderr)
    };
    // `false` reads nothing: the pipe is closed by the time the answer is written.
    let (_, stderr) = script("{ sleep 0.2; git-credential-codecommit get; echo status $? >&2; } | false");
    assert_eq!(stderr, "status 1\n", "a closed pipe is nobody's failure to be told");
    let (status, stderr) = script("git-credential-codecommit get >/dev/full");
    assert_eq!(status, 1);
    assert!(stderr.contains("(CC301)") && !stderr.contains("panicked"), "{stderr}");
    let (status, _) = script("git-credential-codecommit get 2>&- <&-");
    assert_eq!(status, 1, "no request is a failure, and no standard error is none");
    let (status, _) = script("git-credential-codecommit --help >/dev/full");
    assert_eq!(status, 0);
}

#[test]
fn neither_a_missing_home_nor_a_strange_one_is_a_failure_where_keys_are_at_hand() {
    assert_eq!(Machine::new().with_keys().without("HOME").get().succeeds().key_id(), Some(KEY_ID));
    assert_eq!(Machine::new().with_keys().env("HOME", "/dev/null").get().succeeds().key_id(), Some(KEY_ID));
    assert_eq!(Machine::new().with_keys().env("HOME", "").get().succeeds().key_id(), Some(KEY_ID));
}

#[test]
fn standard_input_that_never_ends_is_read_no_further_than_a_mebibyte() {
    let machine = Machine::new();
    let mut child = machine
        .command(crate::common::BINARY.as_ref())
        .arg("get")
        .stdin(std::fs::File::open("/dev/zero").map(Stdio::from).expect("/dev/zero"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the helper");
    assert_eq!(child.wait().expect("an end").code(), Some(1));
}
