//! What is set for a remote: `remote.<name>.proxy`. A helper is told the URL, and not the name of the remote. Pure.

use super::settings::Setting;
use super::subsection;
use codecommit::attributes::bare_url;

/// The last `remote.<remote>.<name>` of a remote that has this URL (git 2.47.3 `remote.c`, `handle_config`).
pub(super) fn setting<'s>(
    settings: &(impl Iterator<Item = &'s Setting> + Clone),
    name: &str,
    url: &str,
) -> Option<&'s Setting> {
    let is_ours = |remote: &str| {
        settings.clone().any(|setting| {
            let is_url = |variable: &str| subsection(&setting.key, "remote", variable) == Some(remote);
            (is_url("url") || is_url("pushurl")) && is_same(&setting.value, url)
        })
    };
    settings.clone().filter(|setting| subsection(&setting.key, "remote", name).is_some_and(is_ours)).last()
}

/// Whether both are one repository: a user name and a slash at the end do not matter.
fn is_same(configured: &str, url: &str) -> bool {
    let bare = |url: &str| bare_url(url).trim_end_matches('/').to_owned();
    bare(configured) == bare(url)
}
