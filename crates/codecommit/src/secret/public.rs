//! How much may be shown of a value from the environment, a shared file or a service. Pure.
//!
//! People paste secrets into the wrong variable and the wrong line. A name, a region or a path is shown in full; of a
//! text that has the form of a secret only the length is shown. The forms: a secret access key (40 characters of the
//! base64 alphabet), a session token of AWS STS, a JSON Web Token, a signature (64 hexadecimal digits), and any other
//! run of base64 that looks random. Access key ids have their own type, in `keys`.

use std::borrow::Cow;

/// The longest name that is shown, in characters. Profiles and regions are far shorter; session tokens are longer.
const LONGEST_NAME: usize = 128;

/// The length of a secret access key, in characters (IAM User Guide, "Manage access keys for IAM users").
const SECRET_ACCESS_KEY: usize = 40;

/// The shortest run of base64 that is checked for randomness, in characters.
const TOKEN: usize = 32;

/// How session tokens of AWS STS start: `origin_ec` and `er/aws` in base64, after a byte or two.
const STS_TOKENS: [&str; 4] = ["IQoJ", "FwoG", "FQoG", "AQoD"];

/// A name, a region or another short value as it may be shown: itself, or `a value of N characters`.
#[must_use]
pub fn public(text: &str) -> Cow<'_, str> {
    if is_public(text) { Cow::Borrowed(text) } else { Cow::Owned(value_of(text)) }
}

/// The same in backquotes; `a value of N characters` gets none.
#[must_use]
pub fn quoted(text: &str) -> String {
    if is_public(text) { format!("`{text}`") } else { value_of(text) }
}

/// A profile, as part of a sentence.
#[must_use]
pub fn profile(name: &str) -> String {
    if is_public(name) {
        format!("profile `{name}`")
    } else {
        format!("a profile with a name of {} characters", name.chars().count())
    }
}

/// The user name of a request, as part of a sentence. The text after a `%` is a session token and never shown.
#[must_use]
pub fn user_name(name: &str) -> String {
    if is_public(name) && !name.contains('%') {
        format!("user name {name}")
    } else {
        format!("a user name of {} characters", name.chars().count())
    }
}

/// A path, with `…` for each component that has the form of a secret.
#[must_use]
pub fn public_path(text: &str) -> Cow<'_, str> {
    // The value may be the secret itself, not a file name. Absolute paths have slashes and small letters, too.
    let looks_absolute = text.starts_with('/') && !(has_capital(text) && text.contains(|c: char| c.is_ascii_digit()));
    if is_secret_access_key(text) && !looks_absolute {
        return Cow::Owned(value_of(text));
    }
    without_runs(text, |run| is_random(run, Slashes::Separate))
}

/// A text of AWS or another program, with `…` for each word that has the form of a secret.
#[must_use]
pub fn public_words(text: &str) -> Cow<'_, str> {
    if !runs(text).any(|run| run.len() >= 20) {
        return Cow::Borrowed(text);
    }
    let ends_a_word = |c: char| c.is_whitespace() || "\"'`()<>[]{},;".contains(c);
    let words = text.split_inclusive(ends_a_word).map(|word| {
        let is_located = word.contains("://") || word.contains("arn:") || word.starts_with(['/', '~', '.']);
        let slashes = if is_located { Slashes::Separate } else { Slashes::Belong };
        without_runs(word, |run| is_random(run, slashes) || is_signature(run))
    });
    Cow::Owned(words.collect())
}

/// Whether a name may be shown.
#[must_use]
pub fn is_public(text: &str) -> bool {
    // In a role's ARN the name follows a slash. A line break would let the value of another setting through.
    if text.starts_with("arn:") && !text.contains(char::is_whitespace) {
        return runs(text).all(|run| !is_random(run, Slashes::Separate));
    }
    text.chars().count() <= LONGEST_NAME
        && runs(text)
            .all(|run| !(is_random(run, Slashes::Belong) || is_signature(run) || is_secret_access_key_in_any_case(run)))
}

/// Whether the whole text has the form of a secret access key: 40 characters of base64, not only capitals and digits,
/// which access key ids consist of.
#[must_use]
pub fn is_secret_access_key(text: &str) -> bool {
    text.len() == SECRET_ACCESS_KEY
        && text.chars().all(is_base64)
        && text.contains(|c: char| c.is_ascii_lowercase() || matches!(c, '/' | '+'))
}

