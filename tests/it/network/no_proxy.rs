//! `NO_PROXY`, beside those who read it: Python for the AWS CLI, curl and git for git.

use crate::common::{HOST, Machine, aws_with_demo, skipped, url, with_each_git};
use std::process::Command;

/// The lists of the table, what Python says of each without and with a port, and what curl says.
fn table() -> Vec<(String, [&'static str; 3])> {
    let lines = include_str!("../../../src/aws/no_proxy.tsv").lines().filter(|line| !line.starts_with('#'));
    let parsed = lines.map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        (serde_json::from_str(fields[0]).expect("a string"), [fields[1], fields[2], fields[3]])
    });
    parsed.collect()
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.env_clear().env("PATH", std::env::var_os("PATH")?).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[test]
fn the_table_is_what_python_says() {
    const ASK: &str = "import json, sys, urllib.request as u\n\
        for line in json.load(sys.stdin):\n \
        print(*['past' if u.proxy_bypass_environment(h, {'no': line}) else 'proxy' for h in sys.argv[1:]])";
    let lists: Vec<String> = table().into_iter().map(|(list, _)| list).collect();
    let input = serde_json::to_string(&lists).expect("JSON");
    let machine = Machine::new().file("lists", &input);
    let ask = format!("exec python3 -c \"$1\" {HOST} {HOST}:443 <\"$2\"");
    let mut shell = stand_in::command("/bin/sh");
    let Some(said) = output(shell.args(["-c", &ask, "sh", ASK]).arg(machine.path("lists"))) else {
        return skipped("python3");
    };
    let expected: Vec<String> = table().iter().map(|(_, [without, with, _])| format!("{without} {with}")).collect();
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn git_and_the_helper_go_past_the_proxy_for_the_same_lists_and_the_table_says_for_which() {
    with_each_git(|git| {
        for (list, [.., curl]) in table() {
            let aws = aws_with_demo();
            let machine = Machine::before(&aws)
                .configured()
                .with_keys()
                .with_git(git)
                .env("NO_PROXY", &list)
                .env("GIT_CONFIG_COUNT", "1")
                // Nothing listens there.
                .env("GIT_CONFIG_KEY_0", "http.curloptResolve")
                .env("GIT_CONFIG_VALUE_0", &format!("{HOST}:443:127.0.0.1"));
            let way = |aws: &stand_in::StandIn| if aws.tunnels().is_empty() { "past" } else { "proxy" };
            let _ = machine.helper(&["get"], &crate::common::request("demo")).succeeds();
            assert_eq!(way(&aws), curl, "{list:?}");
            aws.forget();
            let _ = machine.env("GIT_CODECOMMIT_VERIFY", "never").git(&["ls-remote", &url("demo")]);
            // curl 8.9 and later end the list at a blank between two names.
            if !list.trim().contains(' ') || list.contains(", ") || list.contains(" ,") {
                assert_eq!(way(&aws), curl, "{list:?}, git");
            }
        }
    });
}
