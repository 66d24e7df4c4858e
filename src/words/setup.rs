//! Words for what stops `setup`.

use crate::failure::{Code, Failure};
use crate::git::runner::NoGit;
use crate::text::escape::lines;
use std::io;

impl Failure {
    /// git cannot be asked.
    #[must_use]
    pub(crate) fn no_git(none: &NoGit) -> Self {
        match none {
            NoGit::NotStarted(error) => Self::git_not_started(error),
            NoGit::TooLong(waited) => {
                Self::new(Code::ConfigNotRead, format!("git did not answer within {} seconds", waited.as_secs()))
                    .looked_at("git's configuration is read and changed by git; try `git config --list`")
            }
        }
    }

    /// There is no git to ask.
    #[must_use]
    pub fn git_not_started(error: &io::Error) -> Self {
        Self::new(Code::ConfigNotRead, format!("git could not be started: {error}"))
            .looked_at("git's configuration is read and changed by git, which must be on the PATH")
    }

    /// git refuses to read `label`, and said `words`.
    #[must_use]
    pub fn config_not_read(label: &str, words: &str) -> Self {
        let failure = Self::new(Code::ConfigNotRead, format!("git cannot read {label}"));
        said(failure, words).looked_at("nothing was changed")
    }

    /// git refuses to change `label`, and said `words`, after `done` changes.
    #[must_use]
    pub fn config_not_written(label: &str, words: &str, done: usize) -> Self {
        let failure = said(Self::new(Code::ConfigNotWritten, format!("git cannot change {label}")), words);
        match done {
            0 => failure.looked_at("nothing was changed"),
            _ => failure.looked_at(format!("it had been changed {done} times by then; setup --undo takes that back")),
        }
    }

    /// `label` was not replaced by its changed copy.
    #[must_use]
    pub fn config_not_replaced(label: &str, error: &io::Error) -> Self {
        Self::new(Code::ConfigNotWritten, format!("cannot write {label}: {error}")).looked_at("nothing was changed")
    }

    /// Another program has changed `label` each time before it could be replaced.
    #[must_use]
    pub fn config_keeps_changing(label: &str) -> Self {
        Self::new(Code::ConfigNotWritten, format!("another program keeps changing {label}"))
            .looked_at("setup has changed nothing")
    }

    /// What would be asked on a terminal, and the command that needs no answer.
    #[must_use]
    pub fn answer_needed(question: &str, command: &str) -> Self {
        Self::new(Code::AnswerNeeded, "there is a question, and no terminal to ask it on; --yes answers it")
            .looked_at(question)
            .looked_at("nothing was changed")
            .fix(command)
    }

    /// `--rewrite` where git sees no repository; it said `words`.
    #[must_use]
    pub fn no_repository(words: &str) -> Self {
        let failure = Self::new(Code::NoRepository, "there is no repository here whose remotes could be rewritten");
        if words.contains("not a git repository") {
            failure
                .looked_at("looked for in this directory and in those above it")
                .fix("git -C CLONE credential-codecommit setup --rewrite")
        } else {
            said(failure, words)
        }
    }

    /// The address in `key` has the URL of another one, and not its profile.
    #[must_use]
    pub fn two_profiles(url: &str, key: &str) -> Self {
        Self::new(Code::TwoProfiles, format!("two remotes would have the URL {url}, with different profiles"))
            .looked_at(format!("{key} is one of them; nothing was changed"))
            .looked_at("git has one list of helpers for a URL, so plain https can have one profile for it")
            .fix("let both name the same profile; `git remote -v` shows them")
    }

    /// `--url` names a host of somebody else.
    #[must_use]
    pub fn not_codecommit_url(url: &str) -> Self {
        Self::new(Code::NotCodeCommitUrl, format!("{url} is not on a host of AWS CodeCommit"))
            .fix("use a URL such as https://git-codecommit.us-east-1.amazonaws.com/v1/repos/NAME")
    }
}

fn said(failure: Failure, words: &str) -> Failure {
    lines(words.lines(), 3, 200)
        .into_iter()
        .fold(failure, |failure, line| failure.looked_at(format!("git said: {line}")))
}
