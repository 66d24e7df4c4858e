//! Why the text of one part of credentials is not valid, judged by its form alone.
//!
//! Knows what no AWS key can have: quotes around it, a placeholder, an impossible character, the form of something
//! else. Anything that could be a key, of AWS or of an emulator, passes, and AWS decides. Reports facts only: never a
//! value, nor a letter that a key may have.

use super::access_key_id::{has_the_form_of_an_id, other_kind};
use super::placeholder::{Placeholder, placeholder};
use super::{Form, Part};
use crate::secret::{is_secret_access_key, is_session_token};

/// Why a part is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The value is empty, or only blanks and quotes.
    Empty,
    /// The value starts or ends with a quote; in AWS's files and in the environment quotes are part of the value.
    Quoted,
    /// The value is a placeholder.
    Placeholder(Placeholder),
    /// The value contains this character.
    Character(Character, Place),
    /// A comment follows the value on the same line.
    Comment,
    /// The value has the form of something else.
    Misplaced(Form),
    /// The value is longer than any key or token.
    TooLong,
}

/// A character that no key contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Character {
    /// A space.
    Space,
    /// A tab.
    Tab,
    /// A line feed, or another line separator.
    LineBreak,
    /// A carriage return: the line had a Windows line ending.
    CarriageReturn,
    /// A non-ASCII space, such as the no-break space of web pages.
    OtherSpace(char),
    /// A zero-width character, such as the byte order mark.
    Invisible(char),
    /// Any other control character.
    Control(char),
    /// Any other character outside ASCII.
    NotAscii(char),
    /// An ASCII character that this part never contains.
    Sign(char),
}

/// The position of a character in the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before every valid character.
    Start,
    /// Between valid characters.
    Inside,
    /// After every valid character.
    End,
}

/// Quotes of ASCII, typography and Markdown, and characters that are next to the quote on a keyboard.
const QUOTES: [char; 18] =
    ['"', '\'', '`', '´', '“', '”', '„', '‟', '‘', '’', '‚', '‛', '«', '»', '‹', '›', '＂', '＇'];

impl Flaw {
    /// The flaw of `text` as a value of `part`, if there is one.
    pub(super) fn of(part: Part, text: &str) -> Option<Self> {
        if is_sound(part, text) {
            return placeholder(text).map(Self::Placeholder);
        }
        let core = core(text);
        if core.is_empty() {
            return Some(Self::Empty);
        }
        if let Some(placeholder) = placeholder(core) {
            return Some(Self::Placeholder(placeholder));
        }
        if let Some(form) = form(part, core) {
            return Some(Self::Misplaced(form));
        }
        if is_commented(core) {
            return Some(Self::Comment);
        }
        if is_quoted(text) {
            return Some(Self::Quoted);
        }
        if let Some((character, place)) = strange_character(part, text) {
            return Some(Self::Character(character, place));
        }
        (part == Part::AccessKeyId && text.chars().count() > super::access_key_id::LONGEST).then_some(Self::TooLong)
    }
}

/// `text` without surrounding blanks and quotes.
pub(super) fn core(text: &str) -> &str {
    let is_around = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c) || QUOTES.contains(&c);
    let mut core = text.trim_matches(is_around);
    // `\"AKIA…\"` comes from JSON inside JSON, `&quot;` from a web page.
    if text.contains('"') {
        core = core.strip_suffix('\\').unwrap_or(core).trim_matches(is_around);
        core = core.strip_prefix("\\\"").unwrap_or(core);
    }
    core.strip_prefix("&quot;").unwrap_or(core).strip_suffix("&quot;").unwrap_or(core)
}

/// Whether `text` has the form of a real key or token, of any part.
pub(super) fn is_of_real_form(text: &str) -> bool {
    has_the_form_of_an_id(text) || is_secret_access_key(text) || is_plain_token(text)
}

