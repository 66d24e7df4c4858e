//! `git credential-codecommit setup`: configures git in one command, and restores the configuration.
//!
//! This module decides the order of the steps and asks the questions. `apply` reads facts from git and makes the edits,
//! `plan` decides them, `undo` records what was there, `report` prints. `evict` erases signed passwords from other
//! helpers; `rewrite` plans https URLs for `codecommit::` ones. The sentences of failures are in `src/words/setup.rs`.

mod apply;
mod aside;
mod command;
mod conditional;
mod consent;
mod entries;
mod evict;
mod git_credentials;
mod order;
mod plan;
mod report;
mod restore;
mod rewrite;
mod signer;
mod steps;
mod target;
mod undo;

use crate::cli::ExitStatus;
use crate::cli::setup::Arguments;
use crate::credentials::CredentialsError;
use crate::credentials::shared_files;
use crate::failure::Failure;
use crate::git::{self, Options, Scope, Setting, features};
use crate::machine::streams::Streams;
use crate::machine::world::World;
use crate::remote::{Address, Target as RemoteTarget};
use apply::{Change, ConfigFile, Remote, Undone};
use consent::{Agreement, Changed};
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
    let profiles = shared_files::load(world).unwrap_or_default().names();
    let mut setup = Setup { arguments, world, streams, file, is_terminal, profiles, agreed: Vec::new() };
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
    /// The names of the AWS profiles.
    profiles: Vec<String>,
    /// The changes that were shown and agreed to, for when the plan is made again.
    agreed: Vec<String>,
}

