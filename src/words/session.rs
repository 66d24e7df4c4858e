//! Words for a session that was not opened.

use crate::failure::Failure;
use crate::session::{Left, NotOpened};

impl From<NotOpened> for Failure {
    fn from(none: NotOpened) -> Self {
        match none {
            NotOpened::NearMiss(near_miss) => near_miss.into(),
            NotOpened::NoPath { host, family, why } => Self::no_path(&host, family, &why),
            NotOpened::Clock(now) => Self::impossible_clock(now),
            NotOpened::Credentials(error) => (*error).into(),
            NotOpened::NoRegion { unscoped, profile, empty } => Self::no_region(&unscoped, &profile, &empty),
            NotOpened::Region(region) => region.into(),
        }
    }
}

/// Why the request is another helper's, for a trace.
pub(crate) fn left(left: Left) -> &'static str {
    match left {
        Left::ForeignHost => "not a CodeCommit host: no answer",
        Left::IamGitCredential => "IAM Git credential: no answer",
    }
}
