//! `aws login`: a console session that provides credentials.
//!
//! The session's file is the AWS CLI's (botocore 1.43 `LoginCredentialFetcher`), and so are the rules: credentials with
//! time left are used, others are refreshed with the key in the file (`proof`). The SDK's provider is not used: it
//! writes the file in place, where a reader may see half of it, and drops unknown fields. Here one process at a time
//! replaces the file atomically, since a refresh token can be used only once.

use super::proof::ProofKey;
use super::{NoKeys, failed};
use crate::aws::{CallError, Refusal};
use crate::credentials::carry_out::{Fetch, PATIENCE};
use crate::credentials::error::CredentialsError;
use crate::credentials::kept::LAST;
use crate::credentials::{Needed, Unreadable};
use crate::machine::file::random_name;
use crate::machine::json_file::{self, NoObject, Replacement};
use crate::machine::single_flight::Before;
use crate::machine::wait::Waiting;
use aws_files::unread::{Barred, Denied, Unread};
use aws_files::{cache, timestamp};
use aws_sdk_signin::operation::create_o_auth2_token::CreateOAuth2TokenError;
use aws_sdk_signin::types::error::AccessDeniedException;
use aws_sdk_signin::types::{CreateOAuth2TokenRequestBody, CreateOAuth2TokenResponseBody, OAuth2ErrorCode};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use chrono::{SecondsFormat, TimeDelta};
use codecommit::hex;
use codecommit::keys::Credentials;
use codecommit::quote::Quote;
use codecommit::region::{Region, RegionOrigin};
use codecommit::secret::public;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// With less time than this left, the session is refreshed first (botocore `_REFRESH_THRESHOLD`).
const RENEWAL_WINDOW: TimeDelta = TimeDelta::minutes(5);

const INCOMPLETE: &str = "AWS returned an incomplete response";

/// The credentials in the session's file, if they have time left; an error if there is no session.
pub(crate) fn cached(fetch: &Fetch<'_>, profile: &str, session: &str) -> Option<Result<Credentials, NoKeys>> {
    let Some(path) = session_path(fetch, session) else {
        return Some(Err(no_session(fetch, profile, session).into()));
    };
    match json_file::read(&path) {
        Ok(file) => with_time_left(&file, fetch, RENEWAL_WINDOW),
        // An AWS CLI that writes in place may be halfway through; the file is read again when it is this process's
        // turn.
        Err(NoObject::Malformed(_)) => None,
        Err(none) => Some(Err(not_had(fetch, profile, session, &path, none).into())),
    }
}

/// The credentials after a refresh by this process or another.
pub(crate) async fn renewed(fetch: &Fetch<'_>, profile: &str, session: &str) -> Result<Credentials, NoKeys> {
    let path = session_path(fetch, session).ok_or_else(|| no_session(fetch, profile, session))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let turn = fetch.turns.take(&name, PATIENCE);
    let mut file = json_file::read(&path).map_err(|none| not_had(fetch, profile, session, &path, none))?;
    if let Some(found) = with_time_left(&file, fetch, RENEWAL_WINDOW) {
        return found;
    }
    // `doctor` writes it too, since the refresh token can be used only once. If the new one were not stored, the AWS
    // CLI would be logged out.
    let place = match (Replacement::begin(&path), turn.before) {
        (_, Before::StillBusy) => Err(fetch.busy("AWS Sign-In")),
        (Err(error), _) => {
            let shown = fetch.world.abbreviate(&path);
            Err(not_renewed(profile, format!("{shown} cannot be replaced: {error}")))
        }
        (Ok(place), _) => Ok(place),
    };
    let place = match place {
        Ok(place) => place,
        Err(error) => return with_time_left(&file, fetch, LAST).unwrap_or(Err(error.into())),
    };
    match renew(&mut file, fetch, profile).await {
        Ok(()) => {
            if let Err(error) = place.commit(&file) {
                fetch.trace.line(|| format!("could not save the refreshed session: {error}"));
            }
            with_time_left(&file, fetch, TimeDelta::zero())
                .unwrap_or_else(|| Err(needed(profile, "the refreshed session has already expired".to_owned()).into()))
        }
        Err(error) => with_time_left(&file, fetch, LAST).unwrap_or(Err(error.into())),
    }
}

