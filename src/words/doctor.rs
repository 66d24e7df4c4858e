//! Words for what only `doctor` sees: git asks somebody else, or nobody.

use crate::failure::{Code, Failure};
use crate::text::shell::shell_word;
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
}

impl Hosts<'_> {
    /// The command that puts this helper first for them; `evict` also takes old signatures out of other helpers.
    fn setup(self, evict: bool) -> String {
        let Self { host, family, in_clone } = self;
        let which = match (in_clone, family) {
            (true, Family::CodeConnections) => " --connections".to_owned(),
            (true, _) => String::new(),
            (false, _) => format!(" --url {}", shell_word(&format!("https://{host}"))),
        };
        format!("git credential-codecommit setup{}{which}", if evict { " --evict" } else { "" })
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
    /// `GIT_ALLOW_PROTOCOL` has others.
    NotNamed,
    /// Nothing is said.
    Unset,
}

impl Failure {
    /// No entry for this helper applies to the URL.
    #[must_use]
    pub fn helper_not_configured(hosts: Hosts<'_>, others: &[String]) -> Self {
        let cause = format!("git does not ask this helper for {}", hosts.host);
        let failure = Self::new(Code::HelperNotConfigured, cause);
        let failure = match others {
            [] => failure.looked_at("no helper is configured for it: git asks for a user name"),
            others => failure.looked_at(format!("git asks: {}", others.join(", "))),
        };
        failure.fix(hosts.setup(false))
    }

    /// The entry applies, and git cannot start it.
    #[must_use]
    pub fn helper_not_started(entry: &str, origin: &str, why: &str) -> Self {
        Self::new(Code::HelperNotStarted, format!("git cannot start this helper as {entry}"))
            .looked_at(format!("{origin}: {why}"))
            .fix("write it as `codecommit`, with the program on the PATH, or as an absolute path")
    }

    /// A setting of `credential` that git does not know, and that is nearly one that it does.
    #[must_use]
    pub fn misspelt_setting(name: &str, meant: &str, origin: &str, host: &str, family: Family) -> Self {
        let key = shell_word(&format!("credential.https://{}.{meant}", family.pattern(host)));
        let failure = Self::new(Code::MisspeltSetting, format!("`{name}` is no setting of git; `{meant}` is"))
            .looked_at(format!("in {origin}; git passes over settings that it does not know"));
        if meant == "useHttpPath" {
            failure
                .looked_at("so git does not say which repository it wants, and the signature covers the path")
                .fix(format!("git config --global {key} true"))
        } else {
            failure.fix(format!("correct its name in {origin}"))
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
            "(removes the expired password and puts this helper first for CodeCommit hosts)"
        } else {
            "(puts this helper first for CodeCommit hosts; the other password stays where it is)"
        };
        Self::new(Code::AnotherHelperFirst, cause)
            .looked_at(format!("{helper} comes first in {origin}; {looked_at}"))
            .fix(hosts.setup(is_signature))
            .fix(what)
    }

    /// `user@` or `user:password@`.
    #[must_use]
    pub fn user_in_url(has_password: bool, status: Option<u16>, bare_url: &str, remote: Option<&str>) -> Self {
        let (cause, looked_at) = if has_password {
            ("the remote's URL holds a password: git sends that, and asks no helper".to_owned(), None)
        } else {
            (
                "the remote's URL holds a user name: git asks no helper".to_owned(),
                status.map(|status| {
                    format!(
                        "curl sends it with an empty password first; CodeCommit answered that with {status}, and only a 401 makes git ask"
                    )
                }),
            )
        };
        let failure = Self::new(Code::UserInUrl, cause);
        let failure = looked_at.into_iter().fold(failure, Self::looked_at);
        match remote {
            Some(remote) => failure.fix(format!("git remote set-url {} {}", shell_word(remote), shell_word(bare_url))),
            None => failure.fix(format!("use this URL: {bare_url}")),
        }
    }

    /// A line of `.netrc` that curl takes.
    #[must_use]
    pub fn netrc(machine: &str, file: &str) -> Self {
        Self::new(Code::Netrc, format!("{file} answers for this host, so git asks no helper"))
            .looked_at(format!("its entry: {machine}"))
            .fix(format!("remove that entry from {file}"))
    }

