//! No file of others does harm: links, FIFOs and directories that are not ours, and a disk that is full.

use crate::common::sources::{PAST, in_minutes, login_file, login_session, sso_file, sso_token};
use crate::common::{ACCOUNT, ALICE, KEY_ID, Machine, ROLE, Run, SECRET, aws_with_demo, request, url};
use stand_in::{Role, SsoSession, StandIn};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// A machine with a role, so that marks, locks and the AWS CLI's cache are all used; its cache directory is `root/shared`.
fn machine(aws: &StandIn) -> Machine {
    aws.add_role(Role::new(ROLE).trusting(ALICE));
    let machine = Machine::before(aws).with_role();
    fs::create_dir(machine.path("shared")).expect("a directory");
    let shared = machine.path("shared").display().to_string();
    machine.env("XDG_CACHE_HOME", &shared)
}

fn fifo(path: &Path) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
    assert!(stand_in::command("mkfifo").arg(path).status().expect("mkfifo runs").success());
}

/// A directory of the victim's with an old file, and what is to become of it: nothing.
fn victim(machine: &Machine) -> (std::path::PathBuf, std::path::PathBuf) {
    let directory = machine.path("victim");
    fs::create_dir(&directory).expect("a directory");
    let file = directory.join("precious");
    fs::write(&file, "precious").expect("a file");
    let old = SystemTime::now() - Duration::from_hours(24 * 400);
    fs::File::options().write(true).open(&file).and_then(|file| file.set_modified(old)).expect("an old file");
    (directory, file)
}

#[track_caller]
fn answers_soon(machine: &Machine, what: &str) -> String {
    let started = Instant::now();
    let run = machine.helper(&["-v", "get"], &request("demo"));
    assert!(run.key_id().is_some(), "{what}: {}", run.transcript());
    let store = machine.helper(&["store"], &run.stdout).succeeds();
    assert_eq!(store.stderr, "", "{what}");
    assert!(started.elapsed() < Duration::from_secs(15), "{what}: {:?}", started.elapsed());
    run.stderr
}

#[test]
fn a_link_in_a_shared_cache_directory_leads_nowhere() {
    for place in ["", "/marks", "/locks"].map(|place| format!("git-credential-codecommit{place}")) {
        let place = place.as_str();
        let aws = aws_with_demo();
        let machine = machine(&aws);
        let (directory, file) = victim(&machine);
        let link = machine.path("shared").join(place);
        fs::create_dir_all(link.parent().expect("a parent")).expect("directories");
        if place.contains('/') {
            fs::set_permissions(link.parent().expect("one"), fs::Permissions::from_mode(0o700)).expect("permissions");
        }
        symlink(&directory, &link).expect("a link");
        let told = answers_soon(&machine, place);
        assert_eq!(fs::read_to_string(&file).expect("still there"), "precious", "{place}");
        assert_eq!(fs::read_dir(&directory).expect("a directory").count(), 1, "{place}: something was made there");
        if !place.ends_with("/locks") {
            assert!(told.contains("is ignored: it is not a directory"), "{told}");
        }
    }
}

#[test]
fn a_link_or_a_fifo_with_the_name_of_a_mark_or_a_lock_is_not_followed_and_not_waited_for() {
    let aws = aws_with_demo();
    let machine = machine(&aws);
    answers_soon(&machine, "to know the names");
    let (_, file) = victim(&machine);
    let own = machine.path("shared/git-credential-codecommit");
    for make in [&(|path: &Path| symlink(&file, path).expect("a link")) as &dyn Fn(&Path), &fifo] {
        for directory in [own.join("marks"), own.join("locks")] {
            for entry in fs::read_dir(&directory).expect("a directory").flatten().filter(|entry| entry.path().is_file())
            {
                fs::remove_file(entry.path()).expect("removed");
                make(&entry.path());
                let failures = directory.join(format!("{}.failures", entry.file_name().display()));
                if directory.ends_with("locks") && !failures.exists() && !entry.path().ends_with(".failures") {
                    make(&failures);
                }
            }
        }
        for entry in fs::read_dir(machine.path("home/.aws/cli/cache")).expect("the cache").flatten() {
            fs::remove_file(entry.path()).expect("removed");
        }
        answers_soon(&machine, "links or FIFOs");
        assert_eq!(fs::read_to_string(&file).expect("still there"), "precious");
    }
}

