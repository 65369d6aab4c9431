//! jq: the language of conditions and calculations, kept from the machine it runs on.
//!
//! An expression is compiled once into a [`Filter`] and asked about many values. It has no way to the
//! environment, the clock, the time zone, files or the terminal, so that the same catalog always gives the same
//! answer. Every step it takes is charged (`fuel`): a loop or recursion that does not end is stopped, and
//! says so. What one step may build is not limited yet: doubling a list forty times still asks for that memory.
//! Expressions that come from a catalog rather than from the person at the terminal need values that are charged
//! by size, and get them with computed properties, behind this same interface.

mod error;
mod fuel;
mod function;
mod value;

use jaq_core::load::parse::{BinaryOp, Term};
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Ctx, Vars};
use serde_json::Value;

pub use error::JqError;
pub use fuel::on_deep_stack;

/// The longest expression that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// A compiled expression; threads may share it.
pub struct Filter {
    program: jaq_core::Filter<fuel::Ticking>,
    budget: fuel::Budget,
    assigns: bool,
}

impl Filter {
    /// Compiles `source`. Done on a deep stack, for expressions nest as deep as their text is long.
    ///
    /// # Errors
    /// When it is not jq, or names a function that does not exist or is not allowed.
    pub fn compile(source: &str) -> Result<Self, JqError> {
        if source.len() > LONGEST {
            return Err(JqError::new(format!("this expression is longer than {} KiB", LONGEST / 1024)));
        }
        on_deep_stack(|| compile(source))
    }

    /// Returns the first output for `input`; `None` when there is none. Call it inside [`on_deep_stack`].
    ///
    /// # Errors
    /// What went wrong, as a phrase: an error of jq, or that the expression takes too much.
    pub fn first(&self, input: &Value) -> Result<Option<Value>, String> {
        self.budget.limited(|| {
            let context = Ctx::<fuel::Ticking>::new(fuel::Tick::new(&self.program.lut), Vars::new([]));
            match self.program.id.run((context, value::from_json(input))).next() {
                Some(Ok(output)) => value::to_json(&output).map(Some),
                Some(Err(exception)) => Err(error::thrown(exception)),
                None => Ok(None),
            }
        })
    }

    /// Returns whether the first output for `input` is neither `false` nor `null`: what a condition asks. Call
    /// it inside [`on_deep_stack`].
    ///
    /// # Errors
    /// As [`first`](Self::first).
    pub fn holds(&self, input: &Value) -> Result<bool, String> {
        let output = self.first(input)?;
        Ok(!matches!(output, None | Some(Value::Null | Value::Bool(false))))
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
    Ok(Filter { program, budget: fuel::Budget::new(), assigns: assigns(source) })
}

/// Returns whether the outermost operation of an expression is `=`.
fn assigns(source: &str) -> bool {
    let term = jaq_core::load::parse(source, |parser| parser.term());
    matches!(term, Some(Term::BinOp(_, BinaryOp::Assign, _)))
}

#[cfg(test)]
mod tests;
