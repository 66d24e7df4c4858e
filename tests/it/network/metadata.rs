//! The services of the machine, over plain HTTP: instance metadata, and a container's endpoint.

use crate::common::hostile::{Hostile, Manner, answer, measured};
use crate::common::{KEY_ID, Machine, SECRET, TOKEN};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

/// How an answer of EC2's begins.
const EC2: &str = "HTTP/1.1 200 OK\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\n";

/// What the instance metadata service is asked for, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Question {
    Token,
    Role,
    Credentials,
}

impl Question {
    const ALL: [Self; 3] = [Self::Token, Self::Role, Self::Credentials];

    fn of(head: &str) -> Self {
        match head {
            head if head.starts_with("PUT ") => Self::Token,
            head if head.contains("security-credentials/ ") => Self::Role,
            _ => Self::Credentials,
        }
    }

    /// EC2's own answer.
    fn answer(self, to: &mut TcpStream) -> std::io::Result<()> {
        match self {
            Self::Token => answer(to, "200 OK\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600", "AQAAtoken=="),
            Self::Role => answer(to, "200 OK", "Runner"),
            Self::Credentials => {
                let body = format!(
                    r#"{{"Code": "Success", "AccessKeyId": "{KEY_ID}", "SecretAccessKey": "{SECRET}", "Token": "{TOKEN}",
                    "Expiration": "2099-01-02T03:04:05Z"}}"#
                );
                answer(to, "200 OK", &body)
            }
        }
    }
}

/// A service that answers `at` one question in this way, and the others as EC2's.
fn service(at: Question, otherwise: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Hostile {
    Hostile::start(move |head, to| {
        let question = Question::of(head);
        if question == at { otherwise(to) } else { question.answer(to) }
    })
}

fn instance(service: &Hostile) -> Machine {
    Machine::new()
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &service.url())
        .env("GIT_CODECOMMIT_VERIFY", "never")
}

#[test]
fn the_instance_metadata_service_has_a_second_for_everything_and_a_mebibyte_for_each_answer() {
    for at in Question::ALL {
        thread::scope(|scope| {
            for manner in Manner::ALL {
                scope.spawn(move || {
                    let service = service(at, move |to| manner.answer(EC2, to));
                    let measured = measured(&instance(&service)).within(4.0, &format!("{at:?}, {manner:?}"));
                    let run = measured.run;
                    assert_eq!(run.status, 1, "{at:?}, {manner:?}: {}", run.transcript());
                    let code = ["(CC201)", "(CC216)"].iter().any(|code| run.stderr.contains(code));
                    assert!(code, "{at:?}, {manner:?}: {}", run.transcript());
                });
            }
        });
    }
}

#[test]
fn only_silence_before_the_token_is_told_as_a_hop_limit() {
    let late = "no complete answer within 0.9 s";
    for (at, manner, told) in [
        (Question::Token, Manner::Silence, "no response from the EC2 instance metadata service (IMDS)"),
        (Question::Token, Manner::SlowBody, late),
        (Question::Role, Manner::Silence, late),
        (Question::Credentials, Manner::SlowHead, late),
        (Question::Credentials, Manner::HalfABody, late),
    ] {
        let service = service(at, move |to| manner.answer(EC2, to));
        let run = instance(&service).get();
        assert!(run.stderr.contains("(CC216)") && run.stderr.contains(told), "{at:?}: {}", run.transcript());
        assert_eq!(run.stderr.contains("hop limit"), manner == Manner::Silence && at == Question::Token);
    }
    for at in Question::ALL {
        let service = service(at, |to| Manner::EndlessBody.answer(EC2, to));
        let run = instance(&service).env("AWS_METADATA_SERVICE_TIMEOUT", "9").get();
        assert!(run.stderr.contains("(CC216)"), "{at:?}: {}", run.transcript());
        assert!(run.stderr.contains("the answer is longer than 1 MiB"), "{at:?}: {}", run.transcript());
    }
}

