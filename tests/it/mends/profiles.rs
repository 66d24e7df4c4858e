//! CC201 to CC206: profiles, and the files they are in.

use super::addresses::SIGNED_UP;
use super::person::{Person, real_aws};
use super::{Case, case};
use crate::common::{KEY_ID, Machine, REGION, ROLE, SECRET, url};
use stand_in::Role;
use std::os::unix::fs::symlink;

const AWS: &[&str] = &[".aws/config", ".aws/credentials"];
const CONFIG: &str = "home/.aws/config";

pub fn cases() -> Vec<Case> {
    [missing(), files(), nearly(), incomplete(), single_sign_on()].into_iter().flatten().collect()
}

fn clones(person: Person) -> Person {
    person.configured().clones(&url("demo"))
}

fn config(text: &'static str) -> impl Fn(Person) -> Person {
    move |person| clones(person).file(CONFIG, text)
}

/// Keys of Alice's as a section of a file.
fn keys(section: &str) -> String {
    format!("[{section}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
}

fn with_default_keys(person: Person) -> Person {
    person.file("home/.aws/credentials", &keys("default"))
}

/// With the AWS CLI itself.
fn with_aws_cli(person: Person) -> Person {
    let aws = real_aws().unwrap_or_default();
    person.program("aws", &format!("exec {aws} \"$@\""))
}

fn missing() -> Vec<Case> {
    let chosen = |name: &'static str| move |person: Person| clones(person).env("AWS_PROFILE", name);
    let with_alice = |person: Person| person.with(Machine::with_alice);
    vec![
        case("no_profiles", "CC201", |person| clones(person).aws_does(SIGNED_UP)).command(),
        case("profiles_and_none_chosen", "CC201", move |person| with_alice(clones(person)))
            .template(&[("NAME", "alice")]),
        case("profile_in_another_case", "CC202", move |person| with_alice(chosen("Alice")(person))).command(),
        // A letter may be all that tells two accounts apart.
        case("profile_nearly_named", "CC202", move |person| with_alice(chosen("alicee")(person)))
            .template(&[("NAME", "alice")]),
        case("profile_of_another_name", "CC202", move |person| with_alice(chosen("billing")(person)))
            .template(&[("NAME", "alice")]),
        case("profile_where_there_is_none", "CC202", move |person| chosen("work")(person).aws_does(SIGNED_UP))
            .command(),
        case("profile_of_the_flag", "CC202", move |person| {
            let text = super::person::CONFIGURED.replace("= codecommit", "= codecommit --profile alicee");
            with_alice(person.config(&text).clones(&url("demo")))
        })
        .template(&[("NAME", "alice")])
        .changes(&[".gitconfig"]),
        case("profile_of_the_flag_in_another_case", "CC202", move |person| {
            let text = super::person::CONFIGURED.replace("= codecommit", "= codecommit --profile al-ice");
            with_alice(person.config(&text).clones(&url("demo")))
        })
        .command()
        .changes(&[".gitconfig"]),
        case("half_a_pair", "CC203", |person| with_default_keys(clones(person)).env("AWS_ACCESS_KEY_ID", KEY_ID))
            .command(),
        case("half_a_pair_and_nothing_else", "CC203", |person| clones(person).env("AWS_ACCESS_KEY_ID", KEY_ID))
            .command()
            .then("CC201"),
    ]
}

fn files() -> Vec<Case> {
    let right = || keys("default");
    [
        ("no_section", "region = eu-west-1\n"),
        ("no_option", "[default]\nregion\n"),
        ("repeated_section", "[default]\nregion = eu-west-1\n[default]\n"),
        ("repeated_option", "[default]\nregion = eu-west-1\nregion = eu-west-1\n"),
        ("no_block", "[default]\ns3 =\n  max_concurrent_requests\n"),
    ]
    .map(|(name, text)| {
        case(name, "CC204", config(text)).words(move |person| person.file(CONFIG, &right())).changes(AWS)
    })
    .into_iter()
    .chain([case("not_utf8", "CC204", |person| {
        let person = clones(person).file(CONFIG, "");
        std::fs::write(person.machine.path(CONFIG), b"[default]\nregion = eu\xff\n").expect("a file");
        person
    })
    .words(move |person| person.file(CONFIG, &right()))
    .changes(AWS)])
    .collect()
}

/// Files that are there, and are not what they are to be.
fn nearly() -> Vec<Case> {
    let chosen = |path: &'static str, section: &'static str| {
        move |person: Person| clones(person).env("AWS_PROFILE", "work").file(path, &keys(section))
    };
    let credentials = "home/.aws/credentials";
    let variable = "AWS_SHARED_CREDENTIALS_FILE";
    vec![
        case("section_of_the_config_file", "CC202", chosen(CONFIG, "work"))
            .words(|person| person.file(CONFIG, &keys("profile work")))
            .changes(AWS),
        case("section_of_the_credentials_file", "CC202", chosen(credentials, "profile work"))
            .words(move |person| person.file(credentials, &keys("work")))
            .changes(AWS),
        case("setting_nearly_named", "CC201", move |person| {
            clones(person).file(credentials, &keys("default").replace("_access_key_id", "_access_key"))
        })
        .words(with_default_keys)
        .changes(AWS),
        case("utf_16", "CC204", move |person| {
            let person = clones(person).file(credentials, "");
            let text: Vec<u8> = keys("default").encode_utf16().flat_map(u16::to_le_bytes).collect();
            std::fs::write(person.machine.path(credentials), text).expect("a file");
            person
        })
        .words(with_default_keys)
        .changes(AWS),
        case("variable_that_names_no_file", "CC201", move |person| {
            with_default_keys(clones(person)).env(variable, "/no/such/file")
        })
        .command(),
        case("path_in_quotes", "CC201", move |person| {
            with_default_keys(clones(person)).env(variable, "\"~/.aws/credentials\"")
        })
        .command(),
        case("links_in_a_circle", "CC224", |person| {
            let person = clones(person).file(CONFIG, "");
            let file = person.machine.path(CONFIG);
            std::fs::remove_file(&file).and_then(|()| symlink("config", &file)).expect("a link to itself");
            person
        })
        .without_fix(),
        case("home_of_sudo", "CC201", |person| clones(person).env("SUDO_USER", "alice").env("SUDO_UID", "12345"))
            .words(with_default_keys)
            .changes(AWS),
    ]
}

fn incomplete() -> Vec<Case> {
    let role = |text: &'static str| {
        move |person: Person| {
            person.aws.add_role(Role::new(ROLE).trusting(crate::common::ALICE));
            let person = with_aws_cli(clones(person)).with(Machine::with_alice);
            person.file(CONFIG, &format!("[default]\nrole_arn = {ROLE}\n{text}"))
        }
    };
    let assumed = || format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\n");
    vec![
        case("role_without_source", "CC205", role("")).template(&[("SOURCE", "alice")]).changes(AWS),
        case("role_with_two_sources", "CC205", role("source_profile = alice\ncredential_source = Environment\n"))
            .words(move |person| person.file(CONFIG, &assumed()))
            .changes(AWS),
        case("role_of_an_unknown_source", "CC205", role("source_profile = nobody\n")).without_fix(),
        case("role_of_an_empty_source", "CC205", role("source_profile = empty\n[profile empty]\nregion = eu-west-1\n"))
            .without_fix(),
        case("role_of_an_unknown_kind", "CC205", role("credential_source = Ec2\n")).without_fix(),
        case("role_of_an_empty_environment", "CC205", role("credential_source = Environment\n")).without_fix(),
        case("cycle", "CC206", role("source_profile = other\n[profile other]\nrole_arn = arn:aws:iam::111122223333:role/B\nsource_profile = default\n"))
            .words(move |person| person.file(CONFIG, &assumed()))
            .changes(AWS),
        case("token_without_role", "CC205", |person| {
            person.aws.add_role(Role::new(ROLE).trusting_web_identity("web-token"));
            let person = with_aws_cli(clones(person)).file("home/token", "web-token");
            let token = person.machine.path("home/token").display().to_string();
            person.file(CONFIG, &format!("[default]\nweb_identity_token_file = {token}\nregion = eu-west-1\n"))
        })
        .template(&[("ROLE_ARN", ROLE)])
        .changes(AWS),
        case("token_variable_without_role", "CC205", |person| {
            clones(person).file("home/token", "web-token").env("AWS_WEB_IDENTITY_TOKEN_FILE", "/tmp/token")
        })
        .without_fix(),
        case("key_without_secret", "CC205", |person| {
            let aws = real_aws().unwrap_or_default();
            let answers = format!("printf '{KEY_ID}\\n{SECRET}\\n\\n\\n' | {aws} \"$@\" >/dev/null");
            let text = format!("[work]\naws_access_key_id = {KEY_ID}\n");
            clones(person).aws_does(&answers).file("home/.aws/credentials", &text).env("AWS_PROFILE", "work")
        })
        .command()
        .changes(AWS),
    ]
}

