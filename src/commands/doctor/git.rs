//! What git will do for a URL, from its configuration: small checks from facts to findings. Pure.

use super::check::Check;
use super::facts::Facts;
use super::netrc;
use super::remote::Remote;
use super::report::Finding;
use crate::failure::Failure;
use crate::git::http_path::{HttpPath, misspelt};
use crate::git::written::Written;
use crate::git::{self, Helper, HttpSettings, Setting, features};
use crate::machine::world::World;
use crate::text::shell::Command;
use crate::words::doctor::Hosts;
use codecommit::attributes::{Attributes, Url, bare_url, shown_url};
use codecommit::family::Family;
use codecommit::repository::{NearMiss, recognize};

/// What the checks look at.
#[derive(Clone, Copy)]
pub(super) struct Checks<'a> {
    pub facts: &'a Facts,
    pub remote: &'a Remote,
    /// The host as in the URL, and its family.
    pub host: &'a str,
    pub family: Family,
}

impl<'a> Checks<'a> {
    /// The values of `<section>[.<pattern>].<name>` that apply, in reading order.
    fn applying(self, section: &'static str, name: &'static str) -> impl Iterator<Item = &'a Setting> {
        let url = &self.remote.url;
        self.facts.settings.iter().filter(move |setting| git::applies(&setting.key, section, name, url))
    }

    /// The helpers that git asks, in its order, each with where its entry stands.
    pub(super) fn helpers(self) -> Vec<Helper> {
        git::effective(&self.facts.settings, &self.remote.url)
    }

    /// `credential.username`, which git sends along where the URL has none.
    pub(super) fn username(self) -> Option<&'a str> {
        git::settings::configured_username(&self.facts.settings, &self.remote.url).map(|setting| setting.value.as_str())
    }

    /// `http.*` as git would use it.
    pub(super) fn http(self) -> HttpSettings {
        HttpSettings::of(&self.facts.settings.iter(), &self.remote.url)
    }

    fn pasted(self, command: &Command) -> String {
        command.written_for(self.facts.shell)
    }

    /// git's version, with what it lacks.
    pub(super) fn version(self) -> Finding {
        let Some(version) = self.facts.version_number() else {
            return Finding::follows(Check::Version, "cannot run git", "searched PATH");
        };
        let text = self.facts.version.as_deref().unwrap_or_default();
        let loops = features::repeats_429_forever(Some(version), &self.http());
        let fact = format!("git {text}");
        let mut finding =
            if loops { Finding::warn(Check::Version, fact, "") } else { Finding::ok(Check::Version, fact, "") };
        if version < (2, 40) {
            finding = finding.detail("git before 2.40: other credential helpers keep passwords after they expire");
        }
        if version < (2, 46) {
            finding =
                finding.detail("git before 2.46: no http.proactiveAuth, so every command starts with an HTTP 401");
        }
        if loops {
            let key = format!("http.{}.maxRetries", bare_url(&self.remote.url));
            finding = finding
                .detail("git 2.54 and later: retries throttled requests forever")
                .with("to prevent it:", self.pasted(&Command::new("git config --global").arg(key).arg("3")));
        }
        finding
    }

    /// Where the URL comes from, and what rewrites it.
    pub(super) fn url(self, world: &World) -> Vec<Finding> {
        let Remote { name, url, written, push, origin, others, .. } = self.remote;
        let mut findings = Vec::new();
        if let Some(name) = name {
            findings.push(Finding::ok(Check::Remote, format!("remote `{name}`"), origin));
        }
        findings.extend(rewritten(written, url));
        if let Some((push_url, written)) = push {
            findings.push(self.push_url(push_url, written, world));
            findings.extend(rewritten(written, push_url));
        }
        for other in others {
            findings.push(Finding::skip(
                Check::OtherRemote,
                format!("remote `{other}` is on CodeCommit too"),
                self.pasted(&Command::new(DOCTOR).arg(other)),
            ));
        }
        findings
    }

    /// A separate URL for pushes, checked without a request.
    fn push_url(self, url: &str, written: &Written, world: &World) -> Finding {
        let shown = shown_url(url);
        let fact = format!("pushes go to another URL: {shown}");
        let has_password = Url::parse(url).and_then(Result::ok).is_some_and(|url| url.has_password());
        let cause = match recognize(&Attributes::of_url(url), false) {
            Err(NearMiss::NoPath { host, family }) => Some(Failure::no_repository_in_url(&host, family)),
            Err(near_miss) => Some(Failure::from(near_miss)),
            Ok(Some(_)) if has_password => Some(Failure::user_in_url(true, None, &bare_url(url))),
            Ok(_) => None,
        };
        match cause {
            Some(cause) => {
                Finding::fail(Check::PushUrl, fact, "", cause.with_url_written(written, &self.facts.settings, world))
            }

            None => Finding::skip(Check::PushUrl, fact, "")
                .with("to check it:", self.pasted(&Command::new(DOCTOR).arg(shown))),
        }
    }

    /// The hosts that git is to be set up for.
    pub(super) fn hosts(self) -> Hosts<'a> {
        // What the repository's own file empties, an entry in another one does not fill: git reads that file later.
        let emptied = self.applying("credential", "helper").filter(|setting| setting.value.is_empty()).last();
        Hosts {
            host: self.host,
            family: self.family,
            // Outside of clones, setup names the usual hosts.
            in_clone: self.remote.name.is_some() || self.remote.is_invented,
            in_repository: emptied.is_some_and(|setting| setting.scope.is_the_repositorys()),
            program: self.facts.own_path.as_deref(),
        }
    }

    /// Whether git asks this helper, and can start it.
    pub(super) fn helper(self, has_program: impl Fn(&str) -> bool) -> Vec<Finding> {
        let helpers = self.helpers();
        let Some(ours) = helpers.iter().find(|helper| helper.is_ours()) else {
            let others: Vec<String> = helpers.iter().map(Helper::shown).collect();
            let cause = Failure::helper_not_configured(self.hosts(), &others);
            return vec![Finding::fail(Check::Helper, "credential helper is not configured", "", cause)];
        };
        let origin = &ours.origin;
        if let Some(why) = cannot_start(ours, has_program) {
            let cause = Failure::helper_not_started(&ours.name(), origin, &why, self.hosts());
            return vec![Finding::fail(Check::Helper, "git cannot run the credential helper", origin, cause)];
        }
        let mut finding = Finding::ok(Check::Helper, "credential helper is configured", origin);
        if ours.value != "codecommit" {
            finding = finding.detail(format!("as {}", ours.name()));
        }
        let mut findings = vec![finding];
        let behind = helpers.iter().skip_while(|helper| !helper.is_ours()).filter(|helper| !helper.is_ours());
        for helper in behind {
            findings.push(Finding::ok(
                Check::OtherHelper,
                format!("credential helper {} comes after it", helper.name()),
                &helper.origin,
            ));
        }
        findings
    }

    /// Whether helpers are told the path.
    pub(super) fn uses_http_path(self) -> bool {
        self.applying("credential", "usehttppath").last().is_some_and(Setting::is_true)
    }

    /// `useHttpPath`, and its misspellings.
    pub(super) fn use_http_path(self, world: &World) -> Vec<Finding> {
        let (settings, url) = (&self.facts.settings, &self.remote.url);
        let found = HttpPath::of(settings, url, self.host, self.family, world);
        let mut findings = Vec::new();
        let mut causes = None;
        match &found {
            HttpPath::On(setting) => {
                findings.push(Finding::ok(Check::UseHttpPath, "useHttpPath is true", &setting.origin));
            }
            HttpPath::Off { setting, .. } => {
                let (fact, origin) = match setting {
                    Some(setting) => (format!("useHttpPath is {}", setting.value), setting.origin.as_str()),
                    None => ("useHttpPath is not set".to_owned(), ""),
                };
                let cause = Failure::no_path(self.host, self.family, &found);
                // An entry that turns it off may come after those of setup.
                let cause = if setting.is_none() { cause.set_up_by_us(self.hosts()) } else { cause };
                findings.push(Finding::fail(Check::UseHttpPath, fact, origin, cause));
            }
            HttpPath::Misspelt { setting, .. } => {
                causes = Some(setting);
                let cause = Failure::no_path(self.host, self.family, &found).set_up_by_us(self.hosts());
                findings.push(Finding::fail(Check::MisspeltSetting, not_known(&setting.key), &setting.origin, cause));
                findings.push(Finding::follows(Check::UseHttpPath, "useHttpPath is not set", ""));
            }
        }
        let others = misspelt(settings, url).filter(|(_, _, setting)| causes.is_none_or(|cause| cause != *setting));
        findings.extend(others.map(|(_, meant, setting)| {
            Finding::warn(Check::MisspeltSetting, not_known(&setting.key), &setting.origin)
                .detail(format!("git ignores it; did you mean `{meant}`?"))
        }));
        findings
    }

    /// A password in the URL. A user name alone is tried against CodeCommit, by the caller.
    pub(super) fn password_in_url(self) -> Option<Finding> {
        Url::parse(&self.remote.url)?.ok().filter(Url::has_password)?;
        let cause = Failure::user_in_url(true, None, &bare_url(&self.remote.url));
        Some(Finding::fail(Check::PasswordInUrl, "the URL contains a password", &self.remote.origin, cause))
    }

    /// An entry of `.netrc` that curl takes for the host. A user name in the URL chooses among its entries.
    pub(super) fn netrc(self) -> Option<Finding> {
        let file = self.facts.netrc.as_ref()?;
        let machine = netrc::entry(&file.text, self.host)?;
        let cause = Failure::netrc(&machine, &file.shown);
        Some(Finding::fail(Check::Netrc, format!("git takes the login from {}", file.shown), &file.shown, cause))
    }

    /// `http.extraHeader` with an authorization. An empty value clears those before it.
    pub(super) fn extra_header(self) -> Option<Finding> {
        let last_empty = self.applying("http", "extraheader").filter(|setting| setting.value.is_empty()).count();
        let mut empties = 0;
        let found = self.applying("http", "extraheader").find(|setting| {
            empties += usize::from(setting.value.is_empty());
            let name = setting.value.split(':').next().unwrap_or_default().trim();
            empties == last_empty && name.eq_ignore_ascii_case("authorization")
        })?;
        let cause = Failure::extra_header(&git::shown_key(&found.key), &found.origin);
        Some(Finding::fail(Check::ExtraHeader, "http.extraHeader sends an Authorization header", &found.origin, cause))
    }

    /// `http.sslVerify=false`, and the variable for the same (git 2.47.3 `http.c`, `http_init`).
    pub(super) fn ssl_verify(self, world: &World) -> Option<Finding> {
        let fact = |what: &str| format!("{what}: git does not verify CodeCommit's certificate");
        let setting = git::settings::best_of(self.facts.settings.iter(), "sslverify", &self.remote.url);
        let finding = if world.environment.get("GIT_SSL_NO_VERIFY").is_some() {
            Finding::warn(Check::SslVerify, fact("GIT_SSL_NO_VERIFY is set"), "environment variables")
        } else {
            let setting = setting.filter(|setting| !setting.is_true())?;
            Finding::warn(Check::SslVerify, fact("http.sslVerify is false"), &setting.origin)
        };
        Some(finding.detail("whoever answers for this host gets the password"))
    }

    /// `http.emptyAuth=true`: an empty user name goes first. Whether CodeCommit takes offense is for the caller to try.
    pub(super) fn empty_auth(self) -> Option<&'a Setting> {
        let found = git::settings::best_of(self.facts.settings.iter(), "emptyauth", &self.remote.url);
        found.filter(|setting| setting.is_true())
    }
}

