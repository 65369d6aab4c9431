//! Records, as they are written and read.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Origin, Record, RecordedEntity, SCHEMA, Updating};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::model::identifier;
use crate::model::phrase::{article, clip};
use crate::model::shape::{Field, Object, Openness, Shape, optional, required};
use crate::skeleton::refusal;
use crate::source::{Source, Sources, Span};
use crate::worktree::normalise;
use crate::yaml::{self, Kind, Node};

/// What stands above a record, for who comes across it.
const HEAD: &str = "# Which template this was made from, and with which answers. `portal scaffold` wrote it; `portal scaffold status`\n\
                    # and `portal scaffold update` read it.\n";

/// What every schema of records begins with.
const SCHEMAS: &str = "portal.scaffold/";

/// A record. Unknown keys are those of later versions.
static RECORD: Object =
    Object { name: "a record of a scaffold", fields: RECORD_FIELDS, openness: Openness::Open };

static RECORD_FIELDS: &[Field] = &[
    required("schema", Shape::Text, "which form of record it is: portal.scaffold/v1"),
    required("template", Shape::Text, "the template: a name, a folder or an address"),
    optional("tag", Shape::Text, "the tag, or another revision, that was asked for"),
    optional("commit", Shape::Text, "the commit that holds the template"),
    required("committed", Shape::Boolean, "whether the commit holds the template as it was used"),
    required("digest", Shape::Text, "SHA-256 of the template"),
    optional("portal", Shape::Text, "the version of portal that wrote it"),
    optional("answers", Shape::Map(&identifier::FREE, &Shape::Any), "the answers, without secrets"),
    optional("entity", Shape::Object(&ENTITY), "the entity that was made"),
    optional("files", DIGESTS, "SHA-256 of each file of the service"),
    optional("repository", DIGESTS, "SHA-256 of each file of the repository"),
    optional("appended", LINES, "the lines that were added to files"),
    optional("updating", Shape::Object(&UPDATING), "an update that has conflicts"),
];

static UPDATING: Object = Object {
    name: "an update that was begun",
    fields: &[
        required("template", Shape::Text, "the template: a name, a folder or an address"),
        optional("tag", Shape::Text, "the tag, or another revision, that was asked for"),
        optional("commit", Shape::Text, "the commit that holds the template"),
        required("committed", Shape::Boolean, "whether the commit holds the template as it was used"),
        required("digest", Shape::Text, "SHA-256 of the template"),
        optional("answers", Shape::Map(&identifier::FREE, &Shape::Any), "the answers, without secrets"),
        optional("entity", Shape::Object(&ENTITY), "the entity as it is made now"),
        optional("files", DIGESTS, "SHA-256 of each file of the service"),
        optional("repository", DIGESTS, "SHA-256 of each file of the repository"),
        optional("appended", LINES, "the lines that are added to files"),
        optional("conflicts", Shape::List(&Shape::Text), "the files that a person must decide about"),
    ],
    openness: Openness::Open,
};

static ENTITY: Object = Object {
    name: "the entity of a record",
    fields: &[
        required("blueprint", Shape::Text, "its blueprint"),
        required("identifier", Shape::Text, "its identifier"),
        required("file", Shape::Text, "its file, below the catalog root"),
        required("digest", Shape::Text, "SHA-256 of the file as it was written"),
    ],
    openness: Openness::Open,
};

static LINE: Object = Object {
    name: "a line that was added",
    fields: &[required("file", Shape::Text, "the file"), required("line", Shape::Text, "the line")],
    openness: Openness::Open,
};

const DIGESTS: Shape = Shape::Map(&identifier::FREE, &Shape::Text);
const LINES: Shape = Shape::List(&Shape::Object(&LINE));

