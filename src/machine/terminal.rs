//! What a stream's terminal can show: colors, and how many columns.

use super::world::Environment;

/// The columns of a line that is read elsewhere.
pub(crate) const COLUMNS: usize = 80;

/// Whether to print colors (no-color.org, bixense.com/clicolors; the order is that of the crate `anstream`, which reads the
/// environment of the process). `--color` sets these variables.
pub(crate) fn has_colors(environment: &Environment, is_terminal: bool) -> bool {
    let is_on = |name| environment.non_empty(name).is_some_and(|value| value != "0");
    if environment.non_empty("NO_COLOR").is_some() {
        return false;
    }
    if is_on("CLICOLOR_FORCE") {
        return true;
    }
    let can = environment.get("TERM") != Some("dumb") && environment.get("CLICOLOR") != Some("0");
    // Only Windows has terminals that have to be told.
    is_terminal && can && anstyle_query::windows::enable_ansi_colors().unwrap_or(true)
}

/// The columns of standard output; [`COLUMNS`] if it is no terminal.
pub(crate) fn columns() -> usize {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    size.map_or(COLUMNS, |(width, _)| usize::from(width.0)).max(COLUMNS / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_decide_before_the_terminal_does() {
        for (variables, at_terminal, in_pipe) in [
            (&[][..], true, false),
            (&[("NO_COLOR", "1")], false, false),
            (&[("NO_COLOR", "")], true, false),
            (&[("CLICOLOR_FORCE", "1")], true, true),
            (&[("CLICOLOR_FORCE", "0")], true, false),
            (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false, false),
            (&[("CLICOLOR", "0")], false, false),
            (&[("TERM", "dumb")], false, false),
        ] {
            let environment: Environment = variables.iter().copied().collect();
            let colors = [has_colors(&environment, true), has_colors(&environment, false)];
            assert_eq!(colors, [at_terminal, in_pipe], "{variables:?}");
        }
    }
}
