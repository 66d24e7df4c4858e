//! What must hold for every input, whatever anybody sends.

use chrono::DateTime;
use codecommit::attributes::Attributes;
use codecommit::partition::PARTITIONS;
use codecommit::repository::{NearMiss, Recognised, Repository, recognise};
use codecommit::signature::canonical_request;
use git_credential_codecommit::failure::Failure;
use git_credential_codecommit::machine::world::{Environment, World};
use proptest::collection::vec;
use proptest::prelude::*;

fn asked(protocol: &str, host: &str, path: &str) -> Result<Option<Recognised>, NearMiss> {
    let input = format!("protocol={protocol}\nhost={host}\npath={path}\n");
    recognise(&Attributes::parse(input.as_bytes()), false)
}

/// Regions of every partition, some of which no table knows yet.
fn region() -> impl Strategy<Value = String> {
    "(us|eu|ap|sa|ca|me|af|il|mx|zz)-(east|west|central|north)-[1-9]"
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z0-9._-]{1,99}[A-Za-z0-9]"
        .prop_filter("a name may not end in .git", |name| name.strip_suffix(".git").is_none())
}

/// Host names near and far, with the parts of real ones in every order.
fn host() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("git-codecommit".to_owned()),
        Just("git-codecommit-fips".to_owned()),
        Just("codeconnections".to_owned()),
        Just("vpce-0b47ea360adebf88a".to_owned()),
        Just("vpce".to_owned()),
        Just("us-east-1".to_owned()),
        Just("cn-north-1".to_owned()),
        Just("amazonaws".to_owned()),
        Just("amazonaws.com".to_owned()),
        Just("amazonaws.com.cn".to_owned()),
        Just("com".to_owned()),
        Just("evil.test".to_owned()),
        Just(String::new()),
        "[a-z@:%*_ -]{0,6}",
    ];
    let port = prop_oneof![Just(String::new()), Just(":443".to_owned()), ":[0-9a-z]{0,5}"];
    (vec(part, 1..7), port).prop_map(|(parts, port)| parts.join(".") + &port)
}

/// The rule, said once more in another way: whole labels from the end, and nothing before them.
fn is_codecommit_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let bare = host.split(':').next().unwrap_or_default();
    PARTITIONS.iter().any(|partition| {
        let Some(labels) = bare.strip_suffix(partition.dns_suffix).and_then(|rest| rest.strip_suffix('.')) else {
            return false;
        };
        let labels: Vec<&str> = labels.split('.').collect();
        let service = |label: &str| matches!(label, "git-codecommit" | "git-codecommit-fips");
        match labels.len() {
            2 => service(labels[0]) || matches!(labels[0], "codeconnections" | "codestar-connections"),
            4 => labels[0].starts_with("vpce-") && service(labels[1]) && labels[3] == "vpce",
            _ => false,
        }
    })
}

