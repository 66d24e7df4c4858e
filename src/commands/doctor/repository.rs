//! The part of the walk that has a repository to ask for: CodeCommit's answers, brought together with the helpers'.

use super::check::Check;
use super::facts::Facts;
use super::fill::Fill;
use super::git::Checks;
use super::helpers::{Asked, Filled};
use super::judge;
use super::probes::{self, Exchanges, Others, Passwords, Probes, Tried};
use super::remote::Remote;
use super::report::Finding;
use crate::aws::CallError;
use crate::credentials::Resolved;
use crate::diagnosis::Context;
use crate::failure::Failure;
use crate::git::features;
use crate::machine::trace::Trace;
use crate::machine::world::World;
use crate::session::Session;
use crate::verification::probe::Service;
use aws_files::profiles::Profiles;
use chrono::TimeDelta;
use codecommit::attributes::bare_url;
use codecommit::reply::Reply;
use codecommit::repository::Repository;

/// What is known once everything at hand was looked at.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub world: &'a World,
    pub facts: &'a Facts,
    pub session: &'a Session,
    pub profiles: &'a Profiles,
    /// How far AWS's clock is ahead, where that matters.
    pub skew: TimeDelta,
    pub resolved: &'a Result<Resolved, Failure>,
}

impl Here<'_> {
    fn context<'c>(&'c self, resolved: &'c Resolved, trace: &'c Trace) -> Context<'c> {
        let Self { world, session, profiles, .. } = *self;
        let Session { repository, networks, choice, .. } = session;
        Context { repository, resolved, profiles, choice, aws: &networks.aws, git: &networks.git, world, trace }
    }

    /// Asks CodeCommit: with a fresh signature, with what git would send, and with what curl sends before.
    pub(super) fn ask(
        &self,
        git: Option<(&Asked, &Filled)>,
        services: &[Service],
        exchanges: &Exchanges,
    ) -> (Option<Probes>, Others) {
        let network = &self.session.networks.git;
        let sent = git.and_then(|(asked, filled)| filled.whole.answer().filter(|_| !asked.by_curl));
        let sent = sent.filter(|sent| self.skew.is_zero() || !sent.is_fresh(self.world.now));
        let bare_user = git.and_then(|(asked, _)| asked.sent_bare()).filter(|_| !self.asks_helpers_first());
        let trace = Trace::default();
        let context = self.resolved.as_ref().ok().map(|resolved| self.context(resolved, &trace));
        let fresh = context.as_ref().map(|context| (context, self.skew, services));
        let without_path = git.and_then(|(_, filled)| filled.without_path.as_ref()).map(|stored| &stored.sent);
        let passwords = Passwords { sent, pushes: false, bare_user, without_path };
        probes::ask((network, &self.session.repository), fresh, passwords, exchanges)
    }

    /// Whether git asks its helpers before its first request (`http.proactiveAuth`, git 2.46).
    fn asks_helpers_first(&self) -> bool {
        self.session.networks.git.git().proactive_auth && self.facts.version_number() >= Some((2, 46))
    }

    /// What stands before our answer: a user name that curl tries, helpers that are asked first.
    pub(super) fn before_ours(&self, remote: &Remote, asked: &Asked, filled: &Filled, others: &Others) -> Vec<Finding> {
        let (host, family) = (self.session.repository.host(), self.session.repository.family());
        let hosts = Checks { facts: self.facts, remote, host, family }.hosts();
        let repository = &self.session.repository;
        let proactive = self.asks_helpers_first();
        let mut findings: Vec<Finding> =
            bare_user((remote, repository), asked, &others.bare_user, proactive).into_iter().collect();
        // By this machine's clock, as its answers are signed.
        let now = self.world.now;
        let first = filled.before.iter().position(|earlier| earlier.fill.answer().is_some());
        for (index, earlier) in filled.before.iter().enumerate() {
            if !asked.has_ours() && matches!(earlier.fill, Fill::Nothing { .. }) {
                let fact = format!("credential helper {} has no password", earlier.helper.name());
                findings.push(Finding::ok(Check::EarlierHelper, fact, &earlier.helper.origin));
                continue;
            }
            findings.push(judge::earlier(earlier, Some(index) == first, &others.sent, now, (hosts, self.facts.shell)));
        }
        findings
    }

    /// CodeCommit's section.
    pub(super) fn codecommit(
        &self,
        probes: Option<Probes>,
        git: Option<(&Asked, &Filled)>,
        others: Others,
        is_reached: bool,
    ) -> Vec<Finding> {
        let region_from = if self.session.region_in_host { "the host name" } else { "the configured region" };
        let mut findings = vec![judge::endpoint(&self.session.repository, region_from)];
        let fresh = probes.as_ref().and_then(|probes| judge::error_of(&probes.fetch));
        if !is_reached {
            findings.push(Finding::skip(Check::Fetch, "CodeCommit was not reached", ""));
            return findings;
        }
        match (probes, self.resolved) {
            (Some(probes), Ok(resolved)) => findings.extend(self.fresh(probes, resolved)),
            _ => findings.push(Finding::skip(Check::Fetch, "no AWS credentials", "")),
        }
        match git {
            None => {}
            Some((Asked { by_curl: true, .. }, _)) => {
                findings.push(Finding::skip(Check::GitRequest, "git's own request not tried: it uses no helper", ""));
            }
            Some((_, filled)) => {
                findings.push(judge::sent(&filled.whole, others.sent, fresh.as_ref(), self.skew, self.world.now));
            }
        }
        findings
    }

    fn fresh(&self, probes: Probes, resolved: &Resolved) -> Vec<Finding> {
        let trace = Trace::default();
        let context = self.context(resolved, &trace);
        let deadline = probes.deadline;
        let explain = |service: Service, reply: &Reply, also_push: bool| {
            probes::explain(&context, (service, also_push), reply, self.skew, deadline)
        };
        let unreached =
            |error: CallError| probes::unreached(error, self.session.repository.host(), &self.session.networks.git);
        let url = self.session.repository.url();
        let loops = features::repeats_429_forever(self.facts.version_number(), self.session.networks.git.git());
        let loops = loops.then_some(url.as_str());
        judge::fresh(probes, loops, &explain, &unreached)
    }
}

