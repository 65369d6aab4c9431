//! Inputs that name something of the catalog: entities, teams and users, and which of them can be picked.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::fill::Problem;
use super::seen::Seen;
use super::{Expression, Field, Sort};
use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile};
use crate::diagnostic::did_you_mean;
use crate::known::{Known, document};
use crate::model::phrase::{an, clip};
use crate::model::query::Query;
use crate::source::{SourceId, Span};
use crate::yaml;

/// Where the entities that an input names are looked for.
enum Place {
    /// Among those of a blueprint.
    Of(BlueprintId),
    /// Among all.
    Anywhere,
    /// Elsewhere, where nothing can be looked up: another catalog, or no catalog of teams or users at all.
    Elsewhere,
    /// Nowhere: the blueprint does not exist.
    Nowhere,
}

fn place(field: &Field, known: Known<'_>) -> Place {
    let catalog = known.catalog;
    let people = |blueprint: &str| {
        let id = catalog.find_blueprint(blueprint);
        let declared = id.filter(|&id| catalog.entities_of(id).len() > 0);
        declared.map_or(Place::Elsewhere, Place::Of)
    };
    match (field.format.as_deref(), field.blueprint.as_deref()) {
        (Some("team"), _) => people(catalog.config().team()),
        (Some("user"), _) => people(catalog.config().user()),
        (_, None) => Place::Anywhere,
        (_, Some(name)) => match catalog.find_blueprint(name) {
            Some(id) => Place::Of(id),
            None if catalog.config().is_external(name) => Place::Elsewhere,
            None => Place::Nowhere,
        },
    }
}

/// Returns the entity of a name; of several blueprints, the first.
fn find(field: &Field, name: &str, known: Known<'_>) -> Option<EntityId> {
    match place(field, known) {
        Place::Of(blueprint) => known.catalog.find_entity(blueprint, name),
        Place::Anywhere => known.catalog.find_entities(name).first().copied(),
        Place::Elsewhere | Place::Nowhere => None,
    }
}

/// Returns an entity, or a list of entities, as Port's API has them, in the place of their identifiers; `None` when the
/// input is of another format. What is not found stays what it is.
pub(super) fn shown(field: &Field, value: &Value, known: Known<'_>) -> Option<Value> {
    (field.format.as_deref() == Some("entity")).then(|| documents(field, value, known))
}

/// Returns the entities that a value names, as Port's API has them; of what names none, the name.
fn documents(field: &Field, value: &Value, known: Known<'_>) -> Value {
    let one = |value: &Value| {
        let found = value.as_str().and_then(|name| find(field, name, known));
        found.map_or_else(|| value.clone(), |id| document::json(known, known.catalog.entity(id)))
    };
    match value {
        Value::Array(items) => items.iter().map(one).collect(),
        value => one(value),
    }
}

/// Pushes what is wrong with the names in the value of an input: those of nothing, and those that cannot be picked.
pub(super) fn check(field: &Field, value: &Value, seen: &Seen<'_>, found: &mut Vec<Problem>) {
    if !field.is_reference() {
        return;
    }
    let known = seen.asker.known;
    let dataset = match Dataset::of(field, seen) {
        Ok(dataset) => dataset,
        Err(reason) => return found.push(Problem::failed(field, "dataset", &reason)),
    };
    let names = std::slice::from_ref(value).iter().chain(value.as_array().into_iter().flatten());
    for name in names.filter_map(Value::as_str) {
        match find(field, name, known) {
            None => found.extend(unknown(field, name, known)),
            Some(id) => {
                let entity = known.catalog.entity(id);
                if dataset.as_ref().is_some_and(|dataset| !dataset.holds(known, entity)) {
                    let message = format!("`{}` cannot be picked for `{}`", clip(name), field.identifier);
                    let help = "it is not among the entities that the dataset of the input finds";
                    found.push(Problem::new(field, message).help(help));
                }
            }
        }
    }
}

/// Returns the problem that nothing has this name, as far as that can be said.
fn unknown(field: &Field, name: &str, known: Known<'_>) -> Option<Problem> {
    let catalog = known.catalog;
    let kind = match (field.format.as_deref(), field.blueprint.as_deref()) {
        (Some("team"), _) => "a team".to_string(),
        (Some("user"), _) => "a user".to_string(),
        (_, Some(blueprint)) => an(&format!("`{blueprint}`")),
        (_, None) => "an entity".to_string(),
    };
    let message = format!("`{}` is not {kind} of this catalog", clip(name));
    let problem = Problem::new(field, message);
    match place(field, known) {
        Place::Elsewhere => None,
        Place::Nowhere => Some(problem.help("the blueprint does not exist")),
        Place::Anywhere => Some(problem),
        Place::Of(blueprint) => {
            let names = catalog.entities_of(blueprint).map(EntityRef::identifier);
            Some(problem.maybe_help(did_you_mean(name, names)))
        }
    }
}

/// Returns the entities that can be picked, in their order; `None` when the catalog does not know them.
///
/// # Errors
/// Why that cannot be said, as a phrase.
pub(super) fn candidates<'a>(field: &Field, seen: &Seen<'a>) -> Result<Option<Vec<EntityRef<'a>>>, String> {
    let known = seen.asker.known;
    let mut entities: Vec<EntityRef<'a>> = match place(field, known) {
        Place::Of(blueprint) => known.catalog.entities_of(blueprint).collect(),
        Place::Anywhere => known.catalog.entities().collect(),
        Place::Elsewhere | Place::Nowhere => return Ok(None),
    };
    if let Some(dataset) = Dataset::of(field, seen)? {
        entities.retain(|entity| dataset.holds(known, *entity));
    }
    entities.sort_by(|one, other| compare(&field.sort, *one, *other, known));
    Ok(Some(entities))
}

