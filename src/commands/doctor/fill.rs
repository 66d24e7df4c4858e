//! What git would send now, as its helpers give it: asked through git itself, where nobody may prompt.

use crate::git::fill::{self, Question};
use crate::machine::run::{NoOutput, Output};
use crate::machine::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use codecommit::keys::AccessKeyId;
use codecommit::secret::Secret;
use codecommit::signature;
use std::time::Duration;

/// A helper that answers without a person takes less; ours may have to open a role first.
const WITHIN: Duration = Duration::from_secs(4);

/// Our own verification and cache of roles remember; a question of doctor's leaves no mark.
pub(super) const OURS_REMEMBERS_NOTHING: [(&str, &str); 2] =
    [("GIT_CODECOMMIT_VERIFY", "never"), ("GIT_CODECOMMIT_READ_ONLY", "true")];

/// A signature of this age was made for the question itself.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// A user name and a password.
#[derive(Debug)]
pub(super) struct Sent {
    pub username: Secret,
    pub password: Secret,
}

/// What `git credential fill` gave.
#[derive(Debug)]
pub(super) enum Fill {
    Answer(Sent),
    /// No helper has an answer, and nobody may be asked. The code of our own refusal, where it was ours.
    Nothing {
        code: Option<String>,
    },
    /// It was ended; most likely something waits for a person.
    TooLong,
    /// The repository's own configuration names what would be started.
    NotAsked,
}

impl Fill {
    /// Asks these helpers, values of `credential.helper`, one after the other as git does.
    pub(super) fn ask(question: &Question<'_>, helpers: &[&str], world: &World) -> Self {
        match fill::fill(question, helpers, &OURS_REMEMBERS_NOTHING, world, WITHIN) {
            Ok(output) => Self::of(&output),
            Err(NoOutput::TooLong) => Self::TooLong,
            Err(NoOutput::NotStarted(_) | NoOutput::TooMuch) => Self::Nothing { code: None },
        }
    }

    fn of(output: &Output) -> Self {
        let value = |name: &str| {
            let text = str::from_utf8(&output.stdout).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
            Some(Secret::new(line))
        };
        match (value("username"), value("password")) {
            (Some(username), Some(password)) if output.status.success() => Self::Answer(Sent { username, password }),
            _ => Self::Nothing { code: our_code(&String::from_utf8_lossy(&output.stderr)) },
        }
    }

    pub(super) fn answer(&self) -> Option<&Sent> {
        match self {
            Self::Answer(sent) => Some(sent),
            _ => None,
        }
    }
}

/// `git-credential-codecommit: error: … (CC101)`
fn our_code(stderr: &str) -> Option<String> {
    let line = stderr.lines().find(|line| line.starts_with("git-credential-codecommit: error:"))?;
    let code = line.rsplit_once("(CC")?.1.strip_suffix(')')?;
    (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("CC{code}"))
}

impl Sent {
    /// How old the signature is at `now`.
    pub(super) fn age(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        signature::signed_at(&self.password).map(|time| now - time)
    }

    /// Whether it was signed for the question, rather than kept.
    pub(super) fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.age(now).is_some_and(|age| age.abs() < FRESH)
    }

    /// What stands in the place of the access key id: anything, if another helper made it up.
    pub(super) fn key_id(&self) -> AccessKeyId {
        AccessKeyId::of_user_name(&self.username)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::duration;

    fn sent(username: &str, password: &str) -> Sent {
        Sent { username: Secret::new(username), password: Secret::new(password) }
    }

    #[test]
    fn the_age_of_a_signature_is_in_its_first_sixteen_characters() {
        let now: DateTime<Utc> = "2026-01-02T05:18:05Z".parse().expect("a time");
        let signed = sent("AKIDEXAMPLE%token", &format!("20260102T030405Z{}", "0f".repeat(32)));
        assert_eq!(signed.age(now).map(duration).as_deref(), Some("2 h 14 min"));
        assert_eq!(signed.key_id(), AccessKeyId::new("AKIDEXAMPLE"));
    }

    #[test]
    fn only_our_own_refusal_has_a_code() {
        let ours = "remote: x\ngit-credential-codecommit: error: no AWS credentials were found (CC201)\nfatal: y\n";
        assert_eq!(our_code(ours).as_deref(), Some("CC201"));
        assert_eq!(our_code("fatal: (CC201)\n"), None);
    }
}
