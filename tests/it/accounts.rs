//! Several accounts, by the commands of docs/configuration.md and the README: which one CodeCommit saw, and whether the
//! trace and the doctor say which one won and who chose it.
//!
//! Both accounts have a repository `billing` under the same URL, so that a wrong choice succeeds and shows only here.

use crate::common::documents::{blocks, section};
use crate::common::{HOST, Machine, REGION, served, url};
use stand_in::{AccessKey, Role, StandIn};
use std::path::Path;

const PAGE: &str = "docs/configuration.md";
const HOME: &str = "arn:aws:iam::111122223333:user/alice";
const WORK: &str = "arn:aws:iam::444455556666:user/bob";
const HOME_KEY: &str = "AKIAHOMEEXAMPLE00000";
const WORK_KEY: &str = "AKIAWORKEXAMPLE00000";
const PROFILES: &str = "[default]\naws_access_key_id = AKIAHOMEEXAMPLE00000\naws_secret_access_key = home\n\
                        [profile work]\naws_access_key_id = AKIAWORKEXAMPLE00000\naws_secret_access_key = work\n";

/// With every git: two accounts, each with the same repositories, and a profile for each.
fn with_each_git(test: impl Fn(&StandIn, Machine)) {
    crate::common::with_each_git(|git| {
        let aws = StandIn::start();
        aws.add_key(AccessKey::long_term(HOME_KEY, "home", HOME));
        aws.add_key(AccessKey::long_term(WORK_KEY, "work", WORK));
        for name in ["billing", "invoices"] {
            aws.seed_repository("111122223333", REGION, name);
            aws.seed_repository("444455556666", REGION, name);
        }
        test(&aws, set_up(&aws, git).file("home/.aws/config", PROFILES));
    });
}

/// A machine after `setup`.
fn set_up(aws: &StandIn, git: &Path) -> Machine {
    Machine::before(aws).with_git(git).configured().pasted("git credential-codecommit setup")
}

fn commands(heading: &str) -> Vec<String> {
    blocks(PAGE, heading, "sh")
}

/// Whom CodeCommit lets in while git is run in the home directory.
fn who(aws: &StandIn, machine: &Machine, git: &[&str]) -> Vec<String> {
    aws.forget();
    machine.git(git).succeeds();
    served(aws)
}

fn with_keys_of_home(machine: Machine) -> Machine {
    machine.env("AWS_ACCESS_KEY_ID", HOME_KEY).env("AWS_SECRET_ACCESS_KEY", "home")
}

#[test]
fn two_commands_are_enough_for_two_accounts() {
    let command = &blocks("README.md", "## Several accounts", "sh")[0];
    assert_eq!(*command, commands("## Use several accounts")[0], "README and page say the same");
    let keys = |id: &str, secret: &str| format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    let profiles = format!("[profile home]\n{}[profile work]\n{}", keys(HOME_KEY, "home"), keys(WORK_KEY, "work"));
    with_each_git(|aws, machine| {
        let machine = machine.file("home/.aws/config", &profiles).pasted(command).pasted(command);
        assert_eq!(who(aws, &machine, &["ls-remote", &url("billing")]), [WORK]);
        assert_eq!(who(aws, &machine, &["ls-remote", &url("invoices")]), [HOME]);
    });
}

#[test]
fn a_variable_chooses_for_what_a_shell_starts() {
    let command = &commands("### For what a shell starts")[0];
    with_each_git(|aws, machine| {
        assert_eq!(who(aws, &machine, &["clone", "-q", &url("billing")]), [HOME], "nobody chose");
        aws.forget();
        let machine = machine.pasted(&format!("cd billing\n{command}"));
        assert_eq!(served(aws), [WORK]);
        aws.forget();
        with_keys_of_home(machine).pasted(&format!("cd billing\n{command}"));
        assert_eq!(served(aws), [HOME], "keys in the environment win");
    });
}

#[test]
fn a_profile_of_the_helper_or_a_user_name_chooses_for_a_url() {
    let commands = commands("### For a host or a repository");
    with_each_git(|aws, machine| {
        let machine = commands.iter().chain(&commands).fold(machine, |machine, block| machine.pasted(block));
        let machine = with_keys_of_home(machine);
        assert_eq!(who(aws, &machine, &["clone", "-q", &url("billing")]), [WORK], "the helper's profile");
        machine.git(&["-C", "billing", "commit", "-q", "--allow-empty", "-m", "x"]).succeeds();
        assert_eq!(who(aws, &machine, &["-C", "billing", "push", "-q"]), [WORK]);
        assert_eq!(who(aws, &machine, &["clone", "-q", &url("invoices")]), [WORK], "the user name");
        let machine = machine.env("AWS_PROFILE", "default");
        assert_eq!(who(aws, &machine, &["-C", "invoices", "fetch", "-q"]), [WORK], "before every variable");
    });
}

