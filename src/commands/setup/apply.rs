//! Reads and changes one file of git's configuration, through `git config` alone.
//!
//! git preserves comments, order and symbolic links, takes a lock, and knows where its files are. A change uses the fewest
//! steps that leave the key's other values and its place in the file alone; only then does --undo restore the same bytes.

use super::aside::{Aside, NotReplaced};
use super::entries::Entry;
use super::order::{self, Moved};
use super::plan::Edit;
use super::steps::steps;
use super::undo;
use crate::failure::Failure;
use crate::git::refusal::Refusal;
use crate::git::runner::{self, Ended};
use crate::git::settings::{self, NotRead};
use crate::git::{self, Scope, Setting};
use crate::machine::world::World;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One file of git's configuration.
#[derive(Debug, Clone)]
pub(super) struct ConfigFile {
    /// The option for `git config`: `--global`, or `--file F`.
    option: Vec<OsString>,
    /// The scope of the file; [`Scope::Command`] for `--file`, which git does not read.
    pub scope: Scope,
    /// The name of the file in messages.
    pub label: String,
    /// The path, if it is known without git.
    path: Option<PathBuf>,
}

impl ConfigFile {
    /// The user's configuration: `~/.gitconfig`, or the file that git uses instead (git-config(1), "FILES").
    #[must_use]
    pub(super) fn global(world: &World) -> Self {
        let variable = |name| world.environment.non_empty(name).map(PathBuf::from);
        // git does not look a home directory up (git 2.47.3 `path.c`, `interpolate_path`), except on Windows.
        let home = if cfg!(windows) { world.home.clone() } else { variable("HOME") };
        let xdg = variable("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
        // An empty variable means no file.
        let path = world.environment.os("GIT_CONFIG_GLOBAL").map(PathBuf::from).or_else(|| {
            let home = home?.join(".gitconfig");
            match xdg.map(|xdg| xdg.join("git/config")).filter(|xdg| xdg.is_file() && !home.is_file()) {
                Some(xdg) => Some(xdg),
                None => Some(home),
            }
        });
        let label = path.as_deref().map_or("the global git configuration".to_owned(), |path| world.abbreviate(path));
        Self { option: vec!["--global".into()], scope: Scope::Global, label, path }
    }

    /// The configuration of the current repository.
    #[must_use]
    pub(super) fn local() -> Self {
        Self {
            option: vec!["--local".into()],
            scope: Scope::Local,
            label: "this repository's configuration".to_owned(),
            path: None,
        }
    }

    /// The configuration of the current worktree, which git reads if `extensions.worktreeConfig` is set.
    #[must_use]
    pub(super) fn worktree() -> Self {
        Self {
            option: vec!["--worktree".into()],
            scope: Scope::Worktree,
            label: "this worktree's configuration".to_owned(),
            path: None,
        }
    }

    /// The system configuration.
    #[must_use]
    pub(super) fn system() -> Self {
        Self {
            option: vec!["--system".into()],
            scope: Scope::System,
            label: "the system configuration".to_owned(),
            path: None,
        }
    }

    /// The file of `--file`.
    #[must_use]
    pub(super) fn at(path: &OsStr, world: &World) -> Self {
        Self {
            option: vec!["--file".into(), path.to_owned()],
            scope: Scope::Command,
            label: world.abbreviate(path.as_ref()),
            path: Some(PathBuf::from(path)),
        }
    }

    /// The entries of the file, in order; none if it does not exist yet.
    pub(super) fn read(&self) -> Result<Vec<Entry>, Failure> {
        self.read_with(&self.this_file())
    }

    /// The option that makes git list this file and no other.
    fn this_file(&self) -> Vec<OsString> {
        match &self.path {
            // Not `--global`: git lists two files for it (git-config(1), "FILES") and changes one.
            Some(path) => vec!["--file".into(), path.as_os_str().to_owned()],
            None => self.option.clone(),
        }
    }

    fn read_with(&self, option: &[OsString]) -> Result<Vec<Entry>, Failure> {
        match git(option, &["--null", "--list"])? {
            Ended::Well(output) => Ok(git::entries(&output).map(owned).collect()),
            Ended::Badly(words) if words.contains("unable to read config file") && words.contains("No such file") => {
                Ok(Vec::new())
            }
            // git only says that `--local` is for repositories.
            Ended::Badly(words) => {
                Err(match Some(self.scope).filter(|scope| *scope == Scope::Local).and_then(|_| Refusal::here()) {
                    Some(refusal @ Refusal::DubiousOwnership { .. }) => Failure::no_repository(&refusal),
                    _ => Failure::config_not_read(&self.label, &words),
                })
            }
        }
    }

    /// The entries of `all` that are not set in this file.
    pub(super) fn without_its_own(&self, all: &[Setting], world: &World) -> Vec<Entry> {
        let origin = self.origin(world);
        entries(all.iter().filter(|setting| Some(&setting.origin) != origin.as_ref()))
    }

    /// The file as git shows it in listings with origins; `None` if nothing is set in it.
    pub(super) fn origin(&self, world: &World) -> Option<String> {
        let Ok(Ended::Well(output)) = git(&self.this_file(), &["--null", "--show-origin", "--list"]) else {
            return None;
        };
        settings::parse(&output, false, world).into_iter().next().map(|setting| setting.origin)
    }

    /// The edits, preceded by those that record what is there before them.
    pub(super) fn with_record(&self, entries: &[Entry], edits: &[Edit]) -> Vec<Edit> {
        let created = (entries.is_empty() && self.is_missing()).then(undo::created);
        undo::record(entries, edits).into_iter().chain(created).chain(edits.iter().cloned()).collect()
    }

    /// Whether there is no such file yet. A link to nothing counts as no file.
    fn is_missing(&self) -> bool {
        self.path_now().is_some_and(|path| !path.exists())
    }

    /// Makes the edits in order, and then those that `more` returns, all of them or none: the steps are made on a copy, which
    /// then replaces the file, or removes it if nothing is left of an `undone` file that was not there. Changes nothing if the entries of the file are no longer `planned_for`.
    ///
    /// # Errors
    /// `CC502` if git or the file system refuses, with git's words.
    pub(super) fn change(
        &self,
        planned_for: &[Entry],
        edits: &[Edit],
        undone: Option<&Undone<'_>>,
        more: impl Fn(&[Entry]) -> Vec<Edit>,
    ) -> Result<Change, Failure> {
        let refused = |words: &str| Failure::config_not_written(&self.label, words, 0);
        let failed = |error: io::Error| Failure::config_not_replaced(&self.label, &error);
        // git would rename its lock over a device, and root may: `GIT_CONFIG_GLOBAL=/dev/null`.
        if self.path_now().is_some_and(|path| path.exists() && !path.is_file()) {
            return Err(Failure::config_is_no_file(&self.label));
        }
        let aside = self.path_now().as_deref().map_or(Ok(None), Aside::of);
        let Some(aside) = aside.map_err(failed)? else { return self.change_in_place(edits, more) };
        let (copy, file) = (aside.path().display().to_string(), aside.file().display().to_string());
        let refused_there = |(words, _): (String, usize)| refused(&words.replace(&copy, &file));
        let option = [OsString::from("--file"), aside.path().as_os_str().to_owned()];
        if self.read_with(&option)? != planned_for {
            return Ok(Change::Outdated);
        }
        steps_on(&option, edits)?.map_err(refused_there)?;
        let rest = more(&self.read_with(&option)?);
        steps_on(&option, &rest)?.map_err(refused_there)?;
        let moved = undone.map_or(&[][..], |undone| undone.moved);
        if !moved.is_empty() {
            self.move_back(aside.path(), &option, moved).map_err(failed)?;
        }
        let is_removed_when_empty = undone.is_some_and(|undone| undone.is_file_removed);
        match aside.replace(LOCK_PATIENCE, is_removed_when_empty) {
            Ok(()) => Ok(Change::Made(rest)),
            Err(NotReplaced::Changed) => Ok(Change::Outdated),
            // The sentence of git 2.47.3, `config.c`.
            Err(NotReplaced::Locked) => Err(refused(&format!("error: could not lock config file {file}: File exists"))),
            Err(NotReplaced::Io(error)) => Err(failed(error)),
        }
    }

    /// Moves sections back in the copy. Leaves them where they are if git would then read other values.
    fn move_back(&self, copy: &Path, option: &[OsString], moved: &[Moved]) -> io::Result<()> {
        let Ok(text) = String::from_utf8(fs::read(copy)?) else { return Ok(()) };
        let sorted = || {
            let mut entries = self.read_with(option).ok()?;
            entries.sort();
            Some(entries)
        };
        let before = sorted();
        fs::write(copy, order::moved_back(&text, moved))?;
        if sorted() == before { Ok(()) } else { fs::write(copy, text) }
    }

    /// Makes the edits on the file itself, if it cannot be copied. Usually git then says why it cannot be changed at all.
    fn change_in_place(&self, edits: &[Edit], more: impl Fn(&[Entry]) -> Vec<Edit>) -> Result<Change, Failure> {
        let failed = |(words, done): (String, usize)| Failure::config_not_written(&self.label, &words, done);
        let done = steps_on(&self.option, edits)?.map_err(failed)?;
        let rest = more(&self.read()?);
        steps_on(&self.option, &rest)?.map_err(|(words, more)| failed((words, done + more)))?;
        Ok(Change::Made(rest))
    }

    /// The path of the file, if git or its rules reveal it.
    pub(super) fn path_now(&self) -> Option<PathBuf> {
        let told = match (&self.path, self.scope) {
            (Some(path), _) => return Some(path.clone()),
            (None, Scope::Worktree) => answer(&["rev-parse", "--git-path", "config.worktree"], &[])?.into(),
            (None, Scope::Local) => Path::new(&answer(&["rev-parse", "--git-common-dir"], &[])?).join("config"),
            // Every version of git passes the path to the editor, whether the file exists or not. `git var
            // GIT_CONFIG_SYSTEM` needs git 2.41, and many machines have an older one.
            (None, Scope::System) => answer(&["config", "--system", "--edit"], &[("GIT_EDITOR", "printf %s")])?.into(),
            (None, Scope::Global | Scope::Command) => return None,
        };
        // A name that is not UTF-8 was changed by the conversion.
        told.to_str().filter(|path| !path.contains(char::REPLACEMENT_CHARACTER)).map(PathBuf::from)
    }
}

/// What is done after the edits of `--undo`.
#[derive(Debug)]
pub(super) struct Undone<'u> {
    /// Whether there was no file, so that an empty one is removed.
    pub is_file_removed: bool,
    /// The sections to move back, in the order in which they were.
    pub moved: &'u [Moved],
}

