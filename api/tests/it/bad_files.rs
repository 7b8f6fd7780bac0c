//! A database that cannot be used: locked, damaged, somebody else's, of another version. One line says so and what to do.

use std::path::Path;

use caseyos_shared::model::Role;

use crate::harness::{Ended, Server, TestApp, caseyos, hold, json, let_go, run};

const SERVE: [&str; 3] = ["serve", "--addr", "127.0.0.1:0"];

async fn at(path: &Path, args: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    run(caseyos(&format!("sqlite://{}", path.display()), folder.path()).args(args), "").await
}

/// Neither a server nor a command uses the file, and both say why in words with these in them.
async fn is_refused(path: &Path, words: &[&str]) {
    for args in [&SERVE[..], &["migrate"], &["user", "list"]] {
        let ended = at(path, args).await;
        for word in words {
            assert!(ended.complaint().contains(word), "{word:?} is not in: {}", ended.err);
        }
    }
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let noise: Vec<u8> = (0..40_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let text = b"name,email\nAnn,ann@acme.example\n".repeat(50);
    for (name, bytes) in [("noise.db", noise), ("leads.csv", text)] {
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        is_refused(&path, &["damaged or is not a CaseyOS database", "caseyos export"]).await;
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name} was changed");
    }
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_refused() {
    let app = TestApp::new().await;
    if !app.database.is_sqlite() {
        return;
    }
    app.admin().await.post("/api/contacts", json!({"name": "Ann"})).await.status(201);
    app.app.db.close().await;
    let whole = std::fs::read(app.database.folder.path().join("caseyos.db")).unwrap();
    for kept in [whole.len() / 2, whole.len() - 4096, 5_000, 700] {
        let path = app.database.folder.path().join(format!("cut-{kept}.db"));
        std::fs::write(&path, &whole[..kept]).unwrap();
        is_refused(&path, &["damaged", "caseyos export"]).await;
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let mut other = hold(&format!("sqlite://{}", path.display())).await;
    crate::harness::tell(&mut other, "create table invoice (id integer); commit; begin").await;
    let_go(other).await;
    is_refused(&path, &["not a CaseyOS database", "other tables"]).await;
}

#[tokio::test]
async fn a_place_where_no_file_can_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "a file").unwrap();
    is_refused(&file.join("caseyos.db"), &["file", "folder"]).await;
    is_refused(folder.path(), &["cannot open", &folder.path().display().to_string()]).await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_out_of_reach() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("postgres://casey:hunter2@{nobody}/casey");
    let ended = run(caseyos(&url, folder.path()).arg("migrate"), "").await;
    let complaint = ended.complaint();
    assert!(complaint.contains("cannot be reached") && complaint.contains("DATABASE_URL"), "{complaint}");
    assert!(!complaint.contains("hunter2"), "{complaint}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_where_one_may_not_write_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o500)).unwrap();
    if std::fs::write(closed.join("probe"), "").is_ok() {
        eprintln!("skipped: this user (root?) may write everywhere");
        return;
    }
    is_refused(&closed.join("caseyos.db"), &["cannot", "closed"]).await;
}

#[tokio::test]
async fn a_database_that_another_process_holds_answers_busy_and_goes_on_when_it_is_let_go() {
    let app = TestApp::new().await;
    if !app.database.is_sqlite() {
        return;
    }
    let (admin, email) = (app.admin().await, app.person(Role::Admin).await.email);
    admin.post("/api/contacts", json!({"name": "Before"})).await.status(201);
    let held = hold(&app.database.url).await;
    let refused = admin.post("/api/contacts", json!({"name": "Meanwhile"})).await;
    refused.problem("busy", 503);
    assert_eq!(refused.header("retry-after"), "1");
    let listed = admin.get("/api/contacts").await.good();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "reads go on, and nothing is half done");
    let mut create = caseyos(&app.database.url, app.database.folder.path());
    create.args(["key", "create", "--user", &email, "--scopes", "queue:read"]);
    assert!(run(&mut create, "").await.complaint().contains("busy; try again"));
    let_go(held).await;
    admin.post("/api/contacts", json!({"name": "After"})).await.status(201);
    run(&mut create, "").await.good();
}

#[tokio::test]
async fn a_new_database_that_another_process_holds_is_not_half_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("caseyos.db");
    let held = hold(&format!("sqlite://{}", path.display())).await;
    assert!(at(&path, &["migrate"]).await.complaint().contains("busy; try again"));
    let_go(held).await;
    at(&path, &["migrate"]).await.good();
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_servers_and_commands_alike() {
    let app = TestApp::new().await;
    app.app.db.close().await;
    app.database
        .change(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             select 9999, 'from the future', success, checksum, 0 from _sqlx_migrations where version = 1",
        )
        .await;
    let folder = tempfile::tempdir().unwrap();
    for args in [&SERVE[..], &["migrate"], &["user", "list"]] {
        let ended = run(caseyos(&app.database.url, folder.path()).args(args), "").await;
        assert!(ended.complaint().contains("newer version of CaseyOS"), "{ended:?}");
    }
}

#[tokio::test]
async fn a_command_does_not_migrate_under_a_running_server() {
    let app = TestApp::new().await;
    app.app.db.close().await;
    let server = Server::start(&app.database).await;
    // To the command the server's schema is older than its own: its last migration was never applied.
    app.database.change("delete from _sqlx_migrations").await;
    let folder = tempfile::tempdir().unwrap();
    for args in [&["migrate"][..], &["user", "list"], &SERVE] {
        let ended = run(caseyos(&app.database.url, folder.path()).args(args), "").await;
        assert!(ended.complaint().contains("stop the server"), "{ended:?}");
    }
    assert_eq!(app.database.count("select count(*) from _sqlx_migrations").await, 0, "nothing was migrated");
    assert_eq!(server.get("", "/healthz").await.code, 200);
}
