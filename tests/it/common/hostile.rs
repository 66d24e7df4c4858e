//! Servers that no HTTP library would be: what they send is written byte by byte, and may have no end.
//!
//! Each connection is served by a thread, once; nothing here waits for the test. [`measured`] runs the program against them
//! and tells how long it took and how much memory it had at most.

use super::{Machine, Run};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What a server does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Reads the request and says nothing.
    Silence,
    /// One byte of the status line at a time.
    SlowStatusLine,
    /// One byte of a header at a time.
    SlowHead,
    /// One byte of the body at a time, without end.
    SlowBody,
    /// A part of the body, then nothing.
    HalfABody,
    /// A body without end and without length.
    EndlessBody,
    /// The same in chunks.
    EndlessChunks,
    /// A length of 10 GiB, and a body that lives up to it.
    LongBody,
    /// One more byte than a mebibyte, and a proper end.
    OneByteTooMany,
    /// Headers without end.
    EndlessHead,
    /// One header line without end.
    EndlessLine,
    /// Informational answers without end.
    EndlessContinue,
    /// Trailers without end, behind an empty body.
    EndlessTrailers,
    /// 64 MiB of zeros, compressed.
    Compressed,
    /// No HTTP at all.
    Garbage,
    /// Closes the connection.
    HangUp,
}

impl Manner {
    pub const ALL: [Self; 16] = [
        Self::Silence,
        Self::SlowStatusLine,
        Self::SlowHead,
        Self::SlowBody,
        Self::HalfABody,
        Self::EndlessBody,
        Self::EndlessChunks,
        Self::LongBody,
        Self::OneByteTooMany,
        Self::EndlessHead,
        Self::EndlessLine,
        Self::EndlessContinue,
        Self::EndlessTrailers,
        Self::Compressed,
        Self::Garbage,
        Self::HangUp,
    ];

    /// Behaves so until the client has enough. `head` is a status line, and headers where wanted.
    pub fn answer(self, head: &str, to: &mut TcpStream) -> io::Result<()> {
        let with = |header: &str| format!("{head}{header}\r\n\r\n");
        let block = vec![b'a'; 1 << 16];
        match self {
            Self::Silence => {}
            Self::SlowStatusLine => return drip(to, b"HTTP/1.1", b" "),
            Self::SlowHead => return drip(to, format!("{head}x-slow: ").as_bytes(), b"a"),
            Self::SlowBody => return drip(to, with("x-slow: a").as_bytes(), b"a"),
            Self::HalfABody => to.write_all(with("content-length: 100").as_bytes())?,
            Self::EndlessBody => return flood(to, &with("x-endless: a"), &block),
            Self::EndlessChunks => {
                let chunk = [b"10000\r\n", &block[..], b"\r\n"].concat();
                return flood(to, &with("transfer-encoding: chunked"), &chunk);
            }
            Self::LongBody => return flood(to, &with("content-length: 10737418240"), &block),
            Self::OneByteTooMany => {
                to.write_all(with("connection: close").as_bytes())?;
                return to.write_all(&vec![b'a'; (1 << 20) + 1]);
            }
            Self::EndlessHead => return flood(to, head, b"x-endless: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"),
            Self::EndlessLine => return flood(to, &format!("{head}x-endless: "), &block),
            // No faster than a hyper that is not optimized reads them: it looks at the clock after 128 reads.
            Self::EndlessContinue => return drip(to, b"", &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(200)),
            Self::EndlessTrailers => {
                let begin = with("transfer-encoding: chunked") + "0\r\n";
                return flood(to, &begin, &b"x-endless: aaaaaaaaaaaaaaaa\r\n".repeat(1 << 10));
            }
            Self::Compressed => {
                let script = "head -c 67108864 /dev/zero | gzip -9";
                let body = stand_in::command("/bin/sh").args(["-c", script]).output()?.stdout;
                to.write_all(with(&format!("content-encoding: gzip\r\ncontent-length: {}", body.len())).as_bytes())?;
                return to.write_all(&body);
            }
            Self::Garbage => return to.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\0\x01\x02\r\n\r\n"),
            Self::HangUp => return Ok(()),
        }
        // Until the client goes.
        io::copy(to, &mut io::sink()).map(drop)
    }
}

fn drip(to: &mut TcpStream, begin: &[u8], more: &[u8]) -> io::Result<()> {
    to.write_all(begin)?;
    loop {
        to.write_all(more)?;
        thread::sleep(Duration::from_millis(50));
    }
}

fn flood(to: &mut TcpStream, begin: &str, more: &[u8]) -> io::Result<()> {
    to.write_all(begin.as_bytes())?;
    loop {
        to.write_all(more)?;
    }
}

/// A whole answer, after which the connection closes.
pub fn answer(to: &mut TcpStream, head: &str, body: &str) -> io::Result<()> {
    write!(to, "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

/// A server with a script.
pub struct Hostile {
    pub address: SocketAddr,
    served: Arc<AtomicUsize>,
}

impl Hostile {
    /// Reads one request a connection and hands its head to `script`.
    pub fn start(script: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::start_raw(move |client| request(client).and_then(|head| script(&head, client)))
    }

    /// Hands each connection to `script`.
    pub fn start_raw(script: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let address = listener.local_addr().expect("an address");
        let (script, served) = (Arc::new(script), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&served);
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let script = Arc::clone(&script);
                // An error is a client that went away, as they all do in the end.
                thread::spawn(move || script(&mut client));
            }
        });
        Self { address, served }
    }

    /// One that does this with every request.
    pub fn always(manner: Manner) -> Self {
        Self::start(move |_, to| manner.answer("HTTP/1.1 200 OK\r\n", to))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections it has taken.
    pub fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }
}

/// The head of a request; its body is read too, or closing the connection would take the answer back (RFC 9293, 3.6.1).
fn request(from: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        from.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.to_lowercase().split_once("content-length: ").map(|(_, rest)| rest.to_owned());
    let length = length.and_then(|rest| rest.lines().next()?.parse().ok()).unwrap_or(0);
    io::copy(&mut from.take(length), &mut io::sink())?;
    Ok(head)
}

/// A run, with what it took.
pub struct Measured {
    pub run: Run,
    pub took: Duration,
    /// The most memory that it had (proc_pid_status(5), `VmHWM`).
    pub peak_mebibytes: u64,
}

impl Measured {
    /// Neither long nor big. A tenth of what a body without end took; most of it is the program itself, not optimized.
    #[track_caller]
    pub fn within(self, seconds: f64, what: &str) -> Self {
        let Self { run, took, peak_mebibytes } = &self;
        let told = format!("{what}: {took:?}, {peak_mebibytes} MiB\n{}", run.transcript());
        assert!(*took < Duration::from_secs_f64(seconds), "{told}");
        assert!((1..100).contains(peak_mebibytes), "{told}");
        // A panic, however it is caught.
        assert!(!run.stderr.contains("(CC302)"), "{told}");
        self
    }
}

/// Runs `get` for a repository called `demo`.
pub fn measured(machine: &Machine) -> Measured {
    let started = Instant::now();
    let mut child = machine
        .command(Path::new(super::BINARY))
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the helper");
    child.stdin.take().expect("a pipe").write_all(super::request("demo").as_bytes()).expect("git's request");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let read = std::fs::read_to_string(&status).unwrap_or_default();
        let line = read.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(kibibytes.unwrap_or(0_u64));
        thread::sleep(Duration::from_millis(2));
    }
    let took = started.elapsed();
    let run = machine.scanned(child.wait_with_output().expect("an end"));
    Measured { run, took, peak_mebibytes: peak.div_ceil(1024) }
}
