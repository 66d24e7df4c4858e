//! Every fix mends: each failure that a person can meet is provoked, its printed fix carried out, and git run once more.
//!
//! A case says what is wrong on the machine, of which kind the fix is, and what happens after it. What is printed is checked for
//! that kind: a command runs as it is, the words in capitals of a template are named in its note, and words do nothing in a
//! shell.

mod addresses;
mod denials;
mod examined;
mod identities;
mod person;
mod profiles;
mod refused;
mod setups;
mod values;

use crate::common::gits;
use git_credential_codecommit::failure::Code;
use person::Person;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;

/// How a fix is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Runs as printed.
    Command,
    /// A command with words in capitals.
    Template,
    /// For a person.
    Words,
    /// For an administrator: exempt.
    Administrator,
    /// Nothing helps for certain, so nothing is printed.
    None,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

type Provoke = Box<dyn Fn(Person) -> Person>;
/// Carries words out; the text of the step is what it goes by.
type Step = Box<dyn Fn(Person, &str) -> Person>;

/// One failure of the matrix.
struct Case {
    name: String,
    code: &'static str,
    kind: Kind,
    provoke: Provoke,
    /// What stands for each word in capitals.
    filled: Vec<(&'static str, &'static str)>,
    step: Step,
    /// What the command does outside of this machine, and time.
    besides: Box<dyn Fn(&Person)>,
    /// The code of the next failure; `None` where git works then.
    then: Option<&'static str>,
    /// What is run after the fix, where that is not the command that failed.
    afterwards: Option<&'static str>,
    /// The files that the fix is about.
    changes: Vec<&'static str>,
    /// Why it cannot be carried out here.
    unapplied: Option<&'static str>,
}

/// A case whose fix is not said yet.
struct Failing(Case);

fn case(name: impl Into<String>, code: &'static str, provoke: impl Fn(Person) -> Person + 'static) -> Failing {
    Failing(Case {
        name: name.into(),
        code,
        kind: Kind::None,
        provoke: Box::new(provoke),
        filled: Vec::new(),
        step: Box::new(|person, _| person),
        besides: Box::new(|_| ()),
        then: None,
        afterwards: None,
        changes: Vec::new(),
        unapplied: None,
    })
}

impl Failing {
    fn command(self) -> Case {
        Case { kind: Kind::Command, ..self.0 }
    }

    fn template(self, filled: &[(&'static str, &'static str)]) -> Case {
        Case { kind: Kind::Template, filled: filled.to_vec(), ..self.0 }
    }

    fn words(self, step: impl Fn(Person) -> Person + 'static) -> Case {
        Case { kind: Kind::Words, step: Box::new(move |person, _| step(person)), ..self.0 }
    }

    /// "use this URL: X": the same command with it.
    fn url(self, filled: &[(&'static str, &'static str)]) -> Case {
        let words = filled.to_vec();
        let step = move |person: Person, text: &str| {
            let url = text.split_whitespace().last().unwrap_or_default();
            person.with_url(&with_values(url, &words))
        };
        Case { kind: Kind::Words, filled: filled.to_vec(), step: Box::new(step), ..self.0 }
    }

    fn administrator(self) -> Case {
        Case { kind: Kind::Administrator, ..self.0 }
    }

    fn without_fix(self) -> Case {
        self.0
    }
}

