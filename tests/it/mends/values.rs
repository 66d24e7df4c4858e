//! CC217 to CC219: what the values of credentials are, wherever they are.

use super::person::Person;
use super::{Case, case};
use crate::common::sources::PAST;
use crate::common::{ALICE, KEY_ID, SECRET, TOKEN, url};
use stand_in::AccessKey;

const TEMPORARY: &str = "ASIAIOSFODNN7EXAMPLE";
const AWS: &[&str] = &[".aws/"];
const NAMES: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

pub fn cases() -> Vec<Case> {
    [parts(), ends()].into_iter().flatten().collect()
}

fn clones(person: Person) -> Person {
    person.configured().clones(&url("demo"))
}

/// Each set of parts in the environment, and once more in a file.
fn parts() -> Vec<Case> {
    let quoted = format!("\"{SECRET}\"");
    let spaced = format!("{SECRET} x");
    let cut = format!("{}\u{a0}{}", &SECRET[..20], &SECRET[21..]);
    let long = "AKIA_".repeat(26);
    let with_fix = [
        ("a_space_in_it", "CC218", vec![KEY_ID, &spaced]),
        ("no_break_space", "CC218", vec![KEY_ID, &cut]),
        ("quotes", "CC218", vec![KEY_ID, &quoted]),
        ("swapped", "CC218", vec![SECRET, KEY_ID]),
        ("misplaced", "CC218", vec![TEMPORARY, SECRET, KEY_ID]),
    ];
    let in_one_place = [
        ("another_character", "CC218", vec!["AKIA:OSFODNN7EXAMPL", SECRET]),
        ("too_long", "CC218", vec![&*long, SECRET]),
        ("of_a_user", "CC218", vec!["AIDAJQABLZS4A3QDU576Q", SECRET]),
    ];
    let owned = |parts: Vec<&str>| parts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let with_fix = with_fix.into_iter().flat_map(|(name, code, parts)| {
        let (one, other) = (owned(parts.clone()), owned(parts));
        [
            case(format!("{name}_in_the_environment"), code, move |person| in_environment(clones(person), &one))
                .words(corrected),
            case(format!("{name}_in_a_file"), code, move |person| in_a_file(clones(person), &other))
                .words(|person| in_a_file(person, &whole()))
                .changes(AWS),
        ]
    });
    let in_one_place = in_one_place.into_iter().map(|(name, code, parts)| {
        let parts = owned(parts);
        case(name, code, move |person| in_environment(clones(person), &parts)).words(corrected)
    });
    let without_token = owned(vec![TEMPORARY, SECRET]);
    let in_file = without_token.clone();
    let token = [
        case("temporary_without_token_in_the_environment", "CC219", move |person| {
            in_environment(clones(person), &without_token)
        })
        .template(&[("TOKEN", TOKEN)]),
        case("temporary_without_token_in_a_file", "CC219", move |person| in_a_file(clones(person), &in_file))
            .words(|person| in_a_file(person, &whole()))
            .changes(AWS),
    ];
    with_fix.chain(in_one_place).chain(token).collect()
}

fn whole() -> Vec<String> {
    [TEMPORARY, SECRET, TOKEN].map(str::to_owned).to_vec()
}

fn in_environment(person: Person, parts: &[String]) -> Person {
    person.aws.add_key(AccessKey::temporary(TEMPORARY, SECRET, TOKEN, ALICE));
    NAMES.iter().zip(parts).fold(person, |person, (name, value)| person.env(name, value))
}

fn in_a_file(person: Person, parts: &[String]) -> Person {
    person.aws.add_key(AccessKey::temporary(TEMPORARY, SECRET, TOKEN, ALICE));
    let lines = NAMES.iter().zip(parts).map(|(name, value)| format!("{} = {value}\n", name.to_lowercase()));
    let text: String = std::iter::once("[default]\n".to_owned()).chain(lines).collect();
    person.file("home/.aws/credentials", &text)
}

fn corrected(person: Person) -> Person {
    in_environment(person, &whole())
}

fn ends() -> Vec<Case> {
    let default = format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    let expiring = move |person: Person, end: &str| {
        let person = clones(person).file("home/.aws/credentials", &default);
        in_environment(person, &whole()).env("AWS_CREDENTIAL_EXPIRATION", end)
    };
    let (over, unread) = (expiring.clone(), expiring);
    let program = |end: &str| {
        format!(
            "printf '{{\"Version\": 1, \"AccessKeyId\": \"{TEMPORARY}\", \"SecretAccessKey\": \"{SECRET}\", \
             \"SessionToken\": \"%s\", \"Expiration\": \"{end}\"}}' '{TOKEN}'"
        )
    };
    vec![
        case("expired_in_the_environment", "CC217", move |person| over(person, PAST)).command(),
        case("end_that_is_no_time", "CC218", move |person| unread(person, "tomorrow")).command(),
        case("variable_that_is_no_text", "CC218", |person| {
            clones(person).with_keys().typed("export AWS_PROFILE=$'\\xff'").env("AWS_ACCESS_KEY_ID", "")
        })
        .command()
        .then("CC201"),
        case("expired_from_a_process", "CC217", move |person| {
            person.aws.add_key(AccessKey::temporary(TEMPORARY, SECRET, TOKEN, ALICE));
            clones(person)
                .file("home/.aws/config", "[default]\ncredential_process = corp-keys\n")
                .program("corp-keys", &program(PAST))
        })
        .words(move |person| person.program("corp-keys", &program(crate::common::sources::FUTURE))),
    ]
}
