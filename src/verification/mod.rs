//! Verifies with CodeCommit that it accepts an answer, before git gets it.
//!
//! Decides when to ask, what to do with the reply, and what counts as a refusal; leaves the reason to `diagnosis`.
//! After a 403 git calls no helper and discards the body (git 2.47.3 `http.c`, `handle_curl_result`), so only now can
//! the refusal be explained. It fails open: only a refusal by CodeCommit itself makes a clone fail.

pub(crate) mod marks;
pub(crate) mod operation;
pub(crate) mod probe;
mod step;

use crate::aws::CallError;
use crate::aws::Network;
use crate::credentials::Resolved;
use crate::git::features;
use crate::machine::trace::Trace;
use crate::machine::wait::Waiting;
use crate::machine::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use codecommit::reply::Reply;
use codecommit::repository::Repository;
use codecommit::signature;
use codecommit::signature::GitPassword;
use marks::{Marks, Standing, What};
use operation::Operation;
use probe::Service;
use std::time::{Duration, Instant};
pub(crate) use step::NOTABLE_SKEW;
use step::{Next, Steps};

/// The budget for the probe, its retries and the diagnosis together.
pub(crate) const BUDGET: Duration = Duration::from_secs(5);

/// When to verify.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    // These texts are shown in the help.
    /// Unless CodeCommit accepted the same request in the last 12 hours
    #[default]
    Auto,
    /// On every request
    Always,
    /// Never, and keep no record
    Never,
}

/// The result of a verification.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// git gets the answer.
    Answer {
        /// The password, signed again if the clock was wrong.
        password: GitPassword,
        /// A warning for the user.
        warning: Option<Warning>,
    },
    /// CodeCommit refused the password.
    Refused(Evidence),
    /// CodeCommit throttles, and this git would repeat the request forever.
    ThrottledForever(Reply),
}

/// The result, and how much is known of this identity at this repository.
#[derive(Debug)]
pub(crate) struct Verified {
    /// The result.
    pub outcome: Outcome,
    /// CodeCommit was asked, and no mark of an earlier answer is valid, neither for fetch nor for push.
    pub is_first: bool,
}

/// A problem that does not prevent the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The local clock differs from AWS's.
    Skew {
        /// AWS's time, in UTC.
        theirs: DateTime<Utc>,
        /// The local time, in UTC.
        ours: DateTime<Utc>,
    },
    /// The answer is not AWS's.
    NotAws {
        /// The HTTP status code.
        status: u16,
    },
    /// CodeCommit is throttling or failing.
    Busy(Reply),
    /// The URL ends in `.git`, and CodeCommit was not asked whether it accepts that.
    DotGit {
        /// The name without `.git`.
        name: String,
    },
    /// A push would be refused; whether this is a push is not known.
    PushRefused(Reply),
    /// CodeCommit could not be asked, and git has not confirmed the last answer.
    NotAsked {
        /// Why, as in a trace.
        why: String,
    },
}

/// A refusal and its circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// The service that was asked.
    pub service: Service,
    /// What git is doing.
    pub operation: Operation,
    /// CodeCommit's reply.
    pub reply: Reply,
    /// How far AWS's clock is ahead of the local one, if the request was signed with AWS's time; otherwise zero.
    pub skew: TimeDelta,
    /// When the budget ends.
    pub deadline: Instant,
}

/// The context of a verification.
#[derive(Clone, Copy)]
pub(crate) struct Verification<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The credentials that sign.
    pub resolved: &'a Resolved,
    /// The client with git's network route.
    pub network: &'a Network,
    /// The marks of earlier answers.
    pub marks: &'a Marks,
    /// The machine.
    pub world: &'a World,
    /// The trace.
    pub trace: &'a Trace,
}

