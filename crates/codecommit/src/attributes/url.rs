//! Splits a URL as git and curl do. No other module takes a URL apart.
//!
//! Decides where user info, host, port and path begin and end, and whether every program would agree ([`Ambiguous`]
//! otherwise). Leaves to `repository` whose host it is. Pure. The host ends at the first of `/ ? #`, the user info at
//! the first `@`: git 2.47.3 `credential.c` (`credential_from_url_1`), curl 7.88.1 `lib/urlapi.c` (`parseurl`,
//! `parse_hostname_login`, `Curl_parse_port`, `hostname_check`), RFC 3986 section 3.2.

use super::percent_decode;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Host and port, without user info.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authority {
    written: String,
    host: String,
    port: Option<u16>,
}

impl Authority {
    /// Parses the value of git's `host` attribute, `HOST[:PORT]`.
    ///
    /// # Errors
    /// [`Ambiguous`] if programs could read different hosts from it.
    pub fn parse(text: &str) -> Result<Self, Ambiguous> {
        let doubt = if text.contains('@') { Some(Doubt::SecondAt) } else { doubt_about(text) };
        match doubt {
            Some(doubt) => {
                Err(Ambiguous::new(doubt, Url { authority: Self::as_written(text), ..Url::default() }, text))
            }
            None => Ok(Self::as_written(text)),
        }
    }

    fn as_written(text: &str) -> Self {
        let (host, port) = split_port(text);
        Self { written: text.to_owned(), host: host.to_owned(), port: port.and_then(|port| port.parse().ok()) }
    }

    /// The host, as spelled in the URL.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if there is one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Host and port as written: what git sends as `host`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

/// A URL, split into its parts. The password is never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Url {
    scheme: String,
    user: Option<String>,
    has_password: bool,
    authority: Authority,
    path: String,
}

impl Url {
    /// Parses `SCHEME://…`; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Result<Self, Ambiguous>> {
        Some(Parts::of_url(text)?.read())
    }

    /// Parses the URL of a remote: `SCHEME://…`, or `[USER@]HOST:PATH`, the short form of `ssh://` (git-clone(1), "GIT
    /// URLS"). `None` for a local path.
    #[must_use]
    pub fn of_remote(text: &str) -> Option<Result<Self, Ambiguous>> {
        Some(Parts::of_remote(text)?.read())
    }

    /// The scheme as written.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The user name as written, not percent-decoded. It may be a secret: [`super::shown_url()`] decides.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Whether the URL has a password, even an empty one.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.has_password
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The host as spelled in the URL, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// What follows host and port, as written: it starts with `/`, `?` or `#`, or is empty.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// A URL or `host` attribute from which git, curl or another program could read different hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    /// Why the host is ambiguous.
    pub doubt: Doubt,
    as_git: Box<Url>,
    hosts: BTreeSet<String>,
}

/// Why programs could read different hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// More than one `@`: some programs end the user info at the first, others at the last.
    SecondAt,
    /// `?` or `#` ends the host, and an `@` follows before the next `/`: curl before 7.51, git before 2.17.5 and ssh
    /// read past the `?` or `#` (CVE-2016-8624, CVE-2020-11008).
    AtAfterEnd,
    /// A character that no host can have, or white space, a control character or `\` in the user info: browsers read
    /// `\` as `/` and drop tabs.
    Character,
    /// `%` in the host: git and newer versions of curl decode it, other programs do not.
    Escape,
    /// A non-ASCII letter in the host: curl maps it (IDNA), git does not.
    NotAscii,
    /// The host is empty: curl skips up to three slashes.
    NoHost,
    /// The port is not a number from 0 to 65535.
    Port,
    /// The host is an IP address that curl normalizes, such as `0x7f.1` or `[0::1]`.
    Number,
}

impl Ambiguous {
    fn new(doubt: Doubt, as_git: Url, text: &str) -> Self {
        let mut ambiguous = Self { doubt, as_git: Box::new(as_git), hosts: BTreeSet::new() };
        ambiguous.hosts = every_host(&ambiguous.as_git, text);
        ambiguous
    }

