//! The one door for writes: what is committed together fails apart.

use caseyos_api::clock::new_id;
use caseyos_api::store::events::{Actor, NewEvent};
use caseyos_api::store::{StoreError, Tx, access};
use caseyos_shared::model::{Role, UserId, WorkspaceId};
use futures::future::join_all;

use crate::harness::{TestApp, json};

/// How a write of the crowd goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Good,
    /// The database refuses a statement.
    Refused,
    /// The work itself says no, after it has written.
    Declined,
    /// The work panics, after it has written.
    Panics,
}

/// Somebody new and an event about them; then it goes its way.
async fn add(tx: &mut Tx, workspace: WorkspaceId, number: usize, way: Way) -> Result<usize, StoreError> {
    let now = caseyos_shared::model::Ts::from_millis(1_700_000_000_000);
    let email = |number: usize| format!("crowd{number}@example.com");
    access::add_person(tx, workspace, new_id(UserId::new), &email(number), "One of many", Role::Viewer, now).await?;
    tx.emit(NewEvent {
        workspace,
        kind: "person.crowd",
        at: now,
        actor: Actor::System,
        move_id: None,
        subject_id: None,
        data: json!({ "number": number }),
    });
    tx.count(workspace, None, 1, 0);
    match way {
        Way::Good => Ok(number),
        Way::Refused => {
            access::add_person(tx, workspace, new_id(UserId::new), &email(number), "Twice", Role::Viewer, now).await?;
            Ok(number)
        }
        Way::Declined => Err(StoreError::Stale),
        Way::Panics => panic!("a write that panics, on purpose"),
    }
}

#[tokio::test]
async fn a_write_that_fails_fails_alone_and_its_neighbours_are_committed() {
    let app = TestApp::new().await;
    let (db, workspace) = (app.app.db.clone(), app.workspace);
    let way = |number: usize| match number % 7 {
        1 => Way::Refused,
        3 => Way::Declined,
        5 => Way::Panics,
        _ => Way::Good,
    };
    let answers = join_all((0..210).map(|number| {
        let db = db.clone();
        async move { db.write(move |tx| Box::pin(add(tx, workspace, number, way(number)))).await }
    }))
    .await;
    for (number, answer) in answers.iter().enumerate() {
        let as_it_should = match (way(number), answer) {
            (Way::Good, Ok(answered)) => *answered == number,
            (Way::Refused, Err(StoreError::Taken)) | (Way::Declined, Err(StoreError::Stale)) => true,
            (Way::Panics, Err(StoreError::Other(what))) => what.contains("panicked"),
            _ => false,
        };
        assert!(as_it_should, "{number}, {:?}: {answer:?}", way(number));
    }
    assert_eq!(app.database.count("select count(*) from person where email like 'crowd%'").await, 120);
    assert_eq!(app.database.count("select count(*) from event where kind = 'person.crowd'").await, 120);
    assert_eq!(app.database.count("select max(seq) - count(*) from event").await, 0, "no gap where one failed");
    let counted = app.database.count("select cast(sum(ready) as bigint) from queue_count where assignee_id = ''").await;
    assert_eq!(counted, 120, "what a failed write counted is forgotten");
    let again = db.write(move |tx| Box::pin(add(tx, workspace, 999, Way::Good))).await;
    assert!(matches!(again, Ok(999)), "the door is open");
}
