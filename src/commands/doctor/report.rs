//! What a doctor found: one value, shown as text or as JSON. Pure.
//!
//! Safe to paste by construction: whatever the findings say, access key ids are masked here, anything of the form of a
//! secret or a signature is left out, and what could disturb a terminal is escaped. The words of diagnoses are in `words`.

use crate::failure::{Failure, Shell};
use crate::text::escape;
use codecommit::keys::masked;
use serde_json::{Value, json};
use std::fmt::Write as _;

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

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
            Self::Skip => "skip",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How it ended.
    pub level: Level,
    /// What was found.
    pub fact: String,
    /// Where that is written, or who said it.
    pub origin: String,
    /// More on it, a line each.
    pub detail: Vec<String>,
    /// What it amounts to. A failure without one follows from another.
    pub cause: Option<Failure>,
    /// Whether it shows that CodeCommit serves this repository here.
    pub decides: bool,
}

impl Finding {
    fn new(level: Level, fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self { level, fact: fact.into(), origin: origin.into(), detail: Vec::new(), cause: None, decides: false }
    }

    /// As it should be.
    #[must_use]
    pub fn ok(fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(Level::Ok, fact, origin)
    }

    /// CodeCommit serves this repository here.
    #[must_use]
    pub fn served(fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self { decides: true, ..Self::ok(fact, origin) }
    }

    /// Works, but not for long or not everywhere.
    #[must_use]
    pub fn warn(fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(Level::Warn, fact, origin)
    }

    /// Not checked.
    #[must_use]
    pub fn skip(fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(Level::Skip, fact, origin)
    }

    /// A problem with a cause of its own.
    #[must_use]
    pub fn fail(fact: impl Into<String>, origin: impl Into<String>, cause: Failure) -> Self {
        Self { cause: Some(cause), ..Self::new(Level::Fail, fact, origin) }
    }

    /// A problem that follows from another.
    #[must_use]
    pub fn follows(fact: impl Into<String>, origin: impl Into<String>) -> Self {
        Self::new(Level::Fail, fact, origin)
    }

    /// Adds a line.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.detail.push(line.into());
        self
    }
}

/// The checks of one part of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub title: &'static str,
    /// Its checks, in causal order.
    pub findings: Vec<Finding>,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// git's version, where there is a git.
    pub git: Option<String>,
    /// The remote's name, where it has one.
    pub remote: Option<String>,
    /// The URL that git uses, without secrets.
    pub url: String,
}

/// A whole examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was looked at.
    pub subject: Subject,
    /// The parts of the way, in causal order.
    pub sections: Vec<Section>,
    /// Why there was nothing to examine, where that is so.
    pub nothing_to_do: Option<String>,
    /// Whether the AWS CLI is installed, which some fixes need.
    pub has_aws_cli: bool,
    /// The shell that fixes are pasted into.
    pub shell: Shell,
}

/// The column in which origins start.
const FACT_WIDTH: usize = 48;

impl Report {
    /// The first cause on the way: what comes later may follow from it.
    #[must_use]
    pub fn diagnosis(&self) -> Option<&Failure> {
        self.failures().find_map(|finding| finding.cause.as_ref())
    }

    /// How many problems there are, without those that follow from another.
    #[must_use]
    pub fn problems(&self) -> usize {
        let with_a_cause = self.failures().filter(|finding| finding.cause.is_some()).count();
        with_a_cause.max(usize::from(self.failures().next().is_some()))
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.sections.iter().flat_map(|section| &section.findings)
    }

    fn failures(&self) -> impl Iterator<Item = &Finding> {
        self.findings().filter(|finding| finding.level == Level::Fail)
    }

    fn count(&self, level: Level) -> usize {
        self.findings().filter(|finding| finding.level == level).count()
    }

