//! IAM Identity Center: the portal that returns keys for an access token, and the token service that refreshes the
//! token (AWS IAM Identity Center portal API reference, `GetRoleCredentials`; OIDC API reference, `CreateToken`).

use std::fmt;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::form::Form;
use crate::fresh;
use crate::record::Seen;
use crate::state::State;

/// The validity of a refreshed access token in its answer, in seconds.
const TOKEN_LIFETIME: u64 = 3_600;

/// A session as `aws sso login` writes it to `~/.aws/sso/cache`.
#[derive(Clone)]
pub struct SsoSession {
    access_token: String,
    refresh_token: Option<String>,
    user_name: String,
    expired: bool,
    roles: Vec<(String, String)>,
}

impl SsoSession {
    #[must_use]
    pub fn new(access_token: &str) -> Self {
        Self {
            access_token: access_token.to_owned(),
            refresh_token: None,
            user_name: "alice".to_owned(),
            expired: false,
            roles: Vec::new(),
        }
    }

    /// Makes the token service refresh the session with this token.
    #[must_use]
    pub fn refreshable(self, refresh_token: &str) -> Self {
        Self { refresh_token: Some(refresh_token.to_owned()), ..self }
    }

    /// Makes the access token expired; the refresh token may still be valid.
    #[must_use]
    pub fn expired(self) -> Self {
        Self { expired: true, ..self }
    }

    /// Assigns the user a permission set in an account.
    #[must_use]
    pub fn assigned(mut self, account: &str, role_name: &str) -> Self {
        self.roles.push((account.to_owned(), role_name.to_owned()));
        self
    }
}

impl fmt::Debug for SsoSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { access_token: _, refresh_token: _, user_name, expired, roles } = self;
        f.debug_struct("SsoSession")
            .field("user_name", user_name)
            .field("expired", expired)
            .field("roles", roles)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
pub(crate) struct Sso {
    sessions: Vec<SsoSession>,
    pub refuse_refresh: bool,
}

impl Sso {
    pub(crate) fn put(&mut self, session: SsoSession) {
        self.sessions.retain(|known| known.access_token != session.access_token);
        self.sessions.push(session);
    }

    pub(crate) fn end_all(&mut self) {
        for session in &mut self.sessions {
            session.expired = true;
        }
    }
}

/// `GET /federation/credentials?account_id=…&role_name=…` with the access token in a separate header.
pub(crate) fn portal(state: &mut State, call: &Call, seen: &mut Seen) -> Answer {
    if call.method != "GET" || call.path != "/federation/credentials" {
        return Answer::rest_json_error(404, "UnknownOperationException", &json!({}));
    }
    seen.action("GetRoleCredentials");
    let query = Form::parse(&call.query);
    seen.parameters = query.select(&["account_id", "role_name"]);
    let token = call.header("x-amz-sso_bearer_token").unwrap_or_default();
    let session = state.sso.sessions.iter().find(|session| session.access_token == token && !session.expired);
    let Some(session) = session else {
        return portal_error(401, "UnauthorizedException", "Session token not found or invalid");
    };
    let (account, role_name) =
        (query.get("account_id").unwrap_or_default(), query.get("role_name").unwrap_or_default());
    if !session.roles.iter().any(|(a, r)| a == account && r == role_name) {
        return portal_error(403, "ForbiddenException", "No access");
    }
    // The path of the real role ends in 16 unpredictable hexadecimal digits.
    let principal = format!(
        "arn:aws:sts::{account}:assumed-role/AWSReservedSSO_{role_name}_0123456789abcdef/{}",
        session.user_name
    );
    let key = state.issue_key(&principal, None);
    Answer::rest_json(
        200,
        &json!({"roleCredentials": {
            "accessKeyId": key.id,
            "secretAccessKey": key.secret,
            "sessionToken": key.token,
            "expiration": key.expiration().map(|time| time.timestamp_millis()),
        }}),
    )
}

fn portal_error(status: u16, name: &str, message: &str) -> Answer {
    let kind = format!("com.amazonaws.switchboard.portal#{name}");
    Answer::rest_json_error(status, name, &json!({"message": message, "__type": kind}))
}

/// `POST /token` with `grantType` `refresh_token`.
pub(crate) fn oidc(state: &mut State, call: &Call, seen: &mut Seen) -> Answer {
    if call.method != "POST" || call.path != "/token" {
        return Answer::rest_json_error(404, "UnknownOperationException", &json!({}));
    }
    seen.action("CreateToken");
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    if text("grantType") != "refresh_token" {
        return oidc_error("UnsupportedGrantTypeException", "unsupported_grant_type", "Unsupported grant type");
    }
    let refuse = state.sso.refuse_refresh;
    let session = state
        .sso
        .sessions
        .iter_mut()
        .find(|session| session.refresh_token.as_deref() == Some(text("refreshToken")))
        .filter(|_| !refuse);
    let Some(session) = session else {
        return oidc_error("InvalidGrantException", "invalid_grant", "Invalid refresh token provided");
    };
    // Both tokens are replaced, and the old ones become invalid.
    session.access_token = fresh::opaque("aoa");
    session.refresh_token = Some(fresh::opaque("aor"));
    session.expired = false;
    Answer::rest_json(
        200,
        &json!({
            "accessToken": session.access_token,
            "refreshToken": session.refresh_token,
            "expiresIn": TOKEN_LIFETIME,
            "tokenType": "Bearer",
        }),
    )
}

fn oidc_error(name: &str, code: &str, description: &str) -> Answer {
    Answer::rest_json_error(400, name, &json!({"error": code, "error_description": description}))
}
