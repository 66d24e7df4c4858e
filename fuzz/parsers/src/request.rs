//! git's request: its attributes, and what is signed for.

use crate::readers;
use codecommit::attributes::{Attributes, parse_answer};
use codecommit::family::Family;
use codecommit::partition::PARTITIONS;
use codecommit::region::Region;
use codecommit::repository::{Meant, Recognized, Repository, recognize};
use codecommit::signature::canonical_request;

/// Any bytes on standard input.
pub fn protocol(bytes: &[u8]) {
    let attributes = Attributes::parse(bytes);
    hold_for(&attributes);
    let stored = [b"protocol=https\npassword=", crate::CANARY.as_bytes(), b"\n", bytes].concat();
    crate::no_canary(&format!("{:?}", Attributes::parse(&stored)));
    crate::no_canary(&format!("{:?}", parse_answer(&[b"username=u\n", &stored[..]].concat())));
}

/// A host and a path, on two lines, in an otherwise valid request.
pub fn host(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (host, path) = text.split_once('\n').unwrap_or((&text, "v1/repos/x"));
    let (protocol, path) = (Some("https".into()), Some(path.into()));
    hold_for(&Attributes { protocol, host: Some(host.into()), path, ..Attributes::default() });
}

/// A URL: its host is the one that git and curl read, or it is ambiguous. The oracle is two small models of git and
/// curl, which `tests/it/urls.rs` compares with the real programs.
pub fn url(bytes: &[u8]) {
    let rest = String::from_utf8_lossy(bytes);
    readers::agree_about(&rest);
    // The repository that is read from any text has a URL that is signed for, and that names the same repository.
    if let Some(meant) = Meant::read(&rest).filter(|meant| meant.region.is_some()) {
        let signed = match recognize(&Attributes::of_url(&meant.url()), false) {
            Ok(Some(Recognized::Scoped(repository))) => repository.api_name().to_owned(),
            other => panic!("{}: {other:?}", meant.url()),
        };
        assert_eq!(signed, meant.name);
    }
    let host = "https://git-codecommit.eu-west-1.amazonaws.com";
    for url in [rest.to_string(), format!("https://{rest}"), format!("{host}{rest}")] {
        hold_for(&Attributes::of_url(&url));
    }
}

/// Runs `recognize` with and without `--ignore-host-check`, and panics if an invariant is violated.
fn hold_for(attributes: &Attributes) {
    for ignore_host_check in [false, true] {
        match recognize(attributes, ignore_host_check) {
            Ok(Some(Recognized::Scoped(repository))) => signed_for_aws_alone(&repository, false),
            Ok(Some(Recognized::Unscoped(unscoped))) => {
                let region = Region::parse("eu-west-1").expect("a region");
                signed_for_aws_alone(&unscoped.in_region(region), ignore_host_check);
            }
            Err(_) => {}
            Ok(None) => assert!(!ignore_host_check, "no host is foreign without the check"),
        }
    }
}

fn signed_for_aws_alone(repository: &Repository, ignore_host_check: bool) {
    let (host, path) = (repository.host(), repository.path());
    let bare = host.to_ascii_lowercase();
    let of_aws = PARTITIONS
        .iter()
        .any(|partition| bare.strip_suffix(partition.dns_suffix).is_some_and(|rest| rest.ends_with('.')));
    assert!(of_aws || (ignore_host_check && repository.family() == Family::Unchecked), "signed for {host}");
    assert!(path.starts_with('/'), "{path:?}");
    assert!(repository.family() == Family::Unchecked || !host.contains(':'), "{host}");
    for part in [host, path, repository.region().as_str()] {
        assert!(!part.contains(char::is_control), "{part:?}");
    }
    assert_eq!(canonical_request(repository).matches('\n').count(), 6, "a value became a line");
}
