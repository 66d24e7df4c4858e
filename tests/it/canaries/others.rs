//! A secret in what others say: git's request, other helpers, a remote's URL, `~/.ssh/config`, a program.

use super::sources::Keys;
use super::{CONFIG, ID, ROLE, SECRET, TOKEN, left_by, nothing_is_shown_by, piece_of, with_keys, world};
use crate::common::{ACCOUNT, HOST, Machine, REGION, request, url};

#[test]
fn a_user_name_that_carries_a_secret_is_shown_by_no_command() {
    let aws = world();
    for username in
        [SECRET.to_owned(), TOKEN.to_owned(), format!("ASIAIOSFODNN7EXAMPLE%{TOKEN}"), format!("{SECRET}-at-{ACCOUNT}")]
    {
        let input = format!("{}username={username}\n", request("demo"));
        nothing_is_shown_by(&username, with_keys(&aws), &input, &[SECRET, TOKEN]);
        // As git sends it, where the configuration names it.
        let machine = with_keys(&aws).configured();
        machine.git(&["config", "--global", "credential.username", &username]).succeeds();
        let report = machine.git(&["credential-codecommit", "doctor", &url("demo")]);
        assert_eq!(piece_of(&left_by(&report), &[SECRET, TOKEN]), None, "{}", report.transcript());
    }
}

#[test]
fn what_another_helper_has_kept_in_the_place_of_a_user_name_is_shown_by_no_command() {
    let aws = world();
    let signature = format!("20200101T000000Z{}", "0123456789abcdef".repeat(4));
    for username in [
        SECRET.replace('/', "%2f"),
        TOKEN.replace('/', "%2f"),
        format!("ASIAIOSFODNN7EXAMPLE%25{}", TOKEN.replace('/', "%2f")),
    ] {
        let machine = with_keys(&aws)
            .file("home/.gitconfig", "[credential]\n\thelper = store\n\thelper = codecommit\n\tuseHttpPath = true\n")
            .file("home/.git-credentials", &format!("https://{username}:{signature}@{HOST}/v1%2frepos%2fdemo\n"));
        for arguments in [
            &["doctor", &url("demo")][..],
            &["doctor", "--json", &url("demo")],
            &["setup", "--evict", "--dry-run", "--url", &url("demo")],
            &["setup", "--evict", "--yes", "--url", &url("demo")],
        ] {
            let run = machine.git(&[&["credential-codecommit"], arguments].concat());
            assert!(run.stdout.contains("`store`"), "{}", run.transcript());
            let piece = piece_of(&left_by(&run), &[SECRET, TOKEN, &signature]);
            assert_eq!(piece, None, "{}", run.transcript());
        }
    }
}

#[test]
fn a_secret_as_the_user_of_an_ssh_remote_is_not_reported() {
    let aws = world();
    for user in [SECRET, TOKEN] {
        let machine = with_keys(&aws).file("home/.ssh/config", &format!("Host {HOST}\n  User {user}\n"));
        let remote = format!("ssh://{HOST}/v1/repos/demo");
        for arguments in [&["doctor", &remote][..], &["doctor", "--json", &remote]] {
            let run = machine.git(&[&["credential-codecommit"], arguments].concat());
            assert!(run.stdout.contains("User a value of "), "{}", run.transcript());
            assert_eq!(piece_of(&left_by(&run), &[user]), None, "{}", run.transcript());
        }
    }
}

#[test]
fn what_a_failing_credential_process_says_is_shown_without_its_secrets() {
    let aws = world();
    let keys =
        Keys { id: ID, secret: SECRET, token: Some(TOKEN) }.json(["AccessKeyId", "SecretAccessKey", "SessionToken"]);
    for said in [
        format!("{{\"Version\": 1, {keys}}}"),
        format!("no such session: {TOKEN}"),
        format!("export AWS_SECRET_ACCESS_KEY={SECRET}"),
        "SecretAccessKey: hush-hush".to_owned(),
    ] {
        let machine = Machine::before(&aws)
            .file("home/said", &format!("the vault is locked\n{said}\n"))
            .file(CONFIG, "[default]\ncredential_process = sh -c 'cat said >&2; exit 3'\n");
        let run = nothing_is_shown_by(&said, machine, &request("demo"), &[SECRET, TOKEN, "hush-hush"]);
        assert!(run.stderr.contains("the vault is locked"), "{}", run.stderr);
    }
}

