//! Marks in a temporary directory, read at other times.

use super::*;
use chrono::{DateTime, TimeDelta, Utc};
use std::fs;
use std::path::Path;

struct Cache(tempfile::TempDir);

impl Cache {
    fn at(&self, later: TimeDelta) -> Marks {
        #[expect(clippy::disallowed_methods, reason = "marks are stamped by the real clock")]
        let now: DateTime<Utc> = Utc::now() + later;
        let environment = [("XDG_CACHE_HOME", self.0.path().as_os_str())].into_iter().collect();
        Marks::of(&World { environment, home: None, now })
    }
}

impl Cache {
    fn directory(&self) -> PathBuf {
        self.0.path().join("git-credential-codecommit").join(DIRECTORY)
    }

    fn date(&self, mark: &str, time: SystemTime) {
        let file = File::options().write(true).open(self.directory().join(mark));
        file.and_then(|file| file.set_modified(time)).expect("a mark");
    }
}

fn cache() -> Cache {
    Cache(tempfile::tempdir().expect("a directory"))
}

const SOON: TimeDelta = TimeDelta::seconds(1);

#[test]
fn a_stored_answer_gives_good_standing_for_twelve_hours() {
    let (cache, what, password) = (cache(), What::of(&["alice", "repo", "fetch"]), Secret::new("p1"));
    assert_eq!(cache.at(SOON).standing(&what), Standing::Unknown);
    cache.at(SOON).pend(&what, &password);
    assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed);
    cache.at(SOON).confirm("p1");
    assert_eq!(cache.at(SOON).standing(&what), Standing::Good);
    assert_eq!(cache.at(TimeDelta::hours(13)).standing(&what), Standing::Unknown);
    assert_eq!(cache.at(SOON).standing(&What::of(&["alice", "repo", "push"])), Standing::Unknown);
}

#[test]
fn an_answer_that_was_never_stored_spoils_the_standing_until_a_later_one_is() {
    let (cache, what) = (cache(), What::of(&["x"]));
    cache.at(SOON).pend(&what, &Secret::new("p1"));
    cache.at(SOON).confirm("p1");
    cache.at(SOON).pend(&what, &Secret::new("p2"));
    assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed);
    cache.at(SOON).pend(&what, &Secret::new("p3"));
    cache.at(SOON).confirm("p3");
    assert_eq!(cache.at(SOON).standing(&what), Standing::Good);
}

#[test]
fn a_password_of_another_helper_confirms_nothing() {
    let (cache, what) = (cache(), What::of(&["x"]));
    cache.at(SOON).confirm("somebody else's");
    cache.at(SOON).pend(&what, &Secret::new("p1"));
    cache.at(SOON).confirm("somebody else's");
    assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed);
}

#[test]
fn of_two_answers_at_once_the_later_one_has_to_be_accepted_and_the_order_of_store_does_not_matter() {
    for (stored, standing) in [
        (&["p1"][..], Standing::Unconfirmed),
        (&["p2"], Standing::Good),
        (&["p1", "p2"], Standing::Good),
        (&["p2", "p1"], Standing::Good),
    ] {
        let (cache, what) = (cache(), What::of(&["x"]));
        cache.at(SOON).pend(&what, &Secret::new("p1"));
        cache.at(SOON).pend(&what, &Secret::new("p2"));
        for password in stored {
            cache.at(SOON).confirm(password);
        }
        assert_eq!(cache.at(SOON).standing(&what), standing, "{stored:?}");
    }
}

#[test]
fn what_is_forgotten_is_asked_again_and_no_failure() {
    let (cache, what) = (cache(), What::of(&["x"]));
    cache.at(SOON).pend(&what, &Secret::new("p1"));
    cache.at(SOON).confirm("p1");
    cache.at(SOON).forget(&what);
    assert_eq!(cache.at(SOON).standing(&what), Standing::Unknown);
    cache.at(SOON).pend(&what, &Secret::new("p2"));
    cache.at(SOON).forget(&what);
    assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed, "that one was never accepted");
}

#[test]
fn marks_of_a_clock_that_was_set_back_count_for_nothing_and_are_overtaken() {
    let (cache, what, yesterday) = (cache(), What::of(&["x"]), TimeDelta::days(-1));
    cache.at(SOON).pend(&what, &Secret::new("p1"));
    cache.at(SOON).confirm("p1");
    assert_eq!(cache.at(yesterday).standing(&what), Standing::Unknown);
    let tomorrow = now_of_the_file_system().expect("a time") + Duration::from_hours(24);
    cache.date(&what.accepted(), tomorrow);
    cache.at(SOON).pend(&what, &Secret::new("p2"));
    assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed);
    cache.at(SOON).confirm("p2");
    assert_eq!(cache.at(SOON).standing(&what), Standing::Good);
}

