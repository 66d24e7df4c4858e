//! Who signs before `setup` signs after it: wherever git reads a helper from, and however it is written.

use super::Setup as _;
use crate::common::{HOST, Machine, Run, url, with_each_git};
use std::fs;

pub(super) const FAMILY: &str = "credential \"https://git-codecommit.*.amazonaws.com\"";
pub(super) const DEFAULT: &str = "AKIAIOSFODNN7DEFAULT";
pub(super) const WORK: &str = "AKIAIOSFODNN7EXAWORK";
pub(super) const VAULT: &str = "AKIAIOSFODNN7XVAULT7";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// With the profiles `default` and `work`, an AWS CLI that signs with the key of its profile, and aws-vault, which signs with
/// keys that are in no profile.
pub(super) fn machine() -> Machine {
    let keys =
        |section: &str, id: &str| format!("[{section}]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n");
    let machine = Machine::new().file("home/.aws/credentials", &(keys("default", DEFAULT) + &keys("work", WORK)));
    let machine = machine.env("GIT_CODECOMMIT_VERIFY", "never").env("WORK", "work");
    let by_profile = format!(
        "id={DEFAULT}; [ \"$AWS_PROFILE\" = work ] && id={WORK}; while [ $# -gt 0 ]; do case $1 in --profile) [ \"$2\" = work ] && id={WORK};; \
         --profile=work) id={WORK};; esac; shift; done; printf 'username=%s\\npassword=x\\n' $id"
    );
    machine.program("aws", &by_profile);
    machine.program("aws-vault", &format!("printf 'username={VAULT}\\npassword=x\\n'"));
    machine
}

pub(super) fn signer(machine: &Machine, directory: &str, url: &str) -> Option<String> {
    let script =
        format!("cd '{directory}' && printf 'url=%s\\n\\n' '{url}' | GIT_TERMINAL_PROMPT=0 git credential fill");
    let run: Run = machine.run("/bin/sh".as_ref(), &["-c", &script], b"");
    run.attribute("username").map(str::to_owned)
}

/// The forms in which profile `work` signs.
pub(super) const FORMS: [&str; 8] = [
    "!aws --profile work codecommit credential-helper $@",
    "!aws codecommit credential-helper --profile=work \\\"$@\\\"",
    "!aws --profile \\\"$WORK\\\" codecommit credential-helper $@",
    "!aws --profile ${WORK} codecommit credential-helper $@",
    "codecommit --profile work",
    "!git-credential-codecommit --profile work",
    "codecommit --profile $WORK",
    "codecommit --profile=work",
];

/// Where it is written: files by their path, with `HELPER` and `HOST` in them. The clone is `home/clone`.
fn places() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let general = "[credential]\n\thelper = \"HELPER\"\n\tuseHttpPath = true\n";
    let family = format!("[{FAMILY}]\n\thelper =\n\thelper = \"HELPER\"\n\tuseHttpPath = true\n");
    let host = "[credential \"https://HOST\"]\n\thelper =\n\thelper = \"HELPER\"\n\tuseHttpPath = true\n".to_owned();
    let plain_host = "[credential \"https://HOST\"]\n\thelper = \"HELPER\"\n\tuseHttpPath = true\n".to_owned();
    let repository =
        "[credential \"https://HOST/v1/repos/demo\"]\n\thelper =\n\thelper = \"HELPER\"\n\tuseHttpPath = true\n"
            .to_owned();
    let include = "[include]\n\tpath = ~/.more\n";
    vec![
        ("general", vec![("home/.gitconfig", general.to_owned())]),
        ("family", vec![("home/.gitconfig", family.clone())]),
        ("host", vec![("home/.gitconfig", host.clone())]),
        ("repository", vec![("home/.gitconfig", repository.clone())]),
        ("behind a store", vec![("home/.gitconfig", format!("[credential]\n\thelper = store\n{general}"))]),
        ("general, included", vec![("home/.gitconfig", include.to_owned()), ("home/.more", general.to_owned())]),
        ("family, included", vec![("home/.gitconfig", include.to_owned()), ("home/.more", family.clone())]),
        ("host, included", vec![("home/.gitconfig", include.to_owned()), ("home/.more", host.clone())]),
        ("plain host, included", vec![("home/.gitconfig", include.to_owned()), ("home/.more", plain_host)]),
        ("repository, included", vec![("home/.gitconfig", include.to_owned()), ("home/.more", repository.clone())]),
        (
            "the other user file",
            vec![("home/.config/git/config", general.to_owned()), ("home/.gitconfig", String::new())],
        ),
        (
            "host in the other user file",
            vec![("home/.config/git/config", host.clone()), ("home/.gitconfig", String::new())],
        ),
        (
            "repository, included behind ours",
            vec![
                ("home/.gitconfig", format!("{}{include}", family.replace("HELPER", "codecommit"))),
                ("home/.more", repository.clone()),
            ],
        ),
        (
            "repository, included before ours",
            vec![
                ("home/.gitconfig", format!("{include}[credential \"https://github.com\"]\n\thelper = store\n")),
                ("home/.more", format!("{repository}{}", general.replace("HELPER", "codecommit"))),
            ],
        ),
        ("general, local", vec![("home/clone/.git/config", general.to_owned())]),
        ("family, local", vec![("home/clone/.git/config", family)]),
        ("host, local", vec![("home/clone/.git/config", host)]),
        ("repository, local", vec![("home/clone/.git/config", repository)]),
    ]
}

