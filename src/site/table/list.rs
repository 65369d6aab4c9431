//! Lists: the table of a blueprint, narrowed to what a search chooses, as far as an address can say it. Numbers and saved
//! views lead there.

use url::form_urlencoded::Serializer;

use super::column::{Column, Kind as Sort};
use super::{Table, cell, head};
use crate::model::instant::{Instant, preset};
use crate::yaml::{Kind, Node};

/// What the address of a table says.
#[derive(Debug, Clone)]
pub(in crate::site) struct List<'t> {
    columns: &'t [Column<'t>],
    names: &'t [String],
    now: Instant,
    pairs: Vec<(String, String)>,
    /// How many filters, or groups, it cannot say.
    left_out: usize,
}

/// What the name of an entity is called, whichever of the two is asked for: its column has both.
const TITLE: &str = "$title";

impl<'t> List<'t> {
    /// Returns the whole table; periods of searches are those at `now`.
    pub(in crate::site) fn of(table: &'t Table<'_>, now: Instant) -> Self {
        Self::new(&table.columns, &table.names, now)
    }

    pub(super) fn new(columns: &'t [Column<'t>], names: &'t [String], now: Instant) -> Self {
        Self { columns, names, now, pairs: Vec::new(), left_out: 0 }
    }

    /// Returns what follows the `?` of the address.
    pub(in crate::site) fn query(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.pairs).finish()
    }

    /// Returns how many filters it cannot say.
    pub(in crate::site) fn left_out(&self) -> usize {
        self.left_out
    }

    /// Says that there are filters which it does not say.
    pub(in crate::site) fn leave_out(&mut self, count: usize) {
        self.left_out += count;
    }

    pub(super) fn push(&mut self, key: &str, value: String) {
        self.pairs.push((key.into(), value));
    }

    /// Returns the name of the column that pages call `name`.
    pub(super) fn find(&self, name: &str) -> Option<&'t str> {
        match name {
            TITLE | "$identifier" => Some(TITLE),
            _ => self.names.iter().map(String::as_str).find(|known| *known == name),
        }
    }

    /// Returns the column; that of the name has none.
    fn column(&self, name: &str) -> Option<&'t Column<'t>> {
        self.names.iter().position(|known| known == name).map(|at| &self.columns[at])
    }

    fn is_many(&self, name: &str) -> bool {
        self.column(name).is_some_and(Column::is_many)
    }

    /// Narrows it to what a search chooses: a group, a list of rules that must all hold, or a rule.
    pub(in crate::site) fn search(&mut self, search: Node<'_>) {
        match search.kind() {
            Kind::List => search.items().for_each(|rule| self.search(rule)),
            Kind::Map if search.get("rules").is_some() || search.get("conditions").is_some() => {
                self.group(search);
            }
            Kind::Map if text(search, "property") == Some("$blueprint") => {}
            Kind::Map => {
                let pairs = self.rule(search).filter(|pairs| !self.asks_twice(pairs));
                match pairs {
                    Some(pairs) => self.pairs.extend(pairs),
                    None => self.left_out += 1,
                }
            }
            _ => {}
        }
    }

    /// Adds the rules of a group: all of them must hold, or one of several about one column.
    fn group(&mut self, group: Node<'_>) {
        let rules = group.get("conditions").or_else(|| group.get("rules"));
        let rules: Vec<Node<'_>> = rules.into_iter().flat_map(Node::items).collect();
        if text(group, "combinator") != Some("or") || rules.len() < 2 {
            rules.into_iter().for_each(|rule| self.search(rule));
            return;
        }
        let pairs: Option<Vec<Vec<_>>> = rules.into_iter().map(|rule| self.rule(rule)).collect();
        let pairs: Vec<_> = pairs.into_iter().flatten().flatten().collect();
        let one = |(key, _): &(String, String)| key.ends_with(".is") && *key == pairs[0].0;
        if !pairs.is_empty() && pairs.iter().all(one) && !self.asks_twice(&pairs) {
            self.pairs.extend(pairs);
        } else {
            self.left_out += 1;
        }
    }

    /// Returns whether a column would be asked for more values than are meant: several mean any of them.
    fn asks_twice(&self, pairs: &[(String, String)]) -> bool {
        pairs.iter().any(|(key, _)| key.ends_with(".is") && self.pairs.iter().any(|(known, _)| known == key))
    }

    /// Returns a rule as pairs of the address; `None` when it cannot say it.
    fn rule(&self, rule: Node<'_>) -> Option<Vec<(String, String)>> {
        if ["every", "some", "none", "jq", "file", "git"].iter().any(|key| rule.get(key).is_some()) {
            return None;
        }
        let card = text(rule, "scorecard");
        if card.is_some() && rule.get("scorecardRule").is_some() {
            return None;
        }
        let card = card.map(|card| format!("scorecard#{card}"));
        let relation = text(rule, "relation").map(|name| self.relation(name));
        let name = card.or(relation).or_else(|| text(rule, "property").map(str::to_string))?;
        let name = self.find(&name)?;
        let many = self.is_many(name);
        let negated = rule.get("not").and_then(Node::as_bool) == Some(true);
        let period = rule.get("value").filter(|value| value.kind() == Kind::Map);
        let asked = match (text(rule, "operator")?, period) {
            ("=" | "between", Some(period)) => return self.period(name, period),
            ("=" | "in" | "containsAny", _) => "is",
            ("!=" | "notIn", _) => "not",
            ("contains", _) if many => "is",
            ("contains", _) => "has",
            ("<", _) => "lt",
            (">", _) => "gt",
            ("<=", _) => "le",
            (">=", _) => "ge",
            ("isEmpty", _) => {
                return self.pairs_of(name, if negated { "any" } else { "empty" }, vec![String::new()]);
            }
            ("isNotEmpty", _) => {
                return self.pairs_of(name, if negated { "empty" } else { "any" }, vec![String::new()]);
            }
            _ => return None,
        };
        let value = rule.get("value")?;
        let values = if value.kind() == Kind::List { value.items().collect() } else { vec![value] };
        self.pairs_of(name, asked, values.into_iter().map(scalar).collect::<Option<_>>()?)
    }

    /// Returns the name of the column of a relation.
    pub(in crate::site) fn relation(&self, name: &str) -> String {
        let long = format!("relation#{name}");
        if self.names.contains(&long) { long } else { name.to_string() }
    }

    /// Returns a period, or a range of numbers, from its beginning to its end.
    fn period(&self, name: &str, period: Node<'_>) -> Option<Vec<(String, String)>> {
        let both = |from: String, end: &str, to: String| {
            let mut pairs = self.pairs_of(name, "ge", vec![from])?;
            pairs.extend(self.pairs_of(name, end, vec![to])?);
            Some(pairs)
        };
        if let Some(word) = text(period, "preset") {
            let range = preset(word, self.now)?;
            return both(range.start.iso(), "lt", range.end.iso());
        }
        let (from, to) = (period.get("from")?, period.get("to")?);
        if from.as_f64().is_some() && to.as_f64().is_some() {
            return both(from.text()?.into(), "le", to.text()?.into());
        }
        let whole_day = to.text()?.len() <= 10;
        let (start, end) = (Instant::parse(from.text()?)?, Instant::parse_end(to.text()?)?);
        both(start.iso(), if whole_day { "lt" } else { "le" }, end.iso())
    }

    /// Returns what asks a column for values; `None` of what its kind cannot be asked.
    fn pairs_of(&self, name: &str, asked: &str, values: Vec<String>) -> Option<Vec<(String, String)>> {
        let kind = self.column(name).map_or(Sort::Text, Column::kind);
        if !head::can_ask(kind, asked) {
            return None;
        }
        Some(
            values
                .into_iter()
                .map(|value| (format!("{name}.{asked}"), cell::shown(&value).into_owned()))
                .collect(),
        )
    }

    /// Returns the list of those that also have a value in a column, or nothing in it when there is no value.
    pub(in crate::site) fn having(&self, name: &str, value: Option<&str>) -> Self {
        let mut list = self.clone();
        let Some(name) = list.find(name) else {
            list.left_out += 1;
            return list;
        };
        let yes_or_no = self.column(name).is_some_and(Column::is_boolean);
        let number = self.column(name).is_some_and(|column| column.kind() == Sort::Number);
        let time = self.column(name).is_some_and(|column| column.kind() == Sort::Time);
        let said = value.map(|value| match value {
            "true" if yes_or_no => "yes",
            "false" if yes_or_no => "no",
            value => value,
        });
        let asked: &[&str] = match said {
            None => &["empty"],
            // As it is compared, not as it is written: `1.50` is 1.5.
            Some(value) if (number && value.contains('.')) || time => &["ge", "le"],
            Some(_) => &["is"],
        };
        let value = said.unwrap_or_default().to_string();
        let pairs: Option<Vec<Vec<_>>> =
            asked.iter().map(|asked| self.pairs_of(name, asked, vec![value.clone()])).collect();
        let Some(pairs) = pairs else {
            list.left_out += 1;
            return list;
        };
        // The values that the search asks for are wider than this one, but for entities that have several.
        let before = list.pairs.len();
        let key = format!("{name}.is");
        list.pairs.retain(|(known, own)| *known != key || *own == value);
        if self.is_many(name) && list.pairs.len() < before {
            list.left_out += 1;
        }
        for pair in pairs.into_iter().flatten() {
            if !list.pairs.contains(&pair) {
                list.pairs.push(pair);
            }
        }
        list
    }

    /// Returns the list of those that have any value in a column.
    pub(in crate::site) fn having_any(&self, name: &str) -> Self {
        let mut list = self.clone();
        match list.find(name).and_then(|name| list.pairs_of(name, "any", vec![String::new()])) {
            Some(pairs) => list.pairs.extend(pairs),
            None => list.left_out += 1,
        }
        list
    }

    /// Returns the list of those that have none of these values, where each has one value.
    pub(in crate::site) fn without(&self, name: &str, values: &[Option<&str>]) -> Self {
        let mut list = self.clone();
        let named = list.find(name).filter(|name| !self.is_many(name));
        let pairs: Option<Vec<Vec<_>>> = named.and_then(|name| {
            let yes_or_no = self.column(name).is_some_and(Column::is_boolean);
            let pair = |value: &Option<&str>| match value {
                None => self.pairs_of(name, "any", vec![String::new()]),
                Some("true") if yes_or_no => self.pairs_of(name, "not", vec!["yes".into()]),
                Some("false") if yes_or_no => self.pairs_of(name, "not", vec!["no".into()]),
                Some(value) => self.pairs_of(name, "not", vec![(*value).to_string()]),
            };
            values.iter().map(pair).collect()
        });
        match pairs {
            Some(pairs) => list.pairs.extend(pairs.into_iter().flatten()),
            None => list.left_out += 1,
        }
        list
    }
}

fn text<'a>(node: Node<'a>, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Node::as_str)
}

/// Returns a value as the table shows it; `None` of one that is taken from the reader, such as `{{getUserTeams()}}`.
fn scalar(value: Node<'_>) -> Option<String> {
    match value.kind() {
        Kind::Bool => Some(if value.as_bool()? { "yes" } else { "no" }.into()),
        Kind::Number => value.text().map(str::to_string),
        Kind::String => value.as_str().filter(|text| !text.contains("{{")).map(str::to_string),
        Kind::Null | Kind::List | Kind::Map => None,
    }
}