/// Returns the text of a record.
pub fn text(record: &Record) -> String {
    let mut written = Map::new();
    written.insert("schema".into(), SCHEMA.into());
    write_origin(&record.origin, &mut written);
    written.insert("portal".into(), record.portal.as_str().into());
    let made = Made {
        answers: &record.answers,
        entity: record.entity.as_ref(),
        files: &record.files,
        repository: &record.repository,
        appended: &record.appended,
    };
    made.write(&mut written);
    if let Some(updating) = &record.updating {
        written.insert("updating".into(), Value::Object(write_updating(updating)));
    }
    format!("{HEAD}{}", yaml::write::document(&Value::Object(written)))
}

fn write_updating(updating: &Updating) -> Map<String, Value> {
    let mut written = Map::new();
    write_origin(&updating.origin, &mut written);
    let made = Made {
        answers: &updating.answers,
        entity: updating.entity.as_ref(),
        files: &updating.files,
        repository: &updating.repository,
        appended: &updating.appended,
    };
    made.write(&mut written);
    if !updating.conflicts.is_empty() {
        written.insert("conflicts".into(), json!(updating.conflicts));
    }
    written
}

fn write_origin(origin: &Origin, written: &mut Map<String, Value>) {
    written.insert("template".into(), origin.template.as_str().into());
    for (key, value) in [("tag", &origin.tag), ("commit", &origin.commit)] {
        written.extend(value.as_deref().map(|value| (key.to_string(), value.into())));
    }
    written.insert("committed".into(), origin.is_committed.into());
    written.insert("digest".into(), origin.digest.as_str().into());
}

/// What a template made, as a record and an update have it.
struct Made<'a> {
    answers: &'a Map<String, Value>,
    entity: Option<&'a RecordedEntity>,
    files: &'a BTreeMap<String, String>,
    repository: &'a BTreeMap<String, String>,
    appended: &'a [(String, String)],
}

impl Made<'_> {
    /// Adds what there is of it, in the order in which a person reads it.
    fn write(&self, written: &mut Map<String, Value>) {
        if !self.answers.is_empty() {
            written.insert("answers".into(), Value::Object(self.answers.clone()));
        }
        if let Some(RecordedEntity { blueprint, identifier, file, digest }) = self.entity {
            let entity =
                json!({"blueprint": blueprint, "identifier": identifier, "file": file, "digest": digest});
            written.insert("entity".into(), entity);
        }
        for (key, files) in [("files", self.files), ("repository", self.repository)] {
            if !files.is_empty() {
                written.insert(key.into(), json!(files));
            }
        }
        if !self.appended.is_empty() {
            let lines = self.appended.iter().map(|(file, line)| json!({"file": file, "line": line}));
            written.insert("appended".into(), lines.collect());
        }
    }
}

/// Returns the record written as `text`, the file `path`, which is added to `sources`. What a later version wrote beside
/// what is known here is left out; [`parse`] says what that is.
///
/// # Errors
/// What is wrong with it.
pub fn read(path: &str, text: &str, sources: &mut Sources) -> Result<Record, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let record = parse(path, text, sources, &mut found);
    record.ok_or_else(|| found.into_iter().filter(|finding| finding.severity == Severity::Error).collect())
}

/// Returns the record written as `text`, the file `path`, which is added to `sources`; `None` when there is an error among
/// what is wrong with it, which goes to `found`. Keys that nothing reads are warnings.
pub fn parse(path: &str, text: &str, sources: &mut Sources, found: &mut Vec<Diagnostic>) -> Option<Record> {
    let text: Arc<str> = text.into();
    let id = sources.add(Source::new(path, Arc::clone(&text)));
    let mut own = Vec::from_iter(yaml::forbidden_character(id, &text));
    let document = yaml::parse(id, &text, &mut own);
    let mut roots = document.roots();
    let record = match (roots.next(), roots.next()) {
        (Some(root), None) => check(root, &mut own),
        (None, _) if own.is_empty() => {
            own.push(mistake(Span::start_of(id), "this record is empty").help(RESTORE));
            None
        }
        (None, _) => None,
        (Some(_), Some(second)) => {
            own.push(mistake(second.span(), "a record is one document, not several").help(RESTORE));
            None
        }
    };
    let is_wrong = own.iter().any(|finding| finding.severity == Severity::Error);
    found.extend(own.into_iter().map(|finding| match finding.severity {
        // Whatever exactly is wrong with it: to people it is a record that cannot be read.
        Severity::Error => Diagnostic { rule: Rule::ScaffoldRecord, ..finding },
        _ => finding,
    }));
    record.filter(|_| !is_wrong)
}

