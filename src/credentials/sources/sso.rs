//! IAM Identity Center: the cached token of `aws sso login`, its refresh, and the role's credentials.
//!
//! Token files are the AWS CLI's (botocore `SSOTokenProvider` and `SSOTokenLoader`): `~/.aws/sso/cache/`, named by the
//! SHA-1 of the session's name, or of the start URL for profiles in the legacy format, whose tokens cannot be
//! refreshed.

use super::{NoKeys, failed};
use crate::aws::{CallError, Refusal};
use crate::credentials::carry_out::{Fetch, PATIENCE};
use crate::credentials::searched::switched;
use crate::credentials::{CredentialsError, Needed, NotSignedIn, Unreadable};
use crate::machine::json_file::{self, NoObject, Replacement};
use crate::machine::single_flight::Before;
use crate::machine::wait::Waiting;
use aws_files::cache;
use aws_files::plan::SsoPlan;
use aws_files::timestamp;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use codecommit::hex;
use codecommit::keys::Credentials;
use codecommit::secret::{Secret, public, quoted};
use serde_json::{Map, Value};
use sha1::{Digest, Sha1};
use std::path::{Path, PathBuf};

/// A token is refreshed this long before it expires (botocore `_REFRESH_WINDOW`).
const RENEWAL_WINDOW: TimeDelta = TimeDelta::minutes(15);

/// Gets the credentials of a role with `sso:GetRoleCredentials`, after a refresh of the token if it is about to expire.
///
/// # Errors
/// [`CredentialsError`] of the token or the call, or keys that are not valid.
pub(crate) async fn role_credentials(fetch: &Fetch<'_>, plan: &SsoPlan) -> Result<Credentials, NoKeys> {
    let token = access_token(fetch, plan).await?;
    let region = plan.region()?;
    let _waiting = Waiting::on(service(plan));
    fetch.trace.line(|| format!("sso:GetRoleCredentials {} in {region}", role(plan)));
    let mut config = aws_sdk_sso::config::Builder::from(&fetch.sdk_config(&region));
    config.set_endpoint_url(fetch.endpoint_url("sso")?);
    let call = aws_sdk_sso::Client::from_conf(config.build())
        .get_role_credentials()
        .account_id(&plan.account_id)
        .role_name(&plan.role_name)
        .access_token(token.expose());
    let answer = fetch.call(call.send()).await.map_err(|error| {
        let error = CallError::from_named(&error, portal_error);
        failed(fetch, "sso", &service(plan), error, |refusal| refused(plan, refusal))
    })?;
    let Some(answered) = answer.role_credentials() else {
        return Err(
            refused(plan, Refusal { code: "empty response".into(), message: "".into(), request_id: None }).into()
        );
    };
    Ok(Credentials::new(
        answered.access_key_id().unwrap_or_default(),
        answered.secret_access_key().unwrap_or_default(),
        answered.session_token(),
        DateTime::<Utc>::from_timestamp_millis(answered.expiration()),
    )?)
}

/// The portal's errors (IAM Identity Center Portal API Reference, "GetRoleCredentials"; `ForbiddenException` is what it
/// answers for a role that is not assigned).
fn portal_error(status: u16) -> Option<&'static str> {
    Some(match status {
        400 => "InvalidRequestException",
        401 => UNAUTHORIZED,
        403 => "ForbiddenException",
        404 => "ResourceNotFoundException",
        429 => "TooManyRequestsException",
        _ => return None,
    })
}

const UNAUTHORIZED: &str = "UnauthorizedException";

/// `UnauthorizedException` means that the portal no longer accepts the token; any other error is about the role.
fn refused(plan: &SsoPlan, refusal: Refusal) -> CredentialsError {
    if refusal.code == UNAUTHORIZED {
        return expired(plan, None, Some(refusal.message.to_string()));
    }
    CredentialsError::SsoRefused { profile: plan.profile.clone(), role: role(plan), refusal }
}

fn expired(plan: &SsoPlan, expired: Option<DateTime<Utc>>, renewal: Option<String>) -> CredentialsError {
    CredentialsError::SsoExpired {
        profile: plan.profile.clone(),
        session: sign_in_name(plan).to_owned(),
        expired,
        renewal,
    }
}

