//! The parts of one set of credentials, and why some cannot be valid: their form is checked before AWS is asked.
//!
//! Rejects only what no service could accept, or what is certainly in the wrong setting: a secret configured as the id
//! would be shown, and one configured as the token would be sent. Everything else is signed with. Reports facts only,
//! never a value or a part of one.

mod access_key_id;
mod placeholder;
mod value;

pub use access_key_id::{AccessKeyId, masked};
pub use placeholder::Placeholder;
pub use value::{Character, Flaw, Place};

use crate::secret::{Secret, is_secret_access_key};
use access_key_id::has_the_form_of_an_id;
use chrono::{DateTime, Utc};
use std::fmt;

/// An access key id, secret access key and session token that belong together, for one answer.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Contains no `%` and no `:`, so that it can be part of a user name.
    pub access_key_id: AccessKeyId,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token of temporary credentials.
    pub session_token: Option<Secret>,
    /// When the credentials expire, in UTC, if the source says so.
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

impl Part {
    /// Every part, in the order in which they are checked.
    pub const ALL: [Self; 3] = [Self::AccessKeyId, Self::SecretAccessKey, Self::SessionToken];
}

/// A set of parts, iterated in the order of [`Part::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts([bool; 3]);

impl Parts {
    /// The parts of the set, in the order of [`Part::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().zip(self.0).filter_map(|(part, is_one)| is_one.then_some(part))
    }
}

