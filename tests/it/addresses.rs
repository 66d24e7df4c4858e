//! URLs and addresses that are wrong: what is said of them, and that the fix, carried out as a person would, makes git work or
//! end in the next failure, which is another one.

use crate::common::{ACCOUNT, HOST, KEY_ID, Machine, REGION, Run, SECRET, aws_with_demo, request, url, with_each_git};
use insta::assert_snapshot;
use stand_in::{AccessKey, StandIn};
use std::os::unix::fs::symlink;

const REMOTE: &str = env!("CARGO_BIN_EXE_git-remote-codecommit");

/// The step of the fix in what was printed, on standard error or in a report.
#[track_caller]
fn fix(run: &Run) -> String {
    let text = format!("{}{}", run.stdout, run.stderr);
    let (_, rest) = text.split_once("  fix: ").unwrap_or_else(|| panic!("no fix: {}", run.transcript()));
    rest.lines().next().expect("a line").to_owned()
}

/// Pastes a command into a shell, in this directory below the home.
#[track_caller]
fn paste(machine: &Machine, directory: &str, command: &str) {
    let script = format!("cd \"$HOME/{directory}\" && {command}");
    machine.run("/bin/sh".as_ref(), &["-euc", &script], b"").succeeds();
}

fn doctor(machine: &Machine, arguments: &[&str]) -> Run {
    machine.git(&[&["-C", "work", "credential-codecommit", "doctor"], arguments].concat())
}

/// A repository `work` whose `origin` is `url`.
fn in_repository(machine: &Machine, url: &str) {
    machine.git(&["init", "-q", "work"]).succeeds();
    machine.git(&["-C", "work", "remote", "add", "origin", url]).succeeds();
}

fn fetched(machine: &Machine) -> Run {
    machine.git(&["-C", "work", "fetch", "-q", "origin"])
}

fn with_remote_helper(machine: Machine) -> Machine {
    symlink(REMOTE, machine.bin().join("git-remote-codecommit")).expect("a link");
    machine
}

/// With the key in a profile `work`, and none elsewhere.
fn with_profile(machine: Machine) -> Machine {
    let keys = format!("[work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\nregion = {REGION}\n");
    machine.file("home/.aws/credentials", &keys)
}

#[test]
fn a_url_that_is_rewritten_is_mended_where_the_rewriting_stands() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let to = |base: &str, value: &str| (format!("url.{base}.insteadOf"), value.to_owned());
        let own = format!("https://{HOST}/");
        for (name, (key, value), remote, expected) in [
            // What stands in the base is public.
            (
                "user",
                to(&format!("https://alice@{HOST}/"), &own),
                url("demo"),
                format!("git config --global --unset-all url.https://alice@{HOST}/.insteadOf"),
            ),
            (
                "alias",
                to(&format!("https://alice@{HOST}/v1/repos/"), "cc:"),
                "cc:demo".to_owned(),
                format!(
                    "git config --global --rename-section url.https://alice@{HOST}/v1/repos/ url.https://{HOST}/v1/repos/"
                ),
            ),
            (
                "http",
                to(&format!("http://{HOST}/"), &own),
                url("demo"),
                format!("git config --global --unset-all url.http://{HOST}/.insteadOf"),
            ),
            (
                "path",
                to(&format!("https://{HOST}/v1/repo/"), "cc:"),
                "cc:demo".to_owned(),
                format!(
                    "git config --global --rename-section url.https://{HOST}/v1/repo/ url.https://{HOST}/v1/repos/"
                ),
            ),
            // The rest of the URL is what is wrong.
            ("rest", to(&own, "cc:"), "cc:demo".to_owned(), "git remote set-url origin cc:v1/repos/demo".to_owned()),
        ] {
            let machine = Machine::before(&aws).with_git(git).configured().with_keys();
            machine.git(&["config", "--global", &key, &value]).succeeds();
            in_repository(&machine, &remote);
            assert_ne!(fetched(&machine).status, 0, "{name}");
            let report = doctor(&machine, &[]);
            assert_eq!(fix(&report), expected, "{name}: {}", report.transcript());
            paste(&machine, "work", &expected);
            fetched(&machine).succeeds();
            assert_eq!(doctor(&machine, &[]).status, 0, "{name}");
        }
    });
}

