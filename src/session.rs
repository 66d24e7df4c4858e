//! One session: the requested repository, the profile that signs, and the networks for the requests.
//!
//! Decides who signs, for which region, and by which network settings. `get` and `doctor` both begin here. Leaves
//! fetching credentials to `credentials`.

pub(crate) mod later;

use crate::aws::{Network, NetworkOptions, Purpose};
use crate::credentials::{self, CredentialsError, ProfileChoice, Resolved, shared_files};
use crate::git::Options;
use crate::git::http_path::HttpPath;
use crate::git::settings::{Listing, configured_username};
use crate::machine::clock;
use crate::machine::trace::Trace;
use crate::machine::world::World;
use aws_files::profiles::Profiles;
use chrono::{DateTime, Utc};
use codecommit::attributes::Attributes;
use codecommit::family::Family;
use codecommit::keys::is_git_credential;
use codecommit::region::{BadRegion, Region, RegionOrigin};
use codecommit::repository::{NearMiss, Recognized, Repository, Unscoped, recognize};
use codecommit::secret::{profile, user_name};

/// What `get` and `doctor` know before any request.
pub(crate) struct Session {
    /// The repository that is requested.
    pub(crate) repository: Repository,
    /// Whether the host names the region; otherwise it is configured.
    pub(crate) region_in_host: bool,
    /// The profile that signs.
    pub(crate) choice: ProfileChoice,
    /// The shared files. Not read if they are not needed.
    pub(crate) profiles: Profiles,
    /// The request's user name, if it is a profile's name but did not select the profile, because it is in the URL and
    /// not in git's configuration.
    pub(crate) unconfigured_user: Option<String>,
    /// The networks for its requests.
    pub(crate) networks: Networks,
    /// The region of AWS STS as in the AWS CLI; the repository's region if none is configured.
    sts_region: Result<Region, BadRegion>,
}

/// The two network clients. Neither connects before the first request.
pub(crate) struct Networks {
    /// For AWS calls.
    pub(crate) aws: Network,
    /// For git's own request, sent first.
    pub(crate) git: Network,
}

/// Whether this helper answers.
pub(crate) enum Opened {
    /// This helper answers.
    Ours(Box<Session>),
    /// Another helper has to answer, for this reason.
    Left(Left),
}

/// Why a request is left to other helpers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// The host is not CodeCommit's.
    ForeignHost,
    /// The user name is that of an IAM Git credential, whose password another helper stores.
    IamGitCredential,
}

/// Why a session cannot be opened.
pub(crate) enum NotOpened {
    /// The host or the path is nearly CodeCommit's.
    NearMiss(NearMiss),
    /// git sent no path.
    NoPath {
        /// The requested host.
        host: String,
        /// The kind of host.
        family: Family,
        /// Why.
        why: Box<HttpPath>,
    },
    /// The clock shows a time that no signature can have.
    Clock(DateTime<Utc>),
    /// The profile does not exist, or its files cannot be used.
    Credentials(Box<CredentialsError>),
    /// The host names no region, and none is configured.
    NoRegion {
        /// The request.
        unscoped: Box<Unscoped>,
        /// The profile that would sign.
        profile: String,
        /// The variables that are set but empty.
        empty: Vec<&'static str>,
    },
    /// The configured region is not a valid region name.
    Region(BadRegion),
}

impl From<CredentialsError> for NotOpened {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(Box::new(error))
    }
}

/// In the order of AWS CLI version 2 and of the SDKs.
pub(crate) const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

