//! What this program is compared with: both versions of the AWS CLI, git, AWS's Python remote helper, the shells. Where one
//! is missing its tests are skipped, and say so; with `REQUIRE_ORACLES=1`, as in `.ci/run`, they fail.

use crate::common::{gits, skipped};
use crate::differential::aws_clis;

#[test]
fn both_versions_of_the_aws_cli_are_here() {
    for version in ["1.", "2."] {
        // Set by `.ci/run` where the system has no package of it.
        if version == "2." && std::env::var_os("NO_AWS_CLI_2").is_some() {
            println!("skipped: this system has no package of version 2 of the AWS CLI");
        } else if aws_clis().iter().all(|aws| !aws.version.starts_with(version)) {
            skipped(&format!("version {version}x of the AWS CLI"));
        }
    }
}

/// One is enough for a pass: a system has one package of git.
#[test]
fn it_is_told_how_many_versions_of_git_the_tests_run_with() {
    for (git, version) in gits() {
        println!("{}: {version}", git.display());
    }
}

#[test]
fn a_missing_oracle_is_a_failure_where_oracles_are_required_and_is_told_elsewhere() {
    let test = "remote::the_python_program_asks_for_the_same_with_the_same_identity";
    let own = std::env::current_exe().expect("a test program");
    let run = |required: &str| {
        let mut again = stand_in::command(&own);
        again.args(["--exact", "--show-output", test]).env("PATH", "/nowhere").env("REQUIRE_ORACLES", required);
        let output = again.output().expect("this test program");
        (output.status.success(), String::from_utf8(output.stdout).expect("UTF-8 output"))
    };
    let missing = "AWS's git-remote-codecommit is not installed";
    let (passes, told) = run("0");
    assert!(passes && told.contains(&format!("skipped: {missing}\n")), "{told}");
    let (passes, told) = run("1");
    assert!(!passes && told.contains(missing) && told.contains("REQUIRE_ORACLES"), "{told}");
}
