//! Questions of `setup`: whether another helper may sign than before, and how a person answers.
//!
//! The same helper signs after `setup` as before, wherever git reads it from. [`signer`] compares both; this module makes the
//! targets that keep a helper, and asks if there are none.

use super::apply::{self, ConfigFile};
use super::evict::Place;
use super::plan::{self, Edit, Facts, Target, Wish};
use super::{Planned, Setup, facts, program, report, signer, target};
use crate::failure::Failure;
use crate::git::{Scope, Setting};

/// Whether the edits of a plan may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// They may, or the same helper signs as before.
    Given,
    /// The answer is no.
    Refused,
    /// The repository's configuration was changed, so that the plan must be made again.
    NeededNoMore,
}

/// How often a question is asked that gets neither yes nor no.
const QUESTIONS: usize = 5;

impl Setup<'_, '_> {
    /// The settings that git reads in every directory. A setting that it reads only here must not apply elsewhere.
    pub(super) fn read_everywhere(&self, before: &[Setting]) -> Vec<Setting> {
        match self.file.scope {
            Scope::System | Scope::Global => apply::read_everywhere(before, self.world),
            Scope::Local | Scope::Worktree | Scope::Command => before.to_vec(),
        }
    }

    /// The targets, with one more for each URL pattern whose helper, set in another file, would no longer sign.
    pub(super) fn with_signers(
        &self,
        facts: &Facts<'_>,
        wish: &Wish<'_>,
        settings: &[Setting],
        origin: Option<&str>,
    ) -> Vec<Target> {
        let mut targets = wish.targets.to_vec();
        let patterns = signer::patterns(settings, wish.targets);
        // Each pattern is added once.
        for _ in 0..patterns.len() {
            let edits = plan::plan(facts, &Wish { targets: &targets, ..*wish });
            let after = signer::after(settings, self.file.scope, origin, &edits);
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
    /// configured only in this repository still signs in it: setup adds an entry to this repository's configuration.
    pub(super) fn consent(
        &mut self,
        before: &[Setting],
        edits: &[Edit],
        in_use: &[Place],
        origin: Option<&str>,
    ) -> Result<Consent, Failure> {
        let after = signer::after(before, self.file.scope, origin, edits);
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
        let program = program(self.world);
        let facts = facts(&entries, &all, &program);
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

    /// Asks a question at the terminal until the answer is yes or no. An empty line means `proposal`, the end of input no.
    pub(super) fn ask(&mut self, question: &str, proposal: bool) -> Result<bool, Failure> {
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
}
