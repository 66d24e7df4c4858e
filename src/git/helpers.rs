//! The list of credential helpers that git would ask, computed from the output of `git config --list`. Pure.

use super::helper_value::{is_ours, name, plain_program};
use super::settings::{Scope, Setting};
use super::url_match::matches;

/// One entry of the effective list. Its value may contain a password, since people write them into shell snippets:
/// print it with [`Helper::name`] or [`Helper::shown`] only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Helper {
    /// The value of `credential.helper`, as configured.
    pub value: String,
    /// The file or command line that configures it, as shown in messages.
    pub origin: String,
    /// The scope of that configuration.
    pub scope: Scope,
}

impl std::fmt::Debug for Helper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Helper {
    /// The helper of an entry `credential.….helper`.
    pub(crate) fn of(setting: &Setting) -> Self {
        Self { value: setting.value.clone(), origin: setting.origin.clone(), scope: setting.scope }
    }

    /// Whether the entry starts this program.
    pub(crate) fn is_ours(&self) -> bool {
        is_ours(&self.value)
    }

    /// Whether it is known to return a password only if that was stored with the path that git sends: git-credential-store
    /// and git-credential-cache (git 2.47.3 `credential.c`, `credential_match`), the keychains in git's `contrib`, and Git
    /// Credential Manager (its `docs/configuration.md`, `credential.useHttpPath`).
    pub(crate) fn matches_the_path(&self) -> bool {
        let program = plain_program(&self.value).unwrap_or_default();
        let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.strip_suffix(".exe").unwrap_or(name);
        let name = name.strip_prefix("git-credential-").unwrap_or(name);
        ["store", "cache", "osxkeychain", "libsecret", "wincred", "manager", "manager-core"].contains(&name)
    }

    /// What may be printed of it, without its origin.
    pub(crate) fn name(&self) -> String {
        name(&self.value)
    }

    /// What may be printed of it, with its origin: `` `store` (~/.gitconfig) ``.
    pub(crate) fn shown(&self) -> String {
        format!("{} ({})", self.name(), self.origin)
    }
}

/// The helpers that git would ask for `url`, in git's order.
pub(crate) fn effective(settings: &[Setting], url: &str) -> Vec<Helper> {
    let entries = settings.iter().map(|setting| (setting.key.as_str(), setting.value.as_str(), setting));
    replay(entries, url).into_iter().map(|(_, setting)| Helper::of(setting)).collect()
}

/// The values of the helpers that git would ask for `url`, from these keys and values.
#[must_use]
pub fn effective_helpers<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>, url: &str) -> Vec<String> {
    let entries = entries.map(|(key, value)| (key, value, ()));
    replay(entries, url).into_iter().map(|(value, ())| value.to_owned()).collect()
}

/// Evaluates `credential.helper` and `credential.<url>.helper` in reading order: all go into one list regardless of how
/// specific their pattern is, and an empty value clears the list (git 2.47.3 `credential.c`,
/// `credential_config_callback`).
fn replay<'a, O>(entries: impl Iterator<Item = (&'a str, &'a str, O)>, url: &str) -> Vec<(&'a str, O)> {
    let mut helpers = Vec::new();
    for (key, value, origin) in entries {
        if !applies(key, "credential", "helper", url) {
            continue;
        }
        if value.is_empty() {
            helpers.clear();
        } else {
            helpers.push((value, origin));
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
        effective_helpers(entries.iter().copied(), URL)
    }

    #[test]
    fn the_helpers_that_match_the_path_are_known_by_their_program() {
        for (value, matches) in [
            ("store", true),
            ("store --file ~/.credentials", true),
            ("cache --timeout 900", true),
            ("osxkeychain", true),
            ("/usr/lib/git-core/git-credential-libsecret", true),
            ("C:/Program\\ Files/Git/mingw64/bin/git-credential-manager.exe", true),
            ("codecommit", false),
            ("!f() { echo password=x; }; f", false),
            ("storehouse", false),
        ] {
            let helper = crate::git::fill::configured(value, Scope::Global);
            assert_eq!(helper.matches_the_path(), matches, "{value}");
        }
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
}
