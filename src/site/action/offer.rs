//! What every page asks about an action, answered once: its form, what it does, for which entities it is offered.

use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::catalog::{BlueprintId, Catalog, Definition, EntityRef};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile};
use crate::form::{Field, Form, Necessity};
use crate::jq::{self, Filter, Input};
use crate::model::action::Action;
use crate::model::action::trigger::Operation;
use crate::model::query::Query;
use crate::portal::Portal;
use crate::procedure::Procedure;
use crate::site::address;
use crate::yaml::{Kind, Node};

/// An action in force, as pages need it.
#[derive(Debug)]
pub(in crate::site) struct Offer<'a> {
    pub(super) definition: &'a Definition<Action>,
    pub(in crate::site) action: &'a Action,
    /// What its files are called.
    pub(super) name: String,
    pub(super) form: Form,
    /// The inputs that must be given, as long as nothing but defaults is entered.
    pub(super) required: Vec<String>,
    pub(super) procedure: Procedure,
    /// The blueprint whose entities it is about.
    pub(in crate::site) blueprint: Option<BlueprintId>,
    /// For which of them it is offered; for all when absent.
    pub(super) condition: Option<Condition>,
    /// The hash of the document.
    print: u64,
}

/// The actions of a catalog.
#[derive(Debug, Default)]
pub(in crate::site) struct Offers<'a> {
    /// Those in force, in path order.
    pub(in crate::site) all: Vec<Offer<'a>>,
    /// How many are drafts.
    pub(super) drafts: usize,
    /// The numbers of those about each blueprint.
    by_blueprint: Vec<Vec<usize>>,
}

impl<'a> Offers<'a> {
    /// Returns the actions of a catalog.
    pub(in crate::site) fn new(portal: &'a Portal) -> Self {
        let catalog = &portal.catalog;
        let published: Vec<&Definition<Action>> =
            catalog.actions().iter().filter(|definition| definition.value.published).collect();
        let drafts = catalog.actions().len() - published.len();
        let identifiers = published.iter().map(|definition| definition.value.identifier.value.as_str());
        let names = address::actions(identifiers);
        let read = || published.iter().zip(names).map(|(definition, name)| offer(portal, definition, name));
        let all: Vec<Offer<'a>> = jq::on_deep_stack(|| read().collect());
        let mut by_blueprint = vec![Vec::new(); catalog.blueprints().len()];
        for (number, offer) in all.iter().enumerate() {
            if let Some(blueprint) = offer.blueprint {
                by_blueprint[blueprint.index()].push(number);
            }
        }
        Self { all, drafts, by_blueprint }
    }

    /// Returns the path of the page of an action.
    pub(in crate::site) fn path(&self, identifier: &str) -> Option<String> {
        let offer = self.all.iter().find(|offer| offer.action.identifier.value == identifier)?;
        Some(address::action(&offer.name))
    }

    /// Returns the actions about the entities of a blueprint.
    pub(in crate::site) fn of(&self, blueprint: BlueprintId) -> impl Iterator<Item = &Offer<'a>> {
        self.by_blueprint[blueprint.index()].iter().map(|&number| &self.all[number])
    }

    /// Returns the actions that create an entity of a blueprint.
    pub(in crate::site) fn creating(&self, blueprint: BlueprintId) -> impl Iterator<Item = &Offer<'a>> {
        self.of(blueprint).filter(|offer| offer.operation() == Some(Operation::Create))
    }

    /// Returns the actions that can be asked for about an entity, and of each whether that depends on who asks. Call it
    /// inside [`on_deep_stack`](jq::on_deep_stack).
    pub(in crate::site) fn about<'s>(
        &'s self,
        portal: &'s Portal,
        entity: EntityRef<'s>,
    ) -> impl Iterator<Item = (&'s Offer<'a>, bool)> {
        let nothing = Gathered::default();
        self.of(entity.blueprint_id()).filter(|offer| offer.needs_entity()).filter_map(move |offer| {
            let Some(condition) = &offer.condition else { return Some((offer, false)) };
            match condition.evaluate(&Asked::new(portal.known(), entity), &nothing) {
                Truth::Holds => Some((offer, false)),
                Truth::Unknown => condition.is_personal().then_some((offer, true)),
                Truth::Fails => None,
            }
        })
    }

    /// Returns the hash of what the page of an entity says of them, joined with `others`.
    pub(in crate::site) fn hash(&self, portal: &Portal, entity: EntityRef<'_>, others: u64) -> u64 {
        let mut about = self.about(portal, entity).peekable();
        if about.peek().is_none() {
            return others;
        }
        let mut hasher = Xxh3::new();
        hasher.update(&others.to_le_bytes());
        for (offer, personal) in about {
            hasher.update(offer.name.as_bytes());
            hasher.update(&offer.print.to_le_bytes());
            hasher.update(&[u8::from(personal)]);
        }
        hasher.digest()
    }

    /// Returns the hash of what the page of a blueprint says of those that create its entities.
    pub(in crate::site) fn print(&self, blueprint: BlueprintId) -> u64 {
        let mut hasher = Xxh3::new();
        for offer in self.creating(blueprint) {
            hasher.update(offer.name.as_bytes());
            hasher.update(&offer.print.to_le_bytes());
        }
        hasher.digest()
    }
}

