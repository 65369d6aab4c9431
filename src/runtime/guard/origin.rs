//! Where a run that another run started comes from.
//!
//! The depth is what the run before says of itself. It holds back mistakes, two actions that start each other without
//! end; somebody who means harm can say anything, and is held back by permissions and limits.

use serde_json::Value;

use crate::runtime::request::DEEPEST;
use crate::runtime::run::is_run_id;

/// Where a run comes from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) depth: u32,
    pub(super) parent: Option<String>,
}

/// Returns the origin written as `{"depth": 1, "parent": "gh-1-1"}`; that of a person's request is nothing.
///
/// # Errors
/// When it cannot be read, or is too deep, as a sentence.
pub(super) fn read(text: Option<&str>) -> Result<Origin, String> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(Origin::default());
    };
    let unreadable = || "where this run comes from cannot be read: leave that question empty".to_string();
    let Ok(Value::Object(origin)) = serde_json::from_str(text) else { return Err(unreadable()) };
    let depth = origin.get("depth").and_then(Value::as_u64).ok_or_else(unreadable)?;
    let parent = origin.get("parent").and_then(Value::as_str);
    let parent = parent.map(String::from).filter(|parent| is_run_id(parent));
    match u32::try_from(depth).ok().filter(|depth| *depth <= DEEPEST) {
        Some(depth) => Ok(Origin { depth, parent }),
        None => Err(format!(
            "{depth} runs led to this one, each started by the one before, and {DEEPEST} are the most: do they start \
             each other in a circle?"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read() {
        let parent = Some("gh-1-1".to_string());
        for (text, expected) in [
            (None, Ok(Origin::default())),
            (Some("  "), Ok(Origin::default())),
            (Some(r#"{"depth": 3, "parent": "gh-1-1"}"#), Ok(Origin { depth: 3, parent: parent.clone() })),
            (Some(r#"{"depth": 1, "parent": "../x"}"#), Ok(Origin { depth: 1, parent: None })),
            (Some(r#"{"depth": 4, "parent": "gh-1-1"}"#), Err("4 runs led")),
            (Some(r#"{"depth": 99999999999}"#), Err("99999999999 runs led")),
            (Some(r#"{"depth": -1}"#), Err("cannot be read")),
            (Some("{}"), Err("cannot be read")),
            (Some("x"), Err("cannot be read")),
        ] {
            match (read(text), expected) {
                (Ok(origin), Ok(expected)) => assert_eq!(origin, expected),
                (Err(reason), Err(said)) => assert!(reason.contains(said), "{reason}"),
                (found, _) => panic!("{text:?}: {found:?}"),
            }
        }
    }
}
