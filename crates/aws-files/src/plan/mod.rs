//! The settings of a profile → a plan of how to get its credentials. Pure: nothing is run or fetched here.
//!
//! The order is the AWS CLI's (botocore 1.43 `credentials.py`, `create_credential_resolver` and
//! `ProfileProviderBuilder.providers`): assume role, web identity, SSO, keys in the credentials file, `aws login`,
//! `credential_process`, keys in the config file.

use super::profiles::Profiles;
use crate::Variables;
use codecommit::keys::{Credentials, UnusableCredentials};
use codecommit::region::{BadRegion, Region, RegionOrigin};

/// How to get credentials.
#[derive(Debug)]
pub enum Plan {
    /// Keys in one of the shared files.
    Static {
        /// The profile.
        profile: String,
        /// The keys.
        credentials: Credentials,
        /// Whether they are in the credentials file (otherwise in the config file).
        in_credentials_file: bool,
    },
    /// A program that prints credentials (`credential_process`).
    Process {
        /// The profile.
        profile: String,
        /// The value of `credential_process`. Its arguments may contain secrets.
        command: String,
    },
    /// IAM Identity Center.
    Sso(SsoPlan),
    /// `aws login`.
    Login {
        /// The profile.
        profile: String,
        /// The value of `login_session`.
        session: String,
    },
    /// A role that is assumed with a token from a file.
    WebIdentity(WebIdentityPlan),
    /// A role that is assumed with the credentials of another plan.
    AssumeRole(Box<AssumeRolePlan>),
    /// `credential_source = Environment`
    Environment,
    /// `credential_source = EcsContainer`
    Container,
    /// `credential_source = Ec2InstanceMetadata`
    InstanceMetadata,
}

impl Plan {
    /// The role in the chain that requires an MFA code.
    #[must_use]
    pub fn role_with_mfa(&self) -> Option<&AssumeRolePlan> {
        match self {
            Self::AssumeRole(role) if role.mfa_serial.is_some() => Some(role),
            Self::AssumeRole(role) => role.source.role_with_mfa(),
            _ => None,
        }
    }
}

/// A role of IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoPlan {
    /// The profile with the SSO settings.
    pub profile: String,
    /// The name of the `sso-session`; `None` for a profile in the legacy format.
    pub session: Option<String>,
    /// The AWS access portal's URL.
    pub start_url: String,
    /// The region of IAM Identity Center, as configured.
    pub region: String,
    /// The account id.
    pub account_id: String,
    /// The role's name (permission set).
    pub role_name: String,
}

impl SsoPlan {
    /// The region of IAM Identity Center, which becomes part of a host name.
    ///
    /// # Errors
    /// [`BadRegion`] if it is not a valid region name.
    pub fn region(&self) -> Result<Region, BadRegion> {
        let origin = match &self.session {
            Some(session) => RegionOrigin::SsoSession(session.clone()),
            None => RegionOrigin::SsoProfile(self.profile.clone()),
        };
        Region::configured(&self.region, origin)
    }
}

/// A role to assume with `AssumeRoleWithWebIdentity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentityPlan {
    /// The profile that configures it, or `None` for the environment.
    pub profile: Option<String>,
    /// The role's ARN.
    pub role_arn: String,
    /// The path of the token file, as configured.
    pub token_file: String,
    /// `RoleSessionName`, if configured.
    pub session_name: Option<String>,
}

/// A role to assume with `AssumeRole`.
#[derive(Debug)]
pub struct AssumeRolePlan {
    /// The profile that names the role.
    pub profile: String,
    /// The role's ARN.
    pub role_arn: String,
    /// `ExternalId`, if configured.
    pub external_id: Option<String>,
    /// `RoleSessionName`, if configured.
    pub session_name: Option<String>,
    /// `DurationSeconds`, if configured as a whole number; the AWS CLI ignores anything else.
    pub duration_seconds: Option<i32>,
    /// The serial number or ARN of the MFA device that the role requires.
    pub mfa_serial: Option<String>,
    /// The plan for the source credentials.
    pub source: Plan,
}

/// Why a profile has no valid plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    /// The profile with the problem.
    pub profile: String,
    /// The problem.
    pub problem: ProfileProblem,
}

/// The problem of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileProblem {
    /// A setting is set without others that it requires.
    Missing {
        /// The setting that is set.
        has: &'static str,
        /// The settings that are missing.
        missing: Vec<&'static str>,
    },
    /// `role_arn` is set with both `source_profile` and `credential_source`.
    TwoSources,
    /// `source_profile` names a profile that does not exist.
    NoSuchSource(String),
    /// `source_profile` names a profile that has no credentials.
    EmptySource(String),
    /// `source_profile` forms a cycle; the profiles on the way.
    Loop(Vec<String>),
    /// The value of `credential_source` is not one of the three valid ones.
    NoSuchCredentialSource(String),
    /// `sso_session` names a section that does not exist.
    NoSuchSsoSession(String),
    /// The `sso-session` lacks `sso_start_url` or `sso_region`.
    IncompleteSsoSession {
        /// The name of the session.
        session: String,
        /// The settings that are missing.
        missing: Vec<&'static str>,
    },
    /// A setting has different values in the profile and in its `sso-session`.
    SsoMismatch {
        /// The name of the session.
        session: String,
        /// The setting.
        option: String,
    },
    /// The keys are not valid.
    Unusable {
        /// Whether they are in the credentials file (otherwise in the config file).
        in_credentials_file: bool,
        /// The settings with a session token; the first one is used.
        tokens: Vec<&'static str>,
        /// Why they are not valid.
        problem: UnusableCredentials,
    },
}

