//! Words for a session that was not opened, and for a helper that would have signed instead.

use super::profile_word;
use crate::credentials::{ProfileChoice, Source};
use crate::failure::{Command, Failure, Shell};
use crate::git::Scope;
use crate::session::later::{Later, SignsWith};
use crate::session::{Left, NotOpened};
use crate::text::escape;
use codecommit::secret::profile;

impl From<NotOpened> for Failure {
    fn from(none: NotOpened) -> Self {
        match none {
            NotOpened::NearMiss(near_miss) => near_miss.into(),
            NotOpened::NoPath { host, family, why } => Self::no_path(&host, family, &why),
            NotOpened::Clock(now) => Self::impossible_clock(now),
            NotOpened::Credentials(error) => (*error).into(),
            NotOpened::NoRegion { unscoped, profile, empty } => Self::no_region(&unscoped, &profile, &empty),
            NotOpened::Region(region) => region.into(),
        }
    }
}

/// Why the request is another helper's, for a trace.
pub(crate) fn left(left: Left) -> &'static str {
    match left {
        Left::ForeignHost => "not a CodeCommit host: no answer",
        Left::IamGitCredential => "IAM Git credential: no answer",
    }
}

/// Who signs now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now<'a> {
    /// The profile of this helper.
    pub(crate) choice: &'a ProfileChoice,
    /// Where its credentials come from; `None` if there are none.
    pub(crate) source: Option<&'a Source>,
    /// The path of this program, if git does not find it by name.
    pub(crate) program: Option<&'a str>,
}

/// The warning that a helper which git did not ask would sign with other credentials, and how to choose.
pub(crate) fn later_helper(later: &Later, now: Now<'_>, shell: Shell) -> String {
    let Now { choice, source, program } = now;
    let setup = |name: &str| {
        let command = ["setup", "--local", "--profile"].into_iter().fold(Command::ours(program), Command::arg);
        command.arg(profile_word(name)).written_for(shell)
    };
    let (told, use_it) = match &later.signs_with {
        SignsWith::Profile(name) => (
            format!("another helper would sign with {}", profile(name)),
            later.in_repository.then(|| format!("to use it in this repository: {}", setup(name))),
        ),
        SignsWith::NoProfile => ("another helper would sign without a profile".to_owned(), None),
        SignsWith::Wrapped => ("another helper would sign with credentials that it selects".to_owned(), None),
        SignsWith::Unknown => ("another helper may sign with other credentials".to_owned(), None),
    };
    let Later { helper, in_repository, .. } = later;
    // An empty value clears git's list as read so far (git 2.47.3 `credential.c`, `credential_config_callback`).
    let by_hand = || format!("to use it: write an empty `helper =` line before it in {}", helper.origin);
    let use_it = use_it.or_else(|| (helper.scope != Scope::Command).then(by_hand));
    let used = source.map_or_else(|| profile(choice.name()), Source::to_string);
    let of_profile = source.is_some_and(|source| {
        !matches!(source, Source::Environment | Source::WebIdentity { .. } | Source::Container | Source::Instance)
    });
    let keep = (*in_repository && of_profile)
        .then(|| format!("to keep {} in this repository: {}", profile(choice.name()), setup(choice.name())));
    let details = [
        Some(format!("git did not ask it: {}", helper.shown())),
        Some(format!("this helper comes first in git's configuration, and uses {used}")),
        use_it,
        keep,
    ];
    let lines = details.into_iter().flatten().map(|line| format!("  {}\n", escape::line(&line)));
    format!("git-credential-codecommit: warning: {}\n", escape::line(&told)) + &lines.collect::<String>()
}
