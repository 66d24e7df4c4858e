//! A text that is not a region name → the region that was probably meant, if only one fits. Pure.
//!
//! For "did you mean" only: nothing is signed for a region found here. Display names are those of the AWS console and
//! of botocore's `partitions.json` (`description`).

use super::Region;
use crate::partition::{PARTITIONS, Partition};

/// The end of a display name, reduced to its letters in lower case, and its region.
const PLACES: [(&str, Region); 31] = [
    ("virginia", Region::known("us-east-1")),
    ("ohio", Region::known("us-east-2")),
    ("california", Region::known("us-west-1")),
    ("oregon", Region::known("us-west-2")),
    ("canada", Region::known("ca-central-1")),
    ("canadacentral", Region::known("ca-central-1")),
    ("ireland", Region::known("eu-west-1")),
    ("london", Region::known("eu-west-2")),
    ("paris", Region::known("eu-west-3")),
    ("frankfurt", Region::known("eu-central-1")),
    ("stockholm", Region::known("eu-north-1")),
    ("milan", Region::known("eu-south-1")),
    ("tokyo", Region::known("ap-northeast-1")),
    ("seoul", Region::known("ap-northeast-2")),
    ("osaka", Region::known("ap-northeast-3")),
    ("singapore", Region::known("ap-southeast-1")),
    ("sydney", Region::known("ap-southeast-2")),
    ("jakarta", Region::known("ap-southeast-3")),
    ("mumbai", Region::known("ap-south-1")),
    ("hyderabad", Region::known("ap-south-2")),
    ("hongkong", Region::known("ap-east-1")),
    ("saopaulo", Region::known("sa-east-1")),
    ("sopaulo", Region::known("sa-east-1")),
    ("bahrain", Region::known("me-south-1")),
    ("uae", Region::known("me-central-1")),
    ("capetown", Region::known("af-south-1")),
    ("telaviv", Region::known("il-central-1")),
    ("govclouduswest", Region::known("us-gov-west-1")),
    ("govclouduseast", Region::known("us-gov-east-1")),
    ("beijing", Region::known("cn-north-1")),
    ("ningxia", Region::known("cn-northwest-1")),
];

/// The longest text that is compared, in bytes: display names are shorter.
const LONGEST: usize = 64;

impl Region {
    /// The region that `text` was probably meant to name: in capitals, with surrounding blanks or other separators, an
    /// availability zone, a display name such as `Europe (Ireland)`, or one typing error away from exactly one region
    /// that is known to offer CodeCommit.
    #[must_use]
    pub fn meant(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        // In AWS's files a comment after a value is part of the value.
        let text = text.split(['#', ';']).next().unwrap_or(text);
        let text = text.trim_matches(|character: char| !character.is_alphanumeric()).to_lowercase();
        let hyphened: String =
            text.chars().map(|character| if " _.".contains(character) { '-' } else { character }).collect();
        // `us-east-1a` is an availability zone.
        let region = hyphened.strip_suffix(|last: char| last.is_ascii_lowercase()).unwrap_or(&hyphened);
        let of_place = || {
            let letters: String = text.chars().filter(char::is_ascii_lowercase).collect();
            PLACES.iter().find(|(place, _)| letters.ends_with(place)).map(|(_, region)| region.clone())
        };
        Self::parse(&hyphened).or_else(|| Self::parse(region)).or_else(of_place).or_else(|| nearest(&text))
    }
}

/// First compared without hyphens, the characters most often forgotten; then the only region within a typing error or
/// two.
fn nearest(text: &str) -> Option<Region> {
    let squeezed = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let text = squeezed(text);
    let most = if text.len() < 8 { 1 } else { 2 };
    let mut best: Option<(usize, &Region)> = None;
    let mut is_unique = false;
    for region in PARTITIONS.iter().flat_map(Partition::codecommit_regions) {
        let distance = strsim::damerau_levenshtein(&squeezed(region.as_str()), &text);
        let known = best.map_or(usize::MAX, |(known, _)| known);
        if distance <= most && distance <= known {
            is_unique = distance < known;
            best = Some((distance, region));
        }
    }
    best.filter(|_| is_unique).map(|(_, region)| region.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_that_was_meant_is_found_where_only_one_can_be() {
        for (text, region) in [
            ("US-EAST-1", "us-east-1"),
            (" us-east-1 ", "us-east-1"),
            ("\"eu-west-1\"", "eu-west-1"),
            ("us_east_1", "us-east-1"),
            ("us east 1", "us-east-1"),
            ("us-east1", "us-east-1"),
            ("useast1", "us-east-1"),
            ("euwset1", "eu-west-1"),
            ("us-east-1a", "us-east-1"),
            ("eu-west-1 # mine", "eu-west-1"),
            ("Ireland", "eu-west-1"),
            ("EU (Ireland)", "eu-west-1"),
            ("Europe (Ireland)", "eu-west-1"),
            ("US East (N. Virginia)", "us-east-1"),
            ("Asia Pacific (Sydney)", "ap-southeast-2"),
            ("South America (S\u{e3}o Paulo)", "sa-east-1"),
            ("AWS GovCloud (US-West)", "us-gov-west-1"),
            ("us-gov-west1", "us-gov-west-1"),
            ("eu-central", "eu-central-1"),
            ("ap-southeast1", "ap-southeast-1"),
            // In no table, but with the form of a region name.
            ("ZZ-CENTRAL-9", "zz-central-9"),
        ] {
            assert_eq!(Region::meant(text).as_ref().map(Region::as_str), Some(region), "{text:?}");
        }
        let long = "us-east-1".repeat(1000);
        for text in ["", "us-east", "eu-west", "us-", "eastus", "global", "aws-global", "somewhere", "amazonaws", &long]
        {
            assert_eq!(Region::meant(text), None, "{text:?}");
        }
    }
}