impl Session {
    /// Opens a session. `options` are those of the helper's entry in git's configuration.
    ///
    /// # Errors
    /// [`NotOpened`] with the first problem.
    pub(crate) fn open(
        attributes: &Attributes,
        options: &Options,
        listing: &Listing,
        world: &World,
        trace: &Trace,
    ) -> Result<Opened, NotOpened> {
        let recognized = match recognize(attributes, options.ignore_host_check) {
            // The password of an IAM Git credential needs no path: git may be set to send none for this repository.
            Err(NearMiss::NoPath { .. }) if is_left_to_others(attributes, world) => {
                return Ok(Opened::Left(Left::IamGitCredential));
            }
            // Either git does not pass the path to helpers, or the URL has none: git's configuration decides which.
            Err(NearMiss::NoPath { host, family }) => {
                let url = format!("https://{host}");
                let why = Box::new(HttpPath::of(listing.settings(world), &url, &host, family, world));
                return Err(NotOpened::NoPath { host, family, why });
            }
            recognized => recognized.map_err(NotOpened::NearMiss)?,
        };
        let Some(recognized) = recognized else {
            return Ok(Opened::Left(Left::ForeignHost));
        };
        // The signature, the SDK and the cache all need a valid time.
        if !clock::can_be_signed(world.now) {
            return Err(NotOpened::Clock(world.now));
        }
        let Some(identity) = Identity::choose(options, attributes, &recognized, listing, world, trace)? else {
            return Ok(Opened::Left(Left::IamGitCredential));
        };
        let (repository, region_in_host) = match recognized {
            Recognized::Scoped(repository) => (repository, true),
            Recognized::Unscoped(unscoped) => (identity.in_configured_region(unscoped, options, world)?, false),
        };
        trace.line(|| {
            let (family, region) = (repository.family(), repository.region());
            format!("host {} ({family}), region {region}, path {}", repository.host(), repository.path())
        });
        let sts_region = match identity.region(options, world) {
            Some(Err(bad)) if bad.value == Region::AWS_GLOBAL.as_str() => Ok(Region::AWS_GLOBAL),
            configured => configured.unwrap_or_else(|| Ok(repository.region().clone())),
        };
        let networks = identity.networks(options, &repository.url(), listing, world);
        let Identity { choice, profiles, unconfigured_user } = identity;
        Ok(Opened::Ours(Box::new(Self {
            repository,
            region_in_host,
            choice,
            profiles,
            unconfigured_user,
            networks,
            sts_region,
        })))
    }

    /// Finds the credentials to sign with. Without `use_cache` the AWS CLI's cache of role credentials is neither read
    /// nor written.
    pub(crate) fn resolve(&self, world: &World, trace: &Trace, use_cache: bool) -> Result<Resolved, CredentialsError> {
        let Self { choice, profiles, sts_region, networks, .. } = self;
        credentials::resolve(choice, profiles, sts_region, &networks.aws, world, trace, use_cache)
    }
}

/// The profile that signs, and the shared files if they had to be read.
struct Identity {
    choice: ProfileChoice,
    profiles: Profiles,
    unconfigured_user: Option<String>,
}

impl Identity {
    /// `None` if the user name is that of an IAM Git credential, whose password another helper stores.
    fn choose(
        options: &Options,
        attributes: &Attributes,
        recognized: &Recognized,
        listing: &Listing,
        world: &World,
        trace: &Trace,
    ) -> Result<Option<Self>, NotOpened> {
        let username = attributes.username.as_ref().and_then(|username| username.text());
        let mut choice = ProfileChoice::of(options.profile.as_deref(), &world.environment);
        let keys_at_hand = choice == ProfileChoice::Default
            && username.is_none()
            && world.environment.non_empty("AWS_ACCESS_KEY_ID").is_some();
        // With keys in the environment and a region in the host, the shared files are not needed.
        if keys_at_hand && matches!(recognized, Recognized::Scoped(_)) {
            return Ok(Some(Self { choice, profiles: Profiles::default(), unconfigured_user: None }));
        }
        let profiles = shared_files::load(world).map_err(CredentialsError::from)?;
        let mut unconfigured_user = None;
        if let Some(username) = username {
            // A URL may come from someone else, as in `.gitmodules`, and a profile may start a program.
            let is_configured = || is_configured(username, &recognized.url(), listing, world);
            let names_a_profile = profiles.contains(username) && !matches!(choice, ProfileChoice::Flag(_));
            if names_a_profile && is_configured() {
                choice = ProfileChoice::Username(username.to_owned());
            } else if is_git_credential(username) {
                trace.line(|| format!("{} looks like an IAM Git credential", user_name(username)));
                return Ok(None);
            } else if names_a_profile {
                trace.line(|| {
                    let user = user_name(username);
                    format!("{user} in the URL does not choose the profile of that name: credential.username does")
                });
                unconfigured_user = Some(username.to_owned());
            } else if profiles.contains(username) {
                trace.line(|| format!("{} ignored: --profile is set", user_name(username)));
            } else {
                trace.line(|| "user name ignored: not a profile".to_owned());
            }
        }
        trace.line(|| match &choice {
            ProfileChoice::Default => format!("{}, the default", profile(choice.name())),
            choice => format!("{}, set by {}", profile(choice.name()), choice.origin()),
        });
        shared_files::require(&profiles, &choice, world)?;
        Ok(Some(Self { choice, profiles, unconfigured_user }))
    }