/// Whether the whole text has the form of a session token of AWS STS.
#[must_use]
pub fn is_session_token(text: &str) -> bool {
    text.len() > SECRET_ACCESS_KEY
        && (STS_TOKENS.iter().any(|start| text.starts_with(start))
            || text.len() > LONGEST_NAME && text.chars().all(|c| is_base64(c) || c == '='))
}

fn value_of(text: &str) -> String {
    format!("a value of {} characters", text.chars().count())
}

fn has_capital(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_uppercase())
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/')
}

/// The runs of base64 characters. `=` ends a run: it also separates a name from its value.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_base64(c)).filter(|run| !run.is_empty())
}

/// `text` with `…` for each run that `is_secret`.
fn without_runs(text: &str, is_secret: impl Fn(&str) -> bool) -> Cow<'_, str> {
    if !runs(text).any(&is_secret) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_base64(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        out.push_str(if is_secret(run) { "…" } else { run });
        let next = after.find(is_base64).unwrap_or(after.len());
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    Cow::Owned(out)
}

/// Whether a slash counts as a sign of randomness; in paths and URLs it does not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slashes {
    Belong,
    Separate,
}

/// Whether a run of base64 looks random: capitals and small letters alternate, with digits spread over it. Names of
/// several words have capitals at the start of words, and digits in one place.
fn is_random(run: &str, slashes: Slashes) -> bool {
    let starts = |starts: &[&str]| starts.iter().any(|start| run.starts_with(start));
    // `{"` in base64 starts a JSON Web Token.
    if starts(&["eyJ"]) && run.len() >= 20 || starts(&STS_TOKENS) && run.len() >= TOKEN {
        return true;
    }
    let bytes = run.as_bytes();
    let is_sign = |byte: u8| byte.is_ascii_digit() || byte == b'+' || byte == b'/' && slashes == Slashes::Belong;
    let turns = |turned: &dyn Fn(u8, u8) -> bool| bytes.windows(2).filter(|pair| turned(pair[0], pair[1])).count();
    let letters = turns(&|a, b| {
        a.is_ascii_lowercase() && b.is_ascii_uppercase() || a.is_ascii_uppercase() && b.is_ascii_lowercase()
    });
    let signs =
        turns(&|a, b| !is_sign(a) && is_sign(b)) + usize::from(bytes.first().is_some_and(|byte| is_sign(*byte)));
    let few_signs = if slashes == Slashes::Belong { 1 } else { 3 };
    run.len() == SECRET_ACCESS_KEY && letters >= 3 && signs >= few_signs && letters + signs >= 8
        || run.len() >= TOKEN && letters * 6 >= run.len() && signs >= 3
}

