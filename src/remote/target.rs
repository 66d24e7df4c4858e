//! What an address means with the current configuration: region, host, https URL, and the credential helper's options.
//! Pure.
//!
//! The only module that decides it, for the remote helper, `setup` and `doctor`.

use super::Address;
use crate::credentials::shared_files;
use crate::credentials::{CredentialsError, ProfileChoice, Searched};
use crate::git::Options;
use crate::machine::world::World;
use aws_files::profiles::Profiles;
use codecommit::attributes::{Attributes, Url};
use codecommit::family::Family;
use codecommit::partition::{PARTITIONS, Partition};
use codecommit::region::{BadRegion, Region, RegionOrigin};
use codecommit::repository::{NearMiss, Recognized, recognize};
use codecommit::secret::profile;

/// The source of a part that an address leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The URL itself.
    Url,
    /// An environment variable.
    Variable(&'static str),
    /// A setting of this profile.
    Profile(String),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Url => f.write_str("the remote URL"),
            Self::Variable(name) => f.write_str(name),
            Self::Profile(name) => f.write_str(&profile(name)),
        }
    }
}

/// What git is run with for an address. The credential helper can sign for the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// `https://HOST/v1/repos/REPOSITORY`
    pub url: String,
    /// The host, with a port if it has one.
    pub host: String,
    /// The setting that selects another host than the region's standard one, if one does.
    pub host_from: Option<Source>,
    /// The region of the signature.
    pub region: Region,
    /// The source of the region.
    pub region_from: Source,
    /// The options for the credential helper.
    pub options: Options,
}

const ENDPOINT: &str = "CODE_COMMIT_ENDPOINT";

/// The only region variable that AWS's Python remote helper reads (botocore `configprovider.py`);
/// it comes before the profile's region.
const AWS_DEFAULT_REGION: &str = "AWS_DEFAULT_REGION";

/// What that program ignores. It is the last fallback, so that a remote whose profile has a region keeps it.
const AWS_REGION: &str = "AWS_REGION";

/// Why an address has no target.
#[derive(Debug)]
pub enum NoTarget {
    /// The URL's profile does not exist.
    ProfileNotFound {
        /// The profile.
        profile: String,
        /// The profiles that exist.
        available: Vec<String>,
        /// The address.
        address: Box<Address>,
        /// Where it was searched.
        searched: Box<Searched>,
    },
    /// The profile that a variable selects does not exist.
    Credentials(Box<CredentialsError>),
    /// The address cannot name a CodeCommit repository.
    NearMiss {
        /// Why.
        near_miss: NearMiss,
        /// The address.
        address: Box<Address>,
    },
    /// `CODE_COMMIT_ENDPOINT` is nearly a CodeCommit host.
    NearMissOfEndpoint {
        /// Why it is not one.
        near_miss: NearMiss,
        /// The host.
        host: String,
    },
    /// `CODE_COMMIT_ENDPOINT` is not a valid host.
    MalformedEndpoint(String),
    /// The address has no region, and none is configured for the profile that signs.
    NoRegion {
        /// The address.
        address: Box<Address>,
        /// The profile.
        profile: String,
        /// The variables that are set but empty.
        empty: Vec<&'static str>,
    },
    /// The configured region is not a valid region name.
    Region(BadRegion),
}

