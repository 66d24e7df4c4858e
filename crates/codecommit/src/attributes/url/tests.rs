use super::*;

/// The parts of what was read, each with its name.
fn read(text: &str) -> String {
    match Url::of_remote(text) {
        None => "no URL".to_owned(),
        Some(Err(ambiguous)) => format!("{:?}", ambiguous.doubt),
        Some(Ok(url)) => {
            let user = url.user().map(|user| format!("{user}{}@", if url.has_password() { ":…" } else { "" }));
            let port = url.authority().port().map(|port| format!(" {port}")).unwrap_or_default();
            format!("{} {}{}{port} {}", url.scheme(), user.unwrap_or_default(), url.host(), url.path())
        }
    }
}

#[test]
fn a_url_is_taken_apart_where_git_and_curl_take_it_apart() {
    for (text, parts) in [
        ("https://Host.example/v1/repos/x", "https Host.example /v1/repos/x"),
        ("https://a:p%40w@host:8443//x/", "https a:…@host 8443 //x/"),
        ("https://a@host", "https a@host "),
        ("https://@host:/x", "https @host /x"),
        ("https://host?x=1", "https host ?x=1"),
        ("https://host#x", "https host #x"),
        ("https://host/x@y:z", "https host /x@y:z"),
        ("https://u%2fv@host/x", "https u%2fv@host /x"),
        ("https://[::1]:8443/x", "https [::1] 8443 /x"),
        ("https://127.0.0.1:1/x", "https 127.0.0.1 1 /x"),
        ("https://git-codecommit.*.amazonaws.com", "https git-codecommit.*.amazonaws.com "),
        ("file:///srv/x", "file  /srv/x"),
        ("ssh://APKA1@host/x", "ssh APKA1@host /x"),
        ("APKA1@host:v1/repos/x", "ssh APKA1@host :v1/repos/x"),
        ("host:x", "ssh host :x"),
        ("codecommit::eu-west-1://work@demo", "codecommit::eu-west-1 work@demo "),
    ] {
        assert_eq!(read(text), parts, "{text}");
    }
    for text in ["", "host", "host/x", "./a:b", "/srv/x", "://host/x", ":x", "https:/host/x"] {
        assert!(Url::parse(text).is_none(), "{text}");
    }
    for text in ["", "host", "./a:b", "/srv/x", ":x", "[::1]:x"] {
        assert_eq!(read(text), "no URL", "{text}");
    }
}

#[test]
fn a_url_that_programs_read_differently_is_ambiguous_with_every_host() {
    const OURS: &str = "ours.example";
    for (text, doubt) in [
        ("https://evil.example#@ours.example/x", Doubt::AtAfterEnd),
        ("https://evil.example?@ours.example/x", Doubt::AtAfterEnd),
        ("https://evil.example?a#b:c@ours.example", Doubt::AtAfterEnd),
        ("https://ours.example#@evil.example/x", Doubt::AtAfterEnd),
        ("https://evil.example@ours.example@x/", Doubt::SecondAt),
        ("https://a:b@c:d@ours.example/x", Doubt::SecondAt),
        ("https://evil.example\\@ours.example/x", Doubt::Character),
        ("https://ours.example\\@evil.example/x", Doubt::Character),
        ("https://ours.example\\.evil.example/x", Doubt::Character),
        ("https://ou\trs.example/x", Doubt::Character),
        ("https://u\u{1}@ours.example/x", Doubt::Character),
        ("https://u @ours.example/x", Doubt::Character),
        ("https://ours.example evil.example/x", Doubt::Character),
        ("https://ours.example;evil.example/x", Doubt::Character),
        ("https://ours.example\u{7f}/x", Doubt::Character),
        ("https://[ours.example]/x", Doubt::Character),
        ("https://[::1]ours.example/x", Doubt::Character),
        ("https://%6furs.example/x", Doubt::Escape),
        ("https://ours.example%2f.evil.example/x", Doubt::Escape),
        ("https://ours.example%23@evil.example@x", Doubt::SecondAt),
        ("https://ours.example%00.evil.example/x", Doubt::Escape),
        ("https://ours.example%3a80/x", Doubt::Escape),
        ("https://\u{ff4f}urs.example/x", Doubt::NotAscii),
        ("https://ours\u{3002}example/x", Doubt::NotAscii),
        ("https://ou\u{ad}rs.example/x", Doubt::NotAscii),
        ("https://ours.example\u{ff0f}.evil.example/x", Doubt::NotAscii),
        ("https:///ours.example/x", Doubt::NoHost),
        ("https:////\\ours.example/x", Doubt::NoHost),
        ("https://ours.example@/x", Doubt::NoHost),
        ("https://ours.example@:443/x", Doubt::NoHost),
        ("https://ours.example:x/", Doubt::Port),
        ("https://ours.example:+443/", Doubt::Port),
        ("https://ours.example:65536/", Doubt::Port),
        ("https://ours.example:1:2/", Doubt::Port),
        ("ssh://evil.example#@ours.example/x", Doubt::AtAfterEnd),
        ("ssh://ours.example?/x", Doubt::AtAfterEnd),
        ("ssh://u%2f@ours.example/x", Doubt::Escape),
        ("evil.example:@ours.example/x", Doubt::AtAfterEnd),
    ] {
        let Some(Err(ambiguous)) = Url::of_remote(text) else { panic!("{text}: {:?}", Url::of_remote(text)) };
        assert_eq!(ambiguous.doubt, doubt, "{text}");
        assert!(ambiguous.hosts().any(|host| host == OURS), "{text}: {:?}", ambiguous.hosts);
    }
    for (text, host) in [("https://0x7f.1/", "127.0.0.1"), ("https://127.0.0.01/", "127.0.0.1")] {
        let Some(Err(ambiguous)) = Url::parse(text) else { panic!("{text}") };
        assert_eq!(ambiguous.doubt, Doubt::Number, "{text}");
        assert!(ambiguous.hosts().any(|known| known == host), "{text}");
    }
}

#[test]
fn the_host_of_a_request_is_read_with_the_same_care() {
    for (text, host, port) in
        [("Host.example", "Host.example", None), ("host:443", "host", Some(443)), ("[::1]:1", "[::1]", Some(1))]
    {
        let authority = Authority::parse(text).expect(text);
        assert_eq!((authority.host(), authority.port(), authority.as_str()), (host, port, text));
    }
    for text in
        ["a@ours.example", "ours.example#.x", "ours.example/x", "x#@ours.example", "ours.example\r", "ours.example:x"]
    {
        let ambiguous = Authority::parse(text).expect_err(text);
        assert!(ambiguous.hosts().any(|host| host == "ours.example"), "{text}: {ambiguous:?}");
    }
}
