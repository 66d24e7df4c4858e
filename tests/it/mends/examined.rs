//! CC6xx: what only `doctor` sees. `git fetch` fails in git's own words, `doctor` tells why, and after its fix git works.

use super::person::{CONFIGURED, OWN, Person, host_in};
use super::{Case, case};
use crate::common::{ALICE, HOST, KEY_ID, Machine, REGION, SECRET, url};
use stand_in::{EmptyPassword, GitRequest, TimeDelta};
use std::fs;

const CONFIG: &[&str] = &[".gitconfig"];
const REMOTE: &[&str] = &["work/.git/config"];

pub fn cases() -> Vec<Case> {
    [helpers(), entries(), before(), urls(), iam(), submodules(), clock()].into_iter().flatten().collect()
}

fn fetches(person: Person) -> Person {
    person.with_keys().fetches(&url("demo"))
}

fn stored(person: Person, password: &str) -> Person {
    let line = format!("https://{KEY_ID}:{password}@{HOST}/v1/repos/demo\nhttps://alice:mine@github.com\n");
    let config = "[credential]\n\thelper = store\n\thelper = codecommit\n\tuseHttpPath = true\n";
    fetches(person.file("home/.git-credentials", &line).config(config))
}

fn helpers() -> Vec<Case> {
    let old = |person: Person| {
        let time = (chrono::Utc::now() - TimeDelta::hours(2)).format("%Y%m%dT%H%M%S").to_string();
        let password = GitRequest { host: HOST, path: "/v1/repos/demo", region: REGION }.password(SECRET, &time);
        stored(person, &password)
    };
    let none = |config: &'static str| move |person: Person| fetches(person.config(config));
    vec![
        case("old_signature_first", "CC601", old).command().changes(&[".gitconfig", ".git-credentials"]),
        case("another_password_first", "CC601", |person| stored(person, "hush")).command().changes(CONFIG),
        case("no_helper", "CC605", none("[credential]\n\tuseHttpPath = true\n")).command().changes(CONFIG),
        case("other_helpers_only", "CC605", none("[credential]\n\thelper = store\n\tuseHttpPath = true\n"))
            .command()
            .changes(CONFIG),
        case("emptied_list_of_helpers", "CC605", |person| {
            let emptied = format!("{CONFIGURED}[credential \"{}\"]\n\thelper =\n", url("demo"));
            fetches(person.config(&emptied))
        })
        .command()
        .changes(CONFIG),
        case("emptied_list_of_the_repository", "CC605", |person| {
            let person = fetches(person.configured());
            let key = format!("credential.https://{HOST}.helper");
            person.machine.git(&["-C", "work", "config", &key, ""]).succeeds();
            person
        })
        .command()
        .changes(&["work/.git/config"]),
        case("misspelt_path", "CC608", none("[credential]\n\thelper = codecommit\n\tUserHttpPath = true\n"))
            .command()
            .changes(CONFIG),
    ]
}

/// Entries that git cannot start.
fn entries() -> Vec<Case> {
    [
        ("program_in_the_home_directory", "~/bin/git-credential-codecommit"),
        ("program_by_its_path", "/nowhere/git-credential-codecommit"),
        ("program_in_quotes", "\\\"/usr/bin/git-credential-codecommit\\\""),
        ("shell_command", "\"!/nowhere/git-credential-codecommit\""),
        ("shell_command_of_the_home_directory", "\"!~/bin/git-credential-codecommit\""),
        ("name_of_the_program", "git-credential-codecommit"),
    ]
    .into_iter()
    .map(|(name, entry)| {
        let config = format!("[credential]\n\thelper = {entry}\n\tuseHttpPath = true\n");
        case(name, "CC609", move |person| fetches(person.config(&config))).command().changes(CONFIG)
    })
    .chain([case("program_that_git_does_not_find", "CC609", |person| {
        let person = fetches(person.configured());
        let place = person.machine.path("opt/git-credential-codecommit");
        fs::create_dir(place.parent().expect("a parent")).expect("a directory");
        fs::rename(person.machine.bin().join("git-credential-codecommit"), &place).expect("a move");
        person.told_by(&format!("{} doctor", place.display()))
    })
    .command()
    .changes(CONFIG)])
    .collect()
}

