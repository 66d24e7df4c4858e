//! Verifies the proof of possession in a `DPoP` header (RFC 9449, section 4.3): signed by the key that it contains, for
//! this request and the current time, and never used before.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

/// Why a proof is not valid. `seen` has the ids of earlier proofs; the id of a valid proof is added.
pub(crate) fn problem(proof: &str, url: &str, now: DateTime<Utc>, seen: &mut Vec<String>) -> Option<&'static str> {
    match id(proof, url, now) {
        Err(problem) => Some(problem),
        Ok(id) if seen.contains(&id) => Some("the proof was used before"),
        Ok(id) => {
            seen.push(id);
            None
        }
    }
}

fn id(proof: &str, url: &str, now: DateTime<Utc>) -> Result<String, &'static str> {
    let (signed, signature) = proof.rsplit_once('.').ok_or("not three parts")?;
    let (header, claims) = signed.split_once('.').ok_or("not three parts")?;
    let (header, claims) = (json(header)?, json(claims)?);
    if (&header["typ"], &header["alg"]) != (&Value::from("dpop+jwt"), &Value::from("ES256")) {
        return Err("another kind of token");
    }
    let coordinate = |name: &str| decoded(header["jwk"][name].as_str().unwrap_or_default());
    let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &decoded(signature)?)
        .map_err(|_| "not signed by the key that it names")?;
    if (&claims["htm"], &claims["htu"]) != (&Value::from("POST"), &Value::from(url)) {
        return Err("for another request");
    }
    if claims["iat"].as_i64().is_none_or(|at| (at - now.timestamp()).abs() > 300) {
        return Err("of another time");
    }
    claims["jti"].as_str().filter(|id| !id.is_empty()).map(str::to_owned).ok_or("without an id")
}

fn json(part: &str) -> Result<Value, &'static str> {
    serde_json::from_slice(&decoded(part)?).map_err(|_| "not JSON")
}

fn decoded(part: &str) -> Result<Vec<u8>, &'static str> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| "not base64")
}
