//! Somebody at a machine, with a git command that fails: what a case of the matrix begins with.

use crate::common::{ACCOUNT, HOST, Machine, REGION, Run, aws_with_demo};
use stand_in::StandIn;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What everybody has in `~/.gitconfig` besides, and still has after each fix.
pub const OWN: &str = "[user]\n\tname = Alice\n\temail = alice@example.com\n[init]\n\tdefaultBranch = main\n\
                       [alias]\n\tst = status\n[credential \"https://github.com\"]\n\thelper = manager\n";

/// This program as the README says.
pub const CONFIGURED: &str = "[credential \"https://git-codecommit.*.amazonaws.com\"]\n\thelper =\n\thelper = codecommit\n\
                              \tuseHttpPath = true\n";

/// This program for every host.
pub const EVERYWHERE: &str = "[credential]\n\thelper = codecommit\n\tuseHttpPath = true\n";

/// A person, and the commands of a case.
pub struct Person {
    pub aws: StandIn,
    pub machine: Machine,
    /// What is typed before everything else: where the person is, what cannot be set from outside.
    pub typed: String,
    /// The command that fails, and is run again after the fix.
    pub git: String,
    /// What prints the failure, where that command does not.
    pub told_by: Option<String>,
    /// The URL in these commands.
    pub url: String,
}

impl Person {
    /// With an unrelated configuration, before a CodeCommit that has Alice's key and the repository `demo`.
    pub fn new(git: &Path) -> Self {
        let aws = aws_with_demo();
        let machine = Machine::before(&aws).with_git(git).file("home/.gitconfig", OWN);
        let none = String::new;
        Self { aws, machine, typed: none(), git: none(), told_by: None, url: none() }
    }

    pub fn with(self, change: impl FnOnce(Machine) -> Machine) -> Self {
        Self { machine: change(self.machine), ..self }
    }

    pub fn env(self, name: &str, value: &str) -> Self {
        self.with(|machine| machine.env(name, value))
    }

    pub fn file(self, path: &str, text: &str) -> Self {
        self.with(|machine| machine.file(path, text))
    }

    /// Adds to `~/.gitconfig`.
    pub fn config(self, text: &str) -> Self {
        let path = self.machine.path("home/.gitconfig");
        let before = fs::read_to_string(path).unwrap_or_default();
        self.file("home/.gitconfig", &(before + text))
    }

    pub fn configured(self) -> Self {
        self.config(CONFIGURED)
    }

    pub fn with_keys(self) -> Self {
        self.with(Machine::with_keys)
    }

    /// `aws`, as far as a case needs it.
    pub fn aws_does(self, script: &str) -> Self {
        self.machine.program("aws", script);
        self
    }

    pub fn program(self, name: &str, script: &str) -> Self {
        self.machine.program(name, script);
        self
    }

    pub fn with_remote_helper(self) -> Self {
        let program = env!("CARGO_BIN_EXE_git-remote-codecommit");
        symlink(program, self.machine.bin().join("git-remote-codecommit")).expect("a link");
        self
    }

    pub fn typed(self, line: &str) -> Self {
        Self { typed: format!("{}{line}\n", self.typed), ..self }
    }

    pub fn runs(self, git: &str) -> Self {
        Self { git: git.to_owned(), ..self }
    }

    pub fn told_by(self, command: &str) -> Self {
        Self { told_by: Some(command.to_owned()), ..self }
    }

    /// Runs `git clone`.
    pub fn clones(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }.runs(&format!("git clone -q '{url}' cloned"))
    }

    /// The same for a URL whose host does not answer git: what git asks its helpers.
    pub fn fills(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }
            .runs(&format!("printf 'url=%s\\n\\n' '{url}' | git credential fill >/dev/null"))
    }

    /// The same, and then git's own request with what it got.
    pub fn fills_and_asks(self, url: &str) -> Self {
        let person = self.fills(url);
        let git = format!("{} && git ls-remote -q '{url}' >/dev/null", person.git);
        person.runs(&git)
    }

    /// A repository `work` whose remote is `url`; `git fetch` there, and `doctor` tells why it fails.
    pub fn fetches(self, url: &str) -> Self {
        self.machine.git(&["init", "-q", "work"]).succeeds();
        self.machine.git(&["-C", "work", "remote", "add", "origin", url]).succeeds();
        Self { url: url.to_owned(), ..self }
            .typed("cd work")
            .runs("git fetch -q")
            .told_by("git credential-codecommit doctor")
    }

    /// The commands, and the remote, with another URL.
    pub fn with_url(self, url: &str) -> Self {
        if self.machine.path("home/work/.git").exists() {
            self.machine.git(&["-C", "work", "remote", "set-url", "origin", url]).succeeds();
        }
        let git = self.git.replace(&self.url, url);
        let told_by = self.told_by.map(|command| command.replace(&self.url, url));
        Self { git, told_by, url: url.to_owned(), ..self }
    }

    /// Runs lines in one bash, as at one terminal.
    pub fn pastes(&self, lines: &str) -> Run {
        let script = format!("{}{lines}\n", self.typed);
        self.machine.run("/bin/bash".as_ref(), &["-c", &script], b"")
    }

    /// Every file of the home directory, but what this program keeps for itself.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let home = self.machine.home();
        let mut directories = vec![home.clone()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
                let name = entry.strip_prefix(&home).expect("below home").display().to_string();
                if entry.is_symlink() {
                    let target: PathBuf = fs::read_link(&entry).expect("a link");
                    files.insert(name, target.display().to_string().into_bytes());
                } else if entry.is_dir() {
                    directories.push(entry);
                } else if !name.starts_with(".cache/git-credential-codecommit/") {
                    files.insert(name, fs::read(&entry).unwrap_or_default());
                }
            }
        }
        files
    }

    /// The settings of [`OWN`], as git reads them.
    pub fn own_settings(&self) -> String {
        let own = r"^(user|init|alias|credential\.https://github\.com)\.";
        self.machine.git(&["config", "--global", "--get-regexp", own]).stdout
    }
}

/// The URL of the repository through a connection.
pub fn connection() -> String {
    format!("https://codeconnections.{REGION}.amazonaws.com/git-http/{ACCOUNT}/{REGION}/0f2b/octo/app.git")
}

/// [`HOST`] in another region.
pub fn host_in(region: &str) -> String {
    HOST.replace(REGION, region)
}

/// The AWS CLI of the tests' own PATH.
pub fn real_aws() -> Option<String> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|directory| directory.join("aws")).find(|aws| aws.is_file())?;
    Some(found.display().to_string())
}
