//! One request to a link-local service (IMDS or a container's endpoint), and the JSON that both return.
//!
//! Leaves it to the caller which endpoint is asked, how often and for how long.

use crate::aws::Network;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::byte_stream::ByteStream;
use codecommit::quote::Quote;
use codecommit::secret::Secret;
use serde_json::{Map, Value};
use std::error::Error;
use std::time::Duration;

/// Any error, as HTTP libraries return them.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// A complete answer.
pub(super) struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub body: Secret,
}

/// A request.
pub(super) struct Question<'q> {
    pub method: &'static str,
    pub url: &'q str,
    pub headers: &'q [(&'static str, &'q str)],
    /// The time for connecting.
    pub connect: Duration,
    /// The time for everything, including connecting.
    pub within: Duration,
}

impl Question<'_> {
    /// Sends the request once.
    pub(super) async fn ask(&self, network: &Network) -> Result<Answer, BoxError> {
        let mut request = HttpRequest::get(self.url)?;
        request.set_method(self.method)?;
        let headers = request.headers_mut();
        headers.insert("user-agent", concat!("git-credential-codecommit/", env!("CARGO_PKG_VERSION")));
        for (name, value) in self.headers {
            headers.try_insert(*name, (*value).to_owned())?;
        }
        let settings = HttpConnectorSettings::builder().connect_timeout(self.connect).read_timeout(self.within).build();
        let mut response = network.connector_past_the_proxy(&settings).call(request).await?;
        let body = ByteStream::new(response.take_body()).collect().await?.to_vec();
        let body = String::from_utf8(body).map_err(|_| "the response is not valid UTF-8")?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: Secret::new(body.trim()),
        })
    }
}

/// The object in an answer with status 200: keys, or an error instead (EC2 User Guide, "Retrieve security
/// credentials").
pub(super) struct Vended(Map<String, Value>);

impl Vended {
    /// Parses the body of an answer; the error in words if it is not a JSON object.
    pub(super) fn read(body: &Secret) -> Result<Self, String> {
        serde_json::from_str(body.expose()).map(Self).map_err(|_| "the response is not a JSON object".to_owned())
    }

    /// A string value of the object.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    /// Code and message of the error, if the object has one.
    pub(super) fn refusal(&self) -> Option<String> {
        let code = self.text("Code").filter(|code| *code != "Success")?;
        Some(format!("{}: {}", Quote::new(code), Quote::new(self.text("Message").unwrap_or_default())))
    }
}
