//! The machine below everything else: the clock, child processes, and waits. Knows nothing of git, AWS or CodeCommit.

pub mod clock;
pub(crate) mod run;
pub(crate) mod wait;
