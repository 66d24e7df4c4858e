//! What a doctor found: one value, shown as text (`show`) or as JSON (`json`). Pure.
//!
//! Safe to paste by construction: whatever the findings say, `clean` masks access key ids, leaves out anything of the form of
//! a secret or a signature, and escapes what could disturb a terminal. The words of problems are in `words`.

use super::check::Check;
use crate::failure::{Failure, Shell};
use crate::text::escape;
use codecommit::keys::masked;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, but not for long or not everywhere.
    Warn,
    /// A problem.
    Fail,
    /// Not checked, and why.
    Skip,
}

/// A line on a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Words, which may be broken into several lines.
    pub words: String,
    /// What follows them and stays whole, since it is to be pasted or searched for: a command, a URL, what AWS said.
    pub whole: Option<String>,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words)?;
        let space = if self.words.is_empty() { "" } else { " " };
        self.whole.as_ref().map_or(Ok(()), |whole| write!(f, "{space}{whole}"))
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// How it ended.
    pub level: Level,
    /// What was found.
    pub fact: String,
    /// Where that is written, or who said it.
    pub origin: String,
    /// More on it, a line each.
    pub detail: Vec<Line>,
    /// The HTTP status of the answer that it is about.
    pub status: Option<u16>,
    /// What it amounts to. A failure without one follows from another.
    pub cause: Option<Failure>,
    /// Whether it shows that CodeCommit serves this repository here.
    pub decides: bool,
}

impl Finding {
    fn new(check: Check, level: Level, fact: impl Into<String>, origin: impl Into<String>) -> Self {
        let (fact, origin) = (fact.into(), origin.into());
        Self { check, level, fact, origin, detail: Vec::new(), status: None, cause: None, decides: false }
    }

    /// As it should be.
    #[must_use]
    pub fn ok(check: Check, fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(check, Level::Ok, fact, origin)
    }

    /// CodeCommit serves this repository here.
    #[must_use]
    pub fn served(check: Check, fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self { decides: true, ..Self::ok(check, fact, origin) }
    }

    /// Works, but not for long or not everywhere.
    #[must_use]
    pub fn warn(check: Check, fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(check, Level::Warn, fact, origin)
    }

    /// Not checked.
    #[must_use]
    pub fn skip(check: Check, fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(check, Level::Skip, fact, origin)
    }

    /// A problem with a cause of its own.
    #[must_use]
    pub fn fail(check: Check, fact: impl Into<String>, origin: impl Into<String>, cause: Failure) -> Self {
        Self { cause: Some(cause), ..Self::new(check, Level::Fail, fact, origin) }
    }

    /// A problem that follows from another.
    #[must_use]
    pub fn follows(check: Check, fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(check, Level::Fail, fact, origin)
    }

    /// Adds a line.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.detail.push(Line { words: line.into(), whole: None });
        self
    }

    /// Adds a line that ends in something to be pasted or searched for.
    #[must_use]
    pub fn with(mut self, words: impl Into<String>, whole: impl Into<String>) -> Self {
        self.detail.push(Line { words: words.into(), whole: Some(whole.into()) });
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }
}

/// The checks of one part of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub title: &'static str,
    /// Its checks.
    pub findings: Vec<Finding>,
}

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// git's version, where there is a git.
    pub git: Option<String>,
    /// The remote's name, where it has one.
    pub remote: Option<String>,
    /// The URL that git uses, without secrets.
    pub url: Option<String>,
    /// Whether only a fetch is asked about.
    pub fetch_only: bool,
}

/// Who signs, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signer {
    /// The profile.
    pub profile: Option<String>,
    /// Where the credentials are from.
    pub source: Option<String>,
    /// The access key id, masked.
    pub access_key_id: Option<String>,
    /// The ARN, from AWS STS.
    pub arn: Option<String>,
    /// The account.
    pub account: Option<String>,
}

/// A whole examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was looked at.
    pub subject: Subject,
    /// The parts of the way.
    pub sections: Vec<Section>,
    /// Who signs.
    pub signer: Signer,
    /// Why there was nothing to examine, where that is so.
    pub nothing_to_do: Option<String>,
    /// Whether the AWS CLI is installed, which some fixes need.
    pub has_aws_cli: bool,
    /// The shell that fixes are pasted into.
    pub shell: Shell,
}

impl Report {
    /// The problems, in the order in which they bite.
    #[must_use]
    pub fn causes(&self) -> Vec<&Failure> {
        let mut causes: Vec<(Check, &Failure)> =
            self.findings().filter_map(|finding| Some((finding.check, finding.cause.as_ref()?))).collect();
        // Stable: of one check, in the order in which they were found.
        causes.sort_by_key(|(check, _)| *check);
        causes.into_iter().map(|(_, cause)| cause).collect()
    }

    /// The first problem: what comes later may follow from it.
    #[must_use]
    pub fn diagnosis(&self) -> Option<&Failure> {
        self.causes().into_iter().next()
    }

    /// How many problems there are, without those that follow from another.
    #[must_use]
    pub fn problems(&self) -> usize {
        self.causes().len().max(usize::from(self.count(Level::Fail) > 0))
    }

    /// All checks, as they are shown.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.sections.iter().flat_map(|section| &section.findings)
    }

    /// How many checks ended so.
    pub(super) fn count(&self, level: Level) -> usize {
        self.findings().filter(|finding| finding.level == level).count()
    }

    /// Whether CodeCommit has served a request. Without that, nothing is known to work.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.findings().any(|finding| finding.decides)
    }
}

/// This program's version.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The operating system.
pub(super) const SYSTEM: &str = std::env::consts::OS;

/// Fit to be shown and to be pasted anywhere.
pub(super) fn clean(text: &str) -> String {
    escape::line(&masked(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Code;

    fn report(findings: Vec<Finding>) -> Report {
        Report {
            subject: Subject::default(),
            signer: Signer::default(),
            sections: vec![Section { title: "git", findings }],
            nothing_to_do: None,
            has_aws_cli: true,
            shell: Shell::Posix,
        }
    }

    #[test]
    fn the_diagnosis_is_the_problem_that_bites_first_and_what_follows_is_not_counted() {
        let cause = |code| Failure::new(code, "x");
        let report = report(vec![
            Finding::ok(Check::Version, "a", ""),
            Finding::follows(Check::GitRequest, "b", ""),
            Finding::fail(Check::Clock, "d", "", cause(Code::OutOfTime)),
            Finding::fail(Check::Netrc, "c", "", cause(Code::Netrc)),
            Finding::fail(Check::Netrc, "e", "", cause(Code::ExtraHeader)),
        ]);
        let codes: Vec<Code> = report.causes().into_iter().map(|failure| failure.code).collect();
        assert_eq!(codes, [Code::Netrc, Code::ExtraHeader, Code::OutOfTime]);
        assert_eq!(report.diagnosis().map(|failure| failure.code), Some(Code::Netrc));
        assert_eq!(report.problems(), 3);
    }

    #[test]
    fn a_failure_without_a_cause_is_a_problem_all_the_same() {
        assert_eq!(report(vec![Finding::follows(Check::Url, "b", "")]).problems(), 1);
        assert_eq!(report(vec![Finding::skip(Check::Url, "b", "")]).problems(), 0);
    }
}
