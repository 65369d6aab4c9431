//! A browser of our own: what somebody who opens the site sees and can do.
//!
//! Chromium is spoken to over a pipe in its DevTools protocol. What a page shows is waited for, never a time.

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longer than anything takes on a busy machine; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(90);

/// The names that Chromium goes by.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// A running browser with one page.
pub(super) struct Browser {
    child: Child,
    input: File,
    answers: Receiver<Value>,
    session: String,
    next: u64,
    /// What the browser complained about: errors of scripts, refused and failed requests, requests to other hosts.
    complaints: Vec<String>,
    /// The address that the page belongs to; others must not be asked for anything.
    home: String,
    _profile: tempfile::TempDir,
}

/// Returns the browser to use: that of `PORTAL_BROWSER`, else the first that is installed. Without one the tests that
/// need it are left out, which is said; where `CI` is set they fail.
pub(super) fn installed() -> Option<PathBuf> {
    let named = env::var_os("PORTAL_BROWSER").map(PathBuf::from);
    let folders =
        env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let found = || NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let browser = named.or_else(|| found().find(|path| path.is_file()));
    if browser.is_none() {
        assert!(
            env::var_os("CI").is_none(),
            "the tests of the site need Chromium: install it, or set PORTAL_BROWSER"
        );
        // Not by a macro, whose words are only shown when a test fails.
        let said = b"no Chromium found: tests of the site in a browser are left out\n";
        std::io::stderr().write_all(said).unwrap();
    }
    browser
}

impl Browser {
    /// Starts a browser, or returns nothing when there is none.
    pub(super) fn start() -> Option<Self> {
        let program = installed()?;
        let profile = tempfile::tempdir().unwrap();
        // The protocol is spoken over the descriptors 3 and 4, which only a shell can make of a pipe here.
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .arg(program)
            .args([
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-first-run",
                "--disable-gpu",
                "--hide-scrollbars",
            ])
            // Everything that it loads is our own, and in a container there is no sandbox to have.
            .args([
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--lang=en-GB",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = File::from(std::os::fd::OwnedFd::from(child.stdin.take().unwrap()));
        let output = child.stdout.take().unwrap();
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            let messages = BufReader::new(output).split(0);
            for message in messages.map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { continue };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            child,
            input,
            answers,
            session: String::new(),
            next: 0,
            complaints: Vec::new(),
            home: String::new(),
            _profile: profile,
        };
        let target = browser.ask("Target.createTarget", &json!({"url": "about:blank"}));
        let attached =
            browser.ask("Target.attachToTarget", &json!({"targetId": target["targetId"], "flatten": true}));
        browser.session = attached["sessionId"].as_str().unwrap().to_string();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        browser.resize(1400, 900);
        Some(browser)
    }

    /// Sends a command and returns its result.
    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.answer(deadline).unwrap_or_else(|| panic!("no answer to {method}"));
            if answer["id"] == json!(id) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    /// Returns the next message, its complaints noted.
    fn answer(&mut self, deadline: Instant) -> Option<Value> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.answers.recv_timeout(left) {
            Ok(message) => {
                self.note(&message);
                Some(message)
            }
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the browser has ended"),
        }
    }

