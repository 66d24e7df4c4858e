//! How a call to AWS failed, as facts: the service refused it, or it did not get through.
//!
//! Decides by the types of the SDK and of our own client. Their error messages are quoted, never interpreted, except
//! those of the TLS library about certificates. Leaves the words to `words`.

use crate::aws::{ExchangeError, NetworkError, ProxyRefusal, Route};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;
use codecommit::quote::Quote;
use codecommit::secret::public_words;
use rustls::CertificateError;
use serde_json::Value;
use std::error::Error;
use std::time::Duration;

/// The error of a service that refused a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error code, such as `AccessDenied`.
    pub code: Quote,
    /// The error message.
    pub message: Quote,
    /// The id that AWS Support asks for.
    pub request_id: Option<Quote>,
}

impl Refusal {
    /// Whether AWS STS rejected the MFA device or its code (`MultiFactorAuthentication failed …`).
    #[must_use]
    pub fn is_about_mfa(&self) -> bool {
        self.message.contains("MultiFactorAuthentication failed")
    }

    /// Whether the service rejected the time of the signature: the two clocks differ.
    #[must_use]
    pub fn is_about_the_clock(&self) -> bool {
        ["Signature expired", "Signature not yet current"].iter().any(|start| self.message.starts_with(start))
    }
}

/// A service without a usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// The service's name and region, in words.
    pub service: String,
    /// Why there is no usable answer.
    pub obstacle: Obstacle,
    /// The network route of the request.
    pub route: Box<Route>,
    /// What was sent; none of it for an obstacle before the first request.
    pub attempts: Box<Attempts>,
}

/// What was tried before a service counted as unreachable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    /// The number of requests.
    pub count: u32,
    /// The time that they took together.
    pub took: Duration,
    /// The host of the last one, if there was one.
    pub host: Option<String>,
    /// The settings that select FIPS or dual-stack endpoints, and so another host than the region's standard one.
    pub endpoint_settings: Vec<EndpointSetting>,
}

/// A setting that selects another endpoint of each AWS service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointSetting {
    /// What it selects.
    pub variant: EndpointVariant,
    /// The variable or the profile's setting, as shown in messages.
    pub origin: String,
}

/// The endpoints that a service may have besides its standard one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointVariant {
    /// Selected by `AWS_USE_FIPS_ENDPOINT` and `use_fips_endpoint`.
    Fips,
    /// Selected by `AWS_USE_DUALSTACK_ENDPOINT` and `use_dualstack_endpoint`.
    DualStack,
}

/// Why a call to a service failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The issuer of its certificate is not trusted.
    UnknownIssuer,
    /// Its certificate is invalid for another reason; the TLS library's message.
    Certificate(Quote),
    /// The proxy opened no connection.
    Proxy(ProxyRefusal),
    /// It uses what OpenSSL accepts and rustls does not.
    Unsupported(Unsupported),
    /// The answer has this HTTP status, but not AWS's format.
    Answer(u16),
    /// The service cannot answer at the moment: too many requests, or an internal error.
    Passing(Refusal),
    /// The answer did not arrive completely in time, or was too long.
    Exchange(ExchangeError),
    /// The deadline for all requests together passed first.
    TimedOut,
    /// Any other error; the network library's message.
    Other(Quote),
}

/// What rustls does not accept from a server, other than OpenSSL, which git and the AWS CLI may use. AWS uses none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsupported {
    /// The server's certificate has `CA:TRUE` in its basic constraints (RFC 5280, section 4.2.1.9).
    CaCertificate,
    /// The server's certificate is not of version 3 of X.509.
    CertificateVersion,
    /// The server's certificate names the host at most in its subject (RFC 9525, section 2).
    NoNames,
    /// A certificate is signed neither with an RSA key, nor with ECDSA on P-256 or P-384, nor with Ed25519.
    Algorithm,
    /// The server accepts none of the offered cipher suites, groups and signature algorithms (alerts `handshake_failure`
    /// and `insufficient_security`, RFC 8446, section 6.2).
    CipherSuites,
    /// The server has neither TLS 1.2 nor 1.3.
    Version,
}

