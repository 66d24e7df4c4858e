//! `setup --undo`: restores one file, and names the others that setup changed.

use super::apply::{self, ConfigFile, Undone};
use super::{Planned, Setup, report, undo};
use crate::failure::Failure;
use crate::git::{self, Scope};

impl Setup<'_, '_> {
    pub(super) fn undo(&mut self) -> Result<Planned, Failure> {
        let entries = self.file.read()?;
        let undo::Undo { edits, left, is_file_removed, moved } = undo::undo(&entries);
        let undone = Undone { is_file_removed, moved: &moved };
        if edits.is_empty() {
            self.say(&format!("{}: nothing to undo\n", self.file.label));
            self.say_where_the_rest_is()?;
            return Ok(Planned::Made);
        }
        if self.make(&entries, &edits, Some(&undone), |_| Vec::new())? == Planned::Outdated {
            return Ok(Planned::Outdated);
        }
        for key in left {
            self.say(&format!(
                "not restored, changed since setup: {}\n",
                crate::text::escape::escape(&git::shown_key(&key))
            ));
        }
        self.say_where_the_rest_is()?;
        Ok(Planned::Made)
    }

    /// The other files that git reads here and that setup changed.
    fn say_where_the_rest_is(&mut self) -> Result<(), Failure> {
        if self.arguments.file.is_some() {
            return Ok(());
        }
        let mut told: Vec<Scope> = vec![self.file.scope];
        for setting in apply::read_all(self.world)?.iter().filter(|setting| undo::is_record_key(&setting.key)) {
            if told.contains(&setting.scope) {
                continue;
            }
            told.push(setting.scope);
            let file = match setting.scope {
                Scope::System => ConfigFile::system(),
                Scope::Global => ConfigFile::global(self.world),
                Scope::Local => ConfigFile::local(),
                Scope::Worktree => ConfigFile::worktree(),
                Scope::Command => continue,
            };
            let command = self.command_to_undo(&file);
            self.say(&report::also_changed(&setting.origin, &command, self.world.shell()));
        }
        Ok(())
    }
}
