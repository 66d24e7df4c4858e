//! Words for `codecommit::` URLs that cannot be served.

use super::{Code, Failure};
use crate::remote::{Address, Source};

impl Failure {
    /// Not an address.
    #[must_use]
    pub fn malformed_address(address: &str) -> Self {
        Self::new(Code::MalformedRemoteUrl, format!("`{address}` is not the address of a CodeCommit repository"))
            .looked_at("such an address reads codecommit://REPOSITORY or codecommit://PROFILE@REPOSITORY,")
            .looked_at("with a region codecommit::REGION://REPOSITORY or codecommit::REGION://PROFILE@REPOSITORY")
    }

    /// No region in the address, and none configured for the profile that signs.
    #[must_use]
    pub fn address_without_region(address: &Address, profile: &str) -> Self {
        let named = address.profile.as_ref().map(|profile| format!("{profile}@")).unwrap_or_default();
        Self::new(Code::NoRegion, "the remote's URL names no region, and none is configured")
            .looked_at(format!("AWS_DEFAULT_REGION, AWS_REGION and the region of profile `{profile}` are not set"))
            .fix(format!("use a URL with the region: codecommit::REGION://{named}{}", address.repository))
    }

    /// What is configured as the region is none.
    #[must_use]
    pub fn malformed_region_of(region: &str, source: &Source) -> Self {
        Self::new(Code::MalformedRegion, format!("`{region}` is not the name of an AWS region"))
            .looked_at(format!("the remote's URL names no region; this one comes from {source}"))
    }
}
