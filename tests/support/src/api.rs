//! The part of CodeCommit's JSON API that a diagnosis uses: `GetRepository` and `ListRepositories` (AWS CodeCommit API
//! reference). Errors have status 400 here that have 403, 404 or 429 in the git service.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::keys::{AccessKey, Identity, KeyRefusal};
use crate::policy::Action;
use crate::record::Seen;
use crate::repository::Repository;
use crate::signed::{self, Refusal};
use crate::state::{Mode, State, World};

const TARGET: &str = "CodeCommit_20150413.";

pub(crate) async fn answer(world: &World, endpoint: &Endpoint, call: &Call, seen: &mut Seen) -> Answer {
    if world.state().mode == Mode::Silent {
        std::future::pending::<()>().await;
    }
    let result = perform(&world.state(), endpoint, call, seen);
    result.unwrap_or_else(|refusal| refusal)
}

fn perform(state: &State, endpoint: &Endpoint, call: &Call, seen: &mut Seen) -> Result<Answer, Answer> {
    let operation = call.header("x-amz-target").and_then(|target| target.strip_prefix(TARGET)).unwrap_or_default();
    seen.action(operation);
    let caller = caller(state, endpoint, call, seen)?;
    if let Some(answer) = out_of_order(state.mode) {
        return Err(answer);
    }
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    match operation {
        "GetRepository" => {
            let name = body["repositoryName"].as_str().unwrap_or_default();
            seen.parameters = vec![("repositoryName".to_owned(), name.to_owned())];
            get_repository(state, endpoint, &caller, name)
        }
        "ListRepositories" => list_repositories(state, endpoint, &caller),
        _ => Err(Answer::json11_error(400, "UnknownOperationException", "The operation is not known.")),
    }
}

fn caller(state: &State, endpoint: &Endpoint, call: &Call, seen: &mut Seen) -> Result<Identity, Answer> {
    signed::verify(state, endpoint, "codecommit", call, seen).map(AccessKey::identity).map_err(|refusal| {
        let (name, message) = match refusal {
            Refusal::Missing => ("MissingAuthenticationTokenException", "Missing Authentication Token".to_owned()),
            Refusal::Incomplete => {
                ("IncompleteSignatureException", "Authorization header requires the parts of a signature.".to_owned())
            }
            Refusal::Key(refusal @ KeyRefusal::Expired) => ("ExpiredTokenException", refusal.message().to_owned()),
            Refusal::Key(refusal) => ("UnrecognizedClientException", refusal.message().to_owned()),
            Refusal::Signature(message) => ("InvalidSignatureException", message),
        };
        Answer::json11_error(400, name, &message)
    })
}

fn out_of_order(mode: Mode) -> Option<Answer> {
    match mode {
        Mode::Normal | Mode::Silent => None,
        Mode::Throttled { .. } => Some(Answer::json11_error(400, "ThrottlingException", "Rate exceeded")),
        Mode::InternalFailure => Some(Answer::json11_error(500, "InternalFailure", "")),
        Mode::Unavailable => Some(Answer::json11_error(503, "ServiceUnavailableException", "Service is unavailable.")),
    }
}

fn get_repository(state: &State, endpoint: &Endpoint, caller: &Identity, name: &str) -> Result<Answer, Answer> {
    let valid = (1..=100).contains(&name.len())
        && !name.ends_with(".git")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !valid {
        return Err(Answer::json11_error(
            400,
            "InvalidRepositoryNameException",
            "The repository name is not valid. Repository names can be any valid combination of letters, numbers, \
             periods, underscores, and dashes between 1 and 100 characters in length, and cannot end in .git.",
        ));
    }
    let arn = arn(endpoint, caller, name);
    authorize(state, caller, Action::GetRepository, name, &arn)?;
    let repository = state.repositories.find(&caller.account, &endpoint.region, name).ok_or_else(|| {
        Answer::json11_error(400, "RepositoryDoesNotExistException", &format!("{name} does not exist"))
    })?;
    if let Some(failure) = repository.encryption {
        return Err(Answer::json11_error(400, failure.error_name(), failure.message()));
    }
    Ok(Answer::json11(&json!({"repositoryMetadata": metadata(endpoint, repository, &arn)})))
}

fn metadata(endpoint: &Endpoint, repository: &Repository, arn: &str) -> Value {
    let suffix = if endpoint.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let (region, name, account) = (&endpoint.region, &repository.name, &repository.account);
    let partition = endpoint.partition();
    json!({
        "accountId": account,
        "repositoryId": "00000000-0000-4000-8000-000000000000",
        "repositoryName": name,
        "defaultBranch": "main",
        "creationDate": 1_700_000_000.0,
        "lastModifiedDate": 1_700_000_000.0,
        "cloneUrlHttp": format!("https://git-codecommit.{region}.{suffix}/v1/repos/{name}"),
        "cloneUrlSsh": format!("ssh://git-codecommit.{region}.{suffix}/v1/repos/{name}"),
        "Arn": arn,
        "kmsKeyId": format!("arn:{partition}:kms:{region}:{account}:key/00000000-0000-4000-8000-000000000000"),
    })
}

fn list_repositories(state: &State, endpoint: &Endpoint, caller: &Identity) -> Result<Answer, Answer> {
    authorize(state, caller, Action::ListRepositories, "*", &arn(endpoint, caller, "*"))?;
    let names: Vec<Value> = state
        .repositories
        .names(&caller.account, &endpoint.region)
        .into_iter()
        .map(|name| json!({"repositoryName": name, "repositoryId": "00000000-0000-4000-8000-000000000000"}))
        .collect();
    Ok(Answer::json11(&json!({"repositories": names})))
}

fn arn(endpoint: &Endpoint, caller: &Identity, name: &str) -> String {
    format!("arn:{}:codecommit:{}:{}:{name}", endpoint.partition(), endpoint.region, caller.account)
}

fn authorize(state: &State, caller: &Identity, action: Action, name: &str, arn: &str) -> Result<(), Answer> {
    match state.policies.refusal(&caller.arn, action, name, arn) {
        Some(message) => Err(Answer::json11_error(400, "AccessDeniedException", &message)),
        None => Ok(()),
    }
}
