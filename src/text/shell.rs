//! Words of a command line, both ways: taken apart as the shell and the AWS CLI do it, and quoted for a shell.
//!
//! Python's `shlex.split` (CPython 3.11, POSIX mode, no comments) on Unix; botocore's `_windows_shell_split`, which
//! follows the Microsoft C runtime, on Windows. Crates for this follow `sh` and treat `#` as a comment. Pure.

/// The words of `line`, or `None` where a quotation or an escape is not finished.
#[must_use]
pub fn split(line: &str) -> Option<Vec<String>> {
    if cfg!(windows) { split_windows(line) } else { split_posix(line) }
}

/// As on Unix. Section names of the config file (`[profile "a b"]`) are split this way on every system.
#[must_use]
pub fn split_posix(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        quoted => word.push(quoted),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => match characters.next()? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            // A backslash before anything else stays.
                            other => word.extend(['\\', other]),
                        },
                        quoted => word.push(quoted),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(characters.next()?),
            plain => word.get_or_insert_default().push(plain),
        }
    }
    words.extend(word);
    Some(words)
}

/// As on Windows: only double quotes quote, and backslashes escape nothing but a quote that follows them.
#[must_use]
fn split_windows(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut backslashes = 0;
    for character in line.chars() {
        match character {
            '\\' => backslashes += 1,
            '"' => {
                let word = word.get_or_insert_default();
                word.extend(std::iter::repeat_n('\\', backslashes / 2));
                if backslashes % 2 == 0 {
                    quoted = !quoted;
                } else {
                    word.push('"');
                }
                backslashes = 0;
            }
            blank @ (' ' | '\t') if !quoted => {
                if backslashes > 0 {
                    word.get_or_insert_default().extend(std::iter::repeat_n('\\', backslashes));
                    backslashes = 0;
                }
                debug_assert!(blank.is_ascii_whitespace());
                words.extend(word.take());
            }
            plain => {
                let word = word.get_or_insert_default();
                word.extend(std::iter::repeat_n('\\', backslashes));
                backslashes = 0;
                word.push(plain);
            }
        }
    }
    if quoted {
        return None;
    }
    if backslashes > 0 {
        word.get_or_insert_default().extend(std::iter::repeat_n('\\', backslashes));
    }
    words.extend(word);
    Some(words)
}

/// `text` as one word for a shell, quoted only where it must be. `*` must: zsh refuses a pattern without a match.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Where the first word of a shell command ends.
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

/// The path of a program as a value: git takes what starts like an absolute path for one, so quotes are not possible,
/// and a backslash stands before what the shell would not take as it is. `\` separates nothing for that shell.
#[must_use]
pub fn program_path(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character);
    path.chars().flat_map(|character| (!plain(character)).then_some('\\').into_iter().chain([character])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values printed by `python3 -c 'import shlex; print(shlex.split(…))'`, CPython 3.11.
    #[test]
    fn a_command_line_is_split_as_python_splits_it() {
        for (line, words) in [
            ("/bin/x --a b", Some(vec!["/bin/x", "--a", "b"])),
            ("  a\t'b c'd \"e 'f\" # g", Some(vec!["a", "b cd", "e 'f", "#", "g"])),
            (r#"a\ b "c\"d\\e\f" 'g\h'"#, Some(vec!["a b", r#"c"d\e\f"#, r"g\h"])),
            ("'' \"\"", Some(vec!["", ""])),
            ("a $HOME ~ `x` ; b", Some(vec!["a", "$HOME", "~", "`x`", ";", "b"])),
            ("'open", None),
            ("\"open", None),
            ("open\\", None),
            ("", Some(vec![])),
        ] {
            let words = words.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(split_posix(line), words, "{line}");
        }
    }

    /// Expected values printed by `botocore.compat._windows_shell_split`, botocore 1.43.11.
    #[test]
    fn a_windows_command_line_keeps_its_backslashes() {
        for (line, words) in [
            (r"C:\tools\x.exe --a b", Some(vec![r"C:\tools\x.exe", "--a", "b"])),
            (r#""C:\Program Files\x.exe" a"#, Some(vec![r"C:\Program Files\x.exe", "a"])),
            (r#"a \"b\" "c \\" d\\"#, Some(vec!["a", "\"b\"", r"c \", r"d\\"])),
            ("\"open", None),
        ] {
            let words = words.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(split_windows(line), words, "{line}");
        }
    }

    #[test]
    fn a_command_with_a_star_or_a_quote_can_be_pasted_into_zsh() {
        assert_eq!(
            shell_word("credential.https://git-codecommit.*.amazonaws.com"),
            "'credential.https://git-codecommit.*.amazonaws.com'"
        );
        assert_eq!(shell_word("my profile's"), r"'my profile'\''s'");
        assert_eq!(shell_word("dev"), "dev");
        assert_eq!(shell_word(""), "''");
    }
}
