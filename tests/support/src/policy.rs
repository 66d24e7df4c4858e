//! Permissions: every caller may do everything in their account, except for the denials that a test sets.
//!
//! The messages are those of "Troubleshoot access denied error messages" in the IAM User Guide.

use crate::keys::principal_matches;

/// The action for which a request to CodeCommit is authorized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    GitPull,
    GitPush,
    /// Fetches and pushes on the hosts of CodeConnections.
    UseConnection,
    GetRepository,
    ListRepositories,
}

impl Action {
    /// The name, as in policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GitPull => "codecommit:GitPull",
            Self::GitPush => "codecommit:GitPush",
            Self::UseConnection => "codeconnections:UseConnection",
            Self::GetRepository => "codecommit:GetRepository",
            Self::ListRepositories => "codecommit:ListRepositories",
        }
    }
}

/// The types of policy that an access-denied message may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    IdentityBased,
    ServiceControl,
    VpcEndpoint,
    PermissionsBoundary,
    Session,
    ResourceBased,
    ResourceControl,
}

impl PolicyKind {
    pub const ALL: [Self; 7] = [
        Self::IdentityBased,
        Self::ServiceControl,
        Self::VpcEndpoint,
        Self::PermissionsBoundary,
        Self::Session,
        Self::ResourceBased,
        Self::ResourceControl,
    ];

    /// The name, as in `because no … allows`.
    fn name(self) -> &'static str {
        match self {
            Self::IdentityBased => "identity-based policy",
            Self::ServiceControl => "service control policy",
            Self::VpcEndpoint => "VPC endpoint policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ResourceBased => "resource-based policy",
            Self::ResourceControl => "resource control policy",
        }
    }

    fn article(self) -> &'static str {
        if self == Self::IdentityBased { "an" } else { "a" }
    }
}

/// The end of an access-denied message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenyTail {
    /// No policy of this kind allows the action.
    Implicit(PolicyKind),
    /// A policy of this kind denies the action.
    Explicit(PolicyKind),
    /// The message names no reason.
    Bare,
}

impl DenyTail {
    /// The end of the message, with a space before it.
    #[must_use]
    pub fn text(self, action: Action) -> String {
        match self {
            Self::Implicit(kind) => format!(" because no {} allows the {} action", kind.name(), action.name()),
            Self::Explicit(kind) => format!(" with an explicit deny in {} {}", kind.article(), kind.name()),
            Self::Bare => String::new(),
        }
    }
}

#[derive(Debug)]
struct Denial {
    principal: String,
    action: Action,
    repository: String,
    tail: DenyTail,
}

/// The denials that are set.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    denials: Vec<Denial>,
}

impl Policies {
    pub(crate) fn deny(&mut self, principal: &str, action: Action, repository: &str, tail: DenyTail) {
        self.allow(principal, action, repository);
        self.denials.push(Denial { principal: principal.to_owned(), action, repository: repository.to_owned(), tail });
    }

    pub(crate) fn allow(&mut self, principal: &str, action: Action, repository: &str) {
        self.denials.retain(|denial| {
            denial.principal != principal || denial.action != action || denial.repository != repository
        });
    }

    /// The message of the first denial that matches the request; `resource` is the ARN in the message.
    pub(crate) fn refusal(&self, principal: &str, action: Action, repository: &str, resource: &str) -> Option<String> {
        let denial = self.denials.iter().find(|denial| {
            denial.action == action
                && (denial.repository == repository || denial.repository == "*")
                && principal_matches(&denial.principal, principal)
        })?;
        Some(format!(
            "User: {principal} is not authorized to perform: {} on resource: {resource}{}",
            action.name(),
            denial.tail.text(action)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_read_as_in_the_iam_guide() {
        assert_eq!(
            DenyTail::Implicit(PolicyKind::IdentityBased).text(Action::GitPull),
            " because no identity-based policy allows the codecommit:GitPull action"
        );
        assert_eq!(
            DenyTail::Explicit(PolicyKind::IdentityBased).text(Action::GitPush),
            " with an explicit deny in an identity-based policy"
        );
        assert_eq!(
            DenyTail::Explicit(PolicyKind::VpcEndpoint).text(Action::GitPush),
            " with an explicit deny in a VPC endpoint policy"
        );
    }
}
