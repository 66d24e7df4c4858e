//! git's whole configuration here, each entry with its scope and origin.
//!
//! One listing answers all queries: git 2.39 does not report the scope for `--get-urlmatch`. The scope matters, since a
//! repository's own configuration comes with the repository and must not decide for others.

use super::url_match::{Match, specificity};
use super::{applies, remotes, runner};
use crate::machine::world::World;
use codecommit::quote::Quote;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The scope of an entry (git-config(1), "SCOPES"), the widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// System-wide, including the defaults of a git distribution.
    System,
    /// The user's.
    Global,
    /// The repository's, and any scope that git does not report.
    Local,
    /// The work tree's.
    Worktree,
    /// The command's: `git -c`, `GIT_CONFIG_COUNT`.
    Command,
}

impl Scope {
    fn named(word: &str) -> Self {
        match word {
            // Apple's git reads one more file before the system's.
            "system" | "xcode" => Self::System,
            "global" => Self::Global,
            "worktree" => Self::Worktree,
            "command" => Self::Command,
            _ => Self::Local,
        }
    }

    /// Whether the repository sets it, which may be someone else's work.
    pub(crate) fn is_the_repositorys(self) -> bool {
        matches!(self, Self::Local | Self::Worktree)
    }
}

/// One entry of git's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The scope of the entry.
    pub scope: Scope,
    /// The file, as shown in messages.
    pub origin: String,
    /// Section and name in lower case, as `git config --list` prints them.
    pub key: String,
    /// The value; empty for an entry without `=`, which git reads as true.
    pub value: String,
    /// Whether the entry has no `=`.
    pub bare: bool,
}

impl Setting {
    /// A value that comes from no file.
    #[cfg(test)]
    pub(crate) fn given(value: &str) -> Self {
        let (origin, key) = ("given".to_owned(), String::new());
        Self { scope: Scope::Command, origin, key, value: value.to_owned(), bare: false }
    }

    /// The option with which `git config` changes the entry's file; `None` for settings of the command line.
    pub(crate) fn option(&self, world: &World) -> Option<Vec<String>> {
        let is = |shown: String| self.origin == shown;
        let global = world
            .environment
            .non_empty("GIT_CONFIG_GLOBAL")
            .map_or("~/.gitconfig".into(), |path| world.abbreviate(Path::new(path)));
        let is_of_repository =
            |name: &str| self.origin == format!(".git/{name}") || self.origin.ends_with(&format!("/.git/{name}"));
        let option = match self.scope {
            Scope::Command => return None,
            Scope::Global if is(global) => "--global",
            Scope::Local if is_of_repository("config") => "--local",
            Scope::Worktree if self.origin.ends_with("config.worktree") => "--worktree",
            _ => return Some(vec!["--file".to_owned(), world.expand(&self.origin).display().to_string()]),
        };
        Some(vec![option.to_owned()])
    }

    /// The path that the entry names (git-config(1), "pathname"): `~user/` and `%(prefix)/` are expanded, and an
    /// `:(optional)` file that does not exist is `None`: git 2.52 and later take it as unset. Asks git, since only git knows
    /// its prefix. The value itself is expanded: with `--default` no other entry of the key comes in between.
    pub(crate) fn path(&self, world: &World) -> Option<PathBuf> {
        if !self.value.starts_with(['~', '%', ':']) {
            return Some(PathBuf::from(&self.value));
        }
        let default = format!("--default={}", self.value);
        match runner::answer(&["config", "--type=path", &default, "-z", "--get", "codecommit.unset"]) {
            Some(path) => path.strip_suffix('\0').map(PathBuf::from),
            None if self.value.starts_with(":(optional)") => None,
            // git before 2.18 has no --default, and an unknown user is an error.
            None => Some(world.expand(&self.value)),
        }
    }

    /// Whether git reads the entry as true (git-config(1), "Values"): a key without a value is true.
    pub(crate) fn is_true(&self) -> bool {
        self.bare || super::boolean(&self.value) == Some(true)
    }
}

/// The whole configuration that git reads here, in its order; git's error message if it fails.
pub(crate) fn read(world: &World) -> Result<Vec<Setting>, NotRead> {
    let listed = runner::run(&["config", "--list", "--show-origin", "--show-scope", "-z"]);
    match listed.map_err(NotRead::NoGit)? {
        runner::Ended::Well(output) => Ok(parse(&output, true, world)),
        // git before 2.26 has no --show-scope. Any other failure occurs again without that option.
        runner::Ended::Badly(_) => read_without_scopes(world),
    }
}

