//! Packet lines of git's protocol (gitprotocol-common(5), gitprotocol-pack(5)): rewrites the answers of `git
//! http-backend` so that clients see CodeCommit's capabilities only.

/// CodeCommit's capabilities for fetches (isomorphic-git/isomorphic-git#199).
pub(crate) const UPLOAD_PACK: &[&str] = &[
    "multi_ack_detailed",
    "shallow",
    "side-band-64k",
    "thin-pack",
    "allow-tip-sha1-in-want",
    "allow-reachable-sha1-in-want",
];

/// CodeCommit's capabilities for pushes (jelmer/dulwich#671).
pub(crate) const RECEIVE_PACK: &[&str] = &["side-band-64k", "report-status", "delete-refs", "thin-pack"];

#[derive(Debug, PartialEq, Eq)]
enum Packet<'a> {
    Flush,
    Line(&'a [u8]),
}

/// Splits a stream into packets, up to the last flush packet, and the rest that is not a packet (the pack).
fn packets(mut stream: &[u8]) -> (Vec<Packet<'_>>, &[u8]) {
    let mut packets = Vec::new();
    while let Some(length) = stream.get(..4).and_then(length) {
        if length == 0 {
            packets.push(Packet::Flush);
            stream = &stream[4..];
        } else if let Some(line) = stream.get(4..length) {
            packets.push(Packet::Line(line));
            stream = &stream[length..];
        } else {
            break;
        }
    }
    (packets, stream)
}

fn length(digits: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(digits).ok()?;
    usize::from_str_radix(digits, 16).ok()
}

/// One packet line with this content.
pub(crate) fn line(content: &[u8]) -> Vec<u8> {
    let mut line = format!("{:04x}", content.len() + 4).into_bytes();
    line.extend_from_slice(content);
    line
}

/// The reference advertisement with CodeCommit's capabilities instead of git's.
///
/// The list is replaced, not filtered: git's receive-pack supports thin packs, too, but does not advertise it.
pub(crate) fn with_capabilities(advertisement: &[u8], capabilities: &[&str]) -> Vec<u8> {
    let (packets, rest) = packets(advertisement);
    let mut changed = Vec::with_capacity(advertisement.len());
    for packet in packets {
        match packet {
            Packet::Flush => changed.extend_from_slice(b"0000"),
            Packet::Line(content) => match content.iter().position(|byte| *byte == 0) {
                Some(nul) => {
                    let list = format!("{}\n", capabilities.join(" "));
                    changed.extend_from_slice(&line(&[&content[..=nul], list.as_bytes()].concat()));
                }
                None => changed.extend_from_slice(&line(content)),
            },
        }
    }
    changed.extend_from_slice(rest);
    changed
}

/// The commands at the start of a push, and whether the client requested the report on a side band.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Commands {
    pub references: Vec<String>,
    pub side_band: bool,
}

impl Commands {
    /// Parses `old new reference` lines up to the flush packet.
    pub(crate) fn of(push: &[u8]) -> Self {
        let mut commands = Self { references: Vec::new(), side_band: false };
        for packet in packets(push).0 {
            let Packet::Line(content) = packet else { break };
            let text = String::from_utf8_lossy(content);
            let (command, capabilities) = text.split_once('\0').unwrap_or((&text, ""));
            commands.side_band |= capabilities.split_ascii_whitespace().any(|capability| capability == "side-band-64k");
            commands.references.extend(command.split_ascii_whitespace().nth(2).map(str::to_owned));
        }
        commands
    }

    /// A report that rejects every reference with this reason.
    pub(crate) fn refusal(&self, reason: &str) -> Vec<u8> {
        let mut report = line(b"unpack ok\n");
        for reference in &self.references {
            report.extend_from_slice(&line(format!("ng {reference} {reason}\n").as_bytes()));
        }
        report.extend_from_slice(b"0000");
        if !self.side_band {
            return report;
        }
        // The report is on band 1; a packet has at most 65520 bytes, including its length and the band's number.
        let mut banded = Vec::new();
        for chunk in report.chunks(65_515) {
            banded.extend_from_slice(&line(&[b"\x01", chunk].concat()));
        }
        banded.extend_from_slice(b"0000");
        banded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_replaced_and_lines_measured_anew() {
        let id = "95d09f2b10159347eece71399a7e2e907ea3df4f";
        let first = format!("{id} HEAD\0multi_ack ofs-delta side-band-64k symref=HEAD:refs/heads/main\n");
        let mut advertisement = line(b"# service=git-upload-pack\n");
        advertisement.extend_from_slice(b"0000");
        advertisement.extend_from_slice(&line(first.as_bytes()));
        advertisement.extend_from_slice(&line(format!("{id} refs/heads/main\n").as_bytes()));
        advertisement.extend_from_slice(b"0000");

        // The lengths of the recorded answer, whose branch is `master`.
        assert_eq!(
            String::from_utf8_lossy(&with_capabilities(&advertisement, UPLOAD_PACK)),
            format!(
                "001e# service=git-upload-pack\n00000099{id} HEAD\0multi_ack_detailed shallow side-band-64k thin-pack \
                 allow-tip-sha1-in-want allow-reachable-sha1-in-want\n003d{id} refs/heads/main\n0000"
            )
        );
    }

    #[test]
    fn commands_end_at_the_flush_packet() {
        let zero = "0".repeat(40);
        let mut push = line(format!("{zero} {zero} refs/heads/main\0 report-status side-band-64k").as_bytes());
        push.extend_from_slice(&line(format!("{zero} {zero} refs/heads/dev").as_bytes()));
        push.extend_from_slice(b"0000PACK\0\0\0\x02");
        assert_eq!(
            Commands::of(&push),
            Commands { references: vec!["refs/heads/main".into(), "refs/heads/dev".into()], side_band: true }
        );
    }

    #[test]
    fn a_refusal_without_side_band_is_a_plain_report() {
        let commands = Commands { references: vec!["refs/heads/main".into()], side_band: false };
        assert_eq!(commands.refusal("no"), b"000eunpack ok\n001ang refs/heads/main no\n0000".to_vec());
    }
}
