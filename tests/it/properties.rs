//! What must hold for every input, whatever anybody sends.

use aws_files::nearly::Slip;
use aws_files::plan::{ProfileError, ProfileProblem};
use aws_files::unread::{Barred, Denied, Owner, Unread};
use chrono::DateTime;
use codecommit::attributes::Attributes;
use codecommit::partition::PARTITIONS;
use codecommit::repository::{NearMiss, Recognized, Repository, recognize};
use codecommit::signature::canonical_request;
use git_credential_codecommit::credentials::{
    CredentialsError, NearlyRight, Needed, ProfileChoice, Searched, Source, Unreadable,
};
use git_credential_codecommit::failure::{Command as Pasted, Failure, Fix, Shell};
use git_credential_codecommit::machine::world::{Environment, World};
use proptest::collection::vec;
use proptest::prelude::*;

fn asked(protocol: &str, host: &str, path: &str) -> Result<Option<Recognized>, NearMiss> {
    let input = format!("protocol={protocol}\nhost={host}\npath={path}\n");
    recognize(&Attributes::parse(input.as_bytes()), false)
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
    // The name of the user, which chown(1) needs: a substitution of our own.
    let lines =
        |fix: &Fix, shell| fix.lines(shell).iter().map(|line| line.replace("\"$(id -un)\"", "me")).collect::<Vec<_>>();
    let is_one_command = failure.fix.as_ref().is_none_or(|fix| {
        lines(fix, Shell::Posix).iter().all(|line| {
            // What stands between single quotes is safe, and `'\''` is a quote between quotes; between double quotes is nothing
            // that a shell acts on.
            let unquoted: String = line.replace(r"'\''", "").split('\'').step_by(2).collect();
            let outside: String = unquoted.split('"').step_by(2).collect();
            !outside.contains([';', '&', '|', '$', '`', '<', '>', '(', ')', '*', '?', '\n'])
                && !unquoted.contains(['$', '`', '\\', '!'])
        }) && lines(fix, Shell::PowerShell).iter().all(|line| is_one_line_of_powershell(line))
    });
    is_plain && is_one_command
}

/// Whether PowerShell would take the line for one command or one assignment, and act on nothing in it (about_Quoting_Rules,
/// about_Parsing). Where it is not installed, this stands for it. There typographic quotes are quotes.
fn is_one_line_of_powershell(line: &str) -> bool {
    let is_single = |character: char| matches!(character, '\'' | '\u{2018}'..='\u{201b}');
    let is_double = |character: char| matches!(character, '"' | '\u{201c}'..='\u{201e}');
    if line.starts_with("# ") {
        return true;
    }
    let variable = line.strip_prefix("$env:").and_then(|rest| rest.split_once(" = "));
    let called = variable.map_or_else(|| line.strip_prefix("& ").unwrap_or(line), |(_, value)| value);
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if variable.is_some_and(|(name, value)| !is_name(name) || !value.starts_with(['\'', '"'])) {
        return false;
    }
    let mut characters = called.chars().peekable();
    while let Some(character) = characters.next() {
        if is_single(character) {
            loop {
                match characters.next() {
                    None => return false,
                    Some(next) if !is_single(next) => {}
                    // Two are one.
                    Some(_) if characters.next_if(|next| is_single(*next)).is_some() => {}
                    Some(_) => break,
                }
            }
        } else if is_double(character) {
            match characters.by_ref().find(|next| is_double(*next) || "$`".contains(*next)) {
                Some(end) if is_double(end) => {}
                _ => return false,
            }
        } else if ";&|$`<>()".contains(character) || "{}".contains(character) && !called.starts_with("ask ") {
            return false;
        }
    }
    true
}