impl From<Part> for Parts {
    fn from(only: Part) -> Self {
        Self(Part::ALL.map(|part| part == only))
    }
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
    /// The identifier of something else; its name in words.
    OtherId(&'static str),
    /// A key in another encoding; its name in words that follow "is".
    Encoded(&'static str),
    /// A value together with its name, such as `NAME=VALUE`.
    Named,
    /// Access key id and secret access key in one value.
    SeveralParts,
    /// A whole JSON document.
    Json,
}

/// Why a part of credentials is not valid: it would break git's protocol, no service accepts it, or it is another part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnusableCredentials {
    /// These parts have the same flaw.
    Flawed {
        /// Which parts.
        parts: Parts,
        /// The flaw; if details differ between parts, the first part's.
        flaw: Flaw,
    },
    /// The access key id and the secret access key are swapped.
    Swapped,
    /// A temporary access key (`ASIA…`) has no session token.
    NoSessionToken,
    /// A long-term access key (`AKIA…`) has a session token: AWS answers `InvalidClientTokenId`.
    StrayToken,
}

impl Credentials {
    /// Checks and keeps the parts. An empty session token counts as absent.
    ///
    /// # Errors
    /// [`UnusableCredentials`] for parts that no service could accept, and for parts that are swapped or misplaced.
    pub fn new(
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<&str>,
        expires: Option<DateTime<Utc>>,
    ) -> Result<Self, UnusableCredentials> {
        let session_token = session_token.filter(|token| !token.is_empty());
        let id = AccessKeyId::new(access_key_id);
        let own_form = (value::core(access_key_id), value::core(secret_access_key));
        if is_secret_access_key(own_form.0) && has_the_form_of_an_id(own_form.1) {
            return Err(UnusableCredentials::Swapped);
        }
        let of_key = [Flaw::of(Part::AccessKeyId, access_key_id), Flaw::of(Part::SecretAccessKey, secret_access_key)];
        let of_token = session_token.and_then(|token| Flaw::of(Part::SessionToken, token));
        if let Some(problem) = flawed([of_key[0], of_key[1], of_token]) {
            return Err(problem);
        }
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

    /// The same for credentials that a person or their program put together, in which a session token is often left
    /// over from another session. What a service returns always belongs together.
    ///
    /// # Errors
    /// As [`Credentials::new`], and [`UnusableCredentials::StrayToken`].
    pub fn configured(
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<&str>,
        expires: Option<DateTime<Utc>>,
    ) -> Result<Self, UnusableCredentials> {
        let long_term = has_the_form_of_an_id(access_key_id) && AccessKeyId::new(access_key_id).is_long_term();
        if long_term && session_token.is_some_and(|token| !token.is_empty()) {
            // The token's form is not checked: whatever it is, only its removal helps.
            Self::new(access_key_id, secret_access_key, None, expires)?;
            return Err(UnusableCredentials::StrayToken);
        }
        Self::new(access_key_id, secret_access_key, session_token, expires)
    }

    /// The credentials for the SDK's signers; `provider` is the SDK's name of their source. The expiry is not passed
    /// on: the caller has already sorted out credentials that are about to expire.
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

/// The first flaw, and all parts that have it: an env file for docker has quotes on every line, a tutorial
/// placeholders.
fn flawed(flaws: [Option<Flaw>; 3]) -> Option<UnusableCredentials> {
    let first = flaws.into_iter().flatten().next()?;
    let is_same = |flaw: Flaw| match (first, flaw) {
        (Flaw::Placeholder(_), Flaw::Placeholder(_)) => true,
        (Flaw::Character(one, _), Flaw::Character(other, _)) => one == other,
        (Flaw::Misplaced(Form::OtherId(_)), _) => false,
        (one, other) => one == other,
    };
    let mut parts = flaws.map(|flaw| flaw.is_some_and(is_same));
    if let Some(at) = flaws.iter().position(Option::is_some) {
        parts[at] = true;
    }
    Some(UnusableCredentials::Flawed { parts: Parts(parts), flaw: first })
}

/// Whether a user name has the form of an IAM Git credential's: `<user>-at-<account>`, with `+1` for a second set (IAM User
/// Guide, "Using IAM with CodeCommit").
#[must_use]
pub fn is_git_credential(username: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    username.rsplit_once("-at-").is_some_and(|(user, account)| {
        let (account, set) = account.split_once('+').unwrap_or((account, "1"));
        !user.is_empty() && account.len() == 12 && is_digits(account) && is_digits(set)
    })
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

    fn flaw(part: Part, flaw: Flaw) -> UnusableCredentials {
        UnusableCredentials::Flawed { parts: part.into(), flaw }
    }

    #[test]
    fn the_user_name_of_an_iam_git_credential_is_known_by_its_form() {
        for username in ["alice-at-111122223333", "alice-at-111122223333+1", "a-at-b-at-111122223333"] {
            assert!(is_git_credential(username), "{username}");
        }
        for username in ["alice", "-at-111122223333", "alice-at-11112222333", "alice-at-111122223333+", "alice-at-home"]
        {
            assert!(!is_git_credential(username), "{username}");
        }
    }

    #[test]
    fn keys_that_can_never_work_are_refused_before_they_are_signed_with() {
        let character = |character, place| Flaw::Character(character, place);
        let inside = Place::Inside;
        assert_eq!(refused("", "s", None), flaw(Part::AccessKeyId, Flaw::Empty));
        assert_eq!(
            refused("AK", "s\n", None),
            flaw(Part::SecretAccessKey, character(Character::LineBreak, Place::End))
        );
        assert_eq!(refused("AK", "s", Some("a b")), flaw(Part::SessionToken, character(Character::Space, inside)));
        assert_eq!(refused("AK\nquit=1", "s", None), flaw(Part::AccessKeyId, character(Character::LineBreak, inside)));
        assert_eq!(refused("AK%x", "s", None), flaw(Part::AccessKeyId, character(Character::Sign('%'), inside)));
        assert_eq!(refused(&"A_".repeat(65), "s", None), flaw(Part::AccessKeyId, Flaw::TooLong));
        assert_eq!(refused("ASIAIOSFODNN7EXAMPLE", "s", Some("")), UnusableCredentials::NoSessionToken);
        assert!(Credentials::new("ASIAIOSFODNN7EXAMPLE", "s", Some("t/+=%"), None).is_ok());
    }

    #[test]
    fn each_part_in_each_others_place_is_refused_with_what_it_seems_to_be() {
        let temporary = "ASIAIOSFODNN7EXAMPLE";
        assert_eq!(refused(SECRET, ID, None), UnusableCredentials::Swapped);
        assert_eq!(refused(SECRET, ID, Some(TOKEN)), UnusableCredentials::Swapped);
        for (id, secret, token, part, form) in [
            (SECRET, SECRET, None, Part::AccessKeyId, Form::SecretAccessKey),
            (TOKEN, SECRET, Some(ID), Part::AccessKeyId, Form::SessionToken),
            (ID, ID, None, Part::SecretAccessKey, Form::AccessKeyId),
            (ID, TOKEN, Some(SECRET), Part::SecretAccessKey, Form::SessionToken),
            (temporary, SECRET, Some(SECRET), Part::SessionToken, Form::SecretAccessKey),
            (temporary, SECRET, Some(ID), Part::SessionToken, Form::AccessKeyId),
        ] {
            assert_eq!(refused(id, secret, token), flaw(part, Flaw::Misplaced(form)));
        }
        assert!(Credentials::new(temporary, SECRET, Some(TOKEN), None).is_ok());
    }

    #[test]
    fn a_session_token_beside_a_long_term_key_is_refused_whatever_it_is() {
        let configured = |secret: &str, token| Credentials::configured(ID, secret, Some(token), None);
        for token in [TOKEN, "t", "null", "\"\"", SECRET, " "] {
            assert_eq!(configured(SECRET, token).err(), Some(UnusableCredentials::StrayToken), "{token}");
        }
        assert_eq!(configured("", TOKEN).err(), Some(flaw(Part::SecretAccessKey, Flaw::Empty)));
        assert!(configured(SECRET, "").is_ok());
        assert!(Credentials::new(ID, SECRET, Some(TOKEN), None).is_ok(), "a service's answer");
        // Emulators issue ids in any format, with or without tokens.
        for id in ["test", "AKIDEXAMPLE", "LKIAQAAAAAAAVNCBMPNS"] {
            assert!(Credentials::configured(id, "s", Some("t"), None).is_ok(), "{id}");
        }
    }

    #[test]
    fn a_flaw_is_told_of_all_the_parts_that_have_it() {
        let quoted = |text: &str| format!("\"{text}\"");
        let UnusableCredentials::Flawed { parts, flaw: Flaw::Quoted } =
            refused(&quoted(ID), &quoted(SECRET), Some(&quoted(TOKEN)))
        else {
            panic!("quotes")
        };
        assert_eq!(parts.iter().collect::<Vec<_>>(), Part::ALL);
        let UnusableCredentials::Flawed { parts, flaw: Flaw::Placeholder(_) } = refused("<ID>", "YOUR_SECRET", None)
        else {
            panic!("placeholders")
        };
        assert_eq!(parts.iter().collect::<Vec<_>>(), [Part::AccessKeyId, Part::SecretAccessKey]);
        assert_eq!(refused(ID, &quoted(SECRET), None), flaw(Part::SecretAccessKey, Flaw::Quoted));
    }
}
