//! The walk itself, by the way in which git reaches the remote.

use super::check::Check;
use super::facts::{self, Facts};
use super::git::Checks;
use super::helpers::Asked;
use super::iam;
use super::probes::Exchanges;
use super::remote::{Remote, Way};
use super::remote_helper;
use super::report::{Finding, Report, Section, Signer, Subject};
use super::ssh;
use super::submodules;
use crate::cli::{self, doctor::Arguments};
use crate::failure::{Code, Failure};
use crate::git::settings::Listing;
use crate::machine::trace::Trace;
use crate::machine::world::World;
use crate::remote::{Address, MalformedAddress};
use crate::session::{Left, NotOpened, Opened, Session};
use codecommit::attributes::{Attributes, Url, Value, shown_url};
use codecommit::family::Family;
use codecommit::repository::{Meant, NearMiss, Recognized, recognize};
use std::ffi::OsString;
use std::time::Instant;

/// The parts of the way.
pub(super) const TITLES: [&str; 4] = ["git", "AWS credentials", "network and clock", "CodeCommit"];

/// Examines `remote`.
pub(super) fn examine(
    arguments: &Arguments,
    facts: &Facts,
    remote: &Remote,
    world: &World,
    (started, exchanges): (Instant, &Exchanges),
) -> Report {
    let walk = Walk { arguments, facts, remote, world, started, exchanges };
    let ((findings, signer), nothing_to_do) = match &remote.way {
        Way::Http => (walk.over_http(), None),
        Way::Ssh { host, user } => (walk.over_ssh(host, user.as_deref()), None),
        Way::RemoteHelper(address) => (walk.over_remote_helper(address), None),
        Way::Ambiguous(near_miss) => (walk.over_nothing(near_miss), None),
        Way::Meant(meant) => (walk.over_another_url(meant), None),
        Way::Foreign => {
            let why = format!("{} is not a CodeCommit URL", shown_url(&remote.url));
            (without_codecommit("not a CodeCommit URL", walk.git_alone()), Some(why))
        }
    };
    let mut sections: Vec<Section> =
        TITLES.into_iter().zip(findings).map(|(title, findings)| Section { title, findings }).collect();
    if arguments.fetch_only {
        for section in &mut sections {
            section.findings.retain(|finding| finding.check != Check::PushUrl);
        }
    }
    // Last: what is wrong with the remote itself comes first in the diagnosis.
    let submodules = remote.name.as_ref().and_then(|_| submodules::finding(facts, &world.environment));
    let nothing_to_do = nothing_to_do.filter(|_| submodules.as_ref().is_none_or(|finding| finding.cause.is_none()));
    let relative = remote.name.as_ref().map_or(Vec::new(), |_| submodules::without_profile(facts));
    let findings: Vec<Finding> = submodules.into_iter().chain(relative).collect();
    if !findings.is_empty() {
        sections.push(Section { title: "submodules", findings });
    }
    // Another URL belongs where this one is written.
    let findings = sections.iter_mut().flat_map(|section| &mut section.findings);
    for cause in findings.filter_map(|finding| finding.cause.as_mut()) {
        let told = match &remote.way {
            // Without its program, only another scheme helps.
            Way::RemoteHelper(Ok(address)) if cause.code != Code::RemoteHelperMissing => {
                cause.clone().with_codecommit_url(address, None)
            }
            _ => cause.clone(),
        };
        *cause = told.with_url_written(&remote.written, &facts.settings, world);
    }
    Report {
        subject: Subject {
            git: facts.version.clone(),
            remote: remote.name.clone(),
            url: (!remote.is_invented).then(|| shown_url(&remote.url)),
            fetch_only: arguments.fetch_only,
        },
        sections,
        signer,
        nothing_to_do,
        has_aws_cli: world.has_program("aws"),
        shell: world.shell(),
    }
}

/// The findings of the four sections, and who signs.
type Findings = ([Vec<Finding>; 4], Signer);

#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    pub arguments: &'a Arguments,
    pub facts: &'a Facts,
    pub remote: &'a Remote,
    pub world: &'a World,
    pub started: Instant,
    pub exchanges: &'a Exchanges,
}

/// What git asks for, recognized.
pub(super) struct Request {
    attributes: Attributes,
    host: String,
    family: Family,
    pub recognition: Result<Option<Recognized>, NearMiss>,
}

