//! Why there are no credentials, as facts. Leaves the words to `words`.

use super::searched::{NearlyRight, Needed, Searched, Switched, Unreadable, explained};
use super::{BadFile, ProfileChoice, Source, Tried};
use crate::aws::{NetworkError, Refusal, Unreachable};
use crate::credentials::sources::process::{ProcessProblem, ProcessSetting};
use crate::failure::Code;
use crate::git::prompt::NoCode;
use crate::machine::world::World;
use aws_files::config_file::Encoding;
use aws_files::plan::{ProfileError, ProfileProblem};
use aws_files::process_output::BadOutput;
use aws_files::profiles::{BadEndpoint, Endpoint, Profiles};
use aws_files::unread::Unread;
use chrono::{DateTime, Utc};
use codecommit::keys::UnusableCredentials;
use codecommit::region::BadRegion;
use std::time::Duration;

/// Why there are no credentials to sign with.
#[derive(Debug, Clone)]
pub enum CredentialsError {
    /// No source is configured.
    NoneFound {
        /// Every source, with the reason why it returned nothing.
        tried: Vec<Tried>,
        /// The profiles that could be selected, if none was.
        available: Vec<String>,
        /// Where the profile was searched.
        searched: Box<Searched>,
    },
    /// The selected profile is in neither file.
    ProfileNotFound {
        /// The profile, and the setting that selected it.
        choice: ProfileChoice,
        /// The profiles that exist.
        available: Vec<String>,
        /// Where it was searched.
        searched: Box<Searched>,
    },
    /// A file that may have the missing setting cannot be read.
    NotReadable(Box<Unreadable>),
    /// `AWS_ACCESS_KEY_ID` is set without `AWS_SECRET_ACCESS_KEY`.
    HalfEnvironment {
        /// Whether the secret is set but empty.
        is_empty: bool,
    },
    /// `AWS_CREDENTIAL_EXPIRATION` is not a valid time.
    BadExpiration(String),
    /// A shared file has a syntax error.
    ConfigFile(BadFile),
    /// A profile has no valid plan.
    Profile {
        /// Why.
        error: ProfileError,
        /// Misspelled sections and settings that may be what is missing.
        nearly: Vec<NearlyRight>,
    },
    /// The keys are not valid.
    Unusable {
        /// The source of the keys.
        source: Source,
        /// The variables or settings with a session token; the first one is used.
        tokens: Vec<&'static str>,
        /// Why they are not valid.
        problem: UnusableCredentials,
    },
    /// Credentials that AWS issued just now have expired by the local clock.
    ClockAhead {
        /// Their source.
        source: Source,
        /// When they expire, in UTC.
        expired: DateTime<Utc>,
        /// The local clock, in UTC.
        now: DateTime<Utc>,
    },
    /// The credentials have expired.
    Expired {
        /// Their source.
        source: Source,
        /// Whether they are a long-term access key, which has no expiry in AWS.
        is_long_term: bool,
        /// The profile that would have signed if the environment had no keys; `None` for the source of a role.
        choice: Option<ProfileChoice>,
        /// When they expired, in UTC.
        expired: DateTime<Utc>,
        /// The local clock, in UTC.
        now: DateTime<Utc>,
    },
    /// There is no token of this SSO session on this machine.
    SsoNotSignedIn {
        /// The profile.
        profile: String,
        /// The name of the session, or its start URL.
        session: String,
        /// Why the token's file has no token.
        file: Box<NotSignedIn>,
        /// The user whose home directory it is in, if a program such as sudo changed the user.
        switched: Option<Box<Switched>>,
    },
    /// The SSO session has expired and could not be refreshed.
    SsoExpired {
        /// The profile.
        profile: String,
        /// The name of the session, or its start URL.
        session: String,
        /// When it expired, in UTC, if known.
        expired: Option<DateTime<Utc>>,
        /// Why it could not be refreshed, if that was tried.
        renewal: Option<String>,
    },
    /// The AWS access portal returned no credentials for this role.
    SsoRefused {
        /// The profile.
        profile: String,
        /// Account and role, for messages.
        role: String,
        /// The portal's error.
        refusal: Refusal,
    },
    /// The session of `aws login` has expired or does not exist.
    LoginNeeded {
        /// The profile.
        profile: String,
        /// The state of the session, in words.
        found: String,
    },
    /// A permission is missing to refresh the session of `aws login`.
    LoginForbidden {
        /// The profile.
        profile: String,
        /// The service's error message.
        refusal: Refusal,
    },
    /// The `credential_process` returned no credentials.
    Process {
        /// The setting, without its arguments.
        setting: Box<ProcessSetting>,
        /// Why.
        problem: ProcessProblem,
    },
    /// STS refused `AssumeRole` or `AssumeRoleWithWebIdentity`.
    RoleRefused {
        /// The profile, or `None` for the environment.
        profile: Option<String>,
        /// The role's ARN.
        role_arn: String,
        /// What it was assumed with, in words: a profile's credentials, or a token file.
        opened_with: Box<str>,
        /// The error of STS.
        refusal: Refusal,
        /// Whether it was assumed with a token file.
        web_identity: bool,
        /// The configured endpoint that answered instead of AWS STS.
        redirected: Option<Box<Endpoint>>,
    },
    /// The role requires an MFA code, and there is none.
    MfaNeeded {
        /// The profile.
        profile: String,
        /// The role's ARN.
        role_arn: String,
        /// The device's serial number or ARN.
        mfa_serial: String,
        /// Why there is no code.
        problem: NoCode,
    },
    /// The file of the web identity token has no readable token.
    TokenFile {
        /// The profile, or `None` for the environment.
        profile: Option<String>,
        /// The file, as configured.
        path: String,
        /// Why.
        problem: Box<TokenProblem>,
        /// The file that is probably meant, if the path has quotes around it or a `~`, which is not expanded.
        meant: Option<String>,
    },
    /// The container credentials endpoint is configured, but returned no credentials.
    Container {
        /// The variable that configures it.
        variable: &'static str,
        /// Why.
        problem: ContainerProblem,
    },
    /// IMDS answered, but returned no credentials.
    InstanceMetadata {
        /// Why, in words.
        problem: String,
    },
    /// A server accepts the connection to IMDS, but does not answer.
    InstanceSilent {
        /// The endpoint's URL.
        endpoint: String,
        /// The timeout.
        timeout: Duration,
    },
    /// The source named by `credential_source` has no credentials.
    SourceEmpty {
        /// The profile.
        profile: String,
        /// The value of `credential_source`.
        credential_source: &'static str,
        /// Why, in words.
        why: String,
    },
    /// Could not connect to an AWS endpoint, or could not use its response.
    Unreachable(Unreachable),
    /// A network setting makes every request impossible.
    Network(NetworkError),
    /// The configured endpoint of a service is not a valid URL.
    Endpoint(BadEndpoint),
    /// The configured region is not a valid region name.
    Region(BadRegion),
    /// A variable that selects credentials is not UTF-8, so it cannot be a valid name, key or path.
    NotText {
        /// The variable.
        variable: &'static str,
    },
}

