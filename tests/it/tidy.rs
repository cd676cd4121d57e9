//! House rules, run as tests:
//!
//! 1. A module imports only modules below it.
//! 2. A package is used only in the module that wraps it.
//! 3. No file has more than 600 lines; nothing is left for later; no test is ignored.
//! 4. `ARCHITECTURE.md` names every module file, and no file that is not there.
//! 5. No page has inline script, style or handlers, no sheet a side of the screen: sides are
//!    those of the text.
//! 6. `index/` holds a `.gitignore` and nothing else.

use std::path::{Path, PathBuf};

/// Module → the modules it may import. A module may always import itself.
const IMPORTS: [(&str, &[&str]); 18] = [
    ("text", &[]),
    ("parallel", &[]),
    ("lang", &["text"]),
    ("logo", &["text"]),
    ("theme", &["text"]),
    ("traditional", &["text"]),
    ("entity", &["text"]),
    ("lexicon", &["lang", "text"]),
    ("article", &["lang", "text", "parallel", "entity", "lexicon"]),
    ("analysis", &["lang", "text", "lexicon"]),
    ("index", &["lang", "text", "parallel", "lexicon", "article", "analysis"]),
    ("search", &["lang", "text", "entity", "lexicon", "article", "analysis", "index"]),
    ("eval", &["lang", "text", "lexicon", "article", "analysis", "index", "search"]),
    ("config", &["lang", "text", "theme"]),
    ("replies", &["search"]),
    ("app", &["lang", "logo", "text", "theme", "article", "index", "search", "config", "replies"]),
    (
        "http",
        &[
            "lang",
            "text",
            "parallel",
            "theme",
            "traditional",
            "article",
            "index",
            "search",
            "config",
            "replies",
            "app",
        ],
    ),
    ("cli", &["lang", "logo", "text", "article", "index", "search", "eval", "config", "app", "http"]),
];

/// Package → where it may be used: a module, or a file of one.
const PACKAGES: [(&str, &[&str]); 14] = [
    ("tantivy", &["index", "search"]),
    ("tantivy_common", &["index/segment.rs"]),
    ("axum", &["http"]),
    ("hyper", &["http"]),
    ("tower", &["http"]),
    ("askama", &["http"]),
    ("clap", &["cli", "main"]),
    ("jieba_rs", &["analysis/chinese.rs"]),
    ("ferrous_opencc", &["analysis/variants.rs", "traditional.rs"]),
    ("brotli", &["http/assets.rs"]),
    ("flate2", &["replies.rs"]),
    ("quick_cache", &["replies.rs"]),
    ("pulldown_cmark", &["article"]),
    ("serde_saphyr", &["article/entries.rs"]),
];

const MAX_LINES: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below `folder` with one of these endings, relative to the project.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "node_modules") {
                    open.push(path);
                }
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

/// `src/index/publish.rs` → `index`, `src/lang.rs` → `lang`.
fn module_of(file: &str) -> &str {
    let inner = file.strip_prefix("src/").unwrap();
    inner.split(['/', '.']).next().unwrap()
}

/// Code without comments and without the test module at the end.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]").next().unwrap();
    source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The names that follow `prefix` in a source: `crate::index::…` → `index`; names in
