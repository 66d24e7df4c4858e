//! The sources that somebody has to be asked for: a program, a service, the machine. Each gives keys, or its own error.

pub(super) mod container;
pub(super) mod imds;
mod link_local;
pub(super) mod login;
pub(super) mod process;
mod proof;
pub(super) mod sso;
pub(super) mod sts;
