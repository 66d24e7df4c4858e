//! Runs each target on its committed corpus, and on inputs of 64 KiB, as ordinary tests on a stable compiler.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the directory above").to_owned()
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let directory = fs::read_dir(fuzz().join("corpus").join(target)).expect(target);
    directory
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), fs::read(path).expect("a file")))
        .collect()
}

#[test]
fn every_input_of_the_corpora_keeps_what_always_holds() {
    for (target, run) in parsers::TARGETS {
        for (path, bytes) in corpus(target) {
            println!("{}", path.display());
            run(&bytes);
        }
    }
}

#[test]
fn every_target_has_a_corpus_and_a_file_for_the_fuzzer() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("the manifest");
    for (target, _) in parsers::TARGETS {
        assert!(corpus(target).len() >= 2, "{target}");
        assert!(fuzz().join(format!("fuzz_targets/{target}.rs")).exists(), "{target}");
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
    }
}

/// Quadratic time would take minutes here.
#[test]
fn the_time_for_64_kib_is_bounded() {
    for (target, run) in parsers::TARGETS {
        for (path, bytes) in corpus(target).into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
            let long: Vec<u8> = bytes.iter().copied().cycle().take(64 << 10).collect();
            let started = Instant::now();
            run(&long);
            assert!(started.elapsed() < Duration::from_secs(10), "{}: {:?}", path.display(), started.elapsed());
        }
    }
}