/// The result of a change.
#[derive(Debug)]
pub(super) enum Change {
    /// The change was made, with these edits after the planned ones.
    Made(Vec<Edit>),
    /// Another process changed the file after the plan was made. setup changed nothing.
    Outdated,
}

/// How long to wait for the lock of another program; git holds it for a few milliseconds.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// Makes the steps of the edits and returns their number; or git's words, and how many were made before it refused.
fn steps_on(option: &[OsString], edits: &[Edit]) -> Result<Result<usize, (String, usize)>, Failure> {
    let steps = steps(edits);
    for (done, step) in steps.iter().enumerate() {
        if let Ended::Badly(words) = git(option, &step.arguments())? {
            return Ok(Err((words.to_string(), done)));
        }
    }
    Ok(Ok(steps.len()))
}

/// The output of a git command without the last newline, if it is not empty.
fn answer(arguments: &[&str], variables: &[(&str, &str)]) -> Option<String> {
    match runner::run_with(arguments, variables) {
        Ok(Ended::Well(output)) => Some(output.trim_end_matches('\n').to_owned()).filter(|path| !path.is_empty()),
        _ => None,
    }
}

/// The keys and values of `all`.
#[must_use]
pub(super) fn entries<'s>(all: impl IntoIterator<Item = &'s Setting>) -> Vec<Entry> {
    all.into_iter().map(|setting| (setting.key.clone(), setting.value.clone())).collect()
}

