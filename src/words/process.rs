//! Words for a `credential_process` that gave no credentials: what of it no shell reads, why it did not start, what it printed
//! instead. Never its arguments, nor a word of its output.

use super::keys::unusable;
use crate::credentials::{Meant, NotStarted, ProcessProblem, ProcessSetting, Source};
use crate::failure::{Code, Command, Failure, Fix};
use crate::text::shell::is_active;
use aws_files::process_output::{BadOutput, BadVersion, Came, Encoding};
use aws_files::shell_syntax::ShellSyntax;
use codecommit::secret::{profile as shown_profile, public, public_path};
use std::path::Path;

/// The credentials as the program is to print them.
const EXPECTED: &str = "expected {\"Version\": 1, \"AccessKeyId\": …, \"SecretAccessKey\": …, \"SessionToken\": …}";

pub(crate) fn failed(setting: &ProcessSetting, problem: ProcessProblem) -> Failure {
    let owner = format!("credential_process of {}", shown_profile(&setting.profile));
    let failure = Failure::new(Code::CredentialProcess, format!("{owner} failed"));
    let ran = |what: &str| format!("{}: {what}", setting.program);
    match problem {
        ProcessProblem::Nothing => failure
            .looked_at("the setting is empty")
            .fix(Fix::words(format!("write a program of credential_process as an absolute path{}", place(setting)))),
        ProcessProblem::Unquotable => failure
            .looked_at("the setting has an unclosed quote")
            .fix(Fix::words(format!("close the quote of credential_process{}", place(setting)))),
        ProcessProblem::NotStarted(why) => {
            let failure = failure.looked_at(ran(&reason(&why, setting.syntax)));
            let mending = for_a_shell(setting).or_else(|| started(setting, &why));
            with(no_shell(failure, setting), mending)
        }
        ProcessProblem::Failed(status, said) => {
            let failure = words_of(failure.looked_at(ran(&format!("{status}, stderr:"))), said);
            certain(failure, setting, None)
        }
        ProcessProblem::TooLong(seconds) => failure.looked_at(ran(&format!("timed out after {seconds} s"))),
        ProcessProblem::TooMuch(bytes) => {
            failure.looked_at(ran(&format!("output is longer than {} KiB", bytes / 1024)))
        }
        ProcessProblem::Output(BadOutput::Unusable(problem), _) => {
            unusable(&Source::Process { profile: setting.profile.clone() }, &[], problem)
        }
        ProcessProblem::Output(problem, said) => {
            let mut failure = failure.looked_at(ran(&printed(problem)));
            if problem == BadOutput::Empty && !said.is_empty() {
                failure = words_of(failure.looked_at("stderr:"), said);
            }
            certain(failure.looked_at(EXPECTED), setting, Some(Fix::words(format!("make {}", wanted(problem)))))
        }
    }
}

fn with(failure: Failure, fix: Option<Fix>) -> Failure {
    match fix {
        Some(fix) => failure.fix(fix),
        None => failure,
    }
}

fn words_of(failure: Failure, said: Vec<String>) -> Failure {
    let said = if said.is_empty() { vec!["(empty)".to_owned()] } else { said };
    said.into_iter().fold(failure, |failure, line| failure.looked_at(format!("  {line}")))
}

/// ` in profile dev of ~/.aws/config`, for a fix.
fn place(setting: &ProcessSetting) -> String {
    format!(" in profile {} of {}", public(&setting.profile), setting.file)
}

/// What was written for a shell. A program that was started may want a `*` or a `$` as it is.
fn certain(failure: Failure, setting: &ProcessSetting, otherwise: Option<Fix>) -> Failure {
    let is_certain = matches!(
        setting.syntax,
        Some(
            ShellSyntax::Pipe
                | ShellSyntax::Sequence(_)
                | ShellSyntax::Redirection(_)
                | ShellSyntax::Substitution(_)
                | ShellSyntax::Builtin(_)
                | ShellSyntax::Tilde
                | ShellSyntax::Home
        )
    );
    let mending = if is_certain { for_a_shell(setting) } else { otherwise };
    with(no_shell(failure, setting), mending)
}

