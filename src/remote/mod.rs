//! `codecommit::` URLs → the https URL, and git's own `remote-https` with this project's helper.
//!
//! Serves the URLs of AWS's git-remote-codecommit (`git_remote_codecommit/__init__.py`, 1.17), which signs into the URL
//! and so puts password and session token into a child's arguments, where `ps` and `GIT_TRACE` show them, and into every
//! configured store. Here git is run with the plain https URL; the credentials go the way of every other helper's.
//!
//! [`Address`] is what is written, [`Target`] what it means here, [`command`] what git is run with; all three are pure.
//! `setup` and `doctor` ask the first two. The binary `git-remote-codecommit` only replaces itself.

mod address;
mod submodule;
mod target;

pub(crate) use address::{Address, MalformedAddress};
pub(crate) use submodule::LostProfile;
pub(crate) use target::{NoTarget, Source, Target};

use crate::git::program_path;
use std::ffi::OsString;
use std::path::Path;

/// The variable in which the credential helper finds the address that its https URL stands for: what it says to a person is
/// then said of that.
pub(crate) const ADDRESS: &str = "GIT_REMOTE_CODECOMMIT_ADDRESS";

/// The arguments of git, to be its own `remote-https`. `remote` is git's first argument, passed on; `helper` is the path
/// of git-credential-codecommit.
#[must_use]
pub(crate) fn command(remote: &str, target: &Target, helper: &Path) -> Vec<OsString> {
    let Target { url, host, options, .. } = target;
    let section = format!("https://{host}");
    let helper = options.value(&program_path(&helper.to_string_lossy()));
    let settings = [
        // Nobody else is asked, and nobody else is given what worked. For this host alone: a proxy's password may be in
        // another helper's keeping. What stands on the command line is read last, so it empties the whole list.
        format!("credential.{section}.helper="),
        format!("credential.{section}.helper={helper}"),
        format!("credential.{section}.useHttpPath=true"),
        // git 2.46 and later ask before the first request; earlier ones do not know the setting and ask after a 401.
        format!("http.{section}.proactiveAuth=basic"),
    ];
    let mut arguments: Vec<OsString> = Vec::new();
    for setting in settings {
        arguments.extend(["-c".into(), setting.into()]);
    }
    // Without a name for the remote git gives the address twice; the https URL then stands for both.
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
