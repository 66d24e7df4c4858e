//! The fix for a wrong URL: another one, where the wrong one is written.

use super::request::{HIDDEN_PROFILE, has_word, to};
use crate::failure::{Code, Command, Failure, Fix, Step};
use crate::git::Setting;
use crate::git::settings::Listing;
use crate::git::written::{At, Change, Rewriting, Written};
use crate::machine::world::World;
use crate::remote::Address;
use codecommit::attributes::shown_url;
use codecommit::region::Region;
use codecommit::repository::Meant;
use codecommit::secret::{is_public, public_words, quoted};

impl Failure {
    /// The same failure; where its fix is another URL, that URL is set where the wrong one is written.
    #[must_use]
    pub(crate) fn with_url_written(self, written: &Written, settings: &[Setting], world: &World) -> Self {
        let Some(fix) = &self.fix else { return self };
        let Step::Url(right) = &fix.step else { return self };
        let note = fix.note.clone();
        let fix = another_url(written, right, settings, world);
        self.fix(Fix { note: note.or(fix.note), ..fix })
    }

    /// The same failure; a URL in its fix is written where git is told another one, which `settings` know.
    #[must_use]
    pub(crate) fn for_request(self, used: &str, listing: &Listing, world: &World) -> Self {
        let Some(Step::Url(right)) = self.fix.as_ref().map(|fix| &fix.step) else { return self };
        let settings = listing.settings(world);
        // A clone that fails is taken away, and its remote with it.
        let written = world.is_in_existing_repository().then(|| Written::of_remote(used, settings)).flatten();
        // The right URL could be rewritten too, and then be wrong again.
        let written = written.unwrap_or_else(|| Written::of(right, At::CommandLine, "insteadof", settings).1);
        self.with_url_written(&written, settings, world)
    }

    /// The same failure; an https URL in its fix becomes the `codecommit::` URL for it, since that is what the person uses.
    /// `here` is the region that the address stands for.
    #[must_use]
    pub(crate) fn with_codecommit_url(self, address: &Address, here: Option<&Region>) -> Self {
        let Some(Fix { step: Step::Url(right), note }) = self.fix.as_deref().cloned() else { return self };
        let Some(meant) = Meant::read(&right).filter(|meant| !meant.is_codecommit_url) else { return self };
        let region = match &meant.region {
            Some(region) if address.region.is_none() && Some(region) == here => None,
            Some(region) => Some(region.as_str()),
            None => Some("REGION"),
        };
        let profile = address.profile.clone().filter(|profile| is_public(profile) && !profile.contains(':'));
        let right = Address { profile, ..Address::from(&meant) };
        self.fix(Fix { note, ..Fix::url(&right.written_in(region)) })
    }

    /// What was given is no URL of git's, and names a repository of CodeCommit all the same.
    #[must_use]
    pub(crate) fn no_git_url(given: &str, meant: &Meant) -> Self {
        let failure = Self::new(
            Code::NotCodeCommitUrl,
            format!("not a Git URL of CodeCommit: {}", public_words(&shown_url(given))),
        );
        let place = meant.region.as_ref().map_or(String::new(), |region| format!(" in {region}"));
        let failure = failure.looked_at(format!("it names repository {}{place}", quoted(&meant.name)));
        failure.fix(to_meant(meant))
    }
}

/// The URL of what was meant, in the person's own scheme, and without a profile that may be a secret.
pub(super) fn to_meant(meant: &Meant) -> Fix {
    if !meant.is_codecommit_url {
        return to(&meant.url());
    }
    let address = Address::from(meant);
    let profile = address.profile.filter(|profile| is_public(profile) && !profile.contains(':'));
    Fix::url(&Address { profile, ..address }.to_string())
}

/// What makes git use `right` in the place of what is written.
fn another_url(written: &Written, right: &str, settings: &[Setting], world: &World) -> Fix {
    // A placeholder is nothing to store.
    let is_whole =
        !["NAME", "REGION", "ACCOUNT", "CONNECTION", "OWNER", HIDDEN_PROFILE].iter().any(|word| has_word(right, word));
    match (written.change(right, settings), &written.rewriting) {
        (Change::Url(url), _) => match &written.at {
            At::Remote(name) if is_whole => Fix::command(Command::new("git remote set-url").arg(name).arg(url)),
            At::PushUrl(name) if is_whole => Fix::command(Command::new("git remote set-url --push").arg(name).arg(url)),
            At::Remote(name) => {
                Fix::template(Command::new("git remote set-url").arg(name).arg(url), "in capitals: to be filled in")
            }
            At::PushUrl(name) => Fix::template(
                Command::new("git remote set-url --push").arg(name).arg(url),
                "in capitals: to be filled in",
            ),
            At::Elsewhere(setting) => match setting.option(world) {
                Some(option) if is_whole => {
                    Fix::command(git_config(&option).arg("--replace-all").arg(&setting.key).arg(url))
                }
                _ => Fix::url(&url),
            },
            At::CommandLine => Fix::url(&url),
        },
        (Change::Base(base), Some(rewriting)) if is_whole => new_base(rewriting, &base, world),
        (_, Some(rewriting)) => without(rewriting, world),
        (_, None) => Fix::url(right),
    }
}

/// `setting` says which file; `git config` with the option that names it.
fn git_config(option: &[String]) -> Command {
    option.iter().fold(Command::new("git config"), Command::arg)
}

/// The same prefix stands for another base.
fn new_base(rewriting: &Rewriting, base: &str, world: &World) -> Fix {
    match option(rewriting, world) {
        Some(option) if is_shown(rewriting) => Fix::command(
            git_config(&option)
                .arg("--rename-section")
                .arg(format!("url.{}", rewriting.base))
                .arg(format!("url.{base}")),
        ),
        _ => by_hand(rewriting, &format!("change the URL to {base} in")),
    }
}

fn without(rewriting: &Rewriting, world: &World) -> Fix {
    match option(rewriting, world) {
        Some(option) if is_shown(rewriting) => {
            let command = git_config(&option).arg("--unset-all").arg(spelt(rewriting));
            Fix::command(if rewriting.has_others { command.arg(exactly(&rewriting.value)) } else { command })
        }
        _ => by_hand(rewriting, "delete the user name and password from"),
    }
}

fn option(rewriting: &Rewriting, world: &World) -> Option<Vec<String>> {
    rewriting.setting.option(world)
}

/// Words, since a command would have to print what may be a password.
fn by_hand(rewriting: &Rewriting, what: &str) -> Fix {
    let Rewriting { value, setting, .. } = rewriting;
    let place = match setting.scope {
        crate::git::Scope::Command => "git -c or GIT_CONFIG_COUNT".to_owned(),
        _ => setting.origin.clone(),
    };
    let name = rewriting.variable();
    let what = if is_shown(rewriting) { "remove" } else { what };
    Fix::words(format!("{what} the url section with {name} = {} in {place}", shown_url(value)))
}

/// Whether nothing in the base may be a secret.
fn is_shown(rewriting: &Rewriting) -> bool {
    let Rewriting { base, value, .. } = rewriting;
    shown_url(base) == *base && shown_url(value) == *value
}

/// As it is written in the manual.
fn spelt(rewriting: &Rewriting) -> String {
    format!("url.{}.{}", rewriting.base, rewriting.variable())
}

/// A pattern for this value alone (git-config(1), `value-pattern`).
fn exactly(value: &str) -> String {
    let mut pattern = String::from("^");
    for character in value.chars() {
        if ".[]*^$+?(){}|\\".contains(character) {
            pattern.extend(['[', character, ']']);
        } else {
            pattern.push(character);
        }
    }
    pattern + "$"
}
