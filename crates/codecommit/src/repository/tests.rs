use super::*;

fn request(protocol: &str, host: &str, path: &str) -> Attributes {
    Attributes {
        protocol: Some(protocol.into()),
        host: Some(host.into()),
        path: Some(path.into()),
        ..Attributes::default()
    }
}

fn https(host: &str, path: &str) -> Result<Option<Recognized>, NearMiss> {
    recognize(&request("https", host, path), false)
}

fn ours(host: &str, path: &str) -> Repository {
    match https(host, path) {
        Ok(Some(Recognized::Scoped(repository))) => repository,
        other => panic!("{host} {path}: {other:?}"),
    }
}

fn near_miss(host: &str, path: &str) -> NearMiss {
    match https(host, path) {
        Err(near_miss) => near_miss,
        other => panic!("{host} {path}: {other:?}"),
    }
}

#[test]
fn every_documented_host_form_is_recognized_with_its_region() {
    let vpce = Family::VpcEndpoint { fips: false };
    let vpce_fips = Family::VpcEndpoint { fips: true };
    for (host, region, family) in [
        ("git-codecommit.us-east-1.amazonaws.com", "us-east-1", Family::Standard),
        ("git-codecommit-fips.ca-central-1.amazonaws.com", "ca-central-1", Family::Fips),
        ("git-codecommit-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", Family::Fips),
        ("git-codecommit.cn-north-1.amazonaws.com.cn", "cn-north-1", Family::Standard),
        ("git-codecommit.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", Family::Standard),
        ("git-codecommit.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", Family::Standard),
        ("git-codecommit.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", Family::Standard),
        ("git-codecommit.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1", Family::Standard),
        ("git-codecommit.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1", Family::Standard),
        ("vpce-0b47ea360adebf88a-jkl88hez.git-codecommit.us-east-1.vpce.amazonaws.com", "us-east-1", vpce),
        ("vpce-0b47ea360adebf88a-jkl88hez-us-east-1a.git-codecommit.us-east-1.vpce.amazonaws.com", "us-east-1", vpce),
        (
            "vpce-0b47ea360adebf88a-jkl88hez-us-west-2b.git-codecommit-fips.us-east-1.vpce.amazonaws.com",
            "us-east-1",
            vpce_fips,
        ),
        ("vpce-0b47ea360adebf88a-jkl88hez.git-codecommit.cn-north-1.vpce.amazonaws.com.cn", "cn-north-1", vpce),
        // A region that is in no table.
        ("git-codecommit.zz-central-9.amazonaws.com", "zz-central-9", Family::Standard),
    ] {
        let repository = ours(host, "v1/repos/x");
        assert_eq!((repository.region().as_str(), repository.family()), (region, family), "{host}");
        assert_eq!((repository.host(), repository.path()), (host, "/v1/repos/x"));
    }
}

#[test]
fn code_connections_hosts_are_signed_for_with_the_path_as_it_stands() {
    for host in ["codeconnections.eu-west-1.amazonaws.com", "codestar-connections.eu-west-1.amazonaws.com"] {
        let repository = ours(host, "git-http/111122223333/eu-west-1/0f2b/My Org/re%20po.git?x=1");
        assert_eq!(repository.path(), "/git-http/111122223333/eu-west-1/0f2b/My Org/re%20po.git");
        assert_eq!((repository.region().as_str(), repository.family()), ("eu-west-1", Family::CodeConnections));
        assert!(matches!(near_miss(host, "v1/repos/x"), NearMiss::NotAConnectionPath { .. }));
    }
}

#[test]
fn port_and_slashes_do_not_change_what_is_signed() {
    let signed = |repository: &Repository| (repository.host().to_owned(), repository.path().to_owned());
    let plain = signed(&ours("git-codecommit.us-east-1.amazonaws.com", "v1/repos/My.repo_1-x"));
    for (host, path) in [
        ("git-codecommit.us-east-1.amazonaws.com:443", "/v1/repos/My.repo_1-x"),
        ("git-codecommit.us-east-1.amazonaws.com:8443", "//v1/repos/My.repo_1-x//"),
        ("git-codecommit.us-east-1.amazonaws.com", "v1/repos/My%2Erepo_1%2dx/"),
    ] {
        assert_eq!(signed(&ours(host, path)), plain, "{host} {path}");
        assert_eq!(ours(host, path).authority(), host, "where to connect");
    }
}

#[test]
fn a_host_in_capitals_is_known_and_signed_as_it_will_be_sent() {
    let repository = ours("GIT-CodeCommit.US-East-1.AmazonAWS.com:443", "v1/repos/x");
    assert_eq!(repository.host(), "GIT-CodeCommit.US-East-1.AmazonAWS.com");
    assert_eq!((repository.region().as_str(), repository.family()), ("us-east-1", Family::Standard));
}

