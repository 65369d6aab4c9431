//! What a document is: its own `kind`, else its folder, else its shape; and the documents inside an envelope.

use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::Kind;
use crate::model::config::Config;
use crate::model::phrase::{article, quoted};
use crate::model::shape::{Object, start};
use crate::model::{automation, integration};
use crate::yaml::{self, Node, NodeId};

/// A document of the catalog, recognised.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// The document.
    pub(super) node: NodeId,
    /// What it is.
    pub(super) kind: Kind,
    /// The blueprint that the list around it names.
    pub(super) blueprint: Option<NodeId>,
}

/// Where a file is, as far as that says what its documents are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a> {
    /// The kind whose folder the file is in.
    pub(super) kind: Option<Kind>,
    /// The folder below that: of entities, their blueprint.
    pub(super) name: Option<&'a str>,
}

impl<'a> Folder<'a> {
    /// Returns what the place of `path`, relative to the catalog root, says.
    pub(super) fn of(path: &'a str, config: &Config) -> Self {
        for &kind in Kind::ALL {
            for folder in config.folders(kind) {
                let Some(rest) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else {
                    continue;
                };
                return Self { kind: Some(kind), name: rest.split_once('/').map(|(name, _)| name) };
            }
        }
        Self { kind: None, name: None }
    }
}

/// Returns the documents that `root` is or holds, reporting what is none.
pub(super) fn recognise(root: Node<'_>, folder: Folder<'_>, found: &mut Vec<Diagnostic>) -> Vec<Piece> {
    let mut reader = Reader { folder, pieces: Vec::new(), unrecognised: 0, found };
    reader.read(root, None, None);
    reader.report_rest(root);
    reader.pieces
}

struct Reader<'a> {
    folder: Folder<'a>,
    pieces: Vec<Piece>,
    /// How many documents were none.
    unrecognised: usize,
    found: &'a mut Vec<Diagnostic>,
}

/// A list of data that is no catalog is one mistake, not 100,000: after so many the rest is counted.
const MOST: usize = 100;

impl Reader<'_> {
    /// Reads a node that is a document, a list of them, or an envelope around them; `kind` is what an envelope
    /// has said, `blueprint` what a list has.
    fn read(&mut self, node: Node<'_>, kind: Option<Kind>, blueprint: Option<NodeId>) {
        match node.kind() {
            yaml::Kind::List => node.items().for_each(|item| self.read(item, kind, blueprint)),
            yaml::Kind::Map => match envelope(node) {
                Some((kind, inner)) => self.read(inner, Some(kind), blueprint),
                None => match wrapper(node) {
                    Some((blueprint, data)) => self.read(data, kind, Some(blueprint)),
                    None => self.document(node, kind, blueprint),
                },
            },
            other => {
                let message = format!("a document is a mapping, not {}", article(other));
                self.unrecognised(node, message, "write the keys of a blueprint, an entity or another kind");
            }
        }
    }

    /// Reads one document.
    fn document(&mut self, node: Node<'_>, kind: Option<Kind>, blueprint: Option<NodeId>) {
        let api = node.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
        if api.starts_with("backstage.io/") || api.starts_with("scaffolder.backstage.io/") {
            self.backstage(node);
        } else if api == "getport.io/v1" {
            self.kubernetes(node);
        } else if is_resource(node) {
            self.pieces.push(Piece { node: node.id(), kind: Kind::Integration, blueprint });
        } else if let Some(kind) = kind.or_else(|| self.stated(node)).or(self.folder.kind) {
            self.pieces.push(Piece { node: node.id(), kind: precise(kind, node), blueprint });
        } else if let Some(name) = node.get("kind").and_then(Node::as_str) {
            self.unknown_kind(node, name);
        } else {
            self.by_shape(node, blueprint);
        }
    }

    /// Returns the kind that the document itself states.
    fn stated(&self, node: Node<'_>) -> Option<Kind> {
        Kind::from_name(node.get("kind")?.as_str()?)
    }

    /// Reads a document that only its shape can tell.
    fn by_shape(&mut self, node: Node<'_>, blueprint: Option<NodeId>) {
        match shapes(node, blueprint.is_some()).as_slice() {
            [kind] => self.pieces.push(Piece { node: node.id(), kind: *kind, blueprint }),
            [] => {
                let keys = quoted(node.entries().filter_map(|(key, _)| key.as_str()).take(6));
                let message = if keys.is_empty() {
                    "this mapping is empty, so it is no kind of document".to_string()
                } else {
                    format!("no kind of document has the keys {keys}")
                };
                self.unrecognised(node, message, "add `kind: entity` (or blueprint, scorecard, …), or move the file into the folder of its kind");
            }
            kinds => {
                let names = quoted(kinds.iter().map(|kind| kind.name()));
                let message = format!("this document could be any of {names}");
                let help =
                    format!("add `kind: {}`, or move the file into the folder of its kind", kinds[0].name());
                self.found.push(Diagnostic::new(Rule::AmbiguousDocument, start(node), message).help(help));
            }
        }
    }

    /// Says how many documents more were none, after the first ones.
    fn report_rest(&mut self, root: Node<'_>) {
        if let Some(rest) = self.unrecognised.checked_sub(MOST).filter(|&rest| rest > 0) {
            let message = format!("{rest} more documents of this list are none of a catalog");
            self.found.push(Diagnostic::new(Rule::UnrecognisedDocument, root.span(), message));
        }
    }

    fn unrecognised(&mut self, node: Node<'_>, message: impl Into<String>, help: &str) {
        self.unrecognised += 1;
        if self.unrecognised > MOST {
            return;
        }
        let finding = Diagnostic::new(Rule::UnrecognisedDocument, start(node), message);
        self.found.push(finding.help(help));
    }

    fn unknown_kind(&mut self, node: Node<'_>, name: &str) {
        let span = node.get("kind").unwrap_or(node).span();
        let known = || Kind::ALL.iter().map(|kind| kind.name());
        let help =
            did_you_mean(name, known()).unwrap_or_else(|| format!("the kinds are {}", quoted(known())));
        let message = format!("there is no kind of document called `{name}`");
        self.found.push(Diagnostic::new(Rule::UnrecognisedDocument, span, message).help(help));
    }

    fn backstage(&mut self, node: Node<'_>) {
        let kind = node.get("kind").and_then(Node::as_str).unwrap_or("document");
        let message = format!("this is a Backstage `{kind}`, which is not read as it is");
        let finding = Diagnostic::new(Rule::BackstageDocument, start(node), message);
        self.found
            .push(finding.help("keep it where Backstage reads it; importing Backstage catalogs is planned"));
    }

    /// Reads Port's Kubernetes form, whose `spec` is the entity.
    fn kubernetes(&mut self, node: Node<'_>) {
        match node.get("spec").filter(|spec| spec.kind() == yaml::Kind::Map) {
            Some(spec) => self.pieces.push(Piece { node: spec.id(), kind: Kind::Entity, blueprint: None }),
            None => self.unrecognised(
                node,
                "a `getport.io/v1` document needs a `spec`",
                "write the entity under `spec`",
            ),
        }
    }
}

