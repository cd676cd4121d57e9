//! The server as operators and attackers meet it, as a process and over sockets:
//!
//! 1. Operators have an address of their own; the public one has no figures.
//! 2. A line of the log says what became of a request, and not what was asked. Where lines are
//!    for programs, all of them are.
//! 3. Nobody reads the log: requests do not wait, and what is lost is counted.
//! 4. Descriptors run out: the server waits for them without spinning, health answers, and
//!    then it goes on. A small limit is no end.
//! 5. No bytes of a path lead anywhere but to what is published.
//! 6. No header changes what others are shown.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::serve::{ARTICLES, Place, Server, eventually};

/// An address that is free now.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Sends bytes and reads to the end.
fn raw(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    String::from_utf8_lossy(&reply).into_owned()
}

fn get(address: &str, path: &str) -> String {
    raw(address, format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes())
}

/// A connection that stays open.
struct Kept(BufReader<TcpStream>);

impl Kept {
    fn new(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(BufReader::new(stream))
    }

    fn send(&mut self, path: &str) {
        let id = "0".repeat(64);
        write!(self.0.get_mut(), "GET {path} HTTP/1.1\r\nhost: a\r\nx-request-id: {id}\r\n\r\n").unwrap();
    }

    /// The body of the next reply, which must be a 200.
    fn reply(&mut self) -> String {
        let (mut line, mut length) = (String::new(), 0);
        self.0.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        while line != "\r\n" {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }

    fn get(&mut self, path: &str) -> String {
        self.send(path);
        self.reply()
    }

    fn metric(&mut self, name: &str) -> u64 {
        let text = self.get("/metrics");
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
    }
}

#[test]
fn operators_have_an_address_of_their_own() {
    let (place, ops) = (Place::new(&ARTICLES), free_address());
    let server = place.serve(&[], &[("JIEDA_OPS_LISTEN", &ops)]);
    for path in ["/healthz", "/readyz", "/metrics"] {
        let reply = get(&ops, path);
        assert!(reply.starts_with("HTTP/1.1 200") && reply.contains("content-security-policy"), "{reply}");
    }
    assert!(get(&ops, "/").starts_with("HTTP/1.1 404"));
    assert_eq!(server.get("/metrics").0, 404);
    let figures = get(&ops, "/metrics");
    assert!(figures.contains(&format!("generation=\"{}\"", server.generation())));
    assert!(
        figures.contains("jieda_requests_total{route=\"/{lang}\",method=\"GET\",status=\"4xx\"} 1"),
        "{figures}"
    );
    assert!(figures.contains("jieda_connections_total 1\n"), "operators are not counted: {figures}");
    server.stop();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let refused =
        place.command("serve").env("JIEDA_OPS_LISTEN", &taken).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(refused.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&refused.stderr).contains(&format!("cannot listen on {taken}")));
}

#[test]
fn a_line_says_what_became_of_a_request() {
    let place = Place::new(&ARTICLES);
    let variables = [("JIEDA_LOG", "warn,jieda::request=debug"), ("JIEDA_LOG_FORMAT", "json")];
    let mut server = place.serve(&[], &variables);
    let generation = server.generation();
    let request = "GET /api/v1/search?q=secret HTTP/1.1\r\nhost: a\r\nx-request-id: from-proxy-1\r\nconnection: close\r\n\r\n";
    let reply = raw(server.address(), request.as_bytes());
    assert!(reply.contains("x-request-id: from-proxy-1\r\n"), "{reply}");
    let log = server.process.stderr.take().unwrap();
    server.stop();
    let mut said = String::new();
    BufReader::new(log).read_to_string(&mut said).unwrap();
    let line = said.lines().find(|line| line.contains("from-proxy-1")).unwrap_or_else(|| panic!("{said}"));
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["route"], &line["status"]), (&"/api/v1/search".into(), &200.into()), "{line}");
    assert_eq!((&line["generation"], &line["method"]), (&generation.into(), &"GET".into()), "{line}");
    assert!(line["micros"].is_u64() && line["timestamp"].is_string(), "{line}");
    assert!(!said.contains("secret"), "{said}");
}

/// The lines of a text, each of which must be a JSON object.
fn objects(text: &str) -> Vec<serde_json::Value> {
    let object =
        |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line} in {text}"));
    text.lines().map(object).collect()
}

