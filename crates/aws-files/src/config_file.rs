//! The syntax of `~/.aws/config` and `~/.aws/credentials`, as the AWS CLI reads it.
//!
//! That is Python's `configparser.RawConfigParser` (CPython 3.11, `_read`) under botocore's `configloader.py`, and not
//! the AWS SDK's own parser: no comments after a value, `:` is the same as `=`, a repeated section or option is an
//! error, indented lines continue a value. Pure. Leaves the meaning of the settings to `profiles` and `plan`.

use std::borrow::Cow;
use std::fmt;

/// A parsed file: its sections in order.
#[derive(Debug, Default)]
pub struct ConfigFile {
    sections: Vec<Section>,
    defaults: Option<usize>,
}

/// One section. `Debug` shows names only: the values hold secrets.
pub struct Section {
    /// The text between the brackets.
    pub name: String,
    /// The line of the section's header, counted from one.
    pub opened_at: usize,
    options: Vec<Setting>,
}

/// One option of a section.
#[derive(Clone)]
struct Setting {
    name: String,
    value: String,
    /// The line of the option, counted from one.
    line: usize,
    /// The lines that continue the value, counted from one.
    continued: Vec<usize>,
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Section").field(&self.name).field(&self.keys().collect::<Vec<_>>()).finish()
    }
}

/// Where and how a file violates the syntax. Never has the line itself, which may contain a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line number, counted from one.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// Why the AWS CLI rejects a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A line comes before the first `[section]`.
    NoSection,
    /// A line is neither a section header nor `name = value`.
    NoOption,
    /// The section `[name]` occurs a second time.
    RepeatedSection(String),
    /// The option occurs twice in one section.
    RepeatedOption(String),
    /// The value starts with a line break, but the indented lines after it have no `=`.
    NoBlock(String),
    /// A section header has `[` without `]`.
    Unclosed,
    /// A line begins with an invisible character, such as a byte order mark in the middle of a file.
    Invisible(char),
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// The whole file is in another encoding, or is not text.
    Encoding(Encoding),
    /// The file is longer than any such file.
    TooLong,
}

/// The encoding of a file that is not UTF-8 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, as Windows `PowerShell` saves it.
    Utf16,
    /// UTF-32.
    Utf32,
    /// Only NUL bytes, which some file systems leave after a crash.
    AllNul,
    /// Text with NUL bytes in it.
    SomeNul,
}

impl Encoding {
    /// The encoding of bytes that are not UTF-8 text, recognized by their byte order mark or the position of their NUL
    /// bytes. `None` if neither tells.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
            return Some(Self::Utf32);
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Some(Self::Utf16);
        }
        let nuls = bytes.split(|&byte| byte == 0).count() - 1;
        // Most of the text is ASCII, so one of two bytes is NUL, or three of four.
        match nuls {
            0 => None,
            _ if nuls == bytes.len() => Some(Self::AllNul),
            _ if nuls * 3 > bytes.len() * 2 && is_spread(bytes, 4) => Some(Self::Utf32),
            _ if nuls * 3 > bytes.len() && is_spread(bytes, 2) => Some(Self::Utf16),
            _ => Some(Self::SomeNul),
        }
    }
}

/// Whether nearly all bytes that are not NUL are at one position of each `width` bytes. A crash leaves NUL bytes in one
/// run.
fn is_spread(bytes: &[u8], width: usize) -> bool {
    let of_place = |place| bytes.iter().skip(place).step_by(width).filter(|&&byte| byte != 0).count();
    let places: Vec<usize> = (0..width).map(of_place).collect();
    places.iter().max().is_some_and(|most| most * 10 > places.iter().sum::<usize>() * 9)
}

/// Options of the section with this name apply in every other section too (`configparser.DEFAULTSECT`). Not `default`.
const DEFAULTS: &str = "DEFAULT";

impl Section {
    /// The value of `option` (lower case), as written, without surrounding white space.
    #[must_use]
    pub fn get(&self, option: &str) -> Option<&str> {
        self.options.iter().find(|setting| setting.name == option).map(|setting| setting.value.as_str())
    }

