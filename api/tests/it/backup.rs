//! A copy that is made while the server works is whole, and a server goes on from it elsewhere.

use std::path::Path;

use caseyos_shared::model::Scope;

use crate::harness::{Server, TestApp, Value, caseyos, eventually, json, run};

const PASSWORD: &str = "correct horse battery";

async fn send(server: &Server, key: &str, number: usize) {
    let signal = json!({"source": "api", "kind": "demo_request", "dedupe_key": format!("b{number}"),
        "contact": {"email": format!("pat{number}@firm{number}.example")}});
    server.post(key, "/api/signals", &signal).await.status(202);
}

/// What the copy says of itself.
fn manifest(dir: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(dir.join("manifest.json")).unwrap()).unwrap()
}

/// How many rows each table has that people would miss.
async fn counts(url: &str) -> Vec<i64> {
    let mut all = Vec::new();
    for sql in [
        "select count(*) from signal",
        "select count(*) from move",
        "select count(*) from contact",
        "select count(*) from person",
        "select count(*) from api_key",
        "select count(*) from hook",
        "select count(*) from event",
        "select cast(coalesce(sum(ready), 0) as bigint) from queue_count",
    ] {
        all.push(crate::harness::count(url, sql).await);
    }
    all
}

#[tokio::test]
async fn a_copy_made_under_load_is_whole_and_a_new_folder_serves_it() {
    let app = TestApp::new().await;
    if !app.database.is_sqlite() {
        return;
    }
    let ann = json!({"email": "ann@example.com", "role": "admin", "password": PASSWORD, "name": "Ann"});
    app.admin().await.post("/api/users", ann).await.status(201);
    let key = app.key(&[Scope::Admin]).await.sends("authorization").to_owned();
    app.app.db.close().await;
    let server = Server::start(&app.database).await;
    let hook = server.post(&key, "/api/hooks", &json!({"name": "CRM"})).await.status(201);
    for number in 0..50 {
        send(&server, &key, number).await;
    }
    let copies = tempfile::tempdir().unwrap();
    let (under_load, quiet) = (copies.path().join("under-load"), copies.path().join("quiet"));
    let mut command = caseyos(&app.database.url, app.database.folder.path());
    let export = async { run(command.arg("export").arg(&under_load), "").await };
    let load = async {
        for number in 50..150 {
            send(&server, &key, number).await;
        }
    };
    let (exported, ()) = tokio::join!(export, load);
    exported.good();
    let waiting = "select count(*) from signal where verdict = 'waiting'";
    eventually("every signal is worked", async || app.database.count(waiting).await == 0).await;
    server.tell_to_stop();
    server.ends_well().await;
    run(caseyos(&app.database.url, app.database.folder.path()).arg("export").arg(&quiet), "").await.good();

    let url = |dir: &Path| format!("sqlite://{}", dir.join("caseyos.db").display());
    assert_eq!(counts(&url(&quiet)).await, counts(&app.database.url).await);
    let taken = counts(&url(&under_load)).await;
    assert!((50..=150).contains(&taken[0]), "{taken:?}");
    let whole = "select count(*) from pragma_integrity_check where integrity_check = 'ok'";
    assert_eq!(crate::harness::count(&url(&under_load), whole).await, 1);
    let gaps = crate::harness::count(&url(&under_load), "select max(seq) - count(*) from event").await;
    assert_eq!(gaps, 0, "a copy from the middle of a transaction");
    let manifest = manifest(&under_load);
    assert_eq!((&manifest["database"], &manifest["secret_key"]["included"]), (&json!("caseyos.db"), &json!(false)));
    assert!(!under_load.join("secret.key").exists());

    // As the README says: the copy and the old key in a new data folder.
    let restored = tempfile::tempdir().unwrap();
    std::fs::copy(under_load.join("caseyos.db"), restored.path().join("caseyos.db")).unwrap();
    std::fs::copy(app.database.folder.path().join("secret.key"), restored.path().join("secret.key")).unwrap();
    let mut serve = caseyos(&url(restored.path()), restored.path());
    let server = Server::spawn(serve.args(["serve", "--addr", "127.0.0.1:0"])).await;
    let signals = server.get(&key, "/api/signals?limit=200").await.good();
    assert_eq!(signals["items"].as_array().unwrap().len() as i64, taken[0], "the key works, and every signal is there");
    let sign_in = json!({"email": "ann@example.com", "password": PASSWORD});
    assert_eq!(server.post("", "/api/auth/sign-in", &sign_in).await.good()["user"]["name"], "Ann");
    let body = json!({"type": "demo.requested", "data": {"contact": {"email": "ada@ruiz.example"}}});
    let at = now();
    let webhook = standardwebhooks::Webhook::new(hook["secret"].as_str().unwrap()).unwrap();
    let signature = webhook.sign("m1", at, body.to_string().as_bytes()).unwrap();
    let path = hook["url"].as_str().unwrap().split_once("/hooks/").unwrap().1;
    let mut line = server.line("").await.unwrap();
    line.header("webhook-id", "m1")
        .header("webhook-timestamp", &at.to_string())
        .header("webhook-signature", &signature);
    let taken = line.send("POST", &format!("/hooks/{path}"), Some(&body)).await.unwrap();
    taken.status(202);
    server.tell_to_stop();
    server.ends_well().await;
}

fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

#[tokio::test]
async fn a_folder_that_holds_something_is_not_written_to() {
    let app = TestApp::new().await;
    if !app.database.is_sqlite() {
        return;
    }
    let full = tempfile::tempdir().unwrap();
    std::fs::write(full.path().join("caseyos.db"), "precious").unwrap();
    let refused = run(caseyos(&app.database.url, app.database.folder.path()).arg("export").arg(full.path()), "").await;
    assert!(refused.complaint().contains("is not empty"), "{refused:?}");
    assert_eq!(std::fs::read(full.path().join("caseyos.db")).unwrap(), b"precious");
}
