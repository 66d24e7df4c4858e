//! `codecommit::` URLs → the https URL, and git's own `remote-https` with this project's helper.
//!
//! Serves the URLs of AWS's git-remote-codecommit (`git_remote_codecommit/__init__.py`, 1.17), which signs into the URL
//! and so puts password and session token into a child's arguments, where `ps` and `GIT_TRACE` show them, and into every
//! configured store. Here git is run with the plain https URL; the credentials go the way of every other helper's.
//!
//! [`Address`] and [`command`] are pure; the binary `git-remote-codecommit` only replaces itself.

use crate::credentials::{CredentialsError, Profiles};
use crate::failure::{Code, Failure, shell_word};
use crate::repository::{PARTITIONS, Partition, is_well_formed_region};
use crate::world::World;
use std::ffi::OsString;
use std::path::Path;

/// What a `codecommit::` URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The region, where the URL has one.
    pub region: Option<String>,
    /// The profile, where the URL has one.
    pub profile: Option<String>,
    /// The repository.
    pub repository: String,
}

impl Address {
    /// Reads the second argument that git gives a remote helper: `codecommit://[profile@]repository`, or
    /// `region://[profile@]repository` for `codecommit::region://…` (git 2.47.3 `transport-helper.c`).
    ///
    /// # Errors
    /// [`Code::MalformedRemoteUrl`] for anything else.
    pub fn parse(address: &str) -> Result<Self, Failure> {
        let parsed = address.split_once("://").and_then(|(scheme, rest)| {
            let region = match scheme {
                "codecommit" => None,
                region if is_well_formed_region(region) => Some(region.to_owned()),
                _ => return None,
            };
            // At the last one: a profile's name may hold an `@`, a repository's may not.
            let (profile, repository) = match rest.rsplit_once('@') {
                Some((profile, repository)) => (Some(profile), repository),
                None => (None, rest),
            };
            let repository = repository.trim_end_matches('/');
            let named = !repository.is_empty() && !repository.contains(['/', '?', '#', ':']);
            let profile = profile.map(str::to_owned);
            (named && profile.as_deref() != Some("")).then(|| Self {
                region,
                profile,
                repository: repository.to_owned(),
            })
        });
        parsed.ok_or_else(|| {
            Failure::new(Code::MalformedRemoteUrl, format!("`{address}` is not the address of a CodeCommit repository"))
                .looked_at("such an address reads codecommit://REPOSITORY or codecommit://PROFILE@REPOSITORY,")
                .looked_at("with a region codecommit::REGION://REPOSITORY or codecommit::REGION://PROFILE@REPOSITORY")
        })
    }
}

/// What git is run with instead.
#[derive(Debug, PartialEq, Eq)]
pub struct RemoteCommand {
    /// git's arguments.
    pub arguments: Vec<OsString>,
}

/// The arguments for git's own `remote-https`. `remote` is git's first argument, passed on; `helper` is the path of
/// git-credential-codecommit.
///
/// # Errors
/// No region anywhere, a profile that does not exist, a malformed file of the AWS CLI.
pub fn command(remote: &str, address: &Address, helper: &Path, world: &World) -> Result<RemoteCommand, Failure> {
    let profiles = Profiles::load(world).map_err(CredentialsError::from)?;
    if let Some(profile) = address.profile.as_deref().filter(|profile| !profiles.contains(profile)) {
        return Err(Failure::remote_profile_not_found(profile, &profiles.names()));
    }
    let region = region(address, &profiles, world)?;
    let endpoint = world.environment.non_empty("CODE_COMMIT_ENDPOINT");
    let host = endpoint.map_or_else(|| host(&region, address, &profiles, world), str::to_owned);
    let profile = address.profile.as_deref().map(|profile| format!(" --profile {}", shell_word(profile)));
    let any_host = endpoint.map(|_| format!(" --ignore-host-check --region {region}"));
    let options = [profile, any_host].into_iter().flatten().collect::<String>();
    let section = format!("https://{host}");
    let settings = [
        // Nobody else is asked, and nobody else is given what worked.
        "credential.helper=".to_owned(),
        format!("credential.{section}.helper="),
        format!("credential.{section}.helper={}{options}", escaped(helper)),
        format!("credential.{section}.useHttpPath=true"),
        // git 2.46 and later ask before the first request; earlier ones do not know the setting and ask after a 401.
        format!("http.{section}.proactiveAuth=basic"),
    ];
    let mut arguments: Vec<OsString> = Vec::new();
    for setting in settings {
        arguments.extend(["-c".into(), setting.into()]);
    }
    let url = format!("{section}/v1/repos/{}", address.repository);
    // Without a name for the remote git gives the address twice; the https URL then stands for both.
    let remote = if remote.contains("://") { url.as_str() } else { remote };
    arguments.extend(["remote-https".into(), remote.into(), url.as_str().into()]);
    Ok(RemoteCommand { arguments })
}

