//! Where the URL that git uses is configured, and what has to be changed to use another one. Pure.
//!
//! git applies `url.<base>.insteadOf` to a URL (git-config(1); git 2.47.3 `remote.c`, `alias_url`). If that makes the
//! URL wrong, another URL for the remote or on the command line would be rewritten as well.

use super::settings::{Scope, Setting};
use super::subsection;

/// A URL as configured, and how git rewrites it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The URL before rewriting.
    pub configured: String,
    /// Where it is configured.
    pub at: At,
    /// The entry that rewrites it.
    pub rewriting: Option<Rewriting>,
}

/// Where a URL is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum At {
    /// On the command line.
    CommandLine,
    /// The URL of this remote, in the repository's own configuration.
    Remote(String),
    /// The push URL of this remote, in the repository's own configuration.
    PushUrl(String),
    /// A remote that is configured outside the repository.
    Elsewhere(Box<Setting>),
}

/// An entry `url.<base>.insteadOf` or `url.<base>.pushInsteadOf`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rewriting {
    /// The new start of a URL. It may contain a password.
    pub base: String,
    /// The start of a URL that is replaced.
    pub value: String,
    /// The whole entry.
    pub setting: Setting,
    /// Whether the same base also replaces other prefixes.
    pub has_others: bool,
}

impl Rewriting {
    /// The name of the variable, as git-config(1) writes it.
    pub(crate) fn variable(&self) -> &'static str {
        if self.setting.key.ends_with(".pushinsteadof") { "pushInsteadOf" } else { "insteadOf" }
    }
}

/// The change that makes git use another URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Replace the URL with this one.
    Url(String),
    /// Replace the base of the rewriting with this one.
    Base(String),
    /// Remove the rewriting.
    NoRewriting,
}

impl Written {
    /// `url` after git's rewriting by `variable`, `insteadof` or `pushinsteadof`, and where it comes from.
    pub(crate) fn of(url: &str, at: At, variable: &str, settings: &[Setting]) -> (String, Self) {
        let (used, rewriting) = rewrite(url, settings, variable);
        (used, Self { configured: url.to_owned(), at, rewriting })
    }

    /// The remote's URL or push URL that git rewrites to `used`.
    pub(crate) fn of_remote(used: &str, settings: &[Setting]) -> Option<Self> {
        let plain = |url: &str| codecommit::attributes::bare_url(url).trim_end_matches('/').to_owned();
        let is_used = |setting: &Setting, push: bool| {
            let variables: &[&str] = if push { &["insteadof"] } else { &["insteadof", "pushinsteadof"] };
            let written =
                variables.iter().map(|variable| Self::of(&setting.value, at(setting, push), variable, settings));
            written.into_iter().find(|(url, _)| plain(url) == plain(used)).map(|(_, written)| written)
        };
        let of = |variable: &'static str, push: bool| {
            let named = settings.iter().filter(move |setting| subsection(&setting.key, "remote", variable).is_some());
            named.filter(|setting| !setting.value.is_empty()).find_map(move |setting| is_used(setting, push))
        };
        of("url", false).or_else(|| of("pushurl", true))
    }

    /// The change that makes git use `right`, a URL without user info.
    pub(crate) fn change(&self, right: &str, settings: &[Setting]) -> Change {
        let Some(Rewriting { base, value, .. }) = &self.rewriting else { return Change::Url(right.to_owned()) };
        let rest = &self.configured[value.len().min(self.configured.len())..];
        if let Some(right_rest) = right.strip_prefix(base.as_str()) {
            return Change::Url(format!("{value}{right_rest}"));
        }
        // The prefix is a valid URL by itself, and other URLs may start with it.
        if right.starts_with(value.as_str()) {
            return Change::NoRewriting;
        }
        match right.strip_suffix(rest).filter(|base| base.contains("://") || base.ends_with(':')) {
            Some(base) => Change::Base(base.to_owned()),
            None if rewrite(right, settings, "insteadof").1.is_none() => Change::Url(right.to_owned()),
            None => Change::NoRewriting,
        }
    }
}

/// Where a remote's setting is configured.
pub(crate) fn at(setting: &Setting, push: bool) -> At {
    let name = subsection(&setting.key, "remote", if push { "pushurl" } else { "url" }).unwrap_or_default().to_owned();
    match setting.scope {
        Scope::Local | Scope::Worktree if push => At::PushUrl(name),
        Scope::Local | Scope::Worktree => At::Remote(name),
        Scope::Command | Scope::Global | Scope::System => At::Elsewhere(Box::new(setting.clone())),
    }
}

