//! What can go wrong on the way to credentials, as facts. The words are in `words`.

use super::searched::{NearlyRight, Needed, Searched, Switched, Unreadable, explained};
use super::{BadFile, ProfileChoice, Source};
use crate::aws::{NetworkError, Refusal, Unreachable};
use crate::credentials::sources::container;
use crate::credentials::sources::process::{ProcessProblem, ProcessSetting};
use crate::failure::Code;
use crate::git::prompt::NoCode;
use crate::machine::world::{Environment, World};
use aws_files::config_file::Encoding;
use aws_files::plan::{ProfileError, ProfileProblem};
use aws_files::process_output::BadOutput;
use aws_files::profiles::{BadEndpoint, Endpoint, Profiles};
use aws_files::unread::Unread;
use chrono::{DateTime, Utc};
use codecommit::keys::UnusableCredentials;
use codecommit::region::BadRegion;
use codecommit::secret::profile;
use std::fmt;
use std::time::Duration;

/// Why there are no credentials to sign with.
#[derive(Debug, Clone)]
pub enum CredentialsError {
    /// Nothing is configured anywhere.
    NoneFound {
        /// Every source, with why it gave nothing.
        tried: Vec<Tried>,
        /// The profiles that might have been meant, where nobody chose one.
        available: Vec<String>,
        /// Where the profile was looked for.
        searched: Box<Searched>,
    },
    /// The chosen profile is in neither file.
    ProfileNotFound {
        /// The profile and who chose it.
        choice: ProfileChoice,
        /// The profiles that there are.
        available: Vec<String>,
        /// Where it was looked for.
        searched: Box<Searched>,
    },
    /// A file that may have what is needed cannot be read.
    NotReadable(Box<Unreadable>),
    /// `AWS_ACCESS_KEY_ID` without `AWS_SECRET_ACCESS_KEY`.
    HalfEnvironment {
        /// Whether the secret is set, but empty.
        is_empty: bool,
    },
    /// `AWS_CREDENTIAL_EXPIRATION` is no time.
    BadExpiration(String),
    /// A shared file breaks the syntax.
    ConfigFile(BadFile),
    /// A profile cannot be followed.
    Profile {
        /// Why.
        error: ProfileError,
        /// What there is that is nearly what is missing.
        nearly: Vec<NearlyRight>,
    },
    /// Keys that cannot be any.
    Unusable {
        /// Where they are.
        source: Source,
        /// The variables or settings there that have a token; the first one counts.
        tokens: Vec<&'static str>,
        /// What is wrong.
        problem: UnusableCredentials,
    },
    /// Credentials that AWS has made just now and that are over, by the local clock.
    ClockAhead {
        /// Where they are from.
        source: Source,
        /// Their end.
        expired: DateTime<Utc>,
        /// The local clock.
        now: DateTime<Utc>,
    },
    /// Credentials whose end has passed.
    Expired {
        /// Where they are.
        source: Source,
        /// Whether they are a long-term access key, which does not expire.
        is_long_term: bool,
        /// The profile that would have signed, had the environment no keys; `None` for the source of a role.
        choice: Option<ProfileChoice>,
        /// Their end.
        expired: DateTime<Utc>,
        /// The local clock.
        now: DateTime<Utc>,
    },
    /// Nobody signed in to IAM Identity Center on this machine, for this session.
    SsoNotSignedIn {
        /// The profile.
        profile: String,
        /// The session or start URL.
        session: String,
        /// What is wrong with the token's file.
        file: Box<NotSignedIn>,
        /// Whose home directory it is in, if another user's program changed it.
        switched: Option<Box<Switched>>,
    },
    /// The sign-in is over and could not be renewed.
    SsoExpired {
        /// The profile.
        profile: String,
        /// The session or start URL.
        session: String,
        /// When it ended, where known.
        expired: Option<DateTime<Utc>>,
        /// Why it could not be renewed, where that was tried.
        renewal: Option<String>,
    },
    /// The portal gives no credentials for this role.
    SsoRefused {
        /// The profile.
        profile: String,
        /// Account and role.
        role: String,
        /// The portal's words.
        refusal: Refusal,
    },
    /// `aws login` is over or was never done.
    LoginNeeded {
        /// The profile.
        profile: String,
        /// What was found.
        found: String,
    },
    /// The session of `aws login` may not be renewed.
    LoginForbidden {
        /// The profile.
        profile: String,
        /// The service's words.
        refusal: Refusal,
    },
    /// `credential_process` gave no credentials.
    Process {
        /// The setting, without its arguments.
        setting: Box<ProcessSetting>,
        /// What happened.
        problem: ProcessProblem,
    },
    /// STS refused `AssumeRole` or `AssumeRoleWithWebIdentity`.
    RoleRefused {
        /// The profile, or `None` for the environment.
        profile: Option<String>,
        /// The role.
        role_arn: String,
        /// What opened it: a profile's credentials, or a token file.
        opened_with: Box<str>,
        /// The words of STS.
        refusal: Refusal,
        /// Whether a token file was used.
        web_identity: bool,
        /// What answered in the place of AWS STS.
        redirected: Option<Box<Endpoint>>,
    },
    /// The role asks for an MFA code.
    MfaNeeded {
        /// The profile.
        profile: String,
        /// The role.
        role_arn: String,
        /// The device.
        mfa_serial: String,
        /// Why there is no code.
        problem: NoCode,
    },
    /// The web identity token cannot be read.
    TokenFile {
        /// The profile, or `None` for the environment.
        profile: Option<String>,
        /// The file.
        path: String,
        /// Why not.
        problem: Box<TokenProblem>,
        /// The file that is meant, if the path has quotes around it or a `~` that nothing expands.
        meant: Option<String>,
    },
    /// The container endpoint is configured and gives no credentials.
    Container {
        /// The variable that configures it.
        variable: &'static str,
        /// What happened.
        problem: ContainerProblem,
    },
    /// The instance metadata service answers and gives no credentials.
    InstanceMetadata {
        /// What happened.
        problem: String,
    },
    /// Something takes the connection to the instance metadata service and does not answer.
    InstanceSilent {
        /// Its address.
        endpoint: String,
        /// How long it was waited for.
        timeout: Duration,
    },
    /// `credential_source = Environment` and there is nothing in it.
    SourceEmpty {
        /// The profile.
        profile: String,
        /// The value of `credential_source`.
        credential_source: &'static str,
        /// Why it gave nothing.
        why: String,
    },
    /// An AWS endpoint could not be reached.
    Unreachable(Unreachable),
    /// A network setting of the user's makes every request impossible.
    Network(NetworkError),
    /// The configured endpoint of a service is none.
    Endpoint(BadEndpoint),
    /// The configured region is none.
    Region(BadRegion),
    /// A variable that chooses credentials is not UTF-8, so it is no name, key or path that AWS knows.
    NotText {
        /// The variable.
        variable: &'static str,
    },
}

