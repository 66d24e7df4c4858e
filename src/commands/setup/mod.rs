//! `git credential-codecommit setup`: configures git in one command, and restores the configuration.
//!
//! This module decides the order of the steps and asks the questions. `apply` reads facts from git and makes the edits,
//! `plan` decides them, `undo` records what was there, `report` prints. `evict` erases signed passwords from other
//! helpers; `rewrite` plans https URLs for `codecommit::` ones. The sentences of failures are in `src/words/setup.rs`.

mod apply;
mod aside;
mod consent;
mod entries;
mod evict;
mod plan;
mod report;
mod rewrite;
mod signer;
mod steps;
mod target;
mod undo;

use crate::cli::ExitStatus;
use crate::cli::setup::Arguments;
use crate::credentials::CredentialsError;
use crate::credentials::shared_files;
use crate::failure::{Failure, Fix, Step};
use crate::git::{self, Options, Scope, Setting, features, program_path};
use crate::machine::streams::Streams;
use crate::machine::world::World;
use crate::remote::{Address, Target as RemoteTarget};
use crate::text::shell::{Command, Word};
use apply::{Change, ConfigFile, Remote};
use codecommit::repository::Meant;
use codecommit::secret::is_public;
use consent::Consent;
use entries::Entry;
use evict::Place;
use plan::{Edit, Facts, Target, Wish};
use std::io::IsTerminal as _;

/// Runs `setup`, `setup --undo` or `setup --rewrite`.
pub fn run(arguments: &Arguments, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    let file = match &arguments.file {
        Some(path) => ConfigFile::at(path.as_os_str(), world),
        None if arguments.local || arguments.rewrite => ConfigFile::local(),
        None if arguments.system => ConfigFile::system(),
        None => ConfigFile::global(world),
    };
    let is_terminal = std::io::stdin().is_terminal();
    let mut setup = Setup { arguments, world, streams, file, is_terminal, replace_aws_cli: None };
    let done = match arguments {
        Arguments { undo: true, .. } => setup.until_made(Setup::undo),
        Arguments { rewrite: true, .. } => setup.until_made(Setup::rewrite),
        _ => setup.until_made(Setup::set_up),
    };
    match done {
        Ok(()) => ExitStatus::Answered,
        Err(failure) => {
            failure.tell(streams.stderr, world);
            ExitStatus::Failed
        }
    }
}

struct Setup<'a, 's> {
    arguments: &'a Arguments,
    world: &'a World,
    streams: &'a mut Streams<'s>,
    file: ConfigFile,
    is_terminal: bool,
    /// The answer that was given already, for when the plan is made again.
    replace_aws_cli: Option<bool>,
}

/// The result of carrying out a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Planned {
    /// The edits were made, would be made by a run that is not dry, or there were none.
    Made,
    /// Another process changed the file after the plan was made.
    Outdated,
}

/// The number of plans that are made for a file that other processes keep changing.
const ATTEMPTS: usize = 5;

impl Setup<'_, '_> {
    fn until_made(&mut self, plan: impl Fn(&mut Self) -> Result<Planned, Failure>) -> Result<(), Failure> {
        for _ in 0..ATTEMPTS {
            if plan(self)? == Planned::Made {
                return Ok(());
            }
        }
        Err(Failure::config_keeps_changing(&self.file.label))
    }

    fn set_up(&mut self) -> Result<Planned, Failure> {
        let entries = self.file.read()?;
        let before = self.everything(&entries)?;
        let remotes = apply::remotes();
        if let Some(refused) = apply::refused(&remotes) {
            self.say(&report::remotes_skipped(&refused, self.world.shell()));
        }
        let in_use = self.in_use(&remotes)?;
        let mut targets = match (&self.arguments.url, in_use.as_slice()) {
            (Some(_), [place, ..]) => vec![target::only(place)],
            _ => target::everywhere(self.arguments.connections, &in_use),
        };
        for target in &mut targets {
            target.options = self.arguments.profile.as_deref().map(Options::profile);
        }
        let everywhere = self.read_everywhere(&before);
        let (all, program) = (self.inheritable(&everywhere), program(self.world));
        let facts = facts(&entries, &all, &program);
        let origin = self.file.origin(self.world);
        if self.arguments.profile.is_none() {
            let wish = Wish { targets: &targets, replace_aws_cli: true, everywhere: self.arguments.url.is_none() };
            targets = self.with_signers(&facts, &wish, &everywhere, origin.as_deref());
        }
        let wish = self.wish(&facts, &targets)?;
        let edits = plan::plan(&facts, &wish);
        if self.arguments.profile.is_none() {
            match self.consent(&before, &edits, &in_use, origin.as_deref())? {
                Consent::Given => {}
                Consent::Refused => {
                    self.say("nothing was changed\n");
                    return Ok(Planned::Made);
                }
                Consent::NeededNoMore => return Ok(Planned::Outdated),
            }
        }
        let is_right = edits.is_empty();
        if is_right {
            self.say(&format!("{}: already set up, nothing to change\n", self.file.label));
        } else if self.carry_out(&facts, &wish, edits)? == Planned::Outdated {
            return Ok(Planned::Outdated);
        }
        if !self.arguments.dry_run {
            let after = self.everything(&self.file.read()?)?;
            self.say(&report::remarks(&targets, &before, &after));
            self.say(&report::served_by_remote_helper(&remotes));
            if !is_right {
                self.say_how_to_undo();
            }
        }
        self.evict(&before, &in_use)?;
        if !self.arguments.dry_run && !is_right && self.is_read_by_the_next_command(&in_use) {
            self.say(&report::next(&in_use, &remotes, self.world.shell()));
        }
        Ok(Planned::Made)
    }

