//! The names that templates may ask for.

use std::collections::BTreeSet;

use crate::diagnostic::{Rule, did_you_mean};
use crate::model::phrase::{clip, quoted_first};
use crate::model::scaffold::Scaffold;

/// What templates see besides each input by its own name.
const OTHERS: &[&str] = &["inputs", "entities", "target", "template"];

/// The names that templates of a scaffold may ask for.
pub(super) struct Names {
    /// The inputs that are no secrets, in the order of the document.
    inputs: Vec<String>,
    /// The inputs that are secrets.
    pub(super) secrets: BTreeSet<String>,
}

/// What is wrong with a name: the rule, the message and what to do.
pub(super) struct Mistake {
    pub(super) rule: Rule,
    pub(super) message: String,
    pub(super) help: String,
}

impl Names {
    pub(super) fn of(scaffold: &Scaffold) -> Self {
        let names = |secret: bool| {
            let inputs = scaffold.inputs.iter().filter(move |input| input.secret == secret);
            inputs.map(|input| input.identifier.value.clone())
        };
        Self { inputs: names(false).collect(), secrets: names(true).collect() }
    }

    /// Returns the names that files see.
    pub(super) fn known(&self) -> BTreeSet<String> {
        OTHERS.iter().map(|name| (*name).to_string()).chain(self.inputs.iter().cloned()).collect()
    }

    /// Returns what is wrong with a name. The target itself is not known where it is chosen.
    pub(super) fn mistake(&self, name: &str, in_target: bool) -> Option<Mistake> {
        let inputs = || self.inputs.iter().map(String::as_str);
        if self.secrets.contains(name) {
            return Some(Mistake {
                rule: Rule::TemplateSecret,
                message: format!(
                    "`{}` is a secret, and a template must not write it into a file",
                    clip(name)
                ),
                help: "write where the service finds it when it runs, such as the name of a variable".into(),
            });
        }
        let is_input = inputs().any(|input| input == name);
        if in_target && name == "target" && !is_input {
            return Some(Mistake {
                rule: Rule::UnknownVariable,
                message: "the target cannot be made of itself".into(),
                help: format!("write it with {}", quoted_first(inputs())),
            });
        }
        if is_input || OTHERS.contains(&name) {
            return None;
        }
        let all = || inputs().chain(OTHERS.iter().copied());
        let help = did_you_mean(name, all());
        let help = help.unwrap_or_else(|| {
            format!("add an input of that name to `userInputs`, or use one of {}", quoted_first(all()))
        });
        let message = format!("there is no variable `{}`", clip(name));
        Some(Mistake { rule: Rule::UnknownVariable, message, help })
    }
}
