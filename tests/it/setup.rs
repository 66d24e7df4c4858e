//! `git credential-codecommit setup`, run by every git: what becomes of a configuration, and what comes back.

mod elsewhere;
mod git_credentials;
mod hung;
mod interrupted;
mod places;
mod program;
mod signers;
mod terminal;

use crate::common::{BINARY, HOST, KEY_ID, Machine, REGION, Run, aws_with_demo, gits, url};
use git_credential_codecommit::git::{effective_helpers, entries};
use insta::assert_snapshot;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

/// As the AWS CLI's documentation has it, among what people have besides.
const BEFORE: &str = "\
[user]
\tname = Alice
\temail = alice@example.com
# my helpers
[credential]
\thelper = store
\thelper = !aws --profile work codecommit credential-helper $@
\tUseHttpPath = true
[credential \"https://github.com\"]
\thelper =
\thelper = !gh auth git-credential
[alias]
\tst = status
";

/// git keeps the heading of a section with a comment, so that the profile needs another section.
fn behind_a_comment() -> String {
    format!(
        "[credential \"https://{HOST}\"]\n\t# mine\n\thelper = !aws --profile p1 codecommit credential-helper $@\n\
         \tuseHttpPath = true\n[credential]\n\thelper = osxkeychain\n"
    )
}

/// Runs `test` with every git, and says which one when it fails.
fn with_each_git(test: impl Fn(Machine)) {
    crate::common::with_each_git(|git| test(Machine::new().with_git(git)));
}

/// A name for what the git of this machine knows, to tell snapshots apart.
fn known(machine: &Machine) -> &'static str {
    let version = machine.git(&["--version"]).succeeds().stdout;
    let mut numbers = version.split([' ', '.']).filter_map(|word| word.parse::<u32>().ok());
    match (numbers.next().expect("a version"), numbers.next().expect("a version")) {
        version if version >= (2, 54) => "retries",
        version if version >= (2, 46) => "proactive",
        _ => "plain",
    }
}

trait Setup {
    fn setup(&self, arguments: &[&str]) -> Run;
    fn gitconfig(&self) -> String;
    /// The helpers that git would ask.
    fn asked(&self, url: &str) -> Vec<String>;
}

impl Setup for Machine {
    fn setup(&self, arguments: &[&str]) -> Run {
        self.git(&[&["credential-codecommit", "setup"], arguments].concat())
    }

    fn gitconfig(&self) -> String {
        self.by_name(&fs::read_to_string(self.home().join(".gitconfig")).unwrap_or_default())
    }

    fn asked(&self, url: &str) -> Vec<String> {
        let list = self.git(&["config", "--null", "--list"]).succeeds().stdout;
        effective_helpers(entries(&self.by_name(&list)), url)
    }
}

#[test]
fn an_empty_configuration_becomes_right_and_empty_again() {
    with_each_git(|machine| {
        let run = machine.setup(&[]).succeeds();
        let known = known(&machine);
        assert_snapshot!(
            format!("empty__{known}"),
            format!("{}--- ~/.gitconfig\n{}", run.transcript(), machine.gitconfig())
        );
        assert_eq!(machine.asked(&url("demo")), ["codecommit"]);
        let others = [
            "git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/demo",
            "git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/demo",
            "vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com/v1/repos/demo",
            "codeconnections.eu-west-1.amazonaws.com/git-http/x",
        ];
        for url in others {
            assert!(machine.asked(&format!("https://{url}")).is_empty(), "{url}");
        }
        let first = machine.gitconfig();
        assert_snapshot!("second_run", machine.setup(&[]).succeeds().transcript());
        assert_eq!(machine.gitconfig(), first);
        assert_snapshot!(format!("undone__{known}"), machine.setup(&["--undo"]).succeeds().transcript());
        assert!(!machine.home().join(".gitconfig").exists(), "there was none");
        assert_snapshot!("undone_twice", machine.setup(&["--undo"]).succeeds().transcript());
        machine.setup(&["--all-hosts"]).succeeds();
        for url in others {
            assert_eq!(machine.asked(&format!("https://{url}")), ["codecommit"], "{url}");
        }
    });
}

#[test]
fn a_git_with_a_loop_on_429_is_kept_from_it() {
    let machine = Machine::new();
    let git = machine.bin().join("git").canonicalize().expect("the real git");
    fs::remove_file(machine.bin().join("git")).expect("the link");
    machine.program(
        "git",
        &format!("[ \"$1\" = --version ] && echo 'git version 2.55.0' && exit\nexec {} \"$@\"", git.display()),
    );
    let run = machine.helper(&["setup", "--url", &url("demo")], "").succeeds();
    assert_snapshot!("retries", format!("{}--- ~/.gitconfig\n{}", run.transcript(), machine.gitconfig()));
}

