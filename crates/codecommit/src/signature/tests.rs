//! Known answers. Every expected value was published by, or computed with, another implementation.

use super::*;
use crate::attributes::Attributes;
use crate::region::Region;
use crate::repository::{Recognized, recognize};

fn repository(host: &str, path: &str, region: Option<&str>) -> Repository {
    let attributes = Attributes {
        protocol: Some("https".into()),
        host: Some(host.into()),
        path: Some(path.into()),
        ..Attributes::default()
    };
    match recognize(&attributes, region.is_some()) {
        Ok(Some(Recognized::Scoped(repository))) => repository,
        Ok(Some(Recognized::Unscoped(unscoped))) => {
            unscoped.in_region(region.and_then(Region::parse).expect("a region for a host without one"))
        }
        other => panic!("{host} {path}: {other:?}"),
    }
}

fn at(timestamp: &str) -> DateTime<Utc> {
    chrono::NaiveDateTime::parse_from_str(timestamp, "%Y%m%dT%H%M%S").expect("a timestamp").and_utc()
}

fn credentials(id: &str, secret: &str, token: Option<&str>) -> Credentials {
    Credentials::new(id, secret, token, None).expect("valid credentials")
}

fn password(secret: &str, repository: &Repository, time: &str) -> String {
    sign(repository, &credentials("AKIDEXAMPLE", secret, None), at(time)).password.expose().to_owned()
}

/// `secret · time · host · path · region where the host names none · signature`
#[test]
fn the_signatures_are_those_of_other_implementations() {
    for (source, secret, time, host, path, region, signature) in [
        // aws/git-remote-codecommit 1.17, test/git_url_test.py
        (
            "git-remote-codecommit",
            "secret",
            "20171224T115320",
            "git-codecommit.us-west-2.amazonaws.com",
            "v1/repos/test_repo",
            None,
            "b6df2d758a8023b2f000a546417007b65494f3ce8ad0300fd45fcfa173f1959a",
        ),
        (
            "git-remote-codecommit, CODE_COMMIT_ENDPOINT",
            "secret",
            "20171224T115320",
            "land.called.honahlee",
            "v1/repos/test_repo",
            Some("us-west-2"),
            "a14a37a53035bbceb6e1748247b143124fe7326cdffd3d418236a592ce6158a0",
        ),
        // mhart/aws4, test/fast.js
        (
            "aws4",
            "abcdef1234567890",
            "20121226T061030",
            "git-codecommit.us-east-1.amazonaws.com",
            "v1/repos/MyAwesomeRepo",
            None,
            "2a9a182eb6afc3859ee590af942564b53b0c4e5beac2893052515401d06af92a",
        ),
        // demosdemon/git-remote-codecommit 0.1.2
        (
            "demosdemon",
            "notrealrnrELgWzOk3IfjzDKtFBhDby",
            "19700101T000000",
            "git-codecommit.us-east-1.amazonaws.com",
            "v1/repos/my-repo",
            None,
            "f840ae3ff903ddb92c450d0e3567fe97ef4aa98bd6636905df48c3beee97d21d",
        ),
        // InteleradMedicalSystems/go-codecommit
        (
            "go-codecommit",
            "SECRET",
            "20060102T150405",
            "git-codecommit.ca-central-1.amazonaws.com",
            "v1/repos/test-lcc2",
            None,
            "e753c5ee547434cdf4ec3a250f51e07042cf5263ba81bb3be86d0d062f62427b",
        ),
        // gembaadvantage/codecommit-sign
        (
            "codecommit-sign",
            "SECRET_ACCESS_KEY",
            "20210901T102523",
            "git-codecommit.eu-west-1.amazonaws.com",
            "v1/repos/dummy-repo",
            None,
            "670ef0c32f13fc847ed0c001a2b90bc772451c1eb89eadf84a73f3e82da9f56a",
        ),
        // The AWS CLI's own integration tests sign `//v1/...`; this is its first case with the one slash git sends.
        (
            "AWS CLI, one slash",
            "bar",
            "20101008T000000",
            "git-codecommit.us-east-1.amazonaws.com",
            "v1/repos/myrepo",
            None,
            "fe1db4a13b1db96501a6b235126e3dd60cc42fadfc2b7a00088f106ed89381d0",
        ),
    ] {
        let repository = repository(host, path, region);
        assert_eq!(password(secret, &repository, time), format!("{time}Z{signature}"), "{source}");
    }
}

