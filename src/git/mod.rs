//! git: its configuration here and the features of its version, as git itself reports them.
//!
//! Never used on the fast path: per-URL settings already arrive as arguments of `credential.<url>.helper`. git is run
//! only if a request is about to be sent (`http.*`), if a user name may select a profile, or if there are no AWS
//! credentials or no mark of an earlier answer (the list of helpers). `runner` runs git, `settings` is its configuration with scope and origin,
//! `helpers` and `helper_value` are the credential helpers, `url_match` decides which URLs a section applies to,
//! `features` what a version supports, `http_path` whether helpers get the path, `written` where a URL is configured;
//! `fill` asks other helpers, `prompt` asks the user as git does, `remotes` what is set for a
//! remote, `refusal` is why git rejects a repository.

pub(crate) mod features;
pub(crate) mod fill;
mod helper_value;
mod helpers;
pub(crate) mod http_path;
pub(crate) mod prompt;
pub(crate) mod refusal;
mod remotes;
pub(crate) mod runner;
pub(crate) mod settings;
mod url_match;
pub(crate) mod written;

pub use crate::text::shell::program_path;
pub(crate) use helper_value::name as helper_name;
pub use helper_value::{Options, is_ours, with_program, wraps_the_aws_cli};
pub(crate) use helper_value::{Wrapped, keeps_passwords};
pub(crate) use helpers::{Helper, effective};
pub use helpers::{applies, effective_helpers};
pub(crate) use settings::{HttpSettings, Scope, Setting};
pub(crate) use url_match::apply_to_the_same;
pub use url_match::matches;

use crate::machine::world::World;
use codecommit::attributes::bare_url;
use std::path::{Path, PathBuf};

/// The path of this program, if git does not find it by name: neither in `exec_path` nor in the `PATH`.
#[must_use]
pub(crate) fn unknown_to_git(world: &World, exec_path: Option<&Path>) -> Option<PathBuf> {
    let file = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let beside_git = exec_path.is_some_and(|directory| directory.join(file).is_file());
    if beside_git || world.has_program(PROGRAM) { None } else { std::env::current_exe().ok() }
}

/// The value of `credential.helper` that starts this program: its name where every git finds it, otherwise its path.
///
/// Programs with windows, and `sudo` with `secure_path` (sudoers(5)), have a `PATH` without `~/.local/bin` or
/// `/opt/homebrew/bin`. git searches its exec path first, whatever the `PATH` (git 2.47.3 `exec-cmd.c`, `setup_path`).
#[must_use]
pub(crate) fn helper_program(world: &World, exec_path: Option<&Path>) -> String {
    let file = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let Ok(own) = std::env::current_exe() else { return NAME.to_owned() };
    let same = own.canonicalize().ok();
    let is_this_one = |path: &Path| path.is_file() && path.canonicalize().ok() == same;
    let everywhere = exec_path.into_iter().chain(["/usr/bin", "/bin"].map(Path::new));
    // The first one counts: an older copy may precede this one.
    let found = everywhere.map(|directory| directory.join(&file)).find(|path| path.is_file());
    if found.is_some_and(|path| is_this_one(&path)) {
        return NAME.to_owned();
    }
    // Not the file behind a link: a package manager replaces it with the next version.
    let as_started = std::env::args_os().next().map(PathBuf::from);
    let path = world.find_program(PROGRAM).into_iter().chain(as_started);
    let path = path.into_iter().find(|path| path.is_absolute() && is_this_one(path)).unwrap_or(own);
    program_path(&path.display().to_string())
}

/// This program in the `PATH`.
const PROGRAM: &str = "git-credential-codecommit";

/// This program in `credential.helper`.
const NAME: &str = "codecommit";

/// The value of one setting, if it is set.
#[must_use]
pub fn value(key: &str) -> Option<String> {
    runner::answer(&["config", "--get", key]).map(|value| value.trim_end_matches('\n').to_owned())
}

/// A boolean as git parses it (git-config(1), "Values"; git 2.47.3 `parse.c`, `git_parse_maybe_bool`): words in any
/// case, an empty text for false, or a number. `None` for a value that git rejects.
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

/// Pairs of key and value, separated by LF and each terminated by NUL (git-config(1), `--null`). A key without a value
/// is a boolean that is true.
pub fn entries(output: &str) -> impl Iterator<Item = (&str, &str)> {
    output.split('\0').filter(|entry| !entry.is_empty()).map(|entry| entry.split_once('\n').unwrap_or((entry, "")))
}

/// A key of git's configuration as it may be printed: a pattern or name in it can be a URL with a password.
#[must_use]
pub fn shown_key(key: &str) -> String {
    match (key.find('.'), key.rfind('.')) {
        (Some(first), Some(last)) if first < last && key[first..last].contains("://") => {
            format!("{}{}{}", &key[..=first], bare_url(&key[first + 1..last]), &key[last..])
        }
        _ => key.to_owned(),
    }
}

/// The name in `<section>.<name>.<variable>`, as `git config --list` prints it, such as that of a remote or a
/// submodule.
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

    /// What git 2.47.3 did with each as the value of `GIT_TERMINAL_PROMPT`.
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
