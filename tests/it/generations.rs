//! Generations, as an operator needs them:
//!
//! 1. The same corpus has the same hash, whatever its paths, times and drafts.
//! 2. Nothing is published where nothing changed, where nothing is left, or where too much
//!    is gone; force and permission overrule.
//! 3. The last three generations stay; rolling back pins an older one until something else than
//!    what was rolled back from is published.
//! 4. Damage of any file is named and refused; the newest whole generation before it serves.
//! 5. An index of another format or analysis is refused; reindex replaces it.
//! 6. Left-overs of interrupted builds are ignored and removed.
//! 7. What is open stays as it was, whatever is done to its files, and when its folder is gone;
//!    an image that is not what it was is not served.
//! 8. A published generation is noticed without restart; a damaged one is not served.
//! 9. Whoever starts finds any whole generation there is; nothing in a generation's files
//!    brings a reader down, not even with right hashes.
//! 10. Where a lock holds nobody, the generation that came first gives way.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use jieda::index::indexer::{self, Options, Outcome};
use jieda::index::reload::{self, News};
use jieda::index::{Check, Error, FORMAT, Generation};
use jieda::search::Searcher;

use crate::world::{World, request, write};

const FORCE: Options = Options { force: true, allow_shrink: false };

fn world() -> World {
    World::new(&[
        ("zh/a/one.md", "# 提币\n\n正文\n"),
        ("zh/a/two.md", "# 充值\n\n![图](x.png)\n"),
        ("en/a/one.md", "# Withdraw\n"),
    ])
}

fn current(world: &World) -> String {
    world.dir().current().unwrap().unwrap().generation
}

/// All files of a generation.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn the_same_corpus_has_the_same_hash() {
    let one = world();
    let two = World::new(&[
        ("zh-CN/a/one.markdown", "---\ntitle: 提币\n---\n正文\n"),
        ("zh/a/two.md", "# 充值\n\n![图](x.png)\n"),
        ("en/a/renamed.md", "---\nid: a/one\n---\n# Withdraw\n"),
        ("zh/a/draft.md", "---\nstatus: draft\n---\n# 草稿\n"),
    ]);
    let hash = |world: &World| world.searcher().generation().manifest().content_hash.clone();
    assert_eq!(hash(&one), hash(&two));
    write(two.articles.path(), "lexicon.toml", "words = ['充值']\n");
    two.published(Options::default());
    assert_ne!(hash(&one), hash(&two));
}

#[test]
fn an_unchanged_corpus_publishes_nothing() {
    let world = world();
    let before = current(&world);
    assert!(matches!(world.reindex(Options::default()), Outcome::Unchanged(_)));
    assert_eq!(current(&world), before);
    let manifest = world.published(FORCE);
    assert_eq!(current(&world), manifest.generation);
    assert_eq!(manifest.counter, 2);
    // The counter differs, the hash does not.
    assert_eq!(manifest.generation[6..], before[6..]);
}

#[test]
fn an_accident_is_not_published() {
    let world = world();
    let before = current(&world);
    let articles = world.articles.path();
    fs::remove_file(articles.join("zh/a/two.md")).unwrap();
    assert!(matches!(world.reindex(Options::default()), Outcome::Shrunk { from: 3, to: 2 }));
    fs::remove_dir_all(articles.join("zh")).unwrap();
    fs::remove_dir_all(articles.join("en")).unwrap();
    let all = Options { force: true, allow_shrink: true };
    assert!(matches!(world.reindex(all), Outcome::Empty));
    assert_eq!(current(&world), before);
    write(articles, "zh/a/one.md", "# 只剩这篇\n");
    world.published(all);
    assert_eq!(world.searcher().generation().catalog().len(), 1);
}

