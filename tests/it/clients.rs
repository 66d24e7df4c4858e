//! The recipes of docs/clients.md: pasted with each git, and CodeCommit sees whose key they use; and that each program shows the
//! reason of a refusal, as the page says.
//!
//! npm, pip, pre-commit and Go run as they are installed. Their registries are names that lead nowhere but to the stand-in.

use crate::common::documents::{blocks, section};
use crate::common::{ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, SECRET, served, skipped, url, with_each_git};
use crate::differential::on_path;
use stand_in::{AccessKey, Action, DenyTail, StandIn};
use std::os::unix::fs::symlink;

const PAGE: &str = "docs/clients.md";
const BOB: &str = "arn:aws:iam::111122223333:user/bob";
const BOBS_KEY: &str = "AKIAI44QH8DHBEXAMPLE";

/// An AWS with two repositories of which Alice may read and Bob may write, and Alice's machine after `setup`.
fn before(aws: &StandIn, git: &std::path::Path) -> Machine {
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.add_key(AccessKey::long_term(BOBS_KEY, SECRET, BOB));
    for name in ["billing", "hooks", "invoices"] {
        aws.seed_repository(ACCOUNT, REGION, name);
    }
    Machine::before(aws).with_git(git).configured().env("AWS_SECRET_ACCESS_KEY", SECRET)
}

/// Bob pushes these files to the repository, with the tag `v1.0.0`.
fn published(machine: Machine, name: &str, files: &[(&str, &str)]) -> Machine {
    let machine = machine.env("AWS_ACCESS_KEY_ID", BOBS_KEY);
    let folder = format!("source/{name}");
    machine.git(&["clone", "-q", &url(name), &folder]).succeeds();
    let machine =
        files.iter().fold(machine, |machine, (file, text)| machine.file(&format!("home/{folder}/{file}"), text));
    for arguments in [
        &["add", "."][..],
        &["commit", "-qm", "published"],
        &["tag", "v1.0.0"],
        &["push", "-q", "origin", "HEAD", "v1.0.0"],
    ] {
        machine.git(&[&["-C", &folder], arguments].concat()).succeeds();
    }
    machine.env("AWS_ACCESS_KEY_ID", KEY_ID)
}

/// Pastes the recipe twice: Alice may not read, and is told the reason; then she may, and CodeCommit sees her key.
fn refused_then_served(
    aws: &StandIn,
    machine: Machine,
    repository: &str,
    commands: &str,
    shows_the_reason: bool,
) -> Machine {
    aws.deny(ALICE, Action::GitPull, repository, DenyTail::Bare);
    let run = machine.run("/bin/sh".as_ref(), &["-euc", commands], b"");
    assert_ne!(run.status, 0, "{}", run.transcript());
    let shown = format!("{}{}", run.stdout, run.stderr);
    let reason = "not authorized to perform codecommit:GitPull: no identity-based policy (CC411)";
    assert_eq!(shown.contains(reason) && shown.contains("fix: "), shows_the_reason, "{shown}");
    aws.allow(ALICE, Action::GitPull, repository);
    aws.forget();
    let machine = machine.pasted(commands);
    assert_eq!(served(aws), [ALICE]);
    machine
}

/// The machine with this program on its PATH; without one, says that the test is skipped.
fn with_program(machine: Machine, name: &str) -> Option<Machine> {
    let Some(program) = on_path(name) else {
        skipped(name);
        return None;
    };
    symlink(program, machine.bin().join(name)).expect("a link");
    Some(machine)
}

fn with_package(machine: Machine) -> Machine {
    published(machine, "billing", &[("package.json", "{\"name\": \"billing\", \"version\": \"1.0.0\"}")])
}

#[test]
fn npm_installs_from_codecommit_and_shows_the_reason_of_a_refusal() {
    let command = &blocks(PAGE, "## npm", "sh")[0];
    assert!(section(PAGE, "# Clients").contains(command), "the page opens with it");
    let manifest = &blocks(PAGE, "## npm", "json")[0];
    with_each_git(|git| {
        let aws = StandIn::start();
        let Some(machine) = with_program(with_package(before(&aws, git)), "npm") else { return };
        let machine = machine.file("home/app/package.json", "{}").file("home/from-manifest/package.json", manifest);
        let machine = refused_then_served(&aws, machine, "billing", &format!("cd app\n{command}"), true);
        assert!(machine.path("home/app/node_modules/billing/package.json").is_file());
        let machine = machine.pasted("cd from-manifest\nnpm install");
        assert!(machine.path("home/from-manifest/node_modules/billing/package.json").is_file());
    });
}

