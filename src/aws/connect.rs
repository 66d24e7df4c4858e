//! One connection: directly or through a proxy, and TLS over it.
//!
//! Decides how the stream is made; leaves it to `proxy` which proxy is used, and to hyper what is said over it. HTTP/1.1
//! only, as in the AWS CLI (urllib3): nothing of AWS needs more.

use super::proxy::{Protocol, Proxy, Server};
use super::resolve;
use super::tunnel::{self, Login, ProxyRefusal};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_socks::TargetAddr;
use tokio_socks::tcp::{Socks4Stream, Socks5Stream};
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The way to every host.
#[derive(Clone, Default)]
pub(super) struct Way {
    /// For `https://`; without it only `http://` can be connected to.
    pub tls: Option<Arc<ClientConfig>>,
    /// The proxy of `https://`.
    pub via: Option<Via>,
    /// `http.curloptResolve`: addresses that are not looked up.
    pub resolve: Vec<String>,
}

/// A proxy that can be used.
#[derive(Clone)]
pub(super) struct Via {
    pub proxy: Proxy,
    pub server: Server,
    /// For an `https://` proxy.
    pub tls: Option<Arc<ClientConfig>>,
    /// For an HTTP proxy.
    pub login: Option<Login>,
}

/// Makes connections.
#[derive(Clone)]
pub(super) struct Connector(pub Arc<Way>);

