//! A terminal of our own, with the real binary in it: what a person at the keyboard gets.
//!
//! What is on the screen is waited for, never a time; and tests look at files and exit codes, not at how it is drawn.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::sandbox::Sandbox;

/// Longer than anything takes on a busy machine; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const ENTER: &str = "\r";
pub(crate) const ESCAPE: &str = "\u{1b}";
pub(crate) const BACKSPACE: &str = "\u{7f}";
pub(crate) const CONTROL_C: &str = "\u{3}";
pub(crate) const DOWN: &str = "\u{1b}[B";

/// What has been on the screen, without colours and movements of the cursor.
type Screen = Arc<(Mutex<String>, Condvar)>;

/// A program that runs in a terminal.
pub(crate) struct Terminal {
    keyboard: File,
    screen: Screen,
    /// How much of the screen has been looked at.
    seen: usize,
    child: Child,
}

impl Terminal {
    /// Starts `portal` in a terminal of its own, in the sandbox.
    pub(crate) fn portal(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let open = || -> OwnedFd {
            let name = name.to_str().unwrap();
            File::options().read(true).write(true).open(name).unwrap().into()
        };
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_portal"), arguments);
        command.env("TERM", "xterm").env("NO_COLOR", "1");
        command.stdin(Stdio::from(open())).stdout(Stdio::from(open())).stderr(Stdio::from(open()));
        let child = command.spawn().unwrap();
        // The command holds the other end open, and the reader would never see its end.
        drop(command);
        let screen = Screen::default();
        let keyboard = File::from(master);
        let reader = keyboard.try_clone().unwrap();
        let shared = Arc::clone(&screen);
        thread::spawn(move || watch(reader, &shared));
        Self { keyboard, screen, seen: 0, child }
    }

    /// Waits until `text` is on the screen, after what was waited for before.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let (lock, changed) = &*self.screen;
        let deadline = Instant::now() + PATIENCE;
        let mut shown = lock.lock().unwrap();
        loop {
            if let Some(at) = shown[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "`{text}` was not shown; this was:\n{}", *shown);
            shown = changed.wait_timeout(shown, left).unwrap().0;
        }
    }

    /// Types at the keyboard.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for a question, and types.
    pub(crate) fn answer(&mut self, question: &str, keys: &str) {
        self.wait_for(question);
        self.keys(keys);
    }

    /// Waits for the program to end; returns its exit code and all that was shown.
    pub(crate) fn end(mut self) -> (i32, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                let _ = self.child.kill();
                panic!("it did not end; this was shown:\n{}", self.screen.0.lock().unwrap());
            }
            thread::sleep(Duration::from_millis(10));
        };
        (status.code().unwrap_or(-1), self.screen.0.lock().unwrap().clone())
    }
}

/// Puts on the screen what the program writes, until it ends.
fn watch(mut reader: File, screen: &Screen) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    // A terminal that nobody writes to any more is an error on Linux, and an end elsewhere.
    while let Ok(read @ 1..) = reader.read(&mut chunk) {
        bytes.extend_from_slice(&chunk[..read]);
        *screen.0.lock().unwrap() = plain(&String::from_utf8_lossy(&bytes));
        screen.1.notify_all();
    }
}

/// Returns text without the sequences that move the cursor, colour or erase.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        match rest.next() {
            // `ESC [ … letter`.
            Some('[') => while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
            // `ESC ] … BEL`.
            Some(']') => while rest.next().is_some_and(|c| c != '\u{7}') {},
            _ => {}
        }
    }
    plain
}

#[test]
fn sequences_are_left_out() {
    assert_eq!(plain("a\u{1b}[1;31mb\u{1b}[0mc\u{1b}]0;title\u{7}d\u{1b}7e\u{1b}[2"), "abcde");
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed leaves nobody waiting for keys.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