#[test]
fn the_aws_clis_helper_is_replaced_other_hosts_keep_theirs_and_undo_gives_the_file_back() {
    with_each_git(|machine| {
        let machine = machine.file("home/.gitconfig", BEFORE);
        let github = machine.asked("https://github.com/a/b");
        let run = machine.setup(&["--yes"]).succeeds();
        let known = known(&machine);
        assert_snapshot!(
            format!("aws_cli__{known}"),
            format!("{}--- ~/.gitconfig\n{}", run.transcript(), machine.gitconfig())
        );
        assert_eq!(machine.asked(&url("demo")), ["codecommit --profile work"]);
        assert_eq!(machine.asked("https://github.com/a/b"), github);
        assert_eq!(machine.asked("https://gitlab.com/a/b"), ["store"]);
        let first = machine.gitconfig();
        let second = machine.setup(&[]).succeeds();
        assert!(second.stdout.contains("nothing to change"), "{}", second.transcript());
        assert_eq!(machine.gitconfig(), first);
        machine.setup(&["--undo"]).succeeds();
        // git puts a value back behind the others of its section.
        let (helper, path) =
            ("\thelper = !aws --profile work codecommit credential-helper $@\n", "\tUseHttpPath = true\n");
        let same = machine.gitconfig().replace(path, "").replace(helper, &format!("{helper}{path}"));
        assert_eq!(same, BEFORE);
    });
}

#[test]
fn undo_gives_an_unrelated_configuration_back_byte_for_byte() {
    let before = BEFORE.replace("\thelper = !aws --profile work codecommit credential-helper $@\n", "");
    with_each_git(|machine| {
        let machine = machine.file("home/.gitconfig", &before);
        machine.setup(&["--yes", "--region", REGION, "--connections", "--profile", "my profile"]).succeeds();
        assert_eq!(machine.asked(&url("demo")), ["codecommit --profile 'my profile'"]);
        // Another profile, and back: what was there first counts.
        machine.setup(&["--region", REGION, "--connections", "--profile", "other"]).succeeds();
        assert_eq!(machine.asked(&url("demo")), ["codecommit --profile other"]);
        machine.setup(&["--undo"]).succeeds();
        assert_eq!(machine.gitconfig(), before);
    });
}

#[test]
fn undo_leaves_alone_what_was_changed_since() {
    let machine = Machine::new();
    machine.setup(&["--url", &format!("https://{HOST}")]).succeeds();
    let key = format!("credential.https://{HOST}.helper");
    machine.git(&["config", "--global", "--add", &key, "store"]).succeeds();
    let run = machine.setup(&["--undo"]).succeeds();
    assert_snapshot!(
        "undo_leaves_alone",
        format!("{}--- ~/.gitconfig\n{}", run.stdout.lines().last().unwrap_or_default(), machine.gitconfig())
    );
}

#[test]
fn the_configuration_by_hand_is_completed_and_a_section_that_another_one_had_cleared_stays_without_effect() {
    with_each_git(|machine| {
        let billing = url("billing");
        let before = format!(
            "[credential \"{billing}\"]\n\thelper = !aws --profile work codecommit credential-helper $@\n\
             [credential \"https://git-codecommit.*.amazonaws.com\"]\n\thelper =\n\thelper = codecommit\n\tuseHttpPath = true\n\
             [credential]\n\thelper = store\n"
        );
        let machine = machine.file("home/.gitconfig", &before);
        // The empty value of the second section has cleared it: git asks for `default` so far.
        assert_eq!(machine.asked(&billing)[0], "codecommit");
        machine.setup(&["--yes", "--region", REGION]).succeeds();
        assert_eq!(machine.asked(&billing)[0], "codecommit");
        assert!(machine.asked(&url("demo")).iter().all(|helper| helper == "codecommit"), "{}", machine.gitconfig());
        assert_eq!(machine.asked("https://github.com/a/b"), ["store"]);
        let after = machine.gitconfig();
        machine.setup(&["--region", REGION]).succeeds();
        assert_eq!(machine.gitconfig(), after);
    });
}