/// What makes another URL of the one that is written.
fn rewritten(written: &Written, url: &str) -> Option<Finding> {
    let rewriting = written.rewriting.as_ref()?;
    let key = git::shown_key(&rewriting.setting.key);
    let made = format!("{} -> {}", shown_url(&written.configured), shown_url(url));
    Some(
        Finding::ok(Check::Rewriting, format!("URL rewritten by {}", rewriting.variable()), &rewriting.setting.origin)
            .with(format!("{key}:"), made),
    )
}

/// Examines another remote or URL.
const DOCTOR: &str = "git credential-codecommit doctor";

/// A name that git does not know.
fn not_known(key: &str) -> String {
    format!("unknown git setting `{}`", key.rsplit('.').next().unwrap_or(key))
}

/// Why git cannot start the entry, if so (git 2.47.3 `credential.c`, `credential_do`): `!` and a command, an absolute
/// path, or a name that follows `git credential-`.
fn cannot_start(helper: &Helper, has_program: impl Fn(&str) -> bool) -> Option<String> {
    let entry = helper.value.as_str();
    if let Some(command) = entry.strip_prefix('!') {
        let program = aws_files::shell_words::split_posix(command)?.into_iter().next()?;
        // A shell may know more programs than we can see: functions, variables, the home directories of others.
        let home = ["~/", "$HOME/", "${HOME}/"].iter().find_map(|start| program.strip_prefix(start));
        let rest = home.unwrap_or(&program);
        let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
        let path = home.map_or_else(|| program.clone(), |rest| format!("~/{rest}"));
        return (plain && !has_program(&path)).then(|| format!("{program}: not found"));
    }
    let program = aws_files::shell_words::split_posix(entry).and_then(|words| words.into_iter().next());
    let Some(program) = program else { return Some("unclosed quote".to_owned()) };
    let absolute = program.starts_with('/') || (cfg!(windows) && program.as_bytes().get(1) == Some(&b':'));
    if absolute && entry.starts_with(['\'', '"']) {
        return Some("git runs an entry that starts with a quote as `git credential-…`".to_owned());
    }
    if absolute {
        return (!has_program(&program)).then(|| format!("{program}: not found"));
    }
    if program != "codecommit" {
        return Some(format!("git runs `git credential-{program}`, which does not exist"));
    }
    let name = "git-credential-codecommit";
    (!has_program(name)).then(|| format!("{name} is neither on PATH nor in git's exec path"))
}

#[cfg(test)]
#[path = "git_tests.rs"]
mod tests;