/// The credentials in the file, if they expire later than `window` from now.
fn with_time_left(
    file: &Map<String, Value>,
    fetch: &Fetch<'_>,
    window: TimeDelta,
) -> Option<Result<Credentials, NoKeys>> {
    let token = file.get("accessToken")?.as_object()?;
    let text = |key| cache::text(token, key).unwrap_or_default();
    let expires = timestamp::parse(text("expiresAt")).filter(|expires| *expires - fetch.world.now > window)?;
    let (id, secret, session_token) = (text("accessKeyId"), text("secretAccessKey"), text("sessionToken"));
    Some(Credentials::new(id, secret, Some(session_token), Some(expires)).map_err(NoKeys::from))
}

/// Gets new credentials from AWS and puts them into the file's contents. Other fields are kept.
async fn renew(file: &mut Map<String, Value>, fetch: &Fetch<'_>, profile: &str) -> Result<(), CredentialsError> {
    let part = |key| cache::text(file, key).ok_or_else(|| needed(profile, format!("the session file has no {key}")));
    let key = ProofKey::from_pem(part("dpopKey")?)
        .ok_or_else(|| not_renewed(profile, "the session file contains an invalid dpopKey"))?;
    let input = CreateOAuth2TokenRequestBody::builder()
        .client_id(part("clientId")?)
        .grant_type("refresh_token")
        .refresh_token(part("refreshToken")?)
        .build()
        .map_err(|error| needed(profile, error.to_string()))?;
    // The region in which the user logged in; older AWS CLIs do not write it.
    let region = match cache::text(file, "signInRegion") {
        Some(region) => Region::configured(region, RegionOrigin::SignIn(profile.to_owned()))?,
        None => fetch.sts_region()?.clone(),
    };
    let output = create_token(fetch, &region, key, input, profile).await?;
    // An incomplete answer must not replace the file's contents.
    let complete = output.access_token().filter(|answered| {
        let parts =
            [answered.access_key_id(), answered.secret_access_key(), answered.session_token(), output.refresh_token()];
        parts.iter().all(|part| !part.is_empty())
    });
    let Some(answered) = complete else {
        return Err(not_renewed(profile, INCOMPLETE));
    };
    let ends = fetch.world.now + TimeDelta::seconds(output.expires_in().into());
    let mut token = file.get("accessToken").and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, value) in [
        ("accessKeyId", answered.access_key_id()),
        ("secretAccessKey", answered.secret_access_key()),
        ("sessionToken", answered.session_token()),
        ("expiresAt", &ends.to_rfc3339_opts(SecondsFormat::Secs, true)),
    ] {
        token.insert(key.to_owned(), Value::from(value));
    }
    file.insert("accessToken".to_owned(), Value::from(token));
    file.insert("refreshToken".to_owned(), Value::from(output.refresh_token()));
    Ok(())
}

async fn create_token(
    fetch: &Fetch<'_>,
    region: &Region,
    key: ProofKey,
    input: CreateOAuth2TokenRequestBody,
    profile: &str,
) -> Result<CreateOAuth2TokenResponseBody, CredentialsError> {
    fetch.trace.line(|| format!("signin:CreateOAuth2Token in {region}"));
    let _waiting = Waiting::on(format!("AWS Sign-In in {region}"));
    let mut config = aws_sdk_signin::config::Builder::from(&fetch.sdk_config(region));
    config.set_endpoint_url(fetch.endpoint_url("signin")?);
    let now = fetch.world.now;
    // For each attempt: a proof can be used only once.
    let prove = move |mut request: HttpRequest| -> Result<_, getrandom::Error> {
        let proof = key.prove(request.uri(), &random_name()?, now);
        request.headers_mut().insert("DPoP", proof.expose().to_owned());
        Ok(request)
    };
    let call = aws_sdk_signin::Client::from_conf(config.build()).create_o_auth2_token().token_input(input);
    let answered = fetch.call(call.customize().map_request(prove).send()).await;
    let answer = answered.map_err(|error| match error.as_service_error() {
        Some(CreateOAuth2TokenError::AccessDeniedException(denied)) => {
            refused(profile, denied, CallError::from_sdk(&error))
        }
        _ => failed(fetch, "signin", &format!("AWS Sign-In in {region}"), CallError::from_sdk(&error), |refusal| {
            unnamed(profile, refusal)
        }),
    })?;
    answer.token_output.ok_or_else(|| not_renewed(profile, INCOMPLETE))
}

