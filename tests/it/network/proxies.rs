//! Through every kind of proxy git and this program go the same way: good credentials are accepted, refused ones are
//! explained, and a proxy that does not let anything through is told by what it said.

use super::relay::{Relay, Speaks};
use crate::common::hostile::{Hostile, Manner, measured};
use crate::common::{ALICE, HOST, KEY_ID, Machine, REGION, ROLE, Run, aws_with_demo, request, url, with_each_git};
use stand_in::{KeyState, ProxyAnswer, Role, StandIn};
use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::net::UnixListener;
use std::thread;

/// The kinds of SOCKS, and what a proxy is asked for where the name is known to be on this machine.
const SOCKS: [(&str, &str); 5] = [
    ("socks4", "socks4 127.0.0.1:443"),
    ("socks", "socks4 127.0.0.1:443"),
    ("socks4a", "socks4a git-codecommit.eu-west-1.amazonaws.com:443"),
    ("socks5", "socks5 127.0.0.1:443"),
    ("socks5h", "socks5 git-codecommit.eu-west-1.amazonaws.com:443"),
];

/// No name is looked up outside of this machine.
pub(super) fn resolved(machine: Machine) -> Machine {
    machine
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "http.curloptResolve")
        .env("GIT_CONFIG_VALUE_0", &format!("{HOST}:443:127.0.0.1"))
}

/// Keys, and no proxy.
pub(super) fn without_proxy(aws: &StandIn) -> Machine {
    Machine::before(aws).with_keys().without("HTTPS_PROXY").without("NO_PROXY")
}

/// A role, whose keys come from AWS STS; CodeCommit is not asked.
pub(super) fn with_role(aws: &StandIn) -> Machine {
    aws.add_role(Role::new(ROLE).trusting(ALICE));
    Machine::before(aws).without("HTTPS_PROXY").without("NO_PROXY").with_role().env("GIT_CODECOMMIT_VERIFY", "never")
}

/// CodeCommit's answer to the request that asks first, if there was one.
fn asked(aws: &StandIn) -> Vec<u16> {
    let requests = aws.requests().into_iter().filter(|request| request.host.starts_with("git-codecommit"));
    requests.map(|request| request.status).collect()
}

fn traced(machine: &Machine) -> Run {
    machine.helper(&["-v", "get"], &request("demo"))
}

#[test]
fn through_a_socks_proxy_codecommit_is_asked_first_and_its_refusal_is_explained() {
    for (scheme, asked_for) in SOCKS {
        for (variable, login) in
            [("ALL_PROXY", None), ("https_proxy", None), ("http.proxy", None), ("ALL_PROXY", Some(("alice", "p@ss")))]
        {
            let aws = aws_with_demo();
            let relay = Relay::to(&aws, Speaks::Socks(login));
            let proxy = relay.url(scheme, login.map_or("", |_| "alice:p%40ss"));
            let machine = match variable {
                "http.proxy" => resolved(without_proxy(&aws))
                    .file("home/.gitconfig", &format!("[http]\n\tproxy = {proxy}\n"))
                    // git's own setting comes first.
                    .env("HTTPS_PROXY", "http://127.0.0.1:9"),
                variable => resolved(without_proxy(&aws)).env(variable, &proxy),
            };
            let run = machine.get().succeeds();
            assert_eq!((run.key_id(), run.stderr.as_str()), (Some(KEY_ID), ""), "{scheme} by {variable}");
            assert_eq!((asked(&aws), relay.seen()), (vec![200], vec![asked_for.to_owned()]), "{scheme} by {variable}");
            aws.set_key_state(KEY_ID, KeyState::Inactive);
            let run = machine.env("GIT_CODECOMMIT_VERIFY", "always").get();
            assert!(run.status == 1 && run.stderr.contains("(CC401)"), "{scheme} by {variable}: {}", run.transcript());
        }
    }
}

