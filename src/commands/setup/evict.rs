//! Takes signatures of the past out of the helpers that have kept them.
//!
//! git gives every answer that worked to all helpers to keep (git 2.47.3 `credential.c`, `credential_approve`), and a
//! signature that is answered back after its 15 minutes ends in a 403, after which git erases nothing. Each helper is
//! asked by itself, as git would ask it, and told to erase what it answered: exactly that user name and password. Only
//! what has the form of a signature is touched, so that the Git credentials of IAM users, which live in the same
//! stores, stay. A helper answers with the first entry that it has: where that is no signature, it is asked once more for
//! each access key that may have signed.

use crate::git::fill;
use crate::git::{Helper, Options, Setting, matches};
use crate::machine::file::read_regular;
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

/// How long a helper may think: a keychain may ask its owner.
const DEADLINE: Duration = Duration::from_mins(1);

/// How many entries of one host are looked for in one helper.
const MOST: usize = 50;

/// Where a helper may have kept something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// With its port, if the URL has one.
    pub host: String,
    /// Without slashes at the ends; `None` for what was kept without one, `useHttpPath` being off.
    pub path: Option<String>,
}

/// What was found in a helper for a host.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The host that it was kept for.
    pub host: String,
    /// What it is.
    pub what: What,
}

/// What a helper has kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A signature, which the helper has erased.
    Erased {
        /// The access key id.
        key_id: AccessKeyId,
    },
    /// A signature, which the helper answers with again after it was told to erase it.
    StillThere {
        /// The access key id.
        key_id: AccessKeyId,
    },
    /// Something that is no signature, such as an IAM Git credential. It stays.
    NoSignature,
}

/// The helpers that may have been given an answer for one of the places, ever: a reset of today does not empty them.
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

/// Each host by itself first: a helper that was never told paths has none, and one that was asked without one gives any.
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

/// Asks `helper` for each place, and has it erase the signatures that it answers with. `users` are those that it is asked
/// for by name.
pub(crate) fn evict(helper: &Helper, places: &[Place], users: &[String]) -> Vec<Found> {
    let mut found = Vec::new();
    for place in places {
        let Some(first) = evict_for(helper, place, None, &mut found) else { continue };
        if first == Stopped::NoSignature {
            for user in users {
                evict_for(helper, place, Some(user), &mut found);
            }
        }
    }
    found
}

/// Why a helper is not asked again.
#[derive(PartialEq, Eq)]
enum Stopped {
    NoSignature,
    StillThere,
}

/// Until the helper has no signature for this user, or none that can be got rid of; `None` where it has nothing left.
fn evict_for(helper: &Helper, place: &Place, user: Option<&str>, found: &mut Vec<Found>) -> Option<Stopped> {
    let mut last: Option<Kept> = None;
    for _ in 0..MOST {
        let kept = get(helper, place, user)?;
        let mut add = |what| {
            let known = Found { host: place.host.clone(), what };
            if !found.contains(&known) {
                found.push(known);
            }
        };
        if !kept.is_signature() {
            add(What::NoSignature);
            return Some(Stopped::NoSignature);
        }
        let key_id = kept.key_id();
        if last.as_ref() == Some(&kept) {
            found.retain(|known| known.host != place.host || known.what != What::Erased { key_id: key_id.clone() });
            found.push(Found { host: place.host.clone(), what: What::StillThere { key_id } });
            return Some(Stopped::StillThere);
        }
        call(helper, "erase", place, Some(&kept.username), Some(&kept.password));
        add(What::Erased { key_id });
        last = Some(kept);
    }
    None
}

/// The users whose signatures a helper may have behind an entry of another kind: every access key that is configured here,
/// and what `git credential-store` names in its files, where a session token is part of the name.
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
fn stored_users(helper: &Helper, world: &World) -> Vec<String> {
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

/// What a helper holds.
#[derive(PartialEq, Eq)]
struct Kept {
    username: Secret,
    password: Secret,
}

impl Kept {
    fn key_id(&self) -> AccessKeyId {
        AccessKeyId::of_user_name(&self.username)
    }

    /// An access key id, perhaps with a session token, and a signature with its time.
    fn is_signature(&self) -> bool {
        self.key_id().is_of_aws() && signed_at(&self.password).is_some()
    }
}

fn get(helper: &Helper, place: &Place, user: Option<&str>) -> Option<Kept> {
    let user = user.map(Secret::new);
    let (username, password) = parse_answer(&call(helper, "get", place, user.as_ref(), None)?)?;
    Some(Kept { username, password })
}

/// What the helper prints. `None` where it cannot be run, fails, or takes too long.
fn call(
    helper: &Helper,
    action: &str,
    place: &Place,
    user: Option<&Secret>,
    password: Option<&Secret>,
) -> Option<Zeroizing<Vec<u8>>> {
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
    let output = fill::call(&helper.value, action, &request, DEADLINE).ok()?;
    output.status.success().then_some(output.stdout)
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
