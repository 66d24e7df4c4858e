//! The two shared files of the AWS tools, read from where the environment says.

use super::{CredentialsError, ProfileChoice};
use crate::machine::file::read_regular;
use crate::machine::world::World;
use aws_files::config_file::SyntaxError;
use aws_files::profiles::{Profiles, SharedFile};
use codecommit::region::FileLine;
use std::io;

/// A file whose syntax the AWS CLI refuses.
#[derive(Debug, Clone)]
pub struct BadFile {
    /// The file, for messages.
    pub shown: String,
    /// Where and how.
    pub error: SyntaxError,
}

/// No such file is longer.
const LIMIT: u64 = 16 << 20;

/// Reads both files. Missing ones are empty.
///
/// # Errors
/// [`BadFile`] where the AWS CLI would refuse to go on.
pub fn load(world: &World) -> Result<Profiles, BadFile> {
    Ok(Profiles {
        config: read(world, "AWS_CONFIG_FILE", ".aws/config")?,
        credentials: read(world, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")?,
    })
}

fn read(world: &World, variable: &str, below_home: &str) -> Result<SharedFile, BadFile> {
    let path = match world.environment.get(variable) {
        Some(path) => Some(world.expand(path)),
        None => world.home_file(below_home),
    };
    let Some(path) = path else { return Ok(SharedFile::default()) };
    let shown = world.abbreviate(&path);
    match read_regular(&path, LIMIT) {
        Ok(bytes) => SharedFile::parse(Some(path), &bytes).map_err(|error| BadFile { shown, error }),
        Err(error) => {
            let absent = matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
            );
            Ok(SharedFile::empty(path, (!absent).then(|| error.kind())))
        }
    }
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
/// [`CredentialsError::ProfileNotFound`].
pub fn require(profiles: &Profiles, choice: &ProfileChoice, world: &World) -> Result<(), CredentialsError> {
    if *choice == ProfileChoice::Default || profiles.contains(choice.name()) {
        return Ok(());
    }
    let files = [&profiles.config, &profiles.credentials];
    let files = files.iter().filter_map(|file| Some(world.abbreviate(file.path.as_deref()?))).collect();
    Err(CredentialsError::ProfileNotFound { choice: choice.clone(), available: profiles.names(), files })
}