fn no_shell(failure: Failure, setting: &ProcessSetting) -> Failure {
    let Some(syntax) = setting.syntax else { return failure };
    let written = syntax.written();
    let what = match syntax {
        ShellSyntax::Pipe | ShellSyntax::Sequence(_) | ShellSyntax::Redirection(_) => {
            format!("`{written}` is passed to the program as an argument")
        }
        ShellSyntax::Substitution("`…`") => "backquotes run no command".to_owned(),
        ShellSyntax::Substitution(_) => format!("`{written}` runs no command"),
        ShellSyntax::Builtin(_) => format!("`{written}` is a command of shells, not a program"),
        ShellSyntax::Assignment => format!("`{written}` before a program sets no variable"),
        ShellSyntax::Bang => "`!` before a command has no meaning here".to_owned(),
        ShellSyntax::WholeQuoted => "the quotes make one name of the program and its arguments".to_owned(),
        ShellSyntax::Tilde
        | ShellSyntax::Home
        | ShellSyntax::Variable
        | ShellSyntax::WindowsVariable(_)
        | ShellSyntax::Glob(_) => format!("`{written}` is not expanded"),
    };
    let failure = failure.looked_at(format!("no shell runs credential_process: {what}"));
    match (needs_a_shell(syntax), meant_path(setting), setting.quotes) {
        (true, None, Some(quote)) if !cfg!(windows) => {
            failure.looked_at(format!("to use a shell: credential_process = sh -c {quote}COMMAND{quote}"))
        }
        _ => failure,
    }
}

/// Whether nothing but a shell gives it its meaning.
fn needs_a_shell(syntax: ShellSyntax) -> bool {
    !matches!(syntax, ShellSyntax::Assignment | ShellSyntax::Bang | ShellSyntax::WholeQuoted)
}

/// The program that was meant, if the path can be shown as it is and only its start is in the way.
fn meant_path(setting: &ProcessSetting) -> Option<&str> {
    let path_alone =
        matches!(setting.syntax, None | Some(ShellSyntax::Tilde | ShellSyntax::Home | ShellSyntax::WindowsVariable(_)));
    match &setting.meant {
        Some(Meant::At(path)) if path_alone => showable(path),
        _ => None,
    }
}

fn showable(path: &Path) -> Option<&str> {
    let text = path.to_str()?;
    (public_path(text) == text && !text.contains(is_active)).then_some(text)
}

/// What mends a setting that was written for a shell.
fn for_a_shell(setting: &ProcessSetting) -> Option<Fix> {
    let place = place(setting);
    let syntax = setting.syntax?;
    if let Some(path) = meant_path(setting) {
        return Some(absolute(path, setting));
    }
    Some(Fix::words(match (syntax, setting.quotes) {
        (ShellSyntax::Assignment, _) => format!("put env before the command of credential_process{place}"),
        (ShellSyntax::Bang, _) => format!("remove the exclamation mark of credential_process{place}"),
        (ShellSyntax::WholeQuoted, _) => {
            format!("remove the quotes around the whole command of credential_process{place}")
        }
        _ if cfg!(windows) => format!("put cmd /c before the command of credential_process{place}"),
        (_, Some('\'')) => format!("put sh -c before the command{place}, and the command in single quotes"),
        (_, Some(_)) => format!("put sh -c before the command{place}, and the command in double quotes"),
        (_, None) => format!("move the command to a script and write its absolute path as credential_process{place}"),
    }))
}

fn absolute(path: &str, setting: &ProcessSetting) -> Fix {
    // With spaces it is one word in quotes alone.
    let quotes = if path.contains(' ') { ", in double quotes," } else { "" };
    Fix::words(format!("write the program of credential_process as {path}{quotes}{}", place(setting)))
}

fn reason(why: &NotStarted, syntax: Option<ShellSyntax>) -> String {
    match why {
        NotStarted::NotOnPath => "not found on the PATH; shell aliases and functions are not programs".to_owned(),
        NotStarted::NoSuchFile { is_relative: true } if syntax.is_none() => {
            "no such file: a relative path starts in the directory in which git runs".to_owned()
        }
        NotStarted::NoSuchFile { .. } => "no such file".to_owned(),
        NotStarted::Directory => "is a directory, not a program".to_owned(),
        NotStarted::NotExecutable(_) => "permission denied: the file is not executable".to_owned(),
        NotStarted::NoInterpreter { interpreter, has_carriage_return: true } => format!(
            "the interpreter `{interpreter}` of its first line was not found, because the line has a Windows line ending"
        ),
        NotStarted::NoInterpreter { interpreter, .. } => {
            format!("the interpreter `{interpreter}` of its first line was not found")
        }
        NotStarted::NoFirstLine => "exec format error: its first line names no interpreter (`#!`)".to_owned(),
        NotStarted::OtherSystem => "it is a program for another system or processor".to_owned(),
        NotStarted::Other(error) => error.clone(),
    }
}

