//! Reads and changes one file of git's configuration, through `git config` alone.
//!
//! git keeps comments, order and symbolic links, takes a lock, and knows where its files are. A change is made with the
//! fewest steps that leave the other values of a key, and its place in the file, alone; only then does taking it back
//! give the same file again.

use super::aside::Aside;
use super::entries::{Entry, same_section, section};
use super::plan::Edit;
use crate::failure::Failure;
use crate::git::runner::{self, Ended};
use crate::git::settings::{self, NotRead};
use crate::git::{self, Scope, Setting};
use crate::machine::world::World;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// One file of git's configuration.
#[derive(Debug)]
pub struct ConfigFile {
    /// What `git config` needs to be told: `--global`, or `--file F`.
    option: Vec<OsString>,
    /// Whose configuration it is. A file of any name is read by nobody yet: it stands for itself.
    pub scope: Scope,
    /// How a message names it.
    pub label: String,
    /// Where it is, where that is known without git.
    path: Option<PathBuf>,
}

impl ConfigFile {
    /// The user's own: `~/.gitconfig`, or what git takes in its place (git-config(1), "FILES").
    #[must_use]
    pub fn global(world: &World) -> Self {
        let variable = |name| world.environment.non_empty(name).map(PathBuf::from);
        let xdg = variable("XDG_CONFIG_HOME").or_else(|| world.home_file(".config"));
        let path = variable("GIT_CONFIG_GLOBAL").or_else(|| {
            let home = world.home_file(".gitconfig")?;
            match xdg.map(|xdg| xdg.join("git/config")).filter(|xdg| xdg.is_file() && !home.is_file()) {
                Some(xdg) => Some(xdg),
                None => Some(home),
            }
        });
        let label = path.as_deref().map_or("the global configuration".to_owned(), |path| world.abbreviate(path));
        Self { option: vec!["--global".into()], scope: Scope::Global, label, path }
    }

    /// That of the repository here.
    #[must_use]
    pub fn local() -> Self {
        Self {
            option: vec!["--local".into()],
            scope: Scope::Local,
            label: "the configuration of this repository".to_owned(),
            path: None,
        }
    }

    /// That of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self {
            option: vec!["--system".into()],
            scope: Scope::System,
            label: "the system's configuration".to_owned(),
            path: None,
        }
    }

    /// Any file.
    #[must_use]
    pub fn at(path: &OsStr, world: &World) -> Self {
        Self {
            option: vec!["--file".into(), path.to_owned()],
            scope: Scope::Command,
            label: world.abbreviate(path.as_ref()),
            path: Some(PathBuf::from(path)),
        }
    }

    /// Its entries, in order; none where there is no such file yet.
    pub fn read(&self) -> Result<Vec<Entry>, Failure> {
        match git(self.option.iter().map(OsString::as_os_str), &["--null", "--list"])? {
            Ended::Well(output) => Ok(git::entries(&output).map(owned).collect()),
            Ended::Badly(words) if words.contains("unable to read config file") && words.contains("No such file") => {
                Ok(Vec::new())
            }
            Ended::Badly(words) => Err(Failure::config_not_read(&self.label, &words)),
        }
    }

    /// `all` without what stands in this file.
    pub fn without_its_own(&self, all: &[Setting], world: &World) -> Result<Vec<Entry>, Failure> {
        let listed = git(self.option.iter().map(OsString::as_os_str), &["--null", "--show-origin", "--list"])?;
        let Ended::Well(output) = listed else { return Ok(entries(all)) };
        let own = settings::parse(&output, false, world);
        let is_own = |setting: &Setting| own.first().is_some_and(|own| own.origin == setting.origin);
        Ok(entries(all.iter().filter(|setting| !is_own(setting))))
    }

    /// Makes the edits, in their order.
    ///
    /// # Errors
    /// git's words where it refuses. Nothing was changed then, if the file could be worked on aside.
    pub fn apply(&self, edits: &[Edit]) -> Result<(), Failure> {
        let steps = steps(edits);
        // All steps on a copy, which then takes the place of the file: a signal leaves the old file or the new one.
        if let Some(aside) = self.path_now().and_then(|path| Aside::of(&path)) {
            let option = [OsStr::new("--file"), aside.path().as_os_str()];
            for step in &steps {
                if let Ended::Badly(words) = git(option, &step.arguments())? {
                    return Err(Failure::config_not_written(&self.label, &words, 0));
                }
            }
            if aside.replace() {
                return Ok(());
            }
        }
        // git says why the file cannot be changed, or can change one that has no place beside it.
        for (done, step) in steps.iter().enumerate() {
            if let Ended::Badly(words) = git(self.option.iter().map(OsString::as_os_str), &step.arguments())? {
                return Err(Failure::config_not_written(&self.label, &words, done));
            }
        }
        Ok(())
    }

    /// The file itself; that of a repository is git's to tell.
    fn path_now(&self) -> Option<PathBuf> {
        match (&self.path, self.scope) {
            (Some(path), _) => Some(path.clone()),
            (None, Scope::Local) => match run(&["rev-parse", "--git-common-dir"]) {
                Ok(Ended::Well(directory)) => Some(Path::new(directory.trim_end_matches('\n')).join("config")),
                _ => None,
            },
            (None, _) => None,
        }
    }
}

