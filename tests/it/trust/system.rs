//! The system's own store of certificates, in a mount namespace: with the stand-in's authority as the only one, and with none.

use super::{aws, fix, stranger, text};
use crate::common::{Machine, Run, request};

/// Runs `get` where the system's store is this directory. `None` where there are no mount namespaces.
fn with_store(machine: &Machine, store: &str) -> Option<Run> {
    let helper = text(&machine.bin().join("git-credential-codecommit"));
    let line = format!(
        "for place in /etc/ssl /etc/pki; do test ! -d $place || mount --bind {store} $place || exit 77; done; exec {helper} get",
        store = text(&machine.path(store)),
    );
    let run = machine.run("/usr/bin/unshare".as_ref(), &["-m", "/bin/sh", "-c", &line], request("demo").as_bytes());
    if run.status == 77 || run.stderr.contains("unshare") {
        println!("skipped: no mount namespace here: {}", run.stderr);
        return None;
    }
    Some(run)
}

#[test]
fn stale_variables_do_not_keep_the_systems_authorities_out() {
    let aws = aws();
    let ca = std::fs::read_to_string(aws.ca_file()).expect("a bundle");
    let other = std::fs::read_to_string(super::aws().ca_file()).expect("another bundle");
    let machine = || {
        stranger(&aws)
            .file("store/certs/ca-certificates.crt", &ca)
            .file("home/other.pem", &other)
            .file("home/nothing.pem", "")
            .file("home/certs/other.pem", &other)
            .file("home/empty/.keep", "")
    };
    for variables in [
        &[][..],
        &[("SSL_CERT_FILE", "/gone.pem")],
        &[("SSL_CERT_FILE", "")],
        &[("SSL_CERT_FILE", "nothing.pem")],
        &[("SSL_CERT_FILE", "other.pem")],
        &[("SSL_CERT_FILE", "certs")],
        &[("SSL_CERT_DIR", "/gone")],
        &[("SSL_CERT_DIR", "")],
        &[("SSL_CERT_DIR", "empty")],
        &[("SSL_CERT_DIR", "certs")],
        &[("SSL_CERT_FILE", "/gone.pem"), ("SSL_CERT_DIR", "/gone")],
        &[("SSL_CERT_FILE", "other.pem"), ("SSL_CERT_DIR", "certs")],
        &[("GIT_SSL_CAPATH", "certs")],
    ] {
        for (profile, expected) in [("default", 0), ("closed", 1)] {
            let machine = variables.iter().fold(machine(), |machine, (name, value)| machine.env(name, value));
            let Some(run) = with_store(&machine.env("AWS_PROFILE", profile), "store") else { return };
            assert_eq!(run.status, expected, "{variables:?}: {}", run.transcript());
            assert!(expected == 0 || run.stderr.contains("(CC212)"), "{variables:?}: {}", run.transcript());
        }
    }
}

#[test]
fn a_system_without_certificates_is_said_to_have_none_and_the_package_mends_it() {
    let aws = aws();
    let ca = std::fs::read_to_string(aws.ca_file()).expect("a bundle");
    for variables in [&[][..], &[("SSL_CERT_FILE", "/gone.pem")], &[("SSL_CERT_DIR", "/gone")]] {
        let machine = stranger(&aws).file("store/certs/.keep", "");
        let machine = variables.iter().fold(machine, |machine, (name, value)| machine.env(name, value));
        let Some(run) = with_store(&machine, "store") else { return };
        assert!(run.stderr.contains("error: no CA certificates on this system (CC221)"), "{}", run.transcript());
        assert_eq!(fix(&run), "install the package ca-certificates");
        let machine = machine.file("store/certs/ca-certificates.crt", &ca);
        with_store(&machine, "store").expect("a mount namespace").succeeds();
    }
}
