//! The shape of a text whose contents may be secret: its markup, and how long the rest is. Pure.

use std::fmt::Write as _;

/// How much of a text is looked at, in characters.
const MOST: usize = 2_000;

/// The names of XML and HTML elements, without attributes, and the length of what is between them, in characters.
pub(crate) fn shape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.get(..text.char_indices().nth(MOST).map_or(text.len(), |(at, _)| at)).unwrap_or_default();
    while !rest.is_empty() {
        let (between, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        let length = between.trim().chars().count();
        if length > 0 {
            let _ = write!(out, "[{length}]");
        }
        let end = tag.find('>').map_or(tag.len(), |at| at + 1);
        let name = tag[..end].trim_matches(['<', '>']);
        let is_end = name.starts_with('/');
        let name: String =
            name.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).take(40).collect();
        if !tag.is_empty() {
            let _ = write!(out, "<{}{name}>", if is_end { "/" } else { "" });
        }
        rest = &tag[end..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn nothing_but_the_markup_and_lengths_is_left() {
        for (text, shaped) in [
            ("", ""),
            ("plain, with a secret", "[20]"),
            (
                "<ErrorResponse xmlns=\"x\"><Error><Code>AccessDenied</Code></Error>\n</ErrorResponse>",
                "<ErrorResponse><Error><Code>[12]</Code></Error></ErrorResponse>",
            ),
            ("{\"message\": \"a\"}", "[16]"),
            ("<a href='https://u:hush@host/'", "<a>"),
            ("<!-- hush --><p>é", "<><p>[1]"),
        ] {
            assert_eq!(shape(text), shaped, "{text}");
        }
    }
}
