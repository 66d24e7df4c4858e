//! More places from which git reads a helper, for `signers.rs`: the system's file, what a clone's own file includes, a
//! worktree's file, sections of any width, other helpers around it, and what selects a profile beside it.

use super::Setup as _;
use super::signers::{DEFAULT, FAMILY, FORMS, VAULT, WORK, machine, signer, written};
use crate::common::{HOST, Machine, gits, url, with_each_git};
use std::path::Path;

/// A place: files by their paths, with `HELPER` and `HOST` in them, and variables.
#[derive(Clone)]
struct Place {
    name: &'static str,
    files: Vec<(&'static str, String)>,
    variables: &'static [(&'static str, &'static str)],
}

const SYSTEM: &str = "etc/gitconfig";
const USER: &str = "home/.gitconfig";
const CLONE: &str = "home/clone/.git/config";
const HELPER: &str = "\thelper = \"HELPER\"\n\tuseHttpPath = true\n";

fn place(name: &'static str, files: &[(&'static str, &str)]) -> Place {
    let files = files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
    Place { name, files, variables: &[] }
}

fn section(name: &str) -> String {
    format!("[credential \"{name}\"]\n{HELPER}")
}

fn system() -> Vec<Place> {
    let general = format!("[credential]\n{HELPER}");
    let family = format!("[{FAMILY}]\n\thelper =\n{HELPER}");
    let (host, repository) = (section("https://HOST"), section("https://HOST/v1/repos/demo"));
    vec![
        place("system, general", &[(SYSTEM, &general)]),
        place("system, family", &[(SYSTEM, &family)]),
        place("system, host", &[(SYSTEM, &host)]),
        place("system, repository", &[(SYSTEM, &repository)]),
        place("system, after a store", &[(SYSTEM, &format!("[credential]\n\thelper = store\n{general}"))]),
        place("system, included", &[(SYSTEM, "[include]\n\tpath = more\n"), ("etc/more", &general)]),
        place(
            "system, host, and an old helper of ours of the user",
            &[(SYSTEM, &host), (USER, "[credential]\n\thelper = codecommit --profile default\n")],
        ),
        place(
            "system, reset by the user",
            &[(SYSTEM, &section("https://github.com")), (USER, &format!("[credential]\n\thelper =\n{HELPER}"))],
        ),
    ]
}

fn of_the_clone() -> Vec<Place> {
    let general = format!("[credential]\n{HELPER}");
    let include = "[include]\n\tpath = more\n";
    let more = "home/clone/.git/more";
    let worktree = "[extensions]\n\tworktreeConfig = true\n";
    let own = "home/clone/.git/config.worktree";
    let reset = format!("[credential]\n\thelper =\n{HELPER}");
    vec![
        place("clone, general, included", &[(CLONE, include), (more, &general)]),
        place("clone, family, included", &[(CLONE, include), (more, &format!("[{FAMILY}]\n\thelper =\n{HELPER}"))]),
        place("clone, host, included", &[(CLONE, include), (more, &section("https://HOST"))]),
        place("clone, repository, included", &[(CLONE, include), (more, &section("https://HOST/v1/repos/demo"))]),
        place("clone, included from the home", &[(CLONE, "[include]\n\tpath = ~/.more\n"), ("home/.more", &general)]),
        place("clone, with a reset", &[(CLONE, &reset)]),
        place("clone, after a store of the user", &[(USER, "[credential]\n\thelper = store\n"), (CLONE, &general)]),
        place("clone, before a store", &[(CLONE, &format!("{general}[credential]\n\thelper = store\n"))]),
        place("worktree, general", &[(CLONE, worktree), (own, &general)]),
        place("worktree, host", &[(CLONE, worktree), (own, &section("https://HOST"))]),
        place("worktree, with a reset", &[(CLONE, worktree), (own, &reset)]),
    ]
}

/// Names of sections that apply to the repository (git 2.47.3 `urlmatch.c`).
fn sections() -> Vec<Place> {
    [
        ("scheme", "https://"),
        ("any two labels", "https://*.*.amazonaws.com"),
        ("any region", "https://git-codecommit.*.amazonaws.com/"),
        ("port", "https://HOST:443"),
        ("slash", "https://HOST/"),
        ("version", "https://HOST/v1"),
        ("repositories", "https://HOST/v1/repos/"),
        ("repository with a slash", "https://HOST/v1/repos/demo/"),
        ("capitals", "https://GIT-CODECOMMIT.eu-west-1.amazonaws.com"),
        ("family with a path", "https://git-codecommit.*.amazonaws.com/v1/repos"),
        ("no scheme", "HOST"),
    ]
    .into_iter()
    .map(|(name, pattern)| place(name, &[(USER, &section(pattern))]))
    .collect()
}