#[test]
fn a_foreign_host_is_left_to_other_helpers_whatever_else_the_request_says() {
    for host in [
        "github.com",
        "amazonaws.com",
        "s3.us-east-1.amazonaws.com",
        "notamazon.community",
        "xgit-codecommit.us-east-1.amazonaws.com",
        "evil-amazonaws.com.attacker.test",
        "git-codecommit.corp.example",
        "localhost:8443",
        "user@github.com",
        "github.com\r",
        "github.com#.example.com",
        "b\u{fc}cher.example",
    ] {
        assert_eq!(https(host, "v1/repos/x"), Ok(None), "{host}");
        assert_eq!(recognize(&request("http", host, "a\u{1b}b"), false), Ok(None), "{host}");
    }
}

#[test]
fn a_host_that_only_resembles_codecommit_is_never_signed_for() {
    let standard = Some("git-codecommit.us-east-1.amazonaws.com");
    for (host, meant) in [
        ("git-codecommit.us-east-1.amazonaws.com.evil.test", standard),
        ("git-codecommit.us-east-1.amazonaws.com.", standard),
        ("git-codecommit.us-east-1.amazonaws.com.:443", standard),
        ("git-codecommit.us-east-1.amazonaws.org", standard),
        ("git-codecommit.us-east-1.api.aws", standard),
        ("git-codecommit-us-east-1.amazonaws.com", standard),
        ("git-codecommit.us-east-1.x.amazonaws.com", standard),
        ("vpce-0b47.git-codecommit.us-east-1.amazonaws.com", None),
        ("vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com.evil.test", None),
        ("vpce-.git-codecommit.us-east-1.vpce.amazonaws.com", None),
    ] {
        let url = meant.map(|meant| format!("https://{meant}/v1/repos/x"));
        assert_eq!(
            near_miss(host, "v1/repos/x"),
            NearMiss::LookAlike { host: host.trim_end_matches(":443").to_owned(), url },
            "{host}"
        );
    }
}

#[test]
fn nothing_is_signed_for_a_host_that_may_be_another() {
    const OURS: &str = "git-codecommit.us-east-1.amazonaws.com";
    for (host, doubt) in [
        ("evil.example#@git-codecommit.us-east-1.amazonaws.com", Doubt::SecondAt),
        ("git-codecommit.us-east-1.amazonaws.com#.evil.example", Doubt::Character),
        ("git-codecommit.us-east-1.amazonaws.com/.evil.example", Doubt::Character),
        ("git-codecommit.us-east-1.amazonaws.com\\.evil.example", Doubt::Character),
        ("a@git-codecommit.us-east-1.amazonaws.com", Doubt::SecondAt),
        ("git-codecommit.us-east-1.amazonaws.com@evil.example", Doubt::SecondAt),
        ("evil.example\rhost=git-codecommit.us-east-1.amazonaws.com", Doubt::Character),
        ("git-codecommit.us-east-1.amazonaws.com\u{0}", Doubt::Character),
        ("git-codecommit.us-east-1.amazonaws.com ", Doubt::Character),
        ("git-codecommit.us-east-1.amazonaws.com:443:1", Doubt::Port),
        ("git-codecommit.us-east-1.amazonaws.com:abc", Doubt::Port),
        ("git%2dcodecommit.us-east-1.amazonaws.com", Doubt::Escape),
        ("git-codecommit.us-east-1.amazonaws\u{3002}com", Doubt::NotAscii),
    ] {
        let expected = NearMiss::AmbiguousHost { host: Some(OURS.to_owned()), doubt };
        assert_eq!(near_miss(host, "v1/repos/x"), expected, "{host}");
        assert_eq!(recognize(&request("https", host, "v1/repos/x"), true), Err(expected), "{host}");
    }
    // A CodeCommit host only as a whole, with characters that may come from a password: not shown.
    let expected = NearMiss::AmbiguousHost { host: None, doubt: Doubt::Character };
    assert_eq!(near_miss("git-codecommit.us-east-1;.amazonaws.com", "v1/repos/x"), expected);
    // Without the host check any other host is signed for, but an ambiguous URL is not.
    let unchecked = |host| recognize(&request("https", host, "v1/repos/x"), true);
    assert_eq!(unchecked("a@corp.test"), Err(NearMiss::AmbiguousHost { host: None, doubt: Doubt::SecondAt }));
    for host in ["corp_proxy.test:8443", "localhost", "127.0.0.1:1", "[::1]:8443"] {
        assert!(matches!(unchecked(host), Ok(Some(Recognized::Unscoped(_)))), "{host}");
    }
}

