//! How a call to AWS failed, as facts: refused by the service, or something stood in the way.

use crate::aws::{ExchangeError, NetworkError, Route};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;
use codecommit::quote::Quote;
use codecommit::secret::public_words;
use std::error::Error;

/// What a service said when it refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error's code, such as `AccessDenied`.
    pub code: Quote,
    /// The error's message.
    pub message: Quote,
    /// The id that AWS Support asks for.
    pub request_id: Option<Quote>,
}

impl Refusal {
    /// Whether AWS STS refused an MFA code, of which no other would help.
    #[must_use]
    pub fn is_about_mfa(&self) -> bool {
        self.message.contains("MultiFactorAuthentication failed")
    }

    /// Whether the service has another time than this machine.
    #[must_use]
    pub fn is_about_the_clock(&self) -> bool {
        ["Signature expired", "Signature not yet current"].iter().any(|start| self.message.starts_with(start))
    }
}

/// A service that could not be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// The service, in words, with its region.
    pub service: String,
    /// What was in the way.
    pub obstacle: Obstacle,
    /// The way there.
    pub route: Box<Route>,
}

/// What stood between us and a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Its certificate is of an authority that is not trusted.
    UnknownIssuer,
    /// Something else is wrong with its certificate, in the words of the TLS library.
    Certificate(Quote),
    /// The proxy refused to open a tunnel.
    ProxyRefused,
    /// Something answered with this status, but not in AWS's format.
    Answer(u16),
    /// The service itself cannot answer now: too many requests, or a fault of its own.
    Passing(Refusal),
    /// No complete answer in time, or one without end.
    Exchange(ExchangeError),
    /// The time for everything that was to be asked was over first.
    TimedOut,
    /// Anything else, in the words of the network stack.
    Other(Quote),
}

impl Obstacle {
    /// The words for [`Obstacle::TimedOut`].
    pub(crate) const TIMED_OUT: &str = "no answer within the deadline";
}

/// How a call to an AWS service failed.
#[derive(Debug)]
pub(crate) enum CallError {
    /// The service answered, with an error.
    Refused(Refusal),
    /// It did not, or something else did.
    Unreachable(Obstacle),
    /// No request could be sent at all.
    Network(NetworkError),
}

impl CallError {
    /// Something else that was in the way.
    pub(crate) fn other(problem: impl Into<Quote>) -> Self {
        Self::Unreachable(Obstacle::Other(problem.into()))
    }

    /// Reads an SDK error. Never its `Debug`: that dumps whole HTTP bodies, and a body may hold credentials.
    pub(crate) fn from_sdk<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if let SdkError::ServiceError(context) = error {
            let metadata = context.err().meta();
            let status = context.raw().status().as_u16();
            let refusal = |code: &str| Refusal {
                code: code.into(),
                message: metadata.message().unwrap_or_default().into(),
                request_id: metadata.request_id().map(Quote::from),
            };
            return match metadata.code() {
                Some(code) if is_passing(status, code) => Self::Unreachable(Obstacle::Passing(refusal(code))),
                Some(code) => Self::Refused(refusal(code)),
                // AWS always names its errors; a proxy's page has no name.
                None => Self::Unreachable(Obstacle::Answer(status)),
            };
        }
        Self::from_chain(error)
    }

    /// Reads the chain of causes: an error of our own client, else the two innermost messages.
    pub(crate) fn from_chain(error: &(dyn Error + 'static)) -> Self {
        if let Some(exchange) = ExchangeError::in_chain(error) {
            return Self::Unreachable(Obstacle::Exchange(exchange));
        }
        let mut messages: Vec<String> = Vec::new();
        let mut next = Some(error);
        while let Some(cause) = next {
            if let Some(network) = cause.downcast_ref::<NetworkError>() {
                return Self::Network(network.clone());
            }
            let message = cause.to_string();
            // The SDK puts whole requests, tokens and all, into some of its messages (`failed to apply endpoint … to
            // request …`, aws-smithy-runtime 1.16 `orchestrator/endpoints.rs`).
            let message = public_words(message.split(" to request ").next().unwrap_or_default()).into_owned();
            if !messages.last().is_some_and(|last| last.contains(&message)) {
                messages.push(message);
            }
            next = cause.source();
        }
        let problem = messages.split_off(messages.len().saturating_sub(2)).join(": ");
        Self::Unreachable(if let Some((_, certificate)) = problem.split_once("invalid peer certificate: ") {
            // rustls 0.23 `error.rs`, `CertificateError`. The signature is bad where an authority of this name is trusted, and
            // has another key.
            if matches!(certificate, "UnknownIssuer" | "BadSignature") {
                Obstacle::UnknownIssuer
            } else {
                Obstacle::Certificate(certificate.into())
            }
        } else if problem.contains("tunnel error") {
            Obstacle::ProxyRefused
        } else {
            Obstacle::Other(problem.into())
        })
    }

    /// The failure in a few words, for messages that are about something else.
    pub(crate) fn told(self) -> String {
        match self {
            Self::Refused(refusal) | Self::Unreachable(Obstacle::Passing(refusal)) => refusal.code.to_string(),
            Self::Network(error) => error.to_string(),
            Self::Unreachable(Obstacle::UnknownIssuer) => "certificate verification failed: unknown issuer".to_owned(),
            Self::Unreachable(Obstacle::Certificate(problem)) => format!("certificate verification failed: {problem}"),
            Self::Unreachable(Obstacle::ProxyRefused) => "the proxy refused the connection".to_owned(),
            Self::Unreachable(Obstacle::Answer(status)) => format!("HTTP {status}"),
            Self::Unreachable(Obstacle::Exchange(error)) => error.to_string(),
            Self::Unreachable(Obstacle::TimedOut) => Obstacle::TIMED_OUT.to_owned(),
            Self::Unreachable(Obstacle::Other(problem)) => problem.to_string(),
        }
    }
}

/// What another try may mend (AWS General Reference, "Error retries"; IAM Identity Center, `TooManyRequestsException`).
fn is_passing(status: u16, code: &str) -> bool {
    let words = [
        "Throttl",
        "TooManyRequests",
        "SlowDown",
        "RequestLimitExceeded",
        "InternalFailure",
        "InternalServer",
        "ServiceUnavailable",
    ];
    status >= 500 || status == 429 || words.iter().any(|word| code.contains(word))
}
