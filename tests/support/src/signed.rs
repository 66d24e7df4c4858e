//! Requests signed in the `Authorization` header: who signed them, and why they are not authenticated.
//!
//! Each service reports a refusal in its own protocol and with its own error codes.

use chrono::NaiveDateTime;

use crate::call::Call;
use crate::credentials::{MISMATCH, untimely};
use crate::endpoint::Endpoint;
use crate::keys::{AccessKey, KeyRefusal};
use crate::record::Seen;
use crate::sigv4::{HeaderRequest, header_signature};
use crate::state::State;

#[derive(Debug)]
pub(crate) enum Refusal {
    /// There is no `Authorization` header.
    Missing,
    /// The header does not have the format of SigV4.
    Incomplete,
    Key(KeyRefusal),
    /// The signature, its scope or its time; the message says which.
    Signature(String),
}

pub(crate) fn verify<'s>(
    state: &'s State,
    endpoint: &Endpoint,
    service: &str,
    call: &Call,
    seen: &mut Seen,
) -> Result<&'s AccessKey, Refusal> {
    let header = call.header("authorization").ok_or(Refusal::Missing)?;
    let authorization = Authorization::parse(header).ok_or(Refusal::Incomplete)?;
    seen.key(authorization.id);
    let token = call.header("x-amz-security-token");
    let key = state.key(authorization.id, token, endpoint).map_err(Refusal::Key)?;
    if authorization.region != endpoint.region {
        let region = authorization.region;
        return Err(Refusal::Signature(format!("Credential should be scoped to a valid Region, not {region}")));
    }
    if authorization.service != service {
        return Err(Refusal::Signature(format!("Credential should be scoped to correct service: {service}")));
    }
    let date = call.header("x-amz-date").ok_or(Refusal::Incomplete)?;
    let time = NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ").map_err(|_| Refusal::Incomplete)?;
    let request = authorization.request(call, date).ok_or(Refusal::Incomplete)?;
    if header_signature(&request, &key.secret) != authorization.signature {
        return Err(Refusal::Signature(MISMATCH.to_owned()));
    }
    match untimely(time.and_utc(), state.now()) {
        Some(message) => Err(Refusal::Signature(message)),
        None => Ok(key),
    }
}

/// `AWS4-HMAC-SHA256 Credential=<id>/<day>/<region>/<service>/aws4_request, SignedHeaders=a;b, Signature=<hex>`.
struct Authorization<'a> {
    id: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let parts: Vec<(&str, &str)> = header
            .strip_prefix("AWS4-HMAC-SHA256 ")?
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .collect();
        let part = |name: &str| parts.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let scope: Vec<&str> = part("Credential")?.split('/').collect();
        let [id, _day, region, service, "aws4_request"] = scope.as_slice() else {
            return None;
        };
        Some(Self { id, region, service, signed_headers: part("SignedHeaders")?, signature: part("Signature")? })
    }

    /// The signed request; `None` if a signed header is missing.
    fn request(&self, call: &'a Call, date: &'a str) -> Option<HeaderRequest<'a>> {
        let headers: Option<Vec<(String, String)>> =
            self.signed_headers.split(';').map(|name| Some((name.to_owned(), call.header(name)?.to_owned()))).collect();
        Some(HeaderRequest {
            method: &call.method,
            path: &call.path,
            query: &call.query,
            headers: headers?,
            body: &call.body,
            date,
            region: self.region,
            service: self.service,
        })
    }
}
