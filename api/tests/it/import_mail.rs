//! Mailboxes: each message once, answered threads and bulk mail make no move, broken messages are named.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use caseyos_api::clock::new_id;
use caseyos_api::signals::mailbox::{self, MailImport, guess_owner};
use caseyos_api::store::imports::Counts;
use caseyos_shared::model::{ImportId, Scope, Ts};

use crate::harness::TestApp;

const ME: &str = "me@acme.example";

/// A mailbox in the making.
struct Mbox(String, Ts);

impl Mbox {
    fn mail(&mut self, id: &str, from: &str, to: &str, days_ago: i64, headers: &str, body: &str) -> &mut Self {
        let date = (self.1 - days_ago * Ts::DAY).timestamp().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        write!(
            self.0,
            "From x@y.example Mon Mar  2 10:00:00 2026\nMessage-ID: <{id}>\nFrom: {from}\nTo: {to}\nDate: {date}\nSubject: About {id}\n{headers}\n{body}\n\n"
        )
        .unwrap();
        self
    }

    fn save(&self, app: &TestApp, name: &str) -> PathBuf {
        let path = app.database.folder.path().join(name);
        std::fs::write(&path, &self.0).unwrap();
        path
    }
}

async fn import(app: &TestApp, path: &Path) -> (Counts, Vec<String>) {
    let owner = guess_owner(path, &[ME.to_owned()]).unwrap();
    let what = MailImport { workspace: app.workspace, id: new_id(ImportId::new), by: None, file_name: None, owner };
    let mut problems = Vec::new();
    let counts = mailbox::import(&app.app, &what, path, |_, problem| problems.extend(problem.map(str::to_owned)));
    let counts = counts.await.unwrap();
    (counts, problems)
}

fn mailbox_of(app: &TestApp) -> Mbox {
    let mut mbox = Mbox(String::new(), app.app.clock.now());
    mbox.mail(
        "q1",
        "Ann <ann@kunde.example>",
        ME,
        2,
        "X-Gmail-Labels: Inbox,Important\n",
        "Does it include the API?\n\nOn Monday Me wrote:\n> hello",
    )
    .mail("q2", "Bob <bob@other.example>", ME, 3, "", "What does it cost?")
    .mail("a2", ME, "Bob <bob@other.example>", 2, "In-Reply-To: <q2>\nReferences: <q2>\n", "Ten a month.")
    .mail("n1", "News <news@shop.example>", ME, 1, "List-Unsubscribe: <https://shop.example/u>\n", "Buy now")
    .mail("r1", "no-reply@bank.example", ME, 1, "", "Your statement")
    .mail("c1", "Cy <cy@third.example>", "Dee <dee@third.example>", 1, &format!("Cc: {ME}\n"), "Dee, please look");
    mbox
}

#[tokio::test]
async fn only_what_waits_for_an_answer_makes_a_move_and_the_ledger_says_why() {
    let app = TestApp::new().await;
    let path = mailbox_of(&app).save(&app, "all.mbox");
    let (counts, problems) = import(&app, &path).await;
    assert_eq!((counts.seen, counts.added, counts.bad), (6, 6, 0), "{problems:?}");
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    let moves = reader.get("/api/command-queue").await.good();
    let moves = moves["items"].as_array().unwrap();
    assert_eq!(moves.len(), 1, "{moves:?}");
    assert!(moves[0]["why"].as_str().unwrap().contains("Does it include the API?"), "{moves:?}");
    assert!(!moves[0]["why"].as_str().unwrap().contains("hello"), "quotes are cut");
    let imports = reader.get("/api/imports").await.good();
    let ledger = reader.get(&format!("/api/imports/{}", imports["items"][0]["id"].as_str().unwrap())).await.good();
    let reasons: Vec<String> =
        ledger["lines"]["items"].as_array().unwrap().iter().map(|one| one["reason"].to_string()).collect();
    for (at, words) in [(1, "answered"), (2, "you"), (3, "newsletter"), (4, "reads no answers"), (5, "copy")] {
        assert!(reasons[at].contains(words), "{words}: {reasons:?}");
    }
    let labels = reader.get("/api/signals?text=important").await.good();
    assert_eq!(labels["items"].as_array().unwrap().len(), 1, "labels are kept");
    let (again, _) = import(&app, &path).await;
    assert_eq!((again.seen, again.added, again.known), (6, 0, 6), "a rerun adds nothing");
    app.settle().await;
    assert_eq!(app.database.count("select count(*) from move").await, 1);
    assert_eq!(app.database.count("select count(*) from mail_message").await, 6);
}

#[tokio::test]
async fn a_truncated_mbox_gives_what_is_whole_and_names_what_is_not() {
    let app = TestApp::new().await;
    let mut mbox = mailbox_of(&app);
    let whole = mbox.0.clone();
    mbox.0.truncate(whole.len() - 30);
    let path = mbox.save(&app, "cut.mbox");
    let (cut, problems) = import(&app, &path).await;
    assert_eq!(cut.added + cut.bad, 6, "{problems:?}");
    std::fs::write(&path, &whole).unwrap();
    let (full, _) = import(&app, &path).await;
    assert_eq!(full.added + full.known, 6);
    assert_eq!(app.database.count("select count(*) from mail_message").await, 6);
}

#[tokio::test]
async fn a_folder_with_a_broken_mail_is_read_to_its_end() {
    let app = TestApp::new().await;
    let folder = app.database.folder.path().join("mails");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.eml"), "From: a@b.example\nTo: me@acme.example\nSubject: x\n\nHello").unwrap();
    std::fs::write(folder.join("b.eml"), "  \n\n").unwrap();
    std::fs::write(folder.join("c.eml"), b"From: c@d.example\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Transfer-Encoding: base64\n\n!!!\xff\x00").unwrap();
    let (counts, problems) = import(&app, &folder).await;
    assert_eq!((counts.seen, counts.added, counts.bad), (3, 2, 1), "{problems:?}");
    assert!(problems[0].contains("b.eml"), "{problems:?}");
    app.settle().await;
    assert_eq!(
        app.database.count("select count(*) from signal where verdict = 'waiting' or verdict = 'failed'").await,
        0
    );
}

