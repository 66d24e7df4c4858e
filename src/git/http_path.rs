//! Whether git passes the path to helpers (`credential.useHttpPath`), which setting decides, and how to turn it on.
//! Pure.
//!
//! Of all entries that apply, the last in reading order takes effect, whatever its pattern (git 2.47.3 `credential.c`,
//! `credential_config_callback`). An entry that is added before one with `false` therefore has no effect.

use super::helpers::applies;
use super::settings::{Scope, Setting};
use crate::machine::world::World;
use crate::text::nearest::nearest;
use codecommit::family::Family;

/// The effective `credential.useHttpPath` for a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HttpPath {
    /// On: helpers get the path, if the URL has one.
    On(Setting),
    /// Off.
    Off {
        /// The entry that turns it off; `None` if it is off by default.
        setting: Option<Setting>,
        /// The arguments of `git config` that turn it on; `None` if the command line turns it off.
        turn_on: Option<Vec<String>>,
    },
    /// Not set, but a setting with a misspelled name is.
    Misspelt {
        /// The name as written.
        name: String,
        /// The misspelled entry.
        setting: Setting,
    },
}

impl HttpPath {
    /// The effective setting for `url`, whose host is `host`, of this family.
    pub(crate) fn of(settings: &[Setting], url: &str, host: &str, family: Family, world: &World) -> Self {
        let set = settings.iter().rfind(|setting| applies(&setting.key, "credential", "usehttppath", url));
        match set {
            Some(setting) if setting.is_true() => Self::On(setting.clone()),
            None => {
                let misspelt = misspelt(settings, url).find(|(_, meant, _)| *meant == "useHttpPath");
                if let Some((name, _, setting)) = misspelt {
                    return Self::Misspelt { name: name.to_owned(), setting: setting.clone() };
                }
                let key = key(&family.pattern(host));
                Self::Off { setting: None, turn_on: Some(vec!["--global".to_owned(), key]) }
            }
            Some(setting) => {
                Self::Off { setting: Some(setting.clone()), turn_on: turn_on(setting, settings, host, family, world) }
            }
        }
    }
}

/// The arguments of `git config` that turn it off for one repository, whose `url` it is, where `on` turns it on. `None`
/// if no new section would take effect.
///
/// A new section is added at the end of the user's file, or the repository's if that turns it on. One that is there
/// already may come before the entry that turns it on, so the URL is then spelled otherwise.
pub(crate) fn turn_off(on: &Setting, settings: &[Setting], url: &str) -> Option<Vec<String>> {
    let file = match on.scope {
        Scope::System | Scope::Global => "--global",
        Scope::Local => "--local",
        Scope::Worktree => "--worktree",
        Scope::Command => return None,
    };
    let section = |url: &str| format!("credential.{url}.").to_ascii_lowercase();
    let is_there =
        |url: &str| settings.iter().any(|setting| setting.key.to_ascii_lowercase().starts_with(&section(url)));
    let spelled = [url.to_owned(), format!("{url}/")].into_iter().find(|url| !is_there(url))?;
    Some(vec![file.to_owned(), format!("credential.{spelled}.useHttpPath")])
}

fn key(pattern: &str) -> String {
    format!("credential.https://{pattern}.useHttpPath")
}

/// Turns it on in the file that turns it off: in a new section, which comes last, or by changing that entry.
fn turn_on(off: &Setting, settings: &[Setting], host: &str, family: Family, world: &World) -> Option<Vec<String>> {
    let mut arguments = off.option(world)?;
    let section = |key: &str| key.rsplit_once('.').map_or(String::new(), |(section, _)| section.to_ascii_lowercase());
    let is_there = |key: &str| {
        let in_file = settings.iter().filter(|setting| setting.scope == off.scope && setting.origin == off.origin);
        in_file.into_iter().any(|setting| section(&setting.key) == section(key))
    };
    let own = [family.pattern(host), host.to_owned(), format!("{host}/")].map(|pattern| key(&pattern));
    if own.iter().any(|key| section(key) == section(&off.key)) {
        arguments.extend(["--replace-all".to_owned(), off.key.clone()]);
    } else if let Some(new) = own.into_iter().find(|key| !is_there(key)) {
        arguments.push(new);
    } else {
        arguments.extend(["--replace-all".to_owned(), off.key.clone()]);
    }
    Some(arguments)
}

/// Misspelled names in the `credential` sections for `url`: as written, as probably meant, and the entry.
/// `UserHttpPath` is in published instructions.
pub(crate) fn misspelt<'s>(
    settings: &'s [Setting],
    url: &str,
) -> impl Iterator<Item = (&'s str, &'static str, &'s Setting)> {
    settings.iter().filter_map(move |setting| {
        let name = setting.key.strip_prefix("credential.")?.rsplit('.').next()?;
        let meant = nearest_setting(name)?;
        applies(&setting.key, "credential", name, url).then_some((name, meant, setting))
    })
}

/// The settings of `credential` (git-config(1)), and those of git-credential-manager that are often set there.
const KNOWN: [&str; 8] = [
    "helper",
    "useHttpPath",
    "username",
    "interactive",
    "sanitizePrompt",
    "protectProtocol",
    "provider",
    "credentialStore",
];

