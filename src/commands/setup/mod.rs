//! `git credential-codecommit setup`: configures git in one command, and restores the configuration.
//!
//! This module decides the order of the steps and asks the questions. `apply` reads facts from git and makes the edits,
//! `plan` decides them, `undo` records what was there, `report` prints. `evict` erases signed passwords from other
//! helpers; `rewrite` plans https URLs for `codecommit::` ones. The sentences of failures are in `src/words/setup.rs`.

mod apply;
mod aside;
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
use crate::git::{self, Helper, Options, Scope, Setting, features, program_path};
use crate::machine::streams::Streams;
use crate::machine::world::World;
use crate::remote::{Address, Target as RemoteTarget};
use crate::text::shell::{Command, Word};
use apply::{Change, ConfigFile, Remote};
use codecommit::repository::Meant;
use codecommit::secret::is_public;
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

/// Whether the edits of a plan may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consent {
    /// They may, or the same helper signs as before.
    Given,
    /// The answer is no.
    Refused,
    /// The repository's configuration was changed, so that the plan must be made again.
    NeededNoMore,
}

/// How often a question is asked that gets neither yes nor no.
const QUESTIONS: usize = 5;

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
        let everywhere = self.everywhere(&before);
        let all = self.inheritable(&everywhere);
        let git = features::version().unwrap_or_default();
        let facts = Facts { file: &entries, all: &all, git, program: &program(self.world) };
        if self.arguments.profile.is_none() {
            let wish = Wish { targets: &targets, replace_aws_cli: true, everywhere: self.arguments.url.is_none() };
            targets = self.with_signers(&facts, &wish, &everywhere);
        }
        let wish = self.wish(&facts, &targets)?;
        let edits = plan::plan(&facts, &wish);
        if self.arguments.profile.is_none() {
            match self.consent(&before, &edits, &in_use)? {
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
        let git = features::version().unwrap_or_default();
        let facts = Facts { file: &entries, all: &all, git, program: &program };
        let wish = Wish { targets: &planned.sections, replace_aws_cli: true, everywhere: false };
        // The URLs come last: a remote with an https URL then has its helper too.
        let edits = [plan::plan(&facts, &wish), planned.edits.clone()].concat();
        let is_right = edits.is_empty();
        if is_right {
            self.say(&format!("{}: no codecommit:: URLs, nothing to rewrite\n", self.file.label));
        } else if self.carry_out(&facts, &wish, edits)? == Planned::Outdated {
            return Ok(Planned::Outdated);
        }
        let elsewhere = self.file.without_its_own(&before, self.world)?;
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

    /// The settings that git reads in every directory. A setting that it reads only here must not apply elsewhere.
    fn everywhere(&self, before: &[Setting]) -> Vec<Setting> {
        match self.file.scope {
            Scope::System | Scope::Global => apply::read_everywhere(before, self.world),
            Scope::Local | Scope::Worktree | Scope::Command => before.to_vec(),
        }
    }

    /// The targets, with one more for each URL pattern whose helper, set in another file, would no longer sign.
    fn with_signers(&self, facts: &Facts<'_>, wish: &Wish<'_>, settings: &[Setting]) -> Vec<Target> {
        let mut targets = wish.targets.to_vec();
        let origin = self.file.origin(self.world);
        let patterns = signer::patterns(settings, wish.targets);
        // Each pattern is added once.
        for _ in 0..patterns.len() {
            let edits = plan::plan(facts, &Wish { targets: &targets, ..*wish });
            let after = signer::after(settings, self.file.scope, origin.as_deref(), &edits);
            let is_kept =
                |pattern: &String| targets.iter().any(|target| target.pattern == *pattern && target.options.is_some());
            let lost = patterns.iter().filter(|pattern| !is_kept(pattern)).find_map(|pattern| {
                let displaced = signer::displaced(settings, &after, &[plan::sample(pattern)])?;
                Some(Target { pattern: pattern.clone(), spelled_out: false, options: Some(displaced.options?) })
            });
            let Some(target) = lost else { break };
            targets.retain(|other| other.pattern != target.pattern);
            targets.push(target);
        }
        targets.sort_by_key(|target| plan::specificity(&target.pattern));
        targets
    }

    /// Whether the edits may be made if another helper then signs than before. Asks only in that case. A helper that is
    /// configured only in this repository goes on signing in it, by an entry of its own configuration.
    fn consent(&mut self, before: &[Setting], edits: &[Edit], in_use: &[Place]) -> Result<Consent, Failure> {
        let origin = self.file.origin(self.world);
        let after = signer::after(before, self.file.scope, origin.as_deref(), edits);
        let of_places = in_use.iter().map(|place| plan::sample(&target::only(place).pattern));
        let families = target::everywhere(self.arguments.connections, &[]).into_iter();
        let urls: Vec<String> = of_places.chain(families.map(|target| plan::sample(&target.pattern))).collect();
        let Some(displaced) = signer::displaced(before, &after, &urls) else { return Ok(Consent::Given) };
        let is_wider = matches!(self.file.scope, Scope::System | Scope::Global);
        if displaced.is_of_repository && displaced.options.is_some() && is_wider && self.keep_here(before, in_use)? {
            return Ok(if self.arguments.dry_run { Consent::Given } else { Consent::NeededNoMore });
        }
        let told = report::displaced(&displaced);
        if self.arguments.yes || self.arguments.dry_run {
            self.say(&format!("{told}\n"));
            return Ok(Consent::Given);
        }
        let agreed = self.ask(&format!("{told}; continue?"), false)?;
        Ok(if agreed { Consent::Given } else { Consent::Refused })
    }

    /// Configures this helper in this repository, with the options of the helper that signs here. Returns whether anything
    /// was, or would be, changed.
    fn keep_here(&mut self, before: &[Setting], in_use: &[Place]) -> Result<bool, Failure> {
        let file = std::mem::replace(&mut self.file, ConfigFile::local());
        let answered = self.replace_aws_cli.take();
        let kept = self.configure_here(before, in_use);
        self.file = file;
        self.replace_aws_cli = answered;
        kept
    }

    fn configure_here(&mut self, before: &[Setting], in_use: &[Place]) -> Result<bool, Failure> {
        let entries = self.file.read()?;
        let mut targets: Vec<Target> = Vec::new();
        for place in in_use {
            let target = target::only(&Place { path: None, ..place.clone() });
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        if targets.is_empty() {
            targets = target::everywhere(self.arguments.connections, &[]);
        }
        let all = self.inheritable(before);
        let git = features::version().unwrap_or_default();
        let facts = Facts { file: &entries, all: &all, git, program: &program(self.world) };
        let wish = self.wish(&facts, &targets)?;
        let edits = plan::plan(&facts, &wish);
        if edits.is_empty() {
            return Ok(false);
        }
        if self.carry_out(&facts, &wish, edits)? == Planned::Made && !self.arguments.dry_run {
            let command = self.command(&["--undo", "--local"]).written_for(self.world.shell());
            self.say(&format!("to undo in this repository: {command}\n"));
        }
        Ok(true)
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

    /// Erases signed passwords from the helpers that git used so far, after `--evict` or a yes.
    fn evict(&mut self, all: &[Setting], in_use: &[Place]) -> Result<(), Failure> {
        let arguments = self.arguments;
        let world = self.world;
        let (helpers, of_the_repository): (Vec<_>, Vec<_>) =
            evict::keepers(all, in_use).into_iter().partition(|helper| helper.is_safe_to_start(world));
        // Without a terminal there is no question that --yes could answer, and a keychain may open a window.
        let is_asked_for = arguments.evict || arguments.yes && self.is_terminal;
        if arguments.evict {
            self.say(&report::skipped(&of_the_repository));
        }
        if arguments.evict && (in_use.is_empty() || helpers.is_empty()) {
            self.say(if in_use.is_empty() {
                "no CodeCommit host to search for: use --region or --url\n"
            } else {
                "no other credential helper is configured\n"
            });
        }
        if in_use.is_empty() || helpers.is_empty() || !(is_asked_for || self.is_terminal && !arguments.dry_run) {
            return Ok(());
        }
        let places = evict::with_hosts_alone(in_use);
        if arguments.dry_run {
            self.say(&report::would_search(&helpers, &places));
            return Ok(());
        }
        let names: Vec<String> = helpers.iter().map(Helper::shown).collect();
        let question = format!("erase signed CodeCommit passwords, which expire, from {}?", names.join(", "));
        if !is_asked_for && !self.ask(&question, false)? {
            return Ok(());
        }
        let profiles = shared_files::load(world).unwrap_or_default();
        for helper in helpers {
            let found = evict::evict(&helper, &places, &evict::users(&helper, &profiles, world));
            self.say(&report::evicted(&helper, &found));
        }
        Ok(())
    }

    /// Asks a question at the terminal until the answer is yes or no. An empty line means `proposal`, the end of input no.
    fn ask(&mut self, question: &str, proposal: bool) -> Result<bool, Failure> {
        if self.arguments.yes {
            return Ok(true);
        }
        if !self.is_terminal {
            return Err(Failure::answer_needed(question, self.command(&["--yes"])));
        }
        let choices = if proposal { "[Y/n]" } else { "[y/N]" };
        for _ in 0..QUESTIONS {
            let _ = write!(self.streams.stderr, "{} {choices} ", crate::text::escape::escape(question));
            let _ = self.streams.stderr.flush();
            let Some(line) = self.line() else { break };
            match line.trim().to_ascii_lowercase().as_str() {
                "" => return Ok(proposal),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => {
                    let _ = self.streams.stderr.write_all(b"enter y or n\n");
                }
            }
        }
        Ok(false)
    }

    /// The next line that is typed; `None` at the end of input.
    fn line(&mut self) -> Option<String> {
        // Byte by byte: what follows the line does not answer this question.
        let (mut line, mut byte) = (Vec::new(), [0]);
        while line.len() < 1024 && matches!(self.streams.stdin.read(&mut byte), Ok(1)) {
            if byte == *b"\n" {
                return Some(String::from_utf8_lossy(&line).into_owned());
            }
            line.push(byte[0]);
        }
        None
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

/// The value of `credential.helper` for this program: its name if git finds it, else its path.
fn program(world: &World) -> String {
    let path = git::unknown_to_git(world, apply::exec_path().as_deref());
    path.map_or_else(|| "codecommit".to_owned(), |path| program_path(&path.display().to_string()))
}
