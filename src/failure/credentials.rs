//! Words for why there are no AWS credentials.

use super::{Code, Failure, shell_word};
use crate::credentials::{
    BadFile, CredentialsError, NoCode, Obstacle, Problem, ProcessProblem, ProfileChoice, ProfileError, ProfileProblem,
    Refusal, Source, Tried, Unreachable, UnusableCredentials,
};
use crate::escape;
use crate::http::{NetworkError, TrustProblem};
use chrono::{DateTime, TimeDelta, Utc};

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::NoneFound { tried, available } => none_found(&tried, &available),
            CredentialsError::ProfileNotFound { choice, available, files } => {
                profile_not_found(&choice, &available, &files)
            }
            CredentialsError::HalfEnvironment => {
                Self::new(Code::HalfKeyPair, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
                    .looked_at("environment variables come before every profile, as in the AWS CLI")
                    .fix("unset AWS_ACCESS_KEY_ID")
                    .fix("(or set AWS_SECRET_ACCESS_KEY to the secret that belongs to it)")
            }
            CredentialsError::BadExpiration(text) => {
                Self::new(Code::UnusableKeys, format!("AWS_CREDENTIAL_EXPIRATION is no time: `{text}`"))
                    .fix("unset AWS_CREDENTIAL_EXPIRATION")
            }
            CredentialsError::ConfigFile(file) => config_file(&file),
            CredentialsError::Profile(error) => profile(&error),
            CredentialsError::Unusable { source, problem } => unusable(&source.to_string(), problem),
            CredentialsError::Expired { source, expired, now } => expired_credentials(&source, expired, now),
            CredentialsError::SsoNotSignedIn { profile, session, file } => {
                Self::new(Code::SsoNotSignedIn, format!("profile `{profile}` is not signed in to IAM Identity Center"))
                    .looked_at(format!("session `{session}`: {file}"))
                    .fix(sso_login(&profile))
            }
            CredentialsError::SsoExpired { profile, session, expired, renewal } => {
                let when = expired.map_or_else(|| " is over".to_owned(), |time| format!(" ended {}", shown(time)));
                let why = renewal.filter(|why| !why.is_empty()).map(|why| format!("; {why}")).unwrap_or_default();
                Self::new(Code::SsoExpired, format!("the IAM Identity Center sign-in of profile `{profile}` is over"))
                    .looked_at(format!("session `{session}`{when}{why}"))
                    .fix(sso_login(&profile))
            }
            CredentialsError::SsoRefused { profile, role, refusal } => Self::new(
                Code::SsoRefused,
                format!("IAM Identity Center gives profile `{profile}` no credentials for {role}"),
            )
            .looked_at(format!("its answer: {}", said(&refusal)))
            .looked_at("most likely the role is not assigned to you in that account, or its name differs")
            .fix("ask your administrator for the assignment, or correct sso_account_id and sso_role_name"),
            CredentialsError::LoginNeeded { profile, found } => {
                Self::new(Code::LoginNeeded, format!("the `aws login` session of profile `{profile}` cannot be used"))
                    .looked_at(found)
                    .fix(format!("aws login --profile {}", shell_word(&profile)))
            }
            CredentialsError::LoginForbidden { profile, message } => Self::new(
                Code::LoginNeeded,
                format!("the `aws login` session of profile `{profile}` may not be renewed"),
            )
            .looked_at(format!("its answer: {message}"))
            .fix("ask your administrator to allow signin:CreateOAuth2Token"),
            CredentialsError::Process { profile, program, problem } => process(&profile, &program, problem),
            CredentialsError::RoleRefused { profile, role_arn, opened_with, refusal, web_identity } => {
                role_refused(profile.as_deref(), &role_arn, &opened_with, &refusal, web_identity)
            }
            CredentialsError::MfaNeeded { profile, role_arn, mfa_serial, problem } => {
                mfa_needed(&profile, &role_arn, &mfa_serial, &problem)
            }
            CredentialsError::TokenFile { profile, path, problem } => {
                let owner = profile.map_or("the environment".to_owned(), |profile| format!("profile `{profile}`"));
                Self::new(Code::WebIdentity, format!("the web identity token of {owner} cannot be read"))
                    .looked_at(format!("{path}: {problem}"))
            }
            CredentialsError::Container { problem } => {
                Self::new(Code::Container, "the container's credential endpoint gave no credentials")
                    .looked_at("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI is set")
                    .looked_at(format!("what happened: {problem}"))
            }
            CredentialsError::InstanceMetadata { problem } => {
                Self::new(Code::InstanceMetadata, "the instance metadata service gave no credentials")
                    .looked_at(format!("what happened: {problem}"))
            }
            CredentialsError::SourceEmpty { profile, credential_source, why } => Self::new(
                Code::ProfileIncomplete,
                format!("profile `{profile}` takes its credentials from {credential_source}, where there are none"),
            )
            .looked_at(format!("credential_source = {credential_source}: {why}")),
            CredentialsError::Unreachable(unreachable) => self::unreachable(unreachable),
            CredentialsError::Network(error) => network(&error),
        }
    }
}

