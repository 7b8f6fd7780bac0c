//! What happens to an import when the process does not live to its end.

use axum::http::Method;
use caseyos_api::jobs::import::{Content, order, tidy};
use caseyos_api::signals::leads::{self, LeadFile};
use caseyos_api::signals::uploads::Incoming;
use caseyos_api::store::StoreError;
use caseyos_api::store::imports::{begin_import, find_import};
use caseyos_shared::model::{ImportId, Role, Ts};

use crate::harness::{TestApp, json};

const LIST: &str = "email,name\na@x.example,Ann\nb@x.example,Bob\nnobody\nb@x.example,Bob again\n";

/// A file as it was sent and kept, and its import as it was ordered.
async fn ordered(app: &TestApp, text: &str) -> ImportId {
    let (id, person) = (caseyos_api::clock::new_id(ImportId::new), app.person(Role::Member).await.id);
    let mut incoming = Incoming::begin(&app.app, app.workspace).await.unwrap();
    incoming.take(text.as_bytes()).await.unwrap();
    incoming.end().await.unwrap().keep(&app.app, app.workspace, id, "x.csv").await.unwrap();
    let content = Content::Leads { maps: Vec::new(), outcome_column: None };
    order(&app.app, app.workspace, id, "x.csv", person, content.clone()).await.unwrap();
    // Ordered twice is ordered once.
    order(&app.app, app.workspace, id, "x.csv", person, content).await.unwrap();
    id
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_and_counts_what_it_had_added_as_added() {
    let app = TestApp::new().await;
    let id = ordered(&app, LIST).await;
    // A first run that added everything, and whose process ended before it could say so.
    let file = LeadFile::open(std::io::Cursor::new(LIST), &[], None).unwrap();
    leads::run(&app.app, app.workspace, id, file, |_, _| {}).await.unwrap();
    assert_eq!(find_import(&app.app.db, app.workspace, id).await.unwrap().unwrap().state, "running");
    app.settle().await;
    let done = find_import(&app.app.db, app.workspace, id).await.unwrap().unwrap();
    let counts = done.counts;
    assert_eq!((done.state.as_str(), counts.seen, counts.added, counts.known, counts.bad), ("done", 4, 2, 1, 1));
    assert_eq!(app.database.count("select count(*) from move").await, 2);
    assert_eq!(app.database.count("select count(*) from import_problem").await, 2, "each problem is told once");
    assert_eq!(app.database.count("select count(*) from job where kind = 'import'").await, 0);
    assert_eq!(app.uploads(), 0, "the file went with its import");
}

#[tokio::test]
async fn an_import_whose_file_is_gone_fails_in_words_that_say_what_to_do() {
    let app = TestApp::new().await;
    let id = ordered(&app, LIST).await;
    std::fs::remove_dir_all(app.database.folder.path().join("uploads")).unwrap();
    for _ in 0..5 {
        app.settle().await;
        app.advance(Ts::HOUR);
    }
    let failed = find_import(&app.app.db, app.workspace, id).await.unwrap().unwrap();
    assert_eq!(failed.state, "failed");
    assert!(failed.notes[0].contains("Import the file again; what was added is known."), "{:?}", failed.notes);
}

#[tokio::test]
async fn an_import_of_the_command_line_that_was_killed_is_told_to_have_failed() {
    let app = TestApp::new().await;
    let (id, waits) = (caseyos_api::clock::new_id(ImportId::new), ordered(&app, LIST).await);
    let (workspace, now) = (app.workspace, app.app.clock.now());
    app.app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { begin_import(tx, workspace, id, "leads", "x.csv", None, now).await })
        })
        .await
        .unwrap();
    let state = async |id| find_import(&app.app.db, workspace, id).await.unwrap().unwrap().state;
    tidy(&app.app, workspace).await.unwrap();
    assert_eq!(state(id).await, "running", "it may be alive beside us");
    app.advance(2 * Ts::HOUR);
    tidy(&app.app, workspace).await.unwrap();
    assert_eq!(state(id).await, "failed");
    assert_eq!(state(waits).await, "running", "a job will go on with it");
    assert_eq!(app.uploads(), 1, "so its file stays");
    app.settle().await;
    assert_eq!(state(waits).await, "done");
}

#[tokio::test]
async fn an_upload_that_was_broken_off_is_cleared_away() {
    let app = TestApp::new().await;
    let incoming = Incoming::begin(&app.app, app.workspace).await.unwrap();
    std::mem::forget(incoming);
    tidy(&app.app, app.workspace).await.unwrap();
    assert_eq!(app.uploads(), 1, "it may still be coming");
    app.advance(Ts::HOUR);
    tidy(&app.app, app.workspace).await.unwrap();
    assert_eq!(app.uploads(), 0);
}

#[tokio::test]
async fn a_slow_sender_has_more_than_the_half_minute_of_other_requests() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let chunks = ["email\n", "a@x.example\n", "b@x.example\n"].into_iter().enumerate();
    let slow = futures::stream::unfold(chunks, |mut chunks| async move {
        let (at, chunk) = chunks.next()?;
        if at > 0 {
            tokio::time::sleep(std::time::Duration::from_secs(17)).await;
        }
        Some((Ok::<_, std::io::Error>(chunk), chunks))
    });
    let body = axum::body::Body::from_stream(slow);
    let begun = member.send(Method::POST, "/api/imports/leads", Some("text/csv"), body).await.status(202);
    app.settle().await;
    let address = format!("/api/imports/{}", begun["id"].as_str().unwrap());
    assert_eq!(member.get(&address).await.good()["import"]["added"], json!(2));
}
