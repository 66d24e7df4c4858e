//! `git-remote-codecommit`, the remote helper for `codecommit::` URLs: hands over to git's own `remote-https` and is gone.

use crate::credentials::{CredentialsError, shared_files};
use crate::failure::{Code, Command as Pasted, Failure, Fix};
use crate::git::settings::Listing;
use crate::machine::world::World;
use crate::remote::{ADDRESS, Address, LostProfile, Target, command};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// Runs the remote helper. `arguments` are without the program's name. Comes back only where git was not started: the exit
/// status, after the failure was shown on `terminal`, or after a person was answered on `output`.
pub fn run(arguments: &[OsString], world: &World, output: &mut dyn Write, terminal: &mut dyn Write) -> i32 {
    let arguments: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if let [word] = arguments.as_slice()
        && let Some(answer) = asked_by_a_person(word)
    {
        let _ = output.write_all(answer.as_bytes());
        return 0;
    }
    let planned = match arguments.as_slice() {
        // git passes a remote's name and its address; the address alone is passed twice.
        [remote, address] => match target(address, world) {
            Ok(target) => Ok((command(remote, &target, &helper()), address.as_str())),
            Err(failure) => Err(in_its_place(failure, address, world)),
        },
        _ => {
            Err(Failure::new(Code::MalformedRemoteUrl, "git-remote-codecommit is run by git, with a remote and a URL")
                .fix(Fix::template(
                    Pasted::new("git clone codecommit::REGION://REPOSITORY"),
                    "REGION, REPOSITORY: those of the repository to clone",
                )))
        }
    };
    let failure = match planned {
        Ok((planned, address)) => Failure::git_not_started(&started(planned, address)),
        Err(failure) => failure,
    };
    failure.tell(terminal, world);
    1
}

/// Gives only an error.
#[expect(clippy::disallowed_methods, reason = "git takes this process over")]
fn started(arguments: Vec<OsString>, address: &str) -> std::io::Error {
    let mut git = Command::new("git");
    git.args(arguments).env(ADDRESS, address);
    replace_with(git)
}

/// The URL where it is written, and a submodule's with its superproject's profile.
fn in_its_place(failure: Failure, address: &str, world: &World) -> Failure {
    let used = if address.starts_with("codecommit://") { address.to_owned() } else { format!("codecommit::{address}") };
    let failure = failure.for_request(&used, &Listing::default(), world);
    let address = Address::parse(address).ok();
    match address.and_then(|address| LostProfile::of_this_one(&address, world)) {
        Some(lost) if world.environment.non_empty("AWS_PROFILE") != Some(&lost.profile) => failure.in_submodule(&lost),
        _ => failure,
    }
}

fn target(address: &str, world: &World) -> Result<Target, Failure> {
    let address = Address::parse(address)?;
    let profiles = shared_files::load(world).map_err(CredentialsError::from)?;
    Ok(Target::of(&address, &profiles, world)?)
}

/// git asks for neither; people do, to see which program of this name they have.
fn asked_by_a_person(word: &str) -> Option<String> {
    let version = concat!("git-remote-codecommit ", env!("CARGO_PKG_VERSION"), " (git-credential-codecommit)\n");
    match word {
        "--version" | "-V" => Some(version.to_owned()),
        "--help" | "-h" => Some(format!(
            "{version}Git runs this program for codecommit:: URLs; do not run it by hand:\n  \
             git clone codecommit::REGION://REPOSITORY\n  git clone codecommit::REGION://PROFILE@REPOSITORY\n\
             More: git help credential-codecommit\n"
        )),
        _ => None,
    }
}

/// The credential helper beside this program, or whatever the `PATH` has.
fn helper() -> PathBuf {
    let name = format!("git-credential-codecommit{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from("codecommit"))
}

/// Gives only an error: signals, streams and the exit status are git's own from here on.
#[cfg(unix)]
fn replace_with(mut git: Command) -> std::io::Error {
    std::os::unix::process::CommandExt::exec(&mut git)
}

#[cfg(not(unix))]
fn replace_with(mut git: Command) -> std::io::Error {
    match git.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}
