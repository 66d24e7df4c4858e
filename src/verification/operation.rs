//! Whether git fetches or pushes, which git does not pass to a helper; the command lines of its ancestors show it.
//!
//! Used to choose the service to ask and to word messages, never to decide on permissions. Linux reads `/proc`; macOS
//! runs `ps`; on other systems it is unknown. VS Code sets `VSCODE_GIT_COMMAND`.

use crate::machine::world::Environment;
#[cfg(target_os = "linux")]
use std::io::Read as _;

/// What git is doing, by its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// `git-upload-pack`
    Fetch,
    /// `git-receive-pack`
    Push,
    /// It is unknown.
    Unknown,
}

impl Operation {
    /// The name in a key of marks; an unknown operation is verified like a fetch.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Fetch | Self::Unknown => "fetch",
        }
    }

    /// The operation with the other key of marks.
    #[must_use]
    pub(super) fn other(self) -> Self {
        match self {
            Self::Push => Self::Fetch,
            Self::Fetch | Self::Unknown => Self::Push,
        }
    }

    /// For a trace.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Fetch => "fetch",
            Self::Unknown => "unknown",
        }
    }

    /// What git is doing, from VS Code's variable or the ancestors.
    #[must_use]
    pub(crate) fn find(environment: &Environment) -> Self {
        match environment.non_empty("VSCODE_GIT_COMMAND").map(of_subcommand) {
            Some(known @ (Self::Fetch | Self::Push)) => known,
            _ => of_ancestors(ancestors()),
        }
    }
}

/// The nearest ancestor with a known command decides: `git fetch` in a hook of `git push` is a fetch.
fn of_ancestors(commands: impl Iterator<Item = Vec<String>>) -> Operation {
    commands
        .map(|command| of_command(&command))
        .find(|operation| *operation != Operation::Unknown)
        .unwrap_or(Operation::Unknown)
}

fn of_command(command: &[String]) -> Operation {
    let Some((program, mut arguments)) = command.split_first() else { return Operation::Unknown };
    let program = program.rsplit(['/', '\\']).next().unwrap_or_default();
    if program.strip_suffix(".exe").unwrap_or(program) != "git" {
        return Operation::Unknown;
    }
    while let Some((argument, rest)) = arguments.split_first() {
        match argument.as_str() {
            // Options whose value is the next argument (git(1)).
            "-C" | "-c" | "--git-dir" | "--work-tree" | "--namespace" | "--super-prefix" | "--config-env"
            | "--exec-path" => {
                arguments = rest.get(1..).unwrap_or_default();
            }
            option if option.starts_with('-') => arguments = rest,
            subcommand => return of_subcommand(subcommand),
        }
    }
    Operation::Unknown
}

fn of_subcommand(subcommand: &str) -> Operation {
    match subcommand {
        "push" => Operation::Push,
        "fetch" | "clone" | "pull" | "ls-remote" | "fetch-pack" => Operation::Fetch,
        // `remote-https` does both; `submodule` and `remote` start a separate fetch.
        _ => Operation::Unknown,
    }
}

/// How many ancestors are read: git-remote-https, git remote-https, git fetch, and those of an IDE or a script between
/// them.
#[cfg_attr(not(any(target_os = "linux", target_os = "macos")), expect(dead_code))]
const DEPTH: usize = 10;

#[cfg(target_os = "linux")]
fn ancestors() -> impl Iterator<Item = Vec<String>> {
    let mut next = Some(std::os::unix::process::parent_id());
    let chain = std::iter::from_fn(move || {
        let process = next.filter(|process| *process > 1)?;
        let command = at_once(&format!("/proc/{process}/cmdline"))?;
        // proc_pid_stat(5): the name is in parentheses and may contain any character; state and parent follow it.
        next = at_once(&format!("/proc/{process}/stat")).and_then(|stat| {
            String::from_utf8_lossy(&stat).rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
        });
        Some(command.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect())
    });
    chain.take(DEPTH)
}

/// Reads a small file in one call. `std::fs::read` queries the size first, which is 0 for `/proc`, and then reads 32
/// bytes at a time: five times the system calls, in every `get`.
#[cfg(target_os = "linux")]
fn at_once(path: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(4096);
    // `Take` does not query the size.
    std::fs::File::open(path).ok()?.take(1 << 20).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(target_os = "macos")]
#[expect(clippy::disallowed_methods, reason = "macOS tells of other processes through ps alone")]
fn ancestors() -> impl Iterator<Item = Vec<String>> {
    let mut next = Some(std::os::unix::process::parent_id().to_string());
    let chain = std::iter::from_fn(move || {
        let process = next.take().filter(|process| process != "1")?;
        let output = std::process::Command::new("ps").args(["-o", "ppid=,args=", "-p", &process]).output().ok()?;
        let line = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut words = line.split_whitespace().map(str::to_owned);
        next = words.next();
        Some(words.collect())
    });
    chain.take(DEPTH)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn ancestors() -> impl Iterator<Item = Vec<String>> {
    std::iter::empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Operation {
        of_ancestors(lines.iter().map(|line| line.split_whitespace().map(str::to_owned).collect()))
    }

    #[test]
    fn the_subcommand_is_found_behind_gits_own_options() {
        for (line, operation) in [
            ("git push -q", Operation::Push),
            ("/usr/bin/git -C dir -c a.b=push --no-pager --git-dir x fetch --all", Operation::Fetch),
            ("git clone --recurse-submodules https://x/push", Operation::Fetch),
            ("git.exe push", Operation::Push),
            ("git --version", Operation::Unknown),
            ("git -C", Operation::Unknown),
            ("vim push", Operation::Unknown),
            ("git remote update", Operation::Unknown),
        ] {
            assert_eq!(of(&[line]), operation, "{line}");
        }
    }

    #[test]
    fn the_nearest_ancestor_that_tells_decides() {
        let helper = "git credential-codecommit get";
        let remote = "git remote-https origin https://git-codecommit.us-east-1.amazonaws.com/v1/repos/push";
        assert_eq!(of(&["/bin/sh -c x", helper, remote, "git push", "bash"]), Operation::Push);
        assert_eq!(of(&[helper, remote, "git fetch", "sh pre-push", "git push"]), Operation::Fetch);
        assert_eq!(of(&[helper, "node"]), Operation::Unknown);
        assert_eq!(of(&[]), Operation::Unknown);
    }

    #[test]
    fn vs_code_says_it_itself() {
        let environment = [("VSCODE_GIT_COMMAND", "push")].into_iter().collect();
        assert_eq!(Operation::find(&environment), Operation::Push);
    }
}
