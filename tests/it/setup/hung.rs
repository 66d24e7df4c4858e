//! `setup --evict` and a helper that never answers: it is terminated with all that it started, and nobody waits twice.

use super::Setup as _;
use crate::common::{BINARY, HOST, Machine, REGION, with_each_git};
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Starts a child, and waits for ever. Both process ids are in a file; neither ends on a SIGTERM.
const HANG: &str = "trap '' TERM; echo $$ >>\"$HOME/pids\"; sleep 100 & echo $! >>\"$HOME/pids\"; wait";

/// The processes that run, of those whose ids are in the file. One that nobody has waited for yet has ended (proc(5), `Z`).
fn running(machine: &Machine, file: &str) -> Vec<String> {
    let ids = fs::read_to_string(machine.home().join(file)).expect("process ids");
    let is_running = |id: &&str| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    };
    ids.lines().filter(is_running).map(str::to_owned).collect()
}

/// The same once those that were killed have had a moment to end.
fn left(machine: &Machine) -> Vec<String> {
    let ends = Instant::now() + Duration::from_secs(2);
    while !running(machine, "pids").is_empty() && Instant::now() < ends {
        std::thread::sleep(Duration::from_millis(20));
    }
    running(machine, "pids")
}

#[test]
fn a_helper_that_hangs_is_terminated_with_its_children_in_every_form() {
    with_each_git(|git| {
        let evictions = ["!snippet", "!hang", "hang", "/absolute", "!hang & wait"].map(|form| {
            let git = git.to_owned();
            std::thread::spawn(move || {
                let machine = Machine::new().with_git(&git).with_keys();
                for name in ["hang", "git-credential-hang"] {
                    machine.program(name, HANG);
                }
                let absolute = machine.bin().join("git-credential-hang").display().to_string();
                let snippet = format!("!f() {{ {HANG}; }}; f");
                let helper = match form {
                    "!snippet" => snippet.as_str(),
                    "/absolute" => absolute.as_str(),
                    form => form,
                };
                machine.git(&["config", "--global", "credential.helper", helper]).succeeds();
                let started = Instant::now();
                let run = machine.setup(&["--yes", "--region", REGION, "--evict"]).succeeds();
                let took = started.elapsed();
                assert!(run.stdout.contains("did not answer within 10 seconds"), "{form}: {}", run.transcript());
                assert!(!run.stdout.contains("no signed CodeCommit password found"), "{form}: {}", run.transcript());
                assert!(run.waits.contains("which is asked what it has stored"), "{form}: {}", run.waits);
                // One deadline, although it would be asked for two places, and for each user.
                assert!(took > Duration::from_secs(9) && took < Duration::from_secs(18), "{form}: {took:?}");
                let ids = fs::read_to_string(machine.home().join("pids")).expect("process ids");
                assert_eq!(ids.lines().count(), 2, "{form}: asked once");
                assert_eq!(left(&machine), Vec::<String>::new(), "{form}");
                println!("{form}: {took:?}");
            })
        });
        for eviction in evictions {
            eviction.join().expect("see above");
        }
    });
}

#[test]
fn ctrl_c_terminates_the_helper_too() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let machine = Machine::new();
        machine.program("git-credential-hang", HANG);
        machine.git(&["config", "--global", "credential.helper", "hang"]).succeeds();
        let mut setup = machine
            .command(BINARY.as_ref())
            .args(["setup", "--yes", "--region", REGION, "--evict"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("setup");
        let ids = machine.home().join("pids");
        let started = Instant::now();
        while fs::read_to_string(&ids).is_ok_and(|ids| ids.lines().count() < 2) || !ids.exists() {
            assert!(started.elapsed() < Duration::from_secs(9), "the helper was not started");
            std::thread::sleep(Duration::from_millis(20));
        }
        let sent = Instant::now();
        machine.run("/bin/kill".as_ref(), &[signal, &setup.id().to_string()], b"").succeeds();
        let status = setup.wait().expect("an end");
        assert!(status.code().is_none(), "{signal}: {status}");
        assert!(sent.elapsed() < Duration::from_secs(3), "{signal}: {:?}", sent.elapsed());
        assert_eq!(left(&machine), Vec::<String>::new(), "{signal}");
    }
}

#[test]
fn a_daemon_that_a_helper_has_started_stays() {
    with_each_git(|git| {
        let machine = Machine::new().with_git(git).with_keys();
        machine.program(
            "git-credential-starter",
            "cat >/dev/null; sleep 300 >/dev/null 2>&1 & echo $! >>\"$HOME/daemons\"; exit 0",
        );
        for helper in ["starter", "cache"] {
            machine.git(&["config", "--global", "--add", "credential.helper", helper]).succeeds();
        }
        let signature = format!("20200101T000000Z{}", "0".repeat(64));
        let keep = |host: &str, username: &str, password: &str| {
            let request = format!("protocol=https\nhost={host}\nusername={username}\npassword={password}\n\n");
            let program = machine.bin().join("git");
            machine.run(&program, &["credential-cache", "store"], request.as_bytes()).succeeds();
        };
        keep(HOST, "AKIAIOSFODNN7EXAMPLE", &signature);
        keep("github.com", "alice", "hush");
        let started = Instant::now();
        let run = machine.setup(&["--yes", "--region", REGION, "--evict"]).succeeds();
        assert!(started.elapsed() < Duration::from_secs(9), "{:?}", started.elapsed());
        assert!(run.stdout.contains("`cache` (~/.gitconfig): erased a signed password"), "{}", run.transcript());
        assert!(!run.stdout.contains("did not answer"), "{}", run.transcript());
        let daemons = running(&machine, "daemons");
        assert!(!daemons.is_empty());
        let request = b"protocol=https\nhost=github.com\n\n";
        let kept = machine.run(&machine.bin().join("git"), &["credential-cache", "get"], request);
        assert_eq!(kept.attribute("username"), Some("alice"), "the cache has the rest");
        machine.git(&["credential-cache", "exit"]).succeeds();
        for daemon in daemons {
            machine.run("/bin/kill".as_ref(), &[&daemon], b"").succeeds();
        }
    });
}
