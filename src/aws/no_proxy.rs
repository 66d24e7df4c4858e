//! Which hosts go past the proxy: `NO_PROXY` as Python reads it for AWS calls, and as curl reads it for git. Pure.

/// Whether `host` goes past the proxy as in the AWS CLI, which asks `urllib.request.proxy_bypass_environment` (CPython
/// 3.13) with the host of the URL, and the port if the URL has one (botocore 1.43 `utils.py`,
/// `should_bypass_proxies`).
pub(super) fn python(list: &str, host: &str, port: Option<u16>) -> bool {
    let host = host.to_lowercase();
    let with_port = port.map(|port| format!("{host}:{port}"));
    // Only alone, and without blanks, does `*` mean every host.
    list == "*"
        || list.split(',').map(|name| name.trim().trim_start_matches('.').to_lowercase()).any(|name| {
            is_or_is_below(&host, &name) || with_port.as_ref().is_some_and(|host| is_or_is_below(host, &name))
        })
}

/// Whether `host`, a name and not an address, goes past the proxy as in git, which leaves it to curl (curl 7.88
/// `lib/noproxy.c`, `Curl_check_noproxy`). A port never matches. Blanks separate names, too; curl 8.9 and later end the
/// list there.
pub(super) fn curl(list: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let names = list.split([',', ' ', '\t']).map(|name| {
        let name = name.strip_suffix('.').unwrap_or(name);
        name.strip_prefix('.').unwrap_or(name).to_ascii_lowercase()
    });
    list == "*" || names.into_iter().any(|name| is_or_is_below(&host, &name))
}

fn is_or_is_below(host: &str, name: &str) -> bool {
    !name.is_empty() && host.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::{curl, python};

    const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";

    /// What Python and curl say of each is compared with the table in `tests/it/network/no_proxy.rs`.
    #[test]
    fn every_form_is_read_as_python_and_curl_read_it() {
        let lines: Vec<&str> = include_str!("no_proxy.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.len() > 40);
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            let list: String = serde_json::from_str(fields[0]).expect("a string");
            let found = [python(&list, HOST, None), python(&list, HOST, Some(443)), curl(&list, HOST)];
            let found = found.map(|past| if past { "past" } else { "proxy" });
            assert_eq!(found[..], fields[1..], "{list:?}");
        }
    }

    #[test]
    fn a_host_is_compared_without_regard_to_case() {
        assert!(python("Amazonaws.COM", "STS.amazonaws.com", None) && curl("Amazonaws.COM", "STS.amazonaws.com"));
        assert!(curl("amazonaws.com", "sts.amazonaws.com."));
        assert!(!python("", "x", None) && !curl("", "x") && !curl(".", "x."));
    }
}
