//! The proof of possession of an `aws login` session's key: the `DPoP` header of its refresh.
//!
//! A JSON Web Token signed with the session's key (RFC 9449, section 4.2), as in botocore 1.43 `credentials.py`,
//! `_build_dpop_header`: the key is a P-256 key in the PEM format of SEC 1, the signature ES256.

use chrono::{DateTime, Utc};
use codecommit::secret::Secret;
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use serde_json::json;

/// The key of a session.
pub(crate) struct ProofKey(SecretKey);

impl ProofKey {
    /// Parses the key; `None` if it is not valid.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        SecretKey::from_sec1_pem(pem).ok().map(Self)
    }

    /// The header's value for one POST to `url` at `now`. `id` must be unique. A secret, because anyone who has it
    /// could send this one request.
    pub(crate) fn prove(&self, url: &str, id: &str, now: DateTime<Utc>) -> Secret {
        let point = self.0.public_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&_>| bytes.map(|bytes: &p256::FieldBytes| base64url(bytes));
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": coordinate(point.x()), "y": coordinate(point.y())});
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let claims = json!({"jti": id, "htm": "POST", "htu": url, "iat": now.timestamp()});
        let signed = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        // The nonce is derived from key and message (RFC 6979), so no random numbers are needed.
        let signature: Signature = SigningKey::from(&self.0).sign(signed.as_bytes());
        Secret::new(format!("{signed}.{}", base64url(signature.to_bytes())))
    }
}

/// URL-safe base64 without padding (RFC 7515, section 2).
fn base64url(bytes: impl AsRef<[u8]>) -> String {
    let standard = aws_smithy_types::base64::encode(bytes);
    standard.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    /// `openssl ecparam -name prime256v1 -genkey -noout`
    const KEY: &str = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIH4xAZB44y7zoIXskGhhKVkLk8bJivP4/SjxQKRygP4coAoGCCqGSM49\nAwEHoUQDQgAE65kJgu9ZOn/gCUG2Y9j1Y0loV4qhe29HyKGsalYqqWFvta8NEVec\n7b5TGNUEiwubNmA3DCltO2vRlrW0CAuEfQ==\n-----END EC PRIVATE KEY-----\n";

    fn decoded(part: &str) -> Vec<u8> {
        let standard = part.replace('-', "+").replace('_', "/");
        aws_smithy_types::base64::decode(format!("{standard}{}", "=".repeat((4 - standard.len() % 4) % 4)))
            .expect("base64")
    }

    #[test]
    fn the_proof_is_signed_by_the_key_that_it_names() {
        let key = ProofKey::from_pem(KEY).expect("a key");
        let url = "https://eu-west-1.signin.aws.amazon.com/v1/token";
        let proof = key.prove(url, "id", DateTime::from_timestamp(1_767_323_045, 0).expect("a time"));
        let parts: Vec<&str> = proof.expose().split('.').collect();
        let [header, claims, signature] = parts[..] else { panic!("three parts") };
        let json = |part| serde_json::from_slice::<serde_json::Value>(&decoded(part)).expect("JSON");
        assert_eq!(json(claims), json!({"jti": "id", "htm": "POST", "htu": url, "iat": 1_767_323_045}));
        // The public key as openssl prints it, `openssl ec -pubout -text`.
        let jwk = &json(header)["jwk"];
        let [x, y] = ["x", "y"].map(|name| decoded(jwk[name].as_str().expect("a coordinate")));
        assert_eq!((x[..2].to_vec(), y[..2].to_vec()), (vec![0xeb, 0x99], vec![0x6f, 0xb5]));
        let public = VerifyingKey::from_sec1_bytes(&[&[4], &x[..], &y[..]].concat()).expect("a public key");
        let signature = Signature::from_slice(&decoded(signature)).expect("a signature");
        public.verify(format!("{header}.{claims}").as_bytes(), &signature).expect("signed by it");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "not looked at", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"] {
            assert!(ProofKey::from_pem(text).is_none(), "{text}");
        }
    }
}