fn unreachable(unreachable: Unreachable) -> Failure {
    let failure = Failure::new(Code::Unreachable, format!("{} cannot be reached", unreachable.service));
    let through = |failure: Failure| match &unreachable.proxy {
        Some(proxy) => failure.looked_at(format!("through the proxy {proxy}")),
        None => failure,
    };
    match unreachable.obstacle {
        Obstacle::Certificate(problem) => {
            through(failure.looked_at(format!("its certificate is not trusted here: {problem}")))
                .fix("export AWS_CA_BUNDLE=FILE")
                .fix("(FILE: the certificate authority of the proxy that inspects TLS, in PEM form)")
        }
        Obstacle::ProxyRefused => through(failure.looked_at("the proxy refused the connection")),
        Obstacle::Answer(status) => {
            through(failure.looked_at(format!("an answer with status {status} came back that is not AWS's own")))
        }
        Obstacle::Other(problem) => through(failure.looked_at(problem)),
    }
}

fn none_found(tried: &[Tried], available: &[String]) -> Failure {
    let mut failure = Failure::new(Code::NoCredentials, "no AWS credentials were found");
    for Tried { source, why } in tried {
        failure = failure.looked_at(format!("{source}: {why}"));
    }
    let others: Vec<String> = available.iter().filter(|name| *name != "default").cloned().collect();
    match others.first() {
        None => failure.fix("aws configure sso").fix("(or `aws configure`, for access keys)"),
        Some(one) => {
            failure.looked_at(profiles_there_are(&others)).fix(format!("export AWS_PROFILE={}", shell_word(one)))
        }
    }
}

fn profile_not_found(choice: &ProfileChoice, available: &[String], files: &[String]) -> Failure {
    let name = choice.name();
    let failure = Failure::new(Code::ProfileNotFound, format!("profile `{name}` was not found")).looked_at(format!(
        "chosen by {}; looked in {}",
        choice.origin(),
        files.join(" and ")
    ));
    if available.is_empty() {
        let command = format!("aws configure sso --profile {}", shell_word(name));
        return failure.looked_at("there are no profiles at all").fix(command);
    }
    let failure = failure.looked_at(profiles_there_are(available));
    let likeness = |candidate: &&String| strsim::damerau_levenshtein(&candidate.to_lowercase(), &name.to_lowercase());
    match (available.iter().min_by_key(likeness).filter(|candidate| likeness(candidate) <= 2), choice) {
        (Some(meant), ProfileChoice::Variable(variable, _)) => {
            failure.fix(format!("export {variable}={}", shell_word(meant)))
        }
        (Some(meant), ProfileChoice::Flag(_)) => failure.fix(format!("use --profile {}", shell_word(meant))),
        _ => failure,
    }
}

impl Failure {
    /// A profile that a `codecommit::` URL names and that does not exist.
    #[must_use]
    pub fn remote_profile_not_found(profile: &str, available: &[String]) -> Self {
        let failure = Self::new(Code::ProfileNotFound, format!("profile `{profile}` was not found"))
            .looked_at("chosen by the remote's URL");
        if available.is_empty() {
            return failure
                .looked_at("there are no profiles at all")
                .fix(format!("aws configure sso --profile {}", shell_word(profile)));
        }
        failure.looked_at(profiles_there_are(available))
    }
}