const RESTORE: &str = "bring back the file as it is in Git: nobody needs to edit it";

fn mistake(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Rule::ScaffoldRecord, span, message)
}

/// Returns the record written as `root`, and adds what is wrong with it.
fn check(root: Node<'_>, found: &mut Vec<Diagnostic>) -> Option<Record> {
    if root.kind() != Kind::Map {
        found.push(
            mistake(root.span(), format!("a record is a mapping, not {}", article(root.kind())))
                .help(RESTORE),
        );
        return None;
    }
    let schema = root.get("schema");
    let written = schema.and_then(Node::as_str);
    if let (Some(node), Some(written)) = (schema, written.filter(|written| *written != SCHEMA)) {
        found.push(other_schema(node, written, root.get("portal").and_then(Node::as_str)));
        return None;
    }
    RECORD.check(root, found);
    let record = Record {
        origin: origin(root, found),
        portal: text_of(root, "portal").unwrap_or_default(),
        answers: answers(root),
        entity: entity(root, found),
        files: digests(root, "files", found),
        repository: digests(root, "repository", found),
        appended: appended(root, found),
        updating: root.get("updating").filter(|node| node.kind() == Kind::Map).map(|node| Updating {
            origin: origin(node, found),
            answers: answers(node),
            files: digests(node, "files", found),
            repository: digests(node, "repository", found),
            appended: appended(node, found),
            entity: entity(node, found),
            conflicts: conflicts(node, found),
        }),
    };
    Some(record)
}

fn other_schema(node: Node<'_>, written: &str, portal: Option<&str>) -> Diagnostic {
    if !written.starts_with(SCHEMAS) {
        let message = format!("`{}` is no schema of records", clip(written));
        return mistake(node.span(), message).help(format!("records are of `{SCHEMA}`"));
    }
    let message = format!("this record is of `{}`; this portal reads `{SCHEMA}`", clip(written));
    let version = portal.map(|version| format!(" {}", clip(version))).unwrap_or_default();
    mistake(node.span(), message).help(format!("use the portal that wrote it,{version} or later"))
}

fn text_of(node: Node<'_>, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_str).map(String::from)
}

