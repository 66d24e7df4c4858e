//! The exit statuses.

/// The exit status of a run. The numbers are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: `get` printed a password or the host is not CodeCommit's; `store`, `erase`, an action that only a later git knows.
    Answered = 0,
    /// 1: `get` or another command failed, or `doctor` found a problem. git ignores the status; other clients ignore the
    /// output of a helper that exits with it.
    Failed = 1,
    /// 2: a usage error.
    Usage = 2,
    /// 3: `doctor` had nothing to check.
    CouldNotRun = 3,
}
