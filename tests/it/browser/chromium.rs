//! A browser of our own: what somebody who opens the site sees and can do.
//!
//! Chromium is spoken to over a pipe in its DevTools protocol. What a page shows is waited for, never a time.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
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
    /// Its folders: what it keeps, and `downloads`.
    folder: tempfile::TempDir,
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
        let folder = tempfile::tempdir().unwrap();
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
                // A mouse is at hand: what shows under it is hidden otherwise.
                "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
            ])
            // Everything that it loads is our own, and in a container there is no sandbox to have.
            .args([
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--lang=en-GB",
            ])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
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
            folder,
        };
        let target = browser.ask("Target.createTarget", &json!({"url": "about:blank"}));
        let attached =
            browser.ask("Target.attachToTarget", &json!({"targetId": target["targetId"], "flatten": true}));
        browser.session = attached["sessionId"].as_str().unwrap().to_string();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        let downloads = browser.folder.path().join("downloads");
        browser.ask("Browser.setDownloadBehavior", &json!({"behavior": "allow", "downloadPath": downloads}));
        browser.resize(1400, 900);
        Some(browser)
    }

    /// Sends a command and returns its result.
    pub(super) fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.try_to(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Sends a command and returns its result, or what the browser has against it.
    fn try_to(&mut self, method: &str, parameters: &Value) -> Result<Value, Value> {
        let id = self.send(method, parameters);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.answer(deadline).unwrap_or_else(|| panic!("no answer to {method}"));
            if answer["id"] == json!(id) {
                return if answer["error"].is_null() {
                    Ok(answer["result"].clone())
                } else {
                    Err(answer["error"].clone())
                };
            }
        }
    }

    /// Sends a command and returns its number.
    fn send(&mut self, method: &str, parameters: &Value) -> u64 {
        self.next += 1;
        let id = self.next;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        id
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
            "Page.javascriptDialogOpening" => {
                self.complaints.push(format!("dialog: {parameters}"));
                // Until it is closed, nothing on the page is answered.
                self.send("Page.handleJavaScriptDialog", &json!({"accept": false}));
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
        let parameters = json!({"expression": guarded, "returnByValue": true});
        // A page that gives way to another one cannot answer, and is asked again.
        while self
            .try_to("Runtime.evaluate", &parameters)
            .map(|answer| answer["result"]["value"] == json!(true))
            != Ok(true)
        {
            if Instant::now() > deadline {
                let page = self.text("location.href + '\\n' + document.body.innerText.slice(0, 3000)");
                panic!("{condition} never came to hold on {page}\n{:?}", self.complaints);
            }
            thread::sleep(Duration::from_millis(20));
        }
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

    /// Makes scripts of pages that are opened from now on believe that it is this instant.
    pub(super) fn believe(&mut self, instant: &str) {
        let script = format!("Date.now = () => Date.parse('{instant}')");
        self.ask("Page.addScriptToEvaluateOnNewDocument", &json!({"source": script}));
    }

    /// Returns a picture of what is on the screen, as WebP.
    pub(super) fn picture(&mut self) -> Vec<u8> {
        let drawn = "document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))";
        self.value(drawn);
        let parameters = json!({"format": "webp", "quality": 60});
        let answer = self.ask("Page.captureScreenshot", &parameters);
        base64::engine::general_purpose::STANDARD.decode(answer["data"].as_str().unwrap()).unwrap()
    }

    /// Returns a file that the page had the reader save, once it is whole, and removes it.
    pub(super) fn saved(&mut self, name: &str) -> String {
        let path = self.folder.path().join("downloads").join(name);
        let deadline = Instant::now() + PATIENCE;
        // Until it is whole it has another name.
        while !path.is_file() {
            assert!(Instant::now() < deadline, "{name} was never saved");
            thread::sleep(Duration::from_millis(20));
        }
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        text
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
