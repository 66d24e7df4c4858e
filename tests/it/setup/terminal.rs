//! `setup` at a terminal: what it shows before it asks, and what each answer does.

use super::{BEFORE, Setup as _, with_each_git};
use crate::common::terminal::dialogue;
use crate::common::{HOST, Machine, REGION, skipped, url};
use insta::assert_snapshot;
use std::fs;
use std::path::Path;

const SCRIPT: &str = "/usr/bin/script";

/// What the screen shows of `git credential-codecommit setup` with these arguments, while somebody answers; `None` without
/// `script`.
fn asked(machine: &Machine, arguments: &str, answers: &[(&str, &str)]) -> Option<String> {
    if !Path::new(SCRIPT).exists() {
        skipped("script(1)");
        return None;
    }
    let line = format!("git credential-codecommit setup {arguments}");
    let screen = dialogue(machine.command(SCRIPT.as_ref()), &line, answers);
    Some(machine.by_name(&screen).replace(&machine.path("").display().to_string(), "[ROOT]/"))
}

const QUESTION: &str = "make these changes? [Y/n] ";

#[test]
fn the_question_shows_the_change_first_and_only_yes_makes_it() {
    for (answers, is_made) in [
        (vec![(QUESTION, "n\n")], false),
        (vec![(QUESTION, "NO\n")], false),
        (vec![(QUESTION, "\n")], true),
        (vec![(QUESTION, "Y\n")], true),
        // What is neither yes nor no is asked again, and the end of input is no.
        (vec![(QUESTION, "maybe\n"), ("enter y or n", ""), (QUESTION, "n\n")], false),
        (vec![(QUESTION, "yesterday\n"), (QUESTION, "yes\n")], true),
        (vec![(QUESTION, "\u{4}")], false),
        (vec![(QUESTION, "x\n"), (QUESTION, "\u{4}")], false),
        (vec![(QUESTION, "1\n"), (QUESTION, "2\n"), (QUESTION, "3\n"), (QUESTION, "4\n"), (QUESTION, "5\n")], false),
    ] {
        let machine = Machine::new().file("home/.gitconfig", BEFORE);
        let Some(screen) = asked(&machine, "--profile work", &answers) else { return };
        let (before, after) = screen.split_once(QUESTION).expect("the question");
        for shown in [
            "  - credential.helper = aws codecommit credential-helper --profile work\n",
            "  + credential.https://git-codecommit.*.amazonaws.com.helper = codecommit --profile work\n",
            "this replaces the AWS CLI's helper, `aws codecommit credential-helper --profile work`, in ~/.gitconfig\n",
            "git no longer asks `store` (~/.gitconfig) for CodeCommit\n",
        ] {
            assert!(before.contains(shown), "{shown}\n{screen}");
        }
        assert_eq!(machine.gitconfig() != BEFORE, is_made, "{answers:?}\n{screen}");
        assert_eq!(after.contains("nothing was changed"), !is_made, "{screen}");
        // Shown once.
        assert_eq!(screen.matches("  + credential.https://git-codecommit.*.amazonaws.com.useHttpPath").count(), 1);
    }
}

#[test]
fn what_a_person_sees_of_setup_at_a_terminal() {
    let machine = Machine::new().with_keys().file("home/.aws/config", &format!("[default]\nregion = {REGION}\n"));
    machine.git(&["config", "--global", "credential.helper", "store"]).succeeds();
    let Some(screen) = asked(&machine, "", &[(QUESTION, "y\n")]) else { return };
    assert_snapshot!("terminal", screen);
    let Some(screen) = asked(&machine, "--undo", &[]) else { return };
    assert_snapshot!("terminal_undone", screen);
}

#[test]
fn nothing_is_asked_where_nobody_signed_and_no_helper_was_asked() {
    let Some(screen) = asked(&Machine::new(), "", &[]) else { return };
    assert!(!screen.contains('?'), "{screen}");
    assert!(screen.contains("git now asks this helper for CodeCommit hosts"), "{screen}");
    assert!(
        screen.ends_with("next: git clone https://git-codecommit.REGION.amazonaws.com/v1/repos/REPOSITORY\n"),
        "{screen}"
    );
}