    /// Replaces `codecommit::` URLs with https URLs.
    fn rewrite(&mut self) -> Result<Planned, Failure> {
        apply::find_repository()?;
        let entries = self.file.read()?;
        let profiles = shared_files::load(self.world).map_err(CredentialsError::from)?;
        let planned = rewrite::rewrite(&entries, &apply::modules(self.world), &profiles, self.world)?;
        let before = apply::read_all(self.world)?;
        let (all, program) = (self.inheritable(&before), program(self.world));
        let facts = facts(&entries, &all, &program);
        let wish = Wish { targets: &planned.sections, replace_aws_cli: true, everywhere: false };
        // The URLs come last: a remote with an https URL then has its helper too.
        let edits = [plan::plan(&facts, &wish), planned.edits.clone()].concat();
        let is_right = edits.is_empty();
        if is_right {
            self.say(&format!("{}: no codecommit:: URLs, nothing to rewrite\n", self.file.label));
        } else if self.carry_out(&facts, &wish, edits)? == Planned::Outdated {
            return Ok(Planned::Outdated);
        }
        let elsewhere = self.file.without_its_own(&before, self.world);
        self.say(&report::rewritten(&planned, &elsewhere, &program, self.world.shell()));
        if !self.arguments.dry_run {
            let after = apply::read_all(self.world)?;
            self.say(&report::remarks(&planned.sections, &after, &after));
            self.say(&report::still_served_by_remote_helper(&apply::remotes()));
            if !is_right {
                self.say_how_to_undo();
            }
        }
        Ok(Planned::Made)
    }

    /// Makes the edits of a plan, and those that remain after them. The same change records what was there before.
    fn carry_out(&mut self, facts: &Facts<'_>, wish: &Wish<'_>, edits: Vec<Edit>) -> Result<Planned, Failure> {
        let recorded =
            |file: &[Entry], edits: Vec<Edit>| undo::record(file, &edits).into_iter().chain(edits).collect::<Vec<_>>();
        self.make(facts.file, &recorded(facts.file, edits), |file| {
            let held = plan::behind_comments(&Facts { file, ..*facts }, wish);
            if held.is_empty() { held } else { recorded(file, held) }
        })
    }

    fn undo(&mut self) -> Result<Planned, Failure> {
        let entries = self.file.read()?;
        let undo::Undo { edits, left } = undo::undo(&entries);
        if edits.is_empty() {
            self.say(&format!("{}: nothing to undo\n", self.file.label));
            return Ok(Planned::Made);
        }
        if self.make(&entries, &edits, |_| Vec::new())? == Planned::Outdated {
            return Ok(Planned::Outdated);
        }
        for key in left {
            self.say(&format!(
                "not restored, changed since setup: {}\n",
                crate::text::escape::escape(&git::shown_key(&key))
            ));
        }
        Ok(Planned::Made)
    }

    /// The wish that the plan is made for, after the question whether to replace the AWS CLI's helper.
    fn wish<'w>(&mut self, facts: &Facts<'_>, targets: &'w [Target]) -> Result<Wish<'w>, Failure> {
        let everywhere = self.arguments.url.is_none();
        let mut wish = Wish { targets, replace_aws_cli: true, everywhere };
        let aws = plan::of_the_aws_cli(facts, &wish);
        if let Some((_, value)) = aws.first()
            && !self.arguments.dry_run
        {
            let question =
                format!("replace the AWS CLI's helper, {}, in {}?", git::helper_name(value), self.file.label);
            let answer = self.replace_aws_cli.map_or_else(|| self.ask(&question, true), Ok)?;
            self.replace_aws_cli = Some(answer);
            wish.replace_aws_cli = answer;
        }
        Ok(wish)
    }

    /// Makes the edits and those that `more` returns after them, and prints what was made.
    fn make(
        &mut self,
        planned_for: &[Entry],
        edits: &[Edit],
        more: impl Fn(&[Entry]) -> Vec<Edit>,
    ) -> Result<Planned, Failure> {
        if self.arguments.dry_run {
            self.say(&report::changes(&self.file.label, edits));
            self.say("dry run: nothing was changed\n");
            return Ok(Planned::Made);
        }
        let Change::Made(rest) = self.file.change(planned_for, edits, more)? else { return Ok(Planned::Outdated) };
        for made in [edits, &rest].into_iter().filter(|made| !made.is_empty()) {
            self.say(&report::changes(&self.file.label, made));
        }
        Ok(Planned::Made)
    }

