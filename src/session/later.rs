//! A helper that git would ask if this one did not answer first, and that signs with other credentials. Pure.
//!
//! A clone's own configuration is read after `~/.gitconfig`, so a helper in it comes after the one that `setup` has written,
//! and git takes the first answer (git 2.47.3 `credential.c`, `credential_fill`). `setup` sees that only if it runs in the
//! clone. Helpers that store passwords do not count: most configurations have one.

use crate::credentials::ProfileChoice;
use crate::git::{Helper, Options, Scope, Setting, effective, keeps_passwords, wraps_the_aws_cli};
use crate::machine::world::World;
use aws_files::profiles::Profiles;

/// The helper that would sign.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Later {
    /// The helper.
    pub(crate) helper: Helper,
    /// Its credentials.
    pub(crate) signs_with: SignsWith,
    /// Whether git reads the configuration of a repository here.
    pub(crate) in_repository: bool,
}

/// The credentials of a helper, as far as its value says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignsWith {
    /// A profile of the shared files.
    Profile(String),
    /// Those that the AWS CLI finds if no profile exists: keys in the environment, the machine's role.
    NoProfile,
    /// It runs the AWS CLI's helper, with credentials that it selects: `aws-vault exec work -- aws codecommit …`.
    Wrapped,
    /// The program is not known.
    Unknown,
}

/// How this helper was called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Called<'a> {
    /// The options of its entry in git's configuration.
    pub(crate) options: &'a Options,
    /// The profile that signs.
    pub(crate) choice: &'a ProfileChoice,
    /// The shared files.
    pub(crate) profiles: &'a Profiles,
}

impl Later {
    /// The first helper after this one that does not only store passwords, if it signs with other credentials.
    #[must_use]
    pub(crate) fn find(settings: &[Setting], url: &str, called: Called<'_>, world: &World) -> Option<Self> {
        let asked = effective(settings, url);
        let is_this = |helper: &Helper| Options::of_ours(&helper.value).as_ref() == Some(called.options);
        // The shell has expanded what is expanded in the value.
        let this = asked.iter().position(is_this).or_else(|| asked.iter().position(Helper::is_ours))?;
        let in_repository = settings.iter().any(|setting| setting.scope == Scope::Local);
        let signs_with = |helper: Helper| match called.of_helper(&helper, world) {
            Signs::Alike => Some(None),
            Signs::Never => None,
            Signs::With(signs_with) => Some(Some(Self { helper, signs_with, in_repository })),
        };
        asked.into_iter().skip(this + 1).find_map(signs_with).flatten()
    }
}

/// Whether a helper would sign.
enum Signs {
    /// It stores passwords, or has a profile that does not exist.
    Never,
    /// With the credentials of this one.
    Alike,
    With(SignsWith),
}

