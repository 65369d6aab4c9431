//! `portal.yaml`: where the catalog's documents are and how it is checked and shown.

use std::collections::BTreeMap;

use globset::Glob;

use super::ci::{CI, Ci};
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::site::{SITE, Site};
use super::{Kind, Spanned, identifier, scaffold, string, strings};
use crate::diagnostic::{Diagnostic, Levels, Rule, Severity, did_you_mean};
use crate::worktree::{Selection, glob_set};
use crate::yaml::Node;

/// The configuration document.
pub static CONFIG: Object = Object { name: "a configuration", fields: FIELDS, openness: Openness::Closed };

const FIELDS: &[Field] = &[
    optional("title", Shape::Text, "the name of the portal, shown on every page"),
    optional("description", Shape::Text, "one sentence on the home page"),
    optional(
        "include",
        PATTERNS,
        "files outside the folders that belong to the catalog: services/*/portal.yml",
    ),
    optional("exclude", PATTERNS, "files that do not belong to it"),
    optional("folders", Shape::Object(&FOLDERS), "other names for the folders of the kinds"),
    optional("ownership", Shape::Object(&OWNERSHIP), "the catalog's own blueprints of teams and users"),
    optional("external", EXTERNAL, "blueprints published elsewhere"),
    optional("rules", LEVELS, "the level of a rule: error, warning, info or off"),
    optional("overrides", OVERRIDES, "levels of rules for some files"),
    optional("source", Shape::Object(&SOURCE), "where a reader can see and edit a file"),
    optional("site", Shape::Object(&SITE), "the static site"),
    optional("ci", Shape::Object(&CI), "the CI system that runs actions and automations"),
];

const PATTERNS: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);

/// `off` is a YAML 1.1 boolean, but a string in YAML 1.2, so it may be written plainly.
const LEVELS: Shape = Shape::Map(&identifier::FREE, &Shape::OneOf(&["error", "warning", "info", "off"]));

const EXTERNAL: Shape = Shape::List(&Shape::Identifier(&identifier::BLUEPRINT));
const OVERRIDES: Shape = Shape::List(&Shape::Object(&OVERRIDE));

static FOLDERS: Object = Object {
    name: "a folder setting",
    fields: &[
        optional("blueprints", PATTERNS, "the data model"),
        optional("entities", PATTERNS, "the things"),
        optional("scorecards", PATTERNS, "standards"),
        optional("initiatives", PATTERNS, "goals with a deadline"),
        optional("waivers", PATTERNS, "exceptions"),
        optional("actions", PATTERNS, "self-service"),
        optional("automations", PATTERNS, "what happens when something changes"),
        optional("pages", PATTERNS, "dashboards"),
        optional("integrations", PATTERNS, "mappings from other tools' data"),
        optional("scaffolds", PATTERNS, "templates of new services, a folder each"),
    ],
    openness: Openness::Closed,
};

static OWNERSHIP: Object = Object {
    name: "an ownership setting",
    fields: &[
        optional("team", Shape::Identifier(&identifier::BLUEPRINT), "the blueprint whose entities are teams"),
        optional("user", Shape::Identifier(&identifier::BLUEPRINT), "the blueprint whose entities are users"),
    ],
    openness: Openness::Closed,
};

static OVERRIDE: Object = Object {
    name: "an override",
    fields: &[
        required("paths", PATTERNS, "which files: legacy/**"),
        required("rules", LEVELS, "the level of a rule in them"),
    ],
    openness: Openness::Closed,
};

static SOURCE: Object = Object {
    name: "a source setting",
    fields: &[optional("url", Shape::Text, "the address of a file, with {path} and {line}")],
    openness: Openness::Closed,
};

/// The configuration, decoded; every field has a default, so that a catalog needs no file.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The name of the portal.
    pub title: Option<String>,
    /// One sentence on the home page.
    pub description: Option<String>,
    /// Files outside the folders.
    pub include: Vec<String>,
    /// Files that do not belong to the catalog.
    pub exclude: Vec<String>,
    /// Folders of kinds, when renamed.
    pub folders: BTreeMap<Kind, Vec<String>>,
    /// The blueprint whose entities are teams, when not `_team`.
    pub team: Option<Spanned<String>>,
    /// The blueprint whose entities are users, when not `_user`.
    pub user: Option<Spanned<String>>,
    /// Blueprints published elsewhere.
    pub external: Vec<String>,
    /// The level of each rule.
    pub levels: Levels,
    /// The address of a file, with `{path}` and `{line}`.
    pub source_url: Option<String>,
    /// The public address of the site.
    pub site_url: Option<String>,
    /// The folder that `build` writes.
    pub output: Option<String>,
    /// The most commits that the pages of changes are made from.
    pub history: Option<usize>,
    /// What gives the folder of an entity's documents, as jq.
    pub documents: Option<Spanned<String>>,
    /// Whose site it is, and what it leads to.
    pub site: Site,
    /// The CI systems that run actions and automations.
    pub ci: Ci,
}

