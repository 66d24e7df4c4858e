//! The settings that name certificates, beside the AWS CLI and git.

use super::{aws, fix, stranger, text, trusts};
use crate::common::{HOST, KEY_ID, Machine, SECRET, calls, request, url, with_each_git};
use crate::differential::aws_clis;
use stand_in::{KeyState, StandIn};
use std::path::Path;
use std::time::{Duration, Instant};

/// Where the authorities of the stand-in and of nobody are on a test's machine.
fn prepared(aws: &StandIn) -> Machine {
    let ca = std::fs::read_to_string(aws.ca_file()).expect("a bundle");
    let other = std::fs::read_to_string(super::aws().ca_file()).expect("another bundle");
    stranger(aws)
        .file("home/ca.pem", &ca)
        .file("home/certs/corp.pem", &ca)
        .file("home/other.pem", &other)
        .file("home/nothing.pem", "")
        .file("home/empty/.keep", "")
}

/// `HOME` in a value is the home directory.
fn set(machine: Machine, settings: &[(&str, &str)]) -> Machine {
    settings.iter().fold(machine, |machine, (name, value)| {
        let value = value.replace("HOME", &text(&machine.home()));
        match name.strip_prefix("git ") {
            Some(key) => {
                machine.git(&["config", "--global", key, &value]).succeeds();
                machine
            }
            None if *name == "ca_bundle" => {
                machine.file("home/.aws/config", &super::profiles(&format!("ca_bundle = {value}\n")))
            }
            None => machine.env(name, &value),
        }
    })
}

const CA: &str = "HOME/ca.pem";
const OTHER: &str = "HOME/other.pem";
const GONE: &str = "HOME/gone.pem";

type Settings = &'static [(&'static str, &'static str)];

/// What the AWS CLI looks at, and whether AWS is trusted then. The last is whether it is by us only.
const OF_THE_AWS_CLI: [(Settings, bool, bool); 10] = [
    (&[], false, false),
    (&[("AWS_CA_BUNDLE", "~/ca.pem"), ("REQUESTS_CA_BUNDLE", GONE)], true, false),
    (&[("AWS_CA_BUNDLE", "$HOME/ca.pem")], false, false),
    (&[("AWS_CA_BUNDLE", OTHER), ("REQUESTS_CA_BUNDLE", CA)], false, false),
    (&[("REQUESTS_CA_BUNDLE", "~/ca.pem"), ("SSL_CERT_FILE", GONE)], true, false),
    (&[("REQUESTS_CA_BUNDLE", OTHER)], false, false),
    (&[("REQUESTS_CA_BUNDLE", GONE)], false, false),
    // requests itself reads a directory.
    (&[("REQUESTS_CA_BUNDLE", "HOME/certs")], true, true),
    (&[("ca_bundle", "~/ca.pem"), ("REQUESTS_CA_BUNDLE", OTHER)], true, false),
    (&[("SSL_CERT_FILE", CA)], true, true),
];

#[test]
fn what_the_aws_cli_trusts_is_trusted() {
    let aws = aws();
    for (settings, expected, _) in OF_THE_AWS_CLI {
        assert_eq!(trusts(&format!("{settings:?}"), set(prepared(&aws), settings)), expected, "{settings:?}");
    }
    for cli in aws_clis() {
        for (settings, expected, is_more) in OF_THE_AWS_CLI {
            let machine = set(cli.at_home_on(prepared(&aws)), settings);
            let run = cli.get(&machine, &[], &[], &request("demo"));
            let trusts = run.status == 0;
            assert_eq!(trusts, expected && !is_more, "{} {settings:?}: {}", cli.version, run.transcript());
        }
    }
}

