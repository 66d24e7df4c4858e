//! The sources of credentials that were tried, each with the reason why it gave none.

use super::ProfileChoice;
use super::sources::container;
use crate::machine::world::{Environment, World};
use aws_files::profiles::Profiles;
use codecommit::secret::profile;
use std::fmt;

/// A source that returned no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The source, in words.
    pub source: String,
    /// Why it returned none.
    pub why: Absence,
}

/// Why a source has no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// The EC2 instance has no role.
    NoRole,
    /// Any other reason, in words.
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

impl Tried {
    /// A source without credentials, for a reason in words.
    pub(super) fn new(source: &str, why: impl Into<String>) -> Self {
        Self { source: source.to_owned(), why: Absence::Other(why.into()) }
    }

    /// The environment, in which the access key id is not set or empty.
    pub(super) fn environment(environment: &Environment) -> Self {
        let half = environment.non_empty("AWS_SECRET_ACCESS_KEY").is_some();
        let also = if half { ", though AWS_SECRET_ACCESS_KEY is" } else { "" };
        let what = if environment.os("AWS_ACCESS_KEY_ID").is_some() { "set, but empty" } else { "not set" };
        Self::new("environment", format!("AWS_ACCESS_KEY_ID is {what}{also}"))
    }

    /// The profile, which does not exist or configures no source.
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

    /// The container endpoint, which is not configured.
    pub(super) fn container() -> Self {
        let [relative, full] = container::VARIABLES;
        Self::new("container", format!("{relative} and {full} are not set"))
    }
}
