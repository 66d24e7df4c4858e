//! Erases signed passwords from the helpers that stored them.
//!
//! git passes every password that worked to all helpers to store (git 2.47.3 `credential.c`, `credential_approve`). A signature
//! that a helper returns after its 15 minutes causes a 403, after which git erases nothing. Each helper is run as git would
//! run it, and told to erase exactly the user name and password that it returned. Only what has the form of a signature is
//! erased, so the Git credentials of IAM users in the same stores stay. A helper returns its first entry: if that is not a
//! signature, it is asked again for each access key that may have signed.

use super::{Setup, report};
use crate::credentials::shared_files;
use crate::failure::Failure;
use crate::git::fill;
use crate::git::{Helper, Options, Setting, matches};
use crate::machine::file::read_regular;
use crate::machine::run::NoOutput;
use crate::machine::world::World;
use aws_files::profiles::Profiles;
use codecommit::attributes::{Attributes, parse_answer};
use codecommit::keys::AccessKeyId;
use codecommit::secret::Secret;
use codecommit::signature::signed_at;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// The time limit of one call at a terminal: a locked keychain asks its owner for a password, in a window of its own that no
/// setting of [`fill::call`] suppresses.
const WITH_A_PERSON: Duration = Duration::from_mins(1);

/// The same if nobody can answer. Git Credential Manager, the slowest of the well-known ones, starts a .NET runtime first.
const ALONE: Duration = Duration::from_secs(10);

/// The number of entries to look for in one helper for one host.
const MOST: usize = 50;

/// A host or repository that a helper may have stored a password for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The host, with its port if the URL has one.
    pub host: String,
    /// The path without slashes at the ends; `None` for passwords stored without one, with `useHttpPath` off.
    pub path: Option<String>,
}

/// A password that was found in a helper for a host.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The host that it was stored for.
    pub host: String,
    /// Its kind, and whether it was erased.
    pub what: What,
}

/// The kind of a stored password.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A signature that the helper erased.
    Erased {
        /// The access key id.
        key_id: AccessKeyId,
    },
    /// A signature that the helper still returns after it was told to erase it.
    StillThere {
        /// The access key id.
        key_id: AccessKeyId,
    },
    /// Another password, such as an IAM Git credential. It stays.
    NoSignature,
}

/// The helpers that git may have passed a password for one of the places, ever: a reset in the configuration does not empty
/// them.
#[must_use]
pub(crate) fn keepers(all: &[Setting], in_use: &[Place]) -> Vec<Helper> {
    let mut keepers: Vec<Helper> = Vec::new();
    for setting in all {
        let Some(pattern) = setting.key.strip_prefix("credential.").and_then(|rest| rest.strip_suffix("helper")) else {
            continue;
        };
        let applies = match pattern.strip_suffix('.') {
            None => pattern.is_empty(),
            Some(pattern) => in_use.iter().any(|place| {
                let path = place.path.as_deref().unwrap_or("v1/repos/any-repository");
                matches(pattern, &format!("https://{}/{path}", place.host))
            }),
        };
        let helper = Helper::of(setting);
        let is_another =
            !helper.value.is_empty() && !helper.is_ours() && Options::of_the_aws_cli(&helper.value).is_none();
        if applies && is_another && keepers.iter().all(|known| known.value != helper.value) {
            keepers.push(helper);
        }
    }
    keepers
}