#[test]
fn a_password_in_a_rewriting_is_named_by_its_place_and_not_shown() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        for (value, remote) in
            [(format!("https://{HOST}/"), url("demo")), ("cc:".to_owned(), "cc:v1/repos/demo".to_owned())]
        {
            let machine = Machine::before(&aws).with_git(git).configured().with_keys();
            machine
                .git(&["config", "--global", &format!("url.https://{KEY_ID}:old@{HOST}/.insteadOf"), &value])
                .succeeds();
            in_repository(&machine, &remote);
            assert_ne!(fetched(&machine).status, 0);
            let report = doctor(&machine, &[]);
            assert!(report.stdout.contains("\nCC602 ") && !report.stdout.contains(":old"), "{}", report.transcript());
            let words = format!(
                "change the URL to https://{HOST}/ in the url section with insteadOf = {value} in ~/.gitconfig"
            );
            let without = format!(
                "delete the user name and password from the url section with insteadOf = {value} in ~/.gitconfig"
            );
            assert_eq!(fix(&report), if value == "cc:" { words } else { without });
            // As the words say.
            let file = machine.path("home/.gitconfig");
            let text = std::fs::read_to_string(&file).expect("a configuration");
            std::fs::write(&file, text.replace(&format!("{KEY_ID}:old@"), "")).expect("a configuration");
            fetched(&machine).succeeds();
        }
    });
}

#[test]
fn the_failure_itself_knows_that_the_right_url_would_be_rewritten_again() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        // git asks this helper over http only where there is something that asks for a password.
        let machine = Machine::before(&aws).with_git(git).configured().with_keys();
        let base = "https://git-codecommit.useast1.amazonaws.com/";
        machine
            .git(&[
                "config",
                "--global",
                &format!("url.{base}.insteadOf"),
                "https://git-codecommit.us-east-1.amazonaws.com/",
            ])
            .succeeds();
        let asked = "protocol=https\nhost=git-codecommit.useast1.amazonaws.com\npath=v1/repos/demo\n";
        let run = machine.helper(&["get"], asked);
        assert_eq!(fix(&run), format!("git config --global --unset-all url.{base}.insteadOf"), "{}", run.transcript());
        // A file that --global does not change, and a command line.
        let machine = Machine::before(&aws).with_git(git).configured().with_keys();
        machine.git(&["config", "--global", "include.path", "more"]).succeeds();
        let more = machine.path("home/more");
        let setting = format!("[url \"{base}\"]\n\tinsteadOf = https://git-codecommit.us-east-1.amazonaws.com/\n");
        let machine = machine.file("home/more", &setting);
        let run = machine.helper(&["get"], asked);
        assert_eq!(fix(&run), format!("git config --file {} --unset-all url.{base}.insteadOf", more.display()));
        paste(&machine, ".", &fix(&run));
        assert_eq!(
            fix(&machine.helper(&["get"], asked)),
            "use this URL: https://git-codecommit.us-east-1.amazonaws.com/v1/repos/demo"
        );
    });
}

#[test]
fn in_a_clone_the_failure_names_the_remote() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = Machine::before(&aws).with_git(git).configured().with_keys();
        machine.git(&["clone", "-q", &url("demo"), "work"]).succeeds();
        let wrong = url("demo").replace("/v1/repos", "");
        machine.git(&["-C", "work", "remote", "set-url", "origin", &wrong]).succeeds();
        let run = fetched(&machine);
        assert_eq!(fix(&run), format!("git remote set-url origin {}", url("demo")), "{}", run.transcript());
        paste(&machine, "work", &fix(&run));
        fetched(&machine).succeeds();
        // A clone that fails is taken away.
        let run = machine.git(&["clone", "-q", &wrong, "other"]);
        assert_eq!(fix(&run), format!("use this URL: {}", url("demo")), "{}", run.transcript());
    });
}

