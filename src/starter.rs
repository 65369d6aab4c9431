//! A catalog to start with: small, complete, and right.

use serde_json::{Map, Value, json};

use crate::model::target::Target;
use crate::yaml;

/// What a new catalog says of itself.
#[derive(Debug, Clone)]
pub struct Starter {
    /// The name of the portal.
    pub title: String,
    /// The CI system, if there is one.
    pub target: Option<Target>,
    /// The catalog's folder in its repository; empty when it is the repository.
    pub folder: String,
    /// The default branch of the repository.
    pub branch: String,
}

/// The files that are the same for everybody, by path.
const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("../starter/README.md")),
    ("actions/register-service.yaml", include_str!("../starter/actions/register-service.yaml")),
    ("blueprints/Service.yaml", include_str!("../starter/blueprints/Service.yaml")),
    ("blueprints/System.yaml", include_str!("../starter/blueprints/System.yaml")),
    ("entities/Service/orders.yaml", include_str!("../starter/entities/Service/orders.yaml")),
    ("entities/Service/payments.yaml", include_str!("../starter/entities/Service/payments.yaml")),
    ("entities/System/shop.yaml", include_str!("../starter/entities/System/shop.yaml")),
    ("scorecards/production-readiness.yaml", include_str!("../starter/scorecards/production-readiness.yaml")),
];

impl Starter {
    /// Returns the files of the catalog, each with its path relative to the catalog root, in the order of paths; those of
    /// the CI system are not among them, for they are made of these.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let fixed = FILES.iter().map(|(path, text)| (*path, (*text).to_string()));
        let own = [(".gitignore", "/site/\n".to_string()), ("portal.yaml", self.configuration())];
        let mut files: Vec<(&str, String)> = fixed.chain(own).collect();
        files.sort_unstable_by_key(|(path, _)| *path);
        files
    }

    fn configuration(&self) -> String {
        let mut document = Map::new();
        document.insert("title".into(), Value::from(self.title.as_str()));
        if let Some(target) = self.target {
            let mut ci = Map::new();
            ci.insert("target".into(), target.name().into());
            if !self.folder.is_empty() {
                ci.insert("folder".into(), Value::from(self.folder.as_str()));
            }
            if self.branch != "main" {
                ci.insert("branch".into(), Value::from(self.branch.as_str()));
            }
            document.insert("ci".into(), Value::Object(ci));
        }
        yaml::write::document(&json!(document))
    }
}
