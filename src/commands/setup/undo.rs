//! Records what was there before, so that `--undo` can restore it. Pure.
//!
//! The record is in the changed file itself, below `codecommit.setup`, and not in a state file. It moves with a home directory,
//! a copied file or a repository, is readable for everyone who can change the file (`sudo … --system`), and is deleted with
//! the file. A state file would have to find its configuration by a path, and would outlive it.
//!
//! `added` names a section (`….*`) or a key that did not exist. `changed` contains a key, its values before and its values
//! after, one a line, the lists as JSON. `created` is set if there was no file. `moved` names a section that was moved to the end, and the one that followed it. Values that were changed after setup are left alone.

use super::entries::{Entry, keeps_git_credential, same_key, same_section, section, values};
use super::order::{self, Moved};
use super::plan::{Edit, is_new_section};
use crate::git::is_ours;

const ADDED: &str = "codecommit.setup.added";
const CHANGED: &str = "codecommit.setup.changed";
const CREATED: &str = "codecommit.setup.created";
const MOVED: &str = "codecommit.setup.moved";

/// The section of the record, for its removal.
pub(super) const RECORD: &str = "codecommit.setup.*";

/// The variables that setup writes, in the case in which it writes them.
const VARIABLES: [&str; 5] = ["helper", "username", "useHttpPath", "proactiveAuth", "maxRetries"];

/// Whether an edit changes the record, and no setting of git.
#[must_use]
pub(super) fn is_record(edit: &Edit) -> bool {
    is_record_key(&edit.key)
}

/// Whether a key belongs to the record.
#[must_use]
pub(super) fn is_record_key(key: &str) -> bool {
    [ADDED, CHANGED, CREATED, MOVED, RECORD].contains(&key)
}

/// The edit that records that there was no file.
#[must_use]
pub(super) fn created() -> Edit {
    Edit { key: CREATED.to_owned(), before: Vec::new(), after: vec!["true".to_owned()], anew: false }
}

/// The edits of the record for these edits of the file.
#[must_use]
pub(super) fn record(file: &[Entry], edits: &[Edit]) -> Vec<Edit> {
    let mut added = values(file, ADDED);
    let mut changed: Vec<Change> = values(file, CHANGED).iter().filter_map(|text| Change::parse(text)).collect();
    for edit in edits.iter().filter(|edit| edit.before != edit.after) {
        let item = if is_new_section(file, &edit.key) { format!("{}.*", section(&edit.key)) } else { edit.key.clone() };
        if let Some(known) = changed.iter_mut().find(|change| same_key(&change.key, &edit.key)) {
            known.after.clone_from(&edit.after);
        } else if added.iter().any(|added| covers(added, &edit.key)) {
            // The key did not exist before the first run.
        } else if edit.before.is_empty() {
            added.push(item);
        } else {
            changed.push(Change { key: edit.key.clone(), before: edit.before.clone(), after: edit.after.clone() });
        }
    }
    changed.retain(|change| change.before != change.after);
    let changed = changed.iter().map(Change::text).collect();
    let edit = |key: &str, after: Vec<String>| {
        let before = values(file, key);
        (before != after).then(|| Edit { key: key.to_owned(), before, after, anew: false })
    };
    let mut moved = values(file, MOVED);
    moved.extend(newly_moved(file, edits, &added, &moved));
    edit(ADDED, added).into_iter().chain(edit(CHANGED, changed)).chain(edit(MOVED, moved)).collect()
}

/// The sections that the edits move, in the order of the file, without those that an earlier run has added or moved.
fn newly_moved(file: &[Entry], edits: &[Edit], added: &[String], known: &[String]) -> Vec<String> {
    let mut sections: Vec<&str> = Vec::new();
    for edit in edits.iter().filter(|edit| edit.anew) {
        let name = section(&edit.key);
        let is_known =
            known.iter().filter_map(|text| Moved::parse(text)).any(|moved| same_section(&moved.section, name));
        if !is_known && !sections.contains(&name) && !added.iter().any(|added| covers(added, &edit.key)) {
            sections.push(name);
        }
    }
    sections.sort_by_key(|name| order::position(file, name));
    sections.into_iter().filter_map(|name| Some(order::place(file, name)?.text())).collect()
}

/// The plan of `--undo`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Undo {
    /// The edits, the record's own last.
    pub edits: Vec<Edit>,
    /// Keys that were changed after setup. They are not restored.
    pub left: Vec<String>,
    /// Whether there was no file before, so that an empty one is removed.
    pub is_file_removed: bool,
    /// The sections to move back, in the order in which they were.
    pub moved: Vec<Moved>,
}

