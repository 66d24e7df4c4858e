//! What the machine's files and git say, gathered once. Nothing here judges, and nothing may fail: what cannot be read
//! is not there.

use super::run;
use crate::world::World;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// git answers such questions in milliseconds.
const WITHIN: Duration = Duration::from_secs(2);

/// One entry of git's configuration, in the order in which git reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// `system`, `global`, `local`, `command` …; empty where git does not tell (before 2.26).
    pub scope: String,
    /// The file, for a reader.
    pub origin: String,
    /// Section and name in lower case, as `git config --list` prints them.
    pub key: String,
    /// Empty for an entry without `=`, which git takes for true.
    pub value: String,
    /// Whether the entry has no `=`.
    pub bare: bool,
}

/// `~/.netrc`, or what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// For a reader.
    pub shown: String,
    pub text: String,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// `2.47.3`
    pub version: Option<String>,
    /// Where git looks for its own programs before the PATH.
    pub exec_path: Option<PathBuf>,
    pub settings: Vec<Setting>,
    /// What `.gitmodules` says.
    pub modules: Vec<Setting>,
    pub netrc: Option<File>,
    pub ssh_config: Option<File>,
}

impl Facts {
    pub(super) fn gather(world: &World) -> Self {
        let version = git(&["--version"]).and_then(|text| Some(text.split_whitespace().nth(2)?.to_owned()));
        let exec_path = git(&["--exec-path"]).map(|path| PathBuf::from(path.trim_end()));
        let settings = match git(&["config", "--list", "--show-origin", "--show-scope", "-z"]) {
            Some(output) => settings(&output, true, world),
            None => settings(&git(&["config", "--list", "--show-origin", "-z"]).unwrap_or_default(), false, world),
        };
        let modules = git(&["rev-parse", "--show-toplevel"]).and_then(|top| {
            let file = Path::new(top.trim_end_matches('\n')).join(".gitmodules");
            git(&["config", "--file", file.to_str()?, "--list", "--show-origin", "-z"])
        });
        let netrc = if cfg!(windows) { "_netrc" } else { ".netrc" };
        Self {
            version,
            exec_path,
            settings,
            modules: self::settings(&modules.unwrap_or_default(), false, world),
            netrc: file(world.home_file(netrc), world),
            ssh_config: file(world.home_file(".ssh/config"), world),
        }
    }

    /// The two numbers that git's features go by.
    pub(super) fn version_number(&self) -> Option<(u32, u32)> {
        let mut numbers = self.version.as_deref()?.split('.');
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    }

    /// A program of git's, such as `git-remote-codecommit`, where git would find it.
    pub(super) fn find_git_program(&self, name: &str, world: &World) -> Option<PathBuf> {
        let in_exec_path = self.exec_path.as_deref().map(|directory| directory.join(name));
        in_exec_path.filter(|path| is_program(path)).or_else(|| world.find_program(name))
    }
}

pub(super) fn is_program(path: &Path) -> bool {
    let with_suffix = path.with_extension(std::env::consts::EXE_EXTENSION);
    path.is_file() || (!std::env::consts::EXE_EXTENSION.is_empty() && with_suffix.is_file())
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = run::git(arguments, b"", WITHIN).ok().filter(|output| output.success)?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `[scope NUL] origin NUL key LF value NUL` (git-config(1), `--null` with `--show-origin`).
fn settings(output: &str, with_scope: bool, world: &World) -> Vec<Setting> {
    let mut fields = output.split('\0');
    let mut settings = Vec::new();
    loop {
        let scope = if with_scope { fields.next() } else { Some("") };
        let (Some(scope), Some(origin), Some(entry)) = (scope, fields.next(), fields.next()) else { break };
        let (key, value, bare) = match entry.split_once('\n') {
            Some((key, value)) => (key, value, false),
            None => (entry, "", true),
        };
        settings.push(Setting {
            scope: scope.to_owned(),
            origin: shown(origin, world),
            key: key.to_owned(),
            value: value.to_owned(),
            bare,
        });
    }
    settings
}

/// `file:/home/u/.gitconfig`, `command line:`, `standard input:`.
fn shown(origin: &str, world: &World) -> String {
    match origin.split_once(':') {
        Some(("file", path)) => world.abbreviate(Path::new(path)),
        Some((kind, "")) => kind.to_owned(),
        _ => origin.to_owned(),
    }
}

fn file(path: Option<PathBuf>, world: &World) -> Option<File> {
    let path = path?;
    let text = String::from_utf8_lossy(&std::fs::read(&path).ok()?).into_owned();
    Some(File { shown: world.abbreviate(&path), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_git_is_read_with_scope_and_origin() {
        let world = World {
            environment: crate::world::Environment::default(),
            home: Some("/home/u".into()),
            now: chrono::DateTime::UNIX_EPOCH,
        };
        let output = "global\0file:/home/u/.gitconfig\0credential.helper\na\nb\0command\0command line:\0x.y\0";
        let read = settings(output, true, &world);
        let told: Vec<_> = read
            .iter()
            .map(|s| (s.scope.as_str(), s.origin.as_str(), s.key.as_str(), s.value.as_str(), s.bare))
            .collect();
        assert_eq!(
            told,
            [
                ("global", "~/.gitconfig", "credential.helper", "a\nb", false),
                ("command", "command line", "x.y", "", true)
            ]
        );
        assert_eq!(settings("file:a\0k\nv\0", false, &world)[0].key, "k");
        assert!(settings("", true, &world).is_empty());
    }
}
