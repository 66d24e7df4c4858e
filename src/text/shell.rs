//! A word of a command line, as a shell wants it: quoted, and where one ends.

/// `text` as one word for a shell, quoted only where it must be. `*` must: zsh refuses a pattern without a match.
#[must_use]
pub(crate) fn shell_word(text: &str) -> String {
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
