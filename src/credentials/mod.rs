//! Which AWS credentials sign an answer.
//!
//! Decides the order of the sources, which is the AWS CLI's (botocore `credentials.py`, `create_credential_resolver`):
//! environment, the profile's plan, container, IMDS. The AWS SDK's own chain is not used: it takes another identity in
//! cases that the AWS CLI rejects (half a key pair in the environment, a profile that does not exist). Keys in the
//! environment or in a file need no runtime, no TLS and no SDK; only `carry_out` connects to services, through `calls`.

mod calls;
mod carry_out;
mod error;
mod kept;
mod searched;
pub mod shared_files;
mod source;
mod sources;
mod tried;

pub use error::{ContainerProblem, CredentialsError, NotSignedIn, TokenProblem};
pub use searched::{Elsewhere, NearlyRight, Needed, Searched, SearchedFile, Switched, Unreadable};
pub use shared_files::BadFile;
pub use source::Source;
pub use sources::process::{Meant, NotStarted, ProcessProblem, ProcessSetting};
pub use tried::{Absence, Tried};

use crate::aws::Network;
use crate::machine::json_file;
use crate::machine::single_flight::Turns;
use crate::machine::trace::Trace;
use crate::machine::world::{Environment, World};
use aws_files::Variables;
use aws_files::cache;
use aws_files::plan::{self, Plan};
use aws_files::profiles::Profiles;
use aws_files::timestamp;
use calls::Patience;
use carry_out::Fetch;
use codecommit::keys::Credentials;
use codecommit::region::{BadRegion, Region};
use codecommit::secret::profile;
use kept::RoleCache;
use std::cell::OnceCell;
use std::path::PathBuf;

/// The selected profile, by the setting that selected it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileChoice {
    /// `--profile`
    Flag(String),
    /// The user name of the request names a profile.
    Username(String),
    /// `AWS_PROFILE`, or the older `AWS_DEFAULT_PROFILE` after it.
    Variable(&'static str, String),
    /// No setting selects a profile: `default`, which need not exist.
    Default,
}

impl ProfileChoice {
    /// The selected profile, without regard to a user name.
    #[must_use]
    pub fn of(flag: Option<&str>, environment: &Environment) -> Self {
        // An empty option counts as absent, as in the AWS CLI.
        match (flag.filter(|flag| !flag.is_empty()), environment.first_of(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])) {
            (Some(profile), _) => Self::Flag(profile.to_owned()),
            (None, Some((name, profile))) => Self::Variable(name, profile.to_owned()),
            (None, None) => Self::Default,
        }
    }

    /// The profile's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Flag(name) | Self::Username(name) | Self::Variable(_, name) => name,
            Self::Default => "default",
        }
    }

    /// Whether it was selected for this call only; then it takes precedence over keys in the environment. A profile
    /// from `AWS_PROFILE` does not (botocore removes `EnvProvider` for the former only).
    #[must_use]
    pub fn is_explicit(&self) -> bool {
        matches!(self, Self::Flag(_) | Self::Username(_))
    }

    /// The setting that selected it, in words.
    #[must_use]
    pub fn origin(&self) -> &str {
        match self {
            Self::Flag(_) => "--profile",
            Self::Username(_) => "the user name git sent",
            Self::Variable(name, _) => name,
            Self::Default => "default",
        }
    }
}

/// Credentials and their source.
#[derive(Debug)]
pub struct Resolved {
    /// The credentials.
    pub credentials: Credentials,
    /// Their source.
    pub source: Source,
    /// The file of the AWS CLI's cache that they are in, if they are cached.
    pub kept_in: Option<PathBuf>,
}

impl Resolved {
    /// Removes the credentials from the cache, because AWS no longer accepts them. Returns whether they were there.
    #[must_use]
    pub fn drop_from_cache(&self) -> bool {
        let Some(file) = &self.kept_in else { return false };
        // Another process may have cached a new session meanwhile.
        let kept = json_file::read(file).ok();
        let kept = kept.as_ref().and_then(|kept| cache::text(kept.get("Credentials")?.as_object()?, "AccessKeyId"));
        kept == Some(self.credentials.access_key_id.expose()) && std::fs::remove_file(file).is_ok()
    }
}