fn service(plan: &SsoPlan) -> String {
    format!("IAM Identity Center in {}", public(&plan.region))
}

fn role(plan: &SsoPlan) -> String {
    format!("{} in account {}", public(&plan.role_name), public(&plan.account_id))
}

/// The name of the session, or the start URL.
fn sign_in_name(plan: &SsoPlan) -> &str {
    plan.session.as_deref().unwrap_or(&plan.start_url)
}

/// The token and its fields, as in its file.
struct SignIn {
    token: Secret,
    ends: DateTime<Utc>,
    file: Map<String, Value>,
}

/// Why a token was not refreshed.
enum NotRenewed {
    /// It cannot be refreshed; the reason, in words.
    Impossible(String),
    /// The call failed.
    InTheWay(CallError),
}

async fn access_token(fetch: &Fetch<'_>, plan: &SsoPlan) -> Result<Secret, CredentialsError> {
    let path = &token_path(fetch, plan).ok_or_else(|| not_signed_in(fetch, plan, NotSignedIn::NoHome))?;
    let sign_in = read(path, fetch, plan)?;
    fetch.trace.line(|| format!("SSO session {} expires {}", quoted(sign_in_name(plan)), iso(sign_in.ends)));
    let remaining = sign_in.ends - fetch.world.now;
    if remaining >= RENEWAL_WINDOW || (plan.session.is_none() && remaining > TimeDelta::zero()) {
        return Ok(sign_in.token);
    }
    if plan.session.is_none() {
        return Err(expired(plan, Some(sign_in.ends), None));
    }
    renewed(fetch, plan, path).await
}

/// The token of a session that is about to expire, refreshed by this process or another; the old one if that fails and
/// it has not expired.
async fn renewed(fetch: &Fetch<'_>, plan: &SsoPlan, path: &Path) -> Result<Secret, CredentialsError> {
    let mut config = aws_sdk_ssooidc::config::Builder::from(&fetch.sdk_config(&plan.region()?));
    config.set_endpoint_url(fetch.endpoint_url("sso_oidc")?);
    let client = aws_sdk_ssooidc::Client::from_conf(config.build());
    // One process refreshes; the waiting ones read what it wrote. A refresh token may be usable only once.
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let turn = fetch.turns.take(&name, PATIENCE);
    let sign_in = read(path, fetch, plan)?;
    let remaining = sign_in.ends - fetch.world.now;
    let is_over = remaining <= TimeDelta::zero();
    if remaining >= RENEWAL_WINDOW || (turn.before == Before::StillBusy && !is_over) {
        return Ok(sign_in.token);
    }
    if turn.before == Before::StillBusy {
        return Err(fetch.busy("IAM Identity Center"));
    }
    // If the new token were not stored, the AWS CLI would be signed out.
    let place = match Replacement::begin(path) {
        Ok(place) => place,
        Err(_) if !is_over => return Ok(sign_in.token),
        Err(error) => {
            let why = format!("{} cannot be replaced: {error}", fetch.world.abbreviate(path));
            return Err(expired(plan, Some(sign_in.ends), Some(why)));
        }
    };
    match renew(fetch, plan, &sign_in.file, is_over, &client).await {
        Ok(renewed) => {
            if let Err(error) = place.commit(&renewed) {
                fetch.trace.line(|| format!("could not save the refreshed SSO token: {error}"));
            }
            Ok(Secret::new(cache::text(&renewed, "accessToken").unwrap_or_default()))
        }
        Err(NotRenewed::Impossible(why)) if is_over => Err(expired(plan, Some(sign_in.ends), Some(why))),
        Err(NotRenewed::InTheWay(error)) if is_over => {
            Err(failed(fetch, "sso_oidc", &service(plan), error, |refusal| {
                expired(plan, None, Some(refusal.code.to_string()))
            }))
        }
        Err(NotRenewed::Impossible(why)) => {
            fetch.trace.line(|| format!("could not refresh the SSO session yet: {why}"));
            Ok(sign_in.token)
        }
        Err(NotRenewed::InTheWay(error)) => {
            fetch.trace.line(|| format!("could not refresh the SSO session yet: {}", error.told()));
            Ok(sign_in.token)
        }
    }
}

