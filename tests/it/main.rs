//! The one integration binary: the real program, run as users run it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod automations;
mod brand;
#[cfg(unix)]
mod browser;
mod cases;
mod corpus;
mod corpus_action;
mod corpus_template;
mod design;
mod diff;
mod documents;
mod example;
mod exec;
mod explanations;
mod generated;
mod golden_path;
mod hostile_template;
mod incremental;
mod layers;
mod provenance;
mod requests;
mod revisions;
mod sandbox;
mod scaffold;
#[cfg(feature = "serve")]
mod serve;
mod start;
#[cfg(unix)]
mod terminal;