    fn note(&mut self, message: &Value) {
        let parameters = &message["params"];
        match message["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => {
                self.complaints.push(format!("script error: {}", parameters["exceptionDetails"]));
            }
            "Log.entryAdded" if parameters["entry"]["level"] == json!("error") => {
                self.complaints.push(format!("console: {}", parameters["entry"]));
            }
            "Network.requestWillBeSent" => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default();
                if !self.home.is_empty() && !url.starts_with(&self.home) && !url.starts_with("blob:") {
                    self.complaints.push(format!("request to another place: {url}"));
                }
            }
            _ => {}
        }
    }

    /// Opens an address below `home`, which is all that may be asked for anything from now on.
    pub(super) fn open(&mut self, home: &str, path: &str) {
        self.home = home.to_string();
        let url = format!("{home}{path}");
        // Another fragment of the same page would not load it again.
        self.home.clear();
        self.ask("Page.navigate", &json!({"url": "about:blank"}));
        self.home = home.to_string();
        let answer = self.ask("Page.navigate", &json!({"url": url}));
        assert!(answer["errorText"].is_null(), "{url}: {}", answer["errorText"]);
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// Returns what an expression is worth on the page.
    pub(super) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.ask("Runtime.evaluate", &parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Returns the text that an expression is worth.
    pub(super) fn text(&mut self, expression: &str) -> String {
        self.value(expression).as_str().unwrap_or_default().to_string()
    }

    /// Waits until an expression holds.
    pub(super) fn wait(&mut self, condition: &str) {
        let deadline = Instant::now() + PATIENCE;
        let guarded = format!("(() => {{ try {{ return !!({condition}); }} catch {{ return false; }} }})()");
        while self.value(&guarded) != json!(true) {
            if Instant::now() > deadline {
                let page = self.text("location.href + '\\n' + document.body.innerText.slice(0, 3000)");
                panic!("{condition} never came to hold on {page}\n{:?}", self.complaints);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks the middle of the first element that a selector finds, scrolled into view.
    pub(super) fn click(&mut self, selector: &str) {
        let selector = serde_json::to_string(selector).unwrap();
        self.wait(&format!("document.querySelector({selector})?.checkVisibility()"));
        let place = self.value(&format!(
            "(() => {{ const node = document.querySelector({selector}); node.scrollIntoView({{block: 'center'}}); \
             const box = node.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let parameters =
                json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", &parameters);
        }
    }

    /// Types text where the focus is.
    pub(super) fn type_text(&mut self, text: &str) {
        self.ask("Input.insertText", &json!({"text": text}));
    }

    /// Presses a key by the name that scripts know it by, such as `Enter` or `/`, with or without Control.
    pub(super) fn press(&mut self, key: &str, control: bool) {
        let (code, number) = match key {
            "Enter" => ("Enter", 13),
            "Escape" => ("Escape", 27),
            "Tab" => ("Tab", 9),
            "ArrowDown" => ("ArrowDown", 40),
            "ArrowUp" => ("ArrowUp", 38),
            "ArrowRight" => ("ArrowRight", 39),
            "ArrowLeft" => ("ArrowLeft", 37),
            "/" => ("Slash", 191),
            "k" => ("KeyK", 75),
            other => panic!("the tests know no key {other}"),
        };
        let mut parameters = json!({"key": key, "code": code, "windowsVirtualKeyCode": number,
            "modifiers": if control { 2 } else { 0 }});
        let typed = match key {
            "Enter" => Some("\r"),
            key if key.len() == 1 && !control => Some(key),
            _ => None,
        };
        parameters["type"] = json!(if typed.is_some() { "keyDown" } else { "rawKeyDown" });
        if let Some(text) = typed {
            parameters["text"] = json!(text);
        }
        self.ask("Input.dispatchKeyEvent", &parameters);
        parameters["type"] = json!("keyUp");
        self.ask("Input.dispatchKeyEvent", &parameters);
    }

    /// Gives the page a size in pixels.
    pub(super) fn resize(&mut self, width: u32, height: u32) {
        let parameters = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", &parameters);
    }

    /// Says which colours the system prefers: `light` or `dark`.
    pub(super) fn prefer(&mut self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.ask("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    /// Turns scripts of pages on or off; [`Browser::value`] works all the same.
    pub(super) fn scripts(&mut self, on: bool) {
        self.ask("Emulation.setScriptExecutionDisabled", &json!({"value": !on}));
    }

    /// Returns what the browser has complained about since it was asked last.
    pub(super) fn complaints(&mut self) -> Vec<String> {
        // What is on its way has come once something later is answered.
        self.value("0");
        std::mem::take(&mut self.complaints)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the address of a folder on the disk, ending in a slash.
pub(super) fn on_disk(folder: &Path) -> String {
    format!("file://{}/", folder.canonicalize().unwrap().display())
}
