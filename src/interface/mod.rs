//! Interface descriptions: OpenAPI 3, Swagger 2, AsyncAPI, GraphQL schemas and protocol buffers, read into one model.
//!
//! [`find`] says which entities have descriptions and where those are, [`load`] reads the files, and [`Loaded::read`]
//! makes an [`Interface`] of them. Nothing is fetched: an address outside the catalog stays an address. What is wrong
//! is a [`Problem`]; what could be read is there all the same.
//!
//! Whatever a text holds, reading it takes bounded time and memory: YAML by the limits of [`yaml`](crate::yaml), the
//! other two by their size and nesting, and a schema that many refer to is read once, so that a description does not
//! grow while it is read.

mod anchor;
mod asyncapi;
mod body;
mod example;
mod find;
mod graphql;
mod load;
mod message;
mod model;
mod openapi;
mod problem;
mod protobuf;
mod reader;
mod recognise;
mod schema;
mod security;
#[cfg(test)]
mod tests;

pub use example::{derive, query};
pub use find::{Found, Place, find};
pub use load::{Loaded, load};
pub use model::{
    Body, Choice, Content, Example, Form, Group, Interface, Member, Named, Operation, Parameter, Response,
    Schema, Scheme, Server,
};
pub use problem::{Problem, findings};

use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::catalog::Catalog;
use crate::source::Sources;
use crate::worktree::{Files, Unreadable};

/// The descriptions of a catalog, and the files that they are read from, a few at a time: all of them may be more than
/// memory holds.
#[derive(Default)]
pub struct Descriptions {
    found: Vec<Found>,
    /// Locked while some are read, by one thread at a time.
    files: Option<Mutex<Box<dyn Files + Send>>>,
}

impl fmt::Debug for Descriptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Descriptions").field("found", &self.found).finish_non_exhaustive()
    }
}

impl Descriptions {
    /// Returns the descriptions of a catalog whose files are `files`.
    ///
    /// # Errors
    /// When the files cannot be listed.
    pub fn find(
        catalog: &Catalog,
        sources: &Sources,
        files: Box<dyn Files + Send>,
    ) -> Result<Self, Unreadable> {
        let found = find(catalog, sources, &*files)?;
        Ok(Self { found, files: Some(Mutex::new(files)) })
    }

    /// Returns where the descriptions are, by entity.
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// Returns some descriptions with all they are made of, or why one cannot be had. What is only mentioned again is not
    /// read again.
    pub fn load<'a>(
        &self,
        catalog: &'a Catalog,
        sources: &Sources,
        numbers: Range<usize>,
    ) -> Vec<Result<Loaded<'a>, String>> {
        let Some(files) = &self.files else { return Vec::new() };
        let files = files.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |found: &Found| match found.same {
            Some(_) => Err("is read elsewhere".to_string()),
            None => load(catalog, sources, &**files, found),
        };
        self.found[numbers].iter().map(read).collect()
    }
}