impl CredentialsError {
    /// The error of a profile without a valid plan, with misspelled settings that may be what is missing. Keys that are
    /// not valid are reported with their file.
    pub(super) fn of_profile(error: ProfileError, profiles: &Profiles, world: &World) -> Self {
        match error.problem {
            ProfileProblem::Unusable { in_credentials_file, tokens, problem } => {
                let file = if in_credentials_file { &profiles.credentials } else { &profiles.config };
                let file = file.path.as_deref().map(|path| world.abbreviate(path)).unwrap_or_default();
                Self::Unusable { source: Source::Keys { profile: error.profile, file }, tokens, problem }
            }
            _ => explained(error, profiles, world),
        }
    }

    /// Whether nothing is configured here, so that another helper may have credentials. An answer from the address of
    /// IMDS says nothing: many networks do not answer there, or have another server.
    #[must_use]
    pub fn is_of_nothing_configured(&self) -> bool {
        match self {
            Self::NotReadable(file) => matches!(file.needed, Needed::Profile { nothing_else: true, .. }),
            error => matches!(error.code(), Code::NoCredentials | Code::InstanceMetadata),
        }
    }

    /// The failure's code, also for processes that waited for the same credentials.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NoneFound { .. } => Code::NoCredentials,
            Self::NotReadable(_) => Code::FileNotReadable,
            Self::ProfileNotFound { .. } => Code::ProfileNotFound,
            Self::HalfEnvironment { .. } => Code::HalfKeyPair,
            Self::ConfigFile(_) => Code::ConfigFileSyntax,
            Self::BadExpiration(_) | Self::NotText { .. } => Code::UnusableKeys,
            Self::Profile { error: ProfileError { problem, .. }, .. } => match problem {
                ProfileProblem::Loop(_) => Code::ProfileLoop,
                ProfileProblem::Unusable { problem, .. } => code_of(*problem),
                _ => Code::ProfileIncomplete,
            },
            Self::SourceEmpty { .. } => Code::ProfileIncomplete,
            Self::Unusable { problem, .. }
            | Self::Process { problem: ProcessProblem::Output(BadOutput::Unusable(problem), _), .. } => {
                code_of(*problem)
            }
            Self::ClockAhead { .. } => Code::OutOfTime,
            Self::Expired { .. } => Code::Expired,
            Self::SsoNotSignedIn { .. } => Code::SsoNotSignedIn,
            Self::SsoExpired { .. } => Code::SsoExpired,
            Self::SsoRefused { .. } => Code::SsoRefused,
            Self::LoginNeeded { .. } | Self::LoginForbidden { .. } => Code::LoginNeeded,
            Self::Process { .. } => Code::CredentialProcess,
            Self::RoleRefused { refusal, .. } if refusal.is_about_mfa() => Code::MfaNeeded,
            Self::RoleRefused { refusal, .. } if refusal.is_about_the_clock() => Code::OutOfTime,
            Self::RoleRefused { web_identity: true, .. } | Self::TokenFile { .. } => Code::WebIdentity,
            Self::RoleRefused { .. } => Code::RoleRefused,
            Self::MfaNeeded { problem: NoCode::AnotherFailed(code), .. } => *code,
            Self::MfaNeeded { .. } => Code::MfaNeeded,
            Self::Container { .. } => Code::Container,
            Self::InstanceMetadata { .. } | Self::InstanceSilent { .. } => Code::InstanceMetadata,
            Self::Unreachable(_) => Code::Unreachable,
            Self::Network(NetworkError::Trust(_)) => Code::CaBundle,
            Self::Network(NetworkError::Proxy { .. }) => Code::ProxySetting,
            Self::Endpoint(_) => Code::EndpointSetting,
            Self::Region(_) => Code::MalformedRegion,
        }
    }
}

