//! Tests of the language and of what skeletons become.

mod bombs;
mod folder;
mod hostile;
mod language;
mod mistakes;

use serde_json::{Value, json};

use super::{Context, Engine, Fault, Undefined};
use crate::model::scaffold::Delimiters;
use crate::worktree::{Tree, TreeFile};

fn engine() -> Engine {
    Engine::new(&Delimiters::default(), Undefined::Strict).unwrap()
}

fn of(value: Value) -> Context {
    match value {
        Value::Object(values) => Context::new(values),
        _ => Context::default(),
    }
}

/// The answers that most tests have.
fn answers() -> Context {
    of(json!({
        "name": "payment-api",
        "port": 8080,
        "ratio": 0.5,
        "docker": true,
        "quiet": false,
        "features": ["auth", "db"],
        "labels": {"team": "pay", "tier": "1"},
        "people": [{"name": "Bo", "age": 30}, {"name": "al", "age": 20}, {"name": "Cy", "age": 30}],
        "package": "com.acme.pay",
        "nobody": null,
        "inputs": {"name": "payment-api", "port": 8080},
    }))
}

fn said(source: &str) -> String {
    engine().text(source, &answers()).unwrap_or_else(|mistake| panic!("{source}: {mistake:?}"))
}

/// Returns what is wrong with a text: the part that is, and why.
fn wrong(source: &str) -> String {
    match engine().text(source, &answers()) {
        Ok(said) => panic!("{source} is fine: {}", &said[..said.len().min(80)]),
        Err(mistake) => format!("{}: {}", &source[mistake.range], mistake.message),
    }
}

fn tree<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Tree {
    let mut tree = Tree::default();
    for (path, bytes) in files {
        tree.add(TreeFile { path: path.into(), bytes: bytes.into(), executable: false }).unwrap();
    }
    tree.sort();
    tree
}

fn messages(faults: &[Fault]) -> Vec<String> {
    faults
        .iter()
        .map(|fault| format!("{} {}: {}", fault.rule.name(), fault.file, fault.mistake.message))
        .collect()
}
