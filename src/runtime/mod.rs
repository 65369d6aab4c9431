//! The runtime: what generated workflows call, and what starts them.
//!
//! Guard, exec and record are the three jobs of an action; react and sweep start automations. Each is a function of the
//! catalog, the [`Job`] it runs in and what the job before it handed on; all it does to the world goes through
//! [`Outside`], so that a rehearsal and the tests take the same way.

pub mod actor;
pub mod commission;
mod curl;
pub mod effect;
pub mod event;
pub mod exec;
pub mod guard;
mod host;
pub mod job;
pub mod ledger;
pub mod limit;
pub mod log;
pub mod outside;
pub mod perform;
pub mod permission;
pub mod plan;
pub mod provider;
pub mod react;
pub mod record;
pub mod rehearsal;
pub mod report;
pub mod request;
pub mod request_file;
pub mod round;
pub mod run;
pub mod secret;
pub mod setting;
#[cfg(test)]
pub(crate) mod staging;
pub mod start;
pub mod sweep;
mod task;
#[cfg(test)]
pub(crate) mod testing;
pub mod trigger;
pub mod world;

pub use job::Job;
pub use log::Log;
pub use outside::Outside;
pub use perform::perform;
pub use rehearsal::Rehearsal;
pub use secret::Secrets;
pub use setting::{Setting, Subject};
pub use world::World;

#[cfg(test)]
mod tests;