/// Whether `text` has the form of this part.
fn is_sound(part: Part, text: &str) -> bool {
    match part {
        Part::AccessKeyId => has_the_form_of_an_id(text),
        Part::SecretAccessKey => is_secret_access_key(text),
        Part::SessionToken => is_plain_token(text),
    }
}

fn is_plain_token(text: &str) -> bool {
    is_session_token(text) && text.bytes().all(|byte| byte.is_ascii_graphic()) && !is_quoted(text)
}

fn is_quoted(text: &str) -> bool {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    trimmed.starts_with(QUOTES)
        || trimmed.ends_with(QUOTES)
        || trimmed.starts_with("\\\"")
        || trimmed.starts_with("&quot;")
        || trimmed.ends_with("&quot;")
}

/// `AKIA… # production`: in AWS's files a comment needs its own line.
fn is_commented(text: &str) -> bool {
    let before = text.find([' ', '\t']).map(|at| text.split_at(at));
    before.is_some_and(|(value, rest)| {
        rest.trim_start().starts_with(['#', ';']) || rest.trim_start().starts_with("//") && is_of_real_form(value)
    })
}

/// Invisible characters: the common ones of Unicode's `Default_Ignorable_Code_Point`, and the blanks of Braille and
/// Hangul.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The first character that the part never contains.
fn strange_character(part: Part, text: &str) -> Option<(Character, Place)> {
    let is_key = |text: &str| has_the_form_of_an_id(text) || is_secret_access_key(text);
    let strange = |c: char| match c {
        ' ' => Some(Character::Space),
        '\t' => Some(Character::Tab),
        '\r' => Some(Character::CarriageReturn),
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(Character::LineBreak),
        c if is_invisible(c) => Some(Character::Invisible(c)),
        c if c.is_whitespace() => Some(Character::OtherSpace(c)),
        c if c.is_control() => Some(Character::Control(c)),
        c if !c.is_ascii() => Some(Character::NotAscii(c)),
        // IAM allows `[\w]` in an id.
        c if part == Part::AccessKeyId && !c.is_ascii_alphanumeric() && c != '_' => Some(Character::Sign(c)),
        _ => None,
    };
    let place = |at: usize, c: char| {
        if at + c.len_utf8() == text.len() {
            Place::End
        } else if at == 0 {
            Place::Start
        } else {
            Place::Inside
        }
    };
    // `AKIA…,` and `AKIA…;` were copied from a longer line.
    let cut = || {
        let (last, first) = (text.chars().next_back()?, text.chars().next()?);
        let is_sign = |c: char| c.is_ascii_punctuation() && !matches!(c, '+' | '/');
        if is_sign(last) && is_key(&text[..text.len() - last.len_utf8()]) {
            Some((Character::Sign(last), Place::End))
        } else if is_sign(first) && is_key(&text[first.len_utf8()..]) {
            Some((Character::Sign(first), Place::Start))
        } else {
            None
        }
    };
    // A carriage return is reported before the line feed that follows it.
    text.char_indices().find_map(|(at, c)| Some((strange(c)?, place(at, c)))).or_else(cut)
}

/// What else the text certainly is.
fn form(part: Part, text: &str) -> Option<Form> {
    let found = match part {
        _ if is_secret_access_key(text) => Some(Form::SecretAccessKey),
        _ if has_the_form_of_an_id(text) => Some(Form::AccessKeyId),
        _ if is_plain_token(text) => Some(Form::SessionToken),
        _ => None,
    };
    let own = match part {
        Part::AccessKeyId => Form::AccessKeyId,
        Part::SecretAccessKey => Form::SecretAccessKey,
        Part::SessionToken => Form::SessionToken,
    };
    if let Some(found) = found {
        return (found != own).then_some(found);
    }
    if let Some(kind) = other_kind(text) {
        return Some(Form::OtherId(kind));
    }
    if is_account_id(text) && part != Part::SessionToken {
        return Some(Form::OtherId("an AWS account id"));
    }
    let six_digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if part == Part::SessionToken && six_digits {
        return Some(Form::OtherId("an MFA code"));
    }
    document(text).or_else(|| encoded(text)).or_else(|| identifier(part, text).map(Form::OtherId))
}

