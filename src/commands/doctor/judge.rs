//! From what was asked to findings: the helpers before ours, network and clock, CodeCommit. Pure, except that a refusal
//! is explained by asking AWS (`probes::explain`), through a closure.

use super::fill::{Fill, Sent};
use super::probes::{Probes, Reached, Tried};
use super::report::Finding;
use crate::aws::{CallError, Obstacle};
use crate::failure::{Code, Failure};
use crate::git::Helper;
use crate::text::shell::Shell;
use crate::text::time::duration;
use crate::verification::probe::Service;
use crate::words::doctor::{Answered, Hosts};
use crate::words::said_by_aws;
use chrono::{DateTime, TimeDelta, Utc};
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
            return Finding::warn(format!("credential helper {helper} comes first"), origin)
                .detail("it has no password now; git stores each working one in it, and may later get an expired one from it")
                .detail(format!("to put this helper first: {}", hosts.set_up(shell)));
        }
        Fill::NotAsked => {
            return Finding::skip(format!("credential helper {helper} comes first"), origin)
                .detail("doctor does not run it: the repository's own configuration names it");
        }
        Fill::TooLong => {
            return Finding::warn(format!("credential helper {helper} comes first"), origin)
                .detail("timed out; it probably prompts for input");
        }
    };
    match sent_answer.age(now) {
        Some(_) if sent_answer.is_fresh(now) => {
            Finding::ok(format!("{helper} answers first, with a fresh signature"), origin)
        }
        Some(age) if age > VALIDITY => {
            let told = duration(age);
            let cause = first(Answered::OldSignature(&told));
            Finding::fail(format!("{helper} answers first, with an expired password"), origin, cause)
                .detail(format!("signed {told} ago with {}; valid for about 15 minutes", sent_answer.key_id().masked()))
        }
        Some(age) => Finding::warn(format!("{helper} answers first, with a stored password"), origin)
            .detail(format!("signed {} ago; expires after about 15 minutes", duration(age))),
        None => match status(tried).filter(|status| sent && *status >= 400) {
            Some(status) => {
                let cause = first(Answered::Refused(status));
                Finding::fail(format!("{helper} answers first; CodeCommit rejects it"), origin, cause)
            }
            None => Finding::warn(format!("{helper} answers first"), origin)
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
                Finding::fail(failure.cause.clone(), "", failure.clone()),
                Finding::skip("clock not checked", ""),
            ];
        }
    };
    let way = match proxy {
        Some((shown, origin)) => format!("HTTPS proxy {shown} ({origin})"),
        None => "no HTTPS proxy".to_owned(),
    };
    let mut findings = vec![Finding::ok(format!("connected over TLS in {} ms", reached.took.as_millis()), way)];
    let origin = "Date header";
    findings.push(match reached.skew {
        None => Finding::skip("clock not checked: no Date header", ""),
        Some(skew) if reached.notable_skew().is_zero() => {
            // The header has whole seconds.
            let within = if skew.num_seconds().abs() <= 2 { "within 2 s of AWS's".to_owned() } else { told(skew) };
            Finding::ok(format!("the clock is {within}"), origin)
        }
        Some(skew) => {
            let told = told(skew);
            Finding::fail(format!("the clock is {told}"), origin, Failure::clock(&told))
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
pub(super) fn endpoint(repository: &Repository, region_in_host: bool) -> Finding {
    let origin = if region_in_host { "the host name" } else { "the configured region" };
    Finding::ok(format!("region {}, {}", repository.region(), repository.family()), origin)
}

/// Explains a refusal.
pub(super) type Explain<'a> = &'a dyn Fn(Service, &Reply) -> (Failure, Option<String>);

/// Both services with a fresh signature. Only the first refusal is explained: the second has the same reason as a rule.
pub(super) fn fresh(
    probes: Probes,
    git_would_loop: Option<&str>,
    explain: Explain<'_>,
    unreached: &dyn Fn(CallError) -> Failure,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut has_cause = false;
    let first_error = error_of(&probes.fetch);
    for (service, answered) in [(Service::UploadPack, probes.fetch), (Service::ReceivePack, probes.push)] {
        let doing = if service == Service::UploadPack { "fetch" } else { "push" };
        let origin = format!("GET info/refs, {}", service.name());
        let reply = match answered {
            Ok(reply) if reply.status < 400 => {
                findings.push(Finding::served(format!("{doing} allowed: HTTP {}", reply.status), origin));
                continue;
            }
            Ok(reply) => reply,
            Err(error) => {
                let fact = format!("{doing}: no response");
                let finding = if has_cause {
                    Finding::follows(fact, origin)
                } else {
                    Finding::fail(fact, origin, unreached(error))
                };
                has_cause = true;
                findings.push(finding);
                continue;
            }
        };
        let refused = format!("{doing} {}", refused(reply.status));
        let same = service == Service::ReceivePack && first_error.is_some() && reply.error == first_error;
        let finding = match (reply.status, git_would_loop) {
            _ if reply.request_id.is_none() => Finding::fail(refused, origin, unreached(not_aws(reply.status))),
            (429, Some(url)) => Finding::fail(refused, origin, Failure::throttled_forever(&reply, url)),
            (429 | 500.., _) => Finding::warn(busy(reply.status), origin),
            _ if has_cause => Finding::follows(refused, origin),
            _ => {
                let (failure, searched) = explain(service, &reply);
                let finding = Finding::fail(refused, origin, failure);
                searched.into_iter().fold(finding, Finding::detail)
            }
        };
        has_cause |= finding.cause.is_some();
        findings.push(if same { finding } else { with_words(finding, &reply) });
    }
    findings
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
pub(super) fn error_of(answered: &Result<Reply, CallError>) -> Option<ServiceError> {
    answered.as_ref().ok()?.error.clone()
}

/// An answer of somebody else's.
pub(super) fn not_aws(status: u16) -> CallError {
    CallError::Unreachable(Obstacle::Answer(status))
}

/// AWS's own words, which git throws away.
fn with_words(finding: Finding, reply: &Reply) -> Finding {
    let Some(error) = reply.error.as_ref().filter(|_| reply.status >= 400) else { return finding };
    let id = reply.request_id.as_deref();
    finding.detail(format!("AWS said: {}", said_by_aws(&error.name, &error.message, id)))
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
            return Finding::skip("git's own request not tried: needs an MFA code", origin);
        }
        Fill::Nothing { code: Some(code) } => {
            return Finding::follows(format!("git gets no password: this helper fails with {code}"), origin);
        }
        Fill::Nothing { code: None } => return Finding::follows("git gets no password and would prompt", origin),
        Fill::TooLong => return Finding::warn("git's own request not tried: a helper timed out", origin),
        Fill::NotAsked => {
            return Finding::skip("git's own request not tried", origin)
                .detail("doctor does not run a helper that the repository's own configuration names");
        }
    };
    if !skew.is_zero() && answer.is_fresh(now) {
        return Finding::skip("git's own request not tried: wrong clock", origin)
            .detail("in a real git command this helper signs with AWS's time");
    }
    match tried {
        None => Finding::skip("git's own request not tried", origin),
        Some(Err(error)) => Finding::warn("git's own request: no response", origin).detail(error.told()),
        Some(Ok(reply)) => match reply.status {
            ..400 => Finding::served(format!("git's own request allowed: HTTP {}", reply.status), origin),
            429 | 500.. => Finding::warn(busy(reply.status), origin),
            status => {
                let finding = Finding::follows(format!("git's own request {}", refused(status)), origin);
                if fresh.is_some() && reply.error.as_ref() == fresh { finding } else { with_words(finding, &reply) }
            }
        },
    }
}
