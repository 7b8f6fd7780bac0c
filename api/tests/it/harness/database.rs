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

async fn run(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.expect("CASEYOS_TEST_POSTGRES_URL names no server");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
}

async fn count(url: &str, sql: &'static str) -> i64 {
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