impl Case {
    fn changes(self, files: &[&'static str]) -> Self {
        Self { changes: files.to_vec(), ..self }
    }

    fn then(self, code: &'static str) -> Self {
        Self { then: Some(code), ..self }
    }

    fn afterwards(self, command: &'static str) -> Self {
        Self { afterwards: Some(command), ..self }
    }

    fn besides(self, happens: impl Fn(&Person) + 'static) -> Self {
        Self { besides: Box::new(happens), ..self }
    }

    fn unapplied(self, why: &'static str) -> Self {
        Self { unapplied: Some(why), ..self }
    }

    fn is_applied(&self) -> bool {
        self.unapplied.is_none() && !matches!(self.kind, Kind::Administrator | Kind::None)
    }

    /// What does not hold. `told` gets what was printed as the fix.
    fn problem(&self, git: &Path, told: &Mutex<String>) -> Result<(), String> {
        let person = (self.provoke)(Person::new(git));
        let failing = person.pastes(&person.git);
        if failing.status == 0 {
            return Err(format!("it works without a fix\n{}", failing.transcript()));
        }
        let told_by = person.told_by.as_ref().map(|command| person.pastes(command));
        let shown = told_by.as_ref().unwrap_or(&failing);
        let printed = format!("{}{}", shown.stdout, shown.stderr);
        let fix = Printed::of(&printed);
        *told.lock().expect("a fix") = fix.to_string();
        let cause = printed.lines().find(|line| is_told(line, self.code));
        let Some(cause) = cause.map(str::to_owned) else {
            return Err(format!("{} is not told\n{}\n{}", self.code, failing.transcript(), shown.transcript()));
        };
        self.form(&fix).map_err(|problem| format!("{problem}\n{fix}"))?;
        if !self.is_applied() {
            return Ok(());
        }
        let (files, own) = (person.files(), person.own_settings());
        let (mut person, pasted) = self.applied(person, &fix.step);
        if let Some(command) = self.afterwards {
            person = person.runs(command);
        }
        let again = person.pastes(&format!("{pasted}{}", person.git));
        self.ending(&person, &again, &cause, &pasted)?;
        if person.own_settings() != own {
            return Err(format!("other settings have changed: {}", person.own_settings()));
        }
        let after = person.files();
        let is_theirs = |name: &str| self.changes.iter().chain(&GITS_OWN).any(|allowed| name.starts_with(allowed));
        match files.iter().find(|(name, text)| after.get(*name) != Some(text) && !is_theirs(name)) {
            Some((name, _)) => Err(format!("{name} has changed\n{}", again.transcript())),
            None => Ok(()),
        }
    }

    /// The person after the step, and what is pasted first.
    fn applied(&self, person: Person, step: &str) -> (Person, String) {
        let filled = with_values(step, &self.filled).replace("$CA", &person.aws.ca_file().display().to_string());
        (self.besides)(&person);
        match self.kind {
            Kind::Command | Kind::Template => (person, format!("{} || exit 97\n", crate::common::answered(&filled))),
            _ => ((self.step)(person, step), String::new()),
        }
    }

    fn ending(&self, person: &Person, again: &crate::common::Run, cause: &str, pasted: &str) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{what}\n{pasted}{}\n{}", person.git, again.transcript()));
        let text = format!("{}{}", again.stdout, again.stderr);
        match self.then {
            _ if again.status == 97 => wrong("the fix itself fails"),
            None if again.status != 0 => wrong("git fails as before"),
            None => match &person.told_by {
                Some(command) => {
                    let told = person.pastes(&format!("{pasted}{command}"));
                    let is_well = !told.stdout.lines().any(|line| is_told(line, self.code));
                    if is_well { Ok(()) } else { Err(format!("it is told still\n{}", told.transcript())) }
                }
                None => Ok(()),
            },
            Some(next) if again.status == 0 => wrong(&format!("it works, and does not end in {next}")),
            Some(next) => {
                let is_next = text.lines().any(|line| is_told(line, next) && line != cause);
                if is_next { Ok(()) } else { wrong(&format!("{next} does not follow")) }
            }
        }
    }

