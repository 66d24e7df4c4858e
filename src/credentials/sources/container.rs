//! Credentials of a container: the endpoint of ECS and of EKS Pod Identity.
//!
//! Decides which endpoint is asked, with which token, how often and for how long; the rules are those of botocore 1.43
//! (`ContainerProvider`) and of the SDK (aws-config 1.13 `ecs.rs`). The SDK's provider is not used: it reads token
//! files of any type and size without a deadline, panics on some URLs, and reports a refusal only as text.

use super::NoKeys;
use super::link_local::{Question, Vended};
use crate::aws::{CallError, ExchangeError};
use crate::credentials::carry_out::Fetch;
use crate::credentials::error::ContainerProblem::{NoAnswer, Refused};
use crate::credentials::error::TokenProblem;
use crate::credentials::error::{ContainerProblem, CredentialsError};
use crate::credentials::searched::meant_path;
use crate::machine::file::{read_within, unread};
use crate::machine::wait::Waiting;
use crate::machine::world::{Environment, World};
use aws_files::config_file::Encoding;
use aws_files::profiles::http_url;
use aws_files::timestamp;
use codecommit::attributes::shown_address;
use codecommit::keys::Credentials;
use codecommit::secret::{Secret, public_path};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::{Duration, Instant};
use url::Url;

/// The time for everything, including reading the token's file.
const WITHIN: Duration = Duration::from_secs(5);

/// The time for connecting: the endpoint is on this machine.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// The pauses before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(1)];

/// The longest token that is read, in bytes.
const TOKEN_LIMIT: u64 = 64 << 10;

/// The variables that configure the endpoint, the first with the higher precedence.
pub(crate) const VARIABLES: [&str; 2] =
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

/// The base of the relative URL.
const HOST: &str = "http://169.254.170.2";

/// The addresses that plain HTTP is allowed to, besides loopback: ECS, and EKS over IPv4 and IPv6.
const ADDRESSES: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
];

/// Whether the endpoint is configured. If it is and fails, no other source is asked, as in the AWS CLI.
pub(crate) fn is_configured(environment: &Environment) -> bool {
    VARIABLES.iter().any(|name| environment.os(name).is_some())
}

/// Fetches the credentials, within a fixed deadline.
///
/// # Errors
/// [`CredentialsError::Container`], or keys that are not valid.
pub(crate) async fn credentials(fetch: &Fetch<'_>) -> Result<Credentials, NoKeys> {
    let ends = Instant::now() + WITHIN;
    let (variable, url) = address(&fetch.world.environment);
    let failed = |problem| CredentialsError::Container { variable, problem };
    let url = url.map_err(failed)?;
    let token = token(fetch.world).map_err(failed)?;
    fetch.trace.line(|| "requesting credentials from the container credentials endpoint".to_owned());
    let _waiting = Waiting::on("the container credentials endpoint");
    let answered = tokio::time::timeout_at(ends.into(), ask(fetch, &url, token.as_ref(), ends)).await;
    let vended = answered
        .unwrap_or_else(|_| Err(NoAnswer(ExchangeError::Incomplete { within: WITHIN }.to_string())))
        .map_err(failed)?;
    let text = |key| vended.text(key).unwrap_or_default();
    let expires = timestamp::parse(text("Expiration"));
    Ok(Credentials::new(text("AccessKeyId"), text("SecretAccessKey"), vended.text("Token"), expires)?)
}

/// The variable that configures the endpoint, and its URL. The relative variable takes precedence if it is set, even
/// empty.
fn address(environment: &Environment) -> (&'static str, Result<Url, ContainerProblem>) {
    let [relative, full] = VARIABLES;
    if let Some(path) = environment.get(relative) {
        let url = path.starts_with('/').then(|| Url::parse(&format!("{HOST}{path}")).ok()).flatten();
        return (relative, url.ok_or_else(|| ContainerProblem::NotAPath(shown_address(path))));
    }
    let uri = environment.get(full).unwrap_or_default();
    (full, http_url(uri).ok_or_else(|| ContainerProblem::NotAUrl(shown_address(uri))))
}

