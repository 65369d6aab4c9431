//! Secrets: what tasks may read that nobody may see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::job::Job;

/// What stands where a secret was.
const HIDDEN: &str = "***";

/// What a rehearsal takes for a secret that is not there: an address, because some secrets are addresses, and text
/// that no real secret is.
const PRETENDED: &str = "https://secret.invalid/";

/// The secrets of a job, and how to hide them.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    values: BTreeMap<String, String>,
    /// What is replaced in whatever is shown, the longest first.
    hidden: Vec<String>,
}

impl Secrets {
    /// Returns those of these names that the job has, in [`variable`]s; its token is hidden with them.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>, job: &Job) -> Self {
        let mut secrets = Self::default();
        for name in names {
            if let Some(value) = job.variable(&variable(name)) {
                secrets.add(name, value);
            }
        }
        job.variable("PORTAL_TOKEN").into_iter().for_each(|token| secrets.hide_value(token));
        secrets
    }

    /// Returns them with something in the place of each that is not there, for a rehearsal.
    #[must_use]
    pub fn pretended<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        for name in names {
            if !self.values.contains_key(name) {
                self.add(name, &format!("{PRETENDED}{}", suffix(name)));
            }
        }
        self
    }

    fn add(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_string(), value.to_string());
        self.hide_value(value);
    }

    /// Adds a value to hide, each of its lines, and what it is inside JSON.
    fn hide_value(&mut self, value: &str) {
        let quoted = Value::from(value).to_string();
        let mut hidden: BTreeSet<String> = self.hidden.drain(..).collect();
        hidden.insert(value.to_string());
        hidden.insert(quoted[1..quoted.len() - 1].to_string());
        hidden.extend(value.lines().map(|line| line.trim().to_string()));
        // A line of a brace says nothing, and hidden it would make everything unreadable.
        self.hidden = hidden.into_iter().filter(|text| text.len() > 2 || text == value).collect();
        self.hidden.retain(|text| !text.is_empty());
        self.hidden.sort_by_key(|text| std::cmp::Reverse(text.len()));
    }

    /// Returns a secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Returns `text` without them.
    pub fn hide(&self, text: &str) -> String {
        let hide = |text: String, secret: &String| match text.contains(secret.as_str()) {
            true => text.replace(secret.as_str(), HIDDEN),
            false => text,
        };
        self.hidden.iter().fold(text.to_string(), hide)
    }

    /// Returns a value without them, wherever they are in it.
    pub fn hide_in(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.hide(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.hide_in(item)).collect(),
            Value::Object(entries) => {
                let entries = entries.into_iter();
                Value::Object(entries.map(|(key, value)| (self.hide(&key), self.hide_in(value))).collect())
            }
            plain => plain,
        }
    }

    /// Returns each line that is hidden, for the CI system to hide it, too.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty())
    }

    /// Returns what expressions see as `.secrets`.
    pub fn json(&self) -> Value {
        let values = self.values.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        Value::Object(values.collect::<Map<_, _>>())
    }
}

/// Returns the environment variable that holds the secret `name`: `PORTAL_SECRET_` and the name, with `_` for what a
/// variable cannot be called.
pub fn variable(name: &str) -> String {
    format!("PORTAL_SECRET_{}", suffix(name))
}

fn suffix(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        let variables = [
            ("PORTAL_SECRET_A_B", "s3cret"),
            ("PORTAL_SECRET_KEY", "-----BEGIN\nabc\"def\n}\n-----END"),
            ("PORTAL_TOKEN", "s3cret-token"),
        ];
        Job::of(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    #[test]
    fn are_read_by_name_and_hidden_everywhere() {
        let secrets = Secrets::of(["a-b", "A-B", "KEY", "none"], &job());
        assert_eq!(
            (secrets.get("A-B"), secrets.get("a-b"), secrets.get("none")),
            (Some("s3cret"), None, None)
        );
        for (text, shown) in [
            ("is s3cret, s3cret-token", "is ***, ***"),
            ("abc\"def", "***"),
            ("{\"key\":\"-----BEGIN\\nabc\\\"def\\n}\\n-----END\"}", "{\"key\":\"***\"}"),
            ("{}", "{}"),
        ] {
            assert_eq!(secrets.hide(text), shown);
        }
        assert_eq!(secrets.json()["A-B"], "s3cret");
    }

    #[test]
    fn a_rehearsal_pretends_those_that_are_missing() {
        let secrets = Secrets::of(["A-B"], &job()).pretended(["A-B", "SLACK_URL"]);
        assert_eq!(secrets.get("A-B"), Some("s3cret"));
        let url = secrets.get("SLACK_URL").expect("pretended");
        assert_eq!(secrets.hide(&format!("POST {url}")), "POST ***");
    }
}
