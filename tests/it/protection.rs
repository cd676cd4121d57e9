//! What stands between the server and those who ask too much of it:
//!
//! 1. Beyond the places there are, requests get a 503 at once, whatever they ask; health
//!    answers. When there are places again, they are answered.
//! 2. A client that asks too often gets a 429; others do not notice. Who a client is, only a
//!    trusted proxy may say.
//! 3. Feedback is limited also where nothing else is.
//! 4. A body is read only where it belongs, and there is room for so many bytes of them. One
//!    that does not arrive in time is a 408.
//! 5. Whatever is turned away is told when to come again, in the form it can read.
//! 6. Figures are told by route: no address makes a series. Panics are counted.
//! 7. A request has a name, its own or ours.
//! 8. A place is given back when the work has ended, and not before.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::Request;
use axum::routing::get;
use http_body_util::BodyExt;
use hyper::body::Frame;
use jieda::config::Network;
use jieda::http::client::Peer;
use jieda::http::{self, Guard, Options, router};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::support::{Reply, TestSite};

const FILES: [(&str, &str); 2] = [
    ("zh/account/login.md", "# 无法登录\n\n检查密码。\n\n![图](x.gif)\n"),
    ("zh/account/x.gif", "GIF89a not really"),
];
const FEEDBACK: &str = r#"{"id":"account/login","lang":"zh","helpful":true}"#;

/// A site behind a guard of its own.
struct Guarded {
    site: TestSite,
    guard: Arc<Guard>,
    router: Router,
}

impl Guarded {
    fn new(change: impl FnOnce(&mut Options)) -> Self {
        Self::with(change, Router::new())
    }