#[test]
fn a_wrong_url_for_pushes_is_mended_as_that() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = Machine::before(&aws).with_git(git).configured().with_keys();
        machine.git(&["clone", "-q", &url("demo"), "work"]).succeeds();
        for (push, code) in [
            (url("demo").replace("https://", "https://alice:old@"), "CC602"),
            (url("demo").replace("/v1/repos", ""), "CC109"),
        ] {
            machine.git(&["-C", "work", "config", "remote.origin.pushurl", &push]).succeeds();
            machine.git(&["-C", "work", "commit", "-q", "--allow-empty", "-m", "x"]).succeeds();
            assert_ne!(machine.git(&["-C", "work", "push", "-q"]).status, 0);
            let shown = push.replace("alice:old@", "…:…@");
            for arguments in [&[][..], &[shown.as_str()]] {
                let report = doctor(&machine, arguments);
                let set = format!("git remote set-url --push origin {}", url("demo"));
                assert_eq!(fix(&report), set, "{push}: {}", report.transcript());
                assert!(report.stdout.contains(&format!("\n{code} ")), "{}", report.transcript());
            }
            paste(&machine, "work", &fix(&doctor(&machine, &[])));
            machine.git(&["-C", "work", "push", "-q"]).succeeds();
        }
        machine.git(&["-C", "work", "config", "--unset", "remote.origin.pushurl"]).succeeds();
        let rewriting = format!("url.https://alice@{HOST}/v1/repo/.pushInsteadOf");
        machine.git(&["config", "--global", &rewriting, &format!("https://{HOST}/v1/repos/")]).succeeds();
        let report = doctor(&machine, &[]);
        assert_eq!(fix(&report), format!("git config --global --unset-all {rewriting}"));
        paste(&machine, "work", &fix(&report));
        machine.git(&["-C", "work", "push", "-q"]).succeeds();
    });
}

#[test]
fn a_url_without_a_path_is_the_problem_where_use_http_path_is_on() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let fresh = || Machine::before(&aws).with_git(git).with_keys();
        for tail in ["", "/", "//", "/v1", "/v1/repos", "/v1/repos/", "/?x", "/v1/repos/?x=demo"] {
            let machine = fresh().configured();
            let wrong = format!("https://{HOST}{tail}");
            let run = machine.git(&["clone", "-q", &wrong, "x"]);
            assert!(
                run.stderr.contains("(CC109)") && !run.stderr.contains("useHttpPath"),
                "{tail}: {}",
                run.transcript()
            );
            let right = fix(&run).replace("use this URL: ", "").replace("NAME", "demo");
            machine.git(&["clone", "-q", &right, "x"]).succeeds();
            let report = machine.git(&["credential-codecommit", "doctor", &wrong]);
            assert!(
                report.stdout.contains("\nCC109 ") && !report.stdout.contains("CC101"),
                "{tail}: {}",
                report.transcript()
            );
        }
        // On for this command alone.
        let config = format!("[credential \"https://{HOST}\"]\n\thelper = codecommit\n");
        let machine = fresh().file("home/.gitconfig", &config);
        let root = format!("https://{HOST}/");
        let run = machine.git(&["-c", "credential.useHttpPath=true", "clone", "-q", &root, "x"]);
        assert!(run.stderr.contains("(CC109)"), "{}", run.transcript());
        let machine = machine
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "credential.useHttpPath")
            .env("GIT_CONFIG_VALUE_0", "yes");
        assert!(machine.git(&["clone", "-q", &root, "x"]).stderr.contains("(CC109)"));
    });
}

