//! What an older program has written still serves: configuration with its record for `--undo`, caches, marks.
//!
//! `tests/it/compat/README.md` says what the recordings are and how they are made: by `record`, below, with the older program.

use crate::common::sources::{FUTURE, in_minutes, login_file, login_session, sso_file, sso_token};
use crate::common::{
    ACCOUNT, ALICE, BINARY, HOST, KEY_ID, Machine, REGION, ROLE, Run, SECRET, aws_with_demo, gits, request,
};
use stand_in::{Role, SsoSession, StandIn};
use std::fs::{self, File};
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The commit of the older program.
const OLD: &str = "f18d3e6";

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/compat").join(OLD)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A configuration that `setup` changes.
struct Configured {
    name: &'static str,
    before: &'static str,
    arguments: &'static [&'static str],
    undo: &'static [&'static str],
    /// Below the machine's root.
    file: &'static str,
}

const GLOBAL: &str = "home/.gitconfig";
const LOCAL: &str = "home/work/.git/config";

const CONFIGURED: [Configured; 4] = [
    Configured { name: "empty", before: "", arguments: &["--yes"], undo: &["--undo", "--yes"], file: GLOBAL },
    Configured {
        name: "replaces-the-aws-cli",
        before: "[user]\n\tname = Alice\n\temail = alice@example.com\n# my helpers\n[credential]\n\tUseHttpPath = true\n\
                 \thelper = store\n\thelper = !aws --profile work codecommit credential-helper $@\n\
                 [credential \"https://github.com\"]\n\thelper =\n\thelper = !gh auth git-credential\n",
        arguments: &["--yes", "--global"],
        undo: &["--undo", "--yes"],
        file: GLOBAL,
    },
    Configured {
        name: "regions-and-connections",
        before: "[user]\n\tname = Alice\n",
        arguments: &["--yes", "--global", "--profile", "my profile", "--region", REGION, "--connections"],
        undo: &["--undo", "--yes"],
        file: GLOBAL,
    },
    Configured {
        name: "rewrite",
        before: "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\
                 [remote \"origin\"]\n\turl = codecommit::eu-west-1://dev@demo\n\
                 \tfetch = +refs/heads/*:refs/remotes/origin/*\n\
                 [remote \"other\"]\n\turl = codecommit://dev@billing\n\tpushurl = codecommit::us-east-1://notes\n",
        arguments: &["--rewrite", "--yes"],
        undo: &["--local", "--undo", "--yes"],
        file: LOCAL,
    },
];

/// What `setup` writes depends on what git can do: `http.proactiveAuth` came with 2.46, `http.maxRetries` with 2.54.
fn ability(version: &str) -> &'static str {
    let mut numbers = version.split([' ', '.']).filter_map(|word| word.parse::<u32>().ok());
    match (numbers.next().expect("a version"), numbers.next().expect("a version")) {
        version if version >= (2, 54) => "git-2.54",
        version if version >= (2, 46) => "git-2.46",
        _ => "git",
    }
}

/// A machine with a profile `dev`, a repository `work` and this configuration.
fn configured(git: &Path, file: &str, text: &str) -> Machine {
    let keys = ["dev", "my profile"]
        .map(|name| format!("[{name}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"))
        .concat();
    let machine = Machine::new().with_git(git).file("home/.aws/credentials", &keys).env("AWS_REGION", REGION);
    machine.git(&["init", "-q", "work"]).succeeds();
    machine.file(file, text)
}

fn setup(machine: &Machine, arguments: &[&str]) -> Run {
    machine.git(&[&["-C", "work", "credential-codecommit", "setup"], arguments].concat())
}

