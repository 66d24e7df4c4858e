//! git's credential-helper protocol, both ways: the attributes git writes, and the answer it reads.
//!
//! Decides what is well formed; leaves to `repository` what is ours and to `get` what to answer. Does no I/O beyond the
//! [`Read`] and [`Write`] it is given. Source: git-credential(1), "INPUT/OUTPUT FORMAT", and git 2.47.3 `credential.c`.
//!
//! Liberal in what git itself and other clients are known to send: end of file or a blank line as the end, CRLF, unknown
//! and repeated keys, lines without `=`, keys in any order, `url=` in place of the parts.

mod url;

pub use self::url::{Ambiguous, Authority, Doubt, Url, bare_url, shown_address, shown_url};

use crate::secret::Secret;
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// More than this is not a credential request. git has no limit of its own; an HTTP server refuses headers long before.
pub const MAX_INPUT_BYTES: usize = 1 << 20;

/// One attribute value exactly as it was sent: bytes, since git percent-decodes paths (`%ff` arrives as a raw byte).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(Vec<u8>);

impl Value {
    /// The value as text without control characters, or `None`. A carriage return inside a value is how CVE-2024-52006
    /// fooled helpers; NUL ends a C string; neither is ever part of a host, a path or a user name that we sign for.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let text = str::from_utf8(&self.0).ok()?;
        (!text.chars().any(char::is_control)).then_some(text)
    }

    /// The value for a message: undecodable bytes replaced. Escape it before printing.
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

/// What git asks for. Attributes that this program has no use for are dropped while reading; a stored `password` is
/// never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `https`, or what else was asked for.
    pub protocol: Option<Value>,
    /// Host in the URL's spelling, with `:port` where the URL had one.
    pub host: Option<Value>,
    /// Percent-decoded by git, without slashes at either end; absent unless `credential.useHttpPath` is on.
    pub path: Option<Value>,
    /// From the URL, `credential.username`, or an earlier helper.
    pub username: Option<Value>,
    /// Whether `capability[]=authtype` was announced (git 2.46 and later). Only then does git keep `ephemeral`.
    pub authtype_capability: bool,
}

/// Why the input is no request at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Longer than [`MAX_INPUT_BYTES`].
    #[error("the request is longer than 1 MiB")]
    TooLong,
    /// The stream itself failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads up to a blank line or the end of the stream: a client may keep the pipe open behind its blank line.
fn read_request(input: &mut dyn Read) -> Result<Zeroizing<Vec<u8>>, ReadError> {
    // A `store` carries a password: clear the buffers.
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let mut part = Zeroizing::new([0; 4096]);
    loop {
        match input.read(&mut part[..]) {
            Ok(0) => return Ok(bytes),
            Ok(read) => {
                // The blank line may have come in two parts.
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
    /// [`ReadError::TooLong`] for more than [`MAX_INPUT_BYTES`], [`ReadError::Io`] where the stream fails.
    pub fn read_from(input: &mut dyn Read) -> Result<Self, ReadError> {
        let bytes = read_request(input)?;
        Ok(Self::parse(&bytes))
    }

    /// Parses a whole request. Never fails: what is not understood is ignored, what is missing stays `None`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut attributes = Self::default();
        for line in bytes.split(|&byte| byte == b'\n') {
            // One carriage return belongs to a CRLF line end; a second one is part of the value and refused later.
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

    /// `url=` stands for protocol, host, path and user name, and clears all four first (`credential_from_url` in git's
    /// `credential.c`). git never sends it to a helper; gitoxide can.
    fn set_url(&mut self, value: &[u8]) {
        let authtype_capability = self.authtype_capability;
        *self = Self { authtype_capability, ..Self::default() };
        let Some((scheme, rest)) = str::from_utf8(value).ok().and_then(|url| url.split_once("://")) else { return };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (userinfo.split(':').next(), host),
            None => (None, authority),
        };
        self.protocol = Some(Value::from(scheme));
        self.host = Some(Value(percent_decode(host)));
        self.username = user.filter(|user| !user.is_empty()).map(|user| Value(percent_decode(user)));
        let path = path.trim_matches('/');
        self.path = (!path.is_empty()).then(|| Value(percent_decode(path)));
    }
}

/// The password of a `store`, which [`Attributes`] never keeps; for comparison with one that was given out.
#[must_use]
pub fn stored_password(input: &mut dyn Read) -> Option<Zeroizing<String>> {
    let bytes = read_request(input).ok()?;
    bytes.split(|&byte| byte == b'\n').find_map(|line| {
        let value = line.strip_suffix(b"\r").unwrap_or(line).strip_prefix(b"password=")?;
        Some(Zeroizing::new(str::from_utf8(value).ok()?.to_owned()))
    })
}

/// User name and password of a helper's answer, where it has both.
#[must_use]
pub fn parse_answer(bytes: &[u8]) -> Option<(Secret, Secret)> {
    let value = |key: &[u8]| {
        let lines = bytes.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        // The last one counts (`credential_read` in git's `credential.c`).
        let value = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix(key)).last()?;
        Some(Secret::new(str::from_utf8(value).ok()?))
    };
    Some((value(b"username=")?, value(b"password=")?))
}

/// Decodes `%XX`; a `%` without two hexadecimal digits stays as it is.
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
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(decoded.unwrap_or(bytes[at]));
        at += if decoded.is_some() { 3 } else { 1 };
    }
    out
}

