//! What pages are told: which build is shown, and why it is not the catalog's, when it is not.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;

use super::failure::Failure;

/// The last notice, and who waits for the next.
#[derive(Debug, Default)]
pub(super) struct Board {
    last: Mutex<(u64, Arc<str>)>,
    changed: Condvar,
}

impl Board {
    /// Puts up a notice: one line of JSON.
    pub(super) fn put(&self, site: u64, failure: Option<&Failure>) {
        let notice = json!({"site": id(site), "failure": failure.map(Failure::json)}).to_string();
        let mut last = self.last();
        *last = (last.0 + 1, notice.into());
        self.changed.notify_all();
    }

    /// Returns the last notice with its number, once it is another than number `seen`; nothing when none comes in time.
    pub(super) fn wait(&self, seen: u64, patience: Duration) -> Option<(u64, Arc<str>)> {
        let same = |last: &mut (u64, Arc<str>)| last.0 == seen;
        let waited = self.changed.wait_timeout_while(self.last(), patience, same);
        let (last, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        (!timeout.timed_out()).then(|| last.clone())
    }

    fn last(&self) -> MutexGuard<'_, (u64, Arc<str>)> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the number of a build as pages know it: numbers of JSON are too small for it.
pub(super) fn id(site: u64) -> String {
    format!("{site:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_told_what_is_new() {
        let board = Arc::new(Board::default());
        assert_eq!(board.wait(0, Duration::ZERO), None);
        let waiting = {
            let board = Arc::clone(&board);
            std::thread::spawn(move || board.wait(0, Duration::from_secs(60)))
        };
        board.put(0xab, None);
        let (version, notice) = waiting.join().expect("ended").expect("told");
        assert_eq!((version, &*notice), (1, r#"{"site":"00000000000000ab","failure":null}"#));
        assert_eq!(board.wait(1, Duration::ZERO), None);
        assert_eq!(board.wait(0, Duration::ZERO).map(|(version, _)| version), Some(1));
    }
}
