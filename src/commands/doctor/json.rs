//! A report as JSON, for tools; `docs/doctor.md` has the schema. Pure.
//!
//! A field never changes its meaning. One that is added leaves [`SCHEMA`] as it is, any other change raises it.

use super::report::{Finding, Level, Report, SYSTEM, Section, Signer, VERSION, clean};
use crate::cli::ExitStatus;
use crate::failure::{Failure, Fix, Shell, Step};
use serde_json::{Value, json};

/// The version of the schema.
pub const SCHEMA: u32 = 1;

impl Report {
    /// The document. `status` is the exit status.
    #[must_use]
    pub fn json(&self, status: ExitStatus) -> Value {
        let shown = |text: &Option<String>| text.as_deref().map(clean);
        let Signer { profile, source, access_key_id, arn, account } = &self.signer;
        let is_known = self.signer != Signer::default();
        json!({
            "schema": SCHEMA,
            "version": VERSION,
            "system": SYSTEM,
            "git": shown(&self.subject.git),
            "remote": shown(&self.subject.remote),
            "url": shown(&self.subject.url),
            "operations": if self.subject.fetch_only { json!(["fetch"]) } else { json!(["fetch", "push"]) },
            "identity": is_known.then(|| json!({
                "profile": shown(profile),
                "source": shown(source),
                "access_key_id": shown(access_key_id),
                "arn": shown(arn),
                "account": shown(account),
            })),
            "checks": self.sections.iter().flat_map(checks).collect::<Vec<_>>(),
            "problems": self.causes().into_iter().map(|cause| problem(cause, self.shell)).collect::<Vec<_>>(),
            "counts": {
                "problems": self.problems(),
                "warnings": self.count(Level::Warn),
                "skipped": self.count(Level::Skip),
            },
            "confirmed": self.is_decided(),
            "nothing_to_check": self.nothing_to_do.as_deref().map(clean),
            "exit_status": status as i32,
        })
    }
}

fn checks(section: &Section) -> impl Iterator<Item = Value> {
    let title = section.title;
    section.findings.iter().map(move |finding| {
        let Finding { check, level, fact, origin, detail, status, cause, .. } = finding;
        json!({
            "id": check.id(),
            "section": title,
            "state": level.word().to_ascii_lowercase(),
            "fact": clean(fact),
            "origin": (!origin.is_empty()).then(|| clean(origin)),
            "details": lines(detail),
            "http_status": status,
            "code": cause.as_ref().map(|cause| cause.code.as_str()),
        })
    })
}

fn problem(cause: &Failure, shell: Shell) -> Value {
    json!({
        "code": cause.code.as_str(),
        "problem": clean(&cause.cause),
        "details": lines(&cause.looked_at),
        "fix": cause.fix.as_deref().map(|fix| fixed(fix, shell)),
    })
}

/// A fix without comments: what a placeholder stands for is a field of its own.
fn fixed(fix: &Fix, shell: Shell) -> Value {
    let (kind, text) = match &fix.step {
        Step::Command(command) => ("command", command.written_for(shell)),
        Step::Template(command) => ("template", command.written_for(shell)),
        Step::Url(url) => ("url", url.clone()),
        Step::Words(text) => ("words", text.clone()),
        Step::Administrator(text) => ("administrator", text.clone()),
    };
    json!({ "type": kind, "text": clean(&text), "note": fix.note.as_deref().map(clean) })
}

fn lines(lines: &[impl ToString]) -> Vec<String> {
    lines.iter().map(|line| clean(&line.to_string())).collect()
}