#[test]
fn old_marks_are_removed_once_a_day_and_nothing_else_is() {
    let (cache, what) = (cache(), What::of(&["x"]));
    cache.at(SOON).pend(&what, &Secret::new("p1"));
    let (hash, own) = ("0".repeat(32), cache.0.path().join("git-credential-codecommit"));
    let names =
        |places: &[&str]| -> Vec<PathBuf> { places.iter().map(|place| own.join(place.replace('H', &hash))).collect() };
    let useless = names(&["H", "H.H", "marks/H.answered", "marks/H.accepted", "marks/H.pending", "marks/H.pending.H"]);
    let others = names(&["notes", "H.H.H", "marks/H", "marks/H.notes", "marks/H.pending.", "marks/notes", "marks/H.H"]);
    let make = |files: &[PathBuf]| {
        for file in files {
            let old = File::create(file).and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH));
            old.expect("an old file");
        }
    };
    let left = |files: &[PathBuf]| files.iter().filter(|file| file.exists()).count();
    let get = |later| {
        let marks = cache.at(later);
        let _ = marks.standing(&what);
        marks.prune();
    };
    make(&useless);
    make(&others);
    fs::create_dir(own.join("1".repeat(32))).expect("a directory");
    cache.at(SOON).prune();
    assert_eq!(left(&useless), useless.len(), "no mark was looked at");
    get(SOON);
    assert_eq!((left(&useless), left(&others)), (0, others.len()));
    assert!(own.join("1".repeat(32)).is_dir());
    assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed, "a mark that counts stays");
    make(&useless);
    get(TimeDelta::hours(23));
    assert_eq!(left(&useless), useless.len(), "not twice on one day");
    get(TimeDelta::hours(25));
    assert_eq!((left(&useless), left(&others)), (0, others.len()));
    assert_eq!(left(&names(&[&format!("marks/{}", what.answered())])), 0, "older than twelve hours by then");
}

#[cfg(unix)]
#[test]
fn marks_are_the_owners_alone_and_contain_nothing_but_a_hash() {
    use std::os::unix::fs::PermissionsExt;
    let (cache, what) = (cache(), What::of(&["x"]));
    cache.at(SOON).pend(&what, &Secret::new("20260102T030405Zsignature"));
    let directory = cache.directory();
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!((mode(&directory), mode(directory.parent().expect("a parent"))), (0o700, 0o700));
    let mut seen: Vec<(String, String)> = Vec::new();
    for entry in fs::read_dir(&directory).expect("a directory").flatten() {
        assert_eq!(mode(&entry.path()), 0o600);
        let contents = fs::read_to_string(entry.path()).expect("a file");
        seen.push((entry.file_name().display().to_string(), contents));
    }
    seen.sort_by_key(|(_, contents)| contents.len());
    let marks = [(what.answered(), String::new()), (pending("20260102T030405Zsignature"), what.0.clone())];
    assert_eq!(seen, marks);
    assert!(seen.iter().all(|(name, _)| is_mark(name) && !name.contains("signature")));
    cache.at(SOON).confirm("20260102T030405Zsignature");
    let accepted = fs::metadata(directory.join(what.accepted())).expect("a mark");
    assert_eq!((accepted.permissions().mode() & 0o777, accepted.len()), (0o600, 0));
    assert!(!directory.join(pending("20260102T030405Zsignature")).exists());
}

#[test]
fn a_directory_that_cannot_be_made_costs_nothing_but_the_memory() {
    let environment = [("XDG_CACHE_HOME", "/dev/null/nowhere")].into_iter().collect();
    let marks = Marks::of(&World { environment, home: None, now: DateTime::UNIX_EPOCH });
    marks.pend(&What::of(&["x"]), &Secret::new("p"));
    marks.confirm("p");
    assert_eq!(marks.standing(&What::of(&["x"])), Standing::Unknown);
}

#[test]
fn what_is_no_hash_in_a_pending_mark_is_the_name_of_nothing() {
    let (cache, what) = (cache(), What::of(&["x"]));
    for contents in ["", "../../victim", &"g".repeat(32), &format!("{}\n", what.0), &what.0[..31]] {
        cache.at(SOON).pend(&what, &Secret::new("p1"));
        fs::write(cache.directory().join(pending("p1")), contents).expect("a mark");
        cache.at(SOON).confirm("p1");
        assert_eq!(cache.at(SOON).standing(&what), Standing::Unconfirmed, "{contents:?}");
        assert_eq!(fs::read_dir(cache.directory()).expect("marks").count(), 2, "{contents:?}");
    }
}
