//! The way of one `get`, from git's request to the answer or the failure.

use crate::cli::Arguments;
use crate::credentials::{self, CredentialsError, ProfileChoice, Profiles};
use crate::diagnosis::{self, Context};
use crate::failure::{Code, Failure};
use crate::git_config;
use crate::http::{Network, NetworkOptions, Purpose};
use crate::protocol::{Answer, Attributes, QUIT};
use crate::repository::{Family, Recognition, Repository, Unscoped, recognise};
use crate::signature::{self, GitPassword};
use crate::trace::Trace;
use crate::verification::{Mode, Outcome, Verification};
use crate::world::World;
use crate::{ExitStatus, Streams};
use clap::ValueEnum as _;
use std::io;
use std::time::Instant;

/// Answers git's request on `streams.stdin`.
pub fn get(arguments: &Arguments, world: &World, trace: &Trace, streams: &mut Streams<'_>) -> ExitStatus {
    match answer(arguments, world, trace, streams) {
        Ok(Some(answer)) => match answer.write_to(streams.stdout) {
            Ok(()) => ExitStatus::Answered,
            Err(error) => not_written(&error, world, streams),
        },
        Ok(None) => ExitStatus::Answered,
        Err(Unanswered { failure, repository }) => {
            trace.line(|| format!("failed: {failure}"));
            // Somebody else may have IAM Git credentials. On many networks nobody, or anybody, answers for the instance.
            let nothing_here = matches!(failure.code, Code::NoCredentials | Code::InstanceMetadata);
            let others = repository.filter(|_| nothing_here).map(|url| helpers_behind(&url));
            if let Some(others) = others.filter(|others| !others.is_empty()) {
                streams.tell(&failure.looked_at(format!("git now asks: {}", others.join(", "))), world);
            } else {
                streams.tell(&failure, world);
                // Without it git would go on to ask for a user name. If git is gone, nobody is left to be told.
                let _ = streams.stdout.write_all(QUIT).and_then(|()| streams.stdout.flush());
            }
            ExitStatus::Failed
        }
    }
}

/// A failure, with the repository's URL once it is known to be one.
struct Unanswered {
    failure: Failure,
    repository: Option<String>,
}

impl<F: Into<Failure>> From<F> for Unanswered {
    fn from(failure: F) -> Self {
        Self { failure: failure.into(), repository: None }
    }
}

/// `None` where the turn is another helper's.
fn answer(
    arguments: &Arguments,
    world: &World,
    trace: &Trace,
    streams: &mut Streams<'_>,
) -> Result<Option<Answer>, Unanswered> {
    let attributes = Attributes::read_from(streams.stdin)?;
    let recognition = match recognise(&attributes, arguments.ignore_host_check) {
        Recognition::Foreign => {
            trace.line(|| "not a host of CodeCommit: left to other helpers".to_owned());
            return Ok(None);
        }
        Recognition::NearMiss(near_miss) => return Err(near_miss.into()),
        ours => ours,
    };
    let Some(identity) = Identity::choose(arguments, &attributes, &recognition, world, trace)? else { return Ok(None) };
    let repository = match recognition {
        Recognition::Unscoped(unscoped) => in_configured_region(unscoped, arguments, &identity, world)?,
        Recognition::Ours(repository) => repository,
        Recognition::Foreign | Recognition::NearMiss(_) => return Ok(None),
    };
    trace.line(|| {
        let (family, region) = (repository.family(), repository.region());
        format!("host {} ({family:?}), region {region}, path {}", repository.host(), repository.path())
    });

    let url = git_url(&repository);
    let networks = Networks::new(arguments, &identity, &url, world);
    // STS is asked where the AWS CLI would ask it; where nothing says so, next to the repository.
    let sts_region = identity.region(arguments, world).unwrap_or(repository.region());
    let Identity { choice, profiles } = &identity;
    let started = Instant::now();
    let resolved = credentials::resolve(choice, profiles, sts_region, &networks.aws, world, trace, !arguments.no_cache)
        .map_err(|error| Unanswered { failure: error.into(), repository: Some(url.clone()) })?;
    // A signature is dated when it is made.
    let world = &world.later(started.elapsed());
    trace.line(|| {
        let expires =
            resolved.credentials.expires.map_or("no known end".to_owned(), |end| format!("valid until {end}"));
        format!("access key {} from {}, {expires}", resolved.credentials.access_key_id, resolved.source)
    });
    trace.line(|| format!("canonical request:\n{}", signature::canonical_request(&repository)));

    let verification =
        Verification { repository: &repository, resolved: &resolved, network: &networks.git, world, trace };
    let outcome = verification.run(mode(arguments, &repository, world));
    let signed = accepted(outcome, &verification, &identity, &networks, streams)?;
    trace.line(|| format!("signed; git may use the answer until {}", signed.expires));
    Ok(Some(Answer {
        username: signed.username,
        password: signed.password,
        password_expiry_utc: signed.expires.timestamp(),
        ephemeral: attributes.authtype_capability,
    }))
}

