//! Queries AWS for the facts of a verdict, in parallel and within the rest of the budget.
//!
//! Decides which queries are sent; leaves the conclusion to `verdict`. Nothing here can fail: a query without an answer
//! stays unknown.

use super::api::Api;
use super::{Answer, Caller, Facts, Key, Place, RepositoryMetadata};
use crate::aws::CallError;
use crate::aws::Network;
use crate::credentials::{ProfileChoice, Resolved};
use crate::machine::trace::Trace;
use crate::machine::wait::Waiting;
use crate::machine::world::World;
use crate::remote::Address;
use crate::text::nearest::nearest;
use crate::verification::probe::{self, Service};
use crate::verification::{Evidence, operation::Operation};
use aws_files::profiles::{Endpoint, Profiles};
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_types::retry::RetryConfig;
use chrono::{DateTime, TimeDelta, Utc};
use codecommit::family::Family;
use codecommit::partition::{PARTITIONS, Partition};
use codecommit::quote::Quote;
use codecommit::region::Region;
use codecommit::repository::Repository;
use codecommit::signature;
use serde_json::json;
use std::time::{Duration, Instant};

/// How many regions are searched for a repository that does not exist in the requested one.
const MOST_REGIONS: usize = 6;

/// The context of a diagnosis.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The credentials that signed.
    pub resolved: &'a Resolved,
    /// The shared files, for the regions and partitions that the user works in.
    pub profiles: &'a Profiles,
    /// The selected profile, and the setting that selected it.
    pub choice: &'a ProfileChoice,
    /// The client for AWS calls.
    pub aws: &'a Network,
    /// The client with git's network route.
    pub git: &'a Network,
    /// The machine.
    pub world: &'a World,
    /// The trace.
    pub trace: &'a Trace,
}

/// Gathers the facts about a refusal.
#[must_use]
pub(crate) fn gather(context: &Context<'_>, evidence: &Evidence) -> Facts {
    let mut facts = at_hand(context, evidence);
    let _waiting = Waiting::on("AWS, to find out why CodeCommit refused");
    let asked = crate::aws::block_on(ask(context, evidence, &mut facts));
    if let Err(error) = asked {
        context.trace.line(|| format!("diagnosis skipped: {error}"));
    }
    context.trace.line(|| format!("facts: {}", told(&facts)));
    facts
}

fn at_hand(context: &Context<'_>, evidence: &Evidence) -> Facts {
    let Context { repository, resolved, .. } = context;
    let credentials = &resolved.credentials;
    let partition = partition(repository);
    Facts {
        place: Place {
            host: repository.host().to_owned(),
            region: repository.region().clone(),
            partition: partition.name,
            name: repository.api_name().to_owned(),
            dot_git: repository.without_dot_git().is_some(),
            connection: repository.family() == Family::CodeConnections,
        },
        service: evidence.service,
        status: evidence.reply.status,
        error: evidence.reply.error.clone(),
        request_id: evidence.reply.request_id.clone(),
        key: Key {
            id: credentials.access_key_id.clone(),
            has_token: credentials.session_token.is_some(),
            source: resolved.source.clone(),
            dropped: false,
        },
        choice: context.choice.clone(),
        has_profiles: !context.profiles.names().is_empty(),
        address: address(context),
        caller: Answer::Unknown,
        caller_elsewhere: Answer::Unknown,
        repository: Answer::Unknown,
        pull_works: None,
        push_denied_too: false,
        found_in: Vec::new(),
        similar: None,
        other_partition: other_partition(context, partition),
        clock_corrected: !evidence.skew.is_zero(),
    }
}

/// The partition of the signature's region, or `aws` for an unknown region.
fn partition(repository: &Repository) -> &'static Partition {
    Partition::of_region(repository.region()).unwrap_or(&PARTITIONS[0])
}

/// A partition in the profile's settings that is not the host's.
fn other_partition(context: &Context<'_>, here: &Partition) -> Option<String> {
    let setting = |option| context.profiles.setting(context.choice.name(), option);
    let of_role = setting("role_arn").and_then(|arn| arn.split(':').nth(1)).map(str::to_owned);
    let partition = |option| Partition::of_region(&Region::parse(setting(option)?)?);
    let of_region = |option| partition(option).map(|partition| partition.name.to_owned());
    let named = [of_role, of_region("sso_region"), of_region("region")].into_iter().flatten();
    // A role's ARN may have any text as its partition.
    named.filter(|name| PARTITIONS.iter().any(|partition| partition.name == name)).find(|name| name != here.name)
}

/// The `codecommit::` URL of this repository, passed by git-remote-codecommit.
fn address(context: &Context<'_>) -> Option<Address> {
    let address = Address::parse(context.world.environment.non_empty(crate::remote::ADDRESS)?).ok()?;
    (context.repository.path().rsplit('/').next() == Some(address.repository.as_str())).then_some(address)
}

