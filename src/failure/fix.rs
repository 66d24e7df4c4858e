//! The fix of a failure: a command to paste, or words that do no harm when pasted into a shell.

use crate::text::escape;
use crate::text::shell::{Command, Shell, is_active};

/// The one step that resolves a failure. Printed only if it is known to help in this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The step.
    pub step: Step,
    /// What a placeholder stands for, or an alternative, on a separate line.
    pub note: Option<String>,
}

/// A step, by what the reader does with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A command that runs as printed.
    Command(Command),
    /// A command with a placeholder in capitals for what only the reader knows.
    Template(Command),
    /// Another URL to use. Characters with a meaning for shells are percent-encoded.
    Url(String),
    /// An instruction for the reader.
    Words(String),
    /// An instruction for an administrator.
    Administrator(String),
}

impl Fix {
    /// A command that runs as printed.
    #[must_use]
    pub fn command(command: Command) -> Self {
        Self::of(Step::Command(command))
    }

    /// A command with a placeholder; `note` explains the placeholder.
    #[must_use]
    pub fn template(command: Command, note: impl Into<String>) -> Self {
        Self::of(Step::Template(command)).note(note)
    }

    /// An instruction for the reader, without backquotes. Characters that a shell would act on become `…`: words are
    /// pasted, too, and may contain text of others.
    #[must_use]
    pub fn words(text: impl Into<String>) -> Self {
        Self::of(Step::Words(harmless(&text.into())))
    }

    /// Another URL to use. Characters that a shell acts on are percent-encoded, which does not change the URL's
    /// meaning.
    #[must_use]
    pub fn url(url: &str) -> Self {
        Self::of(Step::Url(encoded(url)))
    }

    /// An instruction for an administrator. It may contain a policy statement, with its braces, double quotes and
    /// patterns, but nothing that a shell would run.
    #[must_use]
    pub fn administrator(text: impl Into<String>) -> Self {
        let text = text.into().replace('`', "");
        let text = text.replace(|character| is_active(character) && !"{}[]\"*?".contains(character), "…");
        let is_closed = text.matches('"').count() % 2 == 0;
        Self::of(Step::Administrator(if is_closed { text } else { text.replace('"', "…") }))
    }

    fn of(step: Step) -> Self {
        Self { step, note: None }
    }

    /// Adds a note, printed on a line that begins with `#`.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(harmless(&note.into())), ..self }
    }

    /// The lines for this shell: the step, and the note as a comment.
    #[must_use]
    pub fn lines(&self, shell: Shell) -> Vec<String> {
        let step = match &self.step {
            Step::Command(command) | Step::Template(command) => command.written_for(shell),
            Step::Url(url) => format!("use this URL: {url}"),
            Step::Words(text) | Step::Administrator(text) => text.clone(),
        };
        let note = self.note.as_ref().map(|note| format!("# {note}"));
        std::iter::once(step).chain(note).map(|line| escape::line(&line)).collect()
    }

    /// Whether the step runs the AWS CLI.
    #[must_use]
    pub fn needs_the_aws_cli(&self) -> bool {
        match &self.step {
            Step::Command(command) | Step::Template(command) => command.program() == Some("aws"),
            Step::Url(_) | Step::Words(_) | Step::Administrator(_) => false,
        }
    }
}

fn harmless(text: &str) -> String {
    text.replace('`', "").replace(is_active, "…")
}

fn encoded(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for character in url.chars() {
        if is_active(character) || character == ' ' {
            let mut bytes = [0; 4];
            out.extend(character.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_for_an_administrator_is_whole_and_nothing_else_acts() {
        let statement =
            r#"ask to add: {"Effect": "Allow", "Action": "codecommit:Git*", "Resource": "arn:aws:codecommit:*"}"#;
        for (text, shown) in [
            (statement, statement),
            ("ask `$(id)`; (x) !! it's", "ask ……id…… …x… …… it…s"),
            (r#"ask for "x"#, "ask for …x"),
        ] {
            assert_eq!(Fix::administrator(text).lines(Shell::Posix), [shown]);
        }
    }

    #[test]
    fn no_words_of_a_fix_do_anything_in_a_shell() {
        let lines = |fix: Fix| fix.lines(Shell::Posix).join("\n");
        assert_eq!(lines(Fix::words("see `$(id)`; it's (x)")), "see ……id…… it…s …x…");
        assert_eq!(lines(Fix::url("https://h/a`id`;b c")), "use this URL: https://h/a%60id%60%3Bb%20c");
        assert_eq!(
            lines(Fix::template(Command::Export("AWS_PROFILE", "NAME".into()), "NAME: a profile\n`id`")),
            "export AWS_PROFILE=NAME\n# NAME: a profile…id"
        );
    }
}
