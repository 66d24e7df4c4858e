//! git's output and configuration, and the files of other programs that git uses.

use crate::commands::doctor::{netrc as netrc_file, ssh_config as ssh_file};
use crate::commands::setup::undo::Change;
use crate::git::{self, Options, helper_name, settings};
use crate::remote::address::Address;
use crate::text::shell::{Shell, first_word_end, program_path, stored_word};
use crate::{CANARY, no_canary, world};
use aws_files::shell_words::{split, split_posix};

const URL: &str = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/demo";
const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";

/// A word that is quoted and split again is unchanged; a line splits into words that can be quoted.
pub fn shell_words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(split_posix(&stored_word(&text)), Some(vec![text.to_string()]));
    assert_eq!(split_posix(&Shell::Posix.word(&text)), Some(vec![text.to_string()]));
    let _ = split(&text);
    let end = first_word_end(&text);
    let _ = &text[end..];
    if let Some(words) = split_posix(&text) {
        let quoted: Vec<String> = words.iter().map(|word| stored_word(word)).collect();
        assert_eq!(split_posix(&quoted.join(" ")), Some(words));
    }
    if !text.is_empty() {
        let path = program_path(&text);
        assert_eq!(split_posix(&path), Some(vec![text.to_string()]));
        assert_eq!(first_word_end(&format!("{path} --profile x")), path.len(), "{path}");
    }
}

/// The output of `git config --list --show-scope --show-origin -z`.
pub fn git_config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for with_scope in [true, false] {
        let read = settings::parse(&text, with_scope, &world());
        let _ = settings::HttpSettings::of(&read.iter(), URL);
        let _ = settings::configured_username(&read, URL);
        for helper in git::effective(&read, URL) {
            let _ = (helper.shown(), helper.is_ours());
        }
        for setting in &read {
            let _ = setting.is_true();
            let _ = git::shown_key(&setting.key);
        }
    }
    let _ = git::entries(&text).map(|(key, _)| key.len()).sum::<usize>();
    let _ = git::features::parse_version(&text);
    // A password in a URL that is part of a key.
    if !text.contains(['\0', '\n', '.', '/', '@', '?', '#', '\\']) {
        no_canary(&git::shown_key(&format!("url.https://u{text}:{CANARY}@host/.insteadof")));
    }
}

/// A pattern and a URL, on two lines.
pub fn url_match(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (pattern, url) = text.split_once('\n').unwrap_or((&text, URL));
    let _ = git::matches(pattern, url);
    let _ = git::applies(pattern, "credential", "helper", url);
}

/// The printed name of a helper never contains a password from its value.
pub fn helper_value(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = (helper_name(&text), git::is_ours(&text), git::with_program(&text, "codecommit"));
    if let Some(options) = Options::of_the_aws_cli(&text) {
        let words = split_posix(&options.value("codecommit")).expect("words");
        assert_eq!(Options::read(&words[1..]), options);
    }
    for value in [
        format!("store --password {CANARY} {text}"),
        format!("!f() {{ echo {text}; echo password={CANARY}; }}; f"),
        format!("!PASSWORD={CANARY} {text}"),
    ] {
        no_canary(&helper_name(&value));
    }
}

/// A value of `setup`'s undo record is unchanged after it is printed and parsed again.
pub fn undo_record(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(change) = Change::parse(&text) {
        assert_eq!(Change::parse(&change.text()), Some(change));
    }
    let mut lines = text.lines();
    let key = lines.next().unwrap_or_default().to_owned();
    let mut values: Vec<String> = text.split('\0').map(str::to_owned).collect();
    let change = Change { key, before: values.clone(), after: values.split_off(values.len() / 2) };
    assert_eq!(Change::parse(&change.text()), Some(change));
    let entries: Vec<_> = git::entries(&text).map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    if entries.len() < 50 {
        let _ = crate::commands::setup::undo::undo(&entries);
    }
}

/// A `codecommit::` URL is unchanged after it is printed and parsed again.
pub fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for parsed in [Some(Address::parse(&text)), Address::of_url(&text)].into_iter().flatten() {
        let Ok(address) = parsed else { continue };
        assert_eq!(Address::of_url(&address.to_string()), Some(Ok(address)), "{text}");
    }
}

/// `.netrc`: the entry that applies, without its password.
pub fn netrc(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(entry) = netrc_file::entry(&format!("machine {HOST} password {CANARY}\n{text}"), HOST) {
        no_canary(&entry);
    }
    let found = netrc_file::entry(&text, HOST);
    assert!(found.is_none_or(|entry| entry == "default" || entry.eq_ignore_ascii_case(&format!("machine {HOST}"))));
}

/// `~/.ssh/config`.
pub fn ssh_config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let found = ssh_file::for_host(&text, HOST);
    for value in found.user.iter().chain(&found.identity_files) {
        assert!(text.contains(value.as_str()));
    }
    let everywhere = ssh_file::for_host(&format!("User APKAEXAMPLE\n{text}"), HOST);
    assert_eq!(everywhere.user.as_deref(), Some("APKAEXAMPLE"), "the first one counts");
}
