//! What a repository may decide for the person who has it: nothing that runs a program, chooses a profile, or leads AWS
//! credentials another way. `.git/config` comes with an archive of a clone, `.gitmodules` with every clone.

use crate::common::{ACCOUNT, HOST, KEY_ID, Machine, REGION, ROLE, Run, SECRET, aws_with_demo, request, served, url};
use stand_in::{AccessKey, EmptyPassword, Role, StandIn};
use std::fs;
use std::path::Path;

fn with_each_git(test: impl Fn(Machine)) {
    crate::common::with_each_git(|git| test(Machine::new().with_git(git)));
}

/// A repository in `home/clone` whose configuration names a program wherever git could run one.
fn hostile_clone(machine: &Machine) {
    let evil = machine.bin().join("evil");
    machine.program("evil", "echo \"$0 $*\" >>\"$EVIL\"; echo username=evil; echo password=evil");
    machine.git(&["init", "-q", "clone"]).succeeds();
    let clone = |arguments: &[&str]| machine.git(&[&["-C", "clone"], arguments].concat()).succeeds();
    clone(&["remote", "add", "origin", &url("demo")]);
    fs::write(machine.path("home/clone/file"), "text").expect("a file");
    clone(&["add", "file"]);
    let evil = evil.display().to_string();
    for (key, value) in [
        ("core.fsmonitor", evil.clone()),
        ("core.sshCommand", evil.clone()),
        ("core.askPass", evil.clone()),
        ("core.pager", evil.clone()),
        ("core.editor", evil.clone()),
        ("core.gitProxy", evil.clone()),
        ("core.hooksPath", "hooks".to_owned()),
        ("pager.config", evil.clone()),
        ("diff.external", evil.clone()),
        ("filter.x.clean", evil.clone()),
        ("alias.config", format!("!{evil}")),
        ("alias.credential", format!("!{evil}")),
        ("alias.credential-missing", format!("!{evil}")),
        ("credential.helper", format!("!{evil}")),
        (&format!("credential.https://{HOST}.helper"), evil.clone()),
        ("credential.https://git-codecommit.*.amazonaws.com.helper", "missing".to_owned()),
        ("gpg.program", evil.clone()),
        ("protocol.ext.allow", "always".to_owned()),
        ("uploadpack.packObjectsHook", evil.clone()),
    ] {
        clone(&["config", "--add", key, &value]);
    }
    fs::create_dir_all(machine.path("home/clone/hooks")).expect("a directory");
    for hook in ["post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"] {
        std::os::unix::fs::symlink(&evil, machine.path(&format!("home/clone/hooks/{hook}"))).expect("a link");
    }
}

fn in_clone(machine: &Machine, arguments: &[&str]) -> Run {
    machine.git(&[&["-C", "clone", "credential-codecommit"], arguments].concat())
}

#[test]
fn setup_and_doctor_start_no_program_that_a_repository_names() {
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        let evil = tempfile::NamedTempFile::new().expect("a file");
        let machine = Machine::before(&aws).with_git(git).with_keys();
        let machine = machine.env("EVIL", &evil.path().display().to_string());
        hostile_clone(&machine);
        for arguments in [
            &["doctor"][..],
            &["doctor", "--json"],
            &["doctor", "origin"],
            &["setup", "--dry-run"],
            &["setup", "--evict", "--dry-run"],
            &["setup", "--yes", "--evict"],
            &["setup", "--local", "--yes"],
            &["setup", "--undo"],
            &["setup", "--rewrite", "--dry-run"],
        ] {
            let run = in_clone(&machine, arguments);
            let ran = fs::read_to_string(evil.path()).expect("the file");
            assert_eq!(ran, "", "{arguments:?}: {}", run.transcript());
        }
        // The helpers would have been started by git itself.
        let _ = machine.git(&["-C", "clone", "fetch", "-q"]);
        assert_ne!(fs::read_to_string(evil.path()).expect("the file"), "", "the trap is one");
    });
}

#[test]
fn doctor_says_which_helper_it_did_not_start() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).with_keys().env("EVIL", "/dev/null");
    hostile_clone(&machine);
    machine.git(&["-C", "clone", "config", "--add", "credential.helper", "codecommit"]).succeeds();
    let report = in_clone(&machine, &["doctor"]);
    let told = "doctor does not run it: the repository's own configuration names it";
    assert!(report.stdout.contains(told), "{}", report.transcript());
    assert!(report.stdout.contains("git's own request not tried"), "{}", report.transcript());
}

