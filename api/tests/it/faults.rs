//! The process is killed, told to stop, or finds the disk full: what was acknowledged is there, once, and the work goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};

use caseyos_shared::model::{Scope, Ts};

use crate::harness::{Answer, Database, Line, Server, TestApp, Value, caseyos, eventually, json};

/// What the senders of a test asked for, and which of it was acknowledged, with the signal's id.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    asked: BTreeSet<String>,
    acknowledged: BTreeMap<String, String>,
}

impl Book {
    fn ask(&self, key: &str) {
        self.0.lock().unwrap().asked.insert(key.to_owned());
    }

    fn acknowledge(&self, key: &str, answer: &Answer) {
        let id = answer.status(202)["signal_id"].as_str().unwrap().to_owned();
        let before = self.0.lock().unwrap().acknowledged.insert(key.to_owned(), id.clone());
        assert!(before.is_none_or(|before| before == id), "{key} was acknowledged as two signals");
    }

    fn acknowledged(&self) -> usize {
        self.0.lock().unwrap().acknowledged.len()
    }

    fn unanswered(&self) -> Vec<String> {
        let pages = self.0.lock().unwrap();
        pages.asked.iter().filter(|key| !pages.acknowledged.contains_key(*key)).cloned().collect()
    }

    /// Every key has become one signal, and each acknowledged one is the signal that was named.
    async fn agrees_with(&self, database: &Database) {
        let stored: BTreeSet<String> = database.texts("select id from signal").await.into_iter().collect();
        let keys = database.texts("select dedupe_key from signal order by dedupe_key").await;
        let pages = self.0.lock().unwrap();
        assert_eq!(keys, pages.asked.iter().cloned().collect::<Vec<_>>(), "each key once");
        for (key, id) in &pages.acknowledged {
            assert!(stored.contains(id), "{key} was acknowledged as {id} and is lost");
        }
    }
}

fn signal(key: &str) -> Value {
    json!({"source": "api", "kind": "demo_request", "dedupe_key": key, "payload": {"note": "Please show us the product"},
        "contact": {"email": format!("{key}@{key}.example"), "name": format!("Pat {key}")}})
}

/// Sends signals one after the other until the server is gone.
async fn send(address: SocketAddr, authorization: String, name: String, book: Book) {
    let Ok(mut line) = Line::open(address, &authorization).await else { return };
    for number in 0.. {
        let key = format!("{name}-{number}");
        book.ask(&key);
        match line.send("POST", "/api/signals", Some(&signal(&key))).await {
            Ok(answer) => book.acknowledge(&key, &answer),
            Err(_) => return,
        }
    }
}

/// Sends again what had no answer, as a careful sender does.
async fn send_again(server: &Server, authorization: &str, book: &Book) {
    for key in book.unanswered() {
        book.acknowledge(&key, &server.post(authorization, "/api/signals", &signal(&key)).await);
    }
}

/// An app that stands aside for real processes; a key of its workspace.
async fn stands_aside() -> (TestApp, String) {
    let app = TestApp::new().await;
    let key = app.key(&[Scope::SignalsWrite, Scope::QueueRead]).await.sends("authorization").to_owned();
    app.app.db.close().await;
    (app, key)
}

