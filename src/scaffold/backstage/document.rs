//! Finding and reading the document of a template.

use std::sync::Arc;

use super::Template;
use super::nunjucks::names;
use super::parameter::{self, fault};
use super::step::{Step, steps};
use crate::diagnostic::{Diagnostic, Rule, Severity, did_you_mean};
use crate::form::Form;
use crate::model::{phrase::clip, strings};
use crate::provenance::Origin;
use crate::scaffold::template::{Recipe, Template as Opened};
use crate::source::{Source, SourceId, Sources};
use crate::worktree::{Tree, TreeFile};
use crate::yaml::{self, Document, Kind, Node};

/// The group of templates' versions.
const GROUP: &str = "scaffolder.backstage.io/";

/// The version that is read.
const VERSION: &str = "scaffolder.backstage.io/v1beta3";

/// Opens the template in `folder` of `root`, a repository as a whole, or that of the file `folder`; `place` is what people
/// see of it. Skeletons may be anywhere in `root`.
///
/// # Errors
/// When there is none, as a sentence.
pub fn open(
    place: &str,
    root: &Tree,
    folder: &str,
    mut sources: Sources,
    origin: Origin,
) -> Result<Opened, String> {
    let folder = folder.trim_matches('/');
    let (folder, file) = match root.file(folder) {
        Some(file) => (folder.rsplit_once('/').map_or("", |(parent, _)| parent), file),
        None => (folder, document_in(root, folder).ok_or_else(|| missing(place))?),
    };
    let place = place.strip_suffix(&format!("/{}", base(&file.path))).unwrap_or(place).to_string();
    let text: Arc<str> = match str::from_utf8(&file.bytes) {
        Ok(text) => text.into(),
        Err(_) => return Err(format!("`{}` of `{place}` is not UTF-8", base(&file.path))),
    };
    let shown = format!("{place}/{}", base(&file.path));
    let known = sources.find(&shown).filter(|id| sources.get(*id).text() == &*text);
    let source = known.unwrap_or_else(|| sources.add(Source::new(shown, Arc::clone(&text))));
    let mut findings = Vec::new();
    let document = Arc::new(yaml::parse(source, &text, &mut findings));
    let mut reading = Reading { found: &mut findings };
    let read = reading.read(&document, source);
    let recipe = Template {
        document: Arc::clone(&document),
        root: root.clone(),
        folder: folder.to_string(),
        steps: read.steps,
        secrets: read.secrets,
    };
    Ok(Opened {
        origin,
        identifier: read.name.unwrap_or_else(|| base(folder).to_string()),
        place,
        title: read.title,
        description: read.description,
        tags: read.tags,
        sources,
        findings,
        form: read.form,
        tree: if folder.is_empty() { root.clone() } else { root.below(folder) },
        recipe: Recipe::Backstage(Box::new(recipe)),
    })
}

/// Returns whether a text is, or has among its documents, a Backstage template.
pub fn is_template(text: &str) -> bool {
    text.contains(GROUP) && {
        let text: Arc<str> = text.into();
        template_of(&yaml::parse(SourceId::new(0), &text, &mut Vec::new())).is_some()
    }
}

fn missing(place: &str) -> String {
    format!(
        "there is no Backstage template in `{place}`: it would be a `template.yaml` of `kind: Template` and `apiVersion: {VERSION}`"
    )
}

/// Returns the document of the template in a folder: `template.yaml`, else the first file that is one.
fn document_in<'t>(root: &'t Tree, folder: &str) -> Option<&'t TreeFile> {
    let inside = |path: &str| match folder {
        "" => !path.contains('/'),
        folder => path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|it| !it.contains('/')),
    };
    let files = || root.files.iter().filter(|file| inside(&file.path));
    let called = |name: &str| files().find(|file| base(&file.path) == name);
    let is_one = |file: &&TreeFile| {
        let yaml = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
        yaml && str::from_utf8(&file.bytes).is_ok_and(is_template)
    };
    called("template.yaml").or_else(|| called("template.yml")).or_else(|| files().find(is_one))
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns the document that is a template, of a stream.
fn template_of(document: &Document) -> Option<Node<'_>> {
    let text = |node: Node<'_>, key: &str| node.get(key).and_then(Node::as_str).map(String::from);
    document.roots().find(|node| {
        text(*node, "kind").as_deref() == Some("Template")
            && text(*node, "apiVersion").is_some_and(|version| version.starts_with(GROUP))
    })
}

/// What a document says.
#[derive(Default)]
struct Read {
    name: Option<String>,
    title: String,
    description: Option<String>,
    tags: Vec<String>,
    form: Form,
    secrets: Vec<String>,
    steps: Vec<Step>,
}

