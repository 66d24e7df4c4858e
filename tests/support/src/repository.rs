//! Bare repositories on disk, one directory for each account and region, and the errors that a test sets for one.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::git::Git;

/// The stream for one commit on `main` (git-fast-import(1)). Fixed dates keep the commit's id the same.
const SEED: &str = "\
commit refs/heads/main
committer Stand-in <stand-in@example.com> 1700000000 +0000
data 13
First commit

M 100644 inline README
data 6
Hello

";

/// A failure of the key that encrypts a repository (errors of the CodeCommit API reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncryptionFailure {
    AccessDenied,
    Disabled,
    NotFound,
    Unavailable,
    IntegrityChecksFailed,
}

impl EncryptionFailure {
    #[must_use]
    pub fn error_name(self) -> &'static str {
        match self {
            Self::AccessDenied => "EncryptionKeyAccessDeniedException",
            Self::Disabled => "EncryptionKeyDisabledException",
            Self::NotFound => "EncryptionKeyNotFoundException",
            Self::Unavailable => "EncryptionKeyUnavailableException",
            Self::IntegrityChecksFailed => "EncryptionIntegrityChecksFailedException",
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::AccessDenied => "The encryption key cannot be accessed.",
            Self::Disabled => "The encryption key is disabled.",
            Self::NotFound => "The encryption key was not found.",
            Self::Unavailable => "The encryption key is not available.",
            Self::IntegrityChecksFailed => "An encryption integrity check failed.",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Repository {
    pub account: String,
    pub region: String,
    /// The name; for CodeConnections `connection-id/owner/name.git`.
    pub name: String,
    /// The directory below the project root of `git http-backend`, with a leading slash.
    pub folder: String,
    pub encryption: Option<EncryptionFailure>,
    pub protected_references: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Repositories {
    all: Vec<Repository>,
    /// Whether `NAME.git` is found as well, as on other git servers.
    pub dot_git: bool,
}

impl Repositories {
    pub(crate) fn put(&mut self, repository: Repository) {
        self.remove(&repository.account, &repository.region, &repository.name);
        self.all.push(repository);
    }

    pub(crate) fn remove(&mut self, account: &str, region: &str, name: &str) {
        self.all.retain(|known| known.account != account || known.region != region || known.name != name);
    }

    /// Finds a repository by its name, which is case-sensitive on every file system.
    pub(crate) fn find(&self, account: &str, region: &str, name: &str) -> Option<&Repository> {
        self.all.iter().find(|known| known.account == account && known.region == region && known.name == name)
    }

    /// Finds a repository as the git service does.
    pub(crate) fn find_for_git(&self, account: &str, region: &str, name: &str) -> Option<&Repository> {
        let without = name.strip_suffix(".git").filter(|_| self.dot_git);
        self.find(account, region, name).or_else(|| self.find(account, region, without?))
    }

    pub(crate) fn names(&self, account: &str, region: &str) -> Vec<String> {
        self.all
            .iter()
            .filter(|known| known.account == account && known.region == region)
            .map(|known| known.name.clone())
            .collect()
    }

    pub(crate) fn named_mut(&mut self, name: &str) -> impl Iterator<Item = &mut Repository> {
        self.all.iter_mut().filter(move |known| known.name == name)
    }
}

/// Creates an empty bare repository that can be served.
pub(crate) fn create(git: &Git, root: &Path, folder: &str) -> PathBuf {
    let path = root.join(folder.trim_start_matches('/'));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("the stand-in writes in its own folder");
    run(git.command().args(["init", "--quiet", "--bare", "--initial-branch=main"]).arg(&path), "");
    let config = path.join("config");
    let mut config =
        std::fs::OpenOptions::new().append(true).open(config).expect("git init has written a configuration");
    // The two `allow` settings are in CodeCommit's capabilities; http-backend accepts pushes only if configured to.
    config
        .write_all(
            b"[http]\n\treceivepack = true\n[uploadpack]\n\tallowTipSHA1InWant = true\n\tallowReachableSHA1InWant = true\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n",
        )
        .expect("the stand-in writes in its own folder");
    path
}

/// Creates one commit with a file `README` on `main`.
pub(crate) fn seed(git: &Git, path: &Path) {
    run(git.command().args(["fast-import", "--quiet", "--force"]).current_dir(path), SEED);
}

fn run(command: &mut Command, input: &str) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap_or_else(|error| panic!("git could not be started: {error}"));
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(input.as_bytes()).unwrap_or_else(|error| panic!("git did not read its input: {error}"));
    drop(stdin);
    let status = child.wait().expect("a child can be waited for");
    assert!(status.success(), "{command:?} ended with {status}");
}
