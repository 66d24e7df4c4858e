//! A failure that a user sees: its code, its cause, the details that were checked, and its fix.
//!
//! Decides how a failure is printed; leaves its text to `words`. A failure has one cause and at most one fix, printed
//! only if it would help. Codes never change their meaning; docs/errors.md has a heading for each.

mod code;
mod fix;
pub mod pages;

pub use crate::text::shell::{Command, Shell};
pub use code::Code;
pub use fix::{Fix, Step};

use crate::machine::terminal::has_colors;
use crate::machine::world::World;
use crate::text::escape;
use crate::text::style::{Tone, paint};
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

/// A failure, ready to be printed. Its texts may contain untrusted text; [`Failure::render`] escapes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause} ({code})")]
pub struct Failure {
    /// The code, which never changes its meaning.
    pub code: Code,
    /// The problem, in one phrase without a full stop.
    pub cause: String,
    /// The details that were checked, one fact a line.
    pub looked_at: Vec<String>,
    /// The fix. `None` if no step is known to help.
    pub fix: Option<Box<Fix>>,
}

impl Failure {
    /// A failure without details and without a fix.
    #[must_use]
    pub fn new(code: Code, cause: impl Into<String>) -> Self {
        Self { code, cause: cause.into(), looked_at: Vec::new(), fix: None }
    }

    /// Adds a detail.
    #[must_use]
    pub fn looked_at(mut self, line: impl Into<String>) -> Self {
        self.looked_at.push(line.into());
        self
    }

    /// Sets the fix.
    #[must_use]
    pub fn fix(self, fix: Fix) -> Self {
        Self { fix: Some(Box::new(fix)), ..self }
    }

    /// A panic, with its place in the source. Never its message, which may contain the data in use.
    #[must_use]
    pub fn unforeseen(at: Option<(&str, u32)>) -> Self {
        let failure = Self::new(Code::Unforeseen, "internal error: this is a bug in git-credential-codecommit");
        let Some((file, line)) = at else { return failure };
        // The directory in which a library was built does not matter.
        let parts: Vec<&str> = file.split(['/', '\\']).collect();
        let file = parts[parts.len().saturating_sub(3)..].join("/");
        failure.looked_at(format!("at {file}:{line}; please report it with the git command you ran"))
    }

    /// Prints the failure. Errors of the terminal are ignored.
    pub fn tell(&self, terminal: &mut dyn io::Write, world: &World) {
        let text = self.render(world);
        let colored = has_colors(&world.environment, io::stderr().is_terminal());
        // The program's name and the word are this function's own, so they are known without a look at the text.
        let text = match text.strip_prefix(START).filter(|_| colored) {
            Some(rest) => format!("git-credential-codecommit: {}{rest}", paint("error:", Tone::Bad, true)),
            None => text,
        };
        let _ = terminal.write_all(text.as_bytes());
    }

    /// The text for standard error, with a final line break. Says so if a fix needs the AWS CLI and `world` has none.
    #[must_use]
    pub fn render(&self, world: &World) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{START} {} ({})", escape::line(&self.cause), self.code);
        for line in &self.looked_at {
            let _ = writeln!(text, "  {}", escape::line(line));
        }
        text.push_str(&self.rendered_fix(world.shell(), || world.has_program("aws")));
        text
    }

    /// The lines of the fix for this shell. `has_aws_cli` is called only if the fix needs the AWS CLI.
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

/// Starts the first line.
const START: &str = "git-credential-codecommit: error:";

/// Follows a fix that needs the AWS CLI if it is not installed.
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
