//! `doctor`: what `get` cannot see, and a report to paste.
//!
//! Walks the way of git's own request, git ▶ AWS credentials ▶ network and clock ▶ CodeCommit, and stops at nothing. Every
//! problem is explained, in the order in which a git command meets them (`check`). Everything is gathered first (`facts`,
//! `fill`, `credentials`, `probes`: each bounded, three of them at once), then judged (`git`, `ssh`, `judge`: pure), then shown
//! (`report`, `show`, `json`: pure). Changes nothing, except that a sign-in of IAM Identity Center may be renewed, as any AWS
//! tool would.

mod beyond;
mod bug_report;
pub mod check;
mod credentials;
mod examine;
mod facts;
mod fill;
mod git;
mod helpers;
mod iam;
pub mod json;
mod judge;
mod ls_remote;
mod netrc;
mod probes;
mod remote;
mod remote_helper;
pub mod report;
mod repository;
pub mod show;
mod ssh;
mod ssh_config;
mod submodules;

use crate::cli::ExitStatus;
use crate::cli::doctor::Arguments;
use crate::credentials::ProfileChoice;
use crate::credentials::shared_files;
use crate::failure::{Code, Failure};
use crate::git::fill::ASKS_NOBODY;
use crate::git::refusal::Refusal;
use crate::machine::file::private_file;
use crate::machine::json_file::finish_replacements;
use crate::machine::streams::Streams;
use crate::machine::terminal;
use crate::machine::world::World;
use crate::session::REGION_VARIABLES;
use check::Check;
use codecommit::region::Region;
use codecommit::secret::{profile, public_path};
use facts::Facts;
use fill::OURS_REMEMBERS_NOTHING;
use probes::Exchanges;
use remote::NoRemote;
use report::{Finding, Report, Section, Signer, Subject};
use show::Terminal;
use std::io::{IsTerminal as _, Write as _, stdout};
use std::time::{Duration, Instant};

/// Examines, and prints the report on standard output.
pub fn run(arguments: &Arguments, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    let started = Instant::now();
    let variables = world.environment.names_starting_with(&REPORTED_VARIABLES);
    // Whatever is started from here on may ask nobody.
    let quiet = [&ASKS_NOBODY[..], &OURS_REMEMBERS_NOTHING].concat();
    let world = &World { environment: world.environment.with(&quiet), ..world.clone() };
    let facts = Facts::gather(world);
    let exchanges = Exchanges::default();
    let report = match remote::choose(arguments.target.as_deref(), &facts.settings) {
        Ok(remote) => examine::examine(arguments, &facts, &remote, world, (started, &exchanges)),
        Err(none) => match (none, Refusal::here()) {
            (_, Some(Refusal::DubiousOwnership { directory, words })) => {
                let failure = Failure::dubious_ownership(directory.as_deref(), &words);
                if !arguments.json {
                    failure.tell(streams.stderr, world);
                    return ExitStatus::CouldNotRun;
                }
                nothing(arguments, &facts, "git does not read the repository here", Some(failure), world)
            }
            (NoRemote::None, _) => {
                let (region, origin) = region(arguments, world);
                let remote = remote::of_region(&region, &origin);
                examine::examine(arguments, &facts, &remote, world, (started, &exchanges))
            }
            (NoRemote::Unknown(name), _) => {
                let why = format!("no such remote: `{}`", crate::text::escape::escape(&name));
                if !arguments.json {
                    let _ = writeln!(
                        streams.stderr,
                        "git-credential-codecommit: error: {why}\n  fix: git credential-codecommit doctor https://git-codecommit.REGION.amazonaws.com/v1/repos/NAME"
                    );
                    return ExitStatus::CouldNotRun;
                }
                nothing(arguments, &facts, &why, None, world)
            }
        },
    };
    let status = shown(&report, arguments, world, streams);
    let status = match arguments.report.as_deref() {
        Some(path) => {
            let text = bug_report::written(&report, &facts.settings, &variables, &exchanges.all());
            // A file that is there stays as it is.
            let written =
                private_file().create_new(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
            match written {
                Ok(()) => status,
                Err(error) => {
                    let shown = path.display().to_string();
                    let cause = format!("cannot write the report to `{}`: {error}", public_path(&shown));
                    Failure::new(Code::AnswerNotWritten, cause).tell(streams.stderr, world);
                    ExitStatus::CouldNotRun
                }
            }
        }
        None => status,
    };
    // What was shown did not wait for a slow sign-in, whose renewal is good for once.
    finish_replacements(FOR_REPLACEMENTS);
    status
}

/// Of these a bug report has the names.
const REPORTED_VARIABLES: [&str; 13] = [
    "AWS_",
    "GIT_",
    "GCM_",
    "CODE_COMMIT_",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
    "SSL_CERT_",
];

/// How long a renewal may take after the report is shown.
const FOR_REPLACEMENTS: Duration = Duration::from_secs(20);

/// The region to examine where no repository is named, and where it is from: as the AWS CLI chooses it, else the first one.
fn region(arguments: &Arguments, world: &World) -> (Region, String) {
    let profiles = shared_files::load(world).unwrap_or_default();
    let choice = ProfileChoice::of(arguments.profile.as_deref(), &world.environment);
    let variable = world.environment.first_of(&REGION_VARIABLES).map(|(name, region)| (region, name.to_owned()));
    let setting = || Some((profiles.setting(choice.name(), "region")?, profile(choice.name())));
    let configured = variable.or_else(setting).and_then(|(region, origin)| Some((Region::parse(region)?, origin)));
    configured.unwrap_or((Region::US_EAST_1, "the default".to_owned()))
}

/// A report without any check but `failure`.
fn nothing(arguments: &Arguments, facts: &Facts, why: &str, failure: Option<Failure>, world: &World) -> Report {
    let finding = failure.map(|failure| Finding::fail(Check::Remote, why, "", failure));
    Report {
        subject: Subject { git: facts.version.clone(), fetch_only: arguments.fetch_only, ..Subject::default() },
        sections: vec![Section { title: examine::TITLES[0], findings: finding.into_iter().collect() }],
        signer: Signer::default(),
        nothing_to_do: Some(why.to_owned()),
        has_aws_cli: world.has_program("aws"),
        shell: world.shell(),
    }
}

fn shown(report: &Report, arguments: &Arguments, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    let status = match report.problems() {
        _ if report.nothing_to_do.is_some() => ExitStatus::CouldNotRun,
        0 if report.is_decided() => ExitStatus::Answered,
        0 => ExitStatus::CouldNotRun,
        _ => ExitStatus::Failed,
    };
    let text = if arguments.json {
        format!("{:#}\n", report.json(status))
    } else {
        let colored = terminal::has_colors(&world.environment, stdout().is_terminal());
        report.text(Terminal { columns: terminal::columns(), colored })
    };
    let written = streams.stdout.write_all(text.as_bytes()).and_then(|()| streams.stdout.flush());
    if written.is_err() { ExitStatus::CouldNotRun } else { status }
}
