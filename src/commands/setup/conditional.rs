//! Files that git includes only in other directories than this one: `includeIf.<condition>.path` (git-config(1), "Conditional
//! includes"). A helper in one signs there, and would no longer if the edited file resets the helpers after it.

use super::Setup;
use crate::git::Setting;
use crate::git::settings::read_included;
use std::path::{Path, PathBuf};

/// How deep files include one another at most (git 2.47.3 `config.c`, `MAX_INCLUDE_DEPTH`, is 10).
const MOST_LEVELS: usize = 3;

/// How many such files are read at most: each takes a run of git.
const MOST_FILES: usize = 32;

impl Setup<'_, '_> {
    /// git's configuration where one of these conditions holds, for each file that is not included here. Nested conditions are
    /// taken to hold, too.
    pub(super) fn elsewhere(&self, everywhere: &[Setting]) -> Vec<Vec<Setting>> {
        let conditions = everywhere.iter().enumerate().filter_map(|(at, setting)| Some((at, self.included(setting)?)));
        let others = conditions.filter(|(_, file)| {
            let shown = self.world.abbreviate(file);
            everywhere.iter().all(|setting| setting.origin != shown)
        });
        others
            .take(MOST_FILES)
            .filter_map(|(at, file)| {
                let scope = everywhere[at].scope;
                let inserted = self.read_all(&file, MOST_LEVELS);
                let inserted = inserted.into_iter().map(|setting| Setting { scope, ..setting });
                let (before, behind) = everywhere.split_at_checked(at + 1)?;
                Some(before.iter().cloned().chain(inserted).chain(behind.iter().cloned()).collect())
            })
            .collect()
    }

    /// The settings of a file, with what it includes in its place.
    fn read_all(&self, file: &Path, levels: usize) -> Vec<Setting> {
        let mut settings = Vec::new();
        for setting in read_included(file, self.world) {
            let nested = self.included(&setting).filter(|_| levels > 0);
            settings.push(setting);
            if let Some(nested) = nested {
                settings.extend(self.read_all(&nested, levels - 1));
            }
        }
        settings
    }

    /// The file of an `includeIf.<condition>.path`; a relative path starts at the file that has the setting.
    fn included(&self, setting: &Setting) -> Option<PathBuf> {
        let rest = setting.key.strip_prefix("includeif.")?;
        rest.strip_suffix(".path").filter(|_| !setting.value.is_empty())?;
        let path = self.world.expand_home(setting.value.as_ref());
        let origin = self.world.expand_home(setting.origin.as_ref());
        let path = if path.is_absolute() { path } else { origin.parent()?.join(path) };
        path.is_file().then_some(path)
    }
}
