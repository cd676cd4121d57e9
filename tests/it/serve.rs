//! The server as a process:
//!
//! 1. It builds the index before it listens, when there is none or the articles have
//!    changed; not with `--no-build`, nor after a roll-back.
//! 2. When it is ready it says so in one line on stdout, and nothing else.
//! 3. A new generation is served without a restart.
//! 4. SIGTERM: not ready at once, answering for a while, then exit 0. SIGINT: exit 130.
//!    A second signal does not wait.
//! 5. What cannot be served ends with the exit code that says why.
//! 6. With `--watch`, what is saved is served: mistakes are named, every request is answered,
//!    a burst of saves is few builds. What could not be built is tried again, and a server that
//!    stops builds nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::world::{folder, write};

pub(crate) const ARTICLES: [(&str, &str); 2] = [
    ("zh/account/login.md", "# 无法登录\n\n检查密码。\n"),
    ("zh/account/code.md", "# 收不到验证码\n\n稍等。\n"),
];

/// Articles, and a place for an index.
pub(crate) struct Place {
    articles: TempDir,
    index: TempDir,
}

impl Place {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self { articles: folder(files), index: TempDir::new().unwrap() }
    }

    pub(crate) fn command(&self, command: &str) -> Command {
        let mut jieda = jieda(self.index.path());
        jieda.arg(command).arg("--index").arg(self.index.path());
        if matches!(command, "serve" | "reindex") {
            jieda.arg("--articles").arg(self.articles.path());
        }
        jieda
    }

    pub(crate) fn reindex(&self) {
        assert!(self.command("reindex").output().unwrap().status.success());
    }

    pub(crate) fn serve(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Server {
        let mut command = self.command("serve");
        command.args(["--listen", "127.0.0.1:0"]).args(arguments).envs(variables.iter().copied());
        Server::start(command)
    }
}

/// The command, away from any configuration.
fn jieda(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jieda"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("JIEDA_") {
            command.env_remove(name);
        }
    }
    command.current_dir(dir).stdin(Stdio::null());
    command
}

/// A running server.
pub(crate) struct Server {
    pub(crate) process: Child,
    stdout: BufReader<ChildStdout>,
    ready: String,
}