    /// The URL as git reads it. curl may connect to another host.
    #[must_use]
    pub fn as_git(&self) -> &Url {
        &self.as_git
    }

    /// Every host that a program could read, including git's and curl's. One may be a part of a password: show only
    /// known hosts.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(String::as_str)
    }
}

/// The parts of a URL, borrowed from its text.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'u> {
    /// `None` for `[USER@]HOST:PATH`.
    scheme: Option<&'u str>,
    /// Everything after the scheme.
    pub(crate) rest: &'u str,
    /// User name and password, as written; empty for `https://@HOST`.
    pub(crate) user_info: Option<&'u str>,
    /// Host and port.
    pub(crate) authority: &'u str,
    path: &'u str,
}

impl<'u> Parts<'u> {
    fn of_url(text: &'u str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| !scheme.is_empty())?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        Some(Self::new(Some(scheme), rest, authority, path))
    }

    /// git 2.47.3 `connect.c`, `url_is_local_not_ssh`: a text without a colon, or with a slash before it, is a local
    /// path.
    pub(crate) fn of_remote(text: &'u str) -> Option<Self> {
        Self::of_url(text).or_else(|| {
            let colon = text.find([':', '/']).filter(|&at| at > 0 && text[at..].starts_with(':'))?;
            // `[::1]:path`: never a CodeCommit host, and without user info to hide.
            (!text.starts_with('[')).then(|| Self::new(None, text, &text[..colon], &text[colon..]))
        })
    }

    fn new(scheme: Option<&'u str>, rest: &'u str, authority: &'u str, path: &'u str) -> Self {
        let (user_info, authority) = match authority.split_once('@') {
            Some((user_info, authority)) => (Some(user_info), authority),
            None => (None, authority),
        };
        Self { scheme, rest, user_info, authority, path }
    }

    /// Whether git uses ssh for the URL.
    pub(crate) fn is_ssh(&self) -> bool {
        matches!(self.scheme, None | Some("ssh" | "git+ssh" | "ssh+git"))
    }

    /// The user name as written, not percent-decoded.
    pub(crate) fn user_name(&self) -> Option<&'u str> {
        self.user_info.map(|user_info| user_info.split_once(':').map_or(user_info, |(user, _)| user))
    }

    pub fn has_password(&self) -> bool {
        self.user_info.is_some_and(|user_info| user_info.contains(':'))
    }

    /// Why programs could read different hosts, if they could.
    pub(crate) fn doubt(&self) -> Option<Doubt> {
        if self.authority.contains('@') {
            return Some(Doubt::SecondAt);
        }
        let before_slash = &self.path[..self.path.find('/').unwrap_or(self.path.len())];
        // ssh:// has neither query nor fragment (git 2.47.3 `connect.c`, `parse_connect_url`).
        if before_slash.contains('@') || (self.scheme.is_some() && self.is_ssh() && !before_slash.is_empty()) {
            return Some(Doubt::AtAfterEnd);
        }
        let is_odd = |character: char| character.is_control() || character.is_whitespace() || character == '\\';
        if self.user_info.is_some_and(|user_info| user_info.contains(is_odd)) {
            return Some(Doubt::Character);
        }
        // git decodes an ssh:// URL before it splits it.
        if self.scheme.is_some() && self.is_ssh() && self.user_info.is_some_and(|user_info| user_info.contains('%')) {
            return Some(Doubt::Escape);
        }
        let is_file = self.scheme == Some("file") && self.user_info.is_none() && self.authority.is_empty();
        if is_file { None } else { doubt_about(self.authority) }
    }

    fn read(&self) -> Result<Url, Ambiguous> {
        let url = Url {
            scheme: self.scheme.unwrap_or("ssh").to_owned(),
            user: self.user_name().map(str::to_owned),
            has_password: self.has_password(),
            authority: Authority::as_written(self.authority),
            path: self.path.to_owned(),
        };
        match self.doubt() {
            Some(doubt) => Err(Ambiguous::new(doubt, url, self.rest)),
            None => Ok(url),
        }
    }
}

