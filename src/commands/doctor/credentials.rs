//! Which AWS credentials a fresh signature is made with. The same way as `get` goes, within a bound of its own.

use super::check::Check;
use super::report::Finding;
use crate::aws::{Obstacle, Unreachable};
use crate::credentials::{CredentialsError, ProfileChoice, Resolved, Source};
use crate::diagnosis::{Answer, Caller};
use crate::failure::{Code, Failure};
use crate::machine::trace::Trace;
use crate::machine::world::World;
use crate::session::Session;
use crate::text::shell::{Command, Shell};
use crate::text::time::duration;
use crate::words;
use codecommit::repository::Repository;
use codecommit::secret::profile as shown;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Credentials on their way.
pub(super) struct Resolving {
    receiver: mpsc::Receiver<Result<Resolved, CredentialsError>>,
    ends: Instant,
}

/// A role takes one request, a sign-in with a role two.
const WITHIN: Duration = Duration::from_secs(4);

impl Resolving {
    /// Starts on a thread of its own: the deadlines of the SDK's clients are longer than a doctor may take.
    pub(super) fn start(session: &Arc<Session>, world: World, use_cache: bool) -> Self {
        let (sender, receiver) = mpsc::channel();
        let session = Arc::clone(session);
        std::thread::spawn(move || {
            let _ = sender.send(session.resolve(&world, &Trace::default(), use_cache));
        });
        Self { receiver, ends: Instant::now() + WITHIN }
    }

    /// Waits for them.
    pub(super) fn finish(self) -> Result<Resolved, Failure> {
        let left = self.ends.saturating_duration_since(Instant::now());
        match self.receiver.recv_timeout(left) {
            Ok(resolved) => resolved.map_err(Failure::from),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let problem = format!("timed out after {} s", WITHIN.as_secs());
                Err(Failure::from(CredentialsError::Unreachable(Unreachable {
                    service: "the source of the AWS credentials".to_owned(),
                    obstacle: Obstacle::Other(problem.into()),
                    route: Box::default(),
                    attempts: Box::default(),
                })))
            }
        }
    }
}

/// A user name in the URL that is also the name of a profile.
pub(super) fn unconfigured_user(user: &str, repository: &Repository, shell: Shell) -> Finding {
    let key = format!("credential.{}.username", repository.url());
    let command = Command::new("git config --global").arg(key).arg(user);
    Finding::warn(Check::UserName, format!("user name `{user}` does not choose profile `{user}`"), "the URL")
        .detail("a URL can be someone else's: only git's configuration chooses a profile by a user name")
        .with("to choose it:", command.written_for(shell))
}

/// Profile, keys, and whose they are. `chosen_by` says who chose the profile.
pub(super) fn findings(
    (choice, chosen_by): (&ProfileChoice, &str),
    resolved: &Result<Resolved, Failure>,
    caller: &Answer<Caller>,
    world: &World,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if *choice != ProfileChoice::Default {
        let profile = shown(choice.name());
        let by_keys = resolved.as_ref().is_ok_and(|resolved| resolved.source == Source::Environment);
        findings.push(if by_keys {
            let passed_over = Finding::warn(Check::Profile, format!("{profile} is ignored"), chosen_by);
            passed_over.detail("access keys in environment variables take precedence")
        } else {
            Finding::ok(Check::Profile, profile, chosen_by)
        });
    }
    let resolved = match resolved {
        Ok(resolved) => resolved,
        Err(failure) if failure.code == Code::MfaNeeded => {
            findings.push(Finding::warn(
                Check::Keys,
                "the role requires an MFA code; git prompts for it",
                "doctor does not prompt",
            ));
            return findings;
        }
        Err(failure) => {
            findings.push(Finding::fail(Check::Keys, failure.cause.clone(), "", failure.clone()));
            return findings;
        }
    };
    let credentials = &resolved.credentials;
    let left = credentials.expires.map(|end| format!(", expires in {}", duration(end - world.now))).unwrap_or_default();
    findings.push(Finding::ok(
        Check::Keys,
        format!("{}{left}", credentials.access_key_id.masked()),
        resolved.source.to_string(),
    ));
    let origin = "sts:GetCallerIdentity";
    findings.push(match caller {
        Answer::Known(caller) => {
            // `arn:aws:sts::111122223333:assumed-role/Developer/dev`
            let who = caller.arn.splitn(6, ':').nth(5).unwrap_or(&caller.arn);
            Finding::ok(Check::Identity, format!("{who} in account {}", caller.account), origin)
        }
        Answer::Refused(refusal) => Finding::warn(Check::Identity, "caller identity unknown: denied", origin)
            .with("AWS said:", words::said(refusal)),
        Answer::Redirected(endpoint) => {
            Finding::skip(Check::Identity, "caller identity unknown: AWS STS was not asked", origin)
                .detail(words::redirected_by(endpoint))
        }
        Answer::Unknown => Finding::skip(Check::Identity, "caller identity unknown: AWS STS was not reached", origin),
    });
    findings
}