/// The places, each preceded by its host alone: a helper that never got paths stores none, and returns any entry if asked
/// without one.
#[must_use]
pub(super) fn with_hosts_alone(in_use: &[Place]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for place in in_use {
        for place in [Place { host: place.host.clone(), path: None }, place.clone()] {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

/// What was found in a helper.
#[derive(Debug, Default)]
pub(super) struct Searched {
    /// The passwords.
    pub found: Vec<Found>,
    /// The helper was terminated after this time, and not asked for the rest.
    pub hung: Option<Duration>,
}

/// Asks `helper` for each place, and has it erase the signatures that it returns. `users` are the user names to ask for. A
/// helper that does not answer `within` this time is terminated and asked no more: a person waits.
pub(super) fn evict(helper: &Helper, places: &[Place], users: &[String], within: Duration) -> Searched {
    let mut found = Vec::new();
    let hung = evict_all(Asked { helper, within }, places, users, &mut found).is_err().then_some(within);
    Searched { found, hung }
}

fn evict_all(asked: Asked<'_>, places: &[Place], users: &[String], found: &mut Vec<Found>) -> Result<(), Hung> {
    for place in places {
        if asked.evict_for(place, None, found)? == Some(Stopped::NoSignature) {
            for user in users {
                asked.evict_for(place, Some(user), found)?;
            }
        }
    }
    Ok(())
}

/// The helper was still running at its deadline, and was terminated.
pub(super) struct Hung;

/// A helper, and how long each call may take.
#[derive(Clone, Copy)]
pub(super) struct Asked<'h> {
    helper: &'h Helper,
    within: Duration,
}

/// Why a helper is not asked again.
#[derive(PartialEq, Eq)]
enum Stopped {
    NoSignature,
    StillThere,
}

/// The users whose signatures a helper may have after an entry of another kind: every configured access key id, and the user
/// names in the files of `git credential-store`, which include a session token.
pub(crate) fn users(helper: &Helper, profiles: &Profiles, world: &World) -> Vec<String> {
    let mut users: Vec<String> = Vec::new();
    let in_environment = world.environment.non_empty("AWS_ACCESS_KEY_ID").map(str::to_owned);
    let names = profiles.names();
    let in_files = names.iter().filter_map(|name| profiles.setting(name, "aws_access_key_id")).map(str::to_owned);
    for user in in_environment.into_iter().chain(in_files).chain(stored_users(helper, world)) {
        if AccessKeyId::of_user_name(&Secret::new(&user)).is_of_aws() && !users.contains(&user) {
            users.push(user);
        }
    }
    users
}

/// The user names in the files of `git credential-store` (git-credential-store(1), "FILES"): a URL in each line.
pub(super) fn stored_users(helper: &Helper, world: &World) -> Vec<String> {
    let words = aws_files::shell_words::split_posix(&helper.value).unwrap_or_default();
    let [program, arguments @ ..] = words.as_slice() else { return Vec::new() };
    if program != "store" {
        return Vec::new();
    }
    let named = arguments.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("--file")? {
        "" => arguments.get(at + 1).map(String::as_str),
        inline => inline.strip_prefix('='),
    });
    let xdg = world.environment.non_empty("XDG_CONFIG_HOME").map_or("~/.config".to_owned(), str::to_owned);
    let files = match named {
        Some(file) => vec![world.expand(file)],
        None => vec![world.expand("~/.git-credentials"), world.expand(&format!("{xdg}/git/credentials"))],
    };
    let read = |file: PathBuf| {
        let bytes = read_regular(&file, 1 << 20).ok()?;
        Some(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
    };
    let mut users = Vec::new();
    for text in files.into_iter().filter_map(read) {
        users.extend(text.lines().filter_map(|line| Some(Attributes::of_url(line).username?.text()?.to_owned())));
    }
    users
}

/// A stored user name and password.
#[derive(PartialEq, Eq)]
pub(super) struct Kept {
    pub username: Secret,
    password: Secret,
}

impl Kept {
    fn key_id(&self) -> AccessKeyId {
        AccessKeyId::of_user_name(&self.username)
    }

    /// Whether the user name is an access key id, perhaps with a session token, and the password a signature with its time.
    pub(super) fn is_signature(&self) -> bool {
        self.key_id().is_of_aws() && signed_at(&self.password).is_some()
    }
}

impl<'h> Asked<'h> {
    /// Repeats until the helper has no signature for this user, or does not erase one; `None` if it has nothing left.
    fn evict_for(self, place: &Place, user: Option<&str>, found: &mut Vec<Found>) -> Result<Option<Stopped>, Hung> {
        let mut last: Option<Kept> = None;
        for _ in 0..MOST {
            let Some(kept) = self.get(place, user)? else { return Ok(None) };
            let mut add = |what| {
                let known = Found { host: place.host.clone(), what };
                if !found.contains(&known) {
                    found.push(known);
                }
            };
            if !kept.is_signature() {
                add(What::NoSignature);
                return Ok(Some(Stopped::NoSignature));
            }
            let key_id = kept.key_id();
            if last.as_ref() == Some(&kept) {
                found.retain(|known| known.host != place.host || known.what != What::Erased { key_id: key_id.clone() });
                found.push(Found { host: place.host.clone(), what: What::StillThere { key_id } });
                return Ok(Some(Stopped::StillThere));
            }
            self.call("erase", place, Some(&kept.username), Some(&kept.password))?;
            add(What::Erased { key_id });
            last = Some(kept);
        }
        Ok(None)
    }

    /// At a terminal, where a keychain may ask its owner.
    pub(super) fn at_a_terminal(helper: &'h Helper) -> Self {
        Self { helper, within: WITH_A_PERSON }
    }

    /// What the helper returns for the place and the user name.
    pub(super) fn get(self, place: &Place, user: Option<&str>) -> Result<Option<Kept>, Hung> {
        let user = user.map(Secret::new);
        let answer = self.call("get", place, user.as_ref(), None)?;
        let kept = answer.and_then(|answer| parse_answer(&answer));
        Ok(kept.map(|(username, password)| Kept { username, password }))
    }

    /// The output of the helper. `None` if it cannot be run or fails.
    fn call(
        self,
        action: &str,
        place: &Place,
        user: Option<&Secret>,
        password: Option<&Secret>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Hung> {
        let mut request = Zeroizing::new(Vec::with_capacity(4096));
        let _ = write!(request, "protocol=https\nhost={}\n", place.host);
        let path = place.path.as_deref();
        let attributes =
            [("path", path), ("username", user.map(Secret::expose)), ("password", password.map(Secret::expose))];
        for (name, value) in attributes {
            if let Some(value) = value {
                let _ = writeln!(request, "{name}={value}");
            }
        }
        match fill::call(&self.helper.value, action, &request, self.within) {
            Ok(output) => Ok(output.status.success().then_some(output.stdout)),
            Err(NoOutput::TooLong) => Err(Hung),
            Err(NoOutput::NotStarted(_) | NoOutput::TooMuch) => Ok(None),
        }
    }
}

impl Setup<'_, '_> {
    /// Erases signed passwords from the helpers that git used so far: with `--evict`, or after a yes if one `is_found` already.
    pub(super) fn evict(&mut self, all: &[Setting], in_use: &[Place], is_found: bool) -> Result<(), Failure> {
        let arguments = self.arguments;
        if !arguments.evict && !is_found {
            return Ok(());
        }
        let world = self.world;
        let (helpers, of_the_repository): (Vec<_>, Vec<_>) =
            keepers(all, in_use).into_iter().partition(|helper| helper.is_safe_to_start(world));
        if arguments.evict {
            self.say(&report::skipped(&of_the_repository));
        }
        if arguments.evict && (in_use.is_empty() || helpers.is_empty()) {
            self.say(if in_use.is_empty() {
                "no CodeCommit host to search for: use --region or --url\n"
            } else {
                "no other credential helper is configured\n"
            });
        }
        if in_use.is_empty() || helpers.is_empty() {
            return Ok(());
        }
        let places = with_hosts_alone(in_use);
        if arguments.dry_run {
            self.say(&report::would_search(&helpers, &places));
            return Ok(());
        }
        let names: Vec<String> = helpers.iter().map(Helper::shown).collect();
        let question = format!("erase signed CodeCommit passwords, which expire, from {}?", names.join(", "));
        if !arguments.evict && !self.ask(&question, false)? {
            return Ok(());
        }
        let profiles = shared_files::load(world).unwrap_or_default();
        for helper in helpers {
            let within = if self.is_terminal { WITH_A_PERSON } else { ALONE };
            let searched = evict(&helper, &places, &users(&helper, &profiles, world), within);
            self.say(&report::evicted(&helper, &searched));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_access_key_with_a_signature_is_taken_for_one() {
        let signature = format!("20200101T000000Z{}", "0".repeat(64));
        let kept = |username: &str, password: &str| {
            Kept { username: Secret::new(username), password: Secret::new(password) }.is_signature()
        };
        assert!(kept("AKIAIOSFODNN7EXAMPLE", &signature));
        assert!(kept("ASIAIOSFODNN7EXAMPLE%IQoJb3JpZ2lu=%41", &signature));
        for (username, password) in [
            ("alice-at-111122223333", signature.as_str()),
            ("AKIAIOSFODNN7EXAMPLE", "generated/password="),
            ("AKIAIOSFODNN7EXAMPLE", &signature[..79]),
            ("AKIA-at-111122223333", &signature),
            ("AKIAIOSFODNN7EXAMPLE", &signature.replace('T', "t")),
        ] {
            assert!(!kept(username, password), "{username}");
        }
    }
}
