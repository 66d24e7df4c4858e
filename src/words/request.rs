//! Words for what is wrong with a request.

use crate::failure::{Code, Failure};
use crate::text::shell::shell_word;
use chrono::{DateTime, Datelike as _, Utc};
use codecommit::attributes::{Doubt, ReadError};
use codecommit::region::{BadRegion, RegionOrigin};
use codecommit::repository::{NearMiss, Unscoped};
use codecommit::secret::{profile as shown, public, quoted};

const A_REQUEST: &str = "git writes a request on standard input: protocol=https, host=…, path=v1/repos/…, a line each";
const CORRECT_THE_URL: &str = "correct the URL; in a clone, `git remote -v` shows it";

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::new(Code::MalformedRequest, error.to_string()).looked_at(A_REQUEST)
    }
}

impl From<NearMiss> for Failure {
    fn from(near_miss: NearMiss) -> Self {
        match near_miss {
            NearMiss::Malformed { attribute, missing: true } => {
                Self::new(Code::MalformedRequest, format!("the request names no {attribute}")).looked_at(A_REQUEST)
            }
            NearMiss::Malformed { attribute, missing: false } => Self::new(
                Code::MalformedRequest,
                format!("the {attribute} in the request holds control characters, or is not UTF-8"),
            )
            .looked_at("nothing was signed: no host, path or user name of CodeCommit has such characters")
            .fix(CORRECT_THE_URL),
            NearMiss::NotHttps { protocol, host, path } => Self::new(
                Code::NotHttps,
                format!("AWS credentials are not sent over {protocol}://, only over https://"),
            )
            .looked_at(format!("the URL in use is {}", url(&protocol, &host, path.as_deref())))
            .fix(format!("use this URL: {}", url("https", &host, path.as_deref()))),
            NearMiss::NoPath { host, family } => {
                let key = format!("credential.https://{}.useHttpPath", family.pattern(&host));
                Self::new(Code::UseHttpPathOff, "git did not say which repository it wants: useHttpPath is off")
                    .looked_at(format!(
                        "the request for {host} has no path, and CodeCommit's signature covers the path"
                    ))
                    .fix(format!("git config --global {} true", shell_word(&key)))
            }
            NearMiss::ApiHost { host, git_host, path } => {
                Self::new(Code::ApiHost, format!("{host} is CodeCommit's API and serves no git"))
                    .fix(format!("use this URL: {}", url("https", &git_host, path.as_deref())))
            }
            NearMiss::OtherPartition { host, region, git_host } => Self::new(
                Code::OtherPartition,
                format!("region {region} is in another partition of AWS than the host {host}"),
            )
            .fix(format!("use this host: {git_host}")),
            NearMiss::MalformedRegion { host, region } => Self::new(
                Code::MalformedRegion,
                format!("{} in {} is not the name of an AWS region", quoted(&region), public(&host)),
            )
            .fix("use a host such as git-codecommit.us-east-1.amazonaws.com"),
            NearMiss::LookAlike { host, meant } => look_alike(&host, meant),
            NearMiss::AmbiguousHost { host, doubt } => ambiguous_host(host.as_deref(), doubt),
            NearMiss::DotGit { host, name } => {
                Self::new(Code::DotGit, "the names of CodeCommit repositories do not end in .git")
                    .looked_at(format!("the URL in use is {}", repository_url(&host, &format!("{name}.git"))))
                    .fix(format!("use this URL: {}", repository_url(&host, &name)))
            }
            NearMiss::NotARepositoryPath { host, path, name } => {
                Self::new(Code::NotARepositoryPath, format!("`/{path}` is not the path of a CodeCommit repository"))
                    .looked_at("the path of a repository is /v1/repos/ and its name, and nothing after it")
                    .fix(format!("use this URL: {}", repository_url(&host, name.as_deref().unwrap_or("NAME"))))
            }
            NearMiss::InvalidName { name } => {
                Self::new(Code::InvalidRepositoryName, format!("no CodeCommit repository can be called `{name}`"))
                    .looked_at("a name has 1 to 100 letters, digits, `.`, `_` and `-`")
                    .fix(CORRECT_THE_URL)
            }
            NearMiss::NotAConnectionPath { host, path } => Self::new(
                Code::NotAConnectionPath,
                format!("`/{path}` is not the path of a CodeConnections repository"),
            )
            .fix(format!("use a URL such as https://{host}/git-http/ACCOUNT/REGION/CONNECTION/OWNER/NAME.git")),
        }
    }
}

impl From<BadRegion> for Failure {
    fn from(region: BadRegion) -> Self {
        let BadRegion { value, origin } = region;
        let (from, fix) = match origin {
            RegionOrigin::Flag => ("--region".to_owned(), None),
            RegionOrigin::Variable(name) => (name.to_owned(), Some(format!("export {name}=REGION"))),
            RegionOrigin::Profile(profile) => (
                format!("region of {}", shown(&profile)),
                codecommit::secret::is_public(&profile)
                    .then(|| format!("aws configure set region REGION --profile {}", shell_word(&profile))),
            ),
            RegionOrigin::SsoSession(session) => (format!("sso_region of sso-session {}", quoted(&session)), None),
            RegionOrigin::SsoProfile(profile) => (format!("sso_region of {}", shown(&profile)), None),
            RegionOrigin::SignIn(profile) => {
                (format!("signInRegion in the aws login file of {}", shown(&profile)), None)
            }
        };
        let failure = Self::new(Code::MalformedRegion, format!("{} is not the name of an AWS region", quoted(&value)))
            .looked_at(format!("from {from}; expected a name such as us-east-1"));
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
            .fix(super::SET_THE_CLOCK)
    }

    /// No region in the host, and none configured for `profile`.
    #[must_use]
    pub fn no_region(unscoped: &Unscoped, profile: &str) -> Self {
        let host = unscoped.host();
        let failure = Self::new(Code::NoRegion, format!("{host} names no region, and none is configured")).looked_at(
            format!("--region, AWS_REGION, AWS_DEFAULT_REGION and the region of {} are not set", shown(profile)),
        );
        match host.split_once('.') {
            Some((service, suffix)) if service.starts_with("git-codecommit") => failure.fix(format!(
                "use a URL with the region: {}",
                repository_url(&format!("{service}.REGION.{suffix}"), unscoped.name())
            )),
            _ => failure.fix("add --region REGION to the helper's configuration, next to --ignore-host-check"),
        }
    }
}

fn look_alike(host: &str, meant: Option<String>) -> Failure {
    let failure = Failure::new(
        Code::LookAlikeHost,
        format!("{host} is not a host of AWS CodeCommit, though its name is made like one"),
    )
    .looked_at("a slip, or a trap: nothing was signed for it, and git was told to ask nobody else");
    match meant {
        Some(meant) => failure.fix(format!("use this host: {meant}")),
        None => failure.fix(CORRECT_THE_URL),
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
        .fix(CORRECT_THE_URL)
}

fn url(protocol: &str, host: &str, path: Option<&str>) -> String {
    format!("{protocol}://{host}/{}", path.map_or("v1/repos/NAME", |path| path.trim_matches('/')))
}

fn repository_url(host: &str, name: &str) -> String {
    format!("https://{host}/v1/repos/{name}")
}