/// Settings of OpenSSL and git, most of which the AWS CLI does not know.
const MORE: [(Settings, bool); 30] = [
    (&[("AWS_CA_BUNDLE", CA), ("SSL_CERT_FILE", GONE)], true),
    (&[("AWS_CA_BUNDLE", "ca.pem")], true),
    (&[("AWS_CA_BUNDLE", GONE), ("SSL_CERT_FILE", CA)], false),
    (&[("AWS_CA_BUNDLE", "HOME/certs")], false),
    (&[("SSL_CERT_FILE", CA)], true),
    (&[("SSL_CERT_DIR", "HOME/certs")], true),
    (&[("SSL_CERT_DIR", "HOME/gone:HOME/certs")], true),
    (&[("SSL_CERT_FILE", GONE), ("SSL_CERT_DIR", "HOME/certs")], true),
    (&[("SSL_CERT_FILE", CA), ("SSL_CERT_DIR", "HOME/gone")], true),
    (&[("SSL_CERT_FILE", CA), ("REQUESTS_CA_BUNDLE", OTHER)], true),
    (&[("SSL_CERT_FILE", CA), ("AWS_CA_BUNDLE", OTHER)], false),
    (&[("SSL_CERT_FILE", GONE)], false),
    (&[("SSL_CERT_FILE", "")], false),
    (&[("SSL_CERT_DIR", "HOME/gone")], false),
    (&[("SSL_CERT_DIR", "HOME/empty")], false),
    (&[("SSL_CERT_FILE", GONE), ("git http.sslCAInfo", CA)], true),
    (&[("SSL_CERT_FILE", "HOME/nothing.pem"), ("git http.sslCAInfo", CA)], true),
    (&[("SSL_CERT_FILE", OTHER), ("git http.sslCAInfo", CA)], true),
    (&[("SSL_CERT_FILE", "HOME/certs"), ("git http.sslCAInfo", CA)], true),
    (&[("SSL_CERT_FILE", ""), ("git http.sslCAInfo", CA)], true),
    (&[("SSL_CERT_DIR", "HOME/gone"), ("GIT_SSL_CAINFO", CA)], true),
    (&[("SSL_CERT_DIR", ""), ("GIT_SSL_CAINFO", CA)], true),
    (&[("SSL_CERT_FILE", CA), ("git http.sslCAInfo", OTHER)], true),
    (&[("git http.sslCAInfo", "~/ca.pem")], true),
    (&[("git http.sslCAInfo", "")], false),
    (&[("git http.sslCAPath", "HOME/certs")], true),
    (&[("git http.sslCAPath", "HOME/gone"), ("git http.sslCAInfo", CA)], true),
    (&[("git http.sslCAPath", "HOME/certs"), ("git http.sslCAInfo", OTHER)], true),
    (&[("GIT_SSL_CAPATH", "HOME/certs")], true),
    // Windows decides, and here is no Windows: what is left is the system's store.
    (&[("git http.sslBackend", "schannel"), ("git http.sslCAInfo", CA)], false),
];

#[test]
fn what_openssl_and_git_are_told_counts_and_what_is_stale_does_no_harm() {
    let aws = aws();
    for (settings, expected) in MORE {
        assert_eq!(trusts(&format!("{settings:?}"), set(prepared(&aws), settings)), expected, "{settings:?}");
    }
    let schannel: Settings =
        &[("git http.sslBackend", "schannel"), ("git http.schannelUseSSLCAInfo", "true"), ("git http.sslCAInfo", CA)];
    assert!(trusts("schannel with a file", set(prepared(&aws), schannel)));
}

#[test]
fn what_adds_no_certificate_is_told_where_one_is_missing() {
    let aws = aws();
    let settings: Settings =
        &[("SSL_CERT_FILE", GONE), ("SSL_CERT_DIR", "HOME/empty"), ("GIT_SSL_CAPATH", "HOME/gone")];
    let machine = set(prepared(&aws), settings);
    let run = machine.get();
    let home = text(&machine.home());
    for told in [
        format!("GIT_SSL_CAPATH adds no certificate: {home}/gone does not exist"),
        format!("SSL_CERT_FILE adds no certificate: {home}/gone.pem does not exist"),
        format!("SSL_CERT_DIR adds no certificate: {home}/empty has no valid certificate in PEM format"),
    ] {
        assert!(run.stderr.contains(&told), "{}", run.transcript());
    }
    assert_eq!(fix(&run), "git config --global http.sslCAInfo FILE");
    machine.git(&["config", "--global", "http.sslCAInfo", &format!("{home}/ca.pem")]).succeeds();
    machine.get().succeeds();
}

#[test]
fn where_git_ignores_its_setting_the_fix_is_another() {
    let aws = aws();
    let machine = set(prepared(&aws), &[("git http.sslBackend", "schannel")]);
    let run = machine.get();
    assert!(run.stderr.contains("certificate verification failed: unknown issuer"), "{}", run.transcript());
    assert_eq!(fix(&run), "export AWS_CA_BUNDLE=FILE");
    machine.env("AWS_CA_BUNDLE", &text(aws.ca_file())).get().succeeds();
}

/// `path` below git's prefix, which is not known here.
fn below_the_prefix(path: &Path) -> String {
    format!("%(prefix)/{}{}", "../".repeat(9), text(path).trim_start_matches('/'))
}

