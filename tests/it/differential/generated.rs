//! The same identity from generated profiles: every source beside every other.

use super::cli::aws_clis;
use super::identity::{Call, anonymous, calls, open_world, same};
use crate::common::{Machine, request};
use serde_json::Value;
use stand_in::StandIn;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn generated_profiles_give_the_identity_that_botocore_finds() {
    for aws in aws_clis() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let token = directory.path().join("token");
        std::fs::write(&token, "web-token").expect("a file");
        if let Some(printed) = aws.script("profiles.py", &[directory.path(), &token]) {
            compare(&printed);
        }
    }
}

fn compare(printed: &str) {
    let cases: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let answered = cases.iter().filter(|case| case["key"].is_string()).count();
    assert!(answered * 5 > cases.len() * 2, "only {answered} of {} profiles have an identity", cases.len());
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let aws = open_world();
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    failures.lock().expect("no panic").extend(difference(&aws, case));
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    assert!(failures.is_empty(), "{} of {} profiles\n\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}

fn difference(aws: &StandIn, case: &Value) -> Option<String> {
    let variables = case["environment"].as_object().expect("variables");
    let machine = same("signed in").signed_in("corp", 60).machine(aws);
    let machine = variables
        .iter()
        .fold(machine, |machine: Machine, (name, value)| machine.env(name, value.as_str().expect("a text")));
    let arguments = match case["profile"].as_str() {
        Some(profile) => vec!["--profile", profile, "get"],
        None => vec!["get"],
    };
    aws.forget();
    let run = machine.helper(&arguments, &request("demo"));
    let ours = match run.attribute("username").map(|username| username.split_once('%').unwrap_or((username, ""))) {
        None => (None, None, Vec::new()),
        Some((key, token)) => {
            let key = anonymous(key.to_owned());
            let token = Some(token.to_owned()).filter(|token| !token.is_empty() && key != "temporary");
            // botocore was not asked for an endpoint.
            let calls = calls(aws).into_iter().map(|call| Call { host: String::new(), ..call }).collect();
            (Some(key), token, calls)
        }
    };
    let text = |key: &str| case[key].as_str().map(str::to_owned);
    let their_calls: Vec<Call> = case["calls"].as_array().expect("calls").iter().map(botocores).collect();
    let theirs = (text("key"), text("token"), their_calls);
    (ours != theirs).then(|| {
        let mut told = format!("botocore: {theirs:?}, {}\nthis program: {ours:?}", case["refused"]);
        let _ = write!(told, "\n{}\n{}", run.transcript(), case["environment"]);
        for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
            let contents = std::fs::read_to_string(variables[name].as_str().expect("a path")).expect("a file");
            let _ = write!(told, "\n--- {name}, {arguments:?}\n{contents}");
        }
        told
    })
}

fn botocores(call: &Value) -> Call {
    let parameters = call[2].as_object().expect("parameters").iter();
    Call {
        action: call[0].as_str().expect("a name").to_owned(),
        host: String::new(),
        key: call[1].as_str().map(str::to_owned),
        parameters: parameters
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
    }
}
