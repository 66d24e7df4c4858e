//! The partitions of AWS: which regions and which DNS suffix belong together.
//!
//! Data as in botocore 1.44's `partitions.json` (`regionRegex`, `dnsSuffix`). Only `amazonaws.com` and
//! `amazonaws.com.cn` are documented for CodeCommit's git hosts; the others are listed so that a host there is signed
//! for rather than refused, should AWS open the service in those partitions.

/// A partition, with what a host name needs of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// As in an ARN: `aws`, `aws-cn`.
    pub name: &'static str,
    /// What its host names end in, without a leading dot.
    pub dns_suffix: &'static str,
    /// What comes before `-<word>-<number>` in its region names.
    region_prefixes: &'static [&'static str],
}

/// Every partition. Two share `amazonaws.com`; the first one of a suffix takes regions that no entry knows.
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

static COMMERCIAL: [&str; 25] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-east-1",
    "sa-east-1",
    "me-south-1",
    "me-central-1",
    "af-south-1",
    "il-central-1",
];

impl Partition {
    /// Whether `region` is one of this partition's, by its form: `<prefix>-<word>-<number>`.
    fn has_region(&self, region: &str) -> bool {
        self.region_prefixes.iter().any(|prefix| {
            region
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_prefix('-'))
                .and_then(|rest| rest.split_once('-'))
                .is_some_and(|(word, number)| is_word(word) && is_number(number))
        })
    }

    /// The partition whose regions look like `region`, if any.
    #[must_use]
    pub fn of_region(region: &str) -> Option<&'static Self> {
        PARTITIONS.iter().find(|partition| partition.has_region(region))
    }

    /// The regions in which CodeCommit is known to be offered (User Guide, "Regions and Git connection endpoints"; for a
    /// search only: whatever is not listed works all the same).
    #[must_use]
    pub fn codecommit_regions(&self) -> &'static [&'static str] {
        match self.name {
            "aws" => &COMMERCIAL,
            "aws-us-gov" => &["us-gov-west-1", "us-gov-east-1"],
            "aws-cn" => &["cn-north-1", "cn-northwest-1"],
            _ => &[],
        }
    }

    /// The first partition whose hosts end in `.suffix` for this `host`, with what stands before the suffix.
    pub(super) fn of_host(host: &str) -> Option<(&'static Self, &str)> {
        PARTITIONS.iter().find_map(|partition| {
            let before = host.strip_suffix(partition.dns_suffix)?.strip_suffix('.')?;
            Some((partition, before))
        })
    }
}

/// A region name as AWS forms them: lower-case words and a number, `eu-west-1`, `us-gov-east-1`. New ones appear every
/// year, so the form decides and not a list.
#[must_use]
pub fn is_well_formed_region(region: &str) -> bool {
    let Some((words, number)) = region.rsplit_once('-') else { return false };
    let mut count = 0;
    words.split('-').all(|word| {
        count += 1;
        is_word(word)
    }) && count >= 2
        && is_number(number)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_number(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
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
            assert_eq!(Partition::of_region(region).map(|p| p.name), Some(name), "{region}");
            assert!(is_well_formed_region(region), "{region}");
        }
    }

    #[test]
    fn a_region_that_no_table_knows_is_still_well_formed() {
        assert!(is_well_formed_region("zz-central-7"));
        assert_eq!(Partition::of_region("zz-central-7"), None);
        for malformed in ["", "useast1", "us-east-", "us--1", "us-east-1a", "us-1", "us-east-123", "-east-1"] {
            assert!(!is_well_formed_region(malformed), "{malformed}");
        }
    }
}
