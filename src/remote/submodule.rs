//! Detects a submodule whose relative URL has lost the profile of its superproject's URL.
//!
//! git resolves `../part` against `codecommit::eu-west-1://work@x` to `codecommit::eu-west-1://part`: the text before
//! the last slash is `codecommit::eu-west-1:/`, so the profile is lost (measured with git 2.39.5 and 2.47.3). Then
//! another profile signs, or none.

use super::Address;
use crate::git::settings::read_file;
use crate::git::{Setting, subsection};
use crate::machine::world::World;
use std::path::PathBuf;

/// A submodule that lost the profile, and how to set its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LostProfile {
    /// The submodule's name.
    pub name: String,
    /// Its URL in `.gitmodules`.
    pub relative: String,
    /// The URL to which git resolved it.
    pub resolved: Address,
    /// The profile in the superproject's URL.
    pub profile: String,
    /// The arguments of git that set another URL, which follows them.
    pub set_url: Vec<String>,
}

impl LostProfile {
    /// The URL that git should use.
    pub(crate) fn right(&self) -> Address {
        Address { profile: Some(self.profile.clone()), ..self.resolved.clone() }
    }

    /// The submodule that git is working on, by the directory that git passes to its helpers. `used` is its URL.
    pub(crate) fn of_this_one(used: &Address, world: &World) -> Option<Self> {
        let directory = world.environment.non_empty("GIT_DIR")?.replace('\\', "/");
        // The `.gitmodules` of a nested submodule is at an unknown place.
        let (top, name) = directory.split_once("/.git/modules/").filter(|(_, name)| !name.contains("/modules/"))?;
        let of_top = read_file(&PathBuf::from(format!("{top}/.git/config")), world);
        let modules = read_file(&PathBuf::from(format!("{top}/.gitmodules")), world);
        let superproject = superproject(&of_top)?;
        // git uses the superproject's configuration, which may have been corrected since.
        let mut lost = Self::of(name, &modules, &[], &superproject)?;
        if used.profile.is_some() || lost.resolved.repository != used.repository {
            return None;
        }
        lost.resolved = used.clone();
        let path = format!("{top}/{}", value(&modules, &format!("submodule.{name}.path")).unwrap_or(name));
        // After the clone the submodule's own remote decides.
        lost.set_url = if world.is_in_existing_repository() {
            ["-C", &path, "remote", "set-url", "origin"].map(str::to_owned).to_vec()
        } else {
            vec!["-C".to_owned(), top.to_owned(), "config".to_owned(), format!("submodule.{name}.url")]
        };
        Some(lost)
    }

    /// Every submodule of the superproject that lost the profile.
    pub(crate) fn all(modules: &[Setting], settings: &[Setting]) -> Vec<Self> {
        let Some(superproject) = superproject(settings) else { return Vec::new() };
        let names = modules.iter().filter_map(|setting| subsection(&setting.key, "submodule", "url"));
        names.filter_map(|name| Self::of(name, modules, settings, &superproject)).collect()
    }

    fn of(name: &str, modules: &[Setting], settings: &[Setting], superproject: &Address) -> Option<Self> {
        let key = format!("submodule.{name}.url");
        let relative = value(modules, &key).filter(|url| url.starts_with("./") || url.starts_with("../"))?;
        let last = relative.rsplit('/').find(|part| !part.is_empty())?.to_owned();
        let resolved = match value(settings, &key) {
            Some(url) => Address::of_url(url)?.ok()?,
            None => Address { profile: None, repository: last, region: superproject.region.clone() },
        };
        if resolved.profile.is_some() {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            relative: relative.to_owned(),
            resolved,
            profile: superproject.profile.clone()?,
            set_url: vec!["config".to_owned(), key],
        })
    }
}

/// git resolves against `origin`, unless the branch follows another remote (git-submodule(1), `add`).
fn superproject(settings: &[Setting]) -> Option<Address> {
    Address::of_url(value(settings, "remote.origin.url")?)?.ok().filter(|address| address.profile.is_some())
}

fn value<'s>(settings: &'s [Setting], key: &str) -> Option<&'s str> {
    settings.iter().rfind(|setting| setting.key == key).map(|setting| setting.value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(key: &str, value: &str) -> Setting {
        Setting { key: key.into(), ..Setting::given(value) }
    }

    #[test]
    fn the_profile_is_lost_where_the_url_is_relative_and_nobody_has_said_otherwise() {
        let url = "submodule.a.b.url";
        let modules = [setting(url, "../part"), setting("submodule.c.url", "codecommit::eu-west-1://c")];
        let with = |origin: &str, own: Option<&str>| {
            let own = own.map(|own| setting(url, own));
            let settings: Vec<Setting> = [setting("remote.origin.url", origin)].into_iter().chain(own).collect();
            LostProfile::all(&modules, &settings).iter().map(|lost| lost.right().to_string()).collect::<Vec<_>>()
        };
        let origin = "codecommit::eu-west-1://work@x";
        assert_eq!(with(origin, None), ["codecommit::eu-west-1://work@part"]);
        assert_eq!(with(origin, Some("codecommit::eu-west-1://part")), ["codecommit::eu-west-1://work@part"]);
        assert_eq!(with("codecommit://work@x", None), ["codecommit://work@part"]);
        for (origin, own) in [
            ("codecommit::eu-west-1://x", None),
            ("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/x", None),
            (origin, Some("codecommit::eu-west-1://other@part")),
            (origin, Some("https://github.com/a/b")),
        ] {
            assert_eq!(with(origin, own), Vec::<String>::new(), "{origin} {own:?}");
        }
    }
}
