//! The program at work, without an AWS account: `cargo run --example demo`.
//!
//! Starts a stand-in for CodeCommit on loopback (`tests/support`), makes a throw-away home directory, and types what a
//! user would type. The commands, git, the host names, the signatures and the messages are real; a step that does not
//! end as it should ends the demo with an error.

#![expect(clippy::disallowed_methods, reason = "it starts programs, and takes the PATH from the real environment")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is there to be read")]

use stand_in::{AccessKey, Action, DenyTail, PolicyKind, StandIn};
use std::error::Error;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The example key of AWS's documentation.
const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ACCOUNT: &str = "111122223333";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";

fn main() -> ExitCode {
    match demo() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn demo() -> Result<(), Box<dyn Error>> {
    let aws = StandIn::start();
    aws.add_key(AccessKey::long_term(KEY_ID, SECRET, ALICE));
    aws.seed_repository(ACCOUNT, "eu-west-1", "demo");
    let terminal = Terminal::open(&aws)?;

    terminal.heading("Tell git, once, who answers for CodeCommit");
    // The empty helper takes other helpers, which would keep passwords that soon expire, off these hosts.
    let section = "credential.https://git-codecommit.*.amazonaws.com";
    terminal.works(&format!("git config --global '{section}.helper' ''"))?;
    terminal.works(&format!("git config --global --add '{section}.helper' codecommit"))?;
    terminal.works(&format!("git config --global '{section}.useHttpPath' true"))?;

    terminal.heading("Clone, commit, push: the key is in ~/.aws/credentials");
    terminal.works(&format!("git clone {URL}"))?;
    terminal.works("echo 'Signed for eu-west-1' >> demo/README")?;
    terminal.works("git -C demo commit -am 'Say where'")?;
    terminal.works("git -C demo push")?;

    terminal.heading("Somebody else pushes; fetch");
    terminal.works(&format!("git clone --quiet {URL} elsewhere"))?;
    terminal.works("git -C elsewhere commit --quiet --allow-empty -m 'From elsewhere'")?;
    terminal.works("git -C elsewhere push --quiet")?;
    terminal.works("git -C demo fetch")?;
    let log = terminal.works("git -C demo log --format=%s origin/main")?;
    expect(log.starts_with("From elsewhere\nSay where\n"), "both commits arrive")?;

    terminal.heading("What if useHttpPath was forgotten?");
    terminal.works(&format!("git config --global --unset '{section}.useHttpPath'"))?;
    let explained = terminal.fails(&format!("git clone {URL} again"), "CC101")?;
    let fix = explained.lines().find_map(|line| line.trim_start().strip_prefix("fix: ")).ok_or("CC101 names no fix")?;
    terminal.works(fix)?;
    terminal.works(&format!("git clone --quiet {URL} again"))?;

    terminal.heading("What if the profile does not exist?");
    terminal.fails(&format!("AWS_PROFILE=prod git clone {URL} never"), "CC202")?;

    // git throws AWS's reason away, so CodeCommit is asked before git is answered.
    terminal.heading("What if no policy allows it?");
    aws.seed_repository(ACCOUNT, "eu-west-1", "payroll");
    aws.deny(ALICE, Action::GitPull, "payroll", DenyTail::Implicit(PolicyKind::IdentityBased));
    terminal.fails(&format!("git clone {}", URL.replace("demo", "payroll")), "CC411")?;

    // Every name led to the stand-in: the proxy is the only way out.
    let tunnels = aws.tunnels();
    expect(tunnels.iter().all(|tunnel| tunnel.status == 200), "the stand-in answers for every host")?;
    terminal.heading("Everything above was local");
    let requests = aws.requests().len();
    println!("All {requests} requests to AWS were answered on 127.0.0.1; none left this machine.");
    Ok(())
}

/// A user's terminal: a home of its own, an environment of its own, and no way out but the stand-in.
struct Terminal {
    home: tempfile::TempDir,
    environment: Vec<(String, String)>,
    path: std::ffi::OsString,
    colour: bool,
}

impl Terminal {
    fn open(aws: &StandIn) -> Result<Self, Box<dyn Error>> {
        let home = tempfile::Builder::new().prefix("codecommit-demo-").tempdir()?;
        write(
            &home.path().join(".aws/credentials"),
            &format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
        )?;
        write(
            &home.path().join(".gitconfig"),
            "[user]\n\tname = Alice\n\temail = alice@example.com\n[init]\n\tdefaultBranch = main\n",
        )?;
        let mut environment = aws.environment();
        environment.push(("HOME".to_owned(), home.path().display().to_string()));
        environment.push(("LC_ALL".to_owned(), "C".to_owned()));
        let real_path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([freshly_built()?].into_iter().chain(std::env::split_paths(&real_path)))?;
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
        Ok(Self { home, environment, path, colour })
    }

    fn heading(&self, text: &str) {
        println!("\n{}", self.bold(&format!("# {text}")));
    }

    fn bold(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Runs a line that has to work; what it printed is the result.
    fn works(&self, line: &str) -> Result<String, Box<dyn Error>> {
        let (success, output) = self.run(line)?;
        expect(success, &format!("`{line}` works"))?;
        Ok(output)
    }

    /// Runs a line that has to fail, and to be explained under `code`.
    fn fails(&self, line: &str, code: &str) -> Result<String, Box<dyn Error>> {
        let (success, output) = self.run(line)?;
        expect(!success, &format!("`{line}` fails"))?;
        expect(output.contains(&format!("({code})")), &format!("`{line}` is explained as {code}"))?;
        Ok(output)
    }

    /// Shows a line, gives it to the shell, and shows what it printed on both of its streams.
    fn run(&self, line: &str) -> Result<(bool, String), Box<dyn Error>> {
        println!("{}", self.bold(&format!("$ {line}")));
        let (mut reader, writer) = std::io::pipe()?;
        let mut child = stand_in::command("sh")
            .args(["-c", line])
            .current_dir(self.home.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("PATH", &self.path)
            .stdin(std::process::Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            // Dropped at the end of the statement, and with it our ends of the pipe.
            .spawn()?;
        let mut output = String::new();
        reader.read_to_string(&mut output)?;
        for line in output.lines() {
            // What a terminal would be left with after git's progress.
            println!("{}", line.rsplit('\r').next().unwrap_or_default().trim_end());
        }
        Ok((child.wait()?.success(), output))
    }
}

/// The directory of a `git-credential-codecommit` that is up to date: this example lies in `examples/` below it.
/// Cargo builds no binary for an example, so it is asked to.
fn freshly_built() -> Result<PathBuf, Box<dyn Error>> {
    let example = std::env::current_exe()?;
    let directory = example.parent().and_then(Path::parent).ok_or("the example is not in a target directory")?;
    let profile = match directory.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut build = stand_in::command(cargo);
    build.args(["build", "--quiet", "--bin", "git-credential-codecommit", "--profile", profile]);
    build.args(["--manifest-path", manifest]);
    // `cargo run` sets them, and to ring's build script they are a reason to build again.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            build.env_remove(name);
        }
    }
    let built = build.status()?;
    expect(built.success(), "`cargo build` works")?;
    let binary = directory.join(format!("git-credential-codecommit{}", std::env::consts::EXE_SUFFIX));
    expect(binary.is_file(), &format!("{} is there", binary.display()))?;
    Ok(directory.to_owned())
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(path.parent().unwrap_or(path))?;
    std::fs::write(path, text)
}

fn expect(holds: bool, what: &str) -> Result<(), Box<dyn Error>> {
    if holds { Ok(()) } else { Err(format!("expected that {what}").into()) }
}
