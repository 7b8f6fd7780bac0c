//! People: adding, changing, shutting out, and the rule that there is always an admin.

use caseyos_shared::model::Scope;

use crate::harness::{TestApp, json};

#[tokio::test]
async fn an_address_is_taken_once_per_workspace() {
    let app = TestApp::new().await;
    let other = app.other_workspace().await;
    let ann = |email: &str| json!({ "email": email, "role": "member", "password": "correct horse battery" });
    let made = app.admin().await.post("/api/users", ann("ann@example.com")).await.status(201);
    assert_eq!(made["name"], "ann");
    app.admin().await.post("/api/users", ann("ANN@example.com")).await.problem("conflict", 409);
    other.admin().await.post("/api/users", ann("ann@example.com")).await.status(201);
    let weak = json!({ "email": "nobody", "role": "member", "password": "short", "name": "a\nb" });
    let problem = app.admin().await.post("/api/users", weak).await.problem("invalid", 422);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_last_admin_can_neither_go_nor_step_down() {
    let app = TestApp::new().await;
    let (one, two) = (app.admin().await, app.admin().await);
    let path = |who: &crate::harness::Client| format!("/api/users/{}", who.person.unwrap());
    let demote = json!({ "role": "member" });
    let (first, second) = (path(&one), path(&two));
    let (a, b) = tokio::join!(one.patch(&second, demote.clone()), two.patch(&first, demote.clone()));
    let done = [&a, &b].iter().filter(|answer| answer.code == 200).count();
    assert_eq!(done, 1, "two admins who demote each other: {a} {b}");
    let (last, itself) = if a.code == 200 { (&one, &first) } else { (&two, &second) };
    last.patch(itself, demote).await.problem("conflict", 409);
    last.delete(itself).await.problem("conflict", 409);
    last.patch(itself, json!({ "disabled": true })).await.problem("conflict", 409);
    assert_eq!(last.get(itself).await.good()["role"], "admin");
}

#[tokio::test]
async fn whoever_is_shut_out_is_out_at_once_on_every_way() {
    let app = TestApp::new().await;
    let (admin, member) = (app.admin().await, app.member().await);
    let key = app.key_of(member.person.unwrap(), &[Scope::QueueRead]).await;
    member.get("/api/auth/session").await.good();
    key.get("/api/auth/session").await.good();
    let path = format!("/api/users/{}", member.person.unwrap());
    admin.delete(&path).await.status(204);
    member.get("/api/auth/session").await.problem("unauthenticated", 401);
    key.get("/api/auth/session").await.problem("unauthenticated", 401);
    admin.patch(&path, json!({ "disabled": false })).await.good();
    member.get("/api/auth/session").await.problem("unauthenticated", 401);
    key.get("/api/auth/session").await.good();
}

#[tokio::test]
async fn everybody_may_change_their_own_name_leave_and_weights_and_nothing_else() {
    let app = TestApp::new().await;
    let (viewer, member) = (app.viewer().await, app.member().await);
    let me = format!("/api/users/{}", viewer.person.unwrap());
    let patch = json!({ "name": "Vi", "absent_until": "2030-01-01T00:00:00Z", "weights": { "urgency": 10 } });
    let changed = viewer.patch(&me, patch).await.good();
    assert_eq!((&changed["name"], &changed["absent_until"]), (&json!("Vi"), &json!("2030-01-01T00:00:00.000Z")));
    let back = viewer.patch(&me, json!({ "weights": null, "absent_until": null })).await.good();
    assert_eq!((&back["weights"], &back["absent_until"]), (&json!(null), &json!(null)));
    viewer.patch(&me, json!({ "weights": { "urgency": 9999 } })).await.complains_about("/weights/urgency");
    for forbidden in
        [json!({ "role": "admin" }), json!({ "disabled": false }), json!({ "password": "correct horse battery" })]
    {
        viewer.patch(&me, forbidden).await.problem("forbidden", 403);
    }
    member.patch(&me, json!({ "name": "x" })).await.problem("forbidden", 403);
    member.get(&me).await.problem("forbidden", 403);
}
