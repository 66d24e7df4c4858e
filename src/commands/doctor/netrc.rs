//! Whether curl takes a password from `.netrc` for a host (curl 7.88.1 `lib/netrc.c`). Pure.

/// The machine of the entry that curl takes for `host`, as it stands in the file.
pub(crate) fn entry(text: &str, host: &str) -> Option<String> {
    let mut words = Vec::new();
    let mut macro_follows = false;
    for line in text.lines() {
        // A macro runs to the next empty line.
        macro_follows &= !line.trim().is_empty();
        if macro_follows || line.trim_start().starts_with('#') {
            continue;
        }
        macro_follows = line.split_whitespace().next() == Some("macdef");
        words.extend(line.split_whitespace().filter(|_| !macro_follows));
    }
    let mut words = words.into_iter();
    let mut applies = None;
    while let Some(word) = words.next() {
        match word {
            "machine" => {
                let machine = words.next().unwrap_or_default();
                applies = machine.eq_ignore_ascii_case(host).then(|| format!("machine {machine}"));
            }
            "default" => applies = Some("default".to_owned()),
            "password" => {
                let _secret = words.next();
                if applies.is_some() {
                    return applies;
                }
            }
            "login" | "account" => {
                let _value = words.next();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::entry;

    const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";

    #[test]
    fn the_entry_of_netrc_that_curl_takes_is_found() {
        let netrc = format!(
            "machine github.com login a password b\nmacdef init\ncd /x machine {HOST} password p\n\nmachine {HOST}\n  login c\n"
        );
        assert_eq!(entry(&netrc, HOST), None, "a login alone is no answer");
        assert_eq!(entry(&format!("{netrc}  password d\n"), HOST), Some(format!("machine {HOST}")));
        assert_eq!(entry("default login a password b", HOST).as_deref(), Some("default"));
        assert_eq!(entry("machine x login default password machine", HOST), None);
    }
}
