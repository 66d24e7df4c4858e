//! The git service of CodeCommit and of CodeConnections: which requests it accepts, and how it refuses the others.
//!
//! A request without credentials is challenged; unusable credentials, for whatever reason, are answered with a 403
//! without a challenge. The order of checks is authentication, then repository (404 even without permissions), then
//! authorization. Status codes and texts are those recorded in public reports about CodeCommit, and without a record,
//! those of other services built with the same framework.

use crate::answer::Answer;
use crate::backend;
use crate::call::Call;
use crate::credentials::{self, Presented};
use crate::endpoint::{Endpoint, Service};
use crate::keys::Identity;
use crate::pkt::{self, Commands};
use crate::policy::Action;
use crate::record::Seen;
use crate::repository::Repository;
use crate::state::{Challenge, EmptyPassword, Mode, State, World};

/// The message for a push to a protected branch.
const PROTECTED: &str = "You don't have permission to push changes to this branch";

pub(crate) async fn answer(world: &World, endpoint: &Endpoint, call: &Call, seen: &mut Seen) -> Answer {
    let operation = Operation::of(endpoint.service, call);
    if let Some(action) = operation.action() {
        seen.action(action);
    }
    if world.state().mode == Mode::Silent && call.header("authorization").is_some() {
        std::future::pending::<()>().await;
    }
    let admission = admit(&world.state(), endpoint, call, &operation, seen);
    let answer = match admission {
        Err(refusal) => refusal,
        Ok(repository) => serve(world, &operation, &repository, call).await,
    };
    if answer.is_error() && !world.state().bodies {
        return Answer { body: Vec::new(), ..answer };
    }
    answer
}

/// The operation that path and query request. `signed_path` is the signed part of the path.
struct Operation<'a> {
    kind: Kind,
    service: GitService,
    signed_path: &'a str,
    connection: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `info/refs`.
    Advertisement,
    /// A POST to the service.
    Exchange,
    /// Any other request.
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GitService {
    UploadPack,
    ReceivePack,
}

impl<'a> Operation<'a> {
    fn of(service: Service, call: &'a Call) -> Self {
        let path = call.path.as_str();
        let (kind, git_service, signed_path) = if let Some(signed) = path.strip_suffix("/info/refs") {
            match call.query.as_str() {
                "service=git-upload-pack" => (Kind::Advertisement, GitService::UploadPack, signed),
                "service=git-receive-pack" => (Kind::Advertisement, GitService::ReceivePack, signed),
                // The protocol of git 1.6.5 and before, without a service parameter, is not supported.
                _ => (Kind::Unknown, GitService::UploadPack, signed),
            }
        } else if let Some(signed) = path.strip_suffix("/git-upload-pack") {
            (Kind::Exchange, GitService::UploadPack, signed)
        } else if let Some(signed) = path.strip_suffix("/git-receive-pack") {
            (Kind::Exchange, GitService::ReceivePack, signed)
        } else {
            (Kind::Unknown, GitService::UploadPack, path)
        };
        let expected = if kind == Kind::Exchange { "POST" } else { "GET" };
        Self {
            kind: if call.method == expected { kind } else { Kind::Unknown },
            service: git_service,
            signed_path,
            connection: service == Service::Connections,
        }
    }

    fn action(&self) -> Option<&'static str> {
        match (self.kind, self.service) {
            (Kind::Unknown, _) => None,
            (_, GitService::UploadPack) => Some("GitPull"),
            (_, GitService::ReceivePack) => Some("GitPush"),
        }
    }

    fn permission(&self) -> Action {
        match self.service {
            _ if self.connection => Action::UseConnection,
            GitService::UploadPack => Action::GitPull,
            GitService::ReceivePack => Action::GitPush,
        }
    }

    fn suffix(&self) -> &'static str {
        match (self.kind, self.service) {
            (Kind::Advertisement | Kind::Unknown, _) => "/info/refs",
            (Kind::Exchange, GitService::UploadPack) => "/git-upload-pack",
            (Kind::Exchange, GitService::ReceivePack) => "/git-receive-pack",
        }
    }

    /// The repository in the path, and the account if the path names it; `None` for any other path.
    fn repository(&self) -> Option<(Option<&str>, &str)> {
        if self.connection {
            // /git-http/<account>/<region>/<connection id>/<owner>/<name>.git
            let rest = self.signed_path.strip_prefix("/git-http/")?;
            let (account, rest) = rest.split_once('/')?;
            let (_region, name) = rest.split_once('/')?;
            return Some((Some(account), name));
        }
        let name = self.signed_path.strip_prefix("/v1/repos/")?;
        (!name.is_empty() && !name.contains('/')).then_some((None, name))
    }
}

