//! Times and durations for messages.

use chrono::{DateTime, TimeDelta, Utc};

/// A time in UTC: the machine's time zone may be anything.
pub(crate) fn shown(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// `3 hours ago`
pub(crate) fn ago(passed: TimeDelta) -> String {
    match (passed.num_days(), passed.num_hours(), passed.num_minutes()) {
        (days @ 2.., _, _) => format!("{days} days ago"),
        (_, hours @ 2.., _) => format!("{hours} hours ago"),
        (_, _, minutes @ 2..) => format!("{minutes} minutes ago"),
        _ => "just now".to_owned(),
    }
}

/// `2 h 14 min`, `3 min`, `20 s`, `12 days`
pub(crate) fn duration(delta: TimeDelta) -> String {
    let delta = delta.abs();
    match (delta.num_days(), delta.num_hours(), delta.num_minutes()) {
        (2.., ..) => format!("{} days", delta.num_days()),
        (_, 1.., minutes) => format!("{} h {:02} min", delta.num_hours(), minutes % 60),
        (_, _, 1..) => format!("{} min", delta.num_minutes()),
        _ => format!("{} s", delta.num_seconds()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_the_two_units_that_matter() {
        for (seconds, told) in
            [(5, "5 s"), (-61, "1 min"), (3_600, "1 h 00 min"), (90_000, "25 h 00 min"), (500_000, "5 days")]
        {
            assert_eq!(duration(TimeDelta::seconds(seconds)), told);
        }
    }
}
