//! Access keys and their identities: who makes a request with this key id, secret and token.

use std::fmt;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::fresh;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    Active,
    /// Deactivated by its owner: treated as unknown.
    Inactive,
    /// The session has expired.
    Expired,
    /// The session expires at this time of the stand-in's clock.
    ActiveUntil(SystemTime),
}

/// An access key, long-term (without a token) or temporary (with a token).
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
    pub account: String,
    pub principal_arn: String,
    pub state: KeyState,
}

impl AccessKey {
    /// A key of an IAM user, whose account is the ARN's.
    #[must_use]
    pub fn long_term(id: &str, secret: &str, principal_arn: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: None,
            account: account_of(principal_arn).to_owned(),
            principal_arn: principal_arn.to_owned(),
            state: KeyState::Active,
        }
    }

    /// A key that is valid only with its session token.
    #[must_use]
    pub fn temporary(id: &str, secret: &str, token: &str, principal_arn: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::long_term(id, secret, principal_arn) }
    }

    #[must_use]
    pub fn in_state(self, state: KeyState) -> Self {
        Self { state, ..self }
    }

    /// A key as the token services issue it.
    pub(crate) fn issued(principal_arn: &str, until: DateTime<Utc>) -> Self {
        Self::temporary(&fresh::temporary_key_id(), &fresh::secret(), &fresh::token(), principal_arn)
            .in_state(KeyState::ActiveUntil(until.into()))
    }

    /// When the session expires, in the format of the AWS APIs; `None` for long-term keys.
    pub(crate) fn expiration(&self) -> Option<DateTime<Utc>> {
        match self.state {
            KeyState::ActiveUntil(until) => Some(until.into()),
            KeyState::Active | KeyState::Inactive | KeyState::Expired => None,
        }
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity { account: self.account.clone(), arn: self.principal_arn.clone() }
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, secret: _, token: _, account: _, principal_arn, state } = self;
        f.debug_struct("AccessKey")
            .field("id", id)
            .field("principal_arn", principal_arn)
            .field("state", state)
            .finish_non_exhaustive()
    }
}

/// The authenticated caller of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub account: String,
    pub arn: String,
}

/// Why a key is not accepted. The two wordings of "invalid" differ in their full stop, as in the real services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyRefusal {
    /// The key is unknown, deleted or inactive.
    UnknownKey,
    /// The token is missing, unexpected or another key's.
    WrongToken,
    Expired,
}

impl KeyRefusal {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::UnknownKey => "The security token included in the request is invalid.",
            Self::WrongToken => "The security token included in the request is invalid",
            Self::Expired => "The security token included in the request is expired",
        }
    }
}

/// All keys that the stand-in knows.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    keys: Vec<AccessKey>,
}

impl Keys {
    /// Adds a key, or replaces the one with the same id.
    pub(crate) fn put(&mut self, key: AccessKey) {
        self.keys.retain(|known| known.id != key.id);
        self.keys.push(key);
    }

    pub(crate) fn set_state(&mut self, id: &str, state: KeyState) {
        for key in self.keys.iter_mut().filter(|key| key.id == id) {
            key.state = state;
        }
    }

    pub(crate) fn owner_of(&self, id: &str) -> Option<&str> {
        self.keys.iter().find(|key| key.id == id).map(|key| key.principal_arn.as_str())
    }

    /// The key with this id and token, if it is valid in this partition at this time.
    pub(crate) fn find(
        &self,
        id: &str,
        token: Option<&str>,
        partition: &str,
        now: DateTime<Utc>,
    ) -> Result<&AccessKey, KeyRefusal> {
        let key = self
            .keys
            .iter()
            .find(|key| key.id == id)
            .filter(|key| key.state != KeyState::Inactive && partition_of(&key.principal_arn) == partition)
            .ok_or(KeyRefusal::UnknownKey)?;
        if key.token.as_deref() != token {
            return Err(KeyRefusal::WrongToken);
        }
        match key.state {
            KeyState::Expired => Err(KeyRefusal::Expired),
            KeyState::ActiveUntil(until) if DateTime::<Utc>::from(until) <= now => Err(KeyRefusal::Expired),
            KeyState::Active | KeyState::Inactive | KeyState::ActiveUntil(_) => Ok(key),
        }
    }
}

/// User name and password of "HTTPS Git credentials for AWS CodeCommit", generated in the IAM console.
#[derive(Clone)]
pub(crate) struct GitCredentials {
    pub user_name: String,
    pub password: String,
    pub identity: Identity,
}

/// Whether a policy's `pattern` matches `principal`: by equality, as the root of the account, or as the role of an
/// assumed-role session (`arn:aws:iam::1:role/path/R` and `arn:aws:sts::1:assumed-role/R/session`).
pub(crate) fn principal_matches(pattern: &str, principal: &str) -> bool {
    if pattern == principal {
        return true;
    }
    if account_of(pattern) != account_of(principal) {
        return false;
    }
    let Some((_, resource)) = pattern.split_once("::").and_then(|(_, rest)| rest.split_once(':')) else {
        return false;
    };
    if resource == "root" {
        return true;
    }
    let role = resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    let session_role = principal.split_once(":assumed-role/").and_then(|(_, session)| session.split('/').next());
    role.is_some() && role == session_role
}

/// `arn:aws:iam::111122223333:user/alice` -> `111122223333`.
pub(crate) fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

/// `arn:aws-cn:iam::…` -> `aws-cn`.
pub(crate) fn partition_of(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or_default()
}

/// A time in the format of AWS's JSON and XML.
pub(crate) fn iso8601(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A duration from a request or a setting, limited to what a date can represent.
pub(crate) fn seconds(seconds: u64) -> TimeDelta {
    TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_match_by_equality_by_account_and_by_role() {
        let session = "arn:aws:sts::111122223333:assumed-role/Deploy/alice";
        assert!(principal_matches(session, session));
        assert!(principal_matches("arn:aws:iam::111122223333:root", session));
        assert!(principal_matches("arn:aws:iam::111122223333:role/Deploy", session));
        assert!(principal_matches("arn:aws:iam::111122223333:role/ci/Deploy", session));
        assert!(!principal_matches("arn:aws:iam::111122223333:role/Other", session));
        assert!(!principal_matches("arn:aws:iam::444455556666:role/Deploy", session));
        assert!(!principal_matches("arn:aws:iam::444455556666:root", session));
        assert!(!principal_matches("arn:aws:iam::111122223333:user/bob", session));
    }

    #[test]
    fn debug_shows_neither_secret_nor_token() {
        let key = AccessKey::temporary("ASIAEXAMPLE", "hush", "psst", "arn:aws:iam::111122223333:user/alice");
        let shown = format!("{key:?}");
        assert!(!shown.contains("hush") && !shown.contains("psst"), "{shown}");
    }
}
