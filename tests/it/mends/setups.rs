//! CC5xx: what stops `setup`.

use super::person::Person;
use super::{Case, case};
use crate::common::{REGION, url};

const CONFIG: &[&str] = &[".gitconfig"];
const SETUP: &str = "git credential-codecommit setup";

pub fn cases() -> Vec<Case> {
    [reading(), answers()].into_iter().flatten().collect()
}

fn reading() -> Vec<Case> {
    vec![
        case("config_that_git_cannot_read", "CC501", |person| {
            person.config("[credential\n").runs("git-credential-codecommit setup")
        })
        .without_fix(),
        case("no_git", "CC501", |person| {
            let own = person.machine.bin().join("git-credential-codecommit").display().to_string();
            person.runs(&format!("PATH=/nowhere {own} setup"))
        })
        .without_fix(),
        case("config_that_is_locked", "CC502", |person| person.file("home/.gitconfig.lock", "").runs(SETUP))
            .without_fix(),
    ]
}

fn answers() -> Vec<Case> {
    let asked = |person: Person| {
        person.config(
            "[credential]\n\thelper = !aws --profile work codecommit credential-helper $@\n\tUseHttpPath = true\n",
        )
    };
    let two = |person: Person| {
        let person = person.file("home/.aws/config", "[profile work]\nregion = eu-west-1\n").with_remote_helper();
        person.machine.git(&["init", "-q", "work"]).succeeds();
        person.machine.git(&["-C", "work", "remote", "add", "origin", "codecommit::eu-west-1://demo"]).succeeds();
        person.machine.git(&["-C", "work", "remote", "add", "fork", "codecommit://work@demo"]).succeeds();
        person.runs("git -C work credential-codecommit setup --rewrite")
    };
    let other = "https://github.com/acme/billing";
    vec![
        case("question", "CC503", move |person| asked(person).runs(&format!("{SETUP} --region {REGION}")))
            .command()
            .changes(CONFIG),
        case("question_of_one_url", "CC503", |person| {
            let old = format!("[credential \"{}\"]\n\thelper = !aws codecommit credential-helper $@\n", url("demo"));
            person.config(&old).runs(&format!("{SETUP} --url {} --profile 'my work'", url("demo")))
        })
        .command()
        .changes(CONFIG),
        case("url_of_others", "CC504", move |person| Person {
            url: other.to_owned(),
            ..person.runs(&format!("{SETUP} --url {other}"))
        })
        .words(|person| person.with_url(&url("demo")))
        .changes(CONFIG),
        case("no_repository", "CC505", |person| {
            let person = person.with_keys().with_remote_helper();
            person.machine.git(&["init", "-q", "work"]).succeeds();
            person.machine.git(&["-C", "work", "remote", "add", "origin", "codecommit::eu-west-1://demo"]).succeeds();
            person.runs(&format!("{SETUP} --rewrite"))
        })
        .template(&[("CLONE", "work")])
        .changes(&[".gitconfig", "work/.git/config"])
        .afterwards("git -C work ls-remote -q >/dev/null"),
        case("two_profiles", "CC506", two)
            .words(|person| {
                person
                    .machine
                    .git(&["-C", "work", "remote", "set-url", "origin", "codecommit::eu-west-1://work@demo"])
                    .succeeds();
                person
            })
            .changes(&[".gitconfig", "work/.git/config"]),
    ]
}
