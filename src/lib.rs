//! `portal`: a Git-native internal developer portal.
//!
//! Data goes down this list, imports go up it (`tests/it/layers.rs` holds that). Start with [`portal`].
//!
//! | layer | modules |
//! |---|---|
//! | text | [`source`], [`diagnostic`], [`printable`], [`output`] |
//! | input | [`yaml`], [`worktree`], [`git`] |
//! | model | [`model`] |
//! | knowledge | [`jq`], [`template`], [`skeleton`], [`provenance`], [`fact`], [`catalog`], [`graph`], [`known`], [`condition`], [`procedure`], [`form`], [`dialect`], [`compute`], [`score`], [`check`], [`portal`], [`prompt`], [`history`] |
//! | outputs | [`report`], [`query`], [`scoreboard`], [`change`], [`schema`], [`site`], [`workflow`], [`starter`], [`scaffold`] |
//! | runtime | [`runtime`] |
//! | shell | [`cli`] |

pub mod catalog;
pub mod change;
pub mod check;
pub mod cli;
pub mod compute;
pub mod condition;
pub mod diagnostic;
pub mod dialect;
pub mod fact;
pub mod form;
pub mod git;
pub mod graph;
pub mod history;
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
pub mod site;
pub mod skeleton;
pub mod source;
pub mod starter;
pub mod template;
pub mod workflow;
pub mod worktree;
pub mod yaml;
