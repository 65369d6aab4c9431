//! From files to a catalog: read, parse and recognise in parallel; then place, index and decode in order.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashTable;
use rayon::prelude::*;

use super::data::{Gathered, Listed, gather};
use super::facts::Part;
use super::lost::lost_identifiers;
use super::made::Made;
use super::parsed::Parsed;
use super::place::Stated;
use super::recognise::{Folder, Piece};
use super::schema::Validator;
use super::{BlueprintId, Catalog, Definition, EntityId, Names, Place, Record, entity_hash, system};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule};
use crate::model::blueprint::Blueprint;
use crate::model::config::Config;
use crate::model::entity::Entity;
use crate::model::instant::Instant;
use crate::model::phrase::an;
use crate::model::{Kind, Spanned};
use crate::source::{Source, SourceId, Sources, Span};
use crate::worktree::{Content, Files, Link, Unreadable};
use crate::yaml::{Document, MAX_BYTES, NodeId};

/// What loading gives: the texts, the catalog, and how many files it was read from.
#[derive(Debug)]
pub struct Loaded {
    /// The texts, in path order, after those that were there before.
    pub sources: Sources,
    /// The catalog.
    pub catalog: Catalog,
    /// How many files were read.
    pub files: usize,
}

/// How many files are read before they are parsed: enough for all cores, few enough that the memory is used again.
const AT_ONCE: usize = 4096;

/// Reads and loads every document of `files`, as of `now`; what is wrong goes to `found`.
///
/// # Errors
/// When files cannot be listed or read.
pub fn load(
    files: &dyn Files,
    config: Config,
    sources: Sources,
    now: Instant,
    found: &mut Diagnostics,
) -> Result<Loaded, Unreadable> {
    let listing = files.list(&config.selection())?;
    let catalog = Catalog { config, now, ..Catalog::default() };
    let listed = Listed { files: &listing.files, first: sources.len() };
    let mut loader =
        Loader { catalog, sources, found, unreadable: false, broken: Vec::new(), pieces: Vec::new() };
    loader.catalog.documents.reserve(listing.files.len());
    for paths in listing.files.chunks(AT_ONCE) {
        let contents = files.read(paths, MAX_BYTES)?;
        let (first, config) = (loader.sources.len(), &loader.catalog.config);
        let read = |(at, (path, content)): (usize, (&String, Content))| {
            Parsed::read(first + at, path.clone(), content, config)
        };
        let parsed: Vec<Parsed> = paths.par_iter().zip(contents).enumerate().map(read).collect();
        for mut parsed in parsed {
            parsed.resolve(files);
            loader.take(parsed);
        }
    }
    report_links(&listing.links, &mut loader.sources, loader.found);
    let gathered = loader.gather(files, listed, &listing.links)?;
    loader.load(&gathered);
    Ok(Loaded { sources: loader.sources, catalog: loader.catalog, files: listing.files.len() })
}

/// Reports links that are not followed, each as a file of its own.
fn report_links<'a>(
    links: impl IntoIterator<Item = &'a Link>,
    sources: &mut Sources,
    found: &mut Diagnostics,
) {
    for link in links {
        let message = format!("this link is not followed: it {}", link.reason);
        let source = sources.add(Source::new(link.path.as_str(), ""));
        let finding = Diagnostic::new(Rule::LinkOutsideRoot, Span::start_of(source), message);
        found.push(finding.help("let it lead to a file inside the catalog root, or remove it"));
    }
}

struct Loader<'a> {
    catalog: Catalog,
    sources: Sources,
    found: &'a mut Diagnostics,
    /// Whether a document could not be read, so that something may be missing that is there.
    unreadable: bool,
    /// The files that hold such documents.
    broken: Vec<SourceId>,
    /// The recognised documents, each with the number of its tree.
    pieces: Vec<(usize, Piece)>,
}

