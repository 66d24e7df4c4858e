//! `git credential-codecommit setup --rewrite`, run by every git: `codecommit::` URLs become plain https, everything goes
//! on working, and `--undo` gives the same bytes back.

use crate::common::{ACCOUNT, HOST, KEY_ID, Machine, REGION, Run, SECRET, aws_with_demo, url};
use insta::assert_snapshot;
use stand_in::{AccessKey, StandIn, TimeDelta};
use std::fs;
use std::os::unix::fs::symlink;

const REMOTE: &str = env!("CARGO_BIN_EXE_git-remote-codecommit");

/// A key that may do nothing, in the environment, where an explicit profile comes before it.
const BOB: &str = "AKIAI44QH8DHBEXAMPLE";

const IDENTITY: &str = "[user]\n\tname = Alice\n\temail = alice@example.com\n";

fn with_each_git(test: impl Fn(Machine, &StandIn)) {
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        aws.add_key(AccessKey::long_term(BOB, SECRET, "arn:aws:iam::444455556666:user/bob"));
        let machine = Machine::before(&aws).with_git(git);
        symlink(REMOTE, machine.bin().join("git-remote-codecommit")).expect("a link");
        let keys = format!("aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
        let machine = machine
            .file("home/.gitconfig", IDENTITY)
            .file("home/.aws/credentials", &format!("[w o@rk]\n{keys}[dev]\n{keys}region = {REGION}\n"))
            .env("AWS_ACCESS_KEY_ID", BOB)
            .env("AWS_SECRET_ACCESS_KEY", SECRET);
        test(machine, &aws);
    });
}

/// A repository `work` whose configuration ends in `config`.
fn repository(machine: &Machine, config: &str) -> String {
    machine.git(&["init", "-q", "work"]).succeeds();
    let whole = read(machine) + config;
    fs::write(machine.path("home/work/.git/config"), &whole).expect("a configuration");
    whole
}

fn read(machine: &Machine) -> String {
    machine.by_name(&fs::read_to_string(machine.path("home/work/.git/config")).expect("a configuration"))
}

fn setup(machine: &Machine, arguments: &[&str]) -> Run {
    machine.git(&[&["-C", "work", "credential-codecommit", "setup"], arguments].concat())
}

/// The keys that signed what was asked of CodeCommit since `before`.
fn signers(aws: &StandIn, before: usize) -> Vec<String> {
    let mut keys: Vec<String> =
        aws.requests()[before..].iter().filter_map(|request| request.access_key_id.clone()).collect();
    keys.dedup();
    keys
}

/// What the git of this machine knows is written too.
fn without_http_settings(text: &str) -> String {
    let is_of_http =
        |line: &&str| !line.contains("http.https://") && !line.contains("proactiveAuth") && !line.starts_with("[http ");
    let lines = text
        .lines()
        .filter(is_of_http)
        .map(|line| if line.contains("codecommit.setup.*") { "  + codecommit.setup.* [VALUES]" } else { line });
    let text: String = lines.map(|line| line.to_owned() + "\n").collect();
    text.replace("[ROOT]/bin/git-credential-codecommit", "codecommit")
}

#[test]
fn fetch_and_push_go_on_in_plain_https_with_the_profile_of_the_url() {
    with_each_git(|machine, aws| {
        machine.git(&["clone", "-q", &format!("codecommit::{REGION}://w o@rk@demo"), "work"]).succeeds();
        let before = read(&machine);
        let run = setup(&machine, &["--rewrite"]).succeeds();
        assert_snapshot!(
            "profile",
            without_http_settings(&format!("{}--- .git/config\n{}", run.transcript(), read(&machine)))
        );
        fs::remove_file(machine.bin().join("git-remote-codecommit")).expect("the link");
        let asked = aws.requests().len();
        machine.git(&["-C", "work", "fetch", "-q"]).succeeds();
        machine.git(&["-C", "work", "commit", "-q", "--allow-empty", "-m", "more"]).succeeds();
        machine.git(&["-C", "work", "push", "-q"]).succeeds();
        assert_eq!(signers(aws, asked), [KEY_ID]);

        let after = read(&machine);
        assert_snapshot!("again", setup(&machine, &["--rewrite"]).succeeds().transcript());
        assert_eq!(read(&machine), after);
        setup(&machine, &["--local", "--undo"]).succeeds();
        assert_eq!(read(&machine), before);
    });
}

