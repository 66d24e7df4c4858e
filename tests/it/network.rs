//! Answers that come slowly, never end, or never come: from every server that the program asks. Each wait ends within the
//! time that docs/how-it-works.md states, and no answer takes more than a little memory.

mod http2;
mod metadata;
mod patience;
mod probe;
mod services;
mod words;
