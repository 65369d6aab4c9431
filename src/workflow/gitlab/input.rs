//! Questions as inputs of a pipeline.
//!
//! Every input has a default, or else a pipeline that nobody fills in, such as that of a push, would not start.

use serde_json::Number;

use crate::dialect::{Asking, Control, Question, variable};
use crate::workflow::text::{Item, Map};

/// Returns the inputs of a pipeline.
pub(super) fn inputs(asking: &Asking) -> Map {
    let mut map = Map::new();
    for question in &asking.questions {
        map.set(question.name.as_str(), input(question));
    }
    map
}

fn input(question: &Question) -> Map {
    let mut map = Map::new();
    let needed = if question.required { " (needed)" } else { "" };
    let help = if question.help.is_empty() { String::new() } else { format!(": {}", question.help) };
    map.set("description", format!("{}{needed}{help}", question.title));
    let text = question.default.clone().unwrap_or_default();
    match &question.control {
        Control::Text => map.set("default", text),
        Control::Number => {
            map.set("type", "number");
            let number = serde_json::from_str::<Number>(&text).ok();
            map.set("default", number.map_or_else(|| text.into(), Item::Number))
        }
        Control::Boolean => map.set("type", "boolean").set("default", text == "true"),
        Control::Choice(options) => {
            let options = options.iter().map(|option| Item::Text(option.clone())).collect();
            map.set("options", Item::List(options)).set("default", text)
        }
    };
    map
}

/// Returns the variables of the job that reads the answers: texts are not expanded, so that `$X` in one stays text.
pub(super) fn variables(asking: &Asking) -> Map {
    let mut map = Map::new();
    for question in &asking.questions {
        let value = format!("$[[ inputs.{} ]]", question.name);
        let name = variable(asking.target, &question.name);
        match question.control {
            Control::Number | Control::Boolean => map.set(name, Item::Quoted(value)),
            Control::Text | Control::Choice(_) => {
                map.set(name, Map::new().with("value", Item::Quoted(value)).with("expand", false))
            }
        };
    }
    map
}