impl CredentialsError {
    /// A profile that cannot be followed, with what there is that is nearly what it lacks; keys that can be none are told with
    /// their file.
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

    /// Whether nothing is configured here, so that another helper may well have something. On many networks nobody, or anybody,
    /// answers for the instance.
    #[must_use]
    pub fn is_of_nothing_configured(&self) -> bool {
        match self {
            Self::NotReadable(file) => matches!(file.needed, Needed::Profile { nothing_else: true, .. }),
            error => matches!(error.code(), Code::NoCredentials | Code::InstanceMetadata),
        }
    }

    /// The code under which it is told. Whoever waited for the same credentials is told it, too.
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
    /// The relative address is no absolute path.
    NotAPath(String),
    /// The full address is no URL.
    NotAUrl(String),
    /// The full address is one of another machine, over plain HTTP.
    ForeignHost(String),
    /// The authorization token cannot be read or sent: its variable, and why.
    Token(String),
    /// The file of the authorization token gave none.
    TokenFile {
        /// The variable that names it.
        variable: &'static str,
        /// Its value.
        path: String,
        /// Why not.
        problem: Box<TokenProblem>,
        /// The file that is meant, if the path has quotes around it or a `~` that nothing expands.
        meant: Option<String>,
    },
    /// Something is there, and refused.
    Refused(String),
    /// There was no answer, or none that can be read.
    NoAnswer(String),
}

/// Why the file of a web identity token gave no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenProblem {
    /// It was not read.
    Unread(Unread),
    /// It is no text, in this encoding if that is known.
    NotText(Option<Encoding>),
}

/// What is wrong with the file of an SSO token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSignedIn {
    /// There is no home directory to look in.
    NoHome,
    /// The file was not read: there is none.
    Unread {
        /// The file.
        shown: String,
        /// What there is.
        unread: Unread,
    },
    /// It has no token in it.
    NoToken {
        /// The file.
        shown: String,
        /// Its encoding, if it is not UTF-8.
        encoding: Option<Encoding>,
    },
}

/// A source that gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The source.
    pub source: String,
    /// Why it gave nothing.
    pub why: Absence,
}

/// Why a source of credentials is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// The instance has no role.
    NoRole,
    /// Another reason, in words.
    Other(String),
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRole => "the instance has no IAM role",
            Self::Other(why) => why,
        })
    }
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

impl Tried {
    pub(super) fn new(source: &str, why: impl Into<String>) -> Self {
        Self { source: source.to_owned(), why: Absence::Other(why.into()) }
    }

    pub(super) fn environment(environment: &Environment) -> Self {
        let half = environment.non_empty("AWS_SECRET_ACCESS_KEY").is_some();
        let also = if half { ", though AWS_SECRET_ACCESS_KEY is" } else { "" };
        let what = if environment.os("AWS_ACCESS_KEY_ID").is_some() { "set, but empty" } else { "not set" };
        Self::new("environment", format!("AWS_ACCESS_KEY_ID is {what}{also}"))
    }

    pub(super) fn profile(choice: &ProfileChoice, profiles: &Profiles, world: &World) -> Self {
        let why = if profiles.contains(choice.name()) {
            "has no credentials configured".to_owned()
        } else {
            let files = [&profiles.config, &profiles.credentials];
            let paths: Vec<_> = files.iter().filter_map(|file| Some(world.abbreviate(file.path.as_deref()?))).collect();
            let paths: Vec<_> = paths.into_iter().filter(|path| !path.is_empty()).collect();
            if paths.is_empty() {
                "no AWS config files (no home directory)".to_owned()
            } else {
                format!("not found in {}", paths.join(" or "))
            }
        };
        Self::new(&profile(choice.name()), why)
    }

    pub(super) fn container() -> Self {
        let [relative, full] = container::VARIABLES;
        Self::new("container", format!("{relative} and {full} are not set"))
    }
}
