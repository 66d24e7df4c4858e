//! What is asked of helpers: all of them together, as git would, and each one that stands before ours alone. At once,
//! since each may take a while. What a repository's own configuration would start is not asked.

use super::fill::{Fill, Sent};
use super::judge::Earlier;
use crate::git::fill::Question;
use crate::git::{Helper, Setting};
use crate::machine::world::World;
use codecommit::attributes::{Url, bare_url};
use codecommit::keys::is_git_credential;
use std::thread::{self, JoinHandle};

/// How many helpers are asked alone.
const MOST: usize = 4;

/// What git's configuration and the URL give rise to.
pub(super) struct Asked {
    /// Every helper that git would ask, in its order.
    pub helpers: Vec<Helper>,
    /// Whether helpers are told the path.
    pub use_http_path: bool,
    /// The user name that is configured for the URL.
    pub username: Option<String>,
    /// Whether curl takes its authorization from elsewhere, whatever a helper says.
    pub by_curl: bool,
    /// A user name in the URL, without a password: curl tries it with an empty one.
    pub bare_user: Option<String>,
    /// `http.emptyAuth`: the same with an empty name.
    pub empty_auth: Option<Setting>,
}

impl Asked {
    /// The user name that curl sends with an empty password before git asks a helper.
    pub(super) fn sent_bare(&self) -> Option<&str> {
        self.bare_user.as_deref().or(self.empty_auth.as_ref().map(|_| ""))
    }

    /// Whether ours is configured at all.
    pub(super) fn has_ours(&self) -> bool {
        self.helpers.iter().any(Helper::is_ours)
    }

    /// Starts asking for `url`.
    pub(super) fn start(&self, url: &str, world: &World) -> Filling {
        // With a password in the URL git asks nobody; what the helpers hold is a question of its own.
        let has_password = Url::parse(url).and_then(Result::ok).is_some_and(|url| url.has_password());
        let alone = if has_password { bare_url(url) } else { url.to_owned() };
        let ask = |url: &str, use_http_path: bool, helpers: Vec<String>| {
            let (url, username, world) = (url.to_owned(), self.username.clone(), world.clone());
            thread::spawn(move || {
                let question = Question { url: &url, use_http_path, username: username.as_deref() };
                let helpers: Vec<&str> = helpers.iter().map(String::as_str).collect();
                Fill::ask(&question, &helpers, &world)
            })
        };
        let before = self.helpers.iter().take_while(|helper| !helper.is_ours()).take(MOST);
        let before = before.map(|helper| {
            let asked =
                helper.is_safe_to_start(world).then(|| ask(&alone, self.use_http_path, vec![helper.value.clone()]));
            (helper.clone(), asked)
        });
        let before = before.collect();
        let others = self.helpers.iter().filter(|helper| helper.matches_the_path() && helper.is_safe_to_start(world));
        let without_path = others.take(if self.use_http_path { MOST } else { 0 });
        let without_path =
            without_path.map(|helper| (helper.clone(), ask(&alone, false, vec![helper.value.clone()]))).collect();
        // Without one of them it would not be what git does.
        let all_are_safe = self.helpers.iter().all(|helper| helper.is_safe_to_start(world));
        let values = || self.helpers.iter().map(|helper| helper.value.clone()).collect();
        let whole = all_are_safe.then(|| ask(url, self.use_http_path, values()));
        Filling { whole, before, without_path }
    }
}

/// Answers on their way. Each thread ends by itself in time.
pub(super) struct Filling {
    whole: Option<JoinHandle<Fill>>,
    before: Vec<(Helper, Option<JoinHandle<Fill>>)>,
    without_path: Vec<(Helper, JoinHandle<Fill>)>,
}

/// What the helpers said.
pub(super) struct Filled {
    /// What git would send.
    pub whole: Fill,
    pub before: Vec<Earlier>,
    /// An IAM Git credential that a helper returns only if git sends no path.
    pub without_path: Option<Stored>,
}

/// An IAM Git credential, and the helper that has it.
pub(super) struct Stored {
    pub helper: Helper,
    pub sent: Sent,
}

impl Filling {
    pub(super) fn finish(self) -> Filled {
        let joined = |thread: Option<JoinHandle<Fill>>| {
            thread.map_or(Fill::NotAsked, |thread| thread.join().unwrap_or(Fill::TooLong))
        };
        let before = self.before.into_iter().map(|(helper, thread)| Earlier { helper, fill: joined(thread) });
        let (before, whole) = (before.collect(), joined(self.whole));
        // Every thread is waited for, whatever the others say.
        let others: Vec<(Helper, Fill)> =
            self.without_path.into_iter().map(|(helper, thread)| (helper, joined(Some(thread)))).collect();
        let stored = others.into_iter().filter(|_| whole.answer().is_none()).find_map(|(helper, fill)| match fill {
            Fill::Answer(sent) if is_git_credential(sent.username.expose()) => Some(Stored { helper, sent }),
            _ => None,
        });
        Filled { before, without_path: stored, whole }
    }
}