/// What git reads everywhere: without a repository, and without files that are included under a condition which only some
/// repositories fulfill (`includeIf.gitdir:`, `onbranch:`, `hasconfig:`).
pub(crate) fn read_outside_of_repositories(world: &World) -> Result<Vec<Setting>, NotRead> {
    let arguments = ["config", "--list", "--show-origin", "--show-scope", "-z"];
    // git takes the directory for that of a repository, and goes on if there is none (git 2.39.5 and 2.47.3).
    match runner::run_with(&arguments, &[("GIT_DIR", "/nonexistent")]).map_err(NotRead::NoGit)? {
        runner::Ended::Well(output) => Ok(parse(&output, true, world)),
        runner::Ended::Badly(words) => Err(NotRead::Refused(words)),
    }
}

/// git's configuration here, read for the first query and shared by all clones. Empty if git cannot be run.
#[derive(Debug, Default, Clone)]
pub(crate) struct Listing(Arc<OnceLock<Vec<Setting>>>);

impl Listing {
    /// A listing that is already read.
    pub(crate) fn of(settings: Vec<Setting>) -> Self {
        Self(Arc::new(OnceLock::from(settings)))
    }

    /// Every entry, in git's order.
    pub(crate) fn settings(&self, world: &World) -> &[Setting] {
        self.0.get_or_init(|| read(world).unwrap_or_default())
    }
}

/// Why the configuration could not be read.
#[derive(Debug)]
pub(crate) enum NotRead {
    /// git is not installed, or timed out.
    NoGit(runner::NoGit),
    /// git failed; its error message.
    Refused(Quote),
}

/// Finds the scope by the listing that contains the same file; a file in neither is the repository's.
fn read_without_scopes(world: &World) -> Result<Vec<Setting>, NotRead> {
    let list = |scope: &[&str]| runner::run(&[&["config"], scope, &["--list", "--show-origin", "-z"]].concat());
    let mut settings = match list(&[]).map_err(NotRead::NoGit)? {
        runner::Ended::Well(output) => parse(&output, false, world),
        runner::Ended::Badly(words) => return Err(NotRead::Refused(words)),
    };
    for (option, scope) in [("--system", Scope::System), ("--global", Scope::Global)] {
        let Ok(runner::Ended::Well(output)) = list(&[option, "--includes"]) else { continue };
        let files: Vec<String> = parse(&output, false, world).into_iter().map(|setting| setting.origin).collect();
        for setting in settings.iter_mut().filter(|setting| files.contains(&setting.origin)) {
            setting.scope = scope;
        }
    }
    Ok(settings)
}

/// The entries of one file; empty if the file does not exist.
pub(crate) fn read_file(file: &Path, world: &World) -> Vec<Setting> {
    let Some(file) = file.to_str() else { return Vec::new() };
    let output = runner::answer(&["config", "--file", file, "--list", "--show-origin", "-z"]);
    parse(&output.unwrap_or_default(), false, world)
}

/// The entries of one file and of the files that it includes here; empty if it does not exist.
pub(crate) fn read_included(file: &Path, world: &World) -> Vec<Setting> {
    let Some(file) = file.to_str() else { return Vec::new() };
    let output = runner::answer(&["config", "--file", file, "--includes", "--list", "--show-origin", "-z"]);
    parse(&output.unwrap_or_default(), false, world)
}

/// Parses `[scope NUL] origin NUL key LF value NUL` (git-config(1), `--null` with `--show-origin`).
pub(crate) fn parse(output: &str, with_scope: bool, world: &World) -> Vec<Setting> {
    let mut fields = output.split('\0');
    let mut settings = Vec::new();
    loop {
        let scope = if with_scope { fields.next() } else { Some("") };
        let (Some(scope), Some(origin), Some(entry)) = (scope, fields.next(), fields.next()) else { break };
        let (key, value, bare) = match entry.split_once('\n') {
            Some((key, value)) => (key, value, false),
            None => (entry, "", true),
        };
        let scope = if origin == COMMAND_LINE { Scope::Command } else { Scope::named(scope) };
        settings.push(Setting {
            scope,
            origin: shown(origin, world),
            key: key.to_owned(),
            value: value.to_owned(),
            bare,
        });
    }
    settings
}