/// The plan for `profile`, or `None` if neither it nor the environment configures a source. The caller passes
/// `environment` if the profile was not chosen explicitly: then the variables for web identity count too, and take
/// precedence.
///
/// # Errors
/// [`ProfileError`] if the AWS CLI would reject the profile as well.
pub fn plan(
    profiles: &Profiles,
    profile: &str,
    environment: Option<Variables<'_>>,
) -> Result<Option<Plan>, ProfileError> {
    if is_role(profiles, profile) {
        return assume_role(profiles, profile, &mut vec![profile.to_owned()]).map(Some);
    }
    from_profile(profiles, profile, environment)
}

/// Whether the profile configures a role to assume. With a token file it is a web identity instead.
fn is_role(profiles: &Profiles, profile: &str) -> bool {
    profiles.setting(profile, "role_arn").is_some() && profiles.setting(profile, "web_identity_token_file").is_none()
}

fn has_keys(profiles: &Profiles, profile: &str) -> bool {
    ["aws_access_key_id", "aws_secret_access_key"].iter().any(|key| profiles.setting(profile, key).is_some())
}

fn assume_role(profiles: &Profiles, profile: &str, visited: &mut Vec<String>) -> Result<Plan, ProfileError> {
    let setting = |option| profiles.setting(profile, option).map(str::to_owned);
    let fail = |problem| Err(ProfileError { profile: profile.to_owned(), problem });
    let source = match (profiles.setting(profile, "source_profile"), profiles.setting(profile, "credential_source")) {
        (Some(_), Some(_)) => return fail(ProfileProblem::TwoSources),
        (None, None) => {
            let missing = vec!["source_profile", "credential_source"];
            return fail(ProfileProblem::Missing { has: "role_arn", missing });
        }
        (Some(source), None) => source_plan(profiles, profile, source, visited)?,
        // Case-sensitive, as in the AWS CLI.
        (None, Some("Environment")) => Plan::Environment,
        (None, Some("EcsContainer")) => Plan::Container,
        (None, Some("Ec2InstanceMetadata")) => Plan::InstanceMetadata,
        (None, Some(other)) => return fail(ProfileProblem::NoSuchCredentialSource(other.to_owned())),
    };
    Ok(Plan::AssumeRole(Box::new(AssumeRolePlan {
        profile: profile.to_owned(),
        role_arn: setting("role_arn").unwrap_or_default(),
        external_id: setting("external_id"),
        session_name: setting("role_session_name"),
        duration_seconds: setting("duration_seconds").and_then(|seconds| seconds.parse().ok()),
        mfa_serial: setting("mfa_serial"),
        source,
    })))
}

fn source_plan(
    profiles: &Profiles,
    profile: &str,
    source: &str,
    visited: &mut Vec<String>,
) -> Result<Plan, ProfileError> {
    let fail = |problem| Err(ProfileError { profile: profile.to_owned(), problem });
    if !profiles.contains(source) {
        return fail(ProfileProblem::NoSuchSource(source.to_owned()));
    }
    // A profile may name itself, to assume its role with its own keys.
    let own_keys = source == profile && has_keys(profiles, source);
    if visited.iter().any(|seen| seen == source) && !own_keys {
        visited.push(source.to_owned());
        return fail(ProfileProblem::Loop(visited.clone()));
    }
    visited.push(source.to_owned());
    if is_role(profiles, source) && !has_keys(profiles, source) {
        return assume_role(profiles, source, visited);
    }
    match from_profile(profiles, source, None)? {
        Some(plan) => Ok(plan),
        None => fail(ProfileProblem::EmptySource(source.to_owned())),
    }
}

fn from_profile(
    profiles: &Profiles,
    profile: &str,
    environment: Option<Variables<'_>>,
) -> Result<Option<Plan>, ProfileError> {
    if let Some(plan) = web_identity(profiles, profile, environment)? {
        return Ok(Some(plan));
    }
    if let Some(plan) = sso(profiles, profile)? {
        return Ok(Some(plan));
    }
    if let Some(plan) = static_keys(profiles, profile, true)? {
        return Ok(Some(plan));
    }
    let setting = |option| profiles.setting(profile, option).map(str::to_owned);
    let profile_name = || profile.to_owned();
    if let Some(session) = setting("login_session") {
        return Ok(Some(Plan::Login { profile: profile_name(), session }));
    }
    if let Some(command) = setting("credential_process") {
        return Ok(Some(Plan::Process { profile: profile_name(), command }));
    }
    static_keys(profiles, profile, false)
}