/// What git is told: a user name and a password, never `authtype`/`credential`. git 2.46 to 2.53 drops a header made of
/// those on its probe request, so every push over `http.postBuffer` (1 MiB) would fail with 401 (`probe_rpc` in
/// `remote-curl.c`; mended by ed0f7a62f7 in git 2.54).
#[derive(Debug)]
pub struct Answer {
    /// Access key id, with `%` and the session token where there is one: therefore a secret.
    pub username: Secret,
    /// The signed password.
    pub password: Secret,
    /// Unix seconds on the local clock, by which git (2.40 and later) drops the answer.
    pub password_expiry_utc: i64,
    /// Ask git not to keep it. Only for a git that announced `capability[]=authtype`, which must be announced back.
    pub ephemeral: bool,
}

impl Answer {
    /// Writes the attributes in one piece, with LF line ends only (git2 keeps a carriage return).
    ///
    /// # Errors
    /// Whatever the stream reports, a closed pipe included.
    pub fn write_to(&self, output: &mut dyn Write) -> io::Result<()> {
        let mut text = Zeroizing::new(String::with_capacity(2048));
        if self.ephemeral {
            // The document wants a capability before the keys that need it.
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

/// What stops git after a failure: no user-name prompt, no other helper (git 2.3 and later).
pub const QUIT: &[u8] = b"quit=1\n";

/// The answer to the `capability` action of git 2.46.
pub const CAPABILITIES: &[u8] = b"version 0\ncapability authtype\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: Option<&Value>) -> Option<&str> {
        value.and_then(Value::text)
    }

    #[test]
    fn the_request_of_git_2_47_is_read() {
        let attributes = Attributes::parse(
            b"capability[]=authtype\ncapability[]=state\nprotocol=https\n\
              host=git-codecommit.us-east-1.amazonaws.com\npath=v1/repos/Demo\nwwwauth[]=Basic realm=\"x\"\n",
        );
        assert!(attributes.authtype_capability);
        assert_eq!(text(attributes.protocol.as_ref()), Some("https"));
        assert_eq!(text(attributes.host.as_ref()), Some("git-codecommit.us-east-1.amazonaws.com"));
        assert_eq!(text(attributes.path.as_ref()), Some("v1/repos/Demo"));
        assert_eq!(attributes.username, None);
    }

    /// A pipe that gives a few bytes at a time and is never closed.
    struct OpenPipe<'a>(&'a [u8], usize);

    impl Read for OpenPipe<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            assert!(!self.0.is_empty(), "nobody reads on behind the blank line");
            let count = self.1.min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn a_client_that_keeps_the_pipe_open_is_answered_at_its_blank_line() {
        for end in ["\n", "\r\n"] {
            let request = ["protocol=https", "host=h", "path=p", "", ""].join(end);
            for size in [1, 2, 3, 7, 4096] {
                let read = Attributes::read_from(&mut OpenPipe(request.as_bytes(), size)).expect("a request");
                assert_eq!(text(read.path.as_ref()), Some("p"), "{end:?} in parts of {size}");
            }
        }
        assert!(Attributes::read_from(&mut OpenPipe(b"\n", 1)).expect("nothing asked").host.is_none());
    }

    #[test]
    fn attributes_after_a_blank_line_are_not_read() {
        let attributes = Attributes::parse(b"protocol=https\n\nhost=example.com\n");
        assert_eq!(attributes.host, None);
    }

    #[test]
    fn crlf_repeated_keys_and_lines_without_equals_do_no_harm() {
        let attributes = Attributes::parse(b"nonsense\r\nhost=a\r\nhost=b\r\npath=x=y\r\n\r\n");
        assert_eq!(text(attributes.host.as_ref()), Some("b"));
        assert_eq!(text(attributes.path.as_ref()), Some("x=y"));
    }

    #[test]
    fn a_value_with_an_inner_carriage_return_or_nul_is_no_text() {
        let attributes = Attributes::parse(b"host=a\rb\r\npath=x\0y\nusername=\xff\n");
        assert_eq!(text(attributes.host.as_ref()), None);
        assert_eq!(text(attributes.path.as_ref()), None);
        assert_eq!(text(attributes.username.as_ref()), None);
    }

    #[test]
    fn a_url_stands_for_its_parts_and_clears_what_came_before() {
        let attributes = Attributes::parse(b"path=old\nurl=https://al%69ce:pw@Host.example:443/v1/repos/x%20y/\n");
        assert_eq!(text(attributes.protocol.as_ref()), Some("https"));
        assert_eq!(text(attributes.host.as_ref()), Some("Host.example:443"));
        assert_eq!(text(attributes.username.as_ref()), Some("alice"));
        assert_eq!(text(attributes.path.as_ref()), Some("v1/repos/x y"));
        assert_eq!(Attributes::parse(b"host=a\nurl=nonsense\n"), Attributes::default());
    }

    #[test]
    fn a_request_of_more_than_one_mebibyte_is_refused() {
        let mut endless = io::repeat(b'a');
        assert!(matches!(Attributes::read_from(&mut endless), Err(ReadError::TooLong)));
    }

    #[test]
    fn a_percent_sign_without_digits_stays() {
        assert_eq!(percent_decode("100%/%zz%4/%41"), b"100%/%zz%4/A");
    }

    #[test]
    fn the_answer_has_no_carriage_returns_and_the_capability_comes_first() {
        let answer = |ephemeral| Answer {
            username: Secret::new("AKIDEXAMPLE"),
            password: Secret::new("20260102T030405Zabc"),
            password_expiry_utc: 1_767_323_885,
            ephemeral,
        };
        let mut plain = Vec::new();
        answer(false).write_to(&mut plain).expect("a Vec takes everything");
        assert_eq!(
            String::from_utf8_lossy(&plain),
            "username=AKIDEXAMPLE\npassword=20260102T030405Zabc\npassword_expiry_utc=1767323885\n"
        );
        let mut ephemeral = Vec::new();
        answer(true).write_to(&mut ephemeral).expect("a Vec takes everything");
        assert!(ephemeral.starts_with(b"capability[]=authtype\nephemeral=1\nusername="));
    }
}
