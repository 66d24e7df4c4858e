//! Facts → one verdict. Pure.
//!
//! Claims no more than the facts support: [`Certainty::Said`] if AWS reported it, [`Certainty::Likely`] if it follows
//! from AWS's answers to other queries. A refusal without a body is judged by those answers alone. Leaves the words to
//! `words`.

use super::{Answer, Facts};
use crate::aws::Refusal;
use crate::verification::probe::Service;
use codecommit::denial::{Denial, PolicyKind};
use codecommit::quote::Quote;

/// How certain a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// AWS reported it.
    Said,
    /// It is the most probable cause.
    Likely,
}

/// Why CodeCommit refused the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The access key is unknown, deleted or inactive.
    KeyUnknown(Certainty),
    /// The secret access key does not belong to the access key id.
    SecretMismatch(Certainty),
    /// A long-term access key has a session token.
    StrayToken,
    /// Key, secret and token do not belong together, or their session expired long ago.
    TokenInvalid(Certainty),
    /// The temporary credentials have expired.
    Expired(Certainty),
    /// The region is an opt-in region that is not enabled, or the token comes from the global STS endpoint.
    RegionNotEnabled,
    /// The keys belong to another partition.
    OtherPartition(String),
    /// The signature is expired or not yet valid, although it has AWS's own time.
    OutOfTime,
    /// The keys are valid, but the signature is refused.
    SignatureRefused,
    /// Access is denied.
    Denied(Denial, Certainty),
    /// The KMS key that encrypts the repository cannot be used.
    EncryptionKey {
        /// The error code.
        error: String,
        /// The KMS key, if the API returned it.
        key: Option<String>,
    },
    /// The repository exists in another region of the user's configuration.
    OtherRegion(Vec<String>),
    /// A repository with a similar name exists.
    OtherName(String),
    /// The URL ends in `.git`, which no repository's name does; the repository without it exists, as far as that is
    /// known.
    DotGit(Certainty),
    /// No repository has this name in this account and region.
    NoRepository,
    /// The account is not activated for CodeCommit.
    NotActivated,
    /// Neither the answer nor the other queries explain the refusal.
    Unexplained,
}

impl Verdict {
    /// Whether the refusal may be due to the identity that signed.
    #[must_use]
    pub fn is_about_the_identity(&self) -> bool {
        matches!(
            self,
            Self::KeyUnknown(_)
                | Self::SecretMismatch(_)
                | Self::TokenInvalid(_)
                | Self::Expired(_)
                | Self::OtherPartition(_)
                | Self::Denied(..)
                | Self::NoRepository
                | Self::Unexplained
        )
    }

    /// Whether new temporary credentials would help.
    #[must_use]
    pub fn is_about_the_session(&self) -> bool {
        matches!(self, Self::TokenInvalid(_) | Self::Expired(_))
    }
}

/// The verdict that the facts support.
#[must_use]
pub(crate) fn verdict(facts: &Facts) -> Verdict {
    if facts.status == 404 {
        return missing(facts);
    }
    match facts.error.as_ref() {
        Some(error) => by_name(facts, &error.name, &error.message),
        None => by_other_answers(facts),
    }
}

fn by_name(facts: &Facts, name: &str, message: &str) -> Verdict {
    match name.strip_suffix("Exception").unwrap_or(name) {
        "RepositoryDoesNotExist" => missing(facts),
        "AccessDenied" | "UnauthorizedOperation" => {
            Verdict::Denied(with_action(Denial::read(message), facts), Certainty::Said)
        }
        "ExpiredToken" | "RequestExpired" => Verdict::Expired(Certainty::Said),
        "UnrecognizedClient" | "InvalidClientTokenId" | "InvalidAccessKeyId" => invalid_key(facts),
        "InvalidSignature" | "SignatureDoesNotMatch" | "IncompleteSignature" => signature(facts, message),
        "OptInRequired" | "SubscriptionRequired" => Verdict::NotActivated,
        encryption if encryption.starts_with("Encryption") => {
            let key =
                facts.repository.known().and_then(|repository| repository.kms_key_id.as_ref().map(Quote::to_string));
            Verdict::EncryptionKey { error: name.to_owned(), key }
        }
        _ => by_other_answers(facts),
    }
}

/// "The security token included in the request is invalid": due to the key, the token, or the region.
fn invalid_key(facts: &Facts) -> Verdict {
    let key = &facts.key;
    if key.is_long_term() && key.has_token {
        return Verdict::StrayToken;
    }
    if facts.caller.refusal().is_some_and(is_expired) {
        return Verdict::Expired(Certainty::Said);
    }
    if facts.caller_elsewhere.known().is_some() && facts.caller.known().is_none() {
        return Verdict::RegionNotEnabled;
    }
    if let Some(other) = &facts.other_partition {
        return Verdict::OtherPartition(other.clone());
    }
    let certainty = if facts.caller.refusal().is_some_and(is_invalid) { Certainty::Said } else { Certainty::Likely };
    if key.has_token { Verdict::TokenInvalid(certainty) } else { Verdict::KeyUnknown(certainty) }
}

