//! The service, region and partition of a host name.
//!
//! The formats are those of the CodeCommit User Guide ("Regions and Git connection endpoints", "Using AWS CodeCommit
//! with interface VPC endpoints") and of the endpoint rules and `partitions.json` of the AWS SDKs.

/// DNS suffixes; of two with the same end the longer comes first.
const SUFFIXES: [&str; 9] = [
    "amazonaws.com.cn",
    "amazonaws.com",
    "api.amazonwebservices.com.cn",
    "api.aws",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "amazonaws.eu",
];

/// The region of names without one.
const GLOBAL: &str = "us-east-1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// CodeCommit's git service.
    Git,
    /// The git service of CodeConnections, formerly CodeStar Connections.
    Connections,
    /// CodeCommit's JSON API.
    Api,
    Sts,
    /// The portal of IAM Identity Center.
    SsoPortal,
    /// The token service of IAM Identity Center.
    SsoOidc,
    /// The token service of `aws login`.
    SignIn,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub service: Service,
    pub region: String,
}

impl Endpoint {
    /// The endpoint of a host name without a port, ignoring case; `None` if AWS has none of this name.
    pub(crate) fn of(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        if let Some(region) = sign_in_region(&host) {
            return Some(Self::new(Service::SignIn, region));
        }
        let labels = SUFFIXES.iter().find_map(|suffix| host.strip_suffix(suffix)?.strip_suffix('.'))?;
        let labels: Vec<&str> = labels.split('.').collect();
        match labels.as_slice() {
            ["portal", "sso" | "sso-fips", region] => Some(Self::new(Service::SsoPortal, region)),
            [name] => Some(Self::new(service(name)?, GLOBAL)),
            [name, region] => Some(Self::new(service(name)?, region)),
            [endpoint, name, region, "vpce"] if endpoint.starts_with("vpce-") => {
                Some(Self::new(service(name)?, region))
            }
            _ => None,
        }
    }

    fn new(service: Service, region: &str) -> Self {
        Self { service, region: region.to_owned() }
    }

    /// The region's partition, as in the second field of an ARN.
    pub(crate) fn partition(&self) -> &'static str {
        match self.region.split('-').collect::<Vec<_>>().as_slice() {
            ["cn", ..] => "aws-cn",
            ["us", "gov", ..] => "aws-us-gov",
            ["us", "iso", ..] => "aws-iso",
            ["us", "isob", ..] => "aws-iso-b",
            ["eu", "isoe", ..] => "aws-iso-e",
            ["us", "isof", ..] => "aws-iso-f",
            ["eusc", ..] => "aws-eusc",
            _ => "aws",
        }
    }
}

fn service(name: &str) -> Option<Service> {
    match name.strip_suffix("-fips").unwrap_or(name) {
        "git-codecommit" => Some(Service::Git),
        "codecommit" => Some(Service::Api),
        "codeconnections" | "codestar-connections" => Some(Service::Connections),
        "sts" => Some(Service::Sts),
        "oidc" => Some(Service::SsoOidc),
        _ => None,
    }
}

/// `us-east-1.signin.aws.amazon.com` and its equivalents in China and GovCloud (endpoint rules of aws-sdk-signin).
fn sign_in_region(host: &str) -> Option<&str> {
    [".signin.aws.amazon.com", ".signin.amazonaws.cn", ".signin.amazonaws-us-gov.com"]
        .iter()
        .find_map(|suffix| host.strip_suffix(suffix))
        .filter(|region| !region.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_host_names_lead_to_their_service_and_region() {
        for (host, service, region) in [
            ("git-codecommit.eu-west-1.amazonaws.com", Service::Git, "eu-west-1"),
            ("git-codecommit-fips.us-gov-west-1.amazonaws.com", Service::Git, "us-gov-west-1"),
            ("git-codecommit.cn-north-1.amazonaws.com.cn", Service::Git, "cn-north-1"),
            ("vpce-0b47ea360adebf88a-jkl88hez.git-codecommit.us-east-1.vpce.amazonaws.com", Service::Git, "us-east-1"),
            ("git-codecommit.amazonaws.com", Service::Git, "us-east-1"),
            ("GIT-CODECOMMIT.EU-WEST-1.amazonaws.com", Service::Git, "eu-west-1"),
            ("codeconnections.eu-west-1.amazonaws.com", Service::Connections, "eu-west-1"),
            ("codestar-connections.eu-west-1.amazonaws.com", Service::Connections, "eu-west-1"),
            ("codecommit.eu-west-1.amazonaws.com", Service::Api, "eu-west-1"),
            ("sts.amazonaws.com", Service::Sts, "us-east-1"),
            ("sts.eu-west-1.amazonaws.com", Service::Sts, "eu-west-1"),
            ("portal.sso.eu-west-1.amazonaws.com", Service::SsoPortal, "eu-west-1"),
            ("portal.sso-fips.eu-west-1.api.aws", Service::SsoPortal, "eu-west-1"),
            ("oidc.eu-west-1.amazonaws.com", Service::SsoOidc, "eu-west-1"),
            ("oidc-fips.us-east-1.amazonaws.com", Service::SsoOidc, "us-east-1"),
            ("us-east-1.signin.aws.amazon.com", Service::SignIn, "us-east-1"),
        ] {
            assert_eq!(Endpoint::of(host), Some(Endpoint::new(service, region)), "{host}");
        }
    }

    #[test]
    fn other_host_names_lead_nowhere() {
        for host in [
            "example.com",
            "amazonaws.com",
            "s3.eu-west-1.amazonaws.com",
            "git-codecommit.eu-west-1.amazonaws.com.example.com",
            "x.git-codecommit.eu-west-1.vpce.amazonaws.com",
        ] {
            assert_eq!(Endpoint::of(host), None, "{host}");
        }
    }
}
