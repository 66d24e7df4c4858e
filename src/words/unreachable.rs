//! Words for an AWS service that did not answer: what was in the way, and where else calls are sent.

use super::credentials::said;
use crate::aws::{CaBundle, Ignorable, Ignored, Obstacle, Unreachable};
use crate::failure::{Code, Command, Failure, Fix};
use aws_files::profiles::{Endpoint, EndpointOrigin};
use codecommit::attributes::shown_address;

pub(super) fn unreachable(unreachable: Unreachable) -> Failure {
    let Unreachable { service, obstacle, route } = unreachable;
    let redirected = route.redirected.as_deref();
    let failure = Failure::new(Code::Unreachable, format!("could not connect to {service}"));
    let failure = match redirected {
        Some(endpoint) => failure.looked_at(redirected_by(endpoint)),
        None => failure,
    };
    let through = |failure: Failure| match &route.proxy {
        Some(proxy) => failure.looked_at(format!("proxy: {proxy}")),
        None => failure,
    };
    let ignored = |what| route.ignored.iter().find(|ignored| ignored.what == what);
    let no_way = |failure: Failure, problem: String| {
        let failure = through(failure.looked_at(problem));
        match (ignored(Ignorable::Proxy), redirected) {
            (Some(ignored), _) => only_the_repositorys(failure, ignored),
            (None, Some(endpoint)) => without_redirection(failure, endpoint),
            (None, None) => failure,
        }
    };
    match obstacle {
        Obstacle::UnknownIssuer => {
            let failure = through(failure.looked_at("certificate verification failed: unknown issuer"));
            match ignored(Ignorable::CaBundle) {
                Some(ignored) => only_the_repositorys(failure, ignored),
                None => trust_the_proxy(failure, route.ca_bundle.as_deref()),
            }
        }
        Obstacle::Certificate(problem) => {
            through(failure.looked_at(format!("certificate verification failed: {problem}")))
        }
        Obstacle::Proxy(refusal) => no_way(failure, refusal.to_string()),
        Obstacle::Answer(status) => match redirected {
            Some(endpoint) => without_redirection(failure.looked_at(format!("HTTP {status}")), endpoint),
            None => through(failure.looked_at(format!(
                "HTTP {status}, but not from AWS (no request id): a proxy or captive portal answered"
            ))),
        },
        Obstacle::Passing(refusal) => Failure::new(Code::Unreachable, format!("{service} is temporarily unavailable"))
            .looked_at(format!("AWS said: {}", said(&refusal)))
            .fix(Fix::words("try again in a minute")),
        Obstacle::Exchange(error) => no_way(failure, error.to_string()),
        Obstacle::TimedOut => no_way(failure, Obstacle::TIMED_OUT.to_owned()),
        Obstacle::Other(problem) => no_way(failure, problem.to_string()),
    }
}

/// A proxy inspects TLS, most of the time. git needs its certificate as well; git's setting serves both, unless another bundle
/// takes precedence for AWS calls.
fn trust_the_proxy(failure: Failure, ca_bundle: Option<&CaBundle>) -> Failure {
    match ca_bundle {
        Some(CaBundle { file, origin }) => failure
            .looked_at(format!("trusted are the certificates in {file} (from {origin})"))
            .fix(Fix::words(format!("add the CA certificate of your TLS-inspecting proxy to {file}, in PEM format"))),
        None => failure.fix(Fix::template(
            Command::new("git config --global http.sslCAInfo FILE"),
            "FILE: CA certificates in PEM format, with the one of your TLS-inspecting proxy",
        )),
    }
}

/// Where AWS calls go in the place of AWS.
pub(crate) fn redirected_by(endpoint: &Endpoint) -> String {
    format!("{} sends AWS calls to {}, which is not AWS", endpoint.origin, shown_address(&endpoint.url))
}

/// A variable that a session with an emulator has left. One that is in a file is there on purpose.
fn without_redirection(failure: Failure, endpoint: &Endpoint) -> Failure {
    match endpoint.origin {
        EndpointOrigin::Variable(variable) => failure.fix(Fix::command(Command::Unset(vec![variable]))),
        EndpointOrigin::Services(_) | EndpointOrigin::Profile(_) => failure,
    }
}

/// The refusal of something that is not AWS: no policy of AWS mends it.
pub(super) fn not_by_aws(failure: Failure, endpoint: &Endpoint) -> Failure {
    let failure = Failure { fix: None, ..failure };
    without_redirection(failure.looked_at(redirected_by(endpoint)), endpoint)
}

/// The setting would have served, and does not count: a repository comes from others, and AWS credentials go that way.
fn only_the_repositorys(failure: Failure, ignored: &Ignored) -> Failure {
    let Ignored { what, key, origin } = ignored;
    // A remote's is nobody's without its URL, which the repository has.
    let own = if key.starts_with("remote.") { "http.proxy" } else { key };
    let value = match what {
        Ignorable::Proxy => "git config --get",
        Ignorable::CaBundle => "git config --type=path --get",
    };
    failure
        .looked_at(format!("{key} in {origin} is ignored for AWS calls: it is set by the repository, not by you"))
        .fix(Fix::command(Command::new("git config --global").arg(own).output_of(value, key)))
}
