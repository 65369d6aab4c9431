//! `portal`: a Git-native internal developer portal.
//!
//! Data goes down this list, imports go up it (`tests/it/layers.rs` holds that). Start with [`portal`].
//!
//! | layer | modules |
//! |---|---|
//! | text | [`source`], [`diagnostic`], [`printable`], [`svg`], [`output`] |
//! | input | [`yaml`], [`worktree`], [`git`] |
//! | model | [`model`] |
//! | knowledge | [`jq`], [`template`], [`skeleton`], [`provenance`], [`fact`], [`catalog`], [`brand`], [`graph`], [`known`], [`condition`], [`interface`], [`procedure`], [`form`], [`dialect`], [`compute`], [`score`], [`check`], [`portal`], [`document`], [`prompt`], [`history`] |
//! | outputs | [`report`], [`query`], [`scoreboard`], [`change`], [`schema`], [`site`], [`workflow`], [`starter`], [`scaffold`] |
//! | runtime | [`runtime`] |
//! | shell | [`cli`], and what it serves the preview with: `serve` |

pub mod brand;
pub mod catalog;
pub mod change;
pub mod check;
pub mod cli;
pub mod compute;
pub mod condition;
pub mod diagnostic;
pub mod dialect;
pub mod document;
pub mod fact;
pub mod form;
pub mod git;
pub mod graph;
pub mod history;
pub mod interface;
pub mod jq;
pub mod known;
pub mod model;
pub mod output;
pub mod portal;
pub mod printable;
pub mod procedure;
pub mod prompt;
pub mod provenance;
pub mod query;
pub mod report;
pub mod runtime;
pub mod scaffold;
pub mod schema;
pub mod score;
pub mod scoreboard;
#[cfg(feature = "serve")]
pub mod serve;
pub mod site;
pub mod skeleton;
pub mod source;
pub mod starter;
pub mod svg;
pub mod template;
pub mod workflow;
pub mod worktree;
pub mod yaml;
