//! Every sentence for users: what a fact means to a person, and the one step that mends it. One file for each family of facts.
//!
//! Other modules give facts. A failure is one cause and at most one fix, and the fix is shown only where it would help.

mod credentials;
mod denial;
pub(crate) mod doctor;
mod files;
pub(crate) mod iam;
mod keys;
mod process;
mod profiles;
mod refusal;
pub(crate) mod remote;
mod request;
mod session;
mod setup;
mod sources;
mod unreachable;
mod url;

use crate::failure::{Command, Fix};
pub(crate) use credentials::said;
pub(crate) use session::{Now, later_helper, left};
pub(crate) use unreachable::redirected_by;

use codecommit::secret::{is_public, public_words};

/// What mends a wrong clock.
fn set_the_clock() -> Fix {
    if cfg!(target_os = "macos") {
        Fix::command(Command::new("sudo sntp -sS time.apple.com"))
    } else if cfg!(windows) {
        Fix::command(Command::new("w32tm /resync")).note("in a terminal that was started as administrator")
    } else {
        Fix::command(Command::new("sudo timedatectl set-ntp true"))
    }
}

/// Whether the name can stand in a command: it has not the form of a secret, and is shown as it is.
fn is_a_word(name: &str) -> bool {
    is_public(name) && !name.contains(char::is_control)
}

/// The name of a profile as a word of a command; a placeholder for one that cannot stand there.
fn profile_word(name: &str) -> &str {
    if is_a_word(name) { name } else { "NAME" }
}

/// The command with the profile `name`, which may be a placeholder.
fn with_profile(command: &str, name: &str) -> Fix {
    let command = Command::new(command).arg("--profile").arg(profile_word(name));
    if is_a_word(name) { Fix::command(command) } else { Fix::template(command, "NAME: the profile that is meant") }
}

/// What AWS said, for a search engine and for AWS Support. The message is bounded where it enters ([`Quote`]), so that the
/// policy and the request id at the end are never cut. AWS repeats a value that it does not take: secrets are left out.
///
/// [`Quote`]: codecommit::quote::Quote
pub(crate) fn said_by_aws(code: &str, message: &str, request_id: Option<&str>) -> String {
    let separator = if message.is_empty() { "" } else { ": " };
    let request = request_id.map(|id| format!(" (request id {id})")).unwrap_or_default();
    format!("{code}{separator}{}{request}", public_words(message.trim()))
}

/// Where to look at a URL that cannot be told.
fn correct_the_url() -> Fix {
    Fix::words("correct the remote URL, which git remote -v shows")
}
