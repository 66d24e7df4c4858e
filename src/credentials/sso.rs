//! IAM Identity Center: the cached sign-in of `aws sso login`, its renewal, and the role's credentials.
//!
//! Token files are the AWS CLI's own (botocore `SSOTokenProvider` and `SSOTokenLoader`): `~/.aws/sso/cache/`, named by
//! the SHA-1 of the session's name, or of the start URL for profiles of the older kind, whose tokens cannot be renewed.

use super::error::{CallError, Refusal};
use super::fetch::{Fetch, PATIENCE, resolved};
use super::plan::SsoPlan;
use super::{Credentials, CredentialsError, Resolved, Source, cache, timestamp};
use crate::hex;
use crate::secret::Secret;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value};
use sha1::{Digest, Sha1};
use std::path::{Path, PathBuf};

/// A sign-in is renewed this long before its end (botocore `_REFRESH_WINDOW`).
const RENEWAL_WINDOW: TimeDelta = TimeDelta::minutes(15);

pub(super) async fn role_credentials(
    fetch: &Fetch<'_>,
    plan: &SsoPlan,
    source: String,
) -> Result<Resolved, CredentialsError> {
    let token = access_token(fetch, plan).await?;
    fetch.trace.line(|| format!("sso:GetRoleCredentials {} in {}", role(plan), plan.region));
    let mut config = aws_sdk_sso::config::Builder::from(&fetch.sdk_config(&plan.region));
    config.set_endpoint_url(fetch.endpoint_url("sso"));
    let answer = aws_sdk_sso::Client::from_conf(config.build())
        .get_role_credentials()
        .account_id(&plan.account_id)
        .role_name(&plan.role_name)
        .access_token(token.expose())
        .send()
        .await
        .map_err(|error| {
            let service = format!("AWS SSO in {}", plan.region);
            CallError::from_sdk(&error).into_error(&service, fetch.proxy_shown(), |refusal| refused(plan, refusal))
        })?;
    let Some(answered) = answer.role_credentials() else {
        return Err(refused(plan, Refusal { code: "empty answer".to_owned(), message: String::new() }));
    };
    let credentials = Credentials::new(
        answered.access_key_id().unwrap_or_default(),
        answered.secret_access_key().unwrap_or_default(),
        answered.session_token(),
        DateTime::<Utc>::from_timestamp_millis(answered.expiration()),
    );
    match credentials {
        Ok(credentials) => Ok(resolved(credentials, source)),
        Err(problem) => Err(CredentialsError::Unusable { source: Source(source), problem }),
    }
}

/// `UnauthorizedException` is a sign-in that the portal no longer knows; everything else is about the role.
fn refused(plan: &SsoPlan, refusal: Refusal) -> CredentialsError {
    if refusal.code == "UnauthorizedException" {
        return expired(plan, None, Some(refusal.message));
    }
    CredentialsError::SsoRefused { profile: plan.profile.clone(), role: role(plan), refusal }
}

fn expired(plan: &SsoPlan, expired: Option<DateTime<Utc>>, renewal: Option<String>) -> CredentialsError {
    CredentialsError::SsoExpired { profile: plan.profile.clone(), session: sign_in(plan).to_owned(), expired, renewal }
}

fn role(plan: &SsoPlan) -> String {
    format!("{} in account {}", plan.role_name, plan.account_id)
}

/// What the sign-in is known by: the session's name, or the portal's address.
fn sign_in(plan: &SsoPlan) -> &str {
    plan.session.as_deref().unwrap_or(&plan.start_url)
}

