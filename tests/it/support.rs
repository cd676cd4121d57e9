//! A help center for tests: articles, an index of them, and the server's router in front.
//!
//! ```text
//! let site = TestSite::new(&[("zh/account/login.md", "# 登录\n")]);
//! let reply = site.get("/zh/articles/account/login");
//! assert_eq!(reply.status, 200);
//! ```

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use jieda::app::{App, Site};
use jieda::config::Config;
use jieda::http::{self, Guard};
use jieda::index::indexer::{Options, Outcome};
use tower::ServiceExt;

use crate::world::World;

/// A help center that answers in process.
pub(crate) struct TestSite {
    world: World,
    app: Arc<App>,
    router: Router,
}

/// A reply, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl TestSite {
    /// A site with these articles and the default configuration.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, Site::from(&Config::default()))
    }

    /// A site with these articles and settings.
    pub(crate) fn with(files: &[(&str, &str)], site: Site) -> Self {
        let world = World::new(files);
        let app = Arc::new(App::new(site, world.searcher()));
        let guard = Guard::new(http::Options::default(), Arc::default());
        let router = http::router(Arc::clone(&app), Arc::new(guard));
        Self { world, app, router }
    }

    /// The articles that this repository ships.
    pub(crate) fn of_repository() -> Self {
        Self::of_repository_with(Site::from(&Config::default()))
    }

    /// The same, with these settings.
    pub(crate) fn of_repository_with(site: Site) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("articles");
        let mut files = Vec::new();
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                    files.push((name, std::fs::read_to_string(path).unwrap()));
                }
            }
        }
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Self::with(&files, site)
    }

    /// The articles and the index behind the site.
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// The state of the server.
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Indexes what the articles folder has now, and serves it.
    pub(crate) fn reindex(&self) -> Outcome {
        let outcome = self.world.reindex(Options::default());
        self.app.swap(self.world.searcher());
        outcome
    }

    /// `GET` as a program does that accepts anything.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[])
    }

    /// `GET` with these headers.
    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.request("GET", path, headers)
    }

    /// Any request without a body.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
        send(&self.router, method, path, headers)
    }

    /// `POST` with a body of this type.
    pub(crate) fn post(&self, path: &str, content_type: &str, body: &str, headers: &[(&str, &str)]) -> Reply {
        let length = body.len().to_string();
        let own = [("content-type", content_type), ("content-length", length.as_str())];
        let headers: Vec<(&str, &str)> = own.iter().chain(headers).copied().collect();
        send_body(&self.router, "POST", path, &headers, body)
    }

    /// The JSON of a reply that must be a 200.
    pub(crate) fn json(&self, path: &str) -> serde_json::Value {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// The HTML of a reply that must be a 200.
    pub(crate) fn page(&self, path: &str) -> String {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.text().to_owned()
    }
}

/// Sends a request to any router and reads the reply.
pub(crate) fn send(router: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    send_body(router, method, path, headers, "")
}

fn send_body(router: &Router, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    })
}

impl Reply {
    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The text between two marks of the body, the first that there is.
    pub(crate) fn between(&self, start: &str, end: &str) -> &str {
        let text = self.text();
        let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
        rest.split_once(end).unwrap_or_else(|| panic!("no {end} behind {start}")).0
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header, empty if it is not there; several of one name are joined by commas.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        values.collect::<Vec<_>>().join(", ")
    }
}
