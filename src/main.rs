//! The real world: arguments, environment, clock and streams; nothing else.

use git_credential_codecommit::failure::Failure;
use git_credential_codecommit::machine::streams::Streams;
use git_credential_codecommit::machine::world::World;
use git_credential_codecommit::{machine, run};
use std::io::{Write as _, stderr, stdin, stdout};

#[expect(clippy::disallowed_methods, reason = "the one place that reads environment, home and clock")]
fn main() {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let world =
        World { environment: std::env::vars_os().collect(), home: std::env::home_dir(), now: machine::clock::now() };
    let is_asked = arguments.iter().any(|word| word == "get");
    let told_in = world.clone();
    // A panic below, in a library above all, must not end in git's question for a user name.
    std::panic::set_hook(Box::new(move |panic| {
        let at = panic.location().map(|at| (at.file(), at.line()));
        let _ = stderr().write_all(Failure::unforeseen(at).render(&told_in).as_bytes());
        if is_asked {
            let _ = stdout().write_all(codecommit::attributes::QUIT).and_then(|()| stdout().flush());
        }
        std::process::exit(1);
    }));
    // Not locked, since a panic writes too.
    let (mut input, mut output, mut errors) = (stdin(), stdout(), stderr());
    let status = run(&arguments, &world, &mut Streams { stdin: &mut input, stdout: &mut output, stderr: &mut errors });
    // Not `ExitCode`: unwinding the SDK's objects costs a tenth of the run.
    std::process::exit(status as i32);
}