#[test]
fn setup_takes_over_nothing_that_is_narrower_than_what_it_changes() {
    let theirs = "!aws --profile theirs --ca-bundle /tmp/theirs.pem codecommit credential-helper $@";
    with_each_git(|machine| {
        let global = |machine: &Machine| fs::read_to_string(machine.path("home/.gitconfig")).unwrap_or_default();
        machine.git(&["init", "-q", "clone"]).succeeds();
        machine.git(&["-C", "clone", "config", "credential.helper", theirs]).succeeds();
        // git takes a bare repository that lies in a work tree for one.
        machine.git(&["init", "-q", "--bare", "outer/embedded.git"]).succeeds();
        machine.git(&["-C", "outer/embedded.git", "config", "credential.helper", theirs]).succeeds();
        for place in ["clone", "outer/embedded.git"] {
            machine.git(&["-C", place, "credential-codecommit", "setup", "--yes"]).succeeds();
            assert!(!global(&machine).contains("theirs"), "{place}: {}", global(&machine));
            fs::remove_file(machine.path("home/.gitconfig")).expect("it was written");
        }
        let by_command = format!("credential.helper={theirs}");
        machine.git(&["-c", &by_command, "credential-codecommit", "setup", "--yes"]).succeeds();
        assert!(!global(&machine).contains("theirs"), "{}", global(&machine));
        // For the repository itself it is as wide as what is changed.
        machine.git(&["-C", "clone", "credential-codecommit", "setup", "--local", "--yes"]).succeeds();
        let local = fs::read_to_string(machine.path("home/clone/.git/config")).expect("a configuration");
        assert!(local.contains("codecommit --profile theirs --ca-bundle /tmp/theirs.pem"), "{local}");
    });
}

/// A profile `prod` whose credentials come from a program that leaves a mark, and a default profile with a key.
fn with_prod(machine: Machine) -> Machine {
    machine.program(
        "vend",
        &format!(
            "touch \"$HOME/vended\"; printf '{{\"Version\":1,\"AccessKeyId\":\"AKIAPROD000000000000\",\"SecretAccessKey\":\"{SECRET}\"}}'"
        ),
    );
    let vend = machine.bin().join("vend").display().to_string();
    machine.file("home/.aws/config", &format!("[profile prod]\ncredential_process = {vend}\n")).file(
        "home/.aws/credentials",
        &format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
    )
}

#[test]
fn a_user_name_in_a_url_of_a_submodule_chooses_no_profile() {
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        aws.set_empty_password(EmptyPassword::Challenged);
        aws.add_key(AccessKey::long_term("AKIAPROD000000000000", SECRET, &format!("arn:aws:iam::{ACCOUNT}:user/prod")));
        let machine = with_prod(Machine::before(&aws).with_git(git).configured());
        let vended = machine.home().join("vended");
        machine.git(&["init", "-q", "super"]).succeeds();
        let evil = url("demo").replace("://", "://prod@");
        machine
            .git(&["-C", "super", "-c", "protocol.file.allow=always", "submodule", "add", "-q", &evil, "sub"])
            .succeeds();
        assert!(!vended.exists(), "the profile was opened");
        assert_eq!(served(&aws), [crate::common::ALICE]);
        let trace = machine.helper(&["-v", "get"], &format!("{}username=prod\n", request("demo"))).stderr;
        assert!(trace.contains("user name prod in the URL does not choose the profile of that name"), "{trace}");
        let report = machine.helper(&["doctor", &evil], "").stdout;
        assert!(report.contains("user name `prod` does not choose profile `prod`"), "{report}");
        assert!(!vended.exists(), "doctor opened the profile");
    });
}