/// A build without setuptools, which pip would have to download.
const BACKEND: &str = r#"
import os, zipfile
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "billing-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr("billing.py", "TOTAL = 1\n")
        about = "billing-1.0.0.dist-info/"
        wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: billing\nVersion: 1.0.0\n")
        wheel.writestr(about + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(about + "RECORD", "")
    return name
"#;

#[test]
fn pip_installs_from_codecommit_and_shows_the_reason_of_a_refusal() {
    let command = &blocks(PAGE, "## pip", "sh")[0];
    let requirements = &blocks(PAGE, "## pip", "text")[0];
    let project = "[project]\nname = \"billing\"\nversion = \"1.0.0\"\n\
                   [build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n";
    with_each_git(|git| {
        let aws = StandIn::start();
        let machine = published(before(&aws, git), "billing", &[("pyproject.toml", project), ("backend.py", BACKEND)]);
        let Some(machine) = with_program(machine, "pip") else { return };
        let target = machine.path("home/site").display().to_string();
        let machine = machine
            .env("PIP_TARGET", &target)
            .env("PIP_UPGRADE", "1")
            // Without it pip prints the hash of the wheel, which looks like a signature.
            .env("PIP_QUIET", "1")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .file("home/requirements.txt", requirements);
        let machine = refused_then_served(&aws, machine, "billing", command, true);
        assert!(machine.path("home/site/billing.py").is_file());
        std::fs::remove_dir_all(machine.path("home/site")).expect("to uninstall");
        let machine = machine.pasted("pip install -r requirements.txt");
        assert!(machine.path("home/site/billing.py").is_file());
    });
}

#[test]
fn go_gets_a_module_from_codecommit_and_hides_the_reason_of_a_refusal() {
    let commands = &blocks(PAGE, "## Go modules", "sh")[0];
    let first_line = &blocks(PAGE, "## Go modules", "text")[0];
    assert!(section(PAGE, "## Go modules").contains("Go does not print the reason"));
    with_each_git(|git| {
        let aws = StandIn::start();
        let module = format!("{first_line}\ngo 1.21\n");
        let machine =
            published(before(&aws, git), "billing", &[("go.mod", &module), ("billing.go", "package billing\n")]);
        let Some(machine) = with_program(machine, "go") else { return };
        let machine = machine
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "-modcacherw")
            .file("home/app/go.mod", "module app\n\ngo 1.21\n");
        let machine = refused_then_served(&aws, machine, "billing", &format!("cd app\n{commands}"), false);
        let required = std::fs::read_to_string(machine.path("home/app/go.mod")).expect("the module");
        assert!(required.contains(&format!("{HOST}/v1/repos/billing.git v1.0.0")), "{required}");
        let asked: Vec<String> = aws.tunnels().into_iter().map(|tunnel| tunnel.target).collect();
        assert!(asked.iter().all(|target| target == &format!("{HOST}:443")), "GOPRIVATE asks no one else: {asked:?}");
    });
}

#[test]
fn pre_commit_runs_hooks_from_codecommit_and_shows_the_reason_of_a_refusal() {
    let configuration = &blocks(PAGE, "## pre-commit", "yaml")[0];
    let hooks = "- id: words\n  name: words\n  entry: echo\n  language: system\n";
    with_each_git(|git| {
        let aws = StandIn::start();
        let machine = published(before(&aws, git), "hooks", &[(".pre-commit-hooks.yaml", hooks)]);
        let Some(machine) = with_program(machine, "pre-commit") else { return };
        let machine = machine.file("home/app/.pre-commit-config.yaml", configuration);
        let commands = "cd app\ngit init -q .\ngit add .\npre-commit run --all-files";
        refused_then_served(&aws, machine, "hooks", commands, true);
    });
}

#[test]
fn submodules_with_relative_urls_are_added_and_cloned() {
    let block = &blocks(PAGE, "## Submodules", "sh")[0];
    let (add, clone) = block.trim_end().split_once('\n').expect("two commands");
    with_each_git(|git| {
        let aws = StandIn::start();
        let machine = before(&aws, git).env("AWS_ACCESS_KEY_ID", KEY_ID);
        machine.git(&["clone", "-q", &url("billing")]).succeeds();
        let machine = machine.pasted(&format!("cd billing\n{add}\ngit commit -qm part\ngit push -q")).pasted(clone);
        assert!(machine.path("home/all/invoices/.git").exists());
    });
}

#[test]
fn a_worktree_fetches_as_its_repository() {
    let block = &blocks(PAGE, "## Worktrees", "sh")[0];
    with_each_git(|git| {
        let aws = StandIn::start();
        let machine = before(&aws, git).env("AWS_ACCESS_KEY_ID", KEY_ID);
        machine.git(&["clone", "-q", &url("billing")]).succeeds();
        aws.forget();
        machine.pasted(&format!("cd billing\n{block}"));
        assert_eq!(served(&aws), [ALICE]);
    });
}

#[test]
fn a_mirror_follows_its_repository_again_and_again() {
    let block = &blocks(PAGE, "## Mirror a repository", "sh")[0];
    with_each_git(|git| {
        let aws = StandIn::start();
        let machine = with_package(before(&aws, git));
        aws.create_repository(ACCOUNT, REGION, "billing-mirror");
        let references = |machine: &Machine, name: &str| {
            machine.git(&["ls-remote", "--heads", "--tags", &url(name)]).succeeds().stdout
        };
        let machine = machine.pasted(block);
        assert_eq!(references(&machine, "billing-mirror"), references(&machine, "billing"));
        // The next time, from a clone that is there, without the tag.
        machine.git(&["-C", "source/billing", "push", "-q", "origin", ":v1.0.0"]).succeeds();
        std::fs::remove_dir_all(machine.path("home/billing.git")).expect("to forget the clone");
        let machine = machine.pasted(block);
        assert!(!references(&machine, "billing-mirror").contains("v1.0.0"), "what is gone there is gone here");
        assert_eq!(references(&machine, "billing-mirror"), references(&machine, "billing"));
    });
}
