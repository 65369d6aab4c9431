//! Scorecards judged: standards compiled, every entity asked, levels reached.
//!
//! [`Standards::compile`] reads the scorecards and waivers of a catalog and reports what is wrong with them.
//! [`Standards::judge`] asks every rule about every entity, in parallel; the cost is linear in entities times rules.
//! [`Standards::evidence`] says why one came out as it did, which is worked out only when somebody wants to see it.

mod initiative;
mod judge;
mod level;
mod standard;
mod waiver;

pub use initiative::{Participant, Progress, progress};
pub use level::level;
pub use standard::{Standard, Standards};
pub use waiver::{Excuse, expiry};
