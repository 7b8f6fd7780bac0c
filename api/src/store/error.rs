//! What can go wrong in the store, in the few kinds that callers tell apart.

use std::fmt;

/// An error of the store.
#[derive(Debug, Clone)]
pub enum StoreError {
    /// A row with this key is there already.
    Taken,
    /// The row changed since it was read, or is not in the state that the write needs.
    Stale,
    /// The database did not answer in time; the same call may succeed later.
    Busy,
    /// The disk is full or read-only.
    Full,
    /// The database file is damaged or is no database.
    Corrupt(String),
    /// The database was written by a newer version of this program.
    NewerSchema,
    /// The database holds an older schema and a running server keeps it.
    ServerRunning,
    /// Anything else: a bug or an outage.
    Other(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("a row with this key exists already"),
            Self::Stale => f.write_str("the row changed in the meantime"),
            Self::Busy => f.write_str("the database is busy; try again in a moment"),
            Self::Full => f.write_str(
                "the database cannot write: the disk is full or read-only; free some space or fix the permissions, nothing that was confirmed is lost",
            ),
            Self::Corrupt(what) => write!(
                f,
                "the database file is damaged or is not a CaseyOS database ({what}); restore it from a backup made by `caseyos export`"
            ),
            Self::NewerSchema => f.write_str(
                "the database was written by a newer version of CaseyOS; start that version, or restore a backup made by this one",
            ),
            Self::ServerRunning => f.write_str(
                "the database needs a migration while a running server uses it; stop the server, run `caseyos migrate`, and start it again",
            ),
            Self::Other(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database) = &error {
            if database.is_unique_violation() {
                return Self::Taken;
            }
            let message = database.message();
            // SQLite's primary result codes are in the low byte of the extended one (https://www.sqlite.org/rescode.html);
            // PostgreSQL's are SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html).
            match database.code().as_deref() {
                Some("53100" | "53200") => return Self::Full,
                Some("40001" | "40P01" | "55P03" | "57014") => return Self::Busy,
                // A SQLSTATE has five characters, of which some are digits alone: it is no code of SQLite's.
                Some(_) if database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() => {}
                Some(code) => match code.parse::<u32>().map(|code| code & 0xff) {
                    Ok(5 | 6) => return Self::Busy,
                    Ok(8 | 13) => return Self::Full,
                    Ok(10) if message.contains("disk I/O") => return Self::Full,
                    Ok(11 | 26) => return Self::Corrupt(message.to_owned()),
                    _ => {}
                },
                None => {}
            }
        }
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(_) | sqlx::migrate::MigrateError::VersionTooNew(..) => {
                Self::NewerSchema
            }
            sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
                Self::from(error)
            }
            other => Self::Other(other.to_string()),
        }
    }
}
