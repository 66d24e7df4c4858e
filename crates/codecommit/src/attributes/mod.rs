//! git's credential-helper protocol in both directions: the attributes git writes, and the answer it reads.
//!
//! Decides what is well formed. Leaves to `repository` which requests are for CodeCommit, and to the program what to
//! answer. Does no I/O except on the [`Read`] and [`Write`] it is given. Source: git-credential(1), "INPUT/OUTPUT
//! FORMAT", and git 2.47.3 `credential.c`.
//!
//! Accepts what git and other clients are known to send: a blank line or end of file as the end, CRLF line ends,
//! unknown and repeated keys, lines without `=`, keys in any order, `url=` instead of the separate attributes.

mod shown_url;
mod url;

pub use self::shown_url::{bare_url, shown_address, shown_url, with_shown_urls};
pub use self::url::{Ambiguous, Authority, Doubt, Url};

use crate::secret::Secret;
use std::fmt::Write as _;
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// The longest request that is read, in bytes. git has no limit; HTTP servers reject far shorter headers.
pub const MAX_INPUT_BYTES: usize = 1 << 20;

/// One attribute value exactly as sent, in bytes: git percent-decodes paths (`%ff` arrives as a raw byte).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(Vec<u8>);

impl Value {
    /// The value as text, or `None` if it is not UTF-8 or has control characters. A carriage return inside a value is
    /// CVE-2024-52006, and NUL ends a C string; neither is ever part of a host, a path or a user name that can be
    /// signed for.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let text = str::from_utf8(&self.0).ok()?;
        (!text.chars().any(char::is_control)).then_some(text)
    }

    /// The value for a message, with U+FFFD for bytes that are not UTF-8. Escape it before printing.
    #[must_use]
    pub fn lossy(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

/// The attributes of one request. Attributes that this program does not use are dropped while reading; the `password`
/// of a `store` is never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The protocol as sent; only `https` can be signed for.
    pub protocol: Option<Value>,
    /// The host as spelled in the URL, with `:port` if the URL has one.
    pub host: Option<Value>,
    /// The path, percent-decoded by git, without leading and trailing slashes; absent unless `credential.useHttpPath`
    /// is on.
    pub path: Option<Value>,
    /// From the URL, `credential.username`, or an earlier helper.
    pub username: Option<Value>,
    /// Set if programs could read different hosts from `url=` or `host=`. `host` is then `None`.
    pub ambiguous: Option<Ambiguous>,
    /// Whether git announced `capability[]=authtype` (git 2.46 and later). Only then does it honor `ephemeral`.
    pub authtype_capability: bool,
}

/// Why no request could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Longer than [`MAX_INPUT_BYTES`].
    #[error("credential request longer than 1 MiB")]
    TooLong,
    /// Reading from the stream failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads up to a blank line or the end of the stream: a client may keep the pipe open after its blank line.
fn read_request(input: &mut dyn Read) -> Result<Zeroizing<Vec<u8>>, ReadError> {
    // A `store` sends a password, so the buffers are cleared on drop.
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let mut part = Zeroizing::new([0; 4096]);
    loop {
        match input.read(&mut part[..]) {
            Ok(0) => return Ok(bytes),
            Ok(read) => {
                // The blank line may be split over two reads.
                let seen = bytes.len().saturating_sub(2);
                bytes.extend_from_slice(&part[..read]);
                let ends_here = |two: &[u8]| two == b"\n\n" || two == b"\n\r";
                if bytes[seen..].windows(2).any(ends_here) || bytes.starts_with(b"\n") {
                    return Ok(bytes);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        if bytes.len() > MAX_INPUT_BYTES {
            return Err(ReadError::TooLong);
        }
    }
}

impl Attributes {
    /// Reads up to a blank line or the end of the stream.
    ///
    /// # Errors
    /// [`ReadError::TooLong`] for more than [`MAX_INPUT_BYTES`], [`ReadError::Io`] if the stream fails.
    pub fn read_from(input: &mut dyn Read) -> Result<Self, ReadError> {
        let bytes = read_request(input)?;
        Ok(Self::parse(&bytes))
    }

    /// Parses a whole request. Never fails: unknown lines are ignored, missing attributes are `None`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut attributes = Self::default();
        for line in bytes.split(|&byte| byte == b'\n') {
            // One carriage return belongs to a CRLF line end; a second one is part of the value and rejected later.
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                break;
            }
            let Some(equals) = line.iter().position(|&byte| byte == b'=') else { continue };
            attributes.set(&line[..equals], &line[equals + 1..]);
        }
        attributes
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let owned = || Some(Value(value.to_vec()));
        match key {
            b"protocol" => self.protocol = owned(),
            b"host" => self.host = owned(),
            b"path" => self.path = owned(),
            b"username" => self.username = owned(),
            b"capability[]" if value == b"authtype" => self.authtype_capability = true,
            b"url" => self.set_url(value),
            _ => {}
        }
    }

    /// The attributes that git would send for `url`, read as [`Url`] does. A text that is not a URL gives no
    /// attributes.
    #[must_use]
    pub fn of_url(url: &str) -> Self {
        match Url::parse(url) {
            None => Self::default(),
            Some(Err(ambiguous)) => Self { ambiguous: Some(ambiguous), ..Self::default() },
            Some(Ok(url)) => Self::from(&url),
        }
    }

    /// `url=` clears protocol, host, path and user name and sets them from the URL (`credential_from_url` in git's
    /// `credential.c`). git never sends it to a helper; gitoxide can.
    fn set_url(&mut self, value: &[u8]) {
        *self = Self { authtype_capability: self.authtype_capability, ..Self::of_url(&escaped(value)) };
    }

    /// Host and port; [`Ambiguous`] if programs could read different hosts; `None` for a request without a host.
    #[must_use]
    pub fn authority(&self) -> Option<Result<Authority, Ambiguous>> {
        if let Some(ambiguous) = &self.ambiguous {
            return Some(Err(ambiguous.clone()));
        }
        let host = self.host.as_ref().filter(|host| !host.0.is_empty())?;
        Some(Authority::parse(&escaped(&host.0)))
    }
}

impl From<&Url> for Attributes {
    fn from(url: &Url) -> Self {
        let user = url.user().filter(|user| !user.is_empty());
        // In git's order (`credential_from_url_1`): slashes are stripped before decoding, so an escaped leading slash
        // stays.
        let path = decode_as_git(url.path().trim_start_matches('/'));
        let end = path.iter().rposition(|&byte| byte != b'/').map_or(0, |last| last + 1);
        Self {
            protocol: Some(url.scheme().into()),
            host: Some(url.authority().as_str().into()),
            path: (end > 0).then(|| Value(path[..end].to_vec())),
            username: user.map(|user| Value(decode_as_git(user))),
            ..Self::default()
        }
    }
}

/// Percent-encodes the bytes that are not text, so that a URL can carry them unchanged.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "%{byte:02x}");
        }
    }
    text
}

