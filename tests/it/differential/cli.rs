//! Every AWS CLI that is installed here, run on a test's machine.

use crate::common::{Machine, Run, skipped};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// One AWS CLI.
pub struct AwsCli {
    program: PathBuf,
    arguments: &'static [&'static str],
    /// `1.46.3`
    pub version: String,
    /// The interpreter that runs it, where its modules can be imported.
    pub python: Option<PathBuf>,
    /// Where they are: another home directory must not hide them.
    modules: String,
}

/// Every AWS CLI on the test's own `PATH`, each version once; without one, says that the test is skipped.
pub fn aws_clis() -> &'static [AwsCli] {
    static FOUND: OnceLock<Vec<AwsCli>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let mut found: Vec<AwsCli> = Vec::new();
        for aws in all_on_path("aws").iter().filter_map(|aws| AwsCli::of(aws)) {
            if found.iter().all(|known| known.version != aws.version) {
                found.push(aws);
            }
        }
        found
    });
    if found.is_empty() {
        skipped("the AWS CLI");
    }
    for aws in found {
        println!("beside the AWS CLI {}", aws.version);
    }
    found
}

impl AwsCli {
    fn of(aws: &Path) -> Option<Self> {
        let by_aws = shebang(aws).filter(|interpreter| interpreter.to_string_lossy().contains("python"));
        // The script of a version manager is none of Python's; then its Python is the first on the `PATH`.
        let interpreters = by_aws.map_or_else(|| [on_path("python3"), on_path("python")], |own| [Some(own), None]);
        let by_modules = interpreters.into_iter().flatten().find_map(|python| {
            let script = "import awscli, os, sys\n\
                          print(sys.executable, awscli.__version__, os.path.dirname(awscli.__path__[0]), sep='\\n')";
            let printed = output(stand_in::command(python).args(["-c", script]))?;
            let [python, version, modules] = <[&str; 3]>::try_from(printed.lines().collect::<Vec<_>>()).ok()?;
            Some(Self {
                program: python.into(),
                arguments: &["-m", "awscli"],
                version: version.to_owned(),
                python: Some(python.into()),
                modules: modules.to_owned(),
            })
        });
        // Version 2 of AWS's own making comes with an interpreter inside.
        by_modules.or_else(|| {
            let printed = output(stand_in::command(aws).arg("--version"))?;
            let version = printed.split_whitespace().next()?.strip_prefix("aws-cli/")?.to_owned();
            Some(Self { program: aws.to_owned(), arguments: &[], version, python: None, modules: String::new() })
        })
    }

    /// Whether it is version 2, the contract.
    pub fn is_version_2(&self) -> bool {
        self.version.starts_with("2.")
    }

    /// Whether it is Debian 12's version 2, which lacks some of what later ones have.
    pub fn is_version_2_9(&self) -> bool {
        self.version.starts_with("2.9.")
    }

    /// Whether it can prove possession of a key, as the renewal of an `aws login` session has to.
    pub fn knows_aws_login(&self) -> bool {
        !self.is_version_2_9()
            && self
                .python
                .as_ref()
                .is_some_and(|python| output(stand_in::command(python).args(["-c", "import awscrt"])).is_some())
    }

    /// Whether the token of a web identity is part of the name under which the session is kept (aws/aws-cli#10670, in
    /// 1.46.3 and not in 1.45.11). Without its modules it cannot be asked.
    pub fn keeps_web_identities_by_token(&self) -> bool {
        let script = "try: from awscli.botocore import credentials\n\
                      except ImportError: from botocore import credentials\n\
                      fetcher = credentials.AssumeRoleWithWebIdentityCredentialFetcher\n\
                      for token in ('one', 'other'): print(fetcher(None, lambda: token, 'arn')._create_cache_key())";
        let names = self.python.as_ref().and_then(|python| output(stand_in::command(python).args(["-c", script])));
        names.is_some_and(|names| names.trim().split_once('\n').is_some_and(|(one, other)| one != other))
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

    /// Makes it the `aws` of the machine.
    pub fn put_on_the_path_of(&self, machine: &Machine) {
        let words: Vec<String> = self.arguments.iter().map(|&word| format!("'{word}'")).collect();
        machine.program("aws", &format!("exec '{}' {} \"$@\"", self.program.display(), words.join(" ")));
    }

    /// What a script beside this file prints, run with the AWS CLI's own modules; says so where there are none.
    pub fn script(&self, name: &str, arguments: &[&Path]) -> Option<String> {
        let Some(python) = &self.python else {
            println!("skipped: the AWS CLI is installed without its Python modules");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/differential").join(name);
        let mut command = stand_in::command(python);
        command.env_clear().env("PYTHONUTF8", "1").env("PYTHONPATH", &self.modules).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("GENERATE_TIMES", stand_in::generate_times().to_string());
        let printed = command.arg(script).args(arguments).output().expect("python runs");
        assert!(printed.status.success(), "{name}: {}", String::from_utf8_lossy(&printed.stderr));
        Some(String::from_utf8(printed.stdout).expect("UTF-8 output"))
    }
}

/// The first program of this name on the test's own `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    all_on_path(name).into_iter().next()
}

fn all_on_path(name: &str) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|directory| directory.join(name)).filter(|path| path.is_file()).collect()
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
