//! Damage of every file of a generation, before a server starts and while one answers.
//!
//! At the start a damaged generation is refused by name and the one before it serves, with
//! the answers of a clean build; `jieda index verify` finds every flipped bit. A server that
//! runs answers on as if nothing had happened, whatever is done to the files below it.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use jieda::index::indexer::Options;
use jieda::index::{Check, Error, Generation};

use crate::answers::{self, Answers};
use crate::process::Desk;
use crate::report;
use crate::server::{Load, Server};

const FORCE: Options = Options { force: true, allow_shrink: false };
const FLIPS: usize = 200;

/// An index of the old and the new version, and the files of the new one.
struct Scene {
    desk: Desk,
    questions: Vec<String>,
    old: String,
    new: String,
    clean: Answers,
}

impl Scene {
    fn new() -> Self {
        let desk = Desk::new(&[]);
        let questions = answers::questions();
        answers::articles(&desk.path("articles"));
        let clean = answers::clean(&desk.path("articles"), &questions);
        desk.run(&["reindex"]).expect(0);
        let old = desk.serving();
        answers::version(&desk.path("articles"), "new");
        desk.run(&["reindex"]).expect(0);
        let new = desk.serving();
        Self { desk, questions, old, new, clean }
    }

    fn files(&self) -> Vec<PathBuf> {
        let all = walkdir::WalkDir::new(self.desk.index().generation(&self.new)).sort_by_file_name();
        let files = all.into_iter().map(|entry| entry.unwrap().into_path()).filter(|path| path.is_file());
        let files: Vec<PathBuf> = files.collect();
        assert!(files.len() >= 8, "{files:?}");
        files
    }

    /// The new generation is refused, by name; the old one is found.
    fn holds(&self, what: &str) -> Generation {
        let dir = self.desk.index();
        let opened = Generation::open(&dir.generation(&self.new), &self.new, Check::Full);
        let Err(error @ (Error::Damaged { .. } | Error::Incompatible { .. })) = opened else {
            panic!("not noticed: {what}");
        };
        assert!(error.to_string().contains(&self.new), "{what}: {error}");
        let mut refused = 0;
        let best = dir.open_best(Check::Full, |_| refused += 1).unwrap();
        assert_eq!((best.id(), refused), (self.old.as_str(), 1), "{what}");
        best
    }
}

/// Replaces a file by a new one: what is open elsewhere stays as it was.
fn replace(path: &Path, content: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, content).unwrap();
}

/// Deleted, emptied, halved, one byte less, one more, swapped with the next file.
fn faults(whole: &[u8], sibling: &[u8]) -> Vec<(&'static str, Option<Vec<u8>>)> {
    vec![
        ("deleted", None),
        ("emptied", Some(Vec::new())),
        ("halved", Some(whole[..whole.len() / 2].to_vec())),
        ("one byte less", Some(whole[..whole.len() - 1].to_vec())),
        ("one byte more", Some([whole, b"x"].concat())),
        ("a sibling's content", Some(sibling.to_vec())),
    ]
}

/// Some bit of each of so many places, at even distances, in an order that repeats.
fn flip(whole: &[u8], number: usize) -> Vec<u8> {
    let mut flipped = whole.to_vec();
    flipped[number * whole.len() / FLIPS] ^= 1 << (number * 5 % 8);
    flipped
}

#[test]
fn damage_of_any_file_is_refused_by_name_and_the_old_generation_found() {
    let scene = Scene::new();
    let files = scene.files();
    let contents: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    let (mut tries, mut flips) = (0, 0);
    for (number, (path, whole)) in files.iter().zip(&contents).enumerate() {
        let sibling = &contents[(number + 1) % contents.len()];
        for (what, content) in faults(whole, sibling) {
            match content {
                Some(content) => replace(path, &content),
                None => fs::remove_file(path).unwrap(),
            }
            let what = format!("{} {what}", path.display());
            let best = scene.holds(&what);
            assert_eq!(answers::of(best, &scene.questions), scene.clean, "{what}");
            scene.desk.run(&["index", "verify"]).expect(6).says(&scene.new);
            fs::write(path, whole).unwrap();
            tries += 1;
        }
        for number in 0..FLIPS {
            replace(path, &flip(whole, number));
            scene.holds(&format!("{} flipped at {number} of {FLIPS}", path.display()));
            if number % 40 == 0 {
                scene.desk.run(&["index", "verify"]).expect(6).says(&scene.new);
            }
            flips += 1;
        }
        replace(path, whole);
    }
    scene.desk.run(&["index", "verify", "--all"]).expect(0);
    let result = format!(
        "{tries} of {tries} found, {flips} of {flips} flips; named; the generation before answers as a clean build"
    );
    report(
        "F-06",
        "every file deleted, emptied, halved, cut, swapped, 200 bits flipped, before the start",
        tries + flips,
        &result,
    );
}

