//! Contacts over the API: found, made, edited with care, deleted only when nothing waits on them.

use caseyos_api::clock::new_id;
use caseyos_api::store::StoreError;
use caseyos_api::store::contacts::{
    ContactPatch, NewContact, add_contacts, contacts_by_email, fill_contact, ids_by_email, suppress, touch_inbound,
};
use caseyos_shared::model::{ContactId, MoveKind, Suppression, Ts};

use crate::harness::{Tenant, TestApp, json};

fn unknown(email: &str) -> NewContact {
    NewContact {
        id: new_id(ContactId::new),
        name: String::new(),
        email: Some(email.to_owned()),
        phone: None,
        title: None,
        company: None,
        location: None,
        time_zone: None,
        linkedin_url: None,
        source: "csv".to_owned(),
        owner: None,
        suppressed: None,
        do_not_call: false,
        attributes: std::collections::BTreeMap::new(),
    }
}

#[expect(clippy::unwrap_used, reason = "a helper of tests: whatever goes wrong ends the test")]
async fn add(tenant: &Tenant, new: Vec<NewContact>) -> Vec<ContactId> {
    let (workspace, now) = (tenant.workspace, tenant.app.clock.now());
    let added = tenant
        .app
        .db
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { add_contacts(tx, workspace, &new, now).await }));
    added.await.unwrap()
}

#[tokio::test]
async fn a_contact_is_made_read_looked_up_and_listed() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let made = member
        .post(
            "/api/contacts",
            json!({"name": " Priya Nair ", "email": "Priya@Acme.example", "title": "CTO",
                   "company": {"name": "Acme", "domain": "https://www.acme.example/about"},
                   "time_zone": "Asia/Kolkata", "attributes": {"Industry": "Software"}}),
        )
        .await;
    let contact = made.status(201);
    assert_eq!(contact["name"], "Priya Nair");
    assert_eq!(contact["email"], "priya@acme.example");
    assert_eq!(contact["company"]["name"], "Acme");
    assert_eq!(contact["source"], "manual");
    assert_eq!(made.header("location"), format!("/api/contacts/{}", contact["id"].as_str().unwrap()));
    assert_eq!(member.get(made.header("location")).await.good(), contact);
    assert_eq!(member.get("/api/contacts/lookup?email=PRIYA@acme.example").await.good(), contact);
    member.get("/api/contacts/lookup?email=nobody@acme.example").await.problem("not_found", 404);
    member.get("/api/contacts/lookup?email=nonsense").await.complains_about("/email");
    for text in ["nair", "ACME.EXAMPLE", "cto", "acme"] {
        let found = member.get(&format!("/api/contacts?text={text}")).await.good();
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{text}");
    }
    for none in ["text=%25", "source=csv", "owner=me", "text=priya_acme"] {
        let found = member.get(&format!("/api/contacts?{none}")).await.good();
        assert!(found["items"].as_array().unwrap().is_empty(), "{none}");
    }
}