fn profiles_there_are(names: &[String]) -> String {
    let most = 12;
    let more = if names.len() > most { format!(", and {} more", names.len() - most) } else { String::new() };
    format!("profiles there are: {}{more}", names[..names.len().min(most)].join(", "))
}

fn config_file(file: &BadFile) -> Failure {
    let what = match &file.error.problem {
        Problem::NoSection => "a line before the first [section]".to_owned(),
        Problem::NoOption => "neither a [section] nor `name = value`".to_owned(),
        Problem::RepeatedSection(name) => format!("section [{name}] a second time"),
        Problem::RepeatedOption(name) => format!("`{name}` a second time in its section"),
        Problem::NoBlock(name) => format!("`{name}` is followed by indented lines without `=`"),
        Problem::NotUtf8 => "bytes that are not UTF-8".to_owned(),
    };
    let (path, line) = (&file.shown, file.error.line);
    Failure::new(Code::ConfigFileSyntax, format!("an AWS configuration file is malformed: {path}:{line}"))
        .looked_at(format!("line {line}: {what}"))
        .fix("correct that line; the AWS CLI refuses the file too")
}

fn profile(error: &ProfileError) -> Failure {
    let name = &error.profile;
    let incomplete = |cause: String| Failure::new(Code::ProfileIncomplete, cause);
    match &error.problem {
        ProfileProblem::Missing { has, missing } if *has == "role_arn" => {
            incomplete(format!("profile `{name}` has {has}, but neither {}", missing.join(" nor ")))
                .fix(format!("aws configure set source_profile PROFILE --profile {}", shell_word(name)))
        }
        ProfileProblem::Missing { has, missing } if has.starts_with("AWS_") => {
            incomplete(format!("{has} is set, but {} is not", missing.join(", ")))
        }
        ProfileProblem::Missing { has, missing } => {
            let failure = incomplete(format!("profile `{name}` has {has}, but no {}", missing.join(" and no ")));
            if has.starts_with("sso_") {
                failure.fix(format!("aws configure sso --profile {}", shell_word(name)))
            } else {
                failure.fix(format!("aws configure --profile {}", shell_word(name)))
            }
        }
        ProfileProblem::TwoSources => {
            incomplete(format!("profile `{name}` has both source_profile and credential_source"))
                .fix("remove one of the two from the profile")
        }
        ProfileProblem::NoSuchSource(source) => {
            incomplete(format!("profile `{name}` takes its credentials from profile `{source}`, which does not exist"))
                .looked_at(format!("source_profile = {source}"))
        }
        ProfileProblem::EmptySource(source) => {
            incomplete(format!("profile `{name}` takes its credentials from profile `{source}`, which has none"))
                .looked_at(format!("source_profile = {source}"))
        }
        ProfileProblem::Loop(way) => {
            Failure::new(Code::ProfileLoop, format!("the source profiles of profile `{}` lead in a circle", way[0]))
                .looked_at(format!("source_profile: {}", way.join(" -> ")))
                .fix("let one of them name a profile with credentials of its own")
        }
        ProfileProblem::NoSuchCredentialSource(value) => {
            incomplete(format!("profile `{name}` has an unknown credential_source: `{value}`"))
                .looked_at("known are Environment, Ec2InstanceMetadata and EcsContainer, in this spelling")
        }
        ProfileProblem::NoSuchSsoSession(session) => {
            incomplete(format!("profile `{name}` names sso_session `{session}`, which does not exist"))
                .looked_at(format!("there is no section [sso-session {session}]"))
                .fix("aws configure sso-session")
        }
        ProfileProblem::IncompleteSsoSession { session, missing } => {
            incomplete(format!("the sso-session `{session}` of profile `{name}` has no {}", missing.join(" and no ")))
                .fix("aws configure sso-session")
        }
        ProfileProblem::SsoMismatch { session, option } => {
            incomplete(format!("profile `{name}` and its sso-session `{session}` differ in {option}"))
                .fix(format!("remove {option} from the profile"))
        }
        ProfileProblem::Unusable(problem) => unusable(&format!("profile `{name}`"), *problem),
    }
}

