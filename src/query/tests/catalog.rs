//! A catalog in memory.

use std::collections::BTreeMap;

use crate::model::instant::Instant;
use crate::portal::Portal;
use crate::worktree::{Content, Files, Listing, Selection, Unreadable};

/// Files that are only here.
struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn list(&self, selection: &Selection) -> Result<Listing, Unreadable> {
        let matcher = selection.compile(|folder| self.0.keys().any(|path| path.starts_with(folder)));
        let files = self.0.keys().filter(|path| matcher.takes(path)).cloned().collect();
        Ok(Listing { files, ..Listing::default() })
    }

    fn read(&self, paths: &[String], _most: usize) -> Result<Vec<Content>, Unreadable> {
        Ok(paths.iter().map(|path| Content::from(self.0[path].as_bytes())).collect())
    }

    fn reference(&self, path: &str, _most: usize) -> Result<Vec<u8>, String> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| "does not exist".into())
    }
}

const BLUEPRINTS: &str = "
identifier: System
title: System
schema: {properties: {lead: {type: string, format: user}}}
ownership: {type: Direct}
relations:
  domain: {target: Domain}
---
identifier: Domain
title: Domain
schema: {properties: {}}
---
identifier: Component
title: Component
schema:
  properties:
    tier: {type: number}
    docs: {type: string, format: markdown}
    title: {type: string}
    language: {type: string, enum: [Go, Java]}
    tags: {type: array, items: {type: string}}
  required: [tier]
relations:
  system: {target: System}
  dependsOn: {target: [Component, Resource], many: true}
mirrorProperties:
  domainTitle: {path: system.domain.$title}
ownership: {type: Inherited, path: system}
---
identifier: Resource
title: Resource
schema: {properties: {}}
";

const ENTITIES: &str = "
- {identifier: order, blueprint: Domain, title: Ordering}
- {identifier: checkout, blueprint: _team, title: Checkout}
- {identifier: Cart, blueprint: System, team: checkout, relations: {domain: order}}
- identifier: CartService
  blueprint: Component
  title: Cart service
  properties: {tier: 1, language: Go, tags: [a, 'b, c'], docs: \"# Cart\\n\\ntext\", title: inner}
  relations: {system: Cart, dependsOn: [lib, cart-sql]}
- identifier: CartUI
  blueprint: Component
  properties: {tier: 10}
  relations: {system: Cart, dependsOn: [CartService]}
- {identifier: lib, blueprint: Component, properties: {tier: 2, language: Java}, relations: {dependsOn: [cart-sql]}}
- {identifier: cart-sql, blueprint: Resource}
- {identifier: Cart, blueprint: Resource}
";

/// Returns the portal of these files, which must have no errors.
pub(super) fn open(files: &[(&str, &str)]) -> Portal {
    let files = files.iter().map(|(path, text)| ((*path).to_string(), (*text).to_string())).collect();
    let portal = Portal::open(&Memory(files), None, Instant::default()).unwrap();
    let problems: Vec<&str> =
        portal.diagnostics.as_slice().iter().map(|finding| finding.message.as_str()).collect();
    assert!(!portal.diagnostics.has_errors(), "{problems:?}");
    portal
}

/// Returns the portal of the small catalog.
pub(super) fn portal() -> Portal {
    open(&[("blueprints/all.yaml", BLUEPRINTS), ("entities/all.yaml", ENTITIES)])
}