fn beside_others() -> Vec<Place> {
    let general = format!("[credential]\n{HELPER}");
    let host = section("https://HOST");
    let store = "[credential]\n\thelper = store\n";
    let cache = "[credential]\n\thelper = cache\n";
    let store_of_host = "[credential \"https://HOST\"]\n\thelper = store\n";
    vec![
        place("between store and cache", &[(USER, &format!("{store}{general}{cache}"))]),
        place("before a store", &[(USER, &format!("{general}{store}"))]),
        place("host, between store and cache", &[(USER, &format!("{store}{host}{cache}"))]),
        place("general, and a store of the host", &[(USER, &format!("{general}{store_of_host}"))]),
        place("host, after a reset of all", &[(USER, &format!("{store}[credential]\n\thelper =\n{host}"))]),
        place(
            "after a reset in its own section",
            &[(USER, &format!("[credential]\n\thelper = codecommit\n\thelper =\n{HELPER}"))],
        ),
        place(
            "host, after a general helper of ours that it resets",
            &[(
                USER,
                &format!("[credential]\n\thelper = codecommit\n[credential \"https://HOST\"]\n\thelper =\n{HELPER}"),
            )],
        ),
        place("with the name of a person", &[(USER, &format!("{general}\tusername = alice\n"))]),
        place("with the name of its profile", &[(USER, &format!("{general}\tusername = work\n"))]),
        place("with the name of another profile", &[(USER, &format!("{general}\tusername = default\n"))]),
        Place { variables: &[("AWS_PROFILE", "default")], ..place("with another AWS_PROFILE", &[(USER, &general)]) },
    ]
}

/// Helpers that name no profile, where something else selects `work`.
fn by_others() -> Vec<Place> {
    let variables: &[(&str, &str)] = &[("AWS_PROFILE", "work")];
    let variable = |name, files: &[(&'static str, &str)]| Place { variables, ..place(name, files) };
    let general = format!("[credential]\n{HELPER}");
    vec![
        variable("AWS_PROFILE, general", &[(USER, &general)]),
        variable("AWS_PROFILE, host", &[(USER, &section("https://HOST"))]),
        variable("AWS_PROFILE, system", &[(SYSTEM, &general)]),
        variable("AWS_PROFILE, clone", &[(CLONE, &general)]),
    ]
}

fn on(place: &Place, form: &str, git: &Path) -> Machine {
    let machine = machine().with_git(git).without("GIT_CONFIG_NOSYSTEM");
    let system = machine.path(SYSTEM).display().to_string();
    // git 2.32 and later; the system's own file of the machine that runs the tests is not read.
    let machine = machine.file(SYSTEM, "").env("GIT_CONFIG_SYSTEM", &system);
    let machine = place.variables.iter().fold(machine, |machine, (name, value)| machine.env(name, value));
    written(machine, &place.files, form)
}

/// The identities for the repository of the clone, its neighbor and another region, in the clone and elsewhere.
fn identities(machine: &Machine) -> Vec<(String, Option<String>)> {
    let urls = [url("demo"), url("other"), url("demo").replace("eu-west-1", "us-east-1")];
    let at = |directory: &str| {
        urls.iter().map(|url| (format!("{directory} {url}"), signer(machine, directory, url))).collect()
    };
    let [clone, elsewhere]: [Vec<_>; 2] = ["clone", "."].map(at);
    clone.into_iter().chain(elsewhere).collect()
}

/// What is not as it should be after `setup`.
fn wrong(machine: &Machine, expected: &str, default: &str) -> Vec<String> {
    let before = identities(machine);
    assert_eq!(before[0].1.as_deref(), Some(expected), "the test itself: {before:?}");
    let run = machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]);
    let mut wrong = Vec::new();
    if run.status != 0 {
        wrong.push(format!("status {}", run.status));
    }
    for ((place, before), (_, after)) in before.iter().zip(identities(machine)) {
        // If nobody signed, the default signs: not a profile that is meant for other places.
        let is_kept =
            if before.is_some() { *before == after } else { after.as_deref().is_none_or(|after| after == default) };
        if !is_kept {
            wrong.push(format!("{place}: {before:?} before, {after:?} after"));
        }
    }
    let again = machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]);
    if !again.stdout.contains("nothing to change") {
        wrong.push(format!("a second run changes something\n{}", again.transcript()));
    }
    if !wrong.is_empty() {
        wrong.push(run.transcript());
    }
    wrong
}

