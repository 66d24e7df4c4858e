//! AWS STS: the caller's identity, and temporary keys for roles (AWS STS API reference, query protocol).

use crate::answer::{Answer, escape};
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::form::Form;
use crate::keys::{AccessKey, Identity, KeyRefusal, account_of, iso8601, partition_of, principal_matches, seconds};
use crate::record::Seen;
use crate::signed::{self, Refusal};
use crate::state::State;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The parameters that are recorded. `TokenCode` and `WebIdentityToken` are not.
const RECORDED: &[&str] = &["RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId", "SerialNumber"];

/// An IAM role and the conditions of its trust policy. Not `Debug`, because it contains codes and tokens.
#[derive(Clone)]
pub struct Role {
    arn: String,
    trusted: Vec<String>,
    external_id: Option<String>,
    mfa: Option<(String, String)>,
    web_identity_tokens: Vec<String>,
    longest_session: u64,
}

impl Role {
    /// A role `arn:aws:iam::<account>:role/<name>` that trusts no principal yet.
    #[must_use]
    pub fn new(arn: &str) -> Self {
        Self {
            arn: arn.to_owned(),
            trusted: Vec::new(),
            external_id: None,
            mfa: None,
            web_identity_tokens: Vec::new(),
            longest_session: 12 * 60 * 60,
        }
    }

    /// Trusts a user, a role (including its sessions), or the root of an account (including all its principals).
    #[must_use]
    pub fn trusting(mut self, principal_arn: &str) -> Self {
        self.trusted.push(principal_arn.to_owned());
        self
    }

    #[must_use]
    pub fn requiring_external_id(self, external_id: &str) -> Self {
        Self { external_id: Some(external_id.to_owned()), ..self }
    }

    #[must_use]
    pub fn requiring_mfa(self, serial_number: &str, code: &str) -> Self {
        Self { mfa: Some((serial_number.to_owned(), code.to_owned())), ..self }
    }

    /// Trusts a token of an OpenID Connect provider.
    #[must_use]
    pub fn trusting_web_identity(mut self, token: &str) -> Self {
        self.web_identity_tokens.push(token.to_owned());
        self
    }

    /// Sets `MaxSessionDuration`, in seconds.
    #[must_use]
    pub fn with_longest_session(self, longest_session: u64) -> Self {
        Self { longest_session, ..self }
    }

    fn session_arn(&self, session: &str) -> String {
        let name = self.arn.rsplit('/').next().unwrap_or_default();
        let (partition, account) = (partition_of(&self.arn), account_of(&self.arn));
        format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}")
    }
}

#[derive(Default)]
pub(crate) struct Sts {
    roles: Vec<Role>,
}

impl Sts {
    pub(crate) fn put(&mut self, role: Role) {
        self.roles.retain(|known| known.arn != role.arn);
        self.roles.push(role);
    }

    fn role(&self, arn: &str) -> Option<Role> {
        self.roles.iter().find(|role| role.arn == arn).cloned()
    }
}

pub(crate) fn answer(state: &mut State, endpoint: &Endpoint, call: &Call, seen: &mut Seen) -> Answer {
    let text =
        if call.method == "POST" { String::from_utf8_lossy(&call.body).into_owned() } else { call.query.clone() };
    let form = Form::parse(&text);
    let action = form.get("Action").unwrap_or_default().to_owned();
    seen.action(&action);
    seen.parameters = form.select(RECORDED);
    let result = if action == "AssumeRoleWithWebIdentity" {
        assume_role_with_web_identity(state, &form)
    } else {
        caller(state, endpoint, call, seen).and_then(|caller| match action.as_str() {
            "GetCallerIdentity" => Ok(caller_identity(&caller)),
            "AssumeRole" => assume_role(state, &caller, &form),
            "GetSessionToken" => session_token(state, &caller, &form),
            _ => Err(error(400, "InvalidAction", &format!("Could not find operation {action} for version 2011-06-15"))),
        })
    };
    match result {
        Ok(content) => success(&action, &content),
        Err(refusal) => refusal,
    }
}

