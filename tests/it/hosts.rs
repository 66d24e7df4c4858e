//! That no host is taken for another: what `get`, `doctor` and `setup` do with URLs and hosts that could be read in two
//! ways. Which host git and curl read is in `urls.rs`.

use crate::common::{HOST, KEY_ID, Machine, aws_with_demo, with_each_git};
use insta::assert_snapshot;

/// Each way to write two hosts into one URL; `OURS` and `THEIRS` stand for them.
const AMBIGUOUS: [&str; 14] = [
    "https://THEIRS#@OURS/v1/repos/demo",
    "https://THEIRS?@OURS/v1/repos/demo",
    "https://THEIRS#a:b@OURS/v1/repos/demo",
    "https://OURS#@THEIRS/v1/repos/demo",
    "https://OURS?@THEIRS/v1/repos/demo",
    "https://a@OURS@THEIRS/v1/repos/demo",
    "https://THEIRS@x@OURS/v1/repos/demo",
    "https://THEIRS\\@OURS/v1/repos/demo",
    "https://OURS\\.THEIRS/v1/repos/demo",
    "https://OURS\u{1}@THEIRS/v1/repos/demo",
    "https://OURS THEIRS/v1/repos/demo",
    "https://OURS%2f.THEIRS/v1/repos/demo",
    "https://OURS:x/v1/repos/demo",
    "https:///OURS/v1/repos/demo",
];

fn between(url: &str, ours: &str, theirs: &str) -> String {
    url.replace("OURS", ours).replace("THEIRS", theirs)
}

#[test]
fn nothing_is_signed_for_a_request_that_could_be_for_another_host() {
    let machine = Machine::new().with_keys();
    let urls = AMBIGUOUS.map(|url| format!("url={url}\n"));
    let hosts = [
        "THEIRS#@OURS",
        "OURS#.THEIRS",
        "OURS/.THEIRS",
        "OURS\\.THEIRS",
        "a@OURS",
        "OURS@THEIRS",
        "OURS:443:1",
        "OURS\r.THEIRS",
        "OURS ",
    ]
    .map(|host| format!("protocol=https\nhost={host}\npath=v1/repos/demo\n"));
    // A later line does not make the URL certain.
    let both = "url=https://THEIRS#@OURS/v1/repos/demo\nhost=OURS\npath=v1/repos/demo\n".to_owned();
    for request in urls.into_iter().chain(hosts).chain([both]) {
        let refused = |arguments: &[&str]| {
            let run = machine.helper(arguments, &between(&request, HOST, "evil.example"));
            assert_eq!((run.status, run.stdout.as_str()), (1, "quit=1\n"), "{request:?}\n{}", run.transcript());
            assert!(run.stderr.contains("(CC107)") && run.stderr.contains(HOST), "{}", run.transcript());
        };
        refused(&["get"]);
        refused(&["--ignore-host-check", "--region", "us-east-1", "get"]);
        let foreign = between(&request, "github.com", "evil.example");
        assert_eq!(machine.helper(&["get"], &foreign).transcript(), "status: 0\n", "{foreign:?}");
    }
}

#[test]
fn a_url_is_signed_for_the_host_that_git_and_curl_connect_to() {
    let machine = Machine::new().with_keys();
    for url in ["https://evil.example:x@OURS/v1/repos/demo", "https://evil.example@OURS:443/v1/repos/demo"] {
        let run = machine.helper(&["get"], &format!("url={}\n", between(url, HOST, ""))).succeeds();
        assert_eq!(run.key_id(), Some(KEY_ID), "{url}");
    }
    for url in ["https://OURS:x@evil.example/v1/repos/demo", "https://evil.example/@OURS/v1/repos/demo"] {
        let run = machine.helper(&["get"], &format!("url={}\n", between(url, HOST, "")));
        assert_eq!(run.transcript(), "status: 0\n", "{url}");
    }
}

#[test]
fn a_host_that_could_be_another_is_told_with_the_reason() {
    let request = format!("url=https://evil.example#@{HOST}/v1/repos/demo\n");
    assert_snapshot!("ambiguous_host", Machine::new().with_keys().helper(&["get"], &request).transcript());
    let unchecked = ["--ignore-host-check", "--region", "us-east-1", "get"];
    let run = Machine::new().with_keys().helper(&unchecked, "protocol=https\nhost=a@corp.test\npath=x\n");
    assert_snapshot!("ambiguous_host_unchecked", run.transcript());
}

/// A machine with a helper before ours that says when it is asked, and has a password for everybody.
fn with_witness(machine: Machine) -> Machine {
    let machine = machine
        .with_keys()
        .file("home/.gitconfig", "[credential]\n\thelper = witness\n\thelper = codecommit\n\tuseHttpPath = true\n");
    machine.program("git-credential-witness", "echo asked >>\"$HOME/asked\"; echo username=u; echo password=hush");
    machine
}

