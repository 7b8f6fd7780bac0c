//! A fresh database for each test: a SQLite file, or a PostgreSQL database where `CASEYOS_TEST_POSTGRES_URL` names a server.

use sqlx::{Connection, PgConnection, SqliteConnection};

/// The database of one test; it goes when this does.
pub struct Database {
    /// Its `DATABASE_URL`.
    pub url: String,
    /// Where the test's files are.
    pub folder: tempfile::TempDir,
    server: Option<(String, String)>,
}

impl Database {
    /// Makes one.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        match std::env::var("CASEYOS_TEST_POSTGRES_URL") {
            Ok(server) if !server.is_empty() => {
                let name = format!("caseyos_test_{}", uuid::Uuid::now_v7().simple());
                run(&server, &format!("create database {name}")).await;
                Self { url: renamed(&server, &name), folder, server: Some((server, name)) }
            }
            _ => {
                let path = folder.path().join("caseyos.db");
                Self { url: format!("sqlite://{}", path.display()), folder, server: None }
            }
        }
    }

    /// Asks the database directly, past the store: one number.
    pub async fn count(&self, sql: &'static str) -> i64 {
        count(&self.url, sql).await
    }

    /// Asks the database directly for texts.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
        }
    }

    /// Changes the database directly, as only somebody else's program would.
    pub async fn change(&self, sql: &'static str) {
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }

    /// Whether it is the embedded one.
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite")
    }

    /// What has to hold when a test ends, and the end of the database.
    pub fn end(&mut self) {
        let (url, server) = (self.url.clone(), self.server.take());
        let passed = !std::thread::panicking();
        // The test's own runtime is busy ending; another thread can still ask.
        let dead = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let dead = if passed { count(&url, "select count(*) from job where state = 'dead'").await } else { 0 };
                if let Some((server, name)) = server {
                    run(&server, &format!("drop database {name} with (force)")).await;
                }
                dead
            })
        });
        let dead = dead.join().unwrap_or(0);
        assert!(!passed || dead == 0, "{dead} jobs died during the test");
    }
}

/// A SQLite file that somebody else has locked, for as long as this is kept. The file is made where there is none.
pub async fn hold(url: &str) -> SqliteConnection {
    let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    sqlx::raw_sql("begin exclusive").execute(&mut connection).await.unwrap();
    connection
}

/// Says something to it.
pub async fn tell(held: &mut SqliteConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(held).await.unwrap();
}

/// Lets go of it again.
pub async fn let_go(mut held: SqliteConnection) {
    sqlx::raw_sql("rollback").execute(&mut held).await.unwrap();
    held.close().await.unwrap();
}

async fn run(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.expect("CASEYOS_TEST_POSTGRES_URL names no server");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
}

/// One number out of the database at this address.
pub async fn count(url: &str, sql: &'static str) -> i64 {
    if url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    }
}

/// The server's address with another database's name in it.
fn renamed(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, ""), |(address, options)| (address, options));
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find('/').map_or(address.len(), |at| host + at);
    let options = if options.is_empty() { String::new() } else { format!("?{options}") };
    format!("{}/{name}{options}", &address[..end])
}

#[test]
fn only_the_name_of_the_database_changes() {
    assert_eq!(renamed("postgres://u:p@h:1/postgres?host=/tmp/x", "n"), "postgres://u:p@h:1/n?host=/tmp/x");
    assert_eq!(renamed("postgres://h", "n"), "postgres://h/n");
}
