use super::*;

const RANDOM: &str = "0123456789abcdef0123456789abcdef";

/// A directory with a configuration in it, and the copy of that.
fn copied() -> (tempfile::TempDir, PathBuf, Aside) {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("config");
    fs::write(&file, "old").expect("a file");
    let aside = Aside::of(&file).expect("a copy").expect("a place for it");
    fs::write(aside.path(), "new").expect("changed");
    (directory, file, aside)
}

fn make_old(path: &Path) {
    let old = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
    File::options().write(true).open(path).and_then(|file| file.set_modified(old)).expect("an old file");
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory").flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_lock_without_hard_links_has_all_contents_and_belongs_to_one_process() {
    let (_directory, file, aside) = copied();
    let lock = lock_of(&file);
    let taken = take_by_copying(aside.path(), &lock).expect("taken");
    assert_eq!(fs::read(&lock).expect("the lock"), b"new");
    assert_eq!(take_by_copying(aside.path(), &lock).expect_err("once").kind(), io::ErrorKind::AlreadyExists);
    assert!(matches!(aside.replace(Duration::ZERO, false), Err(NotReplaced::Locked)));
    assert_eq!(fs::read(&file).expect("the file"), b"old");
    drop(taken);
}

#[test]
fn a_file_that_another_process_has_changed_meanwhile_is_not_replaced() {
    let (directory, file, aside) = copied();
    fs::write(&file, "another's").expect("changed");
    assert!(matches!(aside.replace(Duration::ZERO, false), Err(NotReplaced::Changed)));
    assert_eq!(fs::read(&file).expect("the file"), b"another's");
    assert_eq!(names(directory.path()), ["config"]);
}

#[test]
fn copies_that_a_killed_run_has_left_are_removed_and_other_files_are_not() {
    let (directory, file, aside) = copied();
    drop(aside);
    let beside = |rest: &str| directory.path().join(format!("config{rest}"));
    let left = [beside(&format!("{MARK}{RANDOM}")), beside(&format!("{MARK}{RANDOM}.lock"))];
    let others = [beside(".codecommit-setup-mine"), beside(".lock"), beside(&format!("{MARK}{RANDOM}.bak"))];
    for path in left.iter().chain(&others) {
        fs::write(path, "").expect("a file");
        make_old(path);
    }
    let fresh = beside(&format!("{MARK}{}", RANDOM.replace('0', "f")));
    fs::write(&fresh, "").expect("a file");
    drop(Aside::of(&file).expect("a copy"));
    assert!(left.iter().all(|path| !path.exists()) && others.iter().all(|path| path.exists()) && fresh.exists());
}

/// As after a kill between link and rename.
#[cfg(unix)]
#[test]
fn the_lock_of_a_killed_run_is_removed_and_that_of_a_living_one_is_not() {
    let (directory, file, aside) = copied();
    let (copy, lock) = (directory.path().join(format!("config{MARK}{RANDOM}")), lock_of(&file));
    drop(aside);
    fs::write(&copy, "new").and_then(|()| fs::hard_link(&copy, &lock)).expect("a lock");
    let living = File::open(&copy).expect("the copy");
    living.try_lock().expect("the only one");
    drop(Aside::of(&file));
    assert!(lock.exists(), "its process exists");
    drop(living);
    drop(Aside::of(&file));
    assert_eq!(names(directory.path()), ["config"]);
}

/// As after a kill before the rename, without hard links.
#[test]
fn a_lock_with_the_contents_of_a_left_copy_is_removed_once_it_is_old() {
    let (directory, file, aside) = copied();
    let (copy, lock) = (directory.path().join(format!("config{MARK}{RANDOM}")), lock_of(&file));
    drop(aside);
    fs::write(&copy, "new").expect("a copy");
    drop(take_by_copying(&copy, &lock).expect("a lock"));
    drop(Aside::of(&file));
    assert!(lock.exists(), "a git may have made it now");
    make_old(&lock);
    drop(Aside::of(&file));
    assert_eq!(names(directory.path()), ["config"]);
    // One that git made, of an unchanged copy.
    for (copied, locked) in [("old", "old"), ("new", ""), ("new", "ne"), ("", "")] {
        fs::write(&copy, copied).and_then(|()| fs::write(&lock, locked)).expect("files");
        make_old(&lock);
        drop(Aside::of(&file));
        assert!(lock.exists(), "{copied} {locked}");
    }
}
