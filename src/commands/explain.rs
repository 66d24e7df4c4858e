//! `explain`: the page of a code, or the list of all codes.
//!
//! The pages are those of docs/errors.md ([`crate::failure::pages`]). Reads no file, asks no program and starts no pager, so it works
//! where everything else is broken; the text is the same at a terminal and in a pipe.

use crate::cli::ExitStatus;
use crate::cli::explain::Arguments;
use crate::failure::pages::{Group, Page};
use crate::failure::{Code, Failure};
use crate::machine::streams::Streams;
use crate::machine::world::World;
use crate::text::escape;
use crate::text::nearest::nearest;
use codecommit::secret::quoted;
use std::cmp::Reverse;
use std::io;

/// Prints what is asked for on standard output.
pub(crate) fn run(arguments: &Arguments, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    let text = match Asked::of(&arguments.code.join(" ")) {
        Asked::List => list(),
        Asked::Codes(codes) => {
            codes.into_iter().filter_map(Page::of).map(|page| page.text()).collect::<Vec<_>>().join("\n\n")
        }
        Asked::Unknown(code) => {
            let _ = streams.stderr.write_all(unknown(&code).as_bytes());
            return ExitStatus::Usage;
        }
    };
    match streams.stdout.write_all(text.as_bytes()).and_then(|()| streams.stdout.flush()) {
        Ok(()) => ExitStatus::Answered,
        Err(error) => {
            // `explain | head` has read enough.
            if error.kind() != io::ErrorKind::BrokenPipe {
                let cause = format!("the output could not be written: {error}");
                Failure::new(Code::AnswerNotWritten, cause).tell(streams.stderr, world);
            }
            ExitStatus::Failed
        }
    }
}

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    List,
    /// In the order in which they are named.
    Codes(Vec<Code>),
    /// What cannot be a code, or is none that there is.
    Unknown(String),
}

impl Asked {
    /// Reads codes as people write and paste them: `CC212`, `cc 212`, `(CC212)`, `212`, or the first line of an error.
    fn of(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self::List;
        }
        let mut numbers = numbers(text);
        if numbers.is_empty() {
            let bare = text.trim_matches(|character: char| !character.is_alphanumeric());
            if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
                return Self::Unknown(text.trim().to_owned());
            }
            numbers.push(bare);
        }
        let mut codes = Vec::new();
        for number in numbers {
            let written = format!("CC{number}");
            match Code::named(&written) {
                Some(code) if codes.contains(&code) => {}
                Some(code) => codes.push(code),
                None => return Self::Unknown(written),
            }
        }
        Self::Codes(codes)
    }
}

/// The digits after each `CC`, in any case, which a space or a dash may separate.
fn numbers(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.char_indices() {
        let (before, rest) = text.split_at(at);
        let is_start = !before.ends_with(|character: char| character.is_alphanumeric());
        let Some((_, behind)) =
            rest.split_at_checked(2).filter(|(start, _)| is_start && start.eq_ignore_ascii_case("cc"))
        else {
            continue;
        };
        let behind = behind.strip_prefix([' ', '-', '_']).unwrap_or(behind);
        let length = behind.bytes().take_while(u8::is_ascii_digit).count();
        if length > 0 {
            found.push(&behind[..length]);
        }
    }
    found
}

fn list() -> String {
    let mut text = String::new();
    for group in Group::all() {
        text.push_str(&group.title);
        text.push('\n');
        text.extend(group.pages.iter().map(Page::row));
        text.push('\n');
    }
    text + "To explain one: git credential-codecommit explain CC201\n"
}

/// As an unknown command is told (`crate::run`). A pasted text may contain anything.
fn unknown(code: &str) -> String {
    let meant = meant(code).map(|meant| format!("  did you mean `{meant}`?\n")).unwrap_or_default();
    format!(
        "git-credential-codecommit: error: unknown code {}\n{meant}  fix: git credential-codecommit explain\n       # it lists all \
         codes\n",
        escape::line(&quoted(code))
    )
}

/// The code that was probably meant: two slips away at most. Of those that are as near, the one that starts alike, then the one
/// with the nearest number.
fn meant(code: &str) -> Option<Code> {
    let number = |code: &str| code.strip_prefix("CC").and_then(|number| number.parse::<u32>().ok());
    let typed = number(code)?;
    let alike = |other: &str| code.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    names.sort_by_key(|name| (Reverse(alike(name)), number(name).unwrap_or_default().abs_diff(typed)));
    nearest(code, names, 2).and_then(Code::named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_and_paste_it() {
        for text in [
            "CC212",
            "cc212",
            "212",
            " 212 ",
            "Cc 212",
            "CC-212",
            "(CC212)",
            "(212)",
            "#212",
            "CC212:",
            "git-credential-codecommit: error: sts:AssumeRole failed for profile `x` (CC212)",
            "errors.md#cc212-aws-sts-did-not-open-the-role",
            "CC212 cc212",
        ] {
            assert_eq!(Asked::of(text), Asked::Codes(vec![Code::RoleRefused]), "{text}");
        }
        assert_eq!(Asked::of("CC207, CC208"), Asked::Codes(vec![Code::SsoNotSignedIn, Code::SsoExpired]));
        for text in ["", "  "] {
            assert_eq!(Asked::of(text), Asked::List);
        }
    }

    #[test]
    fn what_is_no_code_is_shown_with_the_nearest() {
        for (text, unknown, nearest) in [
            ("CC425", "CC425", Some(Code::Unexplained)),
            ("299", "CC299", Some(Code::NoSessionToken)),
            ("CC2121", "CC2121", Some(Code::RoleRefused)),
            ("cc21", "CC21", Some(Code::LoginNeeded)),
            ("CC99999999999999", "CC99999999999999", None),
            ("expired", "expired", None),
            ("ACC212", "ACC212", None),
            ("2 1 2", "2 1 2", None),
            ("-", "-", None),
            ("cc\u{e4}", "cc\u{e4}", None),
        ] {
            assert_eq!(Asked::of(text), Asked::Unknown(unknown.to_owned()), "{text}");
            assert_eq!(meant(unknown), nearest, "{text}");
        }
    }

    #[test]
    fn the_list_has_every_code_once() {
        let list = list();
        for code in Code::ALL {
            assert_eq!(list.matches(&format!("    {code}  ")).count(), 1, "{code}");
        }
    }
}
