//! Questions of `setup`: what a person has to agree to, and how a person answers.
//!
//! The same helper signs after `setup` as before, wherever git reads it from. [`signer`] compares both; this module makes the
//! targets that keep a helper, and asks if there are none. It also asks before the AWS CLI's helper is replaced, and before
//! git no longer asks another helper. There is one question, and the changes are shown before it.

use super::apply::{self, ConfigFile};
use super::entries::Entry;
use super::evict::Place;
use super::plan::{self, Edit, Facts, Target, Wish};
use super::signer::Displaced;
use super::{Planned, Setup, facts, program, report, signer, target};
use crate::failure::Failure;
use crate::git::{Helper, Scope, Setting};

/// A plan, and what git reads before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changed<'c> {
    /// All settings that git reads here.
    pub before: &'c [Setting],
    /// The edits of the plan.
    pub edits: &'c [Edit],
    /// The hosts and repositories in use.
    pub places: &'c [Place],
    /// Those of them that the arguments or the remotes here name.
    pub here: &'c [Place],
    /// The file that is edited, as git shows it; `None` if nothing is set in it.
    pub origin: Option<&'c str>,
}

/// Whether the edits of a plan may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Agreement {
    /// They may; git then no longer asks these helpers.
    Given { asked_no_more: Vec<Helper> },
    /// The answer is no.
    Refused,
    /// The repository's configuration was changed, so that the plan must be made again.
    MadeHere,
}

/// How often a question is asked that gets neither yes nor no.
const QUESTIONS: usize = 5;

