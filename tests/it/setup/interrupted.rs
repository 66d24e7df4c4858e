//! A `setup` that is cut short, or that another program interferes with: the old configuration or the new one, and no lock.

use super::{BEFORE, Run, Setup as _, behind_a_comment, gits, with_each_git};
use crate::common::{Machine, skipped};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

const SIGNALS: [&str; 4] = ["KILL", "TERM", "INT", "HUP"];

/// One way to run `setup`, and the file that it changes.
struct Way {
    arguments: &'static [&'static str],
    file: &'static str,
    before: Option<String>,
}

impl Way {
    fn all() -> Vec<Self> {
        let way = |arguments, file, before| Self { arguments, file, before };
        vec![
            way(&["--yes"], "home/.gitconfig", Some(BEFORE.to_owned())),
            way(&["--yes"], "home/.gitconfig", Some(behind_a_comment())),
            way(&["--yes"], "home/.gitconfig", None),
            way(&["--yes", "--system"], "system", Some(BEFORE.to_owned())),
            way(&["--yes", "--system"], "system", None),
            way(&["--yes", "--local"], "home/.git/config", Some(BEFORE.to_owned())),
            way(&["--yes", "--file", "mine"], "home/mine", Some(BEFORE.to_owned())),
        ]
    }

    /// A machine with the file, and with a system configuration of its own.
    fn machine(&self, git: &Path) -> Machine {
        let machine = Machine::new().with_git(git);
        let system = machine.path("system").display().to_string();
        let machine = machine.without("GIT_CONFIG_NOSYSTEM").env("GIT_CONFIG_SYSTEM", &system);
        machine.git(&["init", "-q", "."]).succeeds();
        if let Some(before) = &self.before {
            fs::write(machine.path(self.file), before).expect("a file");
        }
        machine
    }

    /// The same. Its git runs the script `meddle` before the `$at`-th time that it changes or lists a file; `$setup` is the
    /// process that started it.
    fn meddled(&self, git: &Path, meddle: &str) -> Machine {
        let machine = self.machine(git);
        fs::remove_file(machine.bin().join("git")).expect("the link");
        let script = format!(
            "case \" $* \" in *' --add '* | *' --unset-all '* | *' --replace-all '* | *' --null --list '*)\n\
             n=$(cat \"$0.calls\" 2>/dev/null || echo 0); n=$((n + 1)); echo $n >\"$0.calls\"; setup=$PPID\n\
             {{ cksum <\"$file\" >>\"$0.sums\"; }} 2>/dev/null\n\
             if [ \"$n\" = \"$at\" ] || [ \"$at\" = all ]; then {meddle}; fi ;;\nesac\nexec {} \"$@\"",
            git.display()
        );
        machine.program("git", &script);
        let file = machine.path(self.file).display().to_string();
        machine.env("file", &file)
    }

    /// How many different files the calls of git have seen.
    fn versions(machine: &Machine) -> usize {
        let sums = fs::read_to_string(machine.bin().join("git.sums")).unwrap_or_default();
        sums.lines().collect::<std::collections::BTreeSet<_>>().len()
    }

    fn contents(&self, machine: &Machine) -> Option<String> {
        fs::read_to_string(machine.path(self.file)).ok().map(|text| machine.by_name(&text))
    }

    fn run(&self, machine: &Machine) -> Run {
        machine.helper(&[&["setup"], self.arguments].concat(), "")
    }

    /// The contents after a run that nothing interrupts.
    fn after(&self, git: &Path) -> String {
        let machine = self.machine(git);
        self.run(&machine).succeeds();
        assert!(leftovers(&machine.path(self.file)).is_empty());
        self.contents(&machine).filter(|after| Some(after) != self.before.as_ref()).expect("another configuration")
    }

    /// Whether an interrupted run has left the new file; else it is the old one.
    #[track_caller]
    fn is_new(&self, machine: &Machine, after: &str, told: &str) -> bool {
        let now = self.contents(machine);
        let is_new = now.as_deref() == Some(after);
        assert!(is_new || now == self.before, "{told}\n{now:?}");
        is_new
    }

