//! Which host a URL names, beside git's and curl's own reading of it.
//!
//! git's is the `host` that `git credential fill` hands to a helper. curl's is where `git ls-remote` has it connect: the
//! `CONNECT` line that a proxy on loopback reads. So both are those of every git on the PATH, with its own libcurl.

use crate::common::{Machine, with_each_git};
use crate::readers::{self, Curl};
use codecommit::attributes::{Attributes, Url};
use git_credential_codecommit::git::matches;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};

/// One form of every trick, with a harmless twin where there is one.
const HOSTILE: [&str; 81] = [
    "https://evil.example#@ours.example/v1/repos/x",
    "https://evil.example?@ours.example/v1/repos/x",
    "https://ours.example#@evil.example/v1/repos/x",
    "https://evil.example#a:b@ours.example",
    "https://ours.example?.evil.example/x",
    "https://ours.example#.evil.example/x",
    "https://ours.example?x@y",
    "https://evil.example/@ours.example/x",
    "https://evil.example/#@ours.example/x",
    "https://ours.example:x@evil.example/x",
    "https://ours.example@evil.example/x",
    "https://ours.example:443@evil.example/x",
    "https://evil.example@ours.example/x",
    "https://a@b@ours.example/x",
    "https://a:b@c:d@ours.example/x",
    "https://ours.example@evil.example@x/",
    "https://@ours.example/x",
    "https://:@ours.example/x",
    "https://u:p/q@ours.example/x",
    "https://u:p?q@ours.example/x",
    "https://u:p#q@ours.example/x",
    "https://u%2f:p%40@ours.example/x",
    "https://u%23@ours.example/x",
    "https://evil.example\\@ours.example/x",
    "https://ours.example\\@evil.example/x",
    "https://ours.example\\.evil.example/x",
    "https://evil.example\\/@ours.example/x",
    "https://\\ours.example/x",
    "https://ours.example\t/x",
    "https://ou\trs.example/x",
    "https://ours.example /x",
    "https://ours.example\u{1}/x",
    "https://ours.example\u{7f}/x",
    "https://ours.example\r/x",
    "https://u\t@ours.example/x",
    "https://u x@ours.example/x",
    "https:///ours.example/x",
    "https:////ours.example/x",
    "https://u@/ours.example",
    "https://:443/ours.example",
    "https://ours.example:/x",
    "https://ours.example:443/x",
    "https://ours.example:0443/x",
    "https://ours.example:0/x",
    "https://ours.example:8443/x",
    "https://ours.example:abc/x",
    "https://ours.example:+443/x",
    "https://ours.example:65536/x",
    "https://ours.example:443:444/x",
    "https://%6furs.example/x",
    "https://ours%2eexample/x",
    "https://ours.example%2f.evil.example/x",
    "https://ours.example%23@evil.example/x",
    "https://ours.example%40evil.example/x",
    "https://ours.example%3a80/x",
    "https://ours.example%00.evil.example/x",
    "https://ours.example%0a.evil.example/x",
    "https://ours.example%zz/x",
    "https://Ours.Example/x",
    "https://ours.example./x",
    "https://ours..example/x",
    "https://[::1]/x",
    "https://[::1]:8443/x",
    "https://[0:0:0:0:0:0:0:1]/x",
    "https://[ours.example]/x",
    "https://[::1]ours.example/x",
    "https://[fe80::1%25eth0]/x",
    "https://127.0.0.1/x",
    "https://0x7f.1/x",
    "https://127.0.0.01/x",
    "https://2130706433/x",
    "https://ours_1.example/x",
    "https://ours~1.example/x",
    "https://ours;1.example/x",
    "https://ours|1.example/x",
    "https://\u{e4}.example/x",
    "https://\u{ff4f}urs.example/x",
    "https://ours\u{3002}example/x",
    "https://ou\u{ad}rs.example/x",
    "https://ours.example\u{ff0f}.evil.example/x",
    "http://u@ours.example:80//v1//?x",
];

/// What hostile URLs are made of.
const PIECES: [&str; 34] = [
    "ours.example",
    "evil.example",
    "ours.example",
    "evil.example",
    "@",
    "@",
    "@",
    "#",
    "?",
    "/",
    "/",
    "\\",
    ":",
    ":",
    "443",
    "x",
    ".",
    "%40",
    "%2f",
    "%23",
    "%2e",
    "%41",
    "%",
    "\t",
    " ",
    "\u{1}",
    "[",
    "]",
    "::1",
    "*",
    "_",
    ";",
    "\u{e4}",
    "\u{3002}",
];

