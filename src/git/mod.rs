//! The little of git's configuration that a helper needs, asked from git itself.
//!
//! Never on the fast path: per-URL settings already arrive as arguments of `credential.<url>.helper`. git is started
//! only where a request is about to be sent (`http.*`) or where no AWS credentials exist at all (the list of helpers).
//! A helper runs with the environment and directory of the git command, so `git config` sees what that command saw.

mod helper_value;
mod helpers;
mod url_match;

pub use helper_value::{Options, is_ours, program_path, with_program};
pub use helpers::{Helper, applies, effective_helpers, effective_helpers_from};
pub use url_match::matches;

use std::process::{Command, Stdio};

/// `http.*` as git would use it for one URL.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// `http.proxy`; empty means no proxy.
    pub proxy: Option<String>,
    /// `http.sslCAInfo`, unexpanded.
    pub ssl_ca_info: Option<String>,
    /// `http.maxRetries` (git 2.54 and later) is set.
    pub max_retries: bool,
    /// `http.proactiveAuth` (git 2.46 and later) is set.
    pub proactive_auth: bool,
}

impl HttpSettings {
    /// Asks git. Where git is missing or refuses, there are no settings.
    #[must_use]
    pub fn for_url(url: &str) -> Self {
        let output = git(&["config", "--null", "--get-urlmatch", "http", url]);
        Self::parse(&output.unwrap_or_default())
    }

    fn parse(output: &str) -> Self {
        let mut settings = Self::default();
        for (key, value) in entries(output) {
            match key {
                "http.proxy" => settings.proxy = Some(value.to_owned()),
                "http.sslcainfo" => settings.ssl_ca_info = Some(value.to_owned()),
                "http.maxretries" => settings.max_retries = true,
                "http.proactiveauth" => settings.proactive_auth = !matches!(value, "none" | ""),
                _ => {}
            }
        }
        settings
    }
}

/// The value of one setting, where there is one.
#[must_use]
pub fn value(key: &str) -> Option<String> {
    git(&["config", "--get", key]).map(|value| value.trim_end_matches('\n').to_owned())
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

/// The version of the git on the `PATH`, which is the one that runs us: git puts its own programs first there.
#[must_use]
pub fn version() -> Option<(u32, u32)> {
    parse_version(&git(&["--version"])?)
}

/// `git version 2.47.3`, `git version 2.50.1 (Apple Git-155)`
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(2)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Every helper that git would ask for `url`, in its order; empty where git cannot be asked.
#[must_use]
pub fn helpers_for(url: &str) -> Vec<Helper> {
    let output = git(&["config", "--null", "--list"]).unwrap_or_default();
    effective_helpers(entries(&output), url)
}

/// `key LF value` pairs, each ended by NUL (git-config(1), `--null`). A key alone is a value-less boolean.
pub fn entries(output: &str) -> impl Iterator<Item = (&str, &str)> {
    output.split('\0').filter(|entry| !entry.is_empty()).map(|entry| entry.split_once('\n').unwrap_or((entry, "")))
}

/// `<section>.<name>.<variable>`, as `git config --list` prints it → the name, such as that of a remote or a submodule.
#[must_use]
pub fn subsection<'k>(key: &'k str, section: &str, variable: &str) -> Option<&'k str> {
    key.strip_prefix(section)?.strip_prefix('.')?.strip_suffix(variable)?.strip_suffix('.')
}

#[expect(clippy::disallowed_methods, reason = "git's own settings can only be had from git")]
fn git(arguments: &[&str]) -> Option<String> {
    // The request on our standard input is not git's to read, and its complaints are not the user's trouble here.
    let output = Command::new("git")
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_every_build_of_git() {
        for (text, version) in [
            ("git version 2.47.3\n", Some((2, 47))),
            ("git version 2.50.1 (Apple Git-155)\n", Some((2, 50))),
            ("git version 2.54.0.windows.1\n", Some((2, 54))),
            ("git version 2.55.GIT", Some((2, 55))),
            ("", None),
        ] {
            assert_eq!(parse_version(text), version, "{text}");
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

    #[test]
    fn the_settings_for_a_url_are_read_from_gits_answer() {
        let output = "http.proxy\nhttp://proxy.corp:8080\0http.sslcainfo\n~/corp.pem\0http.emptyauth\0";
        assert_eq!(
            HttpSettings::parse(output),
            HttpSettings {
                proxy: Some("http://proxy.corp:8080".into()),
                ssl_ca_info: Some("~/corp.pem".into()),
                ..HttpSettings::default()
            }
        );
        assert_eq!(HttpSettings::parse(""), HttpSettings::default());
    }
}
