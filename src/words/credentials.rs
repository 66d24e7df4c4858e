//! Words for why there are no AWS credentials.

use super::files;
use super::keys::unusable;
use super::process;
use super::profiles;
use super::sources;
use super::unreachable::{self, not_by_aws};
use super::{said_by_aws, set_the_clock};
use crate::aws::{NetworkError, Refusal};
use crate::credentials::{Absence, BadFile, CredentialsError, ProfileChoice, Searched, Source, Tried};
use crate::failure::{Code, Command, Failure, Fix};
use crate::text::time::{ago, shown};
use aws_files::config_file::{Encoding, Problem};
use codecommit::attributes::shown_address;
use codecommit::secret::{profile as shown_profile, public, quoted};

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
        CredentialsError::NoneFound { tried, available, searched } => none_found(&tried, &available, &searched),
        CredentialsError::ProfileNotFound { choice, available, searched } => {
            profiles::profile_not_found(&choice, &available, &searched)
        }
        CredentialsError::NotReadable(file) => files::not_readable(&file),
        CredentialsError::HalfEnvironment { is_empty } => {
            let secret = if is_empty { "empty" } else { "not" };
            Failure::new(Code::HalfKeyPair, format!("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is {secret}"))
                .looked_at("environment variables take precedence over profiles, as in the AWS CLI")
                .fix(
                    Fix::command(Command::Unset(vec!["AWS_ACCESS_KEY_ID"]))
                        .note("or set AWS_SECRET_ACCESS_KEY as well"),
                )
        }
        CredentialsError::BadExpiration(text) => Failure::new(
            Code::UnusableKeys,
            format!("AWS_CREDENTIAL_EXPIRATION is not a valid timestamp: {}", quoted(&text)),
        )
        .fix(Fix::command(Command::Unset(vec!["AWS_CREDENTIAL_EXPIRATION"]))),
        CredentialsError::ConfigFile(file) => config_file(&file),
        CredentialsError::Profile { error, nearly } if nearly.is_empty() => profiles::profile(&error),
        CredentialsError::Profile { error, nearly } => {
            files::nearly_right(Failure { fix: None, ..profiles::profile(&error) }, &nearly)
        }
        CredentialsError::Unusable { source, tokens, problem } => unusable(&source, &tokens, problem),
        CredentialsError::ClockAhead { source, expired, now } => {
            Failure::new(Code::OutOfTime, "this machine's clock is ahead of AWS's")
                .looked_at(format!("AWS just issued credentials for {source}"))
                .looked_at(format!("that expire {}, but the local time is already {}", shown(expired), shown(now)))
                .fix(set_the_clock())
        }
        CredentialsError::Endpoint(endpoint) => {
            let value = quoted(&shown_address(&endpoint.value));
            Failure::new(Code::EndpointSetting, format!("{} is not a valid endpoint URL: {value}", endpoint.origin))
                .looked_at("expected https://HOST or http://HOST:PORT")
        }
        CredentialsError::Region(region) => region.into(),
        CredentialsError::NotText { variable } => {
            let failure = Failure::new(Code::UnusableKeys, format!("{variable} is not valid UTF-8"));
            // Without one of the parts the others are half a pair.
            if ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"]
                .contains(&variable)
            {
                failure.fix(Fix::words(format!("set {variable} again, with the ASCII characters that AWS issued")))
            } else {
                failure.fix(Fix::command(Command::Unset(vec![variable])))
            }
        }
        CredentialsError::Expired { source, is_long_term, choice, expired, now } => {
            let expired =
                format!("from {source}; expired {} ({}), now {}", shown(expired), ago(now - expired), shown(now));
            expired_credentials(&source, is_long_term, choice.as_ref(), expired)
        }
        CredentialsError::SourceEmpty { profile, credential_source, why } => Failure::new(
            Code::ProfileIncomplete,
            format!("no credentials from credential_source {credential_source} ({})", shown_profile(&profile)),
        )
        .looked_at(format!("credential_source = {credential_source}: {why}")),
        CredentialsError::Unreachable(unreachable) => unreachable::unreachable(unreachable),
        CredentialsError::Network(error) => network(&error),
        CredentialsError::SsoNotSignedIn { profile, session, file, switched } => {
            sources::sso_not_signed_in(&profile, &session, &file, switched.as_deref())
        }
        CredentialsError::SsoExpired { profile, session, expired, renewal } => {
            sources::sso_expired(&profile, &session, expired, renewal)
        }
        CredentialsError::SsoRefused { profile, role, refusal } => sources::sso_refused(&profile, &role, &refusal),
        CredentialsError::LoginNeeded { profile, found } => sources::login_needed(&profile, found),
        CredentialsError::LoginForbidden { profile, refusal } => sources::login_forbidden(&profile, &refusal),
        CredentialsError::Process { setting, problem } => process::failed(&setting, problem),
        CredentialsError::RoleRefused { profile, role_arn, opened_with, refusal, web_identity, redirected } => {
            let failure = sources::role_refused(profile.as_deref(), &role_arn, &opened_with, &refusal, web_identity);
            match redirected {
                Some(endpoint) => not_by_aws(failure, &endpoint),
                None => failure,
            }
        }
        CredentialsError::MfaNeeded { profile, role_arn, mfa_serial, problem } => {
            sources::mfa_needed(&profile, &role_arn, &mfa_serial, &problem)
        }
        CredentialsError::TokenFile { profile, path, problem, meant } => {
            sources::token_file(profile.as_deref(), &path, &problem, meant.as_deref())
        }
        CredentialsError::Container { variable, problem } => sources::container(variable, problem),
        CredentialsError::InstanceSilent { endpoint, timeout } => sources::instance_silent(&endpoint, timeout),
        CredentialsError::InstanceMetadata { problem } => sources::instance_metadata(&problem),
    }
}

