//! The token service of `aws login`: `POST /v1/token` refreshes the console session's keys.
//!
//! The call and the answer have the format of `CreateOAuth2Token` in aws-sdk-signin 1.33. [`proof`] verifies the proof
//! of possession (RFC 9449).

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::fresh;
use crate::proof;
use crate::record::Seen;
use crate::state::State;

/// The service's error for a session that cannot be refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginRefusal {
    TokenExpired,
    UserCredentialsChanged,
    InsufficientPermissions,
}

impl LoginRefusal {
    fn code(self) -> &'static str {
        match self {
            Self::TokenExpired => "TOKEN_EXPIRED",
            Self::UserCredentialsChanged => "USER_CREDENTIALS_CHANGED",
            Self::InsufficientPermissions => "INSUFFICIENT_PERMISSIONS",
        }
    }
}

#[derive(Default)]
pub(crate) struct SignIn {
    /// Refresh tokens and their principals.
    pub sessions: Vec<(String, String)>,
    pub refusal: Option<LoginRefusal>,
    /// The ids of received proofs.
    pub proofs: Vec<String>,
}

pub(crate) fn answer(state: &mut State, call: &Call, seen: &mut Seen) -> Answer {
    if call.method != "POST" || call.path != "/v1/token" {
        return Answer::rest_json_error(404, "UnknownOperationException", &json!({}));
    }
    seen.action("CreateOAuth2Token");
    let (url, now) = (format!("https://{}{}", call.host, call.path), state.now());
    let shown = call.header("dpop").unwrap_or_default();
    if let Some(problem) = proof::problem(shown, &url, now, &mut state.signin.proofs) {
        let message = format!("The DPoP proof is refused: {problem}");
        return Answer::rest_json_error(
            400,
            "ValidationException",
            &json!({"error": "INVALID_REQUEST", "message": message}),
        );
    }
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let presented = body["refreshToken"].as_str().unwrap_or_default();
    let known = state.signin.sessions.iter().position(|(token, _)| token == presented);
    let index = match (known, state.signin.refusal) {
        (Some(index), None) => index,
        (_, refusal) => return refused(refusal.unwrap_or(LoginRefusal::TokenExpired)),
    };
    let refresh_token = fresh::opaque("aor");
    let principal = state.signin.sessions[index].1.clone();
    state.signin.sessions[index].0.clone_from(&refresh_token);
    let key = state.issue_key(&principal, None);
    let lifetime = key.expiration().map_or(0, |until| (until - state.now()).num_seconds());
    Answer::rest_json(
        200,
        &json!({
            "accessToken": {
                "accessKeyId": key.id,
                "secretAccessKey": key.secret,
                "sessionToken": key.token,
            },
            "tokenType": "aws_sigv4",
            "expiresIn": lifetime,
            "refreshToken": refresh_token,
        }),
    )
}

fn refused(refusal: LoginRefusal) -> Answer {
    let value = json!({"error": refusal.code(), "message": "The session cannot be renewed"});
    Answer::rest_json_error(400, "AccessDeniedException", &value)
}
