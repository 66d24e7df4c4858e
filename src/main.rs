//! The program's process: passes arguments, environment, clock and streams to the library.

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
    // After a panic, which would most probably be in a library, git must not prompt for a user name.
    std::panic::set_hook(Box::new(move |panic| {
        let at = panic.location().map(|at| (at.file(), at.line()));
        let _ = stderr().write_all(Failure::unforeseen(at).render(&told_in).as_bytes());
        if is_asked {
            let _ = stdout().write_all(codecommit::attributes::QUIT).and_then(|()| stdout().flush());
        }
        std::process::exit(1);
    }));
    // Not locked, since the panic hook writes, too.
    let (mut input, mut output, mut errors) = (stdin(), stdout(), stderr());
    let status = run(&arguments, &world, &mut Streams { stdin: &mut input, stdout: &mut output, stderr: &mut errors });
    // Not `ExitCode`: dropping the SDK's objects takes a tenth of the time.
    std::process::exit(status as i32);
}