fn code_of(problem: UnusableCredentials) -> Code {
    match problem {
        UnusableCredentials::NoSessionToken | UnusableCredentials::StrayToken => Code::NoSessionToken,
        UnusableCredentials::Flawed { .. } | UnusableCredentials::Swapped => Code::UnusableKeys,
    }
}

/// Why the container credentials endpoint returned no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerProblem {
    /// The value of the relative variable is not an absolute path.
    NotAPath(String),
    /// The value of the full variable is not a valid URL.
    NotAUrl(String),
    /// The URL is plain HTTP to another machine.
    ForeignHost(String),
    /// The authorization token cannot be read or sent; its variable and the reason, in words.
    Token(String),
    /// The file of the authorization token has no readable token.
    TokenFile {
        /// The variable that names it.
        variable: &'static str,
        /// Its value.
        path: String,
        /// Why.
        problem: Box<TokenProblem>,
        /// The file that is probably meant, if the path has quotes around it or a `~`, which is not expanded.
        meant: Option<String>,
    },
    /// The endpoint refused the request; its error.
    Refused(String),
    /// There was no answer, or an unreadable one; the reason, in words.
    NoAnswer(String),
}

/// Why the file of a token has no readable token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenProblem {
    /// The file was not read.
    Unread(Unread),
    /// The file is not text; its encoding if known.
    NotText(Option<Encoding>),
}

/// Why the file of an SSO token has no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSignedIn {
    /// There is no home directory.
    NoHome,
    /// The file was not read.
    Unread {
        /// The file, as shown in messages.
        shown: String,
        /// Why it was not read.
        unread: Unread,
    },
    /// The file contains no token.
    NoToken {
        /// The file, as shown in messages.
        shown: String,
        /// Its encoding, if it is not UTF-8.
        encoding: Option<Encoding>,
    },
}

impl From<ProfileError> for CredentialsError {
    fn from(error: ProfileError) -> Self {
        Self::Profile { error, nearly: Vec::new() }
    }
}

impl From<BadEndpoint> for CredentialsError {
    fn from(endpoint: BadEndpoint) -> Self {
        Self::Endpoint(endpoint)
    }
}

impl From<BadRegion> for CredentialsError {
    fn from(region: BadRegion) -> Self {
        Self::Region(region)
    }
}

impl From<BadFile> for CredentialsError {
    fn from(file: BadFile) -> Self {
        Self::ConfigFile(file)
    }
}