impl Loader<'_> {
    /// Takes over one file.
    fn take(&mut self, parsed: Parsed) {
        if parsed.found.iter().any(|finding| loses_document(finding.rule)) {
            self.broken.push(parsed.document.source());
        }
        self.found.extend(parsed.found);
        let document = self.catalog.documents.len();
        self.pieces.extend(parsed.pieces.iter().map(|piece| (document, *piece)));
        self.catalog.documents.push(parsed.document);
        self.sources.add(parsed.source);
    }

    /// Decodes the integrations and reads their data. A file of data is no document, wherever it lies.
    fn gather(
        &mut self,
        files: &dyn Files,
        listed: Listed<'_>,
        links: &[Link],
    ) -> Result<Gathered, Unreadable> {
        let pieces = std::mem::take(&mut self.pieces);
        let integrations = pieces.iter().filter(|(_, piece)| piece.kind == Kind::Integration);
        integrations.for_each(|&(document, piece)| self.definition(piece.kind, place(document, piece.node)));
        let (catalog, mut found) = (&self.catalog, Vec::new());
        let own: BTreeSet<SourceId> = catalog
            .integrations
            .iter()
            .map(|definition| catalog.documents[definition.place.document as usize].source())
            .collect();
        let is_own = |source: SourceId| own.contains(&source);
        let integrations = &catalog.integrations;
        let gathered = gather(files, integrations, &is_own, listed, &mut self.sources, &mut found)?;
        let taken: BTreeSet<SourceId> = gathered.taken.iter().copied().collect();
        let kept =
            |&(document, _): &(usize, Piece)| !taken.contains(&self.catalog.documents[document].source());
        self.pieces = pieces.into_iter().filter(kept).collect();
        self.broken.retain(|source| !taken.contains(source));
        self.found.retain(|finding| !taken.contains(&finding.source()));
        self.found.extend(found);
        let more = gathered.links.iter().filter(|link| !links.contains(link));
        report_links(more, &mut self.sources, self.found);
        Ok(gathered)
    }

    /// Builds the catalog from the recognised documents, and from the data of integrations.
    fn load(&mut self, gathered: &Gathered) {
        for &source in &self.broken {
            self.unreadable = true;
            self.catalog.lost.extend(lost_identifiers(self.sources.get(source).text()));
        }
        let pieces = &std::mem::take(&mut self.pieces);
        let of = |kind: Kind| pieces.iter().filter(move |(_, piece)| piece.kind == kind);
        self.blueprints(of(Kind::Blueprint).map(|&(document, piece)| place(document, piece.node)));
        self.entities(&of(Kind::Entity).copied().collect::<Vec<_>>(), gathered);
        for &(document, piece) in pieces.iter().filter(|(_, piece)| piece.kind != Kind::Integration) {
            self.definition(piece.kind, place(document, piece.node));
            if piece.kind == Kind::Scorecard {
                self.judged_blueprint(document, piece);
            }
        }
        self.report_duplicates(pieces);
    }

    /// Decodes the blueprints, the first of each identifier, and compiles their schemas.
    fn blueprints(&mut self, places: impl Iterator<Item = Place>) {
        let mut systems = system::blueprints(self.sources.add(system::source()));
        for place in places {
            let node = self.catalog.node(place);
            let mut blueprint = Blueprint::decode(node);
            self.catalog.blueprint_places.push(place);
            let name = blueprint.identifier.value.clone();
            if name.is_empty() || self.catalog.blueprint_index.contains_key(&name) {
                continue;
            }
            if let Some(at) = systems.iter().position(|system| system.identifier.value == name) {
                let mut found = Vec::new();
                blueprint = system::extend(blueprint, systems.remove(at), &mut found);
                self.found.extend(found);
            }
            self.add_blueprint(blueprint);
        }
        let written = self.catalog.blueprints.len();
        for system in systems {
            self.add_blueprint(system);
        }
        let compiled: Vec<(Validator, Vec<Diagnostic>)> = self.catalog.blueprints[..written]
            .par_iter()
            .map(|blueprint| {
                let mut found = Vec::new();
                (Validator::compile(blueprint, &mut found), found)
            })
            .collect();
        for (validator, found) in compiled {
            self.catalog.validators.push(validator);
            self.found.extend(found);
        }
        self.catalog.validators.resize_with(self.catalog.blueprints.len(), Validator::later);
    }

    fn add_blueprint(&mut self, blueprint: Blueprint) {
        let id = BlueprintId::new(self.catalog.blueprints.len());
        self.catalog.blueprint_index.insert(blueprint.identifier.value.clone(), id);
        self.catalog.blueprints.push(blueprint);
    }

    /// Gives each entity its blueprint, then its number; makes those of integrations, and adds what they say.
    fn entities(&mut self, pieces: &[(usize, Piece)], gathered: &Gathered) {
        let (catalog, sources) = (&self.catalog, &self.sources);
        let placed: Vec<Option<Record>> =
            pieces.par_iter().map(|&(document, piece)| catalog.place(document, piece, sources)).collect();
        let mut found = Vec::new();
        for ((document, piece), _) in pieces.iter().zip(&placed).filter(|(_, placed)| placed.is_none()) {
            self.unplaced(*document, *piece, &mut found);
        }
        let mut made = self.catalog.make(gathered, &self.sources, &mut found);
        self.catalog.make_missing(&placed, &mut made, &mut found);
        let (records, names, said) = self.ordered(&placed, &made);
        self.catalog.records = records;
        self.catalog.names = names;
        self.index();
        if !said.is_empty() || !made.is_empty() {
            self.catalog.facts.fill(said, self.catalog.records.len());
            self.catalog.find_made(&made, &mut found);
            found.extend(self.catalog.duplicate_facts());
            self.catalog.forget_repetitions();
            self.catalog.note_properties();
        }
        self.found.extend(found);
    }

    /// Returns the entities by blueprint and identifier, with their identifiers and what integrations say of them;
    /// reports those that are written twice, of which the one in the first file stays.
    fn ordered(
        &mut self,
        placed: &[Option<Record>],
        made: &Made,
    ) -> (Vec<Record>, Names, Vec<(EntityId, Part)>) {
        let documents = &self.catalog.documents;
        let keyed = |record: &Record| {
            let name = record.entity.identifier(&documents[record.document as usize]);
            (record.blueprint, name)
        };
        let mut all: Vec<((BlueprintId, &str), Record, Option<&Part>)> =
            placed.par_iter().flatten().map(|record| (keyed(record), *record, None)).collect();
        // What is written counts more than what is made.
        all.extend(made.named.iter().map(|(record, part)| (keyed(record), *record, Some(part))));
        // Files are mostly named after what they hold, and come sorted.
        if !all.is_sorted_by_key(|(key, ..)| *key) {
            // Stable, so that the files' order decides.
            all.par_sort_by_key(|(key, ..)| *key);
        }
        let mut found = Vec::new();
        let mut said = Vec::with_capacity(made.named.len());
        let (mut records, mut names) = (Vec::with_capacity(all.len()), Names::default());
        for same in all.chunk_by(|(a, ..), (b, ..)| a == b) {
            let span =
                |record: &Record| documents[record.document as usize].node(record.entity.identifier).span();
            let ((blueprint, name), first, _) = same[0];
            let of = || format!("`{}`", self.catalog.blueprint(blueprint).identifier.value);
            let id = EntityId::new(records.len());
            for (at, (_, record, part)) in same.iter().enumerate() {
                match part {
                    Some(part) => said.push((id, **part)),
                    None if at == 0 => {}
                    None => found.push(duplicate(&of(), name, span(&first), span(record))),
                }
            }
            records.push(first);
            names.push(name);
        }
        self.found.extend(found);
        (records, names, said)
    }

    /// Fills the ranges of the blueprints and the index by identifier.
    fn index(&mut self) {
        let catalog = &mut self.catalog;
        let records = &catalog.records;
        catalog.ranges = (0..catalog.blueprints.len())
            .map(BlueprintId::new)
            .map(|blueprint| {
                let start = records.partition_point(|record| record.blueprint < blueprint);
                start..records.partition_point(|record| record.blueprint <= blueprint)
            })
            .collect();
        let hash = |(at, record): (usize, &Record)| {
            entity_hash(record.blueprint, catalog.names.get(EntityId::new(at)))
        };
        let hashes: Vec<u64> = records.par_iter().enumerate().map(hash).collect();
        let mut index = HashTable::with_capacity(records.len());
        for (at, &hash) in hashes.iter().enumerate() {
            index.insert_unique(hash, EntityId::new(at), |id: &EntityId| hashes[id.index()]);
        }
        catalog.entity_index = index;
    }

    /// Reports an entity that has no blueprint of the catalog, and remembers it.
    fn unplaced(&mut self, document: usize, piece: Piece, found: &mut Vec<Diagnostic>) {
        let tree = &self.catalog.documents[document];
        let node = tree.node(piece.node);
        if Entity::decode(node).is_some() {
            let path = self.sources.get(tree.source()).path();
            let stated = stated(tree, piece, path, self.catalog.config());
            let lost = self.catalog.unplace(node, stated, self.unreadable);
            self.catalog.unplaced.add(lost.identifier, lost.candidates);
            found.extend(lost.finding);
        }
    }

    /// Decodes a document of a kind that is only looked up by identifier.
    fn definition(&mut self, kind: Kind, place: Place) {
        let catalog = &mut self.catalog;
        let node = catalog.documents[place.document as usize].node(place.node);
        macro_rules! add {
            ($field:ident, $model:path) => {
                catalog.$field.push(Definition { value: <$model>::decode(node), place })
            };
        }
        match kind {
            Kind::Blueprint | Kind::Entity => {}
            Kind::Scorecard => add!(scorecards, crate::model::scorecard::Scorecard),
            Kind::Initiative => add!(initiatives, crate::model::initiative::Initiative),
            Kind::Waiver => add!(waivers, crate::model::waiver::Waiver),
            Kind::Action => add!(actions, crate::model::action::Action),
            Kind::Automation => add!(automations, crate::model::automation::Automation),
            Kind::Page => add!(pages, crate::model::page::Page),
            Kind::Integration => add!(integrations, crate::model::integration::Integration),
            Kind::Scaffold => add!(scaffolds, crate::model::scaffold::Scaffold),
        }
    }

    /// Gives the scorecard that was added last the blueprint that it does not state: that of the list around it, as in
    /// Port's exports, else its folder's (`scorecards/Component/readiness.yaml`).
    fn judged_blueprint(&mut self, document: usize, piece: Piece) {
        let tree = &self.catalog.documents[document];
        let Some(scorecard) = self.catalog.scorecards.last_mut().map(|definition| &mut definition.value)
        else {
            return;
        };
        if scorecard.blueprint.is_some() {
            return;
        }
        let around = piece.blueprint.map(|id| tree.node(id));
        let around = around.and_then(|name| Some(Spanned::new(name.as_str()?.to_string(), name.span())));
        let folder = Folder::of(self.sources.get(tree.source()).path(), &self.catalog.config);
        let named = folder.name.filter(|_| folder.kind == Some(Kind::Scorecard));
        scorecard.blueprint =
            around.or_else(|| Some(Spanned::new(named?.to_string(), scorecard.identifier.span)));
    }

    /// Reports documents of one kind that share an identifier; of entities, [`ordered`](Self::ordered) does.
    fn report_duplicates(&mut self, pieces: &[(usize, Piece)]) {
        let mut seen: BTreeMap<(Kind, &str), Span> = BTreeMap::new();
        for &(document, piece) in pieces.iter().filter(|(_, piece)| piece.kind != Kind::Entity) {
            let name = self.catalog.documents[document].node(piece.node).get("identifier");
            let Some((name, text)) = name.and_then(|name| Some((name, name.as_str()?))) else { continue };
            match seen.entry((piece.kind, text)) {
                Entry::Vacant(free) => {
                    free.insert(name.span());
                }
                Entry::Occupied(first) => {
                    self.found.push(duplicate(piece.kind.name(), text, *first.get(), name.span()));
                }
            }
        }
    }
}

