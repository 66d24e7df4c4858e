//! Roles: `AssumeRole` and `AssumeRoleWithWebIdentity` of AWS STS.

use super::{NoKeys, failed};
use crate::aws::CallError;
use crate::credentials::carry_out::Fetch;
use crate::credentials::searched::meant_path;
use crate::credentials::{CredentialsError, Resolved, TokenProblem};
use crate::machine::file::{read_within, unread};
use crate::machine::wait::Waiting;
use crate::machine::world::World;
use aws_files::config_file::Encoding;
use aws_files::plan::{AssumeRolePlan, WebIdentityPlan};
use aws_sdk_sts::types::Credentials as StsCredentials;
use chrono::{DateTime, Utc};
use codecommit::keys::{Credentials, Flaw, Part, UnusableCredentials};
use codecommit::region::Region;
use codecommit::secret::{Secret, public, public_path};
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// Calls `sts:AssumeRole` with the source credentials.
pub(crate) async fn assume_role(
    fetch: &Fetch<'_>,
    plan: &AssumeRolePlan,
    opener: &Resolved,
    mfa_code: Option<&str>,
) -> Result<Credentials, NoKeys> {
    let region = fetch.sts_region()?;
    fetch.trace.line(|| format!("sts:AssumeRole {} with {} in {region}", public(&plan.role_arn), opener.source));
    let _waiting = Waiting::on(service(region));
    let credentials = opener.credentials.for_sdk("source");
    let call = aws_sdk_sts::Client::from_conf(config(fetch, region)?.credentials_provider(credentials).build())
        .assume_role()
        .role_arn(&plan.role_arn)
        .role_session_name(session_name(plan.session_name.as_deref(), fetch.world))
        .set_external_id(plan.external_id.clone())
        .set_duration_seconds(plan.duration_seconds)
        .set_serial_number(mfa_code.and(plan.mfa_serial.clone()))
        .set_token_code(mfa_code.map(str::to_owned));
    let answer = fetch.call(call.send()).await.map_err(|error| {
        failed(fetch, "sts", &service(region), CallError::from_sdk(&error), |refusal| CredentialsError::RoleRefused {
            profile: Some(plan.profile.clone()),
            role_arn: plan.role_arn.clone(),
            opened_with: opener.source.to_string().into(),
            refusal,
            web_identity: false,
            redirected: fetch.redirected("sts"),
        })
    })?;
    taken(answer.credentials())
}

/// Calls `sts:AssumeRoleWithWebIdentity` with the token, which needs no credentials.
pub(crate) async fn assume_role_with_web_identity(
    fetch: &Fetch<'_>,
    plan: &WebIdentityPlan,
) -> Result<Credentials, NoKeys> {
    let token = fetch.web_identity_token(plan)?;
    let region = fetch.sts_region()?;
    let _waiting = Waiting::on(service(region));
    fetch.trace.line(|| {
        format!("sts:AssumeRoleWithWebIdentity {} with {}", public(&plan.role_arn), public_path(&plan.token_file))
    });
    let call = aws_sdk_sts::Client::from_conf(config(fetch, region)?.build())
        .assume_role_with_web_identity()
        .role_arn(&plan.role_arn)
        .role_session_name(session_name(plan.session_name.as_deref(), fetch.world))
        .web_identity_token(token.expose());
    let answer = fetch.call(call.send()).await.map_err(|error| {
        failed(fetch, "sts", &service(region), CallError::from_sdk(&error), |refusal| CredentialsError::RoleRefused {
            profile: plan.profile.clone(),
            role_arn: plan.role_arn.clone(),
            opened_with: format!("the token in {}", fetch.world.abbreviate(plan.token_file.as_ref())).into(),
            refusal,
            web_identity: true,
            redirected: fetch.redirected("sts"),
        })
    })?;
    taken(answer.credentials())
}

/// The longest token that is read, in bytes: AWS STS accepts 20,000 characters (API reference,
/// `AssumeRoleWithWebIdentity`).
const TOKEN_LIMIT: u64 = 1 << 20;

/// The time for reading the token's file.
const TOKEN_DEADLINE: Duration = Duration::from_secs(5);

/// The token with which the role is assumed.
pub(crate) fn web_identity_token(plan: &WebIdentityPlan, world: &World) -> Result<Secret, CredentialsError> {
    // As configured: botocore expands every path but this one (`FileWebIdentityTokenLoader`).
    let path = Path::new(&plan.token_file);
    // The token's file may be a pipe, such as a program's output in `/dev/fd/63`.
    let _waiting = Waiting::on("the file of the web identity token");
    let text = |bytes: Zeroizing<Vec<u8>>| match str::from_utf8(&bytes) {
        Ok(text) if !text.contains('\0') => Ok(Secret::new(text)),
        _ => Err(TokenProblem::NotText(Encoding::of(&bytes))),
    };
    let read = read_within(path, TOKEN_LIMIT, TOKEN_DEADLINE);
    let read = read.map_err(|error| TokenProblem::Unread(unread(path, &error))).and_then(text);
    read.map_err(|problem| CredentialsError::TokenFile {
        profile: plan.profile.clone(),
        // A path that begins with `~` is not expanded, so it is not below the home directory.
        path: public_path(&plan.token_file).into_owned(),
        problem: Box::new(problem),
        meant: meant_path(&plan.token_file, world),
    })
}

fn config(fetch: &Fetch<'_>, region: &Region) -> Result<aws_sdk_sts::config::Builder, CredentialsError> {
    let mut config = aws_sdk_sts::config::Builder::from(&fetch.sdk_config(region));
    config.set_endpoint_url(fetch.endpoint_url("sts")?);
    Ok(config)
}

fn service(region: &Region) -> String {
    format!("AWS STS in {region}")
}

/// The AWS CLI's default. Trust policies and CloudTrail searches expect it; the SDK's default would be another
/// principal.
fn session_name(configured: Option<&str>, world: &World) -> String {
    let configured = configured.filter(|name| !name.is_empty());
    configured.map_or_else(|| format!("botocore-session-{}", world.now.timestamp()), str::to_owned)
}

fn taken(answered: Option<&StsCredentials>) -> Result<Credentials, NoKeys> {
    let answered =
        answered.ok_or(UnusableCredentials::Flawed { parts: Part::AccessKeyId.into(), flaw: Flaw::Empty })?;
    let expires = DateTime::<Utc>::from_timestamp(answered.expiration().secs(), 0);
    let session_token = Some(answered.session_token());
    Ok(Credentials::new(answered.access_key_id(), answered.secret_access_key(), session_token, expires)?)
}
