//! A user's machine for one test: own home, own environment, own PATH, and no way out but loopback.
//!
//! Every run is scanned for secrets before the test sees it, so that no test can pass while one leaks.

pub mod documents;
pub mod hostile;
pub mod installation;
pub mod sources;
pub mod terminal;
pub mod transcript;

use self::transcript::Transcript;
use stand_in::{AccessKey, StandIn};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub const BINARY: &str = env!("CARGO_BIN_EXE_git-credential-codecommit");

/// The example key of AWS's documentation.
pub const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// With every character that a session token or a percent sign could trip over.
pub const TOKEN: &str = "IQoJb3JpZ2luX2VjELT//////////wEaCXVz+LWVhc3Q=%41=";
pub const ACCOUNT: &str = "111122223333";
pub const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
/// Made for this test: `openssl ecparam -name prime256v1 -genkey -noout`, as a JSON string.
pub const DPOP_KEY: &str = r"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIH4xAZB44y7zoIXskGhhKVkLk8bJivP4/SjxQKRygP4coAoGCCqGSM49\nAwEHoUQDQgAE65kJgu9ZOn/gCUG2Y9j1Y0loV4qhe29HyKGsalYqqWFvta8NEVec\n7b5TGNUEiwubNmA3DCltO2vRlrW0CAuEfQ==\n-----END EC PRIVATE KEY-----\n";
/// A role of that account.
pub const ROLE: &str = "arn:aws:iam::111122223333:role/Deploy";
pub const REGION: &str = "eu-west-1";
pub const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";

/// What git would write for a repository called `name`.
pub fn request(name: &str) -> String {
    format!("protocol=https\nhost={HOST}\npath=v1/repos/{name}\n")
}

/// The URL of a repository called `name`.
pub fn url(name: &str) -> String {
    format!("https://{HOST}/v1/repos/{name}")
}

/// The stand-in with Alice's key and a repository `demo` with one commit.
pub fn aws_with_demo() -> StandIn {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.seed_repository(ACCOUNT, REGION, "demo");
    aws
}

/// Whom CodeCommit let in: the owners of the keys with which git, and the helper before it, were answered.
pub fn served(aws: &StandIn) -> Vec<String> {
    let let_in = aws
        .requests()
        .into_iter()
        .filter(|request| request.status == 200 && matches!(request.action.as_deref(), Some("GitPull" | "GitPush")));
    let owners: BTreeSet<String> =
        let_in.filter_map(|request| aws.owner_of(&request.access_key_id.expect("a key"))).collect();
    owners.into_iter().collect()
}

/// Every git on the PATH, each once, with its version.
pub fn gits() -> Vec<(PathBuf, String)> {
    let path = std::env::var_os("PATH").expect("a PATH");
    let mut found: Vec<(PathBuf, String)> = Vec::new();
    for git in std::env::split_paths(&path).map(|directory| directory.join("git")).filter(|git| git.is_file()) {
        let git = git.canonicalize().expect("a real path");
        if found.iter().all(|(known, _)| *known != git) {
            let version = stand_in::command(&git).arg("--version").output().expect("git runs").stdout;
            found.push((git, String::from_utf8_lossy(&version).trim().to_owned()));
        }
    }
    assert!(!found.is_empty(), "the tests need git on the PATH");
    found
}

/// Says that a test is skipped, since something that it needs is not installed. Fails where `REQUIRE_ORACLES` is 1, as
/// `.ci/run` sets it.
#[track_caller]
pub fn skipped(missing: &str) {
    let required = std::env::var_os("REQUIRE_ORACLES").is_some_and(|value| value == "1");
    assert!(!required, "{missing} is not installed, and REQUIRE_ORACLES is 1; .ci/run installs it");
    println!("skipped: {missing} is not installed");
}

/// Runs `test` with every git on the PATH. The output of a test that fails ends with the version.
pub fn with_each_git(test: impl Fn(&Path)) {
    for (git, version) in gits() {
        println!("{version}");
        test(&git);
    }
}

