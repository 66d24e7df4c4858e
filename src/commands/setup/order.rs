//! The order of the sections in a configuration file: git can only add a section at the end, so what `setup` has moved there is
//! moved back in the text. Pure.

use super::entries::{Entry, same_section, section};

/// A section that was moved to the end, and the one that followed it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    /// The section as in keys: `credential.https://host`.
    pub section: String,
    /// The next section; `None` for the last one of the file.
    pub next: Option<String>,
}

impl Moved {
    /// As one value of the record.
    pub(super) fn text(&self) -> String {
        format!("{}\n{}", self.section, self.next.as_deref().unwrap_or_default())
    }

    /// `None` if setup cannot have written it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (section, next) = text.split_once('\n')?;
        Some(Self { section: section.to_owned(), next: Some(next.to_owned()).filter(|next| !next.is_empty()) })
    }
}

/// Where the section is in the file, before it is moved; `None` if it is not there.
#[must_use]
pub(super) fn place(file: &[Entry], name: &str) -> Option<Moved> {
    let is_of = |entry: &&Entry| same_section(section(&entry.0), name);
    let from = file.iter().position(|entry| is_of(&entry))?;
    let next = file[from..].iter().find(|entry| !is_of(entry)).map(|(key, _)| section(key).to_owned());
    Some(Moved { section: name.to_owned(), next })
}

/// The position of a section among the file's entries.
#[must_use]
pub(super) fn position(file: &[Entry], name: &str) -> Option<usize> {
    file.iter().position(|(key, _)| same_section(section(key), name))
}

/// The text with each section before the one that followed it. `moved` is in the order in which they were before.
#[must_use]
pub(super) fn moved_back(text: &str, moved: &[Moved]) -> String {
    let mut text = text.to_owned();
    // From the last one: another moved section may have followed.
    for Moved { section, next } in moved.iter().rev() {
        let blocks = blocks(&text);
        let find = |name: &str| blocks.iter().position(|block| same_section(&block.name, name));
        let (Some(from), Some(next)) = (find(section), next.as_ref().and_then(|next| find(next))) else { continue };
        if from > next {
            let mut order: Vec<&str> = blocks.iter().map(|block| block.text).collect();
            let block = order.remove(from);
            order.insert(next, block);
            text = order.concat();
        }
    }
    text
}

/// A heading with the lines up to the next one.
struct Block<'t> {
    name: String,
    text: &'t str,
}

/// The blocks of the text; the first has no name if the text does not begin with a heading.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let (mut from, mut name, mut at, mut continues) = (0, String::new(), 0, false);
    for line in text.split_inclusive('\n') {
        if let Some(next) = heading(line).filter(|_| !continues) {
            if at > from || !name.is_empty() {
                blocks.push(Block { name: std::mem::take(&mut name), text: &text[from..at] });
            }
            (from, name) = (at, next);
        }
        // A value goes on in the next line after a backslash.
        let end = line.trim_end_matches(['\r', '\n']);
        continues = end.len() - end.trim_end_matches('\\').len() == 1;
        at += line.len();
    }
    blocks.push(Block { name, text: &text[from..] });
    blocks
}

/// The section of a heading, as in keys (git-config(1), "Syntax"); `None` for another line.
fn heading(line: &str) -> Option<String> {
    let inside = line.trim_start_matches([' ', '\t', '\u{feff}']).strip_prefix('[')?;
    let Some((section, rest)) = inside.split_once('"') else {
        return Some(inside.split_once(']')?.0.trim().to_ascii_lowercase());
    };
    let mut name = section.trim().to_ascii_lowercase() + ".";
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some(name),
            '\\' => name.push(characters.next()?),
            character => name.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "# mine\n[user]\n\tname = \"[a]\"\n[credential \"https://a\"]\n\thelper = x \\\n[no]\n\
        [Credential \"https://b\"]\n\thelper = y\n; c\n[include]\n\tpath = ~/.more\n[credential]\n\thelper = z\n";

    #[test]
    fn what_was_moved_to_the_end_comes_back_before_what_followed_it() {
        let entries: Vec<Entry> = [
            ("user.name", "[a]"),
            ("credential.https://a.helper", "x [no]"),
            ("credential.https://b.helper", "y"),
            ("include.path", "~/.more"),
            ("credential.helper", "z"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec();
        let moved = ["credential.https://a", "credential.https://b"].map(|name| place(&entries, name).expect("there"));
        assert_eq!(moved[1].next.as_deref(), Some("include"));
        let block = |from: &str, to: &str| {
            let at = BEFORE.find(from).expect("a block");
            BEFORE[at..at + BEFORE[at..].find(to).expect("an end")].to_owned()
        };
        let (a, b) = (block("[credential \"https://a", "[Cred"), block("[Cred", "[include"));
        let after = BEFORE.replace(&a, "").replace(&b, "") + &a + &b;
        assert_eq!(moved_back(&after, &moved), BEFORE);
        assert_eq!(moved_back(BEFORE, &moved), BEFORE, "it is in its place");
        for moved in moved {
            assert_eq!(Moved::parse(&moved.text()), Some(moved));
        }
    }

    #[test]
    fn a_heading_names_its_section_as_keys_do() {
        for (line, name) in [
            ("[credential]\n", Some("credential")),
            ("\t[ Core ] bare = true\n", Some("core")),
            ("[branch \"a\\\"b\\\\c\"]", Some("branch.a\"b\\c")),
            ("[credential.https://x]", Some("credential.https://x")),
            ("# [credential]", None),
            ("helper = [x]", None),
            ("[broken", None),
            ("[broken \"x", None),
        ] {
            assert_eq!(heading(line).as_deref(), name, "{line}");
        }
    }
}
