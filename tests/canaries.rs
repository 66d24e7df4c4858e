//! Secrets in the right and in the wrong place, and that no output shows any part of one.

#![allow(clippy::disallowed_methods, reason = "tests start programs")]

#[path = "canaries/commands.rs"]
mod commands;
mod common;
use common::Run;
fn left_by(run: &Run) -> String {
    let is_answer = |line: &&str| line.starts_with("username=") || line.starts_with("password=");
    let stdout: Vec<&str> = run.stdout.lines().filter(|line| !is_answer(line)).collect();
    format!("{}\n{}", stdout.join("\n"), run.stderr)
}
