//! One cache of role credentials for both: what one program opens, the other uses.

use crate::cli::aws_cli;
use crate::common::{ALICE, KEY_ID, Machine, SECRET, aws_with_demo, request};
use stand_in::{Role, StandIn};

const ROLE: &str = "arn:aws:iam::111122223333:role/path/Deploy";

/// Profiles whose cache keys have something to get wrong.
const PROFILES: [&str; 4] = [
    "",
    "external_id = a\"b\\c/d é 😀\n",
    "role_session_name = alice@example.com\nduration_seconds = 3600\n",
    "duration_seconds = soon\nexternal_id = 12\n",
];

fn machine(aws: &StandIn, more: &str) -> Machine {
    let profile = format!("[default]\nregion = eu-west-1\nrole_arn = {ROLE}\nsource_profile = alice\n{more}");
    let keys = format!("[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    Machine::before(aws)
        .file("home/.aws/config", &profile)
        .file("home/.aws/credentials", &keys)
        .env("AWS_STS_REGIONAL_ENDPOINTS", "regional")
        .env("GIT_CODECOMMIT_VERIFY", "never")
}

fn calls(aws: &StandIn) -> usize {
    aws.requests().iter().filter(|request| request.action.as_deref() == Some("AssumeRole")).count()
}

#[test]
fn the_role_that_one_program_opens_the_other_uses() {
    let Some(cli) = aws_cli() else { return };
    for more in PROFILES {
        for ours_first in [true, false] {
            let aws = aws_with_demo();
            aws.add_role(Role::new(ROLE).trusting(ALICE));
            let machine = cli.at_home_on(machine(&aws, more));
            let ours = || machine.get().succeeds().attribute("username").map(str::to_owned);
            let theirs =
                || cli.get(&machine, &[], &[], &request("demo")).succeeds().attribute("username").map(str::to_owned);
            let (first, second) = if ours_first { (ours(), theirs()) } else { (theirs(), ours()) };
            assert!(first.is_some(), "{more}");
            assert_eq!((first, calls(&aws)), (second, 1), "{more:?}, ours first: {ours_first}");
        }
    }
}