impl Unsupported {
    /// In a few words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::CaCertificate => {
                "certificate verification failed: the server certificate is a CA certificate (CA:TRUE)"
            }
            Self::CertificateVersion => {
                "certificate verification failed: the server certificate is not X.509 version 3"
            }
            Self::NoNames => "certificate verification failed: the server certificate has no subject alternative name",
            Self::Algorithm => "certificate verification failed: unsupported key or signature algorithm",
            Self::CipherSuites => "TLS handshake failed: the server accepts no offered cipher suite or group",
            Self::Version => "TLS handshake failed: the server supports neither TLS 1.2 nor TLS 1.3",
        }
    }
}

/// `NameConstraintViolation`, as webpki names its errors, in words.
fn in_words(name: &str) -> String {
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return name.to_owned();
    }
    let letters = name.chars().flat_map(|letter| {
        [letter.is_ascii_uppercase().then_some(' '), Some(letter.to_ascii_lowercase())].into_iter().flatten()
    });
    letters.collect::<String>().trim_start().to_owned()
}

/// rustls's error, if this is one: `io::Error` has it inside, and does not name it as its source.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let inner = || tls_error(error.downcast_ref::<std::io::Error>()?.get_ref()?);
    error.downcast_ref().or_else(inner)
}

impl Obstacle {
    /// The text for [`Obstacle::TimedOut`].
    pub(crate) const TIMED_OUT: &str = "no answer within the deadline";

    /// What rustls says of the server, if it says why.
    fn of_tls(error: &rustls::Error) -> Option<Self> {
        use rustls::{AlertDescription as Alert, PeerIncompatible as Incompatible};
        Some(match error {
            rustls::Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity) => {
                Self::Unsupported(Unsupported::CipherSuites)
            }
            rustls::Error::AlertReceived(Alert::ProtocolVersion)
            | rustls::Error::PeerIncompatible(
                Incompatible::ServerDoesNotSupportTls12Or13 | Incompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => Self::Unsupported(Unsupported::Version),
            rustls::Error::InvalidCertificate(error) => Self::of_certificate(error),
            _ => return None,
        })
    }

    fn of_certificate(error: &CertificateError) -> Self {
        use CertificateError as Invalid;
        match error {
            // `BadSignature` means that a trusted authority of this name has another key.
            Invalid::UnknownIssuer | Invalid::BadSignature => Self::UnknownIssuer,
            Invalid::Expired | Invalid::ExpiredContext { .. } => {
                Self::Certificate("the server certificate has expired".into())
            }
            Invalid::NotValidYet | Invalid::NotValidYetContext { .. } => {
                Self::Certificate("the server certificate is not valid yet".into())
            }
            Invalid::NotValidForNameContext { presented, .. } if presented.is_empty() => {
                Self::Unsupported(Unsupported::NoNames)
            }
            Invalid::UnsupportedSignatureAlgorithmContext { .. }
            | Invalid::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                Self::Unsupported(Unsupported::Algorithm)
            }
            Invalid::Other(other) => match other.0.downcast_ref() {
                Some(webpki::Error::CaUsedAsEndEntity) => Self::Unsupported(Unsupported::CaCertificate),
                Some(webpki::Error::UnsupportedCertVersion) => Self::Unsupported(Unsupported::CertificateVersion),
                _ => Self::Certificate(in_words(&other.0.to_string()).into()),
            },
            other => Self::Certificate(other.to_string().into()),
        }
    }
}

/// How a call to an AWS service failed.
#[derive(Debug)]
pub(crate) enum CallError {
    /// The service answered, with an error.
    Refused(Refusal),
    /// The service was not reached, or its response could not be used.
    Unreachable(Obstacle),
    /// No request could be sent.
    Network(NetworkError),
}

impl CallError {
    /// Any other error, with this message.
    pub(crate) fn other(problem: impl Into<Quote>) -> Self {
        Self::Unreachable(Obstacle::Other(problem.into()))
    }

