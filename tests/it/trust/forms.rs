//! The forms of a CA bundle.

use super::{aws, openssl, python, stranger, text, trusts};
use std::net::SocketAddr;
use std::path::Path;

/// What the program does with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// What OpenSSL does.
    Same,
    /// It finds the certificate, which OpenSSL does not: a block that is broken does not spoil those beside it.
    More,
}

/// A handshake as urllib3 makes it for the AWS CLI (urllib3 2.8 `util/ssl_.py`, `ssl_wrap_socket`).
const HANDSHAKE: &str = "import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(cafile=sys.argv[1])
address = (sys.argv[2], int(sys.argv[3]))
context.wrap_socket(socket.create_connection(address), server_hostname='sts.eu-west-1.amazonaws.com').close()";

fn openssl_trusts(python: &Path, bundle: &Path, address: SocketAddr) -> bool {
    let mut handshake = stand_in::command(python);
    handshake.args(["-c", HANDSHAKE]).arg(bundle).arg(address.ip().to_string()).arg(address.port().to_string());
    let output = handshake.output().expect("Python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || said.contains("ssl.SSL"), "another failure than one of trust: {said}");
    output.status.success()
}

#[test]
fn each_form_is_read_as_openssl_reads_it() {
    use Expected::{More, Same};
    let Some(python) = python() else { return };
    let aws = aws();
    let ca = text(aws.ca_file());
    let pem = std::fs::read_to_string(aws.ca_file()).expect("a bundle");
    let other = std::fs::read_to_string(super::aws().ca_file()).expect("another bundle");
    let x509 = |arguments: &[&str]| openssl(&[&["x509", "-in", &ca], arguments].concat());
    let (trust, reject) = (|what| x509(&["-addtrust", what]), |what| x509(&["-addreject", what]));
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let no_base64 = b"-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n";
    let plain = pem.as_bytes();
    let replaced = |from: &str, to: &str| pem.replace(from, to).into_bytes();
    let forms: Vec<(&str, Vec<u8>, Expected)> = vec![
        ("as it is", plain.to_vec(), Same),
        ("no certificate", b"nothing\n".to_vec(), Same),
        ("another authority", other.clone().into_bytes(), Same),
        ("another authority before it", [other.as_bytes(), plain].concat(), Same),
        ("a comment in Latin-1", [b"# Autorit\xe9 racine\n", plain].concat(), Same),
        ("a byte order mark", ["\u{feff}".as_bytes(), plain].concat(), Same),
        ("UTF-16", pem.encode_utf16().flat_map(u16::to_le_bytes).collect(), Same),
        ("text before it", x509(&["-text"]), Same),
        ("CRLF", replaced("\n", "\r\n"), Same),
        ("no line break at the end", pem.trim_end().as_bytes().to_vec(), Same),
        ("blanks at the end of lines", replaced("\n", "  \n"), Same),
        ("X509 CERTIFICATE", replaced("CERTIFICATE", "X509 CERTIFICATE"), Same),
        ("lower case", replaced("CERTIFICATE", "certificate"), Same),
        ("two labels", replaced("END CERTIFICATE", "END X509 CERTIFICATE"), Same),
        ("a comment sign before BEGIN", replaced("-----BEGIN", "# -----BEGIN"), Same),
        ("all of it a comment", format!("# {}", pem.replace('\n', "\n# ")).into_bytes(), Same),
        ("DER", x509(&["-outform", "DER"]), Same),
        ("PKCS #7", openssl(&["crl2pkcs7", "-nocrl", "-certfile", &ca]), Same),
        (
            "another block before it",
            [b"-----BEGIN PARAMETERS-----\nAAAA\n-----END PARAMETERS-----\n", plain].concat(),
            Same,
        ),
        ("TRUSTED, without trust data", replaced("CERTIFICATE", "TRUSTED CERTIFICATE"), Same),
        ("TRUSTED, empty", x509(&["-trustout"]), Same),
        ("TRUSTED, with an alias", x509(&["-trustout", "-setalias", "Corp"]), Same),
        ("TRUSTED, +serverAuth", trust("serverAuth"), Same),
        ("TRUSTED, +anyExtendedKeyUsage", trust("anyExtendedKeyUsage"), Same),
        ("TRUSTED, +emailProtection", trust("emailProtection"), Same),
        ("TRUSTED, +clientAuth +serverAuth", x509(&["-addtrust", "clientAuth", "-addtrust", "serverAuth"]), Same),
        ("TRUSTED, -emailProtection", reject("emailProtection"), Same),
        ("TRUSTED, -serverAuth", reject("serverAuth"), Same),
        ("TRUSTED, -anyExtendedKeyUsage", reject("anyExtendedKeyUsage"), Same),
        ("TRUSTED, +serverAuth -serverAuth", x509(&["-addtrust", "serverAuth", "-addreject", "serverAuth"]), Same),
        ("rejected, then as it is", [reject("serverAuth"), plain.to_vec()].concat(), Same),
        ("as it is, then rejected", [plain.to_vec(), reject("serverAuth")].concat(), Same),
        ("a broken block before it", [broken, plain].concat(), More),
        ("a broken block behind it", [plain, broken].concat(), More),
        ("no base64 before it", [no_base64, plain].concat(), More),
        ("a block that is not closed before it", [b"-----BEGIN CERTIFICATE-----\n", plain].concat(), More),
        ("joined without a line break", [other.trim_end().as_bytes(), plain].concat(), More),
        ("indented", format!("  {}", pem.replace('\n', "\n  ")).into_bytes(), More),
        ("CR", replaced("\n", "\r"), More),
    ];
    let mut accepted = 0;
    for (name, bytes, expected) in forms {
        let machine = stranger(&aws);
        let bundle = machine.path("home/bundle.pem");
        std::fs::write(&bundle, bytes).expect("a bundle");
        let by_openssl = openssl_trusts(&python, &bundle, aws.tls_address());
        let ours = trusts(name, machine.env("AWS_CA_BUNDLE", &text(&bundle)));
        assert_eq!(ours, by_openssl || expected == More, "{name}: OpenSSL {by_openssl}");
        assert!(expected == Same || !by_openssl, "{name}: OpenSSL reads it, too, now");
        accepted += usize::from(ours);
    }
    assert_eq!(accepted, 25);
}

#[test]
fn what_is_wrong_with_a_bundle_is_said_as_it_is() {
    let Some(_) = python() else { return };
    let aws = aws();
    let ca = text(aws.ca_file());
    for (bytes, told) in [
        (openssl(&["x509", "-in", &ca, "-outform", "DER"]), "it is in DER format, not in PEM format"),
        (
            openssl(&["x509", "-in", &ca, "-addreject", "serverAuth"]),
            "it has only certificates that are not trusted for TLS servers",
        ),
        (b"nothing\n".to_vec(), "it has no valid certificate in PEM format"),
    ] {
        let machine = stranger(&aws);
        std::fs::write(machine.path("home/bundle.pem"), bytes).expect("a bundle");
        let run = machine.env("AWS_CA_BUNDLE", "~/bundle.pem").get();
        assert!(run.stderr.contains("cannot use CA bundle ") && run.stderr.contains("(CC221)"), "{}", run.transcript());
        assert!(run.stderr.contains(&format!("set by AWS_CA_BUNDLE: {told}\n")), "{}", run.transcript());
    }
}
