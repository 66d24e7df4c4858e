//! Plans the edits of git's configuration from facts. Pure.
//!
//! Each pattern gets an empty `helper`, which resets the helpers before it, then ours; `useHttpPath`; and the `http.*`
//! settings that this version of git has. git keeps one list of helpers for all sections, in reading order, whatever their
//! specificity (git 2.47.3 `credential.c`, `credential_config_callback`). An empty value at the end of a file therefore also
//! resets a more specific section before it: such sections are moved after it. Replaying git's rules over the result decides
//! whether that is needed.

use super::entries::{Entry, has_section, helpers, keeps_git_credential, same_key, same_section, section, values};
use crate::git::{Options, apply_to_the_same, boolean, is_ours, matches, with_program};

/// A change of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The key, in the case in which it is written.
    pub key: String,
    /// The values before, in order.
    pub before: Vec<String>,
    /// The values after, in order.
    pub after: Vec<String>,
    /// The whole section is removed first and added at the end of the file.
    pub anew: bool,
}

/// The facts that the plan is made from.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    /// The file that is changed.
    pub file: &'a [Entry],
    /// All settings whose scope is that of this file or wider, including this file's.
    pub all: &'a [Entry],
    /// The version of git. If it is unknown, no setting of a newer git is written.
    pub git: (u32, u32),
    /// The value of `credential.helper` for this program.
    pub program: &'a str,
}

/// What `setup` was asked for.
#[derive(Debug)]
pub(super) struct Wish<'a> {
    /// The sections, the least specific first.
    pub targets: &'a [Target],
    /// Whether to replace the AWS CLI's helper in the file's other sections, too.
    pub everywhere: bool,
}

/// A section to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// `https://` and a host, with `*` for a label, and perhaps a path.
    pub pattern: String,
    /// For programs without support for `*` (git2-rs `src/cred.rs`); git itself uses another section.
    pub spelled_out: bool,
    /// The helper's options; `None` keeps those that are configured.
    pub options: Option<Options>,
}

/// A section of helpers, before and after.
struct Section {
    pattern: String,
    after: Vec<String>,
    target: bool,
    spelled_out: bool,
    anew: bool,
}

/// The edits, in the order in which they are made; empty if nothing has to change.
#[must_use]
pub(super) fn plan(facts: &Facts<'_>, wish: &Wish<'_>) -> Vec<Edit> {
    let mut sections = wanted(facts, wish);
    sections.extend(more_specific(facts, wish, &sections));
    sections.sort_by_key(|section| specificity(&section.pattern));
    for at in 0..sections.len() {
        let result = simulate(facts.file, &edits(facts, wish, &sections));
        sections[at].anew = !is_right(&sections[at], &result);
    }
    edits(facts, wish, &sections)
}

/// The edits that remain if a section did not move, because git keeps a heading with a comment below it. The same URL with a
/// slash at its end matches the same requests (`urlmatch.c`, `url_match_prefix`) but is another section, which git adds at the
/// end.
#[must_use]
pub(super) fn behind_comments(facts: &Facts<'_>, wish: &Wish<'_>) -> Vec<Edit> {
    let held =
        plan(facts, wish).into_iter().filter(|edit| edit.anew && edit.after.first().is_some_and(String::is_empty));
    held.filter_map(|held| {
        let pattern = pattern_of(&held.key)?.trim_end_matches('/');
        edit(facts.file, helper_key(&format!("{pattern}/")), held.after)
    })
    .collect()
}

/// The values of `credential.helper` and `credential.<url>.helper` in the file that run the AWS CLI's helper and would be
/// replaced.
#[must_use]
pub(super) fn of_the_aws_cli(facts: &Facts<'_>, wish: &Wish<'_>) -> Vec<Entry> {
    let is_target = |key: &str| wish.targets.iter().any(|target| same_key(key, &helper_key(&target.pattern)));
    let helpers = facts.file.iter().filter(|(key, _)| pattern_of(key).is_some());
    let wanted = helpers.filter(|(key, _)| wish.everywhere || is_target(key));
    wanted.filter(|(_, value)| Options::of_the_aws_cli(value).is_some()).cloned().collect()
}

fn wanted(facts: &Facts<'_>, wish: &Wish<'_>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for target in wish.targets {
        let before = values(facts.file, &helper_key(&target.pattern));
        let covering = sections.iter().find(|section| matches(&section.pattern, &sample(&target.pattern)));
        let value = match &target.options {
            Some(options) => options.value(facts.program),
            // Of several sections for one host, the one that signs now.
            None if has_equals(facts.file, &target.pattern) => inherited(facts, &target.pattern),
            None => present(&before, facts.program)
                .or_else(|| covering.and_then(|section| section.after.last().cloned()))
                .unwrap_or_else(|| inherited(facts, &target.pattern)),
        };
        // A reset would also reset a more specific section before it; if git uses a covering section, none is needed.
        let needs_reset = !(target.spelled_out && has_deeper(facts.all, &target.pattern));
        let run = after_reset(&before);
        let accepted = *run == [value.clone()] && (run.len() < before.len() || !needs_reset);
        let after = match (accepted, needs_reset) {
            (true, _) => before.clone(),
            (false, true) => vec![String::new(), value],
            (false, false) => vec![value],
        };
        sections.push(Section {
            pattern: target.pattern.clone(),
            after,
            target: true,
            spelled_out: target.spelled_out,
            anew: false,
        });
    }
    sections
}

