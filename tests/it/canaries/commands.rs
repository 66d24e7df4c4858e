//! Every command, on a machine on which passwords stand wherever people put them: what it prints, what it writes, and what
//! its children can see.

use crate::common::{ACCOUNT, HOST, KEY_ID, Machine, REGION, Run, aws_with_demo, gits, request, url, with_each_git};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// In the place of each secret stands one of its own.
const PLACES: [&str; 17] = [
    "snippet",
    "argument",
    "assignment",
    "pattern",
    "insteadof",
    "remotename",
    "remoteurl",
    "module",
    "header",
    "proxy",
    "netrc",
    "iam",
    "token",
    "session",
    "stored",
    "fulluri",
    "given",
];

fn canary(place: &str) -> String {
    format!("cAnArY-{place}-q7Z")
}

fn shown(text: &str) -> Vec<&'static str> {
    PLACES.into_iter().filter(|place| text.contains(&canary(place))).collect()
}

/// A clone in `home/clone`, and passwords all around it.
fn machine(git: &Path, aws: &stand_in::StandIn) -> Machine {
    let mut config = "[user]\n\tname = A\n\temail = a@example.com\n".to_owned();
    for helper in [
        format!("!f() {{ echo username=u; echo password={}; }}; f", canary("snippet")),
        format!("/bin/true --password {}", canary("argument")),
        format!("!TOKEN={} true", canary("assignment")),
        "store".to_owned(),
    ] {
        let _ = writeln!(config, "[credential]\n\thelper = \"{helper}\"");
    }
    let _ = write!(
        config,
        "[credential \"https://u:{}@git-codecommit.*.amazonaws.com\"]\n\thelper = other\n\
         [url \"https://u:{}@{HOST}/v1/repos/\"]\n\tinsteadOf = https://short.example/\n\
         [http]\n\textraHeader = \"Authorization: Basic {}\"\n\tproxy = {}\n\
         [credential]\n\thelper = codecommit\n\tuseHttpPath = true\n",
        canary("pattern"),
        canary("insteadof"),
        canary("header"),
        aws.proxy_url().replace("://", &format!("://u:{}@", canary("proxy"))),
    );
    let with_password = |place: &str| url("demo").replace("://", &format!("://u:{}@", canary(place)));
    let machine = Machine::before(aws)
        .with_git(git)
        .env("AWS_ACCESS_KEY_ID", KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", &canary("token"))
        .env("AWS_SESSION_TOKEN", &canary("session"))
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("ftp://u:{}@127.0.0.1/x", canary("fulluri")))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", &canary("given"))
        .file("home/.gitconfig", &config)
        .file("home/.netrc", &format!("machine {HOST}\nlogin u\npassword {}\n", canary("netrc")))
        .file("home/.git-credentials", &format!("https://alice-at-{ACCOUNT}:{}@{HOST}\n", canary("iam")));
    machine.git(&["init", "-q", "clone"]).succeeds();
    let clone = |arguments: &[&str]| machine.git(&[&["-C", "clone"], arguments].concat()).succeeds();
    clone(&["config", "remote.origin.url", &with_password("remoteurl")]);
    clone(&["config", &format!("remote.{}.url", with_password("remotename")), "codecommit://demo"]);
    clone(&["config", "remote.short.url", "https://short.example/demo"]);
    clone(&["config", "--file", ".gitmodules", "submodule.s.url", &with_password("module")]);
    clone(&["config", "--file", ".gitmodules", "submodule.s.path", "s"]);
    machine
}

fn in_clone(machine: &Machine, arguments: &[&str], input: &str) -> Run {
    let program = machine.bin().join("git-credential-codecommit").display().to_string();
    let words = [&["-c", "cd clone && exec \"$0\" \"$@\"", program.as_str()], arguments].concat();
    machine.run("/bin/sh".as_ref(), &words, input.as_bytes())
}

/// Every command of the program, with what it reads.
fn commands() -> Vec<(Vec<String>, String)> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let stored = format!("{}username=u\npassword={}\n", request("demo"), canary("stored"));
    let given = url("demo").replace("://", &format!("://u:{}@", canary("given")));
    let mut commands: Vec<(Vec<String>, String)> = [
        "get",
        "-v get",
        "capability",
        "doctor",
        "doctor --json",
        "doctor short",
        "setup --dry-run",
        "setup",
        "setup --evict --dry-run",
        "setup --evict --yes",
        "setup --rewrite --dry-run",
        "setup --rewrite --yes",
        "setup --undo",
        "setup --local --yes",
        "--help",
        "doctor --help",
        "setup --help",
        "nonsense",
        "--nonsense",
    ]
    .iter()
    .map(|line| (words(line), request("demo")))
    .collect();
    for action in ["store", "erase"] {
        commands.push((words(action), stored.clone()));
    }
    for command in ["doctor", "setup --dry-run --url", "setup --url"] {
        commands.push((words(&format!("{command} {given}")), String::new()));
        commands.push((words(&format!("{command} {}", given.replace("https", "ssh"))), String::new()));
    }
    commands.push((words("get"), format!("url={given}\n")));
    commands.push((words("get"), format!("{}username={}\n", request("demo"), canary("given"))));
    commands
}

