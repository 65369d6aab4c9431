//! `portal`: a Git-native internal developer portal.
//!
//! Data goes down this list, imports go up it (`tests/it/layers.rs` holds that). Start with [`portal`].
//!
//! | layer | modules |
//! |---|---|
//! | text | [`source`], [`diagnostic`], [`printable`], [`output`] |
//! | input | [`yaml`], [`worktree`], [`git`] |
//! | model | [`model`] |
//! | knowledge | [`jq`], [`fact`], [`catalog`], [`graph`], [`known`], [`condition`], [`compute`], [`score`], [`check`], [`portal`], [`history`] |
//! | outputs | [`report`], [`query`], [`scoreboard`], [`change`], [`schema`], [`site`] |
//! | shell | [`cli`] |

pub mod catalog;
pub mod change;
pub mod check;
pub mod cli;
pub mod compute;
pub mod condition;
pub mod diagnostic;
pub mod fact;
pub mod git;
pub mod graph;
pub mod history;
pub mod jq;
pub mod known;
pub mod model;
pub mod output;
pub mod portal;
pub mod printable;
pub mod query;
pub mod report;
pub mod schema;
pub mod score;
pub mod scoreboard;
pub mod site;
pub mod source;
pub mod worktree;
pub mod yaml;
