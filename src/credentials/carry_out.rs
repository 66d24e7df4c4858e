//! Carries out a plan; only this part of `credentials` needs a runtime and the SDK.
//!
//! Decides nothing about the order of sources. One current-thread runtime lives as long as the fetch; a plan that needs
//! no network (keys in a file, `credential_process`, a cached role or `aws login`) never starts it.

use super::calls::Patience;
use super::sources::NoKeys;
use super::{CredentialsError, ProcessSetting, Resolved, RoleCache, Source, Tried};
use crate::aws::{Network, Obstacle, Unreachable};
use crate::credentials::sources::{container, imds, login, process, sso, sts};
use crate::failure::Code;
use crate::git::prompt;
use crate::git::prompt::NoCode;
use crate::machine::single_flight::{Before, Turn, Turns};
use crate::machine::trace::Trace;
use crate::machine::world::World;
use aws_files::cache::Entry;
use aws_files::plan::{AssumeRolePlan, Plan, SsoPlan, WebIdentityPlan};
use aws_files::profiles::Profiles;
use codecommit::keys::Credentials;
use codecommit::region::{BadRegion, Region};
use codecommit::secret::{Secret, profile as shown};
use std::cell::OnceCell;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// The context of every step of a plan.
#[derive(Clone, Copy)]
pub(super) struct Fetch<'a> {
    pub profiles: &'a Profiles,
    /// The selected profile: its `services`, `endpoint_url` and `region` settings apply to all calls, as in the AWS
    /// CLI.
    pub profile: &'a str,
    /// The region of STS: from `--region`, the environment, the profile, or else the host. An invalid one is an error
    /// only for a plan that calls STS.
    pub sts_region: &'a Result<Region, BadRegion>,
    pub network: &'a Network,
    pub world: &'a World,
    pub trace: &'a Trace,
    pub cache: &'a RoleCache,
    pub turns: &'a Turns,
    /// The plan's web identity token (it has one at most), read once, since its file may be a pipe.
    pub token: &'a OnceCell<Result<Secret, CredentialsError>>,
    pub patience: &'a Patience,
}

/// How long to wait for another process that is fetching the same credentials, without prompts: its calls, and starting.
pub(super) const PATIENCE: Duration = Duration::from_secs(32);