#[test]
fn the_host_of_a_url_is_the_one_that_git_and_curl_connect_to() {
    let of = |url: &str| recognize(&Attributes::of_url(url), false);
    let ours = "git-codecommit.us-east-1.amazonaws.com";
    for url in ["https://H/v1/repos/x", "https://evil.example:x@H/v1/repos/x", "https://H:443/v1/repos/x"] {
        assert!(matches!(of(&url.replace('H', ours)), Ok(Some(Recognized::Scoped(_)))), "{url}");
    }
    for url in ["https://H:x@evil.example/v1/repos/x", "https://H@evil.example/v1/repos/x", "https://evil.example/@H/x"]
    {
        assert_eq!(of(&url.replace('H', ours)), Ok(None), "{url}");
    }
    for url in [
        "https://evil.example#@H/v1/repos/x",
        "https://evil.example?@H/v1/repos/x",
        "https://H#@evil.example/v1/repos/x",
        "https://a@H@evil.example/v1/repos/x",
        "https://evil.example\\@H/v1/repos/x",
        "https:///H/v1/repos/x",
    ] {
        let recognition = of(&url.replace('H', ours));
        assert!(
            matches!(&recognition, Err(NearMiss::AmbiguousHost { host: Some(host), .. }) if host == ours),
            "{url}: {recognition:?}"
        );
        assert_eq!(of(&url.replace('H', "github.com")), Ok(None), "{url}");
    }
    // git sends the rest of the URL as the path.
    for url in ["https://H?.evil.example/v1/repos/x", "https://H#.evil.example/v1/repos/x"] {
        let recognition = of(&url.replace('H', ours));
        assert!(matches!(recognition, Err(NearMiss::NotARepositoryPath { .. })), "{url}");
    }
}

#[test]
fn a_region_of_another_partition_is_told_with_the_host_it_has() {
    assert_eq!(
        near_miss("git-codecommit.cn-north-1.amazonaws.com", "v1/repos/x"),
        NearMiss::OtherPartition {
            host: "git-codecommit.cn-north-1.amazonaws.com".into(),
            region: "cn-north-1".into(),
            url: "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/x".into(),
        }
    );
    assert!(matches!(
        near_miss("git-codecommit.us-east-1.amazonaws.com.cn", "v1/repos/x"),
        NearMiss::OtherPartition { .. }
    ));
    for (host, path, meant) in [
        ("git-codecommit.useast1.amazonaws.com", "v1/repos/x", "git-codecommit.us-east-1.amazonaws.com/v1/repos/x"),
        ("git-codecommit.us-east-1a.amazonaws.com", "x", "git-codecommit.us-east-1.amazonaws.com/v1/repos/x"),
        ("git-codecommit-fips.ohio.amazonaws.com", "a/b", "git-codecommit-fips.us-east-2.amazonaws.com/v1/repos/NAME"),
        ("git-codecommit.cnnorth1.amazonaws.com", "x.git", "git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/x"),
        (
            "vpce-0b47.git-codecommit.useast1.vpce.amazonaws.com",
            "v1/repos/x",
            "vpce-0b47.git-codecommit.us-east-1.vpce.amazonaws.com/v1/repos/x",
        ),
        (
            "codeconnections.useast1.amazonaws.com",
            "git-http/1/us-east-1/c/o/n.git",
            "codeconnections.us-east-1.amazonaws.com/git-http/1/us-east-1/c/o/n.git",
        ),
    ] {
        let NearMiss::MalformedRegion { url: Some(url), .. } = near_miss(host, path) else { panic!("{host}") };
        assert_eq!(url, format!("https://{meant}"));
    }
    assert!(matches!(
        near_miss("git-codecommit.us-east.amazonaws.com", "v1/repos/x"),
        NearMiss::MalformedRegion { url: None, .. }
    ));
}

#[test]
fn the_host_of_the_api_is_told_with_the_host_of_git() {
    assert_eq!(
        near_miss("codecommit.eu-west-1.amazonaws.com", "v1/repos/x"),
        NearMiss::ApiHost {
            host: "codecommit.eu-west-1.amazonaws.com".into(),
            url: "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/x".into(),
        }
    );
}

#[test]
fn nothing_is_signed_over_http() {
    let plain = request("http", "git-codecommit.us-east-1.amazonaws.com", "v1/repos/x");
    for ignore_host_check in [false, true] {
        assert!(matches!(recognize(&plain, ignore_host_check), Err(NearMiss::NotHttps { .. })));
    }
    let spelt = request("HTTPS", "git-codecommit.us-east-1.amazonaws.com", "v1/repos/x");
    assert!(matches!(recognize(&spelt, false), Err(NearMiss::NotHttps { .. })));
}

#[test]
fn a_request_without_a_path_is_the_missing_use_http_path() {
    let host = "git-codecommit.us-east-1.amazonaws.com";
    let attributes = Attributes { path: None, ..request("https", host, "") };
    let expected = NearMiss::NoPath { host: host.into(), family: Family::Standard };
    assert_eq!(recognize(&attributes, false), Err(expected.clone()));
    assert_eq!(near_miss(host, "/"), expected);
}