#[test]
fn use_http_path_is_turned_on_where_it_is_off() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let pattern = "[credential \"https://git-codecommit.*.amazonaws.com\"]\n";
        for (name, config, local) in [
            ("nowhere", format!("{pattern}\thelper = codecommit\n"), None),
            (
                "other host",
                format!(
                    "{pattern}\thelper = codecommit\n[credential \"https://git-codecommit.us-east-1.amazonaws.com\"]\n\tuseHttpPath = true\n"
                ),
                None,
            ),
            ("here", format!("{pattern}\thelper = codecommit\n\tuseHttpPath = false\n"), None),
            (
                "later",
                format!("{pattern}\thelper = codecommit\n\tuseHttpPath = true\n[credential]\n\tuseHttpPath = false\n"),
                None,
            ),
            ("in the clone", format!("{pattern}\thelper = codecommit\n\tuseHttpPath = true\n"), Some("false")),
            ("misspelt", format!("{pattern}\thelper = codecommit\n\tuserHttpPath = true\n"), None),
        ] {
            let machine = Machine::before(&aws).with_git(git).with_keys().file("home/.gitconfig", &config);
            in_repository(&machine, &url("demo"));
            if let Some(value) = local {
                machine.git(&["-C", "work", "config", "credential.useHttpPath", value]).succeeds();
            }
            let run = fetched(&machine);
            let code = if name == "misspelt" { "(CC608)" } else { "(CC101)" };
            assert!(run.stderr.contains(code), "{name}: {}", run.transcript());
            let by_doctor = fix(&doctor(&machine, &[]));
            // Where nothing turns it off, doctor has setup turn it on.
            let is_off = ["here", "later", "in the clone"].contains(&name);
            let expected = if is_off { fix(&run) } else { "git credential-codecommit setup".to_owned() };
            assert_eq!(by_doctor, expected, "{name}");
            paste(&machine, "work", &by_doctor);
            fetched(&machine).succeeds();
        }
        let config = format!("{pattern}\thelper = codecommit\n\tuseHttpPath = true\n");
        let machine = Machine::before(&aws).with_git(git).with_keys().file("home/.gitconfig", &config);
        let run = machine.git(&["-c", "credential.useHttpPath=false", "ls-remote", &url("demo")]);
        assert!(fix(&run).starts_with("remove credential.useHttpPath from git -c"), "{}", run.transcript());
        machine.git(&["ls-remote", &url("demo")]).succeeds();
    });
}

#[test]
fn what_people_have_at_hand_is_recognized_by_doctor_and_by_setup() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        for text in [
            format!(
                "https://{REGION}.console.aws.amazon.com/codesuite/codecommit/repositories/demo/browse?region={REGION}"
            ),
            format!(
                "https://console.aws.amazon.com/codesuite/codecommit/repositories/demo/browse/refs/heads/main/--/a?region={REGION}"
            ),
            format!("arn:aws:codecommit:{REGION}:{ACCOUNT}:demo"),
            format!("{HOST}/v1/repos/demo"),
            format!("<{}>", url("demo")),
            format!("git clone {}", url("demo")),
        ] {
            let machine = Machine::before(&aws).with_git(git).with_keys();
            let report = machine.git(&["credential-codecommit", "doctor", &text]);
            assert!(report.status == 1 && report.stdout.contains("\nCC504 "), "{text}: {}", report.transcript());
            assert_eq!(fix(&report), format!("use this URL: {}", url("demo")), "{text}");
            let run = machine.git(&["credential-codecommit", "setup", "--url", &text]);
            // A host without a scheme is certain enough for setup.
            if text.starts_with(HOST) {
                run.succeeds();
            } else {
                assert!(run.stderr.contains("(CC504)"), "{text}: {}", run.transcript());
                assert_eq!(fix(&run), format!("git credential-codecommit setup --url {}", url("demo")), "{text}");
                paste(&machine, ".", &fix(&run));
            }
            machine.git(&["clone", "-q", &url("demo"), "demo"]).succeeds();
        }
        assert!(aws.requests().iter().all(|request| !request.host.contains("console")), "{:?}", aws.requests());
        // As a remote's.
        let machine = Machine::before(&aws).with_git(git).configured().with_keys();
        in_repository(
            &machine,
            &format!("https://{REGION}.console.aws.amazon.com/codesuite/codecommit/repositories/demo/browse"),
        );
        paste(&machine, "work", &fix(&doctor(&machine, &[])));
        fetched(&machine).succeeds();
        // Not certain which, and somebody else's.
        for text in
            ["https://console.aws.amazon.com/codesuite/codecommit/repositories/demo/browse", "arn:aws:s3:::demo"]
        {
            assert_eq!(machine.git(&["credential-codecommit", "doctor", text]).status, 3, "{text}");
        }
    });
}