#[test]
fn setup_writes_for_a_url_what_the_page_does_by_hand() {
    let by_hand = &commands("### For a host or a repository")[0];
    assert!(section(PAGE, "### For a host or a repository").contains("setup --profile work --url URL"));
    with_each_git(|aws, machine| {
        let values = |machine: &Machine| {
            let key = format!("credential.{}.helper", url("billing"));
            machine.by_name(&machine.git(&["config", "--global", "--get-all", &key]).stdout)
        };
        let setup = ["credential-codecommit", "setup", "--profile", "work", "--url", &url("billing")];
        machine.git(&setup).succeeds();
        let written = values(&machine);
        machine.git(&["credential-codecommit", "setup", "--undo"]).succeeds();
        let machine = machine.pasted(by_hand);
        assert_eq!(values(&machine), written);
        machine.git(&setup).succeeds();
        assert_eq!(values(&machine), written, "there is nothing left to do for the helper");
        assert_eq!(who(aws, &machine, &["ls-remote", &url("billing")]), [WORK]);
    });
}

#[test]
fn a_directory_chooses_for_the_clones_below_it() {
    let block = &commands("### For all clones below a directory")[0];
    with_each_git(|aws, machine| {
        let machine = with_keys_of_home(machine.pasted(block).pasted(block));
        assert_eq!(who(aws, &machine, &["clone", "-q", &url("billing"), "work/billing"]), [WORK], "while cloning");
        assert_eq!(who(aws, &machine, &["-C", "work/billing", "fetch", "-q"]), [WORK]);
        assert_eq!(who(aws, &machine, &["clone", "-q", &url("billing"), "billing"]), [HOME], "elsewhere");
    });
}

#[test]
fn a_clone_keeps_the_profile_it_was_made_with() {
    let block = &commands("### For one clone")[0];
    with_each_git(|aws, machine| {
        assert_eq!(who(aws, &machine, &["clone", "-q", &url("billing")]), [HOME]);
        aws.forget();
        let machine = machine.pasted(block);
        assert_eq!(served(aws), [WORK]);
        assert_eq!(who(aws, &machine, &["-C", "billing-of-work", "fetch", "-q"]), [WORK]);
        assert_eq!(who(aws, &machine, &["-C", "billing", "fetch", "-q"]), [HOME]);
        // The other form of the same, without git's configuration.
        let other = format!("codecommit::{REGION}://work@billing");
        assert!(section(PAGE, "### For one clone").contains(&other));
        std::os::unix::fs::symlink(
            env!("CARGO_BIN_EXE_git-remote-codecommit"),
            machine.bin().join("git-remote-codecommit"),
        )
        .expect("a link");
        assert_eq!(who(aws, &machine, &["ls-remote", &other]), [WORK]);
    });
}

#[test]
fn a_role_in_another_account_is_a_profile_like_any_other() {
    let profile = &blocks(PAGE, "### A role in another account", "ini")[0];
    let policies: Vec<serde_json::Value> = blocks(PAGE, "### A role in another account", "json")
        .iter()
        .map(|policy| serde_json::from_str(policy).expect("JSON"))
        .collect();
    let role = policies[2]["Statement"][0]["Resource"].as_str().expect("the role");
    let trusted = policies[0]["Statement"][0]["Principal"]["AWS"].as_str().expect("whom it trusts");
    let keys = PROFILES.split("[profile work]").next().expect("the keys at home");
    with_each_git(|aws, machine| {
        let machine = machine.file("home/.aws/config", &format!("{keys}{profile}"));
        let machine = machine.pasted(&commands("### For a host or a repository")[0]);
        let refused = machine.git(&["ls-remote", &url("billing")]);
        assert!(refused.stderr.contains("(CC212)"), "nobody is trusted yet: {}", refused.transcript());
        aws.add_role(Role::new(role).trusting(trusted));
        aws.forget();
        machine.git(&["clone", "-q", &url("billing")]).succeeds();
        let served = served(aws);
        let session = "arn:aws:sts::444455556666:assumed-role/Developer/";
        assert!(!served.is_empty() && served.iter().all(|principal| principal.starts_with(session)), "{served:?}");
    });
}

/// Who can choose, in the order in which they win.
#[derive(Clone, Copy, PartialEq)]
enum Chooser {
    Flag,
    UserName,
    Keys,
    Profile,
    DefaultProfile,
    Nobody,
}

