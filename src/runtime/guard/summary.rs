//! What people see of the guard's decision, in Markdown: an approver agrees to what stands here.

use serde_json::Value;

use super::{Refusal, Verdict};
use crate::printable::markdown;
use crate::runtime::permission;
use crate::runtime::request::Request;

/// The most characters of a value.
const LONGEST: usize = 500;

/// Returns what the guard decided, for the summary of its job.
pub fn summary(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Through { request, waits, notes } => through(request, *waits, notes),
        Verdict::Refused(refusal) => refused(refusal),
    }
}

fn through(request: &Request, waits: bool, notes: &[String]) -> String {
    let mut rows = vec![
        vec!["Action".into(), markdown::name(&request.action)],
        vec!["Asked for by".into(), markdown::cell(&permission::name(&request.actor))],
    ];
    let mut add = |name: &str, value: Option<&String>| {
        rows.extend(value.map(|value| vec![name.to_string(), markdown::name(value)]));
    };
    add("Entity", request.entity.as_ref().map(|entity| &entity.identifier));
    add("Expires", request.expires_at.as_ref());
    add("Started by", request.parent.as_ref());
    add("Commit", Some(&request.commit).filter(|commit| !commit.is_empty()));
    add("Digest", Some(&request.digest));
    let inputs = request.inputs.iter().map(|(name, value)| vec![markdown::name(name), self::value(value)]);
    let inputs: Vec<Vec<String>> = inputs.collect();
    let title = if waits { "Someone must agree to this" } else { "The request is let through" };
    let mut text = format!("### {title}\n\n{}\n", markdown::table(&["Request", ""], &rows));
    if !inputs.is_empty() {
        text.push_str(&format!("{}\n", markdown::table(&["Input", "Value"], &inputs)));
    }
    for note in notes {
        text.push_str(&format!("- {}\n", markdown::cell(note)));
    }
    text
}

fn refused(refusal: &Refusal) -> String {
    let who = markdown::cell(&permission::name(&refusal.actor));
    let mut text = format!("### {} is refused\n\nAsked for by {who}.\n\n", markdown::name(&refusal.action));
    for reason in &refusal.reasons {
        text.push_str(&format!("- {}\n", markdown::cell(reason)));
    }
    text
}

/// Returns a value on one line.
fn value(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), String::from);
    let short: String = text.chars().take(LONGEST).collect();
    let more = if short.len() < text.len() { " …" } else { "" };
    format!("{}{more}", markdown::name(&short))
}