    /// Whether CodeCommit has served a request. Without that, nothing is known to work.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.findings().any(|finding| finding.decides)
    }

    /// For a terminal, and to paste.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let Subject { git, remote, url } = &self.subject;
        let git = git.as_ref().map_or("git not found".to_owned(), |version| format!("git {version}"));
        let remote = remote.as_ref().map_or(String::new(), |name| format!(", remote `{name}`"));
        let _ = writeln!(text, "git-credential-codecommit {}, {git}, {}{}", VERSION, SYSTEM, clean(&remote));
        let _ = writeln!(text, "  {}", clean(url));
        for Section { title, findings } in &self.sections {
            let _ = writeln!(text, "\n{title}");
            for finding in findings {
                let line = format!(
                    "{:<5} {:<FACT_WIDTH$} {}",
                    finding.level.word(),
                    clean(&finding.fact),
                    clean(&finding.origin)
                );
                let _ = writeln!(text, "  {}", line.trim_end());
                for line in &finding.detail {
                    let _ = writeln!(text, "          {}", clean(line));
                }
            }
        }
        text.push('\n');
        text.push_str(&self.conclusion());
        text
    }

    fn conclusion(&self) -> String {
        let mut text = String::new();
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        if let Some(why) = &self.nothing_to_do {
            let _ = writeln!(text, "Nothing to check: {}", clean(why));
        }
        if let Some(failure) = self.diagnosis() {
            let _ = writeln!(text, "{} {}", failure.code, clean(&failure.cause));
            for line in &failure.looked_at {
                let _ = writeln!(text, "  {}", clean(line));
            }
            text.push_str(&masked(&failure.rendered_fix(self.shell, || self.has_aws_cli)));
        }
        let (problems, warnings, skipped) = (self.problems(), self.count(Level::Warn), self.count(Level::Skip));
        let warnings = (warnings > 0).then(|| plural(warnings, "warning"));
        let skipped = (skipped > 0).then(|| format!("{} skipped", plural(skipped, "check")));
        let found = match problems {
            0 if self.nothing_to_do.is_some() => None,
            // What was not tried is no reason to say that it works.
            0 if !self.is_decided() => Some("Access to CodeCommit was not confirmed".to_owned()),
            0 => Some("No problems found".to_owned()),
            _ => Some(plural(problems, "problem")),
        };
        if let Some(found) = found {
            let counts: Vec<String> = std::iter::once(found).chain(warnings).chain(skipped).collect();
            let _ = write!(text, "{}. ", counts.join(", "));
        }
        text.push_str("This report contains no secrets; --json prints it as JSON.\n");
        text
    }

    /// The same for tools.
    #[must_use]
    pub fn json(&self) -> Value {
        let lines = |lines: &[String]| lines.iter().map(|line| clean(line)).collect::<Vec<_>>();
        let finding = |finding: &Finding| {
            json!({
                "level": finding.level.word(),
                "fact": clean(&finding.fact),
                "origin": clean(&finding.origin),
                "detail": lines(&finding.detail),
                "code": finding.cause.as_ref().map(|cause| cause.code.as_str()),
            })
        };
        let section = |section: &Section| json!({ "title": section.title, "findings": section.findings.iter().map(finding).collect::<Vec<_>>() });
        json!({
            "version": VERSION,
            "system": SYSTEM,
            "git": self.subject.git,
            "remote": self.subject.remote.as_deref().map(clean),
            "url": clean(&self.subject.url),
            "sections": self.sections.iter().map(section).collect::<Vec<_>>(),
            "nothing_to_examine": self.nothing_to_do.as_deref().map(clean),
            "diagnosis": self.diagnosis().map(|failure| json!({
                "code": failure.code.as_str(),
                "cause": clean(&failure.cause),
                "looked_at": lines(&failure.looked_at),
                "fix": lines(&failure.fix.as_ref().map(|fix| fix.lines(self.shell)).unwrap_or_default()),
            })),
            "problems": self.problems(),
            "warnings": self.count(Level::Warn),
            "skipped": self.count(Level::Skip),
            "confirmed": self.is_decided(),
        })
    }
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
const SYSTEM: &str = std::env::consts::OS;

/// Fit to be shown and to be pasted anywhere.
fn clean(text: &str) -> String {
    escape::line(&masked(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Code;

    fn report(findings: Vec<Finding>) -> Report {
        let subject = Subject { git: None, remote: None, url: "https://x".into() };
        Report {
            subject,
            sections: vec![Section { title: "git", findings }],
            nothing_to_do: None,
            has_aws_cli: true,
            shell: Shell::Posix,
        }
    }

    #[test]
    fn the_diagnosis_is_the_first_cause_and_what_follows_is_not_counted() {
        let cause = |code| Failure::new(code, "x");
        let report = report(vec![
            Finding::ok("a", ""),
            Finding::follows("b", ""),
            Finding::fail("c", "", cause(Code::Netrc)),
            Finding::fail("d", "", cause(Code::OutOfTime)),
        ]);
        assert_eq!(report.diagnosis().map(|failure| failure.code), Some(Code::Netrc));
        assert_eq!(report.problems(), 2);
        assert_eq!(report.json()["diagnosis"]["code"], "CC603");
    }

    #[test]
    fn a_failure_without_a_cause_is_a_problem_all_the_same() {
        assert_eq!(report(vec![Finding::follows("b", "")]).problems(), 1);
        assert_eq!(report(vec![Finding::skip("b", "")]).problems(), 0);
    }
}
