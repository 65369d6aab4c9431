//! The ways to start an action: the command, the provider's form, and a request by pull request.

use minijinja::Value;
use serde_json::Value as Json;

use super::Offer;
use super::ask::{ENTITY, TTL};
use super::lifetime;
use super::origin::{Origin, Provider};
use crate::dialect::{self, Asking, slug, workflow_file};
use crate::form::Field;
use crate::model::action::Mode;
use crate::model::target::Target;
use crate::site::Site;
use crate::site::address::encode;
use crate::site::record::{list, maybe, none, record};

/// The longest command that stays on one line.
const LINE: usize = 78;

record! {
    /// The ways to start an action; the addresses are of the provider, and there only when it is known.
    Start {
        /// The action, as the page's script needs it.
        action,
        command,
        /// The provider's form, and who has it.
        form,
        provider,
        /// What is entered there when it has one field for all answers, and by which name it knows the action.
        answers,
        slug,
        /// The request as a file: the folder, the name and the text of it.
        folder,
        file,
        text,
        /// Where it is created, up to the name of the file, and with it.
        new,
        new_file,
        /// Whether its text is handed over in the address.
        filled,
        /// The generated workflows.
        workflows,
        /// Whether there is a CI system to run it.
        runs,
    }
}

record! {
    /// A generated workflow.
    Workflow { path, name, href }
}

/// Something that is asked, with what is put where nothing has been entered.
struct Asked {
    name: String,
    value: Json,
}

/// Returns the ways to start an action.
pub(super) fn ways(site: &Site<'_>, offer: &Offer<'_>) -> Value {
    let config = site.catalog().config();
    let ci = &config.ci;
    let origin = config.source_url.as_deref().and_then(Origin::of);
    let file = |target| workflow_file(target, offer.identifier());
    let by_file = offer.action.mode == Mode::PullRequest;
    let asked = asked(site, offer);
    let folder = match ci.folder.as_str() {
        "" => format!("requests/{}", slug(offer.identifier())),
        folder => format!("{folder}/requests/{}", slug(offer.identifier())),
    };
    let text = request(offer, &asked);
    let form = origin.as_ref().filter(|origin| !by_file && ci.targets.contains(&origin.provider.target()));
    // GitLab has one form for all actions of a project.
    let single = form.filter(|origin| origin.provider == Provider::GitLab);
    let answers = single.map(|_| request_of(offer, &asked));
    let new = origin.as_ref().filter(|_| by_file).map(|origin| origin.new_file(ci, &folder));
    let whole = new.as_ref().map(|(start, filled)| match filled {
        true => format!("{start}{FILE}&value={}", escape(&text)),
        false => format!("{start}{FILE}"),
    });
    let workflows = ci.targets.iter().map(|&target| {
        let path = file(target);
        let href = origin.as_ref().filter(|origin| origin.provider.target() == target);
        Workflow {
            href: maybe(href.map(|origin| origin.file(ci, &path))),
            name: Value::from(path.rsplit('/').next()),
            path: Value::from(path.as_str()),
        }
    });
    Start {
        action: Value::from(offer.identifier()),
        command: Value::from(command(offer.identifier(), &asked)),
        form: maybe(form.map(|origin| origin.form(&file(origin.provider.target())))),
        answers: maybe(answers),
        slug: Value::from(slug(offer.identifier())),
        provider: maybe(origin.as_ref().map(|origin| origin.provider.label())),
        folder: Value::from(folder),
        file: Value::from(FILE),
        text: if by_file { Value::from(text) } else { none() },
        filled: Value::from(new.as_ref().is_some_and(|(_, filled)| *filled)),
        new: maybe(new.map(|(start, _)| start)),
        new_file: maybe(whole),
        workflows: list(workflows),
        runs: Value::from(!ci.targets.is_empty()),
    }
    .into()
}

/// What a request's file is called until somebody names it.
const FILE: &str = "request.yaml";

