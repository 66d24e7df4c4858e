//! Benchmarks of whole git commands, compared with their predecessors: a clone with fifty submodules in parallel, with
//! every source of credentials, compared with the AWS CLI's helper; and `git ls-remote` of a `codecommit::` URL,
//! compared with AWS's Python program.
//!
//! `cargo bench --bench end_to_end` runs all, `… -- submodules` or `… -- ls-remote` one, `… -- submodules SSO` some
//! rows. The AWS CLI is the `aws` in the `PATH`, or `AWS=/path/to/aws`; with an empty `AWS=` it is skipped. AWS's
//! program is the `git-remote-codecommit` in the `PATH` that is a Python script. Without them only this program is
//! measured. The server is the stand-in, on loopback.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement prints, and starts programs")]

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/it/common/mod.rs"]
mod common;

use codecommit::hex;
use common::{ACCOUNT, ALICE, DPOP_KEY, HOST, KEY_ID, Machine, REGION, ROLE, SECRET, gits};
use sha1::{Digest as _, Sha1};
use sha2::{Digest as _, Sha256};
use stand_in::{AccessKey, Role, SsoSession, StandIn};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const SUBMODULES: usize = 50;
const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
const BASE: &str = "[profile base]\nkeys\n";

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if is_wanted("ls-remote") {
        ls_remote();
    }
    if is_wanted("submodules") {
        let rows: Vec<String> = wanted.into_iter().filter(|word| word != "submodules").collect();
        submodules(&rows);
    }
}

/// A source of credentials, as configured for the benchmark.
struct Source {
    name: &'static str,
    config: String,
    files: Vec<(String, String)>,
    environment: Vec<(&'static str, String)>,
    /// Whether the AWS CLI can use it without prompting in fifty processes at once.
    asks: bool,
}

fn source(name: &'static str, config: &str) -> Source {
    let keys = format!("aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}");
    Source { name, config: config.replace("keys", &keys), files: Vec::new(), environment: Vec::new(), asks: false }
}

impl Source {
    fn file(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    fn env(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }
}

fn sources(aws: &StandIn) -> Vec<Source> {
    let role = format!("[default]\nrole_arn = {ROLE}\nsource_profile = base\n");
    let guarded = format!("{}mfa_serial = {DEVICE}\n{BASE}", role.replace("/Deploy", "/Guarded"));
    let sso = "[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
               [sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    let sign_in = format!("home/.aws/sso/cache/{}.json", hex::lower(Sha1::digest("corp")));
    let token = |expires: &str| {
        format!(
            r#"{{"accessToken": "sso-token", "expiresAt": "{expires}", "refreshToken": "refresh", "clientId": "c", "clientSecret": "s",
            "registrationExpiresAt": "2099-01-01T00:00:00Z", "startUrl": "https://corp.awsapps.com/start", "region": "eu-west-1"}}"#
        )
    };
    let login = format!("home/.aws/login/cache/{}.json", hex::lower(Sha256::digest(ALICE)));
    let session = format!(
        r#"{{"accessToken": {{"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "old", "accountId":
        "{ACCOUNT}", "expiresAt": "2020-01-01T00:00:00Z"}}, "refreshToken": "login-refresh", "clientId": "c", "idToken": "i",
        "tokenType": "aws_sigv4", "dpopKey": "{DPOP_KEY}"}}"#
    );
    let vend = format!(
        "#!/bin/sh\necho '{{\"Version\": 1, \"AccessKeyId\": \"{KEY_ID}\", \"SecretAccessKey\": \"{SECRET}\"}}'\n"
    );
    vec![
        source("keys in the environment", "").env("AWS_ACCESS_KEY_ID", KEY_ID).env("AWS_SECRET_ACCESS_KEY", SECRET),
        source("keys of a profile", "[default]\nkeys\n"),
        source("role", &format!("{role}{BASE}")),
        Source { asks: true, ..source("role with MFA", &guarded) },
        source("web identity", &format!("[default]\nrole_arn = {ROLE}\nweb_identity_token_file = token\n"))
            .file("home/token", "web-token"),
        source("SSO role", sso).file(&sign_in, &token("2099-01-01T00:00:00Z")),
        source("SSO role, sign-in renewed", sso).file(&sign_in, &token("2020-01-01T00:00:00Z")),
        source("`aws login`, renewed", &format!("[default]\nlogin_session = {ALICE}\n")).file(&login, &session),
        source("`credential_process` (sh)", "[default]\ncredential_process = sh vend\n").file("home/vend", &vend),
        source("container", "").env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url()),
        source("instance", "")
            .env("AWS_EC2_METADATA_DISABLED", "false")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &format!("{}/", aws.imds_url())),
    ]
}

