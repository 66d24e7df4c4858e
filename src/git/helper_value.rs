//! What a value of `credential.helper` starts: this program, the AWS CLI's helper, or another. Pure.
//!
//! git runs a value that starts with `!` or is an absolute path as it is, and `git credential-VALUE` otherwise, always
//! by the shell (git 2.47.3 `credential.c`, `credential_do`). So the words are split as the shell would do it.

use super::Helper;
use crate::credentials::words::split_posix;
use crate::failure::shell_word;

/// What a value can tell the helper; the AWS CLI's helper has the same options.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Options {
    /// `--profile`
    pub profile: Option<String>,
    /// `--region`, for hosts that name none.
    pub region: Option<String>,
    /// `--ca-bundle`
    pub ca_bundle: Option<String>,
    /// `--ignore-host-check`: it serves hosts of any name.
    pub ignore_host_check: bool,
}

impl Options {
    /// Only a profile.
    #[must_use]
    pub fn profile(name: &str) -> Self {
        Self { profile: Some(name.to_owned()), ..Self::default() }
    }

    /// The options as the AWS CLI's helper has them, `!aws [--profile P] codecommit credential-helper $@`; `None` for
    /// every other helper. `!aws-vault exec … -- aws codecommit …` is another one: it brings its own credentials.
    #[must_use]
    pub fn of_the_aws_cli(value: &str) -> Option<Self> {
        let words = split_posix(value.strip_prefix('!')?)?;
        let (program, rest) = words.split_first()?;
        let file = program.rsplit(['/', '\\']).next()?;
        if !matches!(file, "aws" | "aws.exe" | "aws.cmd") {
            return None;
        }
        let service = rest.iter().position(|word| word == "codecommit")?;
        rest[service..].iter().position(|word| word == "credential-helper")?;
        let mut options = Self::default();
        let mut words = rest.iter();
        while let Some(word) = words.next() {
            let (name, inline) =
                word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
            let field = match name {
                "--profile" => &mut options.profile,
                "--region" => &mut options.region,
                "--ca-bundle" => &mut options.ca_bundle,
                "--ignore-host-check" => {
                    options.ignore_host_check = true;
                    continue;
                }
                _ => continue,
            };
            *field = inline.or_else(|| words.next().map(String::as_str)).map(str::to_owned);
        }
        Some(options)
    }

    /// The value that starts `program` with these options.
    #[must_use]
    pub fn value(&self, program: &str) -> String {
        let mut value = program.to_owned();
        for (name, option) in
            [("--profile", &self.profile), ("--region", &self.region), ("--ca-bundle", &self.ca_bundle)]
        {
            if let Some(option) = option {
                value.extend([" ", name, " ", &shell_word(option)]);
            }
        }
        if self.ignore_host_check {
            value += " --ignore-host-check";
        }
        value
    }
}

/// Whether the value starts this program.
#[must_use]
pub fn is_ours(value: &str) -> bool {
    Helper(value.to_owned()).is_ours()
}

/// A value of ours with `program` in the place of the program that it names; the arguments stay as they are, since the
/// shell may have something to expand in them.
#[must_use]
pub fn with_program(value: &str, program: &str) -> String {
    let end = first_word_end(value);
    format!("{program}{}", value[end..].trim_end().trim_end_matches(" $@"))
}

/// Where the first word of a shell command ends.
fn first_word_end(command: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in command.char_indices() {
        match (character, quote) {
            _ if escaped => escaped = false,
            ('\\', None | Some('"')) => escaped = true,
            ('\'' | '"', None) => quote = Some(character),
            (closing, Some(opened)) if closing == opened => quote = None,
            (' ' | '\t', None) if at > 0 => return at,
            _ => {}
        }
    }
    command.len()
}

/// The path of a program as a value: git takes what starts like an absolute path for one, so quotes are not possible,
/// and a backslash stands before what the shell would not take as it is. `\` separates nothing for that shell.
#[must_use]
pub fn program_path(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character);
    path.chars().flat_map(|character| (!plain(character)).then_some('\\').into_iter().chain([character])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_aws_clis_helper_is_known_with_its_options_and_a_wrapper_around_it_is_not() {
        let value = |text: &str| Options::of_the_aws_cli(text).map(|options| options.value("codecommit"));
        for (aws, ours) in [
            ("!aws codecommit credential-helper $@", "codecommit"),
            ("!aws --profile work codecommit credential-helper $@", "codecommit --profile work"),
            ("!aws codecommit --profile='my work' credential-helper $@", "codecommit --profile 'my work'"),
            (
                "!/usr/local/bin/aws codecommit credential-helper --ignore-host-check $@",
                "codecommit --ignore-host-check",
            ),
            (
                "!\"C:/Program Files/Amazon/AWSCLIV2/aws.exe\" --region eu-west-1 codecommit credential-helper $@",
                "codecommit --region eu-west-1",
            ),
        ] {
            assert_eq!(value(aws).as_deref(), Some(ours), "{aws}");
        }
        for other in [
            "store",
            "!aws s3 ls",
            "!aws-vault exec work -- aws codecommit credential-helper $@",
            "aws codecommit credential-helper $@",
            "!aws codecommit 'credential-helper",
        ] {
            assert_eq!(value(other), None, "{other}");
        }
    }

    #[test]
    fn a_path_with_a_space_survives_the_shell_and_is_known_again() {
        let path = program_path("/opt/my tools/git-credential-codecommit");
        assert_eq!(path, "/opt/my\\ tools/git-credential-codecommit");
        assert!(is_ours(&path));
        assert_eq!(with_program(&format!("{path} --profile \"$P\""), "codecommit"), "codecommit --profile \"$P\"");
        assert_eq!(with_program("!'/a b/git-credential-codecommit' $@", "codecommit"), "codecommit");
    }
}
