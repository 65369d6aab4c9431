//! What the expressions of actions and automations see, as far as that is known before anything happens.

use crate::catalog::{BlueprintId, Catalog};
use crate::diagnostic::{Rule, did_you_mean};
use crate::jq::Path;
use crate::model::action::input::Input;
use crate::model::blueprint::Blueprint;
use crate::model::phrase::{clip, quoted, quoted_first};
use crate::model::property::Type;

/// What a value is, and so which members it has.
#[derive(Debug, Clone)]
pub(super) enum Sight<'a> {
    /// Anything, of which nothing is known.
    Any,
    /// Something with these members and no others.
    Members(Members<'a>),
    /// An entity of a blueprint.
    Entity(&'a Blueprint),
    /// Its properties, computed ones included.
    Properties(&'a Blueprint),
    /// Its relations.
    Relations(&'a Blueprint),
    /// An identifier of an entity; what to write in place of a member.
    Identifier(&'static str),
    /// Nothing; why, and what is there instead.
    Nothing(&'static str, &'static str),
}

/// Members of something.
#[derive(Debug, Clone)]
pub(super) struct Members<'a> {
    /// What has them, and what one is called: `the form has no input`.
    pub(super) lacks: &'static str,
    /// What is broken by naming another.
    pub(super) rule: Rule,
    /// Each with what it is.
    pub(super) members: Vec<(&'a str, Sight<'a>)>,
    /// What to say of names that are no mistakes of spelling.
    pub(super) hints: &'static [(&'static str, &'static str)],
}

/// What is wrong with a name.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) rule: Rule,
    pub(super) message: String,
    pub(super) help: String,
    /// Where the name begins in the expression, and how long it is.
    pub(super) at: (usize, usize),
}

/// The members of an entity, as Port's API has it.
const ENTITY: &[&str] = &[
    "identifier",
    "title",
    "icon",
    "team",
    "blueprint",
    "properties",
    "relations",
    "createdAt",
    "createdBy",
    "updatedAt",
    "updatedBy",
];

impl<'a> Sight<'a> {
    /// Returns something with these members and no others.
    pub(super) fn members(
        lacks: &'static str,
        rule: Rule,
        members: impl IntoIterator<Item = (&'a str, Self)>,
    ) -> Self {
        Self::Members(Members { lacks, rule, members: members.into_iter().collect(), hints: &[] })
    }

    /// Returns an entity of a blueprint; anything, when the blueprint is not known.
    pub(super) fn entity(catalog: &'a Catalog, blueprint: Option<BlueprintId>) -> Self {
        blueprint.map_or(Self::Any, |id| Self::Entity(catalog.blueprint(id)))
    }

    /// Returns the inputs of a form, in which an entity is itself: an identifier of one is both.
    pub(super) fn inputs(catalog: &'a Catalog, inputs: &'a [Input]) -> Self {
        Self::of_inputs(inputs, |name| Self::entity(catalog, catalog.find_blueprint(name)))
    }

    /// Returns the inputs of a form, in which an entity is its identifier; `help` is what to write for its parts.
    pub(super) fn identifiers(inputs: &'a [Input], help: &'static str) -> Self {
        Self::of_inputs(inputs, |_| Self::Identifier(help))
    }

    fn of_inputs(inputs: &'a [Input], entity: impl Fn(&str) -> Self) -> Self {
        let members = inputs.iter().map(|input| {
            let picked = input.format.as_ref().is_some_and(|format| format.value == "entity");
            let blueprint = input.blueprint.as_ref().filter(|_| picked && input.kind != Some(Type::Array));
            let sight = blueprint.map_or(Self::Any, |name| entity(&name.value));
            (input.identifier.value.as_str(), sight)
        });
        Self::members("the form has no input", Rule::UnknownInput, members)
    }

    /// Returns what is wrong with the last name of a chain; one before it has a chain of its own.
    pub(super) fn look(&self, path: &Path) -> Option<Mistake> {
        let (last, before) = path.split_last()?;
        let mut at = self.clone();
        for (name, _) in before {
            at = at.member(name).ok()?;
        }
        let (name, offset) = last;
        let (rule, message, help) = *at.member(name).err()?;
        Some(Mistake { rule, message, help, at: (*offset, name.len()) })
    }

    /// Returns a member, or the rule, message and help of its absence.
    fn member(&self, name: &str) -> Result<Self, Box<(Rule, String, String)>> {
        match self {
            Self::Any => Ok(Self::Any),
            Self::Members(members) => {
                let found = members.members.iter().find(|(known, _)| *known == name);
                found.map(|(_, sight)| sight.clone()).ok_or_else(|| Box::new(members.missing(name)))
            }
            Self::Entity(blueprint) => match name {
                "properties" => Ok(Self::Properties(blueprint)),
                "relations" => Ok(Self::Relations(blueprint)),
                _ if ENTITY.contains(&name) => Ok(Self::Any),
                _ => Err(Box::new(no_member(blueprint, name))),
            },
            Self::Properties(blueprint) => {
                let known = blueprint.property(name).is_some() || blueprint.computed(name).is_some();
                if known { Ok(Self::Any) } else { Err(Box::new(no_property(blueprint, name))) }
            }
            Self::Relations(blueprint) => match blueprint.relation(name) {
                Some(_) => Ok(Self::Any),
                None => Err(Box::new(no_relation(blueprint, name))),
            },
            Self::Identifier(help) => {
                let message = format!("this is the identifier of an entity, which has no `{}`", clip(name));
                Err(Box::new((Rule::InvalidTemplate, message, (*help).to_string())))
            }
            Self::Nothing(why, help) => {
                Err(Box::new((Rule::NoEntity, (*why).to_string(), (*help).to_string())))
            }
        }
    }
}

impl Members<'_> {
    fn missing(&self, name: &str) -> (Rule, String, String) {
        let names = || self.members.iter().map(|(name, _)| *name);
        let hint = self.hints.iter().find(|(known, _)| *known == name).map(|(_, hint)| (*hint).to_string());
        let help = hint.or_else(|| did_you_mean(name, names())).unwrap_or_else(|| match names().count() {
            0 => "there is none".to_string(),
            1 => format!("there is {}", quoted_first(names())),
            _ => format!("there are {}", quoted_first(names())),
        });
        (self.rule, format!("{} `{}`", self.lacks, clip(name)), help)
    }
}

fn no_member(blueprint: &Blueprint, name: &str) -> (Rule, String, String) {
    let property = blueprint.property(name).is_some() || blueprint.computed(name).is_some();
    let help = if property {
        format!("`{name}` is a property: write `.properties.{name}`")
    } else if blueprint.relation(name).is_some() {
        format!("`{name}` is a relation: write `.relations.{name}`")
    } else {
        let near = did_you_mean(name, ENTITY.iter().copied());
        near.unwrap_or_else(|| format!("it has {}", quoted(ENTITY.iter().copied())))
    };
    (Rule::InvalidTemplate, format!("an entity has no `{}`", clip(name)), help)
}

/// Returns the rule, message and help of a property that a blueprint does not have.
pub(super) fn no_property(blueprint: &Blueprint, name: &str) -> (Rule, String, String) {
    let of = &blueprint.identifier.value;
    let names = || blueprint.names().filter(|name| !name.starts_with('$'));
    let relation = || blueprint.relation(name).map(|_| format!("`{name}` is a relation"));
    let help = relation().or_else(|| did_you_mean(name, names())).unwrap_or_else(|| match names().count() {
        0 => format!("`{of}` has no properties"),
        _ => format!("its properties are {}", quoted_first(names())),
    });
    (Rule::UnknownProperty, format!("`{of}` has no property `{}`", clip(name)), help)
}

/// Returns the rule, message and help of a relation that a blueprint does not have.
pub(super) fn no_relation(blueprint: &Blueprint, name: &str) -> (Rule, String, String) {
    let of = &blueprint.identifier.value;
    let names = || blueprint.relations.iter().map(|relation| relation.identifier.value.as_str());
    let property = || {
        let known = blueprint.property(name).is_some() || blueprint.computed(name).is_some();
        known.then(|| format!("`{name}` is a property"))
    };
    let help = property().or_else(|| did_you_mean(name, names())).unwrap_or_else(|| match names().count() {
        0 => format!("`{of}` has no relations"),
        _ => format!("its relations are {}", quoted_first(names())),
    });
    (Rule::UnknownRelation, format!("`{of}` has no relation `{}`", clip(name)), help)
}
