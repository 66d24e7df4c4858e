//! Answers in the formats of the AWS protocols, without anything that AWS would not send.
//!
//! CodeCommit's git service answers with exactly `x-amzn-RequestId`, `Date`, `Content-Length` and, on git's messages
//! only, `Content-Type`; its reason phrase is empty (recorded in git-lfs/git-lfs#3127 and
//! isomorphic-git/isomorphic-git#1129). Its errors are Coral's default XML, without a `Content-Type`.

use chrono::{DateTime, Utc};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::ext::ReasonPhrase;
use hyper::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::fresh;

#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The error code, for the record of requests.
    pub error: Option<String>,
    /// `x-amzn-RequestId`; `None` for an answer that is not AWS's.
    pub request_id: Option<String>,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), error: None, request_id: Some(fresh::request_id()) }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub(crate) fn named(mut self, error: &str) -> Self {
        self.error = Some(error.to_owned());
        self
    }

    #[must_use]
    pub(crate) fn not_from_aws(mut self) -> Self {
        self.request_id = None;
        self
    }

    /// An error of the git service.
    pub(crate) fn coral(status: u16, name: &str, message: &str) -> Self {
        let message = escape(message);
        Self::new(status, format!("<{name}>\n  <Message>{message}</Message>\n</{name}>\n")).named(name)
    }

    /// An error of the git service with a code but no message.
    pub(crate) fn coral_bare(status: u16, name: &str) -> Self {
        Self::new(status, format!("<{name}/>\n")).named(name)
    }

    /// A result of a JSON service (`awsJson1_1`).
    pub(crate) fn json11(value: &Value) -> Self {
        Self::new(200, value.to_string()).with("content-type", "application/x-amz-json-1.1")
    }

    /// An error of a JSON service (`awsJson1_1`): with `__type`, and status 400 for errors that are 403 in XML.
    pub(crate) fn json11_error(status: u16, name: &str, message: &str) -> Self {
        Self::new(status, json!({"__type": name, "message": message}).to_string())
            .with("content-type", "application/x-amz-json-1.1")
            .named(name)
    }

    /// A result of a REST service (`restJson1`).
    pub(crate) fn rest_json(status: u16, value: &Value) -> Self {
        Self::new(status, value.to_string()).with("content-type", "application/json")
    }

    /// An error of a REST service (`restJson1`): its code is in the header `x-amzn-ErrorType`.
    pub(crate) fn rest_json_error(status: u16, name: &str, value: &Value) -> Self {
        Self::rest_json(status, value).with("x-amzn-errortype", name).named(name)
    }

    /// An HTML page of a server that is not AWS.
    pub(crate) fn html(status: u16, title: &str) -> Self {
        let page = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
        Self::new(status, page).with("content-type", "text/html").not_from_aws()
    }

    pub(crate) fn is_error(&self) -> bool {
        self.status >= 400
    }

    /// The HTTP response; `now` is the stand-in's clock, and the value of `Date`.
    pub(crate) fn into_response(self, now: DateTime<Utc>) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() = StatusCode::from_u16(self.status).expect("three digits");
        response.extensions_mut().insert(ReasonPhrase::from_static(b""));
        let headers = response.headers_mut();
        if let Some(id) = self.request_id {
            let id = HeaderValue::from_str(&id).expect("hexadecimal");
            headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
        }
        for (name, value) in self.headers {
            let value = HeaderValue::from_str(&value).expect("a header value in ASCII");
            headers.append(HeaderName::from_static(name), value);
        }
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        headers.insert(DATE, HeaderValue::from_str(&date).expect("a date in ASCII"));
        debug_assert!(headers.get_all(CONTENT_TYPE).iter().count() <= 1);
        response
    }
}

/// The text, escaped as XML content (XML 1.0, section 2.4).
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