/// A stream of bytes to a host.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// What failed beyond the TCP connection.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("TLS handshake failed")]
    Tls(#[source] io::Error),
    #[error("connection to the proxy failed")]
    Proxy(#[source] io::Error),
    /// In the words of hyper-util.
    #[error("dns error")]
    Lookup(#[source] io::Error),
}

impl Service<http::Uri> for Connector {
    type Response = Conn;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Conn, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: http::Uri) -> Self::Future {
        let way = Arc::clone(&self.0);
        Box::pin(async move { way.connect(&to).await.map(|stream| Conn(TokioIo::new(stream))) })
    }
}

impl Way {
    async fn connect(&self, to: &http::Uri) -> Result<Box<dyn Stream>, BoxError> {
        let host = to.host().ok_or("the URL has no host")?;
        if to.scheme_str() != Some("https") {
            return Ok(Box::new(self.tcp(host, to.port_u16().unwrap_or(80)).await?));
        }
        let tls = self.tls.as_ref().ok_or("TLS is not set up")?;
        let port = to.port_u16().unwrap_or(443);
        let stream = match self.via.as_ref().filter(|via| via.proxy.is_for(host, to.port_u16())) {
            Some(via) => self.through(via, host, port).await?,
            None => Box::new(self.tcp(host, port).await?),
        };
        Ok(Box::new(secured(tls, host, stream).await?.map_err(Failed::Tls)?))
    }

    /// A TCP connection. Several addresses of a host are tried as hyper-util does (RFC 6555).
    async fn tcp(&self, host: &str, port: u16) -> Result<impl Stream + use<>, BoxError> {
        let to = http::Uri::builder().scheme("http").authority(format!("{host}:{port}")).path_and_query("/").build()?;
        let addresses = resolve::addresses(&self.resolve, host, port);
        let mut connector = HttpConnector::new_with_resolver(Resolver { addresses });
        connector.set_nodelay(true);
        Ok(connector.call(to).await?.into_inner())
    }

    async fn through(&self, via: &Via, host: &str, port: u16) -> Result<Box<dyn Stream>, BoxError> {
        let first = via.login.as_ref().filter(|login| login.at_once);
        match self.once_through(via, host, port, first).await? {
            Ok(stream) => Ok(stream),
            // As curl does with `CURLAUTH_ANY`: it waits until it is asked, and then says it on another connection.
            Err(ProxyRefusal::LoginRequired(_)) if first.is_none() && via.login.is_some() => {
                Ok(self.once_through(via, host, port, via.login.as_ref()).await??)
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn once_through(
        &self,
        via: &Via,
        host: &str,
        port: u16,
        login: Option<&Login>,
    ) -> Result<Result<Box<dyn Stream>, ProxyRefusal>, BoxError> {
        let Server { protocol, host: proxy, port: proxy_port, socket, .. } = &via.server;
        let stream: Box<dyn Stream> = match socket {
            Some(path) => unix(path).await?,
            None => Box::new(self.tcp(proxy, *proxy_port).await?),
        };
        let mut stream: Box<dyn Stream> = match (protocol, &via.tls) {
            (Protocol::Https, Some(tls)) => match secured(tls, proxy, stream).await? {
                Ok(stream) => Box::new(stream),
                Err(error) => return Ok(Err(ProxyRefusal::Tls(error.to_string().into()))),
            },
            (Protocol::Https, None) => return Err("TLS with the proxy is not set up".into()),
            _ => stream,
        };
        match protocol {
            Protocol::Http | Protocol::Https => {
                let opened =
                    tunnel::open(&mut stream, &format!("{host}:{port}"), login).await.map_err(Failed::Proxy)?;
                Ok(opened.map(|()| stream))
            }
            _ => self.socks(&via.server, stream, host, port).await,
        }
    }

    async fn socks(
        &self,
        server: &Server,
        stream: Box<dyn Stream>,
        host: &str,
        port: u16,
    ) -> Result<Result<Box<dyn Stream>, ProxyRefusal>, BoxError> {
        let Server { protocol, user, password, .. } = server;
        let target = match protocol {
            Protocol::Socks4 | Protocol::Socks5 => TargetAddr::Ip(self.looked_up(host, port, *protocol).await?),
            _ => match bare(host).parse::<IpAddr>() {
                Ok(address) => TargetAddr::Ip(SocketAddr::new(address, port)),
                Err(_) => TargetAddr::Domain(host.to_owned().into(), port),
            },
        };
        let user = user.as_ref().map(codecommit::secret::Secret::expose).filter(|user| !user.is_empty());
        let opened = match protocol {
            Protocol::Socks4 | Protocol::Socks4a => match user {
                // tokio-socks 0.5 has room for 504 bytes of both.
                Some(user) if user.len() + host.len() > 400 => return Err("the proxy's user name is too long".into()),
                Some(user) => Socks4Stream::connect_with_userid_and_socket(stream, target, user).await,
                None => Socks4Stream::connect_with_socket(stream, target).await,
            }
            .map(Socks4Stream::into_inner),
            _ => match (user, password.as_ref().map(codecommit::secret::Secret::expose)) {
                (Some(user), Some(password)) if !password.is_empty() => {
                    Socks5Stream::connect_with_password_and_socket(stream, target, user, password).await
                }
                _ => Socks5Stream::connect_with_socket(stream, target).await,
            }
            .map(Socks5Stream::into_inner),
        };
        match opened {
            Ok(stream) => Ok(Ok(stream)),
            Err(error) => Ok(Err(of_socks(error).map_err(Failed::Proxy)?)),
        }
    }

    /// The address of a host, for proxies that take no names. SOCKS4 has IPv4 only.
    async fn looked_up(&self, host: &str, port: u16, protocol: Protocol) -> Result<SocketAddr, BoxError> {
        let usable = |address: &SocketAddr| protocol != Protocol::Socks4 || address.is_ipv4();
        let address = match resolve::addresses(&self.resolve, host, port) {
            Some(addresses) => addresses.into_iter().map(|address| SocketAddr::new(address, port)).find(usable),
            None => tokio::net::lookup_host((bare(host), port)).await.map_err(Failed::Lookup)?.find(usable),
        };
        Ok(address.ok_or_else(|| format!("{host} has no address that the proxy can use"))?)
    }
}

/// What a SOCKS proxy said; or the error of the connection.
fn of_socks(error: tokio_socks::Error) -> io::Result<ProxyRefusal> {
    use tokio_socks::Error;
    Ok(match error {
        // It closed the connection.
        Error::Io(error) => return Err(error),
        Error::AuthorizationRequired | Error::NoAcceptableAuthMethods => ProxyRefusal::LoginRequired(None),
        Error::PasswordAuthFailure(_) | Error::IdentdAuthFailure | Error::InvalidUserIdAuthFailure => {
            ProxyRefusal::LoginRejected(None)
        }
        Error::InvalidResponseVersion | Error::InvalidReservedByte | Error::UnknownAddressType => {
            ProxyRefusal::NotSocks
        }
        other => ProxyRefusal::Socks(other.to_string().into()),
    })
}

/// TLS over a stream; the inner error is that of the handshake.
async fn secured(
    tls: &Arc<ClientConfig>,
    host: &str,
    stream: Box<dyn Stream>,
) -> Result<io::Result<impl Stream + use<>>, BoxError> {
    let name = ServerName::try_from(bare(host).to_owned())?;
    Ok(TlsConnector::from(Arc::clone(tls)).connect(name, stream).await)
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(unix)]
async fn unix(path: &str) -> Result<Box<dyn Stream>, BoxError> {
    Ok(Box::new(tokio::net::UnixStream::connect(path).await.map_err(Failed::Proxy)?))
}

#[cfg(not(unix))]
async fn unix(_: &str) -> Result<Box<dyn Stream>, BoxError> {
    Err("this system has no Unix sockets".into())
}

/// Looks names up, or gives the addresses that are set.
#[derive(Clone)]
struct Resolver {
    addresses: Option<Vec<IpAddr>>,
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let given = self.addresses.clone();
        Box::pin(async move {
            Ok(match given {
                Some(given) => given.into_iter().map(|address| SocketAddr::new(address, 0)).collect::<Vec<_>>(),
                None => GaiResolver::new().call(name).await?.collect(),
            }
            .into_iter())
        })
    }
}

/// A connection for hyper.
pub(super) struct Conn(TokioIo<Box<dyn Stream>>);

impl Connection for Conn {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Conn {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl Write for Conn {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
