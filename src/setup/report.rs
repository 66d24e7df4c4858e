//! What `setup` prints: exactly what it changes, and what else is to be known. Pure.

use super::apply::Located;
use super::entries::{Entry, helpers, section, uses_path};
use super::evict::Found;
use super::plan::{Edit, Target, sample};
use super::undo::is_record;
use crate::escape::escape;
use crate::git_config::{Options, is_ours};
use crate::world::World;
use std::fmt::Write as _;
use std::path::Path;

/// The changes of one file: `+` for a value that comes, `-` for one that goes.
#[must_use]
pub fn changes(label: &str, edits: &[Edit]) -> String {
    let mut text = format!("{label}:\n");
    let mut moved: Vec<&str> = Vec::new();
    for edit in edits.iter().filter(|edit| !is_record(edit)) {
        let Edit { key, before, after, anew } = edit;
        if before == after {
            if *anew && !moved.contains(&section(key)) {
                moved.push(section(key));
            }
            continue;
        }
        // Where values only go, or only come behind the others, the others are no change.
        let only_goes = before.iter().filter(|value| after.contains(value)).eq(after);
        let (gone, come) = match after.strip_prefix(before.as_slice()) {
            Some(come) => (Vec::new(), come),
            None if only_goes => (before.iter().filter(|value| !after.contains(value)).collect(), &[][..]),
            None => (before.iter().collect(), after.as_slice()),
        };
        for (sign, value) in gone.into_iter().map(|value| ('-', value)).chain(come.iter().map(|value| ('+', value))) {
            let _ = writeln!(text, "  {sign} {}", escape(format!("{key} = {value}").trim_end()));
        }
    }
    for section in moved {
        let _ = writeln!(text, "  to the end, behind what would overrule it: {}", escape(section));
    }
    let notes: usize =
        edits.iter().filter(|edit| is_record(edit)).map(|edit| edit.after.len().abs_diff(edit.before.len())).sum();
    if let Some(record) = edits.iter().find(|edit| is_record(edit)) {
        let sign = if record.after.is_empty() { '-' } else { '+' };
        let _ = writeln!(text, "  {sign} codecommit.setup.* (for --undo, values: {notes})");
    }
    text
}

/// What git asks now that it did not ask before, the other way round, and what stands in the way. `before` and `after`
/// are everything that git reads.
#[must_use]
pub fn remarks(targets: &[Target], before: &[Located], after: &[Located], world: &World) -> String {
    let entries = |all: &[Located]| -> Vec<Entry> { all.iter().map(|located| located.entry.clone()).collect() };
    let (entries_before, entries_after) = (entries(before), entries(after));
    let mut lines: Vec<String> = Vec::new();
    let mut add = |line: String| {
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    for target in targets {
        let url = sample(&target.pattern);
        let asked = helpers(&entries_after, &url);
        for value in helpers(&entries_before, &url) {
            if !asked.contains(&value) && !is_ours(&value) && Options::of_the_aws_cli(&value).is_none() {
                add(format!("no longer asked for CodeCommit: {}", found_in(&value, before, world)));
            }
        }
        if asked.iter().any(|value| is_ours(value)) && !uses_path(&entries_after, &url) {
            add(format!("warning: useHttpPath is switched off later for {}", escape(&target.pattern)));
        }
        let ours = asked.iter().position(|value| is_ours(value)).unwrap_or(asked.len());
        for (at, value) in asked.iter().enumerate().filter(|(_, value)| !is_ours(value)) {
            let place = found_in(value, after, world);
            add(if at < ours {
                format!("warning: still asked first: {place}")
            } else {
                format!("warning: still given every answer to keep, being read later: {place}")
            });
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// A helper and where it is configured.
fn found_in(value: &str, all: &[Located], world: &World) -> String {
    let located = all.iter().rev().find(|located| located.entry.1 == value && located.entry.0.ends_with(".helper"));
    let origin = located.map_or("", |located| located.origin.as_str());
    let place = match origin.strip_prefix("file:") {
        Some(path) => world.abbreviate(Path::new(path)),
        None => origin.trim_end_matches(':').to_owned(),
    };
    format!("`{}` ({})", escape(value), escape(&place))
}

/// What was found in one helper.
#[must_use]
pub fn evicted(helper: &str, found: &[Found]) -> String {
    let helper = escape(helper);
    if found.is_empty() {
        return format!("`{helper}` keeps no signature for these hosts\n");
    }
    let line = |Found { host, key_id, erased }: &Found| {
        let what = format!("of {} for {}", escape(key_id), escape(host));
        match erased {
            Some(true) => format!("`{helper}`: removed a signature {what}\n"),
            Some(false) => format!("warning: `{helper}` does not let go of a signature {what}\n"),
            None => format!("`{helper}`: would remove a signature {what}\n"),
        }
    };
    found.iter().map(line).collect()
}
