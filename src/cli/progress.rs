//! Progress on long work: on stderr, on a terminal only, not before 300 ms.

use std::io::IsTerminal;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Global;

/// What is done sooner is not worth a flicker.
const PATIENCE: Duration = Duration::from_millis(300);

/// Returns a spinner with a message.
pub(super) fn spinner(global: &Global, message: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_message(message);
    show_later(global, &bar, true);
    bar
}

/// Returns a bar that counts up to `length`.
pub(super) fn bar(global: &Global, message: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:30} {human_pos}/{human_len} {eta}");
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden()).with_message(message);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    show_later(global, &bar, false);
    bar
}

/// Shows the bar once it has been there long enough, where somebody watches.
fn show_later(global: &Global, bar: &ProgressBar, ticks: bool) {
    let unwanted = std::env::var_os("PORTAL_NO_PROGRESS").is_some() || std::env::var_os("CI").is_some();
    if global.quiet > 0 || unwanted || !std::io::stderr().is_terminal() {
        return;
    }
    let bar = bar.clone();
    thread::spawn(move || {
        thread::sleep(PATIENCE);
        if !bar.is_finished() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            if ticks {
                bar.enable_steady_tick(Duration::from_millis(100));
            }
        }
    });
}