pub(super) fn written(machine: Machine, files: &[(&str, String)], helper: &str) -> Machine {
    machine.git(&["init", "-q", "clone"]).succeeds();
    machine.git(&["-C", "clone", "remote", "add", "origin", &url("demo")]).succeeds();
    files.iter().fold(machine, |machine, (path, text)| {
        let text = text.replace("HELPER", helper).replace("HOST", HOST);
        let file = machine.path(path);
        let before = fs::read_to_string(&file).unwrap_or_default();
        machine.file(path, &(before + &text))
    })
}

#[test]
fn who_signs_before_setup_signs_after_it() {
    with_each_git(|git| {
        let mut wrong = Vec::new();
        for (at, (place, files)) in places().into_iter().enumerate() {
            // Each form in the first places, and one of each kind everywhere.
            let forms = FORMS.iter().enumerate().filter(|(form, _)| at < 4 || form % 3 == 1).map(|(_, form)| *form);
            for form in forms {
                let machine = written(machine().with_git(git), &files, form);
                let before = signer(&machine, "clone", &url("demo"));
                assert_eq!(before.as_deref(), Some(WORK), "{place}, {form}: the test itself");
                let elsewhere = signer(&machine, ".", &url("demo"));
                let run = machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]);
                let after = signer(&machine, "clone", &url("demo"));
                let there = signer(&machine, ".", &url("demo"));
                // Without a helper nobody signed.
                let is_kept = elsewhere.is_none() || elsewhere == there;
                let is_wider = elsewhere.is_none() && there.as_deref() != Some(DEFAULT);
                if run.status != 0 || after != before || !is_kept || is_wider {
                    wrong.push(format!("{place}, {form}: {after:?}, elsewhere {there:?}\n{}", run.transcript()));
                }
                let again = machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]);
                if !again.stdout.contains("nothing to change") {
                    wrong.push(format!("{place}, {form}: a second run changes something\n{}", again.transcript()));
                }
            }
        }
        assert!(wrong.is_empty(), "{} do not hold\n{}", wrong.len(), wrong.join("\n"));
    });
}

#[test]
fn credentials_that_setup_cannot_keep_are_told_and_asked_about() {
    let wrapper = "!aws-vault exec work -- aws codecommit credential-helper $@";
    with_each_git(|git| {
        for (place, files) in places() {
            let machine = written(machine().with_git(git), &files, wrapper);
            assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(VAULT), "{place}");
            let before = machine.gitconfig();
            let run = machine.git(&["-C", "clone", "credential-codecommit", "setup"]);
            // There a later file has the last word, as before.
            let later = ["family, local", "host, local", "repository, local", "repository, included behind ours"];
            if later.contains(&place) {
                assert_eq!(run.status, 0, "{place}: {}", run.transcript());
                assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(VAULT), "{place}");
                continue;
            }
            assert!(run.status == 1 && run.stderr.contains("(CC503)"), "{place}: {}", run.transcript());
            assert!(run.stderr.contains("`aws-vault`"), "{place}: {}", run.transcript());
            assert_eq!(machine.gitconfig(), before, "{place}");
            assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(VAULT), "{place}");
            let run = machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]).succeeds();
            assert!(run.stdout.contains("`aws-vault`"), "{place}: {}", run.transcript());
        }
    });
}

#[test]
fn a_profile_that_only_some_directories_have_is_written_for_no_other() {
    with_each_git(|git| {
        let by_variables = [
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "credential.helper"),
            ("GIT_CONFIG_VALUE_0", "!aws --profile work codecommit credential-helper $@"),
        ];
        let machine =
            by_variables.iter().fold(machine().with_git(git), |machine, (name, value)| machine.env(name, value));
        let run = machine.git(&["credential-codecommit", "setup"]);
        assert!(run.status == 1 && run.stderr.contains("(CC503)"), "{}", run.transcript());
        machine.git(&["credential-codecommit", "setup", "--yes"]).succeeds();
        let machine = machine.without("GIT_CONFIG_COUNT");
        assert_eq!(signer(&machine, ".", &url("demo")).as_deref(), Some(DEFAULT));
        let include = "[includeIf \"gitdir:~/clone/\"]\n\tpath = ~/.more\n";
        let general = "[credential]\n\thelper = \"HELPER\"\n\tuseHttpPath = true\n";
        let files = [("home/.gitconfig", include.to_owned()), ("home/.more", general.to_owned())];
        let machine = written(self::machine().with_git(git), &files, FORMS[0]);
        let run = machine.git(&["-C", "clone", "credential-codecommit", "setup"]);
        assert!(run.status == 1 && run.stderr.contains("(CC503)"), "{}", run.transcript());
        assert_eq!(signer(&machine, "clone", &url("demo")).as_deref(), Some(WORK));
        machine.git(&["-C", "clone", "credential-codecommit", "setup", "--yes"]).succeeds();
        assert_eq!(signer(&machine, ".", &url("demo")).as_deref(), Some(DEFAULT));
    });
}
