//! Two read-only calls of CodeCommit's JSON API. The SDK's client for them would double the size of the program.

use crate::aws::Network;
use crate::aws::{CallError, Obstacle, Refusal};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use chrono::{DateTime, Utc};
use codecommit::family::Family;
use codecommit::keys::Credentials;
use codecommit::quote::Quote;
use codecommit::region::Region;
use codecommit::reply::ServiceError;
use serde_json::Value;
use std::time::Duration;

/// The context of a call.
pub(super) struct Api<'a> {
    pub network: &'a Network,
    pub credentials: &'a Credentials,
    /// The time to sign with, in UTC: AWS's if the local clock is wrong.
    pub time: DateTime<Utc>,
    /// The configured endpoint, instead of the region's.
    pub endpoint: Option<String>,
    pub dns_suffix: &'a str,
    /// The kind of the git host, which selects the API's host.
    pub family: Family,
}

impl Api<'_> {
    /// Calls `CodeCommit_20150413.<operation>` in `region` and returns the JSON object of its answer.
    pub(super) async fn call(&self, region: &Region, operation: &str, input: &Value) -> Result<Value, CallError> {
        let broken = |problem: String| CallError::other(problem);
        let request = self.request(region, operation, input).map_err(broken)?;
        let within = Duration::from_secs(5);
        let settings = HttpConnectorSettings::builder().connect_timeout(within).read_timeout(within).build();
        let answered = self.network.connector(&settings).call(request).await;
        let mut response = answered.map_err(|error| CallError::from_chain(&error))?;
        let status = response.status().as_u16();
        let named = response.headers().get("x-amzn-errortype").map(str::to_owned);
        let request_id = response.headers().get("x-amzn-requestid").map(str::to_owned);
        let body = ByteStream::new(response.take_body()).collect().await;
        let bytes = body.map_err(|error| CallError::from_chain(&error))?.into_bytes();
        if status == 200 {
            return serde_json::from_slice(&bytes).map_err(|_| broken("the response is not JSON".to_owned()));
        }
        match ServiceError::read(&String::from_utf8_lossy(&bytes), named.as_deref()) {
            Some(error) => Err(CallError::Refused(Refusal {
                code: error.name.into(),
                message: error.message,
                request_id: request_id.map(Quote::from),
            })),
            None => Err(CallError::Unreachable(Obstacle::Answer(status))),
        }
    }

    fn request(&self, region: &Region, operation: &str, input: &Value) -> Result<HttpRequest, String> {
        let host = self.family.api_host(region, self.dns_suffix);
        let url = self
            .endpoint
            .as_ref()
            .map_or_else(|| format!("https://{host}/"), |url| format!("{}/", url.trim_end_matches('/')));
        let host = url::Url::parse(&url).ok().and_then(|url| {
            let host = url.host_str()?.to_owned();
            Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
        });
        let target = format!("CodeCommit_20150413.{operation}");
        let body = input.to_string();
        let headers = [
            ("host", host.ok_or("the endpoint is not a valid URL")?),
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", target),
        ];
        let identity = self.credentials.for_sdk("diagnosis").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region.as_str())
            .name("codecommit")
            .time(self.time.into())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let signed_headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
        let signable = SignableRequest::new("POST", &url, signed_headers, SignableBody::Bytes(body.as_bytes()))
            .map_err(|error| error.to_string())?;
        let (instructions, _) = sign(signable, &params).map_err(|error| error.to_string())?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST").map_err(|error| error.to_string())?;
        request.set_uri(url.as_str()).map_err(|error| error.to_string())?;
        for (name, value) in headers {
            request.headers_mut().insert(name, value);
        }
        let (signing_headers, _) = instructions.into_parts();
        for header in signing_headers {
            request.headers_mut().insert(header.name(), header.value().to_owned());
        }
        Ok(request)
    }
}