/// The URL's, or else as the Python program has it (`AWS_DEFAULT_REGION` before the profile), with `AWS_REGION` where that
/// is not set.
fn region(address: &Address, profiles: &Profiles, world: &World) -> Result<String, Failure> {
    let profile =
        address.profile.as_deref().or_else(|| world.environment.first_of(&PROFILE_VARIABLES).map(|(_, name)| name));
    let profile = profile.unwrap_or("default");
    let variable = || world.environment.first_of(&["AWS_DEFAULT_REGION", "AWS_REGION"]).map(|(_, region)| region);
    let region = address.region.as_deref().or_else(variable).or_else(|| profiles.setting(profile, "region"));
    region.map(str::to_owned).ok_or_else(|| {
        Failure::new(Code::NoRegion, "the remote's URL names no region, and none is configured")
            .looked_at(format!("AWS_DEFAULT_REGION, AWS_REGION and the region of profile `{profile}` are not set"))
            .fix(format!("use a URL with the region: codecommit::REGION://{}", address.repository))
    })
}

/// Python's order too: the newer variable first.
const PROFILE_VARIABLES: [&str; 2] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];

fn host(region: &str, address: &Address, profiles: &Profiles, world: &World) -> String {
    let suffix = Partition::of_region(region).unwrap_or(&PARTITIONS[0]).dns_suffix;
    let profile = address.profile.as_deref().unwrap_or("default");
    let setting =
        world.environment.non_empty("AWS_USE_FIPS_ENDPOINT").or_else(|| profiles.setting(profile, "use_fips_endpoint"));
    let fips = if setting.is_some_and(|value| value.eq_ignore_ascii_case("true")) { "-fips" } else { "" };
    format!("git-codecommit{fips}.{region}.{suffix}")
}

/// A path as git takes it for a helper: it must start with its slash, so quotes are of no use and each character that a
/// shell could take for something else gets a backslash (git 2.47.3 `credential.c`, `is_absolute_path`).
fn escaped(path: &Path) -> String {
    let mut out = String::new();
    for character in path.to_string_lossy().replace('\\', "/").chars() {
        if !(character.is_alphanumeric() || "/._-+:".contains(character)) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use std::path::PathBuf;

    fn parsed(address: &str) -> Option<(Option<String>, Option<String>, String)> {
        let Address { region, profile, repository } = Address::parse(address).ok()?;
        Some((region, profile, repository))
    }

    /// The cases of AWS's own `test/context_test.py`, and the forms its README names.
    #[test]
    fn every_form_of_the_url_is_read() {
        let is = |region: Option<&str>, profile: Option<&str>, repository: &str| {
            Some((region.map(str::to_owned), profile.map(str::to_owned), repository.to_owned()))
        };
        assert_eq!(parsed("codecommit://test_repo"), is(None, None, "test_repo"));
        assert_eq!(parsed("codecommit://profile@test_repo"), is(None, Some("profile"), "test_repo"));
        assert_eq!(parsed("us-west-2://test_repo"), is(Some("us-west-2"), None, "test_repo"));
        assert_eq!(parsed("us-gov-west-1://p@r"), is(Some("us-gov-west-1"), Some("p"), "r"));
        assert_eq!(
            parsed("cn-north-1://my profile@corp@test.repo"),
            is(Some("cn-north-1"), Some("my profile@corp"), "test.repo")
        );
        assert_eq!(parsed("codecommit://test_repo/"), is(None, None, "test_repo"));
    }

    #[test]
    fn malformed_urls_are_refused_with_the_right_form() {
        for address in [
            "",
            "boom",
            "codecommit:/test_repo",
            "codecommit//test_repo",
            "://test_repo",
            "codecommit://",
            "codecommit:://test_repo",
            "codecommit:///test_repo",
            "github://test_repo",
            "codecommit://@repo",
            "codecommit://profile@",
            "codecommit://a/b",
        ] {
            assert_eq!(Address::parse(address).expect_err(address).code, Code::MalformedRemoteUrl, "{address}");
        }
    }

    fn url_for(address: &str, variables: &[(&str, &str)]) -> String {
        let environment = variables.iter().copied().collect();
        let world = World { environment, home: None, now: DateTime::UNIX_EPOCH };
        let address = Address::parse(address).expect("an address");
        let command = command("origin", &address, &PathBuf::from("/opt/my bin/git-credential-codecommit"), &world);
        let arguments = command.expect("a region").arguments;
        assert!(arguments.iter().any(|argument| {
            argument.to_string_lossy().contains(r".helper=/opt/my\ bin/git-credential-codecommit")
        }));
        arguments.last().expect("a URL").to_string_lossy().into_owned()
    }

    #[test]
    fn the_host_follows_region_partition_fips_and_endpoint() {
        let https = |host: &str| format!("https://{host}/v1/repos/r");
        assert_eq!(url_for("us-east-1://r", &[]), https("git-codecommit.us-east-1.amazonaws.com"));
        assert_eq!(url_for("cn-north-1://r", &[]), https("git-codecommit.cn-north-1.amazonaws.com.cn"));
        assert_eq!(url_for("eusc-de-east-1://r", &[]), https("git-codecommit.eusc-de-east-1.amazonaws.eu"));
        let fips = [("AWS_USE_FIPS_ENDPOINT", "true")];
        assert_eq!(url_for("us-east-1://r", &fips), https("git-codecommit-fips.us-east-1.amazonaws.com"));
        let both = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")];
        assert_eq!(url_for("codecommit://r", &both), https("git-codecommit.eu-west-2.amazonaws.com"));
        assert_eq!(url_for("codecommit://r", &both[..1]), https("git-codecommit.eu-west-1.amazonaws.com"));
        let endpoint = [("CODE_COMMIT_ENDPOINT", "land.called.honahlee")];
        assert_eq!(url_for("us-east-1://r", &endpoint), https("land.called.honahlee"));
    }
}
