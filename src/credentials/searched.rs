//! Where a profile was searched, and what may be a misspelling of it: details for errors about something missing.
//!
//! Gathered only after the search failed: what the AWS CLI accepts is never questioned. Leaves the words to `words`.

use super::{CredentialsError, ProfileChoice, shared_files};
use crate::machine::file::{is_anothers, owner};
use crate::machine::world::World;
use crate::text::nearest::nearest;
use aws_files::nearly::{Nearly, Slip, Which};
use aws_files::plan::{ProfileError, ProfileProblem};
use aws_files::profiles::{Profiles, SharedFile};
use aws_files::unread::Unread;
use std::path::Path;

/// Where a profile was searched.
#[derive(Debug, Clone, Default)]
pub struct Searched {
    /// Both files; empty without a home directory and without variables that name them.
    pub files: Vec<SearchedFile>,
    /// Misspelled sections and settings.
    pub nearly: Vec<NearlyRight>,
    /// The file whose names contain NUL bytes, because it is UTF-16.
    pub utf_16: Option<String>,
    /// The variable that selects other files than those with the profile.
    pub elsewhere: Option<Elsewhere>,
    /// The user whose home directory it is, if a program such as sudo changed the user.
    pub switched: Option<Switched>,
    /// The home directory that is used, if `HOME` is set but empty.
    pub empty_home: Option<String>,
    /// Variables that select credentials and are set but empty.
    pub empty: Vec<&'static str>,
}

/// One of the two shared files.
#[derive(Debug, Clone)]
pub struct SearchedFile {
    /// Its path, as shown in messages.
    pub shown: String,
    /// The variable that names it, and whether that is empty.
    pub variable: Option<(&'static str, bool)>,
    /// Why it was not read.
    pub unread: Option<Unread>,
}

/// A misspelled section or setting, with its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearlyRight {
    /// The file, as shown in messages.
    pub file: String,
    /// The line, counted from one.
    pub line: usize,
    /// How it differs from what the AWS CLI reads.
    pub slip: Slip,
}

/// Why other files were read than those with the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// This variable names another file; without it the profile is found.
    Unset(&'static str),
    /// The variable's value has quotes or spaces around a file's path; the path.
    Path(&'static str, String),
}

/// A change of the user by a program such as sudo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// `sudo` or `doas`.
    pub program: &'static str,
    /// The user who ran it.
    pub user: String,
    /// The home directory that is used.
    pub home: String,
}

impl Searched {
    /// Where `profile` was searched without success.
    pub(super) fn of(profiles: &Profiles, profile: &str, world: &World) -> Self {
        let file = |file: &SharedFile| {
            let path = file.path.as_deref()?;
            let is_empty = |name: &str| world.environment.get(name).is_some_and(str::is_empty);
            Some(SearchedFile {
                shown: world.abbreviate(path),
                variable: file.variable.map(|name| (name, is_empty(name))),
                unread: file.unread.clone(),
            })
        };
        let files: Vec<_> = [&profiles.config, &profiles.credentials].into_iter().filter_map(file).collect();
        let in_home = files.iter().any(|file| file.variable.is_none());
        let named = files.iter().filter(|file| file.unread.is_some()).filter_map(|file| Some(file.variable?.0));
        Self {
            elsewhere: named.into_iter().find_map(|variable| elsewhere(variable, profile, world)),
            nearly: shown(profiles, profiles.nearly(profile), world),
            utf_16: profiles.with_nul_names().map(|which| shown_file(profiles, which, world)),
            switched: if in_home { switched(world) } else { None },
            empty_home: world
                .home
                .as_deref()
                .filter(|_| in_home && world.environment.get("HOME").is_some_and(str::is_empty))
                .map(|home| home.display().to_string()),
            files,
            empty: world.environment.empty_of(&CHOOSING),
        }
    }
}

/// The variables that select credentials, besides those that name a shared file.
const CHOOSING: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
];

/// Why `variable` may hide the profile: its value is a quoted path, or without it the profile is found.
fn elsewhere(variable: &'static str, profile: &str, world: &World) -> Option<Elsewhere> {
    let value = world.environment.get(variable)?;
    if let Some(path) = meant_path(value, world) {
        return Some(Elsewhere::Path(variable, path));
    }
    shared_files::without(variable, world).contains(profile).then_some(Elsewhere::Unset(variable))
}

/// The file that a value probably means, if it has quotes or white space around it, or a `~` or a variable that is not
/// expanded.
pub(super) fn meant_path(value: &str, world: &World) -> Option<String> {
    let bare = value.trim().trim_matches(['"', '\'']).trim();
    let path = world.expand(bare);
    let path = path.to_str().filter(|path| *path != value && Path::new(path).is_file())?;
    Some(path.to_owned())
}

/// The program that changed the user, if the home directory is no longer that of the user who ran it.
pub(super) fn switched(world: &World) -> Option<Switched> {
    let home = world.home.as_deref()?;
    let (program, user) = [("sudo", "SUDO_USER"), ("doas", "DOAS_USER")]
        .into_iter()
        .find_map(|(program, variable)| Some((program, world.environment.non_empty(variable)?)))?;
    let uid: Option<u32> = world.environment.get("SUDO_UID").and_then(|uid| uid.parse().ok());
    // `sudo --preserve-env=HOME` keeps `HOME`. Home directories are usually named after their users.
    let is_users = match (uid, owner(home)) {
        (Some(uid), Some(owner)) => uid == owner,
        _ => home.file_name().is_some_and(|name| name == user),
    };
    (!is_users).then(|| Switched { program, user: user.to_owned(), home: home.display().to_string() })
}