#[test]
fn setup_takes_the_profile_of_a_codecommit_url_along() {
    let machine = Machine::new();
    let run = machine.helper(&["setup", "--url", "codecommit::eu-west-1://work@demo"], "");
    assert_eq!(fix(&run), format!("git credential-codecommit setup --url {} --profile work", url("demo")));
    paste(&machine, ".", &fix(&run));
    let config = std::fs::read_to_string(machine.path("home/.gitconfig")).expect("a configuration");
    assert!(config.contains("codecommit --profile work"), "{config}");
    let run = machine.helper(&["setup", "--url", "http://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo"], "");
    assert_eq!(fix(&run), format!("git credential-codecommit setup --url {}", url("demo")));
}

#[test]
fn a_codecommit_url_that_is_nearly_right_stays_one() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = with_remote_helper(with_profile(Machine::before(&aws).with_git(git)));
        for (wrong, right) in [
            ("codecommit::eu-west-1//work@demo", "codecommit::eu-west-1://work@demo"),
            ("codecommit::eu-west1://work@demo", "codecommit::eu-west-1://work@demo"),
            ("codecommit::work://eu-west-1@demo", "codecommit::eu-west-1://work@demo"),
            ("codecommit://eu-west-1://work@demo", "codecommit::eu-west-1://work@demo"),
            ("codecommit:://work@demo", "codecommit://work@demo"),
            ("codecommit::work@demo", "codecommit://work@demo"),
            ("codecommit::eu-west-1://work@demo.git", "codecommit::eu-west-1://work@demo"),
        ] {
            let run = machine.git(&["clone", "-q", wrong, "x"]);
            assert_eq!(fix(&run), format!("use this URL: {right}"), "{wrong}: {}", run.transcript());
            machine.git(&["clone", "-q", right, "x"]).succeeds();
            let report = machine.git(&["credential-codecommit", "doctor", wrong]);
            assert_eq!(fix(&report), format!("use this URL: {right}"), "{wrong}: {}", report.transcript());
            // In a clone.
            machine.git(&["-C", "x", "remote", "set-url", "origin", wrong]).succeeds();
            let run = machine.git(&["-C", "x", "fetch", "-q"]);
            assert_eq!(fix(&run), format!("git remote set-url origin {right}"), "{}", run.transcript());
            paste(&machine, "x", &fix(&run));
            machine.git(&["-C", "x", "fetch", "-q"]).succeeds();
            std::fs::remove_dir_all(machine.path("home/x")).expect("a clone");
        }
        let run = machine.git(&["ls-remote", "codecommit://eu-west-1@demo"]);
        assert_eq!(fix(&run), "use this URL: codecommit::eu-west-1://demo", "{}", run.transcript());
        for (wrong, right) in [
            (format!("codecommit::{}", url("demo")), "codecommit::eu-west-1://demo"),
            (format!("codecommit::arn:aws:codecommit:{REGION}:{ACCOUNT}:demo"), "codecommit::eu-west-1://demo"),
        ] {
            let run = machine.git(&["ls-remote", &wrong]);
            assert_eq!(fix(&run), format!("use this URL: {right}"), "{wrong}: {}", run.transcript());
        }
    });
}

#[test]
fn a_fix_for_a_codecommit_url_is_a_codecommit_url() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        aws.seed_repository(ACCOUNT, "us-east-1", "elsewhere");
        let machine = with_remote_helper(with_profile(Machine::before(&aws).with_git(git)));
        let machine = machine.file("home/.aws/config", "[profile other]\nregion = us-east-1\n");
        for (wrong, right) in [
            ("codecommit::eu-west-1://work@elsewhere", "codecommit::us-east-1://work@elsewhere"),
            ("codecommit::eu-west-1://work@Demo", "codecommit::eu-west-1://work@demo"),
            ("codecommit://work@Demo", "codecommit://work@demo"),
        ] {
            let run = machine.git(&["ls-remote", wrong]);
            assert_eq!(fix(&run), format!("use this URL: {right}"), "{wrong}: {}", run.transcript());
            machine.git(&["ls-remote", right]).succeeds();
        }
    });
}

