//! `http.curloptResolve`: addresses of hosts that are not looked up, as curl reads them (`CURLOPT_RESOLVE(3)`, curl 8.10
//! `lib/hostip.c`, `Curl_loadhostpairs`). Pure.

use std::net::IpAddr;

/// The addresses of this host and port, if they are set: by the last entry for them, otherwise by the last one for every
/// host. `-HOST:PORT` removes an entry. What curl does not accept is ignored, since git fails there by itself.
pub(super) fn addresses(entries: &[String], host: &str, port: u16) -> Option<Vec<IpAddr>> {
    let (mut own, mut any) = (None, None);
    for entry in entries {
        let (removes, rest) = match entry.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, entry.strip_prefix('+').unwrap_or(entry)),
        };
        // The host may be an IPv6 address in brackets.
        let Some((name, rest)) =
            rest.find("]:").map_or_else(|| rest.split_once(':'), |end| Some((&rest[..=end], &rest[end + 2..])))
        else {
            continue;
        };
        let (its_port, list) = rest.split_once(':').unwrap_or((rest, ""));
        if its_port.parse() != Ok(port) {
            continue;
        }
        let bare = |text: &str| text.trim_start_matches('[').trim_end_matches(']').to_owned();
        let addresses: Option<Vec<IpAddr>> = list.split(',').map(|address| bare(address).parse().ok()).collect();
        let value = addresses.filter(|_| !removes);
        if name == "*" {
            any = value;
        } else if name.eq_ignore_ascii_case(host) {
            own = value;
        }
    }
    own.or(any)
}

#[cfg(test)]
mod tests {
    use super::addresses;

    const HOST: &str = "git-codecommit.eu-west-1.amazonaws.com";

    fn of(entries: &[&str]) -> Option<String> {
        let entries: Vec<String> = entries.iter().map(|entry| entry.replace("HOST", HOST)).collect();
        let found = addresses(&entries, HOST, 443)?;
        Some(found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_last_entry_for_host_and_port_counts_and_one_for_all_hosts_after_it() {
        for (entries, found) in [
            (&["HOST:443:127.0.0.1"][..], Some("127.0.0.1")),
            (&["+host.invalid:443:127.0.0.1"], None),
            (&["HOST:8443:127.0.0.1"], None),
            (&["+HOST:443:127.0.0.1,[::1],::2"], Some("127.0.0.1 ::1 ::2")),
            (&["HOST:443:127.0.0.1", "HOST:443:127.0.0.2"], Some("127.0.0.2")),
            (&["HOST:443:127.0.0.1", "*:443:127.0.0.9"], Some("127.0.0.1")),
            (&["*:443:127.0.0.9"], Some("127.0.0.9")),
            (&["HOST:443:127.0.0.1", "-HOST:443"], None),
            (&["HOST:443:elsewhere", "HOST", "", "[::1]:443:127.0.0.1"], None),
        ] {
            assert_eq!(of(entries).as_deref(), found, "{entries:?}");
        }
    }
}
