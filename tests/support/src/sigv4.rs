//! Signature Version 4, implemented a second time from its description to verify the program under test.
//!
//! Nothing here shares code with the `git-credential-codecommit` crate or with `aws-sigv4`. It supports two forms: that
//! of CodeCommit's git service in the Basic password ([`GitRequest`]; algorithm of the AWS CLI,
//! `awscli/customizations/codecommit.py`) and the usual `Authorization` header of the other services
//! ([`header_signature`]; "Create a signed AWS API request" in the IAM User Guide).

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// What CodeCommit's git service signs: only the host and the repository's path.
#[derive(Debug, Clone, Copy)]
pub struct GitRequest<'a> {
    /// The host name without a port.
    pub host: &'a str,
    /// The repository's path with one leading slash and without a suffix such as `/info/refs`.
    pub path: &'a str,
    pub region: &'a str,
}

impl GitRequest<'_> {
    /// The signature in hexadecimal; `time` is `YYYYMMDDTHHMMSS`, without the `Z` of the password.
    #[must_use]
    pub fn signature(&self, secret: &str, time: &str) -> String {
        // The hash of the payload is left out; the line feed before it stays.
        let canonical = format!("GIT\n{}\n\nhost:{}\n\nhost\n", self.path, self.host);
        sign(secret, time, self.region, "codecommit", time, &canonical)
    }

    /// The password: the time with `Z`, then the signature.
    #[must_use]
    pub fn password(&self, secret: &str, time: &str) -> String {
        format!("{time}Z{}", self.signature(secret, time))
    }
}

/// The parts of a usual request that its `Authorization` header signs.
pub(crate) struct HeaderRequest<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    /// Names in lower case and values, in the order of `SignedHeaders`.
    pub headers: Vec<(String, String)>,
    pub body: &'a [u8],
    /// `YYYYMMDDTHHMMSSZ`, from `X-Amz-Date`.
    pub date: &'a str,
    pub region: &'a str,
    pub service: &'a str,
}

/// The signature of the request's `Authorization` header.
pub(crate) fn header_signature(request: &HeaderRequest<'_>, secret: &str) -> String {
    let mut pairs: Vec<&str> = request.query.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_unstable();
    let headers: Vec<String> =
        request.headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{}\n{}\n{}",
        request.method,
        request.path,
        pairs.join("&"),
        headers.concat(),
        names.join(";"),
        hex(&Sha256::digest(request.body))
    );
    sign(secret, request.date, request.region, request.service, request.date, &canonical)
}

/// `stamp` is the second line of the string to sign; the key and the scope contain only the day of `time`.
fn sign(secret: &str, time: &str, region: &str, service: &str, stamp: &str, canonical: &str) -> String {
    let day = time.get(..8).unwrap_or(time);
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let digest = hex(&Sha256::digest(canonical.as_bytes()));
    let string_to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}");

    let key = hmac(format!("AWS4{secret}").as_bytes(), day);
    let key = hmac(&key, region);
    let key = hmac(&key, service);
    let key = hmac(&key, "aws4_request");
    hex(&hmac(&key, &string_to_sign))
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|nibble| char::from(DIGITS[usize::from(nibble)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_signature_is_that_of_git_remote_codecommit() {
        let request = GitRequest {
            host: "git-codecommit.us-west-2.amazonaws.com",
            path: "/v1/repos/test_repo",
            region: "us-west-2",
        };
        assert_eq!(
            request.signature("secret", "20171224T115320"),
            "b6df2d758a8023b2f000a546417007b65494f3ce8ad0300fd45fcfa173f1959a",
            "aws/git-remote-codecommit, tests"
        );
    }

    #[test]
    fn git_signature_is_that_of_aws4() {
        let request = GitRequest {
            host: "git-codecommit.us-east-1.amazonaws.com",
            path: "/v1/repos/MyAwesomeRepo",
            region: "us-east-1",
        };
        assert_eq!(
            request.password("abcdef1234567890", "20121226T061030"),
            "20121226T061030Z2a9a182eb6afc3859ee590af942564b53b0c4e5beac2893052515401d06af92a",
            "mhart/aws4, test/fast.js"
        );
    }

    #[test]
    fn header_signature_is_that_of_the_iam_guide() {
        // "Signature calculation example" of the AWS General Reference: ListUsers with the published example key.
        let request = HeaderRequest {
            method: "GET",
            path: "/",
            query: "Version=2010-05-08&Action=ListUsers",
            headers: vec![
                ("content-type".into(), "application/x-www-form-urlencoded; charset=utf-8".into()),
                ("host".into(), "iam.amazonaws.com".into()),
                ("x-amz-date".into(), "20150830T123600Z".into()),
            ],
            body: b"",
            date: "20150830T123600Z",
            region: "us-east-1",
            service: "iam",
        };
        assert_eq!(
            header_signature(&request, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }
}
