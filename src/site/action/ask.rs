//! The form of an action, as its page shows it: documentation without the page's script, and what fills in the command
//! with it.

use serde_json::Value as Json;

use super::control::{self, Attributes, Control};
use super::help::{self, About};
use super::offer::search;
use super::suggestion::{Listed, Suggestions};
use super::wording::script;
use super::{Offer, blueprint, lifetime};
use crate::condition::Condition;
use crate::form::{Dynamic, Expression, Field, Heading, Page};
use crate::site::Site;
use crate::site::markup::Markup;
use crate::site::words::coded;

/// The names of what is asked besides the inputs; no input can be called so.
pub(super) const ENTITY: &str = "$entity";
pub(super) const TTL: &str = "$ttl";

/// Returns the form; nothing when nothing is asked. Call it inside [`on_deep_stack`](crate::jq::on_deep_stack).
pub(super) fn form(site: &Site<'_>, offer: &Offer<'_>) -> Markup {
    let mut writer = Writer { site, offer, lists: Suggestions::default(), number: 0, out: Markup::default() };
    if offer.form.pages.is_empty() {
        writer.out.raw("<div class=\"form\">\n");
        writer.entity();
        writer.fields(offer.form.fields.iter());
        writer.headings(None);
        writer.ttl();
        writer.out.raw("</div>\n");
    } else {
        writer.pages();
    }
    if writer.number == 0 {
        return Markup::default();
    }
    let Writer { mut out, lists, .. } = writer;
    out.append(&lists.finish());
    out
}

struct Writer<'s, 'a> {
    site: &'s Site<'a>,
    offer: &'s Offer<'a>,
    lists: Suggestions,
    /// How many inputs have been written.
    number: usize,
    out: Markup,
}

