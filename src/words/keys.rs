//! Words for keys that cannot be any: which part, what it seems to be, and where it is from. Never the value.

use crate::failure::{Code, Failure, Fix};
use codecommit::keys::{Form, Part, UnusableCredentials};

pub(crate) fn unusable(source: &str, problem: UnusableCredentials) -> Failure {
    let failure = |cause: String| Failure::new(Code::UnusableKeys, cause).looked_at(format!("from {source}"));
    match problem {
        UnusableCredentials::Empty(part) => failure(format!("the {part} is empty")),
        UnusableCredentials::NotAnId => {
            failure(format!("the {} contains a character that no access key id has", Part::AccessKeyId))
                .looked_at("an access key id has letters, digits and _ only")
        }
        UnusableCredentials::BadCharacter(part) => {
            failure(format!("the {part} contains an invalid character, such as a space"))
                .fix(Fix::words("copy it again, without spaces or line breaks"))
        }
        UnusableCredentials::Quoted(part) => failure(format!("the {part} is in quotes"))
            .looked_at("in the AWS files and in the environment quotes are part of the value")
            .fix(Fix::words("remove the quotes")),
        UnusableCredentials::TooLong(part) => failure(format!("the {part} is longer than 128 characters"))
            .looked_at("an access key id has 20 characters and starts with AKIA or ASIA"),
        UnusableCredentials::Swapped => {
            failure(format!("the {} and the {} are swapped", Part::AccessKeyId, Part::SecretAccessKey))
                .fix(Fix::words("exchange the two values"))
        }
        UnusableCredentials::Misplaced { part, form } => misplaced(failure, part, form),
        UnusableCredentials::NoSessionToken => {
            Failure::new(Code::NoSessionToken, "session token missing for temporary access key (ASIA…)")
                .looked_at(format!("from {source}"))
                .fix(Fix::words("set AWS_SESSION_TOKEN, or aws_session_token in the profile, as well"))
        }
    }
}

fn misplaced(failure: impl Fn(String) -> Failure, part: Part, form: Form) -> Failure {
    let other = match form {
        Form::OtherId(what) => {
            return failure(format!("the {part} is {what}, not of an access key"))
                .looked_at("an access key id starts with AKIA or ASIA");
        }
        Form::AccessKeyId => Part::AccessKeyId,
        Form::SecretAccessKey => Part::SecretAccessKey,
        Form::SessionToken => Part::SessionToken,
    };
    failure(format!("the {part} has the form of {} {other}", if other == Part::AccessKeyId { "an" } else { "a" }))
        .looked_at("probably two values are swapped, or one is in the wrong line or variable")
        .fix(Fix::words("copy all parts again, each to its own name"))
}