struct Reading<'f> {
    found: &'f mut Vec<Diagnostic>,
}

impl Reading<'_> {
    fn read(&mut self, document: &Document, source: SourceId) -> Read {
        let Some(node) = template_of(document) else {
            if !self.found.iter().any(|finding| finding.severity == Severity::Error) {
                let message = "this is no Backstage template";
                let help = format!("a template has `kind: Template` and `apiVersion: {VERSION}`");
                self.found.push(fault(crate::source::Span::start_of(source), message).help(help));
            }
            return Read::default();
        };
        if let Some(version) = node.get("apiVersion").filter(|version| version.as_str() != Some(VERSION)) {
            let message = format!("`{}` cannot be read", clip(version.text().unwrap_or_default()));
            self.found
                .push(fault(version.span(), message).help(format!("bring the template to `{VERSION}`")));
        }
        let metadata = node.get("metadata");
        let text = |key: &str| {
            let text = metadata.and_then(|metadata| metadata.get(key)).and_then(Node::text);
            text.filter(|text| !text.is_empty()).map(String::from)
        };
        if text("name").is_none() {
            let span = metadata.map_or_else(|| node.span(), Node::span);
            self.found.push(fault(span, "the template has no `metadata.name`"));
        }
        let Some(spec) = node.get("spec").filter(|spec| spec.kind() == Kind::Map) else {
            self.found.push(fault(node.span(), "the template has no `spec`"));
            return Read { name: text("name"), title: text("title").unwrap_or_default(), ..Read::default() };
        };
        self.placeholders(spec);
        let form = parameter::form(spec.get("parameters"), self.found);
        let steps = match spec.get("steps") {
            Some(list) => steps(list, self.found),
            None => {
                self.found.push(fault(spec.span(), "the template has no `steps`"));
                Vec::new()
            }
        };
        self.names(spec, &form, &steps, document);
        Read {
            title: text("title").or_else(|| text("name")).unwrap_or_default(),
            name: text("name"),
            description: text("description"),
            tags: metadata
                .map(|it| strings(it, "tags"))
                .unwrap_or_default()
                .into_iter()
                .map(|it| it.value)
                .collect(),
            secrets: form.fields.iter().filter(|it| it.secret).map(|it| it.identifier.clone()).collect(),
            form,
            steps,
        }
    }

    /// Reports what stands for another file: Backstage's catalog reads that, not the template.
    fn placeholders(&mut self, spec: Node<'_>) {
        for (key, value) in spec.entries().filter(|(_, value)| value.kind() == Kind::Map && value.len() == 1)
        {
            for (mark, _) in
                value.entries().filter(|(mark, _)| mark.as_str().is_some_and(|it| it.starts_with('$')))
            {
                let message =
                    format!("`{}` is in another file, which is not read", key.as_str().unwrap_or_default());
                self.found.push(fault(mark.span(), message).help("put what it holds in its place"));
            }
        }
    }

    /// Reports names in expressions that nothing gives. Backstage prints nothing for them, and so do we.
    fn names(&mut self, spec: Node<'_>, form: &Form, steps: &[Step], document: &Document) {
        let parameters: Vec<&str> = form.fields.iter().map(|field| field.identifier.as_str()).collect();
        for (at, step) in steps.iter().enumerate() {
            let before: Vec<&str> = steps[..at].iter().map(|step| step.id.as_str()).collect();
            let node = document.node(step.node);
            for key in ["if", "each", "input"] {
                if let Some(node) = node.get(key) {
                    self.names_in(node, &parameters, &before);
                }
            }
        }
        let all: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
        if let Some(output) = spec.get("output") {
            self.names_in(output, &parameters, &all);
        }
    }

    fn names_in(&mut self, node: Node<'_>, parameters: &[&str], steps: &[&str]) {
        node.items().for_each(|item| self.names_in(item, parameters, steps));
        node.entries().for_each(|(_, value)| self.names_in(value, parameters, steps));
        let Some(text) = node.as_str() else { return };
        for name in names(text, "${{") {
            let [root, member, ..] = name.parts.as_slice() else { continue };
            let (known, what) = match root.as_str() {
                "parameters" => (parameters, "there is no parameter"),
                "steps" => (steps, "there is no step before this one"),
                _ => continue,
            };
            if known.contains(&member.as_str()) {
                continue;
            }
            let message = format!("{what} `{}`: this gives nothing", clip(member));
            let finding = Diagnostic::new(Rule::UnknownVariable, node.part(name.range), message);
            let help = did_you_mean(member, known.iter().copied());
            self.found.push(Diagnostic { severity: Severity::Warning, ..finding.maybe_help(help) });
        }
    }
}
