//! The house has floors: a room uses those below it, no two use each other, and pure rooms touch nothing outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::common::documents;

/// From the ground up. Rooms in one line do not use each other.
const FLOORS: [&[&str]; 12] = [
    &["text"],
    &["machine"],
    &["failure"],
    &["git"],
    &["aws"],
    &["credentials"],
    &["remote", "verification"],
    &["diagnosis"],
    &["session"],
    &["cli", "words"],
    &[
        "commands::doctor",
        "commands::explain",
        "commands::get",
        "commands::profiles",
        "commands::remote",
        "commands::setup",
        "commands::store",
    ],
    &["lib", "main", "bin"],
];

/// Paths that are given everything as arguments.
const PURE: [&str; 17] = [
    "crates/codecommit",
    "crates/aws-files",
    "src/text",
    "src/words",
    "src/failure",
    "src/remote",
    "src/verification/step.rs",
    "src/diagnosis/verdict.rs",
    "src/commands/setup/plan.rs",
    "src/commands/setup/rewrite.rs",
    "src/commands/setup/signer.rs",
    "src/commands/setup/undo.rs",
    "src/commands/doctor/bug_report.rs",
    "src/commands/doctor/check.rs",
    "src/commands/doctor/json.rs",
    "src/commands/doctor/report.rs",
    "src/commands/doctor/show.rs",
];

const OUTSIDE: [&str; 14] = [
    "std::fs",
    "env::var",
    "env::args",
    "env::current",
    "env::home_dir",
    "env::temp_dir",
    "env::split_paths",
    "std::process",
    "std::net::Tcp",
    "std::net::Udp",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
];

/// The program's files, without comments and without their tests.
fn program(directories: &[&str]) -> Vec<(String, String)> {
    let files = documents::sources(directories).into_iter().map(|(path, text)| {
        let end = ["#[cfg(test)]\nmod tests {", "#[cfg(all(test, unix))]\nmod tests {"];
        let end = end.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
        let code: Vec<&str> = text[..end].lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
        (path.to_string_lossy().replace('\\', "/"), code.join("\n"))
    });
    files.filter(|(path, _)| !path.ends_with("tests.rs")).collect()
}

/// The room of a module's path, such as `commands::setup` of `commands::setup::plan`.
fn room(path: &str) -> Option<&'static str> {
    let is_of = |room: &&str| path == *room || path.strip_prefix(*room).is_some_and(|rest| rest.starts_with("::"));
    FLOORS.iter().flat_map(|floor| floor.iter().copied()).find(is_of)
}

fn floor(room: &str) -> usize {
    FLOORS.iter().position(|floor| floor.contains(&room)).expect("a room")
}

fn room_of_file(path: &str) -> Option<&'static str> {
    let inside = path.rsplit_once("src/")?.1.trim_end_matches(".rs").trim_end_matches("/mod");
    room(&inside.replace('/', "::"))
}

/// What a file names in this crate, with the line.
fn named(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for rest in line.split("crate::").skip(1) {
            let path: String = rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
            found.push((path.trim_end_matches(':').to_owned(), number + 1));
        }
    }
    found
}

#[test]
fn no_room_uses_one_above_it_or_beside_it() {
    let mut wrong = Vec::new();
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, code) in program(&["src"]) {
        let Some(from) = room_of_file(&path) else {
            assert!(path.ends_with("commands/mod.rs"), "{path} is in no room: give it one, and a floor");
            continue;
        };
        for (name, line) in named(&code) {
            let Some(to) = room(&name).filter(|to| *to != from) else { continue };
            arrows.entry(from).or_default().insert(to);
            if floor(to) >= floor(from) {
                wrong.push(format!("{path}:{line}: {from} uses {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "against the floors:\n{}", wrong.join("\n"));
    let count: usize = arrows.values().map(BTreeSet::len).sum();
    assert!(count > 40, "only {count} arrows were found: the reader is broken");
}

#[test]
fn a_pure_room_touches_nothing_outside() {
    for pure in PURE {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(pure).exists(), "{pure} is gone");
    }
    let mut wrong = Vec::new();
    for (path, code) in
        program(&["src", "crates"]).iter().filter(|(path, _)| PURE.iter().any(|pure| path.contains(pure)))
    {
        for (number, line) in code.lines().enumerate() {
            wrong.extend(
                OUTSIDE
                    .iter()
                    .filter(|outside| line.contains(**outside))
                    .map(|outside| format!("{path}:{}: {outside}", number + 1)),
            );
        }
    }
    assert!(wrong.is_empty(), "a pure room touches what is outside:\n{}", wrong.join("\n"));
}