#[test]
fn three_generations_stay_and_one_can_go_back() {
    let world = world();
    let mut published = vec![current(&world)];
    for number in 0..4 {
        write(world.articles.path(), "zh/a/new.md", &format!("# 第 {number} 次\n"));
        published.push(world.published(Options::default()).generation);
    }
    let dir = world.dir();
    assert_eq!(dir.list().unwrap(), published[2..]);
    let lock = crate::world::lock(&dir);
    assert_eq!(dir.roll_back(&lock, None).unwrap(), published[3]);
    assert!(dir.current().unwrap().unwrap().is_pinned);
    assert_eq!(dir.roll_back(&lock, None).unwrap(), published[2]);
    assert!(matches!(dir.roll_back(&lock, None), Err(Error::NoGeneration(_))));
    assert_eq!(dir.roll_back(&lock, Some(&published[4])).unwrap(), published[4]);
    assert!(matches!(dir.roll_back(&lock, Some("000099-000000000000")), Err(Error::NoGeneration(_))));
    dir.roll_back(&lock, Some(&published[2])).unwrap();
    drop(lock);
    // Whoever insists continues behind the newest, and unpins.
    let next = world.published(FORCE);
    assert_eq!(next.counter, 6);
    assert!(!dir.current().unwrap().unwrap().is_pinned);
}

#[test]
fn damage_of_any_file_is_named_and_refused() {
    let world = world();
    let old = current(&world);
    let dir = world.dir();
    let new = world.published(FORCE).generation;
    let folder = dir.generation(&new);
    let all = files(&folder);
    assert!(all.len() >= 12, "{all:?}");
    for path in &all {
        let whole = fs::read(path).unwrap();
        let mut faults: Vec<Option<Vec<u8>>> =
            vec![None, Some(Vec::new()), Some([&whole[..], b"x"].concat())];
        if !whole.is_empty() {
            faults.push(Some(whole[..whole.len() / 2].to_vec()));
            faults.push(Some(whole[..whole.len() - 1].to_vec()));
            for place in 0..20 {
                let mut flipped = whole.clone();
                flipped[place * whole.len() / 20] ^= 1 << (place % 8);
                faults.push(Some(flipped));
            }
        }
        for fault in faults {
            if fault.as_deref() == Some(&whole) {
                continue;
            }
            // A new file each time: what is open elsewhere is never changed in place.
            fs::remove_file(path).unwrap();
            if let Some(content) = &fault {
                fs::write(path, content).unwrap();
            }
            let opened = Generation::open(&folder, &new, Check::Full);
            let Err(error @ (Error::Damaged { .. } | Error::Incompatible { .. })) = opened else {
                panic!("{}: {:?} is not noticed", path.display(), fault.map(|content| content.len()));
            };
            assert!(error.to_string().contains(&new), "{error}");
            let mut refused = Vec::new();
            let best = dir.open_best(Check::Full, |error| refused.push(error.to_string())).unwrap();
            assert_eq!((best.id(), refused.len()), (old.as_str(), 1));
            if path.exists() {
                fs::remove_file(path).unwrap();
            }
            fs::write(path, &whole).unwrap();
        }
    }
    fs::write(folder.join("extra"), "").unwrap();
    assert!(matches!(Generation::open(&folder, &new, Check::Sizes), Err(Error::Damaged { .. })));
    fs::remove_file(folder.join("extra")).unwrap();
    assert_eq!(dir.open_best(Check::Full, |_| {}).unwrap().id(), new);
    // A damaged generation does not count as unchanged: the next reindex heals.
    fs::remove_file(folder.join("text.bin")).unwrap();
    let healed = world.published(Options::default());
    assert_eq!(healed.content_hash, dir.open_current(Check::Full).unwrap().manifest().content_hash);
}

#[test]
fn a_broken_pointer_does_not_stop_a_reader() {
    let world = world();
    let id = current(&world);
    let pointer = world.dir().root().join("CURRENT");
    for content in [
        &b""[..],
        b"garbage\n",
        b"../../etc/passwd\n",
        b"\xff\xfe",
        b"000099-000000000000\n",
        b"000000-000000000000\n",
    ] {
        fs::write(&pointer, content).unwrap();
        let mut refused = 0;
        let best = world.dir().open_best(Check::Full, |_| refused += 1).unwrap();
        assert_eq!((best.id(), refused), (id.as_str(), 1), "{content:?}");
    }
    fs::remove_dir_all(world.dir().generation(&id)).unwrap();
    assert!(world.dir().open_best(Check::Full, |_| {}).is_err());
    world.published(Options::default());
}

