//! The two shared files of the AWS tools, read from where the environment says.

use super::searched::{Needed, Searched, unreadable};
use super::{CredentialsError, ProfileChoice};
use crate::machine::file::read_regular;
use crate::machine::world::World;
use aws_files::config_file::{Problem, SyntaxError};
use aws_files::profiles::{Profiles, SharedFile};
use aws_files::unread::Unread;
use codecommit::region::FileLine;

/// A file that the AWS CLI refuses.
#[derive(Debug, Clone)]
pub struct BadFile {
    /// The file, for messages.
    pub shown: String,
    /// Where and how.
    pub error: SyntaxError,
}

/// No such file is longer.
const LIMIT: u64 = 16 << 20;

/// The variable that names each file, and where it is below the home directory.
const CONFIG: (&str, &str) = ("AWS_CONFIG_FILE", ".aws/config");
const CREDENTIALS: (&str, &str) = ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");

/// Reads both files. Missing ones are empty, and so are those that cannot be read, as in the AWS CLI.
///
/// # Errors
/// [`BadFile`] where the AWS CLI would refuse to go on.
pub fn load(world: &World) -> Result<Profiles, BadFile> {
    Ok(Profiles { config: read(world, CONFIG, true)?, credentials: read(world, CREDENTIALS, true)? })
}

/// What would be read without this variable, which names one of the files.
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
        // The AWS CLI reads it; as if it were empty, another identity could sign.
        Err(Unread::TooLong) => return Err(bad(SyntaxError { line: 1, problem: Problem::TooLong })),
        Err(unread) => SharedFile::empty(path, unread),
    };
    file.variable = named.map(|_| variable);
    Ok(file)
}

/// That both files could be read, where a setting of the profile is missing: it may be in the one that could not.
///
/// # Errors
/// [`CredentialsError::NotReadable`].
pub fn readable(profiles: &Profiles, profile: &str, world: &World) -> Result<(), CredentialsError> {
    let needed = Needed::Profile { profile: profile.to_owned(), nothing_else: false };
    unreadable(profiles, needed, world).map_or(Ok(()), Err)
}

/// Where a setting of a profile stands.
#[must_use]
pub(crate) fn place(profiles: &Profiles, profile: &str, option: &str, world: &World) -> Option<FileLine> {
    let (file, line) = profiles.place(profile, option)?;
    let is_config = std::ptr::eq(file, &raw const profiles.config);
    Some(FileLine { file: world.abbreviate(file.path.as_deref()?), line, is_config })
}

/// That the profile exists, if somebody chose it: even where the environment has keys, as in the AWS CLI.
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