/// Returns the table of the keys of a document of `kind`.
pub(super) fn table(kind: Kind, node: Node<'_>) -> &'static Object {
    match kind {
        Kind::Action | Kind::Automation => automation::table(node),
        Kind::Integration if is_resource(node) => &integration::RESOURCE,
        kind => kind.object(),
    }
}

/// Port exports actions and automations as one list; what starts a document tells them apart.
fn precise(kind: Kind, node: Node<'_>) -> Kind {
    match kind {
        Kind::Action | Kind::Automation if is_automatic(node) => Kind::Automation,
        Kind::Automation if node.get("trigger").is_some() => Kind::Action,
        kind => kind,
    }
}

/// Returns whether an event, not a person, starts what `node` defines.
fn is_automatic(node: Node<'_>) -> bool {
    node.get("trigger").and_then(|trigger| trigger.get("type")).and_then(Node::as_str) == Some("automation")
}

/// Returns whether `node` is one resource of a mapping, as Port's integrations publish lists of them.
fn is_resource(node: Node<'_>) -> bool {
    ["kind", "selector", "port"].into_iter().all(|key| node.get(key).is_some())
}

/// Returns what is inside an answer of Port's API, `{"ok": true, "blueprints": […]}`, and its kind.
fn envelope(node: Node<'_>) -> Option<(Kind, Node<'_>)> {
    let answered = node.get("ok").and_then(Node::as_bool).is_some();
    let named = |&&kind: &&Kind| node.get(kind.plural()).or_else(|| node.get(kind.name()));
    let kind = *Kind::ALL.iter().find(|kind| named(kind).is_some_and(is_collection))?;
    let inner = named(&&kind)?;
    // Without the `ok` of an answer, a mapping of one key that is a kind's plural is one as well.
    let bare = node.len() == 1 && node.get(kind.plural()).is_some();
    (answered || bare).then_some((kind, inner))
}

fn is_collection(node: Node<'_>) -> bool {
    matches!(node.kind(), yaml::Kind::List | yaml::Kind::Map)
}

/// Returns the blueprint and the documents of a list under a blueprint, `{blueprint: …, data: […]}`.
fn wrapper(node: Node<'_>) -> Option<(NodeId, Node<'_>)> {
    let blueprint = node.get("blueprint").filter(|name| name.as_str().is_some())?;
    let data = node.get("data").filter(|data| data.kind() == yaml::Kind::List)?;
    node.get("identifier").is_none().then(|| (blueprint.id(), data))
}

/// Returns the kinds whose shape a document has.
fn shapes(node: Node<'_>, wrapped: bool) -> Vec<Kind> {
    let has = |key: &str| node.get(key).is_some();
    let computed = ["mirrorProperties", "calculationProperties", "aggregationProperties"];
    let blueprint = has("identifier") && (has("schema") || computed.into_iter().any(has));
    let mut kinds = Vec::new();
    let mut fits = |kind, fitting: bool| kinds.extend(fitting.then_some(kind));
    fits(Kind::Blueprint, blueprint);
    fits(Kind::Scorecard, has("rules"));
    fits(Kind::Action, (has("trigger") && !is_automatic(node)) || (has("nodes") && has("connections")));
    fits(Kind::Automation, is_automatic(node));
    fits(Kind::Page, has("widgets"));
    fits(Kind::Integration, has("resources"));
    fits(Kind::Scaffold, has("target") && (has("entity") || has("next") || has("append")));
    let parts = ["blueprint", "properties", "relations"].into_iter().any(has);
    if kinds.is_empty() && has("identifier") && (parts || wrapped) {
        kinds.push(Kind::Entity);
    }
    kinds
}
