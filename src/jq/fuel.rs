//! The steps an expression may take.
//!
//! The interpreter asks its data for the program before every term it evaluates; our data, [`Tick`], charges
//! for that. What happens inside one term is charged by the values it works on. When the fuel is spent the
//! evaluation unwinds with [`Stop`], which jq's `try` and `?` cannot catch and which runs no panic hook.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jaq_core::data::HasLut;
use jaq_core::{DataT, Lut};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::value::V;

/// The most steps of one evaluation; expressions seen in published catalogs take up to 1,500.
const MOST_STEPS: i64 = 1_000_000;

/// The most steps of all evaluations of one expression.
const MOST_STEPS_TOGETHER: i64 = 500_000_000;

/// What an evaluation that has been stopped says.
pub(super) const ENDLESS: &str = "takes too many steps; does it end?";

/// The most stack of one evaluation, in bytes.
const MOST_STACK: usize = 4 << 20;

/// The stack of the threads that evaluate, in bytes. Only what is used becomes memory; values and closures that
/// nest as deep as the fuel allows are dropped recursively, which needs most of it.
const STACK: usize = 256 << 20;

/// A deeper stack makes each step cost more by one for so many bytes: an output of a nested loop passes all of
/// its levels unseen.
const WEIGHT: usize = 8 << 10;

/// What the interpreter works on: values and data that count.
#[derive(Debug)]
pub(super) struct Ticking;

/// The program, as the interpreter asks for it.
#[derive(Clone, Copy)]
pub(super) struct Tick<'a>(&'a Lut<Ticking>);

/// The evaluation has been stopped.
struct Stop;

thread_local! {
    static FUEL: Cell<i64> = const { Cell::new(i64::MAX) };
    static BASE: Cell<usize> = const { Cell::new(0) };
    static NOW: Cell<f64> = const { Cell::new(0.0) };
}

impl DataT for Ticking {
    type V<'a> = V;
    type Data<'a> = Tick<'a>;
}

impl<'a> Tick<'a> {
    pub(super) fn new(program: &'a Lut<Ticking>) -> Self {
        Self(program)
    }
}

impl<'a> HasLut<'a, Ticking> for Tick<'a> {
    fn lut(&self) -> &'a Lut<Ticking> {
        charge(1);
        self.0
    }
}

/// Takes `steps` off the fuel, more on a deep stack, and stops the evaluation when it is spent.
pub(super) fn charge(steps: usize) {
    let depth = BASE.get().abs_diff(here());
    let cost = steps.saturating_mul(1 + depth / WEIGHT);
    let left = FUEL.get().saturating_sub(i64::try_from(cost).unwrap_or(i64::MAX));
    FUEL.set(left);
    if left < 0 || depth > MOST_STACK {
        stop();
    }
}

/// Stops the evaluation.
pub(super) fn stop() -> ! {
    // Whatever still runs while the stack is unwound must not stop a second time.
    FUEL.set(i64::MAX);
    BASE.set(here());
    panic::resume_unwind(Box::new(Stop));
}

/// Returns the instant that the evaluation takes for now, in seconds since 1970.
pub(super) fn now() -> f64 {
    NOW.get()
}

/// Returns about where the stack is.
#[inline(never)]
fn here() -> usize {
    let local = 0u8;
    std::hint::black_box(&raw const local).addr()
}

/// What all evaluations of one expression may still take. The first that is stopped takes all of it, so that an
/// endless expression is tried once, not for each of 100,000 entities.
#[derive(Debug)]
pub(super) struct Budget(AtomicI64);

impl Budget {
    pub(super) fn new() -> Self {
        Self(AtomicI64::new(MOST_STEPS_TOGETHER))
    }

    /// Returns whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) < 0
    }

    /// Returns what `work` returns when it is `now`, or that it took too much.
    pub(super) fn limited<T>(&self, now: f64, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        if self.is_spent() {
            return Err(ENDLESS.into());
        }
        FUEL.set(MOST_STEPS);
        BASE.set(here());
        NOW.set(now);
        // Nothing that `work` leaves half done is seen again: the program is only read, the values are its own.
        let done = panic::catch_unwind(AssertUnwindSafe(work));
        let taken = MOST_STEPS.saturating_sub(FUEL.replace(i64::MAX));
        match done {
            Ok(done) => {
                self.0.fetch_sub(taken, Ordering::Relaxed);
                done
            }
            Err(stop) if stop.is::<Stop>() => {
                self.0.store(-1, Ordering::Relaxed);
                Err(ENDLESS.into())
            }
            Err(bug) => panic::resume_unwind(bug),
        }
    }
}

/// Whether all threads of this process have the stack that expressions need.
static DEEP: AtomicBool = AtomicBool::new(false);

/// Gives all threads of this process the stack that expressions need, so that no others have to be started for them;
/// without it, or once others have started threads, expressions get threads of their own.
pub fn deepen_threads() {
    if ThreadPoolBuilder::new().stack_size(STACK).build_global().is_ok() {
        DEEP.store(true, Ordering::Relaxed);
    }
}

/// Runs `work` on threads that have the stack that expressions need; parallel iterators in it use all of them.
pub fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if DEEP.load(Ordering::Relaxed) {
        return rayon::scope(|_| work());
    }
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let named = |index| format!("jq-{index}");
    let pool =
        POOL.get_or_init(|| ThreadPoolBuilder::new().stack_size(STACK).thread_name(named).build().ok());
    match pool {
        Some(pool) => pool.install(work),
        // A system that gives no threads: what stack there is has to do.
        None => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_evaluations_together_are_limited() {
        let budget = Budget(AtomicI64::new(100));
        let spend = || {
            charge(40);
            Ok(now())
        };
        let answers: Vec<_> = (0..5).map(|at| budget.limited(f64::from(at), spend)).collect();
        let spent = || Err(ENDLESS.to_string());
        assert_eq!(answers, [Ok(0.0), Ok(1.0), Ok(2.0), spent(), spent()]);
        assert!(budget.is_spent());
    }

    #[test]
    fn a_bug_is_no_stop() {
        let budget = Budget::new();
        let bug = || budget.limited(0.0, || -> Result<(), String> { panic::resume_unwind(Box::new("bug")) });
        assert!(panic::catch_unwind(AssertUnwindSafe(bug)).is_err());
        assert!(!budget.is_spent());
    }
}
