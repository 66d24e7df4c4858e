//! A request that this helper leaves to others, since its user name is that of an IAM Git credential: what git would
//! send is asked from git, and tried. Also the same password where git does not find it, because it asks with a path.

use super::beyond::Beyond;
use super::check::Check;
use super::examine::Walk;
use super::helpers::{Asked, Stored};
use super::judge;
use super::probes::{self, Others, Passwords, Tried};
use super::remote::Remote;
use super::report::Finding;
use super::repository;
use crate::cli;
use crate::credentials::{ProfileChoice, Source};
use crate::diagnosis::{Answer, Certainty, Facts, Key, Place, Verdict};
use crate::failure::Failure;
use crate::git::Helper;
use crate::git::Setting;
use crate::git::http_path::HttpPath;
use crate::session::git_network;
use crate::verification::probe::Service;
use crate::words::iam::Keep;
use codecommit::denial::Denial;
use codecommit::family::Family;
use codecommit::keys::AccessKeyId;
use codecommit::partition::{PARTITIONS, Partition};
use codecommit::reply::Reply;
use codecommit::repository::Repository;

/// The helpers that git asks. Ours has no part in it.
pub(super) fn helpers(helpers: &[Helper]) -> Vec<Finding> {
    let finding = |helper: &Helper| {
        let finding = Finding::ok(Check::OtherHelper, format!("credential helper {}", helper.name()), &helper.origin);
        if helper.is_ours() { finding.detail("it leaves IAM Git credentials to other helpers") } else { finding }
    };
    if helpers.iter().all(Helper::is_ours) {
        let warning = Finding::warn(Check::OtherHelper, "no credential helper stores passwords", "")
            .detail("git prompts for the password of the IAM Git credentials each time");
        return helpers.iter().map(finding).chain([warning]).collect();
    }
    helpers.iter().map(finding).collect()
}

impl Walk<'_> {
    /// Asks git's helpers for the password of `user`, and CodeCommit whether it takes it.
    pub(super) fn with_iam_git_credential(
        &self,
        helper: &cli::Arguments,
        remote: &Remote,
        repository: &Repository,
        user: &str,
        asked: &Asked,
    ) -> Beyond {
        let network = git_network(&helper.options(), &repository.url(), &self.listing(), self.world);
        let filling = asked.start(&remote.url, self.world);
        let reached = self.reach(&network, repository);
        let filled = filling.finish();
        let proactive = network.git().proactive_auth && self.facts.version_number() >= Some((2, 46));
        let passwords = Passwords {
            sent: filled.whole.answer().filter(|_| !asked.by_curl),
            pushes: !self.arguments.fetch_only,
            bare_user: asked.sent_bare().filter(|_| !proactive),
            without_path: filled.without_path.as_ref().map(|stored| &stored.sent),
        };
        let others = if reached.is_ok() {
            probes::ask((&network, repository), None, passwords, self.exchanges).1
        } else {
            Others::default()
        };

        let stored = filled.without_path.as_ref();
        let is_configured = asked.username.as_deref() == Some(user);
        let stored_finding =
            stored.and_then(|stored| self.stored_without_path(repository, stored, &others.without_path, false));
        let on = self.http_path_on(repository).filter(|_| stored_finding.as_ref().is_some_and(|it| it.cause.is_some()));
        let bare = repository::bare_user((remote, repository), asked, &others.bare_user, proactive).map(|finding| {
            let keep = Keep::of(&repository.url(), (!is_configured).then_some(user), on.as_ref(), &self.facts.settings);
            let written = |cause: Failure| cause.with_url_written(&remote.written, &self.facts.settings, self.world);
            let cause = finding.cause.clone().map(written);
            Finding { cause: cause.map(|cause| keep.into_iter().fold(cause, Failure::and_keep)), ..finding }
        });
        // The fix of the one is that of the other, too.
        let is_refused = bare.as_ref().is_some_and(|finding| finding.cause.is_some());
        let stored_finding = stored_finding.filter(|_| !is_refused);

        let mut codecommit = vec![judge::endpoint(repository, "the host name")];
        let has_none = filled.whole.answer().is_none();
        codecommit.extend(match &reached {
            Err(_) => vec![Finding::skip(Check::GitRequest, "CodeCommit was not reached", "")],
            Ok(_) if asked.by_curl => {
                vec![Finding::skip(Check::GitRequest, "git's own request not tried: it uses no helper", "")]
            }
            Ok(_) if has_none && stored_finding.as_ref().is_some_and(|finding| finding.cause.is_some()) => {
                vec![Finding::follows(Check::GitRequest, "git gets no password and would prompt", ORIGIN)]
            }
            Ok(_) if has_none => vec![
                Finding::skip(Check::GitRequest, "git's own request not tried: no helper has the password", ORIGIN)
                    .detail("git would prompt for it; doctor does not prompt"),
            ],
            Ok(_) => answered(repository, user, others.sent, others.sent_push),
        });
        let proxy = network.proxy().map(|proxy| (proxy.shown(), proxy.origin.clone()));
        Beyond {
            git: bare.into_iter().chain(stored_finding).collect(),
            network: judge::network(&reached, proxy),
            codecommit,
            ..Beyond::default()
        }
    }

    /// The entry that makes git send the path.
    fn http_path_on(&self, repository: &Repository) -> Option<Setting> {
        let (settings, url) = (&self.facts.settings, repository.url());
        match HttpPath::of(settings, &url, repository.host(), Family::Standard, self.world) {
            HttpPath::On(setting) => Some(setting),
            HttpPath::Off { .. } | HttpPath::Misspelt { .. } => None,
        }
    }

    /// An IAM Git credential that git does not find, since it asks with a path. `choose` also configures its user name.
    pub(super) fn stored_without_path(
        &self,
        repository: &Repository,
        stored: &Stored,
        tried: &Tried,
        choose: bool,
    ) -> Option<Finding> {
        let on = self.http_path_on(repository)?;
        let Stored { helper, sent } = stored;
        let fact = format!("{} has IAM Git credentials without a path", helper.name());
        let user = sent.username.expose();
        let status = tried.as_ref()?.as_ref().ok()?.status;
        if status >= 400 {
            return Some(
                Finding::warn(Check::StoredWithoutPath, fact, &helper.origin)
                    .detail(format!("CodeCommit returns HTTP {status} for them")),
            );
        }
        let keep = Keep::of(&repository.url(), choose.then_some(user), Some(&on), &self.facts.settings);
        Some(Finding::fail(
            Check::StoredWithoutPath,
            fact,
            &helper.origin,
            Failure::stored_without_path(helper, user, &on, keep),
        ))
    }
}