fn none_found(tried: &[Tried], available: &[String], searched: &Searched) -> Failure {
    let mut failure = Failure::new(Code::NoCredentials, "unable to locate AWS credentials");
    for Tried { source, why } in tried {
        failure = failure.looked_at(format!("{source}: {why}"));
    }
    if tried.last().is_some_and(|tried| tried.why == Absence::NoRole) {
        return failure.fix(Fix::administrator(
            "ask your administrator to run: aws ec2 associate-iam-instance-profile --instance-id INSTANCE_ID \
             --iam-instance-profile Name=INSTANCE_PROFILE",
        ));
    }
    let failure = files::searched(failure, searched);
    if failure.fix.is_some() {
        return failure;
    }
    // A secret of a CI system that did not arrive.
    if searched.empty.contains(&"AWS_ACCESS_KEY_ID") {
        let fix = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to an access key";
        return failure.fix(Fix::words(fix));
    }
    let others: Vec<String> = available.iter().filter(|name| *name != "default").cloned().collect();
    if others.is_empty() {
        return failure
            .fix(Fix::command(Command::new("aws configure sso")).note("or, with access keys: aws configure"));
    }
    let export = Command::Export("AWS_PROFILE", "NAME".to_owned());
    failure.looked_at(profiles::available_profiles(&others)).fix(Fix::template(export, "NAME: the profile to use"))
}

