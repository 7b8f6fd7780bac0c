//! Each route's requests, statuses and latencies, as one event per workspace now and then: what later reports are made of.

use std::collections::BTreeMap;
use std::time::Duration;

use caseyos_shared::model::WorkspaceId;

use crate::app::App;
use crate::metrics::RouteReport;
use crate::store::events::{Actor, NewEvent};
use crate::store::{StoreError, access};

/// How often a serving process writes down what it counted.
pub const EVERY: Duration = Duration::from_secs(300);
/// The kind of the event.
pub const COUNTED: &str = "requests.counted";

/// Writes down what this process counted since the last time. Requests of strangers belong to the workspace where there is
/// only one; where there are several they are in the process's metrics alone.
///
/// # Errors
/// When the store cannot; what was counted is counted again.
pub async fn write_down(app: &App) -> Result<(), StoreError> {
    let report = app.metrics.report();
    if report.is_empty() {
        return Ok(());
    }
    let only = match access::workspaces(&app.db).await?.as_slice() {
        [only] => Some(only.id),
        _ => None,
    };
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<&RouteReport>> = BTreeMap::new();
    for route in &report {
        if let Some(workspace) = route.workspace.or(only) {
            by_workspace.entry(workspace).or_default().push(route);
        }
    }
    let now = app.clock.now();
    let events: Vec<NewEvent> = by_workspace
        .into_iter()
        .map(|(workspace, routes)| NewEvent {
            workspace,
            kind: COUNTED,
            at: now,
            actor: Actor::System,
            move_id: None,
            subject_id: None,
            data: serde_json::json!({ "routes": routes }),
        })
        .collect();
    let written = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move {
                events.into_iter().for_each(|event| tx.emit(event));
                Ok(())
            })
        })
        .await;
    if written.is_err() {
        app.metrics.take_back(&report);
    }
    written
}
