//! How an input is asked: which control of HTML, with what in it.

use serde_json::Value;

use crate::form::Field;
use crate::model::property::Type;
use crate::site::link::clip;
use crate::site::markup::Markup;

/// The most choices that stand beside each other, and the most characters that they have together.
const MOST_BUTTONS: usize = 6;
const MOST_CHARACTERS: usize = 60;

/// The most choices of a list that unfolds; more are suggested while one types.
const MOST_OPTIONS: usize = 60;

/// The most boxes to tick.
const MOST_BOXES: usize = 24;

/// The longest choice that is shown whole.
const LONGEST: usize = 80;

/// How an input is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    /// Buttons beside each other, of which one is pressed.
    Buttons,
    /// A list that unfolds.
    Options,
    /// Boxes to tick.
    Boxes,
    /// A line of text; `type` is that of HTML.
    Line(&'static str),
    /// Several lines, as they are.
    Area,
    /// Several lines, each an item.
    Items,
    /// Several lines of JSON.
    Json,
}

impl Control {
    /// Returns how a field is asked.
    pub(super) fn of(field: &Field) -> Self {
        let choices = choices(field);
        match field.kind {
            _ if field.secret => Self::Line("text"),
            Type::Object => Self::Json,
            Type::Array if is_among(&choices, MOST_BOXES) => Self::Boxes,
            Type::Array if matches!(field.items, Type::Array | Type::Object) => Self::Json,
            Type::Array => Self::Items,
            _ if is_short(&choices) => Self::Buttons,
            _ if is_among(&choices, MOST_OPTIONS) => Self::Options,
            Type::Number if choices.is_empty() => Self::Line("number"),
            _ if !choices.is_empty() => Self::Line("text"),
            _ => match field.format.as_deref() {
                Some("multi-line" | "markdown" | "yaml" | "json" | "proto") => Self::Area,
                Some("date-time" | "timer") => Self::Line("datetime-local"),
                Some("url") => Self::Line("url"),
                Some("email" | "idn-email") => Self::Line("email"),
                _ => Self::Line("text"),
            },
        }
    }

    /// Returns whether it is a group of controls rather than one.
    pub(super) fn is_group(self) -> bool {
        matches!(self, Self::Buttons | Self::Boxes)
    }

    /// Returns whether it needs the whole width of a form.
    pub(super) fn is_wide(self) -> bool {
        matches!(self, Self::Area | Self::Json)
    }

    /// Returns what the page's script makes of what is entered.
    pub(super) fn script(self, field: &Field) -> &'static str {
        match (self, field.kind) {
            (Self::Boxes | Self::Items, _) if field.items == Type::Number => "numbers",
            (Self::Boxes | Self::Items, _) => "list",
            (Self::Json, _) => "json",
            (Self::Line("datetime-local"), _) => "time",
            (_, Type::Number) => "number",
            (_, Type::Boolean) => "boolean",
            _ => "text",
        }
    }
}

fn is_among(choices: &[Value], most: usize) -> bool {
    !choices.is_empty() && choices.len() <= most
}

fn is_short(choices: &[Value]) -> bool {
    let characters: usize = choices.iter().map(|choice| text(choice).chars().count()).sum();
    is_among(choices, MOST_BUTTONS) && characters <= MOST_CHARACTERS
}

/// Returns the values that can be chosen, when they are known; yes and no are choices, too.
pub(super) fn choices(field: &Field) -> Vec<Value> {
    match (field.fixed_choices(), field.kind) {
        (Some(choices), _) => choices.to_vec(),
        (None, Type::Boolean) => vec![Value::Bool(true), Value::Bool(false)],
        (None, _) => Vec::new(),
    }
}

/// Returns a value as it is entered: texts as they are, others as JSON.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

/// Returns what people read of a choice.
fn label(value: &Value) -> String {
    match value {
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_string(),
        value => match text(value) {
            empty if empty.trim().is_empty() => "(empty)".to_string(),
            text => clip(&text, LONGEST).into_owned(),
        },
    }
}

/// What a control has besides what it offers.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// The number that its names on the page end with.
    pub(super) number: usize,
    pub(super) required: bool,
    pub(super) disabled: bool,
    /// Whether there is a text below it.
    pub(super) described: bool,
    /// The list of suggestions, by its number.
    pub(super) list: Option<usize>,
}

impl Attributes {
    fn write(&self, required: bool, out: &mut Markup) {
        out.raw(if required && self.required { " required" } else { "" });
        out.raw(if self.disabled { " disabled" } else { "" });
        if self.described {
            out.raw(" aria-describedby=\"h").number(self.number).raw("\"");
        }
    }
}

/// Writes the control of a field, whose label is elsewhere.
pub(super) fn write(control: Control, field: &Field, attributes: &Attributes, out: &mut Markup) {
    let default = field.fixed_default().unwrap_or(&Value::Null);
    match control {
        Control::Buttons => buttons(&choices(field), default, attributes, out),
        Control::Options => options(&choices(field), default, attributes, out),
        Control::Boxes => boxes(&choices(field), default, attributes, out),
        Control::Line(kind) => line(kind, field, default, attributes, out),
        Control::Area => area(3, &text(default), attributes, out),
        Control::Items => {
            let items = default.as_array().into_iter().flatten();
            area(2, &items.map(text).collect::<Vec<_>>().join("\n"), attributes, out);
        }
        Control::Json => {
            let written = if default.is_null() { String::new() } else { format!("{default:#}") };
            area(4, &written, attributes, out);
        }
    }
}

