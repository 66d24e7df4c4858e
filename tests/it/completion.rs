//! Completion as a person has it: `install.sh` has run, a shell is started at a terminal, and keys are pressed. What counts
//! is the command that the shell would then run.
//!
//! Each shell is the system's own, with its own completion of git. One that is not installed is skipped (`oracles.rs`).

use crate::common::installation;
use crate::common::terminal::at_a_terminal;
use crate::common::{KEY_ID, Machine, SECRET, gits, skipped};
use std::fs;
use std::path::Path;

/// A shell with the settings of a person. `args` writes down the words that it is given, and ends the shell.
struct Shell {
    name: &'static str,
    /// What is looked for, to see whether the shell and its completions are installed.
    needs: &'static [&'static str],
    start: &'static str,
    /// Where its settings are.
    file: &'static str,
    settings: &'static str,
}

const BASH: Shell = Shell {
    name: "bash",
    needs: &[
        "/usr/bin/bash",
        "/usr/share/bash-completion/bash_completion",
        "/usr/share/bash-completion/completions/git",
    ],
    start: "exec bash --noprofile --rcfile ~/.bashrc -i",
    file: "home/.bashrc",
    settings: "bind 'set enable-bracketed-paste off'; bind 'set page-completions off'\n\
               . /usr/share/bash-completion/bash_completion\n\
               args() { printf '%s\\n' \"$@\" >~/words; exit; }\nPS1='ready> '\n",
};

const ZSH: Shell = Shell {
    name: "zsh",
    needs: &["/usr/bin/zsh"],
    start: "exec zsh -d -i",
    file: "home/.zshrc",
    // The first line is what install.sh says.
    settings: "fpath=(\"$HOME/.local/share/zsh/site-functions\" $fpath)\n\
               autoload -Uz compinit && compinit -u\nbindkey -e\nunsetopt prompt_sp\n\
               args() { printf '%s\\n' \"$@\" >~/words; exit }\nPS1='ready> '\n",
};

const FISH: Shell = Shell {
    name: "fish",
    needs: &["/usr/bin/fish", "/usr/share/fish/completions/git.fish"],
    start: "exec fish -i",
    file: "home/.config/fish/config.fish",
    settings: "set -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n\
               function args; printf '%s\\n' $argv >~/words; exit; end\nfunction fish_prompt; echo 'ready> '; end\n",
};

/// How people call the program.
const CALLS: [&str; 2] = ["git credential-codecommit", "git-credential-codecommit"];

/// Profiles of the credentials file, and names that a shell would take apart, expand or run if it did not quote them.
const PROFILES: [&str; 6] = ["work", "two words", "corp:dev", "a@b", "$(touch ran)", "`touch ran`"];

/// Remotes that anybody who made the repository here could have named: only the first is ever offered.
const HOSTILE_REMOTES: &str = "[remote \"$(touch ran)\"]\n\turl = .\n\
                               [remote \"--profile=other\"]\n\turl = .\n[remote \"up\u{1b}[2Jward\"]\n\turl = .\n";

impl Shell {
    fn is_here(&self) -> bool {
        let Some(missing) = self.needs.iter().find(|file| !Path::new(file).exists()) else { return true };
        skipped(&format!("{}: {missing}", self.name));
        false
    }

    /// A machine after `install.sh`, with profiles in both files and a repository with remotes.
    fn machine(&self) -> Machine {
        let machine = installation::machine();
        installation::install(&machine, &[]).succeeds();
        let path = format!("{}/.local/bin:{}:/usr/bin:/bin", machine.home().display(), machine.bin().display());
        let profiles = PROFILES.map(|name| format!("[{name}]\naws_access_key_id = {KEY_ID}\n")).concat();
        let machine = machine
            .env("PATH", &path)
            .env("TERM", "xterm")
            .file("home/.aws/config", "[default]\nregion = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\n")
            .file("home/.aws/credentials", &profiles)
            .file("home/.gitconfig", "[alias]\n\tcc = credential-codecommit\n")
            .file("home/some-file", "")
            .file(self.file, self.settings);
        for words in ["init --quiet", "remote add origin .", "remote add upstream ."] {
            machine.git(&words.split(' ').collect::<Vec<_>>()).succeeds();
        }
        let config = fs::read_to_string(machine.path("home/.git/config")).expect("a configuration") + HOSTILE_REMOTES;
        machine.file("home/.git/config", &config)
    }