/// git's origin for settings of the command line.
const COMMAND_LINE: &str = "command line:";

/// An origin for messages: `file:/home/u/.gitconfig`, `command line:`, `standard input:`.
fn shown(origin: &str, world: &World) -> String {
    match origin.split_once(':') {
        Some(("file", path)) => world.abbreviate(Path::new(path)),
        Some((kind, "")) => kind.to_owned(),
        _ => origin.to_owned(),
    }
}

/// The `http.*` settings that git would use for one URL.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct HttpSettings {
    /// `http.proxy`, or `remote.<name>.proxy` of the remote with this URL; an empty value means no proxy.
    pub proxy: Option<Setting>,
    /// `http.proxyAuthMethod`
    pub proxy_auth_method: Option<Setting>,
    /// `http.proxySSLCAInfo`, unexpanded.
    pub proxy_ssl_ca_info: Option<Setting>,
    /// `http.curloptResolve`, all that count.
    pub resolve: Vec<String>,
    /// `http.sslCAInfo`, unexpanded, unless git ignores it.
    pub ssl_ca_info: Option<Setting>,
    /// `http.sslCAPath`, unexpanded.
    pub ssl_ca_path: Option<Setting>,
    /// Whether git ignores `http.sslCAInfo` and `GIT_SSL_CAINFO`: Windows decides what is trusted (git 2.47.3 `http.c`,
    /// `get_curl_handle`).
    pub trusts_as_windows: bool,
    /// Whether `http.maxRetries` (git 2.54 and later) is set.
    pub max_retries: bool,
    /// Whether `http.proactiveAuth` (git 2.46 and later) is set to a scheme.
    pub proactive_auth: bool,
}

impl HttpSettings {
    /// The settings that apply to `url`. The most specific section takes precedence, of equally specific ones the last
    /// (git 2.47.3 `urlmatch.c`, `urlmatch_config_entry`, as `http.c` uses it).
    pub(crate) fn of<'s>(settings: &(impl Iterator<Item = &'s Setting> + Clone), url: &str) -> Self {
        let best = |name: &str| best_of(settings.clone(), name, url).cloned();
        let of_remote = |name: &str| remotes::setting(settings, name, url).cloned();
        let trusts_as_windows = best("sslbackend").is_some_and(|setting| setting.value == "schannel")
            && !best("schannelusesslcainfo").is_some_and(|setting| setting.is_true());
        Self {
            // git 2.47.3 `http.c`, `http_init`.
            proxy: of_remote("proxy").or_else(|| best("proxy")),
            proxy_auth_method: of_remote("proxyauthmethod").or_else(|| best("proxyauthmethod")),
            proxy_ssl_ca_info: best("proxysslcainfo"),
            resolve: all_of(settings.clone(), "curloptresolve", url),
            ssl_ca_info: best("sslcainfo").filter(|_| !trusts_as_windows),
            ssl_ca_path: best("sslcapath"),
            trusts_as_windows,
            max_retries: best("maxretries").is_some(),
            proactive_auth: best("proactiveauth").is_some_and(|setting| !matches!(&*setting.value, "none" | "")),
        }
    }
}

/// The entry of `http.<name>` that takes effect for the URL.
pub(crate) fn best_of<'s>(settings: impl Iterator<Item = &'s Setting>, name: &str, url: &str) -> Option<&'s Setting> {
    let mut best: Option<(Match, &Setting)> = None;
    for setting in settings {
        let Some(found) = http_match(&setting.key, name, url) else { continue };
        if best.as_ref().is_none_or(|(known, _)| found >= *known) {
            best = Some((found, setting));
        }
    }
    best.map(|(_, setting)| setting)
}

/// The values of `http.<name>` that count together: git reads each entry that is as specific as those before it, and an
/// empty value clears the list (git 2.47.3 `http.c`, `http_options`).
fn all_of<'s>(settings: impl Iterator<Item = &'s Setting>, name: &str, url: &str) -> Vec<String> {
    let (mut best, mut values) = (Match::default(), Vec::new());
    for setting in settings {
        let Some(found) = http_match(&setting.key, name, url).filter(|found| *found >= best) else { continue };
        best = found;
        if setting.value.is_empty() {
            values.clear();
        } else {
            values.push(setting.value.clone());
        }
    }
    values
}