fn origin(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Origin {
    Origin {
        template: text_of(node, "template").unwrap_or_default(),
        tag: text_of(node, "tag"),
        commit: text_of(node, "commit"),
        is_committed: node.get("committed").and_then(Node::as_bool).unwrap_or_default(),
        digest: node.get("digest").and_then(|digest| digest_at(digest, found)).unwrap_or_default(),
    }
}

/// Returns the digest at `node`; one that is none is reported.
fn digest_at(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Option<String> {
    let text = node.as_str()?;
    let is_digest = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest {
        found.push(mistake(node.span(), format!("`{}` is no SHA-256", clip(text))).help(RESTORE));
    }
    is_digest.then(|| text.to_string())
}

fn answers(node: Node<'_>) -> Map<String, Value> {
    match node.get("answers").map(Node::to_json) {
        Some(Value::Object(answers)) => answers,
        _ => Map::new(),
    }
}

fn entity(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Option<RecordedEntity> {
    let node = node.get("entity").filter(|node| node.kind() == Kind::Map)?;
    Some(RecordedEntity {
        blueprint: text_of(node, "blueprint")?,
        identifier: text_of(node, "identifier")?,
        file: inside(node.get("file")?, found)?,
        digest: digest_at(node.get("digest")?, found)?,
    })
}

/// Returns the path at `node`; one that leads out of its folder is reported: files are read and written by it.
fn inside(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Option<String> {
    let path = node.as_str()?;
    let is_inside = normalise("", path).is_some_and(|normal| normal == path);
    if !is_inside {
        let message = format!("`{}` leads out of its folder", clip(path));
        found.push(mistake(node.span(), message).help(RESTORE));
    }
    is_inside.then(|| path.to_string())
}

/// Returns the path at `node` of a file that a template made; one that no template could have made is reported.
fn made(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Option<String> {
    let path = node.as_str()?;
    match refusal(path) {
        None => Some(path.to_string()),
        Some(reason) => {
            let message = format!("no template made `{}`: it {reason}", clip(path));
            found.push(mistake(node.span(), message).help(RESTORE));
            None
        }
    }
}

fn digests(node: Node<'_>, key: &str, found: &mut Vec<Diagnostic>) -> BTreeMap<String, String> {
    let entries = node.get(key).into_iter().flat_map(Node::entries);
    entries.filter_map(|(path, digest)| Some((made(path, found)?, digest_at(digest, found)?))).collect()
}

fn appended(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let items = node.get("appended").into_iter().flat_map(Node::items);
    items.filter_map(|item| Some((made(item.get("file")?, found)?, text_of(item, "line")?))).collect()
}

fn conflicts(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Vec<String> {
    let items = node.get("conflicts").into_iter().flat_map(Node::items);
    items.filter_map(|item| inside(item, found)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::provenance::digest_of;

    fn example() -> Record {
        Record {
            origin: Origin {
                template: "http-service".into(),
                tag: None,
                commit: Some("0123456789abcdef0123456789abcdef01234567".into()),
                is_committed: true,
                digest: digest_of(b"template"),
            },
            portal: "0.1.0".into(),
            answers: json!({"name": "cart", "port": 8080, "tags": ["a", "no"], "on": null})
                .as_object()
                .cloned()
                .unwrap(),
            entity: Some(RecordedEntity {
                blueprint: "Component".into(),
                identifier: "cart".into(),
                file: "entities/Component/cart.yaml".into(),
                digest: digest_of(b"entity"),
            }),
            files: [("README.md".to_string(), digest_of(b"readme"))].into(),
            repository: BTreeMap::new(),
            appended: vec![("CODEOWNERS".into(), "/services/cart/ @acme/shop".into())],
            updating: None,
        }
    }

    fn read_back(text: &str) -> Result<Record, Vec<String>> {
        let mut sources = Sources::default();
        read("cart/.portal/scaffold.yaml", text, &mut sources).map_err(|found| {
            let said = |finding: &Diagnostic| {
                let source = sources.get(finding.source());
                assert_eq!(finding.rule, Rule::ScaffoldRecord);
                format!(
                    "{}:{}: {}",
                    source.path(),
                    source.position(finding.primary.span.start).line,
                    finding.message
                )
            };
            found.iter().map(said).collect()
        })
    }

    #[test]
    fn a_record_is_written_for_people() {
        let digest = |text: &str| digest_of(text.as_bytes());
        let expected = format!(
            "{HEAD}schema: portal.scaffold/v1
template: http-service
commit: \"0123456789abcdef0123456789abcdef01234567\"
committed: true
digest: \"{}\"
portal: \"0.1.0\"
answers:
  name: cart
  port: 8080
  tags:
    - a
    - \"no\"
  \"on\": null
entity:
  blueprint: Component
  identifier: cart
  file: entities/Component/cart.yaml
  digest: {}
files:
  README.md: \"{}\"
appended:
  - file: CODEOWNERS
    line: /services/cart/ @acme/shop
",
            digest("template"),
            digest("entity"),
            digest("readme")
        );
        assert_eq!(text(&example()), expected);
        assert_eq!(read_back(&expected), Ok(example()));
    }

    #[test]
    fn an_update_that_was_begun_is_kept() {
        let mut record = example();
        record.updating = Some(Updating {
            origin: Origin { tag: Some("v2".into()), ..record.origin.clone() },
            answers: Map::from_iter([("size".to_string(), json!(3))]),
            files: [("main.go".to_string(), digest_of(b"main"))].into(),
            repository: [("ci.yml".to_string(), digest_of(b"ci"))].into(),
            appended: vec![("a".into(), "b".into())],
            entity: record.entity.clone(),
            conflicts: vec!["services/cart/main.go".into()],
        });
        assert_eq!(read_back(&text(&record)), Ok(record));
    }

    #[test]
    fn mistakes_have_a_place() {
        let whole = text(&example());
        let with = |from: &str, to: &str| {
            assert!(whole.contains(from), "{from}");
            whole.replacen(from, to, 1)
        };
        let table = [
            (String::new(), "1: this record is empty"),
            ("- a\n".into(), "1: a record is a mapping, not a list"),
            (format!("{whole}---\na: 1\n"), "27: a record is one document, not several"),
            (
                with("scaffold/v1", "scaffold/v9"),
                "3: this record is of `portal.scaffold/v9`; this portal reads `portal.scaffold/v1`",
            ),
            (with("portal.scaffold/v1", "sbom/v1"), "3: `sbom/v1` is no schema of records"),
            (with("template: http-service\n", ""), "3: a record of a scaffold needs the key `template`"),
            (with("committed: true", "committed: yes"), "6: `true` or `false` is needed here, not a string"),
            (with(&digest_of(b"readme"), "12ab"), "22: `12ab` is no SHA-256"),
            (
                with("README.md", "../README.md"),
                "22: no template made `../README.md`: it leads out of the destination",
            ),
            (with("entities/Component", "/etc"), "19: `/etc/cart.yaml` leads out of its folder"),
            (
                with("CODEOWNERS", "../../x"),
                "24: no template made `../../x`: it leads out of the destination",
            ),
        ];
        for (text, expected) in table {
            let found = read_back(&text).expect_err(expected);
            assert_eq!(found, [format!("cart/.portal/scaffold.yaml:{expected}")], "{text}");
        }
        assert!(!read_back("schema: [\n").unwrap_err().is_empty());
    }

    #[test]
    fn what_a_later_version_adds_is_a_warning() {
        let mut sources = Sources::default();
        let mut found = Vec::new();
        let text = format!("{}signed: true\n", text(&example()));
        assert_eq!(parse("r", &text, &mut sources, &mut found), Some(example()));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].rule, found[0].severity), (Rule::IgnoredKey, Severity::Warning));
    }

    /// Any JSON that an answer can be.
    fn answer() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter("a number", |number| number.is_finite()).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            prop::collection::vec(any::<char>(), 0..9)
                .prop_map(|characters| Value::from(String::from_iter(characters))),
            prop::collection::vec(0_u8..0xa0, 0..9)
                .prop_map(|codes| Value::from(codes.into_iter().map(char::from).collect::<String>())),
            "[\\-:#?!&*|>'\"%@` \n\t{}\\[\\],~0-9a-zA-Z.]{0,12}".prop_map(Value::from),
            prop_oneof![
                Just("no"),
                Just("1.10"),
                Just("2026-11-21"),
                Just("---\n"),
                Just("\u{85}\u{2028}\u{feff}")
            ]
            .prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..4)
                    .prop_map(|entries| Value::Object(Map::from_iter(entries))),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_was_answered_is_read_back(
            answers in prop::collection::vec((any::<String>(), answer()), 0..5),
            template in any::<String>(),
            line in any::<String>(),
        ) {
            let mut record = example();
            record.answers = Map::from_iter(answers);
            record.origin.template = template;
            record.appended = vec![("CODEOWNERS".into(), line)];
            prop_assert_eq!(read_back(&text(&record)), Ok(record));
        }

        #[test]
        fn no_text_is_too_much(text in any::<String>()) {
            let _ = read_back(&text);
            let _ = read_back(&format!("schema: portal.scaffold/v1\nfiles: {text}\n"));
        }
    }
}
