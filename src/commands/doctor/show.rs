//! A report as text: rows that fit the terminal, then every problem with its fix, then what that amounts to. Pure.
//!
//! What is to be pasted or searched for, a problem with its fix, is never broken into lines here.

use super::report::{Finding, Level, Line, Report, SYSTEM, Section, Subject, VERSION, clean};
use crate::text::style::{Tone, paint};
use codecommit::keys::masked;
use std::fmt::Write as _;

/// What a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Columns.
    pub columns: usize,
    /// Whether it has colors.
    pub colored: bool,
}

/// Where the facts start, after the word for how a check ended.
const INDENT: usize = 8;

/// Where further lines start.
const DETAIL: usize = 10;

/// The most columns that a fact may take before its origin; a longer one has its origin on a line of its own.
const LONGEST_FACT: usize = 64;

impl Level {
    /// How a check ended, in text.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
            Self::Skip => "skip",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Good,
            Self::Warn => Tone::Warning,
            Self::Fail => Tone::Bad,
            Self::Skip => Tone::Muted,
        }
    }
}

impl Report {
    /// For a terminal, and to paste.
    #[must_use]
    pub fn text(&self, terminal: Terminal) -> String {
        let mut text = String::new();
        let Subject { git, remote, url, .. } = &self.subject;
        let git = git.as_ref().map_or("git not found".to_owned(), |version| format!("git {version}"));
        let remote = remote.as_ref().map_or(String::new(), |name| format!(", remote `{name}`"));
        let _ = writeln!(text, "git-credential-codecommit {VERSION}, {git}, {SYSTEM}{}", clean(&remote));
        if let Some(url) = url {
            let _ = writeln!(text, "  {}", clean(url));
        }
        for Section { title, findings } in &self.sections {
            let _ = writeln!(text, "\n{}", paint(title, Tone::Strong, terminal.colored));
            for finding in findings {
                row(&mut text, finding, terminal);
            }
        }
        text.push('\n');
        text.push_str(&self.conclusion(terminal));
        text
    }

    fn conclusion(&self, terminal: Terminal) -> String {
        let mut text = String::new();
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        if let Some(why) = &self.nothing_to_do {
            let _ = writeln!(text, "Nothing to check: {}", clean(why));
        }
        for failure in self.causes() {
            let first = format!("{} {}", failure.code, clean(&failure.cause));
            let _ = writeln!(text, "{}", paint(&first, Tone::Bad, terminal.colored));
            for line in &failure.looked_at {
                let _ = writeln!(text, "  {}", clean(line));
            }
            text.push_str(&masked(&failure.rendered_fix(self.shell, || self.has_aws_cli)));
            text.push('\n');
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
}

/// `ok    fact    origin`, with the origin on a line of its own where both do not fit; then what else there is.
fn row(text: &mut String, finding: &Finding, Terminal { columns, colored }: Terminal) {
    let (fact, origin) = (clean(&finding.fact), clean(&finding.origin));
    let word = paint(&format!("{:<5}", finding.level.word()), finding.level.tone(), colored);
    // Two thirds for the fact.
    let column = (columns.saturating_sub(INDENT) * 2 / 3).min(LONGEST_FACT);
    let fits = width(&fact) <= column && INDENT + column + 1 + width(&origin) <= columns;
    if fits && !origin.is_empty() {
        let gap = column - width(&fact);
        let _ = writeln!(text, "  {word} {fact}{:gap$} {origin}", "");
    } else {
        let mut lines = wrapped(&fact, columns.saturating_sub(INDENT)).into_iter();
        let _ = writeln!(text, "  {word} {}", lines.next().unwrap_or_default());
        for line in lines.chain(wrapped(&origin, columns.saturating_sub(DETAIL))) {
            let _ = writeln!(text, "{:DETAIL$}{line}", "");
        }
    }
    for line in finding.detail.iter().flat_map(|line| broken(line, columns.saturating_sub(DETAIL))) {
        let _ = writeln!(text, "{:DETAIL$}{line}", "");
    }
}

/// The line on as many as it takes. What is to stay whole follows the words where it fits, or has a line of its own.
fn broken(Line { words, whole }: &Line, columns: usize) -> Vec<String> {
    let mut lines = wrapped(&clean(words), columns);
    if let Some(whole) = whole.as_deref().map(clean) {
        match lines.last_mut() {
            Some(last) if width(last) + 1 + width(&whole) <= columns => last.extend([" ", &whole]),
            _ => lines.push(whole),
        }
    }
    lines
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// `text` in lines of at most `columns`, unless a word is longer.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|_| !text.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::check::Check;

    fn shown(finding: &Finding, columns: usize) -> String {
        let mut text = String::new();
        row(&mut text, finding, Terminal { columns, colored: false });
        text
    }

    #[test]
    fn a_row_fits_its_terminal() {
        let finding = Finding::ok(Check::Profile, "profile `work`", "environment variables")
            .detail("a line that is longer than forty columns is broken between its words");
        assert_eq!(
            shown(&finding, 80),
            "  ok    profile `work`                                   environment variables\n          a line that is longer \
             than forty columns is broken between its words\n"
        );
        let narrow = shown(&finding, 40);
        assert!(narrow.lines().all(|line| width(line) <= 40), "{narrow}");
        assert!(narrow.starts_with("  ok    profile `work`\n          environment variables\n"), "{narrow}");
    }

    #[test]
    fn what_is_to_be_pasted_is_not_broken() {
        let command = "git config --global http.https://git-codecommit.eu-west-1.amazonaws.com.maxRetries 3";
        let finding = Finding::warn(Check::Version, "git 2.55.0", "").with("to prevent it:", command);
        let lines = format!("          to prevent it:\n          {command}\n");
        assert!(shown(&finding, 80).ends_with(&lines), "{}", shown(&finding, 80));
        assert!(shown(&finding, 120).ends_with(&format!("          to prevent it: {command}\n")));
    }
}