#[test]
fn what_setup_has_written_needs_no_change_and_undo_gives_the_bytes_back() {
    for (git, version) in gits() {
        println!("{version}");
        for recorded in ["git", "git-2.46"] {
            for Configured { name, before, arguments, undo, file } in CONFIGURED {
                let after = read(&recordings().join(recorded).join(format!("{name}.gitconfig")));
                assert_ne!(after, before, "{name}");
                let machine = configured(&git, file, &after);
                if ability(&version) == recorded {
                    let path = machine.path(file).display().to_string();
                    let helpers = || {
                        let list =
                            ["config", "--file", &path, "--get-regexp", "^credential\\..*\\.(helper|usehttppath)$"];
                        machine.by_name(&machine.git(&list).stdout)
                    };
                    let before = helpers();
                    setup(&machine, arguments).succeeds();
                    // It was called by its name, and is by its path now; the host of `AWS_REGION` is written out.
                    let after = helpers();
                    assert!(
                        before.lines().all(|line| after.lines().any(|other| other == line)),
                        "{name}: {before}\n{after}"
                    );
                    let again = setup(&machine, arguments).succeeds();
                    let nothing = ["nothing to change", "nothing to rewrite"];
                    assert!(nothing.iter().any(|words| again.stdout.contains(words)), "{name}: {}", again.transcript());
                }
                setup(&machine, undo).succeeds();
                assert_eq!(read(&machine.path(file)), before, "{recorded} {name}");
            }
        }
    }
}

/// A machine whose credentials come from one source, and what AWS must know of it. `is_new` where nothing is cached yet.
fn source(name: &str, aws: &StandIn, is_new: bool) -> Machine {
    let machine = Machine::before(aws);
    match name {
        "role" => machine.with_role(),
        "web-identity" => machine.with_web_identity(),
        "sso" if is_new => machine.with_sso().file(&sso_file(), &sso_token("old", &in_minutes(5), "sso-refresh")),
        "sso" => machine.with_sso(),
        "login" if is_new => {
            let keys = format!(r#""accessKeyId": "{KEY_ID}", "secretAccessKey": "{SECRET}", "sessionToken": "old""#);
            machine.with_login().file(&login_file(), &login_session(&keys, &in_minutes(3), "login-refresh"))
        }
        _ => machine.with_login(),
    }
}

const SOURCES: [&str; 4] = ["role", "web-identity", "sso", "login"];
const CACHES: [&str; 3] = ["cli/cache", "sso/cache", "login/cache"];

/// The files of the AWS CLI's caches, with where they are below `.aws`.
fn cached(aws_directory: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for cache in CACHES {
        for entry in fs::read_dir(aws_directory.join(cache)).into_iter().flatten().flatten() {
            files.push((format!("{cache}/{}", entry.file_name().display()), read(&entry.path())));
        }
    }
    files
}

/// The first value of a member of this name.
fn member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let value = json.split(&format!("\"{name}\":")).nth(1)?.trim_start();
    value.strip_prefix('"')?.split('"').next()
}

#[test]
fn what_is_cached_serves_without_a_call_for_credentials() {
    for name in SOURCES {
        let aws = aws_with_demo();
        let files = cached(&recordings().join("caches").join(name));
        let machine = files
            .iter()
            .fold(source(name, &aws, false), |machine, (path, text)| machine.file(&format!("home/.aws/{path}"), text));
        let key =
            files.iter().find_map(|(_, text)| member(text, "AccessKeyId").or_else(|| member(text, "accessKeyId")));
        let run = machine.helper(&["--verify", "never", "get"], &request("demo")).succeeds();
        assert_eq!((run.key_id(), run.stderr.as_str()), (key, ""), "{name}: {}", run.transcript());
        assert_eq!(aws.requests().len(), 0, "{name}");
        let now = cached(&machine.path("home/.aws"));
        assert!(key.is_some() && now == files, "{name}: read and left alone");
    }
}

#[test]
fn a_refreshed_sso_session_still_opens_the_role() {
    let aws = aws_with_demo();
    let files = cached(&recordings().join("caches/sso"));
    let (path, text) = files.iter().find(|(path, _)| path.starts_with("sso/")).expect("a session");
    let token = member(text, "accessToken").expect("a token");
    assert_ne!(token, "old");
    aws.add_sso_session(SsoSession::new(token).assigned(ACCOUNT, "Developer"));
    let machine = source("sso", &aws, false).file(&format!("home/.aws/{path}"), text);
    let run = machine.helper(&["--verify", "never", "get"], &request("demo")).succeeds();
    assert!(run.key_id().is_some_and(|id| id.starts_with("ASIA")), "{}", run.transcript());
}