    /// Classifies an SDK error. Its `Debug` is never used: it contains whole HTTP bodies, which may have credentials.
    pub(crate) fn from_sdk<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        Self::from_named(error, |_| None)
    }

    /// The same for a service each of whose statuses has one error (`by_status`), should the answer name none.
    pub(crate) fn from_named<E>(
        error: &SdkError<E, HttpResponse>,
        by_status: impl FnOnce(u16) -> Option<&'static str>,
    ) -> Self
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
                None => match unnamed(context.raw(), by_status(status)) {
                    Some(refusal) if is_passing(status, &refusal.code) => Self::Unreachable(Obstacle::Passing(refusal)),
                    Some(refusal) => Self::Refused(refusal),
                    None => Self::Unreachable(Obstacle::Answer(status)),
                },
            };
        }
        Self::from_chain(error)
    }

    /// Classifies a chain of causes: by an error of our own client, otherwise by the two innermost messages.
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
            if let Some(refusal) = cause.downcast_ref::<ProxyRefusal>() {
                return Self::Unreachable(Obstacle::Proxy(refusal.clone()));
            }
            if let Some(obstacle) = tls_error(cause).and_then(Obstacle::of_tls) {
                return Self::Unreachable(obstacle);
            }
            let message = cause.to_string();
            // Some SDK messages contain the whole request with its tokens (`failed to apply endpoint … to request …`,
            // aws-smithy-runtime 1.16 `orchestrator/endpoints.rs`).
            let message = public_words(message.split(" to request ").next().unwrap_or_default()).into_owned();
            if !messages.last().is_some_and(|last| last.contains(&message)) {
                messages.push(message);
            }
            next = cause.source();
        }
        let problem = messages.split_off(messages.len().saturating_sub(2)).join(": ");
        Self::Unreachable(Obstacle::Other(problem.into()))
    }

    /// The error in a few words, for messages about something else.
    pub(crate) fn told(self) -> String {
        match self {
            Self::Refused(refusal) | Self::Unreachable(Obstacle::Passing(refusal)) => refusal.code.to_string(),
            Self::Network(error) => error.to_string(),
            Self::Unreachable(Obstacle::UnknownIssuer) => "certificate verification failed: unknown issuer".to_owned(),
            Self::Unreachable(Obstacle::Certificate(problem)) => format!("certificate verification failed: {problem}"),
            Self::Unreachable(Obstacle::Proxy(refusal)) => refusal.to_string(),
            Self::Unreachable(Obstacle::Unsupported(unsupported)) => unsupported.told().to_owned(),
            Self::Unreachable(Obstacle::Answer(status)) => format!("HTTP {status}"),
            Self::Unreachable(Obstacle::Exchange(error)) => error.to_string(),
            Self::Unreachable(Obstacle::TimedOut) => Obstacle::TIMED_OUT.to_owned(),
            Self::Unreachable(Obstacle::Other(problem)) => problem.to_string(),
        }
    }
}

/// The refusal in an answer without `x-amzn-ErrorType` and without a code in its body, which the AWS CLI takes for one
/// all the same (botocore `parsers.py`, `BaseRestParser._do_error_parse`): a proxy has removed the header, or the
/// service speaks OAuth, whose errors are in `error` and `error_description` (RFC 6749, section 5.2). A page without a
/// request id is not AWS's.
fn unnamed(raw: &HttpResponse, by_status: Option<&'static str>) -> Option<Refusal> {
    let request_id = raw.headers().request_id();
    let body: Value = raw.body().bytes().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    let text = |keys: &[&str]| keys.iter().find_map(|key| body.get(key)?.as_str()).filter(|text| !text.is_empty());
    let (error, message) = (text(&["error"]), text(&["error_description", "message", "Message"]));
    if request_id.is_none() && error.is_none() && message.is_none() {
        return None;
    }
    let status = || Quote::new(&format!("HTTP {}", raw.status().as_u16()));
    Some(Refusal {
        code: error.or(by_status).map_or_else(status, Quote::new),
        message: message.unwrap_or_default().into(),
        request_id: request_id.map(Quote::from),
    })
}

/// Whether the error may disappear on a retry (AWS General Reference, "Error retries"; IAM Identity Center,
/// `TooManyRequestsException`).
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