/// braces right behind it count too.
fn names_behind(source: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in source.split(prefix).skip(1) {
        let name = |text: &str| {
            text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
        };
        match rest.strip_prefix('{') {
            Some(list) => names.extend(list.split('}').next().unwrap().split(',').map(name)),
            None => names.push(name(rest)),
        }
    }
    names
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for (file, source) in files("src", &[".rs"]) {
        let module = module_of(&file);
        if matches!(module, "main" | "lib") {
            continue;
        }
        let allowed = IMPORTS.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{file}: the module `{module}` is not in the table"));
        for name in names_behind(&code(&source), "crate::") {
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{file}: `{module}` must not import `{name}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn packages_stay_where_they_are_wrapped() {
    let mut wrong = Vec::new();
    for (file, source) in files("src", &[".rs"]) {
        let code = code(&source);
        for (package, places) in PACKAGES {
            let path = format!("{package}::");
            let uses = code
                .match_indices(&path)
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
            let inner = file.strip_prefix("src/").unwrap();
            if uses && !places.iter().any(|place| module_of(&file) == *place || inner == *place) {
                wrong.push(format!("{file} must not use `{package}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_and_finished() {
    let mut wrong = Vec::new();
    let sources = [
        ("src", &[".rs", ".html", ".css", ".js"][..]),
        ("tests", &[".rs", ".mjs"][..]),
        ("benches", &[".rs"][..]),
    ];
    // Written apart, or this file would name itself.
    let leftovers = [["TO", "DO"], ["FIX", "ME"], ["todo", "!("], ["#[ign", "ore"], ["unimpl", "emented!("]]
        .map(|parts| parts.concat());
    for (folder, endings) in sources {
        for (file, source) in files(folder, endings) {
            let lines = source.lines().count();
            if lines > MAX_LINES {
                wrong.push(format!("{file} has {lines} lines, at most {MAX_LINES} are allowed"));
            }
            for leftover in leftovers.iter().filter(|leftover| source.contains(*leftover)) {
                wrong.push(format!("{file} contains `{leftover}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_names_every_file() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let sources = files("src", &[".rs"]);
    let mut wrong = Vec::new();
    for (file, _) in &sources {
        // A folder's file is named within the line of its folder.
        let (folder, name) = file
            .strip_prefix("src/")
            .unwrap()
            .rsplit_once('/')
            .unwrap_or(("", file.strip_prefix("src/").unwrap()));
        let stem = name.strip_suffix(".rs").unwrap();
        let line = map.lines().find(|line| line.starts_with(&format!("| `{folder}/`")));
        let is_named = if folder.is_empty() {
            map.contains(&format!("`{name}`"))
        } else {
            stem == "mod" && line.is_some() || line.is_some_and(|line| line.contains(&format!("`{stem}`")))
        };
        if !is_named {
            wrong.push(format!("ARCHITECTURE.md does not name {file}"));
        }
    }
    for line in map.lines().filter(|line| line.starts_with("| `")) {
        let mut names = line.split('`').skip(1).step_by(2);
        let Some(folder) = names.next().and_then(|folder| folder.strip_suffix('/')) else { continue };
        for name in line.split('|').nth(2).unwrap_or_default().split('`').skip(1).step_by(2) {
            let path = format!("src/{folder}/{name}");
            let exists = root().join(format!("{path}.rs")).exists() || root().join(&path).exists();
            if !exists {
                wrong.push(format!("ARCHITECTURE.md names {path}, which is not there"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn templates_have_nothing_inline() {
    let mut wrong = Vec::new();
    for (file, source) in files("src/http/templates", &[".html"]) {
        for part in [" style=", "<style", "javascript:", " onclick", " onload", " onerror", " onsubmit"] {
            if source.contains(part) {
                wrong.push(format!("{file} contains `{part}`"));
            }
        }
        for tag in source.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()) {
            if !tag.contains(" src=\"") && tag != " type=\"application/ld+json\"" {
                wrong.push(format!("{file} has an inline script"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sheets_know_no_left_and_right() {
    let sides = ["left", "right", "top", "bottom", "width", "height"];
    let mut wrong = Vec::new();
    for (file, source) in files("src/http/assets", &[".css"]) {
        for (number, line) in source.lines().enumerate() {
            let Some((name, value)) = line.trim().split_once(':') else { continue };
            // Conditions of media queries are about the screen.
            let name = if line.trim_start().starts_with('@') { "" } else { name };
            let is_side = name.split('-').any(|part| sides.contains(&part)) && !name.starts_with("--");
            let is_physical = ["text-align", "float", "clear"].contains(&name)
                && ["left", "right"].iter().any(|side| value.contains(side));
            // Lines, not sides: `border-width`, `outline-width`, `line-height`.
            let is_line = name.ends_with("line-height")
                || matches!(name, "border-width" | "outline-width" | "scrollbar-width" | "stroke-width");
            if is_physical || is_side && !is_line {
                wrong.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_index_folder_of_the_repository_is_empty() {
    let ignore = std::fs::read_to_string(root().join("index/.gitignore")).unwrap();
    assert_eq!(ignore, "*\n!.gitignore\n");
}
