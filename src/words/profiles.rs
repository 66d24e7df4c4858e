//! Words for AWS profiles: one that does not exist, and one that gives no credentials.

use super::files;
use super::keys::unusable;
use super::{is_a_word, profile_word, with_profile};
use crate::credentials::{ProfileChoice, Searched, Source};
use crate::failure::{Code, Command, Failure, Fix};
use crate::text::nearest::nearest;
use aws_files::plan::{ProfileError, ProfileProblem};
use codecommit::secret::{is_public, profile as shown_profile, public, quoted};

pub(super) fn profile_not_found(choice: &ProfileChoice, available: &[String], searched: &Searched) -> Failure {
    let name = choice.name();
    let files: Vec<&str> =
        searched.files.iter().map(|file| file.shown.as_str()).filter(|shown| !shown.is_empty()).collect();
    let files = if files.is_empty() { "no file".to_owned() } else { files.join(" and ") };
    let failure = not_found(name).looked_at(match choice {
        ProfileChoice::Default => format!("no profile is set; searched {files}"),
        choice => format!("set by {}; searched {files}", choice.origin()),
    });
    let failure = files::searched(failure, searched);
    if failure.fix.is_some() {
        return if available.is_empty() { failure } else { failure.looked_at(available_profiles(available)) };
    }
    if available.is_empty() {
        return no_profiles(failure, name);
    }
    let failure = failure.looked_at(available_profiles(available));
    // What differs in case or separators alone is meant. A letter may be all that tells two accounts apart: `prod-1`, `prod-2`.
    let meant = available.iter().find(|other| is_a_word(other) && bare(other) == bare(name));
    match (meant, choice) {
        (Some(meant), ProfileChoice::Variable(variable, _)) => {
            failure.fix(Fix::command(Command::Export(variable, meant.clone())))
        }
        (Some(meant), ProfileChoice::Flag(_)) => failure.fix(with_profile(SETUP, meant)),
        (None, ProfileChoice::Variable(variable, _)) => {
            failure.fix(Fix::template(Command::Export(variable, "NAME".to_owned()), A_PROFILE))
        }
        (None, ProfileChoice::Flag(_)) => {
            failure.fix(Fix::template(Command::new(SETUP).arg("--profile").arg("NAME"), A_PROFILE))
        }
        (_, ProfileChoice::Username(_) | ProfileChoice::Default) => failure,
    }
}

const SETUP: &str = "git credential-codecommit setup";
pub(super) const A_PROFILE: &str = "NAME: one of the profiles above";

/// The name without what people mix up: case and separators.
fn bare(name: &str) -> String {
    let is_separator = |character: char| character.is_whitespace() || "-_.".contains(character);
    name.chars().filter(|character| !is_separator(*character)).flat_map(char::to_lowercase).collect()
}

fn not_found(name: &str) -> Failure {
    if is_public(name) {
        Failure::new(Code::ProfileNotFound, format!("AWS {} not found", shown_profile(name)))
    } else {
        Failure::new(
            Code::ProfileNotFound,
            format!("AWS profile not found: its name has {} characters", name.chars().count()),
        )
        .looked_at("the name is not shown: it may be a secret in the wrong place")
    }
}

fn no_profiles(failure: Failure, name: &str) -> Failure {
    let failure = failure.looked_at("no profiles are configured");
    // A secret is no name for a new one.
    if is_public(name) { failure.fix(with_profile("aws configure sso", name)) } else { failure }
}

/// The digits of a name, which alone may tell two accounts apart.
fn digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_digit).collect()
}

impl Failure {
    /// `setup --profile` names a profile that does not exist. `with_profile` makes the same command with another one.
    #[must_use]
    pub(crate) fn setup_profile_not_found(
        name: &str,
        available: &[String],
        with_profile: impl FnOnce(&str) -> Command,
    ) -> Self {
        let failure = not_found(name).looked_at("nothing was changed");
        let failure = if available.is_empty() { failure } else { failure.looked_at(available_profiles(available)) };
        match nearest(name, available, 2).filter(|near| is_a_word(near) && digits(near) == digits(name)) {
            Some(near) => failure.fix(Fix::command(with_profile(near))),
            None => failure.fix(Fix::template(with_profile("NAME"), A_PROFILE)),
        }
    }

    /// The same failure, which tells in which file git's configuration sets `--profile`.
    #[must_use]
    pub(crate) fn profile_set_in(self, origin: &str) -> Self {
        match self.code {
            Code::ProfileNotFound => self.looked_at(format!("git's credential.helper sets --profile, in {origin}")),
            _ => self,
        }
    }