#[test]
fn a_url_without_a_profile_takes_the_identity_that_the_environment_has() {
    with_each_git(|machine, aws| {
        let machine = machine.with_keys();
        repository(&machine, &format!("[remote \"origin\"]\n\turl = codecommit::{REGION}://demo\n"));
        // A helper of the user's that would answer first, and would be given the answer.
        machine.program("git-credential-spy", r#"echo "$1" >>"$0.log""#);
        machine.git(&["config", "--global", "credential.helper", "spy"]).succeeds();
        setup(&machine, &["--rewrite"]).succeeds();
        let helper = format!("credential.{}.helper", url("demo"));
        let values = machine.git(&["-C", "work", "config", "--local", "--get-all", &helper]).succeeds().stdout;
        assert_eq!(machine.by_name(&values), "\ncodecommit\n");
        let asked = aws.requests().len();
        machine.git(&["-C", "work", "ls-remote", "-q"]).succeeds();
        assert_eq!(signers(aws, asked), [KEY_ID]);
        assert!(!machine.bin().join("git-credential-spy.log").exists());
    });
}

/// Several remotes, one with two URLs and one to push to, beside what is none of ours.
const MANY: &str = "\
# mine
[remote \"origin\"]
\turl = codecommit://dev@demo
\turl = https://github.com/acme/mirror
\turl = codecommit::us-east-1://other
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote \"backup\"]
\turl = https://github.com/acme/backup
\tpushurl = codecommit::CN-NORTH-1://w o@rk@Backup.1
[remote \"again\"]
\turl = codecommit::eu-west-1://dev@demo/
[branch \"main\"]
\tremote = origin
";

#[test]
fn every_url_of_every_remote_is_rewritten_and_undo_gives_the_same_bytes() {
    with_each_git(|machine, _| {
        let before = repository(&machine, MANY);
        let dry = setup(&machine, &["--rewrite", "--dry-run"]).succeeds().stdout;
        assert!(dry.contains("dry run: nothing was changed\n"), "{dry}");
        assert_eq!(read(&machine), before);
        let run = setup(&machine, &["--rewrite"]).succeeds();
        assert_snapshot!(
            "many",
            without_http_settings(&format!("{}--- .git/config\n{}", run.transcript(), read(&machine)))
        );
        let edits =
            |text: &str| text.lines().filter(|line| line.starts_with("  ")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(edits(&dry), edits(&run.stdout));
        setup(&machine, &["--local", "--undo"]).succeeds();
        assert_eq!(read(&machine), before);
    });
}

#[test]
fn what_the_url_left_open_is_told_once_it_is_fixed() {
    with_each_git(|machine, _| {
        let machine = machine.env("AWS_DEFAULT_REGION", "us-east-2").env("AWS_USE_FIPS_ENDPOINT", "true");
        repository(&machine, "[remote \"origin\"]\n\turl = codecommit://demo\n");
        let run = setup(&machine, &["--rewrite"]).succeeds();
        assert_snapshot!("fixed", without_http_settings(&run.transcript()));
        fs::remove_dir_all(machine.path("home/work")).expect("the repository");
        let machine = machine.env("CODE_COMMIT_ENDPOINT", "git.corp.test:8443");
        repository(&machine, "[remote \"origin\"]\n\turl = codecommit://w o@rk@demo\n");
        let run = setup(&machine, &["--rewrite"]).succeeds();
        assert_snapshot!("endpoint", without_http_settings(&run.transcript()));
    });
}

#[test]
fn what_cannot_be_rewritten_is_told_before_anything_is_changed() {
    with_each_git(|machine, _| {
        let refused = |machine: &Machine, name: &str, urls: [&str; 2]| {
            let _ = fs::remove_dir_all(machine.path("home/work"));
            let [first, second] = urls;
            let config = format!("[remote \"first\"]\n\turl = {first}\n[remote \"second\"]\n\turl = {second}\n");
            let before = repository(machine, &config);
            let run = setup(machine, &["--rewrite"]);
            assert_eq!((run.status, read(machine)), (1, before), "{}", run.transcript());
            assert_snapshot!(name, run.transcript());
        };
        let good = "codecommit::eu-west-1://demo";
        refused(&machine, "malformed", [good, "codecommit::nowhere://demo"]);
        refused(&machine, "no_profile", [good, "codecommit::eu-west-1://prod@demo"]);
        refused(&machine, "no_region", [good, "codecommit://w o@rk@other"]);
        refused(&machine, "two_profiles", [good, "codecommit://dev@demo"]);
        let machine = machine.env("AWS_REGION", "Ireland");
        refused(&machine, "malformed_region", [good, "codecommit://other"]);
    });
    let machine = Machine::new();
    let run = machine.git(&["credential-codecommit", "setup", "--rewrite"]);
    assert_eq!(run.status, 1, "{}", run.transcript());
    assert_snapshot!("no_repository", run.transcript());
    for other in ["--global", "--system", "--evict", "--undo", "--connections", "--url=x", "--region=x", "--profile=x"]
    {
        assert_eq!(machine.git(&["credential-codecommit", "setup", "--rewrite", other]).status, 2, "{other}");
    }
}

#[test]
fn nothing_to_rewrite_is_no_failure() {
    with_each_git(|machine, _| {
        let before = repository(&machine, &format!("[remote \"origin\"]\n\turl = {}\n", url("demo")));
        assert_snapshot!("again", setup(&machine, &["--rewrite"]).succeeds().transcript());
        assert_eq!(read(&machine), before);
    });
}

#[test]
fn a_url_that_stands_elsewhere_is_told_of() {
    with_each_git(|machine, _| {
        repository(&machine, "[remote \"origin\"]\n\turl = cc:demo\n");
        machine.git(&["config", "--global", "url.codecommit::eu-west-1://.insteadOf", "cc:"]).succeeds();
        assert_snapshot!("elsewhere", setup(&machine, &["--rewrite"]).succeeds().transcript());
    });
}

#[test]
fn a_remote_of_the_scheme_is_a_host_in_use_and_setup_says_what_else_could_be_done() {
    with_each_git(|machine, _| {
        repository(&machine, "[remote \"origin\"]\n\turl = codecommit://dev@demo\n");
        // What AWS's program leaves in every store that is configured.
        let time = (chrono::Utc::now() - TimeDelta::hours(2)).format("%Y%m%dT%H%M%SZ");
        let kept = format!("https://{KEY_ID}:{time}{}@{HOST}\n", "0".repeat(64));
        let config = format!("{IDENTITY}[credential]\n\thelper = store\n");
        let machine = machine.file("home/.git-credentials", &kept).file("home/.gitconfig", &config);
        let run = setup(&machine, &["--yes", "--evict"]).succeeds();
        let told = run.stdout.lines().filter(|line| !line.starts_with("  ")).collect::<Vec<_>>().join("\n");
        assert_snapshot!("setup_without_rewrite", told);
        assert_eq!(fs::read_to_string(machine.path("home/.git-credentials")).expect("the store"), "");
        let spelled_out =
            machine.git(&["config", "--global", "--get-all", &format!("credential.https://{HOST}.helper")]);
        assert_eq!(machine.by_name(&spelled_out.stdout), "\ncodecommit\n");
    });
}

#[test]
fn a_submodule_with_a_relative_url_follows_its_superproject() {
    with_each_git(|machine, aws| {
        aws.seed_repository(ACCOUNT, REGION, "part");
        machine.git(&["config", "--global", "protocol.codecommit.allow", "always"]).succeeds();
        let machine = machine.with_keys();
        machine.git(&["clone", "-q", &format!("codecommit::{REGION}://demo"), "work"]).succeeds();
        machine.git(&["-C", "work", "submodule", "--quiet", "add", "../part"]).succeeds();
        let run = setup(&machine, &["--rewrite", "--local"]).succeeds();
        let commands: Vec<&str> = run.stdout.lines().filter_map(|line| line.strip_prefix("  git ")).collect();
        assert_eq!(
            commands,
            [format!("credential-codecommit setup --url {}", url("part")), "submodule sync -- part".to_owned()]
        );
        let script = format!("cd work; git {}", commands.join("; git "));
        machine.run("/bin/sh".as_ref(), &["-euc", &script], b"").succeeds();
        let remote = machine.git(&["-C", "work/part", "remote", "get-url", "origin"]).succeeds().stdout;
        assert_eq!(remote.trim_end(), url("part"));
        machine.git(&["-C", "work/part", "fetch", "-q"]).succeeds();
    });
}

#[test]
fn the_commands_for_submodules_make_them_plain_https_too() {
    with_each_git(|machine, aws| {
        for name in ["part", "named"] {
            aws.seed_repository(ACCOUNT, REGION, name);
        }
        machine.git(&["config", "--global", "protocol.codecommit.allow", "always"]).succeeds();
        let address = |name: &str| format!("codecommit::{REGION}://dev@{name}");
        machine.git(&["clone", "-q", &address("demo"), "work"]).succeeds();
        let add = |arguments: &[&str]| {
            machine.git(&[&["-C", "work", "submodule", "--quiet", "add"], arguments].concat()).succeeds();
        };
        add(&[&address("part")]);
        add(&["--name", "another name", &address("named"), "libs/named"]);
        machine.git(&["-C", "work", "commit", "-qm", "parts"]).succeeds();
        machine.git(&["-C", "work", "push", "-q"]).succeeds();

        let run = setup(&machine, &["--rewrite"]).succeeds();
        assert_snapshot!("submodules", without_http_settings(&run.transcript()));
        let commands: Vec<&str> = run.stdout.lines().filter_map(|line| line.strip_prefix("  git ")).collect();
        let script = format!("cd work; git {}", commands.join("; git "));
        machine.run("/bin/sh".as_ref(), &["-euc", &script], b"").succeeds();

        machine.git(&["config", "--global", "--unset", "protocol.codecommit.allow"]).succeeds();
        fs::remove_file(machine.bin().join("git-remote-codecommit")).expect("the link");
        machine.git(&["-C", "work", "submodule", "--quiet", "foreach", "git fetch -q"]).succeeds();
        assert!(!fs::read_to_string(machine.path("home/work/.gitmodules")).expect("a file").contains("codecommit::"));
        machine.git(&["-C", "work", "commit", "-qam", "https"]).succeeds();
        machine.git(&["-C", "work", "push", "-q"]).succeeds();
        machine
            .git(&["config", "--global", &format!("credential.{}.helper", url("demo")), "codecommit --profile dev"])
            .succeeds();
        machine.git(&["config", "--global", &format!("credential.{}.useHttpPath", url("demo")), "true"]).succeeds();
        machine.git(&["clone", "-q", "--recurse-submodules", &url("demo"), "fresh"]).succeeds();
        // Once they are served, there is nothing left to say.
        let again = setup(&machine, &["--rewrite"]).succeeds().stdout;
        assert!(again.ends_with("nothing to rewrite\n"), "{again}");
    });
}
