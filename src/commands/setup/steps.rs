//! Plans the fewest calls of `git config` for the edits. Each call leaves the other values of its key and its place in the file
//! alone. Pure.

use super::entries::{same_section, section};
use super::plan::Edit;
use super::undo::RECORD;

/// One call of `git config`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Add { key: &'a str, value: &'a str },
    Replace { key: &'a str, old: &'a str, new: &'a str },
    Unset { key: &'a str, value: &'a str },
    UnsetAll { key: &'a str },
    RemoveSection { name: &'a str },
}

impl Step<'_> {
    /// The arguments after the file's option.
    pub(super) fn arguments(&self) -> Vec<String> {
        let words: Vec<&str> = match self {
            Self::Add { key, value } => vec!["--add", key, value],
            Self::Replace { key, old, new } => return owned_words(&["--replace-all", key, new, &exactly(old)]),
            Self::Unset { key, value } => return owned_words(&["--unset-all", key, &exactly(value)]),
            Self::UnsetAll { key } => vec!["--unset-all", key],
            Self::RemoveSection { name } => vec!["--remove-section", name],
        };
        owned_words(&words)
    }
}

fn owned_words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// The extended regular expression for one value. `--fixed-value` needs git 2.30, and many machines have an older one.
fn exactly(value: &str) -> String {
    let mut pattern = "^".to_owned();
    for character in value.chars() {
        match character {
            '^' => pattern.push_str("\\^"),
            special if special.is_ascii_punctuation() => pattern.extend(['[', special, ']']),
            plain => pattern.push(plain),
        }
    }
    pattern + "$"
}

/// The calls, in their order.
pub(super) fn steps(edits: &[Edit]) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut emptied: Option<&str> = None;
    for edit in edits {
        let Edit { key, before, after, anew } = edit;
        // With its last key git would keep a heading that follows a comment (git 2.47.3 `config.c`, `maybe_remove_section`).
        if let Some(name) = key.strip_suffix(".*").filter(|_| key == RECORD) {
            steps.push(Step::RemoveSection { name });
            continue;
        }
        if !anew {
            steps.extend(in_place(key, before, after));
            continue;
        }
        // The whole section is removed first: git removes its heading with its last key, and adds a new one at the end.
        if emptied != Some(section(key)) {
            let of_section = edits.iter().filter(|edit| edit.anew && same_section(section(&edit.key), section(key)));
            let present = of_section.filter(|edit| !edit.before.is_empty());
            steps.extend(present.map(|edit| Step::UnsetAll { key: &edit.key }));
            emptied = Some(section(key));
        }
        steps.extend(after.iter().map(|value| Step::Add { key, value }));
    }
    steps
}

/// The steps from one list of values to another that change the fewest values.
fn in_place<'a>(key: &'a str, before: &'a [String], after: &'a [String]) -> Vec<Step<'a>> {
    if after.is_empty() {
        return if before.is_empty() { Vec::new() } else { vec![Step::UnsetAll { key }] };
    }
    removals(key, before, after).or_else(|| replacements(key, before, after)).unwrap_or_else(|| {
        let unset = std::iter::once(Step::UnsetAll { key });
        unset.chain(after.iter().map(|value| Step::Add { key, value })).collect()
    })
}

/// The steps if values are only removed, and no equal value stays.
fn removals<'a>(key: &'a str, before: &'a [String], after: &[String]) -> Option<Vec<Step<'a>>> {
    let kept: Vec<&String> = before.iter().filter(|value| after.contains(value)).collect();
    if kept.len() == before.len() || !kept.into_iter().eq(after) {
        return None;
    }
    let gone = before.iter().enumerate().filter(|(at, value)| !after.contains(value) && !before[..*at].contains(value));
    Some(gone.map(|(_, value)| Step::Unset { key, value }).collect())
}

/// The steps value by value, if each replaced value is distinct; the rest is appended.
fn replacements<'a>(key: &'a str, before: &'a [String], after: &'a [String]) -> Option<Vec<Step<'a>>> {
    if after.len() < before.len() {
        return None;
    }
    let mut steps = Vec::new();
    for (at, (old, new)) in before.iter().zip(after).enumerate() {
        if old == new {
            continue;
        }
        let is_told = after[..at].iter().chain(&before[at + 1..]).all(|other| other != old);
        steps.push(is_told.then_some(Step::Replace { key, old, new })?);
    }
    steps.extend(after[before.len()..].iter().map(|value| Step::Add { key, value }));
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Vec<String> {
        owned_words(words)
    }

    #[test]
    fn a_value_keeps_its_place_and_its_neighbors() {
        let aws = "!aws codecommit credential-helper $@";
        for (before, after, expected) in [
            (&["a", aws, "b"][..], &["a", "b"][..], vec![Step::Unset { key: "k", value: aws }]),
            (
                &["a"],
                &[aws, "a"],
                vec![Step::Replace { key: "k", old: "a", new: aws }, Step::Add { key: "k", value: "a" }],
            ),
            (
                &[aws],
                &["", "codecommit"],
                vec![Step::Replace { key: "k", old: aws, new: "" }, Step::Add { key: "k", value: "codecommit" }],
            ),
            (&["a"], &["a", "b"], vec![Step::Add { key: "k", value: "b" }]),
            (&["a"], &[], vec![Step::UnsetAll { key: "k" }]),
            (
                &["a", "b"],
                &["b", "a"],
                vec![
                    Step::UnsetAll { key: "k" },
                    Step::Add { key: "k", value: "b" },
                    Step::Add { key: "k", value: "a" },
                ],
            ),
        ] {
            assert_eq!(in_place("k", &list(before), &list(after)), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_value_is_meant_exactly() {
        assert_eq!(exactly("!aws $@^"), "^[!]aws [$][@]\\^$");
        assert_eq!(exactly(""), "^$");
    }
}
