//! The entity that comes with a service, written as a person would write it.

mod render;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::Request;
use crate::catalog::NewFiles;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::{an, article, clip};
use crate::model::{Kind, identifier};
use crate::portal::Portal;
use crate::scaffold::plan::Purpose;
use crate::skeleton::{Context, Engine};
use crate::worktree::Files;
use crate::yaml::{Comments, Node, write};
use render::{Rendering, Said, Speech, Voice};

/// The keys of an entity in the order in which they are written.
const ORDER: &[&str] = &["identifier", "title", "icon", "team", "blueprint", "properties", "relations"];

/// An entity, written.
#[derive(Debug)]
pub(super) struct Made {
    /// Its blueprint.
    pub blueprint: String,
    /// Its identifier.
    pub identifier: String,
    /// The path of its file, below the catalog root.
    pub file: String,
    /// What the file holds.
    pub text: String,
}

/// Returns the entity that the mapping `node` of a template says: its texts rendered, an expression alone keeping its
/// type, what comes to nothing left out; keys in the order of the blueprint, each with the comments that the template has.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn make(
    node: Node<'_>,
    engine: &Engine,
    context: &Context,
    request: &Request<'_>,
) -> Result<Made, Vec<Diagnostic>> {
    written(node, &Voice { engine, context }, request.portal, request.files, request.purpose)
}

/// Returns the entity that `node` says in the words of `speech`, as one of the catalog `portal`.
fn written(
    node: Node<'_>,
    speech: &dyn Speech,
    portal: &Portal,
    files: &dyn Files,
    purpose: Purpose,
) -> Result<Made, Vec<Diagnostic>> {
    let mut rendering = Rendering::new(speech);
    let said = rendering.node(node, Comments::of(node), &mut Vec::new());
    let value = said.as_ref().map_or(&Value::Null, |said| &said.value);
    let blueprint = name(node, value, "blueprint", &identifier::BLUEPRINT, &mut rendering.findings);
    let identifier = name(node, value, "identifier", &identifier::ENTITY, &mut rendering.findings);
    let mut findings = rendering.findings;
    let (Some(blueprint), Some(identifier)) = (blueprint, identifier) else { return Err(findings) };
    if purpose == Purpose::Create {
        findings.extend(taken(node, portal, &blueprint, &identifier));
    }
    match said {
        Some(Said { value: Value::Object(entity), comments }) if findings.is_empty() => {
            let (file, text) = file(entity, &comments, portal, files, &blueprint, &identifier)
                .map_err(|reason| vec![Diagnostic::new(Rule::TemplateFault, node.span(), reason)])?;
            Ok(Made { blueprint, identifier, file, text })
        }
        _ => Err(findings),
    }
}

/// Returns the identifier of the entity, or of its blueprint; keeps what is wrong with it.
fn name(
    node: Node<'_>,
    said: &Value,
    key: &str,
    form: &identifier::Form,
    findings: &mut Vec<Diagnostic>,
) -> Option<String> {
    let Some(written) = node.get(key) else {
        let message = format!("the entity has no `{key}`");
        findings.push(Diagnostic::new(Rule::MissingKey, node.span(), message).help(format!("add `{key}`")));
        return None;
    };
    let span = written.span();
    let fault = |message: String, help: &str| Diagnostic::new(Rule::TemplateFault, span, message).help(help);
    let finding = match said.get(key) {
        Some(Value::String(name)) if form.allows(name) => return Some(name.clone()),
        Some(Value::String(name)) => {
            let message = if name.is_empty() {
                format!("the `{key}` of the entity is empty")
            } else {
                format!("the `{key}` of the entity would be `{}`, which is not {}", clip(name), form.of)
            };
            Diagnostic::new(Rule::InvalidIdentifier, span, message).help(form.help(name))
        }
        Some(value) => fault(
            format!("the `{key}` of the entity would be {}, and must be a text", article(kind(value))),
            "write the expression with text around it, or let the input be a string",
        ),
        // What went wrong while it was rendered has been said.
        None if findings.iter().any(|finding| {
            let at = finding.primary.span;
            at.source == span.source && span.start <= at.start && at.end <= span.end
        }) =>
        {
            return None;
        }
        None => fault(
            format!("the `{key}` of the entity comes to nothing"),
            "require the inputs that it is made of, or give a `default` in the expression",
        ),
    };
    findings.push(finding);
    None
}

fn kind(value: &Value) -> crate::yaml::Kind {
    use crate::yaml::Kind;
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Bool,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::List,
        Value::Object(_) => Kind::Map,
    }
}

/// Returns the finding that the catalog has an entity of this name.
fn taken(node: Node<'_>, portal: &Portal, blueprint: &str, identifier: &str) -> Option<Diagnostic> {
    let catalog = &portal.catalog;
    let entity = catalog.find_entity(catalog.find_blueprint(blueprint)?, identifier)?;
    let span = catalog.entity(entity).span();
    let source = portal.sources.get(span.source);
    let message = format!(
        "there is {} called `{}` already, in {}:{}",
        an(&format!("`{}`", clip(blueprint))),
        clip(identifier),
        source.path(),
        source.line_at(span.start)
    );
    let place = node.get("identifier").unwrap_or(node).span();
    Some(Diagnostic::new(Rule::DuplicateIdentifier, place, message).help("choose another name"))
}

/// Returns the path of the entity's file and what it holds.
fn file(
    entity: Map<String, Value>,
    comments: &Comments,
    portal: &Portal,
    files: &dyn Files,
    blueprint: &str,
    identifier: &str,
) -> Result<(String, String), String> {
    let catalog = &portal.catalog;
    let config = catalog.config();
    let begins = catalog.count(Kind::Blueprint) == 0;
    let mut paths =
        if begins { NewFiles::of_new_catalog(config, files) } else { NewFiles::new(config, files) };
    let (path, folder_says) = paths.path(blueprint, identifier, &[], &|_| false)?;
    let mut entity = ordered(entity, ORDER.iter().copied());
    if folder_says {
        entity.shift_remove("blueprint");
    }
    if let Some(known) = catalog.find_blueprint(blueprint).map(|id| catalog.blueprint(id)) {
        let properties = known.properties.iter().map(|property| property.identifier.value.as_str());
        let relations = known.relations.iter().map(|relation| relation.identifier.value.as_str());
        order_of(&mut entity, "properties", properties);
        order_of(&mut entity, "relations", relations);
    }
    let entity = Value::Object(entity);
    write::check(&entity).map_err(|error| error.to_string())?;
    Ok((path, write::commented(&entity, comments)))
}

/// Puts the entries of the mapping at `key` in order.
fn order_of<'n>(entity: &mut Map<String, Value>, key: &str, order: impl Iterator<Item = &'n str>) {
    if let Some(Value::Object(entries)) = entity.get_mut(key) {
        *entries = ordered(std::mem::take(entries), order);
    }
}

/// Returns the entries of `order` in that order, then the others in their own.
fn ordered<'n>(mut entries: Map<String, Value>, order: impl Iterator<Item = &'n str>) -> Map<String, Value> {
    let mut sorted = Map::new();
    sorted.extend(order.filter_map(|name| entries.shift_remove_entry(name)));
    sorted.extend(entries);
    sorted
}
