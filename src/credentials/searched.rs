//! Where a profile was looked for, and what there is that is nearly it: facts for whoever is told that something is missing.
//!
//! Gathered once it is known that nothing is found; what the AWS CLI takes is never questioned.

use super::{CredentialsError, ProfileChoice, shared_files};
use crate::machine::file::{is_anothers, owner};
use crate::machine::world::World;
use crate::text::nearest::nearest;
use aws_files::nearly::{Nearly, Slip, Which};
use aws_files::plan::{ProfileError, ProfileProblem};
use aws_files::profiles::{Profiles, SharedFile};
use aws_files::unread::Unread;
use std::path::Path;

/// Where a profile was looked for.
#[derive(Debug, Clone, Default)]
pub struct Searched {
    /// Both files; none without a home directory and without variables that name them.
    pub files: Vec<SearchedFile>,
    /// What is nearly right.
    pub nearly: Vec<NearlyRight>,
    /// The file whose names have NUL bytes in them: it is UTF-16.
    pub utf_16: Option<String>,
    /// What makes the files other ones, in which the profile is.
    pub elsewhere: Option<Elsewhere>,
    /// Whose home directory it is, if another user's program changed it.
    pub switched: Option<Switched>,
    /// The home directory, if `HOME` is set, but empty.
    pub empty_home: Option<String>,
    /// Variables that choose credentials and are set, but empty.
    pub empty: Vec<&'static str>,
}

/// One of the two shared files.
#[derive(Debug, Clone)]
pub struct SearchedFile {
    /// Its path.
    pub shown: String,
    /// The variable that names it, with whether that is empty.
    pub variable: Option<(&'static str, bool)>,
    /// Why it was not read.
    pub unread: Option<Unread>,
}

/// Something written nearly right, with the file as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearlyRight {
    /// The file.
    pub file: String,
    /// Where, counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub slip: Slip,
}

/// What makes the files other ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// Without this variable the profile is found.
    Unset(&'static str),
    /// The variable's value has quotes or spaces around the path of a file; this is the path.
    Path(&'static str, String),
}

/// The program that changed the user, such as sudo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// `sudo` or `doas`.
    pub program: &'static str,
    /// Who ran it.
    pub user: String,
    /// The home directory that counts now.
    pub home: String,
}

impl Searched {
    /// Where `profile` was looked for in vain.
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

/// The variables that choose credentials, besides those that name a shared file.
const CHOOSING: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
];

/// What would lead to a file with the profile in it.
fn elsewhere(variable: &'static str, profile: &str, world: &World) -> Option<Elsewhere> {
    let value = world.environment.get(variable)?;
    if let Some(path) = meant_path(value, world) {
        return Some(Elsewhere::Path(variable, path));
    }
    shared_files::without(variable, world).contains(profile).then_some(Elsewhere::Unset(variable))
}

/// The file that is meant by a value with quotes or white space around it, or with a `~` or a variable that nothing expands.
pub(super) fn meant_path(value: &str, world: &World) -> Option<String> {
    let bare = value.trim().trim_matches(['"', '\'']).trim();
    let path = world.expand(bare);
    let path = path.to_str().filter(|path| *path != value && Path::new(path).is_file())?;
    Some(path.to_owned())
}

/// Who changed the user, if the home directory is not that of whoever ran it.
pub(super) fn switched(world: &World) -> Option<Switched> {
    let home = world.home.as_deref()?;
    let (program, user) = [("sudo", "SUDO_USER"), ("doas", "DOAS_USER")]
        .into_iter()
        .find_map(|(program, variable)| Some((program, world.environment.non_empty(variable)?)))?;
    let uid: Option<u32> = world.environment.get("SUDO_UID").and_then(|uid| uid.parse().ok());
    // `sudo --preserve-env=HOME` leaves it. Directories of users have their names as a rule.
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

/// What was needed of a file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needed {
    /// The profile, which may be in it.
    Profile {
        /// The profile.
        profile: String,
        /// Whether nothing else is configured either, so that other helpers may know more.
        nothing_else: bool,
    },
    /// The token of an SSO session.
    SsoToken {
        /// The profile.
        profile: String,
        /// The session or start URL.
        session: String,
    },
    /// The session of `aws login`.
    LoginSession {
        /// The profile.
        profile: String,
    },
}

/// A file that is there, or may be, and cannot be read.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// The file.
    pub shown: String,
    /// Why.
    pub unread: Unread,
    /// What it was needed for.
    pub needed: Needed,
    /// The variable that names it.
    pub variable: Option<&'static str>,
    /// Whose home directory it is in, if another user's program changed it.
    pub switched: Option<Switched>,
    /// Whether the home directory belongs to another user.
    pub foreign_home: bool,
}

impl Unreadable {
    /// The file at `path`, below the home directory.
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

/// The first of the shared files that cannot be read, though it may have what was looked for.
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

/// The setting that is a slip or two away, if its name is long enough that this is no chance.
fn like(name: &str, known: &[&'static str]) -> Option<&'static str> {
    nearest(name, known.iter().copied(), 2).filter(|known| known.len() > 6)
}

/// The same error with what is written nearly right, or with the file that could not be read.
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

/// What is nearly right in a profile that has no credentials, or nearly the profile.
pub(super) fn without_source(profiles: &Profiles, choice: &ProfileChoice, world: &World) -> Searched {
    let mut searched = Searched::of(profiles, choice.name(), world);
    if profiles.contains(choice.name()) {
        searched.nearly.extend(shown(profiles, profiles.nearly_settings(choice.name(), &like), world));
    }
    searched
}
