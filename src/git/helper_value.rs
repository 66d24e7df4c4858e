//! Which program a value of `credential.helper` starts: this one, the AWS CLI's helper, or another. Pure.
//!
//! git passes a value that starts with `!` or is an absolute path to the shell as it is, and any other as `git
//! credential-VALUE` (git 2.47.3 `credential.c`, `credential_do`). So this module splits words like the shell.

use crate::text::shell::{first_word_end, stored_word};
use aws_files::shell_words::split_posix;

/// The options of this helper in a value; the AWS CLI's helper has the same ones.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Options {
    /// `--profile`
    pub profile: Option<String>,
    /// `--region`, for hosts that name none.
    pub region: Option<String>,
    /// `--ca-bundle`
    pub ca_bundle: Option<String>,
    /// `--ignore-host-check`: sign for hosts of any name.
    pub ignore_host_check: bool,
    /// Whether the shell expands variables in them: `--profile "$NAME"`.
    pub is_expanded: bool,
}

impl Options {
    /// Options with a profile only.
    #[must_use]
    pub fn profile(name: &str) -> Self {
        Self { profile: Some(name.to_owned()), ..Self::default() }
    }

    /// The same options with another profile, or with none.
    #[must_use]
    pub(crate) fn with_profile(self, profile: Option<&str>) -> Self {
        let is_expanded = self.is_expanded
            && [&self.region, &self.ca_bundle].into_iter().flatten().any(|option| option.contains('$'));
        Self { profile: profile.map(str::to_owned), is_expanded, ..self }
    }

    /// The options of the AWS CLI's helper, `!aws [--profile P] codecommit credential-helper $@`; `None` for any other
    /// helper. `!aws-vault exec … -- aws codecommit …` is another one, with its own credentials.
    #[must_use]
    pub fn of_the_aws_cli(value: &str) -> Option<Self> {
        let command = command_of(value.strip_prefix('!')?);
        // `$NAME` and `${NAME}` are expanded by the shell that git starts. In single quotes or after a backslash they are not.
        let is_expanded = command.contains('$');
        if is_expanded && command.contains(['\'', '\\', '`', '(']) {
            return None;
        }
        let words = split_posix(command)?;
        let (program, rest) = words.split_first()?;
        let file = program.rsplit(['/', '\\']).next()?;
        if !matches!(file, "aws" | "aws.exe" | "aws.cmd") {
            return None;
        }
        let service = rest.iter().position(|word| word == "codecommit")?;
        rest[service..].iter().position(|word| word == "credential-helper")?;
        Some(Self { is_expanded, ..Self::read(rest) })
    }

    /// The options in a value that starts this program; `None` for any other helper.
    #[must_use]
    pub fn of_ours(value: &str) -> Option<Self> {
        let words = split_posix(command_of(value)).filter(|_| is_ours(value))?;
        let (_, arguments) = words.split_first()?;
        Some(Self { is_expanded: value.contains('$'), ..Self::read(arguments) })
    }

    /// The options among a helper's arguments; other arguments are ignored.
    pub(crate) fn read(arguments: &[String]) -> Self {
        let mut options = Self::default();
        let mut words = arguments.iter();
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
        options
    }

    /// The value of `credential.helper` that starts `program` with these options.
    #[must_use]
    pub fn value(&self, program: &str) -> String {
        let mut value = program.to_owned();
        for (name, option) in
            [("--profile", &self.profile), ("--region", &self.region), ("--ca-bundle", &self.ca_bundle)]
        {
            if let Some(option) = option {
                let is_expanded = self.is_expanded && option.contains('$') && !option.contains('"');
                let word = if is_expanded { format!("\"{option}\"") } else { stored_word(option) };
                value.extend([" ", name, " ", &word]);
            }
        }
        if self.ignore_host_check {
            value += " --ignore-host-check";
        }
        value
    }
}

