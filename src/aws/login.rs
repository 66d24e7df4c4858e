//! User name and password for a proxy whose URL has a user name and no password: git asks its helpers for it (git 2.47.3
//! `http.c`, `init_curl_proxy_auth`), and so does this client, without any prompt.

use super::proxy::{Proxy, Server};
use super::tunnel::Login;
use crate::git::fill::{self, Question};
use crate::git::{Helper, HttpSettings, Setting, effective};
use crate::machine::world::World;
use codecommit::secret::Secret;
use std::time::Duration;

/// For the helpers: they only have to look it up.
const WITHIN: Duration = Duration::from_secs(3);

/// The proxy with the password that a helper has for it, if the URL has a user name only.
pub(super) fn completed<'s>(server: Server, settings: impl FnOnce() -> &'s [Setting], world: &World) -> Server {
    match &server.user {
        Some(user) if !user.expose().is_empty() && server.password.is_none() => {
            let password = stored(&server, settings(), world);
            Server { password, ..server }
        }
        _ => server,
    }
}

fn stored(server: &Server, settings: &[Setting], world: &World) -> Option<Secret> {
    let helpers = effective(settings, &server.asked_as);
    let helpers: Vec<&Helper> = helpers.iter().filter(|helper| helper.is_safe_to_start(world)).collect();
    let values: Vec<&str> = helpers.iter().map(|helper| helper.value.as_str()).collect();
    if values.is_empty() {
        return None;
    }
    let question = Question { url: &server.asked_as, use_http_path: false, username: None };
    let output = fill::fill(&question, &values, &[], world, WITHIN).ok()?;
    let text = str::from_utf8(&output.stdout).ok().filter(|_| output.status.success())?;
    text.lines().find_map(|line| line.strip_prefix("password=")).map(Secret::new)
}

/// What an HTTP proxy is sent to let this client through: Basic, unless git is told to use another kind only.
pub(super) fn of<'g>(
    proxy: &Proxy,
    server: &Server,
    git: impl FnOnce() -> &'g HttpSettings,
    world: &World,
) -> Option<Login> {
    let (user, password) = (server.user.as_ref()?, server.password.as_ref()?);
    if !proxy.is_as_in_git() {
        // The AWS CLI knows Basic, and sends it at once, if neither is empty (botocore 1.43 `httpsession.py`).
        return Some(Login::new(user, password, true)).filter(|_| !user.expose().is_empty());
    }
    let variable = world.environment.get("GIT_HTTP_PROXY_AUTHMETHOD");
    let method = variable.or_else(|| git().proxy_auth_method.as_ref().map(|setting| setting.value.as_str()));
    match method {
        Some("digest" | "negotiate" | "ntlm") => None,
        Some("basic") => Some(Login::new(user, password, true)),
        // git warns of an unknown one, and uses any.
        _ => Some(Login::new(user, password, false)),
    }
}
