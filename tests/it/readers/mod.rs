//! Which host git and curl read from a URL, said once more in another way than in the program: bytes, and one cut after
//! the other, as their C does it. `urls.rs` holds it to the real ones; the fuzz target has no other oracle.
//!
//! Sources: git 2.47.3 `credential.c` and `url.c`, curl 7.88.1 `lib/urlapi.c`.

#![allow(dead_code, reason = "each of its users needs a part of it")]

use codecommit::attributes::{Attributes, Url, bare_url, shown_url};
use codecommit::repository::{Recognized, recognize};

/// What curl makes of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Curl {
    /// It connects to this host and port.
    Connects(String, u16),
    /// It sends nothing.
    Refuses,
    /// A host with letters outside ASCII, or an IPv6 address that curl may write in another way.
    NotModeled,
}

fn until<'b>(bytes: &'b [u8], ends: &[u8]) -> &'b [u8] {
    let length = bytes.iter().take_while(|byte| !ends.contains(byte)).count();
    &bytes[..length]
}

fn hex(byte: Option<&u8>) -> Option<u8> {
    match byte? {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        letter @ b'a'..=b'f' => Some(letter - b'a' + 10),
        letter @ b'A'..=b'F' => Some(letter - b'A' + 10),
        _ => None,
    }
}

/// `keeps` says which decoded byte stays escaped.
fn unescape(bytes: &[u8], keeps: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = hex(bytes.get(at + 1)).zip(hex(bytes.get(at + 2))).map(|(high, low)| high * 16 + low);
        let decoded = digits.filter(|&byte| bytes[at] == b'%' && !keeps(byte));
        out.push(decoded.unwrap_or(bytes[at]));
        at += if decoded.is_some() { 3 } else { 1 };
    }
    out
}

/// The `host` that git gives to a helper; `None` for what it refuses.
pub fn git(url: &str) -> Option<Vec<u8>> {
    let rest = url.split_once("://")?.1.as_bytes();
    let authority = until(rest, b"/?#");
    let at = until(rest, b"@").len();
    let host = if at < authority.len() { &authority[at + 1..] } else { authority };
    // `url_decode_mem` takes what stands before a colon for a scheme.
    let colon = until(host, b":").len();
    let from = if colon == host.len() { 0 } else { colon };
    let mut decoded = host[..from].to_vec();
    decoded.extend(unescape(&host[from..], |byte| byte == 0));
    (!decoded.contains(&b'\n')).then_some(decoded)
}

