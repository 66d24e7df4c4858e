//! Words for what only `doctor` sees: git asks somebody else, or nobody.

use super::set_the_clock;
use crate::failure::{Code, Command, Failure, Fix, Shell};
use crate::git::{Setting, shown_key};
use codecommit::family::Family;

/// The hosts that git is to be set up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hosts<'h> {
    /// The host in question.
    pub host: &'h str,
    /// Its family.
    pub family: Family,
    /// Whether a remote of the repository here names it, so that `setup` finds it by itself.
    pub in_clone: bool,
    /// Whether the repository's own file empties the list of helpers.
    pub in_repository: bool,
    /// This program, where git does not find it by its name.
    pub program: Option<&'h str>,
}

impl Hosts<'_> {
    /// The command that puts this helper first for them, for this shell.
    pub(crate) fn set_up(self, shell: Shell) -> String {
        self.setup(false).lines(shell).join("\n")
    }

    /// The command that puts this helper first for them; `evict` also takes old signatures out of other helpers.
    fn setup(self, evict: bool) -> Fix {
        let Self { host, family, in_clone, in_repository, program } = self;
        let command = Command::ours(program).arg("setup");
        let command = if in_repository { command.arg("--local") } else { command };
        let command = if evict { command.arg("--evict") } else { command };
        Fix::command(match (in_clone, family) {
            (true, Family::CodeConnections) => command.arg("--connections"),
            (true, _) => command,
            (false, _) => command.arg("--url").arg(format!("https://{host}")),
        })
    }
}

/// What another helper answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered<'a> {
    /// A signature of this age.
    OldSignature(&'a str),
    /// Something that is no signature, and that CodeCommit refused with this status.
    Refused(u16),
}

/// What git may do with the `codecommit::` URLs of submodules (git-config(1), `protocol.allow`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// Follow them.
    Always,
    /// What else is said, in a file that counts.
    Set(String),
    /// `always`, in a file that does not count.
    OnlyHere,
    /// `GIT_ALLOW_PROTOCOL` has these others.
    NotNamed(String),
    /// Nothing is said.
    Unset,
}

impl Failure {
    /// The same failure, with our own command as its fix: it sets everything that git needs for these hosts, and `--undo` takes
    /// it back.
    #[must_use]
    pub(crate) fn set_up_by_us(self, hosts: Hosts<'_>) -> Self {
        self.fix(hosts.setup(false))
    }

    /// No entry for this helper applies to the URL.
    #[must_use]
    pub fn helper_not_configured(hosts: Hosts<'_>, others: &[String]) -> Self {
        let failure = Self::new(Code::HelperNotConfigured, "git-credential-codecommit is not configured for this host");
        let failure = failure.looked_at(format!("host: {}", hosts.host));
        let failure = match others {
            [] => failure.looked_at("no credential helper is configured, so git prompts for a user name"),
            others => failure.looked_at(format!("configured helpers: {}", others.join(", "))),
        };
        failure.fix(hosts.setup(false))
    }

    /// The entry applies, and git cannot start it.
    #[must_use]
    pub fn helper_not_started(entry: &str, origin: &str, why: &str, hosts: Hosts<'_>) -> Self {
        Self::new(Code::HelperNotStarted, format!("git cannot run the configured helper {entry}"))
            .looked_at(format!("{origin}: {why}"))
            .fix(hosts.setup(false))
    }

    /// A setting of `credential` that git does not know, and that is nearly one that it does.
    #[must_use]
    pub fn misspelt_setting(name: &str, meant: &str, origin: &str, host: &str, family: Family) -> Self {
        let key = format!("credential.https://{}.{meant}", family.pattern(host));
        let failure =
            Self::new(Code::MisspeltSetting, format!("unknown git setting `{name}`; did you mean `{meant}`?"))
                .looked_at(format!("in {origin}; git ignores unknown settings"));
        if meant == "useHttpPath" {
            failure
                .looked_at("so git sends no repository path, which the signature needs")
                .fix(Fix::command(Command::new("git config --global").arg(key).arg("true")))
        } else {
            failure.fix(Fix::words(format!("rename it in {origin}")))
        }
    }

    /// Another helper stands before this one, and its answer is dead.
    #[must_use]
    pub fn another_helper_first(helper: &str, origin: &str, answered: Answered<'_>, hosts: Hosts<'_>) -> Self {
        let (cause, looked_at) = match answered {
            Answered::OldSignature(age) => (
                format!("git sends an expired password from {helper}"),
                format!("signed {age} ago, valid for about 15 minutes; git keeps it even after a 403"),
            ),
            Answered::Refused(status) => (
                format!("git sends a password from {helper} that CodeCommit rejects"),
                format!("HTTP {status}; after a 403 git keeps the password and asks no other helper"),
            ),
        };
        // What is no signature may be an IAM Git credential, which AWS shows only once: it stays where it is.
        let is_signature = matches!(answered, Answered::OldSignature(_));
        let what = if is_signature {
            "removes the expired password and puts this helper first for CodeCommit hosts"
        } else {
            "puts this helper first for CodeCommit hosts, and leaves the other password where it is"
        };
        Self::new(Code::AnotherHelperFirst, cause)
            .looked_at(format!("{helper} comes first in {origin}; {looked_at}"))
            .fix(hosts.setup(is_signature).note(what))
    }

