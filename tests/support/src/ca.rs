//! The temporary certificate authority: one for each stand-in, with a leaf certificate for each requested name.
//!
//! The clients under test must use the endpoints' real host names, so no fixed list of names is possible: the leaf is
//! created when the TLS client hello names its server (RFC 6066, section 3), and cached.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// The name for clients that send no server name, such as `curl https://127.0.0.1:…`.
const NAMELESS: &str = "127.0.0.1";

pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// One key for all leaves: creating keys is slow, and nothing here is secret.
    leaf_key: KeyPair,
    leaves: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = validity(Vec::new());
        params.distinguished_name.push(DnType::CommonName, "Throw-away CA of the CodeCommit stand-in");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("ring makes an ECDSA key");
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).expect("the CA's parameters are complete"),
            leaf_key: KeyPair::generate().expect("ring makes an ECDSA key"),
            leaves: Mutex::new(HashMap::new()),
        }
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The stand-in's TLS configuration. It offers HTTP/1.1 only, since the recorded answers of CodeCommit are
    /// HTTP/1.1.
    pub(crate) fn server_config(self) -> ServerConfig {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(self));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config
    }

    fn leaf(&self, name: &str) -> Arc<CertifiedKey> {
        let mut leaves = self.leaves.lock().expect("no thread panics while it holds the leaves");
        if let Some(leaf) = leaves.get(name) {
            return Arc::clone(leaf);
        }
        let leaf = Arc::new(self.mint(name));
        leaves.insert(name.to_owned(), Arc::clone(&leaf));
        leaf
    }

    fn mint(&self, name: &str) -> CertifiedKey {
        let mut params = validity(vec![name.to_owned()]);
        // A common name has at most 64 characters (RFC 5280, upper bounds); names of VPC endpoints are longer.
        params.distinguished_name.push(DnType::CommonName, "CodeCommit stand-in");
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&self.leaf_key, &self.issuer).expect("the leaf's parameters are complete");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.leaf_key.serialize_der()));
        let key = ring::sign::any_supported_type(&key).expect("ring reads the key it made");
        CertifiedKey::new(vec![certificate.der().clone()], key)
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.leaf(hello.server_name().unwrap_or(NAMELESS)))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority")
    }
}

fn validity(names: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(names).expect("TLS clients name hosts in ASCII");
    // A long validity in both directions, for tests that shift the client's clock.
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    params
}
