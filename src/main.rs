//! The real world: arguments, environment, clock and streams; nothing else.

use git_credential_codecommit::world::World;
use git_credential_codecommit::{Streams, run};
use std::io::{stderr, stdin, stdout};

#[expect(clippy::disallowed_methods, reason = "the one place that reads environment, home and clock")]
fn main() {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let world =
        World { environment: std::env::vars_os().collect(), home: std::env::home_dir(), now: chrono::Utc::now() };
    let (mut input, mut output, mut errors) = (stdin().lock(), stdout().lock(), stderr());
    let status = run(&arguments, &world, &mut Streams { stdin: &mut input, stdout: &mut output, stderr: &mut errors });
    // Not `ExitCode`: unwinding the SDK's objects costs a tenth of the run.
    std::process::exit(status as i32);
}