    /// `user@` or `user:password@`.
    #[must_use]
    pub fn user_in_url(has_password: bool, status: Option<u16>, bare_url: &str) -> Self {
        let (cause, looked_at) = if has_password {
            ("the remote URL contains a password, so git asks no credential helper", None)
        } else {
            (
                "the remote URL contains a user name, so git asks no credential helper",
                status.map(|status| {
                    format!(
                        "git first tries it with an empty password; CodeCommit returned {status}, and git asks a helper only after a 401"
                    )
                }),
            )
        };
        let failure = Self::new(Code::UserInUrl, cause);
        let failure = looked_at.into_iter().fold(failure, Self::looked_at);
        failure.fix(Fix::url(bare_url))
    }

    /// A line of `.netrc` that curl takes.
    #[must_use]
    pub fn netrc(machine: &str, file: &str) -> Self {
        Self::new(Code::Netrc, format!("{file} has a login for this host, so git asks no credential helper"))
            .looked_at(format!("entry: {machine}"))
            .fix(Fix::words(format!("remove that entry from {file}")))
    }

    /// `http.extraHeader: Authorization: …`
    #[must_use]
    pub fn extra_header(key: &str, origin: &str) -> Self {
        Self::new(Code::ExtraHeader, "http.extraHeader sends an Authorization header to this host")
            .looked_at(format!("{key} in {origin}; it overrides every credential helper"))
            .fix(
                Fix::words(format!("limit it in {origin} to the host it is for: http.https://HOST.extraHeader"))
                    .note("HOST: the host that the header is for"),
            )
    }

    /// `http.emptyAuth`, where the server refuses it.
    #[must_use]
    pub(crate) fn empty_auth(setting: &Setting, status: u16, host: &str, family: Family) -> Self {
        let Setting { key, origin, scope, .. } = setting;
        // The most specific section counts (git-config(1), `http.<url>.*`): one for a URL is changed where it is.
        let own = key.strip_suffix("emptyauth").filter(|section| *section != "http.");
        let scope = if own.is_some() && scope.is_the_repositorys() { "--local" } else { "--global" };
        let fix = match own {
            Some(_) if shown_key(key) != *key => Fix::words(format!("set emptyAuth to false in {origin}")),
            section => {
                let pattern = || format!("http.https://{}.", family.pattern(host));
                let section = section.map_or_else(pattern, str::to_owned);
                Fix::command(Command::new("git config").arg(scope).arg(section + "emptyAuth").arg("false"))
            }
        };
        Self::new(Code::EmptyAuth, "http.emptyAuth is set, so git asks no credential helper")
            .looked_at(format!(
                "{} in {origin} makes git send an empty user name; CodeCommit returned {status}",
                shown_key(key)
            ))
            .fix(fix)
    }

    /// An SSH remote whose key is not configured.
    #[must_use]
    pub fn ssh_remote(host: &str, why: &str, https_url: &str) -> Self {
        Self::new(Code::SshRemote, "SSH is not set up for this remote")
            .looked_at(format!("{why}; SSH remotes do not use credential helpers"))
            .fix(Fix::url(https_url).note(format!("or set User and IdentityFile for Host {host} in ~/.ssh/config")))
    }

    /// A `codecommit::` remote without its program. `rewritable` is its name, where its URL can be rewritten.
    #[must_use]
    pub fn remote_helper_missing(https_url: Option<&str>, rewritable: Option<&str>) -> Self {
        let failure = Self::new(Code::RemoteHelperMissing, "git-remote-codecommit is not installed")
            .looked_at("searched git's exec path and PATH");
        failure.fix(match (https_url, rewritable) {
            (Some(_), Some(_)) => Fix::command(Command::new("git credential-codecommit setup --rewrite"))
                .note("or install git-remote-codecommit"),
            (Some(url), None) => Fix::url(url).note("or install git-remote-codecommit"),
            (None, _) => Fix::words("use the HTTPS URL of the repository, or install git-remote-codecommit"),
        })
    }

    /// Submodules, one in each line, that git would not fetch; `origin` says where the policy stands.
    #[must_use]
    pub fn submodules_not_allowed(submodules: &[String], policy: &Policy, origin: &str) -> Self {
        let most = 4;
        let failure = Self::new(Code::SubmodulesNotAllowed, "transport 'codecommit' not allowed for submodules");
        let failure = submodules.iter().take(most).fold(failure, Self::looked_at);
        let failure = match submodules.len() {
            count if count > most => failure.looked_at(format!("and {} more", count - most)),
            _ => failure,
        };
        let failure = failure.looked_at(match policy {
            Policy::Set(value) => format!("{origin} sets it to `{value}`; submodules need `always`"),
            Policy::OnlyHere => {
                format!("{origin} sets `always`, but git does not read that file while it clones a submodule")
            }
            Policy::NotNamed(_) => "GIT_ALLOW_PROTOCOL is set and does not include codecommit".to_owned(),
            Policy::Unset | Policy::Always => {
                "protocol.codecommit.allow is not set; by default git accepts such URLs only from the command line"
                    .to_owned()
            }
        });
        failure.fix(match policy {
            Policy::NotNamed(protocols) => {
                Fix::command(Command::Export("GIT_ALLOW_PROTOCOL", format!("{protocols}:codecommit")))
            }
            _ => Fix::command(Command::new("git config --global protocol.codecommit.allow always")),
        })
    }

    /// The clock differs so much that a signature by it is refused.
    #[must_use]
    pub fn clock(told: &str) -> Self {
        Self::new(Code::OutOfTime, format!("this machine's clock is {told}"))
            .looked_at(
                "AWS rejects signatures made with it; this helper uses AWS's time instead, other programs do not",
            )
            .fix(set_the_clock())
    }
}