fn signature(facts: &Facts, message: &str) -> Verdict {
    if message.contains("Signature expired") || message.contains("not yet current") {
        return Verdict::OutOfTime;
    }
    match &facts.caller {
        Answer::Known(_) => Verdict::SignatureRefused,
        Answer::Refused(refusal) if is_expired(&refusal.code) => Verdict::Expired(Certainty::Said),
        Answer::Refused(refusal) if is_invalid(&refusal.code) => invalid_key(facts),
        Answer::Refused(_) => Verdict::SecretMismatch(Certainty::Said),
        Answer::Redirected(_) | Answer::Unknown => Verdict::SecretMismatch(Certainty::Likely),
    }
}

/// Decides by the answers of STS and the API if CodeCommit sent no error.
fn by_other_answers(facts: &Facts) -> Verdict {
    if let Some(code) = facts.caller.refusal() {
        return match code {
            code if is_expired(code) => Verdict::Expired(Certainty::Said),
            code if is_invalid(code) => invalid_key(facts),
            code if code.contains("Signature") => Verdict::SecretMismatch(Certainty::Said),
            _ => Verdict::Unexplained,
        };
    }
    if facts.caller.known().is_none() {
        return Verdict::Unexplained;
    }
    match &facts.repository {
        Answer::Refused(refusal) if refusal.code.starts_with("Encryption") => {
            Verdict::EncryptionKey { error: refusal.code.to_string(), key: None }
        }
        Answer::Refused(refusal) if refusal.code.starts_with("RepositoryDoesNotExist") => missing(facts),
        // The keys are valid, and the repository exists or may not be queried: a permission is missing.
        repository => {
            let (explicit, policy) = repository.refused().and_then(policy_for_all).unzip();
            let denial =
                Denial { principal: None, action: None, resource: None, explicit: explicit == Some(true), policy };
            Verdict::Denied(with_action(denial, facts), Certainty::Likely)
        }
    }
}

/// Whether the policy that denied another action probably applies to all actions, and whether the deny is explicit. An
/// identity-based policy may allow one action and not the other. The policies of an organization, a permissions
/// boundary, a session or a VPC endpoint are mostly written for a whole service, a network or a region.
fn policy_for_all(refusal: &Refusal) -> Option<(bool, PolicyKind)> {
    let is_denial = refusal.code.starts_with("AccessDenied");
    let denial = is_denial.then(|| Denial::read(&refusal.message))?;
    let kind = denial.policy.filter(|kind| !matches!(kind, PolicyKind::Identity | PolicyKind::Resource))?;
    Some((denial.explicit, kind))
}

fn missing(facts: &Facts) -> Verdict {
    match &facts.repository {
        Answer::Known(_) if facts.place.dot_git => return Verdict::DotGit(Certainty::Said),
        Answer::Refused(refusal) if facts.place.dot_git && !refusal.code.starts_with("RepositoryDoesNotExist") => {
            return Verdict::DotGit(Certainty::Likely);
        }
        Answer::Redirected(_) | Answer::Unknown if facts.place.dot_git => return Verdict::DotGit(Certainty::Likely),
        _ => {}
    }
    if !facts.found_in.is_empty() {
        return Verdict::OtherRegion(facts.found_in.clone());
    }
    match &facts.similar {
        Some(name) => Verdict::OtherName(name.clone()),
        None => Verdict::NoRepository,
    }
}

/// Completes a denial with what is known besides its sentence.
fn with_action(mut denial: Denial, facts: &Facts) -> Denial {
    let caller = facts.caller.known();
    denial.principal = denial.principal.or_else(|| caller.map(|caller| caller.arn.to_string()));
    denial.action.get_or_insert_with(|| {
        let action = match (facts.place.connection, facts.service) {
            (true, _) => "codeconnections:UseConnection",
            (false, Service::UploadPack) => "codecommit:GitPull",
            (false, Service::ReceivePack) => "codecommit:GitPush",
        };
        action.to_owned()
    });
    if denial.resource.is_none() && !facts.place.connection {
        let place = &facts.place;
        denial.resource = facts.repository.known().map(|repository| repository.arn.to_string()).or_else(|| {
            let account = &caller?.account;
            Some(format!("arn:{}:codecommit:{}:{account}:{}", place.partition, place.region, place.name))
        });
    }
    denial
}

fn is_expired(code: &str) -> bool {
    matches!(code, "ExpiredToken" | "ExpiredTokenException" | "RequestExpired")
}

fn is_invalid(code: &str) -> bool {
    matches!(code, "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId")
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
