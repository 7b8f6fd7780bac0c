//! The command queue over the API: moves by hand, their life, Today's Moves, and what may not happen.

use caseyos_api::store::moves::count_waiting;
use caseyos_shared::model::{Role, Scope, Ts};

use crate::harness::{Client, TestApp, Value, json};

async fn by_hand(client: &Client, title: &str) -> String {
    let made = client.post("/api/command-queue", json!({"title": title, "kind": "task"})).await.status(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn act(client: &Client, id: &str, act: &str) -> Value {
    client.post(&format!("/api/command-queue/{id}/{act}"), json!({})).await.good()
}

async fn todays_titles(client: &Client) -> Vec<String> {
    let today = client.get("/api/command-queue/today?limit=50").await.good();
    let items = today["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn states_in_history(client: &Client, id: &str) -> Vec<String> {
    let history = client.get(&format!("/api/command-queue/{id}/history")).await.good();
    let items = history["items"].as_array().unwrap().clone();
    items.iter().filter_map(|item| item["data"]["act"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_move_by_hand_is_scored_at_once_and_its_terms_add_up() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let due = app.app.clock.now() + Ts::HOUR;
    let body = json!({"title": "Call Elin", "why": "Renewal in 9 days", "kind": "call", "due_at": due.to_string(), "minutes": 15,
        "contact": {"email": "Elin.Berg@Northgate.example", "name": "Elin Berg", "company": "Northgate"},
        "action": {"kind": "none"}});
    let made = member.post("/api/command-queue", body).await.status(201);
    assert_eq!(made["contact"]["email"], "elin.berg@northgate.example");
    assert_eq!(made["contact"]["company"], "Northgate");
    assert_eq!(made["action"]["executable"], false);
    assert_eq!((&made["state"], &made["source"]), (&json!("pending"), &json!("manual")));
    let cents = |value: &Value| (value.as_f64().unwrap() * 100.0).round() as i64;
    let sum: i64 = made["factors"].as_array().unwrap().iter().map(|factor| cents(&factor["points"])).sum();
    assert!(sum > 0);
    assert_eq!(sum, cents(&made["aps"]));
    let badge = member.get("/api/command-queue/badge").await.good();
    assert_eq!(badge, json!({"pending": 1, "urgent": 1}), "due within four hours is urgent");
    let explained = member.get(&format!("/api/command-queue/{}/explain", made["id"].as_str().unwrap())).await.good();
    assert_eq!(explained["value"], made["aps"]);
    assert!(explained["scored_at"].is_string() && explained["facts_version"].is_i64());
}

#[tokio::test]
async fn today_is_ranked_counts_what_waits_and_answers_304_while_unchanged() {
    let app = TestApp::new().await;
    let member = app.member().await;
    for (title, hours) in [("later", 40), ("soon", 2), ("sooner", 1)] {
        let due = app.app.clock.now() + hours * Ts::HOUR;
        member.post("/api/command-queue", json!({"title": title, "due_at": due.to_string()})).await.status(201);
    }
    assert_eq!(todays_titles(&member).await, ["sooner", "soon", "later"]);
    let two = member.get("/api/command-queue/today?limit=2").await;
    assert_eq!((two.good()["items"].as_array().unwrap().len(), &two.good()["pending"]), (2, &json!(3)));
    let again = member.clone().with("if-none-match", two.header("etag"));
    assert_eq!(again.get("/api/command-queue/today?limit=2").await.code, 304);
    by_hand(&member, "another").await;
    assert_eq!(again.get("/api/command-queue/today?limit=2").await.code, 200, "the number that waits changed");
    member.get("/api/command-queue/today?limit=0").await.complains_about("/limit");
    member.get("/api/command-queue/today?limit=x").await.complains_about("/limit");
    member.get("/api/command-queue/today?colour=green").await.status(422);
}

#[tokio::test]
async fn the_life_of_a_move_follows_its_arrows_and_a_repeat_writes_nothing() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let id = by_hand(&member, "Write to Ann").await;
    let accepted = act(&member, &id, "accept").await;
    assert_eq!((&accepted["state"], &accepted["assignee"]["name"]), (&json!("accepted"), &json!("A member")));
    assert_eq!(act(&member, &id, "accept").await["state"], "accepted");
    assert_eq!(states_in_history(&member, &id).await, ["accept"], "the repeat left no row");
    member.post(&format!("/api/command-queue/{id}/restore"), json!({})).await.problem("impossible", 409);
    let problem = member.post(&format!("/api/command-queue/{id}/wake"), json!({})).await.problem("impossible", 409);
    assert_eq!(problem["state"], "accepted");
    assert_eq!(act(&member, &id, "undo").await["state"], "pending");
    assert_eq!(act(&member, &id, "undo").await["state"], "pending", "a repeat");
    let dismissed = member.post(&format!("/api/command-queue/{id}/dismiss"), json!({"reason": "not now"})).await.good();
    assert_eq!(dismissed["state"], "dismissed");
    assert!(todays_titles(&member).await.is_empty());
    assert_eq!(act(&member, &id, "restore").await["state"], "pending");
    assert_eq!(todays_titles(&member).await, ["Write to Ann"]);
    assert_eq!(act(&member, &id, "complete").await["state"], "done");
    let history = states_in_history(&member, &id).await;
    assert_eq!(history, ["complete", "restore", "dismiss", "undo", "accept"]);
}

#[tokio::test]
async fn a_snoozed_move_wakes_when_its_time_comes_and_undo_puts_the_snooze_back() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let id = by_hand(&member, "Ask again").await;
    let snooze = format!("/api/command-queue/{id}/snooze");
    let now = app.app.clock.now();
    member.post(&snooze, json!({"until": (now - 1).to_string()})).await.complains_about("/until");
    member.post(&snooze, json!({"until": "2026-12-01T09:00:00"})).await.complains_about("/until");
    member.post(&snooze, json!({})).await.status(422);
    let until = (now + Ts::HOUR).to_string();
    assert_eq!(member.post(&snooze, json!({"until": until})).await.good()["snoozed_until"], json!(until));
    assert!(todays_titles(&member).await.is_empty());
    assert_eq!(act(&member, &id, "undo").await["state"], "pending");
    member.post(&snooze, json!({"until": until})).await.good();
    app.settle().await;
    assert!(todays_titles(&member).await.is_empty(), "its time has not come");
    app.advance(Ts::HOUR + 1);
    app.settle().await;
    assert_eq!(todays_titles(&member).await, ["Ask again"]);
    assert_eq!(states_in_history(&member, &id).await[0], "wake");
}

#[tokio::test]
async fn only_ones_own_last_act_is_undone_and_somebody_elses_move_is_left_alone() {
    let app = TestApp::new().await;
    let (ann, bob, admin) = (app.member().await, app.member().await, app.admin().await);
    let id = by_hand(&ann, "Call").await;
    act(&ann, &id, "accept").await;
    act(&ann, &id, "undo").await;
    act(&ann, &id, "undo").await;
    assert_eq!(states_in_history(&ann, &id).await, ["undo", "accept"], "a double click undoes once");
    act(&ann, &id, "accept").await;
    bob.post(&format!("/api/command-queue/{id}/dismiss"), json!({})).await.problem("forbidden", 403);
    bob.post(&format!("/api/command-queue/{id}/undo"), json!({})).await.problem("forbidden", 403);
    act(&admin, &id, "dismiss").await;
    ann.post(&format!("/api/command-queue/{id}/undo"), json!({})).await.problem("impossible", 409);
    let bob_id = bob.person.unwrap().to_string();
    let assigned = admin.post(&format!("/api/command-queue/{id}/assign"), json!({"user_id": bob_id})).await.good();
    assert_eq!(assigned["assignee"]["id"], json!(bob_id));
    let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
    admin
        .post(&format!("/api/command-queue/{id}/assign"), json!({"user_id": nobody}))
        .await
        .complains_about("/user_id");
    app.viewer().await.post(&format!("/api/command-queue/{id}/accept"), json!({})).await.problem("forbidden", 403);
}

#[tokio::test]
async fn two_accepts_at_once_change_the_world_once() {
    let app = TestApp::new().await;
    let (ann, bob) = (app.member().await, app.member().await);
    for round in 0..10 {
        let id = by_hand(&ann, &format!("Round {round}")).await;
        let path = format!("/api/command-queue/{id}/accept");
        let (one, other) = tokio::join!(ann.post(&path, json!({})), bob.post(&path, json!({})));
        let codes = [one.code.as_u16(), other.code.as_u16()];
        // Whoever came second finds it taken by somebody else.
        assert!(codes == [200, 403] || codes == [403, 200], "{codes:?}");
        assert_eq!(states_in_history(&ann, &id).await, ["accept"]);
    }
}

#[tokio::test]
async fn the_counts_stay_in_step_with_the_moves_whatever_happens_at_once() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(by_hand(&member, &format!("Move {n}")).await);
    }
    let acts = ids.iter().enumerate().map(|(n, id)| {
        let (member, id) = (member.clone(), id.clone());
        async move {
            for name in
                [["accept", "undo", "dismiss"], ["dismiss", "restore", "accept"], ["complete", "undo", "dismiss"]]
                    [n % 3]
            {
                act(&member, &id, name).await;
            }
        }
    });
    futures::future::join_all(acts).await;
    app.settle().await;
    let today = member.get("/api/command-queue/today?limit=50").await.good();
    let waiting = count_waiting(&app.app.db, app.workspace, member.person.unwrap()).await.unwrap();
    assert_eq!(waiting.0, today["items"].as_array().unwrap().len() as i64);
    assert_eq!(waiting.0, 0);
}

#[tokio::test]
async fn an_edit_names_the_version_it_read_and_a_stale_one_is_refused() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let id = by_hand(&member, "Draft").await;
    let path = format!("/api/command-queue/{id}");
    let read = member.get(&path).await;
    let mine = member.clone().with("if-match", read.header("etag"));
    let edited =
        mine.patch(&path, json!({"title": "Better", "due_at": "2030-01-01T00:00:00Z", "minutes": 5})).await.good();
    assert_eq!((&edited["title"], &edited["due_at"]), (&json!("Better"), &json!("2030-01-01T00:00:00.000Z")));
    mine.patch(&path, json!({"title": "Worse"})).await.problem("out_of_date", 412);
    assert_eq!(member.patch(&path, json!({"due_at": null})).await.good()["due_at"], json!(null));
    member.patch(&path, json!({"minutes": 0})).await.complains_about("/minutes");
    member.patch(&path, json!({"state": "done"})).await.status(422);
    member.delete(&path).await.status(204);
    member.get(&path).await.problem("not_found", 404);
}

