//! What `~/.ssh/config` says for a host (ssh_config(5)). Pure.
//!
//! Read here rather than by `ssh -G`: that runs the programs of `Match exec`, and a doctor starts nothing of the kind.
//! `Match` blocks and `Include` are passed over, and told.

/// The settings that matter for CodeCommit. The first value of each wins.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct SshHost {
    pub user: Option<String>,
    pub identity_files: Vec<String>,
    /// Whether a block was passed over that could hold more.
    pub incomplete: bool,
}

/// What the file `text` says for `host`.
pub(crate) fn for_host(text: &str, host: &str) -> SshHost {
    let mut found = SshHost::default();
    let mut applies = true;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (keyword, value) = line.split_once([' ', '\t', '=']).unwrap_or((line, ""));
        let value = value.trim_matches([' ', '\t', '=']).trim_matches('"');
        match keyword.to_ascii_lowercase().as_str() {
            "host" => applies = host_applies(value, host),
            "match" => {
                applies = value.eq_ignore_ascii_case("all");
                found.incomplete |= !applies;
            }
            "include" => found.incomplete = true,
            "user" if applies && found.user.is_none() => found.user = Some(value.to_owned()),
            "identityfile" if applies => found.identity_files.push(value.to_owned()),
            _ => {}
        }
    }
    found
}

/// Any pattern, and no negated one.
fn host_applies(patterns: &str, host: &str) -> bool {
    let mut applies = false;
    for pattern in patterns.split_whitespace().map(|pattern| pattern.trim_matches('"')) {
        match pattern.strip_prefix('!') {
            Some(negated) if matches(negated, host) => return false,
            Some(_) => {}
            None => applies |= matches(pattern, host),
        }
    }
    applies
}

/// `*` and `?`, over dots too. Only the last `*` is ever tried again, so that a pattern of many takes no longer than its
/// length times that of the host.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // What follows the last `*`, and where in the text that was tried.
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                star = Some((at + 1, read));
                at += 1;
            }
            (Some(&character), _) if character == '?' || character == text[read] => (at, read) = (at + 1, read + 1),
            (_, Some((after, from))) => {
                (at, read) = (after, from + 1);
                star = Some((after, from + 1));
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|&character| character == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";

    #[test]
    fn the_first_user_of_a_matching_block_counts() {
        let text = "Host !git-codecommit.* *\n User other\nHost git-codecommit.*.amazonaws.com\n  User=APKAEXAMPLE\n\
                    \tIdentityFile ~/.ssh/aws\n# x\nHost *\n user late\nMatch exec true\n user never\n";
        let found = for_host(text, HOST);
        assert_eq!(
            found,
            SshHost { user: Some("APKAEXAMPLE".into()), identity_files: vec!["~/.ssh/aws".into()], incomplete: true }
        );
        assert_eq!(for_host("User everywhere\n", HOST).user.as_deref(), Some("everywhere"));
        assert_eq!(for_host("Host git-codecommit\n User x\n", HOST), SshHost::default());
    }

    /// Twenty are enough to keep a matcher busy for years that tries each `*` again for each other one.
    #[test]
    fn a_pattern_of_many_stars_is_matched_in_no_time() {
        let started = std::time::Instant::now();
        assert!(!matches(&"*a".repeat(40), &"a".repeat(39)));
        assert!(!matches(&format!("{}b", "*a".repeat(5000)), &"a".repeat(5000)));
        assert!(started.elapsed() < std::time::Duration::from_secs(5));
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("?", "", false),
            ("a*b*c", "aXbbc", true),
            ("a*b*c", "aXbb", false),
            ("*ab", "aab", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