fn caller(state: &State, endpoint: &Endpoint, call: &Call, seen: &mut Seen) -> Result<Identity, Answer> {
    signed::verify(state, endpoint, "sts", call, seen).map(AccessKey::identity).map_err(|refusal| match refusal {
        Refusal::Missing => error(403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
        Refusal::Incomplete => error(
            400,
            "IncompleteSignature",
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        ),
        Refusal::Key(refusal @ (KeyRefusal::UnknownKey | KeyRefusal::WrongToken)) => {
            error(403, "InvalidClientTokenId", refusal.message())
        }
        Refusal::Key(refusal @ KeyRefusal::Expired) => error(403, "ExpiredToken", refusal.message()),
        Refusal::Signature(message) => error(403, "SignatureDoesNotMatch", &message),
    })
}

fn caller_identity(caller: &Identity) -> String {
    format!(
        "    <Arn>{}</Arn>\n    <UserId>AIDAEXAMPLE</UserId>\n    <Account>{}</Account>\n",
        escape(&caller.arn),
        caller.account
    )
}

fn assume_role(state: &mut State, caller: &Identity, form: &Form) -> Result<String, Answer> {
    let arn = form.get("RoleArn").unwrap_or_default();
    // A role that does not exist and one that does not trust the caller have the same error.
    let role = state
        .sts
        .role(arn)
        .filter(|role| trusts(role, caller, form))
        .ok_or_else(|| not_authorized(&caller.arn, arn))?;
    if let Some((serial_number, code)) = &role.mfa {
        check_mfa(form, serial_number, code)?;
    }
    let chained = caller.arn.contains(":assumed-role/");
    let lifetime = duration(form, role.longest_session, chained)?;
    let session = form.get("RoleSessionName").ok_or_else(|| missing("roleSessionName"))?;
    Ok(session_of(state, &role, session, lifetime))
}

fn trusts(role: &Role, caller: &Identity, form: &Form) -> bool {
    let trusted = role.trusted.iter().any(|pattern| principal_matches(pattern, &caller.arn));
    let external_id = role.external_id.is_none() || role.external_id.as_deref() == form.get("ExternalId");
    // Without a code the policy's MFA condition is not met; a wrong code has a separate message.
    let mfa = role.mfa.is_none() || form.get("TokenCode").is_some();
    trusted && external_id && mfa
}

fn check_mfa(form: &Form, serial_number: &str, code: &str) -> Result<(), Answer> {
    if form.get("SerialNumber") != Some(serial_number) {
        return Err(error(
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  \
             Please verify your MFA serial number is valid and associated with this user.",
        ));
    }
    if form.get("TokenCode") != Some(code) {
        return Err(error(
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
        ));
    }
    Ok(())
}

fn assume_role_with_web_identity(state: &mut State, form: &Form) -> Result<String, Answer> {
    let token = form.get("WebIdentityToken").unwrap_or_default();
    let role = state
        .sts
        .role(form.get("RoleArn").unwrap_or_default())
        .filter(|role| role.web_identity_tokens.iter().any(|known| known == token));
    let Some(role) = role else {
        let known_elsewhere =
            state.sts.roles.iter().any(|role| role.web_identity_tokens.iter().any(|known| known == token));
        return Err(if known_elsewhere {
            error(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        } else {
            error(
                400,
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider,  \
                   please reference AssumeRoleWithWebIdentity documentation for requirements",
            )
        });
    };
    let lifetime = duration(form, role.longest_session, false)?;
    let session = form.get("RoleSessionName").ok_or_else(|| missing("roleSessionName"))?;
    Ok(session_of(state, &role, session, lifetime))
}

/// Keys for the caller. A session is the proof of MFA.
fn session_token(state: &mut State, caller: &Identity, form: &Form) -> Result<String, Answer> {
    if caller.arn.contains(":assumed-role/") {
        return Err(error(403, "AccessDenied", "Cannot call GetSessionToken with session credentials"));
    }
    let lifetime = duration(form, 36 * 60 * 60, false)?;
    let key = state.issue_key(&caller.arn, lifetime.map(seconds));
    Ok(credentials(&key))
}

/// `DurationSeconds`, within the limits of the role.
fn duration(form: &Form, longest: u64, chained: bool) -> Result<Option<u64>, Answer> {
    let Some(text) = form.get("DurationSeconds") else {
        return Ok(None);
    };
    let seconds = text.parse::<u64>().unwrap_or(0);
    let message = if seconds < 900 {
        format!(
            "1 validation error detected: Value '{text}' at 'durationSeconds' failed to satisfy constraint: \
             Member must have value greater than or equal to 900"
        )
    } else if chained && seconds > 3_600 {
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining".to_owned()
    } else if seconds > longest {
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned()
    } else {
        return Ok(Some(seconds));
    };
    Err(error(400, "ValidationError", &message))
}

fn session_of(state: &mut State, role: &Role, session: &str, lifetime: Option<u64>) -> String {
    let key = state.issue_key(&role.session_arn(session), lifetime.map(seconds));
    format!(
        "    <AssumedRoleUser>\n      <AssumedRoleId>AROAEXAMPLE:{}</AssumedRoleId>\n      <Arn>{}</Arn>\n    \
         </AssumedRoleUser>\n{}",
        escape(session),
        escape(&key.principal_arn),
        credentials(&key)
    )
}

fn credentials(key: &AccessKey) -> String {
    format!(
        "    <Credentials>\n      <AccessKeyId>{}</AccessKeyId>\n      <SecretAccessKey>{}</SecretAccessKey>\n      \
         <SessionToken>{}</SessionToken>\n      <Expiration>{}</Expiration>\n    </Credentials>\n",
        key.id,
        key.secret,
        key.token.as_deref().unwrap_or_default(),
        key.expiration().map(iso8601).unwrap_or_default()
    )
}

fn not_authorized(caller: &str, role: &str) -> Answer {
    let message = format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}");
    error(403, "AccessDenied", &message)
}

fn missing(parameter: &str) -> Answer {
    let message = format!(
        "1 validation error detected: Value null at '{parameter}' failed to satisfy constraint: \
         Member must not be null"
    );
    error(400, "ValidationError", &message)
}

fn success(action: &str, content: &str) -> Answer {
    framed(200, |id| {
        format!(
            "<{action}Response xmlns=\"{NAMESPACE}\">\n  <{action}Result>\n{content}  </{action}Result>\n  \
             <ResponseMetadata>\n    <RequestId>{id}</RequestId>\n  </ResponseMetadata>\n</{action}Response>\n"
        )
    })
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    let message = escape(message);
    framed(status, |id| {
        format!(
            "<ErrorResponse xmlns=\"{NAMESPACE}\">\n  <Error>\n    <Type>Sender</Type>\n    <Code>{code}</Code>\n    \
             <Message>{message}</Message>\n  </Error>\n  <RequestId>{id}</RequestId>\n</ErrorResponse>\n"
        )
    })
    .named(code)
}

/// The request id is in the body, too.
fn framed(status: u16, body: impl FnOnce(&str) -> String) -> Answer {
    let mut answer = Answer::new(status, "").with("content-type", "text/xml");
    answer.body = body(answer.request_id.as_deref().unwrap_or_default()).into_bytes();
    answer
}
