//! Companies over the API: one per domain, renamed everywhere, deleted only when empty.

use crate::harness::{TestApp, json};

#[tokio::test]
async fn a_company_is_made_edited_and_found() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let made = member.post("/api/companies", json!({"domain": "https://www.Acme.example/x"})).await;
    let company = made.status(201);
    assert_eq!((&company["name"], &company["domain"]), (&json!("acme.example"), &json!("acme.example")));
    member.post("/api/companies", json!({"name": "Other", "domain": "acme.example"})).await.problem("conflict", 409);
    member.post("/api/companies", json!({})).await.complains_about("/name");
    member.post("/api/companies", json!({"name": "A", "domain": "not a domain"})).await.complains_about("/domain");
    let at = made.header("location").to_owned();
    let careful = member.clone().with("if-match", made.header("etag"));
    careful.patch(&at, json!({"name": "Acme", "attributes": {"Size": "50"}})).await.good();
    careful.patch(&at, json!({"name": "Acme Ltd"})).await.problem("out_of_date", 412);
    assert_eq!(member.get("/api/companies?text=ACME").await.good()["items"][0]["name"], "Acme");
    assert!(member.get("/api/companies?text=zzz").await.good()["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn contacts_are_found_by_the_new_name_of_their_company() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let contact =
        member.post("/api/contacts", json!({"name": "Åsa", "company": {"name": "Öl & Co"}})).await.status(201);
    let company = format!("/api/companies/{}", contact["company"]["id"].as_str().unwrap());
    member.patch(&company, json!({"name": "Übermut"})).await.good();
    let found = member.get("/api/contacts?text=%C3%BCbermut").await.good();
    assert_eq!(found["items"][0]["company"]["name"], "Übermut");
    assert!(member.get("/api/contacts?text=%C3%B6l").await.good()["items"].as_array().unwrap().is_empty());
    assert_eq!(member.get("/api/contacts?text=%C3%A5sa").await.good()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_company_with_contacts_or_deals_is_not_deleted() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let contact = member.post("/api/contacts", json!({"name": "Ann", "company": {"name": "Acme"}})).await;
    let company = format!("/api/companies/{}", contact.status(201)["company"]["id"].as_str().unwrap());
    member.delete(&company).await.problem("conflict", 409);
    member.delete(contact.header("location")).await.status(204);
    member.delete(&company).await.status(204);
    member.get(&company).await.problem("not_found", 404);
}

#[tokio::test]
async fn nobody_reaches_another_workspaces_companies() {
    let app = TestApp::new().await;
    let made = app.member().await.post("/api/companies", json!({"name": "Acme"})).await;
    let stranger = app.other_workspace().await.member().await;
    stranger.get(made.header("location")).await.problem("not_found", 404);
    stranger.patch(made.header("location"), json!({"name": "x"})).await.problem("not_found", 404);
    stranger.delete(made.header("location")).await.problem("not_found", 404);
}
