//! What a bug report needs, as text: the report, git's configuration with its origins, and what CodeCommit answered as it came.
//! Pure.
//!
//! Nothing in it is secret: of a value that is not known to be public there is only its length, of a variable only its name,
//! and of a body only its markup.

use super::report::{Report, clean};
use super::show::Terminal;
use crate::git::{Setting, helper_name, shown_key};
use crate::text::shape::shape;
use crate::verification::probe::Observed;
use codecommit::attributes::shown_url;
use codecommit::secret::{public, public_path, public_words};
use std::fmt::Write as _;

/// The parts of git's configuration that have to do with a remote.
const SECTIONS: [&str; 8] = ["credential.", "http.", "https.", "url.", "remote.", "protocol.", "submodule.", "include"];

/// Settings whose values are words, numbers or booleans of git's.
const WORDS: [&str; 20] = [
    "usehttppath",
    "interactive",
    "sslverify",
    "sslbackend",
    "sslversion",
    "schannelusesslcainfo",
    "version",
    "proactiveauth",
    "emptyauth",
    "proxyauthmethod",
    "followredirects",
    "postbuffer",
    "maxretries",
    "retryafter",
    "maxretrytime",
    "lowspeedlimit",
    "lowspeedtime",
    "allow",
    "protectprotocol",
    "sanitizeprompt",
];

/// The text of the file. `variables` are the names of those that are set.
pub(super) fn written(
    report: &Report,
    settings: &[Setting],
    variables: &[String],
    exchanges: &[(&'static str, Observed)],
) -> String {
    let mut text = report.text(Terminal { columns: 100, colored: false });
    let _ = writeln!(text, "\ngit configuration");
    for setting in settings.iter().filter(|setting| SECTIONS.iter().any(|section| setting.key.starts_with(section))) {
        let key = public_words(&shown_key(&setting.key)).into_owned();
        let _ = writeln!(text, "  {}: {} = {}", clean(&setting.origin), clean(&key), clean(&value(setting)));
    }
    let _ = writeln!(text, "\nenvironment variables that are set\n  {}", clean(&variables.join(", ")));
    let _ = writeln!(text, "\nanswers of CodeCommit");
    for (asked, observed) in exchanges {
        let Observed { status, headers, challenges, content_type, body } = observed;
        let _ = writeln!(text, "  {asked}: HTTP {status}");
        let _ = writeln!(text, "    headers: {}", clean(&headers.join(", ")));
        for challenge in challenges {
            let _ = writeln!(text, "    WWW-Authenticate: {}", clean(&public_words(challenge)));
        }
        if let Some(content_type) = content_type {
            let _ = writeln!(text, "    Content-Type: {}", clean(&public_words(content_type)));
        }
        if let Some(body) = body {
            let _ =
                writeln!(text, "    body, with the length of each text in it: {}", clean(&public_words(&shape(body))));
        }
    }
    text
}

/// As much of a value as may be shown.
fn value(setting: &Setting) -> String {
    let Setting { key, value, bare, .. } = setting;
    if *bare {
        return "(no value)".to_owned();
    }
    match key.rsplit('.').next().unwrap_or_default() {
        "helper" if value.is_empty() => "(empty)".to_owned(),
        "helper" => helper_name(value),
        "url" | "pushurl" | "insteadof" | "pushinsteadof" | "proxy" => shown_url(value),
        "sslcainfo" | "sslcapath" | "path" => public_path(value).into_owned(),
        "extraheader" => format!("{}: …", public(value.split(':').next().unwrap_or_default())),
        "username" => public(value).into_owned(),
        name if WORDS.contains(&name) => public(value).into_owned(),
        _ => format!("(a value of {} characters)", value.chars().count()),
    }
}