    /// The next run makes the new file, and leaves nothing beside it.
    #[track_caller]
    fn goes_on(&self, machine: &Machine, after: &str, told: &str) {
        // A git that the interrupted run has started may still be at work on the copy.
        std::thread::sleep(Duration::from_millis(100));
        let file = machine.path(self.file);
        // As the next run finds them an hour later.
        for left in leftovers(&file) {
            let an_hour_ago = SystemTime::now() - Duration::from_hours(1);
            fs::File::options().write(true).open(left).and_then(|left| left.set_modified(an_hour_ago)).expect("a file");
        }
        if self.is_new(machine, after, told) {
            // A run that has nothing to change would make no copy.
            self.run_another(machine);
        } else {
            self.run(machine).succeeds();
            assert_eq!(self.contents(machine).as_deref(), Some(after), "{told}: the next run does it");
        }
        assert_eq!(leftovers(&file), <[PathBuf; 0]>::default(), "{told}");
    }

    fn run_another(&self, machine: &Machine) {
        machine.helper(&[&["setup", "--profile", "another"], self.arguments].concat(), "").succeeds();
    }
}

/// What is beside the file with its name.
fn leftovers(file: &Path) -> Vec<PathBuf> {
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let entries = fs::read_dir(file.parent().expect("a directory")).expect("a directory").flatten();
    let beside = entries.map(|entry| entry.path()).filter(|path| path != file);
    beside.filter(|path| path.file_name().expect("a name").to_string_lossy().starts_with(&name)).collect()
}

fn lock_of(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}.lock", file.display()))
}

#[test]
fn a_signal_between_any_two_calls_of_git_leaves_the_old_configuration_or_the_new_one_and_no_lock() {
    for (git, version) in gits() {
        for (number, way) in Way::all().into_iter().enumerate() {
            let after = way.after(&git);
            let machine = way.meddled(&git, ":");
            way.run(&machine).succeeds();
            let calls = fs::read_to_string(machine.bin().join("git.calls")).expect("a count");
            let calls: usize = calls.trim().parse().expect("a count");
            let mut seen = [0, 0];
            // Each moment in one way; some of them in the others.
            for at in (1..=calls).filter(|at| number == 1 || at % 7 == number % 7) {
                let signal = SIGNALS[at % SIGNALS.len()];
                let machine = way.meddled(&git, &format!("kill -{signal} $setup")).env("at", &at.to_string());
                let run = way.run(&machine);
                let told = format!("{version} {:?} {signal} at {at} of {calls}: {}", way.arguments, run.transcript());
                assert!(!lock_of(&machine.path(way.file)).exists(), "{told}: a lock is left");
                let machine = machine.without("at");
                seen[usize::from(way.is_new(&machine, &after, &told))] += 1;
                if at % 3 == 0 {
                    way.goes_on(&machine, &after, &told);
                }
            }
            assert!(seen[0] > 0 && (number != 1 || seen[1] > 0), "{seen:?}");
        }
    }
}

/// By the clock: between the last call of git and the end there are only system calls.
#[test]
fn a_signal_at_any_moment_leaves_the_old_configuration_or_the_new_one_and_no_lock() {
    for (git, version) in gits() {
        let way = &Way::all()[1];
        let after = way.after(&git);
        let machine = way.machine(&git);
        let started = Instant::now();
        way.run(&machine).succeeds();
        let took = started.elapsed();
        let mut seen = [0, 0];
        for moment in 0..40_u32 {
            let machine = way.machine(&git);
            let signal = SIGNALS[usize::try_from(moment % 4).expect("small")];
            let line = format!(
                "{} setup --yes >/dev/null 2>&1 & child=$!; sleep {}; kill -{signal} $child 2>/dev/null; wait $child",
                machine.bin().join("git-credential-codecommit").display(),
                (took * moment / 30).as_secs_f64(),
            );
            let _ = machine.run("/bin/bash".as_ref(), &["-mc", &line], b"");
            let told = format!("{version} {signal} at {moment}");
            // SIGKILL may leave one, which the next run removes.
            assert!(signal == "KILL" || !lock_of(&machine.path(way.file)).exists(), "{told}: a lock is left");
            seen[usize::from(way.is_new(&machine, &after, &told))] += 1;
            if signal == "KILL" {
                way.goes_on(&machine, &after, &told);
            }
        }
        assert!(seen[0] > 3 && seen[1] > 3, "{seen:?}: the moments are well chosen");
    }
}

