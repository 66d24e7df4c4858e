//! The HTTP client of the SDK's interface: hyper's, over connections of `connect`.
//!
//! aws-smithy-http-client is not used: it takes no connector, so it has no SOCKS proxies, and of a proxy's answer it
//! knows neither the status nor more than 8 KiB.

use super::connect::{Connector, Way};
use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::client::legacy::{self, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::fmt;
use std::sync::Arc;

/// A client whose connections all go one way, and are kept for further requests.
pub(super) struct Client(legacy::Client<Connector, SdkBody>);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    pub(super) fn new(way: Way) -> Self {
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        Self(builder.pool_timer(TokioTimer::new()).build(Connector(Arc::new(way))))
    }
}

impl HttpConnector for Client {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let captured = capture_connection(&mut request);
        if let Some(connection) = request.extensions().get::<CaptureSmithyConnection>() {
            connection.set_connection_retriever(move || metadata(&captured));
        }
        let answered = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let response = answered.await.map_err(classified)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// The connection once there is one. The SDK has a connection closed whose answers are errors of the service.
fn metadata(captured: &CaptureConnection) -> Option<ConnectionMetadata> {
    captured.connection_metadata().as_ref()?;
    let captured = captured.clone();
    let close = move || {
        if let Some(connection) = captured.connection_metadata().as_ref() {
            connection.poison();
        }
    };
    Some(ConnectionMetadata::builder().proxied(false).poison_fn(close).build())
}

/// The SDK sends a request again after an error of the connection.
fn classified(error: Error) -> ConnectorError {
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<hyper::Error>());
    if cause.is_some_and(|cause| cause.is_user() || cause.is_parse()) {
        return ConnectorError::other(error.into(), None);
    }
    ConnectorError::io(error.into())
}