#[test]
fn git_goes_through_the_socks_proxy_that_the_helper_goes_through() {
    with_each_git(|git| {
        for (scheme, asked_for) in SOCKS {
            let aws = aws_with_demo();
            let relay = Relay::to(&aws, Speaks::Socks(Some(("alice", "hush"))));
            let proxy = relay.url(scheme, "alice:hush");
            let machine = resolved(without_proxy(&aws).configured()).with_git(git).env("ALL_PROXY", &proxy);
            let run = machine.git(&["ls-remote", &url("demo")]).succeeds();
            assert_eq!(run.stderr, "", "{scheme}");
            let seen = relay.seen();
            // git, and this program.
            assert!(seen.len() >= 2 && seen.iter().all(|seen| seen == asked_for), "{scheme}: {seen:?}");
            aws.set_key_state(KEY_ID, KeyState::Inactive);
            let run = machine.env("GIT_CODECOMMIT_VERIFY", "always").git(&["ls-remote", &url("demo")]);
            assert!(run.stderr.contains("(CC401)"), "{scheme}: {}", run.transcript());
        }
    });
}

#[test]
fn aws_calls_go_through_a_socks_proxy_and_say_what_it_refuses() {
    let sts = format!("sts.{REGION}.amazonaws.com:443");
    for (variable, scheme) in [("HTTPS_PROXY", "socks5h"), ("ALL_PROXY", "socks5h"), ("all_proxy", "socks4a")] {
        let aws = aws_with_demo();
        let relay = Relay::to(&aws, Speaks::Socks(Some(("alice", "hush"))));
        let through = |user: &str| with_role(&aws).env(variable, &relay.url(scheme, user)).get();
        through("alice:hush").succeeds();
        assert!(relay.seen().iter().all(|seen| seen.ends_with(&sts)) && !relay.seen().is_empty(), "{:?}", relay.seen());
        let refused = through("mallory:hush");
        assert!(
            refused.stderr.contains("(CC220)\n  3 attempts in ")
                && refused
                    .stderr
                    .contains("\n  the proxy rejected the user name and the password\n  proxy: 127.0.0.1:"),
            "{}",
            refused.transcript()
        );
        if scheme == "socks5h" {
            let refused = through("");
            assert!(
                refused.stderr.contains("\n  the proxy requires a user name and a password\n"),
                "{}",
                refused.transcript()
            );
        }
    }
}

#[test]
fn the_reason_of_a_socks_proxy_is_told() {
    for (code, reason) in [(2, "Connection not allowed by ruleset"), (4, "Host unreachable"), (5, "Connection refused")]
    {
        let aws = aws_with_demo();
        let relay = Relay::to(&aws, Speaks::SocksRefusing(code));
        let run = traced(&without_proxy(&aws).env("ALL_PROXY", &relay.url("socks5h", ""))).succeeds();
        let told = format!("not verified: the SOCKS proxy refused the connection: {reason}\n");
        assert!(run.key_id() == Some(KEY_ID) && run.stderr.contains(&told), "{}", run.transcript());
    }
}

#[test]
fn a_user_name_for_a_socks_proxy_that_wants_none_is_no_obstacle() {
    // `ssh -D` has no login (OpenSSH 9.9 `channels.c`, `channel_decode_socks5`).
    let aws = aws_with_demo();
    let relay = Relay::to(&aws, Speaks::Socks(None));
    without_proxy(&aws).env("ALL_PROXY", &relay.url("socks5h", "alice:hush")).get().succeeds();
    assert_eq!(asked(&aws), [200]);
}

/// `printf 'alice:hush' | base64`
const BASIC: &str = "Basic YWxpY2U6aHVzaA==";
const OPEN: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

fn asking(challenge: &str) -> Speaks {
    let ask = format!(
        "HTTP/1.1 407 Proxy Authentication Required\r\n{challenge}connection: close\r\ncontent-length: 0\r\n\r\n"
    );
    Speaks::Http(ask, Some((BASIC.to_owned(), OPEN.to_owned())))
}