/// Twelve digits, an account id. Ids with leading zeros do not count: emulators accept an account id as the access key
/// id.
fn is_account_id(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let is_grouped = text.len() == 12 || text.len() == 14 && text.as_bytes()[4] == b'-' && text.as_bytes()[9] == b'-';
    is_grouped && digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with("00000")
}

/// More than one value: a file, several lines, or a name and its value.
fn document(text: &str) -> Option<Form> {
    let is_pem = text.contains("-----BEGIN ") || text.starts_with("ssh-rsa ") || text.starts_with("ssh-ed25519 ");
    if is_pem {
        return Some(Form::OtherId("a certificate or key in PEM format"));
    }
    let is_word = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_- ".contains(c));
    let after_brace = text.trim_start_matches('[').trim_start().strip_prefix('{').map(str::trim_start);
    let member = after_brace.and_then(|rest| rest.strip_prefix('"')?.split_once('"'));
    if member.is_some_and(|(name, rest)| is_word(name) && rest.trim_start().starts_with(':')) {
        return Some(Form::Json);
    }
    let lower = text.to_ascii_lowercase();
    let names = [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "aws_security_token",
        "accesskeyid",
        "secretaccesskey",
        "sessiontoken",
        "access key id",
        "secret access key",
        "awsaccesskeyid",
        "awssecretkey",
    ];
    let setters = ["export ", "set ", "setx ", "setenv ", "$env:", "env ", "declare -x ", "[default]"];
    let without = setters.iter().find_map(|setter| lower.strip_prefix(setter)).unwrap_or(&lower);
    let without = without.trim_start().trim_start_matches(['"', '\'']);
    let is_named = names.iter().any(|name| {
        let rest = without.strip_prefix(name).map(|rest| rest.trim_start_matches(['"', '\'']).trim_start());
        rest.is_some_and(|rest| rest.starts_with(['=', ':', ',', '\t']) && rest.len() > 1)
    });
    let is_section = lower.starts_with('[') && names.iter().any(|name| lower.contains(name));
    if is_named || is_section {
        return Some(Form::Named);
    }
    // A line of `credentials.csv`, or `ID:SECRET` as in s3fs's password file.
    let parts =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '+')).filter(|part| !part.is_empty());
    let mut keys = parts.filter(|part| has_the_form_of_an_id(part) || is_secret_access_key(part));
    (keys.next().is_some() && keys.next().is_some()).then_some(Form::SeveralParts)
}

/// A key in another encoding.
fn encoded(text: &str) -> Option<Form> {
    let is_key = |text: &str| has_the_form_of_an_id(text) || is_secret_access_key(text) || is_plain_token(text);
    let base64 = || base64(text).is_some_and(|decoded| is_key(decoded.trim_end_matches(['\n', '\r'])));
    let percent = || text.contains('%') && is_key(&percent_decoded(text));
    if base64() {
        return Some(Form::Encoded("base64-encoded"));
    }
    if percent() {
        return Some(Form::Encoded("percent-encoded"));
    }
    if text.contains("\\/") && is_key(&text.replace("\\/", "/")) {
        return Some(Form::Encoded("escaped as in JSON"));
    }
    let is_lower = text.starts_with("akia") || text.starts_with("asia");
    if is_lower && has_the_form_of_an_id(&text.to_ascii_uppercase()) {
        return Some(Form::Encoded("in lower case"));
    }
    None
}

/// A key in base64, as in a Kubernetes Secret. Text of more than 4096 characters is not decoded.
fn base64(text: &str) -> Option<String> {
    let body = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || !(28..=4096).contains(&text.len()) || text.len() - body.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(body.len());
    let (mut bits, mut count) = (0_u32, 0);
    for byte in body.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    String::from_utf8(bytes).ok()
}