#[test]
fn a_comment_that_holds_a_section_in_its_place_does_not_leave_its_profile_overruled() {
    let before = behind_a_comment();
    with_each_git(|machine| {
        let machine = machine.file("home/.gitconfig", &before);
        machine.setup(&["--yes"]).succeeds();
        assert_eq!(machine.asked(&url("demo")), ["codecommit --profile p1"], "{}", machine.gitconfig());
        assert!(machine.gitconfig().contains("\t# mine\n"));
        assert!(machine.setup(&[]).succeeds().stdout.contains("nothing to change"));
        machine.setup(&["--undo"]).succeeds();
        let mut lines: Vec<String> = machine.gitconfig().lines().map(str::to_owned).collect();
        let mut expected: Vec<String> = before.lines().map(str::to_owned).collect();
        lines.sort();
        expected.sort();
        assert_eq!(lines, expected);
    });
}

#[test]
fn a_clone_works_afterwards_and_a_dead_signature_that_stood_first_is_evicted_beside_what_stays() {
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        let dead = |key: &str, path: &str| format!("https://{key}:20200101T000000Z{}@{HOST}{path}\n", "0".repeat(64));
        let iam = format!("https://alice-at-111122223333:generated%2fpassword=@{HOST}\n");
        let stale = dead(KEY_ID, "")
            + &dead("ASIAIOSFODNN7EXAMPLE%25token", "/v1%2frepos%2fdemo")
            + &dead(KEY_ID, "/v1%2frepos%2fdemo");
        let other = "https://alice:secret@github.com\n";
        let machine = Machine::before(&aws)
            .with_git(git)
            .with_keys()
            .file("home/.git-credentials", &format!("{stale}{iam}{other}"))
            .file("home/.gitconfig", "[credential]\n\thelper = store\n\tuseHttpPath = true\n");
        let run = machine.git(&["clone", "-q", &url("demo"), "before"]);
        assert!(run.status != 0 && run.stderr.contains("403"), "{}", run.transcript());
        let run = machine.setup(&["--region", REGION, "--evict", "--dry-run"]).succeeds();
        assert!(
            run.stdout.contains("`store` (~/.gitconfig): would be searched for signed passwords for"),
            "{}",
            run.stdout
        );
        machine.setup(&["--yes"]).succeeds();
        let before = aws.requests().len();
        machine.git(&["clone", "-q", &url("demo"), "after"]).succeeds();
        let asked_first = aws.requests()[before..].iter().all(|request| request.status == 200);
        assert_eq!(asked_first, known(&machine) != "plain", "proactiveAuth saves the request that ends in 401");
        if asked_first {
            // curl would send the name with an empty password first.
            machine.git(&["clone", "-q", &url("demo").replace("://", "://bob@"), "by-name"]).succeeds();
            assert!(aws.requests()[before..].iter().all(|request| request.status == 200));
        }
        let kept = || fs::read_to_string(machine.home().join(".git-credentials")).expect("the store");
        assert_eq!(kept(), format!("{stale}{iam}{other}"), "cleared away, and nothing more");

        // In the clone, the remote says where to look.
        let inside = machine.git(&["-C", "after", "credential-codecommit", "setup", "--evict"]).succeeds();
        assert_snapshot!(
            "evicted",
            inside.stdout.lines().filter(|line| line.contains("`store`")).collect::<Vec<_>>().join("\n")
        );
        assert_eq!(kept(), format!("{iam}{other}"));
        let again = machine.git(&["-C", "after", "credential-codecommit", "setup", "--evict"]).succeeds();
        assert!(
            again.stdout.contains("`store` (~/.gitconfig): no signed CodeCommit password found"),
            "{}",
            again.stdout
        );
        machine.git(&["-C", "after", "fetch", "-q"]).succeeds();
    });
}

/// A helper answers with the first entry that it has, and an IAM Git credential is shown by AWS only once.
#[test]
fn signatures_behind_an_iam_git_credential_are_evicted_and_the_credential_stays() {
    with_each_git(|machine| {
        let dead = |user: &str, path: &str| format!("https://{user}:20200101T000000Z{}@{HOST}{path}\n", "0".repeat(64));
        let iam = format!("https://alice-at-111122223333:generated%2fpassword=@{HOST}\n");
        let configured = dead("AKIAI44QH8DHBEXAMPLE", "");
        let in_environment = dead(KEY_ID, "/v1%2frepos%2fdemo");
        let temporary = dead("ASIAIOSFODNN7EXAMPLE%25token", "");
        for file in ["home/.git-credentials", "home/.config/git/credentials", "home/kept"] {
            let helper = if file == "home/kept" { "store --file ~/kept" } else { "store" };
            let machine = Machine::new()
                .with_git(&machine.bin().join("git").canonicalize().expect("a git"))
                .with_keys()
                .file("home/.aws/credentials", "[old]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\n")
                .file(file, &[&iam[..], &configured, &in_environment, &temporary].concat())
                .file("home/.gitconfig", &format!("[credential]\n\thelper = {helper}\n"));
            let run = machine.setup(&["--yes", "--region", REGION, "--evict"]).succeeds();
            assert_eq!(fs::read_to_string(machine.path(file)).expect("the store"), iam, "{}", run.stdout);
            assert_eq!(run.stdout.matches("erased a signed password of").count(), 3, "{}", run.stdout);
            assert!(run.stdout.contains("kept another password for"), "{}", run.stdout);
        }
    });
}

