//! Reads the two shared files of the AWS tools from the paths that the environment sets.

use super::searched::{Needed, Searched, unreadable};
use super::{CredentialsError, ProfileChoice};
use crate::machine::file::read_regular;
use crate::machine::world::World;
use aws_files::config_file::{Problem, SyntaxError};
use aws_files::profiles::{Profiles, SharedFile};
use aws_files::unread::Unread;
use codecommit::region::FileLine;

/// A shared file that the AWS CLI rejects.
#[derive(Debug, Clone)]
pub struct BadFile {
    /// The file, as shown in messages.
    pub shown: String,
    /// The line and the problem.
    pub error: SyntaxError,
}

/// The longest file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

/// The variable that names each file, and its default path below the home directory.
const CONFIG: (&str, &str) = ("AWS_CONFIG_FILE", ".aws/config");
const CREDENTIALS: (&str, &str) = ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");

/// Reads both files. Missing and unreadable ones count as empty, as in the AWS CLI.
///
/// # Errors
/// [`BadFile`] if the AWS CLI would reject a file.
pub fn load(world: &World) -> Result<Profiles, BadFile> {
    Ok(Profiles { config: read(world, CONFIG, true)?, credentials: read(world, CREDENTIALS, true)? })
}

/// The profiles that would be read without this variable, which names one of the files.
pub(super) fn without(variable: &str, world: &World) -> Profiles {
    let read = |file: (&'static str, &str)| read(world, file, file.0 != variable).unwrap_or_default();
    Profiles { config: read(CONFIG), credentials: read(CREDENTIALS) }
}

fn read(world: &World, (variable, below_home): (&'static str, &str), by_variable: bool) -> Result<SharedFile, BadFile> {
    let named = world.environment.get(variable).filter(|_| by_variable);
    let path = named.map(|path| world.expand(path)).or_else(|| world.home_file(below_home));
    let Some(path) = path else { return Ok(SharedFile::default()) };
    let bad = |error| BadFile { shown: world.abbreviate(&path), error };
    let mut file = match read_regular(&path, LIMIT) {
        Ok(bytes) => SharedFile::parse(Some(path.clone()), &bytes).map_err(bad)?,
        // The AWS CLI reads it. If it counted as empty, another identity could sign.
        Err(Unread::TooLong) => return Err(bad(SyntaxError { line: 1, problem: Problem::TooLong })),
        Err(unread) => SharedFile::empty(path, unread),
    };
    file.variable = named.map(|_| variable);
    Ok(file)
}

/// Checks that both files could be read, after a setting of the profile was missing: it may be in the unreadable one.
///
/// # Errors
/// [`CredentialsError::NotReadable`].
pub fn readable(profiles: &Profiles, profile: &str, world: &World) -> Result<(), CredentialsError> {
    let needed = Needed::Profile { profile: profile.to_owned(), nothing_else: false };
    unreadable(profiles, needed, world).map_or(Ok(()), Err)
}

/// The file and line of a profile's setting.
#[must_use]
pub(crate) fn place(profiles: &Profiles, profile: &str, option: &str, world: &World) -> Option<FileLine> {
    let (file, line) = profiles.place(profile, option)?;
    let is_config = std::ptr::eq(file, &raw const profiles.config);
    Some(FileLine { file: world.abbreviate(file.path.as_deref()?), line, is_config })
}

/// Checks that the profile exists, if a setting selects it, even if the environment has keys, as in the AWS CLI.
///
/// # Errors
/// [`CredentialsError::ProfileNotFound`]; [`CredentialsError::NotReadable`] if it may be in a file that cannot be read.
pub fn require(profiles: &Profiles, choice: &ProfileChoice, world: &World) -> Result<(), CredentialsError> {
    if *choice == ProfileChoice::Default || profiles.contains(choice.name()) {
        return Ok(());
    }
    readable(profiles, choice.name(), world)?;
    let searched = Box::new(Searched::of(profiles, choice.name(), world));
    Err(CredentialsError::ProfileNotFound { choice: choice.clone(), available: profiles.names(), searched })
}
