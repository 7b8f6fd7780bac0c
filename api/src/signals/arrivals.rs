//! The door by which signals come in one at a time: those that arrive together are written together, and each is answered when it
//! is durable.

use std::collections::BTreeMap;
use std::sync::Mutex;

use caseyos_shared::model::WorkspaceId;
use tokio::sync::oneshot;

use crate::app::App;
use crate::store::StoreError;
use crate::store::signals::{NewSignal, add_signals};

/// How many signals one write takes at most.
const TOGETHER: usize = 200;

/// The signals that wait to be written.
#[derive(Default)]
pub struct Arrivals(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: Vec<Arrival>,
    /// Whether somebody writes already; then whoever arrives only waits.
    busy: bool,
}

struct Arrival {
    workspace: WorkspaceId,
    signal: NewSignal,
    answer: oneshot::Sender<Result<bool, StoreError>>,
}

/// Takes a signal in; answers whether it is new once it is durable.
///
/// # Errors
/// When the store cannot; then it is not here.
pub async fn take_in(app: &App, workspace: WorkspaceId, signal: NewSignal) -> Result<bool, StoreError> {
    let (answer, answered) = oneshot::channel();
    let begins = match app.arrivals.0.lock() {
        Ok(mut queue) => {
            queue.waiting.push(Arrival { workspace, signal, answer });
            !std::mem::replace(&mut queue.busy, true)
        }
        Err(_) => return Err(gone()),
    };
    if begins {
        // By itself: whoever sent the first of them may hang up.
        tokio::spawn(write_all(app.clone()));
    }
    answered.await.unwrap_or_else(|_| Err(gone()))
}

fn gone() -> StoreError {
    StoreError::Other("whoever writes arriving signals is gone".to_owned())
}

async fn write_all(app: App) {
    loop {
        let batch = {
            let Ok(mut queue) = app.arrivals.0.lock() else { return };
            if queue.waiting.is_empty() {
                queue.busy = false;
                return;
            }
            let end = queue.waiting.len().min(TOGETHER);
            queue.waiting.drain(..end).collect::<Vec<_>>()
        };
        let mut by_workspace: BTreeMap<WorkspaceId, Vec<Arrival>> = BTreeMap::new();
        for arrival in batch {
            by_workspace.entry(arrival.workspace).or_default().push(arrival);
        }
        let writes = by_workspace.into_iter().map(|(workspace, arrivals)| write_together(&app, workspace, arrivals));
        futures::future::join_all(writes).await;
    }
}

async fn write_together(app: &App, workspace: WorkspaceId, arrivals: Vec<Arrival>) {
    let (signals, answers): (Vec<NewSignal>, Vec<_>) =
        arrivals.into_iter().map(|arrival| (arrival.signal, arrival.answer)).unzip();
    match write(app, workspace, signals.clone()).await {
        Ok(added) => {
            for (answer, new) in answers.into_iter().zip(added) {
                // Who hung up does not wait for it.
                let _gone = answer.send(Ok(new));
            }
        }
        // One that cannot be written must not take its neighbours along.
        Err(_) if signals.len() > 1 => {
            for (answer, signal) in answers.into_iter().zip(signals) {
                let added = write(app, workspace, vec![signal]).await;
                let _gone = answer.send(added.map(|added| added == [true]));
            }
        }
        Err(error) => {
            for answer in answers {
                let _gone = answer.send(Err(error.clone()));
            }
        }
    }
}

async fn write(app: &App, workspace: WorkspaceId, signals: Vec<NewSignal>) -> Result<Vec<bool>, StoreError> {
    let now = app.clock.now();
    app.db.write(move |tx| Box::pin(async move { add_signals(tx, workspace, &signals, now).await })).await
}
