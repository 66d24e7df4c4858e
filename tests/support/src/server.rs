//! The listeners and the handling of a request: accept, read, find the service, answer, record.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::Full;
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use crate::answer::Answer;
use crate::call::Call;
use crate::endpoint::{Endpoint, Service};
use crate::record::{Request, Seen};
use crate::state::{Spoken, World};
use crate::{api, codecommit, metadata, proxy, signin, sso, sts};

/// The service of a listener.
#[derive(Clone)]
pub(crate) enum Door {
    Proxy(TlsAcceptor),
    Tls(TlsAcceptor),
    Imds,
    Container,
}

/// Accepts connections forever; every connection has a task, which ends with the runtime.
pub(crate) async fn listen(world: Arc<World>, listener: TcpListener, door: Door) {
    while let Ok((stream, _)) = listener.accept().await {
        let (world, door) = (Arc::clone(&world), door.clone());
        tokio::spawn(async move {
            // Errors of a connection are left to the client: tests of broken clients depend on it.
            let _ = match door {
                Door::Proxy(tls) => proxy::serve(world, tls, stream).await,
                Door::Tls(tls) => serve_tls(world, tls, stream).await,
                Door::Imds | Door::Container => {
                    serve_http(world, stream, door).await;
                    Ok(())
                }
            };
        });
    }
}

pub(crate) async fn serve_tls(world: Arc<World>, tls: TlsAcceptor, stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let host = start.client_hello().server_name().unwrap_or_default().to_owned();
    let led_to = world.state().led_to.iter().find(|(known, ..)| *known == host).cloned();
    let mut config = Arc::clone(tls.config());
    if let Some((_, _, Spoken::Http2)) = led_to {
        Arc::make_mut(&mut config).alpn_protocols = vec![b"h2".to_vec()];
    }
    let mut stream = start.into_stream(config).await?;
    if let Some((_, server, _)) = led_to {
        tokio::io::copy_bidirectional(&mut stream, &mut TcpStream::connect(server).await?).await?;
        return Ok(());
    }
    serve_http(world, stream, Door::Tls(tls)).await;
    Ok(())
}

async fn serve_http<S>(world: Arc<World>, stream: S, door: Door)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| respond(&world, &door, request));
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(
    world: &World,
    door: &Door,
    request: hyper::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = match Call::read(request).await {
        Ok(call) => recorded(world, door, &call).await,
        Err(_) => Answer::new(400, ""),
    };
    let now = world.state().now();
    Ok(answer.into_response(now))
}

async fn recorded(world: &World, door: &Door, call: &Call) -> Answer {
    let number = world.state().record.arrived(arrival(door, call));
    let mut seen = Seen::default();
    let answer = match door {
        Door::Proxy(_) | Door::Tls(_) => route(world, call, &mut seen).await,
        Door::Imds => metadata::imds(world, call, &mut seen).await,
        Door::Container => metadata::container(world, call, &mut seen),
    };
    world.state().record.answered(number, seen, &answer);
    answer
}

fn arrival(door: &Door, call: &Call) -> Request {
    Request {
        host: match door {
            Door::Proxy(_) | Door::Tls(_) => call.host.clone(),
            Door::Imds => "imds".to_owned(),
            Door::Container => "container".to_owned(),
        },
        method: call.method.clone(),
        path: call.path.clone(),
        // The query of a presigned request has its token and signature.
        query: if call.query.contains("X-Amz-") { String::new() } else { call.query.clone() },
        status: 0,
        access_key_id: None,
        action: None,
        error: None,
        request_id: None,
        parameters: Vec::new(),
        user_agent: call.header("user-agent").unwrap_or_default().to_owned(),
    }
}

async fn route(world: &World, call: &Call, seen: &mut Seen) -> Answer {
    let fixed = world
        .state()
        .fixed_answers
        .iter()
        .find(|(host, _)| host.eq_ignore_ascii_case(&call.host))
        .map(|(_, fixed)| fixed.clone());
    if let Some(fixed) = fixed {
        return fixed.into();
    }
    let Some(endpoint) = Endpoint::of(&call.host) else {
        return Answer::html(404, "Not Found");
    };
    match endpoint.service {
        Service::Git | Service::Connections => codecommit::answer(world, &endpoint, call, seen).await,
        Service::Api => api::answer(world, &endpoint, call, seen).await,
        Service::Sts => sts::answer(&mut world.state(), &endpoint, call, seen),
        Service::SsoPortal => sso::portal(&mut world.state(), call, seen),
        Service::SsoOidc => sso::oidc(&mut world.state(), call, seen),
        Service::SignIn => signin::answer(&mut world.state(), call, seen),
    }
}