/// The keys in the environment (botocore `EnvProvider`). `None` without an access key id: a secret access key alone is
/// ignored, as in the AWS CLI.
///
/// # Errors
/// Half a pair, an invalid or past expiry, or keys that are not valid.
pub fn from_environment(world: &World) -> Result<Option<Resolved>, CredentialsError> {
    let environment = &world.environment;
    let Some(id) = environment.non_empty("AWS_ACCESS_KEY_ID") else { return Ok(None) };
    let Some(secret) = environment.non_empty("AWS_SECRET_ACCESS_KEY") else {
        let is_empty = environment.os("AWS_SECRET_ACCESS_KEY").is_some();
        return Err(CredentialsError::HalfEnvironment { is_empty });
    };
    // The older name first, as in botocore's `TOKENS`.
    let tokens = ["AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"];
    let token = environment.first_of(&tokens).map(|(_, token)| token);
    let expires = match environment.non_empty("AWS_CREDENTIAL_EXPIRATION") {
        None => None,
        Some(text) => Some(timestamp::parse(text).ok_or(CredentialsError::BadExpiration(text.to_owned()))?),
    };
    let credentials =
        Credentials::configured(id, secret, token, expires).map_err(|problem| CredentialsError::Unusable {
            source: Source::Environment,
            tokens: tokens.into_iter().filter(|name| environment.non_empty(name).is_some()).collect(),
            problem,
        })?;
    Ok(Some(Resolved { credentials, source: Source::Environment, kept_in: None }))
}