/// The names of marks changed with their place. Even where a name is the same, it is not looked for any more.
#[test]
fn old_marks_do_no_harm_cost_one_probe_and_are_removed() {
    for (name, machine) in [("keys", Machine::with_keys as fn(Machine) -> Machine), ("role", Machine::with_role)] {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting(ALICE));
        let machine = machine(Machine::before(&aws));
        let own = machine.path("home/.cache/git-credential-codecommit");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&own).expect("a directory");
        let names = read(&recordings().join(format!("marks-{name}.txt")));
        let marks: Vec<PathBuf> = names.lines().map(|mark| own.join(mark)).collect();
        assert_eq!(marks.len(), 2, "an acceptance, and an answer that is pending");
        let date = |file: &Path, age: Duration| {
            let file = File::options().create(true).append(true).open(file).expect("a file");
            file.set_modified(SystemTime::now() - age).expect("a time");
        };
        let get_and_store = || {
            aws.forget();
            let run = machine.get().succeeds();
            assert_eq!(run.stderr, "", "{name}");
            machine.helper(&["store"], &format!("{}{}", request("demo"), run.stdout)).succeeds();
            aws.requests().iter().filter(|request| request.host == HOST).count()
        };
        for mark in &marks {
            date(mark, Duration::from_hours(1));
        }
        assert_eq!([get_and_store(), get_and_store(), get_and_store()], [1, 0, 0], "{name}: probes");
        assert!(marks.iter().all(|mark| mark.exists()), "{name}: an older program may still use them");
        for mark in &marks {
            date(mark, Duration::from_hours(13));
        }
        date(&own.join("marks/pruned"), Duration::from_hours(25));
        assert_eq!(get_and_store(), 0, "{name}");
        assert!(marks.iter().all(|mark| !mark.exists()), "{name}: of no use to anybody");
    }
}

/// Replaces the ends of sessions, which a test could not wait for, and the secrets.
fn lasting(json: &str) -> String {
    let mut text = json.to_owned();
    for (name, value) in [
        ("Expiration", FUTURE),
        ("expiresAt", FUTURE),
        ("SecretAccessKey", SECRET),
        ("secretAccessKey", SECRET),
        ("SessionToken", "session-token"),
        ("sessionToken", "session-token"),
    ] {
        if let Some(was) = member(&text, name).map(str::to_owned) {
            text = text.replace(&format!("\"{was}\""), &format!("\"{value}\""));
        }
    }
    text
}

#[test]
#[ignore = "writes the recordings, with the program that OLD_PROGRAM names"]
fn record() {
    let old = PathBuf::from(std::env::var_os("OLD_PROGRAM").expect("OLD_PROGRAM"));
    assert_ne!(old, Path::new(BINARY));
    let write = |path: PathBuf, text: &str| {
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a recording");
    };
    for (git, version) in gits() {
        for Configured { name, before, arguments, file, .. } in CONFIGURED {
            let machine = configured(&git, file, before);
            let link = machine.bin().join("git-credential-codecommit");
            fs::remove_file(&link).and_then(|()| symlink(&old, link)).expect("a link");
            setup(&machine, arguments).succeeds();
            let after = read(&machine.path(file));
            write(recordings().join(ability(&version)).join(format!("{name}.gitconfig")), &after);
        }
    }
    for name in SOURCES {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting(ALICE).trusting_web_identity("web-token"));
        aws.add_sso_session(SsoSession::new("old").refreshable("sso-refresh").assigned(ACCOUNT, "Developer"));
        aws.add_login_session("login-refresh", ALICE);
        let machine = source(name, &aws, true);
        machine.run(&old, &["--verify", "never", "get"], request("demo").as_bytes()).succeeds();
        for (path, text) in cached(&machine.path("home/.aws")) {
            write(recordings().join("caches").join(name).join(path), &lasting(&text));
        }
    }
    for (name, machine) in [("keys", Machine::with_keys as fn(Machine) -> Machine), ("role", Machine::with_role)] {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting(ALICE));
        let machine = machine(Machine::before(&aws));
        let get = || machine.run(&old, &["get"], request("demo").as_bytes()).succeeds().stdout;
        machine.run(&old, &["store"], (request("demo") + &get()).as_bytes()).succeeds();
        get();
        let own = fs::read_dir(machine.path("home/.cache/git-credential-codecommit")).expect("marks").flatten();
        let files = own.filter(|entry| entry.path().is_file());
        let mut names: Vec<String> = files.map(|entry| entry.file_name().display().to_string() + "\n").collect();
        names.sort();
        write(recordings().join(format!("marks-{name}.txt")), &names.concat());
    }
}