    /// The region that the AWS CLI would use for its API calls.
    fn region(&self, options: &Options, world: &World) -> Option<Result<Region, BadRegion>> {
        let flag = options.region.as_deref().filter(|region| !region.is_empty());
        let flag = flag.map(|region| (region, RegionOrigin::Flag));
        let variable = || {
            let (name, region) = world.environment.first_of(&REGION_VARIABLES)?;
            Some((region, RegionOrigin::Variable(name)))
        };
        let setting = || {
            let profile = self.choice.name();
            Some((self.profiles.setting(profile, "region")?, RegionOrigin::Profile(profile.to_owned())))
        };
        let (region, origin) = flag.or_else(variable).or_else(setting)?;
        let place = || shared_files::place(&self.profiles, self.choice.name(), "region", world);
        let place = matches!(origin, RegionOrigin::Profile(_)).then(place).flatten();
        Some(Region::configured(region, origin).map_err(|bad| bad.at(place)))
    }

    fn in_configured_region(
        &self,
        unscoped: Unscoped,
        options: &Options,
        world: &World,
    ) -> Result<Repository, NotOpened> {
        match self.region(options, world) {
            Some(Ok(region)) => Ok(unscoped.in_region(region)),
            Some(Err(bad)) => Err(NotOpened::Region(bad)),
            None => {
                shared_files::readable(&self.profiles, self.choice.name(), world)?;
                let empty = world.environment.empty_of(&REGION_VARIABLES);
                Err(NotOpened::NoRegion { unscoped: Box::new(unscoped), profile: self.choice.name().to_owned(), empty })
            }
        }
    }

    fn networks(&self, options: &Options, url: &str, listing: &Listing, world: &World) -> Networks {
        let setting = || self.profiles.setting(self.choice.name(), "ca_bundle").map(str::to_owned);
        let network = |purpose| network(purpose, setting(), options, url, listing, world);
        Networks { aws: network(Purpose::AwsCalls), git: network(Purpose::GitRequest) }
    }
}

/// Whether git's configuration, in any scope, sets this user name for the repository's URL. `git clone -c
/// credential.….username=work` is documented, and stored in the clone's configuration.
fn is_configured(username: &str, url: &str, listing: &Listing, world: &World) -> bool {
    let configured = configured_username(listing.settings(world), url);
    configured.is_some_and(|setting| setting.value == username)
}

/// Whether the user name is that of an IAM Git credential, and no profile has this very name.
fn is_left_to_others(attributes: &Attributes, world: &World) -> bool {
    let username = attributes.username.as_ref().and_then(|username| username.text());
    username.is_some_and(|name| {
        is_git_credential(name) && !shared_files::load(world).is_ok_and(|profiles| profiles.contains(name))
    })
}

/// The network of git's own request for `url`, whoever answers git.
pub(crate) fn git_network(options: &Options, url: &str, listing: &Listing, world: &World) -> Network {
    network(Purpose::GitRequest, None, options, url, listing, world)
}

fn network(
    purpose: Purpose,
    ca_bundle_setting: Option<String>,
    options: &Options,
    url: &str,
    listing: &Listing,
    world: &World,
) -> Network {
    let options = NetworkOptions {
        purpose,
        ca_bundle_flag: options.ca_bundle.clone(),
        ca_bundle_setting,
        git_url: url.to_owned(),
        git: listing.clone(),
    };
    Network::new(world.clone(), options)
}