/// Whether the value runs the AWS CLI's helper through something else: `!aws-vault exec work -- aws codecommit
/// credential-helper $@`, a shell function. The credentials are those that it passes.
#[must_use]
pub fn wraps_the_aws_cli(value: &str) -> bool {
    Options::of_the_aws_cli(value).is_none() && value.contains("codecommit") && value.contains("credential-helper")
}

/// How the credentials of a wrapper around the AWS CLI's helper can be had without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrapped {
    /// `AWS_PROFILE=work aws codecommit …`: they are this profile's.
    Profile(String),
    /// `aws-vault exec work -- aws codecommit …`: aws-vault passes those of this profile of its own.
    AwsVault(String),
}

impl Wrapped {
    /// The profile.
    pub(crate) fn profile(&self) -> &str {
        match self {
            Self::Profile(name) | Self::AwsVault(name) => name,
        }
    }

    /// `None` for a wrapper of another kind.
    pub(crate) fn of(value: &str) -> Option<Self> {
        let command = value.strip_prefix('!').filter(|_| wraps_the_aws_cli(value))?;
        if command.contains(['\'', '\\', '`', '(', '{', ';', '|', '&', '<', '>', '\n']) {
            return None;
        }
        let words = split_posix(command_of(value))?;
        let mut words = words.iter().map(String::as_str).peekable();
        if words.peek() == Some(&"env") {
            words.next();
        }
        if let Some(name) = words.peek().and_then(|word| word.strip_prefix("AWS_PROFILE=")) {
            let name = name.to_owned();
            words.next();
            let is_all = matches!(words.next()?.rsplit('/').next(), Some("aws" | "aws.exe" | "aws.cmd"));
            return (is_all && !name.contains('$')).then_some(Self::Profile(name));
        }
        let is_vault = matches!(words.next()?.rsplit(['/', '\\']).next(), Some("aws-vault" | "aws-vault.exe"));
        if !is_vault || words.next() != Some("exec") {
            return None;
        }
        // An option before the profile may take a value: `--duration 1h work`.
        let profile = words.next().filter(|word| !word.starts_with('-') && !word.contains('$'))?;
        Some(Self::AwsVault(profile.to_owned()))
    }
}

/// Helpers that return what was stored in them, or that know other hosts only; none signs. git's own and those of its
/// `contrib/credential` (git 2.47.3), those that gitcredentials(7) and <https://git-scm.com/doc/credential-helpers> name, and
/// those that GitHub's, GitLab's and Google's programs configure.
const PASSWORD_KEEPERS: [&str; 22] = [
    "store",
    "cache",
    "gnome-keyring",
    "libsecret",
    "netrc",
    "osxkeychain",
    "wincred",
    "manager",
    "manager-core",
    // Git for Windows asks a person which helper to use (build-extra `git-credential-helper-selector`).
    "helper-selector",
    "winstore",
    "oauth",
    "1password",
    "bitwarden",
    "gopass",
    "keepassxc",
    "lastpass",
    "pass-git-helper",
    "gh",
    "glab",
    "gcloud",
    "gcloud.sh",
];

/// Whether the value starts a helper that stores passwords, in any form that git supports: `store --file ~/x`,
/// `/usr/lib/git-core/git-credential-libsecret`, `!gh auth git-credential`.
#[must_use]
pub(crate) fn keeps_passwords(value: &str) -> bool {
    // `cache --timeout $SECONDS` is one, whatever the shell expands.
    let words = split_posix(command_of(value)).unwrap_or_default();
    let Some(file) = words.first().map(|program| file_of(program)) else { return false };
    let name = file.strip_prefix("git-credential-").unwrap_or(file);
    PASSWORD_KEEPERS.contains(&name)
}

/// Whether the value starts this program, in any form that git supports: `codecommit …`,
/// `/path/git-credential-codecommit …`, `!git-credential-codecommit …`.
#[must_use]
pub fn is_ours(value: &str) -> bool {
    let command = value.trim_start_matches('!').trim_start();
    // The shell splits the command, and a path may contain a space.
    let words = split_posix(command).unwrap_or_default();
    let program = words.first().map_or("", String::as_str);
    file_of(program) == "git-credential-codecommit" || (program == "codecommit" && !value.starts_with('!'))
}

