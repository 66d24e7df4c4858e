//! Words for files: why one was not read, what is nearly right in it, and who changed the home directory.

use crate::credentials::{Elsewhere, NearlyRight, Needed, Searched, SearchedFile, Switched, TokenProblem, Unreadable};
use crate::failure::{Code, Command, Failure, Fix};
use aws_files::config_file::Encoding;
use aws_files::nearly::Slip;
use aws_files::unread::{Barred, Denied, Owner, Unread};
use codecommit::secret::{profile as shown_profile, public, public_path, quoted};
use std::path::Path;

fn path(path: &Path) -> String {
    public_path(&path.display().to_string()).into_owned()
}

/// Why the file was not read, in words that follow its name.
pub(super) fn why_unread(unread: &Unread) -> String {
    let reason = reason(unread);
    match unread {
        Unread::Absent | Unread::DanglingLink { .. } | Unread::NotAFile(_) | Unread::TooLong => reason,
        Unread::Denied(_) | Unread::NotADirectory(_) | Unread::LinkLoop | Unread::Failed(_) => {
            format!("cannot be read: {reason}")
        }
    }
}

/// The same behind `cannot read FILE: `.
fn reason(unread: &Unread) -> String {
    match unread {
        Unread::Absent => "does not exist".to_owned(),
        Unread::DanglingLink { link, target } => {
            let (link, target) = (path(link), path(target));
            format!("does not exist: {link} is a symbolic link to {target}, which does not exist")
        }
        Unread::NotAFile(kind) => format!("is {kind}, not a file"),
        Unread::Denied(_) => "permission denied".to_owned(),
        Unread::NotADirectory(above) => format!("{} is not a directory", path(above)),
        Unread::LinkLoop => "its symbolic links form a cycle".to_owned(),
        Unread::TooLong => "is too long".to_owned(),
        Unread::Failed(words) => words.clone(),
    }
}

/// What is wrong with a file that is no UTF-8 text, in words that follow its name.
pub(super) fn why_encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf16 => "is saved as UTF-16, usually by PowerShell",
        Encoding::Utf32 => "is saved as UTF-32",
        Encoding::AllNul => "contains only NUL bytes, probably after a crash",
        Encoding::SomeNul => "contains NUL bytes, probably after a crash",
    }
}

/// Why a token file gave no token, in words that follow its name.
pub(super) fn why_no_token(problem: &TokenProblem) -> String {
    match problem {
        TokenProblem::Unread(unread) => why_unread(unread),
        TokenProblem::NotText(Some(encoding)) => why_encoding(*encoding).to_owned(),
        TokenProblem::NotText(None) => "is not valid UTF-8".to_owned(),
    }
}

/// Adds whose permissions stand in the way, and what mends that if anything is known to.
pub(super) fn denied(failure: Failure, denied: &Denied, switched: Option<&Switched>, foreign_home: bool) -> Failure {
    let Denied { at, barred, owner, by_mode } = denied;
    let shown = path(at);
    let what = if *barred == Barred::FileIn { format!("the file in {shown}") } else { shown.clone() };
    let failure = match owner {
        Owner::User if *by_mode => failure.looked_at(format!("the permissions of {what} do not allow it")),
        Owner::Other | Owner::OtherInOwnDirectory => failure.looked_at(format!("{what} belongs to another user")),
        Owner::User | Owner::Unknown => failure,
    };
    // A path that is not shown is no word of a command, and one that starts with a hyphen is an option.
    let Some(word) = at.to_str().filter(|word| **word == shown && !word.starts_with('-')) else { return failure };
    match owner {
        Owner::User if *by_mode => {
            let mode = match barred {
                Barred::File => "chmod u+rw",
                Barred::Directory => "chmod u+rwx",
                Barred::FileIn => "chmod -R u+rwX",
            };
            failure.fix(Fix::command(Command::new(mode).arg(word)))
        }
        Owner::OtherInOwnDirectory if *barred != Barred::File => {
            failure.fix(Fix::command(Command::new("sudo chown -R").output_of("id", "-un").arg(word)))
        }
        Owner::OtherInOwnDirectory => {
            failure.fix(Fix::command(Command::new("sudo chown").output_of("id", "-un").arg(word)))
        }
        Owner::Other if foreign_home && switched.is_some_and(|switched| switched.program == "sudo") => failure
            .fix(Fix::words("run the command with sudo -H, which sets HOME to the home directory of the new user")),
        Owner::User | Owner::Other | Owner::Unknown => failure,
    }
}

/// A file that is there, or may be, and cannot be read.
pub(super) fn not_readable(file: &Unreadable) -> Failure {
    let Unreadable { shown, unread, needed, variable, switched: by, foreign_home } = file;
    let failure = Failure::new(Code::FileNotReadable, format!("cannot read {shown}: {}", reason(unread)));
    let failure = failure.looked_at(match needed {
        Needed::Profile { profile, .. } => format!("{} may be configured in it", shown_profile(profile)),
        Needed::SsoToken { profile, session } => {
            format!("it is the token file of SSO session {} ({})", quoted(session), shown_profile(profile))
        }
        Needed::LoginSession { profile } => format!("it has the `aws login` session of {}", shown_profile(profile)),
    });
    let failure = variable.iter().fold(failure, |failure, variable| failure.looked_at(format!("set by {variable}")));
    let failure = by.iter().fold(failure, |failure, by| failure.looked_at(home_of(by)));
    match unread {
        Unread::Denied(by_whom) => denied(failure, by_whom, by.as_ref(), *foreign_home),
        _ => failure,
    }
}