/// `url` after git's rewriting: the longest prefix takes precedence, of equally long ones the first.
pub(crate) fn rewrite(url: &str, settings: &[Setting], variable: &str) -> (String, Option<Rewriting>) {
    let base_of = |setting: &Setting| subsection(&setting.key, "url", variable).map(str::to_owned);
    let mut best: Option<(String, &Setting)> = None;
    for setting in settings.iter().filter(|setting| !setting.value.is_empty() && url.starts_with(&setting.value)) {
        let Some(base) = base_of(setting) else { continue };
        if best.as_ref().is_none_or(|(_, known)| setting.value.len() > known.value.len()) {
            best = Some((base, setting));
        }
    }
    let Some((base, setting)) = best else { return (url.to_owned(), None) };
    let has_others = settings.iter().any(|other| other.key == setting.key && other.value != setting.value);
    let used = format!("{base}{}", &url[setting.value.len()..]);
    let value = setting.value.clone();
    (used, Some(Rewriting { base, value, setting: setting.clone(), has_others }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(entries: &[(&str, &str)]) -> Vec<Setting> {
        let entry = |&(key, value): &(&str, &str)| Setting {
            scope: Scope::Global,
            origin: "~/.gitconfig".into(),
            key: key.into(),
            value: value.into(),
            bare: false,
        };
        entries.iter().map(entry).collect()
    }

    #[test]
    fn what_has_to_be_changed_is_where_the_wrong_part_stands() {
        let right = "https://host/v1/repos/demo";
        let base = |base: &str| Change::Base(base.to_owned());
        let url = |url: &str| Change::Url(url.to_owned());
        for (key, value, configured, expected) in [
            ("url.https://a:b@host/.insteadof", "https://host/", right, Change::NoRewriting),
            ("url.https://a:b@host/v1/repos/.insteadof", "cc:", "cc:demo", base("https://host/v1/repos/")),
            ("url.http://host/.insteadof", "https://host/", right, Change::NoRewriting),
            ("url.http://host/v1/repos/.insteadof", "cc:", "cc:demo", base("https://host/v1/repos/")),
            // The part after the prefix is wrong.
            ("url.https://host/v1/repos/.insteadof", "cc:", "cc:demo.git", url("cc:demo")),
            ("url.http://host/.insteadof", "cc:", "cc:demo", base("https://host/v1/repos/")),
            // Both base and rest are wrong: the fix is a URL that is not rewritten.
            ("url.http://host/.insteadof", "cc:", "cc:demo.git", url(right)),
            ("url.http://host/.insteadof", "https://host/", "https://host/demo", Change::NoRewriting),
            ("url.https://elsewhere/.insteadof", "https://none/", right, url(right)),
        ] {
            let settings = settings(&[(key, value)]);
            let (_, written) = Written::of(configured, At::CommandLine, "insteadof", &settings);
            assert_eq!(written.change(right, &settings), expected, "{key} {value} {configured}");
        }
    }

    #[test]
    fn the_longest_prefix_counts_and_of_equals_the_first() {
        let all = settings(&[("url.a/.insteadof", "c"), ("url.b/.insteadof", "cc:"), ("url.c/.insteadof", "cc:")]);
        let (used, rewriting) = rewrite("cc:demo", &all, "insteadof");
        assert_eq!((used.as_str(), rewriting.map(|rewriting| rewriting.base).as_deref()), ("b/demo", Some("b/")));
        assert_eq!(rewrite("cc:demo", &all, "pushinsteadof"), ("cc:demo".to_owned(), None));
    }

    #[test]
    fn the_remote_that_git_uses_is_found_by_what_git_makes_of_its_url() {
        let mut all = settings(&[
            ("url.https://k:s@host/.insteadof", "cc:"),
            ("remote.origin.url", "cc:demo"),
            ("remote.aws.url", "https://host/other"),
            ("remote.aws.pushurl", "https://host/third"),
        ]);
        for setting in &mut all {
            setting.scope = Scope::Local;
        }
        for (used, expected) in [
            ("https://host/demo", Some(At::Remote("origin".into()))),
            ("https://host/other/", Some(At::Remote("aws".into()))),
            ("https://host/third", Some(At::PushUrl("aws".into()))),
            ("https://host/fourth", None),
        ] {
            assert_eq!(Written::of_remote(used, &all).map(|written| written.at), expected, "{used}");
        }
    }
}
