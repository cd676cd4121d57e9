//! Replies that are asked for again:
//!
//! 1. The same request gets the very same reply, byte for byte; another parameter, another one.
//! 2. A new generation answers anew.
//! 3. Who takes gzip gets gzip, of the very same reply; who refuses it does not.
//! 4. Failures are not kept.

use std::io::Read;

use crate::support::TestSite;
use crate::world;

const PATH: &str = "/api/v1/search?lang=zh&q=%E6%8F%90%E5%B8%81";

fn site() -> TestSite {
    let text = format!("# 提币失败怎么办？\n\n{}\n", "提币被拒时先看错误码。".repeat(40));
    TestSite::new(&[("zh/withdrawal/failed.md", &text)])
}

#[test]
fn the_same_question_gets_the_same_reply() {
    let site = site();
    let first = site.get(PATH);
    assert_eq!(first.json()["total"], 1);
    // Another search would have taken another time.
    for _ in 0..20 {
        assert_eq!(site.get(PATH).body, first.body);
    }
    assert_eq!(site.get(PATH).header("cache-control"), "private, no-store");
    let other = site.json("/api/v1/search?lang=zh&q=%E6%8F%90%E5%B8%81&page=2");
    assert_eq!((&other["total"], other["hits"].as_array().unwrap().len()), (&1.into(), 0));
    let explained = site.json(&format!("{PATH}&explain=true"));
    assert!(explained["hits"][0]["explanation"].is_array());
    assert!(site.json(PATH)["hits"][0].get("explanation").is_none());
}

#[test]
fn a_new_generation_answers_anew() {
    let site = site();
    let first = site.json(PATH);
    world::write(site.world().articles.path(), "zh/withdrawal/fees.md", "# 提币手续费\n\n固定。\n");
    site.reindex();
    let second = site.json(PATH);
    assert_eq!((&first["total"], &second["total"]), (&1.into(), &2.into()));
    assert_ne!(first["generation"], second["generation"]);
}

#[test]
fn gzip_for_those_who_take_it() {
    let site = site();
    let plain = site.get(PATH);
    for accepted in ["gzip, deflate, br", "br;q=1.0, GZIP;q=0.5"] {
        let reply = site.get_with(PATH, &[("accept-encoding", accepted)]);
        assert_eq!(reply.header("content-encoding"), "gzip", "{accepted}");
        assert_eq!(reply.header("vary"), "accept-encoding");
        assert!(reply.body.len() * 2 < plain.body.len(), "{} bytes", reply.body.len());
        let mut body = Vec::new();
        flate2::read::GzDecoder::new(reply.body.as_slice()).read_to_end(&mut body).unwrap();
        assert_eq!(body, plain.body.as_slice());
    }
    for refused in ["identity", "gzip;q=0", "gzip;q=0.0, identity", "gzippy"] {
        let reply = site.get_with(PATH, &[("accept-encoding", refused)]);
        assert_eq!(
            (reply.header("content-encoding"), &reply.body),
            (String::new(), &plain.body),
            "{refused}"
        );
    }
}

#[test]
fn failures_are_not_kept() {
    let site = site();
    for _ in 0..2 {
        assert_eq!(site.get(&format!("{PATH}&page=0")).status, 400);
    }
    assert_eq!(site.get(PATH).status, 200);
}