/// What answers before every helper.
fn before() -> Vec<Case> {
    let netrc = format!("machine github.com login alice password x\nmachine {HOST} login alice password x\n");
    let header = "[http]\n\textraHeader = \"Authorization: Basic aHVzaDpodXNo\"\n";
    vec![
        case("netrc", "CC603", move |person| fetches(person.configured().file("home/.netrc", &netrc)))
            .words(|person| person.file("home/.netrc", "machine github.com login alice password x\n"))
            .changes(&[".netrc"]),
        case("header_for_every_host", "CC604", move |person| fetches(person.configured().config(header)))
            .words(move |person| {
                let own = header.replace("[http]", "[http \"https://git.corp.test\"]");
                person.file("home/.gitconfig", &format!("{OWN}{CONFIGURED}{own}"))
            })
            .changes(CONFIG),
        case("empty_user_name", "CC610", |person| fetches(person.configured().config("[http]\n\temptyAuth = true\n")))
            .command()
            .changes(CONFIG),
        case("empty_user_name_for_this_host", "CC610", |person| {
            let own = format!("[http \"https://{HOST}\"]\n\temptyAuth = true\n");
            fetches(person.configured().config(&own))
        })
        .command()
        .changes(CONFIG),
        case("empty_user_name_of_the_repository", "CC610", |person| {
            let person = fetches(person.configured());
            person.machine.git(&["-C", "work", "config", "http.emptyAuth", "true"]).succeeds();
            person
        })
        .command()
        .changes(CONFIG),
        case("empty_user_name_of_the_repository_for_this_host", "CC610", |person| {
            let person = fetches(person.configured());
            let key = format!("http.https://{HOST}.emptyAuth");
            person.machine.git(&["-C", "work", "config", &key, "true"]).succeeds();
            person
        })
        .command()
        .changes(REMOTE),
    ]
}

fn urls() -> Vec<Case> {
    let with_user = |user: &'static str| {
        move |person: Person| {
            person.configured().with_keys().fetches(&url("demo").replace("://", &format!("://{user}@")))
        }
    };
    let instead = |user: &'static str| {
        move |person: Person| {
            let config = format!("[url \"https://{user}@{HOST}/\"]\n\tinsteadOf = https://{HOST}/\n");
            fetches(person.configured().config(&config))
        }
    };
    let remote = format!("codecommit::{REGION}://demo");
    let profile = remote.replace("demo", "alice@demo");
    vec![
        case("user_name_in_the_url", "CC602", with_user("alice")).command().changes(REMOTE),
        case("password_in_the_url", "CC602", with_user("alice:hush")).command().changes(REMOTE),
        case("password_by_instead_of", "CC602", instead("alice:hush"))
            .words(|person| person.file("home/.gitconfig", &format!("{OWN}{CONFIGURED}")))
            .changes(CONFIG),
        case("ssh", "CC606", |person| {
            let ssh = url("demo").replace("https", "ssh");
            person.configured().with_keys().env("GIT_SSH_COMMAND", "false").fetches(&ssh)
        })
        .command()
        .changes(REMOTE),
        case("remote_helper_that_is_missing", "CC607", move |person| person.configured().with_keys().fetches(&remote))
            .command()
            .changes(&[".gitconfig", "work/.git/config"]),
        case("remote_helper_that_is_missing_for_a_profile", "CC607", move |person| {
            person.configured().with(Machine::with_alice).fetches(&profile)
        })
        .command()
        .changes(&[".gitconfig", "work/.git/config"]),
    ]
}

