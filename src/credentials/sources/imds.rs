//! Credentials of an EC2 instance: version 2 of the instance metadata service (EC2 User Guide, "Use IMDSv2").
//!
//! Decides how long and how often the service is asked, and whether the server is EC2's. Token, role name and
//! credentials are fetched within one deadline. The SDK's client is not used: each of its requests has a separate
//! deadline, it panics on an invalid token lifetime or role name (aws-config 1.13 `imds/client/token.rs`,
//! `imds/client.rs`), and it reports a missing role only in the text of an error.

use super::NoKeys;
use super::link_local::{Answer, Question, Vended};
use crate::aws::{CallError, ExchangeError};
use crate::credentials::carry_out::Fetch;
use crate::credentials::{Absence, CredentialsError, Tried};
use crate::machine::wait::Waiting;
use crate::machine::world::Environment;
use aws_files::profiles::http_url;
use aws_files::timestamp;
use aws_smithy_runtime_api::client::result::ConnectorError;
use codecommit::attributes::shown_address;
use codecommit::keys::{Credentials, UnusableCredentials};
use codecommit::secret::Secret;
use std::error::Error;
use std::time::{Duration, Instant};

/// The time for everything: the AWS CLI's one second for one request, less the start of this process, so that a `get`
/// without an answer ends within a second.
const WITHIN: Duration = Duration::from_millis(900);

const TOKEN: &str = "/latest/api/token";
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";

/// Whether `AWS_EC2_METADATA_DISABLED` is `true`.
pub(crate) fn is_disabled(environment: &Environment) -> bool {
    environment.is_true("AWS_EC2_METADATA_DISABLED")
}

/// The result if IMDS is disabled.
pub(crate) fn disabled() -> Tried {
    Tried::new("instance metadata", "AWS_EC2_METADATA_DISABLED is true")
}

/// The credentials, or why there are none because there is no instance or no role.
pub(crate) async fn instance(fetch: &Fetch<'_>) -> Result<Result<Credentials, Tried>, NoKeys> {
    let service = Service::of(fetch);
    fetch.trace.line(|| format!("requesting credentials from IMDS at {}", service.shown));
    let _waiting = Waiting::on("the EC2 instance metadata service (IMDS)");
    match service.credentials().await {
        Ok(credentials) => Ok(Ok(credentials)),
        Err(Trouble::Absent(why)) => Ok(Err(Tried { source: "instance metadata".to_owned(), why })),
        Err(Trouble::Silent) => {
            Err(CredentialsError::InstanceSilent { endpoint: service.shown, timeout: service.within }.into())
        }
        Err(Trouble::Unusable(problem)) => Err(problem.into()),
        Err(Trouble::Other(problem)) => Err(CredentialsError::InstanceMetadata { problem }.into()),
    }
}

/// Why IMDS returned no credentials.
enum Trouble {
    /// There is no EC2 instance, or it has no role.
    Absent(Absence),
    /// A server accepts the connection but does not answer.
    Silent,
    /// The credentials are not valid.
    Unusable(UnusableCredentials),
    /// Any other failure, in words.
    Other(String),
}

impl From<String> for Trouble {
    fn from(problem: String) -> Self {
        Self::Other(problem)
    }
}

/// Why a request has no answer.
enum NoAnswer {
    /// The connection failed; the reason.
    NotConnected(String),
    /// The connection was accepted, but there was no answer in time.
    Silence,
    /// The answer is not valid or incomplete; the reason.
    Broken(String),
}

/// The service, as configured.
struct Service<'f> {
    fetch: &'f Fetch<'f>,
    endpoint: String,
    shown: String,
    /// The timeout of one attempt.
    timeout: Duration,
    attempts: u32,
    /// The time for all requests.
    within: Duration,
    ends: Instant,
}

impl<'f> Service<'f> {
    fn of(fetch: &'f Fetch<'f>) -> Self {
        let setting = |variable: &str, option: &str| {
            let environment = &fetch.world.environment;
            environment.non_empty(variable).or_else(|| fetch.profiles.setting(fetch.profile, option)).map(str::to_owned)
        };
        let number = |variable, option| setting(variable, option).and_then(|text| text.parse::<u32>().ok());
        let seconds = number("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout");
        let timeout = seconds.map_or(WITHIN, |seconds| Duration::from_secs(seconds.clamp(1, 30).into()));
        let attempts =
            number("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts").unwrap_or(1).clamp(1, 5);
        let mode = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
        let over_ipv6 = mode.is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"));
        let usual = if over_ipv6 { "http://[fd00:ec2::254]" } else { "http://169.254.169.254" };
        let endpoint = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
            .unwrap_or_else(|| usual.to_owned());
        let within = timeout * attempts;
        let shown = shown_address(&endpoint);
        Self { fetch, endpoint, shown, timeout, attempts, within, ends: Instant::now() + within }
    }

    async fn credentials(&self) -> Result<Credentials, Trouble> {
        if http_url(&self.endpoint).is_none() {
            return Err(format!("invalid endpoint: {}", self.shown).into());
        }
        let token = self.token().await?;
        let role = self.read_as(&token, ROLES).await?;
        let name = match role.status {
            200 => role_name(role.body.expose()).ok_or_else(|| "the response is not a role name".to_owned())?,
            404 => return Err(Trouble::Absent(Absence::NoRole)),
            status => return Err(format!("HTTP {status}").into()),
        };
        let answer = self.read_as(&token, &format!("{ROLES}{name}")).await?;
        match answer.status {
            200 => self.read(&answer.body),
            status => Err(format!("HTTP {status}").into()),
        }
    }