#[test]
fn the_settings_of_the_aws_cli_say_how_long_the_instance_metadata_service_has_for_everything() {
    let slow = || {
        Hostile::start(|head, to| {
            thread::sleep(Duration::from_millis(600));
            Question::of(head).answer(to)
        })
    };
    let service = slow();
    let run = measured(&instance(&service)).within(4.0, "three answers of 0.6 s each").run;
    assert!(run.stderr.contains("no complete answer within 0.9 s"), "{}", run.transcript());
    let patient = |timeout, attempts| {
        instance(&service)
            .env("AWS_METADATA_SERVICE_TIMEOUT", timeout)
            .env("AWS_METADATA_SERVICE_NUM_ATTEMPTS", attempts)
    };
    patient("3", "1").get().succeeds();
    patient("1", "3").get().succeeds();

    let silent = Hostile::always(Manner::Silence);
    let machine = instance(&silent).env("AWS_METADATA_SERVICE_TIMEOUT", "1");
    let waited = measured(&machine.env("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "3")).within(6.0, "three attempts of 1 s");
    assert!(waited.took > Duration::from_millis(2900), "{:?}", waited.took);
    assert_eq!(silent.served(), 3);
    assert!(waited.run.stderr.contains("did not respond within 3000 ms"), "{}", waited.run.transcript());
}

#[test]
fn an_answer_that_changes_at_the_next_attempt_is_asked_for_again() {
    let first = std::sync::atomic::AtomicBool::new(true);
    let service = service(Question::Role, move |to| {
        if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return answer(to, "503 Service Unavailable", "");
        }
        Question::Role.answer(to)
    });
    let machine = instance(&service).env("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2");
    assert_eq!(machine.get().succeeds().key_id(), Some(KEY_ID));
}

#[test]
fn numbers_and_names_that_cannot_be_any_are_no_panic() {
    for ttl in ["18446744073709551615", "-1", "soon", ""] {
        let service = service(Question::Token, move |to| {
            answer(to, &format!("200 OK\r\nx-aws-ec2-metadata-token-ttl-seconds: {ttl}"), "AQAAtoken==")
        });
        assert_eq!(instance(&service).get().succeeds().key_id(), Some(KEY_ID), "{ttl}");
    }
    for (at, body) in [
        (Question::Token, ""),
        (Question::Token, "a b"),
        (Question::Token, "<html>\n<body>"),
        (Question::Role, ""),
        (Question::Role, "a b"),
        (Question::Role, "../../user-data"),
        (Question::Role, "Runner\nOther"),
        (Question::Role, "Runner?x#y"),
        (Question::Role, "%00"),
        (Question::Credentials, ""),
        (Question::Credentials, "[]"),
        (Question::Credentials, "null"),
        (Question::Credentials, r#"{"AccessKeyId": 1, "SecretAccessKey": {}}"#),
        (Question::Credentials, r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role"}"#),
    ] {
        let service = service(at, move |to| answer(to, "200 OK\r\nx-aws-ec2-metadata-token-ttl-seconds: 60", body));
        let run = instance(&service).get();
        let code = if at == Question::Token { "(CC201)" } else { "(CC216)" };
        assert!(run.status == 1 && run.stderr.contains(code), "{at:?}, {body:?}: {}", run.transcript());
    }
    let ended = service(Question::Credentials, |to| {
        let body = format!(
            r#"{{"AccessKeyId": "{KEY_ID}", "SecretAccessKey": "{SECRET}", "Expiration": "2001-01-01T00:00:00Z"}}"#
        );
        answer(to, "200 OK", &body)
    });
    assert_eq!(instance(&ended).get().succeeds().key_id(), Some(KEY_ID), "EC2 hands out old ones where it has no new");
}

#[test]
fn a_containers_endpoint_has_five_seconds_for_everything_and_a_mebibyte_for_its_answer() {
    thread::scope(|scope| {
        for manner in Manner::ALL {
            scope.spawn(move || {
                let endpoint = Hostile::always(manner);
                let machine = Machine::new()
                    .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/credentials", endpoint.url()))
                    .env("GIT_CODECOMMIT_VERIFY", "never");
                let run = measured(&machine).within(9.0, &format!("{manner:?}")).run;
                assert!(run.status == 1 && run.stderr.contains("(CC215)"), "{manner:?}: {}", run.transcript());
            });
        }
    });
}

#[test]
fn no_redirect_of_a_service_of_the_machine_is_followed() {
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = Hostile::start(|head, to| Question::of(head).answer(to));
        let url = elsewhere.url();
        let redirect =
            move |path: &str, to: &mut TcpStream| answer(to, &format!("{status}\r\nlocation: {url}{path}"), "");
        for at in Question::ALL {
            let redirect = redirect.clone();
            let run = instance(&service(at, move |to| redirect("/latest/api/token", to))).get();
            assert_eq!(run.status, 1, "{}", run.transcript());
        }
        let endpoint = Hostile::start(move |_, to| redirect("/credentials", to));
        let uri = format!("{}/credentials", endpoint.url());
        let run = Machine::new().env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri).get();
        assert!(run.status == 1 && run.stderr.contains("(CC215)"), "{}", run.transcript());
        assert_eq!(elsewhere.served(), 0, "{status}");
    }
}

/// A machine whose container's endpoint wants a token.
fn container(endpoint: &Hostile) -> Machine {
    Machine::new()
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/credentials", endpoint.url()))
        .env("GIT_CODECOMMIT_VERIFY", "never")
}

#[test]
fn the_file_of_a_containers_token_is_neither_waited_for_nor_read_without_end() {
    let endpoint = Hostile::start(|_, to| Question::Credentials.answer(to));
    let directory = tempfile::tempdir().expect("a directory");
    let fifo = directory.path().join("fifo");
    assert!(stand_in::command("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
    for (file, told) in [
        ("/dev/zero", "which is too long"),
        (&fifo.display().to_string(), "not read to its end within 5 s"),
        ("/no/such/file", "which does not exist"),
        ("", "is set, but empty"),
    ] {
        let machine = container(&endpoint).env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file);
        // Another token does not take the place of this one.
        let machine = machine.env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token");
        let run = measured(&machine).within(7.0, file).run;
        assert!(run.status == 1 && run.stderr.contains("(CC215)"), "{file}: {}", run.transcript());
        assert!(run.stderr.contains(told), "{file}: {}", run.transcript());
        let waits = run.waits.contains("waiting for the file of the container's authorization token");
        assert_eq!(waits, file.ends_with("fifo"), "{file}: {}", run.waits);
    }
    assert_eq!(endpoint.served(), 0, "asked without the token");
}

#[test]
fn a_containers_token_is_sent_as_it_is_and_not_with_a_line_break() {
    let endpoint = Hostile::start(|head, to| {
        let is_it = head.contains("authorization: a token\r\n");
        if is_it { Question::Credentials.answer(to) } else { answer(to, "401 Unauthorized", "") }
    });
    let with = |token: &str| container(&endpoint).env("AWS_CONTAINER_AUTHORIZATION_TOKEN", token);
    let in_file = |token: &str| {
        let machine = with("another").file("home/token", token);
        let file = machine.path("home/token").display().to_string();
        machine.env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &file)
    };
    assert_eq!(with("a token").get().succeeds().key_id(), Some(KEY_ID));
    assert_eq!(in_file("a token").get().succeeds().key_id(), Some(KEY_ID));
    let served = endpoint.served();
    for token in ["a token\n", "a token\r\nx-more: 1", "a token\u{1}"] {
        let run = in_file(token).get();
        assert!(run.stderr.contains("the token contains a line break"), "{token:?}: {}", run.transcript());
    }
    let run = with("a token\n").get();
    assert!(run.stderr.contains("AWS_CONTAINER_AUTHORIZATION_TOKEN: the token contains"), "{}", run.transcript());
    assert_eq!(endpoint.served(), served);
}

#[test]
fn a_containers_endpoint_is_asked_over_plain_http_on_this_machine_alone() {
    for uri in [
        "http://192.0.2.1/creds",
        "http://203.0.113.23/creds",
        "http://[2001:db8::23]/creds",
        "http://[::ffff:192.0.2.1]/creds",
    ] {
        let machine = Machine::new().env("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);
        let run = measured(&machine).within(7.0, uri).run;
        assert!(run.status == 1 && run.stderr.contains("(CC215)"), "{uri}: {}", run.transcript());
        assert!(run.stderr.contains("plain HTTP may only go to loopback"), "{uri}: {}", run.transcript());
    }
    let endpoint = Hostile::start(|_, to| Question::Credentials.answer(to));
    for host in ["127.0.0.1", "localhost"] {
        let uri = format!("http://{host}:{}/creds", endpoint.address.port());
        let machine =
            Machine::new().env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri).env("GIT_CODECOMMIT_VERIFY", "never");
        assert_eq!(machine.get().succeeds().key_id(), Some(KEY_ID), "{host}");
    }
}

#[test]
fn a_containers_endpoint_that_recovers_is_asked_again_and_one_that_refuses_is_not() {
    for (status, asked) in [("503 Service Unavailable", 3), ("200 OK", 3), ("403 Forbidden", 1)] {
        let endpoint = Hostile::start(move |_, to| answer(to, status, ""));
        let run = container(&endpoint).get();
        assert!(run.status == 1 && run.stderr.contains("(CC215)"), "{status}: {}", run.transcript());
        assert_eq!(endpoint.served(), asked, "{status}: {}", run.transcript());
    }
    let first = std::sync::atomic::AtomicBool::new(true);
    let endpoint = Hostile::start(move |_, to| {
        let is_first = first.swap(false, std::sync::atomic::Ordering::SeqCst);
        if is_first { answer(to, "500 Internal Server Error", "") } else { Question::Credentials.answer(to) }
    });
    assert_eq!(container(&endpoint).get().succeeds().key_id(), Some(KEY_ID));
}
