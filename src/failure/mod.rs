//! Every failure that a user can see: its code, its cause, what was looked at, and what mends it.
//!
//! Knows no facts: `words` makes failures of them. A failure is one cause and at most one fix, and the fix is shown only
//! if it would help. Codes never change their meaning; docs/errors.md has a heading for each.

mod code;
mod fix;
pub mod pages;

pub use crate::text::shell::{Command, Shell};
pub use code::Code;
pub use fix::{Fix, Step};

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
    /// The one step that mends it. `None` where nothing would help for certain.
    pub fix: Option<Box<Fix>>,
}

impl Failure {
    /// A failure without anything looked at and without a fix.
    #[must_use]
    pub fn new(code: Code, cause: impl Into<String>) -> Self {
        Self { code, cause: cause.into(), looked_at: Vec::new(), fix: None }
    }

    /// Adds a line on what was looked at.
    #[must_use]
    pub fn looked_at(mut self, line: impl Into<String>) -> Self {
        self.looked_at.push(line.into());
        self
    }

    /// Says what mends it.
    #[must_use]
    pub fn fix(self, fix: Fix) -> Self {
        Self { fix: Some(Box::new(fix)), ..self }
    }

    /// A panic, with the place in the source. Never its message: that may hold what was being worked on.
    #[must_use]
    pub fn unforeseen(at: Option<(&str, u32)>) -> Self {
        let failure = Self::new(Code::Unforeseen, "internal error: this is a bug in git-credential-codecommit");
        let Some((file, line)) = at else { return failure };
        // Where a library was built is of no interest.
        let parts: Vec<&str> = file.split(['/', '\\']).collect();
        let file = parts[parts.len().saturating_sub(3)..].join("/");
        failure.looked_at(format!("at {file}:{line}; please report it with the git command you ran"))
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
        text.push_str(&self.rendered_fix(world.shell(), || world.has_program("aws")));
        text
    }

    /// The lines of the fix, for a person with this shell. `has_aws_cli` is asked where the fix needs it.
    #[must_use]
    pub fn rendered_fix(&self, shell: Shell, has_aws_cli: impl Fn() -> bool) -> String {
        let mut text = String::new();
        let Some(fix) = &self.fix else { return text };
        for (index, line) in fix.lines(shell).iter().enumerate() {
            let _ = writeln!(text, "  {}{line}", if index == 0 { "fix: " } else { "     " });
        }
        if fix.needs_the_aws_cli() && !has_aws_cli() {
            text.push_str(NO_AWS_CLI);
        }
        text
    }
}

/// What follows a fix that needs the AWS CLI, where there is none.
const NO_AWS_CLI: &str = "     # the AWS CLI is not installed: https://aws.amazon.com/cli/\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_without_its_message_and_without_the_path_of_the_build() {
        let failure = Failure::unforeseen(Some(("/home/me/.cargo/registry/src/x/aws-config-1.13.0/src/ecs.rs", 215)));
        assert_eq!(failure.code, Code::Unforeseen);
        assert!(failure.looked_at[0].starts_with("at aws-config-1.13.0/src/ecs.rs:215; "), "{failure:?}");
    }
}
