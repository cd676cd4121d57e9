//! What operators count, in the text format of Prometheus.
//!
//! **Invariant:** labels are the patterns of routes, known methods and classes of statuses:
//! nothing a client sends makes a series.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use rustc_hash::FxHashMap;

use super::Guard;
use crate::app::App;

/// Upper bounds of the histogram's buckets, in microseconds.
const BUCKETS: [u64; 12] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000];
/// Methods that are told apart.
pub(super) const METHODS: [&str; 4] = ["GET", "HEAD", "POST", "other"];
/// Classes of statuses.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// By the pattern of the route.
    routes: RwLock<FxHashMap<Box<str>, Route>>,
    /// Requests for which there was no place.
    pub shed: Counter,
    /// Requests of clients that ask too often.
    pub rate_limited: Counter,
    /// Handlers that panicked.
    pub panics: Counter,
    /// Connections that were taken.
    pub connections: Counter,
    /// Connections that have ended.
    pub connections_ended: Counter,
    /// Connections closed at once, as their client has too many.
    pub connections_refused: Counter,
    /// Times the system could not hand out a connection.
    pub accept_errors: Counter,
    /// Lines of the log that nobody took in time.
    pub log_lines_dropped: Counter,
}

/// What is counted of one route.
#[derive(Debug, Default)]
struct Route {
    requests: [[Counter; CLASSES.len()]; METHODS.len()],
    /// Requests by duration; the last bucket has those above all bounds.
    buckets: [Counter; BUCKETS.len() + 1],
    micros: AtomicU64,
}

impl Route {
    fn record(&self, method: usize, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        self.requests[method][class].add();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.buckets[BUCKETS.partition_point(|bound| *bound < micros)].add();
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// The place of a method among [`METHODS`].
pub(super) fn method_index(method: &Method) -> usize {
    METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1)
}

impl Metrics {
    /// Counts a reply. `route` is a pattern, of which there are few.
    pub(super) fn record(&self, route: &str, method: usize, status: StatusCode, took: Duration) {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = routes.get(route) {
            return known.record(method, status, took);
        }
        drop(routes);
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(route.into()).or_default().record(method, status, took);
    }

    /// The text that a collector reads.
    pub(super) fn render(app: &App, guard: &Guard) -> String {
        let mut text = String::with_capacity(16 * 1024);
        guard.metrics.write(&mut text, app, guard).expect("a string takes everything");
        text
    }

