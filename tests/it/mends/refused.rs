//! CC401 to CC424, but denials: what CodeCommit refuses of keys, regions and repositories.

use super::person::{CONFIGURED, Person, connection, host_in};
use super::{Case, case};
use crate::common::{ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, ROLE, SECRET, TOKEN, request, url};
use stand_in::{AccessKey, EncryptionFailure, FixedAnswer, KeyState, Mode, ProxyAnswer, Role};
use std::fs;

const TEMPORARY: &str = "ASIAIOSFODNN7EXAMPLE";
const OTHER: &str = "AKIAI44QH8DHBEXAMPLE";
const BOB: &str = "arn:aws:iam::444455556666:user/bob";
const AWS: &[&str] = &[".aws/"];

pub fn cases() -> Vec<Case> {
    [keys(), tokens(), regions(), clock(), encryption(), repositories(), others()].into_iter().flatten().collect()
}

fn clones(person: Person) -> Person {
    person.configured().with_keys().clones(&url("demo"))
}

/// With the reason in the answer, and without.
fn both(name: &str, code: &'static str, provoke: impl Fn(Person) -> Person + Clone + 'static) -> [super::Failing; 2] {
    let silent = provoke.clone();
    let without = move |person: Person| {
        let person = silent(person);
        person.aws.set_bodies(false);
        person
    };
    [case(name, code, provoke), case(format!("{name}_without_a_body"), code, without)]
}

fn in_file(person: Person, section: &str, id: &str, secret: &str, more: &str) -> Person {
    let text = format!("[{section}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n{more}");
    person.file("home/.aws/credentials", &text)
}

fn keys() -> Vec<Case> {
    let inactive = |person: Person| {
        person.aws.set_key_state(KEY_ID, KeyState::Inactive);
        clones(person)
    };
    let mismatch = |person: Person| clones(person).env("AWS_SECRET_ACCESS_KEY", &SECRET.replace("EXAMPLE", "EXAMPLF"));
    let active = |person: Person| {
        person.aws.set_key_state(KEY_ID, KeyState::Active);
        person
    };
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(both("inactive_key", "CC401", inactive).map(|failing| failing.words(active)));
    let in_profile = |person: Person| in_file(person.configured().clones(&url("demo")), "default", OTHER, SECRET, "");
    cases.push(
        case("unknown_key_of_a_profile", "CC401", in_profile)
            .words(|person| in_file(person, "default", KEY_ID, SECRET, ""))
            .changes(AWS),
    );
    let right = |person: Person| person.env("AWS_SECRET_ACCESS_KEY", SECRET);
    cases.extend(both("another_secret", "CC402", mismatch).map(|failing| failing.words(right)));
    cases
}

