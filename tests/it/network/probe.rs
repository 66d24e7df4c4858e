//! The request that asks first, and the look for the reason: whatever CodeCommit's host sends, git has its answer or its
//! refusal within five seconds.

use crate::common::hostile::{Hostile, Manner, answer, measured};
use crate::common::{HOST, KEY_ID, Machine, REGION, aws_with_demo, gits, url};
use stand_in::{KeyState, Mode, StandIn};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Five seconds, starting, and what a busy machine takes.
const BUDGET: f64 = 8.0;

const AWS: &str = "x-amzn-requestid: 0123";

fn codecommit(server: &Hostile) -> (StandIn, Machine) {
    let aws = aws_with_demo();
    aws.lead(HOST, server.address);
    let machine = Machine::before(&aws).with_keys();
    (aws, machine)
}

#[test]
fn whatever_answers_for_codecommit_git_has_its_answer_within_five_seconds() {
    for head in ["HTTP/1.1 403 \r\n", "HTTP/1.1 503 \r\nretry-after: 0\r\n"] {
        thread::scope(|scope| {
            for manner in Manner::ALL {
                scope.spawn(move || {
                    let server = Hostile::start(move |_, to| manner.answer(&format!("{head}{AWS}\r\n"), to));
                    let (_aws, machine) = codecommit(&server);
                    let run = measured(&machine).within(BUDGET, &format!("{manner:?}")).run;
                    let refused = run.stderr.contains("(CC4");
                    // A mebibyte of nonsense with AWS's request id is a refusal that gives no reason.
                    let may_refuse = head.contains("403") && run.status == 1;
                    assert!(run.key_id() == Some(KEY_ID) || refused && may_refuse, "{manner:?}: {}", run.transcript());
                });
            }
        });
    }
}

#[test]
fn a_body_of_any_length_behind_a_success_is_not_read() {
    let server = Hostile::start(|_, to| Manner::LongBody.answer(&format!("HTTP/1.1 200 \r\n{AWS}\r\n"), to));
    let (_aws, machine) = codecommit(&server);
    let run = measured(&machine).within(4.0, "a long body").run.succeeds();
    assert_eq!((run.key_id(), run.stderr.as_str()), (Some(KEY_ID), ""));
}

#[test]
fn a_server_that_asks_for_no_pause_is_asked_a_few_times_with_pauses_and_git_gets_its_answer() {
    thread::scope(|scope| {
        for retry_after in ["0", "-1", "0.001", "1e-9", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", ""] {
            for status in [429, 503] {
                scope.spawn(move || is_asked_four_times(status, retry_after));
            }
        }
    });
}

fn is_asked_four_times(status: u16, retry_after: &'static str) {
    let (sender, arrived) = mpsc::channel();
    let sender = Mutex::new(sender);
    let server = Hostile::start(move |_, to| {
        let _ = sender.lock().expect("no panic").send(Instant::now());
        answer(to, &format!("{status} \r\n{AWS}\r\nretry-after: {retry_after}"), "<ThrottlingException/>")
    });
    let (_aws, machine) = codecommit(&server);
    let run = measured(&machine).within(BUDGET, retry_after).run.succeeds();
    assert_eq!(run.key_id(), Some(KEY_ID));
    assert!(run.stderr.contains(&format!("HTTP {status}")), "{}", run.transcript());
    let times: Vec<Instant> = arrived.try_iter().collect();
    let pauses: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // 0.4, 0.8 and 1.6 s fit into the budget, 3.2 s do not.
    assert_eq!(times.len(), 4, "{retry_after}: {pauses:?}");
    assert!(pauses.iter().all(|pause| *pause >= Duration::from_millis(390)), "{retry_after}: {pauses:?}");
}