/// Each of the three settings comes from the environment if that counts and sets it, otherwise from the profile.
fn web_identity(
    profiles: &Profiles,
    profile: &str,
    environment: Option<Variables<'_>>,
) -> Result<Option<Plan>, ProfileError> {
    let variable = |name| environment.and_then(|variable| variable(name));
    let setting = |option| profiles.setting(profile, option).map(str::to_owned);
    let from_environment = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    let in_profile = from_environment.is_none();
    let Some(token_file) =
        from_environment.or_else(|| setting("web_identity_token_file")).filter(|file| !file.is_empty())
    else {
        return Ok(None);
    };
    let Some(role_arn) = variable("AWS_ROLE_ARN").or_else(|| setting("role_arn")).filter(|role| !role.is_empty())
    else {
        let (has, missing) = if in_profile {
            ("web_identity_token_file", "role_arn")
        } else {
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
        };
        let problem = ProfileProblem::Missing { has, missing: vec![missing] };
        return Err(ProfileError { profile: profile.to_owned(), problem });
    };
    let session_name = variable("AWS_ROLE_SESSION_NAME").or_else(|| setting("role_session_name"));
    let profile = in_profile.then(|| profile.to_owned());
    Ok(Some(Plan::WebIdentity(WebIdentityPlan { profile, role_arn, token_file, session_name })))
}

/// The settings that locate IAM Identity Center.
const PORTAL: [&str; 2] = ["sso_start_url", "sso_region"];

/// A profile with an account id or a role name is an SSO profile, and must be complete.
fn sso(profiles: &Profiles, profile: &str) -> Result<Option<Plan>, ProfileError> {
    let own = |option: &str| profiles.setting(profile, option);
    let Some(has) = ["sso_account_id", "sso_role_name"].into_iter().find(|option| own(option).is_some()) else {
        return Ok(None);
    };
    let fail = |problem| Err(ProfileError { profile: profile.to_owned(), problem });
    let session = match own("sso_session") {
        None => None,
        Some(name) => match profiles.sso_session(name) {
            None => return fail(ProfileProblem::NoSuchSsoSession(name.to_owned())),
            Some(section) => Some((name, section)),
        },
    };
    if let Some((name, section)) = session
        && let Some(option) = section.keys().find(|key| own(key).is_some_and(|value| Some(value) != section.get(key)))
    {
        return fail(ProfileProblem::SsoMismatch { session: name.to_owned(), option: option.to_owned() });
    }
    // Only the session may set the portal (botocore `SSOTokenProvider`); account and role may be set in either.
    let setting = |option: &str| {
        let in_session = session.and_then(|(_, section)| section.get(option));
        if session.is_some() && PORTAL.contains(&option) { in_session } else { in_session.or_else(|| own(option)) }
    };
    let missing_of = |options: &[&'static str]| -> Vec<&'static str> {
        options.iter().copied().filter(|option| setting(option).is_none()).collect()
    };
    let missing = missing_of(&["sso_role_name", "sso_account_id"]);
    let portal = missing_of(&PORTAL);
    if let (Some((name, _)), false) = (session, portal.is_empty()) {
        return fail(ProfileProblem::IncompleteSsoSession { session: name.to_owned(), missing: portal });
    }
    let missing = [missing, portal].concat();
    if !missing.is_empty() {
        return fail(ProfileProblem::Missing { has, missing });
    }
    let setting = |option| setting(option).unwrap_or_default().to_owned();
    Ok(Some(Plan::Sso(SsoPlan {
        profile: profile.to_owned(),
        session: session.map(|(name, _)| name.to_owned()),
        start_url: setting("sso_start_url"),
        region: setting("sso_region"),
        account_id: setting("sso_account_id"),
        role_name: setting("sso_role_name"),
    })))
}

/// The keys of one file: a pair is never combined from both files.
fn static_keys(profiles: &Profiles, profile: &str, in_credentials_file: bool) -> Result<Option<Plan>, ProfileError> {
    let section =
        if in_credentials_file { profiles.credentials_section(profile) } else { profiles.config_section(profile) };
    let fail = |problem| Err(ProfileError { profile: profile.to_owned(), problem });
    let Some((section, id)) = section.and_then(|section| Some((section, section.get("aws_access_key_id")?))) else {
        return Ok(None);
    };
    let Some(secret) = section.get("aws_secret_access_key") else {
        return fail(ProfileProblem::Missing { has: "aws_access_key_id", missing: vec!["aws_secret_access_key"] });
    };
    // In the order of botocore's `TOKENS`, the older name first.
    let tokens = ["aws_security_token", "aws_session_token"];
    let token = tokens.iter().find_map(|name| section.get(name));
    match Credentials::configured(id, secret, token, None) {
        Ok(credentials) => Ok(Some(Plan::Static { profile: profile.to_owned(), credentials, in_credentials_file })),
        Err(problem) => {
            let tokens = tokens.into_iter().filter(|name| section.get(name).is_some()).collect();
            fail(ProfileProblem::Unusable { in_credentials_file, tokens, problem })
        }
    }
}

#[cfg(test)]
mod tests;
