//! The remote helper's process: passes arguments, environment, clock and streams to `commands::remote`.

use git_credential_codecommit::commands::remote;
use git_credential_codecommit::machine::clock;
use git_credential_codecommit::machine::world::World;
use std::io::{stderr, stdout};

#[expect(clippy::disallowed_methods, reason = "the one place that reads environment, home and clock")]
fn main() {
    let world = World { environment: std::env::vars_os().collect(), home: std::env::home_dir(), now: clock::now() };
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    std::process::exit(remote::run(&arguments, &world, &mut stdout(), &mut stderr()));
}