/// The file name of a program's path, without `.exe`.
fn file_of(program: &str) -> &str {
    let file = program.rsplit(['/', '\\']).next().unwrap_or_default();
    file.strip_suffix(".exe").unwrap_or(file)
}

/// The program of a value that starts one program, without any other shell syntax.
pub(crate) fn plain_program(value: &str) -> Option<String> {
    let command = command_of(value);
    let words = split_posix(command)?;
    if is_snippet(command, &words) { None } else { words.into_iter().next() }
}

/// The command of a value, without the action argument that published instructions pass explicitly.
fn command_of(value: &str) -> &str {
    let command = value.strip_prefix('!').unwrap_or(value).trim();
    [" $@", " \"$@\""].iter().find_map(|tail| command.strip_suffix(tail)).unwrap_or(command).trim_end()
}

/// What may be printed of any value of `credential.helper`. Shell snippets (`!f() { echo password=…; }; f`) and
/// arguments may contain passwords: of a plain command the first word is printed, and for this program and the AWS
/// CLI's helper the known options, too.
pub(crate) fn name(value: &str) -> String {
    let command = command_of(value);
    let words = split_posix(command).filter(|words| !is_snippet(command, words));
    let Some((program, arguments)) = words.as_deref().and_then(<[String]>::split_first) else {
        return "a shell snippet".to_owned();
    };
    let shown = if is_ours(value) {
        Options::read(arguments).value(program)
    } else if let Some(options) = Options::of_the_aws_cli(value) {
        options.value(&format!("{program} codecommit credential-helper"))
    } else {
        program.clone()
    };
    format!("`{shown}`")
}

/// Whether a shell would do more than start one program. A `=` sets a variable, except in an option.
fn is_snippet(command: &str, words: &[String]) -> bool {
    command.contains(['(', ')', '{', '}', ';', '|', '&', '$', '`', '<', '>', '\n'])
        || words.iter().any(|word| word.contains('=') && !word.starts_with('-'))
}