/// Splits at the first colon, as curl does; an IPv6 address is in brackets.
pub(crate) fn split_port(authority: &str) -> (&str, Option<&str>) {
    let from = if authority.starts_with('[') { authority.find(']').unwrap_or(0) } else { 0 };
    match authority[from..].find(':') {
        Some(colon) => (&authority[..from + colon], Some(&authority[from + colon + 1..])),
        None => (authority, None),
    }
}

/// An empty port means the scheme's default (RFC 3986 section 3.2.3).
pub(crate) fn is_port(text: &str) -> bool {
    text.is_empty() || (text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok())
}

/// Why host and port are ambiguous, if they are.
fn doubt_about(authority: &str) -> Option<Doubt> {
    let (host, port) = split_port(authority);
    if host.is_empty() {
        return Some(Doubt::NoHost);
    }
    if port.is_some_and(|port| !is_port(port)) {
        return Some(Doubt::Port);
    }
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return match Ipv6Addr::from_str(address) {
            Ok(parsed) if parsed.to_string().eq_ignore_ascii_case(address) => None,
            Ok(_) => Some(Doubt::Number),
            Err(_) => Some(Doubt::Character),
        };
    }
    if host.contains('%') {
        return Some(Doubt::Escape);
    }
    if !host.is_ascii() {
        return Some(Doubt::NotAscii);
    }
    // `*` is a wildcard in patterns of git's configuration; curl rejects it.
    if !host.bytes().all(|byte| is_host_byte(byte) || matches!(byte, b'*' | b'~')) {
        return Some(Doubt::Character);
    }
    // A host whose last label is a number must be an IPv4 address (WHATWG URL, "ends in a number checker").
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with(|first: char| first.is_ascii_digit())
        && (last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X"));
    (is_number && Ipv4Addr::from_str(host).is_err()).then_some(Doubt::Number)
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// git's host (with and without what git takes for the port), curl's, a browser's, and every run of characters between
/// two that no host can have.
fn every_host(as_git: &Url, text: &str) -> BTreeSet<String> {
    let decoded = |text: &str| String::from_utf8_lossy(&percent_decode(text)).into_owned();
    let mut hosts = BTreeSet::new();
    let authority = as_git.authority().as_str();
    hosts.insert(String::from_utf8_lossy(&super::decode_as_git(authority)).into_owned());
    let text = text.trim_start_matches(['/', '\\']);
    let without_slashes = format!("https://{text}");
    let of_curl = Parts::of_url(&without_slashes).map_or("", |parts| split_port(parts.authority).0);
    for host in [as_git.host(), of_curl] {
        hosts.extend([host.to_owned(), decoded(host), narrow(&decoded(host))]);
        // Decodes `%XX` and maps letters and numbers, as curl does.
        hosts.extend(url::Host::parse(host).map(|host| host.to_string()));
        // `[fe80::1%25eth0]`: the zone is not part of the address.
        hosts.extend(host.split_once('%').filter(|_| host.starts_with('[')).map(|(address, _)| format!("{address}]")));
    }
    hosts.extend(url::Url::parse(&without_slashes).ok().and_then(|url| url.host_str().map(str::to_owned)));
    let segment = &text[..text.find('/').unwrap_or(text.len())];
    for text in [segment, &decoded(segment), &narrow(&decoded(segment))] {
        let pieces = text.split(|character: char| !u8::try_from(character).is_ok_and(is_host_byte));
        hosts.extend(pieces.map(str::to_owned));
    }
    hosts.remove("");
    hosts
}

/// Full-width letters and full stops as ASCII, as IDNA maps them, even if the host as a whole is not valid.
fn narrow(text: &str) -> String {
    let narrow = |character: char| match character {
        '\u{3002}' | '\u{ff61}' => '.',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        other => other,
    };
    text.chars().map(narrow).collect()
}

#[cfg(test)]
mod tests;
