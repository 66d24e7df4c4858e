//! The AWS partitions: which regions and which DNS suffix belong together.
//!
//! Data from botocore 1.44's `partitions.json` (`regionRegex`, `dnsSuffix`). Only `amazonaws.com` and
//! `amazonaws.com.cn` are documented for CodeCommit's git hosts. The others are listed so that a host there is signed
//! for, not rejected, if AWS launches the service in those partitions.

use crate::region::{Region, is_number, is_word};

/// A partition, with the data needed for its host names.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// The name as in an ARN: `aws`, `aws-cn`.
    pub name: &'static str,
    /// The suffix of its host names, without a leading dot.
    pub dns_suffix: &'static str,
    /// The part of its region names before `-<word>-<number>`.
    region_prefixes: &'static [&'static str],
}

/// Every partition. Two share `amazonaws.com`; unknown regions of a suffix belong to its first entry.
pub static PARTITIONS: [Partition; 8] = [
    Partition {
        name: "aws",
        dns_suffix: "amazonaws.com",
        region_prefixes: &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
    },
    Partition { name: "aws-us-gov", dns_suffix: "amazonaws.com", region_prefixes: &["us-gov"] },
    Partition { name: "aws-cn", dns_suffix: "amazonaws.com.cn", region_prefixes: &["cn"] },
    Partition { name: "aws-iso", dns_suffix: "c2s.ic.gov", region_prefixes: &["us-iso"] },
    Partition { name: "aws-iso-b", dns_suffix: "sc2s.sgov.gov", region_prefixes: &["us-isob"] },
    Partition { name: "aws-iso-e", dns_suffix: "cloud.adc-e.uk", region_prefixes: &["eu-isoe"] },
    Partition { name: "aws-iso-f", dns_suffix: "csp.hci.ic.gov", region_prefixes: &["us-isof"] },
    Partition { name: "aws-eusc", dns_suffix: "amazonaws.eu", region_prefixes: &["eusc-de"] },
];

static COMMERCIAL: [Region; 25] = [
    Region::known("us-east-1"),
    Region::known("us-east-2"),
    Region::known("us-west-1"),
    Region::known("us-west-2"),
    Region::known("ca-central-1"),
    Region::known("eu-west-1"),
    Region::known("eu-west-2"),
    Region::known("eu-west-3"),
    Region::known("eu-central-1"),
    Region::known("eu-north-1"),
    Region::known("eu-south-1"),
    Region::known("ap-northeast-1"),
    Region::known("ap-northeast-2"),
    Region::known("ap-northeast-3"),
    Region::known("ap-southeast-1"),
    Region::known("ap-southeast-2"),
    Region::known("ap-southeast-3"),
    Region::known("ap-south-1"),
    Region::known("ap-south-2"),
    Region::known("ap-east-1"),
    Region::known("sa-east-1"),
    Region::known("me-south-1"),
    Region::known("me-central-1"),
    Region::known("af-south-1"),
    Region::known("il-central-1"),
];

static GOV_CLOUD: [Region; 2] = [Region::known("us-gov-west-1"), Region::known("us-gov-east-1")];

static CHINA: [Region; 2] = [Region::known("cn-north-1"), Region::known("cn-northwest-1")];

impl Partition {
    /// Whether `region` has the form of this partition's regions, `<prefix>-<word>-<number>`.
    fn has_region(&self, region: &Region) -> bool {
        self.region_prefixes.iter().any(|prefix| {
            region
                .as_str()
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_prefix('-'))
                .and_then(|rest| rest.split_once('-'))
                .is_some_and(|(word, number)| is_word(word) && is_number(number))
        })
    }

    /// The partition whose regions have the form of `region`, if any.
    #[must_use]
    pub fn of_region(region: &Region) -> Option<&'static Self> {
        PARTITIONS.iter().find(|partition| partition.has_region(region))
    }

    /// The regions that are known to offer CodeCommit (User Guide, "Regions and Git connection endpoints"). For
    /// searches only: a region that is not listed is signed for all the same.
    #[must_use]
    pub fn codecommit_regions(&self) -> &'static [Region] {
        match self.name {
            "aws" => &COMMERCIAL,
            "aws-us-gov" => &GOV_CLOUD,
            "aws-cn" => &CHINA,
            _ => &[],
        }
    }

    /// The first partition whose suffix `host` ends in, and the part of `host` before that suffix.
    pub(crate) fn of_host(host: &str) -> Option<(&'static Self, &str)> {
        PARTITIONS.iter().find_map(|partition| {
            let before = host.strip_suffix(partition.dns_suffix)?.strip_suffix('.')?;
            Some((partition, before))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_known_region_belongs_to_its_own_partition() {
        for (region, name) in [
            ("us-east-1", "aws"),
            ("il-central-1", "aws"),
            ("us-gov-west-1", "aws-us-gov"),
            ("cn-northwest-1", "aws-cn"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(Partition::of_region(&Region::known(region)).map(|p| p.name), Some(name), "{region}");
        }
    }

    #[test]
    fn every_region_of_the_tables_is_one() {
        static CONSTANT: Region = Region::US_EAST_1;
        let listed = PARTITIONS.iter().flat_map(Partition::codecommit_regions);
        for region in listed.chain([&CONSTANT]) {
            assert_eq!(Region::parse(region.as_str()).as_ref(), Some(region));
        }
        assert_eq!(Partition::of_region(&Region::known("zz-central-7")), None);
    }
}