/// The value of this helper with `program` instead of the program that it names. The arguments are not changed, since
/// the shell may expand them.
#[must_use]
pub fn with_program(value: &str, program: &str) -> String {
    let end = first_word_end(value);
    format!("{program}{}", value[end..].trim_end().trim_end_matches(" $@"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::shell::program_path;

    #[test]
    fn the_credentials_of_a_wrapper_are_found_where_its_words_name_them() {
        let tail = "aws codecommit credential-helper $@";
        let profile = |name: &str| Some(Wrapped::Profile(name.to_owned()));
        let vault = |name: &str| Some(Wrapped::AwsVault(name.to_owned()));
        for (value, wrapped) in [
            (format!("!AWS_PROFILE=work {tail}"), profile("work")),
            (format!("!env AWS_PROFILE=\"my work\" /usr/bin/{tail}"), profile("my work")),
            (format!("!AWS_PROFILE=$P {tail}"), None),
            (format!("!AWS_PROFILE=work AWS_REGION=x {tail}"), None),
            (format!("!aws-vault exec work -- {tail}"), vault("work")),
            (format!("!/opt/bin/aws-vault exec work --no-session -- {tail}"), vault("work")),
            (format!("!aws-vault exec --duration 1h work -- {tail}"), None),
            (format!("!aws-vault exec work -- {tail}; true"), None),
            (format!("!granted work {tail}"), None),
            (format!("!{tail}"), None),
            (format!("!f() {{ AWS_PROFILE=x {tail}; }}; f"), None),
        ] {
            assert_eq!(Wrapped::of(&value), wrapped, "{value}");
        }
    }

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
            ("!aws --profile $WORK codecommit credential-helper $@", "codecommit --profile \"$WORK\""),
            (
                "!aws codecommit credential-helper --profile=\"${WORK:-x y}\" \"$@\"",
                "codecommit --profile \"${WORK:-x y}\"",
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
            // What of it the shell expands is not certain.
            "!aws --profile '$WORK' codecommit credential-helper $@",
            "!aws --profile $(cat profile) codecommit credential-helper $@",
        ] {
            assert_eq!(value(other), None, "{other}");
        }
        for (value, wraps) in [
            ("!aws-vault exec work -- aws codecommit credential-helper $@", true),
            ("!f() { aws codecommit credential-helper $@; }; f", true),
            ("!aws --profile $(cat profile) codecommit credential-helper $@", true),
            ("!aws codecommit credential-helper $@", false),
            ("store", false),
        ] {
            assert_eq!(wraps_the_aws_cli(value), wraps, "{value}");
        }
    }

    #[test]
    fn a_helper_that_stores_passwords_is_known_in_every_form_and_a_script_is_not() {
        for value in [
            "store",
            "store --file ~/.keep",
            "cache --timeout $SECONDS",
            "osxkeychain",
            "manager",
            "/usr/lib/git-core/git-credential-libsecret",
            "/mnt/c/Program\\ Files/Git/mingw64/bin/git-credential-manager.exe",
            "!'C:/Program Files/Git/mingw64/bin/git-credential-wincred.exe'",
            "!gh auth git-credential",
            "!/usr/local/bin/glab auth git-credential",
        ] {
            assert!(keeps_passwords(value), "{value}");
        }
        for value in [
            "codecommit",
            "!some-script",
            "/opt/store/keys",
            "!f() { cat store; }; f",
            "!aws-vault exec work -- aws codecommit credential-helper $@",
            "vault",
            "",
        ] {
            assert!(!keeps_passwords(value), "{value}");
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

    #[test]
    fn our_own_entry_is_known_in_every_form() {
        for ours in [
            "codecommit",
            "codecommit --profile 'a b'",
            "/usr/local/bin/git-credential-codecommit --profile x",
            "!git-credential-codecommit $@",
            "!'/with space/git-credential-codecommit'",
            "/with\\ space/git-credential-codecommit --profile x",
            "C:/tools/git-credential-codecommit.exe",
        ] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["store", "!aws codecommit credential-helper $@", "!codecommit", "/usr/bin/codecommit"] {
            assert!(!is_ours(other), "{other}");
        }
    }

    /// Such values may contain passwords; the first word of a plain command is not one.
    #[test]
    fn of_a_helper_no_more_is_told_than_its_program_and_known_options() {
        for (value, told) in [
            ("store", "`store`"),
            ("store --file=/home/u/.keep", "`store`"),
            ("cache --timeout 3600 --token=CANARY", "`cache`"),
            ("/opt/keys --password CANARY", "`/opt/keys`"),
            ("!f() { echo password=CANARY; }; f", "a shell snippet"),
            ("!echo password=CANARY", "a shell snippet"),
            ("!TOKEN=CANARY keys", "a shell snippet"),
            ("!env TOKEN=CANARY keys", "a shell snippet"),
            ("!keys | sed s/CANARY/x/", "a shell snippet"),
            ("!keys <CANARY", "a shell snippet"),
            ("!keys `echo CANARY`", "a shell snippet"),
            ("!keys 'CANARY", "a shell snippet"),
            ("!keys --password \"$CANARY\"", "a shell snippet"),
            ("!'/opt/my tools/keys' CANARY", "`/opt/my tools/keys`"),
            (
                "!aws --profile work codecommit credential-helper $@",
                "`aws codecommit credential-helper --profile work`",
            ),
            ("!aws codecommit credential-helper \"$@\" --x CANARY", "a shell snippet"),
            ("codecommit --profile 'my work' --x CANARY", "`codecommit --profile 'my work'`"),
            ("!git-credential-codecommit --region eu-west-1 $@", "`git-credential-codecommit --region eu-west-1`"),
            ("codecommit --profile \"$(cat CANARY)\"", "a shell snippet"),
        ] {
            assert_eq!(name(value), told, "{value}");
        }
    }
}