/// Finds the credentials for `choice`. Without `use_cache` the AWS CLI's cache of role credentials is neither read nor
/// written.
///
/// # Errors
/// [`CredentialsError`] of the first source that is configured and fails. Sources that are not configured are skipped,
/// and listed in [`CredentialsError::NoneFound`].
pub fn resolve(
    choice: &ProfileChoice,
    profiles: &Profiles,
    sts_region: &Result<Region, BadRegion>,
    network: &Network,
    world: &World,
    trace: &Trace,
    use_cache: bool,
) -> Result<Resolved, CredentialsError> {
    // If such a variable counted as unset, another identity would sign.
    let choosing = [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_TOKEN",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ];
    if let Some(variable) =
        choosing.into_iter().find(|name| world.environment.os(name).is_some_and(|value| value.to_str().is_none()))
    {
        return Err(CredentialsError::NotText { variable });
    }
    let mut tried = Vec::new();
    if choice.is_explicit() {
        trace.line(|| format!("environment variables ignored: profile set by {}", choice.origin()));
    } else {
        match from_environment(world)? {
            Some(resolved) => {
                if let ProfileChoice::Variable(variable, name) = choice {
                    trace.line(|| {
                        format!("{} from {variable} ignored: environment variables take precedence", profile(name))
                    });
                }
                return unexpired(resolved, Some(choice), world);
            }
            None => tried.push(Tried::environment(&world.environment)),
        }
    }
    let variables = world.environment.variables();
    let environment: Option<Variables<'_>> = if choice.is_explicit() { None } else { Some(&variables) };
    let (cache, turns) = (&RoleCache::of(world, use_cache), &Turns::of(world));
    let fetch = Fetch {
        profiles,
        profile: choice.name(),
        sts_region,
        network,
        world,
        trace,
        cache,
        turns,
        token: &OnceCell::new(),
        patience: &Patience::default(),
    };
    let plan = plan::plan(profiles, choice.name(), environment)
        .map_err(|error| CredentialsError::of_profile(error, profiles, world))?;
    match plan {
        Some(plan) => return unexpired(fetch.run(&plan)?, Some(choice), world),
        None => tried.push(Tried::profile(choice, profiles, world)),
    }
    if sources::container::is_configured(&world.environment) {
        return unexpired(fetch.run(&Plan::Container)?, Some(choice), world);
    }
    tried.push(Tried::container());
    match fetch.instance_metadata()? {
        Ok(resolved) => unexpired(resolved, Some(choice), world),
        Err(absent) => {
            tried.push(absent);
            let needed = Needed::Profile { profile: choice.name().to_owned(), nothing_else: true };
            if let Some(unreadable) = searched::unreadable(profiles, needed, world) {
                return Err(unreadable);
            }
            let available = if *choice == ProfileChoice::Default { profiles.names() } else { Vec::new() };
            let searched = Box::new(searched::without_source(profiles, choice, world));
            Err(CredentialsError::NoneFound { tried, available, searched })
        }
    }
}

/// Rejects expired credentials, with the time: CodeCommit would answer their signature with a bare 403.
fn unexpired(resolved: Resolved, choice: Option<&ProfileChoice>, world: &World) -> Result<Resolved, CredentialsError> {
    match resolved.credentials.expires {
        Some(expired) if expired <= world.now => {
            let keys = &resolved.credentials;
            let is_long_term = keys.access_key_id.is_long_term() && keys.session_token.is_none();
            let (source, choice) = (resolved.source, choice.cloned());
            Err(CredentialsError::Expired { source, is_long_term, choice, expired, now: world.now })
        }
        _ => Ok(resolved),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn world(variables: &[(&str, &str)]) -> World {
        World {
            environment: variables.iter().copied().collect(),
            home: None,
            now: DateTime::from_timestamp(1_767_323_045, 0).expect("a time"),
        }
    }

    #[test]
    fn the_environment_is_read_as_the_aws_cli_reads_it() {
        let read = |variables: &[(&str, &str)]| {
            from_environment(&world(variables)).map(|found| {
                found.map(|found| {
                    let token = found.credentials.session_token.map(|token| token.expose().to_owned());
                    (found.credentials.access_key_id.expose().to_owned(), token)
                })
            })
        };
        let id = ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        let secret = ("AWS_SECRET_ACCESS_KEY", "s");
        assert!(matches!(read(&[]), Ok(None)));
        assert!(matches!(read(&[secret]), Ok(None)), "a secret alone is passed over");
        assert!(matches!(read(&[id]), Err(CredentialsError::HalfEnvironment { is_empty: false })));
        let empty = ("AWS_SECRET_ACCESS_KEY", "");
        assert!(matches!(read(&[id, empty]), Err(CredentialsError::HalfEnvironment { is_empty: true })));
        assert_eq!(read(&[id, secret]).ok(), Some(Some(("AKIDEXAMPLE".into(), None))));
        let tokens = [id, secret, ("AWS_SESSION_TOKEN", "new"), ("AWS_SECURITY_TOKEN", "old")];
        assert_eq!(read(&tokens[..3]).ok(), Some(Some(("AKIDEXAMPLE".into(), Some("new".into())))));
        assert_eq!(read(&tokens).ok(), Some(Some(("AKIDEXAMPLE".into(), Some("old".into())))));
    }

    #[test]
    fn a_profile_of_the_environment_is_no_explicit_choice() {
        let variables = |variables: &[(&str, &str)]| ProfileChoice::of(None, &world(variables).environment);
        assert_eq!(variables(&[]), ProfileChoice::Default);
        let both = [("AWS_DEFAULT_PROFILE", "b"), ("AWS_PROFILE", "a")];
        assert_eq!(variables(&both), ProfileChoice::Variable("AWS_PROFILE", "a".into()));
        assert_eq!(variables(&both[..1]), ProfileChoice::Variable("AWS_DEFAULT_PROFILE", "b".into()));
        assert_eq!(variables(&[("AWS_PROFILE", "")]), ProfileChoice::Default);
        assert!(!variables(&both).is_explicit());
        assert!(ProfileChoice::of(Some("x"), &world(&both).environment).is_explicit());
        assert_eq!(ProfileChoice::of(Some(""), &Environment::default()), ProfileChoice::Default);
    }
}