#[test]
fn a_pause_that_is_longer_than_anybody_waits_is_not_waited_for() {
    let seconds = ["3600", "18446744073709551615", "18446744073709551616", "99999999999999999999999999"];
    for retry_after in seconds.into_iter().chain(["Fri, 31 Dec 9999 23:59:59 GMT"]) {
        let date = "date: Thu, 26 Nov 2026 12:00:00 GMT";
        let server = Hostile::start(move |_, to| {
            answer(to, &format!("503 \r\n{AWS}\r\n{date}\r\nretry-after: {retry_after}"), "<ServiceUnavailable/>")
        });
        let (_aws, machine) = codecommit(&server);
        let run = measured(&machine).within(3.0, retry_after).run.succeeds();
        assert!(run.stderr.contains("HTTP 503"), "{}", run.transcript());
        assert_eq!(server.served(), 1, "{retry_after}");
    }
}

#[test]
fn a_server_that_recovers_is_no_warning() {
    let left = std::sync::atomic::AtomicUsize::new(2);
    let server = Hostile::start(move |_, to| {
        let left =
            left.fetch_update(std::sync::atomic::Ordering::SeqCst, std::sync::atomic::Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        let status = if left.is_ok() { "429 \r\nretry-after: 0" } else { "200 " };
        answer(to, &format!("{status}\r\n{AWS}"), "")
    });
    let (_aws, machine) = codecommit(&server);
    let run = machine.get().succeeds();
    assert_eq!((run.key_id(), run.stderr.as_str(), server.served()), (Some(KEY_ID), "", 3));
}

#[test]
fn a_clone_from_a_throttling_codecommit_ends_and_no_panic_is_told() {
    for (git, version) in gits() {
        let aws = aws_with_demo();
        aws.set_mode(Mode::Throttled { retry_after: Some(0) });
        let machine = Machine::before(&aws).configured().with_keys().with_git(&git);
        let started = Instant::now();
        let run = machine.git(&["clone", "-q", &url("demo")]);
        assert!(started.elapsed() < Duration::from_secs(10), "{version}: {:?}", started.elapsed());
        assert!(run.stderr.contains("CodeCommit is throttling requests (HTTP 429"), "{version}: {}", run.transcript());
        assert!(!run.stderr.contains("(CC302)"), "{version}: {}", run.transcript());
        assert!(aws.requests().len() < 10, "{version}: {}", aws.requests().len());
    }
}

#[test]
fn no_redirect_of_codecommit_is_followed() {
    let elsewhere = Hostile::always(Manner::Garbage);
    for status in ["301 ", "302 ", "307 ", "308 "] {
        let location = elsewhere.url();
        let redirect = move |_: &str, to: &mut TcpStream| {
            answer(to, &format!("{status}\r\n{AWS}\r\nlocation: {location}/v1/repos/demo/info/refs"), "")
        };
        let server = Hostile::start(redirect);
        let (_aws, machine) = codecommit(&server);
        assert_eq!(machine.get().succeeds().key_id(), Some(KEY_ID));
    }
    assert_eq!(elsewhere.served(), 0);
}

#[test]
fn the_look_for_the_reason_ends_within_the_same_five_seconds_whoever_is_asked() {
    let hosts = [format!("sts.{REGION}.amazonaws.com"), format!("codecommit.{REGION}.amazonaws.com")];
    thread::scope(|scope| {
        for manner in Manner::ALL {
            let hosts = &hosts;
            scope.spawn(move || {
                let server = Hostile::always(manner);
                let aws = aws_with_demo();
                aws.set_key_state(KEY_ID, KeyState::Inactive);
                for host in hosts {
                    aws.lead(host, server.address);
                }
                let machine = Machine::before(&aws).with_keys();
                let run = measured(&machine).within(BUDGET, &format!("{manner:?}")).run;
                assert!(run.status == 1 && run.stderr.contains("(CC4"), "{manner:?}: {}", run.transcript());
                assert!(server.served() >= 2, "{manner:?}: {}", server.served());
            });
        }
    });
}
