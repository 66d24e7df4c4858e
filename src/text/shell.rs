//! Commands to paste into a shell, and words of a command line: how they are quoted, and where one ends.
//!
//! Writes for two shells: POSIX shells, and `PowerShell` on Windows (`World::shell` decides). What works in both is
//! written the same for both.

use super::escape;

/// The shell that a command is written for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// `sh`, bash and zsh; Git Bash on Windows.
    #[default]
    Posix,
    /// Windows `PowerShell` and `PowerShell` 7.
    PowerShell,
}

impl Shell {
    /// `text` as one word, quoted only if necessary. `*` is quoted: zsh rejects a pattern without a match. Double
    /// quotes are preferred if they have the same effect: `cmd.exe` treats single quotes as part of the word.
    #[must_use]
    pub(crate) fn word(self, text: &str) -> String {
        let is_plain = |character| match self {
            Self::Posix => is_plain(character),
            // `@` starts splatting, `,` an array, `%` is an alias (about_Splatting, about_Arrays, about_Aliases).
            Self::PowerShell => is_plain(character) && !"@,%".contains(character),
        };
        // zsh expands `=word` to the path of a program.
        if !text.is_empty() && !text.starts_with('=') && text.chars().all(is_plain) {
            return text.to_owned();
        }
        // Text that is escaped when printed contains a backslash.
        let is_changed = escape::line(text) != text;
        let is_active = is_changed || text.contains(['$', '"', '\\', '!', '`']);
        if !is_active && (self == Self::Posix || !text.contains(TYPOGRAPHIC)) {
            return format!("\"{text}\"");
        }
        match self {
            Self::Posix => single_quoted(text),
            Self::PowerShell => {
                let mut word = String::from("'");
                for character in text.chars() {
                    word.extend(std::iter::repeat_n(character, if is_single_quote(character) { 2 } else { 1 }));
                }
                word + "'"
            }
        }
    }
}

/// Typographic quotes. `PowerShell` treats each like the ASCII quote that it resembles (PowerShell 7.5 `CharTraits.cs`,
/// `IsSingleQuote` and `IsDoubleQuote`).
const TYPOGRAPHIC: [char; 7] = ['\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{201c}', '\u{201d}', '\u{201e}'];

fn is_single_quote(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}'..='\u{201b}')
}

/// A command to paste, independent of the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A program with its arguments.
    Run(Vec<Word>),
    /// Sets an environment variable in the shell session.
    Export(&'static str, String),
    /// Removes environment variables from the shell session.
    Unset(Vec<&'static str>),
    /// Commands that only help together, on one line: a step is pasted whole.
    All(Vec<Self>),
}

/// A word of a [`Command::Run`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Literal text.
    Text(String),
    /// The output of a command, as one word.
    OutputOf(Vec<String>),
}

impl Command {
    /// A command from `line`, which has no quotes and single spaces between words.
    #[must_use]
    pub fn new(line: &str) -> Self {
        Self::Run(line.split(' ').map(|word| Word::Text(word.to_owned())).collect())
    }

    /// `git credential-codecommit`, or this program's `path` if git does not find it.
    #[must_use]
    pub fn ours(path: Option<&str>) -> Self {
        path.map_or_else(|| Self::new("git credential-codecommit"), |path| Self::Run(Vec::new()).arg(path))
    }

    /// Adds a word.
    #[must_use]
    pub fn arg(self, text: impl Into<String>) -> Self {
        self.with(Word::Text(text.into()))
    }

    /// Adds the output of a command as a word. The output itself stays out of the message, which may be pasted into a
    /// ticket.
    #[must_use]
    pub fn output_of(self, line: &str, last: impl Into<String>) -> Self {
        let words = line.split(' ').map(str::to_owned).chain(std::iter::once(last.into()));
        self.with(Word::OutputOf(words.collect()))
    }

    fn with(self, word: Word) -> Self {
        match self {
            Self::Run(mut words) => {
                words.push(word);
                Self::Run(words)
            }
            Self::All(mut commands) => {
                let last = commands.pop().map(|last| last.with(word));
                Self::All(commands.into_iter().chain(last).collect())
            }
            other => other,
        }
    }