#[test]
fn what_an_http_proxy_answers_is_told_with_its_status_and_read_to_its_end() {
    let long = format!("HTTP/1.1 200 OK\r\n{}\r\n", format!("x-policy: {}\r\n", "a".repeat(900)).repeat(10));
    for (answer, told) in [
        (long, None),
        (OPEN.to_owned(), None),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://login.corp/\r\n\r\n".to_owned(),
            Some("the proxy refused the connection: HTTP 302"),
        ),
        ("HTTP/1.1 403 Forbidden\r\n\r\n".to_owned(), Some("the proxy refused the connection: HTTP 403")),
        ("HTTP/1.1 407 \r\n\r\n".to_owned(), Some("the proxy requires a user name and a password: HTTP 407")),
        (
            "HTTP/1.1 407 \r\nProxy-Authenticate: Digest realm=\"corp\", nonce=\"x\"\r\n\r\n".to_owned(),
            Some("the proxy requires Digest authentication, which this helper cannot use: HTTP 407"),
        ),
        ("SSH-2.0-OpenSSH_9.6\r\n".to_owned(), Some("the proxy did not answer as an HTTP proxy")),
    ] {
        let aws = aws_with_demo();
        let relay = Relay::to(&aws, Speaks::Http(answer, None));
        let (git, calls) = (without_proxy(&aws), with_role(&aws));
        let proxy = relay.url("http", "");
        let run = traced(&git.env("HTTPS_PROXY", &proxy)).succeeds();
        let answered = calls.env("HTTPS_PROXY", &proxy).get();
        match told {
            None => {
                assert_eq!(asked(&aws), [200]);
                let _ = answered.succeeds();
            }
            Some(told) => {
                assert!(run.stderr.contains(&format!("not verified: {told}\n")), "{}", run.transcript());
                assert!(answered.stderr.contains(&format!("\n  {told}\n")), "{}", answered.transcript());
            }
        }
    }
}

#[test]
fn a_password_is_sent_to_an_http_proxy_only_as_git_and_the_aws_cli_would_send_it() {
    let basic = "Proxy-Authenticate: Basic realm=\"corp\"\r\n";
    let (codecommit, sts) = (format!("{HOST}:443"), format!("sts.{REGION}.amazonaws.com:443"));
    for (method, challenge, is_asked, seen) in [
        ("", basic, true, vec![codecommit.clone(), format!("{codecommit} {BASIC}")]),
        ("basic", basic, true, vec![format!("{codecommit} {BASIC}")]),
        ("anyauth", basic, true, vec![codecommit.clone(), format!("{codecommit} {BASIC}")]),
        (
            "",
            "Proxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic\r\n",
            true,
            vec![codecommit.clone(), format!("{codecommit} {BASIC}")],
        ),
        ("", "Proxy-Authenticate: Digest realm=\"corp\"\r\n", false, vec![codecommit.clone()]),
        ("digest", basic, false, vec![codecommit.clone()]),
        ("ntlm", basic, false, vec![codecommit.clone()]),
    ] {
        let aws = aws_with_demo();
        let relay = Relay::to(&aws, asking(challenge));
        let machine = without_proxy(&aws).env("HTTPS_PROXY", &relay.url("http", "alice:hush"));
        let machine = if method.is_empty() { machine } else { machine.env("GIT_HTTP_PROXY_AUTHMETHOD", method) };
        assert_eq!(machine.get().succeeds().key_id(), Some(KEY_ID));
        assert_eq!((relay.seen(), asked(&aws).len()), (seen, usize::from(is_asked)), "{method}, {challenge}");
        relay.forget();
        let _ = with_role(&aws).env("HTTPS_PROXY", &relay.url("http", "alice:hush")).get().succeeds();
        assert_eq!(relay.seen(), [format!("{sts} {BASIC}")], "{method}, {challenge}");
    }
}

