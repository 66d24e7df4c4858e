//! A text that names a repository but is not its git URL → the repository that was probably meant. Pure.
//!
//! People paste the address bar of the AWS console, an ARN, a host without its scheme, or a URL with the markup of a
//! mail around it. For messages only: nothing is signed for a repository found here.

use super::path::is_name;
use crate::partition::{PARTITIONS, Partition};
use crate::region::Region;

/// A repository, named in a form that is not a git URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The region, if the text has one.
    pub region: Option<Region>,
    /// The profile of a `codecommit::` URL. Untrusted, and perhaps a secret: AWS's git-remote-codecommit makes URLs
    /// that contain a signature.
    pub profile: Option<String>,
    /// The repository's name.
    pub name: String,
    /// Whether the text starts as a `codecommit::` URL does.
    pub is_codecommit_url: bool,
    fips: bool,
}

/// The longest text that is parsed, in bytes. A URL with a name of 100 letters is far shorter.
const LONGEST: usize = 4096;

/// The hosts of the AWS console, one for each partition (from the console's own links).
const CONSOLES: [&str; 3] = ["console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"];

impl Meant {
    /// The repository that `text` names; `None` if region or name is not certain.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let text = pasted(text);
        // A profile may contain a blank, so the whole text is tried first.
        std::iter::once(text)
            .chain(text.split_whitespace().map(bare))
            .find_map(|text| arn(text).or_else(|| codecommit(text)).or_else(|| url(text)))
    }

    /// The HTTPS URL, with the placeholder `REGION` if the text has no region.
    #[must_use]
    pub fn url(&self) -> String {
        let suffix = self.region.as_ref().and_then(Partition::of_region).unwrap_or(&PARTITIONS[0]).dns_suffix;
        let (fips, region) =
            (if self.fips { "-fips" } else { "" }, self.region.as_ref().map_or("REGION", Region::as_str));
        format!("https://git-codecommit{fips}.{region}.{suffix}/v1/repos/{}", self.name)
    }

    /// The same repository, to be written as a `codecommit::` URL.
    #[must_use]
    pub fn as_codecommit_url(self) -> Self {
        Self { is_codecommit_url: true, ..self }
    }

    /// The same repository, to be written as an https URL.
    #[must_use]
    pub fn as_https_url(self) -> Self {
        Self { is_codecommit_url: false, ..self }
    }

    fn new(region: Option<Region>, name: &str) -> Option<Self> {
        let name = name.strip_suffix(".git").unwrap_or(name);
        let meant = Self { region, profile: None, name: name.to_owned(), is_codecommit_url: false, fips: false };
        is_name(name).then_some(meant)
    }
}

/// The text without surrounding markup: of a shell, of Markdown (`[text](URL)`) and of Slack (`<URL|text>`).
fn pasted(text: &str) -> &str {
    let text = text.split_once("](").map_or(text, |(_, rest)| rest.split(')').next().unwrap_or(rest));
    let text = text.split_once('<').map_or(text, |(_, rest)| rest.split(['|', '>']).next().unwrap_or(rest));
    let mut text = bare(text);
    while let Some(rest) = text.strip_prefix("git clone ").or_else(|| text.strip_prefix("$ ")) {
        text = bare(rest);
    }
    text
}

