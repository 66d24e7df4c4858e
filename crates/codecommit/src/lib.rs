#![doc = include_str!("../README.md")]

pub mod attributes;
pub mod denial;
pub mod family;
pub mod hex;
pub mod keys;
pub mod partition;
pub mod quote;
pub mod region;
pub mod reply;
pub mod repository;
pub mod secret;
pub mod signature;

pub use attributes::Attributes;
pub use keys::Credentials;
pub use region::Region;
pub use repository::{Recognized, Repository, recognize};
