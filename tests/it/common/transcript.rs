//! What a person sees, with what differs from run to run replaced: for snapshots, and for the examples of the documents.

use std::fmt;

/// What was printed. Each method replaces one kind of thing, wherever it is.
pub struct Transcript(String);

/// The longest text that [`Transcript::between`] replaces: two times, as `Signature expired` has them.
const LONGEST: usize = 100;

impl Transcript {
    pub fn of(printed: &str) -> Self {
        Self(printed.to_owned())
    }

    /// The ids by which AWS finds a request, `shown` in their place.
    pub fn request_ids(self, shown: &str) -> Self {
        self.between("(request id ", ")", shown)
    }

    /// A value of this run: a port, a key, a directory.
    pub fn value(self, value: &str, shown: &str) -> Self {
        Self(self.0.replace(value, shown))
    }

    /// What is between `before` and the next `after` on the same line.
    pub fn between(self, before: &str, after: &str, shown: &str) -> Self {
        let mut text = String::new();
        for line in self.0.split_inclusive('\n') {
            let mut rest = line;
            while let Some(at) = rest.find(before).map(|at| at + before.len()) {
                text.push_str(&rest[..at]);
                rest = &rest[at..];
                if let Some(length) = rest.find(after).filter(|length| *length < LONGEST) {
                    text.push_str(shown);
                    rest = &rest[length..];
                }
            }
            text.push_str(rest);
        }
        Self(text)
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
