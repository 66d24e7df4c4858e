//! `git-remote-codecommit`, the remote helper for `codecommit::` URLs. Replaces itself with git's own `remote-https`.

use crate::credentials::{CredentialsError, shared_files};
use crate::failure::{Code, Command as Pasted, Failure, Fix};
use crate::git::settings::Listing;
use crate::machine::world::World;
use crate::remote::{ADDRESS, Address, LostProfile, Target, command};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// Runs the remote helper. `arguments` are without the program's name. Returns only if git was not started: the exit status,
/// after a failure on `terminal`, or after `--version` or `--help` on `output`.
pub fn run(arguments: &[OsString], world: &World, output: &mut dyn Write, terminal: &mut dyn Write) -> i32 {
    let arguments: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if let [word] = arguments.as_slice()
        && let Some(answer) = version_or_help(word)
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

/// Starts git in place of this process; returns only an error.
#[expect(clippy::disallowed_methods, reason = "git takes this process over")]
fn started(arguments: Vec<OsString>, address: &str) -> std::io::Error {
    let mut git = Command::new("git");
    git.args(arguments).env(ADDRESS, address);
    replace_with(git)
}

/// The same failure, with the place where the URL is configured and, for a submodule, the superproject's profile.
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

/// The output of `--version` or `--help`. git uses neither; people do, to see which program of this name they have.
fn version_or_help(word: &str) -> Option<String> {
    let version = concat!("git-remote-codecommit ", env!("CARGO_PKG_VERSION"), " (git-credential-codecommit)\n");
    match word {
        "--version" | "-V" => Some(version.to_owned()),
        "--help" | "-h" => Some(format!(
            "{version}git runs this program for codecommit:: URLs. Do not run it by hand; run:\n  \
             git clone codecommit::REGION://REPOSITORY\n  git clone codecommit::REGION://PROFILE@REPOSITORY\n\
             See `git help remote-codecommit`.\n"
        )),
        _ => None,
    }
}

/// The credential helper in this program's directory, else the one that git finds.
fn helper() -> PathBuf {
    let name = format!("git-credential-codecommit{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from("codecommit"))
}

/// Returns only an error: signals, streams and the exit status are git's from here on.
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
