//! Benchmarks of the pure parts of one `get`, without the start of the process: `cargo bench --bench pure`
//!
//! `benches/compare.sh` compares whole processes. These parts take almost no time compared to starting a process, and
//! this bench guards that.

#![allow(missing_docs, reason = "criterion's macros make public functions")]

use chrono::DateTime;
use codecommit::attributes::Attributes;
use codecommit::keys::Credentials;
use codecommit::repository::{Recognized, recognize};
use codecommit::signature::sign;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

/// A request as git 2.47 sends it.
const REQUEST: &[u8] = b"capability[]=authtype\ncapability[]=state\nprotocol=https\n\
    host=git-codecommit.eu-west-1.amazonaws.com\npath=v1/repos/demo\nwwwauth[]=Basic realm=\"Amazon CodeCommit\"\n\n";

/// The slowest host to decide on: every suffix is tried, then the look-alikes.
const FOREIGN: &[u8] = b"protocol=https\nhost=github.com\npath=octo/app.git\n\n";

fn pure(criterion: &mut Criterion) {
    criterion.bench_function("parse a request", |bench| bench.iter(|| Attributes::parse(black_box(REQUEST))));

    let attributes = Attributes::parse(REQUEST);
    criterion.bench_function("recognize a repository", |bench| bench.iter(|| recognize(black_box(&attributes), false)));

    let foreign = Attributes::parse(FOREIGN);
    criterion.bench_function("leave a foreign host", |bench| bench.iter(|| recognize(black_box(&foreign), false)));

    let Ok(Some(Recognized::Scoped(repository))) = recognize(&attributes, false) else {
        panic!("a host of CodeCommit")
    };
    let key = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let credentials = Credentials::new(key.0, key.1, None, None).expect("the example key");
    let time = DateTime::from_timestamp(1_795_401_600, 0).expect("a time");
    criterion.bench_function("sign", |bench| bench.iter(|| sign(black_box(&repository), &credentials, time)));
}

criterion_group!(benches, pure);
criterion_main!(benches);
