//! What holds for every request, whoever wrote it.

use chrono::DateTime;
use git_credential_codecommit::failure::Failure;
use git_credential_codecommit::protocol::Attributes;
use git_credential_codecommit::repository::{Family, PARTITIONS, Recognition, Region, Repository, recognise};
use git_credential_codecommit::signature::canonical_request;
use git_credential_codecommit::world::{Environment, World};

/// Recognises `attributes` with and without `--ignore-host-check`, and panics where a promise is broken.
pub fn hold_for(attributes: &Attributes) {
    for ignore_host_check in [false, true] {
        match recognise(attributes, ignore_host_check) {
            Recognition::Ours(repository) => signed_for_aws_alone(&repository, false),
            Recognition::Unscoped(unscoped) => {
                told_safely(&Failure::no_region(&unscoped, "default"));
                signed_for_aws_alone(&unscoped.in_region(Region::parse("eu-west-1").expect("a region")), ignore_host_check);
            }
            Recognition::NearMiss(near_miss) => told_safely(&Failure::from(near_miss)),
            Recognition::Foreign => assert!(!ignore_host_check, "no host is foreign without the check"),
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

/// Without anything that could disturb a terminal, or do more than it says when it is pasted.
fn told_safely(failure: &Failure) {
    let world = World { environment: Environment::default(), home: None, now: DateTime::UNIX_EPOCH };
    let text = failure.render(&world);
    assert!(!text.contains(|character: char| character.is_control() && character != '\n'), "{text:?}");
    for command in failure.fix.iter().filter(|line| line.starts_with("git ")) {
        // What stands between quotes is safe, and `'\''` is a quote between quotes.
        let unquoted: String = command.replace(r"'\''", "").split('\'').step_by(2).collect();
        assert!(!unquoted.contains([';', '&', '|', '$', '`', '<', '>', '(', ')', '*', '?', '"', '\n']), "{command:?}");
    }
}
