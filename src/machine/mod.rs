//! The machine below everything else: child processes, and waits. Knows nothing of git, AWS or CodeCommit.

pub(crate) mod run;
pub(crate) mod wait;