#[tokio::test]
async fn the_same_address_or_domain_makes_no_second_record() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let first = member
        .post("/api/contacts", json!({"email": "a@acme.example", "company": {"domain": "acme.example"}}))
        .await
        .status(201);
    assert_eq!(first["name"], "a@acme.example");
    member.post("/api/contacts", json!({"email": "A@acme.example"})).await.problem("conflict", 409);
    let second = member
        .post("/api/contacts", json!({"name": "B", "company": {"name": "Acme Ltd", "domain": "ACME.example"}}))
        .await
        .status(201);
    assert_eq!(second["company"], first["company"]);
    let other = format!("/api/contacts/{}", second["id"].as_str().unwrap());
    member.patch(&other, json!({"email": "a@ACME.example"})).await.problem("conflict", 409);
    let company = format!("/api/contacts?company={}", first["company"]["id"].as_str().unwrap());
    assert_eq!(member.get(&company).await.good()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_contact() {
    let app = TestApp::new().await;
    let member = app.member().await.with("idempotency-key", "k1");
    let one = member.post("/api/contacts", json!({"name": "Ann"})).await.status(201);
    let again = member.post("/api/contacts", json!({"name": "Ann"})).await.status(201);
    assert_eq!(one, again);
    assert_eq!(app.database.count("select count(*) from contact").await, 1);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_every_field_named() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let refused = member
        .post(
            "/api/contacts",
            json!({"email": "no address", "time_zone": "Mars/Olympus", "linkedin_url": "https://linkedin.com.evil.example/in/a",
                   "title": "x".repeat(201), "company": {}, "attributes": {"": "x"}}),
        )
        .await;
    for pointer in ["/email", "/time_zone", "/linkedin_url", "/title", "/company", "/attributes/"] {
        refused.complains_about(pointer);
    }
    member.post("/api/contacts", json!({})).await.complains_about("/name");
    member.post("/api/contacts", json!({"name": "A\u{0}B"})).await.complains_about("/name");
    member
        .post("/api/contacts", json!({"name": "A", "owner_id": new_id(ContactId::new)}))
        .await
        .complains_about("/owner_id");
    member.post("/api/contacts", json!({"nmae": "A"})).await.problem("invalid", 422);
    member.get("/api/contacts?cursor=nonsense").await.complains_about("/cursor");
    assert_eq!(app.database.count("select count(*) from contact").await, 0);
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_only_if_the_copy_is_fresh() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let made =
        member.post("/api/contacts", json!({"name": "Ann", "phone": "1", "attributes": {"a": "1", "b": "2"}})).await;
    let (at, tag) = (made.header("location").to_owned(), made.header("etag").to_owned());
    let careful = member.clone().with("if-match", &tag);
    let edit =
        json!({"phone": null, "suppressed": "never_list", "do_not_call": true, "attributes": {"a": null, "c": "3"}});
    let edited = careful.patch(&at, edit).await.good();
    assert_eq!(edited["name"], "Ann");
    assert_eq!(edited["phone"], json!(null));
    assert_eq!(edited["suppressed"], "never_list");
    assert_eq!(edited["attributes"], json!({"b": "2", "c": "3"}));
    careful.patch(&at, json!({"title": "CEO"})).await.problem("out_of_date", 412);
    member.patch(&at, json!({"suppressed": null})).await.good();
    member.patch(&at, json!({"name": null})).await.complains_about("/name");
    assert_eq!(member.get(&at).await.good()["suppressed"], json!(null));
}

#[tokio::test]
async fn pages_hold_every_contact_once() {
    let app = TestApp::new().await;
    let member = app.member().await;
    add(&app, (0..25).map(|n| unknown(&format!("p{n}@a.example"))).collect()).await;
    let (mut seen, mut cursor) = (std::collections::BTreeSet::new(), String::new());
    loop {
        let page = member.get(&format!("/api/contacts?limit=10{cursor}")).await.good();
        for item in page["items"].as_array().unwrap() {
            assert!(seen.insert(item["id"].as_str().unwrap().to_owned()));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 25);
}

#[tokio::test]
async fn nobody_reaches_another_workspaces_contacts() {
    let app = TestApp::new().await;
    let other = app.other_workspace().await;
    let made = app.member().await.post("/api/contacts", json!({"email": "a@a.example"})).await;
    let foreign = made.header("location").to_owned();
    let missing = format!("/api/contacts/{}", new_id(ContactId::new));
    let stranger = other.member().await;
    assert_eq!(stranger.get(&foreign).await.without_request(), stranger.get(&missing).await.without_request());
    stranger.patch(&foreign, json!({"name": "x"})).await.problem("not_found", 404);
    stranger.delete(&foreign).await.problem("not_found", 404);
    stranger.get("/api/contacts/lookup?email=a@a.example").await.problem("not_found", 404);
    app.viewer().await.patch(&foreign, json!({"name": "x"})).await.problem("forbidden", 403);
}

#[tokio::test]
async fn a_contact_with_an_open_move_is_not_deleted() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let made =
        member.post("/api/command-queue", json!({"title": "Call Ann", "contact": {"email": "ann@a.example"}})).await;
    let made = made.status(201);
    assert_eq!(made["kind"], MoveKind::Custom.as_str());
    let contact = format!("/api/contacts/{}", made["contact"]["id"].as_str().unwrap());
    let move_at = format!("/api/command-queue/{}", made["id"].as_str().unwrap());
    member.delete(&contact).await.problem("conflict", 409);
    member.post(&format!("{move_at}/complete"), json!({})).await.good();
    member.delete(&contact).await.status(204);
    member.get(&contact).await.problem("not_found", 404);
    assert_eq!(member.get(&move_at).await.good()["contact"], json!(null));
    member.delete(&contact).await.problem("not_found", 404);
}

#[tokio::test]
async fn a_batch_makes_what_is_missing_and_names_everybody() {
    let app = TestApp::new().await;
    let first = add(&app, vec![unknown("a@a.example"), unknown("b@a.example")]).await;
    assert_eq!(first.len(), 2);
    let second = add(&app, vec![unknown("B@a.example"), unknown("c@a.example")]).await;
    assert_eq!(second.len(), 1, "b is there already, in any case");
    let emails: Vec<String> = ["A@a.example", "b@a.example", "c@a.example", "d@a.example"].map(str::to_owned).into();
    let found = contacts_by_email(&app.app.db, app.workspace, &emails).await.unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found["b@a.example"].id, first[1]);
    let workspace = app.workspace;
    let ids = app
        .app
        .db
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { ids_by_email(tx, workspace, &emails).await }));
    assert_eq!(ids.await.unwrap()["a@a.example"], first[0]);
}