#[test]
fn a_directory_of_another_user_or_that_others_may_write_to_is_not_used() {
    for mode in [0o770, 0o707, 0o777] {
        let aws = aws_with_demo();
        let machine = machine(&aws);
        let own = machine.path("shared/git-credential-codecommit");
        fs::create_dir(&own).expect("a directory");
        fs::set_permissions(&own, fs::Permissions::from_mode(mode)).expect("permissions");
        let told = answers_soon(&machine, "writable");
        assert!(told.contains("is ignored: others may write to it"), "{told}");
        assert_eq!(fs::read_dir(&own).expect("a directory").count(), 0, "{mode:o}");
    }
    let aws = aws_with_demo();
    let machine = machine(&aws);
    let own = machine.path("shared/git-credential-codecommit");
    fs::create_dir(&own).expect("a directory");
    if std::os::unix::fs::chown(&own, Some(12_345), None).is_err() {
        println!("skipped: only root can give a directory away");
        return;
    }
    let told = answers_soon(&machine, "another user's");
    assert!(told.contains("is ignored: it belongs to another user"), "{told}");
}

#[test]
fn what_is_made_is_the_owners_alone_whatever_the_umask() {
    for umask in ["000", "777"] {
        let aws = aws_with_demo();
        let machine = machine(&aws);
        fs::remove_dir(machine.path("shared")).expect("removed");
        let helper = machine.bin().join("git-credential-codecommit").display().to_string();
        let line = format!("umask {umask}; exec {helper} get");
        let run = machine.run("/bin/sh".as_ref(), &["-c", &line], request("demo").as_bytes());
        assert!(run.key_id().is_some(), "{umask}: {}", run.transcript());
        let mut seen = 0;
        let mut directories = vec![machine.path("shared"), machine.path("home/.aws/cli")];
        while let Some(directory) = directories.pop() {
            assert_eq!(
                fs::metadata(&directory).expect("metadata").mode() & 0o777,
                0o700,
                "{umask} {}",
                directory.display()
            );
            for entry in fs::read_dir(directory).expect("a directory").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    seen += 1;
                    assert_eq!(
                        fs::metadata(&path).expect("metadata").mode() & 0o777,
                        0o600,
                        "{umask} {}",
                        path.display()
                    );
                }
            }
        }
        assert!(seen >= 3, "a mark, a lock and a session: {seen}");
    }
}

#[test]
fn a_fifo_in_the_place_of_a_file_of_aws_is_no_file_and_is_not_waited_for() {
    let aws = aws_with_demo();
    let machine = Machine::before(&aws).with_keys();
    for path in ["home/.aws/credentials", "home/.netrc", "home/.ssh/config", "home/.git-credentials"] {
        fifo(&machine.path(path));
    }
    answers_soon(&machine, "the shared files");
    let started = Instant::now();
    let report = machine.helper(&["doctor", &url("demo")], "");
    assert!(
        report.stdout.contains("CodeCommit") && started.elapsed() < Duration::from_secs(15),
        "{}",
        report.transcript()
    );

    aws.add_sso_session(SsoSession::new("sso-token").assigned(ACCOUNT, "Developer"));
    let machine = Machine::before(&aws).with_sso();
    fifo(&machine.path(&sso_file()));
    let started = Instant::now();
    let run = machine.get();
    assert!(run.stderr.contains("(CC207)"), "{}", run.transcript());
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());

    let token = machine.path("token");
    fifo(&token);
    let started = Instant::now();
    let web =
        Machine::before(&aws).with_web_identity().env("AWS_WEB_IDENTITY_TOKEN_FILE", &token.display().to_string());
    let run = web.get();
    assert!(
        run.stderr.contains("(CC214)") && run.stderr.contains("not read to its end within 5 s"),
        "{}",
        run.transcript()
    );
    assert!(run.waits.contains("waiting for the file of the web identity token"), "{}", run.transcript());
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    // A token out of a program is read once, and opens the role.
    aws.add_role(Role::new(ROLE).trusting_web_identity("web-token"));
    let helper = web.bin().join("git-credential-codecommit").display().to_string();
    let line = format!("(printf web-token >{} &); exec {helper} get", token.display());
    let run = web.run("/bin/sh".as_ref(), &["-c", &line], request("demo").as_bytes());
    assert!(run.key_id().is_some(), "{}", run.transcript());
}

