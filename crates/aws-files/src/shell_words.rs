//! Splits a command line into words as the AWS CLI does.
//!
//! Python's `shlex.split` (CPython 3.11, POSIX mode, no comments) on Unix; botocore's `_windows_shell_split`, which
//! follows the Microsoft C runtime, on Windows. Crates for this follow `sh` and treat `#` as a comment.

/// The words of `line`, or `None` if a quotation or an escape is unterminated.
#[must_use]
pub fn split(line: &str) -> Option<Vec<String>> {
    if cfg!(windows) { split_windows(line) } else { split_posix(line) }
}

/// Splits as on Unix. Section names of the config file (`[profile "a b"]`) are split this way on every system.
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
                            // Before any other character a backslash is literal.
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

/// Splits as on Windows: only double quotes quote, and backslashes escape only a quote that follows them.
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
}