    /// What the screen shows after these keys, and the words of the command that is there.
    #[track_caller]
    fn typed(&self, machine: &Machine, keys: &str) -> (String, Vec<String>) {
        let words = machine.home().join("words");
        let _ = fs::remove_file(&words);
        let script = machine.command("/usr/bin/script".as_ref());
        let line = format!("stty rows 50 cols 200; {}", self.start);
        // Control-A goes to the start of the line.
        let screen = at_a_terminal(script, &line, "ready> ", &format!("{keys}\x01args \r"));
        let text = fs::read_to_string(words)
            .unwrap_or_else(|error| panic!("{}: {keys:?}: {error}; the screen:\n{screen}", self.name));
        (screen, text.lines().map(str::to_owned).collect())
    }

    #[track_caller]
    fn completes(&self, calls: &[&str], cases: &[(&str, &[&str])]) {
        if !self.is_here() {
            return;
        }
        let machine = self.machine();
        for call in calls {
            for (keys, expected) in cases {
                let (screen, words) = self.typed(&machine, &format!("{call} {keys}"));
                let own = &words[call.split(' ').count()..];
                assert_eq!(own, *expected, "{}: {call} {keys:?}; the screen:\n{screen}", self.name);
            }
        }
        assert!(!machine.home().join("ran").exists(), "{} ran a name", self.name);
    }
}

/// What is typed after the program's name, and the arguments that are there then.
const ORDINARY: [(&str, &[&str]); 12] = [
    ("se\t", &["setup"]),
    ("setup --pro\t", &["setup", "--profile"]),
    ("setup --profile wo\t", &["setup", "--profile", "work"]),
    ("setup --profile=wo\t", &["setup", "--profile=work"]),
    ("--profile work do\t", &["--profile", "work", "doctor"]),
    ("--debug doctor ups\t", &["--debug", "doctor", "upstream"]),
    ("doctor --js\t", &["doctor", "--json"]),
    ("ex\t", &["explain"]),
    ("explain CC21\t2", &["explain", "CC212"]),
    ("get --verify al\t", &["get", "--verify", "always"]),
    ("setup --file so\t", &["setup", "--file", "some-file"]),
    ("get --ca-bundle so\t", &["get", "--ca-bundle", "some-file"]),
];

/// The same for names that need quotes, with the quotes that a person may have begun.
const QUOTED: [(&str, &[&str]); 9] = [
    ("setup --profile two\t", &["setup", "--profile", "two words"]),
    ("setup --profile=two\\ w\t", &["setup", "--profile=two words"]),
    ("setup --profile 'two w\t", &["setup", "--profile", "two words"]),
    ("setup --profile \"two w\t", &["setup", "--profile", "two words"]),
    ("setup --profile corp:d\t", &["setup", "--profile", "corp:dev"]),
    ("setup --profile a@\t", &["setup", "--profile", "a@b"]),
    ("setup --profile \\$\\(\t", &["setup", "--profile", "$(touch ran)"]),
    ("setup --profile \\`\t", &["setup", "--profile", "`touch ran`"]),
    ("doctor \\$\\(\t", &["doctor", "$(touch ran)"]),
];

/// No file is offered in the place of a name, and nothing that is not known beforehand.
const NOTHING: [(&str, &[&str]); 4] = [
    ("setup --profile so\t", &["setup", "--profile", "so"]),
    ("doctor so\t", &["doctor", "so"]),
    ("setup --region so\t", &["setup", "--region", "so"]),
    ("doctor --pro\t corp:x\t", &["doctor", "--profile", "corp:x"]),
];

fn lists_everything(shell: &Shell) {
    if !shell.is_here() {
        return;
    }
    let machine = shell.machine();
    for call in CALLS {
        let (screen, words) = shell.typed(&machine, &format!("{call} setup --profile \t\t"));
        for name in ["default", "work", "corp:dev", "a@b", "touch ran"] {
            assert!(screen.replace('\\', "").contains(name), "{}: {call}: {name} is not in\n{screen}", shell.name);
        }
        assert_eq!(words[call.split(' ').count()], "setup", "{}", shell.name);
        let (screen, _) = shell.typed(&machine, &format!("{call} doctor \t\t"));
        for name in ["origin", "upstream"] {
            assert!(screen.contains(name), "{}: {call}: {name} is not in\n{screen}", shell.name);
        }
        for name in ["--profile=other", "ward", "some-file"] {
            assert!(!screen.contains(name), "{}: {call}: {name} is in\n{screen}", shell.name);
        }
    }
    assert!(!machine.home().join("ran").exists(), "{} ran a name", shell.name);
}