#[test]
fn a_user_name_that_gits_configuration_gives_chooses_the_profile_whatever_the_scope() {
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        aws.add_key(AccessKey::long_term("AKIAPROD000000000000", SECRET, &format!("arn:aws:iam::{ACCOUNT}:user/prod")));
        let machine = with_prod(Machine::before(&aws).with_git(git).configured());
        let key = "credential.https://git-codecommit.*.amazonaws.com.username";
        machine.git(&["clone", "-q", "-c", &format!("{key}=prod"), &url("demo"), "by-clone"]).succeeds();
        assert_eq!(served(&aws), [format!("arn:aws:iam::{ACCOUNT}:user/prod")], "git clone -c");
        aws.forget();
        machine.git(&["-C", "by-clone", "fetch", "-q"]).succeeds();
        assert_eq!(served(&aws), [format!("arn:aws:iam::{ACCOUNT}:user/prod")], "and later in the clone");
        aws.forget();
        machine.git(&["config", "--global", &format!("credential.{}.username", url("demo")), "prod"]).succeeds();
        machine.git(&["clone", "-q", &url("demo"), "by-global"]).succeeds();
        assert_eq!(served(&aws), [format!("arn:aws:iam::{ACCOUNT}:user/prod")], "--global");
    });
}

/// A machine that needs AWS STS for its credentials, and git's settings to reach it.
fn behind_git_settings(aws: &StandIn, git: &Path) -> Machine {
    aws.add_role(Role::new(ROLE).trusting(&format!("arn:aws:iam::{ACCOUNT}:root")));
    Machine::before(aws)
        .with_git(git)
        .configured()
        .without("HTTPS_PROXY")
        .without("https_proxy")
        .without("AWS_CA_BUNDLE")
        .without("SSL_CERT_FILE")
        .without("GIT_SSL_CAINFO")
        .env("GIT_CODECOMMIT_VERIFY", "never")
        .file(
            "home/.aws/config",
            &format!("[default]\nregion = {REGION}\nrole_arn = {ROLE}\nsource_profile = base\n[profile base]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
        )
}

#[test]
fn aws_calls_go_by_no_proxy_and_no_authority_of_a_repositorys_own_and_say_so() {
    crate::common::with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = behind_git_settings(&aws, git);
        let (proxy, ca) = (aws.proxy_url(), aws.ca_file().display().to_string());
        machine.git(&["init", "-q", "clone"]).succeeds();
        let get = |machine: &Machine| {
            let helper = machine.bin().join("git-credential-codecommit");
            let script = format!("cd clone && exec '{}' get", helper.display());
            machine.run("/bin/sh".as_ref(), &["-c", &script], request("demo").as_bytes())
        };
        let set = |key: &str, value: &str| {
            machine.git(&["-C", "clone", "config", key, value]).succeeds();
        };
        let apply = |run: &Run| {
            let fix = run.stderr.lines().find_map(|line| line.trim_start().strip_prefix("fix: ")).expect("a fix");
            let script = format!("cd clone && {fix}");
            machine.run("/bin/sh".as_ref(), &["-c", &script], b"").succeeds();
        };
        // Nothing listens there, and no name is looked up.
        machine.git(&["config", "--global", "http.proxy", "http://127.0.0.1:9"]).succeeds();
        set("http.proxy", &proxy);
        set("http.sslCAInfo", &ca);
        let run = get(&machine);
        assert_eq!(run.status, 1, "{}", run.transcript());
        assert!(aws.tunnels().is_empty(), "AWS was asked by the repository's proxy: {:?}", aws.tunnels());
        assert!(run.stderr.contains("http.proxy in .git/config is ignored for AWS calls"), "{}", run.transcript());
        // Of a remote's proxy the same holds.
        machine.git(&["-C", "clone", "config", "--unset", "http.proxy"]).succeeds();
        set("remote.origin.url", &url("demo"));
        set("remote.origin.proxy", &proxy);
        let run = get(&machine);
        assert!(aws.tunnels().is_empty(), "AWS was asked by the remote's proxy: {:?}", aws.tunnels());
        let ignored = "remote.origin.proxy in .git/config is ignored for AWS calls";
        assert!(run.stderr.contains(ignored), "{}", run.transcript());
        apply(&run);
        let run = get(&machine);
        assert_eq!(run.status, 1, "{}", run.transcript());
        assert!(run.stderr.contains("http.sslcainfo in .git/config is ignored"), "{}", run.transcript());
        apply(&run);
        let run = get(&machine);
        assert!(run.key_id().is_some_and(|id| id.starts_with("ASIA")), "{}", run.transcript());
    });
}
