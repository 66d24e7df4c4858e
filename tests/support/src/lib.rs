//! A stand-in for AWS CodeCommit and the AWS endpoints that it needs, for tests and the demo.
//!
//! Everything runs on loopback in the test's process: a `CONNECT` proxy that routes every host name to a TLS server
//! with a temporary CA, the git service with the real `git http-backend`, STS, IAM Identity Center, the token service
//! of `aws login`, CodeCommit's JSON API, and the metadata endpoints of EC2 and of containers. Requests keep their real
//! host names, so they are signed as for AWS; a separate implementation verifies the signatures ([`GitRequest`]). No
//! request leaves the machine.
//!
//! ```no_run
//! use stand_in::{AccessKey, StandIn};
//!
//! let aws = StandIn::start();
//! let alice = "arn:aws:iam::111122223333:user/alice";
//! aws.add_key(AccessKey::long_term("AKIAIOSFODNN7EXAMPLE", "secret", alice));
//! aws.seed_repository("111122223333", "eu-west-1", "demo");
//! stand_in::command("git")
//!     .args(["ls-remote", "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo"])
//!     .envs(aws.environment())
//!     .status()
//!     .unwrap();
//! assert_eq!(aws.requests()[0].status, 401);
//! ```

mod answer;
mod api;
mod backend;
mod ca;
mod call;
mod child;
mod codecommit;
mod credentials;
mod endpoint;
mod form;
mod fresh;
mod git;
mod keys;
mod metadata;
mod pkt;
mod policy;
mod proof;
mod proxy;
mod record;
mod repository;
mod server;
mod setup;
mod signed;
mod signin;
mod sigv4;
mod sso;
mod stand_in;
mod state;
mod sts;

pub use chrono::TimeDelta;

pub use crate::child::{command, generate_times};
pub use crate::keys::{AccessKey, KeyState};
pub use crate::metadata::ImdsMode;
pub use crate::policy::{Action, DenyTail, PolicyKind};
pub use crate::proxy::ProxyAnswer;
pub use crate::record::{Request, Tunnel};
pub use crate::repository::EncryptionFailure;
pub use crate::signin::LoginRefusal;
pub use crate::sigv4::GitRequest;
pub use crate::sso::SsoSession;
pub use crate::stand_in::StandIn;
pub use crate::state::{Challenge, EmptyPassword, FixedAnswer, Mode};
pub use crate::sts::Role;
