//! Every failure that a user can see: its code, its cause, what was looked at, and what mends it.
//!
//! Knows no facts: `words` makes failures of them. A failure is one cause and at most one fix, and the fix is shown only
//! if it would help. Codes never change their meaning; docs/errors.md has a heading for each.

mod code;

pub use code::Code;

use crate::machine::world::World;
use crate::text::escape;
use std::fmt::Write as _;
use std::io;

/// A failure, ready to be shown. Its texts may hold what others wrote; [`Failure::render`] escapes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause} ({code})")]
pub struct Failure {
    /// Searchable, and stable for ever.
    pub code: Code,
    /// What happened, in one sentence without a full stop.
    pub cause: String,
    /// What was looked at, a line each.
    pub looked_at: Vec<String>,
    /// What mends it, a line each: commands to paste, or a URL to use. Empty where nothing would help for certain.
    pub fix: Vec<String>,
}

impl Failure {
    /// A failure without anything looked at and without a fix.
    #[must_use]
    pub fn new(code: Code, cause: impl Into<String>) -> Self {
        Self { code, cause: cause.into(), looked_at: Vec::new(), fix: Vec::new() }
    }

    /// Adds a line on what was looked at.
    #[must_use]
    pub fn looked_at(mut self, line: impl Into<String>) -> Self {
        self.looked_at.push(line.into());
        self
    }

    /// Adds a line of the fix.
    #[must_use]
    pub fn fix(mut self, line: impl Into<String>) -> Self {
        self.fix.push(line.into());
        self
    }

    /// Adds several lines of the fix.
    #[must_use]
    pub(crate) fn fixes(self, lines: &[&str]) -> Self {
        lines.iter().fold(self, |failure, &line| failure.fix(line))
    }

    /// A panic, with the place in the source. Never its message: that may hold what was being worked on.
    #[must_use]
    pub fn unforeseen(at: Option<(&str, u32)>) -> Self {
        let failure = Self::new(Code::Unforeseen, "this program met a case that it does not know, and gave up");
        let Some((file, line)) = at else { return failure };
        // Where a library was built is of no interest.
        let parts: Vec<&str> = file.split(['/', '\\']).collect();
        let file = parts[parts.len().saturating_sub(3)..].join("/");
        failure.looked_at(format!("in {file}, line {line}: please report this, with the git command that you ran"))
    }

    /// Shows it. A terminal that cannot be written to is no further failure.
    pub fn tell(&self, terminal: &mut dyn io::Write, world: &World) {
        let _ = terminal.write_all(self.render(world).as_bytes());
    }

    /// The text for standard error, with a line break at the end. Where a fix needs the AWS CLI and `world` has none,
    /// it says so.
    #[must_use]
    pub fn render(&self, world: &World) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "git-credential-codecommit: error: {} ({})", escape::line(&self.cause), self.code);
        for line in &self.looked_at {
            let _ = writeln!(text, "  {}", escape::line(line));
        }
        for (index, line) in self.fix.iter().enumerate() {
            let _ = writeln!(text, "  {}{}", if index == 0 { "fix: " } else { "     " }, escape::line(line));
        }
        if self.needs_the_aws_cli() && !world.has_program("aws") {
            text.push_str(Self::NO_AWS_CLI);
        }
        text
    }

    /// What follows a fix that needs the AWS CLI, where there is none.
    pub const NO_AWS_CLI: &str = "       (`aws` is the AWS CLI, not installed here: https://aws.amazon.com/cli/)\n";

    /// Whether the fix needs the AWS CLI.
    #[must_use]
    pub fn needs_the_aws_cli(&self) -> bool {
        self.fix.iter().any(|line| line.starts_with("aws ") || line.contains("$(aws "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_without_its_message_and_without_the_path_of_the_build() {
        let failure = Failure::unforeseen(Some(("/home/me/.cargo/registry/src/x/aws-config-1.13.0/src/ecs.rs", 215)));
        assert_eq!(failure.code, Code::Unforeseen);
        assert!(failure.looked_at[0].starts_with("in aws-config-1.13.0/src/ecs.rs, line 215: "), "{failure:?}");
    }
}
