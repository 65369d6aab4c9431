//! `portal scaffold show`: what a template asks, and what it makes.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Map, Value, json};

use super::Format;
use super::workshop::{Workshop, joined};
use crate::cli::answers::{blueprint, kind};
use crate::cli::{Failure, Global, Outcome};
use crate::diagnostic::Severity;
use crate::form::{Asker, Dynamic, Fallback, Field, Form, Necessity};
use crate::model::phrase::quoted_first;
use crate::model::property::Type;
use crate::model::scaffold::{REPOSITORY, Scaffold, TEMPLATE, TESTS};
use crate::printable::{self, plural, shown};
use crate::prompt;
use crate::runtime::start::quoted;
use crate::scaffold::backstage::{Step, Treatment};
use crate::scaffold::{Recipe, Template};
use crate::skeleton::SUFFIX;

/// What a template asks, and what it makes
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Show {
    /// A template: of the catalog by name, a folder, or an address
    template: String,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "Examples:
  portal scaffold show http-service
  portal scaffold show ./scaffolds/http-service
  portal scaffold show https://github.com/acme/templates//go-service@v1.4.0
  portal scaffold show http-service --format json";

impl Show {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let workshop = Workshop::open(global)?;
        let Some(template) = workshop.template(&self.template)? else { return Ok(Outcome::Findings) };
        let sheet = Sheet { workshop: &workshop, template: &template, reference: &self.template };
        let mut out = io::stdout().lock();
        match self.format {
            Format::Json => {
                write!(out, "{}", printable::json(&sheet.json()).map_err(io::Error::from)?)?;
            }
            Format::Text => sheet.write(&mut out)?,
        }
        Ok(Outcome::Done)
    }
}

/// A template, told.
struct Sheet<'a> {
    workshop: &'a Workshop<'a>,
    template: &'a Template,
    reference: &'a str,
}

/// A file that a template makes.
struct Made {
    /// Where it goes, below the root, as the template says it.
    path: String,
    /// Where it is in the template.
    from: String,
    rendered: bool,
    executable: bool,
}

