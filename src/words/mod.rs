//! Every sentence for users: what a fact means to a person, and the one step that mends it. One file for each family of facts.
//!
//! Other modules give facts. A failure is one cause and at most one fix, and the fix is shown only where it would help.

mod credentials;
pub(crate) mod doctor;
mod keys;
mod refusal;
mod remote;
mod request;
mod session;
mod setup;
mod sources;

use crate::text::shell::shell_word;
pub(crate) use session::left;

use codecommit::secret::is_public;

/// What mends a wrong clock.
const SET_THE_CLOCK: &str = if cfg!(target_os = "macos") {
    "sudo sntp -sS time.apple.com"
} else if cfg!(windows) {
    "w32tm /resync"
} else {
    "sudo timedatectl set-ntp true"
};

/// The name of a profile as a word of a command; a placeholder for one that has the form of a secret.
fn profile_word(name: &str) -> String {
    if is_public(name) { shell_word(name) } else { "NAME".to_owned() }
}