fn buttons(choices: &[Value], default: &Value, attributes: &Attributes, out: &mut Markup) {
    out.raw("<div class=\"seg\">");
    for choice in choices {
        out.raw("<label><input type=\"radio\" name=\"r").number(attributes.number).raw("\" value=\"");
        out.text(&text(choice)).raw("\"");
        attributes.write(true, out);
        out.raw(if choice == default { " checked>" } else { ">" }).text(&label(choice)).raw("</label>");
    }
    out.raw("</div>");
}

fn options(choices: &[Value], default: &Value, attributes: &Attributes, out: &mut Markup) {
    out.raw("<select id=\"f").number(attributes.number).raw("\"");
    attributes.write(true, out);
    out.raw("><option value=\"\">").raw(if attributes.required { "Choose…" } else { "none" });
    for choice in choices {
        out.raw("<option value=\"").text(&text(choice)).raw("\"");
        out.raw(if choice == default { " selected>" } else { ">" }).text(&label(choice));
    }
    out.raw("</select>");
}

fn boxes(choices: &[Value], default: &Value, attributes: &Attributes, out: &mut Markup) {
    out.raw("<div class=\"seg\">");
    for choice in choices {
        out.raw("<label><input type=\"checkbox\" value=\"").text(&text(choice)).raw("\"");
        attributes.write(false, out);
        let chosen = default.as_array().is_some_and(|items| items.contains(choice));
        out.raw(if chosen { " checked>" } else { ">" }).text(&label(choice)).raw("</label>");
    }
    out.raw("</div>");
}

fn line(kind: &'static str, field: &Field, default: &Value, attributes: &Attributes, out: &mut Markup) {
    out.raw("<input id=\"f").number(attributes.number).raw("\" type=\"").raw(kind).raw("\"");
    let entered = match kind {
        // A control for dates takes minutes, and no zone.
        "datetime-local" => text(default).get(..16).unwrap_or_default().to_string(),
        _ => text(default),
    };
    if !entered.is_empty() && !field.secret {
        out.raw(" value=\"").text(&entered).raw("\"");
    }
    if kind == "number" {
        out.raw(if field.whole { " step=\"1\"" } else { " step=\"any\"" });
        for (key, attribute) in [("minimum", " min=\""), ("maximum", " max=\"")] {
            if let Some(bound) = field.fixed_bound(key) {
                out.raw(attribute).text(&bound.to_string()).raw("\"");
            }
        }
    } else {
        out.raw(" autocomplete=\"off\"");
        if field.kind == Type::String {
            length(field, out);
        }
    }
    if let Some(list) = attributes.list {
        out.raw(" list=\"l").number(list).raw("\"");
    }
    attributes.write(true, out);
    out.raw(">");
}

/// Writes how long a text may be, when that is fixed.
fn length(field: &Field, out: &mut Markup) {
    for (key, attribute) in [("minLength", " minlength=\""), ("maxLength", " maxlength=\"")] {
        let bound = field.fixed_bound(key).filter(|bound| bound.fract() == 0.0 && (0.0..1e6).contains(bound));
        if let Some(bound) = bound {
            out.raw(attribute).text(&bound.to_string()).raw("\"");
        }
    }
}

fn area(rows: usize, text: &str, attributes: &Attributes, out: &mut Markup) {
    out.raw("<textarea id=\"f").number(attributes.number).raw("\" rows=\"").number(rows).raw("\"");
    attributes.write(true, out);
    // The first line break after the tag would be dropped.
    out.raw(">").raw(if text.starts_with('\n') { "\n" } else { "" }).text(text).raw("</textarea>");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::form::Form;
    use crate::model::action::Action;
    use crate::source::SourceId;
    use crate::yaml;

    #[test]
    fn each_input_has_the_control_that_fits() {
        let many: Vec<String> = (0..40).map(|n| format!("choice-{n}")).collect();
        let more: Vec<String> = (0..80).map(|n| format!("choice-{n}")).collect();
        let (many, more) = (many.join(", "), more.join(", "));
        for (input, expected) in [
            ("{type: string}", Control::Line("text")),
            ("{type: string, format: url}", Control::Line("url")),
            ("{type: string, format: date-time}", Control::Line("datetime-local")),
            ("{type: string, format: multi-line}", Control::Area),
            ("{type: string, format: entity, blueprint: x}", Control::Line("text")),
            ("{type: string, enum: [a, b]}", Control::Buttons),
            (&format!("{{type: string, enum: [{many}]}}"), Control::Options),
            (&format!("{{type: string, enum: [{more}]}}"), Control::Line("text")),
            ("{type: string, enum: {jqQuery: .user.teams}}", Control::Line("text")),
            ("{type: number}", Control::Line("number")),
            ("{type: number, enum: [1, 2, 3]}", Control::Buttons),
            ("{type: boolean}", Control::Buttons),
            ("{type: array, items: {type: string}}", Control::Items),
            ("{type: array, items: {type: string, enum: [a, b]}}", Control::Boxes),
            ("{type: array, items: {type: object}}", Control::Json),
            ("{type: object}", Control::Json),
            ("{type: string, format: multi-line, encryption: aes256-gcm}", Control::Line("text")),
        ] {
            let text = format!(
                "{{identifier: a, trigger: {{type: self-service, operation: CREATE, userInputs: \
                 {{properties: {{x: {input}}}}}}}}}"
            );
            let document = yaml::parse(SourceId::new(0), &Arc::from(text), &mut Vec::new());
            let root = document.roots().next().expect("a document");
            let form = Form::of_action(root, &Action::decode(root));
            assert_eq!(form.field("x").map(Control::of), Some(expected), "{input}");
        }
    }
}