/// `git config --local credential.helper …` comes with an archive of a repository.
#[test]
fn a_dry_run_starts_no_helper_and_no_run_starts_what_a_repository_names() {
    with_each_git(|machine| {
        let script = "touch \"$HOME/started-$(basename \"$0\")\"; exit 1";
        machine.program("git-credential-mine", script);
        machine.program("theirs", script);
        let machine = machine.file("home/.gitconfig", "[credential]\n\thelper = mine\n");
        machine.git(&["init", "-q", "clone"]).succeeds();
        machine.git(&["-C", "clone", "remote", "add", "origin", &url("demo")]).succeeds();
        let theirs = machine.bin().join("theirs").display().to_string();
        for helper in [&format!("!{theirs}"), &theirs, "theirs", "mine --as theirs"] {
            machine.git(&["-C", "clone", "config", "--add", "credential.helper", helper]).succeeds();
        }
        machine.git(&["-C", "clone", "config", "alias.credential-theirs", &format!("!{theirs}")]).succeeds();
        let started = |name: &str| machine.home().join(format!("started-{name}")).exists();
        let setup = |arguments: &[&str]| {
            machine.git(&[&["-C", "clone", "credential-codecommit", "setup"], arguments].concat()).succeeds()
        };
        let run = setup(&["--evict", "--dry-run"]);
        assert!(!started("git-credential-mine") && !started("theirs"), "{}", run.stdout);
        assert!(run.stdout.contains("`mine` (~/.gitconfig): would be searched"), "{}", run.stdout);
        let run = setup(&["--yes", "--evict"]);
        assert!(started("git-credential-mine") && !started("theirs"), "{}", run.stdout);
        assert!(run.stdout.contains("\nskipped: `"), "{}", run.stdout);
    });
}

#[test]
fn a_configuration_behind_a_link_stays_there_with_its_mode() {
    use std::os::unix::fs::MetadataExt as _;
    with_each_git(|machine| {
        let machine = machine.file("dotfiles/gitconfig", BEFORE);
        let file = machine.path("dotfiles/gitconfig");
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)).expect("permissions");
        symlink(&file, machine.home().join(".gitconfig")).expect("a link");
        machine.setup(&["--yes"]).succeeds();
        assert!(machine.home().join(".gitconfig").is_symlink());
        assert_eq!(fs::metadata(&file).expect("metadata").mode() & 0o777, 0o640);
        let text = || machine.by_name(&fs::read_to_string(&file).expect("the file"));
        assert!(text().contains("helper = codecommit"));
        assert_eq!(
            fs::read_dir(machine.path("dotfiles")).expect("a directory").count(),
            1,
            "nothing is left beside it"
        );
        machine.setup(&["--undo"]).succeeds();
        let after = text();
        assert!(!after.contains("helper = codecommit") && after.lines().count() == BEFORE.lines().count(), "{after}");
    });
}

#[test]
fn the_host_of_a_remote_is_spelled_out_for_programs_that_know_no_patterns() {
    with_each_git(|machine| {
        machine.git(&["init", "-q", "work"]).succeeds();
        machine.git(&["-C", "work", "remote", "add", "origin", &url("demo")]).succeeds();
        machine.git(&["-C", "work", "remote", "add", "fork", "https://github.com/a/b"]).succeeds();
        machine.git(&["-C", "work", "credential-codecommit", "setup"]).succeeds();
        let values = machine.git(&["config", "--global", "--get-all", &format!("credential.https://{HOST}.helper")]);
        assert_eq!(machine.by_name(&values.stdout), "\ncodecommit\n");
        assert!(!machine.gitconfig().contains("github"), "{}", machine.gitconfig());
    });
}

