//! Workflows: actions and automations as files of a CI system.
//!
//! A definition becomes a flow: jobs, what each may do and why, and what it is given. One emitter per
//! CI system writes that in its own words. The files do little: they hand values to `portal ci` in the environment, and
//! `portal` decides. What comes from the catalog is in no script and no expression.
//!
//! Which files there are, and whether those in the repository are the ones that belong there, is [`plan`]'s and
//! [`state`]'s; writing them is left to whoever asks.

mod azure;
mod bitbucket;
pub mod difference;
mod flow;
mod github;
mod gitlab;
mod header;
mod install;
mod job;
mod pin;
pub mod plan;
mod segment;
mod settings;
pub mod state;
pub mod text;

pub use plan::{File, Plan};
pub use segment::{Segment, segments};
pub use state::{Comparison, State};

#[cfg(test)]
mod tests;