/// All settings that git reads here, in git's order.
pub(super) fn read_all(world: &World) -> Result<Vec<Setting>, Failure> {
    settings::read(world).map_err(|trouble| match trouble {
        NotRead::NoGit(none) => Failure::no_git(&none),
        NotRead::Refused(words) => Failure::config_not_read("git's configuration", &words),
    })
}

/// The settings of `all` that git reads in every directory, not only in this one. All of them for a git that cannot say it.
pub(super) fn read_everywhere(all: &[Setting], world: &World) -> Vec<Setting> {
    match settings::read_outside_of_repositories(world) {
        Ok(everywhere) => all.iter().filter(|setting| everywhere.contains(setting)).cloned().collect(),
        Err(_) => all.to_vec(),
    }
}

fn owned((key, value): (&str, &str)) -> Entry {
    (key.to_owned(), value.to_owned())
}

/// A remote and one of its URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remote {
    /// The name of the remote.
    pub name: String,
    /// The URL after `url.<base>.insteadOf`.
    pub url: String,
}

/// The remotes of the current repository, with each of their URLs; none outside of a repository.
#[must_use]
pub(super) fn remotes() -> Vec<Remote> {
    let Ok(Ended::Well(output)) = run(&["remote", "-v"]) else { return Vec::new() };
    let remote = |line: &str| {
        let (name, rest) = line.split_once('\t')?;
        // `(fetch)` or `(push)`, followed by the filter of a partial clone.
        let url = rest.rsplit_once(" (fetch)").or_else(|| rest.rsplit_once(" (push)"))?.0;
        Some(Remote { name: name.to_owned(), url: url.to_owned() })
    };
    output.lines().filter_map(remote).collect()
}