    /// `http.extraHeader: Authorization: …`
    #[must_use]
    pub fn extra_header(key: &str, origin: &str) -> Self {
        Self::new(Code::ExtraHeader, "git sends an Authorization header of its own to this host")
            .looked_at(format!("{key} in {origin}; no helper's answer takes its place"))
            .fix(format!("remove {key} from {origin}, or give it the URL that it is meant for"))
    }

    /// `http.emptyAuth`, where the server refuses it.
    #[must_use]
    pub fn empty_auth(key: &str, origin: &str, status: u16, host: &str, family: Family) -> Self {
        let own = shell_word(&format!("http.https://{}.emptyAuth", family.pattern(host)));
        Self::new(Code::EmptyAuth, "git sends an empty user name first, and asks no helper")
            .looked_at(format!("{key} in {origin}; CodeCommit answered that with {status}"))
            .fix(format!("git config --global {own} false"))
    }

    /// An SSH remote whose key is not configured.
    #[must_use]
    pub fn ssh_remote(host: &str, why: &str, https_url: &str, remote: Option<&str>) -> Self {
        let failure = Self::new(Code::SshRemote, "this remote is reached over SSH, which is not set up for it")
            .looked_at(format!("{why}; no credential helper is involved in SSH"));
        let failure = match remote {
            Some(remote) => failure.fix(format!("git remote set-url {} {https_url}", shell_word(remote))),
            None => failure.fix(format!("use this URL: {https_url}")),
        };
        failure.fix(format!(
            "(or give `Host {host}` in ~/.ssh/config the User and the IdentityFile of your SSH key in IAM)"
        ))
    }

    /// A `codecommit::` remote without its program. `rewritable` is its name, where its URL can be rewritten.
    #[must_use]
    pub fn remote_helper_missing(https_url: Option<&str>, rewritable: Option<&str>) -> Self {
        let failure =
            Self::new(Code::RemoteHelperMissing, "git has no program `git-remote-codecommit` for this remote")
                .looked_at("looked for in git's own directory and on the PATH");
        match (https_url, rewritable) {
            (Some(_), Some(_)) => {
                failure.fix("git credential-codecommit setup --rewrite").fix("(or install git-remote-codecommit)")
            }
            (Some(url), None) => failure.fix(format!("use this URL: {url}")).fix("(or install git-remote-codecommit)"),
            (None, _) => failure.fix("use the repository's HTTPS URL, or install git-remote-codecommit"),
        }
    }

    /// Submodules, one in each line, that git would not fetch; `origin` says where the policy stands.
    #[must_use]
    pub fn submodules_not_allowed(submodules: &[String], policy: &Policy, origin: &str) -> Self {
        let most = 4;
        let failure =
            Self::new(Code::SubmodulesNotAllowed, "git does not follow the codecommit:: URLs of submodules here");
        let failure = submodules.iter().take(most).fold(failure, Self::looked_at);
        let failure = match submodules.len() {
            count if count > most => failure.looked_at(format!("and {} more", count - most)),
            _ => failure,
        };
        let failure = failure.looked_at(match policy {
            Policy::Set(value) => format!("{origin} says `{value}`, and submodules need `always`"),
            Policy::OnlyHere => format!("{origin} says `always`, and is not read while a submodule is cloned"),
            Policy::NotNamed => "GIT_ALLOW_PROTOCOL is set, and does not name codecommit".to_owned(),
            Policy::Unset | Policy::Always => {
                "protocol.codecommit.allow is not set: git takes such a URL from you, and not from .gitmodules"
                    .to_owned()
            }
        });
        match policy {
            Policy::NotNamed => failure.fix("export GIT_ALLOW_PROTOCOL=\"$GIT_ALLOW_PROTOCOL:codecommit\""),
            _ => failure.fix("git config --global protocol.codecommit.allow always"),
        }
    }

    /// The clock differs so much that a signature by it is refused.
    #[must_use]
    pub fn clock(told: &str) -> Self {
        Self::new(Code::OutOfTime, format!("this machine's clock is {told}"))
            .looked_at("signatures by it are refused; this helper signs with AWS's time instead, other programs do not")
            .fix(super::SET_THE_CLOCK)
    }
}
