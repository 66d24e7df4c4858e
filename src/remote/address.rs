//! Parses a `codecommit::` URL. Pure.
//!
//! Decides what the URL names; leaves to `target` what its missing parts default to.

use codecommit::region::Region;
use codecommit::repository::Meant;
use std::fmt;

/// The parts of a `codecommit::` URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The region, if the URL has one.
    pub region: Option<Region>,
    /// The profile, if the URL has one.
    pub profile: Option<String>,
    /// The repository's name.
    pub repository: String,
}

/// The text that is not a valid address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedAddress(pub String);

impl Address {
    /// The address in a git URL; `None` if git would not run `git-remote-codecommit` for it.
    ///
    /// For `codecommit::ADDRESS` git passes the text after the colons, for `codecommit://…` the whole URL (git 2.47.3
    /// `transport.c`, `transport_get`; `transport-helper.c`, `remove_ext_force`).
    #[must_use]
    pub fn of_url(url: &str) -> Option<Result<Self, MalformedAddress>> {
        let address = url.strip_prefix("codecommit::").or_else(|| url.starts_with("codecommit://").then_some(url));
        address.map(Self::parse)
    }

    /// The address with this text, which may be a placeholder, as its region.
    #[must_use]
    pub fn written_in(&self, region: Option<&str>) -> String {
        let region = region.map(|region| format!("::{region}")).unwrap_or_default();
        let profile = self.profile.as_ref().map(|profile| format!("{profile}@")).unwrap_or_default();
        format!("codecommit{region}://{profile}{}", self.repository)
    }

    /// Parses the second argument that git passes to a remote helper: `codecommit://[profile@]repository`, or
    /// `region://[profile@]repository` for `codecommit::region://…` (git 2.47.3 `transport-helper.c`).
    ///
    /// # Errors
    /// [`MalformedAddress`] for any other text.
    pub fn parse(address: &str) -> Result<Self, MalformedAddress> {
        let parsed = address.split_once("://").and_then(|(scheme, rest)| {
            // Ignores case: Python's `urlparse` lower-cases the scheme.
            let region = match scheme.to_ascii_lowercase() {
                scheme if scheme == "codecommit" => None,
                region => Some(Region::parse(&region)?),
            };
            // Splits at the last `@`: a profile's name may contain one, a repository's may not.
            let (profile, repository) = match rest.rsplit_once('@') {
                Some((profile, repository)) => (Some(profile), repository),
                None => (None, rest),
            };
            let repository = repository.trim_end_matches('/');
            let named = !repository.is_empty() && !repository.contains(['/', '?', '#', ':']);
            let profile = profile.map(str::to_owned);
            // `codecommit://eu-west-1://work@demo` has one scheme too many.
            let is_profile = profile.as_ref().is_none_or(|profile| !profile.is_empty() && !profile.contains("://"));
            (named && is_profile).then(|| Self { region, profile, repository: repository.to_owned() })
        });
        parsed.ok_or_else(|| MalformedAddress(address.to_owned()))
    }
}

impl From<&Meant> for Address {
    fn from(meant: &Meant) -> Self {
        let Meant { region, profile, name, .. } = meant;
        Self { region: region.clone(), profile: profile.clone(), repository: name.clone() }
    }
}

/// The URL in git's notation: `codecommit::REGION://PROFILE@REPOSITORY`, `codecommit://REPOSITORY`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written_in(self.region.as_ref().map(Region::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(address: &str) -> Option<(Option<String>, Option<String>, String)> {
        let Address { region, profile, repository } = Address::parse(address).ok()?;
        Some((region.map(|region| region.to_string()), profile, repository))
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

    /// Python's `urlparse("US-EAST-1://Profile@Repo")` has the scheme `us-east-1` and does not change the rest.
    #[test]
    fn a_region_in_capitals_is_the_region_and_profile_and_repository_keep_their_case() {
        assert_eq!(
            parsed("US-EAST-1://Profile@Repo"),
            Some((Some("us-east-1".into()), Some("Profile".into()), "Repo".into()))
        );
        assert_eq!(parsed("CodeCommit://Repo"), Some((None, None, "Repo".into())));
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
            "codecommit://eu-west-1://work@repo",
        ] {
            assert_eq!(Address::parse(address), Err(MalformedAddress(address.to_owned())));
        }
    }

    #[test]
    fn a_url_is_codecommits_where_git_would_run_the_remote_helper_for_it() {
        for url in ["codecommit::eu-west-1://r", "codecommit://r", "codecommit::codecommit://r"] {
            assert!(matches!(Address::of_url(url), Some(Ok(address)) if address.repository == "r"), "{url}");
        }
        assert!(matches!(Address::of_url("codecommit::r"), Some(Err(_))));
        // A file named `codecommit`, a host named `codecommit`, another remote helper.
        for url in ["codecommit", "codecommit:r", "CODECOMMIT::eu-west-1://r", "https://codecommit/r"] {
            assert!(Address::of_url(url).is_none(), "{url}");
        }
    }
}
