//! What is there is never said to be missing: files that cannot be read, sections and settings that are written nearly right,
//! variables that name nothing, another user's home directory, a clone that git refuses. Each fix is taken as a person would take
//! it, and the same is run again.

use crate::common::sources::{FUTURE, PAST, in_minutes, login_file, login_session, sso_file, sso_token};
use crate::common::{
    ACCOUNT, KEY_ID, Machine, ROLE, Run, SECRET, TOKEN, aws_with_demo, request, skipped, url, with_each_git,
};
use stand_in::{Role, SsoSession};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

/// A machine, made anew for each case.
type Make<'m> = &'m dyn Fn() -> Machine;

/// Puts something at a path.
type Put<'p> = &'p dyn Fn(&Path);

const CONFIG: &str = "home/.aws/config";
const CREDENTIALS: &str = "home/.aws/credentials";

fn keys() -> String {
    format!("aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
}

fn profile(section: &str) -> String {
    format!("[{section}]\n{}", keys())
}

/// `get` that asks nobody, so that keys in a file need no network.
fn get(machine: &Machine) -> Run {
    machine.helper(&["--verify", "never", "get"], &request("demo"))
}

#[track_caller]
fn fix_of(run: &Run) -> String {
    let fix = run.stderr.lines().find_map(|line| line.strip_prefix("  fix: "));
    fix.unwrap_or_else(|| panic!("no fix: {}", run.transcript())).to_owned()
}

#[track_caller]
fn says(run: &Run, code: &str, text: &str) {
    assert!(run.stderr.contains(&format!("({code})")), "{code}: {}", run.transcript());
    assert!(run.stderr.contains(text), "{text:?}: {}", run.transcript());
}

/// The fix is a command of the shell: pastes it, and asks again from the same shell.
#[track_caller]
fn works_after(machine: &Machine, run: &Run) {
    let helper = machine.bin().join("git-credential-codecommit").display().to_string();
    let line = format!("{}\nexec {helper} --verify never get", fix_of(run));
    let again = machine.run("/bin/sh".as_ref(), &["-c", &line], request("demo").as_bytes());
    assert_eq!(again.key_id(), Some(KEY_ID), "after {}: {}", fix_of(run), again.transcript());
}

/// Corrects the lines of the files that the message shows, as a person with an editor would. Says how many there were.
fn correct(machine: &Machine, run: &Run) -> usize {
    let lines = run.stderr.lines().filter_map(|line| line.strip_prefix("  ~/.aws/"));
    let mut corrected = 0;
    for line in lines {
        let Some((place, told)) = line.split_once(' ') else { continue };
        let Some((name, number)) = place.split_once(':') else { continue };
        let number: usize = number.parse().expect("a number");
        let path = machine.path("home/.aws").join(name);
        let text = fs::read_to_string(&path).expect("the file");
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let line = &mut lines[number - 1];
        *line = if told.starts_with("is indented") {
            line.trim_start().to_owned()
        } else {
            let reads = told.split("it reads ").nth(1).expect("how it reads");
            let reads = reads.split(", with").next().expect("a text");
            match line.split_once(['=', ':']) {
                _ if reads.starts_with('[') => reads.to_owned(),
                Some((name, _)) if reads.starts_with('`') || told.contains(&format!("has {} `", name.trim())) => {
                    format!("{name}= {}", reads.trim_matches('`'))
                }
                Some((_, value)) => format!("{reads} = {value}"),
                None => panic!("{line}: {told}"),
            }
        };
        fs::write(&path, lines.join("\n")).expect("written");
        corrected += 1;
    }
    corrected
}

#[test]
fn a_section_that_is_written_nearly_right_is_shown_with_its_line_and_how_it_reads() {
    for (path, section, name, reads) in [
        (CONFIG, "work", "work", "profile work"),
        (CONFIG, "Work", "work", "profile work"),
        (CONFIG, "Profile work", "work", "profile work"),
        (CONFIG, "PROFILE WORK", "work", "profile work"),
        (CONFIG, "profile:work", "work", "profile work"),
        (CONFIG, "profilework", "work", "profile work"),
        (CONFIG, "profle work", "work", "profile work"),
        (CONFIG, "profile work] # [mine", "work", "profile work"),
        (CONFIG, "profile\u{a0}work", "work", "profile work"),
        (CONFIG, "profile work\u{200b}", "work", "profile work"),
        (CONFIG, "profile \"work", "work", "profile work"),
        (CONFIG, "profile my work", "my work", "profile \"my work\""),
        (CONFIG, "profile bob's", "bob's", "profile \"bob's\""),
        (CONFIG, "default ", "", "default"),
        (CONFIG, "Default", "", "default"),
        (CONFIG, "DEFAULT", "", "default"),
        (CREDENTIALS, "profile work", "work", "work"),
        (CREDENTIALS, "Profile work", "work", "work"),
        (CREDENTIALS, "work ", "work", "work"),
        (CREDENTIALS, "\"work\"", "work", "work"),
        (CREDENTIALS, "Default", "", "default"),
        (CREDENTIALS, "DEFAULT", "", "default"),
    ] {
        let text = format!("# mine\n{}", profile(section));
        let machine = Machine::new().file(path, &text).env("AWS_PROFILE", name);
        let run = get(&machine);
        let code = if name.is_empty() { "CC201" } else { "CC202" };
        says(&run, code, &format!("  ~/.aws/{}:2 has [", &path[10..]));
        says(&run, code, &format!("it reads [{reads}]"));
        says(&run, code, "fix: correct line 2 of ~/.aws/");
        assert_eq!(correct(&machine, &run), 1, "{}", run.transcript());
        assert_eq!(get(&machine).succeeds().key_id(), Some(KEY_ID), "{section}");
        // A profile of the URL is looked for in the same way.
        if !name.is_empty() && !name.contains([' ', '\'']) {
            let machine = Machine::new().file(path, &text).env("AWS_DEFAULT_REGION", "eu-west-1");
            let remote = Path::new(env!("CARGO_BIN_EXE_git-remote-codecommit"));
            let run = machine.run(remote, &["origin", &format!("codecommit://{name}@demo")], b"");
            says(&run, "CC202", &format!("it reads [{reads}]"));
        }
    }
}

#[test]
fn what_works_in_the_aws_cli_is_not_questioned() {
    for (path, section, name) in [
        (CONFIG, "profile  work ", "work"),
        (CONFIG, "profile \"work\"", "work"),
        (CONFIG, "profile work] # mine\n# [x", "work"),
        (CONFIG, "profiles work", "work"),
        (CONFIG, "profile default", ""),
        (CREDENTIALS, "Work", "Work"),
        (CREDENTIALS, "profile work", "profile work"),
    ] {
        let run = get(&Machine::new().file(path, &profile(section)).env("AWS_PROFILE", name)).succeeds();
        assert_eq!((run.key_id(), run.stderr.as_str()), (Some(KEY_ID), ""), "{section}");
    }
    for line_end in ["\n", "\r\n", "\r"] {
        let text = format!("[default]\nAWS_ACCESS_KEY_ID : {KEY_ID}\n  \naws_secret_access_key={SECRET}\n");
        let machine = Machine::new().file(CREDENTIALS, &text.replace('\n', line_end));
        assert_eq!(get(&machine).succeeds().stderr, "");
    }
    // A profile in other capitals is another one, and is proposed by its name.
    let run = get(&Machine::new().file(CONFIG, &profile("profile Work")).env("AWS_PROFILE", "work"));
    says(&run, "CC202", "fix: export AWS_PROFILE=Work");
}

#[test]
fn a_setting_that_is_written_nearly_right_is_shown_with_its_line_and_how_it_reads() {
    let keys = |id: &str, secret: &str| format!("[work]\n{id}={KEY_ID}\n{secret}={SECRET}\n");
    for text in [
        keys("export AWS_ACCESS_KEY_ID", "export AWS_SECRET_ACCESS_KEY"),
        keys("set AWS_ACCESS_KEY_ID", "set AWS_SECRET_ACCESS_KEY"),
        keys("aws_acces_key_id", "aws_secret_access_key"),
        keys("aws_access_key", "aws_secret_key"),
        keys("access_key_id", "secret_access_key"),
        keys("aws-access-key-id", "aws-secret-access-key"),
        keys("accessKeyId", "secretAccessKey"),
        keys("aws_access_key_id", "aws_secret_acess_key"),
        keys("aws_access_key_id", "  aws_secret_access_key"),
        keys("region = eu-west-1\n  aws_access_key_id", "\taws_secret_access_key"),
    ] {
        let machine = Machine::new().file(CREDENTIALS, &text).env("AWS_PROFILE", "work");
        let mut run = get(&machine);
        assert!(run.stderr.contains("of ~/.aws/credentials as shown above"), "{}", run.transcript());
        // What is shown is mended; there may be more of it, which is another failure.
        for _ in 0..2 {
            if run.status == 0 {
                break;
            }
            assert!(correct(&machine, &run) > 0, "{}", run.transcript());
            run = get(&machine);
        }
        assert_eq!(run.succeeds().key_id(), Some(KEY_ID), "{text}");
    }
}

#[test]
fn a_role_or_a_session_that_is_written_nearly_right_is_shown_too() {
    let base = profile("profile base");
    let sso = format!("sso_account_id = {ACCOUNT}\nsso_role_name = Developer\n");
    let session = "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    for (config, credentials, shown) in [
        (format!("[profile work]\nrole-arn = {ROLE}\nsource-profile = base\n{base}"), "", "it reads role_arn"),
        (format!("[profile work]\nrole_arn = {ROLE}\nsource_profile = base\n[base]\n{}", keys()), "", "[profile base]"),
        (format!("[profile work]\nrole_arn = {ROLE}\nsource_profile = BASE\n{base}"), "", "it reads `base`"),
        (format!("[profile work]\nsso_session = corp\n{sso}[sso_session corp]\n{session}"), "", "[sso-session corp]"),
        (format!("[profile work]\nsso_session = corp\n{sso}[sso-session:corp]\n{session}"), "", "[sso-session corp]"),
        (format!("[profile work]\nsso_session = corp\n{sso}[corp]\n{session}"), "", "[sso-session corp]"),
        (format!("[profile work]\nsso_session = corp\n{sso}[sso-session Corp]\n{session}"), "", "it reads `Corp`"),
        (format!("[profile work]\nsso_startUrl = x\nsso_region = y\n{sso}"), "", "it reads sso_start_url"),
        (
            format!("[profile work]\nsso_session = corp\n{sso}[sso-session corp]\nsso_startUrl = x\nsso_region = y\n"),
            "",
            "it reads sso_start_url",
        ),
    ] {
        let aws = aws_with_demo();
        aws.add_role(Role::new(ROLE).trusting(crate::common::ALICE));
        let machine =
            Machine::before(&aws).file(CONFIG, &config).file(CREDENTIALS, credentials).env("AWS_PROFILE", "work");
        let run = get(&machine);
        assert!(run.stderr.contains(shown), "{config}: {}", run.transcript());
        assert!(run.stderr.contains("fix: correct line"), "{config}: {}", run.transcript());
        assert!(correct(&machine, &run) > 0, "{}", run.transcript());
        let again = get(&machine);
        let is_mended = again.status == 0 || again.stderr.contains("(CC207)");
        assert!(is_mended, "{config}: {}", again.transcript());
    }
    // A section of the other file.
    let config = format!("[profile work]\nsso_session = corp\n{sso}");
    let section = format!("[sso-session corp]\n{session}");
    let machine = Machine::new().file(CONFIG, &config).file(CREDENTIALS, &section).env("AWS_PROFILE", "work");
    says(&get(&machine), "CC205", "fix: move the section from line 1 of ~/.aws/credentials to the config file");
    says(&get(&machine.file(CONFIG, &(config + &section)).file(CREDENTIALS, "")), "CC207", "is not signed in");
}