/// What makes the program start.
fn started(setting: &ProcessSetting, why: &NotStarted) -> Option<Fix> {
    let place = place(setting);
    if let Some(Meant::WithSpaces(path)) = &setting.meant {
        let what = showable(path).unwrap_or("the path of the program");
        return Some(Fix::words(format!("put {what} in double quotes{place}")));
    }
    if let Some(path) = meant_path(setting) {
        return Some(absolute(path, setting));
    }
    match why {
        NotStarted::NotOnPath | NotStarted::NoSuchFile { .. } | NotStarted::Directory => {
            Some(Fix::words(format!("write the program of credential_process as an absolute path{place}")))
        }
        NotStarted::NotExecutable(path) => path
            .to_str()
            .filter(|path| public_path(path) == **path)
            .map(|path| Fix::command(Command::new("chmod +x").arg(path))),
        NotStarted::NoInterpreter { has_carriage_return: true, .. } => {
            Some(Fix::words(format!("save {} with Unix line endings", setting.program)))
        }
        NotStarted::NoInterpreter { .. } => {
            Some(Fix::words(format!("name an installed interpreter in the first line of {}", setting.program)))
        }
        NotStarted::NoFirstLine => Some(Fix::words(format!(
            "name the interpreter, such as sh or python3, before the program of credential_process{place}"
        ))),
        NotStarted::OtherSystem => Some(Fix::words(format!("install {} for this system", setting.program))),
        NotStarted::Other(_) => None,
    }
}

/// What came.
fn printed(problem: BadOutput) -> String {
    match problem {
        BadOutput::Empty => "printed nothing on standard output".to_owned(),
        BadOutput::OnStandardError => "printed the credentials on standard error, not on standard output".to_owned(),
        BadOutput::Encoding(Encoding::Utf16) => {
            "output is UTF-16, as Windows PowerShell writes it, not UTF-8".to_owned()
        }
        BadOutput::Encoding(Encoding::ByteOrderMark) => "output starts with a byte order mark (U+FEFF)".to_owned(),
        BadOutput::Encoding(Encoding::Other) => "output is not UTF-8".to_owned(),
        BadOutput::NoJson(came) => match came {
            Came::TextBefore => "output has other text before the JSON".to_owned(),
            Came::TextAfter => "output has other text after the JSON".to_owned(),
            Came::SeveralObjects => "output has more than one JSON object".to_owned(),
            Came::BrokenJson => "output is incomplete or malformed JSON".to_owned(),
            Came::SingleQuotes => "output has single quotes where JSON has double quotes".to_owned(),
            Came::ShellVariables => {
                "output is not JSON: it sets variables, such as `export AWS_ACCESS_KEY_ID=…`".to_owned()
            }
            Came::Settings => {
                "output is not JSON: it has settings of the AWS files, such as `aws_access_key_id = …`".to_owned()
            }
            Came::Yaml => "output is YAML, not JSON".to_owned(),
            Came::Html => "output is an HTML page, not JSON".to_owned(),
            Came::Text(1) => "output is a line of text, not JSON".to_owned(),
            Came::Text(lines) => format!("output is {lines} lines of text, not JSON"),
        },
        BadOutput::NoObject => "output is not a JSON object".to_owned(),
        BadOutput::Nested(name) => format!("output has the credentials inside of `{name}`, one level too deep"),
        BadOutput::Version(BadVersion::Missing) => "output has no `\"Version\": 1`".to_owned(),
        BadOutput::Version(BadVersion::Text) => "`Version` in the output is a string, not the number 1".to_owned(),
        BadOutput::Version(BadVersion::Other) => "`Version` in the output is not 1".to_owned(),
        BadOutput::MissingKey(key) => format!("output has no `{key}`"),
        BadOutput::OtherSpelling(key) => format!("output has `{key}` in another spelling: upper and lower case count"),
        BadOutput::NoText(key) => format!("`{key}` in the output is not a string"),
        BadOutput::BadExpiration => "`Expiration` is not a valid timestamp".to_owned(),
        BadOutput::Unusable(_) => "output cannot be credentials".to_owned(),
    }
}

/// What is wanted instead, in words that follow "make".
fn wanted(problem: BadOutput) -> String {
    let print = |what: &str| format!("the credential_process program print {what}");
    match problem {
        BadOutput::Empty | BadOutput::NoObject | BadOutput::Unusable(_) => print("the JSON object on standard output"),
        BadOutput::OnStandardError => print("the JSON on standard output"),
        BadOutput::Encoding(_) => print("UTF-8 without a byte order mark"),
        BadOutput::NoJson(Came::TextBefore | Came::TextAfter) => print("nothing but the JSON on standard output"),
        BadOutput::NoJson(Came::SeveralObjects) => print("one JSON object"),
        BadOutput::NoJson(_) => print("the credentials as JSON"),
        BadOutput::Nested(name) => print(&format!("what is inside of {name}, with Version 1 added")),
        BadOutput::Version(BadVersion::Text) => print("Version as the number 1, without quotes"),
        BadOutput::Version(_) => print("Version as the number 1"),
        BadOutput::MissingKey(key) => print(&format!("{key} as well")),
        BadOutput::OtherSpelling(key) => print(&format!("{key} in this spelling")),
        BadOutput::NoText(key) => print(&format!("{key} as a string")),
        BadOutput::BadExpiration => print("Expiration in ISO 8601, such as 2030-01-02T03:04:05Z"),
    }
}