#[test]
fn a_region_that_is_nearly_one_is_told_with_its_place_and_the_right_one() {
    let aws = aws_with_demo();
    let unscoped = "protocol=https\nhost=git-codecommit.amazonaws.com\npath=v1/repos/demo\n";
    let machine = || Machine::before(&aws).with_keys().env("GIT_CODECOMMIT_VERIFY", "never");
    let run = machine().env("AWS_REGION", "eu-west-1a").helper(&["get"], unscoped);
    assert!(run.stderr.contains("`eu-west-1a` is not a valid AWS region; did you mean `eu-west-1`?"), "{}", run.stderr);
    assert_eq!(fix(&run), "export AWS_REGION=eu-west-1");
    machine().env("AWS_REGION", "eu-west-1").helper(&["get"], unscoped).succeeds();
    let config = "[default]\noutput = json\nregion = Ireland\n";
    let run = machine().file("home/.aws/config", config).helper(&["get"], unscoped);
    assert!(run.stderr.contains("set by region of profile `default` (~/.aws/config:3)"), "{}", run.stderr);
    assert_eq!(fix(&run), "aws configure set region eu-west-1 --profile default");
    // The AWS CLI writes to the other file.
    let run = machine().file("home/.aws/credentials", config).helper(&["get"], unscoped);
    assert_eq!(fix(&run), "set region to eu-west-1 in ~/.aws/credentials, line 3");
    let run = machine().env("AWS_REGION", "us-east").helper(&["get"], unscoped);
    assert_eq!(fix(&run), "export AWS_REGION=REGION");
    assert!(!run.stderr.contains("did you mean"), "{}", run.stderr);
}

#[test]
fn a_relative_submodule_of_a_url_with_a_profile_gets_the_profile_back() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let part = aws.seed_repository(ACCOUNT, REGION, "part");
        let machine = with_remote_helper(with_profile(Machine::before(&aws).with_git(git)));
        let config = "[user]\n\tname = Alice\n\temail = alice@example.com\n[protocol]\n\tallow = always\n";
        let machine = machine.file("home/.gitconfig", config);
        let origin = format!("codecommit::{REGION}://work@demo");
        machine.git(&["clone", "-q", &origin, "work"]).succeeds();
        let head = machine.git(&["-C", &part.display().to_string(), "rev-parse", "main"]).succeeds().stdout;
        let entry = format!("160000,{},libs/part", head.trim());
        machine.git(&["-C", "work", "update-index", "--add", "--cacheinfo", &entry]).succeeds();
        let modules = "[submodule \"a.b\"]\n\tpath = libs/part\n\turl = ../part\n";
        let machine = machine.file("home/work/.gitmodules", modules);
        machine.git(&["-C", "work", "add", ".gitmodules"]).succeeds();
        machine.git(&["-C", "work", "commit", "-qm", "part"]).succeeds();
        let report = doctor(&machine, &[]);
        // In one line, however many the terminal takes.
        let shown = report.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            shown.contains("git resolves `../part` to codecommit::eu-west-1://part, without profile `work`"),
            "{}",
            report.transcript()
        );
        assert!(
            shown.contains("to keep it: git config submodule.a.b.url codecommit::eu-west-1://work@part"),
            "{}",
            report.stdout
        );
        let update = ["-C", "work", "submodule", "update", "-q", "--init"];
        let run = machine.git(&update);
        assert!(run.status != 0 && run.stderr.contains("without profile `work`"), "{}", run.transcript());
        paste(&machine, ".", &fix(&run));
        machine.git(&update).succeeds();
        assert!(machine.path("home/work/libs/part/README").exists());
        // A clone that has lost it since: its own remote counts.
        machine
            .git(&["-C", "work/libs/part", "remote", "set-url", "origin", "codecommit::eu-west-1://part"])
            .succeeds();
        let fetch = ["-C", "work/libs/part", "fetch", "-q"];
        let run = machine.git(&fetch);
        assert!(run.status != 0 && run.stderr.contains("without profile `work`"), "{}", run.transcript());
        paste(&machine, ".", &fix(&run));
        machine.git(&fetch).succeeds();
        // Where the variable says the same, nothing is lost.
        machine
            .git(&["-C", "work/libs/part", "remote", "set-url", "origin", "codecommit::eu-west-1://gone"])
            .succeeds();
        let machine = machine.env("AWS_PROFILE", "work");
        let run = machine.git(&fetch);
        assert!(run.status != 0 && !run.stderr.contains("without profile"), "{}", run.transcript());
    });
}

