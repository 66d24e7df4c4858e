//! git: what its configuration says here, and what its version can do, asked from git itself.
//!
//! Never on the fast path: per-URL settings already arrive as arguments of `credential.<url>.helper`. git is started
//! only where a request is about to be sent (`http.*`), a user name is to choose a profile, or no AWS credentials exist at
//! all (the list of helpers). `runner` starts it, `settings` is what it says with scope and origin, `helpers` and
//! `helper_value` are who answers, `url_match` is to whom a section applies, `features` what a version can
//! do, `http_path` and `written` are two questions to `settings`: whether helpers
//! are told the path, and where a URL is written; `fill` asks others, `prompt` asks a person in git's own way,
//! `refusal` is why git does not look at a repository.

pub(crate) mod features;
pub(crate) mod fill;
mod helper_value;
mod helpers;
pub(crate) mod http_path;
pub(crate) mod prompt;
pub(crate) mod refusal;
pub(crate) mod runner;
pub(crate) mod settings;
mod url_match;
pub(crate) mod written;

pub use crate::text::shell::program_path;
pub(crate) use helper_value::name as helper_name;
pub use helper_value::{Options, is_ours, with_program};
pub(crate) use helpers::{Helper, effective};
pub use helpers::{applies, effective_helpers};
pub(crate) use settings::{HttpSettings, Scope, Setting};
pub use url_match::matches;

use crate::machine::world::World;
use codecommit::attributes::bare_url;
use std::path::{Path, PathBuf};

/// This program, where git does not find it by its name: neither in `exec_path`, its own directory, nor on the `PATH`.
#[must_use]
pub(crate) fn unknown_to_git(world: &World, exec_path: Option<&Path>) -> Option<PathBuf> {
    const NAME: &str = "git-credential-codecommit";
    let file = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    let beside_git = exec_path.is_some_and(|directory| directory.join(file).is_file());
    if beside_git || world.has_program(NAME) { None } else { std::env::current_exe().ok() }
}

/// The value of one setting, where there is one.
#[must_use]
pub fn value(key: &str) -> Option<String> {
    runner::answer(&["config", "--get", key]).map(|value| value.trim_end_matches('\n').to_owned())
}

/// A boolean as git reads one (git-config(1), "Values"; git 2.47.3 `parse.c`, `git_parse_maybe_bool`): words in any case,
/// nothing for no, or a number. `None` for what git refuses.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "" | "false" | "no" | "off" => Some(false),
        number => {
            let digits = number.trim_start_matches(['+', '-']).trim_end_matches(['k', 'm', 'g']);
            let (radix, digits) = match digits.strip_prefix("0x") {
                Some(digits) => (16, digits),
                None => (10, digits),
            };
            u64::from_str_radix(digits, radix).ok().map(|number| number != 0)
        }
    }
}

/// `key LF value` pairs, each ended by NUL (git-config(1), `--null`). A key alone is a value-less boolean.
pub fn entries(output: &str) -> impl Iterator<Item = (&str, &str)> {
    output.split('\0').filter(|entry| !entry.is_empty()).map(|entry| entry.split_once('\n').unwrap_or((entry, "")))
}

/// A key of git's configuration as it may be shown: a pattern or a name in it can be a URL with a password.
#[must_use]
pub fn shown_key(key: &str) -> String {
    match (key.find('.'), key.rfind('.')) {
        (Some(first), Some(last)) if first < last && key[first..last].contains("://") => {
            format!("{}{}{}", &key[..=first], bare_url(&key[first + 1..last]), &key[last..])
        }
        _ => key.to_owned(),
    }
}

/// `<section>.<name>.<variable>`, as `git config --list` prints it → the name, such as that of a remote or a submodule.
#[must_use]
pub fn subsection<'k>(key: &'k str, section: &str, variable: &str) -> Option<&'k str> {
    key.strip_prefix(section)?.strip_prefix('.')?.strip_suffix(variable)?.strip_suffix('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_without_the_password_of_a_url_in_it() {
        for (key, shown) in [
            ("url.https://u:hush@host/.insteadof", "url.https://host/.insteadof"),
            (
                "credential.https://hush@git-codecommit.*.amazonaws.com.helper",
                "credential.https://git-codecommit.*.amazonaws.com.helper",
            ),
            ("remote.ssh://u:hush@host/p.url", "remote.ssh://host/p.url"),
            ("http.proxy", "http.proxy"),
            ("remote.a.b.url", "remote.a.b.url"),
        ] {
            assert_eq!(shown_key(key), shown, "{key}");
        }
    }

    /// What git 2.47.3 made of each in `GIT_TERMINAL_PROMPT`.
    #[test]
    fn a_boolean_is_read_as_git_reads_it() {
        for off in ["False", "00", "", "0x0", "no", "OFF", "0"] {
            assert_eq!(boolean(off), Some(false), "{off}");
        }
        for on in ["2", "true", "Yes", "on", "1", "1k", "-1"] {
            assert_eq!(boolean(on), Some(true), "{on}");
        }
        assert_eq!(boolean("never"), None);
    }
}
