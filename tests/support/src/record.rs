//! The record of all requests, in order of arrival. Never contains a secret, a token, a password or a signature.

use crate::answer::Answer;

/// One request to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The `Host` header as received, without port; `imds` and `container` for the two metadata endpoints.
    pub host: String,
    pub method: String,
    pub path: String,
    pub query: String,
    /// The HTTP status; 0 while the request is not answered.
    pub status: u16,
    /// The access key id of the request, whether it is verified or not.
    pub access_key_id: Option<String>,
    /// The action, such as `GitPull` or `AssumeRole`.
    pub action: Option<String>,
    /// The error code in the answer.
    pub error: Option<String>,
    /// `x-amzn-RequestId` of the answer.
    pub request_id: Option<String>,
    /// The parameters of the call that are not secret, such as `RoleArn` and `RoleSessionName`.
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

/// One `CONNECT` request to the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// `host:port`, as sent by the client.
    pub target: String,
    /// The status of the proxy's answer; 0 without an answer.
    pub status: u16,
}

/// What a service learns about a request while it handles it.
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

    /// Records a key id if it has the format of one: a user name may be anything, including a mistyped secret.
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
    /// Records a request when it arrives, so that one that is never answered is included.
    pub(crate) fn arrived(&mut self, request: Request) -> usize {
        let number = self.next;
        self.next += 1;
        self.requests.push((number, request));
        number
    }

    pub(crate) fn answered(&mut self, number: usize, seen: Seen, answer: &Answer) {
        // The record may have been cleared meanwhile.
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
