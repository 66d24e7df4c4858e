//! Words for why one source of credentials gave none: sign-ins, programs, roles, machines.

use super::credentials::said;
use super::files;
use super::{profile_word, set_the_clock, with_profile};
use crate::aws::Refusal;
use crate::credentials::{ContainerProblem, NotSignedIn, Switched, TokenProblem};
use crate::failure::{Code, Command, Failure, Fix};
use crate::git::prompt::NoCode;
use crate::text::time::shown;
use aws_files::unread::Unread;
use chrono::{DateTime, Utc};
use codecommit::secret::{is_public, profile as shown_profile, public, public_path, quoted};
use std::time::Duration;

pub(crate) fn sso_not_signed_in(
    profile: &str,
    session: &str,
    file: &NotSignedIn,
    switched: Option<&Switched>,
) -> Failure {
    let what = match file {
        NotSignedIn::NoHome => "no home directory".to_owned(),
        NotSignedIn::Unread { shown, unread } => format!("{shown} {}", files::why_unread(unread)),
        NotSignedIn::NoToken { shown, encoding: Some(encoding) } => {
            format!("{shown} {}", files::why_encoding(*encoding))
        }
        NotSignedIn::NoToken { shown, encoding: None } => format!("{shown} is not a valid SSO token file"),
    };
    let failure = Failure::new(
        Code::SsoNotSignedIn,
        format!("{} is not signed in to IAM Identity Center (SSO)", shown_profile(profile)),
    )
    .looked_at(format!("SSO session {}: {what}", quoted(session)));
    match (file, switched) {
        (NotSignedIn::NoHome, _) => failure,
        // The AWS CLI could not write its token there.
        (NotSignedIn::Unread { shown, unread: Unread::NotAFile(_) | Unread::DanglingLink { .. } }, _) => {
            failure.fix(Fix::words(format!("remove {shown}, then sign in with aws sso login")))
        }
        (_, Some(switched)) => failure.looked_at(files::home_of(switched)).fix(files::without(switched)),
        (_, None) => failure.fix(with_profile("aws sso login", profile)),
    }
}

pub(crate) fn sso_expired(
    profile: &str,
    session: &str,
    expired: Option<DateTime<Utc>>,
    renewal: Option<String>,
) -> Failure {
    let when = expired
        .map_or_else(|| " has expired or is no longer valid".to_owned(), |time| format!(" expired {}", shown(time)));
    let why = renewal.filter(|why| !why.is_empty()).map(|why| format!("; {why}")).unwrap_or_default();
    Failure::new(Code::SsoExpired, format!("the SSO session of {} has expired", shown_profile(profile)))
        .looked_at(format!("IAM Identity Center session {}{when}{why}", quoted(session)))
        .fix(with_profile("aws sso login", profile))
}

pub(crate) fn sso_refused(profile: &str, role: &str, refusal: &Refusal) -> Failure {
    let cause = format!("no access to role {role} (AWS SSO)");
    let failure = Failure::new(Code::SsoRefused, cause)
        .looked_at(format!("IAM Identity Center role of {}", shown_profile(profile)))
        .looked_at(format!("AWS said: {}", said(refusal)));
    match &*refusal.code {
        "ForbiddenException" | "ResourceNotFoundException" => failure
            .looked_at("the permission set is probably not assigned to you in that account, or sso_role_name is wrong")
            .fix(Fix::administrator(
                "ask your administrator to assign it, or correct sso_account_id and sso_role_name",
            )),
        _ => failure,
    }
}

pub(crate) fn login_needed(profile: &str, found: String) -> Failure {
    Failure::new(Code::LoginNeeded, format!("no valid `aws login` session for {}", shown_profile(profile)))
        .looked_at(found)
        .fix(with_profile("aws login", profile))
}

pub(crate) fn login_forbidden(profile: &str, refusal: &Refusal) -> Failure {
    Failure::new(
        Code::LoginNeeded,
        format!("not authorized to refresh the `aws login` session of {}", shown_profile(profile)),
    )
    .looked_at(format!("AWS said: {}", said(refusal)))
    .fix(Fix::administrator("ask your administrator to allow signin:CreateOAuth2Token"))
}

