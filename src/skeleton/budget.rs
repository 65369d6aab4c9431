//! What a template may take: steps, memory, text.
//!
//! Templates may come from anywhere. Every step of an evaluation is charged, every value by its size before it is made, and
//! every look at part of a value. So whatever a template says, it ends, and soon; what it would take decides, not what it
//! looks like.

use std::cell::Cell;

use super::wrong::Wrong;

/// The most steps of one text or file. A real file of 1,000 lines takes about 10,000.
const MOST_STEPS: usize = 1_000_000;

/// The most steps of all files of a skeleton.
const MOST_STEPS_TOGETHER: usize = 10_000_000;

/// The most memory that the values of one text or file take, in bytes; what is given back meanwhile counts.
const MOST_MEMORY: usize = 64 * 1024 * 1024;

/// So many bytes that are made count as one step.
const BYTES_A_STEP: usize = 256;

/// What of it is left.
#[derive(Debug)]
pub(super) struct Budget {
    steps: Cell<usize>,
    together: Cell<usize>,
    memory: Cell<usize>,
}

impl Budget {
    pub(super) fn new() -> Self {
        let (steps, together) = (Cell::new(MOST_STEPS), Cell::new(MOST_STEPS_TOGETHER));
        Self { steps, together, memory: Cell::new(MOST_MEMORY) }
    }

    /// Begins another text of the same skeleton.
    pub(super) fn renew(&self) {
        self.steps.set(MOST_STEPS);
        self.memory.set(MOST_MEMORY);
    }

    /// Returns whether the skeleton as a whole took too much: nothing else can be rendered.
    pub(super) fn is_spent(&self) -> bool {
        self.together.get() == 0
    }

    /// Charges for steps.
    pub(super) fn step(&self, steps: usize) -> Result<(), Wrong> {
        let left = self.steps.get().checked_sub(steps);
        let together = self.together.get().checked_sub(steps);
        self.together.set(together.unwrap_or(0));
        match (left, together) {
            (Some(left), Some(_)) => {
                self.steps.set(left);
                Ok(())
            }
            (None, _) => Err(Wrong::new("this takes too many steps; does it end?")),
            (_, None) => Err(Wrong::new("the files of this template take too many steps together")),
        }
    }

    /// Charges for memory that is about to be taken.
    pub(super) fn hold(&self, bytes: usize) -> Result<(), Wrong> {
        self.step(bytes / BYTES_A_STEP)?;
        let left = self.memory.get().checked_sub(bytes);
        let left = left.ok_or_else(|| {
            Wrong::new(format!("this takes more than {} MiB of memory", MOST_MEMORY / 1024 / 1024))
        })?;
        self.memory.set(left);
        Ok(())
    }

    /// Returns how many bytes are left.
    pub(super) fn memory(&self) -> usize {
        self.memory.get()
    }

    /// Charges for a list of `length` values.
    pub(super) fn hold_list(&self, length: usize) -> Result<(), Wrong> {
        self.hold(length.saturating_mul(size_of::<super::value::Value>()))
    }

    /// Adds to a text.
    pub(super) fn push(&self, text: &mut String, more: &str) -> Result<(), Wrong> {
        self.hold(more.len())?;
        text.push_str(more);
        Ok(())
    }

    /// Returns a text repeated.
    pub(super) fn repeat(&self, text: &str, times: usize) -> Result<String, Wrong> {
        self.hold(text.len().saturating_mul(times))?;
        Ok(text.repeat(times))
    }
}
