//! Bytes as lower-case hexadecimal digits, as signatures and the AWS CLI's file names are written.

use std::fmt::Write as _;

/// Two digits a byte.
#[must_use]
pub fn lower(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::with_capacity(bytes.as_ref().len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
