//! Links the unwinder statically into release builds for glibc, instead of loading `libgcc_s.so` at every start.
//!
//! The dynamic loader takes most of the time of a `get`, and one library less saves a tenth of it
//! (docs/performance.md). The archive comes with gcc; if the C compiler has none, nothing changes.

use std::path::Path;
use std::process::Command;

#[expect(clippy::disallowed_methods, reason = "a build script is told everything through its environment")]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if !(is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")) {
        return;
    }
    // When cross-compiling, the host's archive would be the wrong one.
    if std::env::var("HOST").ok() != std::env::var("TARGET").ok() {
        return;
    }
    let Ok(output) = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output() else { return };
    let printed = String::from_utf8_lossy(&output.stdout);
    let archive = Path::new(printed.trim());
    if let (true, Some(directory)) = (archive.is_absolute() && archive.is_file(), archive.parent()) {
        println!("cargo:rustc-link-search=native={}", directory.display());
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}
