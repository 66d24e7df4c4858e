#![doc = include_str!("../README.md")]

pub mod cache;
pub mod config_file;
pub mod nearly;
pub mod plan;
pub mod process_output;
pub mod profiles;
pub mod shell_syntax;
pub mod shell_words;
pub mod timestamp;
pub mod unread;

pub use plan::{Plan, plan};
pub use profiles::Profiles;

/// Looks up an environment variable as text; `None` if it is not set.
pub type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// A look-up in these pairs of name and value, for tests.
#[cfg(test)]
pub(crate) fn among(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    move |name| variables.iter().find(|(key, _)| *key == name).map(|&(_, value)| value.to_owned())
}
