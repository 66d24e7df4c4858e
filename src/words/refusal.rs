//! Words for what CodeCommit refused.

use super::correct_the_url;
use super::credentials::{ignored_profile, renewal, without_keys};
use super::denial::denied;
use super::remote::for_a_fix;
use super::request::to;
use super::said_by_aws;
use super::unreachable::redirected_by;
use crate::credentials::ProfileChoice;
use crate::diagnosis::{Answer, Certainty, Facts, Verdict};
use crate::failure::{Code, Command, Failure, Fix};
use crate::remote::Address;
use crate::text::escape;
use crate::verification::Warning;
use chrono::{DateTime, TimeDelta, Utc};
use codecommit::reply::Reply;
use codecommit::secret::public_words;

/// What to do where the credentials came from the cache and were removed from it.
fn try_again() -> Fix {
    Fix::words("run the command again: the cached session in ~/.aws/cli/cache was removed")
}

impl Failure {
    /// The failure that a verdict on these facts amounts to.
    #[must_use]
    pub fn refused(verdict: Verdict, facts: &Facts) -> Self {
        let ignored = ignored_profile(&facts.choice)
            .filter(|_| facts.key.is_from_environment() && verdict.is_about_the_identity());
        let failure = match verdict {
            Verdict::KeyUnknown(certainty) => key_unknown(certainty, facts),
            Verdict::SecretMismatch(certainty) => secret_mismatch(certainty, facts),
            Verdict::StrayToken => stray_token(facts),
            Verdict::TokenInvalid(certainty) => token_invalid(certainty, facts),
            Verdict::Expired(_) => Self::new(Code::Expired, "the AWS credentials have expired")
                .looked_at(format!("{} from {}", facts.key.id.shown(), facts.key.source))
                .fix(if facts.key.dropped { try_again() } else { renewal(&facts.key.source) }),
            Verdict::RegionNotEnabled => region_not_enabled(facts),
            Verdict::OtherPartition(other) => other_partition(&other, facts),
            Verdict::OutOfTime => {
                Self::new(Code::OutOfTime, "signature expired: CodeCommit says it is too old or in the future")
                    .looked_at("this machine's clock agrees with CodeCommit's Date header")
                    .fix(Fix::words("try again, and if it persists look for a proxy that delays requests"))
            }
            Verdict::SignatureRefused => signature_refused(facts),
            Verdict::Denied(denial, certainty) => denied(&denial, certainty, facts),
            Verdict::EncryptionKey { error, key } => encryption(&error, key, facts).looked_at(who(facts)),
            Verdict::OtherRegion(regions) => other_region(&regions, facts).looked_at(who(facts)),
            Verdict::OtherName(name) => other_name(&name, facts).looked_at(who(facts)),
            Verdict::DotGit(certainty) => dot_git(certainty, facts).looked_at(who(facts)),
            Verdict::NoRepository => no_repository(facts).looked_at(who(facts)),
            Verdict::NotActivated => Self::new(Code::NotActivated, "this AWS account is not signed up for CodeCommit")
                .looked_at(who(facts))
                .fix(Fix::administrator(
                    "ask your administrator to finish the sign-up of the account in the AWS console",
                )),
            Verdict::Unexplained => unexplained(facts),
        };
        let failure = match ignored {
            Some(ignored) => failure.looked_at(ignored.line).fix(ignored.fix),
            None => failure,
        };
        let redirected = facts.caller.redirected().or_else(|| facts.repository.redirected());
        let failure = match redirected {
            Some(endpoint) => {
                failure.looked_at(format!("{}: AWS was not asked for the reason", redirected_by(endpoint)))
            }
            None => failure,
        };
        failure.looked_at(said(facts))
    }

    /// CodeCommit throttles, and git would repeat its request without end and without a word.
    #[must_use]
    pub fn throttled_forever(reply: &Reply, git_url: &str) -> Self {
        let key = format!("http.{git_url}.maxRetries");
        Self::new(Code::Throttled, "CodeCommit is throttling requests (HTTP 429, rate exceeded)")
            .looked_at(format!("HTTP {}{}", reply.status, request_id(reply.request_id.as_deref())))
            .looked_at("git 2.54 and later retries a 429 forever and silently, so it was stopped")
            .fix(Fix::command(Command::new("git config --global").arg(key).arg("3")).note("then try again in a minute"))
    }

