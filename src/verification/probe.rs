//! The probe: the request that git is about to send, `GET <url>/info/refs?service=…` with the signed password.

use crate::aws::{CallError, Network};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::base64;
use aws_smithy_types::byte_stream::ByteStream;
use codecommit::quote::Quote;
use codecommit::reply::{Reply, ServiceError, parse_date, parse_retry_after};
use codecommit::repository::Repository;
use codecommit::secret::Secret;
use codecommit::signature::GitPassword;
use std::time::Duration;

/// The two services behind a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Fetch and clone.
    UploadPack,
    /// Push.
    ReceivePack,
}

impl Service {
    /// The service's name, as in the URL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UploadPack => "git-upload-pack",
            Self::ReceivePack => "git-receive-pack",
        }
    }
}

/// Sends the request and reads the answer, `within` this time.
pub(crate) async fn ask(
    network: &Network,
    repository: &Repository,
    service: Service,
    password: &GitPassword,
    within: Duration,
) -> Result<Reply, CallError> {
    send(network, repository, service, Some((&password.username, &password.password)), within).await
}

/// The same with any user name and password, or with neither, as in git's first request.
pub(crate) async fn send(
    network: &Network,
    repository: &Repository,
    service: Service,
    authorization: Option<(&Secret, &Secret)>,
    within: Duration,
) -> Result<Reply, CallError> {
    observe(network, repository, service, authorization, within).await.map(|(reply, _)| reply)
}

/// An answer as it came, without anything that could be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observed {
    /// The HTTP status.
    pub status: u16,
    /// The names of the headers, in their order.
    pub headers: Vec<String>,
    /// The values of `WWW-Authenticate`.
    pub challenges: Vec<String>,
    /// The value of `Content-Type`.
    pub content_type: Option<String>,
    /// The body of an error. Only [`crate::text::shape`] of it is fit to be shown.
    pub body: Option<String>,
}

/// The same, with the answer as it came.
pub(crate) async fn observe(
    network: &Network,
    repository: &Repository,
    service: Service,
    authorization: Option<(&Secret, &Secret)>,
    within: Duration,
) -> Result<(Reply, Observed), CallError> {
    let request = request(repository, service, authorization).map_err(CallError::other)?;
    let settings = HttpConnectorSettings::builder().connect_timeout(within).read_timeout(within).build();
    let answered = network.connector(&settings).call(request).await;
    let response = answered.map_err(|error| CallError::from_chain(&error))?;
    read(response).await
}

fn request(
    repository: &Repository,
    service: Service,
    authorization: Option<(&Secret, &Secret)>,
) -> Result<HttpRequest, String> {
    let url = format!("https://{}{}/info/refs?service={}", repository.authority(), repository.path(), service.name());
    let mut request = HttpRequest::get(url).map_err(|error| error.to_string())?;
    let headers = request.headers_mut();
    headers.insert("host", repository.authority().to_owned());
    if let Some((username, password)) = authorization {
        let user = Secret::new(format!("{}:{}", username.expose(), password.expose()));
        let basic = Secret::new(format!("Basic {}", base64::encode(user.expose())));
        headers.insert("authorization", basic.expose().to_owned());
    }
    headers.insert("user-agent", concat!("git-credential-codecommit/", env!("CARGO_PKG_VERSION")));
    headers.insert("accept", "*/*");
    Ok(request)
}

/// Reads the head, and the body of an error. The body of a success, the ref advertisement, is not read.
async fn read(mut response: HttpResponse) -> Result<(Reply, Observed), CallError> {
    let header = |name: &str| response.headers().get(name).map(str::to_owned);
    let date = header("date").as_deref().and_then(parse_date);
    let mut observed = Observed {
        status: response.status().as_u16(),
        headers: response.headers().iter().map(|(name, _)| name.to_owned()).collect(),
        challenges: response.headers().get_all("www-authenticate").map(str::to_owned).collect(),
        content_type: header("content-type"),
        body: None,
    };
    let mut reply = Reply {
        status: response.status().as_u16(),
        request_id: header("x-amzn-requestid").map(Quote::from),
        date,
        retry_after: header("retry-after").and_then(|text| parse_retry_after(&text, date)),
        error: None,
    };
    if reply.status >= 400 {
        let named = header("x-amzn-errortype");
        let body = ByteStream::new(response.take_body()).collect().await;
        let body = body.map_err(|error| CallError::from_chain(&error))?.into_bytes();
        let body = String::from_utf8_lossy(&body);
        reply.error = ServiceError::read(&body, named.as_deref());
        observed.body = Some(body.into_owned());
    }
    Ok((reply, observed))
}
