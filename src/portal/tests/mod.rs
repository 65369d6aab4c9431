//! What is known of small catalogs: computed properties, queries, scorecards, pages.

mod action;
mod automation;
mod computed;
mod condition;
mod page;
mod scaffold;
mod score;

use serde_json::Value;

use super::*;
use crate::catalog::EntityRef;
use crate::known::document;
use crate::worktree::Memory;

/// The instant of these tests.
const NOW: &str = "2026-11-21T12:00:00Z";

/// Returns the portal of files in memory, written as `path`, a line, then the text, each after a line `=== path`.
fn open(text: &str) -> Portal {
    let files = text.split("=== ").skip(1).filter_map(|file| file.split_once('\n'));
    let files = Memory::new(files.map(|(path, text)| (path.trim(), text)));
    let now = Instant::parse(NOW).expect("an instant");
    Portal::open(Origin::new(&files, now), None).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the entity called `name`.
fn entity<'a>(portal: &'a Portal, name: &str) -> EntityRef<'a> {
    let found = portal.catalog.find_entities(name);
    portal.catalog.entity(*found.first().unwrap_or_else(|| panic!("there is no `{name}`")))
}

/// Returns the values of an entity's properties, computed ones included.
fn values(portal: &Portal, name: &str) -> Value {
    document::properties(portal.known(), entity(portal, name))
}

/// Returns the findings, each as `rule: message`.
fn findings(portal: &Portal) -> Vec<String> {
    let line =
        |finding: &crate::diagnostic::Diagnostic| format!("{}: {}", finding.rule.name(), finding.message);
    portal.diagnostics.as_slice().iter().map(line).collect()
}
