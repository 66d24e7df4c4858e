//! Decides which sections to write, and for which hosts other helpers may have stored signatures. Pure.
//!
//! A `*` in git's patterns is one whole label (git 2.26 and later, 46fd7b3900), so each family of hosts needs a separate
//! pattern, and only those in use get one. Other programs compare `https://HOST` literally (git2-rs `src/cred.rs`; dulwich;
//! DVC, which uses it): hosts in use get a section with the exact name too.

use super::evict::Place;
use super::plan::{Target, sample};
use crate::failure::Failure;
use crate::git::matches;
use crate::machine::world::World;
use aws_files::profiles::Profiles;
use codecommit::attributes::{Attributes, shown_url};
use codecommit::partition::Partition;
use codecommit::region::{Region, RegionOrigin};
use codecommit::repository::{Meant, NearMiss, Recognized, recognize};

/// The hosts of most regions.
const STANDARD: &str = "https://git-codecommit.*.amazonaws.com";

/// The other families: FIPS, China, VPC endpoints.
const OTHERS: [&str; 5] = [
    "https://git-codecommit-fips.*.amazonaws.com",
    "https://git-codecommit.*.amazonaws.com.cn",
    "https://*.git-codecommit.*.vpce.amazonaws.com",
    "https://*.git-codecommit-fips.*.vpce.amazonaws.com",
    "https://*.git-codecommit.*.vpce.amazonaws.com.cn",
];

/// AWS CodeConnections under both of its names. The repositories are on other services.
const CONNECTIONS: [&str; 2] =
    ["https://codeconnections.*.amazonaws.com", "https://codestar-connections.*.amazonaws.com"];

/// The families that are configured whether they are in use or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// All of them: `--all-hosts`.
    pub all: bool,
    /// Those of AWS CodeConnections: `--connections`.
    pub connections: bool,
}

/// The patterns of all families.
pub(super) fn families() -> impl Iterator<Item = &'static str> {
    std::iter::once(STANDARD).chain(OTHERS).chain(CONNECTIONS)
}

/// The standard family, those that are asked for or in use, and the hosts in use.
#[must_use]
pub(super) fn in_use(asked: Asked, places: &[Place]) -> Vec<Target> {
    let of_places = places.iter().filter_map(family_of).map(|pattern| format!("https://{pattern}"));
    let others = OTHERS.into_iter().filter(|_| asked.all);
    let connections = CONNECTIONS.into_iter().filter(|_| asked.all || asked.connections);
    let named = std::iter::once(STANDARD).chain(others).chain(connections).map(str::to_owned);
    let mut targets: Vec<Target> = Vec::new();
    add(&mut targets, named.chain(of_places));
    add_hosts(&mut targets, places.iter().map(|place| format!("https://{}", place.host)));
    targets
}

/// Adds the hosts that are not there yet.
pub(super) fn add_hosts(targets: &mut Vec<Target>, patterns: impl IntoIterator<Item = String>) {
    for pattern in patterns {
        if targets.iter().all(|target| target.pattern != pattern) {
            let spelled_out = targets.iter().any(|target| matches(&target.pattern, &sample(&pattern)));
            targets.push(Target { pattern, spelled_out, options: None });
        }
    }
}

/// Adds the patterns that are not there yet.
pub(super) fn add(targets: &mut Vec<Target>, patterns: impl IntoIterator<Item = impl Into<String>>) {
    for pattern in patterns.into_iter().map(Into::into) {
        if targets.iter().all(|target| target.pattern != pattern) {
            targets.push(Target { pattern, spelled_out: false, options: None });
        }
    }
}