/// A stand-in with a repository `super` and fifty submodules, before the first request.
fn world() -> StandIn {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.add_role(Role::new(ROLE).trusting(ALICE).trusting_web_identity("web-token"));
    aws.add_role(Role::new(&ROLE.replace("Deploy", "Guarded")).trusting(ALICE).requiring_mfa(DEVICE, "123456"));
    aws.add_sso_session(SsoSession::new("sso-token").refreshable("refresh").assigned(ACCOUNT, "Developer"));
    aws.add_login_session("login-refresh", ALICE);
    aws.set_instance_role("Runner", ALICE);
    aws.set_container_role(ALICE, None);
    let top = aws.seed_repository(ACCOUNT, REGION, "super");
    let work = tempfile::tempdir().expect("a directory");
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"];
        let mut command = stand_in::command(&gits()[0].0);
        command.env_clear().env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", work.path()).current_dir(work.path());
        let output = command.args(identity).args(arguments).output().expect("git runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let of = |path: &Path| path.display().to_string();
    git(&["clone", "-q", &of(&top), "."]);
    for number in 0..SUBMODULES {
        let name = format!("part-{number}");
        let part = aws.seed_repository(ACCOUNT, REGION, &name);
        let commit = git(&["-C", &of(&part), "rev-parse", "HEAD"]);
        let url = format!("https://{HOST}/v1/repos/{name}");
        git(&["config", "--file", ".gitmodules", &format!("submodule.{name}.path"), &name]);
        git(&["config", "--file", ".gitmodules", &format!("submodule.{name}.url"), &url]);
        git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},{name}")]);
    }
    git(&["add", ".gitmodules"]);
    git(&["commit", "-qm", "fifty parts"]);
    git(&["push", "-q", "origin", "HEAD"]);
    aws
}

/// How long one clone took, and how many requests for credentials AWS received.
struct Taken {
    time: Duration,
    calls: usize,
    /// Whether the clone is complete.
    whole: bool,
}

fn clone(source: impl Fn(&StandIn) -> Source, helper: &str, aws_cli: Option<&Path>) -> Taken {
    let aws = world();
    let Source { config, files, environment, .. } = source(&aws);
    let gitconfig = format!("[credential \"https://{HOST}\"]\n\thelper = {helper}\n\tuseHttpPath = true\n");
    let machine = Machine::before(&aws).file("home/.gitconfig", &gitconfig).file("home/.aws/config", &config);
    if let Some(aws_cli) = aws_cli {
        std::fs::remove_file(machine.bin().join("aws")).expect("to take the other away");
        symlink(aws_cli, machine.bin().join("aws")).expect("a link");
    }
    machine.program("askpass", "echo 123456");
    let askpass = machine.bin().join("askpass").display().to_string();
    let machine = files.iter().fold(machine, |machine, (path, text)| machine.file(path, text));
    let machine = environment.iter().fold(machine, |machine, (name, value)| machine.env(name, value));
    // git runs a helper in the clone, and botocore resolves the token's path from there.
    let token = machine.path("home/token").display().to_string();
    let vend = machine.path("home/vend").display().to_string();
    let config = config.replace("= token\n", &format!("= {token}\n")).replace("= sh vend\n", &format!("= sh {vend}\n"));
    let machine =
        machine.file("home/.aws/config", &config).env("GIT_ASKPASS", &askpass).env("AWS_DEFAULT_REGION", REGION);
    let url = format!("https://{HOST}/v1/repos/super");
    let started = Instant::now();
    let run = machine.git(&["clone", "-q", "--recurse-submodules", "--jobs", "50", &url]);
    let time = started.elapsed();
    let whole = run.status == 0;
    assert!(whole || aws_cli.is_some(), "{}", run.transcript());
    let giving = [
        "AssumeRole",
        "AssumeRoleWithWebIdentity",
        "GetRoleCredentials",
        "CreateToken",
        "CreateOAuth2Token",
        "GetCredentials",
    ];
    let calls = aws
        .requests()
        .iter()
        .filter(|request| request.action.as_deref().is_some_and(|action| giving.contains(&action)))
        .count();
    Taken { time, calls, whole }
}

