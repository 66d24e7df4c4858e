//! Shell syntax in a `credential_process`, which no shell interprets.
//!
//! botocore splits the setting and starts the program (`ProcessProvider`, `compat_shell_split`, `Popen` without
//! `shell`), so all of this reaches the program literally. Only used after a failure: a program may expect a literal
//! `*` or `$`.

use crate::shell_words;

/// A piece of shell syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShellSyntax {
    /// `|`
    Pipe,
    /// `;`, `&&`, `||`, `&`
    Sequence(&'static str),
    /// `>`, `>>`, `2>`, `<`
    Redirection(&'static str),
    /// `$(…)` or backquotes.
    Substitution(&'static str),
    /// A shell builtin, such as `cd`.
    Builtin(&'static str),
    /// `NAME=value` before the program's name.
    Assignment,
    /// `!` before the command, as in a value of git's `credential.helper`.
    Bang,
    /// `~` at the start of a word.
    Tilde,
    /// `$HOME` or `${HOME}`.
    Home,
    /// `$NAME` of any other variable.
    Variable,
    /// `%NAME%` of `cmd.exe`, or `$env:NAME` of `PowerShell`.
    WindowsVariable(&'static str),
    /// `*` or `?` in a word.
    Glob(&'static str),
    /// Quotes around program and arguments together, which make them one word.
    WholeQuoted,
}

impl ShellSyntax {
    /// Its general notation, never the text of the setting.
    #[must_use]
    pub fn written(self) -> &'static str {
        match self {
            Self::Pipe => "|",
            Self::Sequence(sign) | Self::Redirection(sign) | Self::Substitution(sign) | Self::Glob(sign) => sign,
            Self::Builtin(name) => name,
            Self::Assignment => "NAME=value",
            Self::Bang => "!",
            Self::Tilde => "~",
            Self::Home => "$HOME",
            Self::Variable => "$NAME",
            Self::WindowsVariable(form) => form,
            Self::WholeQuoted => "\"",
        }
    }
}

/// Builtins without a program of the same effect; some systems have a program of that name that does nothing for its
/// caller.
const BUILTINS: [&str; 14] =
    ["cd", "source", ".", "export", "eval", "exec", "set", "unset", "alias", "if", "for", "while", "pushd", "umask"];

/// The shell syntax in the setting, if any. What needs a shell comes first: running the setting with `sh -c` fixes the
/// rest.
#[must_use]
pub fn shell_syntax(command: &str) -> Option<ShellSyntax> {
    let words = words(command);
    let first = words.first()?;
    let is_script = runs_a_shell(&words);
    // A shell interprets the argument of `sh -c`.
    let read = |at: usize| !(is_script && at > 0);
    let signs = || {
        words.iter().find_map(|word| {
            let bare = word.bare();
            let sequence = ["&&", "||", ";", "&"].into_iter().find(|sign| bare == *sign);
            let ended = (bare.len() > 1 && bare.ends_with(';')).then_some(";");
            let redirection = [">>", "2>", "&>", ">", "<"].into_iter().find(|sign| bare.starts_with(sign));
            match sequence.or(ended) {
                Some(sign) => Some(ShellSyntax::Sequence(sign)),
                None if bare == "|" || bare == "|&" => Some(ShellSyntax::Pipe),
                None => redirection.map(ShellSyntax::Redirection),
            }
        })
    };
    let piped_without_blanks =
        || words.iter().any(|word| word.bare().contains('|') && word.bare().len() > 1).then_some(ShellSyntax::Pipe);
    let substitution = || {
        if words.iter().enumerate().any(|(at, word)| read(at) && word.text.contains("$(")) {
            return Some(ShellSyntax::Substitution("$(…)"));
        }
        let backquotes = words.iter().map(|word| word.bare().matches('`').count()).sum::<usize>();
        (backquotes > 1).then_some(ShellSyntax::Substitution("`…`"))
    };
    let program = || {
        if let Some(name) = BUILTINS.into_iter().find(|name| first.text == *name) {
            return Some(ShellSyntax::Builtin(name));
        }
        if first.text.starts_with('!') {
            return Some(ShellSyntax::Bang);
        }
        let (name, _) = first.text.split_once('=')?;
        is_name(name).then_some(ShellSyntax::Assignment)
    };
    let variables = || {
        words.iter().enumerate().filter(|(at, _)| read(*at)).find_map(|(_, word)| {
            let text = &word.text;
            if text.starts_with("~/") || text.starts_with("~\\") || text == "~" || text.contains("=~/") {
                return Some(ShellSyntax::Tilde);
            }
            variable(text)
        })
    };
    let glob =
        || {
            words.iter().enumerate().filter(|(at, _)| read(*at)).find_map(|(_, word)| {
                ["*", "?"].into_iter().find(|sign| word.bare().contains(sign)).map(ShellSyntax::Glob)
            })
        };
    let whole = || {
        let is_one = words.len() == 1 && first.text.contains(' ') && first.bare().is_empty();
        is_one.then_some(ShellSyntax::WholeQuoted)
    };
    whole()
        .or_else(signs)
        .or_else(piped_without_blanks)
        .or_else(substitution)
        .or_else(program)
        .or_else(variables)
        .or_else(glob)
}

/// The quotes with which the whole setting can be passed to `sh -c`, for botocore's splitter and ours: between double
/// quotes everything but `"` and a backslash is literal. `None` if the setting contains both kinds of quotes.
#[must_use]
pub fn quotes_around(command: &str) -> Option<char> {
    if !command.contains('\'') {
        Some('\'')
    } else if !command.contains(['"', '\\']) {
        Some('"')
    } else {
        None
    }
}

/// The program of the setting, with the home directory instead of `~`, `$HOME` or `%USERPROFILE%`.
#[must_use]
pub fn with_home(program: &str, home: &str) -> Option<String> {
    let starts = [
        "~",
        "$HOME",
        "${HOME}",
        "%USERPROFILE%",
        "%HOMEDRIVE%%HOMEPATH%",
        "%HOME%",
        "$env:USERPROFILE",
        "$env:HOME",
        "$USERPROFILE",
        "${USERPROFILE}",
    ];
    starts.iter().find_map(|start| {
        let rest = program.strip_prefix(start)?;
        rest.starts_with(['/', '\\']).then(|| format!("{home}{rest}"))
    })
}

fn variable(text: &str) -> Option<ShellSyntax> {
    if text.contains("$HOME") || text.contains("${HOME}") {
        return Some(ShellSyntax::Home);
    }
    if text.contains("$env:") {
        return Some(ShellSyntax::WindowsVariable("$env:NAME"));
    }
    let mut parts = text.split('%');
    parts.next();
    let is_percent = parts.next().is_some_and(|name| is_name(name) && name.len() > 2) && parts.next().is_some();
    if is_percent {
        return Some(ShellSyntax::WindowsVariable("%NAME%"));
    }
    let after = text.split_once('$').map(|(_, after)| after.strip_prefix('{').unwrap_or(after));
    after
        .is_some_and(|after| after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        .then_some(ShellSyntax::Variable)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the words start a shell or another interpreter with a script as an argument.
fn runs_a_shell(words: &[Word]) -> bool {
    let shells = [
        "sh",
        "bash",
        "zsh",
        "dash",
        "ksh",
        "fish",
        "ash",
        "cmd",
        "cmd.exe",
        "powershell",
        "powershell.exe",
        "pwsh",
        "pwsh.exe",
        "python",
        "python3",
        "perl",
        "ruby",
        "node",
        "env",
    ];
    let name = words.first().and_then(|word| word.text.rsplit(['/', '\\']).next());
    name.is_some_and(|name| shells.contains(&&*name.to_ascii_lowercase())) && words.len() > 1
}

/// A word, and the parts of it outside quotes.
struct Word {
    text: String,
    bare: String,
}

impl Word {
    fn bare(&self) -> &str {
        &self.bare
    }
}

/// The words of the setting; quoted and escaped characters are not bare.
fn words(command: &str) -> Vec<Word> {
    let Some(texts) = shell_words::split(command) else { return Vec::new() };
    let mut bare = vec![String::new()];
    let (mut quote, mut is_escaped, mut has_word) = (None, false, false);
    for character in command.chars() {
        match (character, quote) {
            _ if is_escaped => is_escaped = false,
            ('\\', None | Some('"')) if !cfg!(windows) => (is_escaped, has_word) = (true, true),
            ('\'', None) if !cfg!(windows) => (quote, has_word) = (Some('\''), true),
            ('"', None) => (quote, has_word) = (Some('"'), true),
            (closes, Some(opened)) if closes == opened => quote = None,
            (_, Some(_)) => {}
            (' ' | '\t' | '\r' | '\n', None) => {
                if has_word {
                    bare.push(String::new());
                }
                has_word = false;
            }
            (other, None) => {
                has_word = true;
                if let Some(last) = bare.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    texts.into_iter().zip(bare).map(|(text, bare)| Word { text, bare }).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_shell_reads_is_found_outside_of_quotes() {
        use ShellSyntax::*;
        for (command, syntax) in [
            ("~/bin/x", Some(Tilde)),
            ("\"~/bin/x\" a", Some(Tilde)),
            ("x --config=~/y", Some(Tilde)),
            ("$HOME/bin/x", Some(Home)),
            ("'${HOME}/bin/x'", Some(Home)),
            ("x $USER", Some(Variable)),
            ("%USERPROFILE%/x", Some(WindowsVariable("%NAME%"))),
            ("$env:USERPROFILE/x", Some(WindowsVariable("$env:NAME"))),
            ("x | jq .", Some(Pipe)),
            ("x|jq .", Some(Pipe)),
            ("~/x | jq .", Some(Pipe)),
            ("cd /x && ./y", Some(Sequence("&&"))),
            ("x; y", Some(Sequence(";"))),
            ("x ; y", Some(Sequence(";"))),
            ("x 2>/dev/null", Some(Redirection("2>"))),
            ("x > file", Some(Redirection(">"))),
            ("x $(cat key)", Some(Substitution("$(…)"))),
            ("x `cat key`", Some(Substitution("`…`"))),
            ("cd /x", Some(Builtin("cd"))),
            ("source x", Some(Builtin("source"))),
            ("KEY=1 x", Some(Assignment)),
            ("!x", Some(Bang)),
            ("x *.json", Some(Glob("*"))),
            ("\"/bin/x --a b\"", Some(WholeQuoted)),
            ("/bin/x --a b", None),
            ("x 'a | b; c' \"d > e\"", None),
            ("sh -c 'x | jq . > $HOME/y; echo $(z)'", None),
            ("x https://h/?a=1", Some(Glob("?"))),
            ("x 100%", None),
            ("", None),
            ("'open", None),
        ] {
            assert_eq!(shell_syntax(command), syntax, "{command}");
        }
    }

    #[test]
    fn the_whole_setting_can_be_quoted_for_a_shell() {
        for command in ["x | jq '.a'", "x | jq .", "x \"a b\" | y"] {
            let Some(quote) = quotes_around(command) else { panic!("{command}") };
            let words = shell_words::split_posix(&format!("sh -c {quote}{command}{quote}")).expect("words");
            assert_eq!(words, ["sh", "-c", command]);
        }
        assert_eq!(quotes_around("x 'a' \"b\""), None);
    }

    #[test]
    fn the_home_directory_takes_the_place_of_what_stands_for_it() {
        for program in ["~/bin/x", "$HOME/bin/x", "${HOME}/bin/x", "%USERPROFILE%/bin/x"] {
            assert_eq!(with_home(program, "/home/me").as_deref(), Some("/home/me/bin/x"));
        }
        assert_eq!(with_home("~other/x", "/home/me"), None);
    }
}