/// git's setting that was probably meant; `None` for a name that git knows.
pub(crate) fn nearest_setting(name: &str) -> Option<&'static str> {
    if KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    // Plurals and one or two typing errors, in names long enough to exclude a coincidence.
    nearest(name, KNOWN.into_iter().filter(|known| known.len() > 5), 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Scope;
    use chrono::DateTime;

    const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";

    fn of(entries: &[(Scope, &str, &str)]) -> HttpPath {
        let setting = |&(scope, key, value): &(Scope, &str, &str)| {
            let origin = match scope {
                Scope::Local => ".git/config",
                Scope::Command => "command line",
                _ => "~/.gitconfig",
            };
            Setting { scope, origin: origin.into(), key: key.into(), value: value.into(), bare: false }
        };
        let settings: Vec<Setting> = entries.iter().map(setting).collect();
        let world = World { environment: [("", ""); 0].into_iter().collect(), home: None, now: DateTime::UNIX_EPOCH };
        HttpPath::of(&settings, &format!("https://{HOST}"), HOST, Family::Standard, &world)
    }

    #[test]
    fn what_turns_it_on_comes_after_what_turns_it_off() {
        let (global, local) = (Scope::Global, Scope::Local);
        let pattern = "credential.https://git-codecommit.*.amazonaws.com.usehttppath";
        let helper = "credential.https://git-codecommit.*.amazonaws.com.helper";
        let new = "credential.https://git-codecommit.*.amazonaws.com.useHttpPath";
        let exact = format!("credential.https://{HOST}.useHttpPath");
        let general = "credential.usehttppath";
        for (entries, expected) in [
            (vec![], format!("--global {new}")),
            (vec![(global, "credential.https://github.com.usehttppath", "true")], format!("--global {new}")),
            (vec![(global, general, "false")], format!("--global {new}")),
            (vec![(global, pattern, "false")], format!("--global --replace-all {pattern}")),
            // A key added to the existing section would precede the one with `false`.
            (vec![(global, helper, "codecommit"), (global, general, "false")], format!("--global {exact}")),
            (vec![(global, pattern, "true"), (global, general, "false")], format!("--global {exact}")),
            (vec![(global, pattern, "true"), (local, general, "no")], format!("--local {new}")),
            (vec![(local, general, "0"), (global, pattern, "true")], String::new()),
        ] {
            let found = match of(&entries) {
                HttpPath::On(_) => String::new(),
                HttpPath::Off { turn_on, .. } => turn_on.expect("arguments").join(" "),
                HttpPath::Misspelt { .. } => "misspelt".to_owned(),
            };
            assert_eq!(found, expected, "{entries:?}");
        }
        assert!(matches!(of(&[(Scope::Command, general, "false")]), HttpPath::Off { turn_on: None, .. }));
        assert!(matches!(of(&[(global, "credential.userhttppath", "true")]), HttpPath::Misspelt { .. }));
        assert!(matches!(of(&[(global, "credential.https://github.com.userhttppath", "true")]), HttpPath::Off { .. }));
    }

    #[test]
    fn what_turns_it_off_for_one_repository_comes_after_what_turns_it_on() {
        let url = format!("https://{HOST}/v1/repos/demo");
        let entry = |scope, key: &str| Setting {
            scope,
            origin: "~/.gitconfig".into(),
            key: key.into(),
            value: "true".into(),
            bare: false,
        };
        let on = |scope| entry(scope, "credential.usehttppath");
        let own = [format!("credential.{url}.username"), format!("credential.{url}/.provider")];
        let all: Vec<Setting> = own.iter().map(|key| entry(Scope::Global, key)).collect();
        let option = |url: &str| format!("credential.{url}.useHttpPath");
        for (scope, others, expected) in [
            (Scope::Global, &all[..0], Some(["--global".to_owned(), option(&url)])),
            (Scope::System, &all[..0], Some(["--global".to_owned(), option(&url)])),
            (Scope::Local, &all[..0], Some(["--local".to_owned(), option(&url)])),
            // A section that is there may come first.
            (Scope::Global, &all[..1], Some(["--global".to_owned(), option(&format!("{url}/"))])),
            (Scope::Global, &all[..], None),
            (Scope::Command, &all[..0], None),
        ] {
            let turned = turn_off(&on(scope), others, &url);
            assert_eq!(turned, expected.map(Vec::from), "{scope:?} {others:?}");
        }
    }

    #[test]
    fn only_names_close_to_a_known_one_are_misspellings() {
        for (name, meant) in [
            ("userhttppath", Some("useHttpPath")),
            ("usehttpspath", Some("useHttpPath")),
            ("usrname", Some("username")),
        ] {
            assert_eq!(nearest_setting(name), meant, "{name}");
        }
        for name in ["usehttppath", "helper", "helpers", "gitlabauthmodes", "azrepos", "x"] {
            let meant = nearest_setting(name);
            assert!(meant.is_none() || name == "helpers", "{name} {meant:?}");
        }
    }
}