/// Lines of a fix, pasted at a bash that finds no program: it can read them all, and nothing has been written.
fn does_nothing_in_bash(fixes: &[&Fix]) -> Result<(), TestCaseError> {
    let lines: Vec<String> = fixes.iter().flat_map(|fix| fix.lines(Shell::Posix)).collect();
    let script = lines.join("\n");
    let bash = |flag: &str, directory: &std::path::Path| {
        let mut bash = stand_in::command("/bin/bash");
        // Without `--`, a line that starts with a hyphen is an option of bash.
        bash.args([flag, "-c", "--", &script]).env_clear().env("PATH", "/nowhere").current_dir(directory);
        bash.output().expect("bash")
    };
    let directory = tempfile::tempdir().expect("a directory");
    let read = bash("-n", directory.path());
    prop_assert!(
        read.status.success() && read.stderr.is_empty(),
        "{script}: {}",
        String::from_utf8_lossy(&read.stderr)
    );
    bash("+e", directory.path());
    let written = std::fs::read_dir(directory.path()).expect("a directory").count();
    prop_assert_eq!(written, 0, "{}", script);
    Ok(())
}

/// What others may have written into a name, a path or a URL, to be carried out by who pastes it.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-z]{1,4}",
        "[ -~]{1,3}",
        "\\PC{1,2}",
        Just("$(>a)".to_owned()),
        Just("`>b`".to_owned()),
        Just(";>c".to_owned()),
        Just("\n>d\n".to_owned()),
        Just("'>e'".to_owned()),
        Just("\">f\"".to_owned()),
        Just("\u{201d};>g\u{2019}".to_owned()),
        Just(" # ".to_owned()),
        Just("\\".to_owned()),
        Just("${x:=$(>h)}".to_owned()),
        Just("<(>i)".to_owned()),
    ];
    vec(part, 1..5).prop_map(|parts| parts.concat())
}

