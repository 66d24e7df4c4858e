//! The commands that `setup` prints: itself, with the options that it was given.

use super::Setup;
use super::apply::{self, ConfigFile};
use crate::cli::setup::Arguments;
use crate::failure::{Failure, Fix, Step};
use crate::git::{self, Scope};
use crate::text::shell::{Command, Word};
use codecommit::repository::Meant;
use codecommit::secret::is_public;

impl Setup<'_, '_> {
    /// The same failure. If its fix is another URL, the fix becomes this command with that URL.
    pub(super) fn with_right_url(&self, given: &str, failure: Failure) -> Failure {
        let Some(Fix { step: Step::Url(right), note }) = failure.fix.as_deref().cloned() else { return failure };
        let Command::Run(words) = self.command(&[]) else { return failure };
        let word = |word| if word == Word::Text(given.to_owned()) { Word::Text(right.clone()) } else { word };
        let command = Command::Run(words.into_iter().map(word).collect());
        // A `codecommit::` URL contains the profile, too.
        let profile = Meant::read(given).and_then(|meant| meant.profile).filter(|profile| is_public(profile));
        let command = match profile.filter(|_| self.profile().is_none()) {
            Some(profile) => command.arg("--profile").arg(profile),
            None => command,
        };
        failure.fix(match note {
            Some(note) => Fix::template(command, note),
            None => Fix::command(command),
        })
    }

    pub(super) fn say_how_to_undo(&mut self) {
        let command = self.command(&["--undo"]).written_for(self.world.shell());
        self.say(&format!("to undo: {command}\n"));
    }

    /// This command with the same file and options, and `more` after them.
    pub(super) fn command(&self, more: &[&str]) -> Command {
        self.command_with_profile(self.profile(), more)
    }

    pub(super) fn command_with_profile(&self, profile: Option<&str>, more: &[&str]) -> Command {
        let Arguments { local, system, file, no_profile, url, region, all_hosts, connections, evict, rewrite, .. } =
            self.arguments;
        let mut words: Vec<String> = Vec::new();
        let mut add = |name: &str, value: Option<&str>| {
            words.push(name.to_owned());
            words.extend(value.map(str::to_owned));
        };
        match file {
            Some(path) => add("--file", Some(&path.display().to_string())),
            None if *local || *rewrite => add("--local", None),
            None if *system => add("--system", None),
            None => {}
        }
        if !more.contains(&"--undo") {
            for (name, value) in [("--profile", profile), ("--url", url.as_deref())] {
                // An empty value counts as unset, and `cmd.exe` would keep the quotes.
                if let Some(value) = value.filter(|value| !value.is_empty()) {
                    add(name, Some(value));
                }
            }
            for region in region {
                add("--region", Some(region));
            }
            let switches = [
                ("--no-profile", no_profile),
                ("--all-hosts", all_hosts),
                ("--connections", connections),
                ("--evict", evict),
            ];
            for (name, _) in switches.into_iter().filter(|(_, on)| **on) {
                add(name, None);
            }
        }
        for name in more {
            add(name, None);
        }
        words.into_iter().fold(self.command_of_setup(), Command::arg)
    }

    /// The command that undoes what setup has done in the file. There is no option for a worktree's configuration.
    pub(super) fn command_to_undo(&self, file: &ConfigFile) -> Command {
        let command = self.command_of_setup().arg("--undo");
        match file.scope {
            Scope::System => command.arg("--system"),
            Scope::Local => command.arg("--local"),
            Scope::Worktree => {
                let path = file.path_now().map(|path| path.display().to_string());
                path.into_iter().fold(command.arg("--file"), Command::arg)
            }
            Scope::Global | Scope::Command => command.arg("--global"),
        }
    }

    pub(super) fn command_of_setup(&self) -> Command {
        let path = git::unknown_to_git(self.world, apply::exec_path().as_deref());
        let path = path.map(|path| path.display().to_string());
        Command::ours(path.as_deref()).arg("setup")
    }
}