#[test]
fn a_file_in_another_encoding_is_said_to_be_that() {
    let text = profile("default");
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let wide: Vec<u8> = text.chars().flat_map(|character| (character as u32).to_le_bytes()).collect();
    for path in [CONFIG, CREDENTIALS] {
        for (bytes, code, what, fix) in [
            ([b"\xff\xfe", &*little].concat(), "CC204", "saved as UTF-16, usually by PowerShell", "as UTF-8"),
            ([b"\xfe\xff", &*big].concat(), "CC204", "saved as UTF-16", "as UTF-8"),
            (little.clone(), "CC204", "saved as UTF-16", "as UTF-8"),
            (big.clone(), "CC204", "saved as UTF-16", "as UTF-8"),
            // Without its last line break the syntax is right, and the AWS CLI goes on.
            (little[..little.len() - 2].to_vec(), "CC201", "saved as UTF-16", "as UTF-8"),
            ([b"\xff\xfe\0\0", &*wide].concat(), "CC204", "saved as UTF-32", "as UTF-8"),
            ([text.as_bytes(), b"# caf\xe9\n"].concat(), "CC204", "invalid UTF-8", "as UTF-8"),
            (vec![0; 4096], "CC204", "contains only NUL bytes", "restore"),
            ([text.as_bytes(), &[0; 4096]].concat(), "CC204", "contains NUL bytes", "restore"),
        ] {
            let machine = Machine::new().file(path, "");
            fs::write(machine.path(path), &bytes).expect("a file");
            let run = get(&machine);
            says(&run, code, what);
            assert!(fix_of(&run).contains(fix), "{}", run.transcript());
            assert!(!run.stderr.contains("IAM"), "{}", run.transcript());
            fs::write(machine.path(path), &text).expect("saved");
            assert_eq!(get(&machine).succeeds().key_id(), Some(KEY_ID));
        }
    }
    for (text, told) in [
        ("[default\nregion = x\n", "expected ] at the end of the section"),
        ("[default]\nregion = x\n\u{feff}[work]\n", "U+FEFF"),
        ("region = x\n", "before the first [section]"),
    ] {
        says(&get(&Machine::new().file(CONFIG, text)), "CC204", told);
    }
}

