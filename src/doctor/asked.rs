//! What is asked of helpers: all of them together, as git would, and each one that stands before ours alone. At once,
//! since each may take a while.

use super::judge::Earlier;
use super::sent::Fill;
use crate::git_config::Helper;
use crate::protocol::{Url, bare_url};
use std::thread::{self, JoinHandle};

/// How many helpers are asked alone.
const MOST: usize = 4;

/// What git's configuration and the URL give rise to.
pub(super) struct Asked {
    /// The helpers before ours, each with where its entry stands.
    pub before: Vec<(Helper, String)>,
    /// Whether ours is configured at all.
    pub has_ours: bool,
    /// Whether curl takes its authorization from elsewhere, whatever a helper says.
    pub by_curl: bool,
    /// A user name in the URL, without a password: curl tries it with an empty one.
    pub bare_user: Option<String>,
    /// `http.emptyAuth` with where it stands: the same with an empty name.
    pub empty_auth: Option<(String, String)>,
}

impl Asked {
    /// The user name that curl sends with an empty password before git asks a helper.
    pub(super) fn sent_bare(&self) -> Option<&str> {
        self.bare_user.as_deref().or(self.empty_auth.as_ref().map(|_| ""))
    }

    /// Starts asking for `url`.
    pub(super) fn start(&self, url: &str) -> Filling {
        let whole = url.to_owned();
        // With a password in the URL git asks nobody; what the helpers hold is a question of its own.
        let has_password = Url::parse(url).and_then(Result::ok).is_some_and(|url| url.has_password());
        let url = if has_password { bare_url(url) } else { url.to_owned() };
        let before = self.before.iter().take(MOST).map(|(helper, origin)| {
            let (url, entry) = (url.clone(), helper.0.clone());
            (helper.clone(), origin.clone(), thread::spawn(move || Fill::ask(&url, Some(&entry))))
        });
        Filling { before: before.collect(), whole: thread::spawn(move || Fill::ask(&whole, None)) }
    }
}

/// Answers on their way. Each thread ends by itself in time.
pub(super) struct Filling {
    whole: JoinHandle<Fill>,
    before: Vec<(Helper, String, JoinHandle<Fill>)>,
}

/// What the helpers said.
pub(super) struct Filled {
    /// What git would send.
    pub whole: Fill,
    pub before: Vec<Earlier>,
}

impl Filling {
    pub(super) fn finish(self) -> Filled {
        let joined = |thread: JoinHandle<Fill>| thread.join().unwrap_or(Fill::TooLong);
        let before =
            self.before.into_iter().map(|(helper, origin, thread)| Earlier { helper, origin, fill: joined(thread) });
        Filled { before: before.collect(), whole: joined(self.whole) }
    }
}
