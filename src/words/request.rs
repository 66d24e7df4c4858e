//! Words for what is wrong with a request.

use super::{correct_the_url, set_the_clock};
use crate::failure::{Code, Command, Failure, Fix};
use chrono::{DateTime, Datelike as _, Utc};
use codecommit::attributes::{Doubt, ReadError};
use codecommit::region::{BadRegion, RegionOrigin};
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
                    .fix(Fix::url(&url("https", &host, path.as_deref())))
            }
            NearMiss::NoPath { host, family } => {
                let key = format!("credential.https://{}.useHttpPath", family.pattern(&host));
                Self::new(Code::UseHttpPathOff, "credential.useHttpPath is off, so git sent no repository path")
                    .looked_at(format!("CodeCommit needs the path: it is part of the signature (host {host})"))
                    .fix(Fix::command(Command::new("git config --global").arg(key).arg("true")))
            }
            NearMiss::ApiHost { host, git_host, path } => {
                Self::new(Code::ApiHost, format!("{host} is the CodeCommit API endpoint, not the Git endpoint"))
                    .fix(Fix::url(&url("https", &git_host, path.as_deref())))
            }
            NearMiss::OtherPartition { host, region, git_host } => Self::new(
                Code::OtherPartition,
                format!("region {region} and host {host} are in different AWS partitions"),
            )
            .fix(Fix::words(format!("use this host: {git_host}"))),
            NearMiss::MalformedRegion { host, region } => Self::new(
                Code::MalformedRegion,
                format!("{} is not a valid AWS region (in {})", quoted(&region), public(&host)),
            )
            .fix(Fix::words("use a host such as git-codecommit.us-east-1.amazonaws.com")),
            NearMiss::LookAlike { host, meant } => look_alike(&host, meant),
            NearMiss::AmbiguousHost { host, doubt } => ambiguous_host(host.as_deref(), doubt),
            NearMiss::DotGit { host, name } => {
                Self::new(Code::DotGit, "CodeCommit repository names cannot end in .git")
                    .looked_at(format!("URL: {}", repository_url(&host, &format!("{name}.git"))))
                    .fix(Fix::url(&repository_url(&host, &name)))
            }
            NearMiss::NotARepositoryPath { host, path, name } => {
                Self::new(Code::NotARepositoryPath, format!("`/{path}` is not a CodeCommit repository path"))
                    .looked_at("expected /v1/repos/NAME")
                    .fix(Fix::url(&repository_url(&host, name.as_deref().unwrap_or("NAME"))))
            }
            NearMiss::InvalidName { name } => {
                Self::new(Code::InvalidRepositoryName, format!("invalid CodeCommit repository name: `{name}`"))
                    .looked_at("1 to 100 letters, digits, `.`, `_` and `-` are allowed")
                    .fix(correct_the_url())
            }
            NearMiss::NotAConnectionPath { host, path } => {
                Self::new(Code::NotAConnectionPath, format!("`/{path}` is not a CodeConnections repository path")).fix(
                    Fix::words(format!(
                        "use a URL such as https://{host}/git-http/ACCOUNT/REGION/CONNECTION/OWNER/NAME.git"
                    )),
                )
            }
        }
    }
}

impl From<BadRegion> for Failure {
    fn from(region: BadRegion) -> Self {
        let BadRegion { value, origin } = region;
        let (from, fix) = match origin {
            RegionOrigin::Flag => ("--region".to_owned(), None),
            RegionOrigin::Variable(name) => (
                name.to_owned(),
                Some(Fix::template(Command::Export(name, "REGION".to_owned()), "REGION: such as us-east-1")),
            ),
            RegionOrigin::Profile(profile) => (
                format!("region of {}", shown(&profile)),
                is_public(&profile).then(|| {
                    let command = Command::new("aws configure set region REGION --profile").arg(&profile);
                    Fix::template(command, "REGION: such as us-east-1")
                }),
            ),
            RegionOrigin::SsoSession(session) => (format!("sso_region of sso-session {}", quoted(&session)), None),
            RegionOrigin::SsoProfile(profile) => (format!("sso_region of {}", shown(&profile)), None),
            RegionOrigin::SignIn(profile) => {
                (format!("signInRegion in the aws login file of {}", shown(&profile)), None)
            }
        };
        let failure = Self::new(Code::MalformedRegion, format!("{} is not a valid AWS region", quoted(&value)))
            .looked_at(format!("set by {from}; expected a name such as us-east-1"));
        match fix {
            Some(fix) => failure.fix(fix),
            None => failure,
        }
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

    /// No region in the host, and none configured for `profile`.
    #[must_use]
    pub fn no_region(unscoped: &Unscoped, profile: &str) -> Self {
        let host = unscoped.host();
        let failure =
            Self::new(Code::NoRegion, format!("no region: {host} does not contain one, and none is configured"))
                .looked_at(format!("not set: --region, AWS_REGION, AWS_DEFAULT_REGION, region in {}", shown(profile)));
        match host.split_once('.') {
            Some((service, suffix)) if service.starts_with("git-codecommit") => failure.fix(Fix::words(format!(
                "use a URL with the region: {}",
                repository_url(&format!("{service}.REGION.{suffix}"), unscoped.name())
            ))),
            _ => failure.fix(Fix::words("add --region REGION to credential.helper, after --ignore-host-check")),
        }
    }
}

fn look_alike(host: &str, meant: Option<String>) -> Failure {
    let failure = Failure::new(Code::LookAlikeHost, format!("{host} is not a CodeCommit host; it only looks like one"))
        .looked_at("a typo or a phishing attempt: nothing was signed, and git was told not to ask other helpers");
    match meant {
        Some(meant) => failure.fix(Fix::words(format!("use this host: {meant}"))),
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