    /// One line for something that did not stop the answer.
    #[must_use]
    pub fn warning(warning: &Warning) -> String {
        let told = match warning {
            Warning::Skew { theirs, ours } => skewed(*theirs, *ours),
            Warning::NotAws { status } => {
                format!("HTTP {status}, but not from AWS (probably a proxy); git may get the same")
            }
            Warning::Busy(reply) if reply.status == 429 => {
                let again = match reply.retry_after.map(|pause| pause.as_secs()).filter(|seconds| *seconds > 0) {
                    Some(seconds) => format!("in {seconds} seconds"),
                    None => "in a minute".to_owned(),
                };
                let request = request_id(reply.request_id.as_deref());
                format!(
                    "CodeCommit is throttling requests (HTTP 429, too many requests){request}; if git fails, try again {again}"
                )
            }
            Warning::Busy(reply) => {
                let named = reply.error.as_ref().map_or(String::new(), |error| format!(", {}", error.name));
                let request = request_id(reply.request_id.as_deref());
                format!("CodeCommit returned HTTP {}{named}{request}; git may fail the same way", reply.status)
            }
            Warning::DotGit { name } => format!(
                "CodeCommit repository names cannot end in .git; if git reports that the repository is not found, use {name} in the URL"
            ),
            Warning::PushRefused(reply) => {
                let said =
                    reply.error.as_ref().map_or(String::new(), |error| format!(": {}", public_words(&error.message)));
                format!("fetch is allowed, but CodeCommit would deny a push: HTTP {}{said}", reply.status)
            }
            Warning::NotAsked { why } => format!(
                "could not ask CodeCommit whether it accepts the credentials: {why}; git may reach it, and if git reports 403, run: git credential-codecommit doctor"
            ),
        };
        format!("git-credential-codecommit: warning: {}\n", escape::line(&told))
    }
}

fn skewed(theirs: DateTime<Utc>, ours: DateTime<Utc>) -> String {
    // The header has whole seconds: round.
    let minutes = (theirs - ours + TimeDelta::seconds(30)).num_seconds().div_euclid(60);
    let which = if minutes > 0 { "behind" } else { "ahead of" };
    let clock = |time: DateTime<Utc>| time.format("%H:%M:%S UTC").to_string();
    format!(
        "this machine's clock is {} minutes {which} AWS's ({} here, {} there); set the clock, or CodeCommit will reject signatures",
        minutes.abs(),
        clock(ours),
        clock(theirs)
    )
}

/// What AWS said, for a search engine and for AWS support.
fn said(facts: &Facts) -> String {
    let id = facts.request_id.as_deref();
    match &facts.error {
        Some(error) => format!("AWS said: {}", said_by_aws(&error.name, &error.message, id)),
        None => format!("AWS returned HTTP {} without a reason{}", facts.status, request_id(id)),
    }
}

fn request_id(id: Option<&str>) -> String {
    id.map_or(String::new(), |id| format!(" (request id {id})"))
}

fn who(facts: &Facts) -> String {
    match &facts.caller {
        Answer::Known(caller) => format!("you are {} ({})", caller.arn, facts.key.source),
        Answer::Refused(_) | Answer::Redirected(_) | Answer::Unknown => {
            format!("signed with {} from {}", facts.key.id.shown(), facts.key.source)
        }
    }
}

/// "is" if AWS said so, "is probably" if it follows.
fn verb(certainty: Certainty, verb: &str) -> String {
    match certainty {
        Certainty::Said => verb.to_owned(),
        Certainty::Likely => format!("{verb} probably"),
    }
}

fn key_unknown(certainty: Certainty, facts: &Facts) -> Failure {
    let key = &facts.key;
    let cause = format!("{} {} inactive, deleted or unknown to AWS", key.id.shown(), verb(certainty, "is"));
    let failure = Failure::new(Code::KeyUnknown, cause).looked_at(format!("from {}", key.source));
    failure.fix(Fix::words("reactivate the key in the IAM console, or replace it with another one"))
}