#[test]
fn any_whole_generation_is_better_than_none() {
    let world = world();
    let first = current(&world);
    let (second, third) = (world.published(FORCE).generation, world.published(FORCE).generation);
    let dir = world.dir();
    let best = || dir.open_best(Check::Full, |_| {}).map(|generation| generation.id().to_owned());
    dir.roll_back(&crate::world::lock(&dir), Some(&second)).unwrap();
    // Older ones first: what is newer was gone back from.
    for expect in [&second, &first, &third] {
        assert_eq!(&best().unwrap(), expect);
        fs::remove_file(dir.generation(expect).join("catalog.bin")).unwrap();
    }
    let Err(Error::Damaged { generation, .. }) = best() else { panic!("opened") };
    assert_eq!(generation, second, "the error is that of the one that should serve");
}

/// Gives every file of a generation the hash that it has now.
fn forge(folder: &Path) {
    let path = folder.join("manifest.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for file in manifest["files"].as_array_mut().unwrap() {
        let content = fs::read(folder.join(file["path"].as_str().unwrap())).unwrap();
        file["bytes"] = content.len().into();
        file["sha256"] = sha256_of(&content).into();
    }
    let manifest = manifest.to_string();
    fs::write(folder.join("manifest.sha256"), sha256(&manifest)).unwrap();
    fs::write(path, manifest).unwrap();
}

#[test]
fn right_hashes_over_wrong_files_bring_nobody_down() {
    let world = world();
    let dir = world.dir();
    let id = current(&world);
    let folder = dir.generation(&id);
    let mut refused = 0;
    for path in files(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("manifest.") {
            continue;
        }
        let whole = fs::read(&path).unwrap();
        let cuts = [Vec::new(), whole[..whole.len() / 2].to_vec(), [&whole[..], &whole[..]].concat()];
        let flips = (0..whole.len().min(24)).map(|place| {
            let mut flipped = whole.clone();
            flipped[place * whole.len() / whole.len().min(24)] ^= 0xff;
            flipped
        });
        for wrong in flips.chain(cuts) {
            fs::remove_file(&path).unwrap();
            fs::write(&path, wrong).unwrap();
            forge(&folder);
            // A panic is a failure here.
            match Generation::open(&folder, &id, Check::Full) {
                Ok(generation) => drop(Searcher::new(generation.into()).search(&request("提币"))),
                Err(_) => refused += 1,
            }
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, &whole).unwrap();
    }
    assert!(refused > 50, "{refused}");
    forge(&folder);
    Generation::open(&folder, &id, Check::Full).unwrap();
}

#[test]
fn the_first_gives_way_where_no_lock_holds() {
    let world = world();
    let dir = world.dir();
    let before = current(&world);
    let lock = crate::world::lock(&dir);
    let corpus = crate::world::corpus(world.articles.path());
    // While this one is built, somebody publishes on another host.
    let meanwhile = |_| {
        fs::create_dir(dir.generation("000003-ffffffffffff")).unwrap();
        Ok(())
    };
    let failed = jieda::index::indexer::reindex(&dir, &lock, corpus, FORCE, &meanwhile, &|_| {});
    let Err(Error::Locked { holder, .. }) = failed else { panic!("{failed:?}") };
    assert_eq!(holder, "whoever published 000003-ffffffffffff");
    assert_eq!(current(&world), before);
    assert_eq!(dir.list().unwrap(), [before.as_str(), "000003-ffffffffffff"]);
    drop(lock);
    assert_eq!(world.published(FORCE).counter, 4);
}