#[test]
fn a_path_that_is_no_repository_is_told_with_the_name_that_was_meant() {
    let host = "git-codecommit.us-east-1.amazonaws.com";
    for (path, meant) in [
        ("demo", Some("demo")),
        ("V1/Repos/demo", Some("demo")),
        ("v1/repos/demo/info/lfs", Some("demo")),
        ("v1/repos/demo?x=1", Some("demo")),
        ("repos/demo.git", Some("demo")),
        ("v1/repos", None),
        ("v2/things/demo/x", None),
    ] {
        assert_eq!(
            near_miss(host, path),
            NearMiss::NotARepositoryPath { host: host.into(), path: path.into(), name: meant.map(str::to_owned) },
            "{path}"
        );
    }
    for (path, meant) in [
        ("v1/demo", Some("demo")),
        ("v1/repo/demo", Some("demo")),
        ("v1/repositories/demo/browse", Some("demo")),
        ("v1//repos//demo", Some("demo")),
        ("v1", None),
        ("v1/repos/?x=demo", None),
    ] {
        let NearMiss::NotARepositoryPath { name, .. } = near_miss(host, path) else { panic!("{path}") };
        assert_eq!(name.as_deref(), meant, "{path}");
    }
    let too_long = "v1/repos/".to_owned() + &"a".repeat(101);
    for path in ["v1/repos/my%20repo", "v1/repos/my repo", "v1/repos/größe", "v1/repos/.git", too_long.as_str()] {
        assert!(matches!(near_miss(host, path), NearMiss::InvalidName { .. }), "{path}");
    }
}

#[test]
fn a_name_with_dot_git_is_signed_for_as_it_stands_and_known_by_the_name_without() {
    let repository = ours("git-codecommit.us-east-1.amazonaws.com", "v1/repos/demo.git");
    assert_eq!((repository.path(), repository.without_dot_git()), ("/v1/repos/demo.git", Some("demo")));
    assert_eq!(repository.api_name(), "demo");
    let plain = ours("git-codecommit.us-east-1.amazonaws.com", "v1/repos/demo.gitx");
    assert_eq!((plain.without_dot_git(), plain.api_name()), (None, "demo.gitx"));
    // `.git` is a valid part of names on other services.
    let other = ours("codeconnections.eu-west-1.amazonaws.com", "git-http/1/eu-west-1/c/o/demo.git");
    assert_eq!((other.without_dot_git(), other.api_name()), (None, "demo.git"));
    let twice = near_miss("git-codecommit.us-east-1.amazonaws.com", "v1/repos/demo.git.git");
    assert!(matches!(twice, NearMiss::InvalidName { .. }));
}

#[test]
fn control_characters_and_missing_attributes_are_malformed() {
    let host = "git-codecommit.us-east-1.amazonaws.com";
    for (attributes, attribute, missing) in [
        (Attributes::default(), "host", true),
        (request("https", "", "v1/repos/x"), "host", true),
        (request("https", host, "v1/repos/x\u{1b}[31m"), "path", false),
        (Attributes { protocol: None, ..request("https", host, "v1/repos/x") }, "protocol", true),
    ] {
        assert_eq!(recognize(&attributes, false), Err(NearMiss::Malformed { attribute, missing }), "{attributes:?}");
    }
}

#[test]
fn a_host_without_a_region_takes_it_from_the_configuration() {
    let Ok(Some(Recognized::Unscoped(unscoped))) = https("git-codecommit.amazonaws.com", "v1/repos/x") else {
        panic!("must ask for a region");
    };
    let repository = unscoped.in_region(Region::US_EAST_1);
    assert_eq!((repository.host(), repository.region().as_str()), ("git-codecommit.amazonaws.com", "us-east-1"));
}

#[test]
fn ignoring_the_host_check_signs_for_any_host_and_leaves_codecommits_own_as_they_are() {
    let check = |host: &str, path: &str| recognize(&request("https", host, path), true);
    let Ok(Some(Recognized::Unscoped(unscoped))) = check("localhost:8443", "v1/repos/x") else { panic!("any host") };
    assert_eq!(unscoped.in_region(Region::US_EAST_1).host(), "localhost");
    assert!(matches!(
        check("git-codecommit.us-east-1.amazonaws.com.proxy.test", "any/path.git"),
        Ok(Some(Recognized::Unscoped(_)))
    ));
    let Ok(Some(Recognized::Scoped(repository))) = check("git-codecommit.eu-west-1.amazonaws.com", "v1/repos/x") else {
        panic!("the region of the host wins");
    };
    assert_eq!(repository.region().as_str(), "eu-west-1");
}
