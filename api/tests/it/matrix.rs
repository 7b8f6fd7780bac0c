//! Every operation of the document against everybody who may not: none may learn or change anything.

use axum::http::Method;
use caseyos_shared::model::{Role, Scope};
use uuid::Uuid;

use crate::harness::walk::{Operation, operations};
use crate::harness::{Answer, Client, TestApp, Value, json, samples};

async fn call(client: &Client, operation: &Operation, id: &str, body: &Value) -> Answer {
    let path = operation.with_id(id);
    match operation.method {
        Method::GET => client.get(&path).await,
        Method::DELETE => client.delete(&path).await,
        _ => client.json(operation.method.clone(), &path, body).await,
    }
}

fn guarded() -> impl Iterator<Item = Operation> {
    operations().into_iter().filter(|operation| !operation.public)
}

#[tokio::test]
async fn nobody_gets_in_without_credentials_or_with_made_up_ones() {
    let app = TestApp::new().await;
    let id = Uuid::now_v7().to_string();
    let made_up = caseyos_api::access::token::new_key(app.workspace);
    let strangers = [
        app.stranger(),
        app.stranger().with("authorization", &format!("Bearer {made_up}")),
        app.stranger().with("authorization", "Basic YTpi"),
        app.stranger().with("cookie", &format!("caseyos_session={}", made_up.trim_start_matches("csy_"))),
        app.stranger().with("cookie", &format!("caseyos_session={made_up}")),
    ];
    for operation in guarded() {
        for stranger in &strangers {
            let answer = call(stranger, &operation, &id, &json!({})).await;
            answer.problem("unauthenticated", 401);
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_key_without_the_scope_is_refused_whatever_the_id() {
    let app = TestApp::new().await;
    let id = Uuid::now_v7().to_string();
    for operation in guarded() {
        let held: Vec<Scope> = match &operation.scopes {
            None => vec![Scope::Admin],
            Some(needed) if needed.is_empty() => continue,
            Some(needed) => {
                Scope::ALL.iter().copied().filter(|one| *one != Scope::Admin && !needed.contains(one)).collect()
            }
        };
        let key = app.key(&held).await;
        call(&key, &operation, &id, &json!({})).await.problem("forbidden", 403);
    }
}

#[tokio::test]
async fn a_person_below_the_role_is_refused_whatever_the_id() {
    let app = TestApp::new().await;
    let id = Uuid::now_v7().to_string();
    for (role, client) in [(Role::Viewer, app.viewer().await), (Role::Member, app.member().await)] {
        let key = app.key_of(client.person.unwrap(), Scope::ALL).await;
        for operation in guarded() {
            if operation.role.is_some_and(|least| role < least) {
                call(&client, &operation, &id, &json!({})).await.problem("forbidden", 403);
            }
            // A key never may more than its person, whatever scopes it once got.
            if operation.scopes.iter().flatten().any(|scope| scope.needs() > role) && operation.role > Some(role) {
                call(&key, &operation, &id, &json!({})).await.problem("forbidden", 403);
            }
        }
    }
}

#[tokio::test]
async fn what_is_foreign_answers_like_what_is_missing_and_stays_as_it_was() {
    let app = TestApp::new().await;
    let other = app.other_workspace().await;
    let (ours, theirs) = (app.admin().await, other.admin().await);
    let key = app.key(&[Scope::Admin]).await;
    for operation in guarded().filter(Operation::has_id) {
        let foreign = samples::id(&other, &operation.path).await;
        let missing = Uuid::now_v7().to_string();
        let body = samples::body(&app, &operation.method, &operation.path).await;
        let read = operations().into_iter().find(|one| one.method == Method::GET && one.path == operation.path);
        let before = match &read {
            Some(read) => call(&theirs, read, &foreign, &body).await.good(),
            None => Value::Null,
        };
        for caller in [&ours, &key] {
            if operation.scopes.is_none() && caller.key.is_some() {
                continue;
            }
            let expected = call(caller, &operation, &missing, &body).await;
            expected.problem("not_found", 404);
            for id in [foreign.as_str(), "no-id", "%00", &foreign.to_uppercase()] {
                let answer = call(caller, &operation, id, &body).await;
                assert_eq!(answer.code, expected.code, "{answer}");
                assert_eq!(answer.without_request(), expected.without_request(), "{answer}");
            }
        }
        if let Some(read) = &read {
            assert_eq!(call(&theirs, read, &foreign, &body).await.good(), before, "{operation:?}");
        }
    }
}

#[tokio::test]
async fn what_was_deleted_answers_like_what_never_was() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    // People and keys are shut out, not deleted: what they did stays theirs.
    let kept = ["/api/users/{id}", "/api/keys/{id}", "/api/auth/sessions/{id}"];
    let deletes =
        guarded().filter(|one| one.method == Method::DELETE && one.has_id() && !kept.contains(&one.path.as_str()));
    for operation in deletes {
        let id = samples::id(&app, &operation.path).await;
        let body = samples::body(&app, &operation.method, &operation.path).await;
        call(&admin, &operation, &id, &body).await.good();
        for same in operations().into_iter().filter(|one| one.path == operation.path) {
            let body = samples::body(&app, &same.method, &same.path).await;
            let missing = call(&admin, &same, &Uuid::now_v7().to_string(), &body).await;
            let answer = call(&admin, &same, &id, &body).await;
            answer.problem("not_found", 404);
            assert_eq!(answer.without_request(), missing.without_request());
        }
    }
}

#[tokio::test]
async fn no_other_site_can_make_a_browser_change_anything() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let id = Uuid::now_v7().to_string();
    let without = admin.clone().without("x-csrf-token");
    let other = app.admin().await;
    let without_token = [
        without.clone(),
        without.clone().with("x-csrf-token", ""),
        without.clone().with("x-csrf-token", other.sends("x-csrf-token")),
    ];
    let from_elsewhere = [
        admin.clone().with("origin", "https://evil.example"),
        admin.clone().with("origin", "null"),
        admin.clone().with("origin", "http://127.0.0.1:8000.evil.example"),
        admin.clone().with("sec-fetch-site", "cross-site"),
        admin.clone().with("sec-fetch-site", "same-site"),
    ];
    for operation in operations().into_iter().filter(Operation::writes) {
        // Who signs in has no session yet, so there is no token; other sites may not all the same.
        let forged = from_elsewhere.iter().chain(without_token.iter().filter(|_| !operation.public));
        for client in forged {
            call(client, &operation, &id, &json!({})).await.problem("forbidden", 403);
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let path = operation.with_id(&id);
            let answer = without.send(operation.method.clone(), &path, Some(kind), r#"{"a":1}"#).await;
            if operation.public {
                answer.problem("wrong_type", 415);
            } else {
                answer.problem("forbidden", 403);
            }
        }
    }
}
