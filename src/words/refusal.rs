//! Words for what CodeCommit refused.

use super::credentials::renewal;
use crate::diagnosis::{Answer, Certainty, Facts, Verdict};
use crate::failure::{Code, Failure};
use crate::text::escape;
use crate::text::shell::shell_word;
use crate::verification::Warning;
use crate::verification::probe::Service;
use chrono::{DateTime, TimeDelta, Utc};
use codecommit::denial::{Denial, PolicyKind};
use codecommit::reply::Reply;
use codecommit::secret::public_words;

/// What to do where the credentials came from the cache and were dropped from it.
const TRY_AGAIN: &str = "try again: the session that was kept in ~/.aws/cli/cache has been dropped";

impl Failure {
    /// The failure that a verdict on these facts amounts to.
    #[must_use]
    pub fn refused(verdict: Verdict, facts: &Facts) -> Self {
        let failure = match verdict {
            Verdict::KeyUnknown(certainty) => key_unknown(certainty, facts),
            Verdict::SecretMismatch(certainty) => secret_mismatch(certainty, facts),
            Verdict::StrayToken => stray_token(facts),
            Verdict::TokenInvalid(certainty) => token_invalid(certainty, facts),
            Verdict::Expired(_) => Self::new(Code::Expired, "AWS says that the credentials have expired")
                .looked_at(format!("{} from {}", facts.key.id.shown(), facts.key.source))
                .fixes(if facts.key.dropped { &[TRY_AGAIN] } else { renewal(&facts.key.source) }),
            Verdict::RegionNotEnabled => region_not_enabled(facts),
            Verdict::OtherPartition(other) => other_partition(&other, facts),
            Verdict::OutOfTime => {
                Self::new(Code::OutOfTime, "CodeCommit says that the signature is too old, or from the future")
                    .looked_at("this machine's clock and the Date of CodeCommit's answers do not explain it")
                    .fix("set the machine's clock, then try again")
            }
            Verdict::SignatureRefused => signature_refused(facts),
            Verdict::Denied(denial, certainty) => denied(&denial, certainty, facts),
            Verdict::EncryptionKey { error, key } => encryption(&error, key, facts).looked_at(who(facts)),
            Verdict::OtherRegion(regions) => other_region(&regions, facts).looked_at(who(facts)),
            Verdict::OtherName(name) => other_name(&name, facts).looked_at(who(facts)),
            Verdict::NoRepository => no_repository(facts).looked_at(who(facts)),
            Verdict::NotActivated => Self::new(Code::NotActivated, "the AWS account is not activated for CodeCommit")
                .looked_at(who(facts))
                .fix("complete the account's registration in the AWS console"),
            Verdict::Unexplained => unexplained(facts),
        };
        failure.looked_at(said(facts))
    }

    /// CodeCommit throttles, and git would repeat its request without end and without a word.
    #[must_use]
    pub fn throttled_forever(reply: &Reply, git_url: &str) -> Self {
        let key = format!("http.{git_url}.maxRetries");
        Self::new(Code::Throttled, "CodeCommit is throttling: too many requests for this account and region")
            .looked_at(format!("status {}{}", reply.status, request_id(reply.request_id.as_deref())))
            .looked_at("this git would repeat its request without end and without a word")
            .fix(format!("git config --global {} 3", shell_word(&key)))
            .fix("(then try again in a minute)")
    }