    /// The line of `option` (lower case), counted from one.
    #[must_use]
    pub fn line(&self, option: &str) -> Option<usize> {
        self.options.iter().find(|setting| setting.name == option).map(|setting| setting.line)
    }

    /// The line of `option` (lower case), and the lines that continue its value, counted from one.
    #[must_use]
    pub fn lines_of(&self, option: &str) -> Option<(usize, &[usize])> {
        let setting = self.options.iter().find(|setting| setting.name == option)?;
        Some((setting.line, &setting.continued))
    }

    /// The option names, lower case.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.options.iter().map(|setting| setting.name.as_str())
    }

    /// The value of `option` in the value of `name`, if that is a block of indented `option = value` lines.
    #[must_use]
    pub fn nested(&self, name: &str, option: &str) -> Option<&str> {
        self.get(name)?.strip_prefix('\n')?.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (trim(key) == option).then(|| trim(value))
        })
    }
}

impl ConfigFile {
    /// Parses a whole file. A byte order mark at its start is skipped.
    ///
    /// # Errors
    /// [`SyntaxError`] with the line for which the AWS CLI would reject the file.
    pub fn parse(bytes: &[u8]) -> Result<Self, SyntaxError> {
        Self::parse_text(bytes).map_err(|error| match Encoding::of(bytes) {
            Some(encoding) => SyntaxError { line: 1, problem: Problem::Encoding(encoding) },
            None => error,
        })
    }

    fn parse_text(bytes: &[u8]) -> Result<Self, SyntaxError> {
        let text = str::from_utf8(bytes).map_err(|error| SyntaxError {
            line: bytes[..error.valid_up_to()].split(|&byte| byte == b'\n').count(),
            problem: Problem::NotUtf8,
        })?;
        let mut reader = Reader::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // Python opens text with universal newlines: a lone carriage return also ends a line.
        let text =
            if text.contains('\r') { Cow::from(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text.into() };
        for (index, line) in text.lines().enumerate() {
            reader.line(line, index + 1).map_err(|problem| SyntaxError { line: index + 1, problem })?;
        }
        reader.finish()
    }

    /// The sections, in the order of the file.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The line of `[DEFAULT]`, counted from one. It is not a profile: its options apply in every other section.
    #[must_use]
    pub fn defaults(&self) -> Option<usize> {
        self.defaults
    }

    /// Whether names contain NUL bytes: UTF-16 without a byte order mark can be valid syntax when read as UTF-8.
    #[must_use]
    pub fn has_nul_names(&self) -> bool {
        let has_nul = |name: &str| name.contains('\0');
        self.sections.iter().any(|section| has_nul(&section.name) || section.keys().any(has_nul))
    }
}

#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    /// Whether a value is open, so that a more deeply indented line continues it.
    in_value: bool,
    indent: usize,
}

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Result<(), Problem> {
        let value = trim(line);
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            self.continue_value("", number);
            return Ok(());
        }
        let indent = line.chars().take_while(|character| is_space(*character)).count();
        if self.in_value && indent > self.indent {
            self.continue_value(value, number);
            return Ok(());
        }
        self.indent = indent;
        // Greedy, as the regular expression `\[(?P<header>.+)\]`: up to the last bracket; the text after it is ignored.
        let header = value.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).map(|(header, _)| header);
        match header.filter(|header| !header.is_empty()) {
            Some(header) => self.open_section(header, number),
            None => self.option(value, number).map_err(|problem| match (problem, value.chars().next()) {
                (Problem::NoSection | Problem::NoOption, Some('[')) if !value.contains(']') => Problem::Unclosed,
                (Problem::NoSection | Problem::NoOption, Some(first)) if is_invisible(first) => {
                    Problem::Invisible(first)
                }
                (problem, _) => problem,
            }),
        }
    }

    fn open_section(&mut self, name: &str, line: usize) -> Result<(), Problem> {
        self.in_value = false;
        let known = self.sections.iter().position(|section| section.name == name);
        match known {
            Some(_) if name != DEFAULTS => return Err(Problem::RepeatedSection(name.to_owned())),
            // `[DEFAULT]` may occur several times.
            Some(at) => {
                let defaults = self.sections.remove(at);
                self.sections.push(defaults);
            }
            None => self.sections.push(Section { name: name.to_owned(), opened_at: line, options: Vec::new() }),
        }
        Ok(())
    }

    fn option(&mut self, line: &str, number: usize) -> Result<(), Problem> {
        let section = self.sections.last_mut().ok_or(Problem::NoSection)?;
        let (name, value) = line.split_once(['=', ':']).ok_or(Problem::NoOption)?;
        let name = trim(name).to_lowercase();
        if name.is_empty() {
            return Err(Problem::NoOption);
        }
        if section.get(&name).is_some() {
            return Err(Problem::RepeatedOption(name));
        }
        section.options.push(Setting { name, value: trim(value).to_owned(), line: number, continued: Vec::new() });
        self.in_value = true;
        Ok(())
    }

    fn continue_value(&mut self, more: &str, number: usize) {
        if !self.in_value {
            return;
        }
        if let Some(setting) = self.sections.last_mut().and_then(|section| section.options.last_mut()) {
            setting.value.push('\n');
            setting.value.push_str(more);
            setting.continued.push(number);
        }
    }

    fn finish(mut self) -> Result<ConfigFile, SyntaxError> {
        for setting in self.sections.iter_mut().flat_map(|section| &mut section.options) {
            setting.value.truncate(setting.value.trim_end_matches(is_space).len());
        }
        let mut defaults_line = None;
        if let Some(at) = self.sections.iter().position(|section| section.name == DEFAULTS) {
            let defaults = self.sections.remove(at);
            defaults_line = Some(defaults.opened_at);
            for section in &mut self.sections {
                for setting in &defaults.options {
                    if section.get(&setting.name).is_none() {
                        section.options.push(setting.clone());
                    }
                }
            }
        }
        for setting in self.sections.iter().flat_map(|section| &section.options) {
            // A value that starts with a line break is a block of settings (botocore `_parse_nested`).
            let block = setting.value.strip_prefix('\n').unwrap_or_default();
            if block.split(is_line_break).any(|line| !trim(line).is_empty() && !line.contains('=')) {
                return Err(SyntaxError { line: setting.line, problem: Problem::NoBlock(setting.name.clone()) });
            }
        }
        Ok(ConfigFile { sections: self.sections, defaults: defaults_line })
    }
}

