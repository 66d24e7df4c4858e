//! Words for keys that cannot be any: which part, what it seems to be, where it is from, and the step that works there. Never the
//! value.

use super::with_profile;
use crate::credentials::Source;
use crate::failure::{Code, Command, Failure, Fix};
use codecommit::keys::{Character, Flaw, Form, Part, Parts, Place, Placeholder, UnusableCredentials};
use codecommit::secret::{profile as shown_profile, public};

/// Keys from `source` that cannot be any. `tokens` are the variables or settings that have a token.
pub(crate) fn unusable(source: &Source, tokens: &[&'static str], problem: UnusableCredentials) -> Failure {
    let given = Given { source, tokens };
    let failure = |code, cause: String, parts: &[Part]| Failure::new(code, cause).looked_at(given.origin(parts));
    match problem {
        UnusableCredentials::Flawed { parts, flaw } => {
            let mut failure = failure(Code::UnusableKeys, cause(parts, flaw), &parts.iter().collect::<Vec<_>>());
            failure.looked_at.extend(details(source, flaw));
            fixed(failure, given.mending(parts, flaw))
        }
        UnusableCredentials::Swapped => {
            let parts = [Part::AccessKeyId, Part::SecretAccessKey];
            let cause = format!("the {} and the {} are swapped", parts[0], parts[1]);
            fixed(failure(Code::UnusableKeys, cause, &parts), given.exchange())
        }
        UnusableCredentials::NoSessionToken => {
            let cause = "session token missing for temporary access key (ASIA…)".to_owned();
            fixed(failure(Code::NoSessionToken, cause, &[Part::AccessKeyId]), given.add_token())
        }
        UnusableCredentials::StrayToken => {
            let cause = "session token set, but the access key is a long-term key (AKIA…), which has none".to_owned();
            let failure = failure(Code::NoSessionToken, cause, &[Part::AccessKeyId, Part::SessionToken])
                .looked_at("AWS would reject them together; nothing was sent");
            fixed(failure, given.remove_token())
        }
    }
}

fn fixed(failure: Failure, fix: Option<Fix>) -> Failure {
    match fix {
        Some(fix) => failure.fix(fix),
        None => failure,
    }
}

/// Keys, where they are.
struct Given<'g> {
    source: &'g Source,
    tokens: &'g [&'static str],
}

