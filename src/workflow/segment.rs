//! Segments: the parts of what an action does that are jobs of their own.
//!
//! A reusable workflow is a job, not a step of one. So an action that uses some is split: what comes before, the
//! workflow, what comes after. Before each workflow there is a part that `portal` runs, even if it has nothing to do
//! but to say whether the workflow starts and with what.

use std::ops::Range;

use crate::procedure::{Deed, Task};

/// A part of what an action does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Tasks, by their positions, that `portal` performs.
    Run(Range<usize>),
    /// The task at this position, a reusable workflow.
    Uses(usize),
}

/// Returns the parts of what is done, in order; one that is run comes first, and before each reusable workflow.
pub fn segments(tasks: &[Task]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut from = 0;
    for (at, _) in tasks.iter().enumerate().filter(|(_, task)| task.deed == Deed::Uses) {
        segments.extend([Segment::Run(from..at), Segment::Uses(at)]);
        from = at + 1;
    }
    if from < tasks.len() || segments.is_empty() {
        segments.push(Segment::Run(from..tasks.len()));
    }
    segments
}
