//! `jieda index`: generations listed, verified, rolled back, pruned.

use std::fs;

use crate::process::Desk;

/// Three generations; each has one article more than the one before it.
fn desk() -> (Desk, Vec<String>) {
    let desk = Desk::new(&[]);
    for number in 0..3 {
        desk.write(&format!("articles/zh/a/{number}.md"), &format!("# 提币 {number}\n"));
        desk.run(&["reindex"]).expect(0);
    }
    let ids = desk.index().list().unwrap();
    assert_eq!(ids.len(), 3);
    (desk, ids)
}

/// The total of a search in what serves.
fn total(desk: &Desk) -> u64 {
    desk.run(&["search", "提币", "--json"]).expect(0).json()["total"].as_u64().unwrap()
}

#[test]
fn list_shows_all_and_marks_the_one_that_serves() {
    let (desk, ids) = desk();
    let list = || {
        let run = desk.run(&["index", "list"]).expect(0);
        run.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let lines = list();
    assert_eq!(lines.len(), 3);
    for (number, (line, id)) in lines.iter().zip(&ids).enumerate() {
        let words: Vec<&str> = line.split(' ').collect();
        let plural = if number == 0 { "article" } else { "articles" };
        assert_eq!((words[0], words[2], words[3]), (id.as_str(), (number + 1).to_string().as_str(), plural));
        assert!(words[1].parse::<jiff::Timestamp>().is_ok(), "{line}");
        assert!(words[4].parse::<f64>().is_ok() && words[5] == "KB", "{line}");
        assert_eq!(words.get(6), (number == 2).then_some(&"*"), "{line}");
    }
    desk.run(&["index", "rollback"]).expect(0);
    assert!(list()[1].ends_with(" * (rolled back)") && !list()[2].ends_with('*'), "{:?}", list());
    // What cannot be read is listed with the reason.
    fs::remove_file(desk.index().generation(&ids[0]).join("manifest.json")).unwrap();
    assert!(list()[0].contains("is damaged: manifest.json: No such file"), "{:?}", list());
}

#[test]
fn verify_checks_what_serves_or_all() {
    let (desk, ids) = desk();
    let right = |id: &str| format!("{id}: 12 files and all counts are right\n");
    assert_eq!(desk.run(&["index", "verify"]).expect(0).out, right(&ids[2]));
    let all: String = ids.iter().map(|id| right(id)).collect();
    assert_eq!(desk.run(&["index", "verify", "--all"]).expect(0).out, all);
    fs::write(desk.index().generation(&ids[0]).join("text.bin"), "").unwrap();
    desk.run(&["index", "verify"]).expect(0);
    let run = desk.run(&["index", "verify", "--all"]).expect(6);
    assert_eq!(run.out, right(&ids[1]) + &right(&ids[2]), "the others are checked all the same");
    assert!(run.err.starts_with(&format!("error: generation {} is damaged: text.bin has 0 bytes", ids[0])));
    // A damaged generation is no place to go back to.
    let before = desk.serving();
    desk.run(&["index", "rollback", "--to", &ids[0]]).expect(6).says("text.bin");
    assert_eq!(desk.serving(), before);
    // Gone altogether.
    fs::remove_dir_all(desk.index().generation(&ids[2])).unwrap();
    desk.run(&["index", "verify"]).expect(6).says(&ids[2]);
}

#[test]
fn rollback_lasts_until_articles_change() {
    let (desk, ids) = desk();
    assert_eq!(total(&desk), 3);
    let run = desk.run(&["index", "rollback"]).expect(0);
    assert_eq!(run.out, format!("{} serves now, until articles have changed and are indexed\n", ids[1]));
    assert_eq!(total(&desk), 2);
    desk.run(&["index", "rollback", "--to", &ids[0]]).expect(0);
    assert_eq!(total(&desk), 1);
    desk.run(&["index", "rollback"])
        .expect(2)
        .says(&format!("no generation with other content before {} in index", ids[0]));
    desk.run(&["index", "rollback", "--to", "000099-000000000000"]).expect(2);
    desk.run(&["index", "rollback", "--to", "../../etc"]).expect(2);
    assert_eq!(desk.serving(), ids[0]);
    // What was rolled back from does not come back by itself, as with a timer.
    for bad in [&ids[2], &ids[1]] {
        let run =
            desk.run(&["reindex"]).expect(0).says(&format!("those of {bad}, which was rolled back from"));
        assert!(run.out.starts_with(&format!("rolled back to {}: 1 article,", ids[0])), "{run:#?}");
        let run = desk.run(&["reindex", "--json"]).expect(0);
        assert_eq!(
            (&run.json()["published"], &run.json()["generation"]),
            (&false.into(), &ids[0].as_str().into())
        );
        assert_eq!((total(&desk), desk.serving()), (1, ids[0].clone()));
        fs::remove_file(desk.path("articles/zh/a/2.md")).unwrap_or_default();
    }
    // Other content ends it, and so does who insists.
    desk.write("articles/zh/a/3.md", "# 提币 3\n");
    desk.run(&["reindex"]).expect(0);
    assert_eq!((total(&desk), desk.serving() > ids[2]), (3, true));
    desk.run(&["index", "rollback"]).expect(0);
    assert_eq!(total(&desk), 3, "to the third: with other content");
    desk.run(&["reindex", "--force"]).expect(0);
    assert!(desk.run(&["index", "list"]).expect(0).out.ends_with("*\n"), "not pinned");
}

#[test]
fn rollback_does_not_lead_to_the_same_content() {
    let (desk, ids) = desk();
    desk.run(&["reindex", "--force"]).expect(0);
    desk.run(&["index", "rollback"]).expect(0);
    assert_eq!(desk.serving(), ids[1], "the third is the fourth once more");
}

#[test]
fn prune_keeps_three_and_the_one_that_serves() {
    let (desk, ids) = desk();
    assert_eq!(desk.run(&["index", "prune"]).expect(0).out, "");
    for old in ["000000-aaaaaaaaaaaa", "000000-bbbbbbbbbbbb"] {
        desk.write(&format!("index/generations/{old}/manifest.json"), "{}");
    }
    desk.run(&["index", "rollback", "--to", &ids[0]]).expect(0);
    // Somebody was interrupted while removing one.
    desk.write("index/generations/.pruned-000000-cccccccccccc/manifest.json", "{}");
    // The flag may stand on either side of the command.
    let mut removed: Vec<String> =
        desk.run(&["index", "--index", "index", "prune"]).expect(0).out.lines().map(str::to_owned).collect();
    removed.sort();
    assert_eq!(removed, ["removed 000000-aaaaaaaaaaaa", "removed 000000-bbbbbbbbbbbb"]);
    assert_eq!(desk.run(&["index", "prune", "--index", "index"]).expect(0).out, "");
    assert_eq!(desk.index().list().unwrap(), ids);
    assert_eq!(fs::read_dir(desk.path("index/generations")).unwrap().count(), 3, "nothing aside is left");
    assert_eq!(desk.serving(), ids[0]);
}

#[test]
fn an_index_of_another_version_is_refused_with_a_remedy() {
    use sha2::{Digest, Sha256};
    let desk = Desk::indexed(&[("articles/zh/a/one.md", "# 提币\n")]);
    let folder = desk.index().generation(&desk.serving());
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let now = format!("\"format\": {}", jieda::index::FORMAT);
    let (older, newer) = (manifest.replace(&now, "\"format\": 1"), manifest.replace(&now, "\"format\": 999"));
    for (version, manifest) in [("format 1,", older), ("format 999,", newer)] {
        fs::write(folder.join("manifest.sha256"), jieda::text::hex(&Sha256::digest(&manifest)) + "\n")
            .unwrap();
        fs::write(folder.join("manifest.json"), manifest).unwrap();
        for args in [&["search", "提币"][..], &["serve", "--no-build", "--listen", "127.0.0.1:0"]] {
            desk.run(args).expect(6).says(version).says("build it again with `jieda reindex`");
        }
        desk.run(&["index", "verify"]).expect(6).says(version);
    }
    // Its articles are the truth: nothing has to be carried over.
    desk.run(&["reindex"]).expect(0);
    assert_eq!(total(&desk), 1);
}