/// Computed by the AWS CLI 1.45.11 with its clock stopped at 2026-01-02T03:04:05Z.
#[test]
fn the_signatures_are_those_of_the_aws_cli_for_every_host_family() {
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    for (host, path, region, signature) in [
        (
            "git-codecommit.us-east-1.amazonaws.com",
            "v1/repos/MyDemoRepo",
            None,
            "a65e1c7316c46466c73a462eb9fd7d4d94742a4d4f77bb5d51ac08f2531191a5",
        ),
        (
            "git-codecommit.us-east-1.amazonaws.com:443",
            "v1/repos/MyDemoRepo",
            None,
            "a65e1c7316c46466c73a462eb9fd7d4d94742a4d4f77bb5d51ac08f2531191a5",
        ),
        (
            "git-codecommit-fips.us-gov-west-1.amazonaws.com",
            "v1/repos/MyDemoRepo",
            None,
            "cada06f46aa9dfde295437b6eee8aad394adfc83aadd9a96a0496fc86e786f90",
        ),
        (
            "git-codecommit.cn-northwest-1.amazonaws.com.cn",
            "v1/repos/MyDemoRepo",
            None,
            "3f928920fbbc05b64136a12c9852e5242f87e50e7327953115005987b2833d7a",
        ),
        (
            "vpce-0b47ea360adebf88a-jkl88hez-us-east-1a.git-codecommit.us-east-1.vpce.amazonaws.com",
            "v1/repos/MyDemoRepo",
            None,
            "e501c023e9938470fbf31249791fa5d0abf2b9381b78481822014ca44667dc3f",
        ),
        (
            "vpce-0b47ea360adebf88a-jkl88hez.git-codecommit-fips.us-east-1.vpce.amazonaws.com",
            "v1/repos/MyDemoRepo",
            None,
            "2df2576660e5f308b755a6eb25cd7d205b87ce998ebb39e9976ed2b2c3b466b4",
        ),
        (
            "vpce-0b47ea360adebf88a-jkl88hez.git-codecommit.cn-north-1.vpce.amazonaws.com.cn",
            "v1/repos/x",
            None,
            "9ba8a899a59d816e3fd877d006e6a4567c4376fc245c74a9ced9a119d843a41d",
        ),
        (
            "git-codecommit.us-east-1.amazonaws.com",
            "v1/repos/my.repo_1-x",
            None,
            "e4ac31c6e2b8c959b5b3bf626f040ae811863a506ea830e8d9a8b92475c1fad8",
        ),
        (
            "git-codecommit.eu-west-1.amazonaws.com",
            "v1/repos/x",
            None,
            "dbf21efdd42c527d0760b78a165263101d4b71a3c8821fde7528868e92ff50a5",
        ),
        (
            "git-codecommit.amazonaws.com",
            "v1/repos/x",
            Some("us-east-1"),
            "4b2082ed84ba59c9bf9e6ef85d53cf2ed610e42b52db32316870f39f277826c4",
        ),
        (
            "localhost:8443",
            "v1/repos/x",
            Some("us-east-1"),
            "558acc906608a9fa1bfe5ed2b0bbd72bd9aab2d549f1adb880edab911b3961c4",
        ),
    ] {
        let repository = repository(host, path, region);
        assert_eq!(password(SECRET, &repository, "20260102T030405"), format!("20260102T030405Z{signature}"), "{host}");
    }
}

#[test]
fn the_canonical_request_is_the_one_other_implementations_hash() {
    let repository = repository("git-codecommit.eu-west-1.amazonaws.com", "v1/repos/dummy-repo", None);
    assert_eq!(
        canonical_request(&repository),
        "GIT\n/v1/repos/dummy-repo\n\nhost:git-codecommit.eu-west-1.amazonaws.com\n\nhost\n"
    );
    // gembaadvantage/codecommit-sign publishes the whole string.
    assert_eq!(
        string_to_sign(&repository, at("20210901T102523")),
        "AWS4-HMAC-SHA256\n20210901T102523\n20210901/eu-west-1/codecommit/aws4_request\n\
         b7cad41c14b37f02e4d2deaf4f0773423b7dbe5db34af6b45362223291f968ef"
    );
}

#[test]
fn a_session_token_goes_into_the_user_name_unescaped_and_not_into_the_signature() {
    let repository = repository("git-codecommit.us-west-2.amazonaws.com", "v1/repos/test_repo", None);
    let token = "IQoJb3JpZ2luX2VjELT//////////wEaCXVz+LWVhc3Q=";
    let signed = sign(&repository, &credentials("ASIAEXAMPLE", "secret", Some(token)), at("20171224T115320"));
    assert_eq!(signed.username.expose(), format!("ASIAEXAMPLE%{token}"));
    assert_eq!(
        signed.password.expose(),
        "20171224T115320Zb6df2d758a8023b2f000a546417007b65494f3ce8ad0300fd45fcfa173f1959a"
    );
}

#[test]
fn the_answer_expires_a_minute_before_the_signature_or_with_the_credentials() {
    let repository = repository("git-codecommit.us-west-2.amazonaws.com", "v1/repos/test_repo", None);
    let now = at("20171224T115320");
    let mut credentials = credentials("ASIAEXAMPLE", "secret", Some("token"));
    assert_eq!(sign(&repository, &credentials, now).expires, now + TimeDelta::minutes(14));
    credentials.expires = Some(now + TimeDelta::minutes(5));
    assert_eq!(sign(&repository, &credentials, now).expires, now + TimeDelta::minutes(5));
    credentials.expires = Some(now + TimeDelta::hours(1));
    assert_eq!(sign(&repository, &credentials, now).expires, now + TimeDelta::minutes(14));
}

#[test]
fn the_time_of_a_password_is_read_back_and_nothing_else_has_one() {
    let signed = |time: &str| format!("{time}{}", "0f".repeat(32));
    let read = |password: &str| signed_at(&Secret::new(password)).map(|time| time.timestamp());
    assert_eq!(read(&signed("20260102T030405Z")), Some(1_767_323_045));
    for password in ["20260102T030405Z", "hunter2", "", "20261302T030405Z0f", "ééééééééééé"] {
        assert_eq!(read(password), None, "{password}");
    }
    for time in ["20261302T030405Z", "20260102t030405Z", "20260102T030405+"] {
        assert_eq!(read(&signed(time)), None, "{time}");
    }
    assert_eq!(read(&signed("20260102T030405Z").replace('f', "g")), None);
}
