//! What the machine's files and git say, gathered once. Nothing here judges, and nothing may fail: what cannot be read
//! is not there.

use crate::git::features::{Version, parse_number};
use crate::git::{self, Setting, runner, settings};
use crate::machine::file::read_regular;
use crate::machine::world::World;
use crate::text::shell::Shell;
use std::path::{Path, PathBuf};

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
    /// This program, where git does not find it by its name.
    pub own_path: Option<String>,
    /// What commands to paste are written for.
    pub shell: Shell,
}

impl Facts {
    pub(super) fn gather(world: &World) -> Self {
        let version = runner::answer(&["--version"]).and_then(|text| Some(text.split_whitespace().nth(2)?.to_owned()));
        let exec_path = runner::answer(&["--exec-path"]).map(|path| PathBuf::from(path.trim_end()));
        let modules = runner::answer(&["rev-parse", "--show-toplevel"])
            .map(|top| Path::new(top.trim_end_matches('\n')).join(".gitmodules"));
        let netrc = if cfg!(windows) { "_netrc" } else { ".netrc" };
        let own_path = git::unknown_to_git(world, exec_path.as_deref());
        Self {
            version,
            exec_path,
            settings: settings::read(world).unwrap_or_default(),
            modules: modules.map(|file| settings::read_file(&file, world)).unwrap_or_default(),
            netrc: file(world.home_file(netrc), world),
            ssh_config: file(world.home_file(".ssh/config"), world),
            own_path: own_path.map(|path| path.display().to_string()),
            shell: world.shell(),
        }
    }

    /// The two numbers that git's features go by.
    pub(super) fn version_number(&self) -> Option<Version> {
        parse_number(self.version.as_deref()?)
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

fn file(path: Option<PathBuf>, world: &World) -> Option<File> {
    let path = path?;
    let text = String::from_utf8_lossy(&read_regular(&path, 1 << 20).ok()?).into_owned();
    Some(File { shown: world.abbreviate(&path), text })
}