#[test]
fn a_password_of_the_proxy_that_only_gits_helpers_have_is_asked_of_them() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        aws.set_proxy(ProxyAnswer::AuthenticationRequired { user_name: "alice".into(), password: "hush".into() });
        let proxy = aws.proxy_url().replace("http://", "http://alice@");
        let store =
            |password: &str| format!("http://alice:{password}@{}\n", aws.proxy_url().trim_start_matches("http://"));
        let machine = without_proxy(&aws).configured().with_git(git).env("HTTPS_PROXY", &proxy);
        let config = std::fs::read_to_string(machine.home().join(".gitconfig")).expect("a file");
        let machine = machine
            .file("home/.gitconfig", &format!("{config}[credential]\n\thelper = store\n"))
            .file("home/.git-credentials", &store("hush"));
        machine.git(&["clone", "-q", &url("demo")]).succeeds();
        assert!(asked(&aws).len() > 3, "{:?}", asked(&aws));
        let stored = "[credential]\n\thelper = store\n";
        let calls = with_role(&aws).with_git(git).env("HTTPS_PROXY", &proxy).file("home/.gitconfig", stored);
        let _ = calls.file("home/.git-credentials", &store("hush")).get().succeeds();
        aws.set_key_state(KEY_ID, KeyState::Inactive);
        let machine = machine.env("GIT_CODECOMMIT_VERIFY", "always");
        let run = machine.git(&["ls-remote", &url("demo")]);
        assert!(run.stderr.contains("(CC401)"), "{}", run.transcript());
        // One that the helpers do not know, or know wrongly, keeps CodeCommit from being asked, and nobody is prompted.
        aws.forget();
        for (file, told) in [
            (String::new(), "the proxy requires a user name and a password: HTTP 407"),
            (store("wrong"), "the proxy rejected the user name and the password: HTTP 407"),
        ] {
            std::fs::write(machine.home().join(".git-credentials"), file).expect("a file");
            let run = traced(&machine).succeeds();
            assert!(run.key_id() == Some(KEY_ID), "{}", run.transcript());
            assert!(run.stderr.contains(&format!("not verified: {told}\n")), "{}", run.transcript());
            assert!(!run.stderr.contains("wrong") && asked(&aws).is_empty(), "{}", run.transcript());
        }
    });
}

#[test]
fn http2_is_not_offered_as_in_the_aws_cli() {
    let aws = aws_with_demo();
    let server = Hostile::start(|_, _| Ok(()));
    aws.lead_over_http2(HOST, server.address);
    let run = traced(&Machine::before(&aws).with_keys()).succeeds();
    assert!(run.stderr.contains("received fatal alert: NoApplicationProtocol"), "{}", run.transcript());
    assert_eq!((run.key_id(), server.served()), (Some(KEY_ID), 0));
}

#[test]
fn a_proxy_over_tls_is_trusted_as_git_trusts_it() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let relay = Relay::to(&aws, asking("Proxy-Authenticate: Basic realm=\"corp\"\r\n"));
        // The stand-in's TLS server stands before the proxy.
        aws.lead("localhost", relay.address);
        let proxy = format!("https://alice:hush@localhost:{}", aws.tls_address().port());
        let ca = aws.ca_file().display().to_string();
        let machine = || {
            let machine =
                without_proxy(&aws).configured().with_git(git).without("SSL_CERT_FILE").without("AWS_CA_BUNDLE");
            machine.env("HTTPS_PROXY", &proxy)
        };
        for trusting in [
            machine().env("GIT_PROXY_SSL_CAINFO", &ca),
            machine()
                .env("GIT_CONFIG_COUNT", "1")
                .env("GIT_CONFIG_KEY_0", "http.proxySSLCAInfo")
                .env("GIT_CONFIG_VALUE_0", &ca),
        ] {
            aws.forget();
            aws.set_key_state(KEY_ID, KeyState::Active);
            let _ = trusting.get().succeeds();
            assert_eq!(asked(&aws), [200]);
            let _ = trusting.git(&["ls-remote", &url("demo")]).succeeds();
            aws.set_key_state(KEY_ID, KeyState::Inactive);
            let run = trusting.env("GIT_CODECOMMIT_VERIFY", "always").get();
            assert!(run.stderr.contains("(CC401)"), "{}", run.transcript());
        }
        // `GIT_SSL_CAINFO` is for CodeCommit alone.
        let run = traced(&machine()).succeeds();
        let told = "not verified: TLS handshake with the proxy failed: invalid peer certificate: UnknownIssuer\n";
        assert!(run.stderr.contains(told), "{}", run.transcript());
        assert!(!machine().git(&["ls-remote", &url("demo")]).stderr.is_empty());
    });
}

