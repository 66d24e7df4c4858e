//! Which helper signs for a URL, before a change of the configuration and after it. Pure.
//!
//! Everyone who can sign counts: this program, the AWS CLI's helper, and a program that runs the AWS CLI's helper. Helpers
//! that store passwords do not sign. Of those that git would ask, the first that signs is the one: git takes the first
//! answer (git 2.47.3 `credential.c`, `credential_fill`).

use super::entries::{Entry, values};
use super::plan::{Edit, Target, helper_key, pattern_of, sample, simulate, specificity};
use crate::git::settings::configured_username;
use crate::git::{Helper, Options, Scope, Setting, Wrapped, effective, matches, wraps_the_aws_cli};
use codecommit::keys::is_git_credential;
use codecommit::secret::quoted;

/// A helper that signs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Signer {
    /// This program or the AWS CLI's helper; with equal options, they sign with the same credentials.
    Options(Options),
    /// A program that runs the AWS CLI's helper, with credentials that it selects: the value of `credential.helper`.
    Wrapper(String),
}

impl Signer {
    fn of(value: &str) -> Option<Self> {
        let known = Options::of_ours(value).or_else(|| Options::of_the_aws_cli(value));
        match known {
            // It selects hosts, not credentials.
            Some(options) => Some(Self::Options(Options { ignore_host_check: false, ..options })),
            None => wraps_the_aws_cli(value).then(|| Self::Wrapper(value.to_owned())),
        }
    }
}

/// Another helper signs for a URL after a change than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Displaced {
    /// A URL for which it is so.
    pub url: String,
    /// The helper that signs before the change, as shown in messages.
    pub before: String,
    /// Its options; `None` for a program that runs the AWS CLI's helper with credentials that it selects.
    pub options: Option<Options>,
    /// How credentials that such a program selects can be had without it.
    pub wrapped: Option<Wrapped>,
    /// Where it is configured.
    pub scope: Scope,
    /// The helper that signs after the change, as shown in messages; `None` if none does.
    pub after: Option<String>,
}

/// The helper that signs for the URL, and how. This program, and not the AWS CLI, takes the profile that `credential.username`
/// names, and leaves the user name of an IAM Git credential to the next helper.
fn signing(settings: &[Setting], url: &str, profiles: &[String]) -> Option<(Helper, Signer)> {
    let username = configured_username(settings, url).map(|setting| setting.value.as_str());
    effective(settings, url).into_iter().find_map(|helper| {
        let signer = match Signer::of(&helper.value)? {
            Signer::Options(_) if helper.is_ours() && username.is_some_and(is_git_credential) => return None,
            Signer::Options(options) if helper.is_ours() && options.profile.is_none() => {
                let named = username.filter(|name| profiles.iter().any(|profile| profile == name));
                Signer::Options(Options { profile: named.map(str::to_owned), ..options })
            }
            signer => signer,
        };
        Some((helper, signer))
    })
}

/// The options of the helper that signs for the URL; `None` for a program that passes credentials of its own.
#[must_use]
pub(super) fn options(settings: &[Setting], url: &str) -> Option<Options> {
    match effective(settings, url).iter().find_map(|helper| Signer::of(&helper.value))? {
        Signer::Options(options) => Some(options),
        Signer::Wrapper(_) => None,
    }
}

/// The hosts that the file configures with the same options as the hosts around them, as an earlier run did: they get the same
/// profile. A host with a profile of its own keeps it.
#[must_use]
pub(super) fn with_the_same_options(file: &[Entry], targets: &[Target]) -> Vec<String> {
    let own = |pattern: &str| values(file, &helper_key(pattern)).iter().find_map(|value| Options::of_ours(value));
    let is_same = |pattern: &&str| {
        let around = targets.iter().find(|target| matches(&target.pattern, &sample(pattern)));
        own(pattern).is_some() && around.is_some_and(|target| own(&target.pattern) == own(pattern))
    };
    let patterns = file.iter().filter_map(|(key, _)| pattern_of(key));
    patterns.filter(|pattern| specificity(pattern) == 1).filter(is_same).map(str::to_owned).collect()
}

/// Whether a helper signs for the URL, and none once git's configuration is `after`.
#[must_use]
pub(super) fn is_lost(before: &[Setting], after: &[Setting], url: &str) -> bool {
    signing(before, url, &[]).is_some() && signing(after, url, &[]).is_none()
}

