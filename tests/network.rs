//! Answers that come slowly, never end, or never come: from every server that the program asks. Each wait ends within the
//! time that docs/how-it-works.md states, and no answer takes more than a little memory.

#![allow(clippy::disallowed_methods, reason = "tests read the real clock and start programs")]

mod common;
#[path = "network/http2.rs"]
mod http2;
#[path = "network/metadata.rs"]
mod metadata;
#[path = "network/probe.rs"]
mod probe;
#[path = "network/services.rs"]
mod services;
#[path = "network/words.rs"]
mod words;
