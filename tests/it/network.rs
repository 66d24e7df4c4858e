//! Answers that come slowly, never end, or never come: from every server that is asked. Each wait ends within the time that
//! docs/how-it-works.md states, and no answer takes more than a little memory. And the ways to them: the proxies of git and
//! of the AWS CLI.

mod metadata;
mod no_proxy;
mod patience;
mod probe;
mod proxies;
mod relay;
mod route;
mod services;
mod ways;
mod words;
