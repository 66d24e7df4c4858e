//! The machine below everything else: child processes. Knows nothing of git, AWS or CodeCommit.

pub(crate) mod run;