impl Fetch<'_> {
    /// Gets the credentials of a plan.
    pub(super) fn run(&self, plan: &Plan) -> Result<Resolved, CredentialsError> {
        match self.at_hand(plan) {
            Some(resolved) => resolved,
            None => block_on(self.credentials(plan)),
        }
    }

    /// The credentials of the EC2 instance, or why it has none.
    pub(super) fn instance_metadata(&self) -> Result<Result<Resolved, Tried>, CredentialsError> {
        block_on(self.instance())
    }

    async fn instance(&self) -> Result<Result<Resolved, Tried>, CredentialsError> {
        if imds::is_disabled(&self.world.environment) {
            return Ok(Err(imds::disabled()));
        }
        let found = imds::instance(self).await.map_err(|none| of(Source::Instance, none))?;
        Ok(found.map(|keys| resolved(keys, Source::Instance)))
    }

    /// The source of a plan's credentials, the same whether they were fetched or cached.
    fn source(&self, plan: &Plan) -> Source {
        match plan {
            Plan::Static { profile, in_credentials_file, .. } => {
                let file = if *in_credentials_file { &self.profiles.credentials } else { &self.profiles.config };
                let file = file.path.as_deref().map(|path| self.world.abbreviate(path)).unwrap_or_default();
                Source::Keys { profile: profile.clone(), file }
            }
            Plan::Process { profile, .. } => Source::Process { profile: profile.clone() },
            Plan::Sso(SsoPlan { profile, session, .. }) => {
                Source::Sso { profile: profile.clone(), session: session.clone() }
            }
            Plan::Login { profile, .. } => Source::Login { profile: profile.clone() },
            Plan::WebIdentity(web) => Source::WebIdentity { role_arn: web.role_arn.clone() },
            Plan::AssumeRole(role) => Source::Role { role_arn: role.role_arn.clone(), profile: role.profile.clone() },
            Plan::Environment => Source::Environment,
            Plan::Container => Source::Container,
            Plan::InstanceMetadata => Source::Instance,
        }
    }

    /// The credentials of plans that need no network; `None` for other plans.
    fn at_hand(&self, plan: &Plan) -> Option<Result<Resolved, CredentialsError>> {
        match plan {
            Plan::Static { credentials, .. } => Some(Ok(resolved(credentials.clone(), self.source(plan)))),
            Plan::Process { profile, command } => {
                self.trace.line(|| {
                    format!("running credential_process of {}: {}", shown(profile), process::program(command))
                });
                let failed = |problem| {
                    // The credentials file takes precedence over the config file (botocore `full_config`).
                    let section = self.profiles.credentials_section(profile);
                    let is_of_credentials = section.is_some_and(|section| section.get("credential_process").is_some());
                    let files = [&self.profiles.config, &self.profiles.credentials];
                    let path = files[usize::from(is_of_credentials)].path.as_deref();
                    let file = path.map(|path| self.world.abbreviate(path)).unwrap_or_default();
                    let setting = Box::new(ProcessSetting::of(profile, file, command, self.world));
                    CredentialsError::Process { setting, problem }
                };
                Some(
                    process::run(command, self.world)
                        .map(|credentials| resolved(credentials, self.source(plan)))
                        .map_err(failed),
                )
            }
            Plan::Login { session, profile } => {
                login::cached(self, profile, session).map(|found| self.of_plan(plan, found))
            }
            plan => self.cached(plan).map(Ok),
        }
    }

    /// The credentials of a role that the AWS CLI or an earlier answer has cached.
    fn cached(&self, plan: &Plan) -> Option<Resolved> {
        let entry = self.entry(plan)?;
        let credentials = self.cache.read(&entry)?;
        self.trace.line(|| "cache hit: ~/.aws/cli/cache".to_owned());
        Some(Resolved { kept_in: self.cache.path(&entry), ..resolved(credentials, self.source(plan)) })
    }

    /// The cache entry of a plan; `None` for plans whose credentials are not cached.
    fn entry(&self, plan: &Plan) -> Option<Entry> {
        match plan {
            Plan::AssumeRole(role) => Some(Entry::of_role(role)),
            Plan::WebIdentity(web) => {
                let token = self.web_identity_token(web).ok()?;
                Some(Entry::of_web_identity(web, &token))
            }
            Plan::Sso(sso) => Some(Entry::of_sso(sso)),
            _ => None,
        }
    }

    /// The token with which the role is assumed.
    pub(super) fn web_identity_token(&self, plan: &WebIdentityPlan) -> Result<Secret, CredentialsError> {
        self.token.get_or_init(|| sts::web_identity_token(plan, self.world)).clone()
    }

    /// Fetches the credentials of a role, once for all processes that want them at this time. If that fails, a cached
    /// session that is about to expire is used.
    async fn fetch_and_keep(&self, plan: &Plan) -> Result<Resolved, CredentialsError> {
        let Some(entry) = self.entry(plan) else { return self.fetch_role(plan).await };
        match self.fetch_in_turn(&entry, plan).await {
            Err(error) => self.kept_still(&entry, plan, error),
            fetched => fetched,
        }
    }

    async fn fetch_in_turn(&self, entry: &Entry, plan: &Plan) -> Result<Resolved, CredentialsError> {
        if !self.cache.keeps() {
            return self.fetch_role(plan).await;
        }
        let asking = plan.role_with_mfa();
        let patience = if asking.is_some() { PATIENCE + 3 * prompt::PATIENCE } else { PATIENCE };
        let mut turn = self.turns.take(entry.name(), patience);
        if let Some(found) = self.cached(plan) {
            return Ok(found);
        }
        let place = self.cache.place(entry);
        match (&turn.before, asking) {
            // The user must not be prompted once for each submodule.
            (Before::Failure(code), Some(role)) => {
                let code = Code::named(code).unwrap_or(Code::RoleRefused);
                return Err(no_code(role, NoCode::AnotherFailed(code)));
            }
            (Before::StillBusy, Some(role)) => return Err(no_code(role, NoCode::AnotherIsAsking)),
            // Fetches in parallel with the other processes, as without a cache. No process waits for credentials that
            // cannot be cached.
            (Before::Failure(_) | Before::StillBusy, None) => turn = Turn::default(),
            (Before::Nothing, None) if place.is_err() => turn = Turn::default(),
            (Before::Nothing, _) => {}
        }
        let fetched = match self.fetch_role(plan).await {
            Ok(fetched) => fetched,
            Err(error) => {
                turn.fail(error.code().as_str());
                return Err(error);
            }
        };
        if let Err(error) = place.and_then(|place| place.keep(entry, &fetched.credentials)) {
            self.trace.line(|| format!("could not cache the credentials: {error}"));
        }
        Ok(fetched)
    }

    fn kept_still(&self, entry: &Entry, plan: &Plan, error: CredentialsError) -> Result<Resolved, CredentialsError> {
        let Some(credentials) = self.cache.read_last(entry) else { return Err(error) };
        self.trace.line(|| format!("using the cached session until it expires; refresh failed: {}", error.code()));
        Ok(Resolved { kept_in: self.cache.path(entry), ..resolved(credentials, self.source(plan)) })
    }

    async fn fetch_role(&self, plan: &Plan) -> Result<Resolved, CredentialsError> {
        let keys = match plan {
            Plan::Sso(sso) => sso::role_credentials(self, sso).await,
            Plan::WebIdentity(web) => sts::assume_role_with_web_identity(self, web).await,
            Plan::AssumeRole(role) => self.assume_role(role).await,
            other => return self.credentials(other).await,
        };
        let fetched = self.of_plan(plan, keys)?;
        match fetched.credentials.expires {
            Some(expired) if expired <= self.world.now => {
                Err(CredentialsError::ClockAhead { source: fetched.source, expired, now: self.world.now })
            }
            _ => Ok(fetched),
        }
    }

    fn of_plan(&self, plan: &Plan, keys: Result<Credentials, NoKeys>) -> Result<Resolved, CredentialsError> {
        let source = self.source(plan);
        match keys {
            Ok(keys) => Ok(resolved(keys, source)),
            Err(none) => Err(of(source, none)),
        }
    }

    /// Carries out one step, and the steps that it depends on.
    fn credentials<'f>(
        &'f self,
        plan: &'f Plan,
    ) -> Pin<Box<dyn Future<Output = Result<Resolved, CredentialsError>> + 'f>> {
        Box::pin(async move {
            if let Some(resolved) = self.at_hand(plan) {
                return resolved;
            }
            match plan {
                Plan::Sso(_) | Plan::WebIdentity(_) | Plan::AssumeRole(_) => self.fetch_and_keep(plan).await,
                Plan::Login { profile, session } => self.of_plan(plan, login::renewed(self, profile, session).await),
                Plan::Container => self.of_plan(plan, container::credentials(self).await),
                Plan::Environment => self.environment(),
                Plan::InstanceMetadata => self.instance_metadata_source().await,
                Plan::Static { .. } | Plan::Process { .. } => unreachable!("both are at hand"),
            }
        })
    }

    async fn assume_role(&self, plan: &AssumeRolePlan) -> Result<Credentials, NoKeys> {
        let opener = super::unexpired(self.credentials(&plan.source).await?, None, self.world)?;
        let Some(serial) = &plan.mfa_serial else { return sts::assume_role(self, plan, &opener, None).await };
        // After a wrong code, prompts again, at most twice.
        for attempt in 1.. {
            let code =
                prompt::ask(serial, attempt > 1, self.world, self.trace).map_err(|problem| no_code(plan, problem))?;
            match sts::assume_role(self, plan, &opener, Some(&code)).await {
                Err(NoKeys::Failed(error)) if is_wrong_code(&error) && attempt < 3 => {
                    self.trace.line(|| "AWS STS rejected the MFA code".to_owned());
                }
                done => return done,
            }
        }
        unreachable!("the third attempt returns")
    }

    fn environment(&self) -> Result<Resolved, CredentialsError> {
        super::from_environment(self.world)?.ok_or_else(|| {
            self.empty_source("Environment", Tried::environment(&self.world.environment).why.to_string())
        })
    }

    async fn instance_metadata_source(&self) -> Result<Resolved, CredentialsError> {
        self.instance().await?.map_err(|absent| self.empty_source("Ec2InstanceMetadata", absent.why.to_string()))
    }

    fn empty_source(&self, credential_source: &'static str, why: String) -> CredentialsError {
        CredentialsError::SourceEmpty { profile: self.profile.to_owned(), credential_source, why }
    }
}