impl Given<'_> {
    /// What the place calls this part, where a person can change it.
    fn name(&self, part: Part) -> Option<&'static str> {
        let names = match self.source {
            Source::Environment => ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
            Source::Keys { .. } => ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"],
            Source::Process { .. } => ["AccessKeyId", "SecretAccessKey", "SessionToken"],
            _ => return None,
        };
        match part {
            Part::AccessKeyId => Some(names[0]),
            Part::SecretAccessKey => Some(names[1]),
            Part::SessionToken => Some(self.tokens.first().copied().unwrap_or(names[2])),
        }
    }

    /// Where the parts are from.
    fn origin(&self, parts: &[Part]) -> String {
        let names: Vec<&str> = parts.iter().filter_map(|part| self.name(*part)).collect();
        let names = listed(&names);
        match self.source {
            Source::Environment if parts.len() == 1 => format!("from environment variable {names}"),
            Source::Environment => format!("from environment variables {names}"),
            Source::Keys { profile, file } => format!("from {names} of {} in {file}", shown_profile(profile)),
            Source::Process { profile } => {
                format!("from {names}, printed by credential_process of {}", shown_profile(profile))
            }
            source => format!("from {source}"),
        }
    }

    /// ` in profile dev of ~/.aws/credentials`, for a fix.
    fn of(&self) -> String {
        match self.source {
            Source::Keys { profile, file } => format!(" in profile {} of {file}", public(profile)),
            _ => String::new(),
        }
    }

    fn names(&self, parts: Parts) -> Vec<&'static str> {
        parts.iter().filter_map(|part| self.name(part)).collect()
    }

    /// What mends a flaw. A service's answer is nobody's to correct, but that of a session which can be made again.
    fn mending(&self, parts: Parts, flaw: Flaw) -> Option<Fix> {
        if let Source::Login { profile } = self.source {
            return Some(with_profile("aws login", profile));
        }
        let names = self.names(parts);
        if names.is_empty() {
            return None;
        }
        let (listed, of) = (listed(&names), self.of());
        if matches!(self.source, Source::Process { .. }) {
            let how = match flaw {
                Flaw::Quoted => "without quotes around the value",
                Flaw::Character(..) | Flaw::Comment => "with nothing but the value in the string",
                _ => "with the value that AWS issued",
            };
            return Some(Fix::words(format!("make the credential_process program print {listed} {how}")));
        }
        let text = match flaw {
            Flaw::Quoted => format!("remove the quotes from {listed}{of}"),
            Flaw::Comment => format!("move the comment to a line of its own, away from {listed}{of}"),
            Flaw::Character(character, _) => format!("set {listed}{of} again, without {}", the(character)),
            Flaw::Misplaced(Form::Encoded("base64-encoded")) => format!("set {listed}{of} to the decoded value"),
            Flaw::Misplaced(Form::Named | Form::SeveralParts | Form::Json) => {
                format!("set {} and nothing else", self.assignments(parts))
            }
            Flaw::Empty | Flaw::Placeholder(_) | Flaw::Misplaced(_) | Flaw::TooLong => {
                format!("set {}", self.assignments(parts))
            }
        };
        Some(Fix::words(text))
    }

    /// `aws_access_key_id in profile dev of ~/.aws/credentials to the access key id and …`
    fn assignments(&self, parts: Parts) -> String {
        let mut of = self.of();
        let assignment = |part| Some(format!("{}{} to the {part}", self.name(part)?, std::mem::take(&mut of)));
        let each: Vec<String> = parts.iter().filter_map(assignment).collect();
        listed(&each.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn exchange(&self) -> Option<Fix> {
        let (id, secret) = (self.name(Part::AccessKeyId)?, self.name(Part::SecretAccessKey)?);
        Some(Fix::words(match self.source {
            Source::Process { .. } => {
                format!("make the credential_process program print {id} and {secret} the other way round")
            }
            _ => format!("exchange the values of {id} and {secret}{}", self.of()),
        }))
    }

    fn add_token(&self) -> Option<Fix> {
        match self.source {
            Source::Environment => Some(Fix::template(
                Command::Export("AWS_SESSION_TOKEN", "TOKEN".to_owned()),
                "TOKEN: the session token that was issued with the access key",
            )),
            Source::Keys { .. } => Some(Fix::words(format!(
                "add aws_session_token, which was issued with the key, to the settings{}",
                self.of()
            ))),
            Source::Process { .. } => {
                Some(Fix::words("make the credential_process program print SessionToken as well"))
            }
            Source::Login { profile } => Some(with_profile("aws login", profile)),
            _ => None,
        }
    }

    fn remove_token(&self) -> Option<Fix> {
        match self.source {
            Source::Environment => Some(Fix::command(Command::Unset(self.tokens.to_vec()))),
            Source::Keys { .. } => Some(Fix::words(format!("remove {}{}", listed(self.tokens), self.of()))),
            Source::Process { .. } => {
                Some(Fix::words("make the credential_process program print no SessionToken with this key"))
            }
            _ => None,
        }
    }
}

/// `A`, `A and B`, `A, B and C`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn cause(parts: Parts, flaw: Flaw) -> String {
    let each: Vec<String> = parts.iter().map(|part| format!("the {part}")).collect();
    let whole = listed(&each.iter().map(String::as_str).collect::<Vec<_>>());
    let (are, s, a) = if each.len() > 1 { ("are", "", "") } else { ("is", "s", "a ") };
    match flaw {
        Flaw::Empty => format!("{whole} {are} empty"),
        Flaw::Quoted => format!("{whole} {are} in quotes"),
        Flaw::Placeholder(_) => format!("{whole} {are} {a}placeholder{}", if each.len() > 1 { "s" } else { "" }),
        Flaw::Character(character, place) => format!("{whole} contain{s} {}{}", one(character), at(place)),
        Flaw::Comment => format!("{whole} contain{s} a comment"),
        Flaw::TooLong => format!("{whole} {are} longer than 128 characters"),
        Flaw::Misplaced(form) => match form {
            Form::AccessKeyId => format!("{whole} has the form of an access key id"),
            Form::SecretAccessKey => format!("{whole} has the form of a secret access key"),
            Form::SessionToken => format!("{whole} has the form of a session token"),
            Form::OtherId(what) => format!("{whole} is {what}, not {}", own(parts)),
            Form::Encoded(how) => format!("{whole} {are} {how}"),
            Form::Named => format!("{whole} contain{s} the name of the setting"),
            Form::SeveralParts => format!("{whole} contain{s} more than one value"),
            Form::Json => format!("{whole} {are} a JSON document"),
        },
    }
}

