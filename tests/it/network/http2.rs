//! The same over HTTP/2, which the client offers to every server with TLS.

use crate::common::hostile::measured;
use crate::common::http2::{Manner, NOT_FOUND, OK};
use crate::common::{HOST, KEY_ID, Machine, aws_with_demo};
use std::thread;

const STS: &str = "sts.eu-west-1.amazonaws.com";

#[test]
fn whatever_codecommit_sends_over_http2_git_has_its_answer_within_five_seconds() {
    thread::scope(|scope| {
        for manner in Manner::ALL {
            scope.spawn(move || {
                let server = manner.start(NOT_FOUND);
                let aws = aws_with_demo();
                aws.lead_over_http2(HOST, server.address);
                let run = measured(&Machine::before(&aws).with_keys()).within(9.0, &format!("{manner:?}")).run;
                assert_eq!(run.key_id(), Some(KEY_ID), "{manner:?}: {}", run.transcript());
                assert!(server.served() >= 1, "{manner:?}: {}", run.transcript());
            });
        }
    });
}

#[test]
fn whatever_a_service_sends_over_http2_its_source_of_credentials_ends_within_its_time() {
    thread::scope(|scope| {
        for manner in Manner::ALL {
            scope.spawn(move || {
                let server = manner.start(OK);
                let aws = aws_with_demo();
                aws.lead_over_http2(STS, server.address);
                let machine = Machine::before(&aws).with_role().env("GIT_CODECOMMIT_VERIFY", "never");
                let run = measured(&machine).within(26.0, &format!("{manner:?}")).run;
                assert!(run.status == 1 && run.stderr.contains("(CC220)"), "{manner:?}: {}", run.transcript());
                assert!(server.served() >= 1, "{manner:?}: {}", run.transcript());
                if manner == Manner::LongBody {
                    assert!(run.stderr.contains("the answer is longer than 1 MiB"), "{}", run.transcript());
                }
            });
        }
    });
}
