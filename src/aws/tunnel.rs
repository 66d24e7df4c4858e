//! A tunnel through an HTTP proxy: `CONNECT` (RFC 9110, section 9.3.6) and the answer to it.
//!
//! hyper-util's own tunnel neither tells the status nor reads an answer of more than 8 KiB.

use aws_smithy_types::base64;
use codecommit::quote::Quote;
use codecommit::secret::{Secret, public_words};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Why a proxy opened no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyRefusal {
    /// The answer to CONNECT has this HTTP status, which is not a success.
    #[error("the proxy refused the connection: HTTP {0}")]
    Status(u16),
    /// It requires a user name and a password, and none is known.
    #[error("the proxy requires a user name and a password{}", .0.map_or(String::new(), |status| format!(": HTTP {status}")))]
    LoginRequired(Option<u16>),
    /// It did not accept the user name and the password.
    #[error("the proxy rejected the user name and the password{}", .0.map_or(String::new(), |status| format!(": HTTP {status}")))]
    LoginRejected(Option<u16>),
    /// It requires authentication of a kind that this program does not have, or may not use (`http.proxyAuthMethod`).
    #[error("the proxy requires {0} authentication, which this helper cannot use: HTTP 407")]
    Authentication(Quote),
    /// The SOCKS proxy's reason.
    #[error("the SOCKS proxy refused the connection: {0}")]
    Socks(Quote),
    /// The TLS handshake with an `https://` proxy failed; the TLS library's message.
    #[error("TLS handshake with the proxy failed: {0}")]
    Tls(Quote),
    /// The answer is not that of an HTTP proxy.
    #[error("the proxy did not answer as an HTTP proxy")]
    NotHttp,
    /// The answer is not that of a SOCKS proxy.
    #[error("the proxy did not answer as a SOCKS proxy")]
    NotSocks,
    /// The head of the answer is longer than 64 KiB.
    #[error("the answer of the proxy is longer than {} KiB", LONGEST_HEAD >> 10)]
    TooLong,
}

/// A user name and a password for an HTTP proxy.
#[derive(Debug, Clone)]
pub(super) struct Login {
    basic: Secret,
    /// Whether it is sent with the first request, as in the AWS CLI; otherwise after the proxy has asked for it.
    pub at_once: bool,
}

impl Login {
    pub(super) fn new(user: &Secret, password: &Secret, at_once: bool) -> Self {
        let both = Secret::new(format!("{}:{}", user.expose(), password.expose()));
        Self { basic: Secret::new(base64::encode(both.expose())), at_once }
    }
}

/// The longest head that is read, in bytes.
const LONGEST_HEAD: usize = 64 << 10;

/// The most fields in it.
const MOST_FIELDS: usize = 256;