#[test]
fn a_trace_is_written_to_no_link_and_no_fifo_and_that_is_said_once() {
    let machine = Machine::new().with_keys();
    let (_, file) = victim(&machine);
    let link = machine.path("link");
    symlink(&file, &link).expect("a link");
    let pipe = machine.path("pipe");
    fifo(&pipe);
    for trace in [&link, &pipe] {
        let path = trace.display().to_string();
        let run = Machine::new().with_keys().env("GIT_TRACE_CODECOMMIT", &path);
        let run = run.helper(&["--verify", "never", "get"], &request("demo")).succeeds();
        assert_eq!(run.stderr.matches("it is not a regular file").count(), 1, "{}", run.stderr);
    }
    assert_eq!(fs::read_to_string(&file).expect("still there"), "precious");
    let run = machine.env("GIT_TRACE_CODECOMMIT", "/dev/stderr");
    assert!(
        run.helper(&["--verify", "never", "get"], &request("demo")).succeeds().stderr.contains("canonical request")
    );
}

/// A refresh token is good for once: what cannot be kept must not be asked for.
#[test]
fn a_full_disk_is_found_out_before_the_refresh_token_of_aws_login_is_spent() {
    let keys = format!(
        r#""accessKeyId": "{KEY_ID}", "secretAccessKey": "{SECRET}", "sessionToken": "session-token-of-login""#
    );
    for is_full in [false, true] {
        let aws = aws_with_demo();
        aws.add_login_session("login-refresh", ALICE);
        let machine = Machine::before(&aws).with_login();
        let kept = login_session(&keys, &in_minutes(3), "login-refresh");
        let Some(run) = with_disk(&machine, &login_file(), &kept, is_full) else { return };
        assert_eq!(spent(&aws), !is_full, "the refresh token was spent: {}", run.transcript());
        assert_eq!(run.key_id() == Some(KEY_ID), is_full, "the old session serves to its end: {}", run.transcript());
    }
}

#[test]
fn a_full_disk_is_found_out_before_the_refresh_token_of_an_sso_session_is_spent() {
    for (expires, serves) in [(in_minutes(5), true), (PAST.to_owned(), false)] {
        for is_full in [false, true] {
            let aws = aws_with_demo();
            aws.add_sso_session(SsoSession::new("old").refreshable("sso-refresh").assigned(ACCOUNT, "Developer"));
            let machine = Machine::before(&aws).with_sso();
            let kept = sso_token("old", &expires, "sso-refresh");
            let Some(run) = with_disk(&machine, &sso_file(), &kept, is_full) else { return };
            assert_eq!(spent(&aws), !is_full, "the refresh token was spent: {}", run.transcript());
            assert_eq!(run.key_id().is_some(), serves || !is_full, "{expires}: {}", run.transcript());
            if is_full && !serves {
                let told = run.stderr.contains("(CC208)") && run.stderr.contains("cannot be replaced: No space left");
                assert!(told, "{}", run.transcript());
            }
        }
    }
}

/// Whether a refresh token was sent.
fn spent(aws: &StandIn) -> bool {
    let calls = ["CreateOAuth2Token", "CreateToken"];
    aws.requests().iter().any(|request| request.action.as_deref().is_some_and(|action| calls.contains(&action)))
}

/// Runs `get` where `path` has this content and is on a small disk of its own, full or not. `None` where no disk can be made.
fn with_disk(machine: &Machine, path: &str, kept: &str, is_full: bool) -> Option<Run> {
    let (file, copy) = (machine.path(path), machine.path("kept"));
    let disk = file.parent().expect("a directory").display().to_string();
    fs::create_dir_all(&disk).expect("directories");
    fs::write(&copy, kept).expect("a file");
    let helper = machine.bin().join("git-credential-codecommit").display().to_string();
    // With room for the new file the token is spent: that is seen here.
    let fill = if is_full { format!("head -c 100000 /dev/zero >{disk}/full 2>/dev/null") } else { ":".to_owned() };
    let line = format!(
        "mount -t tmpfs -o size=64k none {disk} || exit 77; cp {copy} {file} || exit 77; {fill}; \
         {helper} --verify never -v get; status=$?; \
         echo \"left: $(ls -a {disk} | grep -c json.)\" >&2; exit $status",
        copy = copy.display(),
        file = file.display(),
    );
    let run = machine.run("/usr/bin/unshare".as_ref(), &["-m", "/bin/sh", "-c", &line], request("demo").as_bytes());
    if run.status == 77 || run.stderr.contains("unshare") {
        println!("skipped: no mount namespace here: {}", run.stderr);
        return None;
    }
    assert!(run.stderr.contains("left: 0"), "a half of a file: {}", run.stderr);
    Some(run)
}
