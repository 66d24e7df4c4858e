use super::*;

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::text)
}

#[test]
fn the_request_of_git_2_47_is_read() {
    let attributes = Attributes::parse(
        b"capability[]=authtype\ncapability[]=state\nprotocol=https\n\
          host=git-codecommit.us-east-1.amazonaws.com\npath=v1/repos/Demo\nwwwauth[]=Basic realm=\"x\"\n",
    );
    assert!(attributes.authtype_capability);
    assert_eq!(text(attributes.protocol.as_ref()), Some("https"));
    assert_eq!(text(attributes.host.as_ref()), Some("git-codecommit.us-east-1.amazonaws.com"));
    assert_eq!(text(attributes.path.as_ref()), Some("v1/repos/Demo"));
    assert_eq!(attributes.username, None);
}

/// A pipe that returns a few bytes at a time and is never closed.
struct OpenPipe<'a>(&'a [u8], usize);

impl Read for OpenPipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(!self.0.is_empty(), "nobody reads on behind the blank line");
        let count = self.1.min(self.0.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

#[test]
fn a_client_that_keeps_the_pipe_open_is_answered_at_its_blank_line() {
    for end in ["\n", "\r\n"] {
        let request = ["protocol=https", "host=h", "path=p", "", ""].join(end);
        for size in [1, 2, 3, 7, 4096] {
            let read = Attributes::read_from(&mut OpenPipe(request.as_bytes(), size)).expect("a request");
            assert_eq!(text(read.path.as_ref()), Some("p"), "{end:?} in parts of {size}");
        }
    }
    assert!(Attributes::read_from(&mut OpenPipe(b"\n", 1)).expect("nothing asked").host.is_none());
}

#[test]
fn attributes_after_a_blank_line_are_not_read() {
    let attributes = Attributes::parse(b"protocol=https\n\nhost=example.com\n");
    assert_eq!(attributes.host, None);
}

#[test]
fn crlf_repeated_keys_and_lines_without_equals_do_no_harm() {
    let attributes = Attributes::parse(b"nonsense\r\nhost=a\r\nhost=b\r\npath=x=y\r\n\r\n");
    assert_eq!(text(attributes.host.as_ref()), Some("b"));
    assert_eq!(text(attributes.path.as_ref()), Some("x=y"));
}

#[test]
fn a_value_with_an_inner_carriage_return_or_nul_is_no_text() {
    let attributes = Attributes::parse(b"host=a\rb\r\npath=x\0y\nusername=\xff\n");
    assert_eq!(text(attributes.host.as_ref()), None);
    assert_eq!(text(attributes.path.as_ref()), None);
    assert_eq!(text(attributes.username.as_ref()), None);
}

#[test]
fn a_url_stands_for_its_parts_and_clears_what_came_before() {
    let attributes = Attributes::parse(b"path=old\nurl=https://al%69ce:pw@Host.example:443/v1/repos/x%20y/\n");
    assert_eq!(text(attributes.protocol.as_ref()), Some("https"));
    assert_eq!(text(attributes.host.as_ref()), Some("Host.example:443"));
    assert_eq!(text(attributes.username.as_ref()), Some("alice"));
    assert_eq!(text(attributes.path.as_ref()), Some("v1/repos/x y"));
    assert_eq!(Attributes::parse(b"host=a\nurl=nonsense\n"), Attributes::default());
}

/// What `git credential fill` of git 2.39.5 and 2.47.3 passed to a helper for `url=`.
#[test]
fn a_query_a_fragment_and_slashes_belong_to_the_path_as_in_git() {
    for (url, host, path) in [
        ("https://h?x", "h", Some("?x")),
        ("https://h#x/y/", "h", Some("#x/y")),
        ("https://h:80//v1//", "h:80", Some("v1")),
        ("https://h/%2fv1%2f", "h", Some("/v1")),
        ("https://h//", "h", None),
        ("https://h/%41:%41", "h", Some("%41:A")),
    ] {
        let attributes = Attributes::of_url(url);
        assert_eq!((text(attributes.host.as_ref()), text(attributes.path.as_ref())), (Some(host), path), "{url}");
    }
}

#[test]
fn a_url_of_two_hosts_has_none_whatever_else_the_request_says() {
    for request in [
        &b"url=https://evil.example#@h/x\n"[..],
        b"url=https://evil.example#@h/x\nhost=h\n",
        b"host=h\nurl=https://a@b@h/x\n",
        b"url=https://h\xff/x\n",
        b"host=h\xff\n",
        b"host=a@h\n",
    ] {
        let attributes = Attributes::parse(request);
        assert!(matches!(attributes.authority(), Some(Err(_))), "{}", request.escape_ascii());
    }
    let again = Attributes::parse(b"url=https://evil.example#@h/x\nurl=https://h/x\n");
    assert!(matches!(again.authority(), Some(Ok(_))));
    assert!(Attributes::parse(b"host=\n").authority().is_none());
}

#[test]
fn a_request_of_more_than_one_mebibyte_is_refused() {
    let mut endless = io::repeat(b'a');
    assert!(matches!(Attributes::read_from(&mut endless), Err(ReadError::TooLong)));
}

#[test]
fn a_percent_sign_without_digits_stays() {
    assert_eq!(percent_decode("100%/%zz%4/%41"), b"100%/%zz%4/A");
    assert_eq!(percent_decode("%00%0a"), b"%00\n");
}

#[test]
fn the_answer_has_no_carriage_returns_and_the_capability_comes_first() {
    let answer = |ephemeral| Answer {
        username: Secret::new("AKIDEXAMPLE"),
        password: Secret::new("20260102T030405Zabc"),
        password_expiry_utc: 1_767_323_885,
        ephemeral,
    };
    let mut plain = Vec::new();
    answer(false).write_to(&mut plain).expect("a Vec takes everything");
    assert_eq!(
        String::from_utf8_lossy(&plain),
        "username=AKIDEXAMPLE\npassword=20260102T030405Zabc\npassword_expiry_utc=1767323885\n"
    );
    let mut ephemeral = Vec::new();
    answer(true).write_to(&mut ephemeral).expect("a Vec takes everything");
    assert!(ephemeral.starts_with(b"capability[]=authtype\nephemeral=1\nusername="));
}
