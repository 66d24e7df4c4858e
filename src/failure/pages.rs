//! The page of each code, which is its section of docs/errors.md.
//!
//! That file is the only source: `explain`, the man page's list of codes and the completions take the meaning of a code
//! from here. It is compiled into the program, since an installed one has no docs/. Splitting it is pure and done on
//! demand.

use super::Code;
use crate::text::markdown;

/// The whole document.
const ERRORS: &str = include_str!("../../docs/errors.md");

/// Starts the line with a page's related codes.
const RELATED: &str = "**Related:**";

/// The page of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The code.
    pub code: Code,
    /// The heading's text, in the words that people search for.
    pub title: String,
    /// The codes that are easily confused with this one, in the order of the page.
    pub related: Vec<Code>,
    /// The Markdown below the heading, without the related codes.
    body: &'static str,
}

/// The pages whose codes have the same first digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The subject of these codes.
    pub title: String,
    /// The pages, ordered by code.
    pub pages: Vec<Page>,
}

impl Page {
    /// The page of `code`. `None` for a code without a page; a test ensures that every code has one.
    #[must_use]
    pub fn of(code: Code) -> Option<Self> {
        Self::all().find(|page| page.code == code)
    }

    /// Every page, ordered by code.
    pub fn all() -> impl Iterator<Item = Self> {
        sections(ERRORS).filter_map(|(heading, text)| Self::read(heading, text))
    }

    fn read(heading: &str, text: &'static str) -> Option<Self> {
        let (code, title) = heading.split_once(' ')?;
        let (body, related) = text.split_once(RELATED).unwrap_or((text, ""));
        // The Markdown link of a code contains it twice.
        let named = related.split(['[', ']']).skip(1).step_by(2).filter_map(Code::named);
        Some(Self { code: Code::named(code)?, title: markdown::line(title), related: named.collect(), body })
    }

    /// The page for a terminal: heading, text, and related codes with their titles.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{} {}\n\n{}", self.code, self.title, markdown::rendered(self.body));
        let related: Vec<Self> = self.related.iter().filter_map(|code| Self::of(*code)).collect();
        if !related.is_empty() {
            text.push_str("\nRelated:\n\n");
            text.extend(related.iter().map(Self::row));
        }
        text
    }

    /// The page as one line of a list: code and title.
    #[must_use]
    pub fn row(&self) -> String {
        format!("    {}  {}\n", self.code, self.title)
    }
}

impl Group {
    /// Every group, ordered by code. The document's introduction names them: `- CC1xx: Requests and URLs`.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let pages: Vec<Page> = Page::all().collect();
        let named = ERRORS.lines().filter_map(|line| line.strip_prefix("- ")?.split_once("xx: "));
        let of = |start: &str| pages.iter().filter(|page| page.code.as_str().starts_with(start)).cloned().collect();
        named.map(|(start, title)| Self { title: markdown::line(title), pages: of(start) }).collect()
    }
}

/// The headings of the second level, each with the text below it. A `## ` in a code block does not count.
fn sections(document: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut at = 0;
    let mut is_code = false;
    let mut starts = Vec::new();
    for line in document.split_inclusive('\n') {
        is_code ^= line.starts_with("```");
        if let Some(heading) = line.strip_prefix("## ").filter(|_| !is_code) {
            starts.push((heading.trim_end(), at, at + line.len()));
        }
        at += line.len();
    }
    let ends: Vec<usize> = starts.iter().skip(1).map(|(_, start, _)| *start).chain([document.len()]).collect();
    starts.into_iter().zip(ends).map(|((heading, _, below), end)| (heading, &document[below..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_in_code_begins_no_section() {
        let document = "# T\nintro\n## A b\none\n```sh\n## no\n```\n\n## C\r\ntwo\n";
        let found: Vec<_> = sections(document).collect();
        assert_eq!(found, [("A b", "one\n```sh\n## no\n```\n\n"), ("C", "two\n")]);
        assert_eq!(sections("").count(), 0);
    }

    #[test]
    fn a_page_without_a_code_is_none_and_its_related_codes_are_those_of_the_links() {
        assert_eq!(Page::read("Without a code", "x"), None);
        assert_eq!(Page::read("CC999 x", "x"), None);
        let page =
            Page::read("CC212 `a` b", "text\n\n**Related:** [CC213](#cc213), [CC206](#cc206)\n\n<a id=\"x\"></a>\n");
        let page = page.expect("a page");
        assert_eq!(page.related, [Code::MfaNeeded, Code::ProfileLoop]);
        assert!(page.text().starts_with("CC212 `a` b\n\ntext\n\nRelated:\n\n    CC213  "), "{}", page.text());
    }

    #[test]
    fn every_page_is_in_one_group() {
        let grouped: Vec<Page> = Group::all().into_iter().flat_map(|group| group.pages).collect();
        assert_eq!(grouped, Page::all().collect::<Vec<_>>());
    }
}
