//! Whether `credential.<pattern>.…` applies to a URL: git 2.47.3 `urlmatch.c` for full URLs, `match_partial_url` in
//! `credential.c` for other patterns. Pure. Leaves splitting URLs to `codecommit::attributes`.

use codecommit::attributes::{Attributes, Doubt, Url};
use std::fmt::Write as _;

/// Whether `pattern` applies to `url`, both as written. A URL that git cannot normalize matches partial patterns only.
#[must_use]
pub fn matches(pattern: &str, url: &str) -> bool {
    if Normal::of(pattern, true).is_none() {
        matches_partially(pattern, url)
    } else {
        specificity(pattern, url).is_some()
    }
}

/// How specifically a pattern with a scheme matches a URL. The greater one takes precedence (git 2.47.3 `urlmatch.c`,
/// `cmp_matches`): the longer host, then the longer path, then one with a user name. The default is a key without a
/// pattern.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Match {
    host: usize,
    path: usize,
    user: bool,
}

/// How specifically `pattern` matches `url`, both as written; `None` if it does not match or is not a full URL.
pub(crate) fn specificity(pattern: &str, url: &str) -> Option<Match> {
    let (pattern, url) = (Normal::of(pattern, true)?, Normal::of(url, false)?);
    let matches = pattern.scheme == url.scheme
        && pattern.user.as_ref().is_none_or(|user| url.user.as_ref() == Some(user))
        && hosts_match(&pattern.host, &url.host)
        && pattern.port == url.port
        && paths_match(&pattern.path, &url.path);
    matches.then_some(Match { host: pattern.host.len(), path: pattern.path.len(), user: pattern.user.is_some() })
}

/// Whether two patterns of https sections apply to the same URLs: `https://HOST`, `https://HOST:443/`, `HOST`.
#[must_use]
pub(crate) fn apply_to_the_same(one: &str, other: &str) -> bool {
    let normal = |pattern: &str| {
        let pattern = if pattern.contains("://") { pattern.to_owned() } else { format!("https://{pattern}") };
        let Normal { scheme, user, host, port, path } = Normal::of(&pattern, true)?;
        Some((scheme, user, host, port, path.trim_end_matches('/').to_owned()))
    };
    one == other || normal(one).is_some_and(|normal_one| Some(normal_one) == normal(other))
}

/// `https://`, `HOST` or `HOST/PATH`: each part of the pattern must equal that of the request.
fn matches_partially(pattern: &str, url: &str) -> bool {
    let (want, any_scheme) = match Url::parse(pattern) {
        Some(want) => (want, false),
        None => match Url::parse(&format!("any://{pattern}")) {
            Some(want) => (want, true),
            None => return false,
        },
    };
    let want = Attributes::from(&want.unwrap_or_else(|ambiguous| ambiguous.as_git().clone()));
    let have = Attributes::of_url(url);
    let host = want.host.filter(|host| host.text() != Some(""));
    (any_scheme || want.protocol == have.protocol)
        && (host.is_none() || host == have.host)
        && (want.path.is_none() || want.path == have.path)
        && (want.username.is_none() || want.username == have.username)
}

/// A URL as `url_normalize_1` normalizes it, or a pattern with `*` in its host.
struct Normal {
    scheme: String,
    user: Option<String>,
    host: String,
    port: Option<u16>,
    path: String,
}

impl Normal {
    fn of(text: &str, is_pattern: bool) -> Option<Self> {
        let url = match Url::parse(text)? {
            Ok(url) => url,
            // git accepts URLs that other programs read differently.
            Err(ambiguous) if matches!(ambiguous.doubt, Doubt::AtAfterEnd | Doubt::Character | Doubt::Number) => {
                ambiguous.as_git().clone()
            }
            Err(_) => return None,
        };
        let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte);
        let scheme = url.scheme().to_ascii_lowercase();
        let valid_scheme =
            scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(is_scheme);
        let is_host =
            |byte: u8| byte.is_ascii_alphanumeric() || b".-_[:]".contains(&byte) || is_pattern && byte == b'*';
        if !valid_scheme || !url.host().bytes().all(is_host) || (url.host().is_empty() && scheme != "file") {
            return None;
        }
        let user = match url.user() {
            Some(user) => Some(normalized(user)?),
            None => None,
        };
        let default = match scheme.as_str() {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        };
        let port = url.authority().port();
        if port == Some(0) {
            return None;
        }
        Some(Self {
            user,
            host: url.host().to_ascii_lowercase(),
            port: port.filter(|&port| Some(port) != default),
            path: normalized_path(url.path())?,
            scheme,
        })
    }
}

