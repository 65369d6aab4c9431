//! The one integration binary: the real program, run as users run it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod automations;
mod cases;
mod corpus;
mod corpus_action;
mod diff;
mod documents;
mod example;
mod exec;
mod explanations;
mod generated;
mod incremental;
mod layers;
mod requests;
mod revisions;
mod sandbox;
mod start;
