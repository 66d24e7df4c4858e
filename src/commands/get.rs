//! The way of one `get`, from git's request to the answer or the failure.

use crate::cli::{Arguments, ExitStatus};
use crate::credentials::{Source, shared_files};
use crate::diagnosis::{self, Context};
use crate::failure::{Code, Failure};
use crate::git::settings::{Listing, configured_username};
use crate::git::{self, Helper, Options};
use crate::machine::streams::Streams;
use crate::machine::trace::Trace;
use crate::machine::world::World;
use crate::remote::{ADDRESS, Address, LostProfile};
use crate::session::later::{Called, Later};
use crate::session::{Opened, Session};
use crate::verification::marks::Marks;
use crate::verification::{Mode, Outcome, Verification, Verified};
use crate::words::{self, Now};
use clap::ValueEnum as _;
use codecommit::attributes::{Answer, Attributes, QUIT, Value};
use codecommit::family::Family;
use codecommit::repository::{Recognized, Repository, recognize};
use codecommit::signature;
use codecommit::signature::GitPassword;
use std::io;
use std::time::Instant;

/// Answers git's request on `streams.stdin`.
pub fn get(arguments: &Arguments, world: &World, trace: &Trace, streams: &mut Streams<'_>) -> ExitStatus {
    match answer(arguments, world, trace, streams) {
        Ok(Some((answer, marks))) => match answer.write_to(streams.stdout) {
            Ok(()) => {
                marks.prune();
                ExitStatus::Answered
            }
            Err(error) => not_written(&error, world, streams),
        },
        Ok(None) => ExitStatus::Answered,
        Err(Unanswered { failure, repository, later }) => {
            trace.line(|| format!("failed: {failure}"));
            // Another helper may have IAM Git credentials.
            let others = repository.map(|url| (helpers_behind(&url, world), url));
            if let Some((others, url)) = others.filter(|(others, _)| !others.is_empty()) {
                failure.left_to(&others, &url).tell(streams.stderr, world);
            } else {
                failure.tell(streams.stderr, world);
                warn(later, streams);
                // Without it git would go on to ask for a user name. If git is gone, nobody is left to be told.
                let _ = streams.stdout.write_all(QUIT).and_then(|()| streams.stdout.flush());
            }
            ExitStatus::Failed
        }
    }
}

/// A failure, with the repository's URL if other helpers may know more, and a warning if another one would sign.
struct Unanswered {
    failure: Failure,
    repository: Option<String>,
    later: Option<String>,
}

impl<F: Into<Failure>> From<F> for Unanswered {
    fn from(failure: F) -> Self {
        Self { failure: failure.into(), repository: None, later: None }
    }
}

/// The answer, with the marks that were looked at. `None` where the turn is another helper's.
fn answer(
    arguments: &Arguments,
    world: &World,
    trace: &Trace,
    streams: &mut Streams<'_>,
) -> Result<Option<(Answer, Marks)>, Unanswered> {
    let attributes = Attributes::read_from(streams.stdin)?;
    let listing = Listing::default();
    let answered = answer_to(&attributes, arguments, &listing, world, trace, streams);
    answered.map_err(|unanswered| {
        let failure = in_its_place(unanswered.failure, &attributes, &listing, world);
        let failure = where_the_profile_is_set(failure, arguments, &attributes, &listing, world);
        Unanswered { failure, ..unanswered }
    })
}

/// Said of what the person uses: the URL where it is written, in its own scheme, and a submodule's with its superproject's
/// profile. git is asked only here.
fn in_its_place(failure: Failure, attributes: &Attributes, listing: &Listing, world: &World) -> Failure {
    let address = world.environment.non_empty(ADDRESS).and_then(|address| Address::parse(address).ok());
    let (used, failure) = if let Some(address) = &address {
        let region = match recognize(attributes, true) {
            Ok(Some(Recognized::Scoped(repository))) => Some(repository.region().clone()),
            _ => None,
        };
        (address.to_string(), failure.with_codecommit_url(address, region.as_ref()))
    } else {
        (requested_url(attributes), failure)
    };
    let failure = failure.for_request(&used, listing, world);
    let lost = address.and_then(|address| LostProfile::of_this_one(&address, world));
    match lost.filter(|lost| world.environment.non_empty("AWS_PROFILE") != Some(&lost.profile)) {
        Some(lost) => failure.in_submodule(&lost),
        None => failure,
    }
}

