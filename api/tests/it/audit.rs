//! Receipts: sealed with what they tell, listed, exported, and verified by this program and by another.

use std::process::Command;

use caseyos_shared::model::Scope;
use caseyos_shared::receipt::verify_lines;

use crate::harness::{Client, TestApp, Value, json};

async fn weigh(client: &Client, urgency: i64) {
    client.patch("/api/workspace", json!({ "weights": { "urgency": urgency } })).await.good();
}

async fn export(client: &Client) -> String {
    let answer = client.get("/api/audit/export").await;
    assert_eq!((answer.code.as_u16(), answer.header("content-type")), (200, "application/jsonl"), "{answer}");
    answer.text()
}

#[tokio::test]
async fn every_change_of_weights_leaves_a_receipt_and_nothing_else_does() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert_eq!(admin.get("/api/audit").await.good()["items"], json!([]));
    assert_eq!(export(&admin).await, "");
    weigh(&admin, 15).await;
    weigh(&admin, 15).await;
    admin.patch("/api/workspace", json!({ "name": "New" })).await.good();
    let me = admin.person.unwrap();
    admin.patch(&format!("/api/users/{me}"), json!({ "weights": { "fit": 20 } })).await.good();
    admin.patch(&format!("/api/users/{me}"), json!({ "weights": null })).await.good();
    let items = admin.get("/api/audit").await.good()["items"].clone();
    let items = items.as_array().unwrap();
    let seqs: Vec<_> = items.iter().map(|one| one["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, [3, 2, 1], "the newest first");
    for one in items {
        assert_eq!((&one["kind"], &one["result"]["state"]), (&json!("weights"), &json!("set")));
        assert_eq!(one["actor"], json!({ "kind": "person", "user_id": me }));
        assert!(one["payload_digest"].is_string());
    }
    assert_eq!(verify_lines(export(&admin).await.lines()).unwrap().count, 3);
}

#[tokio::test]
async fn a_change_that_fails_leaves_none_and_many_at_once_leave_one_each() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let stale = admin.clone().with("if-match", "\"0\"");
    stale.patch("/api/workspace", json!({ "weights": { "urgency": 3 } })).await.problem("out_of_date", 412);
    let me = admin.person.unwrap();
    let path = format!("/api/users/{me}");
    let many = (1..=40).map(|n| {
        let (admin, path) = (admin.clone(), path.clone());
        async move { admin.patch(&path, json!({ "weights": { "fit": n } })).await.good() }
    });
    futures::future::join_all(many).await;
    let text = export(&admin).await;
    let verified = verify_lines(text.lines()).unwrap();
    assert_eq!(verified.count, 40);
    // Pages meet without a gap.
    let mut seqs: Vec<i64> = Vec::new();
    let mut path = "/api/audit?limit=7".to_owned();
    loop {
        let page = admin.get(&path).await.good();
        seqs.extend(page["items"].as_array().unwrap().iter().map(|one| one["seq"].as_i64().unwrap()));
        let Value::String(cursor) = &page["next_cursor"] else { break };
        path = format!("/api/audit?limit=7&cursor={cursor}");
    }
    assert_eq!(seqs, (1..=40).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn chains_of_two_workspaces_know_nothing_of_each_other() {
    let app = TestApp::new().await;
    let other = app.other_workspace().await;
    let (ours, theirs) = (app.admin().await, other.admin().await);
    weigh(&ours, 15).await;
    weigh(&theirs, 16).await;
    weigh(&ours, 17).await;
    assert_eq!(verify_lines(export(&ours).await.lines()).unwrap().count, 2);
    assert_eq!(verify_lines(export(&theirs).await.lines()).unwrap().count, 1);
    let both = format!("{}{}", export(&theirs).await, export(&ours).await);
    assert_eq!(verify_lines(both.lines()).unwrap_err().seq, 2);
    let key = app.key(&[Scope::AuditRead]).await;
    assert_eq!(key.get("/api/audit").await.good()["items"].as_array().unwrap().len(), 2);
    app.key(&[Scope::QueueRead]).await.get("/api/audit").await.problem("forbidden", 403);
}

/// The program in `docs/receipts.md`, as somebody else would run it.
fn second_verifier(folder: &std::path::Path, export: &str) -> (bool, String) {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/receipts.md")).unwrap();
    let program = document.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let (script, file) = (folder.join("verify.py"), folder.join("receipts.jsonl"));
    std::fs::write(&script, program).unwrap();
    std::fs::write(&file, export).unwrap();
    let output = Command::new("python3").arg(&script).arg(&file).output().expect("python3 is needed for this test");
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[tokio::test]
async fn the_documents_own_verifier_agrees() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    for urgency in 10..20 {
        weigh(&admin, urgency).await;
    }
    let text = export(&admin).await;
    let folder = tempfile::tempdir().unwrap();
    let (good, said) = second_verifier(folder.path(), &text);
    assert!(good && said.starts_with("10 receipts hold"), "{said}");
    let tampered: String = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 6 { line.replacen("\"set\"", "\"sat\"", 1) } else { line.to_owned() } + "\n")
        .collect();
    let (good, said) = second_verifier(folder.path(), &tampered);
    assert!(!good && said.contains("receipt 7"), "{said}");
    assert_eq!(verify_lines(tampered.lines()).unwrap_err().seq, 7);
}

/// The command line, beside the test's own database.
fn audit(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_caseyos"))
        .arg("audit")
        .args(arguments)
        .current_dir(app.database.folder.path())
        .env("DATABASE_URL", &app.database.url)
        .env("CASEYOS_DATA_DIR", app.database.folder.path())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_verifies_exports_and_finds_what_was_changed() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    assert!(audit(&app, &["verify"]).1.starts_with("The chain holds: 0 receipts."));
    for urgency in 10..18 {
        weigh(&admin, urgency).await;
    }
    let (code, said) = audit(&app, &["verify", "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!((code, &said["holds"], &said["count"]), (Some(0), &json!(true), &json!(8)));
    let end = format!("8:{}", said["last"]["hash"].as_str().unwrap());
    let third = admin.get("/api/audit").await.good()["items"][5].clone();
    let middle = format!("3:{}", third["hash"].as_str().unwrap());
    assert_eq!(audit(&app, &["verify", "--noted", &end]).0, Some(0));
    assert_eq!(audit(&app, &["verify", "--noted", &middle]).0, Some(0));
    let (code, said) = audit(&app, &["verify", "--noted", &middle.replace("3:", "4:")]);
    assert!(code == Some(1) && said.contains("receipt 4: it has another hash"), "{said}");
    let (code, said) = audit(&app, &["verify", "--noted", "four"]);
    assert!(code == Some(2) && said.contains("expected a number, a colon"), "{said}");

    assert_eq!(audit(&app, &["export", "out.jsonl"]), (Some(0), "Wrote 8 receipts to out.jsonl.\n".to_owned()));
    assert_eq!(audit(&app, &["export"]).1, export(&admin).await);
    let (code, said) = audit(&app, &["export", "out.jsonl"]);
    assert!(code == Some(1) && said.contains("cannot write to out.jsonl"), "nothing is overwritten: {said}");
    assert_eq!(audit(&app, &["verify", "--file", "out.jsonl"]).0, Some(0));

    app.database.change("update receipt_payload set payload = replace(payload, '1500', '1501') where seq = 6").await;
    let (code, said) = audit(&app, &["verify"]);
    assert!(code == Some(1) && said.contains("broken at receipt 6"), "a payload that was changed: {said}");
    app.database.change("delete from receipt_payload where seq = 6").await;
    assert_eq!(audit(&app, &["verify"]).0, Some(0), "a payload that was erased leaves the chain whole");

    app.database.change("update receipt set line = replace(line, '\"set\"', '\"sat\"') where seq = 5").await;
    let (code, said) = audit(&app, &["verify"]);
    assert!(code == Some(1) && said.contains("broken at receipt 5: its hash is not"), "{said}");
    app.database.change("update receipt set line = replace(line, '\"sat\"', '\"set\"') where seq = 5").await;

    app.database.change("delete from receipt where seq = 8").await;
    let (code, said) = audit(&app, &["verify"]);
    assert!(code == Some(1) && said.contains("broken at receipt 8: it is missing"), "{said}");
    app.database.change("delete from receipt where seq = 2").await;
    let (code, said) = audit(&app, &["verify", "--json"]);
    assert!(code == Some(1) && said.contains("\"seq\":2"), "{said}");
}
