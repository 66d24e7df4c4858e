//! Whether `credential.<pattern>.…` applies to a URL: git 2.47.3 `urlmatch.c` for full URLs, `match_partial_url` in
//! `credential.c` for patterns without a scheme. Pure.

/// Whether `pattern` applies to `url`, both as written. A pattern that git could not parse applies to nothing.
#[must_use]
pub fn matches(pattern: &str, url: &str) -> bool {
    if Url::parse(pattern).is_some() || pattern.contains("://") {
        return specificity(pattern, url).is_some();
    }
    // `git-codecommit.us-east-1.amazonaws.com[/path]`: exact, and without regard to the scheme.
    let Some(url) = Url::parse(url) else { return false };
    let (host, path) = pattern.split_once('/').unwrap_or((pattern, ""));
    let path = path.trim_matches('/');
    host == url.host && (path.is_empty() || path == url.path)
}

/// How well a pattern with a scheme matches a URL. The greater one counts (git 2.47.3 `urlmatch.c`, `cmp_matches`): the
/// longer host, then the longer path, then the one with a user name. The default is that of a key without a pattern.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Match {
    host: usize,
    path: usize,
    user: bool,
}

/// How well `pattern` matches `url`, both as written; `None` where it does not.
pub(crate) fn specificity(pattern: &str, url: &str) -> Option<Match> {
    let (pattern, url) = (Url::parse(pattern)?, Url::parse(url)?);
    let matches = pattern.scheme == url.scheme
        && pattern.port() == url.port()
        && hosts_match(&pattern.host, &url.host)
        && pattern.user.as_ref().is_none_or(|user| url.user.as_ref() == Some(user))
        && paths_match(&pattern.path, &url.path);
    // The path of a match counts with the slash that it begins with, and a key without a pattern has none.
    matches.then_some(Match { host: pattern.host.len(), path: pattern.path.len() + 1, user: pattern.user.is_some() })
}

struct Url {
    scheme: String,
    user: Option<String>,
    host: String,
    port: Option<String>,
    path: String,
}

impl Url {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (userinfo.split(':').next().map(str::to_owned), host),
            None => (None, authority),
        };
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, (!port.is_empty()).then(|| port.to_owned()))
            }
            _ => (host, None),
        };
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            user,
            host: host.to_ascii_lowercase(),
            port,
            path: path.trim_matches('/').to_owned(),
        })
    }

    fn port(&self) -> Option<&str> {
        let default = match self.scheme.as_str() {
            "https" => "443",
            "http" => "80",
            _ => "",
        };
        self.port.as_deref().filter(|&port| port != default)
    }
}

/// `*` stands for one whole label, never for a part of one or for several. No host at all stands for every host.
fn hosts_match(pattern: &str, host: &str) -> bool {
    if pattern.is_empty() {
        return true;
    }
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

/// A prefix, at the bounds of path parts.
fn paths_match(pattern: &str, path: &str) -> bool {
    pattern.is_empty() || path.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::matches;

    const STANDARD: &str = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/Demo";
    const FIPS: &str = "https://git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/Demo";
    const CHINA: &str = "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/Demo";
    const VPC: &str = "https://vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com/v1/repos/Demo";

    /// Expected values measured with git 2.30.9, 2.39.5, 2.47.3 and 2.55.0.
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