/// Plans `--undo` from the record. Without a record there is nothing to undo.
#[must_use]
pub(crate) fn undo(file: &[Entry]) -> Undo {
    let mut undo = Undo::default();
    let (added, changed) = (values(file, ADDED), values(file, CHANGED));
    let changes: Vec<Change> = changed.iter().filter_map(|text| Change::parse(text)).collect();
    for change in changes {
        let now = values(file, &change.key);
        if now == change.after {
            undo.edits.push(Edit { key: change.key, before: now, after: change.before, anew: false });
        } else if now != change.before {
            undo.left.push(change.key);
        }
    }
    // In reverse order: the last addition is removed first.
    for item in added.iter().rev() {
        let keys = match item.strip_suffix(".*") {
            Some(section) => VARIABLES.iter().map(|name| format!("{section}.{name}")).collect(),
            None => vec![item.clone()],
        };
        for key in keys {
            let now = values(file, &key);
            if now.is_empty() {
                continue;
            }
            if is_written_here(file, &key, &now) {
                undo.edits.push(Edit { key, before: now, after: Vec::new(), anew: false });
            } else {
                undo.left.push(key);
            }
        }
    }
    let created = values(file, CREATED);
    undo.is_file_removed = !created.is_empty();
    let moved = values(file, MOVED);
    undo.moved = moved.iter().filter_map(|text| Moved::parse(text)).collect();
    let before = [added, changed, created, moved].concat();
    if !before.is_empty() {
        undo.edits.push(Edit { key: RECORD.to_owned(), before, after: Vec::new(), anew: false });
    }
    undo
}

/// Whether `setup` can have written the values; others are left alone.
fn is_written_here(file: &[Entry], key: &str, values: &[String]) -> bool {
    let pattern = section(key).strip_prefix("credential.").unwrap_or_default();
    let keeps_git_credential = keeps_git_credential(file, pattern);
    let expected = match key.rsplit('.').next().unwrap_or_default() {
        "helper" => return keeps_git_credential || values.iter().all(|value| value.is_empty() || is_ours(value)),
        "username" => return keeps_git_credential,
        "useHttpPath" if keeps_git_credential => return values.len() == 1,
        "useHttpPath" => "true",
        "proactiveAuth" => "basic",
        _ => "1",
    };
    values == [expected]
}

/// Whether a key was added, alone or with its section.
fn covers(added: &str, key: &str) -> bool {
    match added.strip_suffix(".*") {
        Some(name) => same_section(name, section(key)),
        None => same_key(added, key),
    }
}

/// A key with its values before and after, as one value of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) key: String,
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

impl Change {
    pub(crate) fn text(&self) -> String {
        let list = |values: &[String]| serde_json::Value::from(values.to_vec()).to_string();
        format!("{}\n{}\n{}", self.key, list(&self.before), list(&self.after))
    }

    /// `None` if setup cannot have written it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // Not `lines`, which would remove a carriage return from the end of a key.
        let mut lines = text.split('\n');
        let key = lines.next()?.to_owned();
        let mut list = || -> Option<Vec<String>> {
            let value: serde_json::Value = serde_json::from_str(lines.next()?).ok()?;
            value.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        };
        Some(Self { key, before: list()?, after: list()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: &str, value: &str) -> Entry {
        (key.to_owned(), value.to_owned())
    }

    fn edit(key: &str, before: &[&str], after: &[&str]) -> Edit {
        let list = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
        Edit { key: key.to_owned(), before: list(before), after: list(after), anew: false }
    }

    #[test]
    fn a_second_run_keeps_what_was_there_before_the_first() {
        let aws = "!aws codecommit credential-helper $@";
        let first = record(&[entry("credential.helper", aws)], &[edit("credential.helper", &[aws], &["codecommit"])]);
        let file = [entry("credential.helper", "codecommit"), entry(CHANGED, &first[0].after[0])];
        let second = record(&file, &[edit("credential.helper", &["codecommit"], &["codecommit --profile a"])]);
        let file = [entry("credential.helper", "codecommit --profile a"), entry(CHANGED, &second[0].after[0])];
        assert_eq!(undo(&file).edits[0], edit("credential.helper", &["codecommit --profile a"], &[aws]));
    }

    #[test]
    fn a_change_is_read_as_it_was_written() {
        for (key, value) in [("credential.helper", "a\nb \"c\""), ("credential.x\r", "\r\n")] {
            let change = Change { key: key.to_owned(), before: vec![], after: vec![value.to_owned()] };
            assert_eq!(Change::parse(&change.text()), Some(change), "{key:?}");
        }
    }

    #[test]
    fn what_somebody_has_changed_since_stays() {
        let key = "credential.https://git-codecommit.*.amazonaws.com.helper";
        let file = [entry(ADDED, "credential.https://git-codecommit.*.amazonaws.com.*"), entry(key, "store")];
        let undo = undo(&file);
        assert_eq!(undo.left, [key]);
        assert_eq!(undo.edits.len(), 1, "the record goes");
    }
}
