use super::*;
use crate::git::Setting;

fn chosen_for(purpose: Purpose, variables: &[(&str, &str)], git_proxy: Option<&str>) -> Option<Proxy> {
    let git = HttpSettings { proxy: git_proxy.map(Setting::given), ..HttpSettings::default() };
    choose(purpose, &variables.iter().copied().collect(), || &git)
}

fn chosen(variables: &[(&str, &str)], git_proxy: Option<&str>) -> Option<String> {
    chosen_for(Purpose::AwsCalls, variables, git_proxy).map(|proxy| format!("{} from {}", proxy.shown(), proxy.origin))
}

#[test]
fn the_environment_comes_before_git_and_lower_case_before_upper_case() {
    let both = [("HTTPS_PROXY", "http://upper:1"), ("https_proxy", "http://lower:2/")];
    assert_eq!(chosen(&both, Some("http://git:3")).as_deref(), Some("lower:2 from https_proxy"));
    assert_eq!(chosen(&[("ALL_PROXY", "all:4")], None).as_deref(), Some("all:4 from ALL_PROXY"));
    assert_eq!(chosen(&[("ALL_PROXY", "all:4")], Some("http://git:3")).as_deref(), Some("git:3 from git's http.proxy"));
    assert_eq!(chosen(&[("HTTPS_PROXY", "")], Some("http://git:3")).as_deref(), Some("git:3 from git's http.proxy"));
    assert_eq!(chosen(&[], Some("")), None, "an empty http.proxy means none");
    assert_eq!(chosen(&[("ALL_PROXY", "all:4")], Some("")), None, "and not the next one");
    assert_eq!(chosen(&[("https_proxy", "http://p"), ("NO_PROXY", "*")], None), None);
}

#[test]
fn an_empty_variable_in_lower_case_switches_the_other_one_off() {
    let off = [("https_proxy", ""), ("HTTPS_PROXY", "http://upper:1"), ("ALL_PROXY", "all:4")];
    assert_eq!(chosen(&off, Some("http://git:3")), None);
    assert!(chosen_for(Purpose::GitRequest, &off, None).is_none());
    let on = [("no_proxy", ""), ("NO_PROXY", "*"), ("HTTPS_PROXY", "http://upper:1")];
    assert_eq!(chosen(&on, None).as_deref(), Some("upper:1 from HTTPS_PROXY"));
    assert!(chosen_for(Purpose::GitRequest, &on, None).is_some());
    // In Python an empty one in upper case is not set; in git it is.
    let upper = [("HTTPS_PROXY", ""), ("ALL_PROXY", "all:4")];
    assert_eq!(chosen(&upper, None).as_deref(), Some("all:4 from ALL_PROXY"));
    assert!(chosen_for(Purpose::GitRequest, &upper, None).is_none());
}

#[test]
fn for_gits_own_request_gits_setting_comes_first() {
    let environment = [("HTTPS_PROXY", "http://env:1"), ("ALL_PROXY", "http://all:2")];
    let chosen = |proxy: Option<&str>| {
        chosen_for(Purpose::GitRequest, &environment, proxy)
            .map(|proxy| format!("{} from {}", proxy.shown(), proxy.origin))
    };
    assert_eq!(chosen(Some("http://git:3")).as_deref(), Some("git:3 from git's http.proxy"));
    assert_eq!(chosen(None).as_deref(), Some("env:1 from HTTPS_PROXY"));
    assert_eq!(chosen(Some("")), None);
}

fn given(url: &str, purpose: Purpose) -> Proxy {
    chosen_for(purpose, &[("HTTPS_PROXY", url)], None).expect("a proxy")
}

#[test]
fn the_password_of_a_proxy_is_never_shown() {
    let proxy = given("http://u:hush@p.corp:8080", Purpose::AwsCalls);
    assert_eq!(format!("{proxy:?}"), "Proxy(p.corp:8080 from HTTPS_PROXY)");
    assert_eq!(proxy.server().expect("a URL").asked_as, "http://u@p.corp:8080");
}

/// Ports: `curl -v -x http://127.0.0.1 https://x`, curl 7.88, and `urllib3.connection.port_by_scheme`.
#[test]
fn the_url_of_a_proxy_is_read_as_curl_and_python_read_it() {
    use Protocol::{Http, Https, Socks4, Socks4a, Socks5, Socks5h};
    for (url, protocol, host, git_port, aws_port) in [
        ("p.corp:8080", Http, "p.corp", 8080, 8080),
        ("//p.corp:8080", Http, "p.corp", 8080, 8080),
        ("http://p.corp", Http, "p.corp", 1080, 80),
        ("http://p.corp:80/", Http, "p.corp", 80, 80),
        ("HTTPS://p.corp", Https, "p.corp", 443, 443),
        ("https://[::1]:3128", Https, "[::1]", 3128, 3128),
        ("socks://p", Socks4, "p", 1080, 1080),
        ("socks4://p:9050", Socks4, "p", 9050, 9050),
        ("socks4a://p", Socks4a, "p", 1080, 1080),
        ("socks5://p", Socks5, "p", 1080, 1080),
        ("socks5h://u:p%40ss@p:1", Socks5h, "p", 1, 1),
    ] {
        for (purpose, port) in [(Purpose::GitRequest, git_port), (Purpose::AwsCalls, aws_port)] {
            let server = given(url, purpose).server().unwrap_or_else(|| panic!("{url}"));
            assert_eq!((server.protocol, server.host.as_str(), server.port), (protocol, host, port), "{url}");
        }
    }
}

#[test]
fn user_name_and_password_are_decoded_and_an_empty_password_is_one() {
    for (url, user, password) in [
        ("http://p:1", None, None),
        ("http://u@p:1", Some("u"), None),
        ("http://u:@p:1", Some("u"), Some("")),
        ("http://corp%5Cu:p%40s%3As@p:1/", Some("corp\\u"), Some("p@s:s")),
        ("socks5h://u:pw@localhost:1", Some("u"), Some("pw")),
        ("http://:pw@p:1", Some(""), Some("pw")),
    ] {
        let server = given(url, Purpose::GitRequest).server().expect(url);
        let text = |secret: Option<Secret>| secret.map(|secret| secret.expose().to_owned());
        assert_eq!((text(server.user).as_deref(), text(server.password).as_deref()), (user, password), "{url}");
    }
}

#[test]
fn a_path_is_the_unix_socket_of_a_socks_proxy_on_this_machine() {
    let socket = |url: &str| given(url, Purpose::GitRequest).server().map(|server| server.socket);
    assert_eq!(socket("socks5h://localhost/run/a%20b.sock"), Some(Some("/run/a b.sock".to_owned())));
    assert_eq!(socket("socks5h://localhost/"), Some(None));
    assert_eq!(socket("http://localhost/run/x.sock"), Some(None));
    assert_eq!(socket("socks5h://elsewhere/run/x.sock"), None);
}

#[test]
fn what_is_no_proxy_is_refused_and_not_passed_over() {
    for url in ["ftp://p:1080", "http://p:notaport", "http://", "http://a b", "socks6://p", "http://u@", "http:// "] {
        assert!(given(url, Purpose::AwsCalls).server().is_none(), "{url}");
    }
}
