//! The sources of credentials, as data and in words.

use codecommit::secret::{profile as shown, public, quoted};
use std::fmt;

/// A source of credentials. `Display` is its text for traces and messages; code decides by the variant only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Keys in environment variables.
    Environment,
    /// Keys of a profile in one of the shared files.
    Keys {
        /// The profile.
        profile: String,
        /// The file, as shown in messages.
        file: String,
    },
    /// The profile's `credential_process`.
    Process {
        /// The profile.
        profile: String,
    },
    /// A role of IAM Identity Center.
    Sso {
        /// The profile.
        profile: String,
        /// The name of the `sso-session`; `None` for a profile in the legacy format.
        session: Option<String>,
    },
    /// The session of `aws login`.
    Login {
        /// The profile.
        profile: String,
    },
    /// A role assumed with a web identity token.
    WebIdentity {
        /// The role's ARN.
        role_arn: String,
    },
    /// A role assumed with other credentials.
    Role {
        /// The role's ARN.
        role_arn: String,
        /// The profile that configures it.
        profile: String,
    },
    /// The container credentials endpoint.
    Container,
    /// The EC2 instance metadata service (IMDS).
    Instance,
}

impl Source {
    /// Its stable name, independent of the words of messages. It becomes part of the marks' keys.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Environment => "environment".to_owned(),
            Self::Keys { profile, .. } => format!("keys\n{profile}"),
            Self::Process { profile } => format!("process\n{profile}"),
            Self::Sso { profile, session } => format!("sso\n{profile}\n{}", session.as_deref().unwrap_or_default()),
            Self::Login { profile } => format!("login\n{profile}"),
            Self::WebIdentity { role_arn } => format!("web-identity\n{role_arn}"),
            Self::Role { role_arn, profile } => format!("role\n{role_arn}\n{profile}"),
            Self::Container => "container".to_owned(),
            Self::Instance => "instance".to_owned(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("environment variables"),
            Self::Keys { profile, file } => write!(f, "{} in {file}", shown(profile)),
            Self::Process { profile } => write!(f, "credential_process of {}", shown(profile)),
            Self::Sso { profile, session: Some(session) } => {
                write!(f, "{}, SSO session {}", shown(profile), quoted(session))
            }
            Self::Sso { profile, session: None } => write!(f, "{}, SSO", shown(profile)),
            Self::Login { profile } => write!(f, "{}, aws login", shown(profile)),
            Self::WebIdentity { role_arn } => write!(f, "role {}, assumed with a web identity", public(role_arn)),
            Self::Role { role_arn, profile } => write!(f, "role {} of {}", public(role_arn), shown(profile)),
            Self::Container => f.write_str("the container's IAM role"),
            Self::Instance => f.write_str("the instance's IAM role"),
        }
    }
}