/// Sections of the file that are not in the wish and must stay in force, or that have the AWS CLI's helper.
fn more_specific(facts: &Facts<'_>, wish: &Wish<'_>, wanted: &[Section]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for pattern in facts.file.iter().filter_map(|(key, _)| pattern_of(key)).filter(|pattern| !pattern.is_empty()) {
        let known = |section: &Section| same_key(&helper_key(&section.pattern), &helper_key(pattern));
        if wanted.iter().any(known) || sections.iter().any(known) {
            continue;
        }
        let before = values(facts.file, &helper_key(pattern));
        let replaced = |value: &String| Options::of_the_aws_cli(value).map(|options| options.value(facts.program));
        let is_signer = |value: &String| is_ours(value) || Options::of_the_aws_cli(value).is_some();
        let equal = wanted.iter().find(|section| apply_to_the_same(&section.pattern, pattern));
        if let Some(equal) = equal.filter(|_| before.iter().any(is_signer)) {
            let (pattern, after) = (pattern.to_owned(), equal.after.clone());
            sections.push(Section { pattern, after, target: false, spelled_out: false, anew: false });
            continue;
        }
        let covered = wanted.iter().any(|section| matches(&section.pattern, &sample(pattern)));
        let replace = wish.everywhere && before.iter().any(|value| replaced(value).is_some());
        let mut after = before.clone();
        if replace {
            after = before.iter().map(|value| replaced(value).unwrap_or_else(|| value.clone())).collect();
            if covered && !after.iter().any(String::is_empty) {
                after.insert(0, String::new());
            }
        }
        let is_wanted = after.iter().any(|value| is_ours(value)) || keeps_git_credential(facts.file, pattern);
        if replace || (covered && is_wanted) {
            let pattern = pattern.to_owned();
            sections.push(Section { pattern, after, target: false, spelled_out: false, anew: false });
        }
    }
    sections
}

/// Whether the file has helpers for the same URLs under another name.
fn has_equals(file: &[Entry], pattern: &str) -> bool {
    let key = helper_key(pattern);
    let others = file.iter().filter(|(known, _)| !same_key(known, &key)).filter_map(|(known, _)| pattern_of(known));
    others.into_iter().any(|other| apply_to_the_same(other, pattern))
}

/// The value of ours that is configured, with the program's current name or path.
fn present(values: &[String], program: &str) -> Option<String> {
    if let Some(ours) = values.iter().find(|value| is_ours(value)) {
        return Some(with_program(ours, program));
    }
    values.iter().find_map(|value| Some(Options::of_the_aws_cli(value)?.value(program)))
}

/// The value for the first helper that signs for the hosts now; it can be configured in another file.
fn inherited(facts: &Facts<'_>, pattern: &str) -> String {
    let of = |value: &String| {
        if is_ours(value) {
            return Some(with_program(value, facts.program));
        }
        // The wanted hosts are CodeCommit's by name, so --ignore-host-check is not needed.
        let options = Options { ignore_host_check: false, ..Options::of_the_aws_cli(value)? };
        Some(options.value(facts.program))
    };
    helpers(facts.all, &sample(pattern)).iter().find_map(of).unwrap_or_else(|| facts.program.to_owned())
}

/// Whether git already uses exactly the section's helper for the requests that only this section matches.
fn is_right(section: &Section, result: &[Entry]) -> bool {
    let asked = helpers(result, &sample(&section.pattern));
    let said = after_reset(&section.after);
    match (said.len() < section.after.len(), section.target) {
        (true, _) => asked == said,
        // Without a reset it adds to the helpers of other sections, at its place.
        (false, false) => true,
        (false, true) => asked.iter().all(|value| is_ours(value)),
    }
}

fn edits(facts: &Facts<'_>, wish: &Wish<'_>, sections: &[Section]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for section in sections {
        let mut planned = vec![(helper_key(&section.pattern), section.after.clone())];
        if section.target {
            let key = format!("credential.{}.useHttpPath", section.pattern);
            let now = values(facts.file, &key);
            let is_on = now.last().is_some_and(|value| boolean(value) == Some(true));
            planned.push((key, if is_on { now } else { vec!["true".to_owned()] }));
        }
        if section.anew {
            edits.extend(written_anew(facts, section, planned));
        } else {
            edits.extend(planned.into_iter().filter_map(|(key, after)| edit(facts.file, key, after)));
        }
        if section.target && !section.spelled_out {
            edits.extend(http(facts, &section.pattern));
        }
    }
    if wish.everywhere {
        let key = "credential.helper".to_owned();
        let after = values(facts.file, &key)
            .into_iter()
            .filter_map(|value| match Options::of_the_aws_cli(&value) {
                // Hosts of any name have no section here that could serve them.
                Some(options) if options.ignore_host_check => Some(options.value(facts.program)),
                Some(_) => None,
                None => Some(value),
            })
            .collect();
        edits.extend(edit(facts.file, key, after));
    }
    edits
}

