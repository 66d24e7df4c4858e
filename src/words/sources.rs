//! Words for why one source of credentials gave none: sign-ins, programs, roles, machines.

use super::credentials::said;
use super::keys::unusable;
use super::{SET_THE_CLOCK, profile_word};
use crate::aws::Refusal;
use crate::credentials::{ContainerProblem, ProcessProblem};
use crate::failure::{Code, Failure};
use crate::git::prompt::NoCode;
use crate::text::time::shown;
use aws_files::process_output::BadOutput;
use chrono::{DateTime, Utc};
use codecommit::secret::{profile as shown_profile, public, public_words, quoted};
use std::time::Duration;

pub(crate) fn sso_not_signed_in(profile: &str, session: &str, file: &str) -> Failure {
    Failure::new(Code::SsoNotSignedIn, format!("{} is not signed in to IAM Identity Center", shown_profile(profile)))
        .looked_at(format!("session {}: {file}", quoted(session)))
        .fix(sso_login(profile))
}

pub(crate) fn sso_expired(
    profile: &str,
    session: &str,
    expired: Option<DateTime<Utc>>,
    renewal: Option<String>,
) -> Failure {
    let when = expired.map_or_else(|| " is over".to_owned(), |time| format!(" ended {}", shown(time)));
    let why = renewal.filter(|why| !why.is_empty()).map(|why| format!("; {why}")).unwrap_or_default();
    Failure::new(Code::SsoExpired, format!("the IAM Identity Center sign-in of {} is over", shown_profile(profile)))
        .looked_at(format!("session {}{when}{why}", quoted(session)))
        .fix(sso_login(profile))
}

pub(crate) fn sso_refused(profile: &str, role: &str, refusal: &Refusal) -> Failure {
    let cause = format!("IAM Identity Center gives {} no credentials for {role}", shown_profile(profile));
    let failure = Failure::new(Code::SsoRefused, cause).looked_at(format!("its answer: {}", said(refusal)));
    match &*refusal.code {
        "ForbiddenException" | "ResourceNotFoundException" => failure
            .looked_at("most likely the role is not assigned to you in that account, or its name differs")
            .fix("ask your administrator for the assignment, or correct sso_account_id and sso_role_name"),
        _ => failure,
    }
}

pub(crate) fn login_needed(profile: &str, found: String) -> Failure {
    Failure::new(Code::LoginNeeded, format!("the `aws login` session of {} cannot be used", shown_profile(profile)))
        .looked_at(found)
        .fix(format!("aws login --profile {}", profile_word(profile)))
}

pub(crate) fn login_forbidden(profile: &str, message: &str) -> Failure {
    Failure::new(Code::LoginNeeded, format!("the `aws login` session of {} may not be renewed", shown_profile(profile)))
        .looked_at(format!("its answer: {}", public_words(message)))
        .fix("ask your administrator to allow signin:CreateOAuth2Token")
}

pub(crate) fn token_file(profile: Option<&str>, path: &str, problem: &str) -> Failure {
    let owner = profile.map_or("the environment".to_owned(), shown_profile);
    Failure::new(Code::WebIdentity, format!("the web identity token of {owner} cannot be read"))
        .looked_at(format!("{path}: {problem}"))
}

pub(crate) fn container(variable: &str, problem: ContainerProblem) -> Failure {
    // Git for Windows runs helpers by a shell that takes the value for a path and makes another one of it
    // (boto/botocore#1716).
    let is_rewritten = matches!(&problem, ContainerProblem::NotAPath(value) if value.contains(":/"));
    let is_there = matches!(problem, ContainerProblem::Refused(_) | ContainerProblem::Token(_));
    let happened = match problem {
        ContainerProblem::NotAPath(value) => format!("it is no absolute path: `{value}`"),
        ContainerProblem::NotAUrl(value) => format!("it is no URL: `{value}`"),
        ContainerProblem::ForeignHost(value) => {
            format!("plain HTTP may only go to loopback, ECS and EKS addresses, not to `{value}`")
        }
        ContainerProblem::Token(told) | ContainerProblem::Refused(told) | ContainerProblem::NoAnswer(told) => told,
    };
    let failure = Failure::new(Code::Container, "the container's credential endpoint gave no credentials")
        .looked_at(format!("{variable} is set; what happened: {happened}"));
    if is_rewritten {
        failure.fix("export MSYS_NO_PATHCONV=1")
    } else if is_there {
        failure
    } else {
        failure.fix(format!("unset {variable}")).fix("(if this is no container)")
    }
}