#[test]
fn doctor_asks_no_helper_and_sends_nothing_for_a_url_that_could_be_of_another_host() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = with_witness(Machine::before(&aws).with_git(git));
        let silent = |arguments: &[&str]| {
            let run = machine.git(&[&["credential-codecommit", "doctor"], arguments].concat());
            assert!(!machine.home().join("asked").exists(), "a helper was asked: {arguments:?}\n{}", run.transcript());
            assert!(aws.requests().is_empty() && aws.tunnels().is_empty(), "{arguments:?}: {:?}", aws.requests());
            assert!(!run.stdout.contains("hush"), "{}", run.stdout);
            run
        };
        for url in AMBIGUOUS {
            let run = silent(&[&between(url, HOST, "github.com")]);
            assert!(run.status == 1 && run.stdout.contains("\nCC107 "), "{url}: {}", run.transcript());
            let run = silent(&[&between(url, "github.com", "evil.example")]);
            assert!(run.status == 3 && run.stdout.contains("is not a CodeCommit URL"), "{url}: {}", run.transcript());
        }
        for url in
            ["ssh://THEIRS#@OURS/v1/repos/demo", "ssh://OURS?@THEIRS/v1/repos/demo", "alice:hush@OURS/v1/repos/demo"]
        {
            let run = silent(&[&between(url, HOST, "github.com")]);
            assert!(run.status == 1 && run.stdout.contains("\nCC107 "), "{url}: {}", run.transcript());
        }
        let run = silent(&[&format!("https://github.com#:hush@{HOST}/v1/repos/demo"), "--json"]);
        assert!(run.stdout.contains("\"CC107\""), "{}", run.stdout);

        // A remote's, one that is rewritten, and one with lines of git's protocol in it.
        machine.git(&["init", "-q", "."]).succeeds();
        let remote = |key: &str, value: &str| machine.git(&["config", key, value]).succeeds();
        remote("remote.origin.url", &format!("https://github.com#@{HOST}/v1/repos/demo"));
        assert!(silent(&[]).stdout.contains("\nCC107 "));
        remote("remote.origin.url", "cc:demo");
        remote(&format!("url.https://github.com?@{HOST}/v1/repos/.insteadOf"), "cc:");
        assert!(silent(&["origin"]).stdout.contains("\nCC107 "));
        remote("remote.origin.url", &format!("https://{HOST}/v1/repos/demo\nhost=github.com"));
        assert!(silent(&[]).stdout.contains("\nCC112 "));
        // The witness is one.
        let run = machine.git(&["credential-codecommit", "doctor", &crate::common::url("demo")]);
        assert!(machine.home().join("asked").exists() && !aws.requests().is_empty(), "{}", run.transcript());
    });
}

#[test]
fn setup_configures_nothing_for_a_url_that_could_be_of_another_host() {
    let machine = Machine::new();
    for url in AMBIGUOUS {
        let run = machine.helper(&["setup", "--url", &between(url, HOST, "evil.example")], "");
        assert!(run.status == 1 && run.stderr.contains("(CC107)"), "{url}: {}", run.transcript());
        let run = machine.helper(&["setup", "--url", &between(url, "github.com", "evil.example")], "");
        assert!(run.status == 1 && run.stderr.contains("(CC504)"), "{url}: {}", run.transcript());
        assert!(!machine.home().join(".gitconfig").exists());
    }
    let run = machine.helper(&["setup", "--url", "https://alice:hush@github.com/x"], "");
    assert!(run.stderr.contains("(CC504)") && !run.stderr.contains("hush"), "{}", run.transcript());
    // A remote in the repository is not spelled out.
    machine.git(&["init", "-q", "."]).succeeds();
    machine.git(&["config", "remote.origin.url", &format!("https://evil.example#@{HOST}/v1/repos/demo")]).succeeds();
    machine.helper(&["setup"], "").succeeds();
    let config = std::fs::read_to_string(machine.home().join(".gitconfig")).expect("a configuration");
    assert!(!config.contains("evil.example") && !config.contains(HOST), "{config}");
}

#[test]
fn an_endpoint_that_could_be_another_host_is_refused_before_git_is_run() {
    let remote = env!("CARGO_BIN_EXE_git-remote-codecommit");
    let machine = || Machine::new().with_keys().env("AWS_REGION", "eu-west-1");
    for (endpoint, code) in [
        ("THEIRS#@OURS", "CC107"),
        ("https://THEIRS?@OURS/", "CC107"),
        ("a@THEIRS@OURS", "CC107"),
        ("OURS\\.THEIRS", "CC107"),
        ("THEIRS:x", "CC107"),
        ("u:hush@OURS", "CC223"),
        ("https://hush@THEIRS/", "CC223"),
        ("http://OURS", "CC223"),
        ("OURS#.THEIRS", "CC223"),
    ] {
        let machine = machine().env("CODE_COMMIT_ENDPOINT", &between(endpoint, HOST, "evil.example"));
        machine.program("git", "echo git was run >&2; exit 7");
        let run = machine.run(remote.as_ref(), &["origin", "codecommit://demo"], b"");
        assert!(run.status == 1 && run.stderr.contains(code), "{endpoint}: {}", run.transcript());
        assert!(!run.stderr.contains("hush") && !run.stderr.contains("git was run"), "{}", run.transcript());
    }
}
