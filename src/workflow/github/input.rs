//! Questions as inputs of `workflow_dispatch`.

use serde_json::Number;

use crate::dialect::{Asking, Control, Question};
use crate::workflow::text::{Item, Map};

/// Returns the inputs of a workflow.
pub(super) fn inputs(asking: &Asking) -> Map {
    let mut map = Map::new();
    for question in &asking.questions {
        map.set(question.name.as_str(), input(question));
    }
    map
}

fn input(question: &Question) -> Map {
    let mut map = Map::new();
    map.set("description", description(question));
    map.set("required", question.required);
    match &question.control {
        Control::Text => map.set("type", "string"),
        Control::Number => map.set("type", "number"),
        Control::Boolean => map.set("type", "boolean"),
        Control::Choice(options) => {
            map.set("type", "choice");
            map.set("options", Item::List(options.iter().map(|option| Item::Text(option.clone())).collect()))
        }
    };
    if let Some(default) = &question.default {
        map.set("default", self::default(question, default));
    }
    map
}

/// Returns what people read: a form has no other place for the title.
fn description(question: &Question) -> String {
    match question.help.as_str() {
        "" => question.title.clone(),
        help => format!("{}: {help}", question.title),
    }
}

/// Returns the default, in the type of the input.
fn default(question: &Question, text: &str) -> Item {
    let number = || serde_json::from_str::<Number>(text).ok().map(Item::Number);
    match question.control {
        Control::Boolean => Item::Flag(text == "true"),
        Control::Number => number().unwrap_or_else(|| text.into()),
        Control::Text | Control::Choice(_) => text.into(),
    }
}
