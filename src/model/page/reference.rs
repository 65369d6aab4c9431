//! What of an entity a widget is about, as Port's widgets write it: `property#tier`, `relation#system`, `$team`.

/// Something that entities have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A meta-property: `$team`.
    Meta(String),
    /// A property, stored or computed.
    Property(String),
    /// The entities that a relation leads to; several relations are followed one after another, which is portal's
    /// addition.
    Relation(Vec<String>),
    /// The level in a scorecard.
    Scorecard(String),
    /// How a rule of a scorecard comes out.
    Rule(String, String),
    /// A bare name, as tables write it: a property, else a relation, else a scorecard.
    Named(String),
}

/// The prefixes of properties; which kind one is, the blueprint says.
const PROPERTIES: &[&str] =
    &["property#", "mirror-property#", "calculation-property#", "aggregation-property#", "properties."];

impl Reference {
    /// Returns the reference written as `text`.
    pub fn parse(text: &str) -> Self {
        let property = PROPERTIES.iter().find_map(|prefix| text.strip_prefix(prefix));
        let relation = ["relation#", "relations."].iter().find_map(|prefix| text.strip_prefix(prefix));
        match (property, relation) {
            (Some(name), _) => Self::Property(name.to_string()),
            (_, Some(path)) => Self::Relation(path.split('.').map(String::from).collect()),
            _ if text.starts_with('$') => Self::Meta(text.to_string()),
            _ => match (text.strip_prefix("scorecard-rule#"), text.strip_prefix("scorecard#")) {
                (Some(rest), _) => {
                    let (scorecard, rule) = rest.split_once('#').unwrap_or((rest, ""));
                    Self::Rule(scorecard.to_string(), rule.to_string())
                }
                (_, Some(scorecard)) => Self::Scorecard(scorecard.to_string()),
                _ => Self::Named(text.to_string()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_in_every_spelling() {
        let property = |name: &str| Reference::Property(name.into());
        for (text, expected) in [
            ("property#tier", property("tier")),
            ("mirror-property#a", property("a")),
            ("calculation-property#a", property("a")),
            ("aggregation-property#a", property("a")),
            ("properties.a", property("a")),
            ("relation#system", Reference::Relation(vec!["system".into()])),
            ("relation#system.domain", Reference::Relation(vec!["system".into(), "domain".into()])),
            ("relations.system", Reference::Relation(vec!["system".into()])),
            ("scorecard#care", Reference::Scorecard("care".into())),
            ("scorecard-rule#care#readme", Reference::Rule("care".into(), "readme".into())),
            ("scorecard-rule#care", Reference::Rule("care".into(), String::new())),
            ("$team", Reference::Meta("$team".into())),
            ("tier", Reference::Named("tier".into())),
            ("", Reference::Named(String::new())),
        ] {
            assert_eq!(Reference::parse(text), expected, "{text}");
        }
    }
}