fn tokens() -> Vec<Case> {
    let temporary = |state: KeyState, token: &'static str| {
        move |person: Person| {
            person.aws.add_key(AccessKey::temporary(TEMPORARY, SECRET, TOKEN, ALICE).in_state(state));
            let person = clones(person).env("AWS_ACCESS_KEY_ID", TEMPORARY).env("AWS_SESSION_TOKEN", token);
            // What the fix leads to.
            in_file(person, "default", KEY_ID, SECRET, "")
        }
    };
    let mut cases: Vec<Case> = Vec::new();
    let stray = |person: Person| clones(person).env("AWS_SESSION_TOKEN", "left-over");
    cases.extend(both("stray_token", "CC219", stray).map(super::Failing::command));
    let stray_in_file = |person: Person| {
        in_file(person.configured().clones(&url("demo")), "default", KEY_ID, SECRET, "aws_session_token = left-over\n")
    };
    cases.push(
        case("stray_token_of_a_profile", "CC219", stray_in_file)
            .words(|person| in_file(person, "default", KEY_ID, SECRET, ""))
            .changes(AWS),
    );
    let whole = |person: Person| person.env("AWS_SESSION_TOKEN", TOKEN);
    let of_another = both("token_of_another_set", "CC403", temporary(KeyState::Active, "other"));
    cases.extend(of_another.map(|failing| failing.words(whole)));
    cases.extend(both("expired_token", "CC217", temporary(KeyState::Expired, TOKEN)).map(super::Failing::command));
    let cached = |state: KeyState| {
        move |person: Person| {
            person.aws.add_role(Role::new(ROLE).trusting(ALICE));
            let person = person.configured().with(Machine::with_role).clones(&url("demo"));
            person.machine.helper(&["--verify", "never", "get"], &request("demo")).succeeds();
            let kept = fs::read_dir(person.machine.path("home/.aws/cli/cache")).expect("a cache");
            let entry = kept.map(|entry| entry.expect("an entry").path()).find(|path| path.is_file()).expect("one");
            let text = fs::read_to_string(&entry).expect("an entry");
            let id = text.split('"').find(|word| word.starts_with("ASIA")).expect("an id").to_owned();
            person.aws.set_key_state(&id, state);
            person
        }
    };
    for (name, code, state) in [
        ("ended_session_in_the_cache", "CC217", KeyState::Expired),
        ("unknown_session_in_the_cache", "CC403", KeyState::Inactive),
    ] {
        cases.push(case(name, code, cached(state)).words(|person| person).changes(AWS));
    }
    cases
}

fn regions() -> Vec<Case> {
    let disabled = |person: Person| {
        person.aws.seed_repository(ACCOUNT, "ap-east-1", "demo");
        person.aws.disable_region("ap-east-1");
        clones(person).clones(&url("demo").replace(HOST, &host_in("ap-east-1")))
    };
    vec![
        case("region_that_is_not_enabled", "CC404", disabled).administrator(),
        case("region_that_is_not_enabled_for_a_session", "CC404", move |person| {
            person.aws.add_key(AccessKey::temporary(TEMPORARY, SECRET, TOKEN, ALICE));
            disabled(person).env("AWS_ACCESS_KEY_ID", TEMPORARY).env("AWS_SESSION_TOKEN", TOKEN)
        })
        .administrator(),
        case("keys_of_another_partition", "CC405", |person| {
            let person = in_file(person.configured().clones(&url("demo")), "cn", OTHER, SECRET, "");
            let person = person.env("AWS_PROFILE", "cn");
            person.file("home/.aws/config", "[profile cn]\nregion = cn-north-1\n")
        })
        .words(|person| in_file(person, "default", KEY_ID, SECRET, "").env("AWS_PROFILE", "default"))
        .changes(AWS),
    ]
}

fn answers(person: Person, name: &str, message: &str) -> Person {
    let body = format!("<{name}>\n  <Message>{message}</Message>\n</{name}>\n");
    person.aws.fix_answer(HOST, FixedAnswer { status: 403, content_type: None, body, from_aws: true });
    let person = clones(person);
    // What the answer is to, as long as it is always the same.
    let get = format!("printf '{}' | git-credential-codecommit get >/dev/null", request("demo").replace('\n', "\\n"));
    person.runs(&get)
}

fn normally(person: Person) -> Person {
    person.aws.unfix_answer(HOST);
    person
}

fn clock() -> Vec<Case> {
    let expired =
        "Signature expired: 20260102T030405Z is now earlier than 20260102T033005Z (20260102T034505Z - 15 min.)";
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                    Access Key and signing method. Consult the service documentation for details.";
    vec![
        case("delayed_request", "CC406", move |person| answers(person, "InvalidSignatureException", expired))
            .words(normally),
        case("changed_request", "CC407", move |person| answers(person, "InvalidSignatureException", mismatch))
            .without_fix(),
        case("account_that_is_not_signed_up", "CC422", |person| {
            answers(person, "OptInRequired", "The AWS Access Key Id needs a subscription for the service")
        })
        .administrator(),
    ]
}