/// Without anything that could disturb a terminal, or do more than it says when it is pasted.
fn is_told_safely(failure: &Failure) -> bool {
    let world = World { environment: Environment::default(), home: None, now: DateTime::UNIX_EPOCH };
    let text = failure.render(&world);
    let is_plain = !text.contains(|character: char| character.is_control() && character != '\n');
    let is_one_command = failure.fix.as_ref().is_none_or(|fix| {
        fix.lines(world.shell()).iter().all(|line| {
            // What stands between single quotes is safe, and `'\''` is a quote between quotes; between double quotes is nothing
            // that a shell acts on.
            let unquoted: String = line.replace(r"'\''", "").split('\'').step_by(2).collect();
            let outside: String = unquoted.split('"').step_by(2).collect();
            !outside.contains([';', '&', '|', '$', '`', '<', '>', '(', ')', '*', '?', '\n'])
                && !unquoted.contains(['$', '`', '\\', '!'])
        })
    });
    is_plain && is_one_command
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000 * stand_in::generate_times(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in vec(any::<u8>(), 0..400)) {
        let attributes = Attributes::parse(&bytes);
        let _ = recognise(&attributes, false);
        let _ = recognise(&attributes, true);
    }

    #[test]
    fn whatever_is_asked_for_a_refusal_of_it_is_safe_to_show_and_to_paste(host in host(), path in "\\PC{0,40}") {
        for (host, path) in [(host.as_str(), path.as_str()), (host.as_str(), "v1/repos/x"), ("git-codecommit.us-east-1.amazonaws.com", &path)] {
            for ignore_host_check in [false, true] {
                let attributes = Attributes {
                    protocol: Some("https".into()),
                    host: Some(host.into()),
                    path: Some(path.into()),
                    ..Attributes::default()
                };
                let failure = match recognise(&attributes, ignore_host_check) {
                    Err(near_miss) => Failure::from(near_miss),
                    Ok(Some(Recognised::Unscoped(unscoped))) => Failure::no_region(&unscoped, "default"),
                    Ok(Some(Recognised::Scoped(_)) | None) => continue,
                };
                prop_assert!(is_told_safely(&failure), "{:?}", failure);
            }
        }
    }

    #[test]
    fn unknown_attributes_and_order_change_nothing(
        noise in vec("[a-oq-z]{1,8}\\[?\\]?=[ -~]{0,20}", 0..6),
        order in Just(vec!["protocol=https", "host=git-codecommit.us-east-1.amazonaws.com", "path=v1/repos/x"]).prop_shuffle(),
        crlf in any::<bool>(),
    ) {
        prop_assume!(noise.iter().all(|line| !["host=", "url=", "username="].iter().any(|key| line.starts_with(key))));
        let lines: Vec<&str> = noise.iter().map(String::as_str).chain(order).collect();
        let attributes = Attributes::parse(lines.join(if crlf { "\r\n" } else { "\n" }).as_bytes());
        prop_assert!(matches!(recognise(&attributes, false), Ok(Some(Recognised::Scoped(_)))), "{:?}", lines);
    }

    #[test]
    fn only_a_host_of_codecommit_is_ever_signed_for(host in host(), path in "[ -~]{0,40}") {
        for path in [path.as_str(), "v1/repos/x", "git-http/1/us-east-1/c/o/r.git"] {
            if let Ok(Some(Recognised::Scoped(repository))) = asked("https", &host, path) {
                prop_assert!(is_codecommit_host(&host), "{} {:?}", host, repository);
                prop_assert!(!repository.host().contains([':', '@', ' ', '%', '*']), "{}", host);
            }
        }
    }

    #[test]
    fn a_repository_of_any_region_is_signed_for_whole(region in region(), name in name(), fips in any::<bool>()) {
        let host = format!("git-codecommit{}.{region}.amazonaws.com", if fips { "-fips" } else { "" });
        let Ok(Some(Recognised::Scoped(repository))) = asked("https", &host, &format!("v1/repos/{name}")) else {
            return Err(TestCaseError::fail(format!("{host} {name}")));
        };
        prop_assert_eq!(repository.region().as_str(), region);
        let expected = format!("GIT\n/v1/repos/{name}\n\nhost:{host}\n\nhost\n");
        prop_assert_eq!(canonical_request(&repository), expected);
    }

    #[test]
    fn the_canonical_request_never_has_more_lines_than_it_should(path in "\\PC{0,60}") {
        let input = format!("protocol=https\nhost=codeconnections.eu-west-1.amazonaws.com\npath=git-http/{path}\n");
        if let Ok(Some(Recognised::Scoped(repository))) = recognise(&Attributes::parse(input.as_bytes()), false) {
            prop_assert_eq!(canonical_request(&repository).lines().count(), 6, "{:?}", Repository::path(&repository));
        }
    }

    #[test]
    fn a_label_more_or_less_is_no_codecommit_host(region in region(), extra in "[a-z0-9-]{1,8}") {
        let ours = |host: String| matches!(asked("https", &host, "v1/repos/x"), Ok(Some(Recognised::Scoped(_))));
        let host = format!("git-codecommit.{region}.amazonaws.com");
        prop_assert!(ours(host.clone()));
        for other in [
            format!("{host}.{extra}"),
            format!("{extra}.{host}"),
            format!("{extra}{host}"),
            host.replacen('.', &extra, 1),
            host.replace("amazonaws", &format!("amazonaws-{extra}")),
        ] {
            prop_assert!(!ours(other.clone()), "{}", other);
        }
    }
}
