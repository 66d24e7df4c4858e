//! The remote helper for `codecommit::` URLs: hands over to git's own `remote-https` and is gone.

use git_credential_codecommit::credentials::CredentialsError;
use git_credential_codecommit::credentials::shared_files;
use git_credential_codecommit::failure::{Code, Failure};
use git_credential_codecommit::machine;
use git_credential_codecommit::machine::world::World;
use git_credential_codecommit::remote::{Address, Target, command};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

#[expect(clippy::disallowed_methods, reason = "the one place that reads environment, home and clock, and starts git")]
fn main() {
    let world =
        World { environment: std::env::vars_os().collect(), home: std::env::home_dir(), now: machine::clock::now() };
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if let [word] = arguments.as_slice()
        && let Some(answer) = asked_by_a_person(word)
    {
        let _ = std::io::stdout().write_all(answer.as_bytes());
        return;
    }
    let planned = match arguments.as_slice() {
        // git passes a remote's name and its address; the address alone is passed twice.
        [remote, address] => target(address, &world).map(|target| command(remote, &target, &helper())),
        _ => Err(Failure::new(Code::MalformedRemoteUrl, "git runs this program, with a remote and its address")
            .fix("git clone codecommit::REGION://REPOSITORY")),
    };
    let failure = match planned {
        Ok(planned) => {
            let mut git = Command::new("git");
            git.args(planned);
            let error = replace_with(git);
            Failure::git_not_started(&error)
        }
        Err(failure) => failure,
    };
    let _ = std::io::stderr().write_all(failure.render(&world).as_bytes());
    std::process::exit(1);
}

fn target(address: &str, world: &World) -> Result<Target, Failure> {
    let address = Address::parse(address)?;
    let profiles = shared_files::load(world).map_err(CredentialsError::from)?;
    Target::of(&address, &profiles, world)
}

/// git asks for neither; people do, to see which program of this name they have.
fn asked_by_a_person(word: &str) -> Option<String> {
    let version = concat!("git-remote-codecommit ", env!("CARGO_PKG_VERSION"), " (git-credential-codecommit)\n");
    match word {
        "--version" | "-V" => Some(version.to_owned()),
        "--help" | "-h" => Some(format!(
            "{version}git runs this program for `codecommit::` URLs; there is nothing to run by hand:\n  \
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