/// Returns what must be answered, with what stands for an answer.
fn asked(site: &Site<'_>, offer: &Offer<'_>) -> Vec<Asked> {
    let mut asked = Vec::new();
    if let Some(id) = offer.blueprint.filter(|_| offer.needs_entity()) {
        let label = site.catalog().blueprint(id).label();
        asked.push(Asked { name: ENTITY.into(), value: Json::from(placeholder(label)) });
    }
    let needed = |field: &&Field| offer.needs(field) && field.visible.is_always(true);
    for field in offer.form.fields.iter().filter(needed) {
        let default = field.fixed_default().filter(|_| !field.secret).cloned();
        let value = default.unwrap_or_else(|| Json::from(placeholder(&field.label)));
        asked.push(Asked { name: field.identifier.clone(), value });
    }
    if let Some(ttl) = offer.action.ttl.as_ref().filter(|ttl| ttl.default.is_none())
        && let Some(usual) = lifetime::usual(ttl)
    {
        asked.push(Asked { name: TTL.into(), value: Json::from(usual) });
    }
    asked
}

fn placeholder(label: &str) -> String {
    format!("<{label}>")
}

/// Returns the command that asks for an action.
fn command(action: &str, asked: &[Asked]) -> String {
    let mut parts = vec![format!("portal run {}", quote(action))];
    for Asked { name, value } in asked {
        let text = super::control::text(value);
        parts.push(match name.as_str() {
            ENTITY => format!("--entity {}", quote(&text)),
            TTL => format!("--ttl {}", quote(&text)),
            name => format!("--set {}", quote(&format!("{name}={text}"))),
        });
    }
    let line = parts.join(" ");
    if line.chars().count() <= LINE { line } else { parts.join(" \\\n  ") }
}

/// Returns a word as a shell takes it for one and for nothing else.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%+=,-".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('-') {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Returns the answers as the one line that GitLab's form takes.
fn request_of(offer: &Offer<'_>, asked: &[Asked]) -> String {
    // Its form is the same for all actions, so that no question of this one is looked at.
    let asking = Asking { target: Target::GitLab, questions: Vec::new(), losses: Vec::new() };
    let values = asked.iter().map(|asked| (asked.name.clone(), asked.value.clone())).collect();
    let given = dialect::dispatch(&asking, offer.identifier(), &values);
    given.get("request").and_then(Json::as_str).unwrap_or_default().to_string()
}

/// Returns a request as a file: YAML whose values are JSON.
fn request(offer: &Offer<'_>, asked: &[Asked]) -> String {
    let mut text = format!("action: {}\n", Json::from(offer.identifier()));
    let (own, inputs): (Vec<&Asked>, Vec<&Asked>) =
        asked.iter().partition(|asked| [ENTITY, TTL].contains(&asked.name.as_str()));
    for Asked { name, value } in own {
        text.push_str(&format!("{}: {value}\n", &name[1..]));
    }
    if inputs.is_empty() {
        text.push_str("inputs: {}\n");
        return text;
    }
    text.push_str("inputs:\n");
    for Asked { name, value } in inputs {
        text.push_str(&format!("  {}: {value}\n", Json::from(name.as_str())));
    }
    text
}

/// Returns a text as the value of a query.
fn escape(text: &str) -> String {
    encode(text).replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(pairs: &[(&str, Json)]) -> Vec<Asked> {
        pairs.iter().map(|(name, value)| Asked { name: (*name).into(), value: value.clone() }).collect()
    }

    #[test]
    fn commands_are_quoted_for_a_shell() {
        for (action, pairs, expected) in [
            ("deploy", vec![], "portal run deploy"),
            ("deploy", vec![("name", json!("cart"))], "portal run deploy --set name=cart"),
            ("deploy", vec![("why", json!("a b"))], "portal run deploy --set 'why=a b'"),
            (
                "x",
                vec![("a", json!("it's $(touch x) `y`"))],
                "portal run x --set 'a=it'\\''s $(touch x) `y`'",
            ),
            ("x", vec![("n", json!(3)), ("l", json!(["a"]))], "portal run x --set n=3 --set 'l=[\"a\"]'"),
            ("x", vec![("$entity", json!("-rf"))], "portal run x --entity '-rf'"),
            ("$(touch x)", vec![("$ttl", json!("5d"))], "portal run '$(touch x)' --ttl 5d"),
            ("x", vec![("a", json!(""))], "portal run x --set a="),
        ] {
            assert_eq!(command(action, &asked(&pairs)), expected);
        }
        let long = asked(&[("one", json!("x".repeat(40))), ("two", json!("y".repeat(40)))]);
        let lines: Vec<String> = command("x", &long).lines().map(String::from).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0] == "portal run x \\" && lines[1].starts_with("  --set one="), "{lines:?}");
    }
}