/// The URL that git asks for, without a user name.
fn requested_url(attributes: &Attributes) -> String {
    let part = |value: &Option<Value>| value.as_ref().and_then(Value::text).unwrap_or_default().to_owned();
    let [protocol, host, path] = [&attributes.protocol, &attributes.host, &attributes.path].map(part);
    format!("{protocol}://{host}/{path}")
}

/// Said of a profile that does not exist: the file that sets it, which is not one of AWS.
fn where_the_profile_is_set(
    failure: Failure,
    arguments: &Arguments,
    attributes: &Attributes,
    listing: &Listing,
    world: &World,
) -> Failure {
    if failure.code != Code::ProfileNotFound || arguments.profile.is_none() {
        return failure;
    }
    let url = requested_url(attributes);
    let helpers = git::effective(listing.settings(world), &url);
    let sets_it = |helper: &&Helper| {
        git::Options::of_ours(&helper.value).is_some_and(|options| options.profile == arguments.profile)
    };
    match helpers.iter().find(sets_it) {
        Some(helper) => failure.profile_set_in(&helper.origin),
        None => failure,
    }
}

/// The answer to these attributes.
fn answer_to(
    attributes: &Attributes,
    arguments: &Arguments,
    listing: &Listing,
    world: &World,
    trace: &Trace,
    streams: &mut Streams<'_>,
) -> Result<Option<(Answer, Marks)>, Unanswered> {
    let session = match Session::open(attributes, &arguments.options(), listing, world, trace)? {
        Opened::Ours(session) => session,
        Opened::Left(left) => {
            trace.line(|| words::left(left).to_owned());
            return Ok(None);
        }
    };
    let repository = &session.repository;
    let started = Instant::now();
    let later = |source| later_helper(&session, attributes, &arguments.options(), source, listing, world);
    let resolved = session.resolve(world, trace, !arguments.no_cache).map_err(|error| Unanswered {
        repository: error.is_of_nothing_configured().then(|| repository.url()),
        later: later(None),
        failure: error.into(),
    })?;
    // A signature is dated when it is made.
    let world = &world.later(started.elapsed());
    trace.line(|| {
        let expires =
            resolved.credentials.expires.map_or("no expiration".to_owned(), |end| format!("valid until {end}"));
        format!("{} from {}, {expires}", resolved.credentials.access_key_id.masked(), resolved.source)
    });
    trace.line(|| format!("canonical request:\n{}", signature::canonical_request(repository)));

    let marks = Marks::of(world);
    let verification =
        Verification { repository, resolved: &resolved, network: &session.networks.git, marks: &marks, world, trace };
    let Verified { outcome, is_first } = verification.run(mode(arguments, repository, world));
    let later = is_first.then(|| later(Some(&resolved.source))).flatten();
    let signed = match accepted(outcome, &verification, &session, streams) {
        Ok(signed) => signed,
        Err(failure) => return Err(Unanswered { failure, repository: None, later }),
    };
    warn(later, streams);
    trace.line(|| format!("signed; valid until {}", signed.expires));
    let answer = Answer {
        username: signed.username,
        password: signed.password,
        password_expiry_utc: signed.expires.timestamp(),
        ephemeral: attributes.authtype_capability,
    };
    Ok(Some((answer, marks)))
}