/// Percent-escapes in the normal form that git compares: only necessary ones, in upper case. `None` for `%` without two
/// hexadecimal digits.
fn normalized(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let (byte, was_escaped) = if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            (u8::try_from(digit(bytes.next())? * 16 + digit(bytes.next())?).ok()?, true)
        } else {
            (byte, false)
        };
        let is_unsafe = !byte.is_ascii_graphic() || b"<>\"%{}|\\^`".contains(&byte);
        if is_unsafe || (was_escaped && b":/?#[]@!$&'()*+,;=".contains(&byte)) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    Some(out)
}

/// The path without `.` and `..`, and the text after it. `None` if `..` leads above the root.
fn normalized_path(path: &str) -> Option<String> {
    let (path, rest) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let mut segments: Vec<String> = Vec::new();
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        match normalized(segment)?.as_str() {
            "." => {}
            ".." => drop(segments.pop()?),
            segment => segments.push(segment.to_owned()),
        }
    }
    Some(format!("/{}{}", segments.join("/"), normalized(rest)?))
}

/// `*` matches one whole label, never a part of one or several.
fn hosts_match(pattern: &str, host: &str) -> bool {
    let (mut patterns, mut labels) = (pattern.split('.'), host.split('.'));
    loop {
        match (patterns.next(), labels.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(pattern), Some(label)) if pattern == label => {}
            _ => return false,
        }
    }
}

/// Whether `pattern` is a prefix of `path` that ends at a slash.
fn paths_match(pattern: &str, path: &str) -> bool {
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    path.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{apply_to_the_same, matches};

    const STANDARD: &str = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/Demo";
    const FIPS: &str = "https://git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/Demo";
    const CHINA: &str = "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/Demo";
    const VPC: &str = "https://vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com/v1/repos/Demo";

    /// Expected values measured with git 2.30.9, 2.39.5, 2.47.3 and 2.55.0.
    #[test]
    fn one_host_has_several_patterns() {
        for other in ["https://H.x:443", "https://h.x/", "HTTPS://h.x", "h.x", "h.x/"] {
            assert!(apply_to_the_same("https://h.x", other), "{other}");
        }
        for other in ["http://h.x", "https://h.x:444", "https://h.x/v1", "https://u@h.x", "https://*.x", "https://", ""]
        {
            assert!(!apply_to_the_same("https://h.x", other), "{other}");
        }
    }

    #[test]
    fn patterns_match_what_they_match_in_git() {
        for (pattern, expected) in [
            ("https://git-codecommit.*.amazonaws.com", [true, false, false, false]),
            ("https://git-codecommit-fips.*.amazonaws.com", [false, true, false, false]),
            ("https://git-codecommit.*.amazonaws.com.cn", [false, false, true, false]),
            ("https://*.git-codecommit.*.vpce.amazonaws.com", [false, false, false, true]),
            ("https://*.*.amazonaws.com", [true, true, false, false]),
            ("https://git-codecommit*.amazonaws.com", [false; 4]),
            ("https://", [true; 4]),
            ("https://GIT-codecommit.us-east-1.amazonaws.com:443/v1/", [true, false, false, false]),
            ("https://git-codecommit.us-east-1.amazonaws.com/v1/repos/De", [false; 4]),
            ("https://bob@git-codecommit.us-east-1.amazonaws.com", [false; 4]),
            ("http://git-codecommit.us-east-1.amazonaws.com", [false; 4]),
            ("git-codecommit.us-east-1.amazonaws.com", [true, false, false, false]),
            ("git-codecommit.*.amazonaws.com", [false; 4]),
        ] {
            for (url, expected) in [STANDARD, FIPS, CHINA, VPC].into_iter().zip(expected) {
                assert_eq!(matches(pattern, url), expected, "{pattern} {url}");
            }
        }
    }
}
