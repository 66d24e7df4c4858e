//! `credential_process` settings that were written for a shell, programs that do not start, and what programs print that is no
//! credentials: what is said, and that the fix mends it.

use crate::common::{KEY_ID, Machine, Run, SECRET};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

const CONFIG: &str = "home/.aws/config";

/// A machine with a program that prints credentials, in `~/tools` and in a directory with a space, and with what a test needs.
fn machine() -> Machine {
    let machine = Machine::new().env("AWS_PROFILE", "work");
    for directory in ["home/tools", "home/My Tools"] {
        std::fs::create_dir_all(machine.path(directory)).expect("a directory");
        machine.program(&format!("../{directory}/vend"), &vending());
    }
    machine
}

fn json() -> String {
    format!(r#"{{"Version": 1, "AccessKeyId": "{KEY_ID}", "SecretAccessKey": "{SECRET}"}}"#)
}

/// Prints credentials, whatever words follow, but for signs of a shell.
fn vending() -> String {
    format!(
        "for word; do case $word in '|'|'~'*|'$'*|'>'*|2*|';'|*'&&'*|'`'*|'*') echo \"unexpected argument\" >&2; exit 2;; esac; done\n\
         printf %s '{}'",
        json()
    )
}

fn with(machine: Machine, setting: &str) -> Machine {
    machine.file(CONFIG, &format!("[profile work]\ncredential_process = {setting}\n"))
}

#[track_caller]
fn refused(machine: &Machine) -> Run {
    let run = machine.get();
    assert_eq!((run.status, run.stdout.as_str()), (1, "quit=1\n"), "{}", run.transcript());
    assert!(
        run.stderr.starts_with("git-credential-codecommit: error: credential_process of profile `work` failed (CC211)"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("hunter2"), "an argument may be a secret: {}", run.stderr);
    run
}

fn fix(run: &Run) -> String {
    run.stderr.lines().find_map(|line| line.strip_prefix("  fix: ")).unwrap_or_default().to_owned()
}

/// What a person makes of the setting, who does what the fix says.
fn mended(setting: &str, fix: &str) -> String {
    let arguments = setting.split_once(' ').map(|(_, rest)| format!(" {rest}")).unwrap_or_default();
    if let Some(rest) = fix.strip_prefix("write the program of credential_process as ") {
        let path = rest.split(" in profile work of ").next().expect("a path");
        return match path.strip_suffix(", in double quotes,") {
            Some(path) => format!("\"{path}\"{arguments}"),
            None => format!("{path}{arguments}"),
        };
    }
    match fix {
        _ if fix.starts_with("put sh -c before") && fix.ends_with("in single quotes") => {
            format!("sh -c '{setting}'")
        }
        _ if fix.starts_with("put sh -c before") && fix.ends_with("in double quotes") => {
            format!("sh -c \"{setting}\"")
        }
        _ if fix.starts_with("put env before the command") => format!("env {setting}"),
        _ if fix.starts_with("remove the exclamation mark") => setting.replacen('!', "", 1),
        _ if fix.starts_with("remove the quotes around the whole command") => setting.replace(['"', '\''], ""),
        _ if fix.starts_with("name the interpreter") => format!("sh {setting}"),
        _ => panic!("{setting}: {fix}"),
    }
}

#[test]
fn what_was_written_for_a_shell_is_named_and_its_fix_makes_it_work() {
    let home = machine().home().display().to_string();
    assert!(!home.is_empty());
    for (setting, said) in [
        ("~/tools/vend", "`~` is not expanded"),
        ("\"~/tools/vend\" --token hunter2", "`~` is not expanded"),
        ("$HOME/tools/vend", "`$HOME` is not expanded"),
        ("${HOME}/tools/vend --token hunter2", "`$HOME` is not expanded"),
        ("%USERPROFILE%/tools/vend", "`%NAME%` is not expanded"),
        ("$TOOLS/vend", "`$NAME` is not expanded"),
        ("~/tools/vend | cat", "`|` is passed to the program as an argument"),
        ("[ROOT]/home/tools/vend | cat", "`|` is passed to the program as an argument"),
        ("[ROOT]/home/tools/vend a | sed 's/a/a/'", "`|` is passed to the program as an argument"),
        ("[ROOT]/home/tools/vend hunter2 2>/dev/null", "`2>` is passed to the program as an argument"),
        ("[ROOT]/home/tools/vend ; true", "`;` is passed to the program as an argument"),
        ("cd ~/tools && ./vend", "`&&` is passed to the program as an argument"),
        ("$(echo ~/tools/vend)", "`$(…)` runs no command"),
        ("`echo ~/tools/vend`", "backquotes run no command"),
        ("[ROOT]/home/too*/vend", "`*` is not expanded"),
        ("TOKEN=hunter2 [ROOT]/home/tools/vend", "`NAME=value` before a program sets no variable"),
        ("![ROOT]/home/tools/vend", "`!` before a command has no meaning here"),
        ("\"[ROOT]/home/tools/vend --token hunter2\"", "the quotes make one name of the program and its arguments"),
        ("eval [ROOT]/home/tools/vend", "`eval` is a command of shells, not a program"),
    ] {
        let machine = machine();
        let root = machine.path("").display().to_string();
        let setting = setting.replace("[ROOT]/", &root);
        let machine = with(machine, &setting).env("TOOLS", &format!("{root}home/tools"));
        let run = refused(&machine);
        assert!(
            run.stderr.contains(&format!("  no shell runs credential_process: {said}\n")),
            "{setting}: {}",
            run.stderr
        );
        let mended = mended(&setting, &fix(&run));
        let run = with(machine, &mended).get();
        assert_eq!((run.status, run.key_id()), (0, Some(KEY_ID)), "{setting}: {mended}: {}", run.transcript());
    }
}

#[test]
fn a_program_that_does_not_start_is_told_with_its_true_reason() {
    let write = |machine: &Machine, name: &str, bytes: &[u8], mode: u32| {
        let path = machine.path(name);
        std::fs::write(&path, bytes).expect("a file");
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).expect("permissions");
    };
    let script = format!("printf %s '{}'\n", json());
    for (name, bytes, mode, said) in [
        ("plain", format!("#!/bin/sh\n{script}"), 0o644, "permission denied: the file is not executable"),
        ("crlf", format!("#!/bin/sh\r\n{script}"), 0o755, "because the line has a Windows line ending"),
        (
            "gone",
            format!("#!/opt/no/such/python\n{script}"),
            0o755,
            "the interpreter `/opt/no/such/python` of its first line was not found",
        ),
        ("bare", script.clone(), 0o755, "exec format error: its first line names no interpreter (`#!`)"),
        (
            "elf",
            "\u{7f}ELF\u{1}\u{1}of another processor".to_owned(),
            0o755,
            "it is a program for another system or processor",
        ),
    ] {
        let machine = machine();
        let path = machine.path(&format!("home/tools/{name}")).display().to_string();
        write(&machine, &format!("home/tools/{name}"), bytes.as_bytes(), mode);
        let machine = with(machine, &path);
        let run = machine.get();
        if name == "bare" && run.status == 0 {
            // execvp(3) of some systems hands it to a shell.
            continue;
        }
        let run = refused(&machine);
        assert!(run.stderr.contains(said), "{name}: {}", run.stderr);
        match fix(&run) {
            fix if fix.starts_with("chmod ") => {
                machine.run("/bin/sh".as_ref(), &["-c", &fix], b"").succeeds();
            }
            fix if fix.starts_with("save ") => {
                write(&machine, "home/tools/crlf", bytes.replace('\r', "").as_bytes(), mode);
            }
            fix if fix.starts_with("name an installed interpreter") => {
                write(&machine, "home/tools/gone", bytes.replace("/opt/no/such/python", "/bin/sh").as_bytes(), mode);
            }
            fix if fix.starts_with("install ") => {
                write(&machine, "home/tools/elf", format!("#!/bin/sh\n{script}").as_bytes(), mode);
            }
            fix => drop(std::fs::write(
                machine.path(CONFIG),
                format!("[profile work]\ncredential_process = {}\n", mended(&path, &fix)),
            )),
        }
        machine.get().succeeds();
    }
}

#[test]
fn a_program_that_is_elsewhere_is_found_for_the_person() {
    for (setting, said) in [
        ("vend", "not found on the PATH; shell aliases and functions are not programs"),
        ("tools/vend", "a relative path starts in the directory in which git runs"),
        ("/opt/no/such/vend", "no such file"),
        ("[ROOT]/home/tools", "is a directory, not a program"),
        ("[ROOT]/home/My Tools/vend", "no such file"),
    ] {
        let machine = machine();
        let root = machine.path("").display().to_string();
        let path = format!("{root}home/tools/vend");
        std::fs::create_dir_all(machine.path("home/.local/bin")).expect("a directory");
        let machine = with(machine, &setting.replace("[ROOT]/", &root));
        if setting == "vend" {
            std::fs::copy(machine.path("home/tools/vend"), machine.path("home/.local/bin/vend")).expect("a copy");
        }
        // git runs in a repository.
        std::fs::create_dir_all(machine.path("home/repository")).expect("a directory");
        let get = |machine: &Machine| {
            let program = crate::common::BINARY;
            let script = format!("cd repository && exec {program} get");
            machine.run("/bin/sh".as_ref(), &["-c", &script], crate::common::request("demo").as_bytes())
        };
        let run = get(&machine);
        assert!(run.status == 1 && run.stderr.contains(said), "{setting}: {}", run.transcript());
        let fix = fix(&run);
        let mended = if fix.contains(" as an absolute path ") {
            path
        } else if let Some(rest) = fix.strip_prefix("put ") {
            format!("\"{}\"", rest.split(" in double quotes").next().expect("a path"))
        } else {
            self::mended(setting, &fix)
        };
        let run = get(&with(machine, &mended));
        assert_eq!((run.status, run.key_id()), (0, Some(KEY_ID)), "{setting}: {mended}: {}", run.transcript());
    }
}

#[test]
fn what_came_instead_of_credentials_is_said_and_not_shown() {
    let json = json();
    let temporary = json.replace("AKIA", "ASIA");
    let quoted = |text: &str| format!("printf '%s\\n' '{}'", text.replace('\'', r"'\''"));
    for (script, said, wanted) in [
        ("true".to_owned(), "printed nothing on standard output", "the JSON object on standard output"),
        (
            format!("{} >&2", quoted(&json)),
            "printed the credentials on standard error, not on standard output",
            "on standard output",
        ),
        (quoted(&format!("Welcome to ACME\n{json}")), "output has other text before the JSON", "nothing but the JSON"),
        (
            quoted(&format!("{json}\nsigned in as alice")),
            "output has other text after the JSON",
            "nothing but the JSON",
        ),
        (quoted(&format!("{json}\n{json}")), "output has more than one JSON object", "one JSON object"),
        (quoted(&json[..60]), "output is incomplete or malformed JSON", "as JSON"),
        (quoted(&json.replace('"', "'")), "output has single quotes where JSON has double quotes", "as JSON"),
        (
            quoted(&format!("export AWS_ACCESS_KEY_ID={KEY_ID}\nexport AWS_SECRET_ACCESS_KEY={SECRET}")),
            "output is not JSON: it sets variables",
            "as JSON",
        ),
        (
            quoted(&format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}")),
            "output is not JSON: it has settings of the AWS files",
            "as JSON",
        ),
        (
            quoted(&format!("Version: 1\nAccessKeyId: {KEY_ID}\nSecretAccessKey: {SECRET}")),
            "output is YAML, not JSON",
            "as JSON",
        ),
        (quoted("<!DOCTYPE html><html><title>Sign in</title></html>"), "output is an HTML page, not JSON", "as JSON"),
        (quoted("please sign in first: hunter2"), "output is a line of text, not JSON", "as JSON"),
        (
            quoted(&format!("{{\"Credentials\": {temporary}}}")),
            "output has the credentials inside of `Credentials`, one level too deep",
            "what is inside of Credentials",
        ),
        (
            quoted(&json.replace("AccessKeyId", "accessKeyId")),
            "output has `AccessKeyId` in another spelling",
            "AccessKeyId in this spelling",
        ),
        (
            quoted(&json.replace("Version", "version")),
            "output has `Version` in another spelling",
            "Version in this spelling",
        ),
        (
            quoted(&json.replace("1,", "\"1\",")),
            "`Version` in the output is a string, not the number 1",
            "without quotes",
        ),
        (quoted(&json.replace("1,", "2,")), "`Version` in the output is not 1", "Version as the number 1"),
        (quoted(&json.replace("\"Version\": 1, ", "")), "output has no `\"Version\": 1`", "Version as the number 1"),
        (format!("printf '\\357\\273\\277%s' '{json}'"), "output starts with a byte order mark (U+FEFF)", "UTF-8"),
        (
            format!("printf '\\377\\376'; printf %s '{json}' | sed 's/./&\\n/g' | tr '\\n' '\\000'"),
            "output is UTF-16, as Windows PowerShell writes it, not UTF-8",
            "UTF-8",
        ),
    ] {
        let machine = machine();
        machine.program("../home/tools/teller", &script);
        let path = machine.path("home/tools/teller").display().to_string();
        let machine = with(machine, &path);
        let run = refused(&machine);
        assert!(run.stderr.contains(&format!("teller: {said}")), "{script}: {}", run.stderr);
        assert!(run.stderr.contains("expected {\"Version\": 1, "), "{script}: {}", run.stderr);
        assert!(!run.stderr.contains(KEY_ID), "{script}: {}", run.stderr);
        let fix = fix(&run);
        assert!(
            fix.starts_with("make the credential_process program print ") && fix.contains(wanted),
            "{script}: {fix}"
        );
        // Whatever it was, the author makes it print what is expected.
        machine.program("../home/tools/teller", &vending());
        machine.get().succeeds();
    }
}

#[test]
fn what_a_program_says_that_prints_nothing_is_shown_without_secrets() {
    let machine = machine();
    machine.program("teller", &format!("echo 'the vault is locked' >&2; echo 'token={SECRET}' >&2"));
    insta::assert_snapshot!("printed_nothing", with(machine, "teller --token hunter2").get().transcript());
    let machine = self::machine();
    insta::assert_snapshot!("for_a_shell", with(machine, "~/tools/vend --token hunter2 | cat").get().transcript());
    let machine = self::machine();
    insta::assert_snapshot!("empty_setting", with(machine, "\"\"").get().transcript());
}
