//! A fix that names a profile helps only where nothing takes precedence over that profile; and what answers in the place of AWS
//! is not taken for AWS.

use crate::common::{
    ACCOUNT, ALICE, HOST, KEY_ID, Machine, REGION, ROLE, Run, SECRET, TOKEN, aws_with_demo, gits, url, with_each_git,
};
use stand_in::{AccessKey, Action, DenyTail, FixedAnswer, KeyState, Mode, PolicyKind, SsoSession, StandIn};
use std::path::Path;

const BOB_KEY: &str = "AKIAI44QH8DHBEXAMPLE";
const BOB: &str = "arn:aws:iam::444455556666:user/bob";
const STALE: &str = "AKIAIOSFODNN7STALE00";

/// Alice owns `demo`; Bob's account has none.
fn aws() -> StandIn {
    let aws = aws_with_demo();
    aws.add_key(AccessKey::long_term(BOB_KEY, SECRET, BOB));
    aws
}

fn profiles() -> String {
    format!(
        "[alice]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n\
         [bob]\naws_access_key_id = {BOB_KEY}\naws_secret_access_key = {SECRET}\n"
    )
}

fn machine(aws: &StandIn) -> Machine {
    Machine::before(aws).configured().file("home/.aws/credentials", &profiles())
}

/// What happened at AWS.
type Prepare<'a> = &'a dyn Fn(&StandIn);

/// The step of the printed fix.
fn fix(run: &Run) -> String {
    let text = format!("{}{}", run.stdout, run.stderr);
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix("fix: "));
    line.unwrap_or_else(|| panic!("no fix: {}", run.transcript())).to_owned()
}

/// Pastes the fix and the next command into one shell.
fn after(machine: &Machine, fix: &str, next: &str) -> Run {
    machine.run(Path::new("/bin/bash"), &["-c", &format!("{fix}\n{next}")], b"")
}