/// A user name that curl sends with an empty password before git asks a helper.
pub(super) fn bare_user(
    (remote, repository): (&Remote, &Repository),
    asked: &Asked,
    tried: &Tried,
    proactive: bool,
) -> Option<Finding> {
    let status = tried.as_ref().and_then(|tried| tried.as_ref().ok()).map(|reply| reply.status);
    let refused = status.filter(|status| *status >= 400 && *status != 401);
    let check = if asked.bare_user.is_some() { Check::UserInUrl } else { Check::EmptyAuth };
    let (fact, origin, cause): (_, _, Box<dyn Fn(u16) -> Failure>) = match (&asked.bare_user, &asked.empty_auth) {
        (Some(_), _) => {
            let cause = |status| {
                let bare = bare_url(&remote.url);
                Failure::user_in_url(false, Some(status), &bare)
            };
            ("the URL contains a user name", remote.origin.as_str(), Box::new(cause))
        }
        (None, Some(setting)) => {
            let (host, family) = (repository.host(), repository.family());
            let cause = move |status| Failure::empty_auth(setting, status, host, family);
            ("http.emptyAuth sends an empty user name first", setting.origin.as_str(), Box::new(cause))
        }
        (None, None) => return None,
    };
    Some(match (refused, status) {
        (Some(status), _) => {
            Finding::fail(check, fact, origin, cause(status)).detail(format!("CodeCommit returns HTTP {status}"))
        }
        (None, Some(_)) => Finding::ok(check, fact, origin).detail("CodeCommit returns HTTP 401, so git asks a helper"),
        (None, None) if proactive => {
            Finding::ok(check, fact, origin).detail("http.proactiveAuth: the helper is asked first")
        }
        (None, None) => Finding::warn(check, fact, origin).detail("if CodeCommit returns HTTP 403, git asks no helper"),
    })
}
