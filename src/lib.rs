//! `portal`: a Git-native internal developer portal.

pub mod diagnostic;
pub mod source;
pub mod yaml;