fn block_on<T>(future: impl Future<Output = Result<T, CredentialsError>>) -> Result<T, CredentialsError> {
    crate::aws::block_on(future).unwrap_or_else(|error| {
        let obstacle = Obstacle::Other(error.to_string().into());
        let (service, route, attempts) = ("AWS".to_owned(), Box::default(), Box::default());
        Err(CredentialsError::Unreachable(Unreachable { service, obstacle, route, attempts }))
    })
}

fn no_code(plan: &AssumeRolePlan, problem: NoCode) -> CredentialsError {
    CredentialsError::MfaNeeded {
        profile: plan.profile.clone(),
        role_arn: plan.role_arn.clone(),
        mfa_serial: plan.mfa_serial.clone().unwrap_or_default(),
        problem,
    }
}

/// Whether STS rejected an MFA code as wrong or expired. Not if the device is not the caller's (`unable to validate MFA
/// code`), since another code would not help.
fn is_wrong_code(error: &CredentialsError) -> bool {
    let CredentialsError::RoleRefused { refusal, .. } = error else { return false };
    refusal.code == "AccessDenied" && refusal.message.contains("invalid MFA one time pass code")
        || refusal.code == "ValidationError" && refusal.message.contains("tokenCode")
}

/// Combines keys with their source. No other function does.
fn resolved(credentials: Credentials, source: Source) -> Resolved {
    Resolved { credentials, source, kept_in: None }
}

fn of(source: Source, none: NoKeys) -> CredentialsError {
    match none {
        NoKeys::Unusable(problem) => CredentialsError::Unusable { source, tokens: Vec::new(), problem },
        NoKeys::Failed(error) => *error,
    }
}
