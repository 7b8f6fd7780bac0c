//! The database: one handle over SQLite and PostgreSQL, many readers, and one door for writes.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, SqliteConnection, SqlitePool};

use super::changes::Changes;
use super::error::StoreError;
use super::tx::Tx;
use super::writer::Writer;

/// The first SQLite whose WAL cannot lose committed pages when two connections reset it at once
/// (https://www.sqlite.org/releaselog/3_51_3.html).
const OLDEST_SAFE_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a server's connection waits for another process's write before it answers "busy".
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The same for a command, which has nobody waiting for an answer and gives way to a busy server.
const PATIENT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long PostgreSQL may take to answer at the start.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
/// How often a server, which may be started before its database, tries; a command tells at once.
const FIRST_TRIES: u32 = 20;

/// How long a caller waits for a connection, and this program for the server.
const PATIENCE: Duration = Duration::from_secs(10);

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// The two engines behind one handle. Reads go to a pool; writes go through [`Db::write`].
#[derive(Clone)]
pub struct Db {
    pub(super) pools: Pools,
    changes: Arc<Changes>,
}

#[derive(Clone)]
pub(super) enum Pools {
    Sqlite { read: SqlitePool, writer: Writer, _serving: Option<Arc<std::fs::File>> },
    Postgres(PgPool),
}

/// Runs the same body over a connection of either engine.
macro_rules! on_read {
    ($db:expr, $conn:ident => $body:expr) => {
        match &$db.pools {
            $crate::store::db::Pools::Sqlite { read: $conn, .. } => $body,
            $crate::store::db::Pools::Postgres($conn) => $body,
        }
    };
}
pub(super) use on_read;

/// How a process uses the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It serves: while it runs, no other process may migrate.
    Serve,
    /// It runs one command and ends.
    Command,
}

impl Db {
    /// Opens the database that `url` names (`sqlite://PATH` or `postgres://…`), making and migrating it where needed.
    ///
    /// # Errors
    /// [`StoreError`]: what is wrong with the file or the server, in words that say what to do.
    pub async fn open(url: &str, purpose: Use) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            return Self::open_sqlite(Path::new(path.split('?').next().unwrap_or(path)), purpose).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Self::open_postgres(url, purpose).await;
        }
        Err(StoreError::Other(
            "DATABASE_URL must begin with sqlite:// or postgres://, such as sqlite://data/caseyos.db".to_owned(),
        ))
    }

    async fn open_sqlite(path: &Path, purpose: Use) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            make_private(folder)
                .map_err(|error| StoreError::Other(format!("cannot make the folder {}: {error}", folder.display())))?;
        }
        keep_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(if purpose == Use::Serve { BUSY_TIMEOUT } else { PATIENT_TIMEOUT })
            .pragma("cache_size", "-32768")
            .pragma("temp_store", "memory")
            .statement_cache_capacity(400)
            .disable_statement_logging();
        let connected = SqliteConnection::connect_with(&options).await;
        let mut connection = connected.map_err(|error| cannot_open(path, error))?;
        refuse_unsafe_sqlite(&mut connection).await?;
        let serving = migrate_sqlite(&mut connection, path, purpose).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(readers())
            .min_connections(1)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(PATIENCE)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        let changes = Arc::new(Changes::default());
        let writer = Writer::start(connection, Arc::clone(&changes));
        Ok(Self { pools: Pools::Sqlite { read, writer, _serving: serving.map(Arc::new) }, changes })
    }

    async fn open_postgres(url: &str, purpose: Use) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Other(format!("DATABASE_URL: {error}")))?
            .application_name("caseyos")
            .disable_statement_logging();
        reach_postgres(&options, purpose).await?;
        let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE).connect_with(options).await?;
        migrate_postgres(&pool, purpose).await?;
        let changes = Arc::new(Changes::default());
        super::listen::follow(&pool, Arc::clone(&changes)).await?;
        Ok(Self { pools: Pools::Postgres(pool), changes })
    }

    /// What has changed lately, for caches and live pages.
    #[must_use]
    pub fn changes(&self) -> &Arc<Changes> {
        &self.changes
    }

    /// Runs `work` in a transaction and answers when it is durable.
    ///
    /// On SQLite one writer commits together what is queued together (group commit): each write runs in a savepoint of its own, so
    /// one that fails takes nothing with it. On PostgreSQL it is a transaction of the pool.
    ///
    /// # Errors
    /// What `work` answers, or what the database says to the commit: then nothing of it happened.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match &self.pools {
            Pools::Sqlite { writer, .. } => writer.run(work).await,
            Pools::Postgres(pool) => {
                let transaction = pool.begin().await.map_err(StoreError::from)?;
                let mut tx = Tx::postgres(transaction);
                let answer = unless_it_panics(work, &mut tx).await?;
                tx.flush().await?;
                tx.commit(&self.changes).await?;
                Ok(answer)
            }
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        on_read!(self, pool => sqlx::query("select 1").execute(pool).await.map(drop))?;
        Ok(())
    }

    /// The engine's name, for people.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Postgres(_) => "PostgreSQL",
        }
    }

    /// Writes a consistent copy of the embedded database to `target` while it is in use.
    ///
    /// # Errors
    /// When the target exists, cannot be written, or the database is PostgreSQL (whose own tools do this).
    pub async fn back_up(&self, target: &Path) -> Result<(), StoreError> {
        let Pools::Sqlite { read, .. } = &self.pools else {
            return Err(StoreError::Other("PostgreSQL is backed up with pg_dump".to_owned()));
        };
        if target.exists() {
            return Err(StoreError::Other(format!("{} exists already; name a new file", target.display())));
        }
        let name = target.to_str().ok_or_else(|| StoreError::Other("the file name is no UTF-8".to_owned()))?;
        // A read-only connection may not write even another file, so the copy gets a connection of its own.
        let options = (*read.connect_options()).clone().read_only(false);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query("vacuum into $1").bind(name).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Waits until every write that was handed in is answered, and closes the connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, writer, .. } => {
                // The writer last: only a connection that may write folds the write-ahead log into the file as it goes, and a
                // folder that is left with the file alone can be copied and restored without a second thought.
                read.close().await;
                writer.stop().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Makes the data folder, for this user alone: people, mails and password hashes are in it.
fn make_private(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes the database file for this user alone before SQLite does; its log and its index take the file's permissions over.
fn keep_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Other(format!("cannot make {}: {error}", path.display()))),
    }
}

