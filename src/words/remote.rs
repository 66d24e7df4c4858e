//! Words for `codecommit::` URLs that cannot be served.

use super::profiles::A_PROFILE;
use super::request::{HIDDEN_PROFILE, no_region, to};
use super::url::to_meant;
use crate::failure::{Code, Command, Failure, Fix};
use crate::remote::{Address, LostProfile, MalformedAddress, NoTarget};
use codecommit::attributes::bare_url;
use codecommit::region::Region;
use codecommit::repository::{Meant, NearMiss};
use codecommit::secret::{is_public, profile as shown, quoted};

impl From<NoTarget> for Failure {
    fn from(none: NoTarget) -> Self {
        match none {
            NoTarget::ProfileNotFound { profile, available, searched, address } => {
                let failure = Self::remote_profile_not_found(&profile, &available, &searched);
                match Region::parse(&profile).filter(|_| address.region.is_none()) {
                    // `codecommit://eu-west-1@demo`
                    Some(region) => {
                        failure.fix(Fix::url(&Address { region: Some(region), profile: None, ..*address }.to_string()))
                    }
                    None if failure.fix.is_none() && !available.is_empty() => {
                        let right = Address { profile: Some("NAME".to_owned()), ..*address };
                        failure.fix(Fix::url(&right.to_string()).note(A_PROFILE))
                    }
                    None => failure,
                }
            }
            NoTarget::Credentials(error) => (*error).into(),
            NoTarget::NearMiss { near_miss, address } => near_miss_of_address(near_miss, &address),
            NoTarget::NearMissOfEndpoint { near_miss, host } => Self {
                fix: Some(Box::new(Fix::command(Command::Unset(vec!["CODE_COMMIT_ENDPOINT"])))),
                looked_at: vec![format!("CODE_COMMIT_ENDPOINT is {}", quoted(&shown_host(&host)))],
                ..Self::from(near_miss)
            },
            NoTarget::MalformedEndpoint(endpoint) => {
                let endpoint = quoted(&shown_host(&endpoint));
                Self::new(Code::EndpointSetting, format!("invalid CODE_COMMIT_ENDPOINT: {endpoint}"))
                    .looked_at("expected HOST or HOST:PORT, without a user name")
                    .fix(Fix::command(Command::Unset(vec!["CODE_COMMIT_ENDPOINT"])))
            }
            NoTarget::NoRegion { address, profile, empty } => {
                let with_region = for_a_fix(&address).written_in(Some("REGION"));
                Self::new(Code::NoRegion, "no region in the remote URL, and none is configured")
                    .looked_at(no_region(&["AWS_DEFAULT_REGION", "AWS_REGION"], &empty, &profile))
                    .fix(to(&with_region))
            }
            NoTarget::Region(region) => Self::from(region).looked_at("the remote URL does not contain a region"),
        }
    }
}

/// The address is well formed, and no repository of CodeCommit can be meant by it.
fn near_miss_of_address(near_miss: NearMiss, address: &Address) -> Failure {
    let right = match &near_miss {
        NearMiss::DotGit { name } => Some(Address { repository: name.clone(), ..address.clone() }),
        _ => None,
    };
    // What stands there of the https URL is none that somebody has written.
    let failure = Failure { fix: None, looked_at: Vec::new(), ..Failure::from(near_miss) };
    let failure = failure.looked_at(format!("remote URL: {}", without_secrets(address)));
    match right {
        Some(right) => failure.fix(to(&for_a_fix(&right).to_string())),
        None => failure,
    }
}

impl From<MalformedAddress> for Failure {
    fn from(MalformedAddress(address): MalformedAddress) -> Self {
        let failure =
            Self::new(Code::MalformedRemoteUrl, format!("invalid codecommit:: URL: {}", quoted(&bare(&address))))
                .looked_at("expected codecommit://REPOSITORY or codecommit://PROFILE@REPOSITORY,")
                .looked_at("with a region codecommit::REGION://REPOSITORY or codecommit::REGION://PROFILE@REPOSITORY");
        // One sign off, or the URL of another scheme behind it.
        let written = if address.starts_with("codecommit:") { address } else { format!("codecommit::{address}") };
        match Meant::read(&written).filter(|meant| is_public(&meant.name)) {
            Some(meant) => failure.fix(to_meant(&meant.as_codecommit_url())),
            None => failure,
        }
    }
}

impl Failure {
    /// The same failure for a submodule that signs with another profile than its superproject, since its URL is relative.
    #[must_use]
    pub(crate) fn in_submodule(self, lost: &LostProfile) -> Self {
        let about_the_url =
            matches!(self.code.as_str(), code if code.starts_with("CC1")) && self.code != Code::NoRegion;
        if about_the_url || !is_public(&lost.profile) {
            return self;
        }
        let command = lost.set_url.iter().fold(Command::new("git"), Command::arg).arg(lost.right().to_string());
        self.looked_at(lost_profile(lost)).fix(Fix::command(command))
    }
}

/// What git makes of the relative URL.
pub(crate) fn lost_profile(lost: &LostProfile) -> String {
    let LostProfile { name, relative, resolved, profile, .. } = lost;
    format!("submodule {}: git resolves {} to {resolved}, without {}", quoted(name), quoted(relative), shown(profile))
}

/// An endpoint, without user info.
fn shown_host(endpoint: &str) -> String {
    if endpoint.contains("://") {
        return bare_url(endpoint);
    }
    bare_url(&format!("https://{endpoint}")).replacen("https://", "", 1)
}

/// The address, with `…` for a profile that may be a secret: AWS's program signs in such URLs, and people write keys there.
pub(super) fn without_secrets(address: &Address) -> Address {
    with_for_a_secret("…", address)
}

/// The same with a placeholder, which a person can replace.
pub(super) fn for_a_fix(address: &Address) -> Address {
    with_for_a_secret(HIDDEN_PROFILE, address)
}

fn with_for_a_secret(word: &str, address: &Address) -> Address {
    let shown = |profile: &String| if is_secret(profile) { word.to_owned() } else { profile.clone() };
    Address { profile: address.profile.as_ref().map(shown), ..address.clone() }
}

/// The same for what is no address.
fn bare(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or((None, address), |(scheme, rest)| (Some(scheme), rest));
    match (scheme, rest.rsplit_once('@')) {
        (Some(scheme), Some((user, rest))) if is_secret(user) => format!("{scheme}://…@{rest}"),
        (None, Some((user, rest))) if is_secret(user) => format!("…@{rest}"),
        _ => address.to_owned(),
    }
}

fn is_secret(user: &str) -> bool {
    user.contains(':') || !is_public(user)
}
