//! The server under load, in this process and on this runtime, beside two plain routes to compare it with.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt;
use caseyos_api::access::token;
use caseyos_api::app::App;
use caseyos_api::clock::{Clock, new_id};
use caseyos_api::config::Config;
use caseyos_api::store::access::{self, ApiKey};
use caseyos_api::store::{Db, StoreError, Use};
use caseyos_api::vault::Vault;
use caseyos_shared::model::{KeyId, Role, Scope, Settings, UserId, WorkspaceId};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};
use tokio::net::TcpListener;

/// The database's name in its folder: where a process with this data folder looks for it.
pub(crate) const FILE: &str = "caseyos.db";

/// A served workspace with a key.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) address: SocketAddr,
    pub(crate) workspace: WorkspaceId,
    pub(crate) key: String,
    pub(crate) file: PathBuf,
    /// While set, every request finds its queue changed.
    pub(crate) always_changed: Arc<AtomicBool>,
}

impl House {
    /// Makes the database in the folder and serves it in this process.
    pub(crate) async fn build(folder: &Path) -> anyhow::Result<Self> {
        let (app, workspace, key) = Self::found(folder).await?;
        let file = folder.join(FILE);
        let always_changed = Arc::new(AtomicBool::new(false));
        let address = serve(&app, &file, workspace, Arc::clone(&always_changed)).await?;
        Ok(Self { app, address, workspace, key, file, always_changed })
    }

    /// Makes the database in the folder, with a workspace and a key that no limit holds back.
    pub(crate) async fn found(folder: &Path) -> anyhow::Result<(App, WorkspaceId, String)> {
        let url = format!("sqlite://{}", folder.join(FILE).display());
        let db = Db::open(&url, Use::Serve).await?;
        let config =
            Config { database_url: url, data_dir: folder.to_owned(), ..Config::read("http://127.0.0.1:8000")? };
        let app = App::new(db, Clock::default(), config, Vault::new([1; 32]));
        let (workspace, person) = (new_id(WorkspaceId::new), new_id(UserId::new));
        let key = token::new_key(workspace);
        let (now, hash) = (app.clock.now(), token::digest(&key));
        let mut settings = Settings::default();
        settings.limits.requests_per_minute_key = 100_000_000;
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    access::add_workspace(tx, workspace, "Bench", "UTC", now).await?;
                    access::save_workspace(tx, workspace, 1, "Bench", "UTC", &settings, now).await?;
                    access::add_person(tx, workspace, person, "bench@casey.example", "Bench", Role::Admin, now).await?;
                    let key = ApiKey {
                        id: new_id(KeyId::new),
                        person,
                        name: "bench".to_owned(),
                        prefix: "csy_".to_owned(),
                        scopes: vec![Scope::Admin],
                        created_at: now,
                        used_at: None,
                        revoked_at: None,
                    };
                    access::add_key(tx, workspace, &key, &hash).await
                })
            })
            .await?;
        Ok((app, workspace, key))
    }

    /// Fills the queue with so many pending, scored moves, without going through the API: setting the table is not what is measured.
    pub(crate) async fn fill(&self, moves: i64) -> anyhow::Result<()> {
        let options = SqliteConnectOptions::new().filename(&self.file).disable_statement_logging();
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let factors = r#"[{"name":"intent","points":18.0,"because":"asked for a demo 2 h ago"},{"name":"effort","points":-2.67,"because":"8 minutes"}]"#;
        sqlx::query(
            "with recursive n (i) as (select (select count(*) from move) union all select i + 1 from n where i + 1 < $2)
             insert into move (workspace_id, id, kind, state, title, why, reasons, by_hand, source, assignee_id, minutes, aps, factors, gates,
                 ready, urgent, next_change, scored_at, facts_version, created_at, updated_at, version)
             select $1, printf('01a20bd9-0000-7000-8000-%012x', i), 'new_lead', 'pending', 'Get in touch with lead ' || i, 'A new lead.', '[]',
                 1, 'csv', '', 8, (i * 7919) % 9000, $3, '[]', 1, 0, null, 0, 1, 1700000000000 + i, 1700000000000 + i, 1 from n",
        )
        .bind(self.workspace.to_string())
        .bind(moves)
        .bind(factors)
        .execute(&mut connection)
        .await?;
        sqlx::query("delete from queue_count").execute(&mut connection).await?;
        sqlx::query(
            "insert into queue_count select workspace_id, '', count(*), 0 from move where ready group by workspace_id",
        )
        .execute(&mut connection)
        .await?;
        // The table as it lies after a while, not at the end of a log of a million rows.
        sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// The ids of the first so many moves that were filled in.
    pub(crate) fn filled(count: i64) -> Vec<String> {
        (0..count).map(|i| format!("01a20bd9-0000-7000-8000-{i:012x}")).collect()
    }
}

