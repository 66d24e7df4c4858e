//! New unique identifiers: access keys, secrets, tokens, request ids.
//!
//! They only have to be unique and to have the format of real ones (alphabet and length), so a hash of a counter and
//! the process's random seed is enough, without a random-number crate.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::sigv4::hex;

/// An access key id of temporary credentials: `ASIA` and 16 characters of base32.
pub(crate) fn temporary_key_id() -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let tail: String = bytes(16).iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    format!("ASIA{tail}")
}

/// A secret access key: 40 characters of base64, including `/` and `+`.
pub(crate) fn secret() -> String {
    STANDARD.encode(bytes(30))
}

/// A session token as long as those of STS, with the characters that break if they are not encoded.
pub(crate) fn token() -> String {
    format!("IQoJb3JpZ2luX2VjE+/{}==", STANDARD.encode(bytes(300)))
}

/// A token of the browser-based flows: letters, digits and hyphens.
pub(crate) fn opaque(prefix: &str) -> String {
    format!("{prefix}{}", hex(&bytes(32)))
}

/// A request id in the form of a UUID.
pub(crate) fn request_id() -> String {
    let digits = hex(&bytes(16));
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

fn bytes(length: usize) -> Vec<u8> {
    static SEED: OnceLock<u64> = OnceLock::new();
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let seed = SEED.get_or_init(|| RandomState::new().hash_one(std::process::id()));
    let mut bytes = Vec::with_capacity(length + 32);
    while bytes.len() < length {
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(count.to_be_bytes());
        bytes.extend_from_slice(&hash.finalize());
    }
    bytes.truncate(length);
    bytes
}