async fn ask(context: &Context<'_>, evidence: &Evidence, facts: &mut Facts) {
    let deadline = evidence.deadline;
    let time = context.world.now + evidence.skew;
    let region = facts.place.region.clone();
    let name = facts.place.name.clone();
    let api = api(context, time);
    let (caller, elsewhere, repository, pull) = tokio::join!(
        caller(context, &region, time, deadline),
        async {
            if !must_be_enabled(&region) {
                return Answer::Unknown;
            }
            caller(context, &Region::US_EAST_1, time, deadline).await
        },
        async {
            match &api {
                _ if facts.place.connection => Answer::Unknown,
                Ok(api) => within(deadline, repository_metadata(api, &region, &name)).await,
                Err(endpoint) => Answer::Redirected(endpoint.clone()),
            }
        },
        pull_works(context, evidence),
    );
    (facts.caller, facts.caller_elsewhere, facts.repository) = (caller, elsewhere, repository);
    facts.pull_works = pull;
    // The repository exists here, under its name without `.git`.
    let here = facts.place.dot_git && facts.repository.known().is_some();
    let missing = !here && facts.status == 404 || facts.repository.refusal() == Some("RepositoryDoesNotExistException");
    if let Ok(api) = &api
        && missing
        && !facts.place.connection
    {
        let search = search(context, api, &name, &region);
        if let Ok((found_in, similar)) = tokio::time::timeout(left(deadline), search).await {
            (facts.found_in, facts.similar) = (found_in, similar);
        }
    }
}

/// The configured endpoint of a service; `Err` if it is not AWS's. An invalid URL is returned as it is: the call then
/// fails with it, and is not sent elsewhere.
fn endpoint(context: &Context<'_>, service: &str) -> Result<Option<String>, Endpoint> {
    let variables = context.world.environment.variables();
    match context.profiles.endpoint_url(&variables, context.choice.name(), service) {
        Ok(Some(endpoint)) if !endpoint.is_of_aws() => Err(endpoint),
        Ok(endpoint) => Ok(endpoint.map(|endpoint| endpoint.url)),
        Err(bad) => Ok(Some(bad.value)),
    }
}

/// The API; `Err` if a configured endpoint that is not AWS's would answer.
fn api<'a>(context: &Context<'a>, time: DateTime<Utc>) -> Result<Api<'a>, Endpoint> {
    Ok(Api {
        network: context.aws,
        credentials: &context.resolved.credentials,
        time,
        endpoint: endpoint(context, "codecommit")?,
        dns_suffix: partition(context.repository).dns_suffix,
        family: context.repository.family(),
    })
}

/// The caller's identity, from AWS STS.
pub(crate) async fn who(context: &Context<'_>, skew: TimeDelta, deadline: Instant) -> Answer<Caller> {
    caller(context, context.repository.region(), context.world.now + skew, deadline).await
}