impl Verification<'_> {
    /// Signs, and verifies if `mode` and the marks require it.
    #[must_use]
    pub(crate) fn run(&self, mode: Mode) -> Verified {
        let password = signature::sign(self.repository, &self.resolved.credentials, self.world.now);
        if mode == Mode::Never {
            let warning = self.repository.without_dot_git().map(|name| Warning::DotGit { name: name.to_owned() });
            return Verified { outcome: Outcome::Answer { password, warning }, is_first: false };
        }
        let operation = Operation::find(&self.world.environment);
        self.marks.judge(self.trace);
        let what = self.what(operation);
        let standing = self.marks.standing(&what);
        self.trace.line(|| format!("operation {}, last check {}", operation.shown(), standing.shown()));
        let is_first = standing == Standing::Unknown && self.marks.standing(&self.what(operation.other())) == standing;
        let outcome = if mode == Mode::Auto && standing == Standing::Good {
            Outcome::Answer { password, warning: None }
        } else {
            let _waiting = Waiting::on(format!("CodeCommit at {}", self.repository.host()));
            let verified = crate::aws::block_on(self.verify(operation, standing, password));
            verified.unwrap_or_else(|error| {
                self.trace.line(|| format!("not verified: {error}"));
                let password = signature::sign(self.repository, &self.resolved.credentials, self.world.now);
                Outcome::Answer { password, warning: None }
            })
        };
        match &outcome {
            // A skew is not recorded: the next `get` checks the clock again.
            Outcome::Answer { warning: Some(Warning::Skew { .. }), .. } | Outcome::Refused(_) => {
                self.marks.forget(&what);
            }
            Outcome::Answer { password, .. } => self.marks.pend(&what, &password.password),
            Outcome::ThrottledForever(_) => {}
        }
        Verified { outcome, is_first }
    }

    /// The key of the marks. For temporary keys, which change, it has source and profile; a static key identifies
    /// itself.
    fn what(&self, operation: Operation) -> What {
        let credentials = &self.resolved.credentials;
        let key = if credentials.session_token.is_none() { credentials.access_key_id.expose() } else { "" };
        let Self { repository, resolved, .. } = self;
        What::of(&[&resolved.source.id(), key, repository.authority(), repository.path(), operation.name()])
    }

    async fn verify(&self, operation: Operation, standing: Standing, password: GitPassword) -> Outcome {
        let deadline = Instant::now() + BUDGET;
        let first = if operation == Operation::Push { Service::ReceivePack } else { Service::UploadPack };
        let outcome = self.ask(first, operation, password, deadline).await;
        match outcome {
            // The last answer was not accepted although fetching works, so it was probably for a push.
            Outcome::Answer { password, warning: None }
                if operation == Operation::Unknown && standing == Standing::Unconfirmed =>
            {
                match self.reply(Service::ReceivePack, &password, deadline).await {
                    Ok(reply) if (400..500).contains(&reply.status) && reply.request_id.is_some() => {
                        Outcome::Answer { password, warning: Some(Warning::PushRefused(reply)) }
                    }
                    _ => Outcome::Answer { password, warning: None },
                }
            }
            // git asks only after CodeCommit has answered it. So the first time nothing is wrong yet.
            Outcome::Answer { password, warning: Some(Warning::NotAsked { .. }) }
                if standing != Standing::Unconfirmed =>
            {
                Outcome::Answer { password, warning: None }
            }
            outcome => outcome,
        }
    }

    /// Sends requests to one service until there is a result.
    async fn ask(
        &self,
        service: Service,
        operation: Operation,
        mut password: GitPassword,
        deadline: Instant,
    ) -> Outcome {
        let mut steps = Steps::new();
        loop {
            let reply = match self.reply(service, &password, deadline).await {
                Ok(reply) => reply,
                Err(error) => {
                    let why = error.told();
                    self.trace.line(|| format!("not verified: {why}"));
                    return Outcome::Answer { password, warning: Some(Warning::NotAsked { why }) };
                }
            };
            self.trace.line(|| format!("{}: HTTP {}", service.name(), reply.status));
            let warning = match steps.after(&reply, self.world.now, left(deadline)) {
                Next::Repeat { after } => {
                    tokio::time::sleep(after).await;
                    continue;
                }
                Next::SignAgain { skew } => {
                    password = self.signed_by_their_clock(skew);
                    continue;
                }
                Next::Refused => {
                    return Outcome::Refused(Evidence { service, operation, reply, skew: steps.skew(), deadline });
                }
                Next::Busy if reply.status == 429 && self.git_would_loop() => return Outcome::ThrottledForever(reply),
                Next::Busy => Some(Warning::Busy(reply)),
                Next::NotAws => Some(Warning::NotAws { status: reply.status }),
                Next::Accepted { skew } => skew.map(|skew| self.skewed(skew)),
            };
            return Outcome::Answer { password, warning };
        }
    }

    async fn reply(&self, service: Service, password: &GitPassword, deadline: Instant) -> Result<Reply, CallError> {
        probe::ask(self.network, self.repository, service, password, left(deadline)).await
    }

    /// Signs with AWS's time. The expiry is in local time, with which git compares it.
    fn signed_by_their_clock(&self, skew: TimeDelta) -> GitPassword {
        let mut password = signature::sign(self.repository, &self.resolved.credentials, self.world.now + skew);
        password.expires -= skew;
        password
    }

    fn skewed(&self, skew: TimeDelta) -> Warning {
        Warning::Skew { theirs: self.world.now + skew, ours: self.world.now }
    }

    fn git_would_loop(&self) -> bool {
        features::repeats_429_forever(features::version(), self.network.git())
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}
