//! Words for what is wrong with a request.

use super::{correct_the_url, set_the_clock};
use crate::failure::{Code, Command, Failure, Fix};
use crate::git::http_path::HttpPath;
use crate::git::{Setting, shown_key};
use chrono::{DateTime, Datelike as _, Utc};
use codecommit::attributes::{Doubt, ReadError};
use codecommit::family::Family;
use codecommit::region::{BadRegion, FileLine, Region, RegionOrigin};
use codecommit::repository::{NearMiss, Unscoped};
use codecommit::secret::{is_public, profile as shown, public, quoted};

const A_REQUEST: &str = "expected on standard input, one per line: protocol=https, host=HOST, path=v1/repos/NAME";

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::new(Code::MalformedRequest, error.to_string()).looked_at(A_REQUEST)
    }
}

impl From<NearMiss> for Failure {
    fn from(near_miss: NearMiss) -> Self {
        match near_miss {
            NearMiss::Malformed { attribute, missing: true } => {
                Self::new(Code::MalformedRequest, format!("malformed credential request: no {attribute}"))
                    .looked_at(A_REQUEST)
            }
            NearMiss::Malformed { attribute, missing: false } => Self::new(
                Code::MalformedRequest,
                format!("malformed credential request: {attribute} contains control characters or is not UTF-8"),
            )
            .looked_at("nothing was signed")
            .fix(correct_the_url()),
            NearMiss::NotHttps { protocol, host, path } => {
                Self::new(Code::NotHttps, format!("refusing to send AWS credentials over {protocol}://"))
                    .looked_at(format!("URL: {}", url(&protocol, &host, path.as_deref())))
                    .fix(to(&url("https", &host, path.as_deref())))
            }
            NearMiss::NoPath { host, family } => Self::no_repository_in_url(&host, family),
            NearMiss::ApiHost { host, url } => {
                Self::new(Code::ApiHost, format!("CodeCommit API endpoint, not Git: {host}")).fix(to(&url))
            }
            NearMiss::OtherPartition { host, region, url } => {
                Self::new(Code::OtherPartition, format!("region {region} is not in the AWS partition of this host"))
                    .looked_at(format!("host: {host}"))
                    .fix(to(&url))
            }
            NearMiss::MalformedRegion { host, region, url } => {
                Self::new(Code::MalformedRegion, format!("{} is not a valid AWS region", quoted(&region)))
                    .looked_at(format!("host: {}", public(&host)))
                    .fix(to(&url.unwrap_or_else(|| repository_url("git-codecommit.REGION.amazonaws.com", "NAME"))))
            }
            NearMiss::LookAlike { host, url } => look_alike(&host, url),
            NearMiss::AmbiguousHost { host, doubt } => ambiguous_host(host.as_deref(), doubt),
            NearMiss::DotGit { name } => Self::new(Code::DotGit, "CodeCommit repository names cannot end in .git")
                .looked_at(format!("the name is probably {}", quoted(&name))),
            NearMiss::NotARepositoryPath { host, path, name } => {
                Self::new(Code::NotARepositoryPath, format!("`/{path}` is not a CodeCommit repository path"))
                    .looked_at("expected /v1/repos/NAME")
                    .fix(to(&repository_url(&host, name.as_deref().unwrap_or("NAME"))))
            }
            NearMiss::InvalidName { name } => {
                Self::new(Code::InvalidRepositoryName, format!("invalid CodeCommit repository name: `{name}`"))
                    .looked_at("1 to 100 letters, digits, `.`, `_` and `-` are allowed")
                    .fix(correct_the_url())
            }
            NearMiss::NotAConnectionPath { host, path } => {
                Self::new(Code::NotAConnectionPath, format!("`/{path}` is not a CodeConnections repository path"))
                    .fix(to(&format!("https://{host}/git-http/ACCOUNT/REGION/CONNECTION/OWNER/NAME.git")))
            }
        }
    }
}

const A_REGION: &str = "REGION: such as us-east-1";

/// Another URL, with a note on what is still to be filled in.
pub(super) fn to(url: &str) -> Fix {
    let fix = Fix::url(url);
    if has_word(url, "CONNECTION") {
        return fix.note("ACCOUNT, REGION, CONNECTION, OWNER, NAME: those of your repository");
    }
    let notes =
        [("REGION", A_REGION), ("NAME", "NAME: the repository"), (HIDDEN_PROFILE, "PROFILE: as in the remote URL")];
    let notes: Vec<&str> = notes.into_iter().filter(|(word, _)| has_word(url, word)).map(|(_, note)| note).collect();
    if notes.is_empty() { fix } else { fix.note(notes.join(", ")) }
}