#[test]
fn no_command_prints_what_helpers_urls_and_files_hold() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = machine(git, &aws);
        let trace = machine.path("trace").display().to_string();
        let machine = machine.env("GIT_TRACE_CODECOMMIT", &trace);
        for (arguments, input) in commands() {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let run = in_clone(&machine, &arguments, &input);
            let text = super::left_by(&run) + &fs::read_to_string(&trace).unwrap_or_default();
            assert_eq!(shown(&text), [""; 0], "{arguments:?}\n{text}");
        }
        assert_eq!(shown(&written(&machine.path("home/.cache"))), [""; 0]);
        // What was there before is still there, and nothing was added to it.
        let kept = fs::read_to_string(machine.path("home/.git-credentials")).expect("the store");
        assert_eq!(shown(&kept), ["iam"], "{kept}");
    });
}

/// Names and contents of every file below a directory.
fn written(directory: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let _ = writeln!(text, "{}", path.display());
        text += &if path.is_dir() { written(&path) } else { fs::read_to_string(&path).unwrap_or_default() };
    }
    text
}

/// Programs before the real ones on the `PATH` that write down how they were started.
fn watched(machine: &Machine, git: &Path) {
    let log = machine.path("log");
    fs::create_dir(&log).expect("a directory");
    for (name, real) in [("git", git), ("sh", Path::new("/bin/sh")), ("kill", Path::new("/bin/kill"))] {
        let script = format!(
            "f=$(mktemp {0}/XXXXXX)\nprintf '%s\\n' \"arguments $*\" >$f.arguments\n/usr/bin/env >$f.environment\n\
             exec {1} \"$@\"",
            log.display(),
            real.display()
        );
        machine.program(name, &script);
    }
}

#[test]
fn no_child_sees_a_secret_in_its_arguments_and_only_those_that_need_them_see_credentials() {
    for (git, _) in gits() {
        let aws = aws_with_demo();
        let machine = machine(&git, &aws);
        watched(&machine, &git);
        let mut children = 0;
        for (arguments, input) in commands() {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let _ = in_clone(&machine, &arguments, &input);
            for file in fs::read_dir(machine.path("log")).expect("a directory").flatten() {
                let path = file.path();
                if path.extension().is_none_or(|extension| extension != "arguments") {
                    continue;
                }
                children += 1;
                let started = fs::read_to_string(&path).unwrap_or_default();
                assert_eq!(shown(&started), [""; 0], "{arguments:?} started {started}");
                let environment = fs::read_to_string(path.with_extension("environment")).unwrap_or_default();
                // There this helper answers too, with the person's own credentials.
                let asks_all = started.contains("credential fill") || environment.contains("GIT_CODECOMMIT_READ_ONLY");
                let seen: Vec<&str> = shown(&environment)
                    .into_iter()
                    .filter(|place| ["token", "session"].contains(place) && !asks_all)
                    .collect();
                assert_eq!(seen, [""; 0], "{arguments:?} gave credentials to {started}");
            }
            for file in fs::read_dir(machine.path("log")).expect("a directory").flatten() {
                let _ = fs::remove_file(file.path());
            }
        }
        assert!(children > 50, "{children} children were watched");
    }
}

#[test]
fn an_askpass_program_sees_no_credentials_and_a_credential_process_sees_what_the_person_exported() {
    let machine =
        Machine::new().env("AWS_SESSION_TOKEN", &canary("session")).env("AWS_SECRET_ACCESS_KEY", &canary("token"));
    let seen = machine.path("seen").display().to_string();
    machine.program("askpass", &format!("env >{seen}; exit 1"));
    machine.program("vend", &format!("env >{seen}; exit 1"));
    let program = |name: &str| machine.bin().join(name).display().to_string();
    let (askpass, vend) = (program("askpass"), program("vend"));
    let role = format!(
        "[profile role]\nregion = {REGION}\nrole_arn = arn:aws:iam::{ACCOUNT}:role/x\nsource_profile = base\n\
         mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/a\n[profile base]\naws_access_key_id = {KEY_ID}\n\
         aws_secret_access_key = x\n[profile vend]\ncredential_process = {vend}\n"
    );
    let machine = machine.file("home/.aws/config", &role).env("GIT_ASKPASS", &askpass);
    let environment = |profile: &str| {
        let _ = machine.helper(&["--profile", profile, "get"], &request("demo"));
        fs::read_to_string(&seen).expect("the program was started")
    };
    assert_eq!(shown(&environment("role")), [""; 0]);
    assert_eq!(shown(&environment("vend")), ["token", "session"]);
}