/// The keys and values alone.
#[must_use]
pub fn entries<'s>(all: impl IntoIterator<Item = &'s Setting>) -> Vec<Entry> {
    all.into_iter().map(|setting| (setting.key.clone(), setting.value.clone())).collect()
}

/// Everything that git reads here, in its order.
pub fn read_all(world: &World) -> Result<Vec<Setting>, Failure> {
    settings::read(world).map_err(|trouble| match trouble {
        NotRead::NoGit(none) => Failure::no_git(&none),
        NotRead::Refused(words) => Failure::config_not_read("git's configuration", &words),
    })
}

fn owned((key, value): (&str, &str)) -> Entry {
    (key.to_owned(), value.to_owned())
}

/// One `git config`.
#[derive(Debug, PartialEq, Eq)]
enum Step<'a> {
    Add { key: &'a str, value: &'a str },
    Replace { key: &'a str, old: &'a str, new: &'a str },
    Unset { key: &'a str, value: &'a str },
    UnsetAll { key: &'a str },
}

impl Step<'_> {
    fn arguments(&self) -> Vec<String> {
        let words: Vec<&str> = match self {
            Self::Add { key, value } => vec!["--add", key, value],
            Self::Replace { key, old, new } => return owned_words(&["--replace-all", key, new, &exactly(old)]),
            Self::Unset { key, value } => return owned_words(&["--unset-all", key, &exactly(value)]),
            Self::UnsetAll { key } => vec!["--unset-all", key],
        };
        owned_words(&words)
    }
}

fn owned_words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// The extended regular expression for one value. `--fixed-value` is younger than the git of many machines (2.30).
fn exactly(value: &str) -> String {
    let mut pattern = "^".to_owned();
    for character in value.chars() {
        match character {
            '^' => pattern.push_str("\\^"),
            special if special.is_ascii_punctuation() => pattern.extend(['[', special, ']']),
            plain => pattern.push(plain),
        }
    }
    pattern + "$"
}

fn steps(edits: &[Edit]) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut emptied: Option<&str> = None;
    for edit in edits {
        let Edit { key, before, after, anew } = edit;
        if !anew {
            steps.extend(in_place(key, before, after));
            continue;
        }
        // The section goes as a whole first: git drops its heading with its last key, and makes a new one at the end.
        if emptied != Some(section(key)) {
            let of_section = edits.iter().filter(|edit| edit.anew && same_section(section(&edit.key), section(key)));
            let present = of_section.filter(|edit| !edit.before.is_empty());
            steps.extend(present.map(|edit| Step::UnsetAll { key: &edit.key }));
            emptied = Some(section(key));
        }
        steps.extend(after.iter().map(|value| Step::Add { key, value }));
    }
    steps
}

/// The steps from one list of values to another that keep as much as they can.
fn in_place<'a>(key: &'a str, before: &'a [String], after: &'a [String]) -> Vec<Step<'a>> {
    if after.is_empty() {
        return if before.is_empty() { Vec::new() } else { vec![Step::UnsetAll { key }] };
    }
    removals(key, before, after).or_else(|| replacements(key, before, after)).unwrap_or_else(|| {
        let unset = std::iter::once(Step::UnsetAll { key });
        unset.chain(after.iter().map(|value| Step::Add { key, value })).collect()
    })
}

/// Where values only go, and none of them also stays.
fn removals<'a>(key: &'a str, before: &'a [String], after: &[String]) -> Option<Vec<Step<'a>>> {
    let kept: Vec<&String> = before.iter().filter(|value| after.contains(value)).collect();
    if kept.len() == before.len() || !kept.into_iter().eq(after) {
        return None;
    }
    let gone = before.iter().enumerate().filter(|(at, value)| !after.contains(value) && !before[..*at].contains(value));
    Some(gone.map(|(_, value)| Step::Unset { key, value }).collect())
}