/// `inet_aton` as curl has it: one to four numbers in any base.
fn ipv4(host: &str) -> Option<String> {
    let numbers: Vec<u64> = host
        .split('.')
        .map(|part| match part.as_bytes() {
            [b'0', b'x' | b'X', digits @ ..] if !digits.is_empty() => u64::from_str_radix(&part[2..], 16).ok(),
            [b'0', digits @ ..] if !digits.is_empty() => u64::from_str_radix(&part[1..], 8).ok(),
            [b'0'..=b'9', ..] => part.parse().ok(),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 || first.iter().any(|&number| number > 255) || *last >= 1 << (8 * (4 - first.len())) {
        return None;
    }
    let address = first.iter().enumerate().fold(*last, |sum, (index, number)| sum + (number << (8 * (3 - index))));
    let byte = |index: u64| (address >> (8 * index)) & 255;
    Some(format!("{}.{}.{}.{}", byte(3), byte(2), byte(1), byte(0)))
}

/// Where curl connects to for `https://…`.
pub fn curl(url: &str) -> Curl {
    let junk = |bytes: &[u8]| bytes.iter().any(|&byte| byte <= b' ' || byte == 0x7f);
    let Some(rest) = url.strip_prefix("https:").map(str::as_bytes) else { return Curl::NotModeled };
    let slashes = rest.iter().take_while(|&&byte| byte == b'/').count();
    if slashes == 0 || slashes > 3 {
        return Curl::Refuses;
    }
    let rest = &rest[slashes..];
    let authority = until(rest, b"/?#");
    let (path, fragment) = rest[authority.len()..].split_at(until(&rest[authority.len()..], b"#").len());
    let query = &path[until(path, b"?").len()..];
    // A path is escaped before it is looked at, as far as white space goes.
    let junk_in_tail = [&path[..path.len() - query.len()], query, fragment].into_iter().any(junk);
    let at = until(authority, b"@").len();
    let (login, host) =
        if at < authority.len() { (&authority[..at], &authority[at + 1..]) } else { (&[][..], authority) };
    if junk(login) || junk_in_tail {
        return Curl::Refuses;
    }
    let bracket = if host.first() == Some(&b'[') { until(host, b"]").len() } else { 0 };
    let colon = bracket + until(&host[bracket..], b":").len();
    let (host, port) = (&host[..colon], &host[colon..]);
    let port = match port {
        [] | [b':'] => 443,
        [b':', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => {
            let number =
                digits.iter().try_fold(0_u16, |sum, digit| sum.checked_mul(10)?.checked_add((digit - b'0').into()));
            let Some(number) = number else { return Curl::Refuses };
            number
        }
        _ => return Curl::Refuses,
    };
    if host.is_empty() || junk(host) {
        return Curl::Refuses;
    }
    if !host.is_ascii() || host[0] == b'[' {
        return Curl::NotModeled;
    }
    let text = String::from_utf8_lossy(host).into_owned();
    if let Some(address) = ipv4(&text) {
        return Curl::Connects(address, port);
    }
    let decoded = unescape(host, |_| false);
    let refused =
        decoded.iter().any(|&byte| byte < b' ' || byte == 0x7f || b" /:#?!@{}[]\\$'\"^`*<>=;,+&()".contains(&byte));
    match String::from_utf8(decoded) {
        _ if refused => Curl::Refuses,
        Ok(host) if host.is_ascii() => Curl::Connects(host, port),
        _ => Curl::NotModeled,
    }
}

/// What holds between the program's reading and the other two, for every text after `https://`.
///
/// # Panics
/// Where it does not hold.
pub fn agree_about(rest: &str) {
    let url = &format!("https://{rest}");
    let (git, curl) = (git(url), curl(url));
    let context = format!("{url:?}: git {:?}, curl {curl:?}", git.as_ref().map(|host| host.escape_ascii().to_string()));
    match Url::parse(url).expect("a scheme") {
        Ok(read) => {
            let authority = read.authority();
            if let Some(git) = git {
                assert_eq!(git, authority.as_str().as_bytes(), "{context}");
            }
            match curl {
                Curl::Connects(host, port) => {
                    assert_eq!((host.as_str(), port), (read.host(), authority.port().unwrap_or(443)), "{context}");
                }
                Curl::Refuses => {
                    // Nothing is sent. `*` is for the patterns of git's configuration.
                    let has_junk = read.path().bytes().any(|byte| byte <= b' ' || byte == 0x7f);
                    assert!(read.host().contains('*') || has_junk, "{context}");
                }
                Curl::NotModeled => assert!(read.host().starts_with('['), "{context}"),
            }
            let bare = bare_url(url);
            assert_eq!(bare, format!("https://{}{}", authority.as_str(), read.path()), "{context}");
            assert!(shown_url(url).ends_with(&bare["https://".len()..]), "{context}");
            assert!(!read.has_password() || shown_url(url).starts_with("https://\u{2026}:\u{2026}@"), "{context}");
        }
        Err(ambiguous) => {
            let known = |host: &str| ambiguous.hosts().any(|known| known.eq_ignore_ascii_case(host));
            if let Some(git) = git.filter(|git| !git.is_empty()) {
                assert!(known(&String::from_utf8_lossy(&git)), "{context}");
            }
            if let Curl::Connects(host, _) = curl {
                assert!(known(&host), "{context}");
            }
        }
    }
    if let Ok(Some(Recognized::Scoped(repository))) = recognize(&Attributes::of_url(url), false) {
        let authority = repository.authority();
        let read = Url::parse(url).and_then(Result::ok).expect("certain");
        assert_eq!((read.authority().as_str(), read.host()), (authority, repository.host()), "{context}");
    }
}