/// What the part would be.
fn own(parts: Parts) -> &'static str {
    match parts.iter().next() {
        Some(Part::SecretAccessKey) => "a secret access key",
        Some(Part::SessionToken) => "a session token",
        Some(Part::AccessKeyId) | None => "an access key id",
    }
}

/// What else is to be known of the flaw.
fn details(source: &Source, flaw: Flaw) -> Option<String> {
    let text = match flaw {
        Flaw::Quoted => match source {
            Source::Environment => {
                "quotes became part of the value: docker --env-file and others do not remove them".to_owned()
            }
            Source::Keys { .. } => "in the AWS files quotes are part of the value".to_owned(),
            _ => return None,
        },
        Flaw::Comment => "in the AWS files a comment needs a line of its own".to_owned(),
        Flaw::Placeholder(placeholder) => match (placeholder, source) {
            (Placeholder::Reference("$(NAME)"), Source::Environment) => {
                "it has the form `$(NAME)`: Azure Pipelines leaves it if the variable is not defined".to_owned()
            }
            (Placeholder::Reference(form @ ("$NAME" | "${NAME}" | "%NAME%")), Source::Keys { .. }) => {
                format!("it has the form `{form}`: the AWS files do not expand variables")
            }
            (Placeholder::Reference(form), _) => format!("it has the form `{form}`: nothing replaced it with the key"),
            (Placeholder::InAStore, _) => "it names a secret in a secret store: nothing read the secret".to_owned(),
            (Placeholder::Encrypted, _) => "it is encrypted: nothing decrypted it".to_owned(),
            (Placeholder::Words, _) => "it is the text of a template or an example".to_owned(),
            (Placeholder::Masked, _) => "it is what logs and reports show instead of a key".to_owned(),
            (Placeholder::Nothing, _) => {
                "it is what programs print for a missing value, such as null or None".to_owned()
            }
        },
        Flaw::TooLong => "an access key id has 20 characters and starts with AKIA or ASIA".to_owned(),
        Flaw::Character(Character::Sign(_), Place::Inside) => {
            "an access key id has letters, digits and _ only".to_owned()
        }
        Flaw::Misplaced(form) => match form {
            Form::OtherId(_) => "nothing was signed or sent".to_owned(),
            Form::AccessKeyId | Form::SecretAccessKey | Form::SessionToken => {
                "probably two values are swapped, or one is in the wrong line or variable".to_owned()
            }
            Form::Encoded("base64-encoded") => {
                "a Kubernetes Secret encodes values itself: encode them once only".to_owned()
            }
            Form::Encoded(_) | Form::Named | Form::SeveralParts | Form::Json => return None,
        },
        Flaw::Empty | Flaw::Character(..) => return None,
    };
    Some(text)
}

fn one(character: Character) -> String {
    match character {
        Character::Space => "a space".to_owned(),
        Character::Tab => "a tab".to_owned(),
        Character::LineBreak => "a line break".to_owned(),
        Character::CarriageReturn => "a carriage return (Windows line ending)".to_owned(),
        Character::OtherSpace('\u{a0}') => "a no-break space (U+00A0)".to_owned(),
        Character::OtherSpace(c) => format!("a space that is not ASCII ({})", code_point(c)),
        Character::Invisible('\u{feff}') => "a byte order mark (U+FEFF)".to_owned(),
        Character::Invisible(c) => format!("an invisible character ({})", code_point(c)),
        Character::Control(c) => format!("a control character ({})", code_point(c)),
        Character::NotAscii(c) => format!("a character that is not ASCII ({})", code_point(c)),
        Character::Sign('`') => "a backquote".to_owned(),
        Character::Sign(c) => format!("`{c}`"),
    }
}

/// The same for a fix, where signs of a shell cannot be shown.
fn the(character: Character) -> &'static str {
    match character {
        Character::Space => "the space",
        Character::Tab => "the tab",
        Character::LineBreak => "the line break",
        Character::CarriageReturn => "the Windows line ending",
        Character::OtherSpace('\u{a0}') => "the no-break space",
        Character::OtherSpace(_) => "the space that is not ASCII",
        Character::Invisible('\u{feff}') => "the byte order mark",
        Character::Invisible(_) => "the invisible character",
        Character::Control(_) => "the control character",
        Character::NotAscii(_) => "the character that is not ASCII",
        Character::Sign(_) => "that character",
    }
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

fn at(place: Place) -> &'static str {
    match place {
        Place::Start => " at its start",
        Place::Inside => "",
        Place::End => " at its end",
    }
}
