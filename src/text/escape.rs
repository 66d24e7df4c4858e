//! Makes untrusted text safe to print on a terminal.
//!
//! Removes two dangers: control characters and the passwords of URLs. git passes raw control bytes in a decoded path to
//! the helper (`%1b%5b31m` in a URL arrives as an escape sequence; git 2.47 sanitizes only its own prompt,
//! CVE-2024-50349). All untrusted text for stderr or a trace is escaped here.

use codecommit::attributes::with_shown_urls;
use codecommit::quote::shorten;
use codecommit::secret::public_words;
use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` without the passwords of URLs in it, and with every character that could move the cursor, color, reorder or
/// hide text written as an escape (`\x1b`, `\u{202e}`). Line breaks are escaped too; [`lines`] keeps several lines.
#[must_use]
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if text.contains("://") {
        Cow::Owned(escape_controls(&with_shown_urls(text)).into_owned())
    } else {
        escape_controls(text)
    }
}

/// The longest line of a message, in characters. Two quotes of AWS fit into it.
const LINE: usize = 4_000;

/// [`escape`] for a whole line of a message, cut in the middle if it is longer than [`LINE`]: settings have no length
/// limit.
#[must_use]
pub(crate) fn line(text: &str) -> String {
    cut(text, LINE)
}

/// Cuts `text` before it is escaped: a cut inside an escape or a URL would reveal what both hide.
fn cut(text: &str, width: usize) -> String {
    escape_controls(&shorten(&with_shown_urls(text), width)).into_owned()
}

fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            unsafe_one if is_unsafe(unsafe_one) && (unsafe_one as u32) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", unsafe_one as u32);
            }
            unsafe_one if is_unsafe(unsafe_one) => {
                let _ = write!(out, "\\u{{{:x}}}", unsafe_one as u32);
            }
            safe => out.push(safe),
        }
    }
    Cow::Owned(out)
}

/// At most `most` of the lines that are not empty, each escaped, without text in the form of a secret, and cut to
/// `width` characters; `…` marks what was left out. For the standard error of a child process.
#[must_use]
pub(crate) fn lines<'t>(lines: impl IntoIterator<Item = &'t str>, most: usize, width: usize) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for line in lines.into_iter().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        if kept.len() == most {
            kept.push("…".to_owned());
            break;
        }
        kept.push(cut(&public_words(line), width));
    }
    kept
}

/// Control characters of C0 and C1, and the format characters that reorder or hide text (Unicode TR 36 section 3.6).
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_in_a_path_does_not_reach_the_terminal() {
        assert_eq!(escape("v1/repos/\u{1b}[31mx"), "v1/repos/\\x1b[31mx");
        assert_eq!(escape("a\u{202e}b\u{9b}c\n"), "a\\u{202e}b\\x9bc\\n");
    }

    #[test]
    fn the_password_of_a_url_is_never_printed_wherever_the_url_stands() {
        for (text, shown) in [
            ("https://u:hush@host/x", "https://…:…@host/x"),
            (
                "in `url.https://u:hush@host/.insteadof` and ssh://u:hush@h/p.",
                "in `url.https://…:…@host/.insteadof` and ssh://…:…@h/p.",
            ),
            ("said: 'http://a:hush@b' \u{1b}[0m", "said: 'http://…:…@b' \\x1b[0m"),
            ("größe://a:hush@b ://", "größe://…:…@b ://"),
            ("codecommit://work@demo, https://host:8443/p", "codecommit://work@demo, https://host:8443/p"),
        ] {
            assert_eq!(escape(text), shown, "{text}");
        }
    }

    #[test]
    fn ordinary_text_is_printed_as_it_is() {
        assert!(matches!(escape("größe %20 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_flood_of_standard_error_is_cut_to_a_few_lines() {
        let flood = "x".repeat(500) + "\n\n" + &"line\n".repeat(100);
        let kept = lines(flood.lines(), 2, 10);
        assert_eq!(kept, ["xxxxx … xxxxx", "line", "…"]);
    }
}