/// The plan for the repository's own configuration, which keeps the helper that signs in it.
struct Here {
    file: ConfigFile,
    entries: Vec<Entry>,
    all: Vec<Entry>,
    targets: Vec<Target>,
    edits: Vec<Edit>,
    /// The AWS CLI's helpers that the edits replace, as told.
    replaced: Vec<String>,
}

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
        let patterns = signer::patterns(settings, wish.targets);
        let after = |edits: &[Edit]| signer::after(settings, self.file.scope, origin, edits);
        keeping(facts, wish, &patterns, &self.profiles, settings, after)
    }

    /// Whether the edits may be made. Asks only if the AWS CLI's helper is replaced, another helper would sign, or git would no
    /// longer ask one. A helper that is configured only in this repository still signs in it: the changes then include this
    /// repository's configuration, which is changed first.
    pub(super) fn agree(
        &mut self,
        facts: &Facts<'_>,
        wish: &Wish<'_>,
        changed: &Changed<'_>,
    ) -> Result<Agreement, Failure> {
        let Changed { before, edits, places, here, origin } = *changed;
        let after = signer::after(before, self.file.scope, origin, edits);
        let families: Vec<Target> = all_families();
        let of_helpers = signer::patterns(before, &families).into_iter().map(|pattern| plan::sample(&pattern));
        let of_places = places.iter().map(|place| plan::sample(&target::only(place).pattern));
        let urls: Vec<String> = target::families().map(plan::sample).chain(of_helpers).chain(of_places).collect();
        let profiles = self.profiles.clone();
        let displaced_by = |after: &[Setting]| {
            if self.is_profile_chosen() { Vec::new() } else { signer::displaced(before, after, &urls, &profiles) }
        };
        let mut displaced = displaced_by(&after);
        let is_wider = matches!(self.file.scope, Scope::System | Scope::Global);
        let stays = displaced
            .iter()
            .find(|displaced| is_wider && displaced.scope.is_the_repositorys() && displaced.options.is_some());
        let here = match stays.map(|displaced| displaced.scope) {
            Some(scope) => self.planned_here(before, &after, here, scope)?,
            None => None,
        };
        if let Some(here) = &here {
            let origin = here.file.origin(self.world);
            displaced = displaced_by(&signer::after(&after, here.file.scope, origin.as_deref(), &here.edits));
        }
        if is_wider && !self.is_profile_chosen() {
            for other in self.displaced_elsewhere(changed, &urls) {
                if displaced.iter().all(|known| known.before != other.before) {
                    displaced.push(other);
                }
            }
        }
        let asked_no_more = signer::asked_no_more(before, &after, &urls);
        let replaced = plan::of_the_aws_cli(facts, wish);
        let replaced = replaced.iter().map(|(_, value)| report::replaced(value, &self.file.label));
        let of_here = here.iter().flat_map(|here| here.replaced.iter().cloned());
        let mut reasons: Vec<String> = of_here.chain(replaced).collect();
        reasons.dedup();
        reasons.extend(displaced.iter().flat_map(|displaced| report::displaced(displaced, self.world.shell())));
        reasons.extend(asked_no_more.iter().map(report::asked_no_more));
        let of_here = here.iter().map(|here| (&here.file, here.entries.as_slice(), here.edits.as_slice()));
        let changes: Vec<String> = of_here
            .chain([(&self.file, facts.file, edits)])
            .filter(|(_, _, edits)| !edits.is_empty())
            .map(|(file, entries, edits)| report::changes(&file.label, &file.with_record(entries, edits)))
            .collect();
        if !self.is_agreed(changes, &reasons, displaced.is_empty())? {
            return Ok(Agreement::Refused);
        }
        match here {
            Some(here) if self.make_here(&here)? => Ok(Agreement::MadeHere),
            _ => Ok(Agreement::Given { asked_no_more }),
        }
    }

    /// Who no longer signs in other directories, where git includes more files than here.
    fn displaced_elsewhere(&self, changed: &Changed<'_>, urls: &[String]) -> Vec<Displaced> {
        let families = all_families();
        let configurations = self.elsewhere(&self.read_everywhere(changed.before));
        let displaced = configurations.iter().flat_map(|there| {
            let after = signer::after(there, self.file.scope, changed.origin, changed.edits);
            let of_helpers = signer::patterns(there, &families).into_iter().map(|pattern| plan::sample(&pattern));
            let urls: Vec<String> = urls.iter().cloned().chain(of_helpers).collect();
            signer::displaced(there, &after, &urls, &self.profiles)
        });
        displaced.collect()
    }

    /// Shows the changes and the reasons to ask, and asks. An empty line means `proposal`.
    fn is_agreed(&mut self, changes: Vec<String>, reasons: &[String], proposal: bool) -> Result<bool, Failure> {
        if reasons.is_empty() || (!changes.is_empty() && changes.iter().all(|change| self.agreed.contains(change))) {
            return Ok(true);
        }
        let reasons_told = reasons.join("\n") + "\n";
        if self.arguments.yes || self.arguments.dry_run {
            self.say(&reasons_told);
            return Ok(true);
        }
        if !self.is_terminal {
            return Err(Failure::answer_needed(reasons, self.command(&["--yes"])));
        }
        let _ = self.streams.stderr.write_all((changes.concat() + &reasons_told).as_bytes());
        self.agreed.extend(changes);
        self.ask("make these changes?", proposal)
    }

    /// The edits that configure this helper in this repository, with the options of the helpers that sign here. `scope` is that
    /// of a helper that would no longer sign once git's configuration is `after`.
    fn planned_here(
        &self,
        before: &[Setting],
        after: &[Setting],
        places: &[Place],
        scope: Scope,
    ) -> Result<Option<Here>, Failure> {
        let file = if scope == Scope::Worktree { ConfigFile::worktree() } else { ConfigFile::local() };
        let entries = file.read()?;
        let mut targets: Vec<Target> = Vec::new();
        target::add(&mut targets, places.iter().map(|place| format!("https://{}", place.host)));
        let all = apply::entries(before.iter().filter(|setting| setting.scope <= file.scope));
        let program = program(self.world);
        let is_everywhere = self.arguments.url.is_none();
        let facts = facts(&entries, &all, &program);
        let origin = file.origin(self.world);
        let then = |edits: &[Edit]| signer::after(after, file.scope, origin.as_deref(), edits);
        let families = target::families().map(str::to_owned);
        let patterns: Vec<String> = families.chain(signer::patterns(before, &all_families())).collect();
        let wish = Wish { targets: &targets, everywhere: is_everywhere };
        let targets = keeping(&facts, &wish, &patterns, &self.profiles, before, then);
        let wish = Wish { targets: &targets, everywhere: is_everywhere };
        let edits = plan::plan(&facts, &wish);
        let replaced = plan::of_the_aws_cli(&facts, &wish);
        let replaced = replaced.iter().map(|(_, value)| report::replaced(value, &file.label)).collect();
        Ok((!edits.is_empty()).then_some(Here { file, entries, all, targets, edits, replaced }))
    }

    /// Returns whether the repository's configuration was changed.
    fn make_here(&mut self, here: &Here) -> Result<bool, Failure> {
        let program = program(self.world);
        let facts = facts(&here.entries, &here.all, &program);
        let wish = Wish { targets: &here.targets, everywhere: self.arguments.url.is_none() };
        let file = std::mem::replace(&mut self.file, here.file.clone());
        let made = self.carry_out(&facts, &wish, &here.edits);
        self.file = file;
        if made? == Planned::Made && !self.arguments.dry_run {
            let command = self.command_to_undo(&here.file).written_for(self.world.shell());
            self.say(&format!("to undo in this repository: {command}\n"));
        }
        Ok(!self.arguments.dry_run)
    }

    /// Asks a question at the terminal until the answer is yes or no. An empty line means `proposal`, the end of input no.
    /// `--yes` agrees to the changes that it was given for, and otherwise to what is proposed.
    pub(super) fn ask(&mut self, question: &str, proposal: bool) -> Result<bool, Failure> {
        if self.arguments.yes {
            return Ok(proposal);
        }
        if !self.is_terminal {
            return Err(Failure::answer_needed(&[question.to_owned()], self.command(&["--yes"])));
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

/// The sections of all families.
fn all_families() -> Vec<Target> {
    let mut families = Vec::new();
    target::add(&mut families, target::families());
    families
}

/// The targets of the wish, with one more for each of the patterns whose helper would no longer sign. `after` is everything
/// that git reads once the edits are made; it reads `before` now.
fn keeping(
    facts: &Facts<'_>,
    wish: &Wish<'_>,
    patterns: &[String],
    profiles: &[String],
    before: &[Setting],
    after: impl Fn(&[Edit]) -> Vec<Setting>,
) -> Vec<Target> {
    let mut targets = wish.targets.to_vec();
    // Each pattern is added once.
    for _ in 0..patterns.len() {
        let edits = plan::plan(facts, &Wish { targets: &targets, ..*wish });
        let after = after(&edits);
        let is_kept =
            |pattern: &String| targets.iter().any(|target| target.pattern == *pattern && target.options.is_some());
        let lost = patterns.iter().filter(|pattern| !is_kept(pattern)).find_map(|pattern| {
            let displaced = signer::displaced(before, &after, &[plan::sample(pattern)], profiles).into_iter().next()?;
            Some(Target { pattern: pattern.clone(), spelled_out: false, options: Some(displaced.options?) })
        });
        let Some(target) = lost else { break };
        targets.retain(|other| other.pattern != target.pattern);
        targets.push(target);
    }
    targets.sort_by_key(|target| plan::specificity(&target.pattern));
    targets
}