/// The failure if git refuses to list the remotes because of the repository's owner.
#[must_use]
pub(super) fn refused(remotes: &[Remote]) -> Option<Failure> {
    match Refusal::here().filter(|_| remotes.is_empty())? {
        refusal @ Refusal::DubiousOwnership { .. } => Some(Failure::no_repository(&refusal)),
        Refusal::NotARepository | Refusal::Other(_) => None,
    }
}

/// Fails unless git finds a repository here and reads it.
pub(super) fn find_repository() -> Result<(), Failure> {
    match run(&["rev-parse", "--git-dir"])? {
        Ended::Well(_) => Ok(()),
        Ended::Badly(words) => Err(Failure::no_repository(&Refusal::of(words))),
    }
}

/// The entries of `.gitmodules`; none if there is no such file or no work tree.
#[must_use]
pub(super) fn modules(world: &World) -> Vec<Entry> {
    let Ok(Ended::Well(top)) = run(&["rev-parse", "--show-toplevel"]) else { return Vec::new() };
    let file = Path::new(top.trim_end_matches('\n')).join(".gitmodules");
    ConfigFile::at(file.as_os_str(), world).read().unwrap_or_default()
}

/// git's exec path, which git searches before the `PATH`.
#[must_use]
pub(super) fn exec_path() -> Option<PathBuf> {
    match run(&["--exec-path"]) {
        Ok(Ended::Well(output)) => Some(PathBuf::from(output.trim_end())),
        _ => None,
    }
}

fn git(option: &[OsString], rest: &[impl AsRef<OsStr>]) -> Result<Ended, Failure> {
    let option = option.iter().map(OsString::as_os_str);
    let words = std::iter::once(OsStr::new("config")).chain(option).chain(rest.iter().map(AsRef::as_ref));
    run(&words.collect::<Vec<_>>())
}

fn run(arguments: &[impl AsRef<OsStr>]) -> Result<Ended, Failure> {
    runner::run(arguments).map_err(|none| Failure::no_git(&none))
}
