//! Proxies that no test could have from the stand-in: SOCKS (RFC 1928, RFC 1929, and SOCKS4 with 4a), and HTTP proxies with
//! an answer of any form. Every tunnel ends in the stand-in's TLS server.

use stand_in::StandIn;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// How a proxy lets clients through.
#[derive(Clone)]
pub enum Speaks {
    /// Every version of SOCKS, without a login or with this user name and password. SOCKS4 has a user name only.
    Socks(Option<(&'static str, &'static str)>),
    /// SOCKS 5 with this code in the place of a success.
    SocksRefusing(u8),
    /// HTTP: the head of the answer to CONNECT without an `Authorization`, and the one to this `Authorization`.
    Http(String, Option<(String, String)>),
}

/// A running proxy.
pub struct Relay {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Relay {
    pub fn to(aws: &StandIn, speaks: Speaks) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let (address, target) = (listener.local_addr().expect("an address"), aws.tls_address());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (speaks, record) = (speaks.clone(), Arc::clone(&record));
                thread::spawn(move || serve(client, target, &speaks, &record));
            }
        });
        Self { address, seen }
    }

    /// Its URL with this scheme, and with this user info where it is not empty.
    pub fn url(&self, scheme: &str, user_info: &str) -> String {
        let at = if user_info.is_empty() { "" } else { "@" };
        format!("{scheme}://{user_info}{at}{}", self.address)
    }

    /// What clients asked for, in order.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no panic").clone()
    }

    pub fn forget(&self) {
        self.seen.lock().expect("no panic").clear();
    }
}

fn serve(mut client: TcpStream, target: SocketAddr, speaks: &Speaks, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    let is_through = match speaks {
        Speaks::Http(without, with) => http(&mut client, without, with.as_ref(), seen)?,
        Speaks::Socks(login) => socks(&mut client, *login, 0, seen)?,
        Speaks::SocksRefusing(code) => socks(&mut client, None, *code, seen)?,
    };
    if !is_through {
        return Ok(());
    }
    let mut server = TcpStream::connect(target)?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    let back = thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(std::net::Shutdown::Both);
    });
    let _ = io::copy(&mut client, &mut server);
    let _ = server.shutdown(std::net::Shutdown::Both);
    back.join().map_err(|_| io::Error::other("a panic"))
}

fn http(
    client: &mut TcpStream,
    without: &str,
    with: Option<&(String, String)>,
    seen: &Mutex<Vec<String>>,
) -> io::Result<bool> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push(char::from(byte(client)?));
    }
    let target = head.split(' ').nth(1).unwrap_or_default();
    let sent = head.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: "));
    note(seen, &format!("{target}{}", sent.map_or(String::new(), |sent| format!(" {sent}"))));
    let answer = match (sent, with) {
        (Some(sent), Some((expected, answer))) if sent == expected => answer,
        _ => without,
    };
    client.write_all(answer.as_bytes())?;
    Ok(answer.split(' ').nth(1).is_some_and(|status| status.starts_with('2')))
}

fn socks(client: &mut TcpStream, login: Option<(&str, &str)>, code: u8, seen: &Mutex<Vec<String>>) -> io::Result<bool> {
    match byte(client)? {
        4 => socks4(client, login.map(|(user, _)| user), seen),
        5 => socks5(client, login, code, seen),
        _ => Ok(false),
    }
}

fn socks4(client: &mut TcpStream, user: Option<&str>, seen: &Mutex<Vec<String>>) -> io::Result<bool> {
    let mut head = [0; 7];
    client.read_exact(&mut head)?;
    let port = u16::from_be_bytes([head[1], head[2]]);
    let sent = text_to_zero(client)?;
    let (version, host) = match head[3..] {
        [0, 0, 0, _] => ("socks4a", text_to_zero(client)?),
        _ => ("socks4", format!("{}.{}.{}.{}", head[3], head[4], head[5], head[6])),
    };
    note(seen, &format!("{version} {host}:{port}"));
    let is_let_in = user.is_none_or(|user| user == sent);
    // 93: another user id.
    client.write_all(&[0, if is_let_in { 90 } else { 93 }, 0, 0, 0, 0, 0, 0])?;
    Ok(is_let_in)
}

fn socks5(
    client: &mut TcpStream,
    login: Option<(&str, &str)>,
    code: u8,
    seen: &Mutex<Vec<String>>,
) -> io::Result<bool> {
    let count = byte(client)?;
    let methods = text(client, count)?.into_bytes();
    let wanted = if login.is_some() { 2 } else { 0 };
    if !methods.contains(&wanted) {
        client.write_all(&[5, 0xff])?;
        return Ok(false);
    }
    client.write_all(&[5, wanted])?;
    if let Some((user, password)) = login {
        byte(client)?;
        let count = byte(client)?;
        let sent_user = text(client, count)?;
        let count = byte(client)?;
        let is_let_in = (sent_user.as_str(), text(client, count)?.as_str()) == (user, password);
        client.write_all(&[1, u8::from(!is_let_in)])?;
        if !is_let_in {
            return Ok(false);
        }
    }
    let mut head = [0; 4];
    client.read_exact(&mut head)?;
    let host = if head[3] == 1 {
        let mut address = [0; 4];
        client.read_exact(&mut address)?;
        Ipv4Addr::from(address).to_string()
    } else {
        let count = byte(client)?;
        text(client, count)?
    };
    let port = u16::from_be_bytes([byte(client)?, byte(client)?]);
    note(seen, &format!("socks5 {host}:{port}"));
    // Bound to a name, which takes more bytes than an address.
    client.write_all(&[5, code, 0, 3, 5])?;
    client.write_all(b"proxy\x01\xbb")?;
    Ok(code == 0)
}

fn note(seen: &Mutex<Vec<String>>, line: &str) {
    seen.lock().expect("no panic").push(line.to_owned());
}

fn byte(from: &mut TcpStream) -> io::Result<u8> {
    let mut byte = [0];
    from.read_exact(&mut byte).map(|()| byte[0])
}

fn text(from: &mut TcpStream, count: u8) -> io::Result<String> {
    let mut bytes = vec![0; usize::from(count)];
    from.read_exact(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn text_to_zero(from: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        match byte(from)? {
            0 => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
            byte => bytes.push(byte),
        }
    }
}