/// The result of carrying out a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Planned {
    /// The edits were made, would be made by a run that is not dry, or there were none.
    Made,
    /// Another process, or this one, changed a file after the plan was made.
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
        self.check_profile()?;
        let entries = self.file.read()?;
        let before = self.everything(&entries)?;
        let remotes = apply::remotes();
        if let Some(refused) = apply::refused(&remotes) {
            self.say(&report::remotes_skipped(&refused, self.world.shell()));
        }
        let here = self.in_use(&remotes)?;
        let places = self.with_configured_regions(&here);
        let everywhere = self.read_everywhere(&before);
        let (all, program) = (self.inheritable(&everywhere), program(self.world));
        let facts = facts(&entries, &all, &program);
        let origin = self.file.origin(self.world);
        let targets = self.targets(&facts, &everywhere, &places, origin.as_deref());
        let wish = Wish { targets: &targets, everywhere: self.arguments.url.is_none() };
        let edits = plan::plan(&facts, &wish);
        let changed =
            Changed { before: &before, edits: &edits, places: &places, here: &here, origin: origin.as_deref() };
        let is_right = edits.is_empty();
        let agreement = self.agree(&facts, &wish, &changed)?;
        let displaced = match agreement {
            Agreement::Refused => {
                self.say("nothing was changed\n");
                return Ok(Planned::Made);
            }
            Agreement::MadeHere => return Ok(Planned::Outdated),
            Agreement::Given { asked_no_more } => asked_no_more,
        };
        if is_right {
            self.say(&format!("{}: already set up, nothing to change\n", self.file.label));
        } else if self.carry_out(&facts, &wish, &edits)? == Planned::Outdated {
            return Ok(Planned::Outdated);
        }
        if !self.arguments.dry_run {
            let after = self.everything(&self.file.read()?)?;
            self.say(&report::remarks(&targets, &after));
            self.say(&report::served_by_remote_helper(&remotes));
            if !is_right {
                self.say_how_to_undo();
            }
        }
        let is_found = self.offer_git_credentials(&before, &displaced, &places)?;
        self.evict(&before, &places, is_found)?;
        if !self.arguments.dry_run && !is_right && self.is_read_by_the_next_command(&here) {
            let after = self.everything(&self.file.read()?)?;
            self.say(&report::now(&targets, &here, &after, &self.profiles));
            self.say(&report::next(&places, &remotes, self.world.shell()));
        }
        Ok(Planned::Made)
    }

    /// The profile of `--profile`; an empty one counts as unset.
    fn profile(&self) -> Option<&str> {
        self.arguments.profile.as_deref().filter(|profile| !profile.is_empty())
    }

    /// Whether the arguments choose who signs.
    fn is_profile_chosen(&self) -> bool {
        self.profile().is_some() || self.arguments.no_profile
    }

    /// Refuses a profile that does not exist, since each `get` would fail. If there are no shared files yet, they may follow.
    fn check_profile(&mut self) -> Result<(), Failure> {
        let Some(profile) = self.profile() else { return Ok(()) };
        let profiles = shared_files::load(self.world).map_err(CredentialsError::from)?;
        if profiles.contains(profile) {
            return Ok(());
        }
        if profiles.is_empty() {
            self.say(&report::no_profile_yet(profile));
            return Ok(());
        }
        Err(Failure::setup_profile_not_found(profile, &profiles.names(), |near| {
            self.command_with_profile(Some(near), &[])
        }))
    }

    /// The sections to write: what is asked for or in use, what this file configures already, and the hosts that a helper in
    /// another section or file signs for, and no helper after the change.
    fn targets(
        &self,
        facts: &Facts<'_>,
        everywhere: &[Setting],
        places: &[Place],
        origin: Option<&str>,
    ) -> Vec<Target> {
        let arguments = self.arguments;
        let asked = target::Asked { all: arguments.all_hosts, connections: arguments.connections };
        let mut targets = match (&arguments.url, places) {
            (Some(_), [place, ..]) => vec![target::only(place)],
            _ => target::in_use(asked, places),
        };
        let is_everywhere = arguments.url.is_none();
        if is_everywhere {
            let signs = |pattern: &str| {
                let values = entries::values(facts.file, &plan::helper_key(pattern));
                values.iter().any(|value| git::is_ours(value) || Options::of_the_aws_cli(value).is_some())
            };
            target::add(&mut targets, target::families().filter(|pattern| signs(pattern)));
        }
        let is_chosen = self.is_profile_chosen();
        let with_options = |targets: &mut Vec<Target>| {
            for target in targets.iter_mut().filter(|_| is_chosen) {
                let signing = signer::options(everywhere, &plan::sample(&target.pattern)).unwrap_or_default();
                target.options = Some(signing.with_profile(self.profile()));
            }
        };
        if is_everywhere && is_chosen {
            let hosts = signer::with_the_same_options(facts.file, &targets);
            target::add_hosts(&mut targets, hosts);
        }
        with_options(&mut targets);
        if is_everywhere {
            let edits = plan::plan(facts, &Wish { targets: &targets, everywhere: true });
            let after = signer::after(everywhere, self.file.scope, origin, &edits);
            let families: Vec<&str> = target::families().collect();
            target::add(
                &mut targets,
                families.into_iter().filter(|pattern| signer::is_lost(everywhere, &after, &plan::sample(pattern))),
            );
            with_options(&mut targets);
        }
        if is_chosen {
            return targets;
        }
        let wish = Wish { targets: &targets, everywhere: is_everywhere };
        self.with_signers(facts, &wish, everywhere, origin)
    }

    /// The places, and the hosts of the regions that the environment and the profiles name. A repository's own configuration
    /// needs only its remotes'.
    fn with_configured_regions(&self, here: &[Place]) -> Vec<Place> {
        let mut places = here.to_vec();
        if self.arguments.url.is_none() && !self.file.scope.is_the_repositorys() {
            let profiles = shared_files::load(self.world).unwrap_or_default();
            for place in target::places_of_configured_regions(self.world, &profiles) {
                if places.iter().all(|known| known.host != place.host) {
                    places.push(place);
                }
            }
        }
        places
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
        let wish = Wish { targets: &planned.sections, everywhere: false };
        // The URLs come last: a remote with an https URL then has its helper too.
        let edits = [plan::plan(&facts, &wish), planned.edits.clone()].concat();
        let is_right = edits.is_empty();
        if is_right {
            self.say(&format!("{}: no codecommit:: URLs, nothing to rewrite\n", self.file.label));
        } else if self.carry_out(&facts, &wish, &edits)? == Planned::Outdated {
            return Ok(Planned::Outdated);
        }
        let elsewhere = self.file.without_its_own(&before, self.world);
        self.say(&report::rewritten(&planned, &elsewhere, &program, self.world.shell()));
        if !self.arguments.dry_run {
            let after = apply::read_all(self.world)?;
            self.say(&report::remarks(&planned.sections, &after));
            self.say(&report::still_served_by_remote_helper(&apply::remotes()));
            if !is_right {
                self.say_how_to_undo();
            }
        }
        Ok(Planned::Made)
    }

    /// Makes the edits of a plan, and those that remain after them. The same change records what was there before.
    fn carry_out(&mut self, facts: &Facts<'_>, wish: &Wish<'_>, edits: &[Edit]) -> Result<Planned, Failure> {
        let recorded = self.file.with_record(facts.file, edits);
        self.make(facts.file, &recorded, None, |file| {
            let held = plan::behind_comments(&Facts { file, ..*facts }, wish);
            if held.is_empty() { held } else { undo::record(file, &held).into_iter().chain(held).collect() }
        })
    }

    /// Makes the edits and those that `more` returns after them, and prints what was made.
    fn make(
        &mut self,
        planned_for: &[Entry],
        edits: &[Edit],
        undone: Option<&Undone<'_>>,
        more: impl Fn(&[Entry]) -> Vec<Edit>,
    ) -> Result<Planned, Failure> {
        if self.arguments.dry_run {
            self.say(&report::changes(&self.file.label, edits));
            self.say("dry run: nothing was changed\n");
            return Ok(Planned::Made);
        }
        let Change::Made(rest) = self.file.change(planned_for, edits, undone, more)? else {
            return Ok(Planned::Outdated);
        };
        for made in [edits, &rest].into_iter().filter(|made| !made.is_empty()) {
            let text = report::changes(&self.file.label, made);
            // What was shown with the question is not repeated.
            if !self.agreed.contains(&text) {
                self.say(&text);
            }
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
        let profiles = shared_files::load(self.world).unwrap_or_default();
        let https = |url: &str| match Address::of_url(url) {
            // AWS's remote helper stores its signatures in every configured helper, so its hosts are in use too.
            Some(address) => RemoteTarget::of(&address.ok()?, &profiles, self.world).ok().map(|target| target.url),
            None => Some(url.to_owned()),
        };
        let urls = remotes.iter().filter_map(|remote| https(&remote.url));
        places.extend(urls.filter_map(|url| target::place_of_remote(&url)));
        Ok(places)
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

/// The value of `credential.helper` for this program.
fn program(world: &World) -> String {
    git::helper_program(world, apply::exec_path().as_deref())
}