/// Returns the finding that an identifier is used `again`; `of` is what it names.
fn duplicate(of: &str, name: &str, first: Span, again: Span) -> Diagnostic {
    let message = format!("there is already {} called `{name}`", an(of));
    let finding = Diagnostic::new(Rule::DuplicateIdentifier, again, message);
    let help = "identifiers are unique: rename one, or remove the copy";
    finding.related(first, "first defined here").help(help)
}

impl Catalog {
    /// Returns the record of an entity whose blueprint is known.
    fn place(&self, document: usize, piece: Piece, sources: &Sources) -> Option<Record> {
        let tree = &self.documents[document];
        let entity = Entity::decode(tree.node(piece.node))?;
        let name = match stated(tree, piece, sources.get(tree.source()).path(), &self.config) {
            Stated::Name(name, _) | Stated::Folder(name) => name,
            Stated::Nothing => return None,
        };
        let blueprint = self.find_blueprint(name)?;
        Some(Record { blueprint, document: u32::try_from(document).ok()?, entity })
    }
}

/// Returns what says the blueprint of an entity in the file at `path`.
pub(super) fn stated<'a>(tree: &'a Document, piece: Piece, path: &'a str, config: &Config) -> Stated<'a> {
    let name = tree.node(piece.node).get("blueprint").filter(|name| !name.is_null());
    let name = name.or_else(|| piece.blueprint.map(|id| tree.node(id)));
    if let Some(name) = name {
        return Stated::Name(name.as_str().unwrap_or_default(), name.span());
    }
    let folder = Folder::of(path, config);
    let name = folder.name.filter(|_| folder.kind == Some(Kind::Entity));
    name.map_or(Stated::Nothing, Stated::Folder)
}

/// Returns the place of a node of a tree.
fn place(document: usize, node: NodeId) -> Place {
    Place { document: u32::try_from(document).unwrap_or(u32::MAX), node }
}

/// Returns whether a finding of this rule means that a document is not in the tree.
fn loses_document(rule: Rule) -> bool {
    (Rule::InvalidUtf8..=Rule::DocumentTooLarge).contains(&rule)
}