/// CodeCommit's answers to what git would send, for both services. The first refusal is explained.
fn answered(repository: &Repository, user: &str, fetch: Tried, push: Tried) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut has_cause = false;
    let both_for_one_reason = match (&fetch, &push) {
        (Some(Ok(fetch)), Some(Ok(push))) => judge::is_for_the_same_reason(fetch, push),
        _ => false,
    };
    let fetches = fetch.as_ref().and_then(|tried| tried.as_ref().ok()).map(|reply| reply.status < 400);
    for (doing, check, service, tried) in
        [("fetch", Check::Fetch, Service::UploadPack, fetch), ("push", Check::Push, Service::ReceivePack, push)]
    {
        let Some(tried) = tried else { continue };
        let reply = match tried {
            Ok(reply) => reply,
            Err(error) => {
                findings.push(Finding::warn(check, format!("{doing}: no response"), ORIGIN).detail(error.told()));
                continue;
            }
        };
        let status = reply.status;
        let finding = match reply.status {
            status @ ..400 => Finding::served(check, format!("{doing} allowed: HTTP {status}"), ORIGIN),
            status @ (429 | 500..) => Finding::warn(check, judge::busy(status), ORIGIN),
            status => {
                let fact = format!("{doing} {}", judge::refused(status));
                if reply.request_id.is_none() {
                    Finding::warn(check, fact, ORIGIN).detail("the answer is not from AWS, but probably from a proxy")
                } else if both_for_one_reason && has_cause {
                    Finding::follows(check, fact, ORIGIN)
                } else {
                    has_cause = true;
                    Finding::fail(
                        check,
                        fact,
                        ORIGIN,
                        refusal(repository, user, (service, both_for_one_reason), &reply, fetches),
                    )
                }
            }
        };
        findings.push(finding.status(status));
    }
    findings
}

const ORIGIN: &str = "git credential fill";

fn refusal(
    repository: &Repository,
    user: &str,
    (service, also_push): (Service, bool),
    reply: &Reply,
    fetches: Option<bool>,
) -> Failure {
    if reply.status == 404 {
        return Failure::no_repository_for_iam_user(user, repository.api_name(), repository.region().as_str());
    }
    let name = reply.error.as_ref().map_or("", |error| error.name.as_ref());
    if name.strip_suffix("Exception").unwrap_or(name) != "AccessDenied" {
        return Failure::iam_git_credential_refused(user, reply);
    }
    let message = reply.error.as_ref().map(|error| error.message.to_string()).unwrap_or_default();
    let mut denial = Denial::read(&message);
    if denial.action.is_none() {
        denial.action =
            Some(if service == Service::ReceivePack { "codecommit:GitPush" } else { "codecommit:GitPull" }.into());
    }
    Failure::refused(
        Verdict::Denied(denial, Certainty::Said),
        &Facts {
            push_denied_too: also_push && service == Service::UploadPack,
            ..facts(repository, user, service, reply, fetches)
        },
    )
}

/// As far as a denial is told by them: nothing else is known of an IAM user from a Git credential.
fn facts(repository: &Repository, user: &str, service: Service, reply: &Reply, fetches: Option<bool>) -> Facts {
    let partition = Partition::of_region(repository.region()).unwrap_or(&PARTITIONS[0]);
    Facts {
        place: Place {
            host: repository.host().to_owned(),
            region: repository.region().clone(),
            partition: partition.name,
            name: repository.api_name().to_owned(),
            dot_git: repository.without_dot_git().is_some(),
            connection: repository.family() == Family::CodeConnections,
        },
        service,
        status: reply.status,
        error: reply.error.clone(),
        request_id: reply.request_id.clone(),
        key: Key {
            id: AccessKeyId::new(user),
            has_token: false,
            source: Source::Keys { profile: String::new(), file: String::new() },
            dropped: false,
        },
        choice: ProfileChoice::Default,
        has_profiles: false,
        address: None,
        caller: Answer::Unknown,
        caller_elsewhere: Answer::Unknown,
        repository: Answer::Unknown,
        pull_works: fetches.filter(|_| service == Service::ReceivePack),
        push_denied_too: false,
        found_in: Vec::new(),
        similar: None,
        other_partition: None,
        clock_corrected: false,
    }
}