#[tokio::test]
async fn no_acknowledged_signal_is_lost_or_doubled_by_kill_9_and_their_moves_follow() {
    let (app, key) = stands_aside().await;
    let book = Book::default();
    for round in 0..5 {
        let server = Server::start(&app.database).await;
        send_again(&server, &key, &book).await;
        let enough = book.acknowledged() + 60;
        let senders: Vec<_> = (0..8)
            .map(|sender| tokio::spawn(send(server.address, key.clone(), format!("{round}-{sender}"), book.clone())))
            .collect();
        eventually("the burst is under way", async || {
            book.acknowledged() >= enough || senders.iter().any(tokio::task::JoinHandle::is_finished)
        })
        .await;
        server.kill();
        for sender in senders {
            sender.await.unwrap();
        }
    }
    let server = Server::start(&app.database).await;
    send_again(&server, &key, &book).await;
    server.tell_to_stop();
    server.ends_well().await;
    book.agrees_with(&app.database).await;
    // What a killed worker held comes back when its lease has ended.
    let next = app.another_process().await;
    next.clock.advance(5 * Ts::MINUTE);
    caseyos_api::jobs::run_everything_due(&next).await.unwrap();
    next.db.close().await;
    let all = i64::try_from(book.acknowledged()).unwrap();
    assert_eq!(app.database.count("select count(*) from signal where verdict = 'moved'").await, all);
    assert_eq!(app.database.count("select count(distinct move_id) from signal").await, all);
    assert_eq!(app.database.count("select count(*) from move").await, all);
    assert_eq!(app.database.count("select max(seq) - count(*) from event").await, 0, "no gap in the history");
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_holds_nothing_afterwards_and_the_next_one_goes_on() {
    let (app, key) = stands_aside().await;
    let book = Book::default();
    let server = Server::start(&app.database).await;
    let senders: Vec<_> = (0..8)
        .map(|sender| tokio::spawn(send(server.address, key.clone(), format!("s{sender}"), book.clone())))
        .collect();
    eventually("work is under way", async || book.acknowledged() >= 100).await;
    server.tell_to_stop();
    server.ends_well().await;
    for sender in senders {
        sender.await.unwrap();
    }
    let log = app.database.folder.path().join("caseyos.db-wal");
    assert!(!log.exists(), "whoever copies the database of a server that was stopped gets all of it");
    let held = "select count(*) from signal where verdict = 'waiting' and leased_until is not null";
    assert_eq!(app.database.count(held).await, 0, "signals are held by a process that is gone");
    assert_eq!(app.database.count("select count(*) from job where state = 'running'").await, 0);
    let server = Server::start(&app.database).await;
    send_again(&server, &key, &book).await;
    book.agrees_with(&app.database).await;
    let waiting = "select count(*) from signal where verdict = 'waiting'";
    eventually("every signal is worked", async || app.database.count(waiting).await == 0).await;
    let moved = app.database.count("select count(*) from signal where verdict = 'moved'").await;
    assert_eq!(moved, i64::try_from(book.acknowledged()).unwrap());
    server.tell_to_stop();
    server.ends_well().await;
}

/// How large a file the process may write; beyond it a write fails as on a full disk. `prlimit` is Linux's own.
fn limit_files(server: &Server, bytes: &str) -> bool {
    let told = Command::new("prlimit").args(["--pid", &server.process(), &format!("--fsize={bytes}:")]).status();
    told.is_ok_and(|status| status.success())
}

#[tokio::test]
async fn a_full_disk_refuses_writes_clearly_and_with_room_the_same_process_goes_on() {
    let (app, key) = stands_aside().await;
    if !app.database.is_sqlite() {
        return;
    }
    let program = caseyos(&app.database.url, app.database.folder.path());
    let mut command = Command::new("sh");
    // The signal for a file that is too large would end the process; a full disk sends none.
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program.get_program());
    command.args(["serve", "--addr", "127.0.0.1:0"]).current_dir(app.database.folder.path());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let server = Server::spawn(&mut command).await;
    let (book, mut line) = (Book::default(), server.line(&key).await.unwrap());
    for number in 0..10 {
        let name = format!("e{number}");
        book.ask(&name);
        book.acknowledge(&name, &line.send("POST", "/api/signals", Some(&signal(&name))).await.unwrap());
    }
    let files = std::fs::read_dir(app.database.folder.path()).unwrap().flatten();
    let largest = files.map(|file| file.metadata().unwrap().len()).max().unwrap();
    if !limit_files(&server, &(largest + 256 * 1024).to_string()) {
        eprintln!("skipped: there is no `prlimit` here, which makes the disk full for one process");
        return;
    }
    let mut refused = 0;
    for number in 0..20_000 {
        let name = format!("f{number}");
        let answer = line.send("POST", "/api/signals", Some(&signal(&name))).await.unwrap();
        if answer.code == 202 {
            book.ask(&name);
            book.acknowledge(&name, &answer);
        } else {
            let problem = answer.problem("disk_full", 507);
            assert!(problem["detail"].as_str().unwrap().contains("Free some space"), "{answer}");
            refused += 1;
        }
        if refused == 20 {
            break;
        }
    }
    assert_eq!(refused, 20, "the disk was never full");
    let listed = line.send("GET", "/api/signals?limit=5", None).await.unwrap().good();
    assert_eq!(listed["items"].as_array().unwrap().len(), 5, "reads go on");
    line.send("GET", "/api/command-queue/today", None).await.unwrap().good();
    book.agrees_with(&app.database).await;
    assert!(limit_files(&server, "unlimited"));
    book.ask("room");
    book.acknowledge("room", &line.send("POST", "/api/signals", Some(&signal("room"))).await.unwrap());
    book.agrees_with(&app.database).await;
    let waiting = "select count(*) from signal where verdict = 'waiting' and leased_until is null";
    eventually("the work goes on", async || app.database.count(waiting).await == 0).await;
    assert_eq!(app.database.count("select max(seq) - count(*) from event").await, 0, "no gap in the history");
    assert_eq!(app.database.texts("pragma integrity_check").await, ["ok"]);
    server.tell_to_stop();
    server.ends_well().await;
}