    fn write(&self, text: &mut String, app: &App, guard: &Guard) -> fmt::Result {
        self.write_routes(text)?;
        let open = self.connections.count().saturating_sub(self.connections_ended.count());
        let serving = app.serving();
        let (helpful, unhelpful) = app.feedback().counts();
        let in_flight = u64::try_from(guard.gate.in_flight()).unwrap_or(u64::MAX);
        let articles = u64::try_from(serving.catalog().len()).unwrap_or(u64::MAX);
        for (name, kind, help, value) in [
            ("requests_in_flight", "gauge", "Requests that have begun or wait for it.", in_flight),
            (
                "requests_shed_total",
                "counter",
                "Requests turned away for want of capacity.",
                self.shed.count(),
            ),
            (
                "requests_rate_limited_total",
                "counter",
                "Requests of clients that ask too often.",
                self.rate_limited.count(),
            ),
            ("panics_total", "counter", "Handlers that panicked.", self.panics.count()),
            ("connections_open", "gauge", "Connections open now.", open),
            ("connections_total", "counter", "Connections taken.", self.connections.count()),
            (
                "connections_refused_total",
                "counter",
                "Connections of clients that have too many.",
                self.connections_refused.count(),
            ),
            (
                "accept_errors_total",
                "counter",
                "Times the system could not hand out a connection.",
                self.accept_errors.count(),
            ),
            (
                "log_lines_dropped_total",
                "counter",
                "Lines of the log that nobody took in time.",
                self.log_lines_dropped.count(),
            ),
            ("unanswered_total", "counter", "Questions that nothing answers.", app.unanswered()),
            ("articles", "gauge", "Articles that are served, languages apart.", articles),
            (
                "index_in_step",
                "gauge",
                "0 while the index folder is gone or names a generation that cannot be used.",
                u64::from(app.is_in_step()),
            ),
            ("draining", "gauge", "1 when the server is about to stop.", u64::from(app.is_draining())),
        ] {
            writeln!(text, "# HELP jieda_{name} {help}\n# TYPE jieda_{name} {kind}\njieda_{name} {value}")?;
        }
        writeln!(text, "# HELP jieda_feedback_total What readers said of articles.")?;
        writeln!(text, "# TYPE jieda_feedback_total counter")?;
        writeln!(text, "jieda_feedback_total{{helpful=\"yes\"}} {helpful}")?;
        writeln!(text, "jieda_feedback_total{{helpful=\"no\"}} {unhelpful}")?;
        writeln!(text, "# HELP jieda_generation_info The generation that answers.")?;
        writeln!(text, "# TYPE jieda_generation_info gauge")?;
        writeln!(text, "jieda_generation_info{{generation=\"{}\"}} 1", serving.generation())?;
        writeln!(text, "# HELP jieda_build_info The version of the program.")?;
        writeln!(text, "# TYPE jieda_build_info gauge")?;
        writeln!(text, "jieda_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))
    }

    fn write_routes(&self, text: &mut String) -> fmt::Result {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let mut routes: Vec<(&str, &Route)> = routes.iter().map(|(name, route)| (&**name, route)).collect();
        routes.sort_unstable_by_key(|(name, _)| *name);
        writeln!(text, "# HELP jieda_requests_total Replies by route, method and class of status.")?;
        writeln!(text, "# TYPE jieda_requests_total counter")?;
        for (name, route) in &routes {
            for (method, classes) in METHODS.iter().zip(&route.requests) {
                for (class, counter) in CLASSES.iter().zip(classes).filter(|(_, counter)| counter.count() > 0)
                {
                    let count = counter.count();
                    writeln!(
                        text,
                        "jieda_requests_total{{route=\"{name}\",method=\"{method}\",status=\"{class}\"}} {count}"
                    )?;
                }
            }
        }
        writeln!(text, "# HELP jieda_request_duration_seconds Until the head of the reply, by route.")?;
        writeln!(text, "# TYPE jieda_request_duration_seconds histogram")?;
        for (name, route) in &routes {
            let mut total = 0;
            for (bound, counter) in BUCKETS.iter().zip(&route.buckets) {
                total += counter.count();
                let bound = Seconds(*bound);
                writeln!(
                    text,
                    "jieda_request_duration_seconds_bucket{{route=\"{name}\",le=\"{bound}\"}} {total}"
                )?;
            }
            total += route.buckets[BUCKETS.len()].count();
            let sum = Seconds(route.micros.load(Ordering::Relaxed));
            writeln!(text, "jieda_request_duration_seconds_bucket{{route=\"{name}\",le=\"+Inf\"}} {total}")?;
            writeln!(text, "jieda_request_duration_seconds_sum{{route=\"{name}\"}} {sum}")?;
            writeln!(text, "jieda_request_duration_seconds_count{{route=\"{name}\"}} {total}")?;
        }
        Ok(())
    }
}

/// Microseconds, written as seconds.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_counted_by_method_class_and_duration() {
        let metrics = Metrics::default();
        for (method, status, micros) in [
            (Method::GET, 200, 400),
            (Method::GET, 204, 500),
            (Method::GET, 404, 501),
            (Method::POST, 503, 1_500_000),
            (Method::DELETE, 405, 9_000_000),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            metrics.record("/{lang}/", method_index(&method), status, Duration::from_micros(micros));
        }
        let mut text = String::new();
        metrics.write_routes(&mut text).unwrap();
        for line in [
            "jieda_requests_total{route=\"/{lang}/\",method=\"GET\",status=\"2xx\"} 2",
            "jieda_requests_total{route=\"/{lang}/\",method=\"GET\",status=\"4xx\"} 1",
            "jieda_requests_total{route=\"/{lang}/\",method=\"POST\",status=\"5xx\"} 1",
            "jieda_requests_total{route=\"/{lang}/\",method=\"other\",status=\"4xx\"} 1",
            "jieda_request_duration_seconds_bucket{route=\"/{lang}/\",le=\"0.000500\"} 2",
            "jieda_request_duration_seconds_bucket{route=\"/{lang}/\",le=\"0.001000\"} 3",
            "jieda_request_duration_seconds_bucket{route=\"/{lang}/\",le=\"2.500000\"} 4",
            "jieda_request_duration_seconds_bucket{route=\"/{lang}/\",le=\"+Inf\"} 5",
            "jieda_request_duration_seconds_sum{route=\"/{lang}/\"} 10.501401",
            "jieda_request_duration_seconds_count{route=\"/{lang}/\"} 5",
        ] {
            assert!(text.lines().any(|written| written == line), "{line} is not in {text}");
        }
        assert_eq!(text.lines().filter(|line| line.starts_with("jieda_requests_total")).count(), 4);
    }
}
