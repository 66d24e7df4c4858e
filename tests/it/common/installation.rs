//! A machine on which `install.sh` can be run. `cargo build` is played by a script that hands over the program under test:
//! the release build takes minutes, and what cargo does is not ours to test.

use super::{BINARY, Machine, Run};
use std::fs;
use std::path::{Path, PathBuf};

const NAME: &str = "git-credential-codecommit";
const REMOTE: &str = env!("CARGO_BIN_EXE_git-remote-codecommit");

/// A machine that has what an installation needs, and nothing of ours on the PATH.
pub fn machine() -> Machine {
    let machine = Machine::new();
    fs::remove_file(machine.bin().join(NAME)).expect("the link");
    machine.program(
        "cargo",
        &format!(
            "[ \"$1\" = --version ] && {{ echo 'cargo 1.200.0 (0 2026-01-01)'; exit; }}\n\
             echo \"$@\" >\"$HOME/../cargo-was-asked\"\n\
             while [ \"$1\" != --target-dir ]; do shift; done\n\
             mkdir -p \"$2/release\" && cp '{BINARY}' \"$2/release/{NAME}\" && cp '{REMOTE}' \"$2/release/\""
        ),
    );
    machine.program("cc", "exit 0");
    let target = machine.path("target").display().to_string();
    let path = format!("{}:{}", machine.bin().display(), tools(&machine).display());
    machine.env("CARGO_TARGET_DIR", &target).env("PATH", &path)
}

/// A directory with the programs of a bare system, so that no cargo and no cc of this machine is found.
fn tools(machine: &Machine) -> PathBuf {
    let directory = machine.path("tools");
    fs::create_dir(&directory).expect("a directory");
    for tool in ["awk", "cat", "chmod", "cmp", "cp", "dirname", "head", "mkdir", "mv", "rm", "sed", "sh", "sort"] {
        let found =
            ["/usr/bin", "/bin"].map(|place| Path::new(place).join(tool)).into_iter().find(|file| file.exists());
        std::os::unix::fs::symlink(found.unwrap_or_else(|| panic!("no {tool}")), directory.join(tool)).expect("a link");
    }
    directory
}

pub fn install(machine: &Machine, arguments: &[&str]) -> Run {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh");
    machine.run("/bin/sh".as_ref(), &[&[script], arguments].concat(), b"")
}
