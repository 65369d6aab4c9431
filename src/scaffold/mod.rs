//! Scaffolds at work: from a template and answers to a plan of files, an entity and what its scorecards say.
//!
//! Nothing here writes. [`Library::open`] finds a template wherever it is; [`plan()`] works out everything that would be
//! written and holds the new entity against the catalog as it will be; a plan with a mistake is no plan. What is done
//! with one (shown, compared, written, committed, tested) is up to who asked for it.

mod append;
pub mod backstage;
pub mod case;
mod entity;
pub mod plan;
pub mod source;
pub mod status;
mod template;
pub mod update;
pub mod verdict;

pub use plan::{Change, Ground, Newcomer, Part, Plan, Purpose, Refusal, Request, plan};
pub use source::Library;
pub use template::{Recipe, Template};
pub use verdict::Verdict;