/// Where another helper signs once git's configuration is `after`, or none: for each such change of helper, the first of `urls`.
/// A URL for which nothing signs before is not counted. `profiles` are the names of the profiles.
#[must_use]
pub(super) fn displaced(before: &[Setting], after: &[Setting], urls: &[String], profiles: &[String]) -> Vec<Displaced> {
    let mut found: Vec<Displaced> = Vec::new();
    for url in urls {
        let Some((helper, signer)) = signing(before, url, profiles) else { continue };
        let next = signing(after, url, profiles);
        if next.as_ref().is_some_and(|(_, next)| *next == signer) {
            continue;
        }
        let displaced = Displaced {
            url: url.clone(),
            before: helper.shown(),
            wrapped: Wrapped::of(&helper.value),
            options: match signer {
                Signer::Options(options) => Some(options),
                Signer::Wrapper(_) => None,
            },
            scope: helper.scope,
            after: next.map(|(helper, next)| match next {
                Signer::Options(Options { profile: Some(profile), .. }) if !helper.value.contains("--profile") => {
                    format!("{} with the profile of credential.username, {}", helper.name(), quoted(&profile))
                }
                _ => helper.name(),
            }),
        };
        let is_known = found.iter().any(|known| known.before == displaced.before && known.after == displaced.after);
        if !is_known {
            found.push(displaced);
        }
    }
    found
}

/// Whether git asks the helper before any that signs for the URL.
#[must_use]
pub(super) fn is_asked_first(settings: &[Setting], helper: &Helper, url: &str) -> bool {
    let asked = effective(settings, url);
    let signs = asked.iter().position(|other| Signer::of(&other.value).is_some()).unwrap_or(asked.len());
    asked[..signs].iter().any(|other| other.value == helper.value)
}

/// How the URLs are signed for, without repetitions; `None` for one that no helper, or a program that this one does not know,
/// signs for.
#[must_use]
pub(super) fn profiles_in_use(settings: &[Setting], urls: &[String], profiles: &[String]) -> Vec<Option<Options>> {
    let mut found: Vec<Option<Options>> = Vec::new();
    for url in urls {
        let options = signing(settings, url, profiles).and_then(|(_, signer)| match signer {
            Signer::Options(options) => Some(options),
            Signer::Wrapper(_) => None,
        });
        if !found.contains(&options) {
            found.push(options);
        }
    }
    found
}

/// The helpers that sign for nothing and that git asks for one of `urls`, and no longer once its configuration is `after`: they
/// store passwords. A repository's own are not among them.
#[must_use]
pub(super) fn asked_no_more(before: &[Setting], after: &[Setting], urls: &[String]) -> Vec<Helper> {
    let mut found: Vec<Helper> = Vec::new();
    for url in urls {
        let then = effective(after, url);
        let is_asked = |helper: &Helper| then.iter().any(|other| other.value == helper.value);
        let others = effective(before, url).into_iter().filter(|helper| {
            !helper.scope.is_the_repositorys() && Signer::of(&helper.value).is_none() && !is_asked(helper)
        });
        for helper in others {
            if !found.contains(&helper) {
                found.push(helper);
            }
        }
    }
    found
}

/// The URL patterns of helpers that are configured for hosts of the targets, the least specific first.
#[must_use]
pub(super) fn patterns(settings: &[Setting], targets: &[Target]) -> Vec<String> {
    let of_helpers =
        settings.iter().filter_map(|setting| pattern_of(&setting.key)).filter(|pattern| !pattern.is_empty());
    let is_covered = |pattern: &&str| targets.iter().any(|target| matches(&target.pattern, &sample(pattern)));
    let mut patterns: Vec<String> = of_helpers.filter(is_covered).map(str::to_owned).collect();
    patterns.sort_by_key(|pattern| specificity(pattern));
    patterns.dedup();
    patterns
}