/// Connects once, so that a server that cannot be reached is told apart from one that is busy.
async fn reach_postgres(options: &PgConnectOptions, purpose: Use) -> Result<(), StoreError> {
    let place = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let unreachable = |why: &str| {
        StoreError::Other(format!(
            "PostgreSQL at {place} cannot be reached ({why}); check that it runs, that DATABASE_URL names its host and port, and \
             that nothing between here and there stops the connection"
        ))
    };
    let mut tries = if purpose == Use::Serve { FIRST_TRIES } else { 1 };
    loop {
        tries -= 1;
        match tokio::time::timeout(FIRST_ANSWER, PgConnection::connect_with(options)).await {
            Ok(Ok(connection)) => return Ok(connection.close().await?),
            Ok(Err(sqlx::Error::Io(error))) if error.kind() == std::io::ErrorKind::ConnectionRefused && tries > 0 => {
                tokio::time::sleep(FIRST_ANSWER / FIRST_TRIES).await;
            }
            Ok(Err(sqlx::Error::Io(error))) => return Err(unreachable(&error.to_string())),
            Ok(Err(sqlx::Error::Database(error))) => {
                return Err(StoreError::Other(format!(
                    "PostgreSQL at {place} refuses the connection ({}); check the user, password and database in DATABASE_URL",
                    error.message()
                )));
            }
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => return Err(unreachable(&format!("no answer in {} s", FIRST_ANSWER.as_secs()))),
        }
    }
}

/// Readers beside the writer: enough to use every core, few enough to keep their caches warm.
fn readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    u32::try_from(cores).unwrap_or(2).clamp(2, 8)
}

/// What a write answers; a panic is an error of that write alone.
pub(super) async fn unless_it_panics<T, E, F>(work: F, tx: &mut Tx) -> Result<T, E>
where
    E: From<StoreError>,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
{
    let answer = AssertUnwindSafe(async { work(tx).await }).catch_unwind().await;
    answer.unwrap_or_else(|_| Err(E::from(StoreError::Other("a write panicked and was taken back".to_owned()))))
}