/// What Python's `str.strip` removes: also the separators U+001C to U+001F, which Rust does not count as white space.
fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Invisible characters that are not white space: zero-width characters and byte order marks.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Where Python's `str.splitlines` splits.
fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get<'f>(file: &'f ConfigFile, section: &str, option: &str) -> Option<&'f str> {
        file.sections().iter().find(|candidate| candidate.name == section)?.get(option)
    }

    #[test]
    fn a_comment_after_a_value_is_part_of_the_value() {
        let file = ConfigFile::parse(b"[a]\nregion = eu-west-1 # mine\nkey : v=w\nUPPER=X\n").expect("valid");
        assert_eq!(get(&file, "a", "region"), Some("eu-west-1 # mine"));
        assert_eq!(get(&file, "a", "key"), Some("v=w"));
        assert_eq!(get(&file, "a", "upper"), Some("X"));
        assert_eq!(file.sections()[0].line("upper"), Some(4));
    }

    #[test]
    fn indented_lines_continue_a_value_and_form_a_nested_block() {
        let text = b"[services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\n\n  # no\n  other = 2\n[b]\n x = 1\n  y = 2\n";
        let file = ConfigFile::parse(text).expect("valid");
        let services = &file.sections()[0];
        assert_eq!(services.nested("sts", "endpoint_url"), Some("http://127.0.0.1:1"));
        assert_eq!(services.nested("sts", "other"), Some("2"));
        assert_eq!(services.nested("sso", "endpoint_url"), None);
        assert_eq!(get(&file, "b", "x"), Some("1\ny = 2"));
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        for end in ["\n", "\r\n", "\r"] {
            let file = ConfigFile::parse(["[a]", "x=1", "y=2", ""].join(end).as_bytes()).expect("valid");
            assert_eq!((get(&file, "a", "x"), get(&file, "a", "y")), (Some("1"), Some("2")), "{end:?}");
        }
    }

    #[test]
    fn what_the_aws_cli_refuses_is_refused_at_the_same_line() {
        for (text, line, problem) in [
            (&b"region = x\n"[..], 1, Problem::NoSection),
            (b"[a]\n\nnonsense\n", 3, Problem::NoOption),
            (b"[a]\n= x\n", 2, Problem::NoOption),
            (b"[a]\nx=1\n[b]\n[a]\n", 4, Problem::RepeatedSection("a".into())),
            (b"[a]\nx=1\nX: 2\n", 3, Problem::RepeatedOption("x".into())),
            (b"[a]\nx=1\ny=\xff\n", 3, Problem::NotUtf8),
            (b"[profile a\nx=1\n", 1, Problem::Unclosed),
            (b"[a]\nx=1\n[profile b\n", 3, Problem::Unclosed),
            (b"[a]\nx=1\n\xef\xbb\xbf[b]\n", 3, Problem::Invisible('\u{feff}')),
            (b"\xe2\x80\x8b[b]\n", 1, Problem::Invisible('\u{200b}')),
            (b"[a]\ns3 =\n  more\n", 2, Problem::NoBlock("s3".into())),
        ] {
            let error = ConfigFile::parse(text).expect_err("must be refused");
            assert_eq!(error, SyntaxError { line, problem }, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_file_in_another_encoding_is_known_with_a_byte_order_mark_and_without() {
        let text = "[default]\r\naws_access_key_id = AKIDEXAMPLE\r\n";
        let utf_16: Vec<u16> = text.encode_utf16().collect();
        let (little, big): (Vec<u8>, Vec<u8>) = (
            utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        );
        let utf_32: Vec<u8> = text.chars().flat_map(|character| (character as u32).to_le_bytes()).collect();
        for (bytes, encoding) in [
            (little.clone(), Some(Encoding::Utf16)),
            (big.clone(), Some(Encoding::Utf16)),
            ([b"\xff\xfe", &*little].concat(), Some(Encoding::Utf16)),
            ([b"\xfe\xff", &*big].concat(), Some(Encoding::Utf16)),
            (utf_32.clone(), Some(Encoding::Utf32)),
            ([b"\xff\xfe\0\0", &*utf_32].concat(), Some(Encoding::Utf32)),
            (vec![0; 512], Some(Encoding::AllNul)),
            ([text.as_bytes(), &[0; 512]].concat(), Some(Encoding::SomeNul)),
            ([text.as_bytes(), &[0; 5]].concat(), Some(Encoding::SomeNul)),
            (text.as_bytes().to_vec(), None),
            (b"caf\xe9".to_vec(), None),
        ] {
            assert_eq!(Encoding::of(&bytes), encoding, "{bytes:?}");
            if let Some(encoding) = encoding {
                let error = ConfigFile::parse(&bytes).expect_err("the AWS CLI refuses it");
                assert_eq!(error.problem, Problem::Encoding(encoding), "{bytes:?}");
            }
        }
        // Without a final line break, the AWS CLI reads it as a file with unknown names.
        let odd: Vec<u8> = "[default]\nregion = x".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(ConfigFile::parse(&odd).expect("names with NUL bytes").has_nul_names());
    }

    #[test]
    fn the_section_called_default_in_capitals_is_inherited_by_all() {
        let file = ConfigFile::parse(b"[DEFAULT]\nx=1\n[a]\ny=2\n[b]\nx=3\n").expect("valid");
        assert_eq!((get(&file, "a", "x"), get(&file, "b", "x")), (Some("1"), Some("3")));
        assert_eq!(file.sections().len(), 2);
    }

    #[test]
    fn debug_output_has_no_values() {
        let file = ConfigFile::parse(b"[a]\naws_secret_access_key=hush\n").expect("valid");
        assert_eq!(
            format!("{file:?}"),
            "ConfigFile { sections: [Section(\"a\", [\"aws_secret_access_key\"])], defaults: None }"
        );
    }
}
