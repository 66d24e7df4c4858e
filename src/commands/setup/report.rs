//! The reports of `setup`: what it changes, what remains, and the next step. Pure.

use super::apply::{self, Remote};
use super::entries::{Entry, helpers, section, uses_path};
use super::evict::{Found, Place, Searched, What};
use super::plan::{Edit, Target, sample};
use super::rewrite::Rewrite;
use super::signer::Displaced;
use super::undo::is_record;
use crate::failure::Failure;
use crate::git::{self, Helper, Options, Setting, is_ours};
use crate::remote::Address;
use crate::text::escape::escape;
use crate::text::shell::{Command, Shell};
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

/// The helpers that git no longer uses for CodeCommit, and the settings that still get in the way. `before` and `after` are
/// everything that git reads.
#[must_use]
pub(super) fn remarks(targets: &[Target], before: &[Setting], after: &[Setting]) -> String {
    let (entries_before, entries_after) = (apply::entries(before), apply::entries(after));
    let mut lines: Vec<String> = Vec::new();
    let mut add = |line: String| {
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    for target in targets {
        let url = sample(&target.pattern);
        let asked = helpers(&entries_after, &url);
        for value in helpers(&entries_before, &url) {
            if !asked.contains(&value) && !is_ours(&value) && Options::of_the_aws_cli(&value).is_none() {
                add(format!("no longer used for CodeCommit: {}", found_in(&value, before)));
            }
        }
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

/// Who signed before a change and who signs after it, in one sentence without a full stop.
#[must_use]
pub(crate) fn displaced(displaced: &Displaced) -> String {
    let Displaced { url, before, options, is_of_repository, after } = displaced;
    let host = url.split('/').nth(2).unwrap_or(url);
    // A sample of a family has the word for any label.
    let hosts = if host.split('.').any(|label| label == "any") { "CodeCommit hosts" } else { host };
    let how = match (options, is_of_repository) {
        (None, _) => ", with the credentials that it is given",
        (Some(_), true) => ", in this repository only",
        (Some(_), false) => "",
    };
    format!("{} signs for {}{how}; after setup, {} signs", escape(before), escape(hosts), escape(after))
}
