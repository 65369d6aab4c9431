//! Ctrl-C, for commands that write several files or none: they end between two files and take back what they wrote.

use std::process;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Returns whether the run is to stop, as it is from now on when the person presses Ctrl-C; pressed once more, the process
/// ends at once with 130, whatever is half done. Called just before files are written: until then Ctrl-C ends the process,
/// as it does of a command that never calls this.
pub(super) fn flag() -> &'static AtomicBool {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let handler = || {
            if press(&STOP) {
                process::exit(130);
            }
        };
        // Where the system permits no handler, Ctrl-C goes on to end the process.
        let _ = ctrlc::set_handler(handler);
    });
    &STOP
}

/// Notes that Ctrl-C was pressed, and returns whether it had been before.
fn press(stop: &AtomicBool) -> bool {
    stop.swap(true, Ordering::SeqCst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_press_stops_and_the_second_ends() {
        let stop = AtomicBool::new(false);
        assert!(!press(&stop) && stop.load(Ordering::SeqCst));
        assert!(press(&stop) && stop.load(Ordering::SeqCst));
    }

    #[test]
    fn the_handler_is_installed_once_and_stops_nothing_by_itself() {
        let flags = [flag(), flag()];
        assert!(flags.iter().all(|flag| std::ptr::eq(*flag, &STOP)));
        assert!(!STOP.load(Ordering::SeqCst));
    }

    /// What the test below runs in a process of its own.
    #[cfg(unix)]
    #[test]
    #[ignore = "ends its process"]
    fn is_interrupted_twice() {
        let press = || {
            let pid = process::id().to_string();
            assert!(process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        };
        let stop = flag();
        press();
        while !stop.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        press();
        // Far beyond what a signal takes; the process ends before.
        std::thread::sleep(std::time::Duration::from_secs(60));
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_is_a_press() {
        let name = "cli::interrupt::tests::is_interrupted_twice";
        let mut command = process::Command::new(std::env::current_exe().unwrap());
        let done = command.args(["--exact", name, "--ignored"]).output().unwrap();
        assert_eq!(done.status.code(), Some(130), "{}", String::from_utf8_lossy(&done.stdout));
    }
}