fn shown_file(profiles: &Profiles, which: Which, world: &World) -> String {
    profiles.file(which).path.as_deref().map(|path| world.abbreviate(path)).unwrap_or_default()
}

fn shown(profiles: &Profiles, nearly: Vec<Nearly>, world: &World) -> Vec<NearlyRight> {
    let shown = |Nearly { file, line, slip }| NearlyRight { file: shown_file(profiles, file, world), line, slip };
    nearly.into_iter().map(shown).collect()
}

/// What a file that cannot be read was needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needed {
    /// The profile, which may be in it.
    Profile {
        /// The profile.
        profile: String,
        /// Whether no other source is configured either, so that other helpers may have credentials.
        nothing_else: bool,
    },
    /// The token of an SSO session.
    SsoToken {
        /// The profile.
        profile: String,
        /// The name of the session, or its start URL.
        session: String,
    },
    /// The session of `aws login`.
    LoginSession {
        /// The profile.
        profile: String,
    },
}

/// A file that exists, or may exist, and cannot be read.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// The file, as shown in messages.
    pub shown: String,
    /// Why.
    pub unread: Unread,
    /// What it was needed for.
    pub needed: Needed,
    /// The variable that names it.
    pub variable: Option<&'static str>,
    /// The user whose home directory it is in, if a program such as sudo changed the user.
    pub switched: Option<Switched>,
    /// Whether the home directory belongs to another user.
    pub foreign_home: bool,
}

impl Unreadable {
    /// The error for the file at `path`, which is below the home directory.
    pub(super) fn of(path: &Path, unread: Unread, needed: Needed, world: &World) -> CredentialsError {
        CredentialsError::NotReadable(Box::new(Self {
            shown: world.abbreviate(path),
            unread,
            needed,
            variable: None,
            switched: switched(world),
            foreign_home: world.home.as_deref().is_some_and(is_anothers),
        }))
    }
}

/// The error for the first of the shared files that cannot be read but may have what was searched.
pub(super) fn unreadable(profiles: &Profiles, needed: Needed, world: &World) -> Option<CredentialsError> {
    let mut files = [&profiles.config, &profiles.credentials].into_iter();
    let (file, unread) = files.find_map(|file| Some((file, file.unread.clone().filter(Unread::is_unreadable)?)))?;
    Some(CredentialsError::NotReadable(Box::new(Unreadable {
        shown: file.path.as_deref().map(|path| world.abbreviate(path)).unwrap_or_default(),
        unread,
        needed,
        variable: file.variable,
        switched: switched(world),
        foreign_home: file.variable.is_none() && world.home.as_deref().is_some_and(is_anothers),
    })))
}

/// The setting within a typing error or two, if its name is long enough to exclude a coincidence.
fn like(name: &str, known: &[&'static str]) -> Option<&'static str> {
    nearest(name, known.iter().copied(), 2).filter(|known| known.len() > 6)
}

/// The error of a profile with its misspelled settings, or with the file that could not be read.
pub(super) fn explained(error: ProfileError, profiles: &Profiles, world: &World) -> CredentialsError {
    let of = |nearly| shown(profiles, nearly, world);
    let only = |nearly: Vec<Nearly>, missing: &[&'static str]| {
        let is_missing = |nearly: &Nearly| match nearly.slip {
            Slip::Setting { reads: setting, .. } | Slip::Indented { setting, .. } => missing.contains(&setting),
            _ => false,
        };
        nearly.into_iter().filter(is_missing).collect()
    };
    let (needs_files, nearly) = match &error.problem {
        ProfileProblem::Missing { missing, .. } => {
            (true, of(only(profiles.nearly_settings(&error.profile, &like), missing)))
        }
        ProfileProblem::NoSuchSource(source) => {
            let value = profiles.nearly_value(&error.profile, "source_profile", source);
            (true, of([profiles.nearly(source), value].concat()))
        }
        ProfileProblem::EmptySource(source) => (true, of(profiles.nearly_settings(source, &like))),
        ProfileProblem::NoSuchSsoSession(session) => {
            let value = profiles.nearly_value(&error.profile, "sso_session", session);
            (true, of([profiles.nearly_sso_session(session), value].concat()))
        }
        ProfileProblem::IncompleteSsoSession { session, missing } => {
            (true, of(only(profiles.nearly_settings_of_session(session, &like), missing)))
        }
        _ => (false, Vec::new()),
    };
    let needed = || Needed::Profile { profile: error.profile.clone(), nothing_else: false };
    if needs_files && let Some(unreadable) = unreadable(profiles, needed(), world) {
        return unreadable;
    }
    CredentialsError::Profile { error, nearly }
}

/// Misspelled settings of a profile without credentials, or misspellings of its name.
pub(super) fn without_source(profiles: &Profiles, choice: &ProfileChoice, world: &World) -> Searched {
    let mut searched = Searched::of(profiles, choice.name(), world);
    if profiles.contains(choice.name()) {
        searched.nearly.extend(shown(profiles, profiles.nearly_settings(choice.name(), &like), world));
    }
    searched
}