/// Stands for a profile that is not shown.
pub(super) const HIDDEN_PROFILE: &str = "PROFILE";

/// Whether the URL has this placeholder.
pub(super) fn has_word(url: &str, placeholder: &str) -> bool {
    url.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| word == placeholder)
}

/// Where no region was found. `empty` are the variables that are set, but empty.
pub(super) fn no_region(places: &[&str], empty: &[&str], profile: &str) -> String {
    let unset: Vec<&str> = places.iter().copied().filter(|place| !empty.contains(place)).collect();
    let unset = unset.into_iter().map(str::to_owned).chain([format!("region in {}", shown(profile))]);
    let unset = format!("not set: {}", unset.collect::<Vec<_>>().join(", "));
    if empty.is_empty() { unset } else { format!("{unset}; set, but empty: {}", empty.join(", ")) }
}

impl From<BadRegion> for Failure {
    fn from(region: BadRegion) -> Self {
        let BadRegion { value, origin, place } = region;
        let meant = Region::meant(&value);
        let from = set_by(&origin);
        let from = match &place {
            Some(FileLine { file, line, .. }) => format!("{from} ({file}:{line})"),
            None => from,
        };
        let is_not = format!("{} is not a valid AWS region", quoted(&value));
        let failure = Self::new(
            Code::MalformedRegion,
            match &meant {
                Some(meant) => format!("{is_not}; did you mean `{meant}`?"),
                None => is_not,
            },
        );
        let failure = failure.looked_at(format!("set by {from}; expected a name such as us-east-1"));
        match right_region(&origin, place.as_ref(), meant.as_ref()) {
            Some(fix) => failure.fix(fix),
            None => failure,
        }
    }
}

fn set_by(origin: &RegionOrigin) -> String {
    match origin {
        RegionOrigin::Flag => "--region".to_owned(),
        RegionOrigin::Variable(name) => (*name).to_owned(),
        RegionOrigin::Profile(profile) => format!("region of {}", shown(profile)),
        RegionOrigin::SsoSession(session) => format!("sso_region of sso-session {}", quoted(session)),
        RegionOrigin::SsoProfile(profile) => format!("sso_region of {}", shown(profile)),
        RegionOrigin::SignIn(profile) => format!("signInRegion in the aws login file of {}", shown(profile)),
    }
}

/// Another region in the place of the bad one; a placeholder where it cannot be told which.
fn right_region(origin: &RegionOrigin, place: Option<&FileLine>, meant: Option<&Region>) -> Option<Fix> {
    let region = meant.map_or("REGION", Region::as_str);
    let run = |command: Command| match meant {
        Some(_) => Fix::command(command),
        None => Fix::template(command, A_REGION),
    };
    let set = |option: &str, profile: &str| {
        run(Command::new("aws configure set").arg(option).arg(region).arg("--profile").arg(profile))
    };
    match origin {
        RegionOrigin::Variable(name) => Some(run(Command::Export(name, region.to_owned()))),
        RegionOrigin::Flag => meant.map(|meant| Fix::words(format!("use --region {meant}"))),
        RegionOrigin::SsoSession(session) if is_public(session) => meant.map(|meant| {
            Fix::words(format!("set sso_region to {meant} in sso-session {session} of the AWS config file"))
        }),
        RegionOrigin::SsoProfile(profile) if is_public(profile) => Some(set("sso_region", profile)),
        RegionOrigin::Profile(profile) if is_public(profile) => Some(match place {
            // The AWS CLI would write it to the other file, which counts less.
            Some(FileLine { file, line, is_config: false }) => {
                Fix::words(format!("set region to {region} in {file}, line {line}"))
            }
            _ => set("region", profile),
        }),
        RegionOrigin::Profile(_)
        | RegionOrigin::SsoSession(_)
        | RegionOrigin::SsoProfile(_)
        | RegionOrigin::SignIn(_) => None,
    }
}

impl Failure {
    /// The clock shows a time that no signature can have.
    #[must_use]
    pub fn impossible_clock(now: DateTime<Utc>) -> Self {
        let year = now.year();
        Self::new(Code::OutOfTime, format!("the clock of this machine shows the year {year}"))
            .looked_at("AWS signatures have a date from 1970 to 9999: nothing was signed")
            .fix(set_the_clock())
    }