    /// A profile that a `codecommit::` URL names and that does not exist.
    #[must_use]
    pub fn remote_profile_not_found(profile: &str, available: &[String], searched: &Searched) -> Self {
        let failure = files::searched(not_found(profile).looked_at("set by the remote URL"), searched);
        if failure.fix.is_some() {
            return failure;
        }
        if available.is_empty() {
            return no_profiles(failure, profile);
        }
        failure.looked_at(available_profiles(available))
    }
}

pub(super) fn available_profiles(names: &[String]) -> String {
    let most = 12;
    let more = if names.len() > most { format!(", and {} more", names.len() - most) } else { String::new() };
    format!("available profiles: {}{more}", joined(&names[..names.len().min(most)], ", "))
}

fn joined(names: &[String], separator: &str) -> String {
    names.iter().map(|name| public(name)).collect::<Vec<_>>().join(separator)
}

pub(super) fn profile(error: &ProfileError) -> Failure {
    let name = &error.profile;
    let shown = shown_profile(name);
    let incomplete = |cause: String| Failure::new(Code::ProfileIncomplete, cause);
    let set = |option: &str, value: &str, note: &str| {
        let command = Command::new("aws configure set").arg(option).arg(value).arg("--profile");
        Fix::template(command.arg(profile_word(name)), note)
    };
    match &error.problem {
        ProfileProblem::Missing { has, missing } if *has == "role_arn" => {
            incomplete(format!("{shown} has {has}, but no {}", missing.first().copied().unwrap_or_default()))
                .looked_at(format!("expected one of: {}", missing.join(", ")))
                .fix(set("source_profile", "SOURCE", "SOURCE: a profile whose credentials may assume the role"))
        }
        ProfileProblem::Missing { has, missing } if has.starts_with("AWS_") => {
            incomplete(format!("{has} is set, but {} is not", missing.join(", ")))
        }
        ProfileProblem::Missing { has, missing } => {
            let failure = incomplete(format!("{shown} has {has}, but no {}", missing.join(" and no ")));
            if has.starts_with("sso_") {
                failure.fix(with_profile("aws configure sso", name))
            } else if missing.contains(&"role_arn") {
                failure.fix(set("role_arn", "ROLE_ARN", "ROLE_ARN: the role that the token is for"))
            } else {
                failure.fix(with_profile("aws configure", name))
            }
        }
        ProfileProblem::TwoSources => incomplete(format!("{shown} has both source_profile and credential_source"))
            .fix(Fix::words("remove source_profile or credential_source from the profile")),
        ProfileProblem::NoSuchSource(source) => {
            incomplete(format!("source_profile {} of {shown} does not exist", quoted(source)))
        }
        ProfileProblem::EmptySource(source) => {
            incomplete(format!("source_profile {} of {shown} has no credentials", quoted(source)))
        }
        ProfileProblem::Loop(way) => {
            Failure::new(Code::ProfileLoop, format!("source_profile cycle: {}", joined(way, " -> ")))
                .fix(Fix::words("point one source_profile at a profile that has credentials"))
        }
        ProfileProblem::NoSuchCredentialSource(value) => {
            incomplete(format!("invalid credential_source in {shown}: {}", quoted(value)))
                .looked_at("valid values: Environment, Ec2InstanceMetadata, EcsContainer")
        }
        ProfileProblem::NoSuchSsoSession(session) => {
            incomplete(format!("sso_session {} of {shown} does not exist", quoted(session)))
                .looked_at(format!("no [sso-session {}] section", public(session)))
                .fix(Fix::command(Command::new("aws configure sso-session")))
        }
        ProfileProblem::IncompleteSsoSession { session, missing } => {
            incomplete(format!("sso-session {} ({shown}) has no {}", quoted(session), missing.join(" and no ")))
                .fix(Fix::command(Command::new("aws configure sso-session")))
        }
        ProfileProblem::SsoMismatch { session, option } => incomplete(format!(
            "{shown} and sso-session {} have different values for {}",
            quoted(session),
            public(option)
        ))
        .fix(Fix::words(format!("remove {} from the profile", public(option)))),
        ProfileProblem::Unusable { in_credentials_file, tokens, problem } => {
            let file = if *in_credentials_file { "the credentials file" } else { "the config file" };
            unusable(&Source::Keys { profile: name.clone(), file: file.to_owned() }, tokens, *problem)
        }
    }
}