/// Stands before the C library in this program alone: link(2) may be refused, and a signal comes right after a call.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
static const char *of(const char *name) {
    return strcmp(program_invocation_short_name, "git-credential-codecommit") ? 0 : getenv(name);
}
static void signal_at(const char *call) {
    const char *at = of("SIGNAL_AT");
    if (at && !strcmp(at, call)) raise(atoi(getenv("SIGNAL")));
}
int linkat(int from, const char *old, int to, const char *new, int flags) {
    int (*real)(int, const char *, int, const char *, int) = dlsym(RTLD_NEXT, "linkat");
    if (of("NO_LINKS")) { errno = EPERM; return -1; }
    int result = real(from, old, to, new, flags);
    signal_at("linked");
    return result;
}
int rename(const char *old, const char *new) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    signal_at("locked");
    int result = real(old, new);
    signal_at("renamed");
    return result;
}
"#;

/// The shim, or `None` where there is no C compiler or no such loader.
fn shim() -> Option<(tempfile::TempDir, String)> {
    let directory = tempfile::tempdir().expect("a directory");
    let (source, library) = (directory.path().join("shim.c"), directory.path().join("shim.so"));
    fs::write(&source, SHIM).expect("a file");
    let mut compiler = stand_in::command("cc");
    compiler.args(["-shared", "-fPIC", "-w", "-o"]).arg(&library).arg(&source).arg("-ldl");
    if !cfg!(target_os = "linux") || !compiler.status().is_ok_and(|status| status.success()) {
        skipped("a C compiler for Linux");
        return None;
    }
    Some((directory, library.display().to_string()))
}

#[test]
fn a_signal_between_lock_and_rename_leaves_no_lock_and_what_a_kill_leaves_goes_with_the_next_run() {
    let Some((_directory, shim)) = shim() else { return };
    let git = gits().remove(0).0;
    for way in [&Way::all()[1], &Way::all()[4]] {
        let after = way.after(&git);
        for (has_links, at) in
            [(true, "linked"), (true, "locked"), (true, "renamed"), (false, "locked"), (false, "renamed")]
        {
            for signal in if at == "linked" { &[9, 15, 2, 1, 3][..] } else { &[9, 15] } {
                let machine = way.machine(&git).env("LD_PRELOAD", &shim);
                let machine = machine.env("SIGNAL_AT", at).env("SIGNAL", &signal.to_string());
                let machine = if has_links { machine } else { machine.env("NO_LINKS", "1") };
                let run = way.run(&machine);
                let told = format!("{:?} {signal} {at} {has_links}: {}", way.arguments, run.transcript());
                let machine = machine.without("SIGNAL_AT");
                let has_lock = lock_of(&machine.path(way.file)).exists();
                assert_eq!(has_lock, *signal == 9 && at != "renamed", "{told}");
                let is_new = way.is_new(&machine, &after, &told);
                assert_eq!(is_new, !has_lock, "{told}: a signal that was held comes when all is done");
                way.goes_on(&machine, &after, &told);
            }
        }
    }
}

#[test]
fn a_file_system_without_hard_links_is_set_up_in_one_step_too() {
    let Some((_directory, shim)) = shim() else { return };
    crate::common::with_each_git(|git| {
        for way in Way::all() {
            let after = way.after(git);
            let machine = way.meddled(git, ":").env("LD_PRELOAD", &shim).env("NO_LINKS", "1");
            way.run(&machine).succeeds();
            assert_eq!(way.contents(&machine).as_deref(), Some(&after[..]));
            assert!(leftovers(&machine.path(way.file)).is_empty());
            assert!(Way::versions(&machine) <= 2, "{:?}: the old one and the new one", way.arguments);
        }
    });
}

#[test]
fn a_lock_that_another_program_holds_for_a_moment_is_waited_for_and_its_change_stays() {
    crate::common::with_each_git(|git| {
        for way in Way::all() {
            // Begins before the first change of `setup` and ends after its last.
            let other = "( : >\"$file.lock\"; sleep 0.5; { cat \"$file\" 2>/dev/null; echo '[other]'; echo 'was = here'; } \
                         >\"$file.lock\"; mv \"$file.lock\" \"$file\" ) >/dev/null 2>&1 & sleep 0.1";
            let machine = way.meddled(git, other).env("at", "3");
            let run = way.run(&machine).succeeds();
            let now = way.contents(&machine).expect("a file");
            assert!(now.contains("was = here") && now.contains("helper = codecommit"), "{}\n{now}", run.transcript());
            assert!(leftovers(&machine.path(way.file)).is_empty());
        }
    });
}

