//! What is known only by asking: helpers, AWS and CodeCommit, and git itself where our own way fails.

use super::check::Check;
use super::credentials::{self, Resolving};
use super::examine::{Request, Walk, user_from};
use super::helpers::Asked;
use super::judge;
use super::ls_remote::ls_remote;
use super::probes::{self, Reached};
use super::remote::{Remote, Way};
use super::report::{Finding, Signer};
use super::repository::Here;
use crate::aws::Network;
use crate::cli;
use crate::credentials::shared_files;
use crate::credentials::{ProfileChoice, Resolved};
use crate::diagnosis::Answer;
use crate::failure::{Code, Failure};
use crate::remote::Source;
use crate::session::{Left, NotOpened, Opened, Session};
use crate::verification::probe::Service;
use chrono::TimeDelta;
use codecommit::repository::{Recognized, Repository};
use codecommit::secret::public;
use std::sync::Arc;

/// What was found after git's configuration; `git` holds what belongs to its section all the same.
#[derive(Default)]
pub(super) struct Beyond {
    pub git: Vec<Finding>,
    pub credentials: Vec<Finding>,
    pub network: Vec<Finding>,
    pub codecommit: Vec<Finding>,
    pub signer: Signer,
}

impl Walk<'_> {
    /// The session to examine; what there is to say without one.
    fn session(
        &self,
        helper: &cli::Arguments,
        remote: &Remote,
        request: &Request,
        asked: Option<&Asked>,
        opened: Result<Opened, NotOpened>,
    ) -> Result<Arc<Session>, Box<Beyond>> {
        let nothing_to_ask = |skipped: &str, credentials, network: Option<Finding>| {
            let skip = |check| Finding::skip(check, skipped, "");
            let network = vec![network.unwrap_or_else(|| skip(Check::Connection))];
            let codecommit = vec![skip(Check::Fetch)];
            Box::new(Beyond { credentials: vec![credentials], network, codecommit, ..Beyond::default() })
        };
        // A host that was not checked may not be CodeCommit: nothing is asked there, as in `get`.
        if matches!(request.recognition, Ok(Some(Recognized::Unscoped(_)))) && helper.ignore_host_check {
            let why = Finding::skip(Check::Keys, "--ignore-host-check is set", "");
            return Err(nothing_to_ask(NOTHING_TO_SIGN, why, None));
        }
        match opened {
            Ok(Opened::Ours(session)) => Ok(Arc::new(*session)),
            Ok(Opened::Left(Left::IamGitCredential)) => {
                let fact = "not used: the user name is an IAM Git credential";
                let finding = Finding::ok(Check::Keys, fact, user_from(remote));
                Err(match (&request.recognition, asked) {
                    (Ok(Some(Recognized::Scoped(repository))), Some(asked)) => {
                        let tried = self.with_iam_git_credential(helper, remote, repository, request.user(), asked);
                        Box::new(Beyond { credentials: vec![finding], ..tried })
                    }
                    _ => nothing_to_ask("no region in the host name", finding, None),
                })
            }
            Ok(Opened::Left(Left::ForeignHost)) | Err(NotOpened::NearMiss(_) | NotOpened::NoPath { .. }) => {
                let fact = "nothing to sign";
                Err(nothing_to_ask(NOTHING_TO_SIGN, Finding::skip(Check::Keys, fact, ""), None))
            }
            Err(clock @ NotOpened::Clock(_)) => {
                let failure = Failure::from(clock);
                let clock = Finding::fail(Check::Clock, failure.cause.clone(), "", failure);
                let credentials = Finding::skip(Check::Keys, "AWS accepts no signature with this date", "");
                Err(nothing_to_ask("AWS accepts no signature with this date", credentials, Some(clock)))
            }
            Err(none) => {
                let failure = Failure::from(none);
                // No entry for a host without a region would do: the URL is to be solved before the helper.
                let check = if failure.code == Code::NoRegion { Check::Region } else { Check::Keys };
                Err(nothing_to_ask(NOTHING_TO_SIGN, Finding::fail(check, failure.cause.clone(), "", failure), None))
            }
        }
    }

    /// Everything that has to be asked, of helpers, of AWS and of CodeCommit: gathered, then judged.
    pub(super) fn beyond_git(
        &self,
        helper: &cli::Arguments,
        remote: &Remote,
        request: &Request,
        asked: Option<&Asked>,
        opened: Result<Opened, NotOpened>,
    ) -> Beyond {
        let session = match self.session(helper, remote, request, asked, opened) {
            Ok(session) => session,
            Err(beyond) => return *beyond,
        };
        let Session { repository, networks, choice, .. } = &*session;
        let services: &[Service] = match (remote.is_invented, self.arguments.fetch_only) {
            (true, _) => &[],
            (false, true) => &[Service::UploadPack],
            (false, false) => &[Service::UploadPack, Service::ReceivePack],
        };
        let resolving = Resolving::start(&session, self.world.clone(), !helper.no_cache);
        let filling = asked.map(|asked| (asked, asked.start(&remote.url, self.world)));
        let reached = self.reach(&networks.git, repository);
        let by_git = reached.is_err().then(|| ls_remote(&remote.url)).filter(|_| !remote.is_invented);
        let filled = filling.map(|(asked, filling)| (asked, filling.finish()));
        let resolved = resolving.finish();
        // As in `get`: keys in the environment need no files to sign, but where else the user works is written there.
        let read = session.profiles.is_empty().then(|| shared_files::load(self.world).unwrap_or_default());
        let here = Here {
            world: self.world,
            facts: self.facts,
            session: &session,
            profiles: read.as_ref().unwrap_or(&session.profiles),
            skew: reached.as_ref().map_or(TimeDelta::zero(), Reached::notable_skew),
            resolved: &resolved,
        };
        let asked_of_git = filled.as_ref().map(|(asked, filled)| (*asked, filled));
        let (probes, others) =
            if reached.is_ok() { here.ask(asked_of_git, services, self.exchanges) } else { Default::default() };
        let caller = probes.as_ref().map_or(Answer::Unknown, |probes| probes.caller.clone());
        let mut git = asked_of_git.map(|(asked, filled)| here.before_ours(remote, asked, filled, &others));
        let stored = filled.as_ref().and_then(|(_, filled)| filled.without_path.as_ref());
        let stored = stored.and_then(|stored| self.stored_without_path(repository, stored, &others.without_path, true));
        let signer = Signer {
            profile: (*choice != ProfileChoice::Default).then(|| public(choice.name()).into_owned()),
            source: resolved.as_ref().ok().map(|resolved| resolved.source.to_string()),
            access_key_id: resolved.as_ref().ok().map(|resolved| resolved.credentials.access_key_id.masked()),
            arn: caller.known().map(|caller| caller.arn.to_string()),
            account: caller.known().map(|caller| caller.account.to_string()),
        };
        let codecommit = if remote.is_invented {
            vec![judge::endpoint(repository, &remote.origin), no_repository()]
        } else {
            here.codecommit(probes, asked_of_git, others, reached.is_ok())
        };
        let proxy = networks.git.proxy().map(|proxy| (proxy.shown(), proxy.origin.clone()));
        let by_url = self.arguments.profile.is_none() && matches!(self.remote.way, Way::RemoteHelper(_));
        let chosen_by = match choice {
            ProfileChoice::Flag(_) if by_url => Source::Url.to_string(),
            choice => choice.origin().to_owned(),
        };
        let mut credentials = credentials::findings((choice, &chosen_by), &resolved, &caller, self.world);
        if let Some(stored) = stored.filter(|_| nothing_is_configured(&resolved)) {
            // With these no AWS credentials are needed.
            if stored.cause.is_some() {
                let skipped = Finding::skip(Check::Keys, "no AWS credentials", "not needed with IAM Git credentials");
                credentials = vec![skipped];
            }
            git.get_or_insert_default().push(stored);
        }
        let unconfigured = session.unconfigured_user.as_deref();
        credentials
            .splice(0..0, unconfigured.map(|user| credentials::unconfigured_user(user, repository, self.facts.shell)));
        let mut network = judge::network(&reached, proxy);
        if let Some(tried) = by_git {
            judge::beside_git(&mut network, tried);
        }
        Beyond { git: git.unwrap_or_default(), credentials, network, codecommit, signer }
    }

    /// git's first request; what does not come from AWS counts as nothing.
    pub(super) fn reach(&self, network: &Network, repository: &Repository) -> Result<Reached, Failure> {
        let unreached = |error| probes::unreached(error, repository.host(), network);
        let reached =
            probes::reach(network, repository, self.world, self.started, self.exchanges).map_err(unreached)?;
        if reached.is_aws() { Ok(reached) } else { Err(unreached(judge::not_aws(reached.reply.status))) }
    }
}

/// Whether no source of AWS credentials is configured, so that the person may have meant others. As in `get`.
fn nothing_is_configured(resolved: &Result<Resolved, Failure>) -> bool {
    resolved.as_ref().is_err_and(|failure| matches!(failure.code, Code::NoCredentials | Code::InstanceMetadata))
}

/// What a URL would add.
fn no_repository() -> Finding {
    Finding::skip(Check::Fetch, "no repository was named", "")
        .detail("with a URL or in a clone, doctor also checks whether fetch and push are allowed")
}

const NOTHING_TO_SIGN: &str = "nothing to sign";