/// Value by value, where each that is replaced can be told from the others, and the rest behind.
fn replacements<'a>(key: &'a str, before: &'a [String], after: &'a [String]) -> Option<Vec<Step<'a>>> {
    if after.len() < before.len() {
        return None;
    }
    let mut steps = Vec::new();
    for (at, (old, new)) in before.iter().zip(after).enumerate() {
        if old == new {
            continue;
        }
        let is_told = after[..at].iter().chain(&before[at + 1..]).all(|other| other != old);
        steps.push(is_told.then_some(Step::Replace { key, old, new })?);
    }
    steps.extend(after[before.len()..].iter().map(|value| Step::Add { key, value }));
    Some(steps)
}

/// A URL of a remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The remote.
    pub name: String,
    /// As `url.<base>.insteadOf` makes it.
    pub url: String,
}

/// The remotes of the repository here, with each of their URLs; none outside of one.
#[must_use]
pub fn remotes() -> Vec<Remote> {
    let Ok(Ended::Well(output)) = run(&["remote", "-v"]) else { return Vec::new() };
    let remote = |line: &str| {
        let (name, rest) = line.split_once('\t')?;
        // `(fetch)` or `(push)`, and the filter of a partial clone behind it.
        let url = rest.rsplit_once(" (fetch)").or_else(|| rest.rsplit_once(" (push)"))?.0;
        Some(Remote { name: name.to_owned(), url: url.to_owned() })
    };
    output.lines().filter_map(remote).collect()
}

/// Whether there is a repository here that git is willing to look at.
pub fn find_repository() -> Result<(), Failure> {
    match run(&["rev-parse", "--git-dir"])? {
        Ended::Well(_) => Ok(()),
        Ended::Badly(words) => Err(Failure::no_repository(&words)),
    }
}

/// The entries of `.gitmodules`; none where there is no such file or no work tree.
#[must_use]
pub fn modules(world: &World) -> Vec<Entry> {
    let Ok(Ended::Well(top)) = run(&["rev-parse", "--show-toplevel"]) else { return Vec::new() };
    let file = Path::new(top.trim_end_matches('\n')).join(".gitmodules");
    ConfigFile::at(file.as_os_str(), world).read().unwrap_or_default()
}

/// Where git looks for its programs before the `PATH`.
#[must_use]
pub fn exec_path() -> Option<PathBuf> {
    match run(&["--exec-path"]) {
        Ok(Ended::Well(output)) => Some(PathBuf::from(output.trim_end())),
        _ => None,
    }
}

fn git<'a>(scope: impl IntoIterator<Item = &'a OsStr>, rest: &'a [impl AsRef<OsStr>]) -> Result<Ended, Failure> {
    let words = std::iter::once(OsStr::new("config")).chain(scope).chain(rest.iter().map(AsRef::as_ref));
    run(&words.collect::<Vec<_>>())
}

fn run(arguments: &[impl AsRef<OsStr>]) -> Result<Ended, Failure> {
    runner::run(arguments).map_err(|none| Failure::no_git(&none))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Vec<String> {
        owned_words(words)
    }

    #[test]
    fn a_value_keeps_its_place_and_its_neighbours() {
        let aws = "!aws codecommit credential-helper $@";
        for (before, after, expected) in [
            (&["a", aws, "b"][..], &["a", "b"][..], vec![Step::Unset { key: "k", value: aws }]),
            (
                &["a"],
                &[aws, "a"],
                vec![Step::Replace { key: "k", old: "a", new: aws }, Step::Add { key: "k", value: "a" }],
            ),
            (
                &[aws],
                &["", "codecommit"],
                vec![Step::Replace { key: "k", old: aws, new: "" }, Step::Add { key: "k", value: "codecommit" }],
            ),
            (&["a"], &["a", "b"], vec![Step::Add { key: "k", value: "b" }]),
            (&["a"], &[], vec![Step::UnsetAll { key: "k" }]),
            (
                &["a", "b"],
                &["b", "a"],
                vec![
                    Step::UnsetAll { key: "k" },
                    Step::Add { key: "k", value: "b" },
                    Step::Add { key: "k", value: "a" },
                ],
            ),
        ] {
            assert_eq!(in_place("k", &list(before), &list(after)), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_value_is_meant_exactly() {
        assert_eq!(exactly("!aws $@^"), "^[!]aws [$][@]\\^$");
        assert_eq!(exactly(""), "^$");
    }
}
