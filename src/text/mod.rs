//! Text for terminals and shells, and from them. Pure.

pub(crate) mod escape;
pub(crate) mod shell;
