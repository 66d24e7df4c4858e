//! Text that other programs read or write: shell words.

pub(crate) mod shell;