/// The same ones in every run: xorshift64, from a fixed start.
fn generated(count: u32) -> Vec<String> {
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).expect("small")).expect("small")
    };
    (0..count * stand_in::generate_times())
        .map(|index| {
            // Half of them of any pieces; half a sound URL, with a piece or two put in somewhere.
            let sound = ["ours.example/x", "u@ours.example", "u:p@ours.example:443/x", "evil.example/x"];
            let (mut url, pieces) =
                if index % 2 == 0 { (sound[next(4)].to_owned(), 1 + next(2)) } else { (String::new(), 2 + next(6)) };
            for _ in 0..pieces {
                let piece = PIECES[next(PIECES.len())];
                let at = (0..=url.len()).filter(|&at| url.is_char_boundary(at)).nth(next(url.chars().count() + 1));
                url.insert_str(at.expect("a place"), piece);
            }
            format!("https://{url}")
        })
        .collect()
}

/// The first line of each request that reaches a proxy which forwards nothing.
fn proxy() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let mut lines = BufReader::new(&client).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            lines.find(String::is_empty);
            if sender.send(first).is_err() {
                return;
            }
            let _ = (&client).write_all(b"HTTP/1.1 502 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    (port, receiver)
}

struct Readers {
    machine: Machine,
    proxy: String,
    connected: Receiver<String>,
}

impl Readers {
    fn new(git: &std::path::Path) -> Self {
        let (port, connected) = proxy();
        let machine = Machine::new().with_git(git).without("HTTPS_PROXY").env("GIT_ALLOW_PROTOCOL", "http:https");
        machine.program("git-credential-witness", "cat >\"$HOME/asked\"; echo quit=1");
        Self { machine, proxy: format!("http.proxy=http://127.0.0.1:{port}"), connected }
    }

    /// What a helper is asked for. `None` where git refuses the URL.
    fn git(&self, url: &str) -> Option<Attributes> {
        let asked = self.machine.home().join("asked");
        let _ = std::fs::remove_file(&asked);
        let arguments = ["-c", "credential.helper=witness", "-c", "credential.useHttpPath=true", "credential", "fill"];
        // Not `Machine::run`: the passwords of these URLs are no secrets, and a letter of one is printed elsewhere.
        let mut git = self.machine.command(&self.machine.bin().join("git"));
        git.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut git = git.spawn().expect("git");
        let _ = write!(git.stdin.take().expect("a pipe"), "url={url}\n\n");
        let output = git.wait_with_output().expect("an end");
        // With user name and password in the URL no helper is asked.
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        let request = if output.status.success() { printed } else { std::fs::read_to_string(asked).ok()? };
        Some(Attributes::parse(request.as_bytes()))
    }

    /// Where curl connects to: `HOST:PORT`. `None` where it refuses the URL, or git does before it.
    fn curl(&self, url: &str) -> Option<String> {
        let mut git = self.machine.command(&self.machine.bin().join("git"));
        git.args(["-c", &self.proxy, "ls-remote", url]).stdout(Stdio::null()).stderr(Stdio::null());
        git.status().expect("git");
        // The answer comes after the line was sent on, and git waits for it.
        let request = self.connected.try_iter().next()?;
        let target = request.split(' ').nth(1)?;
        match target.strip_prefix("http://") {
            // Without a port: 80.
            Some(plain) => Some(plain.split('/').next()?.to_owned() + ":80"),
            // curl writes a `%` of the host as `%25` here.
            None => Some(target.replace("%25", "%")),
        }
    }
}

/// How often each kind was seen: a test of nothing but refusals would prove nothing.
#[derive(Default)]
struct Seen {
    agreed: usize,
    ambiguous: usize,
}

