//! The command line: what it refuses, and in which words.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use caseyos_api::store::{Db, Use};
use sqlx::{Connection, SqliteConnection};

/// A folder with a database of its own, beside which commands are run.
struct Here(tempfile::TempDir);

impl Here {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn database(&self) -> String {
        format!("sqlite://{}", self.path().join("caseyos.db").display())
    }

    fn run_at(&self, database: &str, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caseyos"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env("DATABASE_URL", database)
            .env("CASEYOS_DATA_DIR", self.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may be gone by then.
        let _gone = child.stdin.take().unwrap().write_all(b"correct horse battery\n");
        child.wait_with_output().unwrap().into()
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.run_at(&self.database(), arguments)
    }

    fn add(&self, email: &str, workspace: &str) {
        self.run(&["user", "add", email, "--role", "admin", "--password-stdin", "--workspace", workspace]).good();
    }
}

/// How a command ended and what it said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Said {
    #[track_caller]
    fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    #[track_caller]
    fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not said: {self:?}");
        }
    }
}

#[test]
fn the_demo_makes_the_first_workspace_and_no_other() {
    let here = Here::new();
    let first = here.run(&["demo", "--json"]).good();
    assert!(first.out.contains("demo@caseyos.example"), "{first:?}");
    here.run(&["demo", "--workspace", "Typo"]).refused(1, &["there is no workspace \"Typo\""]);
    let again = here.run(&["demo"]).good();
    assert!(again.out.starts_with("0 signals added"), "{again:?}");
    let people = here.run(&["user", "list"]).good();
    assert_eq!(people.out.lines().count(), 1, "{people:?}");
}

#[test]
fn a_role_is_named_with_or_without_its_flag_and_once() {
    let here = Here::new();
    here.add("ann@acme.example", "Acme");
    here.add("bob@acme.example", "Acme");
    assert!(here.run(&["user", "role", "bob@acme.example", "viewer"]).good().out.contains("viewer"));
    assert!(here.run(&["user", "role", "bob@acme.example", "--role", "member"]).good().out.contains("member"));
    here.run(&["user", "role", "bob@acme.example"]).refused(2, &["required"]);
    here.run(&["user", "role", "bob@acme.example", "viewer", "--role", "member"]).refused(2, &["cannot be used with"]);
}

#[test]
fn an_owner_that_is_no_address_is_refused_before_anything_is_read() {
    let here = Here::new();
    here.add("ann@acme.example", "Acme");
    let mail = here.file("one.eml", "From: bob@bell.example\nTo: ann@acme.example\nSubject: Hi\n\nHello\n");
    here.run(&["import", "mail", &mail, "--me", "nonsense"]).refused(2, &["--me", "nonsense", "exactly one @"]);
    let taken = here.run(&["import", "mail", &mail, "--me", "Ann@Acme.example"]).good();
    assert!(taken.err.contains("Mailbox of ann@acme.example: named with --me"), "{taken:?}");
}

#[test]
fn an_evaluation_that_leaves_nothing_to_predict_says_how_many_rows_there_are() {
    let here = Here::new();
    let leads = here.file("leads.csv", "size,won\n1,yes\n2,no\n3,yes\n");
    let eval = |train: &str| {
        let predictions = here.path().join("out.csv").display().to_string();
        here.run(&["eval", "leads", &leads, "--outcome-column", "won", "--train", train, "--predictions", &predictions])
    };
    eval("3").refused(2, &["--train 3", "has 3 rows"]);
    eval("400").refused(2, &["has 3 rows"]);
    eval("2").good();
}

#[test]
fn a_database_server_that_is_not_there_is_named_with_what_to_check() {
    let here = Here::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let said = here.run_at(&format!("postgres://caseyos@127.0.0.1:{port}/caseyos"), &["migrate"]);
    said.refused(1, &[&format!("PostgreSQL at 127.0.0.1:{port} cannot be reached"), "check that it runs"]);
    assert!(!said.err.contains("busy"), "{said:?}");
}

#[tokio::test]
async fn a_command_waits_for_a_write_that_a_server_would_give_up_on() {
    let here = Here::new();
    let url = here.database();
    let command = Db::open(&url, Use::Command).await.unwrap();
    let mut busy = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("begin immediate").execute(&mut busy).await.unwrap();
    let write = command.write::<(), caseyos_api::store::StoreError, _>(|_| Box::pin(async { Ok(()) }));
    let release = async {
        tokio::time::sleep(std::time::Duration::from_millis(6_500)).await;
        sqlx::query("rollback").execute(&mut busy).await.unwrap();
    };
    let (written, ()) = futures::join!(write, release);
    written.unwrap();
    command.close().await;
}