/// Failures that name what others wrote.
fn naming(text: &str) -> Vec<Failure> {
    let profile = |problem| CredentialsError::from(ProfileError { profile: text.to_owned(), problem }).into();
    let own = || text.to_owned();
    let expired = |source| {
        let (expired, now) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
        {
            let choice = Some(ProfileChoice::Default);
            CredentialsError::Expired { source, is_long_term: false, choice, expired, now }.into()
        }
    };
    let denied = |barred, owner| {
        let unread = Unread::Denied(Denied { at: text.into(), barred, owner, by_mode: true });
        let needed = Needed::LoginSession { profile: own() };
        let file = Unreadable { shown: own(), unread, needed, variable: None, switched: None, foreign_home: false };
        CredentialsError::NotReadable(Box::new(file)).into()
    };
    let missing = |has, missing: &'static str| ProfileProblem::Missing { has, missing: vec![missing] };
    vec![
        profile(missing("role_arn", "source_profile")),
        profile(missing("web_identity_token_file", "role_arn")),
        profile(missing("sso_account_id", "sso_role_name")),
        profile(missing("aws_access_key_id", "aws_secret_access_key")),
        profile(ProfileProblem::SsoMismatch { session: own(), option: own() }),
        profile(ProfileProblem::NoSuchSsoSession(own())),
        profile(ProfileProblem::Loop(vec![own(), own()])),
        CredentialsError::Profile {
            error: ProfileError { profile: own(), problem: ProfileProblem::NoSuchSsoSession(own()) },
            nearly: vec![NearlyRight { file: own(), line: 1, slip: Slip::Section { has: own(), reads: own() } }],
        }
        .into(),
        denied(Barred::File, Owner::User),
        denied(Barred::Directory, Owner::OtherInOwnDirectory),
        expired(Source::Keys { profile: own(), file: own() }),
        expired(Source::Process { profile: own() }),
        expired(Source::Role { role_arn: own(), profile: own() }),
        Failure::remote_profile_not_found(text, &[], &Searched::default()),
        Failure::user_in_url(true, None, text),
        Failure::user_in_url(false, Some(403), text),
        Failure::netrc(text, text),
        Failure::extra_header(text, text),
        Failure::ssh_remote(text, text, text),
        Failure::remote_helper_missing(Some(text), None),
        Failure::not_codecommit_url(text),
        Failure::two_profiles(text, text),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000 * stand_in::generate_times(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in vec(any::<u8>(), 0..400)) {
        let attributes = Attributes::parse(&bytes);
        let _ = recognize(&attributes, false);
        let _ = recognize(&attributes, true);
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
                let failure = match recognize(&attributes, ignore_host_check) {
                    Err(near_miss) => Failure::from(near_miss),
                    Ok(Some(Recognized::Unscoped(unscoped))) => Failure::no_region(&unscoped, "default", &["AWS_REGION"]),
                    Ok(Some(Recognized::Scoped(_)) | None) => continue,
                };
                prop_assert!(is_told_safely(&failure), "{:?}", failure);
            }
        }
    }

    #[test]
    fn whatever_a_name_holds_a_fix_with_it_is_one_line_that_does_no_more_than_it_says(text in hostile()) {
        let failures = naming(&text);
        for failure in &failures {
            prop_assert!(is_told_safely(failure), "{:?}", failure);
        }
        let command = |line: &str| Pasted::new(line).arg(&*text);
        let fixes = [
            Fix::words(&*text),
            Fix::url(&text),
            Fix::administrator(format!("ask for {text}")),
            Fix::command(command("git config --global a.b")).note(&*text),
            Fix::template(Pasted::Export("AWS_PROFILE", text.clone()), &*text),
            Fix::command(Pasted::new("git config --global a.b").output_of("git config --get", &*text)),
        ];
        for line in fixes[..5].iter().flat_map(|fix| fix.lines(Shell::PowerShell)) {
            prop_assert!(is_one_line_of_powershell(&line), "{}", line);
        }
        // Two processes for each: one input in ten is enough.
        if text.len() % 10 == 0 {
            let all: Vec<&Fix> = fixes.iter().chain(failures.iter().filter_map(|failure| failure.fix.as_deref())).collect();
            does_nothing_in_bash(&all)?;
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
        prop_assert!(matches!(recognize(&attributes, false), Ok(Some(Recognized::Scoped(_)))), "{:?}", lines);
    }

    #[test]
    fn only_a_host_of_codecommit_is_ever_signed_for(host in host(), path in "[ -~]{0,40}") {
        for path in [path.as_str(), "v1/repos/x", "git-http/1/us-east-1/c/o/r.git"] {
            if let Ok(Some(Recognized::Scoped(repository))) = asked("https", &host, path) {
                prop_assert!(is_codecommit_host(&host), "{} {:?}", host, repository);
                prop_assert!(!repository.host().contains([':', '@', ' ', '%', '*']), "{}", host);
            }
        }
    }

    #[test]
    fn a_repository_of_any_region_is_signed_for_whole(region in region(), name in name(), fips in any::<bool>()) {
        let host = format!("git-codecommit{}.{region}.amazonaws.com", if fips { "-fips" } else { "" });
        let Ok(Some(Recognized::Scoped(repository))) = asked("https", &host, &format!("v1/repos/{name}")) else {
            return Err(TestCaseError::fail(format!("{host} {name}")));
        };
        prop_assert_eq!(repository.region().as_str(), region);
        let expected = format!("GIT\n/v1/repos/{name}\n\nhost:{host}\n\nhost\n");
        prop_assert_eq!(canonical_request(&repository), expected);
    }

    #[test]
    fn the_canonical_request_never_has_more_lines_than_it_should(path in "\\PC{0,60}") {
        let input = format!("protocol=https\nhost=codeconnections.eu-west-1.amazonaws.com\npath=git-http/{path}\n");
        if let Ok(Some(Recognized::Scoped(repository))) = recognize(&Attributes::parse(input.as_bytes()), false) {
            prop_assert_eq!(canonical_request(&repository).lines().count(), 6, "{:?}", Repository::path(&repository));
        }
    }

    #[test]
    fn a_label_more_or_less_is_no_codecommit_host(region in region(), extra in "[a-z0-9-]{1,8}") {
        let ours = |host: String| matches!(asked("https", &host, "v1/repos/x"), Ok(Some(Recognized::Scoped(_))));
        let host = format!("git-codecommit.{region}.amazonaws.com");
        prop_assert!(ours(host.clone()));
        // China's hosts end in it.
        prop_assume!(extra != "cn");
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
