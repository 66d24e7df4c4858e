//! `install.sh`, on a machine of its own (`tests/it/common/installation.rs`).

use crate::common::installation::{install, machine};
use crate::common::{HOST, KEY_ID, Machine, Run, skipped};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

const NAME: &str = "git-credential-codecommit";

/// Every file below the home directory.
fn files(machine: &Machine) -> Vec<String> {
    fn collect(directory: &Path, home: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, home, found);
            } else {
                found.push(path.strip_prefix(home).expect("below home").display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    collect(&machine.home(), &machine.home(), &mut found);
    found.sort();
    found
}

#[test]
fn everything_is_installed_for_one_user_and_everything_is_removed() {
    let machine = machine();
    let run = install(&machine, &[]).succeeds();
    assert_eq!(
        files(&machine),
        [
            ".config/fish/completions/git-credential-codecommit.fish",
            ".config/fish/conf.d/git-credential-codecommit.fish",
            ".local/bin/git-credential-codecommit",
            ".local/bin/git-remote-codecommit",
            ".local/share/bash-completion/completions/git-credential-codecommit",
            ".local/share/man/man1/git-credential-codecommit.1",
            ".local/share/man/man1/git-remote-codecommit.1",
            ".local/share/zsh/site-functions/_git-credential-codecommit",
        ],
        "git's configuration is not among them"
    );
    let asked = fs::read_to_string(machine.path("cargo-was-asked")).expect("cargo was asked");
    assert!(asked.starts_with("build --release --locked "), "{asked}");
    for line in ["is not on the PATH", "export PATH=", "codecommit' setup\n", "--uninstall"] {
        assert!(run.stdout.contains(line), "{line}\n{}", run.stdout);
    }
    let removed = install(&machine, &["--uninstall"]).succeeds();
    assert_eq!(files(&machine), Vec::<String>::new());
    assert!(removed.stdout.ends_with("does not use this helper.\n"), "{}", removed.stdout);
    assert!(install(&machine, &["--uninstall"]).succeeds().stdout.starts_with("Nothing is installed in "));
    install(&machine, &["--no-remote-helper"]).succeeds();
    assert!(!files(&machine).contains(&".local/bin/git-remote-codecommit".to_owned()));
}

#[test]
fn an_installation_on_the_path_is_found_by_git_and_another_one_before_it_is_told() {
    let machine = machine();
    let bin = machine.bin().display().to_string();
    let run = install(&machine, &["--to", &bin]).succeeds();
    assert!(run.stdout.contains("git finds it.\n"), "{}", run.stdout);
    assert!(run.stdout.ends_with("\n  git credential-codecommit setup\n"), "{}", run.stdout);
    // Again, over itself.
    install(&machine, &[&format!("--to={bin}/")]).succeeds();

    machine.program(NAME, "echo version 0");
    let run = install(&machine, &[]).succeeds();
    assert!(run.stdout.contains("git finds another copy first: ") && run.stdout.contains(&bin), "{}", run.stdout);
}

#[test]
fn the_command_that_is_printed_last_configures_git_even_if_it_does_not_find_the_program() {
    let machine = machine().with_keys();
    let directory = machine.path("my tools");
    let run = install(&machine, &["--to", &directory.display().to_string()]).succeeds();
    let command = run.stdout.lines().last().expect("a line");
    assert!(command.ends_with(&format!("my tools/{NAME}' setup")), "{}", run.stdout);
    machine.run("/bin/sh".as_ref(), &["-ec", command], b"").succeeds();
    let input = format!("protocol=https\nhost={HOST}\npath=v1/repos/demo\n\n");
    let filled = machine.run(&machine.bin().join("git"), &["credential", "fill"], input.as_bytes()).succeeds();
    assert_eq!(filled.key_id(), Some(KEY_ID));
}

/// The shells in which what is printed is pasted, with the line that puts the program on their PATH.
const SHELLS: [(&str, &str); 5] = [
    ("/bin/sh", EXPORT),
    ("/usr/bin/dash", EXPORT),
    ("/usr/bin/bash", EXPORT),
    ("/usr/bin/zsh", EXPORT),
    ("/usr/bin/fish", "fish_add_path "),
];
const EXPORT: &str = "export PATH=";

/// The command that begins so.
fn printed(run: &Run, start: &str) -> String {
    let line = run.stdout.lines().map(str::trim_start).find(|line| line.starts_with(start));
    line.unwrap_or_else(|| panic!("no {start}\n{}", run.stdout)).to_owned()
}

/// Pastes lines into each shell that is here.
fn pasted(machine: &Machine, lines: impl Fn(&str) -> Vec<String>, holds: impl Fn(&str, Run)) {
    for (shell, start) in SHELLS {
        if Path::new(shell).exists() {
            holds(shell, machine.run(shell.as_ref(), &["-c", &lines(start).join("\n")], b""));
        } else {
            skipped(shell);
        }
    }
}

/// What git prints if it runs the program under test; an old copy prints something else.
const OURS: &str = "version 0\ncapability authtype\n";
const ASK: &str = "git credential-codecommit capability";

#[test]
fn what_is_printed_works_in_every_shell_whatever_the_directory_is_called() {
    for name in ["my tools", "it's mine", "a$HOME", "back\\slash\\\\", "quo\"te`", "s;e&m|i", "*?[a]!", "#~", "größe"]
    {
        let machine = machine().with_keys();
        let directory = machine.path(name).display().to_string();
        let run = install(&machine, &["--to", &directory]).succeeds();
        assert!(run.stdout.contains("is not on the PATH"), "{}", run.stdout);
        // `fish_add_path` keeps the directory, so that fish comes last.
        pasted(
            &machine,
            |start| vec![printed(&run, start), ASK.to_owned()],
            |shell, run| {
                assert_eq!(run.stdout, OURS, "{shell}, {name}: {}", run.transcript());
            },
        );
        let last = run.stdout.lines().last().expect("a line").trim_start().to_owned();
        pasted(
            &machine,
            |start| if start == EXPORT { vec![last.clone()] } else { Vec::new() },
            |shell, run| assert_eq!(run.status, 0, "{shell}, {name}: {}", run.transcript()),
        );
        let input = format!("protocol=https\nhost={HOST}\npath=v1/repos/demo\n\n");
        let filled = machine.run(&machine.bin().join("git"), &["credential", "fill"], input.as_bytes()).succeeds();
        assert_eq!(filled.key_id(), Some(KEY_ID), "{name}");
        let refused = install(&machine, &["--uninstall", "--to", &directory]);
        let undo = refused.stderr.lines().find_map(|line| line.trim_start().strip_prefix("fix: ")).expect("a fix");
        machine.run("/bin/sh".as_ref(), &["-ec", undo], b"").succeeds();
        let uninstall = run.stdout.lines().find(|line| line.contains(" --uninstall --to ")).expect("a command");
        machine.run("/bin/sh".as_ref(), &["-ec", uninstall], b"").succeeds();
        assert!(!Path::new(&directory).join(NAME).exists(), "{name}");
    }
}

#[test]
fn a_home_and_a_source_with_spaces_are_no_obstacle() {
    let machine = machine().with_keys();
    let home = machine.path("home/John's Home").display().to_string();
    let source = machine.path("my source").display().to_string();
    fs::create_dir(&home).expect("a directory");
    symlink(env!("CARGO_MANIFEST_DIR"), &source).expect("a link");
    let zsh = Path::new("/usr/bin/zsh");
    if zsh.exists() {
        symlink(zsh, machine.bin().join("zsh")).expect("a link");
    }
    let machine = machine.env("HOME", &home);
    let script = format!("{source}/install.sh");
    let run = machine.run("/bin/sh".as_ref(), &[&script], b"").succeeds();
    let last = run.stdout.lines().last().expect("a line").to_owned();
    pasted(
        &machine,
        |start| vec![printed(&run, start), ASK.to_owned(), last.clone()],
        |shell, run| {
            assert!(run.status == 0 && run.stdout.starts_with(OURS), "{shell}: {}", run.transcript());
        },
    );
    if zsh.exists() {
        let fpath = printed(&run, "fpath=");
        let shown = machine.run(zsh, &["-fc", &format!("{fpath}; print -l $fpath")], b"").succeeds();
        assert!(shown.stdout.starts_with(&format!("{home}/.local/share/zsh/site-functions\n")), "{}", shown.stdout);
    }
    let program = Path::new(&home).join(".local/bin").join(NAME);
    machine.run(&program, &["setup", "--undo"], b"").succeeds();
    let uninstall = run.stdout.lines().find(|line| line.ends_with("install.sh' --uninstall")).expect("a command");
    machine.run("/bin/sh".as_ref(), &["-ec", uninstall], b"").succeeds();
    assert!(!program.exists());
}

#[test]
fn a_directory_that_the_path_names_in_another_way_is_found() {
    for on_the_path in ["my tools/", "my tools//", "./my tools", "link"] {
        let machine = machine();
        let directory = machine.path("my tools").display().to_string();
        symlink(&directory, machine.path("link")).expect("a link");
        let named = format!("{}/{on_the_path}", machine.path("").display());
        let path = format!("{}:{named}:{}", machine.bin().display(), machine.path("tools").display());
        let machine = machine.env("PATH", &path);
        let run = install(&machine, &["--to", &directory]).succeeds();
        assert!(run.stdout.contains("git finds it.\n"), "{on_the_path}: {}", run.stdout);
        assert!(run.stdout.ends_with("\n  git credential-codecommit setup\n"), "{}", run.stdout);
        machine.run("/bin/sh".as_ref(), &["-ec", "git credential-codecommit setup"], b"").succeeds();
    }
}

#[test]
fn a_copy_that_git_finds_first_is_named_and_the_printed_line_puts_the_new_one_before_it() {
    for in_path_already in [false, true] {
        let machine = machine();
        let directory = machine.path("my tools").display().to_string();
        let path = format!("{}:{}", machine.bin().display(), machine.path("tools").display());
        let path = if in_path_already { format!("{path}:{directory}") } else { path };
        let machine = machine.env("PATH", &path);
        machine.program(NAME, "echo version 0; echo old");
        let run = install(&machine, &["--to", &directory]).succeeds();
        let old = machine.bin().join(NAME).display().to_string();
        assert!(run.stdout.contains(&format!("git finds another copy first: {old}\n")), "{}", run.stdout);
        pasted(
            &machine,
            |start| vec![printed(&run, start), ASK.to_owned()],
            |shell, run| assert_eq!(run.stdout, OURS, "{shell}, {in_path_already}: {}", run.transcript()),
        );
    }
    // No PATH helps against git's own directory.
    let machine = machine();
    let beside_git = machine.path("git core");
    fs::create_dir(&beside_git).expect("a directory");
    machine.program("old", "echo version 0; echo old");
    fs::rename(machine.bin().join("old"), beside_git.join(NAME)).expect("a program");
    let machine = machine.env("GIT_EXEC_PATH", &beside_git.display().to_string());
    let bin = machine.bin().display().to_string();
    let run = install(&machine, &["--to", &bin]).succeeds();
    let told = format!("git finds another copy first, in its own directory: {}\n", beside_git.join(NAME).display());
    assert!(run.stdout.contains(&told) && !run.stdout.contains(EXPORT), "{}", run.stdout);
}

#[test]
fn a_directory_that_no_path_can_name_is_told() {
    let machine = machine();
    let directory = machine.path("a:b").display().to_string();
    let run = install(&machine, &["--to", &directory]).succeeds();
    assert!(
        run.stdout.contains("with a colon cannot be on the PATH") && !run.stdout.contains(EXPORT),
        "{}",
        run.stdout
    );
}

#[test]
fn uninstalling_leaves_nothing_in_gits_configuration_that_names_a_program_that_is_gone() {
    let machine = machine();
    let git = machine.bin().join("git");
    let config = machine.home().join(".gitconfig");
    let read = || fs::read_to_string(&config).expect("git's configuration");
    let before = "[credential]\n\thelper = store\n";
    fs::write(&config, before).expect("git's configuration");
    install(&machine, &[]).succeeds();
    let program = machine.home().join(".local/bin").join(NAME);
    machine.run(&program, &["setup", "--yes"], b"").succeeds();

    let refused = install(&machine, &["--uninstall"]);
    assert_eq!(refused.status, 1, "{}", refused.stdout);
    assert!(program.exists() && refused.stderr.contains("setup --undo"), "{}", refused.stderr);
    machine.run(&program, &["setup", "--undo"], b"").succeeds();
    assert_eq!(read(), before);

    // What was written by hand is named, and the AWS CLI's helper stays.
    for helper in ["codecommit", "!aws codecommit credential-helper $@"] {
        machine.run(&git, &["config", "--global", "--add", "credential.helper", helper], b"").succeeds();
    }
    let here = "credential.https://git-codecommit.*.amazonaws.com.helper";
    machine.run(&git, &["config", "--global", here, "codecommit --profile work"], b"").succeeds();
    let removed = install(&machine, &["--uninstall"]).succeeds();
    let commands: Vec<&str> = removed.stdout.lines().filter(|line| line.starts_with("  git config")).collect();
    assert_eq!(commands.len(), 2, "{}", removed.stdout);
    machine.run("/bin/sh".as_ref(), &["-ec", &commands.join("\n")], b"").succeeds();
    assert_eq!(read(), format!("{before}\thelper = !aws codecommit credential-helper $@\n"));
}

#[test]
fn what_is_missing_is_named_with_a_way_to_get_it() {
    for (program, present, line) in [
        ("cargo", "", "\n  fix: install Rust from https://rustup.rs,"),
        ("cc", "apt-get", "\n  fix: sudo apt-get install gcc\n"),
        ("cc", "dnf", "\n  fix: sudo dnf install gcc\n"),
        ("cc", "uname", "\n  fix: xcode-select --install\n"),
        ("cc", "", "\n  fix: install gcc with"),
        ("git", "apt-get", "error: git not found\n  fix: sudo apt-get install git\n"),
    ] {
        let machine = machine();
        fs::remove_file(machine.bin().join(program)).expect("a program");
        if !present.is_empty() {
            machine.program(present, "echo Darwin");
        }
        let run = install(&machine, &[]);
        assert_eq!(run.status, 1, "{program}");
        assert!(run.stderr.starts_with("install.sh: error: ") && run.stderr.contains(line), "{}", run.stderr);
        assert_eq!(files(&machine), Vec::<String>::new());
    }
    let machine = machine();
    machine.program("cargo", "echo 'cargo 1.85.1 (0 2025-03-15)'");
    let run = install(&machine, &[]);
    let older = concat!("cargo 1.85.1 is older than ", env!("CARGO_PKG_RUST_VERSION"));
    assert!(run.stderr.contains(older), "{}", run.stderr);
    assert!(run.stderr.contains("rustup update"), "{}", run.stderr);
    machine.program("cargo", "[ \"$1\" = --version ] && echo 'cargo 1.200.0' || exit 101");
    let run = install(&machine, &[]);
    assert_eq!((run.status, files(&machine).len()), (1, 0), "{}", run.stderr);
    assert!(run.stderr.contains("the build failed"), "{}", run.stderr);
}

#[test]
fn help_and_usage_errors_build_nothing() {
    let machine = machine();
    assert!(install(&machine, &["--help"]).succeeds().stdout.contains("Usage: ./install.sh"));
    for arguments in [&["--nonsense"][..], &["--to"], &["--to", ""], &["extra"]] {
        assert_eq!(install(&machine, arguments).status, 1, "{arguments:?}");
    }
    assert!(!machine.path("cargo-was-asked").exists());
    assert_eq!(files(&machine), Vec::<String>::new());
}