/// A secret access key as the name of an option, which is case-insensitive: letters and other characters, but not a
/// hash.
fn is_secret_access_key_in_any_case(run: &str) -> bool {
    let has = |class: fn(&char) -> bool| usize::from(run.chars().any(|c| class(&c)));
    run.len() == SECRET_ACCESS_KEY
        && has(char::is_ascii_uppercase)
            + has(char::is_ascii_lowercase)
            + has(char::is_ascii_digit)
            + has(|c| matches!(c, '/' | '+'))
            >= 2
        && !run.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether the text has 64 hexadecimal digits in a row.
fn is_signature(run: &str) -> bool {
    run.split(|c: char| !c.is_ascii_hexdigit()).any(|digits| digits.len() >= 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const TOKEN: &str = "IQoJb3JpZ2luX2VjELT//////////wEaCXVz+LWVhc3Q=%41=";
    /// Output of `openssl rand -base64 30`; the last one starts with a slash.
    const SECRETS: [&str; 5] = [
        "3ewjygESA6B4gvhGbmOMUe7LsWQNuFsoRjsG5+/P",
        "Gji5p4eTiijdWs589IhFGzRjU/eCfYHt6eQfdWQs",
        "UWipSAvoUQY1Qn1ZfriEi+J7+qfxtsZeI/MUTmk7",
        "xLOhI1+QfGIaCeZ5XKxOVthGobxDk86Wbvp382WA",
        "/zJGca+1+EBrBbuheK2THWHFz1hnzGMqT1Z/qYls",
    ];

    /// Typical names of profiles, roles, regions and repositories.
    const NAMES: [&str; 14] = [
        "",
        "default",
        "eu-west-1",
        "my profile's",
        "AdministratorAccess-111122223333",
        "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
        "OrganizationAccountAccessRoleForProduction2",
        "company-production-eu-west-1-read-only-administrators",
        "arn:aws:iam::111122223333:role/OrganizationAccountAccessRoleOfBilling",
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
        "arn:aws:iam::111122223333:mfa/alice",
        "alice@example.com",
        "team/billing/production",
        "6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    ];

    #[test]
    fn ordinary_names_are_shown_as_they_are() {
        for name in NAMES {
            assert_eq!(public(name), name);
            assert_eq!(public_words(name), name);
        }
        assert_eq!(quoted("dev"), "`dev`");
        assert_eq!(profile("dev"), "profile `dev`");
        assert_eq!(user_name("alice"), "user name alice");
    }

    #[test]
    fn a_secret_in_the_place_of_a_name_is_shown_by_its_length() {
        for secret in [SECRET].iter().chain(&SECRETS) {
            assert_eq!(public(secret), "a value of 40 characters");
            assert_eq!(public(&secret.to_lowercase()), "a value of 40 characters", "as the name of an option");
            assert_eq!(public(&format!("\"{secret}\"")), "a value of 42 characters");
            assert!(!is_public(&format!("eu-west-1\naws_secret_access_key = {secret}")), "a line that was indented");
            assert!(!is_public(&format!("arn:aws:iam::1:role/x\naws_secret_access_key = {secret}")));
        }
        assert_eq!(public(TOKEN), "a value of 49 characters");
        assert_eq!(profile(SECRET), "a profile with a name of 40 characters");
        assert_eq!(user_name(&format!("AKIA%{TOKEN}")), "a user name of 54 characters");
        assert_eq!(user_name("AKIA%x"), "a user name of 6 characters");
        let signature = format!("20260102T030405Z{}", "0f".repeat(32));
        assert_eq!(quoted(&signature), "a value of 80 characters");
        assert_eq!(public(&"word ".repeat(26)), "a value of 130 characters");
        assert!(!is_public("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln"), "a JSON Web Token");
    }

    #[test]
    fn a_secret_that_was_cut_or_has_more_behind_it_is_known_too() {
        for secret in SECRETS {
            for text in [&secret[..39], &secret[1..], &format!("{secret}x"), &format!("{secret}{secret}")] {
                assert!(!is_public(text), "{text}");
            }
        }
    }

    #[test]
    fn a_path_loses_only_the_part_that_is_secret() {
        let path = "~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
        for path in [path, "/home/Alice/Projects/BillingService2/token", "C:\\Users\\Alice\\.aws\\config", ""] {
            assert_eq!(public_path(path), path);
        }
        assert_eq!(public_path(SECRET), "a value of 40 characters");
        assert_eq!(public_path(SECRETS[4]), "a value of 40 characters");
        assert_eq!(public_path("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.x"), "….….x");
        assert_eq!(public_path(TOKEN), "…=%41=");
    }

    #[test]
    fn words_of_others_lose_what_is_secret_and_nothing_else() {
        for text in [
            "User: arn:aws:sts::111122223333:assumed-role/Developer/botocore-session-1767323045 is not authorized to \
             perform: codecommit:GitPull on resource: arn:aws:codecommit:eu-west-1:111122223333:BillingServiceOfTheCompany2",
            "Signature expired: 20260102T030405Z is now earlier than 20260102T050305Z (20260102T051805Z - 15 min.)",
            "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/BillingServicePaymentsModule",
            "GIT\n/v1/repos/BillingServicePaymentsModules2\n\nhost:git-codecommit.eu-west-1.amazonaws.com\n\nhost",
            "request 6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
        ] {
            assert_eq!(public_words(text), text);
        }
        assert_eq!(public_words(&format!("Value '{SECRET}' at 'roleArn'")), "Value '…' at 'roleArn'");
        assert_eq!(public_words(&format!("AWS_SECRET_ACCESS_KEY={SECRET}")), "AWS_SECRET_ACCESS_KEY=…");
        assert_eq!(public_words(&format!("{{\"a\":\"{TOKEN}\"}}")), "{\"a\":\"…=%41=\"}");
        assert_eq!(public_words(&format!("20260102T030405Z{}", "0f".repeat(32))), "…");
    }

    #[test]
    fn the_two_secret_parts_of_credentials_are_known_by_their_whole_form() {
        assert!(is_secret_access_key(SECRET) && SECRETS.into_iter().all(is_secret_access_key));
        assert!(!is_secret_access_key(&"A1".repeat(20)), "an id may be as long");
        assert!(!is_secret_access_key(&SECRET[1..]) && !is_secret_access_key(TOKEN));
        assert!(is_session_token(TOKEN) && is_session_token(&"aB3/".repeat(40)));
        assert!(!is_session_token(SECRET) && !is_session_token("another session"));
    }
}
