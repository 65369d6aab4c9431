//! Templates: those embedded in the binary, those of the catalog in their place, and what they may call.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};

use super::Error;
use super::markup::escape;

/// The templates of the binary, by name; a catalog's file of the same name takes the place of one.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("../../templates/layout.html")),
    ("header.html", include_str!("../../templates/header.html")),
    ("footer.html", include_str!("../../templates/footer.html")),
    ("favicon.svg", include_str!("../../templates/favicon.svg")),
    ("index.html", include_str!("../../templates/index.html")),
    ("blueprint.html", include_str!("../../templates/blueprint.html")),
    ("entity.html", include_str!("../../templates/entity.html")),
    ("scorecards.html", include_str!("../../templates/scorecards.html")),
    ("scorecard.html", include_str!("../../templates/scorecard.html")),
    ("dashboards.html", include_str!("../../templates/dashboards.html")),
    ("dashboard.html", include_str!("../../templates/dashboard.html")),
    ("actions.html", include_str!("../../templates/actions.html")),
    ("action.html", include_str!("../../templates/action.html")),
    ("audit.html", include_str!("../../templates/audit.html")),
    ("teams.html", include_str!("../../templates/teams.html")),
    ("health.html", include_str!("../../templates/health.html")),
    ("initiative.html", include_str!("../../templates/initiative.html")),
    ("search.html", include_str!("../../templates/search.html")),
    ("graph.html", include_str!("../../templates/graph.html")),
    ("graph-explore.html", include_str!("../../templates/graph-explore.html")),
    ("document.html", include_str!("../../templates/document.html")),
    ("interface.html", include_str!("../../templates/interface.html")),
    ("404.html", include_str!("../../templates/404.html")),
    ("opensearch.xml", include_str!("../../templates/opensearch.xml")),
    ("sitemap.xml", include_str!("../../templates/sitemap.xml")),
    ("sitemap-index.xml", include_str!("../../templates/sitemap-index.xml")),
];

/// What the names of the binary's templates begin with, whatever a catalog puts in their places:
/// `{% extends "portal/entity.html" %}`.
const ORIGINALS: &str = "portal/";

/// Templates, compiled.
#[derive(Debug)]
pub(super) struct Theme {
    environment: Environment<'static>,
}

impl Theme {
    /// Returns the templates of the binary with those of a catalog in their place.
    pub(super) fn new(overrides: &BTreeMap<String, String>) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(format);
        let syntax = SyntaxConfig::builder().trim_blocks(true).build();
        environment.set_syntax(syntax.expect("the delimiters of the library are its own"));
        for (name, source) in TEMPLATES {
            let mut add = |name, source| {
                environment.add_template_owned(name, source).map_err(|error| Error::template(&error))
            };
            if !overrides.contains_key(*name) {
                add(name.to_string(), *source)?;
            }
            // What a catalog puts in the place of a template can begin with it.
            if !overrides.is_empty() {
                add(format!("{ORIGINALS}{name}"), *source)?;
            }
        }
        for (name, source) in overrides.iter().filter(|(name, _)| !name.starts_with(ORIGINALS)) {
            let added = environment.add_template_owned(name.clone(), source.clone());
            added.map_err(|error| Error::template(&error))?;
        }
        Ok(Self { environment })
    }

    /// Renders a template into `page`, which is emptied first.
    pub(super) fn render(&self, name: &str, context: Value, page: &mut Vec<u8>) -> Result<(), Error> {
        page.clear();
        let template = self.environment.get_template(name).map_err(|error| Error::template(&error))?;
        template.render_captured_to(context, page).map_err(|error| Error::template(&error))?;
        Ok(())
    }

    /// Renders a part that many pages share, as markup that is not escaped again.
    pub(super) fn part(&self, name: &str, context: Value) -> Result<Value, Error> {
        let template = self.environment.get_template(name).map_err(|error| Error::template(&error))?;
        let text = template.render(context).map_err(|error| Error::template(&error))?;
        Ok(Value::from_safe_string(text))
    }
}

/// Writes a value: markup as it is, numbers as they are, text escaped.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => Ok(escape(text, out)?),
        Some(text) => Ok(out.write_str(text)?),
        None if value.is_none() => Ok(()),
        None => minijinja::escape_formatter(out, state, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_a_template_is_named_with_its_line() {
        let overrides = |text: &str| BTreeMap::from([("404.html".to_string(), text.to_string())]);
        let error = Theme::new(&overrides("a\n{% if %}")).expect_err("no expression");
        assert!(error.to_string().contains("404.html") && error.to_string().contains("line 2"), "{error}");
        let theme = Theme::new(&overrides("a\n\n{{ nonsense }}")).expect("compiles");
        let error =
            theme.render("404.html", Value::from_pairs([("x", 1)]), &mut Vec::new()).expect_err("undefined");
        assert!(error.to_string().contains("line 3"), "{error}");
    }
}
