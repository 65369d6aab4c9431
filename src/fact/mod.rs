//! Facts: entities made from files that other tools write, as a mapping says.
//!
//! [`Data`] is such a file, read into items. A [`Plan`] is a mapping whose expressions are compiled. [`make()`] asks
//! them about every item. What is made are plain documents, entities with the places of their items; where they
//! belong in a catalog, and what they add to what is written there, is `catalog`'s.

mod data;
mod expression;
mod failure;
mod make;
mod plan;
#[cfg(test)]
mod tests;
mod value;

pub use data::{Data, Format};
pub use make::{Batch, Made, make};
pub use plan::Plan;
