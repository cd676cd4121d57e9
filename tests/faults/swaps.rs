//! Publications below readers who never stop asking.

use std::collections::BTreeSet;
use std::fs;

use jieda::index::indexer::Options;

use crate::answers;
use crate::process::Desk;
use crate::report;
use crate::server::{Load, Server};
use crate::world;

const SWAPS: usize = 1_000;
const ARTICLES: usize = 12;
const PATHS: [&str; 5] = [
    "/api/v1/search?q=%E6%96%87%E7%AB%A0",
    "/search?q=%E6%96%87%E7%AB%A0&lang=zh",
    "/zh/",
    "/zh/articles/a/3",
    "/api/v1/articles/a/4?lang=zh",
];

/// Gives every article the number of the generation it will be in.
fn write(desk: &Desk, number: usize) {
    for article in 0..ARTICLES {
        let text = format!(
            "# 文章 {article} 版{number}号\n\n文章的说明，版{number}号。\n\n## 步骤\n\n版{number}号\n"
        );
        world::write(&desk.path("articles"), &format!("zh/a/{article}.md"), &text);
    }
}

/// Everything in a reply must be of one generation.
fn is_of_one(path: &str, status: u16, body: &str) -> Result<(), String> {
    let numbers = body.split('版').skip(1).filter_map(|rest| rest.split_once('号')).map(|(number, _)| number);
    let mut numbers: BTreeSet<&str> = numbers.filter(|number| number.parse::<u64>().is_ok()).collect();
    if let Some(id) = body.split("\"generation\":\"").nth(1) {
        numbers.insert(id.split('-').next().unwrap_or_default().trim_start_matches('0'));
    }
    if status == 200 && numbers.len() == 1 {
        Ok(())
    } else {
        Err(format!("{path}: {status}, of {numbers:?}"))
    }
}

#[test]
fn a_thousand_publications_fail_no_request_and_leave_nothing_behind() {
    let desk = Desk::new(&[]);
    write(&desk, 1);
    desk.run(&["reindex"]).expect(0);
    let server = Server::start(&desk, &[], &["--no-build"]);
    let load = Load::start(&server.address, 2, &PATHS, is_of_one);
    let mut used = Vec::new();
    for number in 2..=SWAPS + 1 {
        write(&desk, number);
        answers::reindex(&desk.index(), &desk.path("articles"), Options::default());
        server.follows(&desk.serving());
        if number % 100 == 1 {
            used.push(server.uses());
        }
    }
    let (asked, failures) = load.stop();
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(asked >= SWAPS, "{asked}");
    assert!(desk.index().list().unwrap().len() <= 3);
    let (memory, files): (Vec<usize>, Vec<usize>) = used.iter().copied().unzip();
    // Ends are compared: what happens to be in flight comes and goes.
    let (early, late) = (memory[..3].iter().max().unwrap(), memory[7..].iter().min().unwrap());
    assert!(*late <= early + 8 * 1_024, "memory grows: {memory:?}");
    let (early, late) = (files[..3].iter().max().unwrap(), files[7..].iter().min().unwrap());
    assert!(late <= early, "files stay open: {files:?}");
    let result = format!(
        "0 of {asked} requests failed, none mixed two generations; memory {} to {} MiB, open files {} to {}",
        memory[0] / 1_024,
        memory.last().unwrap() / 1_024,
        files[0],
        files.last().unwrap()
    );
    report("F-11", "publications below two readers who never stop", SWAPS, &result);
}

#[test]
fn an_index_that_is_removed_is_not_missed() {
    const TRIES: usize = 5;
    let desk = Desk::new(&[]);
    write(&desk, 1);
    desk.run(&["reindex"]).expect(0);
    let server = Server::start(&desk, &[], &["--no-build"]);
    let mut asked = 0;
    for _ in 0..TRIES {
        let load = Load::start(&server.address, 2, &PATHS, |path, status, body| match status {
            200 if body.contains("文章") => Ok(()),
            _ => Err(format!("{path}: {status}")),
        });
        fs::remove_dir_all(desk.path("index")).unwrap();
        for _ in 0..100 {
            assert_eq!(server.get(PATHS[0]).unwrap().0, 200);
        }
        // The counter begins again: another content, or there would be nothing new.
        write(&desk, asked + 2);
        answers::reindex(&desk.index(), &desk.path("articles"), Options::default());
        server.follows(&desk.serving());
        let (more, failures) = load.stop();
        assert!(failures.is_empty(), "{failures:#?}");
        asked += more;
    }
    let result = format!("0 of {asked} requests failed; the next reindex is served without a restart");
    report("F-10", "the index folder removed below a running server", TRIES, &result);
}
