//! Which remote is examined, and over which way git reaches it. Pure.

use crate::git::written::{At, Written, at};
use crate::git::{Setting, subsection};
use crate::remote::Address;
use crate::remote::MalformedAddress;
use codecommit::attributes::{Attributes, Url, shown_url};
use codecommit::partition::Partition;
use codecommit::region::Region;
use codecommit::repository::{Meant, NearMiss, recognize};

/// The remote to examine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remote {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// As git uses it.
    pub url: String,
    /// Where it is written, and what rewrites it.
    pub written: Written,
    /// Another URL for pushes, and where that is written.
    pub push: Option<(String, Written)>,
    /// Where the remote is configured.
    pub origin: String,
    pub way: Way,
    /// Further remotes that look like CodeCommit's.
    pub others: Vec<String>,
    /// Whether no repository was named, and the URL stands for one in the region.
    pub is_invented: bool,
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
    /// No URL of git's for CodeCommit, and it names a repository there: a page of the AWS console, an ARN.
    Meant(Meant),
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
        if !target.contains(':') && Meant::read(target).is_none() {
            return Err(NoRemote::Unknown(target.to_owned()));
        }
        return Ok(given(target, settings));
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
    let written_at = if name.is_some() { at(setting, false) } else { At::CommandLine };
    let (url, written) = Written::of(&setting.value, written_at.clone(), "insteadof", settings);
    let mut pushurls = settings
        .iter()
        .filter(|candidate| name.is_some() && subsection(&candidate.key, "remote", "pushurl") == name)
        .map(|pushurl| (pushurl, Written::of(&pushurl.value, at(pushurl, true), "insteadof", settings)))
        .collect::<Vec<_>>();
    // Of several, one of CodeCommit's counts.
    pushurls.sort_by_key(|(_, (push, _))| way(push) == Way::Foreign);
    let push_setting = pushurls.into_iter().next();
    if let Some((pushurl, (push, written))) = &push_setting
        && way(&url) == Way::Foreign
        && way(push) != Way::Foreign
    {
        let (name, url, written, origin) =
            (name.map(str::to_owned), push.clone(), written.clone(), pushurl.origin.clone());
        return Remote {
            name,
            way: way(&url),
            push: None,
            url,
            written,
            origin,
            others: Vec::new(),
            is_invented: false,
        };
    }
    let push_setting = push_setting.map(|(_, pushed)| pushed);
    let pushed_instead = || {
        let (url, written) = Written::of(&setting.value, written_at, "pushinsteadof", settings);
        written.rewriting.is_some().then_some((url, written))
    };
    Remote {
        name: name.map(str::to_owned),
        way: way(&url),
        push: push_setting.or_else(pushed_instead).filter(|(push, _)| *push != url),
        url,
        written,
        origin: setting.origin.clone(),
        others: Vec::new(),
        is_invented: false,
    }
}

/// A URL that was given: perhaps as it was shown in a report, without its password, and perhaps that of a remote.
fn given(target: &str, settings: &[Setting]) -> Remote {
    for (variable, push) in [("url", false), ("pushurl", true)] {
        let named = settings.iter().filter(|setting| subsection(&setting.key, "remote", variable).is_some());
        for setting in named {
            let (url, written) = Written::of(&setting.value, at(setting, push), "insteadof", settings);
            if [&setting.value, &url].into_iter().any(|known| target == known || target == shown_url(known)) {
                let origin = setting.origin.clone();
                return Remote {
                    name: None,
                    way: way(&url),
                    push: None,
                    url,
                    written,
                    origin,
                    others: Vec::new(),
                    is_invented: false,
                };
            }
        }
    }
    let (url, written) = Written::of(target, At::CommandLine, "insteadof", settings);
    let origin = "given".to_owned();
    Remote { name: None, way: way(&url), push: None, url, written, origin, others: Vec::new(), is_invented: false }
}

/// The host of a region, where no repository is named. `origin` is where the region is from.
pub(super) fn of_region(region: &Region, origin: &str) -> Remote {
    let url = format!(
        "https://git-codecommit.{region}.{}/v1/repos/NAME",
        Partition::of_region(region).map_or("amazonaws.com", |partition| partition.dns_suffix)
    );
    let written = Written::of(&url, At::CommandLine, "insteadof", &[]).1;
    let (way, origin, others) = (Way::Http, origin.to_owned(), Vec::new());
    Remote { name: None, url, written, push: None, origin, way, others, is_invented: true }
}

fn way(url: &str) -> Way {
    if let Some(address) = Address::of_url(url) {
        return Way::RemoteHelper(address);
    }
    let foreign = || Meant::read(url).map_or(Way::Foreign, Way::Meant);
    match Url::of_remote(url) {
        Some(Ok(parts)) => match parts.scheme() {
            "http" | "https" if recognize(&Attributes::of_url(url), false) != Ok(None) => Way::Http,
            "ssh" | "git+ssh" | "ssh+git" => match ssh(&parts) {
                Way::Foreign => foreign(),
                ssh => ssh,
            },
            _ => foreign(),
        },
        Some(Err(ambiguous)) => {
            let attributes = Attributes { ambiguous: Some(ambiguous), ..Attributes::default() };
            match recognize(&attributes, false) {
                Err(near_miss) => Way::Ambiguous(near_miss),
                _ => Way::Foreign,
            }
        }
        None => foreign(),
    }
}

fn ssh(url: &Url) -> Way {
    let (protocol, host) = (Some("https".into()), Some(url.host().into()));
    let as_https = Attributes { protocol, host, path: Some("v1/repos/x".into()), ..Attributes::default() };
    if recognize(&as_https, false) == Ok(None) {
        return Way::Foreign;
    }
    Way::Ssh { host: url.host().to_owned(), user: url.user().map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Scope;
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
    fn a_url_for_pushes_counts_where_the_other_is_not_codecommits() {
        let mirror = settings(&[
            ("remote.origin.url", "https://github.com/a/b"),
            ("remote.origin.pushurl", "https://github.com/a/c"),
            ("remote.origin.pushurl", URL),
        ]);
        let chosen = choose(None, &mirror).expect("a remote");
        assert_eq!((chosen.name.as_deref(), chosen.url.as_str(), chosen.push), (Some("origin"), URL, None));
        assert_eq!(chosen.written.at, At::PushUrl("origin".into()), "the fix changes that URL");
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
        assert_eq!(chosen.written.rewriting.map(|rewriting| rewriting.setting.key).as_deref(), Some(base));
        let push = chosen.push.map(|(url, _)| url);
        assert_eq!(push.as_deref(), Some("ssh://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo"));
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