    /// git sent no path, for this reason.
    #[must_use]
    pub(crate) fn no_path(host: &str, family: Family, why: &HttpPath) -> Self {
        let (setting, turn_on) = match why {
            HttpPath::On(_) => return Self::no_repository_in_url(host, family),
            HttpPath::Misspelt { name, setting } => {
                return Self::misspelt_setting(name, "useHttpPath", &setting.origin, host, family);
            }
            HttpPath::Off { setting, turn_on } => (setting, turn_on),
        };
        let failure = Self::new(Code::UseHttpPathOff, "credential.useHttpPath is off, so git sent no repository path")
            .looked_at(format!("CodeCommit needs the path: it is part of the signature (host {host})"));
        let failure = match setting {
            Some(Setting { key, value, origin, .. }) => {
                failure.looked_at(format!("{} = {} in {origin}", shown_key(key), quoted(value)))
            }
            None => failure,
        };
        failure.fix(match turn_on {
            Some(arguments) => {
                Fix::command(arguments.iter().fold(Command::new("git config"), Command::arg).arg("true"))
            }
            None => {
                Fix::words("remove credential.useHttpPath from git -c and from the variables GIT_CONFIG_COUNT counts")
            }
        })
    }

    /// The URL is that of a host alone, or of its root.
    #[must_use]
    pub(crate) fn no_repository_in_url(host: &str, family: Family) -> Self {
        let (code, expected) = match family {
            Family::CodeConnections => (Code::NotAConnectionPath, "git-http/ACCOUNT/REGION/CONNECTION/OWNER/NAME.git"),
            _ => (Code::NotARepositoryPath, "v1/repos/NAME"),
        };
        Self::new(code, "the URL names no repository: it has no path")
            .looked_at(format!("URL: https://{host}/"))
            .looked_at(format!("expected /{expected}"))
            .fix(to(&format!("https://{host}/{expected}")))
    }

    /// No region in the host, and none configured for `profile`.
    #[must_use]
    pub fn no_region(unscoped: &Unscoped, profile: &str, empty: &[&'static str]) -> Self {
        let host = unscoped.host();
        let failure = Self::new(Code::NoRegion, format!("no region in {host}, and none is configured"))
            .looked_at(no_region(&["--region", "AWS_REGION", "AWS_DEFAULT_REGION"], empty, profile));
        match host.split_once('.') {
            Some((service, suffix)) if service.starts_with("git-codecommit") => {
                failure.fix(to(&repository_url(&format!("{service}.REGION.{suffix}"), unscoped.name())))
            }
            _ => failure
                .fix(Fix::words("add --region REGION to credential.helper, after --ignore-host-check").note(A_REGION)),
        }
    }
}

fn look_alike(host: &str, url: Option<String>) -> Failure {
    let failure = Failure::new(Code::LookAlikeHost, format!("not a CodeCommit host: {host}")).looked_at(
        "it only looks like one: a typo or a phishing attempt; nothing was signed, and git asks no other helper",
    );
    match url {
        Some(url) => failure.fix(to(&url)),
        None => failure.fix(correct_the_url()),
    }
}

fn ambiguous_host(host: Option<&str>, doubt: Doubt) -> Failure {
    let or = host.map_or("different hosts".to_owned(), |host| format!("`{host}` or as another host"));
    let why = match doubt {
        Doubt::SecondAt => "there is more than one `@` before the path",
        Doubt::AtAfterEnd => "`?`, `#` or `:` ends the host, and `@` follows before the path",
        Doubt::Character => "the host or the user name contains a character that is not valid there",
        Doubt::Escape => "the host contains `%`",
        Doubt::NotAscii => "the host contains characters that are not ASCII",
        Doubt::NoHost => "the host is empty",
        Doubt::Port => "the port is not a number from 0 to 65535",
        Doubt::Number => "the host is an IP address, not written in its usual form",
    };
    Failure::new(Code::LookAlikeHost, format!("ambiguous host: the URL can be read as {or}"))
        .looked_at(why)
        .looked_at("git, curl and other programs could connect to different hosts: nothing was signed")
        .fix(correct_the_url())
}

fn url(protocol: &str, host: &str, path: Option<&str>) -> String {
    format!("{protocol}://{host}/{}", path.map_or("v1/repos/NAME", |path| path.trim_matches('/')))
}

fn repository_url(host: &str, name: &str) -> String {
    format!("https://{host}/v1/repos/{name}")
}