pub(crate) fn token_file(profile: Option<&str>, path: &str, problem: &TokenProblem, meant: Option<&str>) -> Failure {
    const VARIABLE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
    let owner = profile.map_or(VARIABLE.to_owned(), shown_profile);
    let failure = Failure::new(Code::WebIdentity, format!("cannot read the web identity token file ({owner})"));
    let failure = failure.looked_at(format!("{path} {}", files::why_no_token(problem)));
    let meant = meant.filter(|meant| *public_path(meant) == **meant);
    match (meant, profile, problem) {
        (Some(meant), None, _) => {
            failure.looked_at(AS_IT_IS).fix(Fix::command(Command::Export(VARIABLE, meant.to_owned())))
        }
        (Some(meant), Some(profile), _) => failure.looked_at(AS_IT_IS).fix(set_token_file(meant, profile)),
        (None, _, TokenProblem::Unread(Unread::Denied(by))) => files::denied(failure, by, None, false),
        (None, _, _) => failure,
    }
}

/// What botocore does to the paths of token files.
const AS_IT_IS: &str = "the path is used as it is: neither quotes nor ~ nor variables in it are expanded";

fn set_token_file(path: &str, profile: &str) -> Fix {
    let command = Command::new("aws configure set web_identity_token_file").arg(path).arg("--profile");
    let command = command.arg(profile_word(profile));
    if is_public(profile) { Fix::command(command) } else { Fix::template(command, "NAME: the profile that is meant") }
}

pub(crate) fn container(variable: &'static str, problem: ContainerProblem) -> Failure {
    // Git for Windows runs helpers by a shell that takes the value for a path and makes another one of it
    // (boto/botocore#1716).
    let is_rewritten = matches!(&problem, ContainerProblem::NotAPath(value) if value.contains(":/"));
    let is_there = matches!(
        problem,
        ContainerProblem::Refused(_) | ContainerProblem::Token(_) | ContainerProblem::TokenFile { .. }
    );
    let happened = match problem {
        ContainerProblem::TokenFile { variable: token, path, problem, meant } => {
            return container_token_file(variable, token, &path, &problem, meant);
        }
        ContainerProblem::NotAPath(value) if value.is_empty() => "set, but empty".to_owned(),
        ContainerProblem::NotAUrl(value) if value.is_empty() => "set, but empty".to_owned(),
        ContainerProblem::NotAPath(value) => format!("not an absolute path: `{value}`"),
        ContainerProblem::NotAUrl(value) => format!("not a valid URL: `{value}`"),
        ContainerProblem::ForeignHost(value) => {
            format!("plain HTTP may only go to loopback, ECS and EKS addresses, not to `{value}`")
        }
        ContainerProblem::Token(told) | ContainerProblem::Refused(told) | ContainerProblem::NoAnswer(told) => told,
    };
    let failure = Failure::new(Code::Container, "no credentials from the container credentials endpoint")
        .looked_at(format!("{variable}: {happened}"));
    if is_rewritten {
        failure.fix(Fix::command(Command::Export("MSYS_NO_PATHCONV", "1".to_owned())))
    } else if is_there {
        failure
    } else {
        failure.fix(Fix::command(Command::Unset(vec![variable])).note("if this is not a container"))
    }
}

fn container_token_file(
    endpoint: &'static str,
    variable: &'static str,
    path: &str,
    problem: &TokenProblem,
    meant: Option<String>,
) -> Failure {
    let failure = Failure::new(Code::Container, "cannot read the authorization token of the container endpoint")
        .looked_at(format!("endpoint set by {endpoint}"));
    if path.is_empty() {
        return failure
            .looked_at(format!("{variable} is set, but empty"))
            .fix(Fix::command(Command::Unset(vec![variable])));
    }
    let failure = failure.looked_at(format!("{variable} is {path}, which {}", files::why_no_token(problem)));
    match (meant.filter(|meant| *public_path(meant) == **meant), problem) {
        (Some(meant), _) => failure.looked_at(AS_IT_IS).fix(Fix::command(Command::Export(variable, meant))),
        (None, TokenProblem::Unread(Unread::Denied(by))) => files::denied(failure, by, None, false),
        (None, _) => failure,
    }
}

pub(crate) fn instance_silent(endpoint: &str, timeout: Duration) -> Failure {
    let waited = timeout.as_millis();
    Failure::new(Code::InstanceMetadata, "no response from the EC2 instance metadata service (IMDS)")
        .looked_at(format!("{endpoint} accepted the connection but did not respond within {waited} ms"))
        .looked_at("in a container on EC2, the usual cause is an IMDS hop limit of 1")
        .fix(
            Fix::administrator(
                "ask your administrator to run: aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID \
                 --http-put-response-hop-limit 2",
            )
            .note("not on EC2: export AWS_EC2_METADATA_DISABLED=true"),
        )
}