fn unusable(source: &str, problem: UnusableCredentials) -> Failure {
    match problem {
        UnusableCredentials::Empty(part) => {
            Failure::new(Code::UnusableKeys, format!("the {part} is empty")).looked_at(format!("from {source}"))
        }
        UnusableCredentials::BadCharacter(part) => {
            Failure::new(Code::UnusableKeys, format!("the {part} holds a character that no key has, such as a space"))
                .looked_at(format!("from {source}"))
                .fix("copy it again, without spaces or line breaks")
        }
        UnusableCredentials::NoSessionToken => Failure::new(
            Code::NoSessionToken,
            "the access key is a temporary one (ASIA…) and its session token is missing",
        )
        .looked_at(format!("from {source}"))
        .fix("set the session token that was handed out with the key: AWS_SESSION_TOKEN or aws_session_token"),
    }
}

fn expired_credentials(source: &Source, expired: DateTime<Utc>, now: DateTime<Utc>) -> Failure {
    Failure::new(Code::Expired, format!("the AWS credentials ended {}", ago(now - expired)))
        .looked_at(format!("from {source}; they ended {}, and it is {}", shown(expired), shown(now)))
        .fix(renewal(&source.0))
}

/// What to do about credentials that are over, as far as their source tells.
pub(super) fn renewal(source: &str) -> &'static str {
    if source.starts_with("environment") {
        "export new ones, or: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION"
    } else {
        "get new ones where you got these"
    }
}

fn process(profile: &str, program: &str, problem: ProcessProblem) -> Failure {
    let failure =
        Failure::new(Code::CredentialProcess, format!("credential_process of profile `{profile}` gave no credentials"));
    let ran = |what: String| format!("{program}: {what}");
    match problem {
        ProcessProblem::Unquotable => failure.looked_at("the setting is empty, or a quotation in it is not closed"),
        ProcessProblem::NotStarted(why) => failure.looked_at(ran(why)),
        ProcessProblem::Failed(status, stderr) => {
            let mut failure = failure.looked_at(ran(format!("{status}; it said:")));
            let said = escape::lines(&stderr, 3, 160);
            if said.is_empty() {
                failure = failure.looked_at("  (nothing)");
            }
            for line in said {
                failure = failure.looked_at(format!("  {line}"));
            }
            failure
        }
        ProcessProblem::TooLong(seconds) => {
            failure.looked_at(ran(format!("still running after {seconds} s, and ended")))
        }
        ProcessProblem::TooMuch(bytes) => failure.looked_at(ran(format!("printed more than {} KiB", bytes / 1024))),
        ProcessProblem::NoJson => failure.looked_at(ran("printed something that is not a JSON object".to_owned())),
        ProcessProblem::Version => failure.looked_at(ran("its output lacks `\"Version\": 1`".to_owned())),
        ProcessProblem::MissingKey(key) => failure.looked_at(ran(format!("its output lacks `{key}`"))),
        ProcessProblem::BadExpiration => failure.looked_at(ran("`Expiration` in its output is no time".to_owned())),
        ProcessProblem::Unusable(problem) => unusable(&format!("credential_process of profile `{profile}`"), problem),
    }
}

