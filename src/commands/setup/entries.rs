//! The entries of one configuration file, in its order, and how git names them. Pure.
//!
//! Section and variable names are case-insensitive, subsections are not (git-config(1), "Syntax"); `git config --list`
//! prints the former in lower case. Keys keep the case that the user sees, and are compared as git compares them.

use crate::git::{boolean, effective_helpers, matches};
use codecommit::keys::is_git_credential;

/// One `key = value`, as `git config --list` prints it.
pub(super) type Entry = (String, String);

/// Whether two keys are the same to git.
#[must_use]
pub(super) fn same_key(one: &str, other: &str) -> bool {
    canonical(one) == canonical(other)
}

/// Section and subsection of a key: `credential.https://host` of `credential.https://host.helper`.
#[must_use]
pub(super) fn section(key: &str) -> &str {
    key.rsplit_once('.').map_or(key, |(section, _)| section)
}

/// Whether two sections are the same to git. The name of a repository can contain a dot, and is case-sensitive.
#[must_use]
pub(super) fn same_section(one: &str, other: &str) -> bool {
    same_key(&format!("{one}.x"), &format!("{other}.x"))
}

fn canonical(key: &str) -> String {
    match (key.find('.'), key.rfind('.')) {
        (Some(first), Some(last)) if first < last => {
            key[..first].to_ascii_lowercase() + &key[first..last] + &key[last..].to_ascii_lowercase()
        }
        _ => key.to_ascii_lowercase(),
    }
}

/// The values of a key, in order.
#[must_use]
pub(super) fn values(entries: &[Entry], key: &str) -> Vec<String> {
    entries.iter().filter(|(known, _)| same_key(known, key)).map(|(_, value)| value.clone()).collect()
}

/// Whether the section of this pattern keeps an IAM Git credential: it names the user.
#[must_use]
pub(super) fn keeps_git_credential(entries: &[Entry], pattern: &str) -> bool {
    values(entries, &format!("credential.{pattern}.username")).last().is_some_and(|user| is_git_credential(user))
}

/// Whether the section of this key has any entry.
#[must_use]
pub(super) fn has_section(entries: &[Entry], name: &str) -> bool {
    entries.iter().any(|(known, _)| same_section(section(known), name))
}

/// The helpers that git would use for `url`, from these entries alone.
#[must_use]
pub(super) fn helpers(entries: &[Entry], url: &str) -> Vec<String> {
    let entries = entries.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    effective_helpers(entries, url)
}

/// Whether git would pass the path of `url` to helpers: the last matching value applies, whatever its section.
#[must_use]
pub(super) fn uses_path(entries: &[Entry], url: &str) -> bool {
    let applies = |key: &str| {
        let rest = key.strip_prefix("credential.")?;
        let (pattern, name) = rest.rsplit_once('.').map_or((None, rest), |(pattern, name)| (Some(pattern), name));
        (name.eq_ignore_ascii_case("useHttpPath") && pattern.is_none_or(|pattern| matches(pattern, url))).then_some(())
    };
    entries.iter().rev().find(|(key, _)| applies(key).is_some()).is_some_and(|(_, value)| boolean(value) == Some(true))
}
