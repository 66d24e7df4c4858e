//! Network, clock and CodeCommit: one request as git would start, then the two services with a fresh signature and with
//! what git would send. Gathers; `findings` judges. Every request is bounded.

use super::fill::Sent;
use crate::aws::{CallError, Obstacle, Unreachable};
use crate::aws::{Network, block_on};
use crate::credentials::CredentialsError;
use crate::diagnosis::{self, Answer, Caller, Context, Verdict};
use crate::failure::Failure;
use crate::machine::world::World;
use crate::verification::Evidence;
use crate::verification::NOTABLE_SKEW;
use crate::verification::operation::Operation;
use crate::verification::probe::{self, Observed, Service};
use chrono::TimeDelta;
use codecommit::partition::Partition;
use codecommit::reply::Reply;
use codecommit::repository::Repository;
use codecommit::secret::Secret;
use codecommit::signature;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// For the first request: name lookup, connection, TLS and answer.
const REACH_WITHIN: Duration = Duration::from_secs(3);

/// For everything that is asked after it, the diagnosis of a refusal included.
const BUDGET: Duration = Duration::from_millis(4_500);

/// For one of those requests; what is left of the budget is the diagnosis'.
const PROBE_WITHIN: Duration = Duration::from_secs(3);

/// The answers as they came, each with what was asked.
#[derive(Debug, Default)]
pub(super) struct Exchanges(Mutex<Vec<(&'static str, Observed)>>);

impl Exchanges {
    fn keep(&self, asked: &'static str, observed: Observed) {
        if let Ok(mut kept) = self.0.lock() {
            kept.push((asked, observed));
        }
    }

    /// All of them, in the order in which they came.
    pub(super) fn all(&self) -> Vec<(&'static str, Observed)> {
        self.0.lock().map(|kept| kept.clone()).unwrap_or_default()
    }
}

/// What the first request told.
#[derive(Debug)]
pub(super) struct Reached {
    pub reply: Reply,
    pub took: Duration,
    /// How far AWS's clock is ahead of this machine's; `None` where the answer has no date.
    pub skew: Option<TimeDelta>,
}

impl Reached {
    /// The difference that signatures have to take into account.
    pub(super) fn notable_skew(&self) -> TimeDelta {
        self.skew.filter(|skew| skew.abs() > NOTABLE_SKEW).unwrap_or_default()
    }

    /// Whether AWS answered. Without a request id the answer is somebody else's, a proxy's as a rule.
    pub(super) fn is_aws(&self) -> bool {
        self.reply.request_id.is_some() || self.reply.status < 400
    }
}

/// The first request of git's: without a user name.
pub(super) fn reach(
    network: &Network,
    repository: &Repository,
    world: &World,
    started: Instant,
    exchanges: &Exchanges,
) -> Result<Reached, CallError> {
    let asked = Instant::now();
    // The connection's own deadline is longer: one of the two must always be the first.
    let reply = block_on(async {
        let request = probe::observe(network, repository, Service::UploadPack, None, REACH_WITHIN * 2);
        tokio::time::timeout(REACH_WITHIN, request).await.unwrap_or(Err(CallError::Unreachable(Obstacle::TimedOut)))
    });
    let (reply, observed) = reply.unwrap_or_else(|error| Err(CallError::other(error.to_string())))?;
    exchanges.keep("git's first request", observed);
    let now = world.now + TimeDelta::from_std(started.elapsed()).unwrap_or_default();
    Ok(Reached { skew: reply.date.map(|theirs| theirs - now), took: asked.elapsed(), reply })
}

/// What CodeCommit answered.
#[derive(Debug)]
pub(super) struct Probes {
    /// To a fetch, if it was asked about.
    pub fetch: Tried,
    /// To a push, if it was asked about.
    pub push: Tried,
    pub caller: Answer<Caller>,
    pub deadline: Instant,
}

/// What CodeCommit answered, where it was asked.
pub(super) type Tried = Option<Result<Reply, CallError>>;

/// What CodeCommit is asked with besides a fresh signature.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Passwords<'a> {
    /// What git would send.
    pub sent: Option<&'a Sent>,
    /// Whether that is tried for a push, too.
    pub pushes: bool,
    /// The user name that curl sends first, with an empty password.
    pub bare_user: Option<&'a str>,
    /// What a helper has stored without a path.
    pub without_path: Option<&'a Sent>,
}

/// What CodeCommit answered to others than a fresh signature.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// To what git would send.
    pub sent: Tried,
    /// To the same for a push.
    pub sent_push: Tried,
    /// To a user name with an empty password.
    pub bare_user: Tried,
    /// To what a helper has stored without a path.
    pub without_path: Tried,
}

