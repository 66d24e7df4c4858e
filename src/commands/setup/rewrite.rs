//! Plans https URLs for the `codecommit::` URLs in a repository's configuration. Pure.
//!
//! Each URL of a remote gets a section that sets the helper with the profile of the address, in the same file: the remote
//! keeps working, whether or not `setup` was ever run. A submodule is a separate repository that does not read this file
//! (git 2.47.3 `submodule.c`, `prepare_submodule_repo_env`), and `.gitmodules` is tracked: for submodules the plan only has
//! commands to show.

use super::entries::{Entry, values};
use super::plan::{Edit, Target as Section};
use crate::failure::Failure;
use crate::git::{self, Options, subsection};
use crate::machine::world::World;
use crate::remote::{Address, Source, Target};
use crate::text::shell::Command;
use aws_files::profiles::Profiles;

/// The plan of `--rewrite`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rewrite {
    /// One section for each new URL of a remote.
    pub sections: Vec<Section>,
    /// The edits that change the URLs.
    pub edits: Vec<Edit>,
    /// Each value that the address did not contain and the configuration now does, with its source.
    pub fixed: Vec<(String, Source)>,
    /// The submodules with `codecommit::` URLs, in this file or in `.gitmodules`.
    pub submodules: Vec<Submodule>,
}

/// A submodule with a `codecommit::` URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Submodule {
    /// The name, which can differ from the path.
    pub name: String,
    /// The https URL.
    pub url: String,
    /// The options of the helper for this URL.
    pub options: Options,
    /// The commands that change `.gitmodules` and the submodule's own remote. Empty for a URL that is only in this file.
    pub commands: Vec<Command>,
}

/// Plans the rewrite. `file` is the repository's configuration, `modules` its `.gitmodules`.
///
/// # Errors
/// The first invalid address, with its key; `CC506` if two remotes would have one URL and different profiles.
pub(super) fn rewrite(
    file: &[Entry],
    modules: &[Entry],
    profiles: &Profiles,
    world: &World,
) -> Result<Rewrite, Failure> {
    let target = |key: &str, url: &str| -> Result<Option<Target>, Failure> {
        let Some(address) = Address::of_url(url) else { return Ok(None) };
        let target = address.map_err(Failure::from).and_then(|address| Ok(Target::of(&address, profiles, world)?));
        target
            .map(Some)
            .map_err(|failure| failure.looked_at(format!("{} is {url}; nothing was changed", git::shown_key(key))))
    };
    let mut plan = Rewrite::default();
    let mut keys: Vec<&str> = Vec::new();
    for (key, _) in file {
        let is_remote = ["url", "pushurl"].iter().any(|variable| subsection(key, "remote", variable).is_some());
        let submodule = subsection(key, "submodule", "url");
        if !(is_remote || submodule.is_some()) || keys.contains(&key.as_str()) {
            continue;
        }
        keys.push(key);
        let before = values(file, key);
        let mut after = before.clone();
        for url in &mut after {
            let Some(target) = target(key, url)? else { continue };
            plan.note_what_is_fixed(&target);
            if is_remote {
                plan.add_section(&target, key)?;
            }
            if let Some(name) = submodule {
                plan.add_submodule(name, &target, modules, false);
            }
            *url = target.url;
        }
        if before != after {
            plan.edits.push(Edit { key: key.clone(), before, after, anew: false });
        }
    }
    for (key, url) in modules {
        if let Some(name) = subsection(key, "submodule", "url")
            && let Some(target) = target(&format!("{key} in .gitmodules"), url)?
        {
            plan.add_submodule(name, &target, modules, true);
        }
    }
    Ok(plan)
}

impl Rewrite {
    fn note_what_is_fixed(&mut self, target: &Target) {
        let Target { host, host_from, region, region_from, .. } = target;
        let host = host_from.iter().map(|source| (format!("host {host}"), source));
        let region = std::iter::once((format!("region {region}"), region_from));
        for (value, source) in region.chain(host).filter(|(_, source)| **source != Source::Url) {
            if !self.fixed.iter().any(|(known, _)| *known == value) {
                self.fixed.push((value, source.clone()));
            }
        }
    }

    fn add_section(&mut self, target: &Target, key: &str) -> Result<(), Failure> {
        match self.sections.iter().find(|section| section.pattern == target.url) {
            Some(section) if section.options.as_ref() == Some(&target.options) => {}
            Some(_) => return Err(Failure::two_profiles(&target.url, &git::shown_key(key))),
            None => {
                let (pattern, options) = (target.url.clone(), Some(target.options.clone()));
                self.sections.push(Section { pattern, spelled_out: false, options });
            }
        }
        Ok(())
    }