#[tokio::test]
async fn a_list_is_filtered_paged_and_ends() {
    let app = TestApp::new().await;
    let member = app.member().await;
    for n in 0..7 {
        by_hand(&member, &format!("Item 100%_{n}")).await;
    }
    act(&member, &by_hand(&member, "Other").await, "accept").await;
    let mut seen = Vec::new();
    let mut path = "/api/command-queue?state=pending&limit=3".to_owned();
    loop {
        let page = member.get(&path).await.good();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["title"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/command-queue?state=pending&limit=3&cursor={cursor}");
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(seen[0], "Item 100%_6", "newest first");
    for (query, count) in [
        ("assignee=me", 1),
        ("assignee=none", 7),
        ("text=100%25_3", 1),
        ("text=%25", 7),
        ("source=manual", 8),
        ("state=done", 0),
    ] {
        let found = member.get(&format!("/api/command-queue?{query}")).await.good();
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{query}");
    }
    member.get("/api/command-queue?state=sleeping").await.complains_about("/state");
    member.get("/api/command-queue?cursor=AAAA").await.complains_about("/cursor");
}

#[tokio::test]
async fn a_move_of_another_workspace_is_not_there() {
    let app = TestApp::new().await;
    let stranger = app.other_workspace().await.admin().await;
    let id = by_hand(&app.member().await, "Ours").await;
    let missing = "01890a5d-ac96-774b-bcce-b302099a8057";
    for act in ["accept", "dismiss", "undo", "complete", "restore", "wake"] {
        let foreign = stranger.post(&format!("/api/command-queue/{id}/{act}"), json!({})).await;
        let nothing = stranger.post(&format!("/api/command-queue/{missing}/{act}"), json!({})).await;
        assert_eq!(foreign.without_request().replace(&id, missing), nothing.without_request());
        foreign.problem("not_found", 404);
    }
    assert!(todays_titles(&stranger).await.is_empty());
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_move() {
    let app = TestApp::new().await;
    let key = app.key_of(app.person(Role::Member).await.id, &[Scope::QueueWrite, Scope::QueueRead]).await;
    let once = key.clone().with("idempotency-key", "make-1");
    let first = once.post("/api/command-queue", json!({"title": "Once"})).await.status(201);
    let second = once.post("/api/command-queue", json!({"title": "Once"})).await;
    assert_eq!(second.status(201)["id"], first["id"]);
    assert_eq!(second.header("idempotent-replayed"), "true");
    once.post("/api/command-queue", json!({"title": "Twice"})).await.status(422);
    assert_eq!(todays_titles(&key).await, ["Once"]);
}
