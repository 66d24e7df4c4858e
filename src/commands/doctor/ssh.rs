//! Whether SSH is set up for a host as CodeCommit asks for it: findings. Pure.

use super::check::Check;
use super::facts::File;
use super::remote::Remote;
use super::report::Finding;
use super::ssh_config::for_host;
use crate::failure::Failure;
use codecommit::attributes::Url;
use codecommit::repository::Meant;
use codecommit::secret::public;

/// Whether the host has the user and the key that CodeCommit asks for (User Guide, "Setup steps for SSH connections").
pub(super) fn findings(
    remote: &Remote,
    host: &str,
    user: Option<&str>,
    config: Option<&File>,
    exists: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    let found = config.map(|file| for_host(&file.text, host)).unwrap_or_default();
    let shown = config.map_or("~/.ssh/config", |file| file.shown.as_str());
    let https_url = https_url(&remote.url, host);
    let fail = |why: &str| Failure::ssh_remote(host, why, &https_url);
    let mut findings = vec![Finding::ok(Check::Ssh, "SSH remote: credential helpers are not used", &remote.origin)];
    let origin = if user.is_some() { "the URL" } else { shown };
    findings.push(match user.or(found.user.as_deref()) {
        Some(user) if user.starts_with("APKA") => Finding::ok(Check::SshUser, format!("User {}", public(user)), origin),
        Some(user) => Finding::warn(Check::SshUser, format!("User {}", public(user)), origin)
            .detail("SSH key IDs in IAM start with APKA"),
        None if config.is_some() => Finding::fail(
            Check::SshUser,
            "no User for this host",
            shown,
            fail(&format!("{shown} has no User for {host}")),
        ),
        None => Finding::fail(Check::SshUser, "no User for this host", shown, fail(&format!("{shown} does not exist"))),
    });
    let missing = found.identity_files.iter().find(|file| !exists(file));
    findings.push(match missing {
        Some(missing) => {
            let cause = fail(&format!("IdentityFile {missing} does not exist"));
            Finding::fail(Check::SshIdentityFile, "IdentityFile does not exist", shown, cause)
        }
        None if found.identity_files.is_empty() => {
            Finding::warn(Check::SshIdentityFile, "no IdentityFile for this host", shown)
                .detail("ssh tries its agent and default keys")
        }
        None => Finding::ok(Check::SshIdentityFile, format!("IdentityFile {}", found.identity_files.join(", ")), shown),
    });
    if found.incomplete {
        findings.push(Finding::skip(Check::SshConfig, "Include and Match are not evaluated", shown));
    }
    findings
}

/// The same repository over HTTPS, for `ssh://host/path` and `host:path`.
fn https_url(url: &str, host: &str) -> String {
    if let Some(meant) = Meant::read(url) {
        return meant.url();
    }
    let path = Url::of_remote(url).and_then(Result::ok).map(|url| url.path().trim_matches([':', '/']).to_owned());
    format!("https://{host}/{}", path.unwrap_or_default())
}
