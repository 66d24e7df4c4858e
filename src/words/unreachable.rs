//! Words for an AWS service that did not answer: what was in the way, and where else calls are sent.

use super::credentials::said;
use super::files;
use crate::aws::{
    Attempts, CaBundle, EndpointSetting, EndpointVariant, Ignorable, Ignored, Obstacle, Route, TrustError,
    TrustProblem, Unreachable, Unsupported,
};
use crate::failure::{Code, Command, Failure, Fix};
use aws_files::profiles::{Endpoint, EndpointOrigin};
use codecommit::attributes::shown_address;
use codecommit::secret::public_path;

pub(super) fn unreachable(unreachable: Unreachable) -> Failure {
    let Unreachable { service, obstacle, route, attempts } = unreachable;
    let redirected = route.redirected.as_deref();
    let happened = match &obstacle {
        Obstacle::Passing(_) => format!("{service} is temporarily unavailable"),
        _ => format!("could not connect to {service}"),
    };
    let failure = attempted(Failure::new(Code::Unreachable, happened), &attempts);
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
                None => trust_the_proxy(failure, &route),
            }
        }
        Obstacle::Unsupported(what) => {
            let failure = through(unsupported(failure.looked_at(what.told()), what));
            match redirected {
                Some(endpoint) => without_redirection(failure, endpoint),
                None => failure
                    .looked_at("this does not come from AWS: a proxy inspects TLS")
                    .fix(Fix::administrator("ask your administrator to exempt AWS endpoints from TLS inspection")),
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
        Obstacle::Passing(refusal) => {
            failure.looked_at(format!("AWS said: {}", said(&refusal))).fix(Fix::words("try again in a minute"))
        }
        Obstacle::Exchange(error) => no_way(failure, error.to_string()),
        Obstacle::TimedOut => no_way(failure, Obstacle::TIMED_OUT.to_owned()),
        Obstacle::Other(problem) => no_way(failure, problem.to_string()),
    }
}

/// How often and how long it was tried, and the settings that select the host.
fn attempted(failure: Failure, attempts: &Attempts) -> Failure {
    let Attempts { count, took, host, endpoint_settings } = attempts;
    let failure = endpoint_settings.iter().fold(failure, |failure, EndpointSetting { variant, origin }| {
        let selects = match variant {
            EndpointVariant::Fips => "selects the FIPS endpoint",
            EndpointVariant::DualStack => "selects the dual-stack endpoint",
        };
        let host = host.as_deref().map(|host| format!(" {host}")).unwrap_or_default();
        failure.looked_at(format!("{origin} {selects}{host}"))
    });
    match count {
        0 | 1 => failure,
        _ => failure.looked_at(format!("{count} attempts in {} s", took.as_secs_f64().ceil())),
    }
}

/// What this program supports in the place of what it met.
fn unsupported(failure: Failure, what: Unsupported) -> Failure {
    match what {
        Unsupported::CaCertificate | Unsupported::CertificateVersion | Unsupported::NoNames => failure,
        Unsupported::Algorithm => {
            failure.looked_at("supported: RSA (no RSASSA-PSS keys), ECDSA with P-256 or P-384, Ed25519")
        }
        Unsupported::CipherSuites => failure
            .looked_at("offered: TLS 1.2 and 1.3, AES-GCM, ECDHE with X25519, P-256 or P-384")
            .looked_at("not supported: CBC cipher suites, RSA key exchange, keys on P-521, RSASSA-PSS keys"),
        Unsupported::Version => failure.looked_at("supported: TLS 1.2 and TLS 1.3"),
    }
}

/// A proxy inspects TLS, most of the time. git needs its certificate as well; git's setting serves both, unless another bundle
/// takes precedence for AWS calls, or git ignores it.
fn trust_the_proxy(failure: Failure, route: &Route) -> Failure {
    const FILE: &str = "FILE: CA certificates in PEM format, with the one of your TLS-inspecting proxy";
    let failure = route.without_effect.iter().fold(failure, |failure, error| {
        failure.looked_at(format!(
            "{} adds no certificate: {} {}",
            error.origin,
            public_path(&error.what),
            why(&error.problem)
        ))
    });
    match route.ca_bundle.as_deref() {
        Some(CaBundle { file, origin }) => failure
            .looked_at(format!("trusted are the certificates in {file} (from {origin})"))
            .fix(Fix::words(format!("add the CA certificate of your TLS-inspecting proxy to {file}, in PEM format"))),
        None if route.trusts_as_windows => {
            failure.fix(Fix::template(Command::Export("AWS_CA_BUNDLE", "FILE".into()), FILE))
        }
        None => failure.fix(Fix::template(Command::new("git config --global http.sslCAInfo FILE"), FILE)),
    }
}

/// A CA bundle that cannot be used.
pub(super) fn untrusted(error: &TrustError) -> Failure {
    let set_by = |failure: Failure, it: &str| failure.looked_at(format!("set by {}: it {it}", error.origin));
    match &error.problem {
        TrustProblem::System => {
            let failure = Failure::new(Code::CaBundle, "no CA certificates on this system");
            if cfg!(target_os = "linux") {
                failure.fix(Fix::words("install the package ca-certificates"))
            } else {
                failure
            }
        }
        TrustProblem::Unnamed => set_by(Failure::new(Code::CaBundle, "cannot use CA bundle: no path"), "is empty"),
        problem => {
            let failure = Failure::new(Code::CaBundle, format!("cannot use CA bundle {}", public_path(&error.what)));
            set_by(failure, &why(problem))
        }
    }
}

/// Why a file adds no certificate, behind its name.
fn why(problem: &TrustProblem) -> String {
    match problem {
        TrustProblem::Unread(unread) => files::why_unread(unread),
        TrustProblem::NoCertificate => "has no valid certificate in PEM format".to_owned(),
        TrustProblem::Der => "is in DER format, not in PEM format".to_owned(),
        TrustProblem::NotForServers => "has only certificates that are not trusted for TLS servers".to_owned(),
        TrustProblem::Unnamed | TrustProblem::System => "has no path".to_owned(),
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
