//! Text of AWS and of other servers that a message may quote, bounded when it is read.
//!
//! A service may answer with a mebibyte. Facts have its text as a [`Quote`], so that no message has to bound it again.
//! It is cut in the middle: AWS names the principal first, the policy and the request id last (IAM User Guide,
//! "Troubleshoot access denied error messages"). Leaves escaping to the printing code.

use crate::attributes::with_shown_urls;
use crate::secret::public_words;
use std::fmt;
use std::ops::Deref;

/// The longest text that is quoted in full, in characters.
const LONGEST: usize = 2_000;

/// Text from AWS or another program: all of it, or its first and last 1,000 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quote(Box<str>);

impl Quote {
    /// Bounds `text`. Secrets and passwords are removed from a longer text first: the form of half a secret is not
    /// recognized.
    #[must_use]
    pub fn new(text: &str) -> Self {
        if text.char_indices().nth(LONGEST).is_none() {
            return Self(text.into());
        }
        Self(shorten(&public_words(&with_shown_urls(text)), LONGEST).into())
    }
}

impl Deref for Quote {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl PartialEq<&str> for Quote {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl From<&str> for Quote {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Quote {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

/// `text` with ` … ` in the middle, between its first and last `width / 2` characters, if it has more than `width`.
#[must_use]
pub fn shorten(text: &str, width: usize) -> String {
    let half = width / 2;
    let first = text.char_indices().nth(half);
    let last = text.char_indices().rev().take(half).last();
    match (text.char_indices().nth(width), first, last) {
        (Some(_), Some((first, _)), Some((last, _))) => format!("{} … {}", &text[..first], &text[last..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_quote_keeps_its_beginning_and_its_end_and_cuts_no_character() {
        for filler in ["x", "größe ", "日", "\u{202e}"] {
            let long = format!("User: alice{}policy/deny (request id 42)", filler.repeat(300_000));
            let quote = Quote::from(long);
            assert!(quote.starts_with("User: alice") && quote.ends_with("policy/deny (request id 42)"), "{quote}");
            assert!(quote.contains(" … ") && quote.chars().count() <= LONGEST + 3, "{}", quote.chars().count());
        }
        let whole = "ö".repeat(LONGEST);
        assert_eq!(*Quote::new(&whole), *whole);
    }

    #[test]
    fn a_secret_that_stands_where_a_quote_is_cut_is_not_shown_by_half() {
        let secrets = ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKY", "https://alice:hush-hush-hush-hush-hush@host/x"];
        for (secret, part) in secrets.into_iter().zip(["wJalr", "hush"]) {
            for before in 940..1_010 {
                let text = format!("{} {secret} {}", "a".repeat(before), "z".repeat(5_000));
                let quote = Quote::new(&text);
                assert!(!quote.contains(part), "{before}: {quote}");
            }
        }
    }
}
