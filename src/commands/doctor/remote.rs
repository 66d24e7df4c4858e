//! Which remote is examined, and over which way git reaches it. Pure.

use crate::git::{Scope, Setting, subsection};
use crate::remote::Address;
use crate::remote::MalformedAddress;
use codecommit::attributes::{Attributes, Url};
use codecommit::repository::{NearMiss, recognise};

/// The remote to examine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remote {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// As configured or given.
    pub configured: String,
    /// As git uses it.
    pub url: String,
    /// What turned one into the other: the setting's base, and where it stands.
    pub rewritten: Option<(String, String)>,
    /// Another URL for pushes.
    pub push_url: Option<String>,
    /// Where the remote is configured.
    pub origin: String,
    pub way: Way,
    /// Further remotes that look like CodeCommit's.
    pub others: Vec<String>,
}

/// How git reaches a remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// HTTP or HTTPS, to a host that is CodeCommit's or is meant to be.
    Http,
    /// SSH, which involves no credential helper.
    Ssh { host: String, user: Option<String> },
    /// `codecommit::region://profile@name`, through a program `git-remote-codecommit`.
    RemoteHelper(Result<Address, MalformedAddress>),
    /// CodeCommit's or another host's, as one reads it. Nothing is asked or sent.
    Ambiguous(NearMiss),
    /// Not CodeCommit's.
    Foreign,
}

/// Why there is no remote to examine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoRemote {
    /// None of this name.
    Unknown(String),
    /// No URL was given, and here is none.
    None,
}

/// Chooses by `target`, a remote's name or a URL; without one `origin` first, if it is CodeCommit's.
pub(super) fn choose(target: Option<&str>, settings: &[Setting]) -> Result<Remote, NoRemote> {
    let named: Vec<&Setting> = settings
        .iter()
        .filter(|setting| subsection(&setting.key, "remote", "url").is_some() && !setting.value.is_empty())
        .collect();
    let name_of = |setting: &Setting| subsection(&setting.key, "remote", "url").unwrap_or_default().to_owned();
    if let Some(target) = target {
        if let Some(setting) = named.iter().find(|setting| name_of(setting) == target) {
            return Ok(remote(Some(target), setting, settings));
        }
        if !target.contains(':') {
            return Err(NoRemote::Unknown(target.to_owned()));
        }
        let given = Setting {
            scope: Scope::Command,
            origin: "given".into(),
            key: String::new(),
            value: target.into(),
            bare: false,
        };
        return Ok(remote(None, &given, settings));
    }
    let mut remotes: Vec<Remote> = Vec::new();
    for setting in &named {
        let name = name_of(setting);
        if remotes.iter().all(|known| known.name.as_deref() != Some(&name)) {
            remotes.push(remote(Some(&name), setting, settings));
        }
    }
    // Stable: after these two, in the order of the configuration.
    remotes.sort_by_key(|remote| (remote.way == Way::Foreign, remote.name.as_deref() != Some("origin")));
    let others =
        remotes.iter().skip(1).filter(|other| other.way != Way::Foreign).filter_map(|other| other.name.clone());
    let others = others.collect();
    let first = remotes.into_iter().next().ok_or(NoRemote::None)?;
    Ok(Remote { others, ..first })
}

fn remote(name: Option<&str>, setting: &Setting, settings: &[Setting]) -> Remote {
    let (url, rewritten) = rewrite(&setting.value, settings, "insteadof");
    let push_setting = settings
        .iter()
        .find(|candidate| name.is_some() && subsection(&candidate.key, "remote", "pushurl") == name)
        .map(|pushurl| rewrite(&pushurl.value, settings, "insteadof").0);
    let pushed_instead = || {
        let (url, rewritten) = rewrite(&setting.value, settings, "pushinsteadof");
        rewritten.map(|_| url)
    };
    Remote {
        name: name.map(str::to_owned),
        configured: setting.value.clone(),
        way: way(&url),
        push_url: push_setting.or_else(pushed_instead).filter(|push| *push != url),
        url,
        rewritten,
        origin: setting.origin.clone(),
        others: Vec::new(),
    }
}

/// `url.<base>.insteadOf`: the longest that the URL starts with (git-config(1)).
fn rewrite(url: &str, settings: &[Setting], variable: &str) -> (String, Option<(String, String)>) {
    let applicable = settings.iter().filter_map(|setting| {
        let base = setting.key.strip_prefix("url.")?.strip_suffix(variable)?.strip_suffix('.')?;
        (!setting.value.is_empty() && url.starts_with(&setting.value)).then_some((base, setting))
    });
    match applicable.max_by_key(|(_, setting)| setting.value.len()) {
        Some((base, setting)) => (
            format!("{base}{}", &url[setting.value.len()..]),
            Some((format!("url.{base}.{variable}"), setting.origin.clone())),
        ),
        None => (url.to_owned(), None),
    }
}