/// Asks everything at once, and on one runtime: connections are shared, and one belongs to the runtime that opened it.
/// Without a context there is no fresh signature to try.
pub(super) fn ask(
    (network, repository): (&Network, &Repository),
    fresh: Option<(&Context<'_>, TimeDelta, &[Service])>,
    passwords: Passwords<'_>,
    exchanges: &Exchanges,
) -> (Option<Probes>, Others) {
    let Passwords { sent, pushes, bare_user, without_path } = passwords;
    let empty = Secret::new("");
    let user = bare_user.map(Secret::new);
    let asked = block_on(async {
        let with = async |asked: &'static str, sent: Option<&Sent>, service| {
            let Sent { username, password } = sent?;
            Some(one(network, repository, service, (username, password), (asked, exchanges)).await)
        };
        let with_user = async {
            let asked = ("fetch with a user name and an empty password", exchanges);
            Some(one(network, repository, Service::UploadPack, (user.as_ref()?, &empty), asked).await)
        };
        let with_fresh = async {
            let (context, skew, services) = fresh?;
            Some(probe(context, skew, services, exchanges).await)
        };
        let (sent, sent_push, without_path, bare_user, probes) = tokio::join!(
            with("fetch with git's password", sent, Service::UploadPack),
            with("push with git's password", sent.filter(|_| pushes), Service::ReceivePack),
            with("fetch with a password that is stored without a path", without_path, Service::UploadPack),
            with_user,
            with_fresh
        );
        (probes, Others { sent, sent_push, bare_user, without_path })
    });
    asked.unwrap_or_default()
}

/// These services with a fresh signature, and STS whose it is.
async fn probe(context: &Context<'_>, skew: TimeDelta, services: &[Service], exchanges: &Exchanges) -> Probes {
    let deadline = Instant::now() + BUDGET;
    let credentials = &context.resolved.credentials;
    let password = signature::sign(context.repository, credentials, context.world.now + skew);
    let (username, password) = (&password.username, &password.password);
    let with = async |service| {
        let service = services.contains(&service).then_some(service)?;
        let is_push = service == Service::ReceivePack;
        let asked = if is_push { "push with a new signature" } else { "fetch with a new signature" };
        Some(one(context.git, context.repository, service, (username, password), (asked, exchanges)).await)
    };
    let (fetch, push, caller) =
        tokio::join!(with(Service::UploadPack), with(Service::ReceivePack), diagnosis::who(context, skew, deadline),);
    Probes { fetch, push, caller, deadline }
}

async fn one(
    network: &Network,
    repository: &Repository,
    service: Service,
    authorization: (&Secret, &Secret),
    (asked, exchanges): (&'static str, &Exchanges),
) -> Result<Reply, CallError> {
    let request = probe::observe(network, repository, service, Some(authorization), PROBE_WITHIN * 2);
    let answered = tokio::time::timeout(PROBE_WITHIN, request).await;
    let (reply, observed) = answered.unwrap_or(Err(CallError::Unreachable(Obstacle::TimedOut)))?;
    exchanges.keep(asked, observed);
    Ok(reply)
}

/// Why CodeCommit refused the fresh signature, and what was searched for it. Whether a push is refused for the same reason
/// is known already.
pub(super) fn explain(
    context: &Context<'_>,
    (service, also_push): (Service, bool),
    reply: &Reply,
    skew: TimeDelta,
    deadline: Instant,
) -> (Failure, Option<String>) {
    let operation = if service == Service::ReceivePack { Operation::Push } else { Operation::Fetch };
    let evidence = Evidence { service, operation, reply: reply.clone(), skew, deadline };
    let mut facts = diagnosis::gather(context, &evidence);
    facts.push_denied_too = also_push && service == Service::UploadPack;
    let verdict = diagnosis::verdict(&facts);
    if !matches!(verdict, Verdict::NoRepository | Verdict::OtherName(_)) || facts.place.connection {
        return (Failure::refused(verdict, &facts), None);
    }
    let all = Partition::of_region(&facts.place.region).map_or(0, |partition| partition.codecommit_regions().len());
    let deadline = deadline.max(Instant::now() + Duration::from_millis(1_500));
    let searched = block_on(diagnosis::search_everywhere(context, skew, deadline));
    let (found, answered) = searched.unwrap_or_default();
    let told = format!(
        "searched {answered} of {} other regions ({}): {}",
        all.saturating_sub(1),
        facts.place.partition,
        if found.is_empty() { "not found".to_owned() } else { format!("found in {}", found.join(", ")) }
    );
    facts.found_in = found;
    (Failure::refused(diagnosis::verdict(&facts), &facts), Some(told))
}

/// The failure for a request that was not answered, or not by AWS.
pub(super) fn unreached(error: CallError, host: &str, network: &Network) -> Failure {
    let obstacle = match error {
        CallError::Network(error) => return CredentialsError::Network(error).into(),
        CallError::Unreachable(obstacle) => obstacle,
        CallError::Refused(refusal) => Obstacle::Other(refusal.code),
    };
    let (service, route, attempts) = (host.to_owned(), Box::new(network.route()), Box::default());
    CredentialsError::Unreachable(Unreachable { service, obstacle, route, attempts }).into()
}
