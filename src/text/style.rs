//! Colors of a terminal. Pure: whether there are any is decided by the caller.

use anstyle::{AnsiColor, Style};

/// What a text means; colors say nothing that the words do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// A warning.
    Warning,
    /// An error or a problem.
    Bad,
    /// Not checked.
    Muted,
    /// A heading.
    Strong,
}

/// `text`, colored if `colored`.
pub(crate) fn paint(text: &str, tone: Tone, colored: bool) -> String {
    if !colored {
        return text.to_owned();
    }
    let style = match tone {
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Warning => AnsiColor::Yellow.on_default().bold(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Muted => AnsiColor::Cyan.on_default(),
        Tone::Strong => Style::new().bold(),
    };
    format!("{style}{text}{style:#}")
}