#[test]
fn another_version_is_refused_and_replaced() {
    let world = world();
    let dir = world.dir();
    let id = current(&world);
    let folder = dir.generation(&id);
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let analysis = world.searcher().generation().manifest().analysis.clone();
    for changed in [
        manifest.replace(&format!("\"format\": {FORMAT},"), "\"format\": 999,"),
        manifest.replace(&analysis, "0-000000000000"),
    ] {
        assert_ne!(changed, manifest);
        for (name, content) in [("manifest.sha256", sha256(&changed)), ("manifest.json", changed)] {
            fs::write(folder.join(name), content).unwrap();
        }
        let Err(error @ Error::Incompatible { .. }) = dir.open_current(Check::Sizes) else {
            panic!("not refused")
        };
        assert!(error.to_string().contains(&format!("this binary needs format {FORMAT}")), "{error}");
    }
    assert!(matches!(world.reindex(Options::default()), Outcome::Published { .. }));
    dir.open_current(Check::Full).unwrap();
}

fn sha256(text: &str) -> String {
    format!("{}\n", sha256_of(text.as_bytes()))
}

fn sha256_of(content: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    jieda::text::hex(&Sha256::digest(content))
}

#[test]
fn left_overs_are_ignored_and_removed() {
    let world = world();
    let dir = world.dir();
    let before = dir.list().unwrap();
    write(dir.root(), "generations/.building-000009-000000000000/tantivy/meta.json", "{}");
    write(dir.root(), "generations/notes.txt", "");
    assert_eq!(dir.list().unwrap(), before);
    assert_eq!(world.published(FORCE).counter, 2);
    assert!(!dir.root().join("generations/.building-000009-000000000000").exists());
}

#[test]
fn what_is_open_survives_its_folder() {
    let world = world();
    let searcher = world.searcher();
    fs::remove_dir_all(world.dir().root()).unwrap();
    let response = searcher.search(&request("提币")).unwrap();
    assert_eq!(response.total, 1);
    let catalog = searcher.generation().catalog();
    let section = catalog.find("a/one", jieda::lang::Lang::Zh).unwrap().sections().next().unwrap();
    assert_eq!(section.html().unwrap(), "<p>正文</p>\n");
    assert_eq!(world.published(Options::default()).counter, 1);
}

#[test]
fn what_is_open_does_not_see_its_files_change() {
    let world = World::new(&[("zh/a/one.md", "# 提币\n\n正文![图](x.png)\n")]);
    let png = b"\x89PNG\r\n\x1a\n picture";
    fs::write(world.articles.path().join("zh/a/x.png"), png).unwrap();
    world.published(FORCE);
    let searcher = world.searcher();
    let answer = || {
        let response = searcher.search(&request("提币")).unwrap();
        let section = searcher.generation().catalog().article(0).sections().next().unwrap();
        (response.total, response.hits, response.facets, section.html().unwrap())
    };
    let before = answer();
    let html = &before.3;
    let name = html.split("/media/").nth(1).unwrap().split('"').next().unwrap();
    let image = || searcher.generation().media(name).unwrap().read();
    assert_eq!(image().unwrap(), png);
    for path in files(&world.dir().generation(searcher.generation().id())) {
        let other = vec![0xa5; fs::read(&path).unwrap().len()];
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, &other, 0).unwrap();
        assert_eq!(answer(), before, "{}", path.display());
        // A mapping of this file would end the process here.
        file.set_len(0).unwrap();
        assert_eq!((answer(), image().unwrap()), (before.clone(), png.to_vec()), "{}", path.display());
    }
    fs::remove_dir_all(world.dir().root()).unwrap();
    assert_eq!((answer(), image().unwrap()), (before, png.to_vec()));
}