impl<'s> Writer<'s, '_> {
    fn pages(&mut self) {
        let form = &self.offer.form;
        let paged = |field: &&Field| form.pages.iter().any(|page| page.order.contains(&field.identifier));
        if self.offer.needs_entity() {
            self.out.raw("<div class=\"form\">\n");
            self.entity();
            self.out.raw("</div>\n");
        }
        for page in &form.pages {
            self.page(page);
        }
        self.out.raw("<div class=\"form\">\n");
        self.fields(form.fields.iter().filter(|field| !paged(field)));
        self.headings(None);
        self.ttl();
        self.out.raw("</div>\n");
    }

    fn page(&mut self, page: &Page) {
        if page.visible.is_always(false) {
            return;
        }
        self.out.raw("<fieldset class=\"page\"");
        self.condition(&page.visible);
        self.out.raw("><legend>").text(&page.title).raw("</legend>");
        if let Dynamic::Computed(visible) = &page.visible {
            self.out.raw("<small>");
            help::when(visible, &mut self.out);
            self.out.raw("</small>");
        }
        self.out.raw("<div class=\"form\">\n");
        let fields = page.order.iter().filter_map(|name| self.offer.form.field(name));
        self.fields(fields);
        self.out.raw("</div></fieldset>\n");
    }

    fn fields(&mut self, fields: impl Iterator<Item = &'s Field>) {
        for field in fields {
            self.headings(Some(&field.identifier));
            if !field.visible.is_always(false) {
                self.field(field);
            }
        }
    }

    /// Writes the headings that stand before an input, or at the end.
    fn headings(&mut self, before: Option<&str>) {
        let headings = self.offer.form.headings.iter();
        for heading in headings.filter(|heading| heading.before.as_deref() == before) {
            self.heading(heading);
        }
    }

    fn heading(&mut self, heading: &Heading) {
        if heading.visible.is_always(false) {
            return;
        }
        self.out.raw("<div class=\"wide\"");
        self.condition(&heading.visible);
        self.out.raw("><h3>").text(&heading.title).raw("</h3>");
        if let Some(description) = &heading.description {
            self.out.raw("<small>");
            coded(description, &mut self.out);
            self.out.raw("</small>");
        }
        self.out.raw("</div>\n");
    }

    /// Writes the condition of something for the page's script, when that can follow it.
    fn condition(&mut self, visible: &Dynamic<bool>) {
        if let Dynamic::Computed(Expression { source, .. }) = visible
            && let Some(condition) = script(source)
        {
            self.out.raw(" data-if=\"").text(&condition.to_string()).raw("\"");
        }
    }

    fn field(&mut self, field: &Field) {
        self.number += 1;
        let control = Control::of(field);
        let (listed, dataset) = self.suggestions(field, control);
        let about = About { listed, dataset: dataset.as_ref() };
        let lines = help::lines(self.site, &self.offer.form, field, &about);
        let attributes = Attributes {
            number: self.number,
            required: self.offer.needs(field),
            disabled: field.disabled.is_always(true),
            described: !lines.is_empty(),
            list: listed.filter(|_| control == Control::Line("text")).map(|listed| listed.number),
        };
        self.open(field, control);
        self.label(&field.label, attributes.required, control.is_group());
        control::write(control, field, &attributes, &mut self.out);
        self.close(&lines, control.is_group());
    }

    /// Writes the beginning of what belongs to an input, with what the page's script needs of it.
    fn open(&mut self, field: &Field, control: Control) {
        let conditional = matches!(field.visible, Dynamic::Computed(_));
        self.out.raw(if control.is_group() { "<fieldset" } else { "<div" });
        self.out.raw(match (conditional, control.is_wide()) {
            (true, _) => " class=\"when\"",
            (false, true) => " class=\"wide\"",
            (false, false) => "",
        });
        self.data(&field.identifier, control.script(field), self.offer.needs(field));
        if let Some(default) = field.fixed_default().filter(|_| !field.secret) {
            self.out.raw(" data-default=\"").text(&default.to_string()).raw("\"");
        }
        if let Some(pattern) = field.fixed_pattern() {
            self.out.raw(" data-pattern=\"").text(pattern).raw("\"");
        }
        self.condition(&field.visible);
        self.out.raw(">");
    }

    fn data(&mut self, name: &str, kind: &'static str, required: bool) {
        self.out.raw(" data-name=\"").text(name).raw("\" data-as=\"").raw(kind).raw("\"");
        self.out.raw(if required { " data-required" } else { "" });
    }

    fn label(&mut self, label: &str, required: bool, group: bool) {
        if group {
            self.out.raw("<legend>");
        } else {
            self.out.raw("<label for=\"f").number(self.number).raw("\">");
        }
        self.out.text(label).raw(if required { " *" } else { "" });
        self.out.raw(if group { "</legend>" } else { "</label>" });
    }

    fn close(&mut self, lines: &[Markup], group: bool) {
        if !lines.is_empty() {
            self.out.raw("<div id=\"h").number(self.number).raw("\">");
            for line in lines {
                self.out.raw("<small>").append(line).raw("</small>");
            }
            self.out.raw("</div>");
        }
        self.out.raw(if group { "</fieldset>\n" } else { "</div>\n" });
    }

    /// Returns what is suggested for an input, and which entities can be picked.
    fn suggestions(&mut self, field: &Field, control: Control) -> (Option<Listed>, Option<Condition>) {
        if control != Control::Line("text") || field.secret {
            return (None, self.dataset(field));
        }
        let blueprint = match field.format.as_deref() {
            Some("entity") => {
                let name = field.blueprint.as_deref().unwrap_or_default();
                self.site.catalog().find_blueprint(name)
            }
            Some("team") => self.site.team,
            Some("user") => self.site.user,
            _ => None,
        };
        let dataset = self.dataset(field);
        if let Some(choices) = field.fixed_choices() {
            return (self.lists.choices(choices), dataset);
        }
        let listed = blueprint.and_then(|id| self.lists.entities(self.site, id, dataset.as_ref()));
        (listed, dataset)
    }

    fn dataset(&self, field: &Field) -> Option<Condition> {
        let catalog = self.site.catalog();
        let blueprint = field.blueprint.as_deref().and_then(|name| catalog.find_blueprint(name));
        let document = catalog.node(self.offer.definition.place).document();
        let input = document.node(field.node);
        let dataset = input.get("dataset").or_else(|| input.get("items")?.get("dataset"))?;
        search(self.site.portal, blueprint, dataset)
    }

    /// Writes the question for the entity that the action is about.
    fn entity(&mut self) {
        let Some(id) = self.offer.blueprint.filter(|_| self.offer.needs_entity()) else { return };
        self.number += 1;
        let listed = self.lists.entities(self.site, id, self.offer.condition.as_ref());
        let label = self.site.catalog().blueprint(id).label();
        self.out.raw("<div");
        self.data(ENTITY, "text", true);
        self.out.raw(">");
        self.label(label, true, false);
        let mut lines = vec![Markup::default()];
        lines[0].raw("The identifier of ");
        blueprint(self.site, &self.site.catalog().blueprint(id).identifier.value, &mut lines[0]);
        if let Some(condition) = &self.offer.condition {
            lines[0].raw(" of which ");
            coded(&condition.summary(), &mut lines[0]);
        }
        self.out.raw("<input id=\"f").number(self.number).raw("\" required autocomplete=\"off\"");
        self.out.raw(" aria-describedby=\"h").number(self.number).raw("\"");
        if let Some(listed) = listed {
            self.out.raw(" list=\"l").number(listed.number).raw("\"");
            if listed.shown < listed.total {
                lines[0].raw(", ").number(listed.shown).raw(" of ").number(listed.total);
                lines[0].raw(" are suggested");
            }
        }
        self.out.raw(">");
        self.close(&lines, false);
    }

    /// Writes the question how long what is created lives, when there is a choice.
    fn ttl(&mut self) {
        let Some(ttl) = &self.offer.action.ttl else { return };
        let choices = lifetime::choices(ttl);
        if choices.len() < 2 {
            return;
        }
        self.number += 1;
        self.out.raw("<div");
        self.data(TTL, "text", false);
        let usual = lifetime::usual(ttl);
        if let Some(usual) = &usual {
            self.out.raw(" data-default=\"").text(&Json::from(usual.as_str()).to_string()).raw("\"");
        }
        self.out.raw(">");
        self.label("Time to live", false, false);
        self.out.raw("<select id=\"f").number(self.number).raw("\" aria-describedby=\"h");
        self.out.number(self.number).raw("\">");
        for (value, shown) in &choices {
            self.out.raw("<option value=\"").text(value).raw("\"");
            self.out.raw(if usual.as_ref() == Some(value) { " selected>" } else { ">" }).text(shown);
        }
        self.out.raw("</select>");
        let mut line = Markup::default();
        if let Some(longest) = ttl.longest() {
            line.text(&longest.shown()).raw(" at most");
        }
        self.close(&[line], false);
    }
}