fn way(url: &str) -> Way {
    if let Some(address) = Address::of_url(url) {
        return Way::RemoteHelper(address);
    }
    match Url::of_remote(url) {
        Some(Ok(parts)) => match parts.scheme() {
            "http" | "https" if recognise(&Attributes::of_url(url), false) != Ok(None) => Way::Http,
            "ssh" | "git+ssh" | "ssh+git" => ssh(&parts),
            _ => Way::Foreign,
        },
        Some(Err(ambiguous)) => {
            let attributes = Attributes { ambiguous: Some(ambiguous), ..Attributes::default() };
            match recognise(&attributes, false) {
                Err(near_miss) => Way::Ambiguous(near_miss),
                _ => Way::Foreign,
            }
        }
        None => Way::Foreign,
    }
}

fn ssh(url: &Url) -> Way {
    let (protocol, host) = (Some("https".into()), Some(url.host().into()));
    let as_https = Attributes { protocol, host, path: Some("v1/repos/x".into()), ..Attributes::default() };
    if recognise(&as_https, false) == Ok(None) {
        return Way::Foreign;
    }
    Way::Ssh { host: url.host().to_owned(), user: url.user().map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codecommit::region::Region;

    const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";

    fn settings(entries: &[(&str, &str)]) -> Vec<Setting> {
        let setting = |&(key, value): &(&str, &str)| Setting {
            scope: Scope::Local,
            origin: ".git/config".into(),
            key: key.into(),
            value: value.into(),
            bare: false,
        };
        entries.iter().map(setting).collect()
    }

    #[test]
    fn origin_comes_first_if_it_is_codecommits() {
        let both = settings(&[("remote.aws.url", URL), ("remote.origin.url", "https://github.com/a/b")]);
        let chosen = choose(None, &both).expect("a remote");
        assert_eq!((chosen.name.as_deref(), chosen.others.len()), (Some("aws"), 0));
        let both = settings(&[("remote.aws.url", URL), ("remote.origin.url", URL)]);
        let chosen = choose(None, &both).expect("a remote");
        assert_eq!((chosen.name.as_deref(), chosen.others), (Some("origin"), vec!["aws".to_owned()]));
        assert_eq!(choose(None, &[]), Err(NoRemote::None));
        assert_eq!(choose(Some("x"), &both), Err(NoRemote::Unknown("x".into())));
        assert_eq!(choose(Some(URL), &[]).expect("a URL").way, Way::Http);
    }

    #[test]
    fn the_longest_rewriting_applies() {
        let base = "url.https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/.insteadof";
        let all = settings(&[
            ("remote.origin.url", "cc:demo"),
            ("url.https://github.com/.insteadof", "c"),
            (base, "cc:"),
            ("url.ssh://git-codecommit.eu-west-1.amazonaws.com/v1/repos/.pushinsteadof", "cc:"),
        ]);
        let chosen = choose(None, &all).expect("a remote");
        assert_eq!(chosen.url, URL);
        assert_eq!(chosen.rewritten.map(|(setting, _)| setting).as_deref(), Some(base));
        assert_eq!(chosen.push_url.as_deref(), Some("ssh://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo"));
    }

    #[test]
    fn every_way_to_codecommit_is_known() {
        let helper = |region: Option<&str>, profile: Option<&str>| {
            let (region, profile) = (region.and_then(Region::parse), profile.map(Into::into));
            Way::RemoteHelper(Ok(Address { region, profile, repository: "demo".into() }))
        };
        let host = || "git-codecommit.eu-west-1.amazonaws.com".to_owned();
        for (url, expected) in [
            ("codecommit::eu-west-1://work@demo", helper(Some("eu-west-1"), Some("work"))),
            ("codecommit://demo", helper(None, None)),
            ("ssh://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo", Way::Ssh { host: host(), user: None }),
            (
                "APKA1@git-codecommit.eu-west-1.amazonaws.com:v1/repos/demo",
                Way::Ssh { host: host(), user: Some("APKA1".into()) },
            ),
            ("http://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo", Way::Http),
            ("https://git-codecommit.eu-west-1.amazonaws.com.evil.test/x", Way::Http),
            ("https://github.com/a/b", Way::Foreign),
            ("git@github.com:a/b", Way::Foreign),
            ("../demo", Way::Foreign),
        ] {
            assert_eq!(way(url), expected, "{url}");
        }
    }
}