#[test]
fn keys_in_the_environment_are_removed_where_they_take_precedence_over_the_chosen_profile() {
    let clone = format!("git clone -q {}", url("demo"));
    let prepared: [(&str, &str, Prepare<'_>); 6] = [
        ("another account: 404", BOB_KEY, &|_| {}),
        ("no such key", STALE, &|_| {}),
        ("an inactive key", BOB_KEY, &|aws| aws.set_key_state(BOB_KEY, KeyState::Inactive)),
        ("no permission", BOB_KEY, &|aws| {
            aws.seed_repository("444455556666", REGION, "demo");
            aws.deny(BOB, Action::GitPull, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
        }),
        ("an explicit deny", BOB_KEY, &|aws| {
            aws.seed_repository("444455556666", REGION, "demo");
            aws.deny(BOB, Action::GitPull, "demo", DenyTail::Explicit(PolicyKind::IdentityBased));
        }),
        ("a service control policy", BOB_KEY, &|aws| {
            aws.seed_repository("444455556666", REGION, "demo");
            aws.deny(BOB, Action::GitPull, "demo", DenyTail::Explicit(PolicyKind::ServiceControl));
        }),
    ];
    for (name, key, prepare) in prepared {
        for bodies in [true, false] {
            for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
                let aws = aws();
                prepare(&aws);
                aws.set_bodies(bodies);
                let machine = machine(&aws)
                    .env("AWS_ACCESS_KEY_ID", key)
                    .env("AWS_SECRET_ACCESS_KEY", SECRET)
                    .env(variable, "alice");
                let run = machine.git(&["clone", "-q", &url("demo")]);
                let ignored = format!("{variable} (profile `alice`) is ignored: ");
                assert!(run.stderr.contains(&ignored), "{name}: {}", run.transcript());
                let fix = fix(&run);
                assert!(fix.starts_with("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY "), "{name}: {fix}");
                assert!(run.stderr.contains("# then profile alice is used"), "{name}: {}", run.transcript());
                after(&machine, &fix, &clone).succeeds();
            }
        }
    }
}

#[test]
fn another_account_is_chosen_in_the_terms_in_which_this_one_was() {
    let aws = aws();
    let bob = |machine: Machine| machine.file("home/.aws/config", "[default]\nregion = eu-west-1\n");
    let clone = format!("git clone -q {}", url("demo"));
    // By nobody, and by a variable.
    let credentials = profiles().replace("[bob]", "[default]");
    let nobody = bob(machine(&aws)).file("home/.aws/credentials", &credentials);
    let by_variable = bob(machine(&aws)).env("AWS_PROFILE", "bob");
    for machine in [nobody, by_variable] {
        let run = machine.git(&["clone", "-q", &url("demo")]);
        assert_eq!(fix(&run), "export AWS_PROFILE=NAME", "{}", run.transcript());
        assert!(run.stderr.contains("# NAME: a profile of the account"), "{}", run.transcript());
        after(&machine, &fix(&run).replace("NAME", "alice"), &clone).succeeds();
    }
    // By the helper's own entry, over which no variable takes precedence.
    let by_flag = machine(&aws);
    by_flag.git(&["credential-codecommit", "setup", "--yes", "--profile", "bob"]).succeeds();
    let run = by_flag.git(&["clone", "-q", &url("demo")]);
    assert_eq!(fix(&run), "git credential-codecommit setup --profile NAME", "{}", run.transcript());
    after(&by_flag, &format!("{} --yes", fix(&run).replace("NAME", "alice")), &clone).succeeds();
    // By git's configuration.
    let by_name = machine(&aws);
    let key = format!("credential.https://{HOST}.username");
    by_name.git(&["config", "--global", &key, "bob"]).succeeds();
    let run = by_name.git(&["clone", "-q", &url("demo")]);
    assert_eq!(fix(&run), format!("git config --global credential.{}.username NAME", url("demo")));
    after(&by_name, &fix(&run).replace("NAME", "alice"), &clone).succeeds();
    // By keys in the environment, with profiles to choose and without.
    let keys = |machine: Machine| machine.env("AWS_ACCESS_KEY_ID", BOB_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET);
    let by_keys = keys(machine(&aws));
    let run = by_keys.git(&["clone", "-q", &url("demo")]);
    assert!(fix(&run).starts_with("unset AWS_ACCESS_KEY_ID "), "{}", run.transcript());
    after(&by_keys, &format!("{}; export AWS_PROFILE=alice", fix(&run)), &clone).succeeds();
    let run = keys(Machine::before(&aws).configured()).git(&["clone", "-q", &url("demo")]);
    assert!(
        fix(&run).starts_with("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys of"),
        "{}",
        run.transcript()
    );
}

#[test]
fn a_fix_for_a_codecommit_url_names_a_codecommit_url() {
    with_each_git(|git| {
        let aws = aws();
        aws.seed_repository(ACCOUNT, "us-west-2", "else");
        let machine = machine(&aws)
            .with_git(git)
            .file("home/.aws/config", "[profile bob]\nregion = eu-west-1\n[profile alice]\nregion = us-west-2\n");
        let remote = env!("CARGO_BIN_EXE_git-remote-codecommit");
        std::os::unix::fs::symlink(remote, machine.bin().join("git-remote-codecommit")).expect("a link");
        let refused = |address: &str| {
            let run = machine.git(&["ls-remote", address]);
            assert_ne!(run.status, 0, "{}", run.transcript());
            assert!(!run.stderr.contains("use this URL: https"), "{}", run.transcript());
            let fix = fix(&run);
            fix.strip_prefix("use this URL: ").unwrap_or_else(|| panic!("{fix}")).to_owned()
        };
        let other_profile = refused("codecommit::eu-west-1://bob@demo");
        assert_eq!(other_profile, "codecommit::eu-west-1://NAME@demo");
        machine.git(&["ls-remote", &other_profile.replace("NAME", "alice")]).succeeds();
        let other_name = refused("codecommit::eu-west-1://alice@demos");
        assert_eq!(other_name, "codecommit::eu-west-1://alice@demo");
        machine.git(&["ls-remote", &other_name]).succeeds();
        let other_region = refused("codecommit::eu-west-1://alice@else");
        assert_eq!(other_region, "codecommit::us-west-2://alice@else");
        machine.git(&["ls-remote", &other_region]).succeeds();
    });
}

#[test]
fn good_long_term_keys_are_not_unset_for_a_stale_expiration() {
    let aws = aws();
    let stale = |machine: Machine| machine.env("AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:05Z");
    let long_term = stale(machine(&aws).with_keys());
    let run = long_term.git(&["clone", "-q", &url("demo")]);
    assert!(run.stderr.contains("(CC217)"), "{}", run.transcript());
    assert_eq!(fix(&run), "unset AWS_CREDENTIAL_EXPIRATION", "{}", run.transcript());
    after(&long_term, &fix(&run), &format!("git clone -q {}", url("demo"))).succeeds();
    // Temporary keys have expired with it; the profile that was chosen then counts.
    let temporary = stale(machine(&aws))
        .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_SESSION_TOKEN", TOKEN)
        .env("AWS_PROFILE", "alice");
    let run = temporary.git(&["clone", "-q", &url("demo")]);
    assert!(fix(&run).starts_with("unset AWS_ACCESS_KEY_ID ") && run.stderr.contains("profile alice is used"));
    after(&temporary, &fix(&run), &format!("git clone -q {}", url("demo"))).succeeds();
}

#[test]
fn the_policy_that_denies_another_action_is_named_with_a_probably() {
    for (kind, words, code) in [
        (PolicyKind::ServiceControl, "explicit deny in an SCP", "CC413"),
        (PolicyKind::VpcEndpoint, "VPC endpoint policy deny", "CC416"),
        (PolicyKind::PermissionsBoundary, "permissions boundary deny", "CC414"),
        (PolicyKind::Session, "session policy deny", "CC415"),
    ] {
        for git in gits() {
            let aws = aws();
            for action in [Action::GitPull, Action::GetRepository] {
                aws.deny(ALICE, action, "demo", DenyTail::Explicit(kind));
            }
            aws.set_bodies(false);
            let run = machine(&aws).with_git(&git.0).with_keys().git(&["clone", "-q", &url("demo")]);
            let first = format!("error: probably not authorized to perform codecommit:GitPull: {words} ({code})");
            assert!(run.stderr.contains(&first), "{}", run.transcript());
            assert!(run.stderr.contains("codecommit:GetRepository: AWS said: AccessDenied"), "{}", run.transcript());
        }
    }
    // What an identity-based policy says of one action is nothing about another.
    let aws = aws();
    for action in [Action::GitPull, Action::GetRepository] {
        aws.deny(ALICE, action, "demo", DenyTail::Implicit(PolicyKind::IdentityBased));
    }
    aws.set_bodies(false);
    let run = machine(&aws).with_keys().git(&["clone", "-q", &url("demo")]);
    assert!(run.stderr.contains("error: probably not authorized to perform codecommit:GitPull (CC411)"));
}

#[test]
fn an_explicit_deny_is_never_mended_by_an_allow() {
    for kind in [
        PolicyKind::IdentityBased,
        PolicyKind::PermissionsBoundary,
        PolicyKind::Session,
        PolicyKind::VpcEndpoint,
        PolicyKind::ServiceControl,
    ] {
        for (tail, explicit) in [(DenyTail::Explicit(kind), true), (DenyTail::Implicit(kind), false)] {
            let aws = aws();
            aws.deny(ALICE, Action::GitPull, "demo", tail);
            let run = machine(&aws).with_keys().git(&["clone", "-q", &url("demo")]);
            let fix = fix(&run);
            let allows = fix.contains("to add") || fix.contains("to allow") || fix.contains("that allows");
            assert!(!(explicit && allows), "{kind:?}: {fix}");
            assert!(explicit || allows || kind == PolicyKind::ServiceControl, "{kind:?}: {fix}");
        }
    }
}

#[test]
fn throttling_says_so_and_when_to_try_again() {
    for (retry_after, words) in [(Some(60), "try again in 60 seconds"), (None, "try again in a minute")] {
        let aws = aws();
        aws.set_mode(Mode::Throttled { retry_after });
        let run = machine(&aws).with_keys().get().succeeds();
        assert!(run.stderr.contains("throttling requests (HTTP 429, too many requests)"), "{}", run.stderr);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

#[test]
fn what_answers_in_the_place_of_aws_is_not_taken_for_aws() {
    let emulator = StandIn::start();
    // It takes every key, as an emulator does.
    emulator.add_key(AccessKey::long_term(STALE, SECRET, "arn:aws:iam::000000000000:root"));
    let aws = aws();
    let emulated = |name: &str| {
        let address = format!("https://localhost:{}", emulator.tls_address().port());
        let machine = machine(&aws).env(name, &address).env("NO_PROXY", "localhost");
        (machine.env("AWS_CA_BUNDLE", &emulator.ca_file().display().to_string()), address)
    };
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
        let (machine, address) = emulated(name);
        let machine = machine.env("AWS_ACCESS_KEY_ID", STALE).env("AWS_SECRET_ACCESS_KEY", SECRET);
        aws.set_bodies(false);
        let run = machine.git(&["clone", "-q", &url("demo")]);
        assert_ne!(run.status, 0);
        assert!(!run.stderr.contains("000000000000"), "{}", run.transcript());
        let told = format!("{name} sends AWS calls to {address}, which is not AWS");
        assert!(run.stderr.contains(&told), "{}", run.transcript());
        let doctor = machine.git(&["credential-codecommit", "doctor", &url("demo")]);
        assert!(!doctor.stdout.contains("000000000000"), "{}", doctor.transcript());
        assert!(doctor.stdout.contains(&told), "{}", doctor.transcript());
        assert_eq!(emulator.requests().len(), 0, "nobody there was asked");
    }
    aws.set_bodies(true);
    // Credentials are fetched there, as the AWS CLI does it; what is said then was not said by AWS.
    let (machine, address) = emulated("AWS_ENDPOINT_URL");
    let role = format!("[profile role]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = eu-west-1\n");
    let machine = machine.file("home/.aws/config", &role).env("AWS_PROFILE", "role");
    let error = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let answer =
        FixedAnswer { status: 403, content_type: Some("text/xml".into()), body: error.into(), from_aws: false };
    emulator.fix_answer("localhost", answer);
    let run = machine.git(&["clone", "-q", &url("demo")]);
    assert!(run.stderr.contains("(CC212)"), "{}", run.transcript());
    assert!(run.stderr.contains(&format!("AWS_ENDPOINT_URL sends AWS calls to {address}, which is not AWS")));
    assert_eq!(fix(&run), "unset AWS_ENDPOINT_URL");
    aws.add_role(stand_in::Role::new(ROLE).trusting(ALICE));
    let next = format!("export AWS_CA_BUNDLE={}; git clone -q {}", aws.ca_file().display(), url("demo"));
    after(&machine, &fix(&run), &next).succeeds();
    // And where nothing is there any more.
    std::fs::remove_dir_all(machine.path("home/.aws/cli")).expect("a cache");
    let machine = machine.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let run = machine.git(&["clone", "-q", &url("demo"), "again"]);
    assert!(run.stderr.contains("(CC220)"), "{}", run.transcript());
    assert_eq!(fix(&run), "unset AWS_ENDPOINT_URL", "{}", run.transcript());
}

#[test]
fn a_certificate_of_an_unknown_authority_is_trusted_by_one_setting_for_git_and_for_this_program() {
    let aws = aws();
    aws.add_sso_session(SsoSession::new("hush").assigned(ACCOUNT, "Developer"));
    let config = "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
                  region = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\n\
                  sso_start_url = https://corp.awsapps.com/start\n";
    let token = r#"{"accessToken": "hush", "expiresAt": "2099-01-02T03:04:05Z", "region": "eu-west-1"}"#;
    let inspected = || {
        let machine = Machine::before(&aws)
            .configured()
            .file("home/.aws/config", config)
            .file("home/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", token)
            .env("AWS_PROFILE", "dev");
        // Only the proxy's authority is unknown.
        ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO"].into_iter().fold(machine, Machine::without)
    };
    // git would not come as far as to ask this program, unless it has another store of certificates.
    let machine = inspected();
    let run = machine.get();
    assert!(run.stderr.contains("certificate verification failed: unknown issuer"), "{}", run.transcript());
    let fix_of_all = fix(&run);
    assert_eq!(fix_of_all, "git config --global http.sslCAInfo FILE");
    let ca = aws.ca_file().display().to_string();
    after(&machine, &fix_of_all.replace("FILE", &ca), &format!("git clone -q {}", url("demo"))).succeeds();
    // Where another bundle takes precedence, git's setting would change nothing for AWS calls.
    let other = StandIn::start();
    let bundle = std::fs::read_to_string(other.ca_file()).expect("a bundle");
    let machine = inspected().file("home/corp.pem", &bundle).env("GIT_SSL_CAINFO", &ca);
    let machine = machine.env("AWS_CA_BUNDLE", "corp.pem");
    let path = machine.path("home/corp.pem").display().to_string();
    let machine = machine.env("AWS_CA_BUNDLE", &path);
    let run = machine.git(&["clone", "-q", &url("demo")]);
    assert_eq!(
        fix(&run),
        "add the CA certificate of your TLS-inspecting proxy to ~/corp.pem, in PEM format",
        "{}",
        run.transcript()
    );
    let both = bundle + &std::fs::read_to_string(aws.ca_file()).expect("a bundle");
    std::fs::write(machine.path("home/corp.pem"), both).expect("a bundle");
    machine.git(&["clone", "-q", &url("demo")]).succeeds();
}

#[test]
fn a_role_of_a_web_identity_without_its_arn_is_set_by_the_command_that_can() {
    let machine = Machine::new().file("home/.aws/config", "[profile ci]\nweb_identity_token_file = ~/token\n");
    let run = machine.env("AWS_PROFILE", "ci").get();
    assert_eq!(fix(&run), "aws configure set role_arn ROLE_ARN --profile ci", "{}", run.transcript());
}

#[test]
fn a_signature_that_the_clock_does_not_explain_is_not_blamed_on_the_clock() {
    let aws = aws();
    let body = "<InvalidSignatureException>\n  <Message>Signature expired: 20260102T030405Z is now earlier than \
                20260102T033005Z (20260102T034505Z - 15 min.)</Message>\n</InvalidSignatureException>\n";
    let answer = FixedAnswer { status: 403, content_type: None, body: body.to_owned(), from_aws: true };
    aws.fix_answer(HOST, answer);
    let run = machine(&aws).with_keys().get();
    assert!(run.stderr.contains("(CC406)") && !fix(&run).contains("clock"), "{}", run.transcript());
}

#[test]
fn no_profile_is_guessed_where_nobody_chose_one() {
    let machine = Machine::new().file("home/.aws/credentials", &profiles());
    let run = machine.get();
    assert!(run.stderr.contains("(CC201)"), "{}", run.transcript());
    assert_eq!(fix(&run), "export AWS_PROFILE=NAME");
    assert!(run.stderr.contains("available profiles: alice, bob"), "{}", run.transcript());
    // Nothing follows a command that would run if it were pasted.
    assert!(!run.stderr.lines().any(|line| line.trim_start().starts_with('(')), "{}", run.transcript());
}