#[test]
fn dot_git_is_signed_as_it_stands_and_explained_only_where_codecommit_does_not_find_it() {
    with_each_git(|git| {
        let aws = aws_with_demo();
        let machine = Machine::before(&aws).with_git(git).configured().with_keys();
        let run = machine.git(&["clone", "-q", &url("demo.git"), "demo"]);
        assert!(run.stderr.contains("(CC108)") && run.stderr.contains("but `demo` exists"), "{}", run.transcript());
        assert_eq!(fix(&run), format!("use this URL: {}", url("demo")));
        machine.git(&["clone", "-q", &url("demo"), "demo"]).succeeds();
        // In a clone, by git and by doctor.
        in_repository(&machine, &url("demo.git"));
        let set = format!("git remote set-url origin {}", url("demo"));
        assert_eq!(fix(&fetched(&machine)), set);
        assert_eq!(fix(&doctor(&machine, &[])), set);
        paste(&machine, "work", &set);
        fetched(&machine).succeeds();
        // None of that name either.
        let run = machine.git(&["ls-remote", &url("gone.git")]);
        assert!(run.stderr.contains("(CC421)") && run.stderr.contains("`gone`"), "{}", run.transcript());
        // A typing error besides.
        let run = machine.git(&["ls-remote", &url("demoo.git")]);
        assert_eq!(fix(&run), format!("use this URL: {}", url("demo")), "{}", run.transcript());
        aws.serve_dot_git(true);
        let run = machine.git(&["clone", "-q", &url("demo.git"), "served"]).succeeds();
        assert!(!run.stderr.contains("git-credential-codecommit"), "{}", run.stderr);
        machine.git(&["-C", "served", "commit", "-q", "--allow-empty", "-m", "x"]).succeeds();
        machine.git(&["-C", "served", "push", "-q"]).succeeds();
    });
    // The API says nothing: the name alone is reason enough.
    let aws = aws_with_demo();
    aws.set_proxy_for(&format!("codecommit.{REGION}.amazonaws.com"), stand_in::ProxyAnswer::Forbidden);
    let run = Machine::before(&aws).with_keys().helper(&["get"], &request("demo.git"));
    assert!(run.stderr.contains("(CC108)") && !run.stderr.contains("exists"), "{}", run.transcript());
    let run = Machine::new().with_keys().helper(&["--verify", "never", "get"], &request("demo.git")).succeeds();
    assert_snapshot!("dot_git_unverified", run.stderr);
    let run = Machine::new().with_keys().helper(&["--verify", "never", "get"], &request("demo")).succeeds();
    assert_eq!(run.stderr, "");
}

#[test]
fn another_profile_of_the_same_name_is_not_needed_where_dot_git_belongs_to_the_name() {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, crate::common::ALICE));
    aws.connect_repository(ACCOUNT, REGION, "0f2b", "acme", "demo");
    let input = format!(
        "protocol=https\nhost=codeconnections.{REGION}.amazonaws.com\npath=git-http/{ACCOUNT}/{REGION}/0f2b/acme/demo.git\n"
    );
    let run = Machine::before(&aws).with_keys().helper(&["--verify", "never", "get"], &input).succeeds();
    assert_eq!(run.stderr, "");
}
