//! How a run ended, as a number.

/// How a run ended. The numbers are a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: an answer, a foreign host, `store`, `erase`, an action that git may know and this program does not.
    Answered = 0,
    /// 1: a `get` or a command that failed, a `doctor` that found a problem. git ignores the status, other clients drop the
    /// output of a helper that has it.
    Failed = 1,
    /// 2: arguments that mean nothing.
    Usage = 2,
    /// 3: a `doctor` that had nothing to look at.
    CouldNotRun = 3,
}