/// Whose home directory was searched.
pub(super) fn home_of(Switched { program, user, home }: &Switched) -> String {
    let (home, user) = (public_path(home), quoted(user));
    format!("~ is {home}: {program} was run by {user}, who has another home directory")
}

/// Looks where the files of the person are.
pub(super) fn without(Switched { program, .. }: &Switched) -> Fix {
    Fix::words(format!("run the command without {program}"))
}

/// What is remarkable about one of the files; nothing about one that was read, or that is missing where it is by default.
fn about(file: &SearchedFile) -> Option<String> {
    let SearchedFile { shown, variable, unread } = file;
    match (variable, unread.as_ref()?) {
        (Some((variable, true)), _) => Some(format!("{variable} is set, but empty")),
        (Some((variable, false)), unread) => Some(format!("{variable} is {shown}, which {}", why_unread(unread))),
        (None, Unread::Absent) => None,
        (None, unread) => Some(format!("{shown} {}", why_unread(unread))),
    }
}

/// Adds what is remarkable about where a profile was looked for, and what mends it if anything is known to. Without that, the fix
/// is for the caller.
pub(super) fn searched(failure: Failure, searched: &Searched) -> Failure {
    let Searched { files, nearly, utf_16, elsewhere, switched, empty_home, empty } = searched;
    let failure = files.iter().filter_map(about).fold(failure, Failure::looked_at);
    let failure = switched.iter().map(home_of).fold(failure, Failure::looked_at);
    let failure = empty_home.iter().fold(failure, |failure, home| {
        failure.looked_at(format!("HOME is set, but empty: ~ is {}", public_path(home)))
    });
    let failure = match &**empty {
        [] => failure,
        empty => failure.looked_at(format!("set, but empty: {}", empty.join(", "))),
    };
    if let Some(file) = utf_16 {
        return failure.looked_at(format!("{file} {}", why_encoding(Encoding::Utf16))).fix(save_as_utf_8(file));
    }
    if !nearly.is_empty() {
        return nearly_right(failure, nearly);
    }
    match elsewhere {
        Some(Elsewhere::Path(variable, path)) if *public_path(path) == **path => {
            failure.fix(Fix::command(Command::Export(variable, path.clone())))
        }
        Some(Elsewhere::Unset(variable)) => failure.fix(Fix::command(Command::Unset(vec![variable]))),
        _ => match (files.iter().find_map(replaced), switched) {
            (Some(fix), _) => failure.fix(fix),
            (None, Some(switched)) => failure.fix(without(switched)),
            (None, None) => failure,
        },
    }
}

/// What mends a file that is something else, in the place where it is by default: no program could write it there.
fn replaced(SearchedFile { shown, variable, unread }: &SearchedFile) -> Option<Fix> {
    match (variable, unread.as_ref()?) {
        (None, Unread::NotAFile(kind)) => Some(Fix::words(format!("replace {shown}, now {kind}, by a file"))),
        (None, Unread::DanglingLink { target, .. }) => Some(Fix::words(format!("restore {}", path(target)))),
        _ => None,
    }
}

/// Adds what is nearly right, a line each, and that the first is to be corrected.
pub(super) fn nearly_right(failure: Failure, nearly: &[NearlyRight]) -> Failure {
    // More would be somebody's whole file.
    let failure = nearly.iter().take(6).map(line).fold(failure, Failure::looked_at);
    let Some(NearlyRight { file, line, slip }) = nearly.first() else { return failure };
    let of_settings = |slip: &Slip| matches!(slip, Slip::Setting { .. } | Slip::Indented { .. });
    let more = nearly.iter().take(6).filter(|more| more.file == *file && of_settings(&more.slip));
    let lines: Vec<String> = more.map(|more| more.line.to_string()).collect();
    failure.fix(Fix::words(match slip {
        Slip::OtherFile { .. } => format!("move the section from line {line} of {file} to the config file"),
        slip if of_settings(slip) && lines.len() > 1 => {
            format!("correct lines {} of {file} as shown above", lines.join(", "))
        }
        _ => format!("correct line {line} of {file} as shown above"),
    }))
}

fn line(NearlyRight { file, line, slip }: &NearlyRight) -> String {
    let at = format!("{file}:{line}");
    match slip {
        // The section ends at the last bracket of the line.
        Slip::Section { has, reads } if has.contains(']') => {
            format!("{at} has [{}]; it reads [{}], with the comment on a line of its own", public(has), public(reads))
        }
        Slip::Section { has, reads } if has == "DEFAULT" => {
            format!("{at} has [DEFAULT], which is not a profile; it reads [{reads}]")
        }
        Slip::Section { has, reads } => {
            let invisible = if has.is_ascii() { "" } else { " with a character that is not seen" };
            format!("{at} has [{}]{invisible}; in this file it reads [{}]", public(has), public(reads))
        }
        Slip::OtherFile { has } => {
            format!("{at} has [{}]; this section belongs in the config file", public(has))
        }
        Slip::Value { setting, has, reads } => {
            format!("{at} has {setting} {}; it reads {}", quoted(has), quoted(reads))
        }
        Slip::Setting { has, reads } => format!("{at} has {}; it reads {reads}", quoted(has)),
        Slip::Indented { setting, continues } => {
            format!("{at} is indented, so it continues {}; {setting} starts in the first column", quoted(continues))
        }
    }
}

/// What mends a file in another encoding.
pub(super) fn save_as_utf_8(file: &str) -> Fix {
    Fix::words(format!("save {file} as UTF-8"))
}
