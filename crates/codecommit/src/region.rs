//! The name of a region, validated once: it becomes part of a host name and of the signature's scope.
//!
//! Decides by the form of the name, and by no list. Leaves guesses of the intended region to `meant`.

mod meant;

use std::borrow::Cow;
use std::fmt;

/// The name of an AWS region in AWS's format: lower-case words and a number, such as `eu-west-1`, `us-gov-east-1`. AWS
/// adds regions every year, so the format decides and not a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(Cow<'static, str>);

/// The longest label of a host name, in bytes (RFC 1035, section 2.3.4).
const LONGEST: usize = 63;

impl Region {
    /// A region that needs no opt-in, so every session token of AWS STS in its partition is valid there.
    pub const US_EAST_1: Self = Self::known("us-east-1");

    /// The name under which AWS STS has its global endpoint, which signs for `us-east-1` (botocore's endpoint rules of
    /// `sts`). No other service that is called here has one, so nothing parses as it.
    pub const AWS_GLOBAL: Self = Self::known("aws-global");

    /// A region of the tables, unchecked; a test checks each of them.
    pub(crate) const fn known(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The region called `text`; `None` if that is not a valid region name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (words, number) = text.rsplit_once('-')?;
        let is_region = words.contains('-') && words.split('-').all(is_word) && is_number(number);
        (is_region && text.len() <= LONGEST).then(|| Self(Cow::Owned(text.to_owned())))
    }

    /// The region of a configured value.
    ///
    /// # Errors
    /// [`BadRegion`] with the origin of the value.
    pub fn configured(text: &str, origin: RegionOrigin) -> Result<Self, BadRegion> {
        Self::parse(text).ok_or_else(|| BadRegion { value: text.to_owned(), origin, place: None })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A configured region that is not a valid region name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRegion {
    /// The value as configured. Untrusted text: escape it before printing.
    pub value: String,
    /// The setting it comes from.
    pub origin: RegionOrigin,
    /// The line of the file it comes from, if known.
    pub place: Option<FileLine>,
}

impl BadRegion {
    /// The same error with its line of a file.
    #[must_use]
    pub fn at(self, place: Option<FileLine>) -> Self {
        Self { place, ..self }
    }
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// The file's path, as shown in messages.
    pub file: String,
    /// The line number, counted from one.
    pub line: usize,
    /// Whether it is the config file, to which `aws configure set` writes settings.
    pub is_config: bool,
}

/// The setting that a region comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegionOrigin {
    /// `--region`
    Flag,
    /// An environment variable.
    Variable(&'static str),
    /// `region` of this profile.
    Profile(String),
    /// `sso_region` of this `sso-session`.
    SsoSession(String),
    /// `sso_region` of this profile.
    SsoProfile(String),
    /// `signInRegion` in the file that `aws login` wrote for this profile.
    SignIn(String),
}

/// Whether the text consists of lower-case ASCII letters and is not empty.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether the text is one or two ASCII digits.
pub(crate) fn is_number(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_that_no_table_knows_is_still_one_and_nothing_else_becomes_a_part_of_a_host() {
        for region in ["zz-central-7", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-12"] {
            assert_eq!(Region::parse(region).as_ref().map(Region::as_str), Some(region));
        }
        let long = format!("{}-east-1", "a".repeat(60));
        for text in [
            "",
            "useast1",
            "us-east-",
            "us--1",
            "us-east-1a",
            "us-1",
            "us-east-123",
            "-east-1",
            "US-EAST-1",
            " us-east-1",
            "us-east-1\n",
            "us-east-1.",
            "evil.example/",
            "us-east-1.evil.example",
            "us-east-1/",
            "us-east-1@x-1",
            "us-east-1#",
            "us-e\u{e4}st-1",
            "aws-global",
            &long,
        ] {
            assert_eq!(Region::parse(text), None, "{text:?}");
        }
    }
}