    /// The program that the command starts, if any.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        match self {
            Self::Run(words) => match words.first() {
                Some(Word::Text(program)) => Some(program),
                _ => None,
            },
            Self::All(commands) => commands.first().and_then(Self::program),
            Self::Export(..) | Self::Unset(_) => None,
        }
    }

    /// The command line to paste into `shell`.
    #[must_use]
    pub fn written_for(&self, shell: Shell) -> String {
        let joined = |words: &[String]| words.iter().map(|word| shell.word(word)).collect::<Vec<_>>().join(" ");
        match (self, shell) {
            (Self::Run(words), _) => {
                let word = |word: &Word| match word {
                    Word::Text(text) => shell.word(text),
                    Word::OutputOf(words) => format!("\"$({})\"", joined(words)),
                };
                let line = words.iter().map(word).collect::<Vec<_>>().join(" ");
                // In `PowerShell` a quoted string is an expression unless it is called with `&` (about_Operators, "Call
                // operator").
                let is_called = shell == Shell::PowerShell && line.starts_with(['"', '\'']);
                if is_called { format!("& {line}") } else { line }
            }
            (Self::Export(variable, value), Shell::Posix) => format!("export {variable}={}", shell.word(value)),
            (Self::Export(variable, value), Shell::PowerShell) => {
                // The value is an expression, in which an unquoted word would be a command.
                let is_changed = escape::line(value) != *value;
                let is_active = is_changed || value.contains(['$', '"', '`']) || value.contains(TYPOGRAPHIC);
                let word = if is_active { shell.word(value) } else { format!("\"{value}\"") };
                format!("$env:{variable} = {word}")
            }
            (Self::Unset(variables), Shell::Posix) => format!("unset {}", variables.join(" ")),
            (Self::Unset(variables), Shell::PowerShell) => {
                let paths: Vec<String> = variables.iter().map(|name| format!("Env:{name}")).collect();
                format!("Remove-Item {} -ErrorAction Ignore", paths.join(", "))
            }
            (Self::All(commands), _) => {
                // Windows PowerShell 5.1 has no `&&` (about_Pipeline_Chain_Operators).
                let separator = if shell == Shell::Posix { " && " } else { "; " };
                commands.iter().map(|command| command.written_for(shell)).collect::<Vec<_>>().join(separator)
            }
        }
    }
}

/// `text` as one word for the shell that git runs, in a value of git's configuration: there each double quote would
/// have to be escaped again.
#[must_use]
pub(crate) fn stored_word(text: &str) -> String {
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { single_quoted(text) }
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Whether a POSIX shell treats `character` literally, anywhere in a word.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character)
}

/// Whether `character` is special to a shell, inside double quotes or outside.
#[must_use]
pub(crate) fn is_active(character: char) -> bool {
    "()[]{}<>'\"`;$&|\\!*?".contains(character) || TYPOGRAPHIC.contains(&character) || character.is_control()
}

/// The end of the first word of a shell command, as a byte offset.
pub(crate) fn first_word_end(command: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in command.char_indices() {
        match (character, quote) {
            _ if escaped => escaped = false,
            ('\\', None | Some('"')) => escaped = true,
            ('\'' | '"', None) => quote = Some(character),
            (closing, Some(opened)) if closing == opened => quote = None,
            (' ' | '\t', None) if at > 0 => return at,
            _ => {}
        }
    }
    command.len()
}

/// A program's path as a value of `credential.helper`: git recognizes an absolute path by its start, so it cannot be
/// quoted, and special characters get a backslash. In a POSIX shell `\` is not a path separator.
#[must_use]
pub fn program_path(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    path.chars().flat_map(|character| (!is_plain(character)).then_some('\\').into_iter().chain([character])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_can_be_pasted_into_every_shell_that_takes_it() {
        let pattern = "credential.https://git-codecommit.*.amazonaws.com";
        for (text, posix, powershell) in [
            ("dev", "dev", "dev"),
            (pattern, &*format!("\"{pattern}\""), &*format!("\"{pattern}\"")),
            ("my profile's", "\"my profile's\"", "\"my profile's\""),
            ("a$b", "'a$b'", "'a$b'"),
            ("a'b`c", r"'a'\''b`c'", "'a''b`c'"),
            ("me@corp", "me@corp", "\"me@corp\""),
            ("=ls", "\"=ls\"", "\"=ls\""),
            ("a\u{201d};b\u{2019}", "\"a\u{201d};b\u{2019}\"", "'a\u{201d};b\u{2019}\u{2019}'"),
        ] {
            assert_eq!((&*Shell::Posix.word(text), &*Shell::PowerShell.word(text)), (posix, powershell));
        }
    }

    #[test]
    fn each_shell_has_its_own_way_to_set_a_variable() {
        for (command, posix, powershell) in [
            (Command::Export("AWS_PROFILE", "work".into()), "export AWS_PROFILE=work", "$env:AWS_PROFILE = \"work\""),
            (
                Command::Unset(vec!["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]),
                "unset AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN",
                "Remove-Item Env:AWS_ACCESS_KEY_ID, Env:AWS_SESSION_TOKEN -ErrorAction Ignore",
            ),
            (
                Command::ours(Some("/opt/my tools/ours")).arg("setup"),
                "\"/opt/my tools/ours\" setup",
                "& \"/opt/my tools/ours\" setup",
            ),
            (
                Command::new("git config --global http.proxy").output_of("git config --get", "http.proxy"),
                "git config --global http.proxy \"$(git config --get http.proxy)\"",
                "git config --global http.proxy \"$(git config --get http.proxy)\"",
            ),
            (
                Command::All(vec![Command::new("git config a.b c"), Command::ours(Some("/my tools/x"))]),
                "git config a.b c && \"/my tools/x\"",
                "git config a.b c; & \"/my tools/x\"",
            ),
        ] {
            assert_eq!(command.written_for(Shell::Posix), posix);
            assert_eq!(command.written_for(Shell::PowerShell), powershell);
        }
    }
}