#[test]
fn a_lock_that_another_program_keeps_ends_setup_after_a_second_with_nothing_changed() {
    crate::common::with_each_git(|git| {
        for way in Way::all() {
            let machine = way.machine(git);
            let lock = lock_of(&machine.path(way.file));
            fs::write(&lock, "another's").expect("a lock");
            // Old, and beside a copy that a killed run has left: it stays another program's.
            let copy =
                format!("{}.codecommit-setup-{}", machine.path(way.file).display(), "0123456789abcdef".repeat(2));
            fs::write(&copy, "half").expect("a copy");
            for path in [Path::new(&copy), &lock] {
                let old = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
                fs::File::options().write(true).open(path).and_then(|file| file.set_modified(old)).expect("old");
            }
            let started = Instant::now();
            let run = way.run(&machine);
            let took = started.elapsed();
            assert!(
                run.status == 1
                    && run.stderr.contains("could not lock config file")
                    && run.stderr.contains("File exists"),
                "{}",
                run.transcript()
            );
            assert!(took > Duration::from_millis(900) && took < Duration::from_secs(6), "{took:?}");
            assert_eq!(way.contents(&machine), way.before);
            assert_eq!(fs::read_to_string(&lock).expect("still there"), "another's");
            assert_eq!(leftovers(&machine.path(way.file)), [lock]);
        }
    });
}

#[test]
fn a_change_of_another_program_between_any_two_calls_is_kept_and_setup_still_makes_its_own_in_one_step() {
    for (git, version) in gits() {
        for (way, moments) in [(&Way::all()[0], 1..=10), (&Way::all()[3], 4..=4)] {
            for at in moments {
                let other = format!("{} config --file \"$file\" --add other.was here", git.display());
                let machine = way.meddled(&git, &other).env("at", &at.to_string());
                let run = way.run(&machine).succeeds();
                let now = way.contents(&machine).expect("a file");
                let told = format!("{version} at {at}: {}\n{now}", run.transcript());
                assert_eq!(now.matches("was = here").count(), 1, "{told}");
                assert!(now.contains("helper = codecommit --profile work"), "{told}");
                assert!(Way::versions(&machine) <= 3, "{told}: the old one, another program's and the new one");
                // The record is right for the file as it was found.
                way.undone(&machine);
                let (now, before) =
                    (way.contents(&machine).expect("a file"), BEFORE.to_owned() + "[other]\n\twas = here\n");
                let mut lines = [now.lines().collect::<Vec<_>>(), before.lines().collect()];
                for lines in &mut lines {
                    lines.sort_unstable();
                }
                assert_eq!(lines[0], lines[1], "{told}");
            }
        }
    }
}

#[test]
fn a_file_that_another_program_keeps_changing_ends_setup_with_nothing_of_its_own_in_it() {
    let way = &Way::all()[0];
    let git = gits().remove(0).0;
    let machine = way.meddled(&git, "echo '# another' >>\"$file\"").env("at", "all");
    let run = way.run(&machine);
    assert!(
        run.status == 1 && run.stderr.contains("another program keeps changing ~/.gitconfig"),
        "{}",
        run.transcript()
    );
    assert_eq!(machine.gitconfig().replace("# another\n", ""), BEFORE);
    assert!(leftovers(&machine.path(way.file)).is_empty());
}

impl Way {
    fn undone(&self, machine: &Machine) {
        let place = self.arguments.iter().filter(|argument| **argument != "--yes");
        machine.helper(&[&["setup", "--undo"][..], &place.copied().collect::<Vec<_>>()].concat(), "").succeeds();
    }
}

#[test]
fn a_configuration_that_a_link_leads_to_and_that_does_not_exist_yet_is_made_there() {
    with_each_git(|machine| {
        let link = machine.home().join(".gitconfig");
        fs::create_dir(machine.path("dotfiles")).expect("a directory");
        std::os::unix::fs::symlink("../dotfiles/gitconfig", &link).expect("a link");
        machine.setup(&[]).succeeds();
        let made = machine.gitconfig();
        assert!(link.is_symlink() && made.contains("helper = codecommit"), "{made}");
    });
}