/// IAM Git credentials in git-credential-store, kept without a path.
fn iam() -> Vec<Case> {
    const USER: &str = "alice-at-111122223333";
    const PATH_ON: &str = "[credential]\n\thelper = codecommit\n\thelper = store\n\tuseHttpPath = true\n";
    const PATH_OFF: &str = "[credential]\n\thelper = codecommit\n\thelper = store\n";
    let stored = |person: Person, config: &str, password: &str| {
        person.aws.add_git_credentials(USER, "generated", ALICE);
        person.config(config).file("home/.git-credentials", &format!("https://{USER}:{password}@{HOST}\n"))
    };
    let with =
        move |config: &'static str| move |person: Person| stored(person, config, "generated").fetches(&url("demo"));
    let in_url = move |config: &'static str, empty| {
        move |person: Person| {
            person.aws.set_empty_password(empty);
            stored(person, config, "generated").fetches(&url("demo").replace("://", &format!("://{USER}@")))
        }
    };
    // A section for the repository that stands before the one that turns the path on: a setting in it would have no effect.
    let section = format!("[credential \"{}\"]\n\tprovider = generic\n{PATH_ON}", url("demo"));
    let both: &[&str] = &[".gitconfig", "work/.git/config"];
    vec![
        case("iam_git_credentials_without_a_path", "CC612", with(PATH_ON)).command().changes(CONFIG),
        case("iam_git_credentials_beside_a_section_of_the_repository", "CC612", move |person| {
            stored(person, &section, "generated").fetches(&url("demo"))
        })
        .command()
        .changes(CONFIG),
        case("iam_git_credentials_and_a_path_that_the_repository_turns_on", "CC612", move |person| {
            let person = stored(person, PATH_OFF, "generated").fetches(&url("demo"));
            person.machine.git(&["-C", "work", "config", "credential.useHttpPath", "true"]).succeeds();
            person
        })
        .command()
        .changes(REMOTE),
        case("iam_git_credentials_with_the_user_name_in_the_url", "CC612", in_url(PATH_ON, EmptyPassword::Challenged))
            .command()
            .changes(CONFIG),
        case("iam_user_name_in_the_url_that_is_refused", "CC602", in_url(PATH_OFF, EmptyPassword::Refused))
            .command()
            .changes(both),
        case("iam_user_name_in_the_url_that_is_refused_and_a_path", "CC602", in_url(PATH_ON, EmptyPassword::Refused))
            .command()
            .changes(both),
        case("iam_git_credentials_of_another_day", "CC613", move |person| {
            let config = format!("{PATH_OFF}\tusername = {USER}\n");
            stored(person, &config, "of-another-day").fetches(&url("demo"))
        })
        .without_fix(),
    ]
}

fn submodules() -> Vec<Case> {
    let with_part = |person: Person| {
        person.aws.seed_repository(crate::common::ACCOUNT, REGION, "part");
        let person = fetches(person.configured()).with_remote_helper();
        person.machine.git(&["-C", "work", "pull", "-q", "origin", "main"]).succeeds();
        let part = format!("[submodule \"part\"]\n\tpath = part\n\turl = codecommit::{REGION}://part\n");
        let person = person.file("home/work/.gitmodules", &part);
        let commit = person.machine.git(&["ls-remote", &url("part"), "HEAD"]);
        let commit = commit.stdout.split_whitespace().next().unwrap_or_default().to_owned();
        let entry = format!("160000,{commit},part");
        person.machine.git(&["-C", "work", "update-index", "--add", "--cacheinfo", &entry]).succeeds();
        person.runs("git submodule --quiet update --init")
    };
    let work: &[&str] = &[".gitconfig", "work/"];
    vec![
        case("submodules", "CC611", with_part).command().changes(work),
        case("submodules_that_are_forbidden", "CC611", move |person| {
            with_part(person).config("[protocol \"codecommit\"]\n\tallow = never\n")
        })
        .command()
        .changes(work),
        case("submodules_allowed_here_only", "CC611", move |person| {
            let person = with_part(person);
            person.machine.git(&["-C", "work", "config", "protocol.codecommit.allow", "always"]).succeeds();
            person
        })
        .command()
        .changes(work),
        case("submodules_forbidden_here", "CC611", move |person| {
            let person = with_part(person);
            person.machine.git(&["-C", "work", "config", "protocol.codecommit.allow", "never"]).succeeds();
            person
        })
        .command()
        .changes(work),
        case("submodules_outside_of_the_variable", "CC611", move |person| {
            with_part(person).env("GIT_ALLOW_PROTOCOL", "https:ssh")
        })
        .command()
        .changes(work),
    ]
}

fn clock() -> Vec<Case> {
    let away = |person: Person| {
        person.aws.set_clock_offset(TimeDelta::hours(3));
        // Programs that do not ask AWS for its time.
        let never = CONFIGURED.replace("= codecommit", "= codecommit --verify never");
        fetches(person.config(&never)).program("sudo", "exit 0")
    };
    vec![
        case("clock", "CC406", away).command().besides(|person| person.aws.set_clock_offset(TimeDelta::zero())),
        // The URL is the cause: no entry for its host would do.
        case("host_without_a_region", "CC104", |person| {
            let url = url("demo").replace(HOST, &host_in("").replace("..", "."));
            person.configured().with_keys().fetches(&url)
        })
        .template(&[("REGION", REGION)])
        .changes(REMOTE),
    ]
}
