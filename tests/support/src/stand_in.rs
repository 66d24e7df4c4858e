//! The handle: starts and stops the stand-in, and has its addresses.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::ca::Authority;
use crate::git::Git;
use crate::record::{Request, Tunnel};
use crate::server::{self, Door};
use crate::state::World;

/// CodeCommit and the AWS endpoints that it needs, on loopback. Clones share one stand-in, which stops with the last
/// one.
#[derive(Clone)]
pub struct StandIn {
    pub(crate) world: Arc<World>,
    running: Arc<Running>,
}

struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    proxy: SocketAddr,
    tls: SocketAddr,
    imds: SocketAddr,
    container: SocketAddr,
    ca_file: PathBuf,
    /// Declared last, so that it is removed last.
    _folder: TempDir,
}

impl StandIn {
    /// Starts an empty stand-in: no keys, no repositories, every endpoint working.
    ///
    /// # Panics
    ///
    /// If there is no git, no loopback interface or no space for temporary files, with a message that says which.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("codecommit-stand-in-")
            .tempdir()
            .unwrap_or_else(|error| panic!("the stand-in got no temporary folder: {error}"));
        let authority = Authority::new();
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, authority.pem())
            .unwrap_or_else(|error| panic!("the stand-in could not write its CA file: {error}"));
        let project_root = folder.path().join("repositories");
        let world = Arc::new(World::new(Git::first_on_path(folder.path()), project_root));

        let acceptor = TlsAcceptor::from(Arc::new(authority.server_config()));
        let listeners = [
            (bind(), Door::Proxy(acceptor.clone())),
            (bind(), Door::Tls(acceptor)),
            (bind(), Door::Imds),
            (bind(), Door::Container),
        ];
        let [proxy, tls, imds, container] = listeners.each_ref().map(|(listener, _)| address(listener));
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&world);
        let thread = std::thread::Builder::new()
            .name("stand-in".to_owned())
            .spawn(move || serve(&served, listeners, stopped))
            .unwrap_or_else(|error| panic!("the stand-in got no thread: {error}"));
        Self {
            world,
            running: Arc::new(Running {
                stop: Some(stop),
                thread: Some(thread),
                proxy,
                tls,
                imds,
                container,
                ca_file,
                _folder: folder,
            }),
        }
    }

    /// The CA certificate to trust, as a PEM file.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.running.ca_file
    }

    /// The proxy's URL, through which every host name leads to the stand-in.
    #[must_use]
    pub fn proxy_url(&self) -> String {
        format!("http://{}", self.running.proxy)
    }

    /// The address of the TLS server, for clients that are configured with it (`http.curloptResolve`).
    #[must_use]
    pub fn tls_address(&self) -> SocketAddr {
        self.running.tls
    }

    /// The value for `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    #[must_use]
    pub fn imds_url(&self) -> String {
        format!("http://{}", self.running.imds)
    }

    /// The value for `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    #[must_use]
    pub fn container_url(&self) -> String {
        format!("http://{}/creds", self.running.container)
    }

    /// The environment with which git, curl, the AWS CLI and the program under test connect to the stand-in only. It
    /// has neither `PATH` nor `HOME`, and disables IMDS.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let ca_file = self.ca_file().display().to_string();
        [
            ("HTTPS_PROXY", self.proxy_url()),
            ("NO_PROXY", String::new()),
            ("GIT_SSL_CAINFO", ca_file.clone()),
            ("AWS_CA_BUNDLE", ca_file.clone()),
            ("CURL_CA_BUNDLE", ca_file.clone()),
            ("SSL_CERT_FILE", ca_file),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
            ("GIT_TERMINAL_PROMPT", "0".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// All requests since the start or the last [`forget`](Self::forget).
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.world.state().record.requests()
    }

    /// All tunnels requested from the proxy.
    #[must_use]
    pub fn tunnels(&self) -> Vec<Tunnel> {
        self.world.state().record.tunnels()
    }

    /// Clears both records.
    pub fn forget(&self) {
        self.world.state().record.clear();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the thread has already ended.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn bind() -> TcpListener {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap_or_else(|error| panic!("the stand-in cannot listen on loopback: {error}"));
    listener
        .set_nonblocking(true)
        .unwrap_or_else(|error| panic!("the stand-in cannot listen without blocking: {error}"));
    listener
}

fn address(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a bound listener has an address")
}

/// The thread's function. When it returns, the runtime closes every connection and terminates every child process.
fn serve(world: &Arc<World>, listeners: [(TcpListener, Door); 4], stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs no more than a few file descriptors");
    runtime.block_on(async {
        for (listener, door) in listeners {
            let listener = tokio::net::TcpListener::from_std(listener).expect("the listener does not block");
            tokio::spawn(server::listen(Arc::clone(world), listener, door));
        }
        // Dropping the handle also drops the sender.
        let _ = stopped.await;
    });
}