/// git's whole configuration once the edits are made in the file of `scope` whose entries are shown with `origin`; `None`
/// for a file that does not exist yet. Included files keep their place.
#[must_use]
pub(super) fn after(all: &[Setting], scope: Scope, origin: Option<&str>, edits: &[Edit]) -> Vec<Setting> {
    let is_own = |setting: &&Setting| Some(setting.origin.as_str()) == origin;
    let of_scope: Vec<&Setting> = all.iter().filter(|setting| setting.scope == scope).collect();
    // What is set in an included file is not edited: no key starts with NUL.
    let entry = |(at, setting): (usize, &&Setting)| {
        if is_own(setting) { (setting.key.clone(), setting.value.clone()) } else { (format!("\0{at}"), String::new()) }
    };
    let block: Vec<Entry> = of_scope.iter().enumerate().map(entry).collect();
    let own = |key, value| Setting { scope, origin: origin.unwrap_or_default().to_owned(), key, value, bare: false };
    let included = |(key, value): Entry| match key.strip_prefix('\0').and_then(|at| at.parse::<usize>().ok()) {
        Some(at) => of_scope.get(at).map_or_else(|| own(key, value), |setting| (*setting).clone()),
        None => own(key, value),
    };
    let wider = all.iter().filter(|setting| setting.scope < scope).cloned();
    let narrower = all.iter().filter(|setting| setting.scope > scope).cloned();
    wider.chain(simulate(&block, edits).into_iter().map(included)).chain(narrower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";
    const FAMILY: &str = "credential.https://git-codecommit.*.amazonaws.com.helper";

    fn setting(scope: Scope, origin: &str, key: &str, value: &str) -> Setting {
        let (origin, key, value) = (origin.to_owned(), key.to_owned(), value.to_owned());
        Setting { scope, origin, key, value, bare: false }
    }

    fn edit(key: &str, after: &[&str]) -> Edit {
        let after = after.iter().map(|value| (*value).to_owned()).collect();
        Edit { key: key.to_owned(), before: Vec::new(), after, anew: false }
    }

    #[test]
    fn a_new_section_comes_after_what_the_file_includes_and_before_the_repositorys() {
        let all = [
            setting(Scope::System, "/etc/gitconfig", "credential.helper", "store"),
            setting(Scope::Global, "~/.gitconfig", "include.path", "~/.more"),
            setting(Scope::Global, "~/.more", FAMILY, "codecommit --profile work"),
            setting(Scope::Local, ".git/config", "credential.helper", "cache"),
        ];
        let after = after(&all, Scope::Global, Some("~/.gitconfig"), &[edit(FAMILY, &["", "codecommit"])]);
        let values: Vec<&str> = after.iter().map(|setting| setting.value.as_str()).collect();
        assert_eq!(values, ["store", "~/.more", "codecommit --profile work", "", "codecommit", "cache"]);
    }

    #[test]
    fn a_user_name_chooses_the_profile_of_this_program_alone() {
        let name = |name: &str| setting(Scope::Global, "~/.gitconfig", "credential.username", name);
        let helper = |value: &str| setting(Scope::Global, "~/.gitconfig", "credential.helper", value);
        let (aws, ours) = ("!aws codecommit credential-helper $@", "codecommit");
        for (before, after, username, is_displaced) in [
            (aws, ours, "work", true),
            (aws, "codecommit --profile default", "work", true),
            ("!aws --profile work codecommit credential-helper $@", ours, "work", false),
            (ours, "codecommit --profile work", "work", false),
            (aws, ours, "alice", false),
            (aws, ours, "alice-at-111122223333", true),
        ] {
            let [before, after] = [before, after].map(|value| [helper(value), name(username)]);
            let found = displaced(&before, &after, &[URL.to_owned()], &["work".to_owned()]);
            assert_eq!(!found.is_empty(), is_displaced, "{before:?} {after:?}");
        }
    }

    #[test]
    fn another_profile_is_another_signer_and_the_same_profile_is_not() {
        for (value, next, is_displaced) in [
            ("codecommit --profile work", "codecommit", true),
            ("!aws --profile work codecommit credential-helper $@", "codecommit --profile work", false),
            ("!aws codecommit credential-helper --ignore-host-check $@", "codecommit", false),
            ("!aws-vault exec work -- aws codecommit credential-helper $@", "codecommit", true),
            ("!f() { AWS_PROFILE=x aws codecommit credential-helper $@; }; f", "codecommit", true),
            ("store", "codecommit", false),
            ("!aws codecommit --profile \"$P\" credential-helper $@", "codecommit --profile \"${P}\"", true),
        ] {
            let before = [setting(Scope::Global, "~/.gitconfig", "credential.helper", value)];
            let after = ["", next].map(|value| setting(Scope::Global, "~/.gitconfig", FAMILY, value));
            assert_eq!(!displaced(&before, &after, &[URL.to_owned()], &[]).is_empty(), is_displaced, "{value}");
            assert!(value == "store" || !displaced(&before, &[], &[URL.to_owned()], &[]).is_empty(), "{value}");
        }
    }
}