fn encryption() -> Vec<Case> {
    let with = |failure: EncryptionFailure| {
        move |person: Person| {
            person.aws.set_encryption("demo", Some(failure));
            clones(person)
        }
    };
    let mut cases = Vec::new();
    for (name, failure) in [
        ("key_that_is_denied", EncryptionFailure::AccessDenied),
        ("key_that_is_disabled", EncryptionFailure::Disabled),
        ("key_that_is_gone", EncryptionFailure::NotFound),
    ] {
        cases.push(case(name, "CC417", with(failure)).administrator());
    }
    cases.push(case("key_that_is_away", "CC417", with(EncryptionFailure::Unavailable)).words(|person| {
        person.aws.set_encryption("demo", None);
        person
    }));
    cases
}

fn repositories() -> Vec<Case> {
    let moved = |regions: &'static [&'static str]| {
        move |person: Person| {
            person.aws.remove_repository(ACCOUNT, REGION, "demo");
            for region in regions {
                person.aws.seed_repository(ACCOUNT, region, "demo");
            }
            let profiles = "[profile x]\nregion = us-west-2\n[profile y]\nregion = us-east-2\n";
            clones(person).file("home/.aws/config", profiles)
        }
    };
    let renamed = |person: Person| {
        person.aws.remove_repository(ACCOUNT, REGION, "demo");
        person.aws.seed_repository(ACCOUNT, REGION, "Demo");
        clones(person)
    };
    let of_bob = |person: Person| {
        person.aws.add_key(AccessKey::long_term(OTHER, SECRET, BOB));
        let person = person.configured().clones(&url("demo"));
        let alice = format!("[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
        in_file(person, "default", OTHER, SECRET, &alice)
    };
    let by_environment = move |person: Person| {
        let person = of_bob(person).env("AWS_PROFILE", "alice");
        person.env("AWS_ACCESS_KEY_ID", OTHER).env("AWS_SECRET_ACCESS_KEY", SECRET)
    };
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(both("moved_to_a_region", "CC421", moved(&["us-west-2"])).map(|failing| failing.url(&[])));
    cases.extend(
        both("found_in_two_regions", "CC421", moved(&["us-west-2", "us-east-2"]))
            .map(|failing| failing.url(&[("REGION", "us-east-2")])),
    );
    cases.extend(both("nearly_named", "CC421", renamed).map(|failing| failing.url(&[])));
    cases.extend(both("of_another_account", "CC421", of_bob).map(|failing| failing.template(&[("NAME", "alice")])));
    cases.push(case("of_another_account_by_the_environment", "CC421", by_environment).command());
    cases.push(
        case("connection_to_nothing", "CC421", |person| {
            let person = person.config(super::person::EVERYWHERE).with_keys();
            person.fills_and_asks(&connection())
        })
        .words(|person| {
            person.aws.connect_repository(ACCOUNT, REGION, "0f2b", "octo", "app");
            person
        }),
    );
    cases
}

fn others() -> Vec<Case> {
    let get = format!("printf '{}' | git-credential-codecommit get >/dev/null", request("demo").replace('\n', "\\n"));
    vec![
        case("throttled_for_ever", "CC423", move |person| {
            person.aws.set_mode(Mode::Throttled { retry_after: Some(60) });
            let git = person.machine.bin().join("git").canonicalize().expect("a git");
            let script =
                format!("[ \"$1\" = --version ] && echo git version 2.55.0 && exit\nexec {} \"$@\"", git.display());
            person.config(CONFIGURED).with_keys().program("git", &script).runs(&get)
        })
        .command()
        .changes(&[".gitconfig"]),
        case("unexplained", "CC424", |person| {
            let person = clones(person).env("AWS_ACCESS_KEY_ID", OTHER);
            person.aws.set_bodies(false);
            for service in ["sts", "codecommit"] {
                person.aws.set_proxy_for(&format!("{service}.{REGION}.amazonaws.com"), ProxyAnswer::Forbidden);
            }
            person
        })
        .without_fix(),
    ]
}
