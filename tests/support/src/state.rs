//! Everything that a test can set, behind one lock.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use chrono::{DateTime, TimeDelta, Utc};

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::git::Git;
use crate::keys::{AccessKey, GitCredentials, Keys};
use crate::metadata::Metadata;
use crate::policy::Policies;
use crate::proxy::ProxyRules;
use crate::record::Record;
use crate::repository::Repositories;
use crate::signin::SignIn;
use crate::sso::Sso;
use crate::sts::Sts;

/// The state of CodeCommit. It applies to the git service and the API, and only to requests with credentials: git's
/// first request, which has none, is always challenged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Normal,
    /// 429 on the git host, with `Retry-After` in seconds if given; 400 `ThrottlingException` on the API host.
    Throttled { retry_after: Option<u32> },
    /// 500 `InternalFailure`.
    InternalFailure,
    /// 503 `ServiceUnavailable`.
    Unavailable,
    /// The request is read, and never answered.
    Silent,
}

/// The `WWW-Authenticate` headers of a 401. Which of the two the real service sends is not publicly documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Challenge {
    #[default]
    Basic,
    NegotiateAndBasic,
    /// No header, with which no client can continue.
    Absent,
}

/// The answer to `Basic <user>:` with an empty password (curl sends that for `https://user@host/`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyPassword {
    /// 403, as in one report (akuity/kargo#6794).
    #[default]
    Refused,
    /// 401.
    Challenged,
}

/// An answer that replaces the endpoint's own, as from a proxy that intercepts TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedAnswer {
    pub status: u16,
    pub content_type: Option<String>,
    pub body: String,
    /// Whether it has `x-amzn-RequestId`.
    pub from_aws: bool,
}

impl From<FixedAnswer> for Answer {
    fn from(fixed: FixedAnswer) -> Self {
        let answer = Answer::new(fixed.status, fixed.body);
        let answer = if fixed.from_aws { answer } else { answer.not_from_aws() };
        match fixed.content_type {
            Some(content_type) => answer.with("content-type", content_type),
            None => answer,
        }
    }
}

/// The protocol for a server that a host is routed to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoken {
    Http1,
    Http2,
}

pub(crate) struct State {
    pub keys: Keys,
    pub git_credentials: Vec<GitCredentials>,
    pub policies: Policies,
    pub repositories: Repositories,
    pub sts: Sts,
    pub sso: Sso,
    pub signin: SignIn,
    pub metadata: Metadata,
    pub proxy: ProxyRules,
    pub record: Record,
    pub mode: Mode,
    pub challenge: Challenge,
    pub empty_password: EmptyPassword,
    pub bodies: bool,
    pub clock_offset: TimeDelta,
    pub disabled_regions: Vec<String>,
    pub fixed_answers: Vec<(String, FixedAnswer)>,
    pub led_to: Vec<(String, SocketAddr, Spoken)>,
    /// How long keys from the token services are valid, unless the request sets it.
    pub session_lifetime: TimeDelta,
    /// What the token services return instead of new keys: id, secret and token.
    pub handed_out: Option<[String; 3]>,
}

impl State {
    fn new() -> Self {
        Self {
            keys: Keys::default(),
            git_credentials: Vec::new(),
            policies: Policies::default(),
            repositories: Repositories::default(),
            sts: Sts::default(),
            sso: Sso::default(),
            signin: SignIn::default(),
            metadata: Metadata::default(),
            proxy: ProxyRules::default(),
            record: Record::default(),
            mode: Mode::default(),
            challenge: Challenge::default(),
            empty_password: EmptyPassword::default(),
            bodies: true,
            clock_offset: TimeDelta::zero(),
            disabled_regions: Vec::new(),
            fixed_answers: Vec::new(),
            led_to: Vec::new(),
            session_lifetime: TimeDelta::hours(1),
            handed_out: None,
        }
    }

    /// The stand-in's current time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.clock_offset
    }

    /// Creates a temporary key that is accepted from now on.
    pub(crate) fn issue_key(&mut self, principal_arn: &str, lifetime: Option<TimeDelta>) -> AccessKey {
        let until = self.now() + lifetime.unwrap_or(self.session_lifetime);
        let mut key = AccessKey::issued(principal_arn, until);
        if let Some([id, secret, token]) = self.handed_out.clone() {
            key = AccessKey { id, secret, token: Some(token), ..key };
        }
        self.keys.put(key.clone());
        key
    }

    /// The key; unknown if the account has not enabled the region.
    pub(crate) fn key(
        &self,
        id: &str,
        token: Option<&str>,
        endpoint: &Endpoint,
    ) -> Result<&AccessKey, crate::keys::KeyRefusal> {
        if self.disabled_regions.contains(&endpoint.region) {
            return Err(crate::keys::KeyRefusal::WrongToken);
        }
        self.keys.find(id, token, endpoint.partition(), self.now())
    }
}

/// The state that handle and servers share.
pub(crate) struct World {
    state: Mutex<State>,
    pub git: Git,
    /// `GIT_PROJECT_ROOT` of `git http-backend`.
    pub project_root: PathBuf,
}

impl World {
    pub(crate) fn new(git: Git, project_root: PathBuf) -> Self {
        Self { state: Mutex::new(State::new()), git, project_root }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics while it holds the state")
    }
}
