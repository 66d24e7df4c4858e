//! The machine's clock, which may show any time.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use std::time::{SystemTime, UNIX_EPOCH};

/// The local clock, in UTC. Unlike `chrono::Utc::now` it does not panic before 1970, nor if chrono cannot represent the
/// date.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn now() -> DateTime<Utc> {
    let (since, is_before) = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(passed) => (passed, false),
        Err(error) => (error.duration(), true),
    };
    let passed = TimeDelta::from_std(since).unwrap_or(TimeDelta::MAX);
    let shown = DateTime::UNIX_EPOCH.checked_add_signed(if is_before { -passed } else { passed });
    shown.unwrap_or(if is_before { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC })
}

/// Whether a signature can have this time: its year has four digits (IAM User Guide, "Create a signed AWS API
/// request"), and the AWS SDK represents no time before 1970.
#[must_use]
pub fn can_be_signed(time: DateTime<Utc>) -> bool {
    (1970..=9999).contains(&time.year())
}

#[cfg(test)]
mod tests {
    use super::can_be_signed;
    use chrono::{DateTime, TimeDelta, Utc};

    #[test]
    fn a_time_without_four_digits_or_before_1970_is_not_signed_with() {
        let epoch = DateTime::UNIX_EPOCH;
        let end = DateTime::from_timestamp(253_402_300_799, 0).expect("the end of 9999");
        assert!(can_be_signed(epoch) && can_be_signed(end));
        for time in [
            epoch - TimeDelta::seconds(1),
            end + TimeDelta::seconds(1),
            DateTime::<Utc>::MIN_UTC,
            DateTime::<Utc>::MAX_UTC,
        ] {
            assert!(!can_be_signed(time), "{time}");
        }
    }
}