/// How often the stand-in was asked for this action.
pub fn calls(aws: &StandIn, action: &str) -> usize {
    aws.requests().iter().filter(|request| request.action.as_deref() == Some(action)).count()
}

pub struct Machine {
    root: tempfile::TempDir,
    environment: BTreeMap<String, String>,
}

/// What a run printed, scanned.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
    /// The lines of standard error on what was waited for: how long something takes differs from run to run.
    pub waits: String,
    root: PathBuf,
}

/// How such a line begins.
pub const WAIT: &str = "git-credential-codecommit: waiting for ";

impl Machine {
    /// No AWS settings at all, the first git on the PATH, this program and an `aws` that does nothing beside it.
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        let machine = Self { root, environment: BTreeMap::new() };
        for directory in ["home", "bin"] {
            std::fs::create_dir(machine.root.path().join(directory)).expect("a directory");
        }
        symlink(BINARY, machine.bin().join("git-credential-codecommit")).expect("a link");
        machine.program("aws", "exit 0");
        let path = format!("{}:/usr/bin:/bin", machine.bin().display());
        let home = machine.home().display().to_string();
        machine
            .with_git(&gits()[0].0)
            .env("PATH", &path)
            .env("HOME", &home)
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            // A name that is looked up by accident stays on this machine.
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
    }

    /// A machine whose only way to AWS is the stand-in.
    pub fn before(aws: &StandIn) -> Self {
        aws.environment().into_iter().fold(Self::new(), |machine, (name, value)| machine.env(&name, &value))
    }

    /// The same with this program configured as the README says.
    pub fn configured(self) -> Self {
        self.file(
            "home/.gitconfig",
            "[user]\n\tname = Alice\n\temail = alice@example.com\n[init]\n\tdefaultBranch = main\n\
             [credential \"https://git-codecommit.*.amazonaws.com\"]\n\thelper =\n\thelper = codecommit\n\tuseHttpPath = true\n",
        )
    }

    /// The same with Alice's key in the environment.
    pub fn with_keys(self) -> Self {
        self.env("AWS_ACCESS_KEY_ID", KEY_ID).env("AWS_SECRET_ACCESS_KEY", SECRET)
    }

    pub fn with_git(self, git: &Path) -> Self {
        let link = self.bin().join("git");
        let _ = std::fs::remove_file(&link);
        symlink(git, link).expect("a link");
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// Writes a file below the machine's root; `home/…` is the home directory.
    pub fn file(self, path: &str, text: &str) -> Self {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        std::fs::write(path, text).expect("a file");
        self
    }

    /// Puts a shell script on the PATH.
    ///
    /// A child writes it: what this process has open for writing is open in each child that another test starts at the
    /// same time, until its exec, and until then cannot be executed itself (execve(2), `ETXTBSY`).
    pub fn program(&self, name: &str, script: &str) {
        // Not through a link that is there: `git` on the test's PATH is the system's own.
        const WRITE: &str = r#"rm -f "$0" && printf '#!/bin/sh\n%s\n' "$1" >"$0" && chmod 755 "$0""#;
        let mut shell = stand_in::command("/bin/sh");
        let written = shell.args(["-c", WRITE]).arg(self.bin().join(name)).arg(script).status();
        assert!(written.expect("a shell").success(), "{name} is written");
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub fn bin(&self) -> PathBuf {
        self.path("bin")
    }

    /// The text with this program by its name: `setup` writes its path, since only this machine's `PATH` has its directory.
    pub fn by_name(&self, text: &str) -> String {
        text.replace(&self.bin().join("git-credential-codecommit").display().to_string(), "codecommit")
    }

    /// Runs the helper with `input` as git's request.
    #[must_use = "look at the status or snapshot the output"]
    pub fn helper(&self, arguments: &[&str], input: &str) -> Run {
        self.run(BINARY.as_ref(), arguments, input.as_bytes())
    }

    /// `get` for a repository called `demo`.
    #[must_use = "look at the status or snapshot the output"]
    pub fn get(&self) -> Run {
        self.helper(&["get"], &request("demo"))
    }

    /// Runs git in the home directory.
    #[must_use = "look at the status or snapshot the output"]
    pub fn git(&self, arguments: &[&str]) -> Run {
        self.run(&self.bin().join("git"), arguments, b"")
    }

    /// A command as this machine would run it.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = stand_in::command(program);
        command.env_clear().envs(&self.environment).current_dir(self.home());
        command
    }

    pub fn run(&self, program: &Path, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = self
            .command(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        // A program that does not read its input closes the pipe: no failure of the test.
        let _ = child.stdin.take().expect("a pipe").write_all(input);
        self.scanned(child.wait_with_output().expect("an end"))
    }

    /// Checks the output for secrets and keeps it.
    pub fn scanned(&self, output: Output) -> Run {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8 output");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let is_answer = |line: &&str| line.starts_with("username=") || line.starts_with("password=");
        let (answer, rest): (Vec<&str>, Vec<&str>) = stdout.lines().partition(is_answer);
        let mut secrets = vec![SECRET.to_owned(), TOKEN.to_owned()];
        for line in answer {
            let value = line.split_once('=').map_or("", |(_, value)| value);
            secrets.extend(value.split_once('%').map(|(_, token)| token.to_owned()));
            secrets.extend(line.starts_with("password=").then(|| value.to_owned()));
        }
        if let Some(leak) = leak(&rest.join("\n"), &secrets).or_else(|| leak(&stderr, &secrets)) {
            panic!("a secret was printed ({leak})\n--- standard output\n{stdout}\n--- standard error\n{stderr}");
        }
        let status = output.status.code().unwrap_or(-1);
        let (waits, stderr) = stderr.split_inclusive('\n').partition(|line| line.starts_with(WAIT));
        Run { status, stdout, stderr, waits, root: self.root.path().to_owned() }
    }
}

/// A command with the answer that a person would give at the terminal, which a test has none of.
pub fn answered(command: &str) -> String {
    let with_yes = |line: &str| match line.split_once("git credential-codecommit setup") {
        Some((before, rest)) if !rest.contains("--yes") && !rest.contains("--undo") => {
            format!("{before}git credential-codecommit setup --yes{rest}")
        }
        _ => line.to_owned(),
    };
    command.split('\n').map(with_yes).collect::<Vec<_>>().join("\n")
}

/// What in `text` is secret: one of `secrets`, or anything of the form of a signature (64 hexadecimal digits).
pub fn leak(text: &str, secrets: &[String]) -> Option<String> {
    if let Some(secret) = secrets.iter().find(|secret| !secret.is_empty() && text.contains(secret.as_str())) {
        return Some(format!("{}…", &secret[..secret.len().min(4)]));
    }
    let mut digits = 0;
    for character in text.chars() {
        digits = if character.is_ascii_hexdigit() { digits + 1 } else { 0 };
        if digits == 64 {
            return Some("a signature".to_owned());
        }
    }
    None
}

impl Run {
    /// Everything a person would see, with what differs from run to run replaced: for snapshots.
    pub fn transcript(&self) -> String {
        let mut text = format!("status: {}\n", self.status);
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                let _ = write!(text, "--- {name}\n{stream}");
            }
        }
        let beside = Path::new(BINARY).parent().expect("a directory").display().to_string();
        let text = text.replace(&self.root.display().to_string(), "[ROOT]").replace(&beside, "[BIN]");
        Transcript::of(&text).request_ids("[ID]").between(" attempts in ", " s", "[N]").to_string()
    }

    /// The value of an attribute in the answer.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    }

    /// The access key id that signed.
    pub fn key_id(&self) -> Option<&str> {
        self.attribute("username").map(|username| username.split('%').next().unwrap_or(username))
    }

    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.status, 0, "{}", self.transcript());
        self
    }
}
