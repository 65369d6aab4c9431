//! jq: the language of conditions and calculations, kept from the machine it runs on.
//!
//! An expression is compiled once into a [`Filter`] and asked about many [`Input`]s. It has no way to the
//! environment, the clock, the time zone, files or the terminal, so that the same catalog always gives the same
//! answer; what it takes for now, its caller says. Every step it takes is charged, and every value it builds by
//! its size (`fuel`, `value`): an expression that does not end, or asks for all the memory there is, is stopped,
//! and says so. So one that comes from a catalog can be run without trust in who wrote it.

mod error;
mod fuel;
mod function;
mod input;
mod key;
mod paths;
mod plain;
mod reads;
mod value;

use jaq_core::load::parse::{BinaryOp, Term};
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Ctx, Vars};
use serde_json::Value;

pub use error::JqError;
pub use fuel::{deepen_threads, on_deep_stack};
pub use input::Input;
pub use paths::{Path, paths};
pub use plain::{Comparison, Plain};
pub use reads::Reads;
use value::V;

/// The longest expression that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// A compiled expression; threads may share it.
pub struct Filter {
    program: jaq_core::Filter<fuel::Ticking>,
    budget: fuel::Budget,
    assigns: bool,
    reads: Reads,
}

impl Filter {
    /// Compiles `source`. Done on a deep stack, for expressions nest as deep as their text
    /// is long.
    ///
    /// # Errors
    /// When it is not jq, or names a function that does not exist or is not allowed.
    pub fn compile(source: &str) -> Result<Self, JqError> {
        if source.len() > LONGEST {
            return Err(JqError::new(format!("this expression is longer than {} KiB", LONGEST / 1024)));
        }
        on_deep_stack(|| compile(source))
    }

    /// Returns the first output for `input`; `None` when there is none. `now` is in seconds since 1970. Call it
    /// inside [`on_deep_stack`].
    ///
    /// # Errors
    /// What went wrong, as a phrase: an error of jq, or that the expression takes too much.
    pub fn first(&self, input: &Input, now: f64) -> Result<Option<Value>, String> {
        self.evaluate(input, now, |outputs| Ok(outputs.next().transpose()?.map(|output| output.to_json())))
    }

    /// Returns every output for `input`, otherwise like [`first`](Self::first).
    ///
    /// # Errors
    /// As [`first`](Self::first).
    pub fn all(&self, input: &Input, now: f64) -> Result<Vec<Value>, String> {
        self.evaluate(input, now, |outputs| outputs.map(|output| Ok(output?.to_json())).collect())
    }

    /// Returns whether the first output for `input` is neither `false` nor `null`: what a condition asks.
    /// Otherwise like [`first`](Self::first).
    ///
    /// # Errors
    /// As [`first`](Self::first).
    pub fn holds(&self, input: &Input, now: f64) -> Result<bool, String> {
        self.evaluate(input, now, |outputs| {
            Ok(outputs.next().transpose()?.is_some_and(|output| output.holds()))
        })
    }

    /// Returns what `take` makes of the outputs for `input`.
    fn evaluate<T>(
        &self,
        input: &Input,
        now: f64,
        take: impl FnOnce(&mut dyn Iterator<Item = Result<V, String>>) -> Result<T, String>,
    ) -> Result<T, String> {
        self.budget.limited(now, || {
            let context = Ctx::<fuel::Ticking>::new(fuel::Tick::new(&self.program.lut), Vars::new([]));
            let outputs = self.program.id.run((context, input.0.clone()));
            take(&mut outputs.map(|output| output.map_err(error::thrown)))
        })
    }

    /// Returns whether an evaluation has been stopped because it took too many steps, or all have together. From
    /// then on none is tried, so which ones still had an answer depends on their order, and says nothing.
    pub fn is_spent(&self) -> bool {
        self.budget.is_spent()
    }

    /// Returns whether the expression as a whole sets a value (`.tier = 1`), which no condition means.
    pub fn assigns(&self) -> bool {
        self.assigns
    }

    /// Returns which members of the entity that it is asked about the expression reads.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Filter").field("assigns", &self.assigns).finish_non_exhaustive()
    }
}

fn compile(source: &str) -> Result<Filter, JqError> {
    let arena = Arena::default();
    let loader = Loader::new(function::definitions());
    let file = File { code: source, path: () };
    let modules = loader.load(&arena, file).map_err(|errors| error::unreadable(source, errors))?;
    let compiler = jaq_core::Compiler::default().with_funs(function::natives());
    let program = compiler.compile(modules).map_err(|errors| error::undefined(source, errors))?;
    Ok(Filter { program, budget: fuel::Budget::new(), assigns: assigns(source), reads: reads::of(source) })
}

/// Returns whether the outermost operation of an expression is `=`.
fn assigns(source: &str) -> bool {
    let term = jaq_core::load::parse(source, |parser| parser.term());
    matches!(term, Some(Term::BinOp(_, BinaryOp::Assign, _)))
}

#[cfg(test)]
mod tests;