#[test]
fn a_profile_that_does_not_exist_is_refused_with_the_nearest() {
    let keys = |name: &str| format!("[{name}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n");
    with_each_git(|machine| {
        let machine = machine.file("home/.aws/credentials", &(keys("billing") + &keys("prod-1") + &keys("prod-2")));
        for (name, near) in [("biling", Some("billing")), ("Billing", Some("billing")), ("prod_1", Some("prod-1"))] {
            let run = machine.setup(&["--profile", name, "--region", REGION]);
            assert!(run.status == 1 && run.stderr.contains("(CC202)"), "{}", run.transcript());
            let near = near.unwrap_or_default();
            assert!(
                run.stderr
                    .contains(&format!("fix: git credential-codecommit setup --profile {near} --region {REGION}\n")),
                "{}",
                run.transcript()
            );
            assert!(!machine.home().join(".gitconfig").exists());
        }
        // One digit is all that tells two accounts apart.
        for name in ["prod-3", "somewhere"] {
            let run = machine.setup(&["--profile", name]);
            assert!(run.status == 1 && run.stderr.contains("billing, prod-1, prod-2"), "{}", run.transcript());
            assert!(!run.stderr.contains("--profile prod"), "{}", run.transcript());
        }
        machine.setup(&["--profile", "billing"]).succeeds();
        machine.setup(&["--profile", "prod-1", "--url", &url("demo")]).succeeds();
    });
    // The profile may be written later.
    let run = Machine::new().setup(&["--profile", "ci"]).succeeds();
    assert!(run.stdout.contains("warning: profile `ci` does not exist yet"), "{}", run.transcript());
}

#[test]
fn a_profile_that_setup_wrote_is_told_where_it_stands_and_taken_out_again_by_setup() {
    let keys = |name: &str| {
        format!(
            "[{name}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
        )
    };
    with_each_git(|machine| {
        let machine = machine.env("GIT_CODECOMMIT_VERIFY", "never").file("home/.aws/credentials", &keys("work"));
        machine.setup(&["--profile", "work", "--region", REGION]).succeeds();
        let machine = machine.file("home/.aws/credentials", &keys("default"));
        let input = format!("protocol=https\nhost={HOST}\npath=v1/repos/demo\n\n");
        let fill =
            |machine: &Machine| machine.run(&machine.bin().join("git"), &["credential", "fill"], input.as_bytes());
        let run = fill(&machine);
        assert!(run.status != 0 && run.stderr.contains("(CC202)"), "{}", run.transcript());
        assert!(
            run.stderr.contains("  git's credential.helper sets --profile, in ~/.gitconfig\n"),
            "{}",
            run.transcript()
        );
        machine.setup(&["--no-profile"]).succeeds();
        assert!(!machine.gitconfig().contains("work"), "{}", machine.gitconfig());
        fill(&machine).succeeds();
        machine.setup(&["--undo"]).succeeds();
        assert!(!machine.home().join(".gitconfig").exists());
    });
}

#[test]
fn other_options_of_the_helper_stay_when_its_profile_changes() {
    let machine = Machine::new().file(
        "home/.gitconfig",
        "[credential]\n\thelper = !aws --profile old codecommit --ca-bundle /etc/ca.pem credential-helper $@\n",
    );
    machine.setup(&["--yes", "--profile", "new"]).succeeds();
    assert_eq!(machine.asked(&url("demo")), ["codecommit --profile new --ca-bundle /etc/ca.pem"]);
    machine.setup(&["--no-profile"]).succeeds();
    assert_eq!(machine.asked(&url("demo")), ["codecommit --ca-bundle /etc/ca.pem"]);
}

#[test]
fn undo_says_which_other_file_setup_changed_and_how_to_undo_that() {
    with_each_git(|machine| {
        machine.git(&["init", "-q", "work"]).succeeds();
        machine.git(&["-C", "work", "remote", "add", "origin", &format!("codecommit::{REGION}://demo")]).succeeds();
        let inside = |arguments: &[&str]| {
            machine.git(&[&["-C", "work", "credential-codecommit", "setup"], arguments].concat()).succeeds()
        };
        inside(&[]);
        inside(&["--rewrite"]);
        let run = inside(&["--undo"]);
        let rest = "setup also changed .git/config; to undo that: git credential-codecommit setup --undo --local\n";
        assert!(run.stdout.ends_with(rest), "{}", run.transcript());
        assert!(inside(&["--undo"]).stdout.ends_with(rest));
        inside(&["--undo", "--local"]);
        let url = machine.git(&["-C", "work", "remote", "get-url", "origin"]).succeeds().stdout;
        assert_eq!(url, format!("codecommit::{REGION}://demo\n"));
        // The other way round.
        inside(&[]);
        inside(&["--local"]);
        let run = inside(&["--undo", "--local"]);
        let rest = "setup also changed ~/.gitconfig; to undo that: git credential-codecommit setup --undo --global\n";
        assert!(run.stdout.ends_with(rest), "{}", run.transcript());
        assert!(!inside(&["--undo", "--global"]).stdout.contains("also changed"));
        assert!(!machine.home().join(".gitconfig").exists());
    });
}

