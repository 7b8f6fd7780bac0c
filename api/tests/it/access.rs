//! Signing in and out, sessions, passwords and the first set-up.

use axum::http::Method;
use caseyos_api::access::sign_in::{self, SetUp, SetUpError};
use caseyos_shared::model::Ts;

use crate::harness::{Client, TestApp, eventually, json};

const PASSWORD: &str = "correct horse battery";

/// An app with one admin who has a password, made by the API.
async fn with_ann(app: &TestApp) {
    let ann = json!({ "email": "Ann@Example.com", "role": "admin", "password": PASSWORD, "name": "Ann" });
    app.admin().await.post("/api/users", ann).await.status(201);
}

async fn sign_in(client: &Client, email: &str, password: &str) -> crate::harness::Answer {
    client.post("/api/auth/sign-in", json!({ "email": email, "password": password })).await
}

#[tokio::test]
async fn whoever_knows_the_password_gets_a_session_that_works_until_it_is_ended() {
    let app = TestApp::new().await;
    with_ann(&app).await;
    let answer = sign_in(&app.stranger(), " ann@example.COM", PASSWORD).await;
    let session = answer.good();
    assert_eq!((&session["user"]["name"], &session["role"]), (&json!("Ann"), &json!("admin")));
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["caseyos_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    let browser = app.stranger().with("cookie", cookie.split(';').next().unwrap());
    let me = browser.get("/api/auth/session").await.good();
    assert_eq!((&me["csrf_token"], &me["scopes"]), (&session["csrf_token"], &json!(null)));
    let browser = browser.with("x-csrf-token", me["csrf_token"].as_str().unwrap());
    let out = browser.post("/api/auth/sign-out", json!({})).await;
    out.status(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{out}");
    browser.get("/api/auth/session").await.problem("unauthenticated", 401);
    let signed_in = app.database.count("select count(*) from event where kind = 'person.signed_in'").await;
    assert_eq!(signed_in, 2, "the admin's and Ann's");
}

#[tokio::test]
async fn on_https_the_cookie_is_secure_and_no_other_name_is_believed() {
    let app = TestApp::at("https://casey.example").await;
    let admin = app.admin().await;
    let cookie = admin.sends("cookie").to_owned();
    assert!(cookie.starts_with("__Host-caseyos_session="), "{cookie}");
    admin.get("/api/auth/session").await.good();
    let planted = app.stranger().with("cookie", cookie.trim_start_matches("__Host-"));
    planted.get("/api/auth/session").await.problem("unauthenticated", 401);
}

#[tokio::test]
async fn nobody_is_told_whether_the_address_or_the_password_is_wrong_and_guessing_is_slow() {
    let app = TestApp::new().await;
    with_ann(&app).await;
    let wrong = sign_in(&app.stranger(), "ann@example.com", "wrong horse battery").await;
    let unknown = sign_in(&app.stranger(), "nobody@example.com", "wrong horse battery").await;
    wrong.problem("wrong_password", 401);
    assert_eq!(wrong.without_request(), unknown.without_request());
    for _ in 0..9 {
        sign_in(&app.stranger(), "ann@example.com", "wrong horse battery").await.problem("wrong_password", 401);
    }
    let refused = sign_in(&app.stranger(), "ann@example.com", PASSWORD).await;
    refused.problem("rate_limited", 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 800, "{refused}");
    app.advance(15 * Ts::MINUTE);
    sign_in(&app.stranger(), "ann@example.com", PASSWORD).await.good();
    let failed = app.database.count("select count(*) from event where kind = 'person.sign_in_failed'").await;
    assert_eq!(failed, 10);
}

#[tokio::test]
async fn a_session_ends_after_a_week_without_use_and_after_a_month_in_any_case() {
    let app = TestApp::new().await;
    let (idle, busy) = (app.member().await, app.member().await);
    for _ in 0..5 {
        app.advance(6 * Ts::DAY);
        let now = app.app.clock.now().millis();
        if busy.get("/api/auth/session").await.code != 200 {
            break;
        }
        // The use is written down behind the request.
        let seen = async || app.database.count("select max(seen_at) from session").await >= now;
        eventually("the session was seen", seen).await;
    }
    idle.get("/api/auth/session").await.problem("unauthenticated", 401);
    app.advance(Ts::DAY);
    busy.get("/api/auth/session").await.problem("unauthenticated", 401);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let app = TestApp::new().await;
    with_ann(&app).await;
    let enter = async || {
        let answer = sign_in(&app.stranger(), "ann@example.com", PASSWORD).await;
        let csrf = answer.good()["csrf_token"].as_str().unwrap().to_owned();
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        app.stranger().with("cookie", &cookie).with("x-csrf-token", &csrf)
    };
    let (here, there) = (enter().await, enter().await);
    assert_eq!(here.get("/api/auth/sessions").await.good()["items"].as_array().unwrap().len(), 2);
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    here.post("/api/auth/password", change("wrong", "another fine day")).await.complains_about("/current");
    here.post("/api/auth/password", change(PASSWORD, "short")).await.complains_about("/new");
    here.post("/api/auth/password", change(PASSWORD, "another fine day")).await.status(204);
    here.get("/api/auth/session").await.good();
    there.get("/api/auth/session").await.problem("unauthenticated", 401);
    sign_in(&app.stranger(), "ann@example.com", PASSWORD).await.problem("wrong_password", 401);
    sign_in(&app.stranger(), "ann@example.com", "another fine day").await.good();
}

#[tokio::test]
async fn the_set_up_link_makes_one_admin_once() {
    let (app, mut database) = TestApp::bare("http://127.0.0.1:8000").await;
    let filled_in = SetUp {
        workspace: "Acme".to_owned(),
        time_zone: "europe/berlin".to_owned(),
        name: "Ann".to_owned(),
        email: "ann@example.com".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let link = app.setup.renew(app.clock.now());
    let wrong = sign_in::set_up(&app, "wrong", &filled_in, "", "").await;
    assert!(matches!(wrong, Err(SetUpError::LinkClosed)));
    let bad = SetUp { password: "short".to_owned(), time_zone: "Mars/Base".to_owned(), ..filled_in.clone() };
    let Err(SetUpError::Invalid(errors)) = sign_in::set_up(&app, &link, &bad, "", "").await else { panic!() };
    let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/time_zone", "/password"]);
    let (one, two) = tokio::join!(
        sign_in::set_up(&app, &link, &filled_in, "", ""),
        sign_in::set_up(&app, &link, &filled_in, "", ""),
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "one of two at once");
    let again = sign_in::set_up(&app, &app.setup.renew(app.clock.now()), &filled_in, "", "").await;
    assert!(matches!(again, Err(SetUpError::LinkClosed)), "somebody exists");
    assert_eq!(database.count("select count(*) from person").await, 1);
    database.end();
}

#[tokio::test]
async fn whoever_is_in_several_workspaces_with_one_password_chooses_one() {
    let app = TestApp::new().await;
    let other = app.other_workspace().await;
    for tenant in [&*app, &other] {
        let ann = json!({ "email": "ann@example.com", "role": "member", "password": PASSWORD });
        tenant.admin().await.post("/api/users", ann).await.status(201);
    }
    let (email, id) = ("ann@example.com", other.workspace.to_string());
    let asked = sign_in(&app.stranger(), email, PASSWORD).await.complains_about("/workspace");
    let detail = asked["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("Acme") && detail.contains("Other") && detail.contains(&id), "{detail}");
    for (named, found) in [("Acme", "Acme"), ("Other", "Other"), (&id, "Other")] {
        let body = json!({ "email": email, "password": PASSWORD, "workspace": named });
        let session = app.stranger().post("/api/auth/sign-in", body).await.good();
        assert_eq!(session["workspace"]["name"], found);
    }
    let unknown = json!({ "email": email, "password": PASSWORD, "workspace": "Acme Ltd" });
    app.stranger().post("/api/auth/sign-in", unknown).await.problem("wrong_password", 401);
    // Nobody learns of workspaces without the password.
    let guessed = sign_in(&app.stranger(), email, "wrong horse battery").await;
    guessed.problem("wrong_password", 401);

    let post = async |form: String| {
        let browser = app.stranger().with("accept", "text/html").with("origin", "http://127.0.0.1:8000");
        browser.send(Method::POST, "/sign-in", Some("application/x-www-form-urlencoded"), form).await
    };
    let filled_in = "email=ann%40example.com&next=%2Fcontacts&password=correct+horse+battery";
    let choice = post(filled_in.to_owned()).await;
    assert_eq!(choice.code, 422, "{choice}");
    let page = choice.text();
    assert!(page.contains(r#"name="workspace""#) && page.contains(&format!(r#"value="{id}""#)), "{page}");
    assert!(page.contains("ann@example.com") && !page.contains(PASSWORD), "{page}");
    let entered = post(format!("{filled_in}&workspace={id}")).await;
    assert_eq!((entered.code.as_u16(), entered.header("location")), (303, "/contacts"), "{entered}");
    let browser = app.stranger().with("cookie", entered.header("set-cookie").split(';').next().unwrap());
    assert_eq!(browser.get("/api/auth/session").await.good()["workspace"]["id"], json!(id));
}

#[tokio::test]
async fn one_may_sign_in_while_signed_in_but_no_other_site_may_do_it_for_one() {
    let app = TestApp::new().await;
    with_ann(&app).await;
    let browser = app.viewer().await.without("x-csrf-token");
    assert_eq!(sign_in(&browser, "ann@example.com", PASSWORD).await.good()["user"]["name"], "Ann");
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let forged = browser.clone().with(name, value);
        sign_in(&forged, "ann@example.com", PASSWORD).await.problem("forbidden", 403);
        let stranger = app.stranger().with(name, value);
        sign_in(&stranger, "ann@example.com", PASSWORD).await.problem("forbidden", 403);
    }
    let form = "email=ann%40example.com&password=correct+horse+battery";
    let simple = browser.send(Method::POST, "/api/auth/sign-in", Some("application/x-www-form-urlencoded"), form).await;
    simple.problem("wrong_type", 415);
}
