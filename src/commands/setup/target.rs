//! Decides which sections to write, and for which hosts other helpers may have stored signatures. Pure.
//!
//! A `*` in git's patterns is one whole label (git 2.26 and later, 46fd7b3900), so each family of hosts needs a separate
//! pattern. git2-rs, and with it cargo, compares `https://HOST` literally (`src/cred.rs`): hosts in use get a section with
//! the exact name too.

use super::evict::Place;
use super::plan::{Target, sample};
use crate::failure::Failure;
use crate::git::matches;
use codecommit::attributes::{Attributes, shown_url};
use codecommit::family::Family;
use codecommit::partition::Partition;
use codecommit::region::{Region, RegionOrigin};
use codecommit::repository::{Meant, NearMiss, Recognized, recognize};

/// The families: standard, FIPS, China, VPC endpoints.
const FAMILIES: [&str; 4] = [
    "https://git-codecommit.*.amazonaws.com",
    "https://git-codecommit-fips.*.amazonaws.com",
    "https://git-codecommit.*.amazonaws.com.cn",
    "https://*.git-codecommit.*.vpce.amazonaws.com",
];

/// AWS CodeConnections under both of its names. Only on request: the repositories are on other services.
const CONNECTIONS: [&str; 2] =
    ["https://codeconnections.*.amazonaws.com", "https://codestar-connections.*.amazonaws.com"];

/// All families, and the hosts in use.
#[must_use]
pub(super) fn everywhere(connections: bool, in_use: &[Place]) -> Vec<Target> {
    let families = FAMILIES.iter().chain(CONNECTIONS.iter().filter(|_| connections));
    let mut targets: Vec<Target> =
        families.map(|&pattern| Target { pattern: pattern.to_owned(), spelled_out: false, options: None }).collect();
    for place in in_use {
        let pattern = format!("https://{}", place.host);
        if targets.iter().all(|target| target.pattern != pattern) {
            let spelled_out = targets.iter().any(|target| matches(&target.pattern, &sample(&pattern)));
            targets.push(Target { pattern, spelled_out, options: None });
        }
    }
    targets
}

/// Only one host or repository.
#[must_use]
pub(super) fn only(place: &Place) -> Target {
    let path = place.path.as_ref().map(|path| format!("/{path}")).unwrap_or_default();
    Target { pattern: format!("https://{}{path}", place.host), spelled_out: false, options: None }
}

/// The place in `--url`: a host, or a repository on it.
pub(super) fn place(url: &str) -> Result<Place, Failure> {
    // A host as people type it.
    let with_scheme = format!("https://{url}");
    let is_host =
        |url: &str| matches!(recognize(&Attributes::of_url(url), false), Ok(Some(_)) | Err(NearMiss::NoPath { .. }));
    let url = if !url.contains(':') && is_host(&with_scheme) { &with_scheme } else { url };
    let attributes = Attributes::of_url(url);
    let foreign = || match Meant::read(url) {
        Some(meant) => Failure::no_git_url(url, &meant.as_https_url()),
        None => Failure::not_codecommit_url(&shown_url(url)),
    };
    // `<https`, `git clone https`: the marks around a URL are not a scheme.
    let is_scheme = |scheme: &str| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    if url.split_once("://").is_some_and(|(scheme, _)| !is_scheme(scheme)) && Meant::read(url).is_some() {
        return Err(foreign());
    }
    match recognize(&attributes, false) {
        Ok(Some(_)) | Err(NearMiss::NoPath { .. }) => of(&attributes).ok_or_else(foreign),
        // Without a scheme, or without a host.
        Ok(None) | Err(NearMiss::Malformed { missing: true, .. }) => Err(foreign()),
        Err(near_miss) => Err(near_miss.into()),
    }
}

/// The place of a remote, if it is a CodeCommit repository; one of CodeConnections only on request.
#[must_use]
pub(super) fn place_of_remote(url: &str, connections: bool) -> Option<Place> {
    let attributes = Attributes::of_url(url);
    match recognize(&attributes, false) {
        Ok(Some(Recognized::Scoped(repository))) if repository.family() == Family::CodeConnections && !connections => {
            None
        }
        Ok(Some(_)) => of(&attributes),
        _ => None,
    }
}

/// The standard host of a region.
pub(super) fn place_of_region(region: &str) -> Result<Place, Failure> {
    let region = Region::configured(region, RegionOrigin::Flag)?;
    let suffix = Partition::of_region(&region).map_or("amazonaws.com", |partition| partition.dns_suffix);
    place(&format!("https://git-codecommit.{region}.{suffix}"))
}

fn of(attributes: &Attributes) -> Option<Place> {
    let authority = attributes.authority()?.ok()?;
    let host = authority.host().to_ascii_lowercase();
    let host = match authority.port() {
        None | Some(443) => host,
        Some(port) => format!("{host}:{port}"),
    };
    let path = attributes.path.as_ref().and_then(|path| path.text()).map(str::to_owned);
    Some(Place { host, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_no_family_covers_is_served_by_its_own_section() {
        let fips = "vpce-0b47.git-codecommit-fips.us-east-1.vpce.amazonaws.com";
        let place = |host: &str| Place { host: host.to_owned(), path: None };
        let targets = everywhere(false, &[place("git-codecommit.eu-west-1.amazonaws.com"), place(fips)]);
        let own: Vec<_> = targets[4..].iter().map(|target| (target.pattern.as_str(), target.spelled_out)).collect();
        assert_eq!(
            own,
            [("https://git-codecommit.eu-west-1.amazonaws.com", true), (&*format!("https://{fips}"), false)]
        );
    }

    #[test]
    fn a_url_of_somebody_else_is_refused_and_a_slip_is_explained() {
        for (url, code) in [
            ("https://github.com/a/b", "CC504"),
            ("http://git-codecommit.eu-west-1.amazonaws.com", "CC102"),
            ("https://git-codecommit.*.amazonaws.com", "CC106"),
            ("codecommit::eu-west-1://work@a", "CC504"),
            ("arn:aws:codecommit:eu-west-1:111122223333:a", "CC504"),
        ] {
            assert_eq!(place(url).expect_err(url).code.as_str(), code, "{url}");
        }
        for url in ["git-codecommit.eu-west-1.amazonaws.com", "git-codecommit.eu-west-1.amazonaws.com/v1/repos/a"] {
            assert_eq!(place(url).expect("a host"), place(&format!("https://{url}")).expect("a host"), "{url}");
        }
        assert_eq!(place_of_region("cn-north-1").expect("a host").host, "git-codecommit.cn-north-1.amazonaws.com.cn");
    }
}
