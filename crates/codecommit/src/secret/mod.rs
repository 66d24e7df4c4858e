//! Secrets as a type: what must never be printed cannot be printed by accident.
//!
//! A [`Secret`] has no `Display`, its `Debug` is redacted, and its memory is cleared on drop. Reading it takes
//! [`Secret::expose`], so `grep expose` lists every use of one. The modules that build secrets decide what counts as
//! one (secret access key, session token, signed password). A value that should be public may be a secret in the wrong
//! setting: [`public()`] decides whether it is shown.

mod public;

pub use public::{
    is_public, is_secret_access_key, is_session_token, profile, public, public_path, public_words, quoted, user_name,
};

use std::fmt;
use zeroize::Zeroizing;

/// A secret access key, a session token, a signed password, or a user name that carries a session token.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of `value`; the buffer is cleared when the secret is dropped.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself. Call it only to sign, or to write git's answer.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(REDACTED)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_output_of_a_secret_does_not_contain_it() {
        let printed = format!("{:?}", Some(Secret::new("wJalrXUtnFEMI")));
        assert_eq!(printed, "Some(Secret(REDACTED))");
    }
}