    /// Fetches the session's token.
    async fn token(&self) -> Result<Secret, Trouble> {
        let absent = |why: String| Err(Trouble::Absent(Absence::Other(why)));
        let shown = &self.shown;
        match self.ask("PUT", TOKEN, (TTL, "21600")).await {
            // Only EC2's service sends the token's lifetime.
            Ok(answer)
                if answer.status == 200 && answer.headers.get(TTL).is_some() && is_token(answer.body.expose()) =>
            {
                Ok(answer.body)
            }
            Ok(Answer { status: 403, .. }) => absent("disabled on this instance (HTTP 403)".to_owned()),
            // Other clouds have a service of their own at that address; some networks answer for every address.
            Ok(Answer { status, .. }) => absent(format!("{shown} is not EC2's metadata service: HTTP {status}")),
            Err(NoAnswer::NotConnected(told)) => absent(format!("no response from {shown}: {told}")),
            // It took the connection. A hop limit is one of the answer's packets alone.
            Err(NoAnswer::Silence) => Err(Trouble::Silent),
            Err(NoAnswer::Broken(problem)) => Err(problem.into()),
        }
    }

    /// Fetches `path` with the token.
    async fn read_as(&self, token: &Secret, path: &str) -> Result<Answer, Trouble> {
        let answered = self.ask("GET", path, ("x-aws-ec2-metadata-token", token.expose())).await;
        answered.map_err(|no_answer| match no_answer {
            NoAnswer::NotConnected(problem) | NoAnswer::Broken(problem) => problem.into(),
            // The token did arrive, so the deadline passed.
            NoAnswer::Silence => self.too_late().into(),
        })
    }

    /// Sends the request until there is an answer that a retry would not change, or no attempt or time is left.
    async fn ask(&self, method: &'static str, path: &str, header: (&'static str, &str)) -> Result<Answer, NoAnswer> {
        let mut attempt = 1;
        loop {
            let answered = self.ask_once(method, path, header).await;
            let may_change = answered.as_ref().map_or(true, |answer| matches!(answer.status, 401 | 429 | 500..));
            if !may_change || attempt >= self.attempts || Instant::now() >= self.ends {
                return answered;
            }
            attempt += 1;
        }
    }

    async fn ask_once(
        &self,
        method: &'static str,
        path: &str,
        header: (&'static str, &str),
    ) -> Result<Answer, NoAnswer> {
        let left = self.ends.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(NoAnswer::Broken(self.too_late()));
        }
        let url = format!("{}{path}", self.endpoint.trim_end_matches('/'));
        let within = self.timeout.min(left);
        let question = Question { method, url: &url, headers: &[("accept", "*/*"), header], connect: within, within };
        question.ask(self.fetch.network).await.map_err(|error| self.no_answer(error.as_ref()))
    }

    fn no_answer(&self, error: &(dyn Error + 'static)) -> NoAnswer {
        match ExchangeError::in_chain(error) {
            Some(ExchangeError::NoAnswer { .. }) => NoAnswer::Silence,
            Some(ExchangeError::Incomplete { .. }) => NoAnswer::Broken(self.too_late()),
            Some(error @ ExchangeError::TooLong) => NoAnswer::Broken(error.to_string()),
            Some(error @ ExchangeError::NotConnected { .. }) => NoAnswer::NotConnected(error.to_string()),
            None => {
                let is_io = error.downcast_ref().is_some_and(ConnectorError::is_io);
                let told = CallError::from_chain(error).told();
                if is_io { NoAnswer::NotConnected(told) } else { NoAnswer::Broken(told) }
            }
        }
    }

    fn too_late(&self) -> String {
        ExchangeError::Incomplete { within: self.within }.to_string()
    }

    /// The credentials in the service's answer, or the error in it.
    fn read(&self, body: &Secret) -> Result<Credentials, Trouble> {
        let vended = Vended::read(body)?;
        if let Some(refusal) = vended.refusal() {
            return Err(refusal.into());
        }
        let (Some(id), Some(secret)) = (vended.text("AccessKeyId"), vended.text("SecretAccessKey")) else {
            return Err("the response has no credentials".to_owned().into());
        };
        // If AWS cannot issue new credentials, the service returns the old ones, and AWS still accepts them ("static
        // stability", as in botocore 1.43 `credentials.py`, `_evaluate_expiration`).
        let expires = vended.text("Expiration").and_then(timestamp::parse).filter(|ends| *ends > self.fetch.world.now);
        Credentials::new(id, secret, vended.text("Token"), expires).map_err(Trouble::Unusable)
    }
}

/// Whether the text can be a token, which is sent back in a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A valid role name (IAM User Guide, "IAM and AWS STS quotas": letters, digits and `+=,.@-_`, at most 64). It becomes
/// part of a path.
fn role_name(text: &str) -> Option<&str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@-_".contains(&byte);
    (!text.is_empty() && text.len() <= 64 && text.bytes().all(fits)).then_some(text)
}