fn submodules(rows: &[String]) {
    let aws_cli = aws_cli();
    println!(
        "git clone --recurse-submodules --jobs 50, {SUBMODULES} submodules; medians of three; calls: requests for credentials\n"
    );
    println!("| Credentials | This helper | Calls | The AWS CLI's | Calls | Times as long |");
    println!("|---|---|---|---|---|---|");
    let count = sources(&StandIn::start()).len();
    for index in 0..count {
        let at = |aws: &StandIn| sources(aws).swap_remove(index);
        let Source { name, asks, .. } = at(&StandIn::start());
        if !rows.is_empty() && !rows.iter().any(|row| name.contains(row.as_str())) {
            continue;
        }
        let ours = median((0..3).map(|_| clone(at, "codecommit", None)));
        let theirs = aws_cli
            .as_deref()
            .filter(|_| !asks)
            .map(|aws_cli| median((0..3).map(|_| clone(at, "!aws codecommit credential-helper $@", Some(aws_cli)))));
        let shown = |taken: &Taken| format!("{:.2} s | {}", taken.time.as_secs_f64(), taken.calls);
        let beside = theirs.map_or("| | |".to_owned(), |theirs| {
            let ratio = theirs.time.as_secs_f64() / ours.time.as_secs_f64();
            if theirs.whole { format!("{} | {ratio:.1} |", shown(&theirs)) } else { "fails | | |".to_owned() }
        });
        println!("| {name} | {} | {beside}", shown(&ours));
    }
}

fn median(taken: impl Iterator<Item = Taken>) -> Taken {
    let mut all: Vec<Taken> = taken.collect();
    all.sort_by_key(|taken| taken.time);
    let middle = all.len() / 2;
    all.swap_remove(middle)
}

/// `git ls-remote` with both programs in turn.
fn ls_remote() {
    const RUNS: usize = 21;
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.seed_repository(ACCOUNT, REGION, "demo");
    let machine = |program: &Path| {
        let machine = Machine::before(&aws).with_keys();
        symlink(program, machine.bin().join("git-remote-codecommit")).expect("a link");
        machine
    };
    let ours = machine(env!("CARGO_BIN_EXE_git-remote-codecommit").as_ref());
    let theirs = on_path("git-remote-codecommit").filter(|path| is_script(path)).map(|path| machine(&path));
    let address = format!("codecommit::{REGION}://demo");
    let run = |machine: &Machine, url: &str| {
        let started = Instant::now();
        machine.git(&["ls-remote", url]).succeeds();
        started.elapsed()
    };
    let (mut with_ours, mut with_theirs, mut with_https) = (Vec::new(), Vec::new(), Vec::new());
    let https = format!("https://alice-at-{ACCOUNT}:x@{HOST}/v1/repos/demo");
    aws.add_git_credentials(&format!("alice-at-{ACCOUNT}"), "x", ALICE);
    for _ in 0..RUNS {
        with_https.push(run(&ours, &https));
        with_ours.push(run(&ours, &address));
        with_theirs.extend(theirs.as_ref().map(|theirs| run(theirs, &address)));
    }
    println!("\ngit ls-remote, medians of {RUNS} in turn\n");
    for (name, mut times) in [
        ("https with a password in the URL, no helper", with_https),
        ("codecommit:: through this program", with_ours),
        ("codecommit:: through AWS's Python program", with_theirs),
    ] {
        times.sort();
        if let Some(middle) = times.get(times.len() / 2) {
            println!("| {name} | {:.0} ms |", middle.as_secs_f64() * 1000.0);
        }
    }
}

fn aws_cli() -> Option<PathBuf> {
    let named = std::env::var_os("AWS").map(PathBuf::from).or_else(|| on_path("aws"));
    named.filter(|path| !path.as_os_str().is_empty())
}

fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|directory| directory.join(name)).find(|path| path.is_file())
}

fn is_script(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"#!"))
}
