//! Proxies that inspect TLS, with servers of Python's `ssl`, which is OpenSSL: what it serves and rustls does not accept is
//! told as it is.

use super::{CLOSED, aws, fix, openssl, python, stranger, text};
use crate::common::{HOST, KEY_ID, Machine, SECRET};
use stand_in::StandIn;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;

/// Answers as AWS STS: with keys for one role, with a denial for the other.
const SERVER: &str = r#"import http.server, ssl, sys
certificate, key, closed, setup = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
exec(setup)
def xml(body):
    return ('<%sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">%s</%sResponse>' % (body[0], body[1], body[0])).encode()
KEYS = xml(('AssumeRole', '<AssumeRoleResult><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>'
    '<SecretAccessKey>inspected</SecretAccessKey><SessionToken>token</SessionToken>'
    '<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>'))
DENIED = xml(('Error', '<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>'))
class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = self.rfile.read(int(self.headers['content-length'])).decode()
        status, body = (403, DENIED) if closed in asked else (200, KEYS)
        self.send_response(status)
        for header in (('content-type', 'text/xml'), ('content-length', str(len(body))), ('x-amzn-requestid', 'id')):
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_): pass
    def finish_request(self, request, address):
        super().finish_request(context.wrap_socket(request, server_side=True), address)
server = Server(('127.0.0.1', 0), Answer)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

/// An inspecting proxy: whatever host is asked for, this server answers.
struct Inspection {
    server: Child,
    proxy: SocketAddr,
}

impl Inspection {
    fn start(python: &Path, pki: &Pki, certificate: &str, key: &str, setup: &str) -> Self {
        let (certificate, key) = (pki.file(certificate), pki.file(key));
        let mut command = stand_in::command(python);
        let closed = CLOSED.rsplit_once('/').expect("a name").1;
        command.args(["-W", "ignore", "-c", SERVER, &certificate, &key, closed, setup]).stdout(Stdio::piped());
        let mut server = command.spawn().expect("Python runs");
        let mut port = String::new();
        BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut port).expect("a port");
        let port: u16 = port.trim().parse().expect("a port");
        let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = proxy.local_addr().expect("an address");
        thread::spawn(move || {
            for client in proxy.incoming().flatten() {
                thread::spawn(move || tunnel(client, port));
            }
        });
        Self { server, proxy: address }
    }

    /// The machine behind the proxy.
    fn before(&self, machine: Machine) -> Machine {
        machine.env("HTTPS_PROXY", &format!("http://{}", self.proxy))
    }
}

impl Drop for Inspection {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn tunnel(mut client: TcpStream, port: u16) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte)? == 1 {
        head.push(byte[0]);
    }
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || io::copy(&mut from, &mut to).and_then(|_| to.shutdown(Shutdown::Write)));
    io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

/// An authority, and what it issues for AWS's names.
struct Pki(tempfile::TempDir);

impl Pki {
    fn new() -> Self {
        let pki = Self(tempfile::tempdir().expect("a directory"));
        pki.root("ca", "prime256v1");
        pki
    }

    fn file(&self, name: &str) -> String {
        text(&self.0.path().join(name))
    }

    /// `NAME.pem` and `NAME.key`: an authority with a key on this curve.
    fn root(&self, name: &str, curve: &str) {
        let (curve, key, to) = (
            format!("ec_paramgen_curve:{curve}"),
            self.file(&format!("{name}.key")),
            self.file(&format!("{name}.pem")),
        );
        let new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", &curve, "-nodes", "-keyout", &key, "-out", &to];
        openssl(&[&new[..], &["-subj", "/CN=Inspection", "-days", "3650"]].concat());
    }

    /// `NAME.pem` and `NAME.key`, issued with these extensions; without any it is of version 1.
    fn issue(&self, name: &str, by: &str, key: &[&str], extensions: &str) {
        self.issue_for("3650", name, by, key, extensions);
    }

    /// The same, valid for so many days from now.
    fn issue_for(&self, days: &str, name: &str, by: &str, key: &[&str], extensions: &str) {
        let file = |end: &str| self.file(&format!("{name}.{end}"));
        let new = ["-nodes", "-keyout", &file("key"), "-out", &file("csr"), "-subj", "/CN=sts.eu-west-1.amazonaws.com"];
        openssl(&[&["req", "-new", "-newkey"], key, &new].concat());
        let (ca, ca_key) = (self.file(&format!("{by}.pem")), self.file(&format!("{by}.key")));
        std::fs::write(file("ext"), extensions).expect("a file");
        let csr = file("csr");
        let sign = ["x509", "-req", "-in", &csr, "-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial", "-days", days];
        let (ext, to) = (file("ext"), file("pem"));
        let extensions: &[&str] = if extensions.is_empty() { &[] } else { &["-extfile", &ext] };
        openssl(&[&sign[..], &["-out", &to], extensions].concat());
    }
}

