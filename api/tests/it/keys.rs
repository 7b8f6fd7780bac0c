//! API keys: shown once, limited to their person, refused as soon as they are revoked.

use caseyos_shared::model::{Role, Scope};

use crate::harness::{TestApp, json};

#[tokio::test]
async fn a_key_is_shown_once_works_and_is_refused_on_the_request_after_its_revocation() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let made = member.post("/api/keys", json!({ "name": "script", "scopes": ["queue:read"] })).await.status(201);
    let (id, text) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    assert!(text.starts_with("csy_"), "{text}");
    let list = member.get("/api/keys").await;
    assert_eq!(list.good()["items"][0]["id"], id);
    assert!(!list.text().contains(text));
    let key = app.stranger().with("authorization", &format!("Bearer {text}"));
    let who = key.get("/api/auth/session").await.good();
    assert_eq!(
        (&who["scopes"], &who["csrf_token"], &who["key_id"]),
        (&json!(["queue:read"]), &json!(null), &json!(id))
    );
    member.delete(&format!("/api/keys/{id}")).await.status(204);
    key.get("/api/auth/session").await.problem("unauthenticated", 401);
    member.delete(&format!("/api/keys/{id}")).await.status(204);
}

#[tokio::test]
async fn a_key_may_not_more_than_its_person_and_only_an_admin_handles_others() {
    let app = TestApp::new().await;
    let (viewer, member, admin) = (app.viewer().await, app.member().await, app.admin().await);
    let request = |scope: &str| json!({ "name": "k", "scopes": [scope] });
    viewer.post("/api/keys", request("queue:write")).await.complains_about("/scopes");
    member.post("/api/keys", request("admin")).await.complains_about("/scopes");
    member.post("/api/keys", json!({ "name": "", "scopes": [] })).await.complains_about("/name");
    let others = json!({ "name": "k", "scopes": ["queue:read"], "user_id": viewer.person });
    member.post("/api/keys", others.clone()).await.problem("forbidden", 403);
    let made = admin.post("/api/keys", others).await.status(201);
    assert_eq!(made["user_id"], json!(viewer.person));
    let path = format!("/api/keys/{}", made["id"].as_str().unwrap());
    member.delete(&path).await.problem("not_found", 404);
    viewer.delete(&path).await.status(204);
    let beyond = json!({ "name": "k", "scopes": ["queue:write"], "user_id": viewer.person });
    admin.post("/api/keys", beyond).await.complains_about("/scopes");
    app.key(&[Scope::QueueWrite]).await.post("/api/keys", request("queue:read")).await.problem("forbidden", 403);
    app.key(&[Scope::Admin]).await.post("/api/keys", request("queue:read")).await.status(201);
}

#[tokio::test]
async fn lists_are_paged_without_gaps_and_a_strange_cursor_is_refused() {
    let app = TestApp::new().await;
    let person = app.person(Role::Member).await;
    for _ in 0..5 {
        app.key_of(person.id, &[Scope::QueueRead]).await;
    }
    let me = app.session_of(person.id).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = me.get(&format!("/api/keys?limit=2{cursor}")).await.good();
        seen.extend(page["items"].as_array().unwrap().iter().map(|key| key["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let newest_first = {
        let mut ids = seen.clone();
        ids.sort_unstable();
        ids.dedup();
        ids.reverse();
        ids
    };
    assert_eq!((seen.len(), &seen), (5, &newest_first));
    for bad in ["x", "%00", "MSAy"] {
        let answer = me.get(&format!("/api/keys?cursor={bad}")).await;
        assert_eq!(answer.code, 422, "{answer}");
    }
    me.get("/api/keys?limit=0").await.complains_about("/limit");
    me.get("/api/keys?what=1").await.problem("invalid", 422);
}