#[test]
fn a_socks_proxy_may_listen_at_a_unix_socket() {
    let aws = aws_with_demo();
    let relay = Relay::to(&aws, Speaks::Socks(None));
    let machine = without_proxy(&aws);
    let path = machine.path("home/a socket");
    let listener = UnixListener::bind(&path).expect("a socket");
    let to = relay.address;
    thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            let mut relay = TcpStream::connect(to).expect("the relay");
            let (mut back, mut answers) = (client.try_clone().expect("a clone"), relay.try_clone().expect("a clone"));
            thread::spawn(move || std::io::copy(&mut answers, &mut back));
            let _ = std::io::copy(&mut client, &mut relay);
        }
    });
    let proxy = format!("socks5h://localhost{}", path.display().to_string().replace(' ', "%20"));
    let _ = machine.env("ALL_PROXY", &proxy).get().succeeds();
    assert_eq!((asked(&aws), relay.seen().len()), (vec![200], 1));
}

#[test]
fn whatever_a_proxy_sends_git_has_its_answer_within_five_seconds() {
    // Five seconds, starting, and what a busy machine takes.
    const BUDGET: f64 = 8.0;
    thread::scope(|scope| {
        for manner in Manner::ALL {
            scope.spawn(move || {
                let aws = aws_with_demo();
                let proxy = Hostile::start(move |_, to| manner.answer("HTTP/1.1 200 OK\r\n", to));
                let machine = without_proxy(&aws).env("HTTPS_PROXY", &proxy.url());
                let run = measured(&machine).within(BUDGET, &format!("{manner:?}")).run;
                assert_eq!(run.key_id(), Some(KEY_ID), "{manner:?}: {}", run.transcript());
                assert!(proxy.served() > 0, "{manner:?}");
            });
        }
        for (name, first) in [
            ("silence", &b""[..]),
            ("half a greeting", b"\x05"),
            ("a greeting", b"\x05\0"),
            ("no SOCKS", b"HTTP/1.1 400 \r\n\r\n"),
        ] {
            scope.spawn(move || {
                let aws = aws_with_demo();
                let proxy = Hostile::start_raw(move |client| {
                    client.write_all(first)?;
                    std::io::copy(client, &mut std::io::sink()).map(drop)
                });
                let machine = without_proxy(&aws).env("ALL_PROXY", &proxy.url().replace("http:", "socks5h:"));
                let run = measured(&machine).within(BUDGET, name).run;
                assert!(run.key_id() == Some(KEY_ID) && proxy.served() > 0, "{name}: {}", run.transcript());
            });
        }
    });
}

#[test]
fn a_helper_that_hangs_with_the_password_of_the_proxy_counts_in_the_time_of_the_request() {
    let aws = aws_with_demo();
    aws.set_proxy(ProxyAnswer::Blackhole);
    let proxy = aws.proxy_url().replace("http://", "http://alice@");
    let machine = without_proxy(&aws).file("home/.gitconfig", "[credential]\n\thelper = \"!sleep 60 #\"\n");
    // Three seconds for the helper; five for it and the request together.
    let run = measured(&machine.env("HTTPS_PROXY", &proxy)).within(7.5, "a helper that hangs").run;
    assert!(run.key_id() == Some(KEY_ID), "{}", run.transcript());
    assert!(run.waits.contains("waiting for the configured credential helpers"), "{}", run.waits);
}
