//! The reports of `setup`: what it changes, what remains, and the next step. Pure.

use super::apply::{self, Remote};
use super::entries::{Entry, helpers, section, uses_path};
use super::evict::{Found, Place, Searched, What};
use super::git_credentials::GitCredential;
use super::plan::{Edit, Target, sample};
use super::rewrite::Rewrite;
use super::signer::{self, Displaced};
use super::undo::is_record;
use crate::failure::Failure;
use crate::git::{self, Helper, Options, Setting, Wrapped, is_ours};
use crate::remote::Address;
use crate::text::escape::escape;
use crate::text::shell::{Command, Shell};
use codecommit::secret::{is_public, profile as shown_profile};
use std::fmt::Write as _;

/// The changes of one file: `+` for a value that is added, `-` for one that is removed.
#[must_use]
pub(super) fn changes(label: &str, edits: &[Edit]) -> String {
    let mut text = format!("{label}:\n");
    let mut moved: Vec<&str> = Vec::new();
    for edit in edits.iter().filter(|edit| !is_record(edit)) {
        let Edit { key, before, after, anew } = edit;
        if before == after {
            if *anew && !moved.contains(&section(key)) {
                moved.push(section(key));
            }
            continue;
        }
        // If values are only removed, only appended, or only replaced, the other values of the key are not listed.
        let only_goes = before.iter().filter(|value| after.contains(value)).eq(after);
        let (gone, come): (Vec<&String>, Vec<&String>) = match after.strip_prefix(before.as_slice()) {
            Some(come) => (Vec::new(), come.iter().collect()),
            None if only_goes => (before.iter().filter(|value| !after.contains(value)).collect(), Vec::new()),
            None if before.len() == after.len() => {
                before.iter().zip(after).filter(|(before, after)| before != after).unzip()
            }
            None => (before.iter().collect(), after.iter().collect()),
        };
        for (sign, value) in
            gone.into_iter().map(|value| ('-', value)).chain(come.into_iter().map(|value| ('+', value)))
        {
            let line = format!("{} = {}", git::shown_key(key), shown_value(key, value));
            let _ = writeln!(text, "  {sign} {}", escape(line.trim_end()));
        }
    }
    for section in moved {
        let section = git::shown_key(&format!("{section}.x"));
        let section = section.trim_end_matches(".x");
        let _ = writeln!(text, "  moved to the end, after a section that would override it: {}", escape(section));
    }
    let notes: usize =
        edits.iter().filter(|edit| is_record(edit)).map(|edit| edit.after.len().abs_diff(edit.before.len())).sum();
    if let Some(record) = edits.iter().find(|edit| is_record(edit)) {
        let sign = if record.after.is_empty() { '-' } else { '+' };
        let values = if notes == 1 { "value" } else { "values" };
        let _ = writeln!(text, "  {sign} codecommit.setup.* ({notes} {values}, for --undo)");
    }
    text
}

/// setup changed another file that git reads here; `command` undoes that.
#[must_use]
pub(super) fn also_changed(file: &str, command: &Command, shell: Shell) -> String {
    format!("setup also changed {}; to undo that: {}\n", escape(file), escape(&command.written_for(shell)))
}

/// The profile does not exist, since no profile does.
#[must_use]
pub(super) fn no_profile_yet(profile: &str) -> String {
    format!("warning: {} does not exist yet: there are no AWS profiles here\n", escape(&shown_profile(profile)))
}

/// The remotes of this repository were skipped because git refuses to list them; with git's condition as the fix.
#[must_use]
pub(super) fn remotes_skipped(refused: &Failure, shell: Shell) -> String {
    let fix = refused.rendered_fix(shell, || true);
    format!("skipped: this repository's remotes: {}\n{fix}", escape(&refused.cause))
}

/// A value without secrets: that of a helper may contain a password.
fn shown_value(key: &str, value: &str) -> String {
    let is_helper = key.rsplit('.').next().is_some_and(|name| name.eq_ignore_ascii_case("helper"));
    if is_helper && !value.is_empty() { git::helper_name(value).trim_matches('`').to_owned() } else { value.to_owned() }
}

