//! The real git, in every installed version, through proxy and TLS.

mod common;

use chrono::TimeDelta;
use common::{ACCOUNT, ALICE, HOST, Home, REGION, alice, gits, signed, signed_demo, stderr, with_alice};
use stand_in::{AccessKey, Action, Challenge, DenyTail, PolicyKind, StandIn};

const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";

#[test]
fn clone_and_large_push_go_through() {
    for git in gits() {
        let aws = with_alice();
        let home = Home::new(&git);
        let credentials = signed_demo(&alice());
        home.run(&aws, &credentials, &["clone", "--quiet", URL, "work"]);
        assert_eq!(std::fs::read_to_string(home.path().join("work/README")).unwrap(), "Hello\n");

        // For more than 1 MiB git sends a probe first and then chunks; the bytes are incompressible.
        let noise: Vec<u8> = (0_u64..400_000)
            .flat_map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17).to_be_bytes())
            .collect();
        std::fs::write(home.path().join("work/noise"), noise).unwrap();
        home.run(&aws, &credentials, &["-C", "work", "add", "noise"]);
        home.run(&aws, &credentials, &["-C", "work", "commit", "--quiet", "-m", "Second"]);
        home.run(&aws, &credentials, &["-C", "work", "push", "--quiet", "origin", "HEAD:main", "HEAD:dev"]);

        home.run(&aws, &credentials, &["clone", "--quiet", "--depth=1", "--branch=dev", URL, "again"]);
        assert!(home.path().join("again/noise").metadata().unwrap().len() > 1 << 20);

        let requests = aws.requests();
        assert!(requests.iter().all(|request| request.status == 200 || request.status == 401), "{requests:#?}");
        let pushes = requests.iter().filter(|request| request.path == "/v1/repos/demo/git-receive-pack").count();
        assert_eq!(pushes, 2, "a probe and the push itself");
        assert!(aws.tunnels().iter().all(|tunnel| tunnel.target == format!("{HOST}:443")));
    }
}

#[test]
fn a_long_fetch_negotiation_is_understood_though_it_is_compressed() {
    let aws = with_alice();
    let home = Home::new(&gits()[0]);
    let credentials = signed_demo(&alice());
    home.run(&aws, &credentials, &["clone", "--quiet", URL, "work"]);
    home.run(&aws, &credentials, &["clone", "--quiet", URL, "other"]);
    // So many local commits that the list of the client's commits exceeds 1 KiB, the size from which git compresses it.
    for number in 0..60 {
        let message = format!("Local {number}");
        home.run(&aws, &credentials, &["-C", "work", "commit", "--quiet", "--allow-empty", "-m", &message]);
    }
    home.run(&aws, &credentials, &["-C", "other", "commit", "--quiet", "--allow-empty", "-m", "Remote"]);
    home.run(&aws, &credentials, &["-C", "other", "push", "--quiet", "origin", "HEAD:main"]);
    home.run(&aws, &credentials, &["-C", "work", "fetch", "--quiet"]);
    let subject = home.run(&aws, &credentials, &["-C", "work", "log", "-1", "--format=%s", "origin/main"]);
    assert_eq!(subject.trim(), "Remote");
}

#[test]
fn an_empty_repository_takes_its_first_push() {
    let aws = StandIn::start();
    aws.add_key(alice());
    aws.create_repository(ACCOUNT, REGION, "demo");
    let home = Home::new(&gits()[0]);
    let credentials = signed_demo(&alice());
    home.run(&aws, &credentials, &["init", "--quiet", "-b", "main", "work"]);
    home.run(&aws, &credentials, &["-C", "work", "commit", "--quiet", "--allow-empty", "-m", "First"]);
    home.run(&aws, &credentials, &["-C", "work", "push", "--quiet", URL, "main"]);
    let listed = home.run(&aws, &credentials, &["ls-remote", URL]);
    assert!(listed.contains("refs/heads/main"), "{listed}");
    home.run(&aws, &credentials, &["-C", "work", "push", "--quiet", URL, "main:dev"]);
    home.run(&aws, &credentials, &["-C", "work", "push", "--quiet", URL, ":dev"]);
}