/// All checks before git is run: mode, caller, repository, permission.
fn admit(
    state: &State,
    endpoint: &Endpoint,
    call: &Call,
    operation: &Operation<'_>,
    seen: &mut Seen,
) -> Result<Repository, Answer> {
    let Some(authorization) = call.header("authorization") else {
        return Err(challenge(state.challenge));
    };
    if let Some(answer) = out_of_order(state.mode) {
        return Err(answer);
    }
    let presented = Presented::read(authorization);
    if let Presented::Basic { user_name, password } = &presented {
        seen.key(user_name.split('%').next().unwrap_or_default());
        if password.is_empty() && state.empty_password == EmptyPassword::Challenged {
            return Err(challenge(state.challenge));
        }
    }
    let caller = credentials::verify(state, endpoint, &presented, &call.host, operation.signed_path)?;
    if operation.kind == Kind::Unknown {
        return Err(Answer::coral_bare(404, "UnknownOperationException"));
    }
    let repository = find(state, endpoint, operation, &caller)?;
    authorize(state, endpoint, operation, &caller, &repository)?;
    if let Some(failure) = repository.encryption {
        return Err(Answer::coral(403, failure.error_name(), failure.message()));
    }
    Ok(repository)
}

fn challenge(challenge: Challenge) -> Answer {
    let answer = Answer::coral(401, "NotAuthorizedException", "SPNEGO token required");
    let basic = "Basic realm=\"CodeCommit\"";
    match challenge {
        Challenge::Basic => answer.with("www-authenticate", basic),
        Challenge::NegotiateAndBasic => answer.with("www-authenticate", "Negotiate").with("www-authenticate", basic),
        Challenge::Absent => answer,
    }
}

fn out_of_order(mode: Mode) -> Option<Answer> {
    match mode {
        Mode::Normal | Mode::Silent => None,
        Mode::Throttled { retry_after } => {
            let answer = Answer::coral(429, "ThrottlingException", "Rate exceeded");
            Some(match retry_after {
                Some(seconds) => answer.with("retry-after", seconds.to_string()),
                None => answer,
            })
        }
        Mode::InternalFailure => Some(Answer::coral_bare(500, "InternalFailure")),
        Mode::Unavailable => Some(Answer::coral(503, "ServiceUnavailableException", "Service is unavailable.")),
    }
}

/// Finds the repository in the caller's account and the host's region only.
fn find(
    state: &State,
    endpoint: &Endpoint,
    operation: &Operation<'_>,
    caller: &Identity,
) -> Result<Repository, Answer> {
    let name = operation.repository();
    name.filter(|(account, _)| account.is_none_or(|account| account == caller.account))
        .and_then(|(_, name)| state.repositories.find_for_git(&caller.account, &endpoint.region, name))
        .cloned()
        .ok_or_else(|| {
            let shown = name.map_or(operation.signed_path, |(_, name)| name);
            Answer::coral(404, "RepositoryDoesNotExistException", &format!("{shown} does not exist"))
        })
}

fn authorize(
    state: &State,
    endpoint: &Endpoint,
    operation: &Operation<'_>,
    caller: &Identity,
    repository: &Repository,
) -> Result<(), Answer> {
    let (partition, region) = (endpoint.partition(), &endpoint.region);
    let (account, name) = (&repository.account, &repository.name);
    let resource = if operation.connection {
        let connection = name.split('/').next().unwrap_or_default();
        format!("arn:{partition}:codeconnections:{region}:{account}:connection/{connection}")
    } else {
        format!("arn:{partition}:codecommit:{region}:{account}:{name}")
    };
    match state.policies.refusal(&caller.arn, operation.permission(), name, &resource) {
        Some(message) => Err(Answer::coral(403, "AccessDeniedException", &message)),
        None => Ok(()),
    }
}

/// Runs git, with CodeCommit's capabilities.
async fn serve(world: &World, operation: &Operation<'_>, repository: &Repository, call: &Call) -> Answer {
    let push = operation.kind == Kind::Exchange && operation.service == GitService::ReceivePack;
    if push && let Some(report) = protected(repository, call) {
        return Answer::new(200, report).with("content-type", "application/x-git-receive-pack-result");
    }
    let path_info = format!("{}{}", repository.folder, operation.suffix());
    let mut answer = backend::run(&world.git, &world.project_root, &path_info, call).await;
    if operation.kind == Kind::Advertisement && answer.status == 200 {
        let capabilities = match operation.service {
            GitService::UploadPack => pkt::UPLOAD_PACK,
            GitService::ReceivePack => pkt::RECEIVE_PACK,
        };
        answer.body = pkt::with_capabilities(&answer.body, capabilities);
    }
    answer
}

/// The report for a push to a protected reference: the whole push is rejected.
fn protected(repository: &Repository, call: &Call) -> Option<Vec<u8>> {
    let commands = Commands::of(&call.body);
    commands
        .references
        .iter()
        .any(|reference| repository.protected_references.contains(reference))
        .then(|| commands.refusal(PROTECTED))
}
