//! Why git rejects the repository here. git reports it in words only, in English because `runner` sets the locale.

use super::runner::{self, Ended};
use codecommit::quote::Quote;

/// Why git rejects the repository here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no repository.
    NotARepository,
    /// The repository belongs to another user (git-config(1), `safe.directory`).
    DubiousOwnership {
        /// The directory, as `safe.directory` has to name it.
        directory: Option<String>,
        /// git's error message.
        words: Quote,
    },
    /// Any other reason: git's error message.
    Other(Quote),
}

impl Refusal {
    /// The refusal that this error message of git reports.
    pub(crate) fn of(words: Quote) -> Self {
        // git 2.47.3 `setup.c`, `setup_git_directory_gently` and `ensure_valid_ownership`; the second wording is from
        // 2.35.2.
        if words.contains("detected dubious ownership") || words.contains("unsafe repository") {
            return Self::DubiousOwnership { directory: safe_directory(&words), words };
        }
        if words.contains("not a git repository") { Self::NotARepository } else { Self::Other(words) }
    }

    /// Whether git refuses the repository here, and why.
    pub(crate) fn here() -> Option<Self> {
        match runner::run(&["rev-parse", "--git-dir"]) {
            Ok(Ended::Badly(words)) => Some(Self::of(words)),
            Ok(Ended::Well(_)) | Err(_) => None,
        }
    }
}

/// The directory in the command that git suggests, which is quoted for a shell.
fn safe_directory(words: &str) -> Option<String> {
    let (_, directory) = words.lines().find_map(|line| line.split_once("--add safe.directory "))?;
    match <[String; 1]>::try_from(aws_files::shell_words::split_posix(directory)?) {
        Ok([directory]) => Some(directory),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn the_directory_is_the_one_that_git_names_whatever_is_in_its_name() {
        let words = |named: &str, quoted: &str| {
            format!(
                "fatal: detected dubious ownership in repository at '{named}'\nTo add an exception for this directory, \
                 call:\n\n\tgit config --global --add safe.directory {quoted}\n"
            )
        };
        for (named, quoted) in
            [("/srv/x", "/srv/x"), ("/srv/r o'd", r"'/srv/r o'\''d'"), ("//wsl/x", "'%(prefix)///wsl/x'")]
        {
            let Refusal::DubiousOwnership { directory, .. } = Refusal::of(words(named, quoted).as_str().into()) else {
                panic!("{named}")
            };
            let expected = if named == "//wsl/x" { "%(prefix)///wsl/x" } else { named };
            assert_eq!(directory.as_deref(), Some(expected));
        }
        let none = "fatal: not a git repository (or any of the parent directories): .git\n";
        assert_eq!(Refusal::of(none.into()), Refusal::NotARepository);
        let bare = "fatal: cannot use bare repository '/x' (safe.bareRepository is 'explicit')\n";
        assert!(matches!(Refusal::of(bare.into()), Refusal::Other(_)));
    }
}