#[test]
fn an_undone_file_stays_if_it_was_there_or_if_something_was_added() {
    with_each_git(|machine| {
        let file = machine.home().join(".gitconfig");
        for before in ["", "# mine\n"] {
            fs::write(&file, before).expect("a file");
            machine.setup(&[]).succeeds();
            machine.setup(&["--undo"]).succeeds();
            assert_eq!(fs::read_to_string(&file).ok().as_deref(), Some(before));
        }
        fs::remove_file(&file).expect("the file");
        machine.setup(&[]).succeeds();
        machine.git(&["config", "--global", "user.name", "Alice"]).succeeds();
        machine.setup(&["--undo"]).succeeds();
        assert_eq!(fs::read_to_string(&file).ok().as_deref(), Some("[user]\n\tname = Alice\n"));
    });
}

#[test]
fn a_url_may_be_a_host_or_lack_its_scheme() {
    with_each_git(|machine| {
        machine.setup(&["--url", HOST]).succeeds();
        assert_eq!(machine.asked(&url("demo")), ["codecommit"]);
        machine.setup(&["--url", &format!("{HOST}/v1/repos/billing"), "--profile", "work"]).succeeds();
        assert_eq!(machine.asked(&url("billing")), ["codecommit --profile work"]);
    });
}

#[test]
fn regions_of_profiles_and_of_the_environment_and_families_in_use_are_configured() {
    with_each_git(|machine| {
        let config = "[profile a]\nregion = us-west-2\n[profile b]\nregion = cn-north-1\n\
             [profile c]\nregion = us-gov-west-1\nuse_fips_endpoint = true\n";
        let machine = machine.file("home/.aws/config", config).env("AWS_DEFAULT_REGION", "sa-east-1");
        machine.setup(&[]).succeeds();
        let sections = machine.gitconfig();
        for host in [
            "git-codecommit.us-west-2.amazonaws.com",
            "git-codecommit.*.amazonaws.com.cn",
            "git-codecommit.cn-north-1.amazonaws.com.cn",
            "git-codecommit-fips.*.amazonaws.com",
            "git-codecommit-fips.us-gov-west-1.amazonaws.com",
            "git-codecommit.sa-east-1.amazonaws.com",
        ] {
            assert!(sections.contains(&format!("[credential \"https://{host}\"]")), "{host}\n{sections}");
        }
        assert!(!sections.contains("vpce") && !sections.contains("codeconnections"), "{sections}");
        assert!(machine.setup(&[]).succeeds().stdout.contains("nothing to change"));
        // A clone's own configuration has its remotes' hosts only.
        machine.git(&["init", "-q", "work"]).succeeds();
        let vpce = "vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com";
        machine.git(&["-C", "work", "remote", "add", "origin", &format!("https://{vpce}/v1/repos/demo")]).succeeds();
        machine.git(&["-C", "work", "credential-codecommit", "setup", "--local"]).succeeds();
        let local = fs::read_to_string(machine.path("home/work/.git/config")).expect("a configuration");
        assert!(
            local.contains(&format!("\"https://{vpce}\""))
                && local.contains("\"https://*.git-codecommit.*.vpce.amazonaws.com\"")
        );
        assert!(!local.contains("us-west-2"), "{local}");
    });
}

/// The AWS CLI's helper in `[credential]` signs for every host, so each family gets a section when it is replaced.
#[test]
fn no_host_loses_its_signer_when_a_general_helper_is_replaced() {
    with_each_git(|machine| {
        let machine = machine.file("home/.gitconfig", BEFORE);
        for arguments in [&["--yes"][..], &["--yes", "--profile", "other"]] {
            machine.setup(arguments).succeeds();
            let profile = arguments.last().filter(|word| **word == "other").unwrap_or(&"work");
            for host in [
                "git-codecommit-fips.us-east-1.amazonaws.com",
                "git-codecommit.cn-north-1.amazonaws.com.cn",
                "vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com",
            ] {
                let asked = machine.asked(&format!("https://{host}/v1/repos/demo"));
                assert_eq!(asked, [format!("codecommit --profile {profile}")], "{host}");
            }
            machine.setup(&["--undo"]).succeeds();
        }
    });
}

#[test]
fn the_credentials_of_a_wrapper_can_be_kept_as_setup_says() {
    for (wrapper, offered) in [
        (
            "!AWS_PROFILE=work aws codecommit credential-helper $@",
            "to keep them: git credential-codecommit setup --profile work",
        ),
        (
            "!aws-vault exec work -- aws codecommit credential-helper $@",
            "  credential_process = aws-vault export --format=json work",
        ),
    ] {
        let machine = Machine::new();
        machine.git(&["config", "--global", "credential.helper", wrapper]).succeeds();
        let before = machine.gitconfig();
        let Some(screen) = asked(&machine, "", &[("make these changes? [y/N] ", "\n")]) else { return };
        assert!(screen.contains(offered), "{screen}");
        assert_eq!(machine.gitconfig(), before, "{screen}");
    }
}
