//! The `CONNECT` proxy (RFC 9110, section 9.3.6): every tunnel ends in the stand-in's TLS server.
//!
//! It lets git and the program under test use the endpoints' real names without any change to the machine. The proxy
//! opens no connection: it passes the client's stream to the TLS server in the same process.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::call::without_port;
use crate::server;
use crate::state::World;
use tokio_rustls::TlsAcceptor;

/// The longest request for a tunnel, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// How the proxy answers a request for a tunnel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProxyAnswer {
    #[default]
    Tunnel,
    /// 403 with an HTML page, as a company's proxy answers for names that are not allowed.
    Forbidden,
    /// 407, unless the client sends these.
    AuthenticationRequired { user_name: String, password: String },
    /// The request is read, and never answered.
    Blackhole,
}

/// One rule for all hosts and exceptions by host name.
#[derive(Debug, Default)]
pub(crate) struct ProxyRules {
    pub general: ProxyAnswer,
    pub by_host: Vec<(String, ProxyAnswer)>,
}

impl ProxyRules {
    fn answer(&self, host: &str) -> ProxyAnswer {
        self.by_host
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(host))
            .map_or(&self.general, |(_, answer)| answer)
            .clone()
    }

    pub(crate) fn set(&mut self, host: &str, answer: ProxyAnswer) {
        self.by_host.retain(|(known, _)| !known.eq_ignore_ascii_case(host));
        self.by_host.push((host.to_owned(), answer));
    }
}

/// Serves one client of the proxy.
pub(crate) async fn serve(world: Arc<World>, tls: TlsAcceptor, mut client: TcpStream) -> std::io::Result<()> {
    let Some(head) = read_head(&mut client).await? else {
        return Ok(());
    };
    let mut words = head.split_ascii_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method != "CONNECT" {
        world.state().record.tunnel(target, 405);
        return say(&mut client, "405 Method Not Allowed", "", "Only CONNECT is served here").await;
    }
    let answer = world.state().proxy.answer(without_port(target));
    let status = decide(&answer, target, &head);
    world.state().record.tunnel(target, status.unwrap_or(0));
    match status {
        Some(200) => {
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            server::serve_tls(world, tls, client).await
        }
        Some(407) => {
            let header = "Proxy-Authenticate: Basic realm=\"proxy\"\r\n";
            say(&mut client, "407 Proxy Authentication Required", header, "Who are you?").await
        }
        Some(_) => say(&mut client, "403 Forbidden", "", "Blocked by the proxy of Example Corp").await,
        None => linger(&mut client).await,
    }
}

/// The status of the answer; `None` for no answer.
fn decide(answer: &ProxyAnswer, target: &str, head: &str) -> Option<u16> {
    match answer {
        ProxyAnswer::Blackhole => None,
        ProxyAnswer::Forbidden => Some(403),
        ProxyAnswer::AuthenticationRequired { user_name, password } => {
            let expected = format!("Basic {}", STANDARD.encode(format!("{user_name}:{password}")));
            let right = header(head, "proxy-authorization").is_some_and(|value| value == expected);
            Some(if right { 200 } else { 407 })
        }
        // Only HTTPS is supported, since every tunnel ends in a TLS server.
        ProxyAnswer::Tunnel if !target.ends_with(":443") => Some(403),
        ProxyAnswer::Tunnel => Some(200),
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// Reads up to the blank line, and not a byte of the TLS client hello that may follow it.
async fn read_head(client: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD {
            return Ok(None);
        }
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

async fn say(client: &mut TcpStream, status: &str, headers: &str, title: &str) -> std::io::Result<()> {
    let page = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n{headers}Connection: close\r\n\r\n{page}",
        page.len()
    );
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await
}

/// Keeps the connection open until the client closes it.
async fn linger(client: &mut TcpStream) -> std::io::Result<()> {
    let mut scrap = [0; 512];
    while client.read(&mut scrap).await? > 0 {}
    Ok(())
}