impl Server {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut ready = String::new();
        stdout.read_line(&mut ready).unwrap();
        if ready.is_empty() {
            let mut said = String::new();
            process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("not ready: {said}");
        }
        Self { process, stdout, ready }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        self.ready.split("http://").nth(1).unwrap().split('/').next().unwrap()
    }

    /// Status and body of a reply.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let status = reply.split(' ').nth(1).unwrap().parse().unwrap();
        (status, reply.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    pub(crate) fn generation(&self) -> String {
        let reply: serde_json::Value = serde_json::from_str(&self.get("/readyz").1).unwrap();
        reply["generation"].as_str().unwrap().to_owned()
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for the end; returns the exit code and what else was said on stdout.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let code = self.process.wait().unwrap().code();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (code, rest)
    }

    pub(crate) fn stop(self) {
        self.signal("INT");
        assert_eq!(self.end(), (Some(130), String::new()));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only a test that failed leaves one running.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until something is so.
pub(crate) fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(15), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn it_builds_says_where_it_is_and_follows_the_index() {
    let place = Place::new(&ARTICLES);
    let server = place.serve(&[], &[]);
    let generation = server.generation();
    assert!(server.ready.starts_with("Jieda is ready: http://127.0.0.1:"), "{}", server.ready);
    assert!(
        server.ready.ends_with(&format!("/ (2 articles, generation {generation})\n")),
        "{}",
        server.ready
    );
    assert_eq!(server.get("/zh/articles/account/login").0, 200);
    write(place.articles.path(), "zh/account/new.md", "# 新文章\n\n内容。\n");
    place.reindex();
    eventually("the new generation is served", || server.generation() != generation);
    assert_eq!(server.get("/zh/articles/account/new").0, 200);
    server.stop();
}

#[test]
fn it_watches_the_articles() {
    let place = Place::new(&ARTICLES);
    let mut server = place.serve(&["--watch"], &[]);
    let save = |path: &str, content: &str| write(place.articles.path(), path, content);
    let is_served = |server: &Server, path: &str, text: &str| {
        assert_eq!(server.get("/zh/articles/account/login").0, 200);
        server.get(path).1.contains(text)
    };
    save("zh/account/.login.md.swp", "x");
    save("zh/account/login.md", "# 无法登录\n\n改了一次。\n");
    eventually("a change is served", || is_served(&server, "/zh/articles/account/login", "改了一次"));
    assert!(server.generation().starts_with("000002-"));

    // Written aside and renamed, as editors do; beside it a file that cannot be read.
    save("zh/account/bad.md", "---\ntitle: a: b\n---\n");
    save("zh/account/new.md~", "# 新文章\n\n内容。\n");
    let [from, to] = ["zh/account/new.md~", "zh/account/new.md"].map(|path| place.articles.path().join(path));
    std::fs::rename(from, to).unwrap();
    eventually("a new article is served", || is_served(&server, "/zh/articles/account/new", "内容"));

    let before = server.generation();
    for number in 0..40 {
        save(&format!("zh/many/{number}.md"), &format!("# 第 {number} 篇\n\n正文。\n"));
    }
    eventually("all of a burst is served", || {
        (0..40).all(|number| is_served(&server, &format!("/zh/articles/many/{number}"), "正文"))
    });
    let counter = |generation: &str| generation.split('-').next().unwrap().parse::<usize>().unwrap();
    assert!(counter(&server.generation()) - counter(&before) <= 3, "{}", server.generation());

    std::fs::remove_file(place.articles.path().join("zh/many/7.md")).unwrap();
    eventually("what is gone is not served", || server.get("/zh/articles/many/7").0 == 404);
    let mut stderr = server.process.stderr.take().unwrap();
    server.stop();
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert!(said.contains("error[front-matter-syntax]") && said.contains("zh/account/bad.md"), "{said}");
}

/// Reads the log until a line of it says this.
fn wait_for(log: &mut impl BufRead, text: &str) {
    let mut line = String::new();
    while !line.contains(text) {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "`{text}` is never said");
    }
}

#[test]
fn an_edit_is_not_lost_because_the_index_could_not_be_written() {
    let place = Place::new(&ARTICLES);
    let mut server = place.serve(&["--watch"], &[]);
    let mut log = BufReader::new(server.process.stderr.take().unwrap());
    let lock = place.index.path().join("lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    write(place.articles.path(), "zh/account/login.md", "# 无法登录\n\n改了一次。\n");
    wait_for(&mut log, "Is a directory");
    std::fs::remove_dir(&lock).unwrap();
    eventually("the edit is served", || server.get("/zh/articles/account/login").1.contains("改了一次"));
    server.stop();
}

#[test]
fn an_edit_before_the_start_is_not_lost_because_the_index_was_locked() {
    let place = Place::new(&ARTICLES);
    place.reindex();
    write(place.articles.path(), "zh/account/login.md", "# 无法登录\n\n改了一次。\n");
    let lock = std::fs::File::open(place.index.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let server = place.serve(&["--watch"], &[]);
    assert!(!server.get("/zh/articles/account/login").1.contains("改了一次"));
    drop(lock);
    eventually("the edit is served", || server.get("/zh/articles/account/login").1.contains("改了一次"));
    server.stop();
}

#[test]
fn a_server_that_stops_publishes_nothing() {
    let place = Place::new(&ARTICLES);
    let server = place.serve(&["--watch"], &[("JIEDA_LIMITS_DRAIN_DELAY_MS", "3000")]);
    let current = || std::fs::read_to_string(place.index.path().join("CURRENT")).unwrap();
    let before = current();
    server.signal("TERM");
    eventually("readyz says 503", || server.get("/readyz").0 == 503);
    write(place.articles.path(), "zh/account/login.md", "# 无法登录\n\n改了一次。\n");
    assert_eq!(server.end().0, Some(0));
    assert_eq!(current(), before);
}

#[test]
fn it_says_what_leads_nowhere() {
    let place = Place::new(&ARTICLES);
    let said = |command: &mut Command| {
        command.args(["--listen", "127.0.0.1:0"]);
        command.env("JIEDA_CONTACT_URL", "/{lang}/articles/support/contact");
        let mut server = Server::start(std::mem::replace(command, Command::new("true")));
        let mut stderr = server.process.stderr.take().unwrap();
        server.stop();
        let mut said = String::new();
        stderr.read_to_string(&mut said).unwrap();
        said
    };
    let first = said(&mut place.command("serve"));
    let reindex = "warning: `contact_url` leads to no article: /{lang}/articles/support/contact\n";
    assert!(first.contains(reindex), "{first}");
    assert!(first.contains("leads to no article setting=\"contact_url\""), "{first}");
    // A folder that is not there is named, whatever else there is to serve.
    let mut command = jieda(place.index.path());
    command.args(["serve", "--articles", "artcles", "--index"]).arg(place.index.path());
    let typo = said(&mut command);
    assert!(
        typo.contains(
            "WARN jieda::cli::serve: no articles folder, serving the index as it is articles=artcles"
        ),
        "{typo}"
    );
    write(place.articles.path(), "zh/support/contact.md", "# 联系客服\n\n在这里。\n");
    let last = said(&mut place.command("serve"));
    assert!(!last.contains("leads to no article"), "{last}");
}

#[test]
fn it_builds_only_when_the_articles_have_changed() {
    let place = Place::new(&ARTICLES);
    place.reindex();
    let first = served(&place, &[]);
    assert_eq!(served(&place, &[]), first, "nothing has changed");
    write(place.articles.path(), "zh/account/login.md", "# 无法登录\n\n改了。\n");
    assert_eq!(served(&place, &["--no-build"]), first);
    let second = served(&place, &[]);
    assert_ne!(second, first);
    let mut roll_back = jieda(place.index.path());
    roll_back.args(["index", "rollback", "--index"]).arg(place.index.path());
    assert!(roll_back.output().unwrap().status.success());
    assert_eq!(served(&place, &[]), first, "a roll-back stays");
}

/// The generation that a new server answers from.
fn served(place: &Place, arguments: &[&str]) -> String {
    let server = place.serve(arguments, &[]);
    let generation = server.generation();
    server.stop();
    generation
}

#[test]
fn it_drains_on_sigterm() {
    let place = Place::new(&ARTICLES);
    let server = place.serve(&[], &[("JIEDA_LIMITS_DRAIN_DELAY_MS", "1500")]);
    assert_eq!(server.get("/readyz").0, 200);
    let started = Instant::now();
    server.signal("TERM");
    eventually("readyz says 503", || server.get("/readyz").0 == 503);
    assert_eq!(server.get("/zh/articles/account/login").0, 200, "still answering");
    assert_eq!(server.end(), (Some(0), String::new()));
    assert!(started.elapsed() >= Duration::from_millis(1500));
}

#[test]
fn it_does_not_wait_after_a_second_signal() {
    let place = Place::new(&ARTICLES);
    let server = place.serve(&[], &[("JIEDA_LIMITS_DRAIN_DELAY_MS", "600000")]);
    server.signal("HUP");
    server.signal("TERM");
    eventually("the first signal has arrived", || server.get("/readyz").0 == 503);
    server.signal("TERM");
    assert_eq!(server.end(), (Some(0), String::new()));
}

/// Runs a server that cannot start.
fn refused(place: &Place, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, stdout } = place.command("serve").args(arguments).output().unwrap();
    assert!(stdout.is_empty());
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[test]
fn it_says_why_it_cannot_serve() {
    let empty = Place::new(&[]);
    let (code, said) = refused(&empty, &[]);
    assert_eq!(code, Some(3), "{said}");
    let (code, said) = refused(&empty, &["--no-build"]);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("no index in"), "{said}");
    let place = Place::new(&ARTICLES);
    let (code, said) = refused(&place, &["--listen", "nonsense"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("`listen` must be an address and a port"), "{said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, said) = refused(&place, &["--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(code, Some(4));
    assert!(said.contains("choose another address with --listen"), "{said}");
}

#[test]
fn it_repairs_a_damaged_index_or_refuses_it() {
    let place = Place::new(&ARTICLES);
    place.reindex();
    let generation = std::fs::read_to_string(place.index.path().join("CURRENT")).unwrap();
    let catalog = place.index.path().join("generations").join(generation.trim()).join("catalog.bin");
    let mut bytes = std::fs::read(&catalog).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&catalog, bytes).unwrap();
    let (code, said) = refused(&place, &["--no-build"]);
    assert_eq!(code, Some(6), "{said}");
    assert!(said.contains("catalog.bin does not have its hash"), "{said}");
    assert_ne!(served(&place, &[]), generation.trim());
}
