//! Parses the sentence with which AWS denies access.
//!
//! Decides who was denied which action, and by which type of policy. Grammar: IAM User Guide, "Troubleshoot access
//! denied error messages". AWS names one type of policy, even if several deny the request.

/// Who was denied which action, and by which type of policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The principal's ARN, if the sentence names it.
    pub principal: Option<String>,
    /// The action, such as `codecommit:GitPull`, if the sentence names it.
    pub action: Option<String>,
    /// The resource's ARN, if the sentence names it.
    pub resource: Option<String>,
    /// Whether it is an explicit deny; otherwise no statement allows the action (implicit deny).
    pub explicit: bool,
    /// The type of policy that denied the request, if the sentence names it.
    pub policy: Option<PolicyKind>,
}

/// The types of policy that AWS names in a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Identity-based policy, of a user, group or role.
    Identity,
    /// Service control policy (SCP) of the organization.
    ServiceControl,
    /// Resource control policy (RCP) of the organization.
    ResourceControl,
    /// Permissions boundary of a user or role.
    PermissionsBoundary,
    /// Session policy, passed when the role was assumed.
    Session,
    /// VPC endpoint policy.
    VpcEndpoint,
    /// Resource-based policy.
    Resource,
}

impl PolicyKind {
    /// The last words of the sentence, in AWS's wording.
    const TAILS: [(&'static str, Self); 8] = [
        ("identity-based policy", Self::Identity),
        ("service control policy", Self::ServiceControl),
        ("resource control policy", Self::ResourceControl),
        ("permissions boundary", Self::PermissionsBoundary),
        ("session policy", Self::Session),
        // The guide has this spelling in one example.
        ("sessions policy", Self::Session),
        ("VPC endpoint policy", Self::VpcEndpoint),
        ("resource-based policy", Self::Resource),
    ];
}

impl Denial {
    /// Parses the sentence. Parts that it does not have are `None`.
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