    /// `is_tracked`: the address is in `.gitmodules`, and not only in this file.
    fn add_submodule(&mut self, name: &str, target: &Target, modules: &[Entry], is_tracked: bool) {
        let of_module = |variable: &str| values(modules, &format!("submodule.{name}.{variable}")).pop();
        let path = of_module("path");
        let sync = path.as_ref().map(|path| Command::new("git submodule sync --").arg(path));
        let commands: Vec<Command> = match (is_tracked, &path) {
            // git 2.39.5 takes the path for the name: both have to be the same.
            (true, Some(path)) if path == name => {
                vec![Command::new("git submodule set-url --").arg(path).arg(&target.url)]
            }
            (true, _) => {
                let set = Command::new("git config --file .gitmodules").arg(format!("submodule.{name}.url"));
                std::iter::once(set.arg(&target.url)).chain(sync).collect()
            }
            // `../part`: it follows the URL of the superproject.
            (false, _) if of_module("url").is_some_and(|url| url.starts_with("./") || url.starts_with("../")) => {
                sync.into_iter().collect()
            }
            (false, _) => Vec::new(),
        };
        // What is tracked comes after what git has made of it here, and says more.
        self.submodules.retain(|known| known.name != name);
        let (name, options) = (name.to_owned(), target.options.clone());
        self.submodules.push(Submodule { name, url: target.url.clone(), options, commands });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::shell::Shell;
    use chrono::DateTime;

    fn entries(entries: &[(&str, &str)]) -> Vec<Entry> {
        entries.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    fn planned(file: &[(&str, &str)], modules: &[(&str, &str)]) -> Result<Rewrite, Failure> {
        let environment = [("AWS_REGION", "eu-west-1")].into_iter().collect();
        let world = World { environment, home: None, now: DateTime::UNIX_EPOCH };
        rewrite(&entries(file), &entries(modules), &Profiles::default(), &world)
    }

    #[test]
    fn one_repository_under_two_names_has_one_section() {
        let file = [("remote.a.url", "codecommit://r"), ("remote.b.pushurl", "codecommit::EU-WEST-1://r/")];
        let plan = planned(&file, &[]).expect("a plan");
        let url = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/r";
        assert_eq!(plan.sections.iter().map(|section| section.pattern.as_str()).collect::<Vec<_>>(), [url]);
        assert_eq!(plan.edits.iter().map(|edit| edit.after.join(" ")).collect::<Vec<_>>(), [url, url]);
        assert_eq!(plan.fixed, [("region eu-west-1".to_owned(), Source::Variable("AWS_REGION"))]);
    }

    #[test]
    fn what_is_none_of_ours_or_only_looks_like_it_stays() {
        for (key, value) in [
            ("remote.a.url", "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/r"),
            ("remote.a.url", "codecommit"),
            ("remote.a.fetch", "codecommit://r"),
            ("url.codecommit://.insteadof", "codecommit://r"),
            ("submodule.a.path", "codecommit://r"),
        ] {
            assert_eq!(planned(&[(key, value)], &[(key, value)]).expect("a plan"), Rewrite::default(), "{key} {value}");
        }
    }

    #[test]
    fn each_kind_of_submodule_has_its_commands() {
        let address = "codecommit::eu-west-1://r";
        let url = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/r";
        let here = ("submodule.s.url", address);
        for (file, modules, expected) in [
            // Named as its path is, and initialized or not.
            (vec![here], vec![("submodule.s.path", "s"), here], vec![format!("git submodule set-url -- s {url}")]),
            (vec![], vec![("submodule.s.path", "s"), here], vec![format!("git submodule set-url -- s {url}")]),
            (
                vec![here],
                vec![("submodule.s.path", "a b"), here],
                vec![
                    format!("git config --file .gitmodules submodule.s.url {url}"),
                    "git submodule sync -- \"a b\"".to_owned(),
                ],
            ),
            (
                vec![here],
                vec![("submodule.s.path", "s"), ("submodule.s.url", "../r")],
                vec!["git submodule sync -- s".to_owned()],
            ),
            // The user's choice, which `git submodule sync` would undo.
            (vec![here], vec![("submodule.s.path", "s"), ("submodule.s.url", "https://github.com/a/b")], vec![]),
        ] {
            let plan = planned(&file, &modules).expect("a plan");
            assert_eq!(plan.submodules.len(), 1, "{file:?} {modules:?}");
            let commands = plan.submodules[0].commands.iter().map(|command| command.written_for(Shell::Posix));
            assert_eq!(commands.collect::<Vec<_>>(), expected, "{file:?} {modules:?}");
            assert_eq!((plan.sections.len(), plan.edits.len()), (0, file.len()));
        }
    }
}