#[test]
fn only_the_capabilities_of_codecommit_are_seen() {
    let aws = with_alice();
    let credentials = signed_demo(&alice());
    let fetch = common::info_refs(&aws, "git-upload-pack", &credentials);
    assert!(fetch.body.starts_with("001e# service=git-upload-pack\n00000099"), "{}", fetch.body);
    assert!(fetch.body.contains(
        " HEAD\0multi_ack_detailed shallow side-band-64k thin-pack allow-tip-sha1-in-want allow-reachable-sha1-in-want\n"
    ));
    let push = common::info_refs(&aws, "git-receive-pack", &credentials);
    assert!(push.body.contains("\0side-band-64k report-status delete-refs thin-pack\n"), "{}", push.body);
}

#[test]
fn a_protected_branch_is_refused_in_the_report() {
    for git in gits() {
        let aws = with_alice();
        aws.protect_reference("demo", "refs/heads/main");
        let home = Home::new(&git);
        let credentials = signed_demo(&alice());
        home.run(&aws, &credentials, &["clone", "--quiet", URL, "work"]);
        home.run(&aws, &credentials, &["-C", "work", "commit", "--quiet", "--allow-empty", "-m", "Second"]);
        let refused = home.git(&aws, &credentials, &["-C", "work", "push", "origin", "main"]);
        assert!(!refused.status.success());
        assert!(
            stderr(&refused).contains(
                " ! [remote rejected] main -> main (You don't have permission to push changes to this branch)"
            ),
            "{}",
            stderr(&refused)
        );
        home.run(&aws, &credentials, &["-C", "work", "push", "--quiet", "origin", "main:dev"]);
    }
}

#[test]
fn a_refused_push_is_silent_about_the_reason() {
    let aws = with_alice();
    aws.deny(ALICE, Action::GitPush, "demo", DenyTail::Explicit(PolicyKind::IdentityBased));
    let home = Home::new(&gits()[0]);
    let credentials = signed_demo(&alice());
    home.run(&aws, &credentials, &["clone", "--quiet", URL, "work"]);
    let refused = home.git(&aws, &credentials, &["-C", "work", "push", "origin", "main:dev"]);
    assert_eq!(stderr(&refused), format!("fatal: unable to access '{URL}/': The requested URL returned error: 403\n"));
}

#[test]
fn other_hosts_of_the_git_service_work_alike() {
    for (host, region, principal) in [
        ("git-codecommit-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", "arn:aws-us-gov:iam::111122223333:user/a"),
        ("git-codecommit.cn-north-1.amazonaws.com.cn", "cn-north-1", "arn:aws-cn:iam::111122223333:user/a"),
        ("vpce-0b47ea360adebf88a-jkl88hez-us-east-1a.git-codecommit.us-east-1.vpce.amazonaws.com", "us-east-1", ALICE),
    ] {
        let aws = StandIn::start();
        aws.set_challenge(Challenge::NegotiateAndBasic);
        let key = AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", "s", "to+ken/==", principal);
        aws.add_key(key.clone());
        aws.seed_repository(ACCOUNT, region, "demo");
        let home = Home::new(&gits()[0]);
        let credentials = signed(&key, host, region, "/v1/repos/demo", TimeDelta::zero());
        home.run(&aws, &credentials, &["clone", "--quiet", &format!("https://{host}/v1/repos/demo"), "work"]);
    }
}

#[test]
fn a_connected_repository_is_reached_by_its_long_path() {
    let aws = StandIn::start();
    aws.add_key(alice());
    aws.connect_repository(ACCOUNT, REGION, "1234", "octo", "demo");
    let path = format!("/git-http/{ACCOUNT}/{REGION}/1234/octo/demo.git");
    for host in ["codeconnections.eu-west-1.amazonaws.com", "codestar-connections.eu-west-1.amazonaws.com"] {
        let home = Home::new(&gits()[0]);
        let credentials = signed(&alice(), host, REGION, &path, TimeDelta::zero());
        home.run(&aws, &credentials, &["clone", "--quiet", &format!("https://{host}{path}"), "work"]);
    }
    aws.deny(ALICE, Action::UseConnection, "*", DenyTail::Bare);
    let home = Home::new(&gits()[0]);
    let host = "codeconnections.eu-west-1.amazonaws.com";
    let credentials = signed(&alice(), host, REGION, &path, TimeDelta::zero());
    let refused = home.git(&aws, &credentials, &["ls-remote", &format!("https://{host}{path}")]);
    assert!(stderr(&refused).contains("error: 403"), "{}", stderr(&refused));
}