#[test]
fn user_name_password_and_query_of_an_endpoint_are_not_shown() {
    let aws = world();
    for (name, value, others) in [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "ftp://alice:hush-hush@169.254.170.23/x?token=hush-hush", &[][..]),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://alice:hush-hush@127.0.0.1:9/x?token=hush-hush", &[]),
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "http://alice:hush-hush@127.0.0.1:9/?token=hush-hush",
            &[("AWS_EC2_METADATA_DISABLED", "false")],
        ),
        (
            "AWS_ENDPOINT_URL",
            "ftp://alice:hush-hush@127.0.0.1:9/?token=hush-hush",
            &[("AWS_ROLE_ARN", ROLE), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/dev/null")],
        ),
    ] {
        let machine = others.iter().fold(Machine::before(&aws), |machine, (name, value)| machine.env(name, value));
        let run = nothing_is_shown_by(name, machine.env(name, value), &request("demo"), &["hush-hush", "alice:"]);
        assert_eq!(run.status, 1, "{name}: {}", run.transcript());
    }
}

#[test]
fn a_secret_in_the_address_of_a_remote_is_shown_by_no_command() {
    let aws = world();
    let remote_helper = env!("CARGO_BIN_EXE_git-remote-codecommit");
    // Made like the others, as one that a URL can carry.
    let (secret, token) = ("ZH5k94OOckSV9dX19aYJ0sryhi3NVeRLGwcBqXu+".to_owned(), TOKEN.replace('/', ""));
    for address in [
        format!("{REGION}://{secret}@demo"),
        format!("{REGION}://{ID}:{secret}@demo"),
        format!("{REGION}://{token}@demo"),
        format!("{REGION}://{secret}@demo.git"),
        format!("codecommit://{secret}@demo"),
        format!("{ID}:{secret}@demo"),
        format!("nonsense://{token}@demo"),
        secret.clone(),
        secret.replace('+', "x"),
    ] {
        let machine = with_keys(&aws).configured();
        let run = machine.run(remote_helper.as_ref(), &["origin", &address], b"");
        let leak = piece_of(&left_by(&run), &[&secret[..35], &token]);
        assert_eq!((run.status, leak), (1, None), "{address}: {}", run.transcript());
        for form in [&["doctor"][..], &["doctor", "--json"]] {
            let remote = format!("codecommit::{address}");
            let run = machine.git(&[&["credential-codecommit"], form, &[&remote]].concat());
            assert_eq!(piece_of(&left_by(&run), &[&secret[..35], &token]), None, "{remote}: {}", run.transcript());
        }
    }
    for user in [&secret, &token, &format!("{ID}%25{token}"), &format!("{ID}:{secret}")] {
        for remote in [url("demo").replace("://", &format!("://{user}@")), format!("ssh://{user}@{HOST}/v1/repos/demo")]
        {
            for form in [&["doctor"][..], &["doctor", "--json"]] {
                let run = with_keys(&aws).configured().git(&[&["credential-codecommit"], form, &[&remote]].concat());
                assert_eq!(piece_of(&left_by(&run), &[&secret[..35], &token]), None, "{remote}: {}", run.transcript());
            }
        }
    }
    let machine = with_keys(&aws).env("CODE_COMMIT_ENDPOINT", SECRET);
    let run = machine.run(remote_helper.as_ref(), &["origin", "codecommit://demo"], b"");
    assert_eq!((run.status, piece_of(&left_by(&run), &[SECRET])), (1, None), "{}", run.transcript());
}