#[test]
fn programs_can_read_all_that_is_said() {
    let bad = ("zh/account/bad.md", "---\ntitle: a: b\n---\n");
    let dead = ("zh/account/dead.md", "# 死链\n\n看[这里](none.md)。\n");
    let place = Place::new(&[ARTICLES[0], bad, dead]);
    let json = ("JIEDA_LOG_FORMAT", "json");
    let mut server = place.serve(&["--watch"], &[json]);
    let generation = server.generation();
    let log = server.process.stderr.take().unwrap();
    server.stop();
    let mut said = String::new();
    BufReader::new(log).read_to_string(&mut said).unwrap();
    let said = objects(&said);
    let of_code = |code: &str| {
        let line = said.iter().find(|line| line["code"] == code).unwrap_or_else(|| panic!("{said:?}"));
        (line["level"].clone(), line["line"].clone(), line["path"].as_str().unwrap().to_owned())
    };
    let (level, line, path) = of_code("front-matter-syntax");
    assert_eq!((&level, &line), (&"ERROR".into(), &2.into()));
    assert!(path.ends_with("/zh/account/bad.md"), "{path}");
    let (level, line, path) = of_code("dead-link");
    assert_eq!((&level, &line), (&"WARN".into(), &3.into()));
    assert!(path.ends_with("/zh/account/dead.md"), "{path}");
    let published = format!("published {generation}: 2 articles");
    let is_result = |line: &serde_json::Value| line["message"].as_str().unwrap().starts_with(&published);
    assert!(said.iter().any(is_result), "{said:?}");
    assert!(said.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()), "{said:?}");

    let empty = Place::new(&[]);
    let refused = empty.command("serve").arg("--no-build").envs([json]).output().unwrap();
    assert_eq!(refused.status.code(), Some(4));
    let said = objects(&String::from_utf8(refused.stderr).unwrap());
    assert_eq!(said[0]["level"], "ERROR");
    assert!(said[0]["message"].as_str().unwrap().starts_with("no index in"), "{said:?}");
}

#[test]
fn nobody_waits_for_who_reads_the_log() {
    let (place, ops) = (Place::new(&ARTICLES), free_address());
    let variables = [("JIEDA_LOG", "jieda::request=debug"), ("JIEDA_OPS_LISTEN", ops.as_str())];
    // Its stderr is a pipe that nobody reads.
    let mut server = place.serve(&[], &variables);
    let (mut client, mut figures) = (Kept::new(server.address()), Kept::new(&ops));
    let mut answered = 0;
    while figures.metric("jieda_log_lines_dropped_total") == 0 {
        for _ in 0..100 {
            client.send("/healthz");
        }
        for _ in 0..100 {
            assert_eq!(client.reply(), "ok\n");
        }
        answered += 100;
        assert!(answered < 20_000, "the pipe and the queue hold less");
    }
    // Nobody is there any more.
    drop(server.process.stderr.take());
    assert_eq!(client.get("/healthz"), "ok\n");
    server.stop();
}

/// Sets how many descriptors a process may have.
fn set_descriptors(server: &Server, number: usize) {
    let limit = format!("--nofile={number}:{number}");
    let status = Command::new("prlimit").args(["--pid", &server.process.id().to_string(), &limit]).status();
    assert!(status.unwrap().success());
}

#[test]
fn without_descriptors_it_waits_for_them() {
    let (place, ops) = (Place::new(&ARTICLES), free_address());
    let server = place.serve(&[], &[("JIEDA_OPS_LISTEN", &ops)]);
    let mut figures = Kept::new(&ops);
    assert_eq!(figures.get("/healthz"), "ok\n");
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.process.id())).unwrap().count();
    set_descriptors(&server, open + 2);
    let mut taken = [Kept::new(server.address()), Kept::new(server.address())];
    for client in &mut taken {
        assert_eq!(client.get("/healthz"), "ok\n");
    }
    let mut waiting = Kept::new(server.address());
    waiting.send("/healthz");
    let mut tries = 0;
    let started = Instant::now();
    while tries < 5 {
        tries = figures.metric("jieda_accept_errors_total");
        // Each try is followed by a tenth of a second of rest.
        let most = started.elapsed().as_millis() / 100 + 2;
        assert!(u128::from(tries) <= most, "{tries} tries, at most {most}");
    }
    assert_eq!(figures.get("/healthz"), "ok\n");
    drop(taken);
    assert_eq!(waiting.reply(), "ok\n");
    server.stop();
}

#[test]
fn a_small_limit_of_descriptors_is_no_end() {
    let (place, ops) = (Place::new(&ARTICLES), free_address());
    place.reindex();
    let serve = place.command("serve");
    let mut command = Command::new("prlimit");
    command.arg("--nofile=64:64").arg(serve.get_program()).args(serve.get_args());
    command.args(["--listen", "127.0.0.1:0"]).env("JIEDA_OPS_LISTEN", &ops);
    command.current_dir(serve.get_current_dir().unwrap());
    let server = Server::start(command);
    // More than there are descriptors: those without a place wait in the system's queue.
    let mut clients: Vec<Kept> = (0..100).map(|_| Kept::new(server.address())).collect();
    let mut figures = Kept::new(&ops);
    eventually("half of the descriptors are connections", || figures_open(&ops) == 32);
    assert_eq!(figures.metric("jieda_accept_errors_total"), 0);
    assert_eq!(figures.get("/healthz"), "ok\n");
    for client in &mut clients[..32] {
        assert_eq!(client.get("/healthz"), "ok\n");
    }
    clients.drain(..32);
    assert_eq!(clients[0].get("/healthz"), "ok\n");
    server.stop();
}

fn figures_open(ops: &str) -> u64 {
    Kept::new(ops).metric("jieda_connections_open")
}

