//! `__profiles`, the hidden word of the completions: which profiles there are.

use crate::credentials::shared_files;
use crate::machine::world::World;
use crate::text::escape::escape;
use codecommit::secret::is_public;
use std::io::Write;

/// The profiles of the shared files, a line each. A shell shows them on the terminal, so a name that may be a secret or that
/// could disturb the terminal is left out. A file that cannot be read has none: an error would disturb the completion.
pub(crate) fn print(world: &World, output: &mut dyn Write) {
    let names = shared_files::load(world).map(|profiles| profiles.names()).unwrap_or_default();
    // A value that starts with a dash would be taken for an option.
    let is_offered =
        |name: &&String| !name.is_empty() && !name.starts_with('-') && is_public(name) && escape(name) == name.as_str();
    let lines: String = names.iter().filter(is_offered).flat_map(|name| [name, "\n"]).collect();
    let _ = output.write_all(lines.as_bytes()).and_then(|()| output.flush());
}