/// The regions of the host's partition in which the repository exists, and how many regions answered. Too many requests
/// for a `get`.
pub(crate) async fn search_everywhere(
    context: &Context<'_>,
    skew: TimeDelta,
    deadline: Instant,
) -> (Vec<String>, usize) {
    let Ok(api) = api(context, context.world.now + skew) else { return (Vec::new(), 0) };
    let name = context.repository.api_name();
    let regions = partition(context.repository).codecommit_regions().iter();
    let elsewhere = regions.filter(|region| *region != context.repository.region());
    let api = &api;
    let asked =
        elsewhere.map(|region| async move { (region, within(deadline, repository_metadata(api, region, name)).await) });
    let answers = futures_util::future::join_all(asked).await;
    let answered = answers.iter().filter(|(_, answer)| *answer != Answer::Unknown).count();
    let found = answers.into_iter().filter(|(_, answer)| answer.known().is_some());
    (found.map(|(region, _)| region.to_string()).collect(), answered)
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

async fn within<T>(deadline: Instant, question: impl Future<Output = Result<T, CallError>>) -> Answer<T> {
    match tokio::time::timeout(left(deadline), question).await {
        Ok(Ok(value)) => Answer::Known(value),
        Ok(Err(CallError::Refused(refusal))) => Answer::Refused(refusal),
        Ok(Err(_)) | Err(_) => Answer::Unknown,
    }
}

async fn caller(context: &Context<'_>, region: &Region, time: DateTime<Utc>, deadline: Instant) -> Answer<Caller> {
    match endpoint(context, "sts") {
        Ok(endpoint) => within(deadline, caller_identity(context, region, time, endpoint)).await,
        Err(endpoint) => Answer::Redirected(endpoint),
    }
}

async fn caller_identity(
    context: &Context<'_>,
    region: &Region,
    time: DateTime<Utc>,
    endpoint: Option<String>,
) -> Result<Caller, CallError> {
    let shared = context
        .aws
        .sdk_config(region)
        .time_source(StaticTimeSource::new(time.into()))
        .retry_config(RetryConfig::disabled())
        .build();
    let credentials = context.resolved.credentials.for_sdk("diagnosis");
    let mut config = aws_sdk_sts::config::Builder::from(&shared).credentials_provider(credentials);
    config.set_endpoint_url(endpoint);
    let answer = aws_sdk_sts::Client::from_conf(config.build()).get_caller_identity().send().await;
    let answer = answer.map_err(|error| CallError::from_sdk(&error))?;
    Ok(Caller { arn: answer.arn().unwrap_or_default().into(), account: answer.account().unwrap_or_default().into() })
}

async fn repository_metadata(api: &Api<'_>, region: &Region, name: &str) -> Result<RepositoryMetadata, CallError> {
    let answer = api.call(region, "GetRepository", &json!({ "repositoryName": name })).await?;
    let text = |key: &str| answer["repositoryMetadata"][key].as_str().map(Quote::new);
    Ok(RepositoryMetadata { arn: text("Arn").unwrap_or_default(), kms_key_id: text("kmsKeyId") })
}

/// Whether fetching is allowed after pushing was refused.
async fn pull_works(context: &Context<'_>, evidence: &Evidence) -> Option<bool> {
    if evidence.service != Service::ReceivePack || evidence.operation != Operation::Push {
        return None;
    }
    let credentials = &context.resolved.credentials;
    let password = signature::sign(context.repository, credentials, context.world.now + evidence.skew);
    let left = left(evidence.deadline);
    let asked = probe::ask(context.git, context.repository, Service::UploadPack, &password, left);
    let reply = tokio::time::timeout(left, asked).await.ok()?.ok()?;
    Some(reply.status == 200)
}

/// The regions in which the repository exists, and a repository here with a similar name.
async fn search(context: &Context<'_>, api: &Api<'_>, name: &str, here: &Region) -> (Vec<String>, Option<String>) {
    let regions = configured_regions(context, here);
    let found =
        futures_util::future::join_all(regions.iter().map(|region| async move {
            repository_metadata(api, region, name).await.is_ok().then(|| region.to_string())
        }));
    let (found, similar) = tokio::join!(found, similar(api, name, here));
    (found.into_iter().flatten().collect(), similar)
}

async fn similar(api: &Api<'_>, name: &str, here: &Region) -> Option<String> {
    let answer = api.call(here, "ListRepositories", &json!({})).await.ok()?;
    let names: Vec<&str> =
        answer["repositories"].as_array()?.iter().filter_map(|entry| entry["repositoryName"].as_str()).collect();
    closest(name, &names)
}

/// The name that was probably meant: one that differs in case only, or in one or two letters.
fn closest(name: &str, names: &[&str]) -> Option<String> {
    nearest(name, names, if name.len() < 5 { 1 } else { 2 }).map(|meant| (*meant).to_owned())
}

/// The regions in the user's configuration that are in the host's partition.
fn configured_regions(context: &Context<'_>, here: &Region) -> Vec<Region> {
    let partition = partition(context.repository).name;
    let environment = &context.world.environment;
    let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().filter_map(|name| environment.non_empty(name));
    let names = context.profiles.names();
    let settings = names.iter().flat_map(|profile| {
        ["region", "sso_region"].into_iter().filter_map(|option| context.profiles.setting(profile, option))
    });
    let mut regions: Vec<Region> = Vec::new();
    for region in variables.chain(settings).filter_map(Region::parse) {
        let fits = Partition::of_region(&region).is_none_or(|of| of.name == partition);
        if fits && region != *here && !regions.contains(&region) {
            regions.push(region);
        }
    }
    regions.truncate(MOST_REGIONS);
    regions
}

/// Opt-in regions, in which tokens of the global STS endpoint are not valid (IAM User Guide, "Managing AWS STS in an
/// AWS Region"). Every region newer than the list is one.
fn must_be_enabled(region: &Region) -> bool {
    const ALWAYS_ON: [&str; 17] = [
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ca-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "eu-central-1",
        "eu-north-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-south-1",
        "sa-east-1",
    ];
    Partition::of_region(region).is_none_or(|partition| partition.name == "aws")
        && !ALWAYS_ON.contains(&region.as_str())
}

fn told(facts: &Facts) -> String {
    let caller = facts.caller.known().map_or_else(|| facts.caller.refusal().unwrap_or("unknown"), |caller| &caller.arn);
    let repository = match &facts.repository {
        Answer::Known(_) => "exists",
        Answer::Refused(refusal) => &refusal.code,
        Answer::Redirected(_) => "not asked",
        Answer::Unknown => "unknown",
    };
    let error = facts.error.as_ref().map_or("no error code in the response", |error| &error.name);
    format!("HTTP {}, {error}; caller {caller}; repository {repository}", facts.status)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_name_far_longer_than_the_one_that_was_meant_is_not_compared_with_it() {
        // The distance of these two would take 7 GB of memory.
        let (name, long) = ("d".repeat(1_000), "x".repeat(900_000));
        assert_eq!(closest(&name, &[&long, &name[1..]]), Some(name[1..].to_owned()));
        assert_eq!(closest("demo", &["Demo", "else"]), Some("Demo".to_owned()));
        assert_eq!(closest("demo", &["demo-and-more"]), None);
    }
}