#[test]
fn no_path_leads_out() {
    let place = Place::new(&ARTICLES);
    let server = place.serve(&[], &[]);
    let secret = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    for path in [
        "/../../../../etc/hostname",
        "/zh/articles/../../../../etc/hostname",
        "/zh/articles/%2e%2e/%2e%2e/%2e%2e/etc/hostname",
        "/zh/articles/%252e%252e%252f%252e%252e%252fetc%252fhostname",
        "/zh/articles/..%2f..%2f..%2fetc%2fhostname",
        "/media/..%2f..%2f..%2fCURRENT",
        "/media/..\\..\\CURRENT",
        "/media/%2e%2e%5cCURRENT",
        "/media/CURRENT%00.png",
        "/assets//etc/hostname",
        "/assets/%2Fetc%2Fhostname",
        "//etc/hostname",
        "/C:/Windows/win.ini",
        "/zh/articles/C:%5CWindows",
        "/.%00./etc/hostname",
        "/%c0%ae%c0%ae/etc/hostname",
        "/zh/categories/%ff%fe",
        "/zh/articles/account/login%0d%0aset-cookie:%20a=b",
        "/api/v1/articles/..%2f..%2fmanifest.json",
    ] {
        let reply = get(server.address(), path);
        assert!(reply.starts_with("HTTP/1.1 404") || reply.starts_with("HTTP/1.1 400"), "{path}: {reply}");
        assert!(secret.trim().is_empty() || !reply.contains(secret.trim()), "{path}");
        assert!(!reply.to_lowercase().contains("\r\nset-cookie"), "{path}: {reply}");
    }
    for target in ["../etc/hostname", "\\etc\\hostname", "file:///etc/hostname", ""] {
        let reply = get(server.address(), target);
        assert!(reply.starts_with("HTTP/1.1 400") || reply.starts_with("HTTP/1.1 404"), "{target}: {reply}");
    }
    server.stop();
}

#[test]
fn no_header_changes_what_others_see() {
    let place = Place::new(&ARTICLES);
    let server = place.serve(&[], &[("JIEDA_PUBLIC_URL", "https://help.example.com")]);
    let ask = |path: &str, headers: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: help.example.com\r\n{headers}connection: close\r\n\r\n");
        let reply = raw(server.address(), request.as_bytes());
        let (head, body) = reply.split_once("\r\n\r\n").unwrap_or((&reply, ""));
        let changing = ["date:", "x-request-id:"];
        let head: Vec<&str> =
            head.lines().filter(|line| !changing.iter().any(|name| line.starts_with(name))).collect();
        (head.join("\n"), body.to_owned())
    };
    for path in
        ["/zh/", "/zh/articles/account/login", "/zh", "/sitemap.xml", "/robots.txt", "/zh/articles/none"]
    {
        let plain = ask(path, "");
        for headers in [
            "x-forwarded-host: evil.example\r\n",
            "x-forwarded-proto: http\r\nx-forwarded-port: 81\r\n",
            "forwarded: for=1.2.3.4;host=evil.example;proto=http\r\n",
            "x-forwarded-for: 1.2.3.4, <script>, ,,\r\n",
            "x-original-url: /healthz\r\nx-rewrite-url: /healthz\r\n",
            "x-http-method-override: DELETE\r\n",
            "x-forwarded-prefix: //evil.example\r\n",
            "origin: https://evil.example\r\nreferer: https://evil.example/\r\n",
            "range: bytes=0-1\r\n",
        ] {
            assert_eq!(ask(path, headers), plain, "{path} {headers}");
        }
        for host in ["evil.example", "evil.example:81", "\"<script>", "a, b", "", "127.0.0.1"] {
            let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            let reply = raw(server.address(), request.as_bytes());
            assert!(
                !reply.contains("evil.example") && !reply.contains("\"<script>"),
                "{path} {host}: {reply}"
            );
        }
        let absolute = format!("http://evil.example{path}");
        assert_eq!(ask(&absolute, "").1, plain.1, "{path}");
    }
    // Requests that two readers could understand differently are refused.
    for head in [
        "host: a\r\nhost: b\r\n",
        "",
        "host: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n",
        "host: a\r\ncontent-length: 4, 4\r\n",
        "host: a\r\ncontent-length: +4\r\n",
        "host: a\r\nx: a\r\n b\r\n",
        "host: a\r\nbad name: a\r\n",
        "host: a\r\nx: a\rb\r\n",
        "host: a\r\ntransfer-encoding: xchunked\r\n",
    ] {
        let request = format!("POST /api/v1/feedback HTTP/1.1\r\n{head}connection: close\r\n\r\nabcd");
        let reply = raw(server.address(), request.as_bytes());
        assert!(reply.starts_with("HTTP/1.1 400"), "{head}: {reply}");
    }
    let both = "POST /api/v1/feedback HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let reply = raw(server.address(), both.as_bytes());
    assert!(reply.starts_with("HTTP/1.1 413") && reply.matches("HTTP/1.1").count() == 1, "{reply}");
    server.stop();
}
