//! Text for terminals and shells. Pure.

pub(crate) mod escape;
pub(crate) mod markdown;
pub(crate) mod nearest;
pub(crate) mod shape;
pub(crate) mod shell;
pub(crate) mod style;
pub(crate) mod time;
