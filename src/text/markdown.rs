//! Renders the documentation's Markdown for a terminal.
//!
//! Supports what the pages of docs/errors.md use: paragraphs, lists, headings, fenced code, links, bold text, code
//! spans. A link is replaced with its text, since there may be no browser and no network. Code is indented and never
//! wrapped, as in git's man pages, so that it can be pasted.

/// The width of a man page, in columns.
const WIDTH: usize = 80;

/// The indentation of code.
const INDENT: &str = "    ";

/// The text of a page, with a final line break. Blocks are separated by an empty line.
#[must_use]
pub(crate) fn rendered(markdown: &str) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let code = lines.by_ref().take_while(|line| !line.starts_with("```"));
            blocks.push(code.map(indented).collect::<Vec<_>>().join("\n"));
            continue;
        }
        if let Some(heading) = line.strip_prefix('#') {
            blocks.push(inline(heading.trim_start_matches('#').trim()));
            continue;
        }
        let mut text = line.trim().to_owned();
        while let Some(next) = lines.next_if(|next| continues(next)) {
            text.push(' ');
            text.push_str(next.trim());
        }
        let text = inline(&text);
        if text.is_empty() {
            continue;
        }
        match (text.strip_prefix("- "), blocks.last_mut()) {
            // No empty line between the items of a list.
            (Some(item), Some(list)) if list.starts_with("- ") => {
                list.push('\n');
                list.push_str(&wrapped(item, "- "));
            }
            (Some(item), _) => blocks.push(wrapped(item, "- ")),
            (None, _) => blocks.push(wrapped(&text, "")),
        }
    }
    blocks.iter().map(|block| block.replace(UNBROKEN, " ")).collect::<Vec<_>>().join("\n\n") + "\n"
}

/// The text of one line of Markdown, such as a heading.
#[must_use]
pub(crate) fn line(markdown: &str) -> String {
    inline(markdown.trim()).replace(UNBROKEN, " ")
}

/// Whether a line continues the paragraph or list item above it.
fn continues(line: &str) -> bool {
    !line.trim().is_empty() && !["```", "#", "- "].iter().any(|start| line.starts_with(start))
}

fn indented(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("{INDENT}{line}") }
}

/// A space at which lines are not broken: inside a code span, which is pasted or searched for.
const UNBROKEN: char = '\u{a0}';

/// Links and bold text as plain text, without comments and anchors. Backquotes are kept, as in messages.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (shown, length) = match first {
            '`' => span(rest, "`", "`").map(|(code, length)| (format!("`{code}`").replace(' ', "\u{a0}"), length)),
            '*' => rest.starts_with("**").then_some((String::new(), 2)),
            '[' => link(rest),
            '<' => {
                let hidden =
                    span(rest, "<!--", "-->").or_else(|| span(rest, "<a ", ">")).or_else(|| span(rest, "</a", ">"));
                hidden.map(|(_, length)| (String::new(), length))
            }
            _ => None,
        }
        .unwrap_or_else(|| (first.to_string(), first.len_utf8()));
        out.push_str(&shown);
        rest = &rest[length..];
    }
    out.trim().to_owned()
}

/// A link `[text](target)` at the start of `rest`: its text, and the link's length in bytes.
fn link(rest: &str) -> Option<(String, usize)> {
    let (text, behind) = rest[1..].split_once("](")?;
    let (target, _) = behind.split_once(')')?;
    (!text.contains('[')).then(|| (inline(text), 1 + text.len() + 2 + target.len() + 1))
}

/// The text between `open`, at the start of `rest`, and `close`; and the length of all three in bytes.
fn span<'t>(rest: &'t str, open: &str, close: &str) -> Option<(&'t str, usize)> {
    let (inside, _) = rest.strip_prefix(open)?.split_once(close)?;
    Some((inside, open.len() + inside.len() + close.len()))
}

/// Lines of at most [`WIDTH`] columns, unless a word is longer. The first line starts with `mark`, the others are
/// indented by its width.
fn wrapped(text: &str, mark: &str) -> String {
    let mut out = mark.to_owned();
    let mut column = mark.len();
    for (index, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
        let length = word.chars().count();
        if index > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(mark.len()));
            column = mark.len();
        } else if index > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_browser_can_show_becomes_text() {
        let page = "<a id=\"cc1\"></a><a id=\"old\"></a>\n\n## CC1 `x::` URL\n\n<!-- test: a::b -->\n**Cause:** see [the\npage](a.md#b), \
                    `[not](this)` <!-- nor this -->and `a **b**`.\n";
        assert_eq!(rendered(page), "CC1 `x::` URL\n\nCause: see the page, `[not](this)` and `a **b**`.\n");
        assert_eq!(line("CC1 **a** [b](c)"), "CC1 a b");
    }

    #[test]
    fn code_is_indented_and_keeps_its_lines() {
        let page = "Type:\n```sh\na  b \\\n\n    [c](d)\n```\nThen.\n";
        assert_eq!(rendered(page), "Type:\n\n    a  b \\\n\n        [c](d)\n\nThen.\n");
    }

    #[test]
    fn the_items_of_a_list_stand_together_and_hang() {
        let item = "word ".repeat(20);
        let page = format!("Two:\n\n- {item}\n  more\n- b\n\nEnd\n");
        let words = |count: usize| "word ".repeat(count);
        let expected = format!("Two:\n\n- {}\n  {}more\n- b\n\nEnd\n", words(15).trim(), words(5));
        assert_eq!(rendered(&page), expected);
    }

    #[test]
    fn a_command_in_a_sentence_is_not_broken() {
        let page = format!("{}`git config --global a b`", "x".repeat(70) + " ");
        assert_eq!(rendered(&page), format!("{}\n`git config --global a b`\n", "x".repeat(70)));
    }

    #[test]
    fn what_is_cut_off_is_shown_as_it_is() {
        for text in ["`a", "[a](b", "[a]", "<!-- a", "<a id", "(`[`", "- ", "ä`ö"] {
            let shown = rendered(text);
            assert_eq!(shown.trim_end(), text.trim_end(), "{text}");
        }
        assert_eq!(rendered("```\nnever closed"), "    never closed\n");
        assert_eq!(rendered(""), "\n");
        assert_eq!(rendered("**a"), "a\n");
    }
}
