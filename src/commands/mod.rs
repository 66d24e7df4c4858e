//! What the program can be asked to do, a module each. They use everything below, and never each other.

pub mod doctor;
pub(crate) mod explain;
pub mod get;
pub(crate) mod profiles;
pub mod remote;
pub mod setup;
pub(crate) mod store;