fn bare(text: &str) -> &str {
    let is_around = |character: char| {
        character.is_whitespace()
            || "\"'`<>()[]{},;\u{201c}\u{201d}\u{2018}\u{2019}\u{ab}\u{bb}".contains(character)
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    text.trim_matches(is_around).trim_end_matches('.')
}

/// `arn:PARTITION:codecommit:REGION:ACCOUNT:NAME` (Service Authorization Reference, "AWS CodeCommit").
fn arn(text: &str) -> Option<Meant> {
    let parts: Vec<&str> = text[text.find("arn:aws")?..].splitn(6, ':').collect();
    let ["arn", _, "codecommit", region, _, name] = parts[..] else { return None };
    Meant::new(Some(Region::parse(region)?), name.split(['/', '?', '#', ' ']).next()?)
}

/// `codecommit`, followed by any of the forms that are nearly `::REGION://PROFILE@NAME`.
fn codecommit(text: &str) -> Option<Meant> {
    let scheme = "codecommit";
    let rest =
        text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(|_| &text[scheme.len()..])?;
    let inner = rest.trim_start_matches([':', '/']);
    if inner.len() == rest.len() {
        return None;
    }
    if inner.contains("://") && (inner.starts_with("http") || inner.starts_with("ssh"))
        || inner.starts_with("git-codecommit")
    {
        return Some(Meant { is_codecommit_url: true, ..url(inner)? });
    }
    let inner = inner.split(['?', '#']).next().unwrap_or_default();
    let mut parts: Vec<&str> = inner.split([':', '/']).filter(|part| !part.is_empty()).collect();
    let (mut profile, name) = match parts.pop()?.rsplit_once('@') {
        Some((profile, name)) => (Some(profile), name),
        None => (None, inner.rsplit([':', '/', '@']).find(|part| !part.is_empty())?),
    };
    parts.retain(|part| !is_account(part) && !matches!(*part, "v1" | "repos" | "codecommit"));
    let region = match parts[..] {
        [] => None,
        [part] => match (Region::meant(part), profile.and_then(Region::parse)) {
            // `PROFILE://REGION@NAME`: profile and region are swapped.
            (None, Some(region)) => {
                profile = Some(part);
                Some(region)
            }
            (Some(region), _) => Some(region),
            (None, None) => return None,
        },
        _ => return None,
    };
    // `codecommit` may be a host in ~/.ssh/config: without a region, `codecommit:x` may be an ssh URL.
    if region.is_none() && (Region::parse(name).is_some() || !(rest.starts_with("::") || rest.starts_with("://"))) {
        return None;
    }
    let profile = profile.filter(|profile| !profile.is_empty()).map(str::to_owned);
    Some(Meant { profile, is_codecommit_url: true, ..Meant::new(region, name)? })
}

fn is_account(part: &str) -> bool {
    part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// `[SCHEME://][USER@]HOST[:PORT]/PATH` and `[USER@]HOST:PATH`.
fn url(text: &str) -> Option<Meant> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.trim_start_matches('/');
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    // With an `@` after the authority it is not certain where the host ends.
    let rest = authority.rfind('@').map_or(rest, |at| &rest[at + 1..]);
    let host = &rest[..rest.find([':', '/', '?', '#', ' ']).unwrap_or(rest.len())];
    let path = &rest[host.len()..];
    let host = host.to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let of_console = CONSOLES.iter().find_map(|console| host.strip_suffix(console));
    if let Some(before) = of_console.filter(|before| before.is_empty() || before.ends_with('.')) {
        return console(before, path);
    }
    let labels: Vec<&str> = host.split('.').collect();
    let at = labels.iter().position(|label| is_service(label))?;
    // `codecommit.corp.example` may be any server.
    let is_of_aws =
        labels.iter().any(|label| label.starts_with("amazon") || *label == "aws" || is_nearly(label, "amazonaws"));
    let is_cut_off = labels[at].starts_with("git-") && labels.len() == at + 2;
    if !is_of_aws && !is_cut_off {
        return None;
    }
    let fips = labels[at].contains("-fips");
    // Also `git-codecommit-REGION`.
    let glued = labels[at].trim_start_matches("git-").trim_start_matches("codecommit").trim_start_matches("-fips");
    let mut others = labels.iter().enumerate().filter(|(index, _)| *index != at);
    let named = others.find_map(|(_, label)| Region::parse(label)).or_else(|| Region::meant(glued));
    let region = named.or_else(|| Region::meant(labels.get(at + 1)?));
    Some(Meant { fips, ..Meant::new(region, &name_of_path(path)?)? })
}

fn is_service(label: &str) -> bool {
    let is_it = label.starts_with("git-codecommit") || label == "codecommit" || label == "codecommit-fips";
    is_it || is_nearly(label.trim_end_matches("-fips"), "git-codecommit")
}

/// Whether the label is the word, with at most two typing errors.
fn is_nearly(label: &str, word: &str) -> bool {
    // Bounds the time: the edit distance takes the product of both lengths, and labels are short.
    label.len().abs_diff(word.len()) <= 2 && strsim::damerau_levenshtein(label, word) <= 2
}

/// `[ID.][REGION.]console.aws.amazon.com/codesuite/codecommit/repositories/NAME/browse?region=REGION`. The query takes
/// precedence, as in the console; before 2018 the name was in the fragment, `#/repository/NAME/browse`.
fn console(before: &str, path: &str) -> Option<Meant> {
    let queried = path.split(['?', '&', '#']).find_map(|part| Region::parse(part.strip_prefix("region=")?));
    let region = queried.or_else(|| before.split('.').rev().find_map(Region::parse))?;
    let parts: Vec<&str> = path.split(['/', '?', '#', '&']).filter(|part| !part.is_empty()).collect();
    let service = parts.iter().position(|part| *part == "codecommit")?;
    let before = parts.iter().skip(service).position(|part| matches!(*part, "repositories" | "repository"))?;
    Meant::new(Some(region), parts.get(service + before + 1).filter(|name| !name.starts_with("region="))?)
}

/// The name that was probably meant: the text after `v1/repos/` in any spelling, or a path of one part.
pub(super) fn name_of_path(path: &str) -> Option<String> {
    // `HOST:22/PATH`, `HOST:PATH`.
    let path =
        path.strip_prefix(':').map_or(path, |path| path.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is = |part: &str, names: &[&str]| names.iter().any(|name| part.eq_ignore_ascii_case(name));
    let repos = ["repos", "repo", "repositories", "repository"];
    let name = match parts[..] {
        [name] => name,
        [v1, repos_, name, ..] if is(v1, &["v1", "v2"]) && is(repos_, &repos) => name,
        [repos_, name] if is(repos_, &repos) || is(repos_, &["v1"]) => name,
        _ => return None,
    };
    let name = name.strip_suffix(".git").unwrap_or(name);
    (is_name(name) && !is(name, &repos) && !is(name, &["v1"])).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/demo";

    fn url_of(text: &str) -> Option<String> {
        Meant::read(text).map(|meant| meant.url())
    }

    #[test]
    fn what_people_have_at_hand_names_a_repository() {
        let console = "https://us-east-1.console.aws.amazon.com/codesuite/codecommit/repositories/demo";
        for text in [
            OURS,
            &format!("{console}/browse?region=us-east-1"),
            &format!("{console}/browse/refs/heads/main/--/src/a.rs?region=us-east-1&lines=1-2"),
            &format!("{console}/pull-requests/12/details"),
            &format!("{console}/browse/refs/heads/main/--/path"),
            console,
            "https://console.aws.amazon.com/codesuite/codecommit/repositories/demo/setup?region=us-east-1",
            // The query takes precedence, as in the console.
            "https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/demo/browse?region=us-east-1",
            // The console's host with multi-session support.
            "https://111122223333-abcdefgh.us-east-1.console.aws.amazon.com/codesuite/codecommit/repositories/demo/browse",
            "https://us-east-1.console.aws.amazon.com/codecommit/home?region=us-east-1#/repository/demo/browse/HEAD/--/",
            "us-east-1.console.aws.amazon.com/codesuite/codecommit/repositories/demo/browse",
            "arn:aws:codecommit:us-east-1:111122223333:demo",
            "arn:aws:codecommit:us-east-1:111122223333:demo/branch/main",
            "ssh://git-codecommit.us-east-1.amazonaws.com/v1/repos/demo",
            "ssh://APKAEIBAERJR2EXAMPLE@git-codecommit.us-east-1.amazonaws.com:22/v1/repos/demo",
            "git-codecommit.us-east-1.amazonaws.com:v1/repos/demo",
            "APKAEIBAERJR2EXAMPLE@git-codecommit.us-east-1.amazonaws.com:/v1/repos/demo",
            "git-codecommit.us-east-1.amazonaws.com/v1/repos/demo",
            "git-codecommit.us-east-1/v1/repos/demo",
            "https://git-codecommit.us-east-1.amazonaws.com/demo",
            "https://git-codecommit.us-east-1.amazonaws.com/v1/demo",
            "https://git-codecommit.us-east-1.amazonaws.com/v1/repo/demo",
            "https://git-codecommit.us-east-1.amazonaws.com/repos/demo",
            "https://git-codecommit.us-east-1.amazonaws.com/v1/repositories/demo.git",
            "https://git-codecommit.us-east-1.amazonaws.com//v1//repos/demo/",
            "https:////git-codecommit.us-east-1.amazonaws.com/v1/repos/demo/info/refs?service=git-upload-pack",
            "https://codecommit.us-east-1.amazonaws.com/v1/repos/demo",
            "https://git-codecommit.us-east-1.amazonaws.com.cn/v1/repos/demo",
            "https://git-codecommit.us-east1.amazonaws.com/v1/repos/demo",
            "https://git-codecommit.us-east-1a.amazonaws.com/v1/repos/demo",
            "https://git-codecommit-us-east-1.amazonaws.com/v1/repos/demo",
            "https://us-east-1.git-codecommit.amazonaws.com/v1/repos/demo",
            "https://git-codecommit.us-east-1.amazonaws.org/v1/repos/demo",
            "https://git-codecommit.us-east-1.amazoanws.com/v1/repos/demo",
            "https://git-codecomit.us-east-1.amazonaws.com/v1/repos/demo",
            "https://git-code-commit.us-east-1.amazonaws.com/v1/repos/demo",
            "https://gitcodecommit.us-east-1.amazonaws.com/v1/repos/demo",
            "https://git-codecommit.us-east-1.amazon.com/v1/repos/demo",
            "https://GIT-CODECOMMIT.US-EAST-1.AMAZONAWS.COM/V1/REPOS/demo",
            // The markup of mails, Markdown, Slack and shells.
            &format!(" {OURS}\n"),
            &format!("<{OURS}>"),
            &format!("\"{OURS}\""),
            &format!("`{OURS}`."),
            &format!("\u{201c}{OURS}\u{201d}"),
            &format!("\u{feff}{OURS}\u{200b}"),
            &format!("[demo]({OURS})"),
            &format!("<{OURS}|demo>"),
            &format!("git clone {OURS}"),
            &format!("$ git clone git clone {OURS} here"),
            &format!("git clone --depth 1 {OURS} here"),
        ] {
            assert_eq!(url_of(text).as_deref(), Some(OURS), "{text}");
        }
        for (text, url) in [
            (
                "https://console.amazonaws.cn/codesuite/codecommit/repositories/demo/browse?region=cn-north-1",
                "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/demo",
            ),
            (
                "https://us-gov-west-1.console.amazonaws-us-gov.com/codesuite/codecommit/repositories/demo/browse",
                "https://git-codecommit.us-gov-west-1.amazonaws.com/v1/repos/demo",
            ),
            (
                "arn:aws-cn:codecommit:cn-north-1:111122223333:demo",
                "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/demo",
            ),
            (
                "https://codecommit-fips.us-east-1.amazonaws.com/v1/repos/demo",
                "https://git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/demo",
            ),
            (
                "https://git-codecommit.amazonaws.com/v1/repos/demo",
                "https://git-codecommit.REGION.amazonaws.com/v1/repos/demo",
            ),
            (
                "https://git-codecommit.ireland.amazonaws.com/v1/repos/demo",
                "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo",
            ),
        ] {
            assert_eq!(url_of(text).as_deref(), Some(url), "{text}");
        }
    }

    #[test]
    fn a_codecommit_url_that_is_nearly_right_keeps_region_profile_and_name() {
        for (text, region, profile) in [
            ("codecommit::us-east-1://work@demo", Some("us-east-1"), Some("work")),
            ("codecommit:us-east-1://work@demo", Some("us-east-1"), Some("work")),
            ("codecommit:us-east-1//work@demo", Some("us-east-1"), Some("work")),
            ("codecommit::us-east-1//demo", Some("us-east-1"), None),
            ("codecommit::us-east-1:/demo", Some("us-east-1"), None),
            ("codecommit::us-east-1:demo", Some("us-east-1"), None),
            ("codecommit::us-east-1/demo.git", Some("us-east-1"), None),
            ("codecommit://us-east-1/demo", Some("us-east-1"), None),
            ("codecommit://us-east-1://demo", Some("us-east-1"), None),
            ("codecommit:://us-east-1://work@demo", Some("us-east-1"), Some("work")),
            ("codecommit:::us-east-1://demo", Some("us-east-1"), None),
            ("codecommit::us-east1://demo", Some("us-east-1"), None),
            ("codecommit::work://us-east-1@demo", Some("us-east-1"), Some("work")),
            ("codecommit::us-east-1://111122223333/demo", Some("us-east-1"), None),
            ("codecommit::us-east-1:111122223333:demo", Some("us-east-1"), None),
            ("codecommit::us-east-1://v1/repos/demo", Some("us-east-1"), None),
            ("codecommit::https://git-codecommit.us-east-1.amazonaws.com/v1/repos/demo", Some("us-east-1"), None),
            ("codecommit::arn:aws:codecommit:us-east-1:111122223333:demo", Some("us-east-1"), None),
            ("CODECOMMIT::us-east-1://b o@b@demo", Some("us-east-1"), Some("b o@b")),
            ("git clone codecommit::us-east-1://demo", Some("us-east-1"), None),
            ("codecommit::demo", None, None),
            ("codecommit:://work@demo", None, Some("work")),
            ("codecommit:///demo", None, None),
        ] {
            let meant = Meant::read(text);
            let Some(Meant { region: found, profile: of, name, is_codecommit_url, .. }) = &meant else {
                panic!("{text}: {meant:?}")
            };
            let found = (found.as_ref().map(Region::as_str), of.as_deref(), name.as_str());
            assert_eq!(found, (region, profile, "demo"), "{text}");
            assert!(*is_codecommit_url || text.contains("arn:"), "{text}");
        }
    }

    #[test]
    fn what_is_somebody_elses_or_not_certain_names_nothing() {
        for text in [
            "",
            "demo",
            "https://github.com/codecommit/demo",
            "https://github.com/aws/git-codecommit",
            "git@github.com:codecommit/demo",
            "https://codecommit.corp.example/demo",
            "https://git-codecommit.corp.example/v1/repos/demo",
            "https://console.aws.amazon.com/codesuite/codecommit/repositories/demo/browse",
            "https://us-east-1.console.aws.amazon.com/codesuite/codecommit/repositories?region=us-east-1",
            "https://us-east-1.console.aws.amazon.com/s3/buckets/demo",
            "https://us-east-1.console.aws.amazon.com.evil.test/codesuite/codecommit/repositories/demo",
            "arn:aws:s3:::demo",
            "arn:aws:codecommit:*:111122223333:demo",
            "codecommit",
            "codecommit:demo",
            "codecommit:v1/repos/demo",
            "codecommit::us-east-1",
            "codecommit::a/b/demo",
            "codecommit-tools/demo",
            "https://git-codecommit.us-east-1.amazonaws.com/",
            "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/",
            "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/my%20repo",
            "https://git-codecommit.us-east-1.amazonaws.com/a/b/c",
        ] {
            assert_eq!(Meant::read(text), None, "{text}");
        }
    }
}
