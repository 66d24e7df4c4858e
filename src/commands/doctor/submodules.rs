//! Whether git would follow the `codecommit::` URLs of submodules. Pure.
//!
//! git fetches a submodule with `GIT_PROTOCOL_FROM_USER=0`, and a transport that it does not know by itself has the
//! policy `user` (git-config(1), `protocol.allow`; git 2.47.3 `transport.c`, `get_protocol_config`). While a submodule is
//! cloned, the configuration of the superproject is not read: measured with git 2.39.5 and 2.47.3.

use super::check::Check;
use super::facts::Facts;
use super::report::Finding;
use crate::failure::Failure;
use crate::git::{Setting, subsection};
use crate::machine::world::Environment;
use crate::remote::{Address, LostProfile};
use crate::text::shell::Command;
use crate::words::doctor::Policy;
use crate::words::remote::lost_profile;
use codecommit::secret::is_public;

/// One finding for all of them; none where there are none.
pub(super) fn finding(facts: &Facts, environment: &Environment) -> Option<Finding> {
    let submodules = submodules(facts);
    let (name, setting) = submodules.first()?;
    let (policy, origin) = policy(&facts.settings, environment);
    if policy == Policy::Always {
        return Some(Finding::ok(Check::Submodules, "codecommit:: URLs are allowed for submodules", origin));
    }
    let shown: Vec<String> =
        submodules.iter().map(|(name, setting)| format!("`{name}` ({}): {}", setting.origin, setting.value)).collect();
    let more = if submodules.len() > 1 { format!(" and {} more", submodules.len() - 1) } else { String::new() };
    let cause = Failure::submodules_not_allowed(&shown, &policy, origin);
    Some(Finding::fail(
        Check::Submodules,
        format!("transport 'codecommit' not allowed: submodule `{name}`{more}"),
        &setting.origin,
        cause,
    ))
}

/// Relative URLs, which lose the profile of the superproject's: a finding for each.
pub(super) fn without_profile(facts: &Facts) -> Vec<Finding> {
    let warning = |lost: LostProfile| {
        let command = lost.set_url.iter().fold(Command::new("git"), Command::arg).arg(lost.right().to_string());
        let finding = Finding::warn(
            Check::SubmoduleProfile,
            "a relative URL loses the profile of the superproject",
            ".gitmodules",
        )
        .detail(lost_profile(&lost));
        if is_public(&lost.profile) { finding.with("to keep it:", command.written_for(facts.shell)) } else { finding }
    };
    LostProfile::all(&facts.modules, &facts.settings).into_iter().map(warning).collect()
}

/// The submodules with such a URL: git's configuration has the last word, `.gitmodules` says what `init` would put there.
fn submodules(facts: &Facts) -> Vec<(&str, &Setting)> {
    let mut known: Vec<(&str, &Setting)> = Vec::new();
    for setting in facts.modules.iter().chain(&facts.settings) {
        if let Some(name) = subsection(&setting.key, "submodule", "url") {
            known.retain(|(other, _)| *other != name);
            known.push((name, setting));
        }
    }
    // A relative URL has the scheme of the superproject's.
    let origin = facts.settings.iter().rfind(|setting| setting.key == "remote.origin.url");
    let is_ours = |url: &str| Address::of_url(url).is_some();
    let from_ours = origin.is_some_and(|origin| is_ours(&origin.value));
    let is_relative = |url: &str| url.starts_with("./") || url.starts_with("../");
    known.retain(|(_, setting)| is_ours(&setting.value) || from_ours && is_relative(&setting.value));
    known
}

/// What git may do, and where that is said.
fn policy<'s>(settings: &'s [Setting], environment: &Environment) -> (Policy, &'s str) {
    // It takes the place of every setting (git(1)).
    if let Some(allowed) = environment.get("GIT_ALLOW_PROTOCOL") {
        let is_named = allowed.split(':').any(|protocol| protocol == "codecommit");
        return (if is_named { Policy::Always } else { Policy::NotNamed(allowed.to_owned()) }, "GIT_ALLOW_PROTOCOL");
    }
    let last = |key: &str, here: bool| {
        settings.iter().filter(|setting| setting.key == key).rfind(|setting| setting.scope.is_the_repositorys() == here)
    };
    let everywhere = last("protocol.codecommit.allow", false).or_else(|| last("protocol.allow", false));
    let is_always = |setting: &&Setting| setting.value.eq_ignore_ascii_case("always");
    match (everywhere, last("protocol.codecommit.allow", true).filter(is_always)) {
        (Some(setting), _) if is_always(&setting) => (Policy::Always, &setting.origin),
        (_, Some(setting)) => (Policy::OnlyHere, &setting.origin),
        (Some(setting), None) => (Policy::Set(setting.value.to_ascii_lowercase()), &setting.origin),
        (None, None) => (Policy::Unset, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(scope: &str, key: &str, value: &str) -> Setting {
        let of = if scope == "local" { crate::git::Scope::Local } else { crate::git::Scope::Global };
        Setting { scope: of, origin: scope.into(), key: key.into(), value: value.into(), bare: false }
    }

    #[test]
    fn only_always_lets_a_submodule_be_fetched_and_not_from_the_repository_itself() {
        let own = "protocol.codecommit.allow";
        let set = |value: &str| Policy::Set(value.to_owned());
        for (settings, expected) in [
            (vec![], Policy::Unset),
            (vec![setting("global", own, "always")], Policy::Always),
            (vec![setting("global", own, "Always")], Policy::Always),
            (vec![setting("global", "protocol.allow", "always")], Policy::Always),
            (vec![setting("global", "protocol.allow", "always"), setting("global", own, "user")], set("user")),
            (vec![setting("global", own, "always"), setting("global", own, "never")], set("never")),
            (vec![setting("local", own, "always")], Policy::OnlyHere),
            (vec![setting("global", own, "user"), setting("local", own, "always")], Policy::OnlyHere),
            (vec![setting("command", own, "always")], Policy::Always),
        ] {
            assert_eq!(policy(&settings, &Environment::default()).0, expected, "{settings:?}");
        }
        let listed = |list: &str| [("GIT_ALLOW_PROTOCOL", list)].into_iter().collect::<Environment>();
        assert_eq!(policy(&[], &listed("https:codecommit")).0, Policy::Always);
        assert_eq!(
            policy(&[setting("global", own, "always")], &listed("https:ssh")).0,
            Policy::NotNamed("https:ssh".into())
        );
    }

    #[test]
    fn the_url_that_git_would_use_counts() {
        let module = setting("", "submodule.a.b.url", "codecommit::eu-west-1://part");
        let facts = |settings: Vec<Setting>| Facts { settings, modules: vec![module.clone()], ..Facts::default() };
        assert_eq!(submodules(&facts(vec![]))[0].0, "a.b");
        assert!(submodules(&facts(vec![setting("local", "submodule.a.b.url", "https://host/x")])).is_empty());
        assert_eq!(submodules(&facts(vec![setting("local", "submodule.c.url", "codecommit://c")])).len(), 2);
    }
}