impl Request {
    fn of(url: &str, username: Option<&str>, ignore_host_check: bool) -> Self {
        let mut attributes = Attributes::of_url(url);
        if attributes.username.is_none() {
            attributes.username = username.filter(|name| !name.is_empty()).map(Value::from);
        }
        let recognition = recognize(&attributes, ignore_host_check);
        let host = attributes.host.as_ref().map(Value::lossy).unwrap_or_default();
        let family = match &recognition {
            Ok(Some(Recognized::Scoped(repository))) => repository.family(),
            _ => Family::Standard,
        };
        Self { attributes, host, family, recognition }
    }

    /// The user name that git sends to its helpers.
    pub(super) fn user(&self) -> &str {
        self.attributes.username.as_ref().and_then(Value::text).unwrap_or_default()
    }
}

/// Where the user name of a request is from.
pub(super) fn user_from(remote: &Remote) -> &'static str {
    let in_url = Url::parse(&remote.url).and_then(Result::ok).is_some_and(|url| url.user().is_some());
    if in_url { "the URL" } else { "credential.username" }
}

impl Walk<'_> {
    /// Who signs. The second opinion of a session is only to be had once: it reads files.
    fn open(&self, helper: &cli::Arguments, request: &Request) -> Result<Opened, NotOpened> {
        let listing = self.listing();
        Session::open(&request.attributes, &helper.options(), &listing, self.world, &Trace::default())
    }

    /// What git says was read already.
    pub(super) fn listing(&self) -> Listing {
        Listing::of(self.facts.settings.clone())
    }

    fn checks<'c>(&'c self, remote: &'c Remote, request: &'c Request) -> Checks<'c> {
        Checks { facts: self.facts, remote, host: &request.host, family: request.family }
    }

    /// Version and URL, for remotes that no helper is asked for.
    fn git_alone(&self) -> Vec<Finding> {
        let request = Request::of("", None, false);
        let checks = self.checks(self.remote, &request);
        std::iter::once(checks.version()).chain(checks.url(self.world)).collect()
    }

    fn over_nothing(&self, near_miss: &NearMiss) -> Findings {
        let mut git = self.git_alone();
        git.push(Finding::fail(Check::Url, "the host is ambiguous", &self.remote.origin, near_miss.clone().into()));
        without_codecommit("the host is ambiguous", git)
    }

    fn over_another_url(&self, meant: &Meant) -> Findings {
        let mut git = self.git_alone();
        let cause = Failure::no_git_url(&self.remote.url, meant);
        git.push(Finding::fail(Check::Url, "not a Git URL of CodeCommit", &self.remote.origin, cause));
        without_codecommit("not a Git URL", git)
    }

    fn over_ssh(&self, host: &str, user: Option<&str>) -> Findings {
        let exists = |file: &str| self.world.expand(&file.replace("%d", "~")).is_file();
        let mut findings = self.git_alone();
        findings.extend(ssh::findings(self.remote, host, user, self.facts.ssh_config.as_ref(), exists));
        without_codecommit("SSH remote (ssh may prompt)", findings)
    }

    fn over_remote_helper(&self, address: &Result<Address, MalformedAddress>) -> Findings {
        let mut git = self.git_alone();
        let target = remote_helper::target(address, self.world);
        let rewritable = self.remote.name.as_deref().filter(|_| self.remote.written.rewriting.is_none());
        git.extend(target.iter().flat_map(remote_helper::provenance));
        git.push(remote_helper::program(self.facts, target.as_ref().ok(), rewritable, self.world));
        let target = match target {
            Ok(target) => target,
            Err(failure) => {
                git.push(Finding::fail(Check::Url, "the URL cannot be used", &self.remote.origin, failure));
                return without_codecommit("the URL cannot be used", git);
            }
        };
        let helper = arguments_of(&target.options.value("codecommit"));
        let helper = cli::Arguments { profile: self.arguments.profile.clone().or(helper.profile), ..helper };
        let request = Request::of(&target.url, None, helper.ignore_host_check);
        let remote = Remote { url: target.url, way: Way::Http, ..self.remote.clone() };
        let opened = self.open(&helper, &request);
        let rest = self.beyond_git(&helper, &remote, &request, None, opened);
        ([git, rest.credentials, rest.network, rest.codecommit], rest.signer)
    }

    fn over_http(&self) -> Findings {
        let remote = self.remote;
        let plain = Request::of(&remote.url, None, false);
        let helpers = self.checks(remote, &plain).helpers();
        let ours = helpers.iter().find(|helper| helper.is_ours());
        let helper = ours.map(|helper| arguments_of(&helper.value)).unwrap_or_default();
        let helper = cli::Arguments { profile: self.arguments.profile.clone().or(helper.profile), ..helper };
        let username = self.checks(remote, &plain).username();
        let request = Request::of(&remote.url, username, helper.ignore_host_check);
        let (host, family) = (request.host.clone(), request.family);
        let checks = Checks { facts: self.facts, remote, host: &host, family };

        let has_program = |program: &str| {
            let at_home = program.strip_prefix("~/").and_then(|rest| self.world.home_file(rest));
            let path = at_home.unwrap_or_else(|| program.into());
            if path.is_absolute() {
                facts::is_program(&path)
            } else {
                self.facts.find_git_program(program, self.world).is_some()
            }
        };
        let mut git = vec![checks.version()];
        git.extend(checks.url(self.world));
        if let Err(near_miss) = &request.recognition {
            let failure = Failure::from(near_miss.clone());
            git.push(Finding::fail(Check::Url, "not a valid CodeCommit URL", &remote.origin, failure));
        }
        let opened = self.open(&helper, &request);
        let iam = matches!(opened, Ok(Opened::Left(Left::IamGitCredential)));
        if iam {
            git.extend(iam::helpers(&helpers));
        } else {
            let helper = checks.helper(has_program);
            let lacks_ours = helper.iter().any(|finding| finding.cause.is_some());
            git.extend(helper);
            // Both are set by one command.
            git.extend(checks.use_http_path(self.world).into_iter().map(|finding| {
                let is_not_set = finding.check == Check::UseHttpPath && finding.origin.is_empty();
                if lacks_ours && is_not_set { Finding { cause: None, ..finding } } else { finding }
            }));
        }
        let taken = [checks.password_in_url(), checks.netrc(), checks.extra_header()];
        let taken: Vec<Finding> = taken.into_iter().flatten().collect();
        let asked_of_git = Asked {
            helpers: helpers.clone(),
            use_http_path: checks.uses_http_path(),
            username: username.map(str::to_owned),
            by_curl: checks.netrc().is_some() || checks.extra_header().is_some(),
            bare_user: Url::parse(&remote.url)
                .and_then(Result::ok)
                .filter(|url| !url.has_password())
                .and_then(|url| url.user().map(str::to_owned)),
            empty_auth: checks.empty_auth().cloned(),
        };
        // Without a repository, a helper would be asked for one that does not exist.
        let asked = Some(&asked_of_git).filter(|_| !remote.is_invented);
        let mut rest = self.beyond_git(&helper, remote, &request, asked, opened);
        git.extend(checks.ssl_verify(self.world));
        git.extend(taken);
        git.append(&mut rest.git);
        ([git, rest.credentials, rest.network, rest.codecommit], rest.signer)
    }
}

/// All sections but the first are passed over.
fn without_codecommit(why: &str, git: Vec<Finding>) -> Findings {
    let skipped = |check| vec![Finding::skip(check, why, "")];
    ([git, skipped(Check::Keys), skipped(Check::Connection), skipped(Check::Fetch)], Signer::default())
}

/// The arguments that the helper's entry gives it: they choose profile and region.
fn arguments_of(entry: &str) -> cli::Arguments {
    let words = aws_files::shell_words::split_posix(entry).unwrap_or_default();
    let given = words.into_iter().skip(1).filter(|word| word != "$@").map(OsString::from);
    cli::options_of(&given.collect::<Vec<_>>()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::arguments_of;

    #[test]
    fn the_profile_of_the_helpers_entry_is_the_one_to_sign_with() {
        for (entry, profile) in [
            ("codecommit", None),
            ("codecommit --profile 'a b'", Some("a b")),
            ("/opt/git-credential-codecommit --profile=x --region eu-west-1", Some("x")),
            ("!git-credential-codecommit --profile y $@", Some("y")),
            ("codecommit --nonsense", None),
        ] {
            assert_eq!(arguments_of(entry).profile.as_deref(), profile, "{entry}");
        }
    }
}