/// The token for the endpoint. A file takes precedence, and as in botocore its contents are not trimmed.
fn token(world: &World) -> Result<Option<Secret>, ContainerProblem> {
    let (variable, token) = match (world.environment.os(TOKEN_FILE), world.environment.get(TOKEN)) {
        (Some(file), _) => {
            let path = Path::new(file);
            let no_token = |problem| ContainerProblem::TokenFile {
                variable: TOKEN_FILE,
                path: public_path(&path.to_string_lossy()).into_owned(),
                problem: Box::new(problem),
                meant: path.to_str().and_then(|path| meant_path(path, world)),
            };
            let _waiting = Waiting::on("the file of the container's authorization token");
            let bytes = read_within(path, TOKEN_LIMIT, WITHIN);
            let bytes = bytes.map_err(|error| no_token(TokenProblem::Unread(unread(path, &error))))?;
            let text = str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0'));
            let text = text.ok_or_else(|| no_token(TokenProblem::NotText(Encoding::of(&bytes))))?;
            (TOKEN_FILE, Secret::new(text))
        }
        (None, Some(token)) => (TOKEN, Secret::new(token)),
        (None, None) => return Ok(None),
    };
    // A line break would add another header.
    if token.expose().contains(|c: char| c.is_ascii_control()) {
        return Err(ContainerProblem::Token(format!(
            "{variable}: the token contains a line break or another control character"
        )));
    }
    Ok(Some(token))
}

/// Sends the request up to three times, until there is an answer that a retry would not change.
async fn ask(fetch: &Fetch<'_>, url: &Url, token: Option<&Secret>, ends: Instant) -> Result<Vended, ContainerProblem> {
    if !is_allowed(url).await.map_err(|error| NoAnswer(error.to_string()))? {
        return Err(ContainerProblem::ForeignHost(shown_address(url.as_str())));
    }
    let mut headers = vec![("accept", "application/json")];
    headers.extend(token.map(|token| ("authorization", token.expose())));
    let mut pauses = PAUSES.into_iter();
    loop {
        let within = ends.saturating_duration_since(Instant::now());
        let question = Question {
            method: "GET",
            url: url.as_str(),
            headers: &headers,
            connect: CONNECT_WITHIN.min(within),
            within,
        };
        let answered = question.ask(fetch.network).await;
        let problem = match answered {
            Ok(answer) if answer.status == 200 => match Vended::read(&answer.body) {
                Ok(vended) => match vended.refusal() {
                    Some(refusal) => return Err(Refused(refusal)),
                    None if is_complete(&vended) => return Ok(vended),
                    None => NoAnswer("the response has no credentials".to_owned()),
                },
                Err(problem) => NoAnswer(problem),
            },
            Ok(answer) if answer.status < 500 => {
                return Err(Refused(format!("HTTP {}", answer.status)));
            }
            Ok(answer) => Refused(format!("HTTP {}", answer.status)),
            Err(error) => NoAnswer(CallError::from_chain(error.as_ref()).told()),
        };
        let Some(pause) = pauses.next() else { return Err(problem) };
        tokio::time::sleep(pause).await;
    }
}

/// Whether a request may be sent to this URL: over TLS to any host, over plain HTTP only to addresses of this machine.
/// No one else may see the token and the keys.
async fn is_allowed(url: &Url) -> io::Result<bool> {
    if url.scheme() == "https" {
        return Ok(true);
    }
    let host = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    let mut addresses = tokio::net::lookup_host(host).await?.peekable();
    let is_known = |address: std::net::SocketAddr| address.ip().is_loopback() || ADDRESSES.contains(&address.ip());
    Ok(addresses.peek().is_some() && addresses.all(is_known))
}

/// Whether all four values are there, as the AWS CLI requires.
fn is_complete(vended: &Vended) -> bool {
    ["AccessKeyId", "SecretAccessKey", "Token"].iter().all(|key| vended.text(key).is_some())
        && vended.text("Expiration").and_then(timestamp::parse).is_some()
}