/// Checks each place with each form. `expected` signs in the clone, `default` where no helper names a profile.
fn check(places: &[Place], forms: &[&str], expected: &str, default: &str) {
    with_each_git(|git| {
        let mut unexpected = Vec::new();
        for place in places {
            // One form tells whether an older git is the same.
            let count = if git == gits()[0].0 { forms.len() } else { 1 };
            for form in &forms[..count] {
                let wrong = wrong(&on(place, form, git), expected, default);
                if !wrong.is_empty() {
                    unexpected.push(format!("{}, {form}:\n{}", place.name, wrong.join("\n")));
                }
            }
        }
        assert!(unexpected.is_empty(), "{} are not as expected\n{}", unexpected.len(), unexpected.join("\n\n"));
    });
}

/// The AWS CLI's helper, one that the shell expands, and ours.
const SOME: [&str; 3] = [FORMS[0], FORMS[2], FORMS[4]];

#[test]
fn a_helper_in_the_systems_file_keeps_signing() {
    check(&system(), &SOME, WORK, DEFAULT);
}

#[test]
fn a_helper_that_only_the_clone_or_its_worktree_has_keeps_signing_there() {
    check(&of_the_clone(), &SOME, WORK, DEFAULT);
}

#[test]
fn a_helper_in_a_section_of_any_width_keeps_signing() {
    check(&sections(), &SOME, WORK, DEFAULT);
}

#[test]
fn a_helper_between_others_keeps_signing() {
    check(&beside_others(), &SOME, WORK, DEFAULT);
}

#[test]
fn a_profile_that_a_variable_selects_keeps_signing_and_is_not_written() {
    let plain = ["!aws codecommit credential-helper $@", "codecommit"];
    check(&by_others(), &plain, WORK, WORK);
    with_each_git(|git| {
        for place in by_others() {
            let machine = on(&place, plain[0], git);
            machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]).succeeds();
            let machine = machine.without("AWS_PROFILE");
            assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(DEFAULT), "{}", place.name);
        }
    });
}

#[test]
fn a_section_with_a_user_name_keeps_signing_for_urls_with_it() {
    let with_user = url("demo").replace("https://", "https://bob@");
    with_each_git(|git| {
        for form in SOME {
            let place = place("user name", &[(USER, &section(&format!("https://bob@{HOST}")))]);
            let machine = on(&place, form, git);
            assert_eq!(signer(&machine, "clone", &with_user).as_deref(), Some(WORK), "{form}: the test itself");
            let run = machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]).succeeds();
            assert_eq!(signer(&machine, "clone", &with_user).as_deref(), Some(WORK), "{form}: {}", run.transcript());
        }
    });
}

/// For this program `credential.username` selects a profile, for the AWS CLI it does not.
#[test]
fn a_user_name_that_is_a_profile_is_told_of_where_the_aws_clis_helper_is_replaced() {
    let files = [(USER, &*format!("[credential]\n{HELPER}\tusername = work\n"))];
    check(&[place("ours, and a user name that is a profile", &files)], &["codecommit"], WORK, WORK);
    with_each_git(|git| {
        let place = place("AWS CLI", &files);
        let machine = on(&place, "!aws codecommit credential-helper $@", git);
        assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(DEFAULT));
        let run = machine.git(&["-C", "clone", "credential-codecommit", "setup"]);
        assert!(
            run.status == 1 && run.stderr.contains("with the profile of credential.username, `work`"),
            "{}",
            run.transcript()
        );
        assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(DEFAULT));
    });
}

#[test]
fn credentials_that_a_wrapper_selects_are_kept_or_asked_about_in_each_place() {
    let wrapper = "!aws-vault exec work -- aws codecommit credential-helper $@";
    with_each_git(|git| {
        let mut unexpected = Vec::new();
        for place in [system(), of_the_clone(), sections(), beside_others()].concat() {
            let machine = on(&place, wrapper, git);
            let (before, configured) = (identities(&machine), machine.gitconfig());
            assert_eq!(before[0].1.as_deref(), Some(VAULT), "{}: the test itself", place.name);
            let run = machine.git(&["-C", "clone", "credential-codecommit", "setup"]);
            let is_asked = run.status == 1 && run.stderr.contains("(CC503)") && machine.gitconfig() == configured;
            let after = identities(&machine);
            // Whoever has signed still does; in a section of its own, it is a program that setup does not know.
            let is_kept = before.iter().zip(&after).all(|(before, after)| before.1.is_none() || before == after);
            if !is_kept || !(is_asked || run.status == 0) {
                unexpected.push(format!("{}: {after:?}\n{}", place.name, run.transcript()));
            }
        }
        assert!(unexpected.is_empty(), "{} are not as expected\n{}", unexpected.len(), unexpected.join("\n\n"));
    });
}
