//! Words for IAM Git credentials: another helper has their password, and this helper leaves such a user name to it.

use super::{is_a_word, said_by_aws};
use crate::failure::{Code, Command, Failure, Fix, Step};
use crate::git::http_path::turn_off;
use crate::git::{Helper, Setting};
use codecommit::reply::Reply;
use codecommit::secret::user_name;

/// What makes git use an IAM Git credential for one repository, and only there: commands of git's configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keep {
    commands: Vec<Command>,
    has_placeholder: bool,
}

impl Keep {
    /// For the repository at `url`. `user` is a user name that is not configured yet; `on` is the `useHttpPath` that
    /// keeps git from finding the password. `None` if the configuration cannot be changed so.
    pub(crate) fn of(url: &str, user: Option<&str>, on: Option<&Setting>, settings: &[Setting]) -> Option<Self> {
        let off = match on {
            Some(on) => Some(turn_off(on, settings, url)?),
            None => None,
        };
        let global = || vec!["--global".to_owned(), format!("credential.{url}.useHttpPath")];
        let arguments = off.clone().unwrap_or_else(global);
        let config = |name: &str, value: &str| {
            let key = arguments.last().and_then(|key| Some(format!("{}.{name}", key.strip_suffix(".useHttpPath")?)));
            let command = arguments.iter().take(1).fold(Command::new("git config"), Command::arg);
            key.map(|key| command.arg(key).arg(value))
        };
        let word = user.map(|user| if is_a_word(user) { user } else { "NAME" });
        let username = word.and_then(|user| config("username", user));
        let path = off.is_some().then(|| config("useHttpPath", "false")).flatten();
        Some(Self { commands: username.into_iter().chain(path).collect(), has_placeholder: word == Some("NAME") })
    }

    /// The commands, and then another one.
    fn fix(self, then: Option<Command>) -> Fix {
        let Self { mut commands, has_placeholder } = self;
        commands.extend(then);
        let command = if commands.len() == 1 { commands.pop() } else { None }.unwrap_or(Command::All(commands));
        if has_placeholder {
            Fix::template(command, "NAME: the user name of the IAM Git credentials")
        } else {
            Fix::command(command).note("this repository alone then uses the IAM Git credentials")
        }
    }
}

impl Failure {
    /// The same failure, with what git will do next: it asks these helpers, with the path of the repository at `url`.
    #[must_use]
    pub(crate) fn left_to(self, helpers: &[Helper], url: &str) -> Self {
        let shown: Vec<String> = helpers.iter().map(Helper::shown).collect();
        let failure = self.looked_at(format!("git will ask the next helper: {}", shown.join(", ")));
        let Some(helper) = helpers.iter().find(|helper| helper.matches_the_path()) else { return failure };
        failure
            .looked_at(format!(
                "useHttpPath is true: {} does not return a password that it stored without a path",
                helper.name()
            ))
            .looked_at(format!(
                "to keep using IAM Git credentials that are stored so: git credential-codecommit doctor {url}"
            ))
    }

    /// `helper` has the password of an IAM Git credential without a path, and git asks with one, since `on` says so.
    /// CodeCommit accepts it.
    #[must_use]
    pub(crate) fn stored_without_path(helper: &Helper, user: &str, on: &Setting, keep: Option<Keep>) -> Self {
        let failure =
            Self::new(Code::StoredWithoutPath, "IAM Git credentials are stored without the path that git asks for")
                .looked_at(format!("{} has a password that CodeCommit accepts: {}", helper.shown(), user_name(user)))
                .looked_at(format!(
                    "useHttpPath is true in {}, so git asks with the path of the repository",
                    on.origin
                ));
        match keep {
            Some(keep) => failure.fix(keep.fix(None)),
            None => failure,
        }
    }

    /// A user name of an IAM Git credential in the URL, which keeps git from asking any helper: the URL without it, and
    /// what then still chooses the credential.
    #[must_use]
    pub(crate) fn and_keep(self, keep: Keep) -> Self {
        let Some(Fix { step, .. }) = self.fix.as_deref().cloned() else { return self };
        match step {
            Step::Command(command) => self.fix(keep.fix(Some(command))),
            Step::Url(url) => self.fix(keep.fix(None).note(format!("then use this URL: {url}"))),
            _ => self,
        }
    }

    /// CodeCommit refused the user name and the password of an IAM Git credential, not for want of a permission.
    #[must_use]
    pub(crate) fn iam_git_credential_refused(user: &str, reply: &Reply) -> Self {
        let failure = Self::new(Code::IamGitCredentialRefused, "CodeCommit rejects the stored IAM Git credentials")
            .looked_at(format!("{}: HTTP {}", user_name(user), reply.status));
        match &reply.error {
            Some(error) => failure.looked_at(format!(
                "AWS said: {}",
                said_by_aws(&error.name, &error.message, reply.request_id.as_deref())
            )),
            None => failure,
        }
        .looked_at("in IAM, the credentials were probably reset, made inactive or deleted")
    }

    /// The IAM user's account has no such repository in the host's region.
    #[must_use]
    pub(crate) fn no_repository_for_iam_user(user: &str, name: &str, region: &str) -> Self {
        Self::new(Code::RepositoryNotFound, format!("repository `{name}` not found in {region}"))
            .looked_at(format!("CodeCommit looks in the account of the IAM user: {}", user_name(user)))
    }
}
