//! Which proxy it is, whatever is set: git's own choice, and that of the AWS CLI, beside them.

use super::proxies::{resolved, with_role, without_proxy};
use super::relay::{Relay, Speaks};
use crate::common::{Machine, REGION, aws_with_demo, url, with_each_git};
use crate::differential::aws_clis;
use stand_in::StandIn;

/// Which of three proxies gets the first request: by its letter, or `-` for none.
fn way(relays: &[Relay; 3]) -> &'static str {
    let asked: Vec<bool> = relays.iter().map(|relay| !relay.seen().is_empty()).collect();
    relays.iter().for_each(Relay::forget);
    match asked[..] {
        [true, false, false] => "a",
        [false, true, false] => "b",
        [false, false, true] => "c",
        [false, false, false] => "-",
        _ => "several",
    }
}

/// Variables and settings, where A, B and C stand for proxies; the way of git, and that of AWS calls. Where the AWS CLI has no
/// way of its own the last is ours.
const WAYS: [(&str, &str, &str); 20] = [
    ("https_proxy=A HTTPS_PROXY=B ALL_PROXY=C", "a", "a"),
    ("HTTPS_PROXY=B ALL_PROXY=C", "b", "b"),
    ("https_proxy= HTTPS_PROXY=B ALL_PROXY=C", "-", "-"),
    ("https_proxy= HTTPS_PROXY=B", "-", "-"),
    ("HTTPS_PROXY= ALL_PROXY=C", "-", "c"),
    ("https_proxy=A HTTPS_PROXY=", "a", "a"),
    ("http_proxy=A HTTP_PROXY=B", "-", "-"),
    ("all_proxy=A ALL_PROXY=C", "a", "a"),
    ("all_proxy= ALL_PROXY=C", "-", "-"),
    ("http.proxy=A HTTPS_PROXY=B", "a", "b"),
    ("http.proxy=A ALL_PROXY=B", "a", "a"),
    ("http.proxy= HTTPS_PROXY=B", "-", "b"),
    ("http.proxy= ALL_PROXY=B", "-", "-"),
    ("http.https://git-codecommit.eu-west-1.amazonaws.com.proxy=A http.proxy=B", "a", "a"),
    ("HTTPS_PROXY=A NO_PROXY=amazonaws.com", "-", "-"),
    ("HTTPS_PROXY=A NO_PROXY=amazonaws.com no_proxy=", "a", "a"),
    ("HTTPS_PROXY=A NO_PROXY=* no_proxy=x", "a", "a"),
    ("HTTPS_PROXY=A no_proxy=x,*", "a", "a"),
    ("http.proxy=A NO_PROXY=*", "-", "-"),
    ("ALL_PROXY=A no_proxy=.amazonaws.com", "-", "-"),
];

/// A machine with these variables and settings.
fn with_ways(machine: Machine, ways: &str, relays: &[Relay; 3]) -> Machine {
    let mut count = 1;
    let machine = ways.split(' ').fold(resolved(machine), |machine, way| {
        let (name, value) = way.split_once('=').expect("a value");
        let value = match value {
            "A" => relays[0].url("http", ""),
            "B" => relays[1].url("http", ""),
            "C" => relays[2].url("http", ""),
            other => other.to_owned(),
        };
        if !name.contains('.') {
            return machine.env(name, &value);
        }
        let (key, setting) = (format!("GIT_CONFIG_KEY_{count}"), format!("GIT_CONFIG_VALUE_{count}"));
        count += 1;
        machine.env(&key, name).env(&setting, &value)
    });
    machine.env("GIT_CONFIG_COUNT", &count.to_string())
}

fn three(aws: &StandIn) -> [Relay; 3] {
    // Nothing gets through: the first request tells the way.
    ["a", "b", "c"].map(|_| Relay::to(aws, Speaks::Http("HTTP/1.1 403 Forbidden\r\n\r\n".to_owned(), None)))
}

#[test]
fn git_and_the_helper_go_the_same_way_whatever_is_set() {
    let aws = aws_with_demo();
    let relays = three(&aws);
    with_each_git(|git| {
        for (ways, expected, _) in WAYS {
            let machine = with_ways(without_proxy(&aws).configured().with_git(git), ways, &relays);
            let _ = machine.get().succeeds();
            assert_eq!(way(&relays), expected, "{ways}: this program");
            let _ = machine.env("GIT_CODECOMMIT_VERIFY", "never").git(&["ls-remote", &url("demo")]);
            assert_eq!(way(&relays), expected, "{ways}: git");
        }
    });
}

#[test]
fn aws_calls_go_the_way_of_the_aws_cli_where_it_has_one() {
    // Nothing listens there, and no name is looked up outside of this machine.
    const ENDPOINT: &str = "https://localhost:9";
    let aws = aws_with_demo();
    let relays = three(&aws);
    for (ways, _, expected) in WAYS.into_iter().filter(|(ways, ..)| !ways.contains("http.https")) {
        // Also with the port, which is in this URL.
        let local = ways.replace(".amazonaws.com", "localhost:9").replace("amazonaws.com", "localhost");
        let machine = || with_ways(with_role(&aws), &local, &relays);
        let run = machine().env("AWS_ENDPOINT_URL_STS", ENDPOINT).get();
        assert_eq!((run.status, way(&relays)), (1, expected), "{local}: {}", run.transcript());
        // The rest is not the AWS CLI's.
        if ways.contains("http.") || ways.to_lowercase().contains("all_proxy") {
            continue;
        }
        for cli in aws_clis() {
            let machine = cli.at_home_on(machine()).env("AWS_MAX_ATTEMPTS", "1").env("AWS_PROFILE", "alice");
            cli.put_on_the_path_of(&machine);
            let arguments = ["sts", "get-caller-identity", "--region", REGION, "--endpoint-url", ENDPOINT];
            let run = machine.run(&machine.bin().join("aws"), &arguments, b"");
            assert!(run.status != 0, "{local}: {}", run.transcript());
            assert_eq!(way(&relays), expected, "{local}: the AWS CLI {}: {}", cli.version, run.transcript());
        }
    }
}
