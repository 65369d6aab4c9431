//! Conditions: whether something holds for an entity, as far as can be said, and why.
//!
//! One language serves aggregations, scorecards, actions, pages and `portal query --rules`: Port's search queries and
//! scorecard queries, with our additions. [`compile()`] reads a query once, reporting what cannot be meant;
//! [`Condition::evaluate`] asks it about an entity, [`Condition::evidence`] says what was seen. What is looked up in
//! files and in Git is [gathered](Gathered) before, for all entities at once.
//!
//! The answer has three values. Unknown is what rests on a fact that is missing or too old, on who looks at it, or on
//! a history that is not there; it is never taken for true.

mod compile;
mod evaluate;
mod evidence;
mod fact;
mod failure;
mod gather;
mod kind;
mod look;
mod lookup;
mod made;
mod operand;
mod operator;
mod place;
mod related;
mod scaffold;
mod standard;
mod test;

pub use compile::{Scope, compile, invalid_age, invalid_jq, within};
pub use evidence::Evidence;
pub use failure::Failures;
pub use gather::{Gathered, Lookups};
pub use operator::{Operand, Operator};
pub use test::{Asked, Condition, Truth};
