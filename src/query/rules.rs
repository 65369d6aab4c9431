//! Entities chosen by a search query of Port: `{combinator, rules}`.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::catalog::{BlueprintId, EntityId};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule, Severity};
use crate::jq;
use crate::model::query::{QUERY, Query};
use crate::portal::Portal;
use crate::source::{Source, SourceId, Sources, Span};
use crate::yaml;

/// What a query chose.
#[derive(Debug)]
pub struct Chosen {
    /// The entities for which it holds; none when it has mistakes.
    pub entities: FxHashSet<EntityId>,
    /// The catalog's texts and the query's, for the places of findings.
    pub sources: Sources,
    /// What is wrong with the query.
    pub diagnostics: Diagnostics,
    /// Whether it depends on who looks, which nobody does here: such conditions choose nothing.
    pub personal: bool,
}

/// Returns the entities, of `blueprint` or of all, that the query in `bytes` chooses; `name` is what its file is called.
pub fn choose(portal: &Portal, blueprint: Option<BlueprintId>, name: &str, bytes: Vec<u8>) -> Chosen {
    let id = SourceId::new(portal.sources.len());
    let mut found = Vec::new();
    let (text, broken) = yaml::text_of(id, bytes);
    found.extend(broken);
    let text: Arc<str> = text.into();
    let document = yaml::parse(id, &text, &mut found);
    let mut chosen = Chosen {
        entities: FxHashSet::default(),
        sources: Sources::default(),
        diagnostics: Diagnostics::default(),
        personal: false,
    };
    if let Some(root) = document.roots().next().filter(|_| found.is_empty()) {
        QUERY.check(root, &mut found);
        let scope = Scope {
            catalog: &portal.catalog,
            graph: &portal.graph,
            blueprint,
            max_age: None,
            now: portal.now,
        };
        let query = Query::decode(root);
        let mut lookups = Lookups::default();
        let condition = jq::on_deep_stack(|| compile(&query, &document, scope, &mut lookups, &mut found));
        if !lookups.is_empty() {
            let message = "this search cannot ask for files or the history";
            let help = "ask for a property, or for a scorecard whose rules ask for them";
            found.push(Diagnostic::new(Rule::InvalidCondition, root.span(), message).help(help));
        }
        chosen.personal = condition.is_personal();
        if !found.iter().any(|finding| finding.severity == Severity::Error) {
            chosen.entities = holding(portal, blueprint, &condition);
        }
    }
    if document.roots().next().is_none() && found.is_empty() {
        let finding = Diagnostic::new(Rule::EmptyDocument, Span::start_of(id), "there is no query here");
        let help = "write `combinator: and` and a list of `rules`";
        found.push(Diagnostic { severity: Severity::Error, ..finding.help(help) });
    }
    if !found.is_empty() {
        chosen.sources = with(portal, name, text);
    }
    chosen.diagnostics.extend(found);
    chosen.diagnostics.sort();
    chosen
}

/// Returns the entities for which a condition holds.
fn holding(portal: &Portal, blueprint: Option<BlueprintId>, condition: &Condition) -> FxHashSet<EntityId> {
    let (known, gathered) = (portal.known(), Gathered::default());
    let entities: Vec<EntityId> = match blueprint {
        Some(blueprint) => portal.catalog.entities_of(blueprint).map(|entity| entity.id()).collect(),
        None => portal.catalog.entity_ids().collect(),
    };
    let holds = |id: &EntityId| {
        let asked = Asked::new(known, portal.catalog.entity(*id));
        condition.evaluate(&asked, &gathered) == Truth::Holds
    };
    jq::on_deep_stack(|| entities.into_par_iter().filter(holds).collect())
}

/// Returns the catalog's texts and one more.
fn with(portal: &Portal, name: &str, text: Arc<str>) -> Sources {
    let own = portal.sources.iter().map(|(_, source)| Source::new(source.path(), source.text()));
    own.chain([Source::new(name, text)]).collect()
}
