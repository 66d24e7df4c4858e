//! The two link-local services that issue keys without authentication: the EC2 instance metadata service, version 2
//! (EC2 User Guide, "Use IMDSv2"), and the container credentials endpoint of ECS and EKS Pod Identity.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::fresh;
use crate::keys::{AccessKey, iso8601};
use crate::record::Seen;
use crate::state::{State, World};

const TOKEN: &str = "/latest/api/token";
const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials";
const REGION: &str = "/latest/meta-data/placement/region";

/// The state of the instance metadata service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImdsMode {
    #[default]
    Normal,
    /// Disabled for this instance: 403.
    Disabled,
    /// The instance has no role: 404.
    NoRole,
    /// The packets are lost, as in a container with a hop limit of 1: no answer.
    Silent,
    /// Another cloud's service at the same address: 404 for every unknown request.
    OfAnotherCloud,
}

#[derive(Default)]
pub(crate) struct Metadata {
    pub imds_mode: ImdsMode,
    pub instance_role: Option<InstanceRole>,
    pub instance_region: Option<String>,
    pub container_role: Option<ContainerRole>,
    session_tokens: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct InstanceRole {
    pub name: String,
    pub principal_arn: String,
}

pub(crate) struct ContainerRole {
    pub principal_arn: String,
    /// The required `Authorization` header, if one is required.
    pub authorization: Option<String>,
}

pub(crate) async fn imds(world: &World, call: &Call, seen: &mut Seen) -> Answer {
    let mode = world.state().metadata.imds_mode;
    match mode {
        ImdsMode::Silent => std::future::pending().await,
        ImdsMode::Disabled => plain(403, "Forbidden").named("Forbidden"),
        ImdsMode::OfAnotherCloud => plain(404, "Not Found").named("NotFound"),
        ImdsMode::Normal | ImdsMode::NoRole => imds_answer(&mut world.state(), mode, call, seen),
    }
}

fn imds_answer(state: &mut State, mode: ImdsMode, call: &Call, seen: &mut Seen) -> Answer {
    if call.method == "PUT" && call.path == TOKEN {
        seen.action("GetToken");
        return session_token(state, call);
    }
    let presented = call.header("x-aws-ec2-metadata-token");
    if !state.metadata.session_tokens.iter().any(|token| Some(token.as_str()) == presented) {
        return plain(401, "Unauthorized").named("Unauthorized");
    }
    if call.path == REGION {
        return match &state.metadata.instance_region {
            Some(region) => plain(200, region),
            None => plain(404, "Not Found"),
        };
    }
    let Some(rest) = call.path.strip_prefix(CREDENTIALS) else {
        return plain(404, "Not Found").named("NotFound");
    };
    let role = state.metadata.instance_role.as_ref().filter(|_| mode != ImdsMode::NoRole);
    match (role, rest.trim_start_matches('/')) {
        (Some(role), "") => {
            seen.action("ListRoles");
            plain(200, &role.name)
        }
        (Some(role), name) if role.name == name => {
            seen.action("GetCredentials");
            let principal = role.principal_arn.clone();
            let key = state.issue_key(&principal, None);
            let mut value = credentials(&key);
            value["Code"] = json!("Success");
            value["Type"] = json!("AWS-HMAC");
            value["LastUpdated"] = json!(iso8601(state.now()));
            Answer::new(200, value.to_string()).with("content-type", "text/plain").not_from_aws()
        }
        _ => plain(404, "Not Found").named("NotFound"),
    }
}

fn session_token(state: &mut State, call: &Call) -> Answer {
    let Some(seconds) = call.header("x-aws-ec2-metadata-token-ttl-seconds") else {
        return plain(400, "Bad Request").named("BadRequest");
    };
    let token = fresh::opaque("AQAA");
    state.metadata.session_tokens.push(token.clone());
    plain(200, &token).with("x-aws-ec2-metadata-token-ttl-seconds", seconds)
}

/// `GET /creds`.
pub(crate) fn container(world: &World, call: &Call, seen: &mut Seen) -> Answer {
    let mut state = world.state();
    let Some(role) = state.metadata.container_role.as_ref().filter(|_| call.path == "/creds") else {
        return container_error(404, "NotFound", "There are no credentials here");
    };
    seen.action("GetCredentials");
    if role.authorization.is_some() && role.authorization.as_deref() != call.header("authorization") {
        return container_error(401, "AccessDeniedException", "The authorization token is not valid");
    }
    let principal = role.principal_arn.clone();
    let key = state.issue_key(&principal, None);
    let mut value = credentials(&key);
    value["AccountId"] = json!(key.account);
    value["RoleArn"] = json!(principal);
    Answer::rest_json(200, &value).not_from_aws()
}

/// The answer of both services.
fn credentials(key: &AccessKey) -> Value {
    json!({
        "AccessKeyId": key.id,
        "SecretAccessKey": key.secret,
        "Token": key.token,
        "Expiration": key.expiration().map(iso8601),
    })
}

fn container_error(status: u16, code: &str, message: &str) -> Answer {
    Answer::rest_json(status, &json!({"code": code, "message": message})).named(code).not_from_aws()
}

fn plain(status: u16, text: &str) -> Answer {
    Answer::new(status, text).with("content-type", "text/plain").not_from_aws()
}
