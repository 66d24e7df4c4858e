//! A remote that git reaches through `git-remote-codecommit`: what its URL means here, and whose that program is.

use super::check::Check;
use super::facts::Facts;
use super::report::Finding;
use crate::credentials::CredentialsError;
use crate::credentials::shared_files;
use crate::failure::Failure;
use crate::machine::world::World;
use crate::remote::{Address, MalformedAddress, Source, Target};
use codecommit::secret::profile;

const PROGRAM: &str = "git-remote-codecommit";

/// What the address means here.
pub(super) fn target(address: &Result<Address, MalformedAddress>, world: &World) -> Result<Target, Failure> {
    let address = address.as_ref().map_err(|malformed| Failure::from(malformed.clone()))?;
    let profiles = shared_files::load(world).map_err(CredentialsError::from)?;
    Ok(Target::of(address, &profiles, world)?)
}

/// Region and host, each with where it comes from. The profile is told with the credentials.
pub(super) fn provenance(target: &Target) -> Vec<Finding> {
    let Target { url, host, host_from, region, region_from, .. } = target;
    let host = host_from.as_ref().map(|source| Finding::ok(Check::Region, format!("host {host}"), source.to_string()));
    let region = Finding::ok(Check::Region, format!("region {region}"), region_from.to_string());
    host.into_iter().chain([region.with("https URL:", url)]).collect()
}

/// The program that git would run. `rewritable` is the remote's name, where the URL stands in its configuration.
pub(super) fn program(facts: &Facts, target: Option<&Target>, rewritable: Option<&str>, world: &World) -> Finding {
    let Some(path) = facts.find_git_program(PROGRAM, world) else {
        let cause = Failure::remote_helper_missing(target.map(|target| target.url.as_str()), rewritable);
        return Finding::fail(Check::RemoteHelper, format!("{PROGRAM} is not installed"), "", cause);
    };
    let origin = world.abbreviate(&path);
    match Kind::of(&std::fs::read(&path).unwrap_or_default()) {
        Kind::Ours => {
            let finding = Finding::ok(Check::RemoteHelper, format!("{PROGRAM} is installed"), origin);
            if target.is_none() {
                return finding;
            }
            finding.detail("it runs git with that URL and git-credential-codecommit")
        }
        Kind::Python => {
            let finding = Finding::warn(Check::RemoteHelper, format!("{PROGRAM} is AWS's Python program"), origin)
                .detail("it passes the password and session token as process arguments, visible in ps and GIT_TRACE")
                .detail("git then stores them in every configured helper; git-credential-codecommit is not used")
                .with("to replace it:", format!("pip uninstall {PROGRAM}, then ./install.sh"))
                .with("or use https URLs:", "git credential-codecommit setup --rewrite");
            target.and_then(unknown_to_python).into_iter().fold(finding, Finding::detail)
        }
        Kind::Another => Finding::ok(Check::RemoteHelper, format!("{PROGRAM} is an unknown program"), origin)
            .detail("how it signs, and with which profile and region, is unknown"),
    }
}

/// What decides here and means nothing to AWS's program (1.17).
fn unknown_to_python(target: &Target) -> Option<String> {
    let region = Some(&target.region_from).filter(|source| **source == Source::Variable("AWS_REGION"));
    let fips = target.host_from.as_ref().filter(|source| **source != Source::Variable("CODE_COMMIT_ENDPOINT"));
    let unknown = region.into_iter().chain(fips).map(|source| match source {
        Source::Profile(name) => format!("use_fips_endpoint in {}", profile(name)),
        source => source.to_string(),
    });
    let unknown: Vec<String> = unknown.collect();
    (!unknown.is_empty()).then(|| format!("it also ignores {}", unknown.join(" and ")))
}

/// Whose program it is.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// This project's.
    Ours,
    /// AWS's, as pip installs it.
    Python,
    /// Neither: a wrapper, another project's.
    Another,
}

impl Kind {
    /// By what is in the file; it is not run.
    fn of(contents: &[u8]) -> Self {
        if let Some(script) = contents.strip_prefix(b"#!") {
            // pip writes `#!/bin/sh` and the interpreter into the second line where the first would be too long
            // (distlib `scripts.py`, `_build_shebang`).
            let head = script.split(|byte| *byte == b'\n').take(2).collect::<Vec<_>>().concat();
            return if holds(&head, b"python") { Self::Python } else { Self::Another };
        }
        // Its messages start with that.
        if holds(contents, b"git-credential-codecommit: error: ") { Self::Ours } else { Self::Another }
    }
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Options;

    #[test]
    fn what_aws_s_program_passes_over_is_told() {
        let told = |region_from: Source, host_from: Option<Source>| {
            let (url, host, region) = (String::new(), String::new(), codecommit::region::Region::US_EAST_1);
            unknown_to_python(&Target { url, host, host_from, region, region_from, options: Options::default() })
        };
        let (variable, work) = (Source::Variable, || Source::Profile("work".to_owned()));
        assert_eq!(told(variable("AWS_DEFAULT_REGION"), Some(variable("CODE_COMMIT_ENDPOINT"))), None);
        assert_eq!(told(work(), None), None);
        let words = "it also ignores AWS_REGION and use_fips_endpoint in profile `work`";
        assert_eq!(told(variable("AWS_REGION"), Some(work())).as_deref(), Some(words));
    }

    #[test]
    fn aws_s_program_is_known_by_its_interpreter_and_a_wrapper_is_not_taken_for_it() {
        for (contents, kind) in [
            ("#!/usr/bin/python3\nimport sys\n", Kind::Python),
            ("#!/usr/bin/env python3.12\n", Kind::Python),
            ("#!/bin/sh\n'''exec' '/a very long path/bin/python3' \"$0\" \"$@\"\n' '''\n", Kind::Python),
            ("#!/bin/sh\nexec /opt/git-remote-codecommit \"$@\"\n# not python\n", Kind::Another),
            ("\u{7f}ELF … git-credential-codecommit: error: …", Kind::Ours),
            ("\u{7f}ELF …", Kind::Another),
            ("", Kind::Another),
        ] {
            assert_eq!(Kind::of(contents.as_bytes()), kind, "{contents}");
        }
    }
}
