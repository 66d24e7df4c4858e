use super::*;
use crate::aws::Refusal;
use crate::credentials::Source;
use crate::diagnosis::{Caller, Key, Place, RepositoryMetadata};
use codecommit::keys::AccessKeyId;
use codecommit::reply::ServiceError;

fn facts(status: u16, error: Option<(&str, &str)>) -> Facts {
    Facts {
        place: Place {
            host: "git-codecommit.eu-west-1.amazonaws.com".into(),
            region: codecommit::region::Region::parse("eu-west-1").expect("a region"),
            partition: "aws",
            name: "demo".into(),
            dot_git: false,
            connection: false,
        },
        service: Service::UploadPack,
        status,
        error: error.map(|(name, message)| ServiceError { name: name.into(), message: message.into() }),
        request_id: None,
        key: Key {
            id: AccessKeyId::new("ASIAIOSFODNN7EXAMPLE"),
            has_token: true,
            source: Source::Keys { profile: "x".to_owned(), file: "~/.aws/config".to_owned() },
            dropped: false,
        },
        choice: crate::credentials::ProfileChoice::Default,
        has_profiles: false,
        address: None,
        caller: Answer::Unknown,
        caller_elsewhere: Answer::Unknown,
        repository: Answer::Unknown,
        pull_works: None,
        push_denied_too: false,
        found_in: Vec::new(),
        similar: None,
        other_partition: None,
        clock_corrected: false,
    }
}

fn alice() -> Answer<Caller> {
    Answer::Known(Caller { arn: "arn:aws:iam::111122223333:user/alice".into(), account: "111122223333".into() })
}

fn refused<T>(code: &str) -> Answer<T> {
    Answer::Refused(Refusal { code: code.into(), message: "".into(), request_id: None })
}

const INVALID: Option<(&str, &str)> =
    Some(("UnrecognizedClientException", "The security token included in the request is invalid."));
const MISMATCH: Option<(&str, &str)> =
    Some(("InvalidSignatureException", "The request signature we calculated does not match"));

#[test]
fn a_verdict_is_sure_only_where_aws_said_so() {
    let invalid = facts(403, INVALID);
    assert_eq!(verdict(&invalid), Verdict::TokenInvalid(Certainty::Likely));
    let checked = Facts { caller: refused("InvalidClientTokenId"), ..invalid.clone() };
    assert_eq!(verdict(&checked), Verdict::TokenInvalid(Certainty::Said));
    let long_term = Key {
        id: AccessKeyId::new("AKIAIOSFODNN7EXAMPLE"),
        has_token: false,
        source: Source::Container,
        dropped: false,
    };
    assert_eq!(verdict(&Facts { key: long_term, ..invalid }), Verdict::KeyUnknown(Certainty::Likely));
    assert_eq!(verdict(&facts(403, MISMATCH)), Verdict::SecretMismatch(Certainty::Likely));
    let checked = Facts { caller: refused("SignatureDoesNotMatch"), ..facts(403, MISMATCH) };
    assert_eq!(verdict(&checked), Verdict::SecretMismatch(Certainty::Said));
}

#[test]
fn a_signature_refused_with_good_keys_is_not_blamed_on_the_keys() {
    assert_eq!(verdict(&Facts { caller: alice(), ..facts(403, MISMATCH) }), Verdict::SignatureRefused);
    let late = Some(("InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier than …"));
    assert_eq!(verdict(&facts(403, late)), Verdict::OutOfTime);
}

#[test]
fn an_invalid_token_is_judged_by_where_else_it_is_valid() {
    let regional = Facts { caller: refused("InvalidClientTokenId"), caller_elsewhere: alice(), ..facts(403, INVALID) };
    assert_eq!(verdict(&regional), Verdict::RegionNotEnabled);
    let partition = Facts { other_partition: Some("aws-cn".into()), ..facts(403, INVALID) };
    assert_eq!(verdict(&partition), Verdict::OtherPartition("aws-cn".into()));
    let expired = Facts { caller: refused("ExpiredToken"), ..facts(403, INVALID) };
    assert_eq!(verdict(&expired), Verdict::Expired(Certainty::Said));
}

#[test]
fn the_kms_key_is_named_where_the_api_tells_it() {
    let metadata = RepositoryMetadata { arn: "arn".into(), kms_key_id: Some("arn:aws:kms:key".into()) };
    let error = Some(("EncryptionKeyAccessDeniedException", ""));
    let denied = Facts { repository: Answer::Known(metadata), ..facts(403, error) };
    let Verdict::EncryptionKey { key, .. } = verdict(&denied) else { panic!("the key") };
    assert_eq!(key.as_deref(), Some("arn:aws:kms:key"));
}

#[test]
fn without_a_body_the_other_answers_decide() {
    let mute = |caller, repository| verdict(&Facts { caller, repository, ..facts(403, None) });
    assert_eq!(mute(Answer::Unknown, Answer::Unknown), Verdict::Unexplained);
    assert_eq!(mute(refused("ExpiredToken"), Answer::Unknown), Verdict::Expired(Certainty::Said));
    assert_eq!(mute(refused("InvalidClientTokenId"), Answer::Unknown), Verdict::TokenInvalid(Certainty::Said));
    assert_eq!(mute(refused("SignatureDoesNotMatch"), Answer::Unknown), Verdict::SecretMismatch(Certainty::Said));
    assert!(matches!(mute(alice(), refused("EncryptionKeyDisabledException")), Verdict::EncryptionKey { .. }));
    assert_eq!(mute(alice(), refused("RepositoryDoesNotExistException")), Verdict::NoRepository);
    let Verdict::Denied(denial, Certainty::Likely) = mute(alice(), Answer::Unknown) else { panic!("a permission") };
    assert_eq!(denial.resource.as_deref(), Some("arn:aws:codecommit:eu-west-1:111122223333:demo"));
}

#[test]
fn a_name_that_nobody_knows_is_judged_like_no_body() {
    assert_eq!(verdict(&facts(403, Some(("SomethingNewException", "")))), Verdict::Unexplained);
    assert_eq!(verdict(&facts(401, Some(("NotAuthorizedException", "SPNEGO token required")))), Verdict::Unexplained);
    assert_eq!(verdict(&facts(403, Some(("OptInRequired", "")))), Verdict::NotActivated);
}

#[test]
fn a_missing_repository_is_looked_for_elsewhere_first() {
    let gone = facts(404, None);
    assert_eq!(verdict(&gone), Verdict::NoRepository);
    let near = Facts { similar: Some("Demo".into()), ..gone };
    assert_eq!(verdict(&near), Verdict::OtherName("Demo".into()));
    let far = Facts { found_in: vec!["us-west-2".into()], ..near };
    assert_eq!(verdict(&far), Verdict::OtherRegion(vec!["us-west-2".into()]));
}
