//! The pages on which files are brought in, as a browser without a script uses them.

use axum::http::Method;
use caseyos_api::jobs::import::tidy;
use caseyos_shared::model::Ts;

use crate::harness::{Answer, Client, TestApp};

const LIST: &str = "Person,E-mail,Colour,Converted\nAnn Lee,ann@acme.example,red,yes\nBob,no address,blue,no\nAnn,ann@acme.example,,no\nCy,cy@acme.example,green,no\n";
const KIND: &str = "multipart/form-data; boundary=edge";

/// A form as a browser sends it: the fields, then the file, then what stands below it.
fn form(csrf: &str, file: Option<(&str, &[u8])>, below: &[(&str, &str)]) -> Vec<u8> {
    let field = |name: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let mut body = if csrf.is_empty() { Vec::new() } else { field("csrf", csrf) };
    if let Some((name, bytes)) = file {
        body.extend(
            format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n")
                .into_bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    for (name, value) in below {
        body.extend(field(name, value));
    }
    body.extend(b"--edge--\r\n");
    body
}

/// A browser, which sends its form's secret in the form and asks for pages.
struct Browser(Client, String);

impl Browser {
    fn of(client: Client) -> Self {
        let csrf = client.sends("x-csrf-token").to_owned();
        Self(client.without("x-csrf-token").with("accept", "text/html"), csrf)
    }

    async fn send(&self, path: &str, name: &str, bytes: impl AsRef<[u8]>) -> Answer {
        let body = form(&self.1, Some((name, bytes.as_ref())), &[]);
        self.0.send(Method::POST, path, Some(KIND), body).await
    }

    async fn press(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &self.1).extend_pairs(fields);
        self.0.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body.finish()).await
    }

    /// Sends a list and answers its token.
    async fn upload(&self, text: &str) -> String {
        let seen = self.send("/imports/leads", "list.csv", text).await;
        assert_eq!(seen.code, 303, "{seen}");
        seen.header("location").strip_prefix("/imports/leads/").unwrap().to_owned()
    }
}

/// Asserts the status, and that the page holds all of these words.
#[track_caller]
fn shows(answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.code, status, "{answer}");
    assert!(answer.header("content-type").starts_with("text/html"), "{answer}");
    for word in words {
        assert!(answer.text().contains(word), "no {word:?} in {answer}");
    }
}

#[tokio::test]
async fn a_list_is_sent_looked_at_mapped_and_taken_and_a_rerun_adds_nothing() {
    let app = TestApp::new().await;
    let browser = Browser::of(app.member().await);
    let token = browser.upload(LIST).await;
    let look = browser.0.get(&format!("/imports/leads/{token}")).await;
    shows(&look, 200, &["list.csv: 4 rows: 2 good, 1 repeated, 1 cannot be taken", "Ann Lee · Bob", "no address"]);
    shows(&look, 200, &["<option value=\"email\" selected>"]);
    assert_eq!(app.database.count("select count(*) from signal").await, 0, "a look keeps nothing");
    let chosen = [("upload", &*token), ("map-0", "name"), ("map-1", "email"), ("map-2", ""), ("outcome", "Converted")];
    let again = browser.press("/imports/leads/look", &chosen).await;
    shows(&again, 200, &["4 rows: 2 good", "<option value=\"Converted\" selected>"]);
    let twice = [("upload", &*token), ("map-0", "email"), ("map-1", "email")];
    let twice = browser.press("/imports/leads/confirm", &twice).await;
    shows(&twice, 422, &["both mean E-mail address", "only one can"]);
    let taken = browser.press("/imports/leads/confirm", &chosen).await;
    assert_eq!(taken.code, 303, "{taken}");
    let page = taken.header("location").to_owned();
    shows(&browser.0.get(&page).await, 200, &["Under way", "data-follow", "Look again"]);
    let pressed_twice = browser.press("/imports/leads/confirm", &chosen).await;
    assert_eq!(pressed_twice.header("location"), page, "pressed twice is taken once");
    app.settle().await;
    let done = browser.0.get(&page).await;
    shows(&done, 200, &["4 rows: 2 new, 1 known already, 1 could not be read", "Ann Lee", "See the move"]);
    shows(&done, 200, &["The same e-mail address as on line 2.", "Line 3", "href=\"/signals/"]);
    assert!(!done.text().contains("data-follow"), "nothing is under way any more");
    let bad = browser.0.get(&format!("{page}?verdict=bad")).await;
    shows(&bad, 200, &["no address"]);
    assert!(!bad.text().contains("Ann Lee"), "only what was asked for");
    assert_eq!(app.database.count("select count(*) from outcome").await, 2);
    assert_eq!(app.database.count("select count(*) from move").await, 2);
    assert_eq!(app.uploads(), 0, "the file goes when it was taken");
    let token = browser.upload(LIST).await;
    let rerun = browser.press("/imports/leads/confirm", &[("upload", &token)]).await;
    app.settle().await;
    shows(&browser.0.get(rerun.header("location")).await, 200, &["4 rows: 0 new, 3 known already"]);
    assert_eq!(app.database.count("select count(*) from move").await, 2);
    shows(&browser.0.get("/imports").await, 200, &["list.csv", "Some could not be read"]);
}

