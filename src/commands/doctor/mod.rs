//! `doctor`: what `get` cannot see, and a report to paste.
//!
//! Walks the way of git's own request, git ▶ AWS credentials ▶ network and clock ▶ CodeCommit, and stops at nothing; the
//! first cause on the way is the diagnosis. Everything is gathered first (`facts`, `fill`, `credentials`, `probes`:
//! each bounded, three of them at once), then judged (`git`, `ssh`, `judge`: pure), then shown (`report`: pure). Changes
//! nothing, except that a sign-in of IAM Identity Center may be renewed, as any AWS tool would.

mod credentials;
mod examine;
mod facts;
mod fill;
mod git;
mod helpers;
mod iam;
mod judge;
mod netrc;
mod probes;
mod remote;
mod remote_helper;
pub mod report;
mod repository;
mod ssh;
mod ssh_config;
mod submodules;

use crate::cli::ExitStatus;
use crate::cli::doctor::Arguments;
use crate::failure::Failure;
use crate::git::fill::ASKS_NOBODY;
use crate::git::refusal::Refusal;
use crate::machine::json_file::finish_replacements;
use crate::machine::streams::Streams;
use crate::machine::world::World;
use facts::Facts;
use fill::OURS_REMEMBERS_NOTHING;
use remote::NoRemote;
use report::Report;
use std::time::{Duration, Instant};

/// Examines, and prints the report on standard output.
pub fn run(arguments: &Arguments, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    let started = Instant::now();
    // Whatever is started from here on may ask nobody.
    let quiet = [&ASKS_NOBODY[..], &OURS_REMEMBERS_NOTHING].concat();
    let world = &World { environment: world.environment.with(&quiet), ..world.clone() };
    let facts = Facts::gather(world);
    let remote = match remote::choose(arguments.target.as_deref(), &facts.settings) {
        Ok(remote) => remote,
        Err(none) => {
            if let Some(Refusal::DubiousOwnership { directory, words }) = Refusal::here() {
                Failure::dubious_ownership(directory.as_deref(), &words).tell(streams.stderr, world);
                return ExitStatus::CouldNotRun;
            }
            let why = match none {
                NoRemote::Unknown(name) => format!("no such remote: `{}`", crate::text::escape::escape(&name)),
                NoRemote::None => "no git remote in this directory, and no URL given".to_owned(),
            };
            let _ = writeln!(
                streams.stderr,
                "git-credential-codecommit: error: {why}\n  fix: git credential-codecommit doctor https://git-codecommit.REGION.amazonaws.com/v1/repos/NAME"
            );
            return ExitStatus::CouldNotRun;
        }
    };
    let report = examine::examine(arguments, &facts, &remote, world, started);
    let status = shown(&report, arguments, streams);
    // What was shown did not wait for a slow sign-in, whose renewal is good for once.
    finish_replacements(FOR_REPLACEMENTS);
    status
}

/// How long a renewal may take after the report is shown.
const FOR_REPLACEMENTS: Duration = Duration::from_secs(20);

fn shown(report: &Report, arguments: &Arguments, streams: &mut Streams<'_>) -> ExitStatus {
    let text = if arguments.json { format!("{:#}\n", report.json()) } else { report.text() };
    if streams.stdout.write_all(text.as_bytes()).and_then(|()| streams.stdout.flush()).is_err() {
        return ExitStatus::CouldNotRun;
    }
    match report.problems() {
        _ if report.nothing_to_do.is_some() => ExitStatus::CouldNotRun,
        0 if report.is_decided() => ExitStatus::Answered,
        0 => ExitStatus::CouldNotRun,
        _ => ExitStatus::Failed,
    }
}
