//! Numbers: what is counted and how, its unit, and what its value means.

use super::super::aggregation::{Function, Period};
use super::super::{Spanned, string};
use super::content::{list, reference};
use super::reference::Reference;
use crate::yaml::Node;

/// A number.
#[derive(Debug, Clone)]
pub struct Number {
    /// What it counts.
    pub amount: Amount,
    /// How, as it is written.
    pub function: Option<Spanned<String>>,
    /// The property that it is about.
    pub property: Option<Spanned<Reference>>,
    /// The entity, when it is about one.
    pub entity: Option<Spanned<String>>,
    /// The period of an average.
    pub average_of: Option<Spanned<String>>,
    /// The date that says in which period an entity falls.
    pub dated: Option<Spanned<String>>,
    /// What it is counted in.
    pub unit: Unit,
    /// How many decimals are shown.
    pub decimals: Decimals,
    /// Colours and words for values.
    pub formats: Vec<Formatting>,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Entities.
    Entities,
    /// A property over entities.
    Property,
    /// A property of one entity.
    Single,
}

/// What a number is counted in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit {
    /// Its sign or word; nothing when empty.
    pub text: String,
    /// Whether it stands before the number.
    pub before: bool,
}

/// How many decimals are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimals {
    /// As many as it takes, two at most.
    Usual,
    /// None.
    Round,
    /// So many.
    Places(usize),
}

/// A colour and a word for values.
#[derive(Debug, Clone, PartialEq)]
pub struct Formatting {
    /// `=`, `!=`, `>`, `>=`, `<` or `<=`.
    pub operator: String,
    /// What the value is compared with.
    pub value: f64,
    /// A palette colour.
    pub color: Option<String>,
    /// What it means.
    pub message: Option<String>,
    /// What that means.
    pub description: Option<String>,
}

impl Number {
    pub(super) fn decode(node: Node<'_>) -> Self {
        let word = |key| node.get(key).and_then(Node::as_str);
        let amount = match (word("chartType"), word("calculationBy")) {
            (Some("displaySingleProperty"), _) => Amount::Single,
            (Some("countEntities"), _) | (_, Some("entities")) => Amount::Entities,
            (Some("aggregateByProperty"), _) | (_, Some("property")) => Amount::Property,
            _ if node.get("entity").is_some() => Amount::Single,
            _ if node.get("property").is_some() => Amount::Property,
            _ => Amount::Entities,
        };
        Self {
            amount,
            function: string(node, "func"),
            property: reference(node, "property"),
            entity: string(node, "entity"),
            average_of: string(node, "averageOf"),
            dated: string(node, "measureTimeBy"),
            unit: Unit::decode(node),
            decimals: match word("displayFormatting") {
                Some("round") => Decimals::Round,
                Some("custom") => Decimals::Places(places(node)),
                _ => Decimals::Usual,
            },
            formats: list(node, "conditionalFormatting").filter_map(Formatting::decode).collect(),
        }
    }

    /// Returns the function that it applies; counting when it says none.
    pub fn function(&self) -> Function {
        self.function.as_ref().and_then(|name| Function::from_name(&name.value)).unwrap_or_default()
    }

    /// Returns the period of an average.
    pub fn period(&self) -> Option<Period> {
        self.average_of.as_ref().and_then(|name| Period::from_name(&name.value))
    }

    /// Returns the colour and word for a value: of those that hold, the one whose own value is closest (Port's
    /// documentation).
    pub fn format(&self, value: f64) -> Option<&Formatting> {
        let near = |format: &&Formatting| (format.value - value).abs();
        let holding = self.formats.iter().filter(|format| format.holds(value));
        holding.min_by(|a, b| near(a).total_cmp(&near(b)))
    }
}

/// Returns the decimals that a number asks for: one to five.
fn places(node: Node<'_>) -> usize {
    let places = node.get("decimalPlaces").and_then(Node::as_u64).unwrap_or(1);
    usize::try_from(places).unwrap_or(5).clamp(1, 5)
}

impl Unit {
    fn decode(node: Node<'_>) -> Self {
        let word = |key| node.get(key).and_then(Node::as_str);
        let text = match word("unit") {
            None | Some("none") => "",
            Some("custom") => word("unitCustom").unwrap_or_default(),
            Some(unit) => unit,
        };
        Self { text: text.to_string(), before: word("unitAlignment") == Some("left") }
    }
}

impl Formatting {
    fn decode(node: Node<'_>) -> Option<Self> {
        let text = |key| string(node, key).map(|text| text.value);
        Some(Self {
            operator: text("operator")?,
            value: node.get("value")?.as_f64()?,
            color: text("color"),
            message: text("message"),
            description: text("description"),
        })
    }

    fn holds(&self, value: f64) -> bool {
        match self.operator.as_str() {
            "=" => (value - self.value).abs() < f64::EPSILON,
            "!=" => (value - self.value).abs() >= f64::EPSILON,
            ">" => value > self.value,
            ">=" => value >= self.value,
            "<" => value < self.value,
            "<=" => value <= self.value,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::with;

    fn number(text: &str) -> Number {
        with(text, Number::decode)
    }

    #[test]
    fn a_number_counts_what_its_type_says() {
        for (text, amount) in [
            ("{chartType: countEntities, calculationBy: entities}", Amount::Entities),
            ("{calculationBy: entities, func: count}", Amount::Entities),
            ("{chartType: aggregateByProperty, calculationBy: property}", Amount::Property),
            ("{chartType: aggregateByProperty, calculationBy: entities}", Amount::Entities),
            ("{calculationBy: property, func: sum, property: a}", Amount::Property),
            ("{chartType: displaySingleProperty, entity: a, property: b}", Amount::Single),
            ("{entity: a, property: b}", Amount::Single),
            ("{}", Amount::Entities),
        ] {
            assert_eq!(number(text).amount, amount, "{text}");
        }
    }

    #[test]
    fn the_closest_format_that_holds_is_taken() {
        let number = number(
            "{conditionalFormatting: [{operator: <, value: 8, color: green}, {operator: <, value: 6, color: yellow},
              {operator: '>', value: 20, color: red}, {operator: '~', value: 1}, {operator: <}]}",
        );
        for (value, color) in [(5.0, Some("yellow")), (7.0, Some("green")), (8.0, None), (21.0, Some("red"))]
        {
            let format = number.format(value);
            assert_eq!(format.and_then(|format| format.color.as_deref()), color, "{value}");
        }
    }

    #[test]
    fn units_and_decimals_are_read() {
        for (text, unit, before, decimals) in [
            ("{unit: none}", "", false, Decimals::Usual),
            ("{unit: '%', unitAlignment: right, displayFormatting: round}", "%", false, Decimals::Round),
            ("{unit: $, unitAlignment: left, displayFormatting: custom}", "$", true, Decimals::Places(1)),
            (
                "{unit: custom, unitCustom: hours, displayFormatting: custom, decimalPlaces: 9}",
                "hours",
                false,
                Decimals::Places(5),
            ),
        ] {
            let number = number(text);
            assert_eq!(
                (number.unit.text.as_str(), number.unit.before, number.decimals),
                (unit, before, decimals)
            );
        }
    }
}