    /// One line for something that did not stop the answer.
    #[must_use]
    pub fn warning(warning: &Warning) -> String {
        let told = match warning {
            Warning::Skew { theirs, ours } => skewed(*theirs, *ours),
            Warning::NotAws { status } => format!(
                "status {status} came back from something that is not AWS, most likely a proxy; git will be told the same"
            ),
            Warning::Busy(reply) => {
                let named = reply.error.as_ref().map_or(String::new(), |error| format!(", {}", error.name));
                let request = request_id(reply.request_id.as_deref());
                format!("CodeCommit answers with status {}{named}{request}; git may fail the same way", reply.status)
            }
            Warning::PushRefused(reply) => {
                let said =
                    reply.error.as_ref().map_or(String::new(), |error| format!(": {}", public_words(&error.message)));
                format!("fetching is allowed, but CodeCommit would refuse a push with status {}{said}", reply.status)
            }
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
        "this machine's clock is {} minutes {which} AWS's ({} here, {} there); set it, or signatures will be refused",
        minutes.abs(),
        clock(ours),
        clock(theirs)
    )
}

/// What AWS said, for a search engine and for AWS support.
fn said(facts: &Facts) -> String {
    let words = match &facts.error {
        Some(error) if error.message.is_empty() => format!("AWS said: {}", error.name),
        Some(error) => format!("AWS said: {}: {}", error.name, public_words(&error.message)),
        None => format!("AWS gave no reason with status {}", facts.status),
    };
    words + &request_id(facts.request_id.as_deref())
}

fn request_id(id: Option<&str>) -> String {
    id.map_or(String::new(), |id| format!(" (request {id})"))
}

fn who(facts: &Facts) -> String {
    match &facts.caller {
        Answer::Known(caller) => format!("you are {} ({})", caller.arn, facts.key.source),
        Answer::Refused(_) | Answer::Unknown => {
            format!("you sign with {} from {}", facts.key.id.shown(), facts.key.source)
        }
    }
}

/// "is" where AWS said so, "is most likely" where it follows.
fn verb(certainty: Certainty, verb: &str) -> String {
    match certainty {
        Certainty::Said => verb.to_owned(),
        Certainty::Likely => format!("{verb} most likely"),
    }
}

fn key_unknown(certainty: Certainty, facts: &Facts) -> Failure {
    let key = &facts.key;
    let cause = format!("{} {} unknown to AWS, deleted or inactive", key.id.shown(), verb(certainty, "is"));
    let failure = Failure::new(Code::KeyUnknown, cause).looked_at(format!("from {}", key.source));
    failure.fix("activate the key in the IAM console, or put another one in its place")
}

fn secret_mismatch(certainty: Certainty, facts: &Facts) -> Failure {
    let cause = format!("the secret access key {} not the one of {}", verb(certainty, "is"), facts.key.id.shown());
    Failure::new(Code::SecretMismatch, cause)
        .looked_at(format!("from {}", facts.key.source))
        .fix("copy the key id and its secret again, both from the same place")
}

fn stray_token(facts: &Facts) -> Failure {
    let key = &facts.key;
    let cause = format!("a session token is set together with {}, a long-term key, which has none", key.id.shown());
    let failure = Failure::new(Code::TokenInvalid, cause).looked_at(format!("from {}", key.source));
    if key.is_from_environment() {
        failure.fix("unset AWS_SESSION_TOKEN AWS_SECURITY_TOKEN")
    } else {
        failure.fix("remove aws_session_token from the profile")
    }
}

fn token_invalid(certainty: Certainty, facts: &Facts) -> Failure {
    let cause =
        format!("the temporary credentials {} invalid: AWS does not know their session token", verb(certainty, "are"));
    Failure::new(Code::TokenInvalid, cause)
        .looked_at(format!("{} from {}", facts.key.id.shown(), facts.key.source))
        .looked_at("their session is long over, or key, secret and token are not of one set")
        .fix(if facts.key.dropped { TRY_AGAIN } else { "get new ones where you got these, all three at once" })
}

fn region_not_enabled(facts: &Facts) -> Failure {
    let region = &facts.place.region;
    let failure =
        Failure::new(Code::RegionNotEnabled, format!("the credentials are valid, but not in region {region}"))
            .looked_at(format!("{region} must be enabled for an account before it can be used"));
    if facts.key.has_token {
        failure
            .looked_at("where it is enabled, tokens of the global STS endpoint still do not count there")
            .fix("export AWS_STS_REGIONAL_ENDPOINTS=regional")
            .fix("(then get new credentials)")
    } else {
        failure.fix(format!("aws account enable-region --region-name {region}"))
    }
}

fn other_partition(other: &str, facts: &Facts) -> Failure {
    let cause =
        format!("the credentials are most likely of partition {other}; this host is in {}", facts.place.partition);
    Failure::new(Code::CredentialsOfOtherPartition, cause).looked_at(format!("from {}", facts.key.source)).fix(format!(
        "choose a profile of partition {} with AWS_PROFILE, or a host of partition {other}",
        facts.place.partition
    ))
}

fn signature_refused(facts: &Facts) -> Failure {
    let place = &facts.place;
    Failure::new(Code::SignatureRefused, "the credentials are valid, but CodeCommit does not accept the signature")
        .looked_at(who(facts))
        .looked_at(format!("signed for host {}, region {}", place.host, place.region))
        .looked_at("most likely something in between changes host or path, or the host is not in that region")
}

fn denied(denial: &Denial, certainty: Certainty, facts: &Facts) -> Failure {
    let action = denial.action.as_deref().unwrap_or("codecommit:GitPull");
    let resource = denial.resource.as_deref().unwrap_or("the repository");
    let principal = denial.principal.as_deref().unwrap_or("the owner of your keys");
    let statement = format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#);
    let failure = |code, cause: &str| {
        let failure = Failure::new(code, format!("{cause} {action}"));
        // AWS's own sentence, shown below, names both as a rule.
        let message = facts.error.as_ref().map_or("", |error| &error.message);
        if message.contains(principal) && message.contains(resource) {
            return failure;
        }
        failure.looked_at(format!("you are {principal}; the resource is {resource}"))
    };
    match (denial.policy, denial.explicit) {
        (Some(PolicyKind::Identity), true) => {
            explicitly_denied(failure(Code::ExplicitDeny, "a policy of yours explicitly denies"), facts)
        }
        (Some(PolicyKind::ServiceControl | PolicyKind::ResourceControl), _) => {
            failure(Code::ServiceControlPolicy, "a control policy of your organisation forbids")
                .fix("ask the administrator of the AWS organisation")
        }
        (Some(PolicyKind::PermissionsBoundary), _) => {
            failure(Code::PermissionsBoundary, "your permissions boundary does not allow")
                .fix(format!("ask whoever manages the boundary for: {statement}"))
        }
        (Some(PolicyKind::Session), _) => {
            failure(Code::SessionPolicy, "the session policy of your role does not allow")
                .fix("assume the role again with a session policy that allows it")
        }
        (Some(PolicyKind::VpcEndpoint), _) => {
            failure(Code::VpcEndpointPolicy, "the policy of the VPC endpoint does not allow")
                .fix("ask whoever manages the VPC endpoint, or connect from another network")
        }
        (Some(PolicyKind::Resource), _) => failure(Code::PermissionMissing, "a policy of the resource does not allow")
            .fix("ask whoever manages the resource's policy"),
        (Some(PolicyKind::Identity) | None, _) => {
            let missing = match certainty {
                Certainty::Said => failure(Code::PermissionMissing, "no policy of yours allows"),
                Certainty::Likely => failure(Code::PermissionMissing, "your permissions most likely do not include")
                    .looked_at("the keys are valid; a Deny, a policy of organisation or network, or the KMS key can be the reason too"),
            };
            let missing = if facts.pull_works == Some(true) {
                missing.looked_at("pulling works, pushing does not")
            } else {
                missing
            };
            missing.fix(format!("ask your administrator to add: {statement}"))
        }
    }
}

fn explicitly_denied(mut failure: Failure, facts: &Facts) -> Failure {
    if facts.key.is_long_term() && !facts.key.has_token {
        failure = failure.looked_at("such a policy often demands MFA, which a long-term access key cannot prove");
    }
    if facts.service == Service::ReceivePack && facts.pull_works == Some(true) {
        // User Guide, "Limit pushes and merges to branches": the first authorisation of a push names no branch.
        failure = failure.looked_at(
            r#"pulling works: a Deny meant for some branches needs "Null": {"codecommit:References": "false"} in its Condition"#,
        );
    }
    failure.fix("ask your administrator which Deny statement applies")
}

fn encryption(error: &str, key: Option<String>, facts: &Facts) -> Failure {
    let key = key.map_or_else(|| "the KMS key of the repository".to_owned(), |key| format!("KMS key {key}"));
    let (what, fix) = match error {
        name if name.contains("Disabled") => ("is disabled", "ask whoever manages the key to enable it"),
        name if name.contains("NotFound") => {
            ("does not exist any more", "ask whoever managed the key: it may be pending deletion")
        }
        name if name.contains("AccessDenied") => (
            "cannot be used with your credentials",
            "ask whoever manages the key for kms:Decrypt, kms:Encrypt, kms:ReEncrypt*, kms:GenerateDataKey* and kms:DescribeKey",
        ),
        _ => ("cannot be used at the moment", "try again; if it stays so, ask whoever manages the key"),
    };
    Failure::new(Code::EncryptionKey, format!("{key} {what}"))
        .looked_at(format!("repository `{}` is encrypted with it", facts.place.name))
        .fix(fix)
}

fn other_region(regions: &[String], facts: &Facts) -> Failure {
    let place = &facts.place;
    let cause = format!(
        "there is no repository `{}` in {}, but there is one in {}",
        place.name,
        place.region,
        regions.join(", ")
    );
    regions.iter().fold(Failure::new(Code::RepositoryNotFound, cause), |failure, region| {
        let host = place.host.replace(place.region.as_str(), region);
        failure.fix(format!("use this URL: https://{host}/v1/repos/{}", place.name))
    })
}

fn other_name(name: &str, facts: &Facts) -> Failure {
    let place = &facts.place;
    let cause = format!("there is no repository `{}` in {}, but there is `{name}`", place.name, place.region);
    Failure::new(Code::RepositoryNotFound, cause)
        .looked_at("names are case sensitive")
        .fix(format!("use this URL, if you meant that one: https://{}/v1/repos/{name}", place.host))
}

fn no_repository(facts: &Facts) -> Failure {
    let place = &facts.place;
    if place.connection {
        return Failure::new(Code::RepositoryNotFound, "CodeConnections finds nothing at this path")
            .looked_at("the path is /git-http/ACCOUNT/REGION/CONNECTION/OWNER/NAME.git")
            .fix("correct the URL; in a clone, `git remote -v` shows it");
    }
    let account =
        facts.caller.known().map_or("your account".to_owned(), |caller| format!("account {}", caller.account));
    Failure::new(Code::RepositoryNotFound, format!("{account} has no repository `{}` in {}", place.name, place.region))
        .looked_at("CodeCommit looks in the account of the credentials; the URL names none")
        .fix("choose the profile of the repository's account: export AWS_PROFILE=NAME")
        .fix("(or correct the name or the region in the URL)")
}

fn unexplained(facts: &Facts) -> Failure {
    let reason = if facts.error.is_some() { "a reason that this version does not know" } else { "no reason" };
    Failure::new(
        Code::Unexplained,
        format!("CodeCommit refused the request with status {} and gave {reason}", facts.status),
    )
    .looked_at(who(facts))
    .looked_at("possible, in this order: a missing permission, a key that is no longer valid, a policy of the network")
}
