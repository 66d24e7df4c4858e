//! The sentence with which AWS denies access, taken apart.
//!
//! Grammar: IAM User Guide, "Troubleshoot access denied error messages". One kind of policy is named, the one that
//! decided.

/// Who was denied what, and by which kind of policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The principal's ARN, where the sentence has it.
    pub principal: Option<String>,
    /// Such as `codecommit:GitPull`.
    pub action: Option<String>,
    /// The resource's ARN.
    pub resource: Option<String>,
    /// Whether a statement denies it, rather than none allowing it.
    pub explicit: bool,
    /// The kind of policy that decided, where the sentence says it.
    pub policy: Option<PolicyKind>,
}

/// Kinds of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Of the user, group or role.
    Identity,
    /// Of the organization.
    ServiceControl,
    /// Of the organization, on resources.
    ResourceControl,
    /// A cap on a user or role.
    PermissionsBoundary,
    /// Passed when the role was assumed.
    Session,
    /// Of the VPC endpoint in between.
    VpcEndpoint,
    /// Of the resource.
    Resource,
}

impl PolicyKind {
    /// The tails of the sentence, as AWS words them.
    const TAILS: [(&'static str, Self); 8] = [
        ("identity-based policy", Self::Identity),
        ("service control policy", Self::ServiceControl),
        ("resource control policy", Self::ResourceControl),
        ("permissions boundary", Self::PermissionsBoundary),
        ("session policy", Self::Session),
        // The guide spells it so once.
        ("sessions policy", Self::Session),
        ("VPC endpoint policy", Self::VpcEndpoint),
        ("resource-based policy", Self::Resource),
    ];
}

impl Denial {
    /// Reads the sentence. What it does not say stays unknown.
    #[must_use]
    pub fn read(message: &str) -> Self {
        let after = |marker: &str| {
            let rest = message.split_once(marker)?.1;
            let word = rest.split_whitespace().next()?.trim_end_matches(['.', ',']);
            (!word.is_empty()).then(|| word.to_owned())
        };
        Self {
            principal: after("User: "),
            action: after("not authorized to perform: "),
            resource: after("on resource: "),
            explicit: message.contains("explicit deny"),
            policy: PolicyKind::TAILS.into_iter().find_map(|(tail, policy)| message.contains(tail).then_some(policy)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_from_the_field_is_taken_apart() {
        let message = "User: arn:aws:iam::111122223333:user/gitops is not authorized to perform: codecommit:GitPull on \
                       resource: arn:aws:codecommit:us-west-2:111122223333:app because no identity-based policy allows \
                       the codecommit:GitPull action";
        assert_eq!(
            Denial::read(message),
            Denial {
                principal: Some("arn:aws:iam::111122223333:user/gitops".into()),
                action: Some("codecommit:GitPull".into()),
                resource: Some("arn:aws:codecommit:us-west-2:111122223333:app".into()),
                explicit: false,
                policy: Some(PolicyKind::Identity),
            }
        );
    }

    #[test]
    fn every_tail_is_known_and_none_is_invented() {
        let read = |tail: &str| {
            let denial = Denial::read(&format!("User: a is not authorized to perform: b {tail}"));
            (denial.explicit, denial.policy)
        };
        for (tail, explicit, policy) in [
            ("with an explicit deny in an identity-based policy", true, PolicyKind::Identity),
            ("with an explicit deny in a service control policy", true, PolicyKind::ServiceControl),
            ("because no service control policy allows the b action", false, PolicyKind::ServiceControl),
            ("because no permissions boundary allows the b action", false, PolicyKind::PermissionsBoundary),
            ("with an explicit deny in a sessions policy", true, PolicyKind::Session),
            ("because no VPC endpoint policy allows the b action", false, PolicyKind::VpcEndpoint),
            ("with an explicit deny in a resource-based policy", true, PolicyKind::Resource),
            ("with an explicit deny in a resource control policy", true, PolicyKind::ResourceControl),
        ] {
            assert_eq!(read(tail), (explicit, Some(policy)), "{tail}");
        }
        assert_eq!(read(""), (false, None));
        assert_eq!(Denial::read("").action, None);
    }
}
