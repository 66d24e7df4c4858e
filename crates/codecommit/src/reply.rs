//! CodeCommit's HTTP answer to the probe, parsed once into facts.

use crate::quote::Quote;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// An HTTP answer, from CodeCommit or from a server in between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status code.
    pub status: u16,
    /// `x-amzn-RequestId`. AWS always sends one; an answer without it comes from another server, usually a proxy.
    pub request_id: Option<Quote>,
    /// The `Date` header: the server's clock, in UTC.
    pub date: Option<DateTime<Utc>>,
    /// The wait that the `Retry-After` header asks for.
    pub retry_after: Option<Duration>,
    /// Name and message of the error, if the body or a header has them.
    pub error: Option<ServiceError>,
}

/// An error as AWS reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// The error code, such as `AccessDeniedException`.
    pub name: String,
    /// The error message. Untrusted text: escape it before printing.
    pub message: Quote,
}

impl ServiceError {
    /// Parses the XML of CodeCommit's git service (`<Name>`, `<Message>`), JSON with `__type`, or the
    /// `x-amzn-ErrorType` header alone.
    #[must_use]
    pub fn read(body: &str, header: Option<&str>) -> Option<Self> {
        let named = |name: &str, message: &str| {
            // `namespace#Name:http://…` in JSON and in the header.
            let name = name.rsplit('#').next().unwrap_or(name).split(':').next().unwrap_or(name).trim();
            let plausible =
                !name.is_empty() && name.len() < 100 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            plausible.then(|| Self { name: name.to_owned(), message: message.into() })
        };
        let body = body.trim();
        if let Some(rest) = body.strip_prefix('<').filter(|rest| !rest.starts_with(['?', '!'])) {
            let name = rest.split(['>', ' ', '/']).next().unwrap_or_default();
            let message = element(body, "Message").or_else(|| element(body, "message")).unwrap_or_default();
            // An HTML page is not an AWS error.
            return if name.eq_ignore_ascii_case("html") { None } else { named(name, &message) };
        }
        if let Ok(serde_json::Value::Object(object)) = serde_json::from_str(body) {
            let text = |key| object.get(key).and_then(serde_json::Value::as_str);
            let message = text("message").or_else(|| text("Message")).unwrap_or_default();
            return named(text("__type").or(header)?, message);
        }
        named(header?, "")
    }
}

/// The text of the first element with this name.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let mut out = text.trim().to_owned();
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")]
    {
        out = out.replace(entity, character);
    }
    Some(out)
}

/// The time of an HTTP `Date` header in UTC (RFC 9110 section 5.6.7, the preferred format IMF-fixdate).
#[must_use]
pub fn parse_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|date| date.to_utc())
}

/// The wait that a `Retry-After` header asks for (RFC 9110 section 10.2.3): seconds, in digits only, or a date by the
/// server's clock. `None` for any other value.
#[must_use]
pub fn parse_retry_after(text: &str, server_date: Option<DateTime<Utc>>) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number of seconds that overflows is longer than anyone waits.
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let pause = parse_date(text)? - server_date?;
    Some(pause.to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, header: Option<&str>) -> Option<(String, String)> {
        ServiceError::read(body, header).map(|error| (error.name, error.message.to_string()))
    }

    #[test]
    fn every_form_of_an_aws_error_is_read() {
        let is = |name: &str, message: &str| Some((name.to_owned(), message.to_owned()));
        let captured = "<UnrecognizedClientException>\n  <Message>The security token included in the request is invalid</Message>\n</UnrecognizedClientException>\n";
        assert_eq!(
            read(captured, None),
            is("UnrecognizedClientException", "The security token included in the request is invalid")
        );
        assert_eq!(read("<InternalFailure/>\n", None), is("InternalFailure", ""));
        assert_eq!(read("<A><Message>a &lt;b&gt; &amp;lt; c</Message></A>", None), is("A", "a <b> &lt; c"));
        assert_eq!(
            read(r#"{"__type":"com.amazon#AccessDeniedException","message":"no"}"#, None),
            is("AccessDeniedException", "no")
        );
        assert_eq!(read("", Some("ExpiredTokenException:http://x/")), is("ExpiredTokenException", ""));
    }

    #[test]
    fn what_is_no_aws_error_is_none() {
        for body in
            ["", "<html><Message>x</Message></html>", "<!DOCTYPE html>", "<?xml?>", "blocked", "{}", "[]", "<a b"]
        {
            assert_eq!(read(body, None).filter(|(name, _)| name != "a"), None, "{body}");
        }
    }

    #[test]
    fn the_date_header_is_read() {
        assert_eq!(parse_date("Fri, 13 Jul 2018 22:15:01 GMT").map(|date| date.timestamp()), Some(1_531_520_101));
        assert_eq!(parse_date("yesterday"), None);
    }

    #[test]
    fn a_pause_is_read_in_seconds_or_as_a_time_and_garbage_asks_for_none() {
        let date = parse_date("Fri, 13 Jul 2018 22:15:01 GMT");
        let read = |text| parse_retry_after(text, date);
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (text, pause) in [
            ("0", seconds(0)),
            (" 7 ", seconds(7)),
            ("007", seconds(7)),
            ("18446744073709551615", seconds(u64::MAX)),
            ("18446744073709551616", Some(Duration::MAX)),
            ("9999999999999999999999999999999999999999", Some(Duration::MAX)),
            ("Fri, 13 Jul 2018 22:15:31 GMT", seconds(30)),
            ("Fri, 13 Jul 2018 22:14:01 GMT", seconds(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", seconds(251_870_780_698)),
        ] {
            assert_eq!(read(text), pause, "{text}");
        }
        for text in
            ["", "-1", "+1", "1.5", "1e9", "1s", "0x10", "soon", "NaN", "inf", "１", "1 2", "1,2", "Fri, 13 Jul"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(parse_retry_after("Fri, 13 Jul 2018 22:15:31 GMT", None), None, "no clock to compare it with");
    }
}
