//! Takes signatures of the past out of the helpers that have kept them.
//!
//! git gives every answer that worked to all helpers to keep (git 2.47.3 `credential.c`, `credential_approve`), and a
//! signature that is answered back after its 15 minutes ends in a 403, after which git erases nothing. Each helper is
//! asked by itself, as git would ask it, and told to erase what it answered: exactly that user name and password. Only
//! what has the form of a signature is touched, so that the Git credentials of IAM users, which live in the same
//! stores, stay.

use super::apply::Located;
use crate::git::{Options, is_ours, matches};
use crate::protocol::parse_answer;
use crate::secret::Secret;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a helper may think: a keychain may ask its owner.
const DEADLINE: Duration = Duration::from_mins(1);

/// How many entries of one host are looked for in one helper.
const MOST: usize = 50;

/// Where a helper may have kept something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// With its port, if the URL has one.
    pub host: String,
    /// Without slashes at the ends; `None` for what was kept without one, `useHttpPath` being off.
    pub path: Option<String>,
}

/// A signature that was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The host that it was kept for.
    pub host: String,
    /// The access key id, which is no secret.
    pub key_id: String,
    /// Whether the helper has let go of it; `None` where it was not told to.
    pub erased: Option<bool>,
}

/// The helpers that may have been given an answer for one of the places, ever: a reset of today does not empty them.
#[must_use]
pub fn keepers(all: &[Located], in_use: &[Place]) -> Vec<String> {
    let mut keepers: Vec<String> = Vec::new();
    for Located { entry: (key, value), .. } in all {
        let Some(pattern) = key.strip_prefix("credential.").and_then(|rest| rest.strip_suffix("helper")) else {
            continue;
        };
        let applies = match pattern.strip_suffix('.') {
            None => pattern.is_empty(),
            Some(pattern) => in_use.iter().any(|place| {
                let path = place.path.as_deref().unwrap_or("v1/repos/any-repository");
                matches(pattern, &format!("https://{}/{path}", place.host))
            }),
        };
        let is_another = !value.is_empty() && !is_ours(value) && Options::of_the_aws_cli(value).is_none();
        if applies && is_another && !keepers.contains(value) {
            keepers.push(value.clone());
        }
    }
    keepers
}

/// Each host by itself first: a helper that was never told paths has none, and one that was asked without one gives any.
#[must_use]
pub fn with_hosts_alone(in_use: &[Place]) -> Vec<Place> {
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

/// Asks `helper`, a value of `credential.helper`, for each place. With `erase`, what it answers is taken out of it.
#[must_use]
pub fn evict(helper: &str, places: &[Place], erase: bool) -> Vec<Found> {
    let mut found = Vec::new();
    for place in places {
        let mut last: Option<Kept> = None;
        for _ in 0..MOST {
            let Some(kept) = get(helper, place).filter(Kept::is_signature) else { break };
            if last.as_ref() == Some(&kept) {
                // It was told, and answers the same again.
                mark_last(&mut found, false);
                break;
            }
            let known = |found: &Found| found.host == place.host && found.key_id == kept.key_id();
            if !erase && found.iter().any(known) {
                break;
            }
            let erased = erase.then(|| call(helper, "erase", place, Some(&kept)).is_some());
            found.push(Found { host: place.host.clone(), key_id: kept.key_id().to_owned(), erased });
            if !erase {
                break;
            }
            last = Some(kept);
        }
    }
    found
}

fn mark_last(found: &mut [Found], erased: bool) {
    if let Some(last) = found.last_mut() {
        last.erased = Some(erased);
    }
}

/// What a helper holds.
#[derive(PartialEq, Eq)]
struct Kept {
    username: Secret,
    password: Secret,
}

impl Kept {
    fn key_id(&self) -> &str {
        self.username.expose().split('%').next().unwrap_or_default()
    }

    /// An access key id, perhaps with a session token, and a signature with its time.
    fn is_signature(&self) -> bool {
        let id = self.key_id();
        let is_key = (id.starts_with("AKIA") || id.starts_with("ASIA"))
            && (16..=128).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        is_key && has_the_form_of_a_signature(self.password.expose())
    }
}

/// `YYYYMMDDTHHMMSSZ` and 64 hexadecimal digits.
fn has_the_form_of_a_signature(password: &str) -> bool {
    password.len() == 80
        && password.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            0..15 => byte.is_ascii_digit(),
            _ => byte.is_ascii_hexdigit(),
        })
}

fn get(helper: &str, place: &Place) -> Option<Kept> {
    let (username, password) = parse_answer(&call(helper, "get", place, None)?)?;
    Some(Kept { username, password })
}

/// Runs the helper as git does (`credential_do` in `credential.c`), and returns what it prints. `None` where it cannot be
/// run, fails, or takes too long.
fn call(helper: &str, action: &str, place: &Place, kept: Option<&Kept>) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    let command = match helper.strip_prefix('!') {
        Some(shell) => shell.to_owned(),
        None if Path::new(helper).is_absolute() => helper.to_owned(),
        None => format!("git credential-{helper}"),
    };
    let mut child = shell(&format!("{command} {action}")).spawn().ok()?;
    let written = child.stdin.take().map(|stdin| request(stdin, place, kept));
    let output = child.stdout.take().map(read_aside);
    let output = output.and_then(|output| output.recv_timeout(DEADLINE).ok());
    if output.is_none() {
        let _ = child.kill();
    }
    let ended = wait(&mut child);
    // A helper that does not read is none that holds anything.
    output.filter(|_| ended && written.is_some())
}

fn wait(child: &mut Child) -> bool {
    child.wait().is_ok_and(|status| status.success())
}

fn request(mut stdin: ChildStdin, place: &Place, kept: Option<&Kept>) -> std::io::Result<()> {
    write!(stdin, "protocol=https\nhost={}\n", place.host)?;
    if let Some(path) = &place.path {
        writeln!(stdin, "path={path}")?;
    }
    if let Some(Kept { username, password }) = kept {
        write!(stdin, "username={}\npassword={}\n", username.expose(), password.expose())?;
    }
    Ok(())
}

fn read_aside(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<zeroize::Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(4096));
        if pipe.by_ref().take(1 << 20).read_to_end(&mut bytes).is_ok() {
            let _ = sender.send(bytes);
        }
    });
    receiver
}

/// Nobody is to be asked for anything: neither on the terminal, nor in a window.
#[expect(clippy::disallowed_methods, reason = "asking the other helpers is what this module is for")]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", "false")
        .env("SSH_ASKPASS", "false")
        .env("GCM_INTERACTIVE", "never")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    shell
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