async fn access_token(fetch: &Fetch<'_>, plan: &SsoPlan) -> Result<Secret, CredentialsError> {
    let path = token_path(fetch, plan);
    let not_signed_in = |what: &str| {
        let shown = path.as_deref().map_or("no home directory".to_owned(), |path| fetch.world.abbreviate(path));
        CredentialsError::SsoNotSignedIn {
            profile: plan.profile.clone(),
            session: sign_in(plan).to_owned(),
            file: format!("{shown} {what}"),
        }
    };
    let Some(path) = path.as_deref().filter(|path| path.exists()) else { return Err(not_signed_in("does not exist")) };
    let Some(file) = cache::read(path) else { return Err(not_signed_in("is not a token file")) };
    let (Some(token), Some(ends)) =
        (cache::text(&file, "accessToken"), cache::text(&file, "expiresAt").and_then(timestamp::parse))
    else {
        return Err(not_signed_in("is not a token file"));
    };
    let remaining = ends - fetch.world.now;
    fetch.trace.line(|| format!("SSO sign-in `{}` ends {}", sign_in(plan), iso(ends)));
    if plan.session.is_some() && remaining < RENEWAL_WINDOW {
        // One process renews; who waited reads what it wrote.
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let _turn = fetch.turns.take(&name, PATIENCE);
        if let Some(renewed) = renewed_meanwhile(path, fetch) {
            return Ok(renewed);
        }
        match renew(fetch, plan, &file).await {
            Ok(renewed) => {
                if let Err(error) = cache::replace(path, &renewed) {
                    fetch.trace.line(|| format!("the renewed sign-in could not be kept: {error}"));
                }
                return Ok(Secret::new(cache::text(&renewed, "accessToken").unwrap_or_default()));
            }
            Err(why) if remaining <= TimeDelta::zero() => return Err(expired(plan, Some(ends), Some(why))),
            Err(why) => fetch.trace.line(|| format!("the sign-in could not be renewed yet: {why}")),
        }
    }
    if remaining <= TimeDelta::zero() {
        return Err(expired(plan, Some(ends), None));
    }
    Ok(Secret::new(token))
}

/// The token, where another process has renewed it by now.
fn renewed_meanwhile(path: &Path, fetch: &Fetch<'_>) -> Option<Secret> {
    let file = cache::read(path)?;
    let ends = cache::text(&file, "expiresAt").and_then(timestamp::parse)?;
    (ends - fetch.world.now >= RENEWAL_WINDOW)
        .then(|| Secret::new(cache::text(&file, "accessToken").unwrap_or_default()))
}

fn token_path(fetch: &Fetch<'_>, plan: &SsoPlan) -> Option<PathBuf> {
    let name = hex::lower(Sha1::digest(sign_in(plan)));
    fetch.world.home_file(".aws/sso/cache").map(|directory| directory.join(name + ".json"))
}

/// Renews the sign-in with its refresh token; gives the file's new contents, or why not in a few words.
async fn renew(fetch: &Fetch<'_>, plan: &SsoPlan, file: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    let part = |key| cache::text(file, key).ok_or_else(|| "it cannot be renewed by itself".to_owned());
    let (client_id, client_secret) = (part("clientId")?, part("clientSecret")?);
    let refresh_token = part("refreshToken")?;
    let registered_until = timestamp::parse(part("registrationExpiresAt")?);
    if registered_until.is_none_or(|until| until <= fetch.world.now) {
        return Err("the client registration is over".to_owned());
    }
    fetch.trace.line(|| format!("sso-oidc:CreateToken in {}", plan.region));
    let mut config = aws_sdk_ssooidc::config::Builder::from(&fetch.sdk_config(&plan.region));
    config.set_endpoint_url(fetch.endpoint_url("sso_oidc"));
    let answer = aws_sdk_ssooidc::Client::from_conf(config.build())
        .create_token()
        .grant_type("refresh_token")
        .client_id(client_id)
        .client_secret(client_secret)
        .refresh_token(refresh_token)
        .send()
        .await
        .map_err(|error| format!("renewal failed: {}", CallError::from_sdk(&error).told()))?;
    let mut renewed = file.clone();
    let mut set = |key: &str, value: &str| renewed.insert(key.to_owned(), Value::from(value));
    set("startUrl", &plan.start_url);
    set("region", &plan.region);
    set("accessToken", answer.access_token().filter(|token| !token.is_empty()).ok_or("renewal gave no token")?);
    set("expiresAt", &iso(fetch.world.now + TimeDelta::seconds(answer.expires_in().into())));
    if let Some(token) = answer.refresh_token() {
        set("refreshToken", token);
    }
    Ok(renewed)
}

fn iso(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
