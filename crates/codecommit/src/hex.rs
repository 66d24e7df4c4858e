//! Bytes as lower-case hexadecimal digits, as in signatures and in file names of the AWS CLI's caches.

use std::fmt::Write as _;

/// Two lower-case digits for each byte.
#[must_use]
pub fn lower(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::with_capacity(bytes.as_ref().len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