#[tokio::test]
async fn a_source_fills_what_is_empty_and_overwrites_nothing() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let made = member
        .post("/api/contacts", json!({"email": "a@a.example", "title": "CEO", "attributes": {"x": "mine"}}))
        .await;
    let id: ContactId = made.status(201)["id"].as_str().unwrap().parse().unwrap();
    let (workspace, now) = (app.workspace, app.app.clock.now());
    let patch = ContactPatch {
        name: Some("Ann".to_owned()),
        title: Some("Intern".to_owned()),
        phone: Some("1".to_owned()),
        attributes: [("x", "theirs"), ("y", "new")].map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        ..ContactPatch::default()
    };
    for news in [true, false] {
        let patch = patch.clone();
        let filled = app.app.db.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move { fill_contact(tx, workspace, id, &patch, now).await })
        });
        assert_eq!(filled.await.unwrap(), news);
    }
    let contact = member.get(made.header("location")).await.good();
    assert_eq!((&contact["name"], &contact["title"], &contact["phone"]), (&json!("Ann"), &json!("CEO"), &json!("1")));
    assert_eq!(contact["attributes"], json!({"x": "mine", "y": "new"}));
    assert_eq!(member.get("/api/contacts?text=ann").await.good()["items"][0]["id"], contact["id"]);
}

#[tokio::test]
async fn the_first_reason_for_silence_stays_and_only_later_mail_counts() {
    let app = TestApp::new().await;
    let id = add(&app, vec![unknown("a@a.example")]).await[0];
    let (workspace, now) = (app.workspace, app.app.clock.now());
    let written = app.app.db.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            suppress(tx, workspace, id, Suppression::OptedOut, now).await?;
            suppress(tx, workspace, id, Suppression::Bounced, now).await?;
            touch_inbound(tx, workspace, id, now).await?;
            touch_inbound(tx, workspace, id, now - Ts::DAY).await
        })
    });
    written.await.unwrap();
    let contact = app.viewer().await.get(&format!("/api/contacts/{id}")).await.good();
    assert_eq!(contact["suppressed"], "opted_out");
    assert_eq!(contact["last_inbound_at"], now.to_string());
}
