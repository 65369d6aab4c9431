//! A catalog in memory.

use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::worktree::Memory;

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
    let files = Memory::new(files.iter().copied());
    let portal = Portal::open(Origin::new(&files, Instant::default()), None).unwrap();
    let problems: Vec<&str> =
        portal.diagnostics.as_slice().iter().map(|finding| finding.message.as_str()).collect();
    assert!(!portal.diagnostics.has_errors(), "{problems:?}");
    portal
}

/// Returns the portal of the small catalog.
pub(super) fn portal() -> Portal {
    open(&[("blueprints/all.yaml", BLUEPRINTS), ("entities/all.yaml", ENTITIES)])
}