/// The settings that still get in the way. `after` is everything that git reads.
#[must_use]
pub(super) fn remarks(targets: &[Target], after: &[Setting]) -> String {
    let entries_after = apply::entries(after);
    let mut lines: Vec<String> = Vec::new();
    let mut add = |line: String| {
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    for target in targets {
        let url = sample(&target.pattern);
        let asked = helpers(&entries_after, &url);
        if asked.iter().any(|value| is_ours(value)) && !uses_path(&entries_after, &url) {
            add(format!("warning: useHttpPath is set to false by a later setting for {}", escape(&target.pattern)));
        }
        let ours = asked.iter().position(|value| is_ours(value)).unwrap_or(asked.len());
        for (at, value) in asked.iter().enumerate().filter(|(_, value)| !is_ours(value)) {
            let place = found_in(value, after);
            add(if at < ours {
                format!("warning: git still asks another helper first: {place}")
            } else {
                format!("warning: git still stores passwords in a helper that is configured later: {place}")
            });
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// The helper with its origin, as shown.
fn found_in(value: &str, all: &[Setting]) -> String {
    let found = all.iter().rev().find(|setting| setting.value == value && setting.key.ends_with(".helper"));
    escape(&found.map_or_else(String::new, |setting| Helper::of(setting).shown())).into_owned()
}

/// The values that `--rewrite` writes down, and the commands for submodules. `elsewhere` is everything that git reads except
/// the repository's own file.
#[must_use]
pub(super) fn rewritten(rewrite: &Rewrite, elsewhere: &[Entry], program: &str, shell: Shell) -> String {
    let mut text = String::new();
    for (value, source) in &rewrite.fixed {
        let line = format!("now configured: {value} (was taken from {source})");
        let _ = writeln!(text, "{}", escape(&line));
    }
    let mut commands: Vec<Command> = Vec::new();
    for submodule in &rewrite.submodules {
        let asked = helpers(elsewhere, &submodule.url);
        let is_served =
            asked.first() == Some(&submodule.options.value(program)) && uses_path(elsewhere, &submodule.url);
        // `setup` accepts only hosts that are CodeCommit's by name.
        let setup = (!is_served && !submodule.options.ignore_host_check).then(|| {
            let setup = Command::new("git credential-codecommit setup --url").arg(&submodule.url);
            match &submodule.options.profile {
                Some(profile) => setup.arg("--profile").arg(profile),
                None => setup,
            }
        });
        for command in setup.into_iter().chain(submodule.commands.iter().cloned()) {
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
    }
    if !commands.is_empty() {
        text.push_str("submodules are not changed; to change them, run at the top of the work tree:\n");
    }
    for command in commands {
        let _ = writeln!(text, "  {}", escape(&command.written_for(shell)));
    }
    text
}

/// The remotes that `--rewrite` would change.
#[must_use]
pub(super) fn served_by_remote_helper(remotes: &[Remote]) -> String {
    of_the_scheme(remotes).into_iter().fold(String::new(), |text, Remote { name, .. }| {
        let name = escape(name);
        text + &format!(
            "remote `{name}` uses git-remote-codecommit; to use https: git credential-codecommit setup --rewrite\n"
        )
    })
}

/// The remotes that `--rewrite` could not change.
#[must_use]
pub(super) fn still_served_by_remote_helper(remotes: &[Remote]) -> String {
    of_the_scheme(remotes).into_iter().fold(String::new(), |text, Remote { name, url }| {
        let (name, url) = (escape(name), escape(url));
        text + &format!("warning: remote `{name}` is still {url} (set in another file or by url.<base>.insteadOf)\n")
    })
}

/// The next step after a change, as the last line: `git fetch` in a clone, else `git clone`.
#[must_use]
pub(super) fn next(in_use: &[Place], remotes: &[Remote], shell: Shell) -> String {
    // For a remote of the remote helper, another line already says what to run.
    if !of_the_scheme(remotes).is_empty() {
        return String::new();
    }
    let is_here = |place: &Place| remotes.iter().any(|remote| remote.url.contains(&place.host));
    let command = match in_use {
        [] => Command::new("git clone https://git-codecommit.REGION.amazonaws.com/v1/repos/REPOSITORY"),
        [..] if in_use.iter().any(is_here) => Command::new("git fetch"),
        [Place { host, path }, ..] => {
            let path = path.as_deref().unwrap_or("v1/repos/REPOSITORY");
            Command::new("git clone").arg(format!("https://{host}/{path}"))
        }
    };
    format!("next: {}\n", escape(&command.written_for(shell)))
}

/// Each remote with a `codecommit::` URL, once.
fn of_the_scheme(remotes: &[Remote]) -> Vec<&Remote> {
    let mut found: Vec<&Remote> = Vec::new();
    for remote in remotes.iter().filter(|remote| Address::of_url(&remote.url).is_some()) {
        if found.iter().all(|known| known.name != remote.name) {
            found.push(remote);
        }
    }
    found
}

/// The result of `--evict` for one helper.
#[must_use]
pub(super) fn evicted(helper: &Helper, searched: &Searched) -> String {
    let helper = helper.shown();
    let helper = escape(&helper);
    let Searched { found, hung } = searched;
    let hung = hung.map_or_else(String::new, |within| {
        format!(
            "warning: {helper} did not answer within {} seconds and was stopped; it may still have signed passwords\n",
            within.as_secs()
        )
    });
    if !hung.is_empty() && found.is_empty() {
        return hung;
    }
    if found.iter().all(|found| found.what == What::NoSignature) {
        let none = format!("{helper}: no signed CodeCommit password found\n");
        return none + &found.iter().map(|found| stays(&helper, &found.host)).collect::<String>() + &hung;
    }
    let line = |Found { host, what }: &Found| match what {
        What::Erased { key_id } => {
            format!("{helper}: erased a signed password of {} for {}\n", key_id.masked(), escape(host))
        }
        What::StillThere { key_id } => {
            format!("warning: {helper} did not erase a signed password of {} for {}\n", key_id.masked(), escape(host))
        }
        What::NoSignature => stays(&helper, host),
    };
    found.iter().map(line).collect::<String>() + &hung
}

fn stays(helper: &str, host: &str) -> String {
    format!("{helper}: kept another password for {}, such as an IAM Git credential\n", escape(host))
}

/// The helpers that a run without `--dry-run` would search.
#[must_use]
pub(crate) fn would_search(helpers: &[Helper], places: &[Place]) -> String {
    let mut hosts: Vec<&str> = Vec::new();
    for place in places {
        if !hosts.contains(&place.host.as_str()) {
            hosts.push(&place.host);
        }
    }
    let line = |helper: &Helper| {
        format!(
            "{}: would be searched for signed passwords for {}\n",
            escape(&helper.shown()),
            escape(&hosts.join(", "))
        )
    };
    helpers.iter().map(line).collect()
}

/// The helpers that are not run, because the repository itself configures them.
#[must_use]
pub(crate) fn skipped(helpers: &[Helper]) -> String {
    let line = |helper: &Helper| {
        format!(
            "skipped: {}: set in this repository's own configuration, and therefore not run\n",
            escape(&helper.shown())
        )
    };
    helpers.iter().map(line).collect()
}

/// The AWS CLI's helper is replaced in the file `label`.
#[must_use]
pub(super) fn replaced(value: &str, label: &str) -> String {
    format!("this replaces the AWS CLI's helper, {}, in {}", escape(&git::helper_name(value)), escape(label))
}

/// git no longer asks this helper for CodeCommit.
#[must_use]
pub(super) fn asked_no_more(helper: &Helper) -> String {
    format!("git no longer asks {} for CodeCommit", escape(&helper.shown()))
}

/// Who signed before a change and who signs after it, and how the credentials of a program that wraps the AWS CLI can be kept.
#[must_use]
pub(super) fn displaced(displaced: &Displaced, shell: Shell) -> Vec<String> {
    let Displaced { url, before, options, wrapped, scope, after } = displaced;
    let host = url.split('/').nth(2).unwrap_or(url);
    // A sample of a family has the word for any label.
    let hosts = if host.split('.').any(|label| label == "any") { "CodeCommit hosts" } else { host };
    let how = match (options, scope.is_the_repositorys()) {
        (None, _) => ", with the credentials that it is given",
        (Some(_), true) => ", in this repository only",
        (Some(_), false) => "",
    };
    let after = after.as_deref().unwrap_or("none");
    let then = format!("{} signs for {}{how}; after setup, {} signs", escape(before), escape(hosts), escape(after));
    let is_of_all = host.split('.').any(|label| label == "any");
    let setup = |profile: &str| {
        let command = Command::new("git credential-codecommit setup --profile").arg(profile);
        // Other hosts may be signed for by others.
        let command = if is_of_all { command } else { command.arg("--url").arg(host) };
        escape(&command.written_for(shell)).into_owned()
    };
    let offer = match wrapped.as_ref().filter(|wrapped| is_public(wrapped.profile())) {
        Some(Wrapped::Profile(profile)) => vec![format!("to keep them: {}", setup(profile))],
        // aws-vault must not find its own process in the profile that it reads: another profile names it.
        Some(Wrapped::AwsVault(profile)) => {
            let own = format!("{profile}-vault");
            vec![
                "to keep them, add these lines to ~/.aws/config (aws-vault 7 or later), and choose that profile:"
                    .to_owned(),
                format!("  [profile {}]", escape(&own)),
                format!("  credential_process = aws-vault export --format=json {}", escape(&shell.word(profile))),
                format!("  {}", setup(&own)),
            ]
        }
        None => Vec::new(),
    };
    std::iter::once(then).chain(offer).collect()
}

/// A helper was asked for IAM Git credentials and did not answer.
#[must_use]
pub(super) fn hung(helper: &Helper) -> String {
    format!("warning: {} did not answer and was stopped; it may have IAM Git credentials\n", escape(&helper.shown()))
}

/// The question whether a repository keeps an IAM Git credential.
#[must_use]
pub(super) fn keep(helper: &Helper, credential: &GitCredential) -> String {
    let GitCredential { user, place, .. } = credential;
    let url = sample(&super::target::only(place).pattern);
    format!("{} has an IAM Git credential of {user}; keep using it for {url}?", helper.shown())
}

/// How a repository on a host keeps an IAM Git credential.
#[must_use]
pub(super) fn how_to_keep(helper: &Helper, credential: &GitCredential, shell: Shell) -> String {
    let GitCredential { user, place, .. } = credential;
    let mut text = format!(
        "{} has an IAM Git credential of {} for {}; to keep using it for a repository:\n",
        escape(&helper.shown()),
        escape(user),
        escape(&place.host)
    );
    let pattern = format!("https://{}/v1/repos/REPOSITORY", place.host);
    for (key, values) in super::git_credentials::section(&pattern, &helper.value, credential) {
        for value in values {
            let git = Command::new("git config --global --add").arg(&key).arg(&value);
            let _ = writeln!(text, "  {}", escape(&git.written_for(shell)));
        }
    }
    text
}

/// What is now so, in one sentence. `after` is everything that git reads.
#[must_use]
pub(super) fn now(targets: &[Target], places: &[Place], after: &[Setting], profiles: &[String]) -> String {
    let Some(target) = targets.first() else { return String::new() };
    let of_places = places.iter().map(|place| sample(&super::target::only(place).pattern));
    let urls: Vec<String> = targets.iter().map(|target| sample(&target.pattern)).chain(of_places).collect();
    let place = target.pattern.strip_prefix("https://").unwrap_or(&target.pattern);
    let place = if place.contains('*') { "CodeCommit hosts" } else { place };
    let with = match signer::profiles_in_use(after, &urls, profiles).as_slice() {
        [Some(Options { profile: None, .. })] => "the credentials that the AWS CLI would use".to_owned(),
        [Some(Options { profile: Some(profile), .. })] if is_public(profile) => format!("profile `{profile}`"),
        [Some(_)] => "the configured profile".to_owned(),
        [None] => return String::new(),
        _ => "what is configured for each host or repository".to_owned(),
    };
    format!("git now asks this helper for {}; it signs with {}\n", escape(place), escape(&with))
}
