//! Path → the path that is signed, or why it is not a repository's.

use super::NearMiss;
use super::meant::name_of_path;
use crate::attributes::percent_decode;
use crate::family::Family;

/// The longest name that CodeCommit allows, in characters (User Guide, "Quotas").
const LONGEST_NAME: usize = 100;

/// The path to sign, with one leading slash and no trailing one. git strips slashes at both ends; other clients do not.
pub(crate) fn signed_form(family: Family, host: &str, path: Option<&str>) -> Result<String, NearMiss> {
    let path = path.map(|path| path.trim_matches('/')).filter(|path| !path.is_empty());
    let Some(path) = path else {
        return Err(NearMiss::NoPath { host: host.to_owned(), family });
    };
    match family {
        Family::CodeConnections if !path.starts_with("git-http/") => {
            Err(NearMiss::NotAConnectionPath { host: host.to_owned(), path: path.to_owned() })
        }
        // Signed as sent, including `.git`; the AWS CLI drops a query or fragment (`urlsplit`).
        Family::CodeConnections | Family::Unchecked => {
            let end = path.find(['?', '#']).unwrap_or(path.len());
            Ok(format!("/{}", &path[..end]))
        }
        Family::Standard | Family::Fips | Family::VpcEndpoint { .. } => {
            repository_name(host, path).map(|name| format!("/v1/repos/{name}"))
        }
    }
}

fn repository_name(host: &str, path: &str) -> Result<String, NearMiss> {
    // git decodes the path before it sends it, git2 does not. A valid name has no `%`, so decoding twice cannot turn
    // one valid name into another.
    let decoded = String::from_utf8_lossy(&percent_decode(path)).into_owned();
    let Some(name) = decoded.strip_prefix("v1/repos/").filter(|name| !name.contains('/') && !name.contains(['?', '#']))
    else {
        let name = name_of_path(&decoded);
        return Err(NearMiss::NotARepositoryPath { host: host.to_owned(), path: decoded.clone(), name });
    };
    // A trailing `.git` is signed as sent: CodeCommit decides what it serves.
    if !is_name(name.strip_suffix(".git").unwrap_or(name)) {
        return Err(NearMiss::InvalidName { name: name.to_owned() });
    }
    Ok(name.to_owned())
}

/// Whether it is 1 to 100 letters, digits, `.`, `_`, `-`, not ending in `.git` (CodeCommit API reference,
/// `RepositoryName`).
pub(super) fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        && name.strip_suffix(".git").is_none()
}
