//! CC411 to CC416: denials. What lifts one is an administrator's; no Allow is asked for against an explicit deny.

use super::person::Person;
use super::{Case, case};
use crate::common::{ALICE, url};
use stand_in::{Action, DenyTail, PolicyKind};

pub fn cases() -> Vec<Case> {
    let kinds = [
        (PolicyKind::IdentityBased, ["CC411", "CC412"]),
        (PolicyKind::ServiceControl, ["CC413", "CC413"]),
        (PolicyKind::ResourceControl, ["CC413", "CC413"]),
        (PolicyKind::PermissionsBoundary, ["CC414", "CC414"]),
        (PolicyKind::Session, ["CC415", "CC415"]),
        (PolicyKind::VpcEndpoint, ["CC416", "CC416"]),
        (PolicyKind::ResourceBased, ["CC411", "CC411"]),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for (kind, [implicit, explicit]) in kinds {
        let name = |how: &str| format!("{how}_{kind:?}");
        let failing = case(name("not_allowed_by"), implicit, move |person| denied(person, DenyTail::Implicit(kind)));
        cases.push(match kind {
            PolicyKind::Session => failing.words(|person| {
                person.aws.allow(ALICE, Action::GitPull, "demo");
                person
            }),
            _ => failing.administrator(),
        });
        let deny = move |person| denied(person, DenyTail::Explicit(kind));
        cases.push(case(name("denied_by"), explicit, deny).administrator());
    }
    cases.push(case("denied_without_a_policy", "CC411", |person| denied(person, DenyTail::Bare)).administrator());
    cases
}

fn denied(person: Person, tail: DenyTail) -> Person {
    person.aws.deny(ALICE, Action::GitPull, "demo", tail);
    person.configured().with_keys().clones(&url("demo"))
}

/// An Allow that is asked for against an explicit deny changes nothing (IAM User Guide, "Policy evaluation logic").
#[test]
fn an_explicit_deny_asks_for_no_allow() {
    for (git, _) in crate::common::gits() {
        for case in cases().iter().filter(|case| case.name.starts_with("denied_by_")) {
            let told = std::sync::Mutex::new(String::new());
            let _ = case.problem(&git, &told);
            let told = told.into_inner().expect("what was printed");
            assert!(!told.is_empty() && !told.contains("Allow") && !told.contains("to add"), "{}: {told}", case.name);
        }
    }
}
