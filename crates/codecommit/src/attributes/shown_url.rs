//! What of a URL may be shown, and a URL without user info. Pure.
//!
//! When in doubt, hides: anything before the host is left out unless it is certainly a user name.

use super::url::{Parts, is_port, split_port};
use crate::secret::{is_public, public, public_path};

/// `url` as it may be shown: without the password, and without a user name that may be a secret (a token, or an access
/// key id with its session token). Of an ambiguous URL nothing before the host is shown. Accepts every form of remote;
/// a text that is not a URL is returned unchanged. Control characters are left for `escape`.
#[must_use]
pub fn shown_url(url: &str) -> String {
    without_user_info(url, |parts| match (parts.user_name(), parts.has_password()) {
        (Some(user), false) if may_be_shown(user, parts.is_ssh()) => format!("{user}@"),
        (_, false) => "…@".to_owned(),
        (_, true) => "…:…@".to_owned(),
    })
}

/// A configured server address as it may be shown: with or without a scheme, without user info and query, and without
/// anything that has the form of a secret.
#[must_use]
pub fn shown_address(text: &str) -> String {
    let bare = if text.contains("://") { bare_url(text) } else { text.to_owned() };
    let bare = bare.split(['?', '#']).next().unwrap_or_default();
    match (bare.rsplit_once('@'), bare.split_once("://")) {
        (Some((_, rest)), _) => format!("…@{}", public(rest)),
        (None, Some((scheme, rest))) => format!("{scheme}://{}", public_path(rest)),
        (None, None) => public(bare).into_owned(),
    }
}

/// `url` without user info. Of an ambiguous URL nothing before the host is kept.
#[must_use]
pub fn bare_url(url: &str) -> String {
    without_user_info(url, |_| String::new())
}

fn without_user_info(url: &str, instead: impl Fn(&Parts<'_>) -> String) -> String {
    let Some(parts) = Parts::of_remote(url) else { return url.to_owned() };
    let (before, rest) = url.split_at(url.len() - parts.rest.len());
    if parts.doubt().is_none() {
        let Some(user_info) = parts.user_info else { return url.to_owned() };
        return format!("{before}{}{}", instead(&parts), &rest[user_info.len() + 1..]);
    }
    // An unescaped `/`, `?` or `#` in a password ends the authority, so port and path may be a part of the password.
    let (_, port) = split_port(parts.authority);
    let odd_port = port.is_some_and(|port| !is_port(port));
    let segment = &rest[..rest.find('/').unwrap_or(rest.len())];
    let at = if odd_port { rest.rfind('@') } else { segment.rfind('@').or_else(|| rest.rfind('@')) };
    match (at, port) {
        (Some(at), _) => {
            let instead = if instead(&parts).is_empty() { "" } else { "…@" };
            format!("{before}{instead}{}", &rest[at + 1..])
        }
        (None, Some(port)) if odd_port => {
            let host = parts.authority.len() - port.len();
            format!("{before}{}…{}", &rest[..host], &rest[parts.authority.len()..])
        }
        _ => url.to_owned(),
    }
}

/// Whether a user name cannot be a secret. Tokens are long and mix letters and digits; `%` separates a session token.
/// The user name of an SSH URL is never a secret: ssh authenticates with keys.
fn may_be_shown(user: &str, is_ssh: bool) -> bool {
    let is_token = |run: &str| {
        run.len() >= 16
            && run.bytes().any(|byte| byte.is_ascii_digit())
            && run.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let has_token = user.split(|character: char| !character.is_ascii_alphanumeric()).any(is_token);
    user.len() <= 64 && !user.contains('%') && is_public(user) && (is_ssh || !has_token)
}

/// Every URL in the text as [`shown_url`] shows it. A URL ends at white space or a quotation mark.
#[must_use]
pub fn with_shown_urls(text: &str) -> String {
    let is_scheme = |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.');
    let ends = |character: char| character.is_whitespace() || matches!(character, '"' | '\'' | '`' | '<' | '>');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let start = rest[..at]
            .rfind(|character| !is_scheme(character))
            .map_or(0, |before| before + rest[before..].chars().next().map_or(0, char::len_utf8));
        let end = rest[at..].find(ends).map_or(rest.len(), |length| at + length);
        // Trailing punctuation belongs to the sentence, not to the URL.
        let end = (at + 3).max(rest[..end].trim_end_matches([',', '.', ';', ':', ')']).len());
        out.push_str(&rest[..start]);
        let url = &rest[start..end];
        // Without an `@` there is no user info to hide, as in a sentence's `http://HOST:PORT`.
        if url.contains('@') {
            out.push_str(&shown_url(url));
        } else {
            out.push_str(url);
        }
        rest = &rest[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_in_a_url_is_not_shown() {
        for (url, shown, bare) in [
            ("https://host/x@y", "https://host/x@y", "https://host/x@y"),
            ("https://alice@host/x", "https://alice@host/x", "https://host/x"),
            ("https://Admin-111122223333@host", "https://Admin-111122223333@host", "https://host"),
            ("https://alice:pw@host/x", "https://…:…@host/x", "https://host/x"),
            ("https://alice:@host/x@y", "https://…:…@host/x@y", "https://host/x@y"),
            ("https://AKIA%token@host/x", "https://…@host/x", "https://host/x"),
            ("https://ghp_0a1b2c3d4e5f6g7h8i9j@host/x", "https://…@host/x", "https://host/x"),
            ("ssh://alice:pw@host/x", "ssh://…:…@host/x", "ssh://host/x"),
            ("ssh://APKAEIBAERJR2EXAMPLE@host/x", "ssh://APKAEIBAERJR2EXAMPLE@host/x", "ssh://host/x"),
            ("git@host:x", "git@host:x", "host:x"),
            ("codecommit::eu-west-1://work@x", "codecommit::eu-west-1://work@x", "codecommit::eu-west-1://x"),
            // Ambiguous: nothing before the host is shown.
            ("https://alice:p@w@host/x@y", "https://…@host/x@y", "https://host/x@y"),
            ("https://alice:p#w@host/x", "https://…@host/x", "https://host/x"),
            ("https://alice:p?w@host/x", "https://…@host/x", "https://host/x"),
            ("https://alice:p/w@host/x", "https://…@host/x", "https://host/x"),
            ("https://alice:p/w@host:x/", "https://…@host:x/", "https://host:x/"),
            ("https://alice:p\\w@host/x", "https://…@host/x", "https://host/x"),
            ("https://alice:p w@host/x", "https://…@host/x", "https://host/x"),
            ("https:///alice:pw@host/x", "https://…@host/x", "https://host/x"),
            ("https://alice:pw", "https://alice:…", "https://alice:…"),
            ("ssh://alice:p#w@host/x", "ssh://…@host/x", "ssh://host/x"),
            ("alice:pw@host/x", "…@host/x", "host/x"),
            ("x::alice:pw@host:x", "…@host:x", "host:x"),
            // Not a URL.
            ("../x@y", "../x@y", "../x@y"),
            ("", "", ""),
        ] {
            assert_eq!((shown_url(url).as_str(), bare_url(url).as_str()), (shown, bare), "{url}");
        }
    }
}