#[test]
fn images_that_are_too_many_for_memory_are_checked_when_they_are_asked_for() {
    let shown: Vec<String> = (0..17).map(|number| format!("![图]({number}.png)")).collect();
    let world = World::new(&[("zh/a/one.md", "# 提币\n\n正文\n")]);
    write(world.articles.path(), "zh/a/one.md", &format!("# 提币\n\n{}\n", shown.join("\n")));
    for number in 0..17_u8 {
        let png = [b"\x89PNG\r\n\x1a\n".to_vec(), vec![number; 2 * 1024 * 1024 - 8]].concat();
        fs::write(world.articles.path().join(format!("zh/a/{number}.png")), png).unwrap();
    }
    world.published(Options::default());
    let searcher = world.searcher();
    let folder = world.dir().generation(searcher.generation().id()).join("media");
    let paths = files(&folder);
    let read = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        searcher.generation().media(name).unwrap().read()
    };
    assert_eq!((paths.len(), read(&paths[0]).unwrap().len()), (17, 2 * 1024 * 1024));
    fs::write(&paths[0], b"\x89PNG\r\n\x1a\n another").unwrap();
    assert!(read(&paths[0]).unwrap_err().to_string().ends_with("does not have its hash"));
    fs::remove_file(&paths[0]).unwrap();
    assert_eq!(read(&paths[0]).unwrap_err().kind(), std::io::ErrorKind::NotFound);
    assert!(read(&paths[1]).is_ok());
}

#[test]
fn an_image_that_changes_behind_the_back_of_a_build_is_refused() {
    let world = World::new(&[("zh/a/one.md", "# 提币\n\n正文\n")]);
    write(world.articles.path(), "zh/a/one.md", "# 提币\n\n![图](x.png)\n");
    let path = world.articles.path().join("zh/a/x.png");
    fs::write(&path, b"\x89PNG\r\n\x1a\n one").unwrap();
    let corpus = crate::world::corpus(world.articles.path());
    fs::write(&path, b"\x89PNG\r\n\x1a\n two").unwrap();
    let (dir, before) = (world.dir(), current(&world));
    let lock = crate::world::lock(&dir);
    let refused = indexer::reindex(&dir, &lock, corpus, Options::default(), &|_| Ok(()), &|_| {});
    assert!(refused.unwrap_err().to_string().contains("x.png: it has changed since the articles were read"));
    assert_eq!((current(&world), dir.list().unwrap()), (before.clone(), vec![before]));
    drop(lock);
    world.published(Options::default());
}

#[test]
fn a_new_generation_is_noticed_and_a_damaged_one_is_not_served() {
    let world = world();
    let (swapped, swaps) = mpsc::channel();
    let (steps, in_step) = mpsc::channel();
    let (stop, stopped) = mpsc::channel();
    let dir = world.dir();
    let serving = current(&world);
    let follower = std::thread::spawn(move || {
        let mut was_in_step = true;
        reload::follow(&dir, &serving, &stopped, |news| match news {
            News::Published(generation) => {
                swapped.send(generation.id().to_owned()).unwrap();
                // The first that is handed over breaks whoever takes it: the follower goes on.
                assert!(generation.manifest().counter > 2, "the second generation breaks");
            }
            News::InStep(is_in_step) => {
                if was_in_step != is_in_step {
                    steps.send(is_in_step).unwrap();
                }
                was_in_step = is_in_step;
            }
        });
    });
    let next = world.published(FORCE).generation;
    let wait = Duration::from_secs(20);
    assert_eq!(swaps.recv_timeout(wait).unwrap(), next);
    // Damaged before it is named: never served. The one behind it is.
    let dir = world.dir();
    let broken = dir.generation("000077-000000000000");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("manifest.json"), "{}").unwrap();
    fs::write(dir.root().join("CURRENT.tmp"), "000077-000000000000\n").unwrap();
    fs::rename(dir.root().join("CURRENT.tmp"), dir.root().join("CURRENT")).unwrap();
    let after = world.published(FORCE).generation;
    assert_eq!(after, "000078".to_owned() + &next[6..]);
    assert_eq!(swaps.recv_timeout(wait).unwrap(), after);
    assert_eq!([in_step.recv_timeout(wait), in_step.recv_timeout(wait)], [Ok(false), Ok(true)]);
    // The folder is gone, and comes back.
    let away = dir.root().with_extension("away");
    fs::rename(dir.root(), &away).unwrap();
    assert_eq!(in_step.recv_timeout(wait), Ok(false));
    fs::rename(&away, dir.root()).unwrap();
    assert_eq!(in_step.recv_timeout(wait), Ok(true));
    drop(stop);
    follower.join().unwrap();
    assert!(swaps.try_recv().is_err());
}