impl Called<'_> {
    fn of_helper(self, helper: &Helper, world: &World) -> Signs {
        let value = &helper.value;
        let Some(options) = Options::of_ours(value).or_else(|| Options::of_the_aws_cli(value)) else {
            return match (keeps_passwords(value), wraps_the_aws_cli(value)) {
                (true, _) => Signs::Never,
                (false, true) => Signs::With(SignsWith::Wrapped),
                (false, false) => Signs::With(SignsWith::Unknown),
            };
        };
        let expand = |profile: String| if options.is_expanded { world.expand_variables(&profile) } else { profile };
        let expanded = options.profile.map(expand);
        if options.is_expanded && expanded.as_ref().is_some_and(|profile| profile.contains('$')) {
            return Signs::With(SignsWith::Unknown);
        }
        let choice = match (ProfileChoice::of(expanded.as_deref(), &world.environment), self.choice) {
            (ProfileChoice::Flag(name), _) => ProfileChoice::Flag(name),
            // This program reads the user name, the AWS CLI does not.
            (_, ProfileChoice::Username(name)) if helper.is_ours() => ProfileChoice::Username(name.clone()),
            (choice, _) => choice,
        };
        let keys_in_environment = world.environment.non_empty("AWS_ACCESS_KEY_ID").is_some();
        // Keys in the environment sign unless the profile was selected for the call.
        let is_alike = choice.name() == self.choice.name()
            && (!keys_in_environment || choice.is_explicit() == self.choice.is_explicit());
        match choice {
            _ if is_alike => Signs::Alike,
            ProfileChoice::Flag(_) | ProfileChoice::Username(_) if !self.profiles.contains(choice.name()) => {
                Signs::Never
            }
            ProfileChoice::Default | ProfileChoice::Variable(..) if keys_in_environment => {
                Signs::With(SignsWith::NoProfile)
            }
            ProfileChoice::Default if !self.profiles.contains(choice.name()) => Signs::With(SignsWith::NoProfile),
            choice => Signs::With(SignsWith::Profile(choice.name().to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";
    const FAMILY: &str = "credential.https://git-codecommit.*.amazonaws.com.helper";

    fn setting(scope: Scope, key: &str, value: &str) -> Setting {
        let (origin, key, value) = (format!("{scope:?}"), key.to_owned(), value.to_owned());
        Setting { scope, origin, key, value, bare: false }
    }

    /// What the helper `later` in a clone would sign with, if `ours` is in the user's file.
    fn found(ours: &str, later: &[&str], environment: &[(&str, &str)]) -> Option<SignsWith> {
        let mut settings = vec![setting(Scope::Global, FAMILY, ""), setting(Scope::Global, FAMILY, ours)];
        settings.extend(later.iter().map(|value| setting(Scope::Local, "credential.helper", value)));
        let world = World { environment: environment.iter().copied().collect(), home: None, now: DateTime::UNIX_EPOCH };
        let profiles = Profiles::of_bytes(b"[default]\n[profile work]\n[profile home]\n", b"").expect("a file");
        let options = Options::of_ours(ours).expect("ours");
        let choice = ProfileChoice::of(options.profile.as_deref(), &world.environment);
        let called = Called { options: &options, choice: &choice, profiles: &profiles };
        Later::find(&settings, URL, called, &world).map(|later| later.signs_with)
    }

    #[test]
    fn a_helper_that_would_sign_with_other_credentials_is_found() {
        let profile = |name: &str| Some(SignsWith::Profile(name.to_owned()));
        let work = "!aws --profile work codecommit credential-helper $@";
        let plain = "!aws codecommit credential-helper $@";
        let keys = [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")];
        for (ours, later, environment, expected) in [
            ("codecommit", &[work][..], &[][..], profile("work")),
            ("codecommit --profile work", &[work], &[], None),
            ("codecommit --profile work", &[plain], &[], profile("default")),
            ("codecommit", &[plain], &[], None),
            ("codecommit", &["store", "cache --timeout 9", work], &[], profile("work")),
            ("codecommit", &["codecommit --profile home", work], &[], profile("home")),
            // The first that signs would be the one.
            ("codecommit", &[plain, work], &[], None),
            (
                "codecommit",
                &["!aws-vault exec work -- aws codecommit credential-helper $@"],
                &[],
                Some(SignsWith::Wrapped),
            ),
            ("codecommit", &["!some-script"], &[], Some(SignsWith::Unknown)),
            (
                "codecommit",
                &["!aws --profile \"$W\" codecommit credential-helper $@"],
                &[("W", "work")],
                profile("work"),
            ),
            ("codecommit", &["!aws --profile \"$W\" codecommit credential-helper $@"], &[], Some(SignsWith::Unknown)),
            (
                "codecommit --profile work",
                &["!aws --profile $W codecommit credential-helper $@"],
                &[("W", "work")],
                None,
            ),
            // The AWS CLI fails there, and signs nothing.
            ("codecommit", &["!aws --profile gone codecommit credential-helper $@"], &[], None),
            ("codecommit", &["!aws --profile gone codecommit credential-helper $@", work], &[], profile("work")),
            ("codecommit", &[plain], &[("AWS_PROFILE", "work")], None),
            ("codecommit --profile home", &[plain], &[("AWS_PROFILE", "work")], profile("work")),
            ("codecommit", &[work], &[("AWS_PROFILE", "work")], None),
            // botocore prefers keys in the environment to AWS_PROFILE, and `--profile` to both.
            ("codecommit", &[work], &[("AWS_PROFILE", "work"), keys[0]], profile("work")),
            ("codecommit", &[plain], &keys, None),
            ("codecommit --profile work", &[plain], &keys, Some(SignsWith::NoProfile)),
            ("codecommit", &[], &[], None),
        ] {
            assert_eq!(found(ours, later, environment), expected, "{ours}, {later:?}, {environment:?}");
        }
    }

    #[test]
    fn only_what_git_would_ask_after_this_one_is_found() {
        let world = World { environment: [("", ""); 0].into_iter().collect(), home: None, now: DateTime::UNIX_EPOCH };
        let profiles = Profiles::of_bytes(b"[profile work]\n[profile home]\n", b"").expect("a file");
        let find = |entries: &[(Scope, &str, &str)], profile: &str| {
            let settings: Vec<_> = entries.iter().map(|(scope, key, value)| setting(*scope, key, value)).collect();
            let options = Options::profile(profile);
            let choice = ProfileChoice::Flag(profile.to_owned());
            let called = Called { options: &options, choice: &choice, profiles: &profiles };
            Later::find(&settings, URL, called, &world).map(|later| (later.helper.value, later.in_repository))
        };
        let ours = (Scope::Global, FAMILY, "codecommit --profile work");
        let other = (Scope::Local, "credential.helper", "codecommit --profile home");
        let told = |value: &str, in_repository| Some((value.to_owned(), in_repository));
        assert_eq!(find(&[ours, other], "work"), told("codecommit --profile home", true));
        // The second one was asked, since the first gave no answer.
        assert_eq!(find(&[ours, other], "home"), None);
        assert_eq!(find(&[(Scope::System, "credential.helper", "!x"), ours], "work"), None);
        assert_eq!(find(&[ours, (Scope::Global, "credential.https://github.com.helper", "!x")], "work"), None);
        assert_eq!(
            find(&[(Scope::Global, "credential.helper", "!x"), (Scope::Global, FAMILY, ""), ours], "work"),
            None
        );
        assert_eq!(find(&[ours, (Scope::Command, "credential.helper", "!x")], "work"), told("!x", false));
        // Another program that starts this one.
        assert_eq!(find(&[other], "elsewhere"), None);
        assert_eq!(find(&[(Scope::Local, "credential.helper", "!wrapper")], "work"), None);
    }
}