impl Offer<'_> {
    /// Returns the path of its page.
    pub(in crate::site) fn path(&self) -> String {
        address::action(&self.name)
    }

    /// Returns what it does to an entity.
    pub(super) fn operation(&self) -> Option<Operation> {
        self.action.operation.as_ref().map(|operation| operation.value)
    }

    /// Returns whether it is about an entity that exists.
    pub(super) fn needs_entity(&self) -> bool {
        self.blueprint.is_some() && matches!(self.operation(), Some(Operation::Day2 | Operation::Delete))
    }

    /// Returns whether an input must be given, as long as nothing but defaults is entered.
    pub(super) fn needs(&self, field: &Field) -> bool {
        self.required.contains(&field.identifier)
    }

    /// Returns its identifier.
    pub(super) fn identifier(&self) -> &str {
        &self.action.identifier.value
    }
}

fn offer<'a>(portal: &'a Portal, definition: &'a Definition<Action>, name: String) -> Offer<'a> {
    let catalog = &portal.catalog;
    let action = &definition.value;
    let node = catalog.node(definition.place);
    let blueprint = action.blueprint.as_ref().and_then(|name| catalog.find_blueprint(&name.value));
    let form = Form::of_action(node, action);
    Offer {
        definition,
        action,
        name,
        required: required(portal, &form),
        form,
        procedure: Procedure::of_action(catalog, definition),
        blueprint,
        condition: node
            .get("trigger")
            .and_then(|trigger| trigger.get("condition"))
            .and_then(|condition| search(portal, blueprint, condition)),
        print: xxh3_64(portal.sources.text(node.span()).as_bytes()),
    }
}

/// Returns the inputs that must be given, as long as nothing but defaults is entered; of an expression that needs more,
/// none.
fn required(portal: &Portal, form: &Form) -> Vec<String> {
    let Some(expression) = &form.required else {
        let listed = form.fields.iter().filter(|field| field.necessity == Necessity::Required);
        return listed.map(|field| field.identifier.clone()).collect();
    };
    let defaults = form.fields.iter().filter_map(|field| {
        let default = field.fixed_default().filter(|_| !field.secret)?;
        Some((field.identifier.clone(), default.clone()))
    });
    let input = json!({"form": defaults.collect::<Map<_, _>>(), "entity": null, "user": null});
    let names = Filter::compile(&expression.source)
        .map(|filter| filter.first(&Input::from_json(&input), portal.now.seconds()));
    match names {
        Ok(Ok(Some(Value::Array(names)))) => {
            names.iter().filter_map(Value::as_str).map(String::from).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the condition that a search means; `None` when it is no group, which is reported. What it would look up in
/// files and in Git stays unknown.
pub(super) fn search(portal: &Portal, blueprint: Option<BlueprintId>, node: Node<'_>) -> Option<Condition> {
    if node.kind() != Kind::Map || node.get("rules").is_none() {
        return None;
    }
    let catalog: &Catalog = &portal.catalog;
    let scope = Scope { catalog, graph: &portal.graph, blueprint, max_age: None, now: portal.now };
    let (lookups, found) = (&mut Lookups::default(), &mut Vec::new());
    Some(compile(&Query::decode(node), node.document(), scope, lookups, found))
}