/// Every key of the section, so that nothing keeps it in its old place.
fn written_anew(facts: &Facts<'_>, of: &Section, mut planned: Vec<(String, Vec<String>)>) -> Vec<Edit> {
    let name = format!("credential.{}", of.pattern);
    for (key, _) in facts.file.iter().filter(|(key, _)| same_section(section(key), &name)) {
        if !planned.iter().any(|(known, _)| same_key(known, key)) {
            // `git config --list` prints it in lower case.
            planned.push((key.replace(".usehttppath", ".useHttpPath"), values(facts.file, key)));
        }
    }
    let anew = |(key, after): (String, Vec<String>)| Edit { before: values(facts.file, &key), key, after, anew: true };
    planned.into_iter().map(anew).collect()
}

/// `http.*` settings: proactive authentication and retries, unless they are set already.
fn http(facts: &Facts<'_>, pattern: &str) -> Vec<Edit> {
    // git 2.46 (610cbc1dfb): git asks the helper before the first request, so neither a user name in the URL nor
    // ~/.netrc takes precedence. git 2.54: without a limit, a 429 is repeated forever (`http.c`, `rate_limit_retries`).
    let settings = [((2, 46), "proactiveAuth", "basic"), ((2, 54), "maxRetries", "1")];
    let known = settings.into_iter().filter(|(since, _, _)| facts.git >= *since);
    let missing = known.filter_map(|(_, name, value)| {
        let key = format!("http.{pattern}.{name}");
        if values(facts.file, &key).is_empty() { edit(facts.file, key, vec![value.to_owned()]) } else { None }
    });
    missing.collect()
}

fn edit(file: &[Entry], key: String, after: Vec<String>) -> Option<Edit> {
    let before = values(file, &key);
    (before != after).then_some(Edit { key, before, after, anew: false })
}

/// The entries once the edits are made, by what git does: a new key at the end of its section, a new section at the end.
pub(super) fn simulate(file: &[Entry], edits: &[Edit]) -> Vec<Entry> {
    let anew = |key: &str| edits.iter().any(|edit| edit.anew && same_key(&edit.key, key));
    let mut now: Vec<Entry> = file.iter().filter(|(key, _)| !anew(key)).cloned().collect();
    for edit in edits {
        let first = now.iter().position(|(key, _)| same_key(key, &edit.key));
        let behind = now.iter().rposition(|(key, _)| same_section(section(key), section(&edit.key)));
        now.retain(|(key, _)| !same_key(key, &edit.key));
        let at = first.or(behind.map(|at| at + 1)).unwrap_or(now.len());
        now.splice(at..at, edit.after.iter().map(|value| (edit.key.clone(), value.clone())));
    }
    now
}

/// The pattern of a `credential.<pattern>.helper`; empty for `credential.helper`.
pub(super) fn pattern_of(key: &str) -> Option<&str> {
    let (section, variable) = key.rsplit_once('.')?;
    let pattern = if section == "credential" { "" } else { section.strip_prefix("credential.")? };
    (variable == "helper").then_some(pattern)
}

/// The key of a pattern's helpers.
#[must_use]
pub(super) fn helper_key(pattern: &str) -> String {
    format!("credential.{pattern}.helper")
}

/// A URL that the pattern is for, and as far as can be no more specific one.
#[must_use]
pub(super) fn sample(pattern: &str) -> String {
    let (scheme, rest) = pattern.split_once("://").unwrap_or(("https", pattern));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = if path.is_empty() { "v1/repos/any-repository" } else { path };
    format!("{scheme}://{}/{path}", host.replace('*', "any"))
}

/// Families, then hosts, then repositories.
pub(super) fn specificity(pattern: &str) -> usize {
    match pattern.split_once("://").map_or(pattern, |(_, rest)| rest).trim_end_matches('/') {
        rest if rest.contains('/') => 2 + rest.matches('/').count(),
        rest if rest.contains('*') => 0,
        _ => 1,
    }
}

/// Whether a more specific section has helpers.
fn has_deeper(entries: &[Entry], pattern: &str) -> bool {
    entries
        .iter()
        .filter_map(|(key, _)| pattern_of(key))
        .any(|other| specificity(other) > specificity(pattern) && matches(pattern, &sample(other)))
}

/// The values after the last empty one.
fn after_reset(values: &[String]) -> &[String] {
    let reset = values.iter().rposition(String::is_empty);
    &values[reset.map_or(0, |at| at + 1)..]
}

/// Whether a section is new to the file, so that all of it was added.
#[must_use]
pub(super) fn is_new_section(file: &[Entry], key: &str) -> bool {
    !has_section(file, section(key))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
