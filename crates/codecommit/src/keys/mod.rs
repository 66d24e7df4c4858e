//! Key, secret and token of one answer, and why some can be none: their shape is looked at before AWS is asked.
//!
//! Refuses only what no service could accept, or what certainly stands in the wrong place: a secret in the id's place
//! would be shown, one in the token's place would be sent. Everything else is signed with. Facts only: never a value, nor
//! a part of one.

mod access_key_id;

pub use access_key_id::{AccessKeyId, masked};

use crate::secret::{Secret, is_secret_access_key, is_session_token};
use access_key_id::has_the_form_of_an_id;
use chrono::{DateTime, Utc};
use std::fmt;

/// Key, secret and token that belong together: one snapshot for one answer.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Without `%` and `:`, so that it can stand in a user name.
    pub access_key_id: AccessKeyId,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token of temporary credentials. Counts as a secret.
    pub session_token: Option<Secret>,
    /// When they end, in UTC, where the source says so.
    pub expires: Option<DateTime<Utc>>,
}

/// A part of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `aws_access_key_id`
    AccessKeyId,
    /// `aws_secret_access_key`
    SecretAccessKey,
    /// `aws_session_token`
    SessionToken,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKeyId => "access key id",
            Self::SecretAccessKey => "secret access key",
            Self::SessionToken => "session token",
        })
    }
}

/// What a value seems to be, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An access key id.
    AccessKeyId,
    /// A secret access key.
    SecretAccessKey,
    /// A session token.
    SessionToken,
    /// An id of IAM's that is not of an access key, in words.
    OtherId(&'static str),
}

/// A part of credentials that cannot be one: it would break git's protocol, can never be accepted, or is another part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnusableCredentials {
    /// The part is empty.
    Empty(Part),
    /// The part contains white space, a line break or a control character.
    BadCharacter(Part),
    /// The access key id contains another character that no id has.
    NotAnId,
    /// The part starts or ends with a quote, which is part of the value in the AWS files and in the environment.
    Quoted(Part),
    /// The part is longer than any.
    TooLong(Part),
    /// Access key id and secret access key are in each other's place.
    Swapped,
    /// The part has the form of another one.
    Misplaced {
        /// Which part.
        part: Part,
        /// What stands there.
        form: Form,
    },
    /// A temporary key (`ASIA…`) without its session token.
    NoSessionToken,
}

impl Credentials {
    /// Checks and keeps the parts. An empty token is none.
    ///
    /// # Errors
    /// [`UnusableCredentials`] for what no service could accept, and for parts in the wrong place.
    pub fn new(
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<&str>,
        expires: Option<DateTime<Utc>>,
    ) -> Result<Self, UnusableCredentials> {
        let session_token = session_token.filter(|token| !token.is_empty());
        let parts = [
            (Part::AccessKeyId, Some(access_key_id)),
            (Part::SecretAccessKey, Some(secret_access_key)),
            (Part::SessionToken, session_token),
        ];
        for (part, text) in parts.into_iter().filter_map(|(part, text)| Some((part, text?))) {
            unusable_text(part, text).map_or(Ok(()), Err)?;
        }
        let id = AccessKeyId::new(access_key_id);
        if is_secret_access_key(access_key_id) && has_the_form_of_an_id(secret_access_key) {
            return Err(UnusableCredentials::Swapped);
        }
        let misplaced = id.problem().or_else(|| misplaced_secret(secret_access_key, session_token));
        misplaced.map_or(Ok(()), Err)?;
        if session_token.is_none() && id.is_temporary() {
            return Err(UnusableCredentials::NoSessionToken);
        }
        Ok(Self {
            access_key_id: id,
            secret_access_key: Secret::new(secret_access_key),
            session_token: session_token.map(Secret::new),
            expires,
        })
    }

    /// As the SDK's signers take them; `provider` is what the SDK calls their source. Their end is not told: what is
    /// about to expire was sorted out before.
    pub fn for_sdk(&self, provider: &'static str) -> aws_credential_types::Credentials {
        aws_credential_types::Credentials::new(
            self.access_key_id.expose(),
            self.secret_access_key.expose(),
            self.session_token.as_ref().map(|token| token.expose().to_owned()),
            None,
            provider,
        )
    }
}