impl Target {
    /// The target of an address. The order is that of AWS's program (`Context.from_url`, `git_url`), which uses
    /// botocore: for the region the URL, `AWS_DEFAULT_REGION`, the profile; here `AWS_REGION` follows. The profile is the one that will sign: the URL's, `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`,
    /// `default`; botocore reads the two variables in the reverse order. `CODE_COMMIT_ENDPOINT` replaces the host. A
    /// CodeCommit host there (a VPC endpoint) sets the region, too, and is treated like that host everywhere else.
    ///
    /// # Errors
    /// [`NoTarget`]: the URL's profile does not exist, there is no region, a setting is not valid, or the repository's
    /// name is not allowed.
    pub(crate) fn of(address: &Address, profiles: &Profiles, world: &World) -> Result<Self, NoTarget> {
        if let Some(profile) = address.profile.as_deref() {
            let choice = ProfileChoice::Flag(profile.to_owned());
            shared_files::require(profiles, &choice, world).map_err(|error| match error {
                CredentialsError::ProfileNotFound { available, searched, .. } => NoTarget::ProfileNotFound {
                    profile: profile.to_owned(),
                    available,
                    searched,
                    address: Box::new(address.clone()),
                },
                error => NoTarget::Credentials(Box::new(error)),
            })?;
        }
        let choice = ProfileChoice::of(address.profile.as_deref(), &world.environment);
        shared_files::require(profiles, &choice, world).map_err(|error| NoTarget::Credentials(Box::new(error)))?;
        let from = Configured { address, profile: choice.name(), profiles, world };
        let profile = address.profile.clone();
        let Some(host) = world.environment.non_empty(ENDPOINT) else {
            let (region, region_from) = from.region()?;
            let (host, host_from) = from.host(&region);
            let options = Options { profile, ..Options::default() };
            let url = url(&host, address);
            // A near miss is reported at once, in the words of `get`.
            return match dot_git(address).map_or_else(|| recognize(&Attributes::of_url(&url), false), Err) {
                Err(near_miss) => Err(NoTarget::NearMiss { near_miss, address: Box::new(address.clone()) }),
                _ => Ok(Self { url, host, host_from, region, region_from, options }),
            };
        };
        let host = host_of_endpoint(host)?;
        let url = url(&host, address);
        let mut options = Options { profile, ..Options::default() };
        let (region, region_from) = match recognize(&Attributes::of_url(&url), true) {
            Ok(Some(Recognized::Scoped(repository))) => {
                if let Some(near_miss) = dot_git(address) {
                    return Err(NoTarget::NearMiss { near_miss, address: Box::new(address.clone()) });
                }
                (repository.region().clone(), Source::Variable(ENDPOINT))
            }
            Err(near_miss) => return Err(NoTarget::NearMissOfEndpoint { near_miss, host }),
            Ok(Some(Recognized::Unscoped(unscoped))) => {
                options.ignore_host_check = unscoped.family() == Family::Unchecked;
                from.region()?
            }
            Ok(None) => from.region()?,
        };
        if region_from != Source::Variable(ENDPOINT) {
            options.region = Some(region.to_string());
        }
        Ok(Self { url, host, host_from: Some(Source::Variable(ENDPOINT)), region, region_from, options })
    }
}

/// Unlike an https URL, which is signed for with its `.git`, this one is made here, and AWS's program never supported
/// such a name.
fn dot_git(address: &Address) -> Option<NearMiss> {
    let name = address.repository.strip_suffix(".git").filter(|name| !name.is_empty())?;
    Some(NearMiss::DotGit { name: name.to_owned() })
}

/// Host and port of `CODE_COMMIT_ENDPOINT`. With `https://`, like other endpoints, it means the same; a path before the
/// repository's, as of another proxy, is not supported. A user name is rejected: AWS's program would send it to that
/// host.
fn host_of_endpoint(endpoint: &str) -> Result<String, NoTarget> {
    let host = endpoint.strip_prefix("https://").unwrap_or(endpoint).trim_end_matches('/');
    match Url::parse(&format!("https://{host}")) {
        // `recognize` reports an ambiguous host.
        Some(Err(_)) => Ok(host.to_owned()),
        Some(Ok(url)) if url.user().is_none() && !host.contains("://") && !url.path().contains(['?', '#']) => {
            Ok(host.to_owned())
        }
        _ => Err(NoTarget::MalformedEndpoint(endpoint.to_owned())),
    }
}

fn url(host: &str, address: &Address) -> String {
    format!("https://{host}/v1/repos/{}", address.repository)
}

/// The settings of the environment and of the profile that signs.
struct Configured<'a> {
    address: &'a Address,
    profile: &'a str,
    profiles: &'a Profiles,
    world: &'a World,
}