fn compare(readers: &Readers, url: &str, seen: &mut Seen) {
    let (git, curl) = (readers.git(url), readers.curl(url));
    let git_host = git.as_ref().and_then(|git| Some(git.host.as_ref()?.lossy()));
    if let Some(git) = &git_host {
        assert_eq!(
            readers::git(url).map(|host| String::from_utf8_lossy(&host).into_owned()).as_ref(),
            Some(git),
            "{url:?}"
        );
    }
    match (&curl, readers::curl(url)) {
        // A newer curl may refuse more.
        (None, _) | (_, Curl::NotModeled) => {}
        (Some(curl), modeled) => {
            let (host, port) = curl.rsplit_once(':').expect("a port");
            let real = Curl::Connects(host.to_owned(), port.parse().expect("a number"));
            assert_eq!(modeled, real, "the model of curl is not curl: {url:?}");
        }
    }
    let context = format!("{url:?}: git {git_host:?}, curl {curl:?}, here {:?}", Url::parse(url));
    match Url::parse(url).expect("a scheme") {
        Ok(parsed) => {
            seen.agreed += 1;
            let authority = parsed.authority();
            if let Some(git) = git {
                let ours = Attributes::of_url(url);
                assert_eq!(
                    (&git.protocol, &git.host, &git.path),
                    (&ours.protocol, &ours.host, &ours.path),
                    "{context}"
                );
                let username = git.username.filter(|username| !username.lossy().is_empty());
                assert_eq!(username, ours.username, "{context}");
            }
            let port = authority.port().unwrap_or(if parsed.scheme() == "http" { 80 } else { 443 });
            match curl {
                Some(curl) => assert_eq!(curl, format!("{}:{port}", authority.host()), "{context}"),
                // It refuses these; git's patterns need them, and the path is no host.
                None => assert!(parsed.host().contains('*') || parsed.path().contains(|c: char| c <= ' '), "{context}"),
            }
        }
        Err(ambiguous) => {
            seen.ambiguous += 1;
            let without_port = |host: &str| match host.rsplit_once(':') {
                Some((bare, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => bare.to_owned(),
                _ => host.to_owned(),
            };
            // curl's mapping of letters can give a `/`; then a proxy reads what stands before it. A `%` that curl 7.88
            // leaves in a host is in none that exists.
            let curl = curl
                .filter(|curl| !curl.contains('%'))
                .map(|curl| curl.split('/').next().unwrap_or_default().to_owned());
            for host in git_host.into_iter().chain(curl) {
                let known = ambiguous
                    .hosts()
                    .any(|known| known.eq_ignore_ascii_case(&host) || known.eq_ignore_ascii_case(&without_port(&host)));
                assert!(known || without_port(&host).is_empty(), "{host:?} is missing. {context}");
            }
        }
    }
}

#[test]
fn the_host_of_a_url_is_the_one_of_git_and_of_curl_or_it_is_ambiguous() {
    with_each_git(|git| {
        let readers = Readers::new(git);
        let mut seen = Seen::default();
        for url in HOSTILE {
            compare(&readers, url, &mut seen);
        }
        assert!(seen.agreed >= 20 && seen.ambiguous >= 40, "{} {}", seen.agreed, seen.ambiguous);
        for url in generated(60) {
            compare(&readers, &url, &mut seen);
        }
        println!("{} read alike, {} ambiguous", seen.agreed, seen.ambiguous);
    });
}

#[test]
fn the_models_of_git_and_curl_agree_with_the_parser_on_many_more() {
    for url in HOSTILE.into_iter().filter(|url| url.starts_with("https://")) {
        readers::agree_about(&url["https://".len()..]);
    }
    for url in generated(10_000) {
        readers::agree_about(&url["https://".len()..]);
    }
}

#[test]
fn a_section_of_gits_configuration_applies_to_the_urls_that_it_applies_to_in_git() {
    let url = "https://bob@ours.example:8443/v1/a%2Db/x";
    with_each_git(|git| {
        for pattern in [
            "https://ours.example:8443",
            "https://ours.example",
            "https://OURS.example:08443/v1",
            "https://*.example:8443/",
            "https://o*.example:8443/",
            "https://*:8443",
            "https://bob@ours.example:8443",
            "https://b%6fb@ours.example:8443",
            "https://bob:secret@ours.example:8443",
            "https://eve@ours.example:8443",
            "https://ours.example:8443/v1/a-b",
            "https://ours.example:8443/v1/a",
            "https://ours.example:8443/v1/./a%2db/y/../",
            "https://ours.example:8443/../v1",
            "https://ours.example:8443/v1/a-b/x?y",
            "https://ours.example:8443#x",
            "https://ours.example#@evil.example",
            "https://evil.example@ours.example:8443",
            "https://evil.example#@ours.example:8443",
            "https://bob@x@ours.example:8443",
            "https://ours.example:8443:8443",
            "https://ours.example:x",
            "https://%6furs.example:8443",
            "HTTPS://ours.example:8443",
            "https://",
            "https:///v1/a-b/x",
            "http://",
            "ours.example",
            "ours.example:8443",
            "*.example:8443",
            "OURS.example:8443",
            "bob@ours.example:8443",
            "eve@ours.example:8443",
            "ours.example:8443/v1",
            "ours.example:8443/v1/a-b/x",
            "/v1/a-b/x",
        ] {
            let section =
                format!("[credential \"{pattern}\"]\n\thelper = witness\n[credential]\n\tuseHttpPath = true\n");
            let machine = Machine::new().with_git(git).file("home/.gitconfig", &section);
            machine.program("git-credential-witness", "echo quit=1; echo asked >\"$HOME/asked\"");
            let _ =
                machine.run(&machine.bin().join("git"), &["credential", "fill"], format!("url={url}\n\n").as_bytes());
            assert_eq!(matches(pattern, url), machine.home().join("asked").exists(), "{pattern}");
        }
    });
}
