//! Lead lists as they are in the world: each row once, each bad row named, nothing lost.

use std::io::Cursor;

use axum::http::Method;
use caseyos_api::clock::new_id;
use caseyos_api::signals::leads::{self, LeadFile, LeadImport, Summary};
use caseyos_shared::model::{ImportId, Scope};

use crate::harness::{Answer, Client, TestApp, json};

async fn import(app: &TestApp, text: impl Into<Vec<u8>>, outcome: Option<&str>) -> (Summary, Vec<String>) {
    let file = LeadFile::open(Cursor::new(text.into()), &[], outcome).unwrap();
    let what =
        LeadImport { workspace: app.workspace, id: new_id(ImportId::new), file_name: "leads.csv".to_owned(), by: None };
    let mut problems = Vec::new();
    let summary = leads::import(&app.app, &what, file, |_, problem| {
        problems.extend(problem.map(|problem| format!("{}: {}", problem.line, problem.reason)));
    });
    let summary = summary.await.unwrap();
    (summary, problems)
}

fn numbers(summary: &Summary) -> [i64; 4] {
    let counts = summary.counts;
    [counts.seen, counts.added, counts.known, counts.bad]
}

async fn upload(client: &Client, path: &str, body: impl Into<axum::body::Body>) -> Answer {
    client.send(Method::POST, path, Some("text/csv"), body).await
}

const LIST: &str =
    "Name,E-mail,Company,Budget,Converted\nAnn Lee,ann@acme.example,Acme,high,yes\nBob,bob@gmail.com,Bobs,low,no\n";

#[tokio::test]
async fn every_valid_row_gives_one_move_and_a_rerun_adds_only_what_was_missing() {
    let app = TestApp::new().await;
    let (first, problems) = import(&app, LIST, Some("converted")).await;
    assert_eq!((numbers(&first), problems.len()), ([2, 2, 0, 0], 0));
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead, Scope::ContactsRead]).await;
    let moves = reader.get("/api/command-queue").await.good();
    assert_eq!(moves["items"].as_array().unwrap().len(), 2, "{moves}");
    let signals = reader.get("/api/signals?source=csv&text=high").await.good();
    assert_eq!(signals["items"][0]["payload"]["Budget"], "high", "unknown columns are kept");
    assert_eq!(app.database.count("select count(*) from outcome").await, 2);
    let (again, _) = import(&app, format!("{LIST}Cy,cy@acme.example,Acme,,\n"), Some("converted")).await;
    assert_eq!(numbers(&again), [3, 1, 2, 0]);
    let (reordered, _) = import(&app, "Company,E-mail,Name\nAcme Inc,ANN@acme.example,Ann L.\n", None).await;
    assert_eq!(numbers(&reordered), [1, 0, 1, 0], "the address is what a row is known by");
    app.settle().await;
    assert_eq!(app.database.count("select count(*) from move").await, 3);
    assert_eq!(app.database.count("select count(*) from company").await, 2, "Acme by its domain, Bobs by its name");
}

#[tokio::test]
async fn bad_rows_are_named_by_line_and_the_good_ones_stay() {
    let app = TestApp::new().await;
    let text = "name,email,company\nAnn,ann@acme.example,Acme\nBad,not an address,Acme\n\"Two\nlines\",two@acme.example,Acme\nLong,l@acme.example,Acme,surplus\n,,\nAnn again,ANN@acme.example,Acme\nNobody,,\n";
    let (summary, problems) = import(&app, text, None).await;
    assert_eq!(numbers(&summary)[1..], [2, 1, 3], "{problems:?}");
    assert!(problems[0].starts_with("3: ") && problems[0].contains("not an address"), "{problems:?}");
    assert!(problems[1].starts_with("6: "), "a row is named by the line it begins on: {problems:?}");
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    let ledger = reader.get(&format!("/api/imports/{}", summary.id)).await.good();
    let lines = ledger["lines"]["items"].as_array().unwrap();
    let verdict_of =
        |line: i64| lines.iter().find(|one| one["line"] == line).map(|one| one["verdict"].as_str().unwrap());
    assert_eq!(verdict_of(2), Some("moved"));
    assert_eq!(verdict_of(3), Some("bad"));
    assert_eq!(verdict_of(8), Some("known"));
    let repeated = lines.iter().find(|one| one["line"] == 8).unwrap();
    assert_eq!(repeated["reason"], "The same e-mail address as on line 2.");
    assert_eq!(ledger["import"]["state"], "done");
    let page = reader.get(&format!("/api/imports/{}?limit=2", summary.id)).await.good();
    let next = page["lines"]["next_cursor"].as_str().unwrap();
    let rest = reader.get(&format!("/api/imports/{}?limit=200&cursor={next}", summary.id)).await.good();
    assert_eq!(rest["lines"]["items"].as_array().unwrap().len() + 2, lines.len(), "pages neither overlap nor skip");
    let theirs = app.other_workspace().await.key(&[Scope::QueueRead]).await;
    theirs.get(&format!("/api/imports/{}", summary.id)).await.problem("not_found", 404);
}