#[tokio::test]
async fn a_long_ledger_comes_page_by_page() {
    let app = TestApp::new().await;
    let browser = Browser::of(app.member().await);
    let rows: String = (0..120).map(|n| format!("p{n}@x{n}.example\n")).collect();
    let token = browser.upload(&format!("email\n{rows}")).await;
    let page = browser.press("/imports/leads/confirm", &[("upload", &token)]).await.header("location").to_owned();
    app.settle().await;
    let first = browser.0.get(&format!("{page}?verdict=moved")).await.text();
    let next = first.split("href=\"").find(|link| link.contains("cursor=")).unwrap().split('"').next().unwrap();
    assert!(next.contains("verdict=moved"), "{next}");
    let second = browser.0.get(&next.replace("&amp;", "&")).await;
    shows(&second, 200, &["Line 60"]);
    assert!(!second.text().contains("Line 40<") && first.contains("Line 40<"), "pages do not overlap");
}

#[tokio::test]
async fn nobody_elses_token_and_no_old_one_leads_to_a_file() {
    let app = TestApp::new().await;
    let (owner, other) = (Browser::of(app.member().await), Browser::of(app.member().await));
    let stranger = Browser::of(app.other_workspace().await.admin().await);
    let token = owner.upload(LIST).await;
    for thief in [&other, &stranger] {
        shows(&thief.0.get(&format!("/imports/leads/{token}")).await, 410, &["Choose it again"]);
        shows(&thief.press("/imports/leads/look", &[("upload", &token)]).await, 410, &["Choose it again"]);
        shows(&thief.press("/imports/leads/confirm", &[("upload", &token)]).await, 410, &["Choose it again"]);
    }
    for made_up in ["", "x", "../../secret.key", &"A".repeat(43)] {
        shows(&owner.press("/imports/leads/confirm", &[("upload", made_up)]).await, 410, &[]);
    }
    assert_eq!(app.uploads(), 1, "it still waits for whom it belongs to");
    app.advance(Ts::HOUR);
    shows(&owner.0.get(&format!("/imports/leads/{token}")).await, 410, &["Choose it again"]);
    shows(&owner.press("/imports/leads/confirm", &[("upload", &token)]).await, 410, &["Choose it again"]);
    tidy(&app.app, app.workspace).await.unwrap();
    assert_eq!((app.uploads(), app.database.count("select count(*) from import").await), (0, 0));
}

#[tokio::test]
async fn what_is_no_list_or_too_large_is_refused_in_words_and_leaves_nothing() {
    let app = TestApp::new().await;
    let browser = Browser::of(app.member().await);
    shows(&browser.send("/imports/leads", "x.xlsx", "PK\u{3}\u{4}zip").await, 422, &["Excel workbook", "#f-leads"]);
    shows(&browser.send("/imports/leads", "x.csv", "").await, 422, &["no file was chosen"]);
    shows(&browser.send("/imports/leads", "x.csv", "email\n").await, 422, &["no rows below"]);
    shows(&browser.send("/imports/mail", "takeout.zip", "PK\u{3}\u{4}zip").await, 422, &["unpack it", "#f-mail"]);
    shows(&browser.send("/imports/leads", "x.csv", vec![b'x'; (20 << 20) + 1]).await, 413, &["20 MiB"]);
    let none = browser.0.send(Method::POST, "/imports/leads", Some(KIND), form(&browser.1, None, &[])).await;
    shows(&none, 422, &["no file was chosen"]);
    let mut cut = form(&browser.1, Some(("x.csv", LIST.as_bytes())), &[]);
    cut.truncate(cut.len() - 20);
    shows(&browser.0.send(Method::POST, "/imports/leads", Some(KIND), cut).await, 400, &["cut off"]);
    let nothing = browser.upload("a,b\n1,2\n").await;
    let nothing = browser.press("/imports/leads/confirm", &[("upload", &nothing)]).await;
    shows(&nothing, 422, &["No column was recognised"]);
    app.advance(Ts::HOUR);
    tidy(&app.app, app.workspace).await.unwrap();
    assert_eq!((app.uploads(), app.database.count("select count(*) from import").await), (0, 0));
}