#[test]
fn what_git_trusts_for_its_own_request_is_trusted_before_it() {
    with_each_git(|git| {
        let aws = aws();
        let machine = || {
            let machine =
                prepared(&aws).with_git(git).without("GIT_CODECOMMIT_VERIFY").env("GIT_TRACE_CODECOMMIT", "1");
            machine.env("AWS_ACCESS_KEY_ID", KEY_ID).env("AWS_SECRET_ACCESS_KEY", SECRET)
        };
        let prefix = below_the_prefix(aws.ca_file());
        let for_the_host = format!("git http.https://{HOST}.sslCAInfo");
        let settings: [&[(&str, &str)]; 10] = [
            &[("git http.sslCAInfo", CA)],
            &[("git http.sslCAInfo", "~/ca.pem")],
            &[("git http.sslCAInfo", &prefix)],
            &[("git http.sslCAInfo", OTHER), (&for_the_host, &prefix)],
            &[("git http.sslCAInfo", GONE), ("GIT_SSL_CAINFO", CA)],
            &[("git http.sslCAPath", "HOME/certs")],
            &[("git http.sslCAPath", "~/certs")],
            &[("git http.sslCAPath", "HOME/gone"), ("GIT_SSL_CAPATH", "HOME/certs")],
            &[("git http.sslCAInfo", CA), ("SSL_CERT_FILE", GONE), ("SSL_CERT_DIR", "HOME/gone")],
            // The AWS CLI's setting is nothing to git, and nothing to what goes git's way.
            &[("git http.sslCAInfo", CA), ("AWS_CA_BUNDLE", OTHER), ("REQUESTS_CA_BUNDLE", GONE)],
        ];
        for settings in settings {
            aws.forget();
            aws.set_key_state(KEY_ID, KeyState::Active);
            let run = set(machine(), settings).git(&["ls-remote", &url("demo")]).succeeds();
            assert!(!run.stderr.contains("not verified:"), "{settings:?}: {}", run.transcript());
            // git's two, and the helper's between them.
            assert_eq!(calls(&aws, "GitPull"), 3, "{settings:?}: {:?}", aws.requests());
            aws.set_key_state(KEY_ID, KeyState::Inactive);
            let run = set(machine(), settings).git(&["ls-remote", &url("demo")]);
            assert!(run.status != 0 && run.stderr.contains("(CC4"), "{settings:?}: {}", run.transcript());
        }
    });
}

/// git 2.52 and later, as far as `http.sslCAInfo` is concerned: `:(optional)` before a path (git-config(1), "pathname").
fn with_optional_paths(machine: &Machine) {
    let git = text(&std::fs::canonicalize(machine.bin().join("git")).expect("git"));
    let script = format!(
        r#"case "$*" in
*--type=path*"--default=:(optional)"*)
    for argument; do case $argument in --default=*) path=${{argument#"--default=:(optional)"}} ;; esac; done
    test -e "$path" || exit 1
    printf '%s\0' "$path" ;;
*) exec {git} "$@" ;;
esac"#
    );
    machine.program("git", &script);
}

#[test]
fn an_optional_file_counts_where_it_is_there() {
    let aws = aws();
    for (value, more, expected) in [
        (":(optional)HOME/ca.pem", None, true),
        (":(optional)HOME/gone.pem", Some(("SSL_CERT_FILE", CA)), true),
        (":(optional)HOME/gone.pem", None, false),
        (":(optional)HOME/other.pem", None, false),
    ] {
        let machine = set(prepared(&aws), &[("git http.sslCAInfo", value)]);
        with_optional_paths(&machine);
        let machine = more.into_iter().fold(machine, |machine, setting| set(machine, &[setting]));
        assert!(!machine.get().stderr.contains("(CC221)"), "{value} is not there, and need not be");
        assert_eq!(trusts(value, machine), expected, "{value}");
    }
}

#[test]
fn a_directory_that_only_the_repository_names_is_not_trusted_with_aws_credentials() {
    let aws = aws();
    let machine = prepared(&aws);
    let work = machine.path("home/work");
    machine.git(&["init", "-q", "work"]).succeeds();
    let certs = text(&machine.path("home/certs"));
    machine.git(&["-C", "work", "config", "http.sslCAPath", &certs]).succeeds();
    let fill = format!("cd {} && printf 'url=%s\\n\\n' '{}' | git credential fill", text(&work), url("demo"));
    let shell = |line: &str| machine.run(Path::new("/bin/sh"), &["-c", line], b"");
    let run = shell(&fill);
    let told = "http.sslcapath in .git/config is ignored for AWS calls: it is set by the repository, not by you";
    assert!(run.stderr.contains("(CC220)") && run.stderr.contains(told), "{}", run.transcript());
    shell(&format!("cd {} && {}", text(&work), fix(&run))).succeeds();
    shell(&fill).succeeds();
}

#[test]
fn a_pipe_without_a_writer_is_waited_for_with_a_word_and_an_end() {
    let aws = aws();
    let machine = set(prepared(&aws), &[("SSL_CERT_FILE", "HOME/pipe"), ("git http.sslCAInfo", CA)]);
    let pipe = text(&machine.path("home/pipe"));
    machine.run(Path::new("/usr/bin/mkfifo"), &[&pipe], b"").succeeds();
    let began = Instant::now();
    let run = machine.get().succeeds();
    assert!(run.waits.contains("waiting for the CA certificates of SSL_CERT_FILE\n"), "{}", run.waits);
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
}
