//! What a scaffold step of an action asks for: a template, a folder, and the answers to the questions of the template.
//!
//! One way leads from an action to a template, whether a job takes it or a person at a terminal.

use serde_json::{Map, Value};

use super::actor::user_json;
use super::request::Actor;
use super::setting::{asked, text};
use crate::catalog::Definition;
use crate::form::Form;
use crate::model::action::Action;
use crate::model::identifier;
use crate::model::phrase::clip;
use crate::portal::Portal;
use crate::procedure::{Deed, Procedure};
use crate::skeleton::refusal;
use crate::template::{self, Context};

/// A template that is asked for.
#[derive(Debug, Clone)]
pub struct Commission {
    /// The template, as `scaffold::Library::open` takes it.
    pub template: String,
    /// The folder that its files go to, below the root, empty for the root itself; `None` when the template chooses.
    pub into: Option<String>,
    /// The answers as the step has them, templates; `None` when they are the inputs of the action.
    inputs: Option<Value>,
    context: Context,
}

impl Commission {
    /// Returns what the first scaffold step of an action asks for, when `inputs` are given to the action by `actor`; `None`
    /// when it has no such step. What steps before it give is not there.
    ///
    /// # Errors
    /// Why that cannot be said, as a phrase.
    pub fn of_action(
        portal: &Portal,
        action: &Definition<Action>,
        inputs: &Map<String, Value>,
        actor: &Actor,
    ) -> Result<Option<Self>, String> {
        let procedure = Procedure::of_action(&portal.catalog, action);
        let task = procedure.tasks.iter().find(|task| task.deed == Deed::Scaffold);
        let context = || asked(portal, action, inputs, user_json(actor));
        task.map(|task| Self::of_task(&task.body, context())).transpose()
    }

    /// Returns what the body of a scaffold task asks for.
    ///
    /// # Errors
    /// As [`of_action`](Self::of_action).
    pub(super) fn of_task(body: &Value, context: Context) -> Result<Self, String> {
        let said = |key: &str| match body.get(key).filter(|value| !value.is_null()) {
            None => Ok(None),
            Some(value) => match text(&render(value, &context)?) {
                said if said.is_empty() => Err(format!("`{key}` gives nothing")),
                said => Ok(Some(said)),
            },
        };
        let template = said("template")?.ok_or("it names no template")?;
        let written = body.get("template").and_then(Value::as_str).unwrap_or_default();
        // An address that somebody enters would fetch what nobody has reviewed, a folder could be any of the machine's.
        if written.contains("{{") && !is_name(&template) {
            return Err(format!(
                "`{}` is no name of a scaffold: a folder or an address must be written in the action itself",
                clip(&template)
            ));
        }
        let into = said("into")?.map(|into| folder(&into)).transpose()?;
        let inputs = body.get("inputs").filter(|inputs| !inputs.is_null()).cloned();
        Ok(Self { template, into, inputs, context })
    }

    /// Returns the answers to the form of the template: what the step says, else those inputs of the action that the form
    /// asks for. What nobody gives is not among them, and has the default of the form. As with every form, the answer to a
    /// secret input is the name of a secret.
    ///
    /// # Errors
    /// Why that cannot be said, as a phrase; that an answer would be a secret itself.
    pub fn answers(&self, form: &Form) -> Result<Map<String, Value>, String> {
        let Some(inputs) = &self.inputs else {
            let given = self.context.get("inputs").and_then(Value::as_object).into_iter().flatten();
            let asked = given.filter(|(name, _)| form.field(name).is_some());
            return Ok(asked.map(|(name, value)| (name.clone(), value.clone())).collect());
        };
        if let Some(name) = template::secrets(inputs).first() {
            return Err(format!(
                "`inputs` reads the secret `{}`: a template is told the name of a secret, never the secret",
                clip(name)
            ));
        }
        match render(inputs, &self.context)? {
            Value::Object(answers) => Ok(answers),
            Value::Null => Ok(Map::new()),
            other => Err(format!("`inputs` must be a mapping, and is `{}`", clip(&other.to_string()))),
        }
    }
}

/// Returns the folder that a text names, below the root.
fn folder(text: &str) -> Result<String, String> {
    let path = text.trim().trim_end_matches('/');
    if path == "." {
        return Ok(String::new());
    }
    match refusal(path) {
        None => Ok(path.to_string()),
        Some(reason) => Err(format!("`into` gives `{}`, which {reason}", clip(text))),
    }
}

/// Returns whether a template can only be meant by its identifier.
fn is_name(template: &str) -> bool {
    identifier::ACTION.allows(template) && !template.contains(['@', ':'])
}