#[tokio::test]
async fn a_file_as_large_as_is_promised_is_taken() {
    let app = TestApp::new().await;
    let browser = Browser::of(app.member().await);
    let row = format!("a@x.example,{}\n", "x".repeat(60_000));
    let mut text = format!("email,notes\n{}", row.repeat((20 << 20) / row.len()));
    text.push_str(&"\n".repeat((20 << 20) - text.len()));
    shows(&browser.0.get(&format!("/imports/leads/{}", browser.upload(&text).await)).await, 200, &["1 good"]);
}

#[tokio::test]
async fn who_may_not_import_sees_what_was_and_changes_nothing() {
    let app = TestApp::new().await;
    let member = app.member().await;
    let (viewer, forged) = (Browser::of(app.viewer().await), Browser(Browser::of(member.clone()).0, "x".to_owned()));
    let token = Browser::of(member).upload(LIST).await;
    let page = viewer.0.get("/imports").await;
    shows(&page, 200, &["Members and admins bring files in"]);
    assert!(!page.text().contains("type=\"file\""), "no form that would be refused");
    for path in ["/imports/leads", "/imports/mail"] {
        shows(&viewer.send(path, "x", LIST).await, 403, &[]);
        shows(&forged.send(path, "x", LIST).await, 403, &["load the page again"]);
        let without = form("", Some(("x", LIST.as_bytes())), &[("csrf", "late")]);
        shows(&forged.0.send(Method::POST, path, Some(KIND), without).await, 403, &[]);
        let elsewhere = forged.0.clone().with("origin", "https://evil.example");
        shows(&Browser(elsewhere, forged.1.clone()).send(path, "x", LIST).await, 403, &[]);
        let plain = forged.press(path, &[]).await;
        shows(&plain, 415, &[]);
        let signed_out = app.stranger().with("accept", "text/html").send(Method::POST, path, Some(KIND), "x").await;
        assert_eq!(signed_out.header("location"), "/sign-in?next=%2Ftoday", "{signed_out}");
    }
    for path in ["/imports/leads/look", "/imports/leads/confirm"] {
        shows(&viewer.press(path, &[("upload", &token)]).await, 403, &[]);
        shows(&forged.press(path, &[("upload", &token)]).await, 403, &[]);
    }
    shows(&viewer.0.get(&format!("/imports/leads/{token}")).await, 403, &[]);
    assert_eq!((app.uploads(), app.database.count("select count(*) from import").await), (1, 0));
}

#[tokio::test]
async fn a_mailbox_is_sent_and_read_with_ones_own_addresses() {
    let app = TestApp::new().await;
    let browser = Browser::of(app.member().await);
    let date = app.app.clock.now().timestamp().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let mails = "From a@b.example Mon Mar  2 10:00:00 2026\nMessage-ID: <1>\nDate: DATE\nFrom: Ann <ann@kunde.example>\nTo: me@acme.example\nSubject: Price\n\nWhat does it cost?\n\nFrom a@b.example Mon Mar  2 10:00:00 2026\nMessage-ID: <2>\nFrom: me@acme.example\nTo: bob@kunde.example\nSubject: Hello\n\nHello Bob\n\n";
    let mails = mails.replace("DATE", &date);
    let wrong = form(&browser.1, Some(("all.mbox", mails.as_bytes())), &[("me", "me at acme")]);
    let wrong = browser.0.send(Method::POST, "/imports/mail", Some(KIND), wrong).await;
    shows(&wrong, 422, &["is no e-mail address", "value=\"me at acme\""]);
    for (added, known) in [("2 new", ""), ("0 new", "2 known already")] {
        let sent = form(&browser.1, Some(("all.mbox", mails.as_bytes())), &[("me", "me@acme.example, x@acme.example")]);
        let sent = browser.0.send(Method::POST, "/imports/mail", Some(KIND), sent).await;
        assert_eq!(sent.code, 303, "{sent}");
        app.settle().await;
        let page = browser.0.get(sent.header("location")).await;
        shows(&page, 200, &["all.mbox", "2 messages", added, known, "Mailbox of me@acme.example, x@acme.example"]);
    }
    assert_eq!(app.database.count("select count(*) from move").await, 1);
    let theirs = Browser::of(app.other_workspace().await.member().await);
    let id = browser.0.get("/imports").await.text();
    let id = id.split("href=\"/imports/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    shows(&theirs.0.get(&format!("/imports/{id}")).await, 404, &[]);
}
