//! IAM Git credentials in a helper that git no longer asks: whether there are any, and how one repository keeps them.
//!
//! Such a credential is a user name and a password of an IAM user (CodeCommit User Guide, "For HTTPS users using Git
//! credentials"). A repository keeps it with a section of its own that names the helper and the user. The user name is not
//! written into the URL: curl would then send it with an empty password first.

use super::entries::values;
use super::evict::{self, Asked, Hung, Place};
use super::plan::{self, Edit};
use super::{Setup, report, signer, target};
use crate::failure::Failure;
use crate::git::{Helper, Setting};
use codecommit::keys::is_git_credential;

/// An IAM Git credential that a helper returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GitCredential {
    /// The user name, which is not secret: AWS shows it in the console, and git in its prompts.
    pub user: String,
    /// Where it is used.
    pub place: Place,
    /// Whether the helper needs the path to find it.
    pub with_path: bool,
}

impl Setup<'_, '_> {
    /// Asks the helpers that git no longer asks, unable to prompt, whether they have IAM Git credentials, and offers to keep
    /// those. Returns whether they have signed passwords. Called after a yes only; without a terminal no helper is started,
    /// since a keychain may open a window. `before` is everything that git read so far.
    pub(super) fn offer_git_credentials(
        &mut self,
        before: &[Setting],
        displaced: &[Helper],
        places: &[Place],
    ) -> Result<bool, Failure> {
        let world = self.world;
        if self.arguments.dry_run || !self.is_terminal || places.is_empty() {
            return Ok(false);
        }
        let mut is_found = false;
        for helper in displaced.iter().filter(|helper| helper.is_safe_to_start(world)) {
            let users: Vec<String> =
                evict::stored_users(helper, world).into_iter().filter(|user| is_git_credential(user)).collect();
            let mut offered: Vec<GitCredential> = Vec::new();
            for place in places {
                // It would hang for the next place, too.
                let Ok((credential, has_signature)) = search(helper, place, &users) else {
                    self.say(&report::hung(helper));
                    break;
                };
                is_found |= has_signature;
                if let Some(credential) = credential.filter(|credential| !offered.contains(credential)) {
                    self.offer(before, helper, &credential)?;
                    offered.push(credential);
                }
            }
        }
        Ok(is_found)
    }

    fn offer(&mut self, before: &[Setting], helper: &Helper, credential: &GitCredential) -> Result<(), Failure> {
        if credential.place.path.is_none() {
            self.say(&report::how_to_keep(helper, credential, self.world.shell()));
            return Ok(());
        }
        // Behind a helper that signs it was not used.
        let url = plan::sample(&target::only(&credential.place).pattern);
        let was_used = signer::is_asked_first(before, helper, &url);
        if self.ask(&report::keep(helper, credential), was_used)? {
            self.keep(helper, credential)?;
        }
        Ok(())
    }

    /// Adds the section of one repository.
    fn keep(&mut self, helper: &Helper, credential: &GitCredential) -> Result<(), Failure> {
        let pattern = target::only(&credential.place).pattern;
        let entries = self.file.read()?;
        let edits: Vec<Edit> = section(&pattern, &helper.value, credential)
            .into_iter()
            .map(|(key, after)| Edit { before: values(&entries, &key), key, after, anew: true })
            .collect();
        let recorded = self.file.with_record(&entries, &edits);
        self.make(&entries, &recorded, None, |_| Vec::new())?;
        Ok(())
    }
}

/// The IAM Git credential that the helper has for the place, and whether it returned a signed password. A helper returns its
/// first entry, so it is also asked for each of these user names.
fn search(helper: &Helper, place: &Place, users: &[String]) -> Result<(Option<GitCredential>, bool), Hung> {
    let mut has_signature = false;
    let host_alone = Place { path: None, ..place.clone() };
    let questions = [(place, place.path.is_some()), (&host_alone, false)];
    for (asked, with_path) in questions.into_iter().skip(usize::from(place.path.is_none())) {
        for user in std::iter::once(None).chain(users.iter().map(|user| Some(user.as_str()))) {
            let Some(kept) = Asked::at_a_terminal(helper).get(asked, user)? else { continue };
            has_signature |= kept.is_signature();
            let user = kept.username.expose();
            if is_git_credential(user) {
                let (user, place) = (user.to_owned(), place.clone());
                return Ok((Some(GitCredential { user, place, with_path }), has_signature));
            }
        }
    }
    Ok((None, has_signature))
}

/// The keys of a repository that keeps a credential, with their values.
#[must_use]
pub(super) fn section(pattern: &str, helper: &str, credential: &GitCredential) -> Vec<(String, Vec<String>)> {
    let key = |name: &str| format!("credential.{pattern}.{name}");
    let path = if credential.with_path { "true" } else { "false" };
    vec![
        (plan::helper_key(pattern), vec![String::new(), helper.to_owned()]),
        (key("username"), vec![credential.user.clone()]),
        (key("useHttpPath"), vec![path.to_owned()]),
    ]
}
