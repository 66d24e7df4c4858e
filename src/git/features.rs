//! What a version of git supports, and its known bugs.

use super::HttpSettings;
use super::runner;

/// Major and minor version, which decide about features: `2.47`.
pub(crate) type Version = (u32, u32);

/// The version of the git in the `PATH`, which is the one that runs this helper: git puts its exec path first there.
#[must_use]
pub(crate) fn version() -> Option<Version> {
    parse_version(&runner::answer(&["--version"])?)
}

/// Parses `git version 2.47.3`, `git version 2.50.1 (Apple Git-155)`.
pub(crate) fn parse_version(text: &str) -> Option<Version> {
    parse_number(text.split_whitespace().nth(2)?)
}

/// Parses `2.47.3`, `2.54.0.windows.1`.
pub(crate) fn parse_number(text: &str) -> Option<Version> {
    let mut numbers = text.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Whether git repeats a request forever after a 401 followed by a 429: git 2.54 and later do (`http.c`,
/// `rate_limit_retries`), unless `http.maxRetries` is set or the first request already has credentials.
pub(crate) fn repeats_429_forever(version: Option<Version>, settings: &HttpSettings) -> bool {
    version.is_some_and(|version| version >= (2, 54)) && !settings.max_retries && !settings.proactive_auth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_every_build_of_git() {
        for (text, version) in [
            ("git version 2.47.3\n", Some((2, 47))),
            ("git version 2.50.1 (Apple Git-155)\n", Some((2, 50))),
            ("git version 2.54.0.windows.1\n", Some((2, 54))),
            ("git version 2.55.GIT", Some((2, 55))),
            ("", None),
        ] {
            assert_eq!(parse_version(text), version, "{text}");
        }
    }

    #[test]
    fn a_429_is_repeated_forever_only_where_nothing_prevents_it() {
        let protected =
            |max_retries, proactive_auth| HttpSettings { max_retries, proactive_auth, ..Default::default() };
        assert!(repeats_429_forever(Some((2, 54)), &protected(false, false)));
        assert!(!repeats_429_forever(Some((2, 53)), &protected(false, false)));
        assert!(!repeats_429_forever(Some((2, 54)), &protected(true, false)));
        assert!(!repeats_429_forever(Some((2, 54)), &protected(false, true)));
        assert!(!repeats_429_forever(None, &protected(false, false)));
    }
}