    /// What is wrong with the form of what is printed.
    fn form(&self, printed: &Printed) -> Result<(), String> {
        let Printed { step, notes } = printed;
        let capitals = placeholders(step);
        let words: BTreeSet<&str> = notes.iter().flat_map(|note| placeholders(note)).collect();
        let unnamed: Vec<&&str> = capitals.iter().filter(|word| !words.contains(**word)).collect();
        let is_command = matches!(self.kind, Kind::Command | Kind::Template);
        if (self.kind == Kind::None) != step.is_empty() {
            return Err(format!("a fix of kind {} is expected", self.kind));
        }
        if (self.kind == Kind::Administrator) != step.starts_with("ask ") {
            return Err(format!("it is not for a reader of kind {}", self.kind));
        }
        if self.kind == Kind::Command && !capitals.is_empty() {
            return Err(format!("a command as printed holds {capitals:?}"));
        }
        if self.kind == Kind::Template && capitals.is_empty() {
            return Err("a template holds no word in capitals".to_owned());
        }
        if matches!(self.kind, Kind::Template | Kind::Words) && !unnamed.is_empty() {
            return Err(format!("no note names {unnamed:?}"));
        }
        if !is_syntax(&with_values(step, &self.filled)) {
            return Err("a shell does not take it".to_owned());
        }
        let first = step.split_whitespace().next().unwrap_or_default();
        let starts_a_program = ["git", "aws", "sudo", "chmod", "export", "unset"].contains(&first)
            || first.ends_with("/git-credential-codecommit");
        if is_command != starts_a_program {
            return Err(format!("it does not read as {}", self.kind));
        }
        if self.kind == Kind::Words && step.contains(is_active) {
            return Err("words hold what a shell acts on".to_owned());
        }
        match notes.iter().find(|note| !note.starts_with("# ") || note.contains(is_active)) {
            Some(note) => Err(format!("no comment: {note}")),
            None => Ok(()),
        }
    }
}

/// What git itself writes whenever it runs.
const GITS_OWN: [&str; 6] = [
    "work/.git/FETCH_HEAD",
    "work/.git/refs/",
    "work/.git/logs/",
    "work/.git/objects/",
    "work/.git/packed-refs",
    "cloned/",
];

/// A fix as it was printed.
struct Printed {
    step: String,
    notes: Vec<String>,
}

impl Printed {
    fn of(text: &str) -> Self {
        let mut lines = text.lines().skip_while(|line| !line.starts_with("  fix: "));
        let step = lines.next().and_then(|line| line.strip_prefix("  fix: ")).unwrap_or_default().to_owned();
        let notes = lines.map_while(|line| line.strip_prefix("       ")).map(str::to_owned).collect();
        Self { step, notes }
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.step)?;
        self.notes.iter().try_for_each(|note| write!(f, "\n{note}"))
    }
}

/// `get` and `setup` end their first line in the code, and `doctor` begins with it.
fn is_told(line: &str, code: &str) -> bool {
    line.ends_with(&format!("({code})")) || line.starts_with(&format!("{code} "))
}

/// The words in capitals. Names of variables are none.
fn placeholders(text: &str) -> Vec<&str> {
    let is_of_a_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_variable =
        |word: &str| ["AWS_", "GIT_", "MSYS_", "CODE_COMMIT_"].iter().any(|start| word.starts_with(start));
    let is_capital = |word: &&str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let words = text.split(|character| !is_of_a_word(character));
    words.filter(is_capital).filter(|word| !is_variable(word) && !NO_PLACEHOLDERS.contains(word)).collect()
}

/// The text with values in the place of its words in capitals.
fn with_values(text: &str, values: &[(&str, &str)]) -> String {
    let is_of_a_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let parts = text.split_inclusive(|character| !is_of_a_word(character));
    let value = |part: &str| {
        let word = part.trim_end_matches(|character| !is_of_a_word(character));
        let (_, value) = values.iter().find(|(name, _)| *name == word)?;
        Some(format!("{value}{}", &part[word.len()..]))
    };
    parts.map(|part| value(part).unwrap_or_else(|| part.to_owned())).collect()
}

/// Words that are written so anyway.
const NO_PLACEHOLDERS: [&str; 3] = ["HTTP", "HTTPS", "JSON"];