/// How specifically `http.<name>` or `http.<pattern>.<name>` matches the URL; `None` for another key or another URL.
fn http_match(key: &str, name: &str, url: &str) -> Option<Match> {
    let rest = key.strip_prefix("http.")?;
    match rest.rsplit_once('.') {
        None => (rest == name).then(Match::default),
        Some((pattern, last)) if last == name => specificity(pattern, url),
        Some(_) => None,
    }
}

/// `credential.username` for the URL, which git sends if the URL has no user name: the last entry that applies (git
/// 2.47.3 `credential.c`, `credential_config_callback`).
pub(crate) fn configured_username<'s>(settings: &'s [Setting], url: &str) -> Option<&'s Setting> {
    settings.iter().rfind(|setting| applies(&setting.key, "credential", "username", url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";

    fn world() -> World {
        World {
            environment: [("", ""); 0].into_iter().collect(),
            home: Some("/home/u".into()),
            now: DateTime::UNIX_EPOCH,
        }
    }

    fn http(entries: &[(&str, &str)]) -> HttpSettings {
        let list: Vec<String> = entries.iter().map(|(key, value)| format!("file:x\0{key}\n{value}\0")).collect();
        HttpSettings::of(&parse(&list.concat(), false, &world()).iter(), URL)
    }

    #[test]
    fn the_list_of_git_is_read_with_scope_and_origin() {
        let output = "global\0file:/home/u/.gitconfig\0credential.helper\na\nb\0command\0command line:\0x.y\0";
        let read = parse(output, true, &world());
        let told: Vec<_> =
            read.iter().map(|s| (s.scope, s.origin.as_str(), s.key.as_str(), s.value.as_str(), s.bare)).collect();
        assert_eq!(
            told,
            [
                (Scope::Global, "~/.gitconfig", "credential.helper", "a\nb", false),
                (Scope::Command, "command line", "x.y", "", true)
            ]
        );
        let without = parse("file:a\0k\nv\0command line:\0k\nw\0", false, &world());
        assert_eq!((without[0].scope, without[1].scope), (Scope::Local, Scope::Command));
        assert!(parse("", true, &world()).is_empty());
    }

    #[test]
    fn the_most_specific_section_of_http_counts_and_of_equals_the_last() {
        let value = |entries: &[(&str, &str)]| http(entries).proxy.map(|setting| setting.value);
        let (own, general) = ("http.https://git-codecommit.eu-west-1.amazonaws.com.proxy", "http.proxy");
        assert_eq!(value(&[(own, "a"), (general, "b")]).as_deref(), Some("a"));
        assert_eq!(value(&[(general, "b"), (general, "c")]).as_deref(), Some("c"));
        assert_eq!(value(&[(general, "b"), (general, "")]).as_deref(), Some(""));
        assert_eq!(value(&[("http.https://github.com.proxy", "x")]), None);
        let deeper = format!("http.{URL}.proxy");
        assert_eq!(value(&[(&deeper, "d"), (own, "a")]).as_deref(), Some("d"));
    }

    #[test]
    fn the_file_of_authorities_counts_with_schannel_only_where_it_is_asked_for() {
        let counts = |entries: &[(&str, &str)]| {
            http(&[&[("http.sslcainfo", "/ca.pem")], entries].concat()).ssl_ca_info.is_some()
        };
        let schannel = ("http.sslbackend", "schannel");
        assert!(counts(&[]) && counts(&[("http.sslbackend", "openssl")]));
        assert!(!counts(&[schannel]));
        assert!(!counts(&[schannel, ("http.schannelusesslcainfo", "no")]));
        assert!(counts(&[schannel, ("http.schannelusesslcainfo", "yes")]));
        assert!(counts(&[schannel, ("http.sslbackend", "openssl")]), "the last one");
        assert!(!counts(&[(&format!("http.{URL}.sslbackend"), "schannel"), ("http.sslbackend", "openssl")]));
        // git compares in the case in which it is written.
        assert!(counts(&[("http.sslbackend", "Schannel")]));
    }

    #[test]
    fn proactive_authentication_that_is_switched_off_is_none() {
        assert!(http(&[("http.proactiveauth", "basic")]).proactive_auth);
        assert!(!http(&[("http.proactiveauth", "basic"), ("http.proactiveauth", "none")]).proactive_auth);
        assert!(http(&[("http.maxretries", "3")]).max_retries);
    }
}