/// What is wrong with any part.
fn unusable_text(part: Part, text: &str) -> Option<UnusableCredentials> {
    let is_quote = ['"', '\''];
    if text.is_empty() {
        Some(UnusableCredentials::Empty(part))
    } else if text.starts_with(is_quote) || text.ends_with(is_quote) {
        Some(UnusableCredentials::Quoted(part))
    } else if text.chars().any(|character| character.is_whitespace() || character.is_control()) {
        Some(UnusableCredentials::BadCharacter(part))
    } else {
        None
    }
}

/// Another part in the place of the secret or the token. The token is sent, and kept by other helpers.
fn misplaced_secret(secret: &str, token: Option<&str>) -> Option<UnusableCredentials> {
    let misplaced = |part, form| Some(UnusableCredentials::Misplaced { part, form });
    if has_the_form_of_an_id(secret) {
        return misplaced(Part::SecretAccessKey, Form::AccessKeyId);
    }
    if is_session_token(secret) {
        return misplaced(Part::SecretAccessKey, Form::SessionToken);
    }
    let token = token?;
    if has_the_form_of_an_id(token) {
        return misplaced(Part::SessionToken, Form::AccessKeyId);
    }
    // A token of AWS STS has hundreds of characters.
    if is_secret_access_key(token) { misplaced(Part::SessionToken, Form::SecretAccessKey) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const TOKEN: &str = "IQoJb3JpZ2luX2VjELT//////////wEaCXVz+LWVhc3Q=";

    fn refused(id: &str, secret: &str, token: Option<&str>) -> UnusableCredentials {
        Credentials::new(id, secret, token, None).expect_err("must be refused")
    }

    #[test]
    fn keys_that_can_never_work_are_refused_before_they_are_signed_with() {
        assert_eq!(refused("", "s", None), UnusableCredentials::Empty(Part::AccessKeyId));
        assert_eq!(refused("AK", "s\n", None), UnusableCredentials::BadCharacter(Part::SecretAccessKey));
        assert_eq!(refused("AK", "s", Some("a b")), UnusableCredentials::BadCharacter(Part::SessionToken));
        assert_eq!(refused("AK\nquit=1", "s", None), UnusableCredentials::BadCharacter(Part::AccessKeyId));
        assert_eq!(refused("AK%x", "s", None), UnusableCredentials::NotAnId);
        assert_eq!(refused("ASIAIOSFODNN7EXAMPLE", "s", Some("")), UnusableCredentials::NoSessionToken);
        assert!(Credentials::new("ASIAIOSFODNN7EXAMPLE", "s", Some("t/+=%"), None).is_ok());
    }

    #[test]
    fn each_part_in_each_others_place_is_refused_with_what_it_seems_to_be() {
        let misplaced = |part, form| UnusableCredentials::Misplaced { part, form };
        assert_eq!(refused(SECRET, ID, None), UnusableCredentials::Swapped);
        assert_eq!(refused(SECRET, ID, Some(TOKEN)), UnusableCredentials::Swapped);
        for (id, secret, token, part, form) in [
            (SECRET, SECRET, None, Part::AccessKeyId, Form::SecretAccessKey),
            (TOKEN, SECRET, Some(ID), Part::AccessKeyId, Form::SessionToken),
            (ID, ID, None, Part::SecretAccessKey, Form::AccessKeyId),
            (ID, TOKEN, Some(SECRET), Part::SecretAccessKey, Form::SessionToken),
            (ID, SECRET, Some(SECRET), Part::SessionToken, Form::SecretAccessKey),
            (ID, SECRET, Some(ID), Part::SessionToken, Form::AccessKeyId),
        ] {
            assert_eq!(refused(id, secret, token), misplaced(part, form));
        }
        assert!(Credentials::new(ID, SECRET, Some(TOKEN), None).is_ok());
    }

    #[test]
    fn a_value_in_quotes_is_refused_for_them() {
        for quoted in [format!("\"{ID}\""), format!("'{ID}'"), format!("{ID}\"")] {
            assert_eq!(refused(&quoted, SECRET, None), UnusableCredentials::Quoted(Part::AccessKeyId));
        }
        let quoted = format!("'{SECRET}'");
        assert_eq!(refused(ID, &quoted, None), UnusableCredentials::Quoted(Part::SecretAccessKey));
        assert_eq!(refused(ID, SECRET, Some("\"t o\"")), UnusableCredentials::Quoted(Part::SessionToken));
    }
}
