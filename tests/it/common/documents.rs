//! The commands of the documents, to be run as a reader would paste them: what rots fails a test.

use super::Machine;
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a document.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file below these directories, by its path from the root, with its text.
pub fn sources(directories: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut directories: Vec<PathBuf> = directories.iter().map(|directory| root().join(directory)).collect();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                found.push((path.strip_prefix(root()).expect("below the root").to_owned(), text));
            }
        }
    }
    found
}

/// What stands below a heading, up to the next one.
pub fn section(document: &str, heading: &str) -> String {
    let text = format!("\n{}", read(document));
    let section =
        text.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{document} has no `{heading}`")).1;
    ["\n## ", "\n### "].iter().fold(section, |text, next| text.split(next).next().unwrap_or(text)).to_owned()
}

/// The fenced blocks of a kind below a heading.
pub fn blocks(document: &str, heading: &str, kind: &str) -> Vec<String> {
    let fence = format!("```{kind}\n");
    let section = section(document, heading);
    section.split(&fence).skip(1).filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())).collect()
}

impl Machine {
    /// Pastes a block of commands into a shell.
    pub fn pasted(self, block: &str) -> Self {
        self.run("/bin/sh".as_ref(), &["-euc", block], b"").succeeds();
        self
    }
}
