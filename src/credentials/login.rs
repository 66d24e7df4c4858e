//! `aws login`: a console session that vends credentials.
//!
//! The session's file is the AWS CLI's (botocore `LoginCredentialFetcher`). One with time left is used as it is; its
//! renewal, which has to prove possession of a key (RFC 9449), is the SDK's.

use super::error::{CallError, CredentialsError, Obstacle};
use super::fetch::{Fetch, resolved};
use super::{Credentials, Resolved, Source, cache, timestamp};
use crate::hex;
use crate::http::Network;
use aws_config::login::LoginCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_types::retry::RetryConfig;
use aws_types::region::Region;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// With less than this left, the session is renewed first (botocore `_REFRESH_THRESHOLD`).
const RENEWAL_WINDOW: TimeDelta = TimeDelta::minutes(5);

/// The credentials in the session's file, where they have time left; an error where there is no session at all.
pub(super) fn cached(fetch: &Fetch<'_>, profile: &str, session: &str) -> Option<Result<Resolved, CredentialsError>> {
    let path = session_path(fetch, session);
    let file = path.as_deref().and_then(cache::read);
    let Some(token) = file.as_ref().and_then(|file| file.get("accessToken")?.as_object()) else {
        let directory = path.as_deref().and_then(Path::parent).map(|directory| fetch.world.abbreviate(directory));
        let directory = directory.unwrap_or_else(|| "a home directory, which is missing".to_owned());
        return Some(Err(needed(profile, format!("no session for {session} in {directory}"))));
    };
    let text = |key| cache::text(token, key).unwrap_or_default();
    let expires = timestamp::parse(text("expiresAt"))?;
    if expires - fetch.world.now <= RENEWAL_WINDOW {
        return None;
    }
    let credentials =
        Credentials::new(text("accessKeyId"), text("secretAccessKey"), Some(text("sessionToken")), Some(expires));
    Some(taken(credentials, profile))
}

/// Credentials after a renewal.
pub(super) async fn refreshed(fetch: &Fetch<'_>, profile: &str, session: &str) -> Result<Resolved, CredentialsError> {
    fetch.trace.line(|| format!("signin:CreateOAuth2Token in {}", fetch.sts_region));
    let config = ProviderConfig::without_region()
        .with_region(Some(Region::new(fetch.sts_region.to_owned())))
        .with_http_client(fetch.network.clone())
        .with_sleep_impl(TokioSleep::new())
        .with_timeout_config(Network::deadlines())
        .with_retry_config(RetryConfig::standard().with_max_attempts(2));
    let provider = LoginCredentialsProvider::builder(session).configure(&config).build();
    let answered = provider.provide_credentials().await.map_err(|error| match CallError::from_chain(&error) {
        CallError::Network(error) => CredentialsError::Network(error),
        certificate @ CallError::Unreachable(Obstacle::Certificate(_) | Obstacle::ProxyRefused) => {
            certificate.into_error("AWS sign-in", fetch.proxy_shown(), |refusal| needed(profile, refusal.message))
        }
        other => needed(profile, format!("the session could not be renewed: {}", other.told())),
    })?;
    let credentials = Credentials::new(
        answered.access_key_id(),
        answered.secret_access_key(),
        answered.session_token(),
        answered.expiry().map(DateTime::<Utc>::from),
    );
    taken(credentials, profile)
}

fn taken(
    credentials: Result<Credentials, super::UnusableCredentials>,
    profile: &str,
) -> Result<Resolved, CredentialsError> {
    let source = format!("profile `{profile}`, aws login");
    match credentials {
        Ok(credentials) => Ok(resolved(credentials, source)),
        Err(problem) => Err(CredentialsError::Unusable { source: Source(source), problem }),
    }
}

fn needed(profile: &str, found: String) -> CredentialsError {
    CredentialsError::LoginNeeded { profile: profile.to_owned(), found }
}

fn session_path(fetch: &Fetch<'_>, session: &str) -> Option<PathBuf> {
    let directory = match fetch.world.environment.non_empty("AWS_LOGIN_CACHE_DIRECTORY") {
        Some(directory) => fetch.world.expand(directory),
        None => fetch.world.home_file(".aws/login/cache")?,
    };
    let name = hex::lower(Sha256::digest(session.trim()));
    Some(directory.join(name + ".json"))
}
