//! From what was asked to findings: the helpers before ours, network and clock, CodeCommit. Pure, except that a refusal
//! is explained by asking AWS (`probes::explain`), through a closure.

use super::check::Check;
use super::fill::{Fill, Sent};
use super::ls_remote::ByGit;
use super::probes::{Probes, Reached, Tried};
use super::report::{Finding, Level, Line};
use crate::aws::{CallError, Obstacle};
use crate::failure::{Code, Failure};
use crate::git::Helper;
use crate::text::shell::Shell;
use crate::text::time::duration;
use crate::verification::probe::Service;
use crate::words::doctor::{Answered, Hosts};
use crate::words::said_by_aws;
use chrono::{DateTime, TimeDelta, Utc};
use codecommit::denial::Denial;
use codecommit::reply::{Reply, ServiceError};
use codecommit::repository::Repository;
use codecommit::signature::VALIDITY;

/// A helper that is asked before ours, with its answer.
pub(super) struct Earlier {
    pub helper: Helper,
    pub fill: Fill,
}

fn status(tried: &Tried) -> Option<u16> {
    tried.as_ref()?.as_ref().ok().map(|reply| reply.status)
}

/// One helper before ours. `sent` is whether its answer is the one that git would send.
pub(super) fn earlier(
    earlier: &Earlier,
    sent: bool,
    tried: &Tried,
    now: DateTime<Utc>,
    (hosts, shell): (Hosts<'_>, Shell),
) -> Finding {
    let (helper, origin) = (earlier.helper.name(), earlier.helper.origin.as_str());
    let first = |answered| Failure::another_helper_first(&helper, origin, answered, hosts);
    let sent_answer = match &earlier.fill {
        Fill::Answer(answer) => answer,
        Fill::Nothing { .. } => {
            return Finding::warn(Check::EarlierHelper, format!("credential helper {helper} comes first"), origin)
                .detail("it has no password now; git stores each working one in it, and may later get an expired one from it")
                .with("to put this helper first:", hosts.set_up(shell));
        }
        Fill::NotAsked => {
            return Finding::skip(Check::EarlierHelper, format!("credential helper {helper} comes first"), origin)
                .detail("doctor does not run it: the repository's own configuration names it");
        }
        Fill::TooLong => {
            return Finding::warn(Check::EarlierHelper, format!("credential helper {helper} comes first"), origin)
                .detail("timed out; it probably prompts for input");
        }
    };
    match sent_answer.age(now) {
        Some(_) if sent_answer.is_fresh(now) => {
            Finding::ok(Check::EarlierHelper, format!("{helper} answers first, with a fresh signature"), origin)
        }
        Some(age) if age > VALIDITY => {
            let told = duration(age);
            let cause = first(Answered::OldSignature(&told));
            Finding::fail(
                Check::EarlierHelper,
                format!("{helper} answers first, with an expired password"),
                origin,
                cause,
            )
            .detail(format!("signed {told} ago with {}; valid for about 15 minutes", sent_answer.key_id().masked()))
        }
        Some(age) => {
            Finding::warn(Check::EarlierHelper, format!("{helper} answers first, with a stored password"), origin)
                .detail(format!("signed {} ago; expires after about 15 minutes", duration(age)))
        }
        None => match status(tried).filter(|status| sent && *status >= 400) {
            Some(status) => {
                let cause = first(Answered::Refused(status));
                Finding::fail(
                    Check::EarlierHelper,
                    format!("{helper} answers first; CodeCommit rejects it"),
                    origin,
                    cause,
                )
            }
            None => Finding::warn(Check::EarlierHelper, format!("{helper} answers first"), origin)
                .detail("with a static password, such as IAM Git credentials"),
        },
    }
}

/// Reaching the host, and its clock.
pub(super) fn network(reached: &Result<Reached, Failure>, proxy: Option<(String, String)>) -> Vec<Finding> {
    let reached = match reached {
        Ok(reached) => reached,
        Err(failure) => {
            return vec![
                Finding::fail(Check::Connection, failure.cause.clone(), "", failure.clone()),
                Finding::skip(Check::Clock, "clock not checked", ""),
            ];
        }
    };
    let way = match proxy {
        Some((shown, origin)) => format!("HTTPS proxy {shown} ({origin})"),
        None => "no HTTPS proxy".to_owned(),
    };
    let mut findings =
        vec![Finding::ok(Check::Connection, format!("connected over TLS in {} ms", reached.took.as_millis()), way)];
    let origin = "Date header";
    findings.push(match reached.skew {
        None => Finding::skip(Check::Clock, "clock not checked: no Date header", ""),
        Some(skew) if reached.notable_skew().is_zero() => {
            // The header has whole seconds.
            let within = if skew.num_seconds().abs() <= 2 { "within 2 s of AWS's".to_owned() } else { told(skew) };
            Finding::ok(Check::Clock, format!("the clock is {within}"), origin)
        }
        Some(skew) => {
            let told = told(skew);
            Finding::fail(Check::Clock, format!("the clock is {told}"), origin, Failure::clock(&told))
        }
    });
    findings
}

fn told(skew: TimeDelta) -> String {
    // Round: the header has whole seconds, and the request took a while.
    let skew = if skew.abs() > TimeDelta::minutes(2) {
        TimeDelta::minutes((skew.num_seconds() + 30).div_euclid(60))
    } else {
        skew
    };
    format!("{} {} AWS's", duration(skew), if skew > TimeDelta::zero() { "behind" } else { "ahead of" })
}

/// The region of the signature, and the kind of endpoint.
pub(super) fn endpoint(repository: &Repository, origin: &str) -> Finding {
    Finding::ok(Check::Endpoint, format!("region {}, {}", repository.region(), repository.family()), origin)
}

/// Explains a refusal of one service, and of the other, too, if that has the same reason.
pub(super) type Explain<'a> = &'a dyn Fn(Service, &Reply, bool) -> (Failure, Option<String>);

/// These services with a fresh signature. A second refusal is explained only if it has another reason than the first.
pub(super) fn fresh(
    probes: Probes,
    git_would_loop: Option<&str>,
    explain: Explain<'_>,
    unreached: &dyn Fn(CallError) -> Failure,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut has_cause = false;
    let both_for_one_reason = match (&probes.fetch, &probes.push) {
        (Some(Ok(fetch)), Some(Ok(push))) => fetch.status >= 400 && is_for_the_same_reason(fetch, push),
        _ => false,
    };
    for (check, service, tried) in
        [(Check::Fetch, Service::UploadPack, probes.fetch), (Check::Push, Service::ReceivePack, probes.push)]
    {
        let Some(answered) = tried else { continue };
        let (doing, origin) = (check.id(), service.name());
        let reply = match answered {
            Ok(reply) => reply,
            Err(error) => {
                let fact = format!("{doing}: no response");
                findings.push(if has_cause {
                    Finding::follows(check, fact, origin)
                } else {
                    Finding::fail(check, fact, origin, unreached(error))
                });
                has_cause = true;
                continue;
            }
        };
        let fact = format!("{doing} {}", refused(reply.status));
        let is_the_second = both_for_one_reason && service == Service::ReceivePack;
        let finding = match (reply.status, git_would_loop) {
            (..400, _) => Finding::served(check, format!("{doing} allowed: HTTP {}", reply.status), origin),
            _ if reply.request_id.is_none() && has_cause => Finding::follows(check, fact, origin),
            _ if reply.request_id.is_none() => Finding::fail(check, fact, origin, unreached(not_aws(reply.status))),
            _ if is_the_second && has_cause => Finding::follows(check, fact, origin),
            (429, Some(url)) => Finding::fail(check, fact, origin, Failure::throttled_forever(&reply, url)),
            (429 | 500.., _) => with_words(Finding::warn(check, busy(reply.status), origin), &reply),
            _ => {
                let (failure, searched) = explain(service, &reply, both_for_one_reason);
                let finding = Finding::fail(check, fact, origin, failure);
                searched.into_iter().fold(finding, Finding::detail)
            }
        };
        has_cause |= finding.cause.is_some();
        findings.push(finding.status(reply.status));
    }
    findings
}

/// Whether one explanation, and one request to an administrator, is for both.
pub(super) fn is_for_the_same_reason(one: &Reply, other: &Reply) -> bool {
    let name = |reply: &Reply| reply.error.as_ref().map(|error| error.name.clone());
    // Two messages differ in the action at least.
    let policy = |reply: &Reply| {
        let denial = Denial::read(&reply.error.as_ref()?.message);
        Some((denial.policy, denial.explicit))
    };
    one.status == other.status && name(one) == name(other) && policy(one) == policy(other)
}

/// What git itself gets, where our own way to the host fails. If git gets through, that is what counts.
pub(super) fn beside_git(network: &mut Vec<Finding>, tried: ByGit) {
    let origin = "git ls-remote";
    let finding = match tried {
        ByGit::Served => {
            for finding in network.iter_mut().filter(|finding| finding.check == Check::Connection) {
                let Some(cause) = finding.cause.take() else { continue };
                finding.level = Level::Warn;
                finding.detail.extend(cause.looked_at.into_iter().map(|words| Line { words, whole: None }));
                let so = "so git-credential-codecommit cannot explain why CodeCommit denies a request".to_owned();
                finding.detail.push(Line { words: so, whole: None });
            }
            Finding::served(Check::GitConnection, "fetch allowed for git, which connects in another way", origin)
        }
        ByGit::TooLong => Finding::follows(Check::GitConnection, "git timed out too", origin),
        ByGit::Failed(lines) => {
            let finding = Finding::follows(Check::GitConnection, "git fails too", origin);
            lines.into_iter().fold(finding, |finding, line| finding.with("", line))
        }
    };
    let after = network.iter().position(|finding| finding.check == Check::Connection).map_or(0, |at| at + 1);
    network.insert(after, finding);
}

/// What follows the name of a request that CodeCommit refused.
pub(super) fn refused(status: u16) -> String {
    let denied = if matches!(status, 401 | 403) { "denied" } else { "failed" };
    format!("{denied}: HTTP {status}")
}

/// A status that another try may mend.
pub(super) fn busy(status: u16) -> String {
    let what = if status == 429 { "throttling requests" } else { "temporarily unavailable" };
    format!("CodeCommit is {what}: HTTP {status}")
}

/// AWS's own words.
pub(super) fn error_of(tried: &Tried) -> Option<ServiceError> {
    tried.as_ref()?.as_ref().ok()?.error.clone()
}

/// An answer of somebody else's.
pub(super) fn not_aws(status: u16) -> CallError {
    CallError::Unreachable(Obstacle::Answer(status))
}

/// AWS's own words, which git throws away.
fn with_words(finding: Finding, reply: &Reply) -> Finding {
    let Some(error) = reply.error.as_ref().filter(|_| reply.status >= 400) else { return finding };
    let id = reply.request_id.as_deref();
    finding.with("AWS said:", said_by_aws(&error.name, &error.message, id))
}

/// What git would send now, tried. `fresh` is what a fresh signature was told.
pub(super) fn sent(
    fill: &Fill,
    tried: Tried,
    fresh: Option<&ServiceError>,
    skew: TimeDelta,
    now: DateTime<Utc>,
) -> Finding {
    let origin = "git credential fill";
    let answer: &Sent = match fill {
        Fill::Answer(answer) => answer,
        Fill::Nothing { code: Some(code) } if code == Code::MfaNeeded.as_str() => {
            return Finding::skip(Check::GitRequest, "git's own request not tried: needs an MFA code", origin);
        }
        Fill::Nothing { code: Some(code) } => {
            return Finding::follows(
                Check::GitRequest,
                format!("git gets no password: this helper fails with {code}"),
                origin,
            );
        }
        Fill::Nothing { code: None } => {
            return Finding::follows(Check::GitRequest, "git gets no password and would prompt", origin);
        }
        Fill::TooLong => {
            return Finding::warn(Check::GitRequest, "git's own request not tried: a helper timed out", origin);
        }
        Fill::NotAsked => {
            return Finding::skip(Check::GitRequest, "git's own request not tried", origin)
                .detail("doctor does not run a helper that the repository's own configuration names");
        }
    };
    if !skew.is_zero() && answer.is_fresh(now) {
        return Finding::skip(Check::GitRequest, "git's own request not tried: wrong clock", origin)
            .detail("in a real git command this helper signs with AWS's time");
    }
    match tried {
        None => Finding::skip(Check::GitRequest, "git's own request not tried", origin),
        Some(Err(error)) => {
            Finding::warn(Check::GitRequest, "git's own request: no response", origin).detail(error.told())
        }
        Some(Ok(reply)) => {
            let status = reply.status;
            own_request(&reply, fresh).status(status)
        }
    }
}

fn own_request(reply: &Reply, fresh: Option<&ServiceError>) -> Finding {
    let origin = "git credential fill";
    match reply.status {
        ..400 => {
            Finding::served(Check::GitRequest, format!("git's own request allowed: HTTP {}", reply.status), origin)
        }
        429 | 500.. => Finding::warn(Check::GitRequest, busy(reply.status), origin),
        status => {
            let finding = Finding::follows(Check::GitRequest, format!("git's own request {}", refused(status)), origin);
            if fresh.is_some() && reply.error.as_ref() == fresh { finding } else { with_words(finding, reply) }
        }
    }
}
