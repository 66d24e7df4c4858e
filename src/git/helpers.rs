//! The list of credential helpers that git would ask, replayed from `git config --list`. Pure.

use super::url_match::matches;
use crate::credentials::words::split_posix;

/// One entry of the effective list, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helper(pub String);

impl Helper {
    /// Whether the entry starts this program, in any of the forms that git knows: `codecommit …`,
    /// `/path/git-credential-codecommit …`, `!git-credential-codecommit …`.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        let command = self.0.trim_start_matches('!').trim_start();
        // The shell splits it, and a path may hold a space.
        let words = split_posix(command).unwrap_or_default();
        let program = words.first().map_or("", String::as_str);
        let file = program.rsplit(['/', '\\']).next().unwrap_or_default();
        let file = file.strip_suffix(".exe").unwrap_or(file);
        file == "git-credential-codecommit" || (program == "codecommit" && !self.0.starts_with('!'))
    }
}

/// Replays `credential.helper` and `credential.<url>.helper` in reading order: one list for all, no rule of
/// specificity, and an empty value clears what was read before it (git 2.47.3 `credential.c`,
/// `credential_config_callback`).
#[must_use]
pub fn effective_helpers<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>, url: &str) -> Vec<Helper> {
    let entries = entries.map(|(key, value)| (key, value, ()));
    effective_helpers_from(entries, url).into_iter().map(|(helper, ())| helper).collect()
}

/// The same, each helper with where its entry stands.
#[must_use]
pub fn effective_helpers_from<'a, O>(
    entries: impl Iterator<Item = (&'a str, &'a str, O)>,
    url: &str,
) -> Vec<(Helper, O)> {
    let mut helpers = Vec::new();
    for (key, value, origin) in entries {
        if !applies(key, "credential", "helper", url) {
            continue;
        }
        if value.is_empty() {
            helpers.clear();
        } else {
            helpers.push((Helper(value.to_owned()), origin));
        }
    }
    helpers
}

/// Whether `key`, as `git config --list` prints it, is `<section>.<name>` or `<section>.<pattern>.<name>` with a pattern
/// that applies to `url`.
#[must_use]
pub fn applies(key: &str, section: &str, name: &str, url: &str) -> bool {
    let Some(rest) = key.strip_prefix(section).and_then(|rest| rest.strip_prefix('.')) else { return false };
    match rest.rsplit_once('.') {
        None => rest == name,
        Some((pattern, last)) => last == name && matches(pattern, url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/Demo";

    fn effective(entries: &[(&str, &str)]) -> Vec<String> {
        effective_helpers(entries.iter().copied(), URL).into_iter().map(|helper| helper.0).collect()
    }

    #[test]
    fn an_empty_helper_clears_the_list_as_read_so_far() {
        assert_eq!(
            effective(&[
                ("credential.helper", "osxkeychain"),
                ("credential.https://git-codecommit.*.amazonaws.com.helper", ""),
                ("credential.https://git-codecommit.*.amazonaws.com.helper", "codecommit"),
                ("credential.https://github.com.helper", ""),
                ("credential.helper", "store"),
                ("credential.https://git-codecommit.*.amazonaws.com.usehttppath", "true"),
            ]),
            ["codecommit", "store"]
        );
    }

    #[test]
    fn our_own_entry_is_known_in_every_form() {
        for ours in [
            "codecommit",
            "codecommit --profile 'a b'",
            "/usr/local/bin/git-credential-codecommit --profile x",
            "!git-credential-codecommit $@",
            "!'/with space/git-credential-codecommit'",
            "/with\\ space/git-credential-codecommit --profile x",
            "C:/tools/git-credential-codecommit.exe",
        ] {
            assert!(Helper(ours.to_owned()).is_ours(), "{ours}");
        }
        for other in ["store", "!aws codecommit credential-helper $@", "!codecommit", "/usr/bin/codecommit"] {
            assert!(!Helper(other.to_owned()).is_ours(), "{other}");
        }
    }
}