fn single_sign_on() -> Vec<Case> {
    const SESSION: &str =
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    const PROFILE: &str = "[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    // `aws configure sso-session` asks, and writes the section.
    let writes =
        format!("[ \"$1 $2\" = 'configure sso-session' ] && printf '{}' >~/.aws/config", PROFILE.to_owned() + SESSION);
    let writes = writes.replace('\n', "\\n");
    let again = writes.clone();
    let text = format!("{PROFILE}[sso-session corp]\nsso_region = {REGION}\n");
    let mismatch = format!("{PROFILE}sso_region = us-east-1\n{SESSION}");
    let lacking = format!("[default]\nsso_session = corp\nsso_account_id = 111122223333\n{SESSION}");
    vec![
        case("unknown_session", "CC205", move |person| config(PROFILE)(person).aws_does(&writes))
            .command()
            .changes(AWS)
            .then("CC207"),
        case("session_without_url", "CC205", move |person| clones(person).file(CONFIG, &text).aws_does(&again))
            .command()
            .changes(AWS)
            .then("CC207"),
        case("session_of_another_region", "CC205", move |person| clones(person).file(CONFIG, &mismatch))
            .words(|person| person.file(CONFIG, &(PROFILE.to_owned() + SESSION)))
            .changes(AWS)
            .then("CC207"),
        case("sso_profile_without_role", "CC205", move |person| {
            let whole = (PROFILE.to_owned() + SESSION).replace('\n', "\\n");
            let script = format!("[ \"$1 $2\" = 'configure sso' ] && printf '{whole}' >~/.aws/config");
            clones(person).file(CONFIG, &lacking).aws_does(&script)
        })
        .command()
        .changes(AWS)
        .then("CC207"),
    ]
}
