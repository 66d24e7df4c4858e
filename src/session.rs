//! Who signs, and over which networks that is found out: what `get` and `doctor` decide alike.

use crate::aws::{Network, NetworkOptions, Purpose};
use crate::cli::Arguments;
use crate::credentials::shared_files;
use crate::credentials::{CredentialsError, ProfileChoice};
use crate::failure::Failure;
use crate::git::settings::{Listing, configured_username};
use crate::machine::trace::Trace;
use crate::machine::world::World;
use aws_files::profiles::Profiles;
use codecommit::attributes::Attributes;
use codecommit::region::{BadRegion, Region, RegionOrigin};
use codecommit::repository::{Recognition, Repository, Unscoped};
use codecommit::secret::{profile, user_name};

/// The two ways to the network. Neither is opened before something is sent.
pub(crate) struct Networks {
    /// For AWS calls.
    pub(crate) aws: Network,
    /// For git's own request, sent first.
    pub(crate) git: Network,
}

impl Networks {
    pub(crate) fn new(arguments: &Arguments, identity: &Identity, url: &str, listing: &Listing, world: &World) -> Self {
        let Identity { choice, profiles, .. } = identity;
        let network = |purpose| {
            let options = NetworkOptions {
                purpose,
                ca_bundle_flag: arguments.ca_bundle.clone(),
                ca_bundle_setting: profiles.setting(choice.name(), "ca_bundle").map(str::to_owned),
                git_url: url.to_owned(),
                git: listing.clone(),
            };
            Network::new(world.clone(), options)
        };
        Self { aws: network(Purpose::AwsCalls), git: network(Purpose::GitRequest) }
    }
}

/// The profile that signs, with the shared files where they had to be read.
pub(crate) struct Identity {
    pub(crate) choice: ProfileChoice,
    pub(crate) profiles: Profiles,
    /// The user name of the request is that of a profile, and chose nothing: it is in the URL and not in git's
    /// configuration.
    pub(crate) unconfigured_user: Option<String>,
}

impl Identity {
    /// `None` where the user name is an IAM Git credential: its password is in another helper's keeping.
    pub(crate) fn choose(
        arguments: &Arguments,
        attributes: &Attributes,
        recognition: &Recognition,
        listing: &Listing,
        world: &World,
        trace: &Trace,
    ) -> Result<Option<Self>, Failure> {
        let username = attributes.username.as_ref().and_then(|username| username.text());
        let mut choice = ProfileChoice::of(arguments.profile.as_deref(), &world.environment);
        let keys_at_hand = choice == ProfileChoice::Default
            && username.is_none()
            && world.environment.non_empty("AWS_ACCESS_KEY_ID").is_some();
        // Keys in the environment and a region in the host: the shared files have nothing to add.
        if keys_at_hand && matches!(recognition, Recognition::Ours(_)) {
            return Ok(Some(Self { choice, profiles: Profiles::default(), unconfigured_user: None }));
        }
        let profiles = shared_files::load(world).map_err(CredentialsError::from)?;
        let mut unconfigured_user = None;
        if let Some(username) = username {
            // A URL may be somebody else's, as in `.gitmodules`, and a profile may start a program.
            let is_configured = || is_configured(username, recognition, listing, world);
            let names_a_profile = profiles.contains(username) && !matches!(choice, ProfileChoice::Flag(_));
            if names_a_profile && is_configured() {
                choice = ProfileChoice::Username(username.to_owned());
            } else if is_git_credential(username) {
                trace.line(|| format!("{} is an IAM Git credential: left to other helpers", user_name(username)));
                return Ok(None);
            } else if names_a_profile {
                trace.line(|| {
                    let user = user_name(username);
                    format!("{user} in the URL does not choose the profile of that name: credential.username does")
                });
                unconfigured_user = Some(username.to_owned());
            } else if profiles.contains(username) {
                trace.line(|| format!("{} is ignored: --profile takes precedence", user_name(username)));
            } else {
                trace.line(|| "the user name is not a profile: ignored".to_owned());
            }
        }
        trace.line(|| format!("{}, chosen by {}", profile(choice.name()), choice.origin()));
        shared_files::require(&profiles, &choice, world)?;
        Ok(Some(Self { choice, profiles, unconfigured_user }))
    }

    /// The region that the AWS CLI would use for its own calls.
    pub(crate) fn region(&self, arguments: &Arguments, world: &World) -> Option<Result<Region, BadRegion>> {
        let flag = arguments.region.as_deref().filter(|region| !region.is_empty());
        let flag = flag.map(|region| (region, RegionOrigin::Flag));
        let variable = || {
            let (name, region) = world.environment.first_of(&["AWS_REGION", "AWS_DEFAULT_REGION"])?;
            Some((region, RegionOrigin::Variable(name)))
        };
        let setting = || {
            let profile = self.choice.name();
            Some((self.profiles.setting(profile, "region")?, RegionOrigin::Profile(profile.to_owned())))
        };
        let (region, origin) = flag.or_else(variable).or_else(setting)?;
        Some(Region::configured(region, origin))
    }

    /// The region of AWS STS, where the AWS CLI would ask it; where nothing says so, next to the repository.
    pub(crate) fn sts_region(
        &self,
        arguments: &Arguments,
        world: &World,
        repository: &Repository,
    ) -> Result<Region, BadRegion> {
        self.region(arguments, world).unwrap_or_else(|| Ok(repository.region().clone()))
    }
}

/// Whether git's configuration, of any scope, gives this user name to the repository's URL. `git clone -c
/// credential.….username=work` is documented, and kept in the clone.
fn is_configured(username: &str, recognition: &Recognition, listing: &Listing, world: &World) -> bool {
    let url = match recognition {
        Recognition::Ours(repository) => repository.url(),
        Recognition::Unscoped(unscoped) => unscoped.url(),
        Recognition::Foreign | Recognition::NearMiss(_) => return false,
    };
    let configured = configured_username(listing.settings(world), &url);
    configured.is_some_and(|setting| setting.value == username)
}

/// `<user>-at-<account>`, with `+1` for a second set (IAM User Guide, "Using IAM with CodeCommit").
fn is_git_credential(username: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    username.rsplit_once("-at-").is_some_and(|(user, account)| {
        let (account, set) = account.split_once('+').unwrap_or((account, "1"));
        !user.is_empty() && account.len() == 12 && is_digits(account) && is_digits(set)
    })
}

pub(crate) fn in_configured_region(
    unscoped: Unscoped,
    arguments: &Arguments,
    identity: &Identity,
    world: &World,
) -> Result<Repository, Failure> {
    match identity.region(arguments, world) {
        Some(region) => Ok(unscoped.in_region(region?)),
        None => Err(Failure::no_region(&unscoped, identity.choice.name())),
    }
}

#[cfg(test)]
mod tests {
    use super::is_git_credential;

    #[test]
    fn the_user_name_of_an_iam_git_credential_is_known_by_its_form() {
        for username in ["alice-at-111122223333", "alice-at-111122223333+1", "a-at-b-at-111122223333"] {
            assert!(is_git_credential(username), "{username}");
        }
        for username in ["alice", "-at-111122223333", "alice-at-11112222333", "alice-at-111122223333+", "alice-at-home"]
        {
            assert!(!is_git_credential(username), "{username}");
        }
    }
}