pub(crate) fn instance_metadata(problem: &str) -> Failure {
    Failure::new(Code::InstanceMetadata, "the EC2 instance metadata service (IMDS) returned no credentials")
        .looked_at(problem)
}

pub(crate) fn mfa_needed(profile: &str, role_arn: &str, mfa_serial: &str, problem: &NoCode) -> Failure {
    let owner = shown_profile(profile);
    let asked = format!("mfa_serial {}, role {}", public(mfa_serial), public(role_arn));
    match problem {
        NoCode::NobodyToAsk(why) => Failure::new(Code::MfaNeeded, format!("cannot prompt for the MFA code of {owner}"))
            .looked_at(asked)
            .looked_at(why.clone())
            .fix(
                with_profile("aws sts get-caller-identity", profile)
                    .note("run it in a terminal and enter the code: git then uses the cached session"),
            ),
        NoCode::NoAnswer => Failure::new(Code::MfaNeeded, format!("no MFA code entered for {owner}")).looked_at(asked),
        NoCode::AnotherFailed(Code::MfaNeeded) => {
            Failure::new(Code::MfaNeeded, format!("no MFA code entered for {owner}"))
                .looked_at(asked)
                .looked_at("another git command running at the same time prompted for all of them")
        }
        NoCode::AnotherFailed(code) => {
            Failure::new(*code, format!("another git command could not assume the role of {owner}"))
                .looked_at(asked)
                .looked_at("it ran at the same time and requested the role for all of them; see its error")
        }
        NoCode::AnotherIsAsking => {
            Failure::new(Code::MfaNeeded, format!("{owner} is waiting for an MFA code in another git command"))
                .looked_at(asked)
                .fix(Fix::words("enter the code there, then run this command again"))
        }
    }
}

pub(crate) fn role_refused(
    profile: Option<&str>,
    role_arn: &str,
    opened_with: &str,
    refusal: &Refusal,
    web_identity: bool,
) -> Failure {
    let owner = profile.map_or("AWS_ROLE_ARN".to_owned(), shown_profile);
    if refusal.is_about_mfa() {
        return Failure::new(Code::MfaNeeded, format!("AWS rejected the MFA codes for {owner}"))
            .looked_at(format!("role {}", public(role_arn)))
            .looked_at(format!("AWS said: {}", said(refusal)))
            .fix(Fix::words(
                "check that mfa_serial is the device you use and that its clock is right, then try a new code",
            ));
    }
    if refusal.is_about_the_clock() {
        return Failure::new(Code::OutOfTime, "this machine's clock is wrong: AWS STS rejected the request time")
            .looked_at(format!("AWS said: {}", said(refusal)))
            .fix(set_the_clock());
    }
    let code = if web_identity { Code::WebIdentity } else { Code::RoleRefused };
    let failure = Failure::new(
        code,
        format!("{} failed for {owner}", if web_identity { "sts:AssumeRoleWithWebIdentity" } else { "sts:AssumeRole" }),
    )
    .looked_at(format!("role {}", public(role_arn)))
    .looked_at(format!("using credentials from {opened_with}"))
    .looked_at(format!("AWS said: {}", said(refusal)));
    match &*refusal.code {
        _ if refusal.message.contains("1 hour session limit for roles assumed by role chaining") => {
            failure.fix(Fix::words("remove duration_seconds from the profile: role chaining is limited to 1 hour"))
        }
        "AccessDenied" if web_identity => failure.fix(Fix::administrator(
            "ask for a trust policy that allows the issuer, audience and subject of this token",
        )),
        "AccessDenied" => failure.fix(Fix::administrator(
            "ask your administrator for a trust policy on the role that allows this caller, and an IAM policy for the \
             caller that allows sts:AssumeRole on the role",
        )),
        "InvalidClientTokenId" => failure.fix(Fix::words(format!(
            "replace the access key in {opened_with}: it is inactive, deleted or unknown to AWS"
        ))),
        "SignatureDoesNotMatch" if refusal.message.contains("does not match the signature you provided") => {
            failure.fix(Fix::words(format!("copy the access key and secret in {opened_with} again: they do not match")))
        }
        "ExpiredToken" | "ExpiredTokenException" => {
            failure.fix(Fix::words(format!("get new credentials for {opened_with}")))
        }
        _ => failure,
    }
}