/// A new login resolves everything but a missing permission.
fn refused(profile: &str, denied: &AccessDeniedException, error: CallError) -> CredentialsError {
    if let (OAuth2ErrorCode::InsufficientPermissions, CallError::Refused(refusal)) = (denied.error(), error) {
        return CredentialsError::LoginForbidden { profile: profile.to_owned(), refusal };
    }
    not_renewed(profile, Quote::new(denied.error().as_str()))
}

/// The same for an answer that does not say which error it is, only its OAuth code.
fn unnamed(profile: &str, refusal: Refusal) -> CredentialsError {
    if refusal.code == OAuth2ErrorCode::InsufficientPermissions.as_str() {
        return CredentialsError::LoginForbidden { profile: profile.to_owned(), refusal };
    }
    not_renewed(profile, refusal.code)
}

fn not_renewed(profile: &str, why: impl Display) -> CredentialsError {
    needed(profile, format!("could not refresh the session: {why}"))
}

fn needed(profile: &str, found: String) -> CredentialsError {
    CredentialsError::LoginNeeded { profile: profile.to_owned(), found }
}

/// The error for a session's file without a session.
fn not_had(fetch: &Fetch<'_>, profile: &str, session: &str, path: &Path, none: NoObject) -> CredentialsError {
    // The file's name has the form of a signature, so the directory is shown.
    let directory = path.parent().unwrap_or(path);
    let told = |is: &str| {
        let (session, directory) = (public(session), fetch.world.abbreviate(directory));
        needed(profile, format!("the file of session {session} in {directory} {is}"))
    };
    match none {
        NoObject::Malformed(_) => told("is not a valid session file"),
        NoObject::Unread(Unread::Denied(denied)) if denied.barred == Barred::File && denied.at == path => {
            let unread = Unread::Denied(Denied { at: directory.to_owned(), barred: Barred::FileIn, ..denied });
            Unreadable::of(directory, unread, Needed::LoginSession { profile: profile.to_owned() }, fetch.world)
        }
        NoObject::Unread(unread) if unread.is_unreadable() => {
            Unreadable::of(directory, unread, Needed::LoginSession { profile: profile.to_owned() }, fetch.world)
        }
        NoObject::Unread(Unread::NotAFile(kind)) => told(&format!("is {kind}, not a file")),
        NoObject::Unread(_) => no_session(fetch, profile, session),
    }
}

fn no_session(fetch: &Fetch<'_>, profile: &str, session: &str) -> CredentialsError {
    let directory = session_path(fetch, session);
    let directory = directory.as_deref().and_then(Path::parent).map(|directory| fetch.world.abbreviate(directory));
    let directory = directory.unwrap_or_else(|| "a home directory, which is missing".to_owned());
    needed(profile, format!("no session for {} in {directory}", public(session)))
}

fn session_path(fetch: &Fetch<'_>, session: &str) -> Option<PathBuf> {
    let directory = match fetch.world.environment.non_empty("AWS_LOGIN_CACHE_DIRECTORY") {
        Some(directory) => fetch.world.expand(directory),
        None => fetch.world.home_file(".aws/login/cache")?,
    };
    let name = hex::lower(Sha256::digest(session.trim()));
    Some(directory.join(name + ".json"))
}