macro_rules! in_each_shell {
    ($($module:ident $shell:ident)*) => {$(
        mod $module {
            use super::*;

            #[test]
            fn commands_options_profiles_remotes_values_and_files_complete() {
                $shell.completes(&CALLS, &ORDINARY);
            }

            #[test]
            fn a_name_that_the_shell_would_split_or_run_completes_quoted() {
                $shell.completes(&CALLS[..1], &QUOTED);
            }

            #[test]
            fn where_a_name_belongs_no_file_is_offered() {
                $shell.completes(&CALLS, &NOTHING);
            }

            #[test]
            fn an_alias_and_an_option_of_git_are_no_obstacle() {
                $shell.completes(&["git cc", "git --no-pager credential-codecommit"], &ORDINARY[4..6]);
            }

            #[test]
            fn git_completes_the_name_of_the_program() {
                $shell.completes(&["git"], &[("credential-codec\tdo\t", &["credential-codecommit", "doctor"])]);
            }

            #[test]
            fn every_profile_and_every_remote_is_listed_and_none_is_run() {
                lists_everything(&$shell);
            }
        }
    )*};
}

/// Without the package bash-completion: git's script and this program's are read at the start.
const BASH_ALONE: Shell = Shell {
    settings: "bind 'set enable-bracketed-paste off'\n\
               . /usr/share/bash-completion/completions/git\n\
               . ~/.local/share/bash-completion/completions/git-credential-codecommit\n\
               args() { printf '%s\\n' \"$@\" >~/words; exit; }\nPS1='ready> '\n",
    ..BASH
};

#[test]
fn bash_completes_without_the_package_bash_completion() {
    BASH_ALONE.completes(&CALLS, &[ORDINARY[3], QUOTED[4], ORDINARY[5]]);
}

#[test]
fn bash_completes_with_each_git() {
    if !BASH.is_here() {
        return;
    }
    for (git, version) in gits() {
        let machine = BASH.machine().with_git(&git);
        let (screen, words) = BASH.typed(&machine, "git credential-codec\tdoctor --profile two\tups\t");
        let expected = ["git", "credential-codecommit", "doctor", "--profile", "two words", "upstream"];
        assert_eq!(words, expected, "{version}; the screen:\n{screen}");
    }
}

/// As `docs/contributing.md` says under "Packages"; below a directory of the test in the place of `/usr/share`.
#[test]
fn a_package_for_all_users_completes_where_nothing_is_in_the_home_directory() {
    const PLACES: [(&str, &str); 4] = [
        (".local/share/bash-completion/completions", "bash-completion/completions"),
        (".local/share/zsh/site-functions", "zsh/vendor-completions"),
        (".config/fish/completions", "fish/vendor_completions.d"),
        (".config/fish/conf.d", "fish/vendor_conf.d"),
    ];
    for shell in [BASH, ZSH, FISH] {
        if !shell.is_here() {
            continue;
        }
        let machine = shell.machine();
        let share = machine.path("share");
        for (of_one_user, of_all) in PLACES {
            let to = share.join(of_all);
            fs::create_dir_all(to.parent().expect("a parent")).expect("directories");
            fs::rename(machine.home().join(of_one_user), to).expect("moved");
        }
        let settings =
            shell.settings.replace("$HOME/.local/share/zsh/site-functions", "$XDG_DATA_DIRS/zsh/vendor-completions");
        let machine = machine.env("XDG_DATA_DIRS", &share.display().to_string()).file(shell.file, &settings);
        let (screen, words) = shell.typed(&machine, "git credential-codec\tdoctor --profile two\tups\t");
        let expected = ["git", "credential-codecommit", "doctor", "--profile", "two words", "upstream"];
        assert_eq!(words, expected, "{}; the screen:\n{screen}", shell.name);
    }
}

in_each_shell! { bash BASH zsh ZSH fish FISH }

#[test]
fn a_profile_that_may_be_a_secret_or_disturb_the_terminal_is_not_listed() {
    let machine = Machine::new()
        .env("AWS_CONFIG_FILE", "~/other/config")
        .env("AWS_SHARED_CREDENTIALS_FILE", "~/other/credentials")
        .file("home/.aws/config", "[profile unused]\n")
        .file(
            "home/other/config",
            "[default]\n[profile work]\n[profile \"two words\"]\n[profile -x]\n[sso-session corp]\n",
        )
        .file(
            "home/other/credentials",
            &format!("[work]\n[{SECRET}]\n[clear\u{1b}[2J]\n[left\u{202e}right]\n[last]\n"),
        );
    let run = machine.helper(&["__profiles"], "");
    assert_eq!(run.transcript(), "status: 0\n--- stdout\ndefault\nwork\ntwo words\nlast\n");
    let help = machine.helper(&["--help"], "").succeeds();
    assert!(!help.stdout.contains("__profiles"), "{}", help.stdout);
}

#[test]
fn a_configuration_that_cannot_be_read_completes_to_nothing_and_no_error() {
    let machine = Machine::new().file("home/.aws/config", "no section\n[default]\n");
    assert_eq!(machine.helper(&["__profiles"], "").transcript(), "status: 0\n");
    assert_eq!(Machine::new().helper(&["__profiles"], "").transcript(), "status: 0\n");
}
