//! The Basic credentials of the git service: parses and verifies them.
//!
//! The password is a time and a signature (see [`crate::sigv4`]). The user name is an access key id, followed by `%`
//! and the session token if there is one. Credentials generated in the IAM console are accepted, too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::keys::{Identity, KeyRefusal};
use crate::sigv4::GitRequest;
use crate::state::State;

/// The maximum difference between a signature's time and the server's.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

pub(crate) const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. \
    Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// The contents of an `Authorization` header.
pub(crate) enum Presented {
    Basic {
        user_name: String,
        password: String,
    },
    /// Another scheme, or undecodable.
    Unusable,
}

impl Presented {
    pub(crate) fn read(header: &str) -> Self {
        Self::basic(header).unwrap_or(Self::Unusable)
    }

    fn basic(header: &str) -> Option<Self> {
        let (scheme, encoded) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (user_name, password) = decoded.split_once(':')?;
        Some(Self::Basic { user_name: user_name.to_owned(), password: password.to_owned() })
    }
}

/// The caller, or the 403 with which the request is refused.
pub(crate) fn verify(
    state: &State,
    endpoint: &Endpoint,
    presented: &Presented,
    host: &str,
    path: &str,
) -> Result<Identity, Answer> {
    let Presented::Basic { user_name, password } = presented else {
        return Err(unrecognized(KeyRefusal::UnknownKey));
    };
    if let Some(known) = state.git_credentials.iter().find(|known| known.user_name == *user_name) {
        let right = known.password == *password;
        return right.then(|| known.identity.clone()).ok_or_else(|| unrecognized(KeyRefusal::UnknownKey));
    }
    let (id, token) = match user_name.split_once('%') {
        Some((id, token)) => (id, Some(token)),
        None => (user_name.as_str(), None),
    };
    let key = state.key(id, token, endpoint).map_err(unrecognized)?;
    let request = GitRequest { host, path, region: &endpoint.region };
    let time = signed_time(password).ok_or_else(|| invalid_signature(MISMATCH))?;
    let stamp = time.format("%Y%m%dT%H%M%S").to_string();
    if request.password(&key.secret, &stamp) != *password {
        return Err(invalid_signature(MISMATCH));
    }
    match untimely(time, state.now()) {
        Some(message) => Err(invalid_signature(&message)),
        None => Ok(key.identity()),
    }
}

/// The time in `YYYYMMDDTHHMMSSZ<64 hexadecimal digits>`.
fn signed_time(password: &str) -> Option<DateTime<Utc>> {
    let (time, signature) = password.split_once('Z')?;
    (signature.len() == 64).then_some(())?;
    let time = NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%S").ok()?;
    Some(time.and_utc())
}

/// The message about a time outside the window; the same for every service.
pub(crate) fn untimely(time: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let form = |time: DateTime<Utc>| time.format("%Y%m%dT%H%M%SZ").to_string();
    if time < now - WINDOW {
        return Some(format!(
            "Signature expired: {} is now earlier than {} ({} - 15 min.)",
            form(time),
            form(now - WINDOW),
            form(now)
        ));
    }
    if time > now + WINDOW {
        return Some(format!(
            "Signature not yet current: {} is still later than {} ({} + 15 min.)",
            form(time),
            form(now + WINDOW),
            form(now)
        ));
    }
    None
}

fn unrecognized(refusal: KeyRefusal) -> Answer {
    let name = match refusal {
        KeyRefusal::UnknownKey | KeyRefusal::WrongToken => "UnrecognizedClientException",
        KeyRefusal::Expired => "ExpiredTokenException",
    };
    Answer::coral(403, name, refusal.message())
}

fn invalid_signature(message: &str) -> Answer {
    Answer::coral(403, "InvalidSignatureException", message)
}
