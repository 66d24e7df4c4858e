//! Host name → family and region, by whole labels.

use crate::family::Family;
use crate::partition::Partition;
use crate::region::Region;

/// What a host is to CodeCommit.
pub(super) enum HostMatch {
    /// A host that can be signed for.
    Regional { family: Family, region: Region },
    /// A host that names no region.
    Unscoped { family: Family },
    /// The JSON API's host; `git_host` is the git host of its region.
    Api { git_host: String },
    /// The region is not in the partition of the host's suffix; `git_host` is its host in its own partition.
    OtherPartition { region: String, git_host: String },
    /// The region is not a valid name; `git_host` is that of the region that was probably meant.
    NoSuchRegion { region: String, git_host: Option<String> },
    /// Starts like a CodeCommit host; `meant` is the host that was probably meant.
    LookAlike { meant: Option<String> },
    /// Any other host.
    Foreign,
}

/// Whether the label is a git host's service label: `Some(true)` for the FIPS one.
fn git_service(label: &str) -> Option<bool> {
    match label {
        "git-codecommit" => Some(false),
        "git-codecommit-fips" => Some(true),
        _ => None,
    }
}

/// Matches a host in lower case, by whole labels.
pub(super) fn match_host(host: &str) -> HostMatch {
    let Some((partition, before_suffix)) = Partition::of_host(host) else {
        return look_alike(host);
    };
    let labels: Vec<&str> = before_suffix.split('.').collect();
    let regional = |family, region| in_partition(family, region, host, partition);
    match labels[..] {
        ["git-codecommit"] => HostMatch::Unscoped { family: Family::Standard },
        ["git-codecommit-fips"] => HostMatch::Unscoped { family: Family::Fips },
        ["git-codecommit", region] => regional(Family::Standard, region),
        ["git-codecommit-fips", region] => regional(Family::Fips, region),
        [endpoint, service, region, "vpce"] if is_endpoint_id(endpoint) => match git_service(service) {
            Some(fips) => regional(Family::VpcEndpoint { fips }, region),
            None => look_alike(host),
        },
        ["codeconnections" | "codestar-connections", region] => regional(Family::CodeConnections, region),
        [api @ ("codecommit" | "codecommit-fips"), region] => {
            HostMatch::Api { git_host: format!("git-{api}.{region}.{}", partition.dns_suffix) }
        }
        _ => look_alike(host),
    }
}

fn in_partition(family: Family, region: &str, host: &str, partition: &'static Partition) -> HostMatch {
    let Some(region) = Region::parse(region) else {
        let git_host = Region::meant(region).map(|meant| {
            let suffix = Partition::of_region(&meant).unwrap_or(partition).dns_suffix;
            let before = host.strip_suffix(partition.dns_suffix).unwrap_or(host);
            before.replacen(&format!(".{region}."), &format!(".{meant}."), 1) + suffix
        });
        return HostMatch::NoSuchRegion { region: region.to_owned(), git_host };
    };
    match Partition::of_region(&region) {
        Some(home) if home.dns_suffix != partition.dns_suffix => HostMatch::OtherPartition {
            region: region.to_string(),
            git_host: host.strip_suffix(partition.dns_suffix).unwrap_or(host).to_owned() + home.dns_suffix,
        },
        // No table has every region; the suffix of AWS itself is what keeps foreign hosts out.
        _ => HostMatch::Regional { family, region },
    }
}

/// The id of a VPC endpoint, `vpce-0b47ea360adebf88a-jkl88hez`; zonal names append the availability zone.
fn is_endpoint_id(label: &str) -> bool {
    label.strip_prefix("vpce-").is_some_and(|id| {
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    })
}

/// Decides on a host that is not CodeCommit's: foreign, unless it starts like one and has AWS's name in it.
/// `git-codecommit.corp.test` may be a mirror with another credential helper. For
/// `git-codecommit.us-east-1.amazonaws.com.evil.test`, a typing error or an attack, git must not go on to ask for a
/// password.
fn look_alike(host: &str) -> HostMatch {
    let labels: Vec<&str> = host.split('.').collect();
    let service = labels.iter().position(|label| label.starts_with("git-codecommit"));
    let starts_like_codecommit = match service {
        Some(0) => true,
        Some(1) => labels[0].starts_with("vpce-"),
        _ => false,
    };
    let bears_the_name_of_aws = labels.iter().any(|&label| matches!(label, "amazonaws" | "aws" | "vpce"));
    if !(starts_like_codecommit && bears_the_name_of_aws) {
        return HostMatch::Foreign;
    }
    let meant = service.and_then(|at| {
        // Also `git-codecommit-us-east-1`.
        let glued = labels[at].strip_prefix("git-codecommit")?;
        let (fips, glued) = glued.strip_prefix("-fips").map_or(("", glued), |rest| ("-fips", rest));
        let region = Region::meant(glued).or_else(|| Region::meant(labels.get(at + 1)?))?;
        let partition = Partition::of_region(&region)?;
        (at == 0).then(|| format!("git-codecommit{fips}.{region}.{}", partition.dns_suffix))
    });
    HostMatch::LookAlike { meant }
}