/// The user `nobody`, where this is root, for whom the mode of a file means nothing.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0)
}

/// Runs `get` for a user without rights over others' files. `foreign` are left to root. `None` where no such user can be had.
fn get_without_rights(machine: &Machine, foreign: &[&str]) -> Option<Run> {
    let helper = machine.bin().join("git-credential-codecommit").display().to_string();
    let arguments = [&*helper, "--verify", "never", "get"];
    if !is_root() {
        return foreign
            .is_empty()
            .then(|| machine.run(arguments[0].as_ref(), &arguments[1..], request("demo").as_bytes()));
    }
    if !Path::new("/usr/bin/setpriv").exists() {
        skipped("setpriv");
        return None;
    }
    let owner = NOBODY.to_string();
    let given = stand_in::command("chown").args(["-hR", &format!("{owner}:{owner}")]).arg(machine.path("")).status();
    assert!(given.expect("chown runs").success());
    for path in foreign {
        std::os::unix::fs::lchown(machine.path(path), Some(0), Some(0)).expect("taken back");
    }
    let as_nobody = ["--reuid", &owner, "--regid", &owner, "--clear-groups", "--"];
    let arguments: Vec<&str> = as_nobody.iter().copied().chain(arguments).collect();
    let run = machine.run("/usr/bin/setpriv".as_ref(), &arguments, request("demo").as_bytes());
    if run.stderr.contains("setpriv:") {
        skipped("a user without rights who may run the program");
        return None;
    }
    Some(run)
}