/// Why a file cannot be opened; SQLite itself names neither the file nor what to do.
fn cannot_open(path: &Path, error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    match code.map(|code| code & 0xff) {
        Some(14) => StoreError::Other(format!(
            "cannot open {}: it must be a file that this user may write to, in a folder where this user may make files",
            path.display()
        )),
        _ => error.into(),
    }
}

async fn refuse_unsafe_sqlite(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(connection).await?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST_SAFE_SQLITE {
        return Err(StoreError::Other(format!(
            "SQLite {version} can lose committed data in WAL mode (fixed in 3.51.3); build with a newer libsqlite3-sys"
        )));
    }
    Ok(())
}

/// The lock file beside the database: a server holds it shared, a migration needs it alone.
fn lock_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

async fn migrate_sqlite(
    connection: &mut SqliteConnection,
    path: &Path,
    purpose: Use,
) -> Result<Option<std::fs::File>, StoreError> {
    let open = |what: std::io::Error| StoreError::Other(format!("cannot use {}: {what}", lock_file(path).display()));
    let lock = std::fs::File::options().create(true).truncate(false).write(true).open(lock_file(path)).map_err(open)?;
    if pending(&applied_sqlite(connection).await?)? {
        if lock.try_lock().is_err() {
            return Err(StoreError::ServerRunning);
        }
        MIGRATIONS.run_direct(None, connection, false).await?;
        lock.unlock().map_err(open)?;
    }
    if purpose == Use::Serve {
        lock.lock_shared().map_err(open)?;
        return Ok(Some(lock));
    }
    Ok(None)
}

async fn applied_sqlite(connection: &mut SqliteConnection) -> Result<Vec<i64>, StoreError> {
    let exists: i64 = sqlx::query_scalar("select count(*) from sqlite_master where name = '_sqlx_migrations'")
        .fetch_one(&mut *connection)
        .await?;
    if exists == 0 {
        let tables: i64 = sqlx::query_scalar("select count(*) from sqlite_master").fetch_one(&mut *connection).await?;
        if tables > 0 {
            return Err(StoreError::Corrupt("it holds other tables".to_owned()));
        }
        return Ok(Vec::new());
    }
    Ok(sqlx::query_scalar("select version from _sqlx_migrations order by version").fetch_all(connection).await?)
}

/// Whether migrations are missing; refuses a database that is ahead of this program.
fn pending(applied: &[i64]) -> Result<bool, StoreError> {
    let known: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    if applied.iter().any(|version| !known.contains(version)) {
        return Err(StoreError::NewerSchema);
    }
    Ok(known.len() > applied.len())
}

/// The advisory lock that stands for "a server uses this schema" on PostgreSQL.
const SERVING_LOCK: i64 = 0x0ca5_e705;

async fn migrate_postgres(pool: &PgPool, purpose: Use) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    let exists: bool =
        sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(&mut *connection).await?;
    let applied: Vec<i64> = if exists {
        sqlx::query_scalar("select version from _sqlx_migrations order by version").fetch_all(&mut *connection).await?
    } else {
        Vec::new()
    };
    if pending(&applied)? {
        let alone: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
            .bind(SERVING_LOCK)
            .fetch_one(&mut *connection)
            .await?;
        if !alone && exists {
            return Err(StoreError::ServerRunning);
        }
        let migrated = MIGRATIONS.run(&mut *connection).await;
        sqlx::query("select pg_advisory_unlock($1)").bind(SERVING_LOCK).execute(&mut *connection).await?;
        migrated?;
    }
    if purpose == Use::Serve {
        // Held by a connection of its own for as long as the process lives; the server releases it when that ends.
        let mut keeper = connection.detach();
        sqlx::query("select pg_advisory_lock_shared($1)").bind(SERVING_LOCK).execute(&mut keeper).await?;
        super::listen::keep(keeper);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_database_is_one_private_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/caseyos.db");
        let db = Db::open(&format!("sqlite://{}", path.display()), Use::Serve).await.unwrap();
        db.ping().await.unwrap();
        db.write::<(), StoreError, _>(|tx| Box::pin(async move { tx.flush().await })).await.unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
            assert_eq!(mode(&folder.path().join("data/caseyos.db-wal")), 0o600);
        }
        db.close().await;
        let left: Vec<String> = std::fs::read_dir(path.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(!left.iter().any(|name| name.ends_with("-wal") || name.ends_with("-shm")), "{left:?}");
    }
}
