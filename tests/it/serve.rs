//! The preview, as a browser sees it: a real server on a port of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::sandbox::Sandbox;

/// How long anything may take; it takes a fraction of it, and a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

const BLUEPRINT: &str = "identifier: service\ntitle: Service\nschema: {properties: {tier: {type: number}}}\n";
const ENTITY: &str = "identifier: cart\ntitle: Cart\nblueprint: service\nproperties: {tier: 1}\n";

/// A preview of a small catalog, ended with the test.
struct Served {
    sandbox: Sandbox,
    child: Child,
    port: u16,
    said: BufReader<std::process::ChildStderr>,
}

impl Served {
    fn start(entity: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("portal.yaml", "title: Shop\n");
        sandbox.write("blueprints/service.yaml", BLUEPRINT);
        sandbox.write("entities/cart.yaml", entity);
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_portal"), &["serve", "--port", "0"]);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let port = line.split("localhost:").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        let mut served = Self { sandbox, child, port: port.unwrap_or_else(|| panic!("{line}")), said };
        served.wait_for("Ctrl-C ends");
        served
    }

    /// Reads what the terminal says until it says this.
    fn wait_for(&mut self, text: &str) -> String {
        let mut all = String::new();
        while !all.contains(text) {
            assert_ne!(self.said.read_line(&mut all).unwrap(), 0, "ended without `{text}`: {all}");
        }
        all
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Returns the whole answer to a request of this head, without its last line.
    fn ask(&self, head: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "{head}\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost:{}", self.port))
    }

    /// Listens as a page does.
    fn listen(&self) -> Events {
        let mut stream = self.connect();
        write!(stream, "GET /~portal/events HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port).unwrap();
        Events(BufReader::new(stream))
    }

    /// Presses Ctrl-C and returns the exit code.
    #[cfg(unix)]
    fn interrupt(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Events(BufReader<TcpStream>);

impl Events {
    fn next(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the events ended");
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}

#[test]
fn only_this_machine_can_read_and_nobody_can_do_more() {
    let served = Served::start(ENTITY);
    let port = served.port;
    let page = served.get("/");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("<title>Shop</title>"), "{page}");
    assert!(
        page.contains("Cache-Control: no-store\r\n") && page.contains("src=\"/~portal/live.js\""),
        "{page}"
    );
    assert!(served.get("/service/cart.html?a#b").contains("<h1 "));
    assert!(served.get("/portal.css").contains("Content-Type: text/css"));
    assert!(served.get("/service").contains("Location: /service/\r\n"));
    for (head, status) in [
        ("GET / HTTP/1.1\r\nHost: evil.example".to_string(), "421"),
        (format!("GET / HTTP/1.1\r\nHost: evil.example:{port}"), "421"),
        ("GET / HTTP/1.1".to_string(), "421"),
        (format!("POST / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 0"), "405"),
        (format!("GET http://localhost:{port}/ HTTP/1.1\r\nHost: localhost:{port}"), "400"),
        (format!("GET /../portal.yaml HTTP/1.1\r\nHost: localhost:{port}"), "404"),
        (format!("GET /%2e%2e/portal.yaml HTTP/1.1\r\nHost: localhost:{port}"), "404"),
        (format!("GET /portal.yaml HTTP/1.1\r\nHost: localhost:{port}"), "404"),
        (format!("GET /{} HTTP/1.1\r\nHost: localhost:{port}", "a".repeat(40_000)), "431"),
        ("\u{0}".into(), "400"),
    ] {
        let answer = served.ask(&head);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{head:.60}: {answer}");
        assert!(!answer.contains("title: Shop"), "{head}");
    }
    assert!(served.get("/none.html").contains("There is no page here"));
    let head = served.ask(&format!("HEAD / HTTP/1.1\r\nHost: localhost:{port}"));
    assert!(head.ends_with("\r\n\r\n") && head.contains("Content-Length: "), "{head}");
    for address in other_addresses() {
        let reached = TcpStream::connect_timeout(&SocketAddr::from((address, port)), Duration::from_secs(2));
        assert!(reached.is_err(), "{address} is no loopback address");
    }
}

/// Returns the addresses that others can reach this machine at, as far as a socket says without sending anything.
fn other_addresses() -> Vec<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let routed = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr());
    routed.into_iter().map(|address| address.ip()).filter(|ip| !ip.is_loopback()).collect()
}

