//! The AWS CLI that is installed here, run on a test's machine.

use crate::common::{Machine, Run};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The AWS CLI, found once.
pub struct AwsCli {
    program: PathBuf,
    arguments: &'static [&'static str],
    /// `1` or `2`.
    pub version: u8,
    /// The interpreter that runs it, where its modules can be imported.
    pub python: Option<PathBuf>,
    /// Where they are: another home directory must not hide them.
    modules: String,
}

/// The AWS CLI on the test's own `PATH`; without one, says that the test is skipped.
pub fn aws_cli() -> Option<&'static AwsCli> {
    static FOUND: OnceLock<Option<AwsCli>> = OnceLock::new();
    let found = FOUND.get_or_init(AwsCli::find).as_ref();
    if found.is_none() {
        println!("skipped: the AWS CLI is not installed");
    }
    found
}

impl AwsCli {
    fn find() -> Option<Self> {
        let aws = on_path("aws");
        let by_aws =
            aws.as_deref().and_then(shebang).filter(|interpreter| interpreter.to_string_lossy().contains("python"));
        let by_modules = [by_aws, on_path("python3"), on_path("python")].into_iter().flatten().find_map(|python| {
            let script = "import awscli, os, sys\n\
                          print(sys.executable, awscli.__version__, os.path.dirname(awscli.__path__[0]), sep='\\n')";
            let printed = output(Command::new(python).args(["-c", script]))?;
            let [python, version, modules] = <[&str; 3]>::try_from(printed.lines().collect::<Vec<_>>()).ok()?;
            Some(Self {
                program: python.into(),
                arguments: &["-m", "awscli"],
                version: if version.starts_with("1.") { 1 } else { 2 },
                python: Some(python.into()),
                modules: modules.to_owned(),
            })
        });
        // Version 2 comes with an interpreter of its own inside.
        by_modules.or_else(|| {
            let aws = aws?;
            let version = if output(Command::new(&aws).arg("--version"))?.starts_with("aws-cli/1.") { 1 } else { 2 };
            Some(Self { program: aws, arguments: &[], version, python: None, modules: String::new() })
        })
    }

    /// `aws <global arguments> codecommit credential-helper get <arguments>` with git's request.
    pub fn get(&self, machine: &Machine, global: &[&str], arguments: &[&str], input: &str) -> Run {
        let command = [self.arguments, global, &["codecommit", "credential-helper", "get"], arguments].concat();
        machine.run(&self.program, &command, input.as_bytes())
    }

    /// The machine on which the AWS CLI can run.
    pub fn at_home_on(&self, machine: Machine) -> Machine {
        machine.env("PYTHONPATH", &self.modules).env("PYTHONDONTWRITEBYTECODE", "1")
    }

    /// What a script beside this file prints, run with the AWS CLI's own modules; says so where there are none.
    pub fn script(&self, name: &str, arguments: &[&Path]) -> Option<String> {
        let Some(python) = &self.python else {
            println!("skipped: the AWS CLI is installed without its Python modules");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential").join(name);
        let mut command = Command::new(python);
        command.env_clear().env("PYTHONUTF8", "1").env("PYTHONPATH", &self.modules).env("PYTHONDONTWRITEBYTECODE", "1");
        let printed = command.arg(script).args(arguments).output().expect("python runs");
        assert!(printed.status.success(), "{name}: {}", String::from_utf8_lossy(&printed.stderr));
        Some(String::from_utf8(printed.stdout).expect("UTF-8 output"))
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// The program in the first line of a script; `env` stands for the one it would look up.
fn shebang(script: &Path) -> Option<PathBuf> {
    let bytes = std::fs::read(script).ok()?;
    let line = bytes.split(|&byte| byte == b'\n').next().and_then(|line| str::from_utf8(line).ok())?;
    let mut words = line.strip_prefix("#!")?.split_whitespace();
    match (words.next()?, words.next()) {
        (env, Some(name)) if env.ends_with("/env") => on_path(name),
        (program, _) => Some(program.into()),
    }
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}