fn percent_decoded(text: &str) -> String {
    ["%2F", "%2f"]
        .iter()
        .fold(text.to_owned(), |text, slash| text.replace(slash, "/"))
        .replace("%2B", "+")
        .replace("%2b", "+")
        .replace("%3D", "=")
        .replace("%3d", "=")
}

/// The name of the other thing that the text identifies.
fn identifier(part: Part, text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("arn:") {
        return Some(if lower.contains(":mfa/") { "the ARN of an MFA device" } else { "an ARN" });
    }
    let tokens = [
        ("ghp_", "a GitHub token"),
        ("gho_", "a GitHub token"),
        ("ghs_", "a GitHub token"),
        ("ghu_", "a GitHub token"),
        ("ghr_", "a GitHub token"),
        ("github_pat_", "a GitHub token"),
        ("glpat-", "a GitLab token"),
        ("glptt-", "a GitLab token"),
        ("xoxb-", "a Slack token"),
        ("hvs.", "a token of HashiCorp Vault"),
        ("npm_", "an npm token"),
        ("pypi-", "a PyPI token"),
        ("ATATT", "an Atlassian token"),
        ("ABSK", "an Amazon Bedrock API key"),
    ];
    let has_more = |start: &str| text.len() >= start.len() + 16 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some((_, what)) = tokens.iter().find(|(start, _)| text.starts_with(start) && has_more(start)) {
        return Some(what);
    }
    if text.starts_with("eyJ") && text.matches('.').count() == 2 {
        return Some("a JSON Web Token");
    }
    if lower.starts_with("https://") || lower.starts_with("http://") || lower.starts_with("codecommit://") {
        return Some("a URL");
    }
    if lower.starts_with("ssh://") || lower.starts_with("codecommit::") {
        return Some("a URL");
    }
    let is_dir = [
        "/home/",
        "/users/",
        "/root/",
        "/run/",
        "/var/",
        "/etc/",
        "/tmp/",
        "/mnt/",
        "/opt/",
        "/vault/",
        "/secrets/",
        "/app/",
    ];
    let is_drive = text.len() > 2
        && text.as_bytes()[0].is_ascii_alphabetic()
        && matches!(&text.as_bytes()[1..3], [b':', b'\\' | b'/']);
    let is_path = is_dir.iter().any(|directory| lower.starts_with(directory))
        || ["~/", "./", "../", "file://", "fileb://"].iter().any(|start| lower.starts_with(start))
        || is_drive;
    if is_path && text.chars().all(|c| c.is_alphanumeric() || "/\\._-~: ".contains(c)) {
        return Some("the path of a file");
    }
    // The user name of a service-specific credential (IAM User Guide, "Use IAM with CodeCommit").
    let git_user = text.rsplit_once("-at-").is_some_and(|(user, account)| !user.is_empty() && is_account_id(account));
    if git_user {
        return Some("the user name of HTTPS Git credentials");
    }
    let is_mail = text.split_once('@').is_some_and(|(user, host)| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
        !user.is_empty() && user.chars().all(is_word) && host.contains('.') && host.chars().all(is_word)
    });
    (is_mail && part != Part::SessionToken).then_some("a user name or email address")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const TOKEN: &str = "IQoJb3JpZ2luX2VjELT//////////wEaCXVz+LWVhc3Q=%41=";

    #[test]
    fn quotes_of_every_kind_at_either_end_are_found() {
        for quote in QUOTES {
            for (part, value) in [
                (Part::AccessKeyId, ID),
                (Part::SecretAccessKey, SECRET),
                (Part::SessionToken, TOKEN),
                (Part::AccessKeyId, "test"),
            ] {
                for text in [format!("{quote}{value}{quote}"), format!("{quote}{value}"), format!("{value}{quote}")] {
                    assert_eq!(Flaw::of(part, &text), Some(Flaw::Quoted), "{text}");
                }
            }
        }
        for text in [format!("\\\"{ID}\\\""), format!("&quot;{ID}&quot;"), format!(" \"{ID}\" ")] {
            assert_eq!(Flaw::of(Part::AccessKeyId, &text), Some(Flaw::Quoted), "{text}");
        }
        for text in ["\"\"", "''", " ", "\u{feff}"] {
            assert_eq!(Flaw::of(Part::SessionToken, text), Some(Flaw::Empty), "{text:?}");
        }
        let inside = Flaw::of(Part::AccessKeyId, "\"<YOUR_KEY>\"");
        assert_eq!(inside, Some(Flaw::Placeholder(Placeholder::Reference("<NAME>"))), "what is in the quotes counts");
    }

    #[test]
    fn characters_that_cannot_be_seen_are_named_with_their_place() {
        for (text, character, place) in [
            (format!("{ID} "), Character::Space, Place::End),
            (format!(" {ID}"), Character::Space, Place::Start),
            ("AKIA IOSFODNN7EXAMPLE".to_owned(), Character::Space, Place::Inside),
            (format!("{ID}\t"), Character::Tab, Place::End),
            (format!("{ID}\n"), Character::LineBreak, Place::End),
            (format!("{ID}\r"), Character::CarriageReturn, Place::End),
            (format!("{ID}\r\n"), Character::CarriageReturn, Place::Inside),
            (format!("\u{feff}{ID}"), Character::Invisible('\u{feff}'), Place::Start),
            (format!("{ID}\u{200b}"), Character::Invisible('\u{200b}'), Place::End),
            (format!("{ID}\u{a0}"), Character::OtherSpace('\u{a0}'), Place::End),
            (format!("{ID}\u{1b}"), Character::Control('\u{1b}'), Place::End),
            ("АKIAIOSFODNN7EXAMPLE".to_owned(), Character::NotAscii('А'), Place::Start),
            (format!("{ID},"), Character::Sign(','), Place::End),
            (format!("={ID}"), Character::Sign('='), Place::Start),
            ("AK%x".to_owned(), Character::Sign('%'), Place::Inside),
        ] {
            assert_eq!(Flaw::of(Part::AccessKeyId, &text), Some(Flaw::Character(character, place)), "{text:?}");
        }
        let secret = |text: &str| Flaw::of(Part::SecretAccessKey, text);
        assert_eq!(secret(&format!("{SECRET};")), Some(Flaw::Character(Character::Sign(';'), Place::End)));
        assert_eq!(secret("a b"), Some(Flaw::Character(Character::Space, Place::Inside)));
        assert_eq!(secret("p\u{2013}q"), Some(Flaw::Character(Character::NotAscii('\u{2013}'), Place::Inside)));
        assert_eq!(secret(&format!("{SECRET}  # production")), Some(Flaw::Comment));
        let token = |text: &str| Flaw::of(Part::SessionToken, text);
        assert_eq!(token(&format!("{TOKEN}\n")), Some(Flaw::Character(Character::LineBreak, Place::End)));
        assert_eq!(
            token(&format!("{TOKEN}\u{200b}")),
            Some(Flaw::Character(Character::Invisible('\u{200b}'), Place::End))
        );
    }

    #[test]
    fn what_is_another_thing_is_known_by_its_form() {
        let id = Part::AccessKeyId;
        for (part, text, form) in [
            (id, "111122223333", Form::OtherId("an AWS account id")),
            (id, "1111-2222-3333", Form::OtherId("an AWS account id")),
            (id, "arn:aws:iam::111122223333:user/alice", Form::OtherId("an ARN")),
            (id, "alice@example.com", Form::OtherId("a user name or email address")),
            (id, "alice-at-111122223333", Form::OtherId("the user name of HTTPS Git credentials")),
            (id, "APKAEIBAERJR2EXAMPLE", Form::OtherId("the unique id of an SSH public key")),
            (id, "AROACKCEVSQ6C2EXAMPLE", Form::OtherId("the unique id of an IAM role")),
            (id, "https://111122223333.signin.aws.amazon.com/console", Form::OtherId("a URL")),
            (id, "ghp_0123456789abcdefghijklmnopqrstuvwxyz", Form::OtherId("a GitHub token")),
            (id, "/run/secrets/aws_key", Form::OtherId("the path of a file")),
            (id, "~/.aws/key", Form::OtherId("the path of a file")),
            (id, "C:\\Users\\me\\key.txt", Form::OtherId("the path of a file")),
            (id, "-----BEGIN RSA PRIVATE KEY-----\nMII", Form::OtherId("a certificate or key in PEM format")),
            (id, "{\"AccessKeyId\": \"AKIAIOSFODNN7EXAMPLE\"}", Form::Json),
            (id, "aws_access_key_id = AKIAIOSFODNN7EXAMPLE", Form::Named),
            (id, "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", Form::Named),
            (id, "AWS_ACCESS_KEY_ID=\"AKIAIOSFODNN7EXAMPLE", Form::Named),
            (id, "$Env:AWS_ACCESS_KEY_ID=\"AKIAIOSFODNN7EXAMPLE", Form::Named),
            (id, "AccessKeyId: AKIAIOSFODNN7EXAMPLE", Form::Named),
            (id, &format!("{ID},{SECRET}"), Form::SeveralParts),
            (id, &format!("{ID}:{SECRET}"), Form::SeveralParts),
            (id, "QUtJQUlPU0ZPRE5ON0VYQU1QTEU=", Form::Encoded("base64-encoded")),
            (id, "QUtJQUlPU0ZPRE5ON0VYQU1QTEUK", Form::Encoded("base64-encoded")),
            (id, "akiaiosfodnn7example", Form::Encoded("in lower case")),
            (id, SECRET, Form::SecretAccessKey),
            (Part::SecretAccessKey, &SECRET.replace('/', "%2F"), Form::Encoded("percent-encoded")),
            (Part::SecretAccessKey, &SECRET.replace('/', "\\/"), Form::Encoded("escaped as in JSON")),
            (
                Part::SecretAccessKey,
                "d0phbHJYVXRuRkVNSS9LN01ERU5HL2JQeFJmaUNZRVhBTVBMRUtFWQ==",
                Form::Encoded("base64-encoded"),
            ),
            (Part::SecretAccessKey, ID, Form::AccessKeyId),
            (Part::SecretAccessKey, TOKEN, Form::SessionToken),
            (Part::SessionToken, "123456", Form::OtherId("an MFA code")),
            (Part::SessionToken, "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln", Form::OtherId("a JSON Web Token")),
            (Part::SessionToken, "arn:aws:iam::111122223333:mfa/alice", Form::OtherId("the ARN of an MFA device")),
        ] {
            assert_eq!(Flaw::of(part, text), Some(Flaw::Misplaced(form)), "{text}");
        }
    }

    #[test]
    fn keys_of_stand_ins_have_no_flaw() {
        let long = "A".repeat(128);
        let ids =
            ["test", "a_1", "AROA", "AROAd", "AKIDEXAMPLE", "minioadmin", "foo", "000000000000", "000000000001", &long];
        for text in ids.into_iter().chain(["LKIAQAAAAAAAVNCBMPNS", "A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1"]) {
            assert_eq!(Flaw::of(Part::AccessKeyId, text), None, "{text}");
        }
        for text in ["s", "minioadmin", "$HOME;", "a'b", "p@ss", "t/+=%", "secret_key", "/a/b", "a#b", "x;y"] {
            assert_eq!(Flaw::of(Part::SecretAccessKey, text), None, "{text}");
        }
        for text in ["t", "left-over", "t/+=%", "t$HOME;", "session-token/+="] {
            assert_eq!(Flaw::of(Part::SessionToken, text), None, "{text}");
        }
    }
}