const NAMES: &str =
    "subjectAltName=DNS:sts.eu-west-1.amazonaws.com,DNS:git-codecommit.eu-west-1.amazonaws.com,DNS:sts.corp.example\n";
const ECDSA: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
const P521: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:secp521r1"];
const RSA: &[&str] = &["rsa:2048"];

/// Behind a proxy that inspects TLS so, with its authority in `AWS_CA_BUNDLE`.
fn behind(inspection: &Inspection, aws: &StandIn, ca: &str) -> Machine {
    inspection.before(stranger(aws)).env("AWS_CA_BUNDLE", ca)
}

#[test]
fn what_rustls_does_not_accept_of_a_proxy_that_inspects_tls_is_told_and_what_helps() {
    let Some(python) = python() else { return };
    let (pki, aws) = (Pki::new(), aws());
    pki.root("p521", "secp521r1");
    pki.issue("leaf", "ca", ECDSA, NAMES);
    pki.issue("rsa", "ca", RSA, NAMES);
    pki.issue("authority", "ca", ECDSA, &format!("{NAMES}basicConstraints=critical,CA:TRUE\n"));
    pki.issue("version1", "ca", ECDSA, "");
    pki.issue("unnamed", "ca", ECDSA, "basicConstraints=CA:FALSE\n");
    pki.issue("curve", "ca", P521, NAMES);
    pki.issue("pss", "ca", &["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"], NAMES);
    pki.issue("signed", "p521", ECDSA, NAMES);
    let low = "context.maximum_version = ssl.TLSVersion.TLSv1_2\n";
    let with = |ciphers: &str| format!("{low}context.set_ciphers('{ciphers}')");
    let tls11 = "context.minimum_version = ssl.TLSVersion.TLSv1\ncontext.maximum_version = ssl.TLSVersion.TLSv1_1\n\
                 context.set_ciphers('DEFAULT:@SECLEVEL=0')";
    let authority = "certificate verification failed: the server certificate is a CA certificate (CA:TRUE)";
    let parameters = "TLS handshake failed: the server accepts no offered cipher suite or group";
    let version1 = "certificate verification failed: the server certificate is not X.509 version 3";
    let unnamed = "certificate verification failed: the server certificate has no subject alternative name";
    let algorithm = "certificate verification failed: unsupported key or signature algorithm";
    let version = "TLS handshake failed: the server supports neither TLS 1.2 nor TLS 1.3";
    let ciphers = "not supported: CBC cipher suites, RSA key exchange, keys on P-521, RSASSA-PSS keys";
    let cases: Vec<(&str, &str, &str, String, &str, &str)> = vec![
        ("CA:TRUE", "authority", "ca", String::new(), authority, authority),
        ("CBC only", "leaf", "ca", with("ECDHE-ECDSA-AES128-SHA256"), parameters, ciphers),
        ("CBC only, with RSA", "rsa", "ca", with("ECDHE-RSA-AES256-SHA384"), parameters, ciphers),
        ("RSA key exchange only", "rsa", "ca", with("AES256-GCM-SHA384"), parameters, ciphers),
        ("both", "rsa", "ca", with("AES128-SHA256"), parameters, ciphers),
        ("a group", "leaf", "ca", "context.set_ecdh_curve('secp521r1')".into(), parameters, ciphers),
        ("a key on P-521", "curve", "ca", String::new(), parameters, ciphers),
        (
            "a signature with P-521",
            "signed",
            "p521",
            String::new(),
            algorithm,
            "supported: RSA (no RSASSA-PSS keys), ECDSA with P-256 or P-384, Ed25519",
        ),
        ("an RSASSA-PSS key", "pss", "ca", String::new(), parameters, ciphers),
        ("no names", "unnamed", "ca", String::new(), unnamed, unnamed),
        ("version 1", "version1", "ca", String::new(), version1, version1),
        ("TLS 1.1", "leaf", "ca", tls11.into(), version, "supported: TLS 1.2 and TLS 1.3"),
    ];
    for (name, certificate, ca, setup, told, also) in cases {
        let (certificate, key) = (format!("{certificate}.pem"), format!("{certificate}.key"));
        let inspection = Inspection::start(&python, &pki, &certificate, &key, &setup);
        for profile in ["default", "closed"] {
            let machine = behind(&inspection, &aws, &pki.file(&format!("{ca}.pem"))).env("AWS_PROFILE", profile);
            let run = machine.get();
            assert_eq!(run.status, 1, "{name}: {}", run.transcript());
            assert!(run.stderr.contains("could not connect to AWS STS in eu-west-1 (CC220)"), "{}", run.transcript());
            for told in [told, also, "this does not come from AWS: a proxy inspects TLS"] {
                assert!(run.stderr.contains(&format!("  {told}\n")), "{name}: {told}\n{}", run.transcript());
            }
            assert_eq!(fix(&run), "ask your administrator to exempt AWS endpoints from TLS inspection", "{name}");
            // Exempt: the way leads to AWS.
            let exempt = machine.env("HTTPS_PROXY", &aws.proxy_url()).env("AWS_CA_BUNDLE", &text(aws.ca_file())).get();
            let expected = i32::from(profile != "default");
            assert!(exempt.status == expected && !exempt.stderr.contains("(CC220)"), "{}", exempt.transcript());
        }
        // An endpoint that is set is not AWS's, and is left.
        let run = behind(&inspection, &aws, &pki.file(&format!("{ca}.pem")))
            .env("AWS_ENDPOINT_URL_STS", "https://sts.corp.example")
            .get();
        assert!(run.stderr.contains(told) && fix(&run) == "unset AWS_ENDPOINT_URL_STS", "{name}: {}", run.transcript());
        // git gets its answer, which cannot be verified.
        let run = behind(&inspection, &aws, "")
            .env("GIT_SSL_CAINFO", &pki.file(&format!("{ca}.pem")))
            .env("AWS_ACCESS_KEY_ID", KEY_ID)
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("GIT_TRACE_CODECOMMIT", "1")
            .without("GIT_CODECOMMIT_VERIFY")
            .get()
            .succeeds();
        assert!(run.stderr.contains("not verified:") && run.stderr.contains(told), "{name}: {}", run.transcript());
        assert_eq!(run.key_id(), Some(KEY_ID), "{HOST}");
    }
}

