//! The numbers of this process: requests by route, status and latency, for Prometheus and for later reports.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use caseyos_shared::model::WorkspaceId;
use dashmap::DashMap;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use serde::Serialize;

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 8] = [0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 2.0];

static METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// The process's numbers.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    routes: DashMap<Counted, Route>,
}

/// What is counted apart: whose requests, by method, route and status.
type Counted = (Option<WorkspaceId>, &'static str, String, u16);

struct Route {
    requests: Counter,
    seconds: Histogram,
    unreported: Counts,
}

#[derive(Default)]
struct Counts {
    buckets: [AtomicU64; BUCKETS.len() + 1],
}

/// How many requests of one route ended with one status since the last report, by latency.
#[derive(Debug, Serialize)]
pub struct RouteReport {
    /// Whose requests; `None` for those of strangers.
    #[serde(skip)]
    pub workspace: Option<WorkspaceId>,
    /// The method.
    pub method: String,
    /// The route's template.
    pub route: String,
    /// The status.
    pub status: u16,
    /// How many requests.
    pub count: u64,
    /// How many took at most so many seconds, and `inf` for the rest.
    pub at_most: BTreeMap<String, u64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let builder = PrometheusBuilder::new();
        // Only an empty list of buckets is refused.
        let builder = builder.set_buckets(&BUCKETS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let describe = |name: &'static str, unit, words: &'static str| {
            (KeyName::from_const_str(name), unit, SharedString::const_str(words))
        };
        let (name, unit, words) =
            describe("caseyos_requests_total", Some(Unit::Count), "Requests by route and status.");
        recorder.describe_counter(name, unit, words);
        let (name, unit, words) = describe("caseyos_request_seconds", Some(Unit::Seconds), "How long requests took.");
        recorder.describe_histogram(name, unit, words);
        let handle = recorder.handle();
        Self { recorder, handle, routes: DashMap::new() }
    }
}

impl Metrics {
    /// Counts a request that was answered.
    pub fn request(&self, workspace: Option<WorkspaceId>, method: &str, route: &str, status: u16, took: Duration) {
        let method = known_method(method);
        let seconds = took.as_secs_f64();
        let key = (workspace, method, route.to_owned(), status);
        let entry = self
            .routes
            .get(&key)
            .unwrap_or_else(|| self.routes.entry(key).or_insert_with(|| self.route(method, route, status)).downgrade());
        entry.requests.increment(1);
        entry.seconds.record(seconds);
        let bucket = BUCKETS.iter().position(|bound| seconds <= *bound).unwrap_or(BUCKETS.len());
        entry.unreported.buckets[bucket].fetch_add(1, Ordering::Relaxed);
    }

    fn route(&self, method: &'static str, route: &str, status: u16) -> Route {
        let labels = vec![
            Label::from_static_parts("method", method),
            Label::new("route", route.to_owned()),
            Label::new("status", status.to_string()),
        ];
        Route {
            requests: self
                .recorder
                .register_counter(&Key::from_parts("caseyos_requests_total", labels.clone()), &METADATA),
            seconds: self.recorder.register_histogram(&Key::from_parts("caseyos_request_seconds", labels), &METADATA),
            unreported: Counts::default(),
        }
    }

    /// A gauge by name, made on first use.
    pub fn gauge(&self, name: &'static str) -> Gauge {
        self.recorder.register_gauge(&Key::from_static_name(name), &METADATA)
    }

    /// A counter by name, made on first use.
    pub fn counter(&self, name: &'static str) -> Counter {
        self.recorder.register_counter(&Key::from_static_name(name), &METADATA)
    }

    /// Everything, in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Drains the histograms' buffers; to be called now and then, whether anybody reads them or not.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// What was counted since the last report.
    #[must_use]
    pub fn report(&self) -> Vec<RouteReport> {
        self.routes
            .iter()
            .filter_map(|entry| {
                let (workspace, method, route, status) = entry.key();
                let names = BUCKETS.iter().map(ToString::to_string).chain(["inf".to_owned()]);
                let at_most: BTreeMap<String, u64> = names
                    .zip(&entry.unreported.buckets)
                    .map(|(name, count)| (name, count.swap(0, Ordering::Relaxed)))
                    .filter(|(_, count)| *count > 0)
                    .collect();
                let count = at_most.values().sum();
                (count > 0).then(|| RouteReport {
                    workspace: *workspace,
                    method: (*method).to_owned(),
                    route: route.clone(),
                    status: *status,
                    count,
                    at_most,
                })
            })
            .collect()
    }
}

impl Metrics {
    /// Counts again what was reported and could not be written down.
    pub fn take_back(&self, report: &[RouteReport]) {
        for lost in report {
            let key = (lost.workspace, known_method(&lost.method), lost.route.clone(), lost.status);
            let Some(entry) = self.routes.get(&key) else { continue };
            let names = BUCKETS.iter().map(ToString::to_string).chain(["inf".to_owned()]);
            for (name, bucket) in names.zip(&entry.unreported.buckets) {
                bucket.fetch_add(lost.at_most.get(&name).copied().unwrap_or(0), Ordering::Relaxed);
            }
        }
    }
}

/// A method as a label: those that exist, so that nobody can make labels without end.
fn known_method(method: &str) -> &'static str {
    match method {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_for_prometheus_and_reported_once() {
        let metrics = Metrics::default();
        let (mine, theirs) = (WorkspaceId::new(uuid::Uuid::from_u128(1)), WorkspaceId::new(uuid::Uuid::from_u128(2)));
        metrics.request(Some(mine), "GET", "/api/x", 200, Duration::from_millis(3));
        metrics.request(Some(mine), "GET", "/api/x", 200, Duration::from_secs(9));
        let text = metrics.render();
        assert!(text.contains(r#"caseyos_requests_total{method="GET",route="/api/x",status="200"} 2"#), "{text}");
        let report = metrics.report();
        assert_eq!(report.len(), 1);
        assert_eq!((report[0].count, report[0].at_most["0.005"], report[0].at_most["inf"]), (2, 1, 1));
        assert!(metrics.report().is_empty());
        metrics.take_back(&report);
        metrics.request(Some(theirs), "GET", "/api/x", 200, Duration::from_millis(3));
        let mut again = metrics.report();
        again.sort_by_key(|route| route.workspace);
        assert_eq!((again[0].workspace, again[0].count, again[1].count), (Some(mine), 2, 1), "each workspace apart");
        let text = metrics.render();
        assert!(text.contains(r#"caseyos_requests_total{method="GET",route="/api/x",status="200"} 3"#), "{text}");
    }
}