impl Config {
    /// Returns the configuration written as `node`, pushing what is wrong with it.
    pub fn decode(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Self {
        CONFIG.check(node, found);
        let part = |key| node.get(key);
        let mut config = Self {
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            include: patterns(part("include"), found),
            exclude: patterns(part("exclude"), found),
            external: strings(node, "external").into_iter().map(|name| name.value).collect(),
            team: part("ownership").and_then(|ownership| string(ownership, "team")),
            user: part("ownership").and_then(|ownership| string(ownership, "user")),
            source_url: part("source").and_then(|source| string(source, "url")).map(|url| url.value),
            site_url: part("site").and_then(|site| string(site, "url")).map(|url| url.value),
            output: part("site").and_then(|site| string(site, "output")).map(|folder| folder.value),
            history: part("site").and_then(|site| commits(site.get("history")?, found)),
            documents: part("site").and_then(|site| string(site, "documents")),
            site: part("site").map(|site| Site::decode(site, found)).unwrap_or_default(),
            ci: part("ci").map(|ci| Ci::decode(ci, found)).unwrap_or_default(),
            ..Self::default()
        };
        for &kind in Kind::ALL {
            if let Some(folders) = part("folders").and_then(|folders| folders.get(kind.plural())) {
                let folders = texts(folders).map(|folder| folder.value.trim_matches('/').to_string());
                config.folders.insert(kind, folders.collect());
            }
        }
        for (rule, level) in levels(part("rules"), found) {
            config.levels.set(rule, level);
        }
        for part in part("overrides").into_iter().flat_map(Node::items) {
            let paths = glob_set(&patterns(part.get("paths"), found));
            config.levels.set_for(paths, levels(part.get("rules"), found));
        }
        config
    }

    /// Returns the folders in which documents of `kind` are, relative to the catalog root.
    pub fn folders(&self, kind: Kind) -> Vec<&str> {
        self.folders
            .get(&kind)
            .map_or_else(|| vec![kind.plural()], |named| named.iter().map(String::as_str).collect())
    }

    /// Returns which files are documents of the catalog.
    pub fn selection(&self) -> Selection {
        // Of a scaffold, only its own document is one of the catalog: the files of a template are not.
        let documents = Kind::ALL.iter().filter(|kind| **kind != Kind::Scaffold);
        let below = |kind| self.folders(kind).into_iter().map(|folder| format!("{folder}/"));
        Selection {
            folders: documents.flat_map(|&kind| below(kind)).collect(),
            single: below(Kind::Scaffold).map(|folder| (folder, scaffold::FILE)).collect(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
        }
    }

    /// Returns whether `blueprint` is declared as published elsewhere.
    pub fn is_external(&self, blueprint: &str) -> bool {
        self.external.iter().any(|external| external == blueprint)
    }

    /// Returns the blueprint whose entities are teams.
    pub fn team(&self) -> &str {
        self.team.as_ref().map_or("_team", |team| &team.value)
    }

    /// Returns the blueprint whose entities are users.
    pub fn user(&self) -> &str {
        self.user.as_ref().map_or("_user", |user| &user.value)
    }
}

/// Returns a number of commits, reporting what is none; what is no number at all has been reported as the document's shape.
fn commits(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Option<usize> {
    let number = node.as_u64().and_then(|number| usize::try_from(number).ok());
    if let (None, Some(number)) = (number, node.as_f64()) {
        let message = format!("`{number}` is no number of commits");
        let help = "write a whole number; 0 leaves the history out";
        found.push(Diagnostic::new(Rule::InvalidValue, node.span(), message).help(help));
    }
    number
}

/// Returns the string that `node` is, or the strings of the list that it is.
fn texts(node: Node<'_>) -> impl Iterator<Item = Spanned<String>> {
    let single = node.as_str().map(|text| Spanned::new(text.to_string(), node.span()));
    let many = node.items().filter_map(|item| Some(Spanned::new(item.as_str()?.to_string(), item.span())));
    single.into_iter().chain(many)
}

/// Returns the patterns at a node, reporting those that are none.
fn patterns(node: Option<Node<'_>>, found: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut patterns = Vec::new();
    for text in node.into_iter().flat_map(texts) {
        match Glob::new(&text.value) {
            Ok(_) => patterns.push(text.value),
            Err(error) => {
                let message = format!("`{}` is no pattern of files: {}", text.value, error.kind());
                let help = "`*` stands for part of a name, `**` for any folders, `{a,b}` for either";
                found.push(Diagnostic::new(Rule::InvalidValue, text.span, message).help(help));
            }
        }
    }
    patterns
}

/// Returns the levels written as a mapping, reporting rules that do not exist.
fn levels(node: Option<Node<'_>>, found: &mut Vec<Diagnostic>) -> BTreeMap<Rule, Option<Severity>> {
    let mut levels = BTreeMap::new();
    for (key, value) in node.into_iter().flat_map(Node::entries) {
        let name = key.as_str().unwrap_or_default();
        let Some(rule) = Rule::from_name(name) else {
            let names = Rule::ALL.iter().map(|rule| rule.name());
            let message = format!("there is no rule `{name}`");
            let help = did_you_mean(name, names).unwrap_or_else(|| "`portal explain` lists the rules".into());
            found.push(Diagnostic::new(Rule::InvalidValue, key.span(), message).help(help));
            continue;
        };
        let level = match value.as_str() {
            Some("error") => Some(Severity::Error),
            Some("warning") => Some(Severity::Warning),
            Some("info") => Some(Severity::Info),
            Some("off") => None,
            // Another word has been reported as the document's shape.
            _ => continue,
        };
        levels.insert(rule, level);
    }
    levels
}
