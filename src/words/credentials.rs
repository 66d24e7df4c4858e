//! Words for why there are no AWS credentials.

use super::keys::unusable;
use super::sources;
use super::{SET_THE_CLOCK, profile_word};
use crate::aws::{Ignorable, Ignored, NetworkError, TrustProblem};
use crate::aws::{Obstacle, Refusal, Unreachable};
use crate::credentials::{BadFile, CredentialsError, ProfileChoice, Source, Tried};
use crate::failure::{Code, Failure};
use crate::text::nearest::nearest;
use crate::text::shell::shell_word;
use crate::text::time::{ago, shown};
use aws_files::config_file::Problem;
use aws_files::plan::{ProfileError, ProfileProblem};
use chrono::{DateTime, Utc};
use codecommit::attributes::shown_address;
use codecommit::secret::{is_public, profile as shown_profile, public, public_path, public_words, quoted};

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        let code = error.code();
        let failure = told(error);
        debug_assert_eq!(failure.code, code, "{failure:?}");
        failure
    }
}

fn told(error: CredentialsError) -> Failure {
    match error {
        CredentialsError::NoneFound { tried, available } => none_found(&tried, &available),
        CredentialsError::ProfileNotFound { choice, available, files } => {
            profile_not_found(&choice, &available, &files)
        }
        CredentialsError::HalfEnvironment => {
            Failure::new(Code::HalfKeyPair, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
                .looked_at("environment variables come before every profile, as in the AWS CLI")
                .fix("unset AWS_ACCESS_KEY_ID")
                .fix("(or set AWS_SECRET_ACCESS_KEY to the secret that belongs to it)")
        }
        CredentialsError::BadExpiration(text) => {
            Failure::new(Code::UnusableKeys, format!("AWS_CREDENTIAL_EXPIRATION is no time: {}", quoted(&text)))
                .fix("unset AWS_CREDENTIAL_EXPIRATION")
        }
        CredentialsError::ConfigFile(file) => config_file(&file),
        CredentialsError::Profile(error) => profile(&error),
        CredentialsError::Unusable { source, problem } => unusable(&source.to_string(), problem),
        CredentialsError::ClockAhead { source, expired, now } => {
            Failure::new(Code::OutOfTime, "this machine's clock is ahead of AWS's")
                .looked_at(format!("what AWS gave just now for {source}"))
                .looked_at(format!("ends {}, and here it is {} already", shown(expired), shown(now)))
                .fix(SET_THE_CLOCK)
        }
        CredentialsError::Endpoint(endpoint) => {
            let value = quoted(&shown_address(&endpoint.value));
            Failure::new(Code::EndpointSetting, format!("{} is no URL of an AWS service: {value}", endpoint.origin))
                .looked_at("such a URL reads https://HOST or http://HOST:PORT")
        }
        CredentialsError::Region(region) => region.into(),
        CredentialsError::NotText { variable } => {
            Failure::new(Code::UnusableKeys, format!("{variable} holds bytes that are no text (UTF-8)"))
                .fix(format!("unset {variable}"))
        }
        CredentialsError::Expired { source, expired, now } => expired_credentials(&source, expired, now),
        CredentialsError::SourceEmpty { profile, credential_source, why } => Failure::new(
            Code::ProfileIncomplete,
            format!("{} takes its credentials from {credential_source}, where there are none", shown_profile(&profile)),
        )
        .looked_at(format!("credential_source = {credential_source}: {why}")),
        CredentialsError::Unreachable(unreachable) => self::unreachable(unreachable),
        CredentialsError::Network(error) => network(&error),
        CredentialsError::SsoNotSignedIn { profile, session, file } => {
            sources::sso_not_signed_in(&profile, &session, &file)
        }
        CredentialsError::SsoExpired { profile, session, expired, renewal } => {
            sources::sso_expired(&profile, &session, expired, renewal)
        }
        CredentialsError::SsoRefused { profile, role, refusal } => sources::sso_refused(&profile, &role, &refusal),
        CredentialsError::LoginNeeded { profile, found } => sources::login_needed(&profile, found),
        CredentialsError::LoginForbidden { profile, message } => sources::login_forbidden(&profile, &message),
        CredentialsError::Process { profile, program, problem } => sources::process(&profile, &program, problem),
        CredentialsError::RoleRefused { profile, role_arn, opened_with, refusal, web_identity } => {
            sources::role_refused(profile.as_deref(), &role_arn, &opened_with, &refusal, web_identity)
        }
        CredentialsError::MfaNeeded { profile, role_arn, mfa_serial, problem } => {
            sources::mfa_needed(&profile, &role_arn, &mfa_serial, &problem)
        }
        CredentialsError::TokenFile { profile, path, problem } => {
            sources::token_file(profile.as_deref(), &path, &problem)
        }
        CredentialsError::Container { variable, problem } => sources::container(variable, problem),
        CredentialsError::InstanceSilent { endpoint, timeout } => sources::instance_silent(&endpoint, timeout),
        CredentialsError::InstanceMetadata { problem } => sources::instance_metadata(&problem),
    }
}

fn unreachable(unreachable: Unreachable) -> Failure {
    let failure = Failure::new(Code::Unreachable, format!("{} cannot be reached", unreachable.service));
    let through = |failure: Failure| match &unreachable.route.proxy {
        Some(proxy) => failure.looked_at(format!("through the proxy {proxy}")),
        None => failure,
    };
    let ignored = |what| unreachable.route.ignored.iter().find(|ignored| ignored.what == what);
    let no_way = |failure: Failure, problem: String| {
        let failure = through(failure.looked_at(problem));
        match ignored(Ignorable::Proxy) {
            Some(ignored) => only_the_repositorys(failure, ignored),
            None => failure,
        }
    };
    match unreachable.obstacle {
        Obstacle::Certificate(problem) => {
            let failure = through(failure.looked_at(format!("its certificate is not trusted here: {problem}")));
            match ignored(Ignorable::CaBundle) {
                Some(ignored) => only_the_repositorys(failure, ignored),
                None => failure
                    .fix("export AWS_CA_BUNDLE=FILE")
                    .fix("(FILE: the certificate authority of the proxy that inspects TLS, in PEM form)"),
            }
        }
        Obstacle::ProxyRefused => through(failure.looked_at("the proxy refused the connection")),
        Obstacle::Answer(status) => {
            through(failure.looked_at(format!("an answer with status {status} came back that is not AWS's own")))
        }
        Obstacle::Passing(refusal) => {
            Failure::new(Code::Unreachable, format!("{} cannot answer now", unreachable.service))
                .looked_at(format!("its answer: {}", said(&refusal)))
                .fix("try again in a minute")
        }
        Obstacle::Exchange(error) => no_way(failure, error.to_string()),
        Obstacle::TimedOut => no_way(failure, Obstacle::TIMED_OUT.to_owned()),
        Obstacle::Other(problem) => no_way(failure, problem.to_string()),
    }
}

/// The setting would have served, and does not count: a repository comes from others, and AWS credentials go that way.
fn only_the_repositorys(failure: Failure, ignored: &Ignored) -> Failure {
    let Ignored { what, key, origin } = ignored;
    let word = shell_word(key);
    let value = match what {
        Ignorable::Proxy => format!("git config --get {word}"),
        Ignorable::CaBundle => format!("git config --type=path --get {word}"),
    };
    failure
        .looked_at(format!("{key} in {origin} is ignored for AWS calls: it is set by the repository, not by you"))
        .fix(format!("git config --global {word} \"$({value})\""))
}

fn none_found(tried: &[Tried], available: &[String]) -> Failure {
    let mut failure = Failure::new(Code::NoCredentials, "no AWS credentials were found");
    for Tried { source, why } in tried {
        failure = failure.looked_at(format!("{source}: {why}"));
    }
    if tried.last().is_some_and(|tried| tried.why == Tried::NO_ROLE) {
        return failure
            .fix("aws ec2 associate-iam-instance-profile --instance-id ID --iam-instance-profile Name=PROFILE")
            .fix("(by whoever manages the instance: a profile with a role that may use CodeCommit)");
    }
    let others: Vec<String> = available.iter().filter(|name| *name != "default").cloned().collect();
    match others.first() {
        None => failure.fix("aws configure sso").fix("(or `aws configure`, for access keys)"),
        Some(one) => {
            failure.looked_at(profiles_there_are(&others)).fix(format!("export AWS_PROFILE={}", profile_word(one)))
        }
    }
}

fn profile_not_found(choice: &ProfileChoice, available: &[String], files: &[String]) -> Failure {
    let name = choice.name();
    let failure =
        not_found(name).looked_at(format!("chosen by {}; looked in {}", choice.origin(), files.join(" and ")));
    if available.is_empty() {
        return no_profiles(failure, name);
    }
    let failure = failure.looked_at(profiles_there_are(available));
    match (nearest(name, available, 2), choice) {
        (Some(meant), ProfileChoice::Variable(variable, _)) => {
            failure.fix(format!("export {variable}={}", profile_word(meant)))
        }
        (Some(meant), ProfileChoice::Flag(_)) => failure.fix(format!("use --profile {}", profile_word(meant))),
        _ => failure,
    }
}

fn not_found(name: &str) -> Failure {
    let failure = Failure::new(Code::ProfileNotFound, format!("{} was not found", shown_profile(name)));
    if is_public(name) {
        failure
    } else {
        failure.looked_at("the name is not shown: it may be a secret in the wrong place")
    }
}

fn no_profiles(failure: Failure, name: &str) -> Failure {
    let failure = failure.looked_at("there are no profiles at all");
    // A secret is no name for a new one.
    if is_public(name) { failure.fix(format!("aws configure sso --profile {}", shell_word(name))) } else { failure }
}

impl Failure {
    /// A profile that a `codecommit::` URL names and that does not exist.
    #[must_use]
    pub fn remote_profile_not_found(profile: &str, available: &[String]) -> Self {
        let failure = not_found(profile).looked_at("chosen by the remote's URL");
        if available.is_empty() {
            return no_profiles(failure, profile);
        }
        failure.looked_at(profiles_there_are(available))
    }
}

fn profiles_there_are(names: &[String]) -> String {
    let most = 12;
    let more = if names.len() > most { format!(", and {} more", names.len() - most) } else { String::new() };
    format!("profiles there are: {}{more}", joined(&names[..names.len().min(most)], ", "))
}

fn joined(names: &[String], separator: &str) -> String {
    names.iter().map(|name| public(name)).collect::<Vec<_>>().join(separator)
}

fn config_file(file: &BadFile) -> Failure {
    let what = match &file.error.problem {
        Problem::NoSection => "a line before the first [section]".to_owned(),
        Problem::NoOption => "neither a [section] nor `name = value`".to_owned(),
        Problem::RepeatedSection(name) => format!("section [{}] a second time", public(name)),
        Problem::RepeatedOption(name) => format!("{} a second time in its section", quoted(name)),
        Problem::NoBlock(name) => format!("{} is followed by indented lines without `=`", quoted(name)),
        Problem::NotUtf8 => "bytes that are not UTF-8".to_owned(),
    };
    let (path, line) = (&file.shown, file.error.line);
    Failure::new(Code::ConfigFileSyntax, format!("an AWS configuration file is malformed: {path}:{line}"))
        .looked_at(format!("line {line}: {what}"))
        .fix("correct that line; the AWS CLI refuses the file too")
}

fn profile(error: &ProfileError) -> Failure {
    let name = &error.profile;
    let (shown, word) = (shown_profile(name), profile_word(name));
    let incomplete = |cause: String| Failure::new(Code::ProfileIncomplete, cause);
    match &error.problem {
        ProfileProblem::Missing { has, missing } if *has == "role_arn" => {
            incomplete(format!("{shown} has {has}, but neither {}", missing.join(" nor ")))
                .fix(format!("aws configure set source_profile PROFILE --profile {word}"))
        }
        ProfileProblem::Missing { has, missing } if has.starts_with("AWS_") => {
            incomplete(format!("{has} is set, but {} is not", missing.join(", ")))
        }
        ProfileProblem::Missing { has, missing } => {
            let failure = incomplete(format!("{shown} has {has}, but no {}", missing.join(" and no ")));
            if has.starts_with("sso_") {
                failure.fix(format!("aws configure sso --profile {word}"))
            } else {
                failure.fix(format!("aws configure --profile {word}"))
            }
        }
        ProfileProblem::TwoSources => incomplete(format!("{shown} has both source_profile and credential_source"))
            .fix("remove one of the two from the profile"),
        ProfileProblem::NoSuchSource(source) => {
            incomplete(format!("{shown} takes its credentials from {}, which does not exist", shown_profile(source)))
                .looked_at(format!("source_profile = {}", public(source)))
        }
        ProfileProblem::EmptySource(source) => {
            incomplete(format!("{shown} takes its credentials from {}, which has none", shown_profile(source)))
                .looked_at(format!("source_profile = {}", public(source)))
        }
        ProfileProblem::Loop(way) => Failure::new(
            Code::ProfileLoop,
            format!("the source profiles of {} lead in a circle", shown_profile(&way[0])),
        )
        .looked_at(format!("source_profile: {}", joined(way, " -> ")))
        .fix("let one of them name a profile with credentials of its own"),
        ProfileProblem::NoSuchCredentialSource(value) => {
            incomplete(format!("{shown} has an unknown credential_source: {}", quoted(value)))
                .looked_at("known are Environment, Ec2InstanceMetadata and EcsContainer, in this spelling")
        }
        ProfileProblem::NoSuchSsoSession(session) => {
            incomplete(format!("{shown} names sso_session {}, which does not exist", quoted(session)))
                .looked_at(format!("there is no section [sso-session {}]", public(session)))
                .fix("aws configure sso-session")
        }
        ProfileProblem::IncompleteSsoSession { session, missing } => {
            incomplete(format!("the sso-session {} of {shown} has no {}", quoted(session), missing.join(" and no ")))
                .fix("aws configure sso-session")
        }
        ProfileProblem::SsoMismatch { session, option } => {
            incomplete(format!("{shown} and its sso-session {} differ in {}", quoted(session), public(option)))
                .fix(format!("remove {} from the profile", public(option)))
        }
        ProfileProblem::Unusable(problem) => unusable(&shown, *problem),
    }
}

fn expired_credentials(source: &Source, expired: DateTime<Utc>, now: DateTime<Utc>) -> Failure {
    Failure::new(Code::Expired, format!("the AWS credentials ended {}", ago(now - expired)))
        .looked_at(format!("from {source}; they ended {}, and it is {}", shown(expired), shown(now)))
        .fixes(renewal(source))
}

/// What to do about credentials that are over, as far as their source tells.
pub(crate) fn renewal(source: &Source) -> &'static [&'static str] {
    match source {
        Source::Environment => &[
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION",
            "(or export new ones)",
        ],
        Source::Process { .. } => &["let the program give new ones: it is run at every answer, and gave these"],
        _ => &["get new ones where you got these"],
    }
}

fn network(error: &NetworkError) -> Failure {
    match error {
        NetworkError::Trust(error) => {
            let what = match &error.problem {
                TrustProblem::Unreadable(why) => why.clone(),
                TrustProblem::NoCertificate => "no certificate in it that can be used".to_owned(),
            };
            Failure::new(Code::CaBundle, format!("the CA bundle {} cannot be used", public_path(&error.what)))
                .looked_at(format!("set by {}: {what}", error.origin))
        }
        NetworkError::Proxy { origin } => {
            Failure::new(Code::ProxySetting, format!("{origin} is not the address of an HTTP proxy"))
                .looked_at("such an address reads http://HOST:PORT; SOCKS proxies are not supported")
        }
    }
}

pub(crate) fn said(refusal: &Refusal) -> String {
    let said = if refusal.message.is_empty() {
        refusal.code.to_string()
    } else {
        format!("{}: {}", refusal.code, refusal.message)
    };
    // AWS repeats a value that it does not take.
    public_words(&said).into_owned()
}
