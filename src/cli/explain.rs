//! The arguments of `explain`.

use clap::{Parser, ValueHint};

/// Explain an error code, or list all codes.
///
/// Print the page of a code: the error, its cause, its fix, and related codes. The pages are part of the program: explain needs
/// no network, no git and no configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(
    name = "git credential-codecommit explain",
    after_help = "Exit status: 0 for a known code, and for the list; 1 when it cannot be written; 2 for an unknown code."
)]
pub struct Arguments {
    /// The code, such as CC212 or 212, or a line that contains it; without one, list all codes
    // Several words, since `CC 212` and a pasted line are several.
    #[arg(value_name = "CODE", value_hint = ValueHint::Other, allow_hyphen_values = true, trailing_var_arg = true)]
    pub code: Vec<String>,
}