/// The pattern of the host's family; `None` for a host that belongs to none.
fn family_of(place: &Place) -> Option<String> {
    let path = place.path.as_deref().unwrap_or("v1/repos/any-repository");
    match recognize(&Attributes::of_url(&format!("https://{}/{path}", place.host)), false) {
        Ok(Some(Recognized::Scoped(repository))) => {
            Some(repository.family().pattern(&place.host)).filter(|pattern| pattern.contains('*'))
        }
        _ => None,
    }
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
    // As git reads a scheme, in any case.
    let lower = url.split_once("://").map(|(scheme, rest)| format!("{}://{rest}", scheme.to_ascii_lowercase()));
    let url = lower.as_deref().unwrap_or(url);
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

/// The place of a remote, if git asks this helper for it: a repository of CodeCommit or CodeConnections.
#[must_use]
pub(super) fn place_of_remote(url: &str) -> Option<Place> {
    let attributes = Attributes::of_url(url);
    match recognize(&attributes, false) {
        Ok(Some(_)) => of(&attributes),
        _ => None,
    }
}

/// The hosts of the regions that the environment and the profiles name, as the AWS CLI reads them. A value that is no region is
/// left out here; whoever uses it is told.
#[must_use]
pub(super) fn places_of_configured_regions(world: &World, profiles: &Profiles) -> Vec<Place> {
    let is_true = |value: Option<&str>| value.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let by_variable = world.environment.non_empty("AWS_USE_FIPS_ENDPOINT");
    let of_environment = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .into_iter()
        .filter_map(|name| Some((world.environment.non_empty(name)?.to_owned(), is_true(by_variable))));
    let names = profiles.names();
    let of_profiles = names.iter().filter_map(|name| {
        let fips = is_true(by_variable.or_else(|| profiles.setting(name, "use_fips_endpoint")));
        Some((profiles.setting(name, "region")?.to_owned(), fips))
    });
    let mut places: Vec<Place> = Vec::new();
    for (region, fips) in of_environment.chain(of_profiles) {
        let of_region = [host_of_region(&region, ""), host_of_region(&region, "-fips").filter(|_| fips)];
        for host in of_region.into_iter().flatten() {
            let place = Place { host, path: None };
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

fn host_of_region(region: &str, kind: &str) -> Option<String> {
    let region = Region::parse(region)?;
    let suffix = Partition::of_region(&region)?.dns_suffix;
    Some(format!("git-codecommit{kind}.{region}.{suffix}"))
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

    fn patterns(asked: Asked, hosts: &[&str]) -> Vec<(String, bool)> {
        let places: Vec<Place> = hosts.iter().map(|&host| Place { host: host.to_owned(), path: None }).collect();
        in_use(asked, &places).into_iter().map(|target| (target.pattern, target.spelled_out)).collect()
    }

    #[test]
    fn what_is_not_in_use_is_not_written() {
        let nothing = Asked { all: false, connections: false };
        let own = |pattern: &str, spelled_out| (format!("https://{pattern}"), spelled_out);
        let standard = own("git-codecommit.*.amazonaws.com", false);
        assert_eq!(patterns(nothing, &[]), std::slice::from_ref(&standard));
        let host = "git-codecommit.eu-west-1.amazonaws.com";
        assert_eq!(patterns(nothing, &[host]), [standard.clone(), own(host, true)]);
        for (host, family) in [
            ("git-codecommit-fips.us-east-1.amazonaws.com", "git-codecommit-fips.*.amazonaws.com"),
            ("git-codecommit.cn-north-1.amazonaws.com.cn", "git-codecommit.*.amazonaws.com.cn"),
            ("vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com", "*.git-codecommit.*.vpce.amazonaws.com"),
            (
                "vpce-0b47.git-codecommit-fips.us-east-1.vpce.amazonaws.com",
                "*.git-codecommit-fips.*.vpce.amazonaws.com",
            ),
        ] {
            assert_eq!(patterns(nothing, &[host]), [standard.clone(), own(family, false), own(host, true)]);
        }
        assert_eq!(patterns(Asked { all: false, connections: true }, &[]).len(), 3);
        assert_eq!(patterns(Asked { all: true, connections: false }, &[]).len(), 8);
        assert_eq!(families().count(), 8);
    }

    #[test]
    fn regions_of_the_environment_and_of_profiles_are_in_use() {
        let world = |variables: &[(&str, &str)]| World {
            environment: variables.iter().copied().collect(),
            home: None,
            now: chrono::DateTime::UNIX_EPOCH,
        };
        let config =
            b"[profile a]\nregion = us-west-2\n[profile b]\nregion = cn-north-1\n[profile c]\nregion = us-west-2\n\
            use_fips_endpoint = true\n[profile d]\nregion = nowhere\n[profile e]\noutput = json\n";
        let profiles = Profiles::of_bytes(config, b"").expect("profiles");
        let hosts = |variables: &[(&str, &str)], profiles: &Profiles| -> Vec<String> {
            places_of_configured_regions(&world(variables), profiles).into_iter().map(|place| place.host).collect()
        };
        let mut of_profiles = hosts(&[("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-1")], &profiles);
        of_profiles.sort();
        assert_eq!(
            of_profiles,
            [
                "git-codecommit-fips.us-west-2.amazonaws.com",
                "git-codecommit.cn-north-1.amazonaws.com.cn",
                "git-codecommit.eu-west-1.amazonaws.com",
                "git-codecommit.us-west-2.amazonaws.com",
            ]
        );
        assert_eq!(hosts(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "x")], &Profiles::default()), [""; 0]);
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