fn secret_mismatch(certainty: Certainty, facts: &Facts) -> Failure {
    let verb = if certainty == Certainty::Said { "does not match" } else { "probably does not match" };
    let cause = format!("the secret access key {verb} {}", facts.key.id.shown());
    Failure::new(Code::SecretMismatch, cause)
        .looked_at(format!("from {}", facts.key.source))
        .fix(Fix::words("copy the access key id and secret again, as a pair"))
}

fn stray_token(facts: &Facts) -> Failure {
    let key = &facts.key;
    let cause = format!("session token set, but {} is a long-term access key, which has none", key.id.shown());
    let failure = Failure::new(Code::TokenInvalid, cause).looked_at(format!("from {}", key.source));
    if key.is_from_environment() {
        failure.fix(Fix::command(Command::Unset(vec!["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])))
    } else {
        failure.fix(Fix::words("remove aws_session_token from the profile"))
    }
}

fn token_invalid(certainty: Certainty, facts: &Facts) -> Failure {
    let cause = format!("the session token {} invalid", verb(certainty, "is"));
    Failure::new(Code::TokenInvalid, cause)
        .looked_at(format!("{} from {}", facts.key.id.shown(), facts.key.source))
        .looked_at("it expired long ago, or access key, secret and token come from different sets")
        .fix(if facts.key.dropped {
            try_again()
        } else {
            Fix::words("get new credentials and replace all three parts together")
        })
}

fn region_not_enabled(facts: &Facts) -> Failure {
    let region = &facts.place.region;
    let failure =
        Failure::new(Code::RegionNotEnabled, format!("the credentials are not valid in opt-in region {region}"))
            .looked_at(format!("{region} must be enabled for the account first"));
    let failure = if facts.key.has_token {
        failure.looked_at("if it is enabled: session tokens from the global STS endpoint are not valid there")
    } else {
        failure
    };
    failure.fix(Fix::administrator(format!(
        "ask your administrator to run: aws account enable-region --region-name {region}"
    )))
}

fn other_partition(other: &str, facts: &Facts) -> Failure {
    let cause = format!("probably credentials for partition {other}; this host is in {}", facts.place.partition);
    Failure::new(Code::CredentialsOfOtherPartition, cause).looked_at(format!("from {}", facts.key.source)).fix(
        Fix::words(format!("use a profile for partition {}, or a host in partition {other}", facts.place.partition)),
    )
}

fn signature_refused(facts: &Facts) -> Failure {
    let place = &facts.place;
    Failure::new(Code::SignatureRefused, "CodeCommit rejected the signature, although the credentials are valid")
        .looked_at(who(facts))
        .looked_at(format!("signed for host {}, region {}", place.host, place.region))
        .looked_at("probably a proxy changes the host or path, or the host is in another region")
}

fn encryption(error: &str, key: Option<String>, facts: &Facts) -> Failure {
    let with = key.map_or_else(|| "it".to_owned(), |key| format!("KMS key {key}"));
    let (what, fix) = match error {
        name if name.contains("Disabled") => {
            ("is disabled", Fix::administrator("ask the KMS key administrator to enable it"))
        }
        name if name.contains("NotFound") => {
            ("does not exist", Fix::administrator("ask the KMS key administrator: it may be scheduled for deletion"))
        }
        name if name.contains("AccessDenied") => (
            "cannot be used with your credentials",
            Fix::administrator(
                "ask the KMS key administrator to allow kms:Decrypt, kms:Encrypt, kms:ReEncrypt*, kms:GenerateDataKey* and kms:DescribeKey",
            ),
        ),
        _ => ("is temporarily unavailable", Fix::words("try again, and if it persists ask the KMS key administrator")),
    };
    Failure::new(Code::EncryptionKey, format!("the repository's KMS key {what}"))
        .looked_at(format!("repository `{}` is encrypted with {with}", facts.place.name))
        .fix(fix)
}

fn other_region(regions: &[String], facts: &Facts) -> Failure {
    let place = &facts.place;
    let failure = Failure::new(
        Code::RepositoryNotFound,
        format!("repository `{}` not found: it is in {}", place.name, regions.join(", ")),
    )
    .looked_at(format!("the request was for {}", place.region));
    match regions {
        [region] => failure.fix(to(&url(facts, region, &place.name))),
        regions => {
            let note = format!("REGION: {}", regions.join(" or "));
            failure.fix(Fix::url(&url(facts, "REGION", &place.name)).note(note))
        }
    }
}

/// The URL of a repository in a region, which may be a placeholder, of the kind that git was given.
fn url(facts: &Facts, region: &str, name: &str) -> String {
    let place = &facts.place;
    match &facts.address {
        Some(address) => {
            let address = Address { repository: name.to_owned(), ..for_a_fix(address) };
            // Without a region before, one is needed only where it changes.
            let region = (address.region.is_some() || region != place.region.as_str()).then_some(region);
            address.written_in(region)
        }
        None => format!("https://{}/v1/repos/{name}", place.host.replace(place.region.as_str(), region)),
    }
}

fn other_name(name: &str, facts: &Facts) -> Failure {
    let place = &facts.place;
    Failure::new(Code::RepositoryNotFound, format!("repository `{}` not found in {}", place.name, place.region))
        .looked_at(format!("did you mean `{name}`? repository names are case-sensitive"))
        .fix(to(&url(facts, place.region.as_str(), name)))
}

fn dot_git(certainty: Certainty, facts: &Facts) -> Failure {
    let place = &facts.place;
    let name = &place.name;
    let failure = Failure::new(Code::DotGit, "CodeCommit repository names cannot end in .git");
    let failure = failure.looked_at(match certainty {
        Certainty::Said => format!("repository `{name}.git` not found in {}, but `{name}` exists", place.region),
        Certainty::Likely => format!("repository `{name}.git` not found in {}", place.region),
    });
    failure.fix(Fix::url(&format!("https://{}/v1/repos/{name}", place.host)))
}

fn no_repository(facts: &Facts) -> Failure {
    let place = &facts.place;
    if place.connection {
        return Failure::new(Code::RepositoryNotFound, "no repository at this CodeConnections path")
            .looked_at("expected /git-http/ACCOUNT/REGION/CONNECTION/OWNER/NAME.git")
            .fix(correct_the_url());
    }
    let account = facts.caller.known().map_or(String::new(), |caller| format!(", {}", caller.account));
    Failure::new(Code::RepositoryNotFound, format!("repository `{}` not found in {}", place.name, place.region))
        .looked_at(format!(
            "CodeCommit looks in the account of your credentials{account}; the URL does not name an account"
        ))
        .fix(another_profile(facts))
}

/// How another profile signs, in the terms in which this one was chosen: whatever takes precedence has to be changed.
fn another_profile(facts: &Facts) -> Fix {
    const NAME: &str =
        "NAME: a profile of the account that owns the repository, or else correct the name or region in the URL";
    if facts.key.is_from_environment() {
        let account = "of the account that owns the repository";
        return if facts.has_profiles {
            Fix::command(without_keys()).note(format!("then set AWS_PROFILE to a profile {account}"))
        } else {
            Fix::words(format!("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys {account}"))
        };
    }
    match (&facts.address, &facts.choice) {
        (Some(address), ProfileChoice::Flag(_)) => {
            let address = Address { profile: Some("NAME".to_owned()), ..address.clone() };
            Fix::url(&address.to_string()).note(NAME)
        }
        (None, ProfileChoice::Flag(_)) => {
            Fix::template(Command::new("git credential-codecommit setup --profile NAME"), NAME)
        }
        (_, ProfileChoice::Username(_)) => {
            let key = format!("credential.{}.username", url(facts, facts.place.region.as_str(), &facts.place.name));
            Fix::template(Command::new("git config --global").arg(key).arg("NAME"), NAME)
        }
        (_, ProfileChoice::Variable(..) | ProfileChoice::Default) => {
            Fix::template(Command::Export("AWS_PROFILE", "NAME".to_owned()), NAME)
        }
    }
}

fn unexplained(facts: &Facts) -> Failure {
    let reason = if facts.error.is_some() { "an unknown error" } else { "no reason" };
    Failure::new(Code::Unexplained, format!("CodeCommit denied the request: HTTP {} with {reason}", facts.status))
        .looked_at(who(facts))
        .looked_at("possible causes, most likely first: missing permission, invalid access key, VPC endpoint policy")
}
