//! The git program that serves the repositories, found once and run in a separate environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Debug, Clone)]
pub(crate) struct Git {
    program: PathBuf,
    path: OsString,
    home: PathBuf,
}

impl Git {
    /// The first `git` in the `PATH`, by its absolute path, so that later changes of the environment have no effect.
    pub(crate) fn first_on_path(home: &Path) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path)
            .map(|folder| folder.join(format!("git{}", std::env::consts::EXE_SUFFIX)))
            .find(|candidate| candidate.is_file())
            .unwrap_or_else(|| panic!("the stand-in needs git, and there is none on PATH ({})", path.display()));
        Self { program, path, home: home.to_owned() }
    }

    /// A command that reads only the repository's configuration.
    pub(crate) fn command(&self) -> Command {
        let mut command = crate::command(&self.program);
        command
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", &self.home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.home.join("no-such-gitconfig"));
        command
    }
}