#[test]
fn one_repository_one_file_and_the_repository_here() {
    with_each_git(|machine| {
        machine.setup(&["--url", &format!("{}/", url("demo")), "--profile", "work"]).succeeds();
        assert_eq!(machine.asked(&url("demo")), ["codecommit --profile work"]);
        assert!(machine.asked(&url("other")).is_empty());

        machine.setup(&["--file", "shared.config"]).succeeds();
        let shared = machine.home().join("shared.config");
        assert!(machine.by_name(&fs::read_to_string(&shared).expect("the file")).contains("helper = codecommit"));
        machine.setup(&["--file", "shared.config", "--undo"]).succeeds();
        assert!(!shared.exists(), "there was none");

        machine.git(&["init", "-q", "work"]).succeeds();
        let config = machine.path("home/work/.git/config");
        let before = fs::read_to_string(&config).expect("a configuration");
        machine.git(&["-C", "work", "credential-codecommit", "setup", "--local"]).succeeds();
        let local = fs::read_to_string(&config).expect("a configuration");
        assert!(machine.by_name(&local).contains("helper = codecommit"));
        machine.git(&["-C", "work", "credential-codecommit", "setup", "--local", "--undo"]).succeeds();
        assert_eq!(fs::read_to_string(&config).expect("a configuration"), before);
    });
}

#[test]
fn the_system_configuration_is_set_up_where_there_is_none_yet() {
    with_each_git(|machine| {
        let path = machine.path("gitconfig").display().to_string();
        let machine = machine.without("GIT_CONFIG_NOSYSTEM").env("GIT_CONFIG_SYSTEM", &path);
        machine.setup(&["--system"]).succeeds();
        assert_eq!(machine.asked(&url("demo")), ["codecommit"]);
        assert_eq!(machine.gitconfig(), "");
    });
}

#[test]
fn a_helper_in_a_file_that_is_read_later_is_told_of() {
    let machine = Machine::new();
    machine.git(&["init", "-q", "work"]).succeeds();
    machine.git(&["-C", "work", "config", "credential.helper", "store"]).succeeds();
    let run = machine.git(&["-C", "work", "credential-codecommit", "setup"]).succeeds();
    assert!(
        run.stdout.contains(
            "warning: git still stores passwords in a helper that is configured later: `store` (.git/config)"
        ),
        "{}",
        run.stdout
    );
}

#[test]
fn a_dry_run_prints_and_changes_nothing() {
    with_each_git(|machine| {
        let machine = machine.file("home/.gitconfig", BEFORE);
        let dry = machine.setup(&["--dry-run"]).succeeds().stdout;
        assert!(dry.ends_with("dry run: nothing was changed\n"), "{dry}");
        assert_eq!(machine.gitconfig(), BEFORE);
        let real = machine.setup(&["--yes"]).succeeds().stdout;
        let edits =
            |text: &str| text.lines().filter(|line| line.starts_with("  ")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(edits(&dry), edits(&real));
        let after = machine.gitconfig();
        assert!(machine.setup(&["--undo", "--dry-run"]).succeeds().stdout.contains("dry run"));
        assert_eq!(machine.gitconfig(), after);
    });
}

#[test]
fn without_a_terminal_a_question_is_a_failure_that_names_the_answer() {
    with_each_git(|machine| {
        let machine = machine.file("home/.gitconfig", BEFORE);
        assert_snapshot!("answer_needed", machine.setup(&["--region", REGION]).transcript());
        assert_eq!(machine.gitconfig(), BEFORE);
    });
}

#[test]
fn a_configuration_that_cannot_be_written_or_read_is_told_with_gits_own_words() {
    with_each_git(|machine| {
        let machine = machine.file("home/.gitconfig", "").file("home/.gitconfig.lock", "");
        assert_snapshot!("locked", machine.setup(&[]).transcript());
        let machine = machine.file("home/.gitconfig", "[credential\n");
        assert_snapshot!("not_read", machine.helper(&["setup"], "").transcript());
    });
    assert_snapshot!(
        "not_codecommit",
        Machine::new().setup(&["--url", "https://github.com/acme/billing"]).transcript()
    );
    assert_snapshot!("no_region", Machine::new().setup(&["--region", "euwest1"]).transcript());
    assert_snapshot!("no_git", Machine::new().env("PATH", "/nowhere").helper(&["setup"], "").transcript());
    assert_eq!(Machine::new().setup(&["--global", "--local"]).status, 2);
}

#[test]
fn a_closed_standard_output_does_not_stop_it_half_way() {
    let machine = Machine::new();
    let mut child = machine.command(BINARY.as_ref());
    let mut child = child.arg("setup").stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a start");
    drop(child.stdout.take());
    assert!(child.wait().expect("an end").success());
    assert_eq!(machine.asked(&url("demo")), ["codecommit"]);
}