pub(crate) fn instance_silent(endpoint: &str, timeout: Duration) -> Failure {
    let waited = timeout.as_millis();
    Failure::new(Code::InstanceMetadata, "the instance metadata service does not answer")
        .looked_at(format!("{endpoint} takes the connection, and says nothing within {waited} ms"))
        .looked_at("in a container on an EC2 instance, most likely its hop limit is 1: the answer is lost on the way")
        .fix("aws ec2 modify-instance-metadata-options --instance-id ID --http-put-response-hop-limit 2")
        .fix("(by whoever manages the instance; anywhere else: export AWS_EC2_METADATA_DISABLED=true)")
}

pub(crate) fn instance_metadata(problem: &str) -> Failure {
    Failure::new(Code::InstanceMetadata, "the instance metadata service gave no credentials")
        .looked_at(format!("what happened: {problem}"))
}

pub(crate) fn process(profile: &str, program: &str, problem: ProcessProblem) -> Failure {
    let owner = format!("credential_process of {}", shown_profile(profile));
    let failure = Failure::new(Code::CredentialProcess, format!("{owner} gave no credentials"));
    let ran = |what: String| format!("{program}: {what}");
    match problem {
        ProcessProblem::Unquotable => failure.looked_at("the setting is empty, or a quotation in it is not closed"),
        ProcessProblem::NotStarted(why) => failure.looked_at(ran(why)),
        ProcessProblem::Failed(status, said) => {
            let mut failure = failure.looked_at(ran(format!("{status}; it said:")));
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
        ProcessProblem::Output(BadOutput::NoJson) => {
            failure.looked_at(ran("printed something that is not a JSON object".to_owned()))
        }
        ProcessProblem::Output(BadOutput::Version) => {
            failure.looked_at(ran("its output lacks `\"Version\": 1`".to_owned()))
        }
        ProcessProblem::Output(BadOutput::MissingKey(key)) => {
            failure.looked_at(ran(format!("its output lacks `{key}`")))
        }
        ProcessProblem::Output(BadOutput::BadExpiration) => {
            failure.looked_at(ran("`Expiration` in its output is no time".to_owned()))
        }
        ProcessProblem::Output(BadOutput::Unusable(problem)) => unusable(&owner, problem),
    }
}

pub(crate) fn mfa_needed(profile: &str, role_arn: &str, mfa_serial: &str, problem: &NoCode) -> Failure {
    let owner = shown_profile(profile);
    let asked = format!("mfa_serial {}, role {}", public(mfa_serial), public(role_arn));
    match problem {
        NoCode::NobodyToAsk(why) => {
            Failure::new(Code::MfaNeeded, format!("{owner} needs an MFA code, and there is nobody to ask"))
                .looked_at(asked)
                .looked_at(why.clone())
                .fix(format!("aws sts get-caller-identity --profile {}", profile_word(profile)))
                .fix("(in a terminal: it asks for the code, and this program then uses the session it opens)")
        }
        NoCode::NoAnswer => {
            Failure::new(Code::MfaNeeded, format!("{owner} needs an MFA code, and none was given")).looked_at(asked)
        }
        NoCode::AnotherFailed(Code::MfaNeeded) => {
            Failure::new(Code::MfaNeeded, format!("{owner} needs an MFA code, and none came"))
                .looked_at(asked)
                .looked_at("another git command that runs at the same time asked for it, for all of them")
        }
        NoCode::AnotherFailed(code) => {
            Failure::new(*code, format!("another git command could not open the role of {owner}"))
                .looked_at(asked)
                .looked_at("it runs at the same time and asked for all of them; it says what was in the way")
        }
        NoCode::AnotherIsAsking => {
            Failure::new(Code::MfaNeeded, format!("{owner} needs an MFA code, and none has come yet"))
                .looked_at(asked)
                .looked_at("another git command is asking for it, for all of them: answer there, then try again")
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
        return Failure::new(Code::MfaNeeded, format!("AWS refused the MFA codes for {owner}"))
            .looked_at(format!("role {}", public(role_arn)))
            .looked_at(format!("its answer: {}", said(refusal)))
            .fix("see that mfa_serial names the device you read the code from, and that its clock is right");
    }
    if refusal.is_about_the_clock() {
        return Failure::new(Code::OutOfTime, "this machine's clock is wrong, says AWS STS")
            .looked_at(format!("its answer: {}", said(refusal)))
            .fix(SET_THE_CLOCK);
    }
    let code = if web_identity { Code::WebIdentity } else { Code::RoleRefused };
    let failure = Failure::new(code, format!("AWS STS did not open the role of {owner}"))
        .looked_at(format!("role {}", public(role_arn)))
        .looked_at(format!("opened with {opened_with}"))
        .looked_at(format!("its answer: {}", said(refusal)));
    match &*refusal.code {
        _ if refusal.message.contains("1 hour session limit for roles assumed by role chaining") => {
            failure.fix(format!("remove duration_seconds from {owner}: a role that a role opens lasts an hour at most"))
        }
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

fn sso_login(profile: &str) -> String {
    format!("aws sso login --profile {}", profile_word(profile))
}