#[test]
fn a_server_starts_from_the_generation_before_and_only_from_none_refuses() {
    let scene = Scene::new();
    let folder = scene.desk.index().generation(&scene.new);
    let mut tries = 0;
    for path in scene.files() {
        let whole = fs::read(&path).unwrap();
        replace(&path, &flip(&whole, 77));
        let server = Server::start(&scene.desk, &[], &["--no-build"]);
        assert_eq!(server.generation(), scene.old);
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        assert!(server.says(&scene.new), "{name}: {}", server.log());
        replace(&path, &whole);
        tries += 1;
    }
    for content in [&b""[..], b"\xff\xff", b"000009-000000000000\n", b"0000"] {
        fs::write(scene.desk.path("index/CURRENT"), content).unwrap();
        assert_eq!(Server::start(&scene.desk, &[], &["--no-build"]).generation(), scene.new, "{content:?}");
        tries += 1;
    }
    fs::remove_file(scene.desk.path("index/CURRENT")).unwrap();
    assert_eq!(Server::start(&scene.desk, &[], &["--no-build"]).generation(), scene.new);
    for id in [&scene.new, &scene.old] {
        let path = scene.desk.index().generation(id).join("catalog.bin");
        replace(&path, b"nothing");
    }
    fs::write(scene.desk.path("index/CURRENT"), format!("{}\n", scene.new)).unwrap();
    scene.desk.run(&["serve", "--no-build", "--listen", "127.0.0.1:0"]).expect(6).says(&scene.new);
    report(
        "F-06",
        "a server starts over a damaged file or CURRENT",
        tries + 2,
        "the generation before serves and the damaged one is named; exit 6 where none is whole",
    );
}

/// What a reader of the old version may get, and nothing else.
fn is_old(path: &str, status: u16, body: &str) -> Result<(), String> {
    let is_right = match path {
        "/api/v1/search?q=%E6%A0%87%E8%AE%B0" => body.contains("标记 new") && body.contains("\"total\":7"),
        "/media/x" => true,
        _ => body.contains("打开应用，再提交"),
    };
    if status == 200 && is_right { Ok(()) } else { Err(format!("{path}: {status} {body}")) }
}

#[test]
fn a_running_server_does_not_notice_what_is_done_to_its_files() {
    const PATHS: [&str; 3] =
        ["/api/v1/search?q=%E6%A0%87%E8%AE%B0", "/zh/articles/a/1", "/api/v1/articles/a/2?lang=zh"];
    let scene = Scene::new();
    let mut server = Server::start(&scene.desk, &[], &["--no-build"]);
    let before: Vec<_> = PATHS.map(|path| stable(&server.get(path).unwrap().1)).into();
    let load = Load::start(&server.address, 2, &PATHS, is_old);
    let mut tries = 0;
    for path in scene.files() {
        let whole = fs::read(&path).unwrap();
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        // In place, which nobody may do, and which a failing disk does.
        for number in (0..FLIPS).step_by(10) {
            file.write_all_at(&flip(&whole, number), 0).unwrap();
            tries += 1;
            for (path, before) in PATHS.iter().zip(&before) {
                assert_eq!(&stable(&server.get(path).unwrap().1), before, "{path}");
            }
        }
        for length in [whole.len() - 1, whole.len() / 2, 0] {
            file.set_len(length as u64).unwrap();
            tries += 1;
            for (path, before) in PATHS.iter().zip(&before) {
                assert_eq!(&stable(&server.get(path).unwrap().1), before, "{path}");
            }
        }
    }
    let (asked, failures) = load.stop();
    assert!(failures.is_empty() && asked > 100 && server.is_running(), "{asked}: {failures:#?}");
    // The next reindex heals.
    answers::reindex(&scene.desk.index(), &scene.desk.path("articles"), FORCE);
    server.follows(&scene.desk.serving());
    let result = format!("{asked} requests beside it, all answered as before; the next reindex heals");
    report("F-06, F-07", "every file flipped and truncated in place below a running server", tries, &result);
}

/// A body without what differs from one request to the next.
fn stable(body: &str) -> String {
    let (before, rest) = body.split_once("\"took_us\":").unwrap_or((body, ","));
    format!("{before}{}", rest.split_once(',').unwrap().1)
}

#[test]
fn a_damaged_image_is_not_missed() {
    let scene = Scene::new();
    let server = Server::start(&scene.desk, &[], &["--no-build"]);
    let path = scene.files().into_iter().find(|path| path.parent().unwrap().ends_with("media")).unwrap();
    let address = format!("/media/{}", path.file_name().unwrap().to_str().unwrap());
    let before = server.get(&address).unwrap();
    assert_eq!((before.0, before.1.contains("picture")), (200, true));
    let whole = fs::read(&path).unwrap();
    for number in (0..FLIPS).step_by(20) {
        fs::write(&path, flip(&whole, number)).unwrap();
        assert_eq!(server.get(&address).unwrap(), before, "{number}");
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(server.get(&address).unwrap(), before);
    report(
        "F-06",
        "an image flipped and removed below a running server",
        FLIPS / 20 + 1,
        "all answered as before",
    );
}
