//! What a reply of CodeCommit means for the next step: pure, without a clock and without a network.
//!
//! Decides when a request is repeated, how often and after which pause; leaves sending and waiting to its caller.
//! Bounds the number of requests and the pauses between them, whatever a server sends.

use chrono::{DateTime, TimeDelta, Utc};
use codecommit::reply::Reply;
use std::time::Duration;

/// The pause before the first repetition of a throttled or failed request. Each further pause is twice as long; a
/// server may ask for a longer one, but not for a shorter one.
const FIRST_PAUSE: Duration = Duration::from_millis(400);

/// The maximum number of requests to one service.
const MOST_REQUESTS: u32 = 5;

/// The smallest clock skew that is reported; CodeCommit accepts about 15 minutes.
pub(crate) const NOTABLE_SKEW: TimeDelta = TimeDelta::minutes(5);

/// The step after a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// CodeCommit accepted the password; `skew` is how far its clock is ahead, if that is worth reporting.
    Accepted { skew: Option<TimeDelta> },
    /// Send the request again after a pause.
    Repeat { after: Duration },
    /// Sign with a clock that is ahead by this much, and send the request again.
    SignAgain { skew: TimeDelta },
    /// CodeCommit refused the password.
    Refused,
    /// CodeCommit is throttling or failing, and repeating is impossible in time or useless.
    Busy,
    /// The reply is not AWS's.
    NotAws,
}

/// The requests so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Steps {
    replies: u32,
    pause: Duration,
    skew: TimeDelta,
}

impl Steps {
    /// Before the first request.
    pub(super) fn new() -> Self {
        Self { replies: 0, pause: FIRST_PAUSE, skew: TimeDelta::zero() }
    }

    /// How far AWS's clock is ahead, if the password was signed with its time; otherwise zero.
    pub(super) fn skew(&self) -> TimeDelta {
        self.skew
    }

    /// The step after `reply`, received at `now` by the local clock, with `left` of the budget remaining.
    pub(super) fn after(&mut self, reply: &Reply, now: DateTime<Utc>, left: Duration) -> Next {
        self.replies = self.replies.saturating_add(1);
        let may_repeat = self.replies < MOST_REQUESTS;
        // Only the clock of AWS counts.
        let theirs = reply.date.filter(|_| reply.request_id.is_some());
        let skew = theirs.map(|theirs| theirs - now).filter(|skew| skew.abs() > NOTABLE_SKEW);
        match (reply.status, skew) {
            (..400, skew) => Next::Accepted { skew },
            _ if reply.request_id.is_none() => Next::NotAws,
            (429 | 500.., _) => {
                let after = reply.retry_after.unwrap_or_default().max(self.pause);
                self.pause = self.pause.saturating_mul(2);
                if may_repeat && after < left { Next::Repeat { after } } else { Next::Busy }
            }
            // A wrong clock can be corrected here, once.
            (_, Some(skew)) if self.skew.is_zero() && may_repeat => {
                self.skew = skew;
                Next::SignAgain { skew }
            }
            _ => Next::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Duration = Duration::from_secs(5);

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_323_045, 0).expect("a time")
    }

    fn reply(status: u16) -> Reply {
        Reply { status, request_id: Some("id".into()), date: Some(now()), ..Reply::default() }
    }

    fn asking(status: u16, retry_after: Duration) -> Reply {
        Reply { retry_after: Some(retry_after), ..reply(status) }
    }

    fn at(status: u16, skew: TimeDelta) -> Reply {
        Reply { date: Some(now() + skew), ..reply(status) }
    }

    fn first(reply: &Reply) -> Next {
        Steps::new().after(reply, now(), LEFT)
    }

    #[test]
    fn each_reply_has_one_next_step() {
        let (ahead, a_little) = (TimeDelta::minutes(20), TimeDelta::minutes(5));
        let repeat = |milliseconds| Next::Repeat { after: Duration::from_millis(milliseconds) };
        let page = |status| Reply { request_id: None, ..at(status, ahead) };
        for (reply, next) in [
            (reply(200), Next::Accepted { skew: None }),
            (reply(101), Next::Accepted { skew: None }),
            (reply(302), Next::Accepted { skew: None }),
            (at(200, a_little), Next::Accepted { skew: None }),
            (at(200, -ahead), Next::Accepted { skew: Some(-ahead) }),
            (page(200), Next::Accepted { skew: None }),
            (page(403), Next::NotAws),
            (page(429), Next::NotAws),
            (page(503), Next::NotAws),
            (reply(400), Next::Refused),
            (reply(403), Next::Refused),
            (reply(404), Next::Refused),
            (at(403, a_little), Next::Refused),
            (at(403, ahead), Next::SignAgain { skew: ahead }),
            (at(404, -ahead), Next::SignAgain { skew: -ahead }),
            (Reply { date: None, ..reply(403) }, Next::Refused),
            (reply(429), repeat(400)),
            (reply(500), repeat(400)),
            (reply(999), repeat(400)),
            (asking(429, Duration::ZERO), repeat(400)),
            (asking(503, Duration::ZERO), repeat(400)),
            (asking(503, Duration::from_millis(1)), repeat(400)),
            (asking(429, Duration::from_secs(3)), repeat(3000)),
            (asking(429, LEFT), Next::Busy),
            (asking(503, Duration::MAX), Next::Busy),
        ] {
            assert_eq!(first(&reply), next, "{reply:?}");
        }
    }

    #[test]
    fn a_server_that_is_always_busy_is_asked_a_few_times_with_growing_pauses() {
        for busy in [reply(429), asking(503, Duration::ZERO), asking(429, Duration::from_millis(1))] {
            let mut steps = Steps::new();
            let pauses: Vec<Duration> = std::iter::from_fn(|| match steps.after(&busy, now(), Duration::MAX) {
                Next::Repeat { after } => Some(after),
                other => {
                    assert_eq!(other, Next::Busy);
                    None
                }
            })
            .collect();
            assert_eq!(pauses, [400, 800, 1600, 3200].map(Duration::from_millis));
        }
    }

    #[test]
    fn no_pause_overflows_however_many_replies_there_are() {
        let mut steps = Steps { replies: u32::MAX, pause: Duration::MAX, skew: TimeDelta::zero() };
        assert_eq!(steps.after(&asking(503, Duration::MAX), now(), Duration::MAX), Next::Busy);
        assert_eq!(steps.after(&reply(429), now(), Duration::ZERO), Next::Busy);
        let far = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
        for (theirs, ours) in [(far[0], far[1]), (far[1], far[0])] {
            let reply = Reply { date: Some(theirs), ..reply(200) };
            assert_eq!(Steps::new().after(&reply, ours, LEFT), Next::Accepted { skew: Some(theirs - ours) });
        }
    }

    #[test]
    fn a_wrong_clock_is_made_up_for_once() {
        let mut steps = Steps::new();
        let ahead = TimeDelta::hours(3);
        assert_eq!(steps.after(&at(403, ahead), now(), LEFT), Next::SignAgain { skew: ahead });
        assert_eq!(steps.skew(), ahead);
        assert_eq!(steps.after(&at(403, ahead), now(), LEFT), Next::Refused);
        assert_eq!(steps.after(&at(403, -ahead), now(), LEFT), Next::Refused, "a clock that jumps is no second reason");
    }
}