    /// Everything that git reads. With `--file`, only the file itself, because git does not read it yet.
    fn everything(&self, entries: &[Entry]) -> Result<Vec<Setting>, Failure> {
        if self.arguments.file.is_none() {
            return apply::read_all(self.world);
        }
        let setting = |(key, value): &Entry| Setting {
            scope: self.file.scope,
            origin: self.file.label.clone(),
            key: key.clone(),
            value: value.clone(),
            bare: false,
        };
        Ok(entries.iter().map(setting).collect())
    }

    /// Whether git reads the file when it clones, or when it fetches in this repository.
    fn is_read_by_the_next_command(&self, in_use: &[Place]) -> bool {
        match self.file.scope {
            Scope::System | Scope::Global => true,
            Scope::Local => !in_use.is_empty(),
            _ => false,
        }
    }

    /// The settings whose scope is that of the file or wider: a repository's settings must not apply to other repositories.
    fn inheritable(&self, all: &[Setting]) -> Vec<Entry> {
        apply::entries(all.iter().filter(|setting| setting.scope <= self.file.scope))
    }

    /// The hosts and repositories that `--url`, `--region` or the remotes name.
    fn in_use(&self, remotes: &[Remote]) -> Result<Vec<Place>, Failure> {
        if let Some(url) = &self.arguments.url {
            return Ok(vec![target::place(url).map_err(|failure| self.with_right_url(url, failure))?]);
        }
        let named = self.arguments.region.iter().map(|region| target::place_of_region(region));
        let mut places = named.collect::<Result<Vec<_>, _>>()?;
        let connections = self.arguments.connections;
        let profiles = shared_files::load(self.world).unwrap_or_default();
        let https = |url: &str| match Address::of_url(url) {
            // AWS's remote helper stores its signatures in every configured helper, so its hosts are in use too.
            Some(address) => RemoteTarget::of(&address.ok()?, &profiles, self.world).ok().map(|target| target.url),
            None => Some(url.to_owned()),
        };
        let urls = remotes.iter().filter_map(|remote| https(&remote.url));
        places.extend(urls.filter_map(|url| target::place_of_remote(&url, connections)));
        Ok(places)
    }

    /// The same failure. If its fix is another URL, the fix becomes this command with that URL.
    fn with_right_url(&self, given: &str, failure: Failure) -> Failure {
        let Some(Fix { step: Step::Url(right), note }) = failure.fix.as_deref().cloned() else { return failure };
        let Command::Run(words) = self.command(&[]) else { return failure };
        let word = |word| if word == Word::Text(given.to_owned()) { Word::Text(right.clone()) } else { word };
        let command = Command::Run(words.into_iter().map(word).collect());
        // A `codecommit::` URL contains the profile, too.
        let profile = Meant::read(given).and_then(|meant| meant.profile).filter(|profile| is_public(profile));
        let command = match profile.filter(|_| self.arguments.profile.is_none()) {
            Some(profile) => command.arg("--profile").arg(profile),
            None => command,
        };
        failure.fix(match note {
            Some(note) => Fix::template(command, note),
            None => Fix::command(command),
        })
    }

    fn say_how_to_undo(&mut self) {
        let command = self.command(&["--undo"]).written_for(self.world.shell());
        self.say(&format!("to undo: {command}\n"));
    }

    /// This command with the same file and options, and `more` after them.
    fn command(&self, more: &[&str]) -> Command {
        let Arguments { local, system, file, profile, url, region, connections, evict, rewrite, .. } = self.arguments;
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
            for (name, value) in [("--profile", profile), ("--url", url)] {
                // An empty value counts as unset, and `cmd.exe` would keep the quotes.
                if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                    add(name, Some(value));
                }
            }
            for region in region {
                add("--region", Some(region));
            }
            for (name, _) in [("--connections", connections), ("--evict", evict)].into_iter().filter(|(_, on)| **on) {
                add(name, None);
            }
        }
        for name in more {
            add(name, None);
        }
        let path = git::unknown_to_git(self.world, apply::exec_path().as_deref());
        let path = path.map(|path| path.display().to_string());
        words.into_iter().fold(Command::ours(path.as_deref()).arg("setup"), Command::arg)
    }

    fn say(&mut self, text: &str) {
        // A closed standard output must not stop the change half way.
        let _ = self.streams.stdout.write_all(text.as_bytes()).and_then(|()| self.streams.stdout.flush());
    }
}

/// What the plan is made from, with the version of git here.
fn facts<'f>(file: &'f [Entry], all: &'f [Entry], program: &'f str) -> Facts<'f> {
    Facts { file, all, git: features::version().unwrap_or_default(), program }
}

/// The value of `credential.helper` for this program: its name if git finds it, else its path.
fn program(world: &World) -> String {
    let path = git::unknown_to_git(world, apply::exec_path().as_deref());
    path.map_or_else(|| "codecommit".to_owned(), |path| program_path(&path.display().to_string()))
}