#[tokio::test]
async fn a_mail_without_a_date_is_kept_and_nobody_is_told_that_it_waits() {
    let app = TestApp::new().await;
    let path = app.database.folder.path().join("undated.eml");
    std::fs::write(&path, "From: a@b.example\nTo: me@acme.example\nSubject: x\n\nHello, what does it cost?").unwrap();
    import(&app, &path).await;
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    let signals = reader.get("/api/signals").await.good();
    assert!(signals["items"][0]["reason"].as_str().unwrap().contains("no date"), "{signals}");
    assert_eq!(app.database.count("select count(*) from move").await, 0);
}

#[tokio::test]
async fn a_mailbox_is_sent_to_the_api_and_read_like_one_on_the_command_line() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let path = format!("/api/imports/mail?file_name=all.mbox&me={ME}&me=alias%40acme.example");
    let send = |kind: &'static str, path: String, body: String| {
        let member = member.clone();
        async move { member.send(axum::http::Method::POST, &path, Some(kind), body).await }
    };
    let begun = send("application/mbox", path.clone(), mailbox_of(&app).0).await.status(202);
    assert_eq!((begun["kind"].as_str(), begun["state"].as_str()), (Some("mail"), Some("running")));
    app.settle().await;
    assert_eq!(app.database.count("select count(*) from move").await, 1);
    let address = format!("/api/imports/{}", begun["id"].as_str().unwrap());
    let ledger = member.get(&address).await.good();
    assert_eq!((&ledger["import"]["state"], &ledger["import"]["added"]), (&"done".into(), &6.into()));
    assert!(ledger["import"]["notes"][0].as_str().unwrap().contains("alias@acme.example"), "{ledger}");
    let again = send("application/mbox", path, mailbox_of(&app).0).await.status(202);
    app.settle().await;
    let again = member.get(&format!("/api/imports/{}", again["id"].as_str().unwrap())).await.good();
    assert_eq!((&again["import"]["added"], &again["import"]["known"]), (&0.into(), &6.into()), "a rerun adds nothing");
    let date = app.app.clock.now().timestamp().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let one = format!(
        "From: Eve <eve@fifth.example>\nTo: me@acme.example\nMessage-ID: <e1>\nDate: {date}\nSubject: x\n\nCan we talk?\n"
    );
    let one = send("message/rfc822", "/api/imports/mail?me=me%40acme.example".to_owned(), one).await;
    assert_eq!(one.status(202)["file_name"], "upload.eml");
    app.settle().await;
    assert_eq!(app.database.count("select count(*) from move").await, 2);
    let api = || "/api/imports/mail".to_owned();
    send("text/csv", api(), "x".to_owned()).await.problem("wrong_type", 415);
    send("application/mbox", api(), "PK\u{3}\u{4}x".to_owned()).await.complains_about("");
    send("application/mbox", api(), " \n".to_owned()).await.complains_about("");
    send("application/mbox", "/api/imports/mail?me=nobody".to_owned(), "x".to_owned()).await.complains_about("/me");
    send("application/mbox", "/api/imports/mail?map=x".to_owned(), "x".to_owned()).await.complains_about("/map");
    let viewer = app.viewer().await;
    viewer.send(axum::http::Method::POST, &api(), Some("application/mbox"), "x").await.problem("forbidden", 403);
    assert_eq!(app.uploads(), 0);
}

#[test]
fn the_owner_is_who_signed_up_else_who_sends_most() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.mbox");
    let from = "From x@y.example Mon Mar  2 10:00:00 2026\n";
    let text: String = ["a@x.example", "B@x.example", "b@x.example"]
        .iter()
        .map(|who| format!("{from}From: {who}\n\nhi\n\n"))
        .collect();
    std::fs::write(&path, text).unwrap();
    assert_eq!(guess_owner(&path, &[]).unwrap().addresses, ["b@x.example"]);
    assert_eq!(guess_owner(&path, &["a@x.example".to_owned()]).unwrap().addresses, ["a@x.example"]);
    std::fs::write(&path, format!("{from}From: a@x.example\nTo: Me <me@acme.example>\n\nhi\n\n")).unwrap();
    assert_eq!(guess_owner(&path, &[ME.to_owned()]).unwrap().addresses, [ME], "who only receives owns it as well");
}

#[tokio::test]
async fn an_answer_that_a_later_import_holds_takes_the_move_out_of_today() {
    let app = TestApp::new().await;
    let mut mbox = Mbox(String::new(), app.app.clock.now());
    mbox.mail("q1", "Ann <ann@kunde.example>", ME, 2, "", "Does it include the API?");
    let path = mbox.save(&app, "first.mbox");
    import(&app, &path).await;
    app.settle().await;
    let reader = app.key(&[Scope::QueueRead]).await;
    let today = reader.get("/api/command-queue/today").await.good();
    assert_eq!(today["items"].as_array().unwrap().len(), 1, "{today}");
    mbox.mail("a1", ME, "Ann <ann@kunde.example>", 1, "In-Reply-To: <q1>\nReferences: <q1>\n", "It does.");
    let path = mbox.save(&app, "second.mbox");
    import(&app, &path).await;
    app.settle().await;
    let today = reader.get("/api/command-queue/today").await.good();
    assert_eq!(today["items"].as_array().unwrap().len(), 0, "{today}");
}
