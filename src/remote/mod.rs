//! `codecommit::` URLs → the https URL, and git's own `remote-https` with this project's credential helper.
//!
//! Supports the URLs of AWS's git-remote-codecommit (`git_remote_codecommit/__init__.py`, 1.17). That program puts the
//! signature into the URL, and so password and session token into a child's arguments, where `ps` and `GIT_TRACE` show
//! them, and into every configured credential store. Here git is run with the plain https URL and asks the credential
//! helper.
//!
//! [`Address`] is the parsed URL, [`Target`] its meaning with the current configuration, [`command`] git's arguments;
//! all three are pure. `setup` and `doctor` use the first two. The binary `git-remote-codecommit` only replaces itself
//! with git.

mod address;
mod submodule;
mod target;

pub(crate) use address::{Address, MalformedAddress};
pub(crate) use submodule::LostProfile;
pub(crate) use target::{NoTarget, Source, Target};

use crate::git::program_path;
use std::ffi::OsString;
use std::path::Path;

/// The variable in which the credential helper gets the original address of its https URL, so that messages name that.
pub(crate) const ADDRESS: &str = "GIT_REMOTE_CODECOMMIT_ADDRESS";

/// The arguments with which git becomes its own `remote-https`. `remote` is git's first argument, passed on; `helper`
/// is the path of git-credential-codecommit.
#[must_use]
pub(crate) fn command(remote: &str, target: &Target, helper: &Path) -> Vec<OsString> {
    let Target { url, host, options, .. } = target;
    let section = format!("https://{host}");
    let helper = options.value(&program_path(&helper.to_string_lossy()));
    let settings = [
        // No other helper is asked, and none stores the password. For this host only: another helper may have a proxy's
        // password. The command line is read last, so this clears the whole list.
        format!("credential.{section}.helper="),
        format!("credential.{section}.helper={helper}"),
        format!("credential.{section}.useHttpPath=true"),
        // git 2.46 and later ask the helper before the first request; earlier versions ignore the setting and ask after
        // a 401.
        format!("http.{section}.proactiveAuth=basic"),
    ];
    let mut arguments: Vec<OsString> = Vec::new();
    for setting in settings {
        arguments.extend(["-c".into(), setting.into()]);
    }
    // For a remote without a name git passes the address twice; the https URL replaces both.
    let remote = if remote.contains("://") { url.as_str() } else { remote };
    arguments.extend(["remote-https".into(), remote.into(), url.into()]);
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Options;

    #[test]
    fn git_is_run_with_the_https_url_and_our_helper_alone() {
        let url = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/r";
        let target = Target {
            url: url.to_owned(),
            host: "git-codecommit.eu-west-1.amazonaws.com".to_owned(),
            host_from: None,
            region: codecommit::region::Region::parse("eu-west-1").expect("a region"),
            region_from: Source::Url,
            options: Options::profile("my profile"),
        };
        let arguments = |remote| command(remote, &target, Path::new("/opt/my bin/git-credential-codecommit"));
        assert!(arguments("origin").iter().any(|argument| {
            argument
                .to_string_lossy()
                .ends_with(r".helper=/opt/my\ bin/git-credential-codecommit --profile 'my profile'")
        }));
        assert_eq!(arguments("origin")[8..], ["remote-https", "origin", url]);
        assert_eq!(arguments("eu-west-1://r")[8..], ["remote-https", url, url]);
    }
}