/// Opens a tunnel to `target`, a host with its port. Without an error of the connection.
pub(super) async fn open(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    target: &str,
    login: Option<&Login>,
) -> io::Result<Result<(), ProxyRefusal>> {
    let mut head = Secret::new(format!(
        "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {}\r\n\r\n",
        concat!("git-credential-codecommit/", env!("CARGO_PKG_VERSION"))
    ));
    if let Some(login) = login {
        let field = format!("\r\nProxy-Authorization: Basic {}\r\n\r\n", login.basic.expose());
        head = Secret::new(format!("{}{field}", head.expose().trim_end()));
    }
    stream.write_all(head.expose().as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::with_capacity(1 << 10);
    loop {
        if answer.len() >= LONGEST_HEAD {
            return Ok(Err(ProxyRefusal::TooLong));
        }
        // What follows the head would be of the host beyond, which does not speak first.
        if stream.read_buf(&mut answer).await? == 0 {
            return if answer.is_empty() {
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the proxy closed the connection"))
            } else {
                Ok(Err(ProxyRefusal::NotHttp))
            };
        }
        let mut fields = vec![httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut response = httparse::Response::new(&mut fields);
        match response.parse(&answer) {
            Ok(httparse::Status::Complete(_)) => return Ok(judge(&response, login.is_some())),
            Ok(httparse::Status::Partial) => {}
            Err(_) => return Ok(Err(ProxyRefusal::NotHttp)),
        }
    }
}

fn judge(response: &httparse::Response<'_, '_>, has_login: bool) -> Result<(), ProxyRefusal> {
    match response.code.unwrap_or_default() {
        200..=299 => Ok(()),
        407 => {
            let challenges =
                response.headers.iter().filter(|field| field.name.eq_ignore_ascii_case("proxy-authenticate"));
            let schemes: Vec<String> = challenges.map(|field| scheme(field.value)).collect();
            let others = schemes.iter().all(|scheme| !scheme.eq_ignore_ascii_case("basic")) && !schemes.is_empty();
            Err(match (others, has_login) {
                (true, _) => ProxyRefusal::Authentication(schemes.join(" or ").into()),
                (false, true) => ProxyRefusal::LoginRejected(Some(407)),
                (false, false) => ProxyRefusal::LoginRequired(Some(407)),
            })
        }
        status => Err(ProxyRefusal::Status(status)),
    }
}

/// The scheme of a challenge (RFC 9110, section 11.3).
fn scheme(challenge: &[u8]) -> String {
    let text = String::from_utf8_lossy(challenge);
    let scheme = text.trim().split([' ', ',']).next().unwrap_or_default();
    public_words(scheme).chars().filter(char::is_ascii_graphic).take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::block_on;

    /// What comes of this answer, and what was sent.
    fn answered(answer: &[u8], login: Option<&Login>) -> (Result<(), ProxyRefusal>, String) {
        let ended = block_on(async {
            let (mut here, mut there) = tokio::io::duplex(1 << 20);
            there.write_all(answer).await.expect("room");
            there.shutdown().await.expect("an end");
            let opened = open(&mut here, "example.com:443", login).await;
            drop(here);
            let mut sent = String::new();
            there.read_to_string(&mut sent).await.expect("text");
            (opened, sent)
        });
        let (opened, sent) = ended.expect("a runtime");
        (opened.expect("a connection"), sent)
    }

    fn refusal(answer: &str) -> Option<ProxyRefusal> {
        answered(answer.as_bytes(), None).0.err()
    }

    #[test]
    fn a_long_answer_is_read_to_its_end_and_no_further() {
        let fields = |count: usize| format!("x-policy: {}\r\n", "a".repeat(900)).repeat(count);
        assert_eq!(refusal(&format!("HTTP/1.1 200 OK\r\n{}\r\n", fields(10))), None);
        assert_eq!(refusal(&format!("HTTP/1.1 200 OK\r\n{}\r\n", fields(60))), None);
        assert_eq!(refusal(&format!("HTTP/1.1 200 OK\r\n{}\r\n", fields(80))), Some(ProxyRefusal::TooLong));
        assert_eq!(refusal("HTTP/1.0 200 Connection established\r\n\r\n"), None);
        assert_eq!(refusal("HTTP/1.1 204 \r\n\r\n"), None);
    }

    #[test]
    fn the_status_of_a_refusal_is_told() {
        for (status, told) in [
            ("302 Found\r\nLocation: http://login.corp/", "the proxy refused the connection: HTTP 302"),
            ("403 Forbidden", "the proxy refused the connection: HTTP 403"),
            (
                "407 \r\nProxy-Authenticate: Basic realm=\"x\"",
                "the proxy requires a user name and a password: HTTP 407",
            ),
            ("407 ", "the proxy requires a user name and a password: HTTP 407"),
            (
                "407 \r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM",
                "the proxy requires Negotiate or NTLM authentication, which this helper cannot use: HTTP 407",
            ),
        ] {
            let refusal = refusal(&format!("HTTP/1.1 {status}\r\n\r\n")).map(|refusal| refusal.to_string());
            assert_eq!(refusal.as_deref(), Some(told));
        }
    }

    #[test]
    fn what_is_no_answer_of_a_proxy_is_told_as_such() {
        for answer in ["SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nx: y"] {
            assert_eq!(refusal(answer), Some(ProxyRefusal::NotHttp), "{answer}");
        }
    }

    /// `printf 'u:hush' | base64`
    #[test]
    fn user_name_and_password_are_sent_as_basic_and_a_rejection_of_them_is_another_failure() {
        let login = Login::new(&Secret::new("u"), &Secret::new("hush"), true);
        let (opened, sent) = answered(b"HTTP/1.1 407 \r\nProxy-Authenticate: Basic\r\n\r\n", Some(&login));
        assert_eq!(opened, Err(ProxyRefusal::LoginRejected(Some(407))));
        assert!(sent.starts_with("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n"), "{sent}");
        assert!(sent.ends_with("\r\nProxy-Authorization: Basic dTpodXNo\r\n\r\n"), "{sent}");
        let (_, without) = answered(b"HTTP/1.1 200 \r\n\r\n", None);
        assert!(without.ends_with("\r\n\r\n") && !without.contains("Authorization"), "{without}");
    }
}
