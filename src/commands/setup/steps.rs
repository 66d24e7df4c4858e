//! Edits → the fewest calls of `git config` that make them, each of which leaves the other values of its key, and its place in
//! the file, alone. Pure.

use super::entries::{same_section, section};
use super::plan::Edit;

/// One `git config`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Add { key: &'a str, value: &'a str },
    Replace { key: &'a str, old: &'a str, new: &'a str },
    Unset { key: &'a str, value: &'a str },
    UnsetAll { key: &'a str },
}

impl Step<'_> {
    /// The words behind the file's option.
    pub(super) fn arguments(&self) -> Vec<String> {
        let words: Vec<&str> = match self {
            Self::Add { key, value } => vec!["--add", key, value],
            Self::Replace { key, old, new } => return owned_words(&["--replace-all", key, new, &exactly(old)]),
            Self::Unset { key, value } => return owned_words(&["--unset-all", key, &exactly(value)]),
            Self::UnsetAll { key } => vec!["--unset-all", key],
        };
        owned_words(&words)
    }
}

fn owned_words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// The extended regular expression for one value. `--fixed-value` is younger than the git of many machines (2.30).
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
        if !anew {
            steps.extend(in_place(key, before, after));
            continue;
        }
        // The section goes as a whole first: git drops its heading with its last key, and makes a new one at the end.
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

/// The steps from one list of values to another that keep as much as they can.
fn in_place<'a>(key: &'a str, before: &'a [String], after: &'a [String]) -> Vec<Step<'a>> {
    if after.is_empty() {
        return if before.is_empty() { Vec::new() } else { vec![Step::UnsetAll { key }] };
    }
    removals(key, before, after).or_else(|| replacements(key, before, after)).unwrap_or_else(|| {
        let unset = std::iter::once(Step::UnsetAll { key });
        unset.chain(after.iter().map(|value| Step::Add { key, value })).collect()
    })
}

/// Where values only go, and none of them also stays.
fn removals<'a>(key: &'a str, before: &'a [String], after: &[String]) -> Option<Vec<Step<'a>>> {
    let kept: Vec<&String> = before.iter().filter(|value| after.contains(value)).collect();
    if kept.len() == before.len() || !kept.into_iter().eq(after) {
        return None;
    }
    let gone = before.iter().enumerate().filter(|(at, value)| !after.contains(value) && !before[..*at].contains(value));
    Some(gone.map(|(_, value)| Step::Unset { key, value }).collect())
}

/// Value by value, where each that is replaced can be told from the others, and the rest behind.
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