/// The password of a `store` request, for comparison with one that this helper gave out. [`Attributes`] never keeps it.
#[must_use]
pub fn stored_password(input: &mut dyn Read) -> Option<Zeroizing<String>> {
    let bytes = read_request(input).ok()?;
    bytes.split(|&byte| byte == b'\n').find_map(|line| {
        let value = line.strip_suffix(b"\r").unwrap_or(line).strip_prefix(b"password=")?;
        Some(Zeroizing::new(str::from_utf8(value).ok()?.to_owned()))
    })
}

/// User name and password of another helper's answer, if it has both.
#[must_use]
pub fn parse_answer(bytes: &[u8]) -> Option<(Secret, Secret)> {
    let value = |key: &[u8]| {
        let lines = bytes.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        // The last value counts (`credential_read` in git's `credential.c`).
        let value = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix(key)).last()?;
        Some(Secret::new(str::from_utf8(value).ok()?))
    };
    Some((value(b"username=")?, value(b"password=")?))
}

/// Decodes `%XX`; a `%` without two hexadecimal digits stays as it is, and so does `%00` (git 2.47.3 `url.c`,
/// `url_decode_internal`).
#[must_use]
pub fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let decoded = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(|&byte| byte != 0);
        out.push(decoded.unwrap_or(bytes[at]));
        at += if decoded.is_some() { 3 } else { 1 };
    }
    out
}

/// Decodes a part of a URL as git does: text before a colon is not decoded, as if it were a scheme (git 2.47.3 `url.c`,
/// `url_decode_mem`).
fn decode_as_git(part: &str) -> Vec<u8> {
    let (before, rest) = part.split_at(part.find(':').unwrap_or(0));
    [before.as_bytes(), &percent_decode(rest)].concat()
}

/// The answer to git: a user name and a password, never `authtype`/`credential`. git 2.46 to 2.53 drops a header built
/// from those on its probe request, so every push larger than `http.postBuffer` (1 MiB) would fail with 401
/// (`probe_rpc` in `remote-curl.c`; fixed by ed0f7a62f7 in git 2.54).
#[derive(Debug)]
pub struct Answer {
    /// The access key id; with a session token, `ID%TOKEN`, and therefore a secret.
    pub username: Secret,
    /// The signed password.
    pub password: Secret,
    /// When git (2.40 and later) drops the answer, in Unix seconds by the local clock.
    pub password_expiry_utc: i64,
    /// Asks git not to cache or store it. Only for a git that announced `capability[]=authtype`, which the answer must
    /// repeat.
    pub ephemeral: bool,
}

impl Answer {
    /// Writes the attributes in one write, with LF line ends only (git2 keeps a carriage return as part of the value).
    ///
    /// # Errors
    /// The error of the stream, including a closed pipe.
    pub fn write_to(&self, output: &mut dyn Write) -> io::Result<()> {
        let mut text = Zeroizing::new(String::with_capacity(2048));
        if self.ephemeral {
            // git-credential(1): a capability directive must precede any value that depends on it.
            text.push_str("capability[]=authtype\nephemeral=1\n");
        }
        for (key, value) in [("username", &self.username), ("password", &self.password)] {
            text.push_str(key);
            text.push('=');
            text.push_str(value.expose());
            text.push('\n');
        }
        text.push_str("password_expiry_utc=");
        text.push_str(&self.password_expiry_utc.to_string());
        text.push('\n');
        output.write_all(text.as_bytes())?;
        output.flush()
    }
}

/// Ends git's credential lookup after a failure: git asks no other helper and prompts for no user name (git 2.3 and
/// later).
pub const QUIT: &[u8] = b"quit=1\n";

/// The answer to the `capability` action (git 2.46 and later).
pub const CAPABILITIES: &[u8] = b"version 0\ncapability authtype\n";

#[cfg(test)]
mod tests;