/// One number out of a database file.
pub(crate) async fn count(file: &Path, sql: &'static str) -> anyhow::Result<i64> {
    let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(number)
}

/// A column of texts out of a database file.
pub(crate) async fn texts(file: &Path, sql: &'static str) -> anyhow::Result<Vec<String>> {
    let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let texts = sqlx::query_scalar(sql).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(texts)
}

async fn serve(
    app: &App,
    file: &Path,
    workspace: WorkspaceId,
    always_changed: Arc<AtomicBool>,
) -> anyhow::Result<SocketAddr> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true).disable_statement_logging();
    let pool = SqlitePoolOptions::new().max_connections(2).test_before_acquire(false).connect_with(options).await?;
    let plain = Router::new()
        .route("/bench/hello", get(|| async { axum::Json(serde_json::json!({ "hello": "world", "answer": 42 })) }))
        .route("/bench/read", get(read))
        .with_state((pool, workspace.to_string()));
    let changed = app.clone();
    let casey =
        caseyos_api::http::router(app.clone()).layer(middleware::from_fn(move |request: Request, next: Next| {
            let (app, always) = (changed.clone(), Arc::clone(&always_changed));
            async move {
                if always.load(Ordering::Relaxed) {
                    app.db.changes().queue_changed(workspace);
                }
                next.run(request).await
            }
        }));
    let router = plain.merge(casey);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|stream| {
        let _gone = stream.set_nodelay(true);
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Ok(address)
}

/// One indexed read through sqlx: the yardstick for a read that cannot be answered from memory.
async fn read(State((pool, workspace)): State<(SqlitePool, String)>) -> Response {
    let row: Result<(String, String, i64), _> =
        sqlx::query_as("select id, title, aps from move where workspace_id = $1 and id = $2")
            .bind(workspace)
            .bind("01a20bd9-0000-7000-8000-000000000007")
            .fetch_one(&pool)
            .await;
    match row {
        Ok((id, title, aps)) => axum::response::IntoResponse::into_response(axum::Json(
            serde_json::json!({ "id": id, "title": title, "aps": aps }),
        )),
        Err(error) => axum::response::IntoResponse::into_response((
            axum::http::StatusCode::INTERNAL_SERVER_ERROR,
            error.to_string(),
        )),
    }
}

/// Inserts one row a transaction, each with its own `fsync`: the yardstick for group commit.
pub(crate) async fn one_transaction_each(folder: &Path, rows: u32) -> anyhow::Result<f64> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("each.db"))
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("create table row (id text primary key, body text not null)").execute(&mut connection).await?;
    let begun = std::time::Instant::now();
    for _ in 0..rows {
        sqlx::query("insert into row (id, body) values ($1, $2)")
            .bind(caseyos_api::clock::new_uuid().to_string())
            .bind("x".repeat(300))
            .execute(&mut connection)
            .await?;
    }
    Ok(f64::from(rows) / begun.elapsed().as_secs_f64())
}
