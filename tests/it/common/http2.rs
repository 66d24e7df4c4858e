//! Servers that speak HTTP/2 (RFC 9113) as no library would: frames are written byte by byte, and may have no end.

use super::hostile::Hostile;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

/// What a server does once it has a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Nothing.
    Silence,
    /// One field of the head at a time.
    SlowHead,
    /// Fields of the head without end.
    EndlessHead,
    /// Heads of interim answers (RFC 9110, 15.2) without end.
    EndlessInterim,
    /// One byte of the body at a time, without end.
    SlowBody,
    /// A body without end, whatever the client's window is.
    EndlessBody,
    /// A body of more than a mebibyte, and no end.
    LongBody,
    /// Parts of a body that are empty, without end.
    EmptyParts,
    /// Pings, which have to be answered, without end.
    EndlessPings,
    /// Settings, which have to be acknowledged, without end.
    EndlessSettings,
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// `:status: 200`, `404` and `103` in HPACK (RFC 7541), and a field that is no status.
pub const OK: &[u8] = &[0x88];
pub const NOT_FOUND: &[u8] = &[0x8d];
const INTERIM: &[u8] = b"\x08\x03103";
const FIELD: &[u8] = b"\0\x01a\x01b";

impl Manner {
    pub const ALL: [Self; 10] = [
        Self::Silence,
        Self::SlowHead,
        Self::EndlessHead,
        Self::EndlessInterim,
        Self::SlowBody,
        Self::EndlessBody,
        Self::LongBody,
        Self::EmptyParts,
        Self::EndlessPings,
        Self::EndlessSettings,
    ];

    /// A server that does this with the first request of every connection, where it has a status with this one.
    pub fn start(self, status: &'static [u8]) -> Hostile {
        Hostile::start_raw(move |to| {
            let stream = request(to)?;
            self.answer(status, stream, to)
        })
    }

    fn answer(self, status: &[u8], stream: u32, to: &mut TcpStream) -> io::Result<()> {
        let slowly = Duration::from_millis(50);
        let head = frame(HEADERS, END_HEADERS, stream, status);
        let (begin, more, pause) = match self {
            Self::Silence => (Vec::new(), Vec::new(), slowly),
            Self::SlowHead => (frame(HEADERS, 0, stream, status), frame(CONTINUATION, 0, stream, FIELD), slowly),
            Self::EndlessHead => (
                frame(HEADERS, 0, stream, status),
                frame(CONTINUATION, 0, stream, &FIELD.repeat(2_000)),
                Duration::ZERO,
            ),
            Self::EndlessInterim => (Vec::new(), frame(HEADERS, END_HEADERS, stream, INTERIM), Duration::ZERO),
            Self::SlowBody => (head, frame(DATA, 0, stream, b"x"), slowly),
            Self::EndlessBody => (head, frame(DATA, 0, stream, &[b'x'; 16 << 10]), Duration::ZERO),
            Self::LongBody => {
                let parts = frame(DATA, 0, stream, &[b'x'; 16 << 10]).repeat(65);
                ([head, parts].concat(), Vec::new(), slowly)
            }
            Self::EmptyParts => (head, frame(DATA, 0, stream, b""), Duration::ZERO),
            Self::EndlessPings => (Vec::new(), frame(PING, 0, 0, b"12345678"), Duration::ZERO),
            Self::EndlessSettings => (Vec::new(), frame(SETTINGS, 0, 0, b""), Duration::ZERO),
        };
        // What the client writes has to be read, or it waits for that.
        let mut from = to.try_clone()?;
        thread::spawn(move || io::copy(&mut from, &mut io::sink()));
        to.write_all(&begin)?;
        let more = if pause.is_zero() { more.repeat(64) } else { more };
        loop {
            to.write_all(&more)?;
            thread::sleep(pause);
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Greets, and reads up to the first request; gives the number of its stream.
fn request(client: &mut TcpStream) -> io::Result<u32> {
    let mut preface = [0; 24];
    client.read_exact(&mut preface)?;
    assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "no HTTP/2 was negotiated");
    client.write_all(&frame(SETTINGS, 0, 0, b""))?;
    loop {
        let mut head = [0; 9];
        client.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        io::copy(&mut client.take(length.into()), &mut io::sink())?;
        match (head[3], head[4] & ACK) {
            (SETTINGS, 0) => client.write_all(&frame(SETTINGS, ACK, 0, b""))?,
            (HEADERS, _) => return Ok(u32::from_be_bytes([head[5], head[6], head[7], head[8]])),
            _ => {}
        }
    }
}