#[test]
fn what_rustls_accepts_of_a_proxy_that_inspects_tls_is_no_failure() {
    let Some(python) = python() else { return };
    let (pki, aws) = (Pki::new(), aws());
    pki.issue("leaf", "ca", ECDSA, NAMES);
    pki.issue("rsa", "ca", RSA, NAMES);
    // A certificate that is its own authority, and does not say that it may issue others.
    let own = [pki.file("own.pem"), pki.file("own.key")];
    let new =
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-out", &own[0], "-keyout", &own[1], "-subj", "/CN=own"];
    let names = NAMES.trim();
    openssl(&[&new[..], &["-days", "3650", "-addext", names, "-addext", "basicConstraints=CA:FALSE"]].concat());
    let low = "context.maximum_version = ssl.TLSVersion.TLSv1_2";
    for (name, certificate, ca, setup) in [
        ("TLS 1.3", "leaf", "ca", ""),
        ("TLS 1.2", "leaf", "ca", low),
        ("TLS 1.2 with RSA", "rsa", "ca", low),
        ("P-384", "leaf", "ca", "context.set_ecdh_curve('secp384r1')"),
        ("its own authority", "own", "own", ""),
    ] {
        let inspection =
            Inspection::start(&python, &pki, &format!("{certificate}.pem"), &format!("{certificate}.key"), setup);
        let ca = PathBuf::from(pki.file(&format!("{ca}.pem")));
        assert!(super::trusts(name, behind(&inspection, &aws, &text(&ca))), "{name}");
        assert!(!super::trusts(name, behind(&inspection, &aws, &text(aws.ca_file()))), "{name}: another authority");
    }
}

#[test]
fn what_openssl_does_not_accept_either_is_told_in_words() {
    let Some(python) = python() else { return };
    let (pki, aws) = (Pki::new(), aws());
    pki.issue("purpose", "ca", ECDSA, &format!("{NAMES}extendedKeyUsage=clientAuth\n"));
    pki.issue("critical", "ca", ECDSA, &format!("{NAMES}1.2.3.4=critical,ASN1:UTF8:x\n"));
    pki.issue("elsewhere", "ca", ECDSA, "subjectAltName=DNS:sts.example.com\n");
    pki.issue_for("-1", "expired", "ca", ECDSA, NAMES);
    for (name, told) in [
        ("expired", "the server certificate has expired\n"),
        ("purpose", "certificate does not allow extended key usage for server authentication"),
        ("critical", "unsupported critical extension\n"),
        ("elsewhere", "certificate not valid for name \"sts.eu-west-1.amazonaws.com\""),
    ] {
        let inspection = Inspection::start(&python, &pki, &format!("{name}.pem"), &format!("{name}.key"), "");
        let run = behind(&inspection, &aws, &pki.file("ca.pem")).get();
        assert!(run.stderr.contains(&format!("certificate verification failed: {told}")), "{}", run.transcript());
        assert!(run.status == 1 && run.stderr.contains("(CC220)"), "{}", run.transcript());
    }
}
