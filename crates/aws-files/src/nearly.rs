//! Misspelled sections and settings: why a profile is "not found" in a file that has it, or has no credentials although
//! they are written there.
//!
//! Only used after something was missing: what the AWS CLI accepts is never questioned. A valid profile with another
//! name is not reported, since it may be in use. Returns names and lines only, no values.

use crate::config_file::{Section, is_invisible};
use crate::profiles::{Profiles, SharedFile, named, profile_name};

/// A section or setting that is nearly written correctly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearly {
    /// The file it is in.
    pub file: Which,
    /// Its line, counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub slip: Slip,
}

/// One of the two shared files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// `~/.aws/config`
    Config,
    /// `~/.aws/credentials`
    Credentials,
}

/// How it differs from what the AWS CLI reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slip {
    /// The section `[has]` must be `[reads]` in this file.
    Section {
        /// The text between the brackets, without line breaks.
        has: String,
        /// The text that the AWS CLI reads.
        reads: String,
    },
    /// The section `[has]` belongs in the other file.
    OtherFile {
        /// The text between the brackets.
        has: String,
    },
    /// The setting `has` must be `reads`.
    Setting {
        /// The name as written, in lower case.
        has: String,
        /// The setting's correct name.
        reads: &'static str,
    },
    /// The value of the setting differs from an existing name in case only.
    Value {
        /// The setting.
        setting: &'static str,
        /// The value as written.
        has: String,
        /// The existing name.
        reads: String,
    },
    /// The line is indented and therefore continues the value of another setting.
    Indented {
        /// The setting on that line.
        setting: &'static str,
        /// The setting whose value it continues.
        continues: String,
    },
}

/// The settings of a profile or an `sso-session` that concern credentials.
pub const SETTINGS: [&str; 19] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "role_arn",
    "source_profile",
    "credential_source",
    "credential_process",
    "web_identity_token_file",
    "role_session_name",
    "external_id",
    "mfa_serial",
    "duration_seconds",
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_role_name",
    "login_session",
    "region",
];

/// Names that other programs and people use for these settings.
const ALIASES: [(&str, &str); 11] = [
    ("accesskey", "aws_access_key_id"),
    ("accesskeyid", "aws_access_key_id"),
    ("accessid", "aws_access_key_id"),
    ("keyid", "aws_access_key_id"),
    ("secretkey", "aws_secret_access_key"),
    ("secret", "aws_secret_access_key"),
    ("secretaccesskey", "aws_secret_access_key"),
    ("sessiontoken", "aws_session_token"),
    ("ssostarturl", "sso_start_url"),
    ("ssourl", "sso_start_url"),
    ("ssoaccount", "sso_account_id"),
];

