//! The parts of the machine that a command may use: environment, home directory, clock.
//!
//! Read once in `main` and passed on, so that a test can run everything below with its own values. Decides paths;
//! leaves reading files to the modules that own their format.

use crate::text::shell::Shell;
use chrono::{DateTime, Utc};
use codecommit::secret::public_path;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The machine as one run sees it.
#[derive(Debug, Clone)]
pub struct World {
    /// The process environment.
    pub environment: Environment,
    /// The user's home directory: `HOME`, or the entry in the system's user database if `HOME` is unset.
    pub home: Option<PathBuf>,
    /// The local clock in UTC, read once: all parts of an answer have the same time.
    pub now: DateTime<Utc>,
}

/// A snapshot of the environment variables. Cloning shares it.
#[derive(Clone, Default)]
pub struct Environment(Arc<Vec<(OsString, OsString)>>);

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(Arc::new(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
    }
}

impl Environment {
    /// The raw value of the variable. An empty variable is set.
    #[must_use]
    pub fn os(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_os_str())
    }

    /// The variable as text; one that is not UTF-8 counts as unset.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.os(name).and_then(OsStr::to_str)
    }

    /// A look-up of variables as text, by name.
    pub(crate) fn variables(&self) -> impl Fn(&str) -> Option<String> {
        |name| self.get(name).map(str::to_owned)
    }

    /// The variable as text, if it is set and not empty. `AWS_PROFILE=` unsets a variable for one shell command.
    #[must_use]
    pub fn non_empty(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The variables of `names` that are set but empty.
    #[must_use]
    pub fn empty_of(&self, names: &[&'static str]) -> Vec<&'static str> {
        names.iter().copied().filter(|name| self.get(name).is_some_and(str::is_empty)).collect()
    }

    /// The first of several variables that is set and not empty, with its name.
    #[must_use]
    pub fn first_of<'n>(&self, names: &[&'n str]) -> Option<(&'n str, &str)> {
        names.iter().find_map(|&name| Some((name, self.non_empty(name)?)))
    }

    /// A copy with these variables set to these values.
    #[must_use]
    pub fn with(&self, overrides: &[(&str, &str)]) -> Self {
        let kept = self.0.iter().filter(|(key, _)| overrides.iter().all(|(name, _)| key != name)).cloned();
        kept.chain(overrides.iter().map(|&(name, value)| (name.into(), value.into()))).collect()
    }

    /// Whether the variable is `true`, ignoring case, as the AWS tools read boolean variables.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

impl World {
    /// A copy with a later `now`. `passed` is from a monotonic clock: the user may have taken minutes to enter an MFA
    /// code.
    #[must_use]
    pub fn later(&self, passed: std::time::Duration) -> Self {
        let passed = chrono::TimeDelta::from_std(passed).unwrap_or_default();
        Self { now: self.now + passed, ..self.clone() }
    }

    /// A file of the AWS tools below the home directory, such as `.aws/config`; `None` without a home directory.
    #[must_use]
    pub fn home_file(&self, below_home: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(below_home))
    }

    /// This program's cache directory: `$XDG_CACHE_HOME/git-credential-codecommit`, or the same below `~/.cache`.
    #[must_use]
    pub fn cache_directory(&self) -> Option<PathBuf> {
        let cache = match self.environment.non_empty("XDG_CACHE_HOME").map(PathBuf::from) {
            // Relative paths must be ignored (XDG Base Directory Specification).
            Some(path) if path.is_absolute() => Some(path),
            _ => self.home_file(".cache"),
        };
        cache.map(|cache| cache.join("git-credential-codecommit"))
    }

    /// `path` with `$VAR`, `${VAR}` and a leading `~` expanded, as botocore does for the paths of its files.
    #[must_use]
    pub fn expand(&self, path: &str) -> PathBuf {
        self.expand_home(self.expand_variables(path).as_ref())
    }

    /// `path` with a leading `~` expanded, as Python's `os.path.expanduser` does without the name of a user.
    #[must_use]
    pub fn expand_home(&self, path: &OsStr) -> PathBuf {
        let home = |path: &str| {
            let rest = path.strip_prefix('~')?;
            let rest = if rest.is_empty() { rest } else { rest.strip_prefix(std::path::is_separator)? };
            Some(self.home.as_ref()?.join(rest))
        };
        path.to_str().and_then(home).unwrap_or_else(|| PathBuf::from(path))
    }

    /// Python's `os.path.expandvars`: unset variables are left as written.
    fn expand_variables(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            out.push_str(&rest[..dollar]);
            let after = &rest[dollar + 1..];
            let braced = after.strip_prefix('{').and_then(|braced| braced.split_once('}'));
            let word = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            let (name, end) = braced.map_or((&after[..word], word), |(name, _)| (name, name.len() + 2));
            match self.environment.get(name).filter(|_| !name.is_empty()) {
                Some(value) => out.push_str(value),
                None => out.push_str(&rest[dollar..=dollar + end]),
            }
            rest = &after[end..];
        }
        out.push_str(rest);
        out
    }

    /// `path` for a message: with `~` for the home directory, and without text in the form of a secret.
    #[must_use]
    pub fn abbreviate(&self, path: &Path) -> String {
        match self.home.as_ref().and_then(|home| path.strip_prefix(home).ok()) {
            Some(below) => format!("~/{}", public_path(&below.display().to_string())),
            None => public_path(&path.display().to_string()).into_owned(),
        }
    }

    /// Whether git runs this program for a command in an existing repository, and not during `git clone`, which removes
    /// its directory if it fails. During a clone git passes the absolute path of the directory, and until the fetch has
    /// ended none of these files is in it (measured with git 2.39.5 and 2.47.3).
    #[must_use]
    pub fn is_in_existing_repository(&self) -> bool {
        let Some(directory) = self.environment.os("GIT_DIR").map(Path::new) else { return false };
        let files = ["packed-refs", "FETCH_HEAD", "index", "commondir"];
        directory.is_relative() || files.iter().any(|file| directory.join(file).exists())
    }

    /// Whether nothing may be written. `doctor`, which changes nothing, sets it for itself and for the helpers that git
    /// runs on its behalf.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.environment.is_true("GIT_CODECOMMIT_READ_ONLY")
    }

    /// The shell into which the user pastes commands. On Windows, Git Bash and other POSIX shells set one of the two
    /// variables; `PowerShell` sets neither.
    #[must_use]
    pub fn shell(&self) -> Shell {
        let has_posix = ["MSYSTEM", "SHELL"].iter().any(|name| self.environment.os(name).is_some());
        if cfg!(windows) && !has_posix { Shell::PowerShell } else { Shell::Posix }
    }

    /// The program of this name that is found in the `PATH`.
    #[must_use]
    pub fn find_program(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let path = self.environment.os("PATH")?;
        std::env::split_paths(path).map(|directory| directory.join(&file)).find(|path| path.is_file())
    }

    /// Whether a program of this name is in the `PATH`.
    #[must_use]
    pub fn has_program(&self, name: &str) -> bool {
        self.find_program(name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(variables: &[(&str, &str)]) -> World {
        World {
            environment: variables.iter().copied().collect(),
            home: Some(PathBuf::from("/home/u")),
            now: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_configured_path_is_expanded_as_botocore_expands_it() {
        let world = world(&[("D", "/d"), ("EMPTY", "")]);
        for (given, expanded) in [
            ("~/.aws/config", "/home/u/.aws/config"),
            ("~", "/home/u/"),
            ("~other/x", "~other/x"),
            ("$D/x", "/d/x"),
            ("${D}y/$NONE/${NONE}$", "/dy/$NONE/${NONE}$"),
            ("a$EMPTY/b", "a/b"),
            ("x~", "x~"),
        ] {
            assert_eq!(world.expand(given), PathBuf::from(expanded), "{given}");
        }
    }

    #[test]
    fn debug_output_of_the_environment_has_no_values() {
        assert_eq!(
            format!("{:?}", world(&[("AWS_SECRET_ACCESS_KEY", "hush")]).environment),
            "[\"AWS_SECRET_ACCESS_KEY\"]"
        );
    }
}