impl Chooser {
    /// A machine on which this one chooses the account at work, and everybody else the one at home.
    fn on(self, machine: Machine) -> Machine {
        let keys = |id: &str, secret: &str| format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
        let (home, work) = (keys(HOME_KEY, "home"), keys(WORK_KEY, "work"));
        let default = if self == Self::Nobody { &work } else { &home };
        let machine = machine
            .file("home/.aws/config", &format!("[default]\n{default}[profile home]\n{home}[profile work]\n{work}"));
        let name = |chooser: Self| if self == chooser { "work" } else { "home" };
        let key = |setting: &str| format!("credential.https://{HOST}.{setting}");
        let set = |machine: Machine, chooser: Self| match chooser {
            Self::Flag => {
                machine.git(&["config", "--global", &key("helper"), ""]).succeeds();
                let helper = format!("codecommit --profile {}", name(chooser));
                machine.git(&["config", "--global", "--add", &key("helper"), &helper]).succeeds();
                machine
            }
            Self::UserName => {
                machine.git(&["config", "--global", &key("username"), name(chooser)]).succeeds();
                machine
            }
            Self::Keys => {
                let (id, secret) = if self == Self::Keys { (WORK_KEY, "work") } else { (HOME_KEY, "home") };
                machine.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret)
            }
            Self::Profile => machine.env("AWS_PROFILE", name(chooser)),
            Self::DefaultProfile => machine.env("AWS_DEFAULT_PROFILE", name(chooser)),
            Self::Nobody => machine,
        };
        // With all that come after it, and none that comes before.
        let order = [Self::Flag, Self::UserName, Self::Keys, Self::Profile, Self::DefaultProfile, Self::Nobody];
        order.into_iter().skip_while(|chooser| *chooser != self).fold(machine, set)
    }

    /// What the trace and the doctor say of it: who chose the profile, and where the key is from.
    fn told(self) -> (Option<&'static str>, &'static str) {
        let work = "profile `work` in ~/.aws/config";
        match self {
            Self::Flag => (Some("--profile"), work),
            Self::UserName => (Some("the user name git sent"), work),
            Self::Keys => (None, "environment variables"),
            Self::Profile => (Some("AWS_PROFILE"), work),
            Self::DefaultProfile => (Some("AWS_DEFAULT_PROFILE"), work),
            Self::Nobody => (None, "profile `default` in ~/.aws/config"),
        }
    }
}

#[test]
fn the_order_is_that_of_the_page_and_trace_and_doctor_say_who_won() {
    let in_order = section(PAGE, "## Use several accounts");
    let mut last = 0;
    for words in [
        "1. `--profile`",
        "2. the user name",
        "3. keys in",
        "4. `AWS_PROFILE`, then `AWS_DEFAULT_PROFILE`",
        "5. the profile `default`",
    ] {
        let at = in_order.find(words).unwrap_or_else(|| panic!("the page lacks: {words}"));
        assert!(at > last, "{words}");
        last = at;
    }
    let choosers =
        [Chooser::Flag, Chooser::UserName, Chooser::Keys, Chooser::Profile, Chooser::DefaultProfile, Chooser::Nobody];
    with_each_git(|aws, machine| {
        let git = machine.bin().join("git").canonicalize().expect("the git");
        for chooser in choosers {
            let machine = chooser.on(set_up(aws, &git));
            aws.forget();
            let (who_chose, source) = chooser.told();
            let doctor = machine.git(&["credential-codecommit", "doctor", &url("billing")]).succeeds().stdout;
            // Where a fact and its origin do not fit one line, they are on two.
            let doctor = doctor.split_whitespace().collect::<Vec<_>>().join(" ");
            let trace = machine.env("GIT_TRACE_CODECOMMIT", "1").git(&["ls-remote", &url("billing")]).succeeds().stderr;
            assert_eq!(served(aws), [WORK], "{trace}");
            if let Some(who_chose) = who_chose {
                assert!(trace.contains(&format!("codecommit: profile `work`, set by {who_chose}\n")), "{trace}");
                assert!(doctor.contains(&format!("ok profile `work` {who_chose} ")), "{doctor}");
            }
            let passed_over = [
                trace.contains("ignored: environment variables take precedence"),
                doctor.contains("warn profile `home` is ignored"),
            ];
            assert_eq!(passed_over, [chooser == Chooser::Keys; 2], "{trace}{doctor}");
            assert!(trace.contains(&format!("codecommit: access key AKIA…0000 from {source},")), "{trace}");
            assert!(doctor.contains(&format!("ok access key AKIA…0000 {source} ")), "{doctor}");
            assert!(doctor.contains("user/bob in account 444455556666"), "{doctor}");
        }
    });
}

#[test]
fn the_trace_and_the_report_of_the_page_are_real_ones() {
    let texts = blocks(PAGE, "### Which profile won, and why", "text");
    with_each_git(|_, machine| {
        let machine = machine.env("AWS_PROFILE", "work");
        let doctor = machine.git(&["credential-codecommit", "doctor", &url("billing")]).succeeds().stdout;
        assert!(doctor.contains(&texts[1]), "{doctor}");
        let shown = texts[0].split_once('\n').expect("a command").1;
        let verbose =
            ["-c", "credential.helper=", "-c", "credential.helper=codecommit -v", "ls-remote", &url("billing")];
        let by_option = machine.git(&verbose).succeeds().stderr;
        let by_variable =
            machine.env("GIT_TRACE_CODECOMMIT", "1").git(&["ls-remote", &url("billing")]).succeeds().stderr;
        assert!(by_variable.contains(shown), "{by_variable}");
        assert!(by_option.contains(shown), "{by_option}");
    });
}