#[tokio::test]
async fn encodings_delimiters_and_byte_order_marks() {
    let app = TestApp::new().await;
    let latin1 = b"Vorname;Nachname;E-Mail;Firma\nJ\xfcrgen;Gro\xdf;jg@gross.example;Gro\xdf AG\n".to_vec();
    assert_eq!(numbers(&import(&app, latin1, None).await.0), [1, 1, 0, 0]);
    assert_eq!(numbers(&import(&app, "\u{feff}email\tname\na@tab.example\tAnn\n", None).await.0), [1, 1, 0, 0]);
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    assert_eq!(reader.get("/api/command-queue?text=J%C3%BCrgen").await.good()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_opted_out_is_called_or_left_alone() {
    let app = TestApp::new().await;
    let text =
        "email,phone,Do Not Email,Do Not Call\na@x.example,+49 30 1234567,Yes,No\nb@x.example,+49 30 1234568,Yes,Yes\n";
    import(&app, text, None).await;
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    let moves = reader.get("/api/command-queue").await.good();
    let kinds: Vec<&str> = moves["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["call"], "{moves}");
}

#[tokio::test]
async fn a_later_list_tells_what_came_of_known_leads_once_and_nothing_is_guessed_from_that_column() {
    let app = TestApp::new().await;
    import(&app, LIST, None).await;
    app.settle().await;
    assert_eq!(app.database.count("select count(*) from outcome").await, 0);
    for _ in 0..2 {
        let (again, _) = import(&app, LIST, Some("converted")).await;
        assert_eq!(numbers(&again), [2, 0, 2, 0]);
        app.settle().await;
        assert_eq!(app.database.count("select count(*) from outcome").await, 2, "each lead's once");
    }
    assert_eq!(app.database.count("select count(*) from move").await, 2, "news of old leads ask for no step");
    let mut list = "name,email,industry,Converted\n".to_owned();
    for n in 0..200 {
        let converted = if n % 2 == 0 { "yes" } else { "no" };
        list.push_str(&format!("L{n},l{n}@firm{n}.example,Mining,{converted}\n"));
    }
    import(&app, list.clone(), None).await;
    import(&app, list, Some("Converted")).await;
    app.advance(3_600_000);
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    let moves = reader.get("/api/command-queue?text=L12&limit=1").await.good();
    let learned = moves["items"][0]["factors"].as_array().unwrap().iter().find(|one| one["name"] == "learned");
    let because = learned.map(|one| one["because"].to_string()).unwrap_or_default();
    assert!(!because.to_lowercase().contains("converted"), "{because}");
    let points = learned.map_or(0.0, |one| one["points"].as_f64().unwrap());
    assert!(points.abs() < 3.0, "what came of a lead must not be its own reason: {points}, {because}");
}

#[tokio::test]
async fn who_opted_out_and_has_no_number_is_left_alone() {
    let app = TestApp::new().await;
    import(&app, "email,Do Not Email\na@x.example,Yes\nb@x.example,No\n", None).await;
    app.settle().await;
    assert_eq!(app.database.count("select count(*) from move").await, 1);
    let reader = app.key(&[Scope::QueueRead]).await;
    let signals = reader.get("/api/signals?text=no%20phone").await.good();
    assert_eq!(signals["items"].as_array().unwrap().len(), 1, "{signals}");
}

#[tokio::test]
async fn the_web_app_previews_and_imports() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let preview = upload(&member, "/api/imports/leads/preview", LIST).await.good();
    assert_eq!((&preview["seen"], &preview["good"]), (&json!(2), &json!(2)));
    assert_eq!(preview["columns"][1], json!({"name": "E-mail", "field": "email"}));
    assert_eq!(preview["rows"][0]["Budget"], "high");
    assert_eq!(app.database.count("select count(*) from signal").await, 0, "a preview keeps nothing");
    let done =
        upload(&member, "/api/imports/leads?file_name=my.csv&map=Budget%3Dtitle&outcome_column=Converted", LIST).await;
    let begun = done.status(202);
    assert_eq!((&begun["state"], &begun["file_name"]), (&json!("running"), &json!("my.csv")));
    app.settle().await;
    let imports = member.get("/api/imports").await.good();
    assert_eq!(imports["items"].as_array().unwrap().len(), 1);
    assert_eq!((&imports["items"][0]["state"], &imports["items"][0]["added"]), (&json!("done"), &json!(2)));
    upload(&member, "/api/imports/leads?map=Nothing%3Dtitle", LIST).await.complains_about("/map");
    upload(&member, "/api/imports/leads?outcome_column=Nothing", LIST).await.complains_about("/outcome_column");
    upload(&member, "/api/imports/leads?colour=red", LIST).await.complains_about("/colour");
    upload(&member, "/api/imports/leads", "").await.complains_about("");
    upload(&member, "/api/imports/leads", "PK\u{3}\u{4}xx").await.complains_about("");
    upload(&member, "/api/imports/leads", vec![b'x'; 21 << 20]).await.problem("too_large", 413);
    upload(&app.viewer().await, "/api/imports/leads", LIST).await.problem("forbidden", 403);
    assert_eq!(app.database.count("select count(*) from import").await, 1, "what was refused left nothing");
    assert_eq!(app.uploads(), 0, "neither does a file stay");
}

#[tokio::test]
async fn the_ledger_is_filtered_by_what_became_of_the_lines() {
    let app = TestApp::new().await;
    let (summary, _) = import(&app, format!("{LIST}Bad,no address,,,\nAnn,ann@acme.example,,,\n"), None).await;
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    for (verdict, lines) in [("moved", vec![2, 3]), ("bad", vec![4]), ("known", vec![5]), ("failed", vec![])] {
        let ledger = reader.get(&format!("/api/imports/{}?verdict={verdict}", summary.id)).await.good();
        let found: Vec<i64> =
            ledger["lines"]["items"].as_array().unwrap().iter().map(|one| one["line"].as_i64().unwrap()).collect();
        assert_eq!(found, lines, "{verdict}");
    }
    reader.get(&format!("/api/imports/{}?verdict=nonsense", summary.id)).await.complains_about("/verdict");
}

#[tokio::test]
async fn a_large_list_with_an_idempotency_key_is_taken_once() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let text = format!("email,notes\n{}", format!("a@x.example,{}\n", "x".repeat(100_000)).repeat(30));
    let keyed = member.clone().with("idempotency-key", "once");
    let first = upload(&keyed, "/api/imports/leads", text.clone()).await.status(202);
    let again = upload(&keyed, "/api/imports/leads", text.clone()).await;
    assert_eq!((again.header("idempotent-replayed"), again.status(202)["id"].clone()), ("true", first["id"].clone()));
    upload(&keyed, "/api/imports/leads", text.replace('x', "y")).await.complains_about("");
    upload(&member.with("idempotency-key", "large"), "/api/imports/leads", vec![b'x'; 21 << 20])
        .await
        .problem("too_large", 413);
    assert_eq!(app.database.count("select count(*) from import").await, 1);
    app.settle().await;
    assert_eq!(app.uploads(), 0);
}
