//! Asks other credential helpers for their answer, through git and without any prompt.
//!
//! They are run as if outside a repository. A repository's configuration comes with the repository and can name
//! programs: a helper, or an alias `credential-NAME`, which git runs if there is no program of that name (git 2.47.3
//! `git.c`, `run_argv`). The helpers to ask are passed in the environment and not in arguments, since a helper's value
//! may contain a password and other users can read arguments.

use super::Helper;
#[cfg(test)]
use super::Scope;
use crate::machine::run::{NoOutput, Output, Program};
use crate::machine::world::World;
use std::path::Path;
use std::time::Duration;

/// Keeps helpers from prompting, opening a window or a browser, or starting MFA: disables git's terminal prompt, both
/// askpass programs (gitcredentials(7)) and the windows of Git Credential Manager.
pub(crate) const ASKS_NOBODY: [(&str, &str); 5] = [
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", "false"),
    ("SSH_ASKPASS", "false"),
    ("GCM_INTERACTIVE", "never"),
    ("BROWSER", "false"),
];

/// No repository. If `GIT_DIR` is not a repository, git runs commands that need none without one.
const NO_REPOSITORY: (&str, &str) = ("GIT_DIR", "/dev/null");

/// The variable from which git reads the settings with the highest precedence (git 2.47.3 `config.c`,
/// `git_config_from_parameters`).
const PARAMETERS: &str = "GIT_CONFIG_PARAMETERS";

/// A credential request to helpers.
#[derive(Debug, Clone)]
pub(crate) struct Question<'q> {
    /// The URL.
    pub url: &'q str,
    /// Whether helpers get the path.
    pub use_http_path: bool,
    /// The user name that is configured for the URL.
    pub username: Option<&'q str>,
}

/// Runs `git credential fill` with only these helpers, values of `credential.helper` in their order.
pub(crate) fn fill(
    question: &Question<'_>,
    helpers: &[&str],
    environment: &[(&str, &str)],
    world: &World,
    within: Duration,
) -> Result<Output, NoOutput> {
    // A line break in the URL would add an attribute to git's protocol.
    if question.url.contains(char::is_control) {
        return Err(NoOutput::NotStarted(std::io::ErrorKind::InvalidInput.into()));
    }
    let mut settings: Vec<String> = vec!["credential.helper=".to_owned()];
    settings.extend(helpers.iter().map(|helper| format!("credential.helper={helper}")));
    settings.push(format!("credential.useHttpPath={}", question.use_http_path));
    settings.extend(question.username.map(|name| format!("credential.username={name}")));
    // With this setting git 2.47 and later do not prompt.
    settings.push("credential.interactive=false".to_owned());
    let quoted = settings.iter().map(|setting| quoted(setting));
    let present = world.environment.get(PARAMETERS).map(str::to_owned);
    let parameters: Vec<String> = present.into_iter().chain(quoted).collect();
    let input = format!("url={}\n\n", question.url);
    let program =
        asking_nobody(Program::new("git").args(["credential", "fill"])).env(PARAMETERS, &parameters.join(" "));
    let program = environment.iter().fold(program, |program, (name, value)| program.env(name, value));
    // Without these variables no helper opens a window, and no trace file grows.
    let program = program.waited_for_as("the configured credential helpers");
    program.without(&["DISPLAY", "WAYLAND_DISPLAY", "GIT_TRACE_CODECOMMIT"]).input(input.as_bytes()).run(within)
}

/// Runs a single helper as git does (git 2.47.3 `credential.c`, `credential_do`).
pub(crate) fn call(helper: &str, action: &str, input: &[u8], within: Duration) -> Result<Output, NoOutput> {
    let command = match helper.strip_prefix('!') {
        Some(shell) => shell.to_owned(),
        None if Path::new(helper).is_absolute() => helper.to_owned(),
        None => format!("git credential-{helper}"),
    };
    // In the environment, as above: only the shell sees the value.
    let program = Program::new("sh")
        .args(["-c", "eval \"$GIT_CREDENTIAL_COMMAND\""])
        .env("GIT_CREDENTIAL_COMMAND", &format!("{command} {action}"));
    let program = program.waited_for_as(format!("{}, which is asked what it has stored", super::helper_name(helper)));
    asking_nobody(program).without_aws_credentials().input(input).run(within)
}

/// The same program, unable to prompt and as if outside a repository.
pub(crate) fn asking_nobody(program: Program<'_>) -> Program<'_> {
    let program = ASKS_NOBODY.iter().fold(program, |program, (name, value)| program.env(name, value));
    program.env(NO_REPOSITORY.0, NO_REPOSITORY.1).without(&["GIT_WORK_TREE", "GIT_COMMON_DIR"]).ends_with_us()
}

/// Quotes a setting as git parses it (git 2.47.3 `quote.c`, `sq_dequote_step`).
fn quoted(setting: &str) -> String {
    format!("'{}'", setting.replace('\'', r"'\''").replace('!', r"'\!'"))
}

impl Helper {
    /// Whether starting it runs nothing that came with a repository: it is configured by the user or the system, or it
    /// is a program of git or this project, by its name alone.
    pub(crate) fn is_safe_to_start(&self, world: &World) -> bool {
        if !self.scope.is_the_repositorys() {
            return true;
        }
        let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_name(&self.value) || (self.is_ours() && self.names_this_program(world))
    }

    /// Whether the entry starts the running program, with arguments that a shell does not expand.
    fn names_this_program(&self, world: &World) -> bool {
        let Some(program) = super::helper_value::plain_program(&self.value) else { return false };
        let own = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
        let same = |path: &Path| own.is_some() && path.canonicalize().ok() == own;
        program == "codecommit"
            || same(Path::new(&program))
            || world.find_program(&program).is_some_and(|path| same(&path))
    }
}

/// A helper with this value, from no file.
#[cfg(test)]
pub(crate) fn configured(value: &str, scope: Scope) -> Helper {
    Helper { value: value.to_owned(), origin: "~/.gitconfig".to_owned(), scope }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn of_a_repositorys_own_helpers_only_those_of_git_are_started() {
        let world =
            World { environment: [("PATH", "/bin")].into_iter().collect(), home: None, now: DateTime::UNIX_EPOCH };
        let safe = |value, scope| configured(value, scope).is_safe_to_start(&world);
        for value in ["store", "osxkeychain", "codecommit", "codecommit --profile work"] {
            assert!(safe(value, Scope::Local) && safe(value, Scope::Global), "{value}");
        }
        for value in [
            "!f() { touch x; }; f",
            "/tmp/git-credential-codecommit",
            "!git-credential-codecommit",
            "store --file /home/u/.ssh/config",
            "codecommit --profile $(touch x)",
            "../evil",
        ] {
            assert!(
                !safe(value, Scope::Local) && !safe(value, Scope::Worktree) && safe(value, Scope::System),
                "{value}"
            );
        }
    }
}