/// What is neither in words nor in notes: brackets, quotes, a backquote, a semicolon, and `…`, which the guard of `Fix` writes.
fn is_active(character: char) -> bool {
    "()[]{}<>'\"`;$&|\\!*…".contains(character)
}

fn is_syntax(line: &str) -> bool {
    stand_in::command("/bin/bash").args(["-n", "-c", line]).output().expect("bash").status.success()
}

/// Every case.
fn matrix() -> Vec<Case> {
    let groups = [
        addresses::cases,
        profiles::cases,
        values::cases,
        identities::cases,
        refused::cases,
        denials::cases,
        setups::cases,
        examined::cases,
    ];
    groups.iter().flat_map(|cases| cases()).collect()
}

/// Holds the cases with these gits, and names each that does not hold.
#[track_caller]
fn hold(cases: &[Case], gits: &[(std::path::PathBuf, String)]) {
    let mut wrong = Vec::new();
    for case in cases {
        for (git, version) in gits {
            let told = Mutex::new(String::new());
            let result = catch_unwind(AssertUnwindSafe(|| case.problem(git, &told)));
            if let Err(problem) = result.unwrap_or_else(|_| Err("a panic, shown above".to_owned())) {
                wrong.push(format!("{} ({version}): {problem}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} do not hold\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

#[test]
fn an_address_is_mended_by_what_is_printed() {
    hold(&addresses::cases(), &gits());
}

#[test]
fn profiles_and_their_files_are_mended_by_what_is_printed() {
    hold(&profiles::cases(), &gits()[..1]);
}

#[test]
fn values_of_keys_are_mended_by_what_is_printed() {
    hold(&values::cases(), &gits()[..1]);
}

#[test]
fn sign_ins_roles_and_machines_are_mended_by_what_is_printed() {
    hold(&identities::cases(), &gits()[..1]);
}

#[test]
fn refusals_of_codecommits_are_mended_by_what_is_printed() {
    hold(&refused::cases(), &gits());
}

#[test]
fn every_denial_names_whom_to_ask_and_no_allow_is_asked_for_against_a_deny() {
    hold(&denials::cases(), &gits()[..1]);
}

#[test]
fn setup_is_mended_by_what_is_printed() {
    hold(&setups::cases(), &gits());
}

#[test]
fn what_only_doctor_sees_is_mended_by_what_it_prints() {
    hold(&examined::cases(), &gits());
}

/// Codes without any case, and why.
const WITHOUT_CASE: &[(Code, &str)] = &[(Code::Unforeseen, "a bug of this program: no run leads there")];

#[test]
fn every_code_is_in_the_matrix_and_the_counts_are_told() {
    let matrix = matrix();
    for code in Code::ALL {
        let is_here = matrix.iter().any(|case| case.code == code.as_str());
        let is_without = WITHOUT_CASE.iter().any(|(without, _)| without == code);
        assert!(is_here != is_without, "{code}");
    }
    let names: BTreeSet<&str> = matrix.iter().map(|case| &*case.name).collect();
    assert_eq!(names.len(), matrix.len(), "each case has a name of its own");
    let count = |kind: Kind| matrix.iter().filter(|case| case.kind == kind).count();
    let kinds = [Kind::Command, Kind::Template, Kind::Words, Kind::Administrator, Kind::None];
    let by_kind: Vec<String> = kinds.iter().map(|kind| format!("{kind} {}", count(*kind))).collect();
    let applied = matrix.iter().filter(|case| case.is_applied()).count();
    let unapplied: Vec<&str> = matrix.iter().filter(|case| case.unapplied.is_some()).map(|case| &*case.name).collect();
    println!(
        "{} failures of {} codes: {}; applied {applied}, exempt {}, not applied here {unapplied:?}",
        matrix.len(),
        Code::ALL.len() - WITHOUT_CASE.len(),
        by_kind.join(", "),
        count(Kind::Administrator),
    );
}