fn config_file(file: &BadFile) -> Failure {
    let (path, line) = (&file.shown, file.error.line);
    let whole = |why: &str| Failure::new(Code::ConfigFileSyntax, format!("cannot parse {path}: it {why}"));
    let what = match &file.error.problem {
        Problem::Encoding(encoding @ (Encoding::Utf16 | Encoding::Utf32)) => {
            return whole(files::why_encoding(*encoding)).fix(files::save_as_utf_8(path));
        }
        Problem::Encoding(encoding) => {
            return whole(files::why_encoding(*encoding)).fix(Fix::words(format!("restore {path}, or write it again")));
        }
        Problem::TooLong => return whole("is longer than 16 MiB"),
        Problem::NotUtf8 => {
            return Failure::new(Code::ConfigFileSyntax, format!("cannot parse {path}:{line}"))
                .looked_at("invalid UTF-8, such as an accented letter saved as Latin-1")
                .fix(files::save_as_utf_8(path));
        }
        Problem::NoSection => "setting before the first [section], such as [default]".to_owned(),
        Problem::NoOption => "expected [section] or `name = value`".to_owned(),
        Problem::Unclosed => "expected ] at the end of the section".to_owned(),
        Problem::Invisible(character) => {
            format!("the line starts with U+{:04X}, a character that is not seen", u32::from(*character))
        }
        Problem::RepeatedSection(name) => format!("duplicate section [{}]", public(name)),
        Problem::RepeatedOption(name) => format!("duplicate setting {}", quoted(name)),
        Problem::NoBlock(name) => format!("expected `name = value` in the indented lines below {}", quoted(name)),
    };
    Failure::new(Code::ConfigFileSyntax, format!("cannot parse {path}:{line}"))
        .looked_at(what)
        .fix(Fix::words("correct that line, which the AWS CLI rejects too"))
}

fn expired_credentials(
    source: &Source,
    is_long_term: bool,
    choice: Option<&ProfileChoice>,
    expired: String,
) -> Failure {
    let failure = Failure::new(Code::Expired, "the AWS credentials have expired").looked_at(expired);
    if *source != Source::Environment {
        return failure.fix(renewal(source));
    }
    if is_long_term {
        return failure
            .looked_at(
                "AWS_CREDENTIAL_EXPIRATION says so, but the access key is a long-term one, which does not expire",
            )
            .fix(Fix::command(Command::Unset(vec!["AWS_CREDENTIAL_EXPIRATION"])));
    }
    let Some(choice) = choice else {
        return failure.fix(Fix::words("export new credentials: all of the variables together"));
    };
    match ignored_profile(choice) {
        Some(ignored) => failure.looked_at(ignored.line).fix(ignored.fix),
        None => failure.fix(renewal(source)),
    }
}

/// A profile that a variable chose, and that keys in the environment take precedence over.
pub(super) struct IgnoredProfile {
    /// For what was looked at.
    pub(super) line: String,
    /// Removes the keys, so that the profile counts.
    pub(super) fix: Fix,
}

/// That the profile of `AWS_PROFILE` is ignored, where it is: the caller knows that the keys are from the environment.
pub(super) fn ignored_profile(choice: &ProfileChoice) -> Option<IgnoredProfile> {
    let ProfileChoice::Variable(variable, name) = choice else { return None };
    let profile = shown_profile(name);
    Some(IgnoredProfile {
        line: format!("{variable} ({profile}) is ignored: keys in environment variables take precedence"),
        fix: Fix::command(without_keys()).note(format!("then {profile} is used")),
    })
}

/// Removes the keys from the environment.
pub(super) fn without_keys() -> Command {
    Command::Unset(KEY_VARIABLES.to_vec())
}

/// The variables that make up keys in the environment.
const KEY_VARIABLES: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
];

/// What to do about expired credentials, as far as their source tells.
pub(crate) fn renewal(source: &Source) -> Fix {
    match source {
        Source::Environment => {
            Fix::command(without_keys()).note("then the default profile is used, or export new credentials")
        }
        Source::Process { .. } => Fix::words("check the credential_process program: it returned expired credentials"),
        source => Fix::words(format!("get new credentials and update {source}")),
    }
}

fn network(error: &NetworkError) -> Failure {
    match error {
        NetworkError::Trust(error) => unreachable::untrusted(error),
        NetworkError::Proxy { origin } => {
            Failure::new(Code::ProxySetting, format!("{origin} is not a valid proxy URL"))
                .looked_at("expected http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT")
        }
    }
}

pub(crate) fn said(refusal: &Refusal) -> String {
    said_by_aws(&refusal.code, &refusal.message, refusal.request_id.as_deref())
}