fn read(path: &Path, fetch: &Fetch<'_>, plan: &SsoPlan) -> Result<SignIn, CredentialsError> {
    let shown = || fetch.world.abbreviate(path);
    let no_token = |encoding| not_signed_in(fetch, plan, NotSignedIn::NoToken { shown: shown(), encoding });
    let file = json_file::read(path).map_err(|none| match none {
        NoObject::Malformed(encoding) => no_token(encoding),
        NoObject::Unread(unread) if unread.is_unreadable() => {
            let (profile, session) = (plan.profile.clone(), sign_in_name(plan).to_owned());
            Unreadable::of(path, unread, Needed::SsoToken { profile, session }, fetch.world)
        }
        NoObject::Unread(unread) => not_signed_in(fetch, plan, NotSignedIn::Unread { shown: shown(), unread }),
    })?;
    let (token, ends) = (
        cache::text(&file, "accessToken").map(Secret::new),
        cache::text(&file, "expiresAt").and_then(timestamp::parse),
    );
    match (token, ends) {
        (Some(token), Some(ends)) => Ok(SignIn { token, ends, file }),
        _ => Err(no_token(None)),
    }
}

fn not_signed_in(fetch: &Fetch<'_>, plan: &SsoPlan, file: NotSignedIn) -> CredentialsError {
    CredentialsError::SsoNotSignedIn {
        profile: plan.profile.clone(),
        session: sign_in_name(plan).to_owned(),
        file: Box::new(file),
        switched: switched(fetch.world).map(Box::new),
    }
}

fn token_path(fetch: &Fetch<'_>, plan: &SsoPlan) -> Option<PathBuf> {
    let name = hex::lower(Sha1::digest(sign_in_name(plan)));
    fetch.world.home_file(".aws/sso/cache").map(|directory| directory.join(name + ".json"))
}

/// Refreshes the token; returns the file's new contents. If the old token has not expired, leaves time for fetching the
/// role.
async fn renew(
    fetch: &Fetch<'_>,
    plan: &SsoPlan,
    file: &Map<String, Value>,
    is_over: bool,
    client: &aws_sdk_ssooidc::Client,
) -> Result<Map<String, Value>, NotRenewed> {
    let impossible = |why: &str| NotRenewed::Impossible(why.to_owned());
    let part = |key| cache::text(file, key).ok_or_else(|| impossible("it cannot be refreshed automatically"));
    let (client_id, client_secret) = (part("clientId")?, part("clientSecret")?);
    let refresh_token = part("refreshToken")?;
    let registered_until = timestamp::parse(part("registrationExpiresAt")?);
    if registered_until.is_none_or(|until| until <= fetch.world.now) {
        return Err(impossible("the client registration has expired"));
    }
    fetch.trace.line(|| format!("sso-oidc:CreateToken in {}", public(&plan.region)));
    let _waiting = Waiting::on(service(plan));
    let call = client
        .create_token()
        .grant_type("refresh_token")
        .client_id(client_id)
        .client_secret(client_secret)
        .refresh_token(refresh_token)
        .send();
    let answered = if is_over { fetch.call(call).await } else { fetch.optional_call(call).await };
    let answer = answered.map_err(|error| match CallError::from_sdk(&error) {
        CallError::Refused(refusal) => NotRenewed::Impossible(format!("refresh failed: {}", refusal.code)),
        in_the_way => NotRenewed::InTheWay(in_the_way),
    })?;
    let access_token = answer.access_token().filter(|token| !token.is_empty());
    let access_token = access_token.ok_or_else(|| impossible("refresh returned no token"))?;
    let mut renewed = file.clone();
    let mut set = |key: &str, value: &str| renewed.insert(key.to_owned(), Value::from(value));
    set("startUrl", &plan.start_url);
    set("region", &plan.region);
    set("accessToken", access_token);
    set("expiresAt", &iso(fetch.world.now + TimeDelta::seconds(answer.expires_in().into())));
    if let Some(token) = answer.refresh_token().filter(|token| !token.is_empty()) {
        set("refreshToken", token);
    }
    Ok(renewed)
}

fn iso(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