impl Configured<'_> {
    fn region(&self) -> Result<(Region, Source), NoTarget> {
        if let Some(region) = &self.address.region {
            return Ok((region.clone(), Source::Url));
        }
        let variable = |name| Some((self.world.environment.non_empty(name)?, Source::Variable(name)));
        let setting = || Some((self.profiles.setting(self.profile, "region")?, self.of_the_profile()));
        let region = variable(AWS_DEFAULT_REGION).or_else(setting).or_else(|| variable(AWS_REGION));
        let Some((region, source)) = region else {
            shared_files::readable(self.profiles, self.profile, self.world)
                .map_err(|error| NoTarget::Credentials(Box::new(error)))?;
            let (address, profile) = (Box::new(self.address.clone()), self.profile.to_owned());
            let empty = self.world.environment.empty_of(&[AWS_DEFAULT_REGION, AWS_REGION]);
            return Err(NoTarget::NoRegion { address, profile, empty });
        };
        let origin = match &source {
            Source::Variable(name) => RegionOrigin::Variable(name),
            _ => RegionOrigin::Profile(self.profile.to_owned()),
        };
        let place = || shared_files::place(self.profiles, self.profile, "region", self.world);
        let place = matches!(origin, RegionOrigin::Profile(_)).then(place).flatten();
        let region = Region::configured(region, origin).map_err(|bad| NoTarget::Region(bad.at(place)))?;
        Ok((region, source))
    }

    /// The region's standard host or its FIPS host, with the setting that selects the latter.
    fn host(&self, region: &Region) -> (String, Option<Source>) {
        let suffix = Partition::of_region(region).unwrap_or(&PARTITIONS[0]).dns_suffix;
        let variable = "AWS_USE_FIPS_ENDPOINT";
        let setting = || Some((self.profiles.setting(self.profile, "use_fips_endpoint")?, self.of_the_profile()));
        let asked_for = self.world.environment.non_empty(variable).map(|value| (value, Source::Variable(variable)));
        let fips = asked_for.or_else(setting).filter(|(value, _)| value.eq_ignore_ascii_case("true"));
        let service = if fips.is_some() { "git-codecommit-fips" } else { "git-codecommit" };
        (format!("{service}.{region}.{suffix}"), fips.map(|(_, source)| source))
    }

    fn of_the_profile(&self) -> Source {
        Source::Profile(self.profile.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    const PROFILES: &str = "[default]\nregion = eu-north-1\n[profile work]\nregion = eu-west-3\nuse_fips_endpoint = true\n\
                            [profile odd]\nregion = eu west\n[profile bare]\noutput = json\n";

    fn target(address: &str, variables: &[(&str, &str)]) -> Result<Target, NoTarget> {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("config");
        std::fs::write(&file, PROFILES).expect("a file");
        let world = World { environment: variables.iter().copied().collect(), home: None, now: DateTime::UNIX_EPOCH };
        let environment = world.environment.with(&[("AWS_CONFIG_FILE", file.to_str().expect("UTF-8"))]);
        let profiles = shared_files::load(&World { environment, ..world.clone() }).expect("profiles");
        Target::of(&Address::parse(address).expect(address), &profiles, &world)
    }

    fn found(address: &str, variables: &[(&str, &str)]) -> (String, Source, String, Option<Source>) {
        let target = target(address, variables).unwrap_or_else(|none| panic!("{address} {variables:?}: {none:?}"));
        assert_eq!(target.url, format!("https://{}/v1/repos/r", target.host), "{address}");
        (target.region.to_string(), target.region_from, target.host, target.host_from)
    }

    /// Down to the next comment, what AWS's program (1.17, botocore 1.43.11) returned when run with these settings.
    #[test]
    fn the_region_is_the_one_of_the_python_program() {
        let profile = |name: &str| Source::Profile(name.to_owned());
        let (work, default) = (("AWS_PROFILE", "work"), ("AWS_DEFAULT_PROFILE", "default"));
        let variable = ("AWS_DEFAULT_REGION", "eu-west-2");
        for (address, variables, region, from) in [
            ("us-east-1://r", &[variable][..], "us-east-1", Source::Url),
            ("us-east-1://work@r", &[variable], "us-east-1", Source::Url),
            ("codecommit://r", &[variable], "eu-west-2", Source::Variable("AWS_DEFAULT_REGION")),
            ("codecommit://work@r", &[variable], "eu-west-2", Source::Variable("AWS_DEFAULT_REGION")),
            ("codecommit://r", &[], "eu-north-1", profile("default")),
            ("codecommit://work@r", &[], "eu-west-3", profile("work")),
            ("codecommit://r", &[work], "eu-west-3", profile("work")),
            ("codecommit://default@r", &[work], "eu-north-1", profile("default")),
            ("codecommit://r", &[("AWS_DEFAULT_PROFILE", "work")], "eu-west-3", profile("work")),
            ("codecommit://r", &[("AWS_REGION", "eu-west-1")], "eu-north-1", profile("default")),
            ("codecommit://work@r", &[("AWS_REGION", "eu-west-1")], "eu-west-3", profile("work")),
            // Extensions of this program: a second variable, an empty one, and the newer variable first, as in AWS CLI
            // version 2.
            ("codecommit://bare@r", &[("AWS_REGION", "eu-west-1")], "eu-west-1", Source::Variable("AWS_REGION")),
            ("codecommit://r", &[("AWS_REGION", "eu-west-1"), variable], "eu-west-2", Source::Variable(variable.0)),
            ("codecommit://r", &[("AWS_DEFAULT_REGION", "")], "eu-north-1", profile("default")),
            ("codecommit://r", &[default, work], "eu-west-3", profile("work")),
        ] {
            let (got, got_from, ..) = found(address, variables);
            assert_eq!((got.as_str(), got_from), (region, from), "{address} {variables:?}");
        }
    }

    #[test]
    fn the_host_follows_the_partition_and_fips_wherever_that_is_asked_for() {
        let variable = |value| [("AWS_USE_FIPS_ENDPOINT", value)];
        let by_variable = Some(Source::Variable("AWS_USE_FIPS_ENDPOINT"));
        let by_profile = Some(Source::Profile("work".to_owned()));
        for (address, variables, host, from) in [
            ("us-east-1://r", &[][..], "git-codecommit.us-east-1.amazonaws.com", None),
            ("cn-north-1://r", &[], "git-codecommit.cn-north-1.amazonaws.com.cn", None),
            ("eusc-de-east-1://r", &[], "git-codecommit.eusc-de-east-1.amazonaws.eu", None),
            ("zz-central-7://r", &[], "git-codecommit.zz-central-7.amazonaws.com", None),
            ("us-east-1://r", &variable("True"), "git-codecommit-fips.us-east-1.amazonaws.com", by_variable),
            ("us-east-1://work@r", &[], "git-codecommit-fips.us-east-1.amazonaws.com", by_profile.clone()),
            ("us-east-1://work@r", &variable("false"), "git-codecommit.us-east-1.amazonaws.com", None),
            (
                "us-east-1://r",
                &[("AWS_PROFILE", "work")],
                "git-codecommit-fips.us-east-1.amazonaws.com",
                by_profile.clone(),
            ),
            (
                "us-east-1://r",
                &[("AWS_DEFAULT_PROFILE", "work")],
                "git-codecommit-fips.us-east-1.amazonaws.com",
                by_profile,
            ),
            ("us-east-1://default@r", &[("AWS_PROFILE", "work")], "git-codecommit.us-east-1.amazonaws.com", None),
        ] {
            let (_, _, got, got_from) = found(address, variables);
            assert_eq!((got.as_str(), got_from), (host, from), "{address} {variables:?}");
        }
    }

    #[test]
    fn an_endpoint_that_is_codecommits_brings_its_region_and_any_other_has_to_be_let_through() {
        let vpc = "vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com";
        let own = "--profile bare";
        for (address, endpoint, region, options) in [
            (
                "eu-west-1://bare@r",
                "land.called.honahlee",
                "eu-west-1",
                "--profile bare --region eu-west-1 --ignore-host-check",
            ),
            (
                "eu-west-1://bare@r",
                "localhost:8443",
                "eu-west-1",
                "--profile bare --region eu-west-1 --ignore-host-check",
            ),
            // Neither the URL nor the profile has to name a region.
            ("codecommit://bare@r", vpc, "us-east-1", own),
            ("eu-west-1://bare@r", vpc, "us-east-1", own),
            ("codecommit://bare@r", "git-codecommit-fips.us-east-2.amazonaws.com:443", "us-east-2", own),
            ("eu-west-1://bare@r", "git-codecommit.amazonaws.com", "eu-west-1", "--profile bare --region eu-west-1"),
        ] {
            let target = target(address, &[("CODE_COMMIT_ENDPOINT", endpoint)]).expect(endpoint);
            assert_eq!((target.host.as_str(), target.region.as_str()), (endpoint, region));
            assert_eq!(target.options.value("codecommit"), format!("codecommit {options}"), "{endpoint}");
            assert_eq!(target.options.ignore_host_check, options.contains("--ignore"), "{endpoint}");
        }
        let with_scheme = [("CODE_COMMIT_ENDPOINT", "https://land.called.honahlee/")];
        assert_eq!(found("eu-west-1://r", &with_scheme).2, "land.called.honahlee");
    }

    #[test]
    fn what_cannot_be_served_is_told_before_git_is_run() {
        let endpoint = |host| [("CODE_COMMIT_ENDPOINT", host)];
        for (address, variables, fact) in [
            ("codecommit://bare@r", &[][..], "NoRegion"),
            ("codecommit://r", &[("AWS_PROFILE", "bare")], "NoRegion"),
            ("codecommit://r", &[("AWS_PROFILE", "none")], "Credentials(ProfileNotFound"),
            ("codecommit://bare@r", &endpoint("land.called.honahlee"), "NoRegion"),
            ("eu-west-1://none@r", &[], "ProfileNotFound"),
            ("codecommit://odd@r", &[], "Region(BadRegion"),
            ("codecommit://bare@r", &[("AWS_REGION", "euwest1")], "Region(BadRegion"),
            ("eu-west-1://r.git", &[], "NearMiss { near_miss: DotGit"),
            ("eu-west-1://my r", &[], "NearMiss { near_miss: InvalidName"),
            (
                "eu-west-1://r",
                &endpoint("codecommit.eu-west-1.amazonaws.com"),
                "NearMissOfEndpoint { near_miss: ApiHost",
            ),
        ] {
            let found = format!("{:?}", target(address, variables).expect_err(address));
            assert!(found.starts_with(fact), "{address} {variables:?}: {found}");
        }
    }
}
