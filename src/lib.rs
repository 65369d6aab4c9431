//! `portal`: a Git-native internal developer portal.

pub mod diagnostic;
pub mod report;
pub mod source;
