//! The program without an AWS account: `cargo run --example demo`.
//!
//! Starts a stand-in for CodeCommit on loopback (`tests/support`), creates a temporary home directory, and runs the commands of a
//! user. The commands, git, the host names, the signatures and the messages are real. A step with an unexpected result ends
//! the demo with an error.
//!
//! Cargo builds no binary for an example, and a second build from here would compile half of the dependencies again with
//! other features. So this example is also the program: run as `git-credential-codecommit`, it does what `src/main.rs` does.

#![expect(clippy::disallowed_methods, reason = "it takes environment, home and clock from the real world")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is there to be read")]

use git_credential_codecommit::machine::streams::Streams;
use git_credential_codecommit::machine::world::World;
use git_credential_codecommit::run;
use stand_in::{AccessKey, Action, DenyTail, GitRequest, PolicyKind, StandIn, TimeDelta};
use std::error::Error;
use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::path::Path;
use std::process::ExitCode;

const NAME: &str = "git-credential-codecommit";
/// The example key of AWS's documentation.
const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ACCOUNT: &str = "111122223333";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const REGION: &str = "eu-west-1";
const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";
const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";
/// The section of git's configuration that `setup` writes for most hosts.
const SECTION: &str = "credential.https://git-codecommit.*.amazonaws.com";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let example = std::env::current_exe();
    if example.as_ref().is_ok_and(|path| path.file_stem().is_some_and(|stem| stem == NAME)) {
        return ExitCode::from(program());
    }
    match example.map_err(Into::into).and_then(|example| demo(&example)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what `src/main.rs` does, except the message of a panic.
fn program() -> u8 {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let world =
        World { environment: std::env::vars_os().collect(), home: std::env::home_dir(), now: chrono::Utc::now() };
    let (mut stdin, mut stdout, mut stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    run(&arguments, &world, &mut Streams { stdin: &mut stdin, stdout: &mut stdout, stderr: &mut stderr }) as u8
}

fn demo(example: &Path) -> Outcome<()> {
    println!("Starting a stand-in for CodeCommit on 127.0.0.1");
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.seed_repository(ACCOUNT, REGION, "demo");
    let terminal = Terminal::open(&aws, example)?;
    set_up(&terminal)?;
    clone_push_fetch(&terminal)?;
    failures_of_a_clone(&terminal, &aws)?;
    doctor(terminal)?;

    // Every host name reached the stand-in: the proxy is the only way out.
    let tunnels = aws.tunnels();
    expect(tunnels.iter().all(|tunnel| tunnel.status == 200), "the stand-in answers for every host")?;
    heading("Everything above was local");
    let requests = aws.requests().len();
    println!("All {requests} requests to AWS were answered on 127.0.0.1; none left this machine.");
    Ok(())
}

fn set_up(terminal: &Terminal) -> Outcome<()> {
    heading("Configure git once: what would setup change?");
    terminal.works("git credential-codecommit setup --dry-run")?;
    expect(!terminal.read(".gitconfig")?.contains("codecommit"), "a dry run changes nothing")?;
    heading("Run setup");
    terminal.works("git credential-codecommit setup")?;
    // The empty value resets other helpers, which would store passwords that soon expire.
    let helpers = terminal.works(&format!("git config --get-all '{SECTION}.helper'"))?;
    // By its path: of all directories, only this machine's PATH has it.
    let is_alone = helpers.lines().count() == 2 && helpers.starts_with('\n') && helpers.contains("codecommit");
    expect(is_alone, "this helper is the only one for CodeCommit")
}

fn clone_push_fetch(terminal: &Terminal) -> Outcome<()> {
    heading("Clone, commit and push with the key in ~/.aws/credentials");
    terminal.works(&format!("git clone {URL}"))?;
    terminal.works("echo 'Signed for eu-west-1' >> demo/README")?;
    terminal.works("git -C demo commit -am 'Say where'")?;
    terminal.works("git -C demo push")?;

    heading("Fetch what someone else pushed");
    terminal.works(&format!("git clone --quiet {URL} elsewhere"))?;
    terminal.works("git -C elsewhere commit --quiet --allow-empty -m 'From elsewhere'")?;
    terminal.works("git -C elsewhere push --quiet")?;
    terminal.works("git -C demo fetch")?;
    let log = terminal.works("git -C demo log --format=%s origin/main")?;
    expect(log.starts_with("From elsewhere\nSay where\n"), "both commits arrive")
}

fn failures_of_a_clone(terminal: &Terminal, aws: &StandIn) -> Outcome<()> {
    heading("What if useHttpPath is not set?");
    terminal.works(&format!("git config --global --unset '{SECTION}.useHttpPath'"))?;
    let explained = terminal.fails(&format!("git clone {URL} again"), "(CC101)")?;
    terminal.paste(&explained)?;
    terminal.works(&format!("git clone --quiet {URL} again"))?;

    heading("What if the profile does not exist?");
    terminal.fails(&format!("AWS_PROFILE=prod git clone {URL} never"), "(CC202)")?;

    // git discards AWS's reason, so this helper checks with CodeCommit before it answers git.
    heading("What if IAM does not allow it?");
    aws.seed_repository(ACCOUNT, REGION, "payroll");
    aws.deny(ALICE, Action::GitPull, "payroll", DenyTail::Implicit(PolicyKind::IdentityBased));
    terminal.fails(&format!("git clone {}", URL.replace("demo", "payroll")), "(CC411)").map(drop)
}

/// git uses another helper here, so `get` cannot report the failure; `doctor` does.
fn doctor(mut terminal: Terminal) -> Outcome<()> {
    heading("What if another helper returns an expired password?");
    terminal.works(&format!("git config --global --remove-section '{SECTION}'"))?;
    terminal.works("git config --global credential.helper store")?;
    terminal.works("git config --global --add credential.helper codecommit")?;
    terminal.works("git config --global credential.useHttpPath true")?;
    let signed = (chrono::Utc::now() - TimeDelta::hours(2)).format("%Y%m%dT%H%M%S").to_string();
    let password = GitRequest { host: HOST, path: "/v1/repos/demo", region: REGION }.password(SECRET, &signed);
    terminal.write(".git-credentials", &URL.replace("://", &format!("://{KEY_ID}:{password}@")))?;
    terminal.change_directory("demo");
    terminal.fails("git fetch", "error: 403")?;

    heading("git shows only a 403: run doctor");
    let report = terminal.fails("git credential-codecommit doctor", "\nCC601 ")?;
    terminal.paste(&report)?;
    terminal.works("git fetch")?;
    terminal.works("git credential-codecommit doctor")?;
    expect(!terminal.read(".git-credentials")?.contains(&password), "the expired password was erased")
}

/// A user's terminal with a separate home and environment, and no way out except the stand-in.
struct Terminal {
    home: tempfile::TempDir,
    environment: Vec<(String, String)>,
    path: std::ffi::OsString,
    /// Where commands run, below the home directory.
    directory: &'static str,
    /// Contains the program; removed at the end.
    _programs: tempfile::TempDir,
}

impl Terminal {
    fn open(aws: &StandIn, example: &Path) -> Outcome<Self> {
        let home = tempfile::Builder::new().prefix("codecommit-demo-").tempdir()?;
        let mut environment = aws.environment();
        environment.push(("HOME".to_owned(), home.path().display().to_string()));
        environment.push(("LC_ALL".to_owned(), "C".to_owned()));
        // Beside the example: on its file system, and where programs may be run.
        let beside = example.parent().ok_or("the example is in no directory")?;
        let programs = tempfile::Builder::new().prefix("demo-").tempdir_in(beside)?;
        let program = programs.path().join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX));
        // Not a symbolic link: `current_exe` would name the example.
        std::fs::hard_link(example, &program).or_else(|_| std::fs::copy(example, &program).map(drop))?;
        let real_path = std::env::var_os("PATH").unwrap_or_default();
        let first = [programs.path().to_owned()];
        let path = std::env::join_paths(first.into_iter().chain(std::env::split_paths(&real_path)))?;
        let terminal = Self { home, environment, path, directory: "", _programs: programs };
        terminal.write(
            ".aws/credentials",
            &format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
        )?;
        terminal.write(
            ".gitconfig",
            "[user]\n\tname = Alice\n\temail = alice@example.com\n[init]\n\tdefaultBranch = main\n",
        )?;
        Ok(terminal)
    }

    /// Writes a file in the home directory.
    fn write(&self, file: &str, text: &str) -> std::io::Result<()> {
        let path = self.home.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        std::fs::write(path, text)
    }

    fn read(&self, file: &str) -> std::io::Result<String> {
        std::fs::read_to_string(self.home.path().join(file))
    }

    fn change_directory(&mut self, directory: &'static str) {
        println!("{}", bold(&format!("$ cd {directory}")));
        self.directory = directory;
    }

    /// Runs a line that must succeed, and returns its output.
    fn works(&self, line: &str) -> Outcome<String> {
        let (success, output) = self.run(line)?;
        expect(success, &format!("`{line}` works"))?;
        Ok(output)
    }

    /// Runs a line that must fail with `reason` in its output, and returns the output.
    fn fails(&self, line: &str, reason: &str) -> Outcome<String> {
        let (success, output) = self.run(line)?;
        expect(!success, &format!("`{line}` fails"))?;
        expect(output.contains(reason), &format!("`{line}` says {}", reason.trim()))?;
        Ok(output)
    }

    /// Runs the command after `fix:`, line by line.
    fn paste(&self, output: &str) -> Outcome<()> {
        // There is no terminal to answer at.
        let output = &output.replace("codecommit setup --evict", "codecommit setup --evict --yes");
        let (before, fix) = output.split_once("fix: ").ok_or("expected a fix")?;
        let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1) + "fix: ".len();
        let margin = " ".repeat(column);
        let (first, more) = fix.split_once('\n').unwrap_or((fix, ""));
        let more = more.lines().map_while(|line| line.strip_prefix(margin.as_str()));
        for line in std::iter::once(first).chain(more).filter(|line| !line.starts_with(['(', '#'])) {
            self.works(line)?;
        }
        Ok(())
    }

    /// Prints a line, runs it in a shell, and prints the output of both streams as it comes.
    fn run(&self, line: &str) -> Outcome<(bool, String)> {
        println!("{}", bold(&format!("$ {line}")));
        let (reader, writer) = std::io::pipe()?;
        let mut child = stand_in::command("sh")
            .args(["-c", line])
            .current_dir(self.home.path().join(self.directory))
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("PATH", &self.path)
            .stdout(writer.try_clone()?)
            .stderr(writer)
            // Dropped at the end of the statement, and with it our ends of the pipe.
            .spawn()?;
        let (mut reader, mut output) = (BufReader::new(reader), String::new());
        let mut shown = 0;
        while reader.read_line(&mut output)? > 0 {
            // The last state of git's progress lines.
            println!("{}", output[shown..].trim_end().rsplit('\r').next().unwrap_or_default());
            shown = output.len();
        }
        Ok((child.wait()?.success(), output))
    }
}

fn heading(text: &str) {
    println!("\n{}", bold(&format!("# {text}")));
}

fn bold(text: &str) -> String {
    let is_wanted = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    if is_wanted { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn expect(holds: bool, what: &str) -> Outcome<()> {
    if holds { Ok(()) } else { Err(format!("expected that {what}").into()) }
}