/// Pastes the fix, with a `sudo` that needs no password.
fn paste(machine: &Machine, run: &Run) {
    machine.program("sudo", "exec \"$@\"");
    machine.program("id", &format!("echo {}", if is_root() { NOBODY.to_string() } else { "nobody".to_owned() }));
    machine.run("/bin/sh".as_ref(), &["-c", &fix_of(run)], b"").succeeds();
}

#[test]
fn a_file_that_may_not_be_read_is_neither_missing_nor_malformed_nor_a_reason_to_sign_in() {
    let sso = || {
        let machine = Machine::new().with_sso();
        machine.file(&sso_file(), &sso_token("t", FUTURE, "r"))
    };
    let login = || {
        let keys = format!(
            r#""accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "{SECRET}", "sessionToken": "{TOKEN}""#
        );
        Machine::new().with_login().file(&login_file(), &login_session(&keys, &in_minutes(60), "r"))
    };
    let own_keys = || Machine::new().file(CREDENTIALS, &profile("default"));
    let named = || Machine::new().file(CONFIG, &profile("profile work")).env("AWS_PROFILE", "work");
    let role = || {
        let role = format!("[default]\nrole_arn = {ROLE}\nsource_profile = alice\n");
        Machine::new().file(CREDENTIALS, &role).file(CONFIG, &profile("profile alice"))
    };
    let machines: [(Make<'_>, &[&str], &str); 5] = [
        (&own_keys, &[CREDENTIALS, "home/.aws"], "profile `default` may be configured in it"),
        (&named, &[CONFIG, "home/.aws"], "profile `work` may be configured in it"),
        (&role, &[CONFIG], "profile `default` may be configured in it"),
        (&sso, &[&sso_file(), "home/.aws/sso/cache", "home/.aws/sso"], "it is the token file of SSO session `corp`"),
        (&login, &[&login_file(), "home/.aws/login/cache"], "it has the `aws login` session of profile `default`"),
    ];
    for (machine, paths, needed) in machines {
        for path in paths {
            for is_foreign in [false, true] {
                let machine = machine();
                let at = machine.path(path);
                let mode = fs::metadata(&at).expect("metadata").mode() & 0o777;
                // Another user's file that only the other user may read, or one's own that nobody may.
                let closed = if is_foreign { mode & 0o700 } else { 0 };
                fs::set_permissions(&at, fs::Permissions::from_mode(closed)).expect("permissions");
                let foreign: &[&str] = if is_foreign { &[path] } else { &[] };
                let Some(run) = get_without_rights(&machine, foreign) else { continue };
                says(&run, "CC224", ": permission denied (CC224)");
                says(&run, "CC224", needed);
                for wrong in
                    ["not found", "not signed in", "does not exist", "cannot parse", "aws sso login", "aws configure"]
                {
                    assert!(!run.stderr.contains(wrong), "{wrong}: {}", run.transcript());
                }
                assert!(
                    fix_of(&run).starts_with(if is_foreign { "sudo chown" } else { "chmod " }),
                    "{}",
                    run.transcript()
                );
                paste(&machine, &run);
                let again = if is_foreign {
                    // All but this belongs to the user already.
                    let Some(again) = as_it_is_now(&machine) else { continue };
                    again
                } else {
                    let Some(again) = get_without_rights(&machine, &[]) else { continue };
                    again
                };
                assert!(!again.stderr.contains("(CC224)"), "{path}: {}", again.transcript());
                let is_next = again.key_id().is_some() || again.stderr.contains("(CC220)");
                assert!(is_next, "{path}: {}", again.transcript());
            }
        }
    }
}

/// `get` of the user without rights, with the owners as they are.
fn as_it_is_now(machine: &Machine) -> Option<Run> {
    let helper = machine.bin().join("git-credential-codecommit").display().to_string();
    let owner = NOBODY.to_string();
    let arguments = ["--reuid", &owner, "--regid", &owner, "--clear-groups", "--", &helper, "--verify", "never", "get"];
    is_root().then(|| machine.run("/usr/bin/setpriv".as_ref(), &arguments, request("demo").as_bytes()))
}

#[test]
fn another_helper_is_still_asked_if_the_only_files_may_not_be_read() {
    let machine = Machine::new().configured().file(CONFIG, "[default]\nregion = eu-west-1\n");
    fs::remove_file(machine.path(CONFIG)).expect("removed");
    symlink("config", machine.path(CONFIG)).expect("a link");
    let run = get(&machine);
    says(&run, "CC224", "cannot read ~/.aws/config: its symbolic links form a cycle");
    assert!(run.stdout.contains("quit=1"), "{}", run.transcript());
    machine.git(&["config", "--global", "--add", "credential.helper", "store"]).succeeds();
    machine
        .git(&["config", "--global", "--add", "credential.https://git-codecommit.*.amazonaws.com.helper", "store"])
        .succeeds();
    let run = get(&machine);
    assert!(
        !run.stdout.contains("quit=1") && run.stderr.contains("git will ask the next helper: "),
        "{}",
        run.transcript()
    );
}

#[test]
fn a_region_in_a_file_that_cannot_be_read_is_not_said_to_be_unset() {
    let machine = Machine::new().with_keys().file("home/.aws/other", "");
    symlink("config", machine.path(CONFIG)).expect("a link to itself");
    let remote = Path::new(env!("CARGO_BIN_EXE_git-remote-codecommit"));
    says(&machine.run(remote, &["origin", "codecommit://demo"], b""), "CC224", "cannot read ~/.aws/config");
    let run =
        machine.helper(&["--ignore-host-check", "get"], "protocol=https\nhost=git.corp.test\npath=v1/repos/demo\n");
    says(&run, "CC224", "cannot read ~/.aws/config");
}

#[test]
fn what_stands_in_the_place_of_a_file_is_named() {
    let make: [(&str, Put<'_>); 4] = [
        ("is a directory, not a file", &|path| fs::create_dir(path).expect("a directory")),
        ("is a FIFO, not a file", &|path| {
            assert!(stand_in::command("mkfifo").arg(path).status().expect("mkfifo runs").success());
        }),
        ("is a socket, not a file", &|path| drop(UnixListener::bind(path).expect("a socket"))),
        ("is a symbolic link to /mnt/c/none/it, which does not exist", &|path| {
            symlink("/mnt/c/none/it", path).expect("a link");
        }),
    ];
    for (told, make) in make {
        let remove = |path: &Path| if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
        for name in [CONFIG, CREDENTIALS] {
            let machine = Machine::new().file("home/.aws/other", "");
            make(&machine.path(name));
            let run = get(&machine);
            says(&run, "CC201", told);
            let fix = fix_of(&run);
            assert!(fix.starts_with("replace ~/.aws/") || fix == "restore /mnt/c/none/it", "{}", run.transcript());
            remove(&machine.path(name)).expect("removed");
            let machine = machine.file(name, &profile("default"));
            get(&machine).succeeds();
        }
        let machine = Machine::new().with_sso().file("home/.aws/sso/cache/other", "");
        make(&machine.path(&sso_file()));
        let run = get(&machine);
        says(&run, "CC207", told);
        assert!(fix_of(&run).starts_with("remove ~/.aws/sso/cache/"), "{}", run.transcript());
        remove(&machine.path(&sso_file())).expect("removed");
        says(&get(&machine), "CC207", "fix: aws sso login --profile default");
        // One of the variables that name a file.
        let machine = Machine::new().file(CREDENTIALS, &profile("default"));
        let odd = machine.path("odd");
        make(&odd);
        let machine = machine.env("AWS_SHARED_CREDENTIALS_FILE", &odd.display().to_string());
        let run = get(&machine);
        says(&run, "CC201", told);
        says(&run, "CC201", &format!("AWS_SHARED_CREDENTIALS_FILE is {}, which ", odd.display()));
        assert_eq!(fix_of(&run), "unset AWS_SHARED_CREDENTIALS_FILE");
        works_after(&machine, &run);
    }
    let machine = Machine::new().file("home/.aws", "");
    says(&get(&machine), "CC224", "is not a directory");
    let machine = Machine::new().with_sso().file("home/.aws/sso", "");
    says(&get(&machine), "CC224", "is not a directory");
}

#[test]
fn a_token_that_a_crash_or_powershell_has_spoiled_is_named() {
    for (bytes, told) in [
        (vec![0; 512], "contains only NUL bytes"),
        (sso_token("t", FUTURE, "r").encode_utf16().flat_map(u16::to_le_bytes).collect(), "is saved as UTF-16"),
        (b"{\"accessToken\": ".to_vec(), "is not a valid SSO token file"),
    ] {
        let machine = Machine::new().with_sso().file(&sso_file(), "");
        fs::write(machine.path(&sso_file()), bytes).expect("a file");
        says(&get(&machine), "CC207", told);
    }
    let machine = Machine::new().with_login().file(&login_file(), "");
    says(&get(&machine), "CC210", "is not a valid session file");
}

#[test]
fn a_variable_that_names_no_file_is_said_to_do_so_and_the_fix_gives_the_file_back() {
    for (variable, path) in [("AWS_CONFIG_FILE", CONFIG), ("AWS_SHARED_CREDENTIALS_FILE", CREDENTIALS)] {
        let machine = || Machine::new().file(path, &profile("default"));
        for (value, told) in [
            ("", "is set, but empty"),
            ("/no/such/file", "is /no/such/file, which does not exist"),
            ("no/such/file", "is no/such/file, which does not exist"),
            ("~other/.aws/config", "is ~other/.aws/config, which does not exist"),
        ] {
            let machine = machine().env(variable, value);
            let run = get(&machine);
            says(&run, "CC201", &format!("  {variable} {told}"));
            assert_eq!(fix_of(&run), format!("unset {variable}"));
            works_after(&machine, &run);
            let named = machine.env("AWS_PROFILE", "work");
            says(&get(&named), "CC202", &format!("  {variable} {told}"));
        }
        let name = path.rsplit('/').next().expect("a name");
        for value in [format!("'~/.aws/{name}'"), format!("\"$HOME/.aws/{name}\""), format!("~/.aws/{name} ")] {
            let machine = machine().env(variable, &value);
            let run = get(&machine);
            says(&run, "CC201", "which does not exist");
            let file = machine.path(path).display().to_string();
            assert_eq!(fix_of(&run), format!("export {variable}={file}"), "{value}");
            works_after(&machine, &run);
        }
        // As botocore expands it.
        let run = get(&machine().env(variable, &format!("~/.aws/{name}"))).succeeds();
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn a_variable_that_is_set_but_empty_is_not_said_to_be_unset() {
    let empty = |name: &str| Machine::new().env(name, "");
    says(&get(&empty("AWS_ACCESS_KEY_ID")), "CC201", "environment: AWS_ACCESS_KEY_ID is set, but empty");
    let run = get(&empty("AWS_ACCESS_KEY_ID").env("AWS_SECRET_ACCESS_KEY", ""));
    assert_eq!(fix_of(&run), "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to an access key");
    get(&Machine::new().with_keys()).succeeds();
    for name in ["AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"] {
        says(&get(&empty(name)), "CC201", &format!("set, but empty: {name}"));
    }
    let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    says(&get(&empty(relative)), "CC215", &format!("{relative}: set, but empty"));
    let half = "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is";
    let keys = || Machine::new().env("AWS_ACCESS_KEY_ID", KEY_ID);
    says(&get(&keys()), "CC203", &format!("{half} not (CC203)"));
    says(&get(&keys().env("AWS_SECRET_ACCESS_KEY", "")), "CC203", &format!("{half} empty (CC203)"));
    let without_region = "protocol=https\nhost=git-codecommit.amazonaws.com\npath=v1/repos/demo\n";
    for (name, other) in [("AWS_REGION", "AWS_DEFAULT_REGION"), ("AWS_DEFAULT_REGION", "AWS_REGION")] {
        let machine = empty(name).with_keys();
        let run = machine.helper(&["--verify", "never", "get"], without_region);
        let told = format!("not set: --region, {other}, region in profile `default`; set, but empty: {name}");
        says(&run, "CC104", &told);
        symlink(env!("CARGO_BIN_EXE_git-remote-codecommit"), machine.bin().join("git-remote-codecommit"))
            .expect("a link");
        let run = machine.git(&["ls-remote", "codecommit://demo"]);
        says(&run, "CC104", &format!("not set: {other}, region in profile `default`; set, but empty: {name}"));
    }
    let run = get(&empty("HOME"));
    says(&run, "CC201", "HOME is set, but empty: ~ is /");
}

#[test]
fn a_token_file_that_names_nothing_is_named_with_the_path_that_is_meant() {
    let aws = aws_with_demo();
    aws.add_role(Role::new(ROLE).trusting_web_identity("web-token"));
    let variable = "AWS_WEB_IDENTITY_TOKEN_FILE";
    let machine = |value: &str| Machine::before(&aws).with_web_identity().env(variable, value);
    for (value, told) in [
        ("/no/token", "/no/token does not exist"),
        ("/dev", "/dev is a directory, not a file"),
        ("~/none", "~/none does not exist"),
    ] {
        says(&get(&machine(value)), "CC214", told);
    }
    let sign = |machine: &Machine, run: &Run| {
        let helper = machine.bin().join("git-credential-codecommit").display().to_string();
        let line = format!("{}\nexec {helper} get", fix_of(run));
        machine.run("/bin/sh".as_ref(), &["-c", &line], request("demo").as_bytes()).succeeds();
    };
    for value in ["~/token", "$HOME/token", "'~/token'"] {
        let machine = machine(value);
        let run = get(&machine);
        says(&run, "CC214", "the path is used as it is");
        assert_eq!(fix_of(&run), format!("export {variable}={}", machine.path("home/token").display()));
        sign(&machine, &run);
    }
    let wide: Vec<u8> = "\u{feff}web-token".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let spoiled = machine("/x").file("home/token", "");
    fs::write(spoiled.path("home/token"), wide).expect("a token");
    let token = spoiled.path("home/token").display().to_string();
    says(&get(&spoiled.env(variable, &token)), "CC214", "is saved as UTF-16");

    let container = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    let aws = aws_with_demo();
    aws.set_container_role(crate::common::ALICE, Some("container-token"));
    let machine = |value: &str| {
        let machine = Machine::before(&aws).file("home/token", "container-token");
        machine.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url()).env(container, value)
    };
    let run = get(&machine("/no/token"));
    says(&run, "CC215", &format!("{container} is /no/token, which does not exist"));
    let home = machine("~/token");
    sign(&home, &get(&home));
    let empty = machine("").env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token");
    says(&get(&empty), "CC215", &format!("{container} is set, but empty"));
    sign(&empty, &get(&empty));
}

#[test]
fn the_home_directory_that_sudo_gave_is_named_and_only_if_the_files_are_missing_there() {
    let sudo = |machine: Machine, uid: &str| machine.env("SUDO_USER", "alice").env("SUDO_UID", uid);
    let told = |machine: &Machine| {
        let home = machine.home().display().to_string();
        format!("~ is {home}: sudo was run by `alice`, who has another home directory")
    };
    let none = || sudo(Machine::new(), "12345");
    let named = || sudo(Machine::new(), "12345").env("AWS_PROFILE", "work");
    let session = || sudo(Machine::new().with_sso(), "12345");
    let machines: [(Make<'_>, &str); 3] = [(&none, "CC201"), (&named, "CC202"), (&session, "CC207")];
    for (machine, code) in machines {
        let machine = machine();
        let run = get(&machine);
        says(&run, code, &told(&machine));
        assert_eq!(fix_of(&run), "run the command without sudo");
        // Alice's home directory has the files.
        let alice = machine.file("alice/.aws/credentials", &(profile("default") + &profile("work")));
        let home = alice.path("alice").display().to_string();
        let alice = alice.env("HOME", &home).without("SUDO_USER").without("SUDO_UID");
        assert_eq!(get(&alice).succeeds().key_id(), Some(KEY_ID));
    }
    let machine = sudo(Machine::new(), "12345").file(CREDENTIALS, &profile("default"));
    assert_eq!(get(&machine).succeeds().stderr, "", "nothing is missing");
    // `sudo --preserve-env=HOME`: it is the home directory of whoever ran it.
    let uid = fs::metadata(Machine::new().home()).expect("metadata").uid().to_string();
    let run = get(&sudo(Machine::new(), &uid));
    assert!(!run.stderr.contains("sudo"), "{}", run.transcript());
    let expired = Machine::new().with_sso().file(&sso_file(), &sso_token("t", PAST, ""));
    assert!(!get(&sudo(expired, "12345")).stderr.contains("without sudo"), "the token is there");
}

#[test]
fn a_clone_that_git_calls_dubious_is_told_in_gits_words_and_its_command_mends_it() {
    with_each_git(|git| {
        for name in ["clone", "my clone's"] {
            let machine = Machine::new().with_git(git).configured().with_keys();
            machine.git(&["init", "-q", name]).succeeds();
            machine.git(&["-C", name, "remote", "add", "origin", &url("demo")]).succeeds();
            let machine = machine.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
            let clone = machine.home().join(name);
            let run = |arguments: &[&str]| {
                let helper = machine.bin().join("git-credential-codecommit").display().to_string();
                let line = format!("cd \"$0\" && exec {helper} \"$@\"");
                let clone = clone.display().to_string();
                let arguments: Vec<&str> =
                    ["-c", &line, &clone].iter().copied().chain(arguments.iter().copied()).collect();
                machine.run("/bin/sh".as_ref(), &arguments, b"")
            };
            let commands: [&[&str]; 5] = [
                &["setup", "--local", "--dry-run"],
                &["setup", "--local", "--undo"],
                &["setup", "--rewrite", "--dry-run"],
                &["doctor"],
                &["doctor", "origin"],
            ];
            let mut refused = None;
            for arguments in commands {
                let run = run(arguments);
                says(&run, "CC501", "detected dubious ownership");
                says(&run, "CC501", &format!("dubious ownership in repository at '{}'", clone.display()));
                for wrong in ["not a git repository", "no repository", "no remote", "--local can only"] {
                    assert!(!run.stderr.contains(wrong), "{arguments:?}: {}", run.transcript());
                }
                assert!(fix_of(&run).starts_with("git config --global --add safe.directory "), "{}", run.transcript());
                refused = Some(run);
            }
            let setup = run(&["setup", "--dry-run"]).succeeds();
            assert!(setup.stdout.contains("skipped: this repository's remotes: git refuses"), "{}", setup.transcript());
            let fix = fix_of(&refused.expect("a run"));
            machine.run("/bin/sh".as_ref(), &["-c", &fix], b"").succeeds();
            for arguments in commands {
                let run = run(arguments);
                assert!(!run.stderr.contains("dubious"), "{arguments:?} after {fix}: {}", run.transcript());
                assert!(arguments[0] == "doctor" || run.status == 0, "{arguments:?}: {}", run.transcript());
            }
            assert!(run(&["doctor"]).stdout.contains("demo"), "the remote is examined");
        }
    });
}

#[test]
fn no_repository_is_still_none() {
    let machine = Machine::new();
    says(&machine.helper(&["setup", "--rewrite"], ""), "CC505", "not a git repository");
    let run = machine.helper(&["doctor"], "");
    assert!(run.stdout.contains("  skip  no repository was named\n"), "{}", run.transcript());
    machine.git(&["init", "-q", "--bare", "bare"]).succeeds();
    machine.git(&["config", "--global", "safe.bareRepository", "explicit"]).succeeds();
    let helper = machine.bin().join("git-credential-codecommit").display().to_string();
    let line = format!("cd bare && exec {helper} setup --rewrite");
    let run = machine.run("/bin/sh".as_ref(), &["-c", &line], b"");
    says(&run, "CC501", "cannot use bare repository");
    assert!(!run.stderr.contains("not a git repository"), "{}", run.transcript());
}

#[test]
fn a_session_whose_file_cannot_be_read_is_no_sso_session_that_expired() {
    let aws = aws_with_demo();
    aws.add_sso_session(SsoSession::new("t").assigned(ACCOUNT, "Developer"));
    let machine = Machine::before(&aws).with_sso().file(&sso_file(), &sso_token("t", FUTURE, "r"));
    machine.get().succeeds();
    let file = machine.path(&sso_file());
    fs::rename(&file, machine.path("kept")).expect("moved");
    symlink(file.file_name().expect("a name"), &file).expect("a link to itself");
    fs::remove_dir_all(machine.path("home/.aws/cli")).expect("to forget the role's credentials");
    says(&machine.get(), "CC224", "its symbolic links form a cycle");
    fs::remove_file(&file).expect("removed");
    fs::rename(machine.path("kept"), &file).expect("moved back");
    machine.get().succeeds();
}