/// What git may have, with a word of warning on the terminal where there is one; or why CodeCommit refused.
fn accepted(
    outcome: Outcome,
    verification: &Verification<'_>,
    session: &Session,
    streams: &mut Streams<'_>,
) -> Result<GitPassword, Failure> {
    let Verification { repository, resolved, world, trace, .. } = *verification;
    match outcome {
        Outcome::Answer { password, warning } => {
            warn(warning.as_ref().map(Failure::warning), streams);
            Ok(password)
        }
        Outcome::ThrottledForever(reply) => Err(Failure::throttled_forever(&reply, &repository.url())),
        Outcome::Refused(evidence) => {
            // Keys in the environment need no files to sign, but where else the user works is written there.
            let known = &session.profiles;
            let profiles = if known.is_empty() { &shared_files::load(world).unwrap_or_default() } else { known };
            let (git, aws, choice) = (&session.networks.git, &session.networks.aws, &session.choice);
            let mut facts = diagnosis::gather(
                &Context { repository, resolved, profiles, choice, aws, git, world, trace },
                &evidence,
            );
            let verdict = diagnosis::verdict(&facts);
            // A session that AWS has ended must not be found in the cache again.
            facts.key.dropped = verdict.is_about_the_session() && resolved.drop_from_cache();
            Err(Failure::refused(verdict, &facts))
        }
    }
}

/// `--verify`, or else `GIT_CODECOMMIT_VERIFY`. A host that was not checked may not be CodeCommit: nothing is asked there.
fn mode(arguments: &Arguments, repository: &Repository, world: &World) -> Mode {
    if repository.family() == Family::Unchecked {
        return Mode::Never;
    }
    let variable = || Mode::from_str(world.environment.non_empty("GIT_CODECOMMIT_VERIFY")?, true).ok();
    arguments.verify.or_else(variable).unwrap_or_default()
}

/// The warning that a helper after this one would sign with other credentials. git is asked for its configuration only if it
/// was not asked yet; most `get`s do not come here.
fn later_helper(
    session: &Session,
    attributes: &Attributes,
    options: &Options,
    source: Option<&Source>,
    listing: &Listing,
    world: &World,
) -> Option<String> {
    let Session { repository, choice, profiles, .. } = session;
    // Keys in the environment need no files.
    let profiles = if profiles.is_empty() { &shared_files::load(world).unwrap_or_default() } else { profiles };
    let called = Called { options, choice, profiles };
    let (settings, url) = (listing.settings(world), repository.url());
    // git compares sections with a user name with that of the URL (git 2.47.3 `credential.c`, `credential_apply_config`).
    let is_plain = |user: &&str| user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let user = attributes.username.as_ref().and_then(Value::text).filter(is_plain);
    let url = match user.filter(|_| configured_username(settings, &url).is_none()) {
        Some(user) => url.replacen("://", &format!("://{user}@"), 1),
        None => url,
    };
    let later = Later::find(settings, &url, called, world)?;
    let program = git::unknown_to_git(world, None).map(|path| path.display().to_string());
    let now = Now { choice, source, program: program.as_deref() };
    Some(words::later_helper(&later, now, world.shell()))
}

fn warn(warning: Option<String>, streams: &mut Streams<'_>) {
    if let Some(warning) = warning {
        let _ = streams.stderr.write_all(warning.as_bytes());
    }
}

/// The helpers that git asks after this one. IAM Git credentials may live there.
fn helpers_behind(url: &str, world: &World) -> Vec<Helper> {
    let helpers = git::effective(&git::settings::read(world).unwrap_or_default(), url);
    match helpers.iter().rposition(Helper::is_ours) {
        Some(ours) => helpers[ours + 1..].to_vec(),
        None => Vec::new(),
    }
}

fn not_written(error: &io::Error, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    // git closes the pipe when it is interrupted; a message would land after the prompt.
    if error.kind() != io::ErrorKind::BrokenPipe {
        Failure::new(Code::AnswerNotWritten, format!("cannot write to standard output: {error}"))
            .tell(streams.stderr, world);
    }
    ExitStatus::Failed
}