/// What git may have, with a word of warning on the terminal where there is one; or why CodeCommit refused.
fn accepted(
    outcome: Outcome,
    verification: &Verification<'_>,
    identity: &Identity,
    networks: &Networks,
    streams: &mut Streams<'_>,
) -> Result<GitPassword, Failure> {
    let Verification { repository, resolved, world, trace, .. } = *verification;
    match outcome {
        Outcome::Answer { password, warning } => {
            if let Some(warning) = warning {
                let _ = streams.stderr.write_all(Failure::warning(&warning).as_bytes());
            }
            Ok(password)
        }
        Outcome::ThrottledForever(reply) => Err(Failure::throttled_forever(&reply, &git_url(repository))),
        Outcome::Refused(evidence) => {
            // Keys in the environment need no files to sign, but where else the user works is written there.
            let known = &identity.profiles;
            let profiles = if known.is_empty() { &Profiles::load(world).unwrap_or_default() } else { known };
            let (git, aws, profile) = (&networks.git, &networks.aws, identity.choice.name());
            let mut facts = diagnosis::gather(
                &Context { repository, resolved, profiles, profile, aws, git, world, trace },
                &evidence,
            );
            let verdict = diagnosis::verdict(&facts);
            // A session that AWS has ended must not be found in the cache again.
            facts.key.dropped = verdict.is_about_the_session() && resolved.drop_from_cache();
            Err(Failure::refused(verdict, &facts))
        }
    }
}

/// The repository's URL as git's configuration knows it.
pub(crate) fn git_url(repository: &Repository) -> String {
    format!("https://{}{}", repository.authority(), repository.path())
}

/// `--verify`, or else `GIT_CODECOMMIT_VERIFY`. A host that was not checked may not be CodeCommit: nothing is asked there.
fn mode(arguments: &Arguments, repository: &Repository, world: &World) -> Mode {
    if repository.family() == Family::Unchecked {
        return Mode::Never;
    }
    let variable = || Mode::from_str(world.environment.non_empty("GIT_CODECOMMIT_VERIFY")?, true).ok();
    arguments.verify.or_else(variable).unwrap_or_default()
}

/// The two ways to the network. Neither is opened before something is sent.
pub(crate) struct Networks {
    /// For AWS calls.
    pub(crate) aws: Network,
    /// For git's own request, sent first.
    pub(crate) git: Network,
}

impl Networks {
    pub(crate) fn new(arguments: &Arguments, identity: &Identity, url: &str, world: &World) -> Self {
        let Identity { choice, profiles } = identity;
        let network = |purpose| {
            let options = NetworkOptions {
                purpose,
                ca_bundle_flag: arguments.ca_bundle.clone(),
                ca_bundle_setting: profiles.setting(choice.name(), "ca_bundle").map(str::to_owned),
                git_url: url.to_owned(),
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
}

impl Identity {
    /// `None` where the user name is an IAM Git credential: its password is in another helper's keeping.
    pub(crate) fn choose(
        arguments: &Arguments,
        attributes: &Attributes,
        recognition: &Recognition,
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
            return Ok(Some(Self { choice, profiles: Profiles::default() }));
        }
        let profiles = Profiles::load(world).map_err(CredentialsError::from)?;
        if let Some(username) = username {
            if profiles.contains(username) && !matches!(choice, ProfileChoice::Flag(_)) {
                choice = ProfileChoice::Username(username.to_owned());
            } else if is_git_credential(username) {
                trace.line(|| format!("{username} is an IAM Git credential: left to other helpers"));
                return Ok(None);
            } else if profiles.contains(username) {
                trace.line(|| format!("user name {username} is passed over: --profile chose a profile"));
            } else {
                trace.line(|| format!("user name {username} is no profile: ignored"));
            }
        }
        trace.line(|| format!("profile `{}`, chosen by {}", choice.name(), choice.origin()));
        // As in the AWS CLI: a profile that somebody chose must exist, even where the environment has keys.
        if choice != ProfileChoice::Default && !profiles.contains(choice.name()) {
            let files = [&profiles.config, &profiles.credentials];
            let files = files.iter().filter_map(|file| Some(world.abbreviate(file.path.as_deref()?))).collect();
            return Err(CredentialsError::ProfileNotFound { choice, available: profiles.names(), files }.into());
        }
        Ok(Some(Self { choice, profiles }))
    }

    /// The region that the AWS CLI would use for its own calls.
    pub(crate) fn region<'a>(&'a self, arguments: &'a Arguments, world: &'a World) -> Option<&'a str> {
        let configured = || world.environment.first_of(&["AWS_REGION", "AWS_DEFAULT_REGION"]).map(|(_, region)| region);
        let flag = arguments.region.as_deref().filter(|region| !region.is_empty());
        flag.or_else(configured).or_else(|| self.profiles.setting(self.choice.name(), "region"))
    }
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
        Some(region) => Ok(unscoped.in_region(region)),
        None => Err(Failure::no_region(&unscoped, identity.choice.name())),
    }
}

/// The helpers that git asks after this one. IAM Git credentials may live there.
fn helpers_behind(url: &str) -> Vec<String> {
    let helpers = git_config::helpers_for(url);
    match helpers.iter().rposition(git_config::Helper::is_ours) {
        Some(ours) => helpers[ours + 1..].iter().map(|helper| format!("`{}`", helper.0)).collect(),
        None => Vec::new(),
    }
}

fn not_written(error: &io::Error, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    // git closes the pipe when it is interrupted; a message would land after the prompt.
    if error.kind() != io::ErrorKind::BrokenPipe {
        streams.tell(&Failure::new(Code::AnswerNotWritten, format!("the answer could not be written: {error}")), world);
    }
    ExitStatus::Failed
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
