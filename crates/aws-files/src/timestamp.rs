//! Times as the AWS tools and their plugins write them: RFC 3339, `…UTC` of older AWS CLIs, the basic format of ISO
//! 8601, and Go's default format. UTC if no zone is written, as everywhere in these files. The AWS CLI accepts what
//! `dateutil` accepts, which is more.

use chrono::{DateTime, NaiveDateTime, Utc};

/// The time in UTC, or `None` if the text is in none of these formats.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    // Go prints a time as `2036-01-02 03:04:05 +0000 UTC`.
    let zoned = text.strip_suffix(" UTC").unwrap_or(text);
    let with_zone = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z"];
    if let Some(time) = with_zone.iter().find_map(|format| DateTime::parse_from_str(zoned, format).ok()) {
        return Some(time.to_utc());
    }
    let bare = text.strip_suffix("UTC").or_else(|| text.strip_suffix('Z')).unwrap_or(text).trim_end();
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y%m%dT%H%M%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(bare, format).ok())
        .map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_form_found_in_the_caches_of_the_aws_tools_is_read() {
        for text in [
            "2036-01-02T03:04:05Z",
            "2036-01-02T03:04:05+00:00",
            "2036-01-02T05:04:05+02:00",
            "2036-01-02T05:04:05+0200",
            "2036-01-02T03:04:05UTC",
            "2036-01-02T03:04:05.000Z",
            "2036-01-02T03:04:05",
            "2036-01-02 03:04:05",
            "2036-01-02 03:04:05 +0000",
            "2036-01-02 05:04:05+0200",
            "2036-01-02 03:04:05.0 +0000 UTC",
            "20360102T030405Z",
        ] {
            assert_eq!(parse(text).map(|time| time.timestamp()), Some(2_082_855_845), "{text}");
        }
        for text in ["", "soon", "2036-13-01T00:00:00Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
