//! The cache of role credentials that is shared with the AWS CLI, `~/.aws/cli/cache`.
//!
//! Keys and files are botocore's (`credentials.py`, `CachedCredentialFetcher`): a role assumed by `aws` needs no second
//! MFA code here, and vice versa. Nothing depends on the cache: if it cannot be read or written, that costs one call.
//! Leaves it to `machine::single_flight` that one process fetches while the others wait.

use crate::machine::file::make_private_directory;
use crate::machine::json_file;
use crate::machine::json_file::Replacement;
use crate::machine::world::World;
use aws_files::cache::{Entry, kept};
use chrono::{DateTime, TimeDelta, Utc};
use codecommit::keys::Credentials;
use std::path::PathBuf;

/// If an entry cannot be refreshed, it is used until this long before it expires: long enough for git's first request.
pub(super) const LAST: TimeDelta = TimeDelta::minutes(1);

/// The cache; without a directory under `--no-cache` or without a home directory.
#[derive(Debug, Clone)]
pub(super) struct RoleCache {
    directory: Option<PathBuf>,
    now: DateTime<Utc>,
    /// Whether nothing may be written.
    read_only: bool,
}

impl RoleCache {
    /// The cache of this machine; opens nothing yet.
    pub(super) fn of(world: &World, enabled: bool) -> Self {
        let directory = world.home_file(".aws/cli/cache").filter(|_| enabled);
        Self { directory, read_only: world.is_read_only(), now: world.now }
    }

    /// Whether entries can be written, so that other processes may wait for them.
    pub(super) fn keeps(&self) -> bool {
        self.directory.is_some() && !self.read_only
    }

    /// The credentials of an entry with enough time left. An invalid file counts as absent.
    pub(super) fn read(&self, entry: &Entry) -> Option<Credentials> {
        self.read_with(entry, entry.window())
    }

    /// The credentials of an entry that does not expire within [`LAST`].
    pub(super) fn read_last(&self, entry: &Entry) -> Option<Credentials> {
        self.read_with(entry, LAST)
    }

    fn read_with(&self, entry: &Entry, window: TimeDelta) -> Option<Credentials> {
        let kept = kept(&json_file::read(&self.path(entry)?).ok()?)?;
        kept.expires.is_some_and(|expires| expires - self.now >= window).then_some(kept)
    }

    /// Creates the file that will replace an entry; an error if nothing can be stored.
    pub(super) fn place(&self, entry: &Entry) -> std::io::Result<Replacement> {
        let path = self.path(entry).ok_or(std::io::ErrorKind::Unsupported)?;
        if let Some(directory) = path.parent() {
            make_private_directory(directory)?;
        }
        Replacement::begin(&path)
    }

    /// The path of an entry's file.
    pub(super) fn path(&self, entry: &Entry) -> Option<PathBuf> {
        self.directory.as_ref().map(|directory| directory.join(format!("{}.json", entry.name())))
    }
}

impl Replacement {
    /// Writes the credentials of a role, for the AWS CLI too.
    pub(super) fn keep(self, entry: &Entry, credentials: &Credentials) -> std::io::Result<()> {
        match entry.file(credentials) {
            Some(file) => self.commit(&file),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_files::plan::{AssumeRolePlan, Plan};
    use aws_files::timestamp;
    use codecommit::keys::AccessKeyId;
    use std::fs;

    fn role(arn: &str) -> AssumeRolePlan {
        AssumeRolePlan {
            profile: "x".into(),
            role_arn: arn.into(),
            external_id: None,
            session_name: None,
            duration_seconds: None,
            mfa_serial: None,
            source: Plan::Environment,
        }
    }

    fn cache_at(home: &std::path::Path, now: &str) -> RoleCache {
        let environment = [("XDG_CACHE_HOME", home.join("xdg").as_os_str().to_owned())].into_iter().collect();
        let now = timestamp::parse(now).expect("a time");
        RoleCache::of(&World { environment, home: Some(home.to_owned()), now }, true)
    }

    #[test]
    fn an_entry_serves_until_the_aws_clis_window_and_a_short_session_longer() {
        let home = tempfile::tempdir().expect("a home");
        let (long, mut short) = (role("arn:long"), role("arn:short"));
        short.duration_seconds = Some(900);
        let credentials =
            Credentials::new("ASIA", "secret", Some("token"), timestamp::parse("2026-01-01T01:00:00Z")).expect("valid");
        for plan in [&long, &short] {
            let (cache, entry) = (cache_at(home.path(), "2026-01-01T00:45:00Z"), Entry::of_role(plan));
            cache.place(&entry).and_then(|place| place.keep(&entry, &credentials)).expect("written");
        }
        let id = |found: Credentials| found.access_key_id.expose().to_owned();
        let read = |plan, now| cache_at(home.path(), now).read(&Entry::of_role(plan)).map(id);
        assert_eq!(read(&long, "2026-01-01T00:44:59Z").as_deref(), Some("ASIA"));
        assert_eq!(read(&long, "2026-01-01T00:45:01Z"), None);
        assert_eq!(read(&short, "2026-01-01T00:57:59Z").as_deref(), Some("ASIA"));
        assert_eq!(read(&short, "2026-01-01T00:58:01Z"), None);
        let last = |now| cache_at(home.path(), now).read_last(&Entry::of_role(&long)).map(id);
        assert_eq!(last("2026-01-01T00:58:59Z").as_deref(), Some("ASIA"), "where it cannot be renewed");
        assert_eq!(last("2026-01-01T00:59:01Z"), None);
    }

    #[test]
    fn a_broken_file_is_no_entry_and_is_replaced() {
        let home = tempfile::tempdir().expect("a home");
        let cache = cache_at(home.path(), "2026-01-01T00:00:00Z");
        let entry = Entry::of_role(&role("arn:x"));
        let path = cache.path(&entry).expect("a path");
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        for broken in ["", "{", "[]", r#"{"Credentials": []}"#, r#"{"Credentials": {"AccessKeyId": 1}}"#] {
            fs::write(&path, broken).expect("a file");
            assert!(cache.read(&entry).is_none(), "{broken}");
        }
        let credentials =
            Credentials::new("ASIA", "secret", Some("token"), timestamp::parse("2026-01-01T01:00:00Z")).expect("valid");
        cache.place(&entry).and_then(|place| place.keep(&entry, &credentials)).expect("written");
        assert_eq!(cache.read(&entry).map(|found| found.access_key_id), Some(AccessKeyId::new("ASIA")));
    }
}
