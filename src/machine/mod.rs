//! The machine: clock, environment, files, child processes, locks, streams and waits.
//!
//! Decides how each is used safely. Knows nothing of git, AWS or CodeCommit.

pub mod clock;
pub(crate) mod file;
pub(crate) mod json_file;
pub(crate) mod own_directory;
pub(crate) mod run;
pub(crate) mod signals;
pub(crate) mod single_flight;
pub mod streams;
pub(crate) mod terminal;
pub mod trace;
pub(crate) mod wait;
pub mod world;
