//! The one integration binary: the real program, run as users run it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;
mod corpus;
mod diff;
mod example;
mod explanations;
mod generated;
mod incremental;
mod layers;
mod revisions;
mod sandbox;