fn mfa_needed(profile: &str, role_arn: &str, mfa_serial: &str, problem: &NoCode) -> Failure {
    let asked = format!("mfa_serial {mfa_serial}, role {role_arn}");
    match problem {
        NoCode::NobodyToAsk(why) => {
            Failure::new(Code::MfaNeeded, format!("profile `{profile}` needs an MFA code, and there is nobody to ask"))
                .looked_at(asked)
                .looked_at(*why)
                .fix(format!("aws sts get-caller-identity --profile {}", shell_word(profile)))
                .fix("(in a terminal: it asks for the code, and this program then uses the session it opens)")
        }
        NoCode::NoAnswer => {
            Failure::new(Code::MfaNeeded, format!("profile `{profile}` needs an MFA code, and none was given"))
                .looked_at(asked)
        }
        NoCode::AnotherGotNone => {
            Failure::new(Code::MfaNeeded, format!("profile `{profile}` needs an MFA code, and none came"))
                .looked_at(asked)
                .looked_at("another git command that runs at the same time asked for it, for all of them")
        }
        NoCode::AnotherIsAsking => {
            Failure::new(Code::MfaNeeded, format!("profile `{profile}` needs an MFA code, and none has come yet"))
                .looked_at(asked)
                .looked_at("another git command is asking for it, for all of them: answer there, then try again")
        }
    }
}

fn role_refused(
    profile: Option<&str>,
    role_arn: &str,
    opened_with: &str,
    refusal: &Refusal,
    web_identity: bool,
) -> Failure {
    let owner = profile.map_or("AWS_ROLE_ARN".to_owned(), |profile| format!("profile `{profile}`"));
    if refusal.message.contains("MultiFactorAuthentication failed") {
        return Failure::new(Code::MfaNeeded, format!("AWS refused the MFA code for {owner}, three times"))
            .looked_at(format!("role {role_arn}"))
            .looked_at(format!("its answer: {}", said(refusal)))
            .fix("see that mfa_serial names the device you read the code from, and that its clock is right");
    }
    let code = if web_identity { Code::WebIdentity } else { Code::RoleRefused };
    let failure = Failure::new(code, format!("AWS STS did not open the role of {owner}"))
        .looked_at(format!("role {role_arn}"))
        .looked_at(format!("opened with {opened_with}"))
        .looked_at(format!("its answer: {}", said(refusal)));
    match refusal.code.as_str() {
        "AccessDenied" if web_identity => {
            failure.fix("ask for the role's trust policy to name the issuer and subject of the token")
        }
        "AccessDenied" => failure
            .fix("ask for two things: that the role's trust policy names this caller,")
            .fix("and that the caller's own policy allows sts:AssumeRole on the role"),
        "InvalidClientTokenId" => {
            failure.fix(format!("replace the access key of {opened_with}: it is unknown, deleted or inactive"))
        }
        "SignatureDoesNotMatch" if refusal.message.contains("does not match the signature you provided") => {
            failure.fix(format!("copy key and secret of {opened_with} again: they do not belong together"))
        }
        "ExpiredToken" | "ExpiredTokenException" => failure.fix(format!("renew {opened_with}")),
        _ => failure,
    }
}

fn network(error: &NetworkError) -> Failure {
    match error {
        NetworkError::Trust(error) => {
            let what = match &error.problem {
                TrustProblem::Unreadable(why) => why.clone(),
                TrustProblem::NoCertificate => "no certificate in it that can be used".to_owned(),
            };
            Failure::new(Code::CaBundle, format!("the CA bundle {} cannot be used", error.what))
                .looked_at(format!("set by {}: {what}", error.origin))
        }
        NetworkError::Proxy { origin } => {
            Failure::new(Code::ProxySetting, format!("{origin} is not the address of an HTTP proxy"))
                .looked_at("such an address reads http://HOST:PORT; SOCKS proxies are not supported")
        }
    }
}

fn sso_login(profile: &str) -> String {
    format!("aws sso login --profile {}", shell_word(profile))
}

fn said(refusal: &Refusal) -> String {
    if refusal.message.is_empty() { refusal.code.clone() } else { format!("{}: {}", refusal.code, refusal.message) }
}

/// A point in time for a person, in UTC: the machine's time zone may be anything.
fn shown(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn ago(passed: TimeDelta) -> String {
    match (passed.num_days(), passed.num_hours(), passed.num_minutes()) {
        (days @ 2.., _, _) => format!("{days} days ago"),
        (_, hours @ 2.., _) => format!("{hours} hours ago"),
        (_, _, minutes @ 2..) => format!("{minutes} minutes ago"),
        _ => "just now".to_owned(),
    }
}
