//! What was asked of the stand-in, in order of arrival. Never a secret, a token, a password or a signature.

use crate::answer::Answer;

/// One request to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The `Host` header as received, without port; `imds` and `container` for the two metadata endpoints.
    pub host: String,
    pub method: String,
    pub path: String,
    pub query: String,
    /// 0 while the request is unanswered.
    pub status: u16,
    /// The key the request was made with, proved or not.
    pub access_key_id: Option<String>,
    /// `GitPull`, `AssumeRole` and so on.
    pub action: Option<String>,
    /// The name of the error in the answer.
    pub error: Option<String>,
    /// `x-amzn-RequestId` of the answer.
    pub request_id: Option<String>,
    /// Those parameters of the call that are no secrets, such as `RoleArn` and `RoleSessionName`.
    pub parameters: Vec<(String, String)>,
    pub user_agent: String,
}

impl Request {
    /// The value of one parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// One `CONNECT` to the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// `host:port` as the client wrote it.
    pub target: String,
    /// What the proxy said; 0 if it says nothing.
    pub status: u16,
}

/// What a service learns about a request while it answers.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub access_key_id: Option<String>,
    pub action: Option<String>,
    pub parameters: Vec<(String, String)>,
}

impl Seen {
    pub(crate) fn action(&mut self, name: &str) {
        self.action = Some(name.to_owned());
    }

    /// Keeps a key id if it looks like one: a user name may hold anything, a mistyped secret among it.
    pub(crate) fn key(&mut self, id: &str) {
        let looks_like_one =
            (16..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        self.access_key_id = looks_like_one.then(|| id.to_owned());
    }
}

#[derive(Debug, Default)]
pub(crate) struct Record {
    next: usize,
    requests: Vec<(usize, Request)>,
    tunnels: Vec<Tunnel>,
}

impl Record {
    /// Notes a request at its arrival, so that one that is never answered is not missing.
    pub(crate) fn arrived(&mut self, request: Request) -> usize {
        let number = self.next;
        self.next += 1;
        self.requests.push((number, request));
        number
    }

    pub(crate) fn answered(&mut self, number: usize, seen: Seen, answer: &Answer) {
        // The record may have been cleared in between.
        let Some((_, request)) = self.requests.iter_mut().find(|(known, _)| *known == number) else {
            return;
        };
        request.status = answer.status;
        request.error.clone_from(&answer.error);
        request.request_id.clone_from(&answer.request_id);
        request.access_key_id = seen.access_key_id;
        request.action = seen.action;
        request.parameters = seen.parameters;
    }

    pub(crate) fn tunnel(&mut self, target: &str, status: u16) {
        self.tunnels.push(Tunnel { target: target.to_owned(), status });
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.iter().map(|(_, request)| request.clone()).collect()
    }

    pub(crate) fn tunnels(&self) -> Vec<Tunnel> {
        self.tunnels.clone()
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.tunnels.clear();
    }
}