/// Compares two entities; those without a value come last, and equal ones are in the order of their identifiers.
fn compare<'a>(sort: &Sort, one: EntityRef<'a>, other: EntityRef<'a>, known: Known<'a>) -> Ordering {
    let by_property = match sort.property.as_str() {
        "$title" => Some(one.label().to_lowercase().cmp(&other.label().to_lowercase())),
        name => {
            let (one, other) = (known.value(one, name), known.value(other, name));
            match (one.is_nothing(), other.is_nothing()) {
                (false, false) => None,
                (one, other) => return one.cmp(&other),
            }
            .or_else(|| one.as_f64().partial_cmp(&other.as_f64()).filter(|order| order.is_ne()))
            .or_else(|| Some(one.to_json().to_string().cmp(&other.to_json().to_string())))
        }
    };
    let order = by_property.unwrap_or(Ordering::Equal);
    let order = if sort.descending { order.reverse() } else { order };
    order.then_with(|| one.identifier().cmp(other.identifier()))
}

/// The search for the entities that can be picked, with the values that it computes.
pub(super) struct Dataset(Condition);

impl Dataset {
    /// Returns the search of an input, if it has one.
    ///
    /// # Errors
    /// When a value of it cannot be computed.
    fn of(field: &Field, seen: &Seen<'_>) -> Result<Option<Self>, String> {
        let Some(query) = &field.dataset else { return Ok(None) };
        let known = seen.asker.known;
        let blueprint = match place(field, known) {
            Place::Of(blueprint) => Some(blueprint),
            _ => None,
        };
        // The compiler of conditions reads documents; this is the search with its values filled in, as one.
        let text: Arc<str> = computed(query, seen)?.to_string().into();
        let document = yaml::parse(SourceId::new(0), &text, &mut Vec::new());
        let root = document.roots().next().ok_or("it is empty")?;
        let scope = Scope {
            catalog: known.catalog,
            graph: known.graph,
            blueprint,
            max_age: None,
            now: seen.asker.now,
        };
        // Mistakes in the search have been reported where it is written; what rests on one is unknown, so not picked.
        let mistakes = &mut Vec::new();
        Ok(Some(Self(compile(&Query::decode(root), &document, scope, &mut Lookups::default(), mistakes))))
    }

    /// Returns whether it finds an entity: certainly, not perhaps.
    fn holds<'a>(&self, known: Known<'a>, entity: EntityRef<'a>) -> bool {
        self.0.evaluate(&Asked::new(known, entity), &Gathered::default()) == Truth::Holds
    }
}

/// Returns a query in which the values of its rules are computed.
fn computed(query: &Value, seen: &Seen<'_>) -> Result<Value, String> {
    let Value::Object(entries) = query else { return Ok(query.clone()) };
    let mut result = Map::new();
    for (key, value) in entries {
        let value = match (key.as_str(), value) {
            ("rules", Value::Array(rules)) => {
                rules.iter().map(|rule| computed(rule, seen)).collect::<Result<_, _>>()?
            }
            ("value", value) => operand(value, seen)?,
            (_, value) => value.clone(),
        };
        result.insert(key.clone(), value);
    }
    Ok(Value::Object(result))
}

/// Returns what a rule compares with: computed by jq, taken from who asks, or as written.
fn operand(value: &Value, seen: &Seen<'_>) -> Result<Value, String> {
    let user = seen.asker.user;
    let of_user = |key: &str| user.get(key).cloned().unwrap_or_default();
    match value {
        Value::Object(entries) => {
            if let Some(source) = entries.get("jqQuery").and_then(Value::as_str) {
                return seen.evaluate(&Expression::new(source, Span::new(SourceId::new(0), 0, 0)));
            }
            let property = entries.get("property").and_then(Value::as_str).unwrap_or("identifier");
            Ok(match entries.get("context").and_then(Value::as_str) {
                Some("user") => of_user(property.trim_start_matches('$')),
                Some("userTeams") => of_user("teams"),
                _ => value.clone(),
            })
        }
        Value::Array(items) => {
            let mut list = Vec::new();
            for item in items {
                match operand(item, seen)? {
                    // `in: [{{getUserTeams()}}]` means each of them.
                    Value::Array(inner) if !item.is_array() => list.extend(inner),
                    item => list.push(item),
                }
            }
            Ok(Value::Array(list))
        }
        Value::String(text) => Ok(match text.as_str() {
            "{{getUserEmail()}}" => of_user("email"),
            "{{getUserTeams()}}" | "My Teams" | "My teams" => of_user("teams"),
            _ => value.clone(),
        }),
        _ => Ok(value.clone()),
    }
}

/// Returns the entities that inputs name, as Port's API has them, by input: what templates see of them.
pub(super) fn entities(
    fields: &[Field],
    values: &Map<String, Value>,
    known: Known<'_>,
) -> Map<String, Value> {
    let named = fields.iter().filter_map(|field| {
        let value = values.get(&field.identifier)?;
        Some((field.identifier.clone(), shown(field, value, known)?))
    });
    named.collect()
}

/// Returns the entities that inputs name, teams and users among them, as Port's API has them, by input: what the templates
/// of files see of them.
pub(super) fn picked(fields: &[Field], values: &Map<String, Value>, known: Known<'_>) -> Map<String, Value> {
    let named = fields.iter().filter(|field| field.is_reference()).filter_map(|field| {
        let value = values.get(&field.identifier).filter(|value| !value.is_null())?;
        Some((field.identifier.clone(), documents(field, value, known)))
    });
    named.collect()
}
