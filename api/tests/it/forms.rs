//! Public forms: what they take, whom they thank, and how they are managed.

use axum::http::Method;
use caseyos_shared::model::Scope;

use crate::harness::{Client, TestApp, Value, json};

async fn a_form(app: &TestApp, change: Value) -> Value {
    let mut body = json!({"name": "Demo page", "kind": "demo_request"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    app.admin().await.post("/api/forms", body).await.status(201)
}

async fn submit(
    client: &Client,
    form: &Value,
    kind: &str,
    body: impl Into<axum::body::Body>,
) -> crate::harness::Answer {
    client.send(Method::POST, &format!("/f/{}", form["form_key"].as_str().unwrap()), Some(kind), body).await
}

const ENCODED: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn any_fields_in_any_dress_become_a_signal_with_a_move() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let form = a_form(&app, json!({"assignee_id": member.person})).await;
    let stranger = app.stranger();
    submit(&stranger, &form, ENCODED, "Your+e-mail=a%40b.example&full_name=Ann&message=Hello%0Athere&colour=green")
        .await
        .status(202);
    submit(&stranger, &form, "application/json", r#"{"contact":{"email":"c@d.example"},"message":"Hi"}"#)
        .await
        .status(202);
    let multipart = "--q\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\ne@f.example\r\n--q\r\nContent-Disposition: form-data; name=\"cv\"; filename=\"cv.pdf\"\r\nContent-Type: application/pdf\r\n\r\nxx\r\n--q--\r\n";
    submit(&stranger, &form, "multipart/form-data; boundary=q", multipart).await.status(202);
    app.settle().await;
    let today = member.get("/api/command-queue/today").await.good();
    let names: Vec<&str> =
        today["items"].as_array().unwrap().iter().map(|one| one["contact"]["email"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 3, "{today}");
    let why =
        today["items"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect::<Vec<_>>().join("|");
    assert!(why.contains("Hello there"), "the message is quoted: {why}");
    assert!(today["items"].as_array().unwrap().iter().all(|one| one["assignee"]["id"] == json!(member.person)));
    let signals = member.get("/api/signals?source=form").await.good().to_string();
    assert!(signals.contains("green") && signals.contains("cv.pdf"), "{signals}");
}

#[tokio::test]
async fn a_browser_is_thanked_or_sent_on_and_a_script_of_any_site_may_post() {
    let app = TestApp::new().await;
    let form = a_form(&app, json!({})).await;
    let browser =
        app.stranger().with("accept", "text/html,application/xhtml+xml").with("origin", "https://shop.example");
    let page = submit(&browser, &form, ENCODED, "email=a%40b.example").await;
    assert_eq!((page.code.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("access-control-allow-origin"), "*");
    assert_eq!(page.header("access-control-allow-credentials"), "");
    let form = a_form(&app, json!({"redirect_url": "https://shop.example/thanks"})).await;
    let sent_on = submit(&browser, &form, ENCODED, "email=b%40b.example").await;
    assert_eq!((sent_on.code.as_u16(), sent_on.header("location")), (303, "https://shop.example/thanks"));
    let preflight = browser
        .clone()
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "content-type")
        .send(Method::OPTIONS, &format!("/f/{}", form["form_key"].as_str().unwrap()), None, "")
        .await;
    assert_eq!(preflight.header("access-control-allow-origin"), "*", "{preflight}");
    let extension = app.stranger().with("origin", "chrome-extension://abcdefghijklmnopabcdefghijklmnop");
    let extension = extension.with("access-control-request-method", "POST");
    let listed = extension.send(Method::OPTIONS, "/api/signals", None, "").await;
    assert!(listed.header("access-control-allow-origin").starts_with("chrome-extension"), "{listed}");
    let elsewhere = browser.send(Method::OPTIONS, "/api/signals", None, "").await;
    assert_eq!(elsewhere.header("access-control-allow-origin"), "", "other routes keep their list");
}

#[tokio::test]
async fn traps_repetitions_and_ten_thousand_fields() {
    let app = TestApp::new().await;
    let form = a_form(&app, json!({})).await;
    let stranger = app.stranger();
    for trap in ["_gotcha", "website_url_confirm"] {
        submit(&stranger, &form, ENCODED, format!("email=a%40b.example&{trap}=x")).await.status(202);
    }
    assert_eq!(app.database.count("select count(*) from signal").await, 0, "a filled trap is thanked and forgotten");
    for _ in 0..2 {
        submit(&stranger, &form, ENCODED, "email=a%40b.example&_gotcha=").await.status(202);
    }
    app.advance(9 * 60_000);
    submit(&stranger, &form, ENCODED, "email=a%40b.example").await.status(202);
    assert_eq!(app.database.count("select count(*) from signal").await, 1, "the same again within ten minutes");
    app.advance(11 * 60_000);
    submit(&stranger, &form, ENCODED, "email=a%40b.example").await.status(202);
    assert_eq!(app.database.count("select count(*) from signal").await, 2, "later it is news");
    let stuffed = (0..10_000).map(|n| format!("field{n}=v{n}")).collect::<Vec<_>>().join("&");
    submit(&stranger, &form, ENCODED, format!("email=z%40b.example&{stuffed}")).await.status(202);
    let reader = app.key(&[Scope::QueueRead]).await;
    let stored = reader.get("/api/signals?text=z@b.example").await.good();
    assert_eq!(stored["items"][0]["payload"]["fields"].as_object().unwrap().len(), 200);
}

#[tokio::test]
async fn what_is_no_submission_is_refused_and_the_form_lives_on() {
    let app = TestApp::new().await;
    let form = a_form(&app, json!({})).await;
    let stranger = app.stranger();
    submit(&stranger, &form, "application/json", "[1]").await.problem("invalid", 422);
    submit(&stranger, &form, "application/json", "{\"a\":").await.problem("malformed", 400);
    submit(&stranger, &form, "application/pdf", "x").await.problem("wrong_type", 415);
    submit(&stranger, &form, "multipart/form-data", "x").await.problem("malformed", 400);
    submit(&stranger, &form, "multipart/form-data; boundary=q", "--q\r\nContent-Disp").await.problem("malformed", 400);
    submit(&stranger, &form, ENCODED, "a=".to_owned() + &"x".repeat(300 * 1024)).await.problem("too_large", 413);
    submit(&stranger, &form, ENCODED, vec![b'a', b'=', 0xff, 0, b'&', b'%', b'z']).await.status(202);
    stranger.send(Method::POST, "/f/nonsense", Some(ENCODED), "a=b").await.problem("not_found", 404);
    let id = form["id"].as_str().unwrap();
    app.admin().await.patch(&format!("/api/forms/{id}"), json!({"disabled": true})).await.good();
    submit(&stranger, &form, ENCODED, "a=b").await.problem("not_found", 404);
    app.settle().await;
}

#[tokio::test]
async fn admins_manage_forms_and_everybody_reads_them() {
    let app = TestApp::new().await;
    let form = a_form(&app, json!({})).await;
    let path = format!("/api/forms/{}", form["id"].as_str().unwrap());
    assert!(form["html"].as_str().unwrap().contains(form["url"].as_str().unwrap()), "{form}");
    let (admin, viewer) = (app.admin().await, app.viewer().await);
    assert_eq!(viewer.get("/api/forms").await.good()["items"].as_array().unwrap().len(), 1);
    viewer.post("/api/forms", json!({"name": "x"})).await.problem("forbidden", 403);
    for (body, pointer) in [
        (json!({"name": ""}), "/name"),
        (json!({"name": "x", "kind": "poem"}), "/kind"),
        (json!({"name": "x", "redirect_url": "javascript:alert(1)"}), "/redirect_url"),
        (json!({"name": "x", "assignee_id": "01890a5d-ac96-774b-bcce-b302099a8057"}), "/assignee_id"),
    ] {
        admin.post("/api/forms", body).await.complains_about(pointer);
    }
    let changed = admin.patch(&path, json!({"name": "Better", "redirect_url": "https://a.example/"})).await.good();
    assert_eq!((&changed["name"], &changed["redirect_url"]), (&json!("Better"), &json!("https://a.example/")));
    assert_eq!(admin.patch(&path, json!({"redirect_url": null})).await.good()["redirect_url"], Value::Null);
    let theirs = app.other_workspace().await.admin().await;
    theirs.patch(&path, json!({"name": "Mine"})).await.problem("not_found", 404);
    theirs.delete(&path).await.problem("not_found", 404);
    admin.delete(&path).await.status(204);
    viewer.get(&path).await.problem("not_found", 404);
}

#[tokio::test]
async fn of_too_many_fields_those_that_say_who_and_what_are_kept_wherever_they_stand() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let form = a_form(&app, json!({})).await;
    let mut body: Vec<String> = (0..300).map(|n| format!("tracking_{n}=x{n}")).collect();
    body.push("email=ada%40ruiz.example&full_name=Ada+Ruiz&company=Ruiz+GmbH&message=Call+me".to_owned());
    submit(&app.stranger(), &form, ENCODED, body.join("&")).await.status(202);
    let mut nested: serde_json::Map<String, Value> = (0..300).map(|n| (format!("a{n}"), json!("x"))).collect();
    nested.insert("zz".to_owned(), json!({"email": "bob@ruiz.example"}));
    submit(&app.stranger(), &form, "application/json", Value::Object(nested).to_string()).await.status(202);
    app.settle().await;
    let moves = admin.get("/api/command-queue").await.good();
    let moves = moves["items"].as_array().unwrap();
    let ada = moves.iter().find(|one| one["contact"]["email"] == "ada@ruiz.example").unwrap();
    assert_eq!((&ada["contact"]["name"], &ada["contact"]["company"]), (&json!("Ada Ruiz"), &json!("Ruiz GmbH")));
    assert!(ada["why"].as_str().unwrap().contains("Call me"), "{ada}");
    assert!(moves.iter().any(|one| one["contact"]["email"] == "bob@ruiz.example"), "{moves:?}");
    let signals = admin.get("/api/signals?source=form").await.good();
    for signal in signals["items"].as_array().unwrap() {
        let payload = &signal["payload"];
        assert_eq!(payload["fields"].as_object().unwrap().len(), 200, "{payload}");
        assert!(payload["note"].as_str().unwrap().contains("200 were kept"), "{payload}");
    }
}
