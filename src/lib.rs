//! `portal`: a Git-native internal developer portal.
//!
//! Data goes down this list, imports go up it (`tests/it/layers.rs` holds that). Start with [`portal`].
//!
//! | layer | modules |
//! |---|---|
//! | text | [`source`], [`diagnostic`], [`printable`], [`output`] |
//! | input | [`yaml`], [`worktree`], [`git`] |
//! | model | [`model`] |
//! | knowledge | [`jq`], [`fact`], [`catalog`], [`graph`], [`check`], [`portal`] |
//! | outputs | [`report`], [`query`], [`schema`], [`site`] |
//! | shell | [`cli`] |

pub mod catalog;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod fact;
pub mod git;
pub mod graph;
pub mod jq;
pub mod model;
pub mod output;
pub mod portal;
pub mod printable;
pub mod query;
pub mod report;
pub mod schema;
pub mod site;
pub mod source;
pub mod worktree;
pub mod yaml;