impl Sheet<'_> {
    fn scaffold(&self) -> Option<&Scaffold> {
        match &self.template.recipe {
            Recipe::Portal { scaffold, .. } => Some(scaffold),
            Recipe::Backstage(_) => None,
        }
    }

    fn form(&self) -> &Form {
        &self.template.form
    }

    fn target(&self) -> Option<&str> {
        self.scaffold()?.target.as_ref().map(|target| target.value.as_str())
    }

    /// Returns the files that are made, in the order of the template; of a Backstage template, whose steps decide, none.
    fn files(&self) -> Vec<Made> {
        let Some(target) = self.target() else { return Vec::new() };
        let target = if target == "." { "" } else { target.trim_end_matches('/') };
        let made = |folder: &'static str, below: &str| {
            let below = below.to_string();
            self.template.tree.below(folder).files.into_iter().map(move |file| {
                let name = file.path.strip_suffix(SUFFIX).unwrap_or(&file.path);
                Made {
                    path: joined(&below, name),
                    from: format!("{folder}/{}", file.path),
                    rendered: file.path.ends_with(SUFFIX),
                    executable: file.executable,
                }
            })
        };
        made(TEMPLATE, target).chain(made(REPOSITORY, "")).collect()
    }

    /// Returns the names of the tests.
    fn tests(&self) -> Vec<String> {
        let tests = self.template.tree.below(TESTS).files;
        let mut names: Vec<String> =
            tests.iter().filter_map(|file| Some(file.path.split_once('/')?.0.to_string())).collect();
        names.dedup();
        names
    }

    fn entity(&self) -> Option<Value> {
        self.template.entity().map(crate::yaml::Node::to_json)
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let template = self.template;
        writeln!(out, "{} ({})", shown(&template.title), shown(&template.identifier))?;
        writeln!(out, "  {}", shown(&self.origin()))?;
        if let Some(description) = &template.description {
            writeln!(out)?;
            for line in description.trim().lines() {
                writeln!(out, "{}", format!("  {}", shown(line)).trim_end())?;
            }
        }
        self.write_inputs(out)?;
        self.write_files(out)?;
        if let Some(entity) = self.entity() {
            let text = |key: &str| entity.get(key).and_then(Value::as_str).unwrap_or_default();
            writeln!(
                out,
                "\nit enters\n  {}",
                shown(&format!("{}/{}", text("blueprint"), text("identifier")))
            )?;
        }
        for warning in template.findings.iter().filter(|it| it.severity == Severity::Warning) {
            writeln!(out, "\nwarning: {}", shown(&warning.message))?;
        }
        let tests = self.tests();
        if !tests.is_empty() {
            writeln!(out, "\n{}: {}", plural(tests.len(), "test", "tests"), shown(&tests.join(", ")))?;
        }
        writeln!(out, "\nuse it\n  {}", self.line())
    }

    /// Returns where the template is, and which state of it this is.
    fn origin(&self) -> String {
        let origin = &self.template.origin;
        let mut said = self.template.place.clone();
        if let Some(tag) = origin.tag.as_ref().filter(|tag| !said.ends_with(&format!("@{tag}"))) {
            said.push_str(&format!(", {tag}"));
        }
        if let Some(commit) = &origin.commit {
            said.push_str(&format!(", commit {}", commit.get(..12).unwrap_or(commit)));
            if !origin.is_committed {
                said.push_str(" and changes that are not committed");
            }
        }
        said
    }

    fn write_inputs(&self, out: &mut dyn Write) -> io::Result<()> {
        let fields = self.form().questions();
        if fields.is_empty() {
            return writeln!(out, "\nit asks nothing");
        }
        writeln!(out, "\nit asks")?;
        let width = fields.iter().map(|field| field.identifier.chars().count()).max().unwrap_or(0);
        for field in fields {
            let title =
                if field.label == field.identifier { String::new() } else { format!("{}: ", field.label) };
            let line = format!("{:width$}  {title}{}", field.identifier, self.about(field).join(", "));
            writeln!(out, "  {}", shown(&line))?;
        }
        Ok(())
    }

    /// Returns what people should know of an input, in words.
    fn about(&self, field: &Field) -> Vec<String> {
        let known = self.workshop.opened.portal.known();
        let mut said = vec![match (field.secret, blueprint(field, known), field.fixed_choices()) {
            (true, ..) => "a secret".to_string(),
            (_, Some(blueprint), _) => {
                let count = self.count(blueprint).unwrap_or(0);
                let of = if field.kind == Type::Array { "some of" } else { "one of" };
                let which = if field.dataset.is_some() { ", of which not all fit" } else { "" };
                format!("{of} {} of {blueprint}{which}", plural(count, "entity", "entities"))
            }
            (_, None, Some(choices)) => {
                let texts: Vec<String> = choices.iter().map(plain).collect();
                let of = if field.kind == Type::Array { "any of" } else { "one of" };
                format!("{of} {}", quoted_first(texts.iter().map(String::as_str)))
            }
            (_, None, None) => kind(field),
        }];
        said.extend(field.fixed_pattern().map(|pattern| format!("matches {pattern}")));
        match (&field.fallback, self.is_required(field)) {
            (Fallback::Value(value), _) => said.push(format!("default {}", plain(value))),
            (Fallback::Computed(_), _) => said.push("default computed".into()),
            (Fallback::None, Some(true)) => said.push("required".into()),
            (Fallback::None, Some(false)) => said.push("may be left out".into()),
            (Fallback::None, None) if self.needed().iter().any(|it| it.identifier == field.identifier) => {
                said.push("required".into());
            }
            (Fallback::None, None) => said.push("required sometimes".into()),
        }
        match &field.visible {
            Dynamic::Fixed(true) => {}
            Dynamic::Fixed(false) => said.push("not asked".into()),
            Dynamic::Computed(when) => said.push(format!("asked when {}", when.source)),
        }
        said
    }

    /// Returns how many entities a blueprint has; `None` when there is none of that name.
    fn count(&self, blueprint: &str) -> Option<usize> {
        let catalog = &self.workshop.opened.portal.catalog;
        Some(catalog.entities_of(catalog.find_blueprint(blueprint)?).count())
    }

    /// Returns whether an input must be given; `None` when that depends on others.
    fn is_required(&self, field: &Field) -> Option<bool> {
        match (field.necessity, &self.form().required) {
            (Necessity::Required, _) => Some(true),
            (Necessity::Optional, None) => Some(false),
            (Necessity::Optional, Some(_)) => None,
        }
    }

    fn write_files(&self, out: &mut dyn Write) -> io::Result<()> {
        let files = self.files();
        if self.scaffold().is_none() {
            writeln!(out, "\nit makes what the steps of the Backstage template say")?;
            let width =
                self.steps().iter().map(|step| shown(&step.action).chars().count()).max().unwrap_or(0);
            for step in self.steps() {
                let (action, name) = (shown(&step.action), shown(&step.name));
                writeln!(out, "  {action:width$}  {}  {name}", treatment(step.treatment))?;
            }
            return Ok(());
        }
        writeln!(out, "\nit makes")?;
        for file in &files {
            let mode = if file.executable { "  executable" } else { "" };
            writeln!(out, "  + {}{mode}", shown(&file.path))?;
        }
        for line in self.scaffold().map_or(&[][..], |scaffold| &scaffold.append) {
            writeln!(out, "  ~ {}  {}", shown(&line.file.value), shown(&line.line.value))?;
        }
        Ok(())
    }

    /// Returns the command line that uses the template, with what has to be given.
    fn line(&self) -> String {
        let mut line = format!("portal scaffold new {}", quoted(self.reference));
        for field in self.needed() {
            let option = if field.secret { "--set-file" } else { "--set" };
            let value = if field.secret { "-" } else { "…" };
            line.push_str(&format!(" {option} {}={value}", field.identifier));
        }
        line
    }

    /// Returns the inputs that must be given as long as nothing else is.
    fn needed(&self) -> Vec<&Field> {
        let portal = &self.workshop.opened.portal;
        let user = json!({"identifier": "", "email": "", "teams": [], "roles": []});
        let asker = Asker { known: portal.known(), user: &user, entity: None, now: portal.now };
        prompt::missing(self.form(), &Map::new(), &asker)
    }

    /// Returns what becomes of a Backstage template's steps, in their order.
    fn steps(&self) -> &[Step] {
        match &self.template.recipe {
            Recipe::Portal { .. } => &[],
            Recipe::Backstage(template) => template.steps(),
        }
    }

    fn json(&self) -> Value {
        let template = self.template;
        let origin = &template.origin;
        let next: Vec<&str> =
            self.scaffold().map_or(&[][..], |it| &it.next).iter().map(|it| it.value.as_str()).collect();
        let append: Vec<Value> = self
            .scaffold()
            .map_or(&[][..], |it| &it.append)
            .iter()
            .map(|it| json!({"file": it.file.value, "line": it.line.value}))
            .collect();
        let files: Vec<Value> = self
            .files()
            .iter()
            .map(|it| json!({"path": it.path, "from": it.from, "rendered": it.rendered, "executable": it.executable}))
            .collect();
        json!({
            "schema": "portal.scaffold-template/v1",
            "identifier": template.identifier, "title": template.title,
            "description": template.description, "tags": template.tags, "place": template.place,
            "origin": super::json::origin(origin),
            "inputs": self.form().questions().into_iter().map(|field| self.input(field)).collect::<Vec<_>>(),
            "target": self.target(), "files": files, "append": append, "entity": self.entity(), "next": next,
            "steps": self.steps().iter().map(step).collect::<Vec<_>>(),
            "tests": self.tests(), "use": self.line(),
        })
    }

    fn input(&self, field: &Field) -> Value {
        let known = self.workshop.opened.portal.known();
        let blueprint = blueprint(field, known);
        let mut said = Map::new();
        let mut add = |name: &str, value: Value| drop(said.insert(name.into(), value));
        add("name", field.identifier.as_str().into());
        add("title", field.label.as_str().into());
        add("description", field.description.clone().into());
        add("type", field.kind.name().into());
        add("format", field.format.clone().into());
        add("blueprint", blueprint.into());
        add("entities", blueprint.and_then(|blueprint| self.count(blueprint)).into());
        add("choices", field.fixed_choices().map(<[Value]>::to_vec).into());
        add("pattern", field.fixed_pattern().into());
        add("default", field.fixed_default().cloned().into());
        add("required", self.is_required(field).into());
        add("secret", field.secret.into());
        let when = match &field.visible {
            Dynamic::Fixed(shown) => Value::Bool(*shown),
            Dynamic::Computed(expression) => expression.source.as_str().into(),
        };
        add("visible", when);
        Value::Object(said)
    }
}

/// Returns a value as text without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}

fn step(step: &Step) -> Value {
    let treatment = treatment(step.treatment).trim_end();
    json!({"id": step.id, "name": step.name, "action": step.action, "treatment": treatment})
}

/// Returns what becomes of a step, in a word of one width.
fn treatment(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Performed => "performed",
        Treatment::Printed => "printed  ",
        Treatment::Nothing => "nothing  ",
        Treatment::Refused => "refused  ",
    }
}