    /// With routes of the test's own.
    fn with(change: impl FnOnce(&mut Options), routes: Router<Arc<jieda::app::App>>) -> Self {
        let site = TestSite::new(&FILES);
        let mut options = Options::default();
        change(&mut options);
        let guard = Arc::new(Guard::new(options, Arc::default()));
        let own = router::shared(routes, Arc::clone(site.app()), Arc::clone(&guard));
        let all = http::router(Arc::clone(site.app()), Arc::clone(&guard));
        // What the test has no route for goes to the site.
        let router = Router::new().nest_service("/test", own).fallback_service(all);
        Self { site, guard, router }
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// `GET` from an address, with `X-Forwarded-For` unless that is empty.
    async fn get(&self, path: &str, peer: &str, forwarded: &str) -> Reply {
        self.send(from(peer, forwarded).uri(path).body(Body::empty()).unwrap()).await
    }

    async fn feedback(&self, peer: &str) -> u16 {
        let request = from(peer, "").method("POST").uri("/api/v1/feedback");
        let request = request.header("content-type", "application/json");
        let request = request.header("content-length", FEEDBACK.len());
        self.send(request.body(FEEDBACK.into()).unwrap()).await.status
    }

    async fn metrics(&self) -> String {
        let router = http::ops_router(Arc::clone(self.site.app()), Arc::clone(&self.guard));
        let request = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
        let reply = router.oneshot(request).await.unwrap();
        assert_eq!(reply.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        String::from_utf8(reply.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    /// The value of a series.
    async fn metric(&self, name: &str) -> String {
        let text = self.metrics().await;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
    }
}

fn from(peer: &str, forwarded: &str) -> axum::http::request::Builder {
    let mut request = Request::builder().extension(Peer(peer.parse::<IpAddr>().unwrap())).header("host", "a");
    if !forwarded.is_empty() {
        request = request.header("x-forwarded-for", forwarded);
    }
    request
}

const NOBODY: &str = "127.0.0.1";
const BROWSER: &str = "text/html,application/xhtml+xml";

#[tokio::test]
async fn beyond_its_places_it_says_so_at_once() {
    let doors = Arc::new(Semaphore::new(0));
    let entered = Arc::new(Semaphore::new(0));
    let handler = {
        let (doors, entered) = (Arc::clone(&doors), Arc::clone(&entered));
        async move || {
            entered.add_permits(1);
            doors.acquire().await.unwrap().forget();
            "done"
        }
    };
    let routes = Router::new().route("/slow", get(handler));
    let guarded = Arc::new(Guarded::with(|options| options.max_in_flight = 2, routes));
    let slow = || {
        let guarded = Arc::clone(&guarded);
        tokio::spawn(async move { guarded.get("/test/slow", NOBODY, "").await.status })
    };
    let (first, second) = (slow(), slow());
    entered.acquire_many(2).await.unwrap().forget();
    assert_eq!(guarded.metric("jieda_requests_in_flight").await, "2");
    for path in ["/api/v1/search?q=a", "/", "/nothing", "/assets/jieda.css", "/api/nothing"] {
        let reply = guarded.get(path, NOBODY, "").await;
        assert_eq!((reply.status, reply.header("retry-after").as_str()), (503, "1"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "private, no-store");
    }
    let problem = guarded.get("/api/v1/search?q=a", NOBODY, "").await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(problem.json()["code"], "overloaded");
    let page = from(NOBODY, "").uri("/ko/").header("accept", BROWSER).header("accept-encoding", "br");
    let page = guarded.send(page.body(Body::empty()).unwrap()).await;
    assert_eq!(page.header("content-encoding"), "", "turning away costs next to nothing");
    assert!(page.text().contains("<html lang=\"ko\"") && !page.text().contains("account/login"));
    for path in ["/healthz", "/readyz"] {
        assert_eq!(guarded.get(path, NOBODY, "").await.status, 200);
    }
    assert_eq!(guarded.metric("jieda_requests_shed_total").await, "7");
    doors.add_permits(1);
    let done = tokio::select! { done = first => done, done = second => done };
    assert_eq!(done.unwrap(), 200);
    assert_eq!(guarded.get("/api/v1/search?q=a", NOBODY, "").await.status, 200, "there is a place again");
    doors.add_permits(1);
}

#[tokio::test]
async fn a_client_that_asks_too_often_waits() {
    let guarded = Guarded::new(|options| options.per_ip_rps = Some(1));
    let mut refused = None;
    for _ in 0..30 {
        let reply = guarded.get("/api/v1/search?q=a", "192.0.2.1", "").await;
        if reply.status != 200 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.expect("there is a limit");
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (429, "1"));
    assert_eq!(refused.json()["code"], "too-many-requests");
    let page = from("192.0.2.1", "").uri("/en/").header("accept", BROWSER).body(Body::empty()).unwrap();
    let page = guarded.send(page).await;
    assert_eq!(page.status, 429);
    assert!(page.text().contains("<html lang=\"en\""));
    for other in ["192.0.2.2", "2001:db8::1", "127.0.0.1", "::1"] {
        assert_eq!(guarded.get("/", other, "").await.status, 200, "{other}");
    }
    assert_eq!(guarded.get("/healthz", "192.0.2.1", "").await.status, 200);
    assert_eq!(guarded.metric("jieda_requests_rate_limited_total").await, "2");
    for _ in 0..40 {
        assert_eq!(guarded.get("/", "127.0.0.1", "").await.status, 200, "loopback is not one client");
    }
}

#[tokio::test]
async fn who_a_client_is_only_a_trusted_proxy_may_say() {
    let guarded = Guarded::new(|options| {
        options.per_ip_rps = Some(1);
        options.trusted_proxies = vec![Network::parse("10.0.0.0/8").unwrap()];
    });
    let answered = async |peer: &str, forwarded: &dyn Fn(u32) -> String| {
        let mut answered = 0;
        for turn in 0..1_000 {
            answered += u32::from(guarded.get("/robots.txt", peer, &forwarded(turn)).await.status == 200);
        }
        answered
    };
    let rotating = |turn: u32| format!("198.51.{}.{}", turn / 250, turn % 250);
    // A second may pass in the meantime, and give back one.
    let bucket = 20..=40;
    let lying = answered("192.0.2.9", &rotating).await;
    assert!(bucket.contains(&lying), "a header of nobody's: {lying}");
    let one = answered("10.0.0.1", &|turn| format!("{}, 203.0.113.5", rotating(turn))).await;
    assert!(bucket.contains(&one), "what is left of the first stranger: {one}");
    assert_eq!(answered("10.0.0.1", &rotating).await, 1_000, "a thousand clients");
    assert_eq!(answered("10.0.0.1", &|_| "nonsense".to_owned()).await, 1_000, "a proxy is not one client");
}

#[tokio::test]
async fn feedback_is_always_limited() {
    let guarded = Guarded::new(|_| {});
    let mut codes = Vec::new();
    for _ in 0..15 {
        codes.push(guarded.feedback("192.0.2.1").await);
    }
    assert_eq!(codes.iter().filter(|code| **code == 204).count(), 10, "{codes:?}");
    assert_eq!(codes[10..], [429; 5]);
    assert_eq!(guarded.feedback("192.0.2.2").await, 204);
    assert_eq!(guarded.feedback("127.0.0.1").await, 204);
    assert_eq!(guarded.site.app().feedback().counts(), (12, 0), "what is refused is not counted");
    assert_eq!(guarded.get("/", "192.0.2.1", "").await.status, 200, "reading is not limited");
}

/// A body that never arrives; tells each time that somebody looks.
struct Never(Arc<Semaphore>);

impl HttpBody for Never {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.add_permits(1);
        Poll::Pending
    }
}

/// The head of a request with a body of so many bytes, which never comes.
fn half(method: &str, path: &str, length: usize, looked: &Arc<Semaphore>) -> Request<Body> {
    let request = from(NOBODY, "").method(method).uri(path).header("content-type", "application/json");
    request.header("content-length", length).body(Body::new(Never(Arc::clone(looked)))).unwrap()
}

#[tokio::test]
async fn a_body_is_read_only_where_it_belongs() {
    let guarded = Guarded::new(|options| options.body_timeout = Duration::from_millis(50));
    let looked = Arc::new(Semaphore::new(0));
    for (method, path, status) in [
        ("POST", "/zh/", 405),
        ("POST", "/no/such/thing", 404),
        ("PUT", "/api/v1/feedback", 405),
        ("DELETE", "/api/v1/search", 405),
        ("POST", "/healthz", 405),
    ] {
        assert_eq!(guarded.send(half(method, path, 65_536, &looked)).await.status, status, "{method} {path}");
    }
    assert_eq!(looked.available_permits(), 0, "nobody looked");
}

#[tokio::test]
async fn there_is_room_for_so_many_bodies() {
    let guarded = Arc::new(Guarded::new(|_| {}));
    let looked = Arc::new(Semaphore::new(0));
    let large = |_| {
        let (guarded, request) = (Arc::clone(&guarded), half("POST", "/api/v1/feedback", 65_536, &looked));
        tokio::spawn(async move { guarded.send(request).await.status })
    };
    let under_way: Vec<_> = (0..64).map(large).collect();
    looked.acquire_many(64).await.unwrap().forget();
    let refused = guarded.send(half("POST", "/api/v1/feedback", 1, &looked)).await;
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"));
    assert_eq!(guarded.get("/", NOBODY, "").await.status, 200, "others need no room");
    assert_eq!(guarded.metric("jieda_requests_shed_total").await, "1");
    for one in under_way {
        one.abort();
        assert!(one.await.unwrap_err().is_cancelled());
    }
    assert_eq!(guarded.feedback(NOBODY).await, 204, "there is room again");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let guarded = Guarded::new(|options| {
        options.body_timeout = Duration::from_millis(50);
        options.max_in_flight = 1;
    });
    let reply = guarded.send(half("POST", "/api/v1/feedback", 40, &Arc::new(Semaphore::new(0))));
    // The body has no place until it is there.
    let other = guarded.get("/", NOBODY, "");
    let started = Instant::now();
    let (reply, other) = tokio::join!(reply, other);
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!((reply.status, other.status), (408, 200));
    assert_eq!(reply.json()["code"], "request-timeout");
}

#[tokio::test]
async fn no_address_makes_a_series() {
    let routes = Router::new().route("/panic", get(async || -> &'static str { panic!("on purpose") }));
    let guarded = Guarded::with(|_| {}, routes);
    for path in ["/", "/api/v1/search?q=a", "/zh/articles/none", "/media/none.png"] {
        guarded.get(path, NOBODY, "").await;
    }
    guarded.get("/no/thing", NOBODY, "").await;
    let series = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    let before = guarded.metrics().await;
    for turn in 0..2_500 {
        for path in [
            format!("/no/{turn}"),
            format!("/zh/articles/{turn}/{turn}"),
            format!("/media/{turn}.png"),
            format!("/api/v1/search?q={turn}"),
        ] {
            // The answer to a question takes a while; one in a hundred shows the same.
            if !path.starts_with("/api") || turn % 100 == 0 {
                guarded.get(&path, NOBODY, "").await;
            }
        }
        let odd = from(NOBODY, "").method(format!("M{turn}").as_str()).uri("/no/thing");
        guarded.send(odd.body(Body::empty()).unwrap()).await;
    }
    let after = guarded.metrics().await;
    assert!(series(&after) <= series(&before) + 1, "{} and {}:\n{after}", series(&before), series(&after));
    assert!(after.contains("route=\"unmatched\",method=\"GET\",status=\"4xx\"} 2501\n"), "{after}");
    assert!(after.contains("route=\"/media/{name}\",method=\"GET\",status=\"4xx\"} 2501\n"), "{after}");
    assert!(!after.contains("q=") && !after.contains("none"), "{after}");
    let generation = guarded.site.app().serving().generation().to_owned();
    assert!(after.contains(&format!("jieda_generation_info{{generation=\"{generation}\"}} 1\n")));
    for _ in 0..3 {
        assert_eq!(guarded.get("/test/panic", NOBODY, "").await.status, 500);
    }
    assert_eq!(guarded.metric("jieda_panics_total").await, "3");
    assert_eq!(guarded.get("/", NOBODY, "").await.status, 200, "others do not notice");
    for line in guarded.metrics().await.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("jieda_") && value.parse::<f64>().is_ok(), "{line}");
    }
}

#[tokio::test]
async fn a_request_has_a_name() {
    let guarded = Guarded::new(|_| {});
    let id = async |path: &str, given: &str| {
        let request = from(NOBODY, "").uri(path).header("x-request-id", given).body(Body::empty()).unwrap();
        guarded.send(request).await.header("x-request-id")
    };
    for path in ["/", "/nothing", "/healthz"] {
        assert_eq!(id(path, "4711-abc").await, "4711-abc", "{path}");
        assert_eq!(id(path, "<script>").await.len(), 16, "{path}");
    }
    assert_ne!(id("/", "").await, id("/", "").await);
}

#[tokio::test]
async fn a_server_that_stops_ends_its_connections() {
    let guarded = Guarded::new(|_| {});
    assert_eq!(guarded.get("/", NOBODY, "").await.header("connection"), "");
    guarded.site.app().drain();
    assert_eq!(guarded.get("/", NOBODY, "").await.header("connection"), "close");
}

#[test]
fn reading_an_image_keeps_its_place() {
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let guarded = Guarded::new(|_| {});
        let page = guarded.get("/zh/articles/account/login", NOBODY, "").await;
        let path = format!("/media/{}", page.between("/media/", "\""));
        // Whoever reads is busy.
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || wait.recv());
        let mut asked = Box::pin(guarded.get(&path, NOBODY, ""));
        let turns = async {
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            _ = &mut asked => panic!("nobody could have read it"),
            () = turns => {}
        }
        drop(asked);
        assert_eq!(guarded.metric("jieda_requests_in_flight").await, "1", "it will be read");
        drop(release);
        assert!(busy.await.unwrap().is_err());
        // The only thread has come to what was asked later.
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        assert_eq!(guarded.metric("jieda_requests_in_flight").await, "0");
        let image = guarded.get(&path, NOBODY, "").await;
        assert_eq!((image.status, image.text()), (200, FILES[1].1));
        assert!(path.contains(image.header("etag").trim_matches('"')), "the name is the hash already");
    });
}

#[tokio::test]
async fn compressing_is_part_of_the_work() {
    let guarded = Guarded::new(|_| {});
    for (path, encoding) in [("/zh/articles/account/login", "br"), ("/api/v1/openapi.json", "gzip")] {
        let request = from(NOBODY, "").uri(path).header("accept-encoding", encoding);
        let reply = guarded.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(reply.headers()["content-encoding"], encoding);
        let length = reply.body().size_hint().exact().expect("the body is ready");
        assert_eq!(reply.into_body().collect().await.unwrap().to_bytes().len() as u64, length);
    }
}