/// Finds the name nearest to the first argument among the others, within a typing error or two.
pub type Nearest<'n> = &'n dyn Fn(&str, &[&'static str]) -> Option<&'static str>;

impl Profiles {
    /// Sections that were probably meant to be this profile.
    #[must_use]
    pub fn nearly(&self, profile: &str) -> Vec<Nearly> {
        let mut found = Vec::new();
        let is_no_profile =
            |section: &&Section| profile_name(&section.name).is_none_or(|name| has_odd_character(&name));
        for section in self.config.contents().sections().iter().filter(is_no_profile) {
            let is_other_kind = ["sso-session", "services"].iter().any(|kind| named(&section.name, kind).is_some());
            if !is_other_kind && means(&section.name, "profile", profile) {
                found.push(of(Which::Config, section, config_section("profile", profile)));
            }
        }
        for section in self.credentials.contents().sections() {
            // Each section of this file is a profile, so only names that cannot be a profile's count.
            let name = &section.name;
            let odd = name.trim() != name
                || name.contains(['"', '\'', ']'])
                || has_odd_character(name)
                || kind_of(name, "profile").is_some()
                || profile == "default" && !name.eq("default");
            if odd && means(name, "profile", profile) {
                found.push(of(Which::Credentials, section, profile.to_owned()));
            }
        }
        if profile == "default" {
            for (which, file) in self.files() {
                let line = file.contents().defaults();
                let slip = Slip::Section { has: "DEFAULT".to_owned(), reads: profile.to_owned() };
                found.extend(line.map(|line| Nearly { file: which, line, slip }));
            }
        }
        found
    }

    /// Sections that were probably meant to be this `sso-session`.
    #[must_use]
    pub fn nearly_sso_session(&self, session: &str) -> Vec<Nearly> {
        const KIND: &str = "sso-session";
        let mut found = Vec::new();
        for section in self.config.contents().sections().iter().filter(|section| named(&section.name, KIND).is_none()) {
            let rest = kind_of(&section.name, "profile").unwrap_or(&section.name);
            let is_profile = profile_name(&section.name).is_some();
            if !is_profile && means(rest, KIND, session) {
                found.push(of(Which::Config, section, config_section(KIND, session)));
            }
        }
        let in_credentials = self.credentials.contents().sections().iter();
        for section in in_credentials.filter(|section| kind_of(&section.name, KIND).is_some()) {
            if means(&section.name, KIND, session) {
                let slip = Slip::OtherFile { has: shown(&section.name) };
                found.push(Nearly { file: Which::Credentials, line: section.opened_at, slip });
            }
        }
        found
    }

    /// The setting of `profile` that names a profile or session in a different case.
    #[must_use]
    pub fn nearly_value(&self, profile: &str, setting: &'static str, has: &str) -> Vec<Nearly> {
        let sessions = || {
            let sections = self.config.contents().sections().iter();
            sections.filter_map(|section| named(&section.name, "sso-session")).collect()
        };
        let names: Vec<String> = if setting == "sso_session" { sessions() } else { self.names() };
        let Some(reads) = names.into_iter().find(|name| name != has && name.eq_ignore_ascii_case(has)) else {
            return Vec::new();
        };
        // The credentials file's setting takes precedence.
        let sections =
            [(Which::Credentials, self.credentials_section(profile)), (Which::Config, self.config_section(profile))];
        let found = sections.into_iter().find_map(|(file, section)| Some((file, section?.lines_of(setting)?.0)));
        let slip = Slip::Value { setting, has: has.to_owned(), reads };
        found.map(|(file, line)| Nearly { file, line, slip }).into_iter().collect()
    }

    /// Settings of this profile that the AWS CLI does not know, and that nearly match one that it knows.
    #[must_use]
    pub fn nearly_settings(&self, profile: &str, nearest: Nearest<'_>) -> Vec<Nearly> {
        let sections =
            [(Which::Config, self.config_section(profile)), (Which::Credentials, self.credentials_section(profile))];
        sections.into_iter().flat_map(|(file, section)| settings_of(file, section, nearest)).collect()
    }

    /// The same for an `sso-session`.
    #[must_use]
    pub fn nearly_settings_of_session(&self, session: &str, nearest: Nearest<'_>) -> Vec<Nearly> {
        settings_of(Which::Config, self.sso_session(session), nearest)
    }

    /// The file whose names contain NUL bytes, as UTF-16 read as UTF-8 does.
    #[must_use]
    pub fn with_nul_names(&self) -> Option<Which> {
        self.files().into_iter().find(|(_, file)| file.contents().has_nul_names()).map(|(which, _)| which)
    }

    fn files(&self) -> [(Which, &SharedFile); 2] {
        [(Which::Config, &self.config), (Which::Credentials, &self.credentials)]
    }

    /// One of the files.
    #[must_use]
    pub fn file(&self, which: Which) -> &SharedFile {
        match which {
            Which::Config => &self.config,
            Which::Credentials => &self.credentials,
        }
    }
}

fn of(file: Which, section: &Section, reads: String) -> Nearly {
    Nearly { file, line: section.opened_at, slip: Slip::Section { has: shown(&section.name), reads } }
}

fn shown(section: &str) -> String {
    section.replace(char::is_control, " ")
}

/// The config file's section header for this name, quoted if necessary: botocore splits it like a shell (`shlex`).
fn config_section(kind: &str, name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./@:+=,".contains(c);
    if kind == "profile" && name == "default" {
        name.to_owned()
    } else if !name.is_empty() && name.chars().all(plain) {
        format!("{kind} {name}")
    } else {
        format!("{kind} \"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// Whether the text between the brackets means `name`, with or without `kind` before it.
fn means(section: &str, kind: &str, name: &str) -> bool {
    // `[profile work] # mine [x]`: the header ends at the last bracket of the line.
    let section = section.split(']').next().unwrap_or_default();
    let rest = kind_of(section, kind);
    // A misspelled `kind`, such as `profle`, before exactly this name.
    let after_word = section.trim().split_once(char::is_whitespace).map(|(_, rest)| rest);
    let is_name = |text: &str| bare(text).eq_ignore_ascii_case(&bare(name));
    is_name(section) || rest.is_some_and(is_name) || kind == "profile" && after_word.is_some_and(is_name)
}

/// The text after `kind`, which may be in another case or have other separators or none.
fn kind_of<'s>(section: &'s str, kind: &str) -> Option<&'s str> {
    let mut wanted = kind.chars().filter(char::is_ascii_alphabetic).peekable();
    for (at, character) in section.char_indices() {
        let is_separator = !character.is_alphanumeric();
        match wanted.peek() {
            Some(letter) if character.eq_ignore_ascii_case(letter) => {
                wanted.next();
            }
            _ if is_separator => {}
            Some(_) => return None,
            None => return Some(&section[at..]),
        }
    }
    None
}

/// Whether the name has a character that no one types on purpose: an invisible one or an unusual space.
fn has_odd_character(name: &str) -> bool {
    name.chars().any(|c| is_invisible(c) || c != ' ' && c.is_whitespace())
}

/// The name without invisible characters, quotes and surrounding white space.
fn bare(text: &str) -> String {
    let seen: String = text.chars().filter(|&c| !is_invisible(c)).collect();
    let spaced = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    spaced.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c)).to_owned()
}

fn settings_of(file: Which, section: Option<&Section>, nearest: Nearest<'_>) -> Vec<Nearly> {
    let mut found = Vec::new();
    let Some(section) = section else { return found };
    for key in section.keys() {
        let Some((line, continued)) = section.lines_of(key) else { continue };
        if let Some(reads) = meant(key, nearest) {
            found.push(Nearly { file, line, slip: Slip::Setting { has: key.to_owned(), reads } });
        }
        // The continuation lines of the value; its first line is the setting's own.
        let more = section.get(key).unwrap_or_default().split('\n').skip(1);
        for (text, &line) in more.zip(continued) {
            let name = text.split(['=', ':']).next().unwrap_or_default().trim().to_lowercase();
            let setting = SETTINGS.into_iter().find(|known| *known == name).filter(|_| text.contains(['=', ':']));
            let slip = setting.map(|setting| Slip::Indented { setting, continues: key.to_owned() });
            found.extend(slip.map(|slip| Nearly { file, line, slip }));
        }
    }
    found
}

/// The setting that was probably meant by a name that is not a setting.
fn meant(key: &str, nearest: Nearest<'_>) -> Option<&'static str> {
    if SETTINGS.contains(&key) {
        return None;
    }
    // `export AWS_ACCESS_KEY_ID`, as in a shell script.
    let word = key.rsplit(char::is_whitespace).next().unwrap_or(key).trim_start_matches("$env:");
    let word: String = word.chars().filter(|&c| !is_invisible(c)).collect();
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let plain = letters(&word);
    let without_aws = plain.strip_prefix("aws").unwrap_or(&plain);
    let same = SETTINGS.into_iter().find(|known| letters(known) == plain || letters(known) == without_aws);
    let alias = || ALIASES.into_iter().find(|(alias, _)| *alias == without_aws).map(|(_, known)| known);
    same.or_else(alias).or_else(|| nearest(&word, &SETTINGS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(config: &str, credentials: &str, profile: &str) -> Vec<(Which, usize, String)> {
        let profiles = Profiles::of_bytes(config.as_bytes(), credentials.as_bytes()).expect("valid files");
        let nearly = profiles.nearly(profile).into_iter();
        nearly
            .map(|nearly| match nearly.slip {
                Slip::Section { reads, .. } => (nearly.file, nearly.line, reads),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_section_of_the_config_file_that_is_meant_to_be_the_profile_is_found() {
        for section in [
            "work",
            "Work",
            "Profile work",
            "PROFILE work",
            "profile:work",
            "profile=work",
            "profile-work",
            "profilework",
            "profile.work",
            "profle work",
            "profile\u{a0}work",
            "profile\u{200b} work\u{200b}",
            "profile \"work",
            "profile work] # mine [x",
            " work ",
            "\"work\"",
            "profile work work2",
        ] {
            let config = format!("[default]\nregion = x\n[{section}]\nregion = y\n");
            let expected: &[(Which, usize, String)] = &[(Which::Config, 3, "profile work".to_owned())];
            let is_other = section == "profile work work2";
            assert_eq!(sections(&config, "", "work"), if is_other { &[] } else { expected }, "{section:?}");
        }
        for (section, profile, reads) in [
            ("profile my work", "my work", "profile \"my work\""),
            ("profile bob's", "bob's", "profile \"bob's\""),
            ("default ", "default", "default"),
            ("Default", "default", "default"),
            ("DEFAULT", "default", "default"),
        ] {
            let found = sections(&format!("[{section}]\nregion = y\n"), "", profile);
            assert_eq!(found, [(Which::Config, 1, reads.to_owned())], "{section}");
        }
    }

    #[test]
    fn a_section_of_the_credentials_file_that_is_meant_to_be_the_profile_is_found() {
        for section in ["profile work", "Profile work", "work ", " work", "\"work\"", "work\u{200b}", "profile:work"] {
            let found = sections("", &format!("[{section}]\nx = y\n"), "work");
            assert_eq!(found, [(Which::Credentials, 1, "work".to_owned())], "{section:?}");
        }
        assert_eq!(sections("", "[Default]\nx = y\n", "default").len(), 1);
    }

    #[test]
    fn a_profile_of_another_name_is_nobodys_slip() {
        for (config, credentials) in [
            ("[profile Work]\nx=1\n[sso-session work]\nx=1\n[services work]\nx=1\n", "[Work]\nx=1\n[workshop]\nx=1\n"),
            ("[profile work2]\nx=1\n[workshop]\nx=1\n", "[profile]\nx=1\n"),
        ] {
            assert!(sections(config, credentials, "work").is_empty(), "{config} {credentials}");
        }
    }

    #[test]
    fn a_session_that_is_written_nearly_right_is_found() {
        for section in [
            "sso_session corp",
            "ssosession corp",
            "sso session corp",
            "SSO-Session corp",
            "sso-session:corp",
            "profile sso-session corp",
            "corp",
        ] {
            let config = format!("[{section}]\nsso_region = x\n");
            let profiles = Profiles::of_bytes(config.as_bytes(), b"").expect("a valid file");
            let found = profiles.nearly_sso_session("corp");
            assert!(
                matches!(&*found, [Nearly { slip: Slip::Section { reads, .. }, .. }] if reads == "sso-session corp"),
                "{section}: {found:?}"
            );
        }
        let profiles = Profiles::of_bytes(b"[sso-session other]\nx=1\n", b"[sso-session corp]\nx=1\n").expect("valid");
        assert!(matches!(&*profiles.nearly_sso_session("corp"), [Nearly { slip: Slip::OtherFile { .. }, .. }]));
    }

    #[test]
    fn a_setting_that_is_written_nearly_right_is_found_with_its_line() {
        let text = "[work]\nAWS_ACCESS_KEY_ID = a\nexport AWS_SECRET_ACCESS_KEY=b\naws_secret_key=c\nrole-arn=d\n\
                    sso_startUrl=e\naws_access_key=f\naws_role_arn=g\noutput=json\ncli_pager=\n";
        let profiles = Profiles::of_bytes(b"", text.as_bytes()).expect("a valid file");
        let found = profiles.nearly_settings("work", &|_, _| None).into_iter();
        let found: Vec<(usize, &str)> = found
            .map(|nearly| match nearly.slip {
                Slip::Setting { reads, .. } => (nearly.line, reads),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            found,
            [
                (3, "aws_secret_access_key"),
                (4, "aws_secret_access_key"),
                (5, "role_arn"),
                (6, "sso_start_url"),
                (7, "aws_access_key_id"),
                (8, "role_arn"),
            ]
        );
    }

    #[test]
    fn a_name_in_other_capitals_is_found_where_it_is_used() {
        let config = "[profile a]\nregion = x\nsource_profile = BASE\nsso_session = corp\n[profile base]\nx=1\n[sso-session Corp]\nx=1\n";
        let profiles = Profiles::of_bytes(config.as_bytes(), b"").expect("a valid file");
        for (setting, has, reads, line) in [("source_profile", "BASE", "base", 3), ("sso_session", "corp", "Corp", 4)] {
            let slip = Slip::Value { setting, has: has.to_owned(), reads: reads.to_owned() };
            assert_eq!(profiles.nearly_value("a", setting, has), [Nearly { file: Which::Config, line, slip }]);
        }
        assert!(profiles.nearly_value("a", "source_profile", "bsae").is_empty());
    }

    #[test]
    fn a_setting_in_an_indented_line_is_found_behind_the_one_that_it_continues() {
        let text = "[work]\nregion = x\n# no\n\n  aws_access_key_id = a\n  other = b\n";
        let profiles = Profiles::of_bytes(b"", text.as_bytes()).expect("a valid file");
        let found = profiles.nearly_settings("work", &|_, _| None);
        let slip = Slip::Indented { setting: "aws_access_key_id", continues: "region".to_owned() };
        assert_eq!(found, [Nearly { file: Which::Credentials, line: 5, slip }]);
    }
}
