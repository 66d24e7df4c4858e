//! The access key id as a type, because a secret may have been configured as the id: it cannot be printed by accident.
//!
//! Decides how an id is shown, and which unique ids belong to other IAM entities. Leaves to `value` what is not a valid
//! key. An id in AWS's format is public. It is shown in full if a person has to compare it ([`AccessKeyId::shown`]),
//! and by its first and last characters in reports and traces, which are pasted ([`AccessKeyId::masked`]). Sources: IAM
//! User Guide, "IAM identifiers", "Understanding unique ID prefixes"; IAM API Reference, `AccessKeyId` (16 to 128 of
//! `[\w]`).

use crate::secret::{Secret, public_words};
use std::fmt;

/// An access key id as a source returned it. It has no `Display`, and its `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKeyId(Secret);

/// The longest id that IAM allows, in characters.
pub(super) const LONGEST: usize = 128;

/// Unique ids of other IAM entities, by their first four characters.
const OTHER_KINDS: [(&str, &str); 10] = [
    ("ABIA", "the unique id of a bearer token of AWS STS"),
    ("ACCA", "the unique id of a context-specific credential"),
    ("AGPA", "the unique id of a user group"),
    ("AIDA", "the unique id of an IAM user"),
    ("AIPA", "the unique id of an instance profile"),
    ("ANPA", "the unique id of a managed policy"),
    ("ANVA", "the unique id of a version of a managed policy"),
    ("APKA", "the unique id of an SSH public key"),
    ("AROA", "the unique id of an IAM role"),
    ("ASCA", "the unique id of a certificate"),
];

impl AccessKeyId {
    /// Takes any text configured as an access key id; nothing is checked.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Secret::new(text))
    }

    /// The id in the user name of an answer: the text before the `%` that separates the session token.
    #[must_use]
    pub fn of_user_name(username: &Secret) -> Self {
        Self::new(username.expose().split('%').next().unwrap_or_default())
    }

    /// The id itself. Call it only to sign, to answer git, to read or write the AWS CLI's cache and this program's
    /// marks, and to pass it to the SDK.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// For the messages of `get` and for fixes: `access key AKIA…` in full, or `an access key id of N characters`.
    #[must_use]
    pub fn shown(&self) -> String {
        self.phrase(str::to_owned)
    }

    /// For reports and traces: `access key AKIA…MPLE`, or `an access key id of N characters`.
    #[must_use]
    pub fn masked(&self) -> String {
        self.phrase(ends)
    }

    fn phrase(&self, shown: impl Fn(&str) -> String) -> String {
        let id = self.expose();
        if has_the_form_of_an_id(id) {
            format!("access key {}", shown(id))
        } else {
            format!("an access key id of {} characters", id.chars().count())
        }
    }

    /// Whether it has the prefix of a long-term key (`AKIA`).
    #[must_use]
    pub fn is_long_term(&self) -> bool {
        self.expose().starts_with("AKIA")
    }

    /// Whether it has the prefix of temporary credentials (`ASIA`), which come with a session token.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.expose().starts_with("ASIA") && has_the_form_of_an_id(self.expose())
    }

    /// Whether it has the format of AWS's ids, which AWS may make longer.
    #[must_use]
    pub fn is_of_aws(&self) -> bool {
        let id = self.expose();
        id.len() <= LONGEST && ["AKIA", "ASIA"].iter().any(|prefix| is_unique_id(id, prefix))
    }
}

impl fmt::Debug for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKeyId(REDACTED)")
    }
}

/// A text for a report or a trace: access key ids are masked to their first and last characters, and anything that has
/// the form of a secret is left out.
#[must_use]
pub fn masked(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let text = public_words(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        let is_id = ["AKIA", "ASIA", "APKA"].iter().any(|prefix| is_unique_id(word, prefix));
        out.push_str(&if is_id { ends(word) } else { word.to_owned() });
        let (between, after) = after.split_at(after.find(is_word).unwrap_or(after.len()));
        out.push_str(between);
        rest = after;
    }
    out
}

/// `(AKIA|ASIA)[A-Z0-9]{16}`: the format that AWS issues. No secret has this form.
pub(crate) fn has_the_form_of_an_id(text: &str) -> bool {
    text.len() == 20 && ["AKIA", "ASIA"].iter().any(|prefix| is_unique_id(text, prefix))
}

/// The IAM entity that a unique id belongs to, if it is not an access key.
pub(super) fn other_kind(text: &str) -> Option<&'static str> {
    OTHER_KINDS.into_iter().find(|(prefix, _)| is_unique_id(text, prefix)).map(|(_, kind)| kind)
}

/// Whether the text is the prefix and at least 12 capitals and digits.
fn is_unique_id(text: &str, prefix: &str) -> bool {
    text.len() >= 16
        && text.starts_with(prefix)
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn ends(id: &str) -> String {
    format!("{}…{}", &id[..4], &id[id.len() - 4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    fn an_id_of_awss_form_is_shown_and_any_other_only_counted() {
        let id = AccessKeyId::new("AKIAIOSFODNN7EXAMPLE");
        assert_eq!(
            (id.shown().as_str(), id.masked().as_str()),
            ("access key AKIAIOSFODNN7EXAMPLE", "access key AKIA…MPLE")
        );
        for text in
            [SECRET, "", "AKIAIOSFODNN7EXAMPL", "AKIAIOSFODNN7EXAMPLES", "akiaiosfodnn7example", "BKIAIOSFODNN7EXAMPLE"]
        {
            let id = AccessKeyId::new(text);
            let counted = format!("an access key id of {} characters", text.len());
            assert_eq!((id.shown(), id.masked()), (counted.clone(), counted), "{text}");
        }
        assert_eq!(format!("{:?}", AccessKeyId::new(SECRET)), "AccessKeyId(REDACTED)");
        let username = Secret::new("ASIAIOSFODNN7EXAMPLE%token");
        assert_eq!(AccessKeyId::of_user_name(&username).masked(), "access key ASIA…MPLE");
    }

    #[test]
    fn ids_are_masked_and_secrets_left_out_wherever_they_stand() {
        assert_eq!(masked("key AKIAIOSFODNN7EXAMPLE, arn:AKIA"), "key AKIA…MPLE, arn:AKIA");
        assert_eq!(masked("(ASIAIOSFODNN7EXAMPLE)é"), "(ASIA…MPLE)é");
        assert_eq!(masked(&format!("20260102T030405Z{} é", "0f".repeat(32))), "… é");
        assert_eq!(masked(&format!("Value '{SECRET}' at 'roleArn'")), "Value '…' at 'roleArn'");
        assert_eq!(masked(""), "");
    }
}
