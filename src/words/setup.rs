//! The sentences for what stops `setup`.

use crate::failure::{Code, Command, Failure, Fix};
use crate::git::refusal::Refusal;
use crate::git::runner::NoGit;
use crate::text::escape::lines;
use std::io;

impl Failure {
    /// git cannot be run, or does not end.
    #[must_use]
    pub(crate) fn no_git(none: &NoGit) -> Self {
        match none {
            NoGit::NotStarted(error) => Self::git_not_started(error),
            NoGit::TooLong(waited) => {
                Self::new(Code::ConfigNotRead, format!("git did not answer within {} seconds", waited.as_secs()))
                    .looked_at("git reads and writes its own configuration; try `git config --list`")
            }
        }
    }

    /// git cannot be run.
    #[must_use]
    pub fn git_not_started(error: &io::Error) -> Self {
        Self::new(Code::ConfigNotRead, format!("cannot run git: {error}"))
            .looked_at("git reads and writes its own configuration; it must be on the PATH")
    }

    /// git refuses to read `label`, and said `words`.
    #[must_use]
    pub fn config_not_read(label: &str, words: &str) -> Self {
        let failure = Self::new(Code::ConfigNotRead, format!("git cannot read {label}"));
        said(failure, words).looked_at("nothing was changed")
    }

    /// git refuses to write `label`, and said `words`, after `done` changes.
    #[must_use]
    pub fn config_not_written(label: &str, words: &str, done: usize) -> Self {
        let failure = said(Self::new(Code::ConfigNotWritten, format!("git cannot write {label}")), words);
        match done {
            0 => failure.looked_at("nothing was changed"),
            _ => failure
                .looked_at(format!("{done} changes had already been made"))
                .fix(Fix::command(Command::new("git credential-codecommit setup --undo"))),
        }
    }

    /// `label` is a device, a pipe or a directory.
    #[must_use]
    pub fn config_is_no_file(label: &str) -> Self {
        Self::new(Code::ConfigNotWritten, format!("cannot write {label}: not a regular file"))
            .looked_at("nothing was changed")
    }

    /// `label` could not be replaced by its changed copy.
    #[must_use]
    pub fn config_not_replaced(label: &str, error: &io::Error) -> Self {
        Self::new(Code::ConfigNotWritten, format!("cannot write {label}: {error}")).looked_at("nothing was changed")
    }

    /// Another program changed `label` each time before it could be replaced.
    #[must_use]
    pub fn config_keeps_changing(label: &str) -> Self {
        Self::new(Code::ConfigNotWritten, format!("another program keeps changing {label}"))
            .looked_at("nothing was changed")
    }

    /// The `reasons` need a yes and there is no terminal; `command` needs none.
    #[must_use]
    pub fn answer_needed(reasons: &[String], command: Command) -> Self {
        let failure = Self::new(Code::AnswerNeeded, "confirmation needed, but there is no terminal (use --yes)");
        let failure = reasons.iter().fold(failure, |failure, reason| failure.looked_at(reason.trim_start()));
        failure.looked_at("nothing was changed").fix(Fix::command(command))
    }

    /// git finds no repository for `--rewrite`, or refuses it.
    #[must_use]
    pub(crate) fn no_repository(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotARepository => Self::new(Code::NoRepository, "not a git repository: no remotes to rewrite")
                .looked_at("searched the current directory and its parents")
                .fix(Fix::template(
                    Command::new("git -C CLONE credential-codecommit setup --rewrite"),
                    "CLONE: the directory of the repository",
                )),
            Refusal::DubiousOwnership { directory, words } => Self::dubious_ownership(directory.as_deref(), words),
            Refusal::Other(words) => said(Self::new(Code::ConfigNotRead, "git refuses this repository"), words),
        }
    }

    /// git refuses the repository because another user owns it. It said `words`, and asks for `directory` in
    /// `safe.directory`.
    #[must_use]
    pub(crate) fn dubious_ownership(directory: Option<&str>, words: &str) -> Self {
        let failure = Self::new(Code::ConfigNotRead, "git refuses this repository: detected dubious ownership");
        let failure = lines(words.lines(), 1, 400)
            .into_iter()
            .filter(|line| line != "…")
            .fold(failure, |failure, line| failure.looked_at(format!("git said: {line}")))
            .looked_at("git does not read the configuration of a repository that belongs to another user");
        match directory {
            Some(directory) => {
                failure.fix(Fix::command(Command::new("git config --global --add safe.directory").arg(directory)))
            }
            None => failure,
        }
    }

    /// The address in `key` means the same URL as another one, with another profile.
    #[must_use]
    pub fn two_profiles(url: &str, key: &str) -> Self {
        Self::new(Code::TwoProfiles, "two remotes use different profiles for the same https URL")
            .looked_at(format!("{key} is one of them, for {url}; nothing was changed"))
            .looked_at("git configures helpers by URL, so one https URL can use only one profile")
            .fix(Fix::words("use the same profile in both remotes, which git remote -v shows"))
    }

    /// `--url` is not a URL of CodeCommit.
    #[must_use]
    pub fn not_codecommit_url(url: &str) -> Self {
        Self::new(Code::NotCodeCommitUrl, format!("not a CodeCommit URL: {url}")).fix(
            Fix::words("use a URL such as https://git-codecommit.us-east-1.amazonaws.com/v1/repos/NAME")
                .note("NAME: the repository"),
        )
    }
}

fn said(failure: Failure, words: &str) -> Failure {
    lines(words.lines(), 3, 200)
        .into_iter()
        .fold(failure, |failure, line| failure.looked_at(format!("git said: {line}")))
}