#[test]
fn pages_are_told_of_a_new_site_and_of_mistakes() {
    let mut served = Served::start(ENTITY);
    let mut events = served.listen();
    let first = events.next();
    assert!(first["failure"].is_null(), "{first}");
    let site = first["site"].as_str().unwrap().to_string();
    assert!(served.get("/").contains(&format!("data-site=\"{site}\"")));

    served.sandbox.write("entities/cart.yaml", ENTITY.replace("Cart", "Basket"));
    let second = events.next();
    assert!(second["failure"].is_null() && second["site"] != first["site"], "{second}");
    assert!(served.get("/service/cart.html").contains("Basket"));
    served.wait_for("built ");

    served.sandbox.write("entities/cart.yaml", ENTITY.replace("tier: 1", "tier: \"</script>\""));
    let failed = events.next();
    assert_eq!(failed["site"], second["site"], "the last good site stays");
    let finding = &failed["failure"]["findings"][0];
    assert_eq!((&finding["file"], &finding["line"]), (&"entities/cart.yaml".into(), &4.into()));
    assert_eq!(finding["rule"], "property-type");
    assert!(served.get("/service/cart.html").contains("Basket"));
    served.wait_for("the last site stays");

    served.sandbox.write("portal.yaml", "title: Shop\nsite: {accent: green}\n");
    let failed = events.next();
    assert_eq!(failed["failure"]["message"], "portal.yaml has mistakes");
    assert_eq!(failed["failure"]["findings"][0]["message"], "`green` is no colour");

    served.sandbox.write("portal.yaml", "title: Shop\n");
    served.sandbox.write("entities/cart.yaml", ENTITY);
    served.sandbox.write("templates/404.html", "\n{{ nonsense }}");
    let mut failed = events.next();
    while failed["failure"]["findings"][0]["file"] != "templates/404.html" {
        failed = events.next();
    }
    assert_eq!(failed["failure"]["findings"][0]["line"], 2);

    std::fs::remove_file(served.sandbox.path().join("templates/404.html")).unwrap();
    let last = events.next();
    assert_eq!(
        (&last["site"], &last["failure"]),
        (&first["site"], &Value::Null),
        "the same catalog, the same site"
    );
}

#[test]
fn a_catalog_with_a_mistake_has_no_site_until_it_is_mended() {
    let served = Served::start("identifier: cart\nblueprint: servise\n");
    let waiting = served.get("/");
    assert!(waiting.starts_with("HTTP/1.1 503") && waiting.contains("There is no site yet"), "{waiting}");
    let mut events = served.listen();
    assert_eq!(events.next()["failure"]["findings"][0]["rule"], "unknown-blueprint");
    served.sandbox.write("entities/cart.yaml", ENTITY);
    assert!(events.next()["failure"].is_null());
    assert!(served.get("/service/cart.html").starts_with("HTTP/1.1 200"));
}

/// The title of the portal is on every page: while it changes, each page has one or the other, and the stylesheet is there.
#[test]
fn a_site_is_whole_while_the_next_one_comes() {
    let served = Served::start(ENTITY);
    let mut events = served.listen();
    events.next();
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            for _ in 0..200 {
                let page = served.get("/service/cart.html");
                let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
                let brand = page.split("class=\"brand\"").nth(1).and_then(|rest| rest.split("</a>").next());
                let (title, brand) = (title.unwrap_or_default(), brand.unwrap_or_default());
                let name = if title.ends_with("Shop") { "Shop" } else { "Store" };
                assert!(title.ends_with(name) && brand.ends_with(name), "{title}: {brand}");
            }
        });
        for title in ["Store", "Shop", "Store"] {
            served.sandbox.write("portal.yaml", format!("title: {title}\n"));
            events.next();
        }
        reader.join().unwrap();
    });
}

#[test]
fn a_port_that_is_taken_is_said() {
    let served = Served::start(ENTITY);
    let ran = served.sandbox.portal(&["serve", "--port", &served.port.to_string()]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("is taken: choose another with --port"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let mut served = Served::start(ENTITY);
    let _reader = served.listen();
    assert_eq!(served.interrupt(), Some(0));
}