fn render(value: &Value, context: &Context) -> Result<Value, String> {
    template::render(value, context).map_err(|failure| failure.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::runtime::staging::Stage;

    const FORM: &str = "
properties:
  name: {type: string}
  size: {type: number}
  token: {type: string, encryption: aes256-gcm}
";

    fn form() -> Form {
        let document = crate::yaml::parse(crate::source::SourceId::new(0), &FORM.into(), &mut Vec::new());
        let root = document.roots().next().unwrap();
        Form::decode(root, &crate::model::action::input::decode(root))
    }

    fn commission(step: &str) -> Result<Commission, String> {
        let stage = Stage::new(&format!("steps: [{step}, {{pullRequest: {{title: x}}}}]"));
        let inputs = json!({"name": "cart", "size": 3, "flag": true, "service": "cart"});
        let Value::Object(inputs) = inputs else { unreachable!() };
        let commission = stage.commission(&inputs)?;
        Ok(commission.expect("a scaffold step"))
    }

    #[test]
    fn answers_are_those_of_the_step_or_of_the_action() {
        for (step, expected) in [
            ("{scaffold: web}", Ok(json!({"name": "cart", "size": 3}))),
            ("{scaffold: {template: web, inputs: null}}", Ok(json!({"name": "cart", "size": 3}))),
            (
                "{scaffold: {template: web, inputs: {name: 'a-{{ .inputs.name }}', size: '{{ .inputs.size }}'}}}",
                Ok(json!({"name": "a-cart", "size": 3})),
            ),
            ("{scaffold: {template: web, inputs: {}}}", Ok(json!({}))),
            (
                "{scaffold: {template: web, inputs: '{{ {name: .inputs.service} }}'}}",
                Ok(json!({"name": "cart"})),
            ),
            ("{scaffold: {template: web, inputs: {unasked: 1}}}", Ok(json!({"unasked": 1}))),
            ("{scaffold: {template: web, inputs: {token: prod/token}}}", Ok(json!({"token": "prod/token"}))),
            (
                "{scaffold: {template: web, inputs: {token: 'x{{ .secrets.KEY }}'}}}",
                Err("`inputs` reads the secret `KEY`"),
            ),
            ("{scaffold: {template: web, inputs: '{{ .inputs.name }}'}}", Err("`inputs` must be a mapping")),
            ("{scaffold: {template: web, inputs: {name: '{{ error(\"no\") }}'}}}", Err("fails: ")),
        ] {
            let answers = commission(step).unwrap().answers(&form()).map(Value::Object);
            match (&answers, expected) {
                (Ok(answers), Ok(expected)) => assert_eq!(*answers, expected, "{step}"),
                (Err(said), Err(why)) => assert!(said.contains(why), "{step}: {said}"),
                (other, _) => panic!("{step}: {other:?}"),
            }
        }
    }

    #[test]
    fn nobody_enters_where_a_template_is_fetched_from() {
        for (step, expected) in [
            ("{scaffold: '{{ .inputs.name }}'}", Ok(("cart", None))),
            (
                "{scaffold: 'https://git.example/org/repo//web@v1'}",
                Ok(("https://git.example/org/repo//web@v1", None)),
            ),
            ("{scaffold: ./templates/web}", Ok(("./templates/web", None))),
            (
                "{scaffold: {template: web, into: 'services/{{ .inputs.name }}/'}}",
                Ok(("web", Some("services/cart"))),
            ),
            ("{scaffold: {template: web, into: .}}", Ok(("web", Some("")))),
            ("{scaffold: {template: web, into: null}}", Ok(("web", None))),
            ("{scaffold: 'https://git.example/{{ .inputs.name }}'}", Err("is no name of a scaffold")),
            ("{scaffold: '../{{ .inputs.name }}'}", Err("is no name of a scaffold")),
            ("{scaffold: '{{ .inputs.name }}@main'}", Err("is no name of a scaffold")),
            ("{scaffold: '{{ .inputs.absent }}'}", Err("`template` gives nothing")),
            ("{scaffold: {template: web, into: '{{ .inputs.absent }}'}}", Err("`into` gives nothing")),
            (
                "{scaffold: {template: web, into: '../{{ .inputs.name }}'}}",
                Err("`into` gives `../cart`, which leads out"),
            ),
            ("{scaffold: {template: web, into: /etc}}", Err("`into` gives `/etc`, which")),
            ("{scaffold: {into: x}}", Err("it names no template")),
        ] {
            match (commission(step), expected) {
                (Ok(said), Ok((template, into))) => {
                    assert_eq!((said.template.as_str(), said.into.as_deref()), (template, into), "{step}");
                }
                (Err(said), Err(why)) => assert!(said.contains(why), "{step}: {said}"),
                (other, _) => panic!("{step}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_action_without_a_scaffold_step_asks_for_none() {
        let stage = Stage::new("steps: [{run: up}]");
        assert!(stage.commission(&Map::new()).is_ok_and(|found| found.is_none()));
    }
}
