//! Words for a denied action: which policy decided, and whom to ask for what.

use super::credentials::said;
use crate::diagnosis::{Certainty, Facts};
use crate::failure::{Code, Failure, Fix};
use crate::verification::probe::Service;
use codecommit::denial::{Denial, PolicyKind};

pub(super) fn denied(denial: &Denial, certainty: Certainty, facts: &Facts) -> Failure {
    let action = denial.action.as_deref().unwrap_or("codecommit:GitPull");
    let resource = denial.resource.as_deref().unwrap_or("the repository");
    let principal = denial.principal.as_deref().unwrap_or("the owner of this access key");
    // What one administrator can add is asked for at once.
    let (actions, listed) = if facts.push_denied_too && action != PUSH {
        (format!("{action} and {PUSH}"), format!(r#"["{action}", "{PUSH}"]"#))
    } else {
        (action.to_owned(), format!(r#""{action}""#))
    };
    let statement = format!(r#"{{"Effect": "Allow", "Action": {listed}, "Resource": "{resource}"}}"#);
    let failure = |code, reason: &str| {
        let probably = if certainty == Certainty::Likely { "probably " } else { "" };
        let failure = Failure::new(code, format!("{probably}not authorized to perform {action}: {reason}"));
        let other = facts.repository.refused().filter(|_| certainty == Certainty::Likely && denial.policy.is_some());
        let failure = match other {
            Some(refusal) => failure.looked_at(format!("codecommit:GetRepository: AWS said: {}", said(refusal))),
            None => failure,
        };
        let failure = if facts.push_denied_too {
            failure.looked_at(format!("{PUSH} is denied for the same reason"))
        } else {
            failure
        };
        // AWS's own sentence, shown below, usually names both.
        let message = facts.error.as_ref().map_or("", |error| &error.message);
        if message.contains(principal) && message.contains(resource) {
            return failure;
        }
        failure.looked_at(format!("you are {principal}; the resource is {resource}"))
    };
    // The first line names the policy; AWS's words for it stand in full where AWS is quoted.
    let asked = |what: String| Fix::administrator(format!("ask your administrator {what}"));
    // An Allow is no fix for an explicit Deny.
    let limited = |code, policy: &str, allow: Fix| {
        if denial.explicit {
            failure(code, &format!("{policy} deny"))
                .looked_at(format!("explicit deny in the {policy}: no Allow overrides it"))
                .fix(asked(format!("which Deny statement in the {policy} applies")))
        } else {
            failure(code, policy).looked_at(format!("the {policy} does not allow the action")).fix(allow)
        }
    };
    let organization = |short: &str, policy: &str| {
        let how = if denial.explicit { "explicit deny in" } else { "not allowed by" };
        failure(Code::ServiceControlPolicy, &format!("{how} an {short}"))
            .looked_at(format!("{short}: a {policy} of AWS Organizations"))
            .fix(Fix::administrator("ask your AWS Organizations administrator"))
    };
    match denial.policy {
        Some(PolicyKind::Identity) if denial.explicit => {
            explicitly_denied(failure(Code::ExplicitDeny, "explicit deny (IAM policy)"), facts)
        }
        Some(PolicyKind::ServiceControl) => organization("SCP", "service control policy"),
        Some(PolicyKind::ResourceControl) => organization("RCP", "resource control policy"),
        Some(PolicyKind::PermissionsBoundary) => {
            let allow = asked(format!("to add to the permissions boundary: {statement}"));
            limited(Code::PermissionsBoundary, "permissions boundary", allow)
        }
        Some(PolicyKind::Session) => {
            let allow = format!("assume the role again without the session policy, or with one that allows {actions}");
            limited(Code::SessionPolicy, "session policy", Fix::words(allow))
        }
        Some(PolicyKind::VpcEndpoint) => {
            let allow = asked(format!("to allow {actions} in the VPC endpoint policy"));
            limited(Code::VpcEndpointPolicy, "VPC endpoint policy", allow)
        }
        Some(PolicyKind::Resource) => {
            let allow = asked("to allow it in the resource-based policy".to_owned());
            limited(Code::PermissionMissing, "resource-based policy", allow)
        }
        Some(PolicyKind::Identity) | None => {
            let missing = match certainty {
                Certainty::Said => failure(Code::PermissionMissing, "no identity-based policy"),
                Certainty::Likely => Failure {
                    cause: format!("probably not authorized to perform {action}"),
                    ..failure(Code::PermissionMissing, "")
                }
                .looked_at("the credentials are valid; an explicit deny, an SCP, a VPC endpoint policy or the KMS key can cause this too"),
            };
            let missing = if facts.pull_works == Some(true) {
                missing.looked_at("fetch is allowed, push is not")
            } else {
                missing
            };
            missing.fix(asked(format!("to add: {statement}")))
        }
    }
}

/// The permission for a push.
const PUSH: &str = "codecommit:GitPush";

fn explicitly_denied(mut failure: Failure, facts: &Facts) -> Failure {
    if facts.key.is_long_term() && !facts.key.has_token {
        failure = failure.looked_at("such policies often require MFA, which long-term access keys do not carry");
    }
    if facts.service == Service::ReceivePack && facts.pull_works == Some(true) {
        // User Guide, "Limit pushes and merges to branches": the first authorization of a push names no branch.
        failure = failure.looked_at(
            r#"fetch is allowed, so this may be a branch policy that lacks "Null": {"codecommit:References": "false"} in its Condition"#,
        );
    }
    failure.fix(Fix::administrator("ask your administrator which Deny statement applies"))
}
